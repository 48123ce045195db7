//! The engine behind HTTP.
//!
//! Dialects that clients know already (OpenAI, Ollama, Anthropic) are translated into one [`Order`](answer::Order) and
//! back from one stream of [`Piece`](answer::Piece)s; everything between is shared. Models come through a
//! [`Library`], which the program supplies. Companions have an API of their own, and are models of the others. This crate must not know the engine, files of models, or the
//! terminal: it is built and tested against a scripted [`Generator`](abide_generation::Generator).

pub mod answer;
mod app;
mod companions;
mod dialects;
mod documents;
mod error;
mod extract;
mod guard;
mod health;
mod keys;
mod library;
mod limits;
mod metrics;
mod objects;
mod options;
mod record;
mod registry;
mod serve;
mod shape;
mod state;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod utilities;
mod wording;

pub use app::app;
pub use companions::MODEL_PREFIX as COMPANION_PREFIX;
pub use error::{ApiError, ErrorKind};
pub use keys::{Keys, Scope};
pub use library::{Library, LibraryError, Loaded, MemoryNeed, ModelDetails, ModelInfo, ModelKind, PullStep};
pub use metrics::{InFlight, Metrics};
pub use options::ServerOptions;
pub use registry::{CONTENT_LOG, Lease, LoadedModel, Registry, RegistryOptions};
pub use serve::serve;
pub use state::{Phase, Server};
pub use wording::plain as plain_words;
