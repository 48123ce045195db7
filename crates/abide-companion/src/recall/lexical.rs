//! BM25 of memories with the turns beside them, and of sittings. Must not know vectors, persons or times.

use super::index::RecallIndex;
use super::postings::Posting;
use crate::text::QuestionTerm;

/// What the words of a question say.
#[derive(Debug, Default)]
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

/// Memory for one term's counts at a time.
struct Scratch {
    counts: Vec<f32>,
    touched: Vec<u32>,
}

/// BM25's weight of a term that `having` of `count` have.
pub(super) fn idf(count: usize, having: usize) -> f32 {
    let (count, having) = (count as f32, having as f32);
    ((count - having + 0.5).max(0.0) / (having + 0.5)).ln_1p()
}

impl RecallIndex {
    pub(super) fn lexical(&self, terms: &[QuestionTerm]) -> Lexical {
        let mut found = Lexical {
            words: vec![0.0; self.slots.len()],
            session: vec![0.0; self.sessions.len()],
            covered: vec![0.0; self.slots.len()],
            weight: 0.0,
        };
        let mut slots = Scratch { counts: vec![0.0; self.slots.len()], touched: Vec::new() };
        let mut sessions = Scratch { counts: vec![0.0; self.sessions.len()], touched: Vec::new() };
        let mut met = 0.0_f32;
        for term in terms {
            let postings = self.postings.of_any(&term.forms);
            let weight = idf(self.len(), postings.len());
            found.weight += weight;
            met += if postings.is_empty() { 0.0 } else { weight };
            self.add_words(&postings, weight, &mut slots, &mut found);
            self.add_sessions(&postings, &mut sessions, &mut found);
        }
        if met > 0.0 {
            let scale = met.recip();
            found.words.iter_mut().chain(&mut found.session).for_each(|score| *score *= scale);
        }
        found
    }

    fn add_words(&self, postings: &[Posting], weight: f32, scratch: &mut Scratch, found: &mut Lexical) {
        let (k1, b) = (self.weights.k1, self.weights.b);
        let mean = (self.window_length_total / self.len().max(1) as f64).max(1e-9) as f32;
        for posting in postings {
            for (offset, share) in self.weights.window {
                if let Some(receiver) = self.at_offset(posting.slot as usize, -offset) {
                    if scratch.counts[receiver] == 0.0 {
                        scratch.touched.push(receiver as u32);
                    }
                    scratch.counts[receiver] += share * f32::from(posting.count);
                }
            }
        }
        for slot in scratch.touched.drain(..) {
            let slot = slot as usize;
            let count = std::mem::take(&mut scratch.counts[slot]);
            let length = self.slots[slot].window_length / mean;
            found.words[slot] += weight * count * (k1 + 1.0) / (count + k1 * (1.0 - b + b * length));
            found.covered[slot] += weight;
        }
    }

    fn add_sessions(&self, postings: &[Posting], scratch: &mut Scratch, found: &mut Lexical) {
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
            found.session[session] += weight * count * (k1 + 1.0) / (count + k1 * (1.0 - b + b * length));
        }
    }
}
