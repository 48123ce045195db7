//! Typed look-ups in a file's metadata under its architecture's prefix, and the checks that every
//! spec must pass. Knows GGUF, not the graph.

use thiserror::Error;

use crate::{
    gguf::{GgufFile, Metadata, MetadataError},
    spec::{DecoderSpec, FeedForward, Mixer, RopeSpec},
};

/// Why a file has no spec.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SpecError {
    /// Nobody here knows the architecture.
    #[error("the architecture `{architecture}` is not supported; supported are: {known}")]
    UnknownArchitecture {
        /// What the file says.
        architecture: String,
        /// All known ones.
        known: String,
    },
    /// A key is missing or of the wrong type.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// A key's value can't be.
    #[error("`{key}` is {value}, but {expected}")]
    Invalid {
        /// The key, or a field of the spec.
        key: String,
        /// Its value.
        value: String,
        /// What it should be.
        expected: String,
    },
    /// The file uses a feature that the engine does not have.
    #[error("this {architecture} model uses {feature}, which is not supported")]
    Unsupported {
        /// The family.
        architecture: String,
        /// The feature, in words.
        feature: String,
    },
}

/// A GGUF file, seen by a family.
pub struct SpecSource<'a> {
    file: &'a GgufFile,
    architecture: &'a str,
    /// Positions that the cache will hold; LongRoPE chooses its factors by it. `None`: as trained.
    context_length: Option<usize>,
}

impl<'a> SpecSource<'a> {
    /// Looks at `file`, to be run with `context_length` positions.
    ///
    /// # Errors
    /// When the file does not name its architecture.
    pub fn new(file: &'a GgufFile, context_length: Option<usize>) -> Result<Self, SpecError> {
        let key = "general.architecture";
        let architecture = Metadata::required(key, file.metadata().text(key)?)?;
        Ok(Self { file, architecture, context_length })
    }

    /// GGUF's name of the architecture.
    pub fn architecture(&self) -> &'a str {
        self.architecture
    }

    /// The context length that was asked for.
    pub fn context_length(&self) -> Option<usize> {
        self.context_length
    }

    /// `key` under the architecture's prefix.
    pub fn key(&self, key: &str) -> String {
        format!("{}.{key}", self.architecture)
    }

    /// An optional non-negative integer.
    pub fn unsigned(&self, key: &str) -> Result<Option<usize>, SpecError> {
        Ok(self.file.metadata().unsigned(&self.key(key))?)
    }

    /// A positive integer that must be there.
    pub fn positive(&self, key: &str) -> Result<usize, SpecError> {
        let key = self.key(key);
        let value = Metadata::required(&key, self.file.metadata().unsigned(&key)?)?;
        if value == 0 { Err(invalid(key, value, "it must be above zero")) } else { Ok(value) }
    }

    /// An optional finite number.
    pub fn float(&self, key: &str) -> Result<Option<f32>, SpecError> {
        Ok(self.file.metadata().float(&self.key(key))?)
    }

    /// An optional text.
    pub fn text(&self, key: &str) -> Result<Option<&'a str>, SpecError> {
        Ok(self.file.metadata().text(&self.key(key))?)
    }

    /// An integer for each layer: one for all, or an array. `None` if the key is absent.
    pub fn per_layer(&self, key: &str, layers: usize) -> Result<Option<Vec<i64>>, SpecError> {
        let key = self.key(key);
        let metadata = self.file.metadata();
        if let Ok(Some(one)) = metadata.unsigned(&key) {
            let one = i64::try_from(one).map_err(|_| invalid(&key, one, "it is too large"))?;
            return Ok(Some(vec![one; layers]));
        }
        match metadata.integers(&key)? {
            None => Ok(None),
            Some(values) if values.len() >= layers => Ok(Some(values[..layers].to_vec())),
            Some(values) => {
                let found = format!("an array of {}", values.len());
                Err(invalid(key, found, format!("the model has {layers} layers")))
            }
        }
    }

    /// Whether the file has a tensor of this full name.
    pub fn has_tensor(&self, name: &str) -> bool {
        self.file.tensor(name).is_some()
    }

    /// Rows of a tensor (the product of all dimensions but the innermost).
    pub fn rows(&self, name: &str) -> Option<usize> {
        self.file.tensor(name).map(crate::gguf::TensorInfo::rows)
    }

    /// All values of a small tensor as f32, if it is there.
    pub fn small_tensor(&self, name: &str) -> Result<Option<Vec<f32>>, SpecError> {
        let Some(tensor) = self.file.tensor(name) else { return Ok(None) };
        if tensor.values() > 1 << 16 {
            return Err(invalid(name, tensor.values(), "at most 65536 values are expected"));
        }
        let mut values = vec![0.0; tensor.values()];
        abide_kernels::dequantize(tensor.kind, self.file.data(tensor), &mut values)
            .map_err(|error| invalid(name, "unreadable", error.to_string()))?;
        Ok(Some(values))
    }

    /// An error for a feature that the engine lacks.
    pub fn unsupported(&self, feature: impl Into<String>) -> SpecError {
        SpecError::Unsupported { architecture: self.architecture.to_owned(), feature: feature.into() }
    }
}

/// An error that names a key and its value.
#[allow(clippy::needless_pass_by_value, reason = "numbers and texts alike")]
pub(super) fn invalid(
    key: impl Into<String>,
    value: impl ToString,
    expected: impl Into<String>,
) -> SpecError {
    SpecError::Invalid { key: key.into(), value: value.to_string(), expected: expected.into() }
}

/// Largest width of anything; real models stay below 2^18.
const WIDTH_MAX: usize = 1 << 20;

/// Checks what the graph relies on, so that it needs no checks of its own.
pub(super) fn validate(spec: &DecoderSpec) -> Result<(), SpecError> {
    within("hidden width", spec.hidden, WIDTH_MAX)?;
    within("context length", spec.context_length_trained, 1 << 28)?;
    if !(spec.norm_epsilon > 0.0 && spec.norm_epsilon < 1.0) {
        return Err(invalid("norm epsilon", spec.norm_epsilon, "it must be between 0 and 1"));
    }
    for rope in &spec.ropes {
        validate_rope(rope)?;
    }
    for layer in &spec.layers {
        validate_mixer(spec, &layer.mixer)?;
        validate_feed_forward(&layer.feed_forward)?;
    }
    Ok(())
}

fn validate_rope(rope: &RopeSpec) -> Result<(), SpecError> {
    if rope.dimensions == 0 || !rope.dimensions.is_multiple_of(2) {
        return Err(invalid("rope dimensions", rope.dimensions, "they must be even and above zero"));
    }
    if rope.base <= 1.0 {
        return Err(invalid("rope base", rope.base, "it must be above 1"));
    }
    if let Some(factors) = &rope.factors {
        if factors.len() != rope.dimensions / 2 {
            let expected = format!("{} are needed", rope.dimensions / 2);
            return Err(invalid("number of rope factors", factors.len(), expected));
        }
        if let Some(factor) = factors.iter().find(|factor| !factor.is_finite() || **factor <= 0.0) {
            return Err(invalid("rope factor", factor, "it must be above zero"));
        }
    }
    Ok(())
}

fn validate_mixer(spec: &DecoderSpec, mixer: &Mixer) -> Result<(), SpecError> {
    match mixer {
        Mixer::ShortConvolution { taps } => within("convolution taps", *taps, 64),
        Mixer::Attention(attention) => {
            within("attention heads", attention.heads, 1 << 12)?;
            within("key heads", attention.kv_heads, 1 << 12)?;
            within("key head width", attention.key_dim, 1 << 12)?;
            within("value head width", attention.value_dim, 1 << 12)?;
            if !attention.heads.is_multiple_of(attention.kv_heads) {
                let expected = format!("it must divide the {} query heads", attention.heads);
                return Err(invalid("number of key heads", attention.kv_heads, expected));
            }
            if attention.window == Some(0) {
                return Err(invalid("attention window", 0, "it must be above zero"));
            }
            if let Some(rope) = attention.rope {
                let dimensions = spec.ropes[rope].dimensions;
                if dimensions > attention.key_dim {
                    let expected = format!("a head has only {}", attention.key_dim);
                    return Err(invalid("rope dimensions", dimensions, expected));
                }
            }
            Ok(())
        }
    }
}

fn validate_feed_forward(feed_forward: &FeedForward) -> Result<(), SpecError> {
    match *feed_forward {
        FeedForward::Dense { width, .. } => within("feed-forward width", width, WIDTH_MAX),
        FeedForward::Experts { width, count, used, .. } => {
            within("expert width", width, WIDTH_MAX)?;
            within("number of experts", count, 1 << 12)?;
            within("experts per token", used, count)
        }
    }
}

fn within(what: &str, value: usize, maximum: usize) -> Result<(), SpecError> {
    if (1..=maximum).contains(&value) {
        return Ok(());
    }
    Err(invalid(what, value, format!("it must be from 1 to {maximum}")))
}
