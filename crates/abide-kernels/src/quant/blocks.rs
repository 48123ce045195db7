//! Takes the blocks of ggml's quantised types apart into codes and scales. The layouts are those of ggml's
//! `ggml-common.h`; nothing here computes with them.

use crate::BlockType;

use super::GROUP;

/// What a block says about scales, in the order that [`super::ScaleForm`] explains.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BlockScales {
    /// Bits of the scale (`f16`, or `bf16` for `MXFP4`) and of the minimum.
    pub headers: [u16; 2],
    /// Scales of parts: signed or unsigned bytes.
    pub sub_scales: [u8; 16],
}

fn half_at(block: &[u8], offset: usize) -> u16 {
    u16::from_le_bytes([block[offset], block[offset + 1]])
}

/// The scales of one block.
pub(crate) fn block_scales(kind: BlockType, block: &[u8]) -> BlockScales {
    let mut scales = BlockScales::default();
    match kind {
        BlockType::F32 | BlockType::F16 | BlockType::BF16 => {}
        BlockType::Q4_0 | BlockType::Q5_0 | BlockType::Q8_0 | BlockType::IQ4_NL => {
            scales.headers[0] = half_at(block, 0);
        }
        BlockType::Q4_1 | BlockType::Q5_1 => scales.headers = [half_at(block, 0), half_at(block, 2)],
        BlockType::MXFP4 => scales.headers[0] = half_of_power(block[0]),
        BlockType::Q2_K => {
            scales.headers = [half_at(block, 80), half_at(block, 82)];
            scales.sub_scales.copy_from_slice(&block[..16]);
        }
        BlockType::Q3_K => {
            scales.headers[0] = half_at(block, 108);
            scales.sub_scales = six_bit_scales(&block[96..108]);
        }
        BlockType::Q4_K | BlockType::Q5_K => {
            scales.headers = [half_at(block, 0), half_at(block, 2)];
            scales.sub_scales = six_bit_scales_and_mins(&block[4..16]);
        }
        BlockType::Q6_K => {
            scales.headers[0] = half_at(block, 208);
            scales.sub_scales.copy_from_slice(&block[192..208]);
        }
        BlockType::IQ4_XS => {
            scales.headers[0] = half_at(block, 0);
            let high = half_at(block, 2);
            for group in 0..8 {
                let low = block[4 + group / 2] >> (4 * (group % 2)) & 15;
                let high = (high >> (2 * group) & 3) as u8;
                scales.sub_scales[group] = (low | high << 4).wrapping_sub(32);
            }
        }
    }
    scales
}

/// 2^(e - 128) as bfloat16 (half of E8M0's power, because `MXFP4`'s table is doubled); the two lowest are subnormal.
fn half_of_power(exponent: u8) -> u16 {
    match exponent {
        0 => 0x0020,
        1 => 0x0040,
        _ => u16::from(exponent - 1) << 7,
    }
}

/// `Q3_K`: sixteen scales of six bits less 32; low nibbles in eight bytes, high pairs in four.
fn six_bit_scales(packed: &[u8]) -> [u8; 16] {
    std::array::from_fn(|index| {
        let low = packed[index % 8] >> (4 * (index / 8)) & 15;
        let high = packed[8 + index % 4] >> (2 * (index / 4)) & 3;
        (low | high << 4).wrapping_sub(32)
    })
}

/// `Q4_K`, `Q5_K`: eight scales and eight minima of six bits in twelve bytes; here they alternate.
fn six_bit_scales_and_mins(packed: &[u8]) -> [u8; 16] {
    std::array::from_fn(|index| {
        let (group, is_min) = (index / 2, index % 2);
        if group < 4 {
            packed[group + 4 * is_min] & 63
        } else {
            let low = packed[group + 4] >> (4 * is_min) & 15;
            let high = packed[group - 4 + 4 * is_min] >> 6;
            low | high << 4
        }
    })
}

/// The 32 codes of group `group` of a block, in the order of their values.
pub(crate) fn block_codes(kind: BlockType, block: &[u8], group: usize) -> [u8; GROUP] {
    match kind {
        BlockType::F32 | BlockType::F16 | BlockType::BF16 => [0; GROUP],
        BlockType::Q4_0 | BlockType::IQ4_NL => split_nibbles(&block[2..18]),
        BlockType::Q4_1 => split_nibbles(&block[4..20]),
        BlockType::MXFP4 => split_nibbles(&block[1..17]),
        BlockType::IQ4_XS => split_nibbles(&block[8 + 16 * group..24 + 16 * group]),
        BlockType::Q5_0 => with_fifth_bits(split_nibbles(&block[6..22]), &block[2..6]),
        BlockType::Q5_1 => with_fifth_bits(split_nibbles(&block[8..24]), &block[4..8]),
        BlockType::Q8_0 => {
            let bytes = &block[2..34];
            std::array::from_fn(|index| bytes[index] ^ 0x80)
        }
        BlockType::Q2_K => pairs(&block[16..80], group),
        BlockType::Q3_K => {
            let (high, low) = (&block[..32], pairs(&block[32..96], group));
            std::array::from_fn(|index| low[index] | (high[index] >> group & 1) << 2)
        }
        BlockType::Q4_K => half_bytes(&block[16..144], group),
        BlockType::Q5_K => {
            let (high, low) = (&block[16..48], half_bytes(&block[48..176], group));
            std::array::from_fn(|index| low[index] | (high[index] >> group & 1) << 4)
        }
        BlockType::Q6_K => {
            let (half, part) = (group / 4, group % 4);
            let low = &block[64 * half + 32 * (part % 2)..][..32];
            let high = &block[128 + 32 * half..][..32];
            std::array::from_fn(|index| {
                low[index] >> (4 * (part / 2)) & 15 | (high[index] >> (2 * part) & 3) << 4
            })
        }
    }
}

/// Low nibbles are the first 16 codes, high ones the others.
fn split_nibbles(bytes: &[u8]) -> [u8; GROUP] {
    let bytes = &bytes[..16];
    let mut codes = [0; GROUP];
    for (index, byte) in bytes.iter().enumerate() {
        codes[index] = byte & 15;
        codes[index + 16] = byte >> 4;
    }
    codes
}

fn with_fifth_bits(mut codes: [u8; GROUP], bits: &[u8]) -> [u8; GROUP] {
    let bits = u32::from_le_bytes([bits[0], bits[1], bits[2], bits[3]]);
    for (index, code) in codes.iter_mut().enumerate() {
        *code |= ((bits >> index & 1) << 4) as u8;
    }
    codes
}

/// Of 32 bytes for four groups, the two bits that belong to this one.
fn pairs(bytes: &[u8], group: usize) -> [u8; GROUP] {
    let bytes = &bytes[32 * (group / 4)..][..32];
    std::array::from_fn(|index| bytes[index] >> (2 * (group % 4)) & 3)
}

/// Of 32 bytes for two groups, the nibbles that belong to this one.
fn half_bytes(bytes: &[u8], group: usize) -> [u8; GROUP] {
    let bytes = &bytes[32 * (group / 2)..][..32];
    std::array::from_fn(|index| bytes[index] >> (4 * (group % 2)) & 15)
}
