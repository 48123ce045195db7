//! What the bytes of quantised blocks mean, and how they become `f32`. Knows no matrix and no vector instructions.

mod blocks;
mod random;

pub use random::random_blocks;

pub(crate) use blocks::{BlockScales, block_codes, block_scales};

use half::{bf16, f16};

use crate::{BlockType, KernelError, error::check_length};

/// Values that share codes' planes and one scale of the activations.
pub(crate) const GROUP: usize = 32;

/// The 16 values of `IQ4_NL` and `IQ4_XS`, each plus 128 so that it is an unsigned byte.
const IQ4_TABLE: [u8; 16] = [1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241];
/// Twice the values of `MXFP4` (E2M1: 0 ½ 1 1½ 2 3 4 6 and their negatives), each plus 12.
const MXFP4_TABLE: [u8; 16] = [12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0];

/// How scales follow from what a block stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScaleForm {
    /// One `f16` for 32 values.
    Half,
    /// An `f16` scale and an `f16` minimum for 32 values.
    HalfMin,
    /// One `bf16` for 32 values (`MXFP4`: half its power of two).
    Bfloat,
    /// Per 256 values an `f16`, times a signed byte per 32.
    Super32,
    /// Per 256 values two `f16`, times an unsigned byte each per 32: scale and minimum to subtract.
    Super32Min,
    /// Per 256 values an `f16`, times a signed byte per 16.
    Super16,
    /// Per 256 values two `f16`, times a nibble each per 16: scale (low) and minimum to subtract (high).
    Super16Min,
}

impl Planes {
    /// Lower bits of each code that lie in another place.
    pub const fn low_bits(self) -> u32 {
        match self {
            Self::SixTwo => 2,
            _ => 0,
        }
    }
}

impl ScaleForm {
    /// Whether each 16 values, not 32, have their own scale.
    pub const fn halves(self) -> bool {
        matches!(self, Self::Super16 | Self::Super16Min)
    }

    /// Whether values have a minimum besides their scale.
    pub const fn has_min(self) -> bool {
        matches!(self, Self::HalfMin | Self::Super32Min | Self::Super16Min)
    }

    /// 16-bit numbers at the head of a block.
    pub const fn headers(self) -> usize {
        if self.has_min() { 2 } else { 1 }
    }

    /// Bytes after them.
    pub const fn sub_scales(self) -> usize {
        match self {
            Self::Half | Self::HalfMin | Self::Bfloat => 0,
            Self::Super32 => 8,
            Self::Super32Min | Self::Super16 | Self::Super16Min => 16,
        }
    }

    /// Groups of 32 values that one set of scales serves.
    pub const fn groups(self) -> usize {
        if self.sub_scales() == 0 { 1 } else { 8 }
    }
}

/// Which bits of the codes lie together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Planes {
    /// Four bits.
    Nibble,
    /// Four bits, and the fifth apart.
    NibbleBit,
    /// Four bits, and two apart.
    NibblePair,
    /// Two bits.
    Pair,
    /// Two bits, and the third apart.
    PairBit,
    /// Whole bytes.
    Byte,
    /// Of eight bits the upper six, four and two of them, and the lower two in another place.
    SixTwo,
}

/// All that tells one quantised type from another once its blocks are taken apart: a value is
/// `scale × (u − offset) + min`, where `u` is the code, or the table's entry for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    pub planes: Planes,
    pub scales: ScaleForm,
    pub table: Option<&'static [u8; 16]>,
    pub offset: i32,
}

impl Form {
    /// The form of a type; `None` for floats.
    pub const fn of(kind: BlockType) -> Option<Self> {
        let (planes, scales, table, offset) = match kind {
            BlockType::F32 | BlockType::F16 | BlockType::BF16 => return None,
            BlockType::Q4_0 => (Planes::Nibble, ScaleForm::Half, None, 8),
            BlockType::Q4_1 => (Planes::Nibble, ScaleForm::HalfMin, None, 0),
            BlockType::Q5_0 => (Planes::NibbleBit, ScaleForm::Half, None, 16),
            BlockType::Q5_1 => (Planes::NibbleBit, ScaleForm::HalfMin, None, 0),
            BlockType::Q8_0 => (Planes::Byte, ScaleForm::Half, None, 128),
            BlockType::Q2_K => (Planes::Pair, ScaleForm::Super16Min, None, 0),
            BlockType::Q3_K => (Planes::PairBit, ScaleForm::Super16, None, 4),
            BlockType::Q4_K => (Planes::Nibble, ScaleForm::Super32Min, None, 0),
            BlockType::Q5_K => (Planes::NibbleBit, ScaleForm::Super32Min, None, 0),
            BlockType::Q6_K => (Planes::NibblePair, ScaleForm::Super16, None, 32),
            BlockType::IQ4_NL => (Planes::Nibble, ScaleForm::Half, Some(&IQ4_TABLE), 128),
            BlockType::IQ4_XS => (Planes::Nibble, ScaleForm::Super32, Some(&IQ4_TABLE), 128),
            BlockType::MXFP4 => (Planes::Nibble, ScaleForm::Bfloat, Some(&MXFP4_TABLE), 12),
        };
        Some(Self { planes, scales, table, offset })
    }

    /// The same codes with their lower bits in another place, for types of which that can be.
    pub const fn in_parts(self) -> Option<Self> {
        match self.planes {
            Planes::Byte => Some(Self { planes: Planes::SixTwo, ..self }),
            _ => None,
        }
    }

    /// Scale and minimum (0 where there is none) of 16 values: `half` (0 or 1) of group `group` of the block.
    /// Every product here is exact in `f32`, so any order of operations gives the same bits.
    pub fn scale_and_min(&self, scales: &BlockScales, group: usize, half: usize) -> (f32, f32) {
        let head = |index: usize| f16::from_bits(scales.headers[index]).to_f32();
        let byte = |index: usize| f32::from(scales.sub_scales[index]);
        let signed = |index: usize| f32::from(scales.sub_scales[index] as i8);
        match self.scales {
            ScaleForm::Half => (head(0), 0.0),
            ScaleForm::HalfMin => (head(0), head(1)),
            ScaleForm::Bfloat => (bf16::from_bits(scales.headers[0]).to_f32(), 0.0),
            ScaleForm::Super32 => (head(0) * signed(group), 0.0),
            ScaleForm::Super32Min => (head(0) * byte(2 * group), -(head(1) * byte(2 * group + 1))),
            ScaleForm::Super16 => (head(0) * signed(2 * group + half), 0.0),
            ScaleForm::Super16Min => {
                let both = scales.sub_scales[2 * group + half];
                (head(0) * f32::from(both & 15), -(head(1) * f32::from(both >> 4)))
            }
        }
    }

    /// The values of group `group` of a block with these codes and scales.
    pub fn group_values(&self, codes: &[u8; GROUP], scales: &BlockScales, group: usize, out: &mut [f32]) {
        for (half, (codes, out)) in codes.chunks_exact(16).zip(out.chunks_exact_mut(16)).enumerate() {
            let (scale, min) = self.scale_and_min(scales, group, half);
            for (code, value) in codes.iter().zip(out) {
                let unsigned = self.table.map_or(*code, |table| table[usize::from(code & 15)]);
                let product = (i32::from(unsigned) - self.offset) as f32 * scale;
                *value = if self.scales.has_min() { product + min } else { product };
            }
        }
    }
}

/// Turns the blocks of `kind` in `source` into `out.len()` values, to the bit as ggml's `dequantize_row_*` do.
///
/// # Errors
/// When `out` is no whole number of blocks, or `source` does not hold exactly those blocks.
pub fn dequantize(kind: BlockType, source: &[u8], out: &mut [f32]) -> Result<(), KernelError> {
    let bytes = kind.bytes_for(out.len()).ok_or(KernelError::PartialBlock { kind, columns: out.len() })?;
    check_length("the bytes to dequantise", source.len(), Some(bytes))?;
    let Some(form) = Form::of(kind) else {
        dequantize_floats(kind, source, out);
        return Ok(());
    };
    let blocks = source.chunks_exact(kind.block_bytes());
    for (block, out) in blocks.zip(out.chunks_exact_mut(kind.block_values())) {
        let scales = block_scales(kind, block);
        for (group, out) in out.chunks_exact_mut(GROUP).enumerate() {
            form.group_values(&block_codes(kind, block, group), &scales, group, out);
        }
    }
    Ok(())
}

fn dequantize_floats(kind: BlockType, source: &[u8], out: &mut [f32]) {
    let pairs = source.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    match kind {
        BlockType::F16 => {
            out.iter_mut().zip(pairs).for_each(|(value, bits)| *value = f16::from_bits(bits).to_f32());
        }
        BlockType::BF16 => {
            out.iter_mut().zip(pairs).for_each(|(value, bits)| *value = bf16::from_bits(bits).to_f32());
        }
        _ => {
            for (value, four) in out.iter_mut().zip(source.chunks_exact(4)) {
                *value = f32::from_le_bytes([four[0], four[1], four[2], four[3]]);
            }
        }
    }
}

#[cfg(test)]
mod tests;
