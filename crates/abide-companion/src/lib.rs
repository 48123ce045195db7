//! The companion runtime: somebody who stays the same tomorrow, in a new window, and under another model.
//!
//! What was said is the truth ([`transcript`], kept by [`store`]); everything else (facts, summaries, vectors, moods) is derived from
//! it, names its sources and can be made again. A prompt is planned in tokens ([`prompt`]) from the persona, facts,
//! a summary, recent turns, the lorebook and what [`recall`] finds, and the plan is kept with the reply.
//!
//! This crate knows an `abide_generation::Generator`, never an engine, no HTTP, no terminal and no arguments.

pub mod archive;
mod asking;
pub mod card;
pub mod care;
pub mod companion;
mod encoding;
pub mod facts;
pub mod history;
pub mod keys;
pub mod language;
pub mod lorebook;
pub mod macros;
pub mod mood;
mod near_json;
mod nulls;
pub mod persona;
pub mod private;
pub mod prompt;
pub mod recall;
pub mod rehearsal;
pub mod spool;
pub mod store;
pub mod summary;
pub mod text;
pub mod time;
pub mod topics;
pub mod transcript;
