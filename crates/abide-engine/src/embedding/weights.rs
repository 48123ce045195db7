//! A safetensors file: its header checked before anything is used, its tensors' bytes where they lie in the mapped file.
//!
//! The format: 8 bytes (little-endian) with the length of a JSON object, the object, then the tensors' bytes. Read here and
//! not by a library, so that each complaint names the tensor and nothing is taken on trust. Knows no model.

use std::fmt::Write as _;
use std::{
    collections::BTreeMap,
    fs::File,
    io::Read as _,
    ops::Range,
    path::{Path, PathBuf},
};

use abide_kernels::{BlockType, MappedFile, dequantize};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::error::{At as _, EmbedderError, EmbedderProblem};

/// Longest header that is read: some hundred bytes for each tensor of a model with thousands of them.
const HEADER_BYTES_MAX: u64 = 4 << 20;
/// Bytes before the header.
const LENGTH_BYTES: usize = 8;
/// The header's entry that is no tensor.
const NOTES: &str = "__metadata__";

/// A mapped safetensors file.
pub(super) struct WeightFile {
    path: PathBuf,
    map: MappedFile,
    tensors: BTreeMap<String, Tensor>,
}

/// Where a tensor lies, and what it is.
#[derive(Debug)]
struct Tensor {
    kind: String,
    shape: Vec<usize>,
    /// Within the file.
    bytes: Range<usize>,
}

/// A tensor as the header tells of it.
#[derive(Deserialize)]
struct Told {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (usize, usize),
}

/// A matrix of floats as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matrix {
    pub kind: BlockType,
    pub rows: usize,
    pub columns: usize,
    bytes: Range<usize>,
}

/// Reads a small file whole.
///
/// # Errors
/// When it can't be read, or is larger than `limit`.
pub(super) fn read_small(path: &Path, limit: u64) -> Result<Vec<u8>, EmbedderError> {
    let file = File::open(path).at(path)?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).at(path)?;
    if bytes.len() as u64 > limit {
        let length = path.metadata().map_or(bytes.len() as u64, |metadata| metadata.len());
        return Err(EmbedderProblem::TooLarge { bytes: length, limit }).at(path);
    }
    Ok(bytes)
}

impl WeightFile {
    /// Maps the file and reads its header.
    pub fn open(path: &Path) -> Result<Self, EmbedderError> {
        if !path.metadata().at(path)?.is_file() {
            return Err(EmbedderProblem::NotAFile).at(path);
        }
        let map = MappedFile::open(path).at(path)?;
        let tensors = read_header(&map).at(path)?;
        Ok(Self { path: path.to_owned(), map, tensors })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// SHA-256 of the file, in hexadecimal digits.
    pub fn checksum(&self) -> String {
        let mut digits = String::with_capacity(64);
        for byte in Sha256::digest(&*self.map) {
            let _ = write!(digits, "{byte:02x}");
        }
        digits
    }

    /// Values of all tensors of floats.
    pub fn parameters(&self) -> u64 {
        let floats = self.tensors.values().filter_map(|tensor| Some((float_kind(&tensor.kind)?, tensor)));
        floats.map(|(kind, tensor)| (tensor.bytes.len() / kind.block_bytes()) as u64).sum()
    }

    /// Whether there is a tensor of that name.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// Names of all tensors.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// The matrix of that name, of any shape but an empty one.
    pub fn matrix(&self, name: &str) -> Result<Matrix, EmbedderError> {
        let (kind, tensor) = self.floats(name)?;
        match tensor.shape[..] {
            [rows, columns] if rows > 0 && columns > 0 => {
                Ok(Matrix { kind, rows, columns, bytes: tensor.bytes.clone() })
            }
            _ => self.wrong_shape(name, "a matrix"),
        }
    }

    /// The matrix of that name and shape.
    pub fn matrix_of(&self, name: &str, rows: usize, columns: usize) -> Result<Matrix, EmbedderError> {
        let matrix = self.matrix(name)?;
        if (matrix.rows, matrix.columns) == (rows, columns) {
            Ok(matrix)
        } else {
            self.wrong_shape(name, &format!("[{rows}, {columns}]"))
        }
    }

    /// The values of a vector of that length.
    pub fn vector(&self, name: &str, length: usize) -> Result<Vec<f32>, EmbedderError> {
        let (kind, tensor) = self.floats(name)?;
        if tensor.shape != [length] {
            return self.wrong_shape(name, &format!("[{length}]"));
        }
        // The file holds as many, so this takes no more than twice its size.
        let mut values = vec![0.0; length];
        let read = dequantize(kind, &self.map[tensor.bytes.clone()], &mut values);
        read.map_err(EmbedderProblem::Kernel).at(&self.path)?;
        Ok(values)
    }

    /// The bytes of a matrix.
    pub fn bytes(&self, matrix: &Matrix) -> &[u8] {
        &self.map[matrix.bytes.clone()]
    }

    /// Lets the system take back the memory of these bytes of a matrix, which were copied.
    pub fn release(&self, matrix: &Matrix, bytes: Range<usize>) {
        self.map.release(matrix.bytes.start + bytes.start..matrix.bytes.start + bytes.end);
    }

    fn floats(&self, name: &str) -> Result<(BlockType, &Tensor), EmbedderError> {
        let missing = || EmbedderProblem::Missing { name: name.to_owned() };
        let tensor = self.tensors.get(name).ok_or_else(missing).at(&self.path)?;
        let kind = float_kind(&tensor.kind)
            .ok_or_else(|| EmbedderProblem::Kind { name: name.to_owned(), kind: tensor.kind.clone() });
        Ok((kind.at(&self.path)?, tensor))
    }

    fn wrong_shape<T>(&self, name: &str, expected: &str) -> Result<T, EmbedderError> {
        let found = self.tensors.get(name).map_or_else(Vec::new, |tensor| tensor.shape.clone());
        let (name, expected) = (name.to_owned(), expected.to_owned());
        Err(EmbedderProblem::Shape { name, found, expected }).at(&self.path)
    }
}

fn float_kind(dtype: &str) -> Option<BlockType> {
    match dtype {
        "F32" => Some(BlockType::F32),
        "F16" => Some(BlockType::F16),
        "BF16" => Some(BlockType::BF16),
        _ => None,
    }
}

fn read_header(file: &[u8]) -> Result<BTreeMap<String, Tensor>, EmbedderProblem> {
    let wrong = |reason: String| EmbedderProblem::NotSafetensors { reason };
    let Some((length, rest)) = file.split_first_chunk::<LENGTH_BYTES>() else {
        return Err(wrong(format!("it has {} bytes, and its header alone has more", file.len())));
    };
    let length = u64::from_le_bytes(*length);
    if length > HEADER_BYTES_MAX {
        return Err(wrong(format!(
            "its header should have {length} bytes, and at most {HEADER_BYTES_MAX} are read"
        )));
    }
    let length = length as usize;
    let Some(header) = rest.get(..length) else {
        return Err(wrong(format!("it ends after {} bytes, within the header", file.len())));
    };
    let header: BTreeMap<String, Value> =
        serde_json::from_slice(header).map_err(|error| wrong(format!("its header is no JSON: {error}")))?;
    let start = LENGTH_BYTES + length;
    let entries = header.into_iter().filter(|(name, _)| name != NOTES);
    entries.map(|(name, entry)| check_tensor(name, entry, start, file.len())).collect()
}

/// A tensor's entry, if its bytes lie within the file and are as many as its shape says.
fn check_tensor(
    name: String,
    entry: Value,
    start: usize,
    file_bytes: usize,
) -> Result<(String, Tensor), EmbedderProblem> {
    let wrong =
        |reason: String| EmbedderProblem::NotSafetensors { reason: format!("tensor `{name}` {reason}") };
    let told: Told = serde_json::from_value(entry)
        .map_err(|error| wrong(format!("is not described as it must be: {error}")))?;
    let (first, end) = told.data_offsets;
    if first > end || end > file_bytes - start {
        let data = file_bytes - start;
        return Err(wrong(format!("lies at bytes {first} to {end}, and {data} bytes of data are there")));
    }
    if let Some(kind) = float_kind(&told.dtype) {
        let values = told.shape.iter().try_fold(1_usize, |product, size| product.checked_mul(*size));
        if values.and_then(|values| kind.bytes_for(values)) != Some(end - first) {
            let (kind, shape) = (&told.dtype, &told.shape);
            return Err(wrong(format!("has {} bytes, which {kind} of shape {shape:?} has not", end - first)));
        }
    }
    let tensor = Tensor { kind: told.dtype, shape: told.shape, bytes: start + first..start + end };
    Ok((name, tensor))
}
