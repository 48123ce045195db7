//! How the engine shares its model among requests. Knows nothing of the model.

use std::{fmt, str::FromStr};

use thiserror::Error;

use super::DRAFT_TOKENS_MAX;
use crate::saved_cache::{SavedCacheError, SavedCacheOptions};

/// Options of an [`Engine`](super::Engine). None of them changes what is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineOptions {
    /// Tokens of prompts read in one step while no answer is being written.
    pub prefill_chunk: usize,
    /// Tokens of prompts read in one step beside answers: the longer, the more their streams
    /// stutter; the shorter, the later the new answer begins.
    pub prefill_chunk_shared: usize,
    /// Requests computed at a time.
    pub max_sequences: usize,
    /// Requests that may wait beside those; one more is refused.
    pub max_queue: usize,
    /// Whether tokens are guessed from what was said before, and checked several at a time.
    pub speculation: Speculation,
    /// Whether and where sequences that ended are saved, to be found again after a restart.
    pub saved_caches: Option<SavedCacheOptions>,
}

/// How many tokens are guessed ahead of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Speculation {
    /// As many as measurements on this machine and the answer's own repetitions say pay; none where guesses
    /// could change what is answered ([`same_in_any_batch`](crate::TokenModel::same_in_any_batch)).
    #[default]
    Auto,
    /// None.
    Off,
    /// So many wherever there is a guess, whether it pays or not.
    Tokens(usize),
}

/// A word that says nothing about speculation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not one of auto, off, or a number from 1 to {DRAFT_TOKENS_MAX}")]
pub struct SpeculationError(String);

impl FromStr for Speculation {
    type Err = SpeculationError;

    fn from_str(word: &str) -> Result<Self, SpeculationError> {
        match word {
            "auto" => Ok(Self::Auto),
            "off" => Ok(Self::Off),
            _ => {
                let number = word.parse().ok().filter(|number| (1..=DRAFT_TOKENS_MAX).contains(number));
                number.map(Self::Tokens).ok_or_else(|| SpeculationError(word.to_owned()))
            }
        }
    }
}

impl fmt::Display for Speculation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => formatter.write_str("auto"),
            Self::Off => formatter.write_str("off"),
            Self::Tokens(number) => write!(formatter, "{number}"),
        }
    }
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            prefill_chunk: 512,
            prefill_chunk_shared: 128,
            max_sequences: 8,
            max_queue: 64,
            speculation: Speculation::Auto,
            saved_caches: None,
        }
    }
}

impl EngineOptions {
    pub(super) fn validate(&self) -> Result<(), EngineStartError> {
        let positive = [
            ("prefill_chunk", self.prefill_chunk),
            ("prefill_chunk_shared", self.prefill_chunk_shared),
            ("max_sequences", self.max_sequences),
        ];
        if let Some((option, _)) = positive.into_iter().find(|(_, value)| *value == 0) {
            return Err(EngineStartError::ZeroOption { option });
        }
        match self.speculation {
            Speculation::Tokens(tokens) if !(1..=DRAFT_TOKENS_MAX).contains(&tokens) => {
                Err(EngineStartError::DraftTokens { tokens })
            }
            _ => Ok(()),
        }
    }
}

/// Why an engine could not start.
#[derive(Debug, Error)]
pub enum EngineStartError {
    /// An option that must be at least 1 is 0.
    #[error("the engine's option `{option}` is 0; it must be at least 1")]
    ZeroOption {
        /// Its name.
        option: &'static str,
    },
    /// More tokens are to be guessed than a step holds, or none.
    #[error("speculation by {tokens} tokens was asked for; it can be 1 to {DRAFT_TOKENS_MAX}")]
    DraftTokens {
        /// How many.
        tokens: usize,
    },
    /// Guesses were asked for, but the model's numbers depend on what is computed together.
    #[error(
        "speculation was asked for, but would change what is answered here: only the CPU's own kernels give the same \
         numbers for one token as for several"
    )]
    SpeculationUnsound,
    /// The folder for saved caches can't be used.
    #[error("caches can't be saved: {0}")]
    SavedCaches(#[from] SavedCacheError),
    /// The system gave no thread.
    #[error("the thread of the model could not be started: {0}")]
    Thread(#[source] std::io::Error),
}
