//! The tree of known prefixes: which blocks stand for which tokens after which tokens.
//!
//! A node is one block's tokens after its parent's. Nodes are found by a hash of (parent, tokens)
//! and compared by the tokens themselves, and a parent is an id that is never given twice, so two
//! different prefixes can't be taken for each other. (The usual chain of 64-bit hashes would only
//! make that improbable, and less so for someone who looks for a collision in order to read what
//! another client wrote.) Knows nothing of sequences or reference counts of blocks.

use std::collections::HashMap;
use std::sync::Arc;

/// Names a node. Never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NodeId(u64);

/// The empty prefix.
pub(super) const ROOT: NodeId = NodeId(0);

#[derive(Debug)]
struct Node {
    parent: NodeId,
    tokens: Arc<[u32]>,
    children: Vec<NodeId>,
    /// The block of each group that holds these tokens, if one does.
    blocks: Vec<Option<u32>>,
    /// Sequences whose tokens run through here.
    sequences: usize,
}

/// The tree. A node lives as long as a sequence runs through it, a block stands for it, or a
/// child lives.
#[derive(Debug)]
pub(super) struct PrefixTree {
    groups: usize,
    nodes: HashMap<NodeId, Node>,
    /// Keyed by the parent and the tokens. The hasher is randomly seeded.
    index: HashMap<(NodeId, Arc<[u32]>), NodeId>,
    next: u64,
}

impl PrefixTree {
    pub(super) fn new(groups: usize) -> Self {
        let root = Node {
            parent: ROOT,
            tokens: Arc::from([]),
            children: Vec::new(),
            blocks: vec![None; groups],
            sequences: 1,
        };
        Self { groups, nodes: HashMap::from([(ROOT, root)]), index: HashMap::new(), next: 1 }
    }

    /// The nodes of the full blocks at the start of `tokens`, as far as they are known.
    pub(super) fn walk(&self, tokens: &[u32], block_positions: usize) -> Vec<NodeId> {
        let mut path = Vec::new();
        let mut parent = ROOT;
        for block in tokens.chunks_exact(block_positions) {
            let Some(&node) = self.index.get(&(parent, Arc::from(block))) else { break };
            path.push(node);
            parent = node;
        }
        path
    }

    /// The children of `node` that begin like `tokens`, each with the number of equal tokens,
    /// longest first.
    pub(super) fn similar_children(&self, node: NodeId, tokens: &[u32]) -> Vec<(NodeId, usize)> {
        let common = |child: &NodeId| {
            self.nodes[child].tokens.iter().zip(tokens).take_while(|(own, other)| own == other).count()
        };
        let children = self.nodes[&node].children.iter().map(|child| (*child, common(child)));
        let mut similar: Vec<_> = children.filter(|(_, common)| *common > 0).collect();
        similar.sort_by_key(|&(child, common)| (usize::MAX - common, child));
        similar
    }

    /// The child of `parent` with `tokens`, made if there is none. The caller links it to a block
    /// or a sequence at once.
    pub(super) fn child(&mut self, parent: NodeId, tokens: &[u32]) -> NodeId {
        let tokens: Arc<[u32]> = Arc::from(tokens);
        if let Some(&node) = self.index.get(&(parent, Arc::clone(&tokens))) {
            return node;
        }
        let id = NodeId(self.next);
        self.next += 1;
        let blocks = vec![None; self.groups];
        let node = Node { parent, tokens: Arc::clone(&tokens), children: Vec::new(), blocks, sequences: 0 };
        self.nodes.insert(id, node);
        self.index.insert((parent, tokens), id);
        self.node_mut(parent).children.push(id);
        id
    }

    pub(super) fn block(&self, node: NodeId, group: usize) -> Option<u32> {
        self.nodes[&node].blocks[group]
    }

    pub(super) fn set_block(&mut self, node: NodeId, group: usize, block: u32) {
        self.node_mut(node).blocks[group] = Some(block);
    }

    /// The group's block no longer stands for `node`.
    pub(super) fn clear_block(&mut self, node: NodeId, group: usize) {
        self.node_mut(node).blocks[group] = None;
        self.prune(node);
    }

    /// A sequence runs through `node` from now on.
    pub(super) fn enter(&mut self, node: NodeId) {
        self.node_mut(node).sequences += 1;
    }

    /// A sequence no longer runs through `node`.
    pub(super) fn leave(&mut self, node: NodeId) {
        self.node_mut(node).sequences -= 1;
        self.prune(node);
    }

    /// Nodes besides the root.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.index.len() + 1, self.nodes.len());
        self.index.len()
    }

    fn node_mut(&mut self, node: NodeId) -> &mut Node {
        self.nodes.get_mut(&node).expect("a linked node lives")
    }

    /// Removes `node` if nothing needs it, and then its ancestors likewise.
    pub(super) fn prune(&mut self, mut node: NodeId) {
        loop {
            let state = &self.nodes[&node];
            let needed =
                state.sequences > 0 || !state.children.is_empty() || state.blocks.iter().any(Option::is_some);
            if needed {
                return;
            }
            let state = self.nodes.remove(&node).expect("it was just looked at");
            self.index.remove(&(state.parent, state.tokens));
            self.node_mut(state.parent).children.retain(|child| *child != node);
            node = state.parent;
        }
    }
}
