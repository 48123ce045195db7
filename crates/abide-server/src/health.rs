//! Whether the server is well. Needs no key, and tells nothing that is worth one.

use std::sync::Arc;

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Server;

/// The server's own route.
pub fn routes() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new().routes(routes!(health))
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
