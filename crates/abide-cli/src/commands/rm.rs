//! `abide rm`: deleting a model from the disk.

use std::io::{self, BufRead, IsTerminal as _};

use abide_models::ModelId;
use clap::Args;

use crate::companions;
use crate::failure::{Exit, Failure};
use crate::library::{self, Library, Reference};
use crate::output::{Console, units};
use crate::settings::Settings;

/// Delete models from the disk
///
/// Asks first where a person sits at it. What arrived of an unfinished download is deleted too.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide rm qwen3-0.6b
  abide rm --yes qwen3-0.6b qwen3-4b")]
pub struct RmArguments {
    /// Ids from `abide models`
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// Don't ask
    #[arg(short, long)]
    pub yes: bool,
}

/// Deletes each in turn.
///
/// # Errors
/// When one is not here or can't be deleted; those before it are gone.
pub fn execute(arguments: &RmArguments, settings: &Settings, console: &mut Console) -> anyhow::Result<Exit> {
    let library = Library::open(settings)?;
    let ids = arguments.ids.iter().map(|name| parse(name)).collect::<Result<Vec<_>, _>>()?;
    if !arguments.yes && io::stdin().is_terminal() {
        let names: Vec<&str> = ids.iter().map(ModelId::as_str).collect();
        console.notice(&format!("Delete {}? [y/N]", names.join(", ")));
        if !confirmed(&mut io::stdin().lock())? {
            console.notice("nothing was deleted");
            return Ok(Exit::Failure);
        }
    }
    for id in &ids {
        companions::check_unused(id.as_str(), settings, console)?;
        let removed = library.store.remove(id).map_err(|error| library::store_failure(&error))?;
        console.notice(&format!("{id} is deleted, {} are free again", units::bytes(removed.freed_bytes)));
        for file in &removed.shared {
            console.notice(&format!("  {file} stays: another model shares it"));
        }
    }
    Ok(Exit::Success)
}

fn parse(name: &str) -> Result<ModelId, Failure> {
    match Reference::parse(name)? {
        Reference::Id(id) => Ok(id),
        Reference::File(_) => {
            Err(Failure::new(Exit::Usage, format!("{name} is a file that abide does not own"))
                .with_cure("delete it yourself; `abide rm` takes ids"))
        }
    }
}

/// Whether the person says yes.
pub fn confirmed(input: &mut dyn BufRead) -> io::Result<bool> {
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        for (answer, expected) in
            [("y\n", true), ("YES\n", true), ("\n", false), ("", false), ("yess\n", false)]
        {
            assert_eq!(confirmed(&mut answer.as_bytes()).unwrap(), expected, "{answer:?}");
        }
    }

    #[test]
    fn files_of_others_are_not_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mine.gguf");
        std::fs::write(&file, "x").unwrap();
        assert_eq!(parse(file.to_str().unwrap()).unwrap_err().exit(), Exit::Usage);
        assert!(file.exists());
    }
}
