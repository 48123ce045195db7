//! What the companions' API answers, field by field, for its description. Much of it is written by [`abide_companion`] itself; a test reads
//! the answers as what is described here, so that neither has a field that the other lacks. Must not know how anything is done.

mod imports;
mod plan;

use std::collections::BTreeMap;

use abide_companion::{companion, persona, store};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

pub use self::imports::Imports;
pub use self::plan::Why;
use super::wire::{FactShown, MessageShown};

/// A companion with its persona and settings.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Whole)]
pub struct Whole {
    /// What it is called; its model name in the other APIs is `companion/` and this.
    name: String,
    /// Which one, on every machine.
    uid: String,
    /// What it is to the user.
    relationship: String,
    /// Its language: a BCP 47 tag, or empty.
    language: String,
    /// The model that it runs on; null: the server's default, from its next words on.
    model: Option<String>,
    /// Messages of the present conversation.
    messages: u64,
    /// When it was made (RFC 3339).
    created: String,
    /// When something was said last (RFC 3339).
    last_talk: Option<String>,
    /// Who it is, with the fields that docs/companions.md describes.
    persona: Map<String, Value>,
    /// What was chosen for it.
    settings: Settings,
    /// How far the embedding model has read what was said and learned.
    embedded: Embedded,
}

/// How far the embedding model has read. What it has not read yet is found by words.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Embedded)]
pub struct Embedded {
    /// The embedding model, with the checksum of its weights; null: there is none.
    embedder: Option<String>,
    /// Messages and facts that it has read.
    done: u64,
    /// Messages and facts that there are.
    all: u64,
}

/// What was chosen for a companion.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Settings)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Settings {
    /// The model that it runs on.
    #[serde(default)]
    model: Option<ModelUse>,
    /// Those that it ran on before, the last one last; their files are kept.
    #[serde(default)]
    former_models: Vec<ModelUse>,
    /// Tokens of context to use; left out: what the model holds, at most 8,192.
    #[serde(default)]
    context_tokens: Option<u64>,
    /// Most tokens of a reply; left out: a quarter of the context, at most 1,024.
    #[serde(default)]
    reply_tokens: Option<u64>,
    /// Whether facts are found in what the user says.
    find_facts: bool,
    /// Whether the user's mood is kept.
    moods: bool,
    /// Whether the first talk of a day begins with the notice that this is software.
    software_notice: bool,
    /// Whether earlier talk is searched for what a message may be about.
    recall: bool,
    /// Whether the model summarises what leaves the window.
    summaries_by_model: bool,
    /// What the user is called where the persona does not say.
    #[serde(default)]
    user_name: Option<String>,
    /// The language of the prompt's fixed words; left out: the persona's.
    #[serde(default)]
    language: Option<String>,
    /// The time zone by its IANA name; left out: the machine's.
    #[serde(default)]
    time_zone: Option<String>,
}

/// A model that a companion runs on, or ran on.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::ModelUse)]
pub struct ModelUse {
    /// Its name.
    name: String,
    /// Where its file lies, of a model that is in no store.
    #[serde(default)]
    path: Option<String>,
    /// SHA-256 of its weights; of several files, joined by `+`.
    #[serde(default)]
    checksum: Option<String>,
    /// SHA-256 of its chat template.
    #[serde(default)]
    template: Option<String>,
    /// How tokens are chosen, before the program's own settings.
    #[serde(default)]
    sampling: Option<Map<String, Value>>,
    /// Since when (RFC 3339).
    since: String,
}

/// A field of a persona that differs between two versions.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::PersonaChange)]
pub struct PersonaChange {
    /// Which, such as `greetings[1]`.
    field: String,
    /// What it was; null: it was not there.
    before: Option<String>,
    /// What it is; null: it is not there.
    after: Option<String>,
}

impl From<persona::Change> for PersonaChange {
    fn from(change: persona::Change) -> Self {
        Self { field: change.field, before: change.before, after: change.after }
    }
}

/// A version of a persona.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::PersonaVersion)]
pub struct PersonaVersion {
    /// Which, from 1.
    pub version: u64,
    /// When it was made (RFC 3339).
    pub created: String,
    /// What was said of it.
    pub note: Option<String>,
    /// The version that it is as.
    pub reverted_to: Option<u64>,
    /// What changed from the version before.
    pub changes: Vec<PersonaChange>,
}

/// The versions of a persona; or, with `from` and `to`, what differs between two of them.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::PersonaVersions)]
pub struct PersonaVersions {
    /// All of them, oldest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions: Option<Vec<PersonaVersion>>,
    /// What differs, with `from` and `to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<PersonaChange>>,
}

/// What a deletion took along.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Deleted)]
pub struct Deleted {
    /// The messages.
    messages: Vec<u64>,
    /// The facts that were known from them alone.
    facts: Vec<u64>,
    /// How many summaries held something of them.
    summaries: u64,
    /// How many plans of prompts did.
    plans: u64,
    /// Whether the file was rewritten already; else it is at the next opening.
    final_on_disk: bool,
    /// The reply that was being made just then, if one was: it may still speak of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    said_meanwhile: Option<u64>,
}

impl From<store::Deleted> for Deleted {
    fn from(deleted: store::Deleted) -> Self {
        Self {
            messages: deleted.messages.into_iter().map(|id| id.0).collect(),
            facts: deleted.facts.into_iter().map(|id| id.0).collect(),
            summaries: deleted.summaries as u64,
            plans: deleted.plans as u64,
            final_on_disk: deleted.final_on_disk,
            said_meanwhile: deleted.said_meanwhile.map(|id| id.0),
        }
    }
}

/// What has to do with some words: nothing is deleted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::Forgettable)]
pub struct Forgettable {
    /// The facts that would go.
    pub facts: Vec<FactShown>,
    /// The messages whose words would go.
    pub messages: Vec<MessageShown>,
    /// Messages that may have to do with it by other words.
    pub related: Vec<MessageShown>,
}

/// What would go, with `query`; else what went.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = companions::ForgetAnswer)]
pub enum ForgetAnswer {
    /// What would go.
    Shown(Forgettable),
    /// What went.
    Gone(Deleted),
}

/// Something that was said before.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Memory)]
pub struct Memory {
    /// When, who and the words, as they would stand in a prompt.
    text: String,
    /// The messages: the one that was found, and those beside it.
    messages: Vec<u64>,
    /// When the first of them was said (RFC 3339).
    time: String,
    /// What the score is made of, by name.
    scores: BTreeMap<String, f32>,
}

/// What comes to mind at some words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::Reminded)]
pub struct Reminded {
    /// Whether anything of it is to the point.
    known: bool,
    /// How sure that is, from 0 to 1.
    confidence: f32,
    /// What was said, the best first.
    memories: Vec<Memory>,
    /// Facts that matter, too, the best first.
    facts: Vec<FactShown>,
    /// Topics to avoid about which something is held back, each as often as it is.
    held_back: Vec<String>,
}

impl From<companion::Reminded> for Reminded {
    fn from(reminded: companion::Reminded) -> Self {
        let memory = |memory: companion::Memory| Memory {
            text: memory.text,
            messages: memory.messages.into_iter().map(|id| id.0).collect(),
            time: memory.time.to_string(),
            scores: memory.scores,
        };
        Self {
            known: reminded.known,
            confidence: reminded.confidence,
            memories: reminded.memories.into_iter().map(memory).collect(),
            facts: reminded.facts.into_iter().map(FactShown::from).collect(),
            held_back: reminded.held_back,
        }
    }
}

/// How a message of the user's sounded.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Mood)]
pub struct Mood {
    /// When it was said (RFC 3339).
    time: String,
    /// Which message.
    message: u64,
    /// From -1 (bad) to 1 (good).
    valence: f64,
    /// A word for it.
    label: Option<String>,
}

impl From<(Timestamp, store::Mood)> for Mood {
    fn from((time, mood): (Timestamp, store::Mood)) -> Self {
        Self { time: time.to_string(), message: mood.message.0, valence: mood.valence, label: mood.label }
    }
}

/// A time line of moods.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::Moods)]
pub struct Moods {
    /// Oldest first.
    pub moods: Vec<Mood>,
}

/// Where the conversation ends now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::End)]
pub struct End {
    /// The last message; null: there is none.
    pub message: Option<u64>,
}

/// A branch that has a name.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Branch)]
pub struct Branch {
    /// What it is called.
    name: String,
    /// Its last message; null: it has none yet.
    head: Option<u64>,
    /// Since when it is there (RFC 3339).
    created: String,
    /// Whether the conversation goes on there.
    current: bool,
}

impl From<store::Branch> for Branch {
    fn from(branch: store::Branch) -> Self {
        Self {
            name: branch.name,
            head: branch.head.map(|id| id.0),
            created: branch.created.to_string(),
            current: branch.current,
        }
    }
}

/// The branches that have names.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::Branches)]
pub struct Branches {
    /// All of them.
    pub branches: Vec<Branch>,
    /// The last messages of lines that the conversation does not lead to, newest first; 100 at most. Left out where a branch was gone to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aside: Option<Vec<MessageShown>>,
}

/// A window: a stretch of the conversation that began anew.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Window)]
pub struct Window {
    /// Which one, from 1.
    id: u64,
    /// The message behind which it begins; null: at the conversation's start.
    after: Option<u64>,
    /// Since when (RFC 3339).
    opened: String,
    /// What the user calls it.
    title: Option<String>,
}

impl From<store::Window> for Window {
    fn from(window: store::Window) -> Self {
        Self {
            id: window.id.0,
            after: window.after.map(|id| id.0),
            opened: window.opened.to_string(),
            title: window.title,
        }
    }
}

/// The windows that the user began.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::Windows)]
pub struct Windows {
    /// Oldest first; none: everything is one window.
    pub windows: Vec<Window>,
}

/// What a companion runs on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::RunsOn)]
pub struct RunsOn {
    /// The model's name; null: the server's default.
    pub model: Option<String>,
}

/// What was taken in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::TakenIn)]
pub struct TakenIn {
    /// The companion that came, or that got the lorebook.
    pub name: String,
    /// What was not as it should be.
    pub notices: Vec<String>,
}
