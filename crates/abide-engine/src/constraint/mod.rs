//! Answers that belong to a language: JSON, JSON under a schema, a regular expression, a grammar.
//!
//! [`Grammars`] compiles what a request asks for, on the caller's thread and before the request waits in any queue, and
//! keeps what it compiled. What the request takes along is a [`Guide`]: it says which tokens may come next, is told which
//! one came, and is part of the request's state like its sampler, so that a request that gives its place back, or guesses
//! tokens ahead, goes on where it was. `llguidance` does the parsing (an Earley parser over a lexer of derivatives, walked
//! along the vocabulary's prefix tree); everything about it is said here.
//!
//! Grammars are not trusted. Their sizes are limited before anything is built, they are compiled on a thread
//! whose stack holds the deepest that is let through, in a limited time, and their work at each token is limited, too. What
//! one request makes of a grammar is never seen by another: each gets a copy of the state just after compiling.
//!
//! Knows the bytes of tokens and grammars. Must not know models, samplers or other requests.

mod cache;
mod environment;
mod grammars;
mod guide;
mod layers;
mod limits;
mod locate;
mod messages;
mod numbers;
mod pace;
mod patterns;
mod schema;
mod scout;
#[cfg(test)]
mod tests;
mod thoughts;

pub use grammars::Grammars;
pub use guide::Guide;
