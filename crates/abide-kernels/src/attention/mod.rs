//! Attention of queries to cached keys and values, for several sequences at once: causal, or both ways for encoders. Must not know what a model is.

mod bytes;
mod cache;
mod chunk;
mod plan;
mod rows;
mod softmax;
#[cfg(test)]
mod tests;
mod tiles;

pub use cache::{CacheLayer, CacheShape, CacheSlot, CacheType};

use crate::{KernelError, Kernels, error::check_length, memory::SharedPointer};

use plan::{Call, with_plan};

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
    /// Whether a token also sees those after it in its span, as in an encoder. There is no window then.
    pub both_ways: bool,
    /// One score per head that joins the softmax's sum and nothing else.
    pub sinks: Option<&'a [f32]>,
    /// The sequences' tokens.
    pub spans: &'a [Span<'a>],
}

impl Kernels {
    /// Attends: `out` (`tokens × heads × value_dim`) gets for each token and head the values of the positions it sees
    /// (`max(0, p − window + 1)..=p`, or the whole sequence both ways), weighted by the softmax of `scale × query · key`. Rows of no span are untouched.
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
        let sharing = request.heads / shape.kv_heads;
        let out = SharedPointer::new(out);
        let call =
            Call { isa: self.isa(), request: *request, layer, shape, places: shape.places(), sharing, out };
        with_plan(|plan| call.run(self, plan));
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
    let (Some(query_width @ 1..), Some(out_width)) =
        (heads.checked_mul(shape.key_dim), heads.checked_mul(shape.value_dim))
    else {
        let must = "so many that their dimensions can be counted";
        return Err(KernelError::Argument { what: "the number of query heads", found: heads, must });
    };
    let tokens = queries.len() / query_width;
    check_length("the queries", queries.len(), Some(tokens * query_width))?;
    check_length("the output of attention", out, tokens.checked_mul(out_width))?;
    if let Some(sinks) = request.sinks {
        check_length("the attention sinks", sinks.len(), Some(heads))?;
    }
    if request.window == Some(0) {
        return Err(KernelError::Argument { what: "the attention window", found: 0, must: "at least 1" });
    }
    if let (true, Some(found)) = (request.both_ways, request.window) {
        return Err(KernelError::Argument {
            what: "the window of attention both ways",
            found,
            must: "absent",
        });
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
