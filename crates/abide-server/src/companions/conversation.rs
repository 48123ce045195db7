//! What is said: turns, the events of replies, and moves in the tree of messages. Must not know how replies are made.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use abide_companion::companion::{Companion, CompanionError, CompanionResult, Reply, SayOptions, Swipe};
use abide_companion::transcript::MessageId;
use abide_generation::Generator;
use axum::Json as JsonReply;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::answers::{Branch, Branches, Deleted, End, Why, Window, Windows};
use super::replies::{Numbered, Running};
use super::wire::{
    BackRequest, BranchRequest, MessageShown, Messages, Say, Siblings, Stretch, SwipeRequest, TextRequest,
    WholeReply, WindowRequest,
};
use super::{Leased, with_companion};
use crate::extract::{Json, NoQuery, Path, Query};
use crate::utilities::with_model;
use crate::{ApiError, ErrorKind, Server};

/// After so long without an event a comment is sent, so that nobody on the way closes the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// Messages of a stretch if nothing is said, and at most.
const MESSAGES_DEFAULT: usize = 50;
const MESSAGES_MAX: usize = 500;
/// Lines left aside that are listed at most.
const ASIDE_MAX: usize = 100;

/// A stretch of the present conversation.
#[utoipa::path(
    get,
    operation_id = "companions_messages",
    path = "/v1/companions/{name}/messages",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called"), Stretch),
    responses((status = OK, body = Messages))
)]
pub async fn messages(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Query(stretch): Query<Stretch>,
) -> Result<JsonReply<Messages>, ApiError> {
    let limit = stretch.limit.unwrap_or(MESSAGES_DEFAULT);
    if !(1..=MESSAGES_MAX).contains(&limit) {
        return Err(ApiError::invalid("limit", format!("goes from 1 to {MESSAGES_MAX}, but is {limit}")));
    }
    let found = with_companion(&server, name, move |companion| {
        let length = companion.length()?;
        let position = stretch.position.unwrap_or_else(|| length.saturating_sub(limit as u64) + 1).max(1);
        let messages = companion.messages(position, limit)?;
        Ok(Messages { messages: messages.into_iter().map(MessageShown::from).collect(), position, length })
    });
    Ok(JsonReply(found.await?))
}

/// Says something, and hears the reply.
///
/// The words are kept before anything else. With `stream` (or left out) the reply is a stream of events: `accepted`, `notice`,
/// `planned`, `started`, `thought`, `text`, and `finished`, `stopped` or `error` as the last one; each has an id. When the connection breaks, the reply goes on; GET
/// `/v1/companions/{name}/replies/{reply}` with `Last-Event-ID` takes it up again, DELETE stops it.
#[utoipa::path(
    post,
    operation_id = "companions_say",
    path = "/v1/companions/{name}/messages",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    request_body = Say,
    responses(
        (status = OK, content((WholeReply = "application/json"), (String = "text/event-stream"))),
        (status = "4XX", description = "The request was refused; `detail` says why."),
    )
)]
pub async fn say(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Json(say): Json<Say>,
) -> Result<Response, ApiError> {
    let stream = say.stream.unwrap_or(true);
    let text = say.text.clone();
    let (companion, reply) = speak(&server, name, say, move |companion, model, options| match text {
        Some(text) => companion.say(model, &text, options),
        None => companion.regenerate(model, options),
    })
    .await?;
    answer(&server, &companion, reply, stream).await
}

/// Has a companion say something on its model.
async fn speak(
    server: &Server,
    name: String,
    say: Say,
    begin: impl FnOnce(&Companion, &Arc<dyn Generator>, SayOptions) -> CompanionResult<Reply> + Send + 'static,
) -> Result<(Companion, Reply), ApiError> {
    let (companion, model) = with_companion(server, name, |companion| {
        let model = companion.settings()?.model;
        Ok((companion, model))
    })
    .await?;
    let model_name = model.as_ref().map(|model| model.name.clone()).unwrap_or_default();
    let info = server.registry.find(&model_name).await?;
    let lease = server.registry.generator(&model_name, None).await?;
    let used = info.as_used();
    let mut sampling = server.registry.sampling_of(model.and_then(|model| model.sampling), &info);
    sampling.seed = say.seed.or(sampling.seed);
    sampling.temperature = say.temperature.unwrap_or(sampling.temperature);
    let options = SayOptions {
        sampling: Some(sampling),
        reply_tokens: say.max_tokens,
        instructions: say.instructions.unwrap_or_default(),
        ..SayOptions::default()
    };
    let spoken = tokio::task::spawn_blocking(move || {
        let generator: Arc<dyn Generator> = Arc::new(Leased(lease));
        companion.talks_with(&*generator, used)?;
        let reply = begin(&companion, &generator, options)?;
        Ok::<_, CompanionError>((companion, reply))
    });
    let broke = || ApiError::new(ErrorKind::Internal, "the request broke off; the server's log says why");
    Ok(spoken.await.map_err(|_| broke())??)
}

/// A reply as events, or whole.
async fn answer(
    server: &Arc<Server>,
    companion: &Companion,
    reply: Reply,
    stream: bool,
) -> Result<Response, ApiError> {
    let said = reply.said().cloned().map(MessageShown::from);
    let running = server.replies.follow(companion.id(), reply, server);
    if stream {
        return Ok(events(running, 0));
    }
    let mut whole =
        WholeReply { said, reply: None, notices: Vec::new(), finish_reason: None, usage: Value::Null };
    let mut number = 0;
    // Dropped with the request when the client goes: then the reply is stopped.
    let stop = StopOnDrop(Arc::clone(&running));
    let mut reply = Value::Null;
    while let Some(event) = running.event(number).await {
        number = event.number + 1;
        match event.kind {
            "notice" => whole.notices.push(event.data),
            "finished" => {
                whole.finish_reason = event.data["finish_reason"].as_str().map(str::to_owned);
                whole.usage = event.data["usage"].clone();
                reply = event.data["message"].clone();
            }
            "error" => return Err(error_of(&event)),
            _ => {}
        }
    }
    drop(stop);
    let mut body = serde_json::to_value(&whole).unwrap_or_default();
    body["reply"] = reply;
    Ok(JsonReply(body).into_response())
}

/// Stops a reply that nobody waits for any more.
struct StopOnDrop(Arc<Running>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// The error that an event tells, for a client that does not stream.
fn error_of(event: &Numbered) -> ApiError {
    let detail = event.data["detail"].as_str().unwrap_or("the reply broke off");
    let kind = match event.data["status"].as_u64() {
        Some(400) => ErrorKind::Invalid,
        Some(404) => ErrorKind::NotFound,
        Some(429) => ErrorKind::Busy,
        Some(503) => ErrorKind::Unavailable,
        Some(504) => ErrorKind::DeadlineExceeded,
        _ => ErrorKind::Internal,
    };
    let seconds = event.data["retry_after"].as_f64();
    let retry_after = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    ApiError { retry_after, ..ApiError::new(kind, detail) }
}

/// The events of a reply from the one of that number on.
fn events(running: Arc<Running>, from: u64) -> Response {
    let events = async_stream::stream! {
        let mut number = from;
        while let Some(next) = running.event(number).await {
            let id = format!("{}-{}", running.id, next.number);
            number = next.number + 1;
            yield Ok::<_, Infallible>(Event::default().id(id).event(next.kind).data(next.data.to_string()));
        }
    };
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

async fn running(server: &Server, name: String, reply: String) -> Result<Arc<Running>, ApiError> {
    let known = with_companion(server, name, |companion| Ok((companion.id(), companion.last_deleted()?)));
    let (companion, last_deleted) = known.await?;
    server.replies.find(companion, &reply, last_deleted).ok_or_else(|| {
        let message = "there is no such reply any more; the conversation's messages have what became of it";
        ApiError::new(ErrorKind::NotFound, message)
    })
}

/// The events of a reply, from where the client lost them.
#[utoipa::path(
    get,
    operation_id = "companions_resume",
    path = "/v1/companions/{name}/replies/{reply}",
    tag = "Companions",
    params(
        ("name" = String, Path, description = "What it is called"),
        ("reply" = String, Path, description = "The reply, as the event `accepted` named it"),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that arrived; without it, the events come from the first on"),
    ),
    responses(
        (status = OK, content((String = "text/event-stream"))),
        (status = NO_CONTENT, description = "The reply is complete, and all its events arrived: there is nothing to come back for."),
        (status = NOT_FOUND, description = "It is not kept any more."),
    )
)]
pub async fn resume(
    State(server): State<Arc<Server>>,
    Path((name, reply)): Path<(String, String)>,
    Query(NoQuery {}): Query<NoQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let last = headers.get("last-event-id").map(|id| id.to_str().unwrap_or("?"));
    let from = match last {
        // An empty one means none, as in HTML's event sources.
        None | Some("") => 0,
        Some(id) => {
            let number = id.strip_prefix(&reply).and_then(|rest| rest.strip_prefix('-'));
            let problem =
                || ApiError::invalid("Last-Event-ID", format!("is not one of this reply's: `{id}`"));
            let number = number.and_then(|number| number.parse::<u64>().ok()).ok_or_else(problem)?;
            number.saturating_add(1)
        }
    };
    let running = running(&server, name, reply).await?;
    if running.is_over_before(from) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(events(running, from))
}

/// Stops a reply. What was said is kept.
#[utoipa::path(
    delete,
    operation_id = "companions_stop",
    path = "/v1/companions/{name}/replies/{reply}",
    tag = "Companions",
    params(
        ("name" = String, Path, description = "What it is called"),
        ("reply" = String, Path, description = "The reply, as the event `accepted` named it"),
    ),
    responses((status = NO_CONTENT, description = "It ends where it is."))
)]
pub async fn stop(
    State(server): State<Arc<Server>>,
    Path((name, reply)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    running(&server, name, reply).await?.stop();
    Ok(StatusCode::NO_CONTENT)
}

/// Puts another wording in a message's place. The conversation goes on from there; the old wording, and what followed it, are kept as
/// another branch. POST `/messages` without `text` then answers it.
#[utoipa::path(
    patch,
    operation_id = "companions_edit",
    path = "/v1/companions/{name}/messages/{id}",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called"), ("id" = u64, Path, description = "The message")),
    request_body = TextRequest,
    responses((status = OK, body = MessageShown))
)]
pub async fn edit(
    State(server): State<Arc<Server>>,
    Path((name, id)): Path<(String, u64)>,
    Json(request): Json<TextRequest>,
) -> Result<JsonReply<MessageShown>, ApiError> {
    let edited = with_companion(&server, name, move |companion| companion.edit(MessageId(id), &request.text));
    Ok(JsonReply(edited.await?.into()))
}

/// Deletes a message and all that follow it on every branch, with everything that was made from them, for good.
#[utoipa::path(
    delete,
    operation_id = "companions_delete_from",
    path = "/v1/companions/{name}/messages/{id}",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called"), ("id" = u64, Path, description = "The message")),
    responses((status = OK, description = "What went.", body = Deleted))
)]
pub async fn delete_from(
    State(server): State<Arc<Server>>,
    Path((name, id)): Path<(String, u64)>,
) -> Result<JsonReply<Deleted>, ApiError> {
    let deleted =
        with_companion(&server, name, move |companion| companion.delete_from(MessageId(id))).await?;
    server.forget_caches().await;
    Ok(JsonReply(deleted.into()))
}

/// The messages in a message's place: other replies to the same words, or other wordings of the user's.
#[utoipa::path(
    get,
    operation_id = "companions_siblings",
    path = "/v1/companions/{name}/messages/{id}/siblings",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called"), ("id" = u64, Path, description = "The message")),
    responses((status = OK, body = Siblings))
)]
pub async fn siblings(
    State(server): State<Arc<Server>>,
    Path((name, id)): Path<(String, u64)>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<JsonReply<Siblings>, ApiError> {
    let siblings = with_companion(&server, name, move |companion| {
        let mut siblings = Siblings { messages: Vec::new(), active: None };
        for id in companion.siblings(MessageId(id))?.ids {
            if companion.is_on_path(id)? {
                siblings.active = Some(id.0);
            }
            siblings.messages.push(companion.message(id)?.into());
        }
        Ok(siblings)
    });
    Ok(JsonReply(siblings.await?))
}

/// Why a reply was said: its prompt's plan, with every memory and its scores, what was left out and why, and the exact prompt.
#[utoipa::path(
    get,
    operation_id = "companions_why",
    path = "/v1/companions/{name}/messages/{id}/why",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called"), ("id" = u64, Path, description = "The reply")),
    responses(
        (status = OK, body = Why),
        (status = NOT_FOUND, description = "No plan was kept for it."),
    )
)]
pub async fn why(
    State(server): State<Arc<Server>>,
    Path((name, id)): Path<(String, u64)>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<JsonReply<Value>, ApiError> {
    let known = with_companion(&server, name, move |companion| {
        let model = companion.settings()?.model.map(|model| model.name).unwrap_or_default();
        Ok(companion.why(MessageId(id))?.map(|plan| (companion.whole(plan), model)))
    });
    let ((plan, prompt), model) = known.await?.ok_or_else(|| {
        let message = "no plan is kept for this message: it is no reply, came from elsewhere, or something in it was deleted";
        ApiError::new(ErrorKind::NotFound, message)
    })?;
    let made_for = plan.model.clone();
    let text = with_model(&server, &model, move |model| {
        let is_same = model.description().name == made_for;
        if is_same { model.prompt_text(&prompt).map(Some) } else { Ok(None) }
    });
    let (prompt, missing) = match text.await {
        Ok(Some(text)) => (Some(text), None),
        Ok(None) => {
            (None, Some(format!("it was made for {}, and the companion runs on another model", plan.model)))
        }
        Err(error) => (None, Some(error.message)),
    };
    Ok(JsonReply(json!({ "plan": plan, "prompt": prompt, "prompt_missing": missing })))
}

/// Shows another one of the replies that were made in the last one's place.
#[utoipa::path(
    post,
    operation_id = "companions_swipe",
    path = "/v1/companions/{name}/swipe",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    request_body = SwipeRequest,
    responses((status = OK, body = MessageShown), (status = NOT_FOUND, description = "There is no other in that direction."))
)]
pub async fn swipe(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Json(request): Json<SwipeRequest>,
) -> Result<JsonReply<MessageShown>, ApiError> {
    let direction = match &*request.direction {
        "next" => Swipe::Next,
        "previous" => Swipe::Previous,
        _ => return Err(ApiError::invalid("direction", "is `next` or `previous`")),
    };
    let shown = with_companion(&server, name, move |companion| companion.swipe(direction)).await?;
    let none = || ApiError::new(ErrorKind::NotFound, "there is no other reply in that direction");
    Ok(JsonReply(shown.ok_or_else(none)?.into()))
}

/// Takes turns back, or ends the conversation at a message. Nothing is deleted.
#[utoipa::path(
    post,
    operation_id = "companions_back",
    path = "/v1/companions/{name}/back",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    request_body = BackRequest,
    responses((status = OK, description = "Where the conversation ends now.", body = End))
)]
pub async fn back(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Json(request): Json<BackRequest>,
) -> Result<JsonReply<End>, ApiError> {
    if request.turns.is_some() && request.message.is_some() {
        return Err(ApiError::invalid("turns", "or `message` says how far, and not both"));
    }
    let end = with_companion(&server, name, move |companion| match (request.turns, request.message) {
        (_, Some(id)) => companion.back_to(Some(MessageId(id))).map(|()| Some(MessageId(id))),
        (turns, None) => companion.back(turns.unwrap_or(1)),
    });
    Ok(JsonReply(End { message: end.await?.map(|id| id.0) }))
}

/// All branches that have names, and what was left aside without one. POST `/back` with a message of `aside` leads there.
#[utoipa::path(
    get,
    operation_id = "companions_branches",
    path = "/v1/companions/{name}/branches",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    responses((status = OK, body = Branches))
)]
pub async fn branches(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<JsonReply<Branches>, ApiError> {
    let found = with_companion(&server, name, |companion| {
        let aside = companion.ends_aside(ASIDE_MAX)?.into_iter().map(MessageShown::from).collect();
        Ok(Branches { aside: Some(aside), ..named_branches(&companion)? })
    });
    Ok(JsonReply(found.await?))
}

fn named_branches(companion: &Companion) -> CompanionResult<Branches> {
    Ok(Branches { branches: companion.branches()?.into_iter().map(Branch::from).collect(), aside: None })
}

/// Goes to a branch, or begins one.
#[utoipa::path(
    post,
    operation_id = "companions_branch",
    path = "/v1/companions/{name}/branches",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    request_body = BranchRequest,
    responses((status = OK, description = "The branches as they are now.", body = Branches))
)]
pub async fn branch(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Json(request): Json<BranchRequest>,
) -> Result<JsonReply<Branches>, ApiError> {
    let branches = with_companion(&server, name, move |companion| {
        let known = companion.branches()?.iter().any(|branch| branch.name == request.name);
        match (known, request.message) {
            (true, Some(_)) => return Ok(None),
            (true, None) => companion.switch_branch(&request.name).map(|_| ())?,
            (false, message) => companion.branch(&request.name, message.map(MessageId))?,
        }
        named_branches(&companion).map(Some)
    });
    let there =
        || ApiError::invalid("message", "is where a new branch begins, but this one is there already");
    Ok(JsonReply(branches.await?.ok_or_else(there)?))
}

/// The windows that were begun: where the conversation began anew.
#[utoipa::path(
    get,
    operation_id = "companions_windows",
    path = "/v1/companions/{name}/windows",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    responses((status = OK, body = Windows))
)]
pub async fn windows(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<JsonReply<Windows>, ApiError> {
    let windows = with_companion(&server, name, |companion| companion.windows()).await?;
    Ok(JsonReply(Windows { windows: windows.into_iter().map(Window::from).collect() }))
}

/// Begins a fresh window behind the last message: the same companion with the same memory, and none of the recent turns in its prompts. What was
/// said before is summed up and recalled when it matters. Where one begins there already, that is the one, by its new title if there is one.
#[utoipa::path(
    post,
    operation_id = "companions_new_window",
    path = "/v1/companions/{name}/windows",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    request_body = WindowRequest,
    responses((status = CREATED, body = Window))
)]
pub async fn new_window(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Json(request): Json<WindowRequest>,
) -> Result<(StatusCode, JsonReply<Window>), ApiError> {
    let window =
        with_companion(&server, name, move |companion| companion.new_window(request.title.as_deref()));
    // The only field that may be wrong is a name here.
    let of_title =
        |error: ApiError| ApiError { field: error.field.is_some().then(|| "title".to_owned()), ..error };
    Ok((StatusCode::CREATED, JsonReply(window.await.map_err(of_title)?.into())))
}
