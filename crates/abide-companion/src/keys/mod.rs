//! The key of the companions' database: made, kept beside it in a file of its own, and optionally locked with a passphrase.
//! Must not know what is in the database.
//!
//! The system's keyring was the alternative. Its crates speak to a service over D-Bus on Linux, which servers, containers and many desktops lack, so the
//! file would be needed all the same; and a key in a file of mode 0600 is as safe from other users. Whoever fears for the disk itself takes a
//! passphrase.

mod error;
mod file;
mod passphrase;
mod sealing;
#[cfg(test)]
mod tests;

use std::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

pub use error::KeyError;
pub use file::{
    KeyProtection, change_passphrase, create_key, database_made, key_file_path, key_protection,
    open_or_create_key,
};
pub(crate) use passphrase::{PASSPHRASE_SALT_BYTES, PassphraseKdf};
pub use passphrase::{Passphrase, PassphraseCost};

/// Bytes of a key.
pub(crate) const KEY_BYTES: usize = 32;
/// What another key's bytes begin with when they are sealed under the database's.
const SEALED_MAGIC: &[u8; 24] = b"abide sealed key, v. 1\n\n";
/// Bytes of such a key.
pub const SEALED_KEY_BYTES: usize =
    SEALED_MAGIC.len() + sealing::NONCE_BYTES + KEY_BYTES + sealing::TAG_BYTES;

/// What a database is encrypted with: 256 random bits. Wiped from memory when it is dropped, and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseKey(Zeroizing<[u8; KEY_BYTES]>);

impl DatabaseKey {
    /// A key of 32 random bytes that were kept elsewhere.
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A new random key.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn random() -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(bytes.as_mut()).map_err(KeyError::Random)?;
        Ok(Self(bytes))
    }

    /// Another key, sealed so that whoever has this one can open it: bytes for a file. Where a passphrase locks this key, it locks that one, too.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn seal(&self, purpose: &str, key: &[u8; KEY_BYTES]) -> Result<[u8; SEALED_KEY_BYTES], KeyError> {
        let sealed = sealing::seal(&self.sealing_key(), purpose.as_bytes(), key)?;
        let mut bytes = [0; SEALED_KEY_BYTES];
        let parts: [&[u8]; 4] = [SEALED_MAGIC, &sealed.nonce, &sealed.key, &sealed.tag];
        let all = parts.into_iter().flatten();
        bytes.iter_mut().zip(all).for_each(|(byte, given)| *byte = *given);
        Ok(bytes)
    }

    /// The key that [`DatabaseKey::seal`] made these bytes of; `None` if it was another's, for another purpose, or they were changed.
    pub fn unseal(&self, purpose: &str, bytes: &[u8]) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
        let (nonce, rest) = bytes.strip_prefix(SEALED_MAGIC)?.split_first_chunk()?;
        let (key, tag) = rest.split_first_chunk()?;
        let sealed = sealing::Sealed { nonce: *nonce, key: *key, tag: tag.try_into().ok()? };
        sealing::open(&self.sealing_key(), purpose.as_bytes(), &sealed)
    }

    /// What other keys are sealed under: a key derived for it, so that the key of the database encrypts nothing else.
    fn sealing_key(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        let hash = Sha256::new().chain_update(b"abide key of keys: ").chain_update(self.bytes()).finalize();
        Zeroizing::new(hash.into())
    }

    /// The key's bytes.
    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// What stands in clear at the start of a database with this key, as SQLCipher's salt: so a wrong key is told from a damaged file.
    /// The salt need not be random where the key itself is.
    pub(crate) fn mark(&self) -> [u8; 16] {
        let hash = Sha256::new().chain_update(b"abide database mark: ").chain_update(self.bytes()).finalize();
        let mut mark = [0; 16];
        mark.copy_from_slice(&hash[..16]);
        mark
    }

    /// The key and its mark as SQLCipher's `PRAGMA key` takes them: `x'…'`, 96 hexadecimal digits.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(100));
        text.push_str("x'");
        for byte in self.bytes().iter().chain(&self.mark()) {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).expect("four bits are one digit"));
            }
        }
        text.push('\'');
        text
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DatabaseKey(…)")
    }
}
