//! How much memory a model will take, worked out from its spec before anything is loaded.
//!
//! One derivation for every family: what the graph allocates follows from the spec, so the estimate
//! does too.

use abide_kernels::{BlockType, CacheShape};
use serde::Serialize;

use crate::{
    decoder::CachePlan,
    gguf::GgufFile,
    kv::GroupLayout,
    options::{CacheType, LoadOptions, OpsChoice},
    scheduler::DRAFT_TOKENS_MAX,
    spec::{DecoderSpec, FeedForward, Mixer},
};

/// Positions in a cache block.
pub(crate) const BLOCK_POSITIONS: usize = 32;

/// Rows of one prefill chunk, for which working memory is counted.
pub(crate) const CHUNK_ROWS: usize = 512;

/// Bytes that a loaded model takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MemoryPlan {
    /// Weights in the layout they are computed in.
    pub weights: u64,
    /// The KV cache, when full.
    pub cache: u64,
    /// Activations of the largest step.
    pub working: u64,
}

impl MemoryPlan {
    /// All of it.
    pub fn total(&self) -> u64 {
        self.weights + self.cache + self.working
    }

    /// Works out what `file` takes when run by `spec` with `options` and `context_length` positions.
    pub(crate) fn new(
        file: &GgufFile,
        spec: &DecoderSpec,
        options: &LoadOptions,
        context_length: usize,
    ) -> Self {
        let (plan, cache_type) = (cache_plan(spec, context_length, options.sequences), options.cache_type);
        Self {
            weights: weight_bytes(file, options.ops),
            cache: cache_bytes(spec, &plan, cache_type),
            working: working_bytes(spec, context_length),
        }
    }
}

/// Cache blocks of each group: every sequence has its whole context, or its window, the chunk that is being
/// written and the drafts that may be cut off again.
pub(crate) fn cache_plan(spec: &DecoderSpec, context_length: usize, sequences: usize) -> CachePlan {
    let (spans, _) = spec.cache_groups();
    let blocks = spans.iter().map(|span| {
        let chunk = CHUNK_ROWS + DRAFT_TOKENS_MAX;
        let blocks = GroupLayout::blocks_per_sequence(*span, context_length, chunk, BLOCK_POSITIONS);
        // One more to copy a shared block into.
        (blocks + 1) * sequences.max(1)
    });
    CachePlan { blocks: blocks.collect(), block_positions: BLOCK_POSITIONS }
}

/// Bytes of all layers' caches.
fn cache_bytes(spec: &DecoderSpec, plan: &CachePlan, cache_type: CacheType) -> u64 {
    let (_, groups) = spec.cache_groups();
    spec.layers
        .iter()
        .zip(groups)
        .map(|(layer, group)| {
            let positions = (plan.blocks[group] * plan.block_positions) as u64;
            positions * cache_bytes_per_position(spec, &layer.mixer, cache_type)
        })
        .sum()
}

/// Bytes that one position adds in one layer, as the CPU kernels lay it out.
fn cache_bytes_per_position(spec: &DecoderSpec, mixer: &Mixer, cache_type: CacheType) -> u64 {
    match mixer {
        Mixer::Attention(attention) => {
            let shape = CacheShape {
                kind: cache_type.into(),
                blocks: 1,
                block_positions: BLOCK_POSITIONS,
                kv_heads: attention.kv_heads,
                key_dim: attention.key_dim,
                value_dim: attention.value_dim,
            };
            (shape.block_bytes() / BLOCK_POSITIONS) as u64
        }
        Mixer::ShortConvolution { .. } => (spec.hidden * size_of::<f32>()) as u64,
    }
}

/// Bytes of the cache that decoding one token at a depth of `positions` reads.
pub(crate) fn cache_bytes_read(spec: &DecoderSpec, cache_type: CacheType, positions: usize) -> u64 {
    let read = |mixer: &Mixer| mixer.span().map_or(positions, |span| span.min(positions)) as u64;
    spec.layers
        .iter()
        .map(|layer| read(&layer.mixer) * cache_bytes_per_position(spec, &layer.mixer, cache_type))
        .sum()
}

fn weight_bytes(file: &GgufFile, ops: OpsChoice) -> u64 {
    let bytes = |kind: BlockType, values: usize, stored: usize| match ops {
        OpsChoice::Reference => values as u64 * 4,
        OpsChoice::Default if kind == BlockType::F32 => values as u64 * 4,
        OpsChoice::Default => stored as u64,
    };
    file.tensors().iter().map(|tensor| bytes(tensor.kind, tensor.values(), tensor.bytes())).sum()
}

/// Bytes of weights that decoding one token reads.
pub(crate) fn weight_bytes_read(file: &GgufFile, spec: &DecoderSpec) -> u64 {
    let experts = |name: &str| {
        let layer = name.strip_prefix("blk.").and_then(|rest| rest.split('.').next()?.parse::<usize>().ok());
        match layer.and_then(|layer| spec.layers.get(layer)).map(|layer| &layer.feed_forward) {
            Some(FeedForward::Experts { count, used, .. }) => (*used, *count),
            _ => (1, 1),
        }
    };
    bytes_read(file.tensors().iter().map(|tensor| (tensor.name.as_str(), tensor.bytes() as u64)), experts)
}

/// Of tensors by name and bytes, those that decoding one token reads: all but the embedding's other rows and the experts
/// that are not chosen. `experts` tells how many of how many experts a tensor's layer uses.
pub(crate) fn bytes_read<'a>(
    tensors: impl Iterator<Item = (&'a str, u64)> + Clone,
    experts: impl Fn(&str) -> (usize, usize),
) -> u64 {
    let tied = tensors.clone().all(|(name, _)| name != "output.weight");
    tensors
        .filter(|(name, _)| tied || *name != "token_embd.weight")
        .map(|(name, bytes)| {
            let (used, count) = if name.contains("_exps.") { experts(name) } else { (1, 1) };
            bytes * used as u64 / count as u64
        })
        .sum()
}

fn working_bytes(spec: &DecoderSpec, context_length: usize) -> u64 {
    let rows = CHUNK_ROWS.min(context_length);
    let widest = |layer: &crate::spec::LayerSpec| {
        let mixer = match &layer.mixer {
            Mixer::Attention(attention) => {
                2 * attention.heads * (attention.key_dim + attention.value_dim)
                    + 2 * attention.kv_heads * (attention.key_dim + attention.value_dim)
            }
            Mixer::ShortConvolution { .. } => 5 * spec.hidden,
        };
        let feed_forward = match layer.feed_forward {
            FeedForward::Dense { width, .. } => 3 * width,
            FeedForward::Experts { width, used, .. } => 3 * width * used,
        };
        mixer.max(feed_forward) + 4 * spec.hidden
    };
    let widest = spec.layers.iter().map(widest).max().unwrap_or(0);
    // Activations of one layer, their quantised copy, and the logits of a token and its drafts.
    (rows * widest * 5 + spec.vocabulary * (1 + DRAFT_TOKENS_MAX) * 4) as u64
}
