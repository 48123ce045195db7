//! `config.toml` as written by the user: parsed, not yet weighed against arguments and environment.
//!
//! Must not read anything but that one file.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use abide_kernels::MAX_THREADS;
use serde::{Deserialize, Deserializer};

use crate::arguments::{Activations, CacheFormat, SamplingOptions};
use crate::commands::serve::ServerOptionsGiven;
use crate::failure::{Exit, Failure};
use crate::reading;

/// The file's name inside the home folder.
pub const FILE_NAME: &str = "config.toml";

/// The most bytes of it: a thousand times what anyone writes.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Its fields; all may be missing. An unknown one is an error, so that a slip of the pen is seen.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Model used where none is named: an id or a path.
    pub model: Option<String>,
    /// Embedding model that memories are found by: an id or a folder.
    pub embedder: Option<String>,
    /// Forbids the network.
    pub offline: Option<bool>,
    /// Device to compute on: `auto`, `cpu`, `cuda`, `cuda:N` or `metal`.
    pub device: Option<String>,
    /// Threads to compute with.
    pub threads: Option<usize>,
    /// Tokens that the context holds.
    pub context: Option<usize>,
    /// Number format of the KV cache: `f32`, `f16` or `q8_0`.
    pub cache: Option<CacheFormat>,
    /// How finely the inputs of matrix products are quantised on a CPU: `int8` or `int16`.
    pub activations: Option<Activations>,
    /// Tokens guessed ahead of answers: `auto`, `off`, or how many.
    #[serde(deserialize_with = "word_or_number")]
    pub speculation: Option<String>,
    /// Whether what was computed of conversations is saved, encrypted.
    pub save_cache: Option<bool>,
    /// Standing instructions for `chat` and `run`.
    pub system: Option<String>,
    /// How tokens are chosen.
    pub sampling: SamplingOptions,
    /// What `abide serve` does.
    pub server: ServerOptionsGiven,
}

/// A word, or a number as the word that it would be on the command line.
pub fn word_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "neither a word nor a whole number")]
    enum Value {
        Word(String),
        Number(i64),
    }
    Ok(Some(match Value::deserialize(deserializer)? {
        Value::Word(word) => word,
        Value::Number(number) => number.to_string(),
    }))
}

impl Config {
    /// Reads the file in `home`; a missing one is an empty one.
    ///
    /// # Errors
    /// When it can't be read, is no TOML, or has a field or value that makes no sense.
    pub fn read(home: &Path) -> Result<Self, Failure> {
        let path = home.join(FILE_NAME);
        let text = match File::open(&path).and_then(|file| reading::text(file, FILE_BYTES_MAX)) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(Self::default());
            }
            Err(error) => {
                return Err(Failure::new(Exit::Usage, format!("can't read {}: {error}", path.display()))
                    .with_cure("check that it is a text file that you may read"));
            }
        };
        Self::parse(&text).map_err(|problem| {
            Failure::new(Exit::Usage, format!("{} makes no sense: {problem}", path.display()))
                .with_cure("mend the line named, or remove the file to go back to the defaults")
        })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| explain(text, &error))?;
        let server = &config.server;
        for (name, value) in [
            ("threads", config.threads),
            ("context", config.context),
            ("server.parallel", server.parallel),
            ("server.models_max", server.models_max),
            ("server.body_limit", server.body_limit),
            ("server.requests_max", server.requests_max),
        ] {
            if value == Some(0) {
                return Err(format!("`{name}` is 0, but must be 1 or more"));
            }
        }
        if config.threads.is_some_and(|threads| threads > MAX_THREADS) {
            return Err(format!("`threads` must be at most {MAX_THREADS}"));
        }
        config
            .sampling
            .apply(abide_generation::Sampling::default())
            .validate()
            .map_err(|error| format!("[sampling] {error}"))?;
        Ok(config)
    }
}

/// The parser's complaint in plain words, with the line and the field.
fn explain(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().trim();
    let Some(before) = error.span().and_then(|span| text.get(..span.start)) else {
        return message.to_owned();
    };
    let line = before.matches('\n').count();
    let shown = text.lines().nth(line).unwrap_or_default().trim();
    let line = line + 1;
    let header = |line: &str| Some(line.trim().strip_prefix('[')?.split_once(']')?.0.trim().to_owned() + ".");
    let table = before.lines().rev().find_map(header).unwrap_or_default();
    if let Some(unknown) = message.strip_prefix("unknown field `") {
        let (name, known) = unknown.split_once('`').unwrap_or((unknown, ""));
        let known = known.trim_start_matches([',', ' ']);
        return format!("line {line}: `{table}{name}` is unknown ({known})");
    }
    let is_of_value = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant "]
        .iter()
        .any(|intro| message.starts_with(intro));
    match shown.split_once('=').filter(|_| is_of_value) {
        Some((key, _)) => {
            format!("line {line}: `{table}{}` {}", key.trim(), abide_server::plain_words(message))
        }
        None => format!("line {line}, `{shown}`: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read() {
        let config = Config::parse(
            "model = \"x\"\ncache = \"q8_0\"\nactivations = \"int16\"\nthreads = 3\n[sampling]\ntop_k = 5\n[sampling.xtc]\nprobability = 0.5\nthreshold = 0.1\n",
        )
        .unwrap();
        assert_eq!(config.model.as_deref(), Some("x"));
        assert_eq!(config.cache, Some(CacheFormat::Q80));
        assert_eq!(config.activations, Some(Activations::Int16));
        assert_eq!(config.sampling.top_k, Some(5));
        assert!(config.sampling.xtc.is_some());
        for (text, read) in [("\"off\"", "off"), ("4", "4")] {
            let config = Config::parse(&format!("speculation = {text}")).unwrap();
            assert_eq!(config.speculation.as_deref(), Some(read));
        }
    }

    #[test]
    fn slips_are_said() {
        for (text, named) in [
            ("modle = \"x\"", "modle"),
            ("threads = 0", "threads"),
            ("threads = 1025", "at most 1024"),
            ("threads = \"four\"", "threads"),
            ("[sampling]\ntop_p = 3.0", "top_p"),
            ("[sampling]\ntemprature = 1.0", "temprature"),
            ("speculation = true", "speculation"),
            ("[server]\nprot = 1", "prot"),
            ("[server]\nport = 70000", "port"),
            ("[server]\nparallel = 0", "parallel"),
            ("= nonsense", "line 1, `= nonsense`: "),
            ("\noffline = \"yes\"", "line 2: `offline` must be true or false, not the text \"yes\""),
            ("[server]\nport = 70000", "line 2: `server.port` is too large a number: 70000"),
            (
                "[sampling]\ntemperature = \"hot\"",
                "line 2: `sampling.temperature` must be a number, not the text \"hot\"",
            ),
            ("[server]\nprot = 1", "line 2: `server.prot` is unknown (expected one of `host`"),
            ("cache = \"f8\"", "line 1: `cache` must be "),
        ] {
            let problem = Config::parse(text).unwrap_err();
            assert!(problem.contains(named), "{text}: {problem}");
        }
    }

    #[test]
    fn no_file_is_an_empty_one() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(Config::read(home.path()).unwrap(), Config::default());
        std::fs::write(home.path().join(FILE_NAME), "threads = -1").unwrap();
        assert_eq!(Config::read(home.path()).unwrap_err().exit(), Exit::Usage);
    }
}
