//! What a prompt is planned from: texts, ready to stand in it. Must not know where they come from.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::plan::{LeftOut, RecallReport};
use crate::topics::Veiled;
use crate::transcript::{MessageId, Speaker};

/// A persona, its macros expanded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonaTexts {
    /// The companion's name.
    pub char_name: String,
    /// What the user is called.
    pub user_name: String,
    /// Code of the language of the fixed words.
    pub language: String,
    /// What the companion is told first.
    pub system_prompt: String,
    /// Whether a prompt of which nothing says who the companion is has no sentence that does.
    pub may_be_bare: bool,
    /// Who it is.
    pub description: String,
    /// Its traits.
    pub personality: String,
    /// The scene.
    pub scenario: String,
    /// How it speaks.
    pub speaking: String,
    /// Example dialogue, the most telling first; empty ones are not shown.
    pub examples: Vec<String>,
    /// Who it is, in a sentence or two, for near the end of the prompt.
    pub reminder: String,
    /// Instructions for after the conversation.
    pub post_history: String,
}

/// Where an entry of the lorebook stands. Those that come and go stand in a note unless they ask for another place, so that they don't
/// break the cached prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LorePlace {
    /// In the system message, before the persona.
    BeforePersona,
    /// In the system message, after the persona.
    AfterPersona,
    /// Within the persona, right before the description.
    BeforeDescription,
    /// Within the persona, right after the description.
    AfterDescription,
    /// Within the persona, with the personality.
    Personality,
    /// Within the persona, with the scenario.
    Scenario,
    /// In a note that so many messages stand after.
    Note(usize),
    /// As somebody's own words, so many messages before the end.
    Spoken(usize, Speaker),
}

/// An entry of the lorebook that is active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoreText {
    /// Its name.
    pub label: String,
    /// Its text, macros expanded.
    pub text: String,
    /// Whether it is active whatever is said.
    pub constant: bool,
    /// Where it stands.
    pub place: LorePlace,
    /// Lower ones leave first.
    pub priority: i64,
    /// Whether something was taken out of it.
    pub shortened: bool,
}

/// A fact that may stand in the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactText {
    /// Which one.
    pub id: u64,
    /// As a sentence.
    pub text: String,
    /// Whether the user pinned it.
    pub pinned: bool,
    /// Whether it was known when the window began; then it stands in the system message.
    pub settled: bool,
    /// The messages that it is from.
    pub messages: Vec<MessageId>,
}

/// A memory that may stand in the prompt.
#[derive(Debug, Clone, PartialEq)]
pub struct MemoryText {
    /// Its words with when they were said and by whom, as a line.
    pub text: String,
    /// The messages it is made of.
    pub messages: Vec<MessageId>,
    /// When the first of them was said.
    pub time: Timestamp,
    /// Its scores by name.
    pub scores: BTreeMap<String, f32>,
}

/// A summary of what left the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryText {
    /// Its words.
    pub text: String,
    /// The first and the last message that it is about.
    pub messages: Vec<MessageId>,
}

/// A turn of the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Which message.
    pub id: MessageId,
    /// Whose.
    pub speaker: Speaker,
    /// Its words.
    pub text: String,
}

/// The recent turns, oldest first, the message to be answered last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window {
    /// The turns.
    pub turns: Vec<Turn>,
    /// Whether older ones left with this prompt.
    pub moved: bool,
    /// Those that left, oldest first, as far as they were read.
    pub left: Vec<MessageId>,
}

/// Something that is held back because the user wants its topic avoided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBack {
    /// The topic.
    pub topic: String,
    /// What it would have been: a memory's messages.
    pub messages: Vec<MessageId>,
    /// Or a fact.
    pub fact: Option<u64>,
    /// Its text, which is counted and not kept.
    pub text: String,
}

/// All that changes from turn to turn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inputs {
    /// The recent turns.
    pub window: Window,
    /// Facts, the most important first.
    pub facts: Vec<FactText>,
    /// The summary.
    pub summary: Option<SummaryText>,
    /// Entries of the lorebook, in the order in which they are to stand.
    pub lore: Vec<LoreText>,
    /// What of the persona and its lorebook is not used, keys and decorators of entries included.
    pub left_out: Vec<LeftOut>,
    /// Memories, the best first.
    pub memories: Vec<MemoryText>,
    /// Lines about today: the date, the last talk, what the day is.
    pub notices: Vec<String>,
    /// Instructions that came with the request.
    pub instructions: String,
    /// What recall found out.
    pub recall: Option<RecallReport>,
    /// What is held back.
    pub held_back: Vec<HeldBack>,
    /// Turns of the window that are about a topic to avoid, and what is left of them.
    pub veiled: BTreeMap<MessageId, Veiled>,
}
