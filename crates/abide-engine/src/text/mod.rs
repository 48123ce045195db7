//! Text on one side, token ids on the other: tokenizers and chat templates. Knows GGUF metadata,
//! not tensors.

mod segment;
mod template;

pub use segment::Segment;
pub use template::{ChatTemplate, RenderOptions, Rendered, TemplateError, WallClock};
