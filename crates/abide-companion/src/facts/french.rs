//! French patterns for facts. Must not know other languages.

mod brief;
mod changes;
mod endings;
mod others;
mod wishes;
mod words;

use std::sync::LazyLock;

use regex::Regex;

use self::wishes::{AVOID, NOTE};
pub(super) use self::words::RELATIONS;
use self::words::{DESCRIBED, NOT_NAMES, NOT_PLACES, PARTS, SPELLINGS, speech};
use super::lists::ListRules;
use super::pattern::Special::{
    Age, Begins, Birthday, BirthdayNow, Idiom, Introduction, OnDay, OnDayOnly, Opening, Plain, Relation,
};
use super::pattern::{Grammar, Pattern, Row, anywhere, at_beginning, compile_all};
use crate::language::Language;
use crate::store::FactKind;

const IDENTITY: &[Row] = &[
    (r"(?:c['’]?est\s+)?{je}m['’]?appelle\s+{called}{end}", "name", "{who} s'appelle {value}.", 95, Plain),
    (
        r"mon\s+(?:pré)?nom(?:\s+complet)?,?\s+(?:est|c['’]?est)\s+{name}{end}",
        "name",
        "{who} s'appelle {value}.",
        95,
        Plain,
    ),
    (
        r"(?:tu\s+peux\s+m['’]?appeler|appelle[- ]moi|on\s+m['’]?appelle|mes\s+(?:amis|potes)\s+m['’]?appellent)\s+{name}{end}",
        "name",
        "{who} se fait appeler {value}.",
        85,
        Opening,
    ),
    (
        r"{je}ai\s+(?P<value>\d{1,3}|[\p{L}-]+(?:\s+et\s+une?)?)\s+ans(?:\s+et\s+demie?)?{end}",
        "age",
        "{who} avait {value} ans le {date}.",
        90,
        Age,
    ),
    (
        r"{je}(?:viens\s+d['’]avoir|ai\s+(?:enfin\s+)?eu)\s+(?P<value>\d{1,3}|[\p{L}-]+)\s+ans{when}{end}",
        "age",
        "{who} avait {value} ans le {date}.",
        90,
        Age,
    ),
    (
        r"mon\s+anniv(?:ersaire)?,?\s+(?:est|c['’]?est|c|tombe)\s+(?:le\s+)?(?P<value>[^?!|]{3,40})[!.]?$",
        "birthday",
        "L'anniversaire de {who} est le {date}.",
        95,
        Birthday,
    ),
    (
        r"c['’\s]?(?:est|était)?\s+mon\s+anniv(?:ersaire)?,?\s+(?P<value>(?:le\s+)?(?:hier|avant-hier|aujourd['’ ]?hui|demain|après[- ]demain|\d{1,2}(?:er)?\s+\p{L}+))\s*[^\p{L}?]*$",
        "birthday",
        "L'anniversaire de {who} est le {date}.",
        90,
        Birthday,
    ),
    (
        r"c['’]?(?:est|était|\s)\s*(?P<value>mon\s+anniv(?:ersaire)?){end}",
        "birthday",
        "L'anniversaire de {who} est le {date}.",
        90,
        BirthdayNow,
    ),
    (
        r"{je}suis\s+née?\s+le\s+(?P<value>[^?!|]{3,40})$",
        "birthday",
        "{who} est né(e) le {date}.",
        95,
        Birthday,
    ),
    (
        r"l['’]anniversaire\s+de\s+(?:mon|ma)\s+{relation}\s+(?:est|c['’]?est)\s+(?:le\s+)?(?P<value>[^?!|]{3,40})$",
        "birthday",
        "L'anniversaire ({relation} de {who}) est le {date}.",
        90,
        Birthday,
    ),
    (
        r"mes\s+pronoms\s+sont\s+(?P<value>\p{L}+(?:\s*[/,]\s*\p{L}+){0,2}){end}",
        "pronouns",
        "Les pronoms de {who} sont {value}.",
        95,
        Plain,
    ),
    (
        r"(?:{je}viens|{je}suis\s+(?:originaire|natif|native))\s+(?:de\s+|d['’]|du\s+|des\s+){place}{end}",
        "origin",
        "{who} vient de {value}.",
        85,
        Plain,
    ),
    (
        r"(?:{je}ai\s+grandi|{je}suis\s+née?(?:\s+et\s+(?:{je}ai\s+)?grandi)?)\s+{in}{end}",
        "origin",
        "{who} vient de {value}.",
        85,
        Plain,
    ),
    (
        r"{suis}\s+(?P<value>français|allemand|italien|espagnol|chinois|japonais|canadien|québécois|américain|britannique|anglais|belge|suisse|portugais|marocain|algérien|tunisien|sénégalais|polonais|russe|ukrainien)(?:ne|e)?{end}",
        "nationality",
        "Nationalité de {who} : {value}.",
        85,
        Plain,
    ),
    (
        r"ma\s+langue\s+maternelle\s+est\s+(?:le\s+|l['’])?(?P<value>\p{L}+){end}",
        "native language",
        "La langue maternelle de {who} est : {value}.",
        95,
        Plain,
    ),
    (
        r"{je}parle\s+(?:couramment\s+)?(?P<value>(?:français|anglais|allemand|espagnol|italien|chinois|japonais|arabe|portugais|russe|breton|occitan)(?:\s+et\s+\p{L}+)?){end}",
        "speaks",
        "{who} parle {value}.",
        85,
        Plain,
    ),
    (
        r"{suis}\s+(?P<value>mari\x{e9}e?|mariee|divorcée?|séparée|séparé|veuve|veuf|fiancée?|célibataire|célib|pacsée?)(?:\s+(?:depuis|à\s+\p{Lu}\p{L}+|avec)\s.*)?{when}{end}",
        "relationship status",
        "{who} est {value}.",
        80,
        Plain,
    ),
];

/// Tried last: "Je suis Français" says something else.
const INTRODUCTION: &[Row] = &[
    (
        r"(?:{suis}|(?:moi,?\s+)?c['’]?est)\s+{name}{end}",
        "name",
        "{who} s'appelle {value}.",
        85,
        Introduction,
    ),
    (r"moi,?\s+c['’]?est\s+{called}{end}", "name", "{who} s'appelle {value}.", 80, Introduction),
];

const HOME: &[Row] = &[
    (r"{je}habite\s+{place}{end}", "home", "{who} habite {at}{value}.", 90, Begins),
    (
        r"(?:{je}(?:habite|vis|réside|loge)|on\s+(?:habite|vit)|nous\s+(?:habitons|vivons))\s+(?:maintenant\s+|actuellement\s+|toujours\s+|désormais\s+)?{in}(?:\s+depuis\s[^.;,]*?)?(?:\s+avec\s+(?P<also>(?:mon|ma)\s.*)|\s+(?:depuis|avec)\s.*)?{end}",
        "home",
        "{who} habite {at}{value}.",
        95,
        Begins,
    ),
    (
        r"(?:(?:{je}ai|on\s+a|nous\s+avons)\s+(?:récemment\s+|enfin\s+)?(?:déménagé|emménagé)|(?:{je}viens|on\s+vient)\s+(?:de\s+d|d['’]em)ménager|(?:{je}me\s+suis|on\s+s['’]est|nous\s+nous\s+sommes)\s+(?:enfin\s+)?installée?s?)\s+(?:de\s+\p{Lu}\p{L}+\s+)?{in}(?:\s+(?:il\s+y\s+a|y\s+a|l['’]an|en|depuis|le|la|avec|pour)\s.*)?{end}",
        "home",
        "{who} habite {at}{value}.",
        90,
        Begins,
    ),
    (
        r"(?:{je}{ne}(?:habite|vis)|on\s+{ne}(?:habite|vit))\s+plus\s+{in}{end}",
        "~home",
        "{who} n'habite plus {at}{value}.",
        95,
        Plain,
    ),
    (
        r"(?:{je}habitais|{je}vivais|on\s+(?:habitait|vivait)|{je}ai\s+(?:habité|vécu))\s+{in}(?:\s+avant|\s+(?:pendant|jusqu|avant|de|quand)[ 'e’].*)?{end}",
        "lived in",
        "{who} a habité {at}{value}.",
        85,
        Plain,
    ),
];

const WORK: &[Row] = &[
    (
        r"{je}(?:travaille|bosse|taf(?:fe)?)\s+(?:maintenant\s+)?comme\s+{value}(?:\s+(?:(?P<firm>chez\s.*)|(?:à|dans|depuis)\s.*))?{end}",
        "job",
        "Métier de {who} : {value}.",
        90,
        Begins,
    ),
    (
        r"{je}{ne}suis\s+plus\s+{occupation}{end}",
        "~job",
        "{who} n'exerce plus ce métier : {value}.",
        90,
        Plain,
    ),
    (
        r"{suis}\s+{occupation}(?:\s+(?:(?P<firm>chez\s.*)|(?:à|au|dans|depuis)\s.*))?{end}",
        "job",
        "Métier de {who} : {value}.",
        85,
        Begins,
    ),
    (
        r"{je}(?:travaille|bosse|taf(?:fe)?)\s+chez\s+(?P<value>(?-i:\p{Ll})[\p{L}-]{2,})(?:\s+(?:comme|depuis|à|en|avec)\s.*)?{end}",
        "employer",
        "{who} travaille pour {value}.",
        80,
        Begins,
    ),
    (
        r"mon\s+(?:boulot|travail|métier|job|taf)\s*,?\s+(?:c['’]est|est)\s+{occupation}{end}",
        "job",
        "Métier de {who} : {value}.",
        85,
        Begins,
    ),
    (
        r"{je}(?:travaille|bosse|taf(?:fe)?)\s+(?:maintenant\s+)?(?:chez|pour\s+(?:la\s+|le\s+)?)\s*(?P<value>(?-i:\p{Lu})[^.!?;,|]{1,50}?)(?:\s+(?:comme|depuis|à|en|avec)\s.*)?{end}",
        "employer",
        "{who} travaille pour {value}.",
        85,
        Begins,
    ),
    (
        r"{je}enseigne\s+(?P<value>(?:le\s+|la\s+|les\s+|l['’])(?-i:\p{Ll})[\p{L}'’-]+(?:\s+(?-i:\p{Ll})[\p{L}'’-]+)?)(?:\s+(?:(?P<firm>chez\s.*)|(?:à|au|aux|dans|en|depuis)\s.*))?{end}",
        "teaches",
        "{who} enseigne {value}.",
        80,
        Begins,
    ),
    (
        r"(?:{je}étudie|{je}fais\s+(?:des\s+études\s+(?:de\s+|d['’])|une\s+licence\s+(?:de\s+|d['’])|un\s+master\s+(?:de\s+|d['’]|en\s+))|{je}suis\s+(?:étudiante?\s+)?en\s+(?:(?:fac|licence|master|thèse|bts|prépa)\s+)?(?:de\s+|d['’])?)\s*(?P<value>(?:la\s+|le\s+|l['’]|les\s+)?{subject})(?:\s+(?:à|en|depuis)\s.*)?{end}",
        "studies",
        "{who} étudie : {value}.",
        80,
        Begins,
    ),
    (
        r"{je}{ne}(?:travaille|bosse|taf(?:fe)?)\s+plus\s+(?:chez|pour)\s+(?:la\s+|le\s+)?{value}{end}",
        "~employer",
        "{who} ne travaille plus pour {value}.",
        90,
        Plain,
    ),
];

const PEOPLE: &[Row] = &[
    (
        r"(?:mon|ma)\s+(?:{older}\s+)?{relation}(?:,?\s+(?:elle|il))?\s+(?:s['’]?appelle|se\s+(?:pré)?nomme)\s+{called}{end}",
        "",
        "{who} a pour {relation} : {value}.",
        95,
        Relation,
    ),
    (
        r"(?:mon|ma|notre)\s+(?:{older}\s+)?(?P<relation>{relatives}|{pets}){eldest},?\s+(?:c['’]?est|est)\s+{given}(?:\s*[.!,;:(…—–].*|\s+(?:et|mais)\s.*)?\s*$",
        "",
        "{who} a pour {relation} : {value}.",
        85,
        Relation,
    ),
    (
        r"(?:mon|ma)\s+(?:{older}\s+)?{relation}\s+{given}(?:[\s,.!;:)].*)?$",
        "",
        "{who} a pour {relation} : {value}.",
        80,
        Relation,
    ),
    // Between commas, as "my brother, thank God, is better" begins in the same way.
    (
        r"(?:mon|ma)\s+(?:{older}\s+)?{relation},\s+{given}(?:\s*[.!]*|,.*|\s+(?:est|a|était|habite|vit|travaille|adore|aime|vient|va)\s.*)$",
        "",
        "{who} a pour {relation} : {value}.",
        80,
        Relation,
    ),
    (
        r"{je}ai\s+une?\s+(?:{older}\s+)?{relation}(?:\s+de\s+[\p{L}\d-]+\s+ans)?,?\s+(?:qui\s+s['’]?appelle|nommée?|appelée?)\s+{called}{end}",
        "",
        "{who} a pour {relation} : {value}.",
        95,
        Relation,
    ),
    (
        r"(?:{je}ai|on\s+a|nous\s+avons)\s+(?:adopté\s+|pris\s+)?une?\s+(?:\p{L}+\s+)?{pet}(?:\s+\p{L}+)?\s+(?:qui\s+s['’]?appelle|nommée?|appelée?)\s+{called}{end}",
        "",
        "{who} a un animal ({relation}) nommé {value}.",
        95,
        Relation,
    ),
    (
        r"(?:mon|ma|notre)\s+(?:{older}\s+)?{pet}(?:,?\s+(?:elle|il))?\s+(?:s['’]?appelle|se\s+(?:pré)?nomme)\s+{called}{end}",
        "",
        "{who} a un animal ({relation}) nommé {value}.",
        95,
        Relation,
    ),
    (
        r"(?:mon|ma|notre)\s+(?:{older}\s+)?{pet}\s+{given}(?:[\s,.!;:)].*)?$",
        "",
        "{who} a un animal ({relation}) nommé {value}.",
        80,
        Relation,
    ),
    (
        r"(?:(?:mon|ma)\s+{partner}\s+et\s+moi,?\s+)?(?:on\s+(?:s['’]est|est)|(?:nous\s+)?nous\s+(?:nous\s+)?sommes|{je}me\s+suis|{je}suis)\s+(?:\p{L}+ment\s+|bien\s+)?séparée?s?(?:\s+(?:de|d['’])\s*(?:(?:mon|ma)\s+{partner}|lui|elle|(?-i:\p{Lu}\p{Ll}+)))?(?P<value>){when}{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        85,
        Plain,
    ),
    (
        r"(?:(?:mon|ma)\s+{partner}\s+et\s+moi,?\s+)?(?:{je}ai|on\s+a|nous\s+avons|avons)\s+(?:enfin\s+)?(?:rompu|cassé|divorcé|largué)(?:\s+(?:avec|de|d['’])?\s*(?:(?:mon|ma)\s+{partner}|lui|elle|(?-i:\p{Lu}\p{Ll}+)))?(?P<value>){when}{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        85,
        Plain,
    ),
    (
        r"(?:mon|ma)\s+{partner}(?:\s+(?-i:\p{Lu}\p{Ll}+))?\s+(?:vient\s+de\s+me\s+(?:quitter|larguer|plaquer)|m['’]?a\s+(?:quittée?|larguée?|plaquée?))(?P<value>)(?:\s+pour\s+[^.,;:!?|]{1,40}?)?{when}{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        85,
        Plain,
    ),
    (
        r"{je}ai\s+(?:quitté|largué|plaqué)\s+(?:mon|ma)\s+{partner}(?P<value>){when}{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        80,
        Plain,
    ),
    (
        r"(?:on\s+{ne}est|nous\s+ne\s+sommes|{je}{ne}suis)\s+plus\s+(?:ensemble|en\s+couple|avec\s+(?:(?:mon|ma)\s+{partner}|lui|elle))(?P<value>){when}{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        80,
        Plain,
    ),
];

const PREFERENCE: &[Row] = &[
    (r"{je}{ne}(?:déteste|hais|adore|kiffe|préfère)\s+(?:pas|ni|rien|plus\s+que|que)\s", "", "", 0, Idiom),
    (r"{je}{ne}(?:aime|supporte)\s+ni\s+{value}{stop}", "dislikes", "{who} n'aime pas {value}.", 80, Plain),
    (
        r"{je}aime\s+pas\s+mal\s+(?:les?\s+idées?\s+(?:de|d['’])\s*)?{value}{stop}",
        "likes",
        "{who} aime {value}.",
        70,
        Plain,
    ),
    (r"{je}aime\s+plus\s+que\s+tout\s+{value}{stop}", "likes", "{who} aime {value}.", 80, Plain),
    (
        r"{je}aime\s+(?:plus|mieux)\s+{value}\s+qu(?:e\s|['’]).*$",
        "prefers",
        "{who} préfère {value}.",
        75,
        Plain,
    ),
    (r"{je}aime\s+mieux\s+{value}{stop}", "prefers", "{who} préfère {value}.", 75, Plain),
    (
        r"{je}{ne}(?:aime|supporte)\s+(?:pas|plus|vraiment\s+pas|toujours\s+pas)\s+(?:trop\s+|du\s+tout\s+|vraiment\s+|beaucoup\s+|tellement\s+)?{value}(?:\s+du\s+tout)?{stop}",
        "dislikes",
        "{who} n'aime pas {value}.",
        80,
        Plain,
    ),
    (
        r"(?:{je}(?:déteste|hais|ai\s+horreur\s+d[eu]))\s+{adverb}{value}{stop}",
        "dislikes",
        "{who} déteste {value}.",
        85,
        Plain,
    ),
    (r"{je}(?:aime|adore|kiffe)\s+{adverb}{value}{stop}", "likes", "{who} aime {value}.", 80, Plain),
    (
        r"{suis}\s+(?:passionnée?|fan|accro|fou|folle)\s+(?:de\s+la\s+|de\s+l['’]|de\s+|du\s+|des\s+|d['’]|à\s+la\s+|à\s+|au\s+|aux\s+){value}{stop}",
        "likes",
        "{who} aime {value}.",
        80,
        Plain,
    ),
    (
        r"{je}ai\s+(?:très\s+|super\s+|trop\s+)?peur\s+(?:du\s+(?:résultat|futur|lendemain|jugement)|de\s+(?:la\s+(?:suite|réponse|réaction)|l['’](?:avenir|examen|entretien))|des\s+(?:conséquences|résultats|gens))\b.*$",
        "",
        "",
        0,
        Idiom,
    ),
    (
        r"(?:{je}ai\s+(?:très\s+|super\s+|trop\s+|une\s+|vraiment\s+|toujours\s+)*(?:peur\s+(?:panique\s+|bleue\s+)?|la\s+phobie\s+|la\s+trouille\s+)(?:des\s+|du\s+|de\s+la\s+|de\s+l['’])|{suis}\s+(?:terrifiée?|terrorisée?|effrayée?)\s+par\s+(?:les\s+|la\s+|le\s+|l['’])){value}{stop}",
        "fears",
        "Peur de {who} : {value}.",
        80,
        Plain,
    ),
    (
        r"{je}{ne}ai\s+(?:plus|pas)\s+(?:du\s+tout\s+)?peur\s+(?:des\s+|du\s+|de\s+la\s+|de\s+l['’]){value}{stop}",
        "~fears",
        "{who} n'a pas peur : {value}.",
        80,
        Plain,
    ),
    // What one prefers to do goes on.
    (
        r"{je}préfère\s+(?P<value>(?-i:\p{Ll})\p{L}+(?:er|ir|re)\s+(?:à|au|aux|chez|dans|en|avec|sur|sans)\s[^.!?;,|]{2,60}?){end}",
        "prefers",
        "{who} préfère {value}.",
        75,
        Plain,
    ),
    (
        r"{je}préfère\s+{value}(?:\s+(?:à|au|aux|plutôt)\s.*)?{end}",
        "prefers",
        "{who} préfère {value}.",
        80,
        Plain,
    ),
];

const HEALTH: &[Row] = &[
    (
        r"{suis}\s+(?:\p{L}+ment\s+|très\s+)?allergique\s+(?:au\s+(?:travail|boulot|lundi|matin|sport|réveil|mariage|ménage|bonheur|célibat)|aux\s+(?:lundis|matins|cons|gens|maths|idiots|réunions|devoirs|hommes|femmes|compliments)|à\s+(?:la\s+(?:bêtise|connerie|politique|foule)|l['’](?:école|effort|hypocrisie|injustice|autorité)|toi|lui|elle))\b",
        "",
        "",
        0,
        Idiom,
    ),
    (
        r"{suis}\s+(?:\p{L}+ment\s+|très\s+)?allergique\s+(?:à\s+la\s+|à\s+l['’]|à\s+|au\s+|aux\s+){value}{end}",
        "allergy",
        "{who} a une allergie : {value}.",
        95,
        Plain,
    ),
    (
        r"{je}{ne}suis\s+(?:en\s+fait\s+|finalement\s+)?(?:pas|plus)\s+(?:du\s+tout\s+|vraiment\s+|en\s+fait\s+)?allergique\s+(?:à\s+la\s+|à\s+l['’]|à\s+|au\s+|aux\s+){value}{end}",
        "~allergy",
        "{who} n'a pas cette allergie : {value}.",
        90,
        Plain,
    ),
    (r"{je}{ne}suis\s+(?:plus|pas)\s+{diet}{end}", "~diet", "{who} n'est pas {value}.", 90, Plain),
    (r"{suis}\s+{diet}{end}", "diet", "{who} est {value}.", 90, Plain),
    (
        r"(?:{je}ai\s+(?:de\s+l['’]|du\s+|de\s+la\s+|des\s+|un\s+|une\s+|le\s+)?|{je}souffre\s+(?:de\s+|d['’]|du\s+)){illness}{end}",
        "condition",
        "Santé de {who} : {value}.",
        90,
        Plain,
    ),
    (
        r"on\s+m['’]a\s+diagnostiqué\s+(?:un\s+|une\s+|de\s+l['’]|du\s+)?{value}{end}",
        "condition",
        "Santé de {who} : {value}.",
        90,
        Plain,
    ),
    (
        r"{suis}\s+{state}(?:\s+de\s+[\p{L}\d]+\s+(?:mois|semaines))?{end}",
        "condition",
        "{who} est {value}.",
        90,
        Plain,
    ),
];

const DATES: &[Row] = &[
    (
        r"(?:{je}ai|on\s+a|il\s+y\s+a)\s+(?:un\s+|une\s+|mon\s+|ma\s+)?(?P<value>(?:rendez-vous|rdv|entretien|examen|réunion|vol|opération|présentation|concert|contrôle|audition|soutenance|échéance|bilan|visite|fête|soirée|repas|dîner|déjeuner|cours|répétition|entraînement|match|mariage|enterrement|cérémonie)(?:\s+(?:(?:chez|avec|de|d['’]|à|au|médical|médicale)\s*[\p{L}'’ ]{1,30}?|(?-i:\p{Lu})[\p{L}'’-]+))?)\s+(?:le|ce|cet|cette|demain|après-demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|dans|la\s+semaine|aujourd|(?:à|vers)\s+\d[\dh]*)\b.*$",
        "appointment",
        "Rendez-vous de {who}{date} : {value}.",
        85,
        OnDayOnly,
    ),
    (
        r"mon\s+(?P<value>(?:rendez-vous|rdv|entretien|examen|opération|vol|mariage|soutenance)(?:\s+[\p{L}'’ ]{1,30}?)?)\s+(?:est|a\s+lieu|c['’]?est)\s+.*$",
        "appointment",
        "Rendez-vous de {who}{date} : {value}.",
        85,
        OnDayOnly,
    ),
];

const PLANS: &[Row] = &[
    (
        r"(?:{je}prévois\s+(?:de|d['’])|{je}compte|{je}ai\s+l['’]intention\s+(?:de|d['’])|{je}ai\s+prévu\s+(?:de|d['’]))\s*(?P<value>(?:[\p{L}]+(?:er|ir|re)|m['’e]\s?\p{L}+)\b[^.!?;,|]{0,80}?){end}",
        "plan",
        "Projet de {who} : {value}{date}.",
        75,
        OnDay,
    ),
    // One also thinks to have lost one's keys.
    (
        r"{je}pense\s+(?:bien\s+|sérieusement\s+)?(?:à\s+)?(?P<value>(?:partir|aller\s+(?:à|en|au|aux|vivre|habiter|voir)|déménager|changer|quitter|arrêter|commencer|reprendre|acheter|vendre|visiter|adopter|passer|prendre|faire|organiser|m['’]inscrire|me\s+(?:marier|remettre|lancer|inscrire|mettre|reconvertir|former|installer))\b[^.!?;,|]{0,80}?){end}",
        "plan",
        "Projet de {who} : {value}{date}.",
        75,
        OnDay,
    ),
    (
        r"(?:{je}vais|{je}pars|on\s+part|nous\s+partons|on\s+va)\s+(?:à|en|au|aux|vivre\s+à|déménager\s+à)\s+(?P<value>(?-i:\p{Lu})[^.!?;|]{2,60}?)\s*[.!]*$",
        "plan",
        "Voyage prévu de {who} : {value}{date}.",
        75,
        OnDayOnly,
    ),
    (
        r"(?:{je}voudrais|{je}aimerais|{je}veux|{je}espère)\s+(?P<value>(?:apprendre|devenir|visiter|voyager|écrire|déménager|acheter|commencer|finir|étudier|courir|ouvrir|construire|arrêter|adopter|perdre)\s+[^.!?;,|]{2,80}?){end}",
        "goal",
        "{who} veut {value}.",
        75,
        Plain,
    ),
    (
        r"mon\s+(?:but|rêve|objectif)\s+(?:est|c['’]?est)\s+(?:de\s+|d['’]){value}{end}",
        "goal",
        "But de {who} : {value}.",
        85,
        Plain,
    ),
    (
        r"{je}(?:te\s+)?promets\s+(?:de\s+|d['’]|que\s+{je}){value}{end}",
        "promise",
        "{who} a promis : {value}{date}.",
        80,
        OnDay,
    ),
];

const THINGS: &[Row] = &[
    (
        r"(?:{je}ai|on\s+a|nous\s+avons)\s+(?:maintenant\s+|aussi\s+|désormais\s+)?(?P<value>(?:une?|deux|trois)\s+(?:{quality}\s+)*(?:{object}s?|(?-i:\p{Lu}\p{Ll})[\p{L}\p{N}-]+(?:\s+(?-i:\p{Lu}|\d)[\p{L}\p{N}-]*){0,2})(?:\s+(?:rouge|bleue?|verte?|noire?|blanc(?:he)?|grise?|jaune|portable|électrique|hybride|sportive|ancienne|d['’]occasion|de\s+sport|de\s+course)s?)*)(?:\s+(?:à\s+(?-i:\p{Lu})|en\s+(?-i:\p{Lu})|près\s|au\s+bord|dans\s|sur\s).*)?{end}",
        "has",
        "{who} a {value}.",
        65,
        Plain,
    ),
    (
        r"{je}joue\s+(?:souvent\s+|un\s+peu\s+)?(?:du|de\s+la|de\s+l['’])\s*{instrument}{end}",
        "plays",
        "{who} joue d'un instrument : {value}.",
        80,
        Plain,
    ),
    (
        r"(?:{je}(?:possède|conduis)|{je}(?:me\s+suis|ai)\s+(?:enfin\s+)?acheté)\s+(?P<value>une?\s+(?:(?:nouvelle|nouveau|vieille|vieux|petite?|grande?)\s+)?(?:voiture|moto|vélo|scooter|camping-car|maison|appart(?:ement)?|chalet|bateau|guitare|piano|violon|ordi(?:nateur)?|téléphone|console|télé|appareil\s+photo|(?-i:\p{Lu})[\p{L}\p{N}]+)[^.!?;,|]{0,40}?)(?:\s+(?:hier|aujourd|depuis|pour)\b.*)?{end}",
        "has",
        "{who} a : {value}.",
        65,
        Plain,
    ),
];

const BELIEF: &[Row] = &[
    (
        r"{suis}\s+(?P<value>chrétien(?:ne)?|catholique|protestante?|musulmane?|juif|juive|bouddhiste|hindoue?|athée|agnostique){end}",
        "religion",
        "{who} est {value}.",
        85,
        Plain,
    ),
    (
        r"{je}crois\s+(?:vraiment|fermement)\s+qu(?:e\s+|['’]){value}{end}",
        "believes",
        "{who} croit : {value}.",
        65,
        Plain,
    ),
];

/// Tables of what the user wants of the companion.
const WISHES: usize = 2;

fn patterns() -> Vec<Pattern> {
    let tables: [(FactKind, &[Row]); 13] = [
        (FactKind::Avoid, AVOID),
        (FactKind::Note, NOTE),
        (FactKind::Identity, IDENTITY),
        (FactKind::Place, HOME),
        (FactKind::Health, HEALTH),
        (FactKind::Work, WORK),
        (FactKind::Person, PEOPLE),
        (FactKind::Date, DATES),
        (FactKind::Preference, PREFERENCE),
        (FactKind::Goal, PLANS),
        (FactKind::Possession, THINGS),
        (FactKind::Note, BELIEF),
        (FactKind::Identity, INTRODUCTION),
    ];
    let longer = |tables| compile_all(tables, &[], PARTS);
    let (wishes, facts) = tables.split_at(WISHES);
    longer(wishes)
        .into_iter()
        .chain(endings::patterns())
        .chain(changes::TABLES.first())
        .chain(brief::first())
        .chain(longer(facts))
        .chain(brief::patterns())
        .chain(changes::TABLES.last())
        .collect()
}

/// See [`Grammar::tags`]: whether it is known or was told already, and what is thought of it, but not whether it is so.
fn tags() -> Regex {
    let doubts = r"(?:non|si|oui|nan|hein|vrai|pas\s+vrai|n['’]est-ce\s+pas|c['’]est\s+(?:bien\s+|pas\s+)?(?:ça|cela|vrai|juste|exact|correct|possible|lui|elle)|(?:je\s+)?me\s+trompe(?:-je)?|j['’]ai\s+(?:raison|tort))";
    let knows = r"(?:souviens|rappelles?|sais|savais|vois|imagines?|te\s+rends\s+compte|connais|connaissais|(?:as|avais|vous\s+avez)\s+(?:pas\s+|déjà\s+)*(?:vu|oublié|entendu|compris|noté|remarqué|retenu|deviné)|savez|saviez|souvenez|rappelez)";
    let that = r"(?:\s+(?:pas|déjà|plus|encore|bien|ça|cela|de\s+ça|toujours))*";
    let told = r"(?:dit|parlé|raconté|écrit|mentionné|signalé|prévenue?)";
    let judged = r"(?:drôle|fou|folle|dingue|marrant|rigolo|beau|belle|joli|jolie|mignon|mignonne|bête|incroyable|sympa|génial|géniale|super|chouette|original|originale|amusant|étrange|bizarre|grave|triste|étonnant|pas\s+mal|cool|rare|curieux|charmant)";
    let pattern = format!(
        r"(?P<doubts>(?:(?:\s*[,;]|\s+[-–—]+|[–—])\s*{doubts}(?:\s*,[^?]*)?|[\s,]ou\s[^?]*)\s*[?!]*\?[?!\s]*$)|(?:\s*[,;]|\s+[-–—]+|[–—])\s*(?:(?:(?:et|mais|au\s+fait|d['’]ailleurs)[, ]+)?(?:(?:est-ce\s+que\s+)?(?:tu\s+|vous\s+|t['’])(?:ne\s+|n['’])?(?:(?:le|la|l|te|t|vous|m|me|en)(?:['’]|\s+))*(?:en\s+)?{knows}{that}|(?:(?:le|te|t['’]en)\s*)?(?:savais|sais|souviens|rappelles|imagines|vois)-tu{that}|(?:souviens|rappelle)-toi|(?:est-ce\s+que\s+)?(?:je\s+|j['’])(?:ne\s+|n['’])?(?:(?:te|t|vous|le|la|l|en)(?:['’]|\s+))*(?:ai|avais)(?:\s+(?:pas|déjà|jamais|bien|peut-être))*\s+{told}{that}|(?:ne\s+)?(?:(?:te|t|l|le|en|vous)(?:['’]|\s+))+ai-je{that}\s+{told}{that}|(?:c['’]est\s+(?:pas\s+)?|ce\s+n['’]est\s+pas\s+|n['’]est-ce\s+pas\s+)(?:(?:trop|si|très|plutôt|vraiment|un\s+peu|assez)\s+)*(?:une?\s+)?{judged}(?:\s+(?:prénom|nom|métier|ville|histoire|nouvelle|instrument|animal))?|(?:une?\s+|plutôt\s+|trop\s+|très\s+)*{judged}(?:\s+(?:prénom|nom))?,?\s+(?:non|hein|n['’]est-ce\s+pas|tu\s+ne\s+trouves\s+pas|pas\s+vrai)|pour\s+(?:info|que\s+tu\s+(?:le\s+)?saches)|d['’]accord|ok|compris)(?:\s*,\s*(?:non|hein|nan|n['’]est-ce\s+pas|pas\s+vrai))?)\s*[?!]*\?[?!\s]*$"
    );
    anywhere(&pattern)
}

pub(super) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Grammar {
    patterns: patterns(),
    others: others::patterns(),
    naming: others::naming(),
    lists: ListRules {
        stop: anywhere(
            r"[.!?;:—(|]|\s-+\s|,?\s+(?:mais|parce\s+qu|car|donc|depuis|quand|alors|qui|o[ùu]|en\s+ce\s+moment|maintenant|désormais|à\s+présent|d['’]ailleurs|en\s+fait|actuellement)(?:[ ,e'’.!?;…]|$)",
        ),
        joint: anywhere(r"(?P<last>\s*,\s*(?:et|ou|ni)\s+|\s+(?:et|ou|ni|&)\s+)|\s*,\s*"),
        by_marks: false,
        // With an article or the like, a verb in its basic form, or a name: else it may be another clause.
        after_word: anywhere(r"^"),
        item: anywhere(
            r"^(?:(?:(?:l|d)['’]|(?:le|la|les|des|un|une|mon|ma|mes|notre|nos|ce|cette|ces)\s+)[\p{L}\p{N}'’-]+(?:\s+[\p{L}\p{N}'’-]+){0,3}|\p{L}+(?:er|ir|re)(?:\s+[\p{L}\p{N}'’-]+){0,3}|(?-i:\p{Lu})[\p{L}'’-]+|[\p{L}-]+)$",
        ),
        refused: anywhere(
            r"^(?:franchement|honnêtement|merci|pardon|bref|voilà|puis|ensuite)\b|(?:^|[\s'’])(?:je|j|tu|t|il|elle|on|nous|vous|ils|elles|me|moi|toi|lui|eux|ça|c|est|sont|suis|était|a|ai|as|ont|qui|que|aussi|pas|non)(?:[\s'’]|$)",
        ),
        around: anywhere(
            r"^(?:à\s+la\s+|à\s+l['’]|à\s+|au\s+|aux\s+|de\s+la\s+|de\s+l['’]|de\s+|du\s+|des\s+|d['’])|\s+(?:du\s+tout|s['’]il\s+te\s+pla[iî]t|stp)$",
        ),
    },
    openers: anywhere(
        r"^(?:\s+|(?:bon|ben|alors|oui|ouais|non|oh|ah|euh|ok|d['’]accord|salut|bonjour|coucou|hey|bonsoir|slt|bjr|cc|euh|hum|bah|perso|personnellement|en\s+vrai|en\s+fait|honnêtement|enfin|bref|finalement|au\s+final|en\s+fin\s+de\s+compte|tout\s+compte\s+fait|au\s+bout\s+du\s+compte|désormais|à\s+présent|dorénavant|d['’]ailleurs|au\s+fait|aussi|et|mais|tu\s+sais|écoute|voilà|pour\s+info|enchantée?|à\s+vrai\s+dire|pardon|désolée?|en\s+ce\s+moment|actuellement|maintenant|aujourd['’]hui|hier|cette\s+année|cette\s+semaine|l['’]année\s+dernière|quant\s+à\s+moi)(?:[,:;.!—-]+\s*|\s+)|[-–—•*(]\s*)",
    ),
    // Who writes without marks begins with "I" anew: not behind "que", "si", "quand", whose last letters are none of these.
    joints: anywhere(
        r"(?P<pair>\b(?:mariage|fiançailles|enterrement|obsèques|baptême|anniversaire|fête|soirée|remise\s+des\s+diplômes)\s+(?:de\s+|d['’])(?:(?:mon|ma|mes)\s+[\p{L}-]+(?:\s+(?-i:\p{Lu})[\p{L}-]+)?|[\p{L}-]+)\s+et\s+(?:de\s+|d['’])?(?:(?:mon|ma|mes|son|sa)\s+)?[\p{L}-]+\s+(?:est|a\s+lieu|aura|sera)\b)|[,;:—(]\s+|\s+-\s+|\s+(?:et|mais|car|donc|alors|puis|parce\s+que)\s+|\bparce\s+qu['’]|[abcfghlmnoprsvxyz\x{e9}\d]\s+(?P<on>)(?:je\s|j['’]|jai\s|jhabite\s|jadore\s|jaime\s|jsuis\s|chuis?\s)",
    ),
    supposes: anywhere(
        r"\b(?:si\s+(?:j|on|tu|nous)|si\s+seulement|imagine|imaginons|supposons|suppose|admettons|faisons\s+comme\s+si|peut[ -]être|hypothétiquement|j\p{L}*['’ ]?\s?(?:plaisante|rigole|déconne)|blague|(?:j['’ ]?ai|avoir)\s+rêvé|rêvé\s+qu|je\s+rêvais|dans\s+(?:mon|ma|mes|un|une|le|la|les|l['’]|cette|ce|cet|notre)\s*(?:\p{L}+\s+)?(?:rêves?|roman|livre|jeu|film|histoire|pièce|série|scène|scénario|sketch|spectacle|bd|manga|conte|fanfic\p{L}*|monde\s+(?:idéal|parfait|imaginaire|parallèle|meilleur)|(?:autre|seconde|prochaine)\s+(?:vie|monde|univers)|vie\s+(?:antérieure|idéale|rêvée)|univers\s+(?:parallèle|alternatif)|tête|imagination)|dans\s+une?\s+autre\s+\p{L}+|jeu\s+de\s+rôle|jdr|personnage|comme\s+si|quand\s+j['’ ]?étais|presque|failli|traduis|paroles|serais|aurais|habiterais|vivrais|travaillerais|(?:installée?s?|déménagé|emménagé)\b.*\b(?:suis|est|sommes|étais)\s+(?:\p{L}+\s+)?(?:revenue?s?|rentr\x{e9}e?s?|retourn\x{e9}e?s?))\b",
    ),
    speech: speech(),
    contrasts: anywhere(r"\b(?:mais|pourtant|sauf\s+que|moi,?)\s+$"),
    asks_back: anywhere(
        r"[,.!]?\s*\bet\s+(?:toi|vous)(?:\s+alors)?\s*\?*\s*$|[,.!]?\s+(?:tu\s+vois|nan|hein|quoi)\s*\?+\s*$",
    ),
    laughs: anywhere(
        r"\b(?:lol+|x?p?mdr+|x?ptdr+|(?:a?ha){2,}h?|a?hah+|hihi+h?|hé+hé+|xd|:'\))(?:[.!]+|\b)|[😂🤣😆😅]+",
    ),
    respelled: anywhere(
        r"[’‘´ʼ]|\b(?:j ?ai|jsuis|chuis?|jhabite|jaime|jadore|j'?me|jm'?appelle|[ms] ?appelle|[ms]['’ ]?apelle|c ?est|jvis|aujourd ?hui|auj|pcq|pck|psk|anniv)\b",
    ),
    spellings: SPELLINGS,
    corrects: anywhere(
        r"(?:^|[,;.—–-]\s*|\s)(?:(?:oh|ah|euh|oups|pardon|désolée?|attends?|enfin|non|bah)[,!. ]+){0,3}(?:(?:en\s+fait|enfin),?\s+non|non,?\s+(?:attends?|pardon|en\s+fait|enfin|désolée?|plutôt)|attends?,?\s+non|je\s+(?:voulais|veux)\s+dire|ou\s+plutôt|erreur|pardon,?\s+(?:c['’]est|à|en))[,:;. …—–-]*\s*(?:c['’]est\s+)?(?:à\s+|en\s+|au\s+|chez\s+)?(?P<value>[\p{L}\p{N}][\p{L}\p{N}'’-]*(?:\s+[\p{L}\p{N}][\p{L}\p{N}'’-]*){0,2})\s*(?:[.!,].*)?$",
    ),
    introduces: anywhere(r"^\W*(?:bonjour|salut|coucou|hello|hey|bonsoir|slt|bjr|cc|yo)\b|\benchantée?\b"),
    not_names: anywhere(NOT_NAMES),
    described: at_beginning(DESCRIBED, PARTS),
    not_places: anywhere(NOT_PLACES),
    asks: anywhere(
        r"^(?:(?:et|mais|alors|bon|dis)[, ]+)?(?:est-ce\s+qu|qu['’]est-ce|qui\s+est|o\x{f9}|ou\s+(?:est|sont|habite|vit|j|tu)\b|quand\s+est-ce|pourquoi|comment|combien|quel(?:le)?s?\s|ai-je|suis-je|sais-tu|as-tu|es-tu|te\s+souviens-tu|tu\s+te\s+souviens|tu\s+sais\s+(?:si|où|quand|comment|qui|ce))",
    ),
    tags: tags(),
    empty_values: anywhere(
        r"^(?:(?:une?\s+(?:fou|folle|dingue|malade|bête|acharnée?|chien)|ça|cela|ce|ceci|le|la|les|lui|elle|eux|toi|moi|nous|vous|qui|quoi|comment|quand|où|que|tout|rien|quelque\s+chose|quelqu'un|beaucoup|bien|être|l['’]idée|le\s+fait|le\s+fait\s+.*|ni\s+.*|pas|pas\s+.*|po\s+.*|plus|plus\s+.*|jamais|jamais\s+.*|de\s+(?:choses|gens|trucs|monde)|(?:ta|ton|tes|votre|vos|te|trop)(?:\s+.*)?|.*\s(?:toi|vous)|à\s+croire.*|t['’].*|qu['’].*|quand\s+.*|que\s+.*|comment\s+.*|ce\s+.*|ça\s+.*|bien\s+.*|celui.*|celle.*|mieux.*))$",
    ),
    // One is mad with worry, too.
    reactions: anywhere(
        r"^(?:inquiétude|joie|rage|colère|jalousie|bonheur|douleur|chagrin|tristesse|amour|angoisse|impatience|désespoir|peur)\b",
    ),
    lasting: anywhere(r"^$"),
    own: anywhere(
        r"\b(?:je|j['’]\p{L}+|jai|jsuis|chui|mon|ma|mes|me|m['’]\p{L}+|moi|nous|notre|nos)\b|[ldnqu]['’]?ai\b",
    ),
    first_person: anywhere(r"\b(?:mon|ma|mes|notre|nos)\b"),
    third_person: &[("mon", "son"), ("ma", "sa"), ("mes", "ses"), ("notre", "leur"), ("nos", "leurs")],
    around_names: anywhere(r"^(?:nommée?s?|appelée?s?)\s+|\s*\(.*$|\s+\d+.*$|\s+qui\s.*$"),
    unfinished: anywhere(
        r"^(?:(?:j(?:e\s+|['’]\s?)ai|on\s+a|nous\s+avons)\s+(?:récemment\s+|enfin\s+)?déménagé|(?:je\s+viens|on\s+vient)\s+de\s+déménager)\s*[.!…]+$",
    ),
    employed: ["je travaille ", ""],
    married: "je suis marié avec {}",
    having: "j'ai ",
    relations: RELATIONS,
    language: Language::French,
    user: "L'utilisateur",
    died: "mort",
});
