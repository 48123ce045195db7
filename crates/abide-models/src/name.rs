//! Names that become paths: model ids, file names and digests, each checked once, when it is made.
//!
//! A registry, a manifest or a configuration file must never choose a path outside the store
//! (CVE-2024-37032, CVE-2026-7020), so the store takes these types and no strings. Knows no disk.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest model id, in bytes.
const ID_LENGTH_MAX: usize = 100;
/// Longest file name, in bytes.
const FILE_NAME_LENGTH_MAX: usize = 200;

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameError {
    /// Not a model id.
    #[error(
        "{0:?} is no model id: use 1 to {ID_LENGTH_MAX} of a-z, 0-9, '.', '_' and '-', starting with a letter or digit"
    )]
    Id(String),
    /// Not a plain file name.
    #[error(
        "{0:?} is no plain file name: use 1 to {FILE_NAME_LENGTH_MAX} of A-Z, a-z, 0-9, '.', '_' and '-', starting with a letter or digit"
    )]
    File(String),
    /// Not a SHA-256 digest.
    #[error("{0:?} is no SHA-256 digest: it takes 64 hexadecimal digits")]
    Digest(String),
}

/// Names a model in the catalogue and on disk, for example `smollm2-135m-instruct`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelId(String);

/// A file name without any folder, safe to join to a path on every system.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

/// A SHA-256 digest; shown and stored as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl ModelId {
    /// Checks a name given by a person, a file or a program.
    ///
    /// # Errors
    /// [`NameError::Id`] for anything that is not 1 to 100 of `a-z 0-9 . _ -`, starts with
    /// punctuation, ends with a dot or holds two dots in a row.
    pub fn new(id: impl Into<String>) -> Result<Self, NameError> {
        let id = id.into();
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        if id.len() <= ID_LENGTH_MAX && id.bytes().all(allowed) && is_tame(&id) {
            Ok(Self(id))
        } else {
            Err(NameError::Id(shortened(&id)))
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FileName {
    /// Checks a file name.
    ///
    /// # Errors
    /// [`NameError::File`] for anything that could leave its folder or be read otherwise on another system.
    pub fn new(name: impl Into<String>) -> Result<Self, NameError> {
        let name = name.into();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if name.len() <= FILE_NAME_LENGTH_MAX && name.bytes().all(allowed) && is_tame(&name) {
            Ok(Self(name))
        } else {
            Err(NameError::File(shortened(&name)))
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FileName {
    /// Whether it says that it is a GGUF file.
    pub(crate) fn is_gguf(&self) -> bool {
        self.0.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("gguf"))
    }
}

impl Digest {
    /// Wraps the 32 bytes of a finished hash.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }
}

/// Starts with a letter or digit, holds no `..` and does not end with a dot (Windows drops it).
fn is_tame(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && !name.contains("..")
        && !name.ends_with('.')
}

/// Hostile names may be long: enough of them to recognise.
fn shortened(name: &str) -> String {
    name.chars().take(60).collect()
}

impl FromStr for ModelId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::new(text)
    }
}

impl FromStr for Digest {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let wrong = || NameError::Digest(shortened(text));
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

macro_rules! text_conversions {
    ($name:ident, $parse:expr) => {
        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                $parse(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.to_string()
            }
        }
    };
}

text_conversions!(ModelId, ModelId::new);
text_conversions!(FileName, FileName::new);
text_conversions!(Digest, |text: String| text.parse());

impl fmt::Display for ModelId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Digest({self})")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_could_leave_the_store_are_refused() {
        let hostile = [
            "",
            ".",
            "..",
            "../x",
            "a/../b",
            "a/b",
            "a\\b",
            "/etc/passwd",
            "c:x",
            ".hidden",
            "-rf",
            "a..b",
            "a\0b",
            "a.",
            "é",
        ];
        for name in hostile {
            assert!(ModelId::new(name).is_err(), "id {name:?}");
            assert!(FileName::new(name).is_err(), "file {name:?}");
        }
        assert!(ModelId::new("A").is_err());
        assert!(ModelId::new("a".repeat(101)).is_err());
    }

    #[test]
    fn digests_round_trip_and_are_lower_case() {
        let text = "B179C9523D0E6A0F98A330C7562B682750A6F8C8C15E5BC70EA373728110DB53";
        let digest: Digest = text.parse().unwrap();
        assert_eq!(digest.to_string(), text.to_lowercase());
        for hostile in ["", "../../x", &text[1..], &format!("{}/", &text[1..]), &"é".repeat(32)] {
            assert!(hostile.parse::<Digest>().is_err(), "{hostile:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_one_plain_path_component(name in "\\PC{0,24}") {
            let as_id = ModelId::new(name.clone()).map(String::from);
            let as_file = FileName::new(name.clone()).map(String::from);
            for text in [as_id, as_file].into_iter().flatten() {
                let components: Vec<_> = std::path::Path::new(&text).components().collect();
                prop_assert_eq!(components.len(), 1);
                prop_assert!(matches!(components[0], std::path::Component::Normal(_)));
                prop_assert_eq!(&text, &name);
            }
        }
    }
}
