//! The companions' own API below `/v1/companions`, and companions as models of the other APIs. Must not know engines, or how companions
//! are kept.

mod answers;
mod conversation;
mod errand;
mod generator;
mod homecoming;
mod memory;
mod persons;
pub mod problem;
mod replies;
mod spooled;
mod taking_along;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;

use abide_companion::archive::ArchiveError;
use abide_companion::companion::{Companion, CompanionError, CompanionResult, Companions};
use abide_companion::store::StoreError;
use axum::middleware::from_fn;
use jiff::Timestamp;
use tokio::task::spawn_blocking;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use generator::{CompanionGenerator, Leased};
pub use replies::Replies;

use crate::{ApiError, ErrorKind, Server, guard};

/// What the name of a companion begins with where models are named.
pub const MODEL_PREFIX: &str = "companion/";

/// The routes of everybody who may use models.
pub fn routes() -> OpenApiRouter<Arc<Server>> {
    let deleting = OpenApiRouter::new().routes(routes!(persons::delete)).layer(from_fn(guard::check_admin));
    OpenApiRouter::new()
        .routes(routes!(persons::list, persons::create))
        .routes(routes!(persons::show, persons::change))
        .routes(routes!(persons::versions))
        .routes(routes!(conversation::messages, conversation::say))
        .routes(routes!(conversation::resume, conversation::stop))
        .routes(routes!(conversation::edit, conversation::delete_from))
        .routes(routes!(conversation::siblings))
        .routes(routes!(conversation::why))
        .routes(routes!(conversation::swipe))
        .routes(routes!(conversation::back))
        .routes(routes!(conversation::branches, conversation::branch))
        .routes(routes!(conversation::windows, conversation::new_window))
        .routes(routes!(memory::facts, memory::remember))
        .routes(routes!(memory::change_fact, memory::delete_fact))
        .routes(routes!(memory::recall))
        .routes(routes!(memory::forget))
        .routes(routes!(memory::moods))
        .routes(routes!(taking_along::export))
        .routes(routes!(taking_along::import))
        .routes(routes!(homecoming::bring_home))
        .routes(routes!(homecoming::imports))
        .routes(routes!(homecoming::note_import, homecoming::forget_import))
        .routes(routes!(homecoming::rehearse, homecoming::end_rehearsal))
        .merge(deleting)
}

/// What `work` makes of the companions, on a thread that may wait for the disk.
async fn with_companions<T: Send + 'static>(
    server: &Server,
    work: impl FnOnce(&Companions) -> CompanionResult<T> + Send + 'static,
) -> Result<T, ApiError> {
    let companions = server.companions.clone().ok_or_else(|| {
        ApiError::new(ErrorKind::Unavailable, "this server was started without companions; its log says why")
    })?;
    match spawn_blocking(move || work(&companions)).await {
        Ok(done) => done.map_err(ApiError::from),
        Err(_) => Err(ApiError::broken_off("working on the companion")),
    }
}

/// The same with the companion of that name.
async fn with_companion<T: Send + 'static>(
    server: &Server,
    name: String,
    work: impl FnOnce(Companion) -> CompanionResult<T> + Send + 'static,
) -> Result<T, ApiError> {
    with_companions(server, move |companions| work(companions.get(&name)?)).await
}

/// Drops the kept events of replies of companions of which something was deleted since, or that are deleted.
pub async fn drop_deleted_replies(server: &Server) {
    let all = server.replies.companions();
    let last = with_companions(server, |companions| {
        let last = all.into_iter().map(|id| (id, companions.by_id(id).and_then(|one| one.last_deleted())));
        Ok(last.collect::<Vec<_>>())
    });
    for (companion, last_deleted) in last.await.unwrap_or_default() {
        server.replies.drop_before(companion, last_deleted.unwrap_or(Some(Timestamp::MAX)));
    }
}

impl From<CompanionError> for ApiError {
    fn from(error: CompanionError) -> Self {
        let message = error.to_string();
        match error {
            CompanionError::Generation(error) | CompanionError::Options(error) => error.into(),
            CompanionError::Embedding(error) => error.into(),
            CompanionError::Store(error) | CompanionError::Archive(ArchiveError::Store(error)) => {
                store_error(&error, message)
            }
            CompanionError::Archive(ArchiveError::AlreadyHere { .. }) => {
                Self::new(ErrorKind::Conflict, message)
            }
            CompanionError::Archive(ArchiveError::File(_)) => {
                tracing::error!(error = message, "an archive could not be read");
                Self::new(ErrorKind::Internal, "the archive could not be read; the server's log says why")
            }
            CompanionError::NoSuchCompanion(_) | CompanionError::NoPlace { .. } => {
                Self::new(ErrorKind::NotFound, message)
            }
            CompanionError::EmptyReply(_) => Self::new(ErrorKind::Unavailable, message),
            CompanionError::NothingSaid | CompanionError::EmptyFact => of_field("text", message),
            CompanionError::Stored { .. } | CompanionError::Broken { .. } | CompanionError::Thread(_) => {
                tracing::error!(error = message, "a companion can't go on");
                Self::new(ErrorKind::Internal, "the companion can't go on; the server's log says why")
            }
            _ => Self::new(ErrorKind::Invalid, message),
        }
    }
}

fn of_field(field: &str, message: String) -> ApiError {
    ApiError { field: Some(field.to_owned()), ..ApiError::new(ErrorKind::Invalid, message) }
}

/// What a client is told of the store: never a path.
fn store_error(error: &StoreError, message: String) -> ApiError {
    match error {
        StoreError::NoCompanion(_) | StoreError::NoMessage { .. } | StoreError::Nothing { .. } => {
            ApiError::new(ErrorKind::NotFound, message)
        }
        StoreError::NameTaken(_) => ApiError::new(ErrorKind::Conflict, message),
        StoreError::BadName(_) => of_field("name", message),
        StoreError::BadValue { .. } => ApiError::new(ErrorKind::Invalid, message),
        StoreError::Busy { .. } => ApiError::new(ErrorKind::Busy, message),
        _ => {
            tracing::error!(error = message, "the companions' store failed");
            ApiError::new(ErrorKind::Internal, "the companions' store failed; the server's log says why")
        }
    }
}
