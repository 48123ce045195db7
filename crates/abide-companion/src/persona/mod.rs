//! A persona: who a companion is. Must not know what was said with it, prompts, models, or how versions are kept.
//!
//! A [`Persona`] is written by people (TOML), kept by the store (JSON) and comes from or becomes a [`crate::card::Card`]. Texts
//! may hold the macros of [`crate::macros`].

mod avatar;
mod bridge;
mod changes;
mod examples;
mod starters;
mod validate;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{card::Card, lorebook::Lorebook, nulls::strip_nulls};

pub use avatar::Avatar;
pub use changes::Change;
pub use examples::ExampleTurn;
pub use starters::STARTER_LANGUAGES;
pub use validate::{AVATAR_BYTES_MAX, PERSONA_BYTES_MAX};
pub(crate) use validate::{name_problem, spoken};

/// Who a companion is. All but the name may be left out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Persona {
    /// Its name.
    pub name: String,
    /// What `{{char}}` stands for instead of the name, if it is not empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub nickname: String,
    /// What it calls the user; empty for the user's own name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub calls_user: String,
    /// Its language, as BCP 47 writes it (`en`, `fr`, `zh-Hans`); empty if nobody said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// What it is to the user.
    pub relationship: Relationship,
    /// How close it may come.
    pub intimacy: Intimacy,
    /// Who it is: what it knows, likes, has lived.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Its temperament.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub personality: String,
    /// Where and how the two talk.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub scenario: String,
    /// How it speaks: length, tone, words it uses and does not.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub way_of_speaking: String,
    /// What it may say first; one is chosen, the others can be swiped to. The first is the main one (`@@is_greeting 0`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub greetings: Vec<String>,
    /// Example dialogues, each with lines that begin with `{{user}}:` or `{{char}}:`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
    /// Replaces abide's own system prompt, which `{{original}}` in it stands for; empty for abide's own.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub system_prompt: String,
    /// Stands after the conversation, near the end of the prompt. `{{original}}` stands for abide's own; empty for that.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub post_history_instructions: String,
    /// For sorting and finding; never in a prompt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// For whoever uses it; never in a prompt.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub creator_notes: String,
    /// Who wrote it; never in a prompt.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub creator: String,
    /// Which version its author calls it; never in a prompt.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub character_version: String,
    /// Its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Avatar>,
    /// What other programs keep with it.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extensions: Map<String, Value>,
    /// What it knows and says when the talk comes to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lorebook: Option<Lorebook>,
    /// The card it was imported from, whole, so that an export gives back what abide has no field for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original: Option<Card>,
}

/// What a companion is to the user. As text: `friend`, `mentor`, `partner`, `coach`, `character`, or anything else in the
/// user's own words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Relationship {
    /// Somebody at the same height.
    #[default]
    Friend,
    /// Somebody who knows more, and shares it.
    Mentor,
    /// Somebody loved.
    Partner,
    /// Somebody who helps with a goal.
    Coach,
    /// A figure of a story.
    Character,
    /// In the user's own words.
    Own(String),
}

impl From<String> for Relationship {
    fn from(text: String) -> Self {
        match text.trim().to_lowercase().as_str() {
            "friend" | "" => Self::Friend,
            "mentor" => Self::Mentor,
            "partner" => Self::Partner,
            "coach" => Self::Coach,
            "character" => Self::Character,
            _ => Self::Own(text),
        }
    }
}

impl From<Relationship> for String {
    fn from(relationship: Relationship) -> Self {
        relationship.as_str().to_owned()
    }
}

impl Relationship {
    /// As text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Friend => "friend",
            Self::Mentor => "mentor",
            Self::Partner => "partner",
            Self::Coach => "coach",
            Self::Character => "character",
            Self::Own(text) => text,
        }
    }
}

/// How close a companion may come: a ceiling, not a goal. As a number from 0 to 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Intimacy {
    /// 0: friendly and matter-of-fact, no terms of endearment.
    Reserved,
    /// 1: warm and personal, as between good friends.
    #[default]
    Warm,
    /// 2: romantic: tenderness, flirting, kisses; closes the door before more.
    Romantic,
    /// 3: sexual. Only where the adult gate is open.
    Explicit,
}

impl TryFrom<u8> for Intimacy {
    type Error = String;

    fn try_from(level: u8) -> Result<Self, Self::Error> {
        match level {
            0 => Ok(Self::Reserved),
            1 => Ok(Self::Warm),
            2 => Ok(Self::Romantic),
            3 => Ok(Self::Explicit),
            _ => Err(format!(
                "intimacy is {level}; it goes from 0 (reserved) over 1 (warm) and 2 (romantic) to 3 (explicit)"
            )),
        }
    }
}

impl From<Intimacy> for u8 {
    fn from(level: Intimacy) -> Self {
        level as u8
    }
}

/// Why a persona is none.
#[derive(Debug, thiserror::Error)]
pub enum PersonaError {
    /// A field can't be as it is.
    #[error("{field}: {problem}; {cure}")]
    Field {
        /// Which, such as `lorebook.entries[3].keys`.
        field: String,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        cure: String,
    },
    /// It is no TOML, or not that of a persona.
    #[error("the persona's TOML can't be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// It is no JSON, or not that of a persona.
    #[error("the persona's JSON can't be read: {0}")]
    Json(#[from] serde_json::Error),
    /// It holds what TOML can't.
    #[error("the persona can't be written as TOML: {0}; write it as JSON instead")]
    ToToml(#[from] toml::ser::Error),
}

impl Persona {
    /// Reads what a person wrote. Unknown fields are errors, so that slips of the pen are seen.
    ///
    /// # Errors
    ///
    /// If it is no TOML, has unknown fields, or is not [valid](Self::validate).
    pub fn from_toml(text: &str) -> Result<Self, PersonaError> {
        validate::check_size("the file", text.len(), PERSONA_BYTES_MAX)?;
        let persona: Self = toml::from_str(text)?;
        persona.validate()?;
        Ok(persona)
    }

    /// Writes it for people to edit. TOML has no null: where an extension of another program is null, its key is left out here
    /// (an imported card keeps it all the same).
    ///
    /// # Errors
    ///
    /// If a number is too large for TOML.
    pub fn to_toml(&self) -> Result<String, PersonaError> {
        let mut persona = self.clone();
        strip_nulls(&mut persona.extensions);
        if let Some(book) = &mut persona.lorebook {
            for kept in [&mut book.extensions, &mut book.other] {
                strip_nulls(kept);
            }
            for entry in &mut book.entries {
                strip_nulls(&mut entry.extensions);
                strip_nulls(&mut entry.other);
            }
        }
        Ok(toml::to_string_pretty(&persona)?)
    }

    /// Reads what [`serde_json`] wrote of a persona.
    ///
    /// # Errors
    ///
    /// If it is no JSON, has unknown fields, or is not [valid](Self::validate).
    pub fn from_json(text: &str) -> Result<Self, PersonaError> {
        validate::check_size("the file", text.len(), PERSONA_BYTES_MAX)?;
        let persona: Self = serde_json::from_str(text)?;
        persona.validate()?;
        Ok(persona)
    }

    /// What `{{char}}` stands for.
    pub fn spoken_name(&self) -> &str {
        spoken(if self.nickname.trim().is_empty() { &self.name } else { &self.nickname })
    }
}
