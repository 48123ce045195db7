//! Bytes of one file, in pieces, with their place: offset and line. Must not know what they mean.

use std::{
    io::{ErrorKind, Read},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use sha2::{Digest, Sha256};

use super::HistoryError;

const BUFFER_BYTES: usize = 64 * 1024;

/// A reader with a window that can be looked at before it is consumed.
pub(super) struct Input<'a> {
    reader: Box<dyn Read + 'a>,
    name: String,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    line: u64,
    finished: bool,
    digest: Sha256,
    cancel: Option<Arc<AtomicBool>>,
}

impl<'a> Input<'a> {
    pub(super) fn new(
        name: &str,
        reader: Box<dyn Read + 'a>,
        cancel: Option<Arc<AtomicBool>>,
    ) -> Result<Self, HistoryError> {
        let mut input = Self {
            reader,
            name: name.to_owned(),
            buffer: vec![0; BUFFER_BYTES],
            start: 0,
            end: 0,
            offset: 0,
            line: 1,
            finished: false,
            digest: Sha256::new(),
            cancel,
        };
        // The window is filled as far as it goes, so that recognition sees enough.
        while input.end < BUFFER_BYTES && !input.finished {
            input.read_more()?;
        }
        if input.window().starts_with(&[0xEF, 0xBB, 0xBF]) {
            input.consume(3);
        }
        Ok(input)
    }

    /// Bytes consumed.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The line that the next byte is on, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// SHA-256 of what was read.
    pub(super) fn digest(&self) -> [u8; 32] {
        self.digest.clone().finalize().into()
    }

    /// What is in the window now; at the beginning as much of the file as fits.
    pub(super) fn window(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// The window, filled if it was empty. Empty at the end of the file.
    pub(super) fn fill(&mut self) -> Result<&[u8], HistoryError> {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            while self.end == 0 && !self.finished {
                self.read_more()?;
            }
        }
        Ok(&self.buffer[self.start..self.end])
    }

    /// Goes on by so many bytes of the window.
    pub(super) fn consume(&mut self, bytes: usize) {
        let consumed = &self.buffer[self.start..self.start + bytes];
        self.line += memchr::memchr_iter(b'\n', consumed).count() as u64;
        self.start += bytes;
        self.offset += bytes as u64;
    }

    fn read_more(&mut self) -> Result<(), HistoryError> {
        if self.cancel.as_ref().is_some_and(|cancel| cancel.load(Ordering::Relaxed)) {
            return Err(HistoryError::Cancelled { bytes_read: self.offset });
        }
        match self.reader.read(&mut self.buffer[self.end..]) {
            Ok(0) => self.finished = true,
            Ok(bytes) => {
                let bytes = bytes.min(self.buffer.len() - self.end);
                self.digest.update(&self.buffer[self.end..self.end + bytes]);
                self.end += bytes;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(source) => {
                return Err(HistoryError::Read { part: self.name.clone(), offset: self.offset, source });
            }
        }
        Ok(())
    }

    /// The next byte that is no white space, not consumed.
    pub(super) fn next_solid(&mut self) -> Result<Option<u8>, HistoryError> {
        loop {
            let window = self.fill()?;
            if window.is_empty() {
                return Ok(None);
            }
            let blank = window.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let next = window.get(blank).copied();
            self.consume(blank);
            if next.is_some() {
                return Ok(next);
            }
        }
    }

    /// The next line without its end, cut after `limit` bytes. `None` at the end of the file.
    pub(super) fn next_line(&mut self, limit: usize) -> Result<Option<Line>, HistoryError> {
        let number = self.line;
        let mut bytes = Vec::new();
        let mut length = 0_u64;
        loop {
            let window = self.fill()?;
            if window.is_empty() {
                let empty = length == 0;
                return Ok((!empty).then_some(Line { bytes, number, length }));
            }
            let end = window.iter().position(|&byte| byte == b'\n');
            let taken = end.unwrap_or(window.len());
            let room = limit.saturating_sub(bytes.len()).min(taken);
            bytes.extend_from_slice(&window[..room]);
            length += taken as u64;
            self.consume(taken + usize::from(end.is_some()));
            if end.is_some() {
                if bytes.last() == Some(&b'\r') {
                    bytes.pop();
                    length -= 1;
                }
                return Ok(Some(Line { bytes, number, length }));
            }
        }
    }
}

/// A line of a file.
pub(super) struct Line {
    /// What it holds, up to the limit.
    pub(super) bytes: Vec<u8>,
    /// Its number, from 1.
    pub(super) number: u64,
    /// Its length in bytes, whatever the limit.
    pub(super) length: u64,
}

impl Line {
    /// Whether not all of it is here.
    pub(super) fn is_cut(&self) -> bool {
        self.length > self.bytes.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            buffer[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    #[test]
    fn lines_have_numbers_and_limits() {
        let text = "\u{feff}one\r\n\nthree is long\nlast";
        let mut input = Input::new("x", Box::new(Slow(text.as_bytes())), None).unwrap();
        let mut seen = Vec::new();
        while let Some(line) = input.next_line(5).unwrap() {
            seen.push((line.number, String::from_utf8(line.bytes.clone()).unwrap(), line.is_cut()));
        }
        // An empty line is a line too.
        let expected = [(1, "one", false), (2, "", false), (3, "three", true), (4, "last", false)];
        assert_eq!(seen, expected.map(|(number, text, cut)| (number, text.to_owned(), cut)));
    }

    #[test]
    fn a_raised_flag_stops_reading() {
        let flag = Arc::new(AtomicBool::new(true));
        let opened = Input::new("x", Box::new(Slow(b"abc")), Some(flag));
        assert!(matches!(opened, Err(HistoryError::Cancelled { .. })));
    }
}
