//! The three languages that are understood in code, and how one is told from another. Must not know what is done with it.

use serde::{Deserialize, Serialize};

/// A language that patterns, lexicons and calendars are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English; weeks begin on Sunday, and 5/8 is May 8.
    #[default]
    English,
    /// French; weeks begin on Monday, and 5/8 is August 5.
    French,
    /// Chinese, in simplified or traditional characters; weeks begin on Monday, and 5/8 is May 8.
    Chinese,
}

/// Bytes of a text that [`Language::detect`] looks at.
const DETECTION_BYTES_MAX: usize = 4096;

/// Frequent words that are French and not English.
const FRENCH_WORDS: &[&str] = &[
    "je",
    "tu",
    "il",
    "elle",
    "nous",
    "vous",
    "ils",
    "elles",
    "sens",
    "veux",
    "peux",
    "fais",
    "vais",
    "le",
    "la",
    "les",
    "un",
    "une",
    "des",
    "du",
    "de",
    "et",
    "est",
    "suis",
    "es",
    "sont",
    "pas",
    "que",
    "qui",
    "dans",
    "pour",
    "avec",
    "mon",
    "ma",
    "mes",
    "ton",
    "ta",
    "tes",
    "ce",
    "cette",
    "ça",
    "mais",
    "ou",
    "où",
    "j'ai",
    "ai",
    "était",
    "quand",
    "depuis",
    "avant",
    "après",
    "hier",
    "demain",
    "aujourd'hui",
    "très",
    "sur",
    "au",
    "aux",
    "en",
    "moi",
    "toi",
    "ne",
    "plus",
    "dernier",
    "dernière",
    "prochain",
    "jours",
    "semaine",
    "semaines",
    "mois",
    "année",
    "ans",
    "noël",
    "quel",
    "quelle",
    "quoi",
    "comment",
    "oui",
    "non",
    "bonjour",
    "nos",
    "notre",
    "avons",
    "finalement",
    "enfants",
    "cinq",
    "quatre",
    "trois",
    "deux",
    "désormais",
    "maintenant",
    "merci",
    "rappelle",
    "oublie",
    "parle",
    "m'appelle",
    "été",
    "anniversaire",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "hiver",
    "habite",
    "travaille",
    "bosse",
    "déteste",
    "deteste",
    "soeur",
    "mère",
    "père",
    "frère",
    "mere",
    "pere",
    "frere",
    "maman",
    "papa",
    "aime",
    "j",
    "jai",
    "jsuis",
    "chui",
    "chuis",
    "jhabite",
    "jaime",
    "jadore",
    "jme",
    "cest",
    "stp",
    "slt",
    "mdr",
    "ptdr",
];

/// Frequent words that are English and not French.
const ENGLISH_WORDS: &[&str] = &[
    "i",
    "you",
    "he",
    "she",
    "it",
    "we",
    "they",
    "the",
    "an",
    "and",
    "is",
    "am",
    "are",
    "was",
    "were",
    "not",
    "that",
    "who",
    "what",
    "in",
    "for",
    "with",
    "my",
    "your",
    "this",
    "but",
    "or",
    "when",
    "where",
    "since",
    "before",
    "after",
    "yesterday",
    "tomorrow",
    "today",
    "very",
    "of",
    "to",
    "do",
    "did",
    "don't",
    "i'm",
    "have",
    "had",
    "has",
    "last",
    "next",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "year",
    "years",
    "ago",
    "how",
    "yes",
    "hello",
    "thanks",
    "remember",
    "forget",
    "about",
    "talk",
    "can",
    "will",
    "would",
    "birthday",
];

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::French, Self::Chinese];

    /// The language of a BCP 47 tag such as `fr-CA`, or of an English name; `None` for one that nothing is written for.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().trim().to_lowercase();
        match primary.as_str() {
            "en" | "english" => Some(Self::English),
            "fr" | "french" | "français" => Some(Self::French),
            "zh" | "chinese" | "中文" => Some(Self::Chinese),
            _ => None,
        }
    }

    /// The primary BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Chinese => "zh",
        }
    }

    /// The likeliest language of `text`, from its first 4 KiB: Chinese where an eighth of the letters are Han, else
    /// whichever of French and English has more of its frequent words and accents. English where nothing speaks for another.
    pub fn detect(text: &str) -> Self {
        let text = head(text, DETECTION_BYTES_MAX);
        let letters = text.chars().filter(|character| character.is_alphabetic()).count();
        let han = text.chars().filter(|&character| is_han(character)).count();
        if han > 0 && han * 8 >= letters {
            return Self::Chinese;
        }
        let (mut french, mut english) = (0_usize, 0_usize);
        let lower = text.to_lowercase().replace('’', "'");
        for word in lower.split(|character: char| !character.is_alphanumeric() && character != '\'') {
            let word = word.trim_matches('\'');
            let elided = ["j'", "l'", "d'", "qu'", "c'", "n'", "m'", "t'", "s'"];
            let accents = word.chars().any(|character| "éèêàçùôîâûœëï".contains(character));
            french += usize::from(FRENCH_WORDS.contains(&word)) + usize::from(accents);
            french += usize::from(elided.iter().any(|start| word.starts_with(start)));
            english += usize::from(ENGLISH_WORDS.contains(&word));
        }
        if french > english { Self::French } else { Self::English }
    }
}

/// Whether a character is a Chinese one (an ideograph of any block in common use).
pub fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{2fa1f}' | '〇')
}

/// Whether letters or digits of an alphabet go on at neither end.
pub(crate) fn stands_alone(text: &str, range: &std::ops::Range<usize>) -> bool {
    let joins = |a: Option<char>, b: Option<char>| match (a, b) {
        (Some(a), Some(b)) => a.is_alphanumeric() && b.is_alphanumeric() && !is_han(a) && !is_han(b),
        _ => false,
    };
    let matched = &text[range.clone()];
    !joins(text[..range.start].chars().next_back(), matched.chars().next())
        && !joins(matched.chars().next_back(), text[range.end..].chars().next())
}

/// The beginning of `text`, at most `bytes_max` long and ending between characters.
pub(crate) fn head(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

/// The end of `text`, at most `bytes_max` long and beginning between characters.
pub(crate) fn tail(text: &str, bytes_max: usize) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(bytes_max))..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart() {
        let table = [
            ("What did I say last Tuesday?", Language::English),
            ("mardi dernier", Language::French),
            ("Je m’appelle Anna et j'habite à Lyon.", Language::French),
            ("我住在北京", Language::Chinese),
            ("我用 Rust 写 compiler", Language::Chinese),
            ("", Language::English),
            ("two weeks ago", Language::English),
            ("jhabite a lyon", Language::French),
            ("chui infirmiere", Language::French),
            ("ma soeur a 12 ans", Language::French),
            ("I have a crush on a guy", Language::English),
            ("I had déjà vu on the way to the café", Language::English),
        ];
        for (text, language) in table {
            assert_eq!(Language::detect(text), language, "{text}");
        }
    }

    #[test]
    fn tags_go_both_ways() {
        for language in Language::ALL {
            assert_eq!(Language::from_tag(language.tag()), Some(language));
        }
        assert_eq!(Language::from_tag("fr-CA"), Some(Language::French));
        assert_eq!(Language::from_tag("de"), None);
    }
}
