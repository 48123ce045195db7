//! CPU kernels on plain slices, and the one home of the project's `unsafe`.
//!
//! Must not know models, files' formats beyond the layout of a tensor's blocks, or candle.
#![allow(unsafe_code)]
#![deny(clippy::undocumented_unsafe_blocks)]

mod block_type;
mod mapped_file;

pub use block_type::BlockType;
pub use mapped_file::MappedFile;
