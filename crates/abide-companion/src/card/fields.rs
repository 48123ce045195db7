//! What a card says, whichever version it is. Must not know personas, or the containers that cards come in.

use serde_json::{Map, Value};

use super::{
    CardError, CardNotice, CardVersion, book,
    lenient::{Lenient, ListLimits, Object},
    limits::{LIST_MAX, NAME_BYTES_MAX, TEXT_BYTES_MAX},
};
use crate::lorebook::Lorebook;

/// The key under `extensions` that holds what abide knows of a companion and cards have no field for.
pub(super) const ABIDE_KEY: &str = "abide";

/// The newest version of the specification that is known here.
const VERSION_KNOWN: f64 = 3.0;

/// The texts and lists of a card. What a version has no field for is empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CardFields {
    /// The character's name.
    pub name: String,
    /// What `{{char}}` stands for instead, if it is not empty.
    pub nickname: String,
    /// Who they are.
    pub description: String,
    /// A summary of their personality.
    pub personality: String,
    /// Where they are, and what happens.
    pub scenario: String,
    /// The greeting.
    pub first_message: String,
    /// Example dialogues, `<START>` before each.
    pub example_messages: String,
    /// For people, never for a prompt.
    pub creator_notes: String,
    /// Replaces the program's own, which `{{original}}` stands for.
    pub system_prompt: String,
    /// Replaces the program's own, which `{{original}}` stands for.
    pub post_history_instructions: String,
    /// Other greetings.
    pub alternate_greetings: Vec<String>,
    /// For sorting, never for a prompt.
    pub tags: Vec<String>,
    /// Who wrote it.
    pub creator: String,
    /// Which version of the character it is.
    pub character_version: String,
    /// What the character knows.
    pub lorebook: Option<Lorebook>,
    /// What other programs keep with it.
    pub extensions: Map<String, Value>,
    /// What abide keeps with it.
    pub abide: Map<String, Value>,
}

/// A text field: where V2 and V3 keep it, its V1 names (the first is the specification's), how long it may be.
pub(super) struct TextField {
    pub(super) key: &'static str,
    v1: &'static [&'static str],
    bytes_max: usize,
    pub(super) get: fn(&CardFields) -> &String,
    set: fn(&mut CardFields) -> &mut String,
}

macro_rules! text_field {
    ($key:literal, $field:ident, $v1:expr, $max:expr) => {
        TextField {
            key: $key,
            v1: $v1,
            bytes_max: $max,
            get: |fields| &fields.$field,
            set: |fields| &mut fields.$field,
        }
    };
}

/// All text fields. The V1 names beside the specification's are those of TavernAI's and Pygmalion's early editors.
pub(super) const TEXT_FIELDS: &[TextField] = &[
    text_field!("name", name, &["name", "char_name"], NAME_BYTES_MAX),
    text_field!("nickname", nickname, &[], NAME_BYTES_MAX),
    text_field!("description", description, &["description", "char_persona"], TEXT_BYTES_MAX),
    text_field!("personality", personality, &["personality"], TEXT_BYTES_MAX),
    text_field!("scenario", scenario, &["scenario", "world_scenario"], TEXT_BYTES_MAX),
    text_field!("first_mes", first_message, &["first_mes", "char_greeting"], TEXT_BYTES_MAX),
    text_field!("mes_example", example_messages, &["mes_example", "example_dialogue"], TEXT_BYTES_MAX),
    text_field!("creator_notes", creator_notes, &["creatorcomment"], TEXT_BYTES_MAX),
    text_field!("system_prompt", system_prompt, &[], TEXT_BYTES_MAX),
    text_field!("post_history_instructions", post_history_instructions, &[], TEXT_BYTES_MAX),
    text_field!("creator", creator, &[], NAME_BYTES_MAX),
    text_field!("character_version", character_version, &[], NAME_BYTES_MAX),
];

impl TextField {
    /// The key that a card of V1 has it under, if any.
    pub(super) fn v1_key(&self, map: &Map<String, Value>) -> Option<&'static str> {
        self.v1.iter().find(|key| map.contains_key(**key)).or(self.v1.first()).copied()
    }
}

/// Which specification the JSON follows, and what is odd about how it says so.
pub(super) fn version(value: &Value) -> Result<(CardVersion, Vec<CardNotice>), CardError> {
    let not = |problem: &str| Err(CardError::NotACard { problem: problem.to_owned() });
    let Some(map) = value.as_object() else { return not("its JSON is not an object") };
    let mut lenient = Lenient::default();
    let root = Object { map, path: "" };
    let spec = map.get("spec").and_then(Value::as_str).unwrap_or_default();
    if book::form(value).is_some() {
        return not("it is a lorebook; import it as one");
    }
    let has_data = map.get("data").is_some_and(Value::is_object);
    if !has_data {
        let known = TEXT_FIELDS.iter().flat_map(|field| field.v1).any(|key| map.contains_key(*key));
        if !known {
            return not("it has neither `data` nor a field of a card such as `name` or `first_mes`");
        }
        if !spec.is_empty() {
            lenient.note("data", format!("is missing in a card that says it is {spec}; read as V1"));
        }
        return Ok((CardVersion::V1, lenient.into_notices()));
    }
    let version = match spec {
        "chara_card_v3" => CardVersion::V3,
        "chara_card_v2" => CardVersion::V2,
        _ => {
            let newer = spec.strip_prefix("chara_card_v").and_then(|rest| rest.parse::<f64>().ok());
            let version =
                if newer.is_some_and(|number| number >= 3.0) { CardVersion::V3 } else { CardVersion::V2 };
            lenient.note("spec", format!("is \"{spec}\", which is not known here; read as {version:?}"));
            version
        }
    };
    if let Some(number) = lenient.number_or_text(root, "spec_version")
        && number > VERSION_KNOWN
    {
        lenient.note(
            "spec_version",
            format!("is {number}, newer than the {VERSION_KNOWN:.1} known here; what is new in it is kept, not used"),
        );
    }
    Ok((version, lenient.into_notices()))
}

impl Lenient {
    /// A version: a text with a number in it as the specification wants, or a number.
    fn number_or_text(&mut self, object: Object<'_>, key: &str) -> Option<f64> {
        match object.map.get(key)? {
            Value::String(text) if text.trim().parse::<f64>().is_ok() => text.trim().parse().ok(),
            Value::Number(number) => {
                self.note(object.path_of(key), format!("is a number, not a text; read as \"{number}\""));
                number.as_f64()
            }
            _ => {
                self.note(object.path_of(key), "is no version number; not read");
                None
            }
        }
    }
}

/// Reads all fields of a card.
pub(super) fn read(value: &Value, version: CardVersion) -> (CardFields, Vec<CardNotice>) {
    let mut lenient = Lenient::default();
    let mut fields = CardFields::default();
    let empty = Map::new();
    let root = value.as_object().unwrap_or(&empty);
    let object = match (version, root.get("data").and_then(Value::as_object)) {
        (CardVersion::V2 | CardVersion::V3, Some(data)) => Object { map: data, path: "data" },
        _ => Object { map: root, path: "" },
    };
    for field in TEXT_FIELDS {
        let key = if version == CardVersion::V1 { field.v1_key(root) } else { Some(field.key) };
        let text = key.and_then(|key| lenient.text(object, key, field.bytes_max));
        *(field.set)(&mut fields) = text.unwrap_or_default();
    }
    if fields.name.trim().is_empty() {
        lenient.note(object.path_of("name"), "is missing or empty; the character needs one");
    }
    let tags = ListLimits { items_max: LIST_MAX, bytes_max: NAME_BYTES_MAX, split: true };
    fields.tags = lenient.texts(object, "tags", tags);
    if version != CardVersion::V1 {
        let greetings = ListLimits { items_max: LIST_MAX, bytes_max: TEXT_BYTES_MAX, split: false };
        fields.alternate_greetings = lenient.texts(object, "alternate_greetings", greetings);
        fields.lorebook = lenient
            .object(object, "character_book")
            .map(|map| book::read_book(&mut lenient, map, &object.path_of("character_book")));
        let mut extensions = lenient.object(object, "extensions").cloned().unwrap_or_default();
        if let Some(Value::Object(own)) = extensions.get(ABIDE_KEY) {
            fields.abide.clone_from(own);
            extensions.shift_remove(ABIDE_KEY);
        }
        fields.extensions = extensions;
    }
    (fields, lenient.into_notices())
}
