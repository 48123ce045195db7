//! Which open stores are alive, told by locks that the system takes away with the process. Knows files, no database.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::error::{StoreError, StoreResult};
use crate::private::make_file;

/// An open store: an empty file beside the database that is locked as long as this lives.
pub(super) struct Session {
    id: String,
    path: PathBuf,
    _lock: File,
}

impl Session {
    pub(super) fn begin(database: &Path) -> StoreResult<Self> {
        loop {
            let id = Uuid::new_v4().simple().to_string();
            let path = session_path(database, &id);
            let problem = |source| StoreError::File { path: path.clone(), source };
            let lock = make_file(&path).map_err(problem)?;
            // Whoever cleans up may come between these lines: then the lock is taken, or the file is gone.
            let locked = match lock.try_lock() {
                Ok(()) => path.exists(),
                Err(TryLockError::WouldBlock) => false,
                Err(TryLockError::Error(error)) => {
                    // Some file systems of networks have no locks. Nobody can tell whether this session is over then, so its
                    // replies wait for one that can.
                    tracing::debug!("{} can't be locked: {error}", path.display());
                    true
                }
            };
            if locked {
                return Ok(Self { id, path, _lock: lock });
            }
        }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Whether the session `id` of `database` is over, however it ended.
    pub(super) fn is_over(database: &Path, id: &str) -> bool {
        let path = session_path(database, id);
        match OpenOptions::new().write(true).open(&path) {
            Ok(file) if file.try_lock().is_ok() => {
                // Removed before the lock goes with `file`: see `begin`.
                remove(&path);
                true
            }
            Ok(_) => false,
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    /// Removes what sessions that are over left behind.
    pub(super) fn clean(database: &Path) {
        let prefix = session_path(database, "");
        let (Some(folder), Some(prefix)) =
            (prefix.parent(), prefix.file_name().and_then(|name| name.to_str()))
        else {
            return;
        };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
        for name in names {
            if let Some(id) = name.to_str().and_then(|name| name.strip_prefix(prefix)) {
                Self::is_over(database, id);
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// What can't be removed now is removed by the next one.
fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::debug!("can't remove {}: {error}", path.display());
    }
}

fn session_path(database: &Path, id: &str) -> PathBuf {
    let mut name = OsString::from(database);
    name.push("-session-");
    name.push(id);
    name.into()
}
