//! The answers to an order that are not begun yet: they are begun one after another, so that an order takes little room among
//! those that wait for the model, however many answers it wants. Must not know what becomes of the answers.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use abide_generation::{GenerationError, GenerationRequest, GenerationStream, Generator, StopFilter};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::Sleep;

use super::FieldNames;
use super::tools::Reading;
use crate::ApiError;
use crate::registry::Lease;

/// Answers of one order whose prompts are not read yet, of those that were begun: one that is just being read, and one that is ready
/// behind it.
const WAITING_MAX: usize = 2;
/// After so long an answer is asked for again that found the model's queue full.
const ASK_AGAIN: Duration = Duration::from_millis(50);
/// What is done when an answer is begun, in the words of an error.
pub(super) const PREPARING: &str = "preparing the answer";

/// What is asked of the model for one prompt.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) request: GenerationRequest,
    /// How the answers are read, if they may have calls of tools.
    pub(super) reading: Option<Reading>,
    /// The stop texts that the model does not look for.
    pub(super) stops: StopFilter,
    /// What the client calls its fields.
    pub(super) fields: FieldNames,
    /// How many answers are wanted.
    pub(super) choices: usize,
}

impl Prepared {
    /// Has the answer number `choice` begin. Without a seed each draws its own.
    fn begin(&self, choice: u64, generator: &dyn Generator) -> Result<GenerationStream, GenerationError> {
        let mut request = self.request.clone();
        request.sampling.seed = request.sampling.seed.map(|seed| seed_of(seed, choice));
        generator.generate(request)
    }

    fn refused(&self, error: GenerationError, generator: &dyn Generator) -> ApiError {
        match (error, &self.reading) {
            (GenerationError::Constraint { .. }, Some(reading)) => reading.blame(generator),
            (error, _) => self.fields.refused(error, &self.request.prompt),
        }
    }
}

/// The seed of the answer number `choice`: the first has the client's own, and later ones share none with other requests, whose seeds
/// clients count up (SplitMix64: Steele, Lea and Flood 2014).
fn seed_of(seed: u64, choice: u64) -> u64 {
    if choice == 0 {
        return seed;
    }
    let mixed = seed.wrapping_add(choice.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// An answer that the model has accepted.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) stream: GenerationStream,
    pub(super) reading: Option<Reading>,
    pub(super) stops: StopFilter,
}

/// The answers that are not begun yet, in their order.
pub(super) struct Later {
    lease: Arc<Lease<dyn Generator>>,
    prepared: Arc<[Prepared]>,
    /// Which prompt, and which answer to it.
    jobs: VecDeque<(usize, u64)>,
    step: Step,
}

enum Step {
    Ready,
    Asked(JoinHandle<Result<GenerationStream, GenerationError>>),
    AskAgain(Pin<Box<Sleep>>),
}

impl Later {
    /// All answers to what was `prepared`, 1 or more, and the first of them, which is begun here; this may take a while.
    ///
    /// # Errors
    /// When the model refuses the first.
    pub(super) fn begin(
        lease: Arc<Lease<dyn Generator>>,
        prepared: Vec<Prepared>,
    ) -> Result<(Begun, Self), ApiError> {
        let jobs = prepared.iter().enumerate();
        let jobs =
            jobs.flat_map(|(order, prepared)| (0..prepared.choices as u64).map(move |job| (order, job)));
        let jobs = jobs.collect();
        let mut later = Self { lease, prepared: prepared.into(), jobs, step: Step::Ready };
        let first = later.prepared[0].begin(0, &**later.lease);
        let first = later.accepted(first)?;
        Ok((first, later))
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.jobs.len()
    }

    /// None of them is to be begun any more.
    pub(super) fn clear(&mut self) {
        self.jobs.clear();
        self.step = Step::Ready;
    }

    /// The next answer once it is begun; it is when few of those begun before are `waiting` for the model.
    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
        waiting: usize,
    ) -> Poll<Result<Begun, ApiError>> {
        loop {
            match &mut self.step {
                // Whoever polls does so again when one of them waits no longer.
                Step::Ready if waiting >= WAITING_MAX => return Poll::Pending,
                Step::Ready => {
                    let Some(&(order, choice)) = self.jobs.front() else { return Poll::Pending };
                    let (lease, prepared) = (Arc::clone(&self.lease), Arc::clone(&self.prepared));
                    let begin = move || prepared[order].begin(choice, &**lease);
                    self.step = Step::Asked(spawn_blocking(begin));
                }
                Step::AskAgain(sleep) => {
                    ready!(sleep.as_mut().poll(context));
                    self.step = Step::Ready;
                }
                Step::Asked(asked) => match ready!(Pin::new(asked).poll(context)) {
                    Ok(Err(GenerationError::QueueFull { .. })) => {
                        self.step = Step::AskAgain(Box::pin(tokio::time::sleep(ASK_AGAIN)));
                    }
                    Ok(accepted) => {
                        self.step = Step::Ready;
                        return Poll::Ready(self.accepted(accepted));
                    }
                    Err(_) => return Poll::Ready(Err(ApiError::broken_off(PREPARING))),
                },
            }
        }
    }

    /// What became of the first job.
    fn accepted(&mut self, stream: Result<GenerationStream, GenerationError>) -> Result<Begun, ApiError> {
        let order = self.jobs.pop_front().map_or(0, |(order, _)| order);
        let prepared = &self.prepared[order];
        match stream {
            Ok(stream) => {
                let (reading, stops) = (prepared.reading.clone(), prepared.stops.clone());
                Ok(Begun { stream, reading, stops })
            }
            Err(error) => Err(prepared.refused(error, &**self.lease)),
        }
    }
}
