//! `abide embed`: texts as vectors, and how near they are in meaning.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use abide_generation::Embedder;
use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;

use crate::arguments::{positive, thread_count};
use crate::engine;
use crate::failure::{Exit, Failure};
use crate::library;
use crate::output::Console;
use crate::output::table::{Align, Table};
use crate::reading;
use crate::settings::Settings;

/// Most bytes of texts that are read.
const INPUT_BYTES_MAX: u64 = 256 << 20;
/// Texts given to the model at once; their vectors are written before the next.
const TEXTS_AT_ONCE: usize = 64;
/// Characters of a text that a table shows.
const TEXT_SHOWN: usize = 60;
/// Values of a vector that a table shows.
const VALUES_SHOWN: usize = 6;

/// Turn texts into vectors, for search by meaning
///
/// Texts of like meaning get vectors of like direction. All have length 1, so the sum of the products of two vectors'
/// values is their cosine: 1 for the same direction, near 0 for nothing in common. --compare works it out.
///
/// Texts are arguments, or the lines of a file or of stdin, empty ones too. Of a long text only the beginning counts, and
/// that is told. Vectors of different models must not be compared.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide embed \"The cat sits on the mat.\"
  abide embed --file notes.txt -o csv > vectors.csv
  abide embed --compare \"a cat\" \"a kitten\" \"a dog\" \"a car\"
  abide embed --compare \"how to bake bread\" --top 5 --file notes.txt
  abide embed --model ./all-MiniLM-L6-v2 -o json < lines.txt | jq '.embeddings[0].vector'")]
pub struct EmbedArguments {
    /// The texts; none, or `-` alone: each line of stdin is one
    pub texts: Vec<String>,
    /// Id of an embedding model, or its folder [default: `embedder` in config.toml, else all-minilm-l6-v2]
    #[arg(short, long)]
    pub model: Option<String>,
    /// Take each line of this file as a text
    #[arg(short, long, value_name = "FILE", conflicts_with = "texts")]
    pub file: Option<PathBuf>,
    /// Instead of vectors, tell how near each text is to this one, the nearest first
    #[arg(short, long, value_name = "TEXT")]
    pub compare: Option<String>,
    /// With --compare: tell the N nearest alone
    #[arg(short = 'n', long, value_name = "N", requires = "compare", value_parser = positive)]
    pub top: Option<usize>,
    /// How to write the results [default: json, with --compare table]
    #[arg(short = 'o', long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Threads to compute with [default: one per physical core]
    #[arg(short, long, value_name = "N", value_parser = thread_count, allow_negative_numbers = true)]
    pub threads: Option<usize>,
    /// Load the model even if memory seems too small for it
    #[arg(long)]
    pub ignore_memory: bool,
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One object, with everything.
    Json,
    /// A line for each text, below a line of names.
    Csv,
    /// For people; of vectors the first values alone.
    Table,
}

/// Reads, computes, prints.
///
/// # Errors
/// When there are no texts, the model can't be had, or it makes text instead of vectors.
pub fn execute(
    arguments: &EmbedArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let texts = read_texts(arguments)?;
    let local = library::locate_embedder(
        arguments.model.as_deref().or(settings.embedder.as_deref()),
        settings,
        console,
    )?;
    let embedder = engine::open_embedder(&local, &settings.engine, console)?;
    answer(arguments, &*embedder, &texts, console)?;
    Ok(Exit::Success)
}

fn read_texts(arguments: &EmbedArguments) -> anyhow::Result<Vec<String>> {
    let texts = match &arguments.file {
        Some(path) => {
            let name = path.display().to_string();
            lines(File::open(path).with_context(|| reading::unreadable(&name))?, &name)?
        }
        None if arguments.texts.is_empty() || arguments.texts == ["-"] => lines(io::stdin().lock(), "stdin")?,
        None => arguments.texts.clone(),
    };
    if texts.is_empty() {
        let failure = Failure::new(Exit::Usage, "there are no texts");
        return Err(failure
            .with_cure("give them as arguments, or one on each line of stdin or --file")
            .into());
    }
    Ok(texts)
}

/// The lines of `source`, without their ends.
fn lines(source: impl Read, name: &str) -> anyhow::Result<Vec<String>> {
    let text = reading::text(source, INPUT_BYTES_MAX).with_context(|| reading::unreadable(name))?;
    Ok(text.lines().map(str::to_owned).collect())
}

fn answer(
    arguments: &EmbedArguments,
    embedder: &dyn Embedder,
    texts: &[String],
    console: &mut Console,
) -> anyhow::Result<()> {
    let truncated = match &arguments.compare {
        None => write_vectors(arguments.format.unwrap_or(Format::Json), embedder, texts, console)?,
        Some(text) => {
            let mut found = compare(embedder, text, texts)?;
            found.near.truncate(arguments.top.unwrap_or(usize::MAX));
            write_near(arguments.format.unwrap_or(Format::Table), embedder, text, &found, console)?;
            found.truncated
        }
    };
    if truncated > 0 {
        let most = embedder.tokens_max();
        console.note(&format!(
            "note: {} longer than the {most} tokens that the model reads, and cut",
            if truncated == 1 { "one text was".to_owned() } else { format!("{truncated} texts were") }
        ));
    }
    Ok(())
}

/// A text as JSON has it. (A `serde_json::Value` would widen the numbers, and show digits that they do not have.)
#[derive(Serialize)]
struct TextVector<'a> {
    text: &'a str,
    vector: &'a [f32],
}

/// What --compare prints as JSON.
#[derive(Serialize)]
struct Comparison<'a> {
    model: &'a str,
    text: &'a str,
    nearest: Vec<NearText<'a>>,
    tokens: usize,
    truncated: usize,
}

#[derive(Serialize)]
struct NearText<'a> {
    cosine: f32,
    text: &'a str,
}

/// Gives each text and its vector to `take`, and returns how many tokens were read and how many texts cut.
fn each_vector(
    embedder: &dyn Embedder,
    texts: &[String],
    take: &mut dyn FnMut(&str, &[f32]) -> anyhow::Result<()>,
) -> anyhow::Result<(usize, usize)> {
    let (mut tokens, mut truncated) = (0, 0);
    for texts in texts.chunks(TEXTS_AT_ONCE) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let embeddings = embedder.embed(&texts)?;
        for (text, vector) in texts.iter().zip(&embeddings.vectors) {
            take(text, vector)?;
        }
        tokens += embeddings.tokens;
        truncated += embeddings.truncated.len();
    }
    Ok((tokens, truncated))
}

/// Writes vectors as they come, and returns how many texts were cut.
fn write_vectors(
    format: Format,
    embedder: &dyn Embedder,
    texts: &[String],
    console: &mut Console,
) -> anyhow::Result<usize> {
    let (id, dimensions) = (embedder.id(), embedder.dimensions());
    match format {
        Format::Json => {
            console.line(&format!("{{\n  \"model\": {},\n  \"dimensions\": {dimensions},", json!(id)))?;
            console.write("  \"embeddings\": [")?;
            let mut separator = "\n";
            let (tokens, truncated) = each_vector(embedder, texts, &mut |text, vector| {
                let entry = serde_json::to_string(&TextVector { text, vector })?;
                console.write_exact(&format!("{separator}    {entry}"))?;
                separator = ",\n";
                Ok(())
            })?;
            console.line(&format!("\n  ],\n  \"tokens\": {tokens},\n  \"truncated\": {truncated}\n}}"))?;
            Ok(truncated)
        }
        Format::Csv => {
            let mut names = "text".to_owned();
            for number in 0..dimensions {
                write!(names, ",v{number}")?;
            }
            console.line(&names)?;
            let (_, truncated) = each_vector(embedder, texts, &mut |text, vector| {
                let mut line = csv_field(text);
                for value in vector {
                    write!(line, ",{value}")?;
                }
                line.push('\n');
                Ok(console.write_exact(&line)?)
            })?;
            Ok(truncated)
        }
        Format::Table => {
            let first = format!("FIRST {} OF {dimensions} VALUES", dimensions.min(VALUES_SHOWN));
            let mut table = Table::new(&[("TEXT", Align::Left), (&first, Align::Left)]);
            let (_, truncated) = each_vector(embedder, texts, &mut |text, vector| {
                let values: Vec<String> =
                    vector.iter().take(VALUES_SHOWN).map(|value| format!("{value:>8.5}")).collect();
                table.row([shorten(text), values.join(" ")]);
                Ok(())
            })?;
            console.write(&table.plain())?;
            Ok(truncated)
        }
    }
}

/// Texts by how near they are to another.
struct Compared<'a> {
    /// Cosine and text, the nearest first.
    near: Vec<(f32, &'a str)>,
    tokens: usize,
    truncated: usize,
}

fn compare<'a>(embedder: &dyn Embedder, text: &str, texts: &'a [String]) -> anyhow::Result<Compared<'a>> {
    let first = embedder.embed(&[text])?;
    let with: Vec<f32> = first.vectors.into_iter().flatten().collect();
    let mut cosines = Vec::with_capacity(texts.len());
    let (tokens, truncated) = each_vector(embedder, texts, &mut |_, vector| {
        let product: f64 = vector.iter().zip(&with).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
        cosines.push(product as f32);
        Ok(())
    })?;
    let mut near: Vec<_> = cosines.into_iter().zip(texts.iter().map(String::as_str)).collect();
    // Texts that are equally near stay in their order.
    near.sort_by(|one, other| other.0.total_cmp(&one.0));
    Ok(Compared { near, tokens: tokens + first.tokens, truncated: truncated + first.truncated.len() })
}

fn write_near(
    format: Format,
    embedder: &dyn Embedder,
    text: &str,
    found: &Compared<'_>,
    console: &mut Console,
) -> anyhow::Result<()> {
    match format {
        Format::Json => {
            let Compared { near, tokens, truncated } = found;
            let nearest = near.iter().map(|&(cosine, text)| NearText { cosine, text }).collect();
            console.json(&Comparison {
                model: embedder.id(),
                text,
                nearest,
                tokens: *tokens,
                truncated: *truncated,
            })?;
        }
        Format::Csv => {
            console.line("cosine,text")?;
            for (cosine, text) in &found.near {
                console.write_exact(&format!("{cosine},{}\n", csv_field(text)))?;
            }
        }
        Format::Table => {
            let mut table = Table::new(&[("COSINE", Align::Right), ("TEXT", Align::Left)]);
            for (cosine, text) in &found.near {
                table.row([format!("{cosine:.4}"), shorten(text)]);
            }
            console.write(&table.plain())?;
        }
    }
    Ok(())
}

/// A field of a CSV file (RFC 4180).
fn csv_field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// The beginning of a text.
fn shorten(text: &str) -> String {
    let mut shown: String = text.chars().take(TEXT_SHOWN).collect();
    if text.chars().nth(TEXT_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use abide_generation::{EmbeddingError, Embeddings};
    use clap::Parser as _;

    use super::*;
    use crate::arguments::{Arguments, Command};
    use crate::output::test::console;

    /// Vectors that count a text's vowels and other characters; texts of more than 20 are "cut".
    struct Counter;

    impl Embedder for Counter {
        fn id(&self) -> &'static str {
            "counter@sha256:00"
        }

        fn dimensions(&self) -> usize {
            2
        }

        fn tokens_max(&self) -> usize {
            20
        }

        fn embed(&self, texts: &[&str]) -> Result<Embeddings, EmbeddingError> {
            assert!(texts.len() <= TEXTS_AT_ONCE);
            let vector = |text: &&str| {
                let vowels = text.chars().filter(|character| "aeiou".contains(*character)).count() as f32;
                let others = text.chars().count() as f32 - vowels;
                let length = vowels.hypot(others);
                if length == 0.0 { vec![1.0, 0.0] } else { vec![vowels / length, others / length] }
            };
            Ok(Embeddings {
                vectors: texts.iter().map(vector).collect(),
                tokens: texts.iter().map(|text| text.len()).sum(),
                truncated: (0..texts.len()).filter(|place| texts[*place].len() > 20).collect(),
            })
        }
    }

    fn embed(line: &[&str]) -> (String, String) {
        let arguments = Arguments::try_parse_from(["abide", "embed"].iter().chain(line)).unwrap();
        let Command::Embed(arguments) = arguments.command else { panic!("it is no embed") };
        let (mut console, out, err) = console();
        answer(&arguments, &Counter, &arguments.texts, &mut console).unwrap();
        (out.text(), err.text())
    }

    const TEXTS: [&str; 4] =
        ["eat", "say \"a, b\"", "", "this one is far too\u{1b}long for it and a little more than that"];

    #[test]
    fn vectors_are_written_in_every_format() {
        for format in ["json", "csv", "table"] {
            let (out, err) = embed(&[&["-o", format][..], &TEXTS].concat());
            insta::assert_snapshot!(format!("embed_{format}"), out);
            assert!(err.contains("one text was longer than the 20 tokens"), "{err}");
        }
        let (out, _) = embed(&TEXTS);
        let told: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(told["embeddings"].as_array().unwrap().len(), 4);
        assert_eq!((&told["embeddings"][0]["text"], &told["truncated"]), (&json!("eat"), &json!(1)));
    }

    #[test]
    fn texts_are_ranked_by_how_near_they_are() {
        let texts = ["bcd", "ab", "aab", "ba"];
        for format in ["json", "csv", "table"] {
            let line = [&["--compare", "ab", "-o", format, "--top", "3"][..], &texts].concat();
            insta::assert_snapshot!(format!("embed_compare_{format}"), embed(&line).0);
        }
        let (out, err) = embed(&["--compare", "ab", "ab"]);
        assert_eq!((out.as_str(), err.as_str()), ("COSINE  TEXT\n1.0000  ab\n", ""));
    }

    #[test]
    fn many_texts_keep_their_order() {
        let texts: Vec<String> = (0..200).map(|number| "a".repeat(number % 20) + "b").collect();
        let line: Vec<&str> = ["-o", "csv"].into_iter().chain(texts.iter().map(String::as_str)).collect();
        let (out, _) = embed(&line);
        let found: Vec<&str> = out.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        assert_eq!(found, texts);
    }

    #[test]
    fn lines_are_texts_empty_ones_too() {
        let read = |text: &[u8]| lines(text, "stdin");
        assert_eq!(read(b"one\r\n\ntwo  \nthree").unwrap(), ["one", "", "two  ", "three"]);
        assert_eq!(read(b"").unwrap(), [""; 0]);
        let error = read(b"good\nb\xffd\n").unwrap_err();
        assert!(format!("{error:#}").contains("line 2"), "{error:#}");
    }
}
