//! What the user says of others in French. Must not know what they say of themselves.

use super::{PARTS, endings};
use crate::facts::others::{Naming, OthersTables};
use crate::facts::pattern::Special::{Age, Begins, Named, Plain};
use crate::facts::pattern::{Pattern, Row, anywhere, at_beginning};

const HOME: &[Row] = &[
    (
        r"(?:habite|vit|réside)\s+(?:maintenant\s+|actuellement\s+|toujours\s+)?{in}(?:\s+(?:depuis|avec)\s.*)?{end}",
        "home",
        "{who} habite {at}{value}.",
        85,
        Begins,
    ),
    (
        r"(?:(?:a|ont)\s+(?:récemment\s+)?(?:déménagé|emménagé)|s['’]est\s+installée?)\s+{in}(?:\s+(?:il\s+y\s+a|l['’]an|en|depuis|le|la)\s.*)?{end}",
        "home",
        "{who} habite {at}{value}.",
        85,
        Begins,
    ),
    (r"{ne}(?:habite|vit)\s+plus\s+{in}{end}", "~home", "{who} n'habite plus {at}{value}.", 85, Plain),
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
        r"(?:travaille|bosse|taf(?:fe)?)\s+(?:maintenant\s+)?(?:chez|pour\s+(?:la\s+|le\s+)?)\s*(?P<value>(?-i:\p{Lu})[^.!?;,|]{1,50}?)(?:\s+(?:comme|depuis)\s.*)?{end}",
        "employer",
        "{who} travaille pour {value}.",
        80,
        Begins,
    ),
];

const LIFE: &[Row] = &[
    (r"s['’]?appelle\s+{called}{end}", "", "{who} s'appelle {value}.", 90, Named),
    (
        r"(?:a(?:\s+eu)?|vient\s+d['’]avoir)\s+(?P<value>\d{1,3}|[\p{L}-]+(?:\s+et\s+une?)?)\s+ans{when}{end}",
        "age",
        "{who} avait {value} ans le {date}.",
        80,
        Age,
    ),
    (
        r"(?:est|vient\s+de|nous\s+a)\s+(?P<value>décédée?|décéder|quittés)(?:[^\p{L}].*)?$",
        "died",
        "{who} est mort(e).",
        90,
        Begins,
    ),
    // "Mort de rire": what comes behind must say when, where or of which illness.
    (
        r"(?:est|vient\s+de|s['’]est)\s+(?P<value>morte?|mourir|éteinte?){when}(?:\s+(?:(?:d['’]une?|du|des\s+suites\s+(?:d['’]une?|du|de\s+la|de\s+son|de\s+sa))\s+(?:\p{L}+\s+)?(?:cancer|infarctus|avc|crise\s+cardiaque|covid|sida|arrêt\s+cardiaque|accident|maladie|leucémie|pneumonie|tumeur|embolie|overdose)(?:\s+[^.,;:!?|]{1,40}?)?|d['’](?:alzheimer|overdose)|de\s+(?:vieillesse|maladie|causes?\s+naturelles?|la\s+covid|leucémie|parkinson)|à\s+(?:l['’]hôpital|la\s+maison|la\s+guerre|\d{1,3}\s+ans|l['’]âge\s+de\s+\d{1,3}\s+ans)|dans\s+(?:un\s+accident|son\s+sommeil)(?:\s+de\s+\p{L}+)?|quand\s+j['’]\p{L}+.*|subitement|brutalement|paisiblement|trop\s+tôt))*{when}{end}",
        "died",
        "{who} est mort(e).",
        90,
        Begins,
    ),
    (
        r"{est}\s+(?P<value>mari\x{e9}e?|mariee|divorcée?|veuve|veuf|fiancée?|célibataire|pacsée?){end}",
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
        "{who} a une allergie : {value}.",
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
    (r"{est}\s+{diet}{end}", "diet", "{who} est {value}.", 85, Plain),
];

const TASTE: &[Row] = &[
    (r"aime\s+pas\s+mal\s+{value}{stop}", "likes", "{who} aime {value}.", 70, Plain),
    (r"aime\s+(?:plus|mieux)\s+{value}\s+qu(?:e\s|['’]).*$", "prefers", "{who} préfère {value}.", 70, Plain),
    (
        r"{ne}aime\s+(?:pas|plus)\s+(?:trop\s+|du\s+tout\s+|vraiment\s+|beaucoup\s+)?{value}(?:\s+du\s+tout)?{stop}",
        "dislikes",
        "{who} n'aime pas {value}.",
        75,
        Plain,
    ),
    (r"(?:déteste|{ne}supporte\s+pas)\s+{value}{stop}", "dislikes", "{who} déteste {value}.", 75, Plain),
    (r"(?:aime|adore)\s+{adverb}{value}{stop}", "likes", "{who} aime {value}.", 75, Plain),
];

/// What is said of others, from behind the words that name them.
pub(super) fn patterns() -> Vec<Pattern> {
    let tables = OthersTables { home: HOME, work: WORK, life: LIFE, health: HEALTH, taste: TASTE };
    endings::others().into_iter().chain(tables.patterns(PARTS)).collect()
}

/// How it is told who is meant.
pub(super) fn naming() -> Naming {
    Naming {
        relation: at_beginning(
            r"(?:(?P<feminine>ma)|mon|notre)\s+(?:{older}\s+)?(?P<relation>{relatives}|{pets})\b{eldest}(?:,?\s+(?P<name>(?-i:\p{Lu})[\p{L}-]+))?,?(?:\s+(?:qui|elle|il)\b)?",
            PARTS,
        ),
        introduces: at_beginning(
            r"(?:{je}ai|on\s+a|nous\s+avons)\s+(?:enfin\s+|aussi\s+)?(?:adopté\s+|pris\s+|eu\s+)?une?\s+(?:[\p{L}-]+\s+){0,2}?(?P<relation>{relatives}|{pets})\b",
            PARTS,
        ),
        pronoun: at_beginning(r"(?:(?P<she>elle)|il)\b", PARTS),
        named: "{value} ({relation} de {who})",
        unnamed: "{relation} de {who}",
        possessives: ["le ", "la "],
        spaced: true,
        first: at_beginning(
            r"(?:moi,?\s+)?(?:(?P<am>(?:{je}suis|chuis?|moi,?\s+c['’]?est))\s|je\s|j['’]|j(?:ai|habite|aime|adore|travaille|bosse|vis|déteste|me|m)\s)",
            PARTS,
        ),
        first_words: &["je ", "j'"],
        am_words: &["je suis "],
        relative: at_beginning(r"qui\s+", PARTS),
        shared: at_beginning(r"-|\p{L}|\s+(?:et|ou)\s", PARTS),
        relates: anywhere(r"\b(?:qui|que|dont|où|lesquel(?:le)?s|laquelle|lequel)\b|\bqu['’]"),
        // A wish goes on with another form of the verb.
        open: anywhere(r"^\z"),
    }
}
