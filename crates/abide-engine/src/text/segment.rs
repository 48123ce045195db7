//! Stretches of a prompt, by who wrote them. Must not know how they are tokenised.

/// A stretch of a prompt that says whether its special tokens are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'text> {
    /// Written by a chat template: special tokens in it are parsed.
    Markup(&'text str),
    /// Written by anyone else: special tokens in it are characters.
    Text(&'text str),
}
