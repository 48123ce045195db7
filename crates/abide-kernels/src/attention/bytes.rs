//! The two inner loops of attention to a `Q8_0` cache, in whole numbers: the very products that linear layers are made
//! of. Keys are the rows of a matrix, multiplied with the queries. The dimensions of values are the rows of another,
//! multiplied with the weights of a chunk's positions, of which few are large. Queries and weights are quantised to 15 bits.
#![allow(clippy::inline_always)]

use std::ops::Range;

use crate::{
    linear::{
        ExpandedForm, GREATEST_WORD, GroupPlanes, GroupScales, GroupSums, load_eight, load_four,
        quantize_group, step, store_codes, token_bytes,
    },
    quant::GROUP,
    simd::{LANES, Simd, Task, finite, magnitudes, range, stretching},
};

use super::{
    cache::{CODE_OFFSET, KEY_GROUP_BYTES, SCALES_BYTES, VALUE_PART_BYTES},
    chunk::{CHUNK, CHUNK_TILES, ChunkData, MOST_ROWS, RowScores},
    softmax::{Joined, join_sums},
    tiles::{Ahead, LINE},
};

/// What the codes of keys and values are.
const FORM: ExpandedForm =
    ExpandedForm { halves: false, has_min: false, range: range::BYTE, offset: CODE_OFFSET };
/// Bytes of a query's number, or of a weight.
const PLANES: usize = 2;
/// Bytes of a row's part of a group.
const ROW_BYTES: usize = PLANES * GROUP;
/// Groups of 32 positions in a chunk.
const CHUNK_GROUPS: usize = CHUNK / GROUP;

/// Quantised query rows: group by group of 32 dimensions, row beside row.
#[derive(Clone, Copy)]
pub(crate) struct Quantized<'a> {
    codes: &'a [i8],
    sums: &'a [GroupSums],
}

/// Quantised query rows, in memory to be used again.
#[derive(Default)]
pub(super) struct QuantizedQueries {
    codes: Vec<i8>,
    sums: Vec<GroupSums>,
}

/// The groups of 32 that so many dimensions make, filled up with zeros.
fn groups_of(dims: usize) -> usize {
    dims.div_ceil(GROUP)
}

impl QuantizedQueries {
    /// Makes room for so many rows.
    pub fn resize(&mut self, rows: usize, dims: usize) {
        self.codes.resize(rows * groups_of(dims) * ROW_BYTES, 0);
        self.sums.resize(rows * groups_of(dims), GroupSums::default());
    }

    /// `rows` rows from row `first` on, which lie together.
    pub fn of_rows(&self, first: usize, rows: usize, dims: usize) -> Quantized<'_> {
        let groups = groups_of(dims);
        Quantized {
            codes: &self.codes[first * groups * ROW_BYTES..][..rows * groups * ROW_BYTES],
            sums: &self.sums[first * groups..][..rows * groups],
        }
    }
}

/// Quantises one query to its place among `rows` that lie together from row `first` on.
pub(super) struct QuantizeQuery<'a> {
    pub source: &'a [f32],
    pub factor: f32,
    pub first: usize,
    pub rows: usize,
    pub row: usize,
    pub target: &'a mut QuantizedQueries,
}

impl Task for QuantizeQuery<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        let Self { source, factor, first, rows, row, target } = self;
        let groups = groups_of(source.len());
        let codes = &mut target.codes[first * groups * ROW_BYTES..][..rows * groups * ROW_BYTES];
        let sums = &mut target.sums[first * groups..][..rows * groups];
        assert!(row < rows);
        for (group, part) in source.chunks(GROUP).enumerate() {
            let mut filled = [0.0; GROUP];
            for (filled, value) in filled.iter_mut().zip(part) {
                *filled = value * factor;
            }
            let place = group * rows * ROW_BYTES + row * token_bytes::<S>(PLANES);
            // SAFETY: the group's rows lie within the codes, which were measured above, and this row among them.
            sums[group * rows + row] =
                unsafe { quantize_group::<S>(filled.as_ptr(), codes.as_mut_ptr().add(place), PLANES, rows) };
        }
    }
}

/// Products of `ROWS` queries with 16 keys. The chunk has that tile.
pub(super) struct ByteProducts<'a, const ROWS: usize> {
    pub data: &'a ChunkData,
    pub queries: Quantized<'a>,
    pub tile: usize,
    /// Each row's scores of the chunk.
    pub target: *mut f32,
}

impl<const ROWS: usize> Task for ByteProducts<'_, ROWS> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        let Self { data, queries, tile, target } = self;
        let groups = groups_of(data.key_dim);
        assert!(queries.sums.len() == groups * ROWS && queries.codes.len() == groups * ROWS * ROW_BYTES);
        // SAFETY: the task's own promise; lengths were checked.
        unsafe {
            let (keys, ahead) = (data.keys[tile], data.values[tile]);
            let mut sums = [S::splat(0.0); ROWS];
            for group in 0..groups {
                for line in 0..(KEY_GROUP_BYTES + SCALES_BYTES) / LINE {
                    let line = group * (KEY_GROUP_BYTES + SCALES_BYTES) / LINE + line;
                    S::prefetch_far(ahead.wrapping_add(line * LINE));
                }
                let codes = load_eight::<S>(keys.add(group * KEY_GROUP_BYTES));
                let scale = S::load(keys.add(groups * KEY_GROUP_BYTES + group * SCALES_BYTES).cast());
                let scales = GroupScales { scale: [scale; 2], min: [scale; 2] };
                let first = queries.codes.as_ptr().add(group * ROWS * ROW_BYTES);
                let planes = GroupPlanes { first, planes: PLANES, distance: ROWS * GROUP };
                let group_sums = queries.sums.as_ptr().add(group * ROWS);
                step::<S, ROWS>(FORM, &codes, &scales, planes, group_sums, &mut sums);
            }
            for (row, sum) in sums.into_iter().enumerate() {
                S::store(target.add(row * CHUNK + tile * LANES), sum);
            }
        }
    }
}

/// A chunk's powers × the scales of its values, quantised.
pub(super) struct ByteWeights {
    /// Group by group, row beside row.
    codes: [i8; CHUNK_GROUPS * MOST_ROWS * ROW_BYTES],
    rows: [WeightsOfRow; MOST_ROWS],
}

#[derive(Clone, Copy, Default)]
struct WeightsOfRow {
    /// Sum of the codes.
    total: i32,
    /// What a code of 1 is worth.
    worth: f32,
}

impl Default for ByteWeights {
    fn default() -> Self {
        Self { codes: [0; CHUNK_GROUPS * MOST_ROWS * ROW_BYTES], rows: [WeightsOfRow::default(); MOST_ROWS] }
    }
}

impl ByteWeights {
    /// Those of some tiles' positions; the others of their groups weigh nothing. `powers` become the weights.
    ///
    /// # Safety
    /// As [`Simd`]'s; the chunk has those tiles.
    #[inline(always)]
    pub unsafe fn fill<S: Simd>(&mut self, data: &ChunkData, tiles: Range<usize>, powers: &mut [RowScores]) {
        let rows = powers.len();
        assert!(rows <= MOST_ROWS && tiles.end <= CHUNK_TILES);
        let scales_at = data.padded_value_dim / LANES * VALUE_PART_BYTES;
        for (row, powers) in powers.iter_mut().enumerate() {
            // SAFETY: the caller's promise; loads and stores within powers, and of rows and groups that were counted.
            unsafe {
                let (mut greatest, zero) = (S::splat(0.0), S::splat(0.0));
                for tile in tiles.clone() {
                    let scale = S::load(data.values.get_unchecked(tile).add(scales_at).cast());
                    let place = powers.as_mut_ptr().add(tile * LANES);
                    // What a row does not see has no power and may have any scale.
                    let power = S::load(place);
                    let weight = S::select_less(zero, power, S::mul(power, scale), power);
                    greatest = S::max(greatest, magnitudes::<S>(weight));
                    S::store(place, weight);
                }
                let (factor, worth) = stretching(S::greatest(greatest), GREATEST_WORD);
                let (factor, mut total) = (S::splat(factor), S::int_splat(0));
                for tile in tile_range(&tiles) {
                    let mut code = S::int_splat(0);
                    if tiles.contains(&tile) {
                        let weight = finite::<S>(S::load(powers.as_ptr().add(tile * LANES)));
                        code = S::float_to_int(S::mul(weight, factor));
                        total = S::int_add(total, code);
                    }
                    let (group, half) = (tile * LANES / GROUP, tile % (GROUP / LANES));
                    let place = group * rows * ROW_BYTES + row * token_bytes::<S>(PLANES);
                    let target = self.codes.as_mut_ptr().add(place + half * LANES);
                    store_codes::<S>(code, target, half, PLANES, rows);
                }
                self.rows[row] = WeightsOfRow { total: S::int_sum(total), worth };
            }
        }
    }
}

/// Whole groups of 32 positions that tiles of 16 lie in.
fn group_range(tiles: &Range<usize>) -> Range<usize> {
    tiles.start * LANES / GROUP..(tiles.end * LANES).div_ceil(GROUP)
}

/// The tiles of those groups.
fn tile_range(tiles: &Range<usize>) -> Range<usize> {
    let groups = group_range(tiles);
    groups.start * (GROUP / LANES)..groups.end * (GROUP / LANES)
}

/// For each of `ROWS` rows the sum of weights × values, joined to what `target` holds.
pub(super) struct ByteWeigh<'a, const ROWS: usize> {
    pub data: &'a ChunkData,
    /// Those with positions that a row sees. The chunk has them.
    pub tiles: Range<usize>,
    pub weights: &'a ByteWeights,
    pub joined: &'a Joined,
    /// `ROWS × width`.
    pub target: &'a mut [f32],
}

impl<const ROWS: usize> Task for ByteWeigh<'_, ROWS> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        let Self { data, tiles, weights, joined, target } = self;
        let (parts, groups) = (data.padded_value_dim / LANES, group_range(&tiles));
        assert!(ROWS <= MOST_ROWS && tiles.end <= CHUNK_TILES && target.len() == ROWS * data.width());
        let mut values = data.values;
        for tile in tile_range(&tiles) {
            // The other half of a group that is seen by half weighs nothing, so any codes will do.
            if !tiles.contains(&tile) {
                values[tile] = values[tile ^ 1];
            }
        }
        let key_bytes = data.key_dim.div_ceil(GROUP) * (KEY_GROUP_BYTES + SCALES_BYTES);
        let asked = (tiles.len() * key_bytes).div_ceil(parts * groups.len().max(1)).next_multiple_of(LINE);
        let mut ahead = Ahead { tile: tiles.start, at: 0, tile_bytes: key_bytes };
        for part in 0..parts {
            // SAFETY: the task's own promise.
            unsafe {
                let mut sums =
                    WordSums::<S, ROWS> { high: [S::int_splat(0); ROWS], low: [S::int_splat(0); ROWS] };
                for group in groups.clone() {
                    ahead.ask_for::<S>(&data.next, asked);
                    let first = values.get_unchecked(2 * group).add(part * VALUE_PART_BYTES);
                    let second = values.get_unchecked(2 * group + 1).add(part * VALUE_PART_BYTES);
                    let ([a, b, c, d], [e, f, g, h]) = (load_four::<S>(first), load_four::<S>(second));
                    let weights = weights.codes.as_ptr().add(group * ROWS * ROW_BYTES);
                    sums.add(&[a, b, c, d, e, f, g, h], weights);
                }
                for (row, weights) in weights.rows.iter().enumerate().take(ROWS) {
                    let sum =
                        S::mul(S::int_to_float(sums.whole(row, weights.total)), S::splat(weights.worth));
                    let place = row * data.width() + part * LANES;
                    join_sums::<S>(target[place..][..LANES].as_mut_ptr(), sum, joined, row);
                }
            }
        }
    }
}

/// Integer sums of a chunk's weights × values: 128 × 255 × 16,256 fit. In words all are `low`.
struct WordSums<S: Simd, const ROWS: usize> {
    high: [S::Int; ROWS],
    low: [S::Int; ROWS],
}

impl<S: Simd, const ROWS: usize> WordSums<S, ROWS> {
    /// Adds the products of a group's codes with its weights.
    ///
    /// # Safety
    /// As [`Simd`]'s; there are weights of `ROWS` rows.
    #[inline(always)]
    unsafe fn add(&mut self, codes: &[S::Bytes; 8], weights: *const i8) {
        // SAFETY: the caller's promise.
        unsafe {
            if S::WORDS {
                self.low = S::dot_words(self.low, codes, weights);
            } else {
                self.high = S::dot(self.high, codes, weights, FORM.range);
                self.low = S::dot(self.low, codes, weights.add(ROWS * GROUP), FORM.range);
            }
        }
    }

    /// A row's sums of what codes stand for × weights, which are `total` together.
    ///
    /// # Safety
    /// As [`Simd`]'s.
    #[inline(always)]
    unsafe fn whole(&self, row: usize, total: i32) -> S::Int {
        // SAFETY: arithmetic.
        unsafe {
            let whole = S::int_add(S::int_shift_left::<7>(self.high[row]), self.low[row]);
            if S::SIGNED_BYTES && !S::WORDS {
                return whole;
            }
            S::int_add(whole, S::int_splat(-FORM.offset * total))
        }
    }
}
