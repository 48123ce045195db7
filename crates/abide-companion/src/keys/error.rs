//! What can go wrong with keys, and what to do then.

use std::io;
use std::path::PathBuf;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The database is there, its key is not. A new one would open nothing.
    #[error(
        "{database} is there, but its key {key} is not; put the key file back (from a backup of the same folder), or move the database away to begin anew"
    )]
    Missing {
        /// The database.
        database: PathBuf,
        /// Where its key should be.
        key: PathBuf,
    },
    /// The key is there, what it opens is not. A new database would hide that something was lost.
    #[error(
        "{key} is there, but its database {database} is missing or empty; put the database back (from a backup of the same folder), or move the key file away to begin anew"
    )]
    DatabaseGone {
        /// The database.
        database: PathBuf,
        /// Its key.
        key: PathBuf,
    },
    /// There is a key already.
    #[error("{path} is there already; it is not replaced, because what it opens would be lost")]
    Exists {
        /// The key file.
        path: PathBuf,
    },
    /// Others on this machine may read the key.
    #[error(
        "{path} can be read by other users of this machine (its mode is {mode:03o}); run `chmod 600` on it; if somebody may have copied it, export the companions and import them into a new folder, which gets a new key"
    )]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The key is locked.
    #[error("{path} is locked with a passphrase; give it")]
    PassphraseNeeded {
        /// The key file.
        path: PathBuf,
    },
    /// It is not the passphrase.
    #[error("this is not the passphrase of {path}; check the keyboard's layout and capitals, and try again")]
    WrongPassphrase {
        /// The key file, or the archive.
        path: PathBuf,
    },
    /// The file is none of ours, or was changed.
    #[error("{path} is no key file that this program can use: {detail}; put it back from a backup")]
    BadFile {
        /// The key file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A passphrase is empty or too long.
    #[error("a passphrase takes 1 to {max} bytes", max = super::passphrase::PASSPHRASE_BYTES_MAX)]
    BadPassphrase,
    /// Argon2 gets what it can't work with.
    #[error("the passphrase can't be turned into a key: {0}")]
    Derivation(String),
    /// No random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(getrandom::Error),
    /// The system does not let it be read or written.
    #[error("can't use {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
