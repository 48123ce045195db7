//! Cutting text into words before byte-level BPE, as `tokenizer.ggml.pre` names it.
//!
//! A pre-tokenizer is a list of stages. Each cuts what the one before left: what its pattern matches is a
//! word, and so is what lies between two matches. The patterns are those of the models' own tokenizers
//! (`tokenizer.json`); where llama.cpp's differ only because its regex engine lacks a feature, the
//! model's own is used.
//!
//! All patterns end in an alternative for white space, `\s+(?!\S)|\s+`: a run, except its last character
//! if a word follows. Look-ahead would need backtracking, so patterns here say `\s+` and
//! [`LastSpace`] gives the last character back. What is left is a regular language, matched in linear
//! time whatever the text.

use std::ops::Range;

use fancy_regex::Regex;

use super::TokenizerError;

/// How text is cut, and what goes with it in the files of that name.
#[derive(Debug)]
pub(super) struct PreTokenizer {
    stages: Vec<Stage>,
    /// Whether a word that is a token is not cut further, whatever the merges.
    pub(super) whole_words: bool,
    /// Whether BOS is added where the file does not say.
    pub(super) adds_bos: bool,
}

/// What happens to the last character of a run of white space that a word follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LastSpace {
    /// The pattern has no alternative for white space.
    Stays,
    /// It begins the next word.
    GoesOn,
    /// It begins the next word unless it is a line break, for which the pattern has an alternative before
    /// the one for white space.
    GoesOnInLine,
}

#[derive(Debug)]
enum Stage {
    Pattern(Regex, LastSpace),
    Thousands { only_before_a_boundary: bool },
}

#[derive(Debug, Clone, Copy)]
enum Recipe {
    Pattern(&'static str, LastSpace),
    /// Digits in groups of three from the right; with `true`, only when no letter follows the number.
    Thousands(bool),
}

use LastSpace::{GoesOn, GoesOnInLine, Stays};
use Recipe::{Pattern, Thousands};

/// Contractions, as GPT-2's pattern has them.
macro_rules! gpt2 {
    () => {
        r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+"
    };
}

/// The pattern of Llama 3 and its many relatives; they differ in how many digits go together.
macro_rules! llama3 {
    ($digits:literal) => {
        concat!(
            r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|",
            $digits,
            r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+"
        )
    };
}

/// The pattern that starts a word at each capital letter; `$contraction` may end a word.
macro_rules! by_case {
    ($contraction:literal, $digits:literal) => {
        concat!(
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+",
            $contraction,
            r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*",
            $contraction,
            "|",
            $digits,
            r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+"
        )
    };
}

const GPT2: Recipe = Pattern(gpt2!(), GoesOn);
const DIGIT: Recipe = Pattern(r"\p{N}", Stays);
const LLAMA3: Recipe = Pattern(llama3!(r"\p{N}{1,3}"), GoesOnInLine);
const ONE_DIGIT: Recipe = Pattern(llama3!(r"\p{N}"), GoesOnInLine);
const GPT4O: Recipe = Pattern(
    by_case!(r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?", r"\p{N}{1,3}"),
    GoesOnInLine,
);
const TEKKEN: Recipe = Pattern(by_case!("", r"\p{N}"), GoesOnInLine);
const QWEN35: Recipe = Pattern(
    concat!(
        r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}|",
        r" ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+"
    ),
    GoesOnInLine,
);
const BAILING: Recipe = Pattern(
    concat!(
        r"'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|",
        r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+"
    ),
    GoesOnInLine,
);
const SEED_CODER: Recipe = Pattern(
    concat!(
        r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|",
        r" ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+"
    ),
    GoesOnInLine,
);
const EXAONE_MOE: Recipe = Pattern(
    concat!(
        r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|",
        r"[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+"
    ),
    GoesOnInLine,
);
const DEEPSEEK_V3: Recipe = Pattern(
    concat!(
        r##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|"##,
        r" ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+"
    ),
    GoesOnInLine,
);
const CJK: Recipe = Pattern(r"[\u{4E00}-\u{9FA5}\u{0800}-\u{4E00}\u{AC00}-\u{D7FF}]+", Stays);
/// Letters with case, of the scripts that DeepSeek-LLM's tokenizer lists.
const DEEPSEEK_LETTERS: Recipe = Pattern(
    concat!(
        r"\s?[A-Za-z\u{B5}\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{1BA}\u{1BC}-\u{1BF}\u{1C4}-\u{293}",
        r"\u{295}-\u{2AF}\u{370}-\u{373}\u{376}\u{377}\u{37B}-\u{37D}\u{37F}\u{386}\u{388}-\u{38A}\u{38C}",
        r"\u{38E}-\u{3A1}\u{3A3}-\u{3F5}\u{3F7}-\u{481}\u{48A}-\u{52F}\u{531}-\u{556}\u{10A0}-\u{10C5}",
        r"\u{13A0}-\u{13F5}\u{13F8}-\u{13FD}\u{1C90}-\u{1CBA}\u{1CBD}-\u{1CBF}\u{1D00}-\u{1D2B}",
        r"\u{1D6B}-\u{1D77}\u{1D79}-\u{1D9A}\u{1E00}-\u{1F15}\u{1F18}-\u{1F1D}\u{1F20}-\u{1F45}",
        r"\u{1F48}-\u{1F4D}\u{1F50}-\u{1F57}\u{1F59}\u{1F5B}\u{1F5D}\u{1F5F}-\u{1F7D}\u{1F80}-\u{1FB4}",
        r"\u{1FB6}-\u{1FBC}\u{1FBE}\u{1FC2}-\u{1FC4}\u{1FC6}-\u{1FCC}\u{1FD0}-\u{1FD3}\u{1FD6}-\u{1FDB}",
        r"\u{1FE0}-\u{1FEC}\u{1FF2}-\u{1FF4}\u{1FF6}-\u{1FFC}\u{2102}\u{2107}\u{210A}-\u{2113}\u{2115}",
        r"\u{2119}-\u{211D}\u{2124}\u{2126}\u{2128}\u{212A}-\u{212D}\u{212F}-\u{2134}\u{2139}",
        r"\u{213C}-\u{213F}\u{2145}-\u{2149}\u{214E}\u{2183}\u{2184}\u{2C00}-\u{2C7B}\u{2C7E}-\u{2CE4}",
        r"\u{2CEB}-\u{2CEE}\u{2CF2}\u{2CF3}\u{A640}-\u{A66D}\u{A680}-\u{A69B}\u{A722}-\u{A76F}",
        r"\u{A771}-\u{A787}\u{A78B}-\u{A78E}\u{AB70}-\u{ABBF}\u{FB00}-\u{FB06}\u{FB13}-\u{FB17}",
        r"\u{FF21}-\u{FF3A}\u{FF41}-\u{FF5A}\u{10400}-\u{1044F}\u{104B0}-\u{104D3}\u{104D8}-\u{104FB}",
        r"\u{10C80}-\u{10CB2}\u{10CC0}-\u{10CF2}\u{118A0}-\u{118DF}\u{1E900}-\u{1E943}]+"
    ),
    Stays,
);
const DEEPSEEK_PUNCTUATION: Recipe =
    Pattern(r"\s?[!-/:-~\u{FF01}-\u{FF0F}\u{FF1A}-\u{FF5E}\u{2018}-\u{201F}\u{3000}-\u{3002}]+", Stays);
const BLOOM: Recipe =
    Pattern(r" ?[^(\s|.,!?\u{2026}\u{3002}\u{FF0C}\u{3001}\u{0964}\u{06D4}\u{060C})]+", Stays);
const LINE_BREAK: Recipe = Pattern(r"[\r\n]", Stays);

struct Family {
    names: &'static [&'static str],
    recipes: &'static [Recipe],
    whole_words: bool,
    adds_bos: bool,
}

const fn family(names: &'static [&'static str], recipes: &'static [Recipe]) -> Family {
    Family { names, recipes, whole_words: false, adds_bos: false }
}

const fn llama3_like(names: &'static [&'static str], recipes: &'static [Recipe]) -> Family {
    Family { names, recipes, whole_words: true, adds_bos: true }
}

/// What `tokenizer.ggml.pre` may say. Of the first one, files without the key are taken to be.
const FAMILIES: &[Family] = &[
    family(
        &["default"],
        &[
            Pattern(r"[\p{P}$+<=>^~|]+", Stays),
            GPT2,
            Pattern(r"\p{N}+", Stays),
            Pattern("[0-9][0-9][0-9]", Stays),
        ],
    ),
    family(
        &[
            "gpt-2",
            "phi-2",
            "mpt",
            "olmo",
            "jais",
            "trillion",
            "granite-docling",
            "exaone4",
            "gigachat",
            "a.x-4.0",
            "mellum",
            "modern-bert",
        ],
        &[GPT2],
    ),
    llama3_like(
        &["llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"],
        &[LLAMA3],
    ),
    family(&["dbrx", "smaug-bpe", "glm4", "chatglm-bpe"], &[LLAMA3]),
    family(
        &["qwen2", "deepseek-r1-qwen", "stablelm2", "megrez", "kormo", "hunyuan", "grok-2", "solar-open"],
        &[ONE_DIGIT],
    ),
    family(&["qwen35"], &[QWEN35]),
    family(
        &["smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"],
        &[DIGIT, GPT2],
    ),
    llama3_like(&["tekken"], &[TEKKEN]),
    family(&["gpt-4o", "llama4", "kanana2", "minimax-m2"], &[GPT4O]),
    family(&["tiny_aya"], &[Thousands(true), GPT4O]),
    family(&["superbpe"], &[Pattern(r"\p{N}+", Stays), Thousands(false)]),
    family(
        &["deepseek-llm"],
        &[
            LINE_BREAK,
            DEEPSEEK_LETTERS,
            DEEPSEEK_PUNCTUATION,
            Pattern(r"\s+$", Stays),
            CJK,
            Pattern(r"\p{N}+", Stays),
        ],
    ),
    family(
        &["deepseek-coder"],
        &[LINE_BREAK, Pattern(r"\s?\p{L}+", Stays), Pattern(r"\s?\p{P}+", Stays), CJK, DIGIT],
    ),
    family(
        &["deepseek-v3", "hunyuan-dense", "joyai-llm"],
        &[
            Pattern(r"\p{N}{1,3}", Stays),
            Pattern(r"[\u{4E00}-\u{9FA5}\u{3040}-\u{309F}\u{30A0}-\u{30FF}]+", Stays),
            DEEPSEEK_V3,
        ],
    ),
    family(&["falcon"], &[Pattern(r"[\p{P}$+<=>^~|`]+", Stays), GPT2, Pattern("[0-9][0-9][0-9]", Stays)]),
    family(&["bailingmoe", "bailingmoe2", "llada-moe"], &[BAILING]),
    family(&["seed-coder"], &[SEED_CODER]),
    family(&["exaone-moe"], &[EXAONE_MOE]),
    family(&["bloom", "poro-chat", "gpt3-finnish"], &[BLOOM]),
    family(&["viking"], &[BLOOM, DIGIT]),
];

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
            Pattern(pattern, last_space) => {
                let regex = Regex::new(pattern).expect("every pattern in the table compiles; tested");
                Self::Pattern(regex, last_space)
            }
            Thousands(only_before_a_boundary) => Self::Thousands { only_before_a_boundary },
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
            Stays => false,
            GoesOn => character.is_whitespace(),
            GoesOnInLine => character.is_whitespace() && !matches!(character, '\r' | '\n'),
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
        assert_eq!(words("deepseek-llm", "Hi, Élan\n你好 12"), ["Hi", ",", " Élan", "\n", "你好", " ", "12"]);
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

    #[test]
    fn long_runs_take_linear_time() {
        for name in known_names() {
            for text in ["a".repeat(200_000), " ".repeat(200_000), "1".repeat(200_000), "\n ".repeat(100_000)]
            {
                assert_eq!(words(name, &text).concat(), text, "{name}");
            }
        }
    }

    proptest! {
        #[test]
        fn words_are_the_whole_text(text in r"(\PC|[ \t\r\n'a-cA-C0-9é你!]){0,40}") {
            for name in known_names() {
                let words = words(name, &text);
                prop_assert_eq!(words.concat(), text.as_str());
                prop_assert!(words.iter().all(|word| !word.is_empty()));
            }
        }
    }
}
