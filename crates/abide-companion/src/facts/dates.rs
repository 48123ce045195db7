//! Dates inside facts, and what they are as known dates. Must not know patterns.

use std::cmp::Reverse;
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::{Span, Zoned};
use regex::Regex;

use super::{KnownFact, USER, same_value};
use crate::language::Language;
use crate::time::{self, Anchors, KnownDate, KnownDateKind, Leaning, TimeKind, describe_date};

/// A small number in words.
pub(super) fn number(text: &str, language: Language) -> Option<u8> {
    time::number_in_words(text, language).and_then(|number| u8::try_from(number).ok())
}

/// A date of birth as a value (`1990-03-14`, `--03-14`) and in words; `None` if the text names no day.
pub(super) fn birthday(
    text: &str,
    leaning: Leaning,
    at: &Zoned,
    language: Language,
) -> Option<(String, String)> {
    let found = time::parse_leaning(text, at, &Anchors::default(), Some(leaning));
    let day = found.iter().find(|found| found.is_day());
    let date = match day {
        // "Shortly before Christmas" is no day.
        Some(day) if matches!(day.kind, TimeKind::Before | TimeKind::After) => return None,
        Some(day) => day.first_day(),
        None if text.is_empty() => at.date(),
        None => day_of_month(text, leaning, at)?,
    };
    let says_year = text.contains(&date.year().to_string())
        || date.year() < at.date().year() - 1
        || crate::text::stem::words(text).any(|word| word.chars().filter(char::is_ascii_digit).count() >= 4);
    if says_year && date.year() < at.date().year() {
        return Some((date.strftime("%F").to_string(), describe_date(date, language)));
    }
    let words = without_year(date, language);
    Some((date.strftime("--%m-%d").to_string(), words))
}

/// The same of a sentence that says that it is the birthday: on the day it names, else today.
pub(super) fn birthday_now(
    text: &str,
    leaning: Leaning,
    at: &Zoned,
    language: Language,
) -> Option<(String, String)> {
    let found = time::parse_leaning(text, at, &Anchors::default(), Some(leaning));
    birthday(if found.is_empty() { "" } else { text }, leaning, at, language)
}

/// A day that is told without its month: "the 9th", "le 9", "9号".
static DAY_OF_MONTH: LazyLock<Regex> = LazyLock::new(|| {
    time::compiled(
        r"^(?:on\s+)?(?:the\s+|le\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th|er|号|號|日)?(?:\s*[.!,;].*|\s+(?:btw|by\s+the\s+way|actually|so|and|au\s+fait|d'ailleurs)\b.*)?$",
    )
});

/// The nearest such day, today or in the direction of `leaning`.
fn day_of_month(text: &str, leaning: Leaning, at: &Zoned) -> Option<Date> {
    let found = DAY_OF_MONTH.captures(text.trim())?;
    let day: i8 = found.name("day")?.as_str().parse().ok()?;
    let step = if leaning == Leaning::Past { -1 } else { 1 };
    let today = at.date();
    (0..=12).find_map(|months| {
        let month = today.first_of_month().checked_add(Span::new().months(months * step)).ok()?;
        let date = Date::new(month.year(), month.month(), day).ok()?;
        let fits = if step < 0 { date <= today } else { date >= today };
        fits.then_some(date)
    })
}

/// A day that is told alone, behind a word by which something is moved there: "to the 8th", « au 8 », "到8号".
pub(super) fn day_alone(text: &str, at: &Zoned) -> Option<Date> {
    static ALONE: LazyLock<Regex> = LazyLock::new(|| {
        time::compiled(
            r"^(?:(?:to|until|till|for|on)\s+(?P<english>the\s+\d{1,2}(?:st|nd|rd|th)?|\d{1,2}(?:st|nd|rd|th))|(?:au|le|jusqu['’]au)\s+(?P<french>\d{1,2}(?:er)?)|(?P<chinese>\d{1,2}[号號日]))\s*$",
        )
    });
    let found = ALONE.captures(text.trim())?;
    let day = ["english", "french", "chinese"].iter().find_map(|name| found.name(name))?;
    day_of_month(day.as_str(), Leaning::Future, at)
}

/// By which a sentence tells of a day that is over.
static PAST: LazyLock<Regex> =
    LazyLock::new(|| time::compiled(r"\b(?:was|were|born|yesterday|était|née?|hier)\b|出生|生于|昨天|前天"));

/// Whether a sentence tells of a day that is over.
pub(super) fn is_past(text: &str) -> bool {
    PAST.is_match(text)
}

/// When of a day, as the words say it.
static HOUR: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    [
        r"\bat\s+(?P<hour>(?:(?:(?:half|quarter)(?:\s+(?:past|to))?\s+)?\d{1,2}(?:[:.]\d{2})?(?:\s*[ap]\.?m\b)?|noon|midnight|midday)(?:\s+in\s+the\s+(?:morning|afternoon|evening)|\s+at\s+night)?)(?:\s*[.,;!?)]|\s+(?:on|in|with|for|and|but|so|at|today|tomorrow|tonight|sharp|next|this|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|\s*$)",
        r"(?:^|\s)[àa]\s+(?P<hour>(?:\d{1,2}\s?(?:h|heures?)(?:\s?\d{2})?|midi|minuit)(?:\s+du\s+(?:matin|soir)|\s+de\s+l['’]après-midi)?)(?:[^\p{L}\d]|$)",
        r"(?P<hour>(?:上午|下午|早上|晚上|中午|凌晨)?(?:\d{1,2}|[一二两三四五六七八九十]{1,3})(?:点|點)(?:半|一刻|(?:\d{1,2}|[一二三四五十]{1,3})分)?)",
    ]
    .map(time::compiled)
});

/// The same without a word before it, in words that name a day: "Friday 3pm", "lundi 9h".
static BARE_HOUR: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    [
        r"(?:^|[\s,(])(?P<hour>\d{1,2}(?:[:.]\d{2})?\s*[ap]\.?m\b|\d{1,2}:\d{2}|noon|midnight|midday)(?:[^\p{L}\d]|$)",
        r"(?:^|[\s,(])(?P<hour>\d{1,2}\s?h(?:\s?\d{2})?|midi|minuit)(?:[^\p{L}\d]|$)",
    ]
    .map(time::compiled)
});

/// The hour that a sentence names, with what joins it: " at 3", " à 10h", " 下午三点".
pub(super) fn hour(text: &str, language: Language) -> Option<String> {
    let [english, french, chinese] = &*HOUR;
    match language {
        Language::English => joined(english, " at ", text),
        Language::French => joined(french, " à ", text),
        Language::Chinese => joined(chinese, " ", text),
    }
}

/// The same of words that name a day, perhaps with an hour.
pub(super) fn hour_of_day(words: &str, language: Language) -> Option<String> {
    let [english, french] = &*BARE_HOUR;
    let bare = || match language {
        Language::English => joined(english, " at ", words),
        Language::French => joined(french, " à ", words),
        Language::Chinese => None,
    };
    hour(words, language).or_else(bare)
}

fn joined(pattern: &Regex, joins: &str, text: &str) -> Option<String> {
    let hour = pattern.captures(text)?.name("hour")?.as_str();
    Some(format!("{joins}{}", hour.trim()))
}

fn without_year(date: Date, language: Language) -> String {
    let full = describe_date(date, language);
    let year = date.year().to_string();
    match language {
        Language::English => full.trim_end_matches(&format!(", {year}")).to_owned(),
        Language::French => full.trim_end_matches(&format!(" {year}")).to_owned(),
        Language::Chinese => full.trim_start_matches(&format!("{year}年")).to_owned(),
    }
}

/// " on …" in a sentence.
pub(super) fn on(date: &str, hour: &str, language: Language) -> String {
    match language {
        Language::English => format!(" on {date}{hour}"),
        Language::French => format!(" le {date}{hour}"),
        Language::Chinese => format!("（{date}{hour}）"),
    }
}

/// The words for a time, empty where the sentence has them, and when they were said, for a sentence.
pub(super) fn said(words: &str, date: &str, language: Language) -> String {
    let (said, open, comma, close) = match language {
        Language::English => (format!("said on {date}"), " (", ", ", ")"),
        Language::French => (format!("dit le {date}"), " (", ", ", ")"),
        Language::Chinese => (format!("{date}说"), "（", "，", "）"),
    };
    let comma = if words.is_empty() { "" } else { comma };
    format!("{open}{words}{comma}{said}{close}")
}

/// What a fact's value is as a date; `None` for facts that are none, or of no day.
pub fn known_date(subject: &str, predicate: &str, value: &str) -> Option<KnownDate> {
    let (date, label) = value.split_once(' ').unwrap_or((value, ""));
    let (year, month_day) = if let Some(month_day) = date.strip_prefix("--") {
        (None, month_day)
    } else {
        let (year, month_day) = date.split_once('-')?;
        (Some(year.parse::<i16>().ok().filter(|_| year.len() == 4)?), month_day)
    };
    let (month, day) = month_day.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    Date::new(year.unwrap_or(2024), month, day).ok()?;
    let kind = match predicate {
        "birthday" => KnownDateKind::Birthday,
        "anniversary" => KnownDateKind::Anniversary,
        "yearly" => KnownDateKind::Yearly,
        _ => KnownDateKind::Once,
    };
    if kind == KnownDateKind::Once && year.is_none() {
        return None;
    }
    let whose = (subject != USER).then(|| subject.to_owned());
    Some(KnownDate { label: label.to_owned(), kind, whose, also: Vec::new(), year, month, day })
}

/// Dates that come once and are over which texts may still name: "before my exam".
const OVER_MAX: usize = 64;

/// The dates that texts may name, from the facts that hold at `today`. Make it anew when facts change.
pub fn anchors(facts: &[KnownFact], today: Date) -> Anchors {
    let current = || facts.iter().filter(|fact| fact.current);
    let mut dates: Vec<KnownDate> = current()
        .filter_map(|fact| known_date(&fact.subject, &fact.predicate, &fact.value))
        .map(|date| KnownDate { also: other_words(&date, facts), ..date })
        .collect();
    let on = |date: &KnownDate| date.year.and_then(|year| Date::new(year, date.month, date.day).ok());
    let is_over =
        |date: &KnownDate| date.kind == KnownDateKind::Once && on(date).is_some_and(|on| on < today);
    let (mut over, rest): (Vec<KnownDate>, Vec<KnownDate>) = dates.drain(..).partition(is_over);
    over.sort_by_key(|date| Reverse(on(date)));
    over.truncate(OVER_MAX);
    Anchors::new(rest.into_iter().chain(over).collect())
}

/// What else whoever a date is of may be called: what they are to the user, in every word for it.
fn other_words(date: &KnownDate, facts: &[KnownFact]) -> Vec<String> {
    let Some(whose) = &date.whose else { return Vec::new() };
    let by_word = super::relations().find(|(_, word, _)| word.eq_ignore_ascii_case(whose));
    let by_name = || {
        let named =
            |fact: &&KnownFact| fact.current && fact.subject == USER && same_value(&fact.value, whose);
        facts
            .iter()
            .filter(named)
            .map(|fact| fact.predicate.as_str())
            .find(|relation| super::is_relation(relation))
    };
    let Some(relation) = by_word.map(|(_, _, relation)| relation).or_else(by_name) else { return Vec::new() };
    let words =
        super::relations().filter(|(_, word, of)| *of == relation && !word.eq_ignore_ascii_case(whose));
    words.map(|(_, word, _)| word.to_owned()).collect()
}
