//! The CPU's fast way: `abide-kernels` on the slices behind candle's tensors.
//!
//! Plain slices rather than candle's `CustomOp` traits: several outputs share one quantised input,
//! and a custom op has but one output. Every result depends on its own row alone, whatever the
//! batch beside it.

use abide_kernels as kernels;
use abide_kernels::{
    Activation as GatedActivation, AttentionRequest, CacheLayer, CacheSlot, KernelError, Kernels,
    PackedMatrix, RopeShape,
};
use candle_core::{CpuStorage, Device, Error, Result, Storage, Tensor};

use super::{Angles, AttentionCall, CacheShape, Linear, MatrixSource, Norm, Ops, failed};
use crate::{
    batch::BatchPlan,
    options::CacheType,
    spec::{Activation, NormKind, RopePairing},
};

/// CPU kernels behind the seam.
pub struct CpuOps {
    kernels: Kernels,
    cache_type: CacheType,
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
    /// Operations by `kernels`; the cache holds `cache_type`.
    pub fn new(kernels: Kernels, cache_type: CacheType) -> Self {
        Self { kernels, cache_type }
    }
}

/// Lends the values of f32 tensors on the CPU to a kernel.
fn with_values<const N: usize, T>(
    tensors: [&Tensor; N],
    kernel: impl FnOnce([&[f32]; N]) -> std::result::Result<T, KernelError>,
) -> Result<T> {
    let mut contiguous = Vec::with_capacity(N);
    for tensor in tensors {
        contiguous.push(tensor.contiguous()?);
    }
    let storages: Vec<_> = contiguous.iter().map(Tensor::storage_and_layout).collect();
    let mut slices: [&[f32]; N] = [&[]; N];
    for (slice, (storage, layout)) in slices.iter_mut().zip(&storages) {
        let Storage::Cpu(CpuStorage::F32(values)) = &**storage else {
            return Err(Error::Msg(
                "the CPU kernels were given a tensor that is not f32 on the CPU".to_owned(),
            ));
        };
        *slice = &values[layout.start_offset()..][..layout.shape().elem_count()];
    }
    kernel(slices).map_err(failed)
}

impl Ops for CpuOps {
    type Matrix = PackedMatrix;
    type Cache = CpuCache;

    fn device(&self) -> &Device {
        &Device::Cpu
    }

    fn name(&self) -> String {
        self.kernels.isa().name().to_owned()
    }

    fn matrix(&self, source: MatrixSource<'_>) -> Result<PackedMatrix> {
        let MatrixSource { kind, bytes, rows, columns } = source;
        PackedMatrix::pack(&self.kernels, kind, bytes, rows, columns).map_err(failed)
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
                let size = cache.block_positions * cache.channels;
                cache.inputs.copy_within(from * size..(from + 1) * size, to * size);
            }
        }
        Ok(())
    }

    fn linear(&self, input: &Tensor, maps: &[&Linear<PackedMatrix>]) -> Result<Vec<Tensor>> {
        let (tokens, columns) = input.dims2()?;
        let mut outputs: Vec<Vec<f32>> =
            maps.iter().map(|map| vec![0.0; tokens * map.matrix.rows()]).collect();
        with_values([input], |[values]| {
            let activations = self.kernels.quantize(values, tokens, columns)?;
            let mut products: Vec<(&PackedMatrix, &mut [f32])> = maps
                .iter()
                .zip(&mut outputs)
                .map(|(map, output)| (&*map.matrix, output.as_mut_slice()))
                .collect();
            self.kernels.matmul_many(&activations, &mut products)
        })?;
        maps.iter()
            .zip(outputs)
            .map(|(map, mut output)| {
                if let Some(bias) = &map.bias {
                    with_values([bias], |[bias]| self.kernels.add_rows(&mut output, bias))?;
                }
                Tensor::from_vec(output, (tokens, map.matrix.rows()), &Device::Cpu)
            })
            .collect()
    }

    // Not candle's own sum, which wakes a second pool of threads that would fight with ours.
    fn add(&self, stream: &Tensor, branch: &Tensor, scale: f32) -> Result<Tensor> {
        let sum = with_values([stream, branch], |[stream, branch]| {
            let mut sum = branch.to_vec();
            if scale != 1.0 {
                self.kernels.scale(&mut sum, scale);
            }
            self.kernels.add(&mut sum, stream)?;
            Ok(sum)
        })?;
        Tensor::from_vec(sum, stream.shape(), &Device::Cpu)
    }

    fn norm(&self, input: &Tensor, norm: &Norm) -> Result<Tensor> {
        let width = input.dim(candle_core::D::Minus1)?;
        let mut output = vec![0.0; input.elem_count()];
        with_values([input, &norm.weight, &norm.bias], |[values, weight, bias]| match norm.kind {
            NormKind::Rms => self.kernels.rms_norm(values, width, Some(weight), norm.epsilon, &mut output),
            NormKind::Layer => {
                self.kernels.layer_norm(values, width, weight, Some(bias), norm.epsilon, &mut output)
            }
        })?;
        Tensor::from_vec(output, input.shape(), &Device::Cpu)
    }

    fn rope(&self, input: &Tensor, angles: &Angles) -> Result<Tensor> {
        let (tokens, heads, head_dim) = input.dims3()?;
        let rotary_dim = 2 * angles.cosines.dim(1)?;
        let pairing = match angles.pairing {
            RopePairing::Interleaved => kernels::RopePairing::Interleaved,
            RopePairing::HalfSplit => kernels::RopePairing::HalfSplit,
        };
        let shape = RopeShape { heads, head_dim, rotary_dim, pairing };
        let output = with_values([input, &angles.cosines, &angles.sines], |[values, cosines, sines]| {
            let mut output = values.to_vec();
            self.kernels.rope(&mut output, tokens, shape, cosines, sines)?;
            Ok(output)
        })?;
        Tensor::from_vec(output, input.shape(), &Device::Cpu)
    }

    fn attention(&self, call: &AttentionCall<'_>, cache: &mut CpuCache) -> Result<Tensor> {
        let CpuCache::Attention(layer) = cache else {
            return Err(Error::Msg("attention was given a convolution's cache".to_owned()));
        };
        let (plan, spec) = (&call.batch.groups[call.group], call.spec);
        let slots: Vec<CacheSlot> =
            plan.slots.iter().map(|&(block, offset)| CacheSlot { block, offset }).collect();
        with_values([call.keys, call.values], |[keys, values]| {
            self.kernels.write_cache(layer, &slots, keys, values)
        })?;
        let rows = call.batch.rows();
        let mut output = vec![0.0; rows * spec.heads * spec.value_dim];
        let spans: Vec<kernels::Span<'_>> = call
            .batch
            .spans
            .iter()
            .zip(&plan.tables)
            .map(|(span, table)| kernels::Span {
                first_row: span.first_row,
                tokens: span.rows,
                first_position: span.first_position,
                blocks: &table.blocks,
                first_block: table.first_block,
            })
            .collect();
        let sinks = call.sinks.map(|sinks| with_values([sinks], |[sinks]| Ok(sinks.to_vec()))).transpose()?;
        with_values([call.queries], |[queries]| {
            let request = AttentionRequest {
                queries,
                heads: spec.heads,
                scale: spec.scale,
                soft_cap: spec.soft_cap,
                window: spec.window,
                sinks: sinks.as_deref(),
                spans: &spans,
            };
            self.kernels.attention(&request, layer, &mut output)
        })?;
        Tensor::from_vec(output, (rows, spec.heads * spec.value_dim), &Device::Cpu)
    }

    fn activate(&self, gate: &Tensor, up: Option<&Tensor>, activation: Activation) -> Result<Tensor> {
        let activation = match activation {
            Activation::Silu => GatedActivation::Silu,
            Activation::Gelu => GatedActivation::Gelu,
            Activation::SwigluClamped => GatedActivation::GptOss,
        };
        let mut output = vec![0.0; gate.elem_count()];
        match up {
            Some(up) => {
                with_values([gate, up], |[gate, up]| self.kernels.gated(activation, gate, up, &mut output))
            }
            None => with_values([gate], |[gate]| self.kernels.activate(activation, gate, &mut output)),
        }?;
        Tensor::from_vec(output, gate.shape(), &Device::Cpu)
    }

    fn convolve(
        &self,
        input: &Tensor,
        taps: &Tensor,
        batch: &BatchPlan,
        group: usize,
        cache: &mut CpuCache,
    ) -> Result<Tensor> {
        let CpuCache::Convolution(cache) = cache else {
            return Err(Error::Msg("a convolution was given attention's cache".to_owned()));
        };
        let (_, count) = taps.dims2()?;
        let mut output = vec![0.0; input.elem_count()];
        with_values([input, taps], |[input, taps]| {
            cache.write(input, &batch.groups[group].slots);
            cache.convolve(taps, count, batch, group, &mut output);
            Ok(())
        })?;
        Tensor::from_vec(output, input.shape(), &Device::Cpu)
    }
}

impl ConvolutionCache {
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
