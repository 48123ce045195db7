//! Measures candle's stock quantised models as `abide bench` and llama-bench measure theirs, for `scripts/bench-peers`.
//!
//! The models are taken as candle-transformers has them: its cache, its masks, its threads. Must not know anything of
//! ours; results go to stdout in the fields of `abide bench -o json` that make sense here.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::utils::get_num_threads;
use candle_core::{Device, Tensor};
use candle_transformers::models::{quantized_gemma3, quantized_llama};
use clap::Parser;
use serde_json::{Value as Json, json};

/// The exit status where candle has no stock model for a file: nothing went wrong, and there is nothing to measure.
const NO_SUCH_MODEL: u8 = 3;
/// More repetitions or tokens than anyone waits for.
const REPETITIONS_MAX: i64 = 1000;
/// Tokens made before time is taken, as many as in `abide bench`.
const WARM_UP_TOKENS: usize = 4;

/// Measure candle's stock quantised models
///
/// RAYON_NUM_THREADS says how many threads compute. Status 3: candle has no stock model for the file's architecture.
#[derive(Parser)]
#[command(
    version,
    after_help = "\
Examples:
  peers model.gguf
  RAYON_NUM_THREADS=1 peers model.gguf -p 0 -n 32 -r 3"
)]
struct Arguments {
    /// The model, a GGUF file
    model: PathBuf,
    /// Length of the prompt (0: none)
    #[arg(short, long, value_name = "N", default_value_t = 512)]
    prompt: usize,
    /// Number of tokens to make (0: none)
    #[arg(short = 'n', long, value_name = "N", default_value_t = 128)]
    generate: usize,
    /// How often each test is measured
    #[arg(short, long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=REPETITIONS_MAX))]
    repetitions: u16,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(Some(records)) => {
            println!("{records:#}");
            ExitCode::SUCCESS
        }
        Ok(None) => ExitCode::from(NO_SUCH_MODEL),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Measures all that was asked for; `None` if candle has no such model.
fn run(arguments: &Arguments) -> anyhow::Result<Option<Json>> {
    let start = Instant::now();
    let Some(mut model) = Model::load(&arguments.model)? else {
        return Ok(None);
    };
    let load_ms = start.elapsed().as_secs_f64() * 1000.0;
    let (prompt, generate) = (arguments.prompt, arguments.generate);
    let longest = prompt.max(generate);
    ensure!(longest > 0, "there is nothing to measure; give a length above 0 by -p or -n");
    ensure!(longest <= model.positions, "candle's model has {} positions, not {longest}", model.positions);

    let mut records = Vec::new();
    let mut measure = |name: String, tokens: usize, work: &mut dyn FnMut(bool) -> anyhow::Result<()>| {
        if tokens == 0 {
            return Ok(());
        }
        work(true)?;
        let mut rates = Vec::new();
        for _ in 0..arguments.repetitions {
            let start = Instant::now();
            work(false)?;
            rates.push(tokens as f64 / start.elapsed().as_secs_f64().max(f64::MIN_POSITIVE));
        }
        records.push(json!({
            "file": arguments.model.file_name().map(|name| name.to_string_lossy()),
            "test": name,
            "threads": get_num_threads(),
            "tokens_per_second": { "mean": rates.iter().sum::<f64>() / rates.len() as f64, "samples": rates },
            "load_ms": load_ms,
        }));
        anyhow::Ok(())
    };
    measure(format!("pp{prompt}"), prompt, &mut |_| model.read(prompt))?;
    measure(format!("tg{generate}"), generate, &mut |warm_up| {
        model.generate(if warm_up { generate.min(WARM_UP_TOKENS) } else { generate })
    })?;
    Ok(Some(Json::Array(records)))
}

/// A stock model, and what is needed to feed it.
struct Model {
    weights: Weights,
    /// Positions that candle reserves for.
    positions: usize,
    vocabulary: usize,
}

enum Weights {
    Llama(quantized_llama::ModelWeights),
    Gemma3(quantized_gemma3::ModelWeights),
}

impl Model {
    fn load(path: &Path) -> anyhow::Result<Option<Self>> {
        let name = path.display();
        let mut file = BufReader::new(File::open(path).with_context(|| format!("can't open {name}"))?);
        let content =
            Content::read(&mut file).with_context(|| format!("{name} is no GGUF file that candle reads"))?;
        let architecture = match content.metadata.get("general.architecture") {
            Some(Value::String(architecture)) => architecture.clone(),
            _ => bail!("{name} names no architecture"),
        };
        // Candle gives the sizes of a matrix as rows, columns.
        let embedding = content.tensor_infos.get("token_embd.weight").map(|info| info.shape.dims());
        let Some(&[vocabulary, _]) = embedding else {
            bail!("{name} has no matrix token_embd.weight");
        };
        let device = Device::Cpu;
        let (weights, positions) = match architecture.as_str() {
            "llama" => {
                let weights = quantized_llama::ModelWeights::from_gguf(content, &mut file, &device);
                (weights.map(Weights::Llama), quantized_llama::MAX_SEQ_LEN)
            }
            "gemma3" => {
                let weights = quantized_gemma3::ModelWeights::from_gguf(content, &mut file, &device);
                (weights.map(Weights::Gemma3), quantized_gemma3::MAX_SEQ_LEN)
            }
            _ => return Ok(None),
        };
        let weights = weights.with_context(|| format!("candle can't load {name}"))?;
        Ok(Some(Self { weights, positions, vocabulary }))
    }

    /// Reads a prompt at once, as candle's own example does, into an empty cache.
    fn read(&mut self, count: usize) -> anyhow::Result<()> {
        let tokens: Vec<u32> = (0..count).map(|index| self.token(index)).collect();
        self.forward(&tokens, 0)
    }

    /// Makes tokens one at a time, the first into an empty cache.
    fn generate(&mut self, count: usize) -> anyhow::Result<()> {
        (0..count).try_for_each(|index| self.forward(&[self.token(index)], index))
    }

    /// Computes the last token's logits. Position 0 begins a cache anew.
    fn forward(&mut self, tokens: &[u32], position: usize) -> anyhow::Result<()> {
        let input = Tensor::new(tokens, &Device::Cpu)?.unsqueeze(0)?;
        match &mut self.weights {
            Weights::Llama(weights) => weights.forward(&input, position)?,
            Weights::Gemma3(weights) => weights.forward(&input, position)?,
        };
        Ok(())
    }

    /// Some token of the vocabulary, for each index another; which ones does not matter for time.
    fn token(&self, index: usize) -> u32 {
        (index * 7919 % self.vocabulary) as u32
    }
}
