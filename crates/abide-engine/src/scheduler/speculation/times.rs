//! What drafts cost: how long steps took with and without them. Knows no clock; it is told.

use std::time::Duration;

use super::DRAFT_TOKENS_MAX;

/// Steps after which a time that was not measured again is taken for unknown.
const STEPS_KNOWN: u64 = 128;
/// Weight of a time below the average, and of one above it: whatever disturbs a step makes it longer.
const WEIGHTS: (f64, f64) = (0.5, 0.1);
/// A time counts at most this many times the average.
const OUTLIER: f64 = 2.0;

/// Moving averages of step times, by how many sequences and drafted tokens were in the step.
#[derive(Debug, Default)]
pub(super) struct StepTimes {
    /// The first for one sequence.
    by_sequences: Vec<Times>,
    /// Steps measured.
    steps: u64,
}

#[derive(Debug, Clone, Default)]
struct Times {
    /// Seconds of a step without drafts.
    plain: Average,
    /// How many times as long a step with 1, 2, … drafted tokens takes. Not seconds: those grow with the
    /// length of the sequences, which this hardly does.
    drafted: [Average; DRAFT_TOKENS_MAX],
}

#[derive(Debug, Clone, Copy, Default)]
struct Average {
    value: f64,
    /// The step after which it is unknown.
    until: u64,
}

impl Average {
    fn known(self, step: u64) -> Option<f64> {
        (step < self.until).then_some(self.value)
    }

    fn add(&mut self, sample: f64, step: u64) {
        self.value = match self.known(step) {
            None => sample,
            Some(average) if sample < average => average + WEIGHTS.0 * (sample - average),
            Some(average) => average + WEIGHTS.1 * (sample.min(average * OUTLIER) - average),
        };
        self.until = step + STEPS_KNOWN;
    }
}

impl StepTimes {
    /// A step of `sequences`, each with one token, and `drafted` tokens more took so long.
    pub(super) fn add(&mut self, sequences: usize, drafted: usize, time: Duration) {
        let Some(index) = sequences.checked_sub(1) else { return };
        if self.by_sequences.len() < sequences {
            self.by_sequences.resize_with(sequences, Times::default);
        }
        self.steps += 1;
        let times = &mut self.by_sequences[index];
        let seconds = time.as_secs_f64().max(f64::MIN_POSITIVE);
        match drafted.checked_sub(1) {
            None => times.plain.add(seconds, self.steps),
            Some(extra) => {
                if let (Some(plain), Some(average)) =
                    (times.plain.known(self.steps), times.drafted.get_mut(extra))
                {
                    average.add(seconds / plain, self.steps);
                }
            }
        }
    }

    /// How many times as long a step of `sequences` takes with 0, 1, 2, … drafted tokens: as far as is known, and
    /// twice as far, so that more comes to be known. Nothing as long as steps without drafts are unknown.
    pub(super) fn ratios(&self, sequences: usize) -> Vec<f64> {
        let times = sequences.checked_sub(1).and_then(|index| self.by_sequences.get(index));
        let Some(times) = times.filter(|times| times.plain.known(self.steps).is_some()) else {
            return Vec::new();
        };
        let mut ratios = vec![1.0];
        for (index, average) in times.drafted.iter().enumerate() {
            let Some(ratio) = average.known(self.steps) else { continue };
            // A straight line over those between.
            let (drafted, first) = (index + 1, ratios.len());
            let (from, gap) = (ratios[first - 1], (drafted - first + 1) as f64);
            let ratio = f64::max(ratio, 1.0);
            ratios.extend((first..=drafted).map(|at| from + (ratio - from) * (at + 1 - first) as f64 / gap));
        }
        let known = ratios.len() - 1;
        let slope = if known == 0 { 0.0 } else { (ratios[known] - 1.0) / known as f64 };
        let last = (2 * known).clamp(1, DRAFT_TOKENS_MAX);
        ratios.extend((known + 1..=last).map(|drafted| 1.0 + slope * drafted as f64));
        ratios
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(times: &[(usize, u64)]) -> StepTimes {
        let mut steps = StepTimes::default();
        times.iter().for_each(|(drafted, time)| steps.add(1, *drafted, Duration::from_millis(*time)));
        steps
    }

    #[test]
    fn what_is_unknown_is_approached_by_doubling() {
        assert!(told(&[]).ratios(1).is_empty());
        assert!(told(&[(1, 20)]).ratios(1).is_empty(), "against what?");
        assert_eq!(told(&[(0, 10)]).ratios(1), [1.0, 1.0]);
        assert_eq!(told(&[(0, 10), (1, 15)]).ratios(1), [1.0, 1.5, 2.0]);
        assert_eq!(told(&[(0, 10), (4, 20)]).ratios(1), [1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0]);
        assert_eq!(told(&[(0, 10), (15, 10)]).ratios(1).len(), 1 + DRAFT_TOKENS_MAX);
        assert_eq!(told(&[(0, 10), (2, 5)]).ratios(1)[..3], [1.0; 3], "no step gets shorter by drafts");
        assert!(told(&[(0, 10)]).ratios(2).is_empty() && told(&[(0, 10)]).ratios(0).is_empty());
    }

    #[test]
    fn outliers_are_tamed_and_old_times_forgotten() {
        let mut steps = told(&[(0, 10), (1, 15), (1, 60_000)]);
        assert!(steps.ratios(1)[1] < 1.7);
        for _ in 0..STEPS_KNOWN - 1 {
            steps.add(1, 0, Duration::from_millis(10));
        }
        assert_eq!(steps.ratios(1).len(), 3);
        steps.add(1, 0, Duration::from_millis(10));
        assert_eq!(steps.ratios(1), [1.0, 1.0], "it is to be tried again");
        for _ in 0..STEPS_KNOWN {
            steps.add(1, 1, Duration::from_millis(10));
        }
        assert!(steps.ratios(1).is_empty(), "steps without drafts are to be measured again");
    }
}
