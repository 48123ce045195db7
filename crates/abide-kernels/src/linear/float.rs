//! Products with matrices of floats, in `f32` on the activations as they came. Knows no threads.
#![allow(clippy::inline_always)]

use crate::{
    BlockType,
    simd::{LANES, Simd, Task},
};

/// Columns that are summed by themselves before they join the row's sum: keeps the rounding of long rows small.
const BLOCK: usize = 64;

/// Numbers of a float type, as const generics name them.
pub(crate) const fn float_number(kind: BlockType) -> u8 {
    match kind {
        BlockType::F16 => 1,
        BlockType::BF16 => 2,
        _ => 0,
    }
}

/// `TOKENS` tokens × one tile of 16 rows.
pub(crate) struct FloatTile<const KIND: u8, const TOKENS: usize> {
    /// `columns` × 16 values.
    pub values: *const u8,
    pub columns: usize,
    /// The first token's inputs; the next token's are `columns` further.
    pub source: *const f32,
    /// Where the first token's first row goes, rows of it, and the distance to the next token's.
    pub out: *mut f32,
    pub rows: usize,
    pub stride: usize,
}

impl<const KIND: u8, const TOKENS: usize> Task for FloatTile<KIND, TOKENS> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        let size = if KIND == 0 { 4 } else { 2 };
        // SAFETY: the maker of the task gave a tile and tokens of `columns` columns and room for the result.
        unsafe {
            let mut sum = [S::splat(0.0); TOKENS];
            let mut first = 0;
            while first < self.columns {
                let end = self.columns.min(first + BLOCK);
                let mut part = [S::splat(0.0); TOKENS];
                for column in first..end {
                    let at = self.values.add(column * LANES * size);
                    let weights = match KIND {
                        0 => S::load(at.cast()),
                        1 => S::load_f16(at.cast()),
                        _ => S::load_bf16(at.cast()),
                    };
                    for (token, part) in part.iter_mut().enumerate() {
                        let input = *self.source.add(token * self.columns + column);
                        *part = S::mul_add(weights, S::splat(input), *part);
                    }
                }
                for (sum, part) in sum.iter_mut().zip(part) {
                    *sum = S::add(*sum, part);
                }
                first = end;
            }
            for (token, sum) in sum.into_iter().enumerate() {
                S::store_partial(self.out.add(token * self.stride), self.rows, sum);
            }
        }
    }
}
