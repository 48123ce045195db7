//! A reply as it comes. Must not know how it is made.

use std::sync::Arc;
use std::task::{Context, Poll};

use abide_generation::{FinishReason, PromptReport, Timings, Usage};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::UnboundedReceiver;

use super::error::{CompanionError, CompanionResult};
use crate::prompt::Plan;
use crate::transcript::Message;

/// One step of a reply: `Planned`, `Started`, any number of the others, then `Finished`; an error ends it at any point.
#[derive(Debug, Clone, PartialEq)]
pub enum ReplyEvent {
    /// Something the program says to the user beside the conversation. Not part of the reply.
    Notice(Notice),
    /// The prompt is planned.
    Planned(Arc<Plan>),
    /// The model has read the prompt.
    Started(PromptReport),
    /// A piece of the model's thoughts, which are not kept.
    Thought(String),
    /// A piece of the reply.
    Text(String),
    /// The reply is complete and kept, and its turn is over.
    Finished(Box<Finished>),
}

/// A reply that is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// The message that it became.
    pub message: Message,
    /// Why it ended.
    pub reason: FinishReason,
    /// Tokens counted.
    pub usage: Usage,
    /// Time taken.
    pub timings: Timings,
}

/// How a reply without a word ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// Why.
    pub reason: FinishReason,
    /// Tokens counted.
    pub usage: Usage,
    /// Time taken.
    pub timings: Timings,
}

/// Something the program says to the user beside the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What it is about, such as `software`, `break`, `crisis`.
    pub kind: String,
    /// Its words.
    pub text: String,
}

/// A reply that is being made. Dropping it stops the model; what was said until then is kept as an interrupted reply.
#[derive(Debug)]
pub struct Reply {
    said: Option<Message>,
    events: UnboundedReceiver<CompanionResult<ReplyEvent>>,
}

impl Reply {
    pub(super) fn new(said: Option<Message>, events: UnboundedReceiver<CompanionResult<ReplyEvent>>) -> Self {
        Self { said, events }
    }

    /// The user's message that is answered; none for a regeneration.
    pub fn said(&self) -> Option<&Message> {
        self.said.as_ref()
    }

    /// The next event, waiting without blocking the task; `None` after the end.
    pub async fn next(&mut self) -> Option<CompanionResult<ReplyEvent>> {
        self.events.recv().await
    }

    /// The next event for a task that waits for several; `None` after the end.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<CompanionResult<ReplyEvent>>> {
        self.events.poll_recv(context)
    }

    /// The next event, blocking the thread; `None` after the end. Not for use inside a runtime.
    pub fn blocking_next(&mut self) -> Option<CompanionResult<ReplyEvent>> {
        self.events.blocking_recv()
    }

    /// Reads the reply to its end, blocking the thread.
    ///
    /// # Errors
    /// What ends the reply before it is complete.
    pub fn blocking_finish(mut self) -> CompanionResult<Finished> {
        while let Some(event) = self.blocking_next() {
            if let ReplyEvent::Finished(finished) = event? {
                return Ok(*finished);
            }
        }
        Err(CompanionError::EmptyReply(None))
    }
}
