//! Rehearsals: before another model takes over, it answers turns that were answered before, and both answers are laid side by side.
//! Must not know stores or how an answer is made.

mod pick;
mod score;

use abide_generation::EmbeddingError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::transcript::MessageId;

pub use pick::{Pair, pick};
pub use score::{Judge, Scores};

/// Turns that are rehearsed where nobody chose any.
pub const TURNS_DEFAULT: usize = 10;

/// One turn, answered twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RehearsedTurn {
    /// What the user said.
    pub question: MessageId,
    /// What was answered then.
    pub reply: MessageId,
    /// The model that answered, if it is known.
    pub old_model: Option<String>,
    /// The user's words.
    pub said: String,
    /// The answer of then.
    pub old: String,
    /// The answer of the new model; empty where it failed.
    pub new: String,
    /// Why it failed, if it did.
    pub failure: Option<String>,
    /// How the new answer compares; none where it failed.
    pub scores: Option<Scores>,
}

/// A whole rehearsal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rehearsal {
    /// When it was.
    pub time: Timestamp,
    /// The model that answered anew.
    pub model: String,
    /// The turns, oldest first.
    pub turns: Vec<RehearsedTurn>,
    /// The mean scores of the turns that were answered; none where none was.
    pub mean: Option<MeanScores>,
}

/// Means over turns.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanScores {
    /// Turns that were answered.
    pub answered: usize,
    /// See [`Scores::persona`]; over the turns that have one.
    pub persona: Option<f32>,
    /// See [`Scores::recall`]; over the turns that have one.
    pub recall: Option<f32>,
    /// See [`Scores::length_ratio`]; the geometric mean.
    pub length_ratio: f32,
    /// Share of the turns that were answered in the same language.
    pub same_language: f32,
    /// See [`Scores::similarity`].
    pub similarity: f32,
}

impl Rehearsal {
    /// A rehearsal of these turns.
    pub fn of(time: Timestamp, model: String, turns: Vec<RehearsedTurn>) -> Self {
        let scores: Vec<Scores> = turns.iter().filter_map(|turn| turn.scores).collect();
        Self { time, model, mean: mean(&scores), turns }
    }
}

fn mean(scores: &[Scores]) -> Option<MeanScores> {
    if scores.is_empty() {
        return None;
    }
    let over = |values: &[f32]| values.iter().sum::<f32>() / values.len().max(1) as f32;
    let all = |value: fn(&Scores) -> f32| over(&scores.iter().map(value).collect::<Vec<_>>());
    let over_those = |value: fn(&Scores) -> Option<f32>| {
        let values: Vec<f32> = scores.iter().filter_map(value).collect();
        (!values.is_empty()).then(|| over(&values))
    };
    Some(MeanScores {
        answered: scores.len(),
        persona: over_those(|scores| scores.persona),
        recall: over_those(|scores| scores.recall),
        length_ratio: all(|scores| scores.length_ratio.max(1e-3).ln()).exp(),
        same_language: all(|scores| f32::from(u8::from(scores.same_language))),
        similarity: all(|scores| scores.similarity),
    })
}

/// Tells how near two texts are in meaning, -1 to 1.
pub type Similarity<'a> = dyn Fn(&str, &str) -> Result<f32, EmbeddingError> + 'a;
