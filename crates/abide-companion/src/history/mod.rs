//! Coming home: histories of other services, read one message after another. Knows formats of files; must not know the store (but for
//! [`into_store`]), nor any model.
//!
//! [`import`] reads a file, a folder or an archive of any size in bounded memory and tells an [`Observer`] what it finds. Original times
//! and branches are kept. Nothing is lost silently: what can't be read is a [`Doubt`] with its place, what isn't brought
//! over is counted by reason in the [`ImportReport`].

mod context;
mod csv;
mod dates;
mod draft;
mod error;
mod event;
mod formats;
mod input;
mod json;
mod linear;
mod options;
mod recognise;
mod report;
mod said;
mod source;
mod stamp;
mod store;
mod tree;
mod user_name;
mod writer;

pub(crate) use draft::drafted;
pub use draft::{Example, Exchange, PersonaDraft, Sample, Sampler, SpeechHabits, draft_persona};
pub use error::HistoryError;
pub use event::{Conversation, Doubt, Format, ImportEvent, ImportedMessage, LeftOut};
pub use options::{Choice, ImportOptions, Observer, Progress};
pub use report::{CONVERSATIONS_MAX, ConversationReport, Counts, DOUBTS_MAX, ImportReport, PartReport};
pub use source::Source;
pub use stamp::DateOrder;
pub use store::{BroughtHome, into_store, would_bring};
pub use user_name::NameHeard;

use jiff::{Timestamp, tz::TimeZone};
use sha2::{Digest, Sha256};

use crate::encoding::{self, Guessed};
use context::{Context, Place};
use input::Input;
use stamp::Clock;

/// Reads a history and tells the observer what is in it.
///
/// # Errors
///
/// If the source can't be read, nobody knows what it is, it holds no history, the flag was raised, or the observer refuses. A
/// broken record is no error.
pub fn import(
    source: Source,
    options: &ImportOptions,
    observer: &mut dyn Observer,
) -> Result<ImportReport, HistoryError> {
    let clock = Clock {
        zone: options.zone.clone().unwrap_or_else(TimeZone::system),
        order: options.date_order,
        written: options.written.or_else(|| source.written()).unwrap_or_else(Timestamp::now),
    };
    let name = source.name();
    let is_single = source.is_single();
    let mut opened = source.open()?;
    let mut cx = Context::new(options, clock, opened.bytes_total(), observer);
    let mut digest = Sha256::new();
    let mut looked_at = Vec::new();
    while let Some((part, reader)) = opened.next_part()? {
        let decoded = encoding::decoded(reader);
        let mut input = Input::new(&part, decoded.content, options.cancel.clone())?;
        let other = recognise::other(&input).filter(|_| options.format.is_none());
        if let Some((what, cure)) = other.filter(|_| is_single) {
            return Err(HistoryError::NotAHistory { part, what, cure });
        }
        let format = options.format.or_else(|| recognise::recognise(&input, is_single));
        let Some(format) = format.filter(|_| other.is_none()) else {
            if is_single {
                return Err(HistoryError::UnknownFormat { part, known: Format::known() });
            }
            looked_at.push(part);
            continue;
        };
        cx.part.clone_from(&part);
        cx.format = format;
        cx.records = 0;
        // It may show only later in a file, where its first letter that is not ASCII comes late.
        let is_known = decoded.guessed.get() != Guessed::Nothing;
        doubt_encoding(&mut cx, &decoded.guessed)?;
        match formats::read(&mut cx, &mut input) {
            // A damaged archive, or disk: what came before it is kept.
            Err(HistoryError::Read { source, offset, .. }) if cx.records > 0 => {
                let what = format!("the file can't be read on after {offset} bytes: {source}");
                cx.doubt(Place::new(cx.records, input.line()), what, "the rest was left out")?;
            }
            other => other?,
        }
        if !is_known {
            doubt_encoding(&mut cx, &decoded.guessed)?;
        }
        cx.end_conversation();
        cx.end_part(input.offset());
        digest.update(input.digest());
        let records = cx.records;
        cx.report.parts.push(PartReport { name: part, format, records });
    }
    if cx.report.parts.is_empty() {
        looked_at.truncate(20);
        let looked_at = if looked_at.is_empty() { "no file".to_owned() } else { looked_at.join(", ") };
        return Err(HistoryError::NothingThere { part: name, looked_at });
    }
    looked_at.extend(opened.others());
    looked_at.truncate(1_000);
    cx.report.parts_left_out = looked_at;
    Ok(cx.finish(digest))
}

/// Says which encoding was guessed, if one was, or that none can be.
fn doubt_encoding(cx: &mut Context<'_>, guess: &encoding::Guess) -> Result<(), HistoryError> {
    let (what, done) = match guess.get() {
        Guessed::Nothing => return Ok(()),
        Guessed::Like(name) => (
            format!("the file is no UTF-8, and looks like {name}"),
            "read as that; if its words are wrong, save it as UTF-8 first",
        ),
        Guessed::Unknown => (
            "the file is no UTF-8, and its encoding is not known".to_owned(),
            "letters that are not ASCII were replaced; save it as UTF-8 first",
        ),
    };
    cx.doubt(Place::new(1, 1), what, done)
}

#[cfg(test)]
mod tests;
