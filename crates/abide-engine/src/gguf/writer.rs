//! Writes GGUF files, version 3, that [`super::GgufFile`] accepts: for tests, and for programs that make
//! models up. Converts no weights.

use std::{
    borrow::Cow,
    collections::HashSet,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use abide_kernels::BlockType;

use super::{
    Array, Metadata, Problem, Value, WriteError, shard, tensor,
    values::{self, type_number as types},
};

/// Collects metadata and tensors, then writes them. Tensors keep the order in which they were added.
#[derive(Debug, Default)]
pub struct Writer<'a> {
    metadata: Metadata,
    tensors: Vec<Tensor<'a>>,
    names: HashSet<String>,
}

#[derive(Debug)]
struct Tensor<'a> {
    name: String,
    dimensions: Vec<u64>,
    kind: BlockType,
    data: Cow<'a, [u8]>,
}

impl<'a> Writer<'a> {
    /// A file with these pairs. `general.alignment` takes effect if it is among them.
    pub fn new(metadata: Metadata) -> Self {
        Self { metadata, ..Self::default() }
    }

    /// Adds a tensor; `dimensions` innermost first, `data` as `kind` stores them.
    ///
    /// # Errors
    /// When the name is taken, empty or too long, the dimensions can't be, or `data` has another length
    /// than they say.
    pub fn tensor(
        &mut self,
        name: impl Into<String>,
        dimensions: &[usize],
        kind: BlockType,
        data: impl Into<Cow<'a, [u8]>>,
    ) -> Result<&mut Self, WriteError> {
        let (name, data) = (name.into(), data.into());
        tensor::check_name(&name, 0).map_err(WriteError::Invalid)?;
        let count = u32::try_from(dimensions.len()).unwrap_or(u32::MAX);
        if count == 0 || count > tensor::MAX_DIMENSIONS {
            let problem = Problem::DimensionCount { tensor: name, count, max: tensor::MAX_DIMENSIONS };
            return Err(WriteError::Invalid(problem));
        }
        let dimensions: Vec<_> = dimensions.iter().map(|&size| size as u64).collect();
        let (_, needed) = tensor::check_shape(&name, &dimensions, kind).map_err(WriteError::Invalid)?;
        if data.len() != needed {
            return Err(WriteError::DataLength { tensor: name, needed, given: data.len() });
        }
        if !self.names.insert(name.clone()) {
            return Err(WriteError::Invalid(Problem::Duplicate { what: "tensor", name }));
        }
        self.tensors.push(Tensor { name, dimensions, kind, data });
        Ok(self)
    }

    /// The whole file in memory.
    ///
    /// # Errors
    /// When a key or the alignment can't be.
    pub fn to_bytes(&self) -> Result<Vec<u8>, WriteError> {
        let mut bytes = self.header()?;
        self.write_data(&mut bytes).expect("a Vec takes all bytes");
        Ok(bytes)
    }

    /// Writes the file beside `path` and renames it when it is complete, so that `path` never holds half
    /// of it.
    ///
    /// # Errors
    /// When a key or the alignment can't be, or the disk refuses.
    pub fn write(&self, path: &Path) -> Result<(), WriteError> {
        let header = self.header()?;
        let beside = beside(path);
        let written = self.write_beside(&header, &beside).and_then(|()| fs::rename(&beside, path));
        written.map_err(|error| {
            // The error that counts is the one that stopped the writing.
            let _ = fs::remove_file(&beside);
            WriteError::Io { path: path.to_owned(), error }
        })
    }

    fn write_beside(&self, header: &[u8], beside: &Path) -> io::Result<()> {
        let mut output = BufWriter::new(File::create(beside)?);
        output.write_all(header)?;
        self.write_data(&mut output)?;
        output.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }

    /// All before the tensors' data, padded to where they begin.
    fn header(&self) -> Result<Vec<u8>, WriteError> {
        let alignment = shard::alignment(&self.metadata).map_err(WriteError::Invalid)?;
        let mut bytes = Vec::new();
        bytes.extend_from_slice(shard::MAGIC);
        bytes.extend_from_slice(&3_u32.to_le_bytes());
        push_length(&mut bytes, self.tensors.len());
        push_length(&mut bytes, self.metadata.iter().count());
        for (key, value) in self.metadata.iter() {
            values::check_key(key, bytes.len() as u64).map_err(WriteError::Invalid)?;
            push_text(&mut bytes, key);
            push_value(&mut bytes, value);
        }
        let mut offset = 0_u64;
        for tensor in &self.tensors {
            push_text(&mut bytes, &tensor.name);
            bytes.extend_from_slice(&(tensor.dimensions.len() as u32).to_le_bytes());
            for size in &tensor.dimensions {
                bytes.extend_from_slice(&size.to_le_bytes());
            }
            bytes.extend_from_slice(&tensor.kind.to_ggml().to_le_bytes());
            bytes.extend_from_slice(&offset.to_le_bytes());
            offset += (tensor.data.len() as u64).next_multiple_of(alignment);
        }
        bytes.resize(bytes.len().next_multiple_of(alignment as usize), 0);
        Ok(bytes)
    }

    fn write_data(&self, output: &mut impl Write) -> io::Result<()> {
        let alignment = shard::alignment(&self.metadata).map_err(io::Error::other)? as usize;
        for tensor in &self.tensors {
            output.write_all(&tensor.data)?;
            let padding = tensor.data.len().next_multiple_of(alignment) - tensor.data.len();
            io::copy(&mut io::Read::take(io::repeat(0), padding as u64), output)?;
        }
        Ok(())
    }
}

/// A name in the same folder that nobody else writes to.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

fn push_length(bytes: &mut Vec<u8>, length: usize) {
    bytes.extend_from_slice(&(length as u64).to_le_bytes());
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    push_length(bytes, text.len());
    bytes.extend_from_slice(text.as_bytes());
}

/// Writes type and value. Integers take 32 bits where they fit, as other readers expect.
fn push_value(bytes: &mut Vec<u8>, value: &Value) {
    let push_type = |bytes: &mut Vec<u8>, number: u32| bytes.extend_from_slice(&number.to_le_bytes());
    match value {
        Value::Unsigned(number) => push_unsigned(bytes, std::slice::from_ref(number), push_type),
        Value::Signed(number) => push_signed(bytes, std::slice::from_ref(number), push_type),
        Value::Float(number) => {
            let narrow = *number as f32;
            if f64::from(narrow).to_bits() == number.to_bits() {
                push_type(bytes, types::F32);
                bytes.extend_from_slice(&narrow.to_le_bytes());
            } else {
                push_type(bytes, types::F64);
                bytes.extend_from_slice(&number.to_le_bytes());
            }
        }
        Value::Bool(truth) => {
            push_type(bytes, types::BOOL);
            bytes.push(u8::from(*truth));
        }
        Value::Text(text) => {
            push_type(bytes, types::TEXT);
            push_text(bytes, text);
        }
        Value::Array(array) => {
            push_type(bytes, types::ARRAY);
            push_array(bytes, array);
        }
    }
}

fn push_array(bytes: &mut Vec<u8>, array: &Array) {
    let push_start = |bytes: &mut Vec<u8>, number: u32, length: usize| {
        bytes.extend_from_slice(&number.to_le_bytes());
        push_length(bytes, length);
    };
    match array {
        Array::Unsigned(numbers) => {
            push_unsigned(bytes, numbers, |bytes, number| push_start(bytes, number, numbers.len()));
        }
        Array::Signed(numbers) => {
            push_signed(bytes, numbers, |bytes, number| push_start(bytes, number, numbers.len()));
        }
        Array::Float(numbers) => {
            push_start(bytes, types::F32, numbers.len());
            bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        }
        Array::Bool(truths) => {
            push_start(bytes, types::BOOL, truths.len());
            bytes.extend(truths.iter().map(|&truth| u8::from(truth)));
        }
        Array::Text(texts) => {
            push_start(bytes, types::TEXT, texts.len());
            for text in texts {
                push_text(bytes, text);
            }
        }
    }
}

/// Numbers as u32 if all fit, as u64 if not; `push_start` writes what comes before them, given the type.
fn push_unsigned(bytes: &mut Vec<u8>, numbers: &[u64], push_start: impl FnOnce(&mut Vec<u8>, u32)) {
    if numbers.iter().all(|&number| u32::try_from(number).is_ok()) {
        push_start(bytes, types::U32);
        bytes.extend(numbers.iter().flat_map(|&number| (number as u32).to_le_bytes()));
    } else {
        push_start(bytes, types::U64);
        bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    }
}

/// Numbers as i32 if all fit, as i64 if not; see [`push_unsigned`].
fn push_signed(bytes: &mut Vec<u8>, numbers: &[i64], push_start: impl FnOnce(&mut Vec<u8>, u32)) {
    if numbers.iter().all(|&number| i32::try_from(number).is_ok()) {
        push_start(bytes, types::I32);
        bytes.extend(numbers.iter().flat_map(|&number| (number as i32).to_le_bytes()));
    } else {
        push_start(bytes, types::I64);
        bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    }
}
