//! From tensors in a file to the weights of the graph, each checked against the spec.

use std::{io, ops::Range, sync::Arc};

use abide_kernels::{BlockType, dequantize};
use candle_core::Result as TensorResult;
use thiserror::Error;

use crate::{
    gguf::{GgufFile, TensorInfo},
    ops::{Linear, MatrixSource, Norm, Ops},
    spec::{Activation, AttentionSpec, DecoderSpec, FeedForward, Gate, Mixer, QkNorm, Router},
};

/// Why weights could not be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A tensor that the spec asks for is not there.
    #[error("the file has no tensor `{name}`, which this architecture needs; the file may be incomplete")]
    Missing {
        /// Its full name.
        name: String,
    },
    /// A tensor has another shape than the metadata says.
    #[error(
        "tensor `{name}` has {found} values per row and {rows} rows, but the metadata asks for {expected}"
    )]
    Shape {
        /// Its full name.
        name: String,
        /// Columns found.
        found: usize,
        /// Rows found.
        rows: usize,
        /// What was expected, in words.
        expected: String,
    },
    /// A tensor's bytes can't be read.
    #[error("tensor `{name}` can't be read: {problem}")]
    Contents {
        /// Its full name.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// There is not enough memory.
    #[error(transparent)]
    Memory(io::Error),
    /// The device failed.
    #[error("the device failed while loading: {0}")]
    Device(#[source] candle_core::Error),
}

impl From<candle_core::Error> for LoadError {
    fn from(error: candle_core::Error) -> Self {
        match error {
            candle_core::Error::Io(error) if error.kind() == io::ErrorKind::OutOfMemory => {
                Self::Memory(error)
            }
            error => Self::Device(error),
        }
    }
}

/// A mixer's weights.
pub(super) enum MixerWeights<O: Ops> {
    Attention(AttentionWeights<O>),
    Convolution(ConvolutionWeights<O>),
}

/// Attention's weights.
pub(super) struct AttentionWeights<O: Ops> {
    pub query: Linear<O>,
    pub key: Linear<O>,
    pub value: Linear<O>,
    pub output: Linear<O>,
    pub query_norm: Option<Norm<O::Tensor>>,
    pub key_norm: Option<Norm<O::Tensor>>,
    pub sinks: Option<O::Tensor>,
}

/// A short convolution's weights.
pub(super) struct ConvolutionWeights<O: Ops> {
    pub gate_before: Linear<O>,
    pub gate_after: Linear<O>,
    pub input: Linear<O>,
    /// channels × taps.
    pub taps: O::Tensor,
    pub output: Linear<O>,
}

/// A feed-forward block's weights.
pub(super) enum FeedForwardWeights<O: Ops> {
    Dense {
        network: Network<O>,
        activation: Activation,
    },
    Experts {
        router: Linear<O>,
        networks: Vec<Network<O>>,
        used: usize,
        activation: Activation,
        kind: Router,
    },
}

/// One gated network.
pub(super) struct Network<O: Ops> {
    pub gate: Option<Linear<O>>,
    pub up: Linear<O>,
    pub down: Linear<O>,
}

/// Token embeddings, read row by row from the file: no device holds them twice.
pub(super) struct EmbeddingTable {
    file: Arc<GgufFile>,
    tensor: TensorInfo,
    hidden: usize,
    scale: f32,
    /// Rows read since their memory was given back.
    read: usize,
}

/// The system brings 16 pages for each row that is read: they are given back after so many rows.
const ROWS_IN_MEMORY: usize = 16;

impl EmbeddingTable {
    /// The table of `file`.
    pub fn new(file: Arc<GgufFile>, spec: &DecoderSpec) -> Result<Self, LoadError> {
        let name = "token_embd.weight";
        let tensor = find(&file, name, spec.hidden, spec.vocabulary)?.clone();
        Ok(Self { file, tensor, hidden: spec.hidden, scale: spec.embedding_scale, read: 0 })
    }

    /// Scaled embeddings of `tokens`: tokens × hidden.
    pub fn rows(&mut self, tokens: &[u32]) -> TensorResult<Vec<f32>> {
        let bytes = self.file.data(&self.tensor);
        let row_bytes = bytes.len() / self.tensor.rows();
        let mut values = vec![0.0f32; tokens.len() * self.hidden];
        for (row, &token) in values.chunks_exact_mut(self.hidden).zip(tokens) {
            let start = token as usize * row_bytes;
            let source = bytes
                .get(start..start + row_bytes)
                .ok_or_else(|| candle_core::Error::Msg(format!("token {token} is not in the vocabulary")))?;
            dequantize(self.tensor.kind, source, row).map_err(crate::ops::failed)?;
            if self.scale != 1.0 {
                row.iter_mut().for_each(|value| *value *= self.scale);
            }
            self.read += 1;
            if self.read == ROWS_IN_MEMORY {
                self.file.release(&self.tensor, 0..bytes.len());
                self.read = 0;
            }
        }
        Ok(values)
    }
}

/// Finds a tensor and checks its shape.
fn find<'a>(
    file: &'a GgufFile,
    name: &str,
    columns: usize,
    rows: usize,
) -> Result<&'a TensorInfo, LoadError> {
    let tensor = file.tensor(name).ok_or_else(|| LoadError::Missing { name: name.to_owned() })?;
    if tensor.columns() != columns || tensor.rows() != rows {
        return Err(LoadError::Shape {
            name: name.to_owned(),
            found: tensor.columns(),
            rows: tensor.rows(),
            expected: format!("{columns} values per row and {rows} rows"),
        });
    }
    Ok(tensor)
}

/// Loads the parts of one file for one spec.
pub(super) struct Loader<'a, O> {
    file: &'a GgufFile,
    spec: &'a DecoderSpec,
    ops: &'a O,
}

impl<'a, O: Ops> Loader<'a, O> {
    /// A loader of `file`'s tensors into the layout of `ops`.
    pub fn new(file: &'a GgufFile, spec: &'a DecoderSpec, ops: &'a O) -> Self {
        Self { file, spec, ops }
    }

    /// A norm by its name without `.weight`.
    pub fn norm(&self, name: &str, width: usize) -> Result<Norm<O::Tensor>, LoadError> {
        let weight = self.tensor(&format!("{name}.weight"), width, width)?;
        let bias = self.optional_values(&format!("{name}.bias"), width)?.unwrap_or_else(|| vec![0.0; width]);
        let bias = self.ops.tensor(bias, width)?;
        Ok(Norm { kind: self.spec.norm, weight, bias, epsilon: self.spec.norm_epsilon })
    }

    /// The output matrix, which is the embedding where the file has none of its own.
    pub fn output(&self) -> Result<Linear<O>, LoadError> {
        let tied = self.file.tensor("output.weight").is_none();
        let name = if tied { "token_embd" } else { "output" };
        let (rows, columns) = (self.spec.vocabulary, self.spec.hidden);
        // Errors in logits are seen as they are, and one row in hundreds of a prompt needs them.
        let mut maps = self.split_all(name, &[rows], columns, true)?;
        Ok(maps.remove(0))
    }

    /// A mixer.
    pub fn mixer(&self, layer: usize, mixer: &Mixer) -> Result<MixerWeights<O>, LoadError> {
        match mixer {
            Mixer::Attention(spec) => Ok(MixerWeights::Attention(self.attention(layer, spec)?)),
            Mixer::ShortConvolution { taps } => {
                let hidden = self.spec.hidden;
                let name = format!("blk.{layer}.shortconv.in_proj");
                let [gate_before, gate_after, input] = self.split(&name, [hidden; 3], hidden)?;
                let name = format!("blk.{layer}.shortconv.conv.weight");
                let taps = self.tensor(&name, hidden * taps, *taps)?;
                let output = self.linear(&format!("blk.{layer}.shortconv.out_proj"), hidden, hidden)?;
                Ok(MixerWeights::Convolution(ConvolutionWeights {
                    gate_before,
                    gate_after,
                    input,
                    taps,
                    output,
                }))
            }
        }
    }

    fn attention(&self, layer: usize, spec: &AttentionSpec) -> Result<AttentionWeights<O>, LoadError> {
        let hidden = self.spec.hidden;
        let name = |part: &str| format!("blk.{layer}.{part}");
        let widths =
            [spec.heads * spec.key_dim, spec.kv_heads * spec.key_dim, spec.kv_heads * spec.value_dim];
        let [query, key, value] = if spec.fused_qkv {
            self.split(&name("attn_qkv"), widths, hidden)?
        } else {
            [
                self.linear(&name("attn_q"), widths[0], hidden)?,
                self.linear(&name("attn_k"), widths[1], hidden)?,
                self.linear(&name("attn_v"), widths[2], hidden)?,
            ]
        };
        let norm = |part: &str, width: usize| match spec.qk_norm {
            QkNorm::None => Ok(None),
            QkNorm::PerHead => self.norm(&name(part), spec.key_dim).map(Some),
            QkNorm::WholeWidth => self.norm(&name(part), width).map(Some),
        };
        let sinks = || self.tensor(&name("attn_sinks.weight"), spec.heads, spec.heads);
        let sinks = spec.sinks.then(sinks).transpose()?;
        Ok(AttentionWeights {
            query,
            key,
            value,
            output: self.linear(&name("attn_output"), hidden, spec.heads * spec.value_dim)?,
            query_norm: norm("attn_q_norm", widths[0])?,
            key_norm: norm("attn_k_norm", widths[1])?,
            sinks,
        })
    }

    /// A feed-forward block.
    pub fn feed_forward(
        &self,
        layer: usize,
        feed_forward: &FeedForward,
    ) -> Result<FeedForwardWeights<O>, LoadError> {
        let hidden = self.spec.hidden;
        let name = |part: &str| format!("blk.{layer}.{part}");
        match *feed_forward {
            FeedForward::Dense { width, activation, gate } => {
                let (gate, up) = match gate {
                    Gate::None => (None, self.linear(&name("ffn_up"), width, hidden)?),
                    Gate::Separate => (
                        Some(self.linear(&name("ffn_gate"), width, hidden)?),
                        self.linear(&name("ffn_up"), width, hidden)?,
                    ),
                    Gate::FirstHalfOfUp => {
                        let [gate, up] = self.split(&name("ffn_up"), [width; 2], hidden)?;
                        (Some(gate), up)
                    }
                };
                let down = self.linear(&name("ffn_down"), hidden, width)?;
                Ok(FeedForwardWeights::Dense { network: Network { gate, up, down }, activation })
            }
            FeedForward::Experts { width, count, used, activation, router } => {
                let gates = self.split_all(&name("ffn_gate_exps"), &vec![width; count], hidden, false)?;
                let ups = self.split_all(&name("ffn_up_exps"), &vec![width; count], hidden, false)?;
                let downs = self.split_all(&name("ffn_down_exps"), &vec![hidden; count], width, false)?;
                let networks = gates
                    .into_iter()
                    .zip(ups)
                    .zip(downs)
                    .map(|((gate, up), down)| Network { gate: Some(gate), up, down })
                    .collect();
                let router_map = self.linear(&name("ffn_gate_inp"), count, hidden)?;
                Ok(FeedForwardWeights::Experts {
                    router: router_map,
                    networks,
                    used,
                    activation,
                    kind: router,
                })
            }
        }
    }

    /// A linear map by its name without `.weight`, with its bias where the file has one.
    fn linear(&self, name: &str, rows: usize, columns: usize) -> Result<Linear<O>, LoadError> {
        let [map] = self.split(name, [rows], columns)?;
        Ok(map)
    }

    /// A stored matrix cut into `N` maps of consecutive rows.
    fn split<const N: usize>(
        &self,
        name: &str,
        parts: [usize; N],
        columns: usize,
    ) -> Result<[Linear<O>; N], LoadError> {
        let maps = self.split_all(name, &parts, columns, false)?;
        Ok(maps.try_into().unwrap_or_else(|_| unreachable!("one map for each part")))
    }

    /// A stored matrix cut into consecutive rows, one map for each part, biases with them.
    fn split_all(
        &self,
        name: &str,
        parts: &[usize],
        columns: usize,
        logits: bool,
    ) -> Result<Vec<Linear<O>>, LoadError> {
        let weight = format!("{name}.weight");
        let tensor = find(self.file, &weight, columns, parts.iter().sum())?;
        let bias = self.optional_values(&format!("{name}.bias"), parts.iter().sum())?;
        let bytes = self.file.data(tensor);
        let row_bytes = row_bytes(tensor.kind, columns, &weight)?;
        let mut maps = Vec::with_capacity(parts.len());
        let mut first = 0;
        for &rows in parts {
            let start = first * row_bytes;
            let bytes = &bytes[start..(first + rows) * row_bytes];
            let read = &|part: Range<usize>| self.file.release(tensor, start + part.start..start + part.end);
            let matrix =
                self.ops.matrix(MatrixSource { kind: tensor.kind, bytes, rows, columns, logits, read })?;
            let bias = bias
                .as_ref()
                .map(|bias| self.ops.tensor(bias[first..first + rows].to_vec(), rows))
                .transpose()?;
            first += rows;
            maps.push(Linear { matrix, bias });
        }
        Ok(maps)
    }

    /// A tensor that is no matrix, `count` values in rows of `width`.
    fn tensor(&self, name: &str, count: usize, width: usize) -> Result<O::Tensor, LoadError> {
        let values = self.optional_values(name, count)?;
        let values = values.ok_or_else(|| LoadError::Missing { name: name.to_owned() })?;
        Ok(self.ops.tensor(values, width)?)
    }

    fn optional_values(&self, name: &str, width: usize) -> Result<Option<Vec<f32>>, LoadError> {
        let Some(tensor) = self.file.tensor(name) else { return Ok(None) };
        if tensor.values() != width {
            return Err(LoadError::Shape {
                name: name.to_owned(),
                found: tensor.columns(),
                rows: tensor.rows(),
                expected: format!("{width} values"),
            });
        }
        let mut values = vec![0.0; width];
        dequantize(tensor.kind, self.file.data(tensor), &mut values)
            .map_err(|error| LoadError::Contents { name: name.to_owned(), problem: error.to_string() })?;
        Ok(Some(values))
    }
}

fn row_bytes(kind: BlockType, columns: usize, name: &str) -> Result<usize, LoadError> {
    kind.bytes_for(columns).ok_or_else(|| LoadError::Contents {
        name: name.to_owned(),
        problem: format!("rows of {columns} values are not whole {kind} blocks"),
    })
}
