//! Repeated merging of the best neighbouring pair: what byte-level BPE and `SentencePiece` BPE share.
//!
//! A queue of candidates over a linked list of symbols, so that n symbols take O(n log n), not O(n²).
//! Which pairs merge, and how eagerly, is the caller's rule.

use std::{cmp::Reverse, collections::BinaryHeap};

/// No neighbour.
const NONE: u32 = u32::MAX;

/// A stretch of the text that is one piece so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Symbol {
    /// The caller's id of the piece, if the stretch is one.
    pub(super) id: Option<u32>,
    /// Where it begins in the text, in bytes.
    pub(super) start: u32,
    /// Where it ends; equal to `start` once it was merged into its left neighbour.
    pub(super) end: u32,
    previous: u32,
    next: u32,
}

/// What two neighbours would become.
#[derive(Debug, Clone, Copy)]
pub(super) struct Merged {
    /// Lowest first; among equals the leftmost.
    pub(super) order: u32,
    /// The id of the merged piece.
    pub(super) id: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    order: u32,
    left: u32,
    right: u32,
    /// Where both sides ended when the candidate was made: if either has grown since, it is stale.
    left_end: u32,
    right_end: u32,
    id: u32,
}

/// The symbols of one text, and room to work in, kept from text to text.
#[derive(Debug, Default)]
pub(super) struct Merger {
    symbols: Vec<Symbol>,
    queue: BinaryHeap<Reverse<Candidate>>,
}

impl Merger {
    /// Starts a new text.
    pub(super) fn clear(&mut self) {
        self.symbols.clear();
        self.queue.clear();
    }

    /// Appends a symbol of `length` bytes at the right.
    pub(super) fn push(&mut self, id: Option<u32>, length: usize) {
        let index = self.symbols.len() as u32;
        let start = self.symbols.last().map_or(0, |symbol| symbol.end);
        if let Some(last) = self.symbols.last_mut() {
            last.next = index;
        }
        let previous = index.checked_sub(1).unwrap_or(NONE);
        self.symbols.push(Symbol { id, start, end: start + length as u32, previous, next: NONE });
    }

    /// Merges pairs, best first, until `rule` knows no more.
    pub(super) fn merge(&mut self, rule: impl Fn(&Symbol, &Symbol) -> Option<Merged>) {
        for right in 1..self.symbols.len() as u32 {
            self.consider(right - 1, right, &rule);
        }
        while let Some(Reverse(candidate)) = self.queue.pop() {
            let left = self.symbols[candidate.left as usize];
            let right = self.symbols[candidate.right as usize];
            let right_is_gone = right.start == right.end;
            if right_is_gone || left.end != candidate.left_end || right.end != candidate.right_end {
                continue;
            }
            self.symbols[candidate.right as usize].end = right.start;
            if right.next != NONE {
                self.symbols[right.next as usize].previous = candidate.left;
            }
            let merged = &mut self.symbols[candidate.left as usize];
            merged.id = Some(candidate.id);
            merged.end = right.end;
            merged.next = right.next;
            self.consider(left.previous, candidate.left, &rule);
            self.consider(candidate.left, right.next, &rule);
        }
    }

    fn consider(&mut self, left: u32, right: u32, rule: impl Fn(&Symbol, &Symbol) -> Option<Merged>) {
        if left == NONE || right == NONE {
            return;
        }
        let (a, b) = (&self.symbols[left as usize], &self.symbols[right as usize]);
        if let Some(Merged { order, id }) = rule(a, b) {
            let (left_end, right_end) = (a.end, b.end);
            self.queue.push(Reverse(Candidate { order, left, right, left_end, right_end, id }));
        }
    }

    /// The symbols that are left, in order.
    pub(super) fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        self.symbols.iter().filter(|symbol| symbol.start < symbol.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Merges by a table of texts, the earlier in it the sooner.
    fn merged(text: &str, table: &[&str]) -> Vec<String> {
        let mut merger = Merger::default();
        merger.clear();
        for _ in text.bytes() {
            merger.push(None, 1);
        }
        merger.merge(|left, right| {
            let joined = &text[left.start as usize..right.end as usize];
            let order = table.iter().position(|&entry| entry == joined)? as u32;
            Some(Merged { order, id: order })
        });
        merger.symbols().map(|symbol| text[symbol.start as usize..symbol.end as usize].to_owned()).collect()
    }

    #[test]
    fn best_pair_first_then_leftmost() {
        assert_eq!(merged("abc", &["bc", "ab", "abc"]), ["abc"]);
        assert_eq!(merged("abc", &["bc", "ab"]), ["a", "bc"]);
        assert_eq!(merged("aaaaa", &["aa"]), ["aa", "aa", "a"]);
        assert_eq!(merged("aaaaa", &["aa", "aaaa"]), ["aaaa", "a"]);
        assert_eq!(merged("", &["aa"]), Vec::<String>::new());
        assert_eq!(merged("xyz", &[]), ["x", "y", "z"]);
    }

    #[test]
    fn a_stale_candidate_is_dropped() {
        // "bc" is queued first, but "ab" takes the b away.
        assert_eq!(merged("abcd", &["ab", "bc", "cd"]), ["ab", "cd"]);
    }
}
