//! Log-probabilities under the model's own distribution. Knows nothing of samplers.

use std::cmp::Ordering;

use abide_generation::TokenLogprob;

/// Log-probabilities of the `chosen` token and the `count` best, of those that are equally good the
/// lower id first. `logits` has a value for each token, none of them NaN.
pub(super) fn token_logprob(logits: &[f32], chosen: u32, count: usize) -> TokenLogprob {
    let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // Shifted by the greatest, so that nothing overflows; summed in f64 in the order of the ids.
    let sum: f64 = logits.iter().map(|logit| f64::from(logit - greatest).exp()).sum();
    let normaliser = f64::from(greatest) + sum.ln();
    let logprob = |logit: f32| (f64::from(logit) - normaliser) as f32;
    let mut best: Vec<(u32, f32)> = (0..).zip(logits.iter().copied()).collect();
    let count = count.min(best.len());
    if count == 0 {
        best.clear();
    } else if count < best.len() {
        best.select_nth_unstable_by(count - 1, better_first);
        best.truncate(count);
    }
    best.sort_unstable_by(better_first);
    let top = best.into_iter().map(|(token, logit)| (token, logprob(logit))).collect();
    TokenLogprob { chosen: logprob(logits[chosen as usize]), top }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that sorting wants")]
fn better_first(left: &(u32, f32), right: &(u32, f32)) -> Ordering {
    right.1.total_cmp(&left.1).then(left.0.cmp(&right.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // e^0 + e^ln2 + e^ln5 = 8.
        let logits = [100.0, 100.0 + 2_f32.ln(), 100.0 + 5_f32.ln()];
        let found = token_logprob(&logits, 0, 2);
        assert!((found.chosen - (1.0_f32 / 8.0).ln()).abs() < 1e-5);
        assert_eq!(found.top.iter().map(|(token, _)| *token).collect::<Vec<_>>(), [2, 1]);
        assert!((found.top[0].1 - (5.0_f32 / 8.0).ln()).abs() < 1e-5);
        assert!((found.top[1].1 - (2.0_f32 / 8.0).ln()).abs() < 1e-5);
    }

    #[test]
    fn ties_and_counts() {
        let logits = [1.0, f32::NEG_INFINITY, 1.0, 1.0];
        assert!(token_logprob(&logits, 2, 0).top.is_empty());
        let found = token_logprob(&logits, 1, 9);
        assert!(found.chosen.is_infinite() && found.chosen < 0.0);
        assert_eq!(found.top.iter().map(|(token, _)| *token).collect::<Vec<_>>(), [0, 2, 3, 1]);
    }
}
