//! Edits written over a card's JSON, and cards made new. Must not know personas, or the containers that cards come in.

use serde_json::{Map, Value, json};

use super::{
    BOOK_PLACE, Card, CardAsset, CardFields, CardVersion, as_written,
    book::Names,
    book_write,
    fields::{ABIDE_KEY, TEXT_FIELDS},
};

/// What a card names as its picture that means the one it came in, or the program's own.
const DEFAULT_PICTURE: &str = "ccdefault:";

impl Card {
    /// A new card (V3) that says what `fields` says.
    pub fn new(fields: &CardFields) -> Self {
        let value = json!({
            "spec": "chara_card_v3",
            "spec_version": "3.0",
            "data": {
                "name": "", "description": "", "personality": "", "scenario": "", "first_mes": "", "mes_example": "",
                "creator_notes": "", "system_prompt": "", "post_history_instructions": "", "alternate_greetings": [],
                "group_only_greetings": [], "tags": [], "creator": "", "character_version": "", "extensions": {},
            },
        });
        let empty = Self { value: value.into(), version: CardVersion::V3, image: None, assets: Vec::new() };
        empty.with_fields(fields)
    }

    /// The same card with what differs in `fields` written over it. Everything else, known here or not, stays as it is; with
    /// the card's own fields it is equal. A card of V1 becomes one of V2 if it must hold what V1 has no field for.
    #[must_use]
    pub fn with_fields(&self, fields: &CardFields) -> Self {
        let base = self.fields().0;
        if *fields == base {
            return self.clone();
        }
        if self.version == CardVersion::V1 && !fits_v1(fields, &base) {
            let value = self.value.with(self.to_version(CardVersion::V2));
            return Self { value, version: CardVersion::V2, ..self.clone() }.with_fields(fields);
        }
        let mut card = self.clone();
        let v1 = card.version == CardVersion::V1;
        if let Value::Object(root) = &mut *card.value {
            write_texts(root, v1, fields, &base);
            let target =
                if v1 { Some(&mut *root) } else { root.get_mut("data").and_then(Value::as_object_mut) };
            if let Some(target) = target {
                write_rest(target, fields, &base);
            }
        }
        if let Some(book) = &fields.lorebook {
            as_written::put_digits(&mut card.value, BOOK_PLACE, book, Names::Book);
        }
        card
    }

    /// The same card with other files along.
    #[must_use]
    pub fn with_assets(mut self, assets: Vec<CardAsset>) -> Self {
        self.assets = assets;
        self
    }

    /// The same card with a picture of its own: the file and, unless the card names another, the entry for it in `assets`.
    #[must_use]
    pub fn with_icon(mut self, path: &str, extension: &str, data: Vec<u8>) -> Self {
        name_icon(&mut self.value, path, extension);
        self.assets.push(CardAsset { path: path.to_owned(), data });
        self
    }
}

/// Names a file of the archive as the picture of a card, unless the card names another. Pictures that stand for the default one
/// (`ccdefault:`) are this one then.
pub(super) fn name_icon(card: &mut Value, path: &str, extension: &str) {
    let Some(Value::Object(fields)) = card.get_mut("data") else { return };
    let assets = fields.entry("assets").or_insert_with(|| json!([]));
    let Some(assets) = assets.as_array_mut() else { return };
    let uri = format!("embeded://{path}");
    let mut icons = assets.iter_mut().filter(|asset| asset["type"] == "icon").peekable();
    if icons.peek().is_none() {
        drop(icons);
        assets.push(json!({ "type": "icon", "uri": uri, "name": "main", "ext": extension }));
        return;
    }
    for icon in icons.filter(|icon| icon["uri"] == DEFAULT_PICTURE) {
        icon["uri"] = json!(uri);
    }
}

/// Whether the edits fit into a card of V1.
fn fits_v1(fields: &CardFields, base: &CardFields) -> bool {
    let v2_only = CardFields {
        name: base.name.clone(),
        description: base.description.clone(),
        personality: base.personality.clone(),
        scenario: base.scenario.clone(),
        first_message: base.first_message.clone(),
        example_messages: base.example_messages.clone(),
        ..fields.clone()
    };
    v2_only == *base
}

fn write_texts(root: &mut Map<String, Value>, v1: bool, fields: &CardFields, base: &CardFields) {
    for field in TEXT_FIELDS {
        let (new, old) = ((field.get)(fields), (field.get)(base));
        if new == old {
            continue;
        }
        // SillyTavern repeats the fields of V1 outside `data`, where programs that know no other version look for them.
        if let Some(key) = field.v1_key(root)
            && (v1 || root.get(key).and_then(Value::as_str) == Some(old))
        {
            root.insert(key.to_owned(), json!(new));
        }
        if !v1 && let Some(Value::Object(data)) = root.get_mut("data") {
            data.insert(field.key.to_owned(), json!(new));
        }
    }
}

fn write_rest(target: &mut Map<String, Value>, fields: &CardFields, base: &CardFields) {
    let lists = [
        ("tags", &fields.tags, &base.tags),
        ("alternate_greetings", &fields.alternate_greetings, &base.alternate_greetings),
    ];
    for (key, new, old) in lists {
        if new != old {
            target.insert(key.to_owned(), json!(new));
        }
    }
    if fields.lorebook != base.lorebook {
        match &fields.lorebook {
            Some(book) => {
                let original = target.get("character_book").and_then(Value::as_object);
                let written = book_write::write_book(original, book);
                target.insert("character_book".to_owned(), written);
            }
            None => {
                target.shift_remove("character_book");
            }
        }
    }
    book_write::write_extensions(target, &fields.extensions, &base.extensions);
    let own = |fields: &CardFields| {
        let mut own = Map::new();
        if !fields.abide.is_empty() {
            own.insert(ABIDE_KEY.to_owned(), Value::Object(fields.abide.clone()));
        }
        own
    };
    book_write::write_extensions(target, &own(fields), &own(base));
}
