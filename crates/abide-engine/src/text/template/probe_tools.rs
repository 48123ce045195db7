//! Learns what a template does about tools by trying it on a conversation with some. Must not know whose template it is.

use abide_generation::{Chat, Message, Role, Tool, ToolCall, ToolSyntax};
use serde_json::{Deserializer, Map, Value, json};

use super::{
    ChatTemplate, End,
    style::{CallForm, IdForm, MessageStyle, ResultForm, ToolStyle},
};
use crate::text::marks::{CALL_OPEN, CALLS_LISTED};

/// Texts that no template has a reason to change.
const USER: &str = "A probing question stands here.";
const RESULT: &str = "A probing result stands here.";
const ANSWER: &str = "A probing answer stands here.";
const DESCRIPTION: &str = "A probing description stands here.";
const NAME: &str = "probing_tool";
const ARGUMENT: &str = "probing_argument";
const VALUE: &str = "a probing value";
const SECOND_VALUE: &str = "a second probing value";

/// What `template` does about tools. What it does in a way that nobody here can read counts as not done: then tools are
/// described, and calls written, in our own words.
pub(super) fn find_tool_style(template: &ChatTemplate, style: MessageStyle) -> ToolStyle {
    let ours = ToolStyle::default();
    let native = ToolStyle { describes: true, ..ours };
    let try_chat = |messages: Vec<Message>, tools: ToolStyle| {
        let chat = Chat { messages, tools: vec![tool()], ..Chat::default() };
        let rendered = template.render_as(&chat, End::Opened, None, MessageStyle { tools, ..style });
        rendered.ok().map(|rendered| rendered.text().to_owned())
    };
    let described = try_chat(vec![Message::new(Role::User, USER)], native);
    let described = described.filter(|text| [NAME, DESCRIPTION, USER].iter().all(|part| text.contains(part)));
    let Some(described) = described else { return ours };
    let mut writes_calls = false;
    for tools in forms(native) {
        let text = try_chat(conversation(&[VALUE]), tools);
        let Some(text) = text.filter(|text| [USER, RESULT, ANSWER].iter().all(|part| text.contains(part)))
        else {
            continue;
        };
        writes_calls |= text.contains(VALUE);
        if let Some(syntax) = find_syntax(&text) {
            let both = try_chat(conversation(&[VALUE, SECOND_VALUE]), tools);
            let several_calls = both.is_some_and(|text| text.contains(VALUE) && text.contains(SECOND_VALUE));
            return ToolStyle { syntax, several_calls, ..tools };
        }
    }
    if writes_calls || !described.contains(CALL_OPEN) {
        return ours;
    }
    // It tells how to call tools, and then leaves calls out.
    for results in [ResultForm::Tool, ResultForm::User] {
        let tools = ToolStyle { results, ..native };
        if try_chat(conversation(&[VALUE]), tools)
            .is_some_and(|text| find_syntax(&text).is_some() && text.contains(RESULT))
        {
            return tools;
        }
    }
    ours
}

/// Ways to hand over calls and results, the most common first.
fn forms(native: ToolStyle) -> impl Iterator<Item = ToolStyle> {
    [ResultForm::Tool, ResultForm::User].into_iter().flat_map(move |results| {
        [CallForm::Object, CallForm::Json].into_iter().flat_map(move |calls| {
            [IdForm::Given, IdForm::NineCharacters].into_iter().map(move |ids| ToolStyle {
                calls,
                results,
                ids,
                ..native
            })
        })
    })
}

fn tool() -> Tool {
    let argument = json!({ "type": "string", "description": DESCRIPTION });
    let parameters =
        json!({ "type": "object", "properties": { ARGUMENT: argument }, "required": [ARGUMENT] });
    let Value::Object(parameters) = parameters else { unreachable!("it is written as one") };
    Tool { name: NAME.to_owned(), description: Some(DESCRIPTION.to_owned()), parameters }
}

/// A question, calls with these values, their results, an answer, and a question again.
fn conversation(values: &[&str]) -> Vec<Message> {
    // Short, and with more than letters and digits: what clients choose may be so.
    let id = |index: usize| format!("call-{index}");
    let call = |(index, value): (usize, &&str)| ToolCall {
        id: id(index),
        name: NAME.to_owned(),
        arguments: Map::from_iter([(ARGUMENT.to_owned(), Value::from(*value))]),
    };
    let calls = values.iter().enumerate().map(call).collect();
    let result = |index: usize| Message {
        tool_call_id: Some(id(index)),
        name: Some(NAME.to_owned()),
        ..Message::new(Role::Tool, RESULT)
    };
    let question = Message::new(Role::User, USER);
    let mut messages = vec![question.clone()];
    messages.push(Message { tool_calls: calls, ..Message::new(Role::Assistant, "") });
    messages.extend((0..values.len()).map(result));
    messages.extend([Message::new(Role::Assistant, ANSWER), question]);
    messages
}

/// How the call in `text` is written, if that is a known way.
fn find_syntax(text: &str) -> Option<ToolSyntax> {
    text.match_indices('{').find_map(|(place, _)| {
        let call = Deserializer::from_str(&text[place..]).into_iter::<Value>().next()?.ok()?;
        if call.get(ARGUMENT).and_then(Value::as_str) == Some(VALUE) {
            return is_header_of_call(&text[..place]).then_some(ToolSyntax::Channeled);
        }
        if call.get("name").and_then(Value::as_str) != Some(NAME) {
            return None;
        }
        let has_value = |field: &str| {
            call.get(field).and_then(|arguments| arguments.get(ARGUMENT)).and_then(Value::as_str)
                == Some(VALUE)
        };
        let before = text[..place].trim_end();
        let in_list = before.strip_suffix('[').map(str::trim_end);
        if has_value("arguments") && before.ends_with(CALL_OPEN) {
            Some(ToolSyntax::Tagged)
        } else if has_value("arguments") && in_list.is_some_and(|before| before.ends_with(CALLS_LISTED)) {
            Some(ToolSyntax::Listed)
        } else if has_value("parameters") && !before.ends_with(['[', ',']) {
            Some(ToolSyntax::Bare)
        } else {
            None
        }
    })
}

/// Whether the call's arguments stand behind `text`, as a message in a channel that names the function.
fn is_header_of_call(text: &str) -> bool {
    let header = text.trim_end().strip_suffix("<|message|>").and_then(|text| text.rsplit_once("<|start|>"));
    header.is_some_and(|(_, header)| {
        header.contains("<|channel|>") && header.contains(&format!(" to=functions.{NAME}"))
    })
}
