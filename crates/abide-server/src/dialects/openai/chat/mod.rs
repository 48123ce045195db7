//! `/v1/chat/completions`. Must not know how answers are made.

mod chunks;
mod messages;
mod reply;
mod request;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Json as JsonReply;
use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use self::chunks::{ChatChunk, ChatChunks};
use self::reply::ChatCompletion;

use super::super::keep_alive;
use super::reply::Stamp;
use super::{model_named, stream};
use crate::answer::{begin, collect};
use crate::extract::Json;
use crate::keys::Scope;
use crate::{ApiError, Server};

pub(super) use self::messages::called_name;
pub(super) use self::request::{ChatRequest, TOP_LOGPROBS_MAX, choices, read_chat};

/// The next turn of a conversation.
///
/// With `stream`, the reply is a stream of events whose data are chunks, and whose last is `[DONE]`.
#[utoipa::path(
    post,
    path = "/v1/chat/completions",
    tag = "OpenAI",
    request_body = ChatRequest,
    responses(
        (status = OK, content(
            (ChatCompletion = "application/json"),
            (ChatChunk = "text/event-stream"),
        )),
        (status = "4XX", description = "The request was refused; `error` says why."),
    )
)]
pub async fn chat_completions(
    State(server): State<Arc<Server>>,
    Extension(scope): Extension<Scope>,
    Json(body): Json<Map<String, Value>>,
) -> Result<Response, ApiError> {
    let info = model_named(&server, &body).await?;
    let (order, wishes) = read_chat(body, &info.sampling)?;
    keep_alive::check(scope, order.keep_alive)?;
    let answering = begin(&server, order).await?;
    let stamp = Stamp::of(&answering);
    if wishes.stream.is_some() {
        return Ok(stream::respond(answering, ChatChunks::new(stamp, wishes)));
    }
    let answers = collect(answering).await?;
    Ok(JsonReply(ChatCompletion::new(stamp, answers, wishes)).into_response())
}
