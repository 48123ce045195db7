//! What came of a lorebook: what enters the prompt, and why all else does not. Must not know how that was found out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Role, UiPrompt};

/// What a lorebook gives for one reply.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Activation {
    /// What enters the prompt, in the order of insertion (at the same place, the first comes first).
    pub entries: Vec<ActivatedEntry>,
    /// What became of each entry, in the order of the books.
    pub decisions: Vec<Decision>,
    /// Tokens of all [`Self::entries`].
    pub tokens: usize,
    /// What to give back when the next reply is planned, if this one is kept.
    pub state: LorebookState,
}

/// An entry that enters the prompt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActivatedEntry {
    /// Which book, by its place in the list.
    pub book: usize,
    /// Which entry of the book, by its place.
    pub entry: usize,
    /// What to call it before people.
    pub label: String,
    /// The text, without decorators, macros replaced.
    pub content: String,
    /// Where it stands.
    pub placement: Placement,
    /// Whose words it is.
    pub role: Role,
    /// The parts of the program's own prompt that it asks to leave out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disables: Vec<UiPrompt>,
    /// Its tokens.
    pub tokens: usize,
}

/// Where an entry stands in the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// Before all that is said of the character.
    BeforeCharacter,
    /// After all that is said of the character.
    AfterCharacter,
    /// Right before the description.
    BeforeDescription,
    /// Right after the description.
    AfterDescription,
    /// With the personality.
    Personality,
    /// With the scenario.
    Scenario,
    /// Before the example dialogues.
    BeforeExamples,
    /// After the example dialogues.
    AfterExamples,
    /// Among the messages: before as many of the last ones; at 0 after the newest. More than there are: before the oldest.
    AtDepth(u32),
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Which book, by its place in the list.
    pub book: usize,
    /// Which entry of the book, by its place.
    pub entry: usize,
    /// What to call it before people.
    pub label: String,
    /// In or out, and why.
    pub outcome: Outcome,
    /// Keys that are no valid regular expressions (or could not be searched for within the limits), and why. They never match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invalid_keys: Vec<(String, String)>,
    /// Decorators that are not known here and have no fallback that is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored_decorators: Vec<String>,
}

/// Why an entry is in the prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// It always is.
    Constant,
    /// This key was found in the last messages.
    Key(String),
    /// This key was found in another entry.
    Recursion(String),
    /// It says so itself (`@@activate`).
    Decorator,
    /// It was there before, and says that it stays (`@@keep_activate_after_match`).
    Kept,
    /// It was there a few messages ago, and is sticky.
    Sticky,
}

/// In or out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is in the prompt.
    Included(Trigger),
    /// It is switched off.
    Disabled,
    /// It has no content.
    Empty,
    /// None of its keys was found.
    NoKey,
    /// A key was found, and its secondary keys (or `@@additional_keys`) are against it.
    SecondaryKeys(String),
    /// This key of `@@exclude_keys` was found.
    ExcludedKey(String),
    /// It says so itself (`@@dont_activate`).
    DontActivate,
    /// It came once, and says that it does not come again.
    CameOnce,
    /// The chat is too short for it yet.
    TooEarly,
    /// It comes every few replies, and this is not one of them.
    NotThisReply,
    /// All its keys are regular expressions, and this one is none.
    InvalidKey(String),
    /// It is for another character.
    OtherCharacter,
    /// It belongs to another greeting.
    OtherGreeting,
    /// It belongs to another picture of the user.
    OtherUserIcon,
    /// It left a few messages ago, and rests.
    Cooldown,
    /// The dice were against it.
    Chance,
    /// Another of its group is there; the label of that one.
    Group(String),
    /// The context is full, and it asks to be left out then.
    ContextFull,
    /// Its tokens do not fit beside those of what matters more.
    Budget {
        /// Its tokens.
        tokens: usize,
    },
}

/// What is remembered of a lorebook from reply to reply: kept with the reply, so that another branch has its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LorebookState {
    /// By the identity of an entry.
    pub(super) entries: BTreeMap<String, EntryState>,
}

/// What is remembered of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EntryState {
    /// How often it came.
    pub times: u64,
    /// How many messages the chat had when it came last.
    pub last: u64,
    /// Until the chat has more messages than this, it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sticky_until: Option<u64>,
    /// Until the chat has more messages than this, it does not come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cooldown_until: Option<u64>,
}
