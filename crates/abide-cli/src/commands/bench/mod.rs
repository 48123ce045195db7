//! `abide bench`: tokens per second as the field measures them.

mod compare;
mod measure;
mod plan;
mod report;
mod statistics;
mod subject;

use std::path::{Path, PathBuf};
use std::time::Duration;

use abide_kernels::{Kernels, measure_read_bandwidth};
use anyhow::Context as _;
use clap::Args;

use self::measure::{Bench, Method};
use self::plan::{Kind, Lists, Test};
use self::report::{Format, Header, Record};
use self::statistics::Samples;
use self::subject::Subject;
use crate::arguments::{CacheFormat, Ops, at_most, positive, thread_count};
use crate::engine::{self, TokenModelLoaded};
use crate::failure::{Exit, Failure};
use crate::interrupt::{Armed, Interrupt};
use crate::library::{self, Library};
use crate::machine::{self, Machine};
use crate::measurements::{Decoding, Measurements, Source};
use crate::output::{Console, progress, units};
use crate::reading;
use crate::settings::{EngineSettings, Settings};

/// Measure tokens per second
///
/// ppN reads a prompt of N tokens, tgN makes N tokens one at a time (what the model itself finds likeliest, found
/// before time is taken), @dN does so after N tokens already in the context. Each test is run once to warm up and
/// then -r times; mean and standard deviation are told. Lists with commas try all combinations. tgN×S makes N tokens
/// in each of S sequences, a token of each at a time; the tokens of all of them are counted.
///
/// "First token" is the mean time from a prompt to its first token. "Bandwidth" is the share that decoding one sequence
/// reached of what this machine's measured memory bandwidth allows, if the cache and each weight that a token needs are
/// read once. Less is read where a part of them is in the processor's caches, and where few bits of a large output
/// layer are enough to find the likeliest tokens: shares above 100 % are possible.
///
/// --like measures random weights in the shape and the types of a model of the catalogue: as fast as the model itself
/// would be here, and with as much memory, before anything is fetched. They are made in memory, and the time to load
/// them is that of a model whose file is in memory already.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide bench
  abide bench qwen3-0.6b model.gguf -p 512 -n 128 --depth 0,1024,4096
  abide bench -p 0 -n 64 -t 1,2,4 -o csv
  abide bench -p 0 --sequences 1,4,8
  abide bench --like qwen3-4b,llama-3.2-1b-instruct:Q8_0 -n 32
  abide bench --like qwen3-4b --write random.gguf
  abide bench -o json > before.json
  abide bench --compare before.json after.json")]
pub struct BenchArguments {
    /// Ids or GGUF files of the models [default: the default model]
    pub models: Vec<String>,
    /// Random weights in the shape of these models, as in their files or of another type such as Q8_0 or Q4_K_M
    #[arg(long, value_name = "ID[:TYPE],…", value_delimiter = ',')]
    pub like: Vec<String>,
    /// Keep the random weights of --like in a GGUF file, for other engines too (-p 0 -n 0: do no more)
    #[arg(long, value_name = "FILE", requires = "like", conflicts_with = "models")]
    pub write: Option<PathBuf>,
    /// Lengths of prompts (0: none)
    #[arg(short, long, value_name = "N,…", value_delimiter = ',', default_value = "512")]
    pub prompt: Vec<usize>,
    /// Numbers of tokens to make (0: none)
    #[arg(short = 'n', long, value_name = "N,…", value_delimiter = ',', default_value = "128")]
    pub generate: Vec<usize>,
    /// Numbers of tokens in the context before
    #[arg(short, long, value_name = "N,…", value_delimiter = ',', default_value = "0")]
    pub depth: Vec<usize>,
    /// Numbers of sequences that make tokens together, as when several people are answered at once
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "1", value_parser = sequence_count)]
    pub sequences: Vec<usize>,
    /// How often each test is measured
    #[arg(short, long, value_name = "N", default_value_t = 5, value_parser = repetition_count)]
    pub repetitions: usize,
    /// Numbers of threads [default: one per physical core]
    #[arg(short, long, value_name = "N,…", value_delimiter = ',', value_parser = thread_count)]
    pub threads: Vec<usize>,
    /// Number formats of the KV cache [default: f16]
    #[arg(long, value_enum, value_name = "TYPE,…", value_delimiter = ',')]
    pub cache: Vec<CacheFormat>,
    /// Tokens of a prompt computed at once
    #[arg(short, long, value_name = "N", default_value_t = 512, value_parser = positive)]
    pub batch: usize,
    /// Where to compute: auto, cpu, cuda, cuda:N or metal [default: auto]
    #[arg(long, value_name = "DEVICE")]
    pub device: Option<String>,
    /// Which implementation of the operations
    #[arg(long, value_enum, value_name = "OPS", default_value_t)]
    pub ops: Ops,
    /// How to write the results
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: Format,
    /// Compare two files of results (json or jsonl) instead of measuring
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with_all = ["models", "like"])]
    pub compare: Option<Vec<PathBuf>>,
    /// Load models even if memory seems too small for them
    #[arg(long)]
    pub ignore_memory: bool,
}

/// Most sequences of a test: as many rows as a step has memory for.
const SEQUENCES_MAX: usize = 512;

/// Most repetitions of a test: days of them.
const REPETITIONS_MAX: usize = 100_000;

fn repetition_count(text: &str) -> Result<usize, String> {
    at_most(REPETITIONS_MAX, text)
}

fn sequence_count(text: &str) -> Result<usize, String> {
    at_most(SEQUENCES_MAX, text)
}

/// Measures, or compares.
///
/// # Errors
/// When a model can't be had or loaded, a test fails, or a file of results can't be read.
pub fn execute(
    arguments: &BenchArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    if let Some([a, b]) = arguments.compare.as_deref() {
        return compare_files(a, b, arguments.output, console);
    }
    let tests = plan::tests(Lists {
        prompts: &arguments.prompt,
        generations: &arguments.generate,
        depths: &arguments.depth,
        sequences: &arguments.sequences,
    });
    if tests.is_empty() && arguments.write.is_none() {
        let failure = Failure::new(Exit::Usage, "there is nothing to measure");
        return Err(failure.with_cure("give a length above 0 by -p or -n").into());
    }
    let mut subjects = subjects(arguments, settings, console)?;
    let interrupt = Interrupt::install()?;
    if let Some(path) = &arguments.write {
        let [subject] = subjects.as_mut_slice() else {
            let failure = Failure::new(Exit::Usage, "--write keeps one model, but --like names several");
            return Err(failure.with_cure("write them one by one").into());
        };
        subject.write(path, &interrupt, console)?;
        if tests.is_empty() {
            return Ok(Exit::Success);
        }
    }
    let mut runner = Runner::new(arguments, tests, &settings.home, &interrupt);
    let outcome = runner.run_all(&subjects, &settings.engine, console);
    // Whatever came after it, what was measured is told: it took minutes.
    let is_told = arguments.output != Format::Jsonl && (outcome.is_ok() || !runner.records.is_empty());
    if is_told {
        console.write(&report::render(arguments.output, &runner.header, &runner.records)?)?;
    }
    outcome.map(|()| Exit::Success)
}

/// All models first: a slip in the last name should not cost the first one's minutes.
fn subjects(
    arguments: &BenchArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Vec<Subject>> {
    let mut subjects = Vec::new();
    if !arguments.like.is_empty() {
        let library = Library::open(settings)?;
        for wanted in &arguments.like {
            subjects.push(Subject::like(wanted, &library)?);
        }
    } else if arguments.models.is_empty() {
        subjects.push(Subject::of_model(library::locate(settings.model.as_deref(), settings, console)?));
    }
    for name in &arguments.models {
        subjects.push(Subject::of_model(library::locate(Some(name), settings, console)?));
    }
    Ok(subjects)
}

/// Each combination of threads and cache format.
fn variants(arguments: &BenchArguments, settings: &EngineSettings) -> Vec<EngineSettings> {
    let threads: Vec<Option<usize>> = if arguments.threads.is_empty() {
        vec![settings.threads]
    } else {
        arguments.threads.iter().copied().map(Some).collect()
    };
    let caches = if arguments.cache.is_empty() { vec![settings.cache] } else { arguments.cache.clone() };
    let pairs = threads.iter().flat_map(|&threads| caches.iter().map(move |&cache| (threads, cache)));
    pairs
        .map(|(threads, cache)| EngineSettings {
            threads,
            cache,
            ops: arguments.ops,
            ignore_memory: arguments.ignore_memory,
            ..settings.clone()
        })
        .collect()
}

/// Runs tests and keeps what they gave.
struct Runner<'a> {
    arguments: &'a BenchArguments,
    home: &'a Path,
    tests: Vec<Test>,
    header: Header,
    machine: Machine,
    /// Bandwidth by number of threads, measured once each.
    bandwidths: Vec<(usize, f64)>,
    records: Vec<Record>,
    interrupt: &'a Interrupt,
    /// Once there is a record, which a Ctrl-C must not lose; before, it ends the program at once.
    armed: Option<Armed<'a>>,
}

impl<'a> Runner<'a> {
    fn new(
        arguments: &'a BenchArguments,
        tests: Vec<Test>,
        home: &'a Path,
        interrupt: &'a Interrupt,
    ) -> Self {
        let machine = Machine::observe();
        let header = Header {
            cpu: format!("{}, {}", machine.cpu, units::plural(machine.physical_cores, "core")),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..Header::default()
        };
        let (bandwidths, records) = (Vec::new(), Vec::new());
        Self { arguments, home, tests, header, machine, bandwidths, records, interrupt, armed: None }
    }

    /// All tests of all subjects.
    fn run_all(
        &mut self,
        subjects: &[Subject],
        settings: &EngineSettings,
        console: &mut Console,
    ) -> anyhow::Result<()> {
        for subject in subjects {
            for engine in variants(self.arguments, settings) {
                self.run(subject, &engine, console)?;
            }
        }
        Ok(())
    }

    fn run(
        &mut self,
        subject: &Subject,
        settings: &EngineSettings,
        console: &mut Console,
    ) -> anyhow::Result<()> {
        let context_length = Some(plan::context_needed(&self.tests));
        let sequences = plan::sequences_needed(&self.tests);
        let settings = EngineSettings { context_length, sequences, ..settings.clone() };
        let bandwidth = self.bandwidth(&settings, console)?;
        machine::reset_peak_memory();
        let mut loaded = engine::load_file(&subject.name, subject.open()?, &settings, console)?;
        // A GPU has its own memory.
        let bandwidth = (loaded.device == "cpu").then_some(bandwidth);
        if !self.header.kernels.contains(&loaded.kernels) {
            self.header.kernels.push(loaded.kernels.clone());
        }
        let template = self.record(subject, &loaded, &settings, bandwidth);
        let method = Method { repetitions: self.arguments.repetitions, batch: self.arguments.batch };
        let total = self.tests.len();
        for (number, test) in self.tests.clone().into_iter().enumerate() {
            let line = progress::spinner(console, "");
            let is_stopped = || self.armed.as_ref().is_some_and(Armed::requested);
            let mut bench = Bench::new(&mut loaded.model, method, &is_stopped);
            let times = bench.measure(test, |repetition| {
                let step = match repetition {
                    0 => "warming up".to_owned(),
                    number => format!("{number} of {}", method.repetitions),
                };
                line.set_message(format!("{} {test}, test {} of {total}: {step}", subject.name, number + 1));
            })?;
            drop((bench, line));
            let bytes = mean_bytes_read(&loaded, test);
            let record = complete(template.clone(), test, &times, bytes);
            self.remember(subject, &settings, test, &record, bytes);
            if self.arguments.output == Format::Jsonl {
                console.write_now(&report::json_line(&record)?)?;
            }
            self.records.push(record);
            let interrupt = self.interrupt;
            self.armed.get_or_insert_with(|| interrupt.arm());
        }
        Ok(())
    }

    /// Keeps what `abide models` tells by.
    fn remember(
        &self,
        subject: &Subject,
        settings: &EngineSettings,
        test: Test,
        record: &Record,
        bytes_per_token: u64,
    ) {
        let (Some(setup), Some(bandwidth)) =
            (engine::setup(settings, &self.machine), record.memory_bandwidth)
        else {
            return;
        };
        let tokens_per_second = record.tokens_per_second.mean;
        Measurements::update(self.home, |measurements| {
            let measured = measurements.entry(&setup);
            measured.set_read_bandwidth(bandwidth);
            if test.is_plain_decoding() {
                let decoding = Decoding { tokens_per_second, bytes_per_token, by: Source::Bench };
                measured.set_decoding(&subject.measured_as, decoding);
            }
        });
    }

    /// The memory bandwidth with so many threads. Measured without a model, whose threads would take
    /// part of it.
    fn bandwidth(&mut self, settings: &EngineSettings, console: &Console) -> anyhow::Result<f64> {
        let threads = settings.threads.unwrap_or(self.machine.physical_cores);
        if let Some((_, bandwidth)) = self.bandwidths.iter().find(|(known, _)| *known == threads) {
            return Ok(*bandwidth);
        }
        let _line = progress::spinner(console, "measuring memory bandwidth");
        let kernels = Kernels::new(threads, engine::instruction_set(settings)?);
        let bandwidth = measure_read_bandwidth(&kernels, self.machine.bandwidth_bytes())?;
        self.bandwidths.push((threads, bandwidth));
        self.header.bandwidth = self.header.bandwidth.max(Some(bandwidth as u64));
        Ok(bandwidth)
    }

    /// What all records of a loaded model have in common.
    fn record(
        &self,
        subject: &Subject,
        loaded: &TokenModelLoaded,
        settings: &EngineSettings,
        memory_bandwidth: Option<f64>,
    ) -> Record {
        Record {
            model: subject.name.clone(),
            file: subject.file_name.clone(),
            test: String::new(),
            threads: loaded.model.threads(),
            device: loaded.device.clone(),
            tokens_per_second: Samples::new(Vec::new()),
            sequences: 1,
            cache: settings.cache.name().to_owned(),
            ops: settings.ops.name().to_owned(),
            batch: self.arguments.batch,
            kernels: loaded.kernels.clone(),
            cpu: self.machine.cpu.clone(),
            version: self.header.version.clone(),
            file_bytes: loaded.file.bytes(),
            parameters: abide_engine::parameters(&loaded.file),
            load_ms: units::milliseconds(loaded.load_time),
            time_to_first_token_ms: None,
            peak_memory_bytes: None,
            memory_bandwidth,
            memory_bandwidth_share: None,
        }
    }
}

/// Bytes of weights and cache read per token, at the middle of what is made.
fn mean_bytes_read(loaded: &TokenModelLoaded, test: Test) -> u64 {
    loaded.model.bytes_read_per_token(test.depth + test.tokens() / 2)
}

/// The record with what was measured.
fn complete(mut record: Record, test: Test, times: &[Duration], bytes_per_token: u64) -> Record {
    let seconds = times.iter().map(|time| time.as_secs_f64().max(f64::MIN_POSITIVE));
    let rates = seconds.clone().map(|seconds| test.tokens_in_all() as f64 / seconds);
    record.test = test.to_string();
    record.sequences = test.sequences;
    record.tokens_per_second = Samples::new(rates.collect());
    record.peak_memory_bytes = machine::peak_memory();
    match test.kind {
        Kind::Prompt(_) => {
            record.time_to_first_token_ms = Some(1000.0 * Samples::new(seconds.collect()).mean);
        }
        // Several sequences share one reading of the weights, and experts are shared or not by chance.
        Kind::Generation(_) if test.sequences > 1 => {}
        Kind::Generation(_) => {
            let read = record.tokens_per_second.mean * bytes_per_token as f64;
            record.memory_bandwidth_share = record.memory_bandwidth.map(|bandwidth| read / bandwidth);
        }
    }
    record
}

fn compare_files(a: &Path, b: &Path, format: Format, console: &mut Console) -> anyhow::Result<Exit> {
    let read = |path: &Path| -> anyhow::Result<Vec<Record>> {
        let text = reading::file_text(path, reading::TEXT_BYTES_MAX)?;
        report::parse(&text).with_context(|| format!("can't compare {}", path.display()))
    };
    let comparison = compare::compare(&read(a)?, &read(b)?);
    match format {
        Format::Md => {
            console.line(&format!("A: {}\nB: {}\n", a.display(), b.display()))?;
            console.write(&compare::markdown(&comparison))?;
        }
        Format::Json => console.json(&comparison)?,
        Format::Csv | Format::Jsonl => {
            let failure = Failure::new(Exit::Usage, "a comparison is written as md or json only");
            return Err(failure.into());
        }
    }
    if comparison.pairs.is_empty() {
        let failure = Failure::new(Exit::Failure, "the two files have no test in common");
        return Err(failure.with_cure("measure the same tests for both").into());
    }
    Ok(Exit::Success)
}

#[cfg(test)]
mod tests {
    use super::report::tests::record;
    use super::*;

    #[test]
    fn a_record_gets_what_belongs_to_its_kind() {
        let base = || Record {
            time_to_first_token_ms: None,
            memory_bandwidth_share: None,
            memory_bandwidth: Some(1000.0),
            ..record("m", "", &[])
        };
        let times = [Duration::from_millis(500), Duration::from_millis(250)];
        let prompt = complete(base(), Test { kind: Kind::Prompt(10), depth: 4, sequences: 1 }, &times, 50);
        assert_eq!((prompt.test.as_str(), prompt.tokens_per_second.mean), ("pp10@d4", 30.0));
        assert_eq!(prompt.time_to_first_token_ms, Some(375.0));
        assert_eq!(prompt.memory_bandwidth_share, None);
        let test = Test { kind: Kind::Generation(2), depth: 0, sequences: 1 };
        let generation = complete(base(), test, &times, 50);
        assert_eq!(generation.tokens_per_second.samples, [4.0, 8.0]);
        assert!((generation.memory_bandwidth_share.unwrap() - 0.3).abs() < 1e-12);
        assert_eq!(generation.time_to_first_token_ms, None);
        let together = complete(base(), Test { sequences: 3, ..test }, &times, 50);
        assert_eq!(together.tokens_per_second.samples, [12.0, 24.0]);
        assert_eq!((together.sequences, together.memory_bandwidth_share), (3, None));
    }

    #[test]
    fn lists_are_swept() {
        use clap::Parser as _;
        let line = "abide bench -t 1,2 --cache f16,q8_0 --ops reference";
        let arguments = crate::arguments::Arguments::try_parse_from(line.split(' ')).unwrap();
        let crate::arguments::Command::Bench(bench) = &arguments.command else { panic!("it is a bench") };
        let base = EngineSettings {
            device: engine::DeviceChoice::Cpu,
            threads: Some(9),
            instruction_set: None,
            context_length: None,
            sequences: 1,
            cache: CacheFormat::F32,
            activations: crate::arguments::Activations::Int8,
            ops: Ops::Default,
            speculation: engine::Speculation::Off,
            ignore_memory: false,
        };
        let swept: Vec<_> = variants(bench, &base)
            .into_iter()
            .map(|variant| (variant.threads, variant.cache.name(), variant.ops))
            .collect();
        let expected = [(1, "f16"), (1, "q8_0"), (2, "f16"), (2, "q8_0")];
        assert_eq!(swept, expected.map(|(threads, cache)| (Some(threads), cache, Ops::Reference)));
    }
}
