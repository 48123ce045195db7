//! Writing an archive. Must not know where it goes.

use std::collections::BTreeMap;
use std::io::{self, Write};

use sha2::{Digest as _, Sha256};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::error::ArchiveError;
use super::format::{
    COMPANION, FORMAT_NAME, FORMAT_VERSION, MANIFEST, Manifest, ManifestEntry, entry_name, hexadecimal,
};
use super::sealed::SealedWriter;
use crate::keys::{Passphrase, PassphraseCost};
use crate::store::{CompanionId, Section, Store, StoreError, StoreResult};

/// How an archive is kept from others.
#[derive(Debug, Clone)]
pub enum Protection {
    /// Sealed with a passphrase, guessing which costs this.
    Passphrase(Passphrase, PassphraseCost),
    /// Not at all: whoever has the file can read everything that was said.
    Plain,
}

/// What goes into an archive, and how.
#[derive(Debug, Clone)]
pub struct ExportOptions {
    /// How it is kept from others.
    pub protection: Protection,
    /// Whether vectors go along. They can be made again from the messages, and take more room than all else.
    pub vectors: bool,
}

/// Writes a companion as a stream. What was written is no archive unless this returns `Ok`. The same companion gives the same bytes, but for the
/// sealing, in which a salt is random.
///
/// # Errors
/// When the companion can't be read, or `writer` takes no more.
pub fn export(
    store: &Store,
    companion: CompanionId,
    writer: impl Write,
    options: &ExportOptions,
) -> Result<Manifest, ArchiveError> {
    match &options.protection {
        Protection::Plain => {
            let (manifest, mut writer) = write_plain(store, companion, writer, options.vectors)?;
            writer.flush()?;
            Ok(manifest)
        }
        Protection::Passphrase(passphrase, cost) => {
            let sealed = SealedWriter::new(writer, passphrase, *cost)?;
            let (manifest, sealed) = write_plain(store, companion, sealed, options.vectors)?;
            sealed.finish()?;
            Ok(manifest)
        }
    }
}

/// Takes a line.
type Visit<'visit> = dyn FnMut(&str) -> StoreResult<()> + 'visit;
/// Shows lines to whoever takes them.
type Lines<'lines> = dyn FnMut(&mut Visit<'_>) -> StoreResult<()> + 'lines;

/// Writes the archive as it is without a seal.
fn write_plain<W: Write>(
    store: &Store,
    companion: CompanionId,
    writer: W,
    with_vectors: bool,
) -> Result<(Manifest, W), ArchiveError> {
    let mut zip = ZipWriter::new_stream(QuietAfterError { writer, has_failed: false });
    // What the writer says is kept aside, as the store's own errors are all that comes through.
    let mut problem = None;
    let manifest = store.snapshot(companion, |snapshot| {
        let identity = snapshot.identity()?;
        let mut manifest = Manifest {
            format: FORMAT_NAME.to_owned(),
            version: FORMAT_VERSION,
            name: identity.name.clone(),
            created: identity.created,
            entries: BTreeMap::new(),
        };
        let line = serde_json::to_string(&identity).expect("texts and numbers are JSON");
        let mut write = |name: &str, lines: &mut Lines<'_>| {
            let entry = write_entry(&mut zip, name, lines, &mut problem)?;
            manifest.entries.insert(name.to_owned(), entry);
            Ok::<_, StoreError>(())
        };
        write(COMPANION, &mut |visit| visit(&line))?;
        for section in Section::ALL {
            if section != Section::Vectors || with_vectors {
                write(entry_name(section), &mut |visit| snapshot.lines(section, visit))?;
            }
        }
        Ok(manifest)
    });
    if let Some(problem) = problem {
        return Err(problem.into());
    }
    let manifest = manifest?;
    start(&mut zip, MANIFEST)?;
    serde_json::to_writer_pretty(&mut zip, &manifest).map_err(io::Error::from)?;
    let writer = zip.finish().map_err(io::Error::from)?.into_inner();
    Ok((manifest, writer.writer))
}

/// A writer that takes all in silence after an error: an archive that is given up is closed by its `Drop`, which would complain on stderr.
struct QuietAfterError<W> {
    writer: W,
    has_failed: bool,
}

impl<W: Write> QuietAfterError<W> {
    fn attempt<T>(&mut self, silent: T, work: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.has_failed {
            return Ok(silent);
        }
        let done = work(&mut self.writer);
        // Who is interrupted tries again.
        self.has_failed = done.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted);
        done
    }
}

impl<W: Write> Write for QuietAfterError<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(bytes.len(), |writer| writer.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), Write::flush)
    }
}

/// Writes one entry, line by line.
fn write_entry<W: Write>(
    zip: &mut ZipWriter<StreamWriter<W>>,
    name: &str,
    lines: &mut Lines<'_>,
    problem: &mut Option<io::Error>,
) -> StoreResult<ManifestEntry> {
    let mut hash = Sha256::new();
    let mut entry = ManifestEntry { bytes: 0, lines: 0, sha256: String::new() };
    let mut kept = |result: io::Result<()>| {
        result.map_err(|error| {
            *problem = Some(error);
            stopped()
        })
    };
    kept(start(zip, name))?;
    lines(&mut |line| {
        hash.update(line);
        hash.update(b"\n");
        entry.bytes += line.len() as u64 + 1;
        entry.lines += 1;
        kept(zip.write_all(line.as_bytes()).and_then(|()| zip.write_all(b"\n")))
    })?;
    entry.sha256 = hexadecimal(&hash.finalize());
    Ok(entry)
}

/// Stands for an error that is kept aside.
pub(super) fn stopped() -> StoreError {
    StoreError::BadValue { what: "archive", detail: "it was given up".to_owned() }
}

/// All that could differ from time to time is fixed.
fn start<W: Write>(zip: &mut ZipWriter<StreamWriter<W>>, name: &str) -> io::Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(6))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o600)
        .large_file(true);
    zip.start_file(name, options).map_err(io::Error::from)
}
