//! Whether keys occur in a text. Must not know entries, or what a match leads to.

use fancy_regex::{Regex, RegexBuilder};
use unicode_normalization::UnicodeNormalization;

/// Bytes of a regular expression.
const PATTERN_BYTES_MAX: usize = 2_000;
/// Steps back that a regular expression may take in a search.
const BACKTRACK_MAX: usize = 100_000;
/// Bytes of a compiled regular expression.
const COMPILED_BYTES_MAX: usize = 1 << 20;

/// A text that keys are looked for in.
#[derive(Debug, Default)]
pub(super) struct ScanText {
    /// As it stands, for regular expressions.
    raw: String,
    /// In one form of Unicode.
    cased: String,
    /// The same without upper case.
    folded: String,
}

impl ScanText {
    pub(super) fn new(raw: String) -> Self {
        let cased = normalise(&raw);
        let folded = cased.to_lowercase();
        Self { raw, cased, folded }
    }
}

/// One form for what looks alike: NFKC (full-width letters are letters), and one apostrophe.
fn normalise(text: &str) -> String {
    text.nfkc().map(|character| if character == '’' { '\'' } else { character }).collect()
}

/// How keys are compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyRules {
    pub(super) case_sensitive: Option<bool>,
    pub(super) whole_words: bool,
    pub(super) use_regex: bool,
}

/// A key, ready to be looked for.
#[derive(Debug)]
pub(super) enum Matcher {
    Plain {
        needle: String,
        case_sensitive: bool,
        whole_words: bool,
    },
    Pattern(Box<Regex>),
    /// Never matches; why.
    Invalid(String),
}

impl Matcher {
    pub(super) fn new(key: &str, rules: KeyRules) -> Self {
        let case_sensitive = rules.case_sensitive.unwrap_or(false);
        if let Some((pattern, flags)) = slashed(key) {
            return Self::pattern(&pattern.replace("\\/", "/"), flags);
        }
        if rules.use_regex {
            return Self::pattern(key, if case_sensitive { "" } else { "i" });
        }
        let needle = normalise(key.trim());
        let needle = if case_sensitive { needle } else { needle.to_lowercase() };
        Self::Plain { needle, case_sensitive, whole_words: rules.whole_words }
    }

    fn pattern(pattern: &str, flags: &str) -> Self {
        if pattern.is_empty() || pattern.len() > PATTERN_BYTES_MAX {
            return Self::Invalid(format!("it has {} bytes, not 1 to {PATTERN_BYTES_MAX}", pattern.len()));
        }
        let built = RegexBuilder::new(pattern)
            .case_insensitive(flags.contains('i'))
            .multi_line(flags.contains('m'))
            .dot_matches_new_line(flags.contains('s'))
            .backtrack_limit(BACKTRACK_MAX)
            .delegate_size_limit(COMPILED_BYTES_MAX)
            .delegate_dfa_size_limit(COMPILED_BYTES_MAX)
            .build();
        match built {
            Ok(regex) => Self::Pattern(Box::new(regex)),
            Err(error) => Self::Invalid(error.to_string()),
        }
    }

    /// Whether it occurs in one of the texts.
    ///
    /// # Errors
    ///
    /// Why a regular expression could not be tried.
    pub(super) fn occurs(&self, texts: &[&ScanText]) -> Result<bool, String> {
        match self {
            Self::Plain { needle, .. } if needle.is_empty() => Ok(false),
            Self::Plain { needle, case_sensitive, whole_words } => Ok(texts.iter().any(|text| {
                let text = if *case_sensitive { &text.cased } else { &text.folded };
                plain_occurs(text, needle, *whole_words)
            })),
            Self::Pattern(regex) => {
                for text in texts {
                    if regex.is_match(&*text.raw).map_err(|error| error.to_string())? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Invalid(problem) => Err(problem.clone()),
        }
    }
}

/// The pattern and flags of `/…/flags`, as JavaScript writes regular expressions.
fn slashed(key: &str) -> Option<(&str, &str)> {
    let (pattern, flags) = key.strip_prefix('/')?.rsplit_once('/')?;
    (!pattern.is_empty() && flags.chars().all(|flag| "dgimsuvy".contains(flag))).then_some((pattern, flags))
}

fn plain_occurs(text: &str, needle: &str, whole_words: bool) -> bool {
    if !whole_words {
        return text.contains(needle);
    }
    let first = needle.chars().next().is_some_and(needs_boundary);
    let last = needle.chars().next_back().is_some_and(needs_boundary);
    let mut from = 0;
    // Not `match_indices`: a match that is no word may overlap one that is.
    while let Some(found) = text[from..].find(needle) {
        let (start, end) = (from + found, from + found + needle.len());
        let joined_before = first && text[..start].chars().next_back().is_some_and(needs_boundary);
        let joined_after = last && text[end..].chars().next().is_some_and(needs_boundary);
        if !joined_before && !joined_after {
            return true;
        }
        from = start + text[start..].chars().next().map_or(1, char::len_utf8);
    }
    false
}

/// Whether a character belongs to a word that ends where such characters end: letters and digits of scripts with spaces between words.
fn needs_boundary(character: char) -> bool {
    (character.is_alphanumeric() || character == '_') && !is_unspaced(character)
}

/// Scripts that write words, or words and what is added to them, without spaces between: Thai, Lao, Myanmar, Khmer, kana,
/// Bopomofo, Han, Hangul (whose particles follow words directly).
fn is_unspaced(character: char) -> bool {
    matches!(u32::from(character),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1100..=0x11FF | 0x1780..=0x17FF | 0x2E80..=0x2FDF | 0x3005..=0x3007
        | 0x3021..=0x3029 | 0x3031..=0x318F | 0x31A0..=0x31FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xA960..=0xA97F
        | 0xAC00..=0xD7FF | 0xF900..=0xFAFF | 0xFF66..=0xFFDC | 0x1B000..=0x1B16F | 0x20000..=0x323AF)
}
