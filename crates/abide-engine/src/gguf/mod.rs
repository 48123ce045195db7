//! GGUF files: mapped, checked, never trusted.
//!
//! Specification: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>. Versions 2 and 3, little
//! endian, whole or split into shards. A file is hostile until proved otherwise: each count, size, offset
//! and string is held against the file before it is used, so that neither a damaged nor a malicious file
//! can make the program panic, read past the end, or allocate much more than the file is long.
//!
//! Must not know what keys and tensors mean to a model.

mod cursor;
mod error;
mod file;
mod look_alike;
mod memory;
mod metadata;
mod shard;
mod split;
mod tensor;
#[cfg(test)]
mod tests;
mod values;
mod writer;

pub use error::{GgufError, Problem, WriteError};
pub use file::GgufFile;
pub use memory::MemoryFileError;
pub use metadata::{Array, Metadata, MetadataError, Value};
pub use tensor::TensorInfo;
pub use writer::Writer;
