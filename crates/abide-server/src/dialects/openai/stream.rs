//! Answers as server-sent events: options, transport, and the end. Must not know what the events say.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::error_body;
use crate::ApiError;
use crate::answer::{Answering, Choice};

/// After so long without an event a comment is sent, so that nobody on the way closes the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// How an answer is streamed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = openai::StreamOptions)]
pub struct StreamOptions {
    /// Whether the last event tells the tokens counted.
    #[serde(default)]
    include_usage: Option<bool>,
    /// Must be false or left out: events are not padded.
    #[serde(default)]
    include_obfuscation: Option<bool>,
}

impl StreamOptions {
    /// Whether the last event tells the tokens counted.
    pub fn tells_usage(&self) -> bool {
        self.include_usage == Some(true)
    }
}

/// The options of an answer that is streamed, `None` if it isn't.
pub fn stream_options(
    stream: Option<bool>,
    options: Option<StreamOptions>,
) -> Result<Option<StreamOptions>, ApiError> {
    if options.as_ref().is_some_and(|options| options.include_obfuscation == Some(true)) {
        return Err(ApiError::unsupported(
            "stream_options.include_obfuscation",
            "events are not padded here; leave it out",
        ));
    }
    match (stream.unwrap_or_default(), options) {
        (true, options) => Ok(Some(options.unwrap_or_default())),
        (false, Some(_)) => Err(ApiError::invalid("stream_options", "needs `stream` to be true")),
        (false, None) => Ok(None),
    }
}

/// Says what happens in events.
pub trait Write: Send + 'static {
    /// Before the first piece.
    fn begin(&mut self) -> Vec<Event> {
        Vec::new()
    }

    /// A piece of an answer.
    fn piece(&mut self, choice: Choice) -> Vec<Event>;

    /// All answers are complete.
    fn end(&mut self) -> Vec<Event>;

    /// An answer failed; nothing follows.
    fn error(&mut self, error: &ApiError) -> Vec<Event>;
}

/// A response that says what happens as it happens. When the client goes, the answers are cancelled.
pub fn respond(mut answers: Answering, mut write: impl Write) -> Response {
    let events = async_stream::stream! {
        for event in write.begin() {
            yield Ok::<_, Infallible>(event);
        }
        while let Some(next) = answers.next().await {
            let (events, failed) = match next {
                Ok(choice) => (write.piece(choice), false),
                Err(error) => (write.error(&error), true),
            };
            for event in events {
                yield Ok(event);
            }
            if failed {
                return;
            }
        }
        for event in write.end() {
            yield Ok(event);
        }
    };
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

/// An event without a name.
pub fn data(value: &impl Serialize) -> Event {
    Event::default().data(to_json(value))
}

/// The event that ends a stream.
pub fn done() -> Event {
    Event::default().data("[DONE]")
}

/// The end of a stream that failed.
pub fn error_events(error: &ApiError) -> Vec<Event> {
    vec![data(&error_body(error))]
}

/// The JSON text of a reply.
pub fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("replies have texts as keys and finite numbers")
}
