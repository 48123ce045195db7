//! Text on one side, token ids on the other: tokenizers and chat templates. Knows GGUF metadata,
//! not tensors.

mod codec;
mod marks;
mod segment;
mod stream;
mod template;
mod tokenizer;

pub use codec::ModelText;
pub use segment::Segment;
pub use stream::TextStream;
pub use template::{ChatTemplate, Rendered, TemplateError, WallClock};
pub(crate) use tokenizer::letters;
pub use tokenizer::{TokenKind, Tokenizer, TokenizerError};
