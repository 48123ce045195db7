//! The command line as clap sees it: the top level, and the groups of options that commands share.
//!
//! Must not decide anything: these are raw values, weighed against the environment and `config.toml`
//! in `settings.rs`. What a command takes beside the shared groups stands in its own file.

use std::fmt::Write as _;
use std::path::PathBuf;

use abide_generation::{Dry, DynamicTemperature, Mirostat, Sampling, Xtc};
use abide_kernels::MAX_THREADS;
use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::commands::{
    bench::BenchArguments,
    cache::CacheArguments,
    chat::ChatArguments,
    companion::{CompanionAction, CompanionArguments},
    completions::CompletionsArguments,
    config::ConfigArguments,
    doctor::DoctorArguments,
    embed::EmbedArguments,
    import_history::ImportHistoryArguments,
    logits::LogitsArguments,
    memory::MemoryArguments,
    models::ModelsArguments,
    perplexity::PerplexityArguments,
    pull::PullArguments,
    rm::RmArguments,
    run::RunArguments,
    serve::{ServeArguments, ServerOptionsGiven},
    show::ShowArguments,
    template::TemplateArguments,
    tokenize::TokenizeArguments,
};
use crate::env;
use crate::failure::Exit;

/// Open models on your own machine.
///
/// abide runs quantized open models (GGUF files) here, on the CPU or a GPU. Nothing leaves the machine: the network
/// is used only to fetch a model that you ask for.
#[derive(Debug, Parser)]
#[command(
    name = "abide",
    version,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true
)]
#[command(after_long_help = top_level_notes(), after_help = "`abide --help` tells more: examples, environment, exit status.")]
pub struct Arguments {
    /// Options of every command.
    #[command(flatten)]
    pub global: GlobalArguments,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct GlobalArguments {
    /// Folder for models, history and config.toml [default: the platform's data folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Never use the network; say what is missing instead
    #[arg(long, global = true)]
    pub offline: bool,
    /// Log more to stderr: -v what is done, -vv details, -vvv everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Log errors only, and show no progress and no notes
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: ColorChoice,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    Chat(ChatArguments),
    Companion(CompanionArguments),
    Memory(MemoryArguments),
    ImportHistory(ImportHistoryArguments),
    Run(RunArguments),
    Serve(ServeArguments),
    Embed(EmbedArguments),
    Models(ModelsArguments),
    Pull(PullArguments),
    Rm(RmArguments),
    Cache(CacheArguments),
    Show(ShowArguments),
    Bench(BenchArguments),
    Perplexity(PerplexityArguments),
    Tokenize(TokenizeArguments),
    Logits(LogitsArguments),
    Template(TemplateArguments),
    Doctor(DoctorArguments),
    Config(ConfigArguments),
    Completions(CompletionsArguments),
}

impl Command {
    /// Those of all options that the command takes, as given.
    pub fn options(&self) -> OptionsGiven {
        let engine = |engine: &EngineArguments| {
            let generator = GeneratorArguments { engine: engine.clone(), ..GeneratorArguments::default() };
            OptionsGiven { generator, ..OptionsGiven::default() }
        };
        match self {
            Self::Config(arguments) => arguments.options.clone(),
            Self::Chat(ChatArguments { embedder, generator, sampling, .. }) => OptionsGiven {
                embedder: embedder.clone(),
                generator: generator.clone(),
                sampling: sampling.clone(),
                ..OptionsGiven::default()
            },
            Self::Run(RunArguments { generator, sampling, .. }) => OptionsGiven {
                generator: generator.clone(),
                sampling: sampling.clone(),
                ..OptionsGiven::default()
            },
            Self::Serve(arguments) => OptionsGiven {
                server: arguments.server.clone(),
                embedder: arguments.embedder.clone(),
                generator: arguments.generator.clone(),
                ..OptionsGiven::default()
            },
            Self::Memory(arguments) => OptionsGiven {
                embedder: EmbedderArguments { embedder: arguments.embedder.clone() },
                ..OptionsGiven::default()
            },
            Self::ImportHistory(arguments) => {
                OptionsGiven { embedder: arguments.embedder.clone(), ..OptionsGiven::default() }
            }
            Self::Companion(CompanionArguments { action: CompanionAction::Rehearse(arguments) }) => {
                engine(&arguments.engine)
            }
            Self::Perplexity(arguments) => engine(&arguments.engine),
            Self::Logits(arguments) => engine(&arguments.engine),
            Self::Embed(arguments) => engine(&EngineArguments {
                threads: arguments.threads,
                ignore_memory: arguments.ignore_memory,
                ..EngineArguments::default()
            }),
            // It sweeps over the others itself.
            Self::Bench(arguments) => {
                engine(&EngineArguments { device: arguments.device.clone(), ..EngineArguments::default() })
            }
            _ => OptionsGiven::default(),
        }
    }
}

/// All options that environment variables stand for and `abide config` takes; each command takes a part of them.
#[derive(Debug, Clone, Default, PartialEq, Args)]
pub struct OptionsGiven {
    /// How the server listens, whom it answers, and what it allows.
    #[command(flatten)]
    pub server: ServerOptionsGiven,
    /// What memories are found by.
    #[command(flatten)]
    pub embedder: EmbedderArguments,
    /// How models that answer are loaded.
    #[command(flatten)]
    pub generator: GeneratorArguments,
    /// How tokens are chosen.
    #[command(flatten)]
    pub sampling: SamplingOptions,
}

/// How a model is loaded and computed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Engine")]
pub struct EngineArguments {
    /// Where to compute: auto, cpu, cuda, cuda:N or metal [default: auto]
    #[arg(long, value_name = "DEVICE")]
    pub device: Option<String>,
    /// Threads to compute with [default: one per physical core]
    #[arg(short, long, value_name = "N", value_parser = thread_count, allow_negative_numbers = true)]
    pub threads: Option<usize>,
    /// Tokens that the context holds [default: what the model was trained for, at most 8192]
    #[arg(short, long, value_name = "TOKENS", value_parser = positive, allow_negative_numbers = true)]
    pub context: Option<usize>,
    /// Number format of the KV cache [default: f16]
    #[arg(long, value_enum, value_name = "TYPE")]
    pub cache: Option<CacheFormat>,
    /// How finely the inputs of matrix products are quantised on a CPU [default: int8]
    #[arg(long, value_enum, value_name = "TYPE")]
    pub activations: Option<Activations>,
    /// Which implementation of the operations: the fast one, or the slow and exact reference [default: default]
    #[arg(long, value_enum, value_name = "OPS")]
    pub ops: Option<Ops>,
    /// Load the model even if memory seems too small for it
    #[arg(long)]
    pub ignore_memory: bool,
}

/// What memories are found by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Memory")]
pub struct EmbedderArguments {
    /// Embedding model that memories are found by, beside words. Another than before reads them all anew in the
    /// background [default: all-minilm-l6-v2]
    #[arg(long, value_name = "MODEL")]
    pub embedder: Option<String>,
}

/// How a model that answers is loaded and computed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Engine")]
pub struct GeneratorArguments {
    /// What holds of every model.
    #[command(flatten)]
    pub engine: EngineArguments,
    /// Guess the next tokens from what was said before, and check several at a time: auto (where that is measured to pay),
    /// off, or how many (1 to 15). The answer is the same [default: auto]
    #[arg(long, value_name = "HOW")]
    pub speculation: Option<String>,
    /// Save what was computed of each conversation, from 512 tokens on, encrypted, so that after a restart it need not be
    /// computed again (`abide cache` lists and deletes it) [default: of those with companions]
    #[arg(long, num_args = 0, default_missing_value = "true", overrides_with = "no_save_cache")]
    pub save_cache: Option<bool>,
    /// Save nothing, not of those with companions either, whatever environment and config.toml say
    #[arg(long, num_args = 0, default_missing_value = "true", overrides_with = "save_cache")]
    pub no_save_cache: Option<bool>,
}

impl GeneratorArguments {
    /// Whether caches are to be saved, if that was said. Who says both, as variables can, has nothing saved.
    pub fn saves_cache(&self) -> Option<bool> {
        if self.no_save_cache == Some(true) { Some(false) } else { self.save_cache }
    }
}

/// Number format of the KV cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CacheFormat {
    /// 32-bit floating point.
    F32,
    /// 16-bit floating point.
    F16,
    /// 8-bit blocks of 32 with an f32 scale.
    #[value(name = "q8_0")]
    #[serde(rename = "q8_0")]
    Q80,
}

impl CacheFormat {
    /// The name that arguments and reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Q80 => "q8_0",
        }
    }
}

/// How finely the inputs of matrix products are quantised on a CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Activations {
    /// To 8 bits, those of the output layer to 15: fast.
    #[default]
    #[value(name = "int8")]
    Int8,
    /// To 15 bits: practically exact products, slower prompts.
    #[value(name = "int16")]
    Int16,
}

/// Which implementation of the operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ops {
    /// The fast one for the device.
    #[default]
    Default,
    /// Weights dequantised to f32, plain operations: slow, the standard to compare with.
    Reference,
}

impl Ops {
    /// The name that arguments and reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Reference => "reference",
        }
    }
}

/// How tokens are chosen: what is given here or in `[sampling]` of `config.toml` replaces what the
/// catalogue recommends for the model.
#[derive(Debug, Clone, Default, PartialEq, Args, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[command(next_help_heading = "Sampling")]
pub struct SamplingOptions {
    /// 0 always takes the likeliest token; higher is more varied
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    pub temperature: Option<f32>,
    /// Keep the K likeliest tokens (0: all)
    #[arg(long, value_name = "K", allow_negative_numbers = true)]
    pub top_k: Option<usize>,
    /// Keep the likeliest tokens up to this joint probability (1: all)
    #[arg(long, value_name = "P", allow_negative_numbers = true)]
    pub top_p: Option<f32>,
    /// Keep tokens with at least this share of the best one's probability (0: all)
    #[arg(long, value_name = "P", allow_negative_numbers = true)]
    pub min_p: Option<f32>,
    /// Keep the locally typical tokens up to this joint probability (1: all)
    #[arg(long, value_name = "P", allow_negative_numbers = true)]
    pub typical_p: Option<f32>,
    /// Keep logits within this many standard deviations of the best (0: all)
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub top_n_sigma: Option<f32>,
    /// Weaken tokens seen lately by this factor (1: not at all)
    #[arg(long, value_name = "FACTOR", allow_negative_numbers = true)]
    pub repetition_penalty: Option<f32>,
    /// Weaken a token for each time it was seen lately (0: not at all)
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub frequency_penalty: Option<f32>,
    /// Weaken a token once if it was seen lately (0: not at all)
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub presence_penalty: Option<f32>,
    /// Tokens that the three penalties look back at
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub penalty_window: Option<usize>,
    /// Seed of the draws, for the same answer again
    #[arg(short, long, value_name = "N", allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Temperature by entropy: {"minimum": 0.5, "maximum": 1.5, "exponent": 1}
    #[arg(long, value_name = "JSON", value_parser = object::<DynamicTemperature>)]
    pub dynamic_temperature: Option<DynamicTemperature>,
    /// Exclude top choices: {"probability": 0.5, "threshold": 0.1}
    #[arg(long, value_name = "JSON", value_parser = object::<Xtc>)]
    pub xtc: Option<Xtc>,
    /// Don't repeat yourself: {}, or what differs of {"multiplier": 0.8, "base": 1.75, "allowed_length": 2, "window": 0}
    #[arg(long, value_name = "JSON", value_parser = object::<Dry>)]
    pub dry: Option<Dry>,
    /// Mirostat 2: {"tau": 5, "eta": 0.1}
    #[arg(long, value_name = "JSON", value_parser = object::<Mirostat>)]
    pub mirostat: Option<Mirostat>,
}

impl SamplingOptions {
    /// `base` with everything replaced that is given here.
    #[must_use]
    pub fn apply(&self, base: Sampling) -> Sampling {
        Sampling {
            temperature: self.temperature.unwrap_or(base.temperature),
            dynamic_temperature: self.dynamic_temperature.or(base.dynamic_temperature),
            top_k: self.top_k.unwrap_or(base.top_k),
            top_p: self.top_p.unwrap_or(base.top_p),
            min_p: self.min_p.unwrap_or(base.min_p),
            typical_p: self.typical_p.unwrap_or(base.typical_p),
            top_n_sigma: self.top_n_sigma.unwrap_or(base.top_n_sigma),
            xtc: self.xtc.or(base.xtc),
            dry: self.dry.clone().or(base.dry),
            repetition_penalty: self.repetition_penalty.unwrap_or(base.repetition_penalty),
            frequency_penalty: self.frequency_penalty.unwrap_or(base.frequency_penalty),
            presence_penalty: self.presence_penalty.unwrap_or(base.presence_penalty),
            penalty_window: self.penalty_window.unwrap_or(base.penalty_window),
            mirostat: self.mirostat.or(base.mirostat),
            logit_bias: base.logit_bias,
            seed: self.seed.or(base.seed),
        }
    }
}

/// Parses an object of JSON.
fn object<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let object: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(text);
    let object = object.map_err(|_| "must be an object of JSON, in braces".to_owned())?;
    T::deserialize(serde_json::Value::Object(object))
        .map_err(|error| format!("is not what is wanted: {error}"))
}

/// Parses a whole number of at least 1.
pub fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("must be 1 or more".to_owned()),
        Ok(number) => Ok(number),
        Err(_) => Err("is not a whole number".to_owned()),
    }
}

/// Parses a whole number from 1 to `most`.
pub fn at_most(most: usize, text: &str) -> Result<usize, String> {
    match positive(text)? {
        number if number > most => Err(format!("must be at most {most}")),
        number => Ok(number),
    }
}

/// Parses a size such as `200MB`, `1.5 GB` or `64MiB`: bytes where no unit is said.
pub fn byte_count(text: &str) -> Result<usize, String> {
    let digits = text.find(|character: char| !character.is_ascii_digit() && character != '.');
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let unit = match unit.trim().to_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "kib" => 1024.0,
        "mib" => 1024.0 * 1024.0,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err("is no size: write it like 200MB or 1.5GB".to_owned()),
    };
    let number: f64 = number.parse().map_err(|_| "is no size: write it like 200MB or 1.5GB".to_owned())?;
    let bytes = number * unit;
    if bytes < 1.0 || bytes > isize::MAX as f64 {
        return Err("is no size that a record can have".to_owned());
    }
    Ok(bytes as usize)
}

/// Parses a number of threads.
pub fn thread_count(text: &str) -> Result<usize, String> {
    at_most(MAX_THREADS, text)
}

/// Examples, environment and exit statuses, from where they are declared.
fn top_level_notes() -> String {
    let mut text = "\
Examples:
  abide chat                            chat with the default model, fetched once
  abide run qwen3-0.6b \"Why is the sky blue?\"
  git diff | abide run qwen3-4b \"Write a commit message for this\"
  abide serve                           the same for programs, at http://127.0.0.1:11435
  abide embed --compare \"a cat\" \"a kitten\" \"a lorry\"
  abide models                          what there is, what is here, what fits
  abide bench -o json > before.json     measure this machine
  abide doctor                          find out what is wrong

MODEL is an id from `abide models` or the path of a GGUF file.

Environment:
"
    .to_owned();
    for variable in env::VARIABLES {
        let _ = writeln!(text, "  {:<16} {}", variable.name, variable.meaning);
    }
    text.push_str("\nArguments go before the environment, and that before config.toml.\n\nExit status:\n");
    for exit in Exit::ALL {
        let _ = writeln!(text, "  {:<4} {}", exit.code(), exit.meaning());
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn sampling_replaces_only_what_is_given() {
        let base = Sampling { top_k: 7, seed: Some(1), ..Sampling::default() };
        let given = SamplingOptions { temperature: Some(0.1), seed: Some(2), ..SamplingOptions::default() };
        let expected = Sampling { temperature: 0.1, seed: Some(2), ..base.clone() };
        assert_eq!(given.apply(base), expected);
    }

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in
            [("5", 5), ("200MB", 200_000_000), ("1.5 gb", 1_500_000_000), ("64MiB", 64 << 20)]
        {
            assert_eq!(byte_count(text), Ok(bytes), "{text}");
        }
        for text in ["", "MB", "0", "-1", "3 parsecs", "1.2.3MB", "0.1", "99999999999GB"] {
            assert!(byte_count(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_positive_whole_numbers_pass() {
        assert_eq!(positive("4"), Ok(4));
        for text in ["0", "-1", "1.5", "", "x"] {
            assert!(positive(text).is_err(), "{text}");
        }
    }
}
