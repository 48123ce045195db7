//! `abide chat`: a conversation at a terminal or through a pipe.

mod conversation;
mod input;
mod session;
mod slash;
mod transcript;

use std::io::{self, IsTerminal as _};

use clap::Args;

use self::input::{PipedTurns, TerminalTurns};
use self::session::{Options, Session};
use crate::arguments::{EngineArguments, SamplingOptions, SpeculationArguments, positive};
use crate::engine;
use crate::failure::Exit;
use crate::interrupt::Interrupt;
use crate::library;
use crate::output::{Console, Style};
use crate::settings::Settings;

/// File in the home folder that remembers lines typed.
const HISTORY: &str = "chat_history";

/// Talk with a model
///
/// The default model is fetched at the first start. Answers appear while they are made; Ctrl-C stops one. From a
/// pipe, each line is a turn, and stdout gets the answers and nothing else.
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
    let local = library::locate(name, settings, console)?;
    let sampling = settings.sampling(local.sampling())?;
    let generator = engine::open_generator(&local, &settings.engine, console)?;
    let options =
        Options { sampling, max_tokens: arguments.max_tokens, stop: arguments.stop.clone(), interactive };
    let system = arguments.system.clone().or_else(|| settings.system.clone());
    if !interactive {
        let interrupt = Interrupt::default();
        let mut session = Session::new(&*generator, console, &interrupt, system, options);
        return session.run(&mut PipedTurns(io::stdin().lock()));
    }
    let interrupt = Interrupt::install()?;
    console.note(&format!("{}, {} tokens of context", local.name, generator.description().context_length));
    let history = (!arguments.no_history).then(|| settings.home.join(HISTORY));
    let prompt = ("> ".to_owned(), console.styled(Style::Strong, "> "));
    let mut turns = TerminalTurns::open(history, prompt)?;
    Session::new(&*generator, console, &interrupt, system, options).run(&mut turns)
}
