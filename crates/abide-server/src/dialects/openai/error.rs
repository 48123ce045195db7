//! How OpenAI's API writes errors: `{"error": {"message", "type", "param", "code"}}`.

use axum::response::Response;
use serde_json::{Value, json};

use crate::shape::respond;
use crate::{ApiError, ErrorKind};

/// The answer to a request that failed.
pub fn error_response(error: &ApiError) -> Response {
    respond(error.kind.status(), error, &error_body(error))
}

/// The same within a stream that has begun.
pub fn error_body(error: &ApiError) -> Value {
    let (kind, code) = type_and_code(error.kind);
    json!({ "error": { "message": error.message, "type": kind, "param": error.field, "code": code } })
}

/// What that is, as a JSON Schema.
pub fn error_schema() -> Value {
    let text = json!({ "type": "string" });
    let maybe = json!({ "type": ["string", "null"] });
    let error = json!({
        "type": "object",
        "required": ["message", "type", "param", "code"],
        "properties": { "message": text, "type": text, "param": maybe, "code": maybe },
    });
    json!({ "type": "object", "required": ["error"], "properties": { "error": error } })
}

fn type_and_code(kind: ErrorKind) -> (&'static str, Option<&'static str>) {
    const INVALID: &str = "invalid_request_error";
    const SERVER: &str = "server_error";
    match kind {
        ErrorKind::Invalid => (INVALID, None),
        ErrorKind::Unsupported => (INVALID, Some("unsupported_parameter")),
        ErrorKind::ContextOverflow => (INVALID, Some("context_length_exceeded")),
        ErrorKind::Unauthenticated => (INVALID, Some("invalid_api_key")),
        ErrorKind::Forbidden => (INVALID, Some("permission_denied")),
        ErrorKind::NotFound => (INVALID, Some("unknown_url")),
        ErrorKind::ModelNotFound => (INVALID, Some("model_not_found")),
        ErrorKind::MethodNotAllowed => (INVALID, Some("method_not_supported")),
        ErrorKind::RequestTimeout => (INVALID, Some("request_timeout")),
        ErrorKind::Conflict => (INVALID, Some("conflict")),
        ErrorKind::TooLarge => (INVALID, Some("request_too_large")),
        ErrorKind::Busy => ("requests", Some("rate_limit_exceeded")),
        ErrorKind::DeadlineExceeded => (SERVER, Some("deadline_exceeded")),
        ErrorKind::Internal => (SERVER, None),
        ErrorKind::Unavailable => (SERVER, Some("service_unavailable")),
    }
}
