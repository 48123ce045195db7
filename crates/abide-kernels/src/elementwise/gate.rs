//! Activation functions of feed-forward blocks, gated by a second input or alone.
#![allow(clippy::inline_always)]

use std::ops::Range;

use crate::{
    Isa, KernelError, Kernels,
    error::check_length,
    memory::SharedPointer,
    simd::{LANES, Simd, Task, dispatch, exp, sigmoid},
};

/// A feed-forward block's activation function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activation {
    /// x σ(x).
    Silu,
    /// x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, the usual approximation of GELU, itself computed exactly.
    Gelu,
    /// x (1 + erf(x / √2)) / 2: GELU itself, as BERT has it.
    GeluErf,
    /// min(g, 7) σ(1.702 min(g, 7)) × (clamp(u, −7, 7) + 1), as gpt-oss has it. Alone, u counts as 0.
    GptOss,
}

/// What an activation function is applied to, in place.
pub struct Gate<'a> {
    /// The function.
    pub activation: Activation,
    /// Its inputs, and afterwards `activation(value) × up`.
    pub values: &'a mut [f32],
    /// The second input, as long as the values; without one each counts as 1.
    pub up: Option<&'a [f32]>,
}

impl Kernels {
    /// Applies an activation function, value by value.
    ///
    /// # Errors
    /// When the two inputs are not equally long.
    pub fn activate(&self, gate: Gate<'_>) -> Result<(), KernelError> {
        let length = gate.values.len();
        let shared = SharedGate::new(gate)?;
        self.run_ranges(length.div_ceil(LANES), ACTIVATION_COST * LANES, &|range| {
            let (first, end) = (range.start * LANES, length.min(range.end * LANES));
            // SAFETY: this range lies within the values and belongs to this chunk alone.
            unsafe { shared.activate(self.isa(), first..end) };
        });
        Ok(())
    }
}

/// A value costs about as much as so many of a sum.
pub(crate) const ACTIVATION_COST: usize = 4;

/// A [`Gate`] that threads share, each of which has ranges of its own.
pub(crate) struct SharedGate<'a> {
    activation: Activation,
    values: SharedPointer<f32>,
    up: Option<&'a [f32]>,
}

impl<'a> SharedGate<'a> {
    pub fn new(gate: Gate<'a>) -> Result<Self, KernelError> {
        let Gate { activation, values, up } = gate;
        if let Some(up) = up {
            check_length("the gate's second input", up.len(), Some(values.len()))?;
        }
        Ok(Self { activation, values: SharedPointer::new(values), up })
    }

    /// Applies the function to a range of the values, which are returned.
    ///
    /// # Safety
    /// `isa` is available; the range lies within the values, and nobody else has it.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn activate(&self, isa: Isa, range: Range<usize>) -> &mut [f32] {
        let up = self.up.map(|up| &up[range.clone()]);
        // SAFETY: the caller's promise.
        unsafe {
            let values = self.values.slice(range.start, range.len());
            dispatch(isa, GateValues { activation: self.activation, values: &mut *values, up });
            values
        }
    }
}

struct GateValues<'a> {
    activation: Activation,
    values: &'a mut [f32],
    up: Option<&'a [f32]>,
}

impl Task for GateValues<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        let Self { activation, values, up } = self;
        // The match is outside of the loop, so that each loop is straight.
        // SAFETY: the family is available; the slices are equally long (checked by the caller).
        unsafe {
            match activation {
                Activation::Silu => {
                    each::<S>(values, up, |g, u| S::mul(S::mul(g, sigmoid::<S>(g)), u));
                }
                Activation::Gelu => each::<S>(values, up, |g, u| S::mul(gelu::<S>(g), u)),
                Activation::GeluErf => each::<S>(values, up, |g, u| S::mul(gelu_erf::<S>(g), u)),
                Activation::GptOss => {
                    each_with::<S>(values, up.map_or(Up::Zero, Up::Given), |g, u| gpt_oss::<S>(g, u));
                }
            }
        }
    }
}

/// x σ(2 √(2/π) (x + 0.044715 x³)): (1 + tanh y) / 2 is σ(2 y), without the cancellation for negative y.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn gelu<S: Simd>(x: S::Float) -> S::Float {
    const TWICE_ROOT: f32 = 1.595_769;
    // SAFETY: arithmetic alone.
    unsafe {
        let cubic = S::mul_add(S::mul(S::mul(x, x), S::splat(0.044_715)), x, x);
        S::mul(x, sigmoid::<S>(S::mul(S::splat(TWICE_ROOT), cubic)))
    }
}

/// x Φ(x). Half of erfc(|x| / √2), which is Φ(-|x|), by Abramowitz and Stegun's 7.1.26 (error below 8e-8).
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
#[allow(clippy::excessive_precision, reason = "the coefficients as they are published")]
unsafe fn gelu_erf<S: Simd>(x: S::Float) -> S::Float {
    const SLOPE: f32 = 0.327_591_1;
    const SERIES: [f32; 4] = [-1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    // SAFETY: arithmetic alone.
    unsafe {
        let (zero, one) = (S::splat(0.0), S::splat(1.0));
        let z = S::mul(S::abs(x), S::splat(std::f32::consts::FRAC_1_SQRT_2));
        let t = S::div(one, S::mul_add(z, S::splat(SLOPE), one));
        let mut series = S::splat(1.061_405_429);
        for coefficient in SERIES {
            series = S::mul_add(series, t, S::splat(coefficient));
        }
        let power = exp::<S>(S::sub(zero, S::mul(z, z)));
        let tail = S::mul(S::mul(S::splat(0.5), S::mul(series, t)), power);
        S::mul(x, S::select_less(x, zero, tail, S::sub(one, tail)))
    }
}

/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn gpt_oss<S: Simd>(gate: S::Float, up: S::Float) -> S::Float {
    // SAFETY: arithmetic alone.
    unsafe {
        let gate = S::min(S::splat(7.0), gate);
        let up = S::max(S::splat(-7.0), S::min(S::splat(7.0), up));
        let swish = S::mul(gate, sigmoid::<S>(S::mul(S::splat(1.702), gate)));
        S::mul(swish, S::add(up, S::splat(1.0)))
    }
}

/// The second input.
#[derive(Clone, Copy)]
enum Up<'a> {
    Given(&'a [f32]),
    Zero,
    One,
}

/// # Safety
/// As [`Simd`]'s; the slices are equally long.
#[inline(always)]
unsafe fn each<S: Simd>(
    values: &mut [f32],
    up: Option<&[f32]>,
    function: impl Fn(S::Float, S::Float) -> S::Float,
) {
    // SAFETY: the caller's promise.
    unsafe { each_with::<S>(values, up.map_or(Up::One, Up::Given), function) }
}

/// # Safety
/// As [`Simd`]'s; the slices are equally long.
#[inline(always)]
unsafe fn each_with<S: Simd>(
    values: &mut [f32],
    up: Up<'_>,
    function: impl Fn(S::Float, S::Float) -> S::Float,
) {
    for at in (0..values.len()).step_by(LANES) {
        let count = LANES.min(values.len() - at);
        // SAFETY: reads and writes stay within the slices.
        unsafe {
            let load = |slice: &[f32]| match count {
                LANES => S::load(slice.as_ptr().add(at)),
                _ => S::load_partial(slice.as_ptr().add(at), count, 0.0),
            };
            let up = match up {
                Up::Given(up) => load(up),
                Up::Zero => S::splat(0.0),
                Up::One => S::splat(1.0),
            };
            let value = function(load(values), up);
            match count {
                LANES => S::store(values.as_mut_ptr().add(at), value),
                _ => S::store_partial(values.as_mut_ptr().add(at), count, value),
            }
        }
    }
}
