//! What can go wrong with the store, and what to do then. Knows SQLite's errors, and shows none of its words as they are where better ones are known.

use std::num::TryFromIntError;
use std::path::PathBuf;

use rusqlite::ErrorCode;

use super::CompanionId;
use crate::transcript::MessageId;

/// Why the store could not do something. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The key is another database's.
    #[error(
        "{path} is locked with another key; put back the key file that belongs to it, or choose another folder"
    )]
    WrongKey {
        /// The database.
        path: PathBuf,
    },
    /// The file is a plain SQLite database.
    #[error(
        "{path} is not encrypted, so it is no database of abide's; move it away or choose another folder"
    )]
    NotEncrypted {
        /// The file.
        path: PathBuf,
    },
    /// The key is right, and what the file holds is not.
    #[error(
        "{path} is damaged ({detail}); nothing was changed. Copy it away with its -wal file, then bring back a backup, or import the last .abide export into a new folder"
    )]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// A later abide wrote it.
    #[error(
        "{path} was written by a newer abide (its format is {found}, this program knows up to {known}); use that one or a later one"
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// Another process holds the database for too long.
    #[error(
        "another abide is writing to the companions and has not finished after {waited_s} seconds; try again when it is done"
    )]
    Busy {
        /// How long it was waited for.
        waited_s: u64,
    },
    /// There is no place left.
    #[error("there is no room left on the disk of {path}; free some, then try again")]
    Full {
        /// The database.
        path: PathBuf,
    },
    /// Where it lies nothing can be written. Readers need that, too: in WAL mode they tell writers where they are.
    #[error(
        "nothing can be written to {folder} ({reason}), so the companions there can't be used, nor read; make it writable, or copy all that is in it to another folder and use that"
    )]
    FolderClosed {
        /// The database's folder.
        folder: PathBuf,
        /// What the system says.
        reason: std::io::ErrorKind,
    },
    /// The system does not let it be read or written.
    #[error("can't use {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No companion has this id.
    #[error("there is no companion {0}; it may have been deleted")]
    NoCompanion(CompanionId),
    /// Another companion has this name.
    #[error("there is already a companion called {0:?}; choose another name")]
    NameTaken(String),
    /// A name is empty, too long, or holds what can't be shown.
    #[error("{0:?} can't be a name: it takes 1 to {max} characters, none of them a control character", max = super::NAME_CHARACTERS_MAX)]
    BadName(String),
    /// This companion has no such message.
    #[error("this companion has no message {}; it may have been deleted", .0.0)]
    NoMessage(MessageId),
    /// This companion has nothing of that kind with that id.
    #[error("this companion has no {what} {id}")]
    Nothing {
        /// The kind: `fact`, `summary`, `branch`, `persona version` …
        what: &'static str,
        /// Its id or name.
        id: String,
    },
    /// A branch of this name is there.
    #[error("this companion already has a branch called {0:?}; choose another name, or switch to it")]
    BranchTaken(String),
    /// A value is outside what the store keeps.
    #[error("{what} can't be stored: {detail}")]
    BadValue {
        /// What is wrong.
        what: &'static str,
        /// In which way.
        detail: String,
    },
    /// What is stored is not what this program ever stores.
    #[error(
        "the stored {what} can't be understood ({detail}); the database is damaged or was changed by another program"
    )]
    BadRow {
        /// The kind.
        what: &'static str,
        /// In which way.
        detail: String,
    },
    /// No random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(getrandom::Error),
    /// Anything else that SQLite says.
    #[error("the database can't do this: {0}")]
    Database(rusqlite::Error),
}

/// A result of the store's.
pub type StoreResult<T> = Result<T, StoreError>;

impl StoreError {
    /// The error in words that say what to do, for the database at `path`.
    pub(super) fn at(self, path: &std::path::Path) -> Self {
        let Self::Database(error) = self else {
            return self;
        };
        let path = path.to_owned();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Busy { waited_s: super::connection::BUSY_SECONDS }
            }
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged { path, detail: error.to_string() }
            }
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                let folder = folder.unwrap_or(std::path::Path::new("."));
                match tempfile::tempfile_in(folder) {
                    Ok(_) => Self::File { path, source: std::io::Error::other(error) },
                    Err(refused) => Self::FolderClosed { folder: folder.to_owned(), reason: refused.kind() },
                }
            }
            _ => Self::Database(error),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            // SQLite's integers are signed; nothing has a number beyond them.
            rusqlite::Error::ToSqlConversionFailure(problem) if problem.is::<TryFromIntError>() => {
                Self::BadValue { what: "a number", detail: format!("the greatest is {}", i64::MAX) }
            }
            error => Self::Database(error),
        }
    }
}
