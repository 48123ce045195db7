//! A persona and its companion's settings as text, and single ones of their fields changed by name.
//!
//! Must not know where they are kept.

use std::fmt::Write as _;

use abide_companion::companion::{Changes, Companion, CompanionResult, ModelUse, Settings};
use abide_companion::lorebook::Lorebook;
use abide_companion::persona::Persona;
use abide_generation::Sampling;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::origins;

/// The texts that can be changed by name, in the order in which they are shown.
const TEXTS: [&str; 14] = [
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
    "creator_notes",
    "creator",
    "character_version",
];
/// The lists that can be changed by name.
const LISTS: [&str; 3] = ["tags", "greetings", "examples"];
/// Entries of a lorebook that are shown at most.
const ENTRIES_SHOWN: usize = 50;

/// Who somebody is, as a person reads it.
pub fn describe(persona: &Persona) -> String {
    let fields = serde_json::to_value(persona).unwrap_or_default();
    let mut text = String::new();
    for field in TEXTS {
        let value = fields[field].as_str().unwrap_or_default().trim();
        if !value.is_empty() {
            let _ = writeln!(text, "{field}: {value}");
        }
    }
    let _ = writeln!(text, "intimacy: {}", fields["intimacy"]);
    if !persona.tags.is_empty() {
        let _ = writeln!(text, "tags: {}", persona.tags.join(", "));
    }
    for (field, items) in [("greetings", &persona.greetings), ("examples", &persona.examples)] {
        if !items.is_empty() {
            let _ = writeln!(text, "{field}:");
        }
        for (index, item) in items.iter().enumerate() {
            let number = format!("{}. ", index + 1);
            let _ = writeln!(text, "  {number}{}", indented(item, 2 + number.len()));
        }
    }
    if let Some(avatar) = &persona.avatar {
        let bytes = persona.avatar_bytes().map_or(0, |bytes| bytes.len());
        let _ = writeln!(text, "avatar: {}, {bytes} bytes", avatar.media_type());
    }
    persona.lorebook.iter().for_each(|book| describe_book(book, &mut text));
    text.truncate(text.trim_end().len());
    text
}

/// Text of several lines whose later ones begin so many blanks from the left.
fn indented(text: &str, blanks: usize) -> String {
    text.trim().lines().collect::<Vec<_>>().join(&format!("\n{:blanks$}", ""))
}

fn describe_book(book: &Lorebook, text: &mut String) {
    let name = if book.name.is_empty() { String::new() } else { format!("{}, ", book.name) };
    let count = book.entries.len();
    let _ = writeln!(text, "lorebook: {name}{count} {}", if count == 1 { "entry" } else { "entries" });
    for (index, entry) in book.entries.iter().enumerate().take(ENTRIES_SHOWN) {
        let comes = match (entry.enabled, entry.constant) {
            (false, _) => "switched off".to_owned(),
            (true, true) => "always".to_owned(),
            (true, false) => entry.keys.join(", "),
        };
        let label = entry.label(index);
        let comes = if comes == label { comes } else { format!("{label} ({comes})") };
        let _ = writeln!(text, "  {comes}");
        let _ = writeln!(text, "    {}", indented(&entry.content, 4));
    }
    if count > ENTRIES_SHOWN {
        let left = count - ENTRIES_SHOWN;
        let _ = writeln!(text, "  and {left} more: `abide companion show NAME --toml` has all of them");
    }
}

/// What was chosen for a companion, and what it runs on, as a person reads it.
pub fn describe_settings(settings: &Settings) -> String {
    let chosen = settings.shown().into_iter().fold("settings:".to_owned(), |mut text, (name, value)| {
        let _ = write!(text, "\n  {name}: {value}");
        text
    });
    let model = settings.model.as_ref().map_or_else(
        || "model: (the one that is used where none is named)".to_owned(),
        |model| describe_model("model", model),
    );
    let former = settings.former_models.iter().map(|model| describe_model("before", model));
    [model].into_iter().chain(former).chain([chosen]).collect::<Vec<_>>().join("\n")
}

fn describe_model(label: &str, model: &ModelUse) -> String {
    let since = model.since.to_zoned(TimeZone::system()).strftime("%Y-%m-%d");
    let mut text = format!("{label}: {}, since {since}", model.name);
    let parts = [
        ("file", model.path.clone()),
        ("weights", model.checksum.as_ref().map(|digest| format!("sha256 {digest}"))),
        ("template", model.template.as_ref().map(|digest| format!("sha256 {digest}"))),
        ("sampling", model.sampling.as_ref().map(describe_sampling)),
    ];
    for (name, value) in parts {
        let _ = value.map(|value| write!(text, "\n  {name}: {value}"));
    }
    text
}

/// What of it does something.
fn describe_sampling(sampling: &Sampling) -> String {
    let neutral = Sampling {
        temperature: 1.0,
        top_k: 0,
        top_p: 1.0,
        min_p: 0.0,
        penalty_window: sampling.penalty_window,
        ..Sampling::default()
    };
    let (fields, neutral) = (origins::json(sampling), origins::json(&neutral));
    let fields = fields.as_object().into_iter().flatten();
    let told = fields.filter(|(name, value)| **value != neutral[name.as_str()]);
    told.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
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
                "there is no field `{field}` to be changed so. The persona has {}, intimacy, {} (`abide companion edit NAME` alone \
                 changes all of it, the lorebook, too); settings are {}",
                TEXTS.join(", "),
                LISTS.join(", "),
                Settings::names().join(", ")
            ));
        }
        Ok(Self { persona: with(&self.persona, name, text)?, ..self.clone() })
    }

    /// Has a companion be what `change` makes of it as it is just then; answers it before and after, or what is wrong, for the person.
    ///
    /// # Errors
    /// When the database can't be read or written, or the whole makes no sense.
    pub fn change(
        companion: &Companion,
        change: impl FnOnce(Self) -> Result<Self, String>,
    ) -> CompanionResult<Result<(Self, Self), String>> {
        companion.change(|| {
            let before = Self::of(companion)?;
            Ok(match change(before.clone()) {
                Ok(after) => (after.changes(&before), Ok((before, after))),
                Err(problem) => (Changes::default(), Err(problem)),
            })
        })
    }

    /// What has to change, so that `before` becomes this.
    fn changes(&self, before: &Self) -> Changes {
        Changes {
            persona: Some(&self.persona).filter(|persona| **persona != before.persona).cloned(),
            settings: Some(&self.settings).filter(|settings| **settings != before.settings).cloned(),
            ..Changes::default()
        }
    }

    /// Name and value of the settings that are others than `before`, those by their whole name whose name a field of the persona has, too.
    pub fn new_settings(&self, before: &Self) -> Vec<(String, String)> {
        let old = before.settings.shown();
        let new = self.settings.shown().into_iter().filter(|setting| !old.contains(setting));
        let whole = |name: &str| {
            if is_field(name) { format!("settings.{name}") } else { name.to_owned() }
        };
        new.map(|(name, value)| (whole(name), value)).collect()
    }
}

/// `now` with what somebody changed who had `opened` before their eyes and left `edited`.
///
/// # Errors
/// What is wrong, for the person.
pub fn edited_since(opened: &Persona, edited: Persona, now: &Persona) -> Result<Persona, String> {
    if opened == now {
        return Ok(edited);
    }
    let fields = |persona: &Persona| serde_json::to_value(persona).map_err(|error| error.to_string());
    let (opened, edited, mut merged) = (fields(opened)?, fields(&edited)?, fields(now)?);
    let names = [&opened, &edited].into_iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys);
    for name in names.filter(|name| opened[name.as_str()] != edited[name.as_str()]) {
        match (merged.as_object_mut(), edited.get(name)) {
            (Some(merged), None) => drop(merged.remove(name)),
            (_, Some(value)) => merged[name] = value.clone(),
            (None, None) => {}
        }
    }
    serde_json::from_value(merged).map_err(|error| error.to_string())
}

/// Whether a persona has a field of this name that can be changed by it, alone or as a list that is added to.
fn is_field(name: &str) -> bool {
    let name = name.strip_suffix('+').unwrap_or(name);
    name == "intimacy" || TEXTS.contains(&name) || LISTS.contains(&name)
}

/// `persona` with a field replaced. `-` empties it; `tags+` and the like add to a list.
fn with(persona: &Persona, field: &str, text: &str) -> Result<Persona, String> {
    let mut fields = serde_json::to_value(persona).map_err(|error| error.to_string())?;
    let (name, adds) = field.strip_suffix('+').map_or((field, false), |name| (name, true));
    if adds && !LISTS.contains(&name) {
        return Err(format!(
            "{name} is no list that something can be added to; lists are {}",
            LISTS.join(", ")
        ));
    }
    fields[name] = match (name, text) {
        ("intimacy", text) => {
            text.parse::<u8>().map_err(|_| "intimacy is a number from 0 to 3".to_owned())?.into()
        }
        (name, text) if LISTS.contains(&name) => {
            let before = fields[name].as_array().filter(|_| adds).cloned().unwrap_or_default();
            before.into_iter().chain(items(name, text)?.into_iter().map(Value::from)).collect()
        }
        (_, "-") => "".into(),
        (_, text) => text.into(),
    };
    let changed: Persona = serde_json::from_value(fields).map_err(|error| error.to_string())?;
    changed.validate().map_err(|error| error.to_string())?;
    Ok(changed)
}

/// The items that a text stands for: a JSON list of texts, several tags with commas between them, else the one text; `-` for none.
fn items(name: &str, text: &str) -> Result<Vec<String>, String> {
    if text == "-" {
        return Ok(Vec::new());
    }
    let listed = serde_json::from_str::<Vec<Value>>(text);
    if let (Err(error), true) = (&listed, text.trim_start().starts_with("[\"")) {
        return Err(format!("{name} begins as a JSON list of texts, and is none: {error}"));
    }
    if let Ok(items) = listed {
        let texts = items.into_iter().map(|item| match item {
            Value::String(text) => Ok(text),
            other => {
                Err(format!("{name} is a list of texts, and {other} is none; texts stand in quotation marks"))
            }
        });
        return texts.collect();
    }
    Ok(match name {
        "tags" => text
            .split([',', '，', '、'])
            .map(str::trim)
            .map(str::to_owned)
            .filter(|tag| !tag.is_empty())
            .collect(),
        _ => vec![text.to_owned()],
    })
}

#[cfg(test)]
mod tests {
    use abide_companion::lorebook::Entry;

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
            ("greetings", "[1,2]"),
            ("greetings", r#"["Hello.", "Back again?""#),
            ("tags", r#"["sea", ["slow"]]"#),
            ("examples+", "[null]"),
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
    fn what_changed_while_an_editor_was_open_stays() {
        let now = Persona { tags: vec!["sea".to_owned()], ..persona() };
        let edited = Persona { personality: String::new(), scenario: "A pier.".to_owned(), ..persona() };
        let merged = edited_since(&persona(), edited.clone(), &now).unwrap();
        assert_eq!(merged, Persona { tags: now.tags, ..edited.clone() });
        assert_eq!(edited_since(&persona(), edited.clone(), &persona()).unwrap(), edited);
    }

    #[test]
    fn settings_are_changed_beside_fields_of_the_persona() {
        let after = chosen().with("moods", "off").unwrap().with("language", "fr").unwrap();
        assert_eq!((after.settings.moods, after.persona.language.as_str()), (false, "fr"));
        assert_eq!(after.new_settings(&chosen()), [("moods".to_owned(), "off".to_owned())]);
        let after = chosen().with("settings.language", "zh").unwrap();
        assert_eq!(after.settings.language.as_deref(), Some("zh"));
        assert_eq!(after.new_settings(&chosen()), [("settings.language".to_owned(), "zh".to_owned())]);
        let changes = after.changes(&chosen());
        assert!(changes.persona.is_none() && changes.settings.is_some());
        assert!(describe_settings(&after.settings).contains("\n  language: zh\n"));
    }

    #[test]
    fn lists_are_replaced_or_added_to() {
        let tags = |field: &str, text: &str| with(&persona(), field, text).unwrap().tags;
        assert_eq!(tags("tags", "sea, slow mornings"), ["sea", "slow mornings"]);
        assert_eq!(tags("tags", r#"["a, b", "c"]"#), ["a, b", "c"]);
        assert_eq!(tags("tags", "海，早晨"), ["海", "早晨"]);
        let greeted = with(&persona(), "greetings", "[She waves.] Hello, you.").unwrap();
        assert_eq!(greeted.greetings, ["[She waves.] Hello, you."]);
        let greeted = with(&greeted, "greetings+", "Back again?").unwrap();
        assert_eq!(greeted.greetings, ["[She waves.] Hello, you.", "Back again?"]);
        assert!(with(&greeted, "greetings", "-").unwrap().greetings.is_empty());
        assert!(chosen().with("personality+", "dry").unwrap_err().contains("tags, greetings, examples"));
    }

    #[test]
    fn all_that_a_persona_has_is_shown() {
        let entry =
            Entry { keys: vec!["tide".to_owned()], content: "High\nat six.".to_owned(), ..Entry::default() };
        let persona = Persona {
            greetings: vec!["Hello.".to_owned(), "Back\nagain?".to_owned()],
            examples: vec!["{{user}}: Hi\n{{char}}: Aye.".to_owned()],
            tags: vec!["sea".to_owned(), "slow".to_owned()],
            creator_notes: "For evenings.".to_owned(),
            lorebook: Some(Lorebook {
                name: "The sea".to_owned(),
                entries: vec![entry],
                ..Lorebook::default()
            }),
            ..persona()
        };
        let expected = "name: Mara\nrelationship: friend\npersonality: warm\ncreator_notes: For evenings.\nintimacy: 1\ntags: sea, slow\n\
            greetings:\n  1. Hello.\n  2. Back\n     again?\nexamples:\n  1. {{user}}: Hi\n     {{char}}: Aye.\n\
            lorebook: The sea, 1 entry\n  tide\n    High\n    at six.";
        assert_eq!(describe(&persona), expected);
    }

    #[test]
    fn the_model_is_shown_with_what_is_known_of_it() {
        let model = ModelUse {
            checksum: Some("ab12".to_owned()),
            template: Some("cd34".to_owned()),
            sampling: Some(Sampling { temperature: 0.7, top_k: 20, ..Sampling::default() }),
            ..ModelUse::named("small", jiff::Timestamp::UNIX_EPOCH)
        };
        let text = describe_settings(&Settings { model: Some(model), ..Settings::default() });
        for part in [
            "model: small, since 19",
            "weights: sha256 ab12",
            "template: sha256 cd34",
            "temperature 0.7, top_k 20, ",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("xtc"), "{text}");
    }

    #[test]
    fn what_is_empty_is_not_shown() {
        let text = describe(&persona());
        assert!(text.contains("personality: warm") && !text.contains("scenario"), "{text}");
    }
}
