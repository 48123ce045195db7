//! Exponential, logistic function and hyperbolic tangent on vectors. Accurate to about two units in the last place;
//! not a number in, not a number out.
#![allow(clippy::inline_always)]

use super::Simd;

/// e^x. Below -86.9 the result is 0 (it would be nearly subnormal), above 88.72 the greatest finite value.
///
/// x = n ln 2 + r with |r| ≤ ln 2 / 2; e^r by its Taylor series to the seventh power (error below 1e-8), and 2^n put
/// together from its bits, in two factors so that n = 128 works.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
pub(crate) unsafe fn exp<S: Simd>(x: S::Float) -> S::Float {
    const HIGH: f32 = 88.722_83;
    const LOW: f32 = -86.9;
    // ln 2 in two parts, the first with so few bits that n times it is exact (Cody and Waite).
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    const SERIES: [f32; 6] = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0];
    // SAFETY: arithmetic alone.
    unsafe {
        let clamped = S::min(S::splat(HIGH), S::max(S::splat(LOW), x));
        let n = S::round(S::mul(clamped, S::splat(std::f32::consts::LOG2_E)));
        let minus_n = S::sub(S::splat(0.0), n);
        let r = S::mul_add(minus_n, S::splat(LN2_HIGH), clamped);
        let r = S::mul_add(minus_n, S::splat(LN2_LOW), r);
        let mut series = S::splat(1.0 / 5040.0);
        for coefficient in SERIES {
            series = S::mul_add(series, r, S::splat(coefficient));
        }
        let series = S::mul_add(series, r, S::splat(1.0));
        let exponent = S::int_add(S::float_to_int(n), S::int_splat(126));
        let power = S::int_as_float(S::int_shift_left::<23>(exponent));
        let result = S::mul(S::add(series, series), power);
        S::select_less(x, S::splat(LOW), S::splat(0.0), result)
    }
}

/// 2^x for x ≤ 0, what softmax asks for. Below -126 the result is 0; 2^0 is exactly 1.
///
/// x = n + r with |r| ≤ 1/2, exactly; 2^r by a polynomial (interpolated at Chebyshev's nodes, error below 6e-9), times 2^n.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
pub(crate) unsafe fn exp2<S: Simd>(x: S::Float) -> S::Float {
    const LOW: f32 = -126.0;
    const SERIES: [f32; 6] =
        [1.339_086_3e-3, 9.618_083e-3, 5.550_357e-2, 0.240_226_5, std::f32::consts::LN_2, 1.0];
    // SAFETY: arithmetic alone.
    unsafe {
        let n = S::round(x);
        let r = S::sub(x, n);
        let mut series = S::splat(1.545_316_3e-4);
        for coefficient in SERIES {
            series = S::mul_add(series, r, S::splat(coefficient));
        }
        S::select_less(x, S::splat(LOW), S::splat(0.0), S::times_two_to(series, n))
    }
}

/// 1 / (1 + e^-x).
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
pub(crate) unsafe fn sigmoid<S: Simd>(x: S::Float) -> S::Float {
    // SAFETY: arithmetic alone.
    unsafe {
        let one = S::splat(1.0);
        S::div(one, S::add(one, exp::<S>(S::sub(S::splat(0.0), x))))
    }
}

/// tanh x: an odd polynomial (Cephes `tanhf`) below 0.625, 1 - 2 / (e^2|x| + 1) above.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
pub(crate) unsafe fn tanh<S: Simd>(x: S::Float) -> S::Float {
    const SERIES: [f32; 4] = [2.063_908_8e-2, -5.373_971_5e-2, 1.333_144_2e-1, -0.333_332_8];
    // SAFETY: arithmetic alone.
    unsafe {
        let magnitude = S::abs(x);
        let square = S::mul(x, x);
        let mut series = S::splat(-5.704_988_6e-3);
        for coefficient in SERIES {
            series = S::mul_add(series, square, S::splat(coefficient));
        }
        let small = S::mul_add(S::mul(series, square), x, x);
        let one = S::splat(1.0);
        let power = exp::<S>(S::add(magnitude, magnitude));
        let large = S::sub(one, S::div(S::splat(2.0), S::add(power, one)));
        S::select_less(magnitude, S::splat(0.625), small, S::with_sign(large, x))
    }
}

/// 32 values multiplied so that the greatest magnitude among them becomes `most`, to be rounded to codes, and what a code of 1 is worth.
/// If one is infinite or no number, all become zeros that are worth NaN: see [`stretching`].
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
pub(crate) unsafe fn stretch<S: Simd>(values: [S::Float; 2], most: f32) -> ([S::Float; 2], f32) {
    // SAFETY: arithmetic.
    unsafe {
        let greatest = S::greatest(S::max(magnitudes::<S>(values[0]), magnitudes::<S>(values[1])));
        let (factor, worth) = stretching(greatest, most);
        let factor = S::splat(factor);
        ([S::mul(finite::<S>(values[0]), factor), S::mul(finite::<S>(values[1]), factor)], worth)
    }
}

/// The factor that makes `greatest` into `most`, and what 1 is worth then. Numbers so small that the factor would be
/// infinite become zeros; with an infinite one among them they are worth NaN: what is computed from them is no number
/// either, whatever the family, and is noticed in the end.
#[inline(always)]
pub(crate) fn stretching(greatest: f32, most: f32) -> (f32, f32) {
    let factor = most / greatest;
    let factor = if greatest.is_finite() && factor.is_finite() { factor } else { 0.0 };
    (factor, if greatest.is_finite() { greatest / most } else { f32::NAN })
}

/// Magnitudes; that of what is no number is infinite.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
pub(crate) unsafe fn magnitudes<S: Simd>(values: S::Float) -> S::Float {
    // SAFETY: arithmetic.
    unsafe {
        let (size, infinity) = (S::abs(values), S::splat(f32::INFINITY));
        S::select_less(size, infinity, size, infinity)
    }
}

/// The values, zero for one that is infinite or no number.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
pub(crate) unsafe fn finite<S: Simd>(values: S::Float) -> S::Float {
    // SAFETY: arithmetic.
    unsafe { S::select_less(S::abs(values), S::splat(f32::INFINITY), values, S::splat(0.0)) }
}
