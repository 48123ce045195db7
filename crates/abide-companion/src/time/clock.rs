//! Times of day beside a day: "Monday at 9", "at 9am on Monday", "15h lundi". Must not know how the day was found.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Precision;
use super::calendar::Period;
use super::number;
use super::rule::compiled;
use crate::language::{head, tail};

/// Bytes beside a day that are looked at.
const NEAR_BYTES: usize = 64;

/// An hour behind a word for it ("at 9"), and one that needs none ("9am").
const ENGLISH: [&str; 2] = [
    r"(?:at|around|about|@)\s+(?:(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?:\s*(?P<half>[ap])\.?m\b\.?|\s*o['’]clock\b|\b)|(?P<noon>noon|midday)|(?P<midnight>midnight))(?:\s+(?P<early>in\s+the\s+morning)\b|\s+(?P<late>in\s+the\s+(?:afternoon|evening)|at\s+night)\b)?",
    r"(?:(?P<hour>\d{1,2})(?:(?:[:.](?P<minute>\d{2}))?\s*(?:(?P<half>[ap])\.?m\b\.?|o['’]clock\b)|:(?P<minute2>\d{2})\b)|(?P<noon>noon|midday)|(?P<midnight>midnight))(?:\s+(?P<early>in\s+the\s+morning)\b|\s+(?P<late>in\s+the\s+(?:afternoon|evening)|at\s+night)\b)?",
];
const FRENCH: [&str; 2] = [
    r"(?:à|vers)\s+(?:(?P<hour>\d{1,2})\s*(?:heures?\b|h|:)\s*(?P<minute>\d{2})?|(?P<noon>midi)|(?P<midnight>minuit))(?:\s+(?P<early>du\s+matin)\b|\s+(?P<late>du\s+soir|de\s+l['’]apr[èe]s-midi)\b)?",
    r"(?:(?P<hour>\d{1,2})\s?h(?:\s?(?P<minute>\d{2}))?\b|(?P<noon>midi)\b|(?P<midnight>minuit)\b)(?:\s+(?P<early>du\s+matin)\b|\s+(?P<late>du\s+soir|de\s+l['’]apr[èe]s-midi)\b)?",
];
const CHINESE: &str = r"(?P<part>早上|早晨|上午|中午|下午|傍晚|晚上|凌晨)?\s*(?P<hour>\d{1,2}|[一二两三四五六七八九十]{1,3})(?:点|點|时|:|：)(?:(?P<thirty>半)|(?P<minute>\d{1,2}|[一二三四五十]{1,3})分?)?";

/// A time of day right after a day.
static BEHIND: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let spoken = ENGLISH.iter().chain(&FRENCH).map(|clock| format!(r"^\s*[,(]?\s*{clock}"));
    spoken.chain([format!("^的?[，,]?\\s*{CHINESE}")]).map(|pattern| compiled(&pattern)).collect()
});

/// A time of day right before one.
static BEFORE: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let english = ENGLISH.iter().map(|clock| format!(r"\b{clock},?\s+(?:on\s+)?(?:the\s+)?$"));
    let french = FRENCH.iter().map(|clock| format!(r"(?:^|[\s,(]){clock},?\s+(?:(?:le|ce)\s+)?$"));
    // A score is no hour.
    let chinese = format!("{}[，,]?\\s*$", CHINESE.replace("(?:点|點|时|:|：)", "[点點]"));
    english.chain(french).chain([chinese]).map(|pattern| compiled(&pattern)).collect()
});

/// The period at the time of day that `rest`, behind it, begins with, and how long that is.
pub(crate) fn behind(rest: &str, period: &Period) -> Option<(Period, usize)> {
    let near = head(rest, NEAR_BYTES);
    timed(&BEHIND, near, period).map(|(timed, found)| (timed, found.end))
}

/// The period at the time of day that `near`, before it, ends with, and how long that is with the words between.
pub(crate) fn before(near: &str, period: &Period) -> Option<(Period, usize)> {
    let near = tail(near, NEAR_BYTES);
    let (timed, found) = timed(&BEFORE, near, period)?;
    let words = near[found.start..].trim_start_matches([' ', ',', '(']);
    Some((timed, words.len()))
}

fn timed(patterns: &[Regex], near: &str, period: &Period) -> Option<(Period, std::ops::Range<usize>)> {
    if !matches!(period.precision, Precision::Day | Precision::PartOfDay) {
        return None;
    }
    patterns.iter().find_map(|pattern| {
        let captures = pattern.captures(near)?;
        Some((clock_time(&captures, period)?, captures.get(0)?.range()))
    })
}

/// A period of one minute by the groups of a clock's pattern.
pub(crate) fn clock_time(captures: &Captures, period: &Period) -> Option<Period> {
    let group = |name: &str| captures.name(name).map(|group| group.as_str());
    if group("noon").is_some() {
        return period.at(12, 0);
    }
    if group("midnight").is_some() {
        return period.at(0, 0);
    }
    let hour = i8::try_from(number::chinese(group("hour")?)?).ok()?;
    let minute = match (group("thirty"), group("minute").or(group("minute2"))) {
        (Some(_), _) => 30,
        (_, Some(minute)) => i8::try_from(number::chinese(minute)?).ok()?,
        _ => 0,
    };
    let late =
        group("late").is_some() || period.precision == Precision::PartOfDay && period.start.hour() >= 12;
    let hour = match (group("half").map(str::to_lowercase).as_deref(), group("part").or(group("early"))) {
        (Some("p"), _) if hour < 12 => hour + 12,
        (Some("a"), _) if hour == 12 => 0,
        (Some(_), _) | (_, Some("早上" | "早晨" | "上午" | "凌晨")) => hour,
        _ if group("early").is_some() => hour,
        (_, Some(_)) if hour < 11 => hour + 12,
        (_, Some(_)) => hour,
        // Nobody makes appointments for the small hours.
        _ if (late && hour < 12) || (1..=6).contains(&hour) && period.precision == Precision::Day => {
            hour + 12
        }
        _ => hour,
    };
    period.at(hour, minute)
}
