//! `abide pull`: fetching a model.

use clap::Args;

use crate::failure::{Exit, Failure};
use crate::library::{Library, Reference};
use crate::output::{Console, units};
use crate::settings::Settings;

/// Fetch a model
///
/// Its sources are tried in order, what comes is checked, and an interrupted download goes on where it stopped.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide pull smollm2-135m-instruct
  abide pull qwen3-0.6b qwen3-4b
  HF_ENDPOINT=https://mirror.example abide pull qwen3-4b

`abide models` lists the ids. Your own entries go into models.toml in the home folder.")]
pub struct PullArguments {
    /// Ids from `abide models`
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
}

/// Fetches each in turn and prints where its file is.
///
/// # Errors
/// When one does not exist or can't be fetched; those before it stay.
pub fn execute(
    arguments: &PullArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let library = Library::open(settings)?;
    for name in &arguments.ids {
        let Reference::Id(id) = Reference::parse(name)? else {
            let failure =
                Failure::new(Exit::Usage, format!("{name} is a file already; there is nothing to fetch"));
            return Err(failure.with_cure(format!("`abide chat --model {name}` runs it")).into());
        };
        let model = library.pull(&id, console)?;
        console.note(&format!("{id}: {} from {}", units::bytes(model.size_bytes()), model.source));
        console.line(&model.main_file().path.display().to_string())?;
    }
    Ok(Exit::Success)
}
