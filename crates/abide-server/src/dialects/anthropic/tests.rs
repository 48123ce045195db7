//! Anthropic's dialect as its clients meet it, over a scripted model.

use std::sync::Arc;

use abide_generation::scripted::{Script, ScriptedGenerator};
use abide_generation::{FinishReason, GenerationError, Generator as _, Prompt, Role, Sampling};
use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::asking::{Seen, ask, gone_wrong, send};
use super::request::{CountTokensRequest, MessagesRequest};
use super::translate::{Conversation, Draft};
use crate::extract::parse;
use crate::testing::{FakeLibrary, MODEL, server};
use crate::{Server, ServerOptions};

async fn post(server: &Arc<Server>, path: &str, body: &Value) -> Seen {
    ask(server, "POST", path, body).await
}

/// A request that says `fields` beside what each must say.
fn request(fields: Value) -> Value {
    let mut request =
        json!({"model": MODEL, "max_tokens": 20, "messages": [{"role": "user", "content": "Hello?"}]});
    let Value::Object(fields) = fields else { panic!("fields") };
    request.as_object_mut().unwrap().extend(fields);
    request
}

/// The events of a stream, without what differs from run to run.
fn events(seen: &Seen) -> Vec<Value> {
    let event = |text: &str| {
        let (name, data) = text.split_once('\n').unwrap();
        let (name, data) = (name.strip_prefix("event: ").unwrap(), data.strip_prefix("data: ").unwrap());
        let mut data: Value = serde_json::from_str(data).unwrap();
        assert_eq!(data["type"], name, "the event's name is its type");
        if let Some(id) = data.pointer_mut("/message/id") {
            assert!(id.as_str().unwrap().starts_with("msg_"));
            *id = "(random)".into();
        }
        data
    };
    seen.body.split_terminator("\n\n").map(event).collect()
}

#[tokio::test]
async fn an_answer_comes_whole() {
    let server = server(vec![Script::answer(&["Hi", " there", "!"])]);
    let seen = post(&server, "/v1/messages", &request(json!({}))).await;
    assert_eq!((seen.status, seen.kind.as_str()), (StatusCode::OK, "application/json"));
    insta::assert_json_snapshot!(seen.value());
}

#[tokio::test]
async fn an_answer_comes_as_events() {
    let stop = FinishReason::StopText("END".to_owned());
    let server = server(vec![Script::ends_with(&["Hi", " there"], stop, 0)]);
    let body = request(json!({"stream": true, "stop_sequences": ["END"]}));
    let seen = post(&server, "/v1/messages", &body).await;
    assert_eq!((seen.status, seen.kind.as_str()), (StatusCode::OK, "text/event-stream"));
    insta::assert_json_snapshot!(events(&seen));
}

#[tokio::test]
async fn the_last_words_of_the_assistant_are_continued() {
    let generator = Arc::new(ScriptedGenerator::new(vec![Script::answer(&["B)"])]));
    let library = FakeLibrary::default();
    library.add(MODEL, Arc::clone(&generator), 1000);
    let server = Server::new(Arc::new(library), ServerOptions::default());
    let messages =
        json!([{"role": "user", "content": "A or B?"}, {"role": "assistant", "content": "It is ("}]);
    let seen = post(&server, "/v1/messages", &request(json!({"messages": messages}))).await;
    assert_eq!(seen.value()["content"], json!([{"type": "text", "text": "B)"}]));
    let Prompt::Chat(chat) = generator.requests().remove(0).prompt else { panic!("a chat") };
    let last = chat.messages.last().unwrap();
    assert_eq!((last.role, last.content.as_str()), (Role::Assistant, "It is ("));
}

#[tokio::test]
async fn tokens_are_counted_without_an_answer() {
    let server = server(Vec::new());
    let body =
        json!({"model": MODEL, "system": "Be brief.", "messages": [{"role": "user", "content": "Hello?"}]});
    let seen = post(&server, "/v1/messages/count_tokens", &body).await;
    // The scripted model's tokens are bytes.
    assert_eq!(seen.value(), json!({"input_tokens": "system: Be brief.\nuser: Hello?".len()}));
    let seen = post(&server, "/v1/messages/count_tokens", &request(json!({}))).await;
    assert_eq!(seen.status, StatusCode::BAD_REQUEST);
    assert!(seen.value()["error"]["message"].as_str().unwrap().contains("`max_tokens`"), "{}", seen.body);
}

#[tokio::test]
async fn what_can_not_be_done_is_refused_in_anthropics_shape() {
    let server = server(Vec::new());
    let image =
        json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}});
    let mut seen = Vec::new();
    for body in [
        request(json!({"messages": [{"role": "user", "content": [image]}]})),
        request(json!({"model": "claude"})),
        request(json!({"model": ""})),
        request(json!({"temperature": 2})),
        request(json!({"thinking": {"type": "enabled", "budget_tokens": 10}})),
        request(json!({"tools": [{"type": "bash_20250124", "name": "bash"}]})),
        request(json!({"mcp_servers": []})),
        request(json!({"thread": {"type": "create"}})),
        request(json!({"n": 2})),
        json!({"model": MODEL, "messages": []}),
        json!([]),
    ] {
        let reply = post(&server, "/v1/messages", &body).await;
        assert!(reply.status.is_client_error(), "{} {}", reply.status, reply.body);
        seen.push(json!([reply.status.as_u16(), reply.value()]));
    }
    insta::assert_json_snapshot!("refused", seen);
}

#[tokio::test]
async fn an_answer_that_breaks_says_so_where_it_is() {
    let broken = || Script::breaks_after(&["Hi"], GenerationError::Engine("/secret/path".to_owned()));
    let server = server(vec![broken(), broken()]);
    let streamed = post(&server, "/v1/messages", &request(json!({"stream": true}))).await;
    let events = events(&streamed);
    let error = events.last().unwrap();
    assert_eq!((&error["type"], &error["error"]["type"]), (&json!("error"), &json!("api_error")));
    assert!(!streamed.body.contains("secret"), "{}", streamed.body);
    let whole = post(&server, "/v1/messages", &request(json!({}))).await;
    assert_eq!(whole.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(whole.value()["type"], "error");
}

#[tokio::test]
async fn a_prompt_that_does_not_fit_names_both_numbers() {
    let error = GenerationError::ContextOverflow { prompt_tokens: 200, context_tokens: 128 };
    let server = server(vec![Script::refused(error)]);
    let seen = post(&server, "/v1/messages", &request(json!({"stream": true}))).await;
    assert_eq!(seen.status, StatusCode::BAD_REQUEST);
    let message = seen.value()["error"]["message"].clone();
    assert!(
        message.as_str().unwrap().contains("200") && message.as_str().unwrap().contains("128"),
        "{message}"
    );
}

#[tokio::test]
async fn who_hangs_up_cancels() {
    let (script, mut hand) = Script::by_hand();
    let server = server(vec![script]);
    hand.start();
    hand.token("Hi");
    let body = request(json!({"stream": true})).to_string();
    let mut response = send(&server, "POST", "/v1/messages", body).await;
    response.body_mut().frame().await.unwrap().unwrap();
    assert!(!hand.is_hung_up());
    drop(response);
    hand.hung_up().await;
}

fn full() -> Value {
    json!({
        "model": "m", "max_tokens": 2000, "stream": true, "temperature": 0.5, "top_k": 1, "top_p": 0.5,
        "stop_sequences": ["s"], "metadata": {"user_id": "u"}, "service_tier": "auto",
        "cache_control": {"type": "ephemeral", "ttl": "5m"},
        "thinking": {"type": "enabled", "budget_tokens": 1024, "display": "omitted"},
        "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}},
        "system": [{"type": "text", "text": "s"}],
        "tools": [{"name": "n", "description": "d", "input_schema": {"type": "object"}, "strict": true}],
        "tool_choice": {"type": "tool", "name": "n", "disable_parallel_tool_use": true},
        "messages": [
            {"role": "user", "content": "c"},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "t", "signature": "s"}, {"type": "text", "text": "t"},
                {"type": "tool_use", "id": "i", "name": "n", "input": {"a": 1}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "i", "content": [{"type": "text", "text": "r"}], "is_error": true},
                {"type": "image", "source": {}}]},
        ],
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_body_panics(body in gone_wrong(full())) {
        let model = ScriptedGenerator::new(Vec::new());
        if let Ok(draft) = parse::<MessagesRequest>(&body).and_then(Draft::new) {
            let _ = draft.order(&Sampling::default(), model.description());
        }
        if let Ok(conversation) = parse::<CountTokensRequest>(&body).and_then(Conversation::counted) {
            let _ = conversation.check(model.description());
        }
    }
}
