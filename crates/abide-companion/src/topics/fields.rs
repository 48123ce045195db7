//! What people ask not to be talked of (money, work, health …), and whether a text is about it. Must not know who asks.
//!
//! Somebody who wants no talk of work means their boss, the deadline and the sack, too. So a topic that is one of these is met by all words that texts about it
//! have. A text by which something is forgotten means only what it says: see [`Reach`].

mod table;

use std::sync::LazyLock;

use super::Text;
use crate::facts::plain;
use crate::language::{Language, is_han};
use crate::store::FactKind;
use crate::text::stem::words;
use crate::time::weekday_named;
use table::{PROFESSIONS, PROFESSIONS_CHINESE, ROWS};

/// How far a topic reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// To all that has to do with it.
    Wide,
    /// To what is called so.
    Near,
}

/// A row of the table.
pub(super) struct Row {
    name: &'static str,
    /// What a topic is called that is this.
    heads: &'static str,
    english: &'static str,
    french: &'static str,
    chinese: &'static str,
    /// Other rows that are of it.
    parts: &'static [&'static str],
    /// Facts that are about it, whatever their sentences say.
    kinds: &'static [FactKind],
}

/// A row, taken apart.
#[derive(Debug)]
pub(super) struct Field {
    name: &'static str,
    heads: Vec<String>,
    near: Words,
    wide: Words,
    parts: Vec<usize>,
    kinds: &'static [FactKind],
}

/// Words of a row.
#[derive(Debug, Default)]
struct Words {
    phrases: Vec<Phrase>,
    /// What means something else.
    others: Vec<Phrase>,
    characters: Vec<String>,
    other_characters: Vec<String>,
}

/// Words that follow each other.
#[derive(Debug)]
struct Phrase {
    words: Vec<String>,
    /// Whether the last goes on in any way.
    open: bool,
    /// The language of texts in which alone they mean this.
    only_in: Option<Language>,
    /// Whether accents must be there.
    accented: bool,
}

static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| ROWS.iter().map(Field::new).collect());

/// Stands in the table for any one word.
const ANY: &str = "?";

/// A word in the one way in which it is compared: "don’t", "don't" and "dont" are the same.
pub(super) fn spelled(word: &str) -> String {
    plain(word).replace(['\'', '’'], "")
}

/// Words of the table as those of texts are.
fn written(joined: &str) -> String {
    words(&joined.replace('_', " ")).map(spelled).collect::<Vec<_>>().join(" ")
}

/// The field that a topic is by this name (one word or several with blanks, in small letters).
pub(super) fn called(name: &str) -> Option<&'static Field> {
    let name = spelled(name);
    let is_it = |head: &String| *head == name || name.strip_suffix(['s', 'x']) == Some(head);
    FIELDS.iter().find(|field| field.heads.iter().any(is_it))
}

impl Field {
    fn new(row: &Row) -> Self {
        let (mut near, mut wide) = (Words::default(), Words::default());
        for (language, list) in [
            (Language::English, row.english),
            (Language::French, row.french),
            (Language::Chinese, row.chinese),
        ] {
            let (named, about) = list.split_once('|').unwrap_or((list, ""));
            named.split_whitespace().for_each(|word| near.add(word, language));
            about.split_whitespace().for_each(|word| wide.add(word, language));
        }
        let number = |part: &&str| ROWS.iter().position(|other| other.name == *part);
        Self {
            name: row.name,
            heads: row.heads.split_whitespace().map(written).collect(),
            near,
            wide,
            parts: row.parts.iter().filter_map(number).collect(),
            kinds: row.kinds,
        }
    }

    /// Whether facts of this kind are about it.
    pub(super) fn has_kind(&self, kind: FactKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Whether a text is about it.
    pub(super) fn is_in(&self, text: &Text<'_>, reach: Reach) -> bool {
        let is_work = self.name == "work";
        // What means something else does so in both lists.
        let (near, wide) = (self.near.masked(text), self.wide.masked(text));
        let masked: Vec<bool> = near.iter().zip(&wide).map(|(one, other)| *one || *other).collect();
        let characters = self.wide.without_others(&text.characters);
        let has = |words: &Words| words.is_in(text, &masked, &characters);
        has(&self.near)
            || is_work && works(&text.plain)
            || reach == Reach::Wide
                && (has(&self.wide)
                    || is_work && tells_profession(text)
                    || self.parts.iter().any(|part| FIELDS[*part].is_in(text, reach)))
    }
}

impl Words {
    fn add(&mut self, written: &str, language: Language) {
        let (other, written) = written.strip_prefix('!').map_or((false, written), |rest| (true, rest));
        let (own, written) = written.strip_prefix('~').map_or((false, written), |rest| (true, rest));
        let (accented, written) = written.strip_prefix('=').map_or((false, written), |rest| (true, rest));
        let (open, written) = written.strip_suffix('*').map_or((false, written), |rest| (true, rest));
        if language == Language::Chinese {
            let list = if other { &mut self.other_characters } else { &mut self.characters };
            list.push(plain(written));
            return;
        }
        let written = if accented { written.to_owned() } else { plain(written) };
        let one = |part: &str| match part {
            ANY => vec![part.to_owned()],
            _ => words(part).map(|word| if accented { word.to_owned() } else { spelled(word) }).collect(),
        };
        let words: Vec<String> = written.split('_').flat_map(one).collect();
        let phrase = Phrase { words, open, only_in: own.then_some(language), accented };
        if other { &mut self.others } else { &mut self.phrases }.push(phrase);
    }

    /// Which words of a text belong to what means something else.
    fn masked(&self, text: &Text<'_>) -> Vec<bool> {
        let mut masked = vec![false; text.plain.len()];
        for other in &self.others {
            for at in other.places(text) {
                masked[at..at + other.words.len()].fill(true);
            }
        }
        masked
    }

    fn without_others(&self, characters: &str) -> String {
        let others = self.other_characters.iter();
        others.fold(characters.to_owned(), |characters, other| characters.replace(other.as_str(), "□"))
    }

    fn is_in(&self, text: &Text<'_>, masked: &[bool], characters: &str) -> bool {
        self.characters.iter().any(|word| characters.contains(word.as_str()))
            || self.phrases.iter().any(|phrase| {
                phrase.places(text).any(|at| !masked[at..at + phrase.words.len()].contains(&true))
            })
    }
}

impl Phrase {
    /// Where it begins in a text.
    fn places<'p>(&'p self, text: &'p Text<'_>) -> impl Iterator<Item = usize> + 'p {
        let may_be = self.only_in.is_none_or(|language| language == text.language);
        let spoken: &[String] = if self.accented { &text.spoken } else { &text.plain };
        let spoken = if may_be { spoken } else { &spoken[..0] };
        let windows = spoken.windows(self.words.len().max(1)).enumerate();
        windows.filter(move |(_, window)| self.fits(window)).map(|(at, _)| at)
    }

    /// Whether it is these words, of which there are as many as its own.
    fn fits(&self, window: &[String]) -> bool {
        let Some(last) = self.words.len().checked_sub(1) else { return false };
        self.words.iter().zip(window).enumerate().all(|(at, (own, word))| {
            if self.open && at == last {
                return word.starts_with(own.as_str());
            }
            own == ANY || word == own || at == last && is_inflected(word, own)
        })
    }
}

/// Whether a word is another (of four letters or more) in the plural, or a French participle or adjective in the feminine: "ruinés", "ruinée".
fn is_inflected(word: &str, of: &str) -> bool {
    let ending = word.strip_prefix(of).filter(|_| of.len() >= 4).unwrap_or_default();
    ending == "s" || matches!(ending, "e" | "es") && of.ends_with(['e', 'é', 'i', 'u'])
}

/// Who may work at a job.
const PERSONS: &[&str] = &[
    "i", "m", "ve", "ll", "we", "he", "she", "who", "you", "je", "j", "ai", "nous", "avons", "il", "elle",
    "avez", "ont", "vous", "tu",
];
/// What may work, or did.
const THINGS: &[&str] = &[
    "it",
    "that",
    "this",
    "which",
    "what",
    "nothing",
    "everything",
    "anything",
    "something",
    "thing",
    "things",
    "ca",
    "cela",
    "these",
    "those",
];
/// What stands before work that is a job.
const BEFORE_WORK: &[&str] = &[
    "my",
    "his",
    "her",
    "our",
    "their",
    "your",
    "at",
    "from",
    "after",
    "before",
    "for",
    "about",
    "off",
    "hate",
    "hated",
    "love",
    "loved",
    "skip",
    "skipped",
    "miss",
    "missed",
    "quit",
    "leave",
    "left",
    "finish",
    "finished",
    "start",
    "started",
    "find",
    "seek",
    "stressful",
    "paid",
    "of",
    "about",
];
/// How one comes to it, before "to work".
const GOING: &[&str] = &[
    "go", "going", "went", "goes", "gone", "get", "got", "gets", "drive", "drove", "walk", "walked", "cycle",
    "cycled", "bike", "biked", "late", "back", "way", "bus", "train", "come", "came", "return", "returned",
    "ride", "run", "rushed", "off", "have", "need", "had", "has",
];
/// What follows somebody's work at a job.
const AT_WORK: &[&str] = &[
    "as",
    "at",
    "for",
    "nights",
    "shifts",
    "part-time",
    "full-time",
    "remotely",
    "late",
    "overtime",
    "weekends",
    "days",
    "from",
    "with",
    "hard",
    "mornings",
    "evenings",
    "tomorrow",
    "today",
    "tonight",
    "stress",
    "trip",
    "trips",
    "email",
    "emails",
    "party",
    "friend",
    "friends",
    "meeting",
    "meetings",
    "call",
    "calls",
    "phone",
    "laptop",
    "dinner",
    "drinks",
    "day",
    "week",
    "schedule",
    "life",
    "hours",
    "problem",
    "problems",
    "drama",
    "is",
    "was",
    "has",
    "sucks",
    "got",
    "gets",
    "in",
    "comme",
    "chez",
    "a",
    "dans",
    "pour",
    "de",
];
/// What follows work that is none.
const NO_WORK: &[&str] = &[
    "out",
    "through",
    "on",
    "of",
    "well",
    "fine",
    "perfectly",
    "properly",
    "again",
    "wonders",
    "magic",
    "miracles",
    "like",
    "sur",
    "bien",
];
/// Places where one works without being paid.
const AT_HOME: &[&str] = &[
    "garden",
    "yard",
    "backyard",
    "kitchen",
    "shed",
    "garage",
    "allotment",
    "attic",
    "house",
    "greenhouse",
    "lawn",
    "jardin",
    "potager",
    "cuisine",
    "grenier",
];

/// Whether "work" in any form is somebody's job in a text: "it works", "I worked on my garden" and "we'll work it out" are none.
fn works(words: &[String]) -> bool {
    let at = |index: Option<usize>| index.and_then(|index| words.get(index)).map_or("", String::as_str);
    words.iter().enumerate().any(|(index, word)| {
        if word == "travail" {
            return true;
        }
        // "Work-related", but no "work-out", nor "work-of-art".
        if let Some(second) = word.strip_prefix("work-") {
            let second = second.split('-').next().unwrap_or_default();
            return !NO_WORK.contains(&second) && second != "around";
        }
        let is_form = matches!(word.as_str(), "work" | "works" | "worked" | "working")
            || word.starts_with("travaill") && word != "travailleur";
        let (before, after) = (at(index.checked_sub(1)), at(Some(index + 1)));
        // "J'ai travaillé ma guitare": what is practised.
        if !is_form || word.starts_with("travaill") && matches!(after, "mon" | "ma" | "mes") {
            return false;
        }
        let behind = &words[(index + 1).min(words.len())..(index + 4).min(words.len())];
        let own = word == "work" && BEFORE_WORK.contains(&before);
        if word == "work" && words.len() == 1 || own && !matches!(after, "out" | "on") {
            return true;
        }
        let is_put = matches!(at(Some(index + 2)), "out" | "through");
        if NO_WORK.contains(&after) || is_put || behind.iter().any(|place| AT_HOME.contains(&place.as_str()))
        {
            return false;
        }
        if word == "work" && before == "to" && GOING.contains(&at(index.checked_sub(2))) {
            return true;
        }
        let for_whom =
            after == "for" && matches!(at(Some(index + 2)), "me" | "us" | "you" | "him" | "her" | "everyone");
        let as_meant = after == "as"
            && matches!(at(Some(index + 2)), "expected" | "planned" | "intended" | "advertised");
        // Who works: the nearest before it.
        let subject = words[index.saturating_sub(5)..index].iter().rev().find_map(|word| {
            let word = word.as_str();
            (PERSONS.contains(&word)).then_some(true).or_else(|| THINGS.contains(&word).then_some(false))
        });
        match subject {
            Some(by_somebody) => by_somebody && !for_whom,
            None => (AT_WORK.contains(&after) || weekday_named(after).is_some()) && !for_whom && !as_meant,
        }
    })
}

/// Whether somebody says what they are by profession: "I'm a night nurse", "je suis infirmier", 我是护士.
fn tells_profession(text: &Text<'_>) -> bool {
    static LISTS: LazyLock<[Vec<String>; 2]> = LazyLock::new(|| {
        PROFESSIONS.map(|list| list.split_whitespace().map(|word| plain(word).replace('_', " ")).collect())
    });
    static CHINESE: LazyLock<Vec<String>> =
        LazyLock::new(|| PROFESSIONS_CHINESE.split_whitespace().map(plain).collect());
    // Words that may stand between: "a night nurse".
    const BETWEEN: usize = 3;
    let words = &text.plain;
    let is_in = |list: &[String], from: usize| {
        let end = (from + BETWEEN).min(words.len());
        (from..end).any(|at| {
            let two = || words.get(at + 1).map(|next| format!("{} {next}", words[at]));
            list.contains(&words[at]) || two().is_some_and(|two| list.contains(&two))
        })
    };
    let said = words.iter().enumerate().any(|(at, word)| {
        let next = words.get(at + 1).map_or("", String::as_str);
        match word.as_str() {
            "m" | "am" | "im" | "was" | "became" | "become" | "as" | "being"
                if matches!(next, "a" | "an" | "the") =>
            {
                is_in(&LISTS[0], at + 2)
            }
            "suis" | "etais" | "comme" | "deviens" | "devenu" | "devenue" => is_in(&LISTS[1], at + 1),
            _ => false,
        }
    });
    said || ["我是", "我当", "我做", "我在做", "作为"].iter().map(|begins| plain(begins)).any(|begins| {
        text.characters.match_indices(begins.as_str()).any(|(at, _)| {
            let behind = &text.characters[at + begins.len()..];
            let clause = behind.split(|character: char| !is_han(character)).next().unwrap_or_default();
            CHINESE.iter().any(|profession| clause.contains(profession.as_str()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        for (row, field) in ROWS.iter().zip(FIELDS.iter()) {
            assert_eq!(row.parts.len(), field.parts.len(), "{}", row.name);
            let lists = [&field.near, &field.wide];
            let phrases = lists.iter().flat_map(|words| words.phrases.iter().chain(&words.others));
            for phrase in phrases {
                assert!(!phrase.words.is_empty(), "{}: {phrase:?}", row.name);
            }
            for head in row.heads.split_whitespace() {
                assert!(called(&written(head)).is_some(), "{head}");
            }
        }
    }
}
