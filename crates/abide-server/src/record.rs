//! One line of log for each request, and the id by which a client can name it. Must not know what was asked or answered.

use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

/// Where clients of OpenAI's API look for the id.
const OPENAI: HeaderName = HeaderName::from_static("x-request-id");
/// Where clients of Anthropic's API look for it.
const ANTHROPIC: HeaderName = HeaderName::from_static("request-id");

/// The outermost layer.
pub async fn record(request: Request, next: Next) -> Response {
    let id = format!("req_{}", Uuid::new_v4().simple());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let start = Instant::now();
    let mut response = next.run(request).await;
    // The path alone: what stands behind it may be somebody's words.
    tracing::info!(%method, path, status = response.status().as_u16(), milliseconds = start.elapsed().as_millis(), id);
    let value = HeaderValue::from_str(&id).expect("an id is plain ASCII");
    response.headers_mut().insert(ANTHROPIC, value.clone());
    response.headers_mut().insert(OPENAI, value);
    response
}
