//! Chooses the next token from logits. Must not know models, text or tensors.
//!
//! What each step does and in which order is told in [`abide_generation::Sampling`] and its module. The choice
//! depends on the logits, the parameters, the history and the seed alone: one number of a documented
//! generator is used for each draw, and one more before it for each step of XTC; tokens are drawn in the
//! order of their ids.

mod candidates;
mod logprobs;
mod penalties;
mod random;
#[cfg(test)]
mod tests;
mod token_set;

use std::f64::consts::LN_2;

use abide_generation::{DynamicTemperature, Mirostat, Sampling, SamplingError, Xtc};
use thiserror::Error;

use self::{
    candidates::Candidates,
    penalties::{Changed, Penalties, RepeatPenalty},
    random::SplitMix64,
};

pub use logprobs::{log_softmax, token_logprob};
pub use token_set::TokenSet;

/// Why no token could be chosen.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SampleError {
    /// A parameter is out of its range.
    #[error(transparent)]
    Parameter(#[from] SamplingError),
    /// A bias, or a token asked for, names no token of the model.
    #[error("there is no token {id}: the vocabulary has {vocabulary}")]
    UnknownToken {
        /// The id given.
        id: u32,
        /// Number of tokens.
        vocabulary: usize,
    },
    /// The logits are not of this vocabulary.
    #[error("{given} logits were given for a vocabulary of {vocabulary}")]
    WrongLength {
        /// Number of logits.
        given: usize,
        /// Number of tokens.
        vocabulary: usize,
    },
    /// The model computed nonsense.
    #[error("the logit of token {id} is {value}; the model's weights or a kernel are broken")]
    NotFinite {
        /// The first such token.
        id: usize,
        /// NaN or +∞.
        value: f32,
    },
    /// Every token is forbidden.
    #[error("no token is left to choose: all logits are -inf; forbid fewer tokens by `logit_bias`")]
    NothingLeft,
}

/// With more of the best logits needed than this, all are: finding out which can be left away would not pay.
const BEST_NEEDED_MOST: usize = 128;

/// A chosen token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// Its id.
    pub id: u32,
    /// Its probability among the candidates that were left; 1 if it was not drawn but simply the best.
    pub probability: f32,
}

/// How the temperature is found.
#[derive(Debug, Clone, Copy)]
enum Temperature {
    /// The best token is taken.
    Greedy,
    Fixed(f32),
    ByEntropy(DynamicTemperature),
}

/// Mirostat's parameters and state.
#[derive(Debug, Clone, Copy)]
struct Surprise {
    target: f64,
    rate: f64,
    /// Most bits of surprise that are let through.
    limit: f64,
}

/// Chooses tokens for one sequence.
#[derive(Debug, Clone)]
pub struct Sampler {
    vocabulary: usize,
    seed: u64,
    random: SplitMix64,
    history: Vec<u32>,
    penalties: Option<Penalties>,
    repeats: Option<RepeatPenalty>,
    bias: Vec<(u32, f32)>,
    cuts: Cuts,
    surprise: Option<Surprise>,
    temperature: Temperature,
    /// Logits with those that are not allowed forbidden.
    masked: Vec<f32>,
    changed: Changed,
    candidates: Candidates,
}

/// The parameters of the cuts, as in [`Sampling`].
#[derive(Debug, Clone)]
struct Cuts {
    top_n_sigma: f32,
    top_k: usize,
    typical_p: f32,
    top_p: f32,
    min_p: f32,
    xtc: Option<Xtc>,
}

impl Sampler {
    /// A sampler for a model of `vocabulary` tokens. `history` is the prompt, which counts as seen; `resolve`
    /// gives, for a text that breaks sequences (DRY), the ids of all tokens that hold it. Mirostat begins at twice
    /// its target.
    ///
    /// # Errors
    /// When a parameter is out of its range, or a bias names an unknown token.
    pub fn new(
        sampling: &Sampling,
        vocabulary: usize,
        history: &[u32],
        resolve: &dyn Fn(&str) -> Vec<u32>,
    ) -> Result<Self, SampleError> {
        sampling.validate()?;
        if let Some(&(id, _)) = sampling.logit_bias.iter().find(|(id, _)| *id as usize >= vocabulary) {
            return Err(SampleError::UnknownToken { id, vocabulary });
        }
        let seed = sampling.seed.unwrap_or_else(rand::random);
        let temperature = match (sampling.temperature, sampling.dynamic_temperature) {
            (0.0, _) => Temperature::Greedy,
            (_, Some(dynamic)) => Temperature::ByEntropy(dynamic),
            (fixed, None) => Temperature::Fixed(fixed),
        };
        let surprise = |mirostat: &Mirostat| {
            let target = f64::from(mirostat.tau);
            Surprise { target, rate: f64::from(mirostat.eta), limit: 2.0 * target }
        };
        Ok(Self {
            vocabulary,
            seed,
            random: SplitMix64::new(seed),
            history: history.to_vec(),
            penalties: Penalties::new(sampling),
            repeats: sampling.dry.as_ref().and_then(|dry| RepeatPenalty::new(dry, resolve)),
            bias: sampling.logit_bias.clone(),
            cuts: Cuts {
                top_n_sigma: sampling.top_n_sigma,
                top_k: sampling.top_k,
                typical_p: sampling.typical_p,
                top_p: sampling.top_p,
                min_p: sampling.min_p,
                xtc: sampling.xtc,
            },
            surprise: sampling.mirostat.as_ref().map(surprise),
            temperature,
            masked: Vec::new(),
            changed: Changed::default(),
            candidates: Candidates::default(),
        })
    }

    /// The seed in use: the one given, or the one taken from the system.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How many of the greatest logits, with all that equal one of them, suffice to choose what all would choose: any
    /// others may be −∞. `None`: all are needed.
    ///
    /// Of the tokens whose logits are lowered here, each may leave its place to one behind it. Where others could be
    /// raised above the best, all are needed.
    pub fn best_needed(&self) -> Option<usize> {
        let chosen_from = match self.temperature {
            _ if self.surprise.is_some() => return None,
            Temperature::Greedy => 1,
            _ if self.cuts.top_k == 0 || self.cuts.top_n_sigma > 0.0 => return None,
            _ => self.cuts.top_k,
        };
        if self.bias.iter().any(|(_, bias)| *bias > 0.0) || self.repeats.is_some() {
            return None;
        }
        let penalised = self.penalties.as_ref().map_or(Some(0), Penalties::most_lowered)?;
        let count = chosen_from.checked_add(penalised)?.checked_add(self.bias.len())?;
        (count <= BEST_NEEDED_MOST).then_some(count)
    }

    /// Chooses a token. What is chosen is not yet history; see [`Self::accept`]. The logits are used meanwhile, and in the
    /// end as they were.
    ///
    /// # Errors
    /// When the logits are not `vocabulary` many, one of them is NaN or +∞, or none is left.
    pub fn sample(&mut self, logits: &mut [f32]) -> Result<Choice, SampleError> {
        self.sample_among(logits, None)
    }

    /// Chooses one of the tokens that are `allowed` (`None`: all). To every step of the sampler it is as if the model had
    /// given the others the logit −∞.
    ///
    /// # Errors
    /// As [`Self::sample`].
    pub fn sample_among(
        &mut self,
        logits: &mut [f32],
        allowed: Option<&TokenSet>,
    ) -> Result<Choice, SampleError> {
        if logits.len() != self.vocabulary {
            return Err(SampleError::WrongLength { given: logits.len(), vocabulary: self.vocabulary });
        }
        check_each(logits)?;
        let Some(allowed) = allowed else {
            self.adjust(logits);
            let choice = self.choose(logits);
            self.changed.restore(logits);
            return choice;
        };
        let mut masked = std::mem::take(&mut self.masked);
        masked.clear();
        masked.extend_from_slice(logits);
        allowed.apply(&mut masked);
        self.adjust(&mut masked);
        let choice = self.choose(&masked);
        self.masked = masked;
        choice
    }

    /// Makes `id` history: the last token.
    pub fn accept(&mut self, id: u32) {
        self.history.push(id);
    }

    /// Penalties, DRY and bias, in this order.
    fn adjust(&mut self, logits: &mut [f32]) {
        self.changed.clear();
        if let Some(penalties) = &mut self.penalties {
            penalties.apply(&self.history, logits, &mut self.changed);
        }
        if let Some(repeats) = &mut self.repeats {
            repeats.apply(&self.history, logits, &mut self.changed);
        }
        for &(id, bias) in &self.bias {
            // A penalty may have made it infinite, and a bias of −∞ has to win all the same.
            self.changed.change(logits, id, |logit| logit.min(f32::MAX) + bias);
        }
        self.changed.bound(logits);
    }

    fn choose(&mut self, logits: &[f32]) -> Result<Choice, SampleError> {
        if matches!(self.temperature, Temperature::Greedy) {
            return best(logits);
        }
        let fewest_bits = self.shape(logits)?;
        let best = self.candidates.best_logit();
        let point = self.random.uniform();
        let (chosen, probability) = self.candidates.at(point);
        if let Some(surprise) = &mut self.surprise {
            // Under the whole distribution, as in the paper; llama.cpp measures among what is left.
            let bits = fewest_bits + (f64::from(best) - f64::from(chosen.logit)) / LN_2;
            surprise.limit -= surprise.rate * (bits - surprise.target);
        }
        Ok(Choice { id: chosen.id, probability: probability as f32 })
    }

    /// Leaves the candidates to draw from, with their final logits. With mirostat, gives the bits of
    /// surprise of the best one before the cut; else 0.
    fn shape(&mut self, logits: &[f32]) -> Result<f64, SampleError> {
        let best = best_logit(logits)?;
        if let Some(surprise) = self.surprise {
            self.candidates.collect(logits, f32::NEG_INFINITY, 0);
            self.apply_temperature();
            return Ok(self.candidates.keep_unsurprising(surprise.limit));
        }
        let cuts = &self.cuts;
        let floor = if cuts.top_n_sigma > 0.0 {
            best - cuts.top_n_sigma * standard_deviation(logits)
        } else {
            f32::NEG_INFINITY
        };
        self.candidates.collect(logits, floor, cuts.top_k);
        if cuts.typical_p < 1.0 {
            self.candidates.keep_typical(cuts.typical_p);
        }
        if cuts.top_p < 1.0 {
            self.candidates.keep_nucleus(cuts.top_p);
        }
        if cuts.min_p > 0.0 {
            self.candidates.keep_near_best(cuts.min_p);
        }
        if let Some(xtc) = &cuts.xtc
            && self.random.uniform() < f64::from(xtc.probability)
        {
            self.candidates.exclude_top(xtc.threshold);
        }
        self.apply_temperature();
        Ok(0.0)
    }

    fn apply_temperature(&mut self) {
        let temperature = match self.temperature {
            Temperature::Greedy => 0.0,
            Temperature::Fixed(temperature) => temperature,
            Temperature::ByEntropy(dynamic) => {
                let count = self.candidates.items().len();
                let greatest = (count as f64).ln();
                let share =
                    if count > 1 { (self.candidates.entropy() / greatest).clamp(0.0, 1.0) } else { 0.0 };
                let range = dynamic.maximum - dynamic.minimum;
                dynamic.minimum + range * (share as f32).powf(dynamic.exponent)
            }
        };
        if temperature == 0.0 {
            self.candidates.keep_best(1);
        } else if temperature != 1.0 {
            self.candidates.divide(temperature);
        }
    }
}

/// The token of the greatest logit; of equal ones, the lowest id.
fn best(logits: &[f32]) -> Result<Choice, SampleError> {
    let greatest = best_logit(logits)?;
    let id = logits.iter().position(|&logit| logit == greatest).unwrap_or(0);
    Ok(Choice { id: id as u32, probability: 1.0 })
}

/// The greatest logit, if not all are −∞. None is NaN.
fn best_logit(logits: &[f32]) -> Result<f32, SampleError> {
    let greatest = greatest(logits);
    if greatest == f32::NEG_INFINITY { Err(SampleError::NothingLeft) } else { Ok(greatest) }
}

/// The greatest of values none of which is NaN; −∞ of none.
fn greatest(values: &[f32]) -> f32 {
    // One maximum would wait for the one before it, value by value.
    const LANES: usize = 32;
    let greater = |one: f32, other: f32| if one > other { one } else { other };
    let (blocks, rest) = values.as_chunks::<LANES>();
    let mut lanes = [f32::NEG_INFINITY; LANES];
    for block in blocks {
        for (lane, value) in lanes.iter_mut().zip(block) {
            *lane = greater(*value, *lane);
        }
    }
    lanes.into_iter().chain(rest.iter().copied()).fold(f32::NEG_INFINITY, greater)
}

/// Fails on NaN and +∞.
#[allow(clippy::needless_bitwise_bool, reason = "without an early exit it vectorises")]
fn check_each(logits: &[f32]) -> Result<(), SampleError> {
    if logits.iter().fold(true, |all, &logit| all & (logit < f32::INFINITY)) {
        return Ok(());
    }
    let broken = |&(_, &logit): &(usize, &f32)| logit.is_nan() || logit == f32::INFINITY;
    let (id, &value) = logits.iter().enumerate().find(broken).unwrap_or((0, &f32::NAN));
    Err(SampleError::NotFinite { id, value })
}

/// Standard deviation of the logits that are not −∞.
fn standard_deviation(logits: &[f32]) -> f32 {
    let finite = || logits.iter().filter(|&&logit| logit > f32::NEG_INFINITY).map(|&logit| f64::from(logit));
    let count = finite().count() as f64;
    let mean = finite().sum::<f64>() / count;
    let variance = finite().map(|logit| (logit - mean).powi(2)).sum::<f64>() / count;
    variance.sqrt() as f32
}
