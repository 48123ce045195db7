//! The APIs that clients know, each in its own folder. Must not know models or engines: they translate.

pub mod anthropic;
#[cfg(test)]
mod asking;
mod embedding;
mod keep_alive;
pub mod ollama;
pub mod openai;
pub mod tool_names;
