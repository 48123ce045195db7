//! A chat with the bare model: no persona, no memory. Must not know companions.

mod commands;
mod conversation;
mod session;
mod transcript;

use std::io;

use self::session::{Options, Session};
use super::input::{PipedTurns, TerminalTurns};
use super::{ChatArguments, Ready, ready, remember};
use crate::failure::Exit;
use crate::interrupt::Interrupt;
use crate::output::{Console, Style};
use crate::settings::Settings;

/// File in the home folder that remembers lines typed.
const HISTORY: &str = "chat_history";

/// Talks until the user leaves.
///
/// # Errors
/// As the command.
pub fn execute(
    arguments: &ChatArguments,
    settings: &Settings,
    interactive: bool,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let name = arguments.model.as_deref().or(settings.model.as_deref());
    let ready = ready(name, settings, interactive, console)?;
    let options = Options {
        sampling: ready.sampling.clone(),
        max_tokens: arguments.max_tokens,
        stop: arguments.stop.clone(),
        interactive,
    };
    let system = arguments.system.clone().or_else(|| settings.system.clone());
    let Ready { local, loaded, .. } = &ready;
    let generator = &*loaded.generator;
    if !interactive {
        let interrupt = Interrupt::default();
        let mut session = Session::new(generator, console, &interrupt, system, options);
        let exit = session.run(&mut PipedTurns(io::stdin().lock()))?;
        remember(local, loaded, session.decoded(), settings);
        return Ok(exit);
    }
    let interrupt = Interrupt::install()?;
    ready.introduce(settings, console);
    let history = (!arguments.no_history).then(|| settings.home.join(HISTORY));
    let prompt = ("> ".to_owned(), console.decorated(&console.styled(Style::Strong, "> ")));
    let mut turns = TerminalTurns::open(history, prompt, commands::COMMANDS)?;
    let mut session = Session::new(generator, console, &interrupt, system, options);
    let exit = session.run(&mut turns)?;
    remember(local, loaded, session.decoded(), settings);
    Ok(exit)
}
