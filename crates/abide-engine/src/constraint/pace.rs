//! How long following a grammar may take. Answers' grammars are followed on the thread that all answers share, and ambiguous grammars
//! take longer with each token. Must not know grammars.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// So many answers, and more, share what one alone may take: a share has to be enough for everyday grammars.
const SHARES_MAX: u32 = 8;

/// What the grammars of all answers of one model may take together, each beside the others.
#[derive(Debug, Clone)]
pub(super) struct Paces {
    start: Duration,
    each: Duration,
    followers: Arc<()>,
}

impl Paces {
    /// Grants `start`, and `each` for every token more, to one answer, and shares of these to several.
    pub(super) fn new(start: Duration, each: Duration) -> Self {
        Self { start, each, followers: Arc::new(()) }
    }

    /// The pace of one answer more.
    pub(super) fn join(&self) -> Pace {
        let mut pace = Pace { all: self.clone(), spent: Duration::ZERO, granted: Duration::ZERO };
        pace.granted = pace.share(self.start);
        pace
    }
}

/// What one answer's grammar has taken so far, and what it may take.
#[derive(Debug)]
pub(super) struct Pace {
    all: Paces,
    spent: Duration,
    granted: Duration,
}

impl Pace {
    /// What was worked on since then is taken from what is granted.
    pub(super) fn spend_since(&mut self, begun: Instant) {
        self.spent += begun.elapsed();
    }

    /// The answer has a token more.
    pub(super) fn grant_token(&mut self) {
        self.granted += self.share(self.all.each);
    }

    /// Whether it took more than was granted.
    pub(super) fn is_exceeded(&self) -> bool {
        self.spent > self.granted
    }

    /// What is left of `whole` for this one.
    fn share(&self, whole: Duration) -> Duration {
        // One of those who hold it is the whole itself.
        let followers = Arc::strong_count(&self.all.followers) - 1;
        whole / u32::try_from(followers).unwrap_or(u32::MAX).clamp(1, SHARES_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn tokens_grant_time() {
        let paces = Paces::new(Duration::ZERO, HOUR);
        let mut pace = paces.join();
        assert!(!pace.is_exceeded());
        pace.spend_since(Instant::now());
        std::hint::black_box(&mut pace).spent += HOUR * 3 / 2;
        assert!(pace.is_exceeded());
        pace.grant_token();
        assert!(pace.is_exceeded());
        pace.grant_token();
        assert!(!pace.is_exceeded());
    }

    #[test]
    fn answers_beside_each_other_share_what_one_alone_is_granted() {
        let paces = Paces::new(HOUR, HOUR);
        let first = paces.join();
        assert_eq!(first.granted, HOUR);
        let mut second = paces.join();
        assert_eq!(second.granted, HOUR / 2);
        let many: Vec<Pace> = (0..100).map(|_| paces.join()).collect();
        assert_eq!(many[99].granted, HOUR / SHARES_MAX);
        drop((first, many));
        second.grant_token();
        assert_eq!(second.granted, HOUR * 3 / 2);
    }
}
