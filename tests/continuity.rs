//! The table of continuity with real weights: the default model, and a small base model that takes over. Skipped unless `ABIDE_TEST_MODELS` names the
//! folder of the weights.

#[path = "../benches/engine.rs"]
mod engine;
#[path = "../benches/continuity/real.rs"]
mod real;
#[macro_use]
#[path = "../benches/continuity/table.rs"]
mod table;

use std::sync::LazyLock;

use table::{Between, Column, Models, cell};

use crate::support::{GEMMA, SMOLLM2, real_model};

static MODELS: LazyLock<Option<Models>> = LazyLock::new(|| {
    let (first, second) = (real_model(SMOLLM2)?, real_model(GEMMA)?);
    Some(real::models(&first, &second).unwrap_or_else(|problem| panic!("{problem}")))
});

fn check(between: Between, column: Column) {
    if let Some(models) = &*MODELS {
        cell(models, between, column).unwrap_or_else(|problem| panic!("{problem}"));
    }
}

tests_of_cells!(check);
