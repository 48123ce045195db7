//! What an encoder is made of, from the shapes of its tensors and the configuration beside them. Knows no weights.
//!
//! A catalogue's model is weights and tokenizer alone. All sizes follow from shapes but two: the width of a head is 32 where
//! the hidden width is 384 (MiniLM, and the small models of E5, BGE and GTE) and 64 else (BERT's own), and the norms'
//! epsilon is BERT's 1e-12. Vectors are means over a text's tokens, as sentence-transformers takes them by default. Where
//! a folder has `config.json`, `sentence_bert_config.json` or `1_Pooling/config.json`, these count.

use std::path::Path;

use abide_kernels::Activation;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::memory::MemoryPlan;

use super::{
    encoder,
    error::{At as _, EmbedderError, EmbedderProblem},
    weights::{WeightFile, read_small},
};

/// Largest configuration file that is read.
const CONFIG_BYTES_MAX: u64 = 1 << 20;
/// Greatest sizes: some times those of the largest encoders.
const HIDDEN_MAX: usize = 1 << 13;
const INTERMEDIATE_MAX: usize = 1 << 15;
const LAYERS_MAX: usize = 256;
/// Most tokens of a text: working memory grows with it.
const TOKENS_MAX: usize = 8192;

/// How the vectors of a text's tokens become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pooling {
    /// Their mean.
    Mean,
    /// That of the first token.
    FirstToken,
}

/// What an encoder is made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EncoderSpec {
    /// Width of the residual stream, and length of the vectors.
    pub hidden: usize,
    /// Width of the feed-forward blocks.
    pub intermediate: usize,
    /// Number of layers.
    pub layers: usize,
    /// Attention heads.
    pub heads: usize,
    /// Number of tokens.
    pub vocabulary: usize,
    /// Positions that it has.
    pub positions: usize,
    /// Kinds of tokens (first text, second text).
    pub token_types: usize,
    /// Added to the variance in norms.
    pub epsilon: f32,
    /// Tokens of a text that are read.
    pub tokens_max: usize,
    /// How the vectors of tokens become one.
    pub pooling: Pooling,
    /// Number of parameters.
    pub parameters: u64,
    /// What it takes.
    pub memory: MemoryPlan,
    /// Activation of the feed-forward blocks.
    #[serde(skip)]
    pub(super) activation: Activation,
    /// What all names of tensors begin with.
    #[serde(skip)]
    pub(super) prefix: &'static str,
}

/// `config.json`, as far as it matters.
#[derive(Deserialize, Default)]
struct Config {
    model_type: Option<String>,
    num_attention_heads: Option<usize>,
    layer_norm_eps: Option<f32>,
    hidden_act: Option<String>,
    position_embedding_type: Option<String>,
}

/// `sentence_bert_config.json`, as far as it matters.
#[derive(Deserialize, Default)]
struct SentenceConfig {
    max_seq_length: Option<usize>,
}

/// `1_Pooling/config.json`: at most one of these is true.
#[derive(Deserialize)]
struct PoolingConfig {
    #[serde(default)]
    pooling_mode_mean_tokens: bool,
    #[serde(default)]
    pooling_mode_cls_token: bool,
}

/// A configuration file; `None` if it is not there.
fn read_config<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, EmbedderError> {
    if !path.exists() {
        return Ok(None);
    }
    let bytes = read_small(path, CONFIG_BYTES_MAX)?;
    serde_json::from_slice(&bytes).at(path).map(Some)
}

impl EncoderSpec {
    /// Reads shapes and configuration.
    pub(super) fn read(file: &WeightFile, tokens_max: Option<usize>) -> Result<Self, EmbedderError> {
        let prefixes = ["", "bert."].into_iter();
        let prefix =
            prefixes.clone().find(|prefix| file.has(&format!("{prefix}{WORDS}"))).unwrap_or_default();
        let words = file.matrix(&format!("{prefix}{WORDS}"))?;
        let positions = file.matrix(&format!("{prefix}{POSITIONS}"))?;
        let types = file.matrix(&format!("{prefix}{TYPES}"))?;
        let hidden = words.columns;
        let layers = count_layers(file, prefix);
        let first = format!("{prefix}encoder.layer.0.intermediate.dense.weight");
        let intermediate = file.matrix(&first)?.rows;
        for (what, found, limit) in [
            ("values for each token", hidden, HIDDEN_MAX),
            ("values within a feed-forward block", intermediate, INTERMEDIATE_MAX),
            ("layers", layers, LAYERS_MAX),
        ] {
            if found == 0 || found > limit {
                return Err(EmbedderProblem::Size { what, found, limit }).at(file.path());
            }
        }
        let mut spec = Self {
            hidden,
            intermediate,
            layers,
            heads: (hidden / if hidden == 384 { 32 } else { 64 }).max(1),
            vocabulary: words.rows,
            positions: positions.rows,
            token_types: types.rows,
            epsilon: 1e-12,
            tokens_max: positions.rows.min(TOKENS_MAX),
            pooling: Pooling::Mean,
            parameters: file.parameters(),
            memory: MemoryPlan { weights: 0, cache: 0, working: 0 },
            activation: Activation::GeluErf,
            prefix,
        };
        spec.configure(file.path())?;
        if let Some(tokens_max) = tokens_max {
            spec.tokens_max = tokens_max.min(positions.rows).min(TOKENS_MAX);
        }
        if spec.heads == 0 || !hidden.is_multiple_of(spec.heads) {
            let problem = format!("{} heads can't share {hidden} values evenly", spec.heads);
            return Err(EmbedderProblem::Setting(problem)).at(file.path());
        }
        spec.memory = encoder::memory(&spec);
        Ok(spec)
    }

    /// Takes what the configuration files beside the weights say.
    fn configure(&mut self, weights: &Path) -> Result<(), EmbedderError> {
        let path = weights.with_file_name("config.json");
        match read_config::<Config>(&path)? {
            Some(config) => self.take(&config).map_err(EmbedderProblem::Setting).at(&path)?,
            // The weights of its relatives have the same names, and count positions from 2.
            None if self.token_types != 2 => {
                let problem =
                    format!("it has {} types of tokens and no config.json; is it no BERT?", self.token_types);
                return Err(EmbedderProblem::Setting(problem)).at(weights);
            }
            None => {}
        }
        let path = weights.with_file_name("sentence_bert_config.json");
        if let Some(tokens) = read_config::<SentenceConfig>(&path)?.and_then(|config| config.max_seq_length) {
            self.tokens_max = self.tokens_max.min(tokens);
        }
        let path = weights.with_file_name("1_Pooling").join("config.json");
        if let Some(config) = read_config::<PoolingConfig>(&path)? {
            self.pooling = match (config.pooling_mode_mean_tokens, config.pooling_mode_cls_token) {
                (true, false) => Pooling::Mean,
                (false, true) => Pooling::FirstToken,
                _ => {
                    let problem =
                        "asks for a pooling other than the mean or the first token alone".to_owned();
                    return Err(EmbedderProblem::Setting(problem)).at(&path);
                }
            };
        }
        Ok(())
    }

    fn take(&mut self, config: &Config) -> Result<(), String> {
        if let Some(kind) = config.model_type.as_deref().filter(|kind| *kind != "bert") {
            return Err(format!("describes a model of type {kind}; only bert makes vectors here"));
        }
        if let Some(kind) = config.position_embedding_type.as_deref().filter(|kind| *kind != "absolute") {
            return Err(format!("asks for positions of type {kind}; only absolute ones are known"));
        }
        self.heads = config.num_attention_heads.unwrap_or(self.heads);
        self.epsilon = config.layer_norm_eps.unwrap_or(self.epsilon);
        self.activation = match config.hidden_act.as_deref() {
            None | Some("gelu") => Activation::GeluErf,
            Some("gelu_new" | "gelu_pytorch_tanh") => Activation::Gelu,
            Some("silu" | "swish") => Activation::Silu,
            Some(name) => return Err(format!("asks for the activation {name}, which is not known")),
        };
        if !(self.epsilon.is_finite() && self.epsilon >= 0.0) {
            return Err(format!("has layer_norm_eps = {}, which is no small number", self.epsilon));
        }
        Ok(())
    }

    /// Width of a head.
    pub fn head_dim(&self) -> usize {
        self.hidden / self.heads
    }

    /// The full name of a tensor.
    pub(super) fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

/// The embeddings' names.
pub(super) const WORDS: &str = "embeddings.word_embeddings.weight";
pub(super) const POSITIONS: &str = "embeddings.position_embeddings.weight";
pub(super) const TYPES: &str = "embeddings.token_type_embeddings.weight";

/// One more than the greatest number of a layer that any tensor names.
fn count_layers(file: &WeightFile, prefix: &str) -> usize {
    let number = |name: &str| {
        let rest = name.strip_prefix(prefix)?.strip_prefix("encoder.layer.")?;
        rest.split('.').next()?.parse::<usize>().ok()
    };
    file.names().filter_map(number).max().map_or(0, |last| last.saturating_add(1))
}
