//! From text to token ids and back, by the tokenizer that a GGUF file describes.
//!
//! Byte-level BPE and `SentencePiece` BPE, with results equal to llama.cpp's. Must not know tensors, chat
//! formats or sampling.
//!
//! Text is never trusted more than it should be: only [`Special::Parsed`] and [`Segment::Markup`] turn
//! `<|im_end|>` and the like into control tokens. In any other text these are characters, and no way of
//! spelling or merging makes a control token of them.

mod byte_alphabet;
mod byte_pair;
mod end_of_generation;
mod error;
mod hashing;
mod merging;
mod pieces;
mod pre_tokenizer;
mod pre_tokenizer_families;
mod sentence_piece;
mod special;
#[cfg(test)]
mod tests;
mod vocabulary;

use std::ops::Range;

use abide_generation::Special;

pub(crate) use self::byte_alphabet::letters;
use self::{
    byte_pair::BytePair,
    merging::Merger,
    sentence_piece::SentencePiece,
    special::{Class, Fragment, SpecialTokens},
    vocabulary::{Spelling, Vocabulary},
};
pub use self::{error::TokenizerError, vocabulary::TokenKind};
use super::{Segment, stream::TextAssembler};
use crate::gguf::Metadata;

/// The way to tokenise what is not special.
#[derive(Debug)]
enum Method {
    BytePair(BytePair),
    SentencePiece(SentencePiece),
}

/// A tokenizer. Immutable: share it by `Arc` among threads.
#[derive(Debug)]
pub struct Tokenizer {
    vocabulary: Vocabulary,
    special: SpecialTokens,
    method: Method,
    end_of_generation: Vec<u32>,
    adds_bos: bool,
    adds_eos: bool,
}

/// Longest stretch that is tokenised as one: positions in it are 32-bit. Longer ones are cut here.
const LONGEST_STRETCH: usize = 1 << 30;

impl Tokenizer {
    /// Builds the tokenizer that a file's metadata describes.
    ///
    /// # Errors
    /// When the kind of tokenizer or its pre-tokenizer is not supported, or the metadata contradicts
    /// itself.
    pub fn from_metadata(metadata: &Metadata) -> Result<Self, TokenizerError> {
        let key = "tokenizer.ggml.model";
        let model = Metadata::required(key, metadata.text(key)?)?;
        let spelling = match model {
            "gpt2" => Spelling::ByteLevel,
            "llama" => Spelling::SentencePiece,
            other => {
                let model = other.chars().take(64).collect();
                return Err(TokenizerError::UnsupportedModel { model });
            }
        };
        let mut vocabulary = Vocabulary::from_metadata(metadata, spelling)?;
        let end_of_generation = end_of_generation::end_of_generation(&mut vocabulary);
        let (method, adds_bos_by_default) = match spelling {
            Spelling::ByteLevel => {
                let method = BytePair::from_metadata(metadata, &vocabulary)?;
                let adds_bos = method.pre_tokenizer.adds_bos;
                (Method::BytePair(method), adds_bos)
            }
            Spelling::SentencePiece => {
                (Method::SentencePiece(SentencePiece::from_metadata(metadata, &vocabulary)?), true)
            }
        };
        let special = SpecialTokens::new(&vocabulary, is_phi3(metadata)?);
        Ok(Self {
            adds_bos: metadata.bool("tokenizer.ggml.add_bos_token")?.unwrap_or(adds_bos_by_default),
            adds_eos: metadata.bool("tokenizer.ggml.add_eos_token")?.unwrap_or(false),
            vocabulary,
            special,
            method,
            end_of_generation,
        })
    }

    /// The tokens of `text`.
    ///
    /// Where special tokens are text, the pieces that the file calls user-defined are matched all the same. Where BOS and EOS are
    /// added, they are added whether or not the text has them too.
    pub fn encode(&self, text: &str, special: Special) -> Vec<u32> {
        let mut ids: Vec<u32> = self.bos_to_add().filter(|_| special.is_added()).into_iter().collect();
        ids.extend(self.encode_where(text, |class, _| special.is_parsed() || class != Class::Reserved));
        ids.extend(self.eos().filter(|_| special.is_added() && self.adds_eos));
        ids
    }

    /// The tokens of a prompt made of `segments`, with BOS if the model wants it and the prompt does not
    /// begin with it already. EOS is never added: a prompt is to be continued.
    ///
    /// The segments are tokenised as the one text they make together, so words and pieces run across
    /// their borders as they would there. The one difference: a special token is parsed only where all of
    /// its characters are markup; one that takes a single character from a [`Segment::Text`] is text.
    /// That goes for user-defined tokens that look like markup (`<|user|>`), too; others, such as
    /// runs of spaces, are matched everywhere.
    pub fn encode_segments(&self, segments: &[Segment<'_>]) -> Vec<u32> {
        let mut text = String::new();
        let mut markup: Vec<Range<usize>> = Vec::new();
        for segment in segments {
            let start = text.len();
            match *segment {
                Segment::Text(part) => text.push_str(part),
                Segment::Markup(part) => {
                    text.push_str(part);
                    match markup.last_mut() {
                        Some(last) if last.end == start => last.end = text.len(),
                        _ => markup.push(start..text.len()),
                    }
                }
            }
        }
        let is_markup = |place: &Range<usize>| {
            let after = markup.partition_point(|range| range.start <= place.start);
            after > 0 && place.end <= markup[after - 1].end
        };
        let mut ids = self.encode_where(&text, |class, place| class == Class::Plain || is_markup(place));
        if let Some(bos) = self.bos_to_add().filter(|bos| ids.first() != Some(bos)) {
            ids.insert(0, bos);
        }
        ids
    }

    /// The tokens of a text that follows an ordinary one: as [`Special::AsText`], with no space put in front.
    pub fn encode_within(&self, text: &str) -> Vec<u32> {
        self.encode_from(text, false, |class, _| class != Class::Reserved)
    }

    fn bos_to_add(&self) -> Option<u32> {
        self.bos().filter(|_| self.adds_bos)
    }

    fn encode_where(&self, text: &str, is_meant: impl Fn(Class, &Range<usize>) -> bool) -> Vec<u32> {
        self.encode_from(text, true, is_meant)
    }

    fn encode_from(
        &self,
        text: &str,
        mut at_start: bool,
        is_meant: impl Fn(Class, &Range<usize>) -> bool,
    ) -> Vec<u32> {
        let mut ids = Vec::with_capacity(text.len() / 3);
        let mut merger = Merger::default();
        for fragment in self.special.partition(text, is_meant) {
            match fragment {
                Fragment::Token(id) => {
                    ids.push(id);
                    at_start = true;
                }
                Fragment::Text(range) => {
                    for stretch in stretches(&text[range], LONGEST_STRETCH) {
                        self.encode_stretch(stretch, at_start, &mut merger, &mut ids);
                        at_start = false;
                    }
                }
            }
        }
        ids
    }

    fn encode_stretch(&self, text: &str, at_start: bool, merger: &mut Merger, ids: &mut Vec<u32>) {
        match &self.method {
            Method::BytePair(method) => method.encode(&self.vocabulary, text, merger, ids),
            Method::SentencePiece(method) => {
                method.encode(&self.vocabulary, text, at_start, merger, ids);
            }
        }
    }

    /// The text of `ids`: what [`Self::encode`] made them from, where it made them. Control tokens are
    /// nothing in it; bytes that are no UTF-8 become U+FFFD.
    ///
    /// For `SentencePiece`, the space that encoding put in front of the text and after each special token
    /// is taken away again.
    pub fn decode(&self, ids: &[u32]) -> String {
        let mut assembler = TextAssembler::new(self, None);
        let mut text: String = ids.iter().map(|&id| assembler.push(self, id)).collect();
        text.push_str(&assembler.finish());
        text
    }

    /// What `id` adds to a text, in bytes: nothing for control, unknown and unused tokens. `None` when
    /// there is no such token.
    pub fn bytes(&self, id: u32) -> Option<&[u8]> {
        let piece = self.vocabulary.piece(id)?;
        Some(match self.vocabulary.kind(id)? {
            TokenKind::Normal | TokenKind::UserDefined | TokenKind::Byte => piece,
            TokenKind::Unknown | TokenKind::Control | TokenKind::Unused => &[],
        })
    }

    /// The text of `id` as the vocabulary spells it: `Ġthe`, `▁the`, `<0x0A>`, `<|im_end|>`.
    pub fn token_text(&self, id: u32) -> Option<&str> {
        self.vocabulary.text(id)
    }

    /// What `id` is.
    pub fn kind(&self, id: u32) -> Option<TokenKind> {
        self.vocabulary.kind(id)
    }

    /// The id of the token that the vocabulary spells `text`; the first, if there are several. Looks
    /// through all of them, so not for inner loops; special tokens are found at once.
    pub fn id_of(&self, text: &str) -> Option<u32> {
        self.special
            .find(text)
            .or_else(|| (0..self.vocabulary() as u32).find(|&id| self.vocabulary.text(id) == Some(text)))
    }

    /// Number of tokens.
    pub fn vocabulary(&self) -> usize {
        self.vocabulary.len()
    }

    /// The token that begins a text.
    pub fn bos(&self) -> Option<u32> {
        self.vocabulary.special_ids.beginning
    }

    /// The token that ends a text.
    pub fn eos(&self) -> Option<u32> {
        self.vocabulary.special_ids.end
    }

    /// The token that ends a turn, if the file names one.
    pub fn eot(&self) -> Option<u32> {
        self.vocabulary.special_ids.end_of_turn
    }

    /// The token for what can't be expressed.
    pub fn unknown(&self) -> Option<u32> {
        self.vocabulary.special_ids.unknown
    }

    /// The token that fills batches up.
    pub fn padding(&self) -> Option<u32> {
        self.vocabulary.special_ids.padding
    }

    /// Whether the model wants BOS in front of a text.
    pub fn adds_bos(&self) -> bool {
        self.adds_bos
    }

    /// Whether the model wants EOS after a text.
    pub fn adds_eos(&self) -> bool {
        self.adds_eos
    }

    /// All tokens that end an answer, in order of their ids.
    pub fn end_of_generation(&self) -> &[u32] {
        &self.end_of_generation
    }

    /// Whether `id` ends an answer.
    pub fn ends_generation(&self, id: u32) -> bool {
        self.end_of_generation.binary_search(&id).is_ok()
    }

    /// Whether encoding put a space in front of the text that follows `previous` (`None`: of the text
    /// itself).
    pub(crate) fn space_follows(&self, previous: Option<u32>) -> bool {
        let Method::SentencePiece(SentencePiece { adds_space: true, .. }) = self.method else { return false };
        match previous.and_then(|id| self.kind(id)) {
            None | Some(TokenKind::Control | TokenKind::Unknown | TokenKind::UserDefined) => true,
            Some(TokenKind::Normal | TokenKind::Byte | TokenKind::Unused) => false,
        }
    }
}

/// Whether special tokens swallow the white space after them, which only the model's name tells.
fn is_phi3(metadata: &Metadata) -> Result<bool, TokenizerError> {
    let name = metadata.text("general.name")?.unwrap_or_default().to_ascii_lowercase();
    Ok(name.contains("phi-3") || name.contains("phi3"))
}

/// Cuts `text` into stretches of at most `longest` bytes (4 or more), between characters.
fn stretches(text: &str, longest: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = longest.min(rest.len());
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (stretch, after) = rest.split_at(end);
        rest = after;
        Some(stretch)
    })
}
