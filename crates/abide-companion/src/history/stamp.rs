//! Times as other services write them. Must not know what was said at them.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    fmt::temporal::{Pieces, PiecesOffset},
    tz::{Offset, TimeZone},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::dates::Words;
use crate::{
    time::{Anchors, Leaning, parse_leaning},
    transcript::TimeCertainty,
};

/// Seconds since 1970 in a text that are taken for a time: those of 1973.
const EPOCH_SECONDS_MIN: f64 = 1e8;

/// Which number of `5/12/2023` is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// Worked out from the file; the day comes first where it doesn't tell.
    #[default]
    Auto,
    /// The fifth of December.
    DayFirst,
    /// The twelfth of May.
    MonthFirst,
}

/// A time with what is known about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) time: Timestamp,
    /// The zone that it was written in, in seconds east of Greenwich.
    pub(super) offset_seconds: Option<i32>,
    pub(super) certainty: TimeCertainty,
}

impl Stamp {
    fn exact(time: Timestamp) -> Self {
        Self { time, offset_seconds: None, certainty: TimeCertainty::Exact }
    }
}

/// What is needed to read a time that does not say everything.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    /// The zone of times that name none.
    pub(super) zone: TimeZone,
    /// Which number is the day.
    pub(super) order: DateOrder,
    /// What "yesterday" is the day before: when the file was written.
    pub(super) written: Timestamp,
}

impl Clock {
    /// Reads a number or a text.
    pub(super) fn value(&self, value: &Value) -> Option<Stamp> {
        match value {
            Value::Number(number) => {
                number.as_u64().and_then(|number| self.digits(number)).or_else(|| epoch(number.as_f64()?))
            }
            Value::String(text) => self.text(text),
            _ => None,
        }
    }

    /// Reads a text.
    pub(super) fn text(&self, text: &str) -> Option<Stamp> {
        let text = text.trim();
        if text.is_empty() || text.len() > 100 {
            return None;
        }
        if let Ok(number) = text.parse::<f64>() {
            // Nobody writes a time of the first years after 1970, but a year alone, or a count.
            return text
                .parse::<u64>()
                .ok()
                .and_then(|number| self.digits(number))
                .or_else(|| epoch(Some(number).filter(|number| *number >= EPOCH_SECONDS_MIN)?));
        }
        self.iso(text)
            .or_else(|| humanised(text))
            .or_else(|| self.written_out(text))
            .or_else(|| self.relative(text))
    }

    /// `20230619`, and `20230619142005`.
    fn digits(&self, number: u64) -> Option<Stamp> {
        let (day, time) = match number {
            19_000_101..=21_001_231 => (number, None),
            19_000_101_000_000..=21_001_231_235_959 => (number / 1_000_000, Some(number % 1_000_000)),
            _ => return None,
        };
        let small = |number: u64| i8::try_from(number % 100).ok();
        let date = Date::new(i16::try_from(day / 10_000).ok()?, small(day / 100)?, small(day)?).ok()?;
        let Some(time) = time else {
            return self.local(date.to_datetime(Time::midnight()), TimeCertainty::Approximate);
        };
        let time = Time::new(small(time / 10_000)?, small(time / 100)?, small(time)?, 0).ok()?;
        self.local(date.to_datetime(time), TimeCertainty::Exact)
    }

    fn iso(&self, text: &str) -> Option<Stamp> {
        let pieces = Pieces::parse(text).ok()?;
        let local = pieces.date().to_datetime(pieces.time().unwrap_or_default());
        let certainty =
            if pieces.time().is_some() { TimeCertainty::Exact } else { TimeCertainty::Approximate };
        match pieces.offset() {
            Some(PiecesOffset::Zulu) => {
                let time = TimeZone::UTC.to_timestamp(local).ok()?;
                Some(Stamp { time, offset_seconds: Some(0), certainty })
            }
            Some(PiecesOffset::Numeric(numeric)) => {
                let offset = numeric.offset();
                let time = offset.to_timestamp(local).ok()?;
                Some(Stamp { time, offset_seconds: Some(offset.seconds()), certainty })
            }
            _ => self.local(local, certainty),
        }
    }

    fn local(&self, local: DateTime, certainty: TimeCertainty) -> Option<Stamp> {
        let time = self.zone.to_timestamp(local).ok()?;
        Some(Stamp { time, offset_seconds: Some(self.zone.to_offset(time).seconds()), certainty })
    }

    /// `June 19, 2023 2:20pm`, `Mon, 19 Jun 2023 14:20:05 GMT`, `19 juin 2023 14:20`, `12/05/2023, 14:03`, `2023年5月12日 下午2:03`. A word that
    /// nobody knows may be a zone or a part of the day, so the time with it is no more than approximate.
    fn written_out(&self, text: &str) -> Option<Stamp> {
        let words = Words::of(text);
        let date = words.date(self.order)?;
        let (time, certainty) = match words.time() {
            Some(time) if words.is_understood() => (time, TimeCertainty::Exact),
            Some(time) => (time, TimeCertainty::Approximate),
            None if words.has_no_clock() => (Time::midnight(), TimeCertainty::Approximate),
            None => return None,
        };
        let local = date.to_datetime(time);
        let Some(seconds) = words.offset_seconds() else { return self.local(local, certainty) };
        let time = Offset::from_seconds(seconds).ok()?.to_timestamp(local).ok()?;
        Some(Stamp { time, offset_seconds: Some(seconds), certainty })
    }

    /// `Yesterday`, `Last Sunday`, `Sunday 10:32 PM`, `3 days ago`, measured from when the file was written. Nothing else may stand beside it: a date in
    /// a language that nobody here knows is not its year.
    fn relative(&self, text: &str) -> Option<Stamp> {
        let written = self.written.to_zoned(self.zone.clone());
        let found = parse_leaning(text, &written, &Anchors::default(), Some(Leaning::Past));
        let expression = found.first()?;
        let rest = format!("{} {}", &text[..expression.range.start], &text[expression.range.end..]);
        let beside = Words::of(&rest);
        if !beside.is_time_alone() {
            return None;
        }
        let stretch = expression.stretch(&self.zone)?;
        let day = |time: Time| self.zone.to_timestamp(expression.first_day().to_datetime(time)).ok();
        let time = match Words::of(text).time() {
            Some(time) => day(time)?,
            // Noon of a day, and the beginning of what is longer or shorter.
            None if stretch.end.duration_since(stretch.start).as_hours().abs_diff(24) <= 1 => {
                day(Time::constant(12, 0, 0, 0))?
            }
            None => stretch.start,
        };
        let offset_seconds = Some(self.zone.to_offset(time).seconds());
        Some(Stamp { time, offset_seconds, certainty: TimeCertainty::Approximate })
    }
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size.
fn epoch(number: f64) -> Option<Stamp> {
    if !number.is_finite() || number <= 0.0 {
        return None;
    }
    let seconds = match number {
        small if small < 1e11 => small,
        milliseconds if milliseconds < 1e14 => milliseconds / 1e3,
        microseconds if microseconds < 1e17 => microseconds / 1e6,
        nanoseconds => nanoseconds / 1e9,
    };
    // A microsecond is what an f64 of seconds can tell.
    let time = Timestamp::from_microsecond((seconds * 1e6).round() as i64).ok()?;
    Some(Stamp::exact(time))
}

/// SillyTavern's `2024-7-12 @01h 31m 37s 123ms` and `2024-07-12@01h31m37s`, which are in UTC.
fn humanised(text: &str) -> Option<Stamp> {
    let (date, time) = text.split_once('@')?;
    let mut date = date.trim().split('-').map(|number| number.parse::<i16>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let mut parts = [0_i32; 4];
    let mut digits = String::new();
    let mut unit = String::new();
    for character in time.chars().chain([' ', '0']) {
        if character.is_ascii_digit() {
            if !unit.is_empty() {
                let slot = ["h", "m", "s", "ms"].iter().position(|known| *known == unit)?;
                parts[slot] = digits.parse().ok()?;
                digits.clear();
                unit.clear();
            }
            digits.push(character);
        } else if character.is_alphabetic() {
            unit.push(character);
        }
    }
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let small = |part: i32| i8::try_from(part).ok();
    let time =
        Time::new(small(parts[0])?, small(parts[1])?, small(parts[2])?, parts[3].checked_mul(1_000_000)?)
            .ok()?;
    let time = TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok()?;
    Some(Stamp { time, offset_seconds: Some(0), certainty: TimeCertainty::Exact })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clock(order: DateOrder) -> Clock {
        // A Wednesday.
        let written = "2024-05-15T18:00:00Z".parse().unwrap();
        Clock { zone: TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC), order, written }
    }

    fn read(text: &str) -> Option<(String, TimeCertainty)> {
        clock(DateOrder::Auto).text(text).map(|stamp| (stamp.time.to_string(), stamp.certainty))
    }

    #[test]
    fn services_write_time_in_many_ways() {
        let exact = [
            ("2023-06-19T14:20:05.123Z", "2023-06-19T14:20:05.123Z"),
            ("2025-03-30T04:49:36.505000+08:00", "2025-03-29T20:49:36.505Z"),
            ("2023-06-19 14:20:05", "2023-06-19T12:20:05Z"),
            ("1687184405", "2023-06-19T14:20:05Z"),
            ("1687184405123", "2023-06-19T14:20:05.123Z"),
            ("2023-6-9 @01h 31m 37s 123ms", "2023-06-09T01:31:37.123Z"),
            ("2023-06-09@01h31m37s", "2023-06-09T01:31:37Z"),
            ("June 19, 2023 2:20pm", "2023-06-19T12:20:00Z"),
            ("19 juin 2023 à 14:20", "2023-06-19T12:20:00Z"),
            ("12/05/2023, 14:03", "2023-05-12T12:03:00Z"),
            ("13.05.23, 14:03:59", "2023-05-13T12:03:59Z"),
            ("5/25/23, 9:03 PM", "2023-05-25T19:03:00Z"),
            ("2023年5月12日 下午2:03", "2023-05-12T12:03:00Z"),
            ("2023/5/12 12:00 AM", "2023-05-11T22:00:00Z"),
            ("Mon, 19 Jun 2023 14:20:05 GMT", "2023-06-19T14:20:05Z"),
            ("Mon, 19 Jun 2023 14:20:05 -0400", "2023-06-19T18:20:05Z"),
            ("Mon Jun 19 2023 14:20:05 GMT+0200 (CEST)", "2023-06-19T12:20:05Z"),
            ("2023-06-19 14:20:05 UTC", "2023-06-19T14:20:05Z"),
            ("2023-06-19 14:20:05 +02:00", "2023-06-19T12:20:05Z"),
            ("2023-06-19 14:20 EST", "2023-06-19T19:20:00Z"),
            ("June 19, 2023 at 12:20 p.m.", "2023-06-19T10:20:00Z"),
            ("2023年6月19日 晚上8:30", "2023-06-19T18:30:00Z"),
            ("2023年6月19日 凌晨2:20", "2023-06-19T00:20:00Z"),
            ("2023年6月19日星期一 中午12:20", "2023-06-19T10:20:00Z"),
            ("2023年6月19日 14时20分05秒", "2023-06-19T12:20:05Z"),
            ("2023年6月19日 午後2:20", "2023-06-19T12:20:00Z"),
            ("2023/06/19(月) 午前9:20", "2023-06-19T07:20:00Z"),
            ("2023년 6월 19일 오후 2:20", "2023-06-19T12:20:00Z"),
            ("19 de junio de 2023 14:20", "2023-06-19T12:20:00Z"),
            ("lunedì 19 giugno 2023 alle ore 14:20", "2023-06-19T12:20:00Z"),
            ("Am 19. März 2023 um 12:20 Uhr", "2023-03-19T11:20:00Z"),
            ("19 июня 2023 г. в 14:20", "2023-06-19T12:20:00Z"),
            ("mar. 20 juin 2023 14:20", "2023-06-20T12:20:00Z"),
            ("19 juin 2023 à 14h20", "2023-06-19T12:20:00Z"),
            ("19 de junho de 2023 às 14:20", "2023-06-19T12:20:00Z"),
            ("19 czerwca 2023 14:20", "2023-06-19T12:20:00Z"),
            ("20230619142005", "2023-06-19T12:20:05Z"),
        ];
        for (text, expected) in exact {
            assert_eq!(read(text), Some((expected.to_owned(), TimeCertainty::Exact)), "{text}");
        }
    }

    #[test]
    fn what_is_relative_is_approximate() {
        let relative = [
            ("Last Sunday", "2024-05-12T10:00:00Z"),
            ("Wednesday", "2024-05-08T10:00:00Z"),
            ("Yesterday 10:32 PM", "2024-05-14T20:32:00Z"),
            ("today", "2024-05-15T10:00:00Z"),
            ("3 days ago", "2024-05-12T10:00:00Z"),
            ("昨天 22:32", "2024-05-14T20:32:00Z"),
            ("2023-06-19", "2023-06-18T22:00:00Z"),
            ("20230619", "2023-06-18T22:00:00Z"),
            // What a word says that nobody knows, is in doubt.
            ("19 June 2023 14:20 QXT", "2023-06-19T12:20:00Z"),
        ];
        for (text, expected) in relative {
            assert_eq!(read(text), Some((expected.to_owned(), TimeCertainty::Approximate)), "{text}");
        }
    }

    #[test]
    fn the_order_of_day_and_month_is_the_users() {
        let stamp = clock(DateOrder::MonthFirst).text("12/05/2023, 14:03").unwrap();
        assert_eq!(stamp.time.to_string(), "2023-12-05T13:03:00Z");
        assert_eq!(stamp.offset_seconds, Some(3_600));
    }

    #[test]
    fn no_time_is_no_time() {
        let none = ["", "hello", "0", "-5", "99:99", "45/45/2023, 14:03", "1e300", "the 5th", "2023"];
        let unknown = ["19 Heinäkuu 2023 14:20", "the 19 of 2023 14:20"];
        for text in none.into_iter().chain(unknown) {
            assert_eq!(read(text), None, "{text}");
        }
        let number = |number: u64| clock(DateOrder::Auto).value(&number.into());
        assert_eq!(number(20_230_619).unwrap().certainty, TimeCertainty::Approximate);
        assert_eq!(number(1_687_184_405).unwrap().time.as_second(), 1_687_184_405);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(text in "\\PC{0,40}") {
            read(&text);
        }

        #[test]
        fn date_like_text_is_read_or_not(text in "[0-9@hms/:.年月日 -]{0,30}(am|pm|ago|days|May)?") {
            read(&text);
        }
    }
}
