//! Saved caches: what a conversation's tokens became in the KV cache, on disk, so that it is not computed again after
//! a restart.
//!
//! A conversation is cut into *stretches* of `PART_TOKENS` tokens, a file each, named by a keyed hash of all tokens up
//! to their end: what conversations have in common is stored once, and one that grows writes only what is new. Its
//! *end* is a file too: the tokens after the last whole stretch, and what groups with a window still see. (One file
//! for each conversation was the alternative: it would be written whole after each answer.)
//!
//! ```text
//! <model>/<name>.kv     both are keyed hashes, so that names tell nothing
//!   44 bytes            magic, version, the key's id, nonce, length of the description
//!   description         which weights, decoder, type and layout of cache, tokens, blocks: sealed
//!   blocks              one after another, each sealed by itself
//! ```
//!
//! Sealed means XChaCha20-Poly1305. Each piece has its number in its nonce, the head is bound to all of them, and the
//! description says how many there are, so none can be exchanged, left out or put elsewhere (as in STREAM, Hoang et al.
//! 2015, whose mark of the last piece that count stands for). What can't be opened, or is of anything else than what is
//! asked for, is not used: the tokens are computed as if there were no file.
//!
//! Must not know requests or tensors; blocks are bytes.

mod error;
mod file;
mod folder;
mod format;
mod index;
mod key;
mod loader;
mod writer;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use error::{Mismatch, SavedCacheError};
pub use folder::{Cleared, SavedModel, clear, list};
pub use key::CacheKey;

pub(crate) use format::Identity;
pub(crate) use index::Index;
pub(crate) use key::Keys;
pub(crate) use loader::{Loaded, Loader, Wake};
pub(crate) use writer::{Job, Writer};

/// Tokens of a stretch: a multiple of every block's positions.
pub(crate) const PART_TOKENS: usize = 256;

/// Tells whether the key is still the one that files are to be encrypted with. It is asked before each file is written.
#[derive(Clone)]
pub struct KeyWatch(Arc<dyn Fn() -> bool + Send + Sync>);

impl KeyWatch {
    /// One that asks `is_current`.
    pub fn new(is_current: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(is_current))
    }

    fn is_current(&self) -> bool {
        (self.0)()
    }
}

impl PartialEq for KeyWatch {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for KeyWatch {}

impl std::fmt::Debug for KeyWatch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("KeyWatch")
    }
}

/// Whether, where and how much is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedCacheOptions {
    /// The folder, which may not be there yet. Nothing else belongs into it but the file of the key.
    pub folder: PathBuf,
    /// What the files are encrypted with.
    pub key: CacheKey,
    /// Whether that is still so: once it is not, nothing more is saved, and what was saved of the model is deleted.
    pub watch: Option<KeyWatch>,
    /// What the model is called, for people who look at the folder.
    pub model: String,
    /// SHA-256 of the weights' files: a saved cache is used with the weights that it was computed by, and no others.
    pub weights: [u8; 32],
    /// Bytes that the folder may have; beyond that, what was not used for longest goes.
    pub bytes_max: u64,
    /// Sequences with fewer tokens are not saved.
    pub tokens_min: usize,
    /// Whether only sequences are saved whose request asks for it.
    pub only_asked: bool,
    /// How long the engine's end may wait for what is not saved yet.
    pub end_time_max: Duration,
}

impl SavedCacheOptions {
    /// All sequences from 512 tokens on, 2 GiB at most, 10 seconds at the end.
    pub fn new(folder: PathBuf, key: CacheKey, model: String, weights: [u8; 32]) -> Self {
        Self {
            folder,
            key,
            watch: None,
            model,
            weights,
            bytes_max: 2 << 30,
            tokens_min: 512,
            only_asked: false,
            end_time_max: Duration::from_secs(10),
        }
    }
}
