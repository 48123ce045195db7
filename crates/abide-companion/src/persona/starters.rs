//! Companions to start from, in three languages. Must not know who chooses among them.

use super::Persona;

/// Languages that there are starters in; the first is for all others.
pub const STARTER_LANGUAGES: [&str; 3] = ["en", "fr", "zh"];

const STARTERS: [(&str, &[&str]); 3] = [("en", &[]), ("fr", &[]), ("zh", &[])];

impl Persona {
    /// Six companions to start from, in the language (by its first subtag: `fr-CA` is `fr`), or in English.
    pub fn starters(language: &str) -> Vec<Self> {
        let primary = language.split(['-', '_']).next().unwrap_or_default().to_lowercase();
        let found = STARTERS.iter().find(|(known, _)| *known == primary).unwrap_or(&STARTERS[0]);
        let texts = found.1.iter();
        texts.map(|text| Self::from_toml(text).expect("a test reads every starter")).collect()
    }
}
