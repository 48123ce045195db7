//! `/v1/completions`: texts that are continued as they are. Must not know how answers are made.

use std::sync::Arc;

use abide_generation::{GenerationRequest, Prompt, Sampling};
use axum::Json as JsonReply;
use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use self::reply::{Completion, CompletionStream, CompletionWishes};
use super::super::keep_alive;
use super::fields::{Fields, Refused, read};
use super::parameters::{ExtensionFields, LabelFields, SamplingFields, limit, take_stop};
use super::reply::Stamp;
use super::stream::{StreamOptions, stream_options};
use super::{model_named, stream};
use crate::answer::{FieldNames, Order, begin_all, collect};
use crate::extract::Json;
use crate::keys::Scope;
use crate::{ApiError, Server};

mod reply;

/// Tokens of an answer where the request doesn't say, as the dialect has it.
const MAX_TOKENS_DEFAULT: usize = 16;
/// Most candidates whose log-probabilities are told.
const LOGPROBS_MAX: usize = 20;
/// Most answers to all prompts of a request.
const ANSWERS_MAX: usize = 128;

/// A request to continue texts. Fields that are not here are refused.
#[derive(ToSchema)]
#[schema(as = openai::CompletionRequest)]
#[expect(
    dead_code,
    reason = "it stands for the shape in the description of the API; bodies are read in steps"
)]
pub struct CompletionRequest {
    prompt: CompletionPrompt,
    /// A text or texts that end the answer, and are not part of it.
    stop: Option<Value>,
    #[serde(flatten)]
    own: CompletionFields,
    #[serde(flatten)]
    sampling: SamplingFields,
    #[serde(flatten)]
    extensions: ExtensionFields,
    #[serde(flatten)]
    labels: LabelFields,
}

/// A text, a list of texts, a list of token ids, or a list of such lists.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(as = openai::CompletionPrompt, example = "Once upon a time")]
#[expect(dead_code, reason = "it stands for the shape in the description of the API")]
enum CompletionPrompt {
    Text(String),
    Texts(Vec<String>),
    Tokens(Vec<u32>),
    TokenLists(Vec<Vec<u32>>),
}

/// The plain fields of a completion request.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = openai::CompletionFields)]
struct CompletionFields {
    /// The model's name; left out: the server's default.
    model: Option<String>,
    /// Whether the answer comes as events while it is made.
    stream: Option<bool>,
    /// How many answers are wanted to each prompt.
    n: Option<usize>,
    /// For how many of the best candidates at each token log-probabilities are wanted, 20 at most.
    logprobs: Option<usize>,
    /// Most tokens of an answer; 16 if left out.
    max_tokens: Option<usize>,
    /// Whether the text begins with the prompt. The prompt must be a text, and `logprobs` left out.
    echo: Option<bool>,
    stream_options: Option<StreamOptions>,
}

/// What the dialect offers and abide doesn't.
const REFUSED: &[Refused] = &[
    Refused { field: "suffix", harmless: &[r#""""#], advice: "texts are continued at their end alone" },
    Refused { field: "best_of", harmless: &["1"], advice: "ask for `n` answers and choose among them" },
    // A text has no template.
    Refused {
        field: "chat_template_kwargs",
        harmless: &["{}"],
        advice: "prompts are continued as they are; use /v1/chat/completions",
    },
];

/// What a request asks for: an order for each prompt, and how the reply is to look.
#[derive(Debug)]
struct Asked {
    orders: Vec<Order>,
    wishes: CompletionWishes,
}

fn read_completion(body: Map<String, Value>, defaults: &Sampling) -> Result<Asked, ApiError> {
    let mut fields = Fields::of_body(body);
    fields.refuse(REFUSED)?;
    let prompts = prompts(fields.take("prompt").ok_or_else(|| ApiError::invalid("prompt", "is missing"))?)?;
    let stop = take_stop(&mut fields)?;
    let own: CompletionFields = fields.read()?;
    let sampling: SamplingFields = fields.read()?;
    let mut extensions: ExtensionFields = fields.read()?;
    let labels: LabelFields = fields.read()?;
    fields.end()?;
    if labels.metadata.is_some() {
        return Err(ApiError::unsupported("metadata", "replies of this route have no place for it"));
    }
    if let Some(logprobs) = own.logprobs
        && logprobs > LOGPROBS_MAX
    {
        return Err(ApiError::invalid(
            "logprobs",
            format!("is {logprobs}, but must be from 0 to {LOGPROBS_MAX}"),
        ));
    }
    let n = super::chat::choices(own.n)?;
    if prompts.len() * n > ANSWERS_MAX {
        let asked = prompts.len() * n;
        return Err(ApiError::invalid(
            "prompt",
            format!("asks for {asked} answers in all; {ANSWERS_MAX} at most are made for one request"),
        ));
    }
    let echoes = echoes(&own, &prompts)?;
    let (constraint, names) = extensions.constraint(None, "response_format")?;
    let base = GenerationRequest {
        sampling: sampling.over(defaults)?,
        max_tokens: limit("max_tokens", own.max_tokens)?.or(Some(MAX_TOKENS_DEFAULT)),
        stop,
        constraint,
        logprobs: own.logprobs,
        context_overflow: extensions.context_overflow.unwrap_or_default(),
        ignore_eos: extensions.ignore_eos.unwrap_or_default(),
        ..GenerationRequest::new(Prompt::Tokens(Vec::new()))
    };
    if base.context_overflow == abide_generation::ContextOverflow::DropOldest {
        return Err(ApiError::unsupported(
            "context_overflow",
            "a text has no messages to leave out; shorten it",
        ));
    }
    let model = own.model.unwrap_or_default();
    let is_one = prompts.len() == 1;
    let order = |(index, prompt)| Order {
        fields: FieldNames { prompt_index: Some(index).filter(|_| !is_one), ..names },
        choices: n,
        keep_alive: extensions.keep_alive.map(|keep_alive| keep_alive.0),
        ..Order::new(model.clone(), GenerationRequest { prompt, ..base.clone() })
    };
    let wishes = CompletionWishes {
        choices_each: n,
        stream: stream_options(own.stream, own.stream_options)?,
        timings: extensions.timings.unwrap_or_default(),
        logprobs: own.logprobs.is_some(),
        echoes,
    };
    Ok(Asked { orders: prompts.into_iter().enumerate().map(order).collect(), wishes })
}

fn prompts(value: Value) -> Result<Vec<Prompt>, ApiError> {
    let prompts = match value {
        Value::String(text) => return Ok(vec![Prompt::Text(text)]),
        Value::Array(items) if items.first().is_some_and(Value::is_number) => {
            return Ok(vec![Prompt::Tokens(read(Value::Array(items), "prompt")?)]);
        }
        Value::Array(items) => items,
        _ => {
            return Err(ApiError::invalid("prompt", "must be a text, token ids, or a list of either"));
        }
    };
    if prompts.is_empty() {
        return Err(ApiError::invalid("prompt", "is empty"));
    }
    let prompt = |(index, item)| match item {
        Value::String(text) => Ok(Prompt::Text(text)),
        Value::Array(_) => Ok(Prompt::Tokens(read(item, &format!("prompt[{index}]"))?)),
        _ => Err(ApiError::invalid(format!("prompt[{index}]"), "must be a text, or a list of token ids")),
    };
    prompts.into_iter().enumerate().map(prompt).collect()
}

/// What is put before the answers to each prompt.
fn echoes(own: &CompletionFields, prompts: &[Prompt]) -> Result<Option<Vec<String>>, ApiError> {
    if own.echo != Some(true) {
        return Ok(None);
    }
    if own.logprobs.is_some() {
        return Err(ApiError::unsupported(
            "echo",
            "log-probabilities are told of answers alone, not of prompts; leave out `echo` or `logprobs`",
        ));
    }
    let text = |prompt: &Prompt| match prompt {
        Prompt::Text(text) => Ok(text.clone()),
        _ => Err(ApiError::unsupported("echo", "only a prompt that is a text can be repeated")),
    };
    prompts.iter().map(text).collect::<Result<_, _>>().map(Some)
}

/// Texts that continue others.
///
/// With `stream`, the reply is a stream of events whose data are of the same shape, and whose last is `[DONE]`.
#[utoipa::path(
    post,
    path = "/v1/completions",
    tag = "OpenAI",
    request_body = CompletionRequest,
    responses(
        (status = OK, content((Completion = "application/json"), (Completion = "text/event-stream"))),
        (status = "4XX", description = "The request was refused; `error` says why."),
    )
)]
pub async fn completions(
    State(server): State<Arc<Server>>,
    Extension(scope): Extension<Scope>,
    Json(body): Json<Map<String, Value>>,
) -> Result<Response, ApiError> {
    let info = model_named(&server, &body).await?;
    let Asked { orders, wishes } = read_completion(body, &info.sampling)?;
    orders.iter().try_for_each(|order| keep_alive::check(scope, order.keep_alive))?;
    let answering = begin_all(&server, orders).await?;
    let stamp = Stamp::of(&answering);
    if wishes.stream.is_some() {
        return Ok(stream::respond(answering, CompletionStream::new(stamp, wishes)));
    }
    let answers = collect(answering).await?;
    Ok(JsonReply(Completion::new(stamp, answers, &wishes)).into_response())
}

#[cfg(test)]
mod tests;
