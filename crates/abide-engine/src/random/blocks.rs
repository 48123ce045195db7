//! The bytes of random tensors: a few megabytes of random blocks for each type and width, over and over.

use std::{collections::HashMap, sync::Arc};

use abide_kernels::{BlockType, MappedFile, random_blocks};

use super::tensors::{Contents, Tensor};
use crate::gguf::{WriteError, Writer};

/// Bytes that a pattern has about.
const PATTERN_BYTES: usize = 4 << 20;

/// The patterns made so far, by type and columns.
#[derive(Default)]
pub(super) struct Patterns {
    made: HashMap<(BlockType, usize), Pattern>,
}

struct Pattern {
    bytes: Arc<[u8]>,
    /// Bytes that are whole blocks and whole pages: a tensor begins at a multiple of them.
    unit: usize,
}

impl Patterns {
    /// Adds a tensor's description and data; `index` tells tensors apart that are of the same type and width.
    pub(super) fn add(
        &mut self,
        writer: &mut Writer<'static>,
        tensor: &Tensor,
        index: usize,
    ) -> Result<(), WriteError> {
        let Tensor { name, dimensions, kind, contents } = tensor;
        let value: f32 = match contents {
            Contents::Random => return self.add_random(writer, tensor, index),
            Contents::Ones => 1.0,
            Contents::Zeros => 0.0,
        };
        let bytes: Vec<u8> = (0..tensor.values()).flat_map(|_| value.to_le_bytes()).collect();
        writer.tensor(name, dimensions, *kind, bytes)?;
        Ok(())
    }

    fn add_random(
        &mut self,
        writer: &mut Writer<'static>,
        tensor: &Tensor,
        index: usize,
    ) -> Result<(), WriteError> {
        let Tensor { name, dimensions, kind, .. } = tensor;
        let columns = dimensions[0];
        let seed = self.made.len() as u64;
        let pattern = self.made.entry((*kind, columns)).or_insert_with(|| Pattern::new(*kind, columns, seed));
        let units = pattern.bytes.len() / pattern.unit;
        writer.repeated_tensor(name, dimensions, *kind, &pattern.bytes, index % units * pattern.unit)?;
        Ok(())
    }
}

impl Pattern {
    fn new(kind: BlockType, columns: usize, seed: u64) -> Self {
        let block = kind.block_bytes();
        let page = MappedFile::PATCH_BYTES;
        // Pages are powers of two, so the odd part of a block's size is what they lack.
        let unit = page * (block >> block.trailing_zeros());
        // An odd number, so that rows, which are mostly powers of two long, differ for as long as can be.
        let units = (PATTERN_BYTES / unit) | 1;
        let mut bytes = vec![0; unit * units];
        let deviation = 1.0 / (columns as f32).sqrt();
        random_blocks(kind, deviation, seed, &mut bytes).expect("units are whole blocks");
        Self { bytes: bytes.into(), unit }
    }
}
