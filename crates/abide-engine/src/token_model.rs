//! What the scheduler needs of a model: tokens in, logits out, sequences that share a cache.
//!
//! The boundary between the graph and those who drive it. Knows no tensors, no text.

use thiserror::Error;

use crate::batch::Needed;
use crate::buffer::Buffer;
use crate::cache_contents::CacheContents;
use crate::kv::{KvError, SequenceId};

/// Which rows' logits are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogitsWanted {
    /// None: the tokens only go into the cache.
    None,
    /// After the last token.
    Last,
    /// After every token.
    All,
}

/// The next tokens of one sequence.
#[derive(Debug, Clone, Copy)]
pub struct BatchItem<'a> {
    /// The sequence that grows; at most once in a batch.
    pub sequence: SequenceId,
    /// Its next tokens, at least one.
    pub tokens: &'a [u32],
    /// Which logits come back.
    pub logits: LogitsWanted,
    /// What is needed of these rows of logits.
    pub needed: Needed<'a>,
}

impl BatchItem<'_> {
    /// Rows of logits that come back.
    pub fn rows_wanted(&self) -> usize {
        match self.logits {
            LogitsWanted::None => 0,
            LogitsWanted::Last => 1,
            LogitsWanted::All => self.tokens.len(),
        }
    }
}

/// Logits of the wanted rows, in the order of the batch.
#[derive(Debug)]
pub struct Logits {
    values: Buffer,
    vocabulary: usize,
}

impl Logits {
    /// `values` holds whole rows of `vocabulary` values.
    pub fn new(values: impl Into<Buffer>, vocabulary: usize) -> Self {
        let values = values.into();
        debug_assert_eq!(values.len() % vocabulary, 0);
        Self { values, vocabulary }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.len() / self.vocabulary
    }

    /// One row's logits, a value for each token.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.vocabulary..(row + 1) * self.vocabulary]
    }

    /// The same, to be changed.
    pub fn row_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.values[row * self.vocabulary..(row + 1) * self.vocabulary]
    }
}

/// Why a model could not go on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ModelError {
    /// The cache refused; [`KvError::Full`] means that others must give way first.
    #[error(transparent)]
    Cache(#[from] KvError),
    /// A sequence would outgrow its context.
    #[error("the sequence would have {length} tokens, but the context holds {context_length}")]
    ContextFull {
        /// Its length with the new tokens.
        length: usize,
        /// Positions that a sequence can have.
        context_length: usize,
    },
    /// A token that does not exist.
    #[error("token {token} does not exist: the vocabulary has {vocabulary}")]
    UnknownToken {
        /// The token.
        token: u32,
        /// Number of tokens.
        vocabulary: usize,
    },
    /// Computing failed.
    #[error("computing failed: {0}")]
    Failed(String),
}

/// A model that holds several growing sequences.
pub trait TokenModel: Send {
    /// Number of tokens.
    fn vocabulary(&self) -> usize;

    /// Positions that one sequence can have.
    fn context_length(&self) -> usize;

    /// Whether a row's logits are the same to the bit whatever is computed beside it: several tokens of
    /// one sequence in a step give what they would give one by one.
    fn same_in_any_batch(&self) -> bool;

    /// Begins a sequence that is to hold `tokens`; returns how many of them the cache knew already.
    /// The others, at least one, are for [`Self::forward`].
    ///
    /// # Errors
    /// When the cache refuses.
    fn start(&mut self, tokens: &[u32]) -> Result<(SequenceId, usize), ModelError>;

    /// Positions of a sequence.
    ///
    /// # Errors
    /// When there is no such sequence.
    fn length(&self, sequence: SequenceId) -> Result<usize, ModelError>;

    /// Appends tokens to several sequences and returns the wanted logits. A failure leaves each
    /// sequence sound, at a length that [`Self::length`] tells.
    ///
    /// # Errors
    /// When there is no room, a token does not exist, or computing fails.
    fn forward(&mut self, batch: &[BatchItem<'_>]) -> Result<Logits, ModelError>;

    /// Cuts a sequence back; returns the length that is left, which may be less than asked for.
    ///
    /// # Errors
    /// When there is no such sequence, or it is shorter.
    fn truncate(&mut self, sequence: SequenceId, positions: usize) -> Result<usize, ModelError>;

    /// A second sequence with the same tokens.
    ///
    /// # Errors
    /// When there is no such sequence.
    fn fork(&mut self, sequence: SequenceId) -> Result<SequenceId, ModelError>;

    /// Ends a sequence; what it computed may be found by later ones.
    fn release(&mut self, sequence: SequenceId);

    /// The cache's contents, where they can be read and written.
    fn contents(&mut self) -> Option<&mut dyn CacheContents> {
        None
    }
}
