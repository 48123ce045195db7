//! The steps of the work in the background. Must not know when they are taken.

use super::error::CompanionResult;
use super::shared::Shared;
use super::summing::Gap;
use super::worker::{Board, SummaryWish};

/// Makes the vectors that are missing.
pub(super) fn embed(_shared: &Shared, _board: &Board) {}

/// Has a model write a summary. If it can't, the one that was picked out stays.
pub(super) fn summarise(shared: &Shared, wish: &SummaryWish) {
    if let Err(error) = try_summarise(shared, wish) {
        tracing::warn!(%error, companion = %wish.companion, "the model's summary failed; the one that was picked out stays");
    }
}

fn try_summarise(shared: &Shared, wish: &SummaryWish) -> CompanionResult<()> {
    let _gap = Gap::up_to(shared, wish.companion, wish.last)?;
    Ok(())
}
