//! What an answer is made of, in no dialect.

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

/// Log-probabilities of one token, with texts.
#[derive(Debug, Clone, PartialEq)]
pub struct PieceLogprob {
    /// The chosen token.
    pub token: u32,
    /// Its text (bytes that form no character become U+FFFD).
    pub text: String,
    /// Natural logarithm of its probability.
    pub logprob: f32,
    /// The best candidates, best first.
    pub top: Vec<(u32, String, f32)>,
}
