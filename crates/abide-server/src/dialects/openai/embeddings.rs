//! `/v1/embeddings`. Must not know how vectors are made.

use std::sync::Arc;

use axum::Json as JsonReply;
use axum::extract::{Extension, State};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::embedding::{embed, too_long};
use super::super::keep_alive::{self, KeepAlive};
use super::fields::Fields;
use super::parameters::LabelFields;
use crate::extract::Json;
use crate::keys::Scope;
use crate::{ApiError, Server};

/// Most texts of a request, as the dialect has it.
const TEXTS_MAX: usize = 2048;

/// A request for the vectors of texts. Fields that are not here are refused.
#[derive(ToSchema)]
#[schema(as = openai::EmbeddingsRequest)]
#[expect(
    dead_code,
    reason = "it stands for the shape in the description of the API; bodies are read in steps"
)]
pub struct EmbeddingsRequest {
    input: EmbeddingsInput,
    #[serde(flatten)]
    own: EmbeddingsFields,
}

/// A text or a list of texts.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(as = openai::EmbeddingsInput, example = "Once upon a time")]
#[expect(dead_code, reason = "it stands for the shape in the description of the API")]
enum EmbeddingsInput {
    Text(String),
    Texts(Vec<String>),
}

/// The plain fields of a request for vectors.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = openai::EmbeddingsFields)]
struct EmbeddingsFields {
    /// The model's name.
    #[schema(example = "all-minilm-l6-v2")]
    model: Option<String>,
    /// How vectors are written; `float` if left out.
    encoding_format: Option<Encoding>,
    /// Must be the length that the model's vectors have.
    dimensions: Option<usize>,
    /// Extension: how long the model stays in memory afterwards, as seconds or a text such as `5m`.
    #[schema(value_type = Option<Value>)]
    keep_alive: Option<KeepAlive>,
}

/// How vectors are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = openai::Encoding)]
enum Encoding {
    /// Lists of numbers.
    #[default]
    Float,
    /// Base64 of 32-bit floats, little end first.
    Base64,
}

/// The vectors of texts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::Embeddings)]
pub struct EmbeddingsReply {
    /// Always `list`.
    object: &'static str,
    /// One for each text, in their order.
    data: Vec<EmbeddingReply>,
    model: String,
    usage: EmbeddingsUsage,
}

/// The vector of a text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::Embedding)]
struct EmbeddingReply {
    /// Always `embedding`.
    object: &'static str,
    index: usize,
    embedding: Vector,
}

/// A vector as it is written.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = openai::Vector)]
enum Vector {
    Numbers(Vec<f32>),
    Base64(String),
}

/// Tokens that were read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::EmbeddingsUsage)]
struct EmbeddingsUsage {
    prompt_tokens: usize,
    total_tokens: usize,
}

fn read_embeddings(body: Map<String, Value>) -> Result<(Vec<String>, EmbeddingsFields), ApiError> {
    let mut fields = Fields::of_body(body);
    let input = fields.take("input").ok_or_else(|| ApiError::invalid("input", "is missing"))?;
    let own: EmbeddingsFields = fields.read()?;
    let labels: LabelFields = fields.read()?;
    fields.end()?;
    if labels.metadata.is_some() {
        return Err(ApiError::unsupported("metadata", "replies of this route have no place for it"));
    }
    Ok((texts(input)?, own))
}

fn texts(input: Value) -> Result<Vec<String>, ApiError> {
    let (items, is_list) = match input {
        Value::Array(items) => (items, true),
        other => (vec![other], false),
    };
    if items.is_empty() || items.len() > TEXTS_MAX {
        return Err(ApiError::invalid(
            "input",
            format!("must have 1 to {TEXTS_MAX} texts, not {}", items.len()),
        ));
    }
    let text = |(index, item)| {
        let path = || if is_list { format!("input[{index}]") } else { "input".to_owned() };
        match item {
            Value::String(text) if text.is_empty() => Err(ApiError::invalid(path(), "is empty")),
            Value::String(text) => Ok(text),
            Value::Number(_) | Value::Array(_) => {
                Err(ApiError::unsupported(path(), "give texts; token ids mean something else to each model"))
            }
            _ if is_list => Err(ApiError::invalid(path(), "must be a text")),
            _ => Err(ApiError::invalid(path(), "must be a text or a list of texts")),
        }
    };
    items.into_iter().enumerate().map(text).collect()
}

/// Vectors whose cosine tells how near texts are in meaning.
#[utoipa::path(
    post,
    path = "/v1/embeddings",
    tag = "OpenAI",
    request_body = EmbeddingsRequest,
    responses(
        (status = OK, body = EmbeddingsReply),
        (status = "4XX", description = "The request was refused; `error` says why."),
    )
)]
pub async fn embeddings(
    State(server): State<Arc<Server>>,
    Extension(scope): Extension<Scope>,
    Json(body): Json<Map<String, Value>>,
) -> Result<JsonReply<EmbeddingsReply>, ApiError> {
    let (texts, fields) = read_embeddings(body)?;
    let keep_alive = fields.keep_alive.map(|KeepAlive(time)| time);
    keep_alive::check(scope, keep_alive)?;
    let model = server.registry.embedder(&fields.model.unwrap_or_default(), keep_alive).await?;
    if let Some(wanted) = fields.dimensions
        && wanted != model.dimensions()
    {
        let advice = format!("the vectors of this model have {}; leave it out", model.dimensions());
        return Err(ApiError::unsupported("dimensions", advice));
    }
    let (name, tokens_max) = (model.info().id.clone(), model.tokens_max());
    let count = texts.len();
    let made = embed(model, texts, &server.metrics).await?;
    if !made.truncated.is_empty() {
        let most = format!("the {tokens_max} tokens that this model reads");
        return Err(too_long(&made.truncated, count, &most));
    }
    let encoding = fields.encoding_format.unwrap_or_default();
    let reply =
        |(index, vector)| EmbeddingReply { object: "embedding", index, embedding: written(vector, encoding) };
    Ok(JsonReply(EmbeddingsReply {
        object: "list",
        data: made.vectors.into_iter().enumerate().map(reply).collect(),
        model: name,
        usage: EmbeddingsUsage { prompt_tokens: made.tokens, total_tokens: made.tokens },
    }))
}

fn written(vector: Vec<f32>, encoding: Encoding) -> Vector {
    match encoding {
        Encoding::Float => Vector::Numbers(vector),
        Encoding::Base64 => {
            let bytes: Vec<u8> = vector.into_iter().flat_map(f32::to_le_bytes).collect();
            Vector::Base64(STANDARD.encode(bytes))
        }
    }
}

#[cfg(test)]
mod tests;
