//! The types of the cache's book-keeping: its layout, its ids, its places and its errors. Knows
//! nothing of how blocks are handed out.

use thiserror::Error;

/// Dimensions of a cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheLayout {
    /// Positions in one block; the same for all groups. 16 or 32 are good values.
    pub block_positions: usize,
    /// By how many positions a sequence can be cut back for certain after a commit: windows hold on to their
    /// old blocks for that long.
    pub cut_back: usize,
    /// The groups of layers. Layers with the same window share one group.
    pub groups: Vec<GroupLayout>,
}

/// One group of layers that share a block table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupLayout {
    /// How many positions a query sees, itself included (a query at `p` sees `p - window + 1 ..= p`);
    /// `None`: all of them. The state of a causal convolution over `k` inputs is a window of `k`.
    pub window: Option<usize>,
    /// Blocks that the storage holds for this group.
    pub blocks: usize,
}

impl GroupLayout {
    /// The blocks that one sequence of `positions` needs in a group with `window`, when at most
    /// `chunk` positions are appended between two commits. The layout's `cut_back`, if any, is to be added to `chunk`.
    pub fn blocks_per_sequence(
        window: Option<usize>,
        positions: usize,
        chunk: usize,
        block_positions: usize,
    ) -> usize {
        let all = positions.div_ceil(block_positions);
        // A stretch of n positions that starts anywhere touches at most ⌈(n - 1) / size⌉ + 1 blocks.
        window.map_or(all, |window| {
            let stretch = window.saturating_sub(1).saturating_add(chunk.max(1));
            ((stretch - 1).div_ceil(block_positions) + 1).min(all)
        })
    }

    /// Index of the first block that a query at position `length` still sees.
    pub(super) fn first_block_needed(&self, length: usize, block_positions: usize) -> usize {
        first_block_needed(self.window, length, block_positions)
    }
}

/// Index of the first block that a query at position `length` sees through `window`.
pub(crate) fn first_block_needed(window: Option<usize>, length: usize, block_positions: usize) -> usize {
    window.map_or(0, |window| (length + 1).saturating_sub(window) / block_positions)
}

impl CacheLayout {
    pub(super) fn validate(&self) -> Result<(), KvError> {
        let invalid = |problem: String| Err(KvError::InvalidLayout { problem });
        if self.block_positions == 0 {
            return invalid("a block must have at least one position".into());
        }
        if self.groups.is_empty() {
            return invalid("there must be at least one group of layers".into());
        }
        for (index, group) in self.groups.iter().enumerate() {
            if group.window == Some(0) {
                return invalid(format!("group {index} has a window of 0 positions"));
            }
            if group.blocks == 0 || u32::try_from(group.blocks).is_err() {
                return invalid(format!("group {index} has {} blocks, not 1 to 2^32 - 1", group.blocks));
            }
        }
        Ok(())
    }
}

/// Names a sequence of one cache. Never used again after its release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SequenceId(pub(crate) u64);

/// Where one position of a sequence is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The block.
    pub block: u32,
    /// The position within the block.
    pub offset: u32,
}

/// The blocks of one sequence in one group. Position `p` is at offset `p % block_positions` of
/// `blocks[p / block_positions - first_block]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockTable<'a> {
    /// The blocks in the order of their positions.
    pub blocks: &'a [u32],
    /// How many blocks before them left the window.
    pub first_block: usize,
}

/// A block whose whole content has to be copied before anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockCopy {
    /// The group of layers.
    pub group: usize,
    /// The block to read.
    pub from: u32,
    /// The block to overwrite.
    pub to: u32,
}

/// What the blocks of one group are doing. The three add up to the group's blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CacheStats {
    /// Blocks of living sequences.
    pub used: usize,
    /// Blocks of no sequence whose contents can still be found.
    pub cached: usize,
    /// Blocks without contents.
    pub free: usize,
}

/// Why the cache refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KvError {
    /// There are too few blocks. Nothing was changed.
    #[error(
        "the key-value cache is full: {needed} more blocks are needed in group {group}, {available} are \
         available; release a sequence, or load the model with a larger cache"
    )]
    Full {
        /// Index of the group that is short.
        group: usize,
        /// Blocks needed.
        needed: usize,
        /// Blocks that are free or could be evicted.
        available: usize,
    },
    /// No such sequence.
    #[error("the key-value cache has no sequence {0:?}; it was released, or belongs to another cache")]
    UnknownSequence(SequenceId),
    /// Positions outside of what the sequence holds.
    #[error(
        "positions {start}..{end} were asked of a sequence that holds {first}..{length} in group {group}"
    )]
    OutOfRange {
        /// First position asked for.
        start: usize,
        /// End of the positions asked for.
        end: usize,
        /// First position held.
        first: usize,
        /// Length of the sequence.
        length: usize,
        /// Index of the group.
        group: usize,
    },
    /// The sequence has positions that were appended but not committed.
    #[error("sequence {0:?} has positions that are not computed yet; commit or truncate it first")]
    Uncommitted(SequenceId),
    /// The layout makes no sense.
    #[error("the layout of the key-value cache is wrong: {problem}")]
    InvalidLayout {
        /// What is wrong with it.
        problem: String,
    },
}
