//! Replies of `/api/chat` and `/api/generate` on their way: as lines of JSON, or whole. Must not know what stands in them.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use abide_generation::Generator;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use futures_core::Stream;
use serde::Serialize;
use tokio::time::Instant;

use super::error::error_body;
use super::reply::{Delta, Deltas, DoneReason, Metrics};
use crate::answer::{self, Answering, Order};
use crate::registry::Lease;
use crate::{ApiError, ErrorKind, Server};

/// The type of a stream of JSON values, one on each line.
const LINES: &str = "application/x-ndjson";

/// A reply, or a line of one.
pub(super) trait Reply: Serialize {
    /// What `delta` looks like, with the metrics of an end if it is one.
    fn new(head: Head, delta: Delta, metrics: Metrics) -> Self;
}

/// How each line begins.
#[derive(Debug)]
pub(super) struct Head {
    /// The model's name as the client gave it.
    pub(super) model: String,
    /// Now.
    pub(super) created_at: String,
}

/// Clocks of a request, which replies report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    arrived: Instant,
    load: Duration,
}

impl Clock {
    /// Of a request that arrived now.
    pub(super) fn start() -> Self {
        Self { arrived: Instant::now(), load: Duration::ZERO }
    }

    /// The model is in memory.
    pub(super) fn loaded(&mut self) {
        self.load = self.arrived.elapsed();
    }

    /// How long loading took.
    pub(super) fn load(&self) -> Duration {
        self.load
    }

    /// Time since the request's arrival.
    pub(super) fn total(&self) -> Duration {
        self.arrived.elapsed()
    }
}

/// Has `order` answered by the model that is held, and replies as a stream or whole.
///
/// # Errors
/// When the order is refused, or the answer fails before anything of it was sent.
pub(super) async fn answer<R: Reply + Send + 'static>(
    server: &Arc<Server>,
    lease: Lease<dyn Generator>,
    order: Order,
    clock: Clock,
    streamed: bool,
) -> Result<Response, ApiError> {
    let model = order.model.clone();
    let answering = answer::begin_on(server, lease, order).await?;
    let mut writer = Writer { model, clock, deltas: Deltas::default() };
    if streamed {
        return Ok(lines(writer.stream::<R>(answering)));
    }
    let mut answering = answering;
    let mut whole = Delta::default();
    while let Some(choice) = answering.next().await {
        if let Some(delta) = writer.deltas.push(choice?.piece) {
            whole.absorb(delta);
        }
    }
    if whole.end.is_none() {
        return Err(ApiError::new(ErrorKind::Unavailable, "the answer ended before it was complete"));
    }
    Ok(Json(writer.reply::<R>(whole)).into_response())
}

/// The reply to a request that wants nothing but a model loaded or unloaded.
pub(super) fn without_answer<R: Reply>(model: String, reason: DoneReason) -> Response {
    let head = Head { model, created_at: now() };
    Json(R::new(head, Delta::default(), Metrics::without_answer(reason))).into_response()
}

struct Writer {
    model: String,
    clock: Clock,
    deltas: Deltas,
}

impl Writer {
    fn reply<R: Reply>(&self, mut delta: Delta) -> R {
        let end = delta.end.take();
        let metrics = end
            .map_or_else(Metrics::default, |end| Metrics::new(&end, self.clock.load(), self.clock.total()));
        R::new(Head { model: self.model.clone(), created_at: now() }, delta, metrics)
    }

    /// The lines of the answer. Dropping them cancels it.
    fn stream<R: Reply + Send + 'static>(
        mut self,
        mut answering: Answering,
    ) -> impl Stream<Item = Line> + Send {
        async_stream::stream! {
            while let Some(choice) = answering.next().await {
                match choice {
                    Ok(choice) => {
                        let delta = self.deltas.push(choice.piece);
                        if let Some(delta) = delta {
                            yield Ok(line(&self.reply::<R>(delta)));
                        }
                    }
                    Err(error) => {
                        yield Ok(line(&error_body(&error)));
                        return;
                    }
                }
            }
        }
    }
}

/// The current time as replies have it.
pub(super) fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// What a body is made of.
pub(super) type Line = Result<Bytes, Infallible>;

/// `value` as a line of its own.
pub(super) fn line(value: &impl Serialize) -> Bytes {
    let mut line = serde_json::to_vec(value).expect("replies are plain data");
    line.push(b'\n');
    line.into()
}

/// A response that is sent as its lines are made.
pub(super) fn lines(lines: impl Stream<Item = Line> + Send + 'static) -> Response {
    ([(CONTENT_TYPE, LINES)], Body::from_stream(lines)).into_response()
}
