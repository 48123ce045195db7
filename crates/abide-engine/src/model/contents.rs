//! A loaded model's cache as bytes, block by block. Knows nothing of files.

use std::ops::Range;

use super::{Model, failed};
use crate::{
    cache_contents::{CacheContents, ContentsDescription, GroupContents},
    kv::SequenceId,
    token_model::ModelError,
};

impl CacheContents for Model {
    fn describe(&self) -> ContentsDescription {
        let layout = self.blocks.layout();
        let groups = layout.groups.iter().enumerate().map(|(index, group)| GroupContents {
            window: group.window,
            block_bytes: self.runner.block_bytes(index),
        });
        ContentsDescription {
            // Debug formatting shows every field, and floats to the bit. That another version may show them otherwise
            // only means that caches are not taken over from it.
            spec: format!("{:?}", self.spec),
            kind: self.runner.contents(),
            block_positions: layout.block_positions,
            groups: groups.collect(),
        }
    }

    fn computed(&self, sequence: SequenceId) -> Result<&[u32], ModelError> {
        Ok(&self.blocks.tokens(sequence)?[..self.blocks.committed(sequence)?])
    }

    fn is_known(&self, sequence: SequenceId, group: usize, index: usize) -> Result<bool, ModelError> {
        Ok(self.blocks.known_block(sequence, group, index)?.is_some())
    }

    fn read_block(
        &mut self,
        sequence: SequenceId,
        group: usize,
        index: usize,
    ) -> Result<Option<Vec<u8>>, ModelError> {
        // A sequence that was begun and not gone on with may hold a block that is still to be copied.
        self.copy_blocks()?;
        let block = self.blocks.known_block(sequence, group, index)?;
        let read = |block| self.runner.read_block(group, block as usize).map_err(|error| failed(&error));
        block.map(read).transpose()
    }

    fn reserve(&mut self, sequence: SequenceId, tokens: &[u32]) -> Result<Vec<Range<usize>>, ModelError> {
        let length = self.blocks.length(sequence)? + tokens.len();
        if length > self.context_length {
            return Err(ModelError::ContextFull { length, context_length: self.context_length });
        }
        self.blocks.append_known(sequence, tokens)?;
        self.copy_blocks()?;
        let groups = 0..self.blocks.layout().groups.len();
        groups.map(|group| Ok(self.blocks.missing(sequence, group)?)).collect()
    }

    fn write_block(
        &mut self,
        sequence: SequenceId,
        group: usize,
        index: usize,
        bytes: &[u8],
    ) -> Result<(), ModelError> {
        let table = self.blocks.table(sequence, group)?;
        let missing = self.blocks.missing(sequence, group)?.contains(&index);
        let block = index.checked_sub(table.first_block).and_then(|place| table.blocks.get(place));
        let Some(&block) = block.filter(|_| missing) else {
            return Err(ModelError::Failed(format!("block {index} of group {group} is not to be written")));
        };
        self.runner.write_block(group, block as usize, bytes).map_err(|error| failed(&error))
    }

    fn commit(&mut self, sequence: SequenceId) -> Result<(), ModelError> {
        Ok(self.blocks.commit(sequence)?)
    }

    fn forget(&mut self) {
        self.blocks.forget_cached();
    }
}
