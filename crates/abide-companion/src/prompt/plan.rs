//! The plan of a prompt: what stands in it, where, and at what cost, and what was left out. Kept with the reply, it answers "why
//! did you say that?". Must not know how a plan is made.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::budget::Budgets;
use crate::transcript::{MessageId, Speaker};

/// Version of [`Plan`]'s form.
pub const PLAN_VERSION: u32 = 1;

/// The ledger of one prompt. Texts are as they stood in it; turns are named by their messages, whose words are the transcript's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// [`PLAN_VERSION`] when it was made.
    pub version: u32,
    /// The model that it was made for.
    pub model: String,
    /// Whether the model has a chat template; otherwise the conversation was written as one text.
    pub has_chat_template: bool,
    /// Whether notes are system messages of their own before the user's turn, as the template takes; otherwise they stand in it.
    #[serde(default)]
    pub notes_as_system: bool,
    /// Code of the language of the fixed words.
    pub language: String,
    /// The companion's name.
    pub char_name: String,
    /// What the user is called.
    pub user_name: String,
    /// What each section might take.
    pub budgets: Budgets,
    /// Tokens of the whole prompt, as the model counts them.
    pub prompt_tokens: usize,
    /// The first message of the recent turns.
    pub window_start: Option<MessageId>,
    /// Whether older turns left the window with this prompt.
    pub window_moved: bool,
    /// What stands in the prompt, in its order.
    pub sections: Vec<Section>,
    /// What doesn't, and why.
    pub left_out: Vec<LeftOut>,
    /// What recall found out, if it was asked.
    pub recall: Option<RecallReport>,
}

/// What recall said for this prompt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecallReport {
    /// What was looked for.
    pub query: String,
    /// Whether the message asks anything.
    #[serde(default)]
    pub asks: bool,
    /// Whether it asks about the past.
    pub asks_about_past: bool,
    /// Whether something relevant is known.
    pub known: bool,
    /// How sure that is, 0 to 1.
    pub confidence: f32,
}

/// What a section is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    /// System prompt, description, personality, scenario, way of speaking.
    Persona,
    /// Example dialogue.
    Examples,
    /// Facts that the user pinned.
    PinnedFacts,
    /// What is known of the user.
    Facts,
    /// What was said before the window.
    Summary,
    /// Entries of the lorebook.
    Lorebook,
    /// Recent turns, word for word.
    Turns,
    /// Today's date, the last talk.
    Notices,
    /// Facts that were learned after the prompt's beginning was written.
    NewFacts,
    /// What recall found.
    Memories,
    /// That nothing was found.
    Unknown,
    /// Instructions that came with this request.
    Instructions,
    /// Who the companion is, once more.
    Reminder,
    /// The persona's instructions for after the conversation.
    PostHistory,
}

/// Where a section stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the system message, which stays the same from turn to turn.
    System,
    /// The turns themselves.
    Turns,
    /// In a note at the user's turn that has so many messages after it; 0: the last one.
    Note(usize),
    /// As turns of those whom its items name, with so many messages after them; before the last one in any case.
    Spoken(usize),
}

/// A part of the prompt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// What it is.
    pub kind: SectionKind,
    /// Where it stands.
    pub place: Place,
    /// A line before its items; may be empty.
    pub heading: String,
    /// Tokens of heading and items, each counted alone.
    pub tokens: usize,
    /// Its parts in their order.
    pub items: Vec<Item>,
}

/// A part of a section.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Which part, for people: `description`, the name of an entry of the lorebook.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Its text; empty for a turn that stands there as it was said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Whose turn it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<Speaker>,
    /// The messages that it is made of: one for a turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<MessageId>,
    /// The fact that it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<u64>,
    /// When it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    /// Scores of a memory by their names: `lexical`, `dense`, `fused`, …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scores: BTreeMap<String, f32>,
    /// Its tokens, counted alone.
    pub tokens: usize,
    /// Whether it is shorter than it was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shortened: bool,
}

/// Something that does not stand in the prompt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The section that it would have been in.
    pub kind: SectionKind,
    /// Which part, for people.
    pub label: String,
    /// The messages that it was made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<MessageId>,
    /// The fact that it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<u64>,
    /// Tokens it would have taken.
    pub tokens: usize,
    /// Why.
    pub reason: Reason,
}

/// Why something was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Its section had no more room.
    OverBudget,
    /// The whole prompt had no more room.
    ContextFull,
    /// It left the window with older turns; the summary and recall stand for it.
    LeftWindow,
    /// It is about a topic that the user wants avoided.
    Avoided(String),
    /// An entry of the lorebook that is there asks to leave it out.
    Disabled {
        /// The entry's name.
        by: String,
    },
    /// A decorator of it is not known.
    UnknownDecorator(String),
    /// A key of it is no valid regular expression.
    InvalidKey {
        /// The key.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Plan {
    /// The section of a kind, the first if there are several.
    pub fn section(&self, kind: SectionKind) -> Option<&Section> {
        self.sections.iter().find(|section| section.kind == kind)
    }

    /// Every message that something in the plan is made of.
    pub fn messages(&self) -> BTreeSet<MessageId> {
        let placed = self.sections.iter().flat_map(|section| &section.items).flat_map(|item| &item.messages);
        placed.chain(self.left_out.iter().flat_map(|left| &left.messages)).copied().collect()
    }

    /// Every fact that the plan names.
    pub fn facts(&self) -> BTreeSet<u64> {
        let placed = self.sections.iter().flat_map(|section| &section.items).filter_map(|item| item.fact);
        placed.chain(self.left_out.iter().filter_map(|left| left.fact)).collect()
    }
}
