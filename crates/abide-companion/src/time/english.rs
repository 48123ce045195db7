//! English words for times. Must not know other languages.

use std::sync::LazyLock;

use jiff::civil::Weekday;
use regex::{Captures, Regex};

use super::calendar::{Feast, PartOfDay, Period, Season, Unit, shift};
use super::clock::clock_time;
use super::counted::day_before;
use super::describe::weekday_named;
use super::number;
use super::rule::{Context, Meaning, Of, Rule, Which, feast_rule, group, half_of, nearby, period, rule};

const WEEKDAYS: &str = "(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)";
const MONTHS: &str = r"(?P<month>january|february|march|april|may|june|july|august|september|october|november|december|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)";
const PARTS: &str = "(?P<part>morning|noon|lunchtime|afternoon|evening|night)";
const SEASONS: &str = "(?P<season>spring|summer|autumn|fall|winter)";
const UNITS: &str = "(?P<unit>minute|hour|day|week|fortnight|month|year|decade|min|hr|wk|mth|yr)s?";
const YEAR: &str = r"(?P<year>(?:19|20)\d\d)";
const ORDINAL: &str = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?";
const FEASTS: &str = r"(?P<feast>christmas\s+eve|christmas(?:\s+day)?|xmas|boxing\s+day|new\s+year['’]?s?\s+eve|(?:chinese|lunar)\s+new\s+year|spring\s+festival|new\s+year['’]?s?\s+day|new\s+year['’]?s?|easter\s+monday|easter(?:\s+sunday)?|good\s+friday|halloween|valentine['’]?s(?:\s+day)?|thanksgiving|mother['’]s\s+day|father['’]s\s+day|independence\s+day|4th\s+of\s+july|st\.?\s+patrick['’]s\s+day|mid-autumn(?:\s+festival)?|dragon\s+boat\s+festival)";

pub(crate) static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let mut rules = days();
    rules.extend(counted());
    rules.extend(weeks_and_longer());
    rules.extend(weekdays());
    rules.extend(weekdays_beside());
    rules.extend(nth_weekdays());
    rules.extend(dates());
    rules.extend(days_alone());
    rules.extend(days_of_months());
    rules.extend(months_and_seasons());
    rules.extend(weeks_of_months());
    rules.extend(years());
    rules.extend(ages());
    rules.extend(feasts());
    rules.extend(recurring());
    rules
});

/// So many units ago. From a week on, its middle is meant most; "a few" is anything among them.
fn ago(captures: &Captures, context: &Context, sign: i64) -> Option<Meaning> {
    let (count, unit) = counted_units(captures)?;
    context.away(group(captures, "count"), sign * count, unit)
}

fn with_part(day: Option<Period>, part: &str) -> Option<Meaning> {
    let part = match part.to_lowercase().as_str() {
        "morning" => PartOfDay::Morning,
        "noon" | "lunchtime" => PartOfDay::Noon,
        "afternoon" => PartOfDay::Afternoon,
        "evening" => PartOfDay::Evening,
        "night" => PartOfDay::Night,
        _ => return period(day),
    };
    period(day?.part(part))
}

fn which(text: &str) -> Which {
    let text = text.to_lowercase();
    match text.split_whitespace().last() {
        Some("last" | "past" | "previous") => Which::Last,
        Some("next" | "coming" | "upcoming" | "following") => Which::Next,
        Some("this") => Which::This,
        _ => Which::Lean,
    }
}

fn weekday(captures: &Captures) -> Option<Weekday> {
    weekday_named(group(captures, "weekday"))
}

fn month(captures: &Captures) -> Option<i8> {
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let text = group(captures, "month").to_lowercase();
    let index = names.iter().position(|name| text.starts_with(name))?;
    Some(index as i8 + 1)
}

fn season(captures: &Captures) -> Option<Season> {
    season_of(&group(captures, "season").to_lowercase())
}

fn unit(captures: &Captures) -> Option<Unit> {
    Some(match group(captures, "unit").to_lowercase().as_str() {
        "minute" | "min" => Unit::Minute,
        "hour" | "hr" => Unit::Hour,
        "day" => Unit::Day,
        "week" | "wk" | "fortnight" => Unit::Week,
        "month" | "mth" => Unit::Month,
        "year" | "yr" => Unit::Year,
        "decade" => Unit::Decade,
        _ => return None,
    })
}

/// Count and unit, with halves and fortnights put into what is whole.
fn counted_units(captures: &Captures) -> Option<(i64, Unit)> {
    let unit = unit(captures)?;
    let Some(count) = number::english(group(captures, "count")) else { return half_of(unit) };
    let fortnight = group(captures, "unit").eq_ignore_ascii_case("fortnight");
    Some((if fortnight { count * 2 } else { count }, unit))
}

fn number_of(captures: &Captures, name: &str) -> Option<i16> {
    group(captures, name).parse().ok()
}

/// May, March and August are words of other kinds, too, unless written large.
fn is_written_large(captures: &Captures) -> bool {
    let text = group(captures, "month");
    !["may", "mar", "march", "august", "sep", "dec", "jan", "fall"].contains(&text)
}

fn days() -> Vec<Rule> {
    vec![
        rule(&format!(r"\bthis\s+{PARTS}\b"), |c, x| with_part(x.day(0), group(c, "part"))),
        rule(r"\btoday\b|\bearlier\s+today\b", |_, x| period(x.day(0))),
        rule(r"\b(?:tonight|tonite)\b", |_, x| with_part(x.day(0), "night")),
        rule(r"\blast\s+night\b", |_, x| with_part(x.day(-1), "night")),
        rule(&format!(r"\byesterday(?:\s+{PARTS})?\b"), |c, x| with_part(x.day(-1), group(c, "part"))),
        rule(&format!(r"\b(?:tomorrow|tmrw)(?:\s+{PARTS})?\b"), |c, x| with_part(x.day(1), group(c, "part"))),
        rule(r"\b(?:the\s+)?day\s+before\s+yesterday\b", |_, x| period(x.day(-2))),
        rule(r"\b(?:the\s+)?day\s+after\s+tomorrow\b", |_, x| period(x.day(2))),
        rule(r"\bthe\s+other\s+day\b", |_, x| period(Period::past(x.now, 10, Unit::Day))),
        rule(r"\bat\s+(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>[ap])\.?m\b\.?", |c, x| {
            period(clock_time(c, &x.day(0)?))
        }),
    ]
}

fn counted() -> Vec<Rule> {
    let count = number::ENGLISH;
    vec![
        rule(
            &format!(
                r"\b(?:about\s+|around\s+|almost\s+|over\s+)?(?P<count>{count})\s+{UNITS}\s+(?:ago|back)\b"
            ),
            |c, x| ago(c, x, 1),
        ),
        rule(
            &format!(
                r"\b(?:(?P<exactly>exactly|precisely|just)\s+)?(?P<count>{count})\s+{UNITS}\s+ago(?:,?\s+(?P<today>today|to\s+the\s+(?:very\s+)?day|exactly|on\s+(?:this|the\s+same)\s+(?:very\s+)?day))?\b"
            ),
            |c, x| {
                let to_the_day =
                    c.name("today").is_some() || group(c, "exactly").eq_ignore_ascii_case("exactly");
                let (count, unit) = counted_units(c).filter(|_| to_the_day)?;
                period(day_before(&x.now, count, unit))
            },
        ),
        rule(
            &format!(
                r"\b(?:on\s+)?(?:today|(?:this|the\s+same)\s+(?:very\s+)?(?:day|date)),?\s+(?:(?:in\s+)?(?P<last>last\s+(?P<lastunit>year|month|week))|(?P<count>{count})\s+{UNITS}\s+(?:ago|back))\b"
            ),
            |c, x| {
                let (count, unit) = match group(c, "lastunit").to_lowercase().as_str() {
                    "year" => (1, Unit::Year),
                    "month" => (1, Unit::Month),
                    "week" => (1, Unit::Week),
                    _ => counted_units(c)?,
                };
                period(day_before(&x.now, count, unit))
            },
        ),
        rule(&format!(r"(?P<count>{count})\s+{UNITS}\s+and\s+a\s+half\s+(?:ago|back)"), |c, x| {
            let (count, unit) = counted_units(c)?;
            period(x.and_a_half_ago(count, unit))
        }),
        rule(&format!(r"\b(?P<count>{count})\s+{UNITS}\s+from\s+(?:now|today)\b"), |c, x| ago(c, x, -1)),
        rule(&format!(r"\bin\s+(?:about\s+)?(?P<count>{count})\s+{UNITS}(?:['’]\s+time)?\b"), |c, x| {
            // "In three years I learned …" is a length, not a day.
            if x.is_over {
                return None;
            }
            ago(c, x, -1)
        }),
        rule(&format!(r"\b(?:the|these)\s+(?:past|last)\s+(?:(?P<count>{count})\s+)?{UNITS}\b"), |c, x| {
            let count = c.name("count").map_or(Some(1), |count| number::english(count.as_str()))?;
            period(Period::past(x.now, count, unit(c)?))
        }),
        rule(&format!(r"\b(?:past|last)\s+(?P<count>{count})\s+{UNITS}\b"), |c, x| {
            period(Period::past(x.now, number::english(group(c, "count"))?, unit(c)?))
        }),
    ]
}

fn weeks_and_longer() -> Vec<Rule> {
    const LARGER: &str = "(?P<larger>week|weekend|month|year|decade)";
    fn larger(captures: &Captures, context: &Context, away: i64) -> Option<Meaning> {
        period(match group(captures, "larger").to_lowercase().as_str() {
            "week" => context.week(away),
            "month" => context.month(away),
            "year" => context.year(away),
            "decade" => context.decade(away),
            _ => context.weekend(away),
        })
    }
    vec![
        rule(&format!(r"\b(?:the\s+)?{LARGER}\s+before\s+last\b"), |c, x| larger(c, x, -2)),
        rule(&format!(r"\b(?:the\s+)?{LARGER}\s+after\s+next\b"), |c, x| larger(c, x, 2)),
        rule(&format!(r"\b(?:the\s+)?(?:last|previous)\s+{LARGER}\b"), |c, x| larger(c, x, -1)),
        rule(&format!(r"\bthis\s+{LARGER}\b"), |c, x| larger(c, x, 0)),
        rule(r"\bthis\s+past\s+(?P<larger>week|weekend|month|year)\b", |c, x| larger(c, x, -1)),
        rule(&format!(r"\b(?:the\s+)?(?:next|coming|this\s+coming)\s+{LARGER}\b"), |c, x| larger(c, x, 1)),
        rule(
            r"\b(?:(?:at|around|about)\s+)?(?:this|the\s+same)\s+time\s+(?P<which>last|next)\s+(?P<unit>week|month|year)\b",
            |c, x| {
                let away = if which(group(c, "which")) == Which::Next { 1 } else { -1 };
                period(Period::this_time(x.today(), away, unit(c)?))
            },
        ),
        rule(
            &format!(
                r"\b(?:(?:at|around|about)\s+)?(?:this|the\s+same)\s+time\s+(?P<count>{})\s+{UNITS}\s+ago\b",
                number::ENGLISH
            ),
            |c, x| {
                let (count, unit) = counted_units(c)?;
                period(Period::this_time(x.today(), -count, unit))
            },
        ),
        rule(r"\b(?:on|over|at)\s+(?P<core>the\s+weekend)\b", |_, x| period(x.the_weekend())),
    ]
}

fn weekdays() -> Vec<Rule> {
    vec![
        rule(
            &format!(
                r"\b(?:(?P<which>last|past|this\s+past|this|next|this\s+coming|coming)\s+)?{WEEKDAYS}(?:\s+{PARTS})?\b"
            ),
            |c, x| with_part(x.weekday(which(group(c, "which")), weekday(c)?), group(c, "part")),
        ),
        rule(&format!(r"\b{WEEKDAYS}\s+(?:of\s+)?(?P<which>last|this|next)\s+week\b"), |c, x| {
            period(x.weekday_of_week(which(group(c, "which")).away(), weekday(c)?))
        }),
        rule(&format!(r"\b{WEEKDAYS}\s+before\s+last\b"), |c, x| {
            let last = x.weekday(Which::Last, weekday(c)?)?;
            period(Period::day(shift(last.first(), -7)?))
        }),
    ]
}

/// "Between the 3rd and the 10th of May", "from May 3 to 10", "May 3-10".
fn days_of_months() -> Vec<Rule> {
    const FROM: &str = r"(?:the\s+)?(?P<from>\d{1,2})(?:st|nd|rd|th)?";
    const TO: &str = r"(?:the\s+)?(?P<to>\d{1,2})(?:st|nd|rd|th)?";
    const AND: &str = r"(?:\s*[-–]\s*|\s+(?:and|to|until|till|through)\s+)";
    let days = |pattern: &str| {
        rule(pattern, |c, x| {
            let ends = [number_of(c, "from"), number_of(c, "to")];
            period(x.days_of_month(number_of(c, "year"), month(c)?, ends))
        })
    };
    vec![
        days(&format!(r"\b(?:between|from)\s+{FROM}{AND}{TO}\s+(?:of\s+)?{MONTHS}(?:,?\s+{YEAR})?\b")),
        days(&format!(r"\b(?:between|from)\s+{MONTHS}\s+{FROM}{AND}{TO}(?:,?\s+{YEAR})?\b")),
        days(&format!(r"\b{MONTHS}\s+{FROM}\s*[-–]\s*{TO}(?:,?\s+{YEAR})?\b")),
    ]
}

fn dates() -> Vec<Rule> {
    vec![
        rule(
            &format!(
                r"\b(?:{WEEKDAYS},?\s+)?{MONTHS}\s+(?:the\s+)?{ORDINAL}(?:(?:,\s*|\s+(?:of\s+)?){YEAR})?\b"
            ),
            |c, x| {
                if !is_written_large(c) && number_of(c, "day").is_none() {
                    return None;
                }
                period(x.month_day(number_of(c, "year"), month(c)?, number_of(c, "day")?.try_into().ok()?))
            },
        ),
        rule(
            &format!(r"\b(?:{WEEKDAYS},?\s+)?(?:the\s+)?{ORDINAL}\s+(?:of\s+)?{MONTHS}(?:,?\s+{YEAR})?\b"),
            |c, x| {
                // "2 may" as in "2 may be enough".
                if group(c, "month") == "may" && c.name("year").is_none() && !group(c, "day").is_empty() {
                    let ordinal = c.get(0)?.as_str().contains("th") || c.get(0)?.as_str().contains(" of ");
                    if !ordinal {
                        return None;
                    }
                }
                period(x.month_day(number_of(c, "year"), month(c)?, number_of(c, "day")?.try_into().ok()?))
            },
        ),
        rule(r"\b(?P<year>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<day>\d{1,2})\b", |c, x| {
            let (month, day) = (number_of(c, "m")?, number_of(c, "day")?);
            period(x.month_day(number_of(c, "year"), month.try_into().ok()?, day.try_into().ok()?))
        }),
        rule(
            r"\b(?P<a>\d{1,2})(?P<s1>[/.-])(?P<b>\d{1,2})(?P<s2>[/.-])(?P<year>(?:19|20)\d\d|\d\d)\b",
            |c, x| {
                if group(c, "s1") != group(c, "s2") {
                    return None;
                }
                let (a, b) = (number_of(c, "a")?, number_of(c, "b")?);
                let (a, b) = if group(c, "s1") == "." && b <= 12 { (b, a) } else { (a, b) };
                let year = number_of(c, "year")?;
                let year = match year {
                    0..=49 => 2000 + year,
                    50..=99 => 1900 + year,
                    _ => year,
                };
                period(x.day_and_month(a, b, Some(year)))
            },
        ),
    ]
}

/// What may follow a day that is told by its number alone, which else is that of something: "the 15th floor".
static GOES_ON: LazyLock<Regex> = LazyLock::new(|| {
    nearby(
        r"^\s*(?:$|[^\p{L}\p{N}\s'’/%-]|(?:at|around|about|in|for|with|from|because|since|so|but|when|if|until|before|after|by|now|instead|too|also|i|we|he|she|they|it|you|and\s+(?:i|we|he|she|they|it|you|my|our|the))\b|\d{1,2}(?:[:.]\d{2})?\s*[ap]\.?m\b|\d{1,2}:\d{2}\b)",
    )
});

/// The same where no word before it says that it is a day.
static HOUR_FOLLOWS: LazyLock<Regex> = LazyLock::new(|| {
    nearby(
        r"^,?\s+(?:(?:at|around|about|@)\s+(?:\d|noon|midnight|midday)|\d{1,2}(?:[:.]\d{2})?\s*[ap]\.?m\b|\d{1,2}:\d{2}\b)",
    )
});

/// Days that are told by their numbers alone: "on the 15th", "the 5th of next month", "by 1/15".
fn days_alone() -> Vec<Rule> {
    const NTH: &str = r"(?P<day>\d{1,2})(?:st|nd|rd|th)";
    const WORDS: &str = "(?P<word>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty[- ]first|twenty[- ]second|twenty[- ]third|twenty[- ]fourth|twenty[- ]fifth|twenty[- ]sixth|twenty[- ]seventh|twenty[- ]eighth|twenty[- ]ninth|thirtieth|thirty[- ]first)";
    /// The number of a day, which is also told in words.
    fn day(captures: &Captures) -> Option<i8> {
        let word = group(captures, "word").to_lowercase().replace(' ', "-");
        let in_words = || WORDS.trim_start_matches("(?P<word>").trim_end_matches(')').split('|');
        let place = in_words().position(|known| known.replace("[- ]", "-") == word);
        place.and_then(|place| i8::try_from(place + 1).ok()).or_else(|| group(captures, "day").parse().ok())
    }
    vec![
        rule(
            &format!(
                r"(?:\b(?:on|since|before|after|until|till|by|for|is|be)|['’]s)\s+(?P<core>(?:the\s+)?{NTH})"
            ),
            |c, x| {
                // "On 5th" is an avenue, too, and "he is the 5th" stands in a row.
                period(x.day_of_month(day(c).filter(|_| GOES_ON.is_match(x.rest))?))
            },
        ),
        rule(&format!(r"\bthe\s+(?:{NTH}|{WORDS})"), |c, x| {
            period(x.day_of_month(day(c).filter(|_| HOUR_FOLLOWS.is_match(x.rest))?))
        }),
        rule(
            &format!(
                r"\b(?:the\s+)?(?:{NTH}|{WORDS})\s+(?:of\s+)?(?P<which>this|next|last|the)\s+(?:coming\s+|current\s+)?month\b"
            ),
            |c, x| {
                let first = x.month(which(group(c, "which")).away())?.first();
                period(x.month_day(Some(first.year()), first.month(), day(c)?))
            },
        ),
        rule(
            r"\b(?:(?:on|by|before|after|until|till|since|for)|(?:mon|tues|wednes|thurs|fri|satur|sun)day,?)\s+(?P<core>(?P<a>\d{1,2})/(?P<b>\d{1,2}))",
            |c, x| {
                let is_day = GOES_ON.is_match(x.rest);
                period(x.day_and_month(number_of(c, "a").filter(|_| is_day)?, number_of(c, "b")?, None))
            },
        ),
    ]
}

/// Weekdays that are told by another day or by their number: "Friday the 13th", "a week from Friday".
fn weekdays_beside() -> Vec<Rule> {
    /// The day to come that weeks are counted from.
    fn counted_from(captures: &Captures, context: &Context) -> Option<jiff::civil::Date> {
        let today = context.today();
        match weekday(captures) {
            Some(weekday) => shift(today, 7 - i64::from(today.weekday().since(weekday))),
            None => shift(today, i64::from(group(captures, "day").to_lowercase() != "today")),
        }
    }
    vec![
        rule(
            &format!(
                r"\b(?:(?:this|next|on)\s+)?{WEEKDAYS},?\s+(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)"
            ),
            |c, x| period(x.weekday_and_day(weekday(c)?, number_of(c, "day")?.try_into().ok()?)),
        ),
        rule(
            &format!(
                r"\b(?P<count>{})\s+(?P<unit>day|week|fortnight)s?\s+(?P<from>from|on)\s+(?:this\s+|next\s+)?(?:{WEEKDAYS}|(?P<day>today|tomorrow))\b",
                number::ENGLISH
            ),
            |c, x| {
                // "A week on Friday" is one, "three days on Friday" are none, nor is "for a week on Friday".
                let on = group(c, "from").eq_ignore_ascii_case("on");
                let long = ["for", "in", "of"].iter().any(|word| x.before.trim_end().ends_with(word));
                let (count, unit) = counted_units(c).filter(|(_, unit)| !on || *unit == Unit::Week)?;
                if on && (long || x.is_over) {
                    return None;
                }
                let days = if unit == Unit::Week { count * 7 } else { count };
                period(Period::day(shift(counted_from(c, x)?, days)?))
            },
        ),
        rule(&format!(r"\b(?:{WEEKDAYS}|(?P<day>today|tomorrow))\s+week\b"), |c, x| {
            period(Period::day(shift(counted_from(c, x)?, 7)?))
        }),
        rule(&format!(r"\b(?:the\s+)?{WEEKDAYS}\s+after\s+next\b"), |c, x| {
            period(Period::day(shift(counted_from(c, x)?, 7)?))
        }),
        rule(&format!(r"\b(?P<which>last|this|next)\s+week,?\s+(?:on\s+)?{WEEKDAYS}\b"), |c, x| {
            period(x.weekday_of_week(which(group(c, "which")).away(), weekday(c)?))
        }),
    ]
}

/// "The second Tuesday of May", "the last Friday of the month".
fn nth_weekdays() -> Vec<Rule> {
    const NTH: &str = "(?P<nth>first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th|last)";
    fn nth(captures: &Captures) -> i8 {
        match group(captures, "nth").to_lowercase().as_str() {
            "first" | "1st" => 1,
            "second" | "2nd" => 2,
            "third" | "3rd" => 3,
            "fourth" | "4th" => 4,
            "fifth" | "5th" => 5,
            _ => -1,
        }
    }
    /// "Every first Monday of the month" returns.
    fn once_or_again(day: Option<Period>, context: &Context) -> Option<Meaning> {
        let before = context.before.trim_end().to_lowercase();
        let again = ["every", "each", "every the", "each the"].iter().any(|word| before.ends_with(word));
        day.map(if again { Meaning::Recurring } else { Meaning::Period })
    }
    vec![
        rule(&format!(r"\b(?:the\s+)?{NTH}\s+{WEEKDAYS}\s+(?:of|in)\s+{MONTHS}(?:,?\s+{YEAR})?"), |c, x| {
            let of = Of::Month(month(c)?, number_of(c, "year"));
            once_or_again(x.nth_weekday(nth(c), weekday(c)?, of), x)
        }),
        rule(
            &format!(
                r"\b(?:the\s+)?{NTH}\s+{WEEKDAYS}\s+(?:(?:of|in)\s+)?(?P<which>this|next|last|the|each|every)\s+month\b"
            ),
            |c, x| {
                let of = match group(c, "which").to_lowercase().as_str() {
                    "this" | "next" | "last" => Of::Away(which(group(c, "which")).away()),
                    _ => Of::Nearest,
                };
                let day = x.nth_weekday(nth(c), weekday(c)?, of);
                if ["each", "every"].contains(&group(c, "which")) {
                    return day.map(Meaning::Recurring);
                }
                once_or_again(day, x)
            },
        ),
    ]
}

fn months_and_seasons() -> Vec<Rule> {
    vec![
        rule(
            &format!(
                r"\b(?:(?P<third>early|mid|late|the\s+(?:beginning|start|middle|end)\s+of)[\s-]+)?{MONTHS}(?:\s+of)?,?\s+{YEAR}\b"
            ),
            |c, _| {
                let whole = Period::month(number_of(c, "year")?, month(c)?);
                period(third(whole, group(c, "third")))
            },
        ),
        rule(
            &format!(
                r"\b(?:(?P<which>last|past|this|next)\s+|(?:in|of|since|before|after|until|till|during|by|from|to|between|and)\s+(?P<third>(?:early|mid|late)[\s-]+)?|(?:at\s+)?(?:the\s+)?(?P<third2>early|mid|late|beginning\s+of|start\s+of|middle\s+of|end\s+of)[\s-]+)(?P<core>{MONTHS})"
            ),
            |c, x| {
                let next = x.rest.chars().next();
                if next.is_some_and(|next| next.is_alphanumeric() || next == '\'')
                    || !is_written_large(c) && c.name("which").is_some()
                {
                    return None;
                }
                if group(c, "month") == "may" {
                    return None;
                }
                let whole = x.named_month(which(group(c, "which")), None, month(c)?);
                period(third(whole, &format!("{}{}", group(c, "third"), group(c, "third2"))))
            },
        ),
        rule(
            &format!(
                r"\b(?:(?P<which>last|past|this|next|this\s+past|this\s+coming)\s+{SEASONS}|(?:in|during|over|since|before|after|until|by)\s+(?P<core>(?:the\s+)?{})|the\s+{})\b",
                SEASONS.replace("season", "s2"),
                SEASONS.replace("season", "s3")
            ),
            |c, x| {
                let text =
                    format!("{}{}{}", group(c, "season"), group(c, "s2"), group(c, "s3")).to_lowercase();
                let season = season_of(&text)?;
                if text == "fall" && c.name("which").is_none() || text == "spring" && c.name("s3").is_some() {
                    return None;
                }
                period(x.season(which(group(c, "which")), season))
            },
        ),
        rule(&format!(r"(?:the\s+)?{SEASONS}\s+before\s+last"), |c, x| {
            let season = season(c)?;
            let last = x.season(Which::Last, season)?;
            period(Period::season(last.first().year() - 1, season))
        }),
        rule(&format!(r"\b(?:the\s+)?{SEASONS}(?:\s+of|,)?\s+{YEAR}\b"), |c, _| {
            period(Period::season(number_of(c, "year")?, season(c)?))
        }),
    ]
}

/// "The first week of October".
fn weeks_of_months() -> Vec<Rule> {
    vec![rule(
        &format!(
            r"\b(?:the\s+)?(?P<nth>first|1st|second|2nd|third|3rd|fourth|4th|last)\s+week\s+(?:of|in)\s+{MONTHS}(?:,?\s+(?:of\s+)?{YEAR})?"
        ),
        |c, x| {
            let nth = match group(c, "nth").to_lowercase().as_str() {
                "first" | "1st" => 1,
                "second" | "2nd" => 2,
                "third" | "3rd" => 3,
                "fourth" | "4th" => 4,
                _ => -1,
            };
            period(x.named_month(Which::Lean, number_of(c, "year"), month(c)?)?.nth_week(nth))
        },
    )]
}

fn season_of(text: &str) -> Option<Season> {
    Some(match text {
        "spring" => Season::Spring,
        "summer" => Season::Summer,
        "autumn" | "fall" => Season::Autumn,
        "winter" => Season::Winter,
        _ => return None,
    })
}

fn third(whole: Option<Period>, which: &str) -> Option<Period> {
    let which = which.to_lowercase();
    let whole = whole?;
    match which.trim_matches([' ', '-']) {
        "" => Some(whole),
        text if text.contains("early") || text.contains("beginning") || text.contains("start") => {
            whole.third(0)
        }
        text if text.contains("mid") => whole.third(1),
        _ => whole.third(2),
    }
}

fn years() -> Vec<Rule> {
    vec![
        rule(
            &format!(
                r"(?:\b(?:in|since|before|after|until|till|by|during|of|from|to|between|and|around|year)\s+(?:the\s+year\s+)?|^\s*|[-–—]\s*)(?P<core>(?P<third>(?:early|mid|late|the\s+(?:beginning|start|middle|end)\s+of)[\s-]+)?{YEAR})\b"
            ),
            |c, x| {
                let rest = x.rest.trim_start();
                let counts = [
                    "dollar", "euro", "people", "pound", "km", "mile", "times", "words", "steps", "%",
                    "calor", "hours", "$",
                ];
                let lower = crate::language::head(rest, 16).to_lowercase();
                let digits =
                    x.rest.get(1..).unwrap_or_default().bytes().take_while(u8::is_ascii_digit).count();
                // A decimal or a date goes on; "2019-2021" is two years.
                let decimal = x.rest.starts_with(['.', ',', ':', '-', '/'])
                    && digits > 0
                    && !(x.rest.starts_with('-') && digits == 4);
                if decimal || counts.iter().any(|count| lower.starts_with(count)) {
                    return None;
                }
                let year = number_of(c, "year")?;
                period(third(Period::years(year, year), group(c, "third")))
            },
        ),
        rule(r"\b(?P<third>(?:early|mid|late)[\s-]+)?(?P<year>(?:19|20)\d0)s\b", |c, _| {
            let year = number_of(c, "year")?;
            period(third(Period::years(year, year + 9), group(c, "third")))
        }),
        rule(r"\b(?:the|early|late|mid)[\s-]+['’]?(?P<decade>[2-9]0)['’]?s\b", |c, _| {
            decade(number_of(c, "decade")?)
        }),
        rule(
            r"\bthe\s+(?:(?:early|mid|late)[\s-]+)?(?P<word>twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)\b",
            |c, _| {
                let words = [
                    "twenties",
                    "thirties",
                    "forties",
                    "fifties",
                    "sixties",
                    "seventies",
                    "eighties",
                    "nineties",
                ];
                let index = words.iter().position(|word| group(c, "word").eq_ignore_ascii_case(word))?;
                decade(index as i16 * 10 + 20)
            },
        ),
    ]
}

fn ages() -> Vec<Rule> {
    vec![
        rule(
            &format!(
                r"\b(?:when\s+i\s+was|at\s+the\s+age\s+of|at\s+age|when\s+i\s+turned)\s+(?P<age>{})(?:\s+years?\s+old)?\b",
                number::ENGLISH
            ),
            |c, x| {
                let lower = crate::language::head(x.rest.trim_start(), 12).to_lowercase();
                let age = number::english(group(c, "age"))?;
                // "When I was a nurse".
                if group(c, "age").starts_with(['a', 'A'])
                    || ["day", "week", "month", "minute", "hour"].iter().any(|unit| lower.starts_with(unit))
                {
                    return None;
                }
                let age = i16::try_from(age).ok()?;
                period(x.ages(age, age))
            },
        ),
        rule(
            r"\b(?:when\s+i\s+was|as)\s+a\s+(?:little\s+|small\s+|young\s+)?(?P<child>child|kid|boy|girl|teenager|teen)\b|\b(?:in|during)\s+my\s+(?P<hood>childhood|teens|teenage\s+years|twenties|thirties|forties|fifties)\b",
            |c, x| {
                let text = format!("{}{}", group(c, "child"), group(c, "hood")).to_lowercase();
                let (from, to) = match text.as_str() {
                    "teenager" | "teen" | "teens" | "teenage years" => (13, 19),
                    "twenties" => (20, 29),
                    "thirties" => (30, 39),
                    "forties" => (40, 49),
                    "fifties" => (50, 59),
                    _ => (3, 12),
                };
                period(x.ages(from, to))
            },
        ),
    ]
}

/// The twenties are of this century, all later ones of the last.
fn decade(tens: i16) -> Option<Meaning> {
    let first = if tens == 20 { 2020 } else { 1900 + tens };
    period(Period::years(first, first + 9))
}

fn feasts() -> Vec<Rule> {
    vec![feast_rule(
        &format!(
            r"\b(?:(?P<which>last|this|next|this\s+past)\s+)?{FEASTS}(?:,?\s+(?:of\s+|in\s+)?{YEAR})?\b"
        ),
        |c, x| {
            let name = group(c, "feast").to_lowercase().replace('’', "'");
            let feast = match name.split_whitespace().collect::<Vec<_>>().join(" ").as_str() {
                "christmas eve" => Feast::Fixed(12, 24),
                "christmas" | "christmas day" | "xmas" => Feast::Fixed(12, 25),
                "boxing day" => Feast::Fixed(12, 26),
                "chinese new year" | "lunar new year" | "spring festival" => Feast::LunarNewYear(0),
                "easter" | "easter sunday" => Feast::Easter(0),
                "easter monday" => Feast::Easter(1),
                "good friday" => Feast::Easter(-2),
                "halloween" => Feast::Fixed(10, 31),
                "thanksgiving" => Feast::Weekday(11, 4, Weekday::Thursday),
                "mother's day" => Feast::Weekday(5, 2, Weekday::Sunday),
                "father's day" => Feast::Weekday(6, 3, Weekday::Sunday),
                "independence day" | "4th of july" => Feast::Fixed(7, 4),
                "mid-autumn" | "mid-autumn festival" => Feast::MidAutumn,
                "dragon boat festival" => Feast::DragonBoat,
                text if text.starts_with("valentine") => Feast::Fixed(2, 14),
                text if text.starts_with("st") => Feast::Fixed(3, 17),
                text if text.starts_with("new year") && text.ends_with("eve") => Feast::Fixed(12, 31),
                // "Happy new year" and "a new year" name no day; "before the new year" does.
                "new year" if !is_day_by_words(x.before) => return None,
                text if text.starts_with("new year") => Feast::Fixed(1, 1),
                _ => return None,
            };
            period(x.feast(which(group(c, "which")), number_of(c, "year"), feast))
        },
    )]
}

/// Whether words before "new year" make it the day.
fn is_day_by_words(before: &str) -> bool {
    let lower = crate::language::tail(before, 24).to_lowercase();
    let before = lower.trim_end();
    let before = before.strip_suffix("the").map_or(before, str::trim_end);
    ["before", "after", "since", "until", "till", "around", "to", "at", "over", "by"]
        .iter()
        .any(|word| before.ends_with(word))
}

fn recurring() -> Vec<Rule> {
    vec![
        rule(&format!(r"\b(?:every|each)\s+(?:other\s+|single\s+)?{WEEKDAYS}(?:\s+{PARTS})?\b"), |c, x| {
            x.weekday(Which::Lean, weekday(c)?).map(Meaning::Recurring)
        }),
        rule(&format!(r"\b(?:on\s+)?(?P<core>{WEEKDAYS}s)\b"), |c, x| {
            x.weekday(Which::Lean, weekday(c)?).map(Meaning::Recurring)
        }),
        rule(
            r"\b(?:every|each)\s+(?:other\s+|single\s+)?(?P<unit>day|morning|evening|night|week|weekend|month|year|spring|summer|autumn|fall|winter)\b",
            |c, x| {
                let text = group(c, "unit").to_lowercase();
                let stretch = match text.as_str() {
                    "week" => x.week(0),
                    "weekend" => x.weekend(0),
                    "month" => x.month(0),
                    "year" => x.year(0),
                    text => match season_of(text) {
                        Some(season) => x.season(Which::Lean, season),
                        None => x.day(0),
                    },
                };
                stretch.map(Meaning::Recurring)
            },
        ),
    ]
}
