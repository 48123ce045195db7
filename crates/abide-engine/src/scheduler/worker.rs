//! The thread that owns the model: which requests it computes, and in which batches. Knows tokens
//! and lengths; text and sampling are the request's own affair.

use std::any::Any;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, TryRecvError};

use abide_generation::GenerationError;

use super::EngineOptions;
use super::request::{Progress, Request};
use crate::kv::{KvError, SequenceId};
use crate::token_model::{BatchItem, Logits, LogitsWanted, ModelError, TokenModel};

/// All that the thread can be asked for.
pub(super) enum Command {
    /// Answer this.
    Generate(Box<Request>),
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
    /// Requests with a sequence, the oldest first.
    running: Vec<Running>,
    /// Set when the cache was too full for all that ran: nobody is admitted until one of them ends,
    /// or the same work would be begun and thrown away again and again.
    crowded: bool,
    steps: u64,
}

/// A request and its sequence.
struct Running {
    request: Box<Request>,
    sequence: SequenceId,
    /// Tokens of the request that the sequence holds.
    computed: usize,
    /// The step in which its prompt was last read on.
    served: u64,
}

/// What one step computes for one running request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Share {
    /// Index among the running.
    index: usize,
    /// Its next tokens, at least one.
    tokens: usize,
}

impl Running {
    fn pending(&self) -> usize {
        self.request.tokens.len() - self.computed
    }

    /// The next `tokens` of the request; logits are wanted if they are its last.
    fn item(&self, tokens: usize) -> BatchItem<'_> {
        let end = self.computed + tokens;
        let last = end == self.request.tokens.len();
        BatchItem {
            sequence: self.sequence,
            tokens: &self.request.tokens[self.computed..end],
            logits: if last { LogitsWanted::Last } else { LogitsWanted::None },
        }
    }
}

impl Worker {
    pub(super) fn new(
        model: Box<dyn TokenModel>,
        options: EngineOptions,
        commands: Receiver<Command>,
    ) -> Self {
        let (queue, running) = (VecDeque::new(), Vec::new());
        Self { model, options, commands, queue, running, crowded: false, steps: 0 }
    }

    /// Works until it is told to stop, or nobody can tell it anything any more. Requests that are
    /// left are dropped, and their answers say so.
    pub(super) fn run(mut self) {
        loop {
            match catch_unwind(AssertUnwindSafe(|| self.step())) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return,
                Err(panic) => {
                    let message = format!("its thread panicked: {}", panic_message(panic.as_ref()));
                    tracing::error!(message, "the engine stops");
                    return self.fail_all(&GenerationError::Engine(message));
                }
            }
        }
    }

    fn step(&mut self) -> ControlFlow<()> {
        self.receive()?;
        self.drop_cancelled();
        self.admit();
        self.compute();
        ControlFlow::Continue(())
    }

    /// Takes what has arrived; waits only if there is nothing to do.
    fn receive(&mut self) -> ControlFlow<()> {
        if self.running.is_empty() && self.queue.is_empty() {
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
            Command::Stop => return ControlFlow::Break(()),
        }
        ControlFlow::Continue(())
    }

    fn drop_cancelled(&mut self) {
        self.queue.retain(|request| !request.answer.is_cancelled());
        let cancelled = |running: &Running| running.request.answer.is_cancelled();
        while let Some(index) = self.running.iter().position(cancelled) {
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

    /// Begins with waiting requests while there are places.
    fn admit(&mut self) {
        while self.running.len() < self.options.max_sequences && !self.crowded {
            let Some(mut request) = self.queue.pop_front() else { return };
            match self.model.start(&request.tokens) {
                Ok((sequence, computed)) => {
                    request.begin(computed);
                    self.running.push(Running { request, sequence, computed, served: 0 });
                }
                Err(error) => request.answer.fail(GenerationError::Engine(error.to_string())),
            }
        }
    }

    /// Computes one batch, sending requests back to the queue until it fits the cache.
    fn compute(&mut self) {
        while !self.running.is_empty() {
            self.steps += 1;
            let shares = self.shares();
            let batch: Vec<_> =
                shares.iter().map(|share| self.running[share.index].item(share.tokens)).collect();
            let wanted = batch.iter().filter(|item| item.logits == LogitsWanted::Last).count();
            match self.model.forward(&batch) {
                Ok(logits) if logits.rows() == wanted => return self.distribute(&shares, &logits),
                Ok(logits) => {
                    let message = format!("the model gave {} rows of logits, not {wanted}", logits.rows());
                    return self.fail(&shares, &GenerationError::Engine(message));
                }
                Err(ModelError::Cache(KvError::Full { .. })) if self.running.len() > 1 => self.preempt(),
                Err(error) => return self.fail(&shares, &GenerationError::Engine(error.to_string())),
            }
        }
    }

    /// The next step: one token of every answer being written, and a chunk of prompts, given first
    /// to those who waited longest for one.
    fn shares(&self) -> Vec<Share> {
        let (decoding, mut prefilling): (Vec<_>, Vec<_>) =
            (0..self.running.len()).partition(|index| self.running[*index].pending() == 1);
        let EngineOptions { prefill_chunk, prefill_chunk_shared, .. } = self.options;
        let mut budget = if decoding.is_empty() { prefill_chunk } else { prefill_chunk_shared };
        prefilling.sort_by_key(|index| self.running[*index].served);
        let mut shares: Vec<_> = decoding.into_iter().map(|index| Share { index, tokens: 1 }).collect();
        for index in prefilling {
            let tokens = self.running[index].pending().min(budget);
            if tokens == 0 {
                break;
            }
            budget -= tokens;
            shares.push(Share { index, tokens });
        }
        shares
    }

    /// Hands the rows of logits to those who wanted them, in the order of the batch.
    fn distribute(&mut self, shares: &[Share], logits: &Logits) {
        let mut row = 0;
        let mut done = Vec::new();
        for share in shares {
            let running = &mut self.running[share.index];
            running.computed += share.tokens;
            if running.pending() > 0 {
                running.served = self.steps;
                continue;
            }
            let _entered = running.request.span.clone().entered();
            match running.request.advance(logits.row(row)) {
                Ok(Progress::More) => {}
                Ok(Progress::Done) => done.push((share.index, None)),
                Err(error) => done.push((share.index, Some(error))),
            }
            row += 1;
        }
        done.sort_by_key(|(index, _)| usize::MAX - index);
        for (index, error) in done {
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
            Command::Stop => None,
        });
        let running = self.running.into_iter().map(|running| running.request);
        for request in running.chain(self.queue).chain(arrived) {
            request.answer.fail(error.clone());
        }
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("for an unknown reason")
}
