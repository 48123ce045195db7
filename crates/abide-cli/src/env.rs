//! Every environment variable that the program knows, declared once.
//!
//! Must not decide anything: what a variable means beside arguments and `config.toml` is settled in
//! `settings.rs`. Nothing else in the crate reads the environment.

use std::ffi::OsString;
use std::path::PathBuf;

use abide_kernels::MAX_THREADS;

use crate::failure::{Exit, Failure};

/// A variable and what it does, as `abide --help` and `abide doctor` tell it.
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a few words.
    pub meaning: &'static str,
}

/// Folder with everything that abide keeps.
pub const HOME: &str = "ABIDE_HOME";
/// Forbids the network.
pub const OFFLINE: &str = "ABIDE_OFFLINE";
/// Model used where none is named.
pub const MODEL: &str = "ABIDE_MODEL";
/// Number of threads.
pub const THREADS: &str = "ABIDE_THREADS";
/// Device to compute on.
pub const DEVICE: &str = "ABIDE_DEVICE";
/// Instruction set of the CPU kernels.
pub const CPU: &str = "ABIDE_CPU";
/// Address that the server listens on.
pub const SERVER_HOST: &str = "ABIDE_HOST";
/// Port that the server listens on.
pub const SERVER_PORT: &str = "ABIDE_PORT";
/// File with the server's keys.
pub const API_KEY_FILE: &str = "ABIDE_API_KEY_FILE";
/// Passphrase of the companions.
pub const PASSPHRASE: &str = "ABIDE_PASSPHRASE";
/// Filter for the log.
pub const LOG: &str = "ABIDE_LOG";
/// Switches colours off when set to anything (<https://no-color.org>).
pub const NO_COLOR: &str = "NO_COLOR";

/// Where the editor of texts is looked for, the first that is set first.
const EDITOR: [&str; 2] = ["VISUAL", "EDITOR"];
/// Where the user's language is looked for, the first that is set first.
const LOCALE: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// All variables that have an effect, in the order in which help lists them.
pub const VARIABLES: &[Variable] = &[
    Variable { name: HOME, meaning: "folder for models, history and config.toml" },
    Variable { name: OFFLINE, meaning: "1 forbids the network, as --offline does" },
    Variable { name: MODEL, meaning: "model used where none is named" },
    Variable { name: THREADS, meaning: "threads to compute with, as --threads does" },
    Variable { name: DEVICE, meaning: "auto, cpu, cuda, cuda:N or metal, as --device does" },
    Variable { name: CPU, meaning: "instruction set of the CPU kernels, in place of the best one found" },
    Variable { name: SERVER_HOST, meaning: "address that `abide serve` listens on, as --host does" },
    Variable { name: SERVER_PORT, meaning: "port that `abide serve` listens on, as --port does" },
    Variable { name: API_KEY_FILE, meaning: "file with the keys of `abide serve`, as --api-key-file does" },
    Variable { name: PASSPHRASE, meaning: "passphrase of the companions, where they have one" },
    Variable { name: LOG, meaning: "log filter, such as `debug` or `abide_engine=trace`" },
    Variable { name: NO_COLOR, meaning: "no colours when set" },
    Variable { name: "LANG", meaning: "language of the companions that are offered (en, fr, zh)" },
    Variable { name: "EDITOR", meaning: "editor of personas, as VISUAL does" },
    Variable { name: "HF_ENDPOINT", meaning: "where Hugging Face downloads come from" },
    Variable { name: "HF_TOKEN", meaning: "token for Hugging Face repositories that want one" },
    Variable { name: "HF_HOME", meaning: "Hugging Face cache; what is in it is not fetched again" },
];

/// The variables' values, parsed but not yet weighed against anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// [`HOME`].
    pub home: Option<PathBuf>,
    /// [`OFFLINE`].
    pub offline: Option<bool>,
    /// [`MODEL`].
    pub model: Option<String>,
    /// [`THREADS`].
    pub threads: Option<usize>,
    /// [`DEVICE`], as written.
    pub device: Option<String>,
    /// [`CPU`], as written.
    pub cpu: Option<String>,
    /// [`SERVER_HOST`], as written.
    pub server_host: Option<String>,
    /// [`SERVER_PORT`].
    pub server_port: Option<u16>,
    /// [`API_KEY_FILE`].
    pub api_key_file: Option<PathBuf>,
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
}

impl Environment {
    /// Reads the environment of this process.
    ///
    /// # Errors
    /// Names the first variable whose value makes no sense.
    pub fn read() -> Result<Self, Failure> {
        Self::from_lookup(|name| std::env::var_os(name))
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
        let offline = match text(OFFLINE)? {
            None => None,
            Some(value) => Some(parse_switch(OFFLINE, &value)?),
        };
        let threads = match text(THREADS)? {
            None => None,
            Some(value) => Some(parse_threads(&value)?),
        };
        let server_port = match text(SERVER_PORT)? {
            None => None,
            Some(value) => Some(parse_port(&value)?),
        };
        Ok(Self {
            home: raw(HOME).map(PathBuf::from),
            offline,
            model: text(MODEL)?,
            threads,
            device: text(DEVICE)?,
            cpu: text(CPU)?,
            server_host: text(SERVER_HOST)?,
            server_port,
            api_key_file: raw(API_KEY_FILE).map(PathBuf::from),
            passphrase: text(PASSPHRASE)?,
            // Those that are no text name no language.
            language: LOCALE.iter().find_map(|name| text(name).ok().flatten()),
            editor: EDITOR.iter().find_map(|name| text(name).ok().flatten()),
            log: text(LOG)?,
            no_color: raw(NO_COLOR).is_some(),
        })
    }
}

fn invalid(name: &str, problem: &str, cure: &str) -> Failure {
    Failure::new(Exit::Usage, format!("the environment variable {name} {problem}")).with_cure(cure)
}

fn parse_switch(name: &str, value: &str) -> Result<bool, Failure> {
    match value.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => {
            Err(invalid(name, &format!("is `{value}`, neither yes nor no"), "set it to 1 or 0, or unset it"))
        }
    }
}

fn parse_threads(value: &str) -> Result<usize, Failure> {
    match value.parse() {
        Ok(threads @ 1..=MAX_THREADS) => Ok(threads),
        _ => Err(invalid(
            THREADS,
            &format!("is `{value}`, not a number of threads"),
            &format!("set it to 1 to {MAX_THREADS}, or unset it for one thread per physical core"),
        )),
    }
}

fn parse_port(value: &str) -> Result<u16, Failure> {
    value.parse().map_err(|_| {
        let problem = format!("is `{value}`, not a port");
        invalid(SERVER_PORT, &problem, "set it to a number from 0 (any that is free) to 65535, or unset it")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(values: &[(&str, &str)]) -> Result<Environment, Failure> {
        Environment::from_lookup(|name| {
            values.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn an_empty_environment_decides_nothing() {
        assert_eq!(environment(&[]).unwrap(), Environment::default());
        assert_eq!(environment(&[(HOME, ""), (NO_COLOR, "")]).unwrap(), Environment::default());
    }

    #[test]
    fn values_are_parsed() {
        let read = environment(&[(HOME, "/x"), (OFFLINE, "Yes"), (THREADS, "3"), (NO_COLOR, "1")]).unwrap();
        assert_eq!(read.home, Some(PathBuf::from("/x")));
        assert_eq!(read.offline, Some(true));
        assert_eq!(read.threads, Some(3));
        assert!(read.no_color);
    }

    #[test]
    fn nonsense_is_named_and_is_a_usage_error() {
        for (name, value) in [
            (OFFLINE, "maybe"),
            (THREADS, "0"),
            (THREADS, "99999"),
            (THREADS, "many"),
            (SERVER_PORT, "70000"),
        ] {
            let failure = environment(&[(name, value)]).unwrap_err();
            assert_eq!(failure.exit(), Exit::Usage);
            assert!(failure.to_string().contains(name), "{failure}");
        }
    }
}
