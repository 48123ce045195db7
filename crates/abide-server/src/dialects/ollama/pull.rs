//! `/api/pull`: fetching a model, with its progress line by line. Must not know where models come from.

use std::sync::Arc;

use axum::Json as JsonReply;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use futures_core::Stream;
use futures_core::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{self, Receiver, Sender, error::TrySendError};
use utoipa::ToSchema;

use super::error::error_body;
use super::lines::{Line, line, lines};
use super::models::one_name;
use crate::extract::Json;
use crate::{ApiError, ModelInfo, PullStep, Server};

/// Steps that may wait for a slow reader; further reports of bytes are left out, because later ones tell the same.
const STEPS_WAITING: usize = 64;

/// Characters of a checksum that a status shows.
const DIGEST_SHOWN: usize = 12;

/// Which model to fetch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ollama::PullRequest)]
pub(super) struct PullRequest {
    /// The model's name in the catalogue.
    #[schema(example = "smollm2-135m-instruct")]
    model: Option<String>,
    /// The same, as older clients have it.
    name: Option<String>,
    /// Whether progress comes line by line; true if left out.
    stream: Option<bool>,
    /// Must be false or left out.
    insecure: Option<bool>,
    #[schema(ignore)]
    username: Option<String>,
    #[schema(ignore)]
    password: Option<String>,
}

/// How far fetching is.
#[derive(Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = ollama::Progress)]
pub(super) struct Progress {
    /// What is done now; `success` at the end.
    status: String,
    /// Checksum of the file that is fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    /// Its bytes in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// Its bytes that are here.
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<u64>,
}

impl Progress {
    fn status(status: impl Into<String>) -> Self {
        Self { status: status.into(), ..Self::default() }
    }
}

impl From<PullStep> for Progress {
    fn from(step: PullStep) -> Self {
        match step {
            PullStep::Status(status) => Self::status(status),
            PullStep::Bytes { file, sha256, done, total } => {
                let shown = sha256
                    .as_ref()
                    .map_or(file.as_str(), |sha256| sha256.get(..DIGEST_SHOWN).unwrap_or(sha256));
                Self {
                    status: format!("pulling {shown}"),
                    digest: sha256.map(|sha256| format!("sha256:{sha256}")),
                    total: Some(total),
                    completed: Some(done),
                }
            }
        }
    }
}

/// Fetches a model of the catalogue. Whoever hangs up stops it; asked for again, it goes on from there.
#[utoipa::path(post, path = "/api/pull", tag = "Ollama", request_body = PullRequest, responses(
    (status = OK, description = "Progress: lines of JSON, or the last one with `stream` false.",
     content((Progress = "application/x-ndjson"), (Progress = "application/json"))),
    (status = "4XX", description = "The request was refused; `error` says why."),
))]
pub(super) async fn pull(
    State(server): State<Arc<Server>>,
    Json(request): Json<PullRequest>,
) -> Result<Response, ApiError> {
    if request.insecure == Some(true) {
        return Err(ApiError::unsupported("insecure", "models come over verified connections alone"));
    }
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    for (field, value) in [("username", &request.username), ("password", &request.password)] {
        if given(value) {
            return Err(ApiError::unsupported(field, "sources are chosen and unlocked on the server"));
        }
    }
    let mut pulling = Pulling::start(server, one_name(request.model, request.name)?);
    if !request.stream.unwrap_or(true) {
        while pulling.next().await?.is_some() {}
        return Ok(JsonReply(Progress::status("success")).into_response());
    }
    // What fails at once has a status of its own.
    let first = pulling.next().await?;
    Ok(lines(progress(first, pulling)))
}

fn progress(first: Option<PullStep>, mut pulling: Pulling) -> impl Stream<Item = Line> + Send {
    async_stream::stream! {
        let mut next = Ok(first);
        loop {
            match next {
                Ok(Some(step)) => yield Ok(line(&Progress::from(step))),
                Ok(None) => {
                    yield Ok(line(&Progress::status("success")));
                    return;
                }
                Err(error) => {
                    yield Ok(line(&error_body(&error)));
                    return;
                }
            }
            next = pulling.next().await;
        }
    }
}

/// A model on its way. Dropping it stops that.
struct Pulling {
    steps: Receiver<PullStep>,
    done: BoxFuture<'static, Result<ModelInfo, ApiError>>,
    result: Option<Result<ModelInfo, ApiError>>,
}

impl Pulling {
    fn start(server: Arc<Server>, name: String) -> Self {
        let (sender, steps) = mpsc::channel(STEPS_WAITING);
        let done = async move { server.registry.pull(&name, move |step| send(&sender, step)).await };
        Self { steps, done: Box::pin(done), result: None }
    }

    /// The next step, or `None` when the model is here.
    async fn next(&mut self) -> Result<Option<PullStep>, ApiError> {
        if self.result.is_none() {
            tokio::select! {
                biased;
                Some(step) = self.steps.recv() => return Ok(Some(step)),
                result = &mut self.done => self.result = Some(result),
            }
        }
        // What was reported just before the end comes first.
        if let Ok(step) = self.steps.try_recv() {
            return Ok(Some(step));
        }
        self.result.clone().transpose().map(|_| None)
    }
}

/// Passes a step on to the reply. Runs where the model is fetched, and so may wait.
fn send(steps: &Sender<PullStep>, step: PullStep) {
    let skippable = matches!(&step, PullStep::Bytes { done, total, .. } if done < total);
    match steps.try_send(step) {
        // Nobody is there any more: fetching is stopped by other means.
        Ok(()) | Err(TrySendError::Closed(_)) => {}
        Err(TrySendError::Full(_)) if skippable => {}
        Err(TrySendError::Full(step)) => drop(steps.blocking_send(step)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn steps_look_like_ollamas() {
        let written = |step| serde_json::to_value(Progress::from(step)).unwrap();
        assert_eq!(written(PullStep::Status("asking".to_owned())), json!({"status": "asking"}));
        let sha256 = "0123456789abcdef".repeat(4);
        let bytes = |sha256| PullStep::Bytes { file: "model.gguf".to_owned(), sha256, done: 5, total: 10 };
        assert_eq!(
            written(bytes(Some(sha256.clone()))),
            json!({"status": "pulling 0123456789ab", "digest": format!("sha256:{sha256}"), "total": 10, "completed": 5})
        );
        assert_eq!(
            written(bytes(None)),
            json!({"status": "pulling model.gguf", "total": 10, "completed": 5})
        );
    }

    #[test]
    fn a_slow_reader_misses_bytes_but_not_their_end() {
        let (sender, mut steps) = mpsc::channel(1);
        let bytes = |done| PullStep::Bytes { file: "f".to_owned(), sha256: None, done, total: 3 };
        send(&sender, bytes(1));
        send(&sender, bytes(2));
        let waiting = std::thread::spawn(move || send(&sender, bytes(3)));
        assert_eq!(steps.blocking_recv(), Some(bytes(1)));
        assert_eq!(steps.blocking_recv(), Some(bytes(3)));
        assert_eq!(steps.blocking_recv(), None);
        waiting.join().unwrap();
    }
}
