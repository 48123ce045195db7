//! How the engine shares its model among requests. Knows nothing of the model.

use thiserror::Error;

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
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self { prefill_chunk: 512, prefill_chunk_shared: 128, max_sequences: 8, max_queue: 64 }
    }
}

impl EngineOptions {
    pub(super) fn validate(&self) -> Result<(), EngineStartError> {
        let positive = [
            ("prefill_chunk", self.prefill_chunk),
            ("prefill_chunk_shared", self.prefill_chunk_shared),
            ("max_sequences", self.max_sequences),
        ];
        match positive.into_iter().find(|(_, value)| *value == 0) {
            Some((option, _)) => Err(EngineStartError::ZeroOption { option }),
            None => Ok(()),
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
    /// The system gave no thread.
    #[error("the thread of the model could not be started: {0}")]
    Thread(#[source] std::io::Error),
}
