//! [`Simd`] with AVX-512 and VNNI: each vector is one register.
#![allow(clippy::inline_always, clippy::wildcard_imports)]

use std::arch::x86_64::*;

use crate::quant::GROUP;

use super::{LANES, Lanes, Simd, Task};

#[derive(Clone, Copy)]
pub(crate) struct Avx512;

/// Compiles the task with AVX-512 and VNNI.
///
/// # Safety
/// The processor has them; and the task's own.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c,popcnt")]
pub(crate) unsafe fn enter<T: Task>(task: T) -> T::Output {
    // SAFETY: the caller's promise.
    unsafe { task.run::<Avx512>() }
}

/// The one body of a method: an intrinsic, whose instructions are there by the trait's rule.
macro_rules! intrinsic {
    ($body:expr) => {
        // SAFETY: the trait's callers promise the instructions and valid pointers.
        unsafe { $body }
    };
}

impl Lanes for Avx512 {
    const COUNT: usize = LANES;
    type Bytes = __m512i;
    type Int = __m512i;
    type Float = __m512;
    const SIGNED_BYTES: bool = false;

    #[inline(always)]
    unsafe fn prefetch(address: *const u8) {
        intrinsic!(_mm_prefetch::<_MM_HINT_T0>(address.cast()));
    }
    #[inline(always)]
    unsafe fn prefetch_far(address: *const u8) {
        intrinsic!(_mm_prefetch::<_MM_HINT_T1>(address.cast()));
    }
    #[inline(always)]
    unsafe fn bytes_load(source: *const u8) -> __m512i {
        intrinsic!(_mm512_loadu_si512(source.cast()))
    }

    #[inline(always)]
    unsafe fn dot<const N: usize, const TOKENS: usize>(
        sums: [__m512i; TOKENS],
        codes: &[__m512i; N],
        activations: *const i8,
        _range: u8,
    ) -> [__m512i; TOKENS] {
        let mut sums = sums;
        // Token beside token: an instruction waits for the one that is `TOKENS` earlier, not for the last.
        for (quad, codes) in codes.iter().enumerate() {
            for (token, sum) in sums.iter_mut().enumerate() {
                intrinsic!({
                    let four = activations.add(GROUP * token + 4 * quad).cast::<i32>().read_unaligned();
                    *sum = _mm512_dpbusd_epi32(*sum, *codes, _mm512_set1_epi32(four));
                });
            }
        }
        sums
    }

    #[inline(always)]
    unsafe fn int_splat(value: i32) -> __m512i {
        intrinsic!(_mm512_set1_epi32(value))
    }
    #[inline(always)]
    unsafe fn int_add(one: __m512i, other: __m512i) -> __m512i {
        intrinsic!(_mm512_add_epi32(one, other))
    }
    #[inline(always)]
    unsafe fn int_shift_left<const N: u32>(value: __m512i) -> __m512i {
        intrinsic!(_mm512_slli_epi32::<N>(value))
    }
    #[inline(always)]
    unsafe fn int_to_float(value: __m512i) -> __m512 {
        intrinsic!(_mm512_cvtepi32_ps(value))
    }
    #[inline(always)]
    unsafe fn splat(value: f32) -> __m512 {
        intrinsic!(_mm512_set1_ps(value))
    }
    #[inline(always)]
    unsafe fn load(source: *const f32) -> __m512 {
        intrinsic!(_mm512_loadu_ps(source))
    }
    #[inline(always)]
    unsafe fn store(target: *mut f32, value: __m512) {
        intrinsic!(_mm512_storeu_ps(target, value));
    }
    #[inline(always)]
    unsafe fn mul(one: __m512, other: __m512) -> __m512 {
        intrinsic!(_mm512_mul_ps(one, other))
    }
    #[inline(always)]
    unsafe fn mul_add(one: __m512, other: __m512, addend: __m512) -> __m512 {
        intrinsic!(_mm512_fmadd_ps(one, other, addend))
    }
}

impl Simd for Avx512 {
    type Register = Self;
    const TOKENS: usize = 8;
    const VECTORS: usize = 31;

    #[inline(always)]
    unsafe fn enter<T: Task>(task: T) -> T::Output {
        intrinsic!(enter(task))
    }
    #[inline(always)]
    unsafe fn bytes_store(target: *mut u8, value: __m512i) {
        intrinsic!(_mm512_storeu_si512(target.cast(), value));
    }
    #[inline(always)]
    unsafe fn bytes_and(value: __m512i, mask: u8) -> __m512i {
        intrinsic!(_mm512_and_si512(value, _mm512_set1_epi8(mask as i8)))
    }
    #[inline(always)]
    unsafe fn bytes_or(one: __m512i, other: __m512i) -> __m512i {
        intrinsic!(_mm512_or_si512(one, other))
    }
    #[inline(always)]
    unsafe fn bytes_shift_right<const N: i32>(value: __m512i) -> __m512i {
        intrinsic!(_mm512_srl_epi16(value, _mm_cvtsi32_si128(N)))
    }
    #[inline(always)]
    unsafe fn bytes_shift_left<const N: i32>(value: __m512i) -> __m512i {
        intrinsic!(_mm512_sll_epi16(value, _mm_cvtsi32_si128(N)))
    }
    #[inline(always)]
    unsafe fn bytes_lookup(table: &[u8; 16], index: __m512i) -> __m512i {
        intrinsic!(_mm512_shuffle_epi8(_mm512_broadcast_i32x4(_mm_loadu_si128(table.as_ptr().cast())), index))
    }

    #[inline(always)]
    unsafe fn dot_signed(sum: __m512i, one: *const i8, other: *const i8) -> __m512i {
        intrinsic!({
            let wide = |source: *const i8| _mm512_cvtepi8_epi16(_mm256_loadu_si256(source.cast()));
            let sum = _mm512_dpwssd_epi32(sum, wide(one), wide(other));
            _mm512_dpwssd_epi32(sum, wide(one.add(32)), wide(other.add(32)))
        })
    }
    #[inline(always)]
    unsafe fn int_and(one: __m512i, other: __m512i) -> __m512i {
        intrinsic!(_mm512_and_si512(one, other))
    }
    #[inline(always)]
    unsafe fn int_shift_right<const N: u32>(value: __m512i) -> __m512i {
        intrinsic!(_mm512_srai_epi32::<N>(value))
    }
    #[inline(always)]
    unsafe fn int_load_u8(source: *const u8) -> __m512i {
        intrinsic!(_mm512_cvtepu8_epi32(_mm_loadu_si128(source.cast())))
    }
    #[inline(always)]
    unsafe fn int_load_i8(source: *const i8) -> __m512i {
        intrinsic!(_mm512_cvtepi8_epi32(_mm_loadu_si128(source.cast())))
    }
    #[inline(always)]
    unsafe fn int_store_i8(target: *mut i8, value: __m512i) {
        intrinsic!(_mm_storeu_si128(target.cast(), _mm512_cvtepi32_epi8(value)));
    }
    #[inline(always)]
    unsafe fn int_sum(value: __m512i) -> i32 {
        intrinsic!(_mm512_reduce_add_epi32(value))
    }
    #[inline(always)]
    unsafe fn int_as_float(value: __m512i) -> __m512 {
        intrinsic!(_mm512_castsi512_ps(value))
    }

    #[inline(always)]
    unsafe fn float_to_int(value: __m512) -> __m512i {
        intrinsic!(_mm512_cvtps_epi32(value))
    }
    #[inline(always)]
    unsafe fn load_f16(source: *const u16) -> __m512 {
        intrinsic!(_mm512_cvtph_ps(_mm256_loadu_si256(source.cast())))
    }
    #[inline(always)]
    unsafe fn store_f16(target: *mut u16, value: __m512) {
        intrinsic!(_mm256_storeu_si256(
            target.cast(),
            _mm512_cvtps_ph::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(value)
        ));
    }
    #[inline(always)]
    unsafe fn load_bf16(source: *const u16) -> __m512 {
        intrinsic!(_mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(_mm256_loadu_si256(
            source.cast()
        )))))
    }
    #[inline(always)]
    unsafe fn add(one: __m512, other: __m512) -> __m512 {
        intrinsic!(_mm512_add_ps(one, other))
    }
    #[inline(always)]
    unsafe fn sub(one: __m512, other: __m512) -> __m512 {
        intrinsic!(_mm512_sub_ps(one, other))
    }
    #[inline(always)]
    unsafe fn div(one: __m512, other: __m512) -> __m512 {
        intrinsic!(_mm512_div_ps(one, other))
    }
    #[inline(always)]
    unsafe fn max(one: __m512, other: __m512) -> __m512 {
        intrinsic!(_mm512_max_ps(one, other))
    }
    #[inline(always)]
    unsafe fn min(one: __m512, other: __m512) -> __m512 {
        intrinsic!(_mm512_min_ps(one, other))
    }
    #[inline(always)]
    unsafe fn round(value: __m512) -> __m512 {
        intrinsic!(_mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(value))
    }
    #[inline(always)]
    unsafe fn abs(value: __m512) -> __m512 {
        intrinsic!(_mm512_abs_ps(value))
    }
    #[inline(always)]
    unsafe fn with_sign(magnitude: __m512, sign: __m512) -> __m512 {
        intrinsic!(_mm512_or_ps(magnitude, _mm512_and_ps(sign, _mm512_set1_ps(-0.0))))
    }
    #[inline(always)]
    unsafe fn select_less(one: __m512, other: __m512, yes: __m512, no: __m512) -> __m512 {
        intrinsic!(_mm512_mask_blend_ps(_mm512_cmp_ps_mask::<_CMP_LT_OQ>(one, other), no, yes))
    }

    #[inline(always)]
    unsafe fn times_two_to(value: __m512, power: __m512) -> __m512 {
        intrinsic!(_mm512_scalef_ps(value, power))
    }
    #[inline(always)]
    unsafe fn sum(value: __m512) -> f32 {
        intrinsic!({
            let eight = _mm256_add_ps(_mm512_castps512_ps256(value), _mm512_extractf32x8_ps::<1>(value));
            super::avx2::sum_of_eight(eight)
        })
    }
    #[inline(always)]
    unsafe fn greatest(value: __m512) -> f32 {
        intrinsic!({
            let eight = _mm256_max_ps(_mm512_castps512_ps256(value), _mm512_extractf32x8_ps::<1>(value));
            super::avx2::greatest_of_eight(eight)
        })
    }
}
