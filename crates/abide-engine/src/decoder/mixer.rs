//! What mixes positions: attention over the cache, or a gated short convolution.

use candle_core::Result;

use super::{
    select, single,
    weights::{AttentionWeights, ConvolutionWeights, MixerWeights},
};
use crate::{
    batch::BatchPlan,
    ops::{Angles, AttentionCall, Ops},
    spec::{AttentionSpec, Mixer},
};

/// What a mixer must know besides its weights and its input.
pub(super) struct MixerCall<'a, T> {
    pub spec: &'a Mixer,
    pub angles: &'a [Angles<T>],
    pub batch: &'a BatchPlan,
    pub group: usize,
    /// Rows that go on after the mixer; `None`: all.
    pub wanted: Option<&'a [u32]>,
}

/// The mixer's output before it joins the residual stream: wanted rows × hidden.
pub(super) fn forward<O: Ops>(
    ops: &O,
    weights: &MixerWeights<O>,
    input: &O::Tensor,
    call: &MixerCall<'_, O::Tensor>,
    cache: &mut O::Cache,
) -> Result<O::Tensor> {
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
    weights: &AttentionWeights<O>,
    spec: &AttentionSpec,
    input: &O::Tensor,
    call: &MixerCall<'_, O::Tensor>,
    cache: &mut O::Cache,
) -> Result<O::Tensor> {
    let maps = [&weights.query, &weights.key, &weights.value];
    let [mut queries, mut keys, values] = three(ops.linear(input, &maps)?);
    if let Some(norm) = &weights.query_norm {
        queries = ops.norm(&queries, norm)?;
    }
    if let Some(norm) = &weights.key_norm {
        keys = ops.norm(&keys, norm)?;
    }
    if let Some(rope) = spec.rope {
        queries = ops.rope(queries, spec.key_dim, &call.angles[rope])?;
        keys = ops.rope(keys, spec.key_dim, &call.angles[rope])?;
    }
    let attention = AttentionCall {
        queries,
        keys,
        values,
        spec,
        sinks: weights.sinks.as_ref(),
        batch: call.batch,
        group: call.group,
    };
    let attended = ops.attention(&attention, cache)?;
    single(ops, &select(ops, attended, call.wanted)?, &weights.output)
}

/// LFM 2's operator: in-projection to B, C and x; C · conv(B · x); out-projection.
fn convolution<O: Ops>(
    ops: &O,
    weights: &ConvolutionWeights<O>,
    input: &O::Tensor,
    call: &MixerCall<'_, O::Tensor>,
    cache: &mut O::Cache,
) -> Result<O::Tensor> {
    let maps = [&weights.gate_before, &weights.gate_after, &weights.input];
    let [gate_before, gate_after, values] = three(ops.linear(input, &maps)?);
    let gated = ops.multiply(gate_before, &values)?;
    let convolved = ops.convolve(&gated, &weights.taps, call.batch, call.group, cache)?;
    let output = ops.multiply(gate_after, &convolved)?;
    single(ops, &select(ops, output, call.wanted)?, &weights.output)
}

fn three<T>(tensors: Vec<T>) -> [T; 3] {
    tensors.try_into().unwrap_or_else(|_| unreachable!("three maps give three outputs"))
}
