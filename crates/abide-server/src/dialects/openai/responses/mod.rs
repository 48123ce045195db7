//! `/v1/responses`. Nothing is kept: each request brings its whole conversation. Must not know how answers are made.

mod events;
mod items;
mod reply;
mod request;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Json as JsonReply;
use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use self::events::{Making, ResponseEvent};
use self::reply::ResponseReply;
use self::request::{ResponseRequest, read_response};
use super::super::keep_alive;
use super::reply::Stamp;
use super::{model_named, stream};
use crate::answer::begin;
use crate::extract::Json;
use crate::keys::Scope;
use crate::{ApiError, Server};

/// A response to a conversation.
///
/// With `stream`, the reply is a stream of events that ends with `response.completed`, `response.incomplete` or
/// `response.failed`.
#[utoipa::path(
    post,
    path = "/v1/responses",
    tag = "OpenAI",
    request_body = ResponseRequest,
    responses(
        (status = OK, content(
            (ResponseReply = "application/json"),
            (ResponseEvent = "text/event-stream"),
        )),
        (status = "4XX", description = "The request was refused; `error` says why."),
    )
)]
pub async fn responses(
    State(server): State<Arc<Server>>,
    Extension(scope): Extension<Scope>,
    Json(body): Json<Map<String, Value>>,
) -> Result<Response, ApiError> {
    let info = model_named(&server, &body).await?;
    let (order, wishes) = read_response(body, &info.sampling)?;
    keep_alive::check(scope, order.keep_alive)?;
    let mut answering = begin(&server, order).await?;
    let stream = wishes.stream;
    let mut making = Making::new(Stamp::of(&answering), wishes);
    if stream {
        return Ok(stream::respond(answering, making));
    }
    while let Some(choice) = answering.next().await {
        making.take(choice?.piece);
    }
    Ok(JsonReply(making.into_response()).into_response())
}
