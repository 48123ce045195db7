//! What the user says of others in French. Must not know what they say of themselves.

use super::PARTS;
use crate::facts::others::{Naming, OthersTables};
use crate::facts::pattern::Special::{Age, Begins, Plain};
use crate::facts::pattern::{Pattern, Row, at_beginning, never};
use crate::time::compiled;

const HOME: &[Row] = &[
    (
        r"(?:habite|vit|réside)\s+(?:maintenant\s+|actuellement\s+|toujours\s+)?(?:à|en|au|aux|dans|près\s+de)\s+{place}(?:\s+(?:depuis|avec)\s.*)?{end}",
        "home",
        "{who} habite : {value}.",
        85,
        Begins,
    ),
    (
        r"a\s+(?:récemment\s+)?(?:déménagé|emménagé)\s+(?:à|en|au|aux)\s+{place}(?:\s+(?:il\s+y\s+a|l['’]an|en|depuis|le|la)\s.*)?{end}",
        "home",
        "{who} habite : {value}.",
        85,
        Begins,
    ),
    (
        r"(?:n['’]habite|ne\s+vit|habite|vit)\s+plus\s+(?:à|en|au|aux)\s+{place}{end}",
        "~home",
        "{who} n'habite plus : {value}.",
        85,
        Plain,
    ),
];

const WORK: &[Row] = &[
    (
        r"(?:{est}|travaille\s+(?:maintenant\s+)?comme)\s+{occupation}(?:\s+(?:à|chez|dans|depuis)\s.*)?{end}",
        "job",
        "{who} a pour métier : {value}.",
        85,
        Begins,
    ),
    (
        r"(?:travaille|bosse)\s+(?:maintenant\s+)?(?:chez|pour\s+(?:la\s+|le\s+)?)\s*(?P<value>(?-i:\p{Lu})[^.!?;,|]{1,50}?)(?:\s+(?:comme|depuis)\s.*)?{end}",
        "employer",
        "{who} travaille pour {value}.",
        80,
        Begins,
    ),
];

const LIFE: &[Row] = &[
    (
        r"(?:a|vient\s+d['’]avoir)\s+(?P<value>\d{1,3}|[\p{L}-]+(?:\s+et\s+une?)?)\s+ans{end}",
        "age",
        "{who} avait {value} ans le {date}.",
        80,
        Age,
    ),
    (
        r"(?:est|vient\s+de)\s+(?P<value>morte?|mourir|décédée?|décéder)(?:[^\p{L}].*)?$",
        "died",
        "{who} est mort(e).",
        90,
        Begins,
    ),
    (
        r"{est}\s+(?P<value>mariée?|divorcée?|veuve|veuf|fiancée?|célibataire|pacsée?){end}",
        "relationship status",
        "{who} est {value}.",
        75,
        Plain,
    ),
];

const HEALTH: &[Row] = &[
    (
        r"{est}\s+(?:\p{L}+ment\s+|très\s+)?allergique\s+(?:à\s+la\s+|à\s+l['’]|à\s+|au\s+|aux\s+){value}{end}",
        "allergy",
        "{who} est allergique : {value}.",
        85,
        Plain,
    ),
    (
        r"(?:a\s+(?:de\s+l['’]|du\s+|de\s+la\s+|des\s+|un\s+|une\s+|le\s+)?|souffre\s+(?:de\s+|d['’]|du\s+)){illness}{end}",
        "condition",
        "{who} a un souci de santé : {value}.",
        85,
        Plain,
    ),
    (r"{est}\s+{state}{end}", "condition", "{who} est {value}.", 80, Plain),
    (
        r"{est}\s+(?P<value>végétarien(?:ne)?|végane?|vegane?|pescétarien(?:ne)?|intolérante?\s+au\s+(?:lactose|gluten)){end}",
        "diet",
        "{who} est {value}.",
        85,
        Plain,
    ),
];

const TASTE: &[Row] = &[
    (
        r"(?:n['’]aime|aime)\s+(?:pas|plus)\s+(?:trop\s+|du\s+tout\s+|vraiment\s+|beaucoup\s+)?{value}(?:\s+du\s+tout)?{end}",
        "dislikes",
        "{who} n'aime pas {value}.",
        75,
        Plain,
    ),
    (r"(?:déteste|ne\s+supporte\s+pas)\s+{value}{end}", "dislikes", "{who} déteste {value}.", 75, Plain),
    (r"(?:aime|adore)\s+{adverb}{value}{end}", "likes", "{who} aime {value}.", 75, Plain),
];

/// What is said of others, from behind the words that name them.
pub(super) fn patterns() -> Vec<Pattern> {
    OthersTables { home: HOME, work: WORK, life: LIFE, health: HEALTH, taste: TASTE }.patterns(PARTS)
}

/// How it is told who is meant.
pub(super) fn naming() -> Naming {
    Naming {
        relation: at_beginning(
            r"(?:(?P<feminine>ma)|mon|notre)\s+(?:{older}\s+)?(?P<relation>{relatives}|{pets}){eldest}(?:,?\s+(?P<name>(?-i:\p{Lu})[\p{L}-]+))?,?(?:\s+(?:qui|elle|il)\b)?",
            PARTS,
        ),
        pronoun: at_beginning(r"(?:(?P<she>elle)|il)\b", PARTS),
        named: "{who} : {value} ({relation})",
        unnamed: "{who} : {relation}",
        possessives: ["son ", "sa "],
        spaced: true,
        first: at_beginning(r"(?P<am>je\s+suis)\s|je\s|j['’]", PARTS),
        first_words: &["je ", "j'"],
        am_words: &["je suis "],
        introduces: never(),
        relative: at_beginning(r"qui\s+", PARTS),
        shared: at_beginning(r"-|\p{L}|\s+(?:et|ou)\s", PARTS),
        relates: never(),
        // A wish goes on with another form of the verb.
        open: compiled(r"^\z"),
    }
}
