//! Llama and those that differ from it in a few fields: Qwen 2 and 3, SmolLM 3, Granite 3.

use super::{
    common,
    source::{SpecError, SpecSource},
};
use crate::spec::{DecoderSpec, QkNorm, RopePairing};

/// Llama 1 to 3, Mistral, SmolLM and SmolLM 2, and Mixtral (experts are seen by their tensors).
pub(super) fn llama(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    common::decoder(source, RopePairing::Interleaved)
}

/// Qwen 2 and 2.5: biases on Q, K and V, found by their tensors.
pub(super) fn qwen2(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    common::decoder(source, RopePairing::HalfSplit)
}

/// Qwen 3: a norm on each query and key head.
pub(super) fn qwen3(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    let mut spec = common::decoder(source, RopePairing::HalfSplit)?;
    common::each_attention(&mut spec, |_, attention| attention.qk_norm = QkNorm::PerHead);
    Ok(spec)
}

/// SmolLM 3: every fourth layer has no position encoding.
pub(super) fn smollm3(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    const NOPE_PERIOD: usize = 4;
    let mut spec = common::decoder(source, RopePairing::Interleaved)?;
    common::each_attention(&mut spec, |layer, attention| {
        if (layer + 1).is_multiple_of(NOPE_PERIOD) {
            attention.rope = None;
        }
    });
    Ok(spec)
}

/// Granite 3: scales on embeddings, scores, branches and logits.
pub(super) fn granite(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    let mut spec = common::decoder(source, RopePairing::Interleaved)?;
    spec.embedding_scale = source.float("embedding_scale")?.unwrap_or(1.0);
    spec.residual_scale = source.float("residual_scale")?.unwrap_or(1.0);
    if let Some(divisor) = source.float("logit_scale")?.filter(|&divisor| divisor != 0.0) {
        spec.logit_scale = 1.0 / divisor;
    }
    if let Some(scale) = source.float("attention.scale")?.filter(|&scale| scale != 0.0) {
        common::each_attention(&mut spec, |_, attention| attention.scale = scale);
    }
    Ok(spec)
}
