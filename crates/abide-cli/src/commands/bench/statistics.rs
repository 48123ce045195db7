//! Mean and deviation of repeated measurements.

use serde::{Deserialize, Serialize};

/// Repeated measurements of one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the name that the field's tools give it")]
pub struct Samples {
    /// Their mean.
    pub mean: f64,
    /// Their sample standard deviation (n − 1 in the denominator); 0 for a single one.
    pub stddev: f64,
    /// Each, in the order measured.
    pub samples: Vec<f64>,
}

impl Samples {
    /// Works out mean and deviation. Without any sample both are 0.
    pub fn new(samples: Vec<f64>) -> Self {
        let count = samples.len() as f64;
        let mean = if samples.is_empty() { 0.0 } else { samples.iter().sum::<f64>() / count };
        let squares: f64 = samples.iter().map(|sample| (sample - mean).powi(2)).sum();
        let stddev = if samples.len() < 2 { 0.0 } else { (squares / (count - 1.0)).sqrt() };
        Self { mean, stddev, samples }
    }
}

/// The geometric mean of positive numbers; `None` without any.
pub fn geometric_mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    Some((values.iter().map(|value| value.ln()).sum::<f64>() / values.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_deviation_by_hand() {
        let samples = Samples::new(vec![2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert!((samples.mean - 5.0).abs() < 1e-12);
        assert!((samples.stddev - (32.0_f64 / 7.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn few_samples_have_no_deviation() {
        assert_eq!(Samples::new(vec![3.0]), Samples { mean: 3.0, stddev: 0.0, samples: vec![3.0] });
        assert_eq!(Samples::new(vec![]), Samples { mean: 0.0, stddev: 0.0, samples: vec![] });
    }

    #[test]
    fn the_geometric_mean_of_a_ratio_and_its_inverse_is_one() {
        assert!((geometric_mean(&[0.5, 2.0]).unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(geometric_mean(&[]), None);
    }
}
