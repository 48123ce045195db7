//! Phi 3 to 4 mini: fused Q, K, V and gate, and LongRoPE.

use super::{
    common,
    source::{SpecError, SpecSource},
};
use crate::spec::{DecoderSpec, RopePairing};

/// Phi 3, 3.5 and 4 mini. LongRoPE (Ding et al. 2024) has factors for short and for long contexts;
/// the context that is allocated decides, whatever the length of the prompt, so that the cache
/// stays valid as it grows. The metadata's sliding window is not used, as in llama.cpp.
pub(super) fn phi3(source: &SpecSource<'_>) -> Result<DecoderSpec, SpecError> {
    let mut spec = common::decoder(source, RopePairing::HalfSplit)?;
    let original = source.unsigned("rope.scaling.original_context_length")?;
    let original = original.unwrap_or(spec.context_length_trained);
    let context = source.context_length().unwrap_or(spec.context_length_trained);
    let name = if context > original { "rope_factors_long.weight" } else { "rope_factors_short.weight" };
    if let Some(factors) = source.small_tensor(name)? {
        spec.ropes[0].factors = Some(factors);
    }
    Ok(spec)
}
