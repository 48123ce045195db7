//! What French says of what is otherwise now: work that ended or begins, tastes, counts, favourites; and days that return every year. Must not know
//! what it was before.

use super::PARTS;
use crate::facts::pattern::Special::{Favourite, OnDayOnly, Plain, Starts, Yearly};
use crate::facts::pattern::{Pattern, Row, compile_all};
use crate::store::FactKind;

/// Parts beside those that all patterns have.
const OWN_PARTS: &[(&str, &str)] = &[
    ("{post}", r"(?:travail|emploi|boulot|poste|taf|job|place|boîte|métier)"),
    (
        "{then}",
        r"(?:\s+(?:hier|avant-hier|de\s+(?:mon|ma|chez|l['’]|la)|du\s|d['’]|parce|pour|à\s+cause|à\s+(?:la|l['’]|mon)|depuis|il\s+y\s+a|y\s+a|la\s+semaine|le\s+mois|l['’]an|en|ce|cette|cet|comme|récemment|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|aujourd['’]hui|maintenant|cet\s).*)?",
    ),
    ("{at_last}", r"(?:(?:enfin|finalement|récemment|donc|tout\s+juste|juste|quand\s+même)\s+)*"),
    (
        "{dated}",
        r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|demain|après-demain|bientôt|la\s+semaine\s+prochaine|le\s+mois\s+prochain|l['’]an\s+prochain|le\s+\d{1,2}(?:er)?(?:\s+\p{L}+)?|en\s+(?:{month})|dans\s+[\p{L}\d]+\s+(?:jours?|semaines?|mois))(?:\s+prochaine?)?",
    ),
    ("{month}", r"(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"),
    ("{when_first}", r"(?:(?:à\s+partir\s+(?:de\s+|du\s+|d['’])|dès\s+)?{dated},?\s+)?"),
    (
        "{starts}",
        r"{je}(?:commence|débute|attaque|démarre|vais\s+(?:commencer|débuter|démarrer|attaquer)|commencerai|débuterai)",
    ),
    ("{of}", r"(?:de\s+la\s+|de\s+l['’]|de\s+|du\s+|des\s+|d['’])"),
    (
        "{thing}",
        r"(?P<thing>couleur|plat|repas|nourriture|livre|roman|film|chanson|groupe|chanteu(?:r|se)|saison|mois|animal|sport|équipe|jeu|boisson|thé|café|vin|fromage|fleur|ville|pays|restaurant|resto|auteure?|écrivain|série|musique|dessert|gâteau|fruit|légume|glace|instrument|loisir|passe-temps|langue|acteur|actrice|mot|jour|fête|peintre|artiste)",
    ),
    ("{now}", r"(?:(?:maintenant|désormais|à\s+présent|dorénavant|plutôt|en\s+ce\s+moment)\s+)*"),
    (
        "{object}",
        r"(?:voiture|bagnole|auto|caisse|moto|vélo|scooter|bateau|caravane|camping-car|maison|appart(?:ement)?|téléphone|portable|ordi(?:nateur)?|tablette|console|guitare|piano|violon|télé(?:vision)?|appareil\s+photo)",
    ),
    ("{monthday}", r"(?:\d{1,2}(?:er)?\s+{month})"),
    (
        "{occasion}",
        r"(?:mariage|rencontre|noces|fiançailles|couple|pacs|divorce|sobriété|travail|amitié|vie\s+commune)",
    ),
    (
        "{falls}",
        r",?\s+(?:est|c['’]?est|c['’]?était|tombe|a\s+lieu)(?:\s+(?:toujours|chaque\s+année))?\s+(?:le\s+)?",
    ),
];

const WORK: &[Row] = &[
    (
        r"(?:{je}ai\s+{at_last}(?:démissionné|(?:posé|donné|remis|déposé|présenté)\s+ma\s+(?:démission|dém)|pris\s+ma\s+retraite|(?:quitté|lâché|plaqué|perdu|abandonné)\s+(?:mon|ma)\s+(?:\p{L}+\s+)?{post}|arrêté\s+(?:de\s+(?:travailler|bosser)|le\s+{post}|mon\s+{post})|été\s+(?:licenciée?|virée?|renvoyée?|mise?\s+à\s+la\s+porte|remerciée?))|{je}viens\s+de\s+(?:démissionner|perdre\s+mon\s+{post}|prendre\s+ma\s+retraite|me\s+faire\s+(?:virer|licencier|renvoyer)|quitter\s+mon\s+{post})|{je}me\s+suis\s+faite?\s+(?:virer|licencier|renvoyer|lourder|jeter))(?P<value>){then}{end}",
        "~employment",
        "{who} a quitté son travail.",
        90,
        Plain,
    ),
    (
        r"(?:{je}{ne}(?:travaille|bosse|taffe)\s+plus|{je}{ne}ai\s+plus\s+(?:de\s+(?:travail|boulot|job|taf)|d['’]emploi)|{suis}\s+{now}(?:au\s+chômage|sans\s+emploi|à\s+la\s+retraite|en\s+retraite|retraitée?)|(?:mon|notre)\s+contrat\s+(?:est\s+(?:terminé|fini)|s['’]est\s+terminé|n['’]a\s+pas\s+été\s+renouvelé|a\s+pris\s+fin))(?P<value>)(?:\s+(?:hier|depuis|il\s+y\s+a|la\s+semaine|le\s+mois|l['’]an|maintenant|du\s+tout|ce|cette|en)(?:\s.*)?)?{end}",
        "~employment",
        "{who} a quitté son travail.",
        85,
        Plain,
    ),
    (
        r"{when_first}{starts}\s+(?:{dated}\s+)?(?:(?:un|mon|une?)\s+(?:nouveau\s+|nouvel\s+)?{post}\s+)?(?:{dated}\s+)?(?:comme|en\s+tant\s+que?|en\s+tant\s+qu['’])\s*(?:une?\s+)?{value}(?:\s+(?:(?P<firm>chez\s+(?-i:\p{Lu}).*)|(?:{dated}|chez|à|au|dans|pour)\b.*))?{end}",
        "job",
        "{who} commence comme : {value}{date}.",
        85,
        Starts,
    ),
    (
        r"{when_first}(?:{je}serai|{je}vais\s+être|{je}deviens)\s+{occupation}(?:\s+(?:à\s+partir|dès|{dated}|chez|à|au|dans)\b.*)?{end}",
        "job",
        "{who} commence comme : {value}{date}.",
        80,
        Starts,
    ),
    (
        r"{when_first}{starts}\s+(?:{dated}\s+)?(?:(?:un|mon)\s+(?:nouveau\s+|nouvel\s+)?{post}\s+)?chez\s+(?P<value>(?-i:\p{Lu})[\p{L}\p{N}&'’-]+(?:\s+(?-i:\p{Lu})[\p{L}\p{N}&'’-]+){0,3})(?:\s+{dated}.*)?{end}",
        "employer",
        "{who} commence chez {value}{date}.",
        85,
        Starts,
    ),
    (
        r"{when_first}{starts}\s+(?:{dated}\s+)?(?:un|mon)\s+(?P<value>(?:nouveau|nouvel)\s+{post})(?:\s.*)?[.!]*$",
        "plan",
        "{who} commence un {value}{date}.",
        80,
        OnDayOnly,
    ),
];

const PREFERENCE: &[Row] = &[
    (
        r"(?:mon|ma|mes)\s+(?:nouvelle?\s+|nouveau\s+|nouvel\s+)?{thing}\s+préférée?s?,?\s+(?:{now})(?:(?:était|c['’]?était)\s+[^.!?;|]{2,40}?,?\s+(?:et\s+|mais\s+)?{now}c['’]?est|n['’]?est\s+plus\s+[^.!?;|]{2,40}?,?\s+(?:mais|c['’]?est)|est\s+devenue?|devient|est|c['’]?est)\s+{now}(?:devenue?\s+)?{value}{stop}",
        "",
        "{thing} que {who} préfère : {value}.",
        95,
        Favourite,
    ),
    (
        r"(?P<value>(?:(?:le|la|les|un|une)\s+|l['’])?[\p{L}\p{N}][\p{L}\p{N}'’-]*(?:\s+[\p{L}\p{N}'’-]+){0,3}?),?\s+(?:c['’]?est|est)\s+{now}(?:devenue?\s+)?(?:mon|ma)\s+(?:nouvelle?\s+|nouveau\s+|nouvel\s+)?{thing}\s+préférée?(?:\s+(?:maintenant|désormais|à\s+présent|du\s+moment))*{stop}",
        "",
        "{thing} que {who} préfère : {value}.",
        85,
        Favourite,
    ),
    (
        r"{je}(?:ai\s+{at_last}(?:fini\s+par|appris\s+à|commencé\s+à)|commence\s+(?:vraiment\s+|enfin\s+)?à|me\s+suis\s+mise?\s+à|me\s+mets\s+à|me\s+surprends\s+à)\s+(?:(?:vraiment|enfin|bien|beaucoup)\s+)*(?:aimer|adorer|apprécier|kiffer|raffoler\s+{of})\s*(?:bien\s+|beaucoup\s+)?{value}{stop}",
        "likes",
        "{who} aime {value}.",
        80,
        Plain,
    ),
    (
        r"{je}(?:ai\s+{at_last}pris\s+goût|me\s+suis\s+{at_last}(?:faite?|habituée?))\s+(?:à\s+la\s+|à\s+l['’]|à\s+|au\s+|aux\s+){value}{stop}",
        "likes",
        "{who} aime {value}.",
        75,
        Plain,
    ),
    (
        r"{je}ai\s+changé\s+d['’]avis\s+(?:sur\s+|à\s+propos\s+{of}|pour\s+)(?P<value>[^.!?;:,|]{2,40}?)\s*[,;:.—-]+\s*(?:et\s+|mais\s+)?(?:j['’]\s?aime|j['’]\s?adore|{je}l['’]\s?(?:aime|adore)|{je}les\s+(?:aime|adore)|j['’]\s?en\s+raffole).*$",
        "likes",
        "{who} aime {value}.",
        80,
        Plain,
    ),
    (
        r"{je}{ne}(?:déteste|hais|crains)\s+plus\s+(?:du\s+tout\s+|vraiment\s+|autant\s+)?(?P<value>(?:(?:la|le|les|ce|cet|cette|ces|mon|ma|mes)\s+|l['’])[^.!?;,|]{1,60}?){stop}",
        "~dislikes",
        "{who} ne déteste plus {value}.",
        80,
        Plain,
    ),
    (
        r"{je}(?:détestais|haïssais|n['’]aimais\s+pas)\s+(?:avant\s+)?{value}(?:\s+(?:avant|autrefois|dans\s+le\s+temps))+{stop}",
        "~dislikes",
        "{who} détestait {value} autrefois.",
        75,
        Plain,
    ),
    (
        r"{je}(?:aimais|adorais)\s+(?:beaucoup\s+|bien\s+|avant\s+)*{value}(?:\s+(?:avant|autrefois|dans\s+le\s+temps))+{stop}",
        "~likes",
        "{who} aimait {value} autrefois.",
        75,
        Plain,
    ),
    (
        r"{je}(?:me\s+suis\s+{at_last}lassée?\s+{of}|ai\s+{at_last}(?:fini\s+par|commencé\s+à)\s+(?:détester|haïr|ne\s+plus\s+(?:aimer|supporter))\s+|commence\s+à\s+(?:détester|haïr|ne\s+plus\s+(?:aimer|supporter))\s+|suis\s+{at_last}dégoûtée?\s+{of}){value}{stop}",
        "dislikes",
        "{who} n'aime plus {value}.",
        75,
        Plain,
    ),
];

const COUNTS: &[Row] = &[(
    r"(?:{je}ai|on\s+a|nous\s+avons)\s+(?:maintenant\s+|désormais\s+|à\s+présent\s+|en\s+tout\s+|déjà\s+|aussi\s+)*(?P<value>(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|\d{1,2})\s+(?:(?:petit|grand|jeune)e?s?\s+|beaux\s+|belles\s+)?{counted}(?:(?:,\s+(?:une?|deux|trois|quatre|\d)\s+{counted})*\s+et\s+(?:une?|deux|trois|quatre|\d)\s+{counted})?)(?:\s+(?:maintenant|désormais|en\s+tout|à\s+présent|au\s+total))*{end}",
    "has",
    "{who} a {value}.",
    85,
    Plain,
)];

const STATUS: &[Row] = &[
    (
        r"(?:{je}me\s+suis|on\s+s['’]est|nous\s+nous\s+sommes)\s+{at_last}(?P<value>mari\x{e9}e?s?|fiancée?s?|pacsée?s?){when}{end}",
        "relationship status",
        "{who} : {value}.",
        80,
        Plain,
    ),
    (
        r"{suis}\s+{now}(?:de\s+nouveau\s+|à\s+nouveau\s+)?(?P<value>en\s+couple|célibataire|mari\x{e9}e?|fiancée?|divorcée?){when}{end}",
        "relationship status",
        "{who} est {value}.",
        80,
        Plain,
    ),
];

const THINGS: &[Row] = &[(
    r"(?:{je}ai|on\s+a|nous\s+avons)\s+{at_last}(?:vendu|bazardé|donné|revendu|jeté)\s+(?:mon|ma|notre)\s+(?:vieille\s+|vieux\s+|ancienne?\s+|petite?\s+|grosse?\s+)*(?P<value>{object})(?:\s+(?:rouge|bleue?|verte?|noire?|blanche?|grise?))?{when}{end}",
    "~has",
    "{who} n'a plus : {value}.",
    80,
    Plain,
)];

const YEARLY: &[Row] = &[
    (
        r"(?:notre|mon|nos|l['’])\s*(?:\d{1,3}(?:e|[èe]me)\s+)?anniversaire\s+de\s+(?:notre\s+|mon\s+)?(?P<value>{occasion}){falls}(?P<day>[^?!|]{3,40})$",
        "anniversary",
        "L'anniversaire de {value} de {who} est le {date}.",
        90,
        Yearly,
    ),
    (
        r"notre\s+anniversaire(?P<value>){falls}(?P<day>[^?!|]{3,40})$",
        "anniversary",
        "L'anniversaire du couple de {who} est le {date}.",
        80,
        Yearly,
    ),
    (
        r"l['’]anniversaire\s+{of}(?P<value>(?:(?:la\s+)?(?:mort|disparition|décès)\s|notre\s+(?:rencontre|mariage|premier|première|emménagement|union|installation))[^.!?;,|]{0,50}?){falls}(?P<day>[^?!|]{3,40})$",
        "anniversary",
        "L'anniversaire ({value}, {who}) est le {date}.",
        85,
        Yearly,
    ),
    (
        r"(?:le\s+)?(?P<day>{monthday}|aujourd['’]hui|demain|après-demain),?\s+(?:c['’]?est|est|ce\s+sera|ça\s+sera)\s+(?:l['’]|notre\s+|mon\s+)anniversaire\s+de\s+(?:notre\s+|mon\s+)?(?P<value>{occasion}){end}",
        "anniversary",
        "L'anniversaire de {value} de {who} est le {date}.",
        85,
        Yearly,
    ),
    (
        r"c['’]?est\s+(?:l['’]|notre\s+|mon\s+)anniversaire\s+de\s+(?:notre\s+|mon\s+)?(?P<value>{occasion})\s+(?P<day>aujourd['’]hui|demain|après-demain|le\s+{monthday}){end}",
        "anniversary",
        "L'anniversaire de {value} de {who} est le {date}.",
        85,
        Yearly,
    ),
    (
        r"(?:ma|mon)\s+(?P<value>fête|jour\s+de\s+fête|saint\s+patron){falls}(?:à\s+la\s+saint\S*\s+\S+,?\s+)?(?P<day>{monthday}[^?!|]{0,20})$",
        "yearly",
        "Chaque année, {value} de {who} : le {date}.",
        90,
        Yearly,
    ),
    (
        r"(?:{je}me\s+suis|on\s+s['’]est|nous\s+nous\s+sommes)\s+(?P<value>mari\x{e9}e?s?)\s+le\s+(?P<day>{monthday}(?:\s+(?:19|20)\d\d)?)\s*(?:[.!)].*)?$",
        "anniversary",
        "Mariage de {who} : le {date}.",
        85,
        Yearly,
    ),
    (
        r"(?:{je}me\s+suis|on\s+s['’]est|nous\s+nous\s+sommes)\s+(?P<value>rencontrée?s|fiancée?s?|pacsée?s?|mise?s\s+ensemble|mis\s+en\s+couple|connue?s)\s+le\s+(?P<day>{monthday}(?:\s+(?:19|20)\d\d)?)\s*(?:[.!)].*)?$",
        "yearly",
        "{who} et son ou sa partenaire se sont {value} le {date}.",
        80,
        Yearly,
    ),
    (
        r"(?:(?:tous\s+les|chaque)\s+(?P<day>{monthday})|(?:chaque\s+année|tous\s+les\s+ans),?\s+le\s+(?P<day2>{monthday})|le\s+(?P<day3>{monthday})\s+(?:de\s+chaque\s+année|tous\s+les\s+ans|chaque\s+année)),?\s+(?P<value>(?:on\s|je\s|j['’]|nous\s)[^.!?;|]{3,80}?){end}",
        "yearly",
        "Chaque année le {date}, selon {who} : {value}.",
        80,
        Yearly,
    ),
    (
        r"(?P<value>(?:on\s|je\s|j['’]|nous\s)[^.!?;|]{3,80}?)\s+(?:(?:tous\s+les|chaque)\s+(?P<day>{monthday})|(?:chaque\s+année|tous\s+les\s+ans),?\s+le\s+(?P<day2>{monthday})|le\s+(?P<day3>{monthday})\s+(?:de\s+chaque\s+année|tous\s+les\s+ans|chaque\s+année)){end}",
        "yearly",
        "Chaque année le {date}, selon {who} : {value}.",
        80,
        Yearly,
    ),
];

/// What is counted.
const COUNTED: &str = r"(?:demi-)?(?:sœurs?|soeurs?|frères?|frangine?s?|enfants?|gosses?|gamine?s?|fils|filles?|garçons?|jumeaux|jumelles|petits-enfants|petits-fils|petites-filles|chiens?|chiennes?|chats?|chattes?|chevaux|cheval|lapins?|hamsters?|poissons?|perroquets?|oiseaux?|poules?|chèvres?|moutons?|tortues?|poneys?|animaux|cochons\s+d['’]inde)";

fn compiled(tables: &[(FactKind, &[Row])]) -> Vec<Pattern> {
    let own: Vec<(&str, &str)> = OWN_PARTS.iter().copied().chain([("{counted}", COUNTED)]).collect();
    compile_all(tables, &own, PARTS)
}

/// What is tried before what the user says of themselves otherwise.
pub(super) fn first() -> Vec<Pattern> {
    compiled(&[
        (FactKind::Date, YEARLY),
        (FactKind::Work, WORK),
        (FactKind::Preference, PREFERENCE),
        (FactKind::Possession, THINGS),
    ])
}

/// What is tried after it.
pub(super) fn last() -> Vec<Pattern> {
    compiled(&[(FactKind::Identity, STATUS), (FactKind::Person, COUNTS)])
}
