//! Conversations that are a tree, in memory one at a time: broken links are mended, parents come before children, and times before
//! times. Must not know formats.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use jiff::Timestamp;

use super::{
    Conversation, HistoryError, LeftOut,
    context::{Context, Naming, Place, between, shifted},
    linear::placed,
    said::Said,
};

/// A node of the tree, in the order of the file.
pub(super) struct Node {
    pub(super) key: String,
    pub(super) parent: Option<String>,
    pub(super) content: Content,
}

/// What a node holds.
pub(super) enum Content {
    Said(Said),
    /// Nothing that is brought over; its children follow its parent. A thought goes to those.
    LeftOut {
        reason: Option<LeftOut>,
        thought: Option<String>,
    },
}

impl Content {
    pub(super) fn left_out(reason: LeftOut) -> Self {
        Self::LeftOut { reason: Some(reason), thought: None }
    }

    /// A node that only holds others together.
    pub(super) fn joint() -> Self {
        Self::LeftOut { reason: None, thought: None }
    }

    fn stamp(&self) -> Option<Timestamp> {
        match self {
            Self::Said(said) => said.stamp.map(|stamp| stamp.time),
            Self::LeftOut { .. } => None,
        }
    }
}

/// Hands on a whole conversation. `leaf` is the message that the service showed last.
pub(super) fn emit(
    cx: &mut Context<'_>,
    conversation: Conversation,
    nodes: Vec<Node>,
    leaf: Option<&str>,
    place: Place<'_>,
) -> Result<(), HistoryError> {
    let started = conversation.started;
    cx.begin(conversation, Naming::Own)?;
    let mut tree = Tree::link(cx, nodes, place)?;
    tree.drop_left_out(cx);
    tree.choose_active(cx, leaf, place)?;
    tree.guess_times(started);
    tree.hand_on(cx, place)
}

struct Tree {
    nodes: Vec<Node>,
    by_key: HashMap<String, usize>,
    parents: Vec<Option<usize>>,
    /// Parents before children.
    order: Vec<usize>,
    active: Vec<bool>,
    times: Vec<Option<Timestamp>>,
}

impl Tree {
    /// Finds the parent of each node; what is broken is mended and reported.
    fn link(cx: &mut Context<'_>, mut nodes: Vec<Node>, place: Place<'_>) -> Result<Self, HistoryError> {
        let mut by_key = HashMap::with_capacity(nodes.len());
        for (index, node) in nodes.iter_mut().enumerate() {
            let mut key = node.key.clone();
            let mut count = 1_u32;
            while by_key.contains_key(&key) {
                count += 1;
                key = format!("{}#{count}", node.key);
            }
            if count > 1 {
                cx.doubt(
                    place.at(&node.key),
                    "two messages have this id",
                    "both were kept; replies follow the first",
                )?;
                node.key.clone_from(&key);
            }
            by_key.insert(key, index);
        }
        let mut parents = Vec::with_capacity(nodes.len());
        let mut orphans = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            let parent = node.parent.as_ref().and_then(|key| by_key.get(key).copied());
            if node.parent.is_some() && parent.is_none() {
                orphans.push(index);
            }
            parents.push(parent);
        }
        let mut tree = Self {
            active: vec![false; nodes.len()],
            times: vec![None; nodes.len()],
            order: Vec::with_capacity(nodes.len()),
            nodes,
            by_key,
            parents,
        };
        tree.break_cycles(cx, place)?;
        for orphan in orphans {
            let before = orphan.checked_sub(1).filter(|&before| !tree.descends(before, orphan));
            tree.parents[orphan] = before;
            let done = if before.is_some() {
                "it follows the message before it"
            } else {
                "it begins the conversation"
            };
            let key = tree.nodes[orphan].key.clone();
            cx.doubt(place.at(&key), "the message that it follows is missing", done)?;
        }
        tree.sort();
        Ok(tree)
    }

    fn descends(&self, node: usize, ancestor: usize) -> bool {
        let mut at = Some(node);
        while let Some(index) = at {
            if index == ancestor {
                return true;
            }
            at = self.parents[index];
        }
        false
    }

    fn break_cycles(&mut self, cx: &mut Context<'_>, place: Place<'_>) -> Result<(), HistoryError> {
        // 0: not seen, otherwise the walk in which it was seen.
        let mut seen = vec![0_usize; self.nodes.len()];
        for start in 0..self.nodes.len() {
            let walk = start + 1;
            let mut at = start;
            while seen[at] == 0 {
                seen[at] = walk;
                let Some(parent) = self.parents[at] else { break };
                if seen[parent] == walk {
                    self.parents[at] = None;
                    let key = self.nodes[at].key.clone();
                    cx.doubt(
                        place.at(&key),
                        "the messages follow each other in a circle",
                        "the circle begins here",
                    )?;
                    break;
                }
                at = parent;
            }
        }
        Ok(())
    }

    fn sort(&mut self) {
        let mut children = vec![Vec::new(); self.nodes.len()];
        let mut waiting = Vec::new();
        for (index, parent) in self.parents.iter().enumerate() {
            match parent {
                Some(parent) => children[*parent].push(index),
                None => waiting.push(index),
            }
        }
        waiting.reverse();
        while let Some(index) = waiting.pop() {
            self.order.push(index);
            waiting.extend(children[index].iter().rev());
        }
    }

    /// Makes those whose parent is left out follow the next that is not.
    fn drop_left_out(&mut self, cx: &mut Context<'_>) {
        let mut thoughts: HashMap<usize, String> = HashMap::new();
        for &index in &self.order {
            let parent = self.parents[index];
            let carried = parent.and_then(|parent| thoughts.get(&parent).cloned());
            if let Some(parent) = parent
                && matches!(self.nodes[parent].content, Content::LeftOut { .. })
            {
                self.parents[index] = self.parents[parent];
            }
            let content = &mut self.nodes[index].content;
            if let Content::Said(said) = content
                && said.is_empty()
            {
                let thought = said.thought.take();
                let reason = if thought.is_some() { LeftOut::Thought } else { LeftOut::Empty };
                *content = Content::LeftOut { reason: Some(reason), thought };
            }
            match content {
                Content::Said(said) => {
                    if said.thought.is_some() {
                        cx.leave_out(LeftOut::Thought);
                    }
                    if let Some(carried) = carried {
                        let own = said.thought.replace(carried);
                        said.add_thought(own.as_deref().unwrap_or_default());
                    }
                }
                Content::LeftOut { reason, thought } => {
                    if let Some(reason) = *reason {
                        cx.leave_out(reason);
                    }
                    let thought: Vec<_> = carried.into_iter().chain(thought.take()).collect();
                    if !thought.is_empty() {
                        thoughts.insert(index, thought.join("\n\n"));
                    }
                }
            }
        }
    }

    fn is_said(&self, index: usize) -> bool {
        matches!(self.nodes[index].content, Content::Said(_))
    }

    fn choose_active(
        &mut self,
        cx: &mut Context<'_>,
        leaf: Option<&str>,
        place: Place<'_>,
    ) -> Result<(), HistoryError> {
        let mut at = leaf.and_then(|leaf| self.by_key.get(leaf).copied());
        if at.is_none() {
            // The last of the file: services write what was said last there.
            at = (0..self.nodes.len()).rev().find(|&index| self.is_said(index));
            if let (Some(leaf), Some(_)) = (leaf, at) {
                cx.doubt(
                    place.at(leaf),
                    "the message shown last is missing",
                    "the last one of the file was taken for it",
                )?;
            }
        }
        while let Some(index) = at {
            self.active[index] = true;
            at = self.parents[index];
        }
        Ok(())
    }

    /// Times between those of neighbours, for messages that have none.
    fn guess_times(&mut self, started: Option<Timestamp>) {
        for (index, node) in self.nodes.iter().enumerate() {
            self.times[index] = node.content.stamp();
        }
        // From below: the next known time on a way down, and how many steps away it is.
        let mut below: Vec<Option<(Timestamp, u64)>> = vec![None; self.nodes.len()];
        for &index in self.order.iter().rev() {
            if !self.is_said(index) {
                continue;
            }
            let next = self.times[index].map(|time| (time, 0)).or(below[index]);
            if let (Some((time, steps)), Some(parent)) = (next, self.parents[index]) {
                let nearer = below[parent].is_none_or(|(_, known)| steps + 1 < known);
                if nearer {
                    below[parent] = Some((time, steps + 1));
                }
            }
        }
        for &index in &self.order {
            if self.times[index].is_some() || !self.is_said(index) {
                continue;
            }
            let above = self.parents[index].map_or(started, |parent| self.times[parent]);
            self.times[index] = match (above, below[index]) {
                (Some(above), Some((next, steps))) if next > above => {
                    Some(between(above, next, 1, steps + 1))
                }
                (Some(above), _) => Some(shifted(above, 1)),
                (None, Some((next, steps))) => Some(shifted(next, -(steps as i64))),
                (None, None) => None,
            };
        }
    }

    /// Parents before children, and of those whose parent was handed on the earliest first.
    fn hand_on(self, cx: &mut Context<'_>, place: Place<'_>) -> Result<(), HistoryError> {
        let mut children = vec![Vec::new(); self.nodes.len()];
        let mut ready = BinaryHeap::new();
        for &index in &self.order {
            if !self.is_said(index) {
                continue;
            }
            match self.parents[index] {
                Some(parent) => children[parent].push(index),
                None => ready.push(Reverse((self.times[index], index))),
            }
        }
        let keys: Vec<String> = self.nodes.iter().map(|node| node.key.clone()).collect();
        let mut contents: Vec<_> = self.nodes.into_iter().map(|node| Some(node.content)).collect();
        while let Some(Reverse((time, index))) = ready.pop() {
            if let Some(Content::Said(said)) = contents[index].take() {
                cx.doubt_time(&said, place.at(&keys[index]))?;
                let parent = self.parents[index].map(|parent| keys[parent].clone());
                let message = placed(cx, said, keys[index].clone(), parent, self.active[index], place, time);
                cx.message(message)?;
            }
            ready.extend(children[index].iter().map(|&child| Reverse((self.times[child], child))));
        }
        Ok(())
    }
}
