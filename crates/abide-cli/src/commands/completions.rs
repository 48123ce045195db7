//! `abide completions`: scripts that complete the command line in a shell.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::failure::Exit;
use crate::output::Console;

/// Print a script that completes abide's command line
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide completions bash > ~/.local/share/bash-completion/completions/abide
  abide completions zsh > ~/.zfunc/_abide
  abide completions fish > ~/.config/fish/completions/abide.fish")]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// When stdout fails.
pub fn execute(arguments: &CompletionsArguments, console: &mut Console) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "abide", &mut script);
    console.write(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Success)
}
