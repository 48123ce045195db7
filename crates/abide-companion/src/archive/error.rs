//! What can go wrong with an archive, and what to do then.

use std::io;

use crate::keys::KeyError;
use crate::store::StoreError;

/// Why an archive could not be written or read. Nothing was imported then, and no file of that name written.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is something else.
    #[error("this is no .abide archive; choose the file that `export` wrote")]
    NotAnArchive,
    /// A later abide wrote it.
    #[error(
        "this archive was written by a newer abide (its format is {found}, this program knows up to {known}); use that one or a later one"
    )]
    Newer {
        /// Its version.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// It is sealed.
    #[error("this archive is sealed with a passphrase; give it")]
    PassphraseNeeded,
    /// It is not the passphrase.
    #[error("this is not the archive's passphrase; check the keyboard's layout and capitals, and try again")]
    WrongPassphrase,
    /// Something is missing, or was changed.
    #[error("this archive is damaged: {0}; nothing was imported. Take another copy of it")]
    Damaged(String),
    /// It is made to be too large.
    #[error("this archive is refused: {0}")]
    TooLarge(String),
    /// This companion is here already.
    #[error(
        "{name:?} is the companion of this archive, and is here already; import it as a copy with another name, or delete the one that is here first"
    )]
    AlreadyHere {
        /// What it is called here.
        name: String,
    },
    /// The passphrase can't be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store can't give or take it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file can't be read or written.
    #[error("the archive can't be read or written: {0}")]
    File(#[from] io::Error),
}
