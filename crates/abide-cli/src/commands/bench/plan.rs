//! Which tests are run, and what they are called.

use std::fmt::{self, Display};

/// Tokens below which chance decides too much.
const DECODING_TOKENS_MIN: usize = 16;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Reading a prompt of so many tokens.
    Prompt(usize),
    /// Making so many tokens, one at a time.
    Generation(usize),
}

/// One test: what is measured, in how many sequences at once, after how many tokens already in the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Test {
    /// What is measured.
    pub kind: Kind,
    /// Tokens in the cache before, of each sequence.
    pub depth: usize,
    /// Sequences that grow together; 1 for prompts.
    pub sequences: usize,
}

impl Test {
    /// Tokens that each sequence grows by.
    pub fn tokens(self) -> usize {
        match self.kind {
            Kind::Prompt(tokens) | Kind::Generation(tokens) => tokens,
        }
    }

    /// Whether it tells how fast one answer is made, from its beginning and long enough.
    pub fn is_plain_decoding(self) -> bool {
        let long = matches!(self.kind, Kind::Generation(tokens) if tokens >= DECODING_TOKENS_MIN);
        long && self.depth == 0 && self.sequences == 1
    }

    /// Tokens that are counted: those of all sequences.
    pub fn tokens_in_all(self) -> usize {
        self.tokens().saturating_mul(self.sequences)
    }
}

impl Display for Test {
    /// As the field writes it: `pp512`, `tg128`, `tg64@d4096`; and `tg128×8` for eight sequences.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Prompt(tokens) => write!(formatter, "pp{tokens}")?,
            Kind::Generation(tokens) => write!(formatter, "tg{tokens}")?,
        }
        if self.sequences > 1 {
            write!(formatter, "×{}", self.sequences)?;
        }
        if self.depth > 0 { write!(formatter, "@d{}", self.depth) } else { Ok(()) }
    }
}

/// What is to be combined.
#[derive(Debug, Clone, Copy)]
pub struct Lists<'a> {
    /// Lengths of prompts; 0 switches off.
    pub prompts: &'a [usize],
    /// Numbers of tokens to make; 0 switches off.
    pub generations: &'a [usize],
    /// Tokens in the cache before.
    pub depths: &'a [usize],
    /// Sequences that make tokens together.
    pub sequences: &'a [usize],
}

/// Every combination, depth by depth, so that what fills a depth is computed once.
pub fn tests(lists: Lists<'_>) -> Vec<Test> {
    let lengths =
        |lengths: &[usize]| lengths.iter().copied().filter(|&tokens| tokens > 0).collect::<Vec<_>>();
    let (prompts, generations) = (lengths(lists.prompts), lengths(lists.generations));
    let mut tests = Vec::new();
    for &depth in lists.depths {
        tests.extend(prompts.iter().map(|&tokens| Test { kind: Kind::Prompt(tokens), depth, sequences: 1 }));
        for &sequences in lists.sequences {
            let kinds = generations.iter().map(|&tokens| Kind::Generation(tokens));
            tests.extend(kinds.map(|kind| Test { kind, depth, sequences }));
        }
    }
    tests
}

/// Positions that a sequence must have for all of `tests`.
pub fn context_needed(tests: &[Test]) -> usize {
    tests.iter().map(|test| test.depth.saturating_add(test.tokens())).max().unwrap_or(0)
}

/// Sequences that there must be room for.
pub fn sequences_needed(tests: &[Test]) -> usize {
    tests.iter().map(|test| test.sequences).max().unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(lists: Lists<'_>) -> Vec<String> {
        tests(lists).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_are_the_field_s() {
        let lists = Lists { prompts: &[512], generations: &[128, 64], depths: &[0, 4096], sequences: &[1] };
        let expected = ["pp512", "tg128", "tg64", "pp512@d4096", "tg128@d4096", "tg64@d4096"];
        assert_eq!(names(lists), expected);
        let lists = Lists { depths: &[0], sequences: &[1, 8], generations: &[128], ..lists };
        assert_eq!(names(lists), ["pp512", "tg128", "tg128×8"]);
        assert_eq!(sequences_needed(&tests(lists)), 8);
        assert_eq!(tests(lists)[2].tokens_in_all(), 1024);
    }

    #[test]
    fn one_answer_from_its_beginning_is_plain_decoding() {
        let plain = Test { kind: Kind::Generation(16), depth: 0, sequences: 1 };
        assert!(plain.is_plain_decoding());
        let kind = Kind::Generation(15);
        for other in [
            Test { kind, ..plain },
            Test { depth: 1, ..plain },
            Test { sequences: 2, ..plain },
            Test { kind: Kind::Prompt(512), ..plain },
        ] {
            assert!(!other.is_plain_decoding(), "{other}");
        }
    }

    #[test]
    fn a_length_of_zero_switches_off() {
        let plan = tests(Lists { prompts: &[0], generations: &[32], depths: &[0, 100], sequences: &[1] });
        assert_eq!(plan.len(), 2);
        assert_eq!(context_needed(&plan), 132);
        assert_eq!((context_needed(&[]), sequences_needed(&[])), (0, 1));
        let endless = Test { kind: Kind::Generation(usize::MAX), depth: 17, sequences: 2 };
        assert_eq!((context_needed(&[endless]), endless.tokens_in_all()), (usize::MAX, usize::MAX));
    }
}
