//! Between personas and character cards. Must not know the JSON of cards.

use serde_json::{Map, Value, json};

use super::{Avatar, Intimacy, Persona, Relationship, avatar, examples, spoken};
use crate::card::{BookFile, BookForm, Card, CardFields, NAME_BYTES_MAX, TEXT_BYTES_MAX};

/// A name for a card that has none.
const UNNAMED: &str = "Unnamed";

impl Persona {
    /// The persona that a card describes. It is always [valid](Persona::validate); what the card has and a persona lacks stays in
    /// [`Persona::original`]. The notices of [`Card::read`] say what could not be used.
    pub fn from_card(card: &Card) -> Self {
        let fields = card.fields().0;
        let mut original = card.clone();
        let avatar = avatar_of(card);
        if matches!(avatar, Some(Avatar::Data { .. })) {
            // The picture is in the avatar, and once is enough.
            original = original.with_image(None);
        }
        Self { avatar, original: Some(original), ..from_fields(&fields) }
    }
}

impl Card {
    /// The persona as a card: its edits over the card it came from, or a new card of V3.
    pub fn from_persona(persona: &Persona) -> Self {
        let Some(original) = &persona.original else {
            let card = Self::new(&to_fields(persona, None));
            return match &persona.avatar {
                Some(Avatar::Data { media_type, data }) if media_type == "image/png" => {
                    card.with_image(Some(data.clone()))
                }
                Some(Avatar::Data { media_type, data }) => {
                    let extension = extension_of(media_type);
                    card.with_icon(&format!("assets/icon/images/main.{extension}"), extension, data.clone())
                }
                _ => card,
            };
        };
        let base = original.fields().0;
        let card = original.with_fields(&to_fields(persona, Some(&base)));
        match &persona.avatar {
            Some(Avatar::Data { media_type, data }) if media_type == "image/png" => {
                card.with_image(Some(data.clone()))
            }
            Some(Avatar::Data { media_type, data }) if avatar_of(original) != persona.avatar => {
                let extension = extension_of(media_type);
                card.with_icon(&format!("assets/icon/images/main.{extension}"), extension, data.clone())
            }
            _ => card,
        }
    }
}

impl BookFile {
    /// The persona's lorebook as a file of its own: that of the card that it came from with the edits over it, or a new one. `None` where it
    /// has none.
    pub fn from_persona(persona: &Persona, form: BookForm) -> Option<Self> {
        let book = persona.lorebook.as_ref()?;
        let own = Card::from_persona(persona).book_file(form);
        Some(own.unwrap_or_else(|| Self::new(book, form)))
    }
}

fn extension_of(media_type: &str) -> &'static str {
    match media_type {
        "image/jpeg" => "jpeg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/avif" => "avif",
        _ => "unknown",
    }
}

/// The picture of a card: the PNG it came in, or its main icon.
fn avatar_of(card: &Card) -> Option<Avatar> {
    let fits = |data: &[u8]| data.len() <= super::AVATAR_BYTES_MAX;
    if let Some(image) = card.image() {
        return fits(image)
            .then(|| Avatar::Data { media_type: "image/png".to_owned(), data: image.to_vec() });
    }
    let assets = card.value().get("data")?.get("assets")?.as_array()?;
    let text = |asset: &Value, key: &str| asset.get(key).and_then(Value::as_str).map(str::to_owned);
    let is_icon = |asset: &&Value| text(asset, "type").as_deref() == Some("icon");
    let main = assets.iter().filter(is_icon).find(|asset| text(asset, "name").as_deref() == Some("main"));
    let uri = text(main.or_else(|| assets.iter().find(is_icon))?, "uri")?;
    let data = card.resolve(&uri)?;
    let media_type = avatar::sniff(&data)?.to_owned();
    if uri.starts_with("data:") {
        return fits(&data).then_some(Avatar::Data { media_type, data });
    }
    (uri.len() <= NAME_BYTES_MAX).then_some(Avatar::Path { media_type, path: uri })
}

fn from_fields(fields: &CardFields) -> Persona {
    let own = |key: &str| {
        let text = fields.abide.get(key).and_then(Value::as_str).unwrap_or_default();
        let bytes_max = if key == "way_of_speaking" { TEXT_BYTES_MAX } else { NAME_BYTES_MAX };
        text[..text.floor_char_boundary(bytes_max)].to_owned()
    };
    let intimacy =
        fields.abide.get("intimacy").and_then(Value::as_u64).and_then(|level| u8::try_from(level).ok());
    let mut greetings = vec![fields.first_message.clone()];
    greetings.extend(fields.alternate_greetings.iter().cloned());
    if greetings.iter().all(|greeting| greeting.trim().is_empty()) {
        greetings.clear();
    }
    let name = spoken(&fields.name);
    Persona {
        name: if name.is_empty() { UNNAMED } else { name }.to_owned(),
        nickname: spoken(&fields.nickname).to_owned(),
        calls_user: spoken(&own("calls_user")).to_owned(),
        language: Some(own("language")).filter(|tag| super::validate::is_language(tag)).unwrap_or_default(),
        relationship: relationship_of(&own("relationship")),
        intimacy: intimacy.and_then(|level| Intimacy::try_from(level).ok()).unwrap_or_default(),
        description: fields.description.clone(),
        personality: fields.personality.clone(),
        scenario: fields.scenario.clone(),
        way_of_speaking: own("way_of_speaking"),
        greetings,
        examples: examples::split(&fields.example_messages),
        system_prompt: fields.system_prompt.clone(),
        post_history_instructions: fields.post_history_instructions.clone(),
        tags: fields.tags.clone(),
        creator_notes: fields.creator_notes.clone(),
        creator: fields.creator.clone(),
        character_version: fields.character_version.clone(),
        avatar: None,
        extensions: fields.extensions.clone(),
        lorebook: fields.lorebook.clone(),
        original: None,
    }
}

/// A card that says nothing describes a figure.
fn relationship_of(text: &str) -> Relationship {
    if text.trim().is_empty() { Relationship::Character } else { text.to_owned().into() }
}

/// The card's fields: all of the persona's for a new card, else its edits over `base`, so that what a round trip would change by
/// itself does not change.
fn to_fields(persona: &Persona, base: Option<&CardFields>) -> CardFields {
    let is_new = base.is_none();
    let mut fields = base.cloned().unwrap_or_default();
    let old = from_fields(&fields);
    let mut put = |new: &String, old: &String, target: fn(&mut CardFields) -> &mut String| {
        if new != old || is_new {
            target(&mut fields).clone_from(new);
        }
    };
    put(&persona.name, &old.name, |fields| &mut fields.name);
    put(&persona.nickname, &old.nickname, |fields| &mut fields.nickname);
    put(&persona.description, &old.description, |fields| &mut fields.description);
    put(&persona.personality, &old.personality, |fields| &mut fields.personality);
    put(&persona.scenario, &old.scenario, |fields| &mut fields.scenario);
    put(&persona.system_prompt, &old.system_prompt, |fields| &mut fields.system_prompt);
    put(&persona.post_history_instructions, &old.post_history_instructions, |fields| {
        &mut fields.post_history_instructions
    });
    put(&persona.creator_notes, &old.creator_notes, |fields| &mut fields.creator_notes);
    put(&persona.creator, &old.creator, |fields| &mut fields.creator);
    put(&persona.character_version, &old.character_version, |fields| &mut fields.character_version);
    if persona.greetings != old.greetings {
        fields.first_message = persona.greetings.first().cloned().unwrap_or_default();
        fields.alternate_greetings = persona.greetings.iter().skip(1).cloned().collect();
    }
    if persona.examples != old.examples {
        fields.example_messages = examples::join(&persona.examples);
    }
    fields.tags.clone_from(&persona.tags);
    fields.extensions.clone_from(&persona.extensions);
    fields.lorebook.clone_from(&persona.lorebook);
    write_own(&mut fields.abide, persona, &old, is_new);
    fields
}

/// What cards have no field for.
fn write_own(own: &mut Map<String, Value>, persona: &Persona, old: &Persona, is_new: bool) {
    let texts = [
        ("calls_user", persona.calls_user.as_str(), old.calls_user.as_str()),
        ("language", &persona.language, &old.language),
        ("way_of_speaking", &persona.way_of_speaking, &old.way_of_speaking),
    ];
    for (key, new, old) in texts {
        if new == old {
            continue;
        }
        if new.is_empty() {
            own.shift_remove(key);
        } else {
            own.insert(key.to_owned(), json!(new));
        }
    }
    if persona.relationship != old.relationship || is_new {
        own.insert("relationship".to_owned(), json!(persona.relationship.as_str()));
    }
    if persona.intimacy != old.intimacy || is_new {
        own.insert("intimacy".to_owned(), json!(u8::from(persona.intimacy)));
    }
}
