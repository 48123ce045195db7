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

/// Consecutive rows of queries that see one sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuerySpan {
    /// Where they lie among the queries, and at which positions of their sequence they stand.
    pub rows: RowSpan,
    /// Index of the sequence's span in the batch, and so of its block table.
    pub table: usize,
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

    /// The queries of a layer for `wanted` rows (ascending; `None`: all), which lie one behind the other.
    pub fn queries(&self, wanted: Option<&[u32]>) -> Vec<QuerySpan> {
        let spans = self.spans.iter().enumerate();
        let Some(wanted) = wanted else {
            return spans.map(|(table, &rows)| QuerySpan { rows, table }).collect();
        };
        let (mut queries, mut first_row) = (Vec::new(), 0);
        for (table, span) in spans {
            let end = span.first_row + span.rows;
            let own = |row: &u32| (span.first_row..end).contains(&(*row as usize));
            let own: Vec<u32> = wanted.iter().copied().filter(own).collect();
            for run in own.chunk_by(|row, next| row + 1 == *next) {
                let first_position = span.first_position + run[0] as usize - span.first_row;
                let rows = RowSpan { first_row, rows: run.len(), first_position };
                queries.push(QuerySpan { rows, table });
                first_row += run.len();
            }
        }
        queries
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wanted_rows_ask_from_where_they_stand_in_their_own_sequence() {
        let spans = vec![
            RowSpan { first_row: 0, rows: 4, first_position: 10 },
            RowSpan { first_row: 4, rows: 1, first_position: 3 },
            RowSpan { first_row: 5, rows: 3, first_position: 0 },
        ];
        let batch = BatchPlan { spans, ..BatchPlan::default() };
        let query = |first_row, rows, first_position, table| QuerySpan {
            rows: RowSpan { first_row, rows, first_position },
            table,
        };

        let all: Vec<_> = batch.queries(None).iter().map(|query| (query.table, query.rows)).collect();
        assert_eq!(all, batch.spans.iter().copied().enumerate().collect::<Vec<_>>());
        assert_eq!(batch.queries(Some(&[])), []);
        assert_eq!(
            batch.queries(Some(&[0, 2, 3, 6, 7])),
            [query(0, 1, 10, 0), query(1, 2, 12, 0), query(3, 2, 1, 2)]
        );
        assert_eq!(batch.queries(Some(&[3, 4])), [query(0, 1, 13, 0), query(1, 1, 3, 1)]);
    }
}
