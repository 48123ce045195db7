//! CPU kernels on plain slices, and the one home of the project's `unsafe`.
//!
//! Must not know models, files' formats beyond the layout of a tensor's blocks, or candle.
//!
//! # How it fits together
//!
//! [`Kernels`] owns one pool of threads and the family of instructions ([`Isa`]) found at run time; every operation is
//! a method of it, on `&[f32]` slices that are row-major. Kernels are written once, against 16-lane vectors (`simd`),
//! and compiled for each family, so that there is one source to read and every family gives the same bits.
//!
//! # Same answer
//!
//! A value's bits depend on its own inputs alone: not on the number of threads, on the tokens computed beside it (one at
//! a time or hundreds), on tiles, or on where cache blocks lie. Integer sums are exact; sums of floats are taken in an
//! order that the row fixes (groups of 32 columns one after the other, chunks of 128 positions one after the other).
//!
//! # Packed weights
//!
//! [`PackedMatrix`] keeps ggml's codes and scales (never requantised, about the file's size) in tiles of 16 rows, one row
//! per lane. A tile is a row of groups of 32 columns. A group's codes are planes of 64-byte vectors: vector `i` holds,
//! for each of 16 rows, the codes of four neighbouring columns (a *quad*), which is what one `vpdpbusd` or `sdot` takes:
//!
//! ```text
//! 4 bits   4 vectors   byte: quad i in the low nibble, quad i + 4 in the high one
//! 2 bits   2 vectors   byte: quads i, i + 2, i + 4, i + 6, from the lowest bits up
//! 1 bit    1 vector    byte: quads 0 to 7, from the lowest bit up
//! 8 bits   8 vectors   byte: quad i, plus 128 so that it is unsigned
//! ```
//!
//! `Q5_x` is 4 + 1 bits, `Q6_K` 4 + 2, `Q3_K` 2 + 1; `IQ4` and `MXFP4` are 4 bits that index a table. Scales lie apart, in
//! records of 16 lanes for each block: its `f16` scale (and minimum), then the bytes that scale each 32 or 16 columns. So
//! a product with one token reads two streams from front to back. Floats are interleaved column by column: 16 rows' first
//! values, then their second.
//!
//! A `Q8_0` matrix of which only the greatest outputs matter ([`PackedMatrix::pack_in_parts`]) has its codes' lowest two bits
//! in a third stream. The others bound each output from both sides, and the third stream is read only for the tiles that
//! may hold one of the greatest ([`Kernels::matmul_sought`]).
//!
//! # Activations
//!
//! [`Activations`] are quantised once and shared by every matrix that reads them: 32 values with one `f32` scale, to 8 bits
//! or (the default) to 15 bits, as two planes of 8 or as words, see [`ActivationPrecision`]. With many tokens, a tile of weights is
//! expanded once to whole bytes and `f32` scales, which then serve eight tokens at a time (four, where registers are few and short) from
//! registers.
//!
//! # Cache
//!
//! [`CacheLayer`] keeps keys and values in paged blocks: keys transposed in tiles of 16 positions, so that scores need no
//! sum across lanes, values position by position. Query heads that share a KV head share each load.
#![allow(unsafe_code, clippy::cast_ptr_alignment)]
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
mod patchwork;
mod pool;
mod quant;
mod simd;
mod similarity;

pub use attention::{AttentionRequest, CacheLayer, CacheShape, CacheSlot, CacheType, Span};
pub use bandwidth::measure_read_bandwidth;
pub use block_type::BlockType;
pub use elementwise::{Activation, Gate, RopePairing, RopeShape};
pub use error::KernelError;
pub use isa::Isa;
pub use kernels::Kernels;
pub use linear::{ActivationBuffer, ActivationPrecision, Activations, PackedMatrix, Sought};
pub use mapped_file::{MappedFile, Patch};
pub use pool::MAX_THREADS;
pub use quant::{dequantize, random_blocks};
