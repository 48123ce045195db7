//! Histories that came home: taken in, searched for facts in the background, and what is told of them afterwards. Must not know formats.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::error::{CompanionError, CompanionResult};
use super::guarded::attempt;
use super::handle::Companion;
use super::planning;
use super::shared::{Shared, read};
use super::understanding::Listener;
use super::worker::{self, Board};
use crate::history::{self, BroughtHome, HistoryError, ImportOptions, NameHeard, Observer, Source};
use crate::persona::spoken;
use crate::store::{CompanionId, Deleted, FactOrigin, StoreError};
use crate::transcript::MessageId;

/// Where the last imported message that was searched for facts is kept.
const SEARCHED: &str = "imported_facts";
/// Messages that are searched before that is kept.
const SEARCHED_AT_ONCE: usize = 64;
/// After so long, who waits for that looks how far it is.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// An import, as it stays with the companion: what it brought, what it did not, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportShown {
    /// Ascending from 1.
    pub id: u64,
    /// When it ended, or last brought something.
    pub time: jiff::Timestamp,
    /// What it brought and what it did not. Of long lists, the beginning is kept; they go when one of its messages is deleted, because they may quote it.
    #[serde(flatten)]
    pub home: BroughtHome,
    /// What the user has to say of it, such as what is wrong in it.
    pub note: String,
    /// Whether what it brought was forgotten.
    pub forgotten: bool,
    /// Facts that are known from it so far.
    pub facts: usize,
    /// Whether all of it was searched for facts.
    pub searched: bool,
}

/// As it is kept.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Kept {
    #[serde(flatten)]
    home: BroughtHome,
    note: String,
    forgotten: bool,
}

impl Companion {
    /// Brings a history home: messages with their times and branches. Facts and vectors of it are made in the background. A report of it stays: see
    /// [`Self::imports`]. The user's own name goes into the settings, where the history tells it and nobody did before.
    ///
    /// # Errors
    /// As [`history::into_store`].
    pub fn bring_home(
        &self,
        source: Source,
        options: &ImportOptions,
        observer: &mut dyn Observer,
    ) -> Result<BroughtHome, HistoryError> {
        let mut heard = NameHeard::new(observer);
        let home = history::into_store(source, options, &self.shared.store, self.id, &mut heard);
        let home = match (home, heard.most()) {
            (Ok(home), Some(name)) if home.added > 0 => {
                self.take_name(&name, home).map_err(HistoryError::observer)
            }
            (home, _) => home,
        };
        // Also of one that broke off: what it brought is here.
        worker::wake(&self.shared);
        home
    }

    /// What would be brought home: [`BroughtHome::added`] and the other counts are those of an import. Nothing is changed.
    ///
    /// # Errors
    /// As [`history::would_bring`].
    pub fn would_bring_home(
        &self,
        source: Source,
        options: &ImportOptions,
        observer: &mut dyn Observer,
    ) -> Result<BroughtHome, HistoryError> {
        history::would_bring(source, options, &self.shared.store, self.id, observer)
    }

    /// Takes a name that an import told for the user's, if none is known; its report has it then.
    fn take_name(&self, name: &str, home: BroughtHome) -> CompanionResult<BroughtHome> {
        let name = spoken(name).to_owned();
        let user_name = self.change_settings(|settings| {
            if planning::user_name(&self.shared, self.id, settings)?.is_some() {
                return Ok(None);
            }
            settings.user_name = Some(name.clone());
            Ok(Some(name))
        })?;
        let kept = self.imports()?.into_iter().rfind(|import| import.home.first == home.first);
        if let (Some(import), Some(name)) = (kept, &user_name) {
            self.shared.store.change_import(self.id, import.id, &json!({ "user_name": name }))?;
        }
        Ok(BroughtHome { user_name, ..home })
    }

    /// What was brought home, import by import, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn imports(&self) -> CompanionResult<Vec<ImportShown>> {
        let store = &self.shared.store;
        let searched = searched(&self.shared, self.id)?;
        let shown = store.imports(self.id)?.into_iter().map(|record| -> CompanionResult<ImportShown> {
            let Kept { home, note, forgotten } = read("report of an import", record.report)?;
            let (facts, searched) = match (home.first, home.last) {
                (Some(first), Some(last)) => {
                    let rest = store.imported_after(
                        self.id,
                        searched.max(MessageId(first.0.saturating_sub(1))),
                        1,
                    )?;
                    let facts = store.facts_from_messages(self.id, &home.added_in())?;
                    (facts, rest.first().is_none_or(|message| message.id > last))
                }
                _ => (0, true),
            };
            Ok(ImportShown { id: record.id, time: record.time, home, note, forgotten, facts, searched })
        });
        shown.collect()
    }

    /// Keeps what the user has to say of an import beside its report; nothing removes it.
    ///
    /// # Errors
    /// When there is no such import.
    pub fn note_import(&self, id: u64, note: &str) -> CompanionResult<()> {
        let note = Some(note.trim()).filter(|note| !note.is_empty());
        Ok(self.shared.store.change_import(self.id, id, &json!({ "note": note }))?)
    }

    /// Forgets the words of all that an import brought, with all that was made from them, for good: the same history does not come in again.
    /// The user's name that it told goes, too, unless another was chosen since.
    ///
    /// # Errors
    /// When there is no such import, or the database can't be written.
    pub fn forget_import(&self, id: u64) -> CompanionResult<Deleted> {
        let home = self.import(id)?.home;
        let mut messages = Vec::new();
        for (first, last) in home.added_in() {
            messages.extend(self.shared.store.imported_between(self.id, first, last)?);
        }
        let deleted = self.forget(&[], &messages)?;
        if let Some(told) = home.user_name {
            self.change_settings(|settings| {
                settings.user_name.take_if(|name| *name == told);
                Ok(())
            })?;
        }
        let gone = json!({ "user_name": null, "forgotten": true });
        self.shared.store.change_import(self.id, id, &gone)?;
        Ok(deleted)
    }

    /// Waits until all that imports brought was searched for facts, or `cancel` is set: the rest is searched later. `progress` is told how far it
    /// is, of how much.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn take_in(&self, cancel: &AtomicBool, progress: &mut dyn FnMut(u64, u64)) -> CompanionResult<()> {
        if !self.shared.settings(self.id)?.find_facts {
            return Ok(());
        }
        let last = self.shared.store.last_message(self.id)?.map_or(MessageId(0), |message| message.id);
        let first = searched(&self.shared, self.id)?;
        worker::wake(&self.shared);
        while !cancel.load(Ordering::SeqCst) && !worker::is_idle(&self.shared) {
            let done = match self.shared.marks.of(self.id).imported {
                Some(mark) => mark,
                None => searched(&self.shared, self.id)?,
            };
            if done >= last {
                break;
            }
            progress(done.0.saturating_sub(first.0), last.0.saturating_sub(first.0));
            worker::wait_for_change(&self.shared, LOOK_AGAIN);
        }
        Ok(())
    }

    fn import(&self, id: u64) -> CompanionResult<ImportShown> {
        let found = self.imports()?.into_iter().find(|import| import.id == id);
        Ok(found.ok_or_else(|| StoreError::Nothing { what: "import", id: id.to_string() })?)
    }
}

fn searched(shared: &Shared, companion: CompanionId) -> CompanionResult<MessageId> {
    let kept = shared.stored(companion, SEARCHED, "mark of the facts of imports")?;
    Ok(kept.unwrap_or(MessageId(0)))
}

/// Takes facts from what imports brought, as they would have been taken when it was said. Between two steps it lets turns go first; where
/// it has come to is kept, so it goes on there after the program ended.
pub(super) fn take_facts(shared: &Shared, board: &Board) {
    let missing = |error: CompanionError| match error {
        // It was deleted meanwhile, with all that was to be searched.
        CompanionError::Store(StoreError::NoCompanion(_)) => {}
        error => {
            tracing::warn!(%error, "facts of a history are missing; they are looked for again at the next start");
        }
    };
    match shared.store.companions() {
        // One that can't be read, or was deleted meanwhile, keeps nobody else waiting.
        Ok(companions) => companions
            .into_iter()
            .filter_map(|companion| take_facts_of(shared, companion.id, board).err())
            .for_each(missing),
        Err(error) => missing(error.into()),
    }
}

fn take_facts_of(shared: &Shared, companion: CompanionId, board: &Board) -> CompanionResult<()> {
    let settings = shared.settings(companion)?;
    if !settings.find_facts {
        return Ok(());
    }
    let last = shared.store.last_message(companion)?.map_or(MessageId(0), |message| message.id);
    let mut after = match shared.marks.of(companion).imported {
        Some(mark) => mark,
        None => searched(shared, companion)?,
    };
    if after < last {
        let listener = Listener::new(shared, companion, &settings)?;
        loop {
            if board.is_leaving() {
                return Ok(());
            }
            let messages = shared.store.imported_after(companion, after, SEARCHED_AT_ONCE)?;
            let Some(end) = messages.last().map(|message| message.id) else { break };
            for message in &messages {
                match attempt(|| listener.hear(message, FactOrigin::Import)) {
                    // It would break off there again: the others are what is left to do.
                    Err(error @ CompanionError::Broken { .. }) => {
                        tracing::error!(%error, %companion, message = message.id.0, "no facts are taken from a message");
                    }
                    heard => drop(heard?),
                }
            }
            after = end;
            shared.keep(companion, SEARCHED, "mark of the facts of imports", Some(&after))?;
            if !board.goes_on() {
                return Ok(());
            }
        }
        shared.marks.set(companion, |mark| mark.imported = Some(last.max(after)));
    }
    Ok(())
}
