//! `abide template`: the prompt that a model's chat template makes of messages.

use std::io::{self, Read as _};

use abide_generation::Message;
use anyhow::Context as _;
use clap::Args;
use serde::Deserialize;

use crate::engine;
use crate::failure::{Exit, Failure};
use crate::library;
use crate::output::Console;
use crate::settings::Settings;

/// Print the prompt that the chat template makes of the JSON messages on stdin
///
/// Stdin holds an array of messages, or an object with such an array as "messages"; a message is {"role": "system" |
/// "user" | "assistant" | "tool", "content": "..."}. The assistant's turn is opened at the end. Stdout gets the prompt
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
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).context("can't read messages from stdin")?;
    let messages = parse_messages(&text)?;
    let prompt = engine::render(&local, &file, &messages, console)?;
    console.write(&prompt)?;
    Ok(Exit::Success)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    Messages(Vec<Message>),
    Object { messages: Vec<Message> },
}

fn parse_messages(text: &str) -> anyhow::Result<Vec<Message>> {
    // Untagged enums lose the reason; the plain form's is the helpful one.
    let parsed = match serde_json::from_str(text) {
        Ok(Input::Messages(messages) | Input::Object { messages }) => Ok(messages),
        Err(_) => serde_json::from_str::<Vec<Message>>(text),
    };
    let usage = |problem: &str| {
        Failure::new(Exit::Usage, problem)
            .with_cure("give an array such as [{\"role\": \"user\", \"content\": \"Hello\"}]")
    };
    let messages = parsed.with_context(|| usage("stdin holds no messages"))?;
    anyhow::ensure!(!messages.is_empty(), usage("stdin holds an empty array of messages"));
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let array = r#"[{"role":"user","content":"a"}]"#;
        let object = format!(r#"{{"messages":{array}}}"#);
        assert_eq!(parse_messages(array).unwrap(), parse_messages(&object).unwrap());
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, named) in [
            ("", "EOF"),
            ("[]", "empty"),
            (r#"[{"role":"robot","content":"a"}]"#, "robot"),
            (r#"[{"role":"user","content":"a","name":"b"}]"#, "name"),
        ] {
            let error = parse_messages(text).unwrap_err();
            assert!(format!("{error:#}").contains(named), "{error:#}");
            assert_eq!(crate::failure::exit_of(&error), Exit::Usage);
        }
    }
}
