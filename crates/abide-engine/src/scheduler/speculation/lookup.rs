//! Where the end of a sequence stood before: an index of its n-grams. Knows nothing but tokens.

use std::collections::HashMap;

/// Tokens that must agree before what followed them is a guess. Also the n of the n-grams.
pub(super) const AGREEMENT_MIN: usize = 3;
/// Longer agreement is not told apart.
pub(super) const AGREEMENT_MAX: usize = 32;
/// Earlier places that are compared, the latest first: it bounds the time of a look-up.
const PLACES_MAX: usize = 16;
const NOWHERE: u32 = u32::MAX;

/// The n-grams of a growing sequence, as chains from each place to the one before it with the same tokens (as the
/// matchers of LZ77 have them). Takes a few words per token and a bounded time per look-up.
#[derive(Debug, Default)]
pub(super) struct NgramIndex {
    /// Where each n-gram ended last.
    latest: HashMap<[u32; AGREEMENT_MIN], u32>,
    /// For each position, where the n-gram that ends there had ended before, or [`NOWHERE`].
    before: Vec<u32>,
}

/// An earlier place at which the sequence read as it does at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Position of the token that followed.
    pub(super) next: usize,
    /// Tokens before it that agree, at most [`AGREEMENT_MAX`].
    pub(super) agreement: usize,
}

impl NgramIndex {
    /// The place whose past agrees longest with the end of `tokens`; of equals the latest. `tokens` are those of the
    /// last call and new ones.
    pub(super) fn find(&mut self, tokens: &[u32]) -> Option<Place> {
        self.extend(tokens);
        let last = tokens.len().checked_sub(AGREEMENT_MIN)?;
        let mut end = *self.latest.get(&tokens[last..])?;
        let mut best: Option<Place> = None;
        for _ in 0..PLACES_MAX {
            let next = end as usize + 1;
            let agreement = agreement(&tokens[..next], tokens);
            if best.is_none_or(|best| agreement > best.agreement) {
                best = Some(Place { next, agreement });
            }
            end = self.before[end as usize];
            if agreement == AGREEMENT_MAX || end == NOWHERE {
                break;
            }
        }
        best
    }

    /// Enters the n-grams that a token follows: the one at the end is what is looked for.
    fn extend(&mut self, tokens: &[u32]) {
        for end in self.before.len()..tokens.len().saturating_sub(1) {
            let ngram =
                (end + 1).checked_sub(AGREEMENT_MIN).and_then(|first| tokens[first..=end].try_into().ok());
            let before = ngram.and_then(|ngram| self.latest.insert(ngram, end as u32));
            self.before.push(before.unwrap_or(NOWHERE));
        }
    }
}

impl Place {
    /// The `count` tokens after the place. Beyond the end of `tokens` the guesses go on with themselves, so that
    /// what has come round goes round again.
    pub(super) fn continuation(self, tokens: &[u32], count: usize) -> impl Iterator<Item = u32> {
        tokens[self.next..].iter().copied().cycle().take(count)
    }
}

/// Tokens at the ends of both that are equal.
fn agreement(one: &[u32], other: &[u32]) -> usize {
    let pairs = one.iter().rev().zip(other.iter().rev()).take(AGREEMENT_MAX);
    pairs.take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn guesses(tokens: &[u32], count: usize) -> Vec<u32> {
        let place = NgramIndex::default().find(tokens);
        place.map_or(Vec::new(), |place| place.continuation(tokens, count).collect())
    }

    #[test]
    fn longest_agreement_wins_and_then_the_latest() {
        assert_eq!(guesses(&[1, 2, 3, 7, 9, 1, 2, 3, 8, 5, 1, 2, 3], 1), [8]);
        assert_eq!(guesses(&[4, 1, 2, 3, 7, 9, 1, 2, 3, 8, 4, 1, 2, 3], 2), [7, 9]);
        assert_eq!(guesses(&[1, 2, 3, 4, 2, 3], 1), [0; 0], "two tokens are no agreement");
        assert_eq!(guesses(&[1, 2], 1), [0; 0]);
        assert_eq!(guesses(&[], 1), [0; 0]);
    }

    #[test]
    fn circles_are_gone_round() {
        assert_eq!(guesses(&[5; 4], 3), [5, 5, 5]);
        assert_eq!(guesses(&[1, 2, 1, 2, 1, 2], 5), [1, 2, 1, 2, 1]);
    }

    proptest! {
        #[test]
        fn same_as_looking_through_all(tokens in prop::collection::vec(0_u32..3, 0..60), cut in 0..60_usize) {
            let mut index = NgramIndex::default();
            index.find(&tokens[..cut.min(tokens.len())]);
            let found = index.find(&tokens);
            let all = (1..tokens.len()).rev().map(|next| Place { next, agreement: agreement(&tokens[..next], &tokens) });
            let all: Vec<_> = all.filter(|place| place.agreement >= AGREEMENT_MIN).take(PLACES_MAX).collect();
            let longest = all.iter().map(|place| place.agreement).max();
            prop_assert_eq!(found, all.into_iter().find(|place| Some(place.agreement) == longest));
        }
    }
}
