//! Reads little-endian numbers and strings from bytes that may lie about themselves. Knows the
//! encoding, not the meaning.

use super::error::Problem;

/// A place in a file's bytes. Every read checks that the bytes are there.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Cursor<'a> {
    /// Starts at the first byte.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// Bytes from the start of the file to the next one read.
    pub(super) fn position(&self) -> u64 {
        self.position as u64
    }

    /// The next `count` bytes, described by `what` if they are not there.
    pub(super) fn take(&mut self, count: u64, what: &str) -> Result<&'a [u8], Problem> {
        let room = (self.bytes.len() - self.position) as u64;
        if count > room {
            return Err(Problem::Truncated {
                what: what.to_owned(),
                offset: self.position(),
                missing: count - room,
                length: self.bytes.len() as u64,
            });
        }
        let start = self.position;
        self.position += count as usize;
        Ok(&self.bytes[start..self.position])
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Problem> {
        let bytes = self.take(N as u64, what)?;
        Ok(bytes.try_into().expect("take returns as many bytes as were asked for"))
    }

    /// A 32-bit number.
    pub(super) fn u32(&mut self, what: &str) -> Result<u32, Problem> {
        self.array(what).map(u32::from_le_bytes)
    }

    /// A 64-bit number.
    pub(super) fn u64(&mut self, what: &str) -> Result<u64, Problem> {
        self.array(what).map(u64::from_le_bytes)
    }

    /// A 64-bit count, at most `max`, of things that follow and take at least `bytes_each` bytes each.
    /// Those bytes are there, so whoever allocates for the things allocates no more than the file fills.
    pub(super) fn count(&mut self, what: &'static str, bytes_each: u64, max: u64) -> Result<usize, Problem> {
        let offset = self.position();
        let count = self.u64(what)?;
        if count > max {
            return Err(Problem::TooMany { what, count, offset, limit: max });
        }
        let needed = count.saturating_mul(bytes_each);
        let room = (self.bytes.len() - self.position) as u64;
        if needed > room {
            return Err(Problem::Truncated {
                what: format!("the list of {count} {what}"),
                offset,
                missing: needed - room,
                length: self.bytes.len() as u64,
            });
        }
        Ok(count as usize)
    }

    /// The bytes of a string (64-bit length, then as many bytes), at most `max` of them.
    pub(super) fn string_bytes(&mut self, what: &'static str, max: u64) -> Result<&'a [u8], Problem> {
        let offset = self.position();
        let bytes = self.u64(what)?;
        if bytes > max {
            return Err(Problem::TooLong { what, bytes, offset, limit: max });
        }
        self.take(bytes, what)
    }

    /// A string that has to be UTF-8, at most `max` bytes.
    pub(super) fn string(&mut self, what: &'static str, max: u64) -> Result<&'a str, Problem> {
        let offset = self.position();
        let bytes = self.string_bytes(what, max)?;
        std::str::from_utf8(bytes).map_err(|_| Problem::NotUtf8 { what: what.to_owned(), offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_that_overflows_is_refused() {
        let mut cursor = Cursor::new(&[0xff; 12]);
        assert!(matches!(
            cursor.string_bytes("key", u64::MAX),
            Err(Problem::Truncated { offset: 8, missing, length: 12, .. }) if missing == u64::MAX - 4
        ));
    }

    #[test]
    fn a_count_is_held_against_the_bytes_that_follow() {
        let mut bytes = 3_u64.to_le_bytes().to_vec();
        bytes.extend([0; 29]);
        assert!(matches!(
            Cursor::new(&bytes).count("things", 10, 100),
            Err(Problem::Truncated { missing: 1, offset: 0, .. })
        ));
        bytes.push(0);
        assert_eq!(Cursor::new(&bytes).count("things", 10, 100).unwrap(), 3);
        assert!(matches!(
            Cursor::new(&bytes).count("things", 1, 2),
            Err(Problem::TooMany { count: 3, limit: 2, .. })
        ));
    }
}
