//! BM25 of memories with the turns beside them, and of sittings. Must not know vectors, persons or times.

use std::borrow::Cow;
use std::ops::Range;

use super::index::RecallIndex;
use super::postings::Posting;
use super::weights::Weights;
use crate::text::QuestionTerm;

/// What the words of a question say.
#[derive(Debug)]
pub(super) struct Lexical {
    /// For each slot, divided by the weight of the terms that some memory has: what none has tells nothing of where to look.
    pub words: Vec<f32>,
    /// For each sitting, divided likewise.
    pub session: Vec<f32>,
    /// For each slot the weight of the terms that it or a turn beside it has.
    pub covered: Vec<f32>,
    /// Weight (idf) of all terms together.
    pub weight: f32,
}

/// Memory for one term's counts in sittings.
struct Scratch {
    counts: Vec<f32>,
    touched: Vec<u32>,
}

/// BM25's weight of a term that `having` of `count` have.
pub(super) fn idf(count: usize, having: usize) -> f32 {
    let (count, having) = (count as f32, having as f32);
    ((count - having + 0.5).max(0.0) / (having + 0.5)).ln_1p()
}

/// Memories that are scored at a time, term by term: what is kept of so many stays in a core's own caches.
pub(super) const BLOCK: usize = 2048;
/// A term that one memory in so many has is looked for in all of them.
const EVERYWHERE: usize = 16;

/// One term of the question.
struct Term<'a> {
    postings: Cow<'a, [Posting]>,
    weight: f32,
}

impl Term<'_> {
    /// Those of some slots.
    fn within(&self, slots: Range<usize>) -> &[Posting] {
        let place = |slot: usize| self.postings.partition_point(|posting| (posting.slot as usize) < slot);
        &self.postings[place(slots.start)..place(slots.end)]
    }
}

/// What is added up for the memories of one block.
struct Block<'a> {
    index: &'a RecallIndex,
    /// Slots of its memories.
    slots: Range<usize>,
    /// The same, and those whose words count for them.
    reached: Range<usize>,
    /// One term's counts in and beside each memory; zeros between terms.
    counts: Vec<f32>,
    /// One term's counts in each memory that is reached; zeros between terms.
    own: Vec<f32>,
    /// What each memory's length adds to a count before that divides.
    norms: Vec<f32>,
}

impl<'a> Block<'a> {
    fn new(index: &'a RecallIndex, slots: Range<usize>) -> Self {
        let Weights { k1, b, .. } = index.weights;
        let reach = index.weights.reach();
        let mean = (index.window_length_total / index.len().max(1) as f64).max(1e-9) as f32;
        let norm = |length: &f32| k1 * (1.0 - b + b * length / mean);
        let reached = slots.start.saturating_sub(reach)..(slots.end + reach).min(index.slots.len());
        Self {
            index,
            counts: vec![0.0; slots.len()],
            own: vec![0.0; reached.len()],
            norms: index.window_lengths[slots.clone()].iter().map(norm).collect(),
            slots,
            reached,
        }
    }

    /// Adds to `words` BM25 of one term, and its weight to `covered` where it is met.
    fn add(&mut self, term: &Term<'_>, words: &mut [f32], covered: &mut [f32]) {
        let postings = term.within(self.reached.clone());
        if postings.is_empty() {
            return;
        }
        if postings.len() * EVERYWHERE < self.slots.len() {
            self.count_posting_by_posting(postings);
        } else {
            self.count_offset_by_offset(postings);
        }
        for (covered, count) in covered.iter_mut().zip(&self.counts) {
            *covered += if *count > 0.0 { term.weight } else { 0.0 };
        }
        score(&mut self.counts, &self.norms, words, term.weight * (self.index.weights.k1 + 1.0));
    }

    fn count_posting_by_posting(&mut self, postings: &[Posting]) {
        let (sessions, window) = (&self.index.session_of, self.index.weights.window);
        for posting in postings {
            let place = posting.slot as usize;
            let session = sessions[place];
            for (offset, share) in window {
                let receiver = place.wrapping_add_signed(-offset);
                if self.slots.contains(&receiver) && sessions[receiver] == session {
                    self.counts[receiver - self.slots.start] += share * f32::from(posting.count);
                }
            }
        }
    }

    /// The same, through all memories, which asks less of each.
    fn count_offset_by_offset(&mut self, postings: &[Posting]) {
        let Self { index, slots, reached, counts, own, .. } = self;
        for posting in postings {
            own[posting.slot as usize - reached.start] = f32::from(posting.count);
        }
        for (offset, share) in index.weights.window {
            let own = |beside: Range<usize>| &own[beside.start - reached.start..beside.end - reached.start];
            index.add_from_beside(counts, slots, offset, share, own);
        }
        for posting in postings {
            own[posting.slot as usize - reached.start] = 0.0;
        }
    }
}

/// Adds shares of `own` to `counts` where both places are of the same sitting.
// Apart, and with lengths that are seen to be equal, so that the compiler makes vectors of it.
#[inline(never)]
fn add_within(counts: &mut [f32], own: &[f32], sessions: [&[u32]; 2], share: f32) {
    let length = counts.len();
    let (own, one, other) = (&own[..length], &sessions[0][..length], &sessions[1][..length]);
    for at in 0..length {
        let added = share * own[at];
        counts[at] += if one[at] == other[at] { added } else { 0.0 };
    }
}

/// BM25 of one term from its counts, which are zeros then.
#[inline(never)]
fn score(counts: &mut [f32], norms: &[f32], words: &mut [f32], factor: f32) {
    for ((words, count), norm) in words.iter_mut().zip(counts).zip(norms) {
        *words += factor * *count / (*count + norm);
        *count = 0.0;
    }
}

impl RecallIndex {
    /// Adds to each of `sums` (for `slots`) a share of the value of the memory `offset` places on, where that is beside it. `values`: those of
    /// a range of slots.
    pub(super) fn add_from_beside<'a>(
        &self,
        sums: &mut [f32],
        slots: &Range<usize>,
        offset: isize,
        share: f32,
        values: impl FnOnce(Range<usize>) -> &'a [f32],
    ) {
        let sessions = &self.session_of;
        // Places that have one at this offset.
        let from = slots.start.max(offset.min(0).unsigned_abs());
        let to = slots.end.min(sessions.len().saturating_sub(offset.max(0).unsigned_abs()));
        if from >= to {
            return;
        }
        let beside = from.wrapping_add_signed(offset)..to.wrapping_add_signed(offset);
        let sums = &mut sums[from - slots.start..to - slots.start];
        add_within(sums, values(beside.clone()), [&sessions[from..to], &sessions[beside]], share);
    }

    /// `silent`: slots whose words count nowhere, in their order.
    pub(super) fn lexical(&self, terms: &[QuestionTerm], silent: &[u32]) -> Lexical {
        let term = |term: &QuestionTerm| {
            let mut postings = self.postings.of_any(&term.forms);
            if !silent.is_empty() {
                postings.to_mut().retain(|posting| silent.binary_search(&posting.slot).is_err());
            }
            Term { weight: idf(self.len(), postings.len()), postings }
        };
        let terms: Vec<Term<'_>> = terms.iter().map(term).collect();
        let all = terms.iter().map(|term| term.weight).sum();
        let met: f32 = terms.iter().filter(|term| !term.postings.is_empty()).map(|term| term.weight).sum();
        let scale = if met > 0.0 { met.recip() } else { 1.0 };
        let mut session = vec![0.0; self.sessions.len()];
        let mut scratch = Scratch { counts: vec![0.0; self.sessions.len()], touched: Vec::new() };
        for term in &terms {
            self.add_sessions(&term.postings, &mut scratch, &mut session);
        }
        session.iter_mut().for_each(|score| *score *= scale);
        let (mut words, mut covered) = (vec![0.0; self.slots.len()], vec![0.0; self.slots.len()]);
        let blocks = words.chunks_mut(BLOCK).zip(covered.chunks_mut(BLOCK)).enumerate();
        for (at, (words, covered)) in blocks {
            let mut block = Block::new(self, at * BLOCK..at * BLOCK + words.len());
            terms.iter().for_each(|term| block.add(term, words, covered));
            words.iter_mut().for_each(|score| *score *= scale);
        }
        Lexical { words, session, covered, weight: all }
    }

    fn add_sessions(&self, postings: &[Posting], scratch: &mut Scratch, scores: &mut [f32]) {
        let (k1, b) = (self.weights.k1, self.weights.b);
        for postings in postings
            .chunk_by(|one, other| self.session_of[one.slot as usize] == self.session_of[other.slot as usize])
        {
            let session = self.session_of[postings[0].slot as usize];
            if scratch.counts[session as usize] == 0.0 {
                scratch.touched.push(session);
            }
            let count: u32 = postings.iter().map(|posting| u32::from(posting.count)).sum();
            scratch.counts[session as usize] += count as f32;
        }
        let there = self.sessions_alive.max(1);
        let mean = self.length_total as f32 / there as f32;
        let weight = idf(there, scratch.touched.len());
        for session in scratch.touched.drain(..) {
            let session = session as usize;
            let count = std::mem::take(&mut scratch.counts[session]);
            let length = self.sessions[session].length as f32 / mean.max(1e-9);
            scores[session] += weight * count * (k1 + 1.0) / (count + k1 * (1.0 - b + b * length));
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::recall::{MemoryDocument, MemoryId, Role};

    proptest! {
        /// A term that many have and one that few have are counted differently, and alike to the bit.
        #[test]
        fn both_ways_through_the_memories_agree(
            memories in prop::collection::vec((0_u64..3, prop::collection::vec("[a-c]{3}", 0..6)), 1..40),
            removed in prop::collection::vec(0_u64..40, 0..6),
        ) {
            let mut index = RecallIndex::default();
            for (at, (session, words)) in memories.iter().enumerate() {
                index.insert(&MemoryDocument {
                    id: MemoryId::Message(at as u64),
                    speaker: "Ann",
                    role: Role::User,
                    text: &words.join(" "),
                    time: Timestamp::UNIX_EPOCH,
                    session: Some(*session),
                    importance: 0.0,
                });
            }
            removed.iter().for_each(|id| { index.remove(MemoryId::Message(*id)); });
            let length = index.slots.len();
            for at in (0..length).step_by(7) {
                let slots = at..(at + 7).min(length);
                let (mut one, mut other) = (Block::new(&index, slots.clone()), Block::new(&index, slots));
                for term in memories.iter().flat_map(|(_, words)| words) {
                    let term = Term { postings: index.postings.of(term).into(), weight: 1.5 };
                    let postings = term.within(one.reached.clone());
                    one.count_posting_by_posting(postings);
                    other.count_offset_by_offset(postings);
                    prop_assert_eq!(&one.counts, &other.counts);
                    prop_assert!(other.own.iter().all(|count| *count == 0.0));
                    one.counts.fill(0.0);
                    other.counts.fill(0.0);
                }
            }
        }
    }
}
