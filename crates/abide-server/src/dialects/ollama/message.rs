//! Ollama's messages, tools and calls, and what they are in no dialect. Must not know HTTP.

use std::collections::VecDeque;

use abide_generation::{Chat, Role};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::ApiError;

/// A turn of a conversation.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ollama::Message)]
pub(super) struct Message {
    /// Who said it.
    role: Speaker,
    /// What was said.
    content: Option<String>,
    /// What the assistant thought before it said so.
    thinking: Option<String>,
    /// Calls that the assistant made.
    tool_calls: Option<Vec<ToolCall>>,
    /// With the role `tool`: the tool whose result this is.
    tool_name: Option<String>,
    /// With the role `tool`: the call whose result this is; left out, the results follow the order of the calls.
    tool_call_id: Option<String>,
    #[schema(ignore)]
    images: Option<Vec<Value>>,
}

/// Who said a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ollama::Role)]
enum Speaker {
    System,
    User,
    Assistant,
    Tool,
}

/// A call of a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ollama::ToolCall)]
pub(super) struct ToolCall {
    /// What the message with its result may name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    /// `function`, or nothing.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<FunctionKind>,
    /// What is called.
    pub(super) function: CalledFunction,
}

/// The only kind of tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ollama::FunctionKind)]
pub(super) enum FunctionKind {
    /// A function.
    Function,
}

/// A function and the arguments that it is called with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ollama::CalledFunction)]
pub(super) struct CalledFunction {
    /// Which call of this message, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<usize>,
    /// The tool's name.
    pub(super) name: String,
    /// Its arguments by name.
    #[serde(default)]
    pub(super) arguments: Map<String, Value>,
}

/// A tool that the model may call.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ollama::Tool)]
pub(super) struct Tool {
    /// `function`, or nothing.
    #[serde(default, rename = "type")]
    kind: Option<FunctionKind>,
    /// What can be called.
    function: ToolFunction,
}

/// A function that the model may call.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ollama::ToolFunction)]
struct ToolFunction {
    /// What it is called by.
    name: String,
    /// What it does, for the model.
    description: Option<String>,
    /// JSON Schema of its arguments (an object).
    parameters: Option<Map<String, Value>>,
}

/// The conversation that `messages` and `tools` are.
///
/// # Errors
/// Names the field that is not supported or makes no sense.
pub(super) fn chat(
    messages: Vec<Message>,
    tools: Vec<Tool>,
    thinking: Option<bool>,
) -> Result<Chat, ApiError> {
    let mut calls = OpenCalls::default();
    let messages = messages
        .into_iter()
        .enumerate()
        .map(|(index, message)| message.into_neutral(index, &mut calls))
        .collect::<Result<_, _>>()?;
    let tools = tools.into_iter().map(Tool::into_neutral).collect();
    Ok(Chat { messages, tools, thinking, variables: Map::new() })
}

/// Calls that have no result yet, oldest first: id and name of the tool.
#[derive(Default)]
struct OpenCalls(VecDeque<(String, String)>);

impl OpenCalls {
    /// Id and tool of the call that a result answers: the named one, or else the oldest (of that tool).
    fn answer(&mut self, id: Option<String>, tool: Option<String>) -> (Option<String>, Option<String>) {
        let answered = self.0.iter().position(|(call, name)| match (&id, &tool) {
            (Some(id), _) => call == id,
            (None, Some(tool)) => name == tool,
            (None, None) => true,
        });
        match answered.and_then(|position| self.0.remove(position)) {
            Some((call, name)) => (Some(call), Some(tool.unwrap_or(name))),
            None => (id, tool),
        }
    }
}

impl Message {
    fn into_neutral(
        self,
        index: usize,
        calls: &mut OpenCalls,
    ) -> Result<abide_generation::Message, ApiError> {
        let field = |name: &str| format!("messages[{index}].{name}");
        if self.images.is_some_and(|images| !images.is_empty()) {
            return Err(ApiError::unsupported(field("images"), "the models here read text alone"));
        }
        let role = match self.role {
            Speaker::System => Role::System,
            Speaker::User => Role::User,
            Speaker::Assistant => Role::Assistant,
            Speaker::Tool => Role::Tool,
        };
        let only = |name: &str, present: bool, owner: Role, whose: &str| {
            let misplaced = present && role != owner;
            if misplaced {
                Err(ApiError::invalid(field(name), format_args!("stands in {whose} messages alone")))
            } else {
                Ok(())
            }
        };
        let tool_calls = self.tool_calls.unwrap_or_default();
        only("thinking", self.thinking.is_some(), Role::Assistant, "the assistant's")?;
        only("tool_calls", !tool_calls.is_empty(), Role::Assistant, "the assistant's")?;
        only("tool_name", self.tool_name.is_some(), Role::Tool, "a tool's")?;
        only("tool_call_id", self.tool_call_id.is_some(), Role::Tool, "a tool's")?;
        let (tool_call_id, name) = match role {
            Role::Tool => calls.answer(self.tool_call_id, self.tool_name),
            _ => (None, None),
        };
        let tool_calls: Vec<_> = tool_calls
            .into_iter()
            .enumerate()
            .map(|(call, ToolCall { id, function, .. })| abide_generation::ToolCall {
                // The same id in every request, so that the prompt stays the same and is found in the cache.
                id: id.unwrap_or_else(|| format!("call_{index}_{call}")),
                name: function.name,
                arguments: function.arguments,
            })
            .collect();
        calls.0.extend(tool_calls.iter().map(|call| (call.id.clone(), call.name.clone())));
        let content = self.content.unwrap_or_default();
        let reasoning = self.thinking.filter(|thinking| !thinking.is_empty());
        Ok(abide_generation::Message { role, content, reasoning, tool_calls, tool_call_id, name })
    }
}

impl Tool {
    fn into_neutral(self) -> abide_generation::Tool {
        let ToolFunction { name, description, parameters } = self.function;
        let parameters = parameters.unwrap_or_else(|| {
            let anything = [("type", Value::from("object")), ("properties", Value::Object(Map::new()))];
            anything.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
        });
        abide_generation::Tool { name, description, parameters }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(messages: Value) -> Result<Chat, ApiError> {
        chat(serde_json::from_value(messages).unwrap(), Vec::new(), None)
    }

    #[test]
    fn results_find_their_calls() {
        let chat = read(json!([
            {"role": "user", "content": "weather and time?"},
            {"role": "assistant", "content": "", "thinking": "two calls", "tool_calls": [
                {"function": {"name": "weather", "arguments": {"city": "Paris"}}},
                {"id": "mine", "type": "function", "function": {"index": 1, "name": "time", "arguments": {}}},
                {"function": {"name": "weather", "arguments": {"city": "Rome"}}},
            ]},
            {"role": "tool", "tool_name": "time", "content": "noon"},
            {"role": "tool", "content": "rain"},
            {"role": "tool", "tool_call_id": "call_1_2", "content": "sun"},
            {"role": "tool", "tool_call_id": "lost", "tool_name": "x", "content": "?"},
        ]))
        .unwrap();
        let answered: Vec<_> = chat.messages[2..]
            .iter()
            .map(|message| (message.tool_call_id.as_deref(), message.name.as_deref()))
            .collect();
        let expected = [
            (Some("mine"), Some("time")),
            (Some("call_1_0"), Some("weather")),
            (Some("call_1_2"), Some("weather")),
            (Some("lost"), Some("x")),
        ];
        assert_eq!(answered, expected);
        assert_eq!(chat.messages[1].reasoning.as_deref(), Some("two calls"));
        assert_eq!(chat.messages[1].tool_calls[0].arguments["city"], "Paris");
    }

    #[test]
    fn images_and_misplaced_fields_are_refused_by_name() {
        let cases = [
            (
                json!([{"role": "user", "content": "hi"}, {"role": "user", "content": "", "images": ["aGk="]}]),
                "messages[1].images",
            ),
            (json!([{"role": "user", "thinking": "hm"}]), "messages[0].thinking"),
            (
                json!([{"role": "user", "tool_calls": [{"function": {"name": "x"}}]}]),
                "messages[0].tool_calls",
            ),
            (json!([{"role": "user", "tool_name": "x"}]), "messages[0].tool_name"),
            (json!([{"role": "user", "tool_call_id": "x"}]), "messages[0].tool_call_id"),
        ];
        for (messages, field) in cases {
            let error = read(messages).unwrap_err();
            assert_eq!(error.field.as_deref(), Some(field), "{error}");
        }
        let empty =
            json!([{"role": "user", "content": "hi", "images": [], "tool_calls": [], "thinking": null}]);
        assert!(read(empty).is_ok());
    }

    #[test]
    fn tools_without_parameters_take_none() {
        let tools = json!([{"function": {"name": "now"}}, {"type": "function", "function": {
            "name": "add", "description": "Adds.", "parameters": {"type": "object", "required": ["a"]}}}]);
        let chat = chat(Vec::new(), serde_json::from_value(tools).unwrap(), Some(true)).unwrap();
        assert_eq!(
            Value::Object(chat.tools[0].parameters.clone()),
            json!({"type": "object", "properties": {}})
        );
        assert_eq!(chat.tools[1].description.as_deref(), Some("Adds."));
        assert_eq!(chat.thinking, Some(true));
    }
}
