//! What can go wrong, each with what happened, where, and what to do. No exit codes, no terminal.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::name::{Digest, ModelId, NameError};

/// A catalogue that can't be used.
#[derive(Debug, Error)]
pub enum CatalogueError {
    /// The user's own file can't be read.
    #[error("can't read {}: {source}; correct or remove the file", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The text is no catalogue.
    #[error("{origin} is no catalogue of models: {message}")]
    Syntax {
        /// Where the text came from.
        origin: String,
        /// What the parser says, with line and column.
        message: String,
    },
    /// An entry contradicts itself or names something unsafe.
    #[error("{origin}, model {id:?}: {reason}")]
    Entry {
        /// Where the text came from.
        origin: String,
        /// The entry's id.
        id: String,
        /// What is wrong.
        reason: String,
    },
}

/// The store on disk can't do what was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Reading or writing failed.
    #[error("can't {action} {}: {source}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A manifest that this version can't trust.
    #[error("{} can't be used: {reason}; remove the file and pull the model again", .path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The name is no model id.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Nothing of that name is on disk.
    #[error("model {0} is not on disk; `abide pull {0}` fetches it")]
    NotInstalled(ModelId),
    /// The manifest is there, a file of it is not, or has another size.
    #[error("model {id} is damaged: {}: {reason}; `abide rm {id}` and `abide pull {id}` fetch it anew", .path.display())]
    Damaged {
        /// The model.
        id: ModelId,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Another process works on that model.
    #[error("model {0} is being fetched by another process; wait for it to end, or stop it")]
    Busy(ModelId),
    /// The caller's flag was raised.
    #[error("cancelled")]
    Cancelled,
}

impl StoreError {
    /// Attaches what was tried and where to an I/O error.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }

    pub(crate) fn is_disk_full(&self) -> bool {
        let is_full = |kind| matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        matches!(self, Self::Io { source, .. } if is_full(source.kind()))
    }
}

/// Why one source did not deliver.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The network is forbidden and this source needs it.
    #[error("needs the network, which --offline forbids")]
    Offline,
    /// No connection within seconds.
    #[error("can't be reached: {0}; check the network, or the address (HF_ENDPOINT, pip's configuration)")]
    Unreachable(String),
    /// The connection broke, more often than is tolerated; what came is kept.
    #[error("the connection broke: {0}; what arrived is kept, pull again to resume")]
    Interrupted(String),
    /// The source does not have it.
    #[error("{0} does not exist there")]
    NotFound(String),
    /// A login or an accepted licence is needed.
    #[error(
        "access denied ({status}): accept the licence at {page} and set HF_TOKEN to a token that may read it"
    )]
    Gated {
        /// HTTP status, 401 or 403.
        status: u16,
        /// Where the licence is accepted.
        page: String,
    },
    /// Any other refusal.
    #[error("answered {0}")]
    Refused(String),
    /// The bytes are not those expected; they were deleted.
    #[error("{file} has SHA-256 {found}, expected {expected}: the file was deleted")]
    Checksum {
        /// The file.
        file: String,
        /// What the catalogue, or the source itself, promised.
        expected: Digest,
        /// What came.
        found: Digest,
    },
    /// The content can't be what it should be.
    #[error("{0}")]
    Content(String),
    /// The package tool failed.
    #[error("{0}")]
    Pip(String),
    /// Too little room.
    #[error("needs {needed} bytes in {}, {free} are free: free some space, or move ABIDE_HOME", .path.display())]
    NoSpace {
        /// Bytes still to come.
        needed: u64,
        /// Bytes that are free.
        free: u64,
        /// The folder.
        path: PathBuf,
    },
    /// The caller's flag was raised.
    #[error("cancelled")]
    Cancelled,
    /// The local disk, not the source.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One source that was tried in vain.
#[derive(Debug)]
pub struct SourceFailure {
    /// The source, as shown to people.
    pub source: String,
    /// Why it did not deliver.
    pub error: SourceError,
}

/// A model that could not be fetched.
#[derive(Debug, Error)]
pub enum PullError {
    /// Every source failed.
    #[error("model {id} could not be fetched:{}", listed(.failures))]
    AllSourcesFailed {
        /// The model.
        id: ModelId,
        /// Each source with its reason, in the order tried.
        failures: Vec<SourceFailure>,
    },
    /// The network is forbidden, and the model is not on disk.
    #[error(
        "model {id} is not on disk, and --offline (or ABIDE_OFFLINE) forbids to fetch it; missing: {}; run `abide pull {id}` once with the network",
        .missing.join(", ")
    )]
    Offline {
        /// The model.
        id: ModelId,
        /// The files that are missing.
        missing: Vec<String>,
    },
    /// Too little room on the disk: no other source would help.
    #[error(transparent)]
    NoSpace(SourceError),
    /// The caller's flag was raised. What arrived is kept and resumed.
    #[error("cancelled; what arrived is kept, pull again to resume")]
    Cancelled,
    /// The local store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for PullError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Cancelled => Self::Cancelled,
            error => Self::Store(error),
        }
    }
}

fn listed(failures: &[SourceFailure]) -> String {
    failures.iter().fold(String::new(), |mut text, failure| {
        let _ = write!(text, "\n  {}: {}", failure.source, failure.error);
        text
    })
}
