//! Times in words: "last Tuesday", "il y a deux semaines", "我生日之前" become stretches of the calendar, and stretches become words. Must not
//! know where the words come from or what is looked up with the answer.
//!
//! What no pattern covers is left out rather than guessed. A stretch is civil time of the zone that `now` is in. "Two weeks ago"
//! is meant more loosely than "three days ago", and is a longer stretch.
//!
//! Own code, because the crates for it (interim, chrono-english, two_timer) know English alone, give points instead of stretches, or don't say
//! where in the text they found them.

mod asked;
mod calendar;
mod chinese;
mod clock;
mod connect;
mod counted;
mod describe;
mod due;
mod english;
mod french;
mod names;
mod number;
mod rule;
#[cfg(test)]
mod tests;
mod years;

use std::ops::Range;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use regex::Regex;
use serde::{Deserialize, Serialize};

pub use asked::{AskedAbout, AskedTime, Emphasis, asked_about, told_about};
pub use describe::{describe_date, describe_gap, describe_today, describe_weekday, weekday_named};
pub use due::{Due, due};
pub(crate) use rule::compiled;

use crate::language::{Language, head};

/// Bytes of a text that are searched for times; who talks of time further on has pasted a document.
pub const SEARCHED_BYTES_MAX: usize = 64 * 1024;

/// How exactly a time was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// To the minute or hour.
    Minute,
    /// A morning, an afternoon, an evening, a night.
    PartOfDay,
    /// A day.
    Day,
    /// Some days: a weekend, "the past three days".
    Days,
    /// A week, or about a week's worth of days.
    Week,
    /// A month, or about a month's worth of days.
    Month,
    /// A season.
    Season,
    /// A year, or about a year's worth of days.
    Year,
    /// Several years: a decade, a childhood.
    Years,
}

/// How a stretch of time limits what is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeKind {
    /// Within it: "in 2023", "last Tuesday".
    At,
    /// Within it, and likelier the nearer to its middle: "around Christmas", "a year ago".
    Around,
    /// Before it begins: "before my birthday".
    Before,
    /// Before it ends: "by Friday", "until March".
    Until,
    /// After it ended: "after Christmas".
    After,
    /// From its beginning on: "since 2019".
    Since,
    /// Again and again; the stretch is the nearest occurrence: "every Monday".
    Recurring,
}

/// By what a time is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamedBy {
    /// Days, months, years and their distance from now.
    Calendar,
    /// A feast: its name is also a word for what happened there.
    Feast,
    /// A [`KnownDate`].
    KnownDate,
}

/// A time found in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeExpression {
    /// Where it stands, in bytes; both ends lie between characters.
    pub range: Range<usize>,
    /// First moment of the stretch.
    pub start: DateTime,
    /// First moment after the stretch; later than `start`.
    pub end: DateTime,
    /// How exactly it was said.
    pub precision: Precision,
    /// How it limits what is meant.
    pub kind: TimeKind,
    /// What it is named by.
    pub named_by: NamedBy,
}

impl TimeExpression {
    /// The stretch itself in a time zone, whatever the kind.
    pub fn stretch(&self, zone: &TimeZone) -> Option<Range<Timestamp>> {
        let at = |time: DateTime| zone.to_zoned(time).ok().map(|zoned| zoned.timestamp());
        Some(at(self.start)?..at(self.end)?)
    }

    /// The first day of the stretch.
    pub fn first_day(&self) -> Date {
        self.start.date()
    }

    /// Whether it is one day or less.
    pub fn is_day(&self) -> bool {
        self.precision <= Precision::Day
    }
}

/// What returns every year, or comes once, on a [`KnownDate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownDateKind {
    /// Somebody was born; every year.
    Birthday,
    /// Something else that is counted in years: a wedding, a first meeting, a death.
    Anniversary,
    /// Something else that returns every year, and is told by its label alone: a name day, "we light a candle".
    Yearly,
    /// It comes once: an appointment, something promised. Needs a year.
    Once,
}

/// A date that is known from facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownDate {
    /// What happens, in the user's words: "wedding", "dentist". Not needed for birthdays.
    pub label: String,
    /// Whether it returns.
    pub kind: KnownDateKind,
    /// Whose it is: a name or a relation ("mother"); `None` for the user's own.
    pub whose: Option<String>,
    /// Other words for whose it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// The year in which it happened, or will happen.
    pub year: Option<i16>,
    /// Month, 1 to 12.
    pub month: i8,
    /// Day of the month, from 1.
    pub day: i8,
}

/// The dates that a text may name without saying them: "my birthday", "Anna's birthday", "our wedding".
#[derive(Debug, Clone, Default)]
pub struct Anchors {
    dates: Vec<(KnownDate, Option<Regex>)>,
}

impl Anchors {
    /// What is known. Making patterns of it takes some 0.1 ms for each date: keep it until the facts change.
    pub fn new(dates: Vec<KnownDate>) -> Self {
        let with_pattern = |date: KnownDate| {
            let pattern = names::pattern(&date);
            (date, pattern)
        };
        Self { dates: dates.into_iter().map(with_pattern).collect() }
    }

    /// The dates that it was made of.
    pub fn dates(&self) -> impl Iterator<Item = &KnownDate> {
        self.dates.iter().map(|(date, _)| date)
    }
}

/// Which way a day without a year or a week leans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaning {
    /// "On Friday" is the one that was.
    Past,
    /// "On Friday" is the one that comes.
    Future,
}

/// The times that `text` (its first [`SEARCHED_BYTES_MAX`] bytes) speaks of, in their order and without overlaps. "On Friday" is read as past or future by the words around it, in
/// doubt as past.
pub fn parse(text: &str, now: &Zoned, anchors: &Anchors) -> Vec<TimeExpression> {
    parse_leaning(text, now, anchors, None)
}

/// [`parse`], with the leaning said instead of guessed.
pub fn parse_leaning(
    text: &str,
    now: &Zoned,
    anchors: &Anchors,
    leaning: Option<Leaning>,
) -> Vec<TimeExpression> {
    let text = head(text, SEARCHED_BYTES_MAX);
    rule::find(text, now.datetime(), anchors, leaning, Language::detect(text))
}

/// A number in words or digits, such as "twenty-one", "vingt et un", "二十一"; `None` for anything else.
pub(crate) fn number_in_words(text: &str, language: Language) -> Option<i64> {
    match language {
        Language::English => number::english(text),
        Language::French => number::french(text),
        Language::Chinese => number::chinese(text),
    }
}

/// Whether a text asks for a time: "when did I …", "c'était quand …", "什么时候 …".
pub fn asks_when(text: &str) -> bool {
    rule::asks_when(head(text, SEARCHED_BYTES_MAX))
}
