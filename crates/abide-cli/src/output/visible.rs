//! Words of others as a terminal may show them.
//!
//! Must not know whose they are, or where they go.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` with what steers a terminal, or hides other text, written as `\u001b`: control characters except line ends and tabs, and what
/// turns the direction of writing. That is how JSON writes them, so JSON says the same as before. Carriage returns, which overwrite a
/// line, go.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(|character: char| character == '\r' || steers(character)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars().filter(|&character| character != '\r') {
        if steers(character) {
            let _ = write!(shown, "\\u{:04x}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// The same on one line.
pub fn one_line(text: &str) -> String {
    visible(text).replace(['\n', '\t'], " ")
}

fn steers(character: char) -> bool {
    match character {
        '\n' | '\t' | '\r' => false,
        // Embeddings, overrides and isolates; the marks that Arabic and Hebrew need are others.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        _ => character.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_as_they_are() {
        for text in ["größer — 你好 👩‍👧 \u{200f}שלום\u{200e}", "two\n\tlines", "", "C:\\u001b"]
        {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn what_steers_is_shown() {
        assert_eq!(visible("a\u{1b}[2Jb\u{7f}\u{85}\0"), "a\\u001b[2Jb\\u007f\\u0085\\u0000");
        assert_eq!(visible("\u{2066}a\u{2069}\u{202d}"), "\\u2066a\\u2069\\u202d");
        assert_eq!(visible("safe\r\nevil\rwords"), "safe\nevilwords");
        assert_eq!(one_line("a\nb\tc\u{1b}"), "a b c\\u001b");
    }
}
