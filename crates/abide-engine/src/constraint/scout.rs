//! Goes ahead of an answer in its grammar, along tokens that are only guessed, and comes back. Whatever happens to it on the way, the answer's
//! own state is untouched. Knows nothing of logits.

use llguidance::Matcher;
use llguidance::api::StopReason;

use crate::sampling::TokenSet;

/// A second state of one answer.
pub(super) struct Scout {
    matcher: Matcher,
    /// The tokens that it is ahead of the answer.
    ahead: Vec<u32>,
    /// Whether something went wrong.
    is_lost: bool,
}

impl Scout {
    /// Begins where the answer is.
    pub(super) fn new(matcher: &Matcher) -> Self {
        Self { matcher: matcher.deep_clone(), ahead: Vec::new(), is_lost: false }
    }

    /// Whether there is no way back.
    pub(super) fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// What may come behind `before` and then `guess`; `None` if that does not fit, or can't be told.
    pub(super) fn look_behind(&mut self, before: &[u32], guess: u32) -> Option<TokenSet> {
        let same = self.ahead.iter().zip(before).take_while(|(one, other)| one == other).count();
        self.go_back(same);
        for token in before[same..].iter().chain([&guess]) {
            if !self.fits(*token) {
                return None;
            }
            self.go_on(*token);
        }
        if self.is_lost {
            return None;
        }
        if self.matcher.stop_reason() == StopReason::NoExtension {
            // The answer is complete then, and nobody asks.
            return Some(TokenSet::none(0));
        }
        let mask = self.matcher.compute_mask();
        self.is_lost = mask.is_err();
        mask.ok().map(|mask| TokenSet::from_words(mask.into()))
    }

    /// The answer goes on with `token`.
    pub(super) fn follow(&mut self, token: u32) {
        if self.ahead.first() == Some(&token) {
            self.ahead.remove(0);
            return;
        }
        self.go_back(0);
        self.go_on(token);
        self.ahead.clear();
    }

    fn fits(&mut self, token: u32) -> bool {
        let fitting = self.matcher.validate_tokens(&[token]);
        self.is_lost |= fitting.is_err();
        fitting.is_ok_and(|count| count == 1)
    }

    fn go_on(&mut self, token: u32) {
        self.is_lost |= self.matcher.consume_token(token).is_err();
        self.ahead.push(token);
    }

    /// Back to where it is `count` tokens ahead.
    fn go_back(&mut self, count: usize) {
        let beyond = self.ahead.len() - count;
        if beyond > 0 {
            self.is_lost |= self.matcher.rollback(beyond).is_err();
            self.ahead.truncate(count);
        }
    }
}
