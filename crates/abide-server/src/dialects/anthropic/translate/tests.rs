//! What requests become, and what is refused. Must not know HTTP.

use abide_generation::scripted::ScriptedGenerator;
use abide_generation::{Generator as _, ThoughtMarks};
use serde_json::json;

use super::*;
use crate::extract::parse;

fn model(thinks: bool) -> ModelDescription {
    let marks = || ThoughtMarks { open: "<think>".to_owned(), close: "</think>".to_owned() };
    let generator = ScriptedGenerator::new(Vec::new());
    let described = generator.describe(|description| {
        description.thought_marks = thinks.then(marks);
        description.thought_control.switch = true;
    });
    described.description().clone()
}

/// The order of a request that says `fields` beside what each must say.
fn order_on(model: &ModelDescription, fields: Value) -> Result<Order, ApiError> {
    let mut request =
        json!({"model": "m", "max_tokens": 2000, "messages": [{"role": "user", "content": "Hi"}]});
    let Value::Object(fields) = fields else { panic!("fields") };
    request.as_object_mut().unwrap().extend(fields);
    Draft::new(parse(request.to_string().as_bytes())?)?.order(&Sampling::default(), model)
}

fn order(fields: Value) -> Result<Order, ApiError> {
    order_on(&model(true), fields)
}

#[track_caller]
fn chat(fields: Value) -> Chat {
    match order(fields).unwrap().request.prompt {
        Prompt::Chat(chat) => chat,
        other => panic!("{other:?}"),
    }
}

/// Role and content of each message.
#[track_caller]
fn said(fields: Value) -> Vec<(Role, String)> {
    chat(fields).messages.into_iter().map(|message| (message.role, message.content)).collect()
}

fn weather() -> Value {
    json!({"name": "weather", "description": "Tells it.", "input_schema": {"type": "object"}})
}

#[test]
fn effort_is_a_level_where_there_are_levels() {
    let fields = json!({"output_config": {"effort": "low"}});
    let error = order(fields.clone()).unwrap_err();
    assert_eq!(error.field.as_deref(), Some("output_config.effort"));
    let mut levelled = model(true);
    levelled.thought_control.levels = true;
    let Prompt::Chat(chat) = order_on(&levelled, fields).unwrap().request.prompt else { panic!("no chat") };
    assert_eq!(chat.variables["reasoning_effort"], "low");
    let error = order_on(&levelled, json!({"output_config": {"effort": "max"}})).unwrap_err();
    assert!(error.message.contains("low, medium or high"), "{}", error.message);
}

#[test]
fn texts_and_blocks_say_the_same() {
    let plain = json!({"system": "Be brief.", "messages": [{"role": "user", "content": "Hi"}]});
    let blocks = json!({
        "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi", "citations": null}]}],
    });
    assert_eq!(said(plain.clone()), said(blocks));
    assert_eq!(said(plain), [(Role::System, "Be brief.".to_owned()), (Role::User, "Hi".to_owned())]);
}

#[test]
fn turns_of_one_role_are_one_turn() {
    let messages = json!([
        {"role": "user", "content": "One."},
        {"role": "user", "content": [{"type": "text", "text": "Two."}, {"type": "text", "text": "Three."}]},
        {"role": "assistant", "content": "Fo"},
        {"role": "assistant", "content": "ur"},
    ]);
    let expected = [(Role::User, "One.\nTwo.\nThree.".to_owned()), (Role::Assistant, "Four".to_owned())];
    assert_eq!(said(json!({"messages": messages})), expected, "the last one is there to be continued");
}

#[test]
fn calls_and_results_are_messages_of_their_own() {
    let chat = chat(json!({"tools": [weather()], "messages": [
        {"role": "user", "content": "Paris?"},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "I'll ask.", "signature": "abc"},
            {"type": "text", "text": "Let me see."},
            {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Paris"}, "caller": {"type": "direct"}},
            {"type": "tool_use", "id": "toolu_2", "name": "weather", "input": {"city": "Rome"}},
        ]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "toolu_2", "content": [{"type": "text", "text": "sun"}]},
            {"type": "tool_result", "tool_use_id": "toolu_1", "content": "no such city", "is_error": true},
            {"type": "text", "text": "Well?"},
        ]},
    ]}));
    let roles: Vec<_> = chat.messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, [Role::User, Role::Assistant, Role::Tool, Role::Tool, Role::User]);
    let assistant = &chat.messages[1];
    assert_eq!(
        (assistant.content.as_str(), assistant.reasoning.as_deref()),
        ("Let me see.", Some("I'll ask."))
    );
    assert_eq!(assistant.tool_calls[1].arguments["city"], "Rome");
    let failed = &chat.messages[3];
    assert_eq!(failed.content, "Error: no such city");
    assert_eq!((failed.tool_call_id.as_deref(), failed.name.as_deref()), (Some("toolu_1"), Some("weather")));
    assert_eq!(chat.tools[0].description.as_deref(), Some("Tells it."));
}

#[test]
fn choices_of_tools_are_translated() {
    let choice = |choice: Value| {
        order(json!({"tools": [weather()], "tool_choice": choice}))
            .map(|order| (order.tool_choice, order.parallel_tool_calls))
    };
    assert_eq!(choice(json!({"type": "auto"})).unwrap(), (answer::ToolChoice::Auto, true));
    let single = json!({"type": "any", "disable_parallel_tool_use": true});
    assert_eq!(choice(single).unwrap(), (answer::ToolChoice::Required, false));
    let one = json!({"type": "tool", "name": "weather"});
    assert_eq!(choice(one).unwrap(), (answer::ToolChoice::Function("weather".to_owned()), true));
    assert_eq!(choice(json!({"type": "none"})).unwrap(), (answer::ToolChoice::None, true));
    let other = choice(json!({"type": "tool", "name": "other"})).unwrap_err();
    assert_eq!(other.field.as_deref(), Some("tool_choice.name"));
    let none = order(json!({"tool_choice": {"type": "any"}})).unwrap_err();
    assert_eq!(none.field.as_deref(), Some("tool_choice"));
}

#[test]
fn thinking_is_asked_for_or_off() {
    let thinking = |thinking: Value| chat(json!({"thinking": thinking})).thinking;
    assert_eq!(chat(json!({})).thinking, Some(false));
    assert_eq!(thinking(json!({"type": "disabled"})), Some(false));
    assert_eq!(thinking(json!({"type": "enabled", "budget_tokens": 1024})), Some(true));
    assert_eq!(thinking(json!({"type": "adaptive"})), None);
    let most = |thinking: Value| order(json!({"thinking": thinking})).unwrap().request.thought_tokens_max;
    assert_eq!(most(json!({"type": "enabled", "budget_tokens": 1024})), Some(1024));
    assert_eq!(most(json!({"type": "adaptive"})), None);
    let enabled = json!({"thinking": {"type": "enabled", "budget_tokens": 1024}});
    assert_eq!(order_on(&model(false), enabled).unwrap_err().field.as_deref(), Some("thinking"));
    assert!(order_on(&model(false), json!({"thinking": {"type": "adaptive"}})).is_ok());
}

#[test]
fn sampling_limits_and_format_reach_the_order() {
    let schema = json!({"type": "object"});
    let order = order(json!({
        "temperature": 0.5, "top_k": 3, "top_p": 0.5, "stop_sequences": ["END"], "metadata": {"user_id": "me"},
        "service_tier": "auto", "speed": "standard", "cache_control": {"type": "ephemeral"},
        "output_config": {"format": {"type": "json_schema", "schema": schema}},
    }))
    .unwrap();
    let sampling = Sampling { temperature: 0.5, top_k: 3, top_p: 0.5, ..Sampling::default() };
    assert_eq!(order.request.sampling, sampling);
    assert_eq!(
        (order.request.max_tokens, order.request.stop.as_slice()),
        (Some(2000), &["END".to_owned()][..])
    );
    assert_eq!(order.request.constraint, Some(Constraint::JsonSchema(schema)));
}

#[test]
fn refusals_name_the_field() {
    let user = |content: Value| json!({"messages": [{"role": "user", "content": content}]});
    let image = json!({"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}});
    let result = json!({"type": "tool_result", "tool_use_id": "lost", "content": "x"});
    let call = json!({"type": "tool_use", "id": "a", "name": "weather", "input": {}});
    for (fields, field) in [
        (user(json!([{"type": "text", "text": "See:"}, image.clone()])), "messages[0].content[1]"),
        (user(json!([{"type": "document", "source": {}}])), "messages[0].content[0]"),
        (user(json!([{"type": "search_result"}])), "messages[0].content[0].type"),
        (user(json!([{"type": "text"}])), "messages[0].content[0].text"),
        (user(json!([{"type": "text", "text": "x", "odd": 1}])), "messages[0].content[0].odd"),
        (user(json!([{"type": "text", "text": "x", "citations": [1]}])), "messages[0].content[0].citations"),
        (user(json!([result])), "messages[0].content[0].tool_use_id"),
        (user(json!([call.clone()])), "messages[0].content[0]"),
        (user(json!(5)), "messages[0].content"),
        (json!({"messages": []}), "messages"),
        (json!({"messages": [{"role": "assistant", "content": [call]}]}), "messages"),
        (
            json!({"messages": [{"role": "assistant", "content": [{"type": "redacted_thinking", "data": "x"}]}]}),
            "messages[0].content[0]",
        ),
        (json!({"messages": [{"role": "robot", "content": "x"}]}), "messages[0].role"),
        (json!({"system": [image]}), "system[0]"),
        (json!({"max_tokens": 0}), "max_tokens"),
        (json!({"max_tokens": null}), "max_tokens"),
        (json!({"temperature": 1.5}), "temperature"),
        (json!({"top_k": -1}), "top_k"),
        (json!({"thinking": {"type": "enabled", "budget_tokens": 2000}}), "thinking.budget_tokens"),
        (json!({"thinking": {"type": "between_tools"}}), "thinking.type"),
        (json!({"output_config": {"effort": "low"}}), "output_config.effort"),
        (json!({"speed": "fast"}), "speed"),
        (json!({"container": "x"}), "container"),
        (json!({"thread": {"type": "create"}}), "thread"),
        (json!({"mcp_servers": []}), "mcp_servers"),
        (json!({"context_management": {}}), "context_management"),
        (json!({"inference_geo": "eu"}), "inference_geo"),
        (json!({"logprobs": true}), "logprobs"),
        (json!({"service_tier": "priority"}), "service_tier"),
        (
            json!({"tools": [{"type": "web_search_20250305", "name": "web_search", "max_uses": 5}]}),
            "tools[0].type",
        ),
        (json!({"tools": [{"name": "a"}]}), "tools[0].input_schema"),
        (json!({"tools": [{"input_schema": {}}]}), "tools[0].name"),
        (
            json!({"tools": [{"name": "a", "input_schema": {}, "defer_loading": true}]}),
            "tools[0].defer_loading",
        ),
        (json!({"tools": [{"name": "a", "input_schema": {}, "odd": 1}]}), "tools[0].odd"),
    ] {
        let error = order(fields.clone()).expect_err(&fields.to_string());
        assert_eq!(error.field.as_deref(), Some(field), "{fields}: {error}");
        assert!(error.message.contains(field.split('.').next_back().unwrap()), "{error}");
    }
}

#[test]
fn what_says_nothing_is_taken() {
    let tool = json!({"name": "a", "input_schema": {}, "type": "custom", "strict": true, "cache_control": null,
        "input_examples": [], "defer_loading": false, "eager_input_streaming": true, "allowed_callers": ["direct"]});
    let fields = json!({"tools": [tool], "container": null, "diagnostics": null, "inference_geo": null, "speed": null,
        "output_config": {"effort": null, "format": null}, "stop_sequences": []});
    assert!(order(fields).is_ok());
    assert_eq!(said(json!({"messages": [{"role": "user", "content": []}]})), [(Role::User, String::new())]);
    let later = json!([{"role": "user", "content": "Hi"}, {"role": "system", "content": "Now in French."}]);
    assert_eq!(said(json!({"messages": later}))[1], (Role::System, "Now in French.".to_owned()));
}
