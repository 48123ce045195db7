//! The reading that all families share: a pre-norm transformer with GQA, RoPE and a gated SiLU
//! network. Families change the fields that differ.

use super::source::{SpecError, SpecSource, invalid};
use crate::spec::{
    Activation, AttentionSpec, DecoderSpec, FeedForward, Gate, LayerSpec, Mixer, NormKind, NormPlacement,
    QkNorm, RopePairing, RopeScaling, RopeSpec, Router,
};

/// Most layers of any model; real ones stay below 200.
const LAYERS_MAX: usize = 1024;

/// Reads the common fields; rotation pairs as given, RMS norms before each block.
pub(super) fn decoder(source: &SpecSource<'_>, pairing: RopePairing) -> Result<DecoderSpec, SpecError> {
    let layers = source.positive("block_count")?;
    if layers > LAYERS_MAX {
        return Err(invalid(source.key("block_count"), layers, format!("at most {LAYERS_MAX} are possible")));
    }
    let hidden = source.positive("embedding_length")?;
    let vocabulary = source
        .rows("token_embd.weight")
        .ok_or_else(|| invalid("token_embd.weight", "missing", "every model has token embeddings"))?;
    let (norm, norm_epsilon) = norm(source)?;
    let layer_specs = layer_specs(source, layers, hidden)?;
    let key_dim = layer_specs.iter().find_map(|layer| attention_of(layer).map(|spec| spec.key_dim));
    let rope = rope(source, pairing, key_dim.unwrap_or(hidden))?;
    Ok(DecoderSpec {
        architecture: source.architecture().to_owned(),
        hidden,
        vocabulary,
        context_length_trained: source.positive("context_length")?,
        layers: layer_specs,
        norm,
        norm_epsilon,
        embedding_scale: 1.0,
        residual_scale: 1.0,
        logit_scale: 1.0,
        logit_soft_cap: None,
        output_norm: "output_norm",
        ropes: vec![rope],
    })
}

fn attention_of(layer: &LayerSpec) -> Option<&AttentionSpec> {
    match &layer.mixer {
        Mixer::Attention(attention) => Some(attention),
        Mixer::ShortConvolution { .. } => None,
    }
}

fn norm(source: &SpecSource<'_>) -> Result<(NormKind, f32), SpecError> {
    if let Some(epsilon) = source.float("attention.layer_norm_rms_epsilon")? {
        return Ok((NormKind::Rms, epsilon));
    }
    let epsilon = source.float("attention.layer_norm_epsilon")?.ok_or_else(|| {
        invalid(source.key("attention.layer_norm_rms_epsilon"), "missing", "norms need an epsilon")
    })?;
    Ok((NormKind::Layer, epsilon))
}

fn layer_specs(source: &SpecSource<'_>, layers: usize, hidden: usize) -> Result<Vec<LayerSpec>, SpecError> {
    let heads = required_per_layer(source, "attention.head_count", layers)?;
    let kv_heads = match source.per_layer("attention.head_count_kv", layers)? {
        Some(values) => values,
        None => heads.clone(),
    };
    (0..layers)
        .map(|layer| {
            let heads = count(source, "attention.head_count", heads[layer])?;
            let kv_heads = count(source, "attention.head_count_kv", kv_heads[layer])?;
            let key_dim = match source.unsigned("attention.key_length")? {
                Some(width) => width,
                None => hidden / heads.max(1),
            };
            let attention = AttentionSpec {
                heads,
                kv_heads,
                key_dim,
                value_dim: source.unsigned("attention.value_length")?.unwrap_or(key_dim),
                scale: 1.0 / (key_dim.max(1) as f32).sqrt(),
                window: None,
                soft_cap: None,
                rope: Some(0),
                qk_norm: QkNorm::None,
                sinks: false,
                fused_qkv: source.has_tensor(&format!("blk.{layer}.attn_qkv.weight")),
            };
            Ok(LayerSpec {
                mixer: Mixer::Attention(attention),
                feed_forward: feed_forward(source, layer, layers)?,
                norms: NormPlacement::BEFORE,
                parallel: false,
            })
        })
        .collect()
}

fn required_per_layer(source: &SpecSource<'_>, key: &str, layers: usize) -> Result<Vec<i64>, SpecError> {
    source
        .per_layer(key, layers)?
        .ok_or_else(|| invalid(source.key(key), "missing", "every layer needs a value"))
}

fn count(source: &SpecSource<'_>, key: &str, value: i64) -> Result<usize, SpecError> {
    usize::try_from(value).map_err(|_| invalid(source.key(key), value, "it can't be negative"))
}

fn feed_forward(source: &SpecSource<'_>, layer: usize, layers: usize) -> Result<FeedForward, SpecError> {
    let tensor = |name: &str| source.has_tensor(&format!("blk.{layer}.{name}.weight"));
    if tensor("ffn_gate_inp") {
        let shared = ["ffn_gate_shexp", "ffn_up_shexp", "exp_probs_b"];
        if let Some(name) = shared.into_iter().find(|name| tensor(name)) {
            return Err(source.unsupported(format!("`{name}` (shared or biased experts)")));
        }
        let width = source.unsigned("expert_feed_forward_length")?;
        return Ok(FeedForward::Experts {
            width: width.map_or_else(|| source.positive("feed_forward_length"), Ok)?,
            count: source.positive("expert_count")?,
            used: source.positive("expert_used_count")?,
            activation: Activation::Silu,
            router: Router::SoftmaxThenTop,
        });
    }
    let widths = required_per_layer(source, "feed_forward_length", layers)?;
    Ok(FeedForward::Dense {
        width: count(source, "feed_forward_length", widths[layer])?,
        activation: Activation::Silu,
        gate: if tensor("ffn_gate") { Gate::Separate } else { Gate::FirstHalfOfUp },
    })
}

/// The position encoding as the metadata gives it.
pub(super) fn rope(
    source: &SpecSource<'_>,
    pairing: RopePairing,
    key_dim: usize,
) -> Result<RopeSpec, SpecError> {
    Ok(RopeSpec {
        base: source.float("rope.freq_base")?.unwrap_or(10_000.0),
        dimensions: source.unsigned("rope.dimension_count")?.unwrap_or(key_dim),
        pairing,
        scaling: scaling(source)?,
        attention_factor: source.float("rope.scaling.attn_factor")?.unwrap_or(1.0),
        factors: source.small_tensor("rope_freqs.weight")?,
    })
}

fn scaling(source: &SpecSource<'_>) -> Result<RopeScaling, SpecError> {
    let factor = match source.float("rope.scaling.factor")? {
        Some(factor) => factor,
        // Files from before `rope.scaling` existed.
        None => source.float("rope.scale_linear")?.unwrap_or(1.0),
    };
    if factor <= 0.0 {
        // Some converters write 0 for "none".
        return Ok(RopeScaling::None);
    }
    match source.text("rope.scaling.type")? {
        Some("none" | "longrope") => Ok(RopeScaling::None),
        None | Some("linear") if factor == 1.0 => Ok(RopeScaling::None),
        None | Some("linear") => Ok(RopeScaling::Linear { factor }),
        Some("yarn") => {
            let original = source.unsigned("rope.scaling.original_context_length")?;
            Ok(RopeScaling::Yarn {
                factor,
                original_context: original.map_or_else(|| source.positive("context_length"), Ok)?,
                extrapolation: source.float("rope.scaling.yarn_ext_factor")?.unwrap_or(1.0),
                beta_fast: source.float("rope.scaling.yarn_beta_fast")?.unwrap_or(32.0),
                beta_slow: source.float("rope.scaling.yarn_beta_slow")?.unwrap_or(1.0),
            })
        }
        Some(other) => Err(source.unsupported(format!("rope scaling `{other}`"))),
    }
}

/// Changes every layer's attention.
pub(super) fn each_attention(spec: &mut DecoderSpec, mut change: impl FnMut(usize, &mut AttentionSpec)) {
    for (index, layer) in spec.layers.iter_mut().enumerate() {
        if let Mixer::Attention(attention) = &mut layer.mixer {
            change(index, attention);
        }
    }
}

/// Changes every layer's activation.
pub(super) fn set_activation(spec: &mut DecoderSpec, wanted: Activation) {
    for layer in &mut spec.layers {
        match &mut layer.feed_forward {
            FeedForward::Dense { activation, .. } | FeedForward::Experts { activation, .. } => {
                *activation = wanted;
            }
        }
    }
}

/// Sets every layer's norms.
pub(super) fn set_norms(spec: &mut DecoderSpec, norms: NormPlacement) {
    for layer in &mut spec.layers {
        layer.norms = norms;
    }
}

/// Which layers have a sliding window, and how wide: from `attention.sliding_window` and its
/// pattern, which is a period p (the last of each p layers sees everything) or an array of truths.
pub(super) fn windows(
    source: &SpecSource<'_>,
    layers: usize,
    default_period: usize,
) -> Result<Vec<Option<usize>>, SpecError> {
    let Some(window) = source.unsigned("attention.sliding_window")?.filter(|&window| window > 0) else {
        return Ok(vec![None; layers]);
    };
    let key = "attention.sliding_window_pattern";
    let Ok(period) = source.unsigned(key) else {
        let local = required_per_layer(source, key, layers)?;
        return Ok(local.iter().map(|&local| (local != 0).then_some(window)).collect());
    };
    let period = period.unwrap_or(default_period);
    let is_local = |layer: usize| period > 0 && layer % period < period - 1;
    Ok((0..layers).map(|layer| is_local(layer).then_some(window)).collect())
}
