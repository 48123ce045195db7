//! Model families: from a GGUF file's metadata and tensor names to a [`DecoderSpec`].
//!
//! A family is data. There is no forward here, and nothing that computes; a new family is a function
//! that changes a few fields of the common reading. What each does was checked against llama.cpp's
//! answers for random weights (`tests/fixtures/tiny`).

mod common;
mod experts;
mod gemma;
mod llama;
mod normed;
mod phi;
mod short_convolution;
mod source;

pub use source::{SpecError, SpecSource};

use crate::spec::DecoderSpec;

type Reader = fn(&SpecSource<'_>) -> Result<DecoderSpec, SpecError>;

/// Every architecture that is known, by GGUF's name, sorted.
const FAMILIES: &[(&str, Reader)] = &[
    ("cohere2", normed::cohere2),
    ("gemma2", gemma::gemma2),
    ("gemma3", gemma::gemma3),
    ("glm4", normed::glm4),
    ("gpt-oss", experts::gpt_oss),
    ("granite", llama::granite),
    ("lfm2", short_convolution::lfm2),
    ("llama", llama::llama),
    ("olmo2", normed::olmo2),
    ("phi3", phi::phi3),
    ("qwen2", llama::qwen2),
    ("qwen3", llama::qwen3),
    ("qwen3moe", experts::qwen3moe),
    ("smollm3", llama::smollm3),
    ("stablelm", normed::stablelm),
    ("starcoder2", normed::starcoder2),
];

/// Names of all known architectures.
pub fn known() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().map(|(name, _)| *name)
}

/// Reads the spec of the file behind `source`.
///
/// # Errors
/// When the architecture is unknown, or its metadata is incomplete or contradictory.
pub fn read_spec(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    let architecture = source.architecture();
    let (_, reader) = FAMILIES.iter().find(|(name, _)| *name == architecture).ok_or_else(|| {
        SpecError::UnknownArchitecture {
            architecture: architecture.to_owned(),
            known: known().collect::<Vec<_>>().join(", "),
        }
    })?;
    let spec = reader(source)?;
    source::validate(&spec)?;
    Ok(spec)
}
