//! `abide perplexity`: how well a model foresees a text, measured as llama.cpp does.
//!
//! The text is cut into chunks of the context's length; in each, the first half is context alone
//! and the second is scored. The first token of a chunk is replaced by BOS where the model wants one.

use std::path::{Path, PathBuf};

use abide_engine::{BatchItem, LogitsWanted, Needed, TokenModel};
use clap::Args;
use serde_json::json;

use crate::arguments::EngineArguments;
use crate::engine;
use crate::failure::{Exit, Failure};
use crate::library;
use crate::output::{Console, progress, units};
use crate::reading;
use crate::settings::Settings;

/// Tokens of a chunk if no other number is given.
const CONTEXT: usize = 512;
/// The most of a text: far more than anyone waits for.
const FILE_BYTES_MAX: u64 = 1 << 30;
/// Tokens read at once where no logits are wanted.
const READ_BATCH: usize = 512;
/// Tokens scored at once: their logits lie in memory together (1 MB each for the largest vocabularies).
const SCORE_BATCH: usize = 64;

/// Measure how well a model foresees a text
///
/// The lower, the better. The method is that of llama.cpp, so that figures compare: chunks of the context, whose
/// second halves are scored.
#[derive(Debug, Args)]
#[command(mut_arg("context", |context| context.help("Tokens of a chunk [default: 512]")))]
#[command(after_help = "\
Examples:
  abide perplexity smollm2-135m-instruct /usr/share/common-licenses/GPL-3
  abide perplexity model.gguf wiki.test.raw --context 2048
  abide perplexity model.gguf text.txt --ops reference --cache f32 --json")]
pub struct PerplexityArguments {
    /// Id or GGUF file of the model
    pub model: String,
    /// Text to foresee; at least two chunks long
    pub file: PathBuf,
    /// Stop after so many chunks
    #[arg(long, value_name = "N", value_parser = crate::arguments::positive)]
    pub chunks: Option<usize>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// How the model is loaded; here --context is the length of a chunk
    #[command(flatten)]
    pub engine: EngineArguments,
}

/// Measures and prints.
///
/// # Errors
/// When text or model can't be read, or the text is too short.
pub fn execute(
    arguments: &PerplexityArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let context = arguments.engine.context.unwrap_or(CONTEXT);
    anyhow::ensure!(context >= 4, Failure::new(Exit::Usage, "a context below 4 has nothing to score"));
    let text = read_text(&arguments.file)?;
    let local = library::locate(Some(&arguments.model), settings, console)?;
    let options =
        crate::settings::EngineSettings { context_length: Some(context), ..settings.engine.clone() };
    let mut loaded = engine::load_tokens(&local, &options, console)?;
    let text = TokenText::new(&engine::tokenizer(&loaded.file)?, &text);
    let chunks = text.chunks(context, arguments.chunks)?;
    let bar = progress::step_bar(console, "perplexity", chunks as u64);
    let mut estimate = Estimate::default();
    for chunk in 0..chunks {
        score(&mut loaded.model, &text.chunk(chunk, context), &mut estimate)?;
        bar.set_position(chunk as u64 + 1);
        bar.set_message(format!("perplexity {:.4}", estimate.perplexity()));
    }
    drop(bar);
    if arguments.json {
        console.json(&json!({
            "model": local.name,
            "file": arguments.file.display().to_string(),
            "context": context,
            "chunks": chunks,
            "scored_tokens": estimate.count,
            "perplexity": estimate.perplexity(),
            "error": estimate.error(),
            "device": loaded.device,
            "kernels": loaded.kernels,
        }))?;
    } else {
        console.line(&format!("{:.4} ± {:.4}", estimate.perplexity(), estimate.error()))?;
        console.note(&format!(
            "perplexity of {} over {} of {context} tokens, {} scored",
            arguments.file.display(),
            units::plural(chunks, "chunk"),
            units::plural(estimate.count, "token"),
        ));
    }
    Ok(Exit::Success)
}

/// Reads a text; one line end at its end is left out, as llama.cpp does.
fn read_text(path: &Path) -> anyhow::Result<String> {
    let mut text = reading::file_text(path, FILE_BYTES_MAX)?;
    if text.ends_with('\n') {
        text.pop();
    }
    Ok(text)
}

/// A text as tokens, ready to be cut into chunks.
struct TokenText {
    tokens: Vec<u32>,
    /// Put first in every chunk, if the model wants it.
    bos: Option<u32>,
}

impl TokenText {
    /// Special tokens written in the text are text; BOS comes first if the model wants one.
    fn new(tokenizer: &abide_engine::text::Tokenizer, text: &str) -> Self {
        let bos = tokenizer.bos().filter(|_| tokenizer.adds_bos());
        let text = tokenizer.encode(text, abide_generation::Special::AsText);
        Self { tokens: bos.into_iter().chain(text).collect(), bos }
    }

    /// The number of whole chunks, at most `limit`.
    fn chunks(&self, context: usize, limit: Option<usize>) -> Result<usize, Failure> {
        let chunks = self.tokens.len() / context;
        if chunks < 2 {
            let (tokens, needed) = (self.tokens.len(), 2 * context);
            let problem =
                format!("the text has {tokens} tokens, and two chunks of the context take {needed}");
            return Err(
                Failure::new(Exit::Usage, problem).with_cure("give a longer text or a smaller --context")
            );
        }
        Ok(limit.unwrap_or(chunks).min(chunks))
    }

    fn chunk(&self, index: usize, context: usize) -> Vec<u32> {
        let mut chunk = self.tokens[index * context..(index + 1) * context].to_vec();
        if let Some(bos) = self.bos {
            chunk[0] = bos;
        }
        chunk
    }
}

/// Scores the second half of a chunk: each token after position `n / 2`, given all before it.
fn score(model: &mut dyn TokenModel, chunk: &[u32], estimate: &mut Estimate) -> anyhow::Result<()> {
    let first = chunk.len() / 2;
    let (sequence, cached) = model.start(chunk)?;
    // Logits of what the cache knew would be missing.
    let mut position = if cached > first { model.truncate(sequence, first)? } else { cached };
    let mut result = Ok(());
    while position < chunk.len() - 1 && result.is_ok() {
        let (logits, most) = if position < first {
            (LogitsWanted::None, READ_BATCH)
        } else {
            (LogitsWanted::All, SCORE_BATCH)
        };
        let bound = if position < first { first } else { chunk.len() - 1 };
        let end = bound.min(position + most);
        let tokens = &chunk[position..end];
        result =
            model.forward(&[BatchItem { sequence, tokens, logits, needed: Needed::ALL }]).map(|logits| {
                for row in 0..logits.rows() {
                    estimate.add(log_probability(logits.row(row), chunk[position + row + 1]));
                }
            });
        position = end;
    }
    model.release(sequence);
    Ok(result?)
}

/// Natural logarithm of the probability that `logits` give `token`, in f64.
fn log_probability(logits: &[f32], token: u32) -> f64 {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|&logit| f64::from(logit - highest).exp()).sum();
    f64::from(logits[token as usize] - highest) - sum.ln()
}

/// Sums over scored tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Estimate {
    count: usize,
    sum: f64,
    sum_of_squares: f64,
}

impl Estimate {
    fn add(&mut self, log_probability: f64) {
        self.count += 1;
        self.sum -= log_probability;
        self.sum_of_squares += log_probability * log_probability;
    }

    /// e to the mean negative log-probability.
    fn perplexity(&self) -> f64 {
        (self.sum / self.count as f64).exp()
    }

    /// Standard error of the perplexity, carried over from that of the mean to first order.
    fn error(&self) -> f64 {
        let count = self.count as f64;
        let mean = self.sum / count;
        let variance = self.sum_of_squares / count - mean * mean;
        if self.count < 2 || variance <= 0.0 {
            return 0.0;
        }
        (variance / (count - 1.0)).sqrt() * self.perplexity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::ScriptedModel;

    /// Logarithm of the probability that the scripted model gives what it foresees.
    fn foreseen(vocabulary: usize) -> f64 {
        let peak = f64::from(ScriptedModel::PEAK).exp();
        (peak / (peak + vocabulary as f64 - 1.0)).ln()
    }

    #[test]
    fn the_second_half_is_scored() {
        let mut model = ScriptedModel::new(16, 200);
        let chunk: Vec<u32> = (0..10).collect();
        let mut estimate = Estimate::default();
        score(&mut model, &chunk, &mut estimate).unwrap();
        // Positions 5 to 8 foresee the tokens 6 to 9; the last token's own logits are of no use.
        assert_eq!(estimate.count, 4);
        assert_eq!(model.calls(), [(0, 5), (5, 4)]);
        assert!((estimate.perplexity().ln() + foreseen(16)).abs() < 1e-12);
        assert_eq!(model.living(), 0);
    }

    #[test]
    fn long_chunks_are_scored_in_parts_and_the_cache_does_not_hide_logits() {
        let mut model = ScriptedModel::new(256, 200);
        model.finds_in_cache(150);
        let chunk: Vec<u32> = (0..200).collect();
        let mut estimate = Estimate::default();
        score(&mut model, &chunk, &mut estimate).unwrap();
        assert_eq!(estimate.count, 99);
        assert_eq!(model.calls(), [(100, 64), (164, 35)]);
        assert!((estimate.perplexity().ln() + foreseen(256)).abs() < 1e-12);
    }

    #[test]
    fn surprises_count() {
        let mut model = ScriptedModel::new(16, 200);
        let mut estimate = Estimate::default();
        score(&mut model, &[0, 1, 2, 3, 4, 4], &mut estimate).unwrap();
        // 4 is foreseen after 3, another 4 is not.
        let unforeseen = foreseen(16) - f64::from(ScriptedModel::PEAK);
        let expected = -(foreseen(16) + unforeseen) / 2.0;
        assert!((estimate.perplexity().ln() - expected).abs() < 1e-12);
        // Two values d apart have variance (d/2)²; by hand with d = 2: √(1 / 1) · perplexity.
        assert!((estimate.error() - estimate.perplexity()).abs() < 1e-9);
    }

    #[test]
    fn chunks_begin_with_bos_and_the_rest_is_left_out() {
        let text = TokenText { tokens: vec![9, 1, 2, 3, 4, 5, 6], bos: Some(9) };
        assert_eq!(text.chunks(3, None).unwrap(), 2);
        assert_eq!(text.chunks(3, Some(1)).unwrap(), 1);
        assert_eq!((text.chunk(0, 3), text.chunk(1, 3)), (vec![9, 1, 2], vec![9, 4, 5]));
        assert_eq!(text.chunks(4, None).unwrap_err().exit(), Exit::Usage);
        let plain = TokenText { bos: None, ..text };
        assert_eq!(plain.chunk(1, 3), [3, 4, 5]);
    }

    #[test]
    fn log_probabilities_do_not_overflow() {
        let logits = [1000.0, 1000.0, f32::NEG_INFINITY];
        assert!((log_probability(&logits, 0) + std::f64::consts::LN_2).abs() < 1e-12);
        assert!(log_probability(&logits, 2).is_infinite());
    }
}
