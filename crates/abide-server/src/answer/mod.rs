//! From a dialect's order to a stream of pieces: finds the model, makes the requests, tells thoughts and calls of tools
//! from text. Must not know any dialect.

mod order;
mod piece;

pub use order::{Order, ToolChoice};
pub use piece::{Choice, Ending, Piece, PieceLogprob};
