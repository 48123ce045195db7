//! Tools for programs.

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::json;

use abide_generation::scripted::ScriptedGenerator;

use super::{json, request, send, server};
use crate::app::app;
use crate::testing::FakeLibrary;
use crate::{Server, ServerOptions};

#[tokio::test]
async fn texts_become_tokens_and_back() {
    let router = app(&server(ServerOptions::default()));
    let ask = async |path: &str, body: serde_json::Value| {
        let response = send(&router, request("POST", path), body.to_string()).await;
        (response.status(), json(response).await)
    };
    assert_eq!(
        ask("/tokenize", json!({"content": "abc"})).await,
        (StatusCode::OK, json!({"tokens": [97, 98, 99]}))
    );
    let pieces = json!({"tokens": [{"id": 97, "piece": "a"}]});
    assert_eq!(
        ask("/tokenize", json!({"content": "a", "with_pieces": true})).await,
        (StatusCode::OK, pieces)
    );
    // Parts of a character are no text.
    let pieces = json!({"tokens": [{"id": 195, "piece": [195]}, {"id": 169, "piece": [169]}]});
    assert_eq!(
        ask("/tokenize", json!({"content": "é", "with_pieces": true})).await,
        (StatusCode::OK, pieces)
    );
    let text = json!({"content": "abc"});
    assert_eq!(
        ask("/detokenize", json!({"tokens": [97, 98, 99], "model": "scripted"})).await,
        (StatusCode::OK, text)
    );
    for (path, body, field) in [
        ("/tokenize", json!({"content": 3}), "content"),
        ("/tokenize", json!({}), "content"),
        ("/tokenize", json!({"content": "a", "odd": 1}), "odd"),
        ("/detokenize", json!({"tokens": [1], "model": ["scripted"]}), "model"),
        ("/detokenize", json!({"tokens": [1, -1]}), "tokens[1]"),
    ] {
        let (status, answer) = ask(path, body).await;
        assert_eq!((status, answer["error"]["param"].as_str()), (StatusCode::BAD_REQUEST, Some(field)));
    }
    assert_eq!(ask("/tokenize", json!({"content": "a", "model": "nothing"})).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn requests_are_counted() {
    let library = FakeLibrary::with(ScriptedGenerator::new(Vec::new()));
    library.add_embedder("embedder", 1000);
    let router = app(&Server::new(library, ServerOptions::default()));
    send(&router, request("POST", "/tokenize"), r#"{"content": "a"}"#).await;
    send(&router, request("GET", "/made/up/path"), Body::empty()).await;
    for path in ["/v1/embeddings", "/api/embed"] {
        let made = send(&router, request("POST", path), r#"{"model": "embedder", "input": "abc"}"#).await;
        assert_eq!(made.status(), StatusCode::OK, "{path}");
    }
    let metrics = send(&router, request("GET", "/metrics"), Body::empty()).await;
    assert!(metrics.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let bytes = http_body_util::BodyExt::collect(metrics.into_body()).await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    for line in [
        "abide_requests_total{dialect=\"abide\",route=\"/tokenize\",status=\"200\"} 1",
        "abide_requests_total{dialect=\"abide\",route=\"none\",status=\"404\"} 1",
        "abide_requests_total{dialect=\"openai\",route=\"/v1/embeddings\",status=\"200\"} 1",
        "abide_embedding_tokens_total 6",
        "abide_embedding_time_seconds_count 2",
        "abide_requests_in_flight 1",
        "abide_model_memory_bytes{model=\"scripted\"} 1000",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}
