//! Which models must stay, because a companion runs on them or may go back to them. Must not know where models lie.

use std::fmt;

use serde::Serialize;

use super::companions::Companions;
use super::error::CompanionResult;
use crate::store::CompanionId;
use crate::transcript::Speaker;

/// Messages of a conversation's end among which the last reply of a model is looked for.
const LOOKED_AT: usize = 50;

/// A model as it may be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelNames<'a> {
    /// As people choose it.
    pub id: &'a str,
    /// As replies are marked with it.
    pub name: &'a str,
    /// Whether it is the one that is used where none is chosen.
    pub is_default: bool,
}

/// A companion that a model is kept for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Keeper {
    /// Its name.
    pub companion: String,
    /// What it has to do with the model.
    pub reason: KeepReason,
}

/// What a companion has to do with a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeepReason {
    /// It runs on it.
    RunsOn,
    /// No model was chosen for it, and this is the one that it answers on.
    AnswersOn,
    /// It ran on it before, and may go back to it.
    RanOn,
    /// It may be changed to it.
    Rehearsed,
}

impl fmt::Display for Keeper {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let does = match self.reason {
            KeepReason::RunsOn => "runs on it",
            KeepReason::AnswersOn => "has no model of its own and answers on it",
            KeepReason::RanOn => "ran on it before, and may go back to it",
            KeepReason::Rehearsed => "has rehearsed on it",
        };
        write!(formatter, "{} {does}", self.companion)
    }
}

impl Companions {
    /// The companions that `model` must stay for, those that run on it first. One for which no model was chosen answers on the default one, and
    /// on the one that its last reply is of.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn keepers_of(&self, model: ModelNames<'_>) -> CompanionResult<Vec<Keeper>> {
        let mut keepers = Vec::new();
        for record in self.list()? {
            let reason = self.why_kept(record.id, model)?;
            keepers.extend(reason.map(|reason| Keeper { companion: record.name, reason }));
        }
        keepers.sort_by_key(|keeper| keeper.reason);
        Ok(keepers)
    }

    fn why_kept(&self, id: CompanionId, model: ModelNames<'_>) -> CompanionResult<Option<KeepReason>> {
        let companion = self.by_id(id)?;
        let settings = companion.settings()?;
        let own = settings.model.as_ref();
        if own.is_some_and(|own| own.name == model.id) {
            return Ok(Some(KeepReason::RunsOn));
        }
        if own.is_none() {
            let recent = companion.recent(LOOKED_AT)?;
            let mut replies = recent.iter().rev().filter(|told| told.content.speaker == Speaker::Companion);
            let last = replies.find_map(|reply| reply.content.model.as_deref());
            if model.is_default || last.is_some_and(|last| last == model.name || last == model.id) {
                return Ok(Some(KeepReason::AnswersOn));
            }
        }
        if settings.former_models.iter().any(|former| former.name == model.id) {
            return Ok(Some(KeepReason::RanOn));
        }
        let open = companion.open_rehearsal()?;
        Ok(open.filter(|open| open.model.name == model.id).map(|_| KeepReason::Rehearsed))
    }
}
