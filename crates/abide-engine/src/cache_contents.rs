//! What saving caches needs of a model: the bytes of its cache's blocks, out and in.
//!
//! Knows neither files nor what the bytes mean.

use crate::kv::{SequenceId, first_block_needed};
use crate::token_model::ModelError;

/// What contents of a cache fit only if it is the same. (The weights belong to it too; whoever opened them knows them.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentsDescription {
    /// The decoder, in full.
    pub spec: String,
    /// The type of the cache, how its blocks lie, and what computed them.
    pub kind: String,
    /// Positions in a block.
    pub block_positions: usize,
    /// The groups of layers.
    pub groups: Vec<GroupContents>,
}

/// One group of layers that share blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupContents {
    /// How many positions a query sees, itself included; `None`: all before it.
    pub window: Option<usize>,
    /// Bytes of one block, over all layers of the group.
    pub block_bytes: usize,
}

impl GroupContents {
    /// Index of the first block that a query at position `length` sees.
    pub fn first_block_needed(&self, length: usize, block_positions: usize) -> usize {
        first_block_needed(self.window, length, block_positions)
    }
}

/// The contents of a model's cache, sequence by sequence. Indices of blocks count from a sequence's start.
pub trait CacheContents {
    /// What they depend on.
    fn describe(&self) -> ContentsDescription;

    /// The computed tokens of a sequence.
    ///
    /// # Errors
    /// When there is no such sequence.
    fn computed(&self, sequence: SequenceId) -> Result<&[u32], ModelError>;

    /// Whether a block of a group is known.
    ///
    /// # Errors
    /// When there is no such sequence.
    fn is_known(&self, sequence: SequenceId, group: usize, index: usize) -> Result<bool, ModelError>;

    /// The bytes of a block, if it is known.
    ///
    /// # Errors
    /// When there is no such sequence, or the device fails.
    fn read_block(
        &mut self,
        sequence: SequenceId,
        group: usize,
        index: usize,
    ) -> Result<Option<Vec<u8>>, ModelError>;

    /// Makes room for a sequence's next tokens, whose contents are at hand; returns, for each group, the blocks that are
    /// to be [written](Self::write_block). Until [`Self::commit`] the sequence can only be released.
    ///
    /// # Errors
    /// When there is no room: nothing is changed then.
    fn reserve(
        &mut self,
        sequence: SequenceId,
        tokens: &[u32],
    ) -> Result<Vec<std::ops::Range<usize>>, ModelError>;

    /// Writes a block of which [`Self::read_block`] gave the bytes.
    ///
    /// # Errors
    /// When the block is not the sequence's, the bytes are not as many as a block has, or the device fails.
    fn write_block(
        &mut self,
        sequence: SequenceId,
        group: usize,
        index: usize,
        bytes: &[u8],
    ) -> Result<(), ModelError>;

    /// Says that all blocks that [`Self::reserve`] named are written.
    ///
    /// # Errors
    /// When there is no such sequence.
    fn commit(&mut self, sequence: SequenceId) -> Result<(), ModelError>;

    /// Makes everything that no living sequence holds unfindable.
    fn forget(&mut self);
}
