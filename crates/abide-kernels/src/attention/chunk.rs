//! Attention of a few query rows to one chunk of positions. Knows no sequence, no threads.
//!
//! Positions are cut into chunks of [`CHUNK`] by their absolute number. Each chunk is worked out by itself (greatest
//! score, sum of powers, weighted values) and joined to the row's state in order of positions. So a row's result
//! depends on its own query and keys alone: not on what was computed beside it, nor on how chunks were shared out.
//!
//! A lone token's keys and values come from memory once and in pieces, faster than the processor would foresee. So
//! whoever reads a tile of keys asks for the same place in the tile's values, and whoever reads values asks for the
//! keys of the next chunk.
#![allow(clippy::inline_always)]

use std::ops::Range;

use crate::simd::{LANES, Simd, Task, exp2, tanh};

use super::{
    bytes::{ByteProducts, ByteWeigh, ByteWeights, Quantized},
    softmax::{Joined, join_greatest, join_sums},
    tiles::{Products, Weigh},
};

/// Positions worked out together.
pub(crate) const CHUNK: usize = 128;
/// Tiles of 16 positions in a chunk.
pub(crate) const CHUNK_TILES: usize = CHUNK / LANES;
/// Query rows that share each load of a key or value, at most.
pub(crate) const MOST_ROWS: usize = 6;

/// Numbers of cache types, as const generics name them.
pub(crate) mod stored {
    pub const F32: u8 = 0;
    pub const F16: u8 = 1;
    pub const Q8_0: u8 = 2;
}

/// Calls something for a number of rows that is only known now.
macro_rules! for_rows {
    ($rows:expr, $const:ident => $call:expr) => {{
        macro_rules! one {
            ($number:literal) => {{
                const $const: usize = $number;
                $call
            }};
        }
        if const { S::VECTORS == 1 } {
            // Portable code has no registers to share loads between rows.
            one!(1)
        } else {
            match $rows {
                1 => one!(1),
                2 => one!(2),
                3 => one!(3),
                4 => one!(4),
                5 => one!(5),
                _ => one!(6),
            }
        }
    }};
}

/// What a chunk is made of, whatever the rows.
#[derive(Clone, Copy)]
pub(crate) struct ChunkData {
    /// Keys and values of each tile; those that no row sees are not read.
    pub keys: [*const u8; CHUNK_TILES],
    pub values: [*const u8; CHUNK_TILES],
    /// What will be read after each tile's values; never read here.
    pub next: [*const u8; CHUNK_TILES],
    pub first_position: usize,
    pub key_dim: usize,
    pub value_bytes: usize,
    pub padded_value_dim: usize,
    /// A product p of query and key becomes cap × tanh p.
    pub cap: Option<f32>,
}

impl ChunkData {
    /// A row's sums: weighted values, and 16 sums of powers.
    pub fn width(&self) -> usize {
        self.padded_value_dim + LANES
    }

    /// Whether a row that sees the positions from the first number up to the second sees any of the chunk.
    fn is_seen(&self, (first, end): (usize, usize)) -> bool {
        first.max(self.first_position) < end.min(self.first_position + CHUNK)
    }
}

/// Scores, powers or weights of the chunk's positions.
pub(crate) type RowScores = [f32; CHUNK];

/// Query rows, multiplied by what makes their products with keys (capped, if so asked) exponents of 2.
#[derive(Clone, Copy)]
pub(crate) enum Queries<'a> {
    /// `key_dim × rows`.
    Floats(&'a [f32]),
    /// For keys of bytes.
    Quantized(Quantized<'a>),
}

/// A few query rows × one chunk.
pub(crate) struct ChunkRows<'a, const STORED: u8> {
    pub data: &'a ChunkData,
    pub queries: Queries<'a>,
    /// First position that each row sees, and the one after its last. Neither decreases from row to row.
    pub visible: &'a [(usize, usize)],
    /// Each row's greatest score before this chunk, which it is joined to.
    pub greatest: &'a mut [f32],
    /// `rows × width`, joined alike: weighted values, and 16 sums of powers.
    pub sums: &'a mut [f32],
    pub scratch: &'a mut ChunkScratch,
}

/// Memory for one chunk's work.
pub(crate) struct ChunkScratch {
    scores: [RowScores; MOST_ROWS],
    weights: ByteWeights,
}

impl Default for ChunkScratch {
    fn default() -> Self {
        Self { scores: [[0.0; CHUNK]; MOST_ROWS], weights: ByteWeights::default() }
    }
}

impl<const STORED: u8> Task for ChunkRows<'_, STORED> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        let Self { data, queries, visible, greatest, sums, scratch } = self;
        let (rows, width) = (greatest.len(), data.width());
        assert!(visible.len() == rows && (1..=MOST_ROWS).contains(&rows));
        assert!(sums.len() == rows * width);
        // Positions of the chunk that any row sees.
        let first = visible[0].0.saturating_sub(data.first_position);
        let end = visible[rows - 1].1.saturating_sub(data.first_position).min(CHUNK);
        let tiles = first / LANES..end.div_ceil(LANES);
        let ChunkScratch { scores, weights } = scratch;
        // SAFETY: the family is available; tiles between first and end were given; lengths were checked.
        unsafe {
            match queries {
                Queries::Quantized(queries) if const { STORED == stored::Q8_0 } => {
                    for tile in tiles.clone() {
                        let target = scores.as_mut_ptr().cast();
                        for_rows!(rows, ROWS => {
                            S::enter(ByteProducts::<ROWS> { data, queries, tile, target });
                        });
                    }
                }
                Queries::Floats(queries) if const { STORED != stored::Q8_0 } => {
                    assert!(queries.len() == rows * data.key_dim);
                    let mut tile = tiles.start;
                    while tile < tiles.end {
                        let most = tiles.end - tile;
                        tile += for_rows!(rows, ROWS =>
                            products::<S, STORED, ROWS>(data, queries, tile, most, scores));
                    }
                }
                _ => unreachable!("queries are of the keys' kind"),
            }
            let mut chunk = [f32::NEG_INFINITY; LANES];
            for (row, visible) in visible.iter().enumerate() {
                finish_scores::<S>(data, &mut scores[row], *visible, tiles.clone());
                let greatest = greatest_score::<S>(&scores[row], tiles.clone());
                // Where none of the scores is a number, neither is what comes of them.
                let none = greatest == f32::NEG_INFINITY && data.is_seen(*visible);
                chunk[row] = if none { f32::NAN } else { greatest };
            }
            let joined = join_greatest::<S>(greatest, &chunk);
            for (row, scores) in scores[..rows].iter_mut().enumerate() {
                let sum = powers::<S>(scores, chunk[row], tiles.clone());
                let target = &mut sums[row * width + data.padded_value_dim..][..LANES];
                join_sums::<S>(target.as_mut_ptr(), sum, &joined, row);
            }
            // What the cache's type never needs is not compiled for it.
            if const { STORED == stored::Q8_0 } {
                weights.fill::<S>(data, tiles.clone(), &mut scores[..rows]);
                let (weights, joined) = (&*weights, &joined);
                for_rows!(rows, ROWS => {
                    S::enter(ByteWeigh::<ROWS> { data, tiles, weights, joined, target: sums });
                });
            } else {
                for_rows!(rows, ROWS => weigh::<S, STORED, ROWS>(data, first..end, scores, &joined, sums));
            }
        }
    }
}

/// Vectors of keys or values that may be multiplied with so many rows at a time: they, their sums for each row, and
/// beside them one row's number, are all in registers (a vector that one row alone needs is gone at once). A sum waits
/// four cycles for the one before, so the more the better.
const fn most_vectors<S: Simd>(rows: usize) -> usize {
    match (rows, S::VECTORS / (rows + 1)) {
        (_, 0) => 1,
        (_, most) if most > 4 => 4,
        (1, most) if most > 1 => 4,
        (_, most) => most,
    }
}

/// Works out the products of the next tiles (at most `most`, from `tile` on), and says how many those are.
///
/// # Safety
/// As [`Simd`]'s; the tiles were given, and there are as many queries as rows.
#[inline(always)]
unsafe fn products<S: Simd, const STORED: u8, const ROWS: usize>(
    data: &ChunkData,
    queries: &[f32],
    tile: usize,
    most: usize,
    scores: &mut [RowScores; MOST_ROWS],
) -> usize {
    let target = scores.as_mut_ptr().cast::<f32>();
    // SAFETY: the caller's promise.
    unsafe {
        if const { most_vectors::<S>(ROWS) >= 4 } && most >= 4 {
            S::enter(Products::<STORED, ROWS, 4> { data, queries, tile, target });
            return 4;
        }
        if const { most_vectors::<S>(ROWS) >= 2 } && most >= 2 {
            S::enter(Products::<STORED, ROWS, 2> { data, queries, tile, target });
            return 2;
        }
        S::enter(Products::<STORED, ROWS, 1> { data, queries, tile, target });
        1
    }
}

/// Makes products scores: caps them, and hides what the row does not see.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn finish_scores<S: Simd>(
    data: &ChunkData,
    scores: &mut RowScores,
    (first, end): (usize, usize),
    tiles: Range<usize>,
) {
    let start = data.first_position + tiles.start * LANES;
    let all_seen = first <= start && end >= data.first_position + tiles.end * LANES;
    // SAFETY: loads and stores within the scores.
    unsafe {
        if let Some(cap) = data.cap {
            for scores in scores[tiles.start * LANES..tiles.end * LANES].chunks_exact_mut(LANES) {
                let score = tanh::<S>(S::load(scores.as_ptr()));
                S::store(scores.as_mut_ptr(), S::mul(S::splat(cap), score));
            }
        }
        if !all_seen {
            for tile in tiles {
                let scores = scores[tile * LANES..][..LANES].as_mut_ptr();
                let position = data.first_position + tile * LANES;
                S::store(scores, hide::<S>(S::load(scores), position, (first, end)));
            }
        }
    }
}

/// The greatest score.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn greatest_score<S: Simd>(scores: &RowScores, tiles: Range<usize>) -> f32 {
    // SAFETY: loads within the scores.
    unsafe {
        let mut greatest = S::splat(f32::NEG_INFINITY);
        for scores in scores[tiles.start * LANES..tiles.end * LANES].chunks_exact(LANES) {
            greatest = S::max(greatest, S::load(scores.as_ptr()));
        }
        S::greatest(greatest)
    }
}

/// The scores of 16 positions from `position` on, minus infinity for those outside of what is visible.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn hide<S: Simd>(score: S::Float, position: usize, (first, end): (usize, usize)) -> S::Float {
    const LANE: [f32; LANES] =
        [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0];
    let before = first.saturating_sub(position).min(LANES) as f32;
    let upto = end.saturating_sub(position).min(LANES) as f32;
    // SAFETY: arithmetic, and a load of 16 values.
    unsafe {
        let (lane, hidden) = (S::load(LANE.as_ptr()), S::splat(f32::NEG_INFINITY));
        let score = S::select_less(lane, S::splat(upto), score, hidden);
        S::select_less(lane, S::splat(before), hidden, score)
    }
}

/// Turns a row's scores into powers of 2 relative to the greatest; their sums, lane by lane.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn powers<S: Simd>(scores: &mut RowScores, greatest: f32, tiles: Range<usize>) -> S::Float {
    // SAFETY: loads and stores within the scores.
    unsafe {
        let mut sum = S::splat(0.0);
        if greatest == f32::NEG_INFINITY {
            // The row sees nothing of this chunk.
            scores.fill(0.0);
            return sum;
        }
        for scores in scores[tiles.start * LANES..tiles.end * LANES].chunks_exact_mut(LANES) {
            let power = exp2::<S>(S::sub(S::load(scores.as_ptr()), S::splat(greatest)));
            sum = S::add(sum, power);
            S::store(scores.as_mut_ptr(), power);
        }
        sum
    }
}

/// For each row the sum of powers × values, joined to what `target` holds.
///
/// # Safety
/// As [`Simd`]'s; tiles with those positions were given, and `target` has `ROWS` rows.
#[inline(always)]
unsafe fn weigh<S: Simd, const STORED: u8, const ROWS: usize>(
    data: &ChunkData,
    positions: Range<usize>,
    weights: &[RowScores; MOST_ROWS],
    joined: &Joined,
    target: &mut [f32],
) {
    let mut at = 0;
    while at < data.padded_value_dim {
        let left = (data.padded_value_dim - at) / LANES;
        // As even as can be: five vectors are three and two.
        let width = left.div_ceil(left.div_ceil(most_vectors::<S>(ROWS)));
        macro_rules! weigh {
            ($width:literal) => {{
                let (positions, target) = (positions.clone(), &mut *target);
                // SAFETY: the caller's promise.
                unsafe {
                    S::enter(Weigh::<STORED, ROWS, $width> { data, at, positions, weights, joined, target });
                }
            }};
        }
        match width {
            4 if const { most_vectors::<S>(ROWS) >= 4 } => weigh!(4),
            3 if const { most_vectors::<S>(ROWS) >= 3 } => weigh!(3),
            2 if const { most_vectors::<S>(ROWS) >= 2 } => weigh!(2),
            _ => weigh!(1),
        }
        at += width * LANES;
    }
}
