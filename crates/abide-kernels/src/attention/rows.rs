//! An item's query rows in the groups that share each load of a key or value, and a chunk for all of them. Knows no
//! threads.

use std::f32::consts::LOG2_E;

use crate::{
    Isa,
    simd::{LANES, dispatch},
};

use super::{
    CacheType,
    bytes::{QuantizeQuery, QuantizedQueries},
    chunk::{CHUNK, CHUNK_TILES, ChunkData, ChunkRows, ChunkScratch, MOST_ROWS, Queries, stored},
    plan::{Call, Item},
};

/// Query rows of an item: token by token, head by head.
#[derive(Default)]
pub(super) struct QueryRows {
    /// Each group of rows dimension by dimension, for keys that are floats.
    queries: Vec<f32>,
    /// For keys of bytes.
    quantized: QuantizedQueries,
    /// What each row sees: the first position, and the one after the last.
    visible: Vec<(usize, usize)>,
}

/// Sizes of the groups that so many rows make, as even as can be.
fn groups(isa: Isa, rows: usize) -> impl Iterator<Item = usize> {
    let most = if isa == Isa::Scalar { 1 } else { MOST_ROWS };
    let count = rows.div_ceil(most);
    (0..count).map(move |group| rows / count + usize::from(group < rows % count))
}

impl QueryRows {
    /// Those of the item.
    pub fn gather(&mut self, call: &Call<'_>, item: &Item) {
        let (dims, request) = (call.shape.key_dim, &call.request);
        // Powers of 2 are cheaper than those of e, so the scores are exponents of 2; the cap gets its share later.
        let factor = request.soft_cap.map_or(request.scale * LOG2_E, |cap| request.scale / cap);
        let span = &request.spans[item.span];
        self.visible.clear();
        for token in item.first_token..item.first_token + item.tokens {
            self.visible.extend(std::iter::repeat_n(call.visible(span, token), call.sharing));
        }
        let quantized = call.shape.kind == CacheType::Q8_0;
        let rows = call.rows(item);
        if quantized {
            self.quantized.resize(rows, dims);
        } else {
            self.queries.clear();
            self.queries.resize(rows * dims, 0.0);
        }
        let mut first = 0;
        for group in groups(call.isa, rows) {
            for row in 0..group {
                let (token, head) = ((first + row) / call.sharing, (first + row) % call.sharing);
                let token = span.first_row + item.first_token + token;
                let head = token * request.heads + item.kv_head * call.sharing + head;
                let source = &request.queries[head * dims..][..dims];
                if quantized {
                    let target = &mut self.quantized;
                    let task = QuantizeQuery { source, factor, first, rows: group, row, target };
                    // SAFETY: `isa` is available.
                    unsafe { dispatch(call.isa, task) };
                } else {
                    let target = &mut self.queries[first * dims..][..group * dims];
                    for (target, value) in target.chunks_exact_mut(group).zip(source) {
                        target[row] = value * factor;
                    }
                }
            }
            first += group;
        }
    }

    /// `rows` rows from row `first` on: one group.
    fn group(&self, call: &Call<'_>, first: usize, rows: usize) -> Queries<'_> {
        let dims = call.shape.key_dim;
        if call.shape.kind == CacheType::Q8_0 {
            Queries::Quantized(self.quantized.of_rows(first, rows, dims))
        } else {
            Queries::Floats(&self.queries[first * dims..][..rows * dims])
        }
    }
}

/// What is known of an item's rows from the chunks so far.
pub(super) struct RowsSoFar<'a> {
    /// The greatest score, minus infinity at first.
    pub greatest: &'a mut [f32],
    /// Weighted values and 16 sums of powers.
    pub sums: &'a mut [f32],
}

impl Call<'_> {
    /// Computes one chunk for all rows of an item, and joins it to `so_far`. `next` is what comes after it.
    pub fn chunk(
        &self,
        item: &Item,
        (number, next): (usize, Option<(&Item, usize)>),
        queries: &QueryRows,
        so_far: RowsSoFar<'_>,
        scratch: &mut ChunkScratch,
    ) {
        let data = &self.chunk_data(item, number, next);
        let width = data.width();
        let RowsSoFar { greatest: all_greatest, sums: all_sums } = so_far;
        let positions = number * CHUNK..(number + 1) * CHUNK;
        let mut first = 0;
        for group in groups(self.isa, self.rows(item)) {
            let visible = &queries.visible[first..][..group];
            if visible[0].0 < positions.end && visible[group - 1].1 > positions.start {
                let queries = queries.group(self, first, group);
                let greatest = &mut all_greatest[first..][..group];
                let sums = &mut all_sums[first * width..][..group * width];
                let scratch = &mut *scratch;
                macro_rules! stored {
                    ($stored:expr) => {{
                        let task =
                            ChunkRows::<{ $stored }> { data, queries, visible, greatest, sums, scratch };
                        // SAFETY: `isa` is available; the chunk's data has every tile that a row sees.
                        unsafe { dispatch(self.isa, task) }
                    }};
                }
                match self.shape.kind {
                    CacheType::F32 => stored!(stored::F32),
                    CacheType::F16 => stored!(stored::F16),
                    CacheType::Q8_0 => stored!(stored::Q8_0),
                }
            }
            first += group;
        }
    }

    /// Where a chunk's tiles lie. Those outside of the span's table are never read: nobody sees them.
    fn chunk_data(&self, item: &Item, number: usize, next: Option<(&Item, usize)>) -> ChunkData {
        let mut data = ChunkData {
            keys: [std::ptr::null(); CHUNK_TILES],
            values: [std::ptr::null(); CHUNK_TILES],
            next: [std::ptr::null(); CHUNK_TILES],
            first_position: number * CHUNK,
            key_dim: self.shape.key_dim,
            value_bytes: self.shape.value_bytes(),
            padded_value_dim: self.shape.padded_value_dim(),
            cap: self.request.soft_cap.map(|cap| cap * LOG2_E),
        };
        let mut next = next.map(|(item, number)| self.tiles(item, number));
        for (tile, place) in self.tiles(item, number).enumerate() {
            let next = next.as_mut().and_then(|next| next.next().flatten());
            if let Some((keys, values)) = place {
                (data.keys[tile], data.values[tile]) = (keys, values);
                data.next[tile] = next.map_or(values, |(keys, _)| keys);
            }
        }
        data
    }

    /// Where the keys and values of a chunk's tiles lie, if the span's table has them.
    fn tiles(&self, item: &Item, number: usize) -> impl Iterator<Item = Option<(*const u8, *const u8)>> {
        let (span, shape, data) = (&self.request.spans[item.span], &self.shape, self.layer.data());
        let places = self.places;
        let kv_head = item.kv_head;
        let block_tiles = shape.block_positions / LANES;
        let first = number * CHUNK_TILES;
        let (mut block, mut within) = (first / block_tiles, first % block_tiles);
        (0..CHUNK_TILES).map(move |_| {
            let entry = block.checked_sub(span.first_block).and_then(|entry| span.blocks.get(entry));
            let place = entry.map(|entry| {
                let (keys, values) = places.of_tile(*entry as usize, kv_head, within);
                (data[keys..].as_ptr(), data[values..].as_ptr())
            });
            within += 1;
            if within == block_tiles {
                (block, within) = (block + 1, 0);
            }
            place
        })
    }
}
