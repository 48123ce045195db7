//! Words around a stretch of time that change it: "before", "since", "between … and …"; and what stands beside each other and is one time. Must not know how the stretch itself was found.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::DateTime;
use regex::Regex;

use super::calendar::{Period, days_between, shift};
use super::clock;
use super::counted::{Counted, around, counted, is_counted_from_next};
use super::rule::{Candidate, Meaning, compiled, nearby};
use super::{NamedBy, Precision, TimeExpression, TimeKind};
use crate::language::{head, tail};

/// Bytes before and after an expression that are looked at.
const NEAR_BYTES: usize = 64;

/// Words before an expression, by what they say.
static BEFORE_IT: LazyLock<Vec<(Regex, TimeKind)>> = LazyLock::new(|| {
    let rows = [
        (
            r"\b(?:(?:right|just|shortly|immediately|directly|some\s+time)\s+)?(?:before|prior\s+to|ahead\s+of|(?:leading|running|in\s+the\s+run[- ]up|in\s+the\s+lead[- ]up)\s+(?:up\s+)?to)\s+(?:the\s+)?$",
            TimeKind::Before,
        ),
        (r"\b(?:until|till|up\s+(?:to|until)|by|no\s+later\s+than)\s+(?:the\s+)?$", TimeKind::Until),
        (
            r"\b(?:(?:right|just|shortly|immediately|directly|soon|some\s+time)\s+)?(?:after|following|in\s+the\s+wake\s+of)\s+(?:the\s+)?$",
            TimeKind::After,
        ),
        (r"\b(?:ever\s+since|since|starting\s+(?:from|on|in)?)\s+(?:the\s+)?$", TimeKind::Since),
        (
            r"\b(?:(?:right|just)\s+)?(?:around|close\s+to|near|(?:in\s+the\s+days\s+)?surrounding)\s+(?:the\s+)?$",
            TimeKind::Around,
        ),
        (r"\b(?:in|on|at|during|over|throughout|for|from)\s+(?:the\s+)?$", TimeKind::At),
        (
            r"\b(?:(?:juste|peu|tout\s+juste|un\s+peu|quelque\s+temps)\s+)?avant\s+(?:la\s+|le\s+|les\s+|l['’])?$|\bà\s+l['’]approche\s+(?:de\s+(?:la\s+|l['’])?|du\s+|d['’])$",
            TimeKind::Before,
        ),
        (
            r"\b(?:jusqu['’](?:à|au|aux|en)|d['’]ici(?:\s+(?:à|au))?)\s*(?:la\s+|le\s+|les\s+|l['’])?$",
            TimeKind::Until,
        ),
        (
            r"\b(?:(?:juste|peu|tout\s+juste|un\s+peu|quelque\s+temps)\s+)?après\s+(?:la\s+|le\s+|les\s+|l['’])?$|\bà\s+la\s+suite\s+(?:de\s+(?:la\s+|l['’])?|du\s+|d['’])$",
            TimeKind::After,
        ),
        (r"\b(?:depuis|dès|à\s+partir\s+(?:de|du))\s*(?:la\s+|le\s+|les\s+|l['’])?$", TimeKind::Since),
        (
            r"\b(?:vers|autour|aux\s+(?:alentours|environs))\s+(?:de\s+|du\s+|d['’])?(?:la\s+|le\s+|les\s+|l['’])?$",
            TimeKind::Around,
        ),
        (r"(?:\b(?:pendant|durant|en|au|le|lors\s+d[eu])|à)\s+(?:la\s+|le\s+|les\s+|l['’])?$", TimeKind::At),
        (r"(?:自从|自從|自|从|從)$", TimeKind::Since),
        (r"(?:直到|到)$", TimeKind::Until),
        (r"(?:大约在|大约|差不多)$", TimeKind::Around),
        (r"(?:在|于)$", TimeKind::At),
    ];
    rows.into_iter().map(|(words, kind)| (nearby(words), kind)).collect()
});

/// Words after an expression, by what they say.
static AFTER_IT: LazyLock<Vec<(Regex, TimeKind)>> = LazyLock::new(|| {
    let rows = [
        (
            r"^\s*(?:的时候|的时间|的日子|那天|到来|来临|当天)?(?:之前不久|前不久|不久之前|不久前|之前|以前|前面|前)(?:的(?:日子|时候|时间|那段时间))?",
            TimeKind::Before,
        ),
        (r"^\s*(?:这|那)?(?:刚刚|刚|才|一)过(?:去|完)?(?:了|的时候|那天|那会儿)?", TimeKind::After),
        (r"^\s*(?:的时候|那天|当天)?(?:之后|之後|以后|以後|过后|過後|后|後)(?:不久)?", TimeKind::After),
        (r"^\s*(?:以来|以來|起|开始)", TimeKind::Since),
        (r"^\s+(?:onwards?\b|on\s*(?:[.,;:!?]|$))", TimeKind::Since),
    ];
    rows.into_iter().map(|(words, kind)| (compiled(words), kind)).collect()
});

/// What of a month may be named before it.
const PART: &str =
    r"(?:(?:early|mid|late|(?:beginning|start|middle|end)\s+of|d[ée]but|mi|fin)[\s-]+(?:de\s+|d['’])?)?";

/// Beginnings of "between A and B".
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
    nearby(&format!(r"(?:\b(?:between|from|entre|de|du)\s+(?:the\s+|le\s+|la\s+)?{PART}|\bd['’]|从|從|在)$"))
});

/// Ends of "A和B之间".
static WITHIN: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"^\s*(?:之间|之間|期间|期間|这段时间|這段時間|间|間)"));

/// A year in an end of a range.
static YEAR: LazyLock<Regex> = LazyLock::new(|| compiled(r"[0-9]{4}|年"));

/// A month in one, which alone is of any year.
static MONTH: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"\b(?:jan|feb|f[ée]v|mar|apr|avr|ma[yi]|ju[nil]|ao[uû]|aug|sep|oct|nov|d[ée]c)|[0-9一二三四五六七八九十]月",
    )
});

/// What stands between A and B.
static AND: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"^\s*(?:and|to|through|until|till|-|–|—|et|à|au|jusqu['’](?:à|en|au)|到|至|和)\s*(?:the\s+|le\s+|la\s+)?{PART}$"
    ))
});

/// Makes expressions of matches: joins pairs to ranges, takes in a time of day and the words around.
pub(crate) fn join(text: &str, candidates: Vec<Candidate>) -> Vec<TimeExpression> {
    let mut expressions = Vec::new();
    let mut candidates = without_repeats(text, candidates).into_iter().peekable();
    // Where the expression before ends: nothing is taken in from there.
    let mut floor = 0;
    while let Some(candidate) = candidates.next() {
        let Candidate { mut range, meaning, mut named_by, mut year, .. } = candidate;
        if candidates.peek().is_some_and(|next| is_part_of(next, &text[floor..next.range.start], &range)) {
            continue;
        }
        let (mut period, said) = match meaning {
            Meaning::Period(period) => (period, TimeKind::At),
            Meaning::Around(period) => (period, TimeKind::Around),
            Meaning::Recurring(Period { start, end, precision }) => {
                floor = range.end;
                let kind = TimeKind::Recurring;
                expressions.push(TimeExpression { range, start, end, precision, kind, named_by });
                continue;
            }
        };
        let mut kind = said;
        let near = tail(&text[floor..range.start], NEAR_BYTES);
        let together = candidates.peek().and_then(|next| span_of_both(text, &range, &period, next, near));
        if let Some((both, end)) = together {
            (range, period, kind) = (both, end, TimeKind::At);
            year = candidates.next().and_then(|last| last.year).or(year);
        } else if let Some(from) = counted(near, &text[range.end..], &period) {
            let Counted { before, behind, .. } = from;
            // The day after a feast is no feast.
            if from.period.start >= period.end || from.period.end <= period.start {
                named_by = NamedBy::Calendar;
            }
            (range, period, kind) = (range.start - before..range.end + behind, from.period, from.kind);
            while candidates.next_if(|next| next.range.start < range.end).is_some() {}
        } else {
            if let Some((timed, length)) = clock::behind(&text[range.end..], &period) {
                (period, range.end) = (timed, range.end + length);
                // The time of day was found by itself, too.
                while candidates.next_if(|next| next.range.start < range.end).is_some() {}
            } else if let Some((timed, length)) = clock::before(&text[floor..range.start], &period) {
                (period, range.start) = (timed, range.start - length);
            }
            let ceiling = candidates.peek().map_or(text.len(), |next| next.range.start);
            let words = widen(text, floor, ceiling, &mut range);
            kind = words.filter(|words| *words != TimeKind::At).unwrap_or(kind);
            if words == Some(TimeKind::Around) {
                match around(&period) {
                    Some(wider) => period = wider,
                    None => kind = said,
                }
            }
        }
        if let Some(year) = year {
            range = range.start.min(year.start)..range.end.max(year.end);
            while candidates.next_if(|next| next.range.start < range.end).is_some() {}
        }
        floor = range.end;
        let Period { start, end, precision } = period;
        expressions.push(TimeExpression { range, start, end, precision, kind, named_by });
    }
    expressions
}

/// Whether what stands at `range` belongs to the `next` time, `near` being what stands before that: "the last few days" of "the last few days before
/// Christmas", the hour of "at 9am on Monday", the year of "last year, before my birthday".
fn is_part_of(next: &Candidate, near: &str, range: &Range<usize>) -> bool {
    let bytes = next.range.start - range.start;
    let is_its_hour = || match next.meaning {
        Meaning::Period(period) => clock::before(near, &period).is_some_and(|(_, length)| length >= bytes),
        _ => false,
    };
    is_counted_from_next(tail(near, NEAR_BYTES), bytes)
        || next.year.as_ref().is_some_and(|year| year.start < range.end && range.start < year.end)
        || is_its_hour()
}

/// What may stand between two ways of telling one day.
static SAME_DAY: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"^[\s,，(（]*(?:(?:on|the|le|du|which\s+is|that['’]s|a|un)\s+)*[的是]?$"));

/// Days that are told in two ways as one: "Monday, the 11th of May", "12 January (a Tuesday)". Where a weekday or "tomorrow" stands before another day, the number
/// counts.
fn without_repeats(text: &str, candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut kept: Vec<Candidate> = Vec::with_capacity(candidates.len());
    for mut candidate in candidates {
        if let Some(last) = kept.last()
            && let Some(period) = one_day(text, last, &candidate)
        {
            candidate.range.start = last.range.start;
            candidate.meaning = Meaning::Period(period);
            kept.pop();
        }
        kept.push(candidate);
    }
    kept
}

fn one_day(text: &str, first: &Candidate, second: &Candidate) -> Option<Period> {
    let (Meaning::Period(told), Meaning::Period(again)) = (&first.meaning, &second.meaning) else {
        return None;
    };
    let is_day = |period: &Period| matches!(period.precision, Precision::Day | Precision::PartOfDay);
    let are_days = is_day(told)
        && is_day(again)
        && first.named_by == NamedBy::Calendar
        && second.named_by == NamedBy::Calendar;
    let between = text.get(first.range.end..second.range.start)?;
    if !are_days || !SAME_DAY.is_match(between) {
        return None;
    }
    let has_number = |candidate: &Candidate| {
        text[candidate.range.clone()]
            .contains(|c: char| c.is_ascii_digit() || ['月', '号', '號'].contains(&c))
    };
    let (number, other) = match [first, second].map(has_number) {
        [false, true] => (again, told),
        // "12 January, a Tuesday" counts where it is one.
        [true, false] if told.first().weekday() == again.first().weekday() => (told, again),
        _ if told.first() == again.first() => (told, again),
        _ => return None,
    };
    // The part of the day is that of either.
    let timed = if other.precision == Precision::PartOfDay { other } else { number };
    let days = days_between(timed.first(), number.first());
    let moved = |time: DateTime| Some(shift(time.date(), days)?.to_datetime(time.time()));
    Some(Period { start: moved(timed.start)?, end: moved(timed.end)?, precision: timed.precision })
}

fn span_of_both(
    text: &str,
    first: &Range<usize>,
    period: &Period,
    next: &Candidate,
    near: &str,
) -> Option<(Range<usize>, Period)> {
    let (Meaning::Period(last) | Meaning::Around(last)) = next.meaning else {
        return None;
    };
    let between = text.get(first.end..next.range.start).filter(|between| between.len() <= NEAR_BYTES)?;
    if !AND.is_match(between) {
        return None;
    }
    let days = period.precision == Precision::Day && last.precision == Precision::Day;
    let said = [&text[first.clone()], &text[next.range.clone()]];
    let Range { start, end } = both_ends(said, period.start, last.end, days)?;
    let dashed = between.trim().chars().all(|character| "-–—到至".contains(character));
    let opened = BETWEEN.find(near);
    let closed = WITHIN.find(&text[next.range.end..]).map_or(0, |found| found.end());
    if opened.is_none() && !dashed && closed == 0 {
        return None;
    }
    let from = opened.map_or(first.start, |found| first.start - (near.len() - found.start()));
    let precision = if last.precision >= Precision::Year { Precision::Years } else { Precision::Days };
    let precision = precision.max(last.precision);
    Some((from..next.range.end + closed, Period { start, end, precision }))
}

/// Where a stretch begins and ends whose ends each leaned its own way: "from Monday to Friday" said on a Tuesday is of the days before it, and in "from April to May
/// 2019" or "2019年四月到五月" one end says the year of both.
fn both_ends(
    [first, last]: [&str; 2],
    start: DateTime,
    end: DateTime,
    are_days: bool,
) -> Option<Range<DateTime>> {
    let in_year =
        |time: DateTime, years: i64| time.checked_add(jiff::Span::new().try_years(years).ok()?).ok();
    let years = i64::from(end.year()) - i64::from(start.year());
    if [&YEAR, &MONTH].iter().all(|part| part.is_match(first)) && MONTH.is_match(last) && !YEAR.is_match(last)
    {
        let later = |after: i64| in_year(end, after - years);
        return [0, 1].into_iter().filter_map(later).find(|end| start < *end).map(|end| start..end);
    }
    if start < end {
        return Some(start..end);
    }
    let week_before =
        start.checked_sub(jiff::Span::new().days(7)).ok().filter(|start| are_days && *start < end);
    let earlier = |before: i64| in_year(start, years - before);
    let start = week_before.or_else(|| [0, 1].into_iter().filter_map(earlier).find(|start| *start < end))?;
    Some(start..end)
}

/// Takes words around the expression into its range, and says what they make of it.
fn widen(text: &str, floor: usize, ceiling: usize, range: &mut Range<usize>) -> Option<TimeKind> {
    let after = head(&text[range.end..ceiling], NEAR_BYTES);
    for (words, kind) in AFTER_IT.iter() {
        if let Some(found) = words.find(after) {
            range.end += found.end();
            return Some(*kind);
        }
    }
    let near = tail(&text[floor..range.start], NEAR_BYTES);
    for (words, kind) in BEFORE_IT.iter() {
        if let Some(found) = words.find(near) {
            range.start -= near.len() - found.start();
            return Some(*kind);
        }
    }
    None
}
