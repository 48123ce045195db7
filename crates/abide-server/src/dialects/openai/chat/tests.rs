//! Chat: what requests mean, what is refused, how replies look.

use std::time::Duration;

use abide_generation::scripted::{Script, ScriptedGenerator};
use abide_generation::{
    Constraint, ContextOverflow, FinishReason, GenerationError, GenerationRequest, Prompt, Role, Sampling,
    Timings, Usage,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::super::asking::gone_wrong;
use super::super::stream::Write as _;
use super::super::testing::{
    assert_read_or_refused, assert_refused, data_of, object, post, post_for_text, stamp, wire,
};
use super::*;
use crate::ServerOptions;
use crate::answer::{
    Choice, Collected, CollectedCall, Ending, Order, Piece, PieceLogprob, TokenText, ToolChoice,
};
use crate::testing::{FakeLibrary, MODEL, server};

const PATH: &str = "/v1/chat/completions";

fn read(body: Value) -> Result<(Order, request::ChatWishes), ApiError> {
    read_chat(object(body), &Sampling::default())
}

fn request_of(body: Value) -> GenerationRequest {
    read(body).unwrap().0.request
}

/// A body with every field that is accepted.
fn whole_body() -> Value {
    // A text: the macro has no room for so many fields.
    serde_json::from_str(
        r#"{
        "model": "scripted",
        "messages": [
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "name": "Ada", "content": [{"type": "text", "text": "Weather", "cache_control": {"type": "ephemeral"}}, {"type": "text", "text": "in Paris?"}]},
            {"role": "assistant", "content": null, "refusal": null, "annotations": [], "reasoning_content": "Ask the tool.", "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{\"city\":\"Paris\"}"}}
            ]},
            {"role": "tool", "tool_call_id": "call_1", "content": "Rain"},
            {"role": "user", "content": "And Rome?"}
        ],
        "tools": [{"type": "function", "function": {
            "name": "weather", "description": "Tells the weather.", "strict": true,
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}
        }}],
        "tool_choice": {"type": "function", "function": {"name": "weather"}},
        "parallel_tool_calls": false,
        "response_format": {"type": "text"},
        "stop": ["END", "STOP"],
        "stream": true,
        "stream_options": {"include_usage": true, "include_obfuscation": false},
        "n": 2,
        "logprobs": true,
        "top_logprobs": 3,
        "max_completion_tokens": 50,
        "max_tokens": 50,
        "reasoning_effort": "high",
        "temperature": 0.5,
        "top_p": 0.9,
        "frequency_penalty": 0.25,
        "presence_penalty": -0.25,
        "logit_bias": {"7": -100, "8": 2.5},
        "seed": -1,
        "top_k": 7,
        "min_p": 0.125,
        "typical_p": 0.75,
        "top_n_sigma": 1.5,
        "xtc": {"probability": 0.5, "threshold": 0.25},
        "dry": {"multiplier": 0.5},
        "repetition_penalty": 1.25,
        "penalty_window": 32,
        "mirostat": {"tau": 5.0, "eta": 0.125},
        "dynamic_temperature": {"minimum": 0.25, "maximum": 1.5, "exponent": 1.0},
        "context_overflow": "drop_oldest",
        "timings": true,
        "regex": "[a-z]+",
        "keep_alive": "5m",
        "chat_template_kwargs": {"enable_thinking": true, "tone": "warm"},
        "ignore_eos": false,
        "user": "ada",
        "safety_identifier": "a",
        "prompt_cache_key": "k",
        "metadata": {"ticket": "12"},
        "store": false,
        "service_tier": "auto",
        "modalities": ["text"],
        "verbosity": "medium",
        "prompt_cache_retention": "in_memory",
        "audio": null,
        "functions": null
    }"#,
    )
    .unwrap()
}

#[test]
fn every_field_has_its_meaning() {
    let (order, wishes) = read(whole_body()).unwrap();
    assert_eq!(order.model, "scripted");
    assert_eq!(order.choices, 2);
    assert_eq!(order.tool_choice, ToolChoice::Function("weather".to_owned()));
    assert!(!order.parallel_tool_calls);
    assert_eq!(order.keep_alive, Some(Duration::from_mins(5)));
    let sampling = &order.request.sampling;
    assert_eq!(sampling.seed, Some(u64::MAX));
    assert_eq!(sampling.logit_bias, [(7, -100.0), (8, 2.5)]);
    assert_eq!((sampling.top_k, sampling.penalty_window), (7, 32));
    assert!(wishes.timings && wishes.dropped_messages && wishes.logprobs);
    assert!(wishes.stream.unwrap().tells_usage());
    insta::assert_debug_snapshot!(order.request);
}

#[test]
fn what_is_left_out_is_as_the_model_advises() {
    let body = json!({"messages": [{"role": "user", "content": "Hi"}], "temperature": null, "top_k": 3});
    let advised = Sampling { temperature: 0.3, top_p: 0.7, ..Sampling::neutral() };
    let (order, wishes) = read_chat(object(body), &advised).unwrap();
    assert_eq!(order.request.sampling, Sampling { top_k: 3, ..advised });
    assert_eq!((order.model.as_str(), order.choices, order.request.max_tokens), ("", 1, None));
    assert_eq!(order.request.context_overflow, ContextOverflow::Error);
    assert_eq!(order.request.logprobs, None);
    assert!(order.parallel_tool_calls && wishes.stream.is_none());
}

#[test]
fn constraints_come_from_the_format_or_an_extension() {
    let with = |fields: Value| {
        let mut body = json!({"messages": [{"role": "user", "content": "Hi"}]});
        body.as_object_mut().unwrap().extend(object(fields));
        request_of(body).constraint
    };
    let schema = json!({"type": "object", "properties": {"a": {"type": "integer"}}});
    let format =
        json!({"type": "json_schema", "json_schema": {"name": "answer", "strict": true, "schema": schema}});
    assert_eq!(with(json!({"response_format": format})), Some(Constraint::JsonSchema(schema)));
    assert_eq!(with(json!({"response_format": {"type": "json_object"}})), Some(Constraint::JsonObject));
    assert_eq!(with(json!({"response_format": {"type": "text"}})), None);
    assert_eq!(with(json!({"grammar": "start: \"a\""})), Some(Constraint::Lark("start: \"a\"".to_owned())));
    assert_eq!(with(json!({"regex": "a+"})), Some(Constraint::Regex("a+".to_owned())));
}

#[tokio::test]
async fn a_schema_that_can_t_be_used_is_named() {
    let refused = || {
        let problem = "it is empty".to_owned();
        Script::refused(GenerationError::Constraint { kind: "JSON Schema", problem })
    };
    let server = server(vec![refused(), refused()]);
    for (field, value) in [("response_format", json!({"type": "json_object"})), ("regex", json!("["))] {
        let body = json!({"messages": [{"role": "user", "content": "Hi"}], field: value});
        let (status, reply) = post(&server, PATH, &body).await;
        assert_eq!((status.as_u16(), &reply["error"]["param"]), (400, &json!(field)), "{reply}");
    }
}

#[test]
fn thinking_is_switched_by_effort_or_by_the_template_variable() {
    let with = |fields: Value| {
        let mut body = json!({"messages": [{"role": "user", "content": "Hi"}]});
        body.as_object_mut().unwrap().extend(object(fields));
        match request_of(body).prompt {
            Prompt::Chat(chat) => (chat.thinking, chat.variables.get("reasoning_effort").cloned()),
            _ => panic!("chat was asked for"),
        }
    };
    assert_eq!(with(json!({})), (None, None));
    assert_eq!(with(json!({"reasoning_effort": "none"})), (Some(false), None));
    assert_eq!(with(json!({"reasoning_effort": "minimal"})), (Some(false), None));
    assert_eq!(with(json!({"reasoning_effort": "low"})), (Some(true), Some(json!("low"))));
    assert_eq!(with(json!({"chat_template_kwargs": {"enable_thinking": false}})), (Some(false), None));
}

/// Each value of a field, whose place in the body may lie deeper, is refused by that place.
#[track_caller]
fn assert_each_refused(cases: &[(&str, Value)]) {
    for (field, value) in cases {
        let mut body = object(json!({"messages": [{"role": "user", "content": "Hi"}]}));
        let name = field.split(['.', '[']).next().unwrap();
        body.insert(name.to_owned(), value.clone());
        assert_refused(read_chat(body, &Sampling::default()), field);
    }
}

#[test]
fn each_unsupported_field_is_refused_by_name() {
    assert_each_refused(&[
        ("audio", json!({"voice": "alloy", "format": "mp3"})),
        ("modalities", json!(["text", "audio"])),
        ("functions", json!([{"name": "f"}])),
        ("function_call", json!("auto")),
        ("prediction", json!({"type": "content", "content": "a"})),
        ("web_search_options", json!({})),
        ("verbosity", json!("low")),
        ("moderation", json!({"model": "m"})),
        ("store", json!(true)),
        ("service_tier", json!("flex")),
        ("prompt_cache_retention", json!("24h")),
        ("prompt_cache_options", json!({"mode": "explicit"})),
        ("best_of", json!(2)),
        ("nonsense", json!(null)),
        ("Temperature", json!(1)),
        ("temperature", json!("hot")),
        ("temperature", json!(-1)),
        ("temperature", json!(1e39)),
        ("top_p", json!(1.5)),
        ("frequency_penalty", json!(3)),
        ("presence_penalty", json!(-3)),
        ("seed", json!(1.5)),
        ("n", json!(0)),
        ("n", json!(129)),
        ("n", json!(-1)),
        ("max_tokens", json!(0)),
        ("max_completion_tokens", json!(0)),
        ("max_tokens", json!("many")),
        ("logprobs", json!(3)),
        ("top_logprobs", json!(5)),
        ("top_logprobs", json!(21)),
        ("logit_bias.x", json!({"x": 1})),
        ("logit_bias.5", json!({"5": 101})),
        ("stop", json!(5)),
        ("stop", json!(["a", 5])),
        ("stream_options", json!({"include_usage": true})),
        ("stream_options.include_obfuscation", json!({"include_obfuscation": true})),
        ("stream_options.other", json!({"other": true})),
        ("reasoning_effort", json!("enormous")),
        ("context_overflow", json!("shrug")),
        ("keep_alive", json!("soon")),
        ("metadata.a", json!({"a": 5})),
        ("chat_template_kwargs.enable_thinking", json!({"enable_thinking": "yes"})),
        ("xtc.threshold", json!({"probability": 0.5})),
        ("xtc.probability", json!({"probability": 2, "threshold": 0.1})),
        ("dry.strength", json!({"strength": 1})),
        ("mirostat.tau", json!({"tau": 0, "eta": 0.1})),
        ("model", json!(5)),
        ("stream", json!("yes")),
    ]);
}

#[test]
fn formats_and_tools_that_make_no_sense_are_refused_by_place() {
    assert_each_refused(&[
        ("response_format", json!("json")),
        ("response_format.type", json!({})),
        ("response_format.type", json!({"type": "xml"})),
        ("response_format.json_schema.name", json!({"type": "json_schema", "json_schema": {"schema": {}}})),
        (
            "response_format.json_schema.schema",
            json!({"type": "json_schema", "json_schema": {"name": "a", "schema": 5}}),
        ),
        (
            "response_format.json_schema.strict",
            json!({"type": "json_schema", "json_schema": {"name": "a", "strict": 5}}),
        ),
        (
            "response_format.json_schema.more",
            json!({"type": "json_schema", "json_schema": {"name": "a", "more": 5}}),
        ),
        ("response_format.schema", json!({"type": "json_object", "schema": {}})),
        ("tools", json!({})),
        ("tools[0].type", json!([{"type": "custom", "custom": {"name": "a"}}])),
        ("tools[0].function", json!([{"type": "function"}])),
        ("tools[0].function.name", json!([{"type": "function", "function": {}}])),
        ("tools[0].function.name", json!([{"type": "function", "function": {"name": "a b"}}])),
        (
            "tools[0].function.parameters",
            json!([{"type": "function", "function": {"name": "a", "parameters": 5}}]),
        ),
        (
            "tools[1].function.name",
            json!([{"type": "function", "function": {"name": "a"}}, {"type": "function", "function": {"name": "a"}}]),
        ),
        ("tool_choice", json!("always")),
        ("tool_choice", json!("required")),
        ("tool_choice.function.name", json!({"type": "function", "function": {"name": "absent"}})),
        ("tool_choice.type", json!({"type": "allowed_tools", "allowed_tools": {}})),
    ]);
}

#[test]
fn fields_that_contradict_each_other_are_refused() {
    for (field, fields) in [
        ("max_tokens", json!({"max_tokens": 5, "max_completion_tokens": 6})),
        ("regex", json!({"regex": "a", "grammar": "start: \"a\""})),
        ("grammar", json!({"grammar": "start: \"a\"", "response_format": {"type": "json_object"}})),
        (
            "reasoning_effort",
            json!({"reasoning_effort": "none", "chat_template_kwargs": {"enable_thinking": true}}),
        ),
    ] {
        let mut body = object(json!({"messages": [{"role": "user", "content": "Hi"}]}));
        body.extend(object(fields));
        assert_refused(read_chat(body, &Sampling::default()), field);
    }
}

#[test]
fn messages_that_make_no_sense_are_refused_by_place() {
    let call = |arguments: &str| json!({"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": arguments}}]});
    for (field, messages) in [
        ("messages", json!([])),
        ("messages", json!("Hi")),
        ("messages[0]", json!(["Hi"])),
        ("messages[0].role", json!([{"content": "Hi"}])),
        ("messages[0].role", json!([{"role": "critic", "content": "Hi"}])),
        ("messages[0].role", json!([{"role": "function", "name": "f", "content": "Hi"}])),
        ("messages[0].content", json!([{"role": "user"}])),
        ("messages[0].content", json!([{"role": "assistant"}])),
        ("messages[0].content", json!([{"role": "user", "content": 5}])),
        ("messages[0].mood", json!([{"role": "user", "content": "Hi", "mood": "good"}])),
        ("messages[0].tool_calls", json!([{"role": "user", "content": "Hi", "tool_calls": []}])),
        ("messages[0].audio", json!([{"role": "assistant", "content": "Hi", "audio": {"id": "a"}}])),
        ("messages[0].function_call", json!([{"role": "assistant", "content": "Hi", "function_call": {}}])),
        (
            "messages[0].content[1].type",
            json!([{"role": "user", "content": [
            {"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": "data:"}}]}]),
        ),
        (
            "messages[0].content[0].type",
            json!([{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}]),
        ),
        ("messages[0].content[0].text", json!([{"role": "user", "content": [{"type": "text"}]}])),
        (
            "messages[0].content[0].prompt_cache_breakpoint",
            json!([{"role": "user", "content": [
            {"type": "text", "text": "a", "prompt_cache_breakpoint": {"mode": "explicit"}}]}]),
        ),
        ("messages[0].tool_calls[0].function.arguments", json!([call("{\"a\":")])),
        ("messages[0].tool_calls[0].function.arguments", json!([call("[1]")])),
        ("messages[1].tool_call_id", json!([call("{}"), {"role": "tool", "content": "1"}])),
        (
            "messages[1].tool_call_id",
            json!([call("{}"), {"role": "tool", "content": "1", "tool_call_id": "b"}]),
        ),
    ] {
        assert_refused(read(json!({"messages": messages})), field);
    }
    assert_refused(read(json!({})), "messages");
}

#[test]
fn a_replys_message_can_be_sent_back() {
    let reply =
        serde_json::to_value(ChatCompletion::new(stamp(), vec![whole_answer()], plain_wishes())).unwrap();
    let body = json!({"messages": [
        {"role": "user", "content": "Hi"},
        reply["choices"][0]["message"],
        {"role": "tool", "tool_call_id": "call_1", "content": "Rain"}
    ]});
    let Prompt::Chat(chat) = request_of(body).prompt else { panic!("chat was asked for") };
    assert_eq!(chat.messages[1].reasoning.as_deref(), Some("Ask the tool."));
    assert_eq!(chat.messages[1].tool_calls[0].name, "weather");
    assert_eq!(chat.messages[2].role, Role::Tool);
    assert_eq!(chat.messages[2].name.as_deref(), Some("weather"));
}

fn plain_wishes() -> request::ChatWishes {
    read(json!({"messages": [{"role": "user", "content": "Hi"}]})).unwrap().1
}

fn logprob(text: &str) -> PieceLogprob {
    let top = vec![(1, text.into(), -0.5), (2, TokenText::new(vec![0xf0, 0x9f]), f32::NEG_INFINITY)];
    PieceLogprob { token: 1, text: text.into(), logprob: -0.5, top }
}

fn usage() -> Usage {
    Usage { prompt_tokens: 20, cached_tokens: 8, completion_tokens: 12, ..Usage::default() }
}

fn timings() -> Timings {
    Timings {
        queued: Duration::from_millis(1),
        prefill: Duration::from_millis(20),
        decode: Duration::from_millis(300),
    }
}

fn whole_answer() -> Collected {
    let call = CollectedCall {
        id: "call_1".to_owned(),
        name: "weather".to_owned(),
        arguments: r#"{"city":"Paris"}"#.to_owned(),
    };
    Collected {
        thought: "Ask the tool.".to_owned(),
        tool_calls: vec![call],
        ending: Ending::ToolCalls,
        usage: usage(),
        thought_tokens: 4,
        timings: timings(),
        ..Collected::default()
    }
}

#[test]
fn a_whole_reply_tells_all() {
    let (_, mut wishes) = read(whole_body()).unwrap();
    let text = Collected {
        text: "Rain".to_owned(),
        logprobs: vec![logprob("Rain")],
        ending: Ending::Generator(FinishReason::MaxTokens),
        usage: Usage { cached_tokens: 19, ..usage() },
        ..Collected::default()
    };
    let answers = vec![whole_answer(), text];
    insta::assert_json_snapshot!(ChatCompletion::new(stamp(), answers.clone(), wishes.clone()));
    wishes = plain_wishes();
    insta::assert_json_snapshot!("a_whole_reply_in_short", ChatCompletion::new(stamp(), answers, wishes));
}

#[tokio::test]
async fn a_stream_tells_all() {
    let (_, wishes) = read(whole_body()).unwrap();
    let mut chunks = ChatChunks::new(stamp(), wishes);
    let report = abide_generation::PromptReport { dropped_messages: 2, ..Default::default() };
    let finished =
        Piece::Finished { ending: Ending::ToolCalls, usage: usage(), thought_tokens: 4, timings: timings() };
    let pieces = [
        Piece::Started(report),
        Piece::Thought("Ask".to_owned()),
        Piece::Text { text: "Rain".to_owned(), logprobs: vec![logprob("Rain")] },
        Piece::Text { text: String::new(), logprobs: vec![] },
        Piece::ToolCall { call: 0, id: "call_1".to_owned(), name: "weather".to_owned() },
        Piece::ToolArguments { call: 0, text: "{\"city\":".to_owned() },
        Piece::ToolArguments { call: 0, text: "\"Paris\"}".to_owned() },
        finished,
    ];
    let mut events = Vec::new();
    for piece in pieces {
        events.extend(chunks.piece(Choice { index: 0, piece }));
    }
    events.extend(chunks.end());
    insta::assert_snapshot!(wire(events).await);
}

#[tokio::test]
async fn a_request_is_answered() {
    let server = server(vec![Script::answer(&["Hel", "lo"])]);
    let body = json!({"model": MODEL, "messages": [{"role": "user", "content": "Hi"}]});
    let (status, reply) = post(&server, PATH, &body).await;
    assert_eq!(status, 200);
    insta::assert_json_snapshot!(reply);
}

#[tokio::test]
async fn a_stream_is_sent_and_ends_with_usage() {
    let server = server(vec![Script::answer(&["Hel", "lo"])]);
    let body = json!({
        "messages": [{"role": "user", "content": "Hi"}], "stream": true, "stream_options": {"include_usage": true}
    });
    let (status, text) = post_for_text(&server, PATH, &body).await;
    assert_eq!(status, 200);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn several_answers_have_seeds_of_their_own() {
    let generator = ScriptedGenerator::new(vec![Script::answer(&["one"]), Script::answer(&["two"])]);
    let generator = Arc::new(generator);
    let library = FakeLibrary::default();
    library.add(MODEL, Arc::clone(&generator), 1000);
    let server = Server::new(Arc::new(library), ServerOptions::default());
    let body = json!({"messages": [{"role": "user", "content": "Hi"}], "n": 2, "seed": 5});
    let (_, reply) = post(&server, PATH, &body).await;
    let texts: Vec<_> =
        reply["choices"].as_array().unwrap().iter().map(|c| &c["message"]["content"]).collect();
    assert_eq!(texts, ["one", "two"]);
    assert_eq!(reply["usage"]["prompt_tokens"], 10);
    assert_eq!(reply["usage"]["completion_tokens"], 2);
    let seeds: Vec<_> = generator.requests().iter().map(|request| request.sampling.seed).collect();
    assert!(seeds[0] == Some(5) && seeds[1].is_some_and(|seed| seed != 5 && seed != 6), "{seeds:?}");
}

#[tokio::test]
async fn an_error_in_mid_stream_is_the_last_event() {
    let broken = || Script::breaks_after(&["Hel"], GenerationError::Engine("a secret path".to_owned()));
    let server = server(vec![broken(), broken()]);
    let mut body = json!({"messages": [{"role": "user", "content": "Hi"}], "stream": true});
    let (status, text) = post_for_text(&server, PATH, &body).await;
    assert_eq!(status, 200);
    let events = data_of(&text);
    assert_eq!(events.last().unwrap()["error"]["type"], "server_error");
    assert!(!text.contains("[DONE]") && !text.contains("secret"), "{text}");
    body["stream"] = json!(false);
    let (status, reply) = post(&server, PATH, &body).await;
    assert_eq!((status.as_u16(), &reply["error"]["type"]), (500, &json!("server_error")));
}

#[tokio::test]
async fn errors_before_the_answer_have_their_status() {
    let overflow = GenerationError::ContextOverflow { prompt_tokens: 200, context_tokens: 128 };
    let server =
        server(vec![Script::refused(overflow), Script::refused(GenerationError::QueueFull { waiting: 9 })]);
    let body = |model: &str| json!({"model": model, "messages": [{"role": "user", "content": "Hi"}], "stream": true});
    for (model, status, code) in [
        (MODEL, 400, json!("context_length_exceeded")),
        (MODEL, 429, json!("rate_limit_exceeded")),
        ("absent", 404, json!("model_not_found")),
    ] {
        let (found, reply) = post(&server, PATH, &body(model)).await;
        assert_eq!((found.as_u16(), &reply["error"]["code"]), (status, &code), "{reply}");
    }
    let refused = json!({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]});
    let (status, reply) = post(&server, PATH, &refused).await;
    assert_eq!(status, 400);
    insta::assert_json_snapshot!(reply);
}

proptest! {
    #[test]
    fn no_body_panics(bytes in gone_wrong(whole_body())) {
        assert_read_or_refused(&bytes, |body| read_chat(body, &Sampling::default()));
    }
}
