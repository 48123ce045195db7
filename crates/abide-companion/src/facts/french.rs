//! French patterns for facts. Must not know other languages.

mod others;

use std::sync::LazyLock;

use super::lists::ListRules;
use super::pattern::Special::{
    Age, Begins, Birthday, Favourite, Forget, Note, OnDay, OnDayOnly, Plain, Relation,
};
use super::pattern::{Grammar, Pattern, Row, compile, never};
use crate::language::Language;
use crate::store::FactKind;
use crate::time::compiled;

const PARTS: &[(&str, &str)] = &[
    (
        "{end}",
        r"(?:\s*[.!,;:—(|].*|\s+(?:et|mais|parce\s+qu|car|donc|depuis|quand|alors|qui|o[ùu]|en\s+ce\s+moment|maintenant|aussi|d['’]ailleurs|en\s+fait|actuellement|pour\s+l['’]instant)(?:[ ,e'’].*)?)?\s*$",
    ),
    ("{name}", r"(?P<value>(?-i:\p{Lu})[\p{L}'’-]+(?:\s+(?-i:\p{Lu})[\p{L}'’-]+){0,2})"),
    (
        "{place}",
        r"(?P<value>(?:la\s+|le\s+|les\s+|l['’])?(?-i:\p{Lu})[\p{L}'’-]{1,40}(?:[ -](?:sur|sous|en|de|du|la|le|les|(?-i:\p{Lu})[\p{L}'’-]+)){0,4}?)",
    ),
    ("{value}", r"(?P<value>[\p{L}\p{N}][^.!?;,|]{0,100}?)"),
    ("{je}", r"(?:moi,?\s+)?j['’]|je\s+"),
    (
        "{suis}",
        r"(?:moi,?\s+)?(?:je\s+suis|j['’]suis|chui)(?:\s+(?:maintenant|actuellement|aussi|toujours))?",
    ),
    (
        "{adverb}",
        r"(?:vraiment\s+|beaucoup\s+|bien\s+|trop\s+|aussi\s+|surtout\s+|maintenant\s+|actuellement\s+|toujours\s+|énormément\s+|absolument\s+)*",
    ),
    ("{relation}", r"(?P<relation>{relatives}){eldest}"),
    ("{eldest}", r"(?:\s+(?:aînée?|cadette?|cadet|jumelle|jumeau))?"),
    (
        "{relatives}",
        r"mère|maman|père|papa|sœur|soeur|frère|fils|fille|femme|mari|compagne|compagnon|copine|copain|conjointe?|fiancée?|meilleure?\s+amie?|amie?|grand-mère|mamie|grand-père|papi|tante|oncle|cousine?|nièce|neveu|patron(?:ne)?|collègue|coloc(?:ataire)?|voisine?|ex",
    ),
    ("{pet}", r"(?P<relation>{pets})"),
    (
        "{pets}",
        r"chien(?:ne)?|chiot|chat(?:te)?|chaton|cheval|lapin|hamster|perroquet|oiseau|poisson|tortue|cochon\s+d['’]inde",
    ),
    (
        "{occupation}",
        r"(?P<value>(?:infirmi[eè]re?|professeure?|prof|enseignante?|institutrice|instituteur|médecin|docteure?|ingénieure?|développeu(?:r|se)|programmeu(?:r|se)|avocate?|étudiante?|écrivaine?|artiste|musicien(?:ne)?|cuisini(?:er|ère)|serveu(?:r|se)|comptable|architecte|chercheu(?:r|se)|électricien(?:ne)?|plombi(?:er|ère)|menuisi(?:er|ère)|chauffeu(?:r|se)|pilote|militaire|polici(?:er|ère)|pompi(?:er|ère)|pharmacien(?:ne)?|dentiste|vétérinaire|agricult(?:eur|rice)|journaliste|photographe|traduct(?:eur|rice)|bibliothécaire|secrétaire|vendeu(?:r|se)|psychologue|boulang(?:er|ère)|coiffeu(?:r|se)|retraitée?|graphiste)(?:\s+(?:en|de)\s+[\p{L} ]{2,30}?)?)",
    ),
    (
        "{illness}",
        r"(?P<value>diabète|asthme|tdah|dépression|épilepsie|arthrose|migraines?|hypertension|insomnies?|cancer|maladie\s+de\s+crohn|sclérose\s+en\s+plaques|endométriose|fibromyalgie|acouphènes)",
    ),
    (
        "{state}",
        r"(?P<value>diabétique|asthmatique|autiste|épileptique|dyslexique|enceinte|daltonien(?:ne)?|sourde?|aveugle|gauch(?:er|ère))",
    ),
    ("{est}", r"est(?:\s+(?:maintenant|actuellement|aussi|toujours))?"),
    ("{older}", r"(?:petite?|grande?|jeune|aînée?|cadette?|nouvelle|nouveau|nouvel|vieux|vieille)"),
];

const RELATIONS: &[(&str, &str)] = &[
    ("mère", "mother"),
    ("maman", "mother"),
    ("père", "father"),
    ("papa", "father"),
    ("sœur", "sister"),
    ("soeur", "sister"),
    ("frère", "brother"),
    ("fils", "son"),
    ("fille", "daughter"),
    ("femme", "wife"),
    ("mari", "husband"),
    ("compagne", "partner"),
    ("compagnon", "partner"),
    ("copine", "girlfriend"),
    ("copain", "boyfriend"),
    ("conjoint", "partner"),
    ("conjointe", "partner"),
    ("fiancé", "partner"),
    ("fiancée", "partner"),
    ("meilleur ami", "friend"),
    ("meilleure amie", "friend"),
    ("ami", "friend"),
    ("amie", "friend"),
    ("grand-mère", "grandmother"),
    ("mamie", "grandmother"),
    ("grand-père", "grandfather"),
    ("papi", "grandfather"),
    ("tante", "aunt"),
    ("oncle", "uncle"),
    ("cousin", "cousin"),
    ("cousine", "cousin"),
    ("nièce", "niece"),
    ("neveu", "nephew"),
    ("patron", "boss"),
    ("patronne", "boss"),
    ("collègue", "colleague"),
    ("coloc", "roommate"),
    ("colocataire", "roommate"),
    ("voisin", "neighbour"),
    ("voisine", "neighbour"),
    ("ex", "former partner"),
    ("chien", "dog"),
    ("chienne", "dog"),
    ("chiot", "dog"),
    ("chat", "cat"),
    ("chatte", "cat"),
    ("chaton", "cat"),
    ("cheval", "horse"),
    ("lapin", "rabbit"),
    ("hamster", "hamster"),
    ("perroquet", "parrot"),
    ("oiseau", "bird"),
    ("poisson", "fish"),
    ("tortue", "turtle"),
    ("cochon d'inde", "guinea pig"),
];

const AVOID: &[Row] = &[
    (
        r"(?:s['’]il\s+te\s+pla[iî]t,?\s+|stp,?\s+)?(?:ne\s+|n['’])?(?:me\s+)?(?:parle(?:z|s)?|reparle)(?:-moi)?\s+(?:plus|jamais|pas)\s+(?:jamais\s+)?(?:de\s+|du\s+|des\s+|d['’])(?P<value>[\p{L}][^.!?;,|]{0,80}?)(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|à\s+l['’]avenir))?{end}",
        "topic",
        "{who} ne veut plus qu'on lui parle de {value}.",
        95,
        Plain,
    ),
    (
        r"(?:s['’]il\s+te\s+pla[iî]t,?\s+)?(?:ne\s+|n['’])?(?:mentionne|évoque|aborde)(?:z|s)?\s+(?:plus|jamais|pas)\s+(?:jamais\s+)?{value}(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp))?{end}",
        "topic",
        "{who} ne veut pas qu'on évoque {value}.",
        95,
        Plain,
    ),
    (
        r"(?:je\s+ne\s+veux|j['’]veux|je\s+veux)\s+(?:plus|pas|jamais)\s+(?:entendre\s+)?parler\s+(?:de\s+|du\s+|des\s+|d['’])(?P<value>[\p{L}][^.!?;,|]{0,80}?){end}",
        "topic",
        "{who} ne veut plus parler de {value}.",
        90,
        Plain,
    ),
    (
        r"(?:évite|évitons)\s+(?:le\s+sujet\s+(?:de\s+|du\s+|des\s+|d['’])|de\s+parler\s+(?:de\s+|du\s+|des\s+|d['’]))(?P<value>[\p{L}][^.!?;,|]{0,80}?){end}",
        "topic",
        "{who} ne veut pas parler de {value}.",
        95,
        Plain,
    ),
    (
        r"(?:arrête|cesse)\s+de\s+(?:me\s+)?parler\s+(?:de\s+|du\s+|des\s+|d['’])(?P<value>[\p{L}][^.!?;,|]{0,80}?){end}",
        "topic",
        "{who} ne veut plus qu'on lui parle de {value}.",
        95,
        Plain,
    ),
];

const NOTE: &[Row] = &[
    (
        r"(?:(?:s['’]il\s+te\s+pla[iî]t|stp|tu\s+peux|peux-tu|pourrais-tu),?\s+)*(?:rappelle[- ]toi|souviens[- ]toi|retiens|te\s+souvenir|retenir|note|n['’]oublie\s+(?:pas|jamais)|garde\s+en\s+tête)\s+(?:bien\s+)?(?:qu['’]|que\s+|:\s*|ceci\s*:\s*)(?P<value>[^?]{3,200}?)\s*[.!?]*$",
        "remember",
        "{who} a demandé de retenir : {value}.",
        95,
        Note,
    ),
    (
        r"(?:(?:s['’]il\s+te\s+pla[iî]t|stp),?\s+)?oublie\s+(?:tout\s+)?(?:ce\s+que\s+je\s+t['’]ai\s+(?:dit|raconté)\s+(?:sur|à\s+propos\s+de|au\s+sujet\s+de|de)\s+|tout\s+sur\s+|l['’]histoire\s+(?:de\s+|avec\s+))(?P<value>[^?.!,]{2,120}?)\s*[.!]*$",
        "forget",
        "",
        90,
        Forget,
    ),
    (
        r"(?:(?:s['’]il\s+te\s+pla[iî]t|stp),?\s+)?(?:oublie|efface|supprime)\s+(?:ça|cela|ce\s+que\s+je\s+(?:viens\s+de\s+dire|t['’]ai\s+dit)|mon\s+dernier\s+message)(?P<value>)\s*[.!]*$",
        "forget",
        "",
        80,
        Forget,
    ),
];

const IDENTITY: &[Row] = &[
    (
        r"(?:moi,?\s+)?(?:c['’]est\s+)?je\s+m['’]appelle\s+{name}{end}",
        "name",
        "{who} s'appelle {value}.",
        95,
        Plain,
    ),
    (
        r"mon\s+(?:pré)?nom(?:\s+complet)?\s+(?:est|c['’]est)\s+{name}{end}",
        "name",
        "{who} s'appelle {value}.",
        95,
        Plain,
    ),
    (
        r"(?:tu\s+peux\s+m['’]appeler|appelle[- ]moi|on\s+m['’]appelle|mes\s+amis\s+m['’]appellent)\s+{name}{end}",
        "name",
        "{who} se fait appeler {value}.",
        85,
        Plain,
    ),
    (
        r"j['’]ai\s+(?P<value>\d{1,3}|[\p{L}-]+(?:\s+et\s+une?)?)\s+ans{end}",
        "age",
        "{who} avait {value} ans le {date}.",
        90,
        Age,
    ),
    (
        r"je\s+viens\s+d['’]avoir\s+(?P<value>\d{1,3}|[\p{L}-]+)\s+ans{end}",
        "age",
        "{who} avait {value} ans le {date}.",
        90,
        Age,
    ),
    (
        r"mon\s+anniversaire,?\s+(?:est|c['’]est|tombe)\s+(?:le\s+)?(?P<value>[^?!|]{3,40})$",
        "birthday",
        "L'anniversaire de {who} est le {date}.",
        95,
        Birthday,
    ),
    (
        r"je\s+suis\s+née?\s+le\s+(?P<value>[^?!|]{3,40})$",
        "birthday",
        "{who} est né(e) le {date}.",
        95,
        Birthday,
    ),
    (
        r"l['’]anniversaire\s+de\s+(?:mon|ma)\s+{relation}\s+(?:est|c['’]est)\s+(?:le\s+)?(?P<value>[^?!|]{3,40})$",
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
        r"(?:je\s+viens|je\s+suis\s+originaire)\s+(?:de\s+|d['’]|du\s+|des\s+){place}{end}",
        "origin",
        "{who} vient de {value}.",
        85,
        Plain,
    ),
    (
        r"(?:j['’]ai\s+grandi|je\s+suis\s+née?)\s+(?:à|en|au|aux)\s+{place}{end}",
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
        r"je\s+parle\s+(?:couramment\s+)?(?P<value>(?:français|anglais|allemand|espagnol|italien|chinois|japonais|arabe|portugais|russe|breton|occitan)(?:\s+et\s+\p{L}+)?){end}",
        "speaks",
        "{who} parle {value}.",
        85,
        Plain,
    ),
    (
        r"{suis}\s+(?P<value>mariée?|divorcée?|veuve|veuf|fiancée?|célibataire|pacsée?){end}",
        "relationship status",
        "{who} est {value}.",
        80,
        Plain,
    ),
];

const HOME: &[Row] = &[
    (
        r"(?:j['’]habite|je\s+vis|je\s+réside)\s+(?:maintenant\s+|actuellement\s+|toujours\s+)?(?:à|en|au|aux|dans|près\s+de)\s+{place}(?:\s+(?:depuis|avec)\s.*)?{end}",
        "home",
        "{who} habite : {value}.",
        95,
        Begins,
    ),
    (
        r"(?:j['’]ai|on\s+a|nous\s+avons)\s+(?:récemment\s+)?(?:déménagé|emménagé)\s+(?:à|en|au|aux)\s+{place}(?:\s+(?:il\s+y\s+a|l['’]an|en|depuis|le|la)\s.*)?{end}",
        "home",
        "{who} habite : {value}.",
        90,
        Begins,
    ),
    (
        r"je\s+(?:n['’]habite|ne\s+vis|habite|vis)\s+plus\s+(?:à|en|au|aux)\s+{place}{end}",
        "~home",
        "{who} n'habite plus : {value}.",
        95,
        Plain,
    ),
    (
        r"j['’]habite\s+plus\s+(?:à|en|au|aux)\s+{place}{end}",
        "~home",
        "{who} n'habite plus : {value}.",
        95,
        Plain,
    ),
    (
        r"(?:j['’]habitais|je\s+vivais|j['’]ai\s+(?:habité|vécu))\s+(?:à|en|au|aux)\s+{place}(?:\s+avant|\s+(?:pendant|jusqu|avant|de|quand)[ 'e’].*)?{end}",
        "lived in",
        "{who} a habité : {value}.",
        85,
        Plain,
    ),
];

const WORK: &[Row] = &[
    (
        r"je\s+(?:travaille|bosse)\s+(?:maintenant\s+)?comme\s+{value}(?:\s+(?:à|chez|dans|depuis)\s.*)?{end}",
        "job",
        "Métier de {who} : {value}.",
        90,
        Begins,
    ),
    (
        r"{suis}\s+{occupation}(?:\s+(?:à|chez|dans|depuis)\s.*)?{end}",
        "job",
        "Métier de {who} : {value}.",
        85,
        Begins,
    ),
    (
        r"je\s+(?:travaille|bosse)\s+(?:maintenant\s+)?(?:chez|pour\s+(?:la\s+|le\s+)?)\s*(?P<value>(?-i:\p{Lu})[^.!?;,|]{1,50}?)(?:\s+(?:comme|depuis)\s.*)?{end}",
        "employer",
        "{who} travaille pour {value}.",
        85,
        Begins,
    ),
    (
        r"(?:j['’]étudie|je\s+fais\s+des\s+études\s+de|je\s+suis\s+en\s+(?:fac|licence|master)\s+de)\s+(?P<value>[\p{L}][\p{L}'’ -]{2,40}?)(?:\s+(?:à|en|depuis)\s.*)?{end}",
        "studies",
        "{who} étudie : {value}.",
        80,
        Begins,
    ),
    (
        r"(?:j['’]ai\s+(?:démissionné|quitté\s+mon\s+(?:travail|emploi|boulot|poste)|perdu\s+mon\s+(?:travail|emploi|boulot))|j['’]ai\s+été\s+(?:licenciée?|virée?)|je\s+me\s+suis\s+faite?\s+virer)(?P<value>)(?:\s+.*)?{end}",
        "~employment",
        "{who} a quitté son travail.",
        90,
        Plain,
    ),
    (
        r"je\s+(?:ne\s+)?(?:travaille|bosse)\s+plus\s+(?:chez|pour)\s+{value}{end}",
        "~employer",
        "{who} ne travaille plus pour {value}.",
        90,
        Plain,
    ),
];

const PEOPLE: &[Row] = &[
    (
        r"(?:mon|ma)\s+(?:{older}\s+)?{relation}\s+s['’]appelle\s+{name}{end}",
        "",
        "{who} a pour {relation} : {value}.",
        95,
        Relation,
    ),
    (
        r"(?:mon|ma)\s+(?:{older}\s+)?{relation},?\s+(?P<value>(?-i:\p{Lu}\p{Ll}+)),?(?:\s+(?:est|a|était|habite|vit|travaille|et|adore|aime|vient|qui|va)\b.*|\s*[.!,]?.*)?$",
        "",
        "{who} a pour {relation} : {value}.",
        80,
        Relation,
    ),
    (
        r"j['’]ai\s+une?\s+(?:{older}\s+)?{relation}(?:\s+de\s+[\p{L}\d-]+\s+ans)?,?\s+(?:qui\s+s['’]appelle|nommée?|appelée?)\s+{name}{end}",
        "",
        "{who} a pour {relation} : {value}.",
        95,
        Relation,
    ),
    (
        r"(?:j['’]ai|on\s+a|nous\s+avons)\s+(?:adopté\s+)?une?\s+(?:\p{L}+\s+)?{pet}(?:\s+\p{L}+)?\s+(?:qui\s+s['’]appelle|nommée?|appelée?)\s+{name}{end}",
        "",
        "{who} a un animal ({relation}) nommé {value}.",
        95,
        Relation,
    ),
    (
        r"(?:mon|ma|notre)\s+(?:{older}\s+)?{pet}\s+s['’]appelle\s+{name}{end}",
        "",
        "{who} a un animal ({relation}) nommé {value}.",
        95,
        Relation,
    ),
    (
        r"(?:mon|ma|notre)\s+(?:{older}\s+)?{pet},?\s+(?P<value>(?-i:\p{Lu}\p{Ll}+)),?(?:\s+(?:est|a|était|et|adore|aime|dort|qui)\b.*|\s*[.!,]?.*)?$",
        "",
        "{who} a un animal ({relation}) nommé {value}.",
        80,
        Relation,
    ),
    (
        r"j['’]ai\s+(?P<value>(?:une?|deux|trois|quatre|cinq|\d)\s+(?:{older}s?\s+)?(?:sœurs?|soeurs?|frères?|enfants?|fils|filles?|chiens?|chats?|chevaux|lapins?)(?:\s+et\s+(?:une?|deux|trois|quatre|\d)\s+(?:sœurs?|soeurs?|frères?|fils|filles?|chiens?|chats?))?){end}",
        "has",
        "{who} a {value}.",
        85,
        Plain,
    ),
    (
        r"(?:on\s+s['’]est|nous\s+nous\s+sommes|je\s+me\s+suis)\s+séparée?s?(?P<value>)(?:\s+.*)?{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        85,
        Plain,
    ),
    (
        r"j['’]ai\s+(?:rompu|divorcé)(?P<value>)(?:\s+.*)?{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        85,
        Plain,
    ),
];

const PREFERENCE: &[Row] = &[
    (
        r"(?:mon|ma)\s+(?P<thing>couleur|plat|livre|film|chanson|groupe|chanteu(?:r|se)|saison|animal|sport|jeu|boisson|thé|fleur|ville|auteure?|série|musique|dessert|fruit|glace)\s+préférée?\s+(?:est|c['’]est)\s+{value}{end}",
        "",
        "{thing} que {who} préfère : {value}.",
        95,
        Favourite,
    ),
    (
        r"je\s+(?:n['’]aime|aime)\s+(?:pas|plus)\s+(?:trop\s+|du\s+tout\s+|vraiment\s+|beaucoup\s+)?{value}(?:\s+du\s+tout)?{end}",
        "dislikes",
        "{who} n'aime pas {value}.",
        80,
        Plain,
    ),
    (
        r"(?:j['’]aime|j['’]aime)\s+(?:pas|plus)\s+(?:trop\s+|du\s+tout\s+|vraiment\s+)?{value}{end}",
        "dislikes",
        "{who} n'aime pas {value}.",
        80,
        Plain,
    ),
    (
        r"(?:je\s+déteste|je\s+hais|j['’]ai\s+horreur\s+d[eu]|je\s+ne\s+supporte\s+pas|je\s+supporte\s+pas)\s+{value}{end}",
        "dislikes",
        "{who} déteste {value}.",
        85,
        Plain,
    ),
    (r"(?:j['’]aime|j['’]adore)\s+{adverb}{value}{end}", "likes", "{who} aime {value}.", 80, Plain),
    (
        r"{suis}\s+(?:passionnée?|fan|fou|folle)\s+(?:de\s+|du\s+|d['’]){value}{end}",
        "likes",
        "{who} aime {value}.",
        80,
        Plain,
    ),
    (
        r"je\s+préfère\s+{value}(?:\s+(?:à|au|aux|plutôt)\s.*)?{end}",
        "prefers",
        "{who} préfère {value}.",
        80,
        Plain,
    ),
];

const HEALTH: &[Row] = &[
    (
        r"{suis}\s+(?:\p{L}+ment\s+|très\s+)?allergique\s+(?:à\s+la\s+|à\s+l['’]|à\s+|au\s+|aux\s+){value}{end}",
        "allergy",
        "{who} est allergique : {value}.",
        95,
        Plain,
    ),
    (
        r"je\s+ne\s+suis\s+(?:pas|plus)\s+allergique\s+(?:à\s+la\s+|à\s+l['’]|à\s+|au\s+|aux\s+){value}{end}",
        "~allergy",
        "{who} n'est pas allergique : {value}.",
        90,
        Plain,
    ),
    (
        r"{suis}\s+(?P<value>végétarien(?:ne)?|végane?|vegane?|pescétarien(?:ne)?|intolérante?\s+au\s+(?:lactose|gluten)){end}",
        "diet",
        "{who} est {value}.",
        90,
        Plain,
    ),
    (
        r"(?:j['’]ai\s+(?:de\s+l['’]|du\s+|de\s+la\s+|des\s+|un\s+|une\s+|le\s+)?|je\s+souffre\s+(?:de\s+|d['’]|du\s+)){illness}{end}",
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
    (r"{suis}\s+{state}{end}", "condition", "{who} est {value}.", 90, Plain),
];

const DATES: &[Row] = &[
    (
        r"(?:j['’]ai|il\s+y\s+a)\s+(?:un\s+|une\s+|mon\s+|ma\s+)?(?P<value>(?:rendez-vous|rdv|entretien|examen|réunion|vol|opération|présentation|concert|contrôle|audition|soutenance|échéance|bilan|visite)(?:\s+(?:chez|avec|de|d['’]|à|au|médical|médicale)\s*[\p{L}'’ ]{1,30}?)?)\s+(?:le|ce|cet|cette|demain|après-demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|dans|la\s+semaine|aujourd)\b.*$",
        "appointment",
        "Rendez-vous de {who}{date} : {value}.",
        85,
        OnDayOnly,
    ),
    (
        r"mon\s+(?P<value>(?:rendez-vous|rdv|entretien|examen|opération|vol|mariage|soutenance)(?:\s+[\p{L}'’ ]{1,30}?)?)\s+(?:est|a\s+lieu|c['’]est)\s+.*$",
        "appointment",
        "Rendez-vous de {who}{date} : {value}.",
        85,
        OnDayOnly,
    ),
];

const PLANS: &[Row] = &[
    (
        r"(?:je\s+prévois\s+de|je\s+compte|j['’]ai\s+l['’]intention\s+de|je\s+pense)\s+(?P<value>(?:[\p{L}]+(?:er|ir|re)|me\s+\p{L}+)\b[^.!?;,|]{0,80}?){end}",
        "plan",
        "Projet de {who} : {value}{date}.",
        75,
        OnDay,
    ),
    (
        r"(?:je\s+vais|je\s+pars|on\s+part|nous\s+partons|on\s+va)\s+(?:à|en|au|aux|vivre\s+à|déménager\s+à)\s+(?P<value>(?-i:\p{Lu})[^.!?;|]{2,60}?)\s*[.!]*$",
        "plan",
        "Voyage prévu de {who} : {value}{date}.",
        75,
        OnDayOnly,
    ),
    (
        r"(?:je\s+voudrais|j['’]aimerais|je\s+veux|j['’]espère)\s+(?P<value>(?:apprendre|devenir|visiter|voyager|écrire|déménager|acheter|commencer|finir|étudier|courir|ouvrir|construire|arrêter|adopter|perdre)\s+[^.!?;,|]{2,80}?){end}",
        "goal",
        "{who} veut {value}.",
        75,
        Plain,
    ),
    (
        r"mon\s+(?:but|rêve|objectif)\s+(?:est|c['’]est)\s+(?:de\s+|d['’]){value}{end}",
        "goal",
        "But de {who} : {value}.",
        85,
        Plain,
    ),
    (
        r"je\s+(?:te\s+)?promets\s+(?:de\s+|d['’]|que\s+je\s+){value}{end}",
        "promise",
        "{who} a promis : {value}{date}.",
        80,
        OnDay,
    ),
];

const THINGS: &[Row] = &[(
    r"(?:je\s+(?:possède|conduis)|j['’]ai\s+(?:enfin\s+)?acheté|je\s+joue\s+(?:du|de\s+la|de\s+l['’]))\s*(?P<value>(?:une?\s+|le\s+|la\s+)?[\p{L}\p{N}][^.!?;,|]{1,50}?)(?:\s+(?:hier|aujourd|le|la|depuis|pour)\b.*)?{end}",
    "has",
    "{who} a : {value}.",
    65,
    Plain,
)];

const BELIEF: &[Row] = &[
    (
        r"{suis}\s+(?P<value>chrétien(?:ne)?|catholique|protestante?|musulmane?|juif|juive|bouddhiste|hindoue?|athée|agnostique){end}",
        "religion",
        "{who} est {value}.",
        85,
        Plain,
    ),
    (
        r"je\s+crois\s+(?:vraiment|fermement)\s+qu(?:e\s+|['’]){value}{end}",
        "believes",
        "{who} croit : {value}.",
        65,
        Plain,
    ),
];

fn patterns() -> Vec<Pattern> {
    let tables: [(FactKind, &[Row]); 12] = [
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
    ];
    tables.iter().flat_map(|(kind, rows)| compile(*kind, rows, PARTS)).collect()
}

pub(super) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Grammar {
    patterns: patterns(),
    others: others::patterns(),
    naming: others::naming(),
    lists: ListRules {
        stop: compiled(
            r"[.!?;:—(|]|\s-+\s|,?\s+(?:mais|parce\s+qu|car|donc|depuis|quand|alors|qui|o[ùu]|en\s+ce\s+moment|maintenant|d['’]ailleurs|en\s+fait|actuellement)(?:[ ,e'’]|$)",
        ),
        joint: compiled(r"(?P<last>\s*,\s*(?:et|ou|ni)\s+|\s+(?:et|ou|ni|&)\s+)|\s*,\s*"),
        by_marks: false,
        // With an article or the like, a verb in its basic form, or a name: else it may be another clause.
        after_word: compiled(r"^"),
        item: compiled(
            r"^(?:(?:(?:l|d)['’]|(?:le|la|les|des|un|une|mon|ma|mes|notre|nos|ce|cette|ces)\s+)[\p{L}\p{N}'’-]+(?:\s+[\p{L}\p{N}'’-]+){0,3}|\p{L}+(?:er|ir|re)(?:\s+[\p{L}\p{N}'’-]+){0,3}|(?-i:\p{Lu})[\p{L}'’-]+|[\p{L}-]+)$",
        ),
        refused: compiled(
            r"^(?:franchement|honnêtement|merci|pardon|bref|voilà|puis|ensuite)\b|(?:^|[\s'’])(?:je|j|tu|t|il|elle|on|nous|vous|ils|elles|me|moi|toi|lui|eux|ça|c|est|sont|suis|était|a|ai|as|ont|qui|que|aussi|pas|non)(?:[\s'’]|$)",
        ),
        around: compiled(
            r"^(?:à\s+la\s+|à\s+l['’]|à\s+|au\s+|aux\s+|de\s+la\s+|de\s+l['’]|de\s+|du\s+|d['’])|\s+(?:du\s+tout|s['’]il\s+te\s+pla[iî]t|stp)$",
        ),
    },
    openers: compiled(
        r"^(?:\s+|(?:bon|ben|alors|oui|ouais|non|oh|ah|euh|ok|d['’]accord|salut|bonjour|coucou|hey|bonsoir|en\s+fait|honnêtement|enfin|bref|d['’]ailleurs|au\s+fait|aussi|et|mais|tu\s+sais|écoute|voilà|pour\s+info|enchantée?|à\s+vrai\s+dire|pardon|désolée?|en\s+ce\s+moment|actuellement|maintenant|aujourd['’]hui|hier|cette\s+année|cette\s+semaine|l['’]année\s+dernière|moi|quant\s+à\s+moi)(?:[,:;.!—-]+\s*|\s+)|[-–—•*(]\s*)",
    ),
    joints: compiled(r"[,;:—(]\s+|\s+-\s+|\s+(?:et|mais|car|donc|alors|parce\s+que)\s+|\bparce\s+qu['’]"),
    supposes: compiled(
        r"\b(?:si\s+(?:j['’]|je|on|tu|nous)|si\s+seulement|imagine|imaginons|supposons|suppose|admettons|faisons\s+comme\s+si|peut-être|hypothétiquement|(?:il|elle|ils|elles|on|tu|qui|ami|amie|mère|père|patron|médecin|gens)\s+(?:m['’])?(?:a|as|ont|avait)?\s*(?:dit|dit|disent|dis|pense|croit|raconté|prétend|demandé|demande)|je\s+plaisante|je\s+rigole|blague|j['’]ai\s+rêvé|rêvé\s+que|dans\s+(?:mon|un|le)\s+(?:rêve|roman|livre|jeu|film|histoire)|dans\s+l['’]histoire|jeu\s+de\s+rôle|personnage|comme\s+si|quand\s+j['’]étais|presque|failli|traduis|paroles|serais|aurais|habiterais|mdr|ptdr|lol)\b",
    ),
    speech: never(),
    contrasts: compiled(r"\b(?:mais|pourtant)\s+$"),
    laughs: never(),
    respelled: never(),
    spellings: &[],
    corrects: never(),
    introduces: never(),
    not_names: never(),
    not_places: never(),
    asks: compiled(
        r"^(?:(?:et|mais|alors|bon|dis)[, ]+)?(?:est-ce\s+qu|qu['’]est-ce|qui\s+est|où|quand\s+est-ce|pourquoi|comment|combien|quel(?:le)?s?\s|ai-je|suis-je|sais-tu|as-tu|es-tu|te\s+souviens-tu|tu\s+te\s+souviens|tu\s+sais\s+(?:si|où|quand|comment|qui|ce))",
    ),
    empty_values: compiled(
        r"^(?:(?:une?\s+(?:fou|folle|dingue|malade|bête|acharnée?|chien)|ça|cela|ce|ceci|le|la|les|lui|elle|eux|toi|moi|nous|vous|qui|quoi|comment|quand|où|que|tout|rien|quelque\s+chose|quelqu'un|beaucoup|bien|être|l['’]idée|ta|ton|tes|te\s+\p{L}+|t['’].*|qu['’].*|quand\s+.*|que\s+.*|comment\s+.*|ce\s+.*|ça\s+.*|bien\s+.*|celui.*|celle.*|mieux.*))$",
    ),
    reactions: compiled(r"^$"),
    lasting: compiled(r"^$"),
    own: compiled(r"\b(?:je|j['’]\p{L}+|mon|ma|mes|me|m['’]\p{L}+|moi|nous|notre|nos)\b|[ldnqu]['’]?ai\b"),
    first_person: compiled(r"\b(?:mon|ma|mes|notre|nos)\b"),
    third_person: &[("mon", "son"), ("ma", "sa"), ("mes", "ses"), ("notre", "leur"), ("nos", "leurs")],
    relations: RELATIONS,
    language: Language::French,
    user: "L'utilisateur",
});
