//! The dialect of Anthropic.

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;

pub use error::error_response;

use crate::Server;

mod error;

/// The routes that use models.
pub fn routes() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new()
}
