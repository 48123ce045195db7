//! How the next token is chosen: parameters only, the work is the engine's.
//!
//! The order is fixed. Penalties (repetition, frequency, presence), DRY and logit bias change the
//! logits; then top-nσ, top-k, typical, top-p, min-p and XTC cut the candidates; then temperature
//! (or dynamic temperature) shapes what is left, and one token is drawn. Mirostat 2 replaces the
//! cuts, and measures surprise after temperature. With temperature 0 the best token after penalties
//! and bias is taken, whatever else is set.

use serde::{Deserialize, Serialize, Serializer};
use thiserror::Error;

/// All parameters. A neutral value switches its step off; [`Default`] is a mild chat setting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sampling {
    /// Divides the logits; 0 is greedy. Neutral: 1.
    #[serde(serialize_with = "shortest")]
    pub temperature: f32,
    /// Temperature chosen per step by the entropy of the candidates, instead of a fixed one.
    pub dynamic_temperature: Option<DynamicTemperature>,
    /// Keeps the k best. Neutral: 0.
    pub top_k: usize,
    /// Keeps the best whose probabilities reach p together (nucleus, Holtzman et al. 2019). Neutral: 1.
    #[serde(serialize_with = "shortest")]
    pub top_p: f32,
    /// Keeps those with at least this share of the best one's probability (Nguyen et al. 2024). Neutral: 0.
    #[serde(serialize_with = "shortest")]
    pub min_p: f32,
    /// Keeps the locally typical up to this mass (Meister et al. 2022). Neutral: 1.
    #[serde(serialize_with = "shortest")]
    pub typical_p: f32,
    /// Keeps logits within n standard deviations of the best (top-nσ, Tang et al. 2024). Neutral: 0.
    #[serde(serialize_with = "shortest")]
    pub top_n_sigma: f32,
    /// Excludes top choices at random.
    pub xtc: Option<Xtc>,
    /// Penalises repeated sequences.
    pub dry: Option<Dry>,
    /// Divides positive and multiplies negative logits of tokens seen lately (Keskar et al. 2019). Neutral: 1.
    #[serde(serialize_with = "shortest")]
    pub repetition_penalty: f32,
    /// Subtracted for each time a token was seen lately. Neutral: 0.
    #[serde(serialize_with = "shortest")]
    pub frequency_penalty: f32,
    /// Subtracted once if a token was seen lately. Neutral: 0.
    #[serde(serialize_with = "shortest")]
    pub presence_penalty: f32,
    /// How many of the last tokens the three penalties look at.
    pub penalty_window: usize,
    /// Mirostat 2 (Basu et al. 2020) in place of the cuts.
    pub mirostat: Option<Mirostat>,
    /// Added to the logits of these tokens; −∞ forbids one.
    pub logit_bias: Vec<(u32, f32)>,
    /// Seed of the draws; `None` takes one from the system.
    pub seed: Option<u64>,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 0.8,
            dynamic_temperature: None,
            top_k: 40,
            top_p: 0.95,
            min_p: 0.05,
            typical_p: 1.0,
            top_n_sigma: 0.0,
            xtc: None,
            dry: None,
            repetition_penalty: 1.0,
            frequency_penalty: 0.0,
            presence_penalty: 0.0,
            penalty_window: 64,
            mirostat: None,
            logit_bias: Vec::new(),
            seed: None,
        }
    }
}

/// 0.8 as 0.8, also where numbers have 64 bits.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands references")]
fn shortest<S: Serializer>(number: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(number.to_string().parse().unwrap_or_else(|_| f64::from(*number)))
}

/// Temperature between two bounds, by the entropy of the candidates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DynamicTemperature {
    /// Temperature at entropy 0.
    pub minimum: f32,
    /// Temperature at the greatest entropy.
    pub maximum: f32,
    /// Exponent on the entropy scaled to 0–1.
    pub exponent: f32,
}

/// Exclude Top Choices: with some probability, all candidates above the threshold but the least
/// likely of them go.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Xtc {
    /// Probability that the step acts at all.
    pub probability: f32,
    /// Candidates at least this likely are "top choices".
    pub threshold: f32,
}

/// Don't Repeat Yourself: a penalty that grows with the length of the sequence that would repeat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dry {
    /// Strength; 0 is off.
    pub multiplier: f32,
    /// Growth per token of repeated length.
    pub base: f32,
    /// Repeats up to this length are free.
    pub allowed_length: usize,
    /// How many of the last tokens are looked at; 0: all.
    pub window: usize,
    /// Texts across which no repeat is seen.
    pub sequence_breakers: Vec<String>,
}

impl Default for Dry {
    fn default() -> Self {
        let sequence_breakers = ["\n", ":", "\"", "*"].map(String::from).to_vec();
        Self { multiplier: 0.8, base: 1.75, allowed_length: 2, window: 0, sequence_breakers }
    }
}

/// Mirostat 2: holds the surprise of the chosen tokens near a target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mirostat {
    /// Target surprise in bits.
    pub tau: f32,
    /// Learning rate.
    pub eta: f32,
}

/// A parameter out of its range.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("`{parameter}` is {value}, but must be {range}")]
pub struct SamplingError {
    /// Its name as in [`Sampling`].
    pub parameter: &'static str,
    /// The value given.
    pub value: f32,
    /// What is allowed, in words.
    pub range: &'static str,
}

impl Sampling {
    /// Greedy decoding, everything else neutral.
    pub fn greedy() -> Self {
        Self { temperature: 0.0, ..Self::neutral() }
    }

    /// The model's own distribution: every step off.
    pub fn neutral() -> Self {
        Self { temperature: 1.0, top_k: 0, top_p: 1.0, min_p: 0.0, ..Self::default() }
    }

    /// Checks every range.
    ///
    /// # Errors
    /// Names the first parameter that is out of its range.
    pub fn validate(&self) -> Result<(), SamplingError> {
        let check = |ok: bool, parameter: &'static str, value: f32, range: &'static str| {
            if ok { Ok(()) } else { Err(SamplingError { parameter, value, range }) }
        };
        let finite_from_zero = |value: f32| value.is_finite() && value >= 0.0;
        let share = |value: f32| (0.0..=1.0).contains(&value);
        let positive = |value: f32| value.is_finite() && value > 0.0;
        check(finite_from_zero(self.temperature), "temperature", self.temperature, "0 or more")?;
        check(share(self.top_p), "top_p", self.top_p, "from 0 to 1")?;
        check(share(self.min_p), "min_p", self.min_p, "from 0 to 1")?;
        check(share(self.typical_p), "typical_p", self.typical_p, "from 0 to 1")?;
        check(finite_from_zero(self.top_n_sigma), "top_n_sigma", self.top_n_sigma, "0 or more")?;
        check(positive(self.repetition_penalty), "repetition_penalty", self.repetition_penalty, "above 0")?;
        let two = |value: f32| (-2.0..=2.0).contains(&value);
        check(two(self.frequency_penalty), "frequency_penalty", self.frequency_penalty, "from -2 to 2")?;
        check(two(self.presence_penalty), "presence_penalty", self.presence_penalty, "from -2 to 2")?;
        if let Some(dynamic) = &self.dynamic_temperature {
            check(
                finite_from_zero(dynamic.minimum),
                "dynamic_temperature.minimum",
                dynamic.minimum,
                "0 or more",
            )?;
            let ordered = dynamic.maximum.is_finite() && dynamic.maximum >= dynamic.minimum;
            check(ordered, "dynamic_temperature.maximum", dynamic.maximum, "at least the minimum")?;
            check(positive(dynamic.exponent), "dynamic_temperature.exponent", dynamic.exponent, "above 0")?;
        }
        if let Some(xtc) = &self.xtc {
            check(share(xtc.probability), "xtc.probability", xtc.probability, "from 0 to 1")?;
            check(share(xtc.threshold), "xtc.threshold", xtc.threshold, "from 0 to 1")?;
        }
        if let Some(dry) = &self.dry {
            check(finite_from_zero(dry.multiplier), "dry.multiplier", dry.multiplier, "0 or more")?;
            check(dry.base.is_finite() && dry.base >= 1.0, "dry.base", dry.base, "1 or more")?;
        }
        if let Some(mirostat) = &self.mirostat {
            check(positive(mirostat.tau), "mirostat.tau", mirostat.tau, "above 0")?;
            check(share(mirostat.eta), "mirostat.eta", mirostat.eta, "from 0 to 1")?;
        }
        for &(token, bias) in &self.logit_bias {
            check(
                !bias.is_nan() && bias < f32::INFINITY,
                "logit_bias",
                token as f32,
                "a token whose bias is a number or -inf",
            )?;
        }
        Ok(())
    }
}
