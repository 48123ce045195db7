//! How long an answer's thoughts may get: when their tokens are used up, the mark that closes them is written in the model's
//! place. Knows neither the model nor what is thought.

use std::collections::VecDeque;

use abide_generation::{GenerationError, Special, ThoughtMarks};

use super::{Spelling, TextCodec};

/// The thoughts of one answer.
pub(super) struct ThinkingLimit {
    open: Vec<u8>,
    close: Vec<u8>,
    /// Tokens with which thoughts are closed.
    closing: Vec<u32>,
    tokens_max: usize,
    /// Tokens of thoughts so far, marks not counted.
    tokens: usize,
    is_open: bool,
    /// The answer's last bytes: as many as can belong to a mark before it is complete.
    tail: Vec<u8>,
    /// What is still to be written of the closing tokens.
    forced: VecDeque<u32>,
}

impl ThinkingLimit {
    /// Thoughts between `marks` of `tokens_max` tokens in all. `is_open`: the prompt ends inside a thought.
    ///
    /// # Errors
    /// When the closing mark can't be tokenised.
    pub(super) fn new(
        marks: &ThoughtMarks,
        tokens_max: usize,
        is_open: bool,
        codec: &dyn TextCodec,
    ) -> Result<Self, GenerationError> {
        // Models write the mark on a line of its own.
        let closing = codec.encode(&format!("\n{}", marks.close), Special::ParsedAlone)?;
        Ok(Self {
            open: marks.open.as_bytes().to_vec(),
            close: marks.close.as_bytes().to_vec(),
            closing,
            tokens_max,
            tokens: 0,
            is_open,
            tail: Vec::new(),
            forced: VecDeque::new(),
        })
    }

    /// The token that has to come next, if it is not the model's to choose.
    pub(super) fn forced(&mut self) -> Option<u32> {
        if self.forced.is_empty() && self.is_open && self.tokens >= self.tokens_max {
            self.forced.extend(&self.closing);
        }
        self.forced.pop_front()
    }

    /// Takes the token that came.
    pub(super) fn push(&mut self, spelling: Spelling<'_>) {
        self.tokens += usize::from(self.is_open);
        let mark = if self.is_open { &self.close } else { &self.open };
        let complete = match spelling {
            Spelling::Text(bytes) => {
                self.tail.extend_from_slice(bytes);
                let found = self.tail.windows(mark.len()).position(|window| window == mark);
                let kept = found.map_or(mark.len() - 1, |start| self.tail.len() - start - mark.len());
                self.tail.drain(..self.tail.len().saturating_sub(kept));
                found.is_some()
            }
            Spelling::Control(name) => name.as_bytes() == mark,
            Spelling::Nothing => false,
        };
        if complete {
            self.is_open = !self.is_open;
            // Whoever chose the mark: what was to be written is written.
            self.forced.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheduler::tests::scripted::ByteCodec;

    fn limit(tokens_max: usize, is_open: bool) -> ThinkingLimit {
        let marks = ThoughtMarks { open: "<t>".into(), close: "</t>".into() };
        ThinkingLimit::new(&marks, tokens_max, is_open, &ByteCodec::default()).unwrap()
    }

    /// What comes of a model that would write `wish`, a byte at a time.
    fn written(mut limit: ThinkingLimit, wish: &str) -> String {
        let mut written = Vec::new();
        let mut wish = wish.bytes();
        loop {
            let forced = limit.forced().map(|token| token as u8);
            let Some(byte) = forced.or_else(|| wish.next()) else { break };
            limit.push(Spelling::Text(&[byte]));
            written.push(byte);
        }
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn thoughts_are_closed_when_they_are_too_long() {
        assert_eq!(written(limit(3, true), "abcdef"), "abc\n</t>def");
        assert_eq!(written(limit(3, false), "say<t>abcdef"), "say<t>abc\n</t>def");
        assert_eq!(written(limit(0, true), "abc"), "\n</t>abc");
    }

    #[test]
    fn short_thoughts_and_answers_are_left_alone() {
        for wish in ["ab</t>a long answer", "no thoughts at all", "<t>ab</t>answer</t>"] {
            assert_eq!(written(limit(8, wish.starts_with("ab")), wish), wish);
        }
    }

    #[test]
    fn all_thoughts_of_an_answer_share_the_limit() {
        // Those of the closing marks count, too: they are written inside the thoughts.
        assert_eq!(written(limit(6, true), "a</t>b<t>cdef"), "a</t>b<t>c\n</t>def");
    }

    #[test]
    fn half_a_mark_before_the_limit_does_no_harm() {
        assert_eq!(written(limit(3, true), "a</xyz"), "a</\n</t>xyz");
    }

    #[test]
    fn marks_may_be_tokens_of_their_own() {
        let mut limit = limit(2, false);
        limit.push(Spelling::Control("<t>"));
        limit.push(Spelling::Text(b"a"));
        assert_eq!(limit.forced(), None);
        limit.push(Spelling::Text(b"b"));
        assert_eq!(limit.forced(), Some(u32::from(b'\n')));
        limit.push(Spelling::Text(b"\n"));
        limit.push(Spelling::Control("</t>"));
        assert_eq!(limit.forced(), None, "closed");
    }
}
