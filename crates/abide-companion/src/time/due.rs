//! Which of the known dates are near: birthdays, anniversaries, promises. Must not know where dates are kept.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::{days_between, yearly};
use super::{KnownDate, KnownDateKind};

/// A known date that is near.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Which.
    pub date: KnownDate,
    /// The day on which it falls this time.
    pub on: Date,
    /// Days from today; 0 is today, less than 0 is over.
    pub days_away: i64,
    /// How many years it is then; `None` for what comes once, where no year is known, and in the first year.
    pub years: Option<i16>,
}

/// The dates that fall within `window_days` from today on, today included, nearest first. What comes once and is over by up to `window_days` is told, too, so that one can
/// ask how it went. February 29 falls on February 28 in other years.
pub fn due(dates: &[KnownDate], today: Date, window_days: u16) -> Vec<Due> {
    let window = i64::from(window_days);
    let mut found: Vec<Due> = dates
        .iter()
        .filter_map(|date| {
            let (on, earliest) = match date.kind {
                KnownDateKind::Once => (Date::new(date.year?, date.month, date.day).ok()?, -window),
                KnownDateKind::Birthday | KnownDateKind::Anniversary | KnownDateKind::Yearly => {
                    let of_year = |year: i16| yearly(year, date.month, date.day);
                    let next = of_year(today.year()).filter(|on| *on >= today);
                    (next.or_else(|| of_year(today.year().checked_add(1)?))?, 0)
                }
            };
            let days_away = days_between(today, on);
            if days_away < earliest || days_away > window {
                return None;
            }
            let counted = date.year.filter(|_| date.kind != KnownDateKind::Once);
            let years = counted.and_then(|year| on.year().checked_sub(year)).filter(|years| *years > 0);
            Some(Due { date: date.clone(), on, days_away, years })
        })
        .collect();
    found.sort_by_key(|due| (due.days_away.abs(), due.days_away));
    found
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn known(kind: KnownDateKind, year: Option<i16>, month: i8, day: i8) -> KnownDate {
        KnownDate { label: "x".to_owned(), kind, whose: None, also: Vec::new(), year, month, day }
    }

    #[test]
    fn what_is_near_is_due() {
        let dates = [
            known(KnownDateKind::Birthday, Some(1990), 1, 3),
            known(KnownDateKind::Anniversary, None, 12, 30),
            known(KnownDateKind::Once, Some(2023), 12, 25),
            known(KnownDateKind::Once, Some(2022), 12, 30),
            known(KnownDateKind::Birthday, Some(2023), 12, 31),
            known(KnownDateKind::Birthday, Some(1980), 6, 1),
            known(KnownDateKind::Once, None, 12, 30),
        ];
        let due = due(&dates, date(2023, 12, 30), 7);
        let got: Vec<_> = due.iter().map(|due| (due.on, due.days_away, due.years)).collect();
        let expected = [
            (date(2023, 12, 30), 0, None),
            (date(2023, 12, 31), 1, None),
            (date(2024, 1, 3), 4, Some(34)),
            (date(2023, 12, 25), -5, None),
        ];
        assert_eq!(got, expected);
    }

    #[test]
    fn leap_days_fall_on_the_28th() {
        let leap = [known(KnownDateKind::Birthday, Some(2000), 2, 29)];
        assert_eq!(due(&leap, date(2023, 2, 28), 0)[0].years, Some(23));
        assert_eq!(due(&leap, date(2024, 2, 28), 0), []);
        assert_eq!(due(&leap, date(2024, 2, 29), 0)[0].years, Some(24));
    }
}
