//! Files in UTF-16, as some Windows programs write them, read as UTF-8. Must not know what is in them.

use std::io::{self, Cursor, Read};

/// The reader, decoded if it begins with the byte order mark of UTF-16.
pub(super) fn decoded<'a>(mut reader: Box<dyn Read + 'a>) -> io::Result<Box<dyn Read + 'a>> {
    let mut head = Vec::new();
    reader.by_ref().take(2).read_to_end(&mut head)?;
    let is_big_endian = match head.as_slice() {
        [0xFF, 0xFE] => false,
        [0xFE, 0xFF] => true,
        _ => return Ok(Box::new(Cursor::new(head).chain(reader))),
    };
    Ok(Box::new(Utf16 {
        inner: reader,
        is_big_endian,
        half: None,
        high: None,
        ready: Cursor::new(Vec::new()),
    }))
}

struct Utf16<R> {
    inner: R,
    is_big_endian: bool,
    /// The first byte of a unit whose second has not been read.
    half: Option<u8>,
    /// The first unit of a pair whose second has not been read.
    high: Option<u16>,
    ready: Cursor<Vec<u8>>,
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.ready.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let mut raw = [0; 8_192];
            let count = self.inner.read(&mut raw)?;
            if count == 0 {
                return Ok(0);
            }
            self.decode(&raw[..count]);
        }
    }
}

impl<R> Utf16<R> {
    fn decode(&mut self, raw: &[u8]) {
        let mut units: Vec<u16> = self.high.take().into_iter().collect();
        for &byte in raw {
            match self.half.take() {
                None => self.half = Some(byte),
                Some(first) if self.is_big_endian => units.push(u16::from_be_bytes([first, byte])),
                Some(first) => units.push(u16::from_le_bytes([first, byte])),
            }
        }
        if units.last().is_some_and(|unit| (0xD800..0xDC00).contains(unit)) {
            self.high = units.pop();
        }
        let text: String =
            char::decode_utf16(units).map(|decoded| decoded.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.ready = Cursor::new(text.into_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_byte_orders_are_read_and_other_files_stay() {
        let words = "Jo: hé 😀\nMira: 你好\n".repeat(3_000);
        let units: Vec<u16> = words.encode_utf16().collect();
        let little: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(units.iter().flat_map(|unit| unit.to_le_bytes())).collect();
        let big: Vec<u8> =
            [0xFE, 0xFF].into_iter().chain(units.iter().flat_map(|unit| unit.to_be_bytes())).collect();
        for bytes in [little.as_slice(), &big, words.as_bytes()] {
            let mut read = String::new();
            decoded(Box::new(bytes)).unwrap().read_to_string(&mut read).unwrap();
            assert_eq!(read, words);
        }
        for short in [&b""[..], b"x"] {
            let mut read = Vec::new();
            decoded(Box::new(short)).unwrap().read_to_end(&mut read).unwrap();
            assert_eq!(read, short);
        }
    }
}
