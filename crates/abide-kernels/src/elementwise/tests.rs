//! Elementwise kernels against the same formulas in `f64`, and families against each other.

// Compared where values are exact.
#![allow(clippy::float_cmp)]

use proptest::prelude::*;

use super::*;
use crate::{Isa, Kernels, linear::test_numbers::Numbers};

/// Distance in units of the last place of the greater.
fn ulps(found: f32, exact: f64) -> f64 {
    let unit = f64::from(f32::EPSILON) * exact.abs().max(f64::from(f32::MIN_POSITIVE));
    (f64::from(found) - exact).abs() / unit
}

fn silu(x: f64) -> f64 {
    x / (1.0 + (-x).exp())
}

fn gelu(x: f64) -> f64 {
    let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x * x * x);
    x / (1.0 + (-2.0 * inner).exp())
}

/// x Φ(x), by the integral of the density from 0 to |x| (Simpson's rule).
fn gelu_erf(x: f64) -> f64 {
    const STEPS: usize = 512;
    let (end, density) = (x.abs().min(10.0), |z: f64| (-z * z / 2.0).exp());
    let width = end / STEPS as f64;
    let weighted = (0..=STEPS).map(|step| {
        let weight = if step == 0 || step == STEPS { 1.0 } else { 2.0 + 2.0 * (step % 2) as f64 };
        weight * density(step as f64 * width)
    });
    let half = weighted.sum::<f64>() * width / 3.0 / (2.0 * std::f64::consts::PI).sqrt();
    x * (0.5 + half.copysign(x))
}

#[test]
fn activations_are_accurate_from_end_to_end_of_their_range() {
    let x: Vec<f32> = (-40_000..40_000).map(|step| step as f32 * 2e-3).collect();
    for isa in Isa::available() {
        let kernels = Kernels::new(2, isa);
        let activated = |activation, x: &[f32]| {
            let mut values = x.to_vec();
            kernels.activate(Gate { activation, values: &mut values, up: None }).unwrap();
            values
        };
        let out = activated(Activation::Silu, &x);
        for (x, found) in x.iter().zip(&out) {
            assert!(ulps(*found, silu(f64::from(*x))) < 4.0, "silu({x}) = {found}");
        }
        let out = activated(Activation::Gelu, &x);
        for (x, found) in x.iter().zip(&out) {
            // e^y carries the rounding of y, so the relative error grows with |y|; below 1e-38 it is flushed to zero.
            let exact = gelu(f64::from(*x));
            let tolerance = 2e-7 * (1.0 + f64::from(x.abs()).powi(3)) * exact.abs() + 1e-36;
            assert!((f64::from(*found) - exact).abs() <= tolerance, "gelu({x}) = {found}, not {exact}");
        }
        let out = activated(Activation::GeluErf, &x);
        for (x, found) in x.iter().zip(&out) {
            let exact = gelu_erf(f64::from(*x));
            let tolerance = 2.5e-7 * f64::from(x.abs()) + 1e-36;
            assert!((f64::from(*found) - exact).abs() <= tolerance, "gelu({x}) = {found}, not {exact}");
        }
        let edge = activated(Activation::GeluErf, &[f32::NAN, f32::INFINITY, -0.0]);
        assert!(edge[0].is_nan() && edge[1] == f32::INFINITY && edge[2] == 0.0, "{edge:?}");
    }
}

#[test]
fn exponential_and_tangent_are_within_two_units() {
    struct Map<'a>(&'a [f32], &'a mut [[f32; 2]]);
    impl crate::simd::Task for Map<'_> {
        type Output = ();
        #[inline(always)]
        #[allow(clippy::inline_always)]
        unsafe fn run<S: crate::simd::Simd>(self) {
            for (x, out) in self.0.iter().zip(self.1) {
                // SAFETY: arithmetic alone, on a family that is available.
                unsafe {
                    let x = S::splat(*x);
                    *out =
                        [S::to_array(crate::simd::exp::<S>(x))[3], S::to_array(crate::simd::tanh::<S>(x))[7]];
                }
            }
        }
    }
    let x: Vec<f32> = (-86_800..88_700).map(|step| step as f32 * 1e-3).collect();
    for isa in Isa::available() {
        let mut out = vec![[0.0; 2]; x.len()];
        // SAFETY: the family is available.
        unsafe { crate::simd::dispatch(isa, Map(&x, &mut out)) };
        for (x, [exp, tanh]) in x.iter().zip(&out) {
            assert!(ulps(*exp, f64::from(*x).exp()) <= 2.0, "exp({x}) = {exp} with {isa}");
            assert!(ulps(*tanh, f64::from(*x).tanh()) <= 2.0, "tanh({x}) = {tanh} with {isa}");
        }
        let mut edge = [[0.0; 2]; 4];
        // SAFETY: the family is available.
        unsafe {
            crate::simd::dispatch(isa, Map(&[f32::NEG_INFINITY, -200.0, f32::INFINITY, f32::NAN], &mut edge));
        };
        assert_eq!(edge[..2], [[0.0, -1.0]; 2]);
        assert!(edge[2][0] > 3e38 && edge[2][1] == 1.0);
        assert!(edge[3][0].is_nan() && edge[3][1].is_nan());
    }
}

#[test]
fn gpt_oss_gates_clamp_both_inputs() {
    let kernels = Kernels::new(1, Isa::detect());
    let mut out = [9.0, 1.0, -3.0];
    let up = Some(&[-9.0, 2.0, 9.0][..]);
    kernels.activate(Gate { activation: Activation::GptOss, values: &mut out, up }).unwrap();
    let exact = |g: f64, u: f64| g / (1.0 + (-1.702 * g).exp()) * (u + 1.0);
    for (found, exact) in out.iter().zip([exact(7.0, -7.0), exact(1.0, 2.0), exact(-3.0, 7.0)]) {
        assert!((f64::from(*found) - exact).abs() < 1e-5, "{found} {exact}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn norms_are_near_the_exact_ones_on_every_family(
        (width, rows, seed) in (1_usize..300, 1_usize..6, any::<u64>()),
    ) {
        let mut numbers = Numbers(seed);
        let (x, weight, bias) = (numbers.floats(rows * width), numbers.floats(width), numbers.floats(width));
        let exact = |row: &[f32], at: usize, centre: bool| {
            let mean = if centre { row.iter().map(|v| f64::from(*v)).sum::<f64>() / width as f64 } else { 0.0 };
            let squares: f64 = row.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum();
            (f64::from(row[at]) - mean) / (squares / width as f64 + 1e-5).sqrt() * f64::from(weight[at])
        };
        let mut first: Option<Vec<Vec<f32>>> = None;
        for isa in Isa::available() {
            let kernels = Kernels::new(2, isa);
            let mut out = vec![vec![0.0; x.len()]; 3];
            kernels.rms_norm(&x, width, Some(&weight), 1e-5, &mut out[0]).unwrap();
            kernels.layer_norm(&x, width, &weight, Some(&bias), 1e-5, &mut out[1]).unwrap();
            kernels.softmax(&x, width, &mut out[2]).unwrap();
            for (index, row) in x.chunks_exact(width).enumerate() {
                let sum: f64 = row.iter().map(|v| f64::from(*v).exp()).sum();
                for at in 0..width {
                    let place = index * width + at;
                    prop_assert!((f64::from(out[0][place]) - exact(row, at, false)).abs() < 1e-5);
                    let layer = exact(row, at, true) + f64::from(bias[at]);
                    prop_assert!((f64::from(out[1][place]) - layer).abs() < 2e-4);
                    prop_assert!((f64::from(out[2][place]) - f64::from(row[at]).exp() / sum).abs() < 1e-6);
                }
            }
            prop_assert_eq!(first.get_or_insert_with(|| out.clone()), &out);
        }
    }

    #[test]
    fn rope_rotates_pairs_and_leaves_the_rest(
        (tokens, heads, angles, extra, half_split, seed) in
            (1_usize..4, 1_usize..4, 0_usize..40, 0_usize..5, any::<bool>(), any::<u64>()),
    ) {
        let pairing = if half_split { RopePairing::HalfSplit } else { RopePairing::Interleaved };
        let (rotary_dim, head_dim) = (2 * angles, 2 * angles + extra);
        let shape = RopeShape { heads, head_dim, rotary_dim, pairing };
        let mut numbers = Numbers(seed);
        let x = numbers.floats(tokens * heads * head_dim);
        let theta = numbers.floats(tokens * angles);
        let (cos, sin): (Vec<f32>, Vec<f32>) = theta.iter().map(|t| (t.cos(), t.sin())).unzip();
        for isa in Isa::available() {
            let mut found = x.clone();
            Kernels::new(2, isa).rope(&mut found, tokens, shape, &cos, &sin).unwrap();
            let mut expected = x.clone();
            for (head, values) in expected.chunks_exact_mut(head_dim.max(1)).enumerate() {
                for angle in 0..angles {
                    let theta = f64::from(theta[head / heads * angles + angle]);
                    let (a, b) = if half_split { (angle, angle + angles) } else { (2 * angle, 2 * angle + 1) };
                    let (u, v) = (f64::from(values[a]), f64::from(values[b]));
                    values[a] = (u * theta.cos() - v * theta.sin()) as f32;
                    values[b] = (u * theta.sin() + v * theta.cos()) as f32;
                }
            }
            for (found, expected) in found.iter().zip(&expected) {
                prop_assert!((found - expected).abs() < 1e-5);
            }
        }
    }
}

#[test]
fn sums_and_biases_and_products_reach_every_value() {
    let kernels = Kernels::new(3, Isa::detect());
    let mut x = vec![1.0; 30_000];
    kernels.add_scaled(&mut x, &vec![4.0; 30_000], 0.5).unwrap();
    kernels.add_rows(&mut x, &[1.0, 2.0, 3.0]).unwrap();
    kernels.multiply(&mut x, &vec![2.0; 30_000]).unwrap();
    assert!(x.chunks_exact(3).all(|row| row == [8.0, 10.0, 12.0]));
    assert!(kernels.add_scaled(&mut x, &[1.0], 1.0).is_err());
    assert!(kernels.multiply(&mut x, &[1.0]).is_err());
    assert!(kernels.add_rows(&mut x, &[1.0; 7]).is_err());
    assert!(kernels.add_rows(&mut x, &[]).is_err());
}
