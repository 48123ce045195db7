//! `/api/embed` and its predecessor `/api/embeddings`. Must not know how vectors are made.

use std::sync::Arc;

use abide_generation::Embeddings;
use axum::Json as JsonReply;
use axum::extract::{Extension, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::embedding::{embed as vectors_of, too_long};
use super::super::keep_alive::{self, KeepAlive};
use super::lines::Clock;
use super::named;
use super::options::Options;
use super::reply::nanoseconds;
use crate::extract::Json;
use crate::guard::require_admin;
use crate::keys::Scope;
use crate::{ApiError, Server};

/// Texts of one request at most: each becomes a vector in memory.
const TEXTS_MAX: usize = 2048;

/// Texts whose vectors are wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ollama::EmbedRequest)]
pub(super) struct EmbedRequest {
    /// The model's name.
    #[schema(example = "all-minilm-l6-v2")]
    model: String,
    /// A text or a list of texts, 2,048 at most. None: the model is loaded.
    input: Texts,
    /// Whether texts that are too long are cut, which is said in the reply; true if left out. Otherwise they are an error.
    truncate: Option<bool>,
    /// Numbers of each vector to keep; they are scaled to length 1 again.
    dimensions: Option<usize>,
    #[schema(ignore)]
    options: Option<Options>,
    /// How long the model stays in memory afterwards: seconds or a text such as `5m`; -1: for ever.
    #[schema(value_type = Option<serde_json::Value>)]
    keep_alive: Option<KeepAlive>,
}

/// One text or many.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged, expecting = "expected a text or a list of texts")]
#[schema(as = ollama::Texts, example = "Once upon a time")]
enum Texts {
    One(String),
    Many(Vec<String>),
}

/// Vectors of texts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ollama::EmbedReply)]
pub(super) struct EmbedReply {
    /// The model's name as the request gave it.
    model: String,
    /// One for each text, in their order, of length 1.
    embeddings: Vec<Vec<f32>>,
    /// Nanoseconds from the request's arrival.
    total_duration: u64,
    /// Nanoseconds until the model was in memory.
    load_duration: u64,
    /// Tokens of the texts.
    prompt_eval_count: usize,
    /// An extension: texts that were too long, and were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<usize>,
}

/// Vectors of texts.
#[utoipa::path(post, path = "/api/embed", tag = "Ollama", request_body = EmbedRequest, responses(
    (status = OK, body = EmbedReply),
    (status = "4XX", description = "The request was refused; `error` says why."),
))]
pub(super) async fn embed(
    State(server): State<Arc<Server>>,
    Extension(scope): Extension<Scope>,
    Json(request): Json<EmbedRequest>,
) -> Result<JsonReply<EmbedReply>, ApiError> {
    let mut clock = Clock::start();
    refuse(request.options.as_ref())?;
    let texts = match request.input {
        Texts::One(text) if text.is_empty() => Vec::new(),
        Texts::One(text) => vec![text],
        Texts::Many(texts) => texts,
    };
    if texts.len() > TEXTS_MAX {
        let problem =
            format!("has {} texts, but {TEXTS_MAX} are the limit; send several requests", texts.len());
        return Err(ApiError::invalid("input", problem));
    }
    let wanted = Wanted {
        model: &request.model,
        scope,
        keep_alive: request.keep_alive,
        dimensions: request.dimensions,
    };
    let count = texts.len();
    let made = wanted.vectors(&server, texts, &mut clock).await?;
    let truncated = made.truncated.len();
    if truncated > 0 && request.truncate == Some(false) {
        return Err(too_long(&made.truncated, count, "the model reads"));
    }
    Ok(JsonReply(EmbedReply {
        model: request.model,
        embeddings: made.vectors,
        total_duration: nanoseconds(clock.total()),
        load_duration: nanoseconds(clock.load()),
        prompt_eval_count: made.tokens,
        truncated: (truncated > 0).then_some(truncated),
    }))
}

/// A text whose vector is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ollama::EmbeddingsRequest)]
pub(super) struct EmbeddingsRequest {
    /// The model's name.
    #[schema(example = "all-minilm-l6-v2")]
    model: String,
    /// The text; it is cut if it is too long. Empty: the model is loaded.
    #[schema(example = "Once upon a time")]
    prompt: Option<String>,
    #[schema(ignore)]
    options: Option<Options>,
    /// How long the model stays in memory afterwards: seconds or a text such as `5m`; -1: for ever.
    #[schema(value_type = Option<serde_json::Value>)]
    keep_alive: Option<KeepAlive>,
}

/// The vector of a text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ollama::EmbeddingsReply)]
pub(super) struct EmbeddingsReply {
    /// Its numbers, of length 1; none without a text.
    embedding: Vec<f32>,
    /// An extension: whether the text was too long, and was cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<usize>,
}

/// The vector of one text; older clients ask here.
#[utoipa::path(post, operation_id = "ollama_embeddings",
    path = "/api/embeddings", tag = "Ollama", request_body = EmbeddingsRequest, responses(
    (status = OK, body = EmbeddingsReply),
    (status = "4XX", description = "The request was refused; `error` says why."),
))]
pub(super) async fn embeddings(
    State(server): State<Arc<Server>>,
    Extension(scope): Extension<Scope>,
    Json(request): Json<EmbeddingsRequest>,
) -> Result<JsonReply<EmbeddingsReply>, ApiError> {
    refuse(request.options.as_ref())?;
    let texts = request.prompt.filter(|prompt| !prompt.is_empty()).into_iter().collect();
    let wanted = Wanted { model: &request.model, scope, keep_alive: request.keep_alive, dimensions: None };
    let made = wanted.vectors(&server, texts, &mut Clock::start()).await?;
    let embedding = made.vectors.into_iter().next().unwrap_or_default();
    let truncated = made.truncated.len();
    Ok(JsonReply(EmbeddingsReply { embedding, truncated: (truncated > 0).then_some(truncated) }))
}

/// No option changes a vector.
fn refuse(options: Option<&Options>) -> Result<(), ApiError> {
    match options.filter(|options| !options.is_empty()) {
        Some(_) => {
            Err(ApiError::unsupported("options", "none of them has a meaning for vectors; leave it out"))
        }
        None => Ok(()),
    }
}

/// Which vectors are wanted.
struct Wanted<'a> {
    model: &'a str,
    scope: Scope,
    keep_alive: Option<KeepAlive>,
    dimensions: Option<usize>,
}

impl Wanted<'_> {
    async fn vectors(
        &self,
        server: &Server,
        texts: Vec<String>,
        clock: &mut Clock,
    ) -> Result<Embeddings, ApiError> {
        let keep_alive = self.keep_alive.map(|KeepAlive(time)| time);
        if texts.is_empty() {
            // It is loaded, and nothing else.
            require_admin(self.scope)?;
        }
        keep_alive::check(self.scope, keep_alive)?;
        let embedder = server.registry.embedder(named(self.model)?, keep_alive).await?;
        clock.loaded();
        let whole = embedder.dimensions();
        if let Some(dimensions) = self.dimensions.filter(|dimensions| !(1..=whole).contains(dimensions)) {
            return Err(ApiError::invalid(
                "dimensions",
                format_args!("is {dimensions}, but must be from 1 to {whole}"),
            ));
        }
        if texts.is_empty() {
            return Ok(Embeddings::default());
        }
        let mut made = vectors_of(embedder, texts, &server.metrics).await?;
        if let Some(dimensions) = self.dimensions.filter(|dimensions| *dimensions < whole) {
            made.vectors.iter_mut().for_each(|vector| shorten(vector, dimensions));
        }
        Ok(made)
    }
}

/// Keeps the first numbers of a vector and scales them to length 1 (Matryoshka, Kusupati et al. 2022).
fn shorten(vector: &mut Vec<f32>, dimensions: usize) {
    vector.truncate(dimensions);
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorter_vectors_have_length_one() {
        let mut vector = vec![0.36, 0.48, 0.8];
        shorten(&mut vector, 2);
        assert!((vector[0] - 0.6).abs() < 1e-6 && (vector[1] - 0.8).abs() < 1e-6, "{vector:?}");
        let mut nothing = vec![0.0, 1.0];
        shorten(&mut nothing, 1);
        assert_eq!(nothing, [0.0]);
    }
}
