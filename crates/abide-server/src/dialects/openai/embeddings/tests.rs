//! Embeddings and the list of models.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::super::super::asking::gone_wrong;
use super::super::testing::{assert_read_or_refused, assert_refused, get, object, post};
use super::*;
use crate::ServerOptions;
use crate::testing::FakeLibrary;

const PATH: &str = "/v1/embeddings";

fn server() -> Arc<Server> {
    let library = FakeLibrary::default();
    library.add_embedder("embedder", 1000);
    library.add("scripted", Arc::new(abide_generation::scripted::ScriptedGenerator::new(Vec::new())), 1000);
    Server::new(Arc::new(library), ServerOptions::default())
}

#[tokio::test]
async fn texts_become_vectors_as_numbers_or_base64() {
    let server = server();
    let mut body = json!({"model": "embedder", "input": ["abc", "d"], "dimensions": 2, "user": "ada"});
    let (status, reply) = post(&server, PATH, &body).await;
    assert_eq!(status, 200);
    insta::assert_json_snapshot!(reply);
    body["encoding_format"] = json!("base64");
    let (_, coded) = post(&server, PATH, &body).await;
    let bytes = STANDARD.decode(coded["data"][0]["embedding"].as_str().unwrap()).unwrap();
    let numbers: Vec<f32> =
        bytes.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect();
    assert_eq!(serde_json::from_value::<Vec<f32>>(reply["data"][0]["embedding"].clone()).unwrap(), numbers);
}

#[tokio::test]
async fn what_can_not_be_embedded_is_refused() {
    let server = server();
    for (body, status, field) in [
        (json!({"model": "embedder", "input": "x".repeat(17)}), 400, "input"),
        (json!({"model": "embedder", "input": "x", "dimensions": 3}), 400, "dimensions"),
        (json!({"model": "scripted", "input": "x"}), 400, "model"),
    ] {
        let (found, reply) = post(&server, PATH, &body).await;
        assert_eq!((found.as_u16(), &reply["error"]["param"]), (status, &json!(field)), "{reply}");
    }
}

#[test]
fn bodies_that_make_no_sense_are_refused_by_field() {
    for (field, body) in [
        ("input", json!({})),
        ("input", json!({"input": []})),
        ("input", json!({"input": ""})),
        ("input[1]", json!({"input": ["a", ""]})),
        ("input[0]", json!({"input": [1, 2]})),
        ("input[0]", json!({"input": [[1, 2]]})),
        ("input", json!({"input": {"text": "a"}})),
        ("input", json!({"input": vec!["a"; 2049]})),
        ("encoding_format", json!({"input": "a", "encoding_format": "hex"})),
        ("dimensions", json!({"input": "a", "dimensions": -1})),
        ("temperature", json!({"input": "a", "temperature": 1})),
        ("metadata", json!({"input": "a", "metadata": {}})),
    ] {
        assert_refused(read_embeddings(object(body)), field);
    }
}

#[tokio::test]
async fn models_are_listed_and_found() {
    let server = server();
    let (status, list) = get(&server, "/v1/models").await;
    assert_eq!(status, 200);
    insta::assert_json_snapshot!(list);
    let (_, one) = get(&server, "/v1/models/scripted").await;
    assert_eq!(one, list["data"][1]);
    let (status, error) = get(&server, "/v1/models/absent").await;
    assert_eq!((status.as_u16(), &error["error"]["code"]), (404, &json!("model_not_found")));
}

proptest! {
    #[test]
    fn no_body_panics(bytes in gone_wrong(json!({
        "model": "embedder", "input": ["a", "b"], "encoding_format": "float", "dimensions": 2, "keep_alive": "1m"
    }))) {
        assert_read_or_refused(&bytes, read_embeddings);
    }
}
