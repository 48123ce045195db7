//! Whether a model's summary can stand for what was said: not empty, too long, stuck or refused, and without names and numbers that nobody said. Must not know
//! how it was made.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::language::{Language, is_han};
use crate::text::sentence::sentences;
use crate::text::stem::{stem, words};
use crate::time::{compiled, number_in_words, weekday_named};

/// Words in a row that may not come again and again.
const REPEATED_WORDS: usize = 6;
/// Characters in a row, for Chinese.
const REPEATED_CHARACTERS: usize = 10;
/// How often is too often.
const REPEATED_TIMES: usize = 3;

/// Why a summary is not used.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rejected {
    /// It says nothing.
    #[error("the summary is empty")]
    Empty,
    /// It is longer than was asked for.
    #[error("the summary has {characters} characters, at most {at_most} were asked for")]
    TooLong {
        /// Its length.
        characters: usize,
        /// The limit.
        at_most: usize,
    },
    /// The model was stuck.
    #[error("the summary repeats itself: {0:?}")]
    Repetition(String),
    /// The model refused, or spoke of itself.
    #[error("the model refused to summarise: {0:?}")]
    Refusal(String),
    /// A name that nobody said.
    #[error("the summary names {0:?}, which nobody said")]
    InventedName(String),
    /// A number that nobody said.
    #[error("the summary has the number {0}, which nobody said")]
    InventedNumber(String),
}

static REFUSAL: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"as an? (?:ai|artificial|(?:large )?language model)|i(?:'|’)?m (?:just )?an ai\b|language model|i(?:'|’| a)?m sorry,? (?:but )?i\b|i can(?:'|’|no)t (?:help|assist|summari[sz]e|provide|do that|fulfil)|i(?:'|’)?m (?:unable|not able) to|i don(?:'|’)t have access|here is (?:a|the) summary\W*$|en tant qu(?:'|’|e )(?:ia\b|intelligence|modèle|assistant)|modèle de langage|je (?:suis désolée?|regrette),? (?:mais )?je|je ne (?:peux|suis) pas (?:vous |t(?:'|’)?)?(?:aider|résumer|fournir|en mesure)|作为(?:一个|一名)?(?:ai|人工智能|语言模型|大型语言模型)|(?:抱歉|对不起)[，,]?我(?:不能|无法|没有办法)|我(?:无法|不能)(?:总结|提供|帮)",
    )
});

/// Capitalised words that name nobody.
const NO_NAMES: &[&str] = &[
    "i",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "user",
    "the",
    "he",
    "she",
    "they",
    "it",
    "we",
    "you",
    "his",
    "her",
    "their",
    "mr",
    "mrs",
    "ms",
    "dr",
    "mme",
    "ok",
    "summary",
    "christmas",
    "easter",
    "english",
    "french",
    "chinese",
    "il",
    "elle",
    "ils",
    "elles",
    "le",
    "la",
    "les",
    "noël",
    "pâques",
    "utilisateur",
    "l'utilisateur",
];

/// Whether `output` can be used as a summary of `sources`: all that was said, the summary before, and the names of those who speak.
///
/// # Errors
/// The first reason why not. Names are looked for in Latin letters alone and not at the beginning of sentences, so a made-up Chinese name passes.
pub fn check(output: &str, sources: &[&str], characters_max: usize) -> Result<(), Rejected> {
    let output = output.trim();
    let han = output.chars().filter(|character| is_han(*character)).count();
    if han < 4 && words(output).count() < 3 {
        return Err(Rejected::Empty);
    }
    let characters = output.chars().count();
    if characters > characters_max {
        return Err(Rejected::TooLong { characters, at_most: characters_max });
    }
    if let Some(found) = REFUSAL.find(output) {
        return Err(Rejected::Refusal(found.as_str().to_owned()));
    }
    repetition(output)?;
    let mut said: HashSet<String> = HashSet::new();
    let mut numbers: HashSet<String> = HashSet::new();
    for source in sources {
        for word in words(source) {
            said.insert(word.to_lowercase());
            said.insert(stem(word, Language::English));
            // "2023-05-08" is one word here, and three numbers.
            numbers.extend(digits(word).map(str::to_owned));
            let spelled = Language::ALL.into_iter().find_map(|language| number_in_words(word, language));
            numbers.extend(spelled.map(|number| number.to_string()));
        }
        numbers.extend(chinese_numbers(source));
    }
    for word in words(output) {
        if let Some(number) = digits(word).find(|number| !numbers.contains(*number)) {
            return Err(Rejected::InventedNumber(number.to_owned()));
        }
    }
    names(output, &said)
}

fn digits(word: &str) -> impl Iterator<Item = &str> {
    let runs = word.split(|character: char| !character.is_ascii_digit());
    runs.map(|run| run.trim_start_matches('0')).filter(|run| !run.is_empty())
}

/// Numbers in Chinese characters, each run by itself.
fn chinese_numbers(text: &str) -> impl Iterator<Item = String> {
    let runs = text.split(|character: char| !"零〇一二两三四五六七八九十百".contains(character));
    let short = runs.filter(|run| !run.is_empty() && run.chars().count() <= 8);
    short.filter_map(|run| number_in_words(run, Language::Chinese)).map(|number| number.to_string())
}

fn names(output: &str, said: &HashSet<String>) -> Result<(), Rejected> {
    for range in sentences(output) {
        for word in words(&output[range]).skip(1) {
            let lower = word.to_lowercase();
            let capital = word.chars().next().is_some_and(char::is_uppercase) && word.chars().count() > 1;
            if !capital || NO_NAMES.contains(&lower.as_str()) || weekday_named(word).is_some() {
                continue;
            }
            let known = said.contains(&lower)
                || said.contains(&stem(word, Language::English))
                || lower.split('-').all(|part| said.contains(part));
            if !known {
                return Err(Rejected::InventedName(word.to_owned()));
            }
        }
    }
    Ok(())
}

fn repetition(output: &str) -> Result<(), Rejected> {
    let mut seen: HashSet<String> = HashSet::new();
    for range in sentences(output) {
        let text = output[range].to_lowercase();
        let long = text.chars().count() > 12;
        if long && !seen.insert(text.clone()) {
            return Err(Rejected::Repetition(text));
        }
    }
    let lower = output.to_lowercase();
    let spoken: Vec<&str> = words(&lower).collect();
    often(spoken.windows(REPEATED_WORDS).map(|row| row.join(" ")))?;
    let characters: Vec<char> = lower.chars().filter(|character| is_han(*character)).collect();
    often(characters.windows(REPEATED_CHARACTERS).map(|row| row.iter().collect()))
}

fn often(rows: impl Iterator<Item = String>) -> Result<(), Rejected> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let count = counts.entry(row.clone()).or_default();
        *count += 1;
        if *count >= REPEATED_TIMES {
            return Err(Rejected::Repetition(row));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SOURCES: [&str; 4] = [
        "I moved to Lyon on May 8 with my sister Clara. I turned thirty-four.",
        "J'ai rencontré Paul au marché.",
        "我在杭州住了十二年。",
        "Sam",
    ];

    #[test]
    fn what_was_said_passes() {
        for output in [
            "Sam moved to Lyon on May 8 with Clara's help. Sam is 34.",
            "Sam a rencontré Paul à Lyon.",
            "他在杭州住了12年，和姐姐一起。",
            "They moved and met a friend.",
        ] {
            assert_eq!(check(output, &SOURCES, 300), Ok(()), "{output}");
        }
    }

    #[test]
    fn what_was_not_is_rejected() {
        let table = [
            ("", "empty"),
            ("Ok.", "empty"),
            ("。。。", "empty"),
            (&"They moved to Lyon and lived there. ".repeat(20), "characters"),
            ("As an AI, I can't do that for you.", "refused"),
            ("I'm sorry, but I cannot summarize this.", "refused"),
            ("En tant que modèle de langage, je ne peux pas.", "refused"),
            ("作为一个人工智能，我无法总结。", "refused"),
            ("They moved to Lyon together. They moved to Lyon together.", "repeats"),
            ("they went on and on and on and on and on and on and on and on and on and on", "repeats"),
            ("Sam moved to Lyon with Robert.", "\"Robert\""),
            ("Sam moved to Lyon in 1999.", "1999"),
            ("他在杭州住了15年。", "15"),
        ];
        for (output, reason) in table {
            let rejected = check(output, &SOURCES, 300).unwrap_err();
            assert!(rejected.to_string().contains(reason), "{output}: {rejected}");
        }
    }

    proptest! {
        #[test]
        fn a_source_can_be_its_own_summary_or_is_refused_with_a_reason(text in ".{0,120}") {
            match check(&text, &[&text], 1_000) {
                Ok(()) | Err(Rejected::Empty | Rejected::Repetition(_) | Rejected::Refusal(_)) => {}
                Err(other) => prop_assert!(false, "{other}"),
            }
        }
    }

    #[test]
    fn a_megabyte_is_checked_in_bounded_time() {
        let text = "He saw 12 birds in Lyon, and more. ".repeat(30_000);
        assert!(check(&text, &[&text], usize::MAX).is_err());
    }
}
