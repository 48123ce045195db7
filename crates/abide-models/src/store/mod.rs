//! The store on disk: content-addressed files, a manifest per model, and views that give files
//! their names back.
//!
//! ```text
//! models/blobs/sha256-<hex>      the bytes, once, whoever shares them
//! models/manifests/<id>.json     which files make up a model, and where they came from
//! models/views/<id>/<file name>  hard links, so that shards and tokenizers lie side by side
//! models/partial/<id>/           what arrived of an unfinished download
//! models/locks/                  advisory locks, never deleted
//! ```
//!
//! Whatever has its final name is complete: everything is written beside, synced and renamed.
//! Changes to blobs, manifests and views happen under one short lock, a download under the model's
//! own lock. Of sources it knows only how to ask what of an unfinished download counts.

mod manifest;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use manifest::{Manifest, ManifestFile};

use crate::error::StoreError;
use crate::files;
use crate::name::{Digest, FileName, ModelId};
use crate::progress::{PullEvent, Task};
use crate::source;

/// How often a waiting process looks whether its turn has come.
const LOCK_POLL: Duration = Duration::from_millis(100);

/// Models on disk. Cheap to open; holds no lock between calls.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

/// A model whose files are all there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledModel {
    /// Its id.
    pub id: ModelId,
    /// The folder in which its files lie under their own names.
    pub directory: PathBuf,
    /// Its files, in the catalogue's order; at least one.
    pub files: Vec<InstalledFile>,
    /// Where it came from, as shown to people.
    pub source: String,
    /// When it was installed, in seconds since 1970 (UTC).
    pub installed_unix_seconds: u64,
}

/// One file of an installed model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledFile {
    /// Its name.
    pub name: FileName,
    /// Where it can be opened.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// Its checksum, as recorded when it was installed.
    pub sha256: Digest,
}

impl InstalledModel {
    /// The file an engine opens first.
    pub fn main_file(&self) -> &InstalledFile {
        &self.files[0]
    }

    /// The file of that name.
    pub fn file(&self, name: &str) -> Option<&InstalledFile> {
        self.files.iter().find(|file| file.name.as_str() == name)
    }

    /// Sizes of all files together, in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}

/// A model that has a manifest.
#[derive(Debug)]
pub struct Listed {
    /// Its id.
    pub id: ModelId,
    /// The model, or why it can't be used.
    pub model: Result<InstalledModel, StoreError>,
}

/// What a removal did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Removed {
    /// Bytes that were freed.
    pub freed_bytes: u64,
    /// Files kept because another model shares them.
    pub shared: Vec<FileName>,
}

/// A download that did not end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// The model.
    pub id: ModelId,
    /// Bytes that arrived whole or in part and are kept for the next pull. What was unpacked or linked
    /// from them, or lies in a folder that is begun afresh, does not count.
    pub bytes: u64,
}

/// The state of one file of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCheck {
    /// Its name.
    pub name: FileName,
    /// Where its bytes lie.
    pub path: PathBuf,
    /// What was found.
    pub state: FileState,
}

/// What verifying a file found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// The bytes are those recorded.
    Intact,
    /// The file is gone.
    Missing,
    /// The bytes changed.
    Changed {
        /// The checksum they have now.
        found: Digest,
    },
}

impl Store {
    /// Opens (and creates) the store below a home folder: `home/models`.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the folders can't be created.
    pub fn open(home: impl AsRef<Path>) -> Result<Self, StoreError> {
        let store = Self { root: home.as_ref().join("models") };
        for folder in ["blobs", "manifests", "views", "partial", "locks"] {
            files::create_directory(&store.root.join(folder))?;
        }
        Ok(store)
    }

    /// The store's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Bytes free on the store's disk, if the system tells.
    pub fn free_space(&self) -> Option<u64> {
        files::free_space(&self.root)
    }

    /// The model of that id, or `None` if it is not on disk. Names of files are put back if they were lost.
    ///
    /// # Errors
    /// [`StoreError::Manifest`] or [`StoreError::Damaged`] if what is there can't be used.
    pub fn resolve(&self, id: &ModelId) -> Result<Option<InstalledModel>, StoreError> {
        let Some(manifest) = self.manifest(id)? else { return Ok(None) };
        for file in &manifest.files {
            let path = self.blob(&file.sha256);
            let reason = match files::length(&path) {
                Some(length) if length == file.size => continue,
                Some(_) => "its size changed",
                None => "it is gone",
            };
            return Err(StoreError::Damaged { id: id.clone(), path, reason });
        }
        let directory = self.view(id);
        let is_linked =
            |file: &ManifestFile| files::length(&directory.join(file.name.as_str())) == Some(file.size);
        if !manifest.files.iter().all(is_linked) {
            let _lock = self.lock_store()?;
            self.write_view(&manifest)?;
        }
        Ok(Some(Self::installed(manifest, directory)))
    }

    /// All models on disk, by id; those that can't be used come as errors.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the folder can't be read.
    pub fn list(&self) -> Result<Vec<Listed>, StoreError> {
        let ids = self.ids("manifests", ".json")?;
        // A model that another process removed in between is no model.
        let model = |id: ModelId| self.resolve(&id).transpose().map(|model| Listed { id, model });
        Ok(ids.into_iter().filter_map(model).collect())
    }

    /// Downloads that did not end, by id. They are resumed by a pull and deleted by [`Store::remove`].
    ///
    /// # Errors
    /// [`StoreError::Io`] if the folder can't be read.
    pub fn unfinished(&self) -> Result<Vec<Unfinished>, StoreError> {
        let ids = self.ids("partial", "")?;
        Ok(ids
            .into_iter()
            .map(|id| Unfinished { bytes: source::fetched_bytes(&self.partial(&id)), id })
            .collect())
    }

    /// Hashes every file of a model and compares. `progress` hears of bytes done and in all, and
    /// stops the work by returning false.
    ///
    /// # Errors
    /// [`StoreError::NotInstalled`], [`StoreError::Manifest`], [`StoreError::Cancelled`], or an I/O error.
    pub fn verify(
        &self,
        id: &ModelId,
        mut progress: impl FnMut(u64, u64) -> bool,
    ) -> Result<Vec<FileCheck>, StoreError> {
        let manifest = self.manifest(id)?.ok_or_else(|| StoreError::NotInstalled(id.clone()))?;
        let total = manifest.files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.size));
        let mut before = 0;
        let mut checks = Vec::new();
        for file in manifest.files {
            let path = self.blob(&file.sha256);
            let state = if files::length(&path).is_none() {
                FileState::Missing
            } else {
                let (found, length) = files::hash_file(&path, |done| progress(before + done, total))?;
                before += length;
                if found == file.sha256 { FileState::Intact } else { FileState::Changed { found } }
            };
            checks.push(FileCheck { name: file.name, path, state });
        }
        Ok(checks)
    }

    /// Deletes a model, what arrived of an unfinished download of it, and every blob that no other
    /// model names.
    ///
    /// # Errors
    /// [`StoreError::NotInstalled`] if there was nothing, [`StoreError::Busy`] if another process
    /// fetches it, [`StoreError::Manifest`] if another model's manifest can't be read: then nobody
    /// can say which blobs it needs, and nothing is deleted.
    pub fn remove(&self, id: &ModelId) -> Result<Removed, StoreError> {
        let _model_lock = self.try_lock_model(id)?.ok_or_else(|| StoreError::Busy(id.clone()))?;
        let _store_lock = self.lock_store()?;
        let path = self.manifest_path(id);
        let is_installed = path.exists();
        let partial_bytes = files::directory_size(&self.partial(id));
        if !is_installed && !self.partial(id).exists() {
            return Err(StoreError::NotInstalled(id.clone()));
        }
        let mut removed = Removed { freed_bytes: partial_bytes, shared: Vec::new() };
        if is_installed {
            // A manifest that can't be read names no blobs that we could delete; it goes all the same.
            let manifest = self.manifest(id).ok().flatten();
            let others = self.other_manifests(id)?;
            files::remove_directory(&self.view(id))?;
            files::remove_file(&path)?;
            for file in manifest.map(|manifest| manifest.files).unwrap_or_default() {
                if others.iter().any(|other| other.names(&file.sha256)) {
                    removed.shared.push(file.name);
                } else {
                    let blob = self.blob(&file.sha256);
                    removed.freed_bytes += files::length(&blob).unwrap_or(0);
                    files::remove_file(&blob)?;
                }
            }
        }
        files::remove_directory(&self.partial(id))?;
        Ok(removed)
    }

    /// Makes verified files a model: blobs, view and manifest, in this order, under the store's lock.
    /// Each path must lie in the store's own partial folder, or be `None` where the blob is there.
    pub(crate) fn commit(
        &self,
        manifest: Manifest,
        paths: &[Option<PathBuf>],
    ) -> Result<InstalledModel, StoreError> {
        let _lock = self.lock_store()?;
        for (file, path) in manifest.files.iter().zip(paths) {
            if let Some(path) = path {
                files::sync_and_rename(path, &self.blob(&file.sha256))?;
            }
        }
        self.write_view(&manifest)?;
        files::write_beside(&self.manifest_path(&manifest.id), &manifest.to_json())?;
        files::remove_directory(&self.partial(&manifest.id))?;
        let directory = self.view(&manifest.id);
        Ok(Self::installed(manifest, directory))
    }

    /// Takes the model's own lock, telling and waiting while another process has it.
    pub(crate) fn lock_model(&self, id: &ModelId, task: Task<'_>) -> Result<Lock, StoreError> {
        let mut told = false;
        loop {
            if let Some(lock) = self.try_lock_model(id)? {
                return Ok(lock);
            }
            if !told {
                task.tell(PullEvent::Waiting);
                told = true;
            }
            if task.is_cancelled() {
                return Err(StoreError::Cancelled);
            }
            std::thread::sleep(LOCK_POLL);
        }
    }

    pub(crate) fn blob(&self, digest: &Digest) -> PathBuf {
        self.root.join("blobs").join(format!("sha256-{digest}"))
    }

    /// Where what arrives of a model is kept until it is complete.
    pub(crate) fn partial(&self, id: &ModelId) -> PathBuf {
        self.root.join("partial").join(id.as_str())
    }

    fn view(&self, id: &ModelId) -> PathBuf {
        self.root.join("views").join(id.as_str())
    }

    fn manifest_path(&self, id: &ModelId) -> PathBuf {
        self.root.join("manifests").join(format!("{id}.json"))
    }

    fn manifest(&self, id: &ModelId) -> Result<Option<Manifest>, StoreError> {
        Manifest::read(&self.manifest_path(id), id)
    }

    fn other_manifests(&self, id: &ModelId) -> Result<Vec<Manifest>, StoreError> {
        let ids = self.ids("manifests", ".json")?;
        ids.iter().filter(|other| *other != id).filter_map(|other| self.manifest(other).transpose()).collect()
    }

    /// Ids that have an entry in one of the store's folders, sorted; other names there are not ours.
    fn ids(&self, folder: &str, suffix: &str) -> Result<Vec<ModelId>, StoreError> {
        let path = self.root.join(folder);
        let entries = fs::read_dir(&path).map_err(StoreError::io("read the folder", &path))?;
        let mut ids: Vec<ModelId> = entries
            .flatten()
            .filter_map(|entry| ModelId::new(entry.file_name().to_str()?.strip_suffix(suffix)?).ok())
            .collect();
        ids.sort();
        Ok(ids)
    }

    /// Replaces the model's view by hard links to its blobs. The caller holds the store's lock.
    fn write_view(&self, manifest: &Manifest) -> Result<(), StoreError> {
        let views = self.root.join("views");
        let fresh = tempfile::Builder::new()
            .prefix(".new-")
            .tempdir_in(&views)
            .map_err(StoreError::io("create a folder in", &views))?;
        for file in &manifest.files {
            files::link_or_copy(&self.blob(&file.sha256), &fresh.path().join(file.name.as_str()))?;
        }
        let view = self.view(&manifest.id);
        files::remove_directory(&view)?;
        fs::rename(fresh.keep(), &view).map_err(StoreError::io("rename a finished folder to", &view))
    }

    fn installed(manifest: Manifest, directory: PathBuf) -> InstalledModel {
        let files = manifest
            .files
            .into_iter()
            .map(|ManifestFile { name, sha256, size }| {
                let path = directory.join(name.as_str());
                InstalledFile { name, path, size, sha256 }
            })
            .collect();
        let Manifest { id, source, installed_unix_seconds, .. } = manifest;
        InstalledModel { id, directory, files, source, installed_unix_seconds }
    }

    /// `None` while another has the model's own lock.
    fn try_lock_model(&self, id: &ModelId) -> Result<Option<Lock>, StoreError> {
        let file = self.lock_file(id.as_str())?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => {
                Err(StoreError::io("lock", &self.lock_path(id.as_str()))(error))
            }
        }
    }

    fn lock_path(&self, name: &str) -> PathBuf {
        self.root.join("locks").join(format!("{name}.lock"))
    }

    fn lock_file(&self, name: &str) -> Result<File, StoreError> {
        let path = self.lock_path(name);
        File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(StoreError::io("open the lock", &path))
    }

    /// Guards blobs, manifests and views against each other's changes; held for moments only.
    /// Its name is no model id, so it is nobody's own lock.
    fn lock_store(&self) -> Result<Lock, StoreError> {
        let file = self.lock_file("STORE")?;
        file.lock().map_err(StoreError::io("lock", &self.lock_path("STORE")))?;
        Ok(Lock(file))
    }
}

/// A lock that is held until it is dropped.
pub(crate) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that is just being started holds a copy of it. Where this
        // fails, closing still unlocks when the copy is gone.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_ends_though_another_process_has_a_copy_of_its_file() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path()).unwrap();
        let id = "tiny".parse().unwrap();
        let lock = store.try_lock_model(&id).unwrap().unwrap();
        let _copy = lock.0.try_clone().unwrap();
        assert!(store.try_lock_model(&id).unwrap().is_none());
        drop(lock);
        assert!(store.try_lock_model(&id).unwrap().is_some());
    }
}
