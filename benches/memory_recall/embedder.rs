//! The embedder that companions have by default, fetched by the program where it is missing. Must not know what is embedded.

use std::path::PathBuf;
use std::process::Command;

use abide_engine::{BertEmbedder, EmbedderOptions};
use serde_json::Value;

/// The catalogue's name of it.
const MODEL: &str = "all-minilm-l6-v2";
/// Tokens of a text that it was trained to read.
const TOKENS_MAX: usize = 256;

/// Loads it; fetches it first if it isn't there.
pub fn open() -> Result<BertEmbedder, String> {
    let path = if let Some(path) = path() {
        path
    } else {
        program(&["pull", MODEL])?;
        path().ok_or_else(|| format!("`abide pull {MODEL}` left no file; {}", cure()))?
    };
    let options = EmbedderOptions {
        name: MODEL.to_owned(),
        tokens_max: Some(TOKENS_MAX),
        ..EmbedderOptions::default()
    };
    BertEmbedder::open(&path, &options).map_err(|error| format!("{}: {error}; {}", path.display(), cure()))
}

fn path() -> Option<PathBuf> {
    let shown: Value = serde_json::from_slice(&program(&["show", MODEL, "--json"]).ok()?).ok()?;
    let path = PathBuf::from(shown["paths"][0].as_str()?);
    path.is_file().then_some(path)
}

fn program(arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_abide")).args(arguments).output();
    let output = output.map_err(|error| format!("`abide` can't be run: {error}; {}", cure()))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("`abide {}` failed: {}\n{}", arguments.join(" "), said.trim(), cure()))
}

fn cure() -> String {
    format!(
        "fetch the model by `abide pull {MODEL}` where there is a network, or measure words alone by --lexical"
    )
}
