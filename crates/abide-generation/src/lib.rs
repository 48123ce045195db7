//! The boundary between those who make text and those who want it.
//!
//! A [`Generator`] takes a [`GenerationRequest`] and answers with a stream of [`GenerationEvent`]s;
//! an [`Embedder`] turns texts into vectors. This crate must not know how either is done: no
//! tensors, no files, no network, no runtime. Everything else in the workspace meets at these types. [`scripted`] is a
//! generator for the tests of those who use one.

mod channels;
mod embedder;
mod error;
mod event;
mod generator;
pub mod marks;
mod request;
mod sampling;
pub mod schema;
pub mod scripted;
mod stop;
mod thoughts;

pub use embedder::{Embedder, Embeddings};
pub use error::{EmbeddingError, GenerationError};
pub use event::{
    FinishReason, GenerationEvent, GenerationStream, PromptReport, Timings, TokenEvent, TokenLogprob, Usage,
};
pub use generator::{Generator, ModelDescription, Special, ThoughtControl, ThoughtMarks, ToolSyntax};
pub use request::{
    Chat, Constraint, ContextOverflow, GenerationRequest, Message, Prompt, PromptPart, Role, Tool, ToolCall,
};
pub use sampling::{Dry, DynamicTemperature, Mirostat, Sampling, SamplingError, Xtc};
pub use stop::{Filtered, StopFilter};
pub use thoughts::{Part, Thoughts};
