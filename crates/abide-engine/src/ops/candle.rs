//! Candle's own operations, on any device. On dequantised f32 weights: slow, and the reference that
//! every other choice is tested against. On quantised weights: what CUDA and Metal run.

use std::borrow::Cow;

use abide_kernels::{BlockType, dequantize};
use candle_core::{
    D, DType, Device, Module, Result, Tensor,
    quantized::{GgmlDType, QMatMul, QStorage, QTensor},
};
use candle_nn::{ops, rotary_emb};
use half::f16;

use super::{Angles, AttentionCall, CacheShape, Linear, MatrixSource, Norm, Ops, check_block_bytes};
use crate::{
    batch::{BatchPlan, QuerySpan, RowSpan, SpanTable},
    buffer::Buffer,
    spec::{Activation, AttentionSpec, NormKind, RopePairing},
};

/// How [`CandleOps`] keeps its weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// As f32, whatever the file holds.
    Dequantised,
    /// In the file's blocks where candle reads them, else as f32.
    Stored,
}

/// Candle's own operations.
#[derive(Debug)]
pub struct CandleOps {
    device: Device,
    weights: Weights,
    cache_type: DType,
}

/// Keys and values of one layer: slots × channels.
#[derive(Debug)]
pub struct TensorCache {
    keys: Tensor,
    values: Option<Tensor>,
    block_positions: usize,
}

impl TensorCache {
    fn tensors(&self) -> impl Iterator<Item = &Tensor> {
        std::iter::once(&self.keys).chain(&self.values)
    }

    /// Values of one block in one of the tensors.
    fn block_values(&self, tensor: &Tensor) -> usize {
        tensor.elem_count() / tensor.dims()[0] * self.block_positions
    }
}

impl CandleOps {
    /// Operations on `device`; the cache holds `cache_type` (F32 or F16).
    pub fn new(device: Device, weights: Weights, cache_type: DType) -> Self {
        Self { device, weights, cache_type }
    }

    fn stored(&self, source: MatrixSource<'_>, kind: GgmlDType) -> Result<QMatMul> {
        let storage = QStorage::from_data(Cow::Borrowed(source.bytes), &self.device, kind)?;
        QMatMul::from_qtensor(QTensor::new(storage, (source.rows, source.columns))?)
    }

    fn dequantised(&self, source: MatrixSource<'_>) -> Result<QMatMul> {
        let mut values = vec![0.0f32; source.rows * source.columns];
        dequantize(source.kind, source.bytes, &mut values).map_err(crate::ops::failed)?;
        let weights = Tensor::from_vec(values, (source.rows, source.columns), &self.device)?;
        Ok(QMatMul::Tensor(weights))
    }

    /// Keys or values at the positions that a span sees, as f32: positions × channels.
    fn gather(&self, cache: &Tensor, view: &SpanView<'_>) -> Result<Tensor> {
        let slots: Vec<u32> =
            (view.start..view.end).map(|at| view.table.slot(at, view.block_positions) as u32).collect();
        let slots = Tensor::from_vec(slots, view.end - view.start, &self.device)?;
        cache.index_select(&slots, 0)?.to_dtype(DType::F32)
    }

    /// 0 where a row sees a position, −∞ where it does not: rows × positions.
    fn mask(&self, span: RowSpan, view: &SpanView<'_>, window: Option<usize>) -> Result<Tensor> {
        let seen = view.end - view.start;
        let mut mask = Vec::with_capacity(span.rows * seen);
        for row in span.first_position..span.end() {
            let first = window.map_or(0, |window| (row + 1).saturating_sub(window));
            mask.extend(
                (view.start..view.end)
                    .map(|at| if (first..=row).contains(&at) { 0.0 } else { f32::NEG_INFINITY }),
            );
        }
        Tensor::from_vec(mask, (span.rows, seen), &self.device)
    }

    /// Attention of one span: rows × (heads · `value_dim`).
    fn attend(
        &self,
        call: &AttentionCall<'_, Tensor>,
        cache: &TensorCache,
        query: QuerySpan,
    ) -> Result<Tensor> {
        let AttentionSpec { heads, kv_heads, key_dim, value_dim, window, .. } = *call.spec;
        let span = query.rows;
        let view = SpanView::new(call, query, cache.block_positions);
        let seen = view.end - view.start;
        let shared = heads / kv_heads;
        let by_head =
            |rows: Tensor, width: usize| rows.reshape((seen, kv_heads, width))?.transpose(0, 1)?.contiguous();
        let keys = by_head(self.gather(&cache.keys, &view)?, key_dim)?;
        let stored = cache.values.as_ref().unwrap_or(&cache.keys);
        let values = by_head(self.gather(stored, &view)?, value_dim)?;
        let queries = call
            .queries
            .narrow(0, span.first_row, span.rows)?
            .reshape((span.rows, kv_heads, shared, key_dim))?
            .permute((1, 2, 0, 3))?
            .contiguous()?
            .reshape((kv_heads, shared * span.rows, key_dim))?;
        let mut scores =
            (queries.matmul(&keys.transpose(1, 2)?.contiguous()?)? * f64::from(call.spec.scale))?;
        if let Some(cap) = call.spec.soft_cap {
            scores = soft_cap(&scores, cap)?;
        }
        let scores =
            scores.reshape((heads, span.rows, seen))?.broadcast_add(&self.mask(span, &view, window)?)?;
        let weights = match call.sinks {
            None => ops::softmax_last_dim(&scores)?,
            Some(sinks) => {
                let sinks = sinks.reshape((heads, 1, 1))?.broadcast_as((heads, span.rows, 1))?;
                let all = Tensor::cat(&[&scores, &sinks.contiguous()?], D::Minus1)?;
                ops::softmax_last_dim(&all)?.narrow(D::Minus1, 0, seen)?.contiguous()?
            }
        };
        weights
            .reshape((kv_heads, shared * span.rows, seen))?
            .matmul(&values)?
            .reshape((heads, span.rows, value_dim))?
            .transpose(0, 1)?
            .contiguous()?
            .reshape((span.rows, heads * value_dim))
    }
}

/// The positions that a span's rows see, and where they are.
struct SpanView<'a> {
    start: usize,
    end: usize,
    table: &'a SpanTable,
    block_positions: usize,
}

impl<'a> SpanView<'a> {
    fn new(call: &AttentionCall<'a, Tensor>, query: QuerySpan, block_positions: usize) -> Self {
        Self {
            start: query.rows.first_visible(call.spec.window),
            end: query.rows.end(),
            table: &call.batch.groups[call.group].tables[query.table],
            block_positions,
        }
    }
}

/// cap · tanh(x / cap).
fn soft_cap(input: &Tensor, cap: f32) -> Result<Tensor> {
    (input / f64::from(cap))?.tanh()? * f64::from(cap)
}

/// Writes rows into their slots, a run of neighbouring slots at a time.
fn write_rows(cache: &Tensor, rows: &Tensor, slots: &[(u32, u32)], block_positions: usize) -> Result<()> {
    let rows = rows.to_dtype(cache.dtype())?.contiguous()?;
    let slot = |row: usize| slots[row].0 as usize * block_positions + slots[row].1 as usize;
    let mut start = 0;
    while start < slots.len() {
        let mut end = start + 1;
        while end < slots.len() && slot(end) == slot(end - 1) + 1 {
            end += 1;
        }
        cache.slice_set(&rows.narrow(0, start, end - start)?.contiguous()?, 0, slot(start))?;
        start = end;
    }
    Ok(())
}

/// Candle's name of a block type, where its kernels read it on every device.
fn candle_kind(kind: BlockType) -> Option<GgmlDType> {
    Some(match kind {
        BlockType::F32 => GgmlDType::F32,
        BlockType::F16 => GgmlDType::F16,
        BlockType::BF16 => GgmlDType::BF16,
        BlockType::Q4_0 => GgmlDType::Q4_0,
        BlockType::Q4_1 => GgmlDType::Q4_1,
        BlockType::Q5_0 => GgmlDType::Q5_0,
        BlockType::Q5_1 => GgmlDType::Q5_1,
        BlockType::Q8_0 => GgmlDType::Q8_0,
        BlockType::Q2_K => GgmlDType::Q2K,
        BlockType::Q3_K => GgmlDType::Q3K,
        BlockType::Q4_K => GgmlDType::Q4K,
        BlockType::Q5_K => GgmlDType::Q5K,
        BlockType::Q6_K => GgmlDType::Q6K,
        BlockType::IQ4_NL | BlockType::IQ4_XS | BlockType::MXFP4 => return None,
    })
}

impl Ops for CandleOps {
    type Tensor = Tensor;
    type Matrix = QMatMul;
    type Cache = TensorCache;

    fn name(&self) -> String {
        match self.weights {
            Weights::Dequantised => "candle, f32 weights (reference)".to_owned(),
            Weights::Stored => "candle, quantised weights".to_owned(),
        }
    }

    /// Candle chooses another kernel for one row than for several.
    fn same_in_any_batch(&self) -> bool {
        false
    }

    fn tensor(&self, values: Vec<f32>, width: usize) -> Result<Tensor> {
        Tensor::from_vec(values, ((), width), &self.device)
    }

    fn values(&self, tensor: Tensor) -> Result<Buffer> {
        Ok(tensor.flatten_all()?.to_vec1()?.into())
    }

    fn copy(&self, input: &Tensor) -> Result<Tensor> {
        Ok(input.clone())
    }

    fn zeros_like(&self, input: &Tensor) -> Result<Tensor> {
        input.zeros_like()
    }

    fn select(&self, input: &Tensor, rows: &[u32]) -> Result<Tensor> {
        input.index_select(&Tensor::new(rows, &self.device)?, 0)
    }

    fn matrix(&self, source: MatrixSource<'_>) -> Result<QMatMul> {
        let matrix = match (self.weights, candle_kind(source.kind)) {
            (Weights::Stored, Some(kind)) => self.stored(source, kind),
            _ => self.dequantised(source),
        }?;
        (source.read)(0..source.bytes.len());
        Ok(matrix)
    }

    fn cache(&self, shape: CacheShape) -> Result<TensorCache> {
        let slots = shape.blocks * shape.block_positions;
        // What is no key and no value (a convolution's inputs) is kept exactly.
        let kind = if shape.value_dim == 0 { DType::F32 } else { self.cache_type };
        let zeros = |width: usize| Tensor::zeros((slots, shape.kv_heads * width), kind, &self.device);
        Ok(TensorCache {
            keys: zeros(shape.key_dim)?,
            values: if shape.value_dim == 0 { None } else { Some(zeros(shape.value_dim)?) },
            block_positions: shape.block_positions,
        })
    }

    fn copy_block(&self, cache: &mut TensorCache, from: usize, to: usize) -> Result<()> {
        let size = cache.block_positions;
        for tensor in cache.tensors() {
            let block = tensor.narrow(0, from * size, size)?.copy()?;
            tensor.slice_set(&block, 0, to * size)?;
        }
        Ok(())
    }

    fn contents(&self) -> String {
        let device = match self.device {
            Device::Cpu => "cpu",
            Device::Cuda(_) => "cuda",
            Device::Metal(_) => "metal",
        };
        format!("candle on {device}, {:?} weights, {:?} cache", self.weights, self.cache_type)
    }

    fn block_bytes(&self, cache: &TensorCache) -> usize {
        cache.tensors().map(|tensor| cache.block_values(tensor) * tensor.dtype().size_in_bytes()).sum()
    }

    fn read_block(&self, cache: &TensorCache, block: usize, bytes: &mut Vec<u8>) -> Result<()> {
        let size = cache.block_positions;
        for tensor in cache.tensors() {
            let values = tensor.narrow(0, block * size, size)?.flatten_all()?;
            match tensor.dtype() {
                DType::F16 => {
                    let values = values.to_vec1::<f16>()?;
                    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
                }
                _ => bytes.extend(values.to_vec1::<f32>()?.iter().flat_map(|value| value.to_le_bytes())),
            }
        }
        Ok(())
    }

    fn write_block(&self, cache: &mut TensorCache, block: usize, bytes: &[u8]) -> Result<()> {
        check_block_bytes(bytes.len(), self.block_bytes(cache))?;
        let (size, mut rest) = (cache.block_positions, bytes);
        for tensor in cache.tensors() {
            let own;
            (own, rest) = rest.split_at(cache.block_values(tensor) * tensor.dtype().size_in_bytes());
            let shape = (size, tensor.dim(1)?);
            let values = Tensor::from_raw_buffer(own, tensor.dtype(), &[shape.0, shape.1], &self.device)?;
            tensor.slice_set(&values, 0, block * size)?;
        }
        Ok(())
    }

    fn linear(&self, input: &Tensor, maps: &[&Linear<Self>]) -> Result<Vec<Tensor>> {
        maps.iter()
            .map(|map| {
                let output = map.matrix.forward(input)?;
                match &map.bias {
                    Some(bias) => output.broadcast_add(bias),
                    None => Ok(output),
                }
            })
            .collect()
    }

    fn add(&self, stream: Tensor, branch: &Tensor, scale: f32) -> Result<Tensor> {
        if scale == 1.0 { stream + branch } else { stream + (branch * f64::from(scale))? }
    }

    fn add_weighted(&self, sum: Tensor, branch: &Tensor, rows: &[u32], weights: &[f32]) -> Result<Tensor> {
        let weights = Tensor::new(weights, &self.device)?.unsqueeze(1)?;
        sum.index_add(&Tensor::new(rows, &self.device)?, &branch.broadcast_mul(&weights)?, 0)
    }

    fn multiply(&self, one: Tensor, other: &Tensor) -> Result<Tensor> {
        one * other
    }

    fn norm(&self, input: &Tensor, norm: &Norm<Tensor>) -> Result<Tensor> {
        let (weight, bias) = (norm.weight.flatten_all()?, norm.bias.flatten_all()?);
        let runs = input.contiguous()?.reshape(((), weight.elem_count()))?;
        let normed = match norm.kind {
            NormKind::Rms => ops::rms_norm(&runs, &weight, norm.epsilon),
            NormKind::Layer => ops::layer_norm(&runs, &weight, &bias, norm.epsilon),
        };
        normed?.reshape(input.shape())
    }

    fn rope(&self, input: Tensor, width: usize, angles: &Angles<Tensor>) -> Result<Tensor> {
        let shape = input.dims2()?;
        let input = input.reshape((shape.0, shape.1 / width, width))?;
        let rotated = 2 * angles.cosines.dim(1)?;
        let head = input.narrow(D::Minus1, 0, rotated)?.unsqueeze(0)?.contiguous()?;
        let head = match angles.pairing {
            RopePairing::HalfSplit => rotary_emb::rope_thd(&head, &angles.cosines, &angles.sines)?,
            RopePairing::Interleaved => {
                let by_head = head.transpose(1, 2)?.contiguous()?;
                rotary_emb::rope_i(&by_head, &angles.cosines, &angles.sines)?.transpose(1, 2)?.contiguous()?
            }
        };
        let head = head.squeeze(0)?;
        if rotated == width {
            return head.reshape(shape);
        }
        let rest = input.narrow(D::Minus1, rotated, width - rotated)?.contiguous()?;
        Tensor::cat(&[&head, &rest], D::Minus1)?.reshape(shape)
    }

    fn attention(&self, call: &AttentionCall<'_, Tensor>, cache: &mut TensorCache) -> Result<Tensor> {
        let slots = &call.batch.groups[call.group].slots;
        write_rows(&cache.keys, &call.keys, slots, cache.block_positions)?;
        if let Some(values) = &cache.values {
            write_rows(values, &call.values, slots, cache.block_positions)?;
        }
        let spans: Vec<Tensor> =
            call.query_spans.iter().map(|query| self.attend(call, cache, *query)).collect::<Result<_>>()?;
        if spans.len() == 1 {
            Ok(spans.into_iter().next().expect("one span"))
        } else {
            Tensor::cat(&spans, 0)
        }
    }

    fn linear_activated(
        &self,
        gate: Tensor,
        up: Option<&Tensor>,
        activation: Activation,
        map: &Linear<Self>,
    ) -> Result<Tensor> {
        let active = activate(&gate, up, activation)?;
        Ok(self.linear(&active, &[map])?.remove(0))
    }

    fn convolve(
        &self,
        input: &Tensor,
        taps: &Tensor,
        batch: &BatchPlan,
        group: usize,
        cache: &mut TensorCache,
    ) -> Result<Tensor> {
        let plan = &batch.groups[group];
        write_rows(&cache.keys, input, &plan.slots, cache.block_positions)?;
        let (channels, count) = taps.dims2()?;
        let outputs = batch.spans.iter().zip(&plan.tables).map(|(&span, table)| {
            let start = span.first_visible(Some(count));
            let view = SpanView { start, end: span.end(), table, block_positions: cache.block_positions };
            let seen = self.gather(&cache.keys, &view)?;
            let before = span.first_position - start;
            let seen = seen.pad_with_zeros(0, count - 1 - before, 0)?;
            let mut sum = seen
                .narrow(0, 0, span.rows)?
                .broadcast_mul(&taps.narrow(1, 0, 1)?.reshape((1, channels))?)?;
            for tap in 1..count {
                let weights = taps.narrow(1, tap, 1)?.reshape((1, channels))?;
                sum = (sum + seen.narrow(0, tap, span.rows)?.broadcast_mul(&weights)?)?;
            }
            Ok(sum)
        });
        Tensor::cat(&outputs.collect::<Result<Vec<_>>>()?, 0)
    }
}

/// The nonlinearity on `gate` times `up`, or on `gate` alone.
fn activate(gate: &Tensor, up: Option<&Tensor>, activation: Activation) -> Result<Tensor> {
    let (active, up) = match (activation, up) {
        (Activation::Silu, up) => (gate.silu()?, up.cloned()),
        (Activation::Gelu, up) => (gate.gelu()?, up.cloned()),
        (Activation::SwigluClamped, up) => {
            let gate = gate.minimum(7.0)?;
            let active = (&gate * ops::sigmoid(&(&gate * 1.702)?)?)?;
            let up = up.map(|up| up.clamp(-7.0, 7.0)? + 1.0).transpose()?;
            (active, up)
        }
    };
    match up {
        Some(up) => active * up,
        None => Ok(active),
    }
}
