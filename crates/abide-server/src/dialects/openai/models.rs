//! `/v1/models`. Must not know how models are run.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::Path;
use crate::{ApiError, ModelInfo, Server};

/// A model that can be asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::Model)]
pub struct Model {
    /// What requests call it by.
    id: String,
    /// Always `model`.
    object: &'static str,
    /// When it was installed, in seconds since 1970.
    created: u64,
    /// Always `abide`: it is on this machine.
    owned_by: &'static str,
}

/// The models that can be asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::Models)]
pub struct Models {
    /// Always `list`.
    object: &'static str,
    data: Vec<Model>,
}

impl From<ModelInfo> for Model {
    fn from(info: ModelInfo) -> Self {
        let created = info.installed.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Self { id: info.id, object: "model", created, owned_by: "abide" }
    }
}

/// The installed models.
#[utoipa::path(get, path = "/v1/models", tag = "OpenAI", responses((status = OK, body = Models)))]
pub async fn list(State(server): State<Arc<Server>>) -> Result<Json<Models>, ApiError> {
    let models = server.registry.list().await?;
    Ok(Json(Models { object: "list", data: models.into_iter().map(Model::from).collect() }))
}

/// An installed model.
#[utoipa::path(
    get,
    path = "/v1/models/{model}",
    tag = "OpenAI",
    params(("model" = String, Path, description = "Its id")),
    responses(
        (status = OK, body = Model),
        (status = NOT_FOUND, description = "There is no such model; `error` says so."),
    )
)]
pub async fn retrieve(
    State(server): State<Arc<Server>>,
    Path(model): Path<String>,
) -> Result<Json<Model>, ApiError> {
    Ok(Json(server.registry.find(&model).await?.into()))
}

/// The same for a model with a slash in its id, which clients don't all write as `%2F`.
pub async fn retrieve_inner(
    State(server): State<Arc<Server>>,
    Path((folder, name)): Path<(String, String)>,
) -> Result<Json<Model>, ApiError> {
    Ok(Json(server.registry.find(&format!("{folder}/{name}")).await?.into()))
}
