//! From a text to the terms that recall compares: folded, cut into words or characters, without function words, stemmed. Must not know
//! what is remembered, or how terms are weighed.
//!
//! English and French are stemmed by Snowball. Chinese and Japanese (and Korean and Thai) have no blanks between words: there, every ideograph and
//! every two characters that stand side by side are terms. That needs no dictionary, and never misses a word that is cut differently in a
//! question than in what was said.

mod about_past;
mod cues;
mod follow_up;
mod function_words;
mod irregular;
mod names;
pub mod sentence;
pub mod stem;

use std::cell::LazyCell;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

pub use about_past::is_about_past;
pub use cues::{
    Person, Things, asking_share, asks, looks_back, person_meant, says_nothing_more, speaks_of_time,
    things_asked, without_time_words,
};
pub use follow_up::leans_on_what_was_said;
use function_words::{is_function_word, is_weak_character};
pub use names::{cut_word, is_name, names_in};

use crate::language::{Language, head, is_han};

/// Bytes of a text that are looked at; who pastes a book is found by its beginning.
pub const ANALYZED_BYTES_MAX: usize = 64 << 10;
/// Characters of a word that count; a longer run is data, not a word.
const WORD_CHARACTERS_MAX: usize = 48;

thread_local! {
    static ENGLISH: LazyCell<Stemmer> = LazyCell::new(|| Stemmer::create(Algorithm::English));
    static FRENCH: LazyCell<Stemmer> = LazyCell::new(|| Stemmer::create(Algorithm::French));
}

/// A run of a text that belongs together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// A word between blanks or marks: lower case, in compatibility form, accents kept, without elision ("l'") and genitive ("'s").
    Word(String),
    /// Characters of a script without blanks between words.
    Unspaced(Vec<char>),
}

/// A term of a question, with the forms that it may have in what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionTerm {
    /// One for each language that memories are in, without doubles; never empty.
    pub forms: Vec<String>,
}

/// The text in one writing for what looks the same: compatibility forms (full width, ligatures), lower case, a straight apostrophe.
pub fn fold(text: &str) -> String {
    let text: String = head(text, ANALYZED_BYTES_MAX).nfkc().collect();
    text.to_lowercase().replace(['\u{2019}', '\u{2bc}', '\u{ff07}'], "'")
}

/// The runs of a text that [`fold`] made.
pub fn runs(folded: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let (mut word, mut unspaced) = (String::new(), Vec::new());
    for character in folded.chars().chain([' ']) {
        let alone = is_unspaced(character);
        if !alone {
            flush_unspaced(&mut unspaced, &mut runs);
        }
        if alone || !(character.is_alphanumeric() || character == '\'' || is_combining_mark(character)) {
            flush_word(&mut word, &mut runs);
        }
        if alone {
            unspaced.push(character);
        } else if character.is_alphanumeric() || character == '\'' || is_combining_mark(character) {
            word.push(character);
        }
    }
    runs
}

fn flush_unspaced(unspaced: &mut Vec<char>, runs: &mut Vec<Run>) {
    if !unspaced.is_empty() {
        runs.push(Run::Unspaced(std::mem::take(unspaced)));
    }
}

/// Takes a word apart at its apostrophes as English and French mean them.
fn flush_word(word: &mut String, runs: &mut Vec<Run>) {
    const ELIDED: [&str; 13] =
        ["l", "d", "j", "m", "t", "s", "c", "n", "qu", "jusqu", "lorsqu", "puisqu", "quelqu"];
    let whole = std::mem::take(word);
    let mut rest = whole.trim_matches('\'');
    while let Some((start, end)) = rest.split_once('\'')
        && ELIDED.contains(&start)
    {
        rest = end.trim_start_matches('\'');
    }
    let rest = rest.strip_suffix("'s").unwrap_or(rest);
    if !rest.is_empty() && rest.chars().count() <= WORD_CHARACTERS_MAX {
        runs.push(Run::Word(rest.replace('\'', "")));
    }
}

/// The terms of something that was said, in its own language, with repetitions.
pub fn terms(text: &str) -> Vec<String> {
    let language = Language::detect(text);
    let mut terms = Vec::new();
    for run in runs(&fold(text)) {
        match run {
            Run::Word(word) if is_function_word(&word, language) => {}
            Run::Word(word) => terms.push(stemmed(&word, language)),
            Run::Unspaced(characters) => unspaced_terms(&characters, |term| terms.push(term)),
        }
    }
    terms
}

/// Words by which a question asks for whatever there is: no memory need have them.
const WHATEVER: [&str; 11] = [
    "anything",
    "something",
    "everything",
    "anyone",
    "anybody",
    "someone",
    "somebody",
    "everyone",
    "everybody",
    "ever",
    "chose",
];

/// The terms of a question, each once, with their forms in the languages that memories are in.
pub fn question_terms(folded: &str, memories: &[Language]) -> Vec<QuestionTerm> {
    let language = Language::detect(folded);
    let mut terms: Vec<QuestionTerm> = Vec::new();
    let mut add = |forms: Vec<String>| {
        if !terms.iter().any(|known| known.forms[0] == forms[0]) {
            terms.push(QuestionTerm { forms });
        }
    };
    for run in runs(folded) {
        match run {
            Run::Word(word) if is_function_word(&word, language) || WHATEVER.contains(&word.as_str()) => {}
            Run::Word(word) => {
                let mut forms = vec![stemmed(&word, language)];
                for form in memories.iter().map(|memory| stemmed(&word, *memory)) {
                    if !forms.contains(&form) {
                        forms.push(form);
                    }
                }
                add(forms);
            }
            Run::Unspaced(characters) => unspaced_terms(&characters, |term| add(vec![term])),
        }
    }
    terms
}

/// The word without its ending, then without accents, so that "préférées" meets "preferee".
fn stemmed(word: &str, language: Language) -> String {
    let form = match language {
        Language::French => FRENCH.with(|stemmer| stemmer.stem(word).into_owned()),
        Language::English | Language::Chinese => {
            ENGLISH.with(|stemmer| stemmer.stem(irregular::base(word)).into_owned())
        }
    };
    if form.is_ascii() { form } else { form.nfd().filter(|mark| !is_combining_mark(*mark)).collect() }
}

/// Every two characters side by side, and every ideograph, without those that only build sentences.
fn unspaced_terms(characters: &[char], mut add: impl FnMut(String)) {
    for pair in characters.windows(2) {
        if !(is_weak_character(pair[0]) && is_weak_character(pair[1])) {
            add(pair.iter().collect());
        }
    }
    for character in characters {
        if characters.len() == 1 || (is_han(*character) && !is_weak_character(*character)) {
            add(character.to_string());
        }
    }
}

/// Whether words are not set apart by blanks in this character's script.
pub fn is_unspaced(character: char) -> bool {
    is_han(character)
        || matches!(character, '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ac00}'..='\u{d7af}'
            | '\u{0e00}'..='\u{0e7f}' | '々')
}

/// About how many tokens a model will make of a text: a quarter of its letters, and each character of an unspaced script.
pub fn estimate_tokens(text: &str) -> usize {
    let unspaced = text.chars().filter(|character| is_unspaced(*character)).count();
    let other: usize = text.chars().filter(|character| !is_unspaced(*character)).map(char::len_utf8).sum();
    unspaced + other.div_ceil(4)
}

#[cfg(test)]
mod tests;
