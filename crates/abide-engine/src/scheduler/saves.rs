//! Which sequences are saved and when, and which prompts begin with what was saved. Runs on the model's thread, but
//! for what waits for a disk. Knows nothing of requests.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::worker::Command;
use crate::kv::SequenceId;
use crate::saved_cache::{
    Cleared, Identity, Index, Job, Keys, Loader, SavedCacheError, SavedCacheOptions, Wake, Writer,
};
use crate::token_model::{ModelError, TokenModel};

/// Fewer tokens are computed sooner than they are read.
const LOAD_TOKENS_MIN: usize = 32;

/// Saves sequences that ended, and finds them again.
pub(super) struct Saves {
    index: Arc<Mutex<Index>>,
    writer: Writer,
    wake: Arc<dyn Wake>,
    tokens_min: usize,
    bytes_max: u64,
    only_asked: bool,
    end_time_max: Duration,
    /// What is to be saved, the oldest first.
    waiting: VecDeque<Kept>,
}

/// A sequence that is held until it is saved.
struct Kept {
    sequence: SequenceId,
    /// What is left to do; `None`: not known yet.
    steps: Option<VecDeque<Step>>,
}

/// One thing to hand to the writer.
enum Step {
    Job(Job),
    /// A block of the file that was begun: group and index in the sequence.
    Block(usize, usize),
}

/// Whether there is more to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// There is.
    More,
    /// Not until the writer has room, which it tells.
    Wait,
    /// Everything is handed over.
    Done,
}

impl Saves {
    /// Opens the folder and starts the thread that writes.
    pub(super) fn start(
        model: &mut dyn TokenModel,
        options: SavedCacheOptions,
        commands: Sender<Command>,
    ) -> Result<Self, SavedCacheError> {
        let contents = model.contents().map(|contents| contents.describe());
        let identity = contents.and_then(|contents| Identity::new(options.weights, contents));
        let identity = identity.ok_or(SavedCacheError::NotSupported)?;
        let keys = Arc::new(Keys::new(&options.key));
        let index = Index::open(&options.folder, keys, identity, options.model)?;
        let index = Arc::new(Mutex::new(index));
        // When the model's thread is gone, nobody needs to be woken.
        let wake: Arc<dyn Wake> = Arc::new(move || drop(commands.send(Command::Wake)));
        let SavedCacheOptions { folder, watch, tokens_min, bytes_max, only_asked, end_time_max, .. } =
            options;
        let writer = Writer::start(Arc::clone(&index), folder, bytes_max, watch, Arc::clone(&wake))?;
        let waiting = VecDeque::new();
        Ok(Self { index, writer, wake, tokens_min, bytes_max, only_asked, end_time_max, waiting })
    }

    /// Whether sequences are saved of requests that ask for it, or don't.
    pub(super) fn wants(&self, asked: bool) -> bool {
        asked || !self.only_asked
    }

    /// Holds on to a sequence that is about to be released, to save it.
    pub(super) fn keep(&mut self, model: &mut dyn TokenModel, sequence: SequenceId) {
        let computed = model.contents().map(|contents| contents.computed(sequence).map(<[u32]>::len));
        if !matches!(computed, Some(Ok(tokens)) if tokens >= self.tokens_min.max(1)) {
            return;
        }
        // It fails for a sequence of which the last step failed.
        if let Ok(sequence) = model.fork(sequence) {
            self.waiting.push_back(Kept { sequence, steps: None });
        }
    }

    /// Begins to read what was saved of `tokens`, if that is more than the `known` that `sequence` holds. Returns how many
    /// tokens it will hold then.
    pub(super) fn load(
        &self,
        model: &mut dyn TokenModel,
        sequence: SequenceId,
        tokens: &[u32],
        known: usize,
    ) -> Option<(usize, Loader)> {
        let found = self.index().find(tokens)?;
        if found.positions < known + LOAD_TOKENS_MIN {
            return None;
        }
        match model.contents()?.reserve(sequence, &tokens[known..found.positions]) {
            Ok(missing) => Some((found.positions, Loader::start(&self.index, &found, &missing, &self.wake))),
            Err(error) => {
                tracing::debug!(%error, "no room to load a saved cache");
                None
            }
        }
    }

    /// Copies blocks, at most `blocks_max`, for the writer, as far as it has room.
    pub(super) fn save(&mut self, model: &mut dyn TokenModel, mut blocks_max: usize) {
        while blocks_max > 0 {
            let Some(kept) = self.waiting.front_mut() else { return };
            let steps = match &mut kept.steps {
                Some(steps) => steps,
                steps => {
                    let index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
                    steps.insert(plan(&index, model, kept.sequence, self.bytes_max))
                }
            };
            blocks_max -= usize::from(matches!(steps.front(), Some(Step::Block(..))));
            let turn = advance(steps, model, kept.sequence, &self.writer).unwrap_or_else(|error| {
                tracing::warn!(%error, "a conversation's cache can't be saved");
                Turn::Done
            });
            match turn {
                Turn::More => {}
                Turn::Wait => return,
                Turn::Done => {
                    let sequence = kept.sequence;
                    self.waiting.pop_front();
                    model.release(sequence);
                }
            }
        }
    }

    /// Lets go of the sequences that are held, for others to have their place. Says whether there were any.
    pub(super) fn give_way(&mut self, model: &mut dyn TokenModel) -> bool {
        let any = !self.waiting.is_empty();
        self.waiting.drain(..).for_each(|kept| model.release(kept.sequence));
        any
    }

    /// Deletes everything that is saved or was to be.
    pub(super) fn forget(
        &mut self,
        model: &mut dyn TokenModel,
        reply: Sender<Result<Cleared, SavedCacheError>>,
    ) {
        self.give_way(model);
        self.writer.hand_over_waiting(Job::Forget(reply));
    }

    /// Saves what is left, as long as the options allow.
    pub(super) fn end(mut self, model: &mut dyn TokenModel, commands: &Receiver<Command>) {
        let start = Instant::now();
        loop {
            self.save(model, usize::MAX);
            if self.waiting.is_empty() {
                return;
            }
            let left = self.end_time_max.saturating_sub(start.elapsed());
            // The writer tells of each job that it has done: as long as it does, there is always something to receive.
            let told =
                if left.is_zero() { Err(RecvTimeoutError::Timeout) } else { commands.recv_timeout(left) };
            match told {
                // Requests that still arrive are dropped, which their answers tell.
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => {
                    tracing::warn!(sequences = self.waiting.len(), "too little time to save all caches");
                    return self.writer.give_up();
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What there is to be done to save a sequence.
fn plan(index: &Index, model: &mut dyn TokenModel, sequence: SequenceId, bytes_max: u64) -> VecDeque<Step> {
    let mut steps = VecDeque::new();
    let Some(contents) = model.contents() else { return steps };
    let Ok(tokens) = contents.computed(sequence) else { return steps };
    let known = |group, index| contents.is_known(sequence, group, index).unwrap_or(false);
    let plans = index.plan(tokens, bytes_max, known);
    let Some(&by) = plans.names.last() else { return steps };
    // Before and after: nothing of it is to be thrown away for the sake of its own end.
    steps.push_back(Step::Job(Job::Used(plans.names.clone())));
    for plan in plans.missing {
        let blocks = plan.blocks();
        steps.push_back(Step::Job(Job::Begin(plan)));
        steps.extend(blocks.into_iter().map(|(group, index)| Step::Block(group, index)));
    }
    steps.push_back(Step::Job(Job::Used(plans.names)));
    steps.push_back(Step::Job(Job::Supersede { names: plans.superseded, by }));
    steps
}

/// Takes the first step.
fn advance(
    steps: &mut VecDeque<Step>,
    model: &mut dyn TokenModel,
    sequence: SequenceId,
    writer: &Writer,
) -> Result<Turn, ModelError> {
    let job = match steps.pop_front() {
        None => return Ok(Turn::Done),
        Some(Step::Job(job)) => job,
        Some(Step::Block(group, index)) => {
            let bytes =
                model.contents().map(|contents| contents.read_block(sequence, group, index)).transpose()?;
            let Some(bytes) = bytes.flatten() else {
                // What left a window is not held on to, and was needed for something else meanwhile.
                let next = steps.iter().position(|step| matches!(step, Step::Job(_)));
                steps.drain(..next.unwrap_or(steps.len()));
                return Ok(Turn::More);
            };
            Job::Block(bytes)
        }
    };
    match writer.hand_over(job) {
        Ok(()) => Ok(Turn::More),
        Err(job) => {
            steps.push_front(Step::Job(job));
            Ok(Turn::Wait)
        }
    }
}
