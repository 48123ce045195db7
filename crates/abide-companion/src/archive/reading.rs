//! The conversation as text for people and programs: JSONL and Markdown. Nothing reads them back in here.

use std::io::{self, Write};

use jiff::tz::TimeZone;

use super::error::ArchiveError;
use crate::store::{CompanionId, Store};
use crate::transcript::{Completeness, Message, MessageId, Speaker, TimeCertainty};

/// Messages that are read at a time.
const CHUNK_MESSAGES: usize = 256;

/// Which messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those of the active path.
    ActivePath,
    /// All.
    AllBranches,
}

/// What the two are called in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The user.
    pub user: String,
    /// The companion.
    pub companion: String,
}

/// Writes one JSON object a line for each message, as the archive has them; on all branches in the order in which they were added.
///
/// # Errors
/// When the messages can't be read, or `writer` takes no more.
pub fn write_jsonl(
    store: &Store,
    companion: CompanionId,
    mut writer: impl Write,
    reach: Reach,
) -> Result<(), ArchiveError> {
    let mut write = |message: &Message| -> Result<(), ArchiveError> {
        serde_json::to_writer(&mut writer, message).map_err(io::Error::from)?;
        writer.write_all(b"\n")?;
        Ok(())
    };
    match reach {
        Reach::ActivePath => each_of_path(store, companion, &mut write)?,
        Reach::AllBranches => {
            for message in store.messages(companion) {
                write(&message?)?;
            }
        }
    }
    writer.flush()?;
    Ok(())
}

/// Writes the conversation as Markdown: a heading for each day in `zone`, then who said what. What is not on the active path comes behind it,
/// each part with the message that it follows.
///
/// # Errors
/// When the messages can't be read, or `writer` takes no more.
pub fn write_markdown(
    store: &Store,
    companion: CompanionId,
    mut writer: impl Write,
    reach: Reach,
    names: &Names,
    zone: &TimeZone,
) -> Result<(), ArchiveError> {
    writeln!(writer, "# {}\n", one_line(&names.companion))?;
    let mut page = Page { writer, names, zone, day: None };
    each_of_path(store, companion, &mut |message| page.message(message))?;
    if reach == Reach::AllBranches {
        let mut before: Option<MessageId> = None;
        for message in store.messages(companion) {
            let message = message?;
            if store.path_position(companion, message.id)?.is_some() {
                continue;
            }
            if before.is_none() || message.content.parent != before {
                page.another_way(message.content.parent)?;
            }
            before = Some(message.id);
            page.message(&message)?;
        }
    }
    page.writer.flush()?;
    Ok(())
}

fn each_of_path(
    store: &Store,
    companion: CompanionId,
    visit: &mut dyn FnMut(&Message) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    let mut position = 1;
    loop {
        let messages = store.path_range(companion, position, CHUNK_MESSAGES)?;
        messages.iter().try_for_each(&mut *visit)?;
        if messages.len() < CHUNK_MESSAGES {
            return Ok(());
        }
        position += CHUNK_MESSAGES as u64;
    }
}

struct Page<'names, W> {
    writer: W,
    names: &'names Names,
    zone: &'names TimeZone,
    day: Option<jiff::civil::Date>,
}

impl<W: Write> Page<'_, W> {
    fn another_way(&mut self, parent: Option<MessageId>) -> Result<(), ArchiveError> {
        self.day = None;
        match parent {
            Some(parent) => writeln!(self.writer, "---\n\n*Another way, behind message {}:*\n", parent.0)?,
            None => writeln!(self.writer, "---\n\n*Another beginning:*\n")?,
        }
        Ok(())
    }

    fn message(&mut self, message: &Message) -> Result<(), ArchiveError> {
        let content = &message.content;
        let time = content.time.to_zoned(self.zone.clone());
        if self.day != Some(time.date()) {
            self.day = Some(time.date());
            writeln!(self.writer, "## {}\n", time.date())?;
        }
        let name = content.name.as_deref().unwrap_or(match content.speaker {
            Speaker::User => &self.names.user,
            Speaker::Companion => &self.names.companion,
            Speaker::Narrator => "Narrator",
        });
        let certainty = match content.time_certainty {
            TimeCertainty::Exact => "",
            TimeCertainty::Approximate => ", about",
            TimeCertainty::Unknown => ", time unknown",
        };
        write!(
            self.writer,
            "**{}** ({}{certainty}, #{})",
            one_line(name),
            time.strftime("%H:%M"),
            message.id.0
        )?;
        match content.completeness {
            Completeness::Complete => {}
            Completeness::Interrupted => write!(self.writer, " *(interrupted)*")?,
            Completeness::Erased => write!(self.writer, " *(deleted)*")?,
        }
        writeln!(self.writer, "\n\n{}\n", content.text.trim_end())?;
        Ok(())
    }
}

fn one_line(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
