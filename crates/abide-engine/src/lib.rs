//! From a GGUF file to tokens. The only crate that names candle.
//!
//! Must not know where models come from, personas, HTTP or terminals.

pub mod gguf;
pub mod kv;
pub mod sampling;
pub mod scheduler;
pub mod text;
pub mod token_model;
