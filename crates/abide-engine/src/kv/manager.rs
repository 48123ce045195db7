//! Sequences over blocks: prefix reuse, copy on write, windows, truncation, eviction. Knows
//! neither tensors nor when it is called: it has no clock and no thread of its own.

use std::collections::HashMap;
use std::ops::Range;

use super::pool::BlockPool;
use super::prefix::{NodeId, PrefixTree, ROOT};
use super::sequence::{Sequence, Table};
use super::{BlockCopy, BlockTable, CacheLayout, CacheStats, KvError, SequenceId, Slot};

/// Hands out the blocks of a paged key-value cache.
///
/// One step of a sequence is: [`append`](Self::append) its next tokens, do the
/// [copies](Self::take_copies), compute and write the [slots](Self::slots) while reading through
/// the [tables](Self::table), then [`commit`](Self::commit). If computing fails,
/// [`truncate`](Self::truncate) it to its [committed](Self::committed) length or
/// [`release`](Self::release) it: what is not committed is never found by anyone.
#[derive(Debug)]
pub struct BlockManager {
    layout: CacheLayout,
    pools: Vec<BlockPool>,
    tree: PrefixTree,
    sequences: HashMap<SequenceId, Sequence>,
    copies: Vec<BlockCopy>,
    next: u64,
}

impl BlockManager {
    /// An empty cache.
    ///
    /// # Errors
    /// When a dimension of the layout is 0, or there are more than 2³² - 1 blocks.
    pub fn new(layout: CacheLayout) -> Result<Self, KvError> {
        layout.validate()?;
        let pools = layout.groups.iter().map(|group| BlockPool::new(group.blocks as u32)).collect();
        let tree = PrefixTree::new(layout.groups.len());
        Ok(Self { layout, pools, tree, sequences: HashMap::new(), copies: Vec::new(), next: 0 })
    }

    /// The dimensions it was made with.
    pub fn layout(&self) -> &CacheLayout {
        &self.layout
    }

    /// Begins a sequence that is going to hold `tokens`, and takes over the longest start of them
    /// that is known already in all groups. Returns how many positions that is, the sequence's
    /// length; the tokens after them have to be appended and computed. It is never all of them: at
    /// least the last is left, so that there are logits.
    pub fn start(&mut self, tokens: &[u32]) -> (SequenceId, usize) {
        let sequence = self.acquire_prefix(tokens, tokens.len().saturating_sub(1));
        let positions = sequence.tokens.len();
        (self.insert(sequence), positions)
    }

    /// Reserves the slots of the next positions in every group.
    ///
    /// # Errors
    /// [`KvError::Full`] when a group has too few blocks; nothing is changed then.
    pub fn append(&mut self, id: SequenceId, tokens: &[u32]) -> Result<(), KvError> {
        if tokens.is_empty() {
            return self.get(id).map(|_| ());
        }
        let sequence = self.sequences.get_mut(&id).ok_or(KvError::UnknownSequence(id))?;
        let size = self.layout.block_positions;
        let length = sequence.tokens.len();
        let blocks_after = (length + tokens.len()).div_ceil(size);
        let blocks_new = blocks_after - length.div_ceil(size);
        let last_is_partial = !length.is_multiple_of(size);
        let last_to_copy = |table: &Table, pool: &BlockPool| {
            table.blocks.last().copied().filter(|block| last_is_partial && pool.is_shared(*block))
        };
        for (group, (table, pool)) in sequence.tables.iter().zip(&self.pools).enumerate() {
            let needed = blocks_new + usize::from(last_to_copy(table, pool).is_some());
            let available = pool.available();
            if needed > available {
                return Err(KvError::Full { group, needed, available });
            }
        }
        for (group, (table, pool)) in sequence.tables.iter_mut().zip(&mut self.pools).enumerate() {
            if let Some(from) = last_to_copy(table, pool) {
                let to = allocate(pool, &mut self.tree, group);
                pool.release(from);
                self.copies.push(BlockCopy { group, from, to });
                *table.blocks.last_mut().expect("it was just looked at") = to;
            } else if last_is_partial && let Some(&last) = table.blocks.last() {
                // Ours alone, but known by contents that are about to be overwritten.
                if let Some(node) = pool.take_node(last) {
                    self.tree.clear_block(node, group);
                }
            }
            for _ in 0..blocks_new {
                table.blocks.push(allocate(pool, &mut self.tree, group));
            }
        }
        sequence.tokens.extend_from_slice(tokens);
        Ok(())
    }

    /// As [`Self::append`] for positions whose contents are to be brought from elsewhere: groups with a window get
    /// blocks only for what a query after the last of them sees, and let go of what it does not see. Every block in
    /// [`Self::missing`] must be written, whole, before the commit.
    ///
    /// # Errors
    /// [`KvError::Full`] when a group has too few blocks; nothing is changed then.
    pub fn append_known(&mut self, id: SequenceId, tokens: &[u32]) -> Result<(), KvError> {
        let sequence = self.sequences.get_mut(&id).ok_or(KvError::UnknownSequence(id))?;
        if sequence.committed < sequence.tokens.len() {
            return Err(KvError::Uncommitted(id));
        }
        let size = self.layout.block_positions;
        let end = sequence.tokens.len() + tokens.len();
        // A block that is begun is given up, to be written again with the rest.
        let whole = sequence.tokens.len() / size;
        let firsts: Vec<_> =
            self.layout.groups.iter().map(|group| group.first_block_needed(end, size)).collect();
        let groups = firsts.iter().zip(&sequence.tables).zip(&self.pools).enumerate();
        for (group, ((&first, table), pool)) in groups {
            let needed = end.div_ceil(size) - whole.max(first).max(table.first_block);
            let available = pool.available();
            if needed > available {
                return Err(KvError::Full { group, needed, available });
            }
        }
        for (group, (table, pool)) in sequence.tables.iter_mut().zip(&mut self.pools).enumerate() {
            let begun = whole.saturating_sub(table.first_block).min(table.blocks.len());
            table.blocks.drain(begun..).for_each(|block| pool.release(block));
            let passed = firsts[group].saturating_sub(table.first_block).min(table.blocks.len());
            table.blocks.drain(..passed).for_each(|block| pool.release(block));
            table.first_block = table.first_block.max(firsts[group]);
            while table.first_block + table.blocks.len() < end.div_ceil(size) {
                table.blocks.push(allocate(pool, &mut self.tree, group));
            }
        }
        sequence.committed = whole * size;
        sequence.tokens.extend_from_slice(tokens);
        Ok(())
    }

    /// After [`Self::append_known`]: the indices, in the sequence, of the blocks of a group that were not known before.
    ///
    /// # Errors
    /// When there is no such sequence.
    pub fn missing(&self, id: SequenceId, group: usize) -> Result<Range<usize>, KvError> {
        let (sequence, size) = (self.get(id)?, self.layout.block_positions);
        let table = &sequence.tables[group];
        let first = (sequence.committed / size).max(table.first_block);
        Ok(first..(table.first_block + table.blocks.len()).max(first))
    }

    /// The block with index `index` in a group of the sequence, if its contents are known: because the sequence holds it,
    /// or because it left the window and was not needed for anything else yet.
    ///
    /// # Errors
    /// When there is no such sequence.
    pub fn known_block(&self, id: SequenceId, group: usize, index: usize) -> Result<Option<u32>, KvError> {
        let sequence = self.get(id)?;
        if index >= sequence.committed.div_ceil(self.layout.block_positions) {
            return Ok(None);
        }
        let held = sequence.tables[group].get(index);
        Ok(held.or_else(|| self.tree.block(*sequence.path.get(index)?, group)))
    }

    /// Says that all positions of the sequence are computed. Its full blocks can be found by
    /// others from now on, and blocks that left a window by more than the layout's `cut_back` are given back.
    ///
    /// # Errors
    /// When there is no such sequence.
    pub fn commit(&mut self, id: SequenceId) -> Result<(), KvError> {
        let sequence = self.sequences.get_mut(&id).ok_or(KvError::UnknownSequence(id))?;
        let size = self.layout.block_positions;
        let length = sequence.tokens.len();
        for index in sequence.path.len()..length / size {
            let tokens = &sequence.tokens[index * size..(index + 1) * size];
            let node = self.tree.child(sequence.parent_of_next(), tokens);
            self.tree.enter(node);
            link(node, index, &sequence.tables, &mut self.pools, &mut self.tree);
            sequence.path.push(node);
        }
        sequence.committed = length;
        let tables = sequence.tables.iter_mut().zip(&mut self.pools);
        for ((table, pool), group) in tables.zip(&self.layout.groups) {
            let first_needed = group.first_block_needed(length.saturating_sub(self.layout.cut_back), size);
            if first_needed > table.first_block {
                table.blocks.drain(..first_needed - table.first_block).for_each(|block| pool.release(block));
                table.first_block = first_needed;
            }
        }
        Ok(())
    }

    /// Cuts the sequence back to `positions` and returns the length it really has then. That is
    /// less when a window's blocks from before the cut are gone; the caller computes the
    /// difference again. What was appended since the commit before the last one can be cut off
    /// exactly, up to the layout's `cut_back` positions.
    ///
    /// # Errors
    /// When the sequence is shorter than that.
    pub fn truncate(&mut self, id: SequenceId, positions: usize) -> Result<usize, KvError> {
        let size = self.layout.block_positions;
        let sequence = self.sequences.get_mut(&id).ok_or(KvError::UnknownSequence(id))?;
        let length = sequence.tokens.len();
        if positions > length {
            return Err(KvError::OutOfRange { start: 0, end: positions, first: 0, length, group: 0 });
        }
        let groups = self.layout.groups.iter().zip(&sequence.tables);
        let window_is_held = groups
            .into_iter()
            .all(|(group, table)| table.first_block <= group.first_block_needed(positions, size));
        if !window_is_held {
            // Blocks that left the window may still be known: look for the prefix as a new sequence would.
            let tokens = sequence.tokens[..positions].to_vec();
            self.release(id);
            let sequence = self.acquire_prefix(&tokens, positions);
            let positions = sequence.tokens.len();
            self.sequences.insert(id, sequence);
            return Ok(positions);
        }
        sequence.tokens.truncate(positions);
        sequence.committed = sequence.committed.min(positions);
        let path_length = (sequence.committed / size).min(sequence.path.len());
        sequence.path.drain(path_length..).rev().for_each(|node| self.tree.leave(node));
        for (table, pool) in sequence.tables.iter_mut().zip(&mut self.pools) {
            let blocks = positions.div_ceil(size) - table.first_block;
            table.blocks.drain(blocks..).rev().for_each(|block| pool.release(block));
        }
        Ok(positions)
    }

    /// Takes back what was appended since the last commit, after computing it failed.
    ///
    /// # Errors
    /// When there is no such sequence.
    pub fn rollback(&mut self, id: SequenceId) -> Result<(), KvError> {
        let committed = self.committed(id)?;
        let length = self.truncate(id, committed)?;
        debug_assert_eq!(length, committed, "blocks leave a window only when they are committed");
        Ok(())
    }

    /// A second sequence with the same tokens, sharing all blocks.
    ///
    /// # Errors
    /// [`KvError::Uncommitted`] when positions of the sequence are not computed yet.
    pub fn fork(&mut self, id: SequenceId) -> Result<SequenceId, KvError> {
        let sequence = self.get(id)?;
        if sequence.committed < sequence.tokens.len() {
            return Err(KvError::Uncommitted(id));
        }
        let copy = sequence.clone();
        copy.path.iter().for_each(|node| self.tree.enter(*node));
        for (table, pool) in copy.tables.iter().zip(&mut self.pools) {
            table.blocks.iter().for_each(|block| pool.acquire(*block));
        }
        Ok(self.insert(copy))
    }

    /// Ends the sequence. What was committed can be found until its blocks are needed for
    /// something else. An id that was released before is ignored.
    pub fn release(&mut self, id: SequenceId) {
        let Some(sequence) = self.sequences.remove(&id) else { return };
        let size = self.layout.block_positions;
        let partial = &sequence.tokens[sequence.committed / size * size..sequence.committed];
        if !partial.is_empty() {
            let node = self.tree.child(sequence.parent_of_next(), partial);
            link(node, sequence.committed / size, &sequence.tables, &mut self.pools, &mut self.tree);
            self.tree.prune(node);
        }
        self.discard(&sequence);
    }

    /// The copies that the storage has to do, in this order, before anything is written.
    #[must_use = "copies that are not done corrupt the cache"]
    pub fn take_copies(&mut self) -> Vec<BlockCopy> {
        std::mem::take(&mut self.copies)
    }

    /// Where the storage keeps `positions` of the sequence, in order. `group` is an index into the
    /// layout's groups.
    ///
    /// # Errors
    /// When the sequence is shorter, or the window of the group has passed some of them.
    pub fn slots(
        &self,
        id: SequenceId,
        group: usize,
        positions: Range<usize>,
    ) -> Result<impl ExactSizeIterator<Item = Slot> + '_, KvError> {
        let size = self.layout.block_positions;
        let sequence = self.get(id)?;
        let table = &sequence.tables[group];
        let (first, length) = (table.first_block * size, sequence.tokens.len());
        if positions.end > length || (positions.start < first && !positions.is_empty()) {
            let Range { start, end } = positions;
            return Err(KvError::OutOfRange { start, end, first, length, group });
        }
        Ok(positions.map(move |position| Slot {
            block: table.blocks[position / size - table.first_block],
            offset: (position % size) as u32,
        }))
    }

    /// The blocks of the sequence in a group, an index into the layout's groups.
    ///
    /// # Errors
    /// When there is no such sequence.
    pub fn table(&self, id: SequenceId, group: usize) -> Result<BlockTable<'_>, KvError> {
        let table = &self.get(id)?.tables[group];
        Ok(BlockTable { blocks: &table.blocks, first_block: table.first_block })
    }

    /// The tokens of the sequence, committed or not.
    ///
    /// # Errors
    /// When there is no such sequence.
    pub fn tokens(&self, id: SequenceId) -> Result<&[u32], KvError> {
        Ok(&self.get(id)?.tokens)
    }

    /// Positions of the sequence, committed or not.
    ///
    /// # Errors
    /// When there is no such sequence.
    pub fn length(&self, id: SequenceId) -> Result<usize, KvError> {
        Ok(self.get(id)?.tokens.len())
    }

    /// Positions of the sequence that are computed.
    ///
    /// # Errors
    /// When there is no such sequence.
    pub fn committed(&self, id: SequenceId) -> Result<usize, KvError> {
        Ok(self.get(id)?.committed)
    }

    /// What the blocks of each group are doing.
    pub fn stats(&self) -> Vec<CacheStats> {
        self.pools.iter().map(BlockPool::stats).collect()
    }

    /// Makes everything that no living sequence holds unfindable. The storage keeps the bytes
    /// until they are overwritten.
    pub fn forget_cached(&mut self) {
        for (group, pool) in self.pools.iter_mut().enumerate() {
            while let Some(node) = pool.evict() {
                self.tree.clear_block(node, group);
            }
        }
    }

    #[cfg(test)]
    pub(super) fn prefix_nodes(&self) -> usize {
        self.tree.len()
    }

    fn get(&self, id: SequenceId) -> Result<&Sequence, KvError> {
        self.sequences.get(&id).ok_or(KvError::UnknownSequence(id))
    }

    fn insert(&mut self, sequence: Sequence) -> SequenceId {
        let id = SequenceId(self.next);
        self.next += 1;
        self.sequences.insert(id, sequence);
        id
    }

    /// A sequence of the longest known start of `tokens` that has at most `limit` positions. Its
    /// last block, if the start ends within one, is a copy.
    fn acquire_prefix(&mut self, tokens: &[u32], limit: usize) -> Sequence {
        let size = self.layout.block_positions;
        let path = self.tree.walk(&tokens[..limit], size);
        let runs: Vec<_> = (0..self.pools.len()).map(|group| self.runs(&path, group)).collect();
        for depth in (0..=path.len()).rev() {
            let parent = depth.checked_sub(1).map_or(ROOT, |last| path[last]);
            for (node, common) in self.tree.similar_children(parent, &tokens[depth * size..limit]) {
                let positions = depth * size + common;
                if common < size
                    && self.is_known(positions, depth, &runs)
                    && let Some(sequence) = self.share_and_copy(&tokens[..positions], &path[..depth], node)
                {
                    return sequence;
                }
            }
            if self.is_known(depth * size, depth, &runs) {
                return self.share(&tokens[..depth * size], &path[..depth]);
            }
        }
        unreachable!("nothing has to be known of the empty prefix")
    }

    /// For each `depth` up to the path's length, the first index such that the group holds the
    /// blocks from there to `depth`.
    fn runs(&self, path: &[NodeId], group: usize) -> Vec<usize> {
        let mut first = 0;
        let after = path.iter().enumerate().map(|(index, node)| {
            if self.tree.block(*node, group).is_none() {
                first = index + 1;
            }
            first
        });
        std::iter::once(0).chain(after).collect()
    }

    /// Whether every group holds the blocks before `depth` that a query at `positions` sees.
    fn is_known(&self, positions: usize, depth: usize, runs: &[Vec<usize>]) -> bool {
        let mut groups = self.layout.groups.iter().zip(runs);
        groups.all(|(group, runs)| {
            runs[depth] <= group.first_block_needed(positions, self.layout.block_positions)
        })
    }

    /// A committed sequence that shares the blocks of `path`, of which every group holds what a
    /// query after `tokens` sees.
    fn share(&mut self, tokens: &[u32], path: &[NodeId]) -> Sequence {
        let size = self.layout.block_positions;
        for node in path {
            self.tree.enter(*node);
        }
        let mut tables = Vec::with_capacity(self.pools.len());
        for (group, pool) in self.pools.iter_mut().enumerate() {
            let first_block = self.layout.groups[group].first_block_needed(tokens.len(), size);
            let held = path[first_block..].iter().map(|node| self.tree.block(*node, group));
            let blocks: Vec<u32> = held.map(|block| block.expect("the run was checked")).collect();
            for block in &blocks {
                pool.acquire(*block);
            }
            tables.push(Table { first_block, blocks });
        }
        Sequence { tokens: tokens.to_vec(), committed: tokens.len(), path: path.to_vec(), tables }
    }

    /// As [`Self::share`], where `tokens` end within the block that `node` stands for: that block is
    /// copied. `None` when a group does not hold it, or has no block for the copy.
    fn share_and_copy(&mut self, tokens: &[u32], path: &[NodeId], node: NodeId) -> Option<Sequence> {
        let groups = 0..self.pools.len();
        let sources: Vec<u32> = groups.map(|group| self.tree.block(node, group)).collect::<Option<_>>()?;
        let mut sequence = self.share(tokens, path);
        let pinned = sources.iter().zip(&mut self.pools);
        pinned.for_each(|(source, pool)| pool.acquire(*source));
        let possible = self.pools.iter().all(|pool| pool.available() > 0);
        for (group, (&from, pool)) in sources.iter().zip(&mut self.pools).enumerate() {
            if possible {
                let to = allocate(pool, &mut self.tree, group);
                self.copies.push(BlockCopy { group, from, to });
                sequence.tables[group].blocks.push(to);
            }
            // From here on the source may be evicted: copies are done in order, and before writes.
            pool.release(from);
        }
        if possible {
            return Some(sequence);
        }
        self.discard(&sequence);
        None
    }

    /// Gives back everything that a sequence holds, its end first, so that ends are evicted first.
    fn discard(&mut self, sequence: &Sequence) {
        for (table, pool) in sequence.tables.iter().zip(&mut self.pools) {
            table.blocks.iter().rev().for_each(|block| pool.release(*block));
        }
        sequence.path.iter().rev().for_each(|node| self.tree.leave(*node));
    }
}

/// A block of a pool that has one, no longer standing for anything.
fn allocate(pool: &mut BlockPool, tree: &mut PrefixTree, group: usize) -> u32 {
    let (block, node) = pool.allocate().expect("the caller made sure that one is available");
    if let Some(node) = node {
        tree.clear_block(node, group);
    }
    block
}

/// Lets the blocks with `index` in the tables stand for `node`, in groups where none does yet. (A
/// second block with the same contents is not exchanged for the first: that would move a living
/// sequence to numbers that were computed in another batch.)
fn link(node: NodeId, index: usize, tables: &[Table], pools: &mut [BlockPool], tree: &mut PrefixTree) {
    for (group, (table, pool)) in tables.iter().zip(pools).enumerate() {
        if let Some(block) = table.get(index)
            && tree.block(node, group).is_none()
            && pool.node(block).is_none()
        {
            pool.set_node(block, node);
            tree.set_block(node, group, block);
        }
    }
}
