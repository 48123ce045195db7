//! Chooses turns that are typical of a conversation. Must not know stores.

use crate::transcript::MessageId;

/// A turn and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// What the user said.
    pub question: MessageId,
    /// What was answered.
    pub reply: MessageId,
    /// Characters of the answer.
    pub reply_characters: usize,
    /// Whether the user's words end as a question.
    pub asks: bool,
}

/// At most `count` of `pairs` (oldest first): one of each stretch of the conversation, that whose answer is nearest to the usual length;
/// of equals a question.
pub fn pick(pairs: &[Pair], count: usize) -> Vec<Pair> {
    if pairs.is_empty() || count == 0 {
        return Vec::new();
    }
    let mut lengths: Vec<usize> = pairs.iter().map(|pair| pair.reply_characters).collect();
    lengths.sort_unstable();
    let usual = lengths[lengths.len() / 2];
    let count = count.min(pairs.len());
    let stretches = (0..count).map(|at| &pairs[at * pairs.len() / count..(at + 1) * pairs.len() / count]);
    let typical = |pair: &&Pair| (pair.reply_characters.abs_diff(usual) * 4 / usual.max(1), !pair.asks);
    stretches.filter_map(|stretch| stretch.iter().min_by_key(typical).cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stretch_gives_its_most_typical_turn() {
        let pair = |at: u64, reply_characters, asks| Pair {
            question: MessageId(2 * at),
            reply: MessageId(2 * at + 1),
            reply_characters,
            asks,
        };
        let pairs = [
            pair(1, 5, true),
            pair(2, 100, false),
            pair(3, 110, true),
            pair(4, 900, false),
            pair(5, 90, false),
            pair(6, 100, true),
        ];
        let picked = pick(&pairs, 2);
        assert_eq!(picked.iter().map(|pair| pair.question.0).collect::<Vec<_>>(), [6, 12]);
        assert_eq!(pick(&pairs, 100).len(), 6);
        assert!(pick(&[], 3).is_empty());
    }
}
