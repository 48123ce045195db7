//! Where importers put what they find: counts, limits, choices, and the observer behind them. Must not know formats.

use std::{collections::HashMap, fmt::Write as _, mem};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{
    Conversation, ConversationReport, Counts, Doubt, Format, HistoryError, ImportEvent, ImportOptions,
    ImportReport, ImportedMessage, LeftOut, Observer, Progress,
    report::{CONVERSATIONS_MAX, DOUBTS_MAX},
    said::Said,
    stamp::Clock,
};
use crate::transcript::{Speaker, TimeCertainty};

const NAMES_MAX: usize = 100;
/// A quotation in a doubt.
const QUOTE_CHARACTERS_MAX: usize = 80;

/// What the importers of one run share.
pub(super) struct Context<'a> {
    pub(super) options: &'a ImportOptions,
    pub(super) clock: Clock,
    pub(super) report: ImportReport,
    /// The file that is being read.
    pub(super) part: String,
    pub(super) format: Format,
    observer: &'a mut dyn Observer,
    current: Option<ConversationReport>,
    /// What was counted outside any conversation.
    loose: Counts,
    conversations_seen: HashMap<String, u32>,
    ordinal: u64,
    /// Of this file.
    pub(super) records: u64,
    bytes_before: u64,
    bytes_total: u64,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        options: &'a ImportOptions,
        clock: Clock,
        bytes_total: u64,
        observer: &'a mut dyn Observer,
    ) -> Self {
        Self {
            options,
            clock,
            report: ImportReport::default(),
            part: String::new(),
            format: Format::PlainText,
            observer,
            current: None,
            loose: Counts::default(),
            conversations_seen: HashMap::new(),
            ordinal: 0,
            records: 0,
            bytes_before: 0,
            bytes_total,
        }
    }

    /// Says how far this file was read.
    pub(super) fn progress(&mut self, offset: u64) {
        let bytes_read = self.bytes_before + offset;
        self.report.bytes_read = bytes_read;
        let bytes_total = self.bytes_total.max(bytes_read);
        self.observer.progress(Progress { bytes_read, bytes_total });
    }

    /// Ends a file of so many bytes.
    pub(super) fn end_part(&mut self, offset: u64) {
        self.progress(offset);
        self.bytes_before += offset;
    }

    /// Begins a conversation. A key that is a digest is made unique within the source; the service's own id stays, because
    /// exports repeat conversations.
    pub(super) fn begin(
        &mut self,
        mut conversation: Conversation,
        naming: Naming,
    ) -> Result<(), HistoryError> {
        self.end_conversation();
        if naming == Naming::Digest {
            let seen = self.conversations_seen.entry(conversation.key.clone()).or_default();
            *seen += 1;
            if *seen > 1 {
                conversation.key = format!("{}#{seen}", conversation.key);
            }
        }
        conversation.ordinal = self.ordinal;
        self.ordinal += 1;
        conversation.part.clone_from(&self.part);
        let chosen = self.options.choice.includes(&conversation);
        self.current = Some(ConversationReport {
            title: conversation.title.clone(),
            key: conversation.key.clone(),
            chosen,
            counts: Counts { conversations: u64::from(chosen), ..Counts::default() },
            ..ConversationReport::default()
        });
        if chosen { self.observer.event(ImportEvent::Conversation(conversation)) } else { Ok(()) }
    }

    /// The key of the conversation that was begun last.
    pub(super) fn conversation_key(&self) -> &str {
        self.current.as_ref().map_or("", |current| &current.key)
    }

    /// Ends the conversation that was begun last.
    pub(super) fn end_conversation(&mut self) {
        let Some(current) = self.current.take() else { return };
        self.report.total.add(&current.counts);
        if self.report.conversations.len() < CONVERSATIONS_MAX {
            self.report.conversations.push(current);
        } else {
            self.report.conversations_unlisted += 1;
        }
    }

    /// Hands on a message of the current conversation.
    pub(super) fn message(&mut self, mut message: ImportedMessage) -> Result<(), HistoryError> {
        if let Some(speaker) = message.name.as_deref().and_then(|name| self.options.speaker(name)) {
            message.speaker = speaker;
        }
        let Some(current) = &mut self.current else { return Ok(()) };
        if !current.chosen {
            *current.counts.left_out.entry(LeftOut::NotChosen).or_default() += 1;
            return Ok(());
        }
        let counts = &mut current.counts;
        counts.messages += 1;
        match message.speaker {
            Speaker::User => counts.user_messages += 1,
            Speaker::Companion => counts.companion_messages += 1,
            Speaker::Narrator => {}
        }
        counts.beside_active_path += u64::from(!message.active);
        match message.certainty {
            TimeCertainty::Exact => {}
            TimeCertainty::Approximate => counts.times_approximate += 1,
            TimeCertainty::Unknown => counts.times_unknown += 1,
        }
        counts.attachments += attachments(&message.text);
        if let Some(time) = message.time {
            current.first = Some(current.first.map_or(time, |first| first.min(time)));
            current.last = Some(current.last.map_or(time, |last| last.max(time)));
        }
        if let Some(name) = &message.name
            && (self.report.names.len() < NAMES_MAX || self.report.names.contains_key(name))
        {
            *self.report.names.entry(name.clone()).or_default() += 1;
        }
        self.observer.event(ImportEvent::Message(Box::new(message)))
    }

    /// Counts something that is not brought over.
    pub(super) fn leave_out(&mut self, reason: LeftOut) {
        let counts = self.current.as_mut().map_or(&mut self.loose, |current| &mut current.counts);
        *counts.left_out.entry(reason).or_default() += 1;
    }

    /// Reports something that was not as it should be.
    pub(super) fn doubt(
        &mut self,
        place: Place<'_>,
        what: impl Into<String>,
        done: &str,
    ) -> Result<(), HistoryError> {
        self.report.doubts_total += 1;
        let doubt = Doubt {
            part: self.part.clone(),
            record: place.record,
            line: place.line,
            path: place.path.to_owned(),
            what: what.into(),
            done: done.to_owned(),
        };
        if self.report.doubts.len() < DOUBTS_MAX {
            self.report.doubts.push(doubt.clone());
        }
        self.observer.event(ImportEvent::Doubt(doubt))
    }

    /// Reports the time of something said if it stands there and can't be read.
    pub(super) fn doubt_time(&mut self, said: &Said, place: Place<'_>) -> Result<(), HistoryError> {
        match &said.unread_time {
            Some(time) => {
                let what = format!("{time} is no time that is understood");
                self.doubt(place, what, "a time between its neighbours was taken")
            }
            None => Ok(()),
        }
    }

    /// Leaves something out that is larger than is held in memory.
    pub(super) fn too_large(
        &mut self,
        place: Place<'_>,
        what: impl Into<String>,
    ) -> Result<(), HistoryError> {
        self.leave_out(LeftOut::TooLarge);
        self.doubt(
            place,
            what,
            "left out; --record-bytes-max (over HTTP: record_bytes_max) sets a larger limit",
        )
    }

    /// A doubt about a record that can't be brought over.
    pub(super) fn unreadable(
        &mut self,
        place: Place<'_>,
        what: impl Into<String>,
    ) -> Result<(), HistoryError> {
        self.leave_out(LeftOut::Unreadable);
        self.doubt(place, what, "left out")
    }

    /// Ends the run.
    pub(super) fn finish(mut self, digest: Sha256) -> ImportReport {
        self.end_conversation();
        let loose = mem::take(&mut self.loose);
        self.report.total.add(&loose);
        self.report.digest = hexadecimal(&digest.finalize());
        self.report
    }
}

/// What a conversation's key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// The service's own id.
    Own,
    /// A digest of how it begins.
    Digest,
}

/// Where in a file something stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) record: u64,
    pub(super) line: u64,
    pub(super) path: &'a str,
}

impl Place<'_> {
    pub(super) fn new(record: u64, line: u64) -> Self {
        Self { record, line, path: "" }
    }

    pub(super) fn at(self, path: &str) -> Place<'_> {
        Place { record: self.record, line: self.line, path }
    }
}

/// Names of attachments that stand in a text.
fn attachments(text: &str) -> u64 {
    ["[picture", "[file", "[recording"].iter().map(|kind| text.matches(kind).count() as u64).sum()
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A key made of what it stands for: 16 bytes of SHA-256.
pub(super) fn digest_bytes(pieces: &[&[u8]]) -> [u8; 16] {
    let mut digest = Sha256::new();
    for piece in pieces {
        digest.update((piece.len() as u64).to_le_bytes());
        digest.update(piece);
    }
    let mut key = [0; 16];
    key.copy_from_slice(&digest.finalize()[..16]);
    key
}

/// The same in hexadecimal.
pub(super) fn digest_key(pieces: &[&[u8]]) -> String {
    hexadecimal(&digest_bytes(pieces))
}

/// A text for a doubt: its beginning.
pub(super) fn quote(text: &str) -> String {
    let mut quoted: String = text.chars().take(QUOTE_CHARACTERS_MAX).collect();
    if quoted.len() < text.len() {
        quoted.push('…');
    }
    quoted
}

/// A time between two others, `index` of `count` steps after the first.
pub(super) fn between(from: Timestamp, to: Timestamp, index: u64, count: u64) -> Timestamp {
    let span = i128::from(to.as_millisecond()) - i128::from(from.as_millisecond());
    let share = span * i128::from(index) / i128::from(count.max(1));
    let milliseconds = i128::from(from.as_millisecond()) + share;
    i64::try_from(milliseconds).ok().and_then(|time| Timestamp::from_millisecond(time).ok()).unwrap_or(from)
}

/// A time some seconds away.
pub(super) fn shifted(time: Timestamp, seconds: i64) -> Timestamp {
    time.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap_or(time)
}
