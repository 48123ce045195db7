//! `/v1/models`. Must not know how models are run.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
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
    /// For Anthropic's clients: always `model`.
    r#type: &'static str,
    /// For Anthropic's clients: its name.
    display_name: String,
    /// For Anthropic's clients: when it was installed.
    created_at: String,
}

/// The models that can be asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::Models)]
pub struct Models {
    /// Always `list`.
    object: &'static str,
    data: Vec<Model>,
    /// For Anthropic's clients: always false, they are all here.
    has_more: bool,
    /// For Anthropic's clients: the id of the first one.
    first_id: Option<String>,
    /// For Anthropic's clients: the id of the last one.
    last_id: Option<String>,
}

impl From<ModelInfo> for Model {
    fn from(info: ModelInfo) -> Self {
        let created = info.installed.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let installed = i64::try_from(created).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        Self {
            id: info.id,
            object: "model",
            created,
            owned_by: "abide",
            r#type: "model",
            display_name: info.name,
            created_at: installed.unwrap_or_default().to_string(),
        }
    }
}

/// The installed models.
///
/// They have the fields of Anthropic's list of models as well.
#[utoipa::path(get, path = "/v1/models", tag = "OpenAI", responses((status = OK, body = Models)))]
pub async fn list(State(server): State<Arc<Server>>) -> Result<Json<Models>, ApiError> {
    let models = server.registry.list().await?;
    let data: Vec<Model> = models.into_iter().map(Model::from).collect();
    let id = |model: Option<&Model>| model.map(|model| model.id.clone());
    Ok(Json(Models {
        object: "list",
        has_more: false,
        first_id: id(data.first()),
        last_id: id(data.last()),
        data,
    }))
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
