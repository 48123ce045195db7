//! All companions of one user. Must not know turns.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::embedder_source::EmbedderSource;
use super::error::{CompanionError, CompanionResult};
use super::handle::Companion;
use super::settings::Settings;
use super::shared::{CompanionsOptions, Shared, write};
use super::{lore, worker};
use crate::keys::DatabaseKey;
use crate::persona::Persona;
use crate::store::{self, CompanionId, Store};
use crate::transcript::{NewMessage, Speaker};

/// The companions of one user. Cheap to clone: all clones are the same.
#[derive(Clone)]
pub struct Companions {
    shared: Arc<Shared>,
    _worker: Arc<worker::Worker>,
}

impl Companions {
    /// Opens the database at `path`, or makes it, and begins the work that was left for later.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub fn open(path: &Path, key: DatabaseKey, options: CompanionsOptions) -> CompanionResult<Self> {
        Ok(Self::over(Arc::new(Store::open(path, key)?), options))
    }

    /// The companions of an open store.
    pub fn over(store: Arc<Store>, options: CompanionsOptions) -> Self {
        let shared = Arc::new(Shared::new(store, options));
        let worker = Arc::new(worker::Worker::start(&shared));
        Self { shared, _worker: worker }
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The store under it, for whoever imports into it or checks it.
    pub fn store(&self) -> &Arc<Store> {
        &self.shared.store
    }

    /// Who there is, by name.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn list(&self) -> CompanionResult<Vec<store::Companion>> {
        Ok(self.shared.store.companions()?)
    }

    /// Makes a companion that is called as its persona is, or `name` if it is given. Its first greeting is its first message; the others can
    /// be swiped to.
    ///
    /// # Errors
    /// When the persona is not valid, or the name is taken.
    pub fn create(&self, persona: &Persona, name: Option<&str>) -> CompanionResult<Companion> {
        let companion = self.create_silent(persona, name)?;
        self.greet(&self.shared.store.companion(companion.id())?, persona)?;
        Ok(companion)
    }

    /// The same without a greeting: for one whose history is about to come home.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn create_silent(&self, persona: &Persona, name: Option<&str>) -> CompanionResult<Companion> {
        persona.validate()?;
        let name = name.unwrap_or(&persona.name);
        let record = self.shared.store.create_companion(name, &write("persona", persona)?)?;
        Ok(Companion::new(Arc::clone(&self.shared), record.id))
    }

    fn greet(&self, record: &store::Companion, persona: &Persona) -> CompanionResult<()> {
        let companion = record.id;
        let now = self.shared.local(self.shared.now(), &Settings::default());
        let greetings = lore::greetings(persona, record.uid, now);
        let now = self.shared.now();
        let store = &self.shared.store;
        let Some((first, others)) = greetings.split_first() else { return Ok(()) };
        store.append(companion, NewMessage::new(None, Speaker::Companion, first.1.as_str(), now))?;
        for (_, other) in others {
            store.append_aside(companion, NewMessage::new(None, Speaker::Companion, other.as_str(), now))?;
        }
        Ok(())
    }

    /// The companion of this name, in any case.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, name: &str) -> CompanionResult<Companion> {
        let record = self.shared.store.companion_named(name)?;
        let record = record.ok_or_else(|| CompanionError::NoSuchCompanion(name.to_owned()))?;
        Ok(Companion::new(Arc::clone(&self.shared), record.id))
    }

    /// The companion with this number.
    ///
    /// # Errors
    /// When there is none.
    pub fn by_id(&self, id: CompanionId) -> CompanionResult<Companion> {
        let record = self.shared.store.companion(id)?;
        Ok(Companion::new(Arc::clone(&self.shared), record.id))
    }

    /// Deletes a companion with everything that belongs to it, when its present turn is over. Answers whether nothing is left in the file
    /// either; if not, somebody else was reading, and it is done at the next opening.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn delete(&self, name: &str) -> CompanionResult<bool> {
        let companion = self.get(name)?;
        let _turn = self.shared.turn_lock(companion.id()).take();
        self.shared.forget_caches(companion.id());
        let nothing_left = self.shared.store.delete_companion(companion.id())?;
        // An empty file harms nobody, should it stay.
        let _ = fs::remove_file(self.shared.store.turn_file(companion.id()));
        Ok(nothing_left)
    }

    /// Exchanges the embedding model. Vectors by the new one are made in the background; until then recall goes by words for what has none.
    pub fn set_embedder(&self, embedder: Option<EmbedderSource>) {
        self.shared.set_embedder(embedder);
        worker::wake(&self.shared);
    }

    /// Waits until no turn is on and the work in the background is done.
    pub fn flush(&self) {
        worker::flush(&self.shared);
    }

    /// The same before the program ends: without what is found again the next time and may take long, such as facts that a language model is still to look
    /// for, and facts and vectors of a history that came home.
    pub fn finish(&self) {
        worker::leave_facts(&self.shared);
        worker::flush(&self.shared);
    }
}
