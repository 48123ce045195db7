//! One file: written piece by piece beside its place and renamed, read piece by piece. Knows nothing of other files.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{Tag, XNonce};
use tempfile::NamedTempFile;

use super::error::SavedCacheError;
use super::folder::TEMPORARY_PREFIX;
use super::format::{Description, HEAD_BYTES, Head, HeadProblem, NONCE_BYTES, TAG_BYTES, VERSION};
use super::key::Keys;

/// Seals and opens the pieces of one file: the description is number 0, blocks follow.
struct Seal {
    keys: Arc<Keys>,
    /// Bound to every piece.
    head: [u8; HEAD_BYTES],
    nonce: [u8; NONCE_BYTES],
}

impl Seal {
    fn new(keys: &Arc<Keys>, head: Head) -> Self {
        Self { keys: Arc::clone(keys), head: head.to_bytes(), nonce: head.nonce }
    }

    fn nonce(&self, number: u32) -> XNonce {
        let mut nonce = [0; NONCE_BYTES + 4];
        nonce[..NONCE_BYTES].copy_from_slice(&self.nonce);
        nonce[NONCE_BYTES..].copy_from_slice(&number.to_le_bytes());
        nonce.into()
    }

    fn seal(&self, number: u32, bytes: &mut [u8]) -> Tag {
        let nonce = self.nonce(number);
        let sealed = self.keys.cipher.encrypt_inout_detached(&nonce, &self.head, bytes.into());
        sealed.expect("a piece is far shorter than the cipher's limit of 256 GiB")
    }

    /// Whether the bytes were what was sealed; they are open then.
    fn open(&self, number: u32, bytes: &mut [u8], tag: &Tag) -> bool {
        let nonce = self.nonce(number);
        self.keys.cipher.decrypt_inout_detached(&nonce, &self.head, bytes.into(), tag).is_ok()
    }
}

/// A file that is being written. Dropped before [`Self::finish`], it leaves nothing.
pub(super) struct PartWriter {
    path: PathBuf,
    file: NamedTempFile,
    seal: Seal,
    next: u32,
    count: u32,
}

impl PartWriter {
    /// Begins the file that is to be at `path`.
    pub(super) fn create(
        path: &Path,
        keys: &Arc<Keys>,
        description: &Description,
    ) -> Result<Self, SavedCacheError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let file = tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempfile_in(folder);
        let mut file = file.map_err(SavedCacheError::io("write a file in", folder))?;
        let mut bytes = description.to_bytes();
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce)
            .map_err(|error| SavedCacheError::io("get random bytes for", path)(io::Error::other(error)))?;
        let seal = Seal::new(keys, Head { key: keys.id, nonce, description: bytes.len() });
        let count = description.piece_count() as u32;
        let tag = seal.seal(0, &mut bytes);
        let written = [&seal.head[..], &bytes, &tag].iter().try_for_each(|part| file.write_all(part));
        written.map_err(SavedCacheError::io("write", path))?;
        Ok(Self { path: path.to_owned(), file, seal, next: 1, count })
    }

    /// Adds a block.
    pub(super) fn add(&mut self, mut bytes: Vec<u8>) -> Result<(), SavedCacheError> {
        let tag = self.seal.seal(self.next, &mut bytes);
        let written = self.file.write_all(&bytes).and_then(|()| self.file.write_all(&tag));
        self.next += 1;
        written.map_err(SavedCacheError::io("write", &self.path))
    }

    /// Whether blocks are missing.
    pub(super) fn is_open(&self) -> bool {
        self.next <= self.count
    }

    /// Gives the file its place.
    pub(super) fn finish(self) -> Result<(), SavedCacheError> {
        debug_assert!(!self.is_open());
        self.file.as_file().sync_all().map_err(SavedCacheError::io("write", &self.path))?;
        let renamed = self.file.persist(&self.path);
        renamed.map_err(|error| SavedCacheError::io("rename a finished file to", &self.path)(error.error))?;
        match self.path.parent() {
            // Makes the renaming durable; Windows has no such call, and needs none.
            Some(folder) if cfg!(unix) => File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(SavedCacheError::io("sync", folder)),
            _ => Ok(()),
        }
    }
}

/// A file that is being read.
pub(super) struct PartReader {
    path: PathBuf,
    file: File,
    seal: Seal,
    description: Description,
    /// Where the file stands, and where its blocks begin.
    at: u64,
    blocks_at: u64,
}

impl PartReader {
    /// Opens a file and its description. Nothing is allocated that the file's real size does not warrant.
    pub(super) fn open(path: &Path, keys: &Arc<Keys>) -> Result<Self, SavedCacheError> {
        let read = |error| SavedCacheError::io("read", path)(error);
        let damaged = |problem| SavedCacheError::Damaged { path: path.to_owned(), problem };
        let cut = |error: io::Error| match error.kind() {
            io::ErrorKind::UnexpectedEof => damaged("it is cut off"),
            _ => read(error),
        };
        let mut file = File::open(path).map_err(SavedCacheError::io("open", path))?;
        let size = file.metadata().map_err(read)?.len();
        let mut head = [0; HEAD_BYTES];
        file.read_exact(&mut head).map_err(cut)?;
        let head = Head::parse(&head).map_err(|problem| match problem {
            HeadProblem::Magic => SavedCacheError::NotSavedCache { path: path.to_owned() },
            HeadProblem::Version(found) => {
                SavedCacheError::Version { path: path.to_owned(), found, expected: VERSION }
            }
            HeadProblem::Length => damaged("its description has an impossible length"),
        })?;
        if head.key != keys.id {
            return Err(SavedCacheError::OtherKey { path: path.to_owned() });
        }
        let mut bytes = vec![0; head.description + TAG_BYTES];
        file.read_exact(&mut bytes).map_err(cut)?;
        let seal = Seal::new(keys, head);
        let (sealed, tag) = bytes.split_at_mut(head.description);
        if !seal.open(0, sealed, &tag_of(tag)) {
            return Err(damaged("its description was changed"));
        }
        let description = Description::parse(sealed).map_err(damaged)?;
        if size != description.file_bytes(head.description) {
            return Err(damaged("it is not as long as its description says"));
        }
        let at = (HEAD_BYTES + head.description + TAG_BYTES) as u64;
        Ok(Self { path: path.to_owned(), file, seal, description, at, blocks_at: at })
    }

    pub(super) fn description(&self) -> &Description {
        &self.description
    }

    /// The bytes of the blocks for which `wanted` says so, each with its group and its index in the sequence.
    /// `take` stops the reading by returning false.
    pub(super) fn blocks(
        &mut self,
        wanted: impl Fn(usize, usize) -> bool,
        mut take: impl FnMut(usize, usize, Vec<u8>) -> bool,
    ) -> Result<(), SavedCacheError> {
        let pieces: Vec<_> = self.description.pieces().collect();
        let mut start = self.blocks_at;
        for (piece, (group, index, bytes)) in pieces.into_iter().enumerate() {
            if wanted(group, index) {
                let block = self.block(start, piece as u32 + 1, bytes)?;
                if !take(group, index, block) {
                    return Ok(());
                }
            }
            start += (bytes + TAG_BYTES) as u64;
        }
        Ok(())
    }

    fn block(&mut self, start: u64, number: u32, size: usize) -> Result<Vec<u8>, SavedCacheError> {
        let mut bytes = Vec::with_capacity(size);
        let mut tag = [0; TAG_BYTES];
        let mut read = || {
            if self.at != start {
                self.file.seek(SeekFrom::Start(start))?;
            }
            (&mut self.file).take(size as u64).read_to_end(&mut bytes)?;
            self.file.read_exact(&mut tag)
        };
        read().map_err(SavedCacheError::io("read", &self.path))?;
        self.at = start + (size + TAG_BYTES) as u64;
        if bytes.len() == size && self.seal.open(number, &mut bytes, &tag_of(&tag)) {
            return Ok(bytes);
        }
        Err(SavedCacheError::Damaged { path: self.path.clone(), problem: "a block was changed" })
    }
}

/// # Panics
/// When `bytes` are not as many as a tag has.
fn tag_of(bytes: &[u8]) -> Tag {
    Tag::try_from(bytes).expect("a tag has 16 bytes")
}
