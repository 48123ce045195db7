//! The prompt that a chat request becomes, for programs that want to see or count it. Takes the same body, as llama.cpp's server
//! does. Must not know how answers are made.

use std::sync::Arc;

use abide_generation::Prompt;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::chat::{ChatRequest, read_chat};
use super::model_named;
use crate::extract::Json;
use crate::utilities::with_model;
use crate::{ApiError, ErrorKind, Server};

/// A rendered prompt.
#[derive(Debug, Serialize, ToSchema)]
pub struct RenderedPrompt {
    /// The text that the model reads, with the marks of its chat template.
    prompt: String,
}

/// The prompt that the model's chat template makes of a chat request
///
/// Takes the body of `/v1/chat/completions`. Nothing is generated.
#[utoipa::path(
    post,
    path = "/apply-template",
    tag = "Tools for programs",
    request_body = ChatRequest,
    responses(
        (status = 200, description = "The prompt", body = RenderedPrompt),
        (status = 400, description = "The request makes no sense, or the model has no chat template"),
        (status = 404, description = "There is no such model"),
    )
)]
pub async fn apply_template(
    State(server): State<Arc<Server>>,
    Json(body): Json<Map<String, Value>>,
) -> Result<axum::Json<RenderedPrompt>, ApiError> {
    let info = model_named(&server, &body).await?;
    let (order, _) = read_chat(body, &info.sampling)?;
    let Prompt::Chat(chat) = order.request.prompt else {
        return Err(ApiError::new(ErrorKind::Internal, "a chat request is a conversation"));
    };
    let prompt = with_model(&server, &info.id, move |model| model.render(&chat)).await?;
    Ok(axum::Json(RenderedPrompt { prompt }))
}
