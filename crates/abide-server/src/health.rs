//! How the server is: for those who watch over it. Must not know any dialect.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Server;

/// As Prometheus asks for it.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What needs no key, and tells nothing that is worth one.
pub fn open_routes() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new().routes(routes!(health))
}

/// What needs a key.
pub fn routes() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new().routes(routes!(metrics))
}

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// `ok`: it takes requests.
    #[schema(example = "ok")]
    status: &'static str,
    /// Version of abide.
    version: &'static str,
}

/// Whether the server takes requests
///
/// Answers without a key, for programs that watch over others.
#[utoipa::path(get, path = "/health", tag = "Server", responses(
    (status = 200, description = "It does", body = Health),
    (status = 503, description = "It is stopping"),
))]
async fn health() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// What the server has counted, for Prometheus
#[utoipa::path(get, path = "/metrics", tag = "Server", responses(
    (status = 200, description = "The numbers, in the text format of OpenMetrics", body = String,
        content_type = "application/openmetrics-text"),
))]
async fn metrics(State(server): State<Arc<Server>>) -> Response {
    let numbers = server.metrics.encode(&server.registry.loaded());
    ([(CONTENT_TYPE, OPEN_METRICS)], numbers).into_response()
}
