//! Text on one side, token ids on the other: tokenizers and chat templates. Knows GGUF metadata,
//! not tensors.

mod stream;
mod tokenizer;

pub use stream::TextStream;
pub use tokenizer::{Segment, TokenKind, Tokenizer, TokenizerError};
