//! What somebody says first and last of a day. Must not know how it is written out.

use std::collections::HashMap;

use super::sample::{Exchange, Sample};
use crate::language::is_han;

const PHRASES_MAX: usize = 5;
const PHRASE_CHARACTERS_MAX: usize = 160;
/// What greets, in three languages; Latin ones where a clause begins.
const HELLOS: [&str; 33] = [
    "good morning",
    "good afternoon",
    "good evening",
    "morning",
    "hello",
    "hiya",
    "hi",
    "hey",
    "welcome",
    "there you are",
    "greetings",
    "howdy",
    "bonjour",
    "bonsoir",
    "salut",
    "coucou",
    "bienvenue",
    "te voilà",
    "早安",
    "早上好",
    "早呀",
    "早啊",
    "上午好",
    "中午好",
    "下午好",
    "晚上好",
    "你好",
    "您好",
    "哈喽",
    "嗨",
    "欢迎",
    "你来了",
    "回来啦",
];
/// What says goodbye.
const GOODBYES: [&str; 39] = [
    "good night",
    "goodnight",
    "night night",
    "nighty night",
    "night",
    "sleep tight",
    "sleep well",
    "sweet dreams",
    "dream of",
    "bye bye",
    "bye",
    "goodbye",
    "good bye",
    "farewell",
    "see you",
    "see ya",
    "talk soon",
    "talk to you soon",
    "until tomorrow",
    "until next time",
    "take care",
    "bonne nuit",
    "bonne soirée",
    "bonne journée",
    "au revoir",
    "à demain",
    "à bientôt",
    "à plus",
    "à tout à l'heure",
    "dors bien",
    "fais de beaux rêves",
    "晚安",
    "再见",
    "拜拜",
    "明天见",
    "回头见",
    "下次见",
    "好梦",
    "睡个好觉",
];
/// What may stand before one in its clause.
const LEADING: &str = "oh and then well so okay ok now a very alors bon et allez ma mon";

/// Whether it is a word of what greets or says goodbye.
pub(super) fn is_greeting_word(word: &str) -> bool {
    all().any(|phrase| phrase.split(' ').any(|known| known == word))
}

/// All that greets or says goodbye.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    HELLOS.into_iter().chain(GOODBYES)
}

/// What stands behind a greeting or goodbye at the beginning of a clause in small letters: whom it is for.
pub(super) fn behind_greeting(clause: &str) -> Option<&str> {
    let behind = |phrase: &str| {
        let rest = clause.strip_prefix(phrase)?;
        if phrase.chars().any(is_han) { Some(rest) } else { rest.strip_prefix(' ') }
    };
    // Behind the longest: "bye bye love".
    all().filter_map(behind).filter(|rest| !rest.is_empty()).min_by_key(|rest| rest.len())
}

/// Whether a text greets or says goodbye.
pub(super) fn greets(text: &str) -> bool {
    says(text, &HELLOS) || says(text, &GOODBYES)
}

/// How sittings began: what greets, if anything does; what came again first, then what came first.
pub(super) fn openings(sample: &Sample) -> Vec<String> {
    let begun = sample.exchanges.iter().filter(|exchange| exchange.begins);
    let mut found = collected(begun, &HELLOS, false);
    if found.iter().any(|phrase| phrase.says > 0) {
        found.retain(|phrase| phrase.says > 0);
    }
    ranked(found, |phrase| (phrase.says, phrase.count, std::cmp::Reverse(phrase.at)))
}

/// How sittings ended, where it was said by a goodbye of either, or came again: what says it itself first, then what came again, then what
/// came last.
pub(super) fn endings(sample: &Sample) -> Vec<String> {
    let ended = sample.exchanges.iter().filter(|exchange| exchange.ends);
    let mut found = collected(ended, &GOODBYES, true);
    if found.iter().any(|phrase| phrase.says > 0) {
        found.retain(|phrase| phrase.says > 0);
    } else {
        found.retain(|phrase| phrase.count > 1);
    }
    ranked(found, |phrase| (phrase.says, phrase.count, phrase.at))
}

struct Phrase {
    text: String,
    /// 2 if it says so itself, 1 if the user did.
    says: u8,
    count: u64,
    /// Where it was said last, or, of openings, first.
    at: usize,
}

fn collected<'e>(exchanges: impl Iterator<Item = &'e Exchange>, known: &[&str], last: bool) -> Vec<Phrase> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut found: Vec<Phrase> = Vec::new();
    for (at, exchange) in exchanges.enumerate() {
        let Some(text) = shortened(exchange.reply.trim(), last) else { continue };
        let says = match () {
            () if says(text, known) => 2,
            () if says(&exchange.user, known) => 1,
            () => 0,
        };
        let place = *places.entry(text).or_insert(found.len());
        if place == found.len() {
            found.push(Phrase { text: text.to_owned(), says, count: 0, at });
        }
        let phrase = &mut found[place];
        phrase.count += 1;
        phrase.says = phrase.says.max(says);
        if last {
            phrase.at = at;
        }
    }
    found
}

/// A reply, or of a long one its first or last sentence; `None`: nothing short is there.
pub(super) fn shortened(reply: &str, last: bool) -> Option<&str> {
    let phrase = if reply.chars().count() <= PHRASE_CHARACTERS_MAX {
        reply
    } else {
        let mut sentences = super::habits::sentences(reply).into_iter();
        if last { sentences.next_back()? } else { sentences.next()? }
    };
    (2..=PHRASE_CHARACTERS_MAX).contains(&phrase.chars().count()).then_some(phrase)
}

fn ranked<K: Ord>(mut found: Vec<Phrase>, key: impl Fn(&Phrase) -> K) -> Vec<String> {
    found.sort_by_key(|phrase| std::cmp::Reverse(key(phrase)));
    found.truncate(PHRASES_MAX);
    found.into_iter().map(|phrase| phrase.text).collect()
}

/// Whether one of the phrases is in the text, at the beginning of a clause where words have blanks between them.
fn says(text: &str, phrases: &[&str]) -> bool {
    let text = text.to_lowercase().replace('’', "'");
    phrases.iter().any(|phrase| {
        text.match_indices(phrase).any(|(at, _)| {
            if phrase.chars().any(is_han) {
                return true;
            }
            let is_word = |character: char| character.is_alphanumeric() || character == '\'';
            let before = text[..at].trim_end_matches(' ');
            let last = before.rsplit(|character| !is_word(character)).next().unwrap_or_default();
            let begins = last.is_empty() || LEADING.split(' ').any(|leading| leading == last);
            begins && !text[..at].ends_with(is_word) && !text[at + phrase.len()..].starts_with(is_word)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_begin_a_clause() {
        for text in ["Hey Luna!", "*smiles* Good morning.", "Oh, hello.", "“Bonsoir”", "小雨，早安！"]
        {
            assert!(says(text, &HELLOS), "{text}");
        }
        for text in ["In the morning I run.", "High up.", "They say hi.", "Her salutation."] {
            assert!(!says(text, &HELLOS), "{text}");
        }
        for text in ["Sleep tight, Bea.", "Alors bonne nuit, ma puce.", "Well, good night!", "那晚安。"] {
            assert!(says(text, &GOODBYES), "{text}");
        }
        for text in ["It was a long night.", "I was glad to see you."] {
            assert!(!says(text, &GOODBYES), "{text}");
        }
    }
}
