//! Log-probabilities of the model's own distribution. Must not know samplers.

use abide_generation::TokenLogprob;

use super::{SampleError, best_logit, candidates::Candidates, check_each};

/// The natural logarithm of the softmax of `logits`, with sums in f64.
///
/// # Errors
/// When a logit is NaN or +∞, or all are −∞.
pub fn log_softmax(logits: &[f32]) -> Result<Vec<f32>, SampleError> {
    let normalizer = Normalizer::of(logits)?;
    Ok(logits.iter().map(|&logit| normalizer.log_probability(logit)).collect())
}

/// The log-probability of `chosen`, and of the `top` best tokens, best first (of equal ones, the lower id
/// first), before any sampler. Tokens of probability 0 are not among the best.
///
/// # Errors
/// When a logit is NaN or +∞, all are −∞, or `chosen` is none of them.
pub fn token_logprob(logits: &[f32], chosen: u32, top: usize) -> Result<TokenLogprob, SampleError> {
    let normalizer = Normalizer::of(logits)?;
    let vocabulary = logits.len();
    let logit = logits.get(chosen as usize).ok_or(SampleError::UnknownToken { id: chosen, vocabulary })?;
    let mut best = Candidates::default();
    if top > 0 {
        best.collect(logits, f32::NEG_INFINITY, top);
    }
    let top = best.items().iter().map(|item| (item.id, normalizer.log_probability(item.logit))).collect();
    Ok(TokenLogprob { chosen: normalizer.log_probability(*logit), top })
}

/// What turns logits into log-probabilities.
struct Normalizer {
    best: f64,
    /// Logarithm of the sum of exp(logit − best). Apart from the best, because their sum would round it away
    /// beside a huge logit.
    log_total: f64,
}

impl Normalizer {
    fn of(logits: &[f32]) -> Result<Self, SampleError> {
        check_each(logits)?;
        let best = f64::from(best_logit(logits)?);
        let total: f64 = logits.iter().map(|&logit| (f64::from(logit) - best).exp()).sum();
        Ok(Self { best, log_total: total.ln() })
    }

    fn log_probability(&self, logit: f32) -> f32 {
        (f64::from(logit) - self.best - self.log_total) as f32
    }
}
