//! GGUF files that exist in memory alone: what [`Writer`] would write, mapped and read like any other file, with
//! repeated data in memory once.

use std::{fs::File, io::Write, path::PathBuf, sync::Arc};

use abide_kernels::{MappedFile, Patch};

use super::{
    GgufError, GgufFile, WriteError,
    writer::{Data, Layout, Writer},
};

const UNIT: usize = MappedFile::PATCH_BYTES;

/// Why a file could not be made in memory.
#[derive(Debug, thiserror::Error)]
pub enum MemoryFileError {
    /// What was given can't be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// What was made can't be read.
    #[error(transparent)]
    Read(#[from] GgufError),
    /// The system gave no memory for it.
    #[error("the model can't be made in memory: {0}")]
    Io(#[from] std::io::Error),
}

impl Writer<'_> {
    /// The file in memory; `name` stands for its path. `patterns` is an empty file of the caller's own, best a temporary
    /// one without a name: it takes the description and each pattern once, and goes with the last map of it.
    ///
    /// # Errors
    /// When a key or the alignment can't be, or the system gives no memory.
    pub fn into_memory(self, name: PathBuf, patterns: File) -> Result<GgufFile, MemoryFileError> {
        let layout = self.layout(Some(UNIT))?;
        let (mut file, mut patches) = (patterns, Vec::new());
        let mut offset = self.write_head(&layout, &mut file)?;
        patches.push(Patch { at: 0, offset: 0, bytes: offset });
        let mut known: Vec<(Arc<[u8]>, usize)> = Vec::new();
        for (tensor, start) in self.tensors().iter().zip(&layout.offsets) {
            let Data::Repeated { pattern, first, bytes } = &tensor.data else { continue };
            let seen = known.iter().find(|(other, _)| Arc::ptr_eq(other, pattern));
            let place = if let Some((_, place)) = seen {
                *place
            } else {
                file.write_all(pattern)?;
                known.push((Arc::clone(pattern), offset));
                offset += pattern.len();
                offset - pattern.len()
            };
            let (mut at, end, mut first) = (layout.data_start + start, bytes.next_multiple_of(UNIT), *first);
            let end = at + end;
            while at < end {
                let bytes = (pattern.len() - first).min(end - at);
                patches.push(Patch { at, offset: place + first, bytes });
                (at, first) = (at + bytes, 0);
            }
        }
        let map = MappedFile::patchwork(&file, layout.bytes, &patches)?;
        Ok(GgufFile::from_map(name, map)?)
    }

    /// Writes the description and all tensors that are not repeated, padded to whole patches; returns its length.
    fn write_head(&self, layout: &Layout, file: &mut File) -> Result<usize, MemoryFileError> {
        let mut head = self.description(layout)?;
        for (tensor, offset) in self.tensors().iter().zip(&layout.offsets) {
            if let Data::Whole(data) = &tensor.data {
                let start = layout.data_start + offset;
                head.resize(head.len().max(start + data.len()), 0);
                head[start..start + data.len()].copy_from_slice(data);
            }
        }
        head.resize(head.len().next_multiple_of(UNIT), 0);
        file.write_all(&head)?;
        Ok(head.len())
    }
}
