//! GGUF files: mapped, checked, never trusted.
//!
//! Specification: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

mod metadata;

pub use metadata::{Array, Metadata, MetadataError, Value};
