//! Tells a model's thoughts from what it says, as the text comes. Must not know what becomes of either.

use abide_generation::ThoughtMarks;

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Part of a thought.
    Thought(String),
    /// Part of what is said.
    Said(String),
}

/// Splits the pieces of one answer. Without marks all is said.
#[derive(Debug)]
pub(super) struct Thoughts {
    marks: Option<ThoughtMarks>,
    inside: bool,
    said: bool,
    held: String,
}

impl Thoughts {
    /// `open`: whether the prompt ended inside a thought.
    pub fn new(marks: Option<ThoughtMarks>, open: bool) -> Self {
        let marks = marks.filter(|marks| !marks.open.is_empty() && !marks.close.is_empty());
        Self { inside: open && marks.is_some(), marks, said: false, held: String::new() }
    }

    /// The next piece of text. What may be the beginning of a mark is held until it is certain.
    pub fn push(&mut self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let Some(marks) = self.marks.clone() else {
            self.give(&mut pieces, text.to_owned());
            return pieces;
        };
        self.held.push_str(text);
        loop {
            let mark = if self.inside { &marks.close } else { &marks.open };
            if let Some(at) = self.held.find(mark.as_str()) {
                let rest = self.held.split_off(at + mark.len());
                let mut before = std::mem::replace(&mut self.held, rest);
                before.truncate(at);
                self.give(&mut pieces, before);
                self.inside = !self.inside;
                continue;
            }
            let certain = self.held.len() - overlap(&self.held, mark);
            let rest = self.held.split_off(certain);
            let certain = std::mem::replace(&mut self.held, rest);
            self.give(&mut pieces, certain);
            return pieces;
        }
    }

    /// What was held when the text ends.
    pub fn end(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let held = std::mem::take(&mut self.held);
        self.give(&mut pieces, held);
        pieces
    }

    fn give(&mut self, pieces: &mut Vec<Piece>, text: String) {
        if self.inside {
            pieces.extend((!text.is_empty()).then_some(Piece::Thought(text)));
            return;
        }
        // Blanks between a thought and the answer, or before it, are nobody's words.
        let text = if self.said { text } else { text.trim_start().to_owned() };
        if !text.is_empty() {
            self.said = true;
            pieces.push(Piece::Said(text));
        }
    }
}

/// Bytes at the end of `text` that are a beginning of `mark`.
fn overlap(text: &str, mark: &str) -> usize {
    let ends = mark.char_indices().map(|(at, _)| at).skip(1);
    ends.filter(|&length| text.ends_with(&mark[..length])).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(pieces: &[&str], open: bool) -> (String, String) {
        let marks = ThoughtMarks { open: "<think>".to_owned(), close: "</think>".to_owned() };
        let mut thoughts = Thoughts::new(Some(marks), open);
        let mut all: Vec<Piece> = pieces.iter().flat_map(|piece| thoughts.push(piece)).collect();
        all.extend(thoughts.end());
        let (mut thought, mut said) = (String::new(), String::new());
        for piece in all {
            match piece {
                Piece::Thought(text) => thought += &text,
                Piece::Said(text) => said += &text,
            }
        }
        (thought, said)
    }

    #[test]
    fn thoughts_are_told_from_words_wherever_the_pieces_break() {
        let whole = "<think>hm</think>\n\nA < b, and <thin ice.";
        for at in whole.char_indices().map(|(at, _)| at) {
            let expected = ("hm".to_owned(), "A < b, and <thin ice.".to_owned());
            assert_eq!(split(&[&whole[..at], &whole[at..]], false), expected, "{at}");
        }
        assert_eq!(split(&["so", "</thi", "nk> Yes"], true), ("so".to_owned(), "Yes".to_owned()));
    }
}
