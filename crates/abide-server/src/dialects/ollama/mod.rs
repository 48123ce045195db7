//! The dialect of Ollama. Must not know how answers are made.

use std::sync::Arc;
use std::time::Duration;

use abide_generation::{Generator, Prompt};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use error::{error_response, error_schema};

use self::reply::DoneReason;
use self::terms::Terms;
use super::keep_alive::{self, KeepAlive};
use crate::guard::require_admin;
use crate::keys::Scope;
use crate::registry::Lease;
use crate::{ApiError, Server};

mod chat;
mod embed;
mod error;
mod generate;
mod lines;
mod message;
mod models;
mod options;
mod pull;
mod reply;
mod template;
mod terms;
#[cfg(test)]
mod tests;

/// The routes that use models.
pub fn routes() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new()
        .routes(routes!(chat::chat))
        .routes(routes!(generate::generate))
        .routes(routes!(embed::embed))
        .routes(routes!(embed::embeddings))
        .routes(routes!(models::tags))
        .routes(routes!(models::show))
        .routes(routes!(models::ps))
        .routes(routes!(models::version))
        .routes(routes!(models::copy))
        .routes(routes!(models::create))
        .routes(routes!(models::push))
}

/// The routes that change which models are there.
pub fn admin_routes() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new().routes(routes!(pull::pull)).routes(routes!(models::delete))
}

/// The model that `terms` name, in memory as long as this is held.
async fn hold(server: &Server, scope: Scope, terms: &Terms) -> Result<Lease<dyn Generator>, ApiError> {
    let keep_alive = terms.keep_alive.map(|KeepAlive(time)| time);
    keep_alive::check(scope, keep_alive)?;
    server.registry.generator(named(&terms.model)?, keep_alive).await
}

/// What a request without anything to answer asks for: the model in memory, or (`keep_alive` 0) out of it. An answer loads its model
/// by itself; to do so beforehand is for those who look after the server.
async fn load_or_unload(
    server: &Server,
    scope: Scope,
    terms: Terms,
) -> Result<(String, DoneReason), ApiError> {
    require_admin(scope)?;
    let model = terms.model.clone();
    if terms.keep_alive == Some(KeepAlive(Duration::ZERO)) {
        server.registry.unload(named(&model)?).await?;
        return Ok((model, DoneReason::Unload));
    }
    let lease = hold(server, scope, &terms).await?;
    // What makes no sense is said now, not when the first prompt comes.
    terms.order(Prompt::Tokens(Vec::new()), &lease.info().sampling, lease.description())?;
    Ok((model, DoneReason::Load))
}

/// The name of a model, which Ollama's requests can't leave out.
fn named(model: &str) -> Result<&str, ApiError> {
    if model.is_empty() {
        Err(ApiError::invalid("model", "is empty; GET /api/tags lists models"))
    } else {
        Ok(model)
    }
}
