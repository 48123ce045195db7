//! From a GGUF file to tokens, and from a BERT encoder to vectors. The only crate that names candle.
//!
//! Must not know where models come from, personas, HTTP or terminals.

mod batch;
mod buffer;
mod cache_contents;
pub mod constraint;
mod decoder;
mod embedding;
mod families;
pub mod gguf;
pub mod kv;
mod memory;
mod model;
mod ops;
mod options;
pub mod random;
mod rope;
pub mod sampling;
pub mod saved_cache;
mod scheduler;
#[cfg(test)]
mod schema_check;
pub mod spec;
pub mod text;
mod token_model;

pub use batch::Needed;
pub use cache_contents::{CacheContents, ContentsDescription, GroupContents};
pub use decoder::LoadError;
pub use embedding::{
    BertEmbedder, EmbedderError, EmbedderOptions, EmbedderProblem, EncoderSpec, Pooling, WEIGHTS_FILE,
    inspect_embedder,
};
pub use families::SpecError;
pub use memory::MemoryPlan;
pub use model::{EngineError, Inspection, Model, devices, inspect, parameters};
pub use options::{
    CONTEXT_LENGTH_DEFAULT_MAX, CacheType, ChoiceError, DeviceChoice, LoadOptions, OpsChoice, usable_cores,
};
pub use scheduler::{
    ChatTokens, DRAFT_TOKENS_MAX, Engine, EngineOptions, EngineStartError, Speculation, SpeculationError,
    Spelling, TextCodec, TextDecoder,
};
pub use token_model::{BatchItem, Logits, LogitsWanted, ModelError, TokenModel};
