//! `abide tokenize`: a text as token ids.

use std::io;

use abide_generation::Special;
use clap::Args;

use crate::engine;
use crate::failure::Exit;
use crate::library;
use crate::output::Console;
use crate::reading;
use crate::settings::Settings;

/// Print the token ids of the text on stdin as a JSON array
///
/// The text is taken exactly as it comes, a line end at its end included.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  printf 'Hello, world' | abide tokenize smollm2-135m-instruct
  printf '<|im_start|>user' | abide tokenize model.gguf --special")]
pub struct TokenizeArguments {
    /// Id or GGUF file of the model
    pub model: String,
    /// Add BOS and EOS as the model wants them, and parse special tokens written in the text
    #[arg(long)]
    pub special: bool,
}

/// Reads, tokenises, prints.
///
/// # Errors
/// When the text is no UTF-8, or the model can't be had.
pub fn execute(
    arguments: &TokenizeArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let local = library::locate(Some(&arguments.model), settings, console)?;
    let tokenizer = engine::tokenizer(&*engine::open_file(&local)?)?;
    let text = reading::stdin_text(io::stdin())?;
    let special = if arguments.special { Special::Parsed } else { Special::AsText };
    console.line(&serde_json::to_string(&tokenizer.encode(&text, special))?)?;
    Ok(Exit::Success)
}
