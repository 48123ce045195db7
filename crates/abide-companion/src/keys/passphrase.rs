//! From a passphrase to a key. Knows no files.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::KEY_BYTES;
use super::error::KeyError;

/// Longest passphrase.
pub(super) const PASSPHRASE_BYTES_MAX: usize = 1024;
/// Bytes of the salt beside a derived key.
pub(crate) const PASSPHRASE_SALT_BYTES: usize = 16;
/// What a file may ask for at most: it is read before anybody knows who wrote it.
const MEMORY_KIB_MAX: u32 = 512 << 10;
const ITERATIONS_MAX: u32 = 32;
const LANES_MAX: u32 = 16;

/// What somebody knows. Wiped from memory when it is dropped, and never shown.
///
/// Keyboards and systems write one and the same text in several ways ("é" as one character or as two). New keys are derived from the form that
/// RFC 8265 gives passwords (its profile OpaqueString: every space is an ASCII space, and NFC); what was locked before there was such a rule
/// opens in the form that it was typed in then.
#[derive(Clone)]
pub struct Passphrase {
    /// The first is the one for new keys.
    spellings: Vec<Zeroizing<String>>,
}

impl Passphrase {
    /// A passphrase as it was typed.
    ///
    /// # Errors
    /// When it is empty, or longer than 1,024 bytes.
    pub fn new(text: impl Into<String>) -> Result<Self, KeyError> {
        let typed = Zeroizing::new(text.into());
        if typed.is_empty() || typed.len() > PASSPHRASE_BYTES_MAX {
            return Err(KeyError::BadPassphrase);
        }
        let composed = collected(&typed, typed.nfc());
        let decomposed = collected(&typed, typed.nfd());
        let mut spellings = vec![collected(&typed, typed.chars().map(plain_space).nfc())];
        for spelling in [typed, composed, decomposed] {
            if !spellings.contains(&spelling) {
                spellings.push(spelling);
            }
        }
        Ok(Self { spellings })
    }

    /// What new keys are derived from.
    fn normal(&self) -> &str {
        &self.spellings[0]
    }
}

/// The text of `characters`, in one piece of memory: what a growing text leaves behind would not be wiped.
fn collected(typed: &str, characters: impl Iterator<Item = char>) -> Zeroizing<String> {
    // No character's composed or decomposed form takes more than three times its bytes in UTF-8.
    let mut text = Zeroizing::new(String::with_capacity(3 * typed.len()));
    text.extend(characters);
    text
}

/// Unicode's spaces (Zs) are one.
fn plain_space(character: char) -> char {
    match character {
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        other => other,
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Passphrase(…)")
    }
}

/// What guessing a passphrase costs whoever tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassphraseCost {
    /// Argon2id's memory in KiB.
    pub memory_kib: u32,
    /// Its passes.
    pub iterations: u32,
    /// Its lanes.
    pub lanes: u32,
}

impl Default for PassphraseCost {
    /// RFC 9106's second choice, with one lane (ours are computed one after another): 64 MiB, three passes, some tenths of a second.
    fn default() -> Self {
        Self { memory_kib: 64 << 10, iterations: 3, lanes: 1 }
    }
}

/// How a key comes from a passphrase: Argon2id, version 0x13, with this cost and salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PassphraseKdf {
    pub(crate) cost: PassphraseCost,
    pub(crate) salt: [u8; PASSPHRASE_SALT_BYTES],
}

impl PassphraseKdf {
    /// With a new salt.
    pub(crate) fn random(cost: PassphraseCost) -> Result<Self, KeyError> {
        let mut salt = [0; PASSPHRASE_SALT_BYTES];
        getrandom::fill(&mut salt).map_err(KeyError::Random)?;
        Ok(Self { cost, salt })
    }

    /// The key for what is sealed now.
    ///
    /// # Errors
    /// When the cost is outside of what a file may ask for.
    pub(crate) fn derive(&self, passphrase: &Passphrase) -> Result<Zeroizing<[u8; KEY_BYTES]>, KeyError> {
        self.derive_from(passphrase.normal())
    }

    /// What `open` makes of the key that a thing was sealed with, whichever way the passphrase was written then; `None` where it makes nothing of
    /// any.
    ///
    /// # Errors
    /// As [`PassphraseKdf::derive`].
    pub(crate) fn open_with<T>(
        &self,
        passphrase: &Passphrase,
        mut open: impl FnMut(&[u8; KEY_BYTES]) -> Option<T>,
    ) -> Result<Option<T>, KeyError> {
        for spelling in &passphrase.spellings {
            if let Some(opened) = open(&*self.derive_from(spelling)?) {
                return Ok(Some(opened));
            }
        }
        Ok(None)
    }

    fn derive_from(&self, spelling: &str) -> Result<Zeroizing<[u8; KEY_BYTES]>, KeyError> {
        let PassphraseCost { memory_kib, iterations, lanes } = self.cost;
        if memory_kib > MEMORY_KIB_MAX || iterations > ITERATIONS_MAX || lanes > LANES_MAX {
            return Err(KeyError::Derivation(format!(
                "it asks for {memory_kib} KiB, {iterations} passes and {lanes} lanes; at most \
                 {MEMORY_KIB_MAX}, {ITERATIONS_MAX} and {LANES_MAX} are taken"
            )));
        }
        let problem = |error: argon2::Error| KeyError::Derivation(error.to_string());
        let parameters = Params::new(memory_kib, iterations, lanes, Some(KEY_BYTES)).map_err(problem)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        argon2.hash_password_into(spelling.as_bytes(), &self.salt, key.as_mut()).map_err(problem)?;
        Ok(key)
    }
}
