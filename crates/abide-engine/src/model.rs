//! A loaded model: token ids in, logits out. Synchronous, and owned by one thread.
//!
//! Puts together what the others know: the spec of a family, the graph over the chosen operations,
//! and the cache's book-keeping. Knows no text, no sampling, no requests.

mod contents;

use std::sync::Arc;

use abide_kernels::{Isa, Kernels};
use candle_core::{DType, Device};
use serde::Serialize;
use thiserror::Error;

use crate::{
    batch::{BatchPlan, GroupPlan, Needed, RowNeeded, RowSpan, SpanTable},
    buffer::Buffer,
    cache_contents::CacheContents,
    decoder::{CachePlan, Decoder, LoadError},
    families::{self, SpecError, SpecSource},
    gguf::GgufFile,
    kv::{BlockManager, CacheLayout, GroupLayout, KvError, SequenceId},
    memory::{self, CHUNK_ROWS, MemoryPlan},
    ops::{CandleOps, CpuOps, Ops, Weights},
    options::{CONTEXT_LENGTH_DEFAULT_MAX, CacheType, DeviceChoice, LoadOptions, OpsChoice, usable_cores},
    scheduler::DRAFT_TOKENS_MAX,
    spec::DecoderSpec,
    token_model::{BatchItem, Logits, LogitsWanted, ModelError, TokenModel},
};

/// Why a model could not be loaded.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The file's architecture or metadata can't be used.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The weights can't be used.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The cache can't be laid out.
    #[error(transparent)]
    Cache(#[from] KvError),
    /// The device was asked for, but this build does not have it.
    #[error(
        "{device} was asked for, but this build has no support for it; build with `--features {feature}`"
    )]
    NotCompiled {
        /// The device.
        device: &'static str,
        /// The cargo feature.
        feature: &'static str,
    },
    /// The device can't be opened.
    #[error("{device} can't be used: {problem}; `--device cpu` always works")]
    Device {
        /// The device.
        device: String,
        /// What it said.
        problem: String,
    },
    /// A context length beyond what the model was trained for, or zero.
    #[error("a context of {asked} tokens was asked for, but the model was trained for 1 to {trained}")]
    ContextLength {
        /// What was asked for.
        asked: usize,
        /// What the file says.
        trained: usize,
    },
    /// A choice that does not go together with another.
    #[error("{0}")]
    Choice(String),
}

/// What the engine makes of a file, without loading its weights.
#[derive(Debug, Clone, Serialize)]
pub struct Inspection {
    /// GGUF's name of the architecture.
    pub architecture: String,
    /// Width of the residual stream.
    pub hidden: usize,
    /// Number of tokens.
    pub vocabulary: usize,
    /// Number of layers.
    pub layers: usize,
    /// Number of parameters.
    pub parameters: u64,
    /// Positions that the model was trained for.
    pub context_length_trained: usize,
    /// One line for each distinct kind of layer, with how many layers are of it.
    pub blocks: Vec<String>,
    /// What it would take with these options.
    pub memory: MemoryPlan,
    /// Positions that would be allocated.
    pub context_length: usize,
}

/// What the engine makes of `file` when loaded with `options`.
///
/// # Errors
/// When the architecture is unknown or the metadata can't be used.
pub fn inspect(file: &GgufFile, options: &LoadOptions) -> Result<Inspection, EngineError> {
    let (spec, context_length) = read_spec(file, options)?;
    let mut blocks: Vec<(String, usize)> = Vec::new();
    for layer in &spec.layers {
        let line = layer.to_string();
        match blocks.iter_mut().find(|(known, _)| *known == line) {
            Some((_, count)) => *count += 1,
            None => blocks.push((line, 1)),
        }
    }
    Ok(Inspection {
        architecture: spec.architecture.clone(),
        hidden: spec.hidden,
        vocabulary: spec.vocabulary,
        layers: spec.layers.len(),
        parameters: parameters(file),
        context_length_trained: spec.context_length_trained,
        blocks: blocks.into_iter().map(|(line, count)| format!("{count} × {line}")).collect(),
        memory: MemoryPlan::new(file, &spec, options, context_length),
        context_length,
    })
}

/// Number of parameters in a file.
pub fn parameters(file: &GgufFile) -> u64 {
    file.tensors().iter().map(|tensor| tensor.values() as u64).sum()
}

fn read_spec(file: &GgufFile, options: &LoadOptions) -> Result<(DecoderSpec, usize), EngineError> {
    // The allocated context may choose the position encoding's factors, so it is settled first.
    let plain = families::read_spec(&SpecSource::new(file, options.context_length)?)?;
    let trained = plain.context_length_trained;
    let context_length = options.context_length.unwrap_or(trained.min(CONTEXT_LENGTH_DEFAULT_MAX));
    if context_length == 0 || context_length > trained {
        return Err(EngineError::ContextLength { asked: context_length, trained });
    }
    let spec = families::read_spec(&SpecSource::new(file, Some(context_length))?)?;
    Ok((spec, context_length))
}

/// The graph over some operations, with the choice hidden.
trait Runner: Send {
    fn forward(&mut self, batch: &BatchPlan, needed: &[RowNeeded<'_>]) -> candle_core::Result<Buffer>;
    fn copy_block(&mut self, group: usize, from: usize, to: usize) -> candle_core::Result<()>;
    fn contents(&self) -> String;
    fn block_bytes(&self, group: usize) -> usize;
    fn read_block(&self, group: usize, block: usize) -> candle_core::Result<Vec<u8>>;
    fn write_block(&mut self, group: usize, block: usize, bytes: &[u8]) -> candle_core::Result<()>;
    fn name(&self) -> String;
    fn same_in_any_batch(&self) -> bool;
}

impl<O: Ops> Runner for Decoder<O> {
    fn forward(&mut self, batch: &BatchPlan, needed: &[RowNeeded<'_>]) -> candle_core::Result<Buffer> {
        Decoder::forward(self, batch, needed)
    }

    fn copy_block(&mut self, group: usize, from: usize, to: usize) -> candle_core::Result<()> {
        Decoder::copy_block(self, group, from, to)
    }

    fn contents(&self) -> String {
        self.ops().contents()
    }

    fn block_bytes(&self, group: usize) -> usize {
        Decoder::block_bytes(self, group)
    }

    fn read_block(&self, group: usize, block: usize) -> candle_core::Result<Vec<u8>> {
        Decoder::read_block(self, group, block)
    }

    fn write_block(&mut self, group: usize, block: usize, bytes: &[u8]) -> candle_core::Result<()> {
        Decoder::write_block(self, group, block, bytes)
    }

    fn name(&self) -> String {
        self.ops().name()
    }

    fn same_in_any_batch(&self) -> bool {
        self.ops().same_in_any_batch()
    }
}

/// A loaded model.
pub struct Model {
    runner: Box<dyn Runner>,
    blocks: BlockManager,
    spec: Arc<DecoderSpec>,
    file: Arc<GgufFile>,
    options: LoadOptions,
    context_length: usize,
    memory: MemoryPlan,
    device: String,
    threads: usize,
}

impl Model {
    /// Loads the weights of `file`.
    ///
    /// # Errors
    /// When the file, the options or the device can't be used.
    pub fn load(file: Arc<GgufFile>, options: &LoadOptions) -> Result<Self, EngineError> {
        Self::load_with_progress(file, options, &mut |_, _| ())
    }

    /// As [`Self::load`], calling `progress` with the parts done and the parts in all.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_with_progress(
        file: Arc<GgufFile>,
        options: &LoadOptions,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, EngineError> {
        let mut options = options.clone();
        if options.ops == OpsChoice::Reference {
            options.cache_type = CacheType::F32;
        }
        let (spec, context_length) = read_spec(&file, &options)?;
        let spec = Arc::new(spec);
        let device = open_device(options.device)?;
        let threads = options.threads.unwrap_or_else(usable_cores).max(1);
        let cache = memory::cache_plan(&spec, context_length, options.sequences);
        let runner = load_runner(&file, &spec, &options, &device, threads, &cache, progress)?;
        let groups = spec.cache_groups().0.into_iter().zip(&cache.blocks);
        let groups = groups.map(|(window, &blocks)| GroupLayout { window, blocks }).collect();
        let CachePlan { block_positions, .. } = cache;
        let layout = CacheLayout { block_positions, cut_back: DRAFT_TOKENS_MAX, groups };
        let blocks = BlockManager::new(layout)?;
        Ok(Self {
            runner,
            blocks,
            memory: MemoryPlan::new(&file, &spec, &options, context_length),
            device: device_name(&device),
            spec,
            file,
            options,
            context_length,
            threads,
        })
    }

    /// What the model looks like.
    pub fn spec(&self) -> &DecoderSpec {
        &self.spec
    }

    /// The file it was loaded from.
    pub fn file(&self) -> &Arc<GgufFile> {
        &self.file
    }

    /// Where it computes.
    pub fn device_name(&self) -> &str {
        &self.device
    }

    /// What computes.
    pub fn kernels_name(&self) -> String {
        self.runner.name()
    }

    /// Threads of the CPU kernels.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// What it takes.
    pub fn memory(&self) -> MemoryPlan {
        self.memory
    }

    /// Bytes of weights and cache that decoding one token at `depth` reads.
    pub fn bytes_read_per_token(&self, depth: usize) -> u64 {
        memory::weight_bytes_read(&self.file, &self.spec)
            + memory::cache_bytes_read(&self.spec, self.options.cache_type, depth)
    }

    fn plan(&self, batch: &[BatchItem<'_>], starts: &[usize]) -> Result<BatchPlan, ModelError> {
        let groups = self.blocks.layout().groups.len();
        let mut plan = BatchPlan { groups: vec![GroupPlan::default(); groups], ..BatchPlan::default() };
        for (item, &start) in batch.iter().zip(starts) {
            let first_row = plan.rows();
            let rows = item.tokens.len();
            plan.tokens.extend_from_slice(item.tokens);
            plan.positions.extend(start..start + rows);
            plan.spans.push(RowSpan { first_row, rows, first_position: start });
            for (group, places) in plan.groups.iter_mut().enumerate() {
                let slots = self.blocks.slots(item.sequence, group, start..start + rows)?;
                places.slots.extend(slots.map(|slot| (slot.block, slot.offset)));
                let table = self.blocks.table(item.sequence, group)?;
                places
                    .tables
                    .push(SpanTable { blocks: table.blocks.to_vec(), first_block: table.first_block });
            }
            let wanted = match item.logits {
                LogitsWanted::None => first_row + rows..first_row + rows,
                LogitsWanted::Last => first_row + rows - 1..first_row + rows,
                LogitsWanted::All => first_row..first_row + rows,
            };
            plan.wanted.extend(wanted.map(|row| row as u32));
        }
        Ok(plan)
    }

    /// One step, all of it or nothing.
    fn step(&mut self, batch: &[BatchItem<'_>]) -> Result<Buffer, ModelError> {
        let mut starts = Vec::with_capacity(batch.len());
        let mut outcome = Ok(());
        for item in batch {
            starts.push(self.blocks.length(item.sequence)?);
            outcome = self.blocks.append(item.sequence, item.tokens);
            if outcome.is_err() {
                break;
            }
        }
        let values = match outcome {
            Ok(()) => self.run(batch, &starts),
            Err(error) => Err(error.into()),
        };
        for item in batch {
            match values {
                Ok(_) => self.blocks.commit(item.sequence)?,
                Err(_) => self.blocks.rollback(item.sequence)?,
            }
        }
        values
    }

    fn run(&mut self, batch: &[BatchItem<'_>], starts: &[usize]) -> Result<Buffer, ModelError> {
        self.copy_blocks()?;
        let plan = self.plan(batch, starts)?;
        self.runner.forward(&plan, &needed(batch)).map_err(|error| failed(&error))
    }

    /// What the cache's books want copied before anything is written.
    fn copy_blocks(&mut self) -> Result<(), ModelError> {
        for copy in self.blocks.take_copies() {
            let (from, to) = (copy.from as usize, copy.to as usize);
            self.runner.copy_block(copy.group, from, to).map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    fn check(&self, batch: &[BatchItem<'_>]) -> Result<(), ModelError> {
        for item in batch {
            let length = self.blocks.length(item.sequence)? + item.tokens.len();
            if item.tokens.is_empty() {
                return Err(ModelError::Failed("a sequence of the batch has no tokens".to_owned()));
            }
            if length > self.context_length {
                return Err(ModelError::ContextFull { length, context_length: self.context_length });
            }
            if let Some(&token) = item.tokens.iter().find(|&&token| token as usize >= self.spec.vocabulary) {
                return Err(ModelError::UnknownToken { token, vocabulary: self.spec.vocabulary });
            }
        }
        Ok(())
    }
}

/// What is needed of each row whose logits are wanted.
fn needed<'a>(batch: &[BatchItem<'a>]) -> Vec<RowNeeded<'a>> {
    batch.iter().flat_map(|item| (0..item.rows_wanted()).map(|row| item.needed.row(row))).collect()
}

/// Cuts a batch into steps in which no sequence grows by more than [`CHUNK_ROWS`], for which memory
/// was planned. Every row is computed as it would be in one step.
fn steps<'a>(batch: &[BatchItem<'a>]) -> Vec<Vec<BatchItem<'a>>> {
    if batch.iter().all(|item| item.tokens.len() <= CHUNK_ROWS) {
        return vec![batch.to_vec()];
    }
    let chunks = |item: &BatchItem<'a>| {
        let (item, count) = (*item, item.tokens.len().div_ceil(CHUNK_ROWS));
        item.tokens.chunks(CHUNK_ROWS).enumerate().map(move |(index, tokens)| {
            let logits = match item.logits {
                LogitsWanted::Last if index + 1 < count => LogitsWanted::None,
                other => other,
            };
            // Rows are counted from the item's first.
            let needed = if logits == LogitsWanted::All { Needed::ALL } else { item.needed };
            vec![BatchItem { tokens, logits, needed, ..item }]
        })
    };
    batch.iter().flat_map(chunks).collect()
}

fn failed(error: &candle_core::Error) -> ModelError {
    ModelError::Failed(error.to_string())
}

impl TokenModel for Model {
    fn vocabulary(&self) -> usize {
        self.spec.vocabulary
    }

    fn context_length(&self) -> usize {
        self.context_length
    }

    fn same_in_any_batch(&self) -> bool {
        self.runner.same_in_any_batch()
    }

    fn start(&mut self, tokens: &[u32]) -> Result<(SequenceId, usize), ModelError> {
        Ok(self.blocks.start(tokens))
    }

    fn length(&self, sequence: SequenceId) -> Result<usize, ModelError> {
        Ok(self.blocks.length(sequence)?)
    }

    fn forward(&mut self, batch: &[BatchItem<'_>]) -> Result<Logits, ModelError> {
        self.check(batch)?;
        let steps = steps(batch);
        if let [step] = steps.as_slice() {
            return Ok(Logits::new(self.step(step)?, self.spec.vocabulary));
        }
        let mut values = Vec::new();
        for step in steps {
            values.extend_from_slice(&self.step(&step)?);
        }
        Ok(Logits::new(values, self.spec.vocabulary))
    }

    fn truncate(&mut self, sequence: SequenceId, positions: usize) -> Result<usize, ModelError> {
        Ok(self.blocks.truncate(sequence, positions)?)
    }

    fn fork(&mut self, sequence: SequenceId) -> Result<SequenceId, ModelError> {
        Ok(self.blocks.fork(sequence)?)
    }

    fn release(&mut self, sequence: SequenceId) {
        self.blocks.release(sequence);
    }

    fn contents(&mut self) -> Option<&mut dyn CacheContents> {
        Some(self)
    }
}

fn load_runner(
    file: &Arc<GgufFile>,
    spec: &Arc<DecoderSpec>,
    options: &LoadOptions,
    device: &Device,
    threads: usize,
    cache: &CachePlan,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Box<dyn Runner>, EngineError> {
    let spec = Arc::clone(spec);
    if options.ops == OpsChoice::Default && device.is_cpu() {
        let kernels = Kernels::new(threads, options.isa.unwrap_or_else(Isa::detect));
        let ops = CpuOps::new(kernels, options.cache_type, options.activations);
        return Ok(Box::new(Decoder::load(file, spec, ops, cache, progress)?));
    }
    let weights = match options.ops {
        OpsChoice::Reference => Weights::Dequantised,
        OpsChoice::Default => Weights::Stored,
    };
    let cache_type = match options.cache_type {
        CacheType::F32 => DType::F32,
        CacheType::F16 => DType::F16,
        CacheType::Q8_0 => {
            let message = "a q8_0 cache exists on the CPU alone; take `--cache f16`, or `--device cpu`";
            return Err(EngineError::Choice(message.to_owned()));
        }
    };
    let ops = CandleOps::new(device.clone(), weights, cache_type);
    Ok(Box::new(Decoder::load(file, spec, ops, cache, progress)?))
}

/// Devices that this build can use, by name, with whether each can be opened.
pub fn devices() -> Vec<(String, Result<(), String>)> {
    let mut devices = vec![("cpu".to_owned(), Ok(()))];
    if candle_core::utils::cuda_is_available() {
        devices.push(("cuda:0".to_owned(), Device::new_cuda(0).map(drop).map_err(|error| error.to_string())));
    }
    if candle_core::utils::metal_is_available() {
        devices.push(("metal".to_owned(), Device::new_metal(0).map(drop).map_err(|error| error.to_string())));
    }
    devices
}

fn open_device(choice: DeviceChoice) -> Result<Device, EngineError> {
    let opened = |device: candle_core::Result<Device>| {
        device.map_err(|error| EngineError::Device { device: choice.to_string(), problem: error.to_string() })
    };
    match choice {
        DeviceChoice::Cpu => Ok(Device::Cpu),
        DeviceChoice::Cuda(_) if !candle_core::utils::cuda_is_available() => {
            Err(EngineError::NotCompiled { device: "CUDA", feature: "cuda" })
        }
        DeviceChoice::Cuda(number) => opened(Device::new_cuda(number)),
        DeviceChoice::Metal if !candle_core::utils::metal_is_available() => {
            Err(EngineError::NotCompiled { device: "Metal", feature: "metal" })
        }
        DeviceChoice::Metal => opened(Device::new_metal(0)),
        DeviceChoice::Auto => {
            if candle_core::utils::cuda_is_available()
                && let Ok(device) = Device::new_cuda(0)
            {
                return Ok(device);
            }
            if candle_core::utils::metal_is_available()
                && let Ok(device) = Device::new_metal(0)
            {
                return Ok(device);
            }
            Ok(Device::Cpu)
        }
    }
}

fn device_name(device: &Device) -> String {
    match device.location() {
        candle_core::DeviceLocation::Cpu => "cpu".to_owned(),
        candle_core::DeviceLocation::Cuda { gpu_id } => format!("cuda:{gpu_id}"),
        candle_core::DeviceLocation::Metal { .. } => "metal".to_owned(),
    }
}
