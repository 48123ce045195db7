//! What a companion calls the user: by their name, by pet names that everybody knows, and by its own. Must not know how it is written out.

use std::collections::HashMap;

use super::{phrases, sample::Sample, words};
use crate::language::is_han;

/// Names that are kept.
const NAMES_MAX: usize = 5;
/// Letters of the longest pet name that is found by its place.
const CHARACTERS_MAX: usize = 24;
/// What companions call people, in three languages.
pub(super) const PET_NAMES: [&str; 26] = [
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
pub(super) const ORDINARY_WORDS: [&str; 7] =
    ["my love", "my friend", "honey", "babe", "baby", "dear", "love"];
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
/// What begins a pet name of several words: "my fox", "petit chat".
const BEFORE_PET_NAMES: &str = "my little dear sweet old dearest mon ma petit petite cher chère tendre";
/// What begins one in Chinese.
const BEFORE_PET_NAMES_HAN: [&str; 5] = ["小", "阿", "我的", "亲", "乖"];
/// What stands between commas, too, and calls nobody.
const ASIDES: &str = "though right haha hahaha hehe lol please indeed again maybe perhaps sure sorry anyway tomorrow tonight today yesterday yeah yep \
    nope hmm mmm wow thanks welcome besides however otherwise instead first second last next everyone everybody somebody hello goodbye alright \
    fine great nice true promise alone together sometimes often soon almost look listen wait come stop guess imagine remember look sweet lovely \
    okay okey absolutely exactly lovely afternoon evening morning night later once twice forever whatever either neither \
    enfin bref voilà merci pardon peut-être vraiment demain hier aujourd'hui ensuite puis bonjour bonsoir salut coucou hein ouais tiens allez \
    attends regarde super parfait promis doucement toujours jamais parfois ici là-bas ensemble bientôt sinon \
    huh umm umh erm gosh yup nah ugh oops whoops aww ooh aah ahh phew yikes whoa geez jeez gee duh meh psst shh yay yum yuck ouch hooray bravo blimey \
    sadly somehow innit \
    euh heu bah ben dis dites disons voyons hélas zut mince oups ouf aïe ouille youpi hop chut tiens tenez écoute écoutez sérieux tant";

/// Pet names and the user's name, with how often; the most frequent first.
pub(super) fn for_user(sample: &Sample) -> Vec<(String, u64)> {
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
    for (name, count) in by_place(sample) {
        let is_known = counts.keys().any(|known| known.to_lowercase() == name.to_lowercase());
        if !is_known {
            counts.insert(name, count);
        }
    }
    words::ranked(counts, NAMES_MAX)
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
    let is_han = name.chars().any(is_han);
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

/// How often something stood where somebody is called.
#[derive(Default)]
struct Place {
    /// As it was written within a sentence.
    written: String,
    /// Behind a comma, or a greeting.
    behind_comma: u64,
    /// At the beginning of a sentence, before a comma.
    begins: u64,
    /// Of these, behind a greeting or a goodbye, where nothing else stands than whom it is for.
    greeted: u64,
}

/// Pet names of the companion's own, by where they stand: behind greetings, at the ends of sentences behind a comma and at their beginnings before one, often, and
/// seldom elsewhere. What stands in a list, or between commas, may be anything; and who is never greeted so is not called so.
fn by_place(sample: &Sample) -> Vec<(String, u64)> {
    let own: Vec<String> = sample.companion_name.iter().flat_map(|name| words::of(name)).collect();
    let mut places: HashMap<String, Place> = HashMap::new();
    for exchange in &sample.exchanges {
        let (mut before, mut host, mut is_listed) = (None, String::new(), false);
        for piece in exchange.reply.split_inclusive(is_mark) {
            let mark = piece.chars().next_back().filter(|character| is_mark(*character));
            let called = piece.trim_matches(|character: char| !character.is_alphanumeric());
            let lower = called.to_lowercase().replace('’', "'");
            let (behind, ahead) = (before.is_some_and(is_comma), mark.is_some_and(is_comma));
            let at_once = phrases::behind_greeting(&lower);
            let greeted = at_once.is_some() || behind && phrases::greets(&host);
            let name = at_once.unwrap_or(&lower);
            let fits = may_be_name(name) && !own.iter().any(|own| own == name);
            let behind_comma = greeted || behind && !ahead && !is_listed;
            if fits && (behind_comma || ahead && !behind) {
                let place = places.entry(name.to_owned()).or_default();
                place.greeted += u64::from(greeted);
                if behind_comma {
                    place.behind_comma += 1;
                    // As long as in small letters, but for letters of a few languages.
                    let at = called.len().checked_sub(name.len()).filter(|at| called.is_char_boundary(*at));
                    called[at.unwrap_or(0)..].clone_into(&mut place.written);
                } else {
                    place.begins += 1;
                }
            }
            is_listed = behind && fits;
            host = lower;
            before = mark;
        }
    }
    let counts = words::counted(sample.exchanges.iter().map(|exchange| exchange.reply.as_str()));
    let often = (sample.exchanges.len() as u64 / 50).max(3);
    let found = places.into_iter().filter_map(|(name, place)| {
        let times = place.behind_comma + place.begins;
        // What a companion calls somebody it says seldom otherwise.
        let in_all = counts.get(&name).copied().unwrap_or(times);
        let is_name = place.greeted > 0 && place.behind_comma >= 2 && times >= often && times * 2 >= in_all;
        is_name.then_some((place.written, times))
    });
    found.collect()
}

fn is_mark(character: char) -> bool {
    !character.is_alphanumeric() && !matches!(character, ' ' | '\'' | '’' | '-')
}

fn is_comma(character: char) -> bool {
    matches!(character, ',' | '，')
}

/// Whether something in small letters has the form of a name for somebody.
fn may_be_name(name: &str) -> bool {
    if name.chars().any(is_han) {
        let fits = (2..=5).contains(&name.chars().count()) && name.chars().all(is_han);
        return fits && BEFORE_PET_NAMES_HAN.iter().any(|begins| name.starts_with(begins));
    }
    let is_aside = |word: &str| {
        words::is_common(word)
            || ASIDES.split_whitespace().any(|aside| aside == word)
            || phrases::is_greeting_word(word)
            || (word.len() > 6 && (word.ends_with("ly") || word.ends_with("ment")))
    };
    let words: Vec<&str> = name.split(' ').collect();
    let is_word = |word: &str| word.chars().all(|character| character.is_alphabetic() || character == '-');
    let begins = |word: &str| BEFORE_PET_NAMES.split_whitespace().any(|known| known == word);
    name.chars().count() <= CHARACTERS_MAX
        && words.iter().all(|word| is_word(word))
        && match words.as_slice() {
            [word] => word.chars().count() >= 3 && !is_aside(word),
            [first, second] => begins(first) && !is_aside(second),
            [first, second, third] => begins(first) && begins(second) && !is_aside(third),
            _ => false,
        }
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

    #[test]
    fn names_have_a_form() {
        for name in ["starling", "ma puce", "mon petit chat", "my fox", "小星星", "little fox"] {
            assert!(may_be_name(name), "{name}");
        }
        for other in ["though", "really", "good night", "i think so", "bonne nuit", "好的", "we", "lentement"]
        {
            assert!(!may_be_name(other), "{other}");
        }
    }
}
