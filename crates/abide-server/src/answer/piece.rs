//! What an answer is made of, in no dialect.

use std::borrow::Cow;
use std::sync::Arc;

use abide_generation::{FinishReason, PromptReport, Timings, Usage};

/// A piece of one of the answers to an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Which answer, from 0.
    pub index: usize,
    /// The piece.
    pub piece: Piece,
}

/// A piece of an answer. An answer is `Started`, then thoughts, text and calls in the order of the model, then `Finished`.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// The prompt was read.
    Started(PromptReport),
    /// Thoughts, without the marks around them.
    Thought(String),
    /// Text for the user.
    Text {
        /// Never half a character, nor the beginning of a mark. May be empty where only log-probabilities are due.
        text: String,
        /// One for each token since the last piece, if asked for.
        logprobs: Vec<PieceLogprob>,
    },
    /// A call of a tool begins.
    ToolCall {
        /// Which call of this answer, from 0.
        call: usize,
        /// A fresh id, such as `call_…`.
        id: String,
        /// The tool's name.
        name: String,
    },
    /// The next part of the JSON text of a call's arguments.
    ToolArguments {
        /// Which call.
        call: usize,
        /// The part.
        text: String,
    },
    /// The answer is complete.
    Finished {
        /// Why.
        ending: Ending,
        /// Tokens counted.
        usage: Usage,
        /// Of the answer's tokens, those of thoughts.
        thought_tokens: usize,
        /// Time taken.
        timings: Timings,
    },
}

/// Why an answer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// As the generator said.
    Generator(FinishReason),
    /// With calls of tools.
    ToolCalls,
}

/// What a token adds to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenText(Arc<[u8]>);

impl TokenText {
    /// A token of these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }

    /// Its bytes; they may end, or begin, within a character.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its text, with U+FFFD for parts of characters.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl From<&str> for TokenText {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().into())
    }
}

/// Log-probabilities of one token, with texts.
#[derive(Debug, Clone, PartialEq)]
pub struct PieceLogprob {
    /// The chosen token.
    pub token: u32,
    /// Its text.
    pub text: TokenText,
    /// Natural logarithm of its probability.
    pub logprob: f32,
    /// The best candidates, best first.
    pub top: Vec<(u32, TokenText, f32)>,
}
