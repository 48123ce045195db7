//! A card as a file, in its own version or another. Must not know personas, or how a container is made.

use serde_json::Value;

use super::{Card, CardError, CardNotice, CardVersion, OUTSIDE, convert::V1_KEYS, limits::NOTICES_MAX};
use crate::lorebook::split_decorators;

/// What a card is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardForm {
    /// A JSON document.
    Json,
    /// A picture with the card in it.
    Png,
    /// An archive of the card and its files.
    Charx,
}

/// A card's file.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenCard {
    /// The file.
    pub bytes: Vec<u8>,
    /// The version that the card in it follows.
    pub version: CardVersion,
    /// What the file has no place for.
    pub notices: Vec<CardNotice>,
}

impl Card {
    /// The card's file. `version`: `None` for the card's own, so that what came in goes out the same; archives hold V3 whatever it is.
    ///
    /// # Errors
    ///
    /// Those of [`Card::to_png`] and [`Card::to_charx`], and [`CardError::OnlyV3`].
    pub fn write(&self, form: CardForm, version: Option<CardVersion>) -> Result<WrittenCard, CardError> {
        let version = match (form, version) {
            (CardForm::Charx, None | Some(CardVersion::V3)) => CardVersion::V3,
            (CardForm::Charx, Some(_)) => return Err(CardError::OnlyV3),
            (_, version) => version.unwrap_or(self.version()),
        };
        let mut notices = self.lost_in(version);
        let mut note =
            |path: &str, problem: String| notices.push(CardNotice { path: path.to_owned(), problem });
        match form {
            CardForm::Json if !self.assets().is_empty() => {
                let count = self.assets().len();
                let problem = "a JSON file has no place for them; CHARX archives and PNG pictures have";
                note(&format!("files that came with it ({count})"), problem.to_owned());
            }
            CardForm::Json => {}
            CardForm::Png | CardForm::Charx => {
                for asset in self.assets().iter().filter(|asset| !asset.is_inside()) {
                    note(&asset.path, OUTSIDE.to_owned());
                }
            }
        }
        notices.truncate(NOTICES_MAX);
        let card = self.in_version(version);
        let bytes = match form {
            CardForm::Json => card.to_json(version).into_bytes(),
            CardForm::Png => card.to_png(None)?,
            CardForm::Charx => card.to_charx()?,
        };
        Ok(WrittenCard { bytes, version, notices })
    }

    /// The same card as `version` has it.
    fn in_version(&self, version: CardVersion) -> Self {
        if version == self.version() {
            return self.clone();
        }
        Self { value: self.value.with(self.to_version(version)), version, ..self.clone() }
    }

    /// What [`Card::to_version`] leaves out.
    fn lost_in(&self, version: CardVersion) -> Vec<CardNotice> {
        if version >= self.version() {
            return Vec::new();
        }
        let (fields, path) = match self.value().get("data") {
            Some(Value::Object(data)) => (Some(data), "data."),
            _ => (self.value().as_object(), ""),
        };
        let empty = |value: &Value| match value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(map) => map.is_empty(),
            _ => false,
        };
        if version == CardVersion::V1 {
            let lost = fields.into_iter().flatten();
            let lost = lost.filter(|(key, value)| !V1_KEYS.contains(&key.as_str()) && !empty(value));
            let note = |(key, _): (&String, &Value)| CardNotice {
                path: format!("{path}{key}"),
                problem: "V1 has no such field; left out".to_owned(),
            };
            return lost.map(note).collect();
        }
        let book = self.fields().0.lorebook.unwrap_or_default();
        let entries = book.entries.iter().enumerate();
        let decorated = entries.filter(|(_, entry)| !split_decorators(&entry.content).0.is_empty());
        let note = |(index, _): (usize, _)| CardNotice {
            path: format!("{path}character_book.entries[{index}].content"),
            problem: "V2 has no decorators (`@@…`); left out".to_owned(),
        };
        decorated.map(note).collect()
    }
}
