//! A model that counts upwards, for tests.

use std::collections::HashMap;

use abide_engine::kv::{BlockManager, CacheLayout, GroupLayout, SequenceId};
use abide_engine::{BatchItem, Logits, LogitsWanted, ModelError, TokenModel};

/// A model whose likeliest next token is always the successor of the last one, with a logit of
/// [`ScriptedModel::PEAK`] where all others have 0.
pub struct ScriptedModel {
    ids: BlockManager,
    vocabulary: usize,
    context_length: usize,
    sequences: HashMap<SequenceId, Vec<u32>>,
    /// Of each forward: the length before, and the number of new tokens.
    calls: Vec<(usize, usize)>,
    /// What `start` claims to find in the cache.
    cached: usize,
    granularity: usize,
}

impl ScriptedModel {
    /// Logit of the successor.
    pub const PEAK: f32 = 2.0;

    /// A model of so many tokens and positions.
    pub fn new(vocabulary: usize, context_length: usize) -> Self {
        let groups = vec![GroupLayout { window: None, blocks: 8 }];
        let layout = CacheLayout { block_positions: 1, cut_back: 0, groups };
        let ids = BlockManager::new(layout).expect("the layout is sound");
        let (sequences, calls) = (HashMap::new(), Vec::new());
        Self { ids, vocabulary, context_length, sequences, calls, cached: 0, granularity: 1 }
    }

    /// Lets new sequences find so many tokens in the cache.
    pub fn finds_in_cache(&mut self, cached: usize) {
        self.cached = cached;
    }

    /// Lets sequences be cut to these lengths only.
    pub fn truncates_to_multiples_of(&mut self, granularity: usize) {
        self.granularity = granularity;
    }

    /// Of each forward: the length before, and the number of new tokens.
    pub fn calls(&self) -> Vec<(usize, usize)> {
        self.calls.clone()
    }

    /// Sequences not released.
    pub fn living(&self) -> usize {
        self.sequences.len()
    }
}

impl TokenModel for ScriptedModel {
    fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    fn context_length(&self) -> usize {
        self.context_length
    }

    fn same_in_any_batch(&self) -> bool {
        true
    }

    fn start(&mut self, tokens: &[u32]) -> Result<(SequenceId, usize), ModelError> {
        let (id, _) = self.ids.start(&[]);
        let cached = self.cached.min(tokens.len() - 1);
        self.sequences.insert(id, tokens[..cached].to_vec());
        Ok((id, cached))
    }

    fn length(&self, sequence: SequenceId) -> Result<usize, ModelError> {
        Ok(self.sequences[&sequence].len())
    }

    fn forward(&mut self, batch: &[BatchItem<'_>]) -> Result<Logits, ModelError> {
        let mut values = Vec::new();
        for item in batch {
            let sequence = self.sequences.get_mut(&item.sequence).expect("a living sequence");
            self.calls.push((sequence.len(), item.tokens.len()));
            sequence.extend(item.tokens);
            if sequence.len() > self.context_length {
                let (length, context_length) = (sequence.len(), self.context_length);
                return Err(ModelError::ContextFull { length, context_length });
            }
            let rows = match item.logits {
                LogitsWanted::None => &[][..],
                LogitsWanted::Last => &item.tokens[item.tokens.len() - 1..],
                LogitsWanted::All => item.tokens,
            };
            for &token in rows {
                let successor = (token as usize + 1) % self.vocabulary;
                values.extend((0..self.vocabulary).map(|id| if id == successor { Self::PEAK } else { 0.0 }));
            }
        }
        Ok(Logits::new(values, self.vocabulary))
    }

    fn truncate(&mut self, sequence: SequenceId, positions: usize) -> Result<usize, ModelError> {
        let left = positions - positions % self.granularity;
        self.sequences.get_mut(&sequence).expect("a living sequence").truncate(left);
        Ok(left)
    }

    fn fork(&mut self, sequence: SequenceId) -> Result<SequenceId, ModelError> {
        let (id, _) = self.ids.start(&[]);
        let tokens = self.sequences[&sequence].clone();
        self.sequences.insert(id, tokens);
        Ok(id)
    }

    fn release(&mut self, sequence: SequenceId) {
        self.sequences.remove(&sequence);
    }
}
