//! How a model is to be loaded. Plain choices, resolved by whoever calls; nothing is read from the
//! environment here.

use std::{fmt, str::FromStr};

use abide_kernels::Isa;
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
    /// Threads of the CPU kernels; `None`: the physical cores.
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
            threads: None,
            isa: None,
            context_length: None,
            sequences: 1,
        }
    }
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
    /// 34 bytes for 32 values.
    #[serde(rename = "q8_0")]
    Q8_0,
}

/// A word that names no choice.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{word}` is not one of {expected}")]
pub struct ChoiceError {
    word: String,
    expected: &'static str,
}

fn unknown(word: &str, expected: &'static str) -> ChoiceError {
    ChoiceError { word: word.to_owned(), expected }
}

impl FromStr for DeviceChoice {
    type Err = ChoiceError;

    fn from_str(word: &str) -> Result<Self, ChoiceError> {
        const EXPECTED: &str = "auto, cpu, cuda, cuda:N, metal";
        match word {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            "metal" => Ok(Self::Metal),
            _ => {
                let number = word.strip_prefix("cuda:").and_then(|number| number.parse().ok());
                number.map(Self::Cuda).ok_or_else(|| unknown(word, EXPECTED))
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

impl FromStr for OpsChoice {
    type Err = ChoiceError;

    fn from_str(word: &str) -> Result<Self, ChoiceError> {
        match word {
            "default" => Ok(Self::Default),
            "reference" => Ok(Self::Reference),
            _ => Err(unknown(word, "default, reference")),
        }
    }
}

impl fmt::Display for OpsChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Default => "default",
            Self::Reference => "reference",
        })
    }
}

impl FromStr for CacheType {
    type Err = ChoiceError;

    fn from_str(word: &str) -> Result<Self, ChoiceError> {
        match word {
            "f32" => Ok(Self::F32),
            "f16" => Ok(Self::F16),
            "q8_0" => Ok(Self::Q8_0),
            _ => Err(unknown(word, "f32, f16, q8_0")),
        }
    }
}

impl fmt::Display for CacheType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Q8_0 => "q8_0",
        })
    }
}

impl CacheType {
    /// Bytes of a row of `values` values.
    pub fn bytes(self, values: usize) -> u64 {
        let values = values as u64;
        match self {
            Self::F32 => values * 4,
            Self::F16 => values * 2,
            Self::Q8_0 => values.div_ceil(32) * 34,
        }
    }
}
