//! Which type each tensor gets in a quantised file: the mixes of llama.cpp's quantiser (`llama-quant.cpp`, without an
//! importance matrix), in which some tensors are kept finer than the file's name says.

use std::{fmt, str::FromStr};

use abide_kernels::BlockType;
use thiserror::Error;

/// A quantisation by the name that files carry: one type for most tensors, finer ones for some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, non_camel_case_types)]
pub enum Mix {
    F32,
    F16,
    BF16,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q2_K,
    Q2_K_S,
    Q3_K_S,
    Q3_K_M,
    Q3_K_L,
    Q4_K_S,
    Q4_K_M,
    Q5_K_S,
    Q5_K_M,
    Q6_K,
    IQ4_NL,
    IQ4_XS,
    MXFP4,
}

/// A word that names no mix.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{word}` is no quantisation; there are: {}", Mix::ALL.map(Mix::name).join(", "))]
pub struct UnknownMix {
    word: String,
}

impl Mix {
    /// Every mix.
    pub const ALL: [Self; 21] = [
        Self::F32,
        Self::F16,
        Self::BF16,
        Self::Q4_0,
        Self::Q4_1,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q8_0,
        Self::Q2_K,
        Self::Q2_K_S,
        Self::Q3_K_S,
        Self::Q3_K_M,
        Self::Q3_K_L,
        Self::Q4_K_S,
        Self::Q4_K_M,
        Self::Q5_K_S,
        Self::Q5_K_M,
        Self::Q6_K,
        Self::IQ4_NL,
        Self::IQ4_XS,
        Self::MXFP4,
    ];

    /// Its name, GGUF's number for it (`general.file_type`), and the type of most tensors.
    const fn description(self) -> (&'static str, u32, BlockType) {
        match self {
            Self::F32 => ("F32", 0, BlockType::F32),
            Self::F16 => ("F16", 1, BlockType::F16),
            Self::BF16 => ("BF16", 32, BlockType::BF16),
            Self::Q4_0 => ("Q4_0", 2, BlockType::Q4_0),
            Self::Q4_1 => ("Q4_1", 3, BlockType::Q4_1),
            Self::Q5_0 => ("Q5_0", 8, BlockType::Q5_0),
            Self::Q5_1 => ("Q5_1", 9, BlockType::Q5_1),
            Self::Q8_0 => ("Q8_0", 7, BlockType::Q8_0),
            Self::Q2_K => ("Q2_K", 10, BlockType::Q2_K),
            Self::Q2_K_S => ("Q2_K_S", 21, BlockType::Q2_K),
            Self::Q3_K_S => ("Q3_K_S", 11, BlockType::Q3_K),
            Self::Q3_K_M => ("Q3_K_M", 12, BlockType::Q3_K),
            Self::Q3_K_L => ("Q3_K_L", 13, BlockType::Q3_K),
            Self::Q4_K_S => ("Q4_K_S", 14, BlockType::Q4_K),
            Self::Q4_K_M => ("Q4_K_M", 15, BlockType::Q4_K),
            Self::Q5_K_S => ("Q5_K_S", 16, BlockType::Q5_K),
            Self::Q5_K_M => ("Q5_K_M", 17, BlockType::Q5_K),
            Self::Q6_K => ("Q6_K", 18, BlockType::Q6_K),
            Self::IQ4_NL => ("IQ4_NL", 25, BlockType::IQ4_NL),
            Self::IQ4_XS => ("IQ4_XS", 30, BlockType::IQ4_XS),
            Self::MXFP4 => ("MXFP4", 38, BlockType::MXFP4),
        }
    }

    /// The name that files carry.
    pub const fn name(self) -> &'static str {
        self.description().0
    }

    pub(super) const fn file_type(self) -> u32 {
        self.description().1
    }

    const fn base(self) -> BlockType {
        self.description().2
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Mix {
    type Err = UnknownMix;

    /// Takes names in any case, and `Q4_K` for `Q4_K_M` as llama.cpp does.
    fn from_str(word: &str) -> Result<Self, UnknownMix> {
        let upper = word.to_ascii_uppercase();
        let name = match upper.as_str() {
            "Q3_K" => "Q3_K_M",
            "Q4_K" => "Q4_K_M",
            "Q5_K" => "Q5_K_M",
            other => other,
        };
        Self::ALL
            .into_iter()
            .find(|mix| mix.name() == name)
            .ok_or_else(|| UnknownMix { word: word.to_owned() })
    }
}

/// What the quantiser looks at in a matrix' name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Embedding,
    Output,
    Query,
    Key,
    Value,
    Qkv,
    AttentionOutput,
    Down,
    Other,
}

/// What the quantiser looks at in a model.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) mix: Mix,
    pub(super) layers: usize,
    /// Layers that have attention: values are counted among those.
    pub(super) attention_layers: usize,
    /// Query heads that share a key head.
    pub(super) shared_by: usize,
    /// Experts in all; 1 without any.
    pub(super) experts: usize,
    /// Whether the embedding is the output, too.
    pub(super) tied: bool,
}

/// Llama models of eight experts keep their small attention matrices fine.
const EXPERTS_KEPT_FINE: usize = 8;

impl Place {
    /// The type of a matrix with rows of `columns` values; `experts` of one that has a third dimension.
    pub(super) fn kind(&self, part: Part, layer: usize, columns: usize, experts: bool) -> BlockType {
        let base = self.mix.base();
        if matches!(base, BlockType::F32 | BlockType::F16 | BlockType::BF16) {
            return base;
        }
        fitting(self.wanted(part, layer, columns, experts), columns)
    }

    fn wanted(&self, part: Part, layer: usize, columns: usize, experts: bool) -> BlockType {
        let base = self.mix.base();
        let is_output = part == Part::Output || part == Part::Embedding && self.tied;
        match part {
            _ if self.mix == Mix::MXFP4 && is_output => BlockType::Q8_0,
            _ if is_output && (!columns.is_multiple_of(base.block_values()) || base == BlockType::Q8_0) => {
                BlockType::Q8_0
            }
            _ if is_output => BlockType::Q6_K,
            _ if self.mix == Mix::MXFP4 => {
                if experts {
                    BlockType::MXFP4
                } else {
                    BlockType::Q8_0
                }
            }
            Part::Value => self.value(layer),
            Part::Key if self.experts == EXPERTS_KEPT_FINE => BlockType::Q8_0,
            Part::Qkv => match self.mix {
                Mix::Q3_K_M | Mix::Q3_K_L => BlockType::Q4_K,
                Mix::Q4_K_M => BlockType::Q5_K,
                Mix::Q5_K_M => BlockType::Q6_K,
                _ => base,
            },
            Part::AttentionOutput => self.attention_output(),
            Part::Down => self.down(layer),
            _ => base,
        }
    }

    fn value(&self, layer: usize) -> BlockType {
        if self.experts == EXPERTS_KEPT_FINE {
            return BlockType::Q8_0;
        }
        let wide = self.shared_by >= 4;
        match self.mix {
            Mix::Q2_K | Mix::Q2_K_S if wide => BlockType::Q4_K,
            Mix::Q2_K => BlockType::Q3_K,
            Mix::Q3_K_M if layer < 2 => BlockType::Q5_K,
            Mix::Q3_K_M => BlockType::Q4_K,
            Mix::Q3_K_L => BlockType::Q5_K,
            Mix::IQ4_NL | Mix::IQ4_XS if wide => BlockType::Q5_K,
            Mix::Q4_K_M | Mix::Q5_K_M if gets_more_bits(layer, self.attention_layers) => BlockType::Q6_K,
            Mix::Q4_K_S if layer < 4 => BlockType::Q5_K,
            mix => mix.base(),
        }
    }

    fn attention_output(&self) -> BlockType {
        let small = matches!(
            self.mix,
            Mix::Q2_K | Mix::Q3_K_S | Mix::Q3_K_M | Mix::IQ4_NL | Mix::Q4_K_S | Mix::Q4_K_M | Mix::IQ4_XS
        );
        match self.mix {
            _ if self.experts == EXPERTS_KEPT_FINE => {
                if small {
                    BlockType::Q5_K
                } else {
                    self.mix.base()
                }
            }
            Mix::Q2_K => BlockType::Q3_K,
            Mix::Q3_K_M => BlockType::Q4_K,
            Mix::Q3_K_L => BlockType::Q5_K,
            mix => mix.base(),
        }
    }

    fn down(&self, layer: usize) -> BlockType {
        let early = layer < self.layers / 8;
        match self.mix {
            Mix::Q2_K => BlockType::Q3_K,
            Mix::Q2_K_S if early => BlockType::Q4_K,
            Mix::Q3_K_M if layer < self.layers / 16 => BlockType::Q5_K,
            Mix::Q3_K_M => BlockType::Q4_K,
            Mix::Q3_K_L => BlockType::Q5_K,
            Mix::Q4_K_M | Mix::Q5_K_M if gets_more_bits(layer, self.layers) => BlockType::Q6_K,
            Mix::IQ4_NL | Mix::IQ4_XS | Mix::Q4_K_S if early => BlockType::Q5_K,
            mix => mix.base(),
        }
    }
}

/// The first and last eighth of the layers, and every third between.
fn gets_more_bits(layer: usize, layers: usize) -> bool {
    let eighth = layers / 8;
    layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2
}

/// The type, or the one that takes its place where rows are no whole number of its blocks.
fn fitting(kind: BlockType, columns: usize) -> BlockType {
    let fits = |kind: BlockType| columns.is_multiple_of(kind.block_values());
    if fits(kind) {
        return kind;
    }
    let instead = match kind {
        BlockType::Q2_K | BlockType::Q3_K | BlockType::IQ4_XS => BlockType::IQ4_NL,
        BlockType::Q4_K => BlockType::Q5_0,
        BlockType::Q5_K => BlockType::Q5_1,
        BlockType::Q6_K => BlockType::Q8_0,
        other => other,
    };
    if fits(instead) { instead } else { BlockType::F16 }
}
