//! How long following a grammar may take. One answer's grammar is followed on the thread that all answers share, and ambiguous grammars
//! take longer with each token. Must not know grammars.

use std::time::{Duration, Instant};

/// What one answer's grammar has taken so far, and what it may take.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    spent: Duration,
    granted: Duration,
    each: Duration,
}

impl Pace {
    /// Grants `start`, and `each` for every token more.
    pub(super) fn new(start: Duration, each: Duration) -> Self {
        Self { spent: Duration::ZERO, granted: start, each }
    }

    /// What was worked on since then is taken from what is granted.
    pub(super) fn spend_since(&mut self, begun: Instant) {
        self.spent += begun.elapsed();
    }

    /// The answer has a token more.
    pub(super) fn grant_token(&mut self) {
        self.granted += self.each;
    }

    /// Whether it took more than was granted.
    pub(super) fn is_exceeded(&self) -> bool {
        self.spent > self.granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_grant_time() {
        let mut pace = Pace::new(Duration::ZERO, Duration::from_hours(1));
        assert!(!pace.is_exceeded());
        pace.spend_since(Instant::now());
        std::hint::black_box(&mut pace).spent += Duration::from_mins(90);
        assert!(pace.is_exceeded());
        pace.grant_token();
        assert!(pace.is_exceeded());
        pace.grant_token();
        assert!(!pace.is_exceeded());
    }
}
