//! The sending end of one answer, and its place among those in flight. Knows nothing of how the
//! answer is made.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use abide_generation::{GenerationError, GenerationEvent};
use tokio::sync::mpsc;

/// Sends events. If it is dropped before the end was sent, the reader learns that the engine
/// stopped: no stream just breaks off, whatever happens to the engine's thread.
#[derive(Debug)]
pub(super) struct Answer {
    events: mpsc::Sender<Result<GenerationEvent, GenerationError>>,
    ended: bool,
    /// Given back before the end is sent, so that whoever reads the end finds it free.
    place: Option<Place>,
}

impl Answer {
    /// `events` must have room for all events of the answer, one more included.
    pub(super) fn new(events: mpsc::Sender<Result<GenerationEvent, GenerationError>>, place: Place) -> Self {
        Self { events, ended: false, place: Some(place) }
    }

    /// Whether nobody reads any more.
    pub(super) fn is_cancelled(&self) -> bool {
        self.events.is_closed()
    }

    /// Sends an event. That nobody reads it shows in [`Self::is_cancelled`].
    pub(super) fn send(&mut self, event: GenerationEvent) {
        if matches!(event, GenerationEvent::Finished { .. }) {
            self.end(Ok(event));
        } else {
            self.try_send(Ok(event));
        }
    }

    /// Ends the answer with an error.
    pub(super) fn fail(mut self, error: GenerationError) {
        self.end(Err(error));
    }

    fn end(&mut self, event: Result<GenerationEvent, GenerationError>) {
        self.ended = true;
        self.place = None;
        self.try_send(event);
    }

    fn try_send(&self, event: Result<GenerationEvent, GenerationError>) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.events.try_send(event) {
            tracing::error!("an answer outgrew its channel: its length was miscounted");
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if !self.ended {
            self.end(Err(GenerationError::Stopped));
        }
    }
}

/// The requests in flight.
#[derive(Debug, Clone)]
pub(super) struct Places {
    taken: Arc<AtomicUsize>,
    running: usize,
    waiting: usize,
}

/// One of them. Given back when dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<AtomicUsize>);

impl Places {
    pub(super) fn new(running: usize, waiting: usize) -> Self {
        Self { taken: Arc::default(), running, waiting }
    }

    /// Takes a place.
    ///
    /// # Errors
    /// When all are taken.
    pub(super) fn take(&self) -> Result<Place, GenerationError> {
        let limit = self.running.saturating_add(self.waiting);
        let next = |taken: usize| (taken < limit).then_some(taken + 1);
        match self.taken.fetch_update(Ordering::AcqRel, Ordering::Acquire, next) {
            Ok(_) => Ok(Place(Arc::clone(&self.taken))),
            Err(taken) => Err(GenerationError::QueueFull { waiting: taken.saturating_sub(self.running) }),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
