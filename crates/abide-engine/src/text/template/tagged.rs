//! Our own words about tools, for templates that know none: the form of Hermes and Qwen, which small models follow best.
//! Must not know templates.

use abide_generation::{Tool, ToolCall};
use serde_json::{Value, json};

use super::json;
use crate::text::marks::{CALL_CLOSE, CALL_OPEN};

/// What `tools` are and how they are called, for the system message.
pub(super) fn description(tools: &[Tool]) -> String {
    let lines: String = tools.iter().map(|tool| json::to_text(&tool_object(tool)) + "\n").collect();
    format!(
        "# Tools\n\nYou can call tools. Each line between <tools> and </tools> describes one, with a JSON Schema of its \
         arguments.\n<tools>\n{lines}</tools>\n\nTo call a tool, answer with its name and arguments as one JSON object \
         between {CALL_OPEN} and {CALL_CLOSE}, once for each call:\n{CALL_OPEN}\n{{\"name\": \"the name\", \
         \"arguments\": {{\"an argument\": \"its value\"}}}}\n{CALL_CLOSE}\nThen wait: results come between \
         <tool_response> and </tool_response>. Without need of a tool, answer in plain words."
    )
}

/// A tool as templates and clients write it.
pub(super) fn tool_object(tool: &Tool) -> Value {
    let description = tool.description.as_deref().unwrap_or_default();
    json!({
        "type": "function",
        "function": { "name": tool.name, "description": description, "parameters": tool.parameters },
    })
}

/// An answer's text with its calls.
pub(super) fn with_calls(content: &str, calls: &[ToolCall]) -> String {
    let written = calls.iter().map(|call| {
        let object = json!({ "name": call.name, "arguments": call.arguments });
        format!("{CALL_OPEN}\n{}\n{CALL_CLOSE}", json::to_text(&object))
    });
    let content = Some(content.to_owned()).filter(|content| !content.is_empty());
    content.into_iter().chain(written).collect::<Vec<_>>().join("\n")
}

/// What a tool answered, for a user message.
pub(super) fn result(content: &str) -> String {
    format!("<tool_response>\n{content}\n</tool_response>")
}
