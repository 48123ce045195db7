//! The program `abide` as a user meets it: every command, its output, its errors and exit statuses.
//!
//! Needs no network, and real weights in one part alone: the tiny models of `tests/fixtures` stand in, one of them as an entry of a
//! catalogue of its own that is "fetched" from a cache of the Hugging Face hub laid out here.

mod cache;
mod companion;
mod embed;
mod embedder;
mod engine;
mod help;
mod library;
mod like;
mod locked;
#[cfg(unix)]
mod serve;
mod speculation;
mod usage;
mod weights;

use std::ffi::OsStr;
use std::path::PathBuf;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use tempfile::TempDir;

use crate::support;

/// A tiny model with a tokenizer and without a chat template.
const TINY: &str = "tiny/qwen3.gguf";

/// A user with a fresh home folder, no network, and nothing of this machine's environment but the PATH.
struct User {
    home: TempDir,
}

impl User {
    fn new() -> Self {
        Self { home: tempfile::tempdir().expect("a temporary folder") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        std::fs::write(&path, bytes).expect("the file can be written");
        path
    }

    fn abide(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_abide"));
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.home.path()).env("ABIDE_HOME", self.home.path()).env("ABIDE_OFFLINE", "1");
        command.args(arguments);
        command
    }

    /// Runs a line of arguments without spaces in them.
    fn run(&self, line: &str) -> Assert {
        self.abide(line.split_whitespace()).assert()
    }
}

/// A file of `tests/fixtures`, as an argument.
fn fixture(name: &str) -> String {
    support::fixture(name).canonicalize().expect("the fixture exists").display().to_string()
}

fn stdout(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).expect("stdout is text")
}

fn stderr(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).expect("stderr is text")
}

fn json(assert: &Assert) -> serde_json::Value {
    serde_json::from_str(&stdout(assert)).expect("stdout is JSON")
}
