//! Words reduced to their stems, so that "allergies" is found by "allergy". Must not know indexes.

use rust_stemmers::{Algorithm, Stemmer};

use crate::language::{Language, is_han};

/// Characters of a word beyond which it is taken as it is: nothing that long is a word.
const WORD_CHARACTERS_MAX: usize = 64;

/// The stem of one word by Snowball's algorithm of the language, in lower case. Chinese has no stems: the word itself.
pub fn stem(word: &str, language: Language) -> String {
    let lower = word.to_lowercase();
    let algorithm = match language {
        Language::English => Algorithm::English,
        Language::French => Algorithm::French,
        Language::Chinese => return lower,
    };
    if lower.chars().count() > WORD_CHARACTERS_MAX {
        return lower;
    }
    Stemmer::create(algorithm).stem(&lower).into_owned()
}

/// The words of a text in their order: letters and digits in a row, without what French elides ("l'", "qu'") and without
/// "'s". A run of Han characters is one word.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphanumeric() && !matches!(character, '\'' | '’' | '-'))
        .flat_map(|run| run.split_inclusive_scripts())
        .map(bare)
        .filter(|word| !word.is_empty())
}

/// Cuts a run between Han and other letters.
trait Scripts {
    fn split_inclusive_scripts(&self) -> Vec<&str>;
}

impl Scripts for str {
    fn split_inclusive_scripts(&self) -> Vec<&str> {
        let mut parts = Vec::new();
        let mut start = 0;
        let mut before: Option<bool> = None;
        for (at, character) in self.char_indices() {
            let han = is_han(character);
            if before.is_some_and(|before| before != han) {
                parts.push(&self[start..at]);
                start = at;
            }
            before = Some(han);
        }
        parts.push(&self[start..]);
        parts
    }
}

fn bare(word: &str) -> &str {
    let word = word.trim_matches(['\'', '’', '-']);
    let genitive = ["'s", "’s", "'S", "’S"].iter().find_map(|ending| word.strip_suffix(ending));
    let word = genitive.unwrap_or(word);
    match word.find(['\'', '’']) {
        // What French elides is one letter, or "qu", "jusqu", "lorsqu", "puisqu".
        Some(at) if at <= 1 || word[..at].ends_with("qu") => word[at..].trim_start_matches(['\'', '’']),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_alone() {
        let of = |text: &'static str| words(text).collect::<Vec<_>>();
        assert_eq!(of("Anna's dog, l'été d’hier"), ["Anna", "dog", "été", "hier"]);
        assert_eq!(of("THE DOG’S BOWL"), ["THE", "DOG", "BOWL"]);
        assert_eq!(of("我用Rust写"), ["我用", "Rust", "写"]);
        assert_eq!(of(" -- '' "), Vec::<&str>::new());
    }

    #[test]
    fn forms_share_a_stem() {
        assert_eq!(stem("Allergies", Language::English), stem("allergy", Language::English));
        assert_eq!(stem("Chats", Language::French), stem("chat", Language::French));
        assert_eq!(stem("猫", Language::Chinese), "猫");
    }
}
