//! Gemma 2 and 3. Their norms' "+1" is already in the file's weights.

use super::{
    common,
    source::{SpecError, SpecSource},
};
use crate::spec::{Activation, DecoderSpec, NormPlacement, QkNorm, RopePairing, RopeScaling};

fn gemma(source: &SpecSource<'_>, default_period: usize) -> Result<DecoderSpec, SpecError> {
    let mut spec = common::decoder(source, RopePairing::HalfSplit)?;
    spec.embedding_scale = (spec.hidden as f32).sqrt();
    common::set_activation(&mut spec, Activation::Gelu);
    common::set_norms(&mut spec, NormPlacement::AROUND);
    let windows = common::windows(source, spec.layers.len(), default_period)?;
    common::each_attention(&mut spec, |layer, attention| attention.window = windows[layer]);
    spec.logit_soft_cap = source.float("final_logit_softcapping")?.filter(|&cap| cap > 0.0);
    Ok(spec)
}

/// Gemma 2: soft caps on scores and logits, every second layer local. The 27 B model scales its
/// scores by the width per head of the residual stream, not of the head.
pub(super) fn gemma2(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    const LAYERS_OF_27B: usize = 46;
    let mut spec = gemma(source, 2)?;
    let cap = source.float("attn_logit_softcapping")?.filter(|&cap| cap > 0.0);
    let (layers, hidden) = (spec.layers.len(), spec.hidden);
    common::each_attention(&mut spec, |_, attention| {
        attention.soft_cap = cap;
        if layers == LAYERS_OF_27B {
            attention.scale = 1.0 / (hidden as f32 / attention.heads as f32).sqrt();
        }
    });
    Ok(spec)
}

/// Gemma 3: QK-norm, five local layers to each global one; local layers have a base of their own
/// and no scaling.
pub(super) fn gemma3(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    const LAYERS_OF_27B: usize = 62;
    let mut spec = gemma(source, 6)?;
    let mut local = spec.ropes[0].clone();
    local.base = source.float("rope.freq_base_swa")?.unwrap_or(10_000.0);
    local.scaling = RopeScaling::None;
    spec.ropes.push(local);
    let (layers, hidden) = (spec.layers.len(), spec.hidden);
    common::each_attention(&mut spec, |_, attention| {
        attention.qk_norm = QkNorm::PerHead;
        attention.rope = Some(usize::from(attention.window.is_some()));
        if layers == LAYERS_OF_27B {
            attention.scale = 1.0 / (hidden as f32 / attention.heads as f32).sqrt();
        }
    });
    Ok(spec)
}
