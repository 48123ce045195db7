//! Running tests on a loaded model and taking the time.
//!
//! Must not know how models are loaded or results are shown.

use std::time::{Duration, Instant};

use abide_engine::kv::SequenceId;
use abide_engine::{BatchItem, Logits, LogitsWanted, Needed, TokenModel};
use abide_generation::Sampling;

use super::plan::{Kind, Test};
use crate::failure::{Exit, Failure};

/// How tests are run.
#[derive(Debug, Clone, Copy)]
pub struct Method {
    /// How often each test is measured.
    pub repetitions: usize,
    /// Tokens of a prompt that are computed at once.
    pub batch: usize,
}

/// A model and its sequences, which are filled to some depth between tests.
pub struct Bench<'a> {
    model: &'a mut dyn TokenModel,
    method: Method,
    /// As many as any test needed so far; the first ones serve the others.
    sequences: Vec<SequenceId>,
    tokens: Tokens,
    /// The logits that are wanted of the model: those that the default sampling chooses from.
    needed: Needed<'static>,
    /// Whether to stop, asked before each step of the model.
    is_stopped: &'a dyn Fn() -> bool,
}

impl<'a> Bench<'a> {
    /// Begins without sequences; goes on until `is_stopped`.
    pub fn new(model: &'a mut dyn TokenModel, method: Method, is_stopped: &'a dyn Fn() -> bool) -> Self {
        let tokens = Tokens::new(model.vocabulary());
        let needed = Needed { best: Some(Sampling::default().top_k), allowed: None };
        Self { model, method, sequences: Vec::new(), tokens, needed, is_stopped }
    }

    /// Measures a test; `progress` hears the number of each repetition before it begins, 0 being
    /// the warm-up. Returns the time of each repetition.
    ///
    /// # Errors
    /// When the model fails, or the measuring was stopped.
    pub fn measure(&mut self, test: Test, mut progress: impl FnMut(usize)) -> anyhow::Result<Vec<Duration>> {
        while self.sequences.len() < test.sequences {
            // Tokens put into a sequence later are never looked up in the cache, so all have their own.
            let (sequence, _) = self.model.start(&self.tokens.take(1))?;
            self.sequences.push(sequence);
        }
        progress(0);
        self.set_depth(test)?;
        // Threads are awake and caches warm after this.
        let mut said = Vec::new();
        match test.kind {
            Kind::Prompt(tokens) => self.read(self.sequences[0], tokens)?,
            Kind::Generation(tokens) => said = self.say(test.sequences, tokens)?,
        }
        let mut times = Vec::with_capacity(self.method.repetitions);
        for repetition in 1..=self.method.repetitions {
            progress(repetition);
            self.set_depth(test)?;
            let start = Instant::now();
            match test.kind {
                Kind::Prompt(tokens) => self.read(self.sequences[0], tokens)?,
                Kind::Generation(_) => self.generate(&said)?,
            }
            times.push(start.elapsed());
        }
        Ok(times)
    }

    /// Cuts or fills the sequences of a test to its depth; the others give their memory back.
    fn set_depth(&mut self, test: Test) -> anyhow::Result<()> {
        for index in 0..self.sequences.len() {
            let sequence = self.sequences[index];
            let depth = if index < test.sequences { test.depth } else { 0 };
            let mut length = self.model.length(sequence)?;
            if length > depth {
                // Sliding windows may leave less than asked for.
                length = self.model.truncate(sequence, depth)?;
            }
            self.read(sequence, depth - length)?;
        }
        Ok(())
    }

    /// Reads a prompt in batches; as in an answer, logits are wanted after its last token alone.
    fn read(&mut self, sequence: SequenceId, count: usize) -> anyhow::Result<()> {
        let tokens = self.tokens.take(count);
        let mut batches = tokens.chunks(self.method.batch).peekable();
        while let Some(tokens) = batches.next() {
            let logits = if batches.peek().is_none() { LogitsWanted::Last } else { LogitsWanted::None };
            self.forward(&[BatchItem { sequence, tokens, logits, needed: self.needed }])?;
        }
        Ok(())
    }

    /// What the model itself says in the first sequences, always the likeliest: `count` tokens, one of each sequence at a
    /// time. How much of a vocabulary a model has to look at depends on what was said, and drawn tokens say nothing.
    fn say(&mut self, sequences: usize, count: usize) -> anyhow::Result<Vec<Vec<u32>>> {
        let mut said = vec![self.tokens.take(sequences)];
        for step in 0..count {
            let logits = self.step(&said[step])?;
            said.push((0..logits.rows()).map(|row| likeliest(logits.row(row))).collect());
        }
        said.pop();
        Ok(said)
    }

    /// Grows sequences by what was said, one token of each at a time in one batch.
    fn generate(&mut self, said: &[Vec<u32>]) -> anyhow::Result<()> {
        said.iter().try_for_each(|tokens| self.step(tokens).map(drop))
    }

    fn step(&mut self, tokens: &[u32]) -> anyhow::Result<Logits> {
        let (logits, needed) = (LogitsWanted::Last, self.needed);
        let item = |(&sequence, tokens)| BatchItem { sequence, tokens, logits, needed };
        let batch: Vec<_> = self.sequences.iter().zip(tokens.chunks(1)).map(item).collect();
        self.forward(&batch)
    }

    fn forward(&mut self, batch: &[BatchItem<'_>]) -> anyhow::Result<Logits> {
        if (self.is_stopped)() {
            return Err(Failure::new(Exit::Interrupted, "the measuring was stopped").into());
        }
        Ok(self.model.forward(batch)?)
    }
}

impl Drop for Bench<'_> {
    fn drop(&mut self) {
        for &sequence in &self.sequences {
            self.model.release(sequence);
        }
    }
}

/// The token of the greatest logit.
fn likeliest(logits: &[f32]) -> u32 {
    let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    logits.iter().position(|&logit| logit == greatest).unwrap_or(0) as u32
}

/// Tokens drawn evenly from a vocabulary, the same in each run (`SplitMix64`, Steele et al. 2014).
struct Tokens {
    state: u64,
    vocabulary: u64,
}

impl Tokens {
    fn new(vocabulary: usize) -> Self {
        Self { state: 0, vocabulary: vocabulary.max(1) as u64 }
    }

    fn take(&mut self, count: usize) -> Vec<u32> {
        let next = |_| {
            self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut value = self.state;
            value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((value ^ (value >> 31)) % self.vocabulary) as u32
        };
        (0..count).map(next).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::ScriptedModel;

    const METHOD: Method = Method { repetitions: 3, batch: 4 };

    #[test]
    fn prompts_are_read_in_batches_after_the_depth() {
        let mut model = ScriptedModel::new(16, 100);
        let test = Test { kind: Kind::Prompt(10), depth: 6, sequences: 1 };
        let mut heard = Vec::new();
        let times =
            Bench::new(&mut model, METHOD, &|| false).measure(test, |number| heard.push(number)).unwrap();
        assert_eq!(times.len(), 3);
        assert_eq!(heard, [0, 1, 2, 3]);
        let depth = [(0, 4), (4, 2)];
        let prompt = [(6, 4), (10, 4), (14, 2)];
        let expected: Vec<_> = depth.into_iter().chain([prompt; 4].into_iter().flatten()).collect();
        assert_eq!(model.calls(), expected);
        assert_eq!(model.living(), 0);
    }

    #[test]
    fn generation_goes_token_by_token_after_the_model_was_asked_what_it_says() {
        let mut model = ScriptedModel::new(16, 100);
        let test = Test { kind: Kind::Generation(6), depth: 0, sequences: 1 };
        let times = Bench::new(&mut model, METHOD, &|| false).measure(test, |_| {}).unwrap();
        assert_eq!(times.len(), 3);
        let expected: Vec<_> = (0..4).flat_map(|_| (0..6).map(|position| (position, 1))).collect();
        assert_eq!(model.calls(), expected);
    }

    #[test]
    fn sequences_grow_together_after_their_own_depths() {
        let mut model = ScriptedModel::new(16, 100);
        let method = Method { repetitions: 1, batch: 8 };
        let test = Test { kind: Kind::Generation(2), depth: 3, sequences: 2 };
        let mut bench = Bench::new(&mut model, method, &|| false);
        bench.measure(test, |_| {}).unwrap();
        bench.measure(Test { sequences: 1, ..test }, |_| {}).unwrap();
        drop(bench);
        let both = [(3, 1), (3, 1), (4, 1), (4, 1)];
        let alone = [(3, 1), (4, 1)];
        let expected = [&[(0, 3), (0, 3)][..], &both, &both, &alone, &alone].concat();
        assert_eq!(model.calls(), expected);
        assert_eq!(model.living(), 0);
    }

    #[test]
    fn a_stopped_test_ends_before_its_next_step() {
        let mut model = ScriptedModel::new(16, 100);
        let test = Test { kind: Kind::Generation(6), depth: 0, sequences: 1 };
        let steps = std::cell::Cell::new(0);
        let is_stopped = || steps.replace(steps.get() + 1) == 8;
        let error = Bench::new(&mut model, METHOD, &is_stopped).measure(test, |_| {}).unwrap_err();
        assert_eq!(crate::failure::exit_of(&error), Exit::Interrupted);
        assert_eq!((model.calls().len(), model.living()), (8, 0));
    }

    #[test]
    fn what_a_window_lost_is_filled_again() {
        let mut model = ScriptedModel::new(16, 100);
        model.truncates_to_multiples_of(4);
        let test = Test { kind: Kind::Generation(1), depth: 6, sequences: 1 };
        let method = Method { repetitions: 1, batch: 8 };
        Bench::new(&mut model, method, &|| false).measure(test, |_| {}).unwrap();
        assert_eq!(model.calls(), [(0, 6), (6, 1), (4, 2), (6, 1)]);
    }

    #[test]
    fn tokens_are_in_the_vocabulary_and_differ() {
        let tokens = Tokens::new(7).take(100);
        assert!(tokens.iter().all(|&token| token < 7));
        assert!((0..7).all(|token| tokens.contains(&token)));
    }
}
