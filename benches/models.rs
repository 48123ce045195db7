//! The program's own models for benchmarks, fetched by the program where they are missing. Must not know what they are for.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// The first file of a model of the catalogue; fetches it if it isn't there.
pub fn file(model: &str) -> Result<PathBuf, String> {
    if let Some(path) = path(model) {
        return Ok(path);
    }
    program(&["pull", model])?;
    path(model).ok_or_else(|| format!("`abide pull {model}` left no file"))
}

fn path(model: &str) -> Option<PathBuf> {
    let shown: Value = serde_json::from_slice(&program(&["show", model, "--json"]).ok()?).ok()?;
    let path = PathBuf::from(shown["paths"][0].as_str()?);
    path.is_file().then_some(path)
}

fn program(arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_abide")).args(arguments).output();
    let output = output.map_err(|error| format!("`abide` can't be run: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "`abide {}` failed: {}; fetch the model where there is a network",
        arguments.join(" "),
        said.trim()
    ))
}
