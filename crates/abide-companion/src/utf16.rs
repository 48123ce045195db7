//! Files in UTF-16, as some Windows programs write them, read as UTF-8. Must not know what is in them.

use std::borrow::Cow;
use std::io::{self, Cursor, Read};

/// In which order the bytes of each unit stand, and how many bytes of a mark come first; `None`: it is not UTF-16. Files without a mark
/// are known if they are JSON, which begins with a bracket.
fn order(head: &[u8]) -> Option<(bool, usize)> {
    match head.get(..2)? {
        [0xFF, 0xFE] => Some((false, 2)),
        [0xFE, 0xFF] => Some((true, 2)),
        [b'{' | b'[', 0] => Some((false, 0)),
        [0, b'{' | b'['] => Some((true, 0)),
        _ => None,
    }
}

/// The reader, decoded if it begins as UTF-16 does.
pub(crate) fn decoded<'a>(mut reader: Box<dyn Read + 'a>) -> io::Result<Box<dyn Read + 'a>> {
    let mut head = Vec::new();
    reader.by_ref().take(2).read_to_end(&mut head)?;
    let Some((is_big_endian, mark)) = order(&head) else {
        return Ok(Box::new(Cursor::new(head).chain(reader)));
    };
    head.drain(..mark);
    Ok(Box::new(Utf16::new(Cursor::new(head).chain(reader), is_big_endian)))
}

/// The same for a file in memory.
pub(crate) fn decoded_bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some((is_big_endian, mark)) = order(bytes) else { return Cow::Borrowed(bytes) };
    let mut decoder = Utf16::new(io::empty(), is_big_endian);
    decoder.decode(&bytes[mark..]);
    Cow::Owned(decoder.ready.into_inner())
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

impl<R> Utf16<R> {
    fn new(inner: R, is_big_endian: bool) -> Self {
        Self { inner, is_big_endian, half: None, high: None, ready: Cursor::new(Vec::new()) }
    }
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
            assert_eq!(decoded_bytes(bytes), words.as_bytes());
        }
        let json = "{\"a\": \"é\"}";
        for units in [
            json.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
            json.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ] {
            let mut read = String::new();
            decoded(Box::new(units.as_slice())).unwrap().read_to_string(&mut read).unwrap();
            assert_eq!(read, json, "without a mark");
            assert_eq!(decoded_bytes(&units), json.as_bytes());
        }
        for short in [&b""[..], b"x"] {
            let mut read = Vec::new();
            decoded(Box::new(short)).unwrap().read_to_end(&mut read).unwrap();
            assert_eq!(read, short);
        }
    }
}
