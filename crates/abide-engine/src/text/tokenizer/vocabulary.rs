//! The tokens of a GGUF file: their texts, kinds and bytes, and the ids with a role of their own.
//!
//! Must not know how text is split or merged. Keys and their meaning:
//! <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#tokenizer>; the special rules by token
//! text are those of llama.cpp, on which the published files rely.

use super::{TokenizerError, byte_alphabet, pieces::Pieces};
use crate::gguf::Metadata;

/// What a token is, as its file says (with llama.cpp's corrections for end-of-turn tokens whose type is
/// wrong in many files).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A piece of text.
    Normal,
    /// Stands for what the vocabulary can't express.
    Unknown,
    /// Steers the model; not part of any text.
    Control,
    /// A piece of text that is matched whole, before anything else.
    UserDefined,
    /// Takes up an id and means nothing (GGUF's "undefined" too).
    Unused,
    /// One byte, where no piece fits.
    Byte,
}

impl TokenKind {
    fn from_gguf(number: i64) -> Self {
        match number {
            1 => Self::Normal,
            2 => Self::Unknown,
            3 => Self::Control,
            4 => Self::UserDefined,
            6 => Self::Byte,
            _ => Self::Unused,
        }
    }
}

/// How the texts in the vocabulary stand for bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// By GPT-2's alphabet of printable characters.
    ByteLevel,
    /// As themselves, with U+2581 for a space and `<0xNN>` for a byte.
    SentencePiece,
}

/// Ids with a role, where the file names them (or, for `SentencePiece`, by its convention).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SpecialIds {
    pub(super) beginning: Option<u32>,
    pub(super) end: Option<u32>,
    pub(super) end_of_turn: Option<u32>,
    pub(super) end_of_message: Option<u32>,
    pub(super) unknown: Option<u32>,
    pub(super) padding: Option<u32>,
    pub(super) infill_padding: Option<u32>,
    pub(super) infill_repository: Option<u32>,
    pub(super) infill_file: Option<u32>,
}

/// All tokens of a file.
#[derive(Debug)]
pub(super) struct Vocabulary {
    texts: Pieces,
    pieces: Pieces,
    kinds: Vec<TokenKind>,
    /// Whether the piece may be found in plain text by its bytes.
    findable: Vec<bool>,
    pub(super) special_ids: SpecialIds,
}

/// The character that stands for a space in `SentencePiece` vocabularies.
pub(super) const SPACE_MARK: &str = "\u{2581}";

impl Vocabulary {
    /// Reads tokens, types and special ids.
    ///
    /// # Errors
    /// When a key holds the wrong type, there are no tokens, or there are not as many types as tokens.
    pub(super) fn from_metadata(metadata: &Metadata, spelling: Spelling) -> Result<Self, TokenizerError> {
        let key = "tokenizer.ggml.tokens";
        let tokens = Metadata::required(key, metadata.texts(key)?)?;
        if tokens.is_empty() {
            return Err(TokenizerError::EmptyVocabulary);
        }
        let kinds = kinds(metadata, tokens.len())?;
        let bytes = tokens.iter().map(String::len).sum();
        let mut vocabulary = Self {
            texts: Pieces::with_capacity(tokens.len(), bytes),
            pieces: Pieces::with_capacity(tokens.len(), bytes),
            kinds,
            findable: Vec::with_capacity(tokens.len()),
            special_ids: SpecialIds::default(),
        };
        for (text, id) in tokens.iter().zip(0..) {
            vocabulary.texts.push_with(|bytes| bytes.extend_from_slice(text.as_bytes()))?;
            let kind = vocabulary.kinds[id];
            let mut findable = false;
            vocabulary.pieces.push_with(|bytes| findable = spell(text, kind, spelling, bytes))?;
            vocabulary.findable.push(findable);
        }
        vocabulary.special_ids = vocabulary.read_special_ids(metadata, spelling);
        Ok(vocabulary)
    }

    /// Number of tokens.
    pub(super) fn len(&self) -> usize {
        self.kinds.len()
    }

    /// The text of `id` as the file spells it.
    pub(super) fn text(&self, id: u32) -> Option<&str> {
        // Made from `str`s, whole; checked again rather than trusted, and cheap for a few bytes.
        self.texts.get(id).and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// What `id` stands for, in bytes; for tokens that aren't text, their spelling.
    pub(super) fn piece(&self, id: u32) -> Option<&[u8]> {
        self.pieces.get(id)
    }

    /// All pieces by id.
    pub(super) fn pieces(&self) -> &Pieces {
        &self.pieces
    }

    /// What `id` is.
    pub(super) fn kind(&self, id: u32) -> Option<TokenKind> {
        self.kinds.get(id as usize).copied()
    }

    /// Changes what `id` is.
    pub(super) fn set_kind(&mut self, id: u32, kind: TokenKind) {
        if let Some(place) = self.kinds.get_mut(id as usize) {
            *place = kind;
        }
    }

    /// Whether plain text may become `id` by its bytes. Never so for control, unknown and byte tokens:
    /// no text, however spelled, turns into a token that steers the model.
    pub(super) fn is_findable(&self, id: u32) -> bool {
        self.findable.get(id as usize).copied().unwrap_or(false)
            && matches!(self.kind(id), Some(TokenKind::Normal | TokenKind::UserDefined | TokenKind::Unused))
    }

    /// All ids of a kind for which `wanted` holds, in order.
    pub(super) fn ids_where(&self, wanted: impl Fn(TokenKind) -> bool) -> impl Iterator<Item = u32> {
        (0..).zip(&self.kinds).filter(move |&(_, &kind)| wanted(kind)).map(|(id, _)| id)
    }

    fn read_special_ids(&self, metadata: &Metadata, spelling: Spelling) -> SpecialIds {
        // SentencePiece's own default, which files made early on leave out.
        let by_convention = |id| match spelling {
            Spelling::SentencePiece if (id as usize) < self.len() => Some(id),
            _ => None,
        };
        let id = |name: &str, default: Option<u32>| self.special_id(metadata, name, default);
        SpecialIds {
            beginning: id("bos", by_convention(1)),
            end: id("eos", by_convention(2)),
            end_of_turn: id("eot", None),
            end_of_message: id("eom", None),
            unknown: id("unknown", by_convention(0)),
            padding: id("padding", None),
            infill_padding: id("fim_pad", None),
            infill_repository: id("fim_rep", None),
            infill_file: id("fim_sep", None),
        }
    }

    /// `tokenizer.ggml.NAME_token_id`, or `default` when it is not there. Ids beyond the vocabulary are
    /// how some converters write "none"; they count as absent, and a warning says so.
    fn special_id(&self, metadata: &Metadata, name: &str, default: Option<u32>) -> Option<u32> {
        let key = format!("tokenizer.ggml.{name}_token_id");
        let Some(value) = metadata.get(&key) else { return default };
        let id = metadata.unsigned(&key).ok().flatten().filter(|&id| id < self.len());
        if id.is_none() {
            tracing::warn!(key, ?value, tokens = self.len(), "not an id of the vocabulary; taken as absent");
            return default;
        }
        id.map(|id| id as u32)
    }
}

/// The kinds of `count` tokens; all normal when the file does not say.
fn kinds(metadata: &Metadata, count: usize) -> Result<Vec<TokenKind>, TokenizerError> {
    let key = "tokenizer.ggml.token_type";
    let Some(numbers) = metadata.integers(key)? else { return Ok(vec![TokenKind::Normal; count]) };
    if numbers.len() != count {
        return Err(TokenizerError::LengthMismatch { key, found: numbers.len(), tokens: count });
    }
    Ok(numbers.into_iter().map(TokenKind::from_gguf).collect())
}

/// Appends what `text` stands for to `bytes`; whether plain text may become it by these bytes.
fn spell(text: &str, kind: TokenKind, spelling: Spelling, bytes: &mut Vec<u8>) -> bool {
    match (kind, spelling) {
        (TokenKind::Normal | TokenKind::Unused, Spelling::ByteLevel) => {
            let spelled = byte_alphabet::decode(text, bytes);
            if !spelled {
                bytes.extend_from_slice(text.as_bytes());
            }
            spelled
        }
        // Added pieces are written plainly, so the alphabet and the text agree on visible ASCII alone.
        (TokenKind::UserDefined, Spelling::ByteLevel) => {
            bytes.extend_from_slice(text.as_bytes());
            text.bytes().all(|byte| byte.is_ascii_graphic())
        }
        (TokenKind::Normal | TokenKind::Unused | TokenKind::UserDefined, Spelling::SentencePiece) => {
            push_unmarked(text, bytes);
            // Text is matched with its spaces marked, so a piece with a plain one is matched whole or not
            // at all.
            !text.contains(' ')
        }
        (TokenKind::Byte, _) => {
            match byte_value(text) {
                Some(byte) => bytes.push(byte),
                None => bytes.extend_from_slice(text.as_bytes()),
            }
            false
        }
        (TokenKind::Control | TokenKind::Unknown, _) => {
            bytes.extend_from_slice(text.as_bytes());
            false
        }
    }
}

/// Appends `text` with a space for each mark of one.
pub(super) fn push_unmarked(text: &str, bytes: &mut Vec<u8>) {
    let mut parts = text.split(SPACE_MARK);
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        bytes.push(b' ');
        bytes.extend_from_slice(part.as_bytes());
    }
}

/// The byte that `<0xNN>` names.
pub(super) fn byte_value(text: &str) -> Option<u8> {
    let digits = text.strip_prefix("<0x")?.strip_suffix('>')?;
    if digits.len() != 2 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u8::from_str_radix(digits, 16).ok()
}
