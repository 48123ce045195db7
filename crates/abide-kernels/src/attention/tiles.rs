//! The two inner loops of attention in `f32`: products of queries with tiles of keys, and values weighed. Each is compiled
//! as a function of its own for a number of rows and of vectors that fill the registers.
#![allow(clippy::inline_always)]

use std::ops::Range;

use crate::simd::{LANES, Simd, Task};

use super::{
    chunk::{CHUNK, CHUNK_TILES, ChunkData, MOST_ROWS, RowScores, stored},
    softmax::{Joined, join_sums},
};

/// Bytes of a cache line.
pub(super) const LINE: usize = 64;

/// Bytes of a stored number.
const fn element_bytes(stored: u8) -> usize {
    match stored {
        stored::F32 => 4,
        _ => 2,
    }
}

/// 16 stored numbers.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn load<S: Simd, const STORED: u8>(source: *const u8) -> S::Float {
    // SAFETY: the caller's promise.
    unsafe {
        match STORED {
            stored::F32 => S::load(source.cast()),
            _ => S::load_f16(source.cast()),
        }
    }
}

/// Products of `ROWS` queries with `TILES` × 16 keys. The chunk has those tiles.
pub(super) struct Products<'a, const STORED: u8, const ROWS: usize, const TILES: usize> {
    pub data: &'a ChunkData,
    /// `key_dim × ROWS`.
    pub queries: &'a [f32],
    /// The first tile.
    pub tile: usize,
    /// Each row's scores of the chunk.
    pub target: *mut f32,
}

impl<const STORED: u8, const ROWS: usize, const TILES: usize> Task for Products<'_, STORED, ROWS, TILES> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        let (dims, queries) = (self.data.key_dim, self.queries.as_ptr());
        let (mut keys, mut ahead) = ([std::ptr::null(); TILES], [std::ptr::null(); TILES]);
        keys.copy_from_slice(&self.data.keys[self.tile..][..TILES]);
        ahead.copy_from_slice(&self.data.values[self.tile..][..TILES]);
        let tiles = Tiles::<STORED, ROWS, TILES> { keys, ahead, queries };
        // SAFETY: the task's own promise.
        unsafe {
            let mut sums = [[S::splat(0.0); TILES]; ROWS];
            tiles.add::<S>(dims, &mut sums);
            for (row, sums) in sums.iter().enumerate() {
                for (index, sum) in sums.iter().enumerate() {
                    S::store(self.target.add(row * CHUNK + (self.tile + index) * LANES), *sum);
                }
            }
        }
    }
}

/// How far what is read next was asked for.
pub(super) struct Ahead {
    pub tile: usize,
    /// Bytes from the tile's start.
    pub at: usize,
    pub tile_bytes: usize,
}

impl Ahead {
    /// Asks for some bytes more.
    ///
    /// # Safety
    /// As [`Simd`]'s.
    #[inline(always)]
    pub unsafe fn ask_for<S: Simd>(&mut self, tiles: &[*const u8; CHUNK_TILES], bytes: usize) {
        // SAFETY: the caller's promise; any address may be asked for.
        unsafe {
            let start = tiles.get_unchecked(self.tile % CHUNK_TILES).wrapping_add(self.at);
            for line in 0..bytes.div_ceil(LINE) {
                S::prefetch_far(start.wrapping_add(line * LINE));
            }
        }
        self.at += bytes;
        if self.at >= self.tile_bytes {
            (self.tile, self.at) = (self.tile + 1, self.at - self.tile_bytes);
        }
    }
}

/// Where some tiles' keys lie, and what will be read after them.
#[derive(Clone, Copy)]
struct Tiles<const STORED: u8, const ROWS: usize, const TILES: usize> {
    keys: [*const u8; TILES],
    ahead: [*const u8; TILES],
    queries: *const f32,
}

impl<const STORED: u8, const ROWS: usize, const TILES: usize> Tiles<STORED, ROWS, TILES> {
    /// Adds the products of all dimensions, and asks for the same places of what is ahead.
    ///
    /// # Safety
    /// As [`Products`].
    #[inline(always)]
    unsafe fn add<S: Simd>(self, dims: usize, sums: &mut [[S::Float; TILES]; ROWS]) {
        // Dimensions of a tile in a cache line.
        let step = LINE / LANES / element_bytes(STORED);
        let mut dim = 0;
        // SAFETY: the caller's promise.
        unsafe {
            while dim + step <= dims {
                for ahead in self.ahead {
                    S::prefetch_far(ahead.wrapping_add(dim * LANES * element_bytes(STORED)));
                }
                for dim in dim..dim + step {
                    self.add_dim::<S>(dim, sums);
                }
                dim += step;
            }
            while dim < dims {
                self.add_dim::<S>(dim, sums);
                dim += 1;
            }
        }
    }

    /// Adds the products of one dimension.
    ///
    /// # Safety
    /// As [`Products`].
    #[inline(always)]
    unsafe fn add_dim<S: Simd>(self, dim: usize, sums: &mut [[S::Float; TILES]; ROWS]) {
        // SAFETY: the caller's promise.
        unsafe {
            let mut loaded = [S::splat(0.0); TILES];
            for (loaded, keys) in loaded.iter_mut().zip(&self.keys) {
                *loaded = load::<S, STORED>(keys.add(dim * LANES * element_bytes(STORED)));
            }
            for (row, sums) in sums.iter_mut().enumerate() {
                let query = S::splat(*self.queries.add(dim * ROWS + row));
                for (sum, key) in sums.iter_mut().zip(&loaded) {
                    *sum = S::mul_add(*key, query, *sum);
                }
            }
        }
    }
}

/// For each row the sum of weights × values, of `WIDTH` × 16 dimensions from `at` on, joined to what `target` holds.
/// The chunk has tiles with those positions.
pub(super) struct Weigh<'a, const STORED: u8, const ROWS: usize, const WIDTH: usize> {
    pub data: &'a ChunkData,
    pub at: usize,
    pub positions: Range<usize>,
    pub weights: &'a [RowScores; MOST_ROWS],
    pub joined: &'a Joined,
    /// `ROWS × width`.
    pub target: &'a mut [f32],
}

impl<const STORED: u8, const ROWS: usize, const WIDTH: usize> Task for Weigh<'_, STORED, ROWS, WIDTH> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        let Self { data, at, positions, weights, .. } = self;
        let bytes = element_bytes(STORED);
        // SAFETY: the task's own promise.
        unsafe {
            let mut sums = [[S::splat(0.0); WIDTH]; ROWS];
            // One loop, not one for each tile: between two loops the compiler moves all sums.
            // What comes next is asked for from its front to its end, whatever the dimensions: each pass over the positions asks for its
            // share. (Asked for where the values lie, every second line would be asked for by the first pass of two, and there are not as
            // many reads under way at once.)
            let (step, tile_bytes) = (WIDTH * LANES * bytes, LANES * data.value_bytes);
            let asked = at * CHUNK * bytes + positions.start * step;
            let mut ahead = Ahead { tile: asked / tile_bytes, at: asked % tile_bytes, tile_bytes };
            for position in positions {
                ahead.ask_for::<S>(&data.next, step);
                let (tile, offset) = (position / LANES, position % LANES * data.value_bytes + at * bytes);
                let values = data.values.get_unchecked(tile).add(offset);
                let mut loaded = [S::splat(0.0); WIDTH];
                for (index, loaded) in loaded.iter_mut().enumerate() {
                    *loaded = load::<S, STORED>(values.add(index * LANES * bytes));
                }
                for (row, sums) in sums.iter_mut().enumerate() {
                    let weight = S::splat(*weights.get_unchecked(row).get_unchecked(position));
                    for (sum, value) in sums.iter_mut().zip(&loaded) {
                        *sum = S::mul_add(*value, weight, *sum);
                    }
                }
            }
            for (row, sums) in sums.iter().enumerate() {
                for (index, sum) in sums.iter().enumerate() {
                    let place = row * data.width() + at + index * LANES;
                    join_sums::<S>(self.target[place..][..LANES].as_mut_ptr(), *sum, self.joined, row);
                }
            }
        }
    }
}
