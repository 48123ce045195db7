//! Responses: what requests mean, what is refused, how replies and streams look.

use abide_generation::scripted::Script;
use abide_generation::{
    Chat, Constraint, ContextOverflow, FinishReason, GenerationError, Prompt, PromptReport, Role, Sampling,
    Timings, Usage,
};
use proptest::prelude::*;
use serde_json::json;

use super::super::super::asking::gone_wrong;
use super::super::stream::Write as _;
use super::super::testing::{
    assert_read_or_refused, assert_refused, data_of, object, post, post_for_text, stamp, wire,
};
use super::request::ResponseWishes;
use super::*;
use crate::answer::{Choice, Ending, Order, Piece, PieceLogprob, ToolChoice};
use crate::testing::{MODEL, server};

const PATH: &str = "/v1/responses";

fn read(body: Value) -> Result<(Order, ResponseWishes), ApiError> {
    read_response(object(body), &Sampling::default())
}

fn chat_of(body: Value) -> Chat {
    match read(body).unwrap().0.request.prompt {
        Prompt::Chat(chat) => chat,
        _ => panic!("chat was asked for"),
    }
}

fn whole_body() -> Value {
    // A text: the macro has no room for so many fields.
    serde_json::from_str(
        r#"{
        "model": "scripted",
        "instructions": "Be brief.",
        "input": [
            {"role": "developer", "content": "Use tools."},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Weather in Paris?"}]},
            {"type": "reasoning", "id": "rs_1", "summary": [], "content": [{"type": "reasoning_text", "text": "Ask."}], "status": "completed", "encrypted_content": null},
            {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [
                {"type": "output_text", "text": "I'll look.", "annotations": [], "logprobs": []}]},
            {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "weather", "arguments": "{\"city\":\"Paris\"}", "status": "completed"},
            {"type": "function_call_output", "call_id": "call_1", "output": "Rain"},
            {"role": "user", "content": "And Rome?"}
        ],
        "tools": [{"type": "function", "name": "weather", "description": "Tells the weather.", "strict": true,
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}],
        "tool_choice": {"type": "function", "name": "weather"},
        "parallel_tool_calls": false,
        "text": {"format": {"type": "json_schema", "name": "answer", "schema": {"type": "object"}, "strict": true}, "verbosity": "medium"},
        "max_output_tokens": 50,
        "temperature": 0.5,
        "top_p": 0.75,
        "top_k": 5,
        "reasoning": {"effort": "low", "summary": "auto"},
        "stream": true,
        "truncation": "auto",
        "include": ["message.output_text.logprobs"],
        "top_logprobs": 2,
        "store": false,
        "previous_response_id": null,
        "background": false,
        "service_tier": "auto",
        "metadata": {"ticket": "12"},
        "user": "ada",
        "timings": true,
        "keep_alive": 10
    }"#,
    )
    .unwrap()
}

#[test]
fn every_field_has_its_meaning() {
    let (order, wishes) = read(whole_body()).unwrap();
    assert_eq!(order.tool_choice, ToolChoice::Function("weather".to_owned()));
    assert!(!order.parallel_tool_calls && wishes.stream && wishes.timings && wishes.dropped_messages);
    assert_eq!(order.request.context_overflow, ContextOverflow::DropOldest);
    assert_eq!(order.request.constraint, Some(Constraint::JsonSchema(json!({"type": "object"}))));
    assert_eq!((order.request.max_tokens, order.request.logprobs), (Some(50), Some(2)));
    let Prompt::Chat(chat) = order.request.prompt else { panic!("chat was asked for") };
    assert_eq!(chat.thinking, Some(true));
    insta::assert_debug_snapshot!(chat.messages);
}

#[test]
fn items_in_a_row_are_one_turn() {
    let call = |id: &str| json!({"type": "function_call", "call_id": id, "name": "f", "arguments": "{}"});
    let result = |id: &str| json!({"type": "function_call_output", "call_id": id, "output": [{"type": "input_text", "text": id}]});
    let chat = chat_of(json!({"input": [
        {"role": "user", "content": "Hi"}, call("a"), call("b"), result("a"), result("b"),
        {"role": "assistant", "content": "One"}, {"role": "assistant", "content": "Two"},
        {"role": "user", "content": "Bye"}
    ]}));
    let roles: Vec<_> = chat.messages.iter().map(|message| message.role).collect();
    let expected =
        [Role::User, Role::Assistant, Role::Tool, Role::Tool, Role::Assistant, Role::Assistant, Role::User];
    assert_eq!(roles, expected);
    assert_eq!(chat.messages[1].tool_calls.len(), 2);
    assert_eq!((chat.messages[3].content.as_str(), chat.messages[3].name.as_deref()), ("b", Some("f")));
    let chat = chat_of(json!({"input": "Hi", "instructions": "Be kind."}));
    assert_eq!((chat.messages[0].role, chat.messages[1].content.as_str()), (Role::System, "Hi"));
}

#[test]
fn each_unsupported_field_is_refused_by_name() {
    for (field, value) in [
        ("store", json!(true)),
        ("previous_response_id", json!("resp_1")),
        ("conversation", json!("conv_1")),
        ("background", json!(true)),
        ("prompt", json!({"id": "p"})),
        ("max_tool_calls", json!(3)),
        ("moderation", json!({})),
        ("stop", json!("END")),
        ("max_tokens", json!(5)),
        ("messages", json!([])),
        ("n", json!(2)),
        ("max_output_tokens", json!(0)),
        ("top_logprobs", json!(2)),
        ("include[0]", json!(["reasoning.encrypted_content"])),
        ("include[1]", json!(["message.output_text.logprobs", "file_search_call.results"])),
        ("reasoning.summary", json!({"summary": "detailed"})),
        ("reasoning.effort", json!({"effort": "extreme"})),
        ("reasoning.mode", json!({"mode": "pro"})),
        ("text.verbosity", json!({"verbosity": "high"})),
        ("text.format.type", json!({"format": {"type": "grammar"}})),
        ("text.format.name", json!({"format": {"type": "json_schema", "schema": {}}})),
        ("text.more", json!({"more": 1})),
        ("truncation", json!("middle")),
        ("tools[0].type", json!([{"type": "web_search"}])),
        ("tools[0].name", json!([{"type": "function"}])),
        ("tools[0].function", json!([{"type": "function", "name": "a", "function": {}}])),
        ("tool_choice.type", json!({"type": "web_search_preview"})),
        ("tool_choice.name", json!({"type": "function", "name": "absent"})),
        ("input", json!([])),
        ("input", json!(5)),
        ("input[0].type", json!([{"type": "item_reference", "id": "msg_1"}])),
        ("input[0].type", json!([{"type": "computer_call"}])),
        ("input[0].role", json!([{"content": "a"}])),
        ("input[0].role", json!([{"role": "tool", "content": "a"}])),
        (
            "input[0].content[0].type",
            json!([{"role": "user", "content": [{"type": "input_image", "image_url": "data:"}]}]),
        ),
        (
            "input[0].encrypted_content",
            json!([{"type": "reasoning", "summary": [], "encrypted_content": "x"}]),
        ),
        ("input[0].call_id", json!([{"type": "function_call_output", "call_id": "a", "output": "x"}])),
        (
            "input[0].arguments",
            json!([{"type": "function_call", "call_id": "a", "name": "f", "arguments": "{"}]),
        ),
        ("input[0].mood", json!([{"role": "user", "content": "a", "mood": "good"}])),
    ] {
        let mut body = object(json!({"input": "Hi"}));
        body.insert(field.split('.').next().unwrap().split('[').next().unwrap().to_owned(), value);
        assert_refused(read_response(body, &Sampling::default()), field);
    }
    assert_refused(read(json!({})), "input");
    let contradiction = json!({"input": "Hi", "truncation": "auto", "context_overflow": "error"});
    assert_refused(read(contradiction), "context_overflow");
}

fn pieces(ending: Ending) -> Vec<Piece> {
    let top = vec![(1, "Rain".into(), -0.5)];
    let logprobs = vec![PieceLogprob { token: 1, text: "Rain".into(), logprob: -0.5, top }];
    let usage = Usage { prompt_tokens: 20, cached_tokens: 8, completion_tokens: 12, ..Usage::default() };
    vec![
        Piece::Started(PromptReport { dropped_messages: 2, ..PromptReport::default() }),
        Piece::Thought("As".to_owned()),
        Piece::Thought("k.".to_owned()),
        Piece::Text { text: "Rain".to_owned(), logprobs },
        Piece::Text { text: String::new(), logprobs: vec![] },
        Piece::Text { text: "?".to_owned(), logprobs: vec![] },
        Piece::ToolCall { call: 0, id: "call_1".to_owned(), name: "weather".to_owned() },
        Piece::ToolArguments { call: 0, text: "{\"city\":".to_owned() },
        Piece::ToolArguments { call: 0, text: "\"Paris\"}".to_owned() },
        Piece::Finished { ending, usage, thought_tokens: 4, timings: Timings::default() },
    ]
}

async fn stream_of(mut making: Making, pieces: Vec<Piece>) -> String {
    let mut events = making.begin();
    for piece in pieces {
        events.extend(making.piece(Choice { index: 0, piece }));
    }
    events.extend(making.end());
    wire(events).await
}

#[tokio::test]
async fn a_stream_has_the_dialects_order_of_events() {
    let making = Making::new(stamp(), read(json!({"input": "Hi"})).unwrap().1);
    insta::assert_snapshot!(stream_of(making, pieces(Ending::ToolCalls)).await);
}

#[test]
fn a_whole_response_tells_all() {
    let mut making = Making::new(stamp(), read(whole_body()).unwrap().1);
    for piece in pieces(Ending::Generator(FinishReason::MaxTokens)) {
        making.take(piece);
    }
    insta::assert_json_snapshot!(making.into_response());
}

#[test]
fn a_responses_output_can_be_sent_back() {
    let mut making = Making::new(stamp(), read(whole_body()).unwrap().1);
    for piece in pieces(Ending::ToolCalls) {
        making.take(piece);
    }
    let response = serde_json::to_value(making.into_response()).unwrap();
    let mut input = vec![json!({"role": "user", "content": "Hi"})];
    input.extend(response["output"].as_array().unwrap().iter().cloned());
    input.push(json!({"type": "function_call_output", "call_id": "call_1", "output": "Rain"}));
    let chat = chat_of(json!({"input": input}));
    assert_eq!(chat.messages.len(), 3);
    let turn = &chat.messages[1];
    assert_eq!((turn.reasoning.as_deref(), turn.content.as_str()), (Some("Ask."), "Rain?"));
    assert_eq!(turn.tool_calls[0].name, "weather");
}

#[tokio::test]
async fn a_request_is_answered_whole_and_streamed() {
    let server = server(vec![Script::answer(&["Hel", "lo"]), Script::answer(&["Hel", "lo"])]);
    let mut body = json!({"model": MODEL, "input": "Hi"});
    let (status, reply) = post(&server, PATH, &body).await;
    assert_eq!(status, 200);
    insta::assert_json_snapshot!(reply);
    body["stream"] = json!(true);
    let (_, text) = post_for_text(&server, PATH, &body).await;
    let events = data_of(&text);
    let numbers: Vec<_> = events.iter().map(|event| event["sequence_number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (0..events.len() as u64).collect::<Vec<_>>());
    assert_eq!(events.last().unwrap()["response"], reply);
}

#[tokio::test]
async fn an_answer_without_text_still_has_a_message() {
    let server = server(vec![Script::answer(&[])]);
    let (_, reply) = post(&server, PATH, &json!({"input": "Hi"})).await;
    assert_eq!(reply["output"][0]["content"][0]["text"], "");
}

#[tokio::test]
async fn an_error_in_mid_stream_fails_the_response() {
    let server = server(vec![Script::breaks_after(&["Hel"], GenerationError::Engine("a path".to_owned()))]);
    let (status, text) = post_for_text(&server, PATH, &json!({"input": "Hi", "stream": true})).await;
    assert_eq!(status, 200);
    let events = data_of(&text);
    let last = events.last().unwrap();
    assert_eq!(last["type"], "response.failed");
    assert_eq!(last["response"]["status"], "failed");
    assert_eq!(last["response"]["error"]["code"], "server_error");
    assert_eq!(last["response"]["output"][0]["status"], "incomplete");
}

proptest! {
    #[test]
    fn no_body_panics(bytes in gone_wrong(whole_body())) {
        assert_read_or_refused(&bytes, |body| read_response(body, &Sampling::default()));
    }
}
