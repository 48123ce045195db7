//! The encoder's graph on the CPU kernels: embeddings, layers, pooling. Knows no texts, only tokens.

use abide_kernels::{
    ActivationBuffer, ActivationPrecision, AttentionRequest, CacheLayer, CacheShape, CacheSlot, CacheType,
    Gate, KernelError, Kernels, PackedMatrix, Span, dequantize,
};

use crate::memory::MemoryPlan;

use super::{
    PASS_ROWS, PASS_TEXTS,
    error::{At as _, EmbedderError, EmbedderProblem},
    spec::{EncoderSpec, POSITIONS, Pooling, TYPES, WORDS},
    weights::{Matrix, WeightFile},
};

/// Positions in a block of keys and values: a tile of the kernels, since texts are often short.
const BLOCK_POSITIONS: usize = 16;

/// Texts that are computed together: their tokens one after another.
#[derive(Default)]
pub(super) struct Pass {
    ids: Vec<u32>,
    types: Vec<u32>,
    /// Tokens of each text.
    lengths: Vec<usize>,
}

impl Pass {
    /// Tokens of all texts.
    pub fn rows(&self) -> usize {
        self.ids.len()
    }

    /// Adds a text of at least one token.
    pub fn add(&mut self, ids: &[u32], types: &[u32]) {
        self.ids.extend_from_slice(ids);
        self.types.extend_from_slice(types);
        self.lengths.push(ids.len());
    }

    /// Takes all texts out.
    pub fn clear(&mut self) {
        self.ids.clear();
        self.types.clear();
        self.lengths.clear();
    }

    /// Number of texts.
    pub fn texts(&self) -> usize {
        self.lengths.len()
    }

    /// Each text's first row and its rows.
    fn spans(&self) -> impl Iterator<Item = (usize, usize)> {
        let mut first = 0;
        self.lengths.iter().map(move |&length| {
            first += length;
            (first - length, length)
        })
    }
}

/// A linear map: y = x · Wᵀ + b.
struct Linear {
    matrix: PackedMatrix,
    bias: Vec<f32>,
}

/// A layer norm.
struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attended: Linear,
    attention_norm: Norm,
    intermediate: Linear,
    output: Linear,
    output_norm: Norm,
}

/// The embeddings, which stay in the file and are read row by row.
struct Tables {
    words: Matrix,
    positions: Matrix,
    types: Matrix,
    norm: Norm,
}

/// A loaded encoder.
pub(super) struct Encoder {
    file: WeightFile,
    spec: EncoderSpec,
    tables: Tables,
    layers: Vec<Layer>,
}

/// Memory of one pass, to be used again.
pub(super) struct Workspace {
    stream: Vec<f32>,
    queries: Vec<f32>,
    keys: Vec<f32>,
    values: Vec<f32>,
    wide: Vec<f32>,
    quantised: ActivationBuffer,
    cache: CacheLayer,
}

/// Rows of the largest pass.
fn rows_max(spec: &EncoderSpec) -> usize {
    PASS_ROWS.max(spec.tokens_max)
}

/// Keys and values of the largest pass, whose texts each begin in a block of their own.
fn cache_shape(spec: &EncoderSpec) -> CacheShape {
    CacheShape {
        kind: CacheType::F32,
        blocks: rows_max(spec) / BLOCK_POSITIONS + PASS_TEXTS,
        block_positions: BLOCK_POSITIONS,
        kv_heads: spec.heads,
        key_dim: spec.head_dim(),
        value_dim: spec.head_dim(),
    }
}

/// What an encoder takes.
pub(super) fn memory(spec: &EncoderSpec) -> MemoryPlan {
    let (hidden, intermediate) = (spec.hidden as u64, spec.intermediate as u64);
    let cache = cache_shape(spec);
    MemoryPlan {
        // As wide as they can be stored.
        weights: spec.parameters * 4,
        cache: (cache.block_bytes() * cache.blocks) as u64,
        // Rows, and the inputs of products quantised beside them.
        working: rows_max(spec) as u64 * (4 * hidden + intermediate + hidden.max(intermediate) / 2) * 4,
    }
}

impl Workspace {
    /// For passes of up to [`PASS_TEXTS`] texts with [`PASS_ROWS`] rows in all, or of one text.
    pub fn new(spec: &EncoderSpec) -> Result<Self, KernelError> {
        let buffer = |width: usize| vec![0.0; rows_max(spec) * width];
        Ok(Self {
            stream: buffer(spec.hidden),
            queries: buffer(spec.hidden),
            keys: buffer(spec.hidden),
            values: buffer(spec.hidden),
            wide: buffer(spec.intermediate),
            quantised: ActivationBuffer::default(),
            cache: CacheLayer::new(cache_shape(spec))?,
        })
    }
}

/// Reads the parts of an encoder.
struct Loader<'a> {
    file: &'a WeightFile,
    spec: &'a EncoderSpec,
    kernels: &'a Kernels,
}

impl Loader<'_> {
    fn linear(&self, name: &str, rows: usize, columns: usize) -> Result<Linear, EmbedderError> {
        let matrix = self.file.matrix_of(&self.spec.name(&format!("{name}.weight")), rows, columns)?;
        let bytes = self.file.bytes(&matrix);
        let read = |bytes| self.file.release(&matrix, bytes);
        let packed = PackedMatrix::pack_with(self.kernels, matrix.kind, bytes, rows, columns, &read);
        let packed = packed.map_err(EmbedderProblem::Kernel).at(self.file.path())?;
        let bias = self.file.vector(&self.spec.name(&format!("{name}.bias")), rows)?;
        Ok(Linear { matrix: packed, bias })
    }

    fn norm(&self, name: &str) -> Result<Norm, EmbedderError> {
        let part =
            |part: &str| self.file.vector(&self.spec.name(&format!("{name}.{part}")), self.spec.hidden);
        Ok(Norm { weight: part("weight")?, bias: part("bias")? })
    }

    fn layer(&self, number: usize) -> Result<Layer, EmbedderError> {
        let name = |part: &str| format!("encoder.layer.{number}.{part}");
        let (hidden, wide) = (self.spec.hidden, self.spec.intermediate);
        Ok(Layer {
            query: self.linear(&name("attention.self.query"), hidden, hidden)?,
            key: self.linear(&name("attention.self.key"), hidden, hidden)?,
            value: self.linear(&name("attention.self.value"), hidden, hidden)?,
            attended: self.linear(&name("attention.output.dense"), hidden, hidden)?,
            attention_norm: self.norm(&name("attention.output.LayerNorm"))?,
            intermediate: self.linear(&name("intermediate.dense"), wide, hidden)?,
            output: self.linear(&name("output.dense"), hidden, wide)?,
            output_norm: self.norm(&name("output.LayerNorm"))?,
        })
    }

    fn tables(&self) -> Result<Tables, EmbedderError> {
        let (spec, file) = (self.spec, self.file);
        Ok(Tables {
            words: file.matrix_of(&spec.name(WORDS), spec.vocabulary, spec.hidden)?,
            positions: file.matrix_of(&spec.name(POSITIONS), spec.positions, spec.hidden)?,
            types: file.matrix_of(&spec.name(TYPES), spec.token_types, spec.hidden)?,
            norm: self.norm("embeddings.LayerNorm")?,
        })
    }
}

impl Encoder {
    /// Loads all weights.
    pub fn load(file: WeightFile, spec: EncoderSpec, kernels: &Kernels) -> Result<Self, EmbedderError> {
        let loader = Loader { file: &file, spec: &spec, kernels };
        let tables = loader.tables()?;
        let layers = (0..spec.layers).map(|number| loader.layer(number)).collect::<Result<_, _>>()?;
        Ok(Self { file, spec, tables, layers })
    }

    /// What it is made of.
    pub fn spec(&self) -> &EncoderSpec {
        &self.spec
    }

    /// One vector for each text of the pass, of length 1. The pass has at most the workspace's rows, its tokens are
    /// known to the encoder.
    pub fn vectors(
        &self,
        pass: &Pass,
        kernels: &Kernels,
        workspace: &mut Workspace,
    ) -> Result<Vec<Vec<f32>>, KernelError> {
        let width = self.spec.hidden;
        let Workspace { stream, queries, .. } = &mut *workspace;
        let (stream, sums) = (&mut stream[..pass.rows() * width], &mut queries[..pass.rows() * width]);
        self.embed(pass, sums)?;
        self.norm(kernels, sums, &self.tables.norm, stream)?;
        let (slots, blocks) = places(pass);
        let spans = spans(pass, &blocks);
        for layer in &self.layers {
            self.attend(layer, pass.rows(), &slots, &spans, kernels, workspace)?;
            self.feed_forward(layer, pass.rows(), kernels, workspace)?;
        }
        Ok(pass
            .spans()
            .map(|(first, rows)| self.pool(&workspace.stream[first * width..][..rows * width]))
            .collect())
    }

    /// Word, position and type of each token, summed.
    fn embed(&self, pass: &Pass, sums: &mut [f32]) -> Result<(), KernelError> {
        let width = self.spec.hidden;
        let mut row = vec![0.0; width];
        let positions = pass.spans().flat_map(|(_, rows)| 0..rows);
        let tokens = pass.ids.iter().zip(&pass.types).zip(positions);
        for (((&id, &kind), position), sum) in tokens.zip(sums.chunks_exact_mut(width)) {
            // In the order of the usual implementations, so that it is rounded alike.
            self.read_row(&self.tables.words, id as usize, sum)?;
            for (table, index) in [(&self.tables.types, kind as usize), (&self.tables.positions, position)] {
                self.read_row(table, index, &mut row)?;
                sum.iter_mut().zip(&row).for_each(|(sum, value)| *sum += value);
            }
        }
        Ok(())
    }

    fn read_row(&self, table: &Matrix, row: usize, out: &mut [f32]) -> Result<(), KernelError> {
        let bytes = self.file.bytes(table);
        let row_bytes = bytes.len() / table.rows;
        dequantize(table.kind, &bytes[row * row_bytes..][..row_bytes], out)
    }

    fn norm(&self, kernels: &Kernels, x: &[f32], norm: &Norm, out: &mut [f32]) -> Result<(), KernelError> {
        kernels.layer_norm(x, self.spec.hidden, &norm.weight, Some(&norm.bias), self.spec.epsilon, out)
    }

    /// stream = norm(stream + attention(stream)).
    fn attend(
        &self,
        layer: &Layer,
        rows: usize,
        slots: &[CacheSlot],
        spans: &[Span<'_>],
        kernels: &Kernels,
        workspace: &mut Workspace,
    ) -> Result<(), KernelError> {
        let values = rows * self.spec.hidden;
        let Workspace { stream, queries, keys, values: value_rows, quantised, cache, .. } = workspace;
        let [stream, queries, keys, value_rows] =
            [stream, queries, keys, value_rows].map(|buffer| &mut buffer[..values]);
        let maps = [&layer.query, &layer.key, &layer.value];
        linear(kernels, quantised, stream, rows, maps, [&mut *queries, &mut *keys, &mut *value_rows])?;
        kernels.write_cache(cache, slots, keys, value_rows)?;
        let request = AttentionRequest {
            queries,
            heads: self.spec.heads,
            scale: 1.0 / (self.spec.head_dim() as f32).sqrt(),
            soft_cap: None,
            window: None,
            both_ways: true,
            sinks: None,
            spans,
        };
        kernels.attention(&request, cache, value_rows)?;
        linear(kernels, quantised, value_rows, rows, [&layer.attended], [&mut *keys])?;
        kernels.add_scaled(keys, stream, 1.0)?;
        self.norm(kernels, keys, &layer.attention_norm, stream)
    }

    /// stream = norm(stream + output(activation(intermediate(stream)))).
    fn feed_forward(
        &self,
        layer: &Layer,
        rows: usize,
        kernels: &Kernels,
        workspace: &mut Workspace,
    ) -> Result<(), KernelError> {
        let Workspace { stream, keys, wide, quantised, .. } = workspace;
        let [stream, sums] = [stream, keys].map(|buffer| &mut buffer[..rows * self.spec.hidden]);
        let wide = &mut wide[..rows * self.spec.intermediate];
        linear(kernels, quantised, stream, rows, [&layer.intermediate], [&mut *wide])?;
        kernels.activate(Gate { activation: self.spec.activation, values: &mut *wide, up: None })?;
        linear(kernels, quantised, wide, rows, [&layer.output], [&mut *sums])?;
        kernels.add_scaled(sums, stream, 1.0)?;
        self.norm(kernels, sums, &layer.output_norm, stream)
    }

    /// One vector of length 1 from those of a text's tokens. (Zeros stay zeros.)
    fn pool(&self, rows: &[f32]) -> Vec<f32> {
        let width = self.spec.hidden;
        let pooled: Vec<f64> = match self.spec.pooling {
            Pooling::FirstToken => rows[..width].iter().copied().map(f64::from).collect(),
            // A vector's length does not matter, so the sum is as good as the mean.
            Pooling::Mean => {
                let mut sums = vec![0.0; width];
                for row in rows.chunks_exact(width) {
                    sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
                }
                sums
            }
        };
        let length = pooled.iter().map(|value| value * value).sum::<f64>().sqrt();
        let factor = if length == 0.0 { 0.0 } else { 1.0 / length };
        pooled.into_iter().map(|value| (value * factor) as f32).collect()
    }
}

/// Applies several maps to the same rows.
fn linear<const N: usize>(
    kernels: &Kernels,
    buffer: &mut ActivationBuffer,
    input: &[f32],
    rows: usize,
    maps: [&Linear; N],
    outputs: [&mut [f32]; N],
) -> Result<(), KernelError> {
    // Weights are floats, and products with these take the inputs as they are.
    let input = kernels.quantize(buffer, input, rows, input.len() / rows, ActivationPrecision::Int8)?;
    let mut pairs: Vec<_> = maps.iter().zip(outputs).collect();
    let mut products: Vec<_> = pairs.iter_mut().map(|(map, output)| (&map.matrix, &mut **output)).collect();
    kernels.matmul_many(&input, &mut products)?;
    for (map, output) in pairs {
        kernels.add_rows(output, &map.bias)?;
    }
    Ok(())
}

/// Where each row's key and value go, and each text's blocks, one text after another.
fn places(pass: &Pass) -> (Vec<CacheSlot>, Vec<u32>) {
    let mut slots = Vec::with_capacity(pass.rows());
    let mut blocks = 0;
    for (_, rows) in pass.spans() {
        let slot = |row: usize| CacheSlot {
            block: (blocks + row / BLOCK_POSITIONS) as u32,
            offset: (row % BLOCK_POSITIONS) as u32,
        };
        slots.extend((0..rows).map(slot));
        blocks += rows.div_ceil(BLOCK_POSITIONS);
    }
    (slots, (0..blocks as u32).collect())
}

/// Each text's rows and blocks.
fn spans<'a>(pass: &Pass, blocks: &'a [u32]) -> Vec<Span<'a>> {
    let mut rest = blocks;
    let span = |(first_row, tokens): (usize, usize)| {
        let (blocks, behind) = rest.split_at(tokens.div_ceil(BLOCK_POSITIONS));
        rest = behind;
        Span { first_row, tokens, first_position: 0, blocks, first_block: 0 }
    };
    pass.spans().map(span).collect()
}
