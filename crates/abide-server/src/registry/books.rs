//! Which models are in memory, who uses them, and until when they stay. Must not load, free or wait: it keeps the books.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::LoadedModel;
use crate::{ApiError, Loaded, ModelInfo};

/// How a load goes: `None` while it is under way.
pub(super) type Outcome = Option<Result<Loaded, ApiError>>;

/// What somebody who asks for a model finds.
pub(super) enum Found {
    /// It is in memory.
    Ready(Loaded),
    /// Somebody has it loaded already.
    Loading(watch::Receiver<Outcome>),
    /// Nobody has: whoever gets this is to load it, and to tell through the sender.
    Absent(watch::Sender<Outcome>),
}

/// The models by id.
#[derive(Default)]
pub(super) struct Books {
    entries: Mutex<HashMap<String, Entry>>,
    entries_made: AtomicU64,
    /// Loads that wait for room.
    waiting: AtomicUsize,
    /// Wakes whoever watches the clocks.
    pub(super) changed: Notify,
    /// Wakes the load that waits for room.
    pub(super) freed: Notify,
}

/// A load that waits for room.
pub(super) struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

struct Entry {
    /// Tells it from earlier and later ones of the same model.
    serial: u64,
    info: ModelInfo,
    memory: u64,
    state: State,
    /// Those who have it or wait for it.
    users: usize,
    /// How long it stays once nobody uses it.
    keep_alive: Duration,
    /// When it was last asked for or given back.
    touched: Instant,
}

enum State {
    Loading(watch::Receiver<Outcome>),
    Ready(Loaded),
}

impl Entry {
    fn is_idle(&self) -> bool {
        self.users == 0 && matches!(self.state, State::Ready(_))
    }

    /// When it goes if nobody asks for it; `None`: never.
    fn expires(&self) -> Option<Instant> {
        self.touched.checked_add(self.keep_alive).filter(|_| self.keep_alive < Duration::MAX)
    }
}

impl Books {
    fn entries(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        // Nothing that is done under the lock can leave an entry half changed.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a user of the model and gives the serial number of its entry. `keep_alive` counts from now on if given; a
    /// model that is not here yet gets `default`.
    pub(super) fn take(
        &self,
        info: &ModelInfo,
        keep_alive: Option<Duration>,
        default: Duration,
    ) -> (u64, Found) {
        let mut entries = self.entries();
        if let Some(entry) = entries.get_mut(&info.id) {
            entry.users += 1;
            entry.touched = Instant::now();
            entry.keep_alive = keep_alive.unwrap_or(entry.keep_alive);
            let found = match &entry.state {
                State::Ready(loaded) => Found::Ready(loaded.clone()),
                State::Loading(outcome) => Found::Loading(outcome.clone()),
            };
            return (entry.serial, found);
        }
        let (sender, receiver) = watch::channel(None);
        let serial = self.entries_made.fetch_add(1, Ordering::Relaxed);
        let entry = Entry {
            serial,
            info: info.clone(),
            memory: 0,
            state: State::Loading(receiver),
            users: 1,
            keep_alive: keep_alive.unwrap_or(default),
            touched: Instant::now(),
        };
        entries.insert(info.id.clone(), entry);
        (serial, Found::Absent(sender))
    }

    /// One user less of that entry. It may be gone, if the load failed.
    pub(super) fn give_back(&self, id: &str, serial: u64) {
        if let Some(entry) = self.entries().get_mut(id).filter(|entry| entry.serial == serial) {
            entry.users -= 1;
            entry.touched = Instant::now();
            if entry.users == 0 {
                self.freed.notify_one();
            }
        }
        self.changed.notify_one();
    }

    /// The model is in memory now.
    pub(super) fn loaded(&self, id: &str, loaded: Loaded, memory: u64) {
        if let Some(entry) = self.entries().get_mut(id) {
            entry.state = State::Ready(loaded);
            entry.memory = memory;
            entry.touched = Instant::now();
        }
        self.changed.notify_one();
    }

    /// Notes that a load waits for room, until what this gives is dropped.
    pub(super) fn wait_for_room(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        Waiting(&self.waiting)
    }

    /// Whether the model is in memory while another one waits for room.
    pub(super) fn is_wanted_away(&self, id: &str) -> bool {
        let is_ready = |entry: &Entry| matches!(entry.state, State::Ready(_));
        self.waiting.load(Ordering::SeqCst) > 0 && self.entries().get(id).is_some_and(is_ready)
    }

    /// Takes out a model that is not loaded yet if nobody waits for it any more; tells whether it was so.
    pub(super) fn abandon(&self, id: &str) -> bool {
        let mut entries = self.entries();
        let abandoned = entries.get(id).is_some_and(|entry| entry.users == 0);
        if abandoned {
            entries.remove(id);
        }
        abandoned
    }

    /// The model could not be loaded.
    pub(super) fn failed(&self, id: &str) {
        self.entries().remove(id);
    }

    /// Takes out the idle model that was used longest ago.
    pub(super) fn evict(&self) -> Option<(String, Loaded)> {
        let mut entries = self.entries();
        let idle = entries.iter().filter(|(_, entry)| entry.is_idle());
        let id = idle.min_by_key(|(_, entry)| entry.touched).map(|(id, _)| id.clone())?;
        remove_ready(&mut entries, &id)
    }

    /// Takes out the model if nobody uses it.
    ///
    /// # Errors
    /// When somebody does.
    pub(super) fn remove_idle(&self, id: &str) -> Result<Option<Loaded>, InUse> {
        let mut entries = self.entries();
        match entries.get(id) {
            None => Ok(None),
            Some(entry) if entry.is_idle() => Ok(remove_ready(&mut entries, id).map(|(_, loaded)| loaded)),
            Some(_) => Err(InUse),
        }
    }

    /// Takes out a model that answers nothing any more, whoever uses it: its users are told so.
    pub(super) fn remove_stopped(&self, id: &str) -> Option<Loaded> {
        let mut entries = self.entries();
        let has_stopped =
            |entry: &Entry| matches!(&entry.state, State::Ready(loaded) if loaded.has_stopped());
        entries
            .get(id)
            .is_some_and(has_stopped)
            .then(|| remove_ready(&mut entries, id))
            .flatten()
            .map(|(_, loaded)| loaded)
    }

    /// Lets the model go as soon as nobody uses it; tells whether it is here at all.
    pub(super) fn retire(&self, id: &str) -> bool {
        let mut entries = self.entries();
        let entry = entries.get_mut(id);
        let found = entry.is_some();
        if let Some(entry) = entry {
            entry.keep_alive = Duration::ZERO;
        }
        drop(entries);
        self.changed.notify_one();
        found
    }

    /// Takes out the idle models whose time is up, and tells when the next one's will be.
    pub(super) fn expired(&self) -> (Vec<(String, Loaded)>, Option<Instant>) {
        let now = Instant::now();
        let mut entries = self.entries();
        let due = |entry: &Entry| entry.is_idle() && entry.expires().is_some_and(|expires| expires <= now);
        let ids: Vec<_> = entries.iter().filter(|(_, entry)| due(entry)).map(|(id, _)| id.clone()).collect();
        let gone = ids.iter().filter_map(|id| remove_ready(&mut entries, id)).collect();
        let next = entries.values().filter(|entry| entry.is_idle()).filter_map(Entry::expires).min();
        (gone, next)
    }

    /// How many models are in memory beside this one.
    pub(super) fn others(&self, id: &str) -> Others {
        let entries = self.entries();
        let others = || entries.iter().filter(|(other, _)| other.as_str() != id).map(|(_, entry)| entry);
        Others {
            count: others().filter(|entry| matches!(entry.state, State::Ready(_))).count(),
            in_use: others()
                .filter(|entry| matches!(entry.state, State::Ready(_)) && !entry.is_idle())
                .count(),
        }
    }

    /// What is in memory, sorted by id.
    pub(super) fn list(&self) -> Vec<LoadedModel> {
        let now = Instant::now();
        let entries = self.entries();
        let mut models: Vec<_> = entries
            .values()
            .filter_map(|entry| {
                let State::Ready(loaded) = &entry.state else { return None };
                // As long as it is used, its time does not run.
                let since = if entry.is_idle() { entry.touched } else { now };
                let left = since.checked_add(entry.keep_alive).filter(|_| entry.keep_alive < Duration::MAX);
                let left = left.map(|expires| expires.saturating_duration_since(now));
                Some(LoadedModel {
                    info: entry.info.clone(),
                    memory: entry.memory,
                    context_length: loaded.context_length(),
                    expires: left.and_then(|left| SystemTime::now().checked_add(left)),
                })
            })
            .collect();
        models.sort_by(|one, other| one.info.id.cmp(&other.info.id));
        models
    }
}

fn remove_ready(entries: &mut HashMap<String, Entry>, id: &str) -> Option<(String, Loaded)> {
    match entries.remove(id)?.state {
        State::Ready(loaded) => Some((id.to_owned(), loaded)),
        State::Loading(_) => None,
    }
}

/// Somebody uses the model.
#[derive(Debug)]
pub(super) struct InUse;

/// The models in memory beside a certain one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Others {
    /// All of them.
    pub(super) count: usize,
    /// Those that are used.
    pub(super) in_use: usize,
}
