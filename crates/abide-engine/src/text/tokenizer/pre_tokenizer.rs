//! Cutting text into words before byte-level BPE, as `tokenizer.ggml.pre` names it.
//!
//! A pre-tokenizer is a list of stages. Each cuts what the one before left: what its pattern matches is a
//! word, and so is what lies between two matches. The patterns are data, in `pre_tokenizer_families`.

use std::ops::Range;

use fancy_regex::Regex;

use super::{
    TokenizerError,
    pre_tokenizer_families::{FAMILIES, LastSpace, Recipe},
};

/// How text is cut, and what goes with it in the files of that name.
#[derive(Debug)]
pub(super) struct PreTokenizer {
    stages: Vec<Stage>,
    /// Whether a word that is a token is not cut further, whatever the merges.
    pub(super) whole_words: bool,
    /// Whether BOS is added where the file does not say.
    pub(super) adds_bos: bool,
}

#[derive(Debug)]
enum Stage {
    Pattern(Regex, LastSpace),
    Thousands { only_before_a_boundary: bool },
}

impl PreTokenizer {
    /// The pre-tokenizer of that name.
    ///
    /// # Errors
    /// When the name is not known.
    pub(super) fn named(name: &str) -> Result<Self, TokenizerError> {
        let unknown = || TokenizerError::UnknownPreTokenizer {
            name: name.chars().take(64).collect(),
            known: known_names().collect::<Vec<_>>().join(", "),
        };
        let family = FAMILIES.iter().find(|family| family.names.contains(&name)).ok_or_else(unknown)?;
        Ok(Self {
            stages: family.recipes.iter().map(Stage::new).collect(),
            whole_words: family.whole_words,
            adds_bos: family.adds_bos,
        })
    }

    /// Cuts `text` into words, which together are all of it, and hands each to `word`.
    pub(super) fn for_each_word<'text>(&self, text: &'text str, mut word: impl FnMut(&'text str)) {
        let Some((last, earlier)) = self.stages.split_last() else { return word(text) };
        let mut parts = vec![text];
        for stage in earlier {
            let mut cut = Vec::with_capacity(parts.len());
            for part in parts {
                stage.cut(part, &mut |word| cut.push(word));
            }
            parts = cut;
        }
        for part in parts {
            last.cut(part, &mut word);
        }
    }
}

fn known_names() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().flat_map(|family| family.names).copied()
}

impl Stage {
    fn new(recipe: &Recipe) -> Self {
        match *recipe {
            Recipe::Pattern(pattern, last_space) => {
                let regex = Regex::new(pattern).expect("every pattern in the table compiles; tested");
                Self::Pattern(regex, last_space)
            }
            Recipe::Thousands(only_before_a_boundary) => Self::Thousands { only_before_a_boundary },
        }
    }

    /// Hands the words of `text` to `word`, without empty ones.
    fn cut<'text>(&self, text: &'text str, word: &mut impl FnMut(&'text str)) {
        let mut emit = |range: Range<usize>| {
            if !range.is_empty() {
                word(&text[range]);
            }
        };
        let mut done = 0;
        match self {
            Self::Pattern(regex, last_space) => {
                // None of the patterns backtracks, so there is no error to meet; were there one, the rest
                // would be one word: the same on every run.
                while let Ok(Some(found)) = regex.find_from_pos(text, done) {
                    let end = last_space.end_of(text, found.start()..found.end());
                    if end == done {
                        break;
                    }
                    emit(done..found.start());
                    emit(found.start()..end);
                    done = end;
                }
            }
            Self::Thousands { only_before_a_boundary } => {
                let mut from = 0;
                while let Some(number) = next_number(text, from) {
                    from = number.end;
                    let follows = text[number.end..].chars().next();
                    if !only_before_a_boundary || !follows.is_some_and(is_word_character) {
                        emit(done..number.start);
                        done = number.end;
                        thousands(number, &mut emit);
                    }
                }
            }
        }
        emit(done..text.len());
    }
}

impl LastSpace {
    /// Where a match at `range` really ends.
    fn end_of(self, text: &str, range: Range<usize>) -> usize {
        let gives_back = |character: char| match self {
            Self::Stays => false,
            Self::GoesOn => character.is_whitespace(),
            Self::GoesOnInLine => character.is_whitespace() && !matches!(character, '\r' | '\n'),
        };
        let matched = &text[range.clone()];
        let Some(last) = matched.chars().next_back().filter(|&last| gives_back(last)) else {
            return range.end;
        };
        let word_follows = range.end < text.len();
        let one_alone = matched.len() == last.len_utf8();
        if word_follows && !one_alone { range.end - last.len_utf8() } else { range.end }
    }
}

/// The next run of decimal digits at or after `from`.
fn next_number(text: &str, from: usize) -> Option<Range<usize>> {
    let start = from + text[from..].find(|character: char| character.is_ascii_digit())?;
    let length = text[start..].bytes().take_while(u8::is_ascii_digit).count();
    Some(start..start + length)
}

fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Cuts a number of ASCII digits into groups of three from the right.
fn thousands(number: Range<usize>, emit: &mut impl FnMut(Range<usize>)) {
    let mut start = number.start;
    while start < number.end {
        let length = match (number.end - start) % 3 {
            0 => 3,
            rest => rest,
        };
        emit(start..start + length);
        start += length;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    fn words<'text>(name: &str, text: &'text str) -> Vec<&'text str> {
        let mut words = Vec::new();
        PreTokenizer::named(name).unwrap().for_each_word(text, |word| words.push(word));
        words
    }

    #[test]
    fn gpt2_leaves_the_last_space_to_the_next_word() {
        assert_eq!(
            words("gpt-2", "I've  two\n\n dogs 12!"),
            ["I", "'ve", " ", " two", "\n\n", " dogs", " 12", "!"]
        );
        assert_eq!(words("gpt-2", "a\n\nb"), ["a", "\n", "\n", "b"]);
        assert_eq!(words("gpt-2", "a \t "), ["a", " \t "]);
    }

    #[test]
    fn llama3_keeps_line_breaks_together_and_digits_in_threes() {
        assert_eq!(words("llama-bpe", "a\n\nb 1234 x"), ["a", "\n\n", "b", " ", "123", "4", " x"]);
        assert_eq!(words("llama-bpe", "I'LL go!!\n\n  now"), ["I", "'LL", " go", "!!\n\n", " ", " now"]);
        assert_eq!(words("llama-bpe", "x   \n y"), ["x", "   \n", " y"]);
    }

    #[test]
    fn one_digit_each() {
        assert_eq!(words("qwen2", "in 2024"), ["in", " ", "2", "0", "2", "4"]);
        assert_eq!(words("smollm", "in  2024"), ["in", "  ", "2", "0", "2", "4"]);
    }

    #[test]
    fn words_by_case() {
        assert_eq!(words("gpt-4o", "camelCaseIt's HTTPServer"), ["camel", "Case", "It's", " HTTPServer"]);
        assert_eq!(words("tekken", "snakeCase/\n12"), ["snake", "Case", "/\n", "1", "2"]);
        assert_eq!(words("gpt-4o", "हिन्दी में"), ["हिन्दी", " में"], "marks stay with their letters");
    }

    #[test]
    fn thousands_from_the_right() {
        assert_eq!(words("superbpe", "a 1234567 b"), ["a ", "1", "234", "567", " b"]);
        assert_eq!(words("tiny_aya", "12345 12345x"), ["12", "345", " ", "123", "45", "x"]);
    }

    #[test]
    fn default_and_deepseek() {
        assert_eq!(words("default", "don't 12345."), ["don", "'", "t", " ", "123", "45", "."]);
        // Its class of punctuation, `:-~`, takes in ASCII letters too.
        assert_eq!(
            words("deepseek-llm", "Hi, Vœu\n你好 12"),
            ["Hi", ",", " V", "œ", "u", "\n", "你好", " ", "12"]
        );
        assert_eq!(words("deepseek-coder", "x=12"), ["x", "=", "1", "2"]);
        assert_eq!(words("deepseek-v3", "x=12 日本です.foo"), ["x", "=", "12", " ", "日本です", ".foo"]);
    }

    #[test]
    fn an_unknown_name_lists_the_known() {
        let error = PreTokenizer::named("no such").unwrap_err().to_string();
        assert!(
            error.contains("`no such`") && error.contains("qwen2") && error.contains("tekken"),
            "{error}"
        );
    }

    /// One of each family.
    static ALL: LazyLock<Vec<PreTokenizer>> = LazyLock::new(|| {
        FAMILIES.iter().map(|family| PreTokenizer::named(family.names[0]).unwrap()).collect()
    });

    #[test]
    fn long_runs_take_linear_time() {
        for pre_tokenizer in &*ALL {
            for run in ["a", " ", "1", "\n ", "'"] {
                let text = run.repeat(100_000);
                let mut length = 0;
                pre_tokenizer.for_each_word(&text, |word| length += word.len());
                assert_eq!(length, text.len());
            }
        }
    }

    #[test]
    fn no_name_is_there_twice() {
        let mut names: Vec<_> = known_names().collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    /// Each pattern with the look-ahead that its model's tokenizer has, and our stage for it.
    static WITH_LOOK_AHEAD: LazyLock<Vec<(Regex, Stage)>> = LazyLock::new(|| {
        let recipes = FAMILIES.iter().flat_map(|family| family.recipes);
        recipes
            .filter_map(|recipe| match recipe {
                Recipe::Pattern(pattern, LastSpace::GoesOn | LastSpace::GoesOnInLine) => {
                    let original = pattern.strip_suffix(r"\s+").unwrap().to_owned() + r"\s+(?!\S)|\s+";
                    Some((Regex::new(&original).unwrap(), Stage::new(recipe)))
                }
                _ => None,
            })
            .collect()
    });

    proptest! {
        #[test]
        fn the_last_space_goes_on_as_by_look_ahead(text in r"[ \t\r\n\u{A0}\u{3000}aB1.'é/]{0,30}") {
            for (original, stage) in &*WITH_LOOK_AHEAD {
                let mut expected = Vec::new();
                let mut done = 0;
                for found in original.find_iter(&text).map(Result::unwrap) {
                    expected.push(&text[done..found.start()]);
                    expected.push(found.as_str());
                    done = found.end();
                }
                expected.push(&text[done..]);
                expected.retain(|word| !word.is_empty());
                let mut words = Vec::new();
                stage.cut(&text, &mut |word| words.push(word));
                prop_assert_eq!(words, expected, "{}", original.as_str());
            }
        }

        #[test]
        fn words_are_the_whole_text(text in r"(\PC|[ \t\r\n'a-cA-C0-9é你!]){0,40}") {
            for pre_tokenizer in &*ALL {
                let mut words = Vec::new();
                pre_tokenizer.for_each_word(&text, |word| words.push(word));
                prop_assert_eq!(words.concat(), text.as_str());
                prop_assert!(words.iter().all(|word| !word.is_empty()));
            }
        }
    }
}
