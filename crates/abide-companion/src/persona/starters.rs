//! Companions to start from, in three languages. Must not know who chooses among them.

use super::Persona;

/// Languages that there are starters in; the first is for all others.
pub const STARTER_LANGUAGES: [&str; 3] = ["en", "fr", "zh"];

macro_rules! starters {
    ($language:literal, $($name:literal),+) => {
        ($language, [$(include_str!(concat!("../../starters/", $language, "/", $name, ".toml"))),+])
    };
}

/// By language: a friend, a mentor, a coach, a partner, a figure of a story, somebody for the night.
const STARTERS: [(&str, [&str; 6]); 3] = [
    starters!("en", "mara", "anselm", "noor", "elias", "wren", "juniper"),
    starters!("fr", "margaux", "aurelien", "ines", "gabriel", "sauvage", "bruyere"),
    starters!("zh", "xiaoman", "shiyan", "ruolan", "yanzhou", "luguiyun", "boxing"),
];

impl Persona {
    /// Six companions to start from, in the language (by its first subtag: `fr-CA` is `fr`), or in English: a friend, a mentor, a
    /// coach, a partner, a figure of a story, and somebody for the night.
    pub fn starters(language: &str) -> Vec<Self> {
        let primary = language.split(['-', '_']).next().unwrap_or_default().to_lowercase();
        let found = STARTERS.iter().find(|(known, _)| *known == primary).unwrap_or(&STARTERS[0]);
        let texts = found.1.iter();
        texts.map(|text| Self::from_toml(text).expect("a test reads every starter")).collect()
    }
}
