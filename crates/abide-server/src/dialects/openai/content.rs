//! The content of messages: a text, or parts of which only texts are understood. Must not know who says it.

use serde_json::Value;

use super::fields::{Fields, kind_of};
use crate::ApiError;

/// The text of a content at `path`. `kinds` are the types of parts that are texts; the texts are joined by line ends.
pub fn text_of(value: Value, path: &str, kinds: &[&str]) -> Result<String, ApiError> {
    let parts = match value {
        Value::String(text) => return Ok(text),
        Value::Array(parts) => parts,
        other => {
            return Err(ApiError::invalid(
                path,
                format!("must be a string or a list of parts, not {}", kind_of(&other)),
            ));
        }
    };
    let texts = parts
        .into_iter()
        .enumerate()
        .map(|(index, part)| part_text(part, &format!("{path}[{index}]"), kinds))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(texts.join("\n"))
}

fn part_text(part: Value, path: &str, kinds: &[&str]) -> Result<String, ApiError> {
    let mut part = Fields::of(part, path)?;
    let kind = part.take_text("type")?;
    if !kinds.contains(&kind.as_str()) {
        let expected = kinds.iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(" or ");
        return Err(ApiError::unsupported(
            part.path_of("type"),
            format!("`{kind}` can't be read by the models here; only {expected} can, as text"),
        ));
    }
    // A refusal is a text under another name.
    let text = part.take_text(if kind == "refusal" { "refusal" } else { "text" })?;
    // What replies attach to a text and clients send back.
    for empty in ["annotations", "logprobs"] {
        match part.take(empty) {
            Some(Value::Array(values)) if values.is_empty() || empty == "logprobs" => {}
            None => {}
            Some(_) => {
                return Err(ApiError::unsupported(
                    part.path_of(empty),
                    "leave it out; only the text is read",
                ));
            }
        }
    }
    // Marks of what is to be kept; any common prefix is found without them.
    if let Some(other) = part.take("cache_control").filter(|value| !value.is_object()) {
        let problem = format!("must be an object, not {}", kind_of(&other));
        return Err(ApiError::invalid(part.path_of("cache_control"), problem));
    }
    part.end()?;
    Ok(text)
}
