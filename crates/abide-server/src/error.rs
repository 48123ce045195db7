//! What can go wrong with a request, before any dialect gives it a shape. Must not know how an error is written: each
//! dialect does that in one place, for its own handlers and for what the layers around them refuse.

use std::time::Duration;

use abide_generation::{EmbeddingError, GenerationError};

use crate::LibraryError;

/// Sorts errors by what a client can do about them; each dialect has its own name and status for every one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request can't be understood, or a value in it makes no sense (400).
    Invalid,
    /// The dialect offers it, abide doesn't (400).
    Unsupported,
    /// The prompt does not fit the context (400).
    ContextOverflow,
    /// No key, or an unknown one (401).
    Unauthenticated,
    /// The key, the host or the origin doesn't allow it (403).
    Forbidden,
    /// No such route or object (404).
    NotFound,
    /// No such model (404).
    ModelNotFound,
    /// The route exists, but not with this method (405).
    MethodNotAllowed,
    /// The client took too long to send the request (408).
    RequestTimeout,
    /// It is in use (409).
    Conflict,
    /// The body is larger than allowed (413).
    TooLarge,
    /// The queue is full, or memory is taken by models in use (429).
    Busy,
    /// The answer was not ready by its deadline (504).
    DeadlineExceeded,
    /// Our fault (500).
    Internal,
    /// The server is stopping, or the model has stopped (503).
    Unavailable,
}

/// An error on its way to a client. Its text is for that client: no paths of files, no panics, nothing of other requests.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// What sort of error.
    pub kind: ErrorKind,
    /// What is wrong and what to do about it.
    pub message: String,
    /// The field of the request that it is about, as a path such as `messages[2].content`.
    pub field: Option<String>,
    /// When to try again.
    pub retry_after: Option<Duration>,
}

impl ApiError {
    /// An error of `kind`.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), field: None, retry_after: None }
    }

    /// A panic on the thread that did `what` for a request. What it said may hold a prompt, and goes to the panic hook of the program alone.
    pub(crate) fn broken_off(what: &str) -> Self {
        tracing::error!(what, "a request broke off");
        Self::new(ErrorKind::Internal, format!("{what} broke off; the server's log says where"))
    }

    /// A field whose value makes no sense. `problem` continues the sentence that the field's name begins.
    pub fn invalid(field: impl Into<String>, problem: impl std::fmt::Display) -> Self {
        let field = field.into();
        Self { field: Some(field.clone()), ..Self::new(ErrorKind::Invalid, format!("`{field}` {problem}")) }
    }

    /// A field, or a value of one, that the dialect offers and abide doesn't.
    pub fn unsupported(field: impl Into<String>, advice: impl std::fmt::Display) -> Self {
        let field = field.into();
        let message = format!("`{field}` is not supported: {advice}");
        Self { field: Some(field), ..Self::new(ErrorKind::Unsupported, message) }
    }

    /// The answer took longer than it may.
    pub fn deadline_exceeded(deadline: Duration) -> Self {
        let message = format!(
            "the answer was not complete after {} seconds, which is the limit",
            deadline.as_secs_f32()
        );
        Self::new(ErrorKind::DeadlineExceeded, message)
    }
}

impl From<GenerationError> for ApiError {
    fn from(error: GenerationError) -> Self {
        let message = error.to_string();
        match error {
            GenerationError::ContextOverflow { .. } => Self::new(ErrorKind::ContextOverflow, message),
            GenerationError::EmptyPrompt | GenerationError::Template(_) => {
                Self::new(ErrorKind::Invalid, message)
            }
            GenerationError::Constraint { .. } => Self::new(ErrorKind::Invalid, message),
            GenerationError::InvalidRequest { field, .. } => {
                Self { field: Some(field.to_owned()), ..Self::new(ErrorKind::Invalid, message) }
            }
            GenerationError::Sampling(error) => {
                Self { field: Some(error.parameter.to_owned()), ..Self::new(ErrorKind::Invalid, message) }
            }
            GenerationError::QueueFull { .. } | GenerationError::CompilersBusy => {
                Self { retry_after: Some(Duration::from_secs(1)), ..Self::new(ErrorKind::Busy, message) }
            }
            GenerationError::Stopped => Self::new(ErrorKind::Unavailable, message),
            GenerationError::Engine(details) => {
                tracing::error!(%details, "the engine failed");
                Self::new(ErrorKind::Internal, "the engine failed; the server's log says why")
            }
        }
    }
}

impl From<EmbeddingError> for ApiError {
    fn from(error: EmbeddingError) -> Self {
        tracing::error!(%error, "embedding failed");
        Self::new(ErrorKind::Internal, "the embedding model failed; the server's log says why")
    }
}

impl From<LibraryError> for ApiError {
    fn from(error: LibraryError) -> Self {
        let message = error.to_string();
        let kind = match &error {
            LibraryError::Unknown { .. } | LibraryError::NotInstalled { .. } => ErrorKind::ModelNotFound,
            LibraryError::TooLarge { .. } | LibraryError::NoRoom { .. } | LibraryError::Pull { .. } => {
                ErrorKind::Unavailable
            }
            // Trying again helps nothing.
            LibraryError::Unusable { .. } => ErrorKind::Internal,
            LibraryError::Refused { .. } => ErrorKind::Forbidden,
            LibraryError::InUse { .. } => ErrorKind::Conflict,
            LibraryError::Cancelled => ErrorKind::DeadlineExceeded,
            LibraryError::Internal { details } => {
                tracing::error!(%details, "the models can't be reached");
                ErrorKind::Internal
            }
        };
        Self::new(kind, message)
    }
}
