//! The tokens that may still be chosen, and the cuts that make them fewer. Must not know history,
//! temperature or randomness.
//!
//! A vocabulary has up to 262,144 tokens and this runs for each token made: nothing is sorted further than
//! a cut needs, and nothing is allocated once the buffers have grown. The order of equal values is always
//! that of their ids, so that results don't depend on a sorting algorithm.

use std::{cmp::Ordering, f64::consts::LN_2};

/// A token that may be chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    pub id: u32,
    /// Finite.
    pub logit: f32,
}

/// Best first; of equal ones, the lower id first.
fn best_first(one: &Candidate, other: &Candidate) -> Ordering {
    other.logit.total_cmp(&one.logit).then(one.id.cmp(&other.id))
}

/// How many candidates are sorted at first where a cut's size is not known; doubled as needed.
const SORT_STEP: usize = 128;

/// Logits that are looked at together.
const SKIPPED_AT_ONCE: usize = 64;

/// What is left of the vocabulary. Never empty once collected.
#[derive(Debug, Clone, Default)]
pub(super) struct Candidates {
    items: Vec<Candidate>,
    /// How many of the first items are the best of all, best first.
    sorted: usize,
    /// Sort keys of items and their places, while [`Self::keep_typical`] runs.
    scratch: Vec<(f64, u32)>,
}

impl Candidates {
    pub fn items(&self) -> &[Candidate] {
        &self.items
    }

    #[cfg(test)]
    pub fn capacities(&self) -> (usize, usize) {
        (self.items.capacity(), self.scratch.capacity())
    }

    /// Takes those of `logits` that are at least `floor` and not −∞; of them, the `most` best (0: all).
    pub fn collect(&mut self, logits: &[f32], floor: f32, most: usize) {
        self.items.clear();
        self.sorted = 0;
        if most == 0 {
            let kept = logits.iter().enumerate().filter(|&(_, &logit)| is_kept(logit, floor));
            self.items.extend(kept.map(|(id, &logit)| Candidate { id: id as u32, logit }));
            return;
        }
        // The buffer is cut back to the best whenever it is full; what is below its worst never enters.
        let capacity = most.saturating_mul(4).max(SORT_STEP);
        self.items.reserve(capacity.saturating_add(SKIPPED_AT_ONCE).min(logits.len()));
        let mut floor = floor;
        for (block, logits) in logits.chunks(SKIPPED_AT_ONCE).enumerate() {
            // Soon, most of them are below the floor.
            if !any_at_least(logits, floor) {
                continue;
            }
            for (within, &logit) in logits.iter().enumerate().filter(|&(_, &logit)| is_kept(logit, floor)) {
                let id = (block * SKIPPED_AT_ONCE + within) as u32;
                self.items.push(Candidate { id, logit });
            }
            if self.items.len() >= capacity && self.items.len() > most {
                self.items.select_nth_unstable_by(most - 1, best_first);
                self.items.truncate(most);
                floor = self.items[most - 1].logit;
            }
        }
        self.keep_best(most);
    }

    /// Keeps the `most` best, sorted.
    pub fn keep_best(&mut self, most: usize) {
        self.sort(most);
        self.items.truncate(most);
        self.sorted = self.sorted.min(self.items.len());
    }

    /// Sees to it that the first `count` items are the best, best first.
    fn sort(&mut self, count: usize) {
        let count = count.min(self.items.len());
        if count <= self.sorted {
            return;
        }
        let rest = &mut self.items[self.sorted..];
        let wanted = count - self.sorted;
        if wanted < rest.len() {
            rest.select_nth_unstable_by(wanted - 1, best_first);
        }
        rest[..wanted].sort_unstable_by(best_first);
        self.sorted = count;
    }

    /// The greatest logit.
    pub fn best_logit(&self) -> f32 {
        if self.sorted > 0 {
            return self.items[0].logit;
        }
        self.items.iter().map(|item| item.logit).fold(f32::NEG_INFINITY, f32::max)
    }

    /// exp(logit − `best`) of each, added up in the order of the items.
    fn weigh(&self, best: f32) -> f64 {
        self.items.iter().map(|item| weight(item.logit, best)).sum()
    }

    /// Nucleus (Holtzman et al. 2019): the fewest best ones whose probabilities reach `share` together.
    pub fn keep_nucleus(&mut self, share: f32) {
        let best = self.best_logit();
        let goal = f64::from(share) * self.weigh(best);
        let (mut reached, mut count) = (0.0, 0);
        while count < self.items.len() {
            if count == self.sorted {
                self.sort((2 * count).max(SORT_STEP));
            }
            reached += weight(self.items[count].logit, best);
            count += 1;
            if reached >= goal {
                break;
            }
        }
        self.keep_best(count);
    }

    /// Min-p (Nguyen et al. 2024): those with at least `share` of the best one's probability.
    pub fn keep_near_best(&mut self, share: f32) {
        let best = self.best_logit();
        let furthest = -f64::from(share).ln();
        self.retain(|item| distance(item.logit, best) <= furthest);
    }

    /// Locally typical (Meister et al. 2022): those whose surprise is nearest to the expected one, until
    /// their probabilities reach `share` together.
    pub fn keep_typical(&mut self, share: f32) {
        let best = self.best_logit();
        let total = self.weigh(best);
        let surprise = |item: &Candidate| total.ln() + distance(item.logit, best);
        let entropy: f64 =
            self.items.iter().map(|item| weight(item.logit, best) / total * surprise(item)).sum();
        self.scratch.clear();
        let distances = self.items.iter().enumerate();
        self.scratch.extend(distances.map(|(at, item)| ((surprise(item) - entropy).abs(), at as u32)));
        let items = &self.items;
        let nearest_first = |one: &(f64, u32), other: &(f64, u32)| {
            let order = one.0.total_cmp(&other.0);
            order.then_with(|| items[one.1 as usize].id.cmp(&items[other.1 as usize].id))
        };
        let goal = f64::from(share) * total;
        let (mut reached, mut count, mut sorted) = (0.0, 0, 0);
        while count < self.scratch.len() {
            if count == sorted {
                let wanted = (2 * count).max(SORT_STEP).min(self.scratch.len()) - sorted;
                let rest = &mut self.scratch[sorted..];
                if wanted < rest.len() {
                    rest.select_nth_unstable_by(wanted - 1, nearest_first);
                }
                rest[..wanted].sort_unstable_by(nearest_first);
                sorted += wanted;
            }
            reached += weight(items[self.scratch[count].1 as usize].logit, best);
            count += 1;
            if reached >= goal {
                break;
            }
        }
        self.keep_places(count);
    }

    /// Keeps the items whose places are the first `count` of the scratch, in the order of the items.
    fn keep_places(&mut self, count: usize) {
        self.scratch.truncate(count);
        self.scratch.sort_unstable_by_key(|&(_, place)| place);
        let was_sorted = self.sorted;
        self.sorted = 0;
        for (target, &(_, place)) in self.scratch.iter().enumerate() {
            self.items[target] = self.items[place as usize];
            if (place as usize) < was_sorted {
                self.sorted = target + 1;
            }
        }
        self.items.truncate(count);
    }

    /// Exclude top choices: of those at least `threshold` likely, only the least likely stays.
    pub fn exclude_top(&mut self, threshold: f32) {
        let best = self.best_logit();
        let goal = f64::from(threshold) * self.weigh(best);
        let is_top = |item: &Candidate| weight(item.logit, best) >= goal;
        let Some(least) = self.items.iter().copied().filter(is_top).max_by(best_first) else { return };
        self.retain(|item| !is_top(item) || item.id == least.id);
    }

    /// Those whose surprise is at most `bits`, the best one in any case (mirostat 2, Basu et al. 2020).
    /// Gives the bits of the best one, which are the fewest.
    pub fn keep_unsurprising(&mut self, bits: f64) -> f64 {
        let best = self.best_logit();
        let fewest = self.weigh(best).ln() / LN_2;
        let furthest = (bits - fewest).max(0.0) * LN_2;
        self.retain(|item| distance(item.logit, best) <= furthest);
        fewest
    }

    fn retain(&mut self, is_kept: impl Fn(&Candidate) -> bool) {
        self.sorted = self.items[..self.sorted].iter().filter(|item| is_kept(item)).count();
        self.items.retain(is_kept);
    }

    /// Divides all logits by a temperature; the best one becomes 0, so that no quotient of those near it
    /// leaves f32's range.
    pub fn divide(&mut self, temperature: f32) {
        let best = self.best_logit();
        for item in &mut self.items {
            item.logit = ((item.logit - best) / temperature).max(f32::MIN);
        }
    }

    /// Entropy in nats.
    pub fn entropy(&self) -> f64 {
        let best = self.best_logit();
        let total = self.weigh(best);
        let log_total = total.ln();
        let share = |item: &Candidate| {
            let distance = distance(item.logit, best);
            (-distance).exp() / total * (log_total + distance)
        };
        self.items.iter().map(share).sum()
    }

    /// The item at which the running sum of probabilities, in the order of ids, passes `point` (from 0 to
    /// below 1), and its probability.
    pub fn at(&mut self, point: f64) -> (Candidate, f64) {
        if self.sorted > 0 || !self.items.is_sorted_by_key(|item| item.id) {
            self.items.sort_unstable_by_key(|item| item.id);
            self.sorted = 0;
        }
        let best = self.best_logit();
        let total = self.weigh(best);
        let goal = point * total;
        let mut reached = 0.0;
        let mut chosen = self.items[0];
        for item in &self.items {
            let weight = weight(item.logit, best);
            if weight > 0.0 {
                chosen = *item;
                reached += weight;
                if reached > goal {
                    break;
                }
            }
        }
        (chosen, weight(chosen.logit, best) / total)
    }
}

/// Whether one of them is.
#[allow(clippy::needless_bitwise_bool, reason = "without an early exit it vectorises")]
fn any_at_least(logits: &[f32], floor: f32) -> bool {
    logits.iter().fold(false, |any, &logit| any | (logit >= floor))
}

fn is_kept(logit: f32, floor: f32) -> bool {
    logit >= floor && logit > f32::NEG_INFINITY
}

/// How far a logit is below the best one.
fn distance(logit: f32, best: f32) -> f64 {
    f64::from(best) - f64::from(logit)
}

/// A probability before it is divided by the sum of all.
fn weight(logit: f32, best: f32) -> f64 {
    (-distance(logit, best)).exp()
}
