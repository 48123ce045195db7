//! Real models for the table of continuity, through the engine, as the program runs them. Must not know what they are asked.

use std::path::Path;

use abide_companion::companion::SayOptions;
use abide_generation::Sampling;

use super::engine;
use super::table::Models;

/// Tokens of context: enough for a persona, memories and some turns, and read in a second or two.
const CONTEXT_TOKENS: usize = 1_024;
/// Answers that are made at a time.
const SEQUENCES: usize = 4;
/// Tokens of a reply: it is the prompts that are looked at, but a reply must hold a word beside notes like the prompt's, which are taken out.
const REPLY_TOKENS: usize = 24;

/// The models in two files, with replies of a few words.
pub fn models(first: &Path, second: &Path) -> Result<Models, String> {
    let say = SayOptions {
        sampling: Some(Sampling { temperature: 0.0, ..Sampling::default() }),
        reply_tokens: Some(REPLY_TOKENS),
        ..SayOptions::default()
    };
    let open = |path| engine::open(path, CONTEXT_TOKENS, SEQUENCES);
    Ok(Models { first: open(first)?, second: open(second)?, say })
}
