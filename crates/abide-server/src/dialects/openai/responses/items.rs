//! The conversation of a response's request, which the dialect writes as items: messages, thoughts, calls and their
//! results. Must not know what else is asked for.

use abide_generation::{Message, Role, ToolCall};
use serde_json::Value;
use utoipa::ToSchema;

use super::super::chat::called_name;
use super::super::content::text_of;
use super::super::fields::{Fields, Refused, kind_of};
use super::super::tools::arguments_of;
use crate::ApiError;

/// An item of a conversation. Which fields it has depends on its type.
#[derive(ToSchema)]
#[schema(as = openai::InputItem)]
#[expect(
    dead_code,
    reason = "it stands for the shape in the description of the API; items are read in steps"
)]
pub struct InputItem {
    /// `message` (the default), `reasoning`, `function_call` or `function_call_output`.
    r#type: Option<String>,
    /// Of a message: `system` or `developer`, `user`, or `assistant`.
    role: Option<String>,
    /// Of a message: a text, or parts of type `input_text` or `output_text`; of thoughts: parts of type `reasoning_text`.
    content: Option<Value>,
    /// Of thoughts: parts of type `summary_text`, read where there is no content.
    summary: Option<Value>,
    /// Of a call and its result: what joins them.
    call_id: Option<String>,
    /// Of a call: the function.
    name: Option<String>,
    /// Of a call: the JSON text of its arguments.
    arguments: Option<String>,
    /// Of a call's result: a text, or parts of type `input_text`.
    output: Option<Value>,
    /// Of what an earlier reply said; changes nothing.
    id: Option<String>,
    /// Of what an earlier reply said; changes nothing.
    status: Option<String>,
}

/// What the dialect allows in items and abide doesn't.
const REFUSED: &[Refused] = &[
    Refused { field: "encrypted_content", harmless: &[], advice: "only thoughts in plain text can be read" },
    Refused { field: "phase", harmless: &[], advice: "leave it out; models here know no phases" },
    Refused { field: "caller", harmless: &[], advice: "leave it out; only the model calls functions here" },
    Refused { field: "namespace", harmless: &[], advice: "leave it out; functions have no namespaces here" },
    Refused { field: "async", harmless: &["false"], advice: "leave it out" },
];

/// The messages that the items of `input` make, oldest first, after those of `messages`.
pub fn take_input(body: &mut Fields, messages: Vec<Message>) -> Result<Vec<Message>, ApiError> {
    let path = body.path_of("input");
    let mut conversation = Conversation { messages, turn_open: false };
    match body.take("input") {
        Some(Value::String(text)) => conversation.push(Message::new(Role::User, text)),
        Some(Value::Array(items)) => {
            if items.is_empty() {
                return Err(ApiError::invalid(path, "is empty; give at least one message"));
            }
            for (index, item) in items.into_iter().enumerate() {
                let mut item = Fields::of(item, format!("{path}[{index}]"))?;
                conversation.read(&mut item)?;
                item.end()?;
            }
        }
        Some(other) => {
            return Err(ApiError::invalid(
                path,
                format!("must be a text or a list of items, not {}", kind_of(&other)),
            ));
        }
        None => return Err(ApiError::invalid(path, "is missing")),
    }
    Ok(conversation.messages)
}

/// Gathers items to messages: thoughts, a text and calls in a row are one turn of the assistant.
struct Conversation {
    messages: Vec<Message>,
    /// Whether the last message is a turn of the assistant that more may come to.
    turn_open: bool,
}

impl Conversation {
    fn push(&mut self, message: Message) {
        self.turn_open = message.role == Role::Assistant;
        self.messages.push(message);
    }

    /// The assistant's turn that is open, or a new one; `fits` tells whether the next item can come to it.
    fn turn(&mut self, fits: impl FnOnce(&Message) -> bool) -> &mut Message {
        let goes_on = self.turn_open && self.messages.last().is_some_and(fits);
        if !goes_on {
            self.push(Message::new(Role::Assistant, ""));
        }
        self.messages.last_mut().expect("one was just found or pushed")
    }

    fn read(&mut self, item: &mut Fields) -> Result<(), ApiError> {
        let kind = match item.take("type") {
            None => "message".to_owned(),
            Some(Value::String(kind)) => kind,
            Some(other) => {
                let problem = format!("must be a string, not {}", kind_of(&other));
                return Err(ApiError::invalid(item.path_of("type"), problem));
            }
        };
        if !["message", "reasoning", "function_call", "function_call_output"].contains(&kind.as_str()) {
            let advice = match kind.as_str() {
                "item_reference" => {
                    "nothing is kept here that could be referred to; send the item itself".to_owned()
                }
                _ => format!("`{kind}` is no item that models here can read"),
            };
            return Err(ApiError::unsupported(item.path_of("type"), advice));
        }
        item.refuse(REFUSED)?;
        // What earlier replies said of themselves.
        for field in ["id", "status"] {
            if item.take(field).is_some_and(|value| !value.is_string()) {
                return Err(ApiError::invalid(item.path_of(field), "must be a string"));
            }
        }
        match kind.as_str() {
            "message" => self.read_message(item),
            "reasoning" => self.read_thoughts(item),
            "function_call" => self.read_call(item),
            _ => self.read_result(item),
        }
    }

    fn read_message(&mut self, item: &mut Fields) -> Result<(), ApiError> {
        let role = item.take_text("role")?;
        let path = item.path_of("content");
        let content = item.take("content").ok_or_else(|| ApiError::invalid(path.clone(), "is missing"))?;
        let (role, kinds): (_, &[&str]) = match role.as_str() {
            "system" | "developer" => (Role::System, &["input_text"]),
            "user" => (Role::User, &["input_text"]),
            "assistant" => (Role::Assistant, &["output_text", "input_text", "refusal"]),
            _ => {
                return Err(ApiError::invalid(
                    item.path_of("role"),
                    format!("is `{role}`, but must be `system`, `developer`, `user` or `assistant`"),
                ));
            }
        };
        let text = text_of(content, &path, kinds)?;
        if role == Role::Assistant {
            self.turn(|turn| turn.content.is_empty() && turn.tool_calls.is_empty()).content = text;
        } else if let (Role::System, [only]) = (role, self.messages.as_mut_slice())
            && only.role == Role::System
        {
            // Many templates know one system message, at the beginning; the dialect has two places for it.
            only.content = format!("{}\n\n{text}", only.content);
        } else {
            self.push(Message::new(role, text));
        }
        Ok(())
    }

    fn read_thoughts(&mut self, item: &mut Fields) -> Result<(), ApiError> {
        let mut texts = Vec::new();
        for (field, kind) in [("content", "reasoning_text"), ("summary", "summary_text")] {
            let path = item.path_of(field);
            if let Some(value) = item.take(field) {
                texts.push(text_of(value, &path, &[kind])?);
            }
        }
        let Some(thoughts) = texts.into_iter().find(|text| !text.is_empty()) else { return Ok(()) };
        let is_empty = |turn: &Message| {
            turn.content.is_empty() && turn.tool_calls.is_empty() && turn.reasoning.is_none()
        };
        self.turn(is_empty).reasoning = Some(thoughts);
        Ok(())
    }

    fn read_call(&mut self, item: &mut Fields) -> Result<(), ApiError> {
        let call = ToolCall {
            id: item.take_text("call_id")?,
            name: item.take_text("name")?,
            arguments: arguments_of(&item.take_text("arguments")?, || item.path_of("arguments"))?,
        };
        self.turn(|_| true).tool_calls.push(call);
        Ok(())
    }

    fn read_result(&mut self, item: &mut Fields) -> Result<(), ApiError> {
        let id = item.take_text("call_id")?;
        let path = item.path_of("output");
        let output = item.take("output").ok_or_else(|| ApiError::invalid(path.clone(), "is missing"))?;
        let content = text_of(output, &path, &["input_text"])?;
        let Some(called) = called_name(&self.messages, &id) else {
            return Err(ApiError::invalid(
                item.path_of("call_id"),
                format!("is `{id}`, but no `function_call` before it has that id"),
            ));
        };
        self.push(Message {
            tool_call_id: Some(id),
            name: Some(called),
            ..Message::new(Role::Tool, content)
        });
        Ok(())
    }
}
