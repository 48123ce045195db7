//! What `abide serve` takes, as written: on the command line, and in `[server]` of `config.toml`.
//!
//! Must not decide anything: that is done in `settings/server.rs`.

use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;

use crate::arguments::positive;
use crate::config::word_or_number;

/// How the server listens, whom it answers, and what it allows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[command(next_help_heading = "Server")]
pub struct ServerOptionsGiven {
    /// Address to listen on. Any but a loopback address needs a key; without --api-key-file one is made [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS")]
    pub host: Option<String>,
    /// Port to listen on; 0: any that is free [default: 11435, the one after Ollama's]
    #[arg(short, long, value_name = "PORT")]
    pub port: Option<u16>,
    /// File with keys that may use the server, one in each line
    #[arg(long, value_name = "FILE")]
    pub api_key_file: Option<PathBuf>,
    /// File with keys that may also fetch and delete models; without it, every key may
    #[arg(long, value_name = "FILE")]
    pub admin_key_file: Option<PathBuf>,
    /// Host name by which clients may call the server, beside localhost and its address (repeatable)
    #[arg(long = "allow-host", value_name = "NAME")]
    pub allow_hosts: Vec<String>,
    /// Origin of web pages that may use the server, such as `https://chat.example` (repeatable; *: all)
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    pub allow_origins: Vec<String>,
    /// Answers that each model makes at a time [default: 16]
    #[arg(long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub parallel: Option<usize>,
    /// Requests that may wait for each model beside those; one more is refused [default: 64]
    #[arg(long, value_name = "N")]
    pub queue: Option<usize>,
    /// Models in memory at once at most, where it has room for them [default: 8]
    #[arg(long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub models_max: Option<usize>,
    /// How long a model stays in memory after its last answer: 90 (seconds), 5m, 1h, forever [default: 5m]
    #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
    #[serde(deserialize_with = "word_or_number")]
    pub keep_alive: Option<String>,
    /// How long an answer may take; it is ended then [default: forever]
    #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
    #[serde(deserialize_with = "word_or_number")]
    pub timeout: Option<String>,
    /// How long answers may go on after a signal to stop [default: 10s]
    #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
    #[serde(deserialize_with = "word_or_number")]
    pub grace: Option<String>,
    /// Largest body of a request, in MiB [default: 32]
    #[arg(long, value_name = "MIB", value_parser = positive, allow_negative_numbers = true)]
    pub body_limit: Option<usize>,
    /// Requests that are worked on or wait at once; one more is refused [default: 256]
    #[arg(long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub requests_max: Option<usize>,
    /// Log each prompt as the model gets it, and each answer; without it, logs never hold them
    #[arg(long, num_args = 0, default_missing_value = "true")]
    pub log_content: Option<bool>,
    /// Serve models alone, without the companions of this home folder
    #[arg(long, num_args = 0, default_missing_value = "true")]
    pub no_companions: Option<bool>,
}
