//! How Anthropic's API writes errors: `{"type": "error", "error": {"type", "message"}}`.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::shape::respond;
use crate::{ApiError, ErrorKind};

/// The field by which a conversation would be held for the client.
pub(super) const THREAD: &str = "thread";

/// The status that Anthropic made up for a server that has too much to do.
const OVERLOADED: u16 = 529;

/// The answer to a request that failed.
pub fn error_response(error: &ApiError) -> Response {
    let status = match error.kind {
        ErrorKind::Unavailable => StatusCode::from_u16(OVERLOADED).expect("three digits"),
        kind => kind.status(),
    };
    respond(status, error, &error_body(error))
}

/// The same within a stream that has begun.
pub fn error_body(error: &ApiError) -> Value {
    let mut told = json!({ "type": type_of(error.kind), "message": error.message });
    if error.kind == ErrorKind::Unsupported && error.field.as_deref() == Some(THREAD) {
        // By these words clients know that they are to go on without.
        told["details"] = json!({ "error_code": "thread_unsupported_request", "unsupported": [THREAD] });
    }
    json!({ "type": "error", "error": told })
}

/// What that is, as a JSON Schema.
pub fn error_schema() -> Value {
    let text = json!({ "type": "string" });
    let error = json!({
        "type": "object",
        "required": ["type", "message"],
        "properties": { "type": text, "message": text },
    });
    let properties = json!({ "type": { "type": "string", "const": "error" }, "error": error });
    json!({ "type": "object", "required": ["type", "error"], "properties": properties })
}

fn type_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Invalid
        | ErrorKind::Unsupported
        | ErrorKind::ContextOverflow
        | ErrorKind::MethodNotAllowed
        | ErrorKind::Conflict => "invalid_request_error",
        ErrorKind::Unauthenticated => "authentication_error",
        ErrorKind::Forbidden => "permission_error",
        ErrorKind::NotFound | ErrorKind::ModelNotFound => "not_found_error",
        ErrorKind::RequestTimeout | ErrorKind::DeadlineExceeded => "timeout_error",
        ErrorKind::TooLarge => "request_too_large",
        ErrorKind::Busy => "rate_limit_error",
        ErrorKind::Internal => "api_error",
        ErrorKind::Unavailable => "overloaded_error",
    }
}
