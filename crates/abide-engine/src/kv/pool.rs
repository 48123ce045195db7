//! The blocks of one group: who uses them, which can be evicted, which are free. Knows that a
//! block may stand for a node of the prefix tree, not what that means.

use std::collections::BTreeMap;

use super::CacheStats;
use super::prefix::NodeId;

/// Reference-counted blocks. A block with references is *used*; one without is *retired* if it
/// stands for a node (and can be evicted), else *free*.
#[derive(Debug)]
pub(super) struct BlockPool {
    blocks: Vec<Block>,
    free: Vec<u32>,
    /// Retired blocks by the time of their retirement: the first one is evicted first.
    retired: BTreeMap<u64, u32>,
    clock: u64,
}

#[derive(Debug, Clone, Default)]
struct Block {
    references: u32,
    retired_at: u64,
    node: Option<NodeId>,
}

impl BlockPool {
    pub(super) fn new(blocks: u32) -> Self {
        Self {
            blocks: vec![Block::default(); blocks as usize],
            free: (0..blocks).rev().collect(),
            retired: BTreeMap::new(),
            clock: 0,
        }
    }

    /// Blocks that [`Self::allocate`] could still hand out.
    pub(super) fn available(&self) -> usize {
        self.free.len() + self.retired.len()
    }

    pub(super) fn stats(&self) -> CacheStats {
        let (cached, free) = (self.retired.len(), self.free.len());
        CacheStats { used: self.blocks.len() - cached - free, cached, free }
    }

    /// A block with one reference, and the node that it stood for until now.
    pub(super) fn allocate(&mut self) -> Option<(u32, Option<NodeId>)> {
        let block = self.free.pop().or_else(|| self.retired.pop_first().map(|(_, block)| block))?;
        let state = &mut self.blocks[block as usize];
        state.references = 1;
        Some((block, state.node.take()))
    }

    /// Adds a reference.
    pub(super) fn acquire(&mut self, block: u32) {
        let state = &mut self.blocks[block as usize];
        if state.references == 0 {
            self.retired.remove(&state.retired_at);
        }
        state.references += 1;
    }

    /// Takes a reference away.
    pub(super) fn release(&mut self, block: u32) {
        let state = &mut self.blocks[block as usize];
        state.references -= 1;
        if state.references > 0 {
            return;
        }
        if state.node.is_some() {
            self.clock += 1;
            state.retired_at = self.clock;
            self.retired.insert(self.clock, block);
        } else {
            self.free.push(block);
        }
    }

    pub(super) fn is_shared(&self, block: u32) -> bool {
        self.blocks[block as usize].references > 1
    }

    pub(super) fn node(&self, block: u32) -> Option<NodeId> {
        self.blocks[block as usize].node
    }

    /// Lets a used block stand for `node`.
    pub(super) fn set_node(&mut self, block: u32, node: NodeId) {
        debug_assert!(self.blocks[block as usize].references > 0);
        self.blocks[block as usize].node = Some(node);
    }

    /// A used block stands for nothing any more.
    pub(super) fn take_node(&mut self, block: u32) -> Option<NodeId> {
        debug_assert!(self.blocks[block as usize].references > 0);
        self.blocks[block as usize].node.take()
    }

    /// Frees one retired block, returning the node that it stood for.
    pub(super) fn evict(&mut self) -> Option<NodeId> {
        let (_, block) = self.retired.pop_first()?;
        self.free.push(block);
        self.blocks[block as usize].node.take()
    }
}
