//! What comes back: a prompt report, tokens as they are made, and an end.

use std::fmt;
use std::task::{Context, Poll};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::GenerationError;

/// One step of an answer. A stream is `Started`, any number of `Token`, then `Finished`; an
/// `Err` ends it at any point.
#[derive(Debug, Clone, PartialEq)]
pub enum GenerationEvent {
    /// The prompt was accepted and its first logits are computed.
    Started(PromptReport),
    /// A token was chosen.
    Token(TokenEvent),
    /// The answer is complete.
    Finished {
        /// Why it ended.
        reason: FinishReason,
        /// Tokens counted.
        usage: Usage,
        /// Time taken.
        timings: Timings,
    },
}

/// What became of the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PromptReport {
    /// Tokens of the prompt as it was used.
    pub prompt_tokens: usize,
    /// Of those, tokens found in the cache and not computed again.
    pub cached_tokens: usize,
    /// Messages left out because the prompt did not fit.
    pub dropped_messages: usize,
    /// Whether the prompt ends inside a thought, so that the answer begins with thoughts.
    pub thought_open: bool,
}

/// A chosen token.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenEvent {
    /// Its id.
    pub id: u32,
    /// The text that became certain with it. Empty while bytes of a character, or a possible stop
    /// text, are still open; a later token (or the end) carries them.
    pub text: String,
    /// Its log-probability and that of the best candidates, if asked for; none of the token that ends the answer and is no part
    /// of it (an end of turn, or the last of a stop text).
    pub logprob: Option<TokenLogprob>,
    /// How many of the last tokens, this one included, have text behind [`Self::text`]: maybe the beginning of a stop text, or one that
    /// ends the answer.
    pub withheld: usize,
}

/// Log-probabilities at one step, under the model's own distribution (before samplers).
#[derive(Debug, Clone, PartialEq)]
pub struct TokenLogprob {
    /// Natural logarithm of the chosen token's probability.
    pub chosen: f32,
    /// The best candidates, best first: id and natural logarithm of the probability.
    pub top: Vec<(u32, f32)>,
}

/// Why an answer ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// The model ended its turn.
    EndOfTurn,
    /// One of the request's stop texts came up.
    StopText(String),
    /// The request's `max_tokens` were made.
    MaxTokens,
    /// The context is full.
    ContextFull,
}

/// Tokens counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Of those, taken from the cache.
    pub cached_tokens: usize,
    /// Tokens of the answer.
    pub completion_tokens: usize,
    /// Tokens guessed ahead of the answer, to be checked several at a time. How many depends on timing; the answer
    /// does not.
    pub drafted_tokens: usize,
    /// Of those, the ones that were right: so many of the answer's tokens cost no step of their own.
    pub accepted_tokens: usize,
}

/// Time taken, measured where the model runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timings {
    /// From the request's arrival to the start of its prefill.
    pub queued: Duration,
    /// From the start of prefill to the first token.
    pub prefill: Duration,
    /// From the first token to the last.
    pub decode: Duration,
}

/// What looks at the events of an answer on their way.
type Watch = Box<dyn FnMut(&Result<GenerationEvent, GenerationError>) + Send>;

/// The receiving end of an answer. Dropping it cancels the request within one step.
pub struct GenerationStream {
    receiver: mpsc::Receiver<Result<GenerationEvent, GenerationError>>,
    watch: Option<Watch>,
}

impl GenerationStream {
    /// Wraps the channel that a generator fills.
    pub fn new(receiver: mpsc::Receiver<Result<GenerationEvent, GenerationError>>) -> Self {
        Self { receiver, watch: None }
    }

    /// Has `watch` see each event before it is taken. It goes when the stream does.
    #[must_use]
    pub fn watched(
        self,
        mut watch: impl FnMut(&Result<GenerationEvent, GenerationError>) + Send + 'static,
    ) -> Self {
        let Self { receiver, watch: before } = self;
        let watch: Watch = match before {
            None => Box::new(watch),
            Some(mut before) => Box::new(move |event| {
                before(event);
                watch(event);
            }),
        };
        Self { receiver, watch: Some(watch) }
    }

    fn seen(
        &mut self,
        event: Option<Result<GenerationEvent, GenerationError>>,
    ) -> Option<Result<GenerationEvent, GenerationError>> {
        if let (Some(watch), Some(event)) = (&mut self.watch, &event) {
            watch(event);
        }
        event
    }

    /// The next event, waiting without blocking the task; `None` after the end.
    pub async fn next(&mut self) -> Option<Result<GenerationEvent, GenerationError>> {
        let event = self.receiver.recv().await;
        self.seen(event)
    }

    /// The next event for a task that waits for several streams; `None` after the end.
    pub fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<GenerationEvent, GenerationError>>> {
        self.receiver.poll_recv(context).map(|event| self.seen(event))
    }

    /// The next event, blocking the thread; `None` after the end. Not for use inside a runtime.
    pub fn blocking_next(&mut self) -> Option<Result<GenerationEvent, GenerationError>> {
        let event = self.receiver.blocking_recv();
        self.seen(event)
    }
}

impl fmt::Debug for GenerationStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("GenerationStream").finish_non_exhaustive()
    }
}
