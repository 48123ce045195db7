//! What is asked for.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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
    #[serde(default)]
    pub content: String,
    /// What the assistant thought before it said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    /// Tools that the assistant called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// With [`Role::Tool`]: the call that this is the result of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
    /// With [`Role::Tool`]: the tool's name; else the name of who speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Message {
    /// A message of `role` that is text and nothing else.
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self {
            role,
            content: content.into(),
            reasoning: None,
            tool_calls: Vec::new(),
            tool_call_id: None,
            name: None,
        }
    }
}

/// A call of a tool, as the assistant made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolCall {
    /// What its result names.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments by name.
    pub arguments: Map<String, Value>,
}

/// A tool that the assistant may call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// What it is called by.
    pub name: String,
    /// What it does, for the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// JSON Schema of its arguments (an object).
    pub parameters: Map<String, Value>,
}

/// A conversation, and what a chat template is told beside it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chat {
    /// The turns, oldest first. The texts are data: special tokens written in them are not parsed.
    pub messages: Vec<Message>,
    /// Tools that the model is told of. A template that knows none has them described in the system message.
    pub tools: Vec<Tool>,
    /// Whether the model is to think before it answers, where its template lets one choose (`enable_thinking`);
    /// `None`: as the template does by itself.
    pub thinking: Option<bool>,
    /// Further variables for the template. They are the caller's own: special tokens in them count.
    pub variables: Map<String, Value>,
}

impl From<Vec<Message>> for Chat {
    fn from(messages: Vec<Message>) -> Self {
        Self { messages, ..Self::default() }
    }
}

/// What the answer continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// A conversation, rendered by the model's chat template with the assistant's turn opened; if the last message is
    /// the assistant's, that turn is continued.
    Chat(Chat),
    /// Text continued as it is, with BOS as the model wants it. Special tokens in it are data.
    Text(String),
    /// Markup and texts, continued as the one text that they make together, with BOS as the model wants it unless it is
    /// written there. For callers with a template of their own.
    Parts(Vec<PromptPart>),
    /// Token ids, taken exactly so.
    Tokens(Vec<u32>),
}

/// A part of a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptPart {
    /// Special tokens in it are parsed.
    Markup(String),
    /// Special tokens in it are data.
    Text(String),
}

/// A language that the whole answer must belong to. The end of the turn is allowed only where it is complete; an answer that
/// ends for another reason ([`FinishReason`](crate::FinishReason)) may be cut short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constraint {
    /// Any JSON object.
    JsonObject,
    /// JSON that is valid under this schema (JSON Schema, draft 2020-12). Of objects that list their keys and say nothing of others
    /// it has the listed ones alone, wherever [`schema::closed`](crate::schema::closed) closes them.
    JsonSchema(Value),
    /// Text that matches this regular expression from start to end (syntax of the `regex` crate).
    Regex(String),
    /// Text of this grammar, in llguidance's dialect of Lark. Its start rule is `start`.
    Lark(String),
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
    /// Most tokens of thoughts, where the model writes thoughts; then they are closed, and the answer follows. `None`: as many
    /// as it likes.
    pub thought_tokens_max: Option<usize>,
    /// Texts that end the answer; they are not part of it.
    pub stop: Vec<String>,
    /// What the answer must look like. Thoughts that the prompt opened come before it and are free.
    pub constraint: Option<Constraint>,
    /// Log-probabilities wanted: `None` for none, `Some(n)` for the chosen token and the `n` best.
    pub logprobs: Option<usize>,
    /// What to do with a prompt that does not fit.
    pub context_overflow: ContextOverflow,
    /// Keep going after the model's end-of-turn tokens (for measuring).
    pub ignore_eos: bool,
    /// Save what is computed for the next start also where only what asks for it is saved.
    pub save_cache: bool,
}

impl GenerationRequest {
    /// A request with default sampling and no limit of its own.
    pub fn new(prompt: Prompt) -> Self {
        Self {
            prompt,
            sampling: Sampling::default(),
            max_tokens: None,
            thought_tokens_max: None,
            stop: Vec::new(),
            constraint: None,
            logprobs: None,
            context_overflow: ContextOverflow::default(),
            ignore_eos: false,
            save_cache: false,
        }
    }
}
