//! How many tokens each section of a prompt may take. Must not know what stands in the sections.
//!
//! Shares are of the prompt: the context without what is kept free for the reply.
//!
//! | section | share | at most |
//! |---|---:|---:|
//! | persona, with examples | 40 % | |
//! | facts, pinned ones first | 7 % | 1,024 |
//! | summary | 8 % | 1,024 |
//! | lorebook | 10 % | 2,048 |
//! | memories, and facts that they bring along | 15 %, a quarter of that where nothing is asked | 2,000 |
//! | notices, reminder, instructions | 8 % | 768 |
//! | recent turns | the rest, and what the persona leaves | |
//!
//! What facts, memories and the like leave free in one turn is not given to the turns: their window would jump from one reply to
//! the next, and with it the prefix that the engine has computed.

use serde::{Deserialize, Serialize};

/// Tokens of the default context.
pub const CONTEXT_TOKENS_DEFAULT: usize = 8_192;
/// The least context that a companion can talk in.
pub const CONTEXT_TOKENS_MIN: usize = 256;
/// Tokens kept free for a reply, at most, unless somebody asks for more.
const REPLY_TOKENS_MAX: usize = 1_024;

/// Tokens that the sections may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budgets {
    /// Of everything together, the reply included.
    pub context: usize,
    /// Kept free for the reply.
    pub reply: usize,
    /// The persona with its examples.
    pub persona: usize,
    /// Facts, pinned ones included.
    pub facts: usize,
    /// The summary.
    pub summary: usize,
    /// Entries of the lorebook.
    pub lorebook: usize,
    /// Memories, where something is asked; see [`Self::recalled`].
    pub memories: usize,
    /// Notices, the reminder and instructions.
    pub notes: usize,
}

impl Budgets {
    /// The budgets of a context. `reply`: tokens wanted for the reply; at most half of the context is kept free.
    pub fn new(context: usize, reply: Option<usize>) -> Self {
        let reply =
            reply.unwrap_or_else(|| (context / 4).min(REPLY_TOKENS_MAX)).clamp(1, (context / 2).max(1));
        let prompt = context.saturating_sub(reply);
        let share = |percent: usize, most: usize| (prompt * percent / 100).min(most);
        Self {
            context,
            reply,
            persona: share(40, usize::MAX),
            facts: share(7, 1_024),
            summary: share(8, 1_024),
            lorebook: share(10, 2_048),
            memories: share(15, 2_000),
            notes: share(8, 768),
        }
    }

    /// Tokens for what a message brings back, memories and facts together. Where it asks nothing, what comes to mind is worth less than the time to
    /// read it: it stands at the prompt's end, where nothing is cached.
    pub fn recalled(&self, asks: bool) -> usize {
        if asks { self.memories } else { self.memories / 4 }
    }

    /// Tokens of the whole prompt.
    pub fn prompt(&self) -> usize {
        self.context.saturating_sub(self.reply)
    }

    /// Tokens for recent turns beside a persona of `persona` tokens.
    pub fn recent(&self, persona: usize) -> usize {
        let others = self.facts + self.summary + self.lorebook + self.memories + self.notes;
        self.prompt().saturating_sub(others + persona.min(self.persona))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_never_outgrow_the_context() {
        for context in [0, 1, 2, 255, 256, 512, 2_048, 8_192, 131_072] {
            for reply in [None, Some(0), Some(64), Some(usize::MAX)] {
                let budgets = Budgets::new(context, reply);
                let recent = budgets.recent(budgets.persona);
                let all = budgets.persona
                    + budgets.facts
                    + budgets.summary
                    + budgets.lorebook
                    + budgets.memories
                    + budgets.notes
                    + recent;
                assert!(all <= budgets.prompt(), "{budgets:?}");
                assert!(recent * 10 >= budgets.prompt(), "{budgets:?}");
            }
        }
    }
}
