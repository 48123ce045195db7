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
    /// Rows that are to ask, and that go on after the mixer; `None`: all.
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
    let [mut queries, mut keys, values] = match call.wanted {
        None => outputs(ops.linear(input, &[&weights.query, &weights.key, &weights.value])?),
        // All rows' keys and values go into the cache; who asks nothing needs no query.
        Some(wanted) => {
            let [keys, values] = outputs(ops.linear(input, &[&weights.key, &weights.value])?);
            [single(ops, &ops.select(input, wanted)?, &weights.query)?, keys, values]
        }
    };
    if let Some(norm) = &weights.query_norm {
        queries = ops.norm(&queries, norm)?;
    }
    if let Some(norm) = &weights.key_norm {
        keys = ops.norm(&keys, norm)?;
    }
    if let Some(rope) = spec.rope {
        let angles = &call.angles[rope];
        queries = match call.wanted {
            None => ops.rope(queries, spec.key_dim, angles)?,
            Some(wanted) => ops.rope(queries, spec.key_dim, &angles_of(ops, angles, wanted)?)?,
        };
        keys = ops.rope(keys, spec.key_dim, angles)?;
    }
    let attention = AttentionCall {
        queries,
        keys,
        values,
        spec,
        sinks: weights.sinks.as_ref(),
        query_spans: &call.batch.queries(call.wanted),
        batch: call.batch,
        group: call.group,
    };
    single(ops, &ops.attention(&attention, cache)?, &weights.output)
}

/// The angles of the named rows.
fn angles_of<O: Ops>(ops: &O, all: &Angles<O::Tensor>, rows: &[u32]) -> Result<Angles<O::Tensor>> {
    Ok(Angles {
        cosines: ops.select(&all.cosines, rows)?,
        sines: ops.select(&all.sines, rows)?,
        pairing: all.pairing,
    })
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
    let [gate_before, gate_after, values] = outputs(ops.linear(input, &maps)?);
    let gated = ops.multiply(gate_before, &values)?;
    let convolved = ops.convolve(&gated, &weights.taps, call.batch, call.group, cache)?;
    let output = ops.multiply(gate_after, &convolved)?;
    single(ops, &select(ops, output, call.wanted)?, &weights.output)
}

/// The outputs of so many maps.
fn outputs<T, const MAPS: usize>(tensors: Vec<T>) -> [T; MAPS] {
    tensors.try_into().unwrap_or_else(|_| unreachable!("each map gives one output"))
}
