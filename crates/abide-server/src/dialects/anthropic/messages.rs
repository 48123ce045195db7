//! `/v1/messages` and the counting of its tokens. Must not know how answers are made.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use abide_generation::Prompt;
use axum::Json as JsonReply;
use axum::extract::State;
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_core::Stream;
use tokio::task::spawn_blocking;

use super::error::error_body;
use super::events::{Events, Whole};
use super::reply::{Event, Reply, TokenCount};
use super::request::{CountTokensRequest, MessagesRequest};
use super::translate::{Conversation, Draft};
use crate::answer::{self, Answering};
use crate::extract::Json;
use crate::{ApiError, ErrorKind, Server};

/// After so long without an event a `ping` is sent, so that nobody on the way closes the connection.
const PING_EVERY: Duration = Duration::from_secs(10);

/// Continues a conversation.
#[utoipa::path(
    post,
    path = "/v1/messages",
    tag = "Anthropic",
    params(
        ("anthropic-version" = Option<String>, Header, description = "Taken as it is: there is one version."),
        ("anthropic-beta" = Option<String>, Header, description = "Taken as it is: what a beta adds to requests is refused \
         by the name of its field."),
    ),
    request_body = MessagesRequest,
    responses(
        (status = OK, description = "The answer: one object, or events with `stream`.",
         content((Reply = "application/json"), (Event = "text/event-stream"))),
        (status = "4XX", description = "The request was refused; `error.message` says why."),
    )
)]
pub(super) async fn messages(
    State(server): State<Arc<Server>>,
    Json(request): Json<MessagesRequest>,
) -> Result<Response, ApiError> {
    let streamed = request.stream == Some(true);
    let draft = Draft::new(request)?;
    let (model, thoughts) = (draft.model().to_owned(), draft.thoughts_shown());
    let lease = server.registry.generator(named(&model)?, None).await?;
    let order = draft.order(&lease.info().sampling, lease.description())?;
    let mut answering = answer::begin_on(&server, lease, order).await?;
    let mut events = Events::new(&answering.id, model, thoughts);
    if streamed {
        let pings = KeepAlive::new().interval(PING_EVERY).event(ping());
        return Ok(Sse::new(stream(answering, events)).keep_alive(pings).into_response());
    }
    let mut whole = Whole::default();
    while let Some(choice) = answering.next().await {
        events.push(choice?.piece).into_iter().for_each(|event| whole.add(event));
    }
    let broken = || ApiError::new(ErrorKind::Unavailable, "the answer ended before it was complete");
    whole.finish().map(|reply| JsonReply(reply).into_response()).ok_or_else(broken)
}

/// The events of an answer. Dropping them cancels it.
fn stream(
    mut answering: Answering,
    mut events: Events,
) -> impl Stream<Item = Result<Sent, Infallible>> + Send {
    async_stream::stream! {
        while let Some(choice) = answering.next().await {
            match choice {
                Ok(choice) => {
                    for event in events.push(choice.piece) {
                        let data = serde_json::to_string(&event).expect("events are plain data");
                        yield Ok(Sent::default().event(event.name()).data(data));
                    }
                }
                Err(error) => {
                    yield Ok(Sent::default().event("error").data(error_body(&error).to_string()));
                    return;
                }
            }
        }
    }
}

fn ping() -> Sent {
    Sent::default().event("ping").data(r#"{"type": "ping"}"#)
}

/// Counts the tokens of a conversation without answering it.
#[utoipa::path(
    post,
    path = "/v1/messages/count_tokens",
    tag = "Anthropic",
    request_body = CountTokensRequest,
    responses(
        (status = OK, body = TokenCount),
        (status = "4XX", description = "The request was refused; `error.message` says why."),
    )
)]
pub(super) async fn count_tokens(
    State(server): State<Arc<Server>>,
    Json(request): Json<CountTokensRequest>,
) -> Result<JsonReply<TokenCount>, ApiError> {
    let model = request.model.clone();
    let conversation = Conversation::counted(request)?;
    let lease = server.registry.generator(named(&model)?, None).await?;
    conversation.check(lease.description())?;
    let prompt = Prompt::Chat(conversation.chat);
    let counted = spawn_blocking(move || lease.prompt_tokens(&prompt)).await;
    let tokens = counted.map_err(|_| ApiError::broken_off("counting the tokens"))??;
    Ok(JsonReply(TokenCount { input_tokens: tokens.len() }))
}

/// The name of a model, which requests can't leave out.
fn named(model: &str) -> Result<&str, ApiError> {
    if model.is_empty() {
        Err(ApiError::invalid("model", "is empty; GET /v1/models lists models"))
    } else {
        Ok(model)
    }
}
