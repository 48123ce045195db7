//! `abide chat`: a conversation at a terminal or through a pipe, with a companion or with the bare model.

pub mod companion;
mod input;
mod plain;
mod proposal;
pub mod slash;
mod speech;
mod talk;

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::time::Duration;

use abide_generation::{ModelDescription, Sampling};
use abide_kernels::{Kernels, measure_read_bandwidth};
use abide_models::Entry;
use clap::Args;

use self::proposal::Proposal;
use crate::arguments::{EmbedderArguments, GeneratorArguments, SamplingOptions, positive};
use crate::engine::{self, GeneratorLoaded, Places};
use crate::failure::Exit;
use crate::library::{self, Library, LocalModel};
use crate::likeness;
use crate::machine::Machine;
use crate::measurements::{Decoding, Measured, Measurements, Source, Speed};
use crate::output::{Console, units};
use crate::saved_caches::Guard;
use crate::settings::Settings;

/// Talk with a companion, who remembers; or with the bare model
///
/// At the first start you choose or make a companion, and the default model is fetched. What is said is kept in
/// this home folder, encrypted, and found again when it matters: in a new window, after a restart, under another model. Answers appear
/// while they are made; Ctrl-C stops one. From a pipe, each line is a turn, and stdout gets the answers and nothing else.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide chat
  abide chat Mara
  abide chat Mara --model qwen3-4b           another model, for this talk alone
  abide chat --plain --system \"You are a patient teacher of French.\"
  abide chat --plain --model ~/models/some-model.Q4_K_M.gguf --temperature 0.3
  printf 'My name is Ada.\\nWhat is my name?\\n' | abide chat

In the chat, /help lists commands. `abide companion` makes, shows, imports and exports companions; `abide memory` is what they
know of you. With --plain nothing is kept, and nothing is known.")]
pub struct ChatArguments {
    /// The companion [default: the one you talked with last]
    #[arg(value_name = "COMPANION", conflicts_with = "plain")]
    pub companion: Option<String>,
    /// Talk with the bare model, without a persona or a memory
    #[arg(long)]
    pub plain: bool,
    /// Id or GGUF file of the model [default: the companion's own, else the one of config.toml, else smollm2-135m-instruct]
    #[arg(short, long, value_name = "MODEL")]
    pub model: Option<String>,
    /// Standing instructions for the bare model; a companion's are part of its persona
    #[arg(long, value_name = "TEXT", requires = "plain")]
    pub system: Option<String>,
    /// Most tokens of an answer [default: until the model ends it]
    #[arg(short = 'n', long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub max_tokens: Option<usize>,
    /// Text that ends an answer; may be given several times
    #[arg(long, value_name = "TEXT")]
    pub stop: Vec<String>,
    /// Don't keep the lines typed to the bare model for the next chat
    #[arg(long, requires = "plain")]
    pub no_history: bool,
    /// What memories are found by.
    #[command(flatten)]
    pub embedder: EmbedderArguments,
    /// How tokens are chosen.
    #[command(flatten)]
    pub sampling: SamplingOptions,
    /// How the model is loaded.
    #[command(flatten)]
    pub generator: GeneratorArguments,
}

/// Talks until the user leaves.
///
/// # Errors
/// When the model can't be had or loaded, the companions can't be opened, or the streams fail.
pub fn execute(
    arguments: &ChatArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let interactive = io::stdin().is_terminal() && io::stdout().is_terminal();
    if arguments.plain {
        plain::execute(arguments, settings, interactive, console)
    } else {
        companion::execute(arguments, settings, interactive, console)
    }
}

/// File in the home folder that remembers lines typed to the bare model.
pub fn typed_lines(settings: &Settings) -> PathBuf {
    settings.home.join("chat_history")
}

/// A model that is ready to talk.
struct Ready {
    local: LocalModel,
    loaded: GeneratorLoaded,
    sampling: Sampling,
    /// What the person is told at the start, if anything.
    proposal: Option<Proposal>,
}

/// Finds and loads the model of that name; `None`: the default one, and then a better one is looked for.
fn ready(
    name: Option<&str>,
    settings: &Settings,
    guard: &Guard,
    interactive: bool,
    console: &mut Console,
) -> anyhow::Result<Ready> {
    // Before the model is there, whose threads would take part of the bandwidth.
    let may_propose = interactive && name.is_none() && !settings.offline && console.shows_notes();
    let proposal = if may_propose { propose(settings)? } else { None };
    let local = library::locate(name, settings, console)?;
    let sampling = settings.sampling(local.sampling())?;
    let loaded = engine::open_generator(&local, settings, guard, Places::ONE, console)?;
    Ok(Ready { local, loaded, sampling, proposal })
}

impl Ready {
    /// Says what runs, and that there is better.
    fn introduce(&self, settings: &Settings, console: &mut Console) {
        let context = self.loaded.generator.description().context_length;
        console.note(&format!("{}, {context} tokens of context", self.local.name));
        if let Some(proposal) = &self.proposal {
            console.note(&proposal.text());
            Measurements::update(&settings.home, |measurements| measurements.proposed = true);
        }
    }
}

/// Tells what a model without a chat template does, or what is odd about its template.
fn tell_template(description: &ModelDescription, without: &str, console: &mut Console) {
    if !description.has_chat_template {
        console
            .note(&format!("note: {} is a base model without a chat template: {without}", description.name));
    } else if let Some(notice) = &description.template_notice {
        console.note(&format!("note: {notice}"));
    }
}

/// Tokens below which a chat tells nothing about speed.
const DECODED_TOKENS_MIN: usize = 64;

/// Keeps how fast the model was, for `abide models`.
fn remember(
    local: &LocalModel,
    loaded: &GeneratorLoaded,
    (tokens, time): (usize, Duration),
    settings: &Settings,
) {
    let setup = engine::setup(&settings.engine, &Machine::observe()).filter(|_| loaded.device == "cpu");
    let rate = units::rate(tokens, time).filter(|_| tokens >= DECODED_TOKENS_MIN);
    if let (Some(setup), Some(tokens_per_second)) = (setup, rate) {
        let bytes_per_token = loaded.bytes_per_token;
        let decoding = Decoding { tokens_per_second, bytes_per_token, by: Source::Chat };
        Measurements::update(&settings.home, |measurements| {
            measurements.entry(&setup).set_decoding(&local.measured_as(), decoding);
        });
    }
}

/// A better model than the default one, unless one was proposed before. Without any measurement, memory bandwidth is
/// measured now, which takes a moment.
fn propose(settings: &Settings) -> anyhow::Result<Option<Proposal>> {
    let (home, machine) = (&settings.home, Machine::observe());
    let measurements = Measurements::read(home);
    let Some(setup) = engine::setup(&settings.engine, &machine).filter(|_| !measurements.proposed) else {
        return Ok(None);
    };
    let mut measured = measurements.of(&setup).cloned().unwrap_or_else(|| Measured::new(&setup));
    if measured.is_empty() {
        let kernels = Kernels::new(setup.threads, engine::instruction_set(&settings.engine)?);
        measured.set_read_bandwidth(measure_read_bandwidth(&kernels, machine.bandwidth_bytes())?);
        let bandwidth = measured.read_bandwidth();
        Measurements::update(home, |kept| {
            bandwidth.into_iter().for_each(|bandwidth| kept.entry(&setup).set_read_bandwidth(bandwidth));
        });
    }
    let library = Library::open(settings)?;
    let speed = |entry: &Entry| {
        let bytes = likeness::bytes_per_token(entry)?;
        measured.speed_or_guess(entry.id.as_str(), bytes).map(Speed::tokens_per_second)
    };
    Ok(proposal::find(&library.catalogue, &machine, speed))
}
