//! Letters that people write in more than one way: without their accents, and in traditional characters. Must not know any pattern.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// French letters with the ones that are typed for them.
const ACCENTS: &[(&str, char)] =
    &[("éèêë", 'e'), ("àâ", 'a'), ("ùûü", 'u'), ("îï", 'i'), ("ôö", 'o'), ("ç", 'c')];

/// Chinese characters that are written in several ways: groups of which the first stands for all.
const CHARACTERS: &str = include_str!("characters.txt");

/// Each character that is not the first of its group, with that one.
static FIRSTS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let lines = CHARACTERS.lines().filter(|line| !line.starts_with('#'));
    let groups = lines.flat_map(|line| line.split(' ')).filter_map(|group| {
        let mut characters = group.chars();
        characters.next().map(|first| (first, characters))
    });
    groups.flat_map(|(first, others)| others.map(move |other| (other, first))).collect()
});

/// A pattern that also fits where its letters are written the other way. An accent that must be there is written `\x{e9}` in it.
pub(super) fn widened(pattern: &str) -> String {
    let mut wide = String::with_capacity(pattern.len() * 2);
    for letter in pattern.chars() {
        match other(letter) {
            // A class is one within a class, too.
            Some(other) => wide.extend(['[', letter, other, ']']),
            None => wide.push(letter),
        }
    }
    wide
}

/// A word in the one way of writing that all others become, in small letters.
pub(crate) fn plain(word: &str) -> String {
    let word = word.to_lowercase();
    let word = if word.contains('œ') { Cow::Owned(word.replace('œ', "oe")) } else { Cow::Borrowed(&word) };
    word.chars().map(|letter| other(letter).unwrap_or(letter)).collect()
}

/// How else a letter of a pattern is written.
fn other(letter: char) -> Option<char> {
    if letter.is_ascii() {
        return None;
    }
    let accent = ACCENTS.iter().find(|(letters, _)| letters.contains(letter)).map(|(_, plain)| *plain);
    accent.or_else(|| FIRSTS.get(&letter).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_stand_in_one_group_each() {
        for (other, first) in &*FIRSTS {
            assert!(!FIRSTS.contains_key(first), "{other} {first}");
        }
        let groups =
            CHARACTERS.lines().filter(|line| !line.starts_with('#')).flat_map(|line| line.split(' '));
        assert_eq!(groups.map(|group| group.chars().count() - 1).sum::<usize>(), FIRSTS.len());
        for (simplified, traditional) in
            [('妈', '媽'), ('轻', '輕'), ('认', '認'), ('饭', '飯'), ('现', '現'), ('诈', '詐')]
        {
            assert_eq!(other(simplified), Some(traditional));
        }
        assert_eq!(plain("头发发烧"), plain("頭髮發燒"));
    }

    #[test]
    fn words_are_alike_however_they_are_written() {
        assert_eq!(plain("Sœur"), plain("soeur"));
        assert_eq!(plain("MÈRE"), plain("mere"));
        assert_eq!(plain("妈妈"), plain("媽媽"));
        let pattern = regex::Regex::new(&format!("(?i)^{}$", widened("[éiu]té|妈妈|marri\\x{e9}"))).unwrap();
        for fits in ["été", "ete", "Été", "媽妈", "ité", "marrié"] {
            assert!(pattern.is_match(fits), "{fits}");
        }
        assert!(!pattern.is_match("marrie"));
    }
}
