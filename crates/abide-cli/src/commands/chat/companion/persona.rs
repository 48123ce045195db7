//! A persona and its companion's settings as text, and single ones of their fields changed by name.
//!
//! Must not know where they are kept.

use std::fmt::Write as _;

use abide_companion::companion::{Changes, Companion, CompanionResult, Settings};
use abide_companion::persona::Persona;

/// The fields that can be changed by name, in the order in which they are shown.
const FIELDS: [&str; 11] = [
    "name",
    "nickname",
    "calls_user",
    "language",
    "relationship",
    "description",
    "personality",
    "scenario",
    "way_of_speaking",
    "system_prompt",
    "post_history_instructions",
];

/// Who somebody is, as a person reads it.
pub fn describe(persona: &Persona) -> String {
    let fields = serde_json::to_value(persona).unwrap_or_default();
    let mut text = String::new();
    for field in FIELDS {
        let value = fields[field].as_str().unwrap_or_default().trim();
        if !value.is_empty() {
            let _ = writeln!(text, "{field}: {value}");
        }
    }
    let _ = writeln!(text, "intimacy: {}", fields["intimacy"]);
    if let Some(greeting) = persona.greetings.first() {
        let _ = writeln!(text, "greeting: {}", greeting.trim());
    }
    let entries = persona.lorebook.as_ref().map_or(0, |book| book.entries.len());
    if entries > 0 {
        let _ = writeln!(text, "lorebook: {entries} entries");
    }
    text.truncate(text.trim_end().len());
    text
}

/// What was chosen for a companion, as a person reads it.
pub fn describe_settings(settings: &Settings) -> String {
    settings.shown().into_iter().fold("settings:".to_owned(), |mut text, (name, value)| {
        let _ = write!(text, "\n  {name}: {value}");
        text
    })
}

/// Who a companion is, and what was chosen for it: both are changed by the names of their fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// Who it is.
    pub persona: Persona,
    /// What was chosen for it.
    pub settings: Settings,
}

impl Chosen {
    /// As it is now.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn of(companion: &Companion) -> CompanionResult<Self> {
        Ok(Self { persona: companion.persona()?, settings: companion.settings()? })
    }

    /// The same with a field of the persona or a setting replaced; `-` empties it. Where both have the name, it is the persona's;
    /// `settings.language` is the setting.
    ///
    /// # Errors
    /// What is wrong, for the person.
    pub fn with(&self, field: &str, text: &str) -> Result<Self, String> {
        let is_field = |name: &str| name == "intimacy" || FIELDS.contains(&name);
        let (of_persona, name) = match field.split_once('.') {
            Some(("persona", name)) => (true, name),
            Some(("settings", name)) => (false, name),
            _ => (is_field(field) || !Settings::names().contains(&field), field),
        };
        if !of_persona {
            let settings = self.settings.with(name, text).map_err(|error| error.to_string())?;
            return Ok(Self { settings, ..self.clone() });
        }
        if !is_field(name) {
            return Err(format!(
                "there is no field `{field}` to be changed so. The persona has {}, intimacy (`abide companion edit NAME` alone changes \
                 all of it); settings are {}",
                FIELDS.join(", "),
                Settings::names().join(", ")
            ));
        }
        Ok(Self { persona: with(&self.persona, name, text)?, ..self.clone() })
    }

    /// What has to change, so that `before` becomes this.
    pub fn changes(&self, before: &Self) -> Changes {
        Changes {
            persona: Some(&self.persona).filter(|persona| **persona != before.persona).cloned(),
            settings: Some(&self.settings).filter(|settings| **settings != before.settings).cloned(),
            ..Changes::default()
        }
    }

    /// Name and value of the settings that are others than `before`.
    pub fn new_settings(&self, before: &Self) -> Vec<(&'static str, String)> {
        let old = before.settings.shown();
        self.settings.shown().into_iter().filter(|setting| !old.contains(setting)).collect()
    }
}

/// `persona` with a field replaced. `-` empties it.
fn with(persona: &Persona, field: &str, text: &str) -> Result<Persona, String> {
    let text = if text == "-" { "" } else { text };
    let mut fields = serde_json::to_value(persona).map_err(|error| error.to_string())?;
    fields[field] = if field == "intimacy" {
        text.parse::<u8>().map_err(|_| "intimacy is a number from 0 to 3".to_owned())?.into()
    } else {
        text.into()
    };
    let changed: Persona = serde_json::from_value(fields).map_err(|error| error.to_string())?;
    changed.validate().map_err(|error| error.to_string())?;
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn persona() -> Persona {
        Persona { name: "Mara".to_owned(), personality: "warm".to_owned(), ..Persona::default() }
    }

    #[test]
    fn fields_are_changed_by_name() {
        let changed = with(&persona(), "personality", "calm and dry").unwrap();
        assert_eq!(changed, Persona { personality: "calm and dry".to_owned(), ..persona() });
        assert_eq!(with(&persona(), "personality", "-").unwrap().personality, "");
        assert_eq!(u8::from(with(&persona(), "intimacy", "2").unwrap().intimacy), 2);
    }

    fn chosen() -> Chosen {
        Chosen { persona: persona(), settings: Settings::default() }
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for (field, text) in [
            ("colour", "red"),
            ("intimacy", "9"),
            ("name", "-"),
            ("lorebook", "x"),
            ("moods", "blue"),
            ("settings.personality", "calm"),
            ("persona.moods", "off"),
        ] {
            assert!(chosen().with(field, text).is_err(), "{field}");
        }
        let problem = chosen().with("mood", "off").unwrap_err();
        assert!(problem.contains("way_of_speaking") && problem.contains("moods"), "{problem}");
    }

    #[test]
    fn settings_are_changed_beside_fields_of_the_persona() {
        let after = chosen().with("moods", "off").unwrap().with("language", "fr").unwrap();
        assert_eq!((after.settings.moods, after.persona.language.as_str()), (false, "fr"));
        assert_eq!(after.new_settings(&chosen()), [("moods", "off".to_owned())]);
        let after = chosen().with("settings.language", "zh").unwrap();
        assert_eq!(after.settings.language.as_deref(), Some("zh"));
        let changes = after.changes(&chosen());
        assert!(changes.persona.is_none() && changes.settings.is_some());
        assert!(describe_settings(&after.settings).contains("\n  language: zh\n"));
    }

    #[test]
    fn what_is_empty_is_not_shown() {
        let text = describe(&persona());
        assert!(text.contains("personality: warm") && !text.contains("scenario"), "{text}");
    }
}
