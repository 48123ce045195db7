//! Reading an archive that anybody may have made. Must not know where it comes from.

use std::io::{self, BufRead as _, BufReader, Read, Seek, SeekFrom};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zip::ZipArchive;

use super::error::ArchiveError;
use super::export::stopped;
use super::format::{
    COMPANION, FORMAT_NAME, FORMAT_VERSION, MANIFEST, Manifest, ManifestEntry, entry_name, hexadecimal,
};
use super::sealed::{MAGIC, SealedReader};
use crate::keys::Passphrase;
use crate::store::{Companion, Identity, Section, Store, StoreError};

/// What a plain archive begins with.
const PLAIN_MAGIC: &[u8; 4] = b"PK\x03\x04";
/// Longest manifest.
const MANIFEST_BYTES_MAX: u64 = 1 << 20;
/// Longest line: a message of the longest text, all of it escaped, and more.
const LINE_BYTES_MAX: u64 = 32 << 20;
/// Bytes of an archive, unpacked, that are taken in any case; beyond them it may be that many times as large as it is packed.
const UNPACKED_BYTES_FREE: u64 = 256 << 20;
const UNPACKED_TIMES_MAX: u64 = 100;

/// How an archive is taken in.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// What the companion is called here; `None` for its own name.
    pub name: Option<String>,
    /// Whether it becomes another companion that began the same. Else it is the same one, which can be here once.
    pub copy: bool,
}

/// Takes a companion in, whole or not at all. Memory stays small whatever the archive's size.
///
/// # Errors
/// [`ArchiveError::AlreadyHere`], [`StoreError::NameTaken`] (give another name), and all that can be wrong with an archive.
pub fn import<R: Read + Seek>(
    store: &Store,
    reader: R,
    passphrase: Option<&Passphrase>,
    options: &ImportOptions,
) -> Result<Companion, ArchiveError> {
    match open(reader, passphrase)? {
        Opened::Plain(reader) => import_plain(store, reader, options),
        Opened::Sealed(reader) => import_plain(store, reader, options),
    }
}

/// Reads what an archive says about itself.
///
/// # Errors
/// When it is none, or can't be opened.
pub fn inspect<R: Read + Seek>(reader: R, passphrase: Option<&Passphrase>) -> Result<Manifest, ArchiveError> {
    match open(reader, passphrase)? {
        Opened::Plain(reader) => Ok(Unpacked::new(reader)?.manifest),
        Opened::Sealed(reader) => Ok(Unpacked::new(reader)?.manifest),
    }
}

enum Opened<R> {
    Plain(R),
    Sealed(Box<SealedReader<R>>),
}

fn open<R: Read + Seek>(mut reader: R, passphrase: Option<&Passphrase>) -> Result<Opened<R>, ArchiveError> {
    let mut start = Vec::with_capacity(MAGIC.len());
    reader.seek(SeekFrom::Start(0))?;
    reader.by_ref().take(MAGIC.len() as u64).read_to_end(&mut start)?;
    if start.starts_with(PLAIN_MAGIC) {
        return Ok(Opened::Plain(reader));
    }
    if start != MAGIC {
        return Err(ArchiveError::NotAnArchive);
    }
    let passphrase = passphrase.ok_or(ArchiveError::PassphraseNeeded)?;
    Ok(Opened::Sealed(Box::new(SealedReader::new(reader, passphrase)?)))
}

/// A plain archive whose manifest was read and checked against its table of contents.
struct Unpacked<R> {
    zip: ZipArchive<R>,
    manifest: Manifest,
}

impl<R: Read + Seek> Unpacked<R> {
    fn new(mut reader: R) -> Result<Self, ArchiveError> {
        let packed = reader.seek(SeekFrom::End(0))?;
        let mut zip = ZipArchive::new(reader).map_err(damaged)?;
        if zip.index_for_name(MANIFEST).is_none() {
            // Another kind of ZIP, such as a CHARX.
            return Err(ArchiveError::NotAnArchive);
        }
        let mut text = Vec::new();
        zip.by_name(MANIFEST)
            .map_err(damaged)?
            .take(MANIFEST_BYTES_MAX)
            .read_to_end(&mut text)
            .map_err(damaged)?;
        let manifest = parse_manifest(&text)?;
        let unpacked = manifest.entries.values().try_fold(0_u64, |sum, entry| sum.checked_add(entry.bytes));
        let most = UNPACKED_BYTES_FREE.max(packed.saturating_mul(UNPACKED_TIMES_MAX));
        if unpacked.is_none_or(|bytes| bytes > most) {
            return Err(ArchiveError::TooLarge(format!(
                "its {packed} bytes would become {}, at most {most} are taken",
                unpacked.map_or_else(|| "more than can be counted".to_owned(), |bytes| bytes.to_string())
            )));
        }
        let known = |name: &str| {
            name == COMPANION || Section::ALL.into_iter().any(|section| entry_name(section) == name)
        };
        if let Some(name) = manifest.entries.keys().find(|name| !known(name)) {
            return Err(ArchiveError::Damaged(format!("nobody knows its entry {name:?}")));
        }
        if zip.len() != manifest.entries.len() + 1 {
            return Err(ArchiveError::Damaged(format!(
                "it has {} entries, its manifest names {}",
                zip.len() - 1,
                manifest.entries.len()
            )));
        }
        Ok(Self { zip, manifest })
    }

    /// Shows each line of an entry to `visit`, and holds the whole to the manifest. Nothing where there is no such entry.
    fn lines(
        &mut self,
        name: &str,
        mut visit: impl FnMut(&str) -> Result<(), StoreError>,
    ) -> Result<(), ArchiveError> {
        let Some(expected) = self.manifest.entries.get(name).cloned() else {
            return Ok(());
        };
        let entry = self.zip.by_name(name).map_err(damaged)?;
        let mut reader = BufReader::new(entry.take(expected.bytes.saturating_add(1)));
        let mut found = ManifestEntry { bytes: 0, lines: 0, sha256: String::new() };
        let mut hash = Sha256::new();
        let mut line = Vec::new();
        loop {
            line.clear();
            let bytes = reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line).map_err(damaged)?;
            if bytes == 0 {
                break;
            }
            hash.update(&line);
            found.bytes += bytes as u64;
            found.lines += 1;
            let place = || format!("{name}, line {}", found.lines);
            let text = line.strip_suffix(b"\n").and_then(|line| std::str::from_utf8(line).ok());
            let text =
                text.ok_or_else(|| ArchiveError::Damaged(format!("{} is no line of text", place())))?;
            visit(text).map_err(|error| blamed(error, &place()))?;
        }
        found.sha256 = hexadecimal(&hash.finalize());
        if found != expected {
            return Err(ArchiveError::Damaged(format!("{name} is not what its manifest says")));
        }
        Ok(())
    }
}

fn parse_manifest(text: &[u8]) -> Result<Manifest, ArchiveError> {
    // The version is looked at first: what a newer one says otherwise can't be known.
    let value: serde_json::Value = serde_json::from_slice(text).map_err(damaged)?;
    if value.get("format").and_then(serde_json::Value::as_str) != Some(FORMAT_NAME) {
        return Err(ArchiveError::NotAnArchive);
    }
    let version = value.get("version").and_then(serde_json::Value::as_u64).unwrap_or_default();
    match u32::try_from(version) {
        Ok(version @ 1..=FORMAT_VERSION) => tracing::debug!(version, "reading an archive"),
        Ok(0) => return Err(ArchiveError::Damaged("its manifest names no version".to_owned())),
        newer => {
            return Err(ArchiveError::Newer { found: newer.unwrap_or(u32::MAX), known: FORMAT_VERSION });
        }
    }
    serde_json::from_value(value).map_err(damaged)
}

fn import_plain<R: Read + Seek>(
    store: &Store,
    reader: R,
    options: &ImportOptions,
) -> Result<Companion, ArchiveError> {
    let mut unpacked = Unpacked::new(reader)?;
    let mut identity = None;
    unpacked.lines(COMPANION, |line| {
        identity = Some(
            serde_json::from_str::<Identity>(line)
                .map_err(|error| StoreError::BadRow { what: "companion", detail: error.to_string() })?,
        );
        Ok(())
    })?;
    let mut identity = identity.ok_or_else(|| ArchiveError::Damaged(format!("{COMPANION} is missing")))?;
    if options.copy {
        identity.uid = Uuid::new_v4();
    } else if let Some(here) = store.companion_with_uid(identity.uid)? {
        return Err(ArchiveError::AlreadyHere { name: here.name });
    }
    if let Some(name) = &options.name {
        identity.name.clone_from(name);
    }
    // What is wrong with the archive is kept aside, as the store's own errors are all that comes through.
    let mut problem = None;
    let restored = store.restore(&identity, |restored| {
        for section in Section::ALL {
            let read = unpacked.lines(entry_name(section), |line| restored.take(section, line));
            read.map_err(|error| {
                problem = Some(error);
                stopped()
            })?;
        }
        Ok(())
    });
    match (restored, problem) {
        (_, Some(problem)) => Err(problem),
        (Ok((companion, ())), None) => Ok(companion),
        (Err(error @ (StoreError::BadRow { .. } | StoreError::NoMessage(_))), None) => {
            Err(ArchiveError::Damaged(error.to_string()))
        }
        (Err(error), None) => Err(error.into()),
    }
}

/// Errors that lines bring about are the archive's fault; others are not.
fn blamed(error: StoreError, place: &str) -> ArchiveError {
    match error {
        StoreError::BadRow { .. }
        | StoreError::BadValue { .. }
        | StoreError::BadName(_)
        | StoreError::NoMessage(_)
        | StoreError::Nothing { .. } => ArchiveError::Damaged(format!("{place}: {error}")),
        StoreError::Database(rusqlite::Error::ToSqlConversionFailure(inner)) => {
            ArchiveError::Damaged(format!("{place}: {inner}"))
        }
        StoreError::Database(inner)
            if inner.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) =>
        {
            ArchiveError::Damaged(format!("{place}: it is there twice, or names what is not there"))
        }
        error => error.into(),
    }
}

fn damaged(error: impl Into<DamageSource>) -> ArchiveError {
    match error.into() {
        DamageSource::Io(error) if !damage_of_contents(&error) => ArchiveError::File(error),
        DamageSource::Io(error) => ArchiveError::Damaged(error.to_string()),
        DamageSource::Text(text) => ArchiveError::Damaged(text),
    }
}

fn damage_of_contents(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::Other
    )
}

/// Where a complaint about an archive comes from.
enum DamageSource {
    Io(io::Error),
    Text(String),
}

impl From<io::Error> for DamageSource {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<serde_json::Error> for DamageSource {
    fn from(error: serde_json::Error) -> Self {
        Self::Text(error.to_string())
    }
}

impl From<zip::result::ZipError> for DamageSource {
    fn from(error: zip::result::ZipError) -> Self {
        match error {
            zip::result::ZipError::Io(error) => Self::Io(error),
            error => Self::Text(error.to_string()),
        }
    }
}
