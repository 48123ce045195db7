//! Families that mostly differ in where their norms stand and of which kind they are: Command R7B
//! (Cohere 2), GLM 4, OLMo 2 and 3, StableLM 2, StarCoder 2.

use super::{
    common,
    source::{SpecError, SpecSource},
};
use crate::spec::{
    Activation, DecoderSpec, FeedForward, Gate, NormPlacement, QkNorm, RopePairing, RopeScaling,
};

/// Command R7B: one norm for both blocks, which run in parallel; global layers have no position
/// encoding.
pub(super) fn cohere2(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    let mut spec = common::decoder(source, RopePairing::Interleaved)?;
    spec.logit_scale = source.float("logit_scale")?.unwrap_or(1.0);
    let windows = common::windows(source, spec.layers.len(), 4)?;
    common::each_attention(&mut spec, |layer, attention| {
        attention.window = windows[layer];
        attention.rope = windows[layer].map(|_| 0);
    });
    common::set_norms(&mut spec, NormPlacement { before_feed_forward: None, ..NormPlacement::BEFORE });
    for layer in &mut spec.layers {
        layer.parallel = true;
    }
    Ok(spec)
}

/// GLM 4: norms on both sides, half of each head rotated.
pub(super) fn glm4(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    let mut spec = common::decoder(source, RopePairing::Interleaved)?;
    common::set_norms(&mut spec, NormPlacement::AROUND);
    Ok(spec)
}

/// OLMo 2, and OLMo 3, which is OLMo 2 with a sliding window on three layers of four; those skip
/// the scaling of angles.
pub(super) fn olmo2(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    let mut spec = common::decoder(source, RopePairing::HalfSplit)?;
    common::set_norms(&mut spec, NormPlacement::AFTER);
    let windows = common::windows(source, spec.layers.len(), 4)?;
    let mut local = spec.ropes[0].clone();
    local.scaling = RopeScaling::None;
    local.attention_factor = 1.0;
    spec.ropes.push(local);
    common::each_attention(&mut spec, |layer, attention| {
        attention.qk_norm = QkNorm::WholeWidth;
        attention.window = windows[layer];
        attention.rope = Some(usize::from(windows[layer].is_some()));
    });
    Ok(spec)
}

/// StableLM 2: layer norms with biases, a quarter of each head rotated.
pub(super) fn stablelm(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    if source.has_tensor("blk.0.attn_q_norm.weight") {
        return Err(source.unsupported("a layer norm per head (the 12 B model)"));
    }
    let mut spec = common::decoder(source, RopePairing::HalfSplit)?;
    if !source.has_tensor("blk.0.ffn_norm.weight") {
        common::set_norms(&mut spec, NormPlacement { before_feed_forward: None, ..NormPlacement::BEFORE });
        for layer in &mut spec.layers {
            layer.parallel = true;
        }
    }
    Ok(spec)
}

/// StarCoder 2: layer norms and linear maps with biases, an MLP without a gate.
pub(super) fn starcoder2(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    let mut spec = common::decoder(source, RopePairing::HalfSplit)?;
    common::set_activation(&mut spec, Activation::Gelu);
    for layer in &mut spec.layers {
        if let FeedForward::Dense { gate, .. } = &mut layer.feed_forward {
            *gate = Gate::None;
        }
    }
    Ok(spec)
}
