//! [`Simd`] in portable Rust: the twin that the others are tested against, and what runs where they don't.
#![allow(clippy::inline_always)]

use half::{bf16, f16};

use crate::quant::GROUP;

use super::{LANES, Lanes, Simd, Task};

#[derive(Clone, Copy)]
pub(crate) struct Scalar;

#[inline(always)]
fn map<A: Copy, B: Copy, const N: usize>(one: [A; N], f: impl Fn(A) -> B) -> [B; N] {
    std::array::from_fn(|lane| f(one[lane]))
}

#[inline(always)]
fn zip<A: Copy, B: Copy, const N: usize>(one: [A; N], other: [A; N], f: impl Fn(A, A) -> B) -> [B; N] {
    std::array::from_fn(|lane| f(one[lane], other[lane]))
}

// Each method asks for nothing but valid pointers; reads and writes are unaligned.
impl Lanes for Scalar {
    const COUNT: usize = LANES;
    type Bytes = [u8; 64];
    type Int = [i32; LANES];
    type Float = [f32; LANES];
    const SIGNED_BYTES: bool = false;

    #[inline(always)]
    unsafe fn bytes_load(source: *const u8) -> Self::Bytes {
        // SAFETY: 64 bytes are valid (trait).
        unsafe { source.cast::<[u8; 64]>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn dot<const N: usize, const TOKENS: usize>(
        sums: [Self::Int; TOKENS],
        codes: &[Self::Bytes; N],
        activations: *const i8,
        _range: u8,
    ) -> [Self::Int; TOKENS] {
        let mut sums = sums;
        for (token, sums) in sums.iter_mut().enumerate() {
            for (quad, codes) in codes.iter().enumerate() {
                // SAFETY: `4 N` activations of each token are valid (trait).
                let four =
                    unsafe { activations.add(GROUP * token + 4 * quad).cast::<[i8; 4]>().read_unaligned() };
                for (lane, sum) in sums.iter_mut().enumerate() {
                    for (byte, activation) in four.into_iter().enumerate() {
                        *sum += i32::from(codes[4 * lane + byte]) * i32::from(activation);
                    }
                }
            }
        }
        sums
    }

    #[inline(always)]
    unsafe fn int_splat(value: i32) -> Self::Int {
        [value; LANES]
    }
    #[inline(always)]
    unsafe fn int_add(one: Self::Int, other: Self::Int) -> Self::Int {
        zip(one, other, i32::wrapping_add)
    }
    #[inline(always)]
    unsafe fn int_shift_left<const N: u32>(value: Self::Int) -> Self::Int {
        map(value, |lane| lane << N)
    }
    #[inline(always)]
    unsafe fn int_to_float(value: Self::Int) -> Self::Float {
        map(value, |lane| lane as f32)
    }
    #[inline(always)]
    unsafe fn splat(value: f32) -> Self::Float {
        [value; LANES]
    }
    #[inline(always)]
    unsafe fn load(source: *const f32) -> Self::Float {
        // SAFETY: 16 values are valid (trait).
        unsafe { source.cast::<Self::Float>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn store(target: *mut f32, value: Self::Float) {
        // SAFETY: 16 values are valid (trait).
        unsafe { target.cast::<Self::Float>().write_unaligned(value) }
    }
    #[inline(always)]
    unsafe fn mul(one: Self::Float, other: Self::Float) -> Self::Float {
        zip(one, other, |a, b| a * b)
    }
    #[inline(always)]
    unsafe fn mul_add(one: Self::Float, other: Self::Float, addend: Self::Float) -> Self::Float {
        std::array::from_fn(|lane| one[lane].mul_add(other[lane], addend[lane]))
    }
}

impl Simd for Scalar {
    type Register = Self;
    const TOKENS: usize = 1;
    const VECTORS: usize = 1;

    #[inline(never)]
    unsafe fn enter<T: Task>(task: T) -> T::Output {
        // SAFETY: the task's own promise (trait); there are no instructions to have.
        unsafe { task.run::<Self>() }
    }
    #[inline(always)]
    unsafe fn bytes_store(target: *mut u8, value: Self::Bytes) {
        // SAFETY: 64 bytes are valid (trait).
        unsafe { target.cast::<[u8; 64]>().write_unaligned(value) }
    }
    #[inline(always)]
    unsafe fn bytes_and(value: Self::Bytes, mask: u8) -> Self::Bytes {
        map(value, |byte| byte & mask)
    }
    #[inline(always)]
    unsafe fn bytes_or(one: Self::Bytes, other: Self::Bytes) -> Self::Bytes {
        zip(one, other, |a, b| a | b)
    }
    #[inline(always)]
    unsafe fn bytes_shift_right<const N: i32>(value: Self::Bytes) -> Self::Bytes {
        map(value, |byte| byte >> N)
    }
    #[inline(always)]
    unsafe fn bytes_shift_left<const N: i32>(value: Self::Bytes) -> Self::Bytes {
        map(value, |byte| byte << N)
    }
    #[inline(always)]
    unsafe fn bytes_lookup(table: &[u8; 16], index: Self::Bytes) -> Self::Bytes {
        map(index, |byte| table[usize::from(byte & 15)])
    }

    #[inline(always)]
    unsafe fn dot_signed(sum: Self::Int, one: *const i8, other: *const i8) -> Self::Int {
        // SAFETY: 64 bytes are valid at both (trait).
        let (one, other) = unsafe {
            (
                one.cast::<[[i8; 4]; LANES]>().read_unaligned(),
                other.cast::<[[i8; 4]; LANES]>().read_unaligned(),
            )
        };
        std::array::from_fn(|lane| {
            let products =
                one[lane].iter().zip(&other[lane]).map(|(one, other)| i32::from(*one) * i32::from(*other));
            sum[lane] + products.sum::<i32>()
        })
    }
    #[inline(always)]
    unsafe fn int_and(one: Self::Int, other: Self::Int) -> Self::Int {
        zip(one, other, |a, b| a & b)
    }
    #[inline(always)]
    unsafe fn int_shift_right<const N: u32>(value: Self::Int) -> Self::Int {
        map(value, |lane| lane >> N)
    }
    #[inline(always)]
    unsafe fn int_load_u8(source: *const u8) -> Self::Int {
        // SAFETY: 16 bytes are valid (trait).
        map(unsafe { source.cast::<[u8; LANES]>().read_unaligned() }, i32::from)
    }
    #[inline(always)]
    unsafe fn int_load_i8(source: *const i8) -> Self::Int {
        // SAFETY: 16 bytes are valid (trait).
        map(unsafe { source.cast::<[i8; LANES]>().read_unaligned() }, i32::from)
    }
    #[inline(always)]
    unsafe fn int_store_i8(target: *mut i8, value: Self::Int) {
        // SAFETY: 16 bytes are valid (trait).
        unsafe { target.cast::<[i8; LANES]>().write_unaligned(map(value, |lane| lane as i8)) }
    }
    #[inline(always)]
    unsafe fn int_sum(value: Self::Int) -> i32 {
        value.into_iter().fold(0, i32::wrapping_add)
    }
    #[inline(always)]
    unsafe fn int_as_float(value: Self::Int) -> Self::Float {
        map(value, |lane| f32::from_bits(lane as u32))
    }

    #[inline(always)]
    unsafe fn float_to_int(value: Self::Float) -> Self::Int {
        map(value, |lane| lane.round_ties_even() as i32)
    }
    #[inline(always)]
    unsafe fn load_f16(source: *const u16) -> Self::Float {
        // SAFETY: 16 values are valid (trait).
        map(unsafe { source.cast::<[u16; LANES]>().read_unaligned() }, |bits| f16::from_bits(bits).to_f32())
    }
    #[inline(always)]
    unsafe fn store_f16(target: *mut u16, value: Self::Float) {
        let bits = map(value, |lane| f16::from_f32(lane).to_bits());
        // SAFETY: 16 values are valid (trait).
        unsafe { target.cast::<[u16; LANES]>().write_unaligned(bits) }
    }
    #[inline(always)]
    unsafe fn load_bf16(source: *const u16) -> Self::Float {
        // SAFETY: 16 values are valid (trait).
        map(unsafe { source.cast::<[u16; LANES]>().read_unaligned() }, |bits| bf16::from_bits(bits).to_f32())
    }
    #[inline(always)]
    unsafe fn add(one: Self::Float, other: Self::Float) -> Self::Float {
        zip(one, other, |a, b| a + b)
    }
    #[inline(always)]
    unsafe fn sub(one: Self::Float, other: Self::Float) -> Self::Float {
        zip(one, other, |a, b| a - b)
    }
    #[inline(always)]
    unsafe fn div(one: Self::Float, other: Self::Float) -> Self::Float {
        zip(one, other, |a, b| a / b)
    }
    #[inline(always)]
    unsafe fn max(one: Self::Float, other: Self::Float) -> Self::Float {
        zip(one, other, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    unsafe fn min(one: Self::Float, other: Self::Float) -> Self::Float {
        zip(one, other, |a, b| if a < b { a } else { b })
    }
    #[inline(always)]
    unsafe fn round(value: Self::Float) -> Self::Float {
        map(value, f32::round_ties_even)
    }
    #[inline(always)]
    unsafe fn abs(value: Self::Float) -> Self::Float {
        map(value, f32::abs)
    }
    #[inline(always)]
    unsafe fn with_sign(magnitude: Self::Float, sign: Self::Float) -> Self::Float {
        zip(magnitude, sign, f32::copysign)
    }
    #[inline(always)]
    unsafe fn select_less(
        one: Self::Float,
        other: Self::Float,
        yes: Self::Float,
        no: Self::Float,
    ) -> Self::Float {
        std::array::from_fn(|lane| if one[lane] < other[lane] { yes[lane] } else { no[lane] })
    }
}
