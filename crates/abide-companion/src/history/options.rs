//! What a user can say about an import, and who is told how it goes. Must not know formats.

use std::sync::{Arc, atomic::AtomicBool};

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Conversation, DateOrder, Format, HistoryError, ImportEvent};
use crate::transcript::Speaker;

/// Who is told what is found.
pub trait Observer {
    /// Takes the next piece. A message's parent came before it.
    ///
    /// # Errors
    ///
    /// Whatever ends the import.
    fn event(&mut self, event: ImportEvent) -> Result<(), HistoryError>;

    /// Hears how far it is.
    fn progress(&mut self, _progress: Progress) {}
}

impl<F: FnMut(ImportEvent) -> Result<(), HistoryError>> Observer for F {
    fn event(&mut self, event: ImportEvent) -> Result<(), HistoryError> {
        self(event)
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Bytes read, after unpacking.
    pub bytes_read: u64,
    /// Bytes that there are, as far as is known.
    pub bytes_total: u64,
}

/// Bytes of one record, unless the user says otherwise: a whole conversation, for many services. It is held in memory while it is read.
const RECORD_BYTES_MAX: usize = 256_000_000;

/// What a user can say about an import.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// What the file is, where it shouldn't be worked out.
    pub format: Option<Format>,
    /// The zone of times that name none; the system's if there is nothing here.
    pub zone: Option<TimeZone>,
    /// Which number of `5/12/2023` is the day.
    pub date_order: DateOrder,
    /// When the file was written, for times such as "yesterday"; the file's own time if there is nothing here.
    pub written: Option<Timestamp>,
    /// Which conversations are brought over.
    pub choice: Choice,
    /// Names that the user had.
    pub user_names: Vec<String>,
    /// Names that the companion had.
    pub companion_names: Vec<String>,
    /// Bytes of one record (a conversation, or a line); larger ones are reported and left out.
    pub record_bytes_max: usize,
    /// Raised to stop.
    pub cancel: Option<Arc<AtomicBool>>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            format: None,
            zone: None,
            date_order: DateOrder::Auto,
            written: None,
            choice: Choice::All,
            user_names: Vec::new(),
            companion_names: Vec::new(),
            record_bytes_max: RECORD_BYTES_MAX,
            cancel: None,
        }
    }
}

impl ImportOptions {
    /// Whose name it is, if the user said so.
    pub(super) fn speaker(&self, name: &str) -> Option<Speaker> {
        let among = |names: &[String]| names.iter().any(|known| same_name(known, name));
        if among(&self.user_names) {
            Some(Speaker::User)
        } else {
            among(&self.companion_names).then_some(Speaker::Companion)
        }
    }
}

/// Which conversations are brought over.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// All of them.
    #[default]
    All,
    /// Those with one of these titles, whatever the case.
    Titles(Vec<String>),
    /// Those with one of these keys.
    Keys(Vec<String>),
    /// Those with one of these characters, whatever the case.
    Characters(Vec<String>),
}

impl Choice {
    /// Whether a conversation is among them.
    pub fn includes(&self, conversation: &Conversation) -> bool {
        let among = |names: &[String], name: &str| names.iter().any(|known| same_name(known, name));
        match self {
            Self::All => true,
            Self::Titles(titles) => among(titles, &conversation.title),
            Self::Keys(keys) => keys.contains(&conversation.key),
            Self::Characters(names) => {
                conversation.companion_name.as_deref().is_some_and(|name| among(names, name))
            }
        }
    }
}

fn same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}
