//! The book-keeping of the paged key-value cache: which sequence holds which blocks.
//!
//! Blocks have a fixed number of positions. A sequence has one block table per group of layers;
//! layers with the same attention window share a group. Blocks whose contents were computed stay
//! findable by the tokens they stand for (and all tokens before them) until their place is
//! needed, least recently used first, so a shared prefix is computed once.
//!
//! Must not know tensors, devices or what is in a block: the storage does what [`BlockCopy`]
//! says and reads and writes where [`Slot`]s and [`BlockTable`]s point.

mod layout;
mod manager;
mod pool;
mod prefix;
mod sequence;
#[cfg(test)]
mod tests;

pub(crate) use layout::first_block_needed;
pub use layout::{BlockCopy, BlockTable, CacheLayout, CacheStats, GroupLayout, KvError, SequenceId, Slot};
pub use manager::BlockManager;
