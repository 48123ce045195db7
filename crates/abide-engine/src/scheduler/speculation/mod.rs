//! Speculation: tokens guessed from what the sequence has said before, checked in one step.
//!
//! An answer that repeats names, phrases or its prompt can be guessed (prompt look-up decoding, Saxena 2023): a
//! [`Drafter`] finds where the sequence's last tokens stood before and takes what followed them there. A step computes
//! the guesses beside the token before them, which costs little more than that token alone where reading the weights
//! takes the time. Then tokens are chosen from the logits in their order, by the same sampler with the same draws as
//! without guesses, as long as what is chosen is what was guessed. The first other token is kept, being as good as
//! any, and what was computed after it is cut off. So guesses decide how many tokens a step gives, never which.
//! (Rejection sampling as for draft models was the alternative: it accepts more of them, but keeps the distribution
//! alone, not what a seed gives.)
//!
//! The [`Planner`] decides how many guesses a step is to hold, from how often they were right and how long steps with
//! and without them took on this machine.
//!
//! Must not know the model, or what tokens mean.

mod drafter;
mod lookup;
mod times;

use std::time::Duration;

pub(super) use drafter::{Chance, Drafter};

use super::Speculation;
use times::StepTimes;

/// Most guessed tokens in a step, of all sequences together: with one sequence, a step has 16 rows at most, which suits
/// kernels and buffers.
pub const DRAFT_TOKENS_MAX: usize = 15;

/// Shares guesses out among the sequences of a step.
#[derive(Debug)]
pub(super) struct Planner {
    speculation: Speculation,
    times: StepTimes,
}

impl Planner {
    pub(super) fn new(speculation: Speculation) -> Self {
        Self { speculation, times: StepTimes::default() }
    }

    /// Whether nothing is ever to be guessed.
    pub(super) fn is_off(&self) -> bool {
        self.speculation == Speculation::Off
    }

    /// A step of `sequences`, each with one token, and `drafted` tokens more took so long.
    pub(super) fn measured(&mut self, sequences: usize, drafted: usize, time: Duration) {
        if self.speculation == Speculation::Auto {
            self.times.add(sequences, drafted, time);
        }
    }

    /// How many tokens to guess for each sequence of a step, given what could be guessed.
    pub(super) fn share_out(&self, chances: &[Option<Chance>]) -> Vec<usize> {
        let mut counts = vec![0; chances.len()];
        let takers = match self.speculation {
            Speculation::Off => Vec::new(),
            Speculation::Auto => self.worth_while(chances),
            Speculation::Tokens(most) => in_turn(chances, most),
        };
        takers.into_iter().for_each(|taker| counts[taker] += 1);
        counts
    }

    /// Whose guesses the next step is to hold, one entry for each guess, so that the product of the speeds expected for
    /// all sequences is greatest (proportional fairness, Kelly 1997). With one sequence that is its speed; with more,
    /// nobody is slowed down by what others gain little from.
    fn worth_while(&self, chances: &[Option<Chance>]) -> Vec<usize> {
        let ratios = self.times.ratios(chances.len());
        let mut gains = Vec::new();
        for (taker, chance) in chances.iter().enumerate() {
            let Some(chance) = chance.filter(|chance| !chance.rests) else { continue };
            let (mut tokens, mut right) = (1.0, 1.0);
            for _ in 0..chance.tokens_max.min(DRAFT_TOKENS_MAX) {
                right *= chance.probability;
                gains.push((f64::ln_1p(right / tokens), taker));
                tokens += right;
            }
        }
        // Each sequence's gains fall from guess to guess, so this keeps their order.
        gains.sort_by(|one, other| other.0.total_cmp(&one.0));
        let (mut best, mut count, mut gained) = (0.0, 0, 0.0);
        for (index, ((gain, _), ratio)) in gains.iter().zip(ratios.iter().skip(1)).enumerate() {
            gained += gain;
            let worth = gained - chances.len() as f64 * ratio.ln();
            if worth > best {
                (best, count) = (worth, index + 1);
            }
        }
        gains[..count].iter().map(|(_, taker)| *taker).collect()
    }
}

/// Up to `most` guesses for each, one after another as long as the step has room.
fn in_turn(chances: &[Option<Chance>], most: usize) -> Vec<usize> {
    let takes = |round: usize| {
        let wants = move |chance: &Option<Chance>| chance.is_some_and(|chance| chance.tokens_max > round);
        chances.iter().enumerate().filter(move |(_, chance)| wants(chance)).map(|(taker, _)| taker)
    };
    (0..most).flat_map(takes).take(DRAFT_TOKENS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chance(probability: f64, tokens_max: usize) -> Option<Chance> {
        (tokens_max > 0).then_some(Chance { probability, tokens_max, rests: false })
    }

    /// A planner that was told of steps: sequences, drafted tokens and milliseconds.
    fn told(steps: &[(usize, usize, u64)]) -> Planner {
        let mut planner = Planner::new(Speculation::Auto);
        for (sequences, drafted, time) in steps {
            planner.measured(*sequences, *drafted, Duration::from_millis(*time));
        }
        planner
    }

    #[test]
    fn guesses_only_where_measured_to_pay() {
        let sure = [chance(0.9, 15)];
        assert_eq!(told(&[]).share_out(&sure), [0], "nothing is known yet");
        assert_eq!(told(&[(1, 0, 100)]).share_out(&sure), [1], "one, to learn what it costs");
        assert_eq!(told(&[(1, 0, 100), (1, 1, 110)]).share_out(&sure), [2]);
        assert_eq!(told(&[(1, 0, 100), (1, 1, 200)]).share_out(&sure), [0], "twice the time is not earned");
        assert_eq!(told(&[(1, 0, 100), (1, 1, 150)]).share_out(&[chance(0.4, 15)]), [0]);
        let cheap = told(&[(1, 0, 100), (1, 15, 110)]);
        assert_eq!(cheap.share_out(&sure), [15]);
        assert_eq!(cheap.share_out(&[chance(0.9, 3)]), [3], "no more than is of use");
        assert_eq!(cheap.share_out(&[chance(0.9, 0)]), [0]);
        let resting = Chance { rests: true, ..sure[0].unwrap() };
        assert_eq!(cheap.share_out(&[Some(resting)]), [0]);
        let dear = told(&[(1, 0, 100), (1, 15, 500)]);
        let [few] = dear.share_out(&sure)[..] else { panic!() };
        assert!((1..15).contains(&few), "{few}: surer than dear, but not for ever");
    }

    #[test]
    fn neighbours_are_not_slowed_down_for_little() {
        let steps = |sequences| told(&[(sequences, 0, 100), (sequences, 8, 180)]);
        let drafted = |chances: &[_]| steps(chances.len()).share_out(chances);
        let alone: usize = drafted(&[chance(0.8, 15)]).iter().sum();
        let beside = drafted(&[chance(0.8, 15), None, None, None]);
        assert!(beside[0] < alone && beside[1..] == [0; 3], "{beside:?}");
        assert_eq!(
            drafted(&[chance(0.8, 15), None, None, None, None, None, None, None, None, None]),
            [0; 10]
        );
        let both = drafted(&[chance(0.9, 15), chance(0.6, 15)]);
        assert!(both[0] > both[1] && both[1] > 0, "the surer one gets more: {both:?}");
    }

    #[test]
    fn a_number_is_taken_at_its_word() {
        let planner = Planner::new(Speculation::Tokens(5));
        assert_eq!(planner.share_out(&[chance(0.01, 15)]), [5]);
        assert_eq!(planner.share_out(&[chance(0.01, 2), None, chance(0.5, 9)]), [2, 0, 5]);
        assert_eq!(planner.share_out(&[chance(0.5, 9); 5]), [3; 5], "one step's room is shared");
        assert_eq!(Planner::new(Speculation::Off).share_out(&[chance(1.0, 15)]), [0]);
    }
}
