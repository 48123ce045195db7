//! What is measured: models on disk, and random weights in the shape of one that is not.
//!
//! Must not know how anything is measured.

use std::path::Path;
use std::sync::Arc;

use abide_engine::gguf::{GgufFile, WriteError};
use abide_engine::random::{RandomModel, RandomModelError};
use abide_models::Entry;

use crate::engine;
use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::library::{Library, LocalModel};
use crate::likeness;
use crate::output::{Console, progress, units};

/// A model to measure.
pub struct Subject {
    /// What results call it.
    pub name: String,
    /// Its file's name; empty for one that is in memory alone.
    pub file_name: String,
    /// What measurements of it are kept under.
    pub measured_as: String,
    source: Source,
}

enum Source {
    Disk(Box<LocalModel>),
    Random(Box<RandomModel>),
}

impl Subject {
    /// A model on disk.
    pub fn of_model(local: LocalModel) -> Self {
        Self {
            name: local.name.clone(),
            file_name: local.file_name(),
            measured_as: local.measured_as(),
            source: Source::Disk(Box::new(local)),
        }
    }

    /// Random weights in the shape of a catalogue's model: `ID` or `ID:TYPE`.
    ///
    /// # Errors
    /// When there is no such model, or its shape is not known.
    pub fn like(wanted: &str, library: &Library) -> Result<Self, Failure> {
        let model = likeness::of_name(wanted, &library.catalogue, |id| library.unknown(id))?;
        let name = format!("{} (random weights)", model.name());
        // With the types of the published file, it stands for the model itself.
        let is_itself = |entry: &&Entry| format!("{}:{}", entry.id, entry.quantisation) == model.name();
        let entry = library.catalogue.iter().find(is_itself);
        let measured_as = entry.map_or_else(|| model.name().to_owned(), |entry| entry.id.to_string());
        Ok(Self { name, file_name: String::new(), measured_as, source: Source::Random(Box::new(model)) })
    }

    /// Its file, mapped; random weights are made now.
    ///
    /// # Errors
    /// When the file can't be used, or there is no memory.
    pub fn open(&self) -> anyhow::Result<Arc<GgufFile>> {
        match &self.source {
            Source::Disk(local) => engine::open_file(local),
            Source::Random(model) => engine::random_file(&self.name, model),
        }
    }

    /// Keeps random weights in a file, which is measured then. A model on disk stays as it is.
    ///
    /// # Errors
    /// When there is such a file already, the disk has too little room for it, it can't be written, or Ctrl-C was pressed.
    pub fn write(&mut self, path: &Path, interrupt: &Interrupt, console: &mut Console) -> anyhow::Result<()> {
        let Source::Random(model) = &self.source else { return Ok(()) };
        if path.exists() {
            let failure = Failure::new(Exit::Usage, format!("{} exists already", path.display()));
            return Err(failure.with_cure("name another file, or delete this one").into());
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let free = abide_models::free_space(folder.unwrap_or(Path::new(".")));
        check_room(path, model.weight_bytes(), free)?;
        let armed = interrupt.arm();
        let bar = progress::byte_bar(console, format!("writing {}", self.name), model.weight_bytes());
        let written = model.write(path, &mut |done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
            !armed.requested()
        });
        drop(bar);
        written.map_err(|error| match error {
            RandomModelError::Write(error @ WriteError::Interrupted { .. }) => {
                Failure::new(Exit::Interrupted, error.to_string()).into()
            }
            error => anyhow::Error::from(error),
        })?;
        let size = std::fs::metadata(path).map(|about| units::bytes(about.len())).unwrap_or_default();
        console.note(&format!("{} holds {}, {size}", path.display(), self.name));
        let local =
            LocalModel { name: self.name.clone(), path: path.to_owned(), entry: None, checksums: None };
        self.file_name = local.file_name();
        self.source = Source::Disk(Box::new(local));
        Ok(())
    }
}

/// Refuses to begin what can't end. A disk that does not tell its free space is trusted.
fn check_room(path: &Path, needed: u64, free: Option<u64>) -> Result<(), Failure> {
    let Some(free) = free.filter(|&free| free < needed) else { return Ok(()) };
    let (needed, free) = (units::bytes(needed), units::bytes(free));
    let problem = format!("{} would take {needed}, and {free} are free on its disk", path.display());
    Err(Failure::new(Exit::Failure, problem).with_cure("free some space, or name a file on another disk"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_not_begun() {
        let path = Path::new("random.gguf");
        for free in [None, Some(1000), Some(u64::MAX)] {
            assert_eq!(check_room(path, 1000, free), Ok(()), "{free:?}");
        }
        let failure = check_room(path, 122_000_000_000, Some(1_500_000_000)).unwrap_err();
        assert_eq!(failure.to_string(), "random.gguf would take 122 GB, and 1.50 GB are free on its disk");
    }
}
