//! `SentencePiece`'s BPE: characters merged by the score of what they become, bytes where no piece fits.
//!
//! Kudo and Richardson, <https://arxiv.org/abs/1808.06226>; order of merges as in llama.cpp. Must not
//! know of special tokens.

use super::{
    TokenizerError,
    merging::{Merged, Merger},
    pieces::PieceIndex,
    vocabulary::{self, TokenKind, Vocabulary},
};
use crate::gguf::Metadata;

/// The scores of a vocabulary and what goes with them.
#[derive(Debug)]
pub(super) struct SentencePiece {
    index: PieceIndex,
    /// By id: lowest for the best score.
    orders: Vec<u32>,
    /// The token of each byte.
    bytes: [Option<u32>; 256],
    unknown: Option<u32>,
    /// Whether a space goes in front of a text, and of what follows a special token.
    pub(super) adds_space: bool,
}

impl SentencePiece {
    /// Reads the scores.
    ///
    /// # Errors
    /// When they are missing, or not as many as there are tokens.
    pub(super) fn from_metadata(
        metadata: &Metadata,
        vocabulary: &Vocabulary,
    ) -> Result<Self, TokenizerError> {
        let key = "tokenizer.ggml.scores";
        let scores = Metadata::required(key, metadata.floats(key)?)?;
        if scores.len() != vocabulary.len() {
            let (found, tokens) = (scores.len(), vocabulary.len());
            return Err(TokenizerError::LengthMismatch { key, found, tokens });
        }
        Ok(Self {
            index: PieceIndex::new(vocabulary.pieces(), |id| vocabulary.is_findable(id)),
            orders: scores.iter().map(|&score| order(score)).collect(),
            bytes: byte_tokens(vocabulary),
            unknown: vocabulary.special_ids.unknown,
            adds_space: metadata.bool("tokenizer.ggml.add_space_prefix")?.unwrap_or(true),
        })
    }

    /// Appends the tokens of `text`; `at_start`: whether it stands where a space goes in front.
    ///
    /// U+2581, which stands for a space in the vocabulary, is tokenised as one.
    pub(super) fn encode(
        &self,
        vocabulary: &Vocabulary,
        text: &str,
        at_start: bool,
        merger: &mut Merger,
        ids: &mut Vec<u32>,
    ) {
        let mut bytes = Vec::with_capacity(text.len() + 1);
        if at_start && self.adds_space {
            bytes.push(b' ');
        }
        vocabulary::push_unmarked(text, &mut bytes);
        let find = |piece: &[u8]| self.index.find(vocabulary.pieces(), piece);
        merger.clear();
        for character in bytes.chunk_by(|_, &next| is_continuation(next)) {
            merger.push(find(character), character.len());
        }
        merger.merge(|left, right| {
            let id = find(&bytes[left.start as usize..right.end as usize])?;
            Some(Merged { order: self.orders[id as usize], id })
        });
        for symbol in merger.symbols() {
            match symbol.id {
                Some(id) => ids.push(id),
                None => self.push_bytes(&bytes[symbol.start as usize..symbol.end as usize], ids),
            }
        }
    }

    /// Appends a character byte by byte; one whose bytes have no tokens becomes the unknown token.
    fn push_bytes(&self, character: &[u8], ids: &mut Vec<u32>) {
        let tokens = character.iter().map(|&byte| self.bytes[usize::from(byte)]);
        match tokens.collect::<Option<Vec<u32>>>() {
            Some(tokens) => ids.extend(tokens),
            None => ids.extend(self.unknown),
        }
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// Turns a score around, so that the best is the lowest and equals stay equal. What isn't a number comes
/// last.
fn order(score: f32) -> u32 {
    if score.is_nan() {
        return u32::MAX;
    }
    // Adding zero turns −0 into +0. The bits of floats sort like their values, but for the sign.
    let bits = (score + 0.0).to_bits();
    let ascending = if bits >> 31 == 0 { bits | 1 << 31 } else { !bits };
    !ascending
}

/// The tokens `<0x00>` to `<0xFF>`; those of another kind than "byte" only where there is no other.
fn byte_tokens(vocabulary: &Vocabulary) -> [Option<u32>; 256] {
    let mut tokens = [None; 256];
    for wanted in [TokenKind::Byte, TokenKind::Normal] {
        for id in vocabulary.ids_where(|kind| kind == wanted) {
            if let Some(byte) = vocabulary.text(id).and_then(vocabulary::byte_value) {
                tokens[usize::from(byte)].get_or_insert(id);
            }
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_scores_come_first() {
        let scores = [f32::INFINITY, 3.5, 0.0, -0.5, -1000.0, f32::NEG_INFINITY];
        assert!(scores.windows(2).all(|pair| order(pair[0]) < order(pair[1])));
        assert_eq!(order(0.0), order(-0.0));
        assert!(order(f32::NEG_INFINITY) < order(f32::NAN));
    }
}
