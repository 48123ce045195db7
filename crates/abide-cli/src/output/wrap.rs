//! Breaks lines between words, as a terminal of some width should show them, also while they come piece by piece.
//!
//! Must not know streams.

use std::fmt::Write as _;

use console::measure_text_width;

/// Columns from one tab stop of a terminal to the next.
const TAB: usize = 8;

/// Where a line is that is being written.
#[derive(Debug, Default)]
pub struct Wrap {
    /// Columns that are taken.
    column: usize,
    /// What was written since the last place at which the line may break, and its columns.
    word: String,
    word_columns: usize,
    /// Within an escape sequence, which takes no column.
    escape: bool,
}

impl Wrap {
    /// The next piece of a text, broken so that each line has fewer columns than `width`. Of a word that has begun before and is found to be too
    /// long for its line, what is there is erased and written again below.
    pub fn push(&mut self, text: &str, width: usize) -> String {
        let columns_max = width.saturating_sub(1).max(1);
        let mut shown = String::with_capacity(text.len() + 16);
        // Where the present word begins in what is shown; of one that has begun before, its columns until now.
        let mut begins: Option<usize> = None;
        let before = self.word_columns;
        for character in text.chars() {
            if self.escape || character == '\u{1b}' {
                self.escape = !(self.escape && character.is_ascii_alphabetic());
                begins = begins.or_else(|| self.word.is_empty().then_some(shown.len()));
                self.word.push(character);
                shown.push(character);
                continue;
            }
            if character == '\n' {
                self.begin_line();
                begins = None;
                shown.push('\n');
                continue;
            }
            if matches!(character, ' ' | '\t') {
                (self.word_columns, begins) = (0, None);
                self.word.clear();
                // A tab goes on to the next eighth column.
                let columns = if character == '\t' { TAB - self.column % TAB } else { 1 };
                if self.column + columns <= columns_max {
                    shown.push(character);
                    self.column += columns;
                } else {
                    shown.push('\n');
                    self.column = 0;
                }
                continue;
            }
            let columns = measure_text_width(character.encode_utf8(&mut [0; 4]));
            // Characters of scripts without blanks are two columns wide; a line may break before and behind each.
            let breaks = columns == 2;
            if breaks {
                (self.word_columns, begins) = (0, None);
                self.word.clear();
            }
            if self.column + columns > columns_max {
                self.break_line(&mut shown, &mut begins, before, columns_max);
            }
            begins = begins.or_else(|| self.word.is_empty().then_some(shown.len()));
            shown.push(character);
            self.column += columns;
            if !breaks {
                self.word.push(character);
                self.word_columns += columns;
            }
        }
        shown
    }

    fn begin_line(&mut self) {
        self.column = 0;
        self.word_columns = 0;
        self.word.clear();
    }

    /// Takes the present word to the next line, if there is something before it in its own.
    fn break_line(
        &mut self,
        shown: &mut String,
        begins: &mut Option<usize>,
        before: usize,
        columns_max: usize,
    ) {
        let moves = self.word_columns > 0 && self.word_columns < self.column.min(columns_max);
        if !moves {
            shown.push('\n');
            self.begin_line();
            *begins = None;
            return;
        }
        if let Some(begins) = *begins {
            shown.truncate(begins);
        } else {
            shown.clear();
            let _ = write!(shown, "\u{1b}[{before}D\u{1b}[K");
        }
        shown.push('\n');
        *begins = Some(shown.len());
        shown.push_str(&self.word);
        self.column = self.word_columns;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str, width: usize) -> String {
        Wrap::default().push(text, width)
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(whole("is never sent anywhere.", 20), "is never sent \nanywhere.");
        assert_eq!(whole("one two\nthree four", 9), "one two\nthree \nfour");
        assert_eq!(whole("short", 20), "short");
        assert_eq!(whole("abcdefghij kl", 6), "abcde\nfghij\nkl");
        assert_eq!(whole("a\tb\tcol4", 21), "a\tb\tcol4");
        assert_eq!(whole("a\tb\tcol4", 20), "a\tb\t\ncol4");
        assert_eq!(whole("a\tb\tcol4", 16), "a\tb\ncol4");
        assert_eq!(whole("你好，我的朋友", 8), "你好，\n我的朋\n友");
        assert_eq!(whole("a \u{1b}[1mbold\u{1b}[0m word", 8), "a \u{1b}[1mbold\u{1b}[0m \nword");
        assert_eq!(whole("to \u{1b}[1mmorrow\u{1b}[0m", 8), "to \n\u{1b}[1mmorrow\u{1b}[0m");
    }

    #[test]
    fn a_word_that_comes_in_pieces_moves_whole() {
        let mut wrap = Wrap::default();
        let pieces: Vec<String> =
            ["we go any", "wh", "ere now"].iter().map(|text| wrap.push(text, 12)).collect();
        assert_eq!(pieces, ["we go any", "wh", "\u{1b}[5D\u{1b}[K\nanywhere \nnow"]);
        let mut wrap = Wrap::default();
        let pieces: Vec<String> = ["we go any", "where"].iter().map(|text| wrap.push(text, 12)).collect();
        assert_eq!(pieces, ["we go any", "\u{1b}[3D\u{1b}[K\nanywhere"]);
    }
}
