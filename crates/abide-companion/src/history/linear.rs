//! Conversations that are a list: each message follows the one before it. They stream, however long they are. Must not know formats.

use jiff::Timestamp;

use super::{
    HistoryError, ImportedMessage, LeftOut,
    context::{Context, Place, between, digest_key, shifted},
    said::Said,
};
use crate::transcript::{Speaker, TimeCertainty};

/// Messages without a time that wait for the next one with a time.
const WAITING_MAX: usize = 512;

/// Gives each message of a list its key, its parent and, where it has none, a time.
///
/// Keys are digests of all that was said before, so that a longer export of the same list has the same keys, and
/// a changed message makes a branch.
pub(super) struct Linear {
    parent: Option<String>,
    seed: String,
    last_time: Option<Timestamp>,
    waiting: Vec<(Vec<Said>, Place<'static>)>,
}

impl Linear {
    /// Begins behind `begin` of the context.
    pub(super) fn new(cx: &Context<'_>, started: Option<Timestamp>) -> Self {
        Self { parent: None, seed: cx.conversation_key().to_owned(), last_time: started, waiting: Vec::new() }
    }

    /// Adds a message.
    pub(super) fn add(
        &mut self,
        cx: &mut Context<'_>,
        said: Said,
        place: Place<'_>,
    ) -> Result<(), HistoryError> {
        self.add_versions(cx, vec![said], place)
    }

    /// Adds a message in several versions, the one that was kept first.
    pub(super) fn add_versions(
        &mut self,
        cx: &mut Context<'_>,
        mut versions: Vec<Said>,
        place: Place<'_>,
    ) -> Result<(), HistoryError> {
        let Some(kept) = versions.first_mut() else { return Ok(()) };
        if kept.is_empty() {
            // A version that says something is better than none.
            let Some(other) = versions.iter().position(|version| !version.is_empty()) else {
                cx.leave_out(LeftOut::Empty);
                return Ok(());
            };
            versions.swap(0, other);
        }
        cx.doubt_time(&versions[0], if place.path.is_empty() { place.at("time") } else { place })?;
        let place = Place { record: place.record, line: place.line, path: "" };
        if let Some(stamp) = versions[0].stamp {
            self.flush(cx, Some(stamp.time))?;
            return self.emit(cx, versions, place, None);
        }
        self.waiting.push((versions, place));
        if self.waiting.len() >= WAITING_MAX { self.flush(cx, None) } else { Ok(()) }
    }

    /// Ends the list.
    pub(super) fn finish(mut self, cx: &mut Context<'_>) -> Result<(), HistoryError> {
        self.flush(cx, None)
    }

    /// Gives those that wait a time between the last that is known and the next.
    fn flush(&mut self, cx: &mut Context<'_>, next: Option<Timestamp>) -> Result<(), HistoryError> {
        let waiting = std::mem::take(&mut self.waiting);
        let count = waiting.len() as u64 + 1;
        let last = self.last_time;
        for ((versions, place), index) in waiting.into_iter().zip(1..) {
            let time = match (last, next) {
                (Some(last), Some(next)) if next > last => Some(between(last, next, index, count)),
                (Some(last), _) => Some(shifted(last, index as i64)),
                (None, Some(next)) => Some(shifted(next, index as i64 - count as i64)),
                (None, None) => None,
            };
            self.emit(cx, versions, place, time)?;
        }
        Ok(())
    }

    fn emit(
        &mut self,
        cx: &mut Context<'_>,
        versions: Vec<Said>,
        place: Place<'_>,
        guessed: Option<Timestamp>,
    ) -> Result<(), HistoryError> {
        let mut keys: Vec<String> = Vec::new();
        for (index, said) in versions.into_iter().enumerate() {
            if said.is_empty() {
                cx.leave_out(LeftOut::Empty);
                continue;
            }
            if said.thought.is_some() {
                cx.leave_out(LeftOut::Thought);
            }
            let key = self.key_of(&said);
            if keys.contains(&key) {
                cx.leave_out(LeftOut::Duplicate);
                continue;
            }
            let message = placed(cx, said, key.clone(), self.parent.clone(), index == 0, place, guessed);
            self.last_time = message.time.or(self.last_time);
            cx.message(message)?;
            keys.push(key);
        }
        if let Some(first) = keys.into_iter().next() {
            self.parent = Some(first);
        }
        Ok(())
    }

    fn key_of(&self, said: &Said) -> String {
        let parent = self.parent.as_deref().unwrap_or(&self.seed);
        let time = said.stamp.map_or(0, |stamp| stamp.time.as_microsecond());
        digest_key(&[
            parent.as_bytes(),
            &[speaker_byte(said.speaker)],
            said.text.as_bytes(),
            &time.to_le_bytes(),
        ])
    }
}

pub(super) fn speaker_byte(speaker: Speaker) -> u8 {
    match speaker {
        Speaker::User => 0,
        Speaker::Companion => 1,
        Speaker::Narrator => 2,
    }
}

/// A message with its place and time.
pub(super) fn placed(
    cx: &Context<'_>,
    said: Said,
    key: String,
    parent_key: Option<String>,
    active: bool,
    place: Place<'_>,
    guessed: Option<Timestamp>,
) -> ImportedMessage {
    let (time, certainty) = match (said.stamp, guessed) {
        (Some(stamp), _) => (Some(stamp.time), stamp.certainty),
        (None, Some(time)) => (Some(time), TimeCertainty::Approximate),
        (None, None) => (None, TimeCertainty::Unknown),
    };
    ImportedMessage {
        key,
        parent_key,
        speaker: said.speaker,
        name: said.name,
        text: said.text,
        thought: said.thought,
        time,
        offset_seconds: said.stamp.and_then(|stamp| stamp.offset_seconds),
        certainty,
        active,
        model: said.model,
        format: cx.format,
        record: place.record,
    }
}
