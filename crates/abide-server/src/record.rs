//! One line of log and one count for each request, and the id by which a client can name it. Must not know what was asked or answered.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

use crate::{Server, limits, shape};

/// Where clients of OpenAI's API look for the id.
const OPENAI: HeaderName = HeaderName::from_static("x-request-id");
/// Where clients of Anthropic's API look for it.
const ANTHROPIC: HeaderName = HeaderName::from_static("request-id");

/// What the route of a request is counted as that has none.
const NO_ROUTE: &str = "none";

/// The outermost layer.
pub async fn record(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let in_flight = server.metrics.request_begins();
    let id = format!("req_{}", Uuid::new_v4().simple());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    // The pattern: whoever makes up paths must not fill the memory with counters.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let start = Instant::now();
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    // A path may hold names, and what stands behind it may be somebody's words.
    let told = if server.options.log_content { &path } else { route };
    tracing::info!(%method, path = told, status, milliseconds = start.elapsed().as_millis(), id);
    server.metrics.request_ends(shape::counted_as(&path), route, status);
    let value = HeaderValue::from_str(&id).expect("an id is plain ASCII");
    response.headers_mut().insert(ANTHROPIC, value.clone());
    response.headers_mut().insert(OPENAI, value);
    limits::hold(response, in_flight)
}
