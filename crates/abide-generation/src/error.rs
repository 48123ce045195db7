//! What can go wrong between a request and its answer, in the domain's own words.

use thiserror::Error;

use crate::SamplingError;

/// Why a request got no (full) answer.
#[derive(Debug, Clone, Error)]
pub enum GenerationError {
    /// The prompt and at least one token of answer do not fit.
    #[error(
        "the prompt has {prompt_tokens} tokens, but the context holds {context_tokens} and needs \
         room for an answer"
    )]
    ContextOverflow {
        /// Tokens of the rendered prompt.
        prompt_tokens: usize,
        /// Tokens that one sequence can hold.
        context_tokens: usize,
    },
    /// Nothing to continue from.
    #[error("the prompt is empty; give at least one message or one token")]
    EmptyPrompt,
    /// A field has a value that makes no sense.
    #[error("`{field}` {problem}")]
    InvalidRequest {
        /// Name of the field as it stands in the request.
        field: &'static str,
        /// What is wrong with it, continuing the sentence.
        problem: String,
    },
    /// A sampling parameter is out of its range.
    #[error(transparent)]
    Sampling(#[from] SamplingError),
    /// The grammar that the answer should follow can't be used; the text says where and why.
    #[error("the {kind} can't be used: {problem}")]
    Constraint {
        /// `JSON Schema`, `regular expression` or `Lark grammar`.
        kind: &'static str,
        /// What is wrong, and where.
        problem: String,
    },
    /// The chat template could not be rendered; the text says so in full.
    #[error("{0}")]
    Template(String),
    /// More requests wait than the queue allows.
    #[error("as many requests wait already as may, which is {waiting}; try again later")]
    QueueFull {
        /// Requests in the queue.
        waiting: usize,
    },
    /// Too many grammars are being compiled.
    #[error("as many grammars and schemas are being compiled already as may; try again later")]
    CompilersBusy,
    /// The engine is gone (it was shut down, or its thread died).
    #[error("the engine has stopped")]
    Stopped,
    /// The engine failed while computing.
    #[error("the engine failed: {0}")]
    Engine(String),
}

/// Why texts could not be embedded.
#[derive(Debug, Clone, Error)]
pub enum EmbeddingError {
    /// The model failed while computing.
    #[error("the embedding model failed: {0}")]
    Model(String),
}
