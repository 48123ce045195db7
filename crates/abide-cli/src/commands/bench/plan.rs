//! Which tests are run, and what they are called.

use std::fmt::{self, Display};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Reading a prompt of so many tokens.
    Prompt(usize),
    /// Making so many tokens, one at a time.
    Generation(usize),
}

/// One test: what is measured, after how many tokens already in the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Test {
    /// What is measured.
    pub kind: Kind,
    /// Tokens in the cache before.
    pub depth: usize,
}

impl Test {
    /// Tokens that are counted.
    pub fn tokens(self) -> usize {
        match self.kind {
            Kind::Prompt(tokens) | Kind::Generation(tokens) => tokens,
        }
    }
}

impl Display for Test {
    /// As the field writes it: `pp512`, `tg128`, `tg64@d4096`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Prompt(tokens) => write!(formatter, "pp{tokens}")?,
            Kind::Generation(tokens) => write!(formatter, "tg{tokens}")?,
        }
        if self.depth > 0 { write!(formatter, "@d{}", self.depth) } else { Ok(()) }
    }
}

/// Every combination, depth by depth, so that what fills a depth is computed once. Lengths of 0
/// switch a kind of test off.
pub fn tests(prompts: &[usize], generations: &[usize], depths: &[usize]) -> Vec<Test> {
    let kinds = || {
        let prompts = prompts.iter().filter(|&&tokens| tokens > 0).map(|&tokens| Kind::Prompt(tokens));
        let generations =
            generations.iter().filter(|&&tokens| tokens > 0).map(|&tokens| Kind::Generation(tokens));
        prompts.chain(generations)
    };
    depths.iter().flat_map(|&depth| kinds().map(move |kind| Test { kind, depth })).collect()
}

/// Positions that a sequence must have for all of `tests`.
pub fn context_needed(tests: &[Test]) -> usize {
    tests.iter().map(|test| test.depth + test.tokens()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_field_s() {
        let names: Vec<String> =
            tests(&[512], &[128, 64], &[0, 4096]).iter().map(ToString::to_string).collect();
        assert_eq!(names, ["pp512", "tg128", "tg64", "pp512@d4096", "tg128@d4096", "tg64@d4096"]);
    }

    #[test]
    fn a_length_of_zero_switches_off() {
        let plan = tests(&[0], &[32], &[0, 100]);
        assert_eq!(plan.len(), 2);
        assert_eq!(context_needed(&plan), 132);
        assert_eq!(context_needed(&[]), 0);
    }
}
