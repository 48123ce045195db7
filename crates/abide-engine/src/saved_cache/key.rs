//! The key, and what is derived from it. Knows no files.

use std::fmt;

use chacha20poly1305::XChaCha20Poly1305;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// What saved caches are encrypted with. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct CacheKey([u8; 32]);

impl CacheKey {
    /// A key of 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for CacheKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CacheKey(…)")
    }
}

/// A keyed hash: of a model, or of tokens from a conversation's start. Tells nothing to whoever lacks the key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Name([u8; 32]);

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Name({self})")
    }
}

/// Keys for one purpose each, derived by HMAC-SHA-256 from the one that was given.
pub(crate) struct Keys {
    /// Seals contents.
    pub(super) cipher: XChaCha20Poly1305,
    names: [u8; 32],
    /// Tells files of another key apart.
    pub(super) id: [u8; 8],
}

impl Keys {
    pub(crate) fn new(key: &CacheKey) -> Self {
        let derive = |purpose: &str| hash(&key.0, &[b"abide saved cache: ", purpose.as_bytes()]);
        let mut id = [0; 8];
        id.copy_from_slice(&derive("id")[..8]);
        Self { cipher: XChaCha20Poly1305::new(&derive("contents").into()), names: derive("names"), id }
    }

    /// The name of a model's folder, or of the empty conversation with it, by what makes it up.
    pub(super) fn name(&self, purpose: &str, contents: &[u8]) -> Name {
        Name(hash(&self.names, &[purpose.as_bytes(), &[0], contents]))
    }

    /// The name of `tokens` after what `before` names.
    pub(super) fn continued(&self, purpose: &str, before: Name, tokens: &[u32]) -> Name {
        let tokens: Vec<u8> = tokens.iter().flat_map(|token| token.to_le_bytes()).collect();
        Name(hash(&self.names, &[purpose.as_bytes(), &[0], &before.0, &tokens]))
    }
}

fn hash(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}
