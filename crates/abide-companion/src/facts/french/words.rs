//! The words that French patterns are made of. Must not know the patterns.

use regex::Regex;

use crate::facts::pattern::anywhere;

/// See [`crate::facts::pattern::Grammar::spellings`].
pub(super) const SPELLINGS: &[(&str, &str)] = &[
    ("’", "'"),
    ("‘", "'"),
    ("´", "'"),
    ("ʼ", "'"),
    ("jai", "j'ai"),
    ("j ai", "j'ai"),
    ("jsuis", "je suis"),
    ("chui", "je suis"),
    ("chuis", "je suis"),
    ("jhabite", "j'habite"),
    ("jaime", "j'aime"),
    ("jadore", "j'adore"),
    ("jme", "je me"),
    ("j'me", "je me"),
    ("jmappelle", "je m'appelle"),
    ("jm'appelle", "je m'appelle"),
    ("mappelle", "m'appelle"),
    ("m appelle", "m'appelle"),
    ("m'apelle", "m'appelle"),
    ("mapelle", "m'appelle"),
    ("m apelle", "m'appelle"),
    ("s'apelle", "s'appelle"),
    ("sapelle", "s'appelle"),
    ("s apelle", "s'appelle"),
    ("sappelle", "s'appelle"),
    ("s appelle", "s'appelle"),
    ("cest", "c'est"),
    ("c est", "c'est"),
    ("jvis", "je vis"),
    ("aujourdhui", "aujourd'hui"),
    ("aujourd hui", "aujourd'hui"),
    ("auj", "aujourd'hui"),
    ("pcq", "parce que"),
    ("pck", "parce que"),
    ("psk", "parce que"),
    ("anniv", "anniversaire"),
];

/// See [`crate::facts::pattern::Grammar::not_names`].
pub(super) const NOT_NAMES: &str = r"^(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|janvier|février|mars|juillet|septembre|octobre|novembre|décembre|pâques|ramadan|dieu|seigneur|jésus|allah|merci|grâce|hélas|heureusement|malheureusement|maman|papa|mamie|papi|papy|mémé|pépé|tata|tonton|chérie?|bébé|pas|plus|toujours|aussi|encore|jamais|souvent|rarement|comme|bien|très|trop|assez|vraiment|désormais|maintenant|demain|ce|cette|le|la|les|un|une|mon|ma|mes|ton|ta|tes|son|sa|ses|notre|moi|toi|lui|elle|eux|je|tu|il|on|nous|vous|ils|elles|quand|si|que|qui|quoi|où|après|avant|vite|plutôt|autrement|différemment|ainsi|pareil|simple|différent|fini|bon|mort|clair|oui|non|ok|possible|impossible|normal|nul|nulle|cool|super|génial|chaud|dur|mieux|pire|bof|mitigé|couci|docteur|monsieur|madame|mademoiselle|patron|chef|maître|désolée?|fatiguée?|contente?|heureu(?:x|se)|triste|long|courte?|rare|bizarre|difficile|compliquée?|français|française|belge|suisse|canadien(?:ne)?|marocaine?|algérien(?:ne)?|italien(?:ne)?|espagnole?|anglaise?|allemande?|polonaise?|russe|chinoise?|japonaise?|corse|breton(?:ne)?|basque|catalane?|parisienne?|parisien|américaine?|brésilien(?:ne)?|portugaise?|turque?|grec|grecque|tunisien(?:ne)?|sénégalaise?|algérien|arabe|kabyle|catholique|protestante?|musulmane?|juif|juive|bouddhiste|athée|bélier|taureau|gémeaux|capricorne|verseau|sagittaire|scorpion|siamois|persan)(?:[\s'’].*)?$";

/// See [`crate::facts::pattern::Grammar::described`].
pub(super) const DESCRIBED: &str = r"(?:{occupation}|végane?|vegan|végétarien(?:ne)?|végétalien(?:ne)?|diabétique|asthmatique|autiste|épileptique|dyslexique|bipolaire|anorexique|aveugle|sourde?|muette?|muet|handicapée?|malade|guérie?|opérée?|hospitalisée?|blessée?|enceinte|morte?|décédée?|vivante?|absente?|seule?|loin|partie?|rentrée?|retraitée?|licenciée?|mariée?|divorcée?|séparée?|fiancée?|pacsée?|veuve|veuf|célibataire|gay|homo|lesbienne|bi|trans|hétéro|grande?|petite?|gros(?:se)?|maigre|mince|jeune|vieux|vieille|belle|beau|blonde?|brune?|rou(?:x|sse)|chauve|tigrée?|noire?|blanc(?:he)?|grise?|gentil(?:le)?|méchante?|timide|drôle|sévère|stricte?|têtue?|fière?|forte?|faible|riche|pauvre|célèbre|énervée?|fâchée?|stressée?|épuisée?|inquiète|inquiet|jaloux|jalouse|amoureu(?:x|se)|folle|fou|dingue|dépressi(?:f|ve)|sporti(?:f|ve)|acti(?:f|ve)|douée?|occupée?|pressée?|maire|ministre|préfète?|députée?|sénat(?:eur|rice)|président(?:e)?|direct(?:eur|rice)|gérante?|stagiaire|apprentie?|étudiante?|élève|lycéen(?:ne)?|collégien(?:ne)?|prêtre|pasteur|rabbin|imam|nonne|moine|soldat|gendarme|douani(?:er|ère)|facteur|factrice|concierge|poissons|balance|lion|vierge|cancer|adoptée?|croisée?|bâtarde?|stérilisée?|castrée?|labrador|caniche|berger|épagneul|golden|teckel|chihuahua|chartreux|normande?|bretonne?|alsacien(?:ne)?|corse|savoyarde?|picarde?|basque|québécoise?|suédoise?|danoise?|chinoise?|hongroise?|galloise?|\p{L}{3,}(?:[lndgt]ais|[lndgt]aise|geois|geoise|llois|lloise|tois|toise)|\p{L}{3,}(?:icain|usain|ricain)e?|\p{L}{3,}(?:logue|graphe|euse|atrice|ctrice|istique|able|ible)|\p{L}*(?:[^p]t|[^t\W])iste)\s*$";

/// See [`crate::facts::pattern::Grammar::not_places`]: what else stands behind "j'habite à", and what else one is moved to.
pub(super) const NOT_PLACES: &str = r"^(?:teams|slack|zoom|linux|windows|mac|android|iphone|spotify|netflix|google|discord|signal|telegram|whatsapp|instagram|facebook|twitter|reddit|twitch|dieu|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|côté|coté|droite|gauche|pied|moitié|nouveau|proximité|distance|cheval|part|quelques|plusieurs|présent|peu|pas|rien|plus|plein|temps|perpétuité|bord|fond|milieu|centre(?:-ville)?|rez(?:-de-chaussée)?|calme|nord|sud|est|ouest|paradis|chaud|froid|jour|même|abords|alentours|environs|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|quinze|vingt|trente|cent|mille|premier|première|deuxième|second|troisième|quatrième|cinquième|dernier|dernière|ville|banlieue|colocation|coloc|couple|province|forêt|montagne|résidence|appartement|appart|maison|cité|région|périphérie|famille|paix|harmonie|sécurité|enfer|foyer|caravane|autarcie|concubinage|ehpad|campagne|étranger|internat|cours|vacances|prison|chez|mon|ma|mes|ton|ta|son|sa|ses|notre|nos|leur|leurs|cet|cette|ces|chaque|une|des|les|toi|moi|lui|elle|eux|nous|vous|ici|là|tout|toute|place|terre|mi|l'[\p{Ll}]+|travers|terme|avance|retard|hiver|automne|été|partir|cause|force|crédit|découvert|l'heure)(?:[\s'’-].*)?$";

/// See [`crate::facts::pattern::Grammar::speech`].
pub(super) fn speech() -> Regex {
    // "Cela dit," and "comme je disais," are the user's own words.
    let own = r"(?-u:\b)(?:cela|ceci|ça|autrement|pour\s+tout|bien|soit|aussitôt|comme\s+on)\s+dit(?-u:\b)|(?-u:\b)(?:je|j['’]|on|nous)\s?(?:{object})*(?:ai\s+|a\s+|avons\s+|avais\s+)?(?:{adverb}\s+)*(?:{speaks}|{utters}){over}";
    let noun = r"(?:mon|ma|mes|son|sa|ses|notre|nos|leurs?|ton|ta|tes|le|la|les|l['’]|un|une|des|ce|cet|cette|ces|certains?|certaines?|plein\s+de|beaucoup\s+de|chaque|aucune?)\s*(?:[^ \t\n.,:;!?()|]+ ){0,4}?[^ \t\n.,:;!?()|]{2,}";
    let name = r"(?-i:\p{Lu})[^ \t\n.,:;!?()|]+(?:\s+(?:et\s+)?(?-i:\p{Lu})[^ \t\n.,:;!?()|]+)?";
    let pronoun = r"il|elle|ils|elles|tu|vous|qui|ça|tout\s+le\s+monde|quelqu['’]un|personne|certains|d['’]autres|on\s+m['’]a|on\s+me";
    let object =
        r"(?:ne\s+|n['’]|me\s+|m['’]|te\s+|t['’]|lui\s+|leur\s+|nous\s+|se\s+|s['’]|l['’]|le\s+|y\s+)";
    let adverb = r"(?:toujours|encore|juste|souvent|même|déjà|jamais|pas|aussi|sûrement|vraiment|tout\s+le\s+temps|arrête\s+pas\s+de|n['’]arrête\s+pas\s+de|continue\s+[àd]e?|passe\s+son\s+temps\s+à|vient\s+de|venait\s+de|va|ont|a|avait|avaient|est|était)";
    let speaks = r"(?:dit|dits|disait|disent|disaient|dire|pense|pensent|pensait|pensaient|pensé|croit|croient|croyait|croyaient|cru|prétend|prétendent|prétendait|prétendu|affirme|affirment|affirmait|affirmé|jure|jurait|juré|répète|répètent|répétait|répété|répéter|raconte|racontent|racontait|raconté|raconter|annonce|annoncé|annoncer|déclare|déclaré|s['’]imagine|trouve\s+que|trouvent\s+que)";
    // What is also done without words to tell.
    let utters = r"(?:écrit|écrivait|écrire|répond|répondent|répondait|répondu|répondre|crie|criait|crié|crier|avoue|avoué|confie|confié|texté|envoyé(?:\s+(?:une?|ce|un\s+petit)\s+(?:texto|sms|message|mot|mail|lettre|vocal))?|lance|lancé|fait|explique|expliqué|murmure|murmuré|hurle|hurlé|posté|publié|commenté|tweeté|demande|demandait|demandé|ajoute|ajouté|plaisante|plaisanté|chante|chantait|faisait|genre|était\s+genre)";
    let behind = r"(?:\s+(?:moi|lui|elle|nous|hier|aujourd['’]hui|ce\s+(?:matin|soir)|l['’]autre\s+jour|un\s+jour|ensuite|alors|encore|en\s+(?:riant|pleurant|rigolant)|à\s+(?:ma|mon|tout)\s+[^ \t\n.,:;!?()|]+|par\s+[^ \t\n.,:;!?()|]+|sur\s+[^ \t\n.,:;!?()|]+|dans\s+(?:un|une|son|sa)\s+[^ \t\n.,:;!?()|]+))*\s*[,:]";
    let words = r"(?:règle|devise|conseil|slogan|leçon|proverbe|citation|panneau|affiche|titre|légende|mantra|paroles?|refrain|message|texte|texto|chanson|tweet|bio|blague|morale|horoscope)\s+(?:est|était|dit|disait|c['’]est)\s*[,:]";
    let pattern = r"(?P<own>{own})|(?-u:\b)(?:{noun}|{name}|{pronoun})\s*(?:{object})*(?:{adverb}\s+)*(?:{object})*(?:{speaks}{over}|{utters}{behind})|(?-u:\b){words}|,\s+(?:a|ont|m['’]a|m['’]ont|dit|disait|écrit|écrivait|répond)[- ](?:\p{L}+[- ]?){0,2}(?:dit|écrit|répondu|raconté|il|elle|ils|elles|(?:mon|ma)\s+\p{L}+|(?-i:\p{Lu}\p{L}+)).*$|(?-u:\b)d['’]après\s|(?-u:\b)selon\s";
    // Boundaries of ASCII before words and what follows behind them: sentences with accents are searched as fast as others.
    let over = r"(?:[^\p{L}]|$)";
    let mut pattern = pattern.to_owned();
    for (part, words) in [
        ("{own}", own),
        ("{noun}", noun),
        ("{name}", name),
        ("{pronoun}", pronoun),
        ("{words}", words),
        ("{object}", object),
        ("{adverb}", adverb),
        ("{speaks}", speaks),
        ("{utters}", utters),
        ("{behind}", behind),
        ("{over}", over),
    ] {
        pattern = pattern.replace(part, words);
    }
    anywhere(&pattern)
}

pub(super) const PARTS: &[(&str, &str)] = &[
    (
        "{end}",
        r"(?:\s*[^\p{L}\p{N}\s'’/&+%#°-].*|\s+(?:et|mais|parce\s+qu|car|donc|depuis|quand|alors|qui|o[ùu]|puis|sinon|{je}|en\s+ce\s+moment|maintenant|aussi|d['’]ailleurs|en\s+fait|du\s+coup|actuellement|pour\s+l['’]instant|mdr+|ptdr+|lol|haha\p{L}*|xd|hein|quoi|voilà|perso|franchement|stp|svp)(?:[ ,e'’.!?;:…)].*)?)?\s*$",
    ),
    // The same behind what is liked, to which "qui" may belong: "les gens qui crient".
    (
        "{stop}",
        r"(?:\s*[^\p{L}\p{N}\s'’/&+%#°-].*|\s+(?:et|mais|parce\s+qu|car|donc|depuis|quand|alors|o[ùu]|puis|sinon|{je}|en\s+ce\s+moment|maintenant|aussi|d['’]ailleurs|en\s+fait|du\s+coup|actuellement|pour\s+l['’]instant|mdr+|ptdr+|lol|haha\p{L}*|xd|hein|quoi|voilà|perso|franchement|stp|svp)(?:[ ,e'’.!?;:…)].*)?)?\s*$",
    ),
    // When something came to its end.
    (
        "{when}",
        r"(?:,?\s+(?:hier|avant-hier|aujourd['’]hui|récemment|finalement|définitivement|officiellement|pour\s+de\s+bon|(?:en\s+)?début\s+d['’]année|ce\s+(?:matin|mois-ci|week-end)|cet\s+(?:été|hiver|automne)|cette\s+(?:nuit|semaine|année)|(?:soir|matin|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)(?:\s+(?:dernier|soir|matin))?|(?:l['’]an|l['’]année|l['’]été|l['’]hiver|la\s+semaine|le\s+mois|le\s+printemps)\s+(?:derni[eè]re?|passée?)|il\s+y\s+a\s+[^.,;:!?|]{2,25}?|y\s+a\s+[^.,;:!?|]{2,25}?|depuis\s+[^.,;:!?|]{2,25}?|après\s+[^.,;:!?|]{1,25}?\s+(?:ans|mois|années)(?:\s+(?:ensemble|de\s+\p{L}+(?:\s+commune)?))?|(?:en|le|fin|début|mi)[ -](?:\d{1,2}(?:er)?\s+)?(?:(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)(?:\s+(?:dernier|(?:19|20)\d\d))?|(?:19|20)\d\d)))*",
    ),
    (
        "{partner}",
        r"(?:femme|mari|époux|épouse|compagne|compagnon|petite?\s+amie?|copine|copain|conjointe?|fiancée?|mec|meuf|chérie?|ex(?:-(?:femme|mari))?|partenaire)",
    ),
    ("{name}", r"(?P<value>(?-i:\p{Lu})[\p{L}'’-]+(?:\s+(?-i:\p{Lu})[\p{L}'’-]+){0,2})"),
    (
        "{place}",
        r"(?P<value>(?:la\s+|le\s+|les\s+|l['’])?(?-i:\p{Lu})[\p{L}'’-]+(?:[ -](?:sur|sous|en|de|du|la|le|les|(?-i:\p{Lu})[\p{L}'’-]+)){0,4}?)",
    ),
    ("{given}", r"(?P<value>(?-i:\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?))"),
    // After "is called", where a name may be written small.
    (
        "{called}",
        r"(?P<value>(?-i:\p{Lu})[\p{L}'’-]+(?:\s+(?-i:\p{Lu})[\p{L}'’-]+){0,2}|(?-i:\p{Ll})[\p{L}-]+)",
    ),
    (
        "{in}",
        r"(?P<at>à|en|au|aux|dans|près\s+de|sur)\s+(?P<value>(?:la\s+|le\s+|les\s+|l['’])?(?-i:\p{Lu})[\p{L}'’-]+(?:[ -](?:sur|sous|en|de|du|la|le|les|(?-i:\p{Lu})[\p{L}'’-]+)){0,4}?|{small})",
    ),
    // A place that is written small: one word, as "à" has it before towns, or a country's or region's name.
    (
        "{small}",
        r"(?-i:\p{Ll})[\p{L}]{2,}(?:-\p{Ll}+){0,3}|saint[e-]?\s\p{Ll}+|(?:la|le)\s+(?:réunion|havre|mans|rochelle|caire|havane|haye|defense)|new[ -]york|los[ -]angeles|états[ -]unis",
    ),
    ("{value}", r"(?P<value>[\p{L}\p{N}][^.!?;,|]{0,100}?)"),
    // "Je suis", "j'suis" and "jsuis".
    ("{je}", r"(?:moi,?\s+)?j(?:e\s+|['’]\s?)?"),
    ("{ne}", r"(?:ne\s+|n['’]\s?)?"),
    ("{suis}", r"(?:{je}suis|(?:moi,?\s+)?chuis?|suis)(?:\s+(?:maintenant|actuellement|aussi|toujours))?"),
    (
        "{adverb}",
        r"(?:vraiment\s+|finalement\s+|désormais\s+|enfin\s+|quand\s+même\s+|même\s+|en\s+fait\s+|beaucoup\s+|bien\s+|trop\s+|aussi\s+|surtout\s+|maintenant\s+|actuellement\s+|toujours\s+|énormément\s+|absolument\s+)*",
    ),
    ("{relation}", r"(?P<relation>{relatives}){eldest}"),
    ("{eldest}", r"(?:\s+(?:aînée?|cadette?|cadet|jumelle|jumeau))?"),
    (
        "{relatives}",
        r"belle-mère|beau-père|belle-sœur|belle-soeur|beau-frère|belle-fille|beau-fils|mère|maman|père|papa|daron(?:ne)?|sœur|soeur|frère|frangine?|fils|fille|femme|mari|meuf|mec|compagne|compagnon|copine|copain|conjointe?|fiancée?|meilleure?\s+amie?|amie?|grand-mère|mamie|mémé|grand-père|papi|papy|pépé|tante|oncle|cousine?|nièce|neveu|patron(?:ne)?|cheffe?|collègue|coloc(?:ataire)?|voisine?|ex(?:[- ](?:femme|mari|copain|copine|compagnon|compagne))?",
    ),
    ("{pet}", r"(?P<relation>{pets})"),
    (
        "{pets}",
        r"chien(?:ne)?|chiot|chat(?:te)?|chaton|cheval|lapin|hamster|perroquet|oiseau|poisson|tortue|cochon\s+d['’]inde",
    ),
    (
        "{occupation}",
        r"(?P<value>(?:infirmi[eè]re?|instit|aide-soignante?|aide\s+soignante?|sage-femme|kiné(?:sithérapeute)?|ostéo(?:pathe)?|orthophoniste|éducat(?:eur|rice)|assistante?\s+(?:sociale?|maternelle?)|caissi(?:er|ère)|maçon|ouvri(?:er|ère)|technicien(?:ne)?|commerciale?|cheffe?\s+de\s+projet|menuisi(?:er|ère)|facteur|factrice|libraire|fleuriste|barman|barmaid|animat(?:eur|rice)|consultante?|juriste|notaire|chirurgien(?:ne)?|professeure?|prof|enseignante?|institutrice|instituteur|médecin|docteure?|ingénieure?|développeu(?:r|se)|programmeu(?:r|se)|avocate?|étudiante?|écrivaine?|artiste|musicien(?:ne)?|cuisini(?:er|ère)|serveu(?:r|se)|comptable|architecte|chercheu(?:r|se)|électricien(?:ne)?|plombi(?:er|ère)|menuisi(?:er|ère)|chauffeu(?:r|se)|pilote|militaire|polici(?:er|ère)|pompi(?:er|ère)|pharmacien(?:ne)?|dentiste|vétérinaire|agricult(?:eur|rice)|journaliste|photographe|traduct(?:eur|rice)|bibliothécaire|secrétaire|vendeu(?:r|se)|psychologue|boulang(?:er|ère)|coiffeu(?:r|se)|retraitée?|graphiste)(?:\s+(?:en|de)\s+[^.,;:!?|]{2,30}?)?)",
    ),
    (
        "{illness}",
        r"(?P<value>diabète|asthme|tdah|dépression|épilepsie|arthrose|migraines?|hypertension|hypothyroïdie|insomnies?|lupus|eczéma|psoriasis|anémie|sclérose|glaucome|goutte|sciatique|parkinson|cancer|maladie\s+de\s+crohn|sclérose\s+en\s+plaques|endométriose|fibromyalgie|acouphènes)",
    ),
    (
        "{state}",
        r"(?P<value>diabétique\s+(?:de\s+)?type\s+(?:1|2|un|deux)|diabétique|asthmatique|autiste|épileptique|dyslexique|enceinte|daltonien(?:ne)?|sourde?|aveugle|gauch(?:er|ère))",
    ),
    // What one studies, and not when or how.
    (
        "{subject}",
        r"(?:(?:biologie|droit|médecine|pharmacie|histoire|philosophie|philo|langues?|lettres|sciences?|commerce|arts?|gestion|marketing|maths?|mathématiques|physique|chimie|éco|économie|finance|compta|comptabilité|psycho|socio|architecture|design|graphisme|journalisme|droit|théologie|musique|cinéma|théâtre|anglais|espagnol|allemand|italien|chinois|japonais|russe|arabe|coréen|latin|soins\s+infirmiers)|\p{L}+(?:logie|graphie|nomie|tique|nique|ature|itique))(?:\s+(?-i:\p{Ll})[\p{L}'’-]+){0,3}?",
    ),
    (
        "{diet}",
        r"(?P<value>végétarien(?:ne)?|végétalien(?:ne)?|vegan|végane?|pescétarien(?:ne)?|flexitarien(?:ne)?|intolérante?\s+au\s+(?:lactose|gluten)|cœliaque|coeliaque)",
    ),
    ("{est}", r"est(?:\s+(?:maintenant|actuellement|aussi|toujours))?"),
    (
        "{instrument}",
        r"(?P<value>piano|guitare|violon|violoncelle|flûte|batterie|basse|saxo(?:phone)?|trompette|clarinette|harpe|accordéon|ukulélé|orgue|contrebasse|harmonica)",
    ),
    // Things that one has for long.
    (
        "{object}",
        r"(?:voiture|bagnole|auto|caisse|moto|mobylette|scooter|vélo|vtt|trottinette|bateau|voilier|kayak|caravane|camping-car|fourgon|camion(?:nette)?|tracteur|maison|appart(?:ement)?|chalet|cabane|ferme|jardin|potager|balcon|serre|atelier|piscine|cheminée|téléphone|portable|smartphone|iphone|ordi(?:nateur)?|tablette|liseuse|appareil\s+photo|drone|télescope|imprimante|projecteur|console|montre|guitare|piano|violon|violoncelle|batterie|synthé(?:tiseur)?|platine|machine\s+à\s+coudre|surf|snowboard|skate|télé(?:vision)?|tatouage)",
    ),
    // How they are.
    (
        "{quality}",
        r"(?:nouvelle|nouveau|nouvel|vieille|vieux|vieil|petite?|grande?|grosse?|gros|belle|beau|bel|jolie?|super|ancienne?|propre)",
    ),
    ("{older}", r"(?:petite?|grande?|jeune|aînée?|cadette?|nouvelle|nouveau|nouvel|vieux|vieille)"),
];

/// The first word of several stands for somebody whom the user only named, so it fits whoever it is.
pub(in crate::facts) const RELATIONS: &[(&str, &str)] = &[
    ("partenaire", "partner"),
    ("ami(e)", "friend"),
    ("cousin(e)", "cousin"),
    ("patron(ne)", "boss"),
    ("voisin(e)", "neighbour"),
    ("colocataire", "roommate"),
    ("mère", "mother"),
    ("daronne", "mother"),
    ("maman", "mother"),
    ("père", "father"),
    ("daron", "father"),
    ("papa", "father"),
    ("sœur", "sister"),
    ("soeur", "sister"),
    ("frère", "brother"),
    ("frangin", "brother"),
    ("frangine", "sister"),
    ("fils", "son"),
    ("fille", "daughter"),
    ("femme", "wife"),
    ("mari", "husband"),
    ("compagne", "partner"),
    ("compagnon", "partner"),
    ("copine", "girlfriend"),
    ("petite amie", "girlfriend"),
    ("meuf", "girlfriend"),
    ("copain", "boyfriend"),
    ("petit ami", "boyfriend"),
    ("mec", "boyfriend"),
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
    ("mémé", "grandmother"),
    ("grand-père", "grandfather"),
    ("papi", "grandfather"),
    ("papy", "grandfather"),
    ("pépé", "grandfather"),
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
    ("voisin", "neighbour"),
    ("voisine", "neighbour"),
    ("ex", "former partner"),
    ("ex-femme", "former partner"),
    ("ex-mari", "former partner"),
    ("ex-copain", "former partner"),
    ("ex-copine", "former partner"),
    ("ex-compagnon", "former partner"),
    ("ex-compagne", "former partner"),
    ("ex femme", "former partner"),
    ("ex mari", "former partner"),
    ("ex copain", "former partner"),
    ("ex copine", "former partner"),
    ("ex compagnon", "former partner"),
    ("ex compagne", "former partner"),
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
    ("belle-mère", "mother-in-law"),
    ("beau-père", "father-in-law"),
    ("belle-sœur", "sister-in-law"),
    ("belle-soeur", "sister-in-law"),
    ("beau-frère", "brother-in-law"),
    ("belle-fille", "daughter-in-law"),
    ("beau-fils", "son-in-law"),
    ("neveux", "nephew"),
    ("cheffe", "boss"),
    ("chef", "boss"),
];
