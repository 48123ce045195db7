//! Tensors as a GGUF file describes them: name, shape, type and place. Nothing about their values.

use std::{collections::HashSet, ops::Range};

use abide_kernels::BlockType;

use super::{cursor::Cursor, error::Problem};

/// Dimensions that a tensor may have, as in ggml.
pub(super) const MAX_DIMENSIONS: u32 = 4;
/// Bytes of a tensor's name, as in the specification.
const MAX_NAME_BYTES: u64 = 64;
/// The smallest description: a name of one byte, one dimension, type and offset.
const MIN_INFO_BYTES: u64 = 8 + 1 + 4 + 8 + 4 + 8;
/// More than any model has: 61 layers of 256 experts, each with three tensors of its own, are 47,000.
const MAX_TENSORS: u64 = 1 << 17;

/// A tensor of a [`super::GgufFile`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorInfo {
    /// Its name, unique in all shards.
    pub name: String,
    /// Its dimensions, the innermost (contiguous) one first, as in the file. One to four, none zero.
    pub dimensions: Vec<usize>,
    /// How its values are stored.
    pub kind: BlockType,
    pub(super) shard: usize,
    pub(super) range: Range<usize>,
}

impl TensorInfo {
    /// The number of values.
    pub fn values(&self) -> usize {
        self.dimensions.iter().product()
    }

    /// The number of bytes in the file.
    pub fn bytes(&self) -> usize {
        self.range.len()
    }

    /// Values in a row: the innermost dimension. A whole number of blocks.
    pub fn columns(&self) -> usize {
        self.dimensions[0]
    }

    /// The number of rows: the product of all dimensions but the innermost.
    pub fn rows(&self) -> usize {
        self.dimensions[1..].iter().product()
    }

    /// Where its bytes begin, counted from the start of the shard that holds it.
    pub fn offset(&self) -> usize {
        self.range.start
    }

    /// The shard that holds it: an index into [`super::GgufFile::paths`].
    pub fn shard(&self) -> usize {
        self.shard
    }
}

/// A tensor's description before its place has been checked.
#[derive(Debug)]
pub(super) struct Description {
    name: String,
    dimensions: Vec<usize>,
    kind: BlockType,
    bytes: usize,
    offset: u64,
}

/// Reads the number of tensors, where the header has it.
pub(super) fn read_count(cursor: &mut Cursor) -> Result<usize, Problem> {
    cursor.count("tensors", MIN_INFO_BYTES, MAX_TENSORS)
}

/// Reads `count` descriptions and checks all that can be checked without knowing where the data begin.
pub(super) fn read_descriptions(cursor: &mut Cursor, count: usize) -> Result<Vec<Description>, Problem> {
    let mut names = HashSet::with_capacity(count);
    let mut descriptions = Vec::with_capacity(count);
    for _ in 0..count {
        let description = read_description(cursor)?;
        if !names.insert(description.name.clone()) {
            return Err(Problem::Duplicate { what: "tensor", name: description.name });
        }
        descriptions.push(description);
    }
    Ok(descriptions)
}

fn read_description(cursor: &mut Cursor) -> Result<Description, Problem> {
    let name = read_name(cursor)?;
    let dimension_count = cursor.u32("the number of a tensor's dimensions")?;
    if dimension_count == 0 || dimension_count > MAX_DIMENSIONS {
        return Err(Problem::DimensionCount { tensor: name, count: dimension_count, max: MAX_DIMENSIONS });
    }
    let mut dimensions = Vec::with_capacity(dimension_count as usize);
    for _ in 0..dimension_count {
        dimensions.push(cursor.u64("a tensor's dimension")?);
    }
    let number = cursor.u32("a tensor's type")?;
    let Some(kind) = BlockType::from_ggml(number) else {
        return Err(Problem::UnsupportedTensorType { tensor: name, name: ggml_type_name(number), number });
    };
    let offset = cursor.u64("a tensor's offset")?;
    let (dimensions, bytes) = check_shape(&name, &dimensions, kind)?;
    Ok(Description { name, dimensions, kind, bytes, offset })
}

fn read_name(cursor: &mut Cursor) -> Result<String, Problem> {
    let offset = cursor.position();
    let name = cursor.string("tensor name", MAX_NAME_BYTES)?;
    check_name(name, offset)?;
    Ok(name.to_owned())
}

/// Checks that `name` can name a tensor.
pub(super) fn check_name(name: &str, offset: u64) -> Result<(), Problem> {
    if name.is_empty() {
        return Err(Problem::EmptyName { what: "tensor name", offset });
    }
    let bytes = name.len() as u64;
    if bytes > MAX_NAME_BYTES {
        return Err(Problem::TooLong { what: "tensor name", bytes, offset, limit: MAX_NAME_BYTES });
    }
    Ok(())
}

/// The dimensions as this machine counts, and the bytes that they take; an error if they can't be.
pub(super) fn check_shape(
    tensor: &str,
    dimensions: &[u64],
    kind: BlockType,
) -> Result<(Vec<usize>, usize), Problem> {
    let refuse =
        |why| Problem::Dimensions { tensor: tensor.to_owned(), dimensions: dimensions.to_vec(), kind, why };
    if dimensions.contains(&0) {
        return Err(refuse("one is zero"));
    }
    let sizes = dimensions
        .iter()
        .map(|&size| usize::try_from(size))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| refuse("one is beyond this machine's addresses"))?;
    if !sizes[0].is_multiple_of(kind.block_values()) {
        return Err(refuse("a row is not a whole number of blocks"));
    }
    let bytes = sizes
        .iter()
        .try_fold(1_usize, |product, &size| product.checked_mul(size))
        .and_then(|values| kind.bytes_for(values))
        // Rust's slices can't be longer than this.
        .filter(|&bytes| isize::try_from(bytes).is_ok())
        .ok_or_else(|| refuse("their product is beyond all bounds"))?;
    Ok((sizes, bytes))
}

/// Turns descriptions into tensors of shard `shard`, whose data begin at byte `data_start` of a file of
/// `length` bytes: every tensor is aligned, inside the file, and has its bytes to itself.
pub(super) fn place(
    descriptions: Vec<Description>,
    shard: usize,
    data_start: u64,
    alignment: u64,
    length: u64,
) -> Result<Vec<TensorInfo>, Problem> {
    let mut tensors = Vec::with_capacity(descriptions.len());
    // The one that misses most bytes says how much of a half-finished download is missing.
    let mut furthest: Option<(u64, Problem)> = None;
    for Description { name, dimensions, kind, bytes, offset } in descriptions {
        if !offset.is_multiple_of(alignment) {
            return Err(Problem::TensorOffset { tensor: name, offset, why: "is not aligned" });
        }
        let ends =
            data_start.checked_add(offset).and_then(|start| Some((start, start.checked_add(bytes as u64)?)));
        let Some((start, end)) = ends else {
            return Err(Problem::TensorOffset { tensor: name, offset, why: "is beyond any file" });
        };
        if end > length {
            let missing = end - length;
            if furthest.as_ref().is_none_or(|(most, _)| missing > *most) {
                let what = format!("tensor `{name}`");
                furthest = Some((missing, Problem::Truncated { what, offset: start, missing, length }));
            }
            continue;
        }
        let range = start as usize..end as usize;
        tensors.push(TensorInfo { name, dimensions, kind, shard, range });
    }
    match furthest {
        Some((_, problem)) => Err(problem),
        None => check_overlap(&tensors).map(|()| tensors),
    }
}

fn check_overlap(tensors: &[TensorInfo]) -> Result<(), Problem> {
    let mut by_place: Vec<_> = tensors.iter().collect();
    by_place.sort_by_key(|tensor| tensor.range.start);
    for pair in by_place.windows(2) {
        if pair[0].range.end > pair[1].range.start {
            return Err(Problem::Overlap { first: pair[0].name.clone(), second: pair[1].name.clone() });
        }
    }
    Ok(())
}

/// Names of the ggml types that we don't read, for the message (`enum ggml_type`).
fn ggml_type_name(number: u32) -> &'static str {
    match number {
        4 => "Q4_2",
        5 => "Q4_3",
        9 => "Q8_1",
        15 => "Q8_K",
        16 => "IQ2_XXS",
        17 => "IQ2_XS",
        18 => "IQ3_XXS",
        19 => "IQ1_S",
        21 => "IQ3_S",
        22 => "IQ2_S",
        24 => "I8",
        25 => "I16",
        26 => "I32",
        27 => "I64",
        28 => "F64",
        29 => "IQ1_M",
        31..=33 | 36..=38 => "a type for one kind of processor",
        34 => "TQ1_0",
        35 => "TQ2_0",
        _ => "an unknown type",
    }
}
