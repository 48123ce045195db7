//! Prompts, planned in tokens like a ledger. Must not know stores, models' files, or how memories are found.
//!
//! An [`Assembler`] measures the persona, says how much room recent turns have, and makes a [`Plan`] of everything. A plan says
//! what stands where and why the rest does not; the prompt is a function of it and the transcript ([`Plan::prompt`]).
//!
//! What stays the same from turn to turn comes first (persona, pinned facts, facts known when the window began, summary, turns)
//! and what changes comes last, in a note within the user's last turn, so that the engine finds nearly all of it in its cache.

mod assemble;
mod budget;
mod draft;
mod inputs;
mod labels;
mod plan;
mod render;
#[cfg(test)]
mod tests;
mod tokens;
mod window;
mod wording;

pub use assemble::{Assembler, PromptError};
pub use budget::{Budgets, CONTEXT_TOKENS_DEFAULT, CONTEXT_TOKENS_MIN};
pub use inputs::{
    FactText, HeldBack, Inputs, LorePlace, LoreText, MemoryText, PersonaTexts, SummaryText, Turn, Window,
};
pub use labels::Opening;
pub use plan::{Item, LeftOut, PLAN_VERSION, Place, Plan, Reason, RecallReport, Section, SectionKind};
pub use tokens::{TemplateOverhead, TokenCounter, TokenCounts};
pub use window::choose as choose_window;
pub use wording::{Wording, fill};
