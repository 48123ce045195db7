//! `abide chat`: a conversation at a terminal or through a pipe.

mod conversation;
mod input;
mod proposal;
mod session;
mod slash;
mod speech;
mod transcript;

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use abide_kernels::{Kernels, measure_read_bandwidth};
use abide_models::Entry;
use clap::Args;

use self::input::{PipedTurns, TerminalTurns};
use self::proposal::Proposal;
use self::session::{Options, Session};
use crate::arguments::{
    EngineArguments, SamplingOptions, SavedCacheArguments, SpeculationArguments, positive,
};
use crate::engine::{self, GeneratorLoaded, Places};
use crate::failure::Exit;
use crate::interrupt::Interrupt;
use crate::library::{self, Library, LocalModel};
use crate::likeness;
use crate::machine::Machine;
use crate::measurements::{Decoding, Measured, Measurements, Source, Speed};
use crate::output::{Console, Style, units};
use crate::settings::Settings;

/// File in the home folder that remembers lines typed.
const HISTORY: &str = "chat_history";

/// Talk with a model
///
/// The default model is fetched at the first start. Answers appear while they are made; Ctrl-C stops one. From a
/// pipe, each line is a turn, and stdout gets the answers and nothing else. What a model thinks before it answers is shown
/// dimmed at a terminal, and no part of the conversation.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide chat
  abide chat --model qwen3-4b --system \"You are a patient teacher of French.\"
  abide chat --model ~/models/some-model.Q4_K_M.gguf --temperature 0.3
  printf 'My name is Ada.\\nWhat is my name?\\n' | abide chat

In the chat, /help lists commands: /system /reset /regenerate /stats /save /load /quit")]
pub struct ChatArguments {
    /// Id or GGUF file of the model [default: the one of config.toml, else smollm2-135m-instruct]
    #[arg(short, long, value_name = "MODEL")]
    pub model: Option<String>,
    /// Standing instructions for the model
    #[arg(long, value_name = "TEXT")]
    pub system: Option<String>,
    /// Most tokens of an answer [default: until the model ends it]
    #[arg(short = 'n', long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub max_tokens: Option<usize>,
    /// Text that ends an answer; may be given several times
    #[arg(long, value_name = "TEXT")]
    pub stop: Vec<String>,
    /// Don't keep the lines typed for the next chat
    #[arg(long)]
    pub no_history: bool,
    /// How tokens are chosen.
    #[command(flatten)]
    pub sampling: SamplingOptions,
    /// How the model is loaded.
    #[command(flatten)]
    pub engine: EngineArguments,
    /// Whether tokens are guessed ahead.
    #[command(flatten)]
    pub speculation: SpeculationArguments,
    /// Whether the cache is saved.
    #[command(flatten)]
    pub saved_cache: SavedCacheArguments,
}

/// Talks until the user leaves.
///
/// # Errors
/// When the model can't be had or loaded, or the streams fail.
pub fn execute(
    arguments: &ChatArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let interactive = io::stdin().is_terminal() && io::stdout().is_terminal();
    let name = arguments.model.as_deref().or(settings.model.as_deref());
    // Before the model is there, whose threads would take part of the bandwidth.
    let may_propose = interactive && name.is_none() && !settings.offline && console.shows_notes();
    let proposal = if may_propose { propose(settings)? } else { None };
    let local = library::locate(name, settings, console)?;
    let sampling = settings.sampling(local.sampling())?;
    let loaded = engine::open_generator(&local, settings, Places::ONE, console)?;
    let generator = &*loaded.generator;
    let options =
        Options { sampling, max_tokens: arguments.max_tokens, stop: arguments.stop.clone(), interactive };
    let system = arguments.system.clone().or_else(|| settings.system.clone());
    if !interactive {
        let interrupt = Interrupt::default();
        let mut session = Session::new(generator, console, &interrupt, system, options);
        let exit = session.run(&mut PipedTurns(io::stdin().lock()))?;
        remember(&local, &loaded, session.decoded(), settings);
        return Ok(exit);
    }
    let interrupt = Interrupt::install()?;
    console.note(&format!("{}, {} tokens of context", local.name, generator.description().context_length));
    if let Some(proposal) = proposal {
        console.note(&proposal.text());
        Measurements::update(&settings.home, |measurements| measurements.proposed = true);
    }
    let history = (!arguments.no_history).then(|| settings.home.join(HISTORY));
    let prompt = ("> ".to_owned(), console.styled(Style::Strong, "> "));
    let mut turns = TerminalTurns::open(history, prompt)?;
    let mut session = Session::new(generator, console, &interrupt, system, options);
    let exit = session.run(&mut turns)?;
    remember(&local, &loaded, session.decoded(), settings);
    Ok(exit)
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
        measured.set_read_bandwidth(measure_read_bandwidth(&kernels)?);
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
