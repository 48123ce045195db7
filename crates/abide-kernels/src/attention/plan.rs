//! How the work of one call is cut into pieces for threads, and how pieces are put together. Knows no arithmetic.

use std::{
    cell::RefCell,
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering},
};

use crate::{
    Isa, Kernels,
    memory::SharedPointer,
    simd::{LANES, dispatch},
};

use super::{
    AttentionRequest, CacheLayer, CacheShape, Span,
    cache::Places,
    chunk::{CHUNK, ChunkScratch},
    rows::{QueryRows, RowsSoFar},
    softmax::{Finish, Join},
};

/// Query rows of a work item, as near as may be: they go over each chunk while it is in the processor's caches.
const ITEM_ROWS: usize = 48;
/// Where there are many threads, items have fewer rows, but not fewer than this.
const ITEM_ROWS_LEAST: usize = 12;
/// Items for each thread that suffice to keep all of them busy to the end.
const ITEMS_PER_THREAD: usize = 4;
/// Pieces for each thread, where items share out their chunks.
const PIECES_PER_THREAD: usize = 8;
/// Partial sums, in numbers, that are never exceeded: items don't share out their chunks then.
const PARTIAL_SUMS_MOST: usize = 16 << 20;
/// Partial sums, in numbers, that are kept for the next call.
const PARTIAL_SUMS_KEPT: usize = 1 << 20;

/// Some tokens of a span and one KV head: rows that read the same keys and values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub span: usize,
    pub first_token: usize,
    pub tokens: usize,
    pub kv_head: usize,
    /// Partial sums of all items before this one (rows × chunks), when chunks are shared out.
    first_partial: usize,
    /// Chunks of all items before this one.
    first_chunk: usize,
}

/// What one call does, in memory that is used again and again.
#[derive(Default)]
pub(super) struct Plan {
    items: Vec<Item>,
    chunks: usize,
    partials: usize,
    /// Per item its chunks that are not done yet, when they are shared out.
    left: Vec<AtomicUsize>,
    greatest: Vec<f32>,
    sums: Vec<f32>,
}

/// Memory of one thread.
#[derive(Default)]
struct Scratch {
    queries: QueryRows,
    greatest: Vec<f32>,
    sums: Vec<f32>,
    chunk: ChunkScratch,
}

thread_local! {
    static PLAN: RefCell<Plan> = RefCell::default();
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Gives `work` the memory of this thread's plans.
pub(super) fn with_plan(work: impl FnOnce(&mut Plan)) {
    PLAN.with_borrow_mut(|plan| {
        work(plan);
        plan.sums.truncate(PARTIAL_SUMS_KEPT);
        plan.sums.shrink_to(PARTIAL_SUMS_KEPT);
    });
}

/// All that one call knows.
pub(super) struct Call<'a> {
    pub isa: Isa,
    pub request: AttentionRequest<'a>,
    pub layer: &'a CacheLayer,
    pub shape: CacheShape,
    pub places: Places,
    /// Query heads for each KV head.
    pub sharing: usize,
    pub out: SharedPointer<f32>,
}

impl Call<'_> {
    /// Does all of it.
    pub fn run(&self, kernels: &Kernels, plan: &mut Plan) {
        let threads = kernels.threads();
        self.plan(plan, threads);
        let cost = |item: &Item| self.chunks(item).len() * self.rows(item);
        let greatest = plan.items.iter().map(cost).max().unwrap_or(0);
        let many = plan.partials >= greatest * ITEMS_PER_THREAD * threads;
        let large = plan.partials * self.width() > PARTIAL_SUMS_MOST;
        if threads == 1 || many || large || plan.chunks == plan.items.len() {
            let items = &plan.items;
            kernels.run(items.len(), &|index| self.whole_item(&items[index]));
        } else {
            self.share_chunks(kernels, plan);
        }
    }

    /// Lists the work items.
    fn plan(&self, plan: &mut Plan, threads: usize) {
        let tokens = |rows: usize| (rows / self.sharing).max(1);
        let count = |item_tokens: usize| {
            let spans = self.request.spans.iter();
            spans.map(|span| span.tokens.div_ceil(item_tokens)).sum::<usize>() * self.shape.kv_heads
        };
        let mut item_tokens = tokens(ITEM_ROWS);
        while item_tokens > tokens(ITEM_ROWS_LEAST) && count(item_tokens) < ITEMS_PER_THREAD * threads {
            item_tokens = (item_tokens / 2).max(tokens(ITEM_ROWS_LEAST));
        }
        plan.items.clear();
        (plan.chunks, plan.partials) = (0, 0);
        for (index, span) in self.request.spans.iter().enumerate() {
            for first_token in (0..span.tokens).step_by(item_tokens) {
                let tokens = item_tokens.min(span.tokens - first_token);
                for kv_head in 0..self.shape.kv_heads {
                    let (first_partial, first_chunk) = (plan.partials, plan.chunks);
                    let item = Item { span: index, first_token, tokens, kv_head, first_partial, first_chunk };
                    let chunks = self.chunks(&item).len();
                    plan.partials += chunks * self.rows(&item);
                    plan.chunks += chunks;
                    plan.items.push(item);
                }
            }
        }
    }

    /// The item's query rows.
    pub fn rows(&self, item: &Item) -> usize {
        item.tokens * self.sharing
    }

    /// Positions that a token of a span sees.
    pub fn visible(&self, span: &Span<'_>, token: usize) -> (usize, usize) {
        let last = if self.request.both_ways { span.tokens - 1 } else { token };
        let end = span.first_position + last + 1;
        (self.request.window.map_or(0, |window| end.saturating_sub(window)), end)
    }

    /// Chunks of positions that an item's tokens see.
    fn chunks(&self, item: &Item) -> Range<usize> {
        let span = &self.request.spans[item.span];
        let (first, _) = self.visible(span, item.first_token);
        let (_, end) = self.visible(span, item.first_token + item.tokens - 1);
        first / CHUNK..end.div_ceil(CHUNK)
    }

    /// Sums of a row: weighted values, and 16 sums of powers.
    fn width(&self) -> usize {
        self.shape.padded_value_dim() + LANES
    }

    /// Computes an item from its first chunk to its last.
    fn whole_item(&self, item: &Item) {
        SCRATCH.with_borrow_mut(|Scratch { queries, greatest, sums, chunk }| {
            queries.gather(self, item);
            let sums = self.no_rows(item, greatest, sums);
            let chunks = self.chunks(item);
            for number in chunks.clone() {
                let next = (number + 1 < chunks.end).then_some((item, number + 1));
                self.chunk(item, (number, next), queries, RowsSoFar { greatest, sums }, chunk);
            }
            self.finish(item, greatest, sums);
        });
    }

    /// Rows of which nothing is known.
    fn no_rows<'s>(&self, item: &Item, greatest: &mut Vec<f32>, sums: &'s mut Vec<f32>) -> &'s mut [f32] {
        greatest.clear();
        greatest.resize(self.rows(item), f32::NEG_INFINITY);
        at_least(sums, self.rows(item) * self.width());
        &mut sums[..self.rows(item) * self.width()]
    }

    /// Computes all items' chunks, each by itself, in pieces of neighbours; who does an item's last joins them.
    fn share_chunks(&self, kernels: &Kernels, plan: &mut Plan) {
        let Plan { items, chunks, partials, left, greatest, sums } = plan;
        let (items, chunks, width) = (&items[..], *chunks, self.width());
        left.clear();
        left.extend(items.iter().map(|item| AtomicUsize::new(self.chunks(item).len())));
        greatest.clear();
        greatest.resize(*partials, f32::NEG_INFINITY);
        at_least(sums, *partials * width);
        let (greatest, sums) = (SharedPointer::new(greatest), SharedPointer::new(sums));
        // SAFETY: of those who ask, for one chunk's rows or for all of an item's, that nobody else touches them then.
        let part = |place: usize, rows: usize| unsafe {
            (greatest.slice(place, rows), sums.slice(place * width, rows * width))
        };
        let pieces = chunks.min(PIECES_PER_THREAD * kernels.threads());
        let first_of = |piece: usize| chunks * piece / pieces;
        // The item of a chunk, and the chunk's number in it.
        let item_of = |chunk: usize| {
            let index = items.partition_point(|item| item.first_chunk <= chunk) - 1;
            (index, chunk - items[index].first_chunk)
        };
        let place = |chunk: usize| {
            let (index, within) = item_of(chunk);
            (&items[index], self.chunks(&items[index]).start + within)
        };
        let cursor = AtomicUsize::new(0);
        kernels.run(pieces.min(kernels.threads()), &|_| {
            let mut piece = cursor.fetch_add(1, Ordering::Relaxed);
            while piece < pieces {
                // Taken before this one is done, so that its keys are asked for while the last values of this one are read.
                let following = cursor.fetch_add(1, Ordering::Relaxed);
                let (mut chunk, end) = (first_of(piece), first_of(piece + 1));
                while chunk < end {
                    let (index, first) = item_of(chunk);
                    let item = &items[index];
                    let (numbers, rows) = (self.chunks(item), self.rows(item));
                    let last = numbers.len().min(first + end - chunk);
                    SCRATCH.with_borrow_mut(|scratch| {
                        scratch.queries.gather(self, item);
                        for within in first..last {
                            let next = match item.first_chunk + within + 1 {
                                next if next < end => Some(place(next)),
                                _ => (following < pieces).then(|| place(first_of(following))),
                            };
                            // Each chunk of each item has its own place.
                            let (greatest, sums) = part(item.first_partial + within * rows, rows);
                            let so_far = RowsSoFar { greatest, sums };
                            let number = numbers.start + within;
                            self.chunk(item, (number, next), &scratch.queries, so_far, &mut scratch.chunk);
                        }
                    });
                    let done = last - first;
                    // The counter's order shows what the others wrote to who does the last.
                    if left[index].fetch_sub(done, Ordering::AcqRel) == done {
                        let (greatest, sums) = part(item.first_partial, numbers.len() * rows);
                        self.join_item(item, greatest, sums);
                    }
                    chunk += done;
                }
                piece = following;
            }
        });
    }

    /// Joins what was computed chunk by chunk, in order.
    fn join_item(&self, item: &Item, chunk_greatest: &[f32], chunk_sums: &[f32]) {
        let (rows, width) = (self.rows(item), self.width());
        SCRATCH.with_borrow_mut(|Scratch { greatest, sums, .. }| {
            let sums = self.no_rows(item, greatest, sums);
            let chunks = chunk_greatest.chunks_exact(rows).zip(chunk_sums.chunks_exact(rows * width));
            for (chunk_greatest, chunk_sums) in chunks {
                // SAFETY: `isa` is available.
                unsafe { dispatch(self.isa, Join { greatest, sums, chunk_greatest, chunk_sums }) };
            }
            self.finish(item, greatest, sums);
        });
    }

    /// Writes an item's rows to the output.
    fn finish(&self, item: &Item, greatest: &[f32], sums: &[f32]) {
        let (width, dims) = (self.width(), self.shape.value_dim);
        let first_row = self.request.spans[item.span].first_row + item.first_token;
        for (row, (greatest, sums)) in greatest.iter().zip(sums.chunks_exact(width)).enumerate() {
            let head = item.kv_head * self.sharing + row % self.sharing;
            let place = ((first_row + row / self.sharing) * self.request.heads + head) * dims;
            // SAFETY: this row's head lies within the output and belongs to this item alone.
            let out = unsafe { self.out.slice(place, dims) };
            let sink = self.request.sinks.map(|sinks| sinks[head] * std::f32::consts::LOG2_E);
            // SAFETY: `isa` is available.
            unsafe { dispatch(self.isa, Finish { greatest: *greatest, sums, sink, out }) };
        }
    }
}

/// Makes room for so many numbers, which will be written before they are read.
fn at_least(numbers: &mut Vec<f32>, count: usize) {
    if numbers.len() < count {
        numbers.resize(count, 0.0);
    }
}
