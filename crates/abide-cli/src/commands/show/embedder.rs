//! `abide show` of a model that makes vectors.

use std::fmt::Write as _;

use abide_engine::{EncoderSpec, Pooling};
use serde_json::json;

use crate::engine;
use crate::failure::Exit;
use crate::library::LocalModel;
use crate::output::{Console, units};

/// Shows it.
///
/// # Errors
/// When its files can't be read, or are not those of an encoder.
pub(super) fn show(local: &LocalModel, as_json: bool, console: &mut Console) -> anyhow::Result<Exit> {
    let spec = engine::look_at_embedder(local)?;
    if as_json {
        console.json(&json!({
            "model": local.name, "kind": "embedding", "paths": [local.path.display().to_string()], "engine": spec,
        }))?;
    } else {
        console.write(&text(local, &spec))?;
    }
    Ok(Exit::Success)
}

fn text(local: &LocalModel, spec: &EncoderSpec) -> String {
    let memory = spec.memory;
    let pooling = match spec.pooling {
        Pooling::Mean => "the mean of its tokens' vectors",
        Pooling::FirstToken => "its first token's vector",
    };
    let mut text = String::new();
    let _ = writeln!(text, "File\n  {}\n\nEngine", local.path.display());
    let model =
        local.entry.as_ref().map_or_else(|| local.path.display().to_string(), |entry| entry.id.to_string());
    let _ = writeln!(text, "  makes vectors of texts, for search by meaning: `abide embed --model {model}`");
    let _ = writeln!(
        text,
        "  bert, {} parameters, {} layers of width {}, {} heads, {} tokens",
        units::count(spec.parameters),
        spec.layers,
        spec.hidden,
        spec.heads,
        spec.vocabulary,
    );
    let _ = writeln!(
        text,
        "  a text's vector has {} values: {pooling}, at length 1; {} of its tokens are read",
        spec.hidden, spec.tokens_max
    );
    let _ = writeln!(
        text,
        "  memory {}: weights {}, working memory {}",
        units::bytes(memory.total()),
        units::bytes(memory.weights),
        units::bytes(memory.cache + memory.working),
    );
    text
}
