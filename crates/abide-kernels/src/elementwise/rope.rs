//! Rotary position embedding (Su et al. 2021) with given tables of cosines and sines.
#![allow(clippy::inline_always)]

use crate::{
    KernelError, Kernels,
    error::check_length,
    memory::SharedPointer,
    simd::{LANES, Simd, Task, dispatch},
};

/// Which values of a head are rotated together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RopePairing {
    /// Neighbours: 2 i and 2 i + 1 (llama's own, ggml's "normal").
    Interleaved,
    /// i and i + rotary dimensions / 2 (GPT-NeoX).
    HalfSplit,
}

/// The shape of what is rotated.
#[derive(Debug, Clone, Copy)]
pub struct RopeShape {
    /// Heads of each token.
    pub heads: usize,
    /// Values of each head.
    pub head_dim: usize,
    /// How many of them, from the first on, are rotated: even, at most `head_dim`.
    pub rotary_dim: usize,
    /// Which belong together.
    pub pairing: RopePairing,
}

impl Kernels {
    /// Rotates `x` (`tokens × heads × head_dim`) in place by the angles whose cosines and sines are in `cos` and `sin`
    /// (`tokens × rotary_dim / 2` each): a pair `(a, b)` becomes `(a cos − b sin, a sin + b cos)`.
    ///
    /// # Errors
    /// When `rotary_dim` is odd or more than `head_dim`, or a slice is not as long as the shape says.
    pub fn rope(
        &self,
        x: &mut [f32],
        tokens: usize,
        shape: RopeShape,
        cos: &[f32],
        sin: &[f32],
    ) -> Result<(), KernelError> {
        let RopeShape { heads, head_dim, rotary_dim, .. } = shape;
        if !rotary_dim.is_multiple_of(2) || rotary_dim > head_dim {
            let must = "even and at most the dimensions of a head";
            return Err(KernelError::Argument {
                what: "the number of rotary dimensions",
                found: rotary_dim,
                must,
            });
        }
        let width = heads.checked_mul(head_dim);
        check_length("what rope rotates", x.len(), width.and_then(|width| width.checked_mul(tokens)))?;
        let angles = rotary_dim / 2;
        check_length("rope's cosines", cos.len(), angles.checked_mul(tokens))?;
        check_length("rope's sines", sin.len(), angles.checked_mul(tokens))?;
        let (pointer, width) = (SharedPointer::new(x), heads * head_dim);
        self.run_ranges(tokens, width, &|range| {
            for token in range {
                // SAFETY: the token lies within `x` and belongs to this chunk alone.
                let x = unsafe { pointer.slice(token * width, width) };
                let (cos, sin) = (&cos[token * angles..][..angles], &sin[token * angles..][..angles]);
                // SAFETY: `isa` is available.
                unsafe { dispatch(self.isa(), Rotate { x, shape, cos, sin }) };
            }
        });
        Ok(())
    }
}

/// One token.
struct Rotate<'a> {
    x: &'a mut [f32],
    shape: RopeShape,
    cos: &'a [f32],
    sin: &'a [f32],
}

impl Task for Rotate<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        if self.shape.head_dim == 0 {
            return;
        }
        for head in self.x.chunks_exact_mut(self.shape.head_dim) {
            let head = &mut head[..self.shape.rotary_dim];
            match self.shape.pairing {
                RopePairing::Interleaved => {
                    for ((pair, cos), sin) in head.chunks_exact_mut(2).zip(self.cos).zip(self.sin) {
                        let (a, b) = (pair[0], pair[1]);
                        pair[0] = a * cos - b * sin;
                        pair[1] = a * sin + b * cos;
                    }
                }
                // SAFETY: the family is available; tables are as long as half a head.
                RopePairing::HalfSplit => unsafe { rotate_halves::<S>(head, self.cos, self.sin) },
            }
        }
    }
}

/// # Safety
/// As [`Simd`]'s; `cos` and `sin` are half as long as `head`.
#[inline(always)]
unsafe fn rotate_halves<S: Simd>(head: &mut [f32], cos: &[f32], sin: &[f32]) {
    let angles = cos.len();
    let (first, second) = head.split_at_mut(angles);
    let whole = angles / LANES * LANES;
    for at in (0..whole).step_by(LANES) {
        // SAFETY: reads and writes stay within the slices.
        unsafe {
            let (a, b) = (S::load(first.as_ptr().add(at)), S::load(second.as_ptr().add(at)));
            let (cos, sin) = (S::load(cos.as_ptr().add(at)), S::load(sin.as_ptr().add(at)));
            S::store(first.as_mut_ptr().add(at), S::sub(S::mul(a, cos), S::mul(b, sin)));
            S::store(second.as_mut_ptr().add(at), S::add(S::mul(a, sin), S::mul(b, cos)));
        }
    }
    for at in whole..angles {
        let (a, b) = (first[at], second[at]);
        first[at] = a * cos[at] - b * sin[at];
        second[at] = a * sin[at] + b * cos[at];
    }
}
