//! Marks in a text that comes in pieces: where one stands, and where one may be beginning. Must not know what marks mean.

/// Bytes at the end of `text` that may be the beginning of `mark`.
pub fn begun(text: &str, mark: &str) -> usize {
    let longest = text.len().min(mark.len().saturating_sub(1));
    let begins = |length: &usize| text.as_bytes().ends_with(&mark.as_bytes()[..*length]);
    (1..=longest).rev().find(begins).unwrap_or(0)
}

/// Bytes at the end of `text` that are white space, up to the byte `end`.
pub fn blank_before(text: &str, end: usize) -> usize {
    end - text[..end].trim_end().len()
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
