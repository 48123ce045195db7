//! The part of the model's thread that decides whose turn it is to begin. Knows no batches.

use abide_generation::GenerationError;

use super::Worker;
use crate::scheduler::request::Request;

/// Fewer tokens in common are read twice rather than waited for: a block of the cache, in which beginnings are found.
const COMMON_MIN: usize = 32;

impl Worker {
    /// Begins with waiting requests while there are places. One whose beginning is just being read for another waits until it
    /// can be found in the cache: several answers to one prompt read it once. That takes it no longer, because it would
    /// share the steps with the other.
    pub(super) fn admit(&mut self) {
        let mut next = 0;
        while self.running.len() + self.loading.len() < self.options.max_sequences && !self.crowded {
            let Some(request) = self.queue.get(next) else { return };
            if self.is_being_read(&request.tokens) {
                next += 1;
                continue;
            }
            let Some(request) = self.queue.remove(next) else { return };
            match self.model.start(&request.tokens) {
                Ok((sequence, computed)) => self.begin(request, sequence, computed),
                Err(error) => request.answer.fail(GenerationError::Engine(error.to_string())),
            }
        }
    }

    /// Whether a beginning of `tokens` that is worth waiting for is being read, from a prompt or a saved cache.
    fn is_being_read(&self, tokens: &[u32]) -> bool {
        let worth = |request: &Request, known: usize| common(&request.tokens, tokens) >= known + COMMON_MIN;
        self.running.iter().any(|running| running.pending() > 1 && worth(&running.request, running.computed))
            || self.loading.iter().any(|loading| worth(&loading.request, 0))
    }
}

/// Tokens with which both begin.
fn common(first: &[u32], second: &[u32]) -> usize {
    first.iter().zip(second).take_while(|(first, second)| first == second).count()
}
