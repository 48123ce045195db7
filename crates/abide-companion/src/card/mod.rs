//! Character cards V1, V2 and V3 and lorebooks: read from JSON, PNG, APNG and CHARX, and written back. Must not know personas, prompts or stores.
//!
//! A [`Card`] keeps the JSON as it came, key for key, and edits are written over it, so that what goes in comes out the same and
//! what abide does not know is not lost. [`Card::fields`] is a lenient view of it: what has the wrong type is read as well as
//! can be, and a [`CardNotice`] says what was not as it should be.

mod as_written;
mod avatar;
mod book;
mod book_write;
mod charx;
mod convert;
mod document;
mod fields;
mod lenient;
mod limits;
mod png;
#[cfg(test)]
mod tests;
mod write;
mod written;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use document::Document;

pub use avatar::plain_avatar;
pub use book::{BookFile, BookForm, ReadBook};
pub use fields::CardFields;
pub use limits::{
    ASSETS_BYTES_MAX, ASSETS_MAX, ENTRIES_MAX, FILE_BYTES_MAX, JSON_BYTES_MAX, JSON_NODES_MAX, KEYS_MAX,
    LIST_MAX, NAME_BYTES_MAX, NOTICES_MAX, TEXT_BYTES_MAX,
};
pub use written::{CardForm, WrittenCard};

/// Where a card has its book.
const BOOK_PLACE: &str = "/data/character_book";

/// Which specification a card follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardVersion {
    /// Six texts, and no more.
    V1,
    /// `chara_card_v2`.
    V2,
    /// `chara_card_v3`, or a newer one read as such.
    V3,
}

impl std::fmt::Display for CardVersion {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::V1 => "V1",
            Self::V2 => "V2",
            Self::V3 => "V3",
        })
    }
}

/// A file that a card brought along: an image, a sound, another program's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardAsset {
    /// Where in the container it lies, with `/`.
    pub path: String,
    /// Its bytes (base64 where it is written as text).
    #[serde(with = "base64_bytes")]
    pub data: Vec<u8>,
}

/// What is said of a file that a program which unpacks it would put elsewhere.
const OUTSIDE: &str =
    "its name leads out of the folder that it would be unpacked into; this file is not kept";

impl CardAsset {
    /// Whether it lies in the folder that the container is unpacked into, on any system.
    fn is_inside(&self) -> bool {
        let path = self.path.as_str();
        !path.is_empty()
            && !path.starts_with(['/', '\\'])
            && !path.contains('\0')
            && path.as_bytes().get(1) != Some(&b':')
            && path.split(['/', '\\']).all(|part| part != "..")
    }
}

/// A character card as it came, or as it will be written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The JSON (as text where it is written, so that formats without `null` can hold it).
    #[serde(with = "json_text")]
    value: Document,
    /// What it follows.
    version: CardVersion,
    /// The PNG that it came in, without the card's own chunks.
    #[serde(default, with = "optional_base64", skip_serializing_if = "Option::is_none")]
    image: Option<Vec<u8>>,
    /// What came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    assets: Vec<CardAsset>,
}

/// A card, and what was not as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadCard {
    /// The card.
    pub card: Card,
    /// What was read otherwise than it stood, or not at all; everything is still in the card's JSON.
    pub notices: Vec<CardNotice>,
}

/// A file of this family, whichever it is.
#[derive(Debug, Clone, PartialEq)]
pub enum CardFile {
    /// A character.
    Card(Box<ReadCard>),
    /// A lorebook alone.
    Book(Box<ReadBook>),
}

/// Something in a file that was not as the specification says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardNotice {
    /// Where, such as `data.character_book.entries[3].keys`.
    pub path: String,
    /// What was found, and what was made of it.
    pub problem: String,
}

impl std::fmt::Display for CardNotice {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.path, self.problem)
    }
}

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// It is larger than anything of its kind should be.
    #[error(
        "{what} has {found} bytes, and at most {allowed} are read; take out what makes it so large (usually images)"
    )]
    TooLarge {
        /// What is too large.
        what: String,
        /// Its bytes.
        found: u64,
        /// The limit.
        allowed: u64,
    },
    /// Its JSON is not JSON, or nests or holds too much.
    #[error("{what} can't be read as JSON: {problem}; save it again from the program that made it")]
    Json {
        /// The part of the file.
        what: String,
        /// Where and why.
        problem: String,
    },
    /// It is a picture or an archive without a card.
    #[error(
        "there is no character card in this {container}; some sites strip it from pictures, so take the original file"
    )]
    NoCard {
        /// What it is: `PNG file`, `archive` …
        container: &'static str,
    },
    /// The container is damaged beyond reading.
    #[error("this {container} is damaged: {problem}; download or copy it again")]
    Damaged {
        /// What it is.
        container: &'static str,
        /// Where and why.
        problem: String,
    },
    /// It is JSON of another kind.
    #[error("this is no character card: {problem}")]
    NotACard {
        /// What was missing, or what it is instead.
        problem: String,
    },
    /// An archive was asked for in a version that knows none.
    #[error("CHARX archives hold cards of V3 alone; leave the version out, or write JSON or PNG")]
    OnlyV3,
    /// The picture that a card was to be put into is not a PNG.
    #[error(
        "the picture is not a PNG file, and only those hold cards; convert it, or leave it out for a plain one"
    )]
    NotPng,
}

impl Card {
    /// Reads a card from the bytes of a JSON, PNG, APNG or CHARX file, by what they begin with.
    ///
    /// # Errors
    ///
    /// If there is no card in it, it is damaged, or larger than the limits.
    pub fn read(bytes: &[u8]) -> Result<ReadCard, CardError> {
        limits::check_file(bytes)?;
        if png::is_png(bytes) {
            png::read(bytes)
        } else if charx::is_archive(bytes) {
            charx::read(bytes)
        } else {
            let (value, notices) = parse_one(bytes)?;
            Self::assemble(value, None, Vec::new(), notices)
        }
    }

    /// Takes JSON that was parsed already.
    ///
    /// # Errors
    ///
    /// If it is no card.
    pub fn from_value(value: Value) -> Result<ReadCard, CardError> {
        Self::assemble(value.into(), None, Vec::new(), Vec::new())
    }

    /// A card out of the parts of a container.
    fn assemble(
        value: Document,
        image: Option<Vec<u8>>,
        assets: Vec<CardAsset>,
        mut notices: Vec<CardNotice>,
    ) -> Result<ReadCard, CardError> {
        let (version, found) = fields::version(&value)?;
        let card = Self { value, version, image, assets };
        notices.extend(found);
        notices.extend(card.fields().1);
        notices.truncate(NOTICES_MAX);
        Ok(ReadCard { card, notices })
    }

    /// The JSON, key for key as it came.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The specification it follows.
    pub fn version(&self) -> CardVersion {
        self.version
    }

    /// The PNG it came in or will be put into, without the card's own chunks.
    pub fn image(&self) -> Option<&[u8]> {
        self.image.as_deref()
    }

    /// The same card with another PNG, or none.
    #[must_use]
    pub fn with_image(mut self, image: Option<Vec<u8>>) -> Self {
        self.image = image;
        self
    }

    /// The files that came with it.
    pub fn assets(&self) -> &[CardAsset] {
        &self.assets
    }

    /// What it says, read as well as can be, and what was not as it should be.
    pub fn fields(&self) -> (CardFields, Vec<CardNotice>) {
        let (mut fields, notices) = fields::read(&self.value, self.version);
        if let Some(book) = &mut fields.lorebook {
            as_written::take_digits(book, &self.value, BOOK_PLACE, book::Names::Book);
        }
        (fields, notices)
    }

    /// The bytes of a file within the card that a URI names: `embeded://…` (so the specification spells it),
    /// `embedded://…`, `__asset:…`, `data:…;base64,…`. `None` if there is none, or it lies elsewhere.
    pub fn resolve(&self, uri: &str) -> Option<Vec<u8>> {
        let path =
            ["embeded://", "embedded://", "__asset:"].iter().find_map(|scheme| uri.strip_prefix(scheme));
        if let Some(path) = path {
            return self.assets.iter().find(|asset| asset.path == path).map(|asset| asset.data.clone());
        }
        let data = uri.strip_prefix("data:")?.split_once(";base64,")?.1;
        limits::decode_base64(data.as_bytes()).ok()
    }
}

impl CardFile {
    /// Reads a card or a lorebook, whichever the bytes are.
    ///
    /// # Errors
    ///
    /// If it is neither, is damaged, or larger than the limits.
    pub fn read(bytes: &[u8]) -> Result<Self, CardError> {
        limits::check_file(bytes)?;
        if png::is_png(bytes) || charx::is_archive(bytes) {
            return Card::read(bytes).map(|read| Self::Card(Box::new(read)));
        }
        let (value, notices) = parse_one(bytes)?;
        if book::form(&value).is_some() {
            return BookFile::assemble(value, notices).map(|read| Self::Book(Box::new(read)));
        }
        Card::assemble(value, None, Vec::new(), notices).map(|read| Self::Card(Box::new(read)))
    }
}

/// The JSON of a card or a lorebook; of a list of one, what is in it.
fn parse_one(bytes: &[u8]) -> Result<(Document, Vec<CardNotice>), CardError> {
    let (value, mut notices) = limits::parse_json(bytes, "the file")?;
    match value.as_array().map(Vec::as_slice) {
        Some([one @ Value::Object(_)]) => {
            let problem = "it is a list with one thing in it, which is read".to_owned();
            notices.push(CardNotice { path: "the file".to_owned(), problem });
            Ok((value.part("/0", "", one.clone()), notices))
        }
        _ => Ok((value, notices)),
    }
}

mod base64_bytes {
    //! Bytes as base64. Must not know what they are.
    use base64::{Engine, engine::general_purpose::STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(data: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(data))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

mod optional_base64 {
    //! Bytes that may be missing, as base64. Must not know what they are.
    use base64::{Engine, engine::general_purpose::STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    // serde asks for a reference to the field.
    #[allow(clippy::ref_option)]
    pub(super) fn serialize<S: Serializer>(data: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
        match data {
            Some(data) => serializer.serialize_some(&STANDARD.encode(data)),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Vec<u8>>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| STANDARD.decode(text).map_err(D::Error::custom)).transpose()
    }
}

mod json_text {
    //! JSON as text. Must not know what it means.
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::Document;

    pub(super) fn serialize<S: Serializer>(value: &Document, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&value.compact())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Document, D::Error> {
        let text = String::deserialize(deserializer)?;
        Document::parse(&text).map_err(D::Error::custom)
    }
}
