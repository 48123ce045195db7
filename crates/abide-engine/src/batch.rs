//! A forward pass's rows: which token stands where, and where its keys and values go. Plain
//! numbers; knows neither tensors nor devices.

use crate::sampling::TokenSet;

/// Everything the graph must know of a batch besides the weights.
#[derive(Debug, Clone, Default)]
pub struct BatchPlan {
    /// Token of each row.
    pub tokens: Vec<u32>,
    /// Position of each row in its sequence.
    pub positions: Vec<usize>,
    /// Consecutive rows of one sequence.
    pub spans: Vec<RowSpan>,
    /// Places in the cache, one entry for each cache group.
    pub groups: Vec<GroupPlan>,
    /// Rows whose logits are wanted, ascending.
    pub wanted: Vec<u32>,
}

/// Which logits of a sequence's rows are needed; those of other tokens may be −∞, which can be much faster.
#[derive(Debug, Clone, Copy, Default)]
pub struct Needed<'a> {
    /// So many of the greatest of each row, and all that equal one of them. `None`: all.
    pub best: Option<usize>,
    /// Those of these tokens alone, row by row; of rows behind them all. `None`: those of all tokens, in every row.
    pub allowed: Option<&'a [TokenSet]>,
}

impl<'a> Needed<'a> {
    /// All logits.
    pub const ALL: Self = Self { best: None, allowed: None };

    /// What is needed of the row with this number.
    pub fn row(self, row: usize) -> RowNeeded<'a> {
        let Self { best, allowed } = self;
        match allowed.map(|sets| sets.get(row)) {
            None => RowNeeded { best, allowed: None },
            Some(Some(allowed)) => RowNeeded { best, allowed: Some(allowed) },
            // What is forbidden is not known, and may be any number of the best.
            Some(None) => RowNeeded { best: None, allowed: None },
        }
    }
}

/// Which logits of one row are needed.
#[derive(Debug, Clone, Copy)]
pub struct RowNeeded<'a> {
    /// So many of the greatest, and all that equal one of them. `None`: all.
    pub best: Option<usize>,
    /// Those of these tokens alone. `None`: those of all.
    pub allowed: Option<&'a TokenSet>,
}

/// Consecutive rows that belong to one sequence, at consecutive positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowSpan {
    /// First row.
    pub first_row: usize,
    /// Number of rows.
    pub rows: usize,
    /// Position of the first row.
    pub first_position: usize,
}

/// A cache group's places for one batch.
#[derive(Debug, Clone, Default)]
pub struct GroupPlan {
    /// Slot of each row: block and offset in it.
    pub slots: Vec<(u32, u32)>,
    /// Block table of each span.
    pub tables: Vec<SpanTable>,
}

/// The blocks of one sequence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpanTable {
    /// Blocks in order of position.
    pub blocks: Vec<u32>,
    /// Number of the first of them in the sequence; earlier ones left the window.
    pub first_block: usize,
}

impl BatchPlan {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.tokens.len()
    }
}

impl SpanTable {
    /// Index of `position` among all slots (block × `block_positions` + offset).
    pub fn slot(&self, position: usize, block_positions: usize) -> usize {
        let block = self.blocks[position / block_positions - self.first_block] as usize;
        block * block_positions + position % block_positions
    }
}

impl RowSpan {
    /// First position that the span's first row sees through a window (`None`: everything).
    pub fn first_visible(&self, window: Option<usize>) -> usize {
        window.map_or(0, |window| (self.first_position + 1).saturating_sub(window))
    }

    /// Position after the last row.
    pub fn end(&self) -> usize {
        self.first_position + self.rows
    }
}
