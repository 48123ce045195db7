//! Writes what an import brings into a companion's tree: each conversation at its time, each branch beside what it is another wording of. Knows
//! the store; must not know formats, nor who brings conversations into order.
//!
//! Each message's origin names the format and a digest of its conversation (`chatgpt/1f2e3d4c5b6a7988`). From that, and from what is
//! said, an import knows what an earlier one brought: the same file twice doubles nothing, one that was cut short goes on where it was,
//! and a newer export adds what is new.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;

use super::{
    BroughtHome, Conversation, HistoryError, ImportReport, ImportedMessage,
    context::{digest_bytes, digest_key},
    linear::speaker_byte,
    store::REPORTED_MAX,
};
use crate::{
    store::{CompanionId, MESSAGE_BYTES_MAX, Store, StoreError, StoreResult},
    transcript::{Completeness, Message, MessageId, NewMessage, Origin, TimeCertainty},
};

/// Messages that are written in one transaction.
const BATCH_MESSAGES: usize = 1_000;
/// Bytes of words that are written in one transaction.
const BATCH_BYTES: usize = 4 << 20;

/// What an import knows a message by.
type Key = [u8; 16];

/// A place in the tree, which something may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Beginning,
    Stored(MessageId),
    /// One of those that wait to be written, by its place among them.
    Waiting(usize),
}

impl At {
    fn stored(id: Option<MessageId>) -> Self {
        id.map_or(Self::Beginning, Self::Stored)
    }

    fn id(self, written: &[Message]) -> Option<MessageId> {
        match self {
            Self::Beginning => None,
            Self::Stored(id) => Some(id),
            Self::Waiting(index) => written.get(index).map(|message| message.id),
        }
    }
}

/// Where a message of the file went.
#[derive(Debug, Clone, Copy)]
struct Placed {
    key: Key,
    /// Whether this conversation of this import brought it.
    is_new: bool,
}

/// A part of the active path that belongs together, in order.
struct Stretch {
    last: At,
    is_live: bool,
    /// When it began; without a time of its own, when the one before it did.
    start: Option<Timestamp>,
}

/// Messages that are being put into the active path.
struct Segment {
    /// Which stretch of the path they are.
    stretch: usize,
    /// The message of the path behind which they come in.
    before: Option<MessageId>,
    /// The last of them.
    end: At,
}

struct Waiting {
    new: NewMessage,
    parent: At,
    key: Key,
}

pub(super) struct Writer<'a> {
    store: &'a Store,
    companion: CompanionId,
    /// What was brought: by an earlier import (conversation 0), or in which conversation of this one.
    known: HashMap<Key, (At, u32)>,
    /// The stored messages of each conversation, by origin; the first one begins it.
    stored: HashMap<String, Vec<MessageId>>,
    path: Vec<Stretch>,
    segment: Option<Segment>,
    /// Which conversation of this import it is, from 1.
    conversation: u32,
    /// The conversation as it stands in origins.
    conversation_key: String,
    started: Option<Timestamp>,
    /// When the last conversation began that has a time.
    latest: Option<Timestamp>,
    /// What the first messages of the conversation follow, once that is known.
    start: Option<At>,
    /// Messages of the conversation by their own keys; nothing for those that went nowhere and follow nothing.
    places: HashMap<String, Option<Placed>>,
    waiting: Vec<Waiting>,
    waiting_bytes: usize,
    home: BroughtHome,
    /// Under which number the report stays with the companion, from the first batch on.
    import: Option<u64>,
    now: Timestamp,
    /// Whether what is new is counted, and not written.
    looks_only: bool,
}

impl<'a> Writer<'a> {
    pub(super) fn new(store: &'a Store, companion: CompanionId) -> Result<Self, HistoryError> {
        let mut writer = Self {
            store,
            companion,
            known: HashMap::new(),
            stored: HashMap::new(),
            path: Vec::new(),
            segment: None,
            conversation: 0,
            conversation_key: String::new(),
            started: None,
            latest: None,
            start: None,
            places: HashMap::new(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            home: BroughtHome { unfinished: true, ..BroughtHome::default() },
            import: None,
            now: Timestamp::now(),
            looks_only: false,
        };
        writer.read().map_err(HistoryError::observer)?;
        Ok(writer)
    }

    /// One that tells what it would write.
    pub(super) fn looking(store: &'a Store, companion: CompanionId) -> Result<Self, HistoryError> {
        Ok(Self { looks_only: true, ..Self::new(store, companion)? })
    }

    /// Learns what earlier imports brought, and what is on the active path.
    fn read(&mut self) -> StoreResult<()> {
        let parents = self.store.parents(self.companion)?;
        let mut keys: HashMap<MessageId, (String, Key)> = HashMap::new();
        let mut beginnings: HashMap<String, Option<MessageId>> = HashMap::new();
        for message in self.store.messages(self.companion) {
            let message = message?;
            let Origin::Import(origin) = &message.content.origin else { continue };
            // What the conversation said before it; something else may stand between.
            let mut before = message.content.parent;
            let beginning = beginnings.entry(origin.clone()).or_insert(before);
            while before != *beginning
                && let Some(id) = before
                && keys.get(&id).is_none_or(|(other, _)| other != origin)
            {
                before = parents.get(&id).copied().flatten();
            }
            let before = before.and_then(|id| keys.get(&id)).filter(|(other, _)| other == origin);
            let before = before.map(|(_, key)| key.as_slice());
            let key = key_of(origin, before.unwrap_or_default(), &message.content);
            self.stored.entry(origin.clone()).or_default().push(message.id);
            keys.insert(message.id, (origin.clone(), key));
            self.known.entry(key).or_insert((At::Stored(message.id), 0));
        }
        let mut start = None;
        for stretch in self.store.path_stretches(self.companion)? {
            start = stretch.start.or(start);
            let last = At::Stored(stretch.last);
            self.path.push(Stretch { last, is_live: stretch.origin.is_none(), start });
        }
        Ok(())
    }

    /// What the history holds, after how many readings of the source.
    pub(super) fn report(&mut self, report: ImportReport, passes: u32) {
        self.home.report = report;
        self.home.passes = passes;
    }

    pub(super) fn begin(&mut self, conversation: &Conversation) {
        self.places.clear();
        self.conversation += 1;
        self.start = None;
        self.started = conversation.started;
        self.conversation_key.clone_from(&conversation.key);
    }

    pub(super) fn add(&mut self, message: ImportedMessage) -> Result<(), HistoryError> {
        let origin = format!("{}/{}", message.format, &digest_key(&[self.conversation_key.as_bytes()])[..16]);
        let time = message.time;
        let new = NewMessage {
            parent: None,
            speaker: message.speaker,
            name: message.name,
            text: message.text,
            time: time.unwrap_or(self.now),
            time_certainty: message.certainty,
            origin: Origin::Import(origin.clone()),
            completeness: Completeness::Complete,
            model: message.model,
            offset_seconds: message.offset_seconds,
            chat: None,
        };
        let parent = message.parent_key.and_then(|key| self.places.get(&key).copied().flatten());
        let before = parent.as_ref().map_or(&[][..], |parent| &parent.key[..]);
        let key = key_of(&origin, before, &new);
        if let Some((_, conversation)) = self.known.get(&key) {
            self.home.already_there += 1;
            let is_new = *conversation == self.conversation;
            self.places.insert(message.key, Some(Placed { key, is_new }));
            return Ok(());
        }
        if self.store.was_deleted(self.companion, &new).map_err(HistoryError::observer)? {
            self.home.deleted_before += 1;
            // What follows it follows its empty place, if that was kept, or what it followed.
            let key = key_of(&origin, before, &NewMessage { text: String::new(), ..new });
            let kept = self.known.contains_key(&key).then_some(Placed { key, is_new: false });
            self.places.insert(message.key, kept.or(parent));
            return Ok(());
        }
        if new.text.len() > MESSAGE_BYTES_MAX {
            self.home.too_long += 1;
            self.places.insert(message.key, parent);
            return Ok(());
        }
        if self.looks_only {
            self.home.added += 1;
            self.known.insert(key, (At::Beginning, self.conversation));
            self.places.insert(message.key, Some(Placed { key, is_new: true }));
            return Ok(());
        }
        let (parent, onto_path) = self.parent(&origin, parent, message.active, time)?;
        let at = At::Waiting(self.waiting.len());
        if let Some(segment) = self.segment.as_mut().filter(|_| onto_path) {
            segment.end = at;
            self.path[segment.stretch].last = at;
        }
        self.known.insert(key, (at, self.conversation));
        self.stored.entry(origin).or_default();
        self.places.insert(message.key, Some(Placed { key, is_new: true }));
        self.waiting_bytes += new.text.len();
        self.waiting.push(Waiting { new, parent, key });
        if self.waiting.len() >= BATCH_MESSAGES || self.waiting_bytes >= BATCH_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn at(&self, placed: Placed) -> At {
        self.known.get(&placed.key).map_or(At::Beginning, |(at, _)| *at)
    }

    fn ends_path(&self, at: At) -> bool {
        self.segment.as_ref().is_some_and(|segment| segment.end == at)
    }

    /// What a new message follows, and whether it continues the active path.
    fn parent(
        &mut self,
        origin: &str,
        parent: Option<Placed>,
        active: bool,
        time: Option<Timestamp>,
    ) -> Result<(At, bool), HistoryError> {
        let is_known = self.start.is_none() && self.stored.contains_key(origin);
        match parent {
            Some(parent) if parent.is_new || !active || !is_known => {
                let at = self.at(parent);
                Ok((at, active && parent.is_new && self.ends_path(at)))
            }
            // Goes on with, or beside, what an earlier import or conversation brought.
            _ if is_known => {
                self.flush()?;
                self.beside(origin, parent, active, time)
            }
            _ => {
                let start = match self.start {
                    Some(start) => start,
                    None => self.place_of_new(time)?,
                };
                self.start = Some(start);
                Ok((start, active && self.ends_path(start)))
            }
        }
    }

    /// Where a conversation goes that nobody knows yet: behind all that began no later than it.
    fn place_of_new(&mut self, time: Option<Timestamp>) -> Result<At, HistoryError> {
        self.latest = self.started.or(time).or(self.latest);
        let latest = self.latest;
        self.open(self.place_in_time(latest, 0), latest)
    }

    /// The place for something of this time among the stretches from `least` on. What has no time is older than what was said here.
    fn place_in_time(&self, time: Option<Timestamp>, least: usize) -> usize {
        let is_later = |stretch: &Stretch| match time {
            Some(time) => stretch.start.is_some_and(|start| start > time),
            None => stretch.is_live,
        };
        let later = self.path[least..].iter().rev().take_while(|stretch| is_later(stretch)).count();
        self.path.len() - later
    }

    /// Begins a stretch of the path at this place, and answers what its first message follows.
    fn open(&mut self, stretch: usize, start: Option<Timestamp>) -> Result<At, HistoryError> {
        let end = match &mut self.segment {
            // Behind what was brought just before.
            Some(segment) if segment.stretch + 1 == stretch => {
                segment.stretch = stretch;
                segment.end
            }
            _ => {
                self.flush()?;
                let end = stretch.checked_sub(1).map_or(At::Beginning, |before| self.path[before].last);
                self.segment = Some(Segment { stretch, before: end.id(&[]), end });
                end
            }
        };
        let before = stretch.checked_sub(1).and_then(|before| self.path[before].start);
        self.path.insert(stretch, Stretch { last: end, is_live: false, start: start.or(before) });
        Ok(end)
    }

    /// The place of a message that follows one that was known before, or is another first message of a conversation that was. On the
    /// active path it goes on with the conversation, or takes the place of what the conversation said there before.
    fn beside(
        &mut self,
        origin: &str,
        parent: Option<Placed>,
        active: bool,
        time: Option<Timestamp>,
    ) -> Result<(At, bool), HistoryError> {
        let ids = self.stored.get(origin).map_or(&[][..], Vec::as_slice);
        let first = ids.first().map(|&first| self.store.message(self.companion, first)).transpose();
        let first = first.map_err(HistoryError::observer)?.and_then(|first| first.content.parent);
        let parent = parent.map_or(At::stored(first), |parent| self.at(parent));
        if !active {
            return Ok((parent, false));
        }
        let on_path = |id: MessageId| self.store.path_position(self.companion, id);
        let mut positions = Vec::new();
        for &id in ids {
            positions.extend(on_path(id).map_err(HistoryError::observer)?.map(|position| (position, id)));
        }
        let Some(&(last, last_id)) = positions.iter().max() else { return Ok((parent, false)) };
        if parent == At::Stored(last_id) {
            let least = self.path.iter().position(|stretch| stretch.last == parent);
            let least = least.map_or(self.path.len(), |stretch| stretch + 1);
            let place = self.place_in_time(time.or(self.started), least);
            return Ok((self.open(place, time)?, true));
        }
        let fork = self.fork(parent, first).map_err(HistoryError::observer)?;
        let replaced = |fork: u64| positions.iter().filter(|(position, _)| *position > fork).count() as u64;
        let stretch = self.path.iter().position(|stretch| stretch.last == At::Stored(last_id));
        match (fork, stretch) {
            // Nothing else stands between the fork and the conversation's end.
            (Some(fork), Some(stretch)) if fork < last && replaced(fork) == last - fork => {
                self.segment = Some(Segment { stretch, before: Some(last_id), end: parent });
                Ok((parent, true))
            }
            _ => Ok((parent, false)),
        }
    }

    /// The position on the path where the way to `at` leaves it, if that is within a conversation that begins behind `first`.
    fn fork(&self, at: At, first: Option<MessageId>) -> StoreResult<Option<u64>> {
        let mut next = at.id(&[]);
        loop {
            let Some(id) = next else { return Ok(first.is_none().then_some(0)) };
            if let Some(position) = self.store.path_position(self.companion, id)? {
                return Ok(Some(position));
            }
            if next == first {
                return Ok(None);
            }
            next = self.store.message(self.companion, id)?.content.parent;
        }
    }

    pub(super) fn flush(&mut self) -> Result<(), HistoryError> {
        let waiting = std::mem::take(&mut self.waiting);
        self.waiting_bytes = 0;
        if waiting.is_empty() {
            return Ok(());
        }
        let segment = self.segment.as_ref().map(|segment| (segment.before, segment.end));
        let (home, import) = (&self.home, self.import);
        let kept = self.store.batch(self.companion, |batch| {
            let mut written: Vec<Message> = Vec::with_capacity(waiting.len());
            for Waiting { new, parent, .. } in &waiting {
                let parent = parent.id(&written);
                written.push(batch.add(NewMessage { parent, ..new.clone() })?);
            }
            if let Some((before, At::Waiting(end))) = segment {
                // Where somebody went another way meanwhile, it stays beside that.
                batch.weave(before, written[end].id)?;
            }
            // In the same transaction, so that whatever comes is known by an import.
            let mut home = home.shortened(0);
            home.add(written[0].id, written[written.len() - 1].id, written.len() as u64);
            let import = batch.keep_import(import, &to_value(&home)?)?;
            Ok((written, import))
        });
        let (written, import) = kept.map_err(HistoryError::observer)?;
        self.import = Some(import);
        let stored = |at: &mut At| *at = At::stored(at.id(&written));
        for (message, waited) in written.iter().zip(&waiting) {
            if let Some((at, _)) = self.known.get_mut(&waited.key) {
                *at = At::Stored(message.id);
            }
            if let Origin::Import(origin) = &message.content.origin {
                self.stored.entry(origin.clone()).or_default().push(message.id);
            }
        }
        self.path.iter_mut().for_each(|stretch| stored(&mut stretch.last));
        if let Some(start) = &mut self.start {
            stored(start);
        }
        if let Some(segment) = self.segment.as_mut().filter(|segment| matches!(segment.end, At::Waiting(_))) {
            stored(&mut segment.end);
            segment.before = segment.end.id(&[]);
        }
        self.home.add(written[0].id, written[written.len() - 1].id, written.len() as u64);
        Ok(())
    }

    /// Writes the rest, and the whole report beside it.
    pub(super) fn finish(mut self) -> Result<BroughtHome, HistoryError> {
        self.flush()?;
        self.home.unfinished = false;
        if !self.looks_only {
            let kept = self.store.batch(self.companion, |batch| {
                batch.keep_import(self.import, &to_value(&self.home.shortened(REPORTED_MAX))?)
            });
            kept.map_err(HistoryError::observer)?;
        }
        Ok(self.home)
    }
}

fn to_value(home: &BroughtHome) -> StoreResult<Value> {
    serde_json::to_value(home)
        .map_err(|error| StoreError::BadValue { what: "report of an import", detail: error.to_string() })
}

/// What a message is known by: its conversation, what came before it, who said what, and when if that is certain.
fn key_of(origin: &str, before: &[u8], message: &NewMessage) -> Key {
    let time = if message.time_certainty == TimeCertainty::Exact { message.time.as_millisecond() } else { 0 };
    digest_bytes(&[
        origin.as_bytes(),
        before,
        &[speaker_byte(message.speaker)],
        message.text.as_bytes(),
        &time.to_le_bytes(),
    ])
}
