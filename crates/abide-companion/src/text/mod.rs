//! Words and sentences of three languages. Must not know what is looked for in them.

pub mod sentence;
pub mod stem;
