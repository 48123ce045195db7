//! One GGUF file: from its bytes to metadata and checked tensors. Knows no file system and no siblings.

use super::{
    Metadata, TensorInfo, Value,
    cursor::Cursor,
    error::Problem,
    look_alike,
    tensor::{self, place},
    values,
};

/// The first four bytes.
pub(super) const MAGIC: &[u8; 4] = b"GGUF";
/// The key that overrides [`DEFAULT_ALIGNMENT`].
pub(super) const ALIGNMENT_KEY: &str = "general.alignment";
const DEFAULT_ALIGNMENT: u64 = 32;
/// By the specification a multiple of 8; it also makes the data of every type aligned in memory.
const MIN_ALIGNMENT: u64 = 8;
/// Beyond the pages of any machine, a file would be mostly padding.
const MAX_ALIGNMENT: u64 = 1 << 20;

/// What one file says.
#[derive(Debug)]
pub(super) struct Shard {
    pub(super) version: u32,
    pub(super) metadata: Metadata,
    pub(super) tensors: Vec<TensorInfo>,
}

/// Reads and checks all of a file's description; `index` is its place among the shards.
pub(super) fn parse(bytes: &[u8], index: usize) -> Result<Shard, Problem> {
    let mut cursor = Cursor::new(bytes);
    let version = read_version(&mut cursor, bytes)?;
    let tensor_count = tensor::read_count(&mut cursor)?;
    let pair_count = values::read_count(&mut cursor)?;
    let metadata = values::read_metadata(&mut cursor, pair_count)?;
    let alignment = alignment(&metadata)?;
    let descriptions = tensor::read_descriptions(&mut cursor, tensor_count)?;
    // The position is inside the file and the alignment small: this can't overflow.
    let data_start = cursor.position().next_multiple_of(alignment);
    let tensors = place(descriptions, index, data_start, alignment, bytes.len() as u64)?;
    Ok(Shard { version, metadata, tensors })
}

fn read_version(cursor: &mut Cursor, bytes: &[u8]) -> Result<u32, Problem> {
    if bytes.len() < MAGIC.len() && !bytes.is_empty() && MAGIC.starts_with(bytes) {
        cursor.take(MAGIC.len() as u64, "the header")?;
    }
    if !bytes.starts_with(MAGIC) {
        return Err(Problem::NotGguf { looks_like: look_alike::describe(bytes) });
    }
    cursor.take(MAGIC.len() as u64, "the header")?;
    let version = cursor.u32("the version")?;
    match version {
        2 | 3 => Ok(version),
        // Small numbers in the other byte order.
        _ if version != 0 && version.swap_bytes() <= 0xffff => Err(Problem::BigEndian),
        _ => Err(Problem::Version { version }),
    }
}

/// To how many bytes the beginnings of the data and of each tensor are aligned.
pub(super) fn alignment(metadata: &Metadata) -> Result<u64, Problem> {
    let refuse = |alignment: String| Problem::Alignment { alignment, min: MIN_ALIGNMENT, max: MAX_ALIGNMENT };
    match metadata.get(ALIGNMENT_KEY) {
        None => Ok(DEFAULT_ALIGNMENT),
        Some(&Value::Unsigned(alignment)) => {
            let allowed = alignment.is_power_of_two() && (MIN_ALIGNMENT..=MAX_ALIGNMENT).contains(&alignment);
            if allowed { Ok(alignment) } else { Err(refuse(alignment.to_string())) }
        }
        Some(_) => Err(refuse("that is not an unsigned integer".to_owned())),
    }
}
