//! The object that `/v1/responses` answers with, and its parts. Must not know requests, nor the order of events.

use std::collections::BTreeMap;

use abide_generation::FinishReason;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::parameters::Effort;
use super::super::reply::{Stamp, TimingsReply, TokenLogprobReply};
use super::request::{ResponseWishes, Truncation};
use crate::ApiError;
use crate::answer::Ending;

/// What comes back of a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = openai::ResponseEcho)]
pub struct Echo {
    /// As in the request.
    pub instructions: Option<String>,
    /// As in the request.
    pub max_output_tokens: Option<usize>,
    /// As in the request; true if left out there.
    pub parallel_tool_calls: bool,
    /// Goes into `reasoning`.
    #[serde(skip)]
    pub effort: Option<Effort>,
    /// As it was used.
    pub temperature: f32,
    /// As it was used.
    pub top_p: f32,
    /// As in the request.
    #[schema(value_type = Object)]
    pub text: Value,
    /// As in the request; `auto` if left out there.
    pub tool_choice: Value,
    /// As in the request.
    #[schema(value_type = Vec<Object>)]
    pub tools: Value,
    /// As in the request; 0 if left out there.
    pub top_logprobs: usize,
    /// As in the request; `disabled` if left out there.
    pub truncation: Truncation,
    /// As in the request.
    pub user: Option<String>,
    /// As in the request.
    pub safety_identifier: Option<String>,
    /// As in the request.
    pub prompt_cache_key: Option<String>,
    /// As in the request.
    pub metadata: BTreeMap<String, String>,
}

/// A response.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = openai::Response)]
pub struct ResponseReply {
    id: String,
    /// Always `response`.
    object: &'static str,
    /// Seconds since 1970.
    created_at: u64,
    status: Status,
    /// Always false.
    background: bool,
    /// Why it failed, if it did.
    error: Option<Failure>,
    /// Why it is incomplete, if it is.
    incomplete_details: Option<Incomplete>,
    model: String,
    /// Thoughts, texts and calls in the order of the model.
    output: Vec<OutputItem>,
    /// Always `null`: no responses are kept.
    #[schema(value_type = Option<String>)]
    previous_response_id: (),
    reasoning: ReasoningReply,
    /// Always `default`.
    service_tier: &'static str,
    /// Always false: no responses are kept.
    store: bool,
    /// Once it is complete.
    usage: Option<ResponseUsage>,
    #[serde(flatten)]
    echo: Echo,
    /// Extension: how many of the oldest messages were left out, where that is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped_messages: Option<usize>,
    /// Extension: with `timings: true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<TimingsReply>,
}

/// How far a response or a part of it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = openai::Status)]
pub enum Status {
    /// It is being made.
    InProgress,
    /// It is whole.
    Completed,
    /// It was cut short by a limit.
    Incomplete,
    /// It could not be made.
    Failed,
}

/// Why a response failed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = openai::ResponseFailure)]
struct Failure {
    code: &'static str,
    message: String,
}

/// Why a response is incomplete.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = openai::ResponseIncomplete)]
struct Incomplete {
    /// Always `max_output_tokens`: that limit, or the model's own.
    reason: &'static str,
}

/// How much the model was to think.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = openai::ReasoningReply)]
struct ReasoningReply {
    /// As in the request.
    effort: Option<Effort>,
    /// Always `null`: thoughts come whole.
    #[schema(value_type = Option<String>)]
    summary: (),
}

/// Tokens counted.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = openai::ResponseUsage)]
pub struct ResponseUsage {
    input_tokens: usize,
    input_tokens_details: InputTokens,
    output_tokens: usize,
    output_tokens_details: OutputTokens,
    total_tokens: usize,
}

/// Of the tokens that were read.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = openai::InputTokens)]
struct InputTokens {
    /// Those found in the cache and not computed again.
    cached_tokens: usize,
    /// Always 0: nothing is written to a cache on request.
    cache_write_tokens: usize,
}

/// Of the tokens that were made.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = openai::OutputTokens)]
struct OutputTokens {
    /// Those of thoughts.
    reasoning_tokens: usize,
}

impl ResponseUsage {
    /// Of an answer with so many tokens of thoughts.
    pub fn new(usage: &abide_generation::Usage, reasoning_tokens: usize) -> Self {
        Self {
            input_tokens: usage.prompt_tokens,
            input_tokens_details: InputTokens { cached_tokens: usage.cached_tokens, cache_write_tokens: 0 },
            output_tokens: usage.completion_tokens,
            output_tokens_details: OutputTokens { reasoning_tokens },
            total_tokens: usage.prompt_tokens + usage.completion_tokens,
        }
    }
}

/// A part of a response.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = openai::OutputItem)]
pub enum OutputItem {
    /// What the model thought.
    Reasoning {
        /// Its id.
        id: String,
        /// Always empty: thoughts come whole.
        #[schema(value_type = Vec<String>)]
        summary: [(); 0],
        /// The thoughts.
        content: Vec<Part>,
        /// How far it is.
        status: Status,
    },
    /// What the model said.
    Message {
        /// Its id.
        id: String,
        /// Always `assistant`.
        role: &'static str,
        /// The text.
        content: Vec<Part>,
        /// How far it is.
        status: Status,
    },
    /// A function that the model called.
    FunctionCall {
        /// The item's id.
        id: String,
        /// What its result names.
        call_id: String,
        /// The function.
        name: String,
        /// JSON text of its arguments; cut short where the status is `incomplete`.
        arguments: String,
        /// How far it is.
        status: Status,
    },
}

/// A part of an item.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = openai::OutputPart)]
pub enum Part {
    /// Thoughts.
    ReasoningText {
        /// The thoughts.
        text: String,
    },
    /// Text.
    OutputText {
        /// The text.
        text: String,
        /// Always empty.
        #[schema(value_type = Vec<String>)]
        annotations: [(); 0],
        /// One for each token, if asked for.
        logprobs: Vec<TokenLogprobReply>,
    },
}

impl ResponseReply {
    /// A response of which nothing is there yet.
    pub fn new(stamp: &Stamp, echo: Echo) -> Self {
        Self {
            id: format!("resp_{}", stamp.id),
            object: "response",
            created_at: stamp.created,
            status: Status::InProgress,
            background: false,
            error: None,
            incomplete_details: None,
            model: stamp.model.clone(),
            output: Vec::new(),
            previous_response_id: (),
            reasoning: ReasoningReply { effort: echo.effort, summary: () },
            service_tier: "default",
            store: false,
            usage: None,
            echo,
            dropped_messages: None,
            timings: None,
        }
    }

    /// It is there, whole or cut short.
    pub fn finish(&mut self, output: Vec<OutputItem>, ending: &Ending, usage: ResponseUsage) {
        self.status = status_of(ending);
        if self.status == Status::Incomplete {
            self.incomplete_details = Some(Incomplete { reason: "max_output_tokens" });
        }
        self.output = output;
        self.usage = Some(usage);
    }

    /// It failed after `output`.
    pub fn fail(&mut self, output: Vec<OutputItem>, error: &ApiError) {
        self.status = Status::Failed;
        self.output = output;
        let code = match error.kind {
            crate::ErrorKind::Busy => "rate_limit_exceeded",
            crate::ErrorKind::Invalid | crate::ErrorKind::Unsupported | crate::ErrorKind::ContextOverflow => {
                "invalid_prompt"
            }
            _ => "server_error",
        };
        self.error = Some(Failure { code, message: error.message.clone() });
    }

    /// Adds what only clients that ask are told.
    pub fn tell(&mut self, wishes: &Told, dropped_messages: usize, timings: abide_generation::Timings) {
        self.dropped_messages = wishes.dropped_messages.then_some(dropped_messages);
        self.timings = wishes.timings.then(|| timings.into());
    }
}

/// What only clients that ask are told.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// How many messages were left out.
    pub dropped_messages: bool,
    /// The time taken.
    pub timings: bool,
}

impl From<&ResponseWishes> for Told {
    fn from(wishes: &ResponseWishes) -> Self {
        Self { dropped_messages: wishes.dropped_messages, timings: wishes.timings }
    }
}

/// How far what ended so has come.
pub fn status_of(ending: &Ending) -> Status {
    match ending {
        Ending::Generator(FinishReason::MaxTokens | FinishReason::ContextFull) => Status::Incomplete,
        Ending::Generator(FinishReason::EndOfTurn | FinishReason::StopText(_)) | Ending::ToolCalls => {
            Status::Completed
        }
    }
}
