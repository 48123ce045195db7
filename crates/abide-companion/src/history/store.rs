//! From a history to a companion's transcript: several conversations become one, in the order of time. Knows the reader and who writes; must
//! not know formats, nor the tree.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Conversation, HistoryError, ImportEvent, ImportOptions, ImportReport, ImportedMessage, Observer,
    Progress, Source, import, writer::Writer,
};
use crate::{
    store::{CompanionId, Store},
    transcript::MessageId,
};

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
    /// The first and last messages of each stretch that was added in one go: between two of them, others wrote. Empty in reports of earlier
    /// versions, which know the whole by its first and last message alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stretches: Vec<(MessageId, MessageId)>,
    /// Whether it broke off before its end, or still goes on.
    pub unfinished: bool,
    /// How often the source was read to bring its conversations into the order of time.
    pub passes: u32,
    /// The user's name, where the history has it and it was taken into the settings, because nobody had said it yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
}

/// Conversations, doubts and names of a report that stay with the companion; the rest is counted.
pub(super) const REPORTED_MAX: usize = 200;

impl BroughtHome {
    /// Notes that messages with these numbers were added.
    pub(super) fn add(&mut self, first: MessageId, last: MessageId, count: u64) {
        self.added += count;
        self.first = self.first.or(Some(first));
        self.last = Some(last);
        match self.stretches.last_mut() {
            Some((_, end)) if end.0 + 1 == first.0 => *end = last,
            _ => self.stretches.push((first, last)),
        }
    }

    /// What was added, as the first and last messages of stretches in which nobody else wrote.
    pub fn added_in(&self) -> Vec<(MessageId, MessageId)> {
        match (self.first, self.last) {
            (Some(first), Some(last)) if self.stretches.is_empty() => vec![(first, last)],
            _ => self.stretches.clone(),
        }
    }

    /// The same with at most so many of what long lists have.
    pub(super) fn shortened(&self, listed_max: usize) -> Self {
        let mut short = self.clone();
        let report = &mut short.report;
        report.conversations.retain(|conversation| conversation.chosen);
        report.conversations_unlisted += report.conversations.len().saturating_sub(listed_max) as u64;
        report.conversations.truncate(listed_max);
        report.parts.truncate(REPORTED_MAX);
        report.parts_left_out.truncate(REPORTED_MAX);
        report.doubts.truncate(listed_max);
        short
    }
}

/// Brings a history home to a companion. Conversations become one, in the order in which they began; branches stay beside it.
///
/// What is written is written in transactions of bounded size, each with the report of what came so far: an import that ends in its
/// middle leaves a sound beginning that is known as one, and goes on when it is started again, as another.
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
    if let Some(again) = source.again() {
        in_order(again, source, options, &mut writer, observer)?;
    } else {
        let mut held = Held::new(&mut writer, observer, None);
        let report = import(source, options, &mut held)?;
        held.writer.report(report, 1);
        held.write_sorted()?;
    }
    writer.finish()
}

/// What [`into_store`] would bring to a companion. Nothing is written.
///
/// # Errors
///
/// As [`import`], and when the database can't be read.
pub fn would_bring(
    source: Source,
    options: &ImportOptions,
    store: &Store,
    companion: CompanionId,
    observer: &mut dyn Observer,
) -> Result<BroughtHome, HistoryError> {
    let mut look = Look { writer: Writer::looking(store, companion)?, observer };
    let report = import(source, options, &mut look)?;
    look.writer.report(report, 1);
    look.writer.finish()
}

/// Shows each message to a writer that writes nothing, in the order of the file.
struct Look<'a, 'w> {
    writer: Writer<'w>,
    observer: &'a mut dyn Observer,
}

impl Observer for Look<'_, '_> {
    fn event(&mut self, event: ImportEvent) -> Result<(), HistoryError> {
        match &event {
            ImportEvent::Conversation(conversation) => self.writer.begin(conversation),
            ImportEvent::Message(message) => self.writer.add(ImportedMessage::clone(message))?,
            ImportEvent::Doubt(_) => {}
        }
        self.observer.event(event)
    }

    fn progress(&mut self, progress: Progress) {
        self.observer.progress(progress);
    }
}

/// Reads once to learn the order, then as often as needed to write in it.
fn in_order(
    first: Source,
    mut source: Source,
    options: &ImportOptions,
    writer: &mut Writer<'_>,
    observer: &mut dyn Observer,
) -> Result<(), HistoryError> {
    let mut survey = Survey { conversations: Vec::new(), observer };
    let report = import(first, options, &mut survey)?;
    let groups = survey.groups();
    writer.report(report, 1 + groups.len() as u32);
    for group in groups {
        let again = source.again().ok_or(HistoryError::NeedsFile)?;
        let current = std::mem::replace(&mut source, again);
        let mut held = Held::new(writer, observer, Some(group));
        import(current, options, &mut held)?;
        held.write_sorted()?;
    }
    Ok(())
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
                self.observer.event(ImportEvent::Message(message))
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
            self.writer.begin(&conversation);
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
                if self.group.is_none() {
                    self.observer.event(ImportEvent::Conversation(conversation.clone()))?;
                }
                if self.wanted && self.streams() {
                    self.writer.begin(&conversation);
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
                // Of several readings, the first told what there is.
                if self.group.is_none() {
                    self.observer.event(ImportEvent::Message(message.clone()))?;
                }
                if let Some((started, _, messages)) = self.conversations.last_mut() {
                    *started = started.or(message.time);
                    messages.push(*message);
                }
                Ok(())
            }
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
