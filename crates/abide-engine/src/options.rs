//! How a model is to be loaded. Plain choices, resolved by whoever calls; nothing is read from the
//! environment here.

use std::{fmt, str::FromStr};

use abide_kernels::{ActivationPrecision, Isa};
use serde::Serialize;
use thiserror::Error;

/// Everything that loading needs besides the file.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadOptions {
    /// Where to compute.
    pub device: DeviceChoice,
    /// What computes.
    pub ops: OpsChoice,
    /// How keys and values are kept.
    pub cache_type: CacheType,
    /// How finely the CPU kernels quantise the inputs of matrix products; those of the output layer
    /// are always quantised as finely as they can.
    pub activations: ActivationPrecision,
    /// Threads of the CPU kernels; `None`: the [`usable_cores`].
    pub threads: Option<usize>,
    /// Instruction set of the CPU kernels; `None`: the best that the CPU has.
    pub isa: Option<Isa>,
    /// Positions per sequence; `None`: as trained, but at most [`CONTEXT_LENGTH_DEFAULT_MAX`].
    pub context_length: Option<usize>,
    /// How many full-length sequences the cache has room for.
    pub sequences: usize,
}

/// Context that is allocated unless asked for more: models trained for 128 k tokens would
/// otherwise take tens of gigabytes for their cache.
pub const CONTEXT_LENGTH_DEFAULT_MAX: usize = 8192;

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            device: DeviceChoice::Auto,
            ops: OpsChoice::Default,
            cache_type: CacheType::F16,
            activations: ActivationPrecision::Int8,
            threads: None,
            isa: None,
            context_length: None,
            sequences: 1,
        }
    }
}

/// Cores that this process may use, each counted once however many threads it has: what the machine has, as far as the
/// process's affinity and the quota of its container go. More threads than these would wait for each other.
pub fn usable_cores() -> usize {
    num_cpus::get_physical().min(num_cpus::get()).max(1)
}

/// Where to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceChoice {
    /// CUDA or Metal where compiled in and found, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// An NVIDIA GPU by its number.
    Cuda(usize),
    /// Apple's GPU.
    Metal,
}

/// What computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OpsChoice {
    /// The device's fast way, on quantised weights.
    #[default]
    Default,
    /// Candle on f32 weights and an f32 cache: slow and exact, to test against.
    Reference,
}

/// How keys and values are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CacheType {
    /// 4 bytes a value: exact.
    F32,
    /// 2 bytes a value.
    #[default]
    F16,
    /// A byte a value, and a scale of 4 bytes for 32 values.
    #[serde(rename = "q8_0")]
    Q8_0,
}

/// A word that names no device.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not one of auto, cpu, cuda, cuda:N, metal")]
pub struct ChoiceError(String);

impl FromStr for DeviceChoice {
    type Err = ChoiceError;

    fn from_str(word: &str) -> Result<Self, ChoiceError> {
        match word {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            "metal" => Ok(Self::Metal),
            _ => {
                let number = word.strip_prefix("cuda:").and_then(|number| number.parse().ok());
                number.map(Self::Cuda).ok_or_else(|| ChoiceError(word.to_owned()))
            }
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => formatter.write_str("auto"),
            Self::Cpu => formatter.write_str("cpu"),
            Self::Cuda(number) => write!(formatter, "cuda:{number}"),
            Self::Metal => formatter.write_str("metal"),
        }
    }
}

impl From<CacheType> for abide_kernels::CacheType {
    fn from(choice: CacheType) -> Self {
        match choice {
            CacheType::F32 => Self::F32,
            CacheType::F16 => Self::F16,
            CacheType::Q8_0 => Self::Q8_0,
        }
    }
}
