//! What Anthropic's clients send. Must not know what it means.

use std::fmt;

use serde::Deserialize;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A conversation to be continued.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = anthropic::MessagesRequest)]
pub(super) struct MessagesRequest {
    /// The model's name.
    #[schema(example = "smollm2-135m-instruct")]
    pub(super) model: String,
    /// Tokens of answer at most, thoughts included.
    #[schema(minimum = 1)]
    #[schema(example = 100)]
    pub(super) max_tokens: usize,
    /// The conversation, oldest first. If the last message is the assistant's, it is continued.
    #[schema(example = json!([{"role": "user", "content": "Say hello."}]))]
    pub(super) messages: Vec<Message>,
    /// Standing instructions: a text or blocks of text.
    #[schema(value_type = Option<Value>)]
    pub(super) system: Option<Content>,
    /// Tools that the model may call.
    pub(super) tools: Option<Vec<Tool>>,
    /// Which of them it may, or must, call.
    pub(super) tool_choice: Option<ToolChoice>,
    /// Whether the model thinks first. If left out it does not, or what it thinks all the same is not shown.
    pub(super) thinking: Option<Thinking>,
    /// What the answer looks like.
    pub(super) output_config: Option<OutputConfig>,
    /// Texts that end the answer.
    pub(super) stop_sequences: Option<Vec<String>>,
    /// Whether the answer comes as events.
    pub(super) stream: Option<bool>,
    /// Divides the logits, from 0 to 1; 0 always takes the best token.
    pub(super) temperature: Option<f32>,
    /// Keeps the k best; 0: all.
    pub(super) top_k: Option<usize>,
    /// Keeps the best whose probabilities reach this together.
    pub(super) top_p: Option<f32>,
    /// Whom the request is for; nothing here is told to anybody.
    #[expect(dead_code, reason = "there is nobody to report it to")]
    metadata: Option<Metadata>,
    /// There is one tier.
    #[expect(dead_code, reason = "all tiers are the same here")]
    service_tier: Option<ServiceTier>,
    /// The prompt is found in the cache with or without it.
    #[expect(dead_code, reason = "the cache needs no marks")]
    cache_control: Option<CacheControl>,
    #[schema(ignore)]
    pub(super) speed: Option<String>,
    #[schema(ignore)]
    pub(super) container: Option<Value>,
    #[schema(ignore)]
    pub(super) diagnostics: Option<Value>,
    #[schema(ignore)]
    pub(super) inference_geo: Option<Value>,
    #[schema(ignore)]
    pub(super) mcp_servers: Option<Value>,
    #[schema(ignore)]
    pub(super) context_management: Option<Value>,
    #[schema(ignore)]
    pub(super) user_profile_id: Option<Value>,
    #[schema(ignore)]
    pub(super) thread: Option<Value>,
}

/// A conversation whose tokens are to be counted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = anthropic::CountTokensRequest)]
pub(super) struct CountTokensRequest {
    /// The model's name.
    #[schema(example = "smollm2-135m-instruct")]
    pub(super) model: String,
    /// The conversation, oldest first.
    #[schema(example = json!([{"role": "user", "content": "Say hello."}]))]
    pub(super) messages: Vec<Message>,
    /// Standing instructions: a text or blocks of text.
    #[schema(value_type = Option<Value>)]
    pub(super) system: Option<Content>,
    /// Tools that the model may call.
    pub(super) tools: Option<Vec<Tool>>,
    /// Which of them it may, or must, call.
    pub(super) tool_choice: Option<ToolChoice>,
    /// Whether the model thinks first. If left out it does not, or what it thinks all the same is not shown.
    pub(super) thinking: Option<Thinking>,
    /// What the answer looks like.
    pub(super) output_config: Option<OutputConfig>,
    /// The prompt is found in the cache with or without it.
    #[expect(dead_code, reason = "the cache needs no marks")]
    cache_control: Option<CacheControl>,
    #[schema(ignore)]
    pub(super) speed: Option<String>,
    #[schema(ignore)]
    pub(super) mcp_servers: Option<Value>,
    #[schema(ignore)]
    pub(super) context_management: Option<Value>,
}

/// A turn of a conversation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = anthropic::Message)]
pub(super) struct Message {
    /// Who said it.
    pub(super) role: Speaker,
    /// What was said: a text or blocks.
    #[schema(value_type = Value)]
    pub(super) content: Content,
}

/// Who said a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = anthropic::Role)]
pub(super) enum Speaker {
    /// The person, or a program with results of tools.
    User,
    /// The model.
    Assistant,
    /// Standing instructions that came later.
    System,
}

/// Blocks; a text stands for one block of text.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// The blocks.
    pub(super) blocks: Vec<Block>,
    /// Whether they were written as one text.
    pub(super) plain: bool,
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Content;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text or a list of content blocks")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Content, E> {
                let text = TextBlock { text: text.to_owned(), cache_control: None, citations: None };
                Ok(Content { blocks: vec![Block::Text(text)], plain: true })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, blocks: A) -> Result<Content, A::Error> {
                // Not an untagged enum: that would forget what is wrong with which block.
                let blocks = Vec::deserialize(SeqAccessDeserializer::new(blocks))?;
                Ok(Content { blocks, plain: false })
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// A part of a message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = anthropic::Block)]
pub(super) enum Block {
    /// Text.
    Text(TextBlock),
    /// What the assistant thought.
    Thinking(ThinkingBlock),
    /// A call of a tool.
    ToolUse(ToolUseBlock),
    /// The result of a call.
    ToolResult(ToolResultBlock),
    /// Refused.
    Image {},
    /// Refused.
    Document {},
    /// Refused.
    RedactedThinking {},
    /// Any other kind; refused.
    #[serde(other)]
    Other,
}

/// Text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = anthropic::TextBlock)]
pub(super) struct TextBlock {
    /// The text.
    pub(super) text: String,
    #[expect(dead_code, reason = "the cache needs no marks")]
    pub(super) cache_control: Option<CacheControl>,
    #[schema(ignore)]
    pub(super) citations: Option<Vec<Value>>,
}

/// What the assistant thought.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = anthropic::ThinkingBlock)]
pub(super) struct ThinkingBlock {
    /// The thoughts.
    pub(super) thinking: String,
    /// Not looked at: thoughts are taken from everybody.
    #[expect(dead_code, reason = "thoughts are not signed here")]
    signature: Option<String>,
}

/// A call of a tool.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = anthropic::ToolUseBlock)]
pub(super) struct ToolUseBlock {
    /// What its result names.
    pub(super) id: String,
    /// The tool.
    pub(super) name: String,
    /// Its arguments by name.
    pub(super) input: Map<String, Value>,
    #[expect(dead_code, reason = "the cache needs no marks")]
    cache_control: Option<CacheControl>,
    #[expect(dead_code, reason = "that it can be nothing else is checked as it is read")]
    caller: Option<Caller>,
    #[schema(ignore)]
    pub(super) toolset_name: Option<Value>,
}

/// The only caller of tools.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = anthropic::Caller)]
pub(super) enum Caller {
    /// The model.
    Direct {},
}

/// The result of a call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = anthropic::ToolResultBlock)]
pub(super) struct ToolResultBlock {
    /// The call.
    pub(super) tool_use_id: String,
    /// What came of it: a text or blocks of text.
    #[schema(value_type = Option<Value>)]
    pub(super) content: Option<Content>,
    /// Whether it failed.
    pub(super) is_error: Option<bool>,
    #[expect(dead_code, reason = "the cache needs no marks")]
    cache_control: Option<CacheControl>,
    #[schema(ignore)]
    pub(super) toolset_name: Option<Value>,
}

/// A mark for a cache that needs none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = anthropic::CacheControl)]
pub(super) enum CacheControl {
    /// For a while.
    Ephemeral {
        /// How long: what is used stays as long as there is room.
        ttl: Option<CacheTime>,
    },
}

/// How long a mark asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = anthropic::CacheTime)]
pub(super) enum CacheTime {
    /// Five minutes.
    #[serde(rename = "5m")]
    FiveMinutes,
    /// One hour.
    #[serde(rename = "1h")]
    OneHour,
}

/// A tool that the model may call.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = anthropic::Tool)]
pub(super) struct Tool {
    /// `custom`, or nothing.
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    /// What it is called by.
    pub(super) name: Option<String>,
    /// What it does, for the model.
    pub(super) description: Option<String>,
    /// JSON Schema of its arguments (an object).
    pub(super) input_schema: Option<Map<String, Value>>,
    /// The rest, told from what is not known once the kind is.
    #[serde(flatten)]
    #[schema(ignore)]
    pub(super) rest: Map<String, Value>,
}

/// Which tools the model may, or must, call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = anthropic::ToolChoice)]
pub(super) enum ToolChoice {
    /// As it likes.
    Auto {
        /// Whether it may call one at most.
        disable_parallel_tool_use: Option<bool>,
    },
    /// At least one.
    Any {
        /// Whether it must call exactly one.
        disable_parallel_tool_use: Option<bool>,
    },
    /// This one.
    Tool {
        /// Its name.
        name: String,
        /// Whether it must call it exactly once.
        disable_parallel_tool_use: Option<bool>,
    },
    /// None.
    None {},
}

/// Whether the model thinks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = anthropic::Thinking)]
pub(super) enum Thinking {
    /// Yes.
    Enabled {
        /// Most tokens of thoughts, less than `max_tokens`. Thoughts that are longer are closed there, and the answer follows.
        budget_tokens: usize,
        /// Whether thoughts are shown.
        display: Option<Display>,
    },
    /// No.
    Disabled {},
    /// As the model does by itself.
    Adaptive {
        /// Whether thoughts are shown.
        display: Option<Display>,
    },
    /// Refused.
    BetweenTools {},
}

/// Whether thoughts are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = anthropic::Display)]
pub(super) enum Display {
    /// Yes; here in full.
    Summarized,
    /// No: their block is empty.
    Omitted,
}

/// What the answer looks like.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = anthropic::OutputConfig)]
pub(super) struct OutputConfig {
    /// A language that it belongs to.
    #[serde(default)]
    pub(super) format: Option<OutputFormat>,
    /// How much to think, where the model's template knows levels.
    #[serde(default)]
    pub(super) effort: Option<Effort>,
}

/// How much to think.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = anthropic::Effort)]
#[serde(rename_all = "lowercase")]
pub(super) enum Effort {
    Low,
    Medium,
    High,
    Xhigh,
    Max,
}

impl Effort {
    /// As it is written.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Xhigh => "xhigh",
            Self::Max => "max",
        }
    }
}

/// A language that the answer belongs to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = anthropic::OutputFormat)]
pub(super) enum OutputFormat {
    /// JSON that is valid under a schema.
    JsonSchema {
        /// The schema.
        schema: Map<String, Value>,
    },
}

/// Whom the request is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = anthropic::Metadata)]
pub(super) struct Metadata {
    /// A name that means nothing here.
    #[expect(dead_code, reason = "there is nobody to report it to")]
    user_id: Option<String>,
}

/// A tier of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = anthropic::ServiceTier)]
pub(super) enum ServiceTier {
    /// The only one.
    Auto,
    /// The same.
    StandardOnly,
}
