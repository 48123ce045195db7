//! Cuts a stream of text into sentences as it comes, for those who look at replies sentence by sentence. Must not know what they look for.

/// Characters after which a sentence may end.
const ENDS: [char; 10] = ['.', '!', '?', '…', '。', '！', '？', '\n', '؟', '।'];
/// A sentence without an end is given out at this length, in bytes.
const SENTENCE_BYTES_MAX: usize = 1_000;

/// Text whose sentence is not complete yet.
#[derive(Debug, Default)]
pub(super) struct Sentences {
    open: String,
}

impl Sentences {
    /// Takes the next piece; gives the sentences that it completes. Put together, all pieces and [`Self::rest`] are the text.
    pub fn push(&mut self, piece: &str) -> Vec<String> {
        self.open.push_str(piece);
        let mut complete = Vec::new();
        while let Some(end) = self.end() {
            let rest = self.open.split_off(end);
            complete.push(std::mem::replace(&mut self.open, rest));
        }
        complete
    }

    /// What is left when the text ends.
    pub fn rest(self) -> String {
        self.open
    }

    /// Where the first complete sentence ends. A mark ends one only where something else follows: `?!`, `…"`, `3.14` are not cut.
    fn end(&self) -> Option<usize> {
        let mut marks = false;
        for (at, character) in self.open.char_indices() {
            if marks
                && !ENDS.contains(&character)
                && !matches!(character, '"' | '\'' | ')' | '”' | '’' | '」' | '»' | '*')
            {
                let wide = self.open[..at].ends_with(['。', '！', '？', '」', '\n']);
                if wide || character.is_whitespace() {
                    return Some(at);
                }
                marks = false;
            }
            marks |= ENDS.contains(&character);
        }
        (self.open.len() > SENTENCE_BYTES_MAX).then(|| self.open.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let mut sentences = Sentences::default();
        let mut all = sentences.push(text);
        all.push(sentences.rest());
        all
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        assert_eq!(
            cut("It is 3.14. \"Really?!\" he said. 好的。是吗？"),
            ["It is 3.14.", " \"Really?!\"", " he said.", " 好的。", "是吗？"]
        );
    }

    proptest! {
        #[test]
        fn pieces_make_the_text(text in "[a-z.!? 。\n\"]{0,200}", at in 0_usize..200) {
            let at = text.floor_char_boundary(at.min(text.len()));
            let mut sentences = Sentences::default();
            let mut all = sentences.push(&text[..at]).concat();
            all += &sentences.push(&text[at..]).concat();
            all += &sentences.rest();
            prop_assert_eq!(all, text);
        }
    }
}
