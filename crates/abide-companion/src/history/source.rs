//! Where a history is read from: a file, a folder, an archive, or bytes; opened file by file. Must not know formats.

use std::{
    fs::{self, File},
    io::{Cursor, Read, Seek},
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use zip::ZipArchive;

use super::HistoryError;
use crate::spool::Spool;

const FILES_MAX: usize = 100_000;
const FOLDER_DEPTH_MAX: usize = 6;
/// Endings of files that may hold a history.
const ENDINGS: [&str; 5] = ["json", "jsonl", "csv", "txt", "ndjson"];

/// Where a history is read from.
#[non_exhaustive]
pub enum Source {
    /// A file, a folder, or a ZIP archive.
    Path(PathBuf),
    /// A file, or a ZIP archive, in memory.
    Bytes {
        /// What it is called.
        name: String,
        /// All of it.
        bytes: Arc<[u8]>,
    },
    /// A file, or a ZIP archive, that came in from elsewhere.
    Spool {
        /// What it is called.
        name: String,
        /// All of it.
        spool: Spool,
        /// Its length.
        bytes: u64,
    },
    /// One file that comes as a stream, and only once.
    Reader {
        /// What it is called.
        name: String,
        /// Its bytes.
        reader: Box<dyn Read + Send>,
        /// Its length, if it is known.
        bytes_total: Option<u64>,
    },
}

impl Source {
    /// A file, a folder, or a ZIP archive.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self::Path(path.into())
    }

    /// A file in memory.
    pub fn bytes(name: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::Bytes { name: name.to_owned(), bytes: bytes.into() }
    }

    /// The same once more, unless it can be read only once.
    pub fn again(&self) -> Option<Self> {
        match self {
            Self::Path(path) => Some(Self::Path(path.clone())),
            Self::Bytes { name, bytes } => Some(Self::Bytes { name: name.clone(), bytes: bytes.clone() }),
            Self::Spool { name, spool, bytes } => {
                Some(Self::Spool { name: name.clone(), spool: spool.clone(), bytes: *bytes })
            }
            Self::Reader { .. } => None,
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Bytes { name, .. } | Self::Spool { name, .. } | Self::Reader { name, .. } => name.clone(),
        }
    }

    /// When a file was written.
    pub(super) fn written(&self) -> Option<Timestamp> {
        let Self::Path(path) = self else { return None };
        Timestamp::try_from(fs::metadata(path).ok()?.modified().ok()?).ok()
    }

    /// Whether it is one file that somebody named, and not one of many.
    pub(super) fn is_single(&self) -> bool {
        match self {
            Self::Path(path) => !path.is_dir() && !file_is_archive(path),
            Self::Bytes { bytes, .. } => !is_archive(bytes),
            Self::Spool { spool, .. } => spool.open().is_ok_and(|mut reader| !starts_archive(&mut reader)),
            Self::Reader { .. } => true,
        }
    }

    pub(super) fn open(self) -> Result<Opened, HistoryError> {
        let name = self.name();
        match self {
            Self::Reader { name, reader, bytes_total } => {
                Ok(Opened::One { part: Some((name, reader)), bytes: bytes_total.unwrap_or(0) })
            }
            Self::Bytes { bytes, .. } if is_archive(&bytes) => {
                Archive::open(&name, Box::new(Cursor::new(bytes))).map(Opened::Archive)
            }
            Self::Bytes { bytes, .. } => {
                let length = bytes.len() as u64;
                Ok(Opened::One { part: Some((name, Box::new(Cursor::new(bytes)))), bytes: length })
            }
            Self::Spool { spool, bytes, .. } => {
                let failed = |source| HistoryError::Read { part: name.clone(), offset: 0, source };
                let archive = starts_archive(&mut spool.open().map_err(failed)?);
                let reader = spool.open().map_err(failed)?;
                if archive {
                    return Archive::open(&name, Box::new(std::io::BufReader::new(reader)))
                        .map(Opened::Archive);
                }
                Ok(Opened::One { part: Some((name, Box::new(reader))), bytes })
            }
            Self::Path(path) if path.is_dir() => Folder::open(&path).map(Opened::Folder),
            Self::Path(path) => {
                let file = File::open(&path).map_err(|source| read_error(&path, source))?;
                if file_is_archive(&path) {
                    return Archive::open(&name, Box::new(std::io::BufReader::new(file)))
                        .map(Opened::Archive);
                }
                let bytes = file.metadata().map_or(0, |metadata| metadata.len());
                let name = path.file_name().map_or(name, |name| name.to_string_lossy().into_owned());
                Ok(Opened::One { part: Some((name, Box::new(file))), bytes })
            }
        }
    }
}

fn read_error(path: &Path, source: std::io::Error) -> HistoryError {
    HistoryError::Read { part: path.display().to_string(), offset: 0, source }
}

fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

fn file_is_archive(path: &Path) -> bool {
    File::open(path).is_ok_and(|mut file| starts_archive(&mut file))
}

fn starts_archive(reader: &mut dyn Read) -> bool {
    let mut head = [0; 4];
    reader.read_exact(&mut head).is_ok() && is_archive(&head)
}

fn may_hold_history(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    !file.starts_with('.') && !name.starts_with("__MACOSX/") && ENDINGS.contains(&ending.as_str())
}

/// Text and numbers of a name, so that `…-2` comes before `…-10`.
fn natural(name: &str) -> Vec<(String, u64)> {
    let mut pieces = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let text = rest.find(|character: char| character.is_ascii_digit()).unwrap_or(rest.len());
        let digits =
            rest[text..].find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len() - text);
        pieces.push((rest[..text].to_owned(), rest[text..text + digits].parse().unwrap_or(u64::MAX)));
        rest = &rest[text + digits..];
    }
    pieces
}

type Part<'a> = (String, Box<dyn Read + 'a>);

/// A source whose files come one after another.
pub(super) enum Opened {
    One { part: Option<(String, Box<dyn Read>)>, bytes: u64 },
    Folder(Folder),
    Archive(Archive),
}

impl Opened {
    pub(super) fn bytes_total(&self) -> u64 {
        match self {
            Self::One { bytes, .. } => *bytes,
            Self::Folder(folder) => folder.bytes,
            Self::Archive(archive) => archive.bytes,
        }
    }

    pub(super) fn next_part(&mut self) -> Result<Option<Part<'_>>, HistoryError> {
        match self {
            Self::One { part, .. } => Ok(part.take().map(|(name, reader)| (name, reader as Box<dyn Read>))),
            Self::Folder(folder) => folder.next_part(),
            Self::Archive(archive) => archive.next_part(),
        }
    }

    /// Files that were not looked into.
    pub(super) fn others(self) -> Vec<String> {
        match self {
            Self::One { .. } => Vec::new(),
            Self::Folder(folder) => folder.others,
            Self::Archive(archive) => archive.others,
        }
    }
}

pub(super) struct Folder {
    root: PathBuf,
    /// Last one first.
    files: Vec<PathBuf>,
    others: Vec<String>,
    bytes: u64,
}

impl Folder {
    fn open(root: &Path) -> Result<Self, HistoryError> {
        let mut folder = Self { root: root.to_owned(), files: Vec::new(), others: Vec::new(), bytes: 0 };
        folder.list(root, 0)?;
        folder.files.sort_by_cached_key(|path| natural(&path.to_string_lossy()));
        folder.files.reverse();
        Ok(folder)
    }

    fn list(&mut self, path: &Path, depth: usize) -> Result<(), HistoryError> {
        let entries = fs::read_dir(path).map_err(|source| read_error(path, source))?;
        for entry in entries {
            let entry = entry.map_err(|source| read_error(path, source))?;
            let kind = entry.file_type().map_err(|source| read_error(path, source))?;
            let path = entry.path();
            if kind.is_dir() {
                if depth < FOLDER_DEPTH_MAX {
                    self.list(&path, depth + 1)?;
                }
            } else if self.files.len() < FILES_MAX && may_hold_history(&path.to_string_lossy()) {
                self.bytes += entry.metadata().map_or(0, |metadata| metadata.len());
                self.files.push(path);
            } else if self.others.len() < FILES_MAX {
                self.others.push(self.shown(&path));
            }
        }
        Ok(())
    }

    fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().into_owned()
    }

    fn next_part(&mut self) -> Result<Option<Part<'_>>, HistoryError> {
        let Some(path) = self.files.pop() else { return Ok(None) };
        let file = File::open(&path).map_err(|source| read_error(&path, source))?;
        Ok(Some((self.shown(&path), Box::new(file))))
    }
}

trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

pub(super) struct Archive {
    name: String,
    zip: ZipArchive<Box<dyn ReadSeek>>,
    /// Last one first.
    files: Vec<(usize, String)>,
    others: Vec<String>,
    bytes: u64,
}

impl Archive {
    fn open(name: &str, reader: Box<dyn ReadSeek>) -> Result<Self, HistoryError> {
        let error = |message: String| HistoryError::Archive { part: name.to_owned(), message };
        let mut zip = ZipArchive::new(reader).map_err(|found| error(found.to_string()))?;
        let (mut files, mut others, mut bytes) = (Vec::new(), Vec::new(), 0_u64);
        for index in 0..zip.len().min(FILES_MAX) {
            let entry = zip.by_index_raw(index).map_err(|found| error(found.to_string()))?;
            let file = entry.name().map_or_else(|_| format!("file {index}"), std::borrow::Cow::into_owned);
            if entry.is_dir() {
                continue;
            }
            if may_hold_history(&file) {
                bytes = bytes.saturating_add(entry.size());
                files.push((index, file));
            } else {
                others.push(file);
            }
        }
        files.sort_by_cached_key(|(_, file)| natural(file));
        files.reverse();
        Ok(Self { name: name.to_owned(), zip, files, others, bytes })
    }

    fn next_part(&mut self) -> Result<Option<Part<'_>>, HistoryError> {
        let Some((index, file)) = self.files.pop() else { return Ok(None) };
        let entry = self.zip.by_index(index).map_err(|found| HistoryError::Archive {
            part: format!("{}: {file}", self.name),
            message: found.to_string(),
        })?;
        Ok(Some((file, Box::new(entry))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_as_numbers() {
        let mut names = ["c-10.json", "c-2.json", "b.json", "c-001.json"];
        names.sort_by_cached_key(|name| natural(name));
        assert_eq!(names, ["b.json", "c-001.json", "c-2.json", "c-10.json"]);
        assert!(may_hold_history("chats/Ann.JSONL") && !may_hold_history("__MACOSX/._a.json"));
        assert!(!may_hold_history("chat.html") && !may_hold_history(".hidden.json"));
    }
}
