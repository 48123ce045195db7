//! Habits that can be counted: lengths, marks, words, names. Must not know how they are written out.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{
    sample::{Exchange, Sample},
    words,
};
use crate::language::Language;

const FAVOURITES_MAX: usize = 15;
const TOPICS_MAX: usize = 10;
const PHRASES_MAX: usize = 5;
const PHRASE_CHARACTERS_MAX: usize = 160;
/// What companions call people, in three languages.
const PET_NAMES: [&str; 26] = [
    "my love",
    "my dear",
    "my friend",
    "my darling",
    "sweetheart",
    "darling",
    "honey",
    "babe",
    "baby",
    "sweetie",
    "dear",
    "love",
    "mon amour",
    "mon cœur",
    "mon ami",
    "mon amie",
    "chéri",
    "chérie",
    "ma belle",
    "亲爱的",
    "宝贝",
    "宝宝",
    "老公",
    "老婆",
    "哥哥",
    "姐姐",
];

/// Those that are as often something else: "Love that painting!", "a baby".
const ORDINARY_WORDS: [&str; 7] = ["my love", "my friend", "honey", "babe", "baby", "dear", "love"];
/// Behind these they are names all the same: "hi love".
const GREETINGS: [&str; 16] = [
    "hi",
    "hey",
    "hello",
    "morning",
    "afternoon",
    "evening",
    "night",
    "goodnight",
    "bye",
    "goodbye",
    "thanks",
    "you",
    "yes",
    "okay",
    "ok",
    "sorry",
];

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
    /// Share of replies with an emoji, 0 to 1.
    pub emoji_share: f64,
    /// Its emoji, with how often; the most frequent first.
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

pub(super) fn of(sample: &Sample) -> SpeechHabits {
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
    for character in
        replies.iter().flat_map(|reply| reply.chars()).filter(|character| words::is_emoji(*character))
    {
        *emoji.entry(character.to_string()).or_default() += 1;
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
        emoji_share: share(&|reply| reply.chars().any(words::is_emoji)),
        emoji: words::ranked(emoji, 10),
        favourite_words: favourites(sample),
    }
}

/// Whether there is `*something*` in it that is no bold.
fn acts(reply: &str) -> bool {
    let mut pieces = reply.split('*');
    pieces.next();
    let inside = pieces.next();
    inside.is_some_and(|inside| inside.trim().chars().count() >= 3) && pieces.next().is_some()
}

fn sentences(text: &str) -> Vec<&str> {
    let ends = ['.', '!', '?', '…', '\n', '。', '！', '？'];
    text.split_inclusive(ends)
        .map(str::trim)
        .filter(|sentence| sentence.chars().any(char::is_alphanumeric))
        .collect()
}

/// Words that it used more often than the user did, measured by the logarithm of the odds.
fn favourites(sample: &Sample) -> Vec<String> {
    let own = words::counted(sample.exchanges.iter().map(|exchange| exchange.reply.as_str()));
    let others = words::counted(sample.exchanges.iter().map(|exchange| exchange.user.as_str()));
    let own_total = own.values().sum::<u64>().max(1) as f64;
    let others_total = others.values().sum::<u64>().max(1) as f64;
    let mut scored: Vec<(f64, String)> = own
        .into_iter()
        .filter(|(word, count)| *count >= 3 && !words::is_common(word))
        .filter(|(word, _)| sample.user_name.as_ref().is_none_or(|name| name.to_lowercase() != *word))
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

/// What both spoke of in many exchanges.
pub(super) fn topics(sample: &Sample) -> Vec<String> {
    let mut counts: HashMap<String, u64> = HashMap::new();
    for exchange in &sample.exchanges {
        let mut seen = words::of(&exchange.user);
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

/// Pet names, and the user's name.
pub(super) fn names_for_user(sample: &Sample) -> Vec<(String, u64)> {
    let mut counts: HashMap<String, u64> = HashMap::new();
    for exchange in &sample.exchanges {
        let mut reply = exchange.reply.to_lowercase();
        for name in PET_NAMES {
            let count = called(&reply, name);
            if count > 0 {
                *counts.entry(name.to_owned()).or_default() += count;
                // "my love" is not "love" again.
                reply = reply.replace(name, " ");
            }
        }
        if let Some(name) = &sample.user_name {
            let count = called(&reply, &name.to_lowercase());
            if count > 0 {
                *counts.entry(name.clone()).or_default() += count;
            }
        }
    }
    counts.retain(|_, count| *count >= 2);
    words::ranked(counts, 5)
}

/// How often somebody is called so: between marks, not in the middle of a sentence, where "love" is a verb.
fn called(text: &str, name: &str) -> u64 {
    if name.is_empty() {
        return 0;
    }
    let mark = |character: Option<char>| {
        character
            .is_none_or(|character| !character.is_alphanumeric() && character != ' ' && character != '\'')
    };
    let is_han = name.chars().any(crate::language::is_han);
    text.match_indices(name)
        .filter(|(at, _)| {
            let before = text[..*at].chars().next_back();
            let after = text[at + name.len()..].chars().next();
            let word_ends =
                |character: Option<char>| character.is_none_or(|character| !character.is_alphanumeric());
            let words_before = text[..*at].trim_end();
            if ORDINARY_WORDS.contains(&name) {
                let greets = words_before
                    .rsplit(|character: char| !character.is_alphanumeric())
                    .next()
                    .is_some_and(|word| GREETINGS.contains(&word));
                return mark(after) && (mark(words_before.chars().next_back()) || greets);
            }
            is_han
                || (mark(after) && word_ends(before))
                || (mark(words_before.chars().next_back()) && word_ends(before) && word_ends(after))
        })
        .count() as u64
}

/// How sittings began: short replies, those that came again first.
pub(super) fn openings(sample: &Sample) -> Vec<String> {
    phrases(sample.exchanges.iter().filter(|exchange| exchange.begins), false)
}

/// How sittings ended.
pub(super) fn endings(sample: &Sample) -> Vec<String> {
    phrases(sample.exchanges.iter().filter(|exchange| exchange.ends), true)
}

fn phrases<'e>(exchanges: impl Iterator<Item = &'e Exchange>, last: bool) -> Vec<String> {
    let mut counts: HashMap<String, u64> = HashMap::new();
    for exchange in exchanges {
        let whole = exchange.reply.trim();
        let phrase = if whole.chars().count() <= PHRASE_CHARACTERS_MAX {
            whole
        } else {
            let sentences = sentences(whole);
            let Some(phrase) = (if last { sentences.last().copied() } else { sentences.first().copied() })
            else {
                continue;
            };
            phrase
        };
        if (2..=PHRASE_CHARACTERS_MAX).contains(&phrase.chars().count()) {
            *counts.entry(phrase.to_owned()).or_default() += 1;
        }
    }
    words::ranked(counts, PHRASES_MAX).into_iter().map(|(phrase, _)| phrase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_also_names_are_counted_where_somebody_is_called_so() {
        for (text, name, times) in [
            ("good night, love.", "love", 1),
            ("hi love! did you sleep?", "love", 1),
            ("love, where were you?", "love", 1),
            ("wow, love that painting! love it", "love", 0),
            ("warmth, love and self-acceptance. i'm in love.", "love", 0),
            ("the baby sleeps. it's a baby!", "baby", 0),
            ("thanks, my friend", "my friend", 1),
            ("my friend, a nurse, came", "my friend", 1),
            ("good night darling.", "darling", 1),
            ("晚安，宝贝", "宝贝", 1),
        ] {
            assert_eq!(called(text, name), times, "{text}");
        }
    }
}
