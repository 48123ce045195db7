//! The table of continuity with a scripted model: each cell is a test.

#[path = "../../../benches/continuity/scripted.rs"]
mod scripted;
#[macro_use]
#[path = "../../../benches/continuity/table.rs"]
mod table;

use table::{Between, Column, cell};

fn check(between: Between, column: Column) {
    cell(&scripted::models(), between, column).unwrap_or_else(|problem| panic!("{problem}"));
}

tests_of_cells!(check);
