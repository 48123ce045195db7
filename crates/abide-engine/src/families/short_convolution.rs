//! LFM 2: short convolutions, with attention in some layers.

use super::{
    common,
    source::{SpecError, SpecSource},
};
use crate::spec::{DecoderSpec, Mixer, QkNorm, RopePairing};

/// LFM 2: a layer without key heads is a convolution; the last norm has the embedding's name.
pub(super) fn lfm2(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    let taps = source.positive("shortconv.l_cache")?;
    let mut spec = common::decoder(source, RopePairing::HalfSplit)?;
    spec.output_norm = "token_embd_norm";
    common::each_attention(&mut spec, |_, attention| attention.qk_norm = QkNorm::PerHead);
    for layer in &mut spec.layers {
        if matches!(&layer.mixer, Mixer::Attention(attention) if attention.kv_heads == 0) {
            layer.mixer = Mixer::ShortConvolution { taps };
        }
    }
    Ok(spec)
}
