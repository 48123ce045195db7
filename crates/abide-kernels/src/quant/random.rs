//! Random blocks whose values spread as wanted: weights that say nothing, to measure speed with. Always the same for the
//! same seed.

use half::{bf16, f16};

use crate::{BlockType, KernelError, error::check_length};

/// Fills `blocks` with blocks of `kind` whose values have a mean near 0 and this standard deviation. Where a block has a
/// minimum, it is what centres it; its parts' scales differ by a factor of at most two.
///
/// # Errors
/// When `blocks` is no whole number of blocks.
pub fn random_blocks(
    kind: BlockType,
    deviation: f32,
    seed: u64,
    blocks: &mut [u8],
) -> Result<(), KernelError> {
    let whole = blocks.len() / kind.block_bytes() * kind.block_bytes();
    check_length("the bytes of random blocks", blocks.len(), Some(whole))?;
    let mut numbers = Numbers(seed);
    for eight in blocks.chunks_mut(8) {
        eight.copy_from_slice(&numbers.next().to_le_bytes()[..eight.len()]);
    }
    // What the values of random codes (and random scales of parts, where they are left as they are) deviate by at scale 1.
    let scale = deviation / code_deviation(kind);
    for block in blocks.chunks_exact_mut(kind.block_bytes()) {
        // Codes that reach one further below zero than above shift nothing if half of the blocks are mirrored.
        let sign = if numbers.next() & 1 == 0 { 1.0 } else { -1.0 };
        set_scales(kind, scale, sign, block);
    }
    Ok(())
}

/// `SplitMix64` (Steele et al. 2014).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Root mean square of the numbers that [`set_scales`] multiplies by its scale, worked out from their even spread.
fn code_deviation(kind: BlockType) -> f32 {
    /// Of the scales 32 to 63, and of 8 to 15.
    const SIX_BITS: f32 = 48.39;
    const FOUR_BITS: f32 = 11.73;
    /// Of six bits less 32, and of a signed byte.
    const SIX_BITS_SIGNED: f32 = 18.48;
    const BYTE_SIGNED: f32 = 73.90;
    /// Of the table of `IQ4_NL`.
    const TABLE: f32 = 67.44;
    match kind {
        BlockType::F32 | BlockType::F16 | BlockType::BF16 => 0.577_35,
        BlockType::Q4_0 => 4.637,
        BlockType::Q4_1 => 4.610,
        BlockType::Q5_0 => 9.247,
        BlockType::Q5_1 => 9.233,
        BlockType::Q8_0 => BYTE_SIGNED,
        BlockType::Q2_K => 1.118 * FOUR_BITS,
        BlockType::Q3_K => 2.345 * SIX_BITS_SIGNED,
        BlockType::Q4_K => 4.610 * SIX_BITS,
        BlockType::Q5_K => 9.233 * SIX_BITS,
        BlockType::Q6_K => SIX_BITS_SIGNED * BYTE_SIGNED,
        BlockType::IQ4_NL => TABLE,
        BlockType::IQ4_XS => SIX_BITS_SIGNED * TABLE,
        BlockType::MXFP4 => 5.852,
    }
}

/// Writes the scales of a block whose other bits are random.
fn set_scales(kind: BlockType, scale: f32, sign: f32, block: &mut [u8]) {
    let put = |block: &mut [u8], at: usize, value: f32| {
        block[at..at + 2].copy_from_slice(&f16::from_f32(value).to_le_bytes());
    };
    // An even spread over ±1, from the random bits.
    let even = |bits: &[u8]| f32::from(i16::from_le_bytes([bits[0], bits[1]])) / 32768.0;
    match kind {
        BlockType::F32 => {
            let value = even(block) * scale;
            block.copy_from_slice(&value.to_le_bytes());
        }
        BlockType::F16 => {
            let value = even(block) * scale;
            put(block, 0, value);
        }
        BlockType::BF16 => {
            let value = even(block) * scale;
            block.copy_from_slice(&bf16::from_f32(value).to_le_bytes());
        }
        BlockType::Q4_0 | BlockType::Q5_0 | BlockType::Q8_0 | BlockType::IQ4_NL | BlockType::IQ4_XS => {
            put(block, 0, sign * scale);
        }
        BlockType::Q4_1 | BlockType::Q5_1 => {
            let middle = if kind == BlockType::Q4_1 { 7.5 } else { 15.5 };
            put(block, 0, scale);
            put(block, 2, -middle * scale);
        }
        BlockType::Q2_K => {
            for byte in &mut block[..16] {
                let part = 8 | *byte & 7;
                *byte = part | part << 4;
            }
            put(block, 80, scale);
            put(block, 82, 1.5 * scale);
        }
        BlockType::Q3_K => put(block, 108, sign * scale),
        BlockType::Q4_K | BlockType::Q5_K => {
            put(block, 0, scale);
            put(block, 2, if kind == BlockType::Q4_K { 7.5 } else { 15.5 } * scale);
            equal_scales_and_mins(&mut block[4..16]);
        }
        BlockType::Q6_K => put(block, 208, sign * scale),
        BlockType::MXFP4 => block[0] = (128.0 + scale.log2().round()).clamp(2.0, 254.0) as u8,
    }
}

/// Of eight scales and minimums of six bits: the upper half of their range, each minimum like its scale.
fn equal_scales_and_mins(packed: &mut [u8]) {
    let part = |bits: u8| 32 | bits & 31;
    for index in 0..4 {
        let (low, high) = (part(packed[index]), part(packed[index + 4]));
        packed[index] = low | high >> 4 << 6;
        packed[index + 4] = packed[index];
        packed[index + 8] = high & 15 | high << 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dequantize;

    #[test]
    fn values_spread_as_wanted() {
        for kind in BlockType::ALL {
            for deviation in [0.022_f32, 0.5] {
                let count = 256 * 256;
                let mut bytes = vec![0; kind.bytes_for(count).unwrap()];
                random_blocks(kind, deviation, 7, &mut bytes).unwrap();
                let mut values = vec![0.0; count];
                dequantize(kind, &bytes, &mut values).unwrap();
                let mean = values.iter().map(|value| f64::from(*value)).sum::<f64>() / count as f64;
                let square = values.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>() / count as f64;
                let ratio = square.sqrt() / f64::from(deviation);
                // Powers of two alone can't come nearer.
                let allowed = if kind == BlockType::MXFP4 { 0.70..1.42 } else { 0.97..1.03 };
                assert!(allowed.contains(&ratio), "{kind}: {ratio}");
                assert!(mean.abs() < 0.02 * f64::from(deviation), "{kind}: mean {mean}");
            }
        }
    }

    #[test]
    fn a_seed_gives_the_same_blocks_and_another_others() {
        let blocks = |seed| {
            let mut bytes = vec![0; 1440];
            random_blocks(BlockType::Q4_K, 1.0, seed, &mut bytes).unwrap();
            bytes
        };
        assert_eq!(blocks(1), blocks(1));
        assert_ne!(blocks(1), blocks(2));
        assert!(random_blocks(BlockType::Q4_K, 1.0, 0, &mut [0; 145]).is_err());
    }
}
