//! From the body of `/v1/responses` to an order. Must not know replies.

use abide_generation::{Chat, ContextOverflow, GenerationRequest, Message, Prompt, Role, Sampling, Tool};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::super::chat::TOP_LOGPROBS_MAX;
use super::super::fields::{Fields, Refused};
use super::super::format::read_format;
use super::super::parameters::{
    Effort, ExtensionFields, LabelFields, REFUSED_IN_TALKS, SamplingFields, Thoughts, limit,
};
use super::super::stream::{StreamOptions, stream_options};
use super::super::tools::{Function, Shape, strict_names, take_tool_choice, take_tools};
use super::items::{InputItem, take_input};
use super::reply::Echo;
use crate::ApiError;
use crate::answer::{FieldNames, Order, ThoughtWish};

/// What asks for log-probabilities.
const INCLUDE_LOGPROBS: &str = "message.output_text.logprobs";

/// A request for a response. Fields that are not here are refused.
#[derive(ToSchema)]
#[schema(as = openai::ResponseRequest)]
#[expect(
    dead_code,
    reason = "it stands for the shape in the description of the API; bodies are read in steps"
)]
pub struct ResponseRequest {
    input: ResponseInput,
    /// Functions that the model may call: `{"type": "function", "name": …, "parameters": …}`.
    tools: Option<Vec<Function>>,
    /// `auto`, `none`, `required`, or `{"type": "function", "name": …}`.
    tool_choice: Option<Value>,
    /// `{"format": …}`, the format being `{"type": "text"}`, `{"type": "json_object"}` or `{"type": "json_schema", "name": …,
    /// "schema": …}`.
    #[schema(value_type = Option<Object>)]
    text: Option<Value>,
    #[serde(flatten)]
    own: ResponseFields,
    #[serde(flatten)]
    sampling: SamplingFields,
    #[serde(flatten)]
    extensions: ExtensionFields,
    #[serde(flatten)]
    labels: LabelFields,
}

/// What the user says, or the whole conversation as items.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(as = openai::ResponseInput, example = "Say hello.")]
#[expect(dead_code, reason = "it stands for the shape in the description of the API")]
enum ResponseInput {
    Text(String),
    Items(Vec<InputItem>),
}

/// The plain fields of a request for a response.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = openai::ResponseFields)]
pub struct ResponseFields {
    /// The model's name; left out: the server's default.
    model: Option<String>,
    /// Standing instructions, put before the conversation.
    instructions: Option<String>,
    /// Most tokens of the answer, thoughts included; left out: until the model ends or its context is full.
    max_output_tokens: Option<usize>,
    /// Whether several tools may be called; true if left out.
    parallel_tool_calls: Option<bool>,
    /// How much the model is to think.
    reasoning: Option<ReasoningFields>,
    /// Whether the response comes as events while it is made.
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    /// `disabled` (the default) refuses a conversation that does not fit; `auto` leaves its oldest messages out.
    truncation: Option<Truncation>,
    /// May have `message.output_text.logprobs`.
    include: Option<Vec<String>>,
    /// For how many of the best candidates at each token log-probabilities are told, 20 at most.
    top_logprobs: Option<usize>,
}

/// How much the model is to think.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = openai::Reasoning)]
struct ReasoningFields {
    /// `none` and `minimal` switch the model's thoughts off, the others on, where its template lets one choose.
    #[serde(default)]
    effort: Option<Effort>,
    /// `auto`: thoughts come whole, never as a summary.
    #[serde(default)]
    summary: Option<String>,
    /// The older name of `summary`.
    #[serde(default)]
    generate_summary: Option<String>,
}

/// What to do with a conversation that does not fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = openai::Truncation)]
pub enum Truncation {
    /// Leave its oldest messages out.
    Auto,
    /// Refuse it.
    #[default]
    Disabled,
}

/// What the dialect offers here and abide doesn't, beside [`REFUSED_IN_TALKS`].
const REFUSED: &[Refused] = &[
    Refused {
        field: "store",
        harmless: &["false"],
        advice: "no responses are kept here; set it to false and send the whole conversation in `input`",
    },
    Refused {
        field: "previous_response_id",
        harmless: &[],
        advice: "no responses are kept here; send the whole conversation in `input`",
    },
    Refused {
        field: "conversation",
        harmless: &[],
        advice: "no conversations are kept here; send the whole of it in `input`",
    },
    Refused {
        field: "background",
        harmless: &["false"],
        advice: "responses are made while you wait; use `stream`",
    },
    Refused {
        field: "background_options",
        harmless: &[],
        advice: "responses are made while you wait; use `stream`",
    },
    Refused {
        field: "prompt",
        harmless: &[],
        advice: "no prompts are kept here; send its text in `instructions`",
    },
    Refused {
        field: "max_tool_calls",
        harmless: &[],
        advice: "it limits built-in tools, and there are none here",
    },
    Refused { field: "context_management", harmless: &["[]"], advice: "use `truncation`" },
    Refused { field: "access_programs", harmless: &[], advice: "there are none here; leave it out" },
    Refused { field: "image", harmless: &[], advice: "the models here read and write text alone" },
    Refused {
        field: "stop",
        harmless: &[],
        advice: "this route has no stop texts; use /v1/chat/completions",
    },
];

/// What a request asks for beside its order.
pub struct ResponseWishes {
    /// Whether the response comes as events.
    pub stream: bool,
    /// Whether the time taken is told.
    pub timings: bool,
    /// Whether it is told how many messages were left out.
    pub dropped_messages: bool,
    /// What comes back in the reply.
    pub echo: Echo,
}

/// Reads a body. What it doesn't say about sampling is as in `defaults`.
pub fn read_response(
    body: Map<String, Value>,
    defaults: &Sampling,
) -> Result<(Order, ResponseWishes), ApiError> {
    let raw = |name: &str, default: Value| {
        body.get(name).filter(|value| !value.is_null()).cloned().unwrap_or(default)
    };
    let (tools_raw, choice_raw) = (raw("tools", json!([])), raw("tool_choice", json!("auto")));
    let text_raw = raw("text", json!({"format": {"type": "text"}}));
    let mut fields = Fields::of_body(body);
    fields.refuse(REFUSED.iter().chain(REFUSED_IN_TALKS))?;
    let own: ResponseFields = fields.read()?;
    let instructions = own.instructions.as_deref().map(|text| Message::new(Role::System, text));
    let messages = take_input(&mut fields, instructions.into_iter().collect())?;
    let functions = take_tools(&mut fields, Shape::Flat)?;
    let tool_choice = take_tool_choice(&mut fields, &functions, Shape::Flat)?;
    let format = take_format(&mut fields)?;
    let sampling: SamplingFields = fields.read()?;
    let mut extensions: ExtensionFields = fields.read()?;
    let labels: LabelFields = fields.read()?;
    fields.end()?;

    let reasoning = own.reasoning.clone().unwrap_or_default();
    check_summary(&reasoning)?;
    let Thoughts { thinking, variables, wish } = extensions.thinking(reasoning.effort, "reasoning.effort")?;
    let context_overflow = context_overflow(own.truncation, extensions.context_overflow)?;
    let (strict_tools, tools) = (strict_names(&functions), functions.into_iter().map(Tool::from).collect());
    let (constraint, names) = extensions.constraint(format, "text.format")?;
    let request = GenerationRequest {
        sampling: sampling.over(defaults)?,
        max_tokens: limit("max_output_tokens", own.max_output_tokens)?,
        constraint,
        logprobs: logprobs(&own)?,
        context_overflow,
        ignore_eos: extensions.ignore_eos.unwrap_or_default(),
        ..GenerationRequest::new(Prompt::Chat(Chat { messages, tools, thinking, variables }))
    };
    let parallel_tool_calls = own.parallel_tool_calls.unwrap_or(true);
    let wishes = ResponseWishes {
        stream: stream_options(own.stream, own.stream_options)?.is_some(),
        timings: extensions.timings.unwrap_or_default(),
        dropped_messages: context_overflow == ContextOverflow::DropOldest,
        echo: Echo {
            instructions: own.instructions,
            max_output_tokens: own.max_output_tokens,
            parallel_tool_calls,
            effort: reasoning.effort,
            temperature: request.sampling.temperature,
            top_p: request.sampling.top_p,
            text: text_raw,
            tool_choice: choice_raw,
            tools: tools_raw,
            top_logprobs: own.top_logprobs.unwrap_or(0),
            truncation: own.truncation.unwrap_or_default(),
            user: labels.user,
            safety_identifier: labels.safety_identifier,
            prompt_cache_key: labels.prompt_cache_key,
            metadata: labels.metadata.unwrap_or_default(),
        },
    };
    let order = Order {
        fields: own_names(names, wish),
        tool_choice,
        strict_tools,
        parallel_tool_calls,
        keep_alive: extensions.keep_alive.map(|keep_alive| keep_alive.0),
        ..Order::new(own.model.unwrap_or_default(), request)
    };
    Ok((order, wishes))
}

fn take_format(fields: &mut Fields) -> Result<Option<abide_generation::Constraint>, ApiError> {
    let path = fields.path_of("text");
    let Some(text) = fields.take("text") else { return Ok(None) };
    let mut text = Fields::of(text, path)?;
    text.refuse(&[Refused {
        field: "verbosity",
        harmless: &[r#""medium""#],
        advice: "say in the conversation how long answers should be",
    }])?;
    let format = match text.take("format") {
        Some(format) => read_format(format, &text.path_of("format"), false)?,
        None => None,
    };
    text.end()?;
    Ok(format)
}

/// What this route calls the fields, over what all do.
fn own_names(names: FieldNames, thoughts: Option<ThoughtWish>) -> FieldNames {
    FieldNames { tool_schema: "parameters", prompt: Some("input"), thoughts, ..names }
}

fn check_summary(reasoning: &ReasoningFields) -> Result<(), ApiError> {
    for (field, summary) in
        [("summary", &reasoning.summary), ("generate_summary", &reasoning.generate_summary)]
    {
        if summary.as_deref().is_some_and(|summary| summary != "auto") {
            return Err(ApiError::unsupported(
                format!("reasoning.{field}"),
                "thoughts come whole, as `content` of reasoning items; leave it out",
            ));
        }
    }
    Ok(())
}

fn context_overflow(
    truncation: Option<Truncation>,
    extension: Option<ContextOverflow>,
) -> Result<ContextOverflow, ApiError> {
    let truncation = truncation.map(|truncation| match truncation {
        Truncation::Auto => ContextOverflow::DropOldest,
        Truncation::Disabled => ContextOverflow::Error,
    });
    match (truncation, extension) {
        (Some(one), Some(other)) if one != other => {
            Err(ApiError::invalid("context_overflow", "contradicts `truncation`; give one of them"))
        }
        (one, other) => Ok(one.or(other).unwrap_or_default()),
    }
}

fn logprobs(own: &ResponseFields) -> Result<Option<usize>, ApiError> {
    let mut included = false;
    for (index, name) in own.include.iter().flatten().enumerate() {
        if name != INCLUDE_LOGPROBS {
            let advice = match name.as_str() {
                "reasoning.encrypted_content" => {
                    "reasoning items have their thoughts in plain text; leave it out".to_owned()
                }
                _ => format!("replies have no `{name}`; leave it out"),
            };
            return Err(ApiError::unsupported(format!("include[{index}]"), advice));
        }
        included = true;
    }
    let top = own.top_logprobs.unwrap_or(0);
    if top > TOP_LOGPROBS_MAX {
        return Err(ApiError::invalid(
            "top_logprobs",
            format!("is {top}, but must be from 0 to {TOP_LOGPROBS_MAX}"),
        ));
    }
    if top > 0 && !included {
        return Err(ApiError::invalid("top_logprobs", format!("needs `{INCLUDE_LOGPROBS}` in `include`")));
    }
    Ok(included.then_some(top))
}
