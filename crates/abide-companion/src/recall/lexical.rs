//! BM25 of memories with the turns beside them, and of sittings. Must not know vectors, persons or times.

use std::ops::Range;

use super::index::{RecallIndex, Slot};
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

/// A term that one memory in so many has is looked for in all of them.
const EVERYWHERE: usize = 16;

/// What is added up for memories, term by term.
struct Places<'a> {
    index: &'a RecallIndex,
    /// One term's counts in and beside each memory; zeros between terms.
    counts: Vec<f32>,
    /// What each memory's length adds to a count before that divides.
    norms: Vec<f32>,
    words: Vec<f32>,
    covered: Vec<f32>,
}

impl<'a> Places<'a> {
    fn new(index: &'a RecallIndex) -> Self {
        let Weights { k1, b, .. } = index.weights;
        let mean = (index.window_length_total / index.len().max(1) as f64).max(1e-9) as f32;
        let norm = |slot: &Slot| k1 * (1.0 - b + b * slot.window_length / mean);
        let zeros = || vec![0.0; index.slots.len()];
        let norms = index.slots.iter().map(norm).collect();
        Self { index, counts: zeros(), norms, words: zeros(), covered: zeros() }
    }

    fn add(&mut self, postings: &[Posting], weight: f32) {
        if postings.len() * EVERYWHERE < self.counts.len() {
            self.add_posting_by_posting(postings, weight);
        } else {
            self.add_offset_by_offset(postings, weight);
        }
    }

    fn add_posting_by_posting(&mut self, postings: &[Posting], weight: f32) {
        let (sessions, window) = (&self.index.session_of, self.index.weights.window);
        let reach = self.index.weights.reach();
        let mut scored = 0;
        for (at, posting) in postings.iter().enumerate() {
            let place = posting.slot as usize;
            let session = sessions[place];
            for (offset, share) in window {
                let receiver = place.wrapping_add_signed(-offset);
                if sessions.get(receiver) == Some(&session) {
                    self.counts[receiver] += share * f32::from(posting.count);
                }
            }
            // Nothing more comes to what the next posting does not reach.
            let next = postings.get(at + 1).map(|next| (next.slot as usize).saturating_sub(reach));
            let first = scored.max(place.saturating_sub(reach));
            scored = (place + reach + 1).min(next.unwrap_or(self.counts.len())).max(first);
            self.score(first..scored, weight);
        }
    }

    /// The same, through all memories, which asks less of each.
    fn add_offset_by_offset(&mut self, postings: &[Posting], weight: f32) {
        let sessions = &self.index.session_of;
        let mut own = vec![0.0_f32; self.counts.len()];
        postings.iter().for_each(|posting| own[posting.slot as usize] = f32::from(posting.count));
        for (offset, share) in self.index.weights.window {
            let distance = offset.unsigned_abs().min(own.len());
            let (to, from) = if offset < 0 { (distance, 0) } else { (0, distance) };
            let length = own.len() - distance;
            let sessions = [&sessions[to..][..length], &sessions[from..][..length]];
            add_within(&mut self.counts[to..][..length], &own[from..][..length], sessions, share);
        }
        self.score(0..self.counts.len(), weight);
    }

    /// BM25 of one term from its counts, which are zeros then.
    fn score(&mut self, slots: Range<usize>, weight: f32) {
        let factor = weight * (self.index.weights.k1 + 1.0);
        let (counts, norms) = (&mut self.counts[slots.clone()], &self.norms[slots.clone()]);
        score(counts, norms, factor, &mut self.words[slots.clone()]);
        for (covered, count) in self.covered[slots].iter_mut().zip(counts) {
            *covered += if *count > 0.0 { weight } else { 0.0 };
            *count = 0.0;
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

fn score(counts: &[f32], norms: &[f32], factor: f32, words: &mut [f32]) {
    for ((words, count), norm) in words.iter_mut().zip(counts).zip(norms) {
        *words += factor * *count / (*count + norm);
    }
}

impl RecallIndex {
    pub(super) fn lexical(&self, terms: &[QuestionTerm]) -> Lexical {
        let mut places = Places::new(self);
        let mut sessions = Scratch { counts: vec![0.0; self.sessions.len()], touched: Vec::new() };
        let mut session = vec![0.0; self.sessions.len()];
        let (mut all, mut met) = (0.0_f32, 0.0_f32);
        for term in terms {
            let postings = self.postings.of_any(&term.forms);
            let weight = idf(self.len(), postings.len());
            all += weight;
            met += if postings.is_empty() { 0.0 } else { weight };
            places.add(&postings, weight);
            self.add_sessions(&postings, &mut sessions, &mut session);
        }
        let Places { mut words, covered, .. } = places;
        if met > 0.0 {
            let scale = met.recip();
            words.iter_mut().chain(&mut session).for_each(|score| *score *= scale);
        }
        Lexical { words, session, covered, weight: all }
    }

    fn add_sessions(&self, postings: &[Posting], scratch: &mut Scratch, scores: &mut [f32]) {
        let (k1, b) = (self.weights.k1, self.weights.b);
        for posting in postings {
            let session = self.session_of[posting.slot as usize];
            if scratch.counts[session as usize] == 0.0 {
                scratch.touched.push(session);
            }
            scratch.counts[session as usize] += f32::from(posting.count);
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
            let (mut one, mut other) = (Places::new(&index), Places::new(&index));
            for term in memories.iter().flat_map(|(_, words)| words) {
                let postings = index.postings.of(term);
                one.add_posting_by_posting(postings, 1.5);
                other.add_offset_by_offset(postings, 1.5);
                prop_assert_eq!(&one.words, &other.words);
                prop_assert_eq!(&one.covered, &other.covered);
                prop_assert!(one.counts.iter().chain(&other.counts).all(|count| *count == 0.0));
            }
        }
    }
}
