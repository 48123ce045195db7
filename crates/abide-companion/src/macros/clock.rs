//! The time in words. Must not know where the time comes from.

use jiff::Zoned;

const MONTHS_EN: [&str; 12] = [
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
const MONTHS_FR: [&str; 12] = [
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
/// Days of the week from Monday.
const WEEKDAYS: [[&str; 7]; 3] = [
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"],
];

/// What a macro of time stands for; `None` if it is none.
pub(super) fn tell(name: &str, now: &Zoned, language: &str) -> Option<String> {
    let primary = language.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    let (year, month, day) = (now.year(), now.month(), now.day());
    let month_index = usize::from(month.unsigned_abs()) - 1;
    let weekday = usize::from(now.weekday().to_monday_zero_offset().unsigned_abs());
    Some(match (name, primary.as_str()) {
        ("time" | "isotime", _) => format!("{:02}:{:02}", now.hour(), now.minute()),
        ("isodate", _) => format!("{year:04}-{month:02}-{day:02}"),
        ("date", "fr") => {
            let day = if day == 1 { "1er".to_owned() } else { day.to_string() };
            format!("{day} {} {year}", MONTHS_FR[month_index])
        }
        ("date", "zh") => format!("{year}年{month}月{day}日"),
        ("date", _) => format!("{} {day}, {year}", MONTHS_EN[month_index]),
        ("weekday", "fr") => WEEKDAYS[1][weekday].to_owned(),
        ("weekday", "zh") => WEEKDAYS[2][weekday].to_owned(),
        ("weekday", _) => WEEKDAYS[0][weekday].to_owned(),
        _ => return None,
    })
}
