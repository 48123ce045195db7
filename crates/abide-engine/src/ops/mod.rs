//! The seam between the graph and those who compute: linear maps, attention with the cache, norms,
//! rotations, activations.
//!
//! Two implementations: [`CandleOps`] runs candle's own operations on any device (on f32 weights it
//! is the reference that everything else is tested against), [`CpuOps`] runs `abide-kernels` on
//! the CPU. Must not know families, files, or requests.

mod candle;
mod cpu;

pub use candle::{CandleOps, Weights};
pub use cpu::CpuOps;

use std::{io, ops::Range};

use abide_kernels::{BlockType, KernelError};
use candle_core::Result;

use crate::{
    batch::{BatchPlan, QuerySpan, RowNeeded},
    buffer::Buffer,
    spec::{Activation, AttentionSpec, NormKind, RopePairing},
};

/// A matrix as it stands in a file: `rows × columns` values, rows one after another.
#[derive(Clone, Copy)]
pub struct MatrixSource<'a> {
    /// Block format.
    pub kind: BlockType,
    /// Exactly the rows' bytes.
    pub bytes: &'a [u8],
    /// Number of outputs.
    pub rows: usize,
    /// Number of inputs.
    pub columns: usize,
    /// Whether its outputs are logits: its inputs are quantised, if at all, as finely as can be, and it is asked for the
    /// greatest outputs alone ([`Ops::linear_needed`]).
    pub logits: bool,
    /// To be told which bytes will not be read again.
    pub read: &'a dyn Fn(Range<usize>),
}

/// A linear map: y = x · Wᵀ + b.
pub struct Linear<O: Ops + ?Sized> {
    /// The weights.
    pub matrix: O::Matrix,
    /// The bias, one value for each row of the matrix.
    pub bias: Option<O::Tensor>,
}

/// A norm's weights.
#[derive(Debug)]
pub struct Norm<T> {
    /// Which norm.
    pub kind: NormKind,
    /// Scale, one value for each channel.
    pub weight: T,
    /// Shift, one value for each channel; zeros where the file has none.
    pub bias: T,
    /// Added to the variance.
    pub epsilon: f32,
}

/// Cosines and sines of a batch's positions, each tokens × pairs.
#[derive(Debug)]
pub struct Angles<T> {
    /// Cosines.
    pub cosines: T,
    /// Sines.
    pub sines: T,
    /// Which values of a head form a pair.
    pub pairing: RopePairing,
}

/// Size of one layer's part of the KV cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheShape {
    /// Blocks of the layer's group.
    pub blocks: usize,
    /// Positions in a block.
    pub block_positions: usize,
    /// Key heads and their width.
    pub kv_heads: usize,
    /// Width of a key head.
    pub key_dim: usize,
    /// Width of a value head; 0 where there are no values.
    pub value_dim: usize,
}

/// What one attention layer is to do: write keys and values into the cache, then attend.
pub struct AttentionCall<'a, T> {
    /// rows of `query_spans` × (heads · `key_dim`).
    pub queries: T,
    /// tokens × (`kv_heads` · `key_dim`).
    pub keys: T,
    /// tokens × (`kv_heads` · `value_dim`).
    pub values: T,
    /// The layer's attention.
    pub spec: &'a AttentionSpec,
    /// One logit per head that joins the softmax's denominator.
    pub sinks: Option<&'a T>,
    /// Which of the queries' rows see which sequence, and from where; together all rows of the queries, in order.
    pub query_spans: &'a [QuerySpan],
    /// Where the sequences' positions are in the cache, and which rows of keys and values go where.
    pub batch: &'a BatchPlan,
    /// The layer's cache group.
    pub group: usize,
}

/// Everything that the graph asks to be computed.
pub trait Ops: Send {
    /// f32 values, rows × width. What takes one whole may compute in its place.
    type Tensor: Send;
    /// Weights in the layout that this implementation reads best.
    type Matrix: Send + Sync;
    /// One layer's part of the KV cache.
    type Cache: Send;

    /// Name for people: what computes, on what.
    fn name(&self) -> String;

    /// Whether a row's numbers are the same to the bit whatever rows are computed beside it.
    fn same_in_any_batch(&self) -> bool;

    /// Brings rows of `width` values to where this implementation computes.
    fn tensor(&self, values: Vec<f32>, width: usize) -> Result<Self::Tensor>;

    /// All values, row by row.
    fn values(&self, tensor: Self::Tensor) -> Result<Buffer>;

    /// The same values once more.
    fn copy(&self, input: &Self::Tensor) -> Result<Self::Tensor>;

    /// As many zeros.
    fn zeros_like(&self, input: &Self::Tensor) -> Result<Self::Tensor>;

    /// The named rows.
    fn select(&self, input: &Self::Tensor, rows: &[u32]) -> Result<Self::Tensor>;

    /// Brings a matrix into this implementation's layout.
    fn matrix(&self, source: MatrixSource<'_>) -> Result<Self::Matrix>;

    /// An empty cache for one layer.
    fn cache(&self, shape: CacheShape) -> Result<Self::Cache>;

    /// Copies one block's contents over another's.
    fn copy_block(&self, cache: &mut Self::Cache, from: usize, to: usize) -> Result<()>;

    /// What the cache's contents depend on besides the weights, the spec and the tokens: how they lie, and what computed
    /// them. Contents can be exchanged between caches for which this is the same.
    fn contents(&self) -> String;

    /// Bytes that [`Self::read_block`] gives.
    fn block_bytes(&self, cache: &Self::Cache) -> usize;

    /// Adds the contents of a block to `bytes`.
    fn read_block(&self, cache: &Self::Cache, block: usize, bytes: &mut Vec<u8>) -> Result<()>;

    /// Puts what [`Self::read_block`] gave into a block.
    fn write_block(&self, cache: &mut Self::Cache, block: usize, bytes: &[u8]) -> Result<()>;

    /// Applies several maps to the same input; one output, tokens × rows, for each.
    fn linear(&self, input: &Self::Tensor, maps: &[&Linear<Self>]) -> Result<Vec<Self::Tensor>>;

    /// One map, of whose outputs some are needed, told for each row of the input: these have the bits that
    /// [`Self::linear`] gives; others may be −∞.
    fn linear_needed(
        &self,
        input: &Self::Tensor,
        map: &Linear<Self>,
        needed: &[RowNeeded<'_>],
    ) -> Result<Self::Tensor> {
        let _ = needed;
        Ok(self.linear(input, &[map])?.remove(0))
    }

    /// `stream + scale · branch`.
    fn add(&self, stream: Self::Tensor, branch: &Self::Tensor, scale: f32) -> Result<Self::Tensor>;

    /// `sum`, to whose row `rows[i]` `weights[i] ·` row `i` of `branch` was added. Rows are named once at most.
    fn add_weighted(
        &self,
        sum: Self::Tensor,
        branch: &Self::Tensor,
        rows: &[u32],
        weights: &[f32],
    ) -> Result<Self::Tensor>;

    /// Value by value `one · other`.
    fn multiply(&self, one: Self::Tensor, other: &Self::Tensor) -> Result<Self::Tensor>;

    /// Normalises each run of as many values as the norm has weights: whole rows, or heads.
    fn norm(&self, input: &Self::Tensor, norm: &Norm<Self::Tensor>) -> Result<Self::Tensor>;

    /// Rotates the first `2 × pairs` values of each head of `width` values.
    fn rope(&self, input: Self::Tensor, width: usize, angles: &Angles<Self::Tensor>) -> Result<Self::Tensor>;

    /// Writes the cache and attends; the result is rows of the queries × (heads · `value_dim`).
    fn attention(
        &self,
        call: &AttentionCall<'_, Self::Tensor>,
        cache: &mut Self::Cache,
    ) -> Result<Self::Tensor>;

    /// The linear map of the nonlinearity on `gate` times `up` (gated), or on `gate` alone.
    fn linear_activated(
        &self,
        gate: Self::Tensor,
        up: Option<&Self::Tensor>,
        activation: Activation,
        map: &Linear<Self>,
    ) -> Result<Self::Tensor>;

    /// Writes `input` (tokens × channels) into the cache and convolves each channel with its own
    /// taps (channels × taps, the last on the current position).
    fn convolve(
        &self,
        input: &Self::Tensor,
        taps: &Self::Tensor,
        batch: &BatchPlan,
        group: usize,
        cache: &mut Self::Cache,
    ) -> Result<Self::Tensor>;
}

/// Bytes that are as many as a block has, or the tensor library's error.
fn check_block_bytes(found: usize, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    let problem = format!("{found} bytes were given for a cache block of {expected}");
    Err(candle_core::Error::Msg(problem))
}

/// A kernel's refusal as the tensor library's error, which has no kind of its own for memory that can't be had.
pub(crate) fn failed(error: KernelError) -> candle_core::Error {
    match error {
        KernelError::Memory { .. } => io::Error::new(io::ErrorKind::OutOfMemory, error).into(),
        error => candle_core::Error::Msg(error.to_string()),
    }
}
