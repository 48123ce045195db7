//! A card as another version of the specification has it. Must not know containers.

use serde_json::{Map, Value, json};

use super::{Card, CardVersion, fields::TEXT_FIELDS};
use crate::lorebook::split_decorators;

/// The fields that V1 has.
pub(super) const V1_KEYS: [&str; 6] =
    ["name", "description", "personality", "scenario", "first_mes", "mes_example"];

impl Card {
    /// The JSON as `version` has it: as it is if it follows that version. To a newer version nothing is lost; to V2, decorators
    /// leave the lorebook, because older programs would print them, and fields that are new in V3 stay as keys that V2 ignores;
    /// to V1, all but its six texts is lost.
    pub fn to_version(&self, version: CardVersion) -> Value {
        match (self.version, version) {
            (from, to) if from == to => self.value().clone(),
            (CardVersion::V1, to) => self.wrapped(to),
            (_, CardVersion::V1) => self.flattened(),
            (_, to) => {
                let mut value = self.value().clone();
                if let Value::Object(root) = &mut value {
                    restamp(root, to);
                }
                value
            }
        }
    }

    /// As a JSON document of that version.
    pub fn to_json(&self, version: CardVersion) -> String {
        self.value.with(self.to_version(version)).pretty()
    }

    fn wrapped(&self, version: CardVersion) -> Value {
        let fields = self.fields().0;
        let empty = Map::new();
        let old = self.value.as_object().unwrap_or(&empty);
        let mut data = Map::new();
        for field in TEXT_FIELDS.iter().filter(|field| field.key != "nickname") {
            data.insert(field.key.to_owned(), json!((field.get)(&fields)));
        }
        data.insert("alternate_greetings".to_owned(), json!([]));
        data.insert("tags".to_owned(), json!(fields.tags));
        data.insert("extensions".to_owned(), json!({}));
        let mut root = Map::new();
        root.insert("spec".to_owned(), Value::Null);
        root.insert("spec_version".to_owned(), Value::Null);
        root.insert("data".to_owned(), Value::Object(data));
        let moved: Vec<&str> = TEXT_FIELDS.iter().filter_map(|field| field.v1_key(old)).collect();
        for (key, value) in old.iter().filter(|(key, _)| !moved.contains(&key.as_str())) {
            root.entry(key.clone()).or_insert_with(|| value.clone());
        }
        restamp(&mut root, version);
        Value::Object(root)
    }

    fn flattened(&self) -> Value {
        let fields = self.fields().0;
        let texts = TEXT_FIELDS.iter().filter(|field| V1_KEYS.contains(&field.key));
        Value::Object(texts.map(|field| (field.key.to_owned(), json!((field.get)(&fields)))).collect())
    }
}

/// Says the version, and adds or takes out what it asks for.
fn restamp(root: &mut Map<String, Value>, version: CardVersion) {
    let (spec, number) = match version {
        CardVersion::V3 => ("chara_card_v3", "3.0"),
        _ => ("chara_card_v2", "2.0"),
    };
    root.insert("spec".to_owned(), json!(spec));
    root.insert("spec_version".to_owned(), json!(number));
    let Some(Value::Object(data)) = root.get_mut("data") else { return };
    if version == CardVersion::V3 && !data.get("group_only_greetings").is_some_and(Value::is_array) {
        data.insert("group_only_greetings".to_owned(), json!([]));
    }
    if !data.get("extensions").is_some_and(Value::is_object) {
        data.insert("extensions".to_owned(), json!({}));
    }
    if data.get("character_book").is_some_and(Value::is_null) {
        data.shift_remove("character_book");
    }
    let entries = data
        .get_mut("character_book")
        .and_then(|book| book.get_mut("entries"))
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten();
    for entry in entries.filter_map(Value::as_object_mut) {
        match version {
            CardVersion::V3 => {
                entry.entry("use_regex").or_insert(json!(false));
            }
            _ => {
                if let Some(Value::String(content)) = entry.get_mut("content") {
                    *content = split_decorators(content).1.to_owned();
                }
            }
        }
    }
}
