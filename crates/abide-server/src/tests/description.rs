//! The description of the API, and the page that shows it.

use axum::body::Body;
use serde_json::Value;

use super::{json, request, send, server};
use crate::ServerOptions;
use crate::app::app;
use crate::shape::Dialect;

async fn description() -> Value {
    let router = app(&server(ServerOptions::default()));
    json(send(&router, request("GET", "/openapi.json"), Body::empty()).await).await
}

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

#[tokio::test]
async fn the_description_is_as_it_was() {
    let mut described = description().await;
    // It changes with each release, and with nothing else.
    described["info"]["version"] = "[version]".into();
    insta::assert_snapshot!(serde_json::to_string_pretty(&described).unwrap());
}

#[tokio::test]
async fn every_shape_that_is_named_is_described() {
    let described = description().await;
    let mut found = Vec::new();
    references(&described, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(described.pointer(pointer).is_some(), "{reference} is not described");
    }
}

#[tokio::test]
async fn every_answer_says_what_it_is_and_every_refusal_what_it_looks_like() {
    let described = description().await;
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("4XX") && responses.contains_key("5XX"), "{method} {path}");
            for (status, response) in responses {
                assert!(!response["description"].as_str().unwrap().is_empty(), "{method} {path} {status}");
                let is_refusal = status.starts_with(['4', '5']);
                assert!(!is_refusal || response["content"].is_object(), "{method} {path} {status}");
            }
        }
    }
    for dialect in [Dialect::OpenAi, Dialect::Ollama, Dialect::Anthropic, Dialect::Companions] {
        let schema = &described["components"]["schemas"][format!("{}.Error", dialect.name())];
        let path = match dialect {
            Dialect::OpenAi => "/v1/models/none",
            Dialect::Ollama => "/api/none",
            Dialect::Anthropic => "/v1/messages/none",
            Dialect::Companions => "/v1/companions/none",
        };
        let router = app(&server(ServerOptions::default()));
        let body = json(send(&router, request("GET", path), Body::empty()).await).await;
        let fields: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        for required in schema["required"].as_array().unwrap() {
            assert!(body.get(required.as_str().unwrap()).is_some(), "{required} in {body}");
        }
        for field in body.as_object().unwrap().keys() {
            assert!(fields.contains(&field), "{field} of {body}");
        }
    }
}

#[tokio::test]
async fn every_route_is_described_once_and_under_a_heading() {
    let described = description().await;
    let mut names = Vec::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["tags"][0].is_string(), "{method} {path} has no tag");
            assert!(operation["summary"].is_string(), "{method} {path} has no summary");
            names.push(operation["operationId"].as_str().unwrap().to_owned());
        }
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "two operations have the same id: {names:?}");
    for path in [
        "/v1/chat/completions",
        "/v1/completions",
        "/v1/responses",
        "/v1/embeddings",
        "/v1/models",
        "/v1/messages",
        "/v1/messages/count_tokens",
        "/api/chat",
        "/api/generate",
        "/api/tags",
        "/api/show",
        "/api/ps",
        "/api/pull",
        "/api/delete",
        "/api/embed",
        "/api/embeddings",
        "/api/version",
        "/tokenize",
        "/detokenize",
        "/apply-template",
        "/health",
        "/metrics",
    ] {
        assert!(described["paths"][path].is_object(), "{path}");
    }
}
