//! What a question asks for by time. Must not know how memories are ranked.

use std::ops::Range;

use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use super::rule::is_past;
use super::{Anchors, NamedBy, Precision, TimeExpression, TimeKind, parse};

/// Where in a stretch what is meant is likeliest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emphasis {
    /// Anywhere: "last week".
    Whole,
    /// Near its beginning: "after my birthday".
    Start,
    /// Near its middle: "around Christmas", "a year ago".
    Middle,
    /// Near its end: "before my birthday".
    End,
}

/// A stretch of time that a question is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedTime {
    /// From its first moment to the first one after it; without a limit on one side it reaches to the end of all times, or to now.
    pub within: Range<Timestamp>,
    /// What of it is likeliest meant.
    pub emphasis: Emphasis,
}

impl From<Range<Timestamp>> for AskedTime {
    fn from(within: Range<Timestamp>) -> Self {
        Self { within, emphasis: Emphasis::Whole }
    }
}

/// What a question asks for by time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AskedAbout {
    /// The stretches that it is about: what it names itself, what is before, after or since that, and the nearest of what returns.
    pub times: Vec<AskedTime>,
    /// The question without the words that name them; `None` where it names none, or also something that returns or is still to come.
    pub beside: Option<String>,
    /// The question without the words that name a time and say nothing of what was then: all but those of a feast or a known day that it was
    /// on. `None` where there are none.
    pub matter: Option<String>,
    /// Whether it asks for what was within stretches that are over, of some months at most, so that what was at other times is no answer. Of years much is told
    /// whenever it is, and so is what was on a feast or a known day.
    pub only_then: bool,
}

/// Days of a stretch of some months.
const SOME_MONTHS_DAYS: i64 = 200;

/// The stretches of time that a question is about. What lies before or after a day that is still to come tells nothing apart, so it is left out.
pub fn asked_about(text: &str, now: &Zoned, anchors: &Anchors) -> AskedAbout {
    let named = parse(text, now, anchors);
    let found: Vec<Option<AskedTime>> = named.iter().map(|time| asked_time(time, now)).collect();
    let understood = named.iter().zip(&found);
    let only_then =
        understood.clone().all(|(time, asked)| asked.is_some() && time.kind != TimeKind::Recurring);
    let wordless: Vec<&TimeExpression> = understood
        .filter(|(time, asked)| asked.is_some() && !names_what_was(time))
        .map(|(time, _)| time)
        .collect();
    let is_bound = |(time, asked): (&TimeExpression, &Option<AskedTime>)| {
        let is_closed = matches!(time.kind, TimeKind::At | TimeKind::Around);
        let is_over = |asked: &AskedTime| {
            let seconds = asked.within.end.as_second() - asked.within.start.as_second();
            asked.within.end <= now.timestamp() && seconds <= SOME_MONTHS_DAYS * 86_400
        };
        is_closed && time.named_by == NamedBy::Calendar && asked.as_ref().is_some_and(is_over)
    };
    let only_bound = !named.is_empty() && named.iter().zip(&found).all(is_bound);
    let times: Vec<AskedTime> = found.iter().flatten().cloned().collect();
    AskedAbout {
        beside: (only_then && !times.is_empty()).then(|| without(text, &named.iter().collect::<Vec<_>>())),
        only_then: only_bound && is_past(text),
        matter: (!wordless.is_empty()).then(|| without(text, &wordless)),
        times,
    }
}

/// The stretches of some months at most that a text said at `said` tells of: "two weeks ago", "this summer", "on Friday".
pub fn told_about(text: &str, said: &Zoned, anchors: &Anchors) -> Vec<Range<Timestamp>> {
    let named = parse(text, said, anchors);
    let closed = named.iter().filter(|time| matches!(time.kind, TimeKind::At | TimeKind::Around));
    let stretches = closed.filter_map(|time| time.stretch(said.time_zone()));
    stretches
        .filter(|told| told.end.as_second() - told.start.as_second() <= SOME_MONTHS_DAYS * 86_400)
        .collect()
}

fn asked_time(time: &TimeExpression, now: &Zoned) -> Option<AskedTime> {
    let Range { start, end } = whole_days(time, now).stretch(now.time_zone())?;
    let (within, emphasis) = match time.kind {
        TimeKind::At | TimeKind::Recurring => (start..end, Emphasis::Whole),
        TimeKind::Around => (start..end, Emphasis::Middle),
        TimeKind::Before => (Timestamp::MIN..start, Emphasis::End),
        TimeKind::Until => (Timestamp::MIN..end, Emphasis::End),
        TimeKind::After => (end..now.timestamp(), Emphasis::Start),
        TimeKind::Since => (start..now.timestamp(), Emphasis::Whole),
    };
    let open = !matches!(time.kind, TimeKind::At | TimeKind::Recurring | TimeKind::Around);
    let is_over = within.end <= now.timestamp() && within.start < within.end;
    (is_over || !open).then_some(AskedTime { within, emphasis })
}

/// A part of a day or an hour that is long over with the day around it: what was done "the night before the exam" was told whenever that day.
fn whole_days(time: &TimeExpression, now: &Zoned) -> TimeExpression {
    let mut whole = time.clone();
    let is_recent = now.date().yesterday().is_ok_and(|yesterday| time.first_day() >= yesterday);
    if time.precision <= Precision::PartOfDay && !is_recent {
        whole.start = time.first_day().at(0, 0, 0, 0);
        whole.end = time.first_day().tomorrow().map_or(time.end, |next| next.at(0, 0, 0, 0).max(time.end));
    }
    whole
}

/// Whether the words for a time may stand in what was said then: "on my birthday" are, "before my birthday" are not.
fn names_what_was(time: &TimeExpression) -> bool {
    matches!(time.kind, TimeKind::At | TimeKind::Around | TimeKind::Recurring)
        && time.named_by != NamedBy::Calendar
}

/// The text without some of its times.
fn without(text: &str, named: &[&TimeExpression]) -> String {
    let mut beside = String::with_capacity(text.len());
    let mut end = 0;
    for time in named {
        beside.push_str(&text[end..time.range.start]);
        beside.push(' ');
        end = time.range.end;
    }
    beside.push_str(&text[end..]);
    beside
}
