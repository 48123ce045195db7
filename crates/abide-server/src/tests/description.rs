//! The description of the API, and the page that shows it.

use std::path::Path;
use std::sync::Arc;

use abide_companion::companion::{Companions, CompanionsOptions};
use abide_companion::keys::DatabaseKey;
use abide_companion::persona::Persona;
use abide_generation::scripted::{Script, ScriptedGenerator};
use abide_generation::{Dry, DynamicTemperature, Mirostat, Xtc};
use axum::body::Body;
use http_body_util::BodyExt as _;
use serde_json::{Map, Value, json};

use super::{json as answer_of, request, send, server};
use crate::app::app;
use crate::shape::Dialect;
use crate::testing::{FakeLibrary, MODEL};
use crate::{Server, ServerOptions};

async fn description() -> Value {
    let router = app(&server(ServerOptions::default()));
    answer_of(send(&router, request("GET", "/openapi.json"), Body::empty()).await).await
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
        let body = answer_of(send(&router, request("GET", path), Body::empty()).await).await;
        let fields: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        for required in schema["required"].as_array().unwrap() {
            assert!(body.get(required.as_str().unwrap()).is_some(), "{required} in {body}");
        }
        for field in body.as_object().unwrap().keys() {
            assert!(fields.contains(&field), "{field} of {body}");
        }
    }
}

/// A body to begin with, as the page makes it: what is required, and what has an example.
fn example(schema: &Value, described: &Value, depth: usize) -> Value {
    let target = match schema["$ref"].as_str() {
        Some(reference) => described.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    if let Some(given) = schema.get("example").or_else(|| target.get("example")) {
        return given.clone();
    }
    if let Some(first) = target["enum"].get(0) {
        return first.clone();
    }
    if let Some(first) = ["oneOf", "anyOf"].iter().find_map(|name| target[name].get(0)) {
        return example(first, described, depth);
    }
    match target["type"].as_str().or_else(|| target["type"][0].as_str()) {
        Some("array") => json!([example(&target["items"], described, depth + 1)]),
        Some("string") => json!(""),
        Some("integer" | "number") => json!(0),
        Some("boolean") => json!(false),
        Some("null") => Value::Null,
        _ => {
            let mut body = Map::new();
            let parts = target["allOf"].as_array().cloned().unwrap_or_default();
            for part in parts.iter().chain([target]) {
                let part = match part["$ref"].as_str() {
                    Some(reference) => described.pointer(reference.trim_start_matches('#')).unwrap(),
                    None => part,
                };
                if part["allOf"].is_array() && !std::ptr::eq(part, target) {
                    body.extend(example(part, described, depth).as_object().unwrap().clone());
                }
                let needed = part["required"].as_array().cloned().unwrap_or_default();
                for (name, field) in part["properties"].as_object().into_iter().flatten() {
                    let inner = field["$ref"].as_str();
                    let inner = inner.and_then(|path| described.pointer(path.trim_start_matches('#')));
                    let has_example = field.get("example").or_else(|| inner?.get("example")).is_some();
                    if depth < 6 && (has_example || needed.iter().any(|needed| needed == name)) {
                        body.insert(name.clone(), example(field, described, depth + 1));
                    }
                }
            }
            Value::Object(body)
        }
    }
}

#[tokio::test]
async fn every_example_is_a_valid_request() {
    let described = description().await;
    let mut tried = Vec::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let content = &operation["requestBody"]["content"]["application/json"];
            // What is imported is no JSON of ours.
            if content.is_null() || path.ends_with("/import") || path.ends_with("/history") {
                continue;
            }
            let body = example(&content["schema"], &described, 0);
            let folder = tempfile::tempdir().unwrap();
            let router = app(&full_server(folder.path()));
            let said = json!({"text": "Good morning!", "stream": false}).to_string();
            let greeted = request("POST", "/v1/companions/Mara/messages");
            assert_eq!(send(&router, greeted, said).await.status(), 200);
            let path = path.replace("{name}", "Mara").replace("{id}", "2").replace("{reply}", "1");
            let answer = send(&router, request(&method.to_uppercase(), &path), body.to_string()).await;
            let status = answer.status();
            let bytes = answer.into_body().collect().await.unwrap().to_bytes();
            let text = String::from_utf8_lossy(&bytes);
            assert!(status != 400 && !status.is_server_error(), "{method} {path} {body}: {status} {text}");
            tried.push(format!("{method} {path}"));
        }
    }
    assert!(tried.len() > 20, "{tried:?}");
}

/// A server with all that examples name.
fn full_server(folder: &Path) -> Arc<Server> {
    let scripts = (0..4).map(|_| Script::answer(&["Rain ", "falls."])).collect();
    let generator = ScriptedGenerator::new(scripts).describe(|description| description.context_length = 8192);
    let (generator, library) = (Arc::new(generator), FakeLibrary::default());
    library.add(MODEL, Arc::clone(&generator), 1000);
    library.add("smollm2-135m-instruct", generator, 1000);
    library.add_embedder("all-minilm-l6-v2", 1000);
    let (path, key) = (folder.join("companions.db"), DatabaseKey::random().unwrap());
    let book = Companions::open(&path, key, CompanionsOptions::default()).unwrap();
    book.create(&Persona { name: "Mara".to_owned(), ..Persona::default() }, None).unwrap();
    Server::with_companions(Arc::new(library), Some(book), ServerOptions::default())
}

#[tokio::test]
async fn samplers_are_described_with_the_fields_that_they_have() {
    let described = description().await;
    let (dynamic, mirostat) =
        (json!({"minimum": 0.5, "maximum": 1, "exponent": 1}), json!({"tau": 5, "eta": 0.1}));
    let xtc = json!({"probability": 0.5, "threshold": 0.1});
    let read = [
        ("DynamicTemperature", serde_json::from_value::<DynamicTemperature>(dynamic).map(|it| json!(it))),
        ("Mirostat", serde_json::from_value::<Mirostat>(mirostat).map(|it| json!(it))),
        ("Xtc", serde_json::from_value::<Xtc>(xtc).map(|it| json!(it))),
        ("Dry", Ok(json!(Dry::default()))),
    ];
    for (name, value) in read {
        let shape = &described["components"]["schemas"][format!("openai.{name}")]["properties"];
        let value = value.unwrap();
        assert!(shape.as_object().unwrap().keys().eq(value.as_object().unwrap().keys()), "{name}: {shape}");
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
