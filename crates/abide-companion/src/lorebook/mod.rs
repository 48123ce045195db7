//! A lorebook: knowledge that enters the prompt when the talk comes to it. Must not know cards, prompts or models.
//!
//! [`Lorebook`] and [`Entry`] are what is kept; [`activate`] says which entries belong into the next prompt, where, and why
//! the others do not. What an entry says about its own use stands in its fields and in decorators (`@@depth 2`) at the head of its
//! content, as the specification of character cards V3 has them.

mod activation;
mod budget;
mod decorators;
mod keys;
mod merge;
mod plan;
mod rules;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use activation::{LorebookInput, PersonaSections, ScannedMessage, activate, scan_depth_max};
pub use decorators::{Decorator, Decorators, UiPrompt, split_decorators};
pub use merge::Merged;
pub use plan::{
    ActivatedEntry, Activation, Decision, EntryState, LorebookState, Outcome, Placement, Trigger,
};

/// Messages that keys are looked for in where neither entry nor book says a number.
pub const SCAN_DEPTH_DEFAULT: u32 = 4;
/// Messages before the newest that an entry at a depth stands at where it does not say (SillyTavern's default).
pub const DEPTH_DEFAULT: u32 = 4;

/// A book of [`Entry`]s.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lorebook {
    /// What people call it; never in a prompt.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What it is about; never in a prompt.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// How many of the last messages keys are looked for in; [`SCAN_DEPTH_DEFAULT`] if it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_depth: Option<u32>,
    /// Tokens that its entries may take together. The input's budget holds as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_budget: Option<u32>,
    /// Whether the content of an entry can call up others; no if it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recursive_scanning: Option<bool>,
    /// What other programs keep with it.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extensions: Map<String, Value>,
    /// What its file has beside, under keys that no specification knows.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub other: Map<String, Value>,
    /// What its file says of fields that are read otherwise: what it `is` there, and what it is read `as`. Goes out again as long as that holds.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub written: Map<String, Value>,
    /// How numbers are written that would lose digits, by their JSON Pointers from here.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub digits: BTreeMap<String, String>,
    /// What it knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Entry>,
}

/// Something a [`Lorebook`] knows, and when to say it.
// Each is a switch of its own in the format.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Entry {
    /// What people call it; never in a prompt.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// A note of whoever wrote it; never in a prompt.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// A key of its own within the book, where the file has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// One of these in the last messages calls it up. `/…/flags` is a regular expression.
    pub keys: Vec<String>,
    /// More keys, used as [`Entry::secondary_logic`] says if [`Entry::selective`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secondary_keys: Vec<String>,
    /// Whether the secondary keys count.
    #[serde(skip_serializing_if = "is_true")]
    pub selective: bool,
    /// What the secondary keys must do.
    #[serde(skip_serializing_if = "is_default")]
    pub secondary_logic: SecondaryLogic,
    /// What enters the prompt, with decorators at its head and macros in it.
    pub content: String,
    /// Whether it is used at all.
    #[serde(skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// Whether it is always there, without any key.
    #[serde(skip_serializing_if = "is_default")]
    pub constant: bool,
    /// Entries with lower numbers come earlier in the prompt.
    pub insertion_order: f64,
    /// When the budget ends, entries with lower numbers are left out first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<f64>,
    /// Whether upper and lower case differ in keys; no if it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_sensitive: Option<bool>,
    /// Whether a key must be a word of its own; yes if it does not say. No boundary is asked for beside writing that
    /// has no spaces between words (Chinese, Japanese, Thai …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole_words: Option<bool>,
    /// Whether all keys are regular expressions.
    #[serde(skip_serializing_if = "is_default")]
    pub use_regex: bool,
    /// Where it stands in the prompt.
    pub position: Position,
    /// For [`Position::AtDepth`]: before how many of the last messages it stands; [`DEPTH_DEFAULT`] if it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth: Option<u32>,
    /// For [`Position::AtDepth`]: whose words it is.
    #[serde(skip_serializing_if = "is_default")]
    pub role: Role,
    /// Scans this many messages, whatever the book says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_depth: Option<u32>,
    /// In percent, how often it comes when it could; always if it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Of the entries that share a group (names with commas between them), one comes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// How likely it is to be the one of its group; 100 if it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_weight: Option<f64>,
    /// Whether it is the one of its group whenever it could come, before chance decides.
    #[serde(skip_serializing_if = "is_default")]
    pub group_override: bool,
    /// Stays for this many messages after it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sticky: Option<u32>,
    /// Does not come again for this many messages after it left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cooldown: Option<u32>,
    /// Does not come before the chat has this many messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<u32>,
    /// Whether other entries can't call it up.
    #[serde(skip_serializing_if = "is_default")]
    pub exclude_recursion: bool,
    /// Whether it can't call up other entries.
    #[serde(skip_serializing_if = "is_default")]
    pub prevent_recursion: bool,
    /// Whether only other entries can call it up.
    #[serde(skip_serializing_if = "is_default")]
    pub delay_until_recursion: bool,
    /// Whether the book's own budget does not bind it. The input's does.
    #[serde(skip_serializing_if = "is_default")]
    pub ignore_budget: bool,
    /// What other programs keep with it. Of this, abide heeds `character_filter`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extensions: Map<String, Value>,
    /// What its file has beside, under keys that no specification knows.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub other: Map<String, Value>,
    /// As [`Lorebook::written`], by the names that cards have.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub written: Map<String, Value>,
    /// As [`Lorebook::digits`], by the names that cards have.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub digits: BTreeMap<String, String>,
    /// Which entry of the original file it was (from 0), so that edits go over it and what abide does not know stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<usize>,
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            name: String::new(),
            comment: String::new(),
            id: None,
            keys: Vec::new(),
            secondary_keys: Vec::new(),
            selective: true,
            secondary_logic: SecondaryLogic::default(),
            content: String::new(),
            enabled: true,
            constant: false,
            insertion_order: 100.0,
            priority: None,
            case_sensitive: None,
            whole_words: None,
            use_regex: false,
            position: Position::default(),
            depth: None,
            role: Role::default(),
            scan_depth: None,
            probability: None,
            group: String::new(),
            group_weight: None,
            group_override: false,
            sticky: None,
            cooldown: None,
            delay: None,
            exclude_recursion: false,
            prevent_recursion: false,
            delay_until_recursion: false,
            ignore_budget: false,
            extensions: Map::new(),
            other: Map::new(),
            written: Map::new(),
            digits: BTreeMap::new(),
            origin: None,
        }
    }
}

impl Entry {
    /// What to call it before people: its name, its comment, its first key, or its place in the book.
    pub fn label(&self, index: usize) -> String {
        let names = [Some(&self.name), Some(&self.comment), self.keys.first()];
        let named = names.into_iter().flatten().find(|name| !name.trim().is_empty());
        named.map_or_else(|| format!("entry {}", index + 1), |name| name.chars().take(80).collect())
    }
}

/// What an entry's secondary keys must do, once a primary key was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondaryLogic {
    /// At least one is there.
    #[default]
    AndAny,
    /// All are there.
    AndAll,
    /// None is there.
    NotAny,
    /// At least one is missing.
    NotAll,
}

impl SecondaryLogic {
    /// Whether it holds when `found` of `all` secondary keys are there.
    pub fn holds(self, found: usize, all: usize) -> bool {
        match self {
            Self::AndAny => found > 0,
            Self::AndAll => found == all,
            Self::NotAny => found == 0,
            Self::NotAll => found < all,
        }
    }
}

/// Where an entry stands in the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Before what is said of the character.
    #[default]
    BeforeChar,
    /// After what is said of the character.
    AfterChar,
    /// Before the example dialogues.
    BeforeExamples,
    /// After the example dialogues.
    AfterExamples,
    /// Before the author's note of SillyTavern. abide has none, and puts it at [`DEPTH_DEFAULT`].
    BeforeNote,
    /// After the author's note of SillyTavern. abide has none, and puts it at [`DEPTH_DEFAULT`].
    AfterNote,
    /// Among the messages, before as many of the last ones as [`Entry::depth`] says.
    AtDepth,
    /// Where a macro of SillyTavern asks for it. abide has none, and puts it before what is said of the character.
    Outlet,
}

/// Whose words something in the prompt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Nobody's: an instruction or a note.
    #[default]
    System,
    /// The person's.
    User,
    /// The companion's.
    Assistant,
}

// serde asks for a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_true(value: &bool) -> bool {
    *value
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
