//! Byte-level byte-pair encoding: bytes merged in the order of the file's merge list.
//!
//! Sennrich et al., <https://arxiv.org/abs/1508.07909>, over bytes as in GPT-2. Must not know of special
//! tokens.

use std::collections::HashMap;

use super::{
    TokenizerError, byte_alphabet,
    hashing::Seed,
    merging::{Merged, Merger},
    pieces::PieceIndex,
    pre_tokenizer::PreTokenizer,
    vocabulary::Vocabulary,
};
use crate::gguf::Metadata;

/// The merges of a vocabulary and the way to its words.
#[derive(Debug)]
pub(super) struct BytePair {
    pub(super) pre_tokenizer: PreTokenizer,
    index: PieceIndex,
    /// The token of each single byte.
    bytes: [Option<u32>; 256],
    /// From a pair of ids, see [`pair`], to what it becomes.
    merges: HashMap<u64, Merged, Seed>,
    unknown: Option<u32>,
}

fn pair(left: u32, right: u32) -> u64 {
    u64::from(left) << 32 | u64::from(right)
}

impl BytePair {
    /// Reads the pre-tokenizer and the merges.
    ///
    /// # Errors
    /// When the pre-tokenizer is not known, or merges are missing or malformed. Merges of pieces that
    /// the vocabulary does not have can never apply; they are left out, and a warning says how many.
    pub(super) fn from_metadata(
        metadata: &Metadata,
        vocabulary: &Vocabulary,
    ) -> Result<Self, TokenizerError> {
        let name = metadata.text("tokenizer.ggml.pre")?;
        if name.is_none() {
            tracing::warn!("the file names no pre-tokenizer; the default one may cut words differently");
        }
        let pre_tokenizer = PreTokenizer::named(name.unwrap_or("default"))?;
        let index = PieceIndex::new(vocabulary.pieces(), |id| vocabulary.is_findable(id));
        let find = |bytes: &[u8]| index.find(vocabulary.pieces(), bytes);
        let bytes = std::array::from_fn(|byte| find(&[byte as u8]));
        let merges = read_merges(metadata, find)?;
        Ok(Self { pre_tokenizer, bytes, merges, unknown: vocabulary.special_ids.unknown, index })
    }

    /// Appends the tokens of `text`.
    pub(super) fn encode(
        &self,
        vocabulary: &Vocabulary,
        text: &str,
        merger: &mut Merger,
        ids: &mut Vec<u32>,
    ) {
        self.pre_tokenizer.for_each_word(text, |word| {
            if self.pre_tokenizer.whole_words
                && let Some(id) = self.index.find(vocabulary.pieces(), word.as_bytes())
            {
                return ids.push(id);
            }
            self.encode_word(word.as_bytes(), merger, ids);
        });
    }

    /// Appends the tokens of one word. A byte without a token becomes the unknown token; without one of
    /// these it is left out, as nothing in the vocabulary could express it.
    fn encode_word(&self, word: &[u8], merger: &mut Merger, ids: &mut Vec<u32>) {
        merger.clear();
        for &byte in word {
            merger.push(self.bytes[usize::from(byte)], 1);
        }
        merger.merge(|left, right| self.merges.get(&pair(left.id?, right.id?)).copied());
        ids.extend(merger.symbols().filter_map(|symbol| symbol.id.or(self.unknown)));
    }
}

/// The merges by pairs of ids; of equal pairs the first counts.
fn read_merges(
    metadata: &Metadata,
    find: impl Fn(&[u8]) -> Option<u32>,
) -> Result<HashMap<u64, Merged, Seed>, TokenizerError> {
    let key = "tokenizer.ggml.merges";
    let texts = Metadata::required(key, metadata.texts(key)?)?;
    let mut merges = HashMap::with_capacity_and_hasher(texts.len(), Seed::random());
    let mut unusable = 0_usize;
    let mut joined = Vec::new();
    for (text, order) in texts.iter().zip(0..) {
        let malformed = || TokenizerError::MalformedMerge {
            index: order as usize,
            text: text.chars().take(64).collect(),
        };
        let (left, right) = text.split_once(' ').ok_or_else(malformed)?;
        joined.clear();
        if left.is_empty() || right.is_empty() {
            return Err(malformed());
        }
        let readable = byte_alphabet::decode(left, &mut joined);
        let middle = joined.len();
        let ids = (readable && byte_alphabet::decode(right, &mut joined))
            .then(|| Some((find(&joined[..middle])?, find(&joined[middle..])?, find(&joined)?)))
            .flatten();
        match ids {
            Some((left, right, id)) => {
                merges.entry(pair(left, right)).or_insert(Merged { order, id });
            }
            None => unusable += 1,
        }
    }
    if unusable > 0 {
        tracing::warn!(unusable, "merges name pieces that the vocabulary does not have; left out");
    }
    Ok(merges)
}
