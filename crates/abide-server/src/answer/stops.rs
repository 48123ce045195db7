//! Stop texts of an answer that is more than words: they end it where they stand in its words, while neither thoughts nor calls of tools are
//! looked into. Must not know what is a call or a thought and what is not.

use abide_generation::StopFilter;

use super::{Piece, PieceLogprob};

/// Passes the pieces of one answer on until a stop text comes up.
#[derive(Debug)]
pub(super) struct Stops {
    filter: StopFilter,
    /// Of tokens whose text is held back.
    logprobs: Vec<PieceLogprob>,
    found: Option<String>,
    called: bool,
}

impl Stops {
    /// For one answer.
    pub(super) fn new(filter: StopFilter) -> Self {
        Self { filter, logprobs: Vec::new(), found: None, called: false }
    }

    /// The stop text that came up, if one did. What comes after it is no part of the answer.
    pub(super) fn found(&self) -> Option<&str> {
        self.found.as_deref()
    }

    /// Whether a call was passed on.
    pub(super) fn has_called(&self) -> bool {
        self.called
    }

    /// Adds to `pieces` what is certain now that `piece` has come.
    pub(super) fn push(&mut self, piece: Piece, pieces: &mut Vec<Piece>) {
        if self.found.is_some() {
            return;
        }
        match piece {
            Piece::Text { text, logprobs } if !self.filter.is_empty() => {
                self.logprobs.extend(logprobs);
                let filtered = self.filter.push(&text);
                let lengths = self.logprobs.iter().rev().map(|logprob| logprob.text.bytes().len());
                let behind = filtered.tokens_behind(lengths);
                self.found = filtered.stop;
                if !filtered.text.is_empty() {
                    let behind = self.logprobs.split_off(self.logprobs.len() - behind);
                    let logprobs = std::mem::replace(&mut self.logprobs, behind);
                    pieces.push(Piece::Text { text: filtered.text, logprobs });
                }
            }
            other => {
                self.finish(pieces);
                self.called |= matches!(other, Piece::ToolCall { .. });
                pieces.push(other);
            }
        }
    }

    /// The words end here: what was held back belongs to them.
    pub(super) fn finish(&mut self, pieces: &mut Vec<Piece>) {
        let (text, logprobs) = (self.filter.finish(), std::mem::take(&mut self.logprobs));
        if self.found.is_some() || (text.is_empty() && logprobs.is_empty()) {
            return;
        }
        pieces.push(Piece::Text { text, logprobs });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text { text: text.to_owned(), logprobs: Vec::new() }
    }

    fn thought(text: &str) -> Piece {
        Piece::Thought(text.to_owned())
    }

    fn arguments(text: &str) -> Piece {
        Piece::ToolArguments { call: 0, text: text.to_owned() }
    }

    /// What is passed on of `pieces`, and the stop text that came up.
    fn run(pieces: Vec<Piece>) -> (Vec<Piece>, Option<String>) {
        let stops = vec!["END".to_owned(), "\n".to_owned()];
        let mut stops = Stops::new(StopFilter::new(stops).unwrap());
        let mut passed = Vec::new();
        for piece in pieces {
            stops.push(piece, &mut passed);
        }
        stops.finish(&mut passed);
        (passed, stops.found().map(str::to_owned))
    }

    #[test]
    fn words_end_at_a_stop_text_and_calls_go_on() {
        let called = vec![text("see E"), arguments("{\n\"a\": \"END\"}"), text("so")];
        let passed = vec![text("see "), text("E"), arguments("{\n\"a\": \"END\"}"), text("so")];
        assert_eq!(run(called), (passed, None));
        let (passed, stop) = run(vec![text("oneEN"), text("D two"), arguments("{}"), text("three")]);
        assert_eq!((passed, stop.as_deref()), (vec![text("one")], Some("END")));
        let thoughts = vec![thought("a\nb END"), text("c")];
        assert_eq!(run(thoughts.clone()), (thoughts, None));
    }

    #[test]
    fn log_probabilities_come_with_their_texts_and_not_with_the_stop() {
        let logprob =
            |text: &str, token| PieceLogprob { token, text: text.into(), logprob: 0.0, top: Vec::new() };
        let piece =
            |text: &str, token| Piece::Text { text: text.to_owned(), logprobs: vec![logprob(text, token)] };
        let tokens = |pieces: Vec<Piece>| -> Vec<(String, Vec<u32>)> {
            let pieces = run(pieces).0.into_iter().map(|piece| match piece {
                Piece::Text { text, logprobs } => {
                    (text, logprobs.iter().map(|logprob| logprob.token).collect())
                }
                other => panic!("{other:?}"),
            });
            pieces.collect()
        };
        let stopped = tokens(vec![piece("a E", 1), piece("N", 2), piece("D", 3), piece("b", 4)]);
        assert_eq!(stopped, [("a ".to_owned(), vec![])]);
        let stopped = tokens(vec![piece("a", 1), piece(" EN", 2), piece("D", 3)]);
        assert_eq!(stopped, [("a".to_owned(), vec![1]), (" ".to_owned(), vec![])]);
        let went_on = tokens(vec![piece("a", 1), piece("EN", 2), piece("d", 3), piece("E", 4)]);
        let expected = [("a", vec![1]), ("ENd", vec![2, 3]), ("E", vec![4])];
        assert_eq!(went_on, expected.map(|(text, tokens)| (text.to_owned(), tokens)));
    }

    #[test]
    fn a_stop_text_is_not_put_together_of_thoughts_and_text() {
        let passed = vec![thought("E"), text("ND")];
        assert_eq!(run(passed.clone()), (passed, None));
    }
}
