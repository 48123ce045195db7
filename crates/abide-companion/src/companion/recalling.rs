//! Memories for a prompt. Must not know how they are found: that is [`crate::recall`]'s.

use jiff::Zoned;

use super::error::CompanionResult;
use super::planning::Request;
use crate::prompt::{HeldBack, MemoryText, PersonaTexts, RecallReport, Window};

/// What was found.
#[derive(Default)]
pub(super) struct Recalled {
    /// The best first.
    pub memories: Vec<MemoryText>,
    /// What recall says of it.
    pub report: Option<RecallReport>,
    /// What is about topics to avoid.
    pub held_back: Vec<HeldBack>,
}

/// Looks for what the message may be about, in what was said before the window.
pub(super) fn recall(
    request: &Request<'_>,
    _window: &Window,
    _texts: &PersonaTexts,
    _tokens: usize,
    _now: &Zoned,
) -> CompanionResult<Recalled> {
    if !request.settings.recall {
        return Ok(Recalled::default());
    }
    Ok(Recalled::default())
}
