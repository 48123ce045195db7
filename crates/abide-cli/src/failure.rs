//! Exit statuses, and errors that know theirs and their cure.
//!
//! Must not know what any command does. A command returns `anyhow::Error`; where the status or the
//! cure matters, a [`Failure`] stands somewhere in its chain.

use std::fmt::{self, Display, Write as _};
use std::io;

/// Status with which the program ends. Part of the public contract: `abide --help` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All went well.
    Success = 0,
    /// Something failed, or `doctor` found a problem.
    Failure = 1,
    /// Arguments, configuration or environment make no sense.
    Usage = 2,
    /// The model is not there and could not (or may not) be fetched.
    ModelMissing = 3,
    /// The model does not fit into memory.
    NotEnoughMemory = 4,
    /// A file is damaged or of a kind that is not supported.
    BadFile = 5,
    /// Stopped by Ctrl-C.
    Interrupted = 130,
}

impl Exit {
    /// Every status, as help lists them.
    pub const ALL: [Self; 7] = [
        Self::Success,
        Self::Failure,
        Self::Usage,
        Self::ModelMissing,
        Self::NotEnoughMemory,
        Self::BadFile,
        Self::Interrupted,
    ];

    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What it means, for help.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Success => "all went well",
            Self::Failure => "something failed, or `doctor` found a problem",
            Self::Usage => "arguments, config.toml or environment make no sense",
            Self::ModelMissing => "the model is not there and could not, or may not, be fetched",
            Self::NotEnoughMemory => "the model does not fit into memory",
            Self::BadFile => "a file is damaged or of a kind that is not supported",
            Self::Interrupted => "stopped by Ctrl-C",
        }
    }
}

/// What happened, the status it ends with, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    exit: Exit,
    problem: String,
    cure: Option<String>,
}

impl Failure {
    /// A failure that ends the program with `exit`; `problem` says what happened, in lower case
    /// and without a full stop.
    pub fn new(exit: Exit, problem: impl Into<String>) -> Self {
        Self { exit, problem: problem.into(), cure: None }
    }

    /// Adds what the user can do.
    #[must_use]
    pub fn with_cure(mut self, cure: impl Into<String>) -> Self {
        self.cure = Some(cure.into());
        self
    }

    /// What the user can do, if there is anything.
    pub fn cure(&self) -> Option<&str> {
        self.cure.as_deref()
    }

    /// The status to end with.
    pub fn exit(&self) -> Exit {
        self.exit
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.problem)
    }
}

impl std::error::Error for Failure {}

/// The status that an error ends with: that of the outermost [`Failure`] in its chain.
pub fn exit_of(error: &anyhow::Error) -> Exit {
    find(error).map_or(Exit::Failure, Failure::exit)
}

fn find(error: &anyhow::Error) -> Option<&Failure> {
    // `downcast_ref` on the error itself also sees a context given by `anyhow::Context`.
    error.downcast_ref().or_else(|| error.chain().find_map(|cause| cause.downcast_ref()))
}

/// Whether the reader of our output has gone (`abide models | head -1`), which is no error.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// The message for a person: what, why (the chain of causes), and what to do.
pub fn report(error: &anyhow::Error) -> String {
    let mut text = format!("error: {error}\n");
    for cause in messages(error).iter().skip(1) {
        let _ = writeln!(text, "  because: {cause}");
    }
    if let Some(cure) = cure_of(error) {
        let _ = writeln!(text, "  to do: {cure}");
    }
    text
}

/// What the user can do about an error, if there is anything.
pub fn cure_of(error: &anyhow::Error) -> Option<&str> {
    find(error).and_then(Failure::cure)
}

/// The error and its causes, each said once: some repeat their source in their own message.
pub fn messages(error: &anyhow::Error) -> Vec<String> {
    let mut messages: Vec<String> = Vec::new();
    let mut last = String::new();
    for message in error.chain().map(ToString::to_string) {
        if messages.is_empty() || !last.contains(&message) {
            messages.push(message.clone());
        }
        last = message;
    }
    messages
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn the_report_says_what_why_and_what_to_do() {
        let failure = Failure::new(Exit::ModelMissing, "no such model").with_cure("run `abide models`");
        let error = Err::<(), _>(failure).context("can't start the chat").unwrap_err();
        assert_eq!(
            report(&error),
            "error: can't start the chat\n  because: no such model\n  to do: run `abide models`\n"
        );
        assert_eq!(exit_of(&error), Exit::ModelMissing);
    }

    #[test]
    fn a_failure_as_context_counts_too() {
        let failure = Failure::new(Exit::BadFile, "the file is damaged");
        let error = Err::<(), _>(io::Error::other("short read")).context(failure).unwrap_err();
        assert_eq!(exit_of(&error), Exit::BadFile);
        assert_eq!(report(&error), "error: the file is damaged\n  because: short read\n");
    }

    #[test]
    fn other_errors_are_plain_failures() {
        let error = anyhow::anyhow!("odd");
        assert_eq!(exit_of(&error), Exit::Failure);
        assert!(!is_broken_pipe(&error));
        let closed = anyhow::Error::from(io::Error::from(io::ErrorKind::BrokenPipe)).context("writing");
        assert!(is_broken_pipe(&closed));
    }
}
