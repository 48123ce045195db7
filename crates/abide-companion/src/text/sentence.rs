//! Where sentences end, in whole texts and in texts that still come. Must not know what is done with sentences.

use std::ops::Range;

/// A sentence without an end is cut at this length, in bytes.
pub const SENTENCE_BYTES_MAX: usize = 2_000;

/// Words after which a full stop ends no sentence, in lower case.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "e.g", "i.e", "approx", "no", "fig",
    "p.m", "a.m", "u.s", "u.k", "jan", "feb", "apr", "aug", "sept", "sep", "oct", "nov", "dec", "m", "mme",
    "mlle", "mm", "mlles", "mmes", "p. ex", "cf", "av", "boul", "env", "janv", "févr", "juil", "déc", "tél",
    "vol", "ed", "inc", "ltd", "co", "ca", "ph.d", "ex",
];

fn is_end(character: char) -> bool {
    matches!(character, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '；' | '\n')
}

fn is_wide(character: char) -> bool {
    matches!(character, '。' | '！' | '？' | '；' | '\n')
}

fn closes(character: char) -> bool {
    matches!(character, '"' | '\'' | ')' | ']' | '”' | '’' | '」' | '』' | '»' | '*' | '）' | '\u{a0}')
}

/// Text that comes in pieces, cut into sentences.
#[derive(Debug, Default)]
pub struct SentenceStream {
    open: String,
    /// Bytes of `open` that hold no end.
    searched: usize,
}

impl SentenceStream {
    /// Takes the next piece and gives the sentences that it completes, each with the white space before it. All of them
    /// and [`Self::finish`] put together are the text.
    pub fn push(&mut self, piece: &str) -> Vec<String> {
        self.open.push_str(piece);
        let mut complete = Vec::new();
        loop {
            let Some(end) = end_of_first(&self.open, self.searched, false) else {
                // An abbreviation, closing quotes or a mark at the very end may need a second look.
                self.searched = last_safe(&self.open);
                return complete;
            };
            let rest = self.open.split_off(end);
            complete.push(std::mem::replace(&mut self.open, rest));
            self.searched = 0;
        }
    }

    /// What is left when the text ends; may be empty.
    pub fn finish(self) -> String {
        self.open
    }
}

/// How far from the start no sentence can end, whatever follows: up to the last run of letters.
fn last_safe(open: &str) -> usize {
    let marks = |character: char| is_end(character) || closes(character);
    let without = open.trim_end_matches(marks);
    // The word before is needed to tell abbreviations.
    without.char_indices().rev().nth(16).map_or(0, |(at, _)| at)
}

/// The sentences of `text` as byte ranges, trimmed of white space; empty ones are left out.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let rest = &text[start..];
        let end = end_of_first(rest, 0, true).unwrap_or(rest.len());
        let sentence = &rest[..end];
        let trimmed = sentence.trim();
        if !trimmed.is_empty() {
            let from = start + (sentence.len() - sentence.trim_start().len());
            found.push(from..from + trimmed.len());
        }
        start += end;
    }
    found
}

/// As many whole sentences from the start of `text` as end within its first `bytes`; empty if the first one does not.
pub fn whole_beginning(text: &str, bytes: usize) -> &str {
    let ends = sentences(text).into_iter().map(|sentence| sentence.end).take_while(|end| *end <= bytes);
    &text[..ends.last().unwrap_or(0)]
}

/// Where the first sentence of `text` ends, searched from `from`; `None` if it may go on. With `whole`, nothing follows the text.
fn end_of_first(text: &str, from: usize, whole: bool) -> Option<usize> {
    let mut characters = text.char_indices().skip_while(|(at, _)| *at < from).peekable();
    let mut begun = !text[..from].trim().is_empty();
    while let Some((at, character)) = characters.next() {
        begun |= !character.is_whitespace();
        if at >= SENTENCE_BYTES_MAX {
            return Some(at);
        }
        if !is_end(character) || !begun {
            continue;
        }
        let mut wide = is_wide(character);
        while let Some((_, next)) = characters.next_if(|(_, next)| is_end(*next) || closes(*next)) {
            wide |= is_wide(next);
        }
        match characters.peek() {
            Some((next, following)) => {
                let ends = wide || following.is_whitespace() && !is_abbreviated(text, at, character);
                if ends {
                    return Some(*next);
                }
            }
            // More marks may follow.
            None => return whole.then_some(text.len()),
        }
    }
    whole.then_some(text.len())
}

/// Whether the full stop at `at` belongs to the word before it.
fn is_abbreviated(text: &str, at: usize, mark: char) -> bool {
    if mark != '.' {
        return false;
    }
    let before = &text[..at];
    let word = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '«' | '“')).next();
    let word = word.unwrap_or_default().to_lowercase();
    // "J. Smith", but not "I." or the end of a list in Chinese.
    let initial = word.len() == 1 && word.chars().all(|c| c.is_ascii_alphabetic()) && word != "i";
    initial && before.ends_with(|c: char| c.is_uppercase()) || ABBREVIATIONS.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        assert_eq!(
            cut("Dr. Smith came at 3.14 p.m. today. \"Really?!\" he said… J. Doe left."),
            ["Dr. Smith came at 3.14 p.m. today.", "\"Really?!\"", "he said…", "J. Doe left."]
        );
        assert_eq!(
            cut("M. Dupont est là. Et Mme. Petit ? Oui !\nBien"),
            ["M. Dupont est là.", "Et Mme. Petit ?", "Oui !", "Bien"]
        );
        assert_eq!(
            cut("你好！我叫小明。“是吗？”他问。好"),
            ["你好！", "我叫小明。", "“是吗？”", "他问。", "好"]
        );
        assert_eq!(cut("It's me. I. Am."), ["It's me.", "I.", "Am."]);
        assert_eq!(cut(" \n . \n"), ["."]);
    }

    #[test]
    fn a_beginning_is_of_whole_sentences() {
        let text = "Be short, e.g. two lines. Stay Mara: honest about being an AI. 好。";
        assert_eq!(whole_beginning(text, text.len()), text);
        assert_eq!(
            whole_beginning(text, text.len() - 1),
            "Be short, e.g. two lines. Stay Mara: honest about being an AI."
        );
        assert_eq!(whole_beginning(text, 61), "Be short, e.g. two lines.");
        assert_eq!(whole_beginning(text, 15), "");
        assert_eq!(whole_beginning("", 5), "");
    }

    #[test]
    fn a_sentence_comes_as_soon_as_it_is_sure() {
        let mut stream = SentenceStream::default();
        assert_eq!(stream.push("Hello Dr."), Vec::<String>::new());
        assert_eq!(stream.push(" Who. How"), ["Hello Dr. Who."]);
        assert_eq!(stream.push(" are you?\" Fine。好"), [" How are you?\"", " Fine。"]);
        assert_eq!(stream.finish(), "好");
    }

    #[test]
    fn a_megabyte_without_an_end_is_cut() {
        let text = "é".repeat(500_000);
        assert!(sentences(&text).iter().all(|range| range.len() <= SENTENCE_BYTES_MAX + 4));
        let mut stream = SentenceStream::default();
        assert!(
            text.as_bytes()
                .chunks(100)
                .map(|c| stream.push(std::str::from_utf8(c).unwrap()))
                .any(|s| !s.is_empty())
        );
    }

    proptest! {
        #[test]
        fn pieces_make_the_text(text in "[a-zD.!? 。“”\n\"é]{0,200}", cuts in proptest::collection::vec(0_usize..300, 0..5)) {
            let mut stream = SentenceStream::default();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|at| text.floor_char_boundary(at.min(text.len()))).collect();
            cuts.sort_unstable();
            cuts.push(text.len());
            let (mut start, mut all, mut pieces) = (0, String::new(), Vec::new());
            for cut in cuts {
                pieces.extend(stream.push(&text[start..cut]));
                start = cut;
            }
            pieces.push(stream.finish());
            all.extend(pieces.iter().map(String::as_str));
            prop_assert_eq!(&all, &text);
            // What came in pieces is cut like the whole.
            let whole: Vec<&str> = cut(&text);
            let trimmed: Vec<&str> = pieces.iter().map(|piece| piece.trim()).filter(|piece| !piece.is_empty()).collect();
            prop_assert_eq!(trimmed, whole);
        }
    }
}
