//! The answers to the orders of one request while they are made: as many streams of a generator as answers are wanted, merged.
//! Must not know any dialect, nor what pieces mean.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use abide_generation::{
    FinishReason, GenerationError, GenerationEvent, GenerationStream, Generator, StopFilter, Timings,
};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, Sleep};
use uuid::Uuid;

use super::assembly::Assembly;
use super::later::{Begun, Later, PREPARING, Prepared};
use super::tools;
use super::{Choice, Order, Piece};
use crate::companions::MODEL_PREFIX;
use crate::metrics::{AnswerMeter, InFlight, Metrics};
use crate::registry::Lease;
use crate::state::Server;
use crate::{ApiError, ErrorKind, ModelInfo};

/// Answers to one request at most.
const CHOICES_MAX: usize = 128;

/// The answers to a request while they are made. Dropping it cancels them.
pub struct Answering {
    /// Random letters and digits, from which a dialect makes the answer's id.
    pub id: String,
    /// When the order was accepted.
    pub created: SystemTime,
    /// The model that answers.
    pub model: ModelInfo,
    running: Vec<Running>,
    later: Later,
    /// Counts those that are not begun.
    waiting: Vec<InFlight>,
    metrics: Metrics,
    ordered: Instant,
    choices: usize,
    ready: VecDeque<Choice>,
    limits: Limits,
    // Last: the streams go before the model.
    lease: Arc<Lease<dyn Generator>>,
}

/// As [`begin_all`] for one order.
///
/// # Errors
/// As [`begin_all`].
pub async fn begin(server: &Arc<Server>, order: Order) -> Result<Answering, ApiError> {
    begin_all(server, vec![order]).await
}

/// Finds the model of `orders`, 1 or more that name the same one, has it loaded if it is not, and has it begin the answers. The
/// choices of an order come after those of the orders before it. All but the first are begun as the ones before them are read: what
/// is wrong with them shows then.
///
/// # Errors
/// When the orders make no sense, the model can't be had, refuses, or the deadline passes meanwhile.
pub async fn begin_all(server: &Arc<Server>, orders: Vec<Order>) -> Result<Answering, ApiError> {
    begin_with(server, None, orders).await
}

/// As [`begin`] on a model that is held already. Asking for it a second time could be to wait for oneself: whoever waits for room waits
/// until nobody holds it.
///
/// # Errors
/// As [`begin_all`].
pub async fn begin_on(
    server: &Arc<Server>,
    lease: Lease<dyn Generator>,
    order: Order,
) -> Result<Answering, ApiError> {
    begin_with(server, Some(lease), vec![order]).await
}

async fn begin_with(
    server: &Arc<Server>,
    lease: Option<Lease<dyn Generator>>,
    orders: Vec<Order>,
) -> Result<Answering, ApiError> {
    let choices = orders.iter().fold(0_usize, |sum, order| sum.saturating_add(order.choices));
    if !(1..=CHOICES_MAX).contains(&choices) || orders.iter().any(|order| order.choices == 0) {
        return Err(ApiError::invalid("n", format!("must be from 1 to {CHOICES_MAX}, but is {choices}")));
    }
    let mut limits = Limits::new(server);
    let ordered = Instant::now();
    let Submitted { first, later, lease } = tokio::select! {
        biased;
        error = limits.passed() => return Err(error),
        submitted = submit(server, lease, orders) => submitted?,
    };
    let mut answering = Answering {
        id: Uuid::new_v4().simple().to_string(),
        created: SystemTime::now(),
        model: lease.info().clone(),
        running: Vec::with_capacity(choices),
        later,
        waiting: (0..choices).map(|_| server.metrics.answer_waits()).collect(),
        metrics: server.metrics.clone(),
        ordered,
        choices,
        ready: VecDeque::new(),
        limits,
        lease,
    };
    answering.run(first);
    Ok(answering)
}

/// Orders that the model has accepted.
struct Submitted {
    first: Begun,
    later: Later,
    lease: Arc<Lease<dyn Generator>>,
}

async fn submit(
    server: &Server,
    lease: Option<Lease<dyn Generator>>,
    orders: Vec<Order>,
) -> Result<Submitted, ApiError> {
    let lease = Arc::new(match lease {
        Some(lease) => lease,
        None => server.registry.generator(&orders[0].model, orders[0].keep_alive).await?,
    });
    // Long prompts and large grammars take a while to prepare.
    let submitted = spawn_blocking(move || {
        let prepare = |order: &Order| {
            order.fields.check(lease.description())?;
            let (mut request, reading) = tools::prepare(order, lease.description())?;
            // What else is in answers than words, models can't tell: calls, thoughts, and the marks of both. A companion keeps what it
            // says, and so has to know where it ends.
            let is_talk = order.model.starts_with(MODEL_PREFIX);
            let is_words = reading.is_none() && (is_talk || lease.description().thought_marks.is_none());
            let stops = if is_words { Vec::new() } else { std::mem::take(&mut request.stop) };
            let stops =
                StopFilter::new(stops).map_err(|error| order.fields.refused(error, &request.prompt))?;
            Ok(Prepared { request, reading, stops, fields: order.fields, choices: order.choices })
        };
        let prepared = orders.iter().map(prepare).collect::<Result<_, ApiError>>()?;
        let (first, later) = Later::begin(Arc::clone(&lease), prepared)?;
        Ok(Submitted { first, later, lease })
    });
    submitted.await.unwrap_or_else(|_| Err(ApiError::broken_off(PREPARING)))
}

impl Answering {
    /// Takes an answer that was begun to those that are made.
    fn run(&mut self, Begun { stream, reading, stops }: Begun) {
        let index = self.choices - self.waiting.len();
        let assembly = Assembly::new(self.lease.description().thought_marks.clone(), reading, stops);
        let counted = self.waiting.pop().unwrap_or_else(|| self.metrics.answer_waits());
        self.running.push(Running::new(index, stream, assembly, self.ordered, counted, &self.metrics));
    }

    /// How many answers there are.
    pub fn choices(&self) -> usize {
        self.choices
    }

    /// The next piece of any of the answers; `None` when all are complete, or after an error.
    pub async fn next(&mut self) -> Option<Result<Choice, ApiError>> {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Choice, ApiError>>> {
        if let Some(choice) = self.ready.pop_front() {
            return Poll::Ready(Some(Ok(choice)));
        }
        if self.running.is_empty() && self.later.count() == 0 {
            return Poll::Ready(None);
        }
        let mut error = match self.limits.poll(context) {
            Poll::Ready(error) => Some(error),
            Poll::Pending => self.begin_more(context).err(),
        };
        let (ready, generator) = (&mut self.ready, &**self.lease);
        self.running.retain_mut(|running| {
            error.is_none()
                && match running.poll(context, generator, ready) {
                    Ok(goes_on) => goes_on,
                    Err(failed) => {
                        error = Some(failed);
                        false
                    }
                }
        });
        if let Some(error) = error {
            self.running.clear();
            self.later.clear();
            self.ready.clear();
            return Poll::Ready(Some(Err(error)));
        }
        match self.ready.pop_front() {
            Some(choice) => Poll::Ready(Some(Ok(choice))),
            None => Poll::Pending,
        }
    }

    /// Has further answers begin, as many as may now.
    fn begin_more(&mut self, context: &mut Context<'_>) -> Result<(), ApiError> {
        loop {
            let waiting = self.running.iter().filter(|running| running.is_waiting()).count();
            match self.later.poll(context, waiting) {
                Poll::Ready(begun) => self.run(begun?),
                Poll::Pending => return Ok(()),
            }
        }
    }
}

impl futures_core::Stream for Answering {
    type Item = Result<Choice, ApiError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl fmt::Debug for Answering {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Answering").field("id", &self.id).finish_non_exhaustive()
    }
}

/// One of the answers.
struct Running {
    index: usize,
    stream: GenerationStream,
    assembly: Assembly,
    pieces: Vec<Piece>,
    meter: AnswerMeter,
    ordered: Instant,
    /// When its prompt had been read.
    started: Option<Instant>,
}

impl Running {
    fn new(
        index: usize,
        stream: GenerationStream,
        assembly: Assembly,
        ordered: Instant,
        waiting: InFlight,
        metrics: &Metrics,
    ) -> Self {
        Self {
            index,
            stream,
            assembly,
            pieces: Vec::new(),
            meter: AnswerMeter::new(metrics, waiting, ordered),
            ordered,
            started: None,
        }
    }

    /// Whether its prompt is not read yet.
    fn is_waiting(&self) -> bool {
        self.started.is_none()
    }

    /// Takes what there is until it makes a piece; tells whether more will come.
    fn poll(
        &mut self,
        context: &mut Context<'_>,
        generator: &dyn Generator,
        ready: &mut VecDeque<Choice>,
    ) -> Result<bool, ApiError> {
        while self.pieces.is_empty() {
            match self.stream.poll_next(context) {
                Poll::Pending => return Ok(true),
                Poll::Ready(Some(event)) => {
                    let event = event.map_err(|error| self.assembly.failed(error))?;
                    self.count(&event);
                    self.assembly.take(event, generator, &mut self.pieces);
                    if let Some(end) = self.end_at_stop() {
                        self.assembly.take(end, generator, &mut self.pieces);
                    }
                }
                Poll::Ready(None) => return Err(GenerationError::Stopped.into()),
            }
        }
        let finished = matches!(self.pieces.last(), Some(Piece::Finished { .. }));
        let index = self.index;
        ready.extend(self.pieces.drain(..).map(|piece| Choice { index, piece }));
        Ok(!finished)
    }

    /// The end of an answer that goes on at its generator, which doesn't know of the stop text that came up.
    fn end_at_stop(&self) -> Option<GenerationEvent> {
        if matches!(self.pieces.last(), Some(Piece::Finished { .. })) {
            return None;
        }
        let stop = self.assembly.stop_found()?;
        // How long it waited for its prefill, only the generator could tell.
        let last = self.meter.last();
        let started = self.started.unwrap_or(last);
        let timings =
            Timings { queued: Duration::ZERO, prefill: started - self.ordered, decode: last - started };
        let reason = FinishReason::StopText(stop.to_owned());
        Some(GenerationEvent::Finished { reason, usage: self.meter.usage(), timings })
    }

    fn count(&mut self, event: &GenerationEvent) {
        match event {
            GenerationEvent::Started(report) => {
                self.meter.started(report);
                self.started = Some(Instant::now());
            }
            GenerationEvent::Token(_) => self.meter.token(),
            GenerationEvent::Finished { usage, .. } => self.meter.ended(*usage),
        }
    }
}

/// What ends answers from outside.
struct Limits {
    deadline: Option<(Duration, Pin<Box<Sleep>>)>,
    stopping: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Limits {
    fn new(server: &Server) -> Self {
        let deadline = server.options.deadline;
        Self {
            deadline: deadline.map(|deadline| (deadline, Box::pin(tokio::time::sleep(deadline)))),
            stopping: Box::pin(server.stopping()),
        }
    }

    async fn passed(&mut self) -> ApiError {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    /// Ready when answers must end, with the reason. Not to be polled again then.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<ApiError> {
        if self.stopping.as_mut().poll(context).is_ready() {
            return Poll::Ready(ApiError::new(ErrorKind::Unavailable, "the server is stopping"));
        }
        let Some((deadline, sleep)) = &mut self.deadline else {
            return Poll::Pending;
        };
        sleep.as_mut().poll(context).map(|()| ApiError::deadline_exceeded(*deadline))
    }
}
