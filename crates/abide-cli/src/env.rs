//! Every environment variable that the program knows, declared once.
//!
//! Must not decide anything: what a variable means beside arguments and `config.toml` is settled in
//! `settings.rs`. Nothing else in the crate reads the environment.

use std::error::Error as _;
use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::path::PathBuf;

use abide_generation::Sampling;
use clap::builder::{BoolishValueParser, ValueParser};
use clap::error::{ContextKind, ContextValue};
use clap::{ArgAction, Args, Command, FromArgMatches as _};

use crate::arguments::OptionsGiven;
use crate::failure::{Exit, Failure};

/// A variable and what it does, as `abide --help` and `abide doctor` tell it.
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a few words.
    pub meaning: &'static str,
}

/// What the names of abide's own variables begin with.
const PREFIX: &str = "ABIDE_";
/// Folder with everything that abide keeps.
pub const HOME: &str = "ABIDE_HOME";
/// Instruction set of the CPU kernels.
pub const CPU: &str = "ABIDE_CPU";
/// Passphrase of the companions.
pub const PASSPHRASE: &str = "ABIDE_PASSPHRASE";
/// Filter for the log.
pub const LOG: &str = "ABIDE_LOG";
/// Switches colours off when set to anything (<https://no-color.org>).
pub const NO_COLOR: &str = "NO_COLOR";

/// Letters by which a name may differ from a known one to be taken for a slip of the pen.
const SLIP_LETTERS: usize = 2;
/// Letters that a name must have for that: short names are like each other by chance.
const SLIP_LENGTH_MIN: usize = 4;

/// Where the editor of texts is looked for, the first that is set first.
const EDITOR: [&str; 2] = ["VISUAL", "EDITOR"];
/// Where the user's language is looked for, the first that is set first.
const LOCALE: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// All variables that have an effect, in the order in which help lists them.
pub const VARIABLES: &[Variable] = &[
    Variable { name: HOME, meaning: "folder for models, history and config.toml" },
    Variable { name: "ABIDE_MODEL", meaning: "model used where none is named" },
    Variable { name: CPU, meaning: "instruction set of the CPU kernels, in place of the best one found" },
    Variable { name: "ABIDE_SYSTEM", meaning: "standing instructions for `chat --plain` and `run`" },
    Variable { name: PASSPHRASE, meaning: "passphrase of the companions, where they have one" },
    Variable { name: LOG, meaning: "log filter, such as `debug` or `abide_engine=trace`" },
    Variable {
        name: "ABIDE_…",
        meaning: "any option that `abide config` takes, or --offline: ABIDE_PORT, ABIDE_TOP_K",
    },
    Variable { name: NO_COLOR, meaning: "no colours when set" },
    Variable { name: "LANG", meaning: "language of the companions that are offered (en, fr, zh)" },
    Variable { name: "EDITOR", meaning: "editor of personas, as VISUAL does" },
    Variable { name: "HF_ENDPOINT", meaning: "where Hugging Face downloads come from" },
    Variable { name: "HF_TOKEN", meaning: "token for Hugging Face repositories that want one" },
    Variable { name: "HF_HOME", meaning: "Hugging Face cache; what is in it is not fetched again" },
];

/// The options that variables stand for: `ABIDE_` and the option's name in capitals. They are read as the command line reads
/// them, but switches are 1 or 0, and lists have commas.
#[derive(Debug, Clone, Default, PartialEq, Args)]
pub struct OptionVariables {
    /// Forbids the network.
    #[arg(long, num_args = 0)]
    pub offline: Option<bool>,
    /// Model used where none is named.
    #[arg(long)]
    pub model: Option<String>,
    /// Instruction set of the CPU kernels.
    #[arg(long)]
    pub cpu: Option<String>,
    /// Standing instructions.
    #[arg(long)]
    pub system: Option<String>,
    /// Those that `abide config` takes.
    #[command(flatten)]
    pub given: OptionsGiven,
}

/// The variables' values, parsed but not yet weighed against anything.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Environment {
    /// [`HOME`].
    pub home: Option<PathBuf>,
    /// Those that stand for options.
    pub options: OptionVariables,
    /// [`PASSPHRASE`].
    pub passphrase: Option<String>,
    /// The user's language as `LC_ALL`, `LC_MESSAGES` or `LANG` name it, such as `fr_CA.UTF-8`.
    pub language: Option<String>,
    /// The editor of texts, as `VISUAL` or `EDITOR` name it.
    pub editor: Option<String>,
    /// [`LOG`], as written.
    pub log: Option<String>,
    /// Whether [`NO_COLOR`] is set.
    pub no_color: bool,
    /// Variables that are nearly called as one of abide's, each with that one.
    pub slips: Vec<(String, String)>,
}

impl Environment {
    /// Reads the environment of this process.
    ///
    /// # Errors
    /// Names the first variable whose value makes no sense.
    pub fn read() -> Result<Self, Failure> {
        let slips = std::env::vars_os().filter_map(|(name, _)| slip(name.to_str()?)).collect();
        Ok(Self { slips, ..Self::from_lookup(|name| std::env::var_os(name))? })
    }

    /// As [`Self::read`], from any source of values. An empty value counts as not set.
    ///
    /// # Errors
    /// Names the first variable whose value makes no sense.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, Failure> {
        let raw = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let text = |name: &'static str| match raw(name).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(_)) => Err(invalid(name, "is not valid UTF-8", "set it to plain text or unset it")),
        };
        Ok(Self {
            home: raw(HOME).map(PathBuf::from),
            options: OptionVariables::read(raw)?,
            passphrase: text(PASSPHRASE)?,
            // Those that are no text name no language.
            language: LOCALE.iter().find_map(|name| text(name).ok().flatten()),
            editor: EDITOR.iter().find_map(|name| text(name).ok().flatten()),
            log: text(LOG)?,
            no_color: raw(NO_COLOR).is_some(),
            slips: Vec::new(),
        })
    }
}

impl OptionVariables {
    fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, Failure> {
        let command = Self::command();
        let mut read = Self::default();
        for (argument, option) in command.get_arguments().filter_map(|arg| Some((arg, arg.get_long()?))) {
            let name = variable(option);
            let Some(value) = lookup(&name).filter(|value| !is_service_link(value)) else { continue };
            let shown = value.to_string_lossy();
            let refuse = |problem: String| {
                let cure = if argument.get_value_parser().type_id() == ValueParser::bool().type_id() {
                    "set it to 1 or 0, or unset it".to_owned()
                } else {
                    format!("set it to what `--{option}` takes, or unset it")
                };
                invalid(&name, &format!("is `{shown}`: {problem}"), &cure)
            };
            let values = match argument.get_action() {
                ArgAction::Append => {
                    let items = shown.split(',').map(str::trim).filter(|item| !item.is_empty());
                    items.map(OsString::from).collect()
                }
                _ => vec![value.clone()],
            };
            let words = values.into_iter().map(|value| {
                let mut word = OsString::from(format!("--{option}="));
                word.push(value);
                word
            });
            let matches = command.clone().try_get_matches_from(words);
            let mut matches = matches.map_err(|error| refuse(explain(&error)))?;
            read.update_from_arg_matches_mut(&mut matches).map_err(|error| refuse(explain(&error)))?;
            let sampling = read.given.sampling.apply(Sampling::default());
            sampling.validate().map_err(|error| refuse(error.to_string()))?;
        }
        Ok(read)
    }

    /// A command line that has each variable as an option with a value.
    fn command() -> Command {
        let command = Command::new("environment").no_binary_name(true).disable_help_flag(true);
        Self::augment_args(command).mut_args(|argument| {
            let is_switch = argument.get_num_args().is_some_and(|values| !values.takes_values())
                || matches!(argument.get_action(), ArgAction::SetTrue);
            if !is_switch {
                return argument;
            }
            argument.action(ArgAction::Set).num_args(1).value_parser(BoolishValueParser::new())
        })
    }
}

/// The socket that a service manager wants to be told at (`sd_notify(3)`): a path, or `@` and an abstract name.
pub fn notify_socket() -> Option<OsString> {
    std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty())
}

/// The variable that stands for an option.
pub fn variable(option: &str) -> String {
    format!("{PREFIX}{}", option.to_ascii_uppercase().replace('-', "_"))
}

/// The variable that was meant by one of abide's that there is not, if it is nearly called so.
fn slip(name: &str) -> Option<(String, String)> {
    let bare = name.strip_prefix(PREFIX).filter(|bare| bare.len() >= SLIP_LENGTH_MIN)?;
    let command = OptionVariables::command();
    let options = command.get_arguments().filter_map(clap::Arg::get_long).map(variable);
    let known: Vec<String> = options.chain([HOME, PASSPHRASE, LOG].map(str::to_owned)).collect();
    if known.iter().any(|known| known == name) {
        return None;
    }
    let distance = |known: &String| abide_models::edit_distance(bare, &known[PREFIX.len()..]);
    let nearest = known.into_iter().min_by_key(distance).filter(|known| distance(known) <= SLIP_LETTERS);
    Some((name.to_owned(), nearest?))
}

/// Whether a value is an address as Kubernetes gives it to every pod beside a service: `ABIDE_PORT` for one that is called abide. No option
/// takes such.
fn is_service_link(value: &OsStr) -> bool {
    let address = value.to_str().and_then(|value| {
        ["tcp://", "udp://", "sctp://"].iter().find_map(|scheme| value.strip_prefix(scheme))
    });
    address.is_some_and(|address| address.parse::<SocketAddr>().is_ok())
}

/// What the command line's parser complains of, in a few words.
fn explain(error: &clap::Error) -> String {
    match (error.source(), error.get(ContextKind::ValidValue)) {
        (Some(source), _) => source.to_string(),
        (None, Some(ContextValue::Strings(values))) => format!("must be one of {}", values.join(", ")),
        (None, _) => "makes no sense".to_owned(),
    }
}

fn invalid(name: &str, problem: &str, cure: &str) -> Failure {
    Failure::new(Exit::Usage, format!("the environment variable {name} {problem}")).with_cure(cure)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::arguments::Arguments;

    fn environment(values: &[(&str, &str)]) -> Result<Environment, Failure> {
        Environment::from_lookup(|name| {
            values.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn an_empty_environment_decides_nothing() {
        assert_eq!(environment(&[]).unwrap(), Environment::default());
        let empty = [(HOME, ""), (NO_COLOR, ""), ("ABIDE_PORT", "")];
        assert_eq!(environment(&empty).unwrap(), Environment::default());
    }

    #[test]
    fn addresses_of_services_and_empty_items_decide_nothing() {
        for address in ["tcp://10.0.0.1:11435", "udp://10.0.0.1:53", "tcp://[fd00::1]:80"] {
            assert_eq!(environment(&[("ABIDE_PORT", address)]).unwrap(), Environment::default());
        }
        assert!(environment(&[("ABIDE_PORT", "tcp://abide")]).is_err());
        let hosts =
            |text| environment(&[("ABIDE_ALLOW_HOST", text)]).unwrap().options.given.server.allow_hosts;
        assert_eq!(hosts("a.lan, b.lan,"), ["a.lan", "b.lan"]);
        assert_eq!(hosts(",a.lan,, "), ["a.lan"]);
        assert!(hosts(" , ").is_empty());
    }

    #[test]
    fn values_are_parsed() {
        let read = environment(&[
            (HOME, "/x"),
            (NO_COLOR, "1"),
            ("ABIDE_OFFLINE", "Yes"),
            ("ABIDE_THREADS", "3"),
            ("ABIDE_KEEP_ALIVE", "-1"),
            ("ABIDE_ALLOW_HOST", "a.lan, b.lan"),
            ("ABIDE_LOG_CONTENT", "0"),
            ("ABIDE_NO_COMPANIONS", "on"),
            ("ABIDE_SAVE_CACHE", "false"),
            ("ABIDE_IGNORE_MEMORY", "1"),
            ("ABIDE_CACHE", "q8_0"),
            ("ABIDE_TOP_P", "0.5"),
            ("ABIDE_XTC", "{\"probability\": 0.5, \"threshold\": 0.1}"),
            ("ABIDE_DRY", "{\"window\": 64}"),
            ("ABIDE_MIROSTAT", "{\"tau\": 5, \"eta\": 0.1}"),
            ("ABIDE_DYNAMIC_TEMPERATURE", "{\"minimum\": 0.5, \"maximum\": 1.5, \"exponent\": 1}"),
        ])
        .unwrap();
        assert_eq!(read.home, Some(PathBuf::from("/x")));
        assert!(read.no_color);
        let options = read.options;
        assert_eq!(options.offline, Some(true));
        let OptionsGiven { server, generator, sampling, .. } = options.given;
        assert_eq!(server.keep_alive.as_deref(), Some("-1"));
        assert_eq!(server.allow_hosts, ["a.lan", "b.lan"]);
        assert_eq!((server.log_content, server.no_companions), (Some(false), Some(true)));
        assert_eq!(generator.saves_cache(), Some(false));
        assert_eq!((generator.engine.threads, generator.engine.ignore_memory), (Some(3), true));
        assert_eq!(generator.engine.cache, Some(crate::arguments::CacheFormat::Q80));
        assert_eq!((sampling.top_p, sampling.xtc.map(|xtc| xtc.threshold)), (Some(0.5), Some(0.1)));
        assert_eq!(sampling.dry.map(|dry| (dry.window, dry.multiplier)), Some((64, 0.8)));
        assert_eq!(sampling.mirostat.map(|mirostat| mirostat.tau), Some(5.0));
        assert_eq!(sampling.dynamic_temperature.map(|dynamic| dynamic.maximum), Some(1.5));
    }

    #[test]
    fn a_switch_that_is_off_says_nothing_and_saving_nothing_goes_before_saving() {
        let saves =
            |values: &[(&str, &str)]| environment(values).unwrap().options.given.generator.saves_cache();
        assert_eq!(saves(&[("ABIDE_NO_SAVE_CACHE", "0")]), None);
        assert_eq!(saves(&[("ABIDE_NO_SAVE_CACHE", "1")]), Some(false));
        assert_eq!(saves(&[("ABIDE_NO_SAVE_CACHE", "1"), ("ABIDE_SAVE_CACHE", "1")]), Some(false));
        assert_eq!(saves(&[("ABIDE_NO_SAVE_CACHE", "0"), ("ABIDE_SAVE_CACHE", "1")]), Some(true));
    }

    #[test]
    fn every_option_of_the_server_has_a_variable() {
        let serve = Arguments::command();
        let serve = serve.find_subcommand("serve").unwrap();
        let variables = OptionVariables::command();
        for option in serve.get_arguments().filter_map(clap::Arg::get_long).filter(|option| *option != "help")
        {
            let is_known = variables.get_arguments().any(|known| known.get_long() == Some(option));
            assert!(is_known, "--{option} has no variable");
        }
    }

    #[test]
    fn nonsense_is_named_and_is_a_usage_error() {
        for (name, value) in [
            ("ABIDE_OFFLINE", "maybe"),
            ("ABIDE_THREADS", "0"),
            ("ABIDE_THREADS", "99999"),
            ("ABIDE_THREADS", "many"),
            ("ABIDE_PORT", "70000"),
            ("ABIDE_PARALLEL", "0"),
            ("ABIDE_QUEUE", "-1"),
            ("ABIDE_NO_COMPANIONS", "perhaps"),
            ("ABIDE_CACHE", "f8"),
            ("ABIDE_TOP_P", "3"),
            ("ABIDE_SEED", "x"),
            ("ABIDE_XTC", "{\"probability\": 0.5}"),
            ("ABIDE_DRY", "0.8"),
            ("ABIDE_DRY", "[]"),
            ("ABIDE_DYNAMIC_TEMPERATURE", "0.5,1.5"),
            ("ABIDE_MIROSTAT", "{\"tau\": -5, \"eta\": 0.1}"),
        ] {
            let failure = environment(&[(name, value)]).unwrap_err();
            assert_eq!(failure.exit(), Exit::Usage);
            let told = failure.to_string();
            assert!(told.contains(name) && told.contains(value) && !told.contains("struct"), "{told}");
        }
    }

    #[test]
    fn slips_of_the_pen_are_seen() {
        let meant = |name| slip(name).map(|(_, meant)| meant);
        assert_eq!(meant("ABIDE_PARALEL").as_deref(), Some("ABIDE_PARALLEL"));
        assert_eq!(meant("ABIDE_KEEPALIVE").as_deref(), Some("ABIDE_KEEP_ALIVE"));
        assert_eq!(meant("ABIDE_ALLOW_HOSTS").as_deref(), Some("ABIDE_ALLOW_HOST"));
        let others =
            ["ABIDE_PORT", "ABIDE_HOME", "ABIDE_LOG", "ABIDE_TEST_MODELS", "ABIDE_SERVER", "ABIDE_X"];
        assert!(others.iter().all(|name| meant(name).is_none()));
    }
}
