//! What mixes positions: attention over the cache, or a gated short convolution.

use candle_core::{Result, Tensor};

use super::weights::{AttentionWeights, ConvolutionWeights, MixerWeights};
use crate::{
    batch::BatchPlan,
    ops::{Angles, AttentionCall, Norm, Ops},
    spec::{AttentionSpec, Mixer, QkNorm},
};

/// What a mixer must know besides its weights and its input.
pub(super) struct MixerCall<'a> {
    pub spec: &'a Mixer,
    pub angles: &'a [Angles],
    pub batch: &'a BatchPlan,
    pub group: usize,
    /// Rows that go on after the mixer; `None`: all.
    pub wanted: Option<&'a [u32]>,
}

/// The mixer's output before it joins the residual stream: wanted rows × hidden.
pub(super) fn forward<O: Ops>(
    ops: &O,
    weights: &MixerWeights<O::Matrix>,
    input: &Tensor,
    call: &MixerCall<'_>,
    cache: &mut O::Cache,
) -> Result<Tensor> {
    match (weights, call.spec) {
        (MixerWeights::Attention(weights), Mixer::Attention(spec)) => {
            attention(ops, weights, spec, input, call, cache)
        }
        (MixerWeights::Convolution(weights), _) => convolution(ops, weights, input, call, cache),
        (MixerWeights::Attention(_), Mixer::ShortConvolution { .. }) => {
            unreachable!("weights are loaded by the same spec")
        }
    }
}

fn attention<O: Ops>(
    ops: &O,
    weights: &AttentionWeights<O::Matrix>,
    spec: &AttentionSpec,
    input: &Tensor,
    call: &MixerCall<'_>,
    cache: &mut O::Cache,
) -> Result<Tensor> {
    let rows = call.batch.rows();
    let maps = [&weights.query, &weights.key, &weights.value];
    let [queries, keys, values] = three(ops.linear(input, &maps)?);
    let queries = qk_norm(ops, &queries, spec.qk_norm, weights.query_norm.as_ref(), spec.key_dim)?;
    let keys = qk_norm(ops, &keys, spec.qk_norm, weights.key_norm.as_ref(), spec.key_dim)?;
    let mut queries = queries.reshape((rows, spec.heads, spec.key_dim))?;
    let mut keys = keys.reshape((rows, spec.kv_heads, spec.key_dim))?;
    if let Some(rope) = spec.rope {
        queries = ops.rope(&queries, &call.angles[rope])?;
        keys = ops.rope(&keys, &call.angles[rope])?;
    }
    let attention = AttentionCall {
        queries: &queries,
        keys: &keys,
        values: &values.reshape((rows, spec.kv_heads, spec.value_dim))?,
        spec,
        sinks: weights.sinks.as_ref(),
        batch: call.batch,
        group: call.group,
    };
    let attended = ops.attention(&attention, cache)?;
    let attended = super::select(&attended, call.wanted, rows)?;
    Ok(ops.linear(&attended, &[&weights.output])?.remove(0))
}

fn qk_norm<O: Ops>(
    ops: &O,
    input: &Tensor,
    kind: QkNorm,
    norm: Option<&Norm>,
    width: usize,
) -> Result<Tensor> {
    match (kind, norm) {
        (QkNorm::None, _) | (_, None) => Ok(input.clone()),
        (QkNorm::WholeWidth, Some(norm)) => ops.norm(input, norm),
        (QkNorm::PerHead, Some(norm)) => {
            let shape = input.dims2()?;
            ops.norm(&input.reshape(((), width))?, norm)?.reshape(shape)
        }
    }
}

/// LFM 2's operator: in-projection to B, C and x; C · conv(B · x); out-projection.
fn convolution<O: Ops>(
    ops: &O,
    weights: &ConvolutionWeights<O::Matrix>,
    input: &Tensor,
    call: &MixerCall<'_>,
    cache: &mut O::Cache,
) -> Result<Tensor> {
    let maps = [&weights.gate_before, &weights.gate_after, &weights.input];
    let [gate_before, gate_after, values] = three(ops.linear(input, &maps)?);
    let gated = (gate_before * values)?;
    let convolved = ops.convolve(&gated, &weights.taps, call.batch, call.group, cache)?;
    let output = super::select(&(gate_after * convolved)?, call.wanted, call.batch.rows())?;
    Ok(ops.linear(&output, &[&weights.output])?.remove(0))
}

fn three(tensors: Vec<Tensor>) -> [Tensor; 3] {
    tensors.try_into().expect("three maps give three outputs")
}
