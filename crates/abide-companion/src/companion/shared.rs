//! What all handles of one open store share. Must not know turns.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use abide_generation::Embedder;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::de::DeserializeOwned;
use serde::{Deserialize as _, Serialize};
use serde_json::Value;

use super::care::TurnCare;
use super::clock::{Clock, SystemClock};
use super::embedder_source::EmbedderSource;
use super::error::{CompanionError, CompanionResult};
use super::knowledge::{AllKnowledge, Knowledge};
use super::marks::Marks;
use super::memories::AllMemories;
use super::settings::Settings;
use super::turn_lock::TurnLock;
use super::worker::Board;
use crate::persona::Persona;
use crate::prompt::TokenCounts;
use crate::store::{CompanionId, PersonaVersion, Store};

/// Where a companion's settings are kept.
pub(super) const SETTINGS: &str = "settings";

/// What companions are opened with.
#[derive(Clone)]
pub struct CompanionsOptions {
    /// Makes vectors of what is said, for recall; without one, recall goes by words alone.
    pub embedder: Option<EmbedderSource>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where the user is; `None`: the machine's time zone.
    pub time_zone: Option<TimeZone>,
    /// Looks at turns; `None`: nobody does.
    pub care: Option<Arc<dyn TurnCare>>,
    /// Parameters from which on a language model looks for facts, too, in the background; `None`: patterns alone do.
    pub facts_by_models_from: Option<u64>,
    /// Whether models read the beginning of the next prompt while the user reads their reply.
    pub reads_ahead: bool,
}

impl Default for CompanionsOptions {
    fn default() -> Self {
        Self {
            embedder: None,
            clock: Arc::new(SystemClock),
            time_zone: None,
            care: None,
            facts_by_models_from: None,
            reads_ahead: false,
        }
    }
}

/// What all handles of one open store share.
pub(super) struct Shared {
    pub store: Arc<Store>,
    pub counts: TokenCounts,
    pub clock: Arc<dyn Clock>,
    pub care: Option<Arc<dyn TurnCare>>,
    zone: TimeZone,
    embedder: RwLock<Option<EmbedderSource>>,
    turns: Mutex<HashMap<CompanionId, Arc<TurnLock>>>,
    pub board: Arc<Board>,
    pub memories: AllMemories,
    pub knowledge: AllKnowledge,
    pub marks: Marks,
    /// See [`CompanionsOptions::facts_by_models_from`].
    pub facts_by_models_from: Option<u64>,
    /// See [`CompanionsOptions::reads_ahead`].
    pub reads_ahead: bool,
}

impl Shared {
    pub fn new(store: Arc<Store>, options: CompanionsOptions) -> Self {
        Self {
            store,
            counts: TokenCounts::default(),
            clock: options.clock,
            care: options.care,
            zone: options.time_zone.unwrap_or_else(TimeZone::system),
            embedder: RwLock::new(options.embedder),
            turns: Mutex::default(),
            board: Arc::default(),
            memories: AllMemories::default(),
            knowledge: AllKnowledge::default(),
            marks: Marks::default(),
            facts_by_models_from: options.facts_by_models_from,
            reads_ahead: options.reads_ahead,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Now where the user is, by the companion's settings or the machine's.
    pub fn local(&self, time: Timestamp, settings: &Settings) -> Zoned {
        let own = settings.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok());
        time.to_zoned(own.unwrap_or_else(|| self.zone.clone()))
    }

    pub fn embedder(&self) -> Option<Arc<dyn Embedder>> {
        let source = self.embedder.read().unwrap_or_else(PoisonError::into_inner).clone();
        source.and_then(|source| source.get())
    }

    pub fn set_embedder(&self, embedder: Option<EmbedderSource>) {
        *self.embedder.write().unwrap_or_else(PoisonError::into_inner) = embedder;
    }

    pub fn turn_lock(&self, companion: CompanionId) -> Arc<TurnLock> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(TurnLock::new(self.store.turn_file(companion)));
        Arc::clone(turns.entry(companion).or_insert_with(new))
    }

    /// Drops what is in memory of a companion.
    pub fn forget_caches(&self, companion: CompanionId) {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).remove(&companion);
        self.memories.drop_of(companion);
        self.knowledge.drop_of(companion);
        self.marks.drop_of(companion);
    }

    /// What is known of the user now.
    pub fn knowledge(&self, companion: CompanionId) -> CompanionResult<Arc<Knowledge>> {
        self.knowledge.of(self, companion)
    }

    pub fn settings(&self, companion: CompanionId) -> CompanionResult<Settings> {
        Ok(self.stored(companion, SETTINGS, "settings")?.unwrap_or_default())
    }

    /// What is kept under `key`.
    pub fn stored<T: DeserializeOwned>(
        &self,
        companion: CompanionId,
        key: &str,
        what: &'static str,
    ) -> CompanionResult<Option<T>> {
        let value = self.store.setting(companion, key)?;
        value.map(|value| read(what, value)).transpose()
    }

    /// Keeps a value under `key`; `None` forgets it.
    pub fn keep<T: Serialize>(
        &self,
        companion: CompanionId,
        key: &str,
        what: &'static str,
        value: Option<&T>,
    ) -> CompanionResult<()> {
        let value = write(what, &value)?;
        Ok(self.store.set_setting(companion, key, &value)?)
    }

    pub fn persona(&self, companion: CompanionId) -> CompanionResult<Persona> {
        read_persona(self.store.persona(companion)?)
    }
}

/// The persona of a version. A field that an earlier program took and this one doesn't is left out and named in the log: the others are who it is.
///
/// # Errors
/// When no program wrote it.
pub fn read_persona(version: PersonaVersion) -> CompanionResult<Persona> {
    let mut stored = version.persona;
    if let Ok(persona) = Persona::deserialize(&stored) {
        return Ok(persona);
    }
    if let Some(fields) = stored.as_object_mut() {
        fields.retain(|field, value| {
            let alone = Value::Object([(field.clone(), value.clone())].into_iter().collect());
            let is_read = Persona::deserialize(&alone).is_ok();
            if !is_read {
                tracing::warn!(%field, version = version.version, "a field of a stored persona can't be read and is left out");
            }
            is_read
        });
    }
    read("persona", stored)
}

/// A value out of its stored form.
pub(super) fn read<T: DeserializeOwned>(what: &'static str, value: Value) -> CompanionResult<T> {
    serde_json::from_value(value).map_err(|error| CompanionError::Stored { what, problem: error.to_string() })
}

/// A value in the form in which it is stored.
pub(super) fn write<T: Serialize>(what: &'static str, value: &T) -> CompanionResult<Value> {
    serde_json::to_value(value).map_err(|error| CompanionError::Stored { what, problem: error.to_string() })
}
