//! The dialect of OpenAI. What it offers and abide doesn't is refused by name; what abide offers beyond it is marked as an
//! extension. Must not know how answers are made.

use std::sync::Arc;

use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use error::error_response;

use crate::{ApiError, ModelInfo, Server};

mod chat;
mod completions;
mod content;
mod embeddings;
mod error;
mod fields;
mod format;
mod merged;
mod models;
mod parameters;
mod reply;
mod responses;
mod stream;
#[cfg(test)]
mod testing;
mod tools;

/// The routes that use models.
pub fn routes() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new()
        .routes(routes!(chat::chat_completions))
        .routes(routes!(completions::completions))
        .routes(routes!(responses::responses))
        .routes(routes!(embeddings::embeddings))
        .routes(routes!(models::list))
        .routes(routes!(models::retrieve))
}

/// The model that a body names; the default one where it names none. Its advice on sampling is needed to read the rest.
async fn model_named(server: &Server, body: &Map<String, Value>) -> Result<ModelInfo, ApiError> {
    // A name that is no text is refused when the body is read.
    let name = body.get("model").and_then(Value::as_str).unwrap_or_default();
    server.registry.find(name).await
}
