//! Families whose layers have experts and more than that to tell: Qwen 3 MoE, gpt-oss.

use super::{
    common, llama,
    source::{SpecError, SpecSource},
};
use crate::spec::{Activation, DecoderSpec, FeedForward, NormPlacement, RopePairing, Router};

/// Qwen 3 with experts.
pub(super) fn qwen3moe(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    llama::qwen3(source)
}

/// gpt-oss: sinks in attention, every second layer local, a clamped activation, and a router whose
/// softmax is over the chosen experts alone.
pub(super) fn gpt_oss(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    let mut spec = common::decoder(source, RopePairing::HalfSplit)?;
    let windows = common::windows(source, spec.layers.len(), 2)?;
    common::each_attention(&mut spec, |layer, attention| {
        attention.window = windows[layer];
        attention.sinks = true;
    });
    common::set_activation(&mut spec, Activation::SwigluClamped);
    common::set_norms(
        &mut spec,
        NormPlacement { before_feed_forward: Some("post_attention_norm"), ..NormPlacement::BEFORE },
    );
    for layer in &mut spec.layers {
        if let FeedForward::Experts { router, .. } = &mut layer.feed_forward {
            *router = Router::TopThenSoftmax;
        }
    }
    Ok(spec)
}
