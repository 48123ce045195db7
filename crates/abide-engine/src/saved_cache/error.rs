//! Why a saved cache was not written, or not used.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a saved cache was not written, or not used.
#[derive(Debug, Error)]
pub enum SavedCacheError {
    /// The system refused.
    #[error("can't {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is something else.
    #[error("{} is no saved cache", path.display())]
    NotSavedCache {
        /// The file.
        path: PathBuf,
    },
    /// Another version of the program wrote it.
    #[error("{} is a saved cache of version {found}; this program reads version {expected}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// What can be read.
        expected: u32,
    },
    /// It was encrypted with another key.
    #[error("{} was encrypted with another key", path.display())]
    OtherKey {
        /// The file.
        path: PathBuf,
    },
    /// It was cut off or changed.
    #[error("{} is damaged: {problem}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// It is sound, but of something else.
    #[error("{} was saved of {mismatch}", path.display())]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// What differs.
        mismatch: Mismatch,
    },
    /// The model does not give its cache's contents away.
    #[error("the cache of this model can't be saved")]
    NotSupported,
    /// The system gave no thread.
    #[error("the thread that saves caches could not be started: {0}")]
    Thread(#[source] io::Error),
    /// The engine is gone.
    #[error("the engine has stopped")]
    Stopped,
}

/// In what a saved cache differs from what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    /// The weights' checksum.
    Weights,
    /// The decoder that the weights make up.
    Spec,
    /// The type of the cache, or what computed it.
    Kind,
    /// Positions and bytes of blocks, or windows.
    Layout,
    /// The tokens.
    Tokens,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Weights => "other weights",
            Self::Spec => "another decoder",
            Self::Kind => "another type of cache",
            Self::Layout => "a cache of another layout",
            Self::Tokens => "other tokens",
        })
    }
}

impl SavedCacheError {
    /// Makes an error of the system's.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }

    /// Whether the file will never be of use: it is best deleted.
    pub(super) fn is_useless(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Mismatch { .. } | Self::NotSavedCache { .. })
    }
}
