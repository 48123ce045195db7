//! The dialect of OpenAI. What it offers and abide doesn't is refused by name; what abide offers beyond it is marked as an
//! extension. Must not know how answers are made.

use std::sync::Arc;

use axum::routing::get;
use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use error::{error_response, error_schema};

use crate::{ApiError, ModelInfo, Server};

mod chat;
mod completions;
mod content;
mod embeddings;
mod error;
mod fields;
mod format;
mod models;
mod parameters;
mod reply;
mod responses;
mod stream;
mod template;
#[cfg(test)]
mod testing;
mod tools;

/// The routes that use models.
pub fn routes() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new()
        .routes(routes!(chat::chat_completions))
        .routes(routes!(completions::completions))
        .routes(routes!(responses::responses))
        .routes(routes!(embeddings::embeddings))
        .routes(routes!(models::list))
        .routes(routes!(models::retrieve))
        .route("/v1/models/{model}/{name}", get(models::retrieve_inner))
        .routes(routes!(template::apply_template))
}

/// The model that a body names; the default one where it names none. Its advice on sampling is needed to read the rest.
async fn model_named(server: &Server, body: &Map<String, Value>) -> Result<ModelInfo, ApiError> {
    // A name that is no text is refused when the body is read.
    let name = body.get("model").and_then(Value::as_str).unwrap_or_default();
    server.registry.find(name).await
}

#[cfg(test)]
mod tests {
    //! What the description of the API says of this dialect.

    use serde_json::Value;

    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|inner| references(inner, found));
            }
            Value::Array(items) => items.iter().for_each(|inner| references(inner, found)),
            _ => {}
        }
    }

    #[test]
    fn every_shape_that_is_named_is_described() {
        let (_, description) = super::routes().split_for_parts();
        let description = serde_json::to_value(description).unwrap();
        let mut found = Vec::new();
        references(&description, &mut found);
        assert!(found.contains(&"#/components/schemas/openai.ChatRequest"));
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(description.pointer(pointer).is_some(), "{reference} is not described");
        }
        let fields = |name: &str| {
            let pointer = format!("/components/schemas/{name}");
            serde_json::to_string(description.pointer(&pointer).unwrap()).unwrap()
        };
        for (name, field) in [
            ("openai.Sampling", "top_n_sigma"),
            ("openai.Extensions", "context_overflow"),
            ("openai.ChatRequest", "openai.Sampling"),
            ("openai.ResponseEvent", "response.output_text.delta"),
        ] {
            assert!(fields(name).contains(field), "{name}: {}", fields(name));
        }
    }
}
