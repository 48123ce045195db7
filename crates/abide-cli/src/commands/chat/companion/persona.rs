//! A persona as text, and single fields of it changed by name.
//!
//! Must not know where personas are kept.

use std::fmt::Write as _;

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

/// `persona` with a field replaced. `-` empties it.
///
/// # Errors
/// What is wrong, for the person.
pub fn with(persona: &Persona, field: &str, text: &str) -> Result<Persona, String> {
    let text = if text == "-" { "" } else { text };
    let mut fields = serde_json::to_value(persona).map_err(|error| error.to_string())?;
    fields[field] = match field {
        "intimacy" => text.parse::<u8>().map_err(|_| "intimacy is a number from 0 to 3".to_owned())?.into(),
        _ if FIELDS.contains(&field) => text.into(),
        _ => {
            return Err(format!(
                "there is no field `{field}` to be changed so; there are {}, intimacy. `abide companion edit` changes all",
                FIELDS.join(", ")
            ));
        }
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

    #[test]
    fn what_makes_no_sense_is_said() {
        for (field, text) in [("colour", "red"), ("intimacy", "9"), ("name", "-"), ("lorebook", "x")] {
            assert!(with(&persona(), field, text).is_err(), "{field}");
        }
    }

    #[test]
    fn what_is_empty_is_not_shown() {
        let text = describe(&persona());
        assert!(text.contains("personality: warm") && !text.contains("scenario"), "{text}");
    }
}
