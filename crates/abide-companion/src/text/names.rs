//! Finding a person's name in a text, and taking it out. Knows no person.

use super::sentence::sentences;
use super::stem::words;
use super::{fold, function_words, is_unspaced};
use crate::language::Language;

/// Whether a word (folded) can stand for a person: not a single letter, and not one that every sentence has.
pub fn is_name(word: &str) -> bool {
    let unspaced = word.chars().any(is_unspaced);
    let long_enough = word.chars().nth(1).is_some();
    let builds_sentences =
        Language::ALL.iter().any(|language| function_words::is_function_word(word, *language));
    word.chars().any(char::is_alphabetic) && long_enough && (unspaced || !builds_sentences)
}

/// The words of a question that are written large within its sentences: names, as far as a text shows them.
pub fn names_in(text: &str) -> String {
    let mut names = Vec::new();
    for range in sentences(text) {
        let large = |word: &&str| word.starts_with(char::is_uppercase) && is_name(&fold(word));
        names.extend(words(&text[range]).skip(1).filter(large));
    }
    names.join(" ")
}

/// Takes every occurrence of `name` (folded) out of the text, with a genitive `'s`; whether there was one. A name in a script with
/// blanks must stand by itself.
pub fn cut_word(text: &mut String, name: &str) -> bool {
    let unspaced = name.chars().any(is_unspaced);
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.as_str();
    let mut met = false;
    let mut before: Option<char> = None;
    while let Some(first) = rest.chars().next() {
        let free = unspaced || !before.is_some_and(char::is_alphanumeric);
        if free && let Some(length) = begins_with(rest, name) {
            let behind = &rest[length..];
            if unspaced || !behind.chars().next().is_some_and(char::is_alphanumeric) {
                met = true;
                let genitive = ["'s", "\u{2019}s"].iter().find_map(|ending| behind.strip_prefix(ending));
                rest = genitive.filter(|end| !end.starts_with(char::is_alphanumeric)).unwrap_or(behind);
                before = None;
                continue;
            }
        }
        kept.push(first);
        before = Some(first);
        rest = &rest[first.len_utf8()..];
    }
    if met {
        *text = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    met
}

/// How many bytes of `text` are `name` once folded.
fn begins_with(text: &str, name: &str) -> Option<usize> {
    let mut wanted = name.chars();
    let mut length = 0;
    for character in text.chars() {
        if wanted.as_str().is_empty() {
            break;
        }
        for folded in fold(character.encode_utf8(&mut [0; 4])).chars() {
            if wanted.next() != Some(folded) {
                return None;
            }
        }
        length += character.len_utf8();
    }
    wanted.as_str().is_empty().then_some(length)
}
