//! Opening models: the one place of the program that loads anything through `abide-engine`.
//!
//! Checks memory before weights are read, shows progress meanwhile, and turns the engine's errors into
//! failures with a status and a cure. Must not know commands.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use abide_engine::gguf::{GgufFile, MemoryFileError, Problem};
use abide_engine::random::{RandomModel, RandomModelError};
use abide_engine::text::{ChatTemplate, ModelText, Tokenizer};
use abide_engine::{
    BertEmbedder, CacheType, EmbedderError, EmbedderOptions, EmbedderProblem, EncoderSpec, Engine,
    EngineError, EngineOptions, EngineStartError, Inspection, LoadError, LoadOptions, MemoryPlan, Model,
    OpsChoice, TokenModel as _, devices, inspect, inspect_embedder, parameters,
};
use abide_generation::{Chat, Embedder, Generator, ModelDescription};
use abide_kernels::{ActivationPrecision, Isa};
use anyhow::Context as _;

pub use abide_engine::{DeviceChoice, Speculation};

use crate::arguments::{Activations, CacheFormat, Ops};
use crate::failure::{Exit, Failure};
use crate::library::LocalModel;
use crate::machine::Machine;
use crate::measurements::Setup;
use crate::output::{Console, progress, units};
use crate::saved_caches::{self, Guard};
use crate::settings::{EngineSettings, Settings};

/// Share of the free memory beyond which a model is loaded with a warning.
const MEMORY_WARNING_SHARE: f64 = 0.9;

/// Share of the free memory that a model takes for the sake of more contexts in its cache: requests that find no room wait,
/// which is better than a machine that swaps.
const SHARED_CACHE_MEMORY_SHARE: f64 = 0.7;

/// What helps where the system gives too little memory for a model.
const MEMORY_CURE: &str = "close other programs, take a smaller --context or --cache q8_0, \
    or choose a smaller model (`abide models`)";

/// A loaded model that takes requests and gives text.
pub struct GeneratorLoaded {
    /// The model.
    pub generator: Arc<dyn Generator>,
    /// Where it computes.
    pub device: String,
    /// Bytes of weights that each token reads.
    pub bytes_per_token: u64,
}

/// A loaded model that takes and gives tokens.
pub struct TokenModelLoaded {
    /// The model.
    pub model: Model,
    /// Where it came from.
    pub file: Arc<GgufFile>,
    /// Where it computes.
    pub device: String,
    /// What computes.
    pub kernels: String,
    /// How long loading took.
    pub load_time: Duration,
}

/// Opens a file without loading weights.
///
/// # Errors
/// When it is not there, damaged, or of a kind that is not supported.
pub fn open_file(local: &LocalModel) -> anyhow::Result<Arc<GgufFile>> {
    GgufFile::open(&local.path).map(Arc::new).map_err(|error| {
        let exit = match &error.problem {
            Problem::Io(cause) => exit_for(cause),
            _ => Exit::BadFile,
        };
        failure_of(exit, error.to_string()).into()
    })
}

/// The status for what the system says of a model's file.
fn exit_for(cause: &io::Error) -> Exit {
    match cause.kind() {
        io::ErrorKind::NotFound => Exit::ModelMissing,
        io::ErrorKind::OutOfMemory => Exit::NotEnoughMemory,
        _ => Exit::Failure,
    }
}

/// A failure to load something, with the cure where memory was short.
fn failure_of(exit: Exit, problem: String) -> Failure {
    let failure = Failure::new(exit, problem);
    if exit == Exit::NotEnoughMemory { failure.with_cure(MEMORY_CURE) } else { failure }
}

/// A model of random weights, made in memory; `name` is what messages call it.
///
/// # Errors
/// When there is no memory for it.
pub fn random_file(name: &str, model: &RandomModel) -> anyhow::Result<Arc<GgufFile>> {
    let patterns = tempfile::tempfile().context("can't make a temporary file")?;
    model.in_memory(patterns).map(Arc::new).map_err(|error| {
        let exit = match &error {
            RandomModelError::Memory(MemoryFileError::Io(cause)) => exit_for(cause),
            _ => Exit::Failure,
        };
        anyhow::Error::from(error).context(failure_of(exit, format!("{name} can't be made")))
    })
}

/// The tokenizer of a file.
///
/// # Errors
/// When the file has none, or one of a kind that is not supported.
pub fn tokenizer(file: &GgufFile) -> anyhow::Result<Tokenizer> {
    let problem = || bad_file(file, "the model's tokenizer can't be used");
    Tokenizer::from_metadata(file.metadata()).with_context(problem)
}

/// The chat template of a model: the catalogue's if it has one, else that of the file.
fn template(local: &LocalModel, file: &GgufFile) -> anyhow::Result<ChatTemplate> {
    let problem = || bad_file(file, "the model's chat template can't be used");
    ChatTemplate::from_metadata(file.metadata(), local.template()).with_context(problem)
}

/// Loads a model that takes and gives tokens.
///
/// # Errors
/// When the file or the options can't be used, or memory is too small.
pub fn load_tokens(
    local: &LocalModel,
    settings: &EngineSettings,
    console: &mut Console,
) -> anyhow::Result<TokenModelLoaded> {
    load_file(&local.name, open_file(local)?, settings, console)
}

/// Loads a file that is open already; `name` is what messages call the model.
///
/// # Errors
/// As [`load_tokens`].
pub fn load_file(
    name: &str,
    file: Arc<GgufFile>,
    settings: &EngineSettings,
    console: &mut Console,
) -> anyhow::Result<TokenModelLoaded> {
    let options = load_options(settings)?;
    check_memory(name, &file, &options, settings.ignore_memory, console)?;
    let start = Instant::now();
    let bar = progress::step_bar(console, format!("loading {name}"), 0);
    let model = Model::load_with_progress(Arc::clone(&file), &options, &mut |done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    });
    drop(bar);
    let model = model.map_err(|error| engine_failure(name, &file, error))?;
    let load_time = start.elapsed();
    tracing::info!("{name} loaded in {}", units::duration(load_time));
    let (device, kernels) = (model.device_name().to_owned(), model.kernels_name());
    Ok(TokenModelLoaded { model, file, device, kernels, load_time })
}

/// How many requests share a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// Answers made at a time.
    pub answers: usize,
    /// Requests that may wait beside those.
    pub queue: usize,
}

impl Places {
    /// For one person who waits for each answer.
    pub const ONE: Self = Self { answers: 1, queue: 1 };
}

/// Loads a model that takes requests and gives text.
///
/// # Errors
/// As [`load_tokens`], and when tokenizer or template can't be used, or caches can't be saved where they should be.
pub fn open_generator(
    local: &LocalModel,
    settings: &Settings,
    guard: &Guard,
    places: Places,
    console: &mut Console,
) -> anyhow::Result<GeneratorLoaded> {
    // Before the weights: what can't be used is said at once.
    let file = open_file(local)?;
    let saved_caches = saved_caches::options(local, &file, settings, guard)?;
    let settings = &settings.engine;
    let (tokenizer, template) = (Arc::new(tokenizer(&file)?), template(local, &file)?);
    let loaded = load_tokens(local, settings, console)?;
    let (device, bytes_per_token) = (loaded.device, loaded.model.bytes_read_per_token(0));
    let description = describe(local, &loaded.model, &tokenizer, &template);
    let text = Arc::new(ModelText::new(tokenizer, template));
    let options = EngineOptions {
        max_sequences: places.answers,
        max_queue: places.queue,
        speculation: settings.speculation,
        saved_caches,
        ..EngineOptions::default()
    };
    let engine = Engine::new(Box::new(loaded.model), text, description, options);
    let generator = Arc::new(engine.map_err(start_failure)?);
    Ok(GeneratorLoaded { generator, device, bytes_per_token })
}

/// Loads a model that makes vectors of texts. It computes on the CPU, whatever device is asked for.
///
/// # Errors
/// When its files can't be used, or memory is too small.
pub fn open_embedder(
    local: &LocalModel,
    settings: &EngineSettings,
    console: &mut Console,
) -> anyhow::Result<Arc<dyn Embedder>> {
    let needed = look_at_embedder(local)?.memory.total();
    let available = Machine::observe().memory_available;
    if available > 0 && needed > available {
        let problem = format!(
            "{} takes {} of memory, and {} are free",
            local.name,
            units::bytes(needed),
            units::bytes(available)
        );
        let failure = Failure::new(Exit::NotEnoughMemory, problem)
            .with_cure("close other programs, or load it all the same with --ignore-memory");
        if !settings.ignore_memory {
            return Err(failure.into());
        }
        console.note(&format!("note: {failure}"));
    }
    let start = Instant::now();
    let options = EmbedderOptions {
        name: local.name.clone(),
        tokens_max: embedder_tokens_max(local),
        threads: settings.threads,
        isa: load_options(settings)?.isa,
    };
    let embedder = BertEmbedder::open(&local.path, &options).map_err(|error| embedder_failure(&error))?;
    tracing::info!("{} loaded in {}", embedder.id(), units::duration(start.elapsed()));
    Ok(Arc::new(embedder))
}

/// What the engine makes of the files of a model that makes vectors.
///
/// # Errors
/// When it can't make anything of them.
pub fn look_at_embedder(local: &LocalModel) -> anyhow::Result<EncoderSpec> {
    inspect_embedder(&local.path, embedder_tokens_max(local)).map_err(|error| embedder_failure(&error))
}

/// Tokens of a text that the catalogue says the model was made for.
fn embedder_tokens_max(local: &LocalModel) -> Option<usize> {
    local.entry.as_ref().map(|entry| entry.context as usize)
}

fn embedder_failure(error: &EmbedderError) -> anyhow::Error {
    let exit = match &error.problem {
        EmbedderProblem::Io(cause) => exit_for(cause),
        EmbedderProblem::Kernel(_) => Exit::NotEnoughMemory,
        _ => Exit::BadFile,
    };
    Failure::new(exit, error.to_string()).into()
}

fn start_failure(error: EngineStartError) -> anyhow::Error {
    let failure = match &error {
        EngineStartError::SpeculationUnsound => Failure::new(Exit::Usage, error.to_string())
            .with_cure("leave --speculation (and that of config.toml) at auto"),
        _ => Failure::new(Exit::Failure, "the engine could not be started"),
    };
    anyhow::Error::from(error).context(failure)
}

fn describe(
    local: &LocalModel,
    model: &Model,
    tokenizer: &Tokenizer,
    template: &ChatTemplate,
) -> ModelDescription {
    let is_special = |text: &str| tokenizer.id_of(text).is_some();
    let mut notice = template.notice().unwrap_or_default().to_owned();
    // It repeats what the notice says already.
    for problem in template.check(&is_special) {
        if !notice.contains(&problem) {
            let gap = if notice.is_empty() { "" } else { "; " };
            notice = format!("{notice}{gap}{problem}");
        }
    }
    ModelDescription {
        name: local.entry.as_ref().map_or_else(|| local.name.clone(), |entry| entry.name.clone()),
        parameters: parameters(model.file()),
        context_length: model.context_length(),
        context_length_trained: model.spec().context_length_trained,
        vocabulary: model.vocabulary(),
        has_chat_template: template.exists(),
        chat_template: template.source().map(str::to_owned),
        late_system_messages: template.takes_late_system_messages(),
        template_notice: (!notice.is_empty()).then_some(notice),
        tool_syntax: template.tool_syntax(),
        thought_marks: template.thought_marks().cloned(),
        thought_control: template.thought_control(),
    }
}

/// The prompt that a model's chat template makes of `chat`.
///
/// # Errors
/// When there is no template, or it fails.
pub fn render(
    local: &LocalModel,
    file: &GgufFile,
    chat: &Chat,
    console: &mut Console,
) -> anyhow::Result<String> {
    let template = template(local, file)?;
    if let Some(notice) = template.notice() {
        console.note(&format!("note: {notice}"));
    }
    Ok(template.render(chat, None)?.text().to_owned())
}

/// What the engine makes of a file.
///
/// # Errors
/// When it can't make anything of it.
pub fn look_at(local: &LocalModel, file: &GgufFile, settings: &EngineSettings) -> anyhow::Result<Inspection> {
    inspect(file, &load_options(settings)?).map_err(|error| engine_failure(&local.name, file, error))
}

/// Full contexts, 1 to `wanted`, that the cache of a model gets, and the bytes that the model takes then: as many as fit
/// into `available` bytes, of which a part stays free for others.
///
/// # Errors
/// When the engine can't make anything of the file.
pub fn sequences_that_fit(
    local: &LocalModel,
    file: &GgufFile,
    settings: &EngineSettings,
    wanted: usize,
    available: u64,
) -> anyhow::Result<(usize, u64)> {
    let mut taken = 0;
    for sequences in (1..=wanted.max(1)).rev() {
        let settings = EngineSettings { sequences, ..settings.clone() };
        taken = look_at(local, file, &settings)?.memory.total();
        if taken as f64 <= available as f64 * SHARED_CACHE_MEMORY_SHARE {
            return Ok((sequences, taken));
        }
    }
    Ok((1, taken))
}

/// Bytes of memory that a model could have now; as many as it likes where that is not known.
pub fn memory_available(settings: &EngineSettings) -> u64 {
    let available = Machine::observe().memory_available;
    if computes_on_cpu(settings.device) && available > 0 { available } else { u64::MAX }
}

/// The instruction set that the CPU kernels would use.
///
/// # Errors
/// When the one asked for is unknown or not there.
pub fn instruction_set(settings: &EngineSettings) -> Result<Isa, Failure> {
    match &settings.instruction_set {
        None => Ok(Isa::detect()),
        Some(name) => Isa::parse(name).map_err(|error| {
            Failure::new(Exit::Usage, format!("{}: {error}", crate::env::CPU))
                .with_cure(format!("unset {} to use the best one", crate::env::CPU))
        }),
    }
}

/// What speed depends on with these settings, besides the model. `None` where it is not known beforehand (a GPU) or not
/// worth keeping (the slow reference).
pub fn setup(settings: &EngineSettings, machine: &Machine) -> Option<Setup> {
    let usual = computes_on_cpu(settings.device) && settings.ops == Ops::Default;
    let instruction_set = instruction_set(settings).ok().filter(|_| usual)?;
    Some(Setup {
        cpu: machine.cpu.clone(),
        threads: settings.threads.unwrap_or(machine.physical_cores),
        kernels: instruction_set.name().to_owned(),
    })
}

/// Whether the CPU computes, as far as that is known before a device is opened.
fn computes_on_cpu(device: DeviceChoice) -> bool {
    match device {
        DeviceChoice::Cpu => true,
        DeviceChoice::Auto => devices().len() == 1,
        DeviceChoice::Cuda(_) | DeviceChoice::Metal => false,
    }
}

/// The settings in the engine's own words.
///
/// # Errors
/// When the instruction set asked for is unknown or not there.
pub fn load_options(settings: &EngineSettings) -> Result<LoadOptions, Failure> {
    let isa = match settings.instruction_set {
        Some(_) => Some(instruction_set(settings)?),
        None => None,
    };
    Ok(LoadOptions {
        device: settings.device,
        ops: match settings.ops {
            Ops::Default => OpsChoice::Default,
            Ops::Reference => OpsChoice::Reference,
        },
        cache_type: match settings.cache {
            CacheFormat::F32 => CacheType::F32,
            CacheFormat::F16 => CacheType::F16,
            CacheFormat::Q80 => CacheType::Q8_0,
        },
        activations: match settings.activations {
            Activations::Int8 => ActivationPrecision::Int8,
            Activations::Int16 => ActivationPrecision::Int16,
        },
        threads: settings.threads,
        isa,
        context_length: settings.context_length,
        sequences: settings.sequences,
    })
}

/// Compares what the model takes with what is free. Memory of a GPU is not known beforehand.
fn check_memory(
    name: &str,
    file: &GgufFile,
    options: &LoadOptions,
    ignore: bool,
    console: &mut Console,
) -> anyhow::Result<()> {
    let inspection = inspect(file, options).map_err(|error| engine_failure(name, file, error))?;
    let available = Machine::observe().memory_available;
    if !computes_on_cpu(options.device) || available == 0 {
        return Ok(());
    }
    match judge_memory(name, inspection.memory, inspection.context_length, available) {
        Verdict::Fits => {}
        Verdict::Tight(warning) => console.note(&format!("note: {warning}")),
        Verdict::TooSmall(failure) if ignore => console.note(&format!("note: {failure}")),
        Verdict::TooSmall(failure) => return Err(failure.into()),
    }
    Ok(())
}

#[derive(Debug, PartialEq)]
enum Verdict {
    Fits,
    Tight(String),
    TooSmall(Failure),
}

fn judge_memory(name: &str, plan: MemoryPlan, context_length: usize, available: u64) -> Verdict {
    let needed = plan.total();
    let sums = format!(
        "{name} takes {} of memory (weights {}, cache for {context_length} tokens {}, working memory {}), and {} are free",
        units::bytes(needed),
        units::bytes(plan.weights),
        units::bytes(plan.cache),
        units::bytes(plan.working),
        units::bytes(available),
    );
    if needed as f64 <= available as f64 * MEMORY_WARNING_SHARE {
        return Verdict::Fits;
    }
    if needed <= available {
        return Verdict::Tight(format!("{sums}: other programs may get slow"));
    }
    let mut cures = vec!["close other programs".to_owned()];
    if plan.weights + plan.working < available {
        cures.push("take a smaller --context or --cache q8_0".to_owned());
    }
    cures.push("choose a smaller model (`abide models`)".to_owned());
    cures.push("load it all the same with --ignore-memory, which may be very slow".to_owned());
    let (last, first) = cures.split_last().expect("there are some");
    let cure = format!("{}, or {last}", first.join(", "));
    Verdict::TooSmall(Failure::new(Exit::NotEnoughMemory, sums).with_cure(cure))
}

fn engine_failure(name: &str, file: &GgufFile, error: EngineError) -> anyhow::Error {
    let exit = match &error {
        EngineError::Load(LoadError::Memory(_)) => Exit::NotEnoughMemory,
        EngineError::Load(LoadError::Device(_)) | EngineError::Device { .. } | EngineError::Cache(_) => {
            Exit::Failure
        }
        EngineError::Spec(_) | EngineError::Load(_) => Exit::BadFile,
        EngineError::NotCompiled { .. } | EngineError::ContextLength { .. } | EngineError::Choice(_) => {
            Exit::Usage
        }
    };
    let failure = match exit {
        Exit::BadFile => bad_file(file, &format!("{name} can't be loaded")),
        _ => failure_of(exit, format!("{name} can't be loaded")),
    };
    anyhow::Error::from(error).context(failure)
}

/// That what a sound file holds makes no model.
fn bad_file(file: &GgufFile, problem: &str) -> Failure {
    let paths: Vec<String> = file.paths().iter().map(|path| path.display().to_string()).collect();
    Failure::new(Exit::BadFile, format!("{problem}: {}", paths.join(", ")))
        .with_cure("get the file again, or take another one")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: MemoryPlan = MemoryPlan { weights: 1_000, cache: 500, working: 100 };

    #[test]
    fn memory_is_judged_with_numbers_and_cures() {
        assert_eq!(judge_memory("m", PLAN, 64, 2_000), Verdict::Fits);
        let Verdict::Tight(warning) = judge_memory("m", PLAN, 64, 1_650) else { panic!("it is tight") };
        assert!(warning.contains("1.60 kB") && warning.contains("1.65 kB"), "{warning}");
        let Verdict::TooSmall(failure) = judge_memory("m", PLAN, 64, 1_200) else {
            panic!("it is too small")
        };
        assert_eq!(failure.exit(), Exit::NotEnoughMemory);
        let report = crate::failure::report(&failure.into());
        assert!(report.contains("--context") && report.contains("--ignore-memory"), "{report}");
        let Verdict::TooSmall(failure) = judge_memory("m", PLAN, 64, 900) else { panic!("it is too small") };
        assert!(!crate::failure::report(&failure.into()).contains("--context"));
    }

    fn settings(instruction_set: &str) -> EngineSettings {
        EngineSettings {
            device: DeviceChoice::Cpu,
            threads: None,
            instruction_set: Some(instruction_set.to_owned()),
            context_length: None,
            sequences: 1,
            cache: CacheFormat::Q80,
            activations: Activations::Int16,
            ops: Ops::Reference,
            speculation: Speculation::Off,
            ignore_memory: false,
        }
    }

    /// The file is sound, and getting it again would not help.
    #[test]
    fn memory_that_the_system_does_not_give_is_no_bad_file() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/tiny/qwen3.gguf");
        let file = Arc::new(GgufFile::open(std::path::Path::new(path)).unwrap());
        // Beyond all addresses.
        let options = LoadOptions { device: DeviceChoice::Cpu, sequences: 1 << 40, ..LoadOptions::default() };
        let error = Model::load(Arc::clone(&file), &options).map(drop).unwrap_err();
        let error = engine_failure("tiny", &file, error);
        assert_eq!(crate::failure::exit_of(&error), Exit::NotEnoughMemory);
        let report = crate::failure::report(&error);
        assert!(
            report.starts_with("error: tiny can't be loaded\n") && report.contains("--context"),
            "{report}"
        );
        assert_eq!(exit_for(&io::ErrorKind::OutOfMemory.into()), Exit::NotEnoughMemory);
    }

    #[test]
    fn an_unknown_instruction_set_is_a_usage_error() {
        assert_eq!(load_options(&settings("avx9000")).unwrap_err().exit(), Exit::Usage);
        let options = load_options(&settings("scalar")).unwrap();
        assert_eq!((options.isa, options.cache_type), (Some(Isa::Scalar), CacheType::Q8_0));
        assert_eq!(options.activations, ActivationPrecision::Int16);
        assert_eq!(options.ops, OpsChoice::Reference);
    }
}
