//! The table of continuity with a scripted model: each cell is a test.

#[macro_use]
#[path = "../../../benches/continuity/table.rs"]
mod table;

use table::{Between, Column, Models, cell};

fn check(between: Between, column: Column) {
    cell(&Models::scripted(), between, column).unwrap_or_else(|problem| panic!("{problem}"));
}

tests_of_cells!(check);
