//! What must be known of a model to make one like it: the hyperparameters, by the names that GGUF gives them.

use thiserror::Error;

use crate::gguf::{Metadata, MetadataError, Value};

/// Most layers, and the greatest of any other size; real models stay far below.
const LAYERS_MAX: usize = 1024;
const SIZE_MAX: usize = 1 << 22;

/// The shape of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// GGUF's `general.architecture`.
    pub architecture: String,
    /// Whether the embedding is the output matrix, too.
    pub tied_embeddings: bool,
    /// The hyperparameters, by GGUF's keys without the architecture before them; `vocab_size` among them.
    pub hyperparameters: Metadata,
}

/// Why a shape can't be that of a model.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ShapeError {
    /// Nobody here knows which tensors the architecture has.
    #[error("random weights can't be made for the architecture `{architecture}`; they can for: {known}")]
    UnknownArchitecture {
        /// What the shape says.
        architecture: String,
        /// All known ones.
        known: String,
    },
    /// A hyperparameter is missing or of the wrong type.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// A hyperparameter's value can't be.
    #[error("`{key}` is {value}, but {expected}")]
    Invalid {
        /// The key.
        key: String,
        /// Its value.
        value: String,
        /// What it should be.
        expected: String,
    },
}

impl Shape {
    /// A size that must be there.
    pub(super) fn size(&self, key: &str) -> Result<usize, ShapeError> {
        Metadata::required(key, self.optional_size(key)?).map_err(ShapeError::from)
    }

    /// A size that may be there.
    pub(super) fn optional_size(&self, key: &str) -> Result<Option<usize>, ShapeError> {
        match self.hyperparameters.unsigned(key)? {
            Some(size) if size == 0 || size > SIZE_MAX => {
                Err(invalid(key, size, format!("it must be from 1 to {SIZE_MAX}")))
            }
            size => Ok(size),
        }
    }

    /// Number of layers.
    pub(super) fn layers(&self) -> Result<usize, ShapeError> {
        let layers = self.size("block_count")?;
        if layers > LAYERS_MAX {
            return Err(invalid("block_count", layers, format!("at most {LAYERS_MAX} are possible")));
        }
        Ok(layers)
    }

    /// Number of tokens.
    pub(super) fn vocabulary(&self) -> Result<usize, ShapeError> {
        let vocabulary = self.size("vocab_size")?;
        if vocabulary < super::tokenizer::TOKENS_MIN {
            let expected = format!("at least {} are needed", super::tokenizer::TOKENS_MIN);
            return Err(invalid("vocab_size", vocabulary, expected));
        }
        Ok(vocabulary)
    }

    /// A number for each layer: one for all, or an array; 0 is allowed.
    pub(super) fn per_layer(&self, key: &str, layers: usize) -> Result<Vec<usize>, ShapeError> {
        if let Ok(Some(one)) = self.optional_size(key) {
            return Ok(vec![one; layers]);
        }
        let numbers = Metadata::required(key, self.hyperparameters.integers(key)?)?;
        if numbers.len() != layers {
            let expected = format!("there are {layers} layers");
            return Err(invalid(key, format!("an array of {}", numbers.len()), expected));
        }
        let size = |number: i64| usize::try_from(number).ok().filter(|&number| number <= SIZE_MAX);
        numbers
            .into_iter()
            .map(|number| {
                size(number).ok_or_else(|| invalid(key, number, format!("0 to {SIZE_MAX} is possible")))
            })
            .collect()
    }

    /// Experts used per token and in all; 1 and 1 without any.
    pub(super) fn experts(&self) -> (usize, usize) {
        let size = |key| self.optional_size(key).ok().flatten().unwrap_or(1);
        (size("expert_used_count"), size("expert_count"))
    }

    /// The hyperparameters under the architecture's prefix.
    pub(super) fn metadata(&self) -> Metadata {
        let mut metadata = Metadata::default();
        metadata.insert("general.architecture", Value::Text(self.architecture.clone()));
        for (key, value) in self.hyperparameters.iter() {
            let value = match value {
                // Hyperparameters are f32 in files, and other engines take nothing else.
                Value::Float(number) => Value::Float(f64::from(*number as f32)),
                other => other.clone(),
            };
            metadata.insert(format!("{}.{key}", self.architecture), value);
        }
        metadata
    }
}

#[allow(clippy::needless_pass_by_value, reason = "numbers and texts alike")]
pub(super) fn invalid(key: &str, value: impl ToString, expected: impl Into<String>) -> ShapeError {
    ShapeError::Invalid { key: key.to_owned(), value: value.to_string(), expected: expected.into() }
}
