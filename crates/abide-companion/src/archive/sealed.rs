//! A stream of bytes under a passphrase: segments of 64 KiB, each sealed on its own, so that any part can be read without what is before it,
//! and a cut, a swap or a changed bit is seen. Must not know what the bytes are.
//!
//! The head is `abide-xp`, the version (`u32`, little endian as all numbers), Argon2id's memory in KiB, passes and lanes (`u32` each), a salt
//! of 16 bytes, 19 random bytes, and a tag of 16 that tells a wrong passphrase from damage. XChaCha20-Poly1305's nonce is the random bytes, the
//! segment's number (`u32`) and what it is: 0 in the middle, 1 the last (as RFC-less STREAM by Hoang, Reyhanitabar, Rogaway and Vizár
//! has it), 2 the head's own tag. The associated data is the head up to its tag.

use std::io::{self, Read, Seek, SeekFrom, Write};

use chacha20poly1305::{AeadInOut as _, KeyInit as _, Tag, XChaCha20Poly1305, XNonce};

use super::error::ArchiveError;
use crate::keys::{KeyError, PASSPHRASE_SALT_BYTES, Passphrase, PassphraseCost, PassphraseKdf};

/// What a sealed archive begins with.
pub(super) const MAGIC: &[u8; 8] = b"abide-xp";
const VERSION: u32 = 1;
const SEGMENT_BYTES: usize = 64 << 10;
const TAG_BYTES: usize = 16;
const RANDOM_BYTES: usize = 19;
/// The head without its tag.
const DATA_BYTES: usize = 8 + 4 + 12 + PASSPHRASE_SALT_BYTES + RANDOM_BYTES;
const HEAD_BYTES: usize = DATA_BYTES + TAG_BYTES;

#[derive(Clone, Copy)]
enum Part {
    Middle,
    Last,
    Head,
}

/// The key with what goes into every segment.
struct Seal {
    cipher: XChaCha20Poly1305,
    head: [u8; DATA_BYTES],
}

impl Seal {
    fn nonce(&self, number: u32, part: Part) -> XNonce {
        let mut nonce = [0; 24];
        nonce[..RANDOM_BYTES].copy_from_slice(&self.head[DATA_BYTES - RANDOM_BYTES..]);
        nonce[RANDOM_BYTES..23].copy_from_slice(&number.to_le_bytes());
        nonce[23] = part as u8;
        nonce.into()
    }

    fn close(&self, number: u32, part: Part, bytes: &mut [u8]) -> [u8; TAG_BYTES] {
        self.cipher
            .encrypt_inout_detached(&self.nonce(number, part), &self.head, bytes.into())
            .expect("a segment is far shorter than the cipher's limit of 256 GiB")
            .into()
    }

    fn open(&self, number: u32, part: Part, bytes: &mut [u8], tag: [u8; TAG_BYTES]) -> bool {
        let nonce = self.nonce(number, part);
        self.cipher.decrypt_inout_detached(&nonce, &self.head, bytes.into(), &Tag::from(tag)).is_ok()
    }
}

/// Seals what is written to it. [`SealedWriter::finish`] must be called: what lacks its last segment is damaged.
pub(crate) struct SealedWriter<W> {
    inner: W,
    seal: Seal,
    buffer: Vec<u8>,
    number: u32,
}

impl<W: Write> SealedWriter<W> {
    pub(crate) fn new(
        mut inner: W,
        passphrase: &Passphrase,
        cost: PassphraseCost,
    ) -> Result<Self, ArchiveError> {
        let kdf = PassphraseKdf::random(cost)?;
        let mut head = [0; DATA_BYTES];
        head[..8].copy_from_slice(MAGIC);
        for (index, number) in [VERSION, cost.memory_kib, cost.iterations, cost.lanes].into_iter().enumerate()
        {
            head[8 + 4 * index..][..4].copy_from_slice(&number.to_le_bytes());
        }
        head[24..24 + PASSPHRASE_SALT_BYTES].copy_from_slice(&kdf.salt);
        getrandom::fill(&mut head[DATA_BYTES - RANDOM_BYTES..]).map_err(KeyError::Random)?;
        let cipher = XChaCha20Poly1305::new((&*kdf.derive(passphrase)?).into());
        let seal = Seal { cipher, head };
        inner.write_all(&head)?;
        inner.write_all(&seal.close(0, Part::Head, &mut []))?;
        Ok(Self { inner, seal, buffer: Vec::with_capacity(SEGMENT_BYTES), number: 0 })
    }

    /// Writes the last segment.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.write_segment(Part::Last)?;
        self.inner.flush()?;
        Ok(self.inner)
    }

    fn write_segment(&mut self, part: Part) -> io::Result<()> {
        let tag = self.seal.close(self.number, part, &mut self.buffer);
        self.inner.write_all(&self.buffer)?;
        self.inner.write_all(&tag)?;
        self.buffer.clear();
        let next = self.number.checked_add(1);
        self.number = next.ok_or_else(|| io::Error::other("an archive holds at most 256 TiB"))?;
        Ok(())
    }
}

impl<W: Write> Write for SealedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full segment waits for what comes behind it: it may be the last.
        if self.buffer.len() == SEGMENT_BYTES {
            self.write_segment(Part::Middle)?;
        }
        let taken = bytes.len().min(SEGMENT_BYTES - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// What is not yet a segment stays here.
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Opens what [`SealedWriter`] wrote, wherever one reads.
pub(crate) struct SealedReader<R> {
    inner: R,
    seal: Seal,
    /// Bytes in all, opened.
    length: u64,
    segments: u32,
    position: u64,
    /// The segment that is open, and which one it is.
    buffer: Vec<u8>,
    open: Option<u32>,
}

impl<R: Read + Seek> SealedReader<R> {
    pub(crate) fn new(mut inner: R, passphrase: &Passphrase) -> Result<Self, ArchiveError> {
        let total = inner.seek(SeekFrom::End(0))?;
        inner.seek(SeekFrom::Start(0))?;
        let mut bytes = [0; HEAD_BYTES];
        inner.read_exact(&mut bytes).map_err(|_| ArchiveError::Damaged("it ends in its head".to_owned()))?;
        let mut head = [0; DATA_BYTES];
        head.copy_from_slice(&bytes[..DATA_BYTES]);
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&bytes[DATA_BYTES..]);
        let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        if number(8) != VERSION {
            return Err(ArchiveError::Newer { found: number(8), known: VERSION });
        }
        let cost = PassphraseCost { memory_kib: number(12), iterations: number(16), lanes: number(20) };
        let mut salt = [0; PASSPHRASE_SALT_BYTES];
        salt.copy_from_slice(&head[24..24 + PASSPHRASE_SALT_BYTES]);
        let seal = PassphraseKdf { cost, salt }.open_with(passphrase, |key| {
            let seal = Seal { cipher: XChaCha20Poly1305::new(key.into()), head };
            seal.open(0, Part::Head, &mut [], tag).then_some(seal)
        })?;
        let seal = seal.ok_or(ArchiveError::WrongPassphrase)?;
        let (segments, length) = measure(total - HEAD_BYTES as u64)
            .ok_or_else(|| ArchiveError::Damaged("its end is missing".to_owned()))?;
        let mut reader = Self { inner, seal, length, segments, position: 0, buffer: Vec::new(), open: None };
        // The last segment tells whether something was cut off.
        reader
            .load(segments - 1)
            .map_err(|_| ArchiveError::Damaged("its end is missing or changed".to_owned()))?;
        Ok(reader)
    }

    fn load(&mut self, number: u32) -> io::Result<()> {
        if self.open == Some(number) {
            return Ok(());
        }
        self.open = None;
        let start = u64::from(number) * SEGMENT_BYTES as u64;
        let bytes = (self.length - start).min(SEGMENT_BYTES as u64) as usize;
        let at = HEAD_BYTES as u64 + u64::from(number) * (SEGMENT_BYTES + TAG_BYTES) as u64;
        self.inner.seek(SeekFrom::Start(at))?;
        self.buffer.resize(bytes, 0);
        self.inner.read_exact(&mut self.buffer)?;
        let mut tag = [0; TAG_BYTES];
        self.inner.read_exact(&mut tag)?;
        let part = if number + 1 == self.segments { Part::Last } else { Part::Middle };
        if !self.seal.open(number, part, &mut self.buffer, tag) {
            self.buffer.clear();
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a segment was changed"));
        }
        self.open = Some(number);
        Ok(())
    }
}

/// Segments, and the bytes in them, of a body of `bytes`; `None` where it can't be one.
fn measure(bytes: u64) -> Option<(u32, u64)> {
    let full = (SEGMENT_BYTES + TAG_BYTES) as u64;
    let segments = bytes.div_ceil(full);
    let length = bytes.checked_sub(segments * TAG_BYTES as u64)?;
    let count = u32::try_from(segments).ok().filter(|&count| count > 0)?;
    // A last segment without its tag.
    (length >= (segments - 1) * SEGMENT_BYTES as u64).then_some((count, length))
}

impl<R: Read + Seek> Read for SealedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.length || buffer.is_empty() {
            return Ok(0);
        }
        self.load((self.position / SEGMENT_BYTES as u64) as u32)?;
        let rest = &self.buffer[(self.position % SEGMENT_BYTES as u64) as usize..];
        let taken = rest.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&rest[..taken]);
        self.position += taken as u64;
        Ok(taken)
    }
}

impl<R: Read + Seek> Seek for SealedReader<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "there is nothing before the start");
        self.position = target.ok_or_else(before)?;
        Ok(self.position)
    }
}
