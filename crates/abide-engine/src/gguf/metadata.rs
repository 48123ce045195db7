//! The key-value part of a GGUF file, with typed look-ups that say what is wrong.

use std::collections::BTreeMap;

use thiserror::Error;

/// A value of the metadata.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Any unsigned integer type.
    Unsigned(u64),
    /// Any signed integer type.
    Signed(i64),
    /// f32 or f64.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// UTF-8 text.
    Text(String),
    /// An array of one type.
    Array(Array),
}

/// An array of the metadata, in the narrowest type that holds all of GGUF's.
#[derive(Debug, Clone, PartialEq)]
pub enum Array {
    /// Any unsigned integers.
    Unsigned(Vec<u64>),
    /// Any signed integers.
    Signed(Vec<i64>),
    /// f32 or f64.
    Float(Vec<f32>),
    /// Truth values.
    Bool(Vec<bool>),
    /// Texts.
    Text(Vec<String>),
}

/// A key that is missing, or holds something else than was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MetadataError {
    /// The key is not there.
    #[error("the metadata has no `{key}`")]
    Missing {
        /// The key looked for.
        key: String,
    },
    /// The key holds another type, or a value out of range.
    #[error("the metadata's `{key}` is not {expected}")]
    WrongType {
        /// The key looked for.
        key: String,
        /// What it should be, in words.
        expected: &'static str,
    },
}

/// All key-value pairs of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata {
    entries: BTreeMap<String, Value>,
}

impl Metadata {
    /// Adds a pair; `false` if the key was there already (the first one stays).
    pub fn insert(&mut self, key: impl Into<String>, value: Value) -> bool {
        use std::collections::btree_map::Entry;
        match self.entries.entry(key.into()) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert(value);
                true
            }
        }
    }

    /// All pairs, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.get(key)
    }

    /// An optional text.
    ///
    /// # Errors
    /// When the key holds something else.
    pub fn text(&self, key: &str) -> Result<Option<&str>, MetadataError> {
        self.typed(key, "a text", |value| match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// An optional non-negative integer of any width.
    ///
    /// # Errors
    /// When the key holds something else.
    pub fn unsigned(&self, key: &str) -> Result<Option<usize>, MetadataError> {
        self.typed(key, "a non-negative integer", |value| match *value {
            Value::Unsigned(number) => usize::try_from(number).ok(),
            Value::Signed(number) => usize::try_from(number).ok(),
            _ => None,
        })
    }

    /// An optional finite number (integers too).
    ///
    /// # Errors
    /// When the key holds something else.
    pub fn float(&self, key: &str) -> Result<Option<f32>, MetadataError> {
        self.typed(key, "a finite number", |value| {
            let number = match *value {
                Value::Float(number) => number as f32,
                Value::Unsigned(number) => number as f32,
                Value::Signed(number) => number as f32,
                _ => return None,
            };
            number.is_finite().then_some(number)
        })
    }

    /// An optional truth value.
    ///
    /// # Errors
    /// When the key holds something else.
    pub fn bool(&self, key: &str) -> Result<Option<bool>, MetadataError> {
        self.typed(key, "true or false", |value| match *value {
            Value::Bool(truth) => Some(truth),
            _ => None,
        })
    }

    /// An optional array of texts.
    ///
    /// # Errors
    /// When the key holds something else.
    pub fn texts(&self, key: &str) -> Result<Option<&[String]>, MetadataError> {
        self.typed(key, "an array of texts", |value| match value {
            Value::Array(Array::Text(texts)) => Some(texts.as_slice()),
            _ => None,
        })
    }

    /// An optional array of numbers.
    ///
    /// # Errors
    /// When the key holds something else.
    pub fn floats(&self, key: &str) -> Result<Option<&[f32]>, MetadataError> {
        self.typed(key, "an array of numbers", |value| match value {
            Value::Array(Array::Float(numbers)) => Some(numbers.as_slice()),
            _ => None,
        })
    }

    /// An optional array of integers (or of truth values, as 0 and 1).
    ///
    /// # Errors
    /// When the key holds something else, or an integer that does not fit.
    pub fn integers(&self, key: &str) -> Result<Option<Vec<i64>>, MetadataError> {
        self.typed(key, "an array of integers", |value| match value {
            Value::Array(Array::Signed(numbers)) => Some(numbers.clone()),
            Value::Array(Array::Unsigned(numbers)) => {
                numbers.iter().map(|&number| i64::try_from(number).ok()).collect()
            }
            Value::Array(Array::Bool(truths)) => Some(truths.iter().map(|&truth| i64::from(truth)).collect()),
            _ => None,
        })
    }

    /// Turns an absent value into an error that names its key.
    ///
    /// # Errors
    /// When `value` is `None`.
    pub fn required<T>(key: &str, value: Option<T>) -> Result<T, MetadataError> {
        value.ok_or_else(|| MetadataError::Missing { key: key.to_owned() })
    }

    fn typed<'a, T>(
        &'a self,
        key: &str,
        expected: &'static str,
        convert: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, MetadataError> {
        match self.get(key) {
            None => Ok(None),
            Some(value) => convert(value)
                .map(Some)
                .ok_or_else(|| MetadataError::WrongType { key: key.to_owned(), expected }),
        }
    }
}
