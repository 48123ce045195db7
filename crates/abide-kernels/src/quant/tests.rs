//! Hand-made blocks of every type, and lengths that do not fit.

// Values here are exact sums of powers of two.
#![allow(clippy::float_cmp)]

use super::*;

/// One value of a block whose bytes are all zero but for those given.
fn value_of(kind: BlockType, bytes: &[(usize, u8)], index: usize) -> f32 {
    let mut block = vec![0; kind.block_bytes()];
    for (at, byte) in bytes {
        block[*at] = *byte;
    }
    let mut out = vec![0.0; kind.block_values()];
    dequantize(kind, &block, &mut out).unwrap();
    out[index]
}

/// The `f16` 0.5, and 0.25, little endian.
const HALF: [u8; 2] = [0x00, 0x38];
const QUARTER: [u8; 2] = [0x00, 0x34];

#[test]
fn simple_blocks_have_the_values_worked_out_by_hand() {
    let half = [(0, HALF[0]), (1, HALF[1])];
    let with = |more: &[(usize, u8)]| [&half[..], more].concat();
    // Low nibble of byte 3 is value 3, its high nibble value 19; 8 is zero.
    assert_eq!(value_of(BlockType::Q4_0, &with(&[(5, 0xd1)]), 3), -3.5);
    assert_eq!(value_of(BlockType::Q4_0, &with(&[(5, 0xd1)]), 19), 2.5);
    let min = with(&[(2, QUARTER[0]), (3, QUARTER[1]), (7, 0xd1)]);
    assert_eq!(value_of(BlockType::Q4_1, &min, 3), 0.75);
    assert_eq!(value_of(BlockType::Q4_1, &min, 19), 6.75);
    // The fifth bit of value 19 is bit 3 of the third byte of bits.
    assert_eq!(value_of(BlockType::Q5_0, &with(&[(4, 8), (9, 0xd1)]), 19), 6.5);
    let fifth = with(&[(2, QUARTER[0]), (3, QUARTER[1]), (6, 8), (11, 0xd1)]);
    assert_eq!(value_of(BlockType::Q5_1, &fifth, 19), 14.75);
    assert_eq!(value_of(BlockType::Q8_0, &with(&[(2 + 30, 0x81)]), 30), -63.5);
    // Index 14 of the table is 89.
    assert_eq!(value_of(BlockType::IQ4_NL, &with(&[(2 + 1, 0xe0)]), 17), 44.5);
    // 2^(129 - 128) × 12 (E2M1's 6, doubled), and its negative.
    assert_eq!(value_of(BlockType::MXFP4, &[(0, 129), (1, 0xf7)], 0), 24.0);
    assert_eq!(value_of(BlockType::MXFP4, &[(0, 129), (1, 0xf7)], 16), -24.0);
    assert_eq!(value_of(BlockType::MXFP4, &[(0, 0), (1, 1)], 0), f32::from_bits(0x0020_0000));
}

#[test]
fn super_blocks_have_the_values_worked_out_by_hand() {
    let at = |offset: usize, half: [u8; 2]| [(offset, half[0]), (offset + 1, half[1])];
    let scales = |offset: usize| [at(offset, HALF), at(offset + 2, QUARTER)].concat();
    // Q2_K: value 200 = half 1, part 2, place 8: byte 16 + 32 + 8, shift 4; scale byte 12.
    let block = [&scales(80)[..], &[(12, 0x35), (56, 0x20)]].concat();
    assert_eq!(value_of(BlockType::Q2_K, &block, 200), 0.5 * 5.0 * 2.0 - 0.25 * 3.0);
    // Q3_K: the same place, mask bit 6 of byte 8; scale 12: low from byte 4's high nibble, high from byte 8 bits 6-7.
    let block =
        [&at(108, HALF)[..], &[(32 + 40, 0x20), (8, 1 << 6), (96 + 4, 0x90), (96 + 8, 0xc0)]].concat();
    assert_eq!(value_of(BlockType::Q3_K, &block, 200), 0.5 * f32::from(0x39_u8 - 32) * 2.0);
    let block = [&at(108, HALF)[..], &[(32 + 40, 0x20), (96 + 4, 0x90), (96 + 8, 0xc0)]].concat();
    assert_eq!(value_of(BlockType::Q3_K, &block, 200), 0.5 * 25.0 * -2.0);
    // Q4_K: group 6 (value 200): low nibbles of bytes 96 to 128; its scale: low nibble of byte 10, high of byte 2.
    let block =
        [&scales(0)[..], &[(16 + 96 + 8, 0x0b), (4 + 10, 0x21), (4 + 2, 0x80), (4 + 6, 0x40)]].concat();
    assert_eq!(value_of(BlockType::Q4_K, &block, 200), 0.5 * 33.0 * 11.0 - 0.25 * 18.0);
    // Q5_K: the same, the fifth bit being bit 6 of byte 8.
    let block = [&scales(0)[..], &[(48 + 96 + 8, 0x0b), (16 + 8, 1 << 6), (4 + 10, 0x21)]].concat();
    assert_eq!(value_of(BlockType::Q5_K, &block, 200), 0.5 * 27.0 - 0.25 * 2.0);
    // Group 2 takes its scale and minimum whole.
    let block = [&scales(0)[..], &[(48 + 32 + 8, 0x0b), (4 + 2, 0x3f), (4 + 6, 0x3e)]].concat();
    assert_eq!(value_of(BlockType::Q5_K, &block, 72), 0.5 * 63.0 * 11.0 - 0.25 * 62.0);
    // Q6_K: value 200: high nibble of byte 64 + 8, bits 4-5 of high byte 32 + 8; scale 12.
    let block = [&at(208, HALF)[..], &[(72, 0x50), (128 + 40, 0x30), (192 + 12, 0xfe)]].concat();
    assert_eq!(value_of(BlockType::Q6_K, &block, 200), 0.5 * -2.0 * (53.0 - 32.0));
    // IQ4_XS: group 6, low nibble of byte 8; scale: low nibble of byte 3, bits 12-13 of the high ones.
    let block = [&at(0, HALF)[..], &[(8 + 96 + 8, 0x0f), (4 + 3, 0x07), (3, 0x30)]].concat();
    assert_eq!(value_of(BlockType::IQ4_XS, &block, 200), 0.5 * f32::from(0x37_u8 - 32) * 113.0);
}

#[test]
fn floats_keep_their_values() {
    let mut out = [0.0; 2];
    dequantize(BlockType::F16, &[0x00, 0x38, 0x00, 0xc0], &mut out).unwrap();
    assert_eq!(out, [0.5, -2.0]);
    dequantize(BlockType::BF16, &[0x00, 0x3f, 0x40, 0xc0], &mut out).unwrap();
    assert_eq!(out, [0.5, -3.0]);
    dequantize(BlockType::F32, &[0, 0, 0, 0x3f, 0, 0, 0x40, 0xc0], &mut out).unwrap();
    assert_eq!(out, [0.5, -3.0]);
}

#[test]
fn wrong_lengths_are_errors() {
    let mut out = [0.0; 33];
    assert!(matches!(dequantize(BlockType::Q4_0, &[0; 36], &mut out), Err(KernelError::PartialBlock { .. })));
    assert!(matches!(
        dequantize(BlockType::Q4_0, &[0; 17], &mut out[..32]),
        Err(KernelError::Length { expected: 18, found: 17, .. })
    ));
}
