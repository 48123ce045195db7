//! What history does to logits: penalties and DRY. Must not know randomness or cuts.

use std::collections::HashSet;

use abide_generation::{Dry, Sampling};

/// What was changed of a row of logits, in that order: a few of a vocabulary's many, so that the row is not copied.
#[derive(Debug, Clone, Default)]
pub(super) struct Changed {
    before: Vec<(u32, f32)>,
}

impl Changed {
    pub fn clear(&mut self) {
        self.before.clear();
    }

    /// Changes a token's logit. There may be no such token: a history may come from elsewhere.
    pub fn change(&mut self, logits: &mut [f32], id: u32, change: impl FnOnce(f32) -> f32) {
        if let Some(logit) = logits.get_mut(id as usize) {
            self.before.push((id, *logit));
            *logit = change(*logit);
        }
    }

    #[cfg(test)]
    pub fn capacity(&self) -> usize {
        self.before.capacity()
    }

    /// A sum beyond f32's range is the best there is, not nonsense.
    pub fn bound(&self, logits: &mut [f32]) {
        for &(id, _) in &self.before {
            let logit = &mut logits[id as usize];
            *logit = logit.min(f32::MAX);
        }
    }

    /// Makes the row what it was.
    pub fn restore(&self, logits: &mut [f32]) {
        // What was changed twice was first what it is last here.
        for &(id, logit) in self.before.iter().rev() {
            logits[id as usize] = logit;
        }
    }
}

/// The three penalties on tokens seen lately.
#[derive(Debug, Clone)]
pub(super) struct Penalties {
    repetition: f32,
    frequency: f32,
    presence: f32,
    window: usize,
    seen: Vec<u32>,
}

impl Penalties {
    /// `None` if they change nothing.
    pub fn new(sampling: &Sampling) -> Option<Self> {
        let acts = sampling.repetition_penalty != 1.0
            || sampling.frequency_penalty != 0.0
            || sampling.presence_penalty != 0.0;
        (acts && sampling.penalty_window > 0).then(|| Self {
            repetition: sampling.repetition_penalty,
            frequency: sampling.frequency_penalty,
            presence: sampling.presence_penalty,
            window: sampling.penalty_window,
            seen: Vec::new(),
        })
    }

    /// How many logits it lowers at most; `None` if it may raise any.
    pub fn most_lowered(&self) -> Option<usize> {
        let lowers = self.repetition >= 1.0 && self.frequency >= 0.0 && self.presence >= 0.0;
        lowers.then_some(self.window)
    }

    /// Repetition (Keskar et al. 2019): positive logits are divided, others multiplied. Then, as OpenAI
    /// defines it, count · frequency and presence are subtracted.
    pub fn apply(&mut self, history: &[u32], logits: &mut [f32], changed: &mut Changed) {
        self.seen.clear();
        self.seen.extend_from_slice(&history[history.len().saturating_sub(self.window)..]);
        self.seen.sort_unstable();
        for group in self.seen.chunk_by(|one, other| one == other) {
            changed.change(logits, group[0], |logit| {
                let repeated = if logit > 0.0 { logit / self.repetition } else { logit * self.repetition };
                repeated - (group.len() as f32 * self.frequency + self.presence)
            });
        }
    }
}

/// DRY (p-e-w, text-generation-webui 2024): a token that would make a repeated sequence longer is penalised the
/// more, the longer that sequence is.
#[derive(Debug, Clone)]
pub(super) struct RepeatPenalty {
    multiplier: f64,
    base: f64,
    allowed_length: usize,
    window: usize,
    /// Tokens across which no repeat is seen.
    breakers: HashSet<u32>,
    /// The window, last token first.
    reversed: Vec<u32>,
    /// For each place of it, how many tokens from there on equal those from the start.
    matches: Vec<usize>,
    /// Tokens that would go on with a repeat, and its length.
    continuations: Vec<(u32, usize)>,
}

impl RepeatPenalty {
    /// `None` if it changes nothing. `resolve` gives the ids of the tokens that hold a text.
    pub fn new(dry: &Dry, resolve: &dyn Fn(&str) -> Vec<u32>) -> Option<Self> {
        let acts = dry.multiplier > 0.0;
        acts.then(|| Self {
            multiplier: f64::from(dry.multiplier),
            base: f64::from(dry.base),
            allowed_length: dry.allowed_length,
            window: dry.window,
            breakers: dry.sequence_breakers.iter().flat_map(|text| resolve(text)).collect(),
            reversed: Vec::new(),
            matches: Vec::new(),
            continuations: Vec::new(),
        })
    }

    /// Subtracts multiplier · base^(length − allowed length) from each token that would continue a repeat
    /// of at least the allowed length; the longest repeat counts.
    pub fn apply(&mut self, history: &[u32], logits: &mut [f32], changed: &mut Changed) {
        let window = if self.window == 0 { history.len() } else { self.window.min(history.len()) };
        self.reversed.clear();
        self.reversed.extend(history[history.len() - window..].iter().rev());
        let unbroken = self.reversed.iter().position(|token| self.breakers.contains(token));
        let longest = unbroken.unwrap_or(window);
        if longest == 0 || longest < self.allowed_length {
            return;
        }
        match_with_start(&self.reversed, &mut self.matches);
        self.continuations.clear();
        for place in 1..window {
            let length = self.matches[place].min(longest);
            let next = self.reversed[place - 1];
            if length >= self.allowed_length.max(1) && !self.breakers.contains(&next) {
                self.continuations.push((next, length));
            }
        }
        self.continuations.sort_unstable();
        for group in self.continuations.chunk_by(|one, other| one.0 == other.0) {
            let Some(&(token, length)) = group.last() else { continue };
            let exponent = i32::try_from(length - self.allowed_length).unwrap_or(i32::MAX);
            let penalty = self.multiplier * self.base.powi(exponent);
            changed.change(logits, token, |logit| logit - penalty.min(f64::from(f32::MAX)) as f32);
        }
    }
}

/// The Z function (Gusfield 1997): for each place, the length of the longest common start of the whole and
/// of what begins there. Linear in time.
fn match_with_start(tokens: &[u32], lengths: &mut Vec<usize>) {
    lengths.clear();
    lengths.resize(tokens.len(), 0);
    // The match known so far that reaches furthest.
    let (mut start, mut end) = (0, 0);
    for place in 1..tokens.len() {
        let mut length = if place < end { lengths[place - start].min(end - place) } else { 0 };
        while place + length < tokens.len() && tokens[length] == tokens[place + length] {
            length += 1;
        }
        lengths[place] = length;
        if place + length > end {
            (start, end) = (place, place + length);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn matches_are_those_of_the_definition(tokens in prop::collection::vec(0_u32..3, 0..40)) {
            let mut lengths = vec![7; 3];
            match_with_start(&tokens, &mut lengths);
            for place in 1..tokens.len() {
                let expected = tokens.iter().zip(&tokens[place..]).take_while(|(one, other)| one == other).count();
                prop_assert_eq!(lengths[place], expected);
            }
        }
    }
}
