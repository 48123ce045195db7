//! What is asked for.

use serde::{Deserialize, Serialize};

use crate::Sampling;

/// Who said a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Standing instructions.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// The result of a tool.
    Tool,
}

impl Role {
    /// The name that chat templates use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub content: String,
}

impl Message {
    /// A message of `role`.
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self { role, content: content.into() }
    }
}

/// What the answer continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// A conversation, rendered by the model's chat template with the assistant's turn opened.
    /// The texts are data: special tokens written in them are not parsed.
    Messages(Vec<Message>),
    /// Text continued as it is, with BOS as the model wants it. Special tokens in it are data.
    Text(String),
    /// Token ids, taken exactly so.
    Tokens(Vec<u32>),
}

/// What happens to a prompt that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContextOverflow {
    /// It is refused, naming both numbers.
    #[default]
    Error,
    /// The oldest messages after the system message go, until it fits; the answer says how many.
    DropOldest,
}

/// A request for text.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerationRequest {
    /// What to continue.
    pub prompt: Prompt,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Most tokens of answer; `None`: until the model ends or the context is full.
    pub max_tokens: Option<usize>,
    /// Texts that end the answer; they are not part of it.
    pub stop: Vec<String>,
    /// Log-probabilities wanted: `None` for none, `Some(n)` for the chosen token and the `n` best.
    pub logprobs: Option<usize>,
    /// What to do with a prompt that does not fit.
    pub context_overflow: ContextOverflow,
    /// Keep going after the model's end-of-turn tokens (for measuring).
    pub ignore_eos: bool,
}

impl GenerationRequest {
    /// A request with default sampling and no limit of its own.
    pub fn new(prompt: Prompt) -> Self {
        Self {
            prompt,
            sampling: Sampling::default(),
            max_tokens: None,
            stop: Vec::new(),
            logprobs: None,
            context_overflow: ContextOverflow::default(),
            ignore_eos: false,
        }
    }
}
