//! The conversation of a chat request. Must not know what else is asked for.

use abide_generation::{Message, Role, ToolCall};
use serde_json::Value;
use utoipa::ToSchema;

use super::super::content::text_of;
use super::super::fields::{Fields, Refused, kind_of};
use super::super::tools::arguments_of;
use crate::ApiError;

/// One turn of a conversation.
#[derive(ToSchema)]
#[schema(as = openai::ChatMessage)]
#[expect(
    dead_code,
    reason = "it stands for the shape in the description of the API; messages are read in steps"
)]
pub struct ChatMessage {
    /// `system` or `developer`, `user`, `assistant`, or `tool`.
    role: String,
    /// A text, or parts `{"type": "text", "text": …}`.
    content: Option<Value>,
    /// The name of who speaks.
    name: Option<String>,
    /// Of the assistant: what it thought before it said so (extension).
    reasoning_content: Option<String>,
    /// Of the assistant: the tools that it called.
    tool_calls: Option<Vec<ChatToolCall>>,
    /// Of a tool: the call that this is the result of.
    tool_call_id: Option<String>,
}

/// A call of a tool.
#[derive(ToSchema)]
#[schema(as = openai::ChatToolCallInput)]
#[expect(
    dead_code,
    reason = "it stands for the shape in the description of the API; calls are read in steps"
)]
pub struct ChatToolCall {
    /// What its result names.
    id: String,
    /// Always `function`.
    r#type: String,
    /// `{"name": …, "arguments": …}`, the arguments as the JSON text of an object.
    #[schema(value_type = Object)]
    function: Value,
}

/// What the dialect allows in a message and abide doesn't.
const REFUSED: &[Refused] = &[
    Refused { field: "audio", harmless: &[], advice: "the models here read and write text alone" },
    Refused {
        field: "function_call",
        harmless: &[],
        advice: "this is the old form; write the call in `tool_calls` and its result as a message of role `tool`",
    },
    Refused { field: "annotations", harmless: &["[]"], advice: "leave it out; only the text is read" },
];

/// The messages of a request, oldest first.
pub fn take_messages(body: &mut Fields) -> Result<Vec<Message>, ApiError> {
    let path = body.path_of("messages");
    let values = match body.take("messages") {
        Some(Value::Array(values)) => values,
        Some(other) => {
            return Err(ApiError::invalid(path, format!("must be a list, not {}", kind_of(&other))));
        }
        None => return Err(ApiError::invalid(path, "is missing")),
    };
    if values.is_empty() {
        return Err(ApiError::invalid(path, "is empty; give at least one message"));
    }
    let mut messages = Vec::with_capacity(values.len());
    for (index, value) in values.into_iter().enumerate() {
        let message = message_of(Fields::of(value, format!("{path}[{index}]"))?, &messages)?;
        messages.push(message);
    }
    Ok(messages)
}

fn message_of(mut fields: Fields, earlier: &[Message]) -> Result<Message, ApiError> {
    let role = fields.take_text("role")?;
    fields.refuse(REFUSED)?;
    let message = match role.as_str() {
        "system" | "developer" => plain(&mut fields, Role::System)?,
        "user" => plain(&mut fields, Role::User)?,
        "assistant" => assistant(&mut fields)?,
        "tool" => tool_result(&mut fields, earlier)?,
        "function" => {
            return Err(ApiError::unsupported(
                fields.path_of("role"),
                "`function` is the old form; use the role `tool` with `tool_call_id`",
            ));
        }
        _ => {
            return Err(ApiError::invalid(
                fields.path_of("role"),
                format!("is `{role}`, but must be `system`, `developer`, `user`, `assistant` or `tool`"),
            ));
        }
    };
    fields.end()?;
    Ok(message)
}

fn plain(fields: &mut Fields, role: Role) -> Result<Message, ApiError> {
    let content = required_content(fields)?;
    Ok(Message { name: optional_text(fields, "name")?, ..Message::new(role, content) })
}

fn assistant(fields: &mut Fields) -> Result<Message, ApiError> {
    let path = fields.path_of("content");
    let content =
        fields.take("content").map(|value| text_of(value, &path, &["text", "refusal"])).transpose()?;
    let refusal = optional_text(fields, "refusal")?;
    if refusal.is_some() && content.as_ref().is_some_and(|content| !content.is_empty()) {
        return Err(ApiError::invalid(fields.path_of("refusal"), "can't be given beside `content`"));
    }
    let reasoning = optional_text(fields, "reasoning_content")?;
    let tool_calls = take_tool_calls(fields)?;
    let content = refusal.or(content);
    if content.is_none() && tool_calls.is_empty() && reasoning.is_none() {
        return Err(ApiError::invalid(path, "is missing; only a message with `tool_calls` can do without"));
    }
    let name = optional_text(fields, "name")?;
    Ok(Message { reasoning, tool_calls, name, ..Message::new(Role::Assistant, content.unwrap_or_default()) })
}

fn take_tool_calls(fields: &mut Fields) -> Result<Vec<ToolCall>, ApiError> {
    let path = fields.path_of("tool_calls");
    let values = match fields.take("tool_calls") {
        None => return Ok(Vec::new()),
        Some(Value::Array(values)) => values,
        Some(other) => {
            return Err(ApiError::invalid(path, format!("must be a list, not {}", kind_of(&other))));
        }
    };
    let calls = values.into_iter().enumerate().map(|(index, value)| {
        let mut call = Fields::of(value, format!("{path}[{index}]"))?;
        let id = call.take_text("id")?;
        // Clients that gather a stream keep the index; it says what the order says.
        call.take("index");
        let kind = call.take("type");
        if kind.is_some_and(|kind| kind != "function") {
            return Err(ApiError::unsupported(call.path_of("type"), "only functions can have been called"));
        }
        let function_path = call.path_of("function");
        let function =
            call.take("function").ok_or_else(|| ApiError::invalid(function_path.clone(), "is missing"))?;
        let mut function = Fields::of(function, function_path)?;
        let name = function.take_text("name")?;
        let text = function.take_text("arguments")?;
        let arguments = arguments_of(&text, || function.path_of("arguments"))?;
        function.end()?;
        call.end()?;
        Ok(ToolCall { id, name, arguments })
    });
    calls.collect()
}

fn tool_result(fields: &mut Fields, earlier: &[Message]) -> Result<Message, ApiError> {
    let content = required_content(fields)?;
    let id = fields.take_text("tool_call_id")?;
    let given = optional_text(fields, "name")?;
    let Some(called) = called_name(earlier, &id) else {
        return Err(ApiError::invalid(
            fields.path_of("tool_call_id"),
            format!("is `{id}`, but no call of an earlier message of the assistant has that id"),
        ));
    };
    let name = Some(given.unwrap_or(called));
    Ok(Message { tool_call_id: Some(id), name, ..Message::new(Role::Tool, content) })
}

/// The name of the tool that the latest call of `id` called.
pub fn called_name(earlier: &[Message], id: &str) -> Option<String> {
    let mut calls = earlier.iter().rev().flat_map(|message| &message.tool_calls);
    calls.find(|call| call.id == id).map(|call| call.name.clone())
}

fn required_content(fields: &mut Fields) -> Result<String, ApiError> {
    let path = fields.path_of("content");
    let content = fields.take("content").ok_or_else(|| ApiError::invalid(path.clone(), "is missing"))?;
    text_of(content, &path, &["text"])
}

fn optional_text(fields: &mut Fields, name: &str) -> Result<Option<String>, ApiError> {
    match fields.take(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => {
            Err(ApiError::invalid(fields.path_of(name), format!("must be a string, not {}", kind_of(&other))))
        }
    }
}
