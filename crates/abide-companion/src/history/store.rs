//! From a history to a companion's transcript: several conversations become one, in the order of time. Knows the store and the reader;
//! must not know formats.
//!
//! Each message's origin names the format and a digest of its conversation (`chatgpt/1f2e3d4c5b6a7988`). From that, and from what is
//! said, an import knows what an earlier one brought: the same file twice doubles nothing, one that was cut short goes on where it was,
//! and a newer export adds what is new.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Conversation, HistoryError, ImportEvent, ImportOptions, ImportReport, ImportedMessage, Observer,
    Progress, Source,
    context::{digest_bytes, digest_key},
    import,
    linear::speaker_byte,
};
use crate::{
    store::{CompanionId, MESSAGE_BYTES_MAX, Store},
    transcript::{Completeness, Message, MessageId, NewMessage, Origin, TimeCertainty},
};

/// Messages that are written in one transaction.
const BATCH_MESSAGES: usize = 1_000;
/// Bytes of words that are written in one transaction.
const BATCH_BYTES: usize = 4 << 20;
/// Bytes of words that are held to bring conversations into order.
const SORTED_BYTES_MAX: usize = 32 << 20;

/// What an import brought to a companion.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BroughtHome {
    /// What was found.
    pub report: ImportReport,
    /// Messages that were added.
    pub added: u64,
    /// Messages that an earlier import had brought.
    pub already_there: u64,
    /// Messages that the user deleted after an earlier import; they stay deleted.
    pub deleted_before: u64,
    /// Messages too long for the store.
    pub too_long: u64,
    /// The first message that was added.
    pub first: Option<MessageId>,
    /// The last message that was added.
    pub last: Option<MessageId>,
    /// How often the source was read to bring its conversations into the order of time.
    pub passes: u32,
}

/// Conversations, doubts and names of a report that stay with the companion; the rest is counted.
const REPORTED_MAX: usize = 200;

impl BroughtHome {
    /// The same with the beginnings of long lists.
    fn shortened(&self) -> Self {
        let mut short = self.clone();
        let report = &mut short.report;
        report.conversations.retain(|conversation| conversation.chosen);
        report.conversations_unlisted += report.conversations.len().saturating_sub(REPORTED_MAX) as u64;
        report.conversations.truncate(REPORTED_MAX);
        report.parts.truncate(REPORTED_MAX);
        report.parts_left_out.truncate(REPORTED_MAX);
        report.doubts.truncate(REPORTED_MAX);
        short
    }
}

/// Brings a history home to a companion. Conversations become one, in the order in which they began; branches stay beside it.
///
/// What is written is written in transactions of bounded size: an import that ends in its middle leaves a sound beginning, and
/// goes on when it is started again.
///
/// # Errors
///
/// As [`import`]; [`HistoryError::Observer`] with the store's error; [`HistoryError::NeedsFile`] for a stream whose conversations are out of order
/// and larger than what is held.
pub fn into_store(
    source: Source,
    options: &ImportOptions,
    store: &Store,
    companion: CompanionId,
    observer: &mut dyn Observer,
) -> Result<BroughtHome, HistoryError> {
    let mut writer = Writer::new(store, companion)?;
    let (report, passes) = if let Some(again) = source.again() {
        in_order(again, source, options, &mut writer, observer)?
    } else {
        let mut held = Held::new(&mut writer, observer, None);
        let report = import(source, options, &mut held)?;
        held.write_sorted()?;
        (report, 1)
    };
    let mut home = writer.finish()?;
    home.report = report;
    home.passes = passes;
    let kept = serde_json::to_value(home.shortened()).map_err(HistoryError::observer)?;
    store.add_import(companion, &kept).map_err(HistoryError::observer)?;
    Ok(home)
}

/// Reads once to learn the order, then as often as needed to write in it.
fn in_order(
    first: Source,
    mut source: Source,
    options: &ImportOptions,
    writer: &mut Writer<'_>,
    observer: &mut dyn Observer,
) -> Result<(ImportReport, u32), HistoryError> {
    let mut survey = Survey { conversations: Vec::new(), observer };
    let report = import(first, options, &mut survey)?;
    let groups = survey.groups();
    let mut passes = 1;
    for group in groups {
        let again = source.again().ok_or(HistoryError::NeedsFile)?;
        let current = std::mem::replace(&mut source, again);
        passes += 1;
        let mut held = Held::new(writer, observer, Some(group));
        import(current, options, &mut held)?;
        held.write_sorted()?;
    }
    Ok((report, passes))
}

/// What a first reading learns.
struct Survey<'a> {
    /// Of each conversation: its beginning, and bytes of words.
    conversations: Vec<(Option<Timestamp>, u64, usize)>,
    observer: &'a mut dyn Observer,
}

impl Observer for Survey<'_> {
    fn event(&mut self, event: ImportEvent) -> Result<(), HistoryError> {
        match event {
            ImportEvent::Conversation(conversation) => {
                self.conversations.push((conversation.started, conversation.ordinal, 0));
                self.observer.event(ImportEvent::Conversation(conversation))
            }
            ImportEvent::Message(message) => {
                if let Some((started, _, bytes)) = self.conversations.last_mut() {
                    *started = started.or(message.time);
                    *bytes += message.text.len() + 300;
                }
                Ok(())
            }
            ImportEvent::Doubt(doubt) => self.observer.event(ImportEvent::Doubt(doubt)),
        }
    }

    fn progress(&mut self, progress: Progress) {
        self.observer.progress(progress);
    }
}

/// Conversations that are written in one reading.
struct Group {
    ordinals: HashSet<u64>,
    /// Whether they come in the order of time, so that nothing has to be held.
    streams: bool,
}

impl Survey<'_> {
    fn groups(&mut self) -> Vec<Group> {
        // A conversation without any time stays behind the one before it.
        let mut latest = None;
        for (started, ..) in &mut self.conversations {
            latest = started.or(latest);
            *started = latest;
        }
        if self.conversations.is_sorted_by_key(|(started, ..)| *started) {
            let ordinals = self.conversations.iter().map(|(_, ordinal, _)| *ordinal).collect();
            return vec![Group { ordinals, streams: true }];
        }
        self.conversations.sort();
        let mut groups: Vec<Group> = Vec::new();
        let mut room = 0;
        for (_, ordinal, bytes) in &self.conversations {
            match groups.last_mut() {
                Some(group) if *bytes <= room => {
                    room -= bytes;
                    group.ordinals.insert(*ordinal);
                    group.streams = false;
                }
                _ => {
                    room = SORTED_BYTES_MAX.saturating_sub(*bytes);
                    groups.push(Group { ordinals: HashSet::from([*ordinal]), streams: true });
                }
            }
        }
        groups
    }
}

/// Hands conversations of a group to the writer, in order.
struct Held<'a, 'w> {
    writer: &'a mut Writer<'w>,
    observer: &'a mut dyn Observer,
    group: Option<Group>,
    wanted: bool,
    conversations: Vec<(Option<Timestamp>, Conversation, Vec<ImportedMessage>)>,
    bytes: usize,
}

impl<'a, 'w> Held<'a, 'w> {
    fn new(writer: &'a mut Writer<'w>, observer: &'a mut dyn Observer, group: Option<Group>) -> Self {
        Self { writer, observer, group, wanted: false, conversations: Vec::new(), bytes: 0 }
    }

    fn streams(&self) -> bool {
        self.group.as_ref().is_some_and(|group| group.streams)
    }

    fn write_sorted(mut self) -> Result<(), HistoryError> {
        let mut latest = None;
        for (started, ..) in &mut self.conversations {
            latest = started.or(latest);
            *started = latest;
        }
        self.conversations.sort_by_key(|(started, conversation, _)| (*started, conversation.ordinal));
        for (_, conversation, messages) in std::mem::take(&mut self.conversations) {
            self.writer.begin(&conversation)?;
            for message in messages {
                self.writer.add(message)?;
            }
        }
        Ok(())
    }
}

impl Observer for Held<'_, '_> {
    fn event(&mut self, event: ImportEvent) -> Result<(), HistoryError> {
        match event {
            ImportEvent::Conversation(conversation) => {
                self.wanted =
                    self.group.as_ref().is_none_or(|group| group.ordinals.contains(&conversation.ordinal));
                if self.wanted && self.streams() {
                    self.writer.begin(&conversation)?;
                } else if self.wanted {
                    self.conversations.push((conversation.started, conversation, Vec::new()));
                }
                Ok(())
            }
            ImportEvent::Message(message) if self.wanted && self.streams() => self.writer.add(*message),
            ImportEvent::Message(message) if self.wanted => {
                self.bytes += message.text.len() + 300;
                if self.group.is_none() && self.bytes > SORTED_BYTES_MAX {
                    return Err(HistoryError::NeedsFile);
                }
                if let Some((started, _, messages)) = self.conversations.last_mut() {
                    *started = started.or(message.time);
                    messages.push(*message);
                }
                Ok(())
            }
            // Told at the first reading.
            ImportEvent::Doubt(doubt) if self.group.is_none() => {
                self.observer.event(ImportEvent::Doubt(doubt))
            }
            _ => Ok(()),
        }
    }

    fn progress(&mut self, progress: Progress) {
        self.observer.progress(progress);
    }
}

/// What an import knows a message by.
type Key = [u8; 16];

struct Writer<'a> {
    store: &'a Store,
    companion: CompanionId,
    /// What was brought: by an earlier import (generation 0), or in which conversation of this one. No number while it waits.
    known: HashMap<Key, (Option<MessageId>, u32)>,
    /// Which conversation of this import it is, from 1.
    generation: u32,
    /// The end of the active path when the conversation began.
    start: Option<MessageId>,
    /// Messages of the conversation by their own keys: where replies to them go, and whether they are new.
    places: HashMap<String, Placed>,
    /// The conversation as it stands in origins.
    origin: String,
    /// The end of the active path.
    tail: Option<MessageId>,
    waiting: Vec<(NewMessage, WaitingParent, String)>,
    waiting_bytes: usize,
    home: BroughtHome,
    now: Timestamp,
}

/// Where a message of the file went.
#[derive(Debug, Clone)]
struct Placed {
    key: Key,
    /// Its number; `None` while it waits, or if nothing before it was kept.
    id: Option<MessageId>,
    is_new: bool,
}

/// What a waiting message follows.
#[derive(Debug, Clone)]
enum WaitingParent {
    /// The end of the active path, which it then is itself.
    Tail,
    /// A message of the conversation, by its own key; it becomes the end of the active path if it says so.
    Message { key: String, becomes_tail: bool },
    /// A message that is stored, or nothing.
    Stored { id: Option<MessageId> },
}

impl<'a> Writer<'a> {
    fn new(store: &'a Store, companion: CompanionId) -> Result<Self, HistoryError> {
        let mut keys: HashMap<MessageId, (String, Key)> = HashMap::new();
        let mut known = HashMap::new();
        for message in store.messages(companion) {
            let message = message.map_err(HistoryError::observer)?;
            let Origin::Import(origin) = &message.content.origin else { continue };
            let before = message.content.parent.and_then(|parent| keys.get(&parent));
            let before = before.filter(|(other, _)| other == origin).map(|(_, key)| key.as_slice());
            let key = key_of(origin, before.unwrap_or_default(), &message.content);
            keys.insert(message.id, (origin.clone(), key));
            known.entry(key).or_insert((Some(message.id), 0));
        }
        Ok(Self {
            store,
            companion,
            known,
            generation: 0,
            start: None,
            places: HashMap::new(),
            origin: String::new(),
            tail: store.head(companion).map_err(HistoryError::observer)?,
            waiting: Vec::new(),
            waiting_bytes: 0,
            home: BroughtHome::default(),
            now: Timestamp::now(),
        })
    }

    fn begin(&mut self, conversation: &Conversation) -> Result<(), HistoryError> {
        self.flush()?;
        self.places.clear();
        self.generation += 1;
        self.start = self.tail;
        self.origin.clone_from(&conversation.key);
        Ok(())
    }

    fn add(&mut self, message: ImportedMessage) -> Result<(), HistoryError> {
        let origin = format!("{}/{}", message.format, &digest_key(&[self.origin.as_bytes()])[..16]);
        let new = NewMessage {
            parent: None,
            speaker: message.speaker,
            name: message.name,
            text: message.text,
            time: message.time.unwrap_or(self.now),
            time_certainty: message.certainty,
            origin: Origin::Import(origin.clone()),
            completeness: Completeness::Complete,
            model: message.model,
            chat: None,
        };
        let parent = message.parent_key.as_ref().and_then(|key| self.places.get(key)).cloned();
        let before = parent.as_ref().map(|parent| parent.key.as_slice());
        let key = key_of(&origin, before.unwrap_or_default(), &new);
        if let Some((_, generation)) = self.known.get(&key).copied() {
            self.flush()?;
            let id = self.known.get(&key).and_then(|(id, _)| *id);
            self.home.already_there += 1;
            self.places.insert(message.key, Placed { key, id, is_new: generation == self.generation });
            return Ok(());
        }
        let is_deleted = self.store.was_deleted(self.companion, &new).map_err(HistoryError::observer)?;
        if is_deleted || new.text.len() > MESSAGE_BYTES_MAX {
            // What follows it follows what it followed.
            *(if is_deleted { &mut self.home.deleted_before } else { &mut self.home.too_long }) += 1;
            let before = parent.unwrap_or(Placed { key: Key::default(), id: self.start, is_new: false });
            self.places.insert(message.key, Placed { key, ..before });
            return Ok(());
        }
        let follows = match (&parent, message.parent_key) {
            (Some(parent), Some(key)) if parent.is_new => {
                WaitingParent::Message { key, becomes_tail: message.active }
            }
            // It goes on where an earlier import ended, or begins a conversation.
            _ if message.active => WaitingParent::Tail,
            (Some(parent), _) => WaitingParent::Stored { id: parent.id },
            // A branch at the very beginning stands beside the first message.
            (None, _) => WaitingParent::Stored { id: self.start },
        };
        self.known.insert(key, (None, self.generation));
        self.places.insert(message.key.clone(), Placed { key, id: None, is_new: true });
        self.waiting_bytes += new.text.len();
        self.waiting.push((new, follows, message.key));
        if self.waiting.len() >= BATCH_MESSAGES || self.waiting_bytes >= BATCH_BYTES {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), HistoryError> {
        let waiting = std::mem::take(&mut self.waiting);
        self.waiting_bytes = 0;
        if waiting.is_empty() {
            return Ok(());
        }
        let mut tail = self.tail;
        let mut ids: HashMap<&str, MessageId> = HashMap::new();
        let places = &self.places;
        let added = self.store.batch(self.companion, |batch| {
            let mut added = Vec::with_capacity(waiting.len());
            for (new, follows, key) in &waiting {
                let (parent, becomes_tail) = match follows {
                    WaitingParent::Tail => (tail, true),
                    WaitingParent::Message { key, becomes_tail } => {
                        let id = ids.get(key.as_str()).copied().or_else(|| places.get(key)?.id);
                        (id, *becomes_tail)
                    }
                    WaitingParent::Stored { id } => (*id, false),
                };
                let message = batch.add(NewMessage { parent, ..new.clone() })?;
                ids.insert(key, message.id);
                if becomes_tail {
                    tail = Some(message.id);
                }
                added.push(message);
            }
            batch.set_head(tail)?;
            Ok(added)
        });
        let added: Vec<Message> = added.map_err(HistoryError::observer)?;
        self.tail = tail;
        self.home.added += added.len() as u64;
        self.home.first = self.home.first.or(added.first().map(|message| message.id));
        self.home.last = added.last().map(|message| message.id).or(self.home.last);
        for (message, (_, _, key)) in added.iter().zip(&waiting) {
            if let Some(place) = self.places.get_mut(key) {
                place.id = Some(message.id);
                self.known.insert(place.key, (place.id, self.generation));
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<BroughtHome, HistoryError> {
        self.flush()?;
        Ok(self.home)
    }
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
