//! Where companions are kept: one encrypted SQLite database. What was said is stored before it is acknowledged and never changed; everything
//! else in here is derived from it and goes with it. Must not know prompts, models or formats of other programs.
//!
//! Any number of threads and processes may use one database: writers take turns, readers never wait for them. All methods block; call them
//! where that is allowed.

mod companions;
mod connection;
mod derived;
mod error;
mod facts;
mod forget;
mod messages;
mod migrations;
mod portable;
mod probe;
mod replies;
mod rows;
mod search;
mod session;
#[cfg(test)]
mod tests;
mod tree;
mod vectors;
mod weave;
mod windows;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use connection::Connections;
use session::Session;

pub use companions::{Companion, CompanionChange, CompanionId, NAME_CHARACTERS_MAX, PersonaVersion};
pub use derived::{ImportRecord, Mood, NewSummary, Plan, Summary, SummaryId};
pub use error::{StoreError, StoreResult};
pub use facts::{Fact, FactEdit, FactEnd, FactFilter, FactId, FactKind, FactOrigin, FactSource, NewFact};
pub use forget::Deleted;
pub use messages::{Batch, MESSAGE_BYTES_MAX, Messages};
pub(crate) use portable::{Identity, Section};
pub use probe::Occurrence;
pub use replies::ReplyId;
pub use search::SearchHit;
pub use tree::{Branch, MAIN_BRANCH, Siblings};
pub use vectors::VectorOf;
pub use weave::Stretch;
pub use windows::{Window, WindowId};

use crate::keys::DatabaseKey;
use crate::private;

/// The companions of one user. Can be shared between threads.
pub struct Store {
    connections: Connections,
    session: Session,
}

impl Store {
    /// Opens the database at `path`, or makes it (and its folder) for its owner alone. Brings an older one to the present format, finishes deletions that were cut short, and turns
    /// replies that a program left in their middle into interrupted messages.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], [`StoreError::NotEncrypted`], [`StoreError::Damaged`], [`StoreError::Newer`], and what the system says.
    pub fn open(path: &Path, key: DatabaseKey) -> StoreResult<Self> {
        let problem = |source| StoreError::File { path: path.to_owned(), source };
        private::make_folder(folder_of(path)).map_err(problem)?;
        let made = match private::make_file(path) {
            Ok(_) => true,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
            Err(error) => return Err(problem(error)),
        };
        let connections = Connections::open(path, key)?;
        migrations::migrate(&connections)?;
        if made {
            sync_folder(path).map_err(problem)?;
        }
        let session = Session::begin(path)?;
        let store = Self { connections, session };
        store.finish_deletions()?;
        store.recover_replies()?;
        Ok(store)
    }

    /// Where the database lies.
    pub fn path(&self) -> &Path {
        self.connections.path()
    }

    /// The file that is locked while somebody takes a turn with a companion, in whatever program.
    pub(crate) fn turn_file(&self, companion: CompanionId) -> PathBuf {
        let mut name = OsString::from(self.path());
        name.push(format!("-turn-{}", companion.0));
        name.into()
    }

    /// Writes a copy of the whole database, encrypted with the same key, as it is at this moment: for a backup. Others may go on writing. It is written
    /// beside `path` and renamed when it is on the disk; the key file is to be copied, too.
    ///
    /// # Errors
    /// When the copy can't be written.
    pub fn backup(&self, path: &Path) -> StoreResult<()> {
        let problem = |source| StoreError::File { path: path.to_owned(), source };
        let folder = tempfile::tempdir_in(folder_of(path)).map_err(problem)?;
        let beside = folder.path().join("backup");
        self.connections.maintain(|connection| {
            connection.execute("VACUUM INTO ?1", [beside.to_string_lossy()])?;
            Ok(())
        })?;
        File::open(&beside).and_then(|copy| copy.sync_all()).map_err(problem)?;
        fs::rename(&beside, path).map_err(problem)?;
        sync_folder(path).map_err(problem)
    }

    /// Reads the whole database and checks it: pages, tables, indices, and that all that is named exists. Takes seconds for a large one.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with what was found.
    pub fn check(&self) -> StoreResult<()> {
        self.connections.read(|connection| {
            for pragma in ["cipher_integrity_check", "integrity_check", "foreign_key_check"] {
                let mut complaints = Vec::new();
                connection.pragma_query(None, pragma, |row| {
                    let complaint = match row.get_ref(0)? {
                        rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                        other => format!("{other:?}"),
                    };
                    if complaint != "ok" {
                        complaints.push(complaint);
                    }
                    Ok(())
                })?;
                if !complaints.is_empty() {
                    complaints.truncate(5);
                    return Err(StoreError::Damaged {
                        path: self.path().to_owned(),
                        detail: format!("{pragma}: {}", complaints.join("; ")),
                    });
                }
            }
            Ok(())
        })
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new file's name is on the disk only when its folder is. SQLite sees to that for its log, not for the database.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
