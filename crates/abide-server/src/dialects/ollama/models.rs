//! What Ollama's API tells of models, and deleting them. Must not know where models come from.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use abide_generation::{Sampling, ThoughtMarks};
use axum::Json as JsonReply;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::named;
use crate::extract::Json;
use crate::registry::LoadedModel;
use crate::{ApiError, ErrorKind, ModelDetails, ModelInfo, ModelKind, Server};

/// The version of Ollama whose API this is; clients choose by it what they send.
const VERSION: &str = "0.12.11";

/// When a model that stays for ever is said to go: so far ahead as Ollama has it.
const FOR_EVER: Duration = Duration::from_nanos(i64::MAX as u64);

/// Models.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ollama::Models)]
pub(super) struct Models<T> {
    /// Sorted by name.
    models: Vec<T>,
}

/// An installed model.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ollama::InstalledModel)]
pub(super) struct InstalledModel {
    /// Its name with a tag.
    name: String,
    /// The same.
    model: String,
    /// When it was installed (RFC 3339).
    modified_at: String,
    /// Bytes on disk.
    size: u64,
    /// SHA-256 of its file.
    digest: String,
    details: Details,
}

/// A model in memory.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ollama::RunningModel)]
pub(super) struct RunningModel {
    /// Its name with a tag.
    name: String,
    /// The same.
    model: String,
    /// Bytes of memory.
    size: u64,
    /// SHA-256 of its file.
    digest: String,
    details: Details,
    /// When it goes if nobody uses it (RFC 3339).
    expires_at: String,
    /// Bytes of a graphics card's memory; 0: not told apart.
    size_vram: u64,
    /// Tokens that it takes at once as it is loaded.
    context_length: usize,
}

/// What sort of model.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ollama::Details)]
struct Details {
    /// Always empty.
    parent_model: String,
    /// Always `gguf`.
    format: String,
    /// Family, for example `llama`.
    family: String,
    /// The same.
    families: Vec<String>,
    /// Number of parameters, for example `134.52M`.
    parameter_size: String,
    /// Quantisation, for example `Q4_K_M`.
    quantization_level: String,
}

impl From<&ModelInfo> for Details {
    fn from(info: &ModelInfo) -> Self {
        Self {
            parent_model: String::new(),
            format: "gguf".to_owned(),
            family: info.family.clone(),
            families: vec![info.family.clone()],
            parameter_size: size_of(info.parameters),
            quantization_level: info.quantisation.clone(),
        }
    }
}

/// A number of parameters as Ollama writes it.
fn size_of(parameters: u64) -> String {
    let number = parameters as f64;
    match parameters {
        1_000_000_000.. => format!("{:.1}B", number / 1e9),
        1_000_000.. => format!("{:.2}M", number / 1e6),
        1_000.. => format!("{:.2}K", number / 1e3),
        _ => parameters.to_string(),
    }
}

fn tagged(id: &str) -> String {
    format!("{id}:latest")
}

fn written(time: SystemTime) -> String {
    Timestamp::try_from(time).unwrap_or(Timestamp::MAX).to_string()
}

/// Installed models.
#[utoipa::path(get, path = "/api/tags", tag = "Ollama",
    responses((status = OK, body = Models<InstalledModel>)))]
pub(super) async fn tags(
    State(server): State<Arc<Server>>,
) -> Result<JsonReply<Models<InstalledModel>>, ApiError> {
    let installed = |info: ModelInfo| InstalledModel {
        name: tagged(&info.id),
        model: tagged(&info.id),
        modified_at: written(info.installed),
        size: info.size_bytes,
        details: Details::from(&info),
        digest: info.sha256,
    };
    let models = server.registry.list().await?.into_iter().map(installed).collect();
    Ok(JsonReply(Models { models }))
}

/// Models in memory.
#[utoipa::path(get, path = "/api/ps", tag = "Ollama",
    responses((status = OK, body = Models<RunningModel>)))]
pub(super) async fn ps(State(server): State<Arc<Server>>) -> JsonReply<Models<RunningModel>> {
    let now = SystemTime::now();
    let running = |LoadedModel { info, memory, context_length, expires }| RunningModel {
        name: tagged(&info.id),
        model: tagged(&info.id),
        size: memory,
        details: Details::from(&info),
        digest: info.sha256,
        expires_at: written(expires.unwrap_or(now + FOR_EVER)),
        size_vram: 0,
        context_length,
    };
    JsonReply(Models { models: server.registry.loaded().into_iter().map(running).collect() })
}

/// Which model.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ollama::ModelRequest)]
pub(super) struct ModelRequest {
    /// The model's name.
    #[schema(example = "smollm2-135m-instruct")]
    model: Option<String>,
    /// The same, as older clients have it.
    name: Option<String>,
}

/// Which model to look into.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ollama::ShowRequest)]
pub(super) struct ShowRequest {
    /// The model's name.
    #[schema(example = "smollm2-135m-instruct")]
    model: Option<String>,
    /// The same, as older clients have it.
    name: Option<String>,
    /// Long arrays are left out either way.
    #[expect(dead_code, reason = "it changes nothing: what Ollama shows more of is not read here")]
    verbose: Option<bool>,
    #[schema(ignore)]
    system: Option<String>,
    #[schema(ignore)]
    template: Option<String>,
    #[schema(ignore)]
    options: Option<Map<String, Value>>,
}

/// The one name that a request gives in two ways.
pub(super) fn one_name(model: Option<String>, name: Option<String>) -> Result<String, ApiError> {
    let given = model.filter(|model| !model.is_empty()).or(name);
    let model = given.ok_or_else(|| ApiError::invalid("model", "is missing"))?;
    named(&model).map(str::to_owned)
}

/// What is in a model's file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ollama::ShowReply)]
pub(super) struct ShowReply {
    /// The licence's name.
    license: String,
    /// What there is to say of the model in the language of Modelfiles; without the template, which is in Jinja.
    modelfile: String,
    /// Sampling where a request names none, one parameter on each line.
    parameters: String,
    /// The chat template, in Jinja.
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<String>,
    details: Details,
    /// The file's metadata.
    model_info: Map<String, Value>,
    /// What it can do: `completion`, `tools`, `thinking`, `embedding`.
    capabilities: Vec<&'static str>,
    /// When it was installed (RFC 3339).
    modified_at: String,
}

/// Looks into a model's file.
#[utoipa::path(post, path = "/api/show", tag = "Ollama", request_body = ShowRequest, responses(
    (status = OK, body = ShowReply),
    (status = "4XX", description = "The request was refused; `error` says why."),
))]
pub(super) async fn show(
    State(server): State<Arc<Server>>,
    Json(request): Json<ShowRequest>,
) -> Result<JsonReply<ShowReply>, ApiError> {
    let refused = [
        ("system", request.system.is_some_and(|system| !system.is_empty())),
        ("template", request.template.is_some_and(|template| !template.is_empty())),
        ("options", request.options.is_some_and(|options| !options.is_empty())),
    ];
    if let Some((field, _)) = refused.into_iter().find(|(_, given)| *given) {
        return Err(ApiError::unsupported(field, "models are shown as they are"));
    }
    let name = one_name(request.model, request.name)?;
    let ModelDetails { info, template, mut metadata } = server.registry.details(&name).await?;
    // Not in every file, and clients show it.
    metadata.entry("general.parameter_count").or_insert_with(|| info.parameters.into());
    Ok(JsonReply(ShowReply {
        parameters: parameters(&info.sampling),
        modelfile: modelfile(&info),
        details: Details::from(&info),
        capabilities: capabilities(info.kind, template.as_deref()),
        modified_at: written(info.installed),
        license: info.licence,
        template,
        model_info: metadata,
    }))
}

/// Tools can be described to every model that chats; whether it thinks is seen by its template.
fn capabilities(kind: ModelKind, template: Option<&str>) -> Vec<&'static str> {
    match (kind, template) {
        (ModelKind::Embedding, _) => vec!["embedding"],
        (ModelKind::Text, None) => vec!["completion"],
        (ModelKind::Text, Some(template)) => {
            let thinks =
                ThoughtMarks::in_template(template).is_some() || template.contains("enable_thinking");
            ["completion", "tools"].into_iter().chain(thinks.then_some("thinking")).collect()
        }
    }
}

/// The sampling as a Modelfile has it, under Ollama's names.
fn parameters(sampling: &Sampling) -> String {
    let lines = [
        ("temperature", f64::from(sampling.temperature)),
        ("top_k", sampling.top_k as f64),
        ("top_p", f64::from(sampling.top_p)),
        ("min_p", f64::from(sampling.min_p)),
        ("repeat_penalty", f64::from(sampling.repetition_penalty)),
        ("presence_penalty", f64::from(sampling.presence_penalty)),
        ("frequency_penalty", f64::from(sampling.frequency_penalty)),
    ];
    // As an f32 prints: 0.8, not the f64 nearest to it.
    lines.map(|(name, value)| format!("{name:<30} {}", value as f32)).join("\n")
}

/// The model as a Modelfile has it. Its name stands for its file, of which no client is told.
fn modelfile(info: &ModelInfo) -> String {
    let parameters = parameters(&info.sampling).replace('\n', "\nPARAMETER ");
    format!("FROM {}\nPARAMETER {parameters}\nLICENSE {:?}\n", tagged(&info.id), info.licence)
}

/// The version of the API.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ollama::Version)]
pub(super) struct Version {
    /// The version of Ollama whose API is spoken here.
    version: &'static str,
    /// The version of abide, which speaks it.
    abide: &'static str,
}

/// The version of the API.
#[utoipa::path(get, path = "/api/version", tag = "Ollama", responses((status = OK, body = Version)))]
pub(super) async fn version() -> JsonReply<Version> {
    JsonReply(Version { version: VERSION, abide: env!("CARGO_PKG_VERSION") })
}

/// Removes an installed model from the disk.
#[utoipa::path(delete, path = "/api/delete", tag = "Ollama", request_body = ModelRequest, responses(
    (status = OK, description = "It is gone."),
    (status = "4XX", description = "There is none, it is in use, or a companion runs on it or may go back to it; `error` says so."),
))]
pub(super) async fn delete(
    State(server): State<Arc<Server>>,
    Json(request): Json<ModelRequest>,
) -> Result<StatusCode, ApiError> {
    server.registry.remove(&one_name(request.model, request.name)?).await?;
    Ok(StatusCode::OK)
}

/// Not offered: a model has one name.
#[utoipa::path(post, path = "/api/copy", tag = "Ollama",
    responses((status = BAD_REQUEST, description = "Always; `error` says why.")))]
pub(super) async fn copy() -> ApiError {
    refused("models can't be copied to other names here: use the name that GET /api/tags lists")
}

/// Not offered: models are what their authors made.
#[utoipa::path(post, path = "/api/create", tag = "Ollama",
    responses((status = BAD_REQUEST, description = "Always; `error` says why.")))]
pub(super) async fn create() -> ApiError {
    refused("models can't be made here: send `system`, `template` and `options` with each request")
}

/// Not offered: nothing leaves this machine.
#[utoipa::path(post, path = "/api/push", tag = "Ollama",
    responses((status = BAD_REQUEST, description = "Always; `error` says why.")))]
pub(super) async fn push() -> ApiError {
    refused("models can't be pushed from here: nothing leaves this machine")
}

fn refused(message: &str) -> ApiError {
    ApiError::new(ErrorKind::Unsupported, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_as_ollama_writes_them() {
        assert_eq!(size_of(134_515_008), "134.52M");
        assert_eq!(size_of(1_235_814_432), "1.2B");
        assert_eq!(size_of(8_030_000_000), "8.0B");
        assert_eq!(size_of(12_345), "12.35K");
        assert_eq!(size_of(7), "7");
    }

    #[test]
    fn what_a_model_can_do_is_seen_by_its_template() {
        assert_eq!(capabilities(ModelKind::Embedding, None), ["embedding"]);
        assert_eq!(capabilities(ModelKind::Text, None), ["completion"]);
        assert_eq!(capabilities(ModelKind::Text, Some("{{ messages }}")), ["completion", "tools"]);
        for thinks in ["</think>", "[THINK]", "enable_thinking", "<|channel|>analysis<|message|>"] {
            assert_eq!(capabilities(ModelKind::Text, Some(thinks)), ["completion", "tools", "thinking"]);
        }
    }

    #[test]
    fn a_modelfile_names_the_model_and_its_parameters() {
        let modelfile = modelfile(&crate::testing::info("tiny", ModelKind::Text));
        assert!(modelfile.starts_with("FROM tiny:latest\nPARAMETER temperature"), "{modelfile}");
        assert!(modelfile.ends_with("\nLICENSE \"Apache-2.0\"\n"), "{modelfile}");
    }

    #[test]
    fn a_name_is_needed() {
        let name = |model: &str, name: &str| {
            let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            one_name(given(model), given(name))
        };
        assert_eq!(name("a", "").unwrap(), "a");
        assert_eq!(name("", "b").unwrap(), "b");
        assert_eq!(name("", "").unwrap_err().field.as_deref(), Some("model"));
        assert_eq!(
            one_name(Some(String::new()), Some(String::new())).unwrap_err().field.as_deref(),
            Some("model")
        );
    }
}
