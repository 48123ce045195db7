//! The user's own pip as a process: it fetches one package, dies with us, and its words become errors.
//!
//! Knows no wheel and no model: what it fetches and what becomes of it is [`super::wheel`]'s business.

use std::ffi::OsStr;
use std::io::{self, PipeReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;

use crate::entry::WheelPart;
use crate::error::SourceError;

/// How much of pip's last words is kept for an error, in bytes.
const TAIL_MAX: usize = 64 << 10;
/// Longest quotation from pip in an error, in characters.
const QUOTE_MAX: usize = 300;
/// Runs pip as `python -m pip` would, but ends at once when standard input does. Its other end is
/// ours and the system closes it however we end, so that no pip goes on without us.
/// `os.read` and not `sys.stdin`: Python takes the latter's lock when it ends, and fails if it is held.
///
/// If it is asked to, it writes down the address from which pip would fetch a wheel, and ends there: pip itself begins at 0 whenever it
/// is asked. That touches what is pip's own; a pip that has no such class any more goes on as if it had not been asked.
const WATCHED_PIP: &str = "\
import os, runpy, sys, threading
from urllib.parse import urlsplit

def watch():
    while os.read(0, 1):
        pass
    os._exit(143)

def write_address(path):
    from pip._internal.network.session import PipSession
    request = PipSession.request
    def watched(self, method, url, *args, **kwargs):
        if method.upper() == 'GET' and urlsplit(url).path.endswith('.whl'):
            with open(path, 'w') as file:
                file.write(url)
            os._exit(0)
        return request(self, method, url, *args, **kwargs)
    PipSession.request = watched

threading.Thread(target=watch, daemon=True).start()
sys.argv[0] = 'pip'
path = os.environ.pop('ABIDE_WHEEL_ADDRESS', None)
if path:
    try:
        write_address(path)
    except (ImportError, AttributeError):
        pass
runpy.run_module('pip', run_name='__main__')
";
/// What pip says when it finds no way to an index.
const UNREACHABLE: [&str; 5] = [
    "NewConnectionError",
    "connection broken by",
    "ConnectTimeout",
    "Name or service not known",
    "ProxyError",
];
/// What it says when a disk is full, in Python's words for ENOSPC, EDQUOT and Windows' 112.
const DISK_FULL: [&str; 5] = [
    "No space left on device",
    "Errno 28]",
    "Disk quota exceeded",
    "WinError 112]",
    "not enough space on the disk",
];

/// A pip that does not outlive our interest in it.
pub(super) struct Pip {
    child: Child,
    /// Collects what it says. It is kept in memory: where the disk is full, a log has no room either.
    words: JoinHandle<Vec<u8>>,
}

/// How a pip ended.
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    /// The end of what it said.
    pub(super) words: String,
}

impl Pip {
    /// Starts pip with these arguments; `temporary` is the folder for its temporary files. If a file is named for it, pip ends before it
    /// fetches a wheel over HTTP, and the address is there.
    pub(super) fn start<'a>(
        python: &Path,
        arguments: impl IntoIterator<Item = &'a OsStr>,
        temporary: &Path,
        address: Option<&Path>,
    ) -> Result<Self, SourceError> {
        let failed = |error: io::Error| {
            let python = python.display();
            SourceError::Pip(match error.kind() {
                io::ErrorKind::NotFound => format!(
                    "{python} is not installed: install Python 3 with pip (on Debian: apt install python3-pip)"
                ),
                _ => format!("{python} can't be started: {error}"),
            })
        };
        let (reader, writer) = io::pipe().map_err(failed)?;
        let child = Command::new(python)
            .args(["-c", WATCHED_PIP])
            .args(arguments)
            .env("TMPDIR", temporary)
            .envs(address.map(|address| ("ABIDE_WHEEL_ADDRESS", address)))
            .stdin(Stdio::piped())
            .stdout(writer.try_clone().map_err(failed)?)
            .stderr(writer)
            .spawn()
            .map_err(failed)?;
        Ok(Self { child, words: std::thread::spawn(move || tail(reader)) })
    }

    /// Waits for the end; `go_on` is asked again and again and ends the process by returning false.
    pub(super) fn wait(mut self, mut go_on: impl FnMut() -> bool) -> Result<Ended, SourceError> {
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if go_on() => {}
                Ok(None) => {
                    self.kill();
                    return Err(SourceError::Cancelled);
                }
                Err(error) => {
                    self.kill();
                    return Err(SourceError::Pip(format!("pip was lost sight of: {error}")));
                }
            }
        };
        let words = self.words.join().unwrap_or_default();
        Ok(Ended { status, words: String::from_utf8_lossy(&words).into_owned() })
    }

    fn kill(&mut self) {
        // Fails for a process that has ended, which is all right.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads to the end and keeps the last [`TAIL_MAX`] bytes. What can't be read is not worth an error.
fn tail(mut reader: PipeReader) -> Vec<u8> {
    let (mut kept, mut chunk) = (Vec::new(), vec![0; 8 << 10]);
    loop {
        match reader.read(&mut chunk) {
            Ok(read) if read > 0 => kept.extend_from_slice(&chunk[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(_) | Err(_) => return kept,
        }
        kept.drain(..kept.len().saturating_sub(TAIL_MAX));
    }
}

impl Ended {
    /// Whether it failed for want of room on some disk.
    pub(super) fn is_disk_full(&self) -> bool {
        DISK_FULL.iter().any(|words| self.words.contains(words))
    }

    /// Turns pip's words into what happened and what to do.
    pub(super) fn explain(&self, part: &WheelPart, python: &Path) -> SourceError {
        let python = python.display();
        if self.is_disk_full() {
            return SourceError::Pip(format!(
                "pip finds a disk full ({}): free some space there, its cache and temporary files included",
                quotation(&self.words)
            ));
        }
        if self.words.contains("No module named pip") {
            return SourceError::Pip(format!(
                "{python} has no pip: install it (on Debian: apt install python3-pip; elsewhere: {python} -m ensurepip)"
            ));
        }
        if UNREACHABLE.iter().any(|words| self.words.contains(words)) {
            return SourceError::Unreachable("pip finds no way to its package index".to_owned());
        }
        if self.words.contains("No matching distribution found") {
            return SourceError::NotFound(format!("package {} {}", part.package, part.version));
        }
        SourceError::Pip(format!("pip failed ({}): {}", self.status, quotation(&self.words)))
    }
}

/// The line that says what went wrong: the last that names an error, or else the last that is no
/// part of a traceback, whose other lines are indented.
fn quotation(words: &str) -> String {
    let lines = || words.lines().rev().filter(|line| !line.trim().is_empty());
    let line = lines()
        .find(|line| names_an_error(line))
        .or_else(|| lines().find(|line| !line.starts_with([' ', '\t']) && !line.starts_with("Traceback")))
        .unwrap_or("it said nothing");
    line.trim().chars().filter(|character| !character.is_control()).take(QUOTE_MAX).collect()
}

/// Whether a line is pip's `ERROR: …` or the end of a traceback, `package.SomeError: …`.
fn names_an_error(line: &str) -> bool {
    let is_exception = |name: &str| {
        let is_dotted =
            name.chars().all(|character| character.is_alphanumeric() || matches!(character, '.' | '_'));
        is_dotted && ["Error", "Exception", "Interrupt", "Exit"].iter().any(|end| name.ends_with(end))
    };
    line.starts_with("ERROR") || is_exception(line.split(':').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::quotation;

    #[test]
    fn the_line_that_names_the_error_is_quoted() {
        let cases = [
            ("", "it said nothing"),
            ("Collecting x\nERROR: it broke\n[notice] a new release of pip\n", "ERROR: it broke"),
            (
                "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\nOSError: [Errno 5] x\n",
                "OSError: [Errno 5] x",
            ),
            (
                "ERROR: Exception:\nTraceback (most recent call last):\n  File \"a.py\", line 1\npip._vendor.a.B_Error\n\n",
                "pip._vendor.a.B_Error",
            ),
            (
                "ERROR: Exception:\nTraceback (most recent call last):\n  File \"a.py\", line 156, in __bool__\n",
                "ERROR: Exception:",
            ),
            (
                "Looking about\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\n",
                "Looking about",
            ),
        ];
        for (words, expected) in cases {
            assert_eq!(quotation(words), expected, "{words}");
        }
    }
}
