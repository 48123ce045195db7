//! What can be wrong with a GGUF file, said so that a person knows what to do about it.

use std::path::{Path, PathBuf};

use abide_kernels::BlockType;
use thiserror::Error;

use super::MetadataError;

/// A GGUF file that can't be used: which file, and what is wrong with it.
#[derive(Debug, Error)]
#[error("{}: {problem}", path.display())]
pub struct GgufError {
    /// The file, as it was asked for.
    pub path: PathBuf,
    /// What is wrong with it; part of this error's message, and therefore not its source.
    pub problem: Problem,
}

impl GgufError {
    pub(super) fn new(path: &Path, problem: impl Into<Problem>) -> Self {
        Self { path: path.to_owned(), problem: problem.into() }
    }
}

/// What is wrong with a GGUF file. Offsets count bytes from the start of the file.
#[derive(Debug, Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum Problem {
    #[error("can't be opened: {0}")]
    Io(#[from] std::io::Error),
    #[error("is not a regular file; name a .gguf file")]
    NotAFile,
    #[error("is not a GGUF file but {looks_like}")]
    NotGguf { looks_like: &'static str },
    #[error(
        "is a GGUF file of version {version}; versions 2 and 3 are read, so convert the model anew or download a newer file"
    )]
    Version { version: u32 },
    #[error("is a big-endian GGUF file; download the little-endian one (the usual kind)")]
    BigEndian,
    #[error(
        "is not complete: {what} at byte {offset} needs at least {missing} bytes more than the file has ({length}); download it again"
    )]
    Truncated { what: String, offset: u64, missing: u64, length: u64 },
    #[error("claims {count} {what} at byte {offset}, but at most {limit} can be; {DAMAGED}")]
    TooMany { what: &'static str, count: u64, offset: u64, limit: u64 },
    #[error("has a {what} of {bytes} bytes at byte {offset}, but at most {limit} are allowed; {DAMAGED}")]
    TooLong { what: &'static str, bytes: u64, offset: u64, limit: u64 },
    #[error("has a {what} at byte {offset} that is not UTF-8; {DAMAGED}")]
    NotUtf8 { what: String, offset: u64 },
    #[error("has an empty {what} at byte {offset}; {DAMAGED}")]
    EmptyName { what: &'static str, offset: u64 },
    #[error("has the {what} `{name}` twice; {DAMAGED}")]
    Duplicate { what: &'static str, name: String },
    #[error("has the unknown value type {number} for `{key}` at byte {offset}; {DAMAGED}")]
    UnknownValueType { key: String, number: u32, offset: u64 },
    #[error(
        "has an array of arrays in `{key}` at byte {offset}, which no model needs and abide does not read"
    )]
    NestedArray { key: String, offset: u64 },
    #[error("has {byte} for a truth value in `{key}` at byte {offset}, where only 0 and 1 can be; {DAMAGED}")]
    NotABool { key: String, byte: u8, offset: u64 },
    #[error(
        "has the alignment {alignment} (`general.alignment`), which must be a power of two from {min} to {max}; {DAMAGED}"
    )]
    Alignment { alignment: String, min: u64, max: u64 },
    #[error(
        "stores tensor `{tensor}` as {name} (ggml type {number}), which abide can't read; get another quantisation of the model, such as Q4_K_M or Q8_0"
    )]
    UnsupportedTensorType { tensor: String, name: &'static str, number: u32 },
    #[error("has {count} dimensions for tensor `{tensor}`, where 1 to {max} can be; {DAMAGED}")]
    DimensionCount { tensor: String, count: u32, max: u32 },
    #[error("has the impossible dimensions {dimensions:?} for tensor `{tensor}` ({kind}): {why}; {DAMAGED}")]
    Dimensions { tensor: String, dimensions: Vec<u64>, kind: BlockType, why: &'static str },
    #[error("places tensor `{tensor}` at offset {offset} of its data, which {why}; {DAMAGED}")]
    TensorOffset { tensor: String, offset: u64, why: &'static str },
    #[error("places the tensors `{first}` and `{second}` in the same bytes; {DAMAGED}")]
    Overlap { first: String, second: String },
    #[error("can't be used: {0}")]
    Metadata(#[from] MetadataError),
    #[error(
        "is one of {count} parts, but is not called like one; give the parts their names back (`NAME-00001-of-{count:05}.gguf` and so on)"
    )]
    ShardName { count: usize },
    #[error(
        "is missing: it is one of the {count} parts of this model ({missing} of them are not there); download it into the same folder"
    )]
    ShardMissing { count: usize, missing: usize },
    #[error(
        "does not belong here: by its metadata it is part {found_number} of {found_count}, by its name part {number} of {count}; {DAMAGED}"
    )]
    ShardMismatch { number: usize, count: usize, found_number: usize, found_count: usize },
    #[error(
        "promises {promised} tensors (`split.tensors.count`), but its parts hold {found}; get all parts from the same source"
    )]
    ShardTensors { promised: usize, found: usize },
}

const DAMAGED: &str = "the file is damaged or hostile, so get it again from a source that you trust";

/// Something that can't be written as GGUF, or could not be.
#[derive(Debug, Error)]
pub enum WriteError {
    /// What was given would make a file that [`super::GgufFile`] refuses.
    #[error("this can't be written as GGUF: it {0}")]
    Invalid(Problem),
    /// A tensor's data has not the length that its dimensions and type say.
    #[error("tensor `{tensor}` needs {needed} bytes, but {given} were given")]
    DataLength {
        /// The tensor.
        tensor: String,
        /// Bytes by its dimensions and type.
        needed: usize,
        /// Bytes that were given.
        given: usize,
    },
    /// A repeated pattern can't be mapped.
    #[error(
        "tensor `{tensor}` repeats {length} bytes from byte {first} on: both must be multiples of {unit}, the second smaller"
    )]
    Pattern {
        /// The tensor.
        tensor: String,
        /// Where it begins in the pattern.
        first: usize,
        /// Bytes of the pattern.
        length: usize,
        /// What they must be multiples of.
        unit: usize,
    },
    /// It was stopped before it was complete.
    #[error("{}: the writing was stopped, and what was written is deleted", path.display())]
    Interrupted {
        /// The file that was to be written.
        path: PathBuf,
    },
    /// The disk said no.
    #[error("{}: can't be written: {error}", path.display())]
    Io {
        /// The file that was to be written.
        path: PathBuf,
        /// Why it was not.
        error: std::io::Error,
    },
}
