//! A model's tokens as grammars see them: their bytes, in a prefix tree. Must not know grammars.

use std::sync::Arc;

use toktrie::{INVALID_TOKEN, TokRxInfo, TokTrie, TokenId, TokenizerEnv};

use super::limits::{FOLLOW_TIME_EACH, FOLLOW_TIME_START, TOKEN_BYTES_MAX, VOCABULARY_BYTES_MAX};
use super::pace::Paces;
use crate::scheduler::{Spelling, TextCodec};

/// The tokens of one model, and who follows grammars over them.
pub(super) struct Environment {
    codec: Arc<dyn TextCodec>,
    trie: TokTrie,
    paces: Paces,
}

impl Environment {
    /// The tokens of a model that has `vocabulary` logits.
    ///
    /// # Errors
    /// When the vocabulary is larger than a prefix tree can be.
    pub(super) fn new(codec: Arc<dyn TextCodec>, vocabulary: usize) -> Result<Self, String> {
        let words: Vec<Vec<u8>> = (0..vocabulary as u32).map(|token| word(codec.as_ref(), token)).collect();
        let bytes: usize = words.iter().map(Vec::len).sum();
        if bytes > VOCABULARY_BYTES_MAX {
            return Err(format!(
                "the model's tokens have {bytes} bytes together; grammars work with {VOCABULARY_BYTES_MAX} at most"
            ));
        }
        let ends: Vec<TokenId> =
            (0..vocabulary as u32).filter(|token| codec.is_end_of_generation(*token)).collect();
        let end = ends.first().copied().unwrap_or(INVALID_TOKEN);
        let mut trie = TokTrie::from(&TokRxInfo::new(vocabulary as u32, end), &words);
        if ends.len() > 1 {
            trie = trie.with_eos_tokens(&ends);
        }
        Ok(Self { codec, trie, paces: Paces::new(FOLLOW_TIME_START, FOLLOW_TIME_EACH) })
    }

    /// How long following a grammar may take here.
    pub(super) fn paces(&self) -> &Paces {
        &self.paces
    }

    pub(super) fn codec(&self) -> &dyn TextCodec {
        self.codec.as_ref()
    }

    pub(super) fn vocabulary(&self) -> usize {
        self.trie.vocab_size()
    }

    /// Tokens that end the answer.
    pub(super) fn ends(&self) -> &[TokenId] {
        if self.trie.eos_token() == INVALID_TOKEN { &[] } else { self.trie.eos_tokens() }
    }

    /// What a token adds to a text, if a grammar may choose it for that.
    pub(super) fn text(&self, token: TokenId) -> Option<&[u8]> {
        let bytes = self.trie.token(token);
        (!bytes.is_empty() && bytes[0] != TokTrie::SPECIAL_TOKEN_MARKER).then_some(bytes)
    }

    /// Some tokens that spell `bytes`, one if there is one; `None` if there are none.
    pub(super) fn spell(&self, bytes: &[u8]) -> Option<Vec<TokenId>> {
        if let Some(token) = self.trie.token_id_at_bytes(bytes) {
            return Some(vec![token]);
        }
        let tokens = self.trie.greedy_tokenize(bytes);
        (self.trie.decode_raw(&tokens) == bytes).then_some(tokens)
    }
}

/// A token's place in the prefix tree: its bytes, or the marker and its name, which grammars can ask for.
fn word(codec: &dyn TextCodec, token: TokenId) -> Vec<u8> {
    let marked = |name: &str| {
        let name = if name.is_empty() || name.len() > TOKEN_BYTES_MAX { return Vec::new() } else { name };
        [&[TokTrie::SPECIAL_TOKEN_MARKER], name.as_bytes()].concat()
    };
    match codec.spelling(token) {
        Spelling::Control(name) => marked(name),
        // A token that ends the answer, or after which a space would be swallowed, is never text, whatever the file calls it.
        Spelling::Text(bytes) if codec.is_end_of_generation(token) || codec.leaves_out_space(Some(token)) => {
            std::str::from_utf8(bytes).map(marked).unwrap_or_default()
        }
        Spelling::Text(bytes) if bytes.len() > TOKEN_BYTES_MAX => Vec::new(),
        // No UTF-8 begins with the marker.
        Spelling::Text([TokTrie::SPECIAL_TOKEN_MARKER, ..]) | Spelling::Nothing => Vec::new(),
        Spelling::Text(bytes) => bytes.to_vec(),
    }
}

impl TokenizerEnv for Environment {
    fn tok_trie(&self) -> &TokTrie {
        &self.trie
    }

    /// As the model's own tokenizer does it, if that loses nothing.
    fn tokenize_bytes(&self, bytes: &[u8]) -> Vec<TokenId> {
        let tokens = self.trie.tokenize_with_greedy_fallback(bytes, |text| self.codec.encode_within(text));
        if self.trie.decode_raw(&tokens) == bytes { tokens } else { self.trie.greedy_tokenize(bytes) }
    }
}
