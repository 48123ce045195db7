//! The active path of a conversation, kept in memory from one look to the next. Must not know where it is stored, or what is said on it.

use std::collections::HashMap;

use crate::transcript::MessageId;

/// Which messages lie on the way from the first one to the head.
#[derive(Debug, Default)]
pub(super) struct ActivePath {
    nodes: HashMap<MessageId, Node>,
    head: Option<MessageId>,
    length: u64,
}

#[derive(Debug)]
struct Node {
    parent: Option<MessageId>,
    on_path: bool,
}

impl ActivePath {
    /// Takes in a message. It is on no path yet.
    pub fn add(&mut self, id: MessageId, parent: Option<MessageId>) {
        self.nodes.insert(id, Node { parent, on_path: false });
    }

    /// Whether the path leads through this message.
    pub fn contains(&self, id: MessageId) -> bool {
        self.nodes.get(&id).is_some_and(|node| node.on_path)
    }

    /// How many messages the path has.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Leads the path to `head`; costs as many steps as it changes. `changed` is told of every message that came onto the path (true) or
    /// left it (false).
    pub fn lead_to(&mut self, head: Option<MessageId>, mut changed: impl FnMut(MessageId, bool)) {
        let meeting = self.walk(head, true, None, &mut changed);
        self.walk(self.head, false, meeting, &mut changed);
        self.head = head;
    }

    /// Goes back from `from`, and has the path come or leave, until it has done so before or `end` is there. Answers where it stopped.
    fn walk(
        &mut self,
        from: Option<MessageId>,
        on_path: bool,
        end: Option<MessageId>,
        changed: &mut impl FnMut(MessageId, bool),
    ) -> Option<MessageId> {
        let mut next = from;
        while let Some(id) = next.filter(|_| next != end) {
            let Some(node) = self.nodes.get_mut(&id).filter(|node| node.on_path != on_path) else { break };
            node.on_path = on_path;
            next = node.parent;
            if on_path {
                self.length += 1;
            } else {
                self.length -= 1;
            }
            changed(id, on_path);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Wherever a path was led before, what is on it is what lies before its head, and every change was told.
        #[test]
        fn a_path_is_what_its_head_follows(
            parents in prop::collection::vec(0.0..1.0_f64, 1..40),
            heads in prop::collection::vec(0.0..1.0_f64, 1..12),
        ) {
            let mut path = ActivePath::default();
            let parents: Vec<Option<u64>> =
                parents.iter().enumerate().map(|(at, share)| Some((share * (at + 1) as f64) as u64).filter(|id| *id > 0)).collect();
            for (at, parent) in parents.iter().enumerate() {
                path.add(MessageId(at as u64 + 1), parent.map(MessageId));
            }
            let mut told = BTreeSet::new();
            for share in heads {
                let head = Some((share * (parents.len() + 1) as f64) as u64).filter(|id| *id > 0);
                path.lead_to(head.map(MessageId), |id, on_path| {
                    assert!(if on_path { told.insert(id.0) } else { told.remove(&id.0) });
                });
                let mut expected = BTreeSet::new();
                let mut next = head;
                while let Some(id) = next {
                    expected.insert(id);
                    next = parents[id as usize - 1];
                }
                let held: BTreeSet<u64> =
                    (1..=parents.len() as u64).filter(|id| path.contains(MessageId(*id))).collect();
                prop_assert_eq!(&held, &expected);
                prop_assert_eq!(path.length(), expected.len() as u64);
                prop_assert_eq!(&told, &expected);
            }
        }
    }
}
