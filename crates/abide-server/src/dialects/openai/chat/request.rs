//! From the body of `/v1/chat/completions` to an order. Must not know replies.

use abide_generation::{Chat, GenerationRequest, Prompt, Sampling, Tool};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::fields::{Fields, Refused};
use super::super::format::read_format;
use super::super::parameters::{
    Effort, ExtensionFields, LabelFields, REFUSED_IN_TALKS, SamplingFields, Thoughts, limit, take_stop,
};
use super::super::stream::{StreamOptions, stream_options};
use super::super::tools::{ChatTool, Shape, strict_names, take_tool_choice, take_tools};
use super::messages::{ChatMessage, take_messages};
use crate::ApiError;
use crate::answer::{FieldNames, Order};

/// Most answers to one request, as the dialect has it.
pub const CHOICES_MAX: usize = 128;
/// Most candidates whose log-probabilities are told.
pub const TOP_LOGPROBS_MAX: usize = 20;

/// A request for the next turn of a conversation. Fields that are not here are refused.
#[derive(ToSchema)]
#[schema(as = openai::ChatRequest)]
#[expect(
    dead_code,
    reason = "it stands for the shape in the description of the API; bodies are read in steps"
)]
pub struct ChatRequest {
    /// The conversation, oldest first. Where the last message is the assistant's, that turn is continued.
    #[schema(example = json!([{"role": "user", "content": "Say hello."}]))]
    messages: Vec<ChatMessage>,
    /// Functions that the model may call.
    tools: Option<Vec<ChatTool>>,
    /// `auto`, `none`, `required`, or `{"type": "function", "function": {"name": …}}`.
    tool_choice: Option<Value>,
    /// `{"type": "text"}`, `{"type": "json_object"}` or `{"type": "json_schema", "json_schema": {…}}`.
    #[schema(value_type = Option<Object>)]
    response_format: Option<Value>,
    /// A text or texts that end the answer, and are not part of it.
    stop: Option<Value>,
    #[serde(flatten)]
    own: ChatFields,
    #[serde(flatten)]
    sampling: SamplingFields,
    #[serde(flatten)]
    extensions: ExtensionFields,
    #[serde(flatten)]
    labels: LabelFields,
}

/// The plain fields of a chat request.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = openai::ChatFields)]
pub struct ChatFields {
    /// The model's name; left out: the server's default.
    model: Option<String>,
    /// Whether the answer comes as events while it is made.
    stream: Option<bool>,
    /// How many answers are wanted.
    n: Option<usize>,
    /// Whether log-probabilities are wanted.
    logprobs: Option<bool>,
    /// For how many of the best candidates at each token, 20 at most.
    top_logprobs: Option<usize>,
    /// Most tokens of an answer; left out: until the model ends or its context is full.
    max_completion_tokens: Option<usize>,
    /// The older name of `max_completion_tokens`.
    max_tokens: Option<usize>,
    /// Whether several tools may be called in one answer; true if left out.
    parallel_tool_calls: Option<bool>,
    /// `none` and `minimal` switch the model's thoughts off, the others on, where its template lets one choose.
    reasoning_effort: Option<Effort>,
    stream_options: Option<StreamOptions>,
}

/// What the dialect offers here and abide doesn't, beside [`REFUSED_IN_TALKS`].
const REFUSED: &[Refused] = &[
    Refused { field: "audio", harmless: &[], advice: "the models here write text alone" },
    Refused { field: "functions", harmless: &[], advice: "this is the old form; describe them in `tools`" },
    Refused { field: "function_call", harmless: &[], advice: "this is the old form; use `tool_choice`" },
    Refused {
        field: "prediction",
        harmless: &[],
        advice: "leave it out; what repeats is guessed without it",
    },
    Refused { field: "web_search_options", harmless: &[], advice: "nothing here searches the web" },
    Refused {
        field: "verbosity",
        harmless: &[r#""medium""#],
        advice: "say in the conversation how long answers should be",
    },
    Refused { field: "store", harmless: &["false"], advice: "no answers are kept here; leave it out" },
];

/// What a chat request asks for beside its order.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatWishes {
    /// Whether the answer comes as events, and how they end.
    pub stream: Option<StreamOptions>,
    /// Whether the time taken is told.
    pub timings: bool,
    /// Whether it is told how many messages were left out.
    pub dropped_messages: bool,
    /// Whether log-probabilities are told.
    pub logprobs: bool,
    /// Comes back in the reply.
    pub metadata: Option<std::collections::BTreeMap<String, String>>,
}

/// Reads a body. What it doesn't say about sampling is as in `defaults`.
pub fn read_chat(body: Map<String, Value>, defaults: &Sampling) -> Result<(Order, ChatWishes), ApiError> {
    let mut fields = Fields::of_body(body);
    fields.refuse(REFUSED.iter().chain(REFUSED_IN_TALKS))?;
    let messages = take_messages(&mut fields)?;
    let functions = take_tools(&mut fields, Shape::Nested)?;
    let tool_choice = take_tool_choice(&mut fields, &functions, Shape::Nested)?;
    let format = match fields.take("response_format") {
        Some(format) => read_format(format, "response_format", true)?,
        None => None,
    };
    let stop = take_stop(&mut fields)?;
    let own: ChatFields = fields.read()?;
    let sampling: SamplingFields = fields.read()?;
    let mut extensions: ExtensionFields = fields.read()?;
    let labels: LabelFields = fields.read()?;
    fields.end()?;

    let Thoughts { thinking, variables, wish } =
        extensions.thinking(own.reasoning_effort, "reasoning_effort")?;
    let (constraint, names) = extensions.constraint(format, "response_format")?;
    let strict_tools = strict_names(&functions);
    let tools = functions.into_iter().map(Tool::from).collect();
    let context_overflow = extensions.context_overflow.unwrap_or_default();
    let request = GenerationRequest {
        sampling: sampling.over(defaults)?,
        max_tokens: max_tokens(&own)?,
        stop,
        constraint,
        logprobs: logprobs(&own)?,
        context_overflow,
        ignore_eos: extensions.ignore_eos.unwrap_or_default(),
        ..GenerationRequest::new(Prompt::Chat(Chat { messages, tools, thinking, variables }))
    };
    let order = Order {
        fields: FieldNames { thoughts: wish, ..names },
        choices: choices(own.n)?,
        tool_choice,
        strict_tools,
        parallel_tool_calls: own.parallel_tool_calls.unwrap_or(true),
        keep_alive: extensions.keep_alive.map(|keep_alive| keep_alive.0),
        ..Order::new(own.model.unwrap_or_default(), request)
    };
    let wishes = ChatWishes {
        stream: stream_options(own.stream, own.stream_options)?,
        timings: extensions.timings.unwrap_or_default(),
        dropped_messages: context_overflow == abide_generation::ContextOverflow::DropOldest,
        logprobs: order.request.logprobs.is_some(),
        metadata: labels.metadata,
    };
    Ok((order, wishes))
}

/// How many answers `n` asks for.
pub fn choices(n: Option<usize>) -> Result<usize, ApiError> {
    match n.unwrap_or(1) {
        n @ 1..=CHOICES_MAX => Ok(n),
        n => Err(ApiError::invalid("n", format!("is {n}, but must be from 1 to {CHOICES_MAX}"))),
    }
}

fn max_tokens(own: &ChatFields) -> Result<Option<usize>, ApiError> {
    if let (Some(older), Some(newer)) = (own.max_tokens, own.max_completion_tokens)
        && older != newer
    {
        return Err(ApiError::invalid(
            "max_tokens",
            "differs from `max_completion_tokens`; give one of them",
        ));
    }
    let newer = limit("max_completion_tokens", own.max_completion_tokens)?;
    Ok(newer.or(limit("max_tokens", own.max_tokens)?))
}

fn logprobs(own: &ChatFields) -> Result<Option<usize>, ApiError> {
    let top = own.top_logprobs.unwrap_or(0);
    if top > TOP_LOGPROBS_MAX {
        return Err(ApiError::invalid(
            "top_logprobs",
            format!("is {top}, but must be from 0 to {TOP_LOGPROBS_MAX}"),
        ));
    }
    if own.logprobs == Some(true) {
        return Ok(Some(top));
    }
    if top > 0 {
        return Err(ApiError::invalid("top_logprobs", "needs `logprobs` to be true"));
    }
    Ok(None)
}
