//! What the user says of themselves and of theirs in the forms of chats in French, each in one clause. Must not know what longer ones say.

use super::PARTS;
use crate::facts::pattern::Special::{
    Age, Begins, Birthday, Idiom, Married, Names, OnDayOnly, Plain, Relation,
};
use crate::facts::pattern::{Pattern, Row, compile_all};
use crate::store::FactKind;

/// Behind the longer forms, as "je suis Belge, 34 ans" says something else.
const NAME: &[Row] = &[(
    r"(?:moi,?\s+c['’]?est|{je}suis)\s+{name},\s+\d{2}\s+ans(?:[^\p{L}].*)?$",
    "name",
    "{who} s'appelle {value}.",
    85,
    Plain,
)];

const BIRTHDAYS_FIRST: &[Row] = &[
    (
        r"c['’\s]?(?:est|était)?\s+mon\s+anniversaire,?\s+(?P<value>le\s+\d{1,2}(?:er)?(?:\s+\p{L}+)?|demain|après-demain|hier|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)(?:\s+prochain)?)\s*(?:[^\p{L}\p{N}?\s].*)?$",
        "birthday",
        "L'anniversaire de {who} est le {date}.",
        90,
        Birthday,
    ),
    (
        r"l['’]anniversaire\s+de\s+(?:(?:mon|ma)\s+(?:{older}\s+)?{relation}(?:\s+(?P<named>(?-i:\p{Lu}\p{L}+)))?),?\s+(?:est|c['’]?est|tombe)\s+(?:le\s+)?(?P<value>[^?!|]{3,40})$",
        "birthday",
        "L'anniversaire ({relation} de {who}) est le {date}.",
        90,
        Birthday,
    ),
    (
        r"l['’]anniversaire\s+de\s+(?P<relation>maman|papa|mamie|mémé|papi|papy|pépé),?\s+(?:est|c['’]?est|tombe)\s+(?:le\s+)?(?P<value>[^?!|]{3,40})$",
        "birthday",
        "L'anniversaire ({relation} de {who}) est le {date}.",
        90,
        Birthday,
    ),
    (
        r"c['’]?(?:est|était)\s+l['’]anniversaire\s+de\s+(?:(?:mon|ma)\s+(?:{older}\s+)?{relation}(?:\s+(?P<named>(?-i:\p{Lu}\p{L}+)))?)\s*(?P<value>|aujourd['’]hui|demain|après-demain|le\s+\d{1,2}(?:er)?(?:\s+\p{L}+)?|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)(?:\s+prochain)?)\s*(?:[^\p{L}\p{N}?\s].*)?$",
        "birthday",
        "L'anniversaire ({relation} de {who}) est le {date}.",
        90,
        Birthday,
    ),
];

const HEALTH_FIRST: &[Row] = &[(
    r"on\s+(?:vient\s+de\s+me\s+diagnostiquer|m['’]a\s+(?:enfin\s+|récemment\s+)?diagnostiquée?)\s+(?:un\s+|une\s+|de\s+l['’]|du\s+|de\s+la\s+|comme\s+)?(?P<value>[\p{L}][\p{L}'’ -]{1,60}?){when}{end}",
    "condition",
    "Santé de {who} : {value}.",
    90,
    Plain,
)];

const PEOPLE_FIRST: &[Row] = &[
    (
        r"(?:{je}ai|on\s+a|nous\s+avons)\s+(?P<count>{several})\s+(?:{older}s?\s+)?{relations}\s*(?:[,:(]|\s-|\s+qui\s+s['’]appellent|\s+(?:nommés|nommées|appelés|appelées))\s*{names}$",
        "",
        "{value} : parmi les {relation} de {who}.",
        90,
        Names,
    ),
    (
        r"(?:{je}ai|on\s+a|nous\s+avons)\s+une?\s+(?:\p{L}+\s+)?{pet}\s+(?:qui\s+s['’]?appelle|nommée?|appelée?)\s+{called}\s*,?\s+et\s+(?P<having>(?:une?|{several})\s.*)$",
        "",
        "{who} a un animal ({relation}) nommé {value}.",
        95,
        Relation,
    ),
];

const AGE: &[Row] = &[
    // What stands behind a name in a list: "moi c'est Jules, 42 ans".
    (r"je\s+(?P<value>\d{1,3})\s+ans{end}", "age", "{who} avait {value} ans le {date}.", 85, Age),
];

const HOME: &[Row] = &[
    (
        r"(?:{je}ai|on\s+a|nous\s+avons)\s+(?:récemment\s+|enfin\s+)?(?:déménagé|emménagé)\s+{in}{when}(?:\s+avec\s+(?P<also>(?:mon|ma)\s.*)|\s+avec\s.*)?{end}",
        "home",
        "{who} habite {at}{value}.",
        90,
        Begins,
    ),
    (
        r"(?:(?:{je}ai|on\s+a|nous\s+avons)\s+(?:récemment\s+|enfin\s+)?déménagé|(?:{je}viens|on\s+vient)\s+de\s+déménager)\s*[.!,;…]+\s*(?:(?:maintenant|désormais)\s*,?\s*)?(?:c['’]est|je\s+suis|on\s+est|j['’]habite|on\s+habite)\s+(?:(?P<at>à|en|au|aux)\s+)?(?:maintenant\s+)?{place}(?:\s+maintenant)?{end}",
        "home",
        "{who} habite {at}{value}.",
        85,
        Begins,
    ),
    (
        r"(?:{je}|on\s+)(?:habite|vis|vit)\s+{in}\s+(?:depuis|avec)\s[^.;]*?\bavec\s+(?P<also>(?:mon|ma)\s.*)$",
        "home",
        "{who} habite {at}{value}.",
        90,
        Begins,
    ),
    // The place is told elsewhere: here it is with whom.
    (
        r"(?:{je}|on\s+)(?:me\s+suis\s+installée?|ai\s+emménagé|viens\s+d['’]emménager)\s+avec\s+(?P<also>(?:mon|ma)\s.*)$",
        "",
        "",
        0,
        Idiom,
    ),
];

const WORK: &[Row] = &[
    (
        r"(?:{je}ai\s+(?:enfin\s+)?(?:trouvé|décroché|eu)\s+(?:un\s+(?:nouveau\s+)?(?:boulot|travail|job|taf|poste)|un\s+cdi)|{je}ai\s+changé\s+de\s+(?:boulot|travail|job|taf))\s*(?:,|comme|de|d['’]|:)\s*(?:{suis}\s+)?{occupation}{firm}{end}",
        "job",
        "Métier de {who} : {value}.",
        85,
        Begins,
    ),
    (
        r"{je}(?:travaille|bosse|taf(?:fe)?)\s+(?P<at>à|au|en|dans|chez)\s[^.!?;,|]{2,40}?\s+comme\s+{occupation}{end}",
        "job",
        "Métier de {who} : {value}.",
        85,
        Begins,
    ),
];

const PEOPLE: &[Row] = &[
    (
        r"(?P<value>(?-i:\p{Lu}\p{Ll}[\p{L}'’-]*))(?:,)?\s+(?:est|c['’]est)\s+(?:maintenant\s+|désormais\s+)?(?:mon|ma)\s+(?:nouveau\s+|nouvelle\s+|{older}\s+)?(?P<relation>mère|père|sœur|soeur|frère|fils|fille|femme|mari|copine|copain|meuf|mec|compagne|compagnon|conjointe?|fiancée?|cousine?|tante|oncle|nièce|neveu|patron(?:ne)?|collègue|coloc(?:ataire)?|voisine?|{pets}){end}",
        "",
        "{who} a pour {relation} : {value}.",
        90,
        Relation,
    ),
    (
        r"(?:mes|nos)\s+(?:{older}s?\s+)?{relations}\s+(?:s['’]appellent|sont|:)\s+{names}$",
        "",
        "{value} : parmi les {relation} de {who}.",
        85,
        Names,
    ),
    (
        r"{je}(?:me\s+suis\s+fiancée?|suis\s+fiancée?)\s+(?:à|avec)\s+{name}{when}{end}",
        "partner",
        "{who} et {value} sont fiancés.",
        85,
        Plain,
    ),
    (
        r"{je}(?:suis|me\s+suis)\s+(?:enfin\s+)?mari\x{e9}e?\s+(?:depuis\s+[^.,;]{1,20}?\s+)?(?:à|avec)\s+{name}{when}{end}",
        "partner",
        "{who} et {value} sont mariés.",
        85,
        Married,
    ),
    (r"{je}ai\s+épousé\s+{name}{when}{end}", "partner", "{who} et {value} sont mariés.", 85, Married),
    (
        r"{name}\s+et\s+moi,?\s+(?:on\s+s['’]est|nous\s+nous\s+sommes|on\s+vient\s+de\s+se)\s+(?:enfin\s+)?(?:mari\x{e9}e?s?|marier){when}{end}",
        "partner",
        "{who} et {value} sont mariés.",
        85,
        Married,
    ),
    (
        r"{name}\s+et\s+moi,?\s+(?:on\s+s['’]est|nous\s+nous\s+sommes)\s+(?:enfin\s+)?fiancée?s?{when}{end}",
        "partner",
        "{who} et {value} sont fiancés.",
        85,
        Plain,
    ),
];

const HEALTH: &[Row] = &[
    (
        r"{je}(?:ne\s+)?(?:peux|dois)\s+(?:pas|plus)\s+(?:manger|boire|avaler)\s+(?:de\s+la\s+|de\s+l['’]|de\s+|d['’]|du\s+|des\s+|les\s+|le\s+|la\s+|l['’])?(?P<value>{food})(?:\s+(?:ni|et|ou)\s.*)?{end}",
        "cannot eat",
        "{who} ne peut pas manger : {value}.",
        85,
        Plain,
    ),
    (
        r"{je}{ne}ai\s+(?:pas|aucune)\s+(?:d['’])?allergies?(?:\s+connues?)?\s*,?\s+(?:sauf|à\s+part|hormis|excepté)\s+(?:à\s+la\s+|à\s+l['’]|à\s+|au\s+|aux\s+|la\s+|le\s+|les\s+|l['’])?{value}{end}",
        "allergy",
        "{who} a une allergie : {value}.",
        90,
        Plain,
    ),
    (
        r"{je}ai\s+(?:une?|des)\s+allergies?\s+(?:alimentaires?\s+)?(?:à\s+la\s+|à\s+l['’]|à\s+|au\s+|aux\s+){value}{end}",
        "allergy",
        "{who} a une allergie : {value}.",
        90,
        Plain,
    ),
    (
        r"(?:le|la|mon|ma)\s+(?:médecin|toubib|docteure?|psy|psychiatre|cardiologue|neurologue|spécialiste)\s+(?:dit|a\s+dit|m['’]a\s+dit|a\s+confirmé|confirme)\s+que\s+(?:j['’]ai|je\s+fais|c['’]est)\s+(?:bien\s+)?(?:de\s+l['’]|du\s+|de\s+la\s+|des\s+|un\s+|une\s+|le\s+)?{illness}{when}{end}",
        "condition",
        "Santé de {who} : {value}.",
        85,
        Plain,
    ),
];

const DATES: &[Row] = &[
    (
        r"(?:{je}(?:me\s+fais|vais\s+me\s+faire)|on\s+va\s+m['’])\s*(?P<value>opérer(?:\s+(?:du|de\s+la|de\s+l['’]|des|d['’])\s*[\p{L}]{2,20}(?:\s+(?:gauche|droite?))?)?)\s+(?:le|ce|cet|cette|demain|après-demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|dans|la\s+semaine)\b.*$",
        "appointment",
        "Rendez-vous de {who}{date} : {value}.",
        80,
        OnDayOnly,
    ),
    (
        r"(?:l['’]|la\s+|ma\s+|mon\s+|le\s+)(?P<value>(?:mariage|enterrement|baptême|anniversaire|fête|soutenance|opération|audience|examen|cérémonie|rdv|rendez-vous|entretien)(?:\s+(?:de|du|d['’])\s*[\p{L}'’ -]{2,40}?)?)\s+(?:est|c['’]est|a\s+lieu|aura\s+lieu|sera)\s+(?:maintenant\s+|finalement\s+|désormais\s+)?(?:le|ce|cet|cette|demain|après-demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|dans|aujourd)\b.*$",
        "appointment",
        "Rendez-vous de {who}{date} : {value}.",
        80,
        OnDayOnly,
    ),
];

const PLANS: &[Row] = &[
    (
        r"(?:(?:{je}|on\s+|nous\s+)(?:m['’]|s['’]|nous\s+)?(?:envole|envolons|prends?\s+l['’]avion|prenons\s+l['’]avion|prends?\s+le\s+(?:train|ferry)|prenons\s+le\s+(?:train|ferry)|décolle|décollons|embarque|embarquons))\s+(?:pour|à)\s+(?P<value>(?-i:\p{Lu})[\p{L}'’-]+(?:[ -](?-i:\p{Lu})[\p{L}'’-]+)*)\s+(?:le|ce|cet|cette|demain|après-demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|dans|la\s+semaine)\b.*$",
        "plan",
        "Voyage prévu de {who} : {value}{date}.",
        75,
        OnDayOnly,
    ),
    (
        r"(?:l['’](?:été|hiver|automne|an|année)\s+prochaine?|le\s+(?:printemps|mois)\s+prochain|la\s+semaine\s+prochaine|cet\s+(?:été|hiver|automne)|en\s+(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)|demain|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)(?:\s+prochain)?|dans\s+[^.,;]{3,16}?),?\s+(?:on\s+(?:part|va|s['’]envole)|nous\s+(?:partons|allons)|{je}(?:pars|vais|m['’]envole))\s+(?:à|en|au|aux|pour\s+(?:la\s+|le\s+|les\s+|l['’])?)\s*(?P<value>(?-i:\p{Lu})[\p{L}'’-]+(?:[ -](?-i:\p{Lu})[\p{L}'’-]+)*)(?:\s.*|[^\p{L}].*)?$",
        "plan",
        "Voyage prévu de {who} : {value}{date}.",
        75,
        OnDayOnly,
    ),
];

fn compiled(tables: &[(FactKind, &[Row])]) -> Vec<Pattern> {
    let own = [
        ("{several}", r"(?:deux|trois|quatre|cinq|six|\d)"),
        (
            "{names}",
            r"(?P<value>(?-i:\p{Lu})[^.!?;:|]{1,80}?)(?:\s*[.!?;:—].*|\s+(?:qui|mais|parce|car|donc)\b.*)?\s*",
        ),
        (
            "{relations}",
            r"(?P<relation>sœurs|soeurs|frères|fils|filles|cousins|cousines|tantes|oncles|nièces|neveux|chiens|chiennes|chats|chattes|chatons|lapins|hamsters|perroquets|poissons|tortues)",
        ),
        ("{firm}", r"(?:\s+(?:(?P<firm>chez\s.*)|(?:à|au|dans|depuis|en)\s.*))?"),
        (
            "{food}",
            r"(?:gluten|blé|lait|lactose|laitages?|produits\s+laitiers|fruits\s+de\s+mer|crustacés|crevettes?|poissons?|arachides?|cacahuètes?|noix|noisettes?|amandes?|fruits\s+à\s+coque|œufs?|oeufs?|soja|sésame|fraises?|kiwis?|moutarde|céleri)",
        ),
    ];
    compile_all(tables, &own, PARTS)
}

/// What is tried before the longer forms.
pub(super) fn first() -> Vec<Pattern> {
    compiled(&[
        (FactKind::Identity, BIRTHDAYS_FIRST),
        (FactKind::Health, HEALTH_FIRST),
        (FactKind::Person, PEOPLE_FIRST),
    ])
}

/// What is tried after them.
pub(super) fn patterns() -> Vec<Pattern> {
    compiled(&[
        (FactKind::Identity, NAME),
        (FactKind::Identity, AGE),
        (FactKind::Health, HEALTH),
        (FactKind::Place, HOME),
        (FactKind::Work, WORK),
        (FactKind::Person, PEOPLE),
        (FactKind::Date, DATES),
        (FactKind::Goal, PLANS),
    ])
}
