//! The steps of the work in the background. Must not know when they are taken.

use super::error::CompanionResult;
use super::planning;
use super::shared::Shared;
use super::summing::Gap;
use super::worker::{Board, SummaryWish};
use crate::summary::{SummaryError, by_model};

/// Makes the vectors that are missing.
pub(super) fn embed(_shared: &Shared, _board: &Board) {}

/// Tokens of a summary by a model.
const SUMMARY_TOKENS: usize = 320;

/// Has a model write a summary. If it can't, the one that was picked out stays. False: somebody wants an answer from a model first.
pub(super) fn summarise(shared: &Shared, board: &Board, wish: &SummaryWish) -> bool {
    match try_summarise(shared, board, wish) {
        Ok(done) => done,
        Err(error) => {
            tracing::warn!(%error, companion = %wish.companion, "no summary by the model; the one that was picked out stays");
            true
        }
    }
}

fn try_summarise(shared: &Shared, board: &Board, wish: &SummaryWish) -> CompanionResult<bool> {
    let gap = Gap::anew(shared, wish.companion, wish.last)?;
    let (persona, settings) = (shared.persona(wish.companion)?, shared.settings(wish.companion)?);
    let language = planning::language(&persona, &settings);
    let texts = planning::persona_texts(shared, wish.companion, &persona, &settings)?;
    let lines = gap.lines(&texts.char_name, &texts.user_name);
    if lines.is_empty() {
        return Ok(true);
    }
    let before = gap.before.as_ref().map(|summary| summary.content.text.as_str());
    let stop = || board.has_turns();
    match by_model(&*wish.generator, before, &lines, &language, SUMMARY_TOKENS, &stop) {
        Ok(text) => {
            let method = format!("model:{}", wish.generator.description().name);
            if let Some(new) = gap.new_summary(text, method) {
                shared.store.add_summary(wish.companion, new)?;
            }
            Ok(true)
        }
        Err(SummaryError::Stopped) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
