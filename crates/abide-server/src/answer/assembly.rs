//! From the events of one generation to the pieces of one answer. Must not know where the events come from, or who
//! wants the pieces.

use abide_generation::{GenerationEvent, TokenEvent};

use super::{Ending, Piece};

/// Makes pieces of events.
#[derive(Debug, Default)]
pub(super) struct Assembly {}

impl Assembly {
    /// Adds the pieces that became certain with `event` to `pieces`.
    pub(super) fn take(&mut self, event: GenerationEvent, pieces: &mut Vec<Piece>) {
        match event {
            GenerationEvent::Started(report) => pieces.push(Piece::Started(report)),
            GenerationEvent::Token(TokenEvent { text, .. }) => {
                if !text.is_empty() {
                    pieces.push(Piece::Text { text, logprobs: Vec::new() });
                }
            }
            GenerationEvent::Finished { reason, usage, timings } => {
                pieces.push(Piece::Finished {
                    ending: Ending::Generator(reason),
                    usage,
                    thought_tokens: 0,
                    timings,
                });
            }
        }
    }
}
