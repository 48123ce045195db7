//! One sequence's guesses and how they fared. Knows neither time nor other sequences.

use super::lookup::{AGREEMENT_MIN, NgramIndex, Place};

/// From these lengths on, agreements have records of their own: the longer, the surer.
const AGREEMENT_CLASSES: [usize; 3] = [AGREEMENT_MIN, 5, 9];
/// What an older draft counts against the one after it.
const MEMORY: f64 = 0.9;
/// How much of a record is left when a chance was let go by: a bad one is not for ever.
const MEMORY_UNUSED: f64 = 0.98;
/// Most chances let go by after failures are 2 to the power of this.
const REST_DOUBLINGS_MAX: u32 = 6;

/// Guesses the next tokens of one sequence.
#[derive(Debug, Default)]
pub(in crate::scheduler) struct Drafter {
    index: NgramIndex,
    place: Option<Place>,
    records: [Record; AGREEMENT_CLASSES.len()],
    /// Drafts in a row of which not a token was right.
    failures: u32,
    /// Chances to let go by.
    rest: u32,
}

/// What could be guessed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::scheduler) struct Chance {
    /// How likely each guess is right if those before it are.
    pub(super) probability: f64,
    /// Most guesses that are of use.
    pub(super) tokens_max: usize,
    /// Whether the last guesses were so wrong that this chance is better let go by.
    pub(super) rests: bool,
}

/// How guesses fared, the last ones counting most.
#[derive(Debug, Default)]
struct Record {
    right: f64,
    checked: f64,
}

impl Drafter {
    /// Looks for a guess at what follows `tokens`, of which `tokens_max` would be of use. `tokens` are those of the
    /// last call and new ones.
    pub(in crate::scheduler) fn look_up(&mut self, tokens: &[u32], tokens_max: usize) -> Option<Chance> {
        self.place = self.index.find(tokens);
        let probability = self.records[class(self.place?)].probability();
        (tokens_max > 0).then_some(Chance { probability, tokens_max, rests: self.rest > 0 })
    }

    /// The guesses that were found, `count` of them; 0 lets the chance go by.
    pub(in crate::scheduler) fn draft(&mut self, tokens: &[u32], count: usize) -> Vec<u32> {
        let Some(place) = self.place else { return Vec::new() };
        if count == 0 {
            self.rest = self.rest.saturating_sub(1);
            self.records[class(place)].fade(MEMORY_UNUSED);
        }
        place.continuation(tokens, count).collect()
    }

    /// Learns how many of the `drafted` guesses were `right`.
    pub(in crate::scheduler) fn learn(&mut self, drafted: usize, right: usize) {
        let Some(place) = self.place else { return };
        let record = &mut self.records[class(place)];
        record.fade(MEMORY);
        record.right += right as f64;
        // Those after the first wrong one were not looked at.
        record.checked += drafted.min(right + 1) as f64;
        if right > 0 {
            self.failures = 0;
        } else {
            self.failures = self.failures.saturating_add(1);
            self.rest = (1 << (self.failures - 1).min(REST_DOUBLINGS_MAX)) - 1;
        }
    }
}

impl Record {
    /// Laplace's rule of succession: one half as long as nothing is known.
    fn probability(&self) -> f64 {
        (self.right + 1.0) / (self.checked + 2.0)
    }

    fn fade(&mut self, share: f64) {
        self.right *= share;
        self.checked *= share;
    }
}

fn class(place: Place) -> usize {
    AGREEMENT_CLASSES.iter().rposition(|least| place.agreement >= *least).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three tokens that agree, over and over.
    const TOKENS: [u32; 8] = [9, 1, 2, 3, 8, 1, 2, 3];

    #[test]
    fn hopeless_guesses_are_made_ever_more_seldom() {
        let mut drafter = Drafter::default();
        let mut drafts = Vec::new();
        for chance in 0..1000 {
            let found = drafter.look_up(&TOKENS, 4).unwrap();
            let count = if found.rests { 0 } else { 4 };
            assert_eq!(drafter.draft(&TOKENS, count).len(), count);
            if count > 0 {
                drafter.learn(4, 0);
                drafts.push(chance);
            }
        }
        assert_eq!(drafts[..6], [0, 1, 3, 7, 15, 31]);
        assert!(drafts.len() < 25, "{drafts:?}");
        drafter.learn(4, 1);
        drafter.learn(4, 0);
        assert!(!drafter.look_up(&TOKENS, 4).unwrap().rests, "one that was right makes good");
    }

    #[test]
    fn records_are_learnt_and_forgotten() {
        let mut drafter = Drafter::default();
        let probability = |drafter: &mut Drafter| drafter.look_up(&TOKENS, 4).unwrap().probability;
        assert_eq!(probability(&mut drafter), 0.5);
        drafter.learn(4, 4);
        assert_eq!(probability(&mut drafter), 5.0 / 6.0);
        for _ in 0..20 {
            drafter.learn(4, 0);
        }
        let poor = probability(&mut drafter);
        assert!(poor < 0.2, "{poor}");
        for _ in 0..300 {
            drafter.draft(&TOKENS, 0);
        }
        assert!(probability(&mut drafter) > 0.45);
        drafter.learn(4, 4);
        let long = [&TOKENS[..], &TOKENS[4..]].concat();
        assert_eq!(drafter.look_up(&long, 4).unwrap().probability, 0.5, "other lengths have other records");
    }

    #[test]
    fn no_chance_without_room_or_repetition() {
        let mut drafter = Drafter::default();
        assert_eq!(drafter.look_up(&[1, 2, 3, 4], 4), None);
        assert!(drafter.draft(&[1, 2, 3, 4], 0).is_empty());
        assert_eq!(Drafter::default().look_up(&TOKENS, 0), None);
    }
}
