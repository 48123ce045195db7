//! Habits that can be counted: lengths, marks, words, names. Must not know how they are written out.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{
    names::{ORDINARY_WORDS, PET_NAMES},
    phrases,
    sample::Sample,
    words,
};
use crate::language::Language;
use crate::text::{cut_word, fold};

const FAVOURITES_MAX: usize = 15;
const TOPICS_MAX: usize = 10;

/// How somebody speaks.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SpeechHabits {
    /// Characters of half of the replies are at most these.
    pub characters_median: u64,
    /// Characters of a reply, on average.
    pub characters_mean: f64,
    /// Sentences of a reply, on average.
    pub sentences_mean: f64,
    /// Share of replies that ask something, 0 to 1.
    pub asks: f64,
    /// Share of replies with an exclamation mark, 0 to 1.
    pub exclaims: f64,
    /// Share of replies with three dots, 0 to 1.
    pub trails_off: f64,
    /// Share of replies with an action between asterisks, 0 to 1.
    pub acts: f64,
    /// Share of replies without any capital letter, of those that could have one, 0 to 1.
    pub small_letters: f64,
    /// Share of replies with an emoji or an emoticon, 0 to 1.
    pub emoji_share: f64,
    /// Its emoji and emoticons, with how often; the most frequent first.
    pub emoji: Vec<(String, u64)>,
    /// Words that it used far more often than the user did, the most telling first; pairs of characters in Chinese.
    pub favourite_words: Vec<String>,
}

/// The language of most replies.
pub(super) fn language(replies: &[&str]) -> Language {
    let mut counts: HashMap<Language, u64> = HashMap::new();
    for reply in replies {
        *counts.entry(Language::detect(reply)).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(language, count)| (*count, std::cmp::Reverse(*language)));
    most.map_or_else(Language::default, |(language, _)| language)
}

/// `names`: what the two call each other.
pub(super) fn of(sample: &Sample, names: &[String]) -> SpeechHabits {
    let replies: Vec<&str> = sample.exchanges.iter().map(|exchange| exchange.reply.as_str()).collect();
    if replies.is_empty() {
        return SpeechHabits::default();
    }
    let share = |is: &dyn Fn(&str) -> bool| {
        replies.iter().filter(|reply| is(reply)).count() as f64 / replies.len() as f64
    };
    let mut lengths: Vec<u64> = replies.iter().map(|reply| reply.chars().count() as u64).collect();
    lengths.sort_unstable();
    let mean = |values: &mut dyn Iterator<Item = u64>| values.sum::<u64>() as f64 / replies.len() as f64;
    let mut emoji: HashMap<String, u64> = HashMap::new();
    for shown in replies.iter().flat_map(|reply| words::emoji(reply)) {
        *emoji.entry(shown).or_default() += 1;
    }
    let has_case =
        |reply: &str| reply.chars().any(char::is_lowercase) || reply.chars().any(char::is_uppercase);
    let cased = replies.iter().filter(|reply| has_case(reply)).count().max(1);
    let small =
        replies.iter().filter(|reply| has_case(reply) && !reply.chars().any(char::is_uppercase)).count();
    SpeechHabits {
        characters_median: lengths[lengths.len() / 2],
        characters_mean: mean(&mut lengths.iter().copied()),
        sentences_mean: mean(&mut replies.iter().map(|reply| sentences(reply).len() as u64)),
        asks: share(&|reply| reply.contains(['?', '？'])),
        exclaims: share(&|reply| reply.contains(['!', '！'])),
        trails_off: share(&|reply| reply.contains("...") || reply.contains('…')),
        acts: share(&acts),
        small_letters: small as f64 / cased as f64,
        emoji_share: share(&|reply| !words::emoji(reply).is_empty()),
        emoji: words::ranked(emoji, 10),
        favourite_words: favourites(sample, names),
    }
}

/// Whether there is `*something*` in it that is no bold.
fn acts(reply: &str) -> bool {
    let mut pieces = reply.split('*');
    pieces.next();
    let inside = pieces.next();
    inside.is_some_and(|inside| inside.trim().chars().count() >= 3) && pieces.next().is_some()
}

pub(super) fn sentences(text: &str) -> Vec<&str> {
    let ends = ['.', '!', '?', '…', '\n', '。', '！', '？'];
    text.split_inclusive(ends)
        .map(str::trim)
        .filter(|sentence| sentence.chars().any(char::is_alphanumeric))
        .collect()
}

/// Words that it used more often than the user did, measured by the logarithm of the odds.
fn favourites(sample: &Sample, names: &[String]) -> Vec<String> {
    let names: HashSet<String> = names.iter().flat_map(|name| words::of(name)).collect();
    let own = words::counted(sample.exchanges.iter().map(|exchange| exchange.reply.as_str()));
    let others = words::counted(sample.exchanges.iter().map(|exchange| exchange.user.as_str()));
    let own_total = own.values().sum::<u64>().max(1) as f64;
    let others_total = others.values().sum::<u64>().max(1) as f64;
    let mut scored: Vec<(f64, String)> = own
        .into_iter()
        .filter(|(word, count)| *count >= 3 && !words::is_common(word))
        .filter(|(word, _)| !names.contains(word) && !phrases::is_greeting_word(word))
        .map(|(word, count)| {
            let theirs = others.get(&word).copied().unwrap_or(0) as f64;
            let odds = ((count as f64 + 0.5) / own_total) / ((theirs + 0.5) / others_total);
            (odds.ln() * (count as f64).sqrt(), word)
        })
        .filter(|(score, _)| *score > 0.0)
        .collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    scored.into_iter().take(FAVOURITES_MAX).map(|(_, word)| word).collect()
}

/// What both spoke of in many exchanges: neither names, nor greetings, nor pet names. `names`: what the two call each other.
pub(super) fn topics(sample: &Sample, names: &[String]) -> Vec<String> {
    let pet_names = PET_NAMES.into_iter().filter(|name| !ORDINARY_WORDS.contains(name));
    let mut nothing: Vec<String> = names.iter().map(|name| fold(name)).collect();
    nothing.extend(phrases::all().chain(pet_names).map(fold));
    // "good morning" goes before "morning".
    nothing.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    let mut counts: HashMap<String, u64> = HashMap::new();
    for exchange in &sample.exchanges {
        let mut said = exchange.user.clone();
        let folded = fold(&said);
        for phrase in nothing.iter().filter(|phrase| folded.contains(phrase.as_str())) {
            cut_word(&mut said, phrase);
        }
        let mut seen = words::of(&said);
        seen.sort_unstable();
        seen.dedup();
        for word in seen {
            let is_long = word.chars().count() >= 4 || !word.is_ascii();
            if is_long && !words::is_common(&word) {
                *counts.entry(word).or_default() += 1;
            }
        }
    }
    counts.retain(|_, count| *count >= 2);
    words::ranked(counts, TOPICS_MAX).into_iter().map(|(word, _)| word).collect()
}
