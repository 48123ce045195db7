//! Why a reply was said: the plan of its prompt. Must not know how prompts are planned.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Why a reply was said.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Why)]
pub struct Why {
    /// The plan of its prompt, with the words of its turns.
    plan: Plan,
    /// The whole text as the model got it, special tokens of its chat template spelled out; null where the model of then can't be asked.
    prompt: Option<String>,
    /// Why there is no text.
    prompt_missing: Option<String>,
}

/// The plan of a prompt.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Plan)]
pub struct Plan {
    /// Version of this form.
    version: u32,
    /// The model that it was made for.
    model: String,
    /// Whether the model has a chat template; otherwise the conversation was written as one text.
    has_chat_template: bool,
    /// Whether notes are system messages of their own; otherwise they stand in the user's turn.
    notes_as_system: bool,
    /// The language of the fixed words.
    language: String,
    /// The companion's name.
    char_name: String,
    /// What the user is called.
    user_name: String,
    /// Tokens that the sections may take.
    budgets: Budgets,
    /// Tokens of the whole prompt.
    prompt_tokens: u64,
    /// The first message of the recent turns.
    window_start: Option<u64>,
    /// Whether older turns left the window with this prompt.
    window_moved: bool,
    /// What stands in the prompt, in its order.
    sections: Vec<Section>,
    /// What doesn't, and why.
    left_out: Vec<LeftOut>,
    /// What recall found out, if it was asked.
    recall: Option<RecallReport>,
}

/// Where a section stands.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Place)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the system message.
    System,
    /// The turns themselves.
    Turns,
    /// In a note that so many messages stand after.
    Note(u64),
    /// As somebody's words that so many messages stand after.
    Spoken(u64),
}

/// Tokens that the sections of a prompt may take.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Budgets)]
pub struct Budgets {
    /// Of everything together, the reply included.
    context: u64,
    /// Kept free for the reply.
    reply: u64,
    /// The persona with its examples.
    persona: u64,
    /// Facts, pinned ones included.
    facts: u64,
    /// The summary.
    summary: u64,
    /// Entries of the lorebook.
    lorebook: u64,
    /// Memories, where something is asked.
    memories: u64,
    /// Notices, the reminder and instructions.
    notes: u64,
}

/// A part of a prompt.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Section)]
pub struct Section {
    /// What it is: `persona`, `examples`, `pinned_facts`, `facts`, `summary`, `lorebook`, `turns`, `notices`, `new_facts`, `memories`,
    /// `unknown`, `instructions`, `reminder` or `post_history`.
    kind: String,
    /// Where it stands.
    place: Place,
    /// A line before its items.
    heading: String,
    /// Tokens of heading and items.
    tokens: u64,
    /// Its parts in their order.
    items: Vec<Item>,
}

/// A part of a section.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Item)]
pub struct Item {
    /// Which part: `description`, the name of an entry of the lorebook.
    #[serde(default)]
    label: Option<String>,
    /// Its text.
    #[serde(default)]
    text: Option<String>,
    /// Whose turn it is.
    #[serde(default)]
    speaker: Option<String>,
    /// The messages that it is made of.
    #[serde(default)]
    messages: Option<Vec<u64>>,
    /// The fact that it says.
    #[serde(default)]
    fact: Option<u64>,
    /// When it was said (RFC 3339).
    #[serde(default)]
    time: Option<String>,
    /// Scores of a memory by their names.
    #[serde(default)]
    scores: Option<BTreeMap<String, f32>>,
    /// Its tokens.
    tokens: u64,
    /// Whether it is shorter than it was.
    #[serde(default)]
    shortened: Option<bool>,
}

/// Something that does not stand in a prompt.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::LeftOut)]
pub struct LeftOut {
    /// The section that it would have been in.
    kind: String,
    /// Which part.
    label: String,
    /// The messages that it was made of.
    #[serde(default)]
    messages: Option<Vec<u64>>,
    /// The fact that it says.
    #[serde(default)]
    fact: Option<u64>,
    /// Tokens that it would have taken.
    tokens: u64,
    /// Why: `over_budget`, `context_full` or `left_window`; or an object of `avoided`, `disabled`, `unknown_decorator` or `invalid_key`.
    #[schema(value_type = Object)]
    reason: Value,
}

/// What recall said for a prompt.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::RecallReport)]
pub struct RecallReport {
    /// What was looked for.
    query: String,
    /// Whether the message asks anything.
    asks: bool,
    /// Whether it asks about the past.
    asks_about_past: bool,
    /// Whether something relevant is known.
    known: bool,
    /// How sure that is, from 0 to 1.
    confidence: f32,
}
