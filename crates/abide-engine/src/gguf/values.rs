//! The encoding of metadata values: from a file's bytes to [`Value`]. Knows no key but the few whose
//! texts may hold any bytes.

use tracing::warn;

use super::{Array, Metadata, Value, cursor::Cursor, error::Problem};

/// Bytes of a key, as in the specification.
const MAX_KEY_BYTES: u64 = 65_535;
/// Bytes of a text; the longest in use are chat templates of some 100 kB.
const MAX_TEXT_BYTES: u64 = 1 << 24;
/// Elements of all arrays together; large vocabularies with their scores, types and merges have a million.
const MAX_ARRAY_ELEMENTS: u64 = 1 << 24;
/// Pairs; models have fewer than a hundred.
const MAX_PAIRS: u64 = 1 << 16;
/// The smallest pair: a key of one byte, a type, and a value of one byte.
const MIN_PAIR_BYTES: u64 = 8 + 1 + 4 + 1;

/// Arrays whose texts are pieces of a vocabulary, which in rare files hold bytes that are not UTF-8.
const PIECES: [&str; 2] = ["tokenizer.ggml.tokens", "tokenizer.ggml.merges"];

/// GGUF's numbers for the types of values.
pub(super) mod type_number {
    pub(crate) const U8: u32 = 0;
    pub(crate) const I8: u32 = 1;
    pub(crate) const U16: u32 = 2;
    pub(crate) const I16: u32 = 3;
    pub(crate) const U32: u32 = 4;
    pub(crate) const I32: u32 = 5;
    pub(crate) const F32: u32 = 6;
    pub(crate) const BOOL: u32 = 7;
    pub(crate) const TEXT: u32 = 8;
    pub(crate) const ARRAY: u32 = 9;
    pub(crate) const U64: u32 = 10;
    pub(crate) const I64: u32 = 11;
    pub(crate) const F64: u32 = 12;
}
use type_number as types;

/// Reads the number of pairs, where the header has it.
pub(super) fn read_count(cursor: &mut Cursor) -> Result<usize, Problem> {
    cursor.count("metadata entries", MIN_PAIR_BYTES, MAX_PAIRS)
}

/// Reads `count` pairs.
pub(super) fn read_metadata(cursor: &mut Cursor, count: usize) -> Result<Metadata, Problem> {
    let mut metadata = Metadata::default();
    let mut elements_left = MAX_ARRAY_ELEMENTS;
    for _ in 0..count {
        let offset = cursor.position();
        let key = cursor.string("metadata key", MAX_KEY_BYTES)?;
        check_key(key, offset)?;
        let value = ValueReader { cursor, key, elements_left: &mut elements_left }.read()?;
        if !metadata.insert(key, value) {
            return Err(Problem::Duplicate { what: "metadata key", name: key.to_owned() });
        }
    }
    Ok(metadata)
}

/// Checks that `key` can be a key.
pub(super) fn check_key(key: &str, offset: u64) -> Result<(), Problem> {
    if key.is_empty() {
        return Err(Problem::EmptyName { what: "metadata key", offset });
    }
    let bytes = key.len() as u64;
    if bytes > MAX_KEY_BYTES {
        return Err(Problem::TooLong { what: "metadata key", bytes, offset, limit: MAX_KEY_BYTES });
    }
    Ok(())
}

/// Reads the value of one key.
struct ValueReader<'c, 'a> {
    cursor: &'c mut Cursor<'a>,
    key: &'a str,
    elements_left: &'c mut u64,
}

impl ValueReader<'_, '_> {
    fn read(&mut self) -> Result<Value, Problem> {
        let offset = self.cursor.position();
        let number = self.cursor.u32("the type of a metadata value")?;
        Ok(match number {
            types::U8 | types::U16 | types::U32 | types::U64 => Value::Unsigned(self.unsigned(number)?),
            types::I8 | types::I16 | types::I32 | types::I64 => Value::Signed(self.signed(number)?),
            types::F32 => Value::Float(f64::from(f32::from_le_bytes(self.number()?))),
            types::F64 => Value::Float(f64::from_le_bytes(self.number()?)),
            types::BOOL => Value::Bool(self.bool()?),
            types::TEXT => Value::Text(self.text()?),
            types::ARRAY => Value::Array(self.array()?),
            _ => return Err(self.unknown_type(number, offset)),
        })
    }

    fn array(&mut self) -> Result<Array, Problem> {
        let offset = self.cursor.position();
        let number = self.cursor.u32("the type of an array")?;
        let bytes_each = match number {
            types::U8 | types::I8 | types::BOOL => 1,
            types::U16 | types::I16 => 2,
            types::U32 | types::I32 | types::F32 => 4,
            types::U64 | types::I64 | types::F64 | types::TEXT => 8,
            types::ARRAY => return Err(Problem::NestedArray { key: self.key.to_owned(), offset }),
            _ => return Err(self.unknown_type(number, offset)),
        };
        let count = self.cursor.count("array elements", bytes_each, *self.elements_left)?;
        *self.elements_left -= count as u64;
        Ok(match number {
            types::U8 | types::U16 | types::U32 | types::U64 => {
                Array::Unsigned(self.repeat(count, |reader| reader.unsigned(number))?)
            }
            types::I8 | types::I16 | types::I32 | types::I64 => {
                Array::Signed(self.repeat(count, |reader| reader.signed(number))?)
            }
            types::F32 => {
                Array::Float(self.repeat(count, |reader| Ok(f32::from_le_bytes(reader.number()?)))?)
            }
            types::F64 => {
                Array::Float(self.repeat(count, |reader| Ok(f64::from_le_bytes(reader.number()?) as f32))?)
            }
            types::BOOL => Array::Bool(self.repeat(count, Self::bool)?),
            _ => Array::Text(self.texts(count)?),
        })
    }

    fn texts(&mut self, count: usize) -> Result<Vec<String>, Problem> {
        if !PIECES.contains(&self.key) {
            return self.repeat(count, Self::text);
        }
        let mut mended = 0_usize;
        let texts = self.repeat(count, |reader| {
            let bytes = reader.cursor.string_bytes("piece of the vocabulary", MAX_TEXT_BYTES)?;
            let text = String::from_utf8_lossy(bytes);
            mended += usize::from(matches!(text, std::borrow::Cow::Owned(_)));
            Ok(text.into_owned())
        })?;
        if mended > 0 {
            warn!(
                key = self.key,
                mended, "pieces of the vocabulary are not UTF-8: U+FFFD stands for their bytes"
            );
        }
        Ok(texts)
    }

    /// `count` values; the count has been checked against what the file can hold.
    fn repeat<T>(
        &mut self,
        count: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            values.push(read(self)?);
        }
        Ok(values)
    }

    fn unsigned(&mut self, number: u32) -> Result<u64, Problem> {
        Ok(match number {
            types::U8 => u64::from(u8::from_le_bytes(self.number()?)),
            types::U16 => u64::from(u16::from_le_bytes(self.number()?)),
            types::U32 => u64::from(u32::from_le_bytes(self.number()?)),
            _ => u64::from_le_bytes(self.number()?),
        })
    }

    fn signed(&mut self, number: u32) -> Result<i64, Problem> {
        Ok(match number {
            types::I8 => i64::from(i8::from_le_bytes(self.number()?)),
            types::I16 => i64::from(i16::from_le_bytes(self.number()?)),
            types::I32 => i64::from(i32::from_le_bytes(self.number()?)),
            _ => i64::from_le_bytes(self.number()?),
        })
    }

    fn number<const N: usize>(&mut self) -> Result<[u8; N], Problem> {
        self.cursor.array("a number of the metadata")
    }

    fn bool(&mut self) -> Result<bool, Problem> {
        let offset = self.cursor.position();
        let [byte] = self.number()?;
        match byte {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Problem::NotABool { key: self.key.to_owned(), byte, offset }),
        }
    }

    fn text(&mut self) -> Result<String, Problem> {
        let offset = self.cursor.position();
        let bytes = self.cursor.string_bytes("text of the metadata", MAX_TEXT_BYTES)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(Problem::NotUtf8 { what: format!("text in `{}`", self.key), offset }),
        }
    }

    fn unknown_type(&self, number: u32, offset: u64) -> Problem {
        Problem::UnknownValueType { key: self.key.to_owned(), number, offset }
    }
}
