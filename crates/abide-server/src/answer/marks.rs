//! Marks in a text that comes in pieces: where one stands, and where one may be beginning. Must not know what marks mean.

/// Bytes at the end of `text` that may be the beginning of `mark`.
pub(super) fn begun(text: &str, mark: &str) -> usize {
    let longest = text.len().min(mark.len().saturating_sub(1));
    let begins = |length: &usize| text.as_bytes().ends_with(&mark.as_bytes()[..*length]);
    (1..=longest).rev().find(begins).unwrap_or(0)
}

/// Bytes at the end of `text` that are white space, up to the byte `end`.
pub(super) fn blank_before(text: &str, end: usize) -> usize {
    end - text[..end].trim_end().len()
}

/// A text cut into pieces at characters that chance chose, for tests.
#[cfg(test)]
pub(super) fn pieces<'a>(text: &'a str, cuts: &[proptest::sample::Index]) -> Vec<&'a str> {
    let mut places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
    if !places.is_empty() {
        places = cuts.iter().map(|cut| places[cut.index(places.len())]).collect();
    }
    places.extend([0, text.len()]);
    places.sort_unstable();
    places.windows(2).map(|ends| &text[ends[0]..ends[1]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_mark_is_seen() {
        let cases = [("", 0), ("abc", 0), ("a<", 1), ("a<th", 3), ("<think", 6), ("<think>", 0), ("<<t", 2)];
        for (text, length) in cases {
            assert_eq!(begun(text, "<think>"), length, "{text}");
        }
        assert_eq!(begun("é", "éa"), 2);
        assert_eq!(begun("x", ""), 0);
    }
}
