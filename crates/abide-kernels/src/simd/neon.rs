//! [`Simd`] with NEON and the dot-product extension, each vector four registers. Half-precision conversions and `sdot`
//! are written as assembly, because their intrinsics are not stable yet.
#![allow(clippy::inline_always, clippy::wildcard_imports)]

use std::arch::{aarch64::*, asm};

use crate::quant::GROUP;

use super::{LANES, Lanes, Simd, Task, range};

#[derive(Clone, Copy)]
pub(crate) struct Neon;

type Bytes = [uint8x16_t; 4];
type Int = [int32x4_t; 4];
type Float = [float32x4_t; 4];

/// Compiles the task with NEON and dot products.
///
/// # Safety
/// The processor has them; and the task's own.
#[inline(never)]
#[target_feature(enable = "neon,dotprod")]
pub(crate) unsafe fn enter<T: Task>(task: T) -> T::Output {
    // SAFETY: the caller's promise.
    unsafe { task.run::<Neon>() }
}

/// The one body of a method: intrinsics, whose instructions are there by the trait's rule.
macro_rules! intrinsic {
    ($body:expr) => {
        // SAFETY: the trait's callers promise the instructions and valid pointers.
        unsafe { $body }
    };
}

/// An intrinsic on all four registers.
macro_rules! each {
    ($intrinsic:path, $($argument:ident),+) => {
        // SAFETY: the trait's callers promise the instructions.
        unsafe {
            [
                $intrinsic($($argument[0]),+),
                $intrinsic($($argument[1]),+),
                $intrinsic($($argument[2]),+),
                $intrinsic($($argument[3]),+),
            ]
        }
    };
}

/// `sum + Σ` of four products of signed bytes in each lane.
#[inline(always)]
unsafe fn signed_dot(sum: int32x4_t, one: int8x16_t, other: int8x16_t) -> int32x4_t {
    let mut result = sum;
    // SAFETY: one instruction on registers, which the extension has.
    unsafe {
        asm!(
            ".arch_extension dotprod",
            "sdot {0:v}.4s, {1:v}.16b, {2:v}.16b",
            inout(vreg) result, in(vreg) one, in(vreg) other,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    result
}

/// Four half-precision values as single ones.
#[inline(always)]
unsafe fn widen(halves: uint16x4_t) -> float32x4_t {
    let result: float32x4_t;
    // SAFETY: one instruction on registers.
    unsafe {
        asm!(
            "fcvtl {0:v}.4s, {1:v}.4h",
            out(vreg) result, in(vreg) halves,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    result
}

/// Four single-precision values as half ones.
#[inline(always)]
unsafe fn narrow(values: float32x4_t) -> uint16x4_t {
    let result: uint16x4_t;
    // SAFETY: one instruction on registers.
    unsafe {
        asm!(
            "fcvtn {0:v}.4h, {1:v}.4s",
            out(vreg) result, in(vreg) values,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    result
}

/// Sixteen signed bytes as 32-bit lanes.
#[inline(always)]
unsafe fn widen_signed(bytes: int8x16_t) -> Int {
    intrinsic!({
        let (low, high) = (vmovl_s8(vget_low_s8(bytes)), vmovl_s8(vget_high_s8(bytes)));
        [
            vmovl_s16(vget_low_s16(low)),
            vmovl_s16(vget_high_s16(low)),
            vmovl_s16(vget_low_s16(high)),
            vmovl_s16(vget_high_s16(high)),
        ]
    })
}

impl Lanes for Neon {
    const COUNT: usize = LANES;
    type Bytes = Bytes;
    type Int = Int;
    type Float = Float;
    const SIGNED_BYTES: bool = true;

    #[inline(always)]
    unsafe fn prefetch(address: *const u8) {
        // SAFETY: a hint, which never faults.
        unsafe {
            asm!("prfm pldl1keep, [{0}]", in(reg) address, options(nostack, preserves_flags, readonly))
        };
    }
    #[inline(always)]
    unsafe fn bytes_load(source: *const u8) -> Bytes {
        intrinsic!([
            vld1q_u8(source),
            vld1q_u8(source.add(16)),
            vld1q_u8(source.add(32)),
            vld1q_u8(source.add(48)),
        ])
    }

    #[inline(always)]
    unsafe fn dot<const N: usize, const TOKENS: usize>(
        sums: [Int; TOKENS],
        codes: &[Bytes; N],
        activations: *const i8,
        range: u8,
    ) -> [Int; TOKENS] {
        let mut sums = sums;
        for (token, sum) in sums.iter_mut().enumerate() {
            intrinsic!({
                // Bytes are signed here.
                let flip = vdupq_n_u8(if range == range::BYTE { 0x80 } else { 0 });
                for (quad, codes) in codes.iter().enumerate() {
                    let four = activations.add(GROUP * token + 4 * quad).cast::<i32>().read_unaligned();
                    let four = vreinterpretq_s8_s32(vdupq_n_s32(four));
                    for (sum, codes) in sum.iter_mut().zip(codes) {
                        *sum = signed_dot(*sum, vreinterpretq_s8_u8(veorq_u8(*codes, flip)), four);
                    }
                }
            });
        }
        sums
    }

    #[inline(always)]
    unsafe fn int_splat(value: i32) -> Int {
        intrinsic!([vdupq_n_s32(value); 4])
    }
    #[inline(always)]
    unsafe fn int_add(one: Int, other: Int) -> Int {
        each!(vaddq_s32, one, other)
    }
    #[inline(always)]
    unsafe fn int_shift_left<const N: u32>(value: Int) -> Int {
        let count = intrinsic!([vdupq_n_s32(N as i32); 4]);
        each!(vshlq_s32, value, count)
    }
    #[inline(always)]
    unsafe fn int_to_float(value: Int) -> Float {
        each!(vcvtq_f32_s32, value)
    }
    #[inline(always)]
    unsafe fn splat(value: f32) -> Float {
        intrinsic!([vdupq_n_f32(value); 4])
    }
    #[inline(always)]
    unsafe fn load(source: *const f32) -> Float {
        intrinsic!([
            vld1q_f32(source),
            vld1q_f32(source.add(4)),
            vld1q_f32(source.add(8)),
            vld1q_f32(source.add(12)),
        ])
    }
    #[inline(always)]
    unsafe fn store(target: *mut f32, value: Float) {
        intrinsic!({
            vst1q_f32(target, value[0]);
            vst1q_f32(target.add(4), value[1]);
            vst1q_f32(target.add(8), value[2]);
            vst1q_f32(target.add(12), value[3]);
        });
    }
    #[inline(always)]
    unsafe fn mul(one: Float, other: Float) -> Float {
        each!(vmulq_f32, one, other)
    }
    #[inline(always)]
    unsafe fn mul_add(one: Float, other: Float, addend: Float) -> Float {
        each!(vfmaq_f32, addend, one, other)
    }
}

impl Simd for Neon {
    type Register = Self;
    const TOKENS: usize = 8;
    const VECTORS: usize = 7;

    #[inline(always)]
    unsafe fn enter<T: Task>(task: T) -> T::Output {
        // SAFETY: the trait's callers promise the instructions, and the task's own.
        unsafe { enter(task) }
    }
    #[inline(always)]
    unsafe fn bytes_store(target: *mut u8, value: Bytes) {
        intrinsic!({
            vst1q_u8(target, value[0]);
            vst1q_u8(target.add(16), value[1]);
            vst1q_u8(target.add(32), value[2]);
            vst1q_u8(target.add(48), value[3]);
        });
    }
    #[inline(always)]
    unsafe fn bytes_and(value: Bytes, mask: u8) -> Bytes {
        let mask = intrinsic!([vdupq_n_u8(mask); 4]);
        each!(vandq_u8, value, mask)
    }
    #[inline(always)]
    unsafe fn bytes_or(one: Bytes, other: Bytes) -> Bytes {
        each!(vorrq_u8, one, other)
    }
    #[inline(always)]
    unsafe fn bytes_shift_right<const N: i32>(value: Bytes) -> Bytes {
        each!(vshrq_n_u8::<N>, value)
    }
    #[inline(always)]
    unsafe fn bytes_shift_left<const N: i32>(value: Bytes) -> Bytes {
        each!(vshlq_n_u8::<N>, value)
    }
    #[inline(always)]
    unsafe fn bytes_lookup(table: &[u8; 16], index: Bytes) -> Bytes {
        let table = intrinsic!([vld1q_u8(table.as_ptr()); 4]);
        each!(vqtbl1q_u8, table, index)
    }

    #[inline(always)]
    unsafe fn dot_signed(sum: Int, one: *const i8, other: *const i8) -> Int {
        intrinsic!({
            let mut sum = sum;
            for (part, sum) in sum.iter_mut().enumerate() {
                *sum = signed_dot(*sum, vld1q_s8(one.add(16 * part)), vld1q_s8(other.add(16 * part)));
            }
            sum
        })
    }
    #[inline(always)]
    unsafe fn int_and(one: Int, other: Int) -> Int {
        each!(vandq_s32, one, other)
    }
    #[inline(always)]
    unsafe fn int_shift_right<const N: u32>(value: Int) -> Int {
        // A left shift by a negative count is a right shift with sign.
        let count = intrinsic!([vdupq_n_s32(-(N as i32)); 4]);
        each!(vshlq_s32, value, count)
    }
    #[inline(always)]
    unsafe fn int_load_u8(source: *const u8) -> Int {
        intrinsic!({
            let bytes = vld1q_u8(source);
            let (low, high) = (vmovl_u8(vget_low_u8(bytes)), vmovl_u8(vget_high_u8(bytes)));
            [
                vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(low))),
                vreinterpretq_s32_u32(vmovl_u16(vget_high_u16(low))),
                vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(high))),
                vreinterpretq_s32_u32(vmovl_u16(vget_high_u16(high))),
            ]
        })
    }
    #[inline(always)]
    unsafe fn int_load_i8(source: *const i8) -> Int {
        intrinsic!(widen_signed(vld1q_s8(source)))
    }
    #[inline(always)]
    unsafe fn int_store_i8(target: *mut i8, value: Int) {
        intrinsic!({
            let low = vcombine_s16(vmovn_s32(value[0]), vmovn_s32(value[1]));
            let high = vcombine_s16(vmovn_s32(value[2]), vmovn_s32(value[3]));
            vst1q_s8(target, vcombine_s8(vmovn_s16(low), vmovn_s16(high)));
        });
    }
    #[inline(always)]
    unsafe fn int_sum(value: Int) -> i32 {
        intrinsic!(vaddvq_s32(vaddq_s32(vaddq_s32(value[0], value[1]), vaddq_s32(value[2], value[3]))))
    }
    #[inline(always)]
    unsafe fn int_as_float(value: Int) -> Float {
        each!(vreinterpretq_f32_s32, value)
    }

    #[inline(always)]
    unsafe fn float_to_int(value: Float) -> Int {
        each!(vcvtnq_s32_f32, value)
    }
    #[inline(always)]
    unsafe fn load_f16(source: *const u16) -> Float {
        intrinsic!([
            widen(vld1_u16(source)),
            widen(vld1_u16(source.add(4))),
            widen(vld1_u16(source.add(8))),
            widen(vld1_u16(source.add(12))),
        ])
    }
    #[inline(always)]
    unsafe fn store_f16(target: *mut u16, value: Float) {
        intrinsic!({
            vst1_u16(target, narrow(value[0]));
            vst1_u16(target.add(4), narrow(value[1]));
            vst1_u16(target.add(8), narrow(value[2]));
            vst1_u16(target.add(12), narrow(value[3]));
        });
    }
    #[inline(always)]
    unsafe fn load_bf16(source: *const u16) -> Float {
        intrinsic!([
            vreinterpretq_f32_u32(vshll_n_u16::<16>(vld1_u16(source))),
            vreinterpretq_f32_u32(vshll_n_u16::<16>(vld1_u16(source.add(4)))),
            vreinterpretq_f32_u32(vshll_n_u16::<16>(vld1_u16(source.add(8)))),
            vreinterpretq_f32_u32(vshll_n_u16::<16>(vld1_u16(source.add(12)))),
        ])
    }
    #[inline(always)]
    unsafe fn add(one: Float, other: Float) -> Float {
        each!(vaddq_f32, one, other)
    }
    #[inline(always)]
    unsafe fn sub(one: Float, other: Float) -> Float {
        each!(vsubq_f32, one, other)
    }
    #[inline(always)]
    unsafe fn div(one: Float, other: Float) -> Float {
        each!(vdivq_f32, one, other)
    }
    #[inline(always)]
    unsafe fn max(one: Float, other: Float) -> Float {
        let greater = each!(vcgtq_f32, one, other);
        each!(vbslq_f32, greater, one, other)
    }
    #[inline(always)]
    unsafe fn min(one: Float, other: Float) -> Float {
        let less = each!(vcltq_f32, one, other);
        each!(vbslq_f32, less, one, other)
    }
    #[inline(always)]
    unsafe fn round(value: Float) -> Float {
        each!(vrndnq_f32, value)
    }
    #[inline(always)]
    unsafe fn abs(value: Float) -> Float {
        each!(vabsq_f32, value)
    }
    #[inline(always)]
    unsafe fn with_sign(magnitude: Float, sign: Float) -> Float {
        let bit = intrinsic!([vdupq_n_u32(1 << 31); 4]);
        each!(vbslq_f32, bit, sign, magnitude)
    }
    #[inline(always)]
    unsafe fn select_less(one: Float, other: Float, yes: Float, no: Float) -> Float {
        let less = each!(vcltq_f32, one, other);
        each!(vbslq_f32, less, yes, no)
    }
}
