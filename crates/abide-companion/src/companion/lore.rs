//! Macros and the lorebook of a persona in a turn. Must not know how either works: that is [`crate::macros`]' and [`crate::lorebook`]'s.

use super::error::CompanionResult;
use super::planning::Request;
use super::settings::Settings;
use crate::persona::Persona;
use crate::prompt::{LoreText, Window};
use crate::store::CompanionId;

/// Expands the macros of a persona's texts. What a person says never goes through it.
pub(super) struct Expander {
    char_name: String,
    user_name: String,
}

impl Expander {
    pub fn new(_companion: CompanionId, persona: &Persona, language: &str, settings: &Settings) -> Self {
        let code = crate::prompt::Wording::of(language).code;
        Self {
            char_name: persona.spoken_name().to_owned(),
            user_name: super::persona_texts::called(persona, code, settings.user_name.as_deref()),
        }
    }

    /// `text` with its macros expanded. `place` names where it stands, so that a choice stays the same.
    pub fn expand(&self, text: &str, _place: &str) -> String {
        text.replace("{{char}}", &self.char_name).replace("{{user}}", &self.user_name)
    }
}

/// Active entries.
#[derive(Default)]
pub(super) struct Lore {
    /// In the order in which they are to stand.
    pub texts: Vec<LoreText>,
    /// What the lorebook remembers.
    pub state: Option<serde_json::Value>,
}

/// The entries that the recent turns call up.
pub(super) fn active(
    _request: &Request<'_>,
    _persona: &Persona,
    _expander: &Expander,
    _window: &Window,
) -> CompanionResult<Lore> {
    Ok(Lore::default())
}
