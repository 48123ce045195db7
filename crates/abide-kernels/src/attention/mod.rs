//! Causal attention of queries to cached keys and values, for several sequences at once. Must not know what a model is.

mod cache;
mod chunk;
#[cfg(test)]
mod tests;

use std::{cell::RefCell, ops::Range};

pub use cache::{CacheLayer, CacheShape, CacheSlot, CacheType};

use crate::{
    Isa, KernelError, Kernels,
    error::check_length,
    memory::SharedPointer,
    simd::{LANES, dispatch, dispatch_wide},
};

use chunk::{CHUNK, CHUNK_TILES, ChunkData, ChunkRows, Finish, Join, MOST_ROWS, RowState, stored};

/// Tokens of one span that one work item takes: their rows go over each chunk while it is in the first-level cache.
const ITEM_TOKENS: usize = 16;

/// Consecutive tokens of one sequence.
#[derive(Debug, Clone, Copy)]
pub struct Span<'a> {
    /// Row of its first token in queries and output.
    pub first_row: usize,
    /// Its tokens.
    pub tokens: usize,
    /// Position of its first token in the sequence.
    pub first_position: usize,
    /// The sequence's blocks in the cache, in order of positions.
    pub blocks: &'a [u32],
    /// The first of them holds the sequence's block of this number; those before were dropped behind the window.
    pub first_block: usize,
}

/// What to attend to, and how. The spans' own keys and values are in the cache already.
#[derive(Debug, Clone, Copy)]
pub struct AttentionRequest<'a> {
    /// `tokens × heads × key_dim`.
    pub queries: &'a [f32],
    /// Query heads: a multiple of the cache's KV heads, those that share one being neighbours.
    pub heads: usize,
    /// Factor of each score.
    pub scale: f32,
    /// A score s becomes cap × tanh(s / cap).
    pub soft_cap: Option<f32>,
    /// A token sees itself and the `window - 1` before it; all before it without one.
    pub window: Option<usize>,
    /// One score per head that joins the softmax's sum and nothing else.
    pub sinks: Option<&'a [f32]>,
    /// The sequences' tokens.
    pub spans: &'a [Span<'a>],
}

/// Some tokens of a span and one KV head: rows that read the same keys and values.
#[derive(Clone, Copy)]
struct Item {
    span: usize,
    first_token: usize,
    tokens: usize,
    kv_head: usize,
    /// Partial states of all items before this one (rows × chunks), when chunks are shared out.
    first_partial: usize,
    /// Chunks of all items before this one.
    first_chunk: usize,
}

/// Memory of one thread.
#[derive(Default)]
struct Scratch {
    queries: Vec<f32>,
    states: Vec<RowState>,
    sums: Vec<f32>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// All that one call knows.
struct Call<'a> {
    isa: Isa,
    request: AttentionRequest<'a>,
    layer: &'a CacheLayer,
    shape: CacheShape,
    /// Query heads for each KV head.
    sharing: usize,
    out: SharedPointer<f32>,
}

impl Kernels {
    /// Attends: `out` (`tokens × heads × value_dim`) gets for each token and head the values of the positions it sees
    /// (`max(0, p − window + 1)..=p`), weighted by the softmax of `scale × query · key`. Rows of no span are untouched.
    ///
    /// A row's bits depend on its own query and what it sees alone: not on threads, other rows or the blocks' places.
    ///
    /// # Errors
    /// When a slice is not as long as the shapes say, or a span needs a position whose block its table lacks.
    pub fn attention(
        &self,
        request: &AttentionRequest<'_>,
        layer: &CacheLayer,
        out: &mut [f32],
    ) -> Result<(), KernelError> {
        let shape = layer.shape();
        check(request, shape, out.len())?;
        let call = Call {
            isa: self.isa(),
            request: *request,
            layer,
            shape,
            sharing: request.heads / shape.kv_heads,
            out: SharedPointer::new(out),
        };
        let (items, partials, chunks) = call.items();
        // With enough items, or one chunk each, every thread takes whole items; else they share the items' chunks.
        if items.len() >= 4 * self.threads() || self.threads() == 1 || chunks == items.len() {
            self.run(items.len(), &|index| call.whole_item(&items[index]));
            return Ok(());
        }
        let width = shape.padded_value_dim();
        let mut states = vec![RowState::EMPTY; partials];
        let mut sums = vec![0.0; partials * width];
        let (state_pointer, sum_pointer) = (SharedPointer::new(&mut states), SharedPointer::new(&mut sums));
        self.run(chunks, &|chunk| {
            let index = items.partition_point(|item| item.first_chunk <= chunk) - 1;
            let item = &items[index];
            let rows = call.padded_rows(item);
            let place = item.first_partial + (chunk - item.first_chunk) * rows;
            // SAFETY: each chunk of each item has its own place.
            let (states, sums) =
                unsafe { (state_pointer.slice(place, rows), sum_pointer.slice(place * width, rows * width)) };
            let number = call.chunks(item).start + chunk - item.first_chunk;
            SCRATCH.with_borrow_mut(|scratch| {
                call.gather_queries(item, &mut scratch.queries);
                call.chunk(item, number, &scratch.queries, states, sums);
            });
        });
        self.run(items.len(), &|index| {
            let item = &items[index];
            let partials = call.padded_rows(item) * call.chunks(item).len();
            let first = item.first_partial;
            call.join_item(item, &states[first..][..partials], &sums[first * width..][..partials * width]);
        });
        Ok(())
    }
}

/// Everything about a request that could be wrong.
fn check(request: &AttentionRequest<'_>, shape: CacheShape, out: usize) -> Result<(), KernelError> {
    let AttentionRequest { queries, heads, spans, .. } = *request;
    if heads == 0 || !heads.is_multiple_of(shape.kv_heads) {
        let must = "a multiple of the cache's KV heads";
        return Err(KernelError::Argument { what: "the number of query heads", found: heads, must });
    }
    let (query_width, out_width) = (heads * shape.key_dim, heads * shape.value_dim);
    let tokens = queries.len() / query_width;
    check_length("the queries", queries.len(), Some(tokens * query_width))?;
    check_length("the output of attention", out, tokens.checked_mul(out_width))?;
    if let Some(sinks) = request.sinks {
        check_length("the attention sinks", sinks.len(), Some(heads))?;
    }
    if request.window == Some(0) {
        return Err(KernelError::Argument { what: "the attention window", found: 0, must: "at least 1" });
    }
    let mut next_row = 0;
    for span in spans {
        // In order, so that no two of them write the same rows.
        if span.first_row < next_row || span.tokens > tokens || span.first_row > tokens - span.tokens {
            let must = "within the queries and after the span before";
            return Err(KernelError::Argument { what: "a span's first row", found: span.first_row, must });
        }
        next_row = span.first_row + span.tokens;
        check_table(request, span, shape)?;
    }
    Ok(())
}

/// Whether the span's table has a block for each position that it sees.
fn check_table(
    request: &AttentionRequest<'_>,
    span: &Span<'_>,
    shape: CacheShape,
) -> Result<(), KernelError> {
    let what = "a span's block table";
    if span.tokens == 0 {
        return Ok(());
    }
    let end = span.first_position.checked_add(span.tokens);
    let blocks = span.first_block.checked_add(span.blocks.len());
    let covered = blocks.and_then(|blocks| blocks.checked_mul(shape.block_positions));
    if end.is_none() || covered.is_none() || covered < end {
        return Err(KernelError::Argument {
            what,
            found: span.blocks.len(),
            must: "as long as its positions need",
        });
    }
    let first_seen = request.window.map_or(0, |window| (span.first_position + 1).saturating_sub(window));
    if first_seen / shape.block_positions < span.first_block {
        let must = "at most that of the first position seen";
        return Err(KernelError::Argument { what: "a span's first block", found: span.first_block, must });
    }
    match span.blocks.iter().find(|block| **block as usize >= shape.blocks) {
        Some(block) => {
            let must = "made of blocks of the cache";
            Err(KernelError::Argument { what, found: *block as usize, must })
        }
        None => Ok(()),
    }
}

impl Call<'_> {
    /// The work items, and how many partial states and chunks they have in all.
    fn items(&self) -> (Vec<Item>, usize, usize) {
        let mut items = Vec::new();
        let (mut partials, mut chunks) = (0, 0);
        for (index, span) in self.request.spans.iter().enumerate() {
            for first_token in (0..span.tokens).step_by(ITEM_TOKENS) {
                let tokens = ITEM_TOKENS.min(span.tokens - first_token);
                for kv_head in 0..self.shape.kv_heads {
                    let (first_partial, first_chunk) = (partials, chunks);
                    let item = Item { span: index, first_token, tokens, kv_head, first_partial, first_chunk };
                    let count = self.chunks(&item).len();
                    partials += count * self.padded_rows(&item);
                    chunks += count;
                    items.push(item);
                }
            }
        }
        (items, partials, chunks)
    }

    /// The item's rows, filled up to whole groups of rows: the others are computed too, and dropped.
    fn padded_rows(&self, item: &Item) -> usize {
        (item.tokens * self.sharing).next_multiple_of(MOST_ROWS)
    }

    /// Positions that a token of a span sees.
    fn visible(&self, span: &Span<'_>, token: usize) -> (usize, usize) {
        let end = span.first_position + token + 1;
        (self.request.window.map_or(0, |window| end.saturating_sub(window)), end)
    }

    /// Chunks of positions that an item's tokens see.
    fn chunks(&self, item: &Item) -> Range<usize> {
        let span = &self.request.spans[item.span];
        let (first, _) = self.visible(span, item.first_token);
        let (_, end) = self.visible(span, item.first_token + item.tokens - 1);
        first / CHUNK..end.div_ceil(CHUNK)
    }

    /// The item's query rows, one after the other: token by token, head by head.
    fn gather_queries(&self, item: &Item, queries: &mut Vec<f32>) {
        let dims = self.shape.key_dim;
        queries.clear();
        for token in 0..item.tokens {
            let row = self.request.spans[item.span].first_row + item.first_token + token;
            let first = (row * self.request.heads + item.kv_head * self.sharing) * dims;
            queries.extend_from_slice(&self.request.queries[first..][..self.sharing * dims]);
        }
        queries.resize(self.padded_rows(item) * dims, 0.0);
    }

    /// Computes an item from its first chunk to its last.
    fn whole_item(&self, item: &Item) {
        let rows = self.padded_rows(item);
        SCRATCH.with_borrow_mut(|Scratch { queries, states, sums }| {
            self.gather_queries(item, queries);
            states.clear();
            states.resize(rows, RowState::EMPTY);
            sums.clear();
            sums.resize(rows * self.shape.padded_value_dim(), 0.0);
            for number in self.chunks(item) {
                self.chunk(item, number, queries, states, sums);
            }
            self.finish(item, states, sums);
        });
    }

    /// Joins what was computed chunk by chunk, in order.
    fn join_item(&self, item: &Item, chunk_states: &[RowState], chunk_sums: &[f32]) {
        let (rows, width) = (item.tokens * self.sharing, self.shape.padded_value_dim());
        let mut states = vec![RowState::EMPTY; rows];
        let mut sums = vec![0.0; rows * width];
        let padded = self.padded_rows(item);
        for (chunk_states, chunk_sums) in
            chunk_states.chunks_exact(padded).zip(chunk_sums.chunks_exact(padded * width))
        {
            self.join_rows(&mut states, &mut sums, chunk_states, chunk_sums);
        }
        self.finish(item, &states, &sums);
    }

    fn join_rows(
        &self,
        states: &mut [RowState],
        sums: &mut [f32],
        chunk_states: &[RowState],
        chunk_sums: &[f32],
    ) {
        let width = self.shape.padded_value_dim();
        for (row, state) in states.iter_mut().enumerate() {
            let task = Join {
                state,
                sums: &mut sums[row * width..][..width],
                chunk: chunk_states[row],
                chunk_sums: &chunk_sums[row * width..][..width],
            };
            // SAFETY: `isa` is available.
            unsafe { dispatch(self.isa, task) };
        }
    }

    fn finish(&self, item: &Item, states: &[RowState], sums: &[f32]) {
        let (width, dims) = (self.shape.padded_value_dim(), self.shape.value_dim);
        let first_row = self.request.spans[item.span].first_row + item.first_token;
        for (row, state) in states[..item.tokens * self.sharing].iter().enumerate() {
            let head = item.kv_head * self.sharing + row % self.sharing;
            let place = ((first_row + row / self.sharing) * self.request.heads + head) * dims;
            // SAFETY: this row's head lies within the output and belongs to this item alone.
            let out = unsafe { self.out.slice(place, dims) };
            let sink = self.request.sinks.map(|sinks| sinks[head]);
            // SAFETY: `isa` is available.
            unsafe {
                dispatch(self.isa, Finish { state: *state, sums: &sums[row * width..][..width], sink, out });
            };
        }
    }

    /// Computes one chunk for all rows of an item, and joins it to `states` and `sums` of [`Self::padded_rows`].
    fn chunk(&self, item: &Item, number: usize, queries: &[f32], states: &mut [RowState], sums: &mut [f32]) {
        let data = self.chunk_data(item, number);
        let (rows, dims, width) =
            (item.tokens * self.sharing, self.shape.key_dim, self.shape.padded_value_dim());
        let most = self.isa.rows_at_once();
        let span = &self.request.spans[item.span];
        let mut first = 0;
        while first < rows {
            let group = match (rows - first).min(most) {
                1 => 1,
                2..=4 => 4,
                _ => MOST_ROWS,
            };
            // Rows beyond the last see nothing.
            let mut visible = [(usize::MAX, 0); MOST_ROWS];
            for (row, visible) in visible[..group.min(rows - first)].iter_mut().enumerate() {
                *visible = self.visible(span, item.first_token + (first + row) / self.sharing);
            }
            let queries = &queries[first * dims..][..group * dims];
            let (states, sums) = (&mut states[first..][..group], &mut sums[first * width..][..group * width]);
            self.row_group(&data, queries, &visible, states, sums);
            first += group;
        }
    }

    /// One group of 1, 4 or 8 rows.
    fn row_group(
        &self,
        data: &ChunkData,
        queries: &[f32],
        visible: &[(usize, usize); MOST_ROWS],
        states: &mut [RowState],
        sums: &mut [f32],
    ) {
        macro_rules! rows {
            ($dispatch:ident, $stored:expr, $rows:literal) => {{
                let mut seen = [(0, 0); $rows];
                seen.copy_from_slice(&visible[..$rows]);
                let task = ChunkRows::<{ $stored }, $rows> { data, queries, visible: seen, states, sums };
                // SAFETY: `isa` is available; the chunk's data has every tile that a row sees.
                unsafe { $dispatch(self.isa, task) }
            }};
        }
        macro_rules! stored {
            ($stored:expr) => {
                match states.len() {
                    1 => rows!(dispatch, $stored, 1),
                    4 => rows!(dispatch_wide, $stored, 4),
                    _ => rows!(dispatch_wide, $stored, 8),
                }
            };
        }
        match self.shape.kind {
            CacheType::F32 => stored!(stored::F32),
            CacheType::F16 => stored!(stored::F16),
            CacheType::Q8_0 => stored!(stored::Q8_0),
        }
    }

    /// Where a chunk's tiles lie. Those outside of the span's table are never read: nobody sees them.
    fn chunk_data(&self, item: &Item, number: usize) -> ChunkData {
        let span = &self.request.spans[item.span];
        let shape = &self.shape;
        let mut data = ChunkData {
            keys: [std::ptr::null(); CHUNK_TILES],
            values: [std::ptr::null(); CHUNK_TILES],
            first_position: number * CHUNK,
            key_dim: shape.key_dim,
            value_bytes: shape.value_bytes(),
            padded_value_dim: shape.padded_value_dim(),
            scale: self.request.scale,
            soft_cap: self.request.soft_cap,
        };
        for tile in 0..CHUNK_TILES {
            let position = number * CHUNK + tile * LANES;
            let entry = (position / shape.block_positions).checked_sub(span.first_block);
            if let Some(block) = entry.and_then(|entry| span.blocks.get(entry)) {
                let within = position % shape.block_positions / LANES;
                let (keys, values) = shape.tile_offsets(*block as usize, item.kv_head, within);
                data.keys[tile] = self.layer.data()[keys..].as_ptr();
                data.values[tile] = self.layer.data()[values..].as_ptr();
            }
        }
        data
    }
}
