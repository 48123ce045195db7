//! Arguments, environment and `config.toml`, weighed once: what commands are given.
//!
//! Must not load, fetch or print anything. The nearer a value was written to the command, the more
//! it counts: arguments, then environment, then `config.toml`, then the default.

mod server;

use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

use abide_generation::Sampling;
use directories::ProjectDirs;
use serde_json::{Map, Value};

use crate::arguments::{
    Activations, Arguments, CacheFormat, ColorChoice, Command, GeneratorArguments, GlobalArguments, Ops,
    SamplingOptions,
};
use crate::config::Config;
use crate::engine::{DeviceChoice, Speculation};
use crate::env::{self, Environment};
use crate::failure::{Exit, Failure};
use crate::origins::{self, Offers, Origins, Source};

pub use server::ServerSettings;

/// Of which conversations what was computed is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveCache {
    /// Of none, nor is anything read that was saved.
    Nothing,
    /// Of those with companions.
    Companions,
    /// Of all.
    All,
}

impl SaveCache {
    /// What was `chosen`; else those with companions, where `command` has any: they are long, and would be read again at every start.
    fn settle(chosen: Option<bool>, command: &Command, server: &ServerSettings) -> Self {
        let with_companions = match command {
            Command::Chat(chat) => !chat.plain,
            Command::Serve(_) => !server.no_companions,
            _ => false,
        };
        match chosen {
            Some(true) => Self::All,
            None if with_companions => Self::Companions,
            _ => Self::Nothing,
        }
    }
}

/// All that was settled.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Folder with everything that abide keeps.
    pub home: PathBuf,
    /// Whether the network is forbidden.
    pub offline: bool,
    /// Model used where none is named; `None`: the catalogue's default.
    pub model: Option<String>,
    /// Embedding model that memories are found by; `None`: the catalogue's first.
    pub embedder: Option<String>,
    /// Passphrase of the companions, where it was given.
    pub passphrase: Option<Secret>,
    /// The user's language as a BCP 47 tag, such as `fr-CA`.
    pub language: String,
    /// The editor of texts.
    pub editor: Option<String>,
    /// Standing instructions for `chat --plain` and `run`.
    pub system: Option<String>,
    /// How models are loaded and computed.
    pub engine: EngineSettings,
    /// Which conversations' computed state is saved.
    pub save_cache: SaveCache,
    /// What replaces the recommended sampling: of `config.toml`, then of the environment, then of the arguments.
    pub sampling: [SamplingOptions; 3],
    /// Whether stdout gets colours; `None`: if it is a terminal.
    pub color: Option<bool>,
    /// Whether progress is shown (on a terminal).
    pub progress: bool,
    /// Filter for the log, in the syntax of `tracing_subscriber::EnvFilter`.
    pub log: String,
    /// What `abide serve` does.
    pub server: ServerSettings,
    /// Where each value came from.
    pub origins: Origins,
    /// Variables that are nearly called as one of abide's, each with that one.
    pub slips: Vec<(String, String)>,
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
        let weigh = |config| Self::weigh(arguments, &environment, config, home.clone());
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
        environment: &Environment,
        config: Config,
        home: PathBuf,
    ) -> Result<Self, Failure> {
        let global = &arguments.global;
        let mut origins = Origins::default();
        let given_or = |given: bool, set: bool| match (given, set) {
            (true, _) => Source::Argument,
            (false, true) => Source::Environment,
            (false, false) => Source::Default,
        };
        origins.note("home", &home, given_or(global.home.is_some(), environment.home.is_some()));
        let variables = &environment.options;
        let offline = Offers {
            argument: global.offline.then_some(true),
            environment: variables.offline,
            file: config.offline,
        };
        let offline = origins.choose_or("offline", offline, false);
        let text = |argument, variable: &Option<String>, field: &Option<String>| Offers {
            argument,
            environment: variable.clone(),
            file: field.clone(),
        };
        let (given, set) = (arguments.command.options(), variables.given.clone());
        let model = text(None, &variables.model, &config.model);
        let model = origins.choose("model", model, "the catalogue's default");
        let embedder = text(given.embedder.embedder, &set.embedder.embedder, &config.embedder);
        let embedder = origins.choose("embedder", embedder, "the catalogue's first, all-minilm-l6-v2");
        let system = origins.choose("system", text(None, &variables.system, &config.system), "none");
        let save_cache = Offers {
            argument: given.generator.saves_cache(),
            environment: set.generator.saves_cache(),
            file: config.save_cache,
        };
        let cpu = variables.cpu.clone();
        let engine = EngineSettings::weigh(given.generator, set.generator, cpu, &config, &mut origins)?;
        let save_cache = origins.choose("save_cache", save_cache, "talks with companions");
        let server = ServerSettings::weigh(given.server, set.server, config.server, &mut origins)?;
        let sampling = [config.sampling, set.sampling, given.sampling];
        note_sampling(&sampling, &mut origins);
        let log = log_filter(global, environment.log.clone(), server.log_content);
        let loudness = global.quiet || global.verbose > 0;
        origins.note("log", &log, given_or(loudness, environment.log.is_some()));
        let settings = Self {
            home,
            offline,
            model,
            embedder,
            system,
            engine,
            save_cache: SaveCache::settle(save_cache, &arguments.command, &server),
            passphrase: environment.passphrase.clone().map(Secret),
            editor: environment.editor.clone(),
            language: language_tag(environment.language.as_deref()),
            sampling,
            color: color(global.color, environment),
            progress: !global.quiet,
            log,
            server,
            origins,
            slips: environment.slips.clone(),
            config_problem: None,
        };
        // Before a model is fetched for it.
        settings.sampling(Sampling::default())?;
        Ok(settings)
    }
}

/// A text that no log shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

fn color(choice: ColorChoice, environment: &Environment) -> Option<bool> {
    match choice {
        ColorChoice::Always => Some(true),
        ColorChoice::Never => Some(false),
        ColorChoice::Auto => environment.no_color.then_some(false),
    }
}

/// The BCP 47 tag of a locale's name such as `fr_CA.UTF-8`; English where it names no language.
fn language_tag(locale: Option<&str>) -> String {
    let name = locale.unwrap_or_default().split(['.', '@']).next().unwrap_or_default();
    if matches!(name, "" | "C" | "POSIX") { "en".to_owned() } else { name.replace('_', "-") }
}

/// Notes what replaces the sampling that is advised for the model, the one of `layers` that comes last before the others.
fn note_sampling(layers: &[SamplingOptions; 3], origins: &mut Origins) {
    let fields = |options: &SamplingOptions| match origins::json(options) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    let [file, environment, given] = layers.each_ref().map(fields);
    for name in file.keys() {
        let sources =
            [(&given, Source::Argument), (&environment, Source::Environment), (&file, Source::File)];
        let mut said = sources.into_iter().filter_map(|(fields, source)| Some((fields.get(name)?, source)));
        match said.find(|(value, _)| !value.is_null()) {
            Some((value, source)) => origins.note(format!("sampling.{name}"), value, source),
            None => origins.note_unset(format!("sampling.{name}"), "as advised for the model"),
        }
    }
}

impl EngineSettings {
    fn weigh(
        given: GeneratorArguments,
        environment: GeneratorArguments,
        cpu: Option<String>,
        config: &Config,
        origins: &mut Origins,
    ) -> Result<Self, Failure> {
        // What the three say of a number or a choice.
        macro_rules! offers {
            ($field:ident) => {
                Offers {
                    argument: given.engine.$field,
                    environment: environment.engine.$field,
                    file: config.$field,
                }
            };
        }
        let device = Offers {
            argument: given.engine.device,
            environment: environment.engine.device,
            file: config.device.clone(),
        };
        let speculation = Offers {
            argument: given.speculation,
            environment: environment.speculation,
            file: config.speculation.clone(),
        };
        let instruction_set = Offers { argument: None, environment: cpu, file: None };
        let ops = Offers { argument: given.engine.ops, environment: environment.engine.ops, file: None };
        let ignore = Offers {
            argument: given.engine.ignore_memory.then_some(true),
            environment: environment.engine.ignore_memory.then_some(true),
            file: None,
        };
        Ok(Self {
            device: parsed(origins, "device", device, "choose auto, cpu, cuda, cuda:N or metal")?,
            speculation: parsed(
                origins,
                "speculation",
                speculation,
                "choose auto, off, or how many tokens to guess",
            )?,
            threads: origins.choose("threads", offers!(threads), "one per physical core"),
            instruction_set: origins.choose("cpu", instruction_set, "the best one found"),
            context_length: origins.choose(
                "context",
                offers!(context),
                "what the model was trained for, at most 8192",
            ),
            sequences: 1,
            cache: origins.choose_or("cache", offers!(cache), CacheFormat::F16),
            activations: origins.choose_or("activations", offers!(activations), Activations::default()),
            ops: origins.choose_or("ops", ops, Ops::default()),
            ignore_memory: origins.choose_or("ignore_memory", ignore, false),
        })
    }
}

/// A word made a value; where it makes no sense, the error says where it stands.
fn parsed<T: FromStr<Err: Display> + Default>(
    origins: &mut Origins,
    name: &'static str,
    word: Offers<String>,
    cure: &str,
) -> Result<T, Failure> {
    let Some(word) = origins.choose(name, word, "auto") else { return Ok(T::default()) };
    word.parse().map_err(|error| {
        let place = origins.place(name, name);
        Failure::new(Exit::Usage, format!("{place} is `{word}`: {error}")).with_cure(cure)
    })
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

fn log_filter(global: &GlobalArguments, from_environment: Option<String>, with_content: bool) -> String {
    // Other crates' chatter is wanted only when everything is.
    let filter = match (global.quiet, global.verbose, from_environment) {
        (true, _, _) => "error".to_owned(),
        (false, 0, Some(filter)) => filter,
        (false, 0, None) => "warn".to_owned(),
        (false, level @ 1..=2, _) => {
            let level = if level == 1 { "info" } else { "debug" };
            let ours = [
                "abide",
                "abide_companion",
                "abide_engine",
                "abide_generation",
                "abide_kernels",
                "abide_models",
                "abide_server",
            ];
            ours.iter().fold("warn".to_owned(), |filter, name| format!("{filter},{name}={level}"))
        }
        (false, _, _) => "trace".to_owned(),
    };
    // Whoever wants to see what is said need not ask for all the rest, and may want none of it.
    if with_content { format!("{filter},{}=info", abide_server::CONTENT_LOG) } else { filter }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::arguments::{EngineArguments, OptionsGiven};
    use crate::env::OptionVariables;

    #[allow(clippy::needless_pass_by_value, reason = "each caller makes its own")]
    fn settle(line: &str, environment: Environment, config: Config) -> Result<Settings, Failure> {
        let arguments = Arguments::try_parse_from(line.split_whitespace()).unwrap();
        Settings::weigh(&arguments, &environment, config, PathBuf::from("/home"))
    }

    #[test]
    fn nearer_sources_win() {
        let engine = EngineArguments {
            threads: Some(2),
            device: Some("cuda".to_owned()),
            ..EngineArguments::default()
        };
        let generator = GeneratorArguments { engine, ..GeneratorArguments::default() };
        let environment = || Environment {
            options: OptionVariables {
                given: OptionsGiven { generator: generator.clone(), ..OptionsGiven::default() },
                model: Some("environment".to_owned()),
                offline: Some(false),
                ..OptionVariables::default()
            },
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
        let cases = [
            ("abide chat", None, SaveCache::Companions),
            ("abide chat", Some(false), SaveCache::Nothing),
            ("abide chat --plain", None, SaveCache::Nothing),
            ("abide chat --plain", Some(true), SaveCache::All),
            ("abide chat --no-save-cache", Some(true), SaveCache::Nothing),
            ("abide chat --save-cache --no-save-cache", None, SaveCache::Nothing),
            ("abide run m", None, SaveCache::Nothing),
            ("abide run m --save-cache", Some(false), SaveCache::All),
            ("abide serve", None, SaveCache::Companions),
            ("abide serve --no-companions", None, SaveCache::Nothing),
            ("abide serve --no-companions", Some(true), SaveCache::All),
            ("abide serve", Some(false), SaveCache::Nothing),
            ("abide serve", Some(true), SaveCache::All),
            ("abide serve --no-save-cache", Some(true), SaveCache::Nothing),
        ];
        for (line, config, expected) in cases {
            assert_eq!(saves(line, config), expected, "{line} {config:?}");
        }
        assert_eq!(language_tag(Some("fr_CA.UTF-8")), "fr-CA");
        assert_eq!([None, Some("C.UTF-8"), Some("POSIX")].map(language_tag), ["en"; 3].map(String::from));
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
    fn arguments_sample_before_the_environment_and_that_before_the_file() {
        let sampling = SamplingOptions { top_k: Some(1), top_p: Some(0.5), ..SamplingOptions::default() };
        let config = Config { sampling, ..Config::default() };
        let set = |name: &str| match name {
            "ABIDE_TOP_K" => Some("8".into()),
            "ABIDE_TYPICAL_P" => Some("0.9".into()),
            _ => None,
        };
        let environment = Environment::from_lookup(set).unwrap();
        let settings = settle("abide run m --top-k 9 x", environment, config).unwrap();
        let sampling = settings.sampling(Sampling { top_k: 3, min_p: 0.2, ..Sampling::default() }).unwrap();
        assert_eq!((sampling.top_k, sampling.top_p, sampling.min_p), (9, 0.5, 0.2));
        assert_eq!(sampling.typical_p, 0.9);
        let source = |name: &str| settings.origins.iter().find(|origin| origin.name == name).unwrap().source;
        let sources =
            ["top_k", "top_p", "typical_p", "min_p"].map(|name| source(&format!("sampling.{name}")));
        assert_eq!(sources, [Source::Argument, Source::File, Source::Environment, Source::Default]);
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
