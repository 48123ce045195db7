//! Times as other services write them. Must not know what was said at them.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    fmt::temporal::{Pieces, PiecesOffset},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    time::{Anchors, Leaning, parse_leaning},
    transcript::TimeCertainty,
};

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
            Value::Number(number) => number.as_f64().and_then(epoch),
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
            return epoch(number);
        }
        self.iso(text)
            .or_else(|| humanised(text))
            .or_else(|| self.written_out(text))
            .or_else(|| self.relative(text))
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

    /// `June 19, 2023 2:20pm`, `19 juin 2023 14:20`, `12/05/2023, 14:03`, `2023年5月12日 下午2:03`.
    fn written_out(&self, text: &str) -> Option<Stamp> {
        let words = Words::of(text);
        let date = words.date(self.order)?;
        match words.time() {
            Some(time) => self.local(date.to_datetime(time), TimeCertainty::Exact),
            None if words.clock.is_empty() => {
                self.local(date.to_datetime(Time::midnight()), TimeCertainty::Approximate)
            }
            None => None,
        }
    }

    /// `Yesterday`, `Last Sunday`, `Sunday 10:32 PM`, `3 days ago`, measured from when the file was written.
    fn relative(&self, text: &str) -> Option<Stamp> {
        let written = self.written.to_zoned(self.zone.clone());
        let found = parse_leaning(text, &written, &Anchors::default(), Some(Leaning::Past));
        let expression = found.first()?;
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

/// The numbers and words of a date.
struct Words {
    /// Numbers that are no part of a time of day, with the length that they were written in.
    numbers: Vec<i64>,
    /// Hours, minutes and seconds.
    clock: Vec<i64>,
    /// Words in small letters.
    names: Vec<String>,
    year_first: bool,
}

impl Words {
    fn of(text: &str) -> Self {
        let mut words = Self { numbers: Vec::new(), clock: Vec::new(), names: Vec::new(), year_first: false };
        let characters: Vec<char> = text.chars().collect();
        let mut at = 0;
        while let Some(&character) = characters.get(at) {
            let class = Class::of(character);
            let mut end = at + 1;
            while characters.get(end).is_some_and(|next| Class::of(*next) == class && class != Class::Other) {
                end += 1;
            }
            let run: String = characters[at..end].iter().collect();
            match class {
                Class::Digit => {
                    let before = at.checked_sub(1).map(|index| characters[index]);
                    let after = characters.get(end).copied();
                    words.number(&run, before, after);
                }
                Class::Latin => words.names.push(run.to_lowercase()),
                Class::Ideograph => words.ideographs(&run),
                Class::Other => {}
            }
            at = end;
        }
        words
    }

    fn number(&mut self, run: &str, before: Option<char>, after: Option<char>) {
        let Ok(number) = run.parse::<i64>() else { return };
        let is_colon = |character: Option<char>| matches!(character, Some(':' | '：'));
        let continues = !self.clock.is_empty() && matches!(before, Some('.'));
        if is_colon(before) || is_colon(after) || continues {
            // Fractions of a second are dropped.
            if self.clock.len() < 3 {
                self.clock.push(number);
            }
            return;
        }
        if self.numbers.is_empty() && run.len() == 4 {
            self.year_first = true;
        }
        self.numbers.push(number);
    }

    fn ideographs(&mut self, run: &str) {
        for known in ["上午", "下午"] {
            if run.contains(known) {
                self.names.push(known.to_owned());
            }
        }
    }

    fn month(&self) -> Option<i8> {
        self.names.iter().find_map(|name| month(name))
    }

    fn date(&self, order: DateOrder) -> Option<Date> {
        let (year, month, day) = match (self.month(), self.numbers.as_slice()) {
            (Some(month), [day, year]) if *day <= 31 => (*year, i64::from(month), *day),
            (Some(month), [year, day]) => (*year, i64::from(month), *day),
            (None, [year, month, day]) if self.year_first => (*year, *month, *day),
            (None, [first, second, year]) => match order {
                DateOrder::MonthFirst if *first <= 12 => (*year, *first, *second),
                _ if *second <= 12 => (*year, *second, *first),
                _ => (*year, *first, *second),
            },
            _ => return None,
        };
        let year = if year < 100 { year + 2_000 } else { year };
        Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }

    fn time(&self) -> Option<Time> {
        let [hour, minute, rest @ ..] = self.clock.as_slice() else { return None };
        let has = |wanted: &[&str]| self.names.iter().any(|name| wanted.contains(&name.as_str()));
        let hour = match *hour {
            12 if has(&["am", "a", "上午"]) => 0,
            hour @ 1..=11 if has(&["pm", "p", "下午"]) => hour + 12,
            hour => hour,
        };
        let second = rest.first().copied().unwrap_or(0);
        Time::new(i8::try_from(hour).ok()?, i8::try_from(*minute).ok()?, i8::try_from(second).ok()?, 0).ok()
    }
}

/// What a run of characters is made of.
#[derive(PartialEq, Eq)]
enum Class {
    Digit,
    Latin,
    Ideograph,
    Other,
}

impl Class {
    fn of(character: char) -> Self {
        match character {
            digit if digit.is_ascii_digit() => Self::Digit,
            '\u{4E00}'..='\u{9FFF}' => Self::Ideograph,
            letter if letter.is_alphabetic() => Self::Latin,
            _ => Self::Other,
        }
    }
}

fn month(name: &str) -> Option<i8> {
    const MONTHS: [&[&str]; 12] = [
        &["january", "jan", "janvier", "janv"],
        &["february", "feb", "février", "févr", "fevrier"],
        &["march", "mar", "mars"],
        &["april", "apr", "avril", "avr"],
        &["may", "mai"],
        &["june", "jun", "juin"],
        &["july", "jul", "juillet", "juil"],
        &["august", "aug", "août", "aout"],
        &["september", "sep", "sept", "septembre"],
        &["october", "oct", "octobre"],
        &["november", "nov", "novembre"],
        &["december", "dec", "décembre", "déc", "decembre"],
    ];
    MONTHS.iter().zip(1..).find(|(names, _)| names.contains(&name)).map(|(_, number)| number)
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
        for text in ["", "hello", "0", "-5", "99:99", "45/45/2023, 14:03", "1e300", "the 5th", "2023"] {
            // A bare number counts as seconds.
            assert!(read(text).is_none() || text == "2023", "{text}");
        }
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
