//! Ollama's dialect as its clients meet it, over a scripted model.

use std::sync::Arc;

use abide_generation::scripted::{Script, ScriptedGenerator};
use abide_generation::{
    Constraint, ContextOverflow, FinishReason, GenerationError, GenerationRequest, Prompt, PromptPart, Role,
};
use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::asking::{Seen, ask, gone_wrong, send};
use super::{chat, embed, generate, message, models};
use crate::testing::{FakeLibrary, MODEL, server};
use crate::{LibraryError, Server, ServerOptions};

/// A server over `generator`, and the generator.
fn over(generator: ScriptedGenerator) -> (Arc<Server>, Arc<ScriptedGenerator>) {
    let generator = Arc::new(generator);
    let library = FakeLibrary::default();
    library.add(MODEL, Arc::clone(&generator), 1000);
    library.add_embedder("embedder", 10);
    (Server::new(Arc::new(library), ServerOptions::default()), generator)
}

async fn post(server: &Arc<Server>, path: &str, body: Value) -> Seen {
    ask(server, "POST", path, &body).await
}

fn hello() -> Value {
    json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello?"}])
}

/// What the one request that was made asked the model.
async fn asked(path: &str, body: Value) -> GenerationRequest {
    let (server, generator) = over(ScriptedGenerator::new(vec![Script::answer(&["Hi"])]));
    let seen = post(&server, path, body).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    generator.requests().remove(0)
}

#[tokio::test]
async fn a_chat_is_streamed_line_by_line() {
    let server = server(vec![Script::answer(&["Hi", " there", "!"])]);
    let seen = post(&server, "/api/chat", json!({"model": "scripted:latest", "messages": hello()})).await;
    assert_eq!((seen.status, seen.kind.as_str()), (StatusCode::OK, "application/x-ndjson"));
    insta::assert_json_snapshot!(seen.lines());
}

#[tokio::test]
async fn a_chat_comes_whole_if_asked() {
    let server = server(vec![Script::ends_with(&["Hi", " there"], FinishReason::MaxTokens, 2)]);
    let body = json!({"model": MODEL, "messages": hello(), "stream": false, "truncate": true});
    let seen = post(&server, "/api/chat", body).await;
    assert_eq!((seen.status, seen.kind.as_str()), (StatusCode::OK, "application/json"));
    insta::assert_json_snapshot!(seen.value());
}

#[tokio::test]
async fn a_prompt_is_answered_in_a_stream_and_whole() {
    let server = server(vec![Script::answer(&["Blue", "."]), Script::answer(&["Blue", "."])]);
    let streamed = post(&server, "/api/generate", json!({"model": MODEL, "prompt": "Sky?"})).await;
    insta::assert_json_snapshot!("generate_streamed", streamed.lines());
    let whole =
        post(&server, "/api/generate", json!({"model": MODEL, "prompt": "Sky?", "stream": false})).await;
    insta::assert_json_snapshot!("generate_whole", whole.value());
}

#[tokio::test]
async fn log_probabilities_come_with_their_tokens() {
    let server = server(vec![Script::with_logprobs(&[("Hi", -0.25), ("!", -1.5)])]);
    let body =
        json!({"model": MODEL, "messages": hello(), "stream": false, "logprobs": true, "top_logprobs": 2});
    let seen = post(&server, "/api/chat", body).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
}

#[tokio::test]
async fn what_is_asked_reaches_the_model() {
    let request = asked(
        "/api/chat",
        json!({
            "model": MODEL, "messages": hello(), "format": {"type": "object"}, "truncate": true, "think": false,
            "options": {"temperature": 0, "seed": 7, "num_predict": 5, "stop": ["\n"], "num_ctx": 128},
            "tools": [{"type": "function", "function": {"name": "now", "description": "The time."}}],
        }),
    )
    .await;
    assert_eq!(
        (request.max_tokens, request.sampling.seed, request.sampling.temperature),
        (Some(5), Some(7), 0.0)
    );
    assert_eq!(request.context_overflow, ContextOverflow::DropOldest);
    // Where tools may be called, the model itself must not stop at it.
    assert_eq!(request.stop, [] as [&str; 0]);
    let Prompt::Chat(chat) = request.prompt else { panic!("a chat") };
    assert_eq!((chat.messages[0].role, chat.messages[1].content.as_str()), (Role::System, "Hello?"));
    assert_eq!(chat.thinking, Some(false));
}

#[tokio::test]
async fn prompts_are_raw_templated_or_turns() {
    let body = json!({"model": MODEL, "prompt": "[INST] hi", "raw": true});
    let raw = asked("/api/generate", body).await;
    assert_eq!(raw.prompt, Prompt::Parts(vec![PromptPart::Markup("[INST] hi".to_owned())]));

    let body =
        json!({"model": MODEL, "prompt": "hi", "system": "s", "template": "{{ .System }}|{{ .Prompt }}"});
    let templated = asked("/api/generate", body).await;
    let text = |text: &str| PromptPart::Text(text.to_owned());
    let parts = vec![text("s"), PromptPart::Markup("|".to_owned()), text("hi")];
    assert_eq!(templated.prompt, Prompt::Parts(parts));

    let body =
        json!({"model": MODEL, "prompt": "hi", "system": "s", "format": "json", "options": {"stop": ["\n"]}});
    let turn = asked("/api/generate", body).await;
    assert_eq!(turn.constraint, Some(Constraint::JsonObject));
    assert_eq!(
        (turn.stop.as_slice(), turn.context_overflow),
        (&["\n".to_owned()][..], ContextOverflow::Error)
    );
    let Prompt::Chat(chat) = turn.prompt else { panic!("a chat") };
    let roles: Vec<_> = chat.messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, [Role::System, Role::User]);
}

#[tokio::test]
async fn a_base_model_continues() {
    let (server, generator) = over(ScriptedGenerator::base_model(vec![Script::answer(&[" upon"])]));
    let seen =
        post(&server, "/api/generate", json!({"model": MODEL, "prompt": "Once", "stream": false})).await;
    assert_eq!(seen.value()["response"], " upon");
    assert_eq!(generator.requests()[0].prompt, Prompt::Text("Once".to_owned()));
    let seen = post(&server, "/api/generate", json!({"model": MODEL, "prompt": "Once", "system": "s"})).await;
    assert_eq!(seen.status, StatusCode::BAD_REQUEST);
    assert!(seen.body.contains("`system`"), "{}", seen.body);
}

#[tokio::test]
async fn nothing_to_answer_loads_or_unloads() {
    let (server, _) = over(ScriptedGenerator::new(Vec::new()));
    let loaded = post(&server, "/api/generate", json!({"model": MODEL})).await;
    insta::assert_json_snapshot!("load", loaded.value());
    assert_eq!(server.registry.loaded().len(), 1);
    let unloaded = post(&server, "/api/chat", json!({"model": MODEL, "messages": [], "keep_alive": 0})).await;
    insta::assert_json_snapshot!("unload", unloaded.value());
    assert!(server.registry.loaded().is_empty());
    let wrong = post(&server, "/api/generate", json!({"model": MODEL, "options": {"top_p": 2}})).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.body);
}

#[tokio::test]
async fn models_are_listed_and_shown() {
    let (server, _) = over(ScriptedGenerator::new(Vec::new()));
    insta::assert_json_snapshot!("tags", ask(&server, "GET", "/api/tags", &Value::Null).await.value());
    insta::assert_json_snapshot!("show", post(&server, "/api/show", json!({"model": MODEL})).await.value());
    assert_eq!(ask(&server, "GET", "/api/ps", &Value::Null).await.value(), json!({"models": []}));
    post(&server, "/api/generate", json!({"model": MODEL, "keep_alive": -1})).await;
    insta::assert_json_snapshot!("ps", ask(&server, "GET", "/api/ps", &Value::Null).await.value());
    let version = ask(&server, "GET", "/api/version", &Value::Null).await.value();
    assert!(
        version["version"].as_str().unwrap().split('.').all(|part| part.parse::<u32>().is_ok()),
        "{version}"
    );
}

#[tokio::test]
async fn vectors_of_texts() {
    let (server, _) = over(ScriptedGenerator::new(Vec::new()));
    let body = json!({"model": "embedder", "input": ["", "abcd", "x".repeat(20)]});
    insta::assert_json_snapshot!("embed", post(&server, "/api/embed", body).await.value());
    let old = post(&server, "/api/embeddings", json!({"model": "embedder", "prompt": ""})).await;
    assert_eq!(old.value(), json!({"embedding": []}));
    let one = post(&server, "/api/embed", json!({"model": "embedder", "input": "ab", "dimensions": 1})).await;
    assert_eq!(one.value()["embeddings"], json!([[1.0]]));
    for (body, said) in [
        (
            json!({"model": "embedder", "input": "x".repeat(20), "truncate": false}),
            "longer than the model reads",
        ),
        (json!({"model": "embedder", "input": "x", "dimensions": 3}), "`dimensions`"),
        (json!({"model": "embedder", "input": "x", "dimensions": 0}), "`dimensions`"),
        (json!({"model": "embedder", "input": vec!["x"; 2049]}), "2048"),
        (json!({"model": "embedder", "input": [1, 2]}), "`input`"),
        (json!({"model": "embedder", "input": "x", "options": {"num_ctx": 1}}), "`options`"),
        (json!({"model": MODEL, "input": "x"}), "not vectors"),
    ] {
        let seen = post(&server, "/api/embed", body).await;
        assert_eq!(seen.status, StatusCode::BAD_REQUEST, "{}", seen.body);
        assert!(seen.value()["error"].as_str().unwrap().contains(said), "{}", seen.body);
    }
}

#[tokio::test]
async fn a_model_is_fetched_with_progress() {
    let (server, _) = over(ScriptedGenerator::new(Vec::new()));
    let seen = post(&server, "/api/pull", json!({"model": MODEL})).await;
    assert_eq!(seen.kind, "application/x-ndjson");
    insta::assert_json_snapshot!("pull", seen.lines());
    let whole = post(&server, "/api/pull", json!({"name": MODEL, "stream": false})).await;
    assert_eq!(whole.value(), json!({"status": "success"}));
    let broken = post(&server, "/api/pull", json!({"model": "broken"})).await;
    assert_eq!(broken.status, StatusCode::OK, "it broke only after it had begun");
    assert!(broken.lines().last().unwrap()["error"].as_str().unwrap().contains("the network is down"));
    let broken = post(&server, "/api/pull", json!({"model": "broken", "stream": false})).await;
    assert_eq!(broken.status, StatusCode::SERVICE_UNAVAILABLE, "{}", broken.body);
    for field in ["insecure", "username"] {
        let value = if field == "insecure" { json!(true) } else { json!("me") };
        let seen = post(&server, "/api/pull", json!({"model": MODEL, field: value})).await;
        assert_eq!(seen.status, StatusCode::BAD_REQUEST);
        assert!(seen.body.contains(field), "{}", seen.body);
    }
}

#[tokio::test]
async fn a_model_is_deleted_once() {
    let (server, _) = over(ScriptedGenerator::new(Vec::new()));
    let delete = async |body: Value| ask(&server, "DELETE", "/api/delete", &body).await;
    let gone = delete(json!({"model": "embedder"})).await;
    assert_eq!((gone.status, gone.body.as_str()), (StatusCode::OK, ""));
    let again = delete(json!({"model": "embedder"})).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert!(again.value()["error"].as_str().unwrap().contains("embedder"));
}

#[tokio::test]
async fn what_can_not_be_done_is_refused_in_ollamas_shape() {
    let (server, _) = over(ScriptedGenerator::new(Vec::new()));
    let messages = hello();
    let mut seen = Vec::new();
    for (path, body) in [
        ("/api/chat", json!({"model": MODEL, "messages": messages, "tool_choice": "auto"})),
        ("/api/chat", json!({"model": MODEL, "messages": messages, "options": {"num_gpu": 1}})),
        ("/api/chat", json!({"model": MODEL, "messages": messages, "options": {"num_ctx": 1000}})),
        ("/api/chat", json!({"model": MODEL, "messages": messages, "options": {"top_k": "many"}})),
        ("/api/chat", json!({"model": MODEL, "messages": messages, "think": true})),
        ("/api/chat", json!({"model": MODEL, "messages": messages, "think": "much"})),
        ("/api/chat", json!({"model": MODEL, "messages": messages, "think": 1})),
        ("/api/chat", json!({"model": MODEL, "messages": messages, "keep_alive": "soon"})),
        ("/api/chat", json!({"model": MODEL, "messages": messages, "format": "yaml"})),
        ("/api/chat", json!({"model": MODEL, "messages": [{"role": "user", "images": ["aGk="]}]})),
        ("/api/chat", json!({"model": MODEL, "messages": [{"role": "robot", "content": "hi"}]})),
        ("/api/chat", json!({"model": "unknown", "messages": messages})),
        ("/api/chat", json!({"model": "", "messages": messages})),
        ("/api/chat", json!({"messages": messages})),
        ("/api/chat", json!({"model": "embedder", "messages": messages})),
        ("/api/generate", json!({"model": MODEL, "prompt": "p", "suffix": "s"})),
        ("/api/generate", json!({"model": MODEL, "prompt": "p", "template": "{{ range .Messages }}"})),
        ("/api/show", json!({})),
        ("/api/copy", json!({"source": "a", "destination": "b"})),
        ("/api/create", json!({"model": "a", "from": "b"})),
        ("/api/push", json!({"model": "a"})),
    ] {
        let reply = post(&server, path, body).await;
        assert!(reply.status.is_client_error(), "{path}: {} {}", reply.status, reply.body);
        seen.push(json!([path, reply.status.as_u16(), reply.value()]));
    }
    insta::assert_json_snapshot!("refused", seen);
}

#[tokio::test]
async fn an_answer_that_breaks_says_so_where_it_is() {
    let broken = || Script::breaks_after(&["Hi"], GenerationError::Engine("/secret/path".to_owned()));
    let server = server(vec![broken(), broken()]);
    let body = |stream| json!({"model": MODEL, "messages": hello(), "stream": stream});
    let lines = post(&server, "/api/chat", body(true)).await.lines();
    assert_eq!(lines[0]["message"]["content"], "Hi");
    let error = lines.last().unwrap()["error"].as_str().unwrap();
    assert!(!error.contains("secret"), "{error}");
    let whole = post(&server, "/api/chat", body(false)).await;
    assert_eq!(whole.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(whole.value()["error"].is_string());
}

#[tokio::test]
async fn who_hangs_up_cancels() {
    let (script, mut hand) = Script::by_hand();
    let server = server(vec![script]);
    hand.start();
    hand.token("Hi");
    let body = json!({"model": MODEL, "messages": hello()}).to_string();
    let mut response = send(&server, "POST", "/api/chat", body).await;
    let line = response.body_mut().frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(line.ends_with(b"\n"));
    assert!(!hand.is_hung_up());
    drop(response);
    hand.hung_up().await;
}

#[tokio::test]
async fn a_failed_load_has_its_status() {
    let library = FakeLibrary::with(ScriptedGenerator::new(Vec::new()));
    library.fails(MODEL, Some(LibraryError::TooLarge { id: MODEL.to_owned(), needed: 9, available: 1 }));
    let server = Server::new(library, ServerOptions::default());
    let seen = post(&server, "/api/chat", json!({"model": MODEL, "messages": hello()})).await;
    assert_eq!(seen.status, StatusCode::SERVICE_UNAVAILABLE);
    let missing = post(&server, "/api/chat", json!({"model": "elsewhere", "messages": hello()})).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.value()["error"].as_str().unwrap().contains("abide pull"));
}

fn full_chat() -> Value {
    json!({
        "model": "m", "stream": true, "format": {"type": "object"}, "keep_alive": "5m", "think": true, "logprobs": true,
        "top_logprobs": 3, "truncate": true, "shift": false,
        "messages": [
            {"role": "assistant", "content": "c", "thinking": "t", "tool_calls": [
                {"id": "i", "type": "function", "function": {"index": 0, "name": "n", "arguments": {"a": 1}}}]},
            {"role": "tool", "tool_name": "n", "tool_call_id": "i", "content": "r", "images": []},
        ],
        "tools": [{"type": "function", "function": {"name": "n", "description": "d", "parameters": {"type": "object"}}}],
        "options": {"seed": 1, "stop": ["s"], "num_ctx": 9, "mirostat": 2, "top_k": 1.0, "num_thread": 1},
    })
}

fn full_generate() -> Value {
    json!({"model": "m", "prompt": "p", "system": "s", "template": "{{ .Prompt }}", "raw": false, "suffix": "",
        "images": [], "context": [], "options": {"temperature": 0.5}, "keep_alive": 5, "format": "json"})
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_chat_panics(body in gone_wrong(full_chat())) {
        if let Ok(request) = crate::extract::parse::<chat::ChatRequest>(&body) {
            request.try_everything();
        }
    }

    #[test]
    fn no_prompt_panics(body in gone_wrong(full_generate())) {
        if let Ok(request) = crate::extract::parse::<generate::GenerateRequest>(&body) {
            request.try_everything();
        }
    }

    #[test]
    fn no_other_body_panics(body in gone_wrong(json!({"model": "m", "name": "n", "input": ["a"], "dimensions": 1}))) {
        let _ = crate::extract::parse::<embed::EmbedRequest>(&body);
        let _ = crate::extract::parse::<models::ShowRequest>(&body);
        let _ = crate::extract::parse::<Vec<message::Message>>(&body);
    }
}
