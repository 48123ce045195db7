//! Angles of the rotary position encodings, computed for the positions of a batch.
//!
//! Computed in f64 and rounded once, so that far positions are as exact as near ones.

use crate::spec::{RopeScaling, RopeSpec};

/// A [`RopeSpec`] with its per-pair frequencies worked out.
#[derive(Debug, Clone)]
pub struct RopeFrequencies {
    /// Radians per position of each pair.
    frequencies: Vec<f64>,
    /// Multiplies cosine and sine.
    magnitude: f64,
}

impl RopeFrequencies {
    /// Works out the frequencies of every pair.
    pub fn new(spec: &RopeSpec) -> Self {
        let pairs = spec.dimensions / 2;
        let dimensions = spec.dimensions as f64;
        let plain = (0..pairs).map(|pair| {
            let frequency = f64::from(spec.base).powf(-2.0 * pair as f64 / dimensions);
            let factor = spec.factors.as_ref().map_or(1.0, |factors| f64::from(factors[pair]));
            frequency / factor
        });
        let mut magnitude = f64::from(spec.attention_factor);
        let frequencies = match spec.scaling {
            RopeScaling::None => plain.collect(),
            RopeScaling::Linear { factor } => plain.map(|frequency| frequency / f64::from(factor)).collect(),
            RopeScaling::Yarn { factor, original_context, extrapolation, beta_fast, beta_slow } => {
                let factor = f64::from(factor);
                if extrapolation != 0.0 {
                    magnitude *= 1.0 + 0.1 * factor.ln();
                }
                let correction = |rotations: f32| {
                    let turns = original_context as f64 / (f64::from(rotations) * std::f64::consts::TAU);
                    dimensions * turns.ln() / (2.0 * f64::from(spec.base).ln())
                };
                let low = correction(beta_fast).floor().max(0.0);
                let high = correction(beta_slow).ceil().min(dimensions - 1.0);
                plain
                    .enumerate()
                    .map(|(pair, frequency)| {
                        let ramp = (pair as f64 - low) / (high - low).max(0.001);
                        let kept = (1.0 - ramp.clamp(0.0, 1.0)) * f64::from(extrapolation);
                        frequency / factor * (1.0 - kept) + frequency * kept
                    })
                    .collect()
            }
        };
        Self { frequencies, magnitude }
    }

    /// Cosines and sines for `positions`: two arrays of positions × pairs, in that order.
    pub fn angles(&self, positions: &[usize]) -> (Vec<f32>, Vec<f32>) {
        let count = positions.len() * self.frequencies.len();
        let mut cosines = Vec::with_capacity(count);
        let mut sines = Vec::with_capacity(count);
        for &position in positions {
            for &frequency in &self.frequencies {
                let (sine, cosine) = (position as f64 * frequency).sin_cos();
                cosines.push((cosine * self.magnitude) as f32);
                sines.push((sine * self.magnitude) as f32);
            }
        }
        (cosines, sines)
    }
}
