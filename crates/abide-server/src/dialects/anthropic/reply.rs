//! What Anthropic's clients receive: messages, and events from which they are put together. Must not know how answers come.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "type", rename = "message")]
#[schema(as = anthropic::Reply)]
pub(super) struct Reply {
    /// Its id, `msg_…`.
    pub(super) id: String,
    /// Always `assistant`.
    pub(super) role: &'static str,
    /// The model's name as the request gave it.
    pub(super) model: String,
    /// What was said.
    pub(super) content: Vec<ReplyBlock>,
    /// Why it ended; null while it has not.
    pub(super) stop_reason: Option<StopReason>,
    /// The text that ended it, if one did.
    pub(super) stop_sequence: Option<String>,
    /// Tokens counted.
    pub(super) usage: Usage,
}

/// A part of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = anthropic::ReplyBlock)]
pub(super) enum ReplyBlock {
    /// Text.
    Text {
        /// The text.
        text: String,
    },
    /// What the model thought.
    Thinking {
        /// The thoughts.
        thinking: String,
        /// To be sent back with them.
        signature: String,
    },
    /// A call of a tool.
    ToolUse {
        /// What its result names.
        id: String,
        /// The tool.
        name: String,
        /// Its arguments by name.
        input: Map<String, Value>,
    },
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = anthropic::StopReason)]
pub(super) enum StopReason {
    /// The model ended it.
    EndTurn,
    /// `max_tokens` were made.
    MaxTokens,
    /// One of the stop sequences came up.
    StopSequence,
    /// With calls of tools.
    ToolUse,
    /// The context is full.
    ModelContextWindowExceeded,
}

/// Tokens counted. The prompt has those of `input_tokens` and `cache_read_input_tokens` together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = anthropic::Usage)]
pub(super) struct Usage {
    /// Tokens of the prompt that were read.
    pub(super) input_tokens: usize,
    /// Always 0: what is read goes into the cache without being asked.
    pub(super) cache_creation_input_tokens: usize,
    /// Tokens of the prompt that were found in the cache.
    pub(super) cache_read_input_tokens: usize,
    /// Tokens of the answer.
    pub(super) output_tokens: usize,
    /// What they were for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output_tokens_details: Option<OutputDetails>,
}

/// What tokens of an answer were for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = anthropic::OutputDetails)]
pub(super) struct OutputDetails {
    /// Those of thoughts.
    pub(super) thinking_tokens: usize,
}

/// An event of a stream.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = anthropic::Event)]
pub(super) enum Event {
    /// The answer begins, without content.
    MessageStart {
        /// It.
        message: Reply,
    },
    /// A block begins, empty.
    ContentBlockStart {
        /// Which.
        index: usize,
        /// It.
        content_block: ReplyBlock,
    },
    /// A block goes on.
    ContentBlockDelta {
        /// Which.
        index: usize,
        /// How.
        delta: Delta,
    },
    /// A block is complete.
    ContentBlockStop {
        /// Which.
        index: usize,
    },
    /// The answer is complete.
    MessageDelta {
        /// Why.
        delta: Ended,
        /// Tokens counted.
        usage: Usage,
    },
    /// Nothing follows.
    MessageStop,
}

impl Event {
    /// Its name, as its type has it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::MessageStart { .. } => "message_start",
            Self::ContentBlockStart { .. } => "content_block_start",
            Self::ContentBlockDelta { .. } => "content_block_delta",
            Self::ContentBlockStop { .. } => "content_block_stop",
            Self::MessageDelta { .. } => "message_delta",
            Self::MessageStop => "message_stop",
        }
    }
}

/// How a block goes on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "type")]
#[schema(as = anthropic::Delta)]
pub(super) enum Delta {
    /// More text.
    #[serde(rename = "text_delta")]
    Text {
        /// The text.
        text: String,
    },
    /// More thoughts.
    #[serde(rename = "thinking_delta")]
    Thinking {
        /// The thoughts.
        thinking: String,
    },
    /// The thoughts are complete.
    #[serde(rename = "signature_delta")]
    Signature {
        /// To be sent back with them.
        signature: String,
    },
    /// More of the arguments.
    #[serde(rename = "input_json_delta")]
    InputJson {
        /// A part of their JSON text.
        partial_json: String,
    },
}

/// Why an answer ended.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = anthropic::Ended)]
pub(super) struct Ended {
    /// The reason.
    pub(super) stop_reason: StopReason,
    /// The text that ended it, if one did.
    pub(super) stop_sequence: Option<String>,
}

/// Tokens of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = anthropic::TokenCount)]
pub(super) struct TokenCount {
    /// All of them, found in the cache or not.
    pub(super) input_tokens: usize,
}
