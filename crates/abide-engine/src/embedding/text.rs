//! Texts as token ids, by the model's `tokenizer.json`. Knows no weights.
//!
//! The library reads vocabulary and rules. What begins and ends each text, and where a long one is cut, is done here: the
//! library panics where the file's own description of it is damaged. As in sentence-transformers, special tokens written
//! in a text are parsed: all that a text can steer is its own vector.

use std::{collections::BTreeMap, path::Path};

use abide_generation::EmbeddingError;
use serde::Deserialize;
use serde_json::Value;
use tokenizers::Tokenizer;

use super::{
    error::{At as _, EmbedderError, EmbedderProblem},
    spec::EncoderSpec,
    weights::read_small,
};

/// Largest `tokenizer.json` that is read; those for hundreds of languages have 17 MB.
const TOKENIZER_BYTES_MAX: u64 = 32 << 20;
/// Of a longer text, this much is tried first: what lies behind does not matter if it holds more tokens than are read.
const FIRST_BYTES: usize = 32 << 10;

/// A text's tokens.
pub(super) struct Tokens {
    pub ids: Vec<u32>,
    /// Which text of a pair each belongs to.
    pub types: Vec<u32>,
    /// Whether the text had more.
    pub truncated: bool,
}

/// Makes tokens that the encoder has.
pub(super) struct TextTokenizer {
    tokenizer: Tokenizer,
    frame: Frame,
    tokens_max: usize,
    vocabulary: usize,
}

/// What stands around each text.
#[derive(Debug, Default, PartialEq, Eq)]
struct Frame {
    /// Ids and types.
    before: Vec<(u32, u32)>,
    after: Vec<(u32, u32)>,
    /// The text's own type.
    kind: u32,
}

/// `post_processor` of the file, as far as a single text needs it.
#[derive(Deserialize)]
#[serde(tag = "type")]
enum PostProcessor {
    TemplateProcessing { single: Vec<Piece>, special_tokens: BTreeMap<String, SpecialToken> },
    BertProcessing { cls: (String, u32), sep: (String, u32) },
}

#[derive(Deserialize)]
enum Piece {
    SpecialToken { id: String, type_id: u32 },
    Sequence { type_id: u32 },
}

#[derive(Deserialize)]
struct SpecialToken {
    ids: Vec<u32>,
}

impl Frame {
    fn new(processor: Option<PostProcessor>) -> Result<Self, String> {
        let (pieces, special_tokens) = match processor {
            None => return Ok(Self::default()),
            Some(PostProcessor::BertProcessing { cls, sep }) => {
                return Ok(Self { before: vec![(cls.1, 0)], after: vec![(sep.1, 0)], kind: 0 });
            }
            Some(PostProcessor::TemplateProcessing { single, special_tokens }) => (single, special_tokens),
        };
        let mut frame = Self::default();
        let mut texts = 0;
        for piece in pieces {
            match piece {
                Piece::Sequence { type_id } => (frame.kind, texts) = (type_id, texts + 1),
                Piece::SpecialToken { id, type_id } => {
                    let unknown = || format!("its template names {id:?}, which it does not describe");
                    let ids = &special_tokens.get(&id).ok_or_else(unknown)?.ids;
                    let side = if texts == 0 { &mut frame.before } else { &mut frame.after };
                    side.extend(ids.iter().map(|id| (*id, type_id)));
                }
            }
        }
        if texts == 1 { Ok(frame) } else { Err(format!("its template has the text {texts} times, not once")) }
    }

    /// Ids and types around a text.
    fn tokens(&self) -> impl Iterator<Item = &(u32, u32)> {
        self.before.iter().chain(&self.after)
    }
}

impl TextTokenizer {
    /// Reads the file, and checks that the encoder knows every token.
    pub fn open(path: &Path, spec: &EncoderSpec) -> Result<Self, EmbedderError> {
        let bytes = read_small(path, TOKENIZER_BYTES_MAX)?;
        Self::parse(&bytes, spec).map_err(EmbedderProblem::Tokenizer).at(path)
    }

    fn parse(bytes: &[u8], spec: &EncoderSpec) -> Result<Self, String> {
        let mut file: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let mut take = |key: &str| file.get_mut(key).map(Value::take).unwrap_or_default();
        let processor = take("post_processor");
        // Lengths are ours, and nothing is decoded.
        for key in ["truncation", "padding", "decoder"] {
            take(key);
        }
        let processor = serde_json::from_value(processor)
            .map_err(|error| format!("its post_processor is not known here: {error}"))?;
        let frame = Frame::new(processor)?;
        let tokenizer: Tokenizer = serde_json::from_value(file).map_err(|error| error.to_string())?;
        let (known, read) = (spec.vocabulary, spec.tokens_max);
        let lacking = |id: u32| id as usize >= known;
        if let Some((token, id)) = tokenizer.get_vocab(true).iter().find(|(_, id)| lacking(**id)) {
            return Err(format!(
                "its token {token:?} has the number {id}, but the weights know {known} tokens"
            ));
        }
        if let Some((id, _)) = frame.tokens().find(|(id, _)| lacking(*id)) {
            return Err(format!("it adds token {id} to each text, but the weights know {known} tokens"));
        }
        let types = frame.tokens().map(|(_, kind)| *kind).chain([frame.kind]);
        if let Some(kind) = types.max().filter(|kind| *kind as usize >= spec.token_types) {
            return Err(format!(
                "it has tokens of type {kind}, but the weights know {} types",
                spec.token_types
            ));
        }
        let added = frame.tokens().count();
        if added >= read {
            return Err(format!("it adds {added} tokens to each text, but {read} are read in all"));
        }
        Ok(Self { tokenizer, frame, tokens_max: read, vocabulary: known })
    }

    /// A text's tokens, with those that begin and end it.
    pub fn encode(&self, text: &str) -> Result<Tokens, EmbeddingError> {
        let start = text.floor_char_boundary(FIRST_BYTES.min(text.len()));
        // Words are never cut: no token comes from both sides of white space.
        if let Some(end) = text[..start].rfind(char::is_whitespace).filter(|_| start < text.len()) {
            let tokens = self.encode_whole(&text[..end])?;
            if tokens.truncated {
                return Ok(tokens);
            }
        }
        self.encode_whole(text)
    }

    fn encode_whole(&self, text: &str) -> Result<Tokens, EmbeddingError> {
        let failed = |problem: String| EmbeddingError::Model(format!("its tokenizer failed: {problem}"));
        let encoding = self.tokenizer.encode_fast(text, false).map_err(|error| failed(error.to_string()))?;
        let ids = encoding.get_ids();
        let room = self.tokens_max - self.frame.tokens().count();
        let own = ids.iter().take(room).map(|id| (*id, self.frame.kind));
        let (ids_read, types): (Vec<u32>, Vec<u32>) =
            self.frame.before.iter().copied().chain(own).chain(self.frame.after.iter().copied()).unzip();
        // Without a vocabulary of its own (bytes, for example), it could make any.
        if let Some(id) = ids_read.iter().find(|id| **id as usize >= self.vocabulary) {
            return Err(failed(format!("it made token {id}, but the weights know {}", self.vocabulary)));
        }
        if ids_read.is_empty() {
            return Err(failed("it made no token of a text".to_owned()));
        }
        Ok(Tokens { ids: ids_read, types, truncated: ids.len() > room })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &str) -> Result<Frame, String> {
        Frame::new(serde_json::from_str(text).map_err(|error| error.to_string())?)
    }

    #[test]
    fn both_forms_of_berts_frame_are_understood() {
        let bert = Frame { before: vec![(101, 0)], after: vec![(102, 0)], kind: 0 };
        assert_eq!(
            frame(r#"{"type": "BertProcessing", "sep": ["[SEP]", 102], "cls": ["[CLS]", 101]}"#),
            Ok(bert)
        );
        let template = r#"{"type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 1}},
                       {"SpecialToken": {"id": "A", "type_id": 1}}],
            "pair": [], "special_tokens": {"A": {"id": "A", "ids": [7, 8], "tokens": ["x", "y"]}}}"#;
        let both = Frame { before: vec![(7, 0), (8, 0)], after: vec![(7, 1), (8, 1)], kind: 1 };
        assert_eq!(frame(template), Ok(both));
        assert_eq!(frame("null"), Ok(Frame::default()));
        for (from, to) in [
            (r#""A": {"#, r#""B": {"#),
            ("Sequence", "Sequel"),
            (r#"{"Sequence": {"id": "A", "type_id": 1}},"#, ""),
        ] {
            assert!(frame(&template.replace(from, to)).is_err(), "{to}");
        }
        assert!(frame(r#"{"type": "ByteLevel"}"#).is_err());
    }
}
