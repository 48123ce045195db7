//! Thoughts before a constrained answer: free, until the mark that closes them. Knows nothing of grammars.

use super::environment::Environment;
use crate::sampling::TokenSet;
use crate::scheduler::Spelling;

/// Thoughts that are being written.
pub(super) struct Thoughts {
    /// The text that closes them.
    close: Vec<u8>,
    /// Their last bytes: as many as can belong to the mark before it is complete.
    tail: Vec<u8>,
    /// Tokens that complete the mark, where the right part of it is written, and go on.
    completing: Vec<u32>,
    /// What may be chosen while no part of the mark is written.
    free: TokenSet,
}

impl Thoughts {
    /// Thoughts that `close` ends, which is not empty.
    pub(super) fn new(close: &str, environment: &Environment) -> Self {
        let close = close.as_bytes().to_vec();
        let mut thoughts = Self {
            completing: completing(&close, environment),
            close,
            tail: Vec::new(),
            free: TokenSet::all(environment.vocabulary()),
        };
        environment.ends().iter().for_each(|end| thoughts.free.remove(*end));
        let mut free = thoughts.free.clone();
        thoughts.overrunning(environment).for_each(|token| free.remove(token));
        thoughts.free = free;
        thoughts
    }

    /// What may be chosen: the answer can't end here, and a token that closes the thoughts must not begin the answer, which
    /// would escape its grammar.
    pub(super) fn allowed(&self, environment: &Environment) -> TokenSet {
        let mut allowed = self.free.clone();
        if self.begun() > 0 {
            self.overrunning(environment).for_each(|token| allowed.remove(token));
        }
        allowed
    }

    /// Takes a token; says whether the thoughts are over.
    pub(super) fn push(&mut self, spelling: Spelling<'_>) -> bool {
        match spelling {
            Spelling::Text(bytes) => {
                self.tail.extend_from_slice(bytes);
                let closed = self.end_of_mark(&self.tail).is_some();
                let kept = self.tail.len().min(self.close.len() - 1);
                self.tail.drain(..self.tail.len() - kept);
                closed
            }
            Spelling::Control(name) => name.as_bytes() == self.close,
            Spelling::Nothing => false,
        }
    }

    /// Tokens that complete the mark and go on with more than white space.
    fn overrunning(&self, environment: &Environment) -> impl Iterator<Item = u32> {
        self.completing.iter().copied().filter(move |token| {
            let Spelling::Text(bytes) = environment.codec().spelling(*token) else { return false };
            let text = [&self.tail, bytes].concat();
            self.end_of_mark(&text).is_some_and(|end| !text[end..].iter().all(u8::is_ascii_whitespace))
        })
    }

    /// Bytes of the mark with which the thoughts end so far.
    fn begun(&self) -> usize {
        let begins = |count: &usize| self.close.starts_with(&self.tail[self.tail.len() - count..]);
        (1..=self.tail.len()).rev().find(begins).unwrap_or(0)
    }

    /// Where the first closing mark ends.
    fn end_of_mark(&self, text: &[u8]) -> Option<usize> {
        let start = text.windows(self.close.len()).position(|window| window == self.close)?;
        Some(start + self.close.len())
    }
}

/// Tokens that complete the mark `close`, if not all of it is missing or they hold all of it, and go on.
fn completing(close: &[u8], environment: &Environment) -> Vec<u32> {
    let completes = |token: &u32| {
        let Spelling::Text(bytes) = environment.codec().spelling(*token) else { return false };
        let mut rests = (0..close.len()).map(|begun| &close[begun..]);
        rests.any(|rest| bytes.len() > rest.len() && bytes.starts_with(rest))
            || bytes.windows(close.len()).any(|window| window == close)
    };
    (0..environment.vocabulary() as u32).filter(completes).collect()
}
