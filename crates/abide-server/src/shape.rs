//! Errors get the shape of the dialect whose path was asked for, whoever refused: a handler, a layer, the router. Must not
//! know what can go wrong.

use axum::extract::Request;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::companions::problem;
use crate::dialects::{anthropic, ollama, openai};
use crate::{ApiError, ErrorKind};

impl ErrorKind {
    /// The status that HTTP has for it; a dialect may have another one.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Invalid | Self::Unsupported | Self::ContextOverflow => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound | Self::ModelNotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy => StatusCode::TOO_MANY_REQUESTS,
            Self::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// An error leaves a handler without a body; `shape` gives it one.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The outermost layer: writes the error that a response carries in the dialect of the request's path.
pub async fn shape(request: Request, next: Next) -> Response {
    let dialect = dialect_of(request.uri().path());
    let response = next.run(request).await;
    let Some(error) = response.extensions().get::<ApiError>() else { return response };
    let mut shaped = dialect.error_response(error);
    // What layers said beside the error stands: which methods there are, who may read it.
    for (name, value) in response.headers() {
        if name == ALLOW || name.as_str().starts_with("access-control-") || name.as_str() == "vary" {
            shaped.headers_mut().append(name, value.clone());
        }
    }
    shaped.extensions_mut().insert(error.clone());
    shaped
}

/// Whose paths there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `/v1/…`, and whatever is nobody else's.
    OpenAi,
    /// `/api/…`.
    Ollama,
    /// `/v1/messages…`.
    Anthropic,
    /// `/v1/companions…`: abide's own.
    Companions,
}

impl Dialect {
    /// Its name in the description, and what it is counted as.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Ollama => "ollama",
            Self::Anthropic => "anthropic",
            Self::Companions => "companions",
        }
    }

    /// What the body of an error is, as a JSON Schema.
    pub fn error_schema(self) -> Value {
        match self {
            Self::OpenAi => openai::error_schema(),
            Self::Ollama => ollama::error_schema(),
            Self::Anthropic => anthropic::error_schema(),
            Self::Companions => problem::error_schema(),
        }
    }

    /// Its type.
    pub fn error_type(self) -> &'static str {
        match self {
            Self::OpenAi | Self::Ollama | Self::Anthropic => "application/json",
            Self::Companions => problem::CONTENT_KIND,
        }
    }

    fn error_response(self, error: &ApiError) -> Response {
        match self {
            Self::OpenAi => openai::error_response(error),
            Self::Ollama => ollama::error_response(error),
            Self::Anthropic => anthropic::error_response(error),
            Self::Companions => problem::error_response(error),
        }
    }
}

/// Whose path it is.
pub fn dialect_of(path: &str) -> Dialect {
    let below =
        |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if below("/v1/messages") {
        Dialect::Anthropic
    } else if below("/v1/companions") {
        Dialect::Companions
    } else if below("/api") {
        Dialect::Ollama
    } else {
        Dialect::OpenAi
    }
}

/// What requests to a path are counted as: what no dialect has is abide's own.
pub fn counted_as(path: &str) -> &'static str {
    match dialect_of(path) {
        Dialect::OpenAi if !path.starts_with("/v1/") => "abide",
        dialect => dialect.name(),
    }
}

/// A response of `body` as JSON, with the headers that `error` calls for.
pub fn respond(status: StatusCode, error: &ApiError, body: &Value) -> Response {
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(after) = error.retry_after {
        // Whole seconds, upwards: 0 would mean at once.
        let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
        headers.insert(RETRY_AFTER, seconds.max(1).into());
    }
    if error.kind == ErrorKind::Unauthenticated {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
