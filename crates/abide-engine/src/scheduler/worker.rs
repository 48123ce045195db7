//! The thread that owns the model: which requests it computes, and in which batches. Knows tokens
//! and lengths; text and sampling are the request's own affair.

mod admission;
mod loading;

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::time::Instant;

use abide_generation::GenerationError;

use super::EngineOptions;
use super::request::{Progress, Request};
use super::saves::Saves;
use super::speculation::Planner;
use crate::kv::{KvError, SequenceId};
use crate::saved_cache::{Cleared, SavedCacheError};
use crate::token_model::{BatchItem, Logits, LogitsWanted, ModelError, TokenModel};
use loading::Loading;

/// All that the thread can be asked for.
pub(super) enum Command {
    /// Answer this.
    Generate(Box<Request>),
    /// Delete what is saved, and forget what nobody uses.
    Forget(Sender<Result<Cleared, SavedCacheError>>),
    /// Look whether something arrived elsewhere.
    Wake,
    /// End; whatever is in flight learns that the engine stopped.
    Stop,
}

/// The state of the thread.
pub(super) struct Worker {
    model: Box<dyn TokenModel>,
    options: EngineOptions,
    commands: Receiver<Command>,
    /// Waiting requests, the oldest first.
    queue: VecDeque<Box<Request>>,
    /// Requests whose sequence is being filled from a saved cache.
    loading: Vec<Loading>,
    /// Requests with a sequence, the oldest first.
    running: Vec<Running>,
    /// Set when the cache was too full for all that ran: nobody is admitted until one of them ends,
    /// or the same work would be begun and thrown away again and again.
    crowded: bool,
    planner: Planner,
    saves: Option<Saves>,
    steps: u64,
    /// Whether the last step was of prompts alone, though answers were being written.
    went_ahead: bool,
}

/// A request and its sequence.
struct Running {
    request: Box<Request>,
    sequence: SequenceId,
    /// Tokens of the request that the sequence holds.
    computed: usize,
    /// The step in which its prompt was last read on.
    served: u64,
    /// Whether its sequence may be saved.
    kept: bool,
}

/// What one step computes for one running request.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Share {
    /// Index among the running.
    index: usize,
    /// Its next tokens, at least one.
    tokens: usize,
    /// If tokens after these are guessed: its one next token and the guesses.
    draft: Vec<u32>,
}

impl Share {
    fn new(index: usize, tokens: usize) -> Self {
        Self { index, tokens, draft: Vec::new() }
    }

    fn guesses(&self) -> &[u32] {
        self.draft.get(1..).unwrap_or_default()
    }
}

impl Running {
    fn pending(&self) -> usize {
        self.request.tokens.len() - self.computed
    }

    /// Finds out which tokens may be chosen after this step, so that the model need not compute the logits of others.
    fn look_ahead(&mut self, share: &Share) {
        if self.pending() == share.tokens {
            self.request.guarded(|request| request.look_ahead(share.guesses()));
        }
    }

    /// The next tokens of the request; logits are wanted if they are its last, and after each guess.
    fn item<'a>(&'a self, share: &'a Share) -> BatchItem<'a> {
        let end = self.computed + share.tokens;
        let (tokens, logits) = if !share.draft.is_empty() {
            (share.draft.as_slice(), LogitsWanted::All)
        } else if end == self.request.tokens.len() {
            (&self.request.tokens[self.computed..end], LogitsWanted::Last)
        } else {
            (&self.request.tokens[self.computed..end], LogitsWanted::None)
        };
        BatchItem { sequence: self.sequence, tokens, logits, needed: self.request.needed() }
    }
}

impl Worker {
    pub(super) fn new(
        model: Box<dyn TokenModel>,
        options: EngineOptions,
        commands: Receiver<Command>,
        saves: Option<Saves>,
    ) -> Self {
        let (queue, loading, running) = (VecDeque::new(), Vec::new(), Vec::new());
        let planner = Planner::new(options.speculation);
        let (crowded, steps, went_ahead) = (false, 0, false);
        Self { model, options, commands, queue, loading, running, crowded, planner, saves, steps, went_ahead }
    }

    /// Works until it is told to stop, or nobody can tell it anything any more. Requests that are
    /// left are dropped, and their answers say so.
    pub(super) fn run(mut self) {
        loop {
            match catch_unwind(AssertUnwindSafe(|| self.step())) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return self.end(),
                Err(_) => {
                    tracing::error!("the engine stops: its thread panicked");
                    return self.fail_all(&broken());
                }
            }
        }
    }

    fn step(&mut self) -> ControlFlow<()> {
        self.receive()?;
        self.drop_cancelled();
        self.admit();
        self.load();
        self.compute();
        self.save();
        ControlFlow::Continue(())
    }

    /// Takes what has arrived; waits only if there is nothing to do until something does.
    fn receive(&mut self) -> ControlFlow<()> {
        if self.running.is_empty() && (self.queue.is_empty() || !self.loading.is_empty()) {
            match self.commands.recv() {
                Ok(command) => self.obey(command)?,
                Err(_) => return ControlFlow::Break(()),
            }
        }
        loop {
            match self.commands.try_recv() {
                Ok(command) => self.obey(command)?,
                Err(TryRecvError::Empty) => return ControlFlow::Continue(()),
                Err(TryRecvError::Disconnected) => return ControlFlow::Break(()),
            }
        }
    }

    fn obey(&mut self, command: Command) -> ControlFlow<()> {
        match command {
            Command::Generate(request) => self.queue.push_back(request),
            Command::Forget(reply) => self.forget(reply),
            Command::Wake => {}
            Command::Stop => return ControlFlow::Break(()),
        }
        ControlFlow::Continue(())
    }

    fn drop_cancelled(&mut self) {
        self.queue.retain(|request| !request.answer.is_cancelled());
        let cancelled = |loading: &Loading| loading.request.answer.is_cancelled();
        while let Some(index) = self.loading.iter().position(cancelled) {
            self.model.release(self.loading.remove(index).sequence);
        }
        let cancelled = |running: &Running| running.request.answer.is_cancelled();
        while let Some(index) = self.running.iter().position(cancelled) {
            self.keep(index);
            let request = self.remove(index);
            tracing::debug!(parent: &request.span, "cancelled");
        }
    }

    /// Ends the sequence of a running request.
    fn remove(&mut self, index: usize) -> Box<Request> {
        let Running { request, sequence, .. } = self.running.remove(index);
        self.model.release(sequence);
        self.crowded = false;
        request
    }

    /// Lets a running request's sequence be saved, whatever becomes of the request.
    fn keep(&mut self, index: usize) {
        if let Some(saves) = &mut self.saves
            && self.running[index].kept
        {
            saves.keep(&mut *self.model, self.running[index].sequence);
        }
    }

    /// Computes one batch, sending requests back to the queue until it fits the cache.
    fn compute(&mut self) {
        while !self.running.is_empty() {
            self.steps += 1;
            let mut shares = self.shares();
            self.draft(&mut shares);
            let mut outcome = self.forward(&shares);
            if outcome.is_err() && self.withdraw(&mut shares) {
                outcome = self.forward(&shares);
            }
            match outcome {
                Ok(mut logits) => return self.distribute(&shares, &mut logits),
                Err(ModelError::Cache(KvError::Full { .. })) if self.free_blocks() => {}
                Err(ModelError::Cache(KvError::Full { .. })) if self.running.len() > 1 => self.preempt(),
                Err(error) => return self.fail(&shares, &GenerationError::Engine(error.to_string())),
            }
        }
    }

    fn forward(&mut self, shares: &[Share]) -> Result<Logits, ModelError> {
        for share in shares {
            self.running[share.index].look_ahead(share);
        }
        let batch: Vec<_> = shares.iter().map(|share| self.running[share.index].item(share)).collect();
        let wanted: usize = batch.iter().map(BatchItem::rows_wanted).sum();
        let start = Instant::now();
        let logits = self.model.forward(&batch)?;
        let time = start.elapsed();
        if logits.rows() != wanted {
            let message = format!("the model gave {} rows of logits, not {wanted}", logits.rows());
            return Err(ModelError::Failed(message));
        }
        if self.all_decode(shares) {
            self.planner.measured(shares.len(), wanted - shares.len(), time);
        }
        Ok(logits)
    }

    fn all_decode(&self, shares: &[Share]) -> bool {
        shares.iter().all(|share| self.running[share.index].pending() == 1)
    }

    /// Lets tokens be guessed. None are beside prompts, which take any length of time.
    fn draft(&mut self, shares: &mut [Share]) {
        if self.planner.is_off() || !self.all_decode(shares) {
            return;
        }
        let chances =
            shares.iter().map(|share| self.running[share.index].request.guarded(Request::chance).flatten());
        let chances: Vec<_> = chances.collect();
        for (share, count) in shares.iter_mut().zip(self.planner.share_out(&chances)) {
            let draft = self.running[share.index].request.guarded(|request| request.draft(count));
            if count > 0 {
                share.draft = draft.unwrap_or_default();
            }
        }
    }

    /// Takes guesses back from a step that failed: nothing is to fail, or to give way, for their sake. Says whether
    /// there were any.
    fn withdraw(&mut self, shares: &mut [Share]) -> bool {
        let mut any = false;
        for share in shares.iter_mut().filter(|share| !share.draft.is_empty()) {
            any = true;
            self.running[share.index].request.drafter.learn(share.guesses().len(), 0);
            share.draft.clear();
        }
        any
    }

    /// The next step: one token of every answer being written, and a chunk of prompts. Prompts that a chunk reads to
    /// their ends go ahead of all else, so that new answers begin soon, but never twice in a row: the step after
    /// theirs is everybody's.
    fn shares(&mut self) -> Vec<Share> {
        let (decoding, prefilling): (Vec<_>, Vec<_>) =
            (0..self.running.len()).partition(|index| self.running[*index].pending() == 1);
        let mut prompts = self.prompts(prefilling, !decoding.is_empty());
        let ends = |share: &Share| self.running[share.index].pending() == share.tokens;
        let went_ahead = std::mem::replace(&mut self.went_ahead, false);
        if !went_ahead && !decoding.is_empty() && prompts.iter().any(ends) {
            prompts.retain(ends);
            self.went_ahead = true;
            return prompts;
        }
        decoding.into_iter().map(|index| Share::new(index, 1)).chain(prompts).collect()
    }

    /// A chunk of prompts, given first to those who waited longest for one.
    fn prompts(&self, mut prefilling: Vec<usize>, shared: bool) -> Vec<Share> {
        let EngineOptions { prefill_chunk, prefill_chunk_shared, .. } = self.options;
        let mut budget = if shared { prefill_chunk_shared } else { prefill_chunk };
        prefilling.sort_by_key(|index| self.running[*index].served);
        let mut shares = Vec::new();
        for index in prefilling {
            let tokens = self.running[index].pending().min(budget);
            if tokens == 0 {
                break;
            }
            budget -= tokens;
            shares.push(Share::new(index, tokens));
        }
        shares
    }

    /// Hands the rows of logits to those who wanted them, in the order of the batch.
    fn distribute(&mut self, shares: &[Share], logits: &mut Logits) {
        let mut row = 0;
        let mut done = Vec::new();
        for share in shares {
            let running = &mut self.running[share.index];
            running.computed += share.tokens;
            if running.pending() > 0 {
                running.served = self.steps;
                continue;
            }
            let guesses = share.guesses();
            let _entered = running.request.span.clone().entered();
            let advanced = running.request.guarded(|request| request.advance(logits, row, guesses));
            let advanced = advanced.unwrap_or_else(|| Err(broken())).and_then(|(progress, right)| {
                running.computed += right;
                if right < guesses.len() {
                    let cut = self.model.truncate(running.sequence, running.computed);
                    running.computed = cut.map_err(|error| GenerationError::Engine(error.to_string()))?;
                }
                Ok(progress)
            });
            match advanced {
                Ok(Progress::More) => {}
                Ok(Progress::Done) => done.push((share.index, None)),
                Err(error) => done.push((share.index, Some(error))),
            }
            row += 1 + guesses.len();
        }
        done.sort_by_key(|(index, _)| usize::MAX - index);
        for (index, error) in done {
            self.keep(index);
            let request = self.remove(index);
            if let Some(error) = error {
                request.answer.fail(error);
            }
        }
    }

    /// Sends the youngest running request back to the head of the queue: it is computed again from
    /// its tokens, with its sampler as it stands.
    fn preempt(&mut self) {
        let request = self.remove(self.running.len() - 1);
        tracing::debug!(parent: &request.span, "the cache is full: the request waits again");
        self.queue.push_front(request);
        self.crowded = true;
    }

    /// Ends the requests of a batch that could not be computed.
    fn fail(&mut self, shares: &[Share], error: &GenerationError) {
        let mut indices: Vec<_> = shares.iter().map(|share| share.index).collect();
        indices.sort_unstable();
        for index in indices.into_iter().rev() {
            let request = self.remove(index);
            tracing::warn!(parent: &request.span, %error, "failed");
            request.answer.fail(error.clone());
        }
    }

    /// Ends everything in flight. The model is not touched: it may be what is broken.
    fn fail_all(self, error: &GenerationError) {
        let arrived = self.commands.try_iter().filter_map(|command| match command {
            Command::Generate(request) => Some(request),
            Command::Forget(_) | Command::Wake | Command::Stop => None,
        });
        let running = self.running.into_iter().map(|running| running.request);
        let running = running.chain(self.loading.into_iter().map(|loading| loading.request));
        for request in running.chain(self.queue).chain(arrived) {
            request.answer.fail(error.clone());
        }
    }
}

/// What a panic's message says may be what somebody said; the panic hook has it.
fn broken() -> GenerationError {
    GenerationError::Engine("its thread panicked".to_owned())
}
