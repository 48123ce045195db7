//! What was and what wasn't brought over. Must not know formats.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Doubt, Format, LeftOut};

/// Doubts that are listed; the rest is counted.
pub const DOUBTS_MAX: usize = 1_000;
/// Conversations that are listed; the rest is counted.
pub const CONVERSATIONS_MAX: usize = 10_000;

/// An import, summed up for its user to check.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportReport {
    /// The files that were read.
    pub parts: Vec<PartReport>,
    /// Files of the folder or archive that hold no history.
    pub parts_left_out: Vec<String>,
    /// What was brought over, conversation by conversation, in the order of the source.
    pub conversations: Vec<ConversationReport>,
    /// Conversations beyond those listed.
    pub conversations_unlisted: u64,
    /// The sums of all conversations.
    pub total: Counts,
    /// What was not as it should be.
    pub doubts: Vec<Doubt>,
    /// How many doubts there were, listed or not.
    pub doubts_total: u64,
    /// The names under which somebody spoke, with the number of messages (the first hundred names).
    pub names: BTreeMap<String, u64>,
    /// Bytes that were read, after unpacking.
    pub bytes_read: u64,
    /// SHA-256 of all that was read, in hexadecimal.
    pub digest: String,
}

/// One file of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartReport {
    /// Its name.
    pub name: String,
    /// What it was taken for.
    pub format: Format,
    /// Records that were found in it, readable or not.
    pub records: u64,
}

/// One conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ConversationReport {
    /// As the service called it.
    pub title: String,
    /// Its key, see [`super::Conversation::key`].
    pub key: String,
    /// Whether it was asked for.
    pub chosen: bool,
    /// The time of its first message.
    pub first: Option<Timestamp>,
    /// The time of its last message.
    pub last: Option<Timestamp>,
    /// What was counted.
    pub counts: Counts,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Conversations.
    pub conversations: u64,
    /// Messages that were brought over.
    pub messages: u64,
    /// Of these, the user's.
    pub user_messages: u64,
    /// Of these, the companion's.
    pub companion_messages: u64,
    /// Of these, those beside the way that the service showed last: regenerated, edited, swiped away.
    pub beside_active_path: u64,
    /// Of these, those whose time is approximate.
    pub times_approximate: u64,
    /// Of these, those whose time nobody knows.
    pub times_unknown: u64,
    /// Pictures, recordings and files that the text names.
    pub attachments: u64,
    /// What was left out, by reason.
    pub left_out: BTreeMap<LeftOut, u64>,
}

impl Counts {
    /// Adds what another counted.
    pub fn add(&mut self, other: &Self) {
        self.conversations += other.conversations;
        self.messages += other.messages;
        self.user_messages += other.user_messages;
        self.companion_messages += other.companion_messages;
        self.beside_active_path += other.beside_active_path;
        self.times_approximate += other.times_approximate;
        self.times_unknown += other.times_unknown;
        self.attachments += other.attachments;
        for (reason, count) in &other.left_out {
            *self.left_out.entry(*reason).or_default() += count;
        }
    }
}

impl ImportReport {
    /// All that was left out, whatever the reason.
    pub fn left_out_total(&self) -> u64 {
        self.total.left_out.values().sum()
    }
}
