//! What a companion knows, seen and changed by its user. Must not know how it is found or kept.

use std::sync::Arc;

use abide_companion::store::{FactEdit, FactId};
use abide_companion::transcript::MessageId;
use axum::Json as JsonReply;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;

use super::answers::{Deleted, ForgetAnswer, Forgettable, Mood, Moods, Reminded};
use super::wire::{
    FactChange, FactQuery, FactShown, Facts, ForgetRequest, MessageShown, NewFactRequest, RecallRequest,
};
use super::with_companion;
use crate::extract::{Json, Path, Query};
use crate::{ApiError, Server};

/// Tokens of memories if nothing is said, and at most.
const RECALLED_TOKENS_DEFAULT: usize = 1_000;
const RECALLED_TOKENS_MAX: usize = 100_000;

/// What is known of the user.
#[utoipa::path(
    get,
    operation_id = "companions_facts",
    path = "/v1/companions/{name}/facts",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called"), FactQuery),
    responses((status = OK, body = Facts))
)]
pub async fn facts(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Query(query): Query<FactQuery>,
) -> Result<JsonReply<Facts>, ApiError> {
    let facts = with_companion(&server, name, move |companion| companion.facts(!query.all)).await?;
    Ok(JsonReply(Facts { facts: facts.into_iter().map(FactShown::from).collect() }))
}

/// Has something remembered.
#[utoipa::path(
    post,
    operation_id = "companions_remember",
    path = "/v1/companions/{name}/facts",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    request_body = NewFactRequest,
    responses((status = CREATED, body = FactShown))
)]
pub async fn remember(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Json(new): Json<NewFactRequest>,
) -> Result<(StatusCode, JsonReply<FactShown>), ApiError> {
    if new.avoid && new.pinned {
        return Err(ApiError::invalid("pinned", "is not for a topic to avoid: it stands in no prompt"));
    }
    let fact = with_companion(&server, name, move |companion| {
        if new.avoid { companion.avoid(&new.text) } else { companion.remember(&new.text, new.pinned) }
    });
    Ok((StatusCode::CREATED, JsonReply(fact.await?.into())))
}

/// Corrects a fact, or pins it.
#[utoipa::path(
    patch,
    operation_id = "companions_change_fact",
    path = "/v1/companions/{name}/facts/{id}",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called"), ("id" = u64, Path, description = "The fact")),
    request_body = FactChange,
    responses((status = OK, body = FactShown))
)]
pub async fn change_fact(
    State(server): State<Arc<Server>>,
    Path((name, id)): Path<(String, u64)>,
    Json(change): Json<FactChange>,
) -> Result<JsonReply<FactShown>, ApiError> {
    let fact = with_companion(&server, name, move |companion| {
        let id = FactId(id);
        if change.text.is_some() {
            let edit = FactEdit { text: change.text, pinned: change.pinned, ..FactEdit::default() };
            return companion.edit_fact(id, edit);
        }
        change.pinned.map_or(Ok(()), |pinned| companion.pin_fact(id, pinned))?;
        companion.fact(id)
    });
    Ok(JsonReply(fact.await?.into()))
}

/// Deletes a fact. The words that it was known from stay; POST `/forget` takes those, too.
#[utoipa::path(
    delete,
    operation_id = "companions_delete_fact",
    path = "/v1/companions/{name}/facts/{id}",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called"), ("id" = u64, Path, description = "The fact")),
    responses((status = OK, description = "What went.", body = Deleted))
)]
pub async fn delete_fact(
    State(server): State<Arc<Server>>,
    Path((name, id)): Path<(String, u64)>,
) -> Result<JsonReply<Deleted>, ApiError> {
    let deleted = with_companion(&server, name, move |companion| companion.delete_fact(FactId(id))).await?;
    server.forget_caches().await;
    Ok(JsonReply(deleted.into()))
}

/// What comes to mind at some words, best first.
#[utoipa::path(
    post,
    operation_id = "companions_recall",
    path = "/v1/companions/{name}/recall",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    request_body = RecallRequest,
    responses((status = OK, body = Reminded))
)]
pub async fn recall(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Json(request): Json<RecallRequest>,
) -> Result<JsonReply<Reminded>, ApiError> {
    let tokens = request.tokens.unwrap_or(RECALLED_TOKENS_DEFAULT);
    if !(1..=RECALLED_TOKENS_MAX).contains(&tokens) {
        return Err(ApiError::invalid(
            "tokens",
            format!("goes from 1 to {RECALLED_TOKENS_MAX}, but is {tokens}"),
        ));
    }
    let reminded = with_companion(&server, name, move |companion| companion.memories(&request.query, tokens));
    Ok(JsonReply(reminded.await?.into()))
}

/// Shows what has to do with some words, or deletes what was chosen of it, for good.
#[utoipa::path(
    post,
    operation_id = "companions_forget",
    path = "/v1/companions/{name}/forget",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    request_body = ForgetRequest,
    responses((status = OK, description = "With `query`, what would go; else what went, and the reply that was being made just then, if one was: it may still speak of it.", body = ForgetAnswer))
)]
pub async fn forget(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Json(request): Json<ForgetRequest>,
) -> Result<JsonReply<ForgetAnswer>, ApiError> {
    let nothing = request.facts.is_empty() && request.messages.is_empty();
    if request.query.is_some() != nothing {
        return Err(ApiError::invalid("query", "or `facts` and `messages` are needed, and not both"));
    }
    if let Some(query) = request.query {
        let found = with_companion(&server, name, move |companion| companion.forgettable(&query)).await?;
        let facts: Vec<FactShown> = found.facts.into_iter().map(FactShown::from).collect();
        let messages: Vec<MessageShown> =
            found.messages.into_iter().map(|hit| MessageShown::from(hit.message)).collect();
        let related: Vec<MessageShown> =
            found.related.into_iter().map(|hit| MessageShown::from(hit.message)).collect();
        return Ok(JsonReply(ForgetAnswer::Shown(Forgettable { facts, messages, related })));
    }
    let facts: Vec<FactId> = request.facts.into_iter().map(FactId).collect();
    let messages: Vec<MessageId> = request.messages.into_iter().map(MessageId).collect();
    let forgotten =
        with_companion(&server, name, move |companion| companion.forget(&facts, &messages)).await?;
    server.forget_caches().await;
    Ok(JsonReply(ForgetAnswer::Gone(forgotten.into())))
}

/// Which moods.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MoodQuery {
    /// From when on (RFC 3339); from the beginning if left out.
    pub from: Option<String>,
    /// Until when (RFC 3339); until now if left out.
    pub to: Option<String>,
}

/// How the user's words sounded, message by message: a guess from a list of words, and no diagnosis.
#[utoipa::path(
    get,
    operation_id = "companions_moods",
    path = "/v1/companions/{name}/moods",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called"), MoodQuery),
    responses((status = OK, body = Moods))
)]
pub async fn moods(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Query(query): Query<MoodQuery>,
) -> Result<JsonReply<Moods>, ApiError> {
    let time = |field: &'static str, text: Option<String>, default: Timestamp| match text {
        Some(text) => text.parse().map_err(|error| ApiError::invalid(field, format!("is no time: {error}"))),
        None => Ok(default),
    };
    let from: Timestamp = time("from", query.from, Timestamp::MIN)?;
    let to: Timestamp = time("to", query.to, Timestamp::now())?;
    let moods = with_companion(&server, name, move |companion| companion.mood_timeline(from, to)).await?;
    Ok(JsonReply(Moods { moods: moods.into_iter().map(Mood::from).collect() }))
}
