//! [`Simd`] with AVX2, FMA and F16C, each vector a pair of registers; with AVX-VNNI's `vpdpbusd` where it is there.
#![allow(clippy::inline_always, clippy::wildcard_imports)]

use std::arch::x86_64::*;

use crate::quant::GROUP;

use super::{LANES, Lanes, PartOf, Simd, Task, range};

/// `VNNI` says whether 256-bit `vpdpbusd` may be used.
#[derive(Clone, Copy)]
pub(crate) struct Avx2<const VNNI: bool>;

type Bytes = [__m256i; 2];
type Float = [__m256; 2];

/// Compiles the task with AVX2, FMA and F16C.
///
/// # Safety
/// The processor has them; and the task's own.
#[inline(never)]
#[target_feature(enable = "avx2,fma,f16c,popcnt")]
pub(crate) unsafe fn enter<T: Task>(task: T) -> T::Output {
    // SAFETY: the caller's promise.
    unsafe { task.run::<Avx2<false>>() }
}

/// Compiles the task with AVX2, FMA, F16C and AVX-VNNI.
///
/// # Safety
/// The processor has them; and the task's own.
#[inline(never)]
#[target_feature(enable = "avx2,fma,f16c,popcnt,avxvnni")]
pub(crate) unsafe fn enter_vnni<T: Task>(task: T) -> T::Output {
    // SAFETY: the caller's promise.
    unsafe { task.run::<Avx2<true>>() }
}

/// The one body of a method: intrinsics, whose instructions are there by the trait's rule.
macro_rules! intrinsic {
    ($body:expr) => {
        // SAFETY: the trait's callers promise the instructions and valid pointers.
        unsafe { $body }
    };
}

/// An intrinsic on both registers.
macro_rules! both {
    ($intrinsic:path, $($argument:ident),+) => {
        // SAFETY: the trait's callers promise the instructions.
        unsafe { [$intrinsic($($argument[0]),+), $intrinsic($($argument[1]),+)] }
    };
}

/// One register: half of the lanes.
#[derive(Clone, Copy)]
pub(crate) struct Register<const VNNI: bool>;

/// Some codes, and the activations that belong to them.
#[derive(Clone, Copy)]
struct Quads<'a, const N: usize> {
    codes: &'a [__m256i; N],
    activations: *const i8,
}

/// Written out and not as loops, which the compiler leaves rolled, with all codes in memory.
impl<const N: usize> Quads<'_, N> {
    /// The four activations of a quad, in each lane.
    #[inline(always)]
    unsafe fn four(self, quad: usize) -> __m256i {
        intrinsic!(_mm256_set1_epi32(self.activations.add(4 * quad).cast::<i32>().read_unaligned()))
    }

    /// Products of one quad, pairs of them summed in 16 bits: at most 2 × 63 × 127.
    #[inline(always)]
    unsafe fn one(self, quad: usize) -> __m256i {
        intrinsic!(_mm256_maddubs_epi16(self.codes[quad], self.four(quad)))
    }

    /// The same where whole bytes stand for the byte minus 128: the sign moves from the weight to the activation,
    /// because 2 × 128 × 127 fits 16 bits.
    #[inline(always)]
    unsafe fn one_signed(self, quad: usize) -> __m256i {
        intrinsic!({
            let signed = _mm256_xor_si256(self.codes[quad], _mm256_set1_epi8(-128));
            _mm256_maddubs_epi16(_mm256_abs_epi8(signed), _mm256_sign_epi8(self.four(quad), signed))
        })
    }

    /// Two quads, still in 16 bits: at most 4 × 63 × 127.
    #[inline(always)]
    unsafe fn two_quads(self, quad: usize) -> __m256i {
        intrinsic!(_mm256_add_epi16(self.one(quad), self.one(quad + 1)))
    }

    /// Four quads, still in 16 bits: at most 8 × 31 × 127.
    #[inline(always)]
    unsafe fn four_quads(self, quad: usize) -> __m256i {
        intrinsic!(_mm256_add_epi16(self.two_quads(quad), self.two_quads(quad + 2)))
    }

    /// The sum for each lane of quads `quad` to `quad + 3`, in 32 bits.
    #[inline(always)]
    unsafe fn sum_of_four(self, quad: usize, range: u8) -> __m256i {
        intrinsic!(match range {
            range::NIBBLE | range::FIVE_BITS => widen(self.four_quads(quad)),
            range::SIX_BITS => {
                _mm256_add_epi32(widen(self.two_quads(quad)), widen(self.two_quads(quad + 2)))
            }
            _ => {
                let first = _mm256_add_epi32(widen(self.one_signed(quad)), widen(self.one_signed(quad + 1)));
                let last =
                    _mm256_add_epi32(widen(self.one_signed(quad + 2)), widen(self.one_signed(quad + 3)));
                _mm256_add_epi32(first, last)
            }
        })
    }

    /// The sum of all quads (4 or 8).
    #[inline(always)]
    unsafe fn sum(self, range: u8) -> __m256i {
        intrinsic!(match range {
            _ if N == 4 => self.sum_of_four(0, range),
            // 16 × 15 × 127 still fits 16 bits.
            range::NIBBLE => widen(_mm256_add_epi16(self.four_quads(0), self.four_quads(4))),
            _ => _mm256_add_epi32(self.sum_of_four(0, range), self.sum_of_four(4, range)),
        })
    }
}

/// Adds to each token's sums the products of codes of `R` registers with the token's words.
#[inline(always)]
unsafe fn dot_words<const R: usize, const N: usize, const TOKENS: usize>(
    mut sums: [[__m256i; R]; TOKENS],
    codes: &[[__m256i; R]; N],
    activations: *const i8,
) -> [[__m256i; R]; TOKENS] {
    for (quad, codes) in codes.iter().enumerate() {
        intrinsic!({
            let (mut even, mut odd) = ([_mm256_setzero_si256(); R], [_mm256_setzero_si256(); R]);
            for register in 0..R {
                even[register] = _mm256_and_si256(codes[register], _mm256_set1_epi16(0xff));
                odd[register] = _mm256_srli_epi16::<8>(codes[register]);
            }
            for (token, sums) in sums.iter_mut().enumerate() {
                let at = activations.add(2 * (GROUP * token + 4 * quad)).cast::<i32>();
                let first = _mm256_set1_epi32(at.read_unaligned());
                let second = _mm256_set1_epi32(at.add(1).read_unaligned());
                for (register, sum) in sums.iter_mut().enumerate() {
                    *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(even[register], first));
                    *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(odd[register], second));
                }
            }
        });
    }
    sums
}

/// Pairs of 16 bits to their sums in 32.
#[inline(always)]
unsafe fn widen(pairs: __m256i) -> __m256i {
    intrinsic!(_mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))
}

/// Sum of eight lanes, halves added to halves.
#[inline(always)]
pub(super) unsafe fn sum_of_eight(value: __m256) -> f32 {
    intrinsic!({
        let four = _mm_add_ps(_mm256_castps256_ps128(value), _mm256_extractf128_ps::<1>(value));
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
    })
}

/// Greatest of eight lanes.
#[inline(always)]
pub(super) unsafe fn greatest_of_eight(value: __m256) -> f32 {
    intrinsic!({
        let four = _mm_max_ps(_mm256_castps256_ps128(value), _mm256_extractf128_ps::<1>(value));
        let two = _mm_max_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps::<1>(two, two)))
    })
}

impl<const VNNI: bool> Lanes for Register<VNNI> {
    const COUNT: usize = LANES / 2;
    type Bytes = __m256i;
    type Int = __m256i;
    type Float = __m256;
    const SIGNED_BYTES: bool = !VNNI;
    const WORDS: bool = !VNNI;

    #[inline(always)]
    unsafe fn prefetch(address: *const u8) {
        intrinsic!(_mm_prefetch::<_MM_HINT_T0>(address.cast()));
    }
    #[inline(always)]
    unsafe fn prefetch_far(address: *const u8) {
        intrinsic!(_mm_prefetch::<_MM_HINT_T1>(address.cast()));
    }
    #[inline(always)]
    unsafe fn bytes_load(source: *const u8) -> __m256i {
        intrinsic!(_mm256_loadu_si256(source.cast()))
    }
    #[inline(always)]
    unsafe fn dot<const N: usize, const TOKENS: usize>(
        sums: [__m256i; TOKENS],
        codes: &[__m256i; N],
        activations: *const i8,
        range: u8,
    ) -> [__m256i; TOKENS] {
        let mut sums = sums;
        for (token, sum) in sums.iter_mut().enumerate() {
            intrinsic!({
                let quads = Quads { codes, activations: activations.add(GROUP * token) };
                if VNNI {
                    // Takes codes of any range.
                    for (quad, codes) in codes.iter().enumerate() {
                        *sum = _mm256_dpbusd_avx_epi32(*sum, *codes, quads.four(quad));
                    }
                } else {
                    *sum = _mm256_add_epi32(*sum, quads.sum(range));
                }
            });
        }
        sums
    }
    #[inline(always)]
    unsafe fn dot_words<const N: usize, const TOKENS: usize>(
        sums: [__m256i; TOKENS],
        codes: &[__m256i; N],
        activations: *const i8,
    ) -> [__m256i; TOKENS] {
        let (mut one_each, mut ones) = ([[intrinsic!(_mm256_setzero_si256())]; TOKENS], [[sums[0]]; N]);
        for (one, sum) in one_each.iter_mut().zip(sums) {
            *one = [sum];
        }
        for (one, codes) in ones.iter_mut().zip(codes) {
            *one = [*codes];
        }
        let added = intrinsic!(dot_words(one_each, &ones, activations));
        let mut sums = sums;
        for (sum, [added]) in sums.iter_mut().zip(added) {
            *sum = added;
        }
        sums
    }
    #[inline(always)]
    unsafe fn int_splat(value: i32) -> __m256i {
        intrinsic!(_mm256_set1_epi32(value))
    }
    #[inline(always)]
    unsafe fn int_add(one: __m256i, other: __m256i) -> __m256i {
        intrinsic!(_mm256_add_epi32(one, other))
    }
    #[inline(always)]
    unsafe fn int_shift_left<const N: u32>(value: __m256i) -> __m256i {
        intrinsic!(_mm256_sll_epi32(value, _mm_cvtsi32_si128(N as i32)))
    }
    #[inline(always)]
    unsafe fn int_to_float(value: __m256i) -> __m256 {
        intrinsic!(_mm256_cvtepi32_ps(value))
    }
    #[inline(always)]
    unsafe fn splat(value: f32) -> __m256 {
        intrinsic!(_mm256_set1_ps(value))
    }
    #[inline(always)]
    unsafe fn load(source: *const f32) -> __m256 {
        intrinsic!(_mm256_loadu_ps(source))
    }
    #[inline(always)]
    unsafe fn store(target: *mut f32, value: __m256) {
        intrinsic!(_mm256_storeu_ps(target, value));
    }
    #[inline(always)]
    unsafe fn mul(one: __m256, other: __m256) -> __m256 {
        intrinsic!(_mm256_mul_ps(one, other))
    }
    #[inline(always)]
    unsafe fn mul_add(one: __m256, other: __m256, addend: __m256) -> __m256 {
        intrinsic!(_mm256_fmadd_ps(one, other, addend))
    }
}

impl<const VNNI: bool> PartOf<Avx2<VNNI>> for Register<VNNI> {
    #[inline(always)]
    unsafe fn bytes_of<const PART: usize>(all: Bytes) -> __m256i {
        all[PART]
    }
    #[inline(always)]
    unsafe fn floats_of<const PART: usize>(all: Float) -> __m256 {
        all[PART]
    }
}

impl<const VNNI: bool> Lanes for Avx2<VNNI> {
    const COUNT: usize = LANES;
    type Bytes = Bytes;
    type Int = Bytes;
    type Float = Float;
    const SIGNED_BYTES: bool = Register::<VNNI>::SIGNED_BYTES;
    const WORDS: bool = Register::<VNNI>::WORDS;

    #[inline(always)]
    unsafe fn prefetch(address: *const u8) {
        intrinsic!(Register::<VNNI>::prefetch(address));
    }
    #[inline(always)]
    unsafe fn prefetch_far(address: *const u8) {
        intrinsic!(Register::<VNNI>::prefetch_far(address));
    }
    #[inline(always)]
    unsafe fn bytes_load(source: *const u8) -> Bytes {
        intrinsic!([Register::<VNNI>::bytes_load(source), Register::<VNNI>::bytes_load(source.add(32))])
    }
    #[inline(always)]
    unsafe fn dot<const N: usize, const TOKENS: usize>(
        sums: [Bytes; TOKENS],
        codes: &[Bytes; N],
        activations: *const i8,
        range: u8,
    ) -> [Bytes; TOKENS] {
        let mut sums = sums;
        for index in 0..2 {
            intrinsic!({
                let mut half_codes = [_mm256_setzero_si256(); N];
                for (half, codes) in half_codes.iter_mut().zip(codes) {
                    *half = codes[index];
                }
                let mut half_sums = [_mm256_setzero_si256(); TOKENS];
                for (half, sum) in half_sums.iter_mut().zip(&sums) {
                    *half = sum[index];
                }
                let half_sums = Register::<VNNI>::dot(half_sums, &half_codes, activations, range);
                for (sum, half) in sums.iter_mut().zip(half_sums) {
                    sum[index] = half;
                }
            });
        }
        sums
    }
    #[inline(always)]
    unsafe fn dot_words<const N: usize, const TOKENS: usize>(
        sums: [Bytes; TOKENS],
        codes: &[Bytes; N],
        activations: *const i8,
    ) -> [Bytes; TOKENS] {
        intrinsic!(dot_words(sums, codes, activations))
    }
    #[inline(always)]
    unsafe fn int_splat(value: i32) -> Bytes {
        intrinsic!([Register::<VNNI>::int_splat(value); 2])
    }
    #[inline(always)]
    unsafe fn int_add(one: Bytes, other: Bytes) -> Bytes {
        both!(Register::<VNNI>::int_add, one, other)
    }
    #[inline(always)]
    unsafe fn int_shift_left<const N: u32>(value: Bytes) -> Bytes {
        both!(Register::<VNNI>::int_shift_left::<N>, value)
    }
    #[inline(always)]
    unsafe fn int_to_float(value: Bytes) -> Float {
        both!(Register::<VNNI>::int_to_float, value)
    }
    #[inline(always)]
    unsafe fn splat(value: f32) -> Float {
        intrinsic!([Register::<VNNI>::splat(value); 2])
    }
    #[inline(always)]
    unsafe fn load(source: *const f32) -> Float {
        intrinsic!([Register::<VNNI>::load(source), Register::<VNNI>::load(source.add(8))])
    }
    #[inline(always)]
    unsafe fn store(target: *mut f32, value: Float) {
        intrinsic!({
            Register::<VNNI>::store(target, value[0]);
            Register::<VNNI>::store(target.add(8), value[1]);
        });
    }
    #[inline(always)]
    unsafe fn mul(one: Float, other: Float) -> Float {
        both!(Register::<VNNI>::mul, one, other)
    }
    #[inline(always)]
    unsafe fn mul_add(one: Float, other: Float, addend: Float) -> Float {
        both!(Register::<VNNI>::mul_add, one, other, addend)
    }
}

impl<const VNNI: bool> Simd for Avx2<VNNI> {
    type Register = Register<VNNI>;
    const TOKENS: usize = 4;
    const VECTORS: usize = 7;

    #[inline(always)]
    unsafe fn enter<T: Task>(task: T) -> T::Output {
        intrinsic!(if VNNI { enter_vnni(task) } else { enter(task) })
    }
    #[inline(always)]
    unsafe fn bytes_store(target: *mut u8, value: Bytes) {
        intrinsic!({
            _mm256_storeu_si256(target.cast(), value[0]);
            _mm256_storeu_si256(target.add(32).cast(), value[1]);
        });
    }
    #[inline(always)]
    unsafe fn bytes_and(value: Bytes, mask: u8) -> Bytes {
        let mask = intrinsic!([_mm256_set1_epi8(mask as i8); 2]);
        both!(_mm256_and_si256, value, mask)
    }
    #[inline(always)]
    unsafe fn bytes_or(one: Bytes, other: Bytes) -> Bytes {
        both!(_mm256_or_si256, one, other)
    }
    #[inline(always)]
    unsafe fn bytes_shift_right<const N: i32>(value: Bytes) -> Bytes {
        both!(_mm256_srli_epi16::<N>, value)
    }
    #[inline(always)]
    unsafe fn bytes_shift_left<const N: i32>(value: Bytes) -> Bytes {
        both!(_mm256_slli_epi16::<N>, value)
    }
    #[inline(always)]
    unsafe fn bytes_lookup(table: &[u8; 16], index: Bytes) -> Bytes {
        let table = intrinsic!([_mm256_broadcastsi128_si256(_mm_loadu_si128(table.as_ptr().cast())); 2]);
        both!(_mm256_shuffle_epi8, table, index)
    }

    #[inline(always)]
    unsafe fn dot_signed(sum: Bytes, one: *const i8, other: *const i8) -> Bytes {
        intrinsic!({
            let mut sum = sum;
            for part in 0..4 {
                let one = _mm256_cvtepi8_epi16(_mm_loadu_si128(one.add(16 * part).cast()));
                let other = _mm256_cvtepi8_epi16(_mm_loadu_si128(other.add(16 * part).cast()));
                sum[part % 2] = _mm256_add_epi32(sum[part % 2], _mm256_madd_epi16(one, other));
            }
            sum
        })
    }
    #[inline(always)]
    unsafe fn int_and(one: Bytes, other: Bytes) -> Bytes {
        both!(_mm256_and_si256, one, other)
    }
    #[inline(always)]
    unsafe fn int_shift_right<const N: u32>(value: Bytes) -> Bytes {
        intrinsic!({
            let count = _mm_cvtsi32_si128(N as i32);
            [_mm256_sra_epi32(value[0], count), _mm256_sra_epi32(value[1], count)]
        })
    }
    #[inline(always)]
    unsafe fn int_load_u8(source: *const u8) -> Bytes {
        intrinsic!([
            _mm256_cvtepu8_epi32(_mm_loadl_epi64(source.cast())),
            _mm256_cvtepu8_epi32(_mm_loadl_epi64(source.add(8).cast())),
        ])
    }
    #[inline(always)]
    unsafe fn int_load_i8(source: *const i8) -> Bytes {
        intrinsic!([
            _mm256_cvtepi8_epi32(_mm_loadl_epi64(source.cast())),
            _mm256_cvtepi8_epi32(_mm_loadl_epi64(source.add(8).cast())),
        ])
    }
    #[inline(always)]
    unsafe fn int_store_i8(target: *mut i8, value: Bytes) {
        intrinsic!({
            // Lanes keep only their lowest byte, so that nothing saturates; packing works within 128 bits, hence the
            // reordering.
            let byte = _mm256_set1_epi32(0xff);
            let words =
                _mm256_packus_epi32(_mm256_and_si256(value[0], byte), _mm256_and_si256(value[1], byte));
            let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(words);
            let bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words));
            _mm_storeu_si128(target.cast(), bytes);
        });
    }
    #[inline(always)]
    unsafe fn int_store_words(target: *mut i16, value: Bytes) {
        intrinsic!(for (part, value) in value.into_iter().enumerate() {
            // Of each 32 bits the lower 16, behind them those of the next but one.
            const ORDER: [i8; 16] = [0, 1, 8, 9, 4, 5, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1];
            let order = _mm256_broadcastsi128_si256(_mm_loadu_si128(ORDER.as_ptr().cast()));
            let quads = _mm256_permute4x64_epi64::<0b10_00>(_mm256_shuffle_epi8(value, order));
            _mm_storeu_si128(target.add(8 * part).cast(), _mm256_castsi256_si128(quads));
        });
    }
    #[inline(always)]
    unsafe fn int_sum(value: Bytes) -> i32 {
        intrinsic!({
            let eight = _mm256_add_epi32(value[0], value[1]);
            let four = _mm_add_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256::<1>(eight));
            let two = _mm_add_epi32(four, _mm_unpackhi_epi64(four, four));
            _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32::<1>(two)))
        })
    }
    #[inline(always)]
    unsafe fn int_as_float(value: Bytes) -> Float {
        both!(_mm256_castsi256_ps, value)
    }

    #[inline(always)]
    unsafe fn float_to_int(value: Float) -> Bytes {
        both!(_mm256_cvtps_epi32, value)
    }
    #[inline(always)]
    unsafe fn load_f16(source: *const u16) -> Float {
        intrinsic!([
            _mm256_cvtph_ps(_mm_loadu_si128(source.cast())),
            _mm256_cvtph_ps(_mm_loadu_si128(source.add(8).cast())),
        ])
    }
    #[inline(always)]
    unsafe fn store_f16(target: *mut u16, value: Float) {
        const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT;
        intrinsic!({
            _mm_storeu_si128(target.cast(), _mm256_cvtps_ph::<NEAREST>(value[0]));
            _mm_storeu_si128(target.add(8).cast(), _mm256_cvtps_ph::<NEAREST>(value[1]));
        });
    }
    #[inline(always)]
    unsafe fn load_bf16(source: *const u16) -> Float {
        intrinsic!({
            let low = _mm256_cvtepu16_epi32(_mm_loadu_si128(source.cast()));
            let high = _mm256_cvtepu16_epi32(_mm_loadu_si128(source.add(8).cast()));
            [
                _mm256_castsi256_ps(_mm256_slli_epi32::<16>(low)),
                _mm256_castsi256_ps(_mm256_slli_epi32::<16>(high)),
            ]
        })
    }
    #[inline(always)]
    unsafe fn add(one: Float, other: Float) -> Float {
        both!(_mm256_add_ps, one, other)
    }
    #[inline(always)]
    unsafe fn sub(one: Float, other: Float) -> Float {
        both!(_mm256_sub_ps, one, other)
    }
    #[inline(always)]
    unsafe fn div(one: Float, other: Float) -> Float {
        both!(_mm256_div_ps, one, other)
    }
    #[inline(always)]
    unsafe fn max(one: Float, other: Float) -> Float {
        both!(_mm256_max_ps, one, other)
    }
    #[inline(always)]
    unsafe fn min(one: Float, other: Float) -> Float {
        both!(_mm256_min_ps, one, other)
    }
    #[inline(always)]
    unsafe fn round(value: Float) -> Float {
        both!(_mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>, value)
    }
    #[inline(always)]
    unsafe fn abs(value: Float) -> Float {
        let sign = intrinsic!([_mm256_set1_ps(-0.0); 2]);
        both!(_mm256_andnot_ps, sign, value)
    }
    #[inline(always)]
    unsafe fn with_sign(magnitude: Float, sign: Float) -> Float {
        let bit = intrinsic!([_mm256_set1_ps(-0.0); 2]);
        let sign = both!(_mm256_and_ps, sign, bit);
        both!(_mm256_or_ps, magnitude, sign)
    }
    #[inline(always)]
    unsafe fn select_less(one: Float, other: Float, yes: Float, no: Float) -> Float {
        let less = both!(_mm256_cmp_ps::<_CMP_LT_OQ>, one, other);
        both!(_mm256_blendv_ps, no, yes, less)
    }

    #[inline(always)]
    unsafe fn sum(value: Float) -> f32 {
        intrinsic!(sum_of_eight(_mm256_add_ps(value[0], value[1])))
    }
    #[inline(always)]
    unsafe fn greatest(value: Float) -> f32 {
        intrinsic!(greatest_of_eight(_mm256_max_ps(value[0], value[1])))
    }
}
