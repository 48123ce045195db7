//! What the cache knows of one sequence. Knows nothing of pools or the prefix tree.

use super::prefix::{NodeId, ROOT};

/// A sequence of tokens and the blocks that hold it.
#[derive(Debug, Clone)]
pub(super) struct Sequence {
    pub(super) tokens: Vec<u32>,
    /// Positions whose contents have been computed.
    pub(super) committed: usize,
    /// The nodes of the full blocks among the committed positions.
    pub(super) path: Vec<NodeId>,
    /// One table for each group.
    pub(super) tables: Vec<Table>,
}

/// The blocks from `first_block` to the sequence's end.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) first_block: usize,
    pub(super) blocks: Vec<u32>,
}

impl Sequence {
    pub(super) fn parent_of_next(&self) -> NodeId {
        self.path.last().copied().unwrap_or(ROOT)
    }
}

impl Table {
    /// The block with index `index` in the sequence, if it is held.
    pub(super) fn get(&self, index: usize) -> Option<u32> {
        self.blocks.get(index.checked_sub(self.first_block)?).copied()
    }
}
