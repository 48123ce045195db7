//! What comes in once and is read more than once, and may be larger than memory: kept on the disk, where nobody can read it. Must not know
//! what it is.
//!
//! The file has no name, and its bytes are sealed under a key that is nowhere but in memory: nothing is left of it when the program
//! ends, however that comes about.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::archive::sealed::{SealedReader, SealedWriter};
use crate::keys::{Passphrase, PassphraseCost};

/// A key of 32 random bytes can't be guessed, whatever a guess costs.
const COST: PassphraseCost = PassphraseCost { memory_kib: 8, iterations: 1, lanes: 1 };

/// Takes in what comes.
pub struct SpoolWriter {
    writer: SealedWriter<File>,
    key: Passphrase,
}

impl SpoolWriter {
    /// An empty one.
    ///
    /// # Errors
    /// When the system gives no temporary file or no random numbers.
    pub fn new() -> io::Result<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(io::Error::other)?;
        let key = Passphrase::new(BASE64_STANDARD.encode(key)).map_err(io::Error::other)?;
        let file = tempfile::tempfile()?;
        let writer = SealedWriter::new(file, &key, COST).map_err(io::Error::other)?;
        Ok(Self { writer, key })
    }

    /// Ends it, so that it can be read.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(self) -> io::Result<Spool> {
        Ok(Spool { file: Arc::new(self.writer.finish()?), key: Arc::new(self.key) })
    }
}

impl Write for SpoolWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// What came in. Its readers share one file and each seek before they read: use one at a time.
#[derive(Debug, Clone)]
pub struct Spool {
    file: Arc<File>,
    key: Arc<Passphrase>,
}

impl Spool {
    /// Reads it from the beginning.
    ///
    /// # Errors
    /// When the file can't be read, or somebody changed it.
    pub fn open(&self) -> io::Result<SpoolReader> {
        let reader = SealedReader::new(Shared(Arc::clone(&self.file)), &self.key);
        reader.map(SpoolReader).map_err(io::Error::other)
    }
}

/// A reader of a [`Spool`].
pub struct SpoolReader(SealedReader<Shared>);

impl Read for SpoolReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for SpoolReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

struct Shared(Arc<File>);

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        (&*self.0).seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_is_read_as_often_as_wanted_and_lies_sealed() {
        let words = "The zither stands in the attic. ".repeat(9_000);
        let mut writer = SpoolWriter::new().unwrap();
        for piece in words.as_bytes().chunks(777) {
            writer.write_all(piece).unwrap();
        }
        let spool = writer.finish().unwrap();
        for _ in 0..2 {
            let mut read = String::new();
            spool.open().unwrap().read_to_string(&mut read).unwrap();
            assert_eq!(read, words);
        }
        let mut reader = spool.clone().open().unwrap();
        reader.seek(SeekFrom::End(-8)).unwrap();
        let mut end = [0; 8];
        reader.read_exact(&mut end).unwrap();
        assert_eq!(&end, b" attic. ");
        let mut raw = Vec::new();
        let mut file = Shared(Arc::clone(&spool.file));
        file.seek(SeekFrom::Start(0)).unwrap();
        file.read_to_end(&mut raw).unwrap();
        assert!(raw.len() > words.len() && !raw.windows(6).any(|bytes| bytes == b"zither"));
    }

    #[test]
    fn nothing_is_something_too() {
        let spool = SpoolWriter::new().unwrap().finish().unwrap();
        let mut read = Vec::new();
        spool.open().unwrap().read_to_end(&mut read).unwrap();
        assert_eq!(read, b"");
    }
}
