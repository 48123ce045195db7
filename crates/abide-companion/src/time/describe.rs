//! Stretches of time put into words of three languages. Must not parse anything.

use jiff::Zoned;
use jiff::civil::{Date, Weekday};

use super::calendar::days_between;
use crate::language::Language;

const ENGLISH_NUMBERS: [&str; 13] =
    ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const FRENCH_NUMBERS: [&str; 13] =
    ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"];
const CHINESE_NUMBERS: [&str; 13] =
    ["零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];
const ENGLISH_MONTHS: [&str; 12] = [
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
const FRENCH_MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// How long before `to` the moment `from` was ("three days ago", "il y a trois jours", "三天前"), or how long after it will be ("in three days"). Days
/// are counted by the calendar of `to`'s zone: what was at 23:00 is "yesterday" at 1:00 once more than six hours lie between.
pub fn describe_gap(from: &Zoned, to: &Zoned, language: Language) -> String {
    let from = from.with_time_zone(to.time_zone().clone());
    let seconds = to.timestamp().duration_since(from.timestamp()).as_secs();
    let past = seconds >= 0;
    let seconds = seconds.unsigned_abs();
    let days = days_between(from.date(), to.date()).unsigned_abs();
    let (count, unit) = match (seconds, days) {
        (0..=59, _) => return now(language),
        (60..=3599, _) => (seconds / 60, Unit::Minute),
        (_, 0) | (..=21_600, _) => (seconds / 3600, Unit::Hour),
        (_, 1..=13) => (days, Unit::Day),
        (_, 14..=59) => (days / 7, Unit::Week),
        (_, 60..=729) => (days * 12 / 365, Unit::Month),
        _ => (days * 100 / 36_525, Unit::Year),
    };
    match (count, unit, past) {
        (1, Unit::Day, true) => ["yesterday", "hier", "昨天"][index(language)].to_owned(),
        (1, Unit::Day, false) => ["tomorrow", "demain", "明天"][index(language)].to_owned(),
        (2, Unit::Day, true) if language != Language::English => {
            ["", "avant-hier", "前天"][index(language)].to_owned()
        }
        (12, Unit::Month, _) => phrase(1, Unit::Year, past, language),
        _ => phrase(count, unit, past, language),
    }
}

fn index(language: Language) -> usize {
    match language {
        Language::English => 0,
        Language::French => 1,
        Language::Chinese => 2,
    }
}

fn now(language: Language) -> String {
    ["just now", "à l'instant", "刚才"][index(language)].to_owned()
}

fn phrase(count: u64, unit: Unit, past: bool, language: Language) -> String {
    let word = |numbers: &[&str; 13]| {
        usize::try_from(count)
            .ok()
            .and_then(|index| numbers.get(index))
            .map_or_else(|| count.to_string(), |word| (*word).to_owned())
    };
    match language {
        Language::English => {
            let unit_name = match unit {
                Unit::Minute => "minute",
                Unit::Hour => "hour",
                Unit::Day => "day",
                Unit::Week => "week",
                Unit::Month => "month",
                Unit::Year => "year",
            };
            let number = match (count, unit) {
                (1, Unit::Hour) => "an".to_owned(),
                (1, _) => "a".to_owned(),
                _ => word(&ENGLISH_NUMBERS),
            };
            let plural = if count == 1 { "" } else { "s" };
            if past {
                format!("{number} {unit_name}{plural} ago")
            } else {
                format!("in {number} {unit_name}{plural}")
            }
        }
        Language::French => {
            let (unit_name, feminine) = match unit {
                Unit::Minute => ("minute", true),
                Unit::Hour => ("heure", true),
                Unit::Day => ("jour", false),
                Unit::Week => ("semaine", true),
                Unit::Month => ("mois", false),
                Unit::Year => ("an", false),
            };
            let number = if count == 1 && feminine { "une".to_owned() } else { word(&FRENCH_NUMBERS) };
            let plural = if count == 1 || unit == Unit::Month { "" } else { "s" };
            let before = if past { "il y a" } else { "dans" };
            format!("{before} {number} {unit_name}{plural}")
        }
        Language::Chinese => {
            let unit_name = match unit {
                Unit::Minute => "分钟",
                Unit::Hour => "个小时",
                Unit::Day => "天",
                Unit::Week => "个星期",
                Unit::Month => "个月",
                Unit::Year => "年",
            };
            format!("{}{unit_name}{}", word(&CHINESE_NUMBERS), if past { "前" } else { "后" })
        }
    }
}

/// A date in full: "May 8, 2023", "8 mai 2023", "2023年5月8日".
pub fn describe_date(date: Date, language: Language) -> String {
    let month = date.month().unsigned_abs() as usize - 1;
    match language {
        Language::English => format!("{} {}, {}", ENGLISH_MONTHS[month], date.day(), date.year()),
        Language::French => {
            let day = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
            format!("{day} {} {}", FRENCH_MONTHS[month], date.year())
        }
        Language::Chinese => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
    }
}

/// The day and time as a sentence for a prompt: "Today is Tuesday, May 9, 2023, 14:05."
pub fn describe_today(now: &Zoned, language: Language) -> String {
    let date = describe_date(now.date(), language);
    let weekday = describe_weekday(now.weekday(), language);
    let (hour, minute) = (now.hour(), now.minute());
    match language {
        Language::English => format!("Today is {weekday}, {date}, {hour:02}:{minute:02}."),
        Language::French => format!("Nous sommes le {weekday} {date}, il est {hour} h {minute:02}."),
        Language::Chinese => format!("今天是{date}，{weekday}，{hour:02}:{minute:02}。"),
    }
}

/// Days of the week from Monday on, in English, French and Chinese.
const WEEKDAYS: [[&str; 7]; 3] = [
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"],
];

/// A day of the week: "Monday", "lundi", "星期一".
pub fn describe_weekday(weekday: Weekday, language: Language) -> &'static str {
    let names = match language {
        Language::English => &WEEKDAYS[0],
        Language::French => &WEEKDAYS[1],
        Language::Chinese => &WEEKDAYS[2],
    };
    names[weekday.to_monday_zero_offset().unsigned_abs() as usize]
}

/// The day of the week that a word names, whatever its case.
pub fn weekday_named(word: &str) -> Option<Weekday> {
    let is_it = |name: &&str| name.eq_ignore_ascii_case(word);
    let place = WEEKDAYS.iter().find_map(|names| names.iter().position(&is_it))?;
    Weekday::from_monday_zero_offset(i8::try_from(place).ok()?).ok()
}
