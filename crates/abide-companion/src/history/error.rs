//! What can end an import. A bad record never does: it is a [`super::Doubt`]. Must not know formats.

use std::io;

/// Why a history could not be read, or had to be left in its middle.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The file system, or the reader that was handed in, failed.
    #[error("{part} could not be read after {offset} bytes: {source}")]
    Read {
        /// Which file.
        part: String,
        /// Bytes of it that had been read.
        offset: u64,
        /// What the system said.
        source: io::Error,
    },
    /// Nobody knows what it is.
    #[error(
        "{part} is none of the histories that can be brought home ({known}). If it is one of them in a form that was \
         not recognised, name it with --format"
    )]
    UnknownFormat {
        /// Which file.
        part: String,
        /// The names of the known formats.
        known: String,
    },
    /// Something else, that is known.
    #[error("{part} is {what}, and no history: {cure}")]
    NotAHistory {
        /// Which file.
        part: String,
        /// What it is.
        what: &'static str,
        /// What to do with it.
        cure: &'static str,
    },
    /// A name that is no format's.
    #[error("no format is called {name:?}; there are {known}")]
    NoSuchFormat {
        /// What was asked for.
        name: String,
        /// The names of the known formats.
        known: String,
    },
    /// A folder or an archive without any history.
    #[error("there is no history in {part}: looked at {looked_at}")]
    NothingThere {
        /// The folder or archive.
        part: String,
        /// The files that were looked at, shortened.
        looked_at: String,
    },
    /// An archive that can't be opened.
    #[error(
        "{part} is not a ZIP archive that can be opened: {message}. Download it again, or unpack it and give the folder"
    )]
    Archive {
        /// The archive.
        part: String,
        /// What was wrong.
        message: String,
    },
    /// The flag was raised.
    #[error("the import was stopped after {bytes_read} bytes; start it again and it goes on where it was")]
    Cancelled {
        /// Bytes that had been read.
        bytes_read: u64,
    },
    /// A reader can be read once only, and its conversations are not in the order of time.
    #[error(
        "the conversations are not in the order of time and more than fits into memory; give the file itself, so that it \
         can be read more than once"
    )]
    NeedsFile,
    /// The observer, or the store, refused to go on.
    #[error("what was read could not be kept: {0}")]
    Observer(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl HistoryError {
    /// Wraps what an observer has to complain about.
    pub fn observer(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Observer(Box::new(error))
    }
}
