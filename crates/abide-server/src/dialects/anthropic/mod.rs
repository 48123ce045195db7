//! The dialect of Anthropic. Must not know how answers are made.

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use error::{error_response, error_schema};

use crate::Server;

mod error;
mod events;
mod messages;
mod reply;
mod request;
#[cfg(test)]
mod tests;
mod translate;

/// The routes that use models.
pub fn routes() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new().routes(routes!(messages::messages)).routes(routes!(messages::count_tokens))
}
