//! `abide rm`: deleting a model from the disk.

use abide_models::ModelId;
use clap::Args;

use crate::ask::may_delete;
use crate::companions;
use crate::failure::{Exit, Failure};
use crate::library::{self, Library, Reference};
use crate::output::{Console, units};
use crate::settings::Settings;

/// Delete models from the disk
///
/// Asks first; where nobody can be asked, --yes is needed. What arrived of an unfinished download is deleted too. A model stays as
/// long as a companion runs on it, answers on it, or may go back to it.
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
/// When a companion needs one of them, and nothing is deleted then; when one is not here or can't be deleted: those before it are gone.
pub fn execute(arguments: &RmArguments, settings: &Settings, console: &mut Console) -> anyhow::Result<Exit> {
    let library = Library::open(settings)?;
    let ids = arguments.ids.iter().map(|name| parse(name)).collect::<Result<Vec<_>, _>>()?;
    let names: Vec<&str> = ids.iter().map(ModelId::as_str).collect();
    companions::check_unused(&names, &library, settings, console)?;
    if !may_delete(arguments.yes, &format!("Delete {}?", names.join(", ")), console)? {
        return Ok(Exit::Failure);
    }
    for id in &ids {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_others_are_not_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mine.gguf");
        std::fs::write(&file, "x").unwrap();
        assert_eq!(parse(file.to_str().unwrap()).unwrap_err().exit(), Exit::Usage);
        assert!(file.exists());
    }
}
