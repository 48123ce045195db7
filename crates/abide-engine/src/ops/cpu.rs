//! The CPU's fast way: `abide-kernels` on plain slices.
//!
//! Activations are [`Rows`] in memory that is used again from step to step, not candle's tensors, whose memory comes
//! fresh from the system for each operation. Every result depends on its own row alone, whatever the batch beside it.

use std::cell::RefCell;

use abide_kernels as kernels;
use abide_kernels::{
    Activation as GatedActivation, ActivationBuffer, ActivationPrecision, Activations, AttentionRequest,
    CacheLayer, CacheSlot, Gate, Kernels, PackedMatrix, RopeShape, Sought,
};
use candle_core::{Error, Result};

use super::{Angles, AttentionCall, CacheShape, Linear, MatrixSource, Norm, Ops, check_block_bytes, failed};
use crate::{
    batch::{BatchPlan, QuerySpan, RowNeeded},
    buffer::{Buffer, BufferPool},
    options::CacheType,
    sampling::TokenSet,
    spec::{Activation, NormKind, RopePairing},
};

/// An output matrix of fewer rows is whole: the best stand out too little among them. (Of SmolLM2's 49,152 tokens a third
/// would have to be computed whole for the best 40, of gemma's 262,144 4 %.)
const ROWS_IN_PARTS_LEAST: usize = 1 << 17;

/// Of what logits are computed from: nothing evens out behind them.
const LOGITS_PRECISION: ActivationPrecision = ActivationPrecision::Int16;

/// CPU kernels behind the seam.
pub struct CpuOps {
    kernels: Kernels,
    cache_type: CacheType,
    precision: ActivationPrecision,
    pool: BufferPool,
    quantised: RefCell<ActivationBuffer>,
}

/// Rows of `width` values.
pub struct Rows {
    values: Buffer,
    width: usize,
}

impl Rows {
    fn count(&self) -> usize {
        self.values.len() / self.width
    }
}

/// A matrix, and whether its outputs are logits: then its inputs are always quantised finely.
pub struct CpuMatrix {
    packed: PackedMatrix,
    logits: bool,
}

/// One layer's cache: keys and values for attention, or the inputs of a convolution.
pub enum CpuCache {
    Attention(CacheLayer),
    Convolution(ConvolutionCache),
}

/// The last inputs of a convolution, slots × channels.
pub struct ConvolutionCache {
    inputs: Vec<f32>,
    channels: usize,
    block_positions: usize,
}

impl CpuOps {
    /// Operations by `kernels`; the cache holds `cache_type`, inputs of products are quantised to `precision`.
    pub fn new(kernels: Kernels, cache_type: CacheType, precision: ActivationPrecision) -> Self {
        Self { kernels, cache_type, precision, pool: BufferPool::default(), quantised: RefCell::default() }
    }

    /// Rows of any content.
    fn rows(&self, count: usize, width: usize) -> Rows {
        Rows { values: self.pool.take(count * width), width }
    }

    /// How finely inputs of these are quantised.
    fn precision_for(&self, maps: &[&Linear<Self>]) -> ActivationPrecision {
        if maps.iter().any(|map| map.matrix.logits) { LOGITS_PRECISION } else { self.precision }
    }

    /// Quantised inputs by each of the maps.
    fn products(&self, activations: &Activations<'_>, maps: &[&Linear<Self>]) -> Result<Vec<Rows>> {
        let rows = |map: &&Linear<Self>| self.rows(activations.tokens(), map.matrix.packed.rows());
        let mut outputs: Vec<Rows> = maps.iter().map(rows).collect();
        let mut products: Vec<(&PackedMatrix, &mut [f32])> = maps
            .iter()
            .zip(&mut outputs)
            .map(|(map, output)| (&map.matrix.packed, &mut *output.values))
            .collect();
        self.kernels.matmul_many(activations, &mut products).map_err(failed)?;
        for (map, output) in maps.iter().zip(&mut outputs) {
            if let Some(bias) = &map.bias {
                self.kernels.add_rows(&mut output.values, &bias.values).map_err(failed)?;
            }
        }
        Ok(outputs)
    }
}

impl Ops for CpuOps {
    type Tensor = Rows;
    type Matrix = CpuMatrix;
    type Cache = CpuCache;

    fn name(&self) -> String {
        self.kernels.isa().name().to_owned()
    }

    fn same_in_any_batch(&self) -> bool {
        true
    }

    fn tensor(&self, values: Vec<f32>, width: usize) -> Result<Rows> {
        Ok(Rows { values: values.into(), width })
    }

    fn values(&self, tensor: Rows) -> Result<Buffer> {
        Ok(tensor.values)
    }

    fn copy(&self, input: &Rows) -> Result<Rows> {
        let mut copy = self.rows(input.count(), input.width);
        copy.values.copy_from_slice(&input.values);
        Ok(copy)
    }

    fn zeros_like(&self, input: &Rows) -> Result<Rows> {
        Ok(Rows { values: self.pool.zeros(input.values.len()), width: input.width })
    }

    fn select(&self, input: &Rows, rows: &[u32]) -> Result<Rows> {
        let mut output = self.rows(rows.len(), input.width);
        for (target, &row) in output.values.chunks_exact_mut(input.width).zip(rows) {
            target.copy_from_slice(&input.values[row as usize * input.width..][..input.width]);
        }
        Ok(output)
    }

    fn matrix(&self, source: MatrixSource<'_>) -> Result<CpuMatrix> {
        let MatrixSource { kind, bytes, rows, columns, logits, read } = source;
        let many = logits && rows >= ROWS_IN_PARTS_LEAST;
        let pack = if many { PackedMatrix::pack_in_parts } else { PackedMatrix::pack_with };
        let packed = pack(&self.kernels, kind, bytes, rows, columns, read).map_err(failed)?;
        Ok(CpuMatrix { packed, logits })
    }

    fn cache(&self, shape: CacheShape) -> Result<CpuCache> {
        let CacheShape { blocks, block_positions, kv_heads, key_dim, value_dim } = shape;
        if value_dim == 0 {
            let channels = kv_heads * key_dim;
            let inputs = vec![0.0; blocks * block_positions * channels];
            return Ok(CpuCache::Convolution(ConvolutionCache { inputs, channels, block_positions }));
        }
        let kind = self.cache_type.into();
        let shape = kernels::CacheShape { kind, blocks, block_positions, kv_heads, key_dim, value_dim };
        Ok(CpuCache::Attention(CacheLayer::new(shape).map_err(failed)?))
    }

    fn copy_block(&self, cache: &mut CpuCache, from: usize, to: usize) -> Result<()> {
        match cache {
            CpuCache::Attention(layer) => layer.copy_block(from as u32, to as u32).map_err(failed)?,
            CpuCache::Convolution(cache) => {
                let size = cache.block_values();
                cache.inputs.copy_within(from * size..(from + 1) * size, to * size);
            }
        }
        Ok(())
    }

    /// Threads and instruction sets change nothing. The number is that of how caches lie.
    fn contents(&self) -> String {
        let order = if cfg!(target_endian = "little") { "little" } else { "big" };
        format!(
            "cpu kernels 2, {:?} cache, {:?} activations, {order}-endian",
            self.cache_type, self.precision
        )
    }

    fn block_bytes(&self, cache: &CpuCache) -> usize {
        match cache {
            CpuCache::Attention(layer) => layer.shape().block_bytes(),
            CpuCache::Convolution(cache) => cache.block_values() * size_of::<f32>(),
        }
    }

    fn read_block(&self, cache: &CpuCache, block: usize, bytes: &mut Vec<u8>) -> Result<()> {
        match cache {
            CpuCache::Attention(layer) => {
                bytes.extend_from_slice(layer.block(block as u32).map_err(failed)?);
            }
            CpuCache::Convolution(cache) => {
                let values = &cache.inputs[block * cache.block_values()..][..cache.block_values()];
                bytes.extend(values.iter().flat_map(|value| value.to_ne_bytes()));
            }
        }
        Ok(())
    }

    fn write_block(&self, cache: &mut CpuCache, block: usize, bytes: &[u8]) -> Result<()> {
        check_block_bytes(bytes.len(), self.block_bytes(cache))?;
        match cache {
            CpuCache::Attention(layer) => layer.set_block(block as u32, bytes).map_err(failed)?,
            CpuCache::Convolution(cache) => {
                let size = cache.block_values();
                let values = &mut cache.inputs[block * size..][..size];
                for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
                    *value = f32::from_ne_bytes(*bytes);
                }
            }
        }
        Ok(())
    }

    fn linear(&self, input: &Rows, maps: &[&Linear<Self>]) -> Result<Vec<Rows>> {
        let (mut quantised, precision) = (self.quantised.borrow_mut(), self.precision_for(maps));
        let activations = self
            .kernels
            .quantize(&mut quantised, &input.values, input.count(), input.width, precision)
            .map_err(failed)?;
        self.products(&activations, maps)
    }

    fn linear_activated(
        &self,
        mut gate: Rows,
        up: Option<&Rows>,
        activation: Activation,
        map: &Linear<Self>,
    ) -> Result<Rows> {
        let (tokens, columns) = (gate.count(), gate.width);
        let gate = Gate {
            activation: match activation {
                Activation::Silu => GatedActivation::Silu,
                Activation::Gelu => GatedActivation::Gelu,
                Activation::SwigluClamped => GatedActivation::GptOss,
            },
            values: &mut gate.values,
            up: up.map(|up| &*up.values),
        };
        let (mut quantised, precision) = (self.quantised.borrow_mut(), self.precision_for(&[map]));
        let activations = self
            .kernels
            .quantize_activated(&mut quantised, gate, tokens, columns, precision)
            .map_err(failed)?;
        Ok(self.products(&activations, &[map])?.remove(0))
    }

    fn linear_needed(&self, input: &Rows, map: &Linear<Self>, needed: &[RowNeeded<'_>]) -> Result<Rows> {
        let CpuMatrix { packed, logits } = &map.matrix;
        if map.bias.is_some() || !logits {
            // A bias changes which are the greatest.
            return Ok(self.linear(input, &[map])?.remove(0));
        }
        let tokens = input.count();
        let mut output = self.rows(tokens, packed.rows());
        let mut quantised = self.quantised.borrow_mut();
        let activations = self
            .kernels
            .quantize(&mut quantised, &input.values, tokens, input.width, LOGITS_PRECISION)
            .map_err(failed)?;
        let sought: Vec<_> = needed
            .iter()
            .map(|needed| Sought { best: needed.best, among: needed.allowed.map(TokenSet::words) })
            .collect();
        self.kernels.matmul_sought(&activations, packed, &sought, &mut output.values).map_err(failed)?;
        Ok(output)
    }

    fn add(&self, mut stream: Rows, branch: &Rows, scale: f32) -> Result<Rows> {
        self.kernels.add_scaled(&mut stream.values, &branch.values, scale).map_err(failed)?;
        Ok(stream)
    }

    fn add_weighted(&self, mut sum: Rows, branch: &Rows, rows: &[u32], weights: &[f32]) -> Result<Rows> {
        let width = sum.width;
        for ((branch, &row), &weight) in branch.values.chunks_exact(width).zip(rows).zip(weights) {
            let row = &mut sum.values[row as usize * width..][..width];
            self.kernels.add_scaled(row, branch, weight).map_err(failed)?;
        }
        Ok(sum)
    }

    fn multiply(&self, mut one: Rows, other: &Rows) -> Result<Rows> {
        self.kernels.multiply(&mut one.values, &other.values).map_err(failed)?;
        Ok(one)
    }

    fn norm(&self, input: &Rows, norm: &Norm<Rows>) -> Result<Rows> {
        let (weight, bias) = (&*norm.weight.values, &*norm.bias.values);
        let mut output = self.rows(input.count(), input.width);
        let (values, out) = (&*input.values, &mut *output.values);
        match norm.kind {
            NormKind::Rms => self.kernels.rms_norm(values, weight.len(), Some(weight), norm.epsilon, out),
            NormKind::Layer => {
                self.kernels.layer_norm(values, weight.len(), weight, Some(bias), norm.epsilon, out)
            }
        }
        .map_err(failed)?;
        Ok(output)
    }

    fn rope(&self, mut input: Rows, width: usize, angles: &Angles<Rows>) -> Result<Rows> {
        let pairing = match angles.pairing {
            RopePairing::Interleaved => kernels::RopePairing::Interleaved,
            RopePairing::HalfSplit => kernels::RopePairing::HalfSplit,
        };
        let (tokens, rotary_dim) = (input.count(), 2 * angles.cosines.width);
        let shape = RopeShape { heads: input.width / width, head_dim: width, rotary_dim, pairing };
        let (cosines, sines) = (&*angles.cosines.values, &*angles.sines.values);
        self.kernels.rope(&mut input.values, tokens, shape, cosines, sines).map_err(failed)?;
        Ok(input)
    }

    fn attention(&self, call: &AttentionCall<'_, Rows>, cache: &mut CpuCache) -> Result<Rows> {
        let CpuCache::Attention(layer) = cache else {
            return Err(Error::Msg("attention was given a convolution's cache".to_owned()));
        };
        let (plan, spec) = (&call.batch.groups[call.group], call.spec);
        let slots: Vec<CacheSlot> =
            plan.slots.iter().map(|&(block, offset)| CacheSlot { block, offset }).collect();
        self.kernels.write_cache(layer, &slots, &call.keys.values, &call.values.values).map_err(failed)?;
        let span = |query: &QuerySpan| kernels::Span {
            first_row: query.rows.first_row,
            tokens: query.rows.rows,
            first_position: query.rows.first_position,
            blocks: &plan.tables[query.table].blocks,
            first_block: plan.tables[query.table].first_block,
        };
        let spans: Vec<kernels::Span<'_>> = call.query_spans.iter().map(span).collect();
        let request = AttentionRequest {
            queries: &call.queries.values,
            heads: spec.heads,
            scale: spec.scale,
            soft_cap: spec.soft_cap,
            window: spec.window,
            both_ways: false,
            sinks: call.sinks.map(|sinks| &*sinks.values),
            spans: &spans,
        };
        let mut output = self.rows(call.queries.count(), spec.heads * spec.value_dim);
        self.kernels.attention(&request, layer, &mut output.values).map_err(failed)?;
        Ok(output)
    }

    fn convolve(
        &self,
        input: &Rows,
        taps: &Rows,
        batch: &BatchPlan,
        group: usize,
        cache: &mut CpuCache,
    ) -> Result<Rows> {
        let CpuCache::Convolution(cache) = cache else {
            return Err(Error::Msg("a convolution was given attention's cache".to_owned()));
        };
        let mut output = self.zeros_like(input)?;
        cache.write(&input.values, &batch.groups[group].slots);
        cache.convolve(&taps.values, taps.width, batch, group, &mut output.values);
        Ok(output)
    }
}

impl ConvolutionCache {
    fn block_values(&self) -> usize {
        self.block_positions * self.channels
    }

    fn write(&mut self, rows: &[f32], slots: &[(u32, u32)]) {
        for (row, &(block, offset)) in rows.chunks_exact(self.channels).zip(slots) {
            let start = (block as usize * self.block_positions + offset as usize) * self.channels;
            self.inputs[start..start + self.channels].copy_from_slice(row);
        }
    }

    /// `taps` is channels × `count`, the last on the current position.
    fn convolve(&self, taps: &[f32], count: usize, batch: &BatchPlan, group: usize, output: &mut [f32]) {
        for (span, table) in batch.spans.iter().zip(&batch.groups[group].tables) {
            for row in 0..span.rows {
                let position = span.first_position + row;
                let first = (span.first_row + row) * self.channels;
                let output = &mut output[first..first + self.channels];
                for tap in (count - 1).saturating_sub(position)..count {
                    let slot = table.slot(position + 1 + tap - count, self.block_positions);
                    let inputs = &self.inputs[slot * self.channels..(slot + 1) * self.channels];
                    for (channel, (sum, input)) in output.iter_mut().zip(inputs).enumerate() {
                        *sum += input * taps[channel * count + tap];
                    }
                }
            }
        }
    }
}
