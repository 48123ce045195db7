//! One module per command: its arguments, its help, and what it does.
//!
//! A command gets settled [`Settings`] and a [`Console`]; it must not read the environment, the
//! configuration or the process's own streams (but for stdin).

use crate::arguments::Command;
use crate::failure::Exit;
use crate::output::Console;
use crate::settings::Settings;

pub mod bench;
pub mod cache;
pub mod chat;
pub mod companion;
pub mod completions;
pub mod config;
pub mod doctor;
pub mod embed;
pub mod import_history;
pub mod logits;
pub mod memory;
pub mod models;
pub mod perplexity;
pub mod pull;
pub mod rm;
pub mod run;
pub mod serve;
pub mod show;
pub mod template;
pub mod tokenize;

/// Carries a command out.
///
/// # Errors
/// As each command tells; the caller shows it and ends with its status.
pub fn execute(command: &Command, settings: &Settings, console: &mut Console) -> anyhow::Result<Exit> {
    match command {
        Command::Chat(arguments) => chat::execute(arguments, settings, console),
        Command::Companion(arguments) => companion::execute(arguments, settings, console),
        Command::Memory(arguments) => memory::execute(arguments, settings, console),
        Command::ImportHistory(arguments) => import_history::execute(arguments, settings, console),
        Command::Run(arguments) => run::execute(arguments, settings, console),
        Command::Serve(arguments) => serve::execute(arguments, settings, console),
        Command::Embed(arguments) => embed::execute(arguments, settings, console),
        Command::Models(arguments) => models::execute(arguments, settings, console),
        Command::Pull(arguments) => pull::execute(arguments, settings, console),
        Command::Rm(arguments) => rm::execute(arguments, settings, console),
        Command::Cache(arguments) => cache::execute(arguments, settings, console),
        Command::Show(arguments) => show::execute(arguments, settings, console),
        Command::Bench(arguments) => bench::execute(arguments, settings, console),
        Command::Perplexity(arguments) => perplexity::execute(arguments, settings, console),
        Command::Tokenize(arguments) => tokenize::execute(arguments, settings, console),
        Command::Logits(arguments) => logits::execute(arguments, settings, console),
        Command::Template(arguments) => template::execute(arguments, settings, console),
        Command::Doctor(arguments) => doctor::execute(arguments, settings, console),
        Command::Config(arguments) => config::execute(arguments, settings, console),
        Command::Completions(arguments) => completions::execute(arguments, console),
    }
}
