//! Whether two appointments are the same, however they are called, so that one that is moved or called off is found. Must not know patterns.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use regex::Regex;

use super::dates::{hour, known_date};
use super::extract::in_third_person;
use super::pattern::anywhere;
use super::{Fact, KnownFact};
use crate::language::{Language, is_han};
use crate::text::stem::{stem, words};

/// What comes on a day, in each language; a row is one kind.
const KINDS: &[&[&str]] = &[
    &["exam", "exams", "examen", "examens", "partiel", "partiels", "bac", "oral", "期末考", "高考", "考试"],
    &["test", "tests", "测验"],
    &["interview", "entretien", "面试"],
    &["牙医预约", "看牙医", "看牙", "牙医"],
    &["appointment", "rendez-vous", "rdv", "看医生", "看病", "预约"],
    &["surgery", "operation", "op", "opération", "opérer", "手术"],
    &["meeting", "réunion", "会议"],
    &["flight", "vol", "航班"],
    &["wedding", "marriage", "married", "mariage", "婚礼", "结婚"],
    &["concert", "recital", "音乐会", "演唱会"],
    &["funeral", "memorial", "enterrement", "葬礼", "追悼会"],
    &["party", "fête", "soirée", "聚会", "派对"],
    &["presentation", "présentation", "演讲"],
    &["viva", "defence", "defense", "soutenance", "答辩"],
    &["check-up", "checkup", "bilan", "体检"],
    &["graduation", "毕业典礼"],
    &["hearing", "trial", "audience", "开庭"],
    &["trip", "journey", "holiday", "vacation", "voyage", "旅行"],
    &["race", "marathon", "马拉松"],
    &["competition", "tournament", "match", "game", "concours", "tournoi", "比赛"],
    &["audition"],
    &["scan"],
    &["deadline", "échéance"],
    &["move", "déménagement", "搬家"],
    &["ceremony", "cérémonie"],
    &["conference", "conférence"],
    &["dinner", "dîner"],
    &["lunch", "déjeuner"],
    &["visit", "visite"],
    &["lesson", "class", "cours", "课"],
    &["practice", "training", "entraînement", "训练"],
    &["rehearsal", "répétition", "排练"],
    &["date", "约会"],
];

/// Words of a name that tell nothing apart.
const WITHOUT_MEANING: &[&str] = &[
    "the", "a", "an", "my", "our", "with", "at", "of", "for", "day", "date", "new", "le", "la", "les", "un",
    "une", "mon", "ma", "notre", "de", "du", "des", "chez", "avec", "jour",
];

/// A name of an appointment, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Name {
    kind: Option<usize>,
    /// What else it says, sorted.
    words: Vec<String>,
}

impl Name {
    /// Of a fact's value, which may have a day before it and an hour behind.
    fn new(value: &str) -> Self {
        let label = label(value).to_lowercase();
        if label.chars().any(is_han) {
            return Self::in_characters(label.split(' ').next().unwrap_or_default());
        }
        let mut name = Self { kind: None, words: Vec::new() };
        for word in words(&label) {
            // "At 10".
            let counts = word.starts_with(|first: char| first.is_ascii_digit());
            if let Some(kind) = KINDS.iter().position(|row| row.contains(&word)) {
                name.kind = Some(kind);
            } else if !counts && !WITHOUT_MEANING.contains(&word) {
                name.words.push(stem(word, Language::English));
            }
        }
        name.words.sort_unstable();
        name
    }

    fn in_characters(label: &str) -> Self {
        let kinds =
            KINDS.iter().enumerate().flat_map(|(kind, row)| row.iter().map(move |word| (kind, *word)));
        let found = kinds.filter(|(_, word)| label.contains(word)).max_by_key(|(_, word)| word.len());
        let rest = found.map_or(label.to_owned(), |(_, word)| label.replacen(word, "", 1));
        let rest = rest.trim_matches(['的', '我', '们']).to_owned();
        Self {
            kind: found.map(|(kind, _)| kind),
            words: Some(rest).filter(|rest| !rest.is_empty()).into_iter().collect(),
        }
    }

    /// Whether `other` has all the words of this one.
    fn is_within(&self, other: &Self) -> bool {
        let has = |word: &String| {
            let holds =
                |whole: &String| whole == word || word.chars().all(is_han) && whole.contains(word.as_str());
            other.words.iter().any(holds)
        };
        self.words.iter().all(has)
    }

    fn may_be(&self, other: &Self) -> bool {
        let alike = self.is_within(other) || other.is_within(self);
        match (self.kind, other.kind) {
            (Some(kind), Some(same)) => kind == same && alike,
            _ => alike && !self.words.is_empty() && !other.words.is_empty(),
        }
    }
}

/// A fact's value without the day before it.
fn without_day(value: &str) -> &str {
    let is_date =
        |text: &str| text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    value.split_once(' ').filter(|(date, _)| is_date(date)).map_or(value, |(_, label)| label).trim()
}

/// A fact that moves an appointment by a shorter name than it is known by ("the interview", of the job interview at Acme), with the longer one.
pub fn by_known_name(existing: &[KnownFact], new: &Fact) -> Option<Fact> {
    let current = existing.iter().filter(|fact| fact.current && fact.subject == new.subject);
    let known = meant(current.filter(|_| new.replaces && new.holds), &new.value)?;
    let (long, short) = (label(&known.value), label(&new.value));
    let (longer, shorter) = (Name::new(long), Name::new(short));
    if !shorter.is_within(&longer) || longer.words.len() <= shorter.words.len() {
        return None;
    }
    let place = new.text.rfind(short)?;
    let mut text = new.text.clone();
    text.replace_range(place..place + short.len(), &in_third_person(long, new.language));
    Some(Fact { value: new.value.replacen(short, long, 1), text, ..new.clone() })
}

/// What an appointment is called, of a fact's value: without the day before it and the hour behind.
pub(super) fn label(value: &str) -> &str {
    let label = without_day(value);
    let languages = [Language::English, Language::French, Language::Chinese];
    let hour = languages.iter().find_map(|language| hour(label, *language));
    hour.and_then(|hour| label.strip_suffix(&hour)).unwrap_or(label)
}

/// Whether two names may be those of one appointment.
pub(super) fn may_be(name: &str, other: &str) -> bool {
    Name::new(name).may_be(&Name::new(other))
}

/// Whether words name the kind of an appointment that `other` does not.
pub(super) fn names_another(words_of: &str, other: &str) -> bool {
    let kinds = |text: &str| -> Vec<usize> {
        let lower = text.to_lowercase();
        let named = |row: &&[&str]| {
            let is_word = |word: &&str| words(&lower).any(|other| other == *word);
            row.iter().any(|word| if word.chars().any(is_han) { lower.contains(word) } else { is_word(word) })
        };
        KINDS.iter().enumerate().filter(|(_, row)| named(row)).map(|(at, _)| at).collect()
    };
    let known = kinds(other);
    kinds(words_of).iter().any(|kind| !known.contains(kind))
}

/// Whether a fact says that an appointment is on again, on the day that it was to be.
pub(super) fn is_again(fact: &Fact) -> bool {
    let undated = without_day(&fact.value) == fact.value;
    fact.predicate == "appointment" && fact.replaces && undated && fact.valid_to.is_none()
}

/// Whether an appointment was to be on a day that is not over at a time, wherever on earth.
pub(super) fn is_to_come(fact: &KnownFact, now: Timestamp) -> bool {
    let known = known_date(&fact.subject, &fact.predicate, &fact.value);
    let date = known.and_then(|date| Date::new(date.year?, date.month, date.day).ok());
    date.is_some_and(|date| date >= now.to_zoned(TimeZone::UTC).date())
}

/// Whose an appointment is, where it is another's: the last word for them in "my sister's wedding", « mariage de ma sœur », "表姐的婚礼". What has such a name
/// is not what is the user's own.
fn owner(value: &str) -> Option<String> {
    static OTHERS: LazyLock<Regex> = LazyLock::new(|| {
        anywhere(concat!(
            r"^(?:(?:my|our)\s+(?:[\p{L}-]+\s+)*?|(?-i:\p{Lu})[\p{L}-]+\s+(?:and|&)\s+)?(?P<english>(?-i:\p{Lu})?[\p{L}-]+)['’]s\s+(?:[\p{L}-]+\s+)?(?:wedding|funeral|memorial|graduation|christening|baptism|party|shower|recital)\b",
            r"|^[\p{L}-]+\s+(?:de\s+|d['’])(?:(?:mon|ma|mes|notre|nos)\s+(?P<french>[\p{L}-]+)|(?P<named>(?-i:\p{Lu})[\p{L}-]+))",
            r"|^(?:我们?)?(?P<chinese>\p{Han}{1,8})的(?:婚礼|葬礼|追悼会|毕业典礼|生日会|生日派对|满月酒|演奏会)",
        ))
    });
    let found = OTHERS.captures(label(value))?;
    let whose = ["english", "french", "named", "chinese"].iter().find_map(|name| found.name(name))?;
    Some(whose.as_str().to_lowercase())
}

/// Whether a name holds a word.
fn names(name: &str, word: &str) -> bool {
    let name = name.to_lowercase();
    words(&name).any(|other| other == word) || word.chars().all(is_han) && name.contains(word)
}

/// Which of some facts is the appointment that a name means: the one of this very name, or the only one that it may be.
pub(super) fn meant<'f>(facts: impl Iterator<Item = &'f KnownFact>, name: &str) -> Option<&'f KnownFact> {
    let whose = owner(name);
    let name = Name::new(name);
    let is_theirs = |fact: &KnownFact| whose.as_ref().is_none_or(|whose| names(label(&fact.value), whose));
    let dated = facts
        .filter(|fact| matches!(fact.predicate.as_str(), "appointment" | "plan"))
        .filter(|fact| is_theirs(fact));
    let named: Vec<(Name, &KnownFact)> = dated.map(|fact| (Name::new(&fact.value), fact)).collect();
    let only = |fits: &dyn Fn(&Name) -> bool| {
        let mut fitting = named.iter().filter(|(other, _)| fits(other));
        fitting.next().filter(|_| fitting.next().is_none()).map(|(_, fact)| *fact)
    };
    only(&|other| *other == name).or_else(|| only(&|other| other.may_be(&name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appointments_are_the_same_by_what_they_are() {
        let same = |a: &str, b: &str| Name::new(a).may_be(&Name::new(b));
        for (a, b) in [
            ("2026-12-02 exam", "exam"),
            ("2026-12-02 final maths exam at 10", "exam"),
            ("2026-12-02 final maths exam at 10", "maths exam"),
            ("2026-12-02 dentist appointment", "appointment with the dentist"),
            ("2026-12-02 doctor's appointment", "doctor appointment"),
            ("2026-12-02 examen de conduite à 10h", "examen"),
            ("2026-12-02 rendez-vous chez le dentiste", "rdv"),
            ("2026-12-02 驾照考试 下午三点", "考试"),
            ("2026-12-02 皮肤科", "皮肤科预约"),
            ("2026-06-02 married", "wedding"),
            ("2026-12-02 exam", "examen"),
        ] {
            assert!(same(a, b) && same(b, a), "{a} / {b}");
        }
        for (a, b) in [
            ("2026-12-02 maths exam", "physics exam"),
            ("2026-12-02 blood test", "exam"),
            ("2026-12-02 dentist appointment", "appointment with the vet"),
            ("2026-12-02 exam", "interview"),
            ("2026-12-02 数学考试", "物理考试"),
            ("2026-12-02 Japan", "trip"),
            ("2026-12-02 考试", "面试"),
        ] {
            assert!(!same(a, b) && !same(b, a), "{a} / {b}");
        }
    }
}
