//! How the companions' API writes errors: problem details (RFC 9457). Must not know what can go wrong.

use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use serde_json::{Value, json};

use crate::shape::respond;
use crate::{ApiError, ErrorKind};

/// What kind of body that is.
pub const CONTENT_KIND: &str = "application/problem+json";

/// The answer to a request that failed.
pub fn error_response(error: &ApiError) -> Response {
    let mut response = respond(error.kind.status(), error, &body(error));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(CONTENT_KIND));
    response
}

/// The same within a stream that has begun. `type` is left out, which means `about:blank`; `code` names the sort of error, and `field`
/// the field of the request that it is about; `retry_after` are seconds after which it may work.
pub fn body(error: &ApiError) -> Value {
    let status = error.kind.status();
    let mut body = json!({
        "title": status.canonical_reason().unwrap_or("Error"),
        "status": status.as_u16(),
        "detail": error.message,
        "code": code(error.kind),
    });
    if let Some(field) = &error.field {
        body["field"] = field.as_str().into();
    }
    if let Some(after) = error.retry_after {
        body["retry_after"] = after.as_secs_f64().into();
    }
    body
}

/// What that is, as a JSON Schema.
pub fn error_schema() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "required": ["title", "status", "detail", "code"],
        "properties": {
            "title": text,
            "status": { "type": "integer" },
            "detail": text,
            "code": text,
            "field": text,
            "retry_after": { "type": "number" },
        },
    })
}

fn code(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Invalid => "invalid",
        ErrorKind::Unsupported => "unsupported",
        ErrorKind::ContextOverflow => "context_overflow",
        ErrorKind::Unauthenticated => "unauthenticated",
        ErrorKind::Forbidden => "forbidden",
        ErrorKind::NotFound => "not_found",
        ErrorKind::ModelNotFound => "model_not_found",
        ErrorKind::MethodNotAllowed => "method_not_allowed",
        ErrorKind::RequestTimeout => "request_timeout",
        ErrorKind::Conflict => "conflict",
        ErrorKind::TooLarge => "too_large",
        ErrorKind::Busy => "busy",
        ErrorKind::DeadlineExceeded => "deadline_exceeded",
        ErrorKind::Internal => "internal",
        ErrorKind::Unavailable => "unavailable",
    }
}
