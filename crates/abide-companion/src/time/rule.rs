//! How patterns of all languages become expressions: matching, choosing between overlaps, past or future. Must not know any language's patterns.

use std::cell::Cell;
use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Weekday};
use regex::{Captures, Regex};

use super::calendar::{Feast, Period, Season, Unit, days_between, shift, yearly};
use super::{
    Anchors, KnownDate, KnownDateKind, Leaning, NamedBy, Precision, TimeExpression, chinese, connect,
    english, french, names, years,
};
use crate::language::{Language, is_han, stands_alone};

/// What a rule may look at.
pub(crate) struct Context<'a> {
    /// The moment of speaking.
    pub(crate) now: DateTime,
    /// What is known of dates.
    pub(crate) anchors: &'a Anchors,
    /// Which way days without a year lean here.
    pub(crate) leaning: Leaning,
    /// Whether words around it say that it is over.
    pub(crate) is_over: bool,
    /// The language of the whole text.
    pub(crate) language: Language,
    /// What stands before the match.
    pub(crate) before: &'a str,
    /// What stands behind it.
    pub(crate) rest: &'a str,
    /// The year that is named beside it.
    pub(crate) in_year: Option<i16>,
    /// Whether it returns every year, and no year of its own was named.
    pub(crate) is_yearly: Cell<bool>,
}

/// Which of the occurrences is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// The latest that is over.
    Last,
    /// The one that is now, or of this year.
    This,
    /// The first that has not begun.
    Next,
    /// Whichever way the sentence leans.
    Lean,
}

impl Which {
    /// How many weeks or months it is away from this one, as "next" or "last" says it.
    pub fn away(self) -> i64 {
        match self {
            Self::Last => -1,
            Self::Next => 1,
            Self::This | Self::Lean => 0,
        }
    }
}

/// The month of "the second Tuesday of".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// A month by its number, of a year.
    Month(i8, Option<i16>),
    /// So many months from this.
    Away(i64),
    /// The nearest whose day is to come, or is over.
    Nearest,
}

/// What a rule made of its match.
pub(crate) enum Meaning {
    /// A stretch of time, which words around it may change.
    Period(Period),
    /// Such a one of which the middle is meant most.
    Around(Period),
    /// Something that returns.
    Recurring(Period),
}

type Resolve = fn(&Captures, &Context) -> Option<Meaning>;

/// What a group matched, or nothing.
pub(crate) fn group<'a>(captures: &'a Captures, name: &str) -> &'a str {
    captures.name(name).map_or("", |group| group.as_str())
}

/// Such a stretch of time and no other.
pub(crate) fn period(period: Option<Period>) -> Option<Meaning> {
    period.map(Meaning::Period)
}

/// Half of a unit, in whole ones.
pub(crate) fn half_of(unit: Unit) -> Option<(i64, Unit)> {
    match unit {
        Unit::Hour => Some((30, Unit::Minute)),
        Unit::Month => Some((15, Unit::Day)),
        Unit::Year => Some((6, Unit::Month)),
        _ => None,
    }
}

/// A pattern and its meaning. A group named `core` is the expression, where the pattern matches more than that.
pub(crate) struct Rule {
    pattern: Regex,
    resolve: Resolve,
    named_by: NamedBy,
}

/// A rule for a stretch of time. The pattern ignores case, and matches are taken only where they stand alone, so patterns need `\\b`
/// at neither end.
pub(crate) fn rule(pattern: &str, resolve: Resolve) -> Rule {
    Rule { pattern: compiled(pattern), resolve, named_by: NamedBy::Calendar }
}

/// The same for a feast.
pub(crate) fn feast_rule(pattern: &str, resolve: Resolve) -> Rule {
    Rule { named_by: NamedBy::Feast, ..rule(pattern, resolve) }
}

/// A pattern that ignores case. Its `\\b` is that of ASCII: the other makes searches in texts with accents a hundred times as slow. So it
/// finds a boundary beside every letter with an accent; where that matters, [`nearby`] is the one to take.
pub(crate) fn compiled(pattern: &str) -> Regex {
    let pattern = format!("(?i){}", pattern.replace(r"\b", r"(?-u:\b)"));
    Regex::new(&pattern).expect("the patterns of this module are valid")
}

/// The same with a `\\b` that knows letters with accents, for the few words near an expression.
pub(crate) fn nearby(pattern: &str) -> Regex {
    Regex::new(&format!("(?i){pattern}")).expect("the patterns of this module are valid")
}

/// A match before the words around it are looked at.
pub(crate) struct Candidate {
    pub(crate) range: Range<usize>,
    pub(crate) meaning: Meaning,
    pub(crate) language: Language,
    pub(crate) named_by: NamedBy,
    /// Where the year stands that it took from beside it.
    pub(crate) year: Option<Range<usize>>,
}

pub(crate) fn find(
    text: &str,
    now: DateTime,
    anchors: &Anchors,
    leaning: Option<Leaning>,
    language: Language,
) -> Vec<TimeExpression> {
    let mut candidates = Vec::new();
    for of_rules in Language::ALL {
        if of_rules == Language::Chinese && !text.chars().any(is_han) {
            continue;
        }
        let rules: &[Rule] = match of_rules {
            Language::English => &english::RULES,
            Language::French => &french::RULES,
            Language::Chinese => &chinese::RULES,
        };
        for rule in rules {
            for captures in rule.pattern.captures_iter(text) {
                let whole = captures.get(0).expect("group 0 is the match");
                let range = captures.name("core").unwrap_or(whole).range();
                if !stands_alone(text, &range) {
                    continue;
                }
                let (guessed, past) = leaning_around(text, &range);
                let leaning = leaning.unwrap_or(guessed);
                let is_over = past && leaning == Leaning::Past;
                let context = Context::around(text, &range, now, anchors, (leaning, is_over, language));
                let resolve = |context: &Context| (rule.resolve)(&captures, context);
                if let Some((meaning, year)) = context.in_its_year(text, &range, resolve) {
                    let (language, named_by) = (of_rules, rule.named_by);
                    candidates.push(Candidate { range, meaning, language, named_by, year });
                }
            }
        }
    }
    add_anchors(text, now, anchors, leaning, language, &mut candidates);
    connect::join(text, without_overlaps(candidates, language))
}

/// Keeps the longest of what overlaps; of equals, the one of the text's own language.
fn without_overlaps(mut candidates: Vec<Candidate>, language: Language) -> Vec<Candidate> {
    let weight = |c: &Candidate| (c.range.len(), c.language == language);
    candidates.sort_by(|a, b| a.range.start.cmp(&b.range.start).then(weight(b).cmp(&weight(a))));
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        match kept.last() {
            Some(last) if candidate.range.start < last.range.end => {
                if weight(&candidate) > weight(last) {
                    kept.pop();
                    kept.push(candidate);
                }
            }
            _ => kept.push(candidate),
        }
    }
    kept
}

/// Words by which a sentence is about what was.
static PAST: LazyLock<Regex> = LazyLock::new(|| {
    nearby(
        r"\b(?:was|were|wasn't|weren't|haven't|hasn't|been|built|did|didn't|went|had|ago|said|told|got|came|made|took|saw|met|ate|bought|felt|[a-z]{3,}ed|avait|avais|j['’]ai\s+(?:[a-z]+[éiu]|fait|dit|écrit|pris|mis|appris|peint|ouvert|offert)|ai-je|suis-je|avons-nous|tu\s+as\s+[a-z]+[éiu]|(?:il|elle|on|qui|ça)\s+a|avons|ont|suis\s+all[ée]e?)\b|[ée]tai[st]\b|过|過|了|已经",
    )
});

/// Further words by which a question is; in a tale of what is to come they may stand, too.
static ASKS_PAST: LazyLock<Regex> = LazyLock::new(|| {
    nearby(
        r"\b(?:broke|sang|gave|ran|lost|fell|won|sold|wrote|drove|flew|taught|caught|brought|fought|sent|paid|began|swam|drank|rode|wore|spoke|stole|threw|drew|slept|became|hid|left|found|heard|spent|grew|woke|forgot|chose|kept|led|(?:est|sont|es|sommes)\s+(?:tomb|arriv|rest|rentr|retourn|mont|pass|n)[ée]e?s?|(?:est|sont|es|sommes)\s+(?:part|sort)ie?s?|(?:est|sont|es|sommes)\s+(?:re)?venue?s?|(?:est|sont)\s+morte?s?)\b",
    )
});

/// Whether words of a text, a question, say that it is about what was.
pub(crate) fn is_past(text: &str) -> bool {
    let text = crate::language::head(text, super::SEARCHED_BYTES_MAX);
    PAST.is_match(text) || ASKS_PAST.is_match(text)
}

/// Words by which a sentence is about what will be.
static FUTURE: LazyLock<Regex> = LazyLock::new(|| {
    nearby(
        r"\b(?:will|won't|going to|gonna|tomorrow|upcoming|have to|need to|must|should|want to|would like to|appointment|interview|plan(?:ning)?s?|can['’]t wait|looking forward|see you|remind|deadline|due|vais|va|allons|vont|demain|bient[oô]t|rendez-vous|rdv|faut|dois|doit|devrais|devrait|veux|voudrais|aimerais|[a-z]{2,}(?:erai|irai|rai|eras|erons))\b|[’']ll\b|明天|下周|后天|将|会|打算|准备|计划|预约|要去|约了|提醒|\bprévu|\bentretien",
    )
});

/// Bytes on each side of an expression in which its sentence is looked for.
const SENTENCE_BYTES_MAX: usize = 200;

/// Which way the sentence around an expression leans, and whether words say that it is past.
fn leaning_around(text: &str, range: &Range<usize>) -> (Leaning, bool) {
    let ends = |character: char| matches!(character, '.' | '!' | '?' | '\n' | '。' | '！' | '？');
    let before = crate::language::tail(&text[..range.start], SENTENCE_BYTES_MAX);
    let before = before.rsplit(ends).next().unwrap_or_default();
    let after = crate::language::head(&text[range.end..], SENTENCE_BYTES_MAX);
    let after = after.split(ends).next().unwrap_or_default();
    let any = |pattern: &Regex| pattern.is_match(before) || pattern.is_match(after);
    let past = any(&PAST);
    if any(&FUTURE) && !past || FUTURE.is_match(before) && before.contains("约") {
        (Leaning::Future, past)
    } else {
        (Leaning::Past, past)
    }
}

static WHEN: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"\bwhen\s+(?:did|was|were|is|are|will|do|does|have|had)\b|\b(?:what|which)\s+(?:day|date|month|year|time|week)\b|\bhow\s+long\s+ago\b|\bquand\b.*\?|\bquand\s+(?:est-ce|ai|as|a|avons|avez|ont)\b|\bquelle?\s+(?:jour|date|mois|année|heure|semaine)\b|什么时候|何时|哪一?天|哪年|哪个月|几号|几点|几月|什麼時候|多久",
    )
});

pub(crate) fn asks_when(text: &str) -> bool {
    WHEN.is_match(text)
}

impl<'a> Context<'a> {
    fn around(
        text: &'a str,
        range: &Range<usize>,
        now: DateTime,
        anchors: &'a Anchors,
        (leaning, is_over, language): (Leaning, bool, Language),
    ) -> Self {
        let (before, rest) = (&text[..range.start], &text[range.end..]);
        let (in_year, is_yearly) = (None, Cell::new(false));
        Self { now, anchors, leaning, is_over, language, before, rest, in_year, is_yearly }
    }

    /// What `resolve` makes of a match, in the year that is named beside it if it returns every year; and where that year stands.
    fn in_its_year<T>(
        mut self,
        text: &str,
        range: &Range<usize>,
        resolve: impl Fn(&Self) -> Option<T>,
    ) -> Option<(T, Option<Range<usize>>)> {
        let found = resolve(&self)?;
        let year = if self.is_yearly.get() { years::beside(text, range, self.today()) } else { None };
        let Some((year, place)) = year else { return Some((found, None)) };
        self.in_year = Some(year);
        Some(resolve(&self).map_or((found, None), |found| (found, Some(place))))
    }
}

impl Context<'_> {
    /// The day of speaking.
    pub(crate) fn today(&self) -> Date {
        self.now.date()
    }

    /// The day so many days from today.
    pub(crate) fn day(&self, days: i64) -> Option<Period> {
        Period::day(shift(self.today(), days)?)
    }

    /// So many units ago, or from now where `count` is less than 0: from weeks on its middle is meant most. "A few" is anything from two to five, whatever
    /// number its word was read as.
    pub(crate) fn away(&self, words: &str, count: i64, unit: Unit) -> Option<Meaning> {
        let lower = words.to_lowercase();
        let vague = ["few", "several", "quelques", "plusieurs", "几", "幾", "数"];
        if !vague.iter().any(|word| lower.contains(word)) {
            let period = Period::ago(self.now, count, unit)?;
            let exact = matches!(unit, Unit::Minute | Unit::Hour | Unit::Day);
            return Some(if exact { Meaning::Period(period) } else { Meaning::Around(period) });
        }
        // 十几 is ten to nineteen.
        let (least, most) = if count.abs() >= 10 { (count / 10 * 10, 9) } else { (2 * count.signum(), 3) };
        let (near, far) = (least, least + most * count.signum());
        let (near, far) = (Period::ago(self.now, near, unit)?, Period::ago(self.now, far, unit)?);
        let precision = if unit == Unit::Day { Precision::Days } else { near.precision };
        let (start, end) = (near.start.min(far.start), near.end.max(far.end));
        Some(Meaning::Period(Period { start, end, precision }))
    }

    /// "A year and a half ago": halves of units that have whole parts of their own.
    pub(crate) fn and_a_half_ago(&self, count: i64, unit: Unit) -> Option<Period> {
        match unit {
            Unit::Hour => Period::ago(self.now, count * 60 + 30, Unit::Minute),
            Unit::Week => Period::ago(self.now, count * 7 + 3, Unit::Day),
            Unit::Month => Period::past_days(self.today(), count * 30 + 15, 7, Precision::Month),
            Unit::Year => Period::past_days(self.today(), (count * 2 + 1) * 365 / 2, 91, Precision::Year),
            Unit::Minute | Unit::Day | Unit::Decade => Period::ago(self.now, count, unit),
        }
    }

    /// The weekday that weeks begin with.
    pub(crate) fn week_begins(&self) -> Weekday {
        if self.language == Language::English { Weekday::Sunday } else { Weekday::Monday }
    }

    /// The week so many weeks from this.
    pub(crate) fn week(&self, weeks: i64) -> Option<Period> {
        Period::week(shift(self.today(), weeks * 7)?, self.week_begins())
    }

    /// The weekend so many weeks from this; -1 is the latest that is over or was over on Sunday night.
    pub(crate) fn weekend(&self, weeks: i64) -> Option<Period> {
        Period::weekend(shift(self.today(), weeks * 7)?)
    }

    /// The month so many months from this.
    pub(crate) fn month(&self, months: i64) -> Option<Period> {
        let index = i64::from(self.today().year()) * 12 + i64::from(self.today().month()) - 1 + months;
        Period::month(i16::try_from(index.div_euclid(12)).ok()?, index.rem_euclid(12) as i8 + 1)
    }

    /// The year so many years from this.
    pub(crate) fn year(&self, years: i64) -> Option<Period> {
        let year = i16::try_from(i64::from(self.today().year()).checked_add(years)?).ok()?;
        Period::years(year, year)
    }

    /// The decade so many decades from this.
    pub(crate) fn decade(&self, decades: i64) -> Option<Period> {
        let first = i64::from(self.today().year()).div_euclid(10) * 10 + decades * 10;
        let first = i16::try_from(first).ok()?;
        Period::years(first, first.checked_add(9)?)
    }

    /// "The weekend": the one that is over or the one to come, as the sentence leans.
    pub(crate) fn the_weekend(&self) -> Option<Period> {
        self.weekend(if self.leaning == Leaning::Past { -1 } else { 0 })
    }

    /// The occurrence that is meant of something yearly.
    pub(crate) fn choose(&self, which: Which, of_year: impl Fn(i16) -> Option<Period>) -> Option<Period> {
        self.is_yearly.set(self.is_yearly.get() || which == Which::Lean);
        if let Some(year) = self.in_year.filter(|_| which == Which::Lean) {
            return of_year(year);
        }
        let year = self.today().year();
        let mut periods = (year - 3..=year + 3).filter_map(&of_year);
        let today = self.today();
        match (which, self.leaning) {
            (Which::Last, _) => periods.rfind(|period| period.end.date() <= today),
            (Which::Next, _) => periods.find(|period| period.first() > today),
            (Which::This, _) => periods
                .find(|period| period.first() <= today && today < period.end.date())
                .or_else(|| of_year(year)),
            (Which::Lean, Leaning::Past) => periods.rfind(|period| period.first() <= today),
            (Which::Lean, Leaning::Future) => periods.find(|period| period.end.date() > today),
        }
    }

    /// The weekday that is meant.
    pub(crate) fn weekday(&self, which: Which, weekday: Weekday) -> Option<Period> {
        let today = self.today();
        let back = i64::from(today.weekday().since(weekday));
        match (which, self.leaning) {
            (Which::Last, _) | (Which::Lean, Leaning::Past) => self.day(if back == 0 { -7 } else { -back }),
            (Which::Next, _) | (Which::Lean, Leaning::Future) => self.day(7 - back),
            (Which::This, _) => self.weekday_of_week(0, weekday),
        }
    }

    /// A weekday of the week (from Monday) so many weeks from this.
    pub(crate) fn weekday_of_week(&self, weeks: i64, weekday: Weekday) -> Option<Period> {
        let monday = -i64::from(self.today().weekday().since(Weekday::Monday));
        self.day(monday + weeks * 7 + i64::from(weekday.since(Weekday::Monday)))
    }

    /// A month and day without a year, or with one.
    pub(crate) fn month_day(&self, year: Option<i16>, month: i8, day: i8) -> Option<Period> {
        // Any month may have it in a leap year.
        Date::new(2024, month, day).ok()?;
        match year {
            Some(year) => Period::day(Date::new(year, month, day).ok()?),
            None => self.choose(Which::Lean, |year| Period::day(Date::new(year, month, day).ok()?)),
        }
    }

    /// "The 5th": the nearest one, today or on the side to which the sentence leans.
    pub(crate) fn day_of_month(&self, day: i8) -> Option<Period> {
        self.nearest(12, |month| Date::new(month.year(), month.month(), day).ok())
    }

    /// "Friday the 13th": the nearest day that is both.
    pub(crate) fn weekday_and_day(&self, weekday: Weekday, day: i8) -> Option<Period> {
        self.nearest(30, |month| {
            Date::new(month.year(), month.month(), day).ok().filter(|date| date.weekday() == weekday)
        })
    }

    /// "The second Tuesday of January", of a month so many months from this, or of the nearest month; the last one for -1.
    pub(crate) fn nth_weekday(&self, nth: i8, weekday: Weekday, of: Of) -> Option<Period> {
        let in_month = |first: Date| first.nth_weekday_of_month(nth, weekday).ok();
        let of_year = |year: i16, month: i8| Period::day(in_month(Date::new(year, month, 1).ok()?)?);
        match of {
            Of::Month(month, Some(year)) => of_year(year, month),
            Of::Month(month, None) => self.choose(Which::Lean, |year| of_year(year, month)),
            Of::Away(months) => Period::day(in_month(self.month(months)?.first())?),
            Of::Nearest => self.nearest(12, in_month),
        }
    }

    /// The nearest day that months have, given as their first days; today or on the side to which the sentence leans.
    fn nearest(&self, months_max: i64, in_month: impl Fn(Date) -> Option<Date>) -> Option<Period> {
        let step = if self.leaning == Leaning::Past { -1 } else { 1 };
        let today = self.today();
        let is_on_its_side = |date: &Date| if step < 0 { *date <= today } else { *date >= today };
        let of_months = |months| in_month(self.month(months * step)?.first()).filter(is_on_its_side);
        Period::day((0..=months_max).find_map(of_months)?)
    }

    /// "1/15" and "15/1": the month comes first in English, where it can.
    pub(crate) fn day_and_month(&self, first: i16, second: i16, year: Option<i16>) -> Option<Period> {
        let month_first = self.language == Language::English && first <= 12;
        let (month, day) = if month_first || second > 12 { (first, second) } else { (second, first) };
        self.month_day(year, month.try_into().ok()?, day.try_into().ok()?)
    }

    /// A month by its name, of a year or of the one that is meant.
    pub(crate) fn named_month(&self, which: Which, year: Option<i16>, month: i8) -> Option<Period> {
        match year {
            Some(year) => Period::month(year, month),
            None => self.choose(which, |year| Period::month(year, month)),
        }
    }

    /// The season that is meant.
    pub(crate) fn season(&self, which: Which, season: Season) -> Option<Period> {
        self.choose(which, |year| Period::season(year, season))
    }

    /// Days of one month, from the first to the last.
    pub(crate) fn days_of_month(
        &self,
        year: Option<i16>,
        month: i8,
        ends: [Option<i16>; 2],
    ) -> Option<Period> {
        let [from, to] = ends.map(|day| day.and_then(|day| i8::try_from(day).ok()));
        let first = self.month_day(year, month, from?)?.first();
        let last = Date::new(first.year(), month, to?).ok()?;
        Period::days(first, shift(last, 1)?, Precision::Days)
    }

    /// A feast that is meant.
    pub(crate) fn feast(&self, which: Which, year: Option<i16>, feast: Feast) -> Option<Period> {
        match year {
            Some(year) => Period::day(feast.in_year(year)?),
            None => self.choose(which, |year| Period::day(feast.in_year(year)?)),
        }
    }

    /// The user's birthday, if it is known.
    pub(crate) fn birthday(&self) -> Option<&KnownDate> {
        let own = |date: &&KnownDate| date.kind == KnownDateKind::Birthday && date.whose.is_none();
        self.anchors.dates().find(own)
    }

    /// The years in which the user was between two ages; by the birth year alone where the day is not known.
    pub(crate) fn ages(&self, from: i16, to: i16) -> Option<Period> {
        let born = self.birthday()?;
        let year = born.year?;
        let first = yearly(year.checked_add(from)?, born.month, born.day)?;
        let after = yearly(year.checked_add(to)?.checked_add(1)?, born.month, born.day)?;
        let precision = if days_between(first, after) <= 366 { Precision::Year } else { Precision::Years };
        Period::days(first, after, precision)
    }
}

/// Known dates that the text names. Where two have one name, it is the nearest on the side that the sentence leans to.
fn add_anchors(
    text: &str,
    now: DateTime,
    anchors: &Anchors,
    leaning: Option<Leaning>,
    language: Language,
    candidates: &mut Vec<Candidate>,
) {
    let mut found: Vec<(Candidate, i64)> = Vec::new();
    for (date, pattern) in &anchors.dates {
        let Some(pattern) = pattern else {
            continue;
        };
        for captures in pattern.captures_iter(text) {
            let whole = captures.get(0).expect("group 0 is the match");
            let range = captures.name("core").unwrap_or(whole).range();
            if !stands_alone(text, &range) {
                continue;
            }
            let leaning = leaning.unwrap_or_else(|| leaning_around(text, &range).0);
            let context = Context::around(text, &range, now, anchors, (leaning, false, language));
            let occurrence = |context: &Context| names::occurrence(date, &captures, context);
            let Some((period, year)) = context.in_its_year(text, &range, occurrence) else { continue };
            let away = days_between(now.date(), period.first());
            // The other side is farther than anything on this one.
            let other_side = if leaning == Leaning::Past { away > 0 } else { away < 0 };
            let distance = away.abs() + if other_side { 4_000_000 } else { 0 };
            let (meaning, named_by) = (Meaning::Period(period), NamedBy::KnownDate);
            let candidate = Candidate { range, meaning, language, named_by, year };
            match found.iter_mut().find(|(known, _)| known.range == candidate.range) {
                Some(known) if distance < known.1 => *known = (candidate, distance),
                Some(_) => {}
                None => found.push((candidate, distance)),
            }
        }
    }
    candidates.extend(found.into_iter().map(|(candidate, _)| candidate));
}
