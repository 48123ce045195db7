//! A chat with the bare model: no persona, no memory. Of companions it knows only whether they have a passphrase.

mod commands;
mod conversation;
mod session;
mod transcript;

use std::io;

use self::session::{Options, Session};
use super::input::{PipedTurns, TerminalTurns};
use super::{ChatArguments, Ready, ready, remember, typed_lines};
use crate::companions;
use crate::failure::Exit;
use crate::interrupt::Interrupt;
use crate::output::{Console, Style};
use crate::saved_caches::Guard;
use crate::settings::Settings;

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
    let guard = companions::guard_of_plain(settings, console)?;
    let ready = ready(name, settings, &guard, interactive, console)?;
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
    // The file is not encrypted, so that there is none where the companions have a passphrase.
    let keeps = !arguments.no_history && guard == Guard::Permissions;
    let history = keeps.then(|| typed_lines(settings));
    let prompt = ("> ".to_owned(), console.decorated(&console.styled(Style::Strong, "> ")));
    let mut turns = TerminalTurns::open(history, prompt, commands::COMMANDS)?;
    let mut session = Session::new(generator, console, &interrupt, system, options);
    let exit = session.run(&mut turns)?;
    remember(local, loaded, session.decoded(), settings);
    Ok(exit)
}
