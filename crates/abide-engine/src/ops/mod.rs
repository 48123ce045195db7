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

use std::sync::Arc;

use abide_kernels::BlockType;
use candle_core::{Device, Result, Tensor};

use crate::{
    batch::BatchPlan,
    spec::{Activation, AttentionSpec, NormKind, RopePairing},
};

/// A matrix as it stands in a file: `rows × columns` values, rows one after another.
#[derive(Debug, Clone, Copy)]
pub struct MatrixSource<'a> {
    /// Block format.
    pub kind: BlockType,
    /// Exactly the rows' bytes.
    pub bytes: &'a [u8],
    /// Number of outputs.
    pub rows: usize,
    /// Number of inputs.
    pub columns: usize,
}

/// A linear map: y = x · Wᵀ + b.
#[derive(Debug)]
pub struct Linear<M> {
    /// The weights.
    pub matrix: Arc<M>,
    /// The bias, one value for each row of the matrix.
    pub bias: Option<Tensor>,
}

/// A norm's weights.
#[derive(Debug, Clone)]
pub struct Norm {
    /// Which norm.
    pub kind: NormKind,
    /// Scale, one value for each channel.
    pub weight: Tensor,
    /// Shift, one value for each channel; zeros where the file has none.
    pub bias: Tensor,
    /// Added to the variance.
    pub epsilon: f32,
}

/// Cosines and sines of a batch's positions, each tokens × pairs.
#[derive(Debug, Clone)]
pub struct Angles {
    /// Cosines.
    pub cosines: Tensor,
    /// Sines.
    pub sines: Tensor,
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
pub struct AttentionCall<'a> {
    /// tokens × heads × `key_dim`.
    pub queries: &'a Tensor,
    /// tokens × `kv_heads` × `key_dim`.
    pub keys: &'a Tensor,
    /// tokens × `kv_heads` × `value_dim`.
    pub values: &'a Tensor,
    /// The layer's attention.
    pub spec: &'a AttentionSpec,
    /// One logit per head that joins the softmax's denominator.
    pub sinks: Option<&'a Tensor>,
    /// Which rows belong to which sequence, and where their positions are in the cache.
    pub batch: &'a BatchPlan,
    /// The layer's cache group.
    pub group: usize,
}

/// Everything that the graph asks to be computed. Activations are f32 tensors, tokens × channels.
pub trait Ops: Send {
    /// Weights in the layout that this implementation reads best.
    type Matrix: Send + Sync;
    /// One layer's part of the KV cache.
    type Cache: Send;

    /// Where tensors live.
    fn device(&self) -> &Device;

    /// Name for people: what computes, on what.
    fn name(&self) -> String;

    /// Brings a matrix into this implementation's layout.
    fn matrix(&self, source: MatrixSource<'_>) -> Result<Self::Matrix>;

    /// An empty cache for one layer.
    fn cache(&self, shape: CacheShape) -> Result<Self::Cache>;

    /// Copies one block's contents over another's.
    fn copy_block(&self, cache: &mut Self::Cache, from: usize, to: usize) -> Result<()>;

    /// Applies several maps to the same input; one output, tokens × rows, for each.
    fn linear(&self, input: &Tensor, maps: &[&Linear<Self::Matrix>]) -> Result<Vec<Tensor>>;

    /// `stream + scale · branch`.
    fn add(&self, stream: &Tensor, branch: &Tensor, scale: f32) -> Result<Tensor>;

    /// Normalises over the last dimension.
    fn norm(&self, input: &Tensor, norm: &Norm) -> Result<Tensor>;

    /// Rotates the first `2 × pairs` values of each head; input tokens × heads × width.
    fn rope(&self, input: &Tensor, angles: &Angles) -> Result<Tensor>;

    /// Writes the cache and attends; the result is tokens × (heads · `value_dim`).
    fn attention(&self, call: &AttentionCall<'_>, cache: &mut Self::Cache) -> Result<Tensor>;

    /// The nonlinearity on `gate` times `up` (gated), or on `gate` alone.
    fn activate(&self, gate: &Tensor, up: Option<&Tensor>, activation: Activation) -> Result<Tensor>;

    /// Writes `input` (tokens × channels) into the cache and convolves each channel with its own
    /// taps (channels × taps, the last on the current position).
    fn convolve(
        &self,
        input: &Tensor,
        taps: &Tensor,
        batch: &BatchPlan,
        group: usize,
        cache: &mut Self::Cache,
    ) -> Result<Tensor>;
}

/// A kernel's refusal as the tensor library's error.
#[allow(clippy::needless_pass_by_value, reason = "used by name in map_err")]
pub(crate) fn failed(error: abide_kernels::KernelError) -> candle_core::Error {
    candle_core::Error::Msg(error.to_string())
}
