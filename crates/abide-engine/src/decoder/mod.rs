//! The one graph: every family, every device. Follows a [`DecoderSpec`], asks [`Ops`] to compute.
//!
//! Knows no family by name, no file format, no requests. When a layer needs another branch for one
//! family, it wants a new block type instead.

mod feed_forward;
mod mixer;
mod weights;

pub use weights::LoadError;

use std::sync::Arc;

use candle_core::Result;

use crate::{
    batch::{BatchPlan, RowNeeded},
    buffer::Buffer,
    gguf::GgufFile,
    ops::{Angles, CacheShape, Linear, Norm, Ops},
    rope::RopeFrequencies,
    spec::{DecoderSpec, Mixer, RopePairing},
};
use mixer::MixerCall;
use weights::{EmbeddingTable, FeedForwardWeights, MixerWeights};

/// How large the cache is: one entry of `blocks` for each cache group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachePlan {
    /// Blocks of each group.
    pub blocks: Vec<usize>,
    /// Positions in a block.
    pub block_positions: usize,
}

/// A model's weights and cache, ready to run.
pub struct Decoder<O: Ops> {
    ops: O,
    spec: Arc<DecoderSpec>,
    embedding: EmbeddingTable,
    layers: Vec<Layer<O>>,
    output_norm: Norm<O::Tensor>,
    output: Linear<O>,
    ropes: Vec<(RopeFrequencies, RopePairing)>,
}

struct Layer<O: Ops> {
    before_mixer: Option<Norm<O::Tensor>>,
    mixer: MixerWeights<O>,
    after_mixer: Option<Norm<O::Tensor>>,
    before_feed_forward: Option<Norm<O::Tensor>>,
    feed_forward: FeedForwardWeights<O>,
    after_feed_forward: Option<Norm<O::Tensor>>,
    parallel: bool,
    group: usize,
    cache: O::Cache,
}

impl<O: Ops> Decoder<O> {
    /// Loads the weights that `spec` asks for from `file`, and makes an empty cache.
    ///
    /// # Errors
    /// When a tensor is missing, has the wrong shape, or can't be brought to the device.
    pub fn load(
        file: &Arc<GgufFile>,
        spec: Arc<DecoderSpec>,
        ops: O,
        cache: &CachePlan,
        progress: &mut dyn FnMut(usize, usize),
    ) -> std::result::Result<Self, LoadError> {
        let loader = weights::Loader::new(file, &spec, &ops);
        let (_, groups) = spec.cache_groups();
        let mut layers = Vec::with_capacity(spec.layers.len());
        for (index, layer) in spec.layers.iter().enumerate() {
            progress(index, spec.layers.len() + 1);
            let norm = |name: Option<&str>| {
                name.map(|name| loader.norm(&format!("blk.{index}.{name}"), spec.hidden)).transpose()
            };
            layers.push(Layer {
                before_mixer: norm(layer.norms.before_mixer)?,
                mixer: loader.mixer(index, &layer.mixer)?,
                after_mixer: norm(layer.norms.after_mixer)?,
                before_feed_forward: norm(layer.norms.before_feed_forward)?,
                feed_forward: loader.feed_forward(index, &layer.feed_forward)?,
                after_feed_forward: norm(layer.norms.after_feed_forward)?,
                parallel: layer.parallel,
                group: groups[index],
                cache: ops.cache(cache_shape(&spec, &layer.mixer, cache, groups[index]))?,
            });
        }
        progress(spec.layers.len(), spec.layers.len() + 1);
        let output_norm = loader.norm(spec.output_norm, spec.hidden)?;
        let output = loader.output()?;
        let embedding = EmbeddingTable::new(Arc::clone(file), &spec)?;
        file.release_all();
        let ropes = spec.ropes.iter().map(|rope| (RopeFrequencies::new(rope), rope.pairing)).collect();
        Ok(Self { ops, spec, embedding, layers, output_norm, output, ropes })
    }

    /// What computes.
    pub fn ops(&self) -> &O {
        &self.ops
    }

    /// Copies a block of one cache group, in all its layers.
    ///
    /// # Errors
    /// When the device fails.
    pub fn copy_block(&mut self, group: usize, from: usize, to: usize) -> Result<()> {
        for layer in self.layers.iter_mut().filter(|layer| layer.group == group) {
            self.ops.copy_block(&mut layer.cache, from, to)?;
        }
        Ok(())
    }

    /// Bytes that [`Self::read_block`] gives for a block of one cache group.
    pub fn block_bytes(&self, group: usize) -> usize {
        let layers = self.layers.iter().filter(|layer| layer.group == group);
        layers.map(|layer| self.ops.block_bytes(&layer.cache)).sum()
    }

    /// The contents of a block of one cache group, in all its layers.
    ///
    /// # Errors
    /// When the device fails.
    pub fn read_block(&self, group: usize, block: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(self.block_bytes(group));
        for layer in self.layers.iter().filter(|layer| layer.group == group) {
            self.ops.read_block(&layer.cache, block, &mut bytes)?;
        }
        Ok(bytes)
    }

    /// Puts what [`Self::read_block`] gave into a block of one cache group.
    ///
    /// # Errors
    /// When the bytes are too few or too many, or the device fails.
    pub fn write_block(&mut self, group: usize, block: usize, bytes: &[u8]) -> Result<()> {
        if bytes.len() != self.block_bytes(group) {
            let problem =
                format!("{} bytes were given for a block of {}", bytes.len(), self.block_bytes(group));
            return Err(candle_core::Error::Msg(problem));
        }
        let mut rest = bytes;
        for layer in self.layers.iter_mut().filter(|layer| layer.group == group) {
            let own;
            (own, rest) = rest.split_at(self.ops.block_bytes(&layer.cache));
            self.ops.write_block(&mut layer.cache, block, own)?;
        }
        Ok(())
    }

    /// Runs a batch, writes its keys and values into the cache, and returns the wanted rows'
    /// logits, one row of `vocabulary` values after another. Of each, `needed` says which are needed; others may be −∞.
    ///
    /// # Errors
    /// When the device fails.
    pub fn forward(&mut self, batch: &BatchPlan, needed: &[RowNeeded<'_>]) -> Result<Buffer> {
        let spec = Arc::clone(&self.spec);
        let mut stream = self.ops.tensor(self.embedding.rows(&batch.tokens)?, spec.hidden)?;
        let angles = self.angles(batch)?;
        let last = self.layers.len() - 1;
        // Where nobody wants logits one row goes on all the same: devices dislike tensors without rows.
        let wanted_rows = if batch.wanted.is_empty() { &[0] } else { batch.wanted.as_slice() };
        for (index, layer) in self.layers.iter_mut().enumerate() {
            let wanted = (index == last && wanted_rows.len() < batch.rows()).then_some(wanted_rows);
            let call = MixerCall {
                spec: &spec.layers[index].mixer,
                angles: &angles,
                batch,
                group: layer.group,
                wanted,
            };
            stream = layer.forward(&self.ops, spec.residual_scale, stream, &call)?;
        }
        if batch.wanted.is_empty() {
            return Ok(Buffer::default());
        }
        self.logits(&stream, needed)
    }

    fn angles(&self, batch: &BatchPlan) -> Result<Vec<Angles<O::Tensor>>> {
        self.ropes
            .iter()
            .map(|(frequencies, pairing)| {
                let (cosines, sines) = frequencies.angles(&batch.positions);
                let pairs = cosines.len() / batch.rows();
                Ok(Angles {
                    cosines: self.ops.tensor(cosines, pairs)?,
                    sines: self.ops.tensor(sines, pairs)?,
                    pairing: *pairing,
                })
            })
            .collect()
    }

    fn logits(&self, stream: &O::Tensor, needed: &[RowNeeded<'_>]) -> Result<Buffer> {
        let normed = self.ops.norm(stream, &self.output_norm)?;
        let (scale, cap) = (self.spec.logit_scale, self.spec.logit_soft_cap);
        // A cap makes neighbours equal, and equal logits are all to be there.
        let logits = if scale == 1.0 && cap.is_none() {
            self.ops.linear_needed(&normed, &self.output, needed)?
        } else {
            single(&self.ops, &normed, &self.output)?
        };
        let mut logits = self.ops.values(logits)?;
        if scale != 1.0 {
            logits.iter_mut().for_each(|logit| *logit *= scale);
        }
        if let Some(cap) = cap {
            logits.iter_mut().for_each(|logit| *logit = cap * (*logit / cap).tanh());
        }
        Ok(logits)
    }
}

impl<O: Ops> Layer<O> {
    /// One layer. Where the call names wanted rows, only those attend and go on: the last layer
    /// need not compute what nobody reads.
    fn forward(
        &mut self,
        ops: &O,
        residual_scale: f32,
        stream: O::Tensor,
        call: &MixerCall<'_, O::Tensor>,
    ) -> Result<O::Tensor> {
        let normed = apply(ops, self.before_mixer.as_ref(), &stream)?;
        let input = normed.as_ref().unwrap_or(&stream);
        let mixed = mixer::forward(ops, &self.mixer, input, call, &mut self.cache)?;
        // What a parallel feed-forward block reads: the mixer's own input.
        let shared = match (self.parallel, call.wanted) {
            (false, _) => None,
            (true, Some(wanted)) => Some(ops.select(input, wanted)?),
            (true, None) => Some(match normed {
                Some(normed) => normed,
                None => ops.copy(&stream)?,
            }),
        };
        let mixed = apply(ops, self.after_mixer.as_ref(), &mixed)?.unwrap_or(mixed);
        let stream = select(ops, stream, call.wanted)?;
        let joined = ops.add(stream, &mixed, residual_scale)?;
        let normed = match shared {
            Some(shared) => Some(shared),
            None => apply(ops, self.before_feed_forward.as_ref(), &joined)?,
        };
        let fed = feed_forward::forward(ops, &self.feed_forward, normed.as_ref().unwrap_or(&joined))?;
        let fed = apply(ops, self.after_feed_forward.as_ref(), &fed)?.unwrap_or(fed);
        ops.add(joined, &fed, residual_scale)
    }
}

/// What the norm makes of `input`; `None` where there is no norm.
fn apply<O: Ops>(ops: &O, norm: Option<&Norm<O::Tensor>>, input: &O::Tensor) -> Result<Option<O::Tensor>> {
    norm.map(|norm| ops.norm(input, norm)).transpose()
}

/// The rows named by `wanted`; all of them where it names none.
fn select<O: Ops>(ops: &O, input: O::Tensor, wanted: Option<&[u32]>) -> Result<O::Tensor> {
    match wanted {
        Some(wanted) => ops.select(&input, wanted),
        None => Ok(input),
    }
}

/// One map's output.
fn single<O: Ops>(ops: &O, input: &O::Tensor, map: &Linear<O>) -> Result<O::Tensor> {
    Ok(ops.linear(input, &[map])?.remove(0))
}

fn cache_shape(spec: &DecoderSpec, mixer: &Mixer, plan: &CachePlan, group: usize) -> CacheShape {
    let (blocks, block_positions) = (plan.blocks[group], plan.block_positions);
    match mixer {
        Mixer::Attention(attention) => CacheShape {
            blocks,
            block_positions,
            kv_heads: attention.kv_heads,
            key_dim: attention.key_dim,
            value_dim: attention.value_dim,
        },
        Mixer::ShortConvolution { .. } => {
            CacheShape { blocks, block_positions, kv_heads: 1, key_dim: spec.hidden, value_dim: 0 }
        }
    }
}
