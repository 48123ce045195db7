//! From a dialect's order to a stream of pieces: finds the model, makes the requests, tells thoughts and calls of tools
//! from text. Must not know any dialect.

mod answering;
mod assembly;
mod collect;
mod later;
mod order;
mod piece;
mod stops;
#[cfg(test)]
mod tests;
mod tools;

pub use answering::{Answering, begin, begin_all, begin_on};
pub use collect::{Collected, CollectedCall, collect};
pub use order::{FieldNames, LEVELS, Order, ThoughtWish, ToolChoice, Wish};
pub use piece::{Choice, Ending, Piece, PieceLogprob, TokenText};
