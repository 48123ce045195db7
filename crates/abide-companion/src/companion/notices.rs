//! What a prompt says about today: the date, how long ago the last talk was, which dates that were told are near. Must not know budgets.

use jiff::Zoned;

use super::error::CompanionResult;
use super::planning::Request;
use super::topics::avoided;
use crate::language::Language;
use crate::prompt::{PersonaTexts, Wording, fill};
use crate::time::{Due, KnownDate, KnownDateKind, describe_date, describe_gap, describe_today, due};

/// Minutes of silence from which on the last talk is mentioned.
const GAP_MINUTES: i64 = 60;
/// Days before a date (and, of what comes once, after it) on which it is mentioned.
const DAYS_NEAR: u16 = 7;
/// Dates that are mentioned at most, the nearest ones.
const DATES_MAX: usize = 3;

/// The lines.
pub(super) fn lines(
    request: &Request<'_>,
    now: &Zoned,
    texts: &PersonaTexts,
) -> CompanionResult<Vec<String>> {
    let Request { shared, companion, question, .. } = *request;
    let language = Language::from_tag(&texts.language).unwrap_or_default();
    let mut lines = vec![describe_today(now, language)];
    if let Some(last) = shared.store.newest_time(companion, Some(question.id), now.timestamp())?
        && now.timestamp().duration_since(last).as_mins() >= GAP_MINUTES
    {
        let gap = describe_gap(&last.to_zoned(now.time_zone().clone()), now, language);
        lines.push(last_talk(&gap, language));
    }
    let avoided = avoided(shared, companion)?;
    if !avoided.is_empty() {
        lines.push(fill(Wording::of(&texts.language).avoided, &texts.char_name, &texts.user_name));
    }
    let dates: Vec<KnownDate> = shared.knowledge(companion)?.anchors.dates().cloned().collect();
    let near = due(&dates, now.date(), DAYS_NEAR);
    if !near.is_empty() {
        let told = near.iter().map(|due| near_date(due, &texts.user_name, language));
        lines.extend(told.filter(|line| avoided.topic_of(line).is_none()).take(DATES_MAX));
    }
    Ok(lines)
}

fn last_talk(gap: &str, language: Language) -> String {
    match language {
        Language::English => format!("The last talk was {gap}."),
        Language::French => format!("La dernière conversation a eu lieu {gap}."),
        Language::Chinese => format!("上次谈话是在{gap}。"),
    }
}

/// How near dates are told; what stands in braces is filled in.
struct Words {
    /// Of the user or somebody by name, and of somebody by what they are to the user.
    birthday: [&'static str; 2],
    anniversary: [&'static str; 2],
    /// With a word for its name, and with more.
    labelled: [&'static str; 2],
    once: &'static str,
    today: &'static str,
    tomorrow: &'static str,
    yesterday: &'static str,
    ahead: &'static str,
    over: &'static str,
    /// Of the first time, and of later ones.
    count: [&'static str; 2],
    whole: &'static str,
}

const ENGLISH: Words = Words {
    birthday: ["{whose}'s birthday", "the birthday of {user}'s {whose}"],
    anniversary: ["{whose}'s anniversary", "the anniversary of {user}'s {whose}"],
    labelled: ["the {label} anniversary", "the anniversary of “{label}”"],
    once: "“{label}”",
    today: "is today",
    tomorrow: "is tomorrow",
    yesterday: "was yesterday",
    ahead: "is in {days} days, on {date}",
    over: "was {days} days ago, on {date}",
    count: [" (number {years})"; 2],
    whole: "Near: {what} {when}{count}.",
};
const FRENCH: Words = Words {
    birthday: ["l'anniversaire de {whose}", "l'anniversaire ({whose} de {user})"],
    anniversary: ["l'anniversaire de {whose}", "l'anniversaire ({whose} de {user})"],
    labelled: ["l'anniversaire de {label}", "l'anniversaire (« {label} »)"],
    once: "« {label} »",
    today: "c'est aujourd'hui",
    tomorrow: "c'est demain",
    yesterday: "c'était hier",
    ahead: "c'est dans {days} jours, le {date}",
    over: "c'était il y a {days} jours, le {date}",
    count: [" (le 1er)", " (le {years}e)"],
    whole: "À noter : {what}, {when}{count}.",
};
const CHINESE: Words = Words {
    birthday: ["{whose}的生日", "{user}的{whose}的生日"],
    anniversary: ["{whose}的纪念日", "{user}的{whose}的纪念日"],
    labelled: ["{label}纪念日", "“{label}”的纪念日"],
    once: "“{label}”",
    today: "就是今天",
    tomorrow: "就是明天",
    yesterday: "是昨天",
    ahead: "在{days}天后，{date}",
    over: "是{days}天前，{date}",
    count: ["（第{years}个）"; 2],
    whole: "临近的日子：{what}{when}{count}。",
};

/// "Near: Jo's birthday is in 3 days, on March 4, 2024 (number 34).", and the like.
fn near_date(due: &Due, user: &str, language: Language) -> String {
    let words = match language {
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
        Language::Chinese => &CHINESE,
    };
    let Due { date, on, days_away, years } = due;
    // Somebody's name begins with a capital letter, what they are to the user does not.
    let whose = date.whose.as_deref().unwrap_or(user);
    let is_relation = date.whose.is_some() && whose.starts_with(char::is_lowercase);
    let what = match date.kind {
        KnownDateKind::Birthday => words.birthday[usize::from(is_relation)],
        KnownDateKind::Anniversary if date.label.is_empty() => words.anniversary[usize::from(is_relation)],
        KnownDateKind::Anniversary => words.labelled[usize::from(date.label.contains(' '))],
        KnownDateKind::Yearly | KnownDateKind::Once => words.once,
    };
    let what = what.replace("{user}", user).replace("{whose}", whose).replace("{label}", &date.label);
    let when = match days_away {
        0 => words.today,
        1 => words.tomorrow,
        -1 => words.yesterday,
        2.. => words.ahead,
        _ => words.over,
    };
    let days = days_away.unsigned_abs().to_string();
    let when = when.replace("{days}", &days).replace("{date}", &describe_date(*on, language));
    let count =
        years.map(|years| words.count[usize::from(years != 1)].replace("{years}", &years.to_string()));
    words
        .whole
        .replace("{when}", &when)
        .replace("{count}", &count.unwrap_or_default())
        .replace("{what}", &what)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn near_dates_are_put_into_words() {
        let known = |kind, whose: Option<&str>, label: &str| KnownDate {
            label: label.to_owned(),
            kind,
            whose: whose.map(str::to_owned),
            also: Vec::new(),
            year: Some(1990),
            month: 3,
            day: 4,
        };
        let told = |known: KnownDate, days_away, language| {
            let due = Due { date: known, on: date(2024, 3, 4), days_away, years: Some(34) };
            near_date(&due, "Jo", language)
        };
        let birthday = known(KnownDateKind::Birthday, None, "");
        assert_eq!(
            told(birthday.clone(), 3, Language::English),
            "Near: Jo's birthday is in 3 days, on March 4, 2024 (number 34)."
        );
        assert_eq!(
            told(birthday.clone(), 0, Language::French),
            "À noter : l'anniversaire de Jo, c'est aujourd'hui (le 34e)."
        );
        assert_eq!(told(birthday, 1, Language::Chinese), "临近的日子：Jo的生日就是明天（第34个）。");
        let mother = known(KnownDateKind::Birthday, Some("mother"), "");
        assert_eq!(
            told(mother, -1, Language::English),
            "Near: the birthday of Jo's mother was yesterday (number 34)."
        );
        let wedding = known(KnownDateKind::Anniversary, None, "wedding");
        assert_eq!(
            told(wedding, 1, Language::English),
            "Near: the wedding anniversary is tomorrow (number 34)."
        );
        let wedding = known(KnownDateKind::Anniversary, None, "mariage");
        assert_eq!(
            told(wedding, 1, Language::French),
            "À noter : l'anniversaire de mariage, c'est demain (le 34e)."
        );
        let dentist = known(KnownDateKind::Once, None, "dentist");
        assert_eq!(
            told(dentist, -2, Language::English),
            "Near: “dentist” was 2 days ago, on March 4, 2024 (number 34)."
        );
    }
}
