//! The date and time that templates may write into a prompt. Must not know time zones' names or rules:
//! the caller says how far from UTC it is.

use std::{
    fmt::Write as _,
    time::{SystemTime, UNIX_EPOCH},
};

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// Seconds that are representable: years 0 to 9999.
const SECONDS: std::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_300_799;

/// A moment as a wall clock shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WallClock {
    year: i64,
    /// 1 to 12.
    month: usize,
    /// 1 to 31.
    day: i64,
    /// 1 to 366.
    day_of_year: i64,
    /// 0 is Sunday.
    weekday: usize,
    hour: i64,
    minute: i64,
    second: i64,
}

impl WallClock {
    /// The moment `seconds` after 1970-01-01 00:00 UTC, as shown where clocks are `offset` seconds
    /// ahead of UTC. What lies outside the years 0 to 9999 becomes the nearest moment in them.
    pub fn from_unix(seconds: i64, offset: i32) -> Self {
        let seconds = seconds.saturating_add(i64::from(offset)).clamp(*SECONDS.start(), *SECONDS.end());
        let (days, second_of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = civil_from_days(days);
        Self {
            year,
            month,
            day,
            day_of_year: days - days_from_new_year(year) + 1,
            weekday: (days + 4).rem_euclid(7) as usize,
            hour: second_of_day / 3600,
            minute: second_of_day / 60 % 60,
            second: second_of_day % 60,
        }
    }

    /// Now, in UTC.
    pub fn now_utc() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self::from_unix(i64::try_from(since).unwrap_or(i64::MAX), 0)
    }

    /// The text that Python's `strftime` makes in the C locale. `%-d` and the like leave leading zeros
    /// out; a directive that is not known stays as it is.
    pub fn format(&self, format: &str) -> String {
        let mut text = String::with_capacity(format.len() + 16);
        let mut rest = format.chars();
        while let Some(character) = rest.next() {
            if character != '%' {
                text.push(character);
                continue;
            }
            let mut directive = rest.next();
            let padded = directive != Some('-');
            if !padded {
                directive = rest.next();
            }
            match directive {
                Some(directive) => self.write_directive(&mut text, directive, padded),
                None => text.push_str(if padded { "%" } else { "%-" }),
            }
        }
        text
    }

    fn write_directive(&self, text: &mut String, directive: char, padded: bool) {
        let (number, width) = match directive {
            'Y' => (self.year, 4),
            'y' => (self.year % 100, 2),
            'm' => (self.month as i64, 2),
            'd' => (self.day, 2),
            'H' => (self.hour, 2),
            'I' => ((self.hour + 11) % 12 + 1, 2),
            'M' => (self.minute, 2),
            'S' => (self.second, 2),
            'j' => (self.day_of_year, 3),
            'e' => return text.push_str(&format!("{:2}", self.day)),
            'w' => return text.push_str(&self.weekday.to_string()),
            'B' => return text.push_str(MONTHS[self.month - 1]),
            'b' | 'h' => return text.push_str(&MONTHS[self.month - 1][..3]),
            'A' => return text.push_str(DAYS[self.weekday]),
            'a' => return text.push_str(&DAYS[self.weekday][..3]),
            'p' => return text.push_str(if self.hour < 12 { "AM" } else { "PM" }),
            'F' => return text.push_str(&self.format("%Y-%m-%d")),
            'T' => return text.push_str(&self.format("%H:%M:%S")),
            'D' => return text.push_str(&self.format("%m/%d/%y")),
            'R' => return text.push_str(&self.format("%H:%M")),
            '%' => return text.push('%'),
            other => {
                text.push_str(if padded { "%" } else { "%-" });
                return text.push(other);
            }
        };
        let width = if padded { width } else { 1 };
        let _ = write!(text, "{number:0width$}");
    }
}

/// Year, month and day of a day counted from 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level
/// Date Algorithms").
fn civil_from_days(days: i64) -> (i64, usize, i64) {
    // Years begin in March here, so that the leap day is a year's last.
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as usize, day)
}

/// The first of January, counted from 1970-01-01.
fn days_from_new_year(year: i64) -> i64 {
    let before = year - 1;
    before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400) - 719_162
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_as_python_does() {
        // Each line was computed by Python's datetime.
        let format = "%Y-%m-%d %H:%M:%S %a %A %b %B %j %I%p %-d/%-m %y %w %%";
        let cases = [
            (0, "1970-01-01 00:00:00 Thu Thursday Jan January 001 12AM 1/1 70 4 %"),
            (951_782_400, "2000-02-29 00:00:00 Tue Tuesday Feb February 060 12AM 29/2 00 2 %"),
            (1_735_689_599, "2024-12-31 23:59:59 Tue Tuesday Dec December 366 11PM 31/12 24 2 %"),
            (-1, "1969-12-31 23:59:59 Wed Wednesday Dec December 365 11PM 31/12 69 3 %"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(WallClock::from_unix(seconds, 0).format(format), expected);
        }
    }

    #[test]
    fn offset_moves_the_day_and_extremes_do_not_panic() {
        assert_eq!(WallClock::from_unix(82_800, 7200).format("%F %R"), "1970-01-02 01:00");
        for seconds in [i64::MIN, i64::MAX] {
            assert!(!WallClock::from_unix(seconds, i32::MAX).format("%F %T %A %B %j %e %Q %-").is_empty());
        }
    }
}
