//! Softmax that is worked out piece by piece: how pieces are joined, and the end. Knows no keys.
//!
//! What is known of a row so far, or of one chunk of it, is its greatest score and, relative to that, its weighted values
//! and 16 sums of powers of 2, which become one in the end.
#![allow(clippy::inline_always)]

use crate::simd::{LANES, Simd, Task, exp2};

/// What the sums of up to 16 rows so far, and those of a chunk, are multiplied by when they are joined.
pub(crate) struct Joined {
    keep: [f32; LANES],
    take: [f32; LANES],
    /// Whether the row sees anything of the chunk.
    sees: [bool; LANES],
}

/// Joins a chunk's greatest scores to those of up to 16 rows.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
pub(crate) unsafe fn join_greatest<S: Simd>(greatest: &mut [f32], chunk: &[f32; LANES]) -> Joined {
    let mut joined = Joined { keep: [0.0; LANES], take: [0.0; LANES], sees: [false; LANES] };
    // SAFETY: arithmetic, loads and stores of 16 values.
    unsafe {
        let before = S::load_partial(greatest.as_ptr(), greatest.len(), f32::NEG_INFINITY);
        let now = S::load(chunk.as_ptr());
        // Finite, so that nothing at all minus it is no infinity minus an infinity.
        let highest = S::max(S::splat(f32::MIN), S::max(before, now));
        S::store(joined.keep.as_mut_ptr(), exp2::<S>(S::sub(before, highest)));
        S::store(joined.take.as_mut_ptr(), exp2::<S>(S::sub(now, highest)));
        let highest = S::to_array(highest);
        for (row, greatest) in greatest.iter_mut().enumerate().take(LANES) {
            joined.sees[row] = chunk[row] != f32::NEG_INFINITY;
            if joined.sees[row] {
                *greatest = highest[row];
            }
        }
    }
    joined
}

/// Joins 16 of a chunk's sums to those of the row, which need not have been written before the first. Nothing changes
/// if the row sees nothing of the chunk.
///
/// # Safety
/// As [`Simd`]'s; 16 values are read and written.
#[inline(always)]
pub(crate) unsafe fn join_sums<S: Simd>(target: *mut f32, chunk: S::Float, joined: &Joined, row: usize) {
    if !joined.sees[row] {
        return;
    }
    let keep = joined.keep[row];
    // SAFETY: the caller's promise.
    unsafe {
        let kept = if keep == 0.0 { S::splat(0.0) } else { S::mul(S::load(target), S::splat(keep)) };
        S::store(target, S::mul_add(chunk, S::splat(joined.take[row]), kept));
    }
}

/// Joins what a chunk alone gave some rows to those rows.
pub(crate) struct Join<'a> {
    pub greatest: &'a mut [f32],
    /// As many numbers for each row.
    pub sums: &'a mut [f32],
    pub chunk_greatest: &'a [f32],
    pub chunk_sums: &'a [f32],
}

impl Task for Join<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        let Self { greatest, sums, chunk_greatest, chunk_sums } = self;
        assert!(greatest.len() == chunk_greatest.len() && sums.len() == chunk_sums.len());
        let width = sums.len() / greatest.len().max(1);
        let groups = greatest.chunks_mut(LANES).zip(chunk_greatest.chunks(LANES)).enumerate();
        for (group, (greatest, chunk_greatest)) in groups {
            let mut chunk = [f32::NEG_INFINITY; LANES];
            chunk[..chunk_greatest.len()].copy_from_slice(chunk_greatest);
            // SAFETY: the family is available; loads and stores stay within slices of equal length.
            unsafe {
                let joined = join_greatest::<S>(greatest, &chunk);
                for row in 0..greatest.len() {
                    let place = (group * LANES + row) * width;
                    let sums = sums[place..][..width].chunks_exact_mut(LANES);
                    for (sums, chunk) in sums.zip(chunk_sums[place..][..width].chunks_exact(LANES)) {
                        join_sums::<S>(sums.as_mut_ptr(), S::load(chunk.as_ptr()), &joined, row);
                    }
                }
            }
        }
    }
}

/// Divides a row's weighted values by the powers' sum, the sink's power (if any) joined to that.
pub(crate) struct Finish<'a> {
    pub greatest: f32,
    /// Weighted values, and 16 sums of powers.
    pub sums: &'a [f32],
    /// An exponent of 2, like scores.
    pub sink: Option<f32>,
    pub out: &'a mut [f32],
}

impl Task for Finish<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        let (values, powers) = self.sums.split_at(self.sums.len() - LANES);
        // SAFETY: there are 16 sums of powers.
        let mut sum = unsafe { S::sum(S::load(powers.as_ptr())) };
        let mut keep = 1.0;
        if let Some(sink) = self.sink {
            let highest = if self.greatest > sink { self.greatest } else { sink };
            // SAFETY: arithmetic.
            unsafe {
                keep = power::<S>(self.greatest - highest);
                sum = sum.mul_add(keep, power::<S>(sink - highest));
            }
        }
        for (out, value) in self.out.iter_mut().zip(values) {
            *out = value * keep / sum;
        }
    }
}

/// 2^x of one number, with the bits that vectors get.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn power<S: Simd>(x: f32) -> f32 {
    // SAFETY: the caller's promise.
    unsafe { S::to_array(exp2::<S>(S::splat(x)))[0] }
}
