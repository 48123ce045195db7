//! What French says of what is otherwise now: work that ended or begins, tastes, counts, favourites; and days that return every year or were moved. Must
//! not know what it was before.

use super::PARTS;
use crate::facts::changes::ChangesTables;
use crate::facts::pattern::Row;
use crate::facts::pattern::Special::{
    Again, Favourite, Habit, Idiom, Moved, Nth, OnDayOnly, Plain, Relation, Starts, Yearly,
};

/// Parts beside those that all patterns have.
const OWN_PARTS: &[(&str, &str)] = &[
    ("{firm}", r"(?P<value>(?-i:\p{Lu})[\p{L}\p{N}&'’-]+(?:\s+(?-i:\p{Lu})[\p{L}\p{N}&'’-]+){0,3})"),
    ("{post}", r"(?:travail|emploi|boulot|poste|taf|job|place|boîte|métier)"),
    (
        "{then}",
        r"(?:\s+(?:hier|avant-hier|de\s+(?:mon|ma|chez|l['’]|la)|du\s|d['’]|parce|pour|à\s+cause|à\s+(?:la|l['’]|mon)|depuis|il\s+y\s+a|y\s+a|la\s+semaine|le\s+mois|l['’]an|en|ce|cette|cet|comme|récemment|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|aujourd['’]hui|maintenant|cet\s).*)?",
    ),
    // When a place was left that one might also leave in the evening: with it, it is for good; without it, where nothing else is said.
    (
        "{ended}",
        r"(?:\s+(?:définitivement|pour\s+de\s+bon|récemment|(?:la\s+semaine|le\s+mois|l['’]an(?:née)?|l['’]été|l['’]hiver)\s+(?:derni[eè]re?|passée?)|il\s+y\s+a\s+[^.,;:!?|]{2,25}?|y\s+a\s+[^.,;:!?|]{2,25}?|après\s+[\p{L}\d]+\s+ans|(?:en|fin|début)\s+(?:{month}|(?:19|20)\d\d)|le\s+\d{1,2}(?:er)?\s+{month}|pour\s+(?-i:\p{Lu})[^.,;:!?|]{1,30}?|cette\s+année|cet\s+(?:été|hiver))(?:\s+(?:dernier|(?:19|20)\d\d))?{end}|\s*[.!…)]*\s*$)",
    ),
    // Who keeps what is given to them.
    (
        "{heir}",
        r"(?P<heir>\s+(?:à\s+(?:mon|ma|mes|notre|nos|un|une)\s+(?:(?:petite?|grande?|vieille|vieil|meilleure?)\s+)?(?:fils|fille|frère|sœur|soeur|mère|père|maman|papa|parents|enfants?|neveu|nièce|cousine?|tante|oncle|grand-(?:mère|père)|petit-fils|petite-fille|amie?s?|copine?|copain|voisine?s?|collègue|colocataire|coloc|ex|femme|mari|association|musée)|au\s+(?:voisin|musée|secours\s+populaire)|à\s+(?:la\s+(?:voisine|croix-rouge)|emmaüs)|à\s+(?-i:\p{Lu})\p{L}+))?",
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
    ("{monthday}", r"(?:\d{1,2}(?:er)?\s+{month})"),
    (
        "{occasion}",
        r"(?:mariage|rencontre|noces|fiançailles|couple|pacs|divorce|sobriété|travail|amitié|vie\s+commune)",
    ),
    (
        "{falls}",
        r",?\s+(?:est|c['’]?est|c['’]?était|tombe|a\s+lieu)(?:\s+(?:toujours|chaque\s+année))?\s+(?:le\s+)?",
    ),
    // What is counted.
    (
        "{counted}",
        r"(?:demi-)?(?:sœurs?|soeurs?|frères?|frangine?s?|enfants?|gosses?|gamine?s?|fils|filles?|garçons?|jumeaux|jumelles|petits-enfants|petits-fils|petites-filles|chiens?|chiennes?|chats?|chattes?|chevaux|cheval|lapins?|hamsters?|poissons?|perroquets?|oiseaux?|poules?|chèvres?|moutons?|tortues?|poneys?|animaux|cochons\s+d['’]inde)",
    ),
    // An appointment, and of what or with whom; of others' none.
    (
        "{event}",
        r"(?P<value>{others}|(?:(?:premier|première|deuxième|second|seconde|dernier|dernière|prochain|prochaine)\s+)?(?:rendez-vous|rdv|entretien|examen|exam|partiel|oral|concours|réunion|vol|opération|présentation|concert|contrôle|audition|soutenance|échéance|bilan|visite|mariage|enterrement|audience|cérémonie|fête|soirée|voyage|déménagement|stage|match|tournoi|course|marathon|baptême|dîner|déjeuner|cours|conférence|permis|irm|scanner)(?:\s+(?:chez|avec)\s+(?:le\s+|la\s+|l['’]|mon\s+|ma\s+|un\s+|une\s+)?[\p{L}'’-]+|\s+(?:de\s+|d['’]|du\s+|en\s+)(?:(?-i:\p{Ll})[\p{L}'’-]+|noël|halloween|pâques)|\s+(?:médicale?|oral|écrit|final|blanc|dentaire))?)",
    ),
    // What one goes to though it is another's.
    (
        "{others}",
        r"(?:mariage|enterrement|obsèques|baptême|anniversaire|fête|soirée|soutenance|remise\s+des\s+diplômes)\s+(?:de\s+|d['’]){somebody}(?:\s+et\s+(?:de\s+|d['’])?{somebody})?",
    ),
    (
        "{somebody}",
        r"(?:(?:mon|ma|mes|notre|nos)\s+[\p{L}-]+(?:\s+(?-i:\p{Lu})[\p{L}-]+)?|(?-i:\p{Lu})[\p{L}-]+)",
    ),
    // Told by its name, as "il", or by the bare word for it.
    ("{my_event}", r"(?:{mine}{event}|(?P<it>il|elle|ça|c['’]))"),
    ("{mine}", r"(?:(?:mon|ma|notre|nos|mes|le|la|les)\s+|l['’]\s?)"),
    (
        "{heard}",
        r"(?:(?:apparemment|malheureusement|heureusement|hélas|du\s+coup|(?:j['’]ai|on\s+a|je\s+viens\s+d['’])\s*(?:appris|apprendre|su)\s+que),?\s+)?",
    ),
    (
        "{was}",
        r"(?:\s+(?:a|ont|avait)\s+(?:{adverbs}\s+)*été|\s*\b(?:est|sont|était|vient\s+d['’]être|va\s+être|sera|se\s+retrouve))(?:\s+{adverbs})*",
    ),
    (
        "{adverbs}",
        r"(?:finalement|encore|enfin|bien|aussi|officiellement|maintenant|donc|de\s+nouveau|à\s+nouveau|même|juste|tout\s+juste)",
    ),
    (
        "{shifted}",
        r"(?:reportée?s?|décalée?s?|déplacée?s?|repoussée?s?|avancée?s?|reprogrammée?s?|ajournée?s?|différée?s?|remise?s?)",
    ),
    (
        "{someone}",
        r"(?:(?:{je}ai|on\s+a|nous\s+avons|ils\s+ont|elles\s+ont|(?:le|la)\s+[\p{L}-]+\s+a|l['’][\p{L}-]+\s+a|(?:mon|ma)\s+(?:chef|cheffe|patron|patronne|école|prof|médecin|dentiste|fac|boîte|avocat|avocate)\s+a)|on\s+(?:m['’]|nous\s+)a|ils\s+(?:m['’]|nous\s+)ont)(?:\s+(?:{adverbs}|dû|décidé\s+(?:de|d['’])))*\s*",
    ),
    (
        "{indefinitely}",
        r"\s+(?:d['’]une?\s+(?:jour|semaine|mois|an|année)|de\s+(?:deux|trois|quatre|cinq|six|quelques|plusieurs|\d+)\s+(?:jours|semaines|mois|ans)|à\s+plus\s+tard|à\s+une\s+(?:date\s+ultérieure|autre\s+(?:date|fois))|à\s+un\s+autre\s+jour|sine\s+die|jusqu['’]à\s+nouvel\s+ordre)",
    ),
    (
        "{to}",
        r"(?:\s+du\s+[^.!?;|]{2,40}?)?\s+(?P<to>(?:au\s|à\s|pour\s|jusqu['’](?:en|à|au)\s|en\s|dans\s)[^.!?;,|]{2,60}?)",
    ),
    ("{anew}", r"(?:{indefinitely}|{to})?"),
    (
        "{therefore}",
        r"(?:\s+(?:hier|aujourd['’]hui|maintenant|finalement|définitivement|à\s+cause|pour\s+cause|faute|cette|ce|la\s+semaine|au\s+dernier)\b.*)?",
    ),
    ("{nth}", r"(?P<nth>deuxième|seconde|troisième|quatrième|cinquième|sixième|septième|2e|3e|4e|5e)"),
    ("{former}", r"(?P<relation>ex(?:[- ](?:femme|mari|copain|copine|compagnon|compagne))?)"),
];

const MOVED: &[Row] = &[
    (
        r"{heard}{my_event}(?:(?:\s+(?:n['’]\s?)?|\s*n['’]\s?)(?:est|a|était|sont|ont)\s+(?:{adverbs}\s+)*(?:pas|plus)\s+(?:{adverbs}\s+)*(?:été\s+)?annulée?s?(?:\s+(?:finalement|du\s+tout))?|{was}\s+(?:maintenue?s?|rétablie?s?)|\s+(?:a|aura|ont|auront)\s+(?:{adverbs}\s+|quand\s+même\s+)+lieu|\s*\b(?:est|sont)\s+(?:de|à)\s+nouveau\s+(?:prévue?s?|programmée?s?|d['’]actualité))(?:,?\s+(?:c['’]est\s+)?(?:toujours\s+|bien\s+)?(?P<to>(?:le|la|au|pour|ce|cet|cette|demain|après-demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b[^.!?;,|]{0,60}?))?{end}",
        "appointment",
        "Rendez-vous de {who}{date} : {value}.",
        85,
        Again,
    ),
    (
        r"{heard}(?:{je}|on\s+|ils\s+|elles\s+|(?:le|la)\s+[\p{L}-]+\s+)(?:me\s+|nous\s+)?(?P<it>l['’])\s?(?:ai|a|ont|avons)\s+(?:{adverbs}\s+)*(?:reporté|décalé|déplacé|repoussé|avancé|reprogrammé|différé)e?{anew}{end}",
        "appointment",
        "Rendez-vous de {who}{date} : {value}.",
        85,
        Moved,
    ),
    (
        r"{heard}(?:{je}|on\s+|ils\s+|elles\s+|(?:le|la)\s+[\p{L}-]+\s+)(?:me\s+|nous\s+)?(?P<it>l['’])\s?(?:ai|a|ont|avons)\s+(?:{adverbs}\s+)*(?:annulé|supprimé)e?{therefore}{end}",
        "~appointment",
        "{who} n'a plus ce rendez-vous : {value}.",
        85,
        Plain,
    ),
    (
        r"{heard}{my_event}{was}\s+{shifted}{anew}{end}",
        "appointment",
        "Rendez-vous de {who}{date} : {value}.",
        85,
        Moved,
    ),
    (
        r"{heard}{my_event}(?:{was}\s+(?:retardée?s?|changée?s?)|\s+(?:passe|tombe|glisse)\s+(?:{adverbs}\s+)*){to}{end}",
        "appointment",
        "Rendez-vous de {who}{date} : {value}.",
        80,
        Moved,
    ),
    (
        r"{heard}{someone}(?:reporté|reporter|décalé|décaler|déplacé|déplacer|repoussé|repousser|avancé|avancer|reprogrammé|reprogrammer|différé|différer)\s+{mine}{event}{anew}{end}",
        "appointment",
        "Rendez-vous de {who}{date} : {value}.",
        85,
        Moved,
    ),
    (
        r"{heard}{my_event},?\s*\b(?:est|c['’]est|aura\s+lieu|a\s+lieu)\s+(?:maintenant|désormais|finalement|plutôt|en\s+fait)\s+(?P<to>(?:le|la|en|ce|cet|cette|demain|après-demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|dans|aujourd)\b[^.!?;,|]{0,60}?){end}",
        "appointment",
        "Rendez-vous de {who}{date} : {value}.",
        85,
        Moved,
    ),
    (
        r"(?:la|ma|notre)\s+nouvelle\s+date\s+(?:de\s+|d['’]|du\s+|pour\s+)(?:{mine})?{event}\s+est\s+(?P<to>[^.!?;,|]{3,60}?){end}",
        "appointment",
        "Rendez-vous de {who}{date} : {value}.",
        85,
        Moved,
    ),
    (
        r"{heard}{my_event}(?:{was}\s+(?:annulée?s?|supprimée?s?)|\s+(?:est\s+tombée?|tombe)\s+à\s+l['’]eau|\s+n['’](?:a|aura)\s+(?:plus|pas)\s+lieu|\s+n['’]est\s+plus\s+prévue?){therefore}{end}",
        "~appointment",
        "{who} n'a plus ce rendez-vous : {value}.",
        85,
        Plain,
    ),
    (
        r"{heard}{someone}(?:annulé|annuler|supprimé|supprimer)\s+{mine}{event}{therefore}{end}",
        "~appointment",
        "{who} n'a plus ce rendez-vous : {value}.",
        85,
        Plain,
    ),
    (
        r"{je}{ne}ai\s+plus\s+(?:d['’]|de\s+|mon\s+|ma\s+){event}{therefore}{end}",
        "~appointment",
        "{who} n'a plus ce rendez-vous : {value}.",
        75,
        Plain,
    ),
];

const WORK: &[Row] = &[
    (
        r"(?:{je}ai\s+{at_last}(?:démissionné|(?:posé|donné|remis|déposé|présenté)\s+ma\s+(?:démission|dém)|pris\s+ma\s+retraite|(?:quitté|lâché|plaqué|perdu|abandonné)\s+(?:mon|ma)\s+(?:\p{L}+\s+)?{post}|arrêté\s+(?:le|mon)\s+{post}|été\s+(?:licenciée?|virée?|renvoyée?|mise?\s+à\s+la\s+porte|remerciée?))|{je}viens\s+de\s+(?:démissionner|perdre\s+mon\s+{post}|prendre\s+ma\s+retraite|me\s+faire\s+(?:virer|licencier|renvoyer)|quitter\s+mon\s+{post})|{je}me\s+suis\s+faite?\s+(?:virer|licencier|renvoyer|lourder|jeter))(?P<value>){then}{end}",
        "~employment",
        "{who} a quitté son travail.",
        90,
        Plain,
    ),
    (
        r"(?:{je}{ne}(?:travaille|bosse|taffe)\s+plus|{je}{ne}ai\s+plus\s+(?:de\s+(?:travail|boulot|job|taf)|d['’]emploi))(?P<value>)(?:\s+(?:(?:depuis|il\s+y\s+a)\s.*|maintenant|du\s+tout))?{end}",
        "~employment",
        "{who} a quitté son travail.",
        85,
        Habit,
    ),
    (
        r"(?:{suis}\s+{now}(?:au\s+chômage|sans\s+emploi|à\s+la\s+retraite|en\s+retraite|retraitée?)|(?:mon|notre)\s+contrat\s+(?:est\s+(?:terminé|fini)|s['’]est\s+terminé|n['’]a\s+pas\s+été\s+renouvelé|a\s+pris\s+fin))(?P<value>)(?:\s+(?:hier|depuis|il\s+y\s+a|la\s+semaine|le\s+mois|l['’]an|maintenant|du\s+tout|ce|cette|en)(?:\s.*)?)?{end}",
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
        r"{je}(?:ai\s+{at_last}(?:quitté|arrêté\s+(?:chez|de\s+(?:travailler|bosser)\s+(?:chez|pour)))|viens\s+de\s+quitter)\s+{firm}{ended}",
        "~employer",
        "{who} ne travaille plus pour {value}.",
        85,
        Habit,
    ),
    (
        r"{je}ai\s+{at_last}arrêté\s+de\s+(?:travailler|bosser)(?P<value>){ended}",
        "~employment",
        "{who} a quitté son travail.",
        85,
        Habit,
    ),
    (
        r"{je}ai\s+{at_last}démissionné\s+de(?:\s+chez)?\s+{firm}{then}{end}",
        "~employer",
        "{who} ne travaille plus pour {value}.",
        85,
        Plain,
    ),
    (
        r"{je}(?:(?:ne\s+|n['’]\s?)?(?P<value>enseigne|conduis|cuisine|écris|peins|traduis|soigne)\s+plus)(?:\s+(?:du\s+tout|maintenant|désormais))?{end}",
        "~job",
        "{who} n'exerce plus : {value}.",
        80,
        Habit,
    ),
    (
        r"{je}(?:ai\s+{at_last}(?:arrêté|cessé)|viens\s+d['’]arrêter)\s+(?:de\s+|d['’]|l['’])(?P<value>enseigner|conduire|cuisiner|écrire|peindre|traduire|soigner){ended}",
        "~job",
        "{who} n'exerce plus : {value}.",
        80,
        Habit,
    ),
    (
        r"{when_first}{starts}\s+(?:{dated}\s+)?(?:un|mon)\s+(?P<value>(?:nouveau|nouvel)\s+{post})(?:\s.*)?[.!]*$",
        "plan",
        "{who} commence un {value}{date}.",
        80,
        OnDayOnly,
    ),
];

const PEOPLE: &[Row] = &[
    (
        r"(?P<value>(?-i:\p{Lu}\p{Ll}[\p{L}'’-]*)),?\s+(?:est|c['’]est)\s+(?:maintenant\s+|désormais\s+)?mon\s+{former}{end}",
        "",
        "{who} a pour {relation} : {value}.",
        90,
        Relation,
    ),
    (
        r"(?P<value>(?-i:\p{Lu}\p{Ll}[\p{L}'’-]*))\s+(?:n['’]\s?)?est\s+plus\s+(?:mon|ma)\s+(?P<relation>patron(?:ne)?|cheffe?|collègue|coloc(?:ataire)?|voisine?|amie?|meilleure?\s+amie?){end}",
        "~",
        "{value} n'est plus {relation} de {who}.",
        80,
        Relation,
    ),
    (
        r"{je}{ne}ai\s+plus\s+(?:de\s+|d['’]){partner}(?P<value>){when}{end}",
        "~partnership",
        "{who} et son ou sa partenaire se sont séparés.",
        80,
        Plain,
    ),
    (
        r"(?:notre|mon|ma|le|la)\s+{nth}(?:\s+(?P<thing>enfant|bébé|fils|fille|garçon))?\s+(?:est\s+(?:enfin\s+|bien\s+|déjà\s+)?née?|vient\s+de\s+naître){when}{end}",
        "has",
        "{who} a {value}.",
        85,
        Nth,
    ),
    (
        r"(?:{je}ai|on\s+a|nous\s+avons)\s+(?:enfin\s+)?(?:eu\s+|accueilli\s+|adopté\s+)?(?:notre|mon|ma|une?)\s+{nth}\s+(?P<thing>enfant|bébé|fils|fille|garçon|chien|chat){when}{end}",
        "has",
        "{who} a {value}.",
        85,
        Nth,
    ),
    // How many are left, nobody says.
    (
        r"(?:l['’]une?|une?)\s+de\s+(?:mes|nos)\s+(?P<value>chiens|chiennes|chats|chattes|chevaux|lapins|hamsters|poissons|perroquets|oiseaux|poules|chèvres|moutons|tortues|poneys|cochons\s+d['’]inde)\s+(?:est\s+(?:mort|morte|décédée?)|vient\s+de\s+mourir|a\s+été\s+(?:euthanasiée?|piquée?)|s['’]est\s+(?:enfuie?|échappée?)|nous\s+a\s+quittés){when}(?:\s*[.!…]*\s*$|,?\s+quand\s+j['’].*$)",
        "~has",
        "{who} n'a plus tous ses {value}.",
        80,
        Plain,
    ),
];

const PREFERENCE: &[Row] = &[
    // Of what one likes less, or not as much as something else, it is not told whether one likes it.
    (
        r"{je}{ne}(?:aime|adore|apprécie|supporte)\s+(?:(?:pas|plus)\s+)?(?:beaucoup\s+|bien\s+|de\s+)?(?:moins\b|autant\b|moitié\s+moins\b).*$",
        "",
        "",
        0,
        Idiom,
    ),
    (
        r"{je}(?:aime|adore|apprécie)\s+[^.!?;,|]{2,40}?\s+(?:moins|autant)\s+qu(?:e\s|['’]).*$",
        "",
        "",
        0,
        Idiom,
    ),
    (
        r"{je}(?:aime|adore|apprécie)\s+{value}\s+(?:bien\s+|beaucoup\s+)?(?:plus|davantage)\s+qu(?:e\s|['’]).*$",
        "prefers",
        "{who} préfère {value}.",
        75,
        Plain,
    ),
    (
        r"{je}(?:aime|adore|apprécie|kiffe)\s+(?:encore\s+plus|de\s+plus\s+en\s+plus|toujours\s+plus|toujours\s+autant)\s+{value}{stop}",
        "likes",
        "{who} aime {value}.",
        80,
        Plain,
    ),
    (
        r"(?:{je}(?:en\s+ai\s+(?:marre|assez|ras\s+le\s+bol|plein\s+le\s+dos)|commence\s+à\s+en\s+avoir\s+(?:marre|assez))|ras\s+le\s+bol|marre)\s+{of}{value}{stop}",
        "~likes",
        "{who} n'aime plus {value}.",
        70,
        Plain,
    ),
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
        r"(?P<value>(?:(?:le|la|les|un|une)\s+|l['’])?[\p{L}\p{N}][\p{L}\p{N}'’-]*?(?:\s+[\p{L}\p{N}'’-]+?){0,3}?)\s+(?:n['’]\s?)?(?:est|sont)\s+plus\s+(?:du\s+tout\s+)?(?:mon|ma|mes)\s+{thing}s?\s+préférée?s?{stop}",
        "~",
        "{thing} que {who} ne préfère plus : {value}.",
        85,
        Favourite,
    ),
    (
        r"(?:mon|ma)\s+{thing}\s+préférée?,?\s+(?:ce\s+)?n['’]?est\s+plus\s+(?P<value>[\p{L}\p{N}][\p{L}\p{N}'’ -]{0,40}?)\s*[.!]*$",
        "~",
        "{thing} que {who} ne préfère plus : {value}.",
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
        r"(?:{je}ai|{je}me\s+suis\s+trouvé)\s+(?:maintenant\s+|enfin\s+|désormais\s+)?(?P<value>une?\s+(?:nouveau\s+|nouvelle\s+)?(?:copain|copine|petit\s+ami|petite\s+amie|mec|meuf|fiancée?|mari|femme|compagne|compagnon)){when}{end}",
        "relationship status",
        "{who} a {value}.",
        80,
        Plain,
    ),
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

const THINGS: &[Row] = &[
    (
        r"(?:{je}ai|on\s+a|nous\s+avons)\s+{at_last}(?:vendu|bazardé|donné|revendu|jeté|cédé|bousillé)\s+(?:(?:mon|ma|notre|le|la)\s+|l['’])(?P<value>[\p{L}\p{N}][\p{L}\p{N}'’ -]{0,40}?){heir}{when}{end}",
        "~has",
        "{who} n'a plus : {value}.",
        80,
        Plain,
    ),
    // What has a name, an animal above all.
    (
        r"(?:{je}ai|on\s+a|nous\s+avons)\s+{at_last}(?:vendu|donné|revendu|cédé|offert)\s+(?P<value>(?-i:\p{Lu})[\p{L}'’-]+){heir}{when}{end}",
        "~has",
        "{who} n'a plus {value}.",
        80,
        Plain,
    ),
    (
        r"(?:{je}|on\s+)(?P<it>l['’])\s?(?:ai|a)\s+{at_last}(?:vendu|revendu|bazardé|donné|jeté|cédé|bousillé|offert|légué)e?{heir}{when}{end}",
        "~has",
        "{who} n'a plus : {value}.",
        80,
        Plain,
    ),
    (
        r"on\s+(?:me|nous)\s+(?P<it>l['’])\s?a\s+volée?{when}{end}",
        "~has",
        "{who} n'a plus : {value}.",
        75,
        Plain,
    ),
    (
        r"(?:(?P<it>il|elle)|(?:mon|ma|notre)\s+(?P<value>(?:{quality}\s+)*(?:{object}|(?-i:\p{Lu}\p{Ll})[\p{L}\p{N}-]+))|(?:le\s+|la\s+|l['’])(?P<bare>{object}))\s+a\s+été\s+(?:volé|vendu)e?{when}{end}",
        "~has",
        "{who} n'a plus : {value}.",
        75,
        Plain,
    ),
    (
        r"(?:{je}{ne}ai|on\s+{ne}a)\s+plus\s+(?:de\s+|d['’]|ma\s+|mon\s+|la\s+|le\s+)(?P<value>(?:{quality}\s+)*(?:{object}|(?-i:\p{Lu}\p{Ll})[\p{L}\p{N}-]+)){when}{end}",
        "~has",
        "{who} n'a plus : {value}.",
        75,
        Habit,
    ),
    (
        r"on\s+(?:m['’]|nous\s+)a\s+volé\s+(?:(?:mon|ma|notre|le|la)\s+|l['’])(?P<value>[\p{L}\p{N}][\p{L}\p{N}'’ -]{0,40}?){when}{end}",
        "~has",
        "{who} n'a plus : {value}.",
        75,
        Plain,
    ),
    (
        r"{je}(?:ai\s+{at_last}(?:arrêté|abandonné|laissé\s+tomber|lâché)|viens\s+d['’]arrêter)\s+(?:de\s+jouer\s+(?:du\s+|de\s+la\s+|de\s+l['’])|le\s+|la\s+|l['’]|les\s+cours\s+de\s+){instrument}{ended}",
        "~plays",
        "{who} ne joue plus : {value}.",
        80,
        Habit,
    ),
    (
        r"{je}{ne}joue\s+plus\s+(?:jamais\s+|trop\s+)?(?:du\s+|de\s+la\s+|de\s+l['’]|de\s+|d['’]){instrument}{when}{end}",
        "~plays",
        "{who} ne joue plus : {value}.",
        80,
        Habit,
    ),
];

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

pub(super) const TABLES: ChangesTables = ChangesTables {
    yearly: YEARLY,
    moved: MOVED,
    work: WORK,
    people: PEOPLE,
    preference: PREFERENCE,
    things: THINGS,
    status: STATUS,
    counts: COUNTS,
    own: OWN_PARTS,
    shared: PARTS,
};
