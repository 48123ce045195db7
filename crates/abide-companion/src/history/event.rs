//! What comes out of a history, one piece after another. Must not know formats, nor where the pieces go.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::HistoryError;
use crate::transcript::{Speaker, TimeCertainty};

/// A kind of history that can be brought home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Format {
    /// `conversations.json` of ChatGPT's export, whole or split.
    Chatgpt,
    /// `conversations.json` of Claude's export, or one conversation of it.
    Claude,
    /// `conversations.json` of DeepSeek's export, or one conversation as its page fetches it.
    Deepseek,
    /// Character.AI, as CAI Tools or a dump of its turns writes it.
    CharacterAi,
    /// A SillyTavern chat: one JSON object a line.
    Sillytavern,
    /// Replika, as its scrapers write it, in JSON.
    Replika,
    /// Replika, as its scrapers write it, in CSV.
    ReplikaCsv,
    /// A chat of Agnai.
    Agnai,
    /// A chat of RisuAI.
    Risu,
    /// A saved session of KoboldCpp Lite.
    Koboldcpp,
    /// A history of text-generation-webui.
    TextGenerationWebui,
    /// Chats of Open WebUI.
    OpenWebui,
    /// A list of `{role, content}`, as most programs speak to models.
    Messages,
    /// Lines of `Name: words`, with or without a stamp in front.
    PlainText,
}

impl Format {
    /// All of them, in the order in which help lists them.
    pub const ALL: [Self; 14] = [
        Self::Chatgpt,
        Self::Claude,
        Self::Deepseek,
        Self::CharacterAi,
        Self::Sillytavern,
        Self::Replika,
        Self::ReplikaCsv,
        Self::Agnai,
        Self::Risu,
        Self::Koboldcpp,
        Self::TextGenerationWebui,
        Self::OpenWebui,
        Self::Messages,
        Self::PlainText,
    ];

    /// Its name, as `--format` takes it and as a message's origin says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chatgpt => "chatgpt",
            Self::Claude => "claude",
            Self::Deepseek => "deepseek",
            Self::CharacterAi => "character-ai",
            Self::Sillytavern => "sillytavern",
            Self::Replika => "replika",
            Self::ReplikaCsv => "replika-csv",
            Self::Agnai => "agnai",
            Self::Risu => "risu",
            Self::Koboldcpp => "koboldcpp",
            Self::TextGenerationWebui => "text-generation-webui",
            Self::OpenWebui => "open-webui",
            Self::Messages => "messages",
            Self::PlainText => "plain-text",
        }
    }

    /// The names of all, for messages.
    pub fn known() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = HistoryError;

    fn from_str(name: &str) -> Result<Self, HistoryError> {
        let wanted = name.trim().to_lowercase().replace(['_', ' '], "-");
        Self::ALL
            .into_iter()
            .find(|format| format.name() == wanted)
            .ok_or_else(|| HistoryError::NoSuchFormat { name: name.to_owned(), known: Self::known() })
    }
}

/// One of the pieces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ImportEvent {
    /// A conversation begins; the messages that follow belong to it.
    Conversation(Conversation),
    /// Somebody said something. Its parent came before it.
    Message(Box<ImportedMessage>),
    /// Something was not as it should be.
    Doubt(Doubt),
}

/// A conversation of the other service.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Conversation {
    /// What tells it from the others of its format: the service's own id, or a digest of how it begins. The same in a newer export.
    pub key: String,
    /// Which one it is in this source, from 0.
    pub ordinal: u64,
    /// As the service called it; may be empty.
    pub title: String,
    /// When it began, if the file says so.
    pub started: Option<Timestamp>,
    /// What the user was called.
    pub user_name: Option<String>,
    /// What the other side was called.
    pub companion_name: Option<String>,
    /// The file that it comes from.
    pub part: String,
}

/// A message of the other service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedMessage {
    /// What tells it from the others of its conversation. The same in a newer export.
    pub key: String,
    /// The message that it follows, by key; `None` for a first one. Several with the same parent are branches.
    pub parent_key: Option<String>,
    /// Whose words they are.
    pub speaker: Speaker,
    /// The speaker's name as it was shown, where the file has it.
    pub name: Option<String>,
    /// The words. Pictures and files stand in it as `[picture: name]`, `[file: name]`.
    pub text: String,
    /// What the model thought before it spoke, where the file has it; not part of the words.
    pub thought: Option<String>,
    /// When it was said.
    pub time: Option<Timestamp>,
    /// The zone that the file wrote the time in, in seconds east of Greenwich.
    pub offset_seconds: Option<i32>,
    /// How much that can be trusted.
    pub certainty: TimeCertainty,
    /// Whether it is on the way from the beginning to the message that the service showed last.
    pub active: bool,
    /// The model that wrote it, where the file names it.
    pub model: Option<String>,
    /// Where it comes from.
    pub format: Format,
    /// Which record of its part it is, from 1.
    pub record: u64,
}

/// Something that was not as it should be, and what was done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// The file.
    pub part: String,
    /// Which record of it, from 1: an element of the outermost list, or a line.
    pub record: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Where in the record.
    pub path: String,
    /// What was found.
    pub what: String,
    /// What was done.
    pub done: String,
}

/// Why something was not brought over. Its counts are in the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LeftOut {
    /// Instructions of the service or the user to the model.
    SystemMessage,
    /// What was said to a tool or by one.
    ToolMessage,
    /// Never shown to the user there.
    Hidden,
    /// Not words, but thoughts of the model; they are kept beside the message that followed.
    Thought,
    /// Nothing in it.
    Empty,
    /// It could not be understood; there is a doubt about each.
    Unreadable,
    /// Larger than the limit; there is a doubt about each.
    TooLarge,
    /// The same again.
    Duplicate,
    /// In a conversation that was not asked for.
    NotChosen,
    /// Brought home by an earlier import.
    AlreadyThere,
    /// What a picture or file holds; its name stands in the text.
    AttachmentContent,
    /// A title, a note, a setting: nothing that was said.
    NotAMessage,
}
