//! The engine as others see it: requests in, events out, many at a time over one model.
//!
//! [`Engine`] turns a request into tokens on the caller's thread and hands it to the one thread
//! that owns the model. That thread works in steps. In each step every answer that is being
//! written gets its next token, all in one batch, and prompts are read a piece at a time beside
//! them, so that nobody's stream stalls behind a long prompt. When the cache is full, the youngest
//! request gives its place back and is computed again later; its output is the same.
//!
//! Events go through a channel that has room for everything the request can ever produce, which
//! its context bounds: a slow reader never holds up the others, and nothing is lost. (Parking the
//! sequences of slow readers was the alternative: it saves a little memory and costs a second way to
//! be neither running nor waiting.) A request whose stream was dropped leaves before the next step.
//!
//! Answers that repeat what was said before are written several tokens at a time ([`speculation`]).
//!
//! Must not know tensors, files or HTTP; a model is a [`TokenModel`](crate::token_model::TokenModel),
//! and text is a [`TextCodec`].

mod answer;
mod codec;
mod engine;
mod options;
mod prompt;
mod request;
mod saves;
mod speculation;
#[cfg(test)]
mod tests;
mod thinking;
mod worker;

pub use codec::{ChatTokens, Spelling, TextCodec, TextDecoder};
pub use engine::Engine;
pub use options::{EngineOptions, EngineStartError, Speculation, SpeculationError};
pub use speculation::DRAFT_TOKENS_MAX;
