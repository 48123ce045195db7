//! Which tensors a model of each family has, how large, and of which type. The names are GGUF's; what a family reads,
//! `families/` and `decoder/weights.rs` tell, and loading a model made from this list holds the two together.

use abide_kernels::BlockType;

use super::{
    mix::{Mix, Part, Place},
    shape::{Shape, ShapeError, invalid},
};

/// A tensor of a model that could be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tensor {
    pub(super) name: String,
    /// Innermost first.
    pub(super) dimensions: Vec<usize>,
    pub(super) kind: BlockType,
    pub(super) contents: Contents,
}

/// What a tensor holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contents {
    /// Weights that spread by 1/√columns.
    Random,
    /// Norms that change nothing.
    Ones,
    /// Biases and sinks that add nothing.
    Zeros,
}

impl Tensor {
    pub(super) fn values(&self) -> usize {
        self.dimensions.iter().product()
    }

    pub(super) fn bytes(&self) -> usize {
        self.kind.bytes_for(self.values()).expect("checked when the list was made")
    }
}

/// What tells a family's tensors from another's.
struct Family {
    architecture: &'static str,
    /// Norms of each layer as wide as the residual stream.
    norms: &'static [&'static str],
    /// The norm before the output matrix.
    output_norm: &'static str,
    /// What has a bias: names of norms and matrices.
    biases: &'static [&'static str],
    qk_norm: QkNorm,
    /// Q, K and V are one matrix.
    fused_qkv: bool,
    gate: Gate,
    sinks: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum QkNorm {
    None,
    PerHead,
    WholeWidth,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Gate {
    Separate,
    FirstHalfOfUp,
    None,
}

const BEFORE: &[&str] = &["attn_norm", "ffn_norm"];
const AROUND: &[&str] = &["attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"];
const QKV: &[&str] = &["attn_q", "attn_k", "attn_v"];

const LLAMA: Family = Family {
    architecture: "llama",
    norms: BEFORE,
    output_norm: "output_norm",
    biases: &[],
    qk_norm: QkNorm::None,
    fused_qkv: false,
    gate: Gate::Separate,
    sinks: false,
};

/// Every family, sorted.
const FAMILIES: &[Family] = &[
    Family { architecture: "cohere2", norms: &["attn_norm"], ..LLAMA },
    Family { architecture: "gemma2", norms: AROUND, ..LLAMA },
    Family { architecture: "gemma3", norms: AROUND, qk_norm: QkNorm::PerHead, ..LLAMA },
    Family { architecture: "glm4", norms: AROUND, biases: QKV, gate: Gate::FirstHalfOfUp, ..LLAMA },
    Family {
        architecture: "gpt-oss",
        norms: &["attn_norm", "post_attention_norm"],
        biases: &[
            "attn_q",
            "attn_k",
            "attn_v",
            "attn_output",
            "ffn_gate_inp",
            "ffn_gate_exps",
            "ffn_up_exps",
            "ffn_down_exps",
        ],
        sinks: true,
        ..LLAMA
    },
    Family { architecture: "granite", ..LLAMA },
    Family { architecture: "lfm2", output_norm: "token_embd_norm", qk_norm: QkNorm::PerHead, ..LLAMA },
    LLAMA,
    Family {
        architecture: "olmo2",
        norms: &["post_attention_norm", "post_ffw_norm"],
        qk_norm: QkNorm::WholeWidth,
        ..LLAMA
    },
    Family { architecture: "phi3", fused_qkv: true, gate: Gate::FirstHalfOfUp, ..LLAMA },
    Family { architecture: "qwen2", biases: QKV, ..LLAMA },
    Family { architecture: "qwen3", qk_norm: QkNorm::PerHead, ..LLAMA },
    Family { architecture: "qwen3moe", qk_norm: QkNorm::PerHead, ..LLAMA },
    Family { architecture: "smollm3", ..LLAMA },
    Family {
        architecture: "stablelm",
        biases: &["attn_q", "attn_k", "attn_v", "attn_norm", "ffn_norm", "output_norm"],
        ..LLAMA
    },
    Family {
        architecture: "starcoder2",
        biases: &[
            "attn_q",
            "attn_k",
            "attn_v",
            "attn_output",
            "ffn_up",
            "ffn_down",
            "attn_norm",
            "ffn_norm",
            "output_norm",
        ],
        gate: Gate::None,
        ..LLAMA
    },
];

/// The tensors of a model of that shape, each layer's together.
///
/// # Errors
/// When the architecture is not known, a hyperparameter is missing, or a tensor would be too large.
pub(super) fn list(shape: &Shape, mix: Mix) -> Result<Vec<Tensor>, ShapeError> {
    let family =
        FAMILIES.iter().find(|family| family.architecture == shape.architecture).ok_or_else(|| {
            ShapeError::UnknownArchitecture {
                architecture: shape.architecture.clone(),
                known: FAMILIES.iter().map(|family| family.architecture).collect::<Vec<_>>().join(", "),
            }
        })?;
    let (layers, hidden) = (shape.layers()?, shape.size("embedding_length")?);
    let heads = shape.per_layer("attention.head_count", layers)?;
    let kv_heads = shape.per_layer("attention.head_count_kv", layers)?;
    let (_, experts) = shape.experts();
    let queries = heads.iter().copied().max().unwrap_or(0);
    let shared_by = queries / kv_heads.iter().copied().max().unwrap_or(0).max(1);
    let attention_layers = kv_heads.iter().filter(|&&heads| heads > 0).count();
    let place = Place { mix, layers, attention_layers, shared_by, experts, tied: shape.tied_embeddings };
    let mut list = List { family, place, hidden, attention_layer: 0, tensors: Vec::new() };
    let vocabulary = shape.vocabulary()?;
    list.matrix(Part::Embedding, "token_embd", 0, &[hidden, vocabulary])?;
    list.vector(family.output_norm, hidden);
    if !shape.tied_embeddings {
        list.matrix(Part::Output, "output", 0, &[hidden, vocabulary])?;
    }
    for layer in 0..layers {
        list.layer(shape, layer, heads[layer], kv_heads[layer])?;
    }
    Ok(list.tensors)
}

struct List {
    family: &'static Family,
    place: Place,
    hidden: usize,
    /// Layers with attention so far.
    attention_layer: usize,
    tensors: Vec<Tensor>,
}

impl List {
    fn layer(
        &mut self,
        shape: &Shape,
        layer: usize,
        heads: usize,
        kv_heads: usize,
    ) -> Result<(), ShapeError> {
        let block = format!("blk.{layer}.");
        for norm in self.family.norms {
            self.vector(&format!("{block}{norm}"), self.hidden);
        }
        if kv_heads == 0 {
            self.convolution(shape, layer, &block)?;
        } else {
            self.attention(shape, layer, &block, heads, kv_heads)?;
        }
        let (_, experts) = shape.experts();
        if experts > 1 {
            self.experts(shape, layer, &block, experts)
        } else {
            self.dense(shape, layer, &block)
        }
    }

    fn attention(
        &mut self,
        shape: &Shape,
        layer: usize,
        block: &str,
        heads: usize,
        kv_heads: usize,
    ) -> Result<(), ShapeError> {
        let hidden = self.hidden;
        let key_dim = shape.optional_size("attention.key_length")?.unwrap_or(hidden / heads.max(1));
        let value_dim = shape.optional_size("attention.value_length")?.unwrap_or(key_dim);
        let name = |part: &str| format!("{block}{part}");
        let (queries, keys, values) = (heads * key_dim, kv_heads * key_dim, kv_heads * value_dim);
        if self.family.fused_qkv {
            self.matrix(Part::Qkv, &name("attn_qkv"), layer, &[hidden, queries + keys + values])?;
        } else {
            self.matrix(Part::Query, &name("attn_q"), layer, &[hidden, queries])?;
            self.matrix(Part::Key, &name("attn_k"), layer, &[hidden, keys])?;
            self.matrix(Part::Value, &name("attn_v"), self.attention_layer, &[hidden, values])?;
        }
        self.attention_layer += 1;
        let norms = match self.family.qk_norm {
            QkNorm::None => None,
            QkNorm::PerHead => Some((key_dim, key_dim)),
            QkNorm::WholeWidth => Some((queries, keys)),
        };
        if let Some((query, key)) = norms {
            self.vector(&name("attn_q_norm"), query);
            self.vector(&name("attn_k_norm"), key);
        }
        if self.family.sinks {
            self.plain(name("attn_sinks.weight"), vec![heads], Contents::Zeros);
        }
        self.matrix(Part::AttentionOutput, &name("attn_output"), layer, &[heads * value_dim, hidden])
    }

    fn convolution(&mut self, shape: &Shape, layer: usize, block: &str) -> Result<(), ShapeError> {
        let (hidden, taps) = (self.hidden, shape.size("shortconv.l_cache")?);
        self.matrix(Part::Other, &format!("{block}shortconv.in_proj"), layer, &[hidden, 3 * hidden])?;
        self.plain(format!("{block}shortconv.conv.weight"), vec![taps, hidden], Contents::Random);
        self.matrix(Part::Other, &format!("{block}shortconv.out_proj"), layer, &[hidden, hidden])
    }

    fn dense(&mut self, shape: &Shape, layer: usize, block: &str) -> Result<(), ShapeError> {
        let (hidden, width) = (self.hidden, shape.size("feed_forward_length")?);
        let name = |part: &str| format!("{block}{part}");
        if self.family.gate == Gate::Separate {
            self.matrix(Part::Other, &name("ffn_gate"), layer, &[hidden, width])?;
        }
        let rows = if self.family.gate == Gate::FirstHalfOfUp { 2 * width } else { width };
        self.matrix(Part::Other, &name("ffn_up"), layer, &[hidden, rows])?;
        self.matrix(Part::Down, &name("ffn_down"), layer, &[width, hidden])
    }

    fn experts(&mut self, shape: &Shape, layer: usize, block: &str, count: usize) -> Result<(), ShapeError> {
        let hidden = self.hidden;
        let width = shape.optional_size("expert_feed_forward_length")?;
        let width = width.map_or_else(|| shape.size("feed_forward_length"), Ok)?;
        let name = |part: &str| format!("{block}{part}");
        // The router stays as it is, like norms.
        self.plain(name("ffn_gate_inp.weight"), vec![hidden, count], Contents::Random);
        self.bias(&name("ffn_gate_inp"), vec![count]);
        self.matrix(Part::Other, &name("ffn_gate_exps"), layer, &[hidden, width, count])?;
        self.matrix(Part::Other, &name("ffn_up_exps"), layer, &[hidden, width, count])?;
        self.matrix(Part::Down, &name("ffn_down_exps"), layer, &[width, hidden, count])
    }

    /// A matrix (or one for each expert), and its bias where the family has one.
    fn matrix(
        &mut self,
        part: Part,
        name: &str,
        layer: usize,
        dimensions: &[usize],
    ) -> Result<(), ShapeError> {
        let experts = dimensions.len() > 2;
        let kind = self.place.kind(part, layer, dimensions[0], experts);
        let values = dimensions.iter().try_fold(1_usize, |product, &size| product.checked_mul(size));
        if values.and_then(|values| kind.bytes_for(values)).is_none_or(|bytes| bytes > 1 << 46) {
            let sizes = dimensions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" × ");
            return Err(invalid(name, sizes, "that is beyond all bounds"));
        }
        self.tensors.push(Tensor {
            name: format!("{name}.weight"),
            dimensions: dimensions.to_vec(),
            kind,
            contents: Contents::Random,
        });
        self.bias(name, dimensions[1..].to_vec());
        Ok(())
    }

    /// A norm, and its bias where the family has one.
    fn vector(&mut self, name: &str, width: usize) {
        self.plain(format!("{name}.weight"), vec![width], Contents::Ones);
        self.bias(name, vec![width]);
    }

    fn bias(&mut self, name: &str, dimensions: Vec<usize>) {
        let part = name.rsplit('.').next().unwrap_or(name);
        if self.family.biases.contains(&part) {
            self.plain(format!("{name}.bias"), dimensions, Contents::Zeros);
        }
    }

    /// A tensor that no quantiser touches.
    fn plain(&mut self, name: String, dimensions: Vec<usize>, contents: Contents) {
        self.tensors.push(Tensor { name, dimensions, kind: BlockType::F32, contents });
    }
}
