//! Stop texts in an answer that arrives in pieces. Knows nothing of tokens.

use crate::GenerationError;

/// Most stop texts of a request.
const STOPS_MAX: usize = 64;
/// Longest stop text in bytes.
const STOP_BYTES_MAX: usize = 1024;

/// Finds stop texts and holds back what may become one.
#[derive(Debug, Clone)]
pub struct StopFilter {
    stops: Vec<String>,
    held: String,
}

/// What became certain with a piece of text.
#[derive(Debug, PartialEq, Eq)]
pub struct Filtered {
    /// Text that belongs to the answer.
    pub text: String,
    /// The stop text that came right after it, if one did.
    pub stop: Option<String>,
    /// Bytes that came behind it: the stop text and what follows, or what may become one.
    pub behind: usize,
}

impl Filtered {
    /// How many of the last tokens have bytes behind the text. `lengths`: bytes that each token added, the last token first. A token that
    /// added nothing yet goes with the one after it, whose first character it begins.
    pub fn tokens_behind(&self, lengths: impl IntoIterator<Item = usize>) -> usize {
        let mut covered = 0;
        let is_behind = |length: &usize| {
            let is_behind = covered < self.behind || *length == 0;
            covered += *length;
            is_behind
        };
        lengths.into_iter().take_while(is_behind).count()
    }
}

impl StopFilter {
    /// A filter for `stops`.
    ///
    /// # Errors
    /// Names the field `stop` where there are too many, or where one is empty or too long.
    pub fn new(stops: Vec<String>) -> Result<Self, GenerationError> {
        let invalid = |problem| Err(GenerationError::InvalidRequest { field: "stop", problem });
        if stops.len() > STOPS_MAX {
            return invalid(format!("has {} texts; {STOPS_MAX} at most are allowed", stops.len()));
        }
        if stops.iter().any(String::is_empty) {
            return invalid("has an empty text, which would end every answer at once".to_owned());
        }
        if let Some(stop) = stops.iter().find(|stop| stop.len() > STOP_BYTES_MAX) {
            return invalid(format!("has a text of {} bytes; {STOP_BYTES_MAX} at most", stop.len()));
        }
        Ok(Self { stops, held: String::new() })
    }

    /// Whether it looks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stops.is_empty()
    }

    /// Takes the next piece. The stop text that begins first ends the answer; of those that begin
    /// together, the one listed first.
    pub fn push(&mut self, piece: &str) -> Filtered {
        self.held.push_str(piece);
        let all = self.held.len();
        let found = self.stops.iter().filter_map(|stop| self.held.find(stop.as_str()).map(|at| (at, stop)));
        if let Some((at, stop)) = found.min_by_key(|(at, _)| *at) {
            let stop = Some(stop.clone());
            self.held.truncate(at);
            return Filtered { text: self.finish(), stop, behind: all - at };
        }
        let certain = all - self.open_suffix();
        let rest = self.held.split_off(certain);
        Filtered { text: std::mem::replace(&mut self.held, rest), stop: None, behind: all - certain }
    }

    /// The end of the answer: what was held back belongs to it.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// Bytes at the end of the held text with which a stop text begins.
    fn open_suffix(&self) -> usize {
        let longest = self.stops.iter().map(String::len).max().unwrap_or(0);
        let earliest = self.held.len().saturating_sub(longest.saturating_sub(1));
        let mut starts = (earliest..self.held.len()).filter(|start| self.held.is_char_boundary(*start));
        let open = starts.find(|start| self.stops.iter().any(|stop| stop.starts_with(&self.held[*start..])));
        open.map_or(0, |start| self.held.len() - start)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(stops: &[&str], pieces: &[&str]) -> (Vec<String>, Option<String>) {
        let mut filter = StopFilter::new(stops.iter().map(ToString::to_string).collect()).unwrap();
        let mut texts = Vec::new();
        for piece in pieces {
            let filtered = filter.push(piece);
            texts.push(filtered.text);
            if filtered.stop.is_some() {
                return (texts, filtered.stop);
            }
        }
        texts.push(filter.finish());
        (texts, None)
    }

    #[test]
    fn text_that_may_become_a_stop_waits() {
        let (texts, stop) = run(&["END"], &["aE", "N", "x", "EN", "D", "never"]);
        assert_eq!(texts, ["a", "", "ENx", "", ""]);
        assert_eq!(stop.as_deref(), Some("END"));
    }

    #[test]
    fn first_beginning_wins_and_the_rest_of_its_piece_is_gone() {
        let (texts, stop) = run(&["bc", "abc"], &["xxabcyy"]);
        assert_eq!(texts, ["xx"]);
        assert_eq!(stop.as_deref(), Some("abc"));
        assert_eq!(run(&["é", "日本"], &["a日", "x日本"]).0, ["a", "日x"]);
        assert_eq!(run(&[], &["a", "b"]).0, ["a", "b", ""]);
    }

    #[test]
    fn tokens_behind_the_text_are_counted() {
        let count = |stop: &str, pieces: &[&str]| {
            let mut filter = StopFilter::new(vec![stop.to_owned()]).unwrap();
            let filtered: Vec<Filtered> = pieces.iter().map(|piece| filter.push(piece)).collect();
            filtered[filtered.len() - 1].tokens_behind(pieces.iter().rev().map(|piece| piece.len()))
        };
        assert_eq!(count("END", &["a", "b"]), 0);
        assert_eq!(count("END", &["a", "b E"]), 1);
        assert_eq!(count("END", &["a", "b E", "N"]), 2);
        assert_eq!(count("END", &["a", "b E", "ND c"]), 2);
        assert_eq!(count("in", &["fruit", " in"]), 1);
        assert_eq!(count("ENEND", &["E", "N", "E", "N", "E"]), 3, "those that begin it once more");
        assert_eq!(count("→", &["a", "", ""]), 2);
        assert_eq!(count("→", &["a", "", "", "→"]), 3);
        assert_eq!(count("→", &["a", "", "", "é"]), 0);
    }

    #[test]
    fn stop_texts_that_make_no_sense_are_refused() {
        let refused = |stops: Vec<String>| StopFilter::new(stops).unwrap_err().to_string();
        assert!(refused(vec!["a".to_owned(), String::new()]).starts_with("`stop` has an empty text"));
        assert!(refused(vec!["a".to_owned(); 65]).contains("65 texts"));
        assert!(refused(vec!["a".repeat(1025)]).contains("1025 bytes"));
        assert!(StopFilter::new(vec!["a".repeat(1024); 64]).is_ok());
    }

    proptest! {
        #[test]
        fn same_as_searching_the_whole_text(
            stops in prop::collection::vec("[ab]{1,4}", 0..3),
            pieces in prop::collection::vec("[abé]{0,3}", 0..12),
        ) {
            let whole = pieces.concat();
            let stops: Vec<_> = stops.iter().map(String::as_str).collect();
            let pieces: Vec<_> = pieces.iter().map(String::as_str).collect();
            let (texts, stop) = run(&stops, &pieces);
            let text = texts.concat();
            prop_assert!(stops.iter().all(|stop| !text.contains(stop)), "a stop text leaked");
            if let Some(stop) = stop {
                prop_assert!(whole.starts_with(&(text + &stop)));
            } else {
                prop_assert_eq!(text, whole);
            }
        }
    }
}
