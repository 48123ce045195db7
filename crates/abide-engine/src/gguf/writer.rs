//! Writes GGUF files, version 3, that [`super::GgufFile`] accepts: for tests, and for programs that make
//! models up. Converts no weights.

use std::{
    borrow::Cow,
    collections::HashSet,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use abide_kernels::{BlockType, MappedFile};

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
pub(super) struct Tensor<'a> {
    name: String,
    dimensions: Vec<u64>,
    kind: BlockType,
    pub(super) data: Data<'a>,
}

/// The bytes of a tensor.
#[derive(Debug)]
pub(super) enum Data<'a> {
    Whole(Cow<'a, [u8]>),
    /// `pattern` over and over, beginning at its byte `first`.
    Repeated {
        pattern: Arc<[u8]>,
        first: usize,
        bytes: usize,
    },
}

impl Data<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Whole(data) => data.len(),
            Self::Repeated { bytes, .. } => *bytes,
        }
    }

    /// Writes all of it, piece by piece; `go_on` hears the length of each.
    fn write(&self, output: &mut impl Write, go_on: &mut dyn FnMut(usize) -> bool) -> io::Result<()> {
        let mut write = |piece: &[u8]| {
            output.write_all(piece)?;
            if go_on(piece.len()) { Ok(()) } else { Err(io::ErrorKind::Interrupted.into()) }
        };
        match self {
            Self::Whole(data) => write(data),
            Self::Repeated { pattern, first, bytes } => {
                let (mut first, mut left) = (*first, *bytes);
                while left > 0 {
                    let length = left.min(pattern.len() - first);
                    write(&pattern[first..first + length])?;
                    (first, left) = (0, left - length);
                }
                Ok(())
            }
        }
    }
}

/// Where everything stands in a file.
pub(super) struct Layout {
    /// Where the data begin.
    pub(super) data_start: usize,
    /// Where each tensor begins, counted from there.
    pub(super) offsets: Vec<usize>,
    /// The whole file.
    pub(super) bytes: usize,
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
        let (dimensions, needed) = check(&name, dimensions, kind)?;
        if data.len() != needed {
            return Err(WriteError::DataLength { tensor: name, needed, given: data.len() });
        }
        self.add(Tensor { name, dimensions, kind, data: Data::Whole(data) })
    }

    /// Adds a tensor whose data are `pattern` over and over, beginning at its byte `first`: no matter how large, it
    /// takes no more memory than that.
    ///
    /// # Errors
    /// As [`Self::tensor`], and when `first` is not inside the pattern, or one of them is no whole number of
    /// [`MappedFile::PATCH_BYTES`](abide_kernels::MappedFile::PATCH_BYTES).
    pub fn repeated_tensor(
        &mut self,
        name: impl Into<String>,
        dimensions: &[usize],
        kind: BlockType,
        pattern: &Arc<[u8]>,
        first: usize,
    ) -> Result<&mut Self, WriteError> {
        let name = name.into();
        let (dimensions, bytes) = check(&name, dimensions, kind)?;
        let unit = MappedFile::PATCH_BYTES;
        if first >= pattern.len() || !first.is_multiple_of(unit) || !pattern.len().is_multiple_of(unit) {
            return Err(WriteError::Pattern { tensor: name, first, length: pattern.len(), unit });
        }
        let data = Data::Repeated { pattern: Arc::clone(pattern), first, bytes };
        self.add(Tensor { name, dimensions, kind, data })
    }

    fn add(&mut self, tensor: Tensor<'a>) -> Result<&mut Self, WriteError> {
        if !self.names.insert(tensor.name.clone()) {
            let problem = Problem::Duplicate { what: "tensor", name: tensor.name };
            return Err(WriteError::Invalid(problem));
        }
        self.tensors.push(tensor);
        Ok(self)
    }

    /// The whole file in memory.
    ///
    /// # Errors
    /// When a key or the alignment can't be.
    pub fn to_bytes(&self) -> Result<Vec<u8>, WriteError> {
        let layout = self.layout(None)?;
        let mut bytes = self.description(&layout)?;
        self.write_data(&layout, &mut bytes, &mut |_| true).expect("a Vec takes all bytes");
        Ok(bytes)
    }

    /// Writes the file beside `path` and renames it when it is complete, so that `path` never holds half
    /// of it.
    ///
    /// # Errors
    /// When a key or the alignment can't be, or the disk refuses.
    pub fn write(&self, path: &Path) -> Result<(), WriteError> {
        self.write_with_progress(path, &mut |_, _| true)
    }

    /// As [`Self::write`], calling `go_on` with the bytes written and the bytes in all; if it says no, what was written
    /// is deleted.
    ///
    /// # Errors
    /// As [`Self::write`], and [`WriteError::Interrupted`] if `go_on` said no.
    pub fn write_with_progress(
        &self,
        path: &Path,
        go_on: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<(), WriteError> {
        let layout = self.layout(None)?;
        let header = self.description(&layout)?;
        let beside = beside(path);
        let (mut done, mut stopped) = (header.len(), false);
        let mut count = |bytes: usize| {
            done += bytes;
            stopped = !go_on(done, layout.bytes);
            !stopped
        };
        let written =
            self.write_beside(&layout, &header, &beside, &mut count).and_then(|()| fs::rename(&beside, path));
        written.map_err(|error| {
            // The error that counts is the one that stopped the writing.
            let _ = fs::remove_file(&beside);
            if stopped {
                return WriteError::Interrupted { path: path.to_owned() };
            }
            WriteError::Io { path: path.to_owned(), error }
        })
    }

    fn write_beside(
        &self,
        layout: &Layout,
        header: &[u8],
        beside: &Path,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> io::Result<()> {
        let mut output = BufWriter::new(File::create(beside)?);
        output.write_all(header)?;
        self.write_data(layout, &mut output, go_on)?;
        output.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }

    pub(super) fn tensors(&self) -> &[Tensor<'a>] {
        &self.tensors
    }

    /// Where everything stands: one tensor after the other; or, with a `unit` of bytes, first the whole ones, then those
    /// that are repeated, each at a multiple of the unit.
    pub(super) fn layout(&self, unit: Option<usize>) -> Result<Layout, WriteError> {
        let alignment = self.alignment()?;
        let unplaced = Layout { data_start: 0, offsets: vec![0; self.tensors.len()], bytes: 0 };
        let data_start = self.description(&unplaced)?.len();
        let repeated = |data: &Data| unit.is_some() && matches!(data, Data::Repeated { .. });
        let mut layout = Layout { data_start, bytes: data_start, ..unplaced };
        for late in [false, true] {
            let alignment = if late { alignment.max(unit.unwrap_or(1)) } else { alignment };
            for (tensor, offset) in self.tensors.iter().zip(&mut layout.offsets) {
                if repeated(&tensor.data) == late {
                    layout.bytes = layout.bytes.next_multiple_of(alignment);
                    *offset = layout.bytes - data_start;
                    layout.bytes += tensor.data.len();
                }
            }
        }
        layout.bytes = layout.bytes.next_multiple_of(alignment.max(unit.unwrap_or(1)));
        Ok(layout)
    }

    fn alignment(&self) -> Result<usize, WriteError> {
        Ok(shard::alignment(&self.metadata).map_err(WriteError::Invalid)? as usize)
    }

    /// All before the tensors' data, padded to where they begin.
    pub(super) fn description(&self, layout: &Layout) -> Result<Vec<u8>, WriteError> {
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
        for (tensor, offset) in self.tensors.iter().zip(&layout.offsets) {
            push_text(&mut bytes, &tensor.name);
            bytes.extend_from_slice(&(tensor.dimensions.len() as u32).to_le_bytes());
            for size in &tensor.dimensions {
                bytes.extend_from_slice(&size.to_le_bytes());
            }
            bytes.extend_from_slice(&tensor.kind.to_ggml().to_le_bytes());
            bytes.extend_from_slice(&(*offset as u64).to_le_bytes());
        }
        bytes.resize(bytes.len().next_multiple_of(self.alignment()?), 0);
        Ok(bytes)
    }

    /// Writes the tensors as [`Self::layout`] without a unit places them.
    fn write_data(
        &self,
        layout: &Layout,
        output: &mut impl Write,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> io::Result<()> {
        let ends = layout.offsets.iter().skip(1).copied().chain([layout.bytes - layout.data_start]);
        for ((tensor, start), end) in self.tensors.iter().zip(&layout.offsets).zip(ends) {
            tensor.data.write(output, go_on)?;
            let padding = end - start - tensor.data.len();
            io::copy(&mut io::Read::take(io::repeat(0), padding as u64), output)?;
            go_on(padding);
        }
        Ok(())
    }
}

/// The dimensions as they are written, and the bytes that such a tensor takes.
fn check(name: &str, dimensions: &[usize], kind: BlockType) -> Result<(Vec<u64>, usize), WriteError> {
    tensor::check_name(name, 0).map_err(WriteError::Invalid)?;
    let count = u32::try_from(dimensions.len()).unwrap_or(u32::MAX);
    if count == 0 || count > tensor::MAX_DIMENSIONS {
        let (tensor, max) = (name.to_owned(), tensor::MAX_DIMENSIONS);
        return Err(WriteError::Invalid(Problem::DimensionCount { tensor, count, max }));
    }
    let dimensions: Vec<_> = dimensions.iter().map(|&size| size as u64).collect();
    let (_, bytes) = tensor::check_shape(name, &dimensions, kind).map_err(WriteError::Invalid)?;
    Ok((dimensions, bytes))
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
