//! What a decoder looks like, as data. Families fill it in; the one graph in `decoder/` follows it.
//!
//! Must not know tensors' contents, devices, or how anything is computed.

/// A whole decoder-only transformer (or a hybrid with short convolutions).
#[derive(Debug, Clone, PartialEq)]
pub struct DecoderSpec {
    /// GGUF's `general.architecture`.
    pub architecture: String,
    /// Width of the residual stream.
    pub hidden: usize,
    /// Number of tokens, which is the number of rows of the embedding.
    pub vocabulary: usize,
    /// Positions that the model was trained for.
    pub context_length_trained: usize,
    /// The layers, first to last.
    pub layers: Vec<LayerSpec>,
    /// Kind of every norm of the residual stream.
    pub norm: NormKind,
    /// Added to the variance in norms.
    pub norm_epsilon: f32,
    /// Multiplies the token embeddings.
    pub embedding_scale: f32,
    /// Multiplies each branch before it joins the residual stream.
    pub residual_scale: f32,
    /// Multiplies the logits.
    pub logit_scale: f32,
    /// Logits become cap · tanh(logits / cap).
    pub logit_soft_cap: Option<f32>,
    /// Name (without `.weight`) of the norm before the output matrix.
    pub output_norm: &'static str,
    /// The distinct position encodings; layers name theirs by index.
    pub ropes: Vec<RopeSpec>,
}

/// One layer: a mixer over positions, then a feed-forward block.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerSpec {
    /// What mixes positions.
    pub mixer: Mixer,
    /// What mixes channels.
    pub feed_forward: FeedForward,
    /// Where norms stand.
    pub norms: NormPlacement,
    /// Both blocks read the same normed input and are added together (Cohere).
    pub parallel: bool,
}

/// Kind of normalisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NormKind {
    /// x / √(mean(x²) + ε) · w (Zhang and Sennrich 2019).
    Rms,
    /// (x − mean) / √(variance + ε) · w + b (Ba et al. 2016); the bias where the file has one.
    Layer,
}

/// Names (without `blk.N.` and `.weight`) of a layer's norms; `None` where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NormPlacement {
    /// On the input of the mixer.
    pub before_mixer: Option<&'static str>,
    /// On the output of the mixer, before it is added.
    pub after_mixer: Option<&'static str>,
    /// On the input of the feed-forward block.
    pub before_feed_forward: Option<&'static str>,
    /// On the output of the feed-forward block, before it is added.
    pub after_feed_forward: Option<&'static str>,
}

impl NormPlacement {
    /// The common arrangement: one norm before each block.
    pub const BEFORE: Self = Self {
        before_mixer: Some("attn_norm"),
        after_mixer: None,
        before_feed_forward: Some("ffn_norm"),
        after_feed_forward: None,
    };
    /// Norms on both sides of each block (Gemma 2 and 3, GLM 4).
    pub const AROUND: Self = Self {
        after_mixer: Some("post_attention_norm"),
        after_feed_forward: Some("post_ffw_norm"),
        ..Self::BEFORE
    };
    /// Norms only after each block (OLMo 2 and 3).
    pub const AFTER: Self = Self { before_mixer: None, before_feed_forward: None, ..Self::AROUND };
}

/// The block that mixes positions.
#[derive(Debug, Clone, PartialEq)]
pub enum Mixer {
    /// Attention over the KV cache.
    Attention(AttentionSpec),
    /// A gated causal convolution over the last `taps` positions (LFM 2).
    ShortConvolution {
        /// Positions that the convolution sees, its own included.
        taps: usize,
    },
}

/// One layer's attention.
#[derive(Debug, Clone, PartialEq)]
pub struct AttentionSpec {
    /// Query heads.
    pub heads: usize,
    /// Key and value heads; divides `heads` (GQA, Ainslie et al. 2023).
    pub kv_heads: usize,
    /// Width of a query or key head.
    pub key_dim: usize,
    /// Width of a value head.
    pub value_dim: usize,
    /// Multiplies the scores, usually 1/√`key_dim`.
    pub scale: f32,
    /// Positions that a token sees, its own included; `None`: all before it.
    pub window: Option<usize>,
    /// Scores become cap · tanh(scores / cap), before the mask.
    pub soft_cap: Option<f32>,
    /// Index into [`DecoderSpec::ropes`]; `None`: no position encoding (NoPE).
    pub rope: Option<usize>,
    /// Norm on queries and keys before the rotation.
    pub qk_norm: QkNorm,
    /// A learnt logit per head joins the softmax's denominator.
    pub sinks: bool,
    /// Q, K and V are the rows of one matrix, `attn_qkv`.
    pub fused_qkv: bool,
}

/// Norm on queries and keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QkNorm {
    /// None.
    None,
    /// Over each head, with one weight for all heads.
    PerHead,
    /// Over all heads together.
    WholeWidth,
}

/// The block that mixes channels.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedForward {
    /// One network for all tokens.
    Dense {
        /// Inner width.
        width: usize,
        /// Its nonlinearity.
        activation: Activation,
        /// How the gate is stored.
        gate: Gate,
    },
    /// A few networks per token, chosen by a router.
    Experts {
        /// Inner width of each.
        width: usize,
        /// Number of networks.
        count: usize,
        /// Networks per token.
        used: usize,
        /// Their nonlinearity.
        activation: Activation,
        /// How the router's logits become weights.
        router: Router,
    },
}

/// Nonlinearity of a feed-forward block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// x · σ(x).
    Silu,
    /// The tanh approximation of GELU (Hendrycks and Gimpel 2016).
    Gelu,
    /// gpt-oss: gate min(g, 7), up clamped to ±7, g · σ(1.702 g) · (u + 1).
    SwigluClamped,
}

/// How a dense block's gate is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// There is none: down(activation(up(x))).
    None,
    /// Its own matrix, `ffn_gate`.
    Separate,
    /// The first half of the rows of `ffn_up`.
    FirstHalfOfUp,
}

/// How router logits become the chosen experts' weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Router {
    /// Softmax over all, the best `used`, weights scaled to sum 1.
    SoftmaxThenTop,
    /// The best `used` (bias included), softmax over those alone.
    TopThenSoftmax,
}

/// A rotary position encoding (RoPE, Su et al. 2021).
#[derive(Debug, Clone, PartialEq)]
pub struct RopeSpec {
    /// Base of the angles' geometric series.
    pub base: f32,
    /// How many values of each head are rotated; even.
    pub dimensions: usize,
    /// Which values form a pair.
    pub pairing: RopePairing,
    /// What is done to angles beyond the trained context.
    pub scaling: RopeScaling,
    /// Multiplies cosine and sine.
    pub attention_factor: f32,
    /// Divides each pair's angle (Llama 3, LongRoPE): `dimensions / 2` values.
    pub factors: Option<Vec<f32>>,
}

/// Which values of a head are rotated together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RopePairing {
    /// 2i with 2i + 1.
    Interleaved,
    /// i with i + dimensions / 2.
    HalfSplit,
}

/// What is done to the angles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RopeScaling {
    /// Nothing.
    None,
    /// All divided by the factor (Chen et al. 2023).
    Linear {
        /// The factor.
        factor: f32,
    },
    /// Slow angles divided, fast ones kept (YaRN, Peng et al. 2023).
    Yarn {
        /// The factor.
        factor: f32,
        /// Positions before extension.
        original_context: usize,
        /// Share of the extrapolated angle; 1 as published.
        extrapolation: f32,
        /// Rotations above which an angle is kept.
        beta_fast: f32,
        /// Rotations below which an angle is divided.
        beta_slow: f32,
    },
}

impl DecoderSpec {
    /// The distinct cache groups, in order of first use: layers that keep the same span of
    /// positions share block tables. An entry is the span (`None`: all), and the result's second
    /// part names each layer's group.
    pub fn cache_groups(&self) -> (Vec<Option<usize>>, Vec<usize>) {
        let mut spans = Vec::new();
        let groups = self.layers.iter().map(|layer| {
            let span = layer.mixer.span();
            spans.iter().position(|&known| known == span).unwrap_or_else(|| {
                spans.push(span);
                spans.len() - 1
            })
        });
        let groups = groups.collect();
        (spans, groups)
    }
}

impl Mixer {
    /// Positions whose state the mixer needs, the current one included; `None`: all.
    pub fn span(&self) -> Option<usize> {
        match self {
            Self::Attention(attention) => attention.window,
            Self::ShortConvolution { taps } => Some(*taps),
        }
    }
}

impl std::fmt::Display for LayerSpec {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.mixer {
            Mixer::ShortConvolution { taps } => write!(formatter, "short convolution over {taps}")?,
            Mixer::Attention(attention) => {
                let AttentionSpec { heads, kv_heads, key_dim, window, .. } = attention;
                write!(formatter, "attention, {heads} heads on {kv_heads} of {key_dim}")?;
                if let Some(window) = window {
                    write!(formatter, ", window {window}")?;
                }
                if attention.rope.is_none() {
                    write!(formatter, ", no position encoding")?;
                }
                if attention.sinks {
                    write!(formatter, ", sinks")?;
                }
            }
        }
        match &self.feed_forward {
            FeedForward::Dense { width, activation, .. } => {
                write!(formatter, "; feed-forward {width} ({activation})")
            }
            FeedForward::Experts { width, count, used, activation, .. } => {
                write!(formatter, "; {used} of {count} experts of {width} ({activation})")
            }
        }
    }
}

impl std::fmt::Display for Activation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Silu => "SiLU",
            Self::Gelu => "GELU",
            Self::SwigluClamped => "clamped SwiGLU",
        })
    }
}
