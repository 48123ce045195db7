//! Results as records, and records as Markdown, CSV, JSON and lines of JSON.
//!
//! Must not know how anything was measured.

use anyhow::Context as _;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::statistics::Samples;
use crate::output::table::{Align, Table};
use crate::output::units;

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// A Markdown table.
    #[default]
    Md,
    /// Comma-separated values.
    Csv,
    /// One JSON array.
    Json,
    /// One JSON object per line, each written as soon as its test is done.
    Jsonl,
}

/// The result of one test. Fields after `tokens_per_second` may be missing in files of others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Id or name of the model.
    pub model: String,
    /// Name of its file.
    pub file: String,
    /// Name of the test: `pp512`, `tg128`, `tg64@d4096`, `tg128×8`.
    pub test: String,
    /// Threads that computed.
    pub threads: usize,
    /// Device that computed.
    pub device: String,
    /// The result.
    pub tokens_per_second: Samples,
    /// Sequences that made tokens together.
    #[serde(default = "one")]
    pub sequences: usize,
    /// Number format of the KV cache.
    #[serde(default)]
    pub cache: String,
    /// Implementation of the operations.
    #[serde(default)]
    pub ops: String,
    /// Tokens of a prompt computed at once.
    #[serde(default)]
    pub batch: usize,
    /// Kernels in use.
    #[serde(default)]
    pub kernels: String,
    /// The processor.
    #[serde(default)]
    pub cpu: String,
    /// Version of abide.
    #[serde(default)]
    pub version: String,
    /// Bytes of the model's files.
    #[serde(default)]
    pub file_bytes: u64,
    /// Number of parameters.
    #[serde(default)]
    pub parameters: u64,
    /// Time to load the model, in milliseconds.
    #[serde(default)]
    pub load_ms: f64,
    /// Mean time until the first token could be chosen, in milliseconds; prompts only.
    #[serde(default)]
    pub time_to_first_token_ms: Option<f64>,
    /// The most memory held so far with this model, in bytes, where the system tells.
    #[serde(default)]
    pub peak_memory_bytes: Option<u64>,
    /// Bytes per second that this machine was measured to read from memory, where known.
    #[serde(default)]
    pub memory_bandwidth: Option<f64>,
    /// Share of `memory_bandwidth` that decoding reached (weights and cache read per token); generation
    /// only.
    #[serde(default)]
    pub memory_bandwidth_share: Option<f64>,
}

fn one() -> usize {
    1
}

/// What is said once above a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// The processor and its cores.
    pub cpu: String,
    /// Kernels in use, of each distinct kind.
    pub kernels: Vec<String>,
    /// Measured memory bandwidth, if known.
    pub bandwidth: Option<u64>,
    /// Version of abide.
    pub version: String,
}

impl Header {
    /// One line.
    pub fn line(&self) -> String {
        let mut parts = vec![format!("abide {}", self.version), self.cpu.clone()];
        if !self.kernels.is_empty() {
            parts.push(format!("kernels {}", self.kernels.join(", ")));
        }
        if let Some(bandwidth) = self.bandwidth {
            parts.push(format!("memory read at {}/s", units::bytes(bandwidth)));
        }
        parts.join(" · ")
    }
}

/// All records in one of the formats that need them all; lines of JSON are joined.
///
/// # Errors
/// When a value can't be written as JSON.
pub fn render(format: Format, header: &Header, records: &[Record]) -> anyhow::Result<String> {
    match format {
        Format::Md => Ok(format!("{}\n\n{}", header.line(), markdown(records))),
        Format::Csv => Ok(csv(records)),
        Format::Json => Ok(serde_json::to_string_pretty(records)? + "\n"),
        Format::Jsonl => records.iter().map(json_line).collect(),
    }
}

/// One record as a line of JSON.
///
/// # Errors
/// When a value can't be written as JSON.
pub fn json_line(record: &Record) -> anyhow::Result<String> {
    Ok(serde_json::to_string(record)? + "\n")
}

/// Reads records written as JSON or lines of JSON.
///
/// # Errors
/// When the text is neither.
pub fn parse(text: &str) -> anyhow::Result<Vec<Record>> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).context("not what `abide bench -o json` writes");
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let records: Vec<Record> = lines
        .map(|(index, line)| {
            serde_json::from_str(line)
                .with_context(|| format!("line {} is not what `abide bench -o jsonl` writes", index + 1))
        })
        .collect::<anyhow::Result<_>>()?;
    anyhow::ensure!(!records.is_empty(), "it holds no results");
    Ok(records)
}

fn markdown(records: &[Record]) -> String {
    let mut table = Table::new(&[
        ("model", Align::Left),
        ("size", Align::Right),
        ("parameters", Align::Right),
        ("device", Align::Left),
        ("threads", Align::Right),
        ("cache", Align::Left),
        ("test", Align::Left),
        ("tokens/s", Align::Right),
        ("±", Align::Right),
        ("first token", Align::Right),
        ("bandwidth", Align::Right),
        ("load", Align::Right),
        ("peak memory", Align::Right),
    ]);
    for record in records {
        let milliseconds =
            |value: f64| units::duration(std::time::Duration::from_secs_f64(value.max(0.0) / 1000.0));
        table.row([
            record.model.clone(),
            units::bytes(record.file_bytes),
            units::count(record.parameters),
            record.device.clone(),
            record.threads.to_string(),
            record.cache.clone(),
            record.test.clone(),
            format!("{:.2}", record.tokens_per_second.mean),
            format!("{:.2}", record.tokens_per_second.stddev),
            record.time_to_first_token_ms.map(milliseconds).unwrap_or_default(),
            record.memory_bandwidth_share.map(|share| format!("{:.0} %", share * 100.0)).unwrap_or_default(),
            milliseconds(record.load_ms),
            record.peak_memory_bytes.map(units::bytes).unwrap_or_default(),
        ]);
    }
    table.markdown()
}

/// Comma-separated values with a header (RFC 4180, but for the line ends).
fn csv(records: &[Record]) -> String {
    let columns = [
        "model",
        "file",
        "test",
        "threads",
        "device",
        "tokens_per_second_mean",
        "tokens_per_second_stddev",
        "tokens_per_second_samples",
        "sequences",
        "cache",
        "ops",
        "batch",
        "kernels",
        "cpu",
        "version",
        "file_bytes",
        "parameters",
        "load_ms",
        "time_to_first_token_ms",
        "peak_memory_bytes",
        "memory_bandwidth",
        "memory_bandwidth_share",
    ];
    let mut text = columns.join(",") + "\n";
    let optional = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    for record in records {
        let rate = &record.tokens_per_second;
        let samples: Vec<String> = rate.samples.iter().map(f64::to_string).collect();
        let cells = [
            record.model.clone(),
            record.file.clone(),
            record.test.clone(),
            record.threads.to_string(),
            record.device.clone(),
            rate.mean.to_string(),
            rate.stddev.to_string(),
            samples.join(" "),
            record.sequences.to_string(),
            record.cache.clone(),
            record.ops.clone(),
            record.batch.to_string(),
            record.kernels.clone(),
            record.cpu.clone(),
            record.version.clone(),
            record.file_bytes.to_string(),
            record.parameters.to_string(),
            record.load_ms.to_string(),
            optional(record.time_to_first_token_ms),
            record.peak_memory_bytes.map(|bytes| bytes.to_string()).unwrap_or_default(),
            optional(record.memory_bandwidth),
            optional(record.memory_bandwidth_share),
        ];
        text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        text.push('\n');
    }
    text
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A record with made-up figures.
    pub fn record(model: &str, test: &str, samples: &[f64]) -> Record {
        Record {
            model: model.to_owned(),
            file: "a,b.gguf".to_owned(),
            test: test.to_owned(),
            threads: 2,
            device: "cpu".to_owned(),
            tokens_per_second: Samples::new(samples.to_vec()),
            sequences: 1,
            cache: "f16".to_owned(),
            ops: "default".to_owned(),
            batch: 512,
            kernels: "avx2".to_owned(),
            cpu: "Some CPU".to_owned(),
            version: "0.1.0".to_owned(),
            file_bytes: 98_362_432,
            parameters: 134_515_008,
            load_ms: 45.67,
            time_to_first_token_ms: test.starts_with("pp").then_some(1234.5),
            peak_memory_bytes: Some(150_000_000),
            memory_bandwidth: Some(2e10),
            memory_bandwidth_share: test.starts_with("tg").then_some(0.615),
        }
    }

    fn records() -> Vec<Record> {
        vec![record("small", "pp512", &[100.0, 110.0]), record("small", "tg128@d1024", &[20.5])]
    }

    fn header() -> Header {
        let cpu = "Some CPU, 2 cores".to_owned();
        Header {
            cpu,
            kernels: vec!["avx2".to_owned()],
            bandwidth: Some(20_000_000_000),
            version: "0.1.0".to_owned(),
        }
    }

    #[test]
    fn every_format_says_it_all() {
        insta::assert_snapshot!("bench_md", render(Format::Md, &header(), &records()).unwrap());
        insta::assert_snapshot!("bench_csv", render(Format::Csv, &header(), &records()).unwrap());
        insta::assert_snapshot!("bench_json", render(Format::Json, &header(), &records()).unwrap());
    }

    #[test]
    fn json_comes_back() {
        for format in [Format::Json, Format::Jsonl] {
            let text = render(format, &header(), &records()).unwrap();
            assert_eq!(parse(&text).unwrap(), records());
        }
    }

    #[test]
    fn results_of_others_need_the_first_fields_only() {
        let text = r#"[{"model":"m","file":"f","test":"pp8","threads":1,"device":"cpu",
            "tokens_per_second":{"mean":1.0,"stddev":0.0,"samples":[1.0]},"further":true}]"#;
        assert_eq!(parse(text).unwrap()[0].test, "pp8");
        assert!(parse("").is_err());
        assert!(parse("{}").is_err());
        assert!(parse("[1]").is_err());
    }
}
