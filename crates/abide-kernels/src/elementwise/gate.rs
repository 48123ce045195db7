//! Activation functions of feed-forward blocks, gated by a second input or alone.
#![allow(clippy::inline_always)]

use crate::{
    KernelError, Kernels,
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

impl Kernels {
    /// `out = activation(gate) × up`, value by value.
    ///
    /// # Errors
    /// When the three are not equally long.
    pub fn gated(
        &self,
        activation: Activation,
        gate: &[f32],
        up: &[f32],
        out: &mut [f32],
    ) -> Result<(), KernelError> {
        check_length("the gate's second input", up.len(), Some(gate.len()))?;
        self.activation(activation, gate, Some(up), out)
    }

    /// `out = activation(x)`, value by value.
    ///
    /// # Errors
    /// When the two are not equally long.
    pub fn activate(&self, activation: Activation, x: &[f32], out: &mut [f32]) -> Result<(), KernelError> {
        self.activation(activation, x, None, out)
    }

    fn activation(
        &self,
        activation: Activation,
        gate: &[f32],
        up: Option<&[f32]>,
        out: &mut [f32],
    ) -> Result<(), KernelError> {
        check_length("the output", out.len(), Some(gate.len()))?;
        let pointer = SharedPointer::new(out);
        // A value costs about as much as four of a sum.
        self.run_ranges(gate.len().div_ceil(LANES), 4 * LANES, &|range| {
            let (first, end) = (range.start * LANES, gate.len().min(range.end * LANES));
            // SAFETY: this range lies within the output and belongs to this chunk alone.
            let out = unsafe { pointer.slice(first, end - first) };
            let up = up.map(|up| &up[first..end]);
            // SAFETY: `isa` is available.
            unsafe { dispatch(self.isa(), GateValues { activation, gate: &gate[first..end], up, out }) };
        });
        Ok(())
    }
}

struct GateValues<'a> {
    activation: Activation,
    gate: &'a [f32],
    up: Option<&'a [f32]>,
    out: &'a mut [f32],
}

impl Task for GateValues<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        // The match is outside of the loop, so that each loop is straight.
        // SAFETY: the family is available; all slices are equally long (checked by the caller).
        unsafe {
            match self.activation {
                Activation::Silu => {
                    each::<S>(self.gate, self.up, self.out, |g, u| S::mul(S::mul(g, sigmoid::<S>(g)), u));
                }
                Activation::Gelu => {
                    each::<S>(self.gate, self.up, self.out, |g, u| S::mul(gelu::<S>(g), u));
                }
                Activation::GeluErf => {
                    each::<S>(self.gate, self.up, self.out, |g, u| S::mul(gelu_erf::<S>(g), u));
                }
                Activation::GptOss => {
                    let up = self.up.map_or(Up::Zero, Up::Given);
                    each_with::<S>(self.gate, up, self.out, |g, u| gpt_oss::<S>(g, u));
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
/// As [`Simd`]'s; all slices are equally long.
#[inline(always)]
unsafe fn each<S: Simd>(
    gate: &[f32],
    up: Option<&[f32]>,
    out: &mut [f32],
    function: impl Fn(S::Float, S::Float) -> S::Float,
) {
    // SAFETY: the caller's promise.
    unsafe { each_with::<S>(gate, up.map_or(Up::One, Up::Given), out, function) }
}

/// # Safety
/// As [`Simd`]'s; all slices are equally long.
#[inline(always)]
unsafe fn each_with<S: Simd>(
    gate: &[f32],
    up: Up<'_>,
    out: &mut [f32],
    function: impl Fn(S::Float, S::Float) -> S::Float,
) {
    for at in (0..gate.len()).step_by(LANES) {
        let count = LANES.min(gate.len() - at);
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
            let value = function(load(gate), up);
            match count {
                LANES => S::store(out.as_mut_ptr().add(at), value),
                _ => S::store_partial(out.as_mut_ptr().add(at), count, value),
            }
        }
    }
}
