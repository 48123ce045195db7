//! `abide template`: the prompt that a model's chat template makes of messages.

use std::io;

use abide_generation::{Chat, Message, Tool};
use anyhow::Context as _;
use clap::Args;
use serde::Deserialize;

use crate::engine;
use crate::failure::{Exit, Failure};
use crate::library;
use crate::output::Console;
use crate::reading;
use crate::settings::Settings;

/// Print the prompt that the chat template makes of the JSON conversation on stdin
///
/// Stdin holds an array of messages, or an object {"messages": [...], "tools": [...], "thinking": true | false} of which only
/// the messages must be there. A message is {"role": "system" | "user" | "assistant" | "tool", "content": "..."}; the
/// assistant's may have "reasoning", and "tool_calls" such as {"id": "1", "name": "clock", "arguments": {}}, and a tool's
/// "tool_call_id". A tool is {"name": "clock", "description": "...", "parameters": {JSON Schema}}.
///
/// The assistant's turn is opened at the end, or continued if the last message is the assistant's. Stdout gets the prompt
/// exactly, without a line end added.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  echo '[{\"role\": \"user\", \"content\": \"Hello\"}]' | abide template smollm2-135m-instruct")]
pub struct TemplateArguments {
    /// Id or GGUF file of the model
    pub model: String,
}

/// Reads, renders, prints.
///
/// # Errors
/// When stdin holds no messages, or the model has no template, or it fails.
pub fn execute(
    arguments: &TemplateArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let local = library::locate(Some(&arguments.model), settings, console)?;
    let file = engine::open_file(&local)?;
    let text = reading::stdin_text(io::stdin())?;
    let prompt = engine::render(&local, &file, &parse_chat(&text)?, console)?;
    console.write_exact(&prompt)?;
    Ok(Exit::Success)
}

/// The longer form of what stdin may hold.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conversation {
    messages: Vec<Message>,
    #[serde(default)]
    tools: Vec<Tool>,
    #[serde(default)]
    thinking: Option<bool>,
}

fn parse_chat(text: &str) -> anyhow::Result<Chat> {
    let parsed = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map(|Conversation { messages, tools, thinking }| Chat {
            messages,
            tools,
            thinking,
            ..Chat::default()
        })
    } else {
        serde_json::from_str::<Vec<Message>>(text).map(Chat::from)
    };
    let usage = |problem: &str| {
        Failure::new(Exit::Usage, problem)
            .with_cure("give an array such as [{\"role\": \"user\", \"content\": \"Hello\"}]")
    };
    let chat = parsed.with_context(|| usage("stdin holds no messages"))?;
    anyhow::ensure!(!chat.messages.is_empty(), usage("stdin holds no messages: the array is empty"));
    Ok(chat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let array = r#"[{"role":"user","content":"a"}]"#;
        let object = format!(r#" {{"messages":{array}}}"#);
        assert_eq!(parse_chat(array).unwrap(), parse_chat(&object).unwrap());
        let tools = r#"[{"name":"clock","parameters":{"type":"object"}}]"#;
        let object = format!(r#"{{"messages":{array},"tools":{tools},"thinking":false}}"#);
        let chat = parse_chat(&object).unwrap();
        assert_eq!((chat.tools[0].name.as_str(), chat.thinking), ("clock", Some(false)));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, named) in [
            ("", "EOF"),
            ("[]", "empty"),
            (r#"{"messages":[]}"#, "empty"),
            (r#"{"messages":[],"tool":[]}"#, "tool"),
            (r#"[{"role":"robot","content":"a"}]"#, "robot"),
            (r#"[{"role":"user","content":"a","nme":"b"}]"#, "nme"),
            (r#"{"messages":[{"role":"assistant","tool_calls":[{"id":"1"}]}]}"#, "name"),
        ] {
            let error = parse_chat(text).unwrap_err();
            assert!(format!("{error:#}").contains(named), "{error:#}");
            assert_eq!(crate::failure::exit_of(&error), Exit::Usage);
        }
    }
}
