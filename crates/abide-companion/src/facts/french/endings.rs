//! What French says of what is over: partners who left, deaths, jobs, homes, illnesses; and idioms that sound like it. Must not know what else is said.

use super::PARTS;
use crate::facts::pattern::Special::{Begins, Habit, Idiom, Lost, Parted, Plain};
use crate::facts::pattern::{Pattern, Row, compile_all};
use crate::store::FactKind;

/// Parts beside those that all patterns have.
const OWN_PARTS: &[(&str, &str)] = &[
    // A name that must be known, or a relation; both may be written small.
    ("{whom}", r"(?P<who>(?:(?:mon|ma|notre)\s+)?[\p{L}'’-]+?(?:\s+(?-i:\p{Lu})[\p{L}'’-]+)?)"),
    (
        "{eaten}",
        r"(?:de\s+la\s+|la\s+|du\s+|des\s+|les\s+|le\s+|un\s+peu\s+de\s+)?(?P<value>viande|poulet|poisson|œufs|oeufs|fromage|lait|beurre)",
    ),
    ("{gone}", r"(?:quittée?|larguée?|plaquée?|jetée?)"),
];

const IDIOMS: &[Row] = &[
    (
        r"{suis}\s+enceinte\s*[.…,-]*\s+(?:d['’]|de\s+)(?:idées|projets|envies|possibilités|joie|pizzas?)\b.*$",
        "",
        "",
        0,
        Idiom,
    ),
    (r"(?:mon|ma)\s+ex\b.{0,20}?\bm['’]?a\s+{gone}\b.*$", "", "", 0, Idiom),
];

const HOME: &[Row] = &[
    (
        r"(?:{je}ai|on\s+a|nous\s+avons)\s+(?:enfin\s+)?(?:pris|trouvé)\s+une?\s+(?:(?:petite?|grande?|nouvel(?:le)?|nouveau)\s+)?(?:studio|appart(?:ement)?|coloc(?:ation)?|maison|t[1-5]|f[1-5]|deux[- ]pièces|logement)\s+{in}(?:\s+(?:depuis|en|pour\s+(?:mes|les|la|le)|avec)\s.*)?{end}",
        "home",
        "{who} habite : {value}.",
        80,
        Begins,
    ),
    (
        r"(?:{je}m['’]\s?installe|on\s+s['’]\s?installe|nous\s+nous\s+installons)\s+(?:(?:chez|avec)\s+[^,;.!?|]{1,30}?,?\s+)?{in}{end}",
        "home",
        "{who} habite : {value}.",
        85,
        Begins,
    ),
    (
        r"(?:{je}ai\s+|on\s+a\s+)?(?:surtout\s+|plutôt\s+)?grandi\s+{in}{end}",
        "grew up in",
        "{who} a grandi : {value}.",
        85,
        Plain,
    ),
];

const WORK: &[Row] = &[(
    r"(?:on|ils|ma\s+boîte|mon\s+(?:patron|chef|employeur))\s+m['’]?(?:ont|a)\s+(?:licenciée?|virée?|mise?\s+à\s+la\s+porte|remerciée?)(?P<value>)(?:\s+(?:hier|aujourd|la\s+semaine|le\s+mois|ce|cette|lundi|mardi|mercredi|jeudi|vendredi|pour|parce|en)\b.*)?{end}",
    "~employment",
    "{who} a quitté son travail.",
    90,
    Plain,
)];

const HEALTH: &[Row] = &[
    (
        r"{je}ai\s+(?:arrêté|laissé\s+tomber|abandonné)\s+(?:d['’]être\s+|le\s+régime\s+|le\s+truc\s+|le\s+délire\s+)?{diet}{end}",
        "~diet",
        "{who} n'est plus {value}.",
        85,
        Plain,
    ),
    (
        r"{je}(?:remange|(?:me\s+suis\s+remise?\s+à|ai\s+(?:recommencé|repris|commencé)\s+à)\s+manger|mange\s+(?:maintenant|à\s+nouveau|de\s+nouveau))\s+(?:(?:maintenant|à\s+nouveau|de\s+nouveau|enfin)\s+)?{eaten}{when}{end}",
        "~diet",
        "{who} mange à nouveau : {value}.",
        80,
        Habit,
    ),
    (
        r"{je}mange\s+{eaten}\s+(?:maintenant|à\s+nouveau|de\s+nouveau){end}",
        "~diet",
        "{who} mange à nouveau : {value}.",
        80,
        Habit,
    ),
    (
        r"{je}(?:n['’]\s?)?ai\s+plus\s+(?:de\s+la\s+|de\s+l['’]|de\s+|d['’]){illness}{end}",
        "~condition",
        "{who} n'a plus : {value}.",
        85,
        Plain,
    ),
    (
        r"{je}{ne}suis\s+(?:plus|pas)\s+(?P<value>enceinte){end}",
        "~condition",
        "{who} n'est pas enceinte.",
        85,
        Plain,
    ),
    (
        r"(?:{je}ai|on\s+a|nous\s+avons)\s+(?:accouché|perdu\s+(?:le|notre|mon)\s+bébé|fait\s+une\s+fausse\s+couche)(?P<value>)(?:\s.*)?{end}",
        "~pregnancy",
        "{who} n'est plus enceinte.",
        85,
        Plain,
    ),
];

const PEOPLE: &[Row] = &[
    (
        r"(?:mon|ma)\s+(?:copain|copine|mec|meuf|mari|femme|compagne|compagnon|fiancée?|conjointe?)\s+(?P<value>(?-i:\p{Lu}\p{Ll}+))\s+(?:vient\s+de\s+me\s+(?:quitter|larguer|plaquer)|m['’]?a\s+{gone})(?:\s+pour\s+[^.,;:!?|]{1,40}?)?{when}{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        85,
        Plain,
    ),
    (
        r"c['’ ]?(?:est|était)\s*(?:bel\s+et\s+bien\s+|vraiment\s+|bien\s+)?(?:fini|terminé|mort)\s+(?:avec|entre)\s+{whom}(?:\s+et\s+moi)?{when}{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        85,
        Parted,
    ),
    (
        r"(?:on\s+(?:s['’]est|est)\s+séparée?s?|{je}me\s+suis\s+séparée?|{je}suis\s+séparée?|(?:{je}ai|on\s+a)\s+(?:rompu|cassé))\s+(?:avec\s+|de\s+|d['’])\s*{whom}{when}{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        85,
        Parted,
    ),
    (
        r"{je}ai\s+(?:enfin\s+)?(?:quitté|largué|plaqué)\s+{whom}{when}{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        85,
        Parted,
    ),
    (
        r"(?:(?:le|mon|notre)\s+divorce\s+(?:est|a\s+été|vient\s+d['’]être)\s+(?:enfin\s+|officiellement\s+)?(?:prononcé|fait|acté|signé|fini|officiel|réglé)|(?:on\s+a|{je}ai|nous\s+avons)\s+(?:enfin\s+)?signé\s+(?:les\s+papiers\s+du\s+divorce|le\s+divorce))(?P<value>){when}{end}",
        "~marriage",
        "{who} a divorcé.",
        85,
        Plain,
    ),
    (
        r"(?:{je}{ne}suis|on\s+{ne}est)\s+plus\s+(?:en\s+couple\s+)?avec\s+{whom}{when}{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        85,
        Parted,
    ),
    (
        r"(?:on\s+a|nous\s+avons|{je}ai)\s+(?:(?:dû|fini\s+par)\s+)?(?:euthanasié|euthanasier)\s+{whom}{when}{end}",
        "put down",
        "{who} : mort(e).",
        85,
        Lost,
    ),
    (
        r"(?:on\s+a|nous\s+avons|{je}ai)\s+(?:(?:dû|fini\s+par)\s+)?(?:fait|faire)\s+(?:piquer|endormir|euthanasier)\s+{whom}{when}{end}",
        "put down",
        "{who} : mort(e).",
        85,
        Lost,
    ),
    (r"(?:on\s+a|nous\s+avons|{je}ai)\s+perdu\s+{whom}{when}{end}", "lost", "{who} : mort(e).", 80, Lost),
    (
        r"(?P<who>papa|maman|mamie|papi|papy|mémé|pépé)\s+(?:est|vient\s+de|nous\s+a)\s+(?P<value>décédée?|décéder|quittés|morte?|mourir|éteinte?)(?:\s+(?:subitement|paisiblement|à\s+l['’]hôpital|dans\s+son\s+sommeil|trop\s+tôt|(?:d['’]une?|du|de\s+la|de)\s+(?:\p{L}+\s+)?(?:cancer|infarctus|avc|covid|maladie|vieillesse|accident|leucémie)))*{when}{end}",
        "died",
        "{who} est mort(e).",
        90,
        Lost,
    ),
];

const OTHERS: &[Row] = &[
    (
        r"(?:n['’]\s?)?est\s+plus\s+(?:mon|ma)\s+{partner}{when}{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        85,
        Parted,
    ),
    (
        r"(?:vient\s+de\s+me\s+(?:quitter|larguer|plaquer)|m['’]?a\s+{gone})(?:\s+pour\s+[^.,;:!?|]{1,40}?)?{when}{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        85,
        Parted,
    ),
    (
        r"\s*et\s+moi,?\s+(?:c['’ ]?est\s+(?:fini|terminé|mort)|on\s+(?:s['’]est|est)\s+séparée?s?|(?:on\s+a|nous\s+avons|avons)\s+(?:rompu|cassé|divorcé)|on\s+(?:n['’])?est\s+plus\s+ensemble){when}{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        85,
        Parted,
    ),
    (
        r"(?:a\s+été|a\s+dû\s+être)\s+(?:piquée?|endormie?|euthanasiée?){when}{end}",
        "put down",
        "{who} : mort(e).",
        85,
        Lost,
    ),
    (
        r"est\s+partie?\s+(?:cette\s+nuit|au\s+paradis(?:\s+des\s+\p{L}+)?|rejoindre\s+les\s+étoiles|dans\s+son\s+sommeil|pour\s+toujours){end}",
        "passed",
        "{who} : mort(e).",
        80,
        Lost,
    ),
    (
        r"(?:n['’]est|est)\s+plus\s+(?:là|de\s+ce\s+monde|parmi\s+nous){end}",
        "passed",
        "{who} : mort(e).",
        80,
        Lost,
    ),
];

fn with_parts(tables: &[(FactKind, &[Row])]) -> Vec<Pattern> {
    compile_all(tables, OWN_PARTS, PARTS)
}

/// What the user says with themselves in front, or nobody.
pub(super) fn patterns() -> Vec<Pattern> {
    with_parts(&[
        (FactKind::Note, IDIOMS),
        (FactKind::Place, HOME),
        (FactKind::Work, WORK),
        (FactKind::Health, HEALTH),
        (FactKind::Person, PEOPLE),
    ])
}

/// What is said from behind the words that name somebody.
pub(super) fn others() -> Vec<Pattern> {
    with_parts(&[(FactKind::Person, OTHERS)])
}
