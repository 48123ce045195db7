//! The part of the model's thread that waits for saved caches, and hands over what is to be saved. Knows no files.

use std::sync::mpsc::Sender;
use std::time::Instant;

use super::{Running, Worker};
use crate::kv::SequenceId;
use crate::saved_cache::{Cleared, Loaded, Loader, SavedCacheError};
use crate::scheduler::request::Request;
use crate::token_model::{ModelError, TokenModel};

/// Blocks that are copied to or from the cache in one step beside answers: their streams must not stutter.
const BLOCKS_SHARED: usize = 2;

/// After so many files that turned out to be damaged, a request's tokens are computed.
const LOADS_MAX: usize = 3;

/// A request whose sequence is being filled from a saved cache.
pub(super) struct Loading {
    pub(super) request: Box<Request>,
    pub(super) sequence: SequenceId,
    /// Tokens of the request that the sequence will hold.
    positions: usize,
    loader: Loader,
    since: Instant,
}

/// What came of a step of loading.
enum Turn {
    Wait,
    Done,
    Failed,
}

impl Loading {
    /// Takes what arrived into the cache, at most `blocks_max` blocks.
    fn advance(&mut self, model: &mut dyn TokenModel, blocks_max: usize) -> Result<Turn, ModelError> {
        for _ in 0..blocks_max {
            match (self.loader.next(), model.contents()) {
                (Loaded::Nothing, _) => return Ok(Turn::Wait),
                (Loaded::Block(block), Some(contents)) => {
                    contents.write_block(self.sequence, block.group, block.index, &block.bytes)?;
                }
                (Loaded::Done, Some(contents)) => {
                    contents.commit(self.sequence)?;
                    return Ok(Turn::Done);
                }
                (Loaded::Failed, _) | (_, None) => return Ok(Turn::Failed),
            }
        }
        Ok(Turn::Wait)
    }
}

impl Worker {
    /// Begins with a request whose `sequence` holds `computed` of its tokens, or with reading more of them.
    pub(super) fn begin(&mut self, mut request: Box<Request>, sequence: SequenceId, computed: usize) {
        let (since, model) = (Instant::now(), &mut *self.model);
        let saves = self.saves.as_ref().filter(|_| request.loads < LOADS_MAX);
        let saved = saves.and_then(|saves| saves.load(model, sequence, &request.tokens, computed));
        if let Some((positions, loader)) = saved {
            request.loads += 1;
            self.loading.push(Loading { request, sequence, positions, loader, since });
        } else {
            self.run_on(request, sequence, computed, since);
        }
    }

    /// Goes on with a request that was begun at `since`.
    fn run_on(&mut self, mut request: Box<Request>, sequence: SequenceId, computed: usize, since: Instant) {
        request.begin(computed, since);
        let kept = self.saves.as_ref().is_some_and(|saves| saves.wants(request.save_cache));
        self.running.push(Running { request, sequence, computed, served: 0, kept });
    }

    /// Takes in what arrived of saved caches.
    pub(super) fn load(&mut self) {
        let blocks_max = if self.running.is_empty() { usize::MAX } else { BLOCKS_SHARED };
        let mut index = 0;
        while let Some(loading) = self.loading.get_mut(index) {
            let turn = loading.advance(&mut *self.model, blocks_max).unwrap_or_else(|error| {
                tracing::warn!(parent: &loading.request.span, %error, "a saved cache can't be loaded");
                Turn::Failed
            });
            match turn {
                Turn::Wait => index += 1,
                Turn::Done => {
                    let Loading { request, sequence, positions, since, .. } = self.loading.remove(index);
                    tracing::debug!(parent: &request.span, positions, time = ?since.elapsed(), "loaded");
                    self.run_on(request, sequence, positions, since);
                }
                Turn::Failed => self.stop_loading(index),
            }
        }
    }

    /// Sends a request back to the head of the queue, without what was read for it.
    pub(super) fn stop_loading(&mut self, index: usize) {
        let Loading { request, sequence, .. } = self.loading.remove(index);
        self.model.release(sequence);
        self.queue.push_front(request);
    }

    /// Hands on what is to be saved.
    pub(super) fn save(&mut self) {
        let blocks_max = if self.running.is_empty() { usize::MAX } else { BLOCKS_SHARED };
        if let Some(saves) = &mut self.saves {
            saves.save(&mut *self.model, blocks_max);
        }
    }

    /// Frees blocks that nobody waits for, or that somebody waits for longest. Says whether there were any.
    pub(super) fn free_blocks(&mut self) -> bool {
        if self.saves.as_mut().is_some_and(|saves| saves.give_way(&mut *self.model)) {
            return true;
        }
        let any = !self.loading.is_empty();
        if any {
            self.stop_loading(self.loading.len() - 1);
            self.crowded = true;
        }
        any
    }

    /// Deletes what is saved, and makes unfindable what the cache holds of nobody. What is being answered is not saved.
    pub(super) fn forget(&mut self, reply: Sender<Result<Cleared, SavedCacheError>>) {
        while !self.loading.is_empty() {
            self.stop_loading(self.loading.len() - 1);
        }
        self.running.iter_mut().for_each(|running| running.kept = false);
        if let Some(saves) = &mut self.saves {
            saves.forget(&mut *self.model, reply);
        } else {
            // Whoever asked may be gone.
            let _ = reply.send(Ok(Cleared::default()));
        }
        if let Some(contents) = self.model.contents() {
            contents.forget();
        }
    }

    /// The end: saves what is not saved yet. Whatever is in flight learns that the engine stopped.
    pub(super) fn end(self) {
        let Self { mut model, saves, running, loading, queue, commands, .. } = self;
        drop((loading, queue));
        let Some(mut saves) = saves else { return };
        let kept = running.into_iter().filter(|running| running.kept).map(|running| running.sequence);
        kept.for_each(|sequence| saves.keep(&mut *model, sequence));
        saves.end(&mut *model, &commands);
    }
}
