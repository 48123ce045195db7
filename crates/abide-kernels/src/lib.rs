//! CPU kernels on plain slices, and the one home of the project's `unsafe`.
//!
//! Must not know models, files' formats beyond the layout of a tensor's blocks, or candle.
#![allow(unsafe_code)]
#![deny(clippy::undocumented_unsafe_blocks)]

mod attention;
mod bandwidth;
mod block_type;
mod elementwise;
mod error;
mod isa;
mod kernels;
mod linear;
mod mapped_file;
mod memory;
mod pool;
mod quant;
mod simd;

pub use attention::{AttentionRequest, CacheLayer, CacheShape, CacheSlot, CacheType, Span};
pub use bandwidth::measure_read_bandwidth;
pub use block_type::BlockType;
pub use elementwise::{Activation, RopePairing, RopeShape};
pub use error::KernelError;
pub use isa::Isa;
pub use kernels::Kernels;
pub use linear::{ActivationBuffer, ActivationPrecision, Activations, PackedMatrix};
pub use mapped_file::MappedFile;
pub use quant::dequantize;
