//! The time in words. Must not know where the time comes from.

use jiff::Zoned;

use crate::language::Language;
use crate::time::{describe_date, describe_weekday};

/// What a macro of time stands for; `None` if it is none.
pub(super) fn tell(name: &str, now: &Zoned, language: &str) -> Option<String> {
    let language = Language::from_tag(language).unwrap_or_default();
    Some(match name {
        "time" | "isotime" => now.strftime("%H:%M").to_string(),
        "isodate" => now.strftime("%Y-%m-%d").to_string(),
        "date" => describe_date(now.date(), language),
        "weekday" => describe_weekday(now.weekday(), language).to_owned(),
        _ => return None,
    })
}
