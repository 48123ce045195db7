//! What can be wrong with the tokenizer that a file describes.

use thiserror::Error;

use crate::gguf::MetadataError;

/// Why a tokenizer could not be built from a file's metadata.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenizerError {
    /// A key is missing or holds the wrong type.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The kind of tokenizer is not one of ours.
    #[error(
        "the file's tokenizer is of the kind `{model}`, which is not supported; supported are `gpt2` \
         (byte-level BPE) and `llama` (SentencePiece BPE). Choose another model file"
    )]
    UnsupportedModel {
        /// The value of `tokenizer.ggml.model`.
        model: String,
    },
    /// The way of splitting text before BPE is not known, so ids would be wrong.
    #[error(
        "the file's pre-tokenizer `{name}` is not known, so its tokens can't be worked out; known are: \
         {known}. Choose another model file"
    )]
    UnknownPreTokenizer {
        /// The value of `tokenizer.ggml.pre`.
        name: String,
        /// All known names, separated by commas.
        known: String,
    },
    /// There are no tokens.
    #[error("the file's `tokenizer.ggml.tokens` is empty; the file is damaged or holds no tokenizer")]
    EmptyVocabulary,
    /// More tokens, or longer ones, than 32-bit ids and offsets can name.
    #[error("the file's `tokenizer.ggml.tokens` holds more text than the 4 GiB a vocabulary may have")]
    VocabularyTooLarge,
    /// An array that goes with the tokens has another length.
    #[error("the file's `{key}` has {found} entries for {tokens} tokens; the file is damaged")]
    LengthMismatch {
        /// The array's key.
        key: &'static str,
        /// Entries it has.
        found: usize,
        /// Tokens in the vocabulary.
        tokens: usize,
    },
    /// A merge that is not two pieces with a space between.
    #[error("the file's `tokenizer.ggml.merges` has no two pieces at {index}: {text:?}; the file is damaged")]
    MalformedMerge {
        /// Its place in the array, from 0.
        index: usize,
        /// What is there, shortened.
        text: String,
    },
}
