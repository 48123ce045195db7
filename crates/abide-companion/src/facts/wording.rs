//! The grammar of facts' sentences: what agrees with a value, and what the user is called in them. Must not know patterns.

use std::borrow::Cow;

use crate::language::Language;

/// What stands for the user where no name is known, at the beginning of a sentence and within one.
const USER: [(Language, &[&str]); 3] = [
    (Language::English, &["The user", "the user"]),
    (Language::French, &["L'utilisateur", "l'utilisateur", "L’utilisateur", "l’utilisateur"]),
    (Language::Chinese, &["用户"]),
];

/// A template whose article agrees with the value: "an engineer".
pub(super) fn template<'t>(template: &'t str, value: &str, language: Language) -> Cow<'t, str> {
    let vowel = value.starts_with(|first: char| "aeioAEIO".contains(first)) || value.starts_with("ER ");
    match language {
        Language::English if vowel => Cow::Owned(template.replace(" a {value}", " an {value}")),
        Language::French if is_elided_before(value) => {
            Cow::Owned(template.replace(" de {value}", " d'{value}").replace(" que {value}", " qu'{value}"))
        }
        _ => Cow::Borrowed(template),
    }
}

/// A sentence with a capital letter where it begins and none where it names the user (`user`) later on; French words elided before the name.
pub(super) fn agreed(text: String, user: &str, is_name: bool, language: Language) -> String {
    let Some(place) = text.find(user) else { return text };
    let (before, behind) = (&text[..place], &text[place + user.len()..]);
    if before.is_empty() {
        return text;
    }
    let mut text = if is_name {
        format!("{}{user}{behind}", elided(before, user, language))
    } else {
        let mut letters = user.chars();
        let first = letters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
        format!("{before}{first}{}{behind}", letters.as_str())
    };
    if let Some(first) = text.chars().next().filter(|first| first.is_lowercase()) {
        text.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    text
}

/// Words whose h is not silent.
const ASPIRATED: &[&str] = &[
    "hache",
    "haie",
    "haine",
    "hall",
    "halte",
    "hamac",
    "hameau",
    "hamster",
    "hanche",
    "hand",
    "handicap",
    "hangar",
    "hanneton",
    "haras",
    "harcèlement",
    "harem",
    "hareng",
    "haricot",
    "harpe",
    "hasard",
    "hausse",
    "haut",
    "havre",
    "hérisson",
    "hernie",
    "héron",
    "héros",
    "hêtre",
    "heurt",
    "hibou",
    "hockey",
    "hollande",
    "homard",
    "hongrie",
    "honte",
    "hors",
    "hotte",
    "houle",
    "housse",
    "huit",
    "hurl",
    "hutte",
    "hyène",
];

/// Whether French elides what stands before a word: "d'araignées", "d'hôpital", but "de haricots".
fn is_elided_before(word: &str) -> bool {
    let lower = word.to_lowercase();
    let silent = lower.starts_with('h') && !ASPIRATED.iter().any(|begins| lower.starts_with(begins));
    // "De onze heures", "de yaourts".
    silent
        || lower.starts_with(|first: char| "aeiouàâæéèêëîïôœûù".contains(first)) && !lower.starts_with("onz")
}

/// What stands before a name: "d'Anna", "qu'Anna".
fn elided<'b>(before: &'b str, name: &str, language: Language) -> Cow<'b, str> {
    let vowel = name.starts_with(|first: char| "aeiouyàâéèêëîïôûAEIOUYÀÂÉÈÊËÎÏÔÛ".contains(first));
    let whole = before.strip_suffix("e ").filter(|_| vowel && language == Language::French);
    match whole.filter(|whole| whole.ends_with(" d") || whole.ends_with(" qu") || *whole == "D") {
        Some(whole) => Cow::Owned(format!("{whole}'")),
        None => Cow::Borrowed(before),
    }
}

/// A fact's sentence with the user's `name` in the place of "the user", so that a prompt calls them one thing.
pub fn with_name(text: &str, name: &str, language: Language) -> String {
    let words = USER.iter().find(|(of, _)| *of == language).map_or(&[] as &[&str], |(_, words)| words);
    let first = words.iter().filter_map(|word| Some((text.find(word)?, word.len()))).min();
    let Some((place, length)) = first else { return text.to_owned() };
    format!("{}{name}{}", elided(&text[..place], name, language), &text[place + length..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_elides_before_vowels() {
        let worded =
            |value| template("{who} ne veut plus parler de {value}.", value, Language::French).into_owned();
        for value in ["araignées", "école", "hôpital", "Anna", "insectes", "œufs"] {
            assert!(worded(value).contains(" d'{value}"), "{value}");
        }
        for value in ["travail", "haricots", "ma mère", "héros", "yaourts", "le divorce"] {
            assert!(worded(value).contains(" de {value}"), "{value}");
        }
    }

    #[test]
    fn the_user_has_one_name() {
        for (text, language, named) in [
            ("The user lives in Leeds.", Language::English, "Anna lives in Leeds."),
            (
                "The birthday of the user's mum is July 20.",
                Language::English,
                "The birthday of Anna's mum is July 20.",
            ),
            ("L'utilisateur habite à Metz.", Language::French, "Anna habite à Metz."),
            (
                "L'anniversaire de l'utilisateur est demain.",
                Language::French,
                "L'anniversaire d'Anna est demain.",
            ),
            (
                "Couleur que l'utilisateur préfère : vert.",
                Language::French,
                "Couleur qu'Anna préfère : vert.",
            ),
            ("用户喜欢火锅。", Language::Chinese, "Anna喜欢火锅。"),
            ("Anna lives in Leeds.", Language::English, "Anna lives in Leeds."),
        ] {
            assert_eq!(with_name(text, "Anna", language), named);
        }
        assert_eq!(
            with_name("Santé de l'utilisateur : asthme.", "Max", Language::French),
            "Santé de Max : asthme."
        );
    }
}
