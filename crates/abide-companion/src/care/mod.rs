//! What care says by itself so far: that this is software. Must not know prompts, stores or who shows it.
//!
//! Where care looks at a turn is fixed already: before the prompt is planned, at each sentence of a reply before it is shown, and after the
//! reply was kept (the trait `TurnCare` of [`crate::companion`]). Breaks, limits and help in a crisis hook in there.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::language::Language;

/// The hour at which a day's talk begins anew: who talks past midnight is still in the same day.
pub const DAY_BEGINS_HOUR: i64 = 4;

/// The kind of the notice that a companion is software.
pub const SOFTWARE: &str = "software";
/// The kind of the notice that something that was known is so no longer, because the user asked for it.
pub const FORGOTTEN: &str = "forgotten";
/// The kind of the notice that the user asked to forget something, and is to choose what.
pub const FORGET: &str = "forget";
/// The kind of the notice that something was not learned, because the user pinned or corrected what it would change.
pub const KEPT: &str = "fact_conflict";

/// What the notice says after the companion's name.
fn is_software(language: Language) -> &'static str {
    match language {
        Language::English => " is software, not a person. It can be wrong, and it feels nothing.",
        Language::French => " est un logiciel, pas une personne. Il peut se tromper et ne ressent rien.",
        Language::Chinese => "是软件，不是真人。它可能出错，也没有感受。",
    }
}

/// The notice that a companion is software, in words for the user.
pub fn software_notice(companion: &str, language: Language) -> String {
    format!("{companion}{}", is_software(language))
}

/// What the notice says behind what is forgotten.
fn is_forgotten(language: Language) -> &'static str {
    match language {
        Language::English => {
            "” is no longer known. Say it again to take that back; the words that told it stay until they are deleted."
        }
        Language::French => {
            " » n'est plus connu. Redites-le pour revenir en arrière ; les mots qui l'ont dit restent jusqu'à leur suppression."
        }
        Language::Chinese => "”已不再记得。再说一遍就会重新记住；原来的话在删除之前仍然保留。",
    }
}

/// The notice that a fact, a sentence, is no longer known.
pub fn forgotten_notice(fact: &str, language: Language) -> String {
    let open = if language == Language::French { "« " } else { "“" };
    format!("{open}{fact}{}", is_forgotten(language))
}

/// What the notice says behind what may be forgotten.
fn is_not_forgotten(language: Language) -> &'static str {
    match language {
        Language::English => {
            ": nothing is forgotten yet. Look in the memory for what has to do with it, and choose what is deleted."
        }
        Language::French => {
            " : rien n'est encore oublié. Cherchez dans la mémoire ce qui s'y rapporte, et choisissez ce qui est supprimé."
        }
        Language::Chinese => "：还没有忘记任何内容。请在记忆中查看相关内容，并选择要删除的部分。",
    }
}

/// The notice that the user is to choose what is forgotten. `what`: in their words; may be empty.
pub fn forget_notice(what: &str, language: Language) -> String {
    let that = match language {
        Language::English => "that",
        Language::French => "cela",
        Language::Chinese => "这件事",
    };
    format!("{}{}", if what.is_empty() { that } else { what }, is_not_forgotten(language))
}

/// What the notice says behind what is kept.
fn is_kept(language: Language) -> &'static str {
    match language {
        Language::English => "” stays as it is until you change it in the memory.",
        Language::French => " » reste tel quel jusqu'à ce que vous le changiez dans la mémoire.",
        Language::Chinese => "”会保持不变，直到您在记忆中修改它。",
    }
}

/// The notice that a fact, a sentence, was not learned, because the user pinned or corrected another, `kept`.
pub fn kept_notice(fact: &str, kept: &str, language: Language) -> String {
    let begins = match language {
        Language::English => format!("Not learned: “{fact}” You pinned or corrected what is known: “{kept}"),
        Language::French => {
            format!("Non retenu : « {fact} » Vous avez épinglé ou corrigé ce qui est connu : « {kept}")
        }
        Language::Chinese => format!("没有记下：“{fact}”您固定或更正过已知的内容：“{kept}"),
    };
    begins + is_kept(language)
}

/// A notice as the beginning of a reply, for programs that show nothing but replies.
pub fn before_text(notice: &str) -> String {
    format!("*{notice}*\n\n")
}

/// A reply without the notices that [`before_text`] put before it, however many and long: they are told by how they end.
pub fn without_notice(reply: &str) -> &str {
    let mut rest = reply;
    while let Some(next) = without_first_notice(rest) {
        rest = next;
    }
    rest
}

fn without_first_notice(reply: &str) -> Option<&str> {
    let noticed = reply.trim_start().strip_prefix('*')?;
    let ends_notice = |before: &str| {
        let all = [is_software, is_forgotten, is_not_forgotten, is_kept];
        Language::ALL.iter().any(|language| all.iter().any(|words| before.ends_with(words(*language))))
    };
    let (end, _) = noticed.match_indices('*').find(|(at, _)| ends_notice(&noticed[..*at]))?;
    Some(noticed[end + 1..].trim_start())
}

/// Whether the notice stands before what is said now: it does at the first talk ever and at the first of each day, by the clock of `zone`. A
/// clock that was set back shows it again rather than never.
pub fn notice_due(last: Option<Timestamp>, now: Timestamp, zone: &TimeZone) -> bool {
    let day = |time: Timestamp| {
        let civil = zone.to_datetime(time);
        civil.checked_sub(DAY_BEGINS_HOUR.hours()).unwrap_or(civil).date()
    };
    last.is_none_or(|last| day(last) != day(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notice_comes_once_a_day() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let due = |last: &str, now: &str| notice_due(Some(at(last)), at(now), &zone);
        assert!(notice_due(None, at("2023-05-09T08:00Z"), &zone));
        assert!(!due("2023-05-09T08:00Z", "2023-05-09T21:00Z"));
        // Past midnight where the user is, but before four.
        assert!(!due("2023-05-09T20:00Z", "2023-05-10T00:30Z"));
        assert!(due("2023-05-09T20:00Z", "2023-05-10T02:30Z"));
        assert!(due("2023-05-10T12:00Z", "2023-05-09T12:00Z"));
        assert!(notice_due(Some(Timestamp::MIN), Timestamp::MAX, &zone));
    }

    #[test]
    fn the_notice_names_the_companion() {
        for language in Language::ALL {
            assert!(software_notice("Mira", language).starts_with("Mira"));
        }
    }

    #[test]
    fn a_reply_is_the_same_without_its_notice() {
        for language in Language::ALL {
            let notice = before_text(&software_notice("Mira *the* 1st", language));
            for reply in ["Hello, Jo.", "*waves* Hello!", "", "你好\n\n*"] {
                assert_eq!(without_notice(&format!("{notice}{reply}")), reply);
                assert_eq!(without_notice(reply), reply);
                // Clients set blanks as they like.
                assert_eq!(without_notice(&format!(" {} {reply}", notice.trim_end())), reply);
            }
        }
        let several = [
            software_notice("Mira", Language::English),
            forgotten_notice("Jo likes *jazz*.", Language::French),
            kept_notice("Jo lives in Turku.", "I live in Ghent", Language::English),
            kept_notice("Jo habite à Turku.", "J'habite à Gand.", Language::French),
            kept_notice("Jo住在图尔库。", "我住在根特", Language::Chinese),
            forget_notice("", Language::Chinese),
        ];
        let before: String = several.iter().map(|notice| before_text(notice)).collect();
        assert_eq!(without_notice(&format!("{before}Hello, Jo.")), "Hello, Jo.");
        let many = before.repeat(9);
        assert_eq!(without_notice(&format!("{many}*waves* Hello.")), "*waves* Hello.");
        let harbour = "I live in Porto, ".to_owned() + &"near the *old* harbour ".repeat(200);
        let long = before_text(&kept_notice(&harbour, &harbour, Language::English));
        assert_eq!(without_notice(&format!("{long}{long}Hello, Jo.")), "Hello, Jo.");
        let said = "*Mira is software, not a person.* Is she?";
        assert_eq!(without_notice(said), said);
        assert_eq!(without_notice(&"*".repeat(3000)), "*".repeat(3000));
    }
}
