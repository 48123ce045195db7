//! Days and weeks that are counted from another time: "the day before my birthday", « deux semaines après Noël », "生日前三天". Must not know how
//! the other time was found.

use std::sync::LazyLock;

use jiff::Span;
use jiff::civil::{Date, Weekday};
use regex::{Captures, Regex};

use super::calendar::{PartOfDay, Period, Unit, shift};
use super::describe::weekday_named;
use super::number;
use super::rule::{compiled, nearby};
use super::{Precision, TimeKind};

/// What stands before the other time, with the groups `count` or `one`, `unit` (or `eve`, or `of` for the stretch that it is in), and `after` where it is
/// not before.
static BEFORE_IT: LazyLock<[Regex; 4]> = LazyLock::new(|| {
    let english = format!(
        r"\b(?:(?:about|around|roughly|exactly|just|only|some)\s+)?(?:(?P<count>{})\s+|(?:the\s+|^\s*)(?:(?:very|whole|entire)\s+)?(?P<some>(?:last|final|first|few|couple\s+of|following)\s+(?:few\s+)?)?)(?P<unit>day|night|evening|afternoon|morning|week|weekend|fortnight|month|year|monday|tuesday|wednesday|thursday|friday|saturday|sunday)(?P<many>s)?\s+(?:(?P<part>morning|afternoon|evening|night)\s+)?(?:(?:right|just|immediately|directly|shortly|that\s+\w+)\s+)?(?:(?:before|prior\s+to|ahead\s+of|preceding|leading\s+(?:up\s+)?to|running\s+up\s+to|up\s+to)|(?P<after>after|following))\s+(?:the\s+)?$",
        number::ENGLISH
    );
    let french = format!(
        r"(?:\b(?:environ\s+|exactement\s+)?(?P<count>{})\s+|(?:\b(?:le|la|les|ce|cette|ces)\s+|\bl['’])(?P<some>(?:derniers?|dernières?|quelques|premiers?|premières?)\s+)?)(?P<unit>jour|nuit|soir|soirée|matin|matinée|veille|semaine|week[- ]?end|mois|an|année|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)(?P<many>s)?\s+(?:(?P<part>matin|soir|nuit)\s+)?(?:(?:juste|tout\s+juste)\s+)?(?:(?:(?:d['’])?avant|précédant|qui\s+(?:ont\s+|a\s+)?précèd\w*|qui\s+(?:ont|a)\s+précédé|menant\s+à)|(?P<after>(?:d['’])?après|suivant|qui\s+(?:suit|suivent|suivit|suivirent|suivait|suivaient)|qui\s+(?:ont|a)\s+suivi))\s+(?:la\s+|le\s+|les\s+|l['’])?$",
        number::FRENCH
    );
    let eve = r"\b(?:la\s+|l['’]|le\s+)?(?P<eve>avant-veille|veille|surlendemain|lendemain)(?:\s+(?P<part>au\s+soir|soir|matin))?\s+(?:de\s+(?:la\s+|l['’])?|du\s+|des\s+|d['’])$|\b(?:on\s+)?the\s+(?:very\s+)?(?P<eve2>eve)\s+of\s+(?:the\s+)?$";
    let of = r"\b(?:(?:in|during|over|on|at)\s+)?(?:the\s+)?(?:very\s+|whole\s+|entire\s+|same\s+)?(?P<of>week|weekend|month|day|night|evening|morning)\s+of\s+(?:the\s+)?$|\b(?:(?:pendant|durant|dans|au\s+cours\s+de)\s+)?(?:la\s+|le\s+|l['’]|au\s+)(?P<of2>semaine|week[- ]?end|mois|jour|soir|nuit|matin)\s+(?:même\s+)?(?:de\s+(?:la\s+|l['’])?|du\s+|des\s+|d['’])$";
    [nearby(&english), nearby(&french), nearby(eve), nearby(of)]
});

/// The same behind it, which is how Chinese counts; with `beside` for "前后" and the like, `same` for "那天", and `weekday` for "前的周日".
static AFTER_IT: LazyLock<Regex> = LazyLock::new(|| {
    let weekday = "(?:(?:之|以)?前(?:面)?|(?P<weekdayafter>(?:之|以)?[后後]))(?:的)?(?:那(?:一)?(?:个|個)?)?(?:周|週|星期|礼拜|禮拜)(?P<weekday>[一二三四五六日天])(?P<part>早上|上午|下午|晚上)?";
    let count = "[0-9０-９]{1,3}|[一二两兩三四五六七八九十]{1,3}|几|幾|好几|数";
    let unit = "天|日|晚上|晚|夜|周|週|星期|礼拜|禮拜|月|年";
    compiled(&format!(
        r"^\s*(?:的)?(?:那天|当天|當天|当日|当晚|那晚|那一天)?(?:(?P<beside>前后|前後|左右|附近|那几天|那幾天|那阵子|那段时间|那段时间里)|{weekday}|(?P<head>的?(?:头|頭)(?:一)?(?:天|日|晚))|(?P<same>那(?:一)?(?:个|個)?(?:周末|週末|周|週|星期|礼拜|月)|当周|当月|那天晚上|那天早上|那天|那一天|当天|當天|当日|当晚|那晚)|(?:(?:之|以)?前(?:面)?|(?P<after>(?:之|以)?[后後]))(?:的|那)?(?:(?:最|头|頭)?(?:后|初)?)(?:第)?(?:(?P<count>{count})(?:个|個)?|那(?:个|個)?)(?:多)?(?P<unit>{unit})(?:晚上|早上|里|内)?|(?P<eve>前夕|前夜|前一晚)|的?(?:第)?(?P<next>二|2)天|(?:的)?(?P<far>{count})(?:个|個)?(?P<farunit>{unit})(?:之|以)?(?:前|(?P<farafter>[后後])))"
    ))
});

/// The same behind it in English: "my birthday week".
static WITH_IT: LazyLock<Regex> = LazyLock::new(|| compiled(r"^\s+(?P<of>week-?end|week|month)\b"));

/// What words before (`near` ends where the time begins) or behind it (`rest`) make of a time.
pub(crate) struct Counted {
    pub(crate) period: Period,
    pub(crate) kind: TimeKind,
    /// Bytes that these words take before it, and behind it.
    pub(crate) before: usize,
    pub(crate) behind: usize,
}

/// Days and weeks that are counted from `period` by the words around it.
pub(crate) fn counted(near: &str, rest: &str, period: &Period) -> Option<Counted> {
    for (index, pattern) in BEFORE_IT.iter().enumerate() {
        let Some(found) = pattern.captures(near) else { continue };
        let (period, kind) = match index {
            2 => (eve(&found, period)?, TimeKind::At),
            3 => match around_it(&found, period) {
                Some(whole) => (whole, TimeKind::At),
                // "The month of May" is May.
                None => continue,
            },
            _ => in_words(&found, index == 0, period)?,
        };
        let whole = found.get(0)?;
        return Some(Counted { period, kind, before: near.len() - whole.start(), behind: 0 });
    }
    if let Some(found) = WITH_IT.captures(rest)
        && let Some(period) = around_it(&found, period)
    {
        let behind = found.get(0)?.end();
        return Some(Counted { period, kind: TimeKind::At, before: 0, behind });
    }
    let found = AFTER_IT.captures(rest)?;
    // "2023年前三个月" are its first three.
    let part_of_it = period.precision >= Precision::Month && !found[0].contains(['之', '以', '的']);
    if part_of_it && (found.name("unit").is_some() || found.name("far").is_some()) {
        return None;
    }
    let (period, kind) = in_characters(&found, period)?;
    Some(Counted { period, kind, before: 0, behind: found.get(0)?.end() })
}

/// Whether words before a time that count from it begin `bytes` before it or earlier: what stands there is none of its own.
pub(crate) fn is_counted_from_next(near: &str, bytes: usize) -> bool {
    let begins =
        |pattern: &Regex| pattern.find(near).is_some_and(|found| near.len() - found.start() >= bytes);
    bytes <= near.len() && BEFORE_IT.iter().any(begins)
}

/// The days around a time of some days at most.
pub(crate) fn around(period: &Period) -> Option<Period> {
    if !matches!(period.precision, Precision::Day | Precision::Days) {
        return None;
    }
    Period::days(shift(period.first(), -3)?, shift(period.end.date(), 3)?, Precision::Days)
}

/// The week, month or part of the day that a day is in; `None` for longer times.
fn around_it(found: &Captures, period: &Period) -> Option<Period> {
    let words = found.name("of").or_else(|| found.name("of2"))?.as_str().to_lowercase();
    if period.precision > Precision::Days {
        return None;
    }
    let first = period.first();
    match words.as_str() {
        "week" => Period::week(first, Weekday::Sunday),
        "semaine" => Period::week(first, Weekday::Monday),
        "month" | "mois" => Period::month(first.year(), first.month()),
        "night" | "nuit" => period.part(PartOfDay::Night),
        "evening" | "soir" => period.part(PartOfDay::Evening),
        "morning" | "matin" => period.part(PartOfDay::Morning),
        "day" | "jour" => Some(*period),
        _ => Period::weekend(first),
    }
}

fn eve(found: &Captures, period: &Period) -> Option<Period> {
    let words = found.name("eve").or_else(|| found.name("eve2"))?;
    let days = match words.as_str().to_lowercase().as_str() {
        "veille" | "eve" => -1,
        "avant-veille" => -2,
        "lendemain" => 1,
        _ => 2,
    };
    let day = counted_day(period, days)?;
    match found.name("part").map(|part| part.as_str().to_lowercase()) {
        Some(part) if part.ends_with("soir") => day.part(PartOfDay::Evening),
        Some(_) => day.part(PartOfDay::Morning),
        None => Some(day),
    }
}

/// The day so many days before (less than 0) or after a time.
fn counted_day(period: &Period, days: i64) -> Option<Period> {
    let from = if days < 0 { period.first() } else { last(period)? };
    Period::day(shift(from, days)?)
}

/// The last day of a time.
fn last(period: &Period) -> Option<Date> {
    let last = period.end.checked_sub(Span::new().nanoseconds(1)).ok()?.date();
    Some(last.max(period.first()))
}

fn in_words(found: &Captures, is_english: bool, period: &Period) -> Option<(Period, TimeKind)> {
    let after = found.name("after").is_some();
    let unit = found.name("unit")?.as_str().to_lowercase();
    let many = found.name("many").is_some();
    let number = if is_english { number::english } else { number::french };
    let count = match found.name("count") {
        Some(words) => {
            let lower = words.as_str().to_lowercase();
            let vague = ["few", "several", "quelques", "plusieurs"].iter().any(|word| lower.contains(word));
            if vague {
                return vaguely(period, after, &unit);
            }
            Some(number(&lower)?)
        }
        None => None,
    };
    if let Some(weekday) = weekday_named(&unit) {
        let day = nth_weekday(period, weekday, after, count.unwrap_or(1))?;
        let part = found.name("part").and_then(|part| part_of_day(&part.as_str().to_lowercase()));
        return Some((part.map_or(Some(day), |part| day.part(part))?, TimeKind::At));
    }
    if found.name("some").is_some() || many && count.is_none() {
        return vaguely(period, after, &unit);
    }
    let sign = if after { 1 } else { -1 };
    if let Some(part) = part_of_day(&unit) {
        return Some((counted_day(period, sign * count.unwrap_or(1))?.part(part)?, TimeKind::At));
    }
    let unit = match unit.as_str() {
        "day" | "jour" | "veille" => Unit::Day,
        "week" | "semaine" => Unit::Week,
        "fortnight" => return beside(period, after, count.unwrap_or(1) * 2, Unit::Week, count.is_some()),
        "month" | "mois" => Unit::Month,
        "year" | "an" | "année" => Unit::Year,
        _ => return weekend(period, after),
    };
    beside(period, after, count.unwrap_or(1), unit, count.is_some())
}

fn part_of_day(word: &str) -> Option<PartOfDay> {
    Some(match word {
        "night" | "nuit" => PartOfDay::Night,
        "evening" | "soir" | "soirée" => PartOfDay::Evening,
        "afternoon" => PartOfDay::Afternoon,
        "morning" | "matin" | "matinée" => PartOfDay::Morning,
        _ => return None,
    })
}

/// The `count`th of a weekday before a time, or after it.
fn nth_weekday(period: &Period, weekday: Weekday, after: bool, count: i64) -> Option<Period> {
    let weeks = (count.clamp(1, 60) - 1) * 7;
    if after {
        let from = shift(last(period)?, 1)?;
        return Period::day(shift(from, i64::from(weekday.since(from.weekday())) + weeks)?);
    }
    let from = shift(period.first(), -1)?;
    Period::day(shift(from, -i64::from(from.weekday().since(weekday)) - weeks)?)
}

/// The `count` units right beside a time, or, where they were `counted` and not "the week before", what is so far away.
fn beside(period: &Period, after: bool, count: i64, unit: Unit, counted: bool) -> Option<(Period, TimeKind)> {
    let sign = if after { 1 } else { -1 };
    if unit == Unit::Day {
        return Some((counted_day(period, sign * count)?, TimeKind::At));
    }
    if counted {
        let from = if after { last(period)? } else { period.first() };
        let from = from.at(12, 0, 0, 0);
        return Some((Period::ago(from, -sign * count, unit)?, TimeKind::Around));
    }
    Some((stretch(period, after, count, unit)?, TimeKind::At))
}

/// The `count` units that end where a time begins, or begin where it ended.
fn stretch(period: &Period, after: bool, count: i64, unit: Unit) -> Option<Period> {
    let count = count.clamp(0, 2_000);
    let (span, precision) = match unit {
        Unit::Week => (Span::new().try_days(7 * count).ok()?, Precision::Week),
        Unit::Month => (Span::new().try_months(count).ok()?, Precision::Month),
        Unit::Year => (Span::new().try_years(count).ok()?, Precision::Year),
        _ => (Span::new().try_days(count).ok()?, Precision::Days),
    };
    if after {
        let first = shift(last(period)?, 1)?;
        Period::days(first, first.checked_add(span).ok()?, precision)
    } else {
        Period::days(period.first().checked_sub(span).ok()?, period.first(), precision)
    }
}

/// "The days before", "a few weeks after": what is nearest is meant most.
fn vaguely(period: &Period, after: bool, unit: &str) -> Option<(Period, TimeKind)> {
    // Only days and parts of them are few enough to say where it ends.
    let days = ["day", "jour", "night", "nuit", "evening", "soir", "morning", "matin", "soirée"];
    if days.contains(&unit) {
        return Some((stretch(period, after, 7, Unit::Day)?, TimeKind::At));
    }
    Some((*period, if after { TimeKind::After } else { TimeKind::Before }))
}

/// The weekend that ended before a time, or began after it.
fn weekend(period: &Period, after: bool) -> Option<(Period, TimeKind)> {
    let date = if after { last(period)? } else { period.first() };
    let own = Period::weekend(date)?;
    let weekend = match after {
        false if own.end.date() <= date => own,
        false => Period::weekend(shift(date, -7)?)?,
        true if own.first() > date => own,
        true => Period::weekend(shift(date, 7)?)?,
    };
    Some((weekend, TimeKind::At))
}

fn in_characters(found: &Captures, period: &Period) -> Option<(Period, TimeKind)> {
    if found.name("beside").is_some() {
        return Some((around(period)?, TimeKind::Around));
    }
    if let Some(same) = found.name("same") {
        let (first, same) = (period.first(), same.as_str());
        let whole = match same {
            same if same.ends_with('末') => Period::weekend(first)?,
            same if same.ends_with('月') => Period::month(first.year(), first.month())?,
            same if same.ends_with(['周', '週', '期', '拜']) => Period::week(first, Weekday::Monday)?,
            same if same.contains('晚') => period.part(PartOfDay::Night)?,
            same if same.contains('早') => period.part(PartOfDay::Morning)?,
            _ => *period,
        };
        return Some((whole, TimeKind::At));
    }
    if let Some(day) = found.name("weekday") {
        let day = "一二三四五六日".find(day.as_str()).unwrap_or("一二三四五六".len()) / "一".len();
        let weekday = Weekday::from_monday_zero_offset(i8::try_from(day).ok()?).ok()?;
        let day = nth_weekday(period, weekday, found.name("weekdayafter").is_some(), 1)?;
        let part = found.name("part").map(|part| match part.as_str() {
            "下午" => PartOfDay::Afternoon,
            "晚上" => PartOfDay::Evening,
            _ => PartOfDay::Morning,
        });
        return Some((part.map_or(Some(day), |part| day.part(part))?, TimeKind::At));
    }
    // "考试头一天" is the day before; "假期头一天" the first one.
    let is_day = matches!(period.precision, Precision::Day);
    if found.name("eve").is_some() || found.name("head").is_some() && is_day {
        return Some((counted_day(period, -1)?, TimeKind::At));
    }
    if found.name("head").is_some() {
        return Some((Period::day(period.first())?, TimeKind::At));
    }
    if found.name("next").is_some() {
        return Some((counted_day(period, 1)?, TimeKind::At));
    }
    let unit = |name: &str| {
        Some(match found.name(name)?.as_str() {
            "周" | "週" | "星期" | "礼拜" | "禮拜" => Unit::Week,
            "月" => Unit::Month,
            "年" => Unit::Year,
            _ => Unit::Day,
        })
    };
    if let Some(far) = found.name("far") {
        let count = number::chinese(far.as_str())?;
        return beside(period, found.name("farafter").is_some(), count, unit("farunit")?, true);
    }
    let after = found.name("after").is_some();
    let unit = unit("unit")?;
    let count = found.name("count").map_or("一", |count| count.as_str());
    // "几天" are up to a week.
    let count = if count.contains(['几', '幾', '数']) { 7 } else { number::chinese(count)? };
    if unit == Unit::Day && count == 1 {
        return Some((counted_day(period, if after { 1 } else { -1 })?, TimeKind::At));
    }
    Some((stretch(period, after, count, unit)?, TimeKind::At))
}

/// The day so many units before the day of `now`: "a year ago today".
pub(crate) fn day_before(now: &jiff::civil::DateTime, count: i64, unit: Unit) -> Option<Period> {
    let date = now.date();
    let count = count.clamp(-2_000, 2_000);
    Period::day(match unit {
        Unit::Day => shift(date, -count)?,
        Unit::Week => shift(date, -7 * count)?,
        Unit::Month => date.checked_sub(Span::new().try_months(count).ok()?).ok()?,
        Unit::Year => date.checked_sub(Span::new().try_years(count).ok()?).ok()?,
        Unit::Decade => date.checked_sub(Span::new().try_years(count * 10).ok()?).ok()?,
        Unit::Minute | Unit::Hour => return None,
    })
}
