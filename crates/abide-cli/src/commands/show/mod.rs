//! `abide show`: what a model's file holds, and what the engine makes of it.

mod embedder;

use std::fmt::Write as _;

use abide_engine::gguf::{Array, GgufFile, Value};
use abide_models::{Entry, Kind};
use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::engine;
use crate::failure::Exit;
use crate::library::{self, Library, LocalModel, Purpose, Reference};
use crate::metadata::value_json;
use crate::output::table::{Align, Table};
use crate::output::{Console, Style, units};
use crate::settings::Settings;

/// Values of an array that are shown.
const ARRAY_SHOWN: usize = 4;
/// Characters of a text that are shown.
const TEXT_SHOWN: usize = 100;
/// Lines of a chat template that are shown.
const TEMPLATE_LINES_SHOWN: usize = 12;
const TEMPLATE_KEY: &str = "tokenizer.chat_template";

/// Show what a model's file holds, and what the engine makes of it
///
/// A model of the catalogue that is not on disk is shown as the catalogue has it; nothing is fetched.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide show smollm2-135m-instruct
  abide show model.gguf --full
  abide show model.gguf --json | jq .engine.memory")]
pub struct ShowArguments {
    /// Id or GGUF file of the model
    pub model: String,
    /// Don't shorten arrays, texts and the template
    #[arg(long)]
    pub full: bool,
    /// Print as JSON; arrays and texts are never shortened
    #[arg(long)]
    pub json: bool,
}

/// Shows it.
///
/// # Errors
/// When there is no such model or its file can't be read. A file that the engine can't run is shown all the
/// same, with the reason.
pub fn execute(
    arguments: &ShowArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let local = match Reference::parse(&arguments.model)? {
        Reference::File(path) => LocalModel::from_file(path),
        Reference::Id(id) => {
            let library = Library::open(settings)?;
            let here = library.store.resolve(&id).map_err(|error| library::store_failure(&error))?;
            if here.is_none() {
                let entry = library.catalogue.get(id.as_str()).ok_or_else(|| library.unknown(&id))?;
                return show_entry(entry, arguments.json, console);
            }
            library.find(Some(&arguments.model), console)?
        }
    };
    if local.purpose() == Purpose::Vectors {
        return embedder::show(&local, arguments.json, console);
    }
    let file = engine::open_file(&local)?;
    let inspection = engine::look_at(&local, &file, &settings.engine).map_err(|error| format!("{error:#}"));
    let contents = Contents { local: &local, file: &file, tensors: tensor_kinds(&file), inspection };
    if arguments.json {
        console.json(&contents.json())?;
    } else {
        contents.print(arguments.full, console)?;
    }
    Ok(if contents.inspection.is_ok() { Exit::Success } else { Exit::BadFile })
}

/// A model that is not on disk.
fn show_entry(entry: &Entry, json: bool, console: &mut Console) -> anyhow::Result<Exit> {
    let sources: Vec<String> = entry.sources.iter().map(abide_models::Source::label).collect();
    if json {
        console.json(&json!({
            "id": entry.id.as_str(), "name": entry.name, "kind": entry.kind.name(), "family": entry.family,
            "parameters": entry.parameters,
            "quantisation": entry.quantisation, "licence": entry.licence.name, "context": entry.context,
            "languages": entry.languages, "good_for": entry.good_for, "size_bytes": entry.size_bytes(),
            "sources": sources, "verified": entry.verified, "on_disk": false,
        }))?;
        return Ok(Exit::Success);
    }
    let licence = match &entry.licence.url {
        Some(url) => format!("{} ({url})", entry.licence.name),
        None => entry.licence.name.clone(),
    };
    let lines = [
        ("name", entry.name.clone()),
        ("kind", kind_text(entry.kind)),
        ("family", entry.family.clone()),
        ("parameters", units::count(entry.parameters)),
        ("quantisation", entry.quantisation.clone()),
        ("size", entry.size_bytes().map_or_else(|| "unknown".to_owned(), units::bytes)),
        ("context", format!("{} tokens", entry.context)),
        ("licence", licence),
        ("languages", entry.languages.join(" ")),
        ("good for", entry.good_for.clone()),
        ("sources", sources.join(", ")),
        ("verified", if entry.verified { "yes" } else { "no: nobody here has run it yet" }.to_owned()),
    ];
    for (name, value) in lines {
        console.line(&format!("{name:<14}{value}"))?;
    }
    console.notice(&format!("It is not on disk; `abide pull {}` fetches it.", entry.id));
    Ok(Exit::Success)
}

/// A kind, and what uses it.
fn kind_text(kind: Kind) -> String {
    let use_of = match kind {
        Kind::Chat => "holds conversations: `abide chat`, `abide run`",
        Kind::Base => "continues texts: `abide run`",
        Kind::Embedding => "makes vectors of texts, for search by meaning: `abide embed`",
    };
    format!("{}, {use_of}", kind.name())
}

/// Tensors of one type.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct TensorKind {
    #[serde(rename = "type")]
    kind: String,
    tensors: usize,
    values: u64,
    bytes: u64,
    bits_per_value: f64,
}

fn tensor_kinds(file: &GgufFile) -> Vec<TensorKind> {
    let mut kinds: Vec<TensorKind> = Vec::new();
    for tensor in file.tensors() {
        let name = tensor.kind.to_string();
        let index = kinds.iter().position(|kind| kind.kind == name).unwrap_or_else(|| {
            kinds.push(TensorKind { kind: name, tensors: 0, values: 0, bytes: 0, bits_per_value: 0.0 });
            kinds.len() - 1
        });
        let kind = &mut kinds[index];
        kind.tensors += 1;
        kind.values += tensor.values() as u64;
        kind.bytes += tensor.bytes() as u64;
        kind.bits_per_value = kind.bytes as f64 * 8.0 / kind.values as f64;
    }
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.bytes));
    kinds
}

/// All that is shown of a file.
struct Contents<'a> {
    local: &'a LocalModel,
    file: &'a GgufFile,
    tensors: Vec<TensorKind>,
    /// What the engine makes of it, or why it can't.
    inspection: Result<abide_engine::Inspection, String>,
}

impl Contents<'_> {
    fn json(&self) -> serde_json::Value {
        let metadata: serde_json::Map<String, serde_json::Value> =
            self.file.metadata().iter().map(|(key, value)| (key.to_owned(), value_json(value))).collect();
        let paths: Vec<String> = self.file.paths().iter().map(|path| path.display().to_string()).collect();
        let (engine, problem) = match &self.inspection {
            Ok(inspection) => (Some(inspection), None),
            Err(problem) => (None, Some(problem)),
        };
        json!({
            "model": self.local.name,
            "paths": paths,
            "bytes": self.file.bytes(),
            "gguf_version": self.file.version(),
            "metadata": metadata,
            "tensors": self.tensors,
            "template_override": self.local.template(),
            "engine": engine,
            "engine_problem": problem,
        })
    }

    fn print(&self, full: bool, console: &mut Console) -> anyhow::Result<()> {
        let heading = |title: &str, console: &mut Console| {
            let title = console.styled(Style::Strong, title);
            console.line(&title)
        };
        heading("File", console)?;
        for path in self.file.paths() {
            console.line(&format!("  {}", path.display()))?;
        }
        let size = units::bytes(self.file.bytes());
        console.line(&format!("  {size}, GGUF version {}\n", self.file.version()))?;
        heading("Metadata", console)?;
        for (key, value) in self.file.metadata().iter().filter(|(key, _)| *key != TEMPLATE_KEY) {
            console.line(&format!("  {key:<44} {}", value_text(value, full)))?;
        }
        console.line("")?;
        heading("Tensors", console)?;
        for line in tensor_table(&self.tensors).plain().lines() {
            console.line(&format!("  {line}"))?;
        }
        console.line("")?;
        heading("Chat template", console)?;
        console.write(&self.template_text(full))?;
        console.line("")?;
        heading("Engine", console)?;
        match &self.inspection {
            Ok(inspection) => console.write(&inspection_text(inspection))?,
            Err(problem) => console.line(&format!("  can't run it: {problem}"))?,
        }
        Ok(())
    }

    fn template_text(&self, full: bool) -> String {
        let own = match self.file.metadata().get(TEMPLATE_KEY) {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        let (note, template) = match (self.local.template(), own) {
            (Some(template), _) => ("  (the catalogue's, in place of the file's own)\n", template),
            (None, Some(template)) => ("", template),
            (None, None) => return "  none: a base model, which continues texts\n".to_owned(),
        };
        let lines: Vec<&str> = template.lines().collect();
        let shown = if full { lines.len() } else { lines.len().min(TEMPLATE_LINES_SHOWN) };
        let mut text = note.to_owned();
        for line in &lines[..shown] {
            let _ = writeln!(text, "  {}", if full { (*line).to_owned() } else { shorten(line) });
        }
        if shown < lines.len() {
            let _ =
                writeln!(text, "  … {} (--full shows them)", units::plural(lines.len() - shown, "more line"));
        }
        text
    }
}

fn tensor_table(kinds: &[TensorKind]) -> Table {
    let mut table = Table::new(&[
        ("type", Align::Left),
        ("tensors", Align::Right),
        ("values", Align::Right),
        ("bytes", Align::Right),
        ("bits per value", Align::Right),
    ]);
    let row = |name: &str, tensors: usize, values: u64, bytes: u64| {
        let bits = bytes as f64 * 8.0 / values.max(1) as f64;
        [
            name.to_owned(),
            tensors.to_string(),
            units::count(values),
            units::bytes(bytes),
            format!("{bits:.2}"),
        ]
    };
    for kind in kinds {
        table.row(row(&kind.kind, kind.tensors, kind.values, kind.bytes));
    }
    let sum = |part: fn(&TensorKind) -> u64| kinds.iter().map(part).sum::<u64>();
    let tensors = kinds.iter().map(|kind| kind.tensors).sum();
    table.row(row("all", tensors, sum(|kind| kind.values), sum(|kind| kind.bytes)));
    table
}

fn inspection_text(inspection: &abide_engine::Inspection) -> String {
    let memory = inspection.memory;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "  {}, {} parameters, {} layers of width {}, {} tokens",
        inspection.architecture,
        units::count(inspection.parameters),
        inspection.layers,
        inspection.hidden,
        inspection.vocabulary,
    );
    for block in &inspection.blocks {
        let _ = writeln!(text, "  {block}");
    }
    let _ = writeln!(
        text,
        "  context {} of {} tokens trained for",
        inspection.context_length, inspection.context_length_trained
    );
    let _ = writeln!(
        text,
        "  memory {}: weights {}, cache {}, working memory {}",
        units::bytes(memory.total()),
        units::bytes(memory.weights),
        units::bytes(memory.cache),
        units::bytes(memory.working),
    );
    text
}

fn value_text(value: &Value, full: bool) -> String {
    let array = |values: Vec<String>, length: usize| {
        let more = if values.len() < length { format!(", … {length} in all") } else { String::new() };
        format!("[{}{more}]", values.join(", "))
    };
    let shown = if full { usize::MAX } else { ARRAY_SHOWN };
    match value {
        Value::Unsigned(value) => value.to_string(),
        Value::Signed(value) => value.to_string(),
        Value::Float(value) => (*value as f32).to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Text(text) if full => quoted(text),
        Value::Text(text) => quoted(&shorten(text)),
        Value::Array(values) => match values {
            Array::Unsigned(values) => array(strings(values, shown), values.len()),
            Array::Signed(values) => array(strings(values, shown), values.len()),
            Array::Float(values) => array(strings(values, shown), values.len()),
            Array::Bool(values) => array(strings(values, shown), values.len()),
            Array::Text(values) => {
                array(values.iter().take(shown).map(|text| quoted(text)).collect(), values.len())
            }
        },
    }
}

fn strings<T: ToString>(values: &[T], shown: usize) -> Vec<String> {
    values.iter().take(shown).map(ToString::to_string).collect()
}

/// In quotes, with control characters escaped: a file's text must not steer the terminal.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            character if character.is_control() => quoted.extend(character.escape_default()),
            character => quoted.push(character),
        }
    }
    quoted + "\""
}

fn shorten(text: &str) -> String {
    let cleaned =
        |text: &str| text.chars().filter(|character| !character.is_control() || *character == '\n').collect();
    match text.char_indices().nth(TEXT_SHOWN) {
        None => cleaned(text),
        Some((end, _)) => {
            let start: String = cleaned(&text[..end]);
            format!("{start} … ({} bytes)", text.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_shortened_and_harmless() {
        let words = Value::Array(Array::Text(["a", "\u{1b}[31m", "c", "d", "e"].map(str::to_owned).to_vec()));
        assert_eq!(value_text(&words, false), r#"["a", "\u{1b}[31m", "c", "d", … 5 in all]"#);
        assert_eq!(value_text(&Value::Array(Array::Unsigned(vec![1, 2])), false), "[1, 2]");
        let long = Value::Text("x".repeat(300));
        assert!(value_text(&long, false).len() < 150);
        assert_eq!(value_text(&long, true).len(), 302);
        assert_eq!(value_text(&Value::Float(f64::from(1e-5_f32)), false), "0.00001");
    }

    #[test]
    fn tensors_are_summed() {
        let kind = |kind: &str, values, bytes| TensorKind {
            kind: kind.to_owned(),
            tensors: 2,
            values,
            bytes,
            bits_per_value: 0.0,
        };
        insta::assert_snapshot!(
            "tensor_table",
            tensor_table(&[kind("Q4_1", 6400, 4000), kind("F32", 100, 400)]).plain()
        );
        assert!(tensor_table(&[]).plain().contains("all"));
    }
}
