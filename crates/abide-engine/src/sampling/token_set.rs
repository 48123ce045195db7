//! A set of tokens, a bit for each: those that may be chosen. Must not know why.

const BITS: usize = u32::BITS as usize;

/// A set of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSet {
    /// The lowest id is the lowest bit of the first word; what lies behind the last word is not in the set.
    words: Vec<u32>,
}

impl TokenSet {
    /// All of `vocabulary` tokens.
    pub fn all(vocabulary: usize) -> Self {
        Self { words: vec![u32::MAX; vocabulary.div_ceil(BITS)] }
    }

    /// None of `vocabulary` tokens.
    pub fn none(vocabulary: usize) -> Self {
        Self { words: vec![0; vocabulary.div_ceil(BITS)] }
    }

    /// The tokens whose bits are set, the lowest id in the lowest bit of the first word.
    pub fn from_words(words: Vec<u32>) -> Self {
        Self { words }
    }

    /// A bit for each token, the lowest id in the lowest bit of the first word; those behind the last word are not in the set.
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// Whether `id` is in the set.
    pub fn contains(&self, id: u32) -> bool {
        let word = self.words.get(id as usize / BITS).copied().unwrap_or(0);
        word & 1 << (id as usize % BITS) != 0
    }

    /// Adds a token that the set has room for.
    pub fn insert(&mut self, id: u32) {
        if let Some(word) = self.words.get_mut(id as usize / BITS) {
            *word |= 1 << (id as usize % BITS);
        }
    }

    /// Takes a token out.
    pub fn remove(&mut self, id: u32) {
        if let Some(word) = self.words.get_mut(id as usize / BITS) {
            *word &= !(1 << (id as usize % BITS));
        }
    }

    /// Sets the logits of all other tokens to −∞.
    pub fn apply(&self, logits: &mut [f32]) {
        let mut chunks = logits.chunks_mut(BITS);
        for (&word, chunk) in self.words.iter().zip(&mut chunks) {
            match word {
                u32::MAX => {}
                0 => chunk.fill(f32::NEG_INFINITY),
                _ => {
                    for (bit, logit) in chunk.iter_mut().enumerate() {
                        *logit = if word >> bit & 1 == 1 { *logit } else { f32::NEG_INFINITY };
                    }
                }
            }
        }
        chunks.for_each(|chunk| chunk.fill(f32::NEG_INFINITY));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keeps_the_logits_of_its_tokens_alone(ids in prop::collection::vec(0_u32..130, 0..60), vocabulary in 1..130_usize) {
            let mut set = TokenSet::none(100);
            ids.iter().for_each(|id| set.insert(*id));
            set.remove(7);
            let mut logits = vec![1.0; vocabulary];
            set.apply(&mut logits);
            for (id, logit) in (0..).zip(logits) {
                // The last word has room for ids up to 127.
                let within = id != 7 && id < 128 && ids.contains(&id);
                prop_assert_eq!(set.contains(id), within);
                prop_assert_eq!(logit == 1.0, within);
            }
        }
    }

    #[test]
    fn all_is_all() {
        let mut logits = vec![0.5; 70];
        TokenSet::all(70).apply(&mut logits);
        assert!(logits.iter().all(|logit| *logit == 0.5));
        assert!(!TokenSet::all(64).contains(64));
    }
}
