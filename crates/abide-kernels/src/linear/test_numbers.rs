//! Reproducible numbers and blocks for tests.

use crate::BlockType;

/// A small reproducible source of numbers.
pub(crate) struct Numbers(pub u64);

impl Numbers {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// Roughly normal.
    pub fn float(&mut self) -> f32 {
        (0..4).map(|_| self.bits() as u32 as f32 / u32::MAX as f32 - 0.5).sum::<f32>()
    }

    pub fn floats(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.float()).collect()
    }
}

/// Random blocks whose scales are moderate.
pub(crate) fn random_blocks(kind: BlockType, values: usize, numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..kind.bytes_for(values).unwrap()).map(|_| numbers.bits() as u8).collect();
    for block in bytes.chunks_exact_mut(kind.block_bytes()) {
        let mut half = |at: usize| {
            let value = half::f16::from_f32(numbers.float() * 0.1);
            block[at..at + 2].copy_from_slice(&value.to_le_bytes());
        };
        match kind {
            BlockType::Q4_0 | BlockType::Q5_0 | BlockType::Q8_0 | BlockType::IQ4_NL | BlockType::IQ4_XS => {
                half(0);
            }
            BlockType::Q4_1 | BlockType::Q5_1 | BlockType::Q4_K | BlockType::Q5_K => {
                half(0);
                half(2);
            }
            BlockType::Q2_K => {
                half(80);
                half(82);
            }
            BlockType::Q3_K => half(108),
            BlockType::Q6_K => half(208),
            BlockType::MXFP4 => block[0] = 118 + (block[0] & 7),
            BlockType::F16 => half(0),
            BlockType::BF16 => block.copy_from_slice(&half::bf16::from_f32(numbers.float()).to_le_bytes()),
            BlockType::F32 => block.copy_from_slice(&numbers.float().to_le_bytes()),
        }
    }
    bytes
}
