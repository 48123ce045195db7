//! Tools for programs that count tokens and look at prompts themselves, in the words of llama.cpp's server. Must not know any
//! dialect.

use std::sync::Arc;

use abide_generation::{GenerationError, Generator, Special};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::Json;
use crate::{ApiError, Server};

/// The routes.
pub fn routes() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new().routes(routes!(tokenize)).routes(routes!(detokenize))
}

/// A text to be tokenised.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TokenizeRequest {
    /// The model whose tokens are wanted; the default one if left out.
    #[serde(default)]
    model: String,
    /// The text.
    #[schema(example = "Hello, world")]
    content: String,
    /// Whether BOS and EOS are added as the model wants them.
    #[serde(default)]
    add_special: bool,
    /// Whether special tokens written in the text are parsed.
    #[serde(default = "yes")]
    parse_special: bool,
    /// Whether each token comes with its text.
    #[serde(default)]
    with_pieces: bool,
}

fn yes() -> bool {
    true
}

/// A text's tokens.
#[derive(Debug, Serialize, ToSchema)]
struct TokenizeReply {
    /// In the order of the text.
    tokens: Vec<Token>,
}

/// A token, as it was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum Token {
    /// Its id.
    Id(u32),
    /// With its text.
    Piece {
        /// Its id.
        id: u32,
        /// Its text, or its bytes where they are no text by themselves.
        piece: Piece,
    },
}

/// What a token adds to a text.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum Piece {
    /// Whole characters.
    Text(String),
    /// Bytes that are parts of characters.
    Bytes(Vec<u8>),
}

impl Piece {
    fn of(token: u32, model: &dyn Generator) -> Result<Self, GenerationError> {
        match String::from_utf8(model.token_bytes(token)) {
            // What is no text in an answer has a name all the same.
            Ok(_) => Ok(Self::Text(model.detokenize(&[token])?)),
            Err(error) => Ok(Self::Bytes(error.into_bytes())),
        }
    }
}

/// Tokens to be made a text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DetokenizeRequest {
    /// The model whose tokens they are; the default one if left out.
    #[serde(default)]
    model: String,
    /// Their ids.
    tokens: Vec<u32>,
}

/// The text of tokens.
#[derive(Debug, Serialize, ToSchema)]
struct DetokenizeReply {
    /// The text; bytes that form no character become U+FFFD.
    content: String,
}

/// The tokens of a text
#[utoipa::path(post, path = "/tokenize", tag = "Tools for programs", request_body = TokenizeRequest, responses(
    (status = 200, description = "The tokens", body = TokenizeReply),
    (status = 400, description = "The request makes no sense"),
    (status = 404, description = "There is no such model"),
))]
async fn tokenize(
    State(server): State<Arc<Server>>,
    Json(request): Json<TokenizeRequest>,
) -> Result<axum::Json<TokenizeReply>, ApiError> {
    let special = match (request.parse_special, request.add_special) {
        (true, true) => Special::Parsed,
        (true, false) => Special::ParsedAlone,
        (false, true) => Special::AsTextWithin,
        (false, false) => Special::AsText,
    };
    let (content, with_pieces) = (request.content, request.with_pieces);
    let tokens = with_model(&server, &request.model, move |model| {
        let token = |id| {
            Ok(if with_pieces { Token::Piece { id, piece: Piece::of(id, model)? } } else { Token::Id(id) })
        };
        model.tokenize(&content, special)?.into_iter().map(token).collect()
    });
    Ok(axum::Json(TokenizeReply { tokens: tokens.await? }))
}

/// The text of tokens
#[utoipa::path(post, path = "/detokenize", tag = "Tools for programs", request_body = DetokenizeRequest, responses(
    (status = 200, description = "The text", body = DetokenizeReply),
    (status = 400, description = "The request makes no sense, or a token is not in the vocabulary"),
    (status = 404, description = "There is no such model"),
))]
async fn detokenize(
    State(server): State<Arc<Server>>,
    Json(request): Json<DetokenizeRequest>,
) -> Result<axum::Json<DetokenizeReply>, ApiError> {
    let tokens = request.tokens;
    let content = with_model(&server, &request.model, move |model| model.detokenize(&tokens));
    Ok(axum::Json(DetokenizeReply { content: content.await? }))
}

/// What `work` makes of the model of that name, on a thread that may take its time.
pub async fn with_model<T: Send + 'static>(
    server: &Server,
    name: &str,
    work: impl FnOnce(&dyn Generator) -> Result<T, GenerationError> + Send + 'static,
) -> Result<T, ApiError> {
    let lease = server.registry.generator(name, None).await?;
    match spawn_blocking(move || work(&*lease)).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(ApiError::broken_off("working on the text")),
    }
}
