//! Replies that are being made, or were lately: whoever loses the connection takes it up again where it broke off.
//! Must not know HTTP.
//!
//! A reply goes on whether or not somebody listens, until it is complete or stopped. Its events are numbered from 0, that it was accepted, and
//! kept for a while after the last one, or until something of its companion is deleted: they hold the words of both.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use abide_companion::companion::{CompanionError, CompanionResult, Reply, ReplyEvent};
use abide_companion::store::CompanionId;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use uuid::Uuid;

use super::problem;
use super::wire::{self, MessageShown};
use crate::Server;
use crate::error::ApiError;
use crate::metrics::AnswerMeter;

/// How long a complete reply's events can be fetched again.
const KEPT: Duration = Duration::from_mins(10);
/// Replies that are kept at most; the oldest complete ones go first.
const REPLIES_MAX: usize = 256;

/// An event of a reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbered {
    /// From 0.
    pub number: u64,
    /// What happened, such as `text`.
    pub kind: &'static str,
    /// What it says.
    pub data: Value,
}

/// Replies of all companions.
#[derive(Default)]
pub struct Replies(Mutex<VecDeque<Arc<Running>>>);

/// A reply that is being made, or was.
pub struct Running {
    /// By which clients find it again.
    pub id: String,
    /// The companion that it belongs to, by its number.
    pub companion: CompanionId,
    /// When it was begun.
    since: Timestamp,
    events: Mutex<Vec<Numbered>>,
    /// How many events there are, and whether that is all.
    state: watch::Sender<(usize, Option<Instant>)>,
    stop: Notify,
}

impl Replies {
    /// Follows `reply` until it is complete, is [stopped](Running::stop), takes longer than an answer may, or the server ends.
    pub fn follow(&self, companion: CompanionId, mut reply: Reply, server: &Server) -> Arc<Running> {
        let running = Arc::new(Running {
            id: Uuid::new_v4().simple().to_string(),
            companion,
            since: Timestamp::now(),
            events: Mutex::default(),
            state: watch::Sender::new((0, None)),
            stop: Notify::new(),
        });
        let said = reply.said().cloned().map(MessageShown::from);
        running.add("accepted", json!({ "reply": running.id, "said": said }));
        self.keep(Arc::clone(&running));
        let (told, stopping) = (Arc::clone(&running), server.stopping());
        let too_late = past(server.options.deadline);
        let waiting = server.metrics.answer_waits();
        let mut meter = AnswerMeter::new(&server.metrics, waiting, Instant::now());
        tokio::spawn(async move {
            tokio::pin!(stopping, too_late);
            loop {
                let event = tokio::select! {
                    event = reply.next() => event,
                    () = told.stop.notified() => break told.add("stopped", Value::Null),
                    () = &mut stopping => break told.add("stopped", Value::Null),
                    error = &mut too_late => break told.add("error", problem::body(&error)),
                };
                match event {
                    Some(event) => {
                        count(&mut meter, &event);
                        let (kind, data) = wire::reply_event(event);
                        told.add(kind, data);
                    }
                    None => break,
                }
            }
            // Dropping the reply stops what is left of it; what was said is kept.
            drop(reply);
            drop(meter);
            told.state.send_modify(|state| state.1 = Some(Instant::now()));
        });
        running
    }

    fn keep(&self, running: Arc<Running>) {
        let mut all = self.lock();
        while all.len() >= REPLIES_MAX {
            let Some(oldest) = all.iter().position(|known| known.ended().is_some()) else { break };
            all.remove(oldest);
        }
        all.push_back(running);
    }

    /// The reply of that id, if it is still kept and nothing of its companion was deleted since it was begun.
    pub fn find(
        &self,
        companion: CompanionId,
        id: &str,
        last_deleted: Option<Timestamp>,
    ) -> Option<Arc<Running>> {
        self.drop_before(companion, last_deleted);
        self.lock().iter().find(|known| known.companion == companion && known.id == id).cloned()
    }

    /// The companions whose replies are kept.
    pub fn companions(&self) -> BTreeSet<CompanionId> {
        self.lock().iter().map(|known| known.companion).collect()
    }

    /// Drops the replies of a companion that were begun before something of it was deleted. Deleting waits for a turn's end, so they are
    /// complete; who is just reading one goes on.
    pub fn drop_before(&self, companion: CompanionId, last_deleted: Option<Timestamp>) {
        // Times in the database are rounded down.
        let stays = |known: &Running| {
            last_deleted.is_none_or(|last| last.as_microsecond() < known.since.as_microsecond())
        };
        self.lock().retain(|known| known.companion != companion || stays(known));
    }

    /// All of them, without those that are complete for long.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Running>>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        all.retain(|known| known.ended().is_none_or(|ended| now - ended < KEPT));
        all
    }
}

impl Running {
    /// Stops the reply; what was said is kept.
    pub fn stop(&self) {
        self.stop.notify_one();
    }

    /// The event of that number, once it has come; `None` if there are not so many.
    pub async fn event(&self, number: u64) -> Option<Numbered> {
        let mut state = self.state.subscribe();
        let index = usize::try_from(number).ok()?;
        let (count, _) = *state.wait_for(|(count, ended)| *count > index || ended.is_some()).await.ok()?;
        if count <= index {
            return None;
        }
        self.events().get(index).cloned()
    }

    /// Whether it is complete, and has no event of that number.
    pub fn is_over_before(&self, number: u64) -> bool {
        let (count, ended) = *self.state.borrow();
        ended.is_some() && number >= count as u64
    }

    fn ended(&self) -> Option<Instant> {
        self.state.borrow().1
    }

    fn add(&self, kind: &'static str, data: Value) {
        let mut events = self.events();
        let number = events.len() as u64;
        events.push(Numbered { number, kind, data });
        let count = events.len();
        drop(events);
        self.state.send_modify(|state| state.0 = count);
    }

    fn events(&self) -> MutexGuard<'_, Vec<Numbered>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Comes when a reply that begins now has taken as long as an answer may; never where there is no limit.
async fn past(deadline: Option<Duration>) -> ApiError {
    match deadline {
        Some(deadline) => {
            tokio::time::sleep(deadline).await;
            ApiError::deadline_exceeded(deadline)
        }
        None => std::future::pending().await,
    }
}

/// Counts a reply as the answers of models are counted; its pieces are its tokens.
fn count(meter: &mut AnswerMeter, event: &CompanionResult<ReplyEvent>) {
    match event {
        Ok(ReplyEvent::Started(report)) => meter.started(report),
        Ok(ReplyEvent::Thought(_) | ReplyEvent::Text(_)) => meter.token(),
        Ok(ReplyEvent::Finished(finished)) => meter.ended(finished.usage),
        Err(CompanionError::EmptyReply(Some(ending))) => meter.ended(ending.usage),
        Ok(ReplyEvent::Notice(_) | ReplyEvent::Planned(_)) | Err(_) => {}
    }
}
