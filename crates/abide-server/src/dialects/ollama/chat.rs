//! `/api/chat`. Must not know how answers are made.

use std::sync::Arc;

use abide_generation::Prompt;
use axum::extract::{Extension, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::super::keep_alive::KeepAlive;
use super::lines::{self, Clock, Head};
use super::message::{self, Message, Tool, ToolCall};
use super::options::Options;
use super::reply::{Delta, Logprob, Metrics};
use super::terms::{Terms, Think};
use super::{hold, load_or_unload};
use crate::extract::Json;
use crate::keys::Scope;
use crate::{ApiError, Server};

/// A conversation to be continued.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ollama::ChatRequest)]
pub(super) struct ChatRequest {
    /// The model's name.
    #[schema(example = "smollm2-135m-instruct")]
    model: String,
    /// The conversation, oldest first. None: the model is loaded, or with `keep_alive` 0 unloaded.
    #[schema(example = json!([{"role": "user", "content": "Say hello."}]))]
    messages: Option<Vec<Message>>,
    /// Tools that the model may call.
    tools: Option<Vec<Tool>>,
    /// Whether the answer comes line by line; true if left out.
    stream: Option<bool>,
    /// `json`, or a JSON Schema that the answer follows.
    format: Option<Value>,
    /// How tokens are chosen, and how many are made.
    options: Option<Options>,
    /// How long the model stays in memory afterwards: seconds or a text such as `5m`; -1: for ever.
    #[schema(value_type = Option<Value>)]
    keep_alive: Option<KeepAlive>,
    /// Whether the model thinks first, or how much: `low`, `medium` or `high`, where its template knows such levels.
    think: Option<Think>,
    /// Whether log-probabilities are told.
    logprobs: Option<bool>,
    /// For how many candidates of each token they are told, 0 to 20.
    top_logprobs: Option<usize>,
    /// Whether the oldest messages are left out if they don't fit, which is said in the reply; true if left out. Otherwise
    /// they are an error.
    truncate: Option<bool>,
    /// Must be false or left out: an answer ends where the context is full.
    shift: Option<bool>,
}

impl ChatRequest {
    fn split(self) -> (Vec<Message>, Vec<Tool>, Terms, bool) {
        let terms = Terms {
            model: self.model,
            format: self.format,
            options: self.options,
            keep_alive: self.keep_alive,
            think: self.think,
            logprobs: self.logprobs,
            top_logprobs: self.top_logprobs,
            truncate: self.truncate,
            shift: self.shift,
        };
        (
            self.messages.unwrap_or_default(),
            self.tools.unwrap_or_default(),
            terms,
            self.stream.unwrap_or(true),
        )
    }
}

#[cfg(test)]
impl ChatRequest {
    /// All that happens to a request before a model is asked.
    pub(super) fn try_everything(self) {
        let model = abide_generation::scripted::ScriptedGenerator::new(Vec::new());
        let (messages, tools, terms, _) = self.split();
        if let Ok(chat) = terms.thinking().and_then(|thinking| message::chat(messages, tools, thinking)) {
            let description = abide_generation::Generator::description(&model);
            let _ = terms.order(Prompt::Chat(chat), &abide_generation::Sampling::default(), description);
        }
    }
}

/// An answer, or a line of one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ollama::ChatReply)]
pub(super) struct ChatReply {
    /// The model's name as the request gave it.
    model: String,
    /// When this was made (RFC 3339).
    created_at: String,
    /// What was said since the last line.
    message: Said,
    /// For each token since the last line, if asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logprobs: Vec<Logprob>,
    #[serde(flatten)]
    metrics: Metrics,
}

/// What the assistant said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ollama::Said)]
struct Said {
    /// Always `assistant`.
    role: &'static str,
    /// Its words.
    content: String,
    /// Its thoughts.
    #[serde(skip_serializing_if = "String::is_empty")]
    thinking: String,
    /// Its calls of tools.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<ToolCall>,
}

impl lines::Reply for ChatReply {
    fn new(head: Head, delta: Delta, metrics: Metrics) -> Self {
        let Delta { text, thinking, tool_calls, logprobs, .. } = delta;
        let message = Said { role: "assistant", content: text, thinking, tool_calls };
        Self { model: head.model, created_at: head.created_at, message, logprobs, metrics }
    }
}

/// Continues a conversation.
#[utoipa::path(
    post,
    path = "/api/chat",
    tag = "Ollama",
    request_body = ChatRequest,
    responses(
        (status = OK, description = "The answer: lines of JSON, or one object with `stream` false.",
         content((ChatReply = "application/x-ndjson"), (ChatReply = "application/json"))),
        (status = "4XX", description = "The request was refused; `error` says why."),
    )
)]
pub(super) async fn chat(
    State(server): State<Arc<Server>>,
    Extension(scope): Extension<Scope>,
    Json(request): Json<ChatRequest>,
) -> Result<Response, ApiError> {
    let mut clock = Clock::start();
    let (messages, tools, terms, streamed) = request.split();
    let loads = messages.is_empty();
    let chat = message::chat(messages, tools, terms.thinking()?)?;
    if loads {
        let (model, reason) = load_or_unload(&server, scope, terms).await?;
        return Ok(lines::without_answer::<ChatReply>(model, reason));
    }
    let lease = hold(&server, scope, &terms).await?;
    clock.loaded();
    let order = terms.order(Prompt::Chat(chat), &lease.info().sampling, lease.description())?;
    lines::answer::<ChatReply>(&server, lease, order, clock, streamed).await
}
