//! From a conversation to the messages and tools that a template can take, in its style. Must not know minijinja's
//! environment, or how a style is found out.
//!
//! The texts are masked already ([`super::literal`]), so what is added here counts as markup.

use std::collections::HashMap;

use abide_generation::{Chat, Message, Role, ToolCall};
use minijinja::Value;

use super::{
    json,
    style::{CallForm, ContentForm, IdForm, MessageStyle, ResultForm, SystemPlace},
    tagged,
};

/// `chat` with its tools, calls, results and instructions where the template can see them.
pub(super) fn shape(mut chat: Chat, style: MessageStyle) -> Chat {
    let tools = style.tools;
    if !tools.describes && !chat.tools.is_empty() {
        let description = tagged::description(&std::mem::take(&mut chat.tools));
        instruct(&mut chat.messages, &description);
    }
    order_results(&mut chat.messages);
    name_results(&mut chat.messages);
    if tools.ids == IdForm::NineCharacters {
        shorten_ids(&mut chat.messages);
    }
    if !tools.several_calls {
        chat.messages = one_call_each(chat.messages);
    }
    if tools.calls == CallForm::Content {
        for message in &mut chat.messages {
            let calls = std::mem::take(&mut message.tool_calls);
            if !calls.is_empty() {
                message.content = tagged::with_calls(&message.content, &calls);
            }
        }
    }
    if tools.results == ResultForm::User {
        chat.messages = results_as_user(chat.messages);
    }
    if style.system == SystemPlace::FirstUserMessage {
        move_system_messages(&mut chat.messages);
    }
    chat
}

/// Adds `text` to the standing instructions.
fn instruct(messages: &mut Vec<Message>, text: &str) {
    match messages.first_mut().filter(|first| first.role == Role::System) {
        Some(first) if first.content.is_empty() => first.content.push_str(text),
        Some(first) => first.content = format!("{}\n\n{text}", first.content),
        None => messages.insert(0, Message::new(Role::System, text)),
    }
}

/// Puts the results of an answer's calls into the order of the calls: many templates show no id that would tell them apart.
fn order_results(messages: &mut [Message]) {
    let mut rest = messages;
    while let Some((message, after)) = rest.split_first_mut() {
        let results = after.iter().take_while(|next| next.role == Role::Tool).count();
        let place = |result: &Message| {
            let mut calls = message.tool_calls.iter();
            calls.position(|call| result.tool_call_id.as_ref() == Some(&call.id)).unwrap_or(usize::MAX)
        };
        after[..results].sort_by_key(place);
        rest = after;
    }
}

/// Tells each result the name of the tool that was called, if it doesn't say so itself.
fn name_results(messages: &mut [Message]) {
    let calls = messages.iter().flat_map(|message| &message.tool_calls);
    let names: HashMap<String, String> = calls.map(|call| (call.id.clone(), call.name.clone())).collect();
    for message in messages.iter_mut().filter(|message| message.role == Role::Tool && message.name.is_none())
    {
        message.name = message.tool_call_id.as_ref().and_then(|id| names.get(id)).cloned();
    }
}

/// Numbers the calls, in nine characters each.
fn shorten_ids(messages: &mut [Message]) {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut shorten = |id: &mut String| {
        let next = numbers.len();
        let number = *numbers.entry(id.clone()).or_insert(next);
        *id = format!("call{:05}", number % 100_000);
    };
    for message in messages {
        message.tool_calls.iter_mut().for_each(|call| shorten(&mut call.id));
        message.tool_call_id.iter_mut().for_each(&mut shorten);
        if message.role == Role::Tool {
            message.tool_call_id.get_or_insert_with(|| "call00000".to_owned());
        }
    }
}

/// Turns an answer with several calls into answers with one each, every one followed by its result.
fn one_call_each(messages: Vec<Message>) -> Vec<Message> {
    let mut split = Vec::with_capacity(messages.len());
    let mut rest = messages.into_iter().peekable();
    while let Some(mut message) = rest.next() {
        let calls = std::mem::take(&mut message.tool_calls);
        if calls.len() < 2 {
            split.push(Message { tool_calls: calls, ..message });
            continue;
        }
        let mut results = Vec::new();
        while let Some(result) = rest.next_if(|next| next.role == Role::Tool) {
            results.push(result);
        }
        for call in calls {
            let mine = |result: &Message| result.tool_call_id.as_ref().is_none_or(|id| *id == call.id);
            let result = results.iter().position(mine).map(|index| results.remove(index));
            let silent = Message::new(Role::Assistant, "");
            let answer = std::mem::replace(&mut message, silent);
            split.push(Message { tool_calls: vec![call], ..answer });
            split.extend(result);
        }
        split.append(&mut results);
    }
    split
}

/// Lets the user say what tools answered: the results that follow each other, and what the user said after them, in one
/// message, because many templates insist on turns that alternate.
fn results_as_user(messages: Vec<Message>) -> Vec<Message> {
    let mut said: Vec<Message> = Vec::with_capacity(messages.len());
    let mut after_result = false;
    for message in messages {
        let is_result = message.role == Role::Tool;
        let content = if is_result { tagged::result(&message.content) } else { message.content.clone() };
        match said.last_mut() {
            Some(last) if after_result && (is_result || message.role == Role::User) => {
                last.content.push_str(if is_result { "\n" } else { "\n\n" });
                last.content.push_str(&content);
            }
            _ if is_result => said.push(Message::new(Role::User, content)),
            _ => said.push(message),
        }
        after_result = is_result;
    }
    said
}

/// Puts all system messages in front of the first user message.
fn move_system_messages(messages: &mut Vec<Message>) {
    let systems: Vec<Message> = messages.extract_if(.., |message| message.role == Role::System).collect();
    if systems.is_empty() {
        return;
    }
    let mut text: Vec<String> = systems.into_iter().map(|message| message.content).collect();
    match messages.iter_mut().find(|message| message.role == Role::User) {
        Some(first) => {
            text.push(std::mem::take(&mut first.content));
            first.content = text.join("\n\n");
        }
        None => messages.insert(0, Message::new(Role::User, text.join("\n\n"))),
    }
}

/// A message as a template sees it. As in transformers, what is not there is not defined.
pub(super) fn message_value(message: &Message, style: MessageStyle) -> Value {
    let content = Value::from(message.content.as_str());
    let content = match style.content {
        ContentForm::Text => content,
        ContentForm::Parts => {
            Value::from(vec![Value::from_pairs([("type", Value::from("text")), ("text", content)])])
        }
    };
    let mut fields = vec![("role", Value::from(message.role.as_str())), ("content", content)];
    let texts = [
        ("name", &message.name),
        ("tool_call_id", &message.tool_call_id),
        ("reasoning_content", &message.reasoning),
    ];
    for (field, text) in texts {
        fields.extend(text.as_ref().map(|text| (field, Value::from(text.as_str()))));
    }
    if !message.tool_calls.is_empty() {
        let calls = message.tool_calls.iter().map(|call| call_value(call, style.tools.calls));
        fields.push(("tool_calls", Value::from(calls.collect::<Vec<_>>())));
    }
    Value::from_pairs(fields)
}

fn call_value(call: &ToolCall, form: CallForm) -> Value {
    let arguments = serde_json::Value::Object(call.arguments.clone());
    let arguments = match form {
        CallForm::Content | CallForm::Object => json::to_value(&arguments),
        CallForm::Json => Value::from(json::to_text(&arguments)),
    };
    let function = Value::from_pairs([("name", Value::from(call.name.as_str())), ("arguments", arguments)]);
    Value::from_pairs([
        ("id", Value::from(call.id.as_str())),
        ("type", Value::from("function")),
        ("function", function),
    ])
}
