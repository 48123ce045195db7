//! Attention of a few query rows to one chunk of positions, and how chunks are joined. Knows no sequence, no threads.
//!
//! Positions are cut into chunks of [`CHUNK`] by their absolute number. Each chunk is worked out by itself (greatest
//! score, sum of powers, weighted values) and joined to the row's state in order of positions. So a row's result
//! depends on its own query and keys alone: not on what was computed beside it, nor on how chunks were shared out.
#![allow(clippy::inline_always)]

use crate::simd::{LANES, Simd, Task, exp, tanh};

use super::cache::SCALE_DIMS;

/// Positions worked out together.
pub(crate) const CHUNK: usize = 128;
/// Tiles of 16 positions in a chunk.
pub(crate) const CHUNK_TILES: usize = CHUNK / LANES;
/// Query rows that share each load of a key or value, at most.
pub(crate) const MOST_ROWS: usize = 8;

/// Numbers of cache types, as const generics name them.
pub(crate) mod stored {
    pub const F32: u8 = 0;
    pub const F16: u8 = 1;
    pub const Q8_0: u8 = 2;
}

/// Softmax of one row so far (or of one chunk of it): greatest score and sum of powers. The weighted sum of values
/// lies elsewhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowState {
    pub greatest: f32,
    pub sum: f32,
}

impl RowState {
    /// Nothing seen yet.
    pub const EMPTY: Self = Self { greatest: f32::NEG_INFINITY, sum: 0.0 };
}

/// What a chunk is made of, whatever the rows.
#[derive(Clone, Copy)]
pub(crate) struct ChunkData {
    /// Keys and values of each tile; those that no row sees are not read.
    pub keys: [*const u8; CHUNK_TILES],
    pub values: [*const u8; CHUNK_TILES],
    pub first_position: usize,
    pub key_dim: usize,
    pub value_bytes: usize,
    pub padded_value_dim: usize,
    pub scale: f32,
    pub soft_cap: Option<f32>,
}

/// `ROWS` query rows × one chunk.
pub(crate) struct ChunkRows<'a, const STORED: u8, const ROWS: usize> {
    pub data: &'a ChunkData,
    /// `ROWS × key_dim`.
    pub queries: &'a [f32],
    /// First position that each row sees, and the one after its last.
    pub visible: [(usize, usize); ROWS],
    /// The rows' states before this chunk, which it is joined to.
    pub states: &'a mut [RowState],
    /// `ROWS × padded_value_dim`, joined alike.
    pub sums: &'a mut [f32],
}

impl<const STORED: u8, const ROWS: usize> Task for ChunkRows<'_, STORED, ROWS> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        let data = self.data;
        assert!(self.queries.len() == ROWS * data.key_dim && self.states.len() == ROWS);
        assert_eq!(self.sums.len(), ROWS * data.padded_value_dim);
        // Positions of the chunk that any row sees.
        let within = |position: usize| position.clamp(data.first_position, data.first_position + CHUNK);
        let first =
            self.visible.iter().map(|(first, _)| within(*first)).min().unwrap_or(0) - data.first_position;
        let end = self.visible.iter().map(|(_, end)| within(*end)).max().unwrap_or(0) - data.first_position;
        let mut scores = [[0.0_f32; CHUNK]; ROWS];
        // SAFETY: the family is available; tiles between first and end were given.
        unsafe {
            let (mut tile, end_tile) = (first / LANES, end.div_ceil(LANES));
            while tile < end_tile {
                if S::MANY_REGISTERS && tile + 2 <= end_tile {
                    self.scores::<S, 2>(tile, &mut scores);
                    tile += 2;
                } else {
                    self.scores::<S, 1>(tile, &mut scores);
                    tile += 1;
                }
            }
            let mut chunk = [RowState::EMPTY; ROWS];
            for (chunk, scores) in chunk.iter_mut().zip(&mut scores) {
                *chunk = powers::<S>(scores, first, end);
            }
            let mut joined = [None; ROWS];
            for (row, joined) in joined.iter_mut().enumerate() {
                *joined = join_states::<S>(&mut self.states[row], chunk[row]);
            }
            let mut at = 0;
            while at < data.padded_value_dim {
                if S::MANY_REGISTERS && at + 2 * LANES <= data.padded_value_dim {
                    weigh::<S, STORED, ROWS, 2>(data, at, first..end, &scores, &joined, self.sums);
                    at += 2 * LANES;
                } else {
                    weigh::<S, STORED, ROWS, 1>(data, at, first..end, &scores, &joined, self.sums);
                    at += LANES;
                }
            }
        }
    }
}

impl<const STORED: u8, const ROWS: usize> ChunkRows<'_, STORED, ROWS> {
    /// Scores of `TILES` tiles from `first_tile` on; what a row does not see is minus infinity.
    ///
    /// # Safety
    /// As [`Simd`]'s; those tiles were given.
    #[inline(always)]
    unsafe fn scores<S: Simd, const TILES: usize>(
        &self,
        first_tile: usize,
        scores: &mut [[f32; CHUNK]; ROWS],
    ) {
        let data = self.data;
        // SAFETY: the caller's promise; the queries' length was checked.
        let sums = unsafe { tile_scores::<S, STORED, ROWS, TILES>(data, first_tile, self.queries.as_ptr()) };
        // By reference: arrays of vectors iterated by value are copied through memory.
        for (index, sums) in sums.iter().enumerate() {
            let place = (first_tile + index) * LANES;
            let position = data.first_position + place;
            for (row, sum) in sums.iter().enumerate() {
                // SAFETY: arithmetic, and a store within the chunk's scores.
                unsafe {
                    let mut score = S::mul(*sum, S::splat(data.scale));
                    if let Some(cap) = data.soft_cap {
                        score = S::mul(S::splat(cap), tanh::<S>(S::div(score, S::splat(cap))));
                    }
                    let target = &mut scores[row][place..][..LANES];
                    S::store(target.as_mut_ptr(), score);
                    let (first, end) = self.visible[row];
                    if position < first || position + LANES > end {
                        for (lane, score) in target.iter_mut().enumerate() {
                            if position + lane < first || position + lane >= end {
                                *score = f32::NEG_INFINITY;
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Products of `ROWS` queries with `TILES` × 16 keys.
///
/// # Safety
/// As [`Simd`]'s; the tiles were given, and `queries` has `ROWS × key_dim` values.
#[inline(always)]
unsafe fn tile_scores<S: Simd, const STORED: u8, const ROWS: usize, const TILES: usize>(
    data: &ChunkData,
    first_tile: usize,
    queries: *const f32,
) -> [[S::Float; ROWS]; TILES] {
    let dims = data.key_dim;
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums = [[S::splat(0.0); ROWS]; TILES];
        for dim in 0..dims {
            for (index, sums) in sums.iter_mut().enumerate() {
                let keys = data.keys[first_tile + index];
                let key = match STORED {
                    stored::F32 => S::load(keys.add(dim * LANES * 4).cast()),
                    stored::F16 => S::load_f16(keys.add(dim * LANES * 2).cast()),
                    _ => {
                        let scales = keys.add((dims + dim / SCALE_DIMS * 4) * LANES).cast();
                        S::mul(S::int_to_float(S::int_load_i8(keys.add(dim * LANES).cast())), S::load(scales))
                    }
                };
                for (row, sum) in sums.iter_mut().enumerate() {
                    *sum = S::mul_add(key, S::splat(*queries.add(row * dims + dim)), *sum);
                }
            }
        }
        sums
    }
}

/// Turns a row's scores into powers relative to the greatest; the greatest and the powers' sum.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn powers<S: Simd>(scores: &mut [f32; CHUNK], first: usize, end: usize) -> RowState {
    let tiles = first / LANES..end.div_ceil(LANES);
    // SAFETY: loads and stores within the scores.
    unsafe {
        let mut greatest = S::splat(f32::NEG_INFINITY);
        for tile in tiles.clone() {
            greatest = S::max(greatest, S::load(scores[tile * LANES..][..LANES].as_ptr()));
        }
        let greatest = S::greatest(greatest);
        if greatest == f32::NEG_INFINITY {
            // The row sees nothing of this chunk.
            scores.fill(0.0);
            return RowState::EMPTY;
        }
        let mut sum = S::splat(0.0);
        for tile in tiles {
            let scores = scores[tile * LANES..][..LANES].as_mut_ptr();
            let power = exp::<S>(S::sub(S::load(scores), S::splat(greatest)));
            sum = S::add(sum, power);
            S::store(scores, power);
        }
        RowState { greatest, sum: S::sum(sum) }
    }
}

/// For each row the sum of powers × values, of `WIDTH` × 16 dimensions from `at` on, joined to what `target` holds.
///
/// # Safety
/// As [`Simd`]'s; tiles with those positions were given, and `target` has `ROWS` rows.
#[inline(always)]
unsafe fn weigh<S: Simd, const STORED: u8, const ROWS: usize, const WIDTH: usize>(
    data: &ChunkData,
    at: usize,
    positions: std::ops::Range<usize>,
    powers: &[[f32; CHUNK]; ROWS],
    joined: &[Option<Factors>; ROWS],
    target: &mut [f32],
) {
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums = [[S::splat(0.0); ROWS]; WIDTH];
        for position in positions {
            let value = data.values[position / LANES].add(position % LANES * data.value_bytes);
            for (index, sums) in sums.iter_mut().enumerate() {
                let at = at + index * LANES;
                let value = match STORED {
                    stored::F32 => S::load(value.cast::<f32>().add(at)),
                    stored::F16 => S::load_f16(value.cast::<u16>().add(at)),
                    _ => {
                        let scales = value.add(data.padded_value_dim).cast::<f32>();
                        let scale = scales.add(at / SCALE_DIMS).read_unaligned();
                        S::mul(S::int_to_float(S::int_load_i8(value.add(at).cast())), S::splat(scale))
                    }
                };
                for (row, sum) in sums.iter_mut().enumerate() {
                    *sum = S::mul_add(value, S::splat(powers[row][position]), *sum);
                }
            }
        }
        for (index, sums) in sums.iter().enumerate() {
            for (row, sum) in sums.iter().enumerate() {
                if let Some(factors) = joined[row] {
                    let place = row * data.padded_value_dim + at + index * LANES;
                    join_sums::<S>(target[place..][..LANES].as_mut_ptr(), *sum, factors);
                }
            }
        }
    }
}

/// What a row's sums so far, and those of a chunk, are multiplied by when they are joined.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Factors {
    keep: f32,
    take: f32,
}

/// Joins a chunk's state to that of the row; `None`, and nothing changes, if the row sees nothing of the chunk.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn join_states<S: Simd>(state: &mut RowState, chunk: RowState) -> Option<Factors> {
    if chunk.greatest == f32::NEG_INFINITY {
        return None;
    }
    let greatest = if state.greatest > chunk.greatest { state.greatest } else { chunk.greatest };
    // SAFETY: the caller's promise.
    let (keep, take) =
        unsafe { (power::<S>(state.greatest - greatest), power::<S>(chunk.greatest - greatest)) };
    *state = RowState { greatest, sum: chunk.sum.mul_add(take, state.sum * keep) };
    Some(Factors { keep, take })
}

/// Joins 16 of a chunk's weighted values to those of the row. To nothing (zeros), they are joined unchanged.
///
/// # Safety
/// As [`Simd`]'s; 16 values are read and written.
#[inline(always)]
unsafe fn join_sums<S: Simd>(target: *mut f32, chunk: S::Float, factors: Factors) {
    // SAFETY: the caller's promise.
    unsafe {
        let kept = S::mul(S::load(target), S::splat(factors.keep));
        S::store(target, S::mul_add(chunk, S::splat(factors.take), kept));
    }
}

/// Joins what a chunk alone gave one row to the row.
pub(crate) struct Join<'a> {
    pub state: &'a mut RowState,
    pub sums: &'a mut [f32],
    pub chunk: RowState,
    pub chunk_sums: &'a [f32],
}

impl Task for Join<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        // SAFETY: the family is available; loads and stores stay within slices of equal length.
        unsafe {
            let Some(factors) = join_states::<S>(self.state, self.chunk) else { return };
            for (sums, chunk) in self.sums.chunks_exact_mut(LANES).zip(self.chunk_sums.chunks_exact(LANES)) {
                join_sums::<S>(sums.as_mut_ptr(), S::load(chunk.as_ptr()), factors);
            }
        }
    }
}

/// Divides a row's sums by the powers' sum, the sink's power (if any) joined to that.
pub(crate) struct Finish<'a> {
    pub state: RowState,
    pub sums: &'a [f32],
    pub sink: Option<f32>,
    pub out: &'a mut [f32],
}

impl Task for Finish<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        let RowState { greatest, mut sum } = self.state;
        let mut keep = 1.0;
        if let Some(sink) = self.sink {
            let highest = if greatest > sink { greatest } else { sink };
            // SAFETY: arithmetic.
            unsafe {
                keep = power::<S>(greatest - highest);
                sum = sum.mul_add(keep, power::<S>(sink - highest));
            }
        }
        for (out, value) in self.out.iter_mut().zip(self.sums) {
            *out = value * keep / sum;
        }
    }
}

/// e^x of one number, with the bits that vectors get.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn power<S: Simd>(x: f32) -> f32 {
    // SAFETY: the caller's promise.
    unsafe { S::to_array(exp::<S>(S::splat(x)))[0] }
}
