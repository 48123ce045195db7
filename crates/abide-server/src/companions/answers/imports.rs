//! What was brought home. Must not know how that is done.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was brought home so far.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Imports)]
pub struct Imports {
    /// Oldest first.
    imports: Vec<Import>,
}

/// A history that was brought home.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Import)]
pub struct Import {
    /// Which one, from 1.
    id: u64,
    /// When it ended, or last brought something (RFC 3339).
    time: String,
    /// What was found.
    report: Report,
    /// Messages that were added.
    added: u64,
    /// Messages that an earlier import had brought.
    already_there: u64,
    /// Messages that the user had deleted after an earlier import; they stay deleted.
    deleted_before: u64,
    /// Messages that were too long.
    too_long: u64,
    /// The first message that was added.
    first: Option<u64>,
    /// The last message that was added.
    last: Option<u64>,
    /// The first and last messages of each stretch that was added in one go; between two of them, others wrote.
    #[serde(default)]
    stretches: Vec<[u64; 2]>,
    /// Whether it broke off before its end, or still goes on.
    unfinished: bool,
    /// How often the source was read.
    passes: u32,
    /// The user's name, where it was taken from here.
    #[serde(default)]
    user_name: Option<String>,
    /// What the user has to say of it.
    note: String,
    /// Whether what it brought was forgotten.
    forgotten: bool,
    /// Facts that are known from it so far.
    facts: u64,
    /// Whether all of it was searched for facts.
    searched: bool,
}

/// What was found in a history. Of long lists, the beginning.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::ImportReport)]
pub struct Report {
    /// The files that were read.
    parts: Vec<Part>,
    /// Files that hold no history.
    parts_left_out: Vec<String>,
    /// What was brought over, conversation by conversation.
    conversations: Vec<Conversation>,
    /// Conversations beyond those listed.
    conversations_unlisted: u64,
    /// The sums of all conversations.
    total: Counts,
    /// What was not as it should be.
    doubts: Vec<Doubt>,
    /// How many doubts there were, listed or not.
    doubts_total: u64,
    /// The names under which somebody spoke, with the number of messages.
    names: BTreeMap<String, u64>,
    /// Bytes that were read, after unpacking.
    bytes_read: u64,
    /// SHA-256 of all that was read.
    digest: String,
}

/// A file of a history.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::ImportPart)]
pub struct Part {
    /// Its name.
    name: String,
    /// What it was taken for.
    format: String,
    /// Records that were found in it.
    records: u64,
}

/// A conversation of a history.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::ImportConversation)]
pub struct Conversation {
    /// As the service called it.
    title: String,
    /// Which one, for the same source.
    key: String,
    /// Whether it was asked for.
    chosen: bool,
    /// The time of its first message (RFC 3339).
    first: Option<String>,
    /// The time of its last message (RFC 3339).
    last: Option<String>,
    /// What was counted.
    counts: Counts,
}

/// What was counted in a history.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::ImportCounts)]
pub struct Counts {
    /// Conversations.
    conversations: u64,
    /// Messages that were brought over.
    messages: u64,
    /// Of these, the user's.
    user_messages: u64,
    /// Of these, the companion's.
    companion_messages: u64,
    /// Of these, those that were regenerated, edited or swiped away.
    beside_active_path: u64,
    /// Of these, those whose time is approximate.
    times_approximate: u64,
    /// Of these, those whose time nobody knows.
    times_unknown: u64,
    /// Pictures, recordings and files that the text names.
    attachments: u64,
    /// What was left out, by reason.
    left_out: BTreeMap<String, u64>,
}

/// Something that was not as it should be.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::ImportDoubt)]
pub struct Doubt {
    /// The file.
    part: String,
    /// Which record of it, from 1.
    record: u64,
    /// The line on which it begins, from 1.
    line: u64,
    /// Where in the record.
    path: String,
    /// What was found.
    what: String,
    /// What was done.
    done: String,
}
