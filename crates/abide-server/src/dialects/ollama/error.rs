//! How Ollama writes errors: `{"error": "…"}`.

use axum::response::Response;
use serde_json::{Value, json};

use crate::ApiError;
use crate::shape::respond;

/// The answer to a request that failed.
pub fn error_response(error: &ApiError) -> Response {
    respond(error.kind.status(), error, &error_body(error))
}

/// The same within a stream that has begun.
pub fn error_body(error: &ApiError) -> Value {
    json!({ "error": error.message })
}

/// What that is, as a JSON Schema.
pub fn error_schema() -> Value {
    json!({ "type": "object", "required": ["error"], "properties": { "error": { "type": "string" } } })
}
