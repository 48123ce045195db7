//! What was said, word for word: messages in a tree. Must not know how they are kept, or what is made of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A message of one companion. Ids are given in ascending order from 1 and mean something within their companion alone, so that an
/// exported companion keeps them wherever it is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub u64);

/// Whose words they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The person.
    User,
    /// The companion.
    Companion,
    /// Neither: a note of the scene, or of the program.
    Narrator,
}

/// How much a message's time can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeCertainty {
    /// It was said at this time.
    #[default]
    Exact,
    /// Worked out from something relative ("last Sunday"), or from the messages around it.
    Approximate,
    /// Nobody knows; the time of import stands in.
    Unknown,
}

/// Where a message comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Said here.
    #[default]
    Live,
    /// Brought home from another service; the text names the format, such as `chatgpt`.
    Import(String),
}

/// Whether all of a message is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// It is as it was meant.
    #[default]
    Complete,
    /// The reply was stopped, or the program ended in its middle; what was there is kept.
    Interrupted,
    /// Its words were deleted for good; its place in the conversation is kept, and its text is empty.
    Erased,
}

/// The chat of another program that something was said in. Such programs send all that their chat holds each time; which turns came
/// from the same one tells an edited message from a chat that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientChat {
    /// The message is the first one that came from its chat.
    Begins,
    /// The chat that this message stands for: the first one that came from it, or the last one that it held when it came here.
    Of(MessageId),
}

/// A message to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMessage {
    /// The message it follows; `None` for a first one. Several messages with the same parent are branches
    /// (regenerations, edits).
    pub parent: Option<MessageId>,
    /// Whose words they are.
    pub speaker: Speaker,
    /// The speaker's name as it was shown, where it is not the companion's or the user's own (imports, groups).
    pub name: Option<String>,
    /// The words.
    pub text: String,
    /// When it was said.
    pub time: Timestamp,
    /// How much that can be trusted.
    pub time_certainty: TimeCertainty,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether all of it is there.
    pub completeness: Completeness,
    /// The model that wrote it, by name.
    pub model: Option<String>,
    /// Where it was said, in seconds east of Greenwich, if its own record tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_seconds: Option<i32>,
    /// Of the user's words that another program sent: its chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<ClientChat>,
}

impl NewMessage {
    /// A complete message, said here and now.
    pub fn new(
        parent: Option<MessageId>,
        speaker: Speaker,
        text: impl Into<String>,
        time: Timestamp,
    ) -> Self {
        Self {
            parent,
            speaker,
            name: None,
            text: text.into(),
            time,
            time_certainty: TimeCertainty::default(),
            origin: Origin::default(),
            completeness: Completeness::default(),
            model: None,
            offset_seconds: None,
            chat: None,
        }
    }
}

/// A message that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Which one.
    pub id: MessageId,
    /// The sitting it belongs to: a number that grows by one when more than [`SITTING_GAP_HOURS`] passed since the message before it.
    pub sitting: u64,
    /// What it says.
    #[serde(flatten)]
    pub content: NewMessage,
}

/// Hours of silence after which a new sitting begins.
pub const SITTING_GAP_HOURS: i64 = 4;
