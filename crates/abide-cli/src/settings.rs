//! Arguments, environment and `config.toml`, weighed once: what commands are given.
//!
//! Must not load, fetch or print anything. The nearer a value was written to the command, the more
//! it counts: arguments, then environment, then `config.toml`, then the default.

use std::path::PathBuf;

use abide_generation::Sampling;
use directories::ProjectDirs;

use crate::arguments::{
    Activations, Arguments, CacheFormat, ColorChoice, Command, GlobalArguments, Ops, SamplingOptions,
};
use crate::config::Config;
use crate::engine::{DeviceChoice, Speculation};
use crate::env::{self, Environment};
use crate::failure::{Exit, Failure};

/// All that was settled.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Folder with everything that abide keeps.
    pub home: PathBuf,
    /// Whether the network is forbidden.
    pub offline: bool,
    /// Model used where none is named; `None`: the catalogue's default.
    pub model: Option<String>,
    /// Standing instructions for `chat` and `run`.
    pub system: Option<String>,
    /// How models are loaded and computed.
    pub engine: EngineSettings,
    /// Whether what was computed of conversations is saved.
    pub save_cache: bool,
    /// What replaces the recommended sampling: of `config.toml`, then of the arguments.
    pub sampling: [SamplingOptions; 2],
    /// Whether stdout gets colours; `None`: if it is a terminal.
    pub color: Option<bool>,
    /// Whether progress is shown (on a terminal).
    pub progress: bool,
    /// Filter for the log, in the syntax of `tracing_subscriber::EnvFilter`.
    pub log: String,
    /// Why `config.toml` was left aside; only the doctor goes on without it.
    pub config_problem: Option<Failure>,
}

/// How models are loaded and computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineSettings {
    /// Where to compute.
    pub device: DeviceChoice,
    /// Threads; `None`: one per physical core.
    pub threads: Option<usize>,
    /// Instruction set of the CPU kernels; `None`: the best one.
    pub instruction_set: Option<String>,
    /// Tokens that the context holds; `None`: as trained, at most 8192.
    pub context_length: Option<usize>,
    /// Sequences of that length that the cache has room for.
    pub sequences: usize,
    /// Number format of the KV cache.
    pub cache: CacheFormat,
    /// How finely the inputs of matrix products are quantised on a CPU.
    pub activations: Activations,
    /// Which implementation of the operations.
    pub ops: Ops,
    /// Tokens guessed ahead of answers.
    pub speculation: Speculation,
    /// Whether to load even if memory seems too small.
    pub ignore_memory: bool,
}

impl Settings {
    /// Reads environment and `config.toml`, and settles everything.
    ///
    /// # Errors
    /// When any source holds nonsense, or there is no home folder.
    pub fn resolve(arguments: &Arguments) -> Result<Self, Failure> {
        let environment = Environment::read()?;
        let home = resolve_home(&arguments.global, &environment)?;
        let weigh = |config| Self::weigh(arguments, environment.clone(), config, home.clone());
        match Config::read(&home).and_then(weigh) {
            Err(problem) if matches!(arguments.command, Command::Doctor(_)) => {
                Ok(Self { config_problem: Some(problem), ..weigh(Config::default())? })
            }
            settled => settled,
        }
    }

    /// How tokens are chosen, starting from what is recommended for the model.
    ///
    /// # Errors
    /// When a value is out of its range.
    pub fn sampling(&self, recommended: Sampling) -> Result<Sampling, Failure> {
        let sampling = self.sampling.iter().fold(recommended, |base, layer| layer.apply(base));
        sampling.validate().map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
        Ok(sampling)
    }

    fn weigh(
        arguments: &Arguments,
        environment: Environment,
        config: Config,
        home: PathBuf,
    ) -> Result<Self, Failure> {
        let global = &arguments.global;
        let color = match global.color {
            ColorChoice::Always => Some(true),
            ColorChoice::Never => Some(false),
            ColorChoice::Auto => environment.no_color.then_some(false),
        };
        let engine = EngineSettings::weigh(&arguments.command, &environment, &config)?;
        let given = arguments.command.sampling().cloned().unwrap_or_default();
        let settings = Self {
            home,
            offline: global.offline || environment.offline.or(config.offline).unwrap_or(false),
            model: environment.model.or(config.model),
            system: config.system,
            engine,
            save_cache: arguments.command.save_cache().or(config.save_cache).unwrap_or(false),
            sampling: [config.sampling, given],
            color,
            progress: !global.quiet,
            log: log_filter(global, environment.log),
            config_problem: None,
        };
        // Before a model is fetched for it.
        settings.sampling(Sampling::default())?;
        Ok(settings)
    }
}

impl EngineSettings {
    fn weigh(command: &Command, environment: &Environment, config: &Config) -> Result<Self, Failure> {
        let arguments = command.engine();
        let sources = [
            ("--device", &arguments.device),
            (env::DEVICE, &environment.device),
            ("`device` in config.toml", &config.device),
        ];
        let device = match sources.into_iter().find_map(|(source, value)| Some((source, value.as_ref()?))) {
            None => DeviceChoice::Auto,
            Some((source, value)) => value.parse().map_err(|error| {
                Failure::new(Exit::Usage, format!("{source} is `{value}`: {error}"))
                    .with_cure("choose auto, cpu, cuda, cuda:N or metal")
            })?,
        };
        let sources = [
            ("--speculation", command.speculation()),
            ("`speculation` in config.toml", config.speculation.as_deref()),
        ];
        let speculation = match sources.into_iter().find_map(|(source, value)| Some((source, value?))) {
            None => Speculation::default(),
            Some((source, value)) => value.parse().map_err(|error| {
                Failure::new(Exit::Usage, format!("{source} is `{value}`: {error}"))
                    .with_cure("choose auto, off, or how many tokens to guess")
            })?,
        };
        Ok(Self {
            device,
            speculation,
            threads: arguments.threads.or(environment.threads).or(config.threads),
            instruction_set: environment.cpu.clone(),
            context_length: arguments.context.or(config.context),
            sequences: 1,
            cache: arguments.cache.or(config.cache).unwrap_or(CacheFormat::F16),
            activations: arguments.activations.or(config.activations).unwrap_or_default(),
            ops: arguments.ops.unwrap_or_default(),
            ignore_memory: arguments.ignore_memory,
        })
    }
}

fn resolve_home(global: &GlobalArguments, environment: &Environment) -> Result<PathBuf, Failure> {
    let given = global.home.as_ref().or(environment.home.as_ref());
    let home = match given {
        Some(home) => home.clone(),
        None => ProjectDirs::from("", "", "abide")
            .ok_or_else(|| {
                Failure::new(Exit::Usage, "this account has no home folder")
                    .with_cure(format!("set {} to a folder that abide may write to", env::HOME))
            })?
            .data_dir()
            .to_path_buf(),
    };
    std::path::absolute(&home).map_err(|error| {
        Failure::new(Exit::Usage, format!("`{}` is no usable folder: {error}", home.display()))
            .with_cure("name another one by --home")
    })
}

fn log_filter(global: &GlobalArguments, from_environment: Option<String>) -> String {
    // Other crates' chatter is wanted only when everything is.
    match (global.quiet, global.verbose, from_environment) {
        (true, _, _) => "error".to_owned(),
        (false, 0, Some(filter)) => filter,
        (false, 0, None) => "warn".to_owned(),
        (false, level @ 1..=2, _) => {
            let level = if level == 1 { "info" } else { "debug" };
            let ours = ["abide", "abide_engine", "abide_generation", "abide_kernels", "abide_models"];
            ours.iter().fold("warn".to_owned(), |filter, name| format!("{filter},{name}={level}"))
        }
        (false, _, _) => "trace".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn settle(line: &str, environment: Environment, config: Config) -> Result<Settings, Failure> {
        let arguments = Arguments::try_parse_from(line.split_whitespace()).unwrap();
        Settings::weigh(&arguments, environment, config, PathBuf::from("/home"))
    }

    #[test]
    fn nearer_sources_win() {
        let environment = || Environment {
            threads: Some(2),
            device: Some("cuda".to_owned()),
            model: Some("environment".to_owned()),
            offline: Some(false),
            ..Environment::default()
        };
        let config = || Config {
            threads: Some(3),
            context: Some(99),
            model: Some("config".to_owned()),
            offline: Some(true),
            device: Some("nonsense that nobody looks at".to_owned()),
            ..Config::default()
        };
        let all = settle("abide chat -t 1 --device cpu", environment(), config()).unwrap();
        assert_eq!((all.engine.threads, all.engine.context_length), (Some(1), Some(99)));
        assert_eq!(all.engine.device, DeviceChoice::Cpu);
        assert_eq!(all.model.as_deref(), Some("environment"));
        assert!(!all.offline);
        let less = settle("abide models --offline", environment(), config()).unwrap();
        assert_eq!((less.engine.threads, less.engine.device), (Some(2), DeviceChoice::Cuda(0)));
        assert!(less.offline);
        assert!(settle("abide models", Environment::default(), config()).is_err());
        let saves = |line, save_cache| {
            let config = Config { save_cache, ..Config::default() };
            settle(line, Environment::default(), config).unwrap().save_cache
        };
        assert!(!saves("abide chat", None) && saves("abide chat", Some(true)));
        assert!(
            saves("abide run m --save-cache", Some(false))
                && !saves("abide chat --no-save-cache", Some(true))
        );
        assert!(!saves("abide chat --save-cache --no-save-cache", None), "the last word counts");
        let config =
            |speculation: &str| Config { speculation: Some(speculation.to_owned()), ..Config::default() };
        let guess = |line, config| Ok(settle(line, Environment::default(), config)?.engine.speculation);
        assert_eq!(guess("abide chat", Config::default()), Ok(Speculation::Auto));
        assert_eq!(guess("abide chat", config("4")), Ok(Speculation::Tokens(4)));
        assert_eq!(guess("abide run m --speculation off", config("4")), Ok(Speculation::Off));
        let failure: Failure = guess("abide run m --speculation 99", config("4")).unwrap_err();
        assert!(failure.exit() == Exit::Usage && failure.to_string().contains("1 to 15"), "{failure}");
    }

    #[test]
    fn arguments_sample_before_the_file() {
        let sampling = SamplingOptions { top_k: Some(1), top_p: Some(0.5), ..SamplingOptions::default() };
        let config = Config { sampling, ..Config::default() };
        let settings = settle("abide run m --top-k 9 x", Environment::default(), config).unwrap();
        let sampling = settings.sampling(Sampling { top_k: 3, min_p: 0.2, ..Sampling::default() }).unwrap();
        assert_eq!((sampling.top_k, sampling.top_p, sampling.min_p), (9, 0.5, 0.2));
    }

    #[test]
    fn sampling_out_of_range_is_a_usage_error() {
        for option in ["--temperature -1", "--top-p 3", "--repetition-penalty -0.5"] {
            let line = format!("abide run m {option} x");
            let failure = settle(&line, Environment::default(), Config::default()).unwrap_err();
            assert_eq!(failure.exit(), Exit::Usage, "{option}");
        }
    }

    #[test]
    fn colours_and_log_follow_their_switches() {
        let plain = Environment { no_color: true, log: Some("debug".to_owned()), ..Environment::default() };
        let settings = settle("abide models", plain.clone(), Config::default()).unwrap();
        assert_eq!((settings.color, settings.log.as_str()), (Some(false), "debug"));
        let settings = settle("abide models --color always -q", plain, Config::default()).unwrap();
        assert_eq!((settings.color, settings.log.as_str(), settings.progress), (Some(true), "error", false));
        let settings = settle("abide models -v", Environment::default(), Config::default()).unwrap();
        assert!(settings.log.contains("abide_engine=info"));
    }

    #[test]
    fn the_home_is_absolute() {
        let arguments = GlobalArguments { home: Some("x".into()), ..GlobalArguments::default() };
        let environment = Environment { home: Some("/env".into()), ..Environment::default() };
        assert!(resolve_home(&arguments, &environment).unwrap().is_absolute());
        let home = resolve_home(&GlobalArguments::default(), &environment).unwrap();
        assert_eq!(home, PathBuf::from("/env"));
    }
}
