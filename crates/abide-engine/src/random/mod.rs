//! Models of random weights in the shape of a real one, to learn how fast that would be before it is fetched.
//!
//! What such a model computes means nothing, and takes as long and as much memory as the real one: tensors have the
//! same names, sizes and types. Weights spread by 1/√columns, so that activations stay of the size of 1 through all
//! layers. They come from a few megabytes of random blocks over and over, which makes a model of any size in no time;
//! once loaded, each matrix is repacked to memory of its own. Must not know where shapes come from.

mod blocks;
mod mix;
mod shape;
mod tensors;
mod tokenizer;

use std::path::{Path, PathBuf};

use thiserror::Error;

pub use mix::{Mix, UnknownMix};
pub use shape::{Shape, ShapeError};

use self::{blocks::Patterns, tensors::Tensor};
use crate::{
    gguf::{GgufFile, MemoryFileError, Metadata, Value, WriteError, Writer},
    memory,
};

/// Why a model of random weights could not be made.
#[derive(Debug, Error)]
pub enum RandomModelError {
    /// The shape can't be that of a model.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// It can't be made in memory.
    #[error(transparent)]
    Memory(#[from] MemoryFileError),
    /// It can't be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// A model of random weights that could be made: its tensors' names, sizes and types.
#[derive(Debug, Clone)]
pub struct RandomModel {
    name: String,
    shape: Shape,
    mix: Mix,
    tensors: Vec<Tensor>,
}

impl RandomModel {
    /// The model of that shape, its tensors typed as llama.cpp's quantiser does for `mix`. `name` goes into the file.
    ///
    /// # Errors
    /// When the shape can't be that of a model.
    pub fn new(name: &str, shape: Shape, mix: Mix) -> Result<Self, ShapeError> {
        let tensors = tensors::list(&shape, mix)?;
        Ok(Self { name: name.to_owned(), shape, mix, tensors })
    }

    /// What the file calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of parameters.
    pub fn parameters(&self) -> u64 {
        self.tensors.iter().map(|tensor| tensor.values() as u64).sum()
    }

    /// Bytes of all weights.
    pub fn weight_bytes(&self) -> u64 {
        self.tensors.iter().map(|tensor| tensor.bytes() as u64).sum()
    }

    /// Bytes of weights that decoding one token reads.
    pub fn weight_bytes_read(&self) -> u64 {
        let tensors = self.tensors.iter().map(|tensor| (tensor.name.as_str(), tensor.bytes() as u64));
        memory::bytes_read(tensors, |_| self.shape.experts())
    }

    /// Makes it in memory. `patterns` is an empty file of the caller's own, best a temporary one without a name.
    ///
    /// # Errors
    /// When the system gives no memory.
    pub fn in_memory(&self, patterns: std::fs::File) -> Result<GgufFile, RandomModelError> {
        let name = PathBuf::from(format!("{} (random weights)", self.name));
        Ok(self.writer()?.into_memory(name, patterns)?)
    }

    /// Writes it as a GGUF file that any engine loads, calling `go_on` with the bytes written and the bytes in all; if
    /// it says no, nothing is left.
    ///
    /// # Errors
    /// When the disk refuses, or `go_on` said no.
    pub fn write(
        &self,
        path: &Path,
        go_on: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<(), RandomModelError> {
        Ok(self.writer()?.write_with_progress(path, go_on)?)
    }

    fn writer(&self) -> Result<Writer<'static>, RandomModelError> {
        let mut writer = Writer::new(self.metadata()?);
        let mut patterns = Patterns::default();
        for (index, tensor) in self.tensors.iter().enumerate() {
            patterns.add(&mut writer, tensor, index)?;
        }
        Ok(writer)
    }

    fn metadata(&self) -> Result<Metadata, ShapeError> {
        let mut metadata = self.shape.metadata();
        let mut put = |key: &str, value: Value| metadata.insert(key, value);
        put("general.name", Value::Text(self.name.clone()));
        put("general.description", Value::Text("random weights, to measure speed".to_owned()));
        put("general.file_type", Value::Unsigned(self.mix.file_type().into()));
        put("general.quantization_version", Value::Unsigned(2));
        tokenizer::describe(self.shape.vocabulary()?, &mut metadata);
        Ok(metadata)
    }
}

#[cfg(test)]
mod tests;
