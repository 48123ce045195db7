//! RMS norm, layer norm and softmax over rows.
#![allow(clippy::inline_always)]

use crate::{
    KernelError, Kernels,
    error::check_length,
    memory::SharedPointer,
    simd::{LANES, Simd, Task, dispatch, exp},
};

use super::{rows_of, split};

/// What is done to a row.
#[derive(Clone, Copy)]
enum Norm<'a> {
    /// x / √(mean of x² + ε) × weight.
    Rms { weight: Option<&'a [f32]>, epsilon: f32 },
    /// (x − mean) / √(variance + ε) × weight + bias.
    Layer { weight: &'a [f32], bias: Option<&'a [f32]>, epsilon: f32 },
    /// e^x / Σ e^x.
    Softmax,
}

impl Kernels {
    /// RMS norm of each row of `width` values: `x / √(mean(x²) + epsilon) × weight` (Zhang and Sennrich 2019).
    ///
    /// # Errors
    /// When `x` is no whole number of rows, `out` not as long, or `weight` not `width` long.
    pub fn rms_norm(
        &self,
        x: &[f32],
        width: usize,
        weight: Option<&[f32]>,
        epsilon: f32,
        out: &mut [f32],
    ) -> Result<(), KernelError> {
        if let Some(weight) = weight {
            check_length("the norm's weight", weight.len(), Some(width))?;
        }
        self.norm(x, width, Norm::Rms { weight, epsilon }, out)
    }

    /// Layer norm of each row of `width` values: `(x − mean) / √(variance + epsilon) × weight + bias`.
    ///
    /// # Errors
    /// When `x` is no whole number of rows, `out` not as long, or `weight` or `bias` not `width` long.
    pub fn layer_norm(
        &self,
        x: &[f32],
        width: usize,
        weight: &[f32],
        bias: Option<&[f32]>,
        epsilon: f32,
        out: &mut [f32],
    ) -> Result<(), KernelError> {
        check_length("the norm's weight", weight.len(), Some(width))?;
        if let Some(bias) = bias {
            check_length("the norm's bias", bias.len(), Some(width))?;
        }
        self.norm(x, width, Norm::Layer { weight, bias, epsilon }, out)
    }

    /// Softmax of each row of `width` values; the greatest is taken off first, so that nothing overflows.
    ///
    /// # Errors
    /// When `x` is no whole number of rows, or `out` not as long.
    pub fn softmax(&self, x: &[f32], width: usize, out: &mut [f32]) -> Result<(), KernelError> {
        self.norm(x, width, Norm::Softmax, out)
    }

    fn norm(&self, x: &[f32], width: usize, norm: Norm<'_>, out: &mut [f32]) -> Result<(), KernelError> {
        let rows = rows_of("the length of the input", x.len(), width)?;
        check_length("the output", out.len(), Some(x.len()))?;
        let out = SharedPointer::new(out);
        self.run_ranges(rows, width, &|range| {
            let (first, length) = (range.start * width, range.len() * width);
            // SAFETY: these rows lie within the output and belong to this chunk alone.
            let out = unsafe { out.slice(first, length) };
            let task = NormRows { x: &x[first..][..length], width, norm, out };
            // SAFETY: `isa` is available.
            unsafe { dispatch(self.isa(), task) };
        });
        Ok(())
    }
}

struct NormRows<'a> {
    x: &'a [f32],
    width: usize,
    norm: Norm<'a>,
    out: &'a mut [f32],
}

impl Task for NormRows<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        for (x, out) in self.x.chunks_exact(self.width).zip(self.out.chunks_exact_mut(self.width)) {
            // SAFETY: the family is available.
            unsafe {
                match self.norm {
                    Norm::Rms { weight, epsilon } => {
                        let squares = sum_of::<S>(x, 0.0, |value, sum| S::mul_add(value, value, sum));
                        let factor = 1.0 / (squares / x.len() as f32 + epsilon).sqrt();
                        affine::<S>(x, 0.0, factor, weight, None, out);
                    }
                    Norm::Layer { weight, bias, epsilon } => {
                        let mean = sum_of::<S>(x, 0.0, |value, sum| S::add(value, sum)) / x.len() as f32;
                        let centre = S::splat(mean);
                        let squares = sum_of::<S>(x, mean, |value, sum| {
                            let from_mean = S::sub(value, centre);
                            S::mul_add(from_mean, from_mean, sum)
                        });
                        let factor = 1.0 / (squares / x.len() as f32 + epsilon).sqrt();
                        affine::<S>(x, mean, factor, Some(weight), bias, out);
                    }
                    Norm::Softmax => softmax_row::<S>(x, out),
                }
            }
        }
    }
}

/// Folds all values into 16 sums, and those into one. Lanes beyond the end count as `fill`.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn sum_of<S: Simd>(x: &[f32], fill: f32, add: impl Fn(S::Float, S::Float) -> S::Float) -> f32 {
    let (whole, rest) = split(x.len());
    // SAFETY: reads stay within `x`.
    unsafe {
        let mut sum = S::splat(0.0);
        for at in (0..whole).step_by(LANES) {
            sum = add(S::load(x.as_ptr().add(at)), sum);
        }
        if rest > 0 {
            sum = add(S::load_partial(x.as_ptr().add(whole), rest, fill), sum);
        }
        S::sum(sum)
    }
}

/// `out = (x − centre) × factor × weight + bias`.
///
/// # Safety
/// As [`Simd`]'s; all slices are as long as `x`.
#[inline(always)]
unsafe fn affine<S: Simd>(
    x: &[f32],
    centre: f32,
    factor: f32,
    weight: Option<&[f32]>,
    bias: Option<&[f32]>,
    out: &mut [f32],
) {
    let (centre, factor) = (unsafe_splat::<S>(centre), unsafe_splat::<S>(factor));
    for at in (0..x.len()).step_by(LANES) {
        let count = LANES.min(x.len() - at);
        // SAFETY: reads and writes stay within the slices.
        unsafe {
            let load = |slice: &[f32]| match count {
                LANES => S::load(slice.as_ptr().add(at)),
                _ => S::load_partial(slice.as_ptr().add(at), count, 0.0),
            };
            let mut value = S::mul(S::sub(load(x), centre), factor);
            if let Some(weight) = weight {
                value = S::mul(value, load(weight));
            }
            if let Some(bias) = bias {
                value = S::add(value, load(bias));
            }
            match count {
                LANES => S::store(out.as_mut_ptr().add(at), value),
                _ => S::store_partial(out.as_mut_ptr().add(at), count, value),
            }
        }
    }
}

#[inline(always)]
fn unsafe_splat<S: Simd>(value: f32) -> S::Float {
    // SAFETY: only called within tasks, whose family is available.
    unsafe { S::splat(value) }
}

/// # Safety
/// As [`Simd`]'s; `out` is as long as `x`.
#[inline(always)]
unsafe fn softmax_row<S: Simd>(x: &[f32], out: &mut [f32]) {
    let (whole, rest) = split(x.len());
    // SAFETY: reads and writes stay within the slices.
    unsafe {
        let mut greatest = S::splat(f32::NEG_INFINITY);
        for at in (0..whole).step_by(LANES) {
            greatest = S::max(greatest, S::load(x.as_ptr().add(at)));
        }
        let last = S::load_partial(x.as_ptr().add(whole), rest, f32::NEG_INFINITY);
        let greatest = S::splat(S::greatest(S::max(greatest, last)));
        let mut sum = S::splat(0.0);
        for at in (0..whole).step_by(LANES) {
            let power = exp::<S>(S::sub(S::load(x.as_ptr().add(at)), greatest));
            sum = S::add(sum, power);
            S::store(out.as_mut_ptr().add(at), power);
        }
        let power = exp::<S>(S::sub(last, greatest));
        S::store_partial(out.as_mut_ptr().add(whole), rest, power);
        let sum = S::splat(S::sum(S::add(sum, power)));
        for at in (0..whole).step_by(LANES) {
            let at = out.as_mut_ptr().add(at);
            S::store(at, S::div(S::load(at), sum));
        }
        let at = out.as_mut_ptr().add(whole);
        S::store_partial(at, rest, S::div(S::load_partial(at, rest, 0.0), sum));
    }
}
