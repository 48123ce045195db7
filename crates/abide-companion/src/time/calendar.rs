//! Arithmetic of the calendar: spans of days, feasts, lunar dates. Must not know any language's words.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{Span, ToSpan as _};

use super::Precision;

/// A stretch of civil time, from `start` up to and without `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) start: DateTime,
    pub(crate) end: DateTime,
    pub(crate) precision: Precision,
}

/// What is counted in "three … ago".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
    Decade,
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartOfDay {
    Morning,
    Noon,
    Afternoon,
    Evening,
    Night,
}

/// A season, of the northern half of the earth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Season {
    Spring,
    Summer,
    Autumn,
    Winter,
}

/// A feast whose date every year can be worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feast {
    /// The same day of every year: month, day.
    Fixed(i8, i8),
    /// Days after Easter Sunday.
    Easter(i16),
    /// The nth weekday of a month: month, nth (-1: the last), weekday.
    Weekday(i8, i8, Weekday),
    /// First day of the first lunar month, and days after it.
    LunarNewYear(i16),
    /// Fifth day of the fifth lunar month.
    DragonBoat,
    /// Fifteenth day of the eighth lunar month.
    MidAutumn,
}

impl Period {
    /// From a day's midnight to another's.
    pub(crate) fn days(first: Date, after_last: Date, precision: Precision) -> Option<Self> {
        let start = first.to_datetime(Time::midnight());
        let end = after_last.to_datetime(Time::midnight());
        (start < end).then_some(Self { start, end, precision })
    }

    /// One day.
    pub(crate) fn day(date: Date) -> Option<Self> {
        Self::days(date, shift(date, 1)?, Precision::Day)
    }

    /// The week around a date.
    pub(crate) fn week(date: Date, begins: Weekday) -> Option<Self> {
        let first = shift(date, -i64::from(date.weekday().since(begins)))?;
        Self::days(first, shift(first, 7)?, Precision::Week)
    }

    /// The Saturday and Sunday of the week (from Monday) around a date.
    pub(crate) fn weekend(date: Date) -> Option<Self> {
        let monday = shift(date, -i64::from(date.weekday().since(Weekday::Monday)))?;
        Self::days(shift(monday, 5)?, shift(monday, 7)?, Precision::Days)
    }

    /// A calendar month.
    pub(crate) fn month(year: i16, month: i8) -> Option<Self> {
        let first = Date::new(year, month, 1).ok()?;
        Self::days(first, first.checked_add(1.month()).ok()?, Precision::Month)
    }

    /// Calendar years, from the first to the last.
    pub(crate) fn years(first: i16, last: i16) -> Option<Self> {
        let precision = if first == last { Precision::Year } else { Precision::Years };
        let end = Date::new(last.checked_add(1)?, 1, 1).ok()?;
        Self::days(Date::new(first, 1, 1).ok()?, end, precision)
    }

    /// A season by calendar months; the winter of a year begins in its December.
    pub(crate) fn season(year: i16, season: Season) -> Option<Self> {
        let month = match season {
            Season::Spring => 3,
            Season::Summer => 6,
            Season::Autumn => 9,
            Season::Winter => 12,
        };
        let first = Date::new(year, month, 1).ok()?;
        Self::days(first, first.checked_add(3.months()).ok()?, Precision::Season)
    }

    /// Its first day.
    pub(crate) fn first(&self) -> Date {
        self.start.date()
    }

    /// A part of its first day. The night goes on to six in the morning.
    pub(crate) fn part(&self, part: PartOfDay) -> Option<Self> {
        let (from, hours) = match part {
            PartOfDay::Morning => (5, 7),
            PartOfDay::Noon => (11, 3),
            PartOfDay::Afternoon => (12, 6),
            PartOfDay::Evening => (17, 7),
            PartOfDay::Night => (20, 10),
        };
        let start = self.first().at(from, 0, 0, 0);
        let end = start.checked_add(hours.hours()).ok()?;
        Some(Self { start, end, precision: Precision::PartOfDay })
    }

    /// A minute of its first day; `None` where there is no such time.
    pub(crate) fn at(&self, hour: i8, minute: i8) -> Option<Self> {
        let start = self.first().to_datetime(Time::new(hour, minute, 0, 0).ok()?);
        Some(Self { start, end: start.checked_add(1.minute()).ok()?, precision: Precision::Minute })
    }

    /// Its first, middle or last third, for "early", "mid" and "late".
    pub(crate) fn third(&self, which: u8) -> Option<Self> {
        let days = days_between(self.first(), self.end.date());
        let cut = |third: i64| shift(self.first(), days * third / 3);
        Self::days(cut(i64::from(which))?, cut(i64::from(which) + 1)?, self.precision)
    }

    /// The time that "`count` `unit`s ago" (or from now, with a negative count) means: exact for minutes to days, and the more
    /// blurred the larger the unit, as people mean it: three days either way for weeks, half a month for months, half a
    /// year for years.
    pub(crate) fn ago(now: DateTime, count: i64, unit: Unit) -> Option<Self> {
        let count = (-count).clamp(-20_000, 20_000);
        let date = now.date();
        let blurred = |centre: Date, days: i64, precision| {
            Self::days(shift(centre, -days)?, shift(centre, days + 1)?, precision)
        };
        match unit {
            Unit::Minute | Unit::Hour => {
                let span = if unit == Unit::Hour { count.hours() } else { count.minutes() };
                let start = now.checked_add(span).ok()?;
                let blur = if unit == Unit::Hour { 30.minutes() } else { 1.minute() };
                let (start, end) = (start.checked_sub(blur).ok()?, start.checked_add(blur).ok()?);
                Some(Self { start, end, precision: Precision::Minute })
            }
            Unit::Day => Self::day(shift(date, count)?),
            Unit::Week => blurred(shift(date, count * 7)?, 3, Precision::Week),
            Unit::Month => blurred(date.checked_add(months(count)?).ok()?, 15, Precision::Month),
            Unit::Year => blurred(date.checked_add(months(count * 12)?).ok()?, 182, Precision::Year),
            Unit::Decade => blurred(date.checked_add(months(count * 120)?).ok()?, 730, Precision::Years),
        }
    }

    /// The days around the one so many days ago, `blur` either way.
    pub(crate) fn past_days(today: Date, ago: i64, blur: i64, precision: Precision) -> Option<Self> {
        let centre = shift(today, -ago)?;
        Self::days(shift(centre, -blur)?, shift(centre, blur + 1)?, precision)
    }

    /// The nth week of a stretch, counted from its first day; the last seven days for -1.
    pub(crate) fn nth_week(&self, nth: i64) -> Option<Self> {
        let first = if nth < 0 { shift(self.end.date(), -7)? } else { shift(self.first(), (nth - 1) * 7)? };
        let after = shift(first, 7)?.min(self.end.date());
        Self::days(first, after, Precision::Week)
    }

    /// The days around this one in another week, month or year: "this time last year".
    pub(crate) fn this_time(today: Date, count: i64, unit: Unit) -> Option<Self> {
        let count = count.clamp(-2_000, 2_000);
        let (centre, blur) = match unit {
            Unit::Week => (shift(today, count * 7)?, 1),
            Unit::Month => (today.checked_add(months(count)?).ok()?, 4),
            Unit::Year => (today.checked_add(months(count * 12)?).ok()?, 10),
            Unit::Minute | Unit::Hour | Unit::Day | Unit::Decade => return None,
        };
        Self::days(shift(centre, -blur)?, shift(centre, blur + 1)?, Precision::Week)
    }

    /// The time from `count` `unit`s ago up to now.
    pub(crate) fn past(now: DateTime, count: i64, unit: Unit) -> Option<Self> {
        let count = count.clamp(0, 20_000);
        let (span, precision) = match unit {
            Unit::Minute => (count.minutes(), Precision::Minute),
            Unit::Hour => (count.hours(), Precision::Minute),
            Unit::Day => (count.days(), Precision::Days),
            Unit::Week => ((count * 7).days(), Precision::Days),
            Unit::Month => (months(count)?, Precision::Days),
            Unit::Year => (months(count * 12)?, Precision::Years),
            Unit::Decade => (months(count * 120)?, Precision::Years),
        };
        let start = now.checked_sub(span).ok()?;
        let end = now.checked_add(1.second()).ok()?;
        if matches!(unit, Unit::Minute | Unit::Hour) {
            return Some(Self { start, end, precision });
        }
        Some(Self { start: start.date().to_datetime(Time::midnight()), end, precision })
    }
}

fn months(count: i64) -> Option<Span> {
    Span::new().try_months(count).ok()
}

/// The date so many days later; `None` beyond the calendar.
pub(crate) fn shift(date: Date, days: i64) -> Option<Date> {
    date.checked_add(Span::new().try_days(days).ok()?).ok()
}

/// Whole days from one date to another.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    let seconds = to.to_datetime(Time::midnight()).duration_since(from.to_datetime(Time::midnight()));
    seconds.as_secs() / 86_400
}

/// The day of a month and day in a year; February 29 is February 28 where there is none.
pub(crate) fn yearly(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok().or_else(|| {
        let leap = month == 2 && day == 29;
        if leap { Date::new(year, 2, 28).ok() } else { None }
    })
}

/// First year of the lunar tables.
const LUNAR_FIRST_YEAR: i16 = 1950;

/// Days from January 20 to the lunar new year, for each year from 1950.
const LUNAR_NEW_YEAR: &[u8] = &[
    28, 17, 7, 25, 14, 4, 23, 11, 29, 19, 8, 26, 16, 5, 24, 13, 1, 20, 10, 28, 17, 7, 26, 14, 3, 22, 11, 29,
    18, 8, 27, 16, 5, 24, 13, 31, 20, 9, 28, 17, 7, 26, 15, 3, 21, 11, 30, 18, 8, 27, 16, 4, 23, 12, 2, 20,
    9, 29, 18, 6, 25, 14, 3, 21, 11, 30, 19, 8, 27, 16, 5, 23, 12, 2, 21, 9, 28, 17, 6, 24, 14, 3, 22, 11,
    30, 19, 8, 26, 15, 4, 23, 12, 2, 21, 10, 28, 17, 6, 25, 13, 3,
];

/// Days from May 27 to the dragon boat festival, for each year from 1950.
const DRAGON_BOAT: &[u8] = &[
    23, 13, 1, 19, 9, 28, 17, 6, 25, 14, 2, 21, 10, 29, 18, 8, 27, 16, 4, 23, 12, 1, 19, 9, 28, 18, 6, 25,
    14, 3, 21, 10, 29, 19, 8, 26, 15, 4, 22, 12, 1, 20, 9, 28, 17, 6, 24, 13, 3, 22, 10, 29, 19, 8, 26, 15,
    4, 23, 12, 1, 20, 10, 27, 16, 6, 24, 13, 3, 22, 11, 29, 18, 7, 26, 14, 4, 23, 13, 1, 20, 9, 28, 16, 5,
    24, 14, 3, 22, 11, 0, 18, 7, 26, 15, 4, 23, 12, 2, 19, 8, 27,
];

/// Days from September 6 to the mid-autumn festival, for each year from 1950.
const MID_AUTUMN: &[u8] = &[
    20, 9, 27, 16, 5, 24, 13, 2, 21, 11, 29, 18, 7, 26, 14, 4, 23, 12, 30, 20, 9, 27, 16, 5, 24, 14, 2, 21,
    11, 29, 17, 6, 25, 15, 4, 23, 12, 31, 19, 8, 27, 16, 5, 24, 14, 3, 21, 10, 29, 18, 6, 25, 15, 5, 22, 12,
    30, 19, 8, 27, 16, 6, 24, 13, 2, 21, 9, 28, 18, 7, 25, 15, 4, 23, 11, 30, 19, 9, 27, 16, 6, 25, 13, 2,
    21, 10, 28, 18, 7, 26, 14, 4, 22, 11, 29, 19, 9, 28, 16, 5, 24,
];

fn lunar(table: &[u8], year: i16, month: i8, day: i8) -> Option<Date> {
    let index = usize::try_from(year.checked_sub(LUNAR_FIRST_YEAR)?).ok()?;
    shift(Date::new(year, month, day).ok()?, i64::from(*table.get(index)?))
}

impl Feast {
    /// Its day in a year of the common calendar; `None` outside the lunar tables (1950 to 2050).
    pub(crate) fn in_year(self, year: i16) -> Option<Date> {
        match self {
            Self::Fixed(month, day) => Date::new(year, month, day).ok(),
            Self::Easter(after) => shift(easter(year)?, i64::from(after)),
            Self::Weekday(month, nth, weekday) => {
                Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()
            }
            Self::LunarNewYear(after) => shift(lunar(LUNAR_NEW_YEAR, year, 1, 20)?, i64::from(after)),
            Self::DragonBoat => lunar(DRAGON_BOAT, year, 5, 27),
            Self::MidAutumn => lunar(MID_AUTUMN, year, 9, 6),
        }
    }
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876, as Meeus gives it).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    if y < 1583 {
        return None;
    }
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(n / 31).ok()?, i8::try_from(n % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn feasts_fall_on_published_days() {
        let table = [
            (Feast::Easter(0), date(2024, 3, 31)),
            (Feast::Easter(0), date(2025, 4, 20)),
            (Feast::Easter(-2), date(2023, 4, 7)),
            (Feast::LunarNewYear(0), date(2024, 2, 10)),
            (Feast::LunarNewYear(-1), date(2023, 1, 21)),
            (Feast::LunarNewYear(0), date(2026, 2, 17)),
            (Feast::LunarNewYear(0), date(1985, 2, 20)),
            (Feast::DragonBoat, date(2024, 6, 10)),
            (Feast::MidAutumn, date(2023, 9, 29)),
            (Feast::MidAutumn, date(1978, 9, 17)),
            (Feast::Weekday(11, 4, Weekday::Thursday), date(2023, 11, 23)),
        ];
        for (feast, day) in table {
            assert_eq!(feast.in_year(day.year()), Some(day), "{feast:?}");
        }
        assert_eq!(Feast::LunarNewYear(0).in_year(1949), None);
        assert_eq!(LUNAR_NEW_YEAR.len(), 101);
        assert_eq!((DRAGON_BOAT.len(), MID_AUTUMN.len()), (101, 101));
    }

    #[test]
    fn the_larger_the_unit_the_more_is_meant() {
        let now = date(2023, 6, 15).at(12, 0, 0, 0);
        let day = Period::ago(now, 3, Unit::Day).unwrap();
        assert_eq!(day, Period::day(date(2023, 6, 12)).unwrap());
        let week = Period::ago(now, 2, Unit::Week).unwrap();
        assert_eq!((week.first(), week.end.date()), (date(2023, 5, 29), date(2023, 6, 5)));
        assert!(Period::ago(now, i64::MAX, Unit::Decade).is_none());
    }
}
