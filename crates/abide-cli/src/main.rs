//! The program `abide`: arguments, configuration, wiring.
//!
//! The one place where errors become messages and exit statuses. Everything that computes lives in
//! the other crates; everything that decides between sources of settings, in `settings.rs`.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use crate::arguments::Arguments;
use crate::failure::Exit;
use crate::output::Console;
use crate::settings::Settings;

mod answer;
mod arguments;
mod ask;
mod commands;
mod companions;
mod config;
mod constraint;
mod engine;
mod env;
mod failure;
mod interrupt;
mod library;
mod likeness;
mod machine;
mod measurements;
mod metadata;
mod origins;
mod output;
mod reading;
mod saved_caches;
#[cfg(test)]
mod scripted;
mod server_library;
mod settings;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(answer) => return ExitCode::from(tell(&answer).code()),
    };
    let exit = run(&arguments).unwrap_or_else(|error| {
        if failure::is_broken_pipe(&error) {
            return Exit::Success;
        }
        eprint!("{}", output::visible(&failure::report(&error)));
        failure::exit_of(&error)
    });
    ExitCode::from(exit.code())
}

/// Prints help, the version, or what is wrong with the arguments.
fn tell(answer: &clap::Error) -> Exit {
    match answer.print().and_then(|()| std::io::stdout().flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("error: can't write to stdout: {error}");
            Exit::Failure
        }
        _ if answer.use_stderr() => Exit::Usage,
        _ => Exit::Success,
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let settings = Settings::resolve(arguments)?;
    start_log(&settings.log)?;
    let mut console = Console::of_process(settings.color, settings.progress);
    for (name, meant) in &settings.slips {
        console.notice(&format!("warning: {name} is no variable that abide knows; did you mean {meant}?"));
    }
    let exit = commands::execute(&arguments.command, &settings, &mut console)?;
    console.flush()?;
    Ok(exit)
}

fn start_log(filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        failure::Failure::new(Exit::Usage, format!("the log filter `{filter}` makes no sense: {error}"))
            .with_cure(format!("set {} to a level such as `debug`, or to `crate=level,…`", env::LOG))
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .without_time()
        .init();
    Ok(())
}
