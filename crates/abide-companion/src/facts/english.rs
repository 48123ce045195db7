//! English patterns for facts. Must not know other languages.

mod brief;
mod changes;
mod endings;
mod others;
mod user;
mod wishes;

use std::sync::LazyLock;

use regex::Regex;

use self::wishes::{AVOID, NOTE};
use super::lists::ListRules;
use super::pattern::{Grammar, Pattern, Row, at_beginning, compile_all};
use crate::language::Language;
use crate::store::FactKind;
use crate::time::compiled;

/// What stands for `{end}` and the like in the rows.
const PARTS: &[(&str, &str)] = &[
    // Who keeps what is given to them, and when: not "for the weekend".
    (
        "{heir}",
        r"(?P<heir>(?:my|our|his|her|their)\s+(?:(?:little|big|older|younger|eldest|oldest|youngest|best|old|baby)\s+)*(?:step-?)?(?:son|daughter|brother|sister|sibling|mum|mom|mother|dad|father|parent|kid|child|children|niece|nephew|cousin|aunt|uncle|nan|gran|grandma|grandpa|grandson|granddaughter|grandchild|grandchildren|friend|neighbou?r|colleague|flatmate|roommate|ex|wife|husband|boyfriend|girlfriend|partner)s?(?:['’]s\s+\p{L}+)?|an?\s+(?:friend|neighbou?r|colleague|cousin|charity(?:\s+shop)?|museum|school|local\s+\p{L}+)|(?:the\s+)?(?:charity(?:\s+shop)?|goodwill|oxfam|salvation\s+army|thrift\s+store|museum)|(?-i:\p{Lu})\p{L}+)",
    ),
    (
        "{given}",
        r"(?:\s+(?:yesterday|today|(?:last|this)\s+\p{L}+|on\s+{day}|in\s+(?:{month}|\d{4})|(?:a|two|three|some|many)\s+\p{L}+\s+ago|years\s+ago|as\s+an?\s+\p{L}+|for\s+(?:good|(?:his|her|their)\s+\p{L}+|christmas)|instead)\b.*)?",
    ),
    (
        "{monthday}",
        r"(?:(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?{month}|{month}\s+(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?)",
    ),
    // What one goes to though it is another's.
    (
        "{others}",
        r"(?:(?:my|our)\s+(?:[\p{L}-]+\s+){0,2}?[\p{L}-]+|(?-i:\p{Lu})[\p{L}-]+(?:\s+(?:and|&)\s+(?-i:\p{Lu})[\p{L}-]+)?)['’]s\s+(?:[\p{L}-]+\s+)?(?:wedding|funeral|memorial|graduation|christening|baptism|party|shower|recital)",
    ),
    (
        "{tail}",
        r"(?:\s*[.!,;:—(|].*|\s*-+\s.*|\s+(?:but|because|since|when|while|who|although|until)\b.*)?\s*$",
    ),
    (
        "{end}",
        r"(?:\s*[.!,;:—(|].*|\s*-+\s.*|\s+(?:and|but|because|so|since|when|while|which|who|where|though|although|until|these\s+days|at\s+the\s+moment|lately|recently|nowadays|right\s+now|now|too|as\s+well|anymore|any\s+more|btw|actually|originally|by\s+the\s+way|tho|atm|rn|tbh|ngl|hbu|wbu)\b.*)?\s*$",
    ),
    ("{name}", r"(?P<value>{Name})"),
    ("{Name}", r"(?-i:\p{Lu})[\p{L}'’-]+(?:\s+(?-i:\p{Lu})[\p{L}'’-]+){0,2}"),
    // Behind words that leave no doubt that it is a name.
    ("{called}", r"(?P<value>{Name}|(?-i:\p{Ll})[\p{L}'’-]+)"),
    // The latter only where nothing is written in capitals.
    (
        "{place}",
        r"(?P<value>(?:the\s+)?{Place}(?:,\s+{Place})?|(?-i:\p{Ll})[\p{L}'’-]+(?:\s+[\p{L}'’-]+){0,2}?)",
    ),
    (
        "{Place}",
        r"(?:(?:\p{L}\.){2,3}|(?-i:\p{Lu})[\p{L}'’-]+\.?(?:\s+(?:(?:of|the|de|la|las|los|del|du|le|les|sur|upon|on|under|am|an|der|den|by|al|el|y|di|da|do|dos)\s+){0,2}(?-i:\p{Lu})[\p{L}'’-]+){0,3}(?:\s+(?:city|area|county|state|island))?)",
    ),
    (
        "{stay}",
        r"(?:\s+(?:with\s+(?P<also>(?:my|our)\s.*)|(?:since|for|with|now|near|close|not\s+far|by|at|in|on|again|alone|together|myself|permanently|full[- ]time|part\s+of|most\s+of|during|as)\b.*))?",
    ),
    (
        "{moved}",
        r"(?:just\s+|recently\s+|finally\s+)?(?:moved|relocated)\s+(?:back\s+|over\s+|out\s+|up\s+|down\s+)?(?:from\s+[^,.;]{2,40}?\s+)?to",
    ),
    (
        "{left}",
        r"(?:(?:\s+(?:in|for|when|back\s+in|at)\b[^.;,]*?)?,?\s+(?:(?:and|but|before|until)\s+)?(?:(?:i|we|s?he|then|later|soon|eventually|have\s+since|has\s+since)\s+)*?(?:(?:came|coming|went|going)\s+(?:back|home)|mov(?:ed|ing)\s+(?:back|away|on|again|to|out)|return(?:ed|ing)|left\s+(?:again|after|in|it)|then\s+(?:on\s+)?to\s+(?-i:\p{Lu})\p{L}*|then\s+(?-i:\p{Lu})\p{L}+\s*(?:[.!,;]|$))(?:\W.*)?$|(?:\s+(?:in|for|when|back\s+in|at)\b[^.;,]*?)?,?\s+(?:but|and)\s+(?:(?:i['’]?m|i\s+am|i['’]ve|i\s+have|we['’]re|we['’]ve|s?he['’]s|am|is|been|now|have)\s+)*back\s*(?:[.!,;].*|\s(?:home|here|now|since|again|in)\b.*)?$)",
    ),
    (
        "{now}",
        r"(?:\s+(?:now|already|again|today|yesterday|recently|lately|officially|amicably|for\s+good|for\s+real))*",
    ),
    // Where a sentence about two people ends, and does not go on about what they split.
    (
        "{over}",
        r"(?:\s*[.!,;:—(|].*|\s*-+\s.*|\s+(?:but|because|too|actually|btw|by\s+the\s+way)\b.*|\s+and\s+(?:i|i['’]m|i['’]ve|he|she|now|it|my|we['’]re|it['’]s)\b.*)?\s*$",
    ),
    // When it was, behind something that also has other objects: "we split up", and not the chores.
    (
        "{when}",
        r"(?:{now}(?:\s+(?:(?:last|this|on|since|because|over|back\s+in|when\s+(?:i|s?he))\s|(?:like\s+)?(?:ages|the\s+other\s+day|a\s+(?:week|month|year|while)\s+ago)\b|in\s+(?:\d{4}|{month}|(?:the\s+)?(?:spring|summer|autumn|fall|winter)|the\s+end)\b|(?:an?|one|two|three|four|five|six|a\s+few|a\s+couple\s+of|some|many|several|\d+)\s+(?:days?|weeks?|months?|years?|hours?|while|long)\b|after\s+(?:[\p{L}\d-]+\s+){1,4}?(?:days|weeks|months|years|together)\b).*)?{now}{over})",
    ),
    (
        "{month}",
        r"(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b",
    ),
    (
        "{number}",
        r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\p{L}+teen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ]\p{L}+)?)",
    ),
    // What follows a number that is no age.
    (
        "{no_age}",
        r"\s*,?\s*(?:basically|mentally|emotionally|spiritually|at\s+heart|inside|in\s+(?:my|his|her)\s+(?:head|heart|mind)|in\s+(?:dog|cat)\s+years|in\s+spirit|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|seconds?|miles?|feet|foot|inches|pounds|kg|km|cm|lbs|percent|%|degrees|points?|times|steps?|people|blocks?|stops?|episodes?|pages?|chapters?|drinks?|beers?)(?:\W.*)?$",
    ),
    (
        "{company}",
        r"(?P<value>(?:an?\s+|the\s+|my\s+|our\s+)[\p{L}\p{N}][^.!?;,|]{1,50}?|(?-i:\p{Lu}|\d\p{Lu})[^.!?;,|]{1,50}?|(?-i:\p{Ll})[\p{L}\p{N}&'’-]+)(?:\s+(?:as|since|in|now|on|during|every|from|with|doing|part[- ]time|full[- ]time|these|right)\b.*)?",
    ),
    // "I work for" something that employs nobody.
    (
        "{no_company}",
        r"(?:at|for)\s+(?:nights?|weekends?|the\s+(?:weekends?|moment|minute|same|best|money|next|last|most|time)|home|all|it|that|this|them|him|her|you|once|first|last|least|most|a\s+(?:living|while|bit|long|few|couple|change|day|week|month|year|desk|computer|laptop|crazy|slow|fast|leisurely|good|loss|fraction)|my\s+(?:desk|own|kids?|family|future|money|living|computer|laptop)|myself|ourselves|free|fun|money|nothing|peanuts|cash|food|tips|hours|days|weeks|months|years|ages|now|\d+\s*(?:hours?|days?|am|pm|weeks?|months?|years?|:\d*)?|(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve)\s+(?:hours|days|weeks|months|years)|dawn|noon|midnight|heights?|full|peace|scale|speed|christmas)(?:\W.*)?$",
    ),
    (
        "{no_subject}",
        r"(?:hard\p{L}*|every\p{L}*|all|a\s+lot|a\s+bit|at|in|on|for|with|to|from|by|about|until|till|best|better|well|alone|together|too|so|more|less|most|late|early|daily|online|abroad|here|there|today|tonight|tomorrow|now|when\p{L}*|while|because|the\s+whole|right|really|like|and|but|it|that|this|them|him|her|my|your|people|something|anything|everything|nothing)\b.*$",
    ),
    (
        "{nationality}",
        r"(?P<value>French|German|Italian|Spanish|Chinese|Japanese|Korean|Canadian|American|British|English|Irish|Scottish|Polish|Dutch|Belgian|Swiss|Brazilian|Mexican|Indian|Australian|Russian|Ukrainian|Swedish|Norwegian|Danish|Finnish|Portuguese|Greek|Turkish|Vietnamese|Filipino|Nigerian|Moroccan)",
    ),
    ("{value}", r"(?P<value>[\p{L}\p{N}][^.!?;,|]{0,100}?)"),
    ("{i'm}", r"i(?:'m|’m|\s+am)(?:\s+(?:now|currently|actually|also|still))?"),
    ("{i've}", r"i(?:'ve|’ve|\s+have)(?:\s+(?:now|also|just|got|always))?"),
    (
        "{adverb}",
        r"(?:really\s+|absolutely\s+|also\s+|just\s+|do\s+|truly\s+|totally\s+|so\s+|still\s+|now\s+|currently\s+|actually\s+|always\s+|honestly\s+)*",
    ),
    ("{relation}", r"(?P<relation>{relatives})"),
    (
        "{relatives}",
        r"mother|mom|mum|father|dad|sister|brother|son|daughter|wife|husband|hubby|partner|girlfriend|boyfriend|fianc[ée]e?|best\s+friend|bestie|friend|grandmother|grandma|granny|grandfather|grandpa|grandad|granddad|gran|nan|aunt|uncle|cousin|niece|nephew|boss|colleague|roommate|flatmate|neighbou?r|ex(?:[- ](?:wife|husband|boyfriend|girlfriend|partner|fianc[ée]e?))?|therapist",
    ),
    ("{pet}", r"(?P<relation>{pets})"),
    (
        "{pets}",
        r"dog|puppy|greyhound|labrador|spaniel|terrier|poodle|beagle|dachshund|husky|whippet|collie|corgi|german\s+shepherd|cat|kitten|horse|rabbit|bunny|hamster|parrot|bird|fish|turtle|guinea\s+pig",
    ),
    (
        "{occupation}",
        r"(?P<value>(?:(?:freelance|senior|junior|software|civil|primary|high|school|night|retired|trainee|head|project|product|office|sales|shop|marketing|account|operations|nursing|ward|veterinary|teaching|care|freelance|forensic|mental\s+health|graphic|web|social|emergency|er|icu|data|electrical|mechanical|elementary|truck|taxi|bus|math|music|english|science|history|art|phd|medical|law|computer|stay-at-home)\s+){0,3}(?:teacher|nurse|doctor|engineer|developer|programmer|designer|lawyer|student|writer|artist|musician|chef|cook|waiter|waitress|accountant|architect|scientist|researcher|professor|electrician|plumber|carpenter|mechanic|driver|pilot|soldier|police\s+officer|firefighter|paramedic|pharmacist|dentist|vet|veterinarian|farmer|gardener|journalist|photographer|translator|librarian|manager|secretary|salesperson|cashier|barista|therapist|psychologist|social\s+worker|consultant|analyst|baker|hairdresser|physio(?:therapist)?|midwife|surgeon|builder|bartender|paralegal|solicitor|barrister|electrician|joiner|welder|roofer|carer|assistant|nanny|childminder|postman|radiographer|optician|osteopath|estate\s+agent|flight\s+attendant|security\s+guard|delivery\s+driver|tailor|painter|sculptor|actor|actress|dancer|singer|composer|mathematician|physicist|chemist|biologist|historian|freelancer|retiree|mom|dad))",
    ),
    (
        "{illness}",
        r"(?P<value>(?:type\s+[12]\s+)?diabetes|asthma|adhd|autism|depression|anxiety|bipolar\s+disorder|ptsd|ocd|epilepsy|arthritis|migraines?|high\s+blood\s+pressure|insomnia|cancer|celiac\s+disease|crohn['’]s(?:\s+disease)?|multiple\s+sclerosis|endometriosis|fibromyalgia|tinnitus|lupus|ibs|pcos|copd|eczema|psoriasis|ulcerative\s+colitis|narcolepsy|sleep\s+apn(?:o?ea)|hypothyroidism|an?\s+underactive\s+thyroid|anaemia|anemia|sciatica|gout|glaucoma|scoliosis|parkinson['’]?s|a\s+heart\s+murmur|high\s+cholesterol|a\s+heart\s+condition)",
    ),
    (
        "{state}",
        r"(?P<value>diabetic|asthmatic|autistic|epileptic|dyslexic|dyspraxic|pregnant|colou?r-?blind|deaf|blind|left-handed)",
    ),
    ("{is}", r"(?:is|['’]s)(?:\s+(?:now|currently|actually|also|still|already|just))?"),
    // When, where, how and of what somebody died, and no "laughing" or "in the game".
    (
        "{death}",
        r"(?:\s+(?:peacefully|suddenly|unexpectedly|tragically|young|alone|too|as\s+well|too\s+(?:young|soon|early)|giving\s+birth|by\s+suicide|recently|yesterday|today|tonight|already|now|overnight|instantly|{age}|(?:last|this|on\s+{day}|just|almost|nearly|about|over|some|many|several|a\s+few|an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+)\s+(?:[\p{L}-]+\s+)?(?:ago|night|week|weekend|month|year|spring|summer|autumn|fall|winter|morning|evening|christmas|{month})|on\s+{day}|last\s+(?:{month}|{day})|in\s+(?:(?:early\s+|late\s+|mid-?)?(?:{month}|\d{4})|(?-i:\p{Lu})\p{L}+\s+(?:in\s+\d{4}|during\s+the\s+war)|(?:the\s+)?(?:spring|summer|autumn|fall|winter|war|hospital|hospice|night|pandemic|seventies|eighties|nineties|\d0s)|an?\s+(?:[\p{L}-]+\s+){0,2}(?:accident|crash|fire|war|flood|earthquake|hospital|hospice|attack|collision)|(?:his|her|their|my)\s+(?:sleep|arms|bed)|childbirth|combat|prison|surgery)|at\s+(?:home|work|sea|birth|age|the\s+age|\d+|(?:the\s+|an?\s+)?(?:[\p{L}-]+\s+)?(?:hospital|hospice))|(?:of|from)\s+(?:[\p{L}-]+\s+){0,3}?{cause}|(?:after|following)\s+(?:an?\s+|his\s+|her\s+|their\s+|[\p{L}-]+\s+){0,3}(?:illness|disease|battle|fight|struggle|surgery|operation|accident|stroke|fall|weeks|months|years|{cause})|during\s+(?:the\s+)?(?:war|pandemic|covid|surgery|childbirth|lockdown)|before\s+(?:i|we|my|his|her|christmas)|when\s+(?:i|he|she|they|we|my\s+\p{L}+)\s+(?:was|were))\b.*)?(?:\s*[.!,;:—(|].*|\s*-+\s.*|\s+(?:and|but|so|because)\b.*)?\s*$",
    ),
    ("{age}", r"aged\s+\d+"),
    (
        "{day}",
        r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|christmas|easter|new\s+year|thanksgiving|halloween|mother['’]s\s+day|father['’]s\s+day|valentine['’]s|(?:my|his|her)\s+birthday|(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?|{month})",
    ),
    (
        "{cause}",
        r"(?:cancer|leuka?emia|lymphoma|(?:brain\s+)?tumou?r|heart\s+(?:attack|failure|disease)|cardiac\s+arrest|stroke|aneurysm|covid(?:-19)?|coronavirus|pneumonia|flu|old\s+age|natural\s+causes|overdose|complications|(?:kidney|liver|lung|organ|renal)\s+(?:failure|disease)|dementia|alzheimer['’]?s?|parkinson['’]?s?|als|ms|aids|hiv|sepsis|malaria|tuberculosis|tb|meningitis|diabetes|asthma|epilepsy|suicide|hypothermia|burns|injur(?:y|ies)|wounds|illness|disease|infection|embolism|blood\s+clot|h[ae]+morrhage|anaphylaxis|allergic\s+reaction|drowning|exposure|poisoning|natural\s+causes|accident|fall|fever)",
    ),
    ("{afraid}", r"(?:afraid|scared|terrified|frightened|petrified)"),
    ("{partner}", r"(?:boyfriend|girlfriend|partner|wife|husband|hubby|fianc[ée]e?|ex)"),
    (
        "{instrument}",
        r"(?P<value>piano|(?:bass|electric|acoustic|classical)\s+guitar|guitar|violin|viola|cello|double\s+bass|bass|drums|flute|clarinet|saxophone|sax|trumpet|trombone|tuba|oboe|bassoon|harp|harmonica|accordion|ukulele|banjo|mandolin|sitar|keyboards?|organ|recorder|bagpipes|fiddle)",
    ),
    // Things that one has for long.
    (
        "{object}",
        r"(?:car|bmw|vw|suv|rv|van|truck|lorry|pick-?up|tractor|bike|bicycle|e-?bike|motorbike|motorcycle|moped|scooter|boat|sailboat|yacht|kayak|canoe|caravan|camper(?:\s*van)?|motorhome|house|flat|apartment|cottage|cabin|farm|allotment|garden|greenhouse|balcony|shed|workshop|sauna|hot\s+tub|swimming\s+pool|fireplace|phone|mobile|smartphone|iphone|laptop|computer|pc|tablet|ipad|e-?reader|camera|drone|telescope|printer|projector|console|smartwatch|watch|guitar|piano|violin|cello|drum\s+kit|synthesi[sz]er|record\s+player|turntable|sewing\s+machine|kiln|loom|surfboard|snowboard|skateboard|treadmill|trampoline|tv|telly|television|tattoo)",
    ),
    // How they are.
    (
        "{quality}",
        r"(?:old|new|brand-new|used|second-hand|vintage|classic|antique|small|little|tiny|big|large|huge|great|good|nice|lovely|beautiful|fast|slow|cheap|expensive|fancy|red|orange|yellow|green|blue|purple|pink|brown|black|white|gr[ae]y|silver|golden|beige|dark|light|bright|wooden|electric|acoustic|digital|bass|grand|upright|classical|mountain|road|racing|sports|touring|company|family|folding|gaming|smart|holiday|country|beach|summer|vegetable|rooftop|roof|rowing|fishing|sailing|motor|tandem|convertible|hybrid|\p{L}+-seater|own|trusty|first|second|favourite|beloved)",
    ),
    ("{older}", r"(?:little|big|younger|older|elder|twin|baby|new|oldest|youngest)"),
];

pub(super) const RELATIONS: &[(&str, &str)] = &[
    ("mother", "mother"),
    ("mom", "mother"),
    ("mum", "mother"),
    ("father", "father"),
    ("dad", "father"),
    ("sister", "sister"),
    ("brother", "brother"),
    ("son", "son"),
    ("daughter", "daughter"),
    ("wife", "wife"),
    ("husband", "husband"),
    ("hubby", "husband"),
    ("partner", "partner"),
    ("girlfriend", "girlfriend"),
    ("boyfriend", "boyfriend"),
    ("fiancé", "partner"),
    ("fiancée", "partner"),
    ("fiance", "partner"),
    ("fiancee", "partner"),
    ("best friend", "friend"),
    ("bestie", "friend"),
    ("friend", "friend"),
    ("grandmother", "grandmother"),
    ("grandma", "grandmother"),
    ("grandfather", "grandfather"),
    ("grandpa", "grandfather"),
    ("granny", "grandmother"),
    ("gran", "grandmother"),
    ("nan", "grandmother"),
    ("grandad", "grandfather"),
    ("granddad", "grandfather"),
    ("aunt", "aunt"),
    ("uncle", "uncle"),
    ("cousin", "cousin"),
    ("niece", "niece"),
    ("nephew", "nephew"),
    ("boss", "boss"),
    ("colleague", "colleague"),
    ("roommate", "roommate"),
    ("flatmate", "roommate"),
    ("neighbor", "neighbour"),
    ("neighbour", "neighbour"),
    ("ex", "former partner"),
    ("ex-wife", "former partner"),
    ("ex wife", "former partner"),
    ("ex-husband", "former partner"),
    ("ex husband", "former partner"),
    ("ex-boyfriend", "former partner"),
    ("ex boyfriend", "former partner"),
    ("ex-girlfriend", "former partner"),
    ("ex girlfriend", "former partner"),
    ("ex-partner", "former partner"),
    ("ex partner", "former partner"),
    ("ex-fiancé", "former partner"),
    ("ex-fiancée", "former partner"),
    ("therapist", "therapist"),
    ("dog", "dog"),
    ("puppy", "dog"),
    ("cat", "cat"),
    ("kitten", "cat"),
    ("horse", "horse"),
    ("rabbit", "rabbit"),
    ("bunny", "rabbit"),
    ("hamster", "hamster"),
    ("parrot", "parrot"),
    ("bird", "bird"),
    ("fish", "fish"),
    ("turtle", "turtle"),
    ("guinea pig", "guinea pig"),
    ("greyhound", "dog"),
    ("labrador", "dog"),
    ("spaniel", "dog"),
    ("terrier", "dog"),
    ("poodle", "dog"),
    ("beagle", "dog"),
    ("dachshund", "dog"),
    ("husky", "dog"),
    ("whippet", "dog"),
    ("collie", "dog"),
    ("corgi", "dog"),
    ("german shepherd", "dog"),
];

/// See [`Grammar::spellings`].
const SPELLINGS: &[(&str, &str)] = &[
    ("’", "'"),
    ("‘", "'"),
    ("´", "'"),
    ("ʼ", "'"),
    ("im", "i'm"),
    ("i m", "i'm"),
    ("ive", "i've"),
    ("dont", "don't"),
    ("doesnt", "doesn't"),
    ("didnt", "didn't"),
    ("cant", "can't"),
    ("couldnt", "couldn't"),
    ("wont", "won't"),
    ("wouldnt", "wouldn't"),
    ("shouldnt", "shouldn't"),
    ("isnt", "isn't"),
    ("arent", "aren't"),
    ("aint", "isn't"),
    ("wasnt", "wasn't"),
    ("werent", "weren't"),
    ("havent", "haven't"),
    ("hasnt", "hasn't"),
    ("hadnt", "hadn't"),
    ("thats", "that's"),
    ("whats", "what's"),
    ("theres", "there's"),
    ("youre", "you're"),
    ("theyre", "they're"),
    ("weve", "we've"),
    ("youve", "you've"),
    ("hes", "he's"),
    ("shes", "she's"),
    ("its my", "it's my"),
    ("its not", "it's not"),
    ("its been", "it's been"),
    ("wanna", "want to"),
    ("gonna", "going to"),
    ("gotta", "have to"),
    ("bday", "birthday"),
    ("b-day", "birthday"),
    ("bf", "boyfriend"),
    ("gf", "girlfriend"),
    ("pls", "please"),
    ("plz", "please"),
    ("u can", "you can"),
    ("ur", "your"),
    ("w/", "with"),
    ("w/o", "without"),
];

/// See [`Grammar::not_names`]. June, May and the like are names, too.
const NOT_NAMES: &str = r"^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|july|september|october|november|december|christmas|easter|thanksgiving|halloween|ramadan|eid|hanukkah|diwali|god|lord|jesus|christ|allah|heavens?|bless|thank|thanks|rest|rip|sadly|luckily|thankfully|mum(?:my)?|mom(?:my)?|mother|dad(?:dy)?|father|grandma|grandpa|granny|gran|nana|nan|grand?dad|aunt(?:ie|y)?|uncle|sis|sister|bro|brother|son|sir|ma'?am|madam|boss|captain|doctor|back|up|out|off|in|on|at|for|by|from|with|after|before|later|soon|maybe|tomorrow|today|tonight|anytime|whenever|anything|asap|now|again|too|so|not|just|also|really|very|quite|pretty|always|never|often|usually|a|an|the|my|your|his|her|our|their|this|that|it|what|whatever|how|when|if|and|or|but|i|i'\p{L}+|he|she|we|they|you|one|none|mine|names|french|german|italian|spanish|chinese|japanese|korean|canadian|american|british|english|irish|scottish|polish|dutch|belgian|swiss|brazilian|mexican|indian|australian|russian|ukrainian|swedish|norwegian|danish|finnish|portuguese|greek|turkish|vietnamese|filipino|nigerian|moroccan|austrian|hungarian|romanian|bulgarian|croatian|serbian|bosnian|albanian|armenian|iranian|syrian|egyptian|algerian|tunisian|libyan|ethiopian|kenyan|ghanaian|taiwanese|indonesian|malaysian|cambodian|mongolian|pakistani|iraqi|israeli|afghan|bangladeshi|nepali|thai|argentinian|colombian|peruvian|venezuelan|bolivian|cuban|jamaican|haitian|european|african|asian|icelandic|estonian|latvian|lithuanian|belarusian|slovak|slovenian|czech|welsh|catalan|basque|arab|kurdish|persian|siamese|bengal|dalmatian|latino|latina|hispanic|caribbean|\p{L}*(?:n|l|t|m|p|d|b|g|u)ese|catholic|protestant|muslim|hindu|buddhist|mormon|orthodox|atheist|republican|democrat|conservative|aries|taurus|gemini|capricorn|aquarius|sagittarius|scorpio|libra|pisces|mr|mrs|ms|dr|santa|satan|superman|batman|jewish|arabic|hebrew|latin|foreign|long|short|common|rare|weird|strange|odd|hard|difficult|easy|simple|funny|silly|boring|ugly|beautiful|nice|cute|cool|old|old-fashioned|new|different|similar|special|important|wrong|misspelled|misspelt|spelled|spelt|pronounced|written|known|secret|private|missing|taken|gone|mud|double|biblical|kind|sort|crazy|happy|tired|sick|sad|fine|good|great|ok|okay|pregnant|ill|dead|alive|away|asleep|angry|upset|jealous|amazing|wonderful|lovely|married|single|divorced|engaged|vegan|vegetarian|diabetic|retired|unemployed|bored|lonely|sorry|ready|busy|lost|hungry|drunk|awake|home|here|glad|excited|pleased)(?:[\s'].*)?$|^(?-i:\p{Ll}+(?:able|ible|ous|ful|less|ual|onal))$";

/// See [`Grammar::described`].
const DESCRIBED: &str = r"(?:{occupation}|(?:type\s+\S+\s+)?diabetic|asthmatic|autistic|epileptic|dyslexic|bipolar|anorexic|blind|deaf|mute|disabled|paraplegic|sober|addicted|hungover|gay|lesbian|bisexual|bi|straight|trans(?:gender)?|queer|non-?binary|asexual|tall|short|small|big|young|smart|clever|intelligent|stupid|dumb|lazy|shy|quiet|loud|kind|rude|mean|strict|stubborn|proud|brave|strong|weak|rich|poor|broke|famous|popular|blonde?|brunette|ginger|bald|handsome|gorgeous|hot|fat|slim|thin|chubby|healthy|unwell|better|worse|clean|free|late|early|dying|deceased|injured|hurt|expecting|adopted|grounded|everything|everyone|everybody|family|brilliant|ancient|elegant|arrogant|ignorant|confident|independent|innocent|decent|violent|silent|absent|distant|patient|impatient|evil|cruel|selfish|childish|foolish|friendly|elderly|cuddly|stunning|charming|annoying|dying|sleeping|working|studying|recovering|teething|grumpy|moody|calm|nervous|anxious|depressed|worried|scared|afraid|furious|mad|curious|talented|gifted|spoiled|naughty|cuddly|fluffy|neutered|pedigree|purebred|golden|labrador|retriever|(?:golden|german|french|english|british|scottish|border|yorkshire|jack|great|maine|saint|cocker|bull|shih|basset|doberman|rottweiler|pug|boxer)(?:\s+\p{L}+)?|persian|tabby|ragdoll|bengal|sphynx|(?:miss|mister|mr|mrs|ms|dr|sir|lady|lord|king|queen|prince|princess|captain|general|reverend|father|saint)\s+.+|(?:president|minister|sergeant|professor)(?:\s+.+)?|feminist|pacifist|socialist|communist|liberal|labour|tory|green|christian|mormon|amish|rabbi|priest|pastor|nun|monk|imam|mayor|boss|ceo|cto|cfo|manager|head|chief|leader|owner|landlord|caretaker|\p{L}{3,}(?:istic|ologist|ician|ographer|arian|able|ible|less|ful|ous|ative)|(?:full|part|self|well|over|half|semi|home|stay)[- ]\p{L}+)\s*$";

/// See [`Grammar::not_places`]: what else is moved to, teams and programs, and how else one lives.
const NOT_PLACES: &str = r"^(?:teams|slack|zoom|linux|windows|macs?|android|iphones?|spotify|netflix|apple|google|microsoft|amazon|meta|discord|signal|telegram|whatsapp|messenger|instagram|facebook|twitter|mastodon|bluesky|threads|reddit|twitch|gmail|outlook|office|excel|word|notion|obsidian|evernote|trello|jira|asana|basecamp|python|rust|java|ruby|kotlin|swift|go|git|azure|firefox|chrome|safari|brave|opera|edge|ubuntu|debian|fedora|mint|arch|kindle|xbox|playstation|nintendo|steam|tesla|verizon|vodafone|hulu|disney|tidal|deezer|audible|chatgpt|claude|gemini|copilot|accounts|accounting|sales|marketing|finance|legal|engineering|operations|logistics|procurement|design|product|research|support|management|payroll|purchasing|production|planning|customer\s+(?:service|support|care|success)|human\s+resources|hr|it|pr|qa|r&d|ai|vr|aws|gcp|vs|plan|day|round|level|chapter|season|phase|stage|step|year|grade|class|group|tier|version|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|july|september|october|november|december|god|jesus|my|your|his|her|our|their|its?|this|that|these|those|an?|it'?s)(?:[\s'].*)?$|^(?-i:fear|peace|harmony|hope|poverty|pain|sin|luxury|comfort|denial|hiding|exile|silence|misery|chaos|darkness|heaven|hell|style|squalor|isolation|constant|total|complete|utter|pure|student|shared|social|temporary|halls?|dorms?|college|sweatpants|pyjamas|pajamas|jeans|leggings|bed|work|school|home|here|there|town|downtown|abroad|outside|inside|nature|space|nowhere|somewhere|everywhere|hospital|prison|jail|care|sync|tents?|vans?|cars?|some|any|every|each|another|one|two|three|four|five|same|both|different|various|many|other|more|less|better|worse|bigger|smaller|next|last|first|front|back|middle|top|bottom|what|where|which|who|and|or|between|around|now|then|foster|avoid|live|be|escape|study|find|start|get|help|stay|take|join|follow|save|make|see|look|leave|learn|pursue|support|have|become|improve|keep|room|floor|part|row|seat|table|team)(?:[\s'].*)?$|^the\s+(?-i:internet|web|future|past|present|moment|now|here|city|country|countryside|suburbs?|woods|forest|middle|mountains?|hills?|same|house|flat|apartment|basement|attic|dorms?|couch|sofa|bed|beach|coast|sea|village|town|area|neighbou?rhood|building|street|centre|center|outskirts|sticks|wild|desert|jungle|world|sun|shadow|dark|north|south|east|west|first|second|third|next|last|front|back|kitchen|office|car|van|other|best|worst|new|old|cloud|point|question|topic|conclusion|top|bottom|left|right|side|edge)\b|(?-i:^\p{Ll}\p{Lu}|\p{Ll}{2}\p{Lu}|\+)";

/// See [`Grammar::speech`].
fn speech() -> Regex {
    // "That said," and "as I said," are the user's own words.
    let own = r"\b(?:i|we|that|this|having|all|as|when|if|just|like|truth\s+be|being|already|always|never|also|still|honestly|really|kinda|kind\s+of|easier|enough|simply|jokes|joking|well|to|not|and|but|or|so|been|be)\s+(?:{adverb}\s+)*(?:{speaks}|{utters})\b";
    let noun = r"(?:my|our|his|her|their|your|the|an?|this|some|one|every|each|any|no|most|many)\s+(?:[\p{L}'-]{2,}\s+){0,3}?[\p{L}'-]{2,}";
    let name =
        r"(?-i:[A-VX-Z]\p{L}|W[a-df-z]|We\p{L})[\p{L}'-]*(?:\s+(?:and\s+)?(?-i:\p{Lu})[\p{L}'-]+){0,2}";
    let pronoun = r"he|she|they|it|you|who|people|everyone|everybody|someone|somebody|nobody|folks|friends|doctors|parents|kids|others|scientists";
    let adverb = r"(?:always|never|just|also|still|often|usually|once|even|really|honestly|only|actually|literally|basically|kept|keeps?|keep\s+on|then|recently|already|sometimes|has|have|had|would|will|used\s+to|is|was|are|were|didn't|doesn't|don't|may|must)";
    let speaks = r"(?:say|says|said|saying|tell|tells|told|telling|thinks?|thought|thinking|claim(?:s|ed|ing)?|insist(?:s|ed|ing)?|swears?|swore|reckon(?:s|ed)?|announce[sd]?|declare[sd]?|repl(?:y|ies|ied)|mutter(?:s|ed)?|believes?|believed|assume[sd]?|state[sd]?|quote[sd]?)";
    // What is also done without words to tell: "my sister writes and lives in Rome".
    let utters = r"(?:writes?|wrote|writing|text(?:s|ed|ing)?|message[sd]?|messaging|e-?mail(?:s|ed)?|post(?:s|ed|ing)?|tweet(?:s|ed)?|comment(?:s|ed)?|shout(?:s|ed)?|yell(?:s|ed)?|scream(?:s|ed)?|whisper(?:s|ed)?|joke[sd]?|explain(?:s|ed)?|admit(?:s|ted)?|complain(?:s|ed)?|answer(?:s|ed)?|ask(?:s|ed)?|respond(?:s|ed)?|go|goes|went|reads?|sent|sends|confess(?:es|ed)?|brag(?:s|ged)?|boast(?:s|ed)?|blurted(?:\s+out)?|added|(?:was|were|is|are)\s+(?:all\s+|just\s+|basically\s+)?like)";
    let behind = r"(?:\s+(?:me|us|him|her|them|back|it|to\s+(?:me|us|him|her|them)|(?:on|in)\s+(?:(?:an?|the|his|her|our|my)\s+)?\p{L}+(?:\s+\p{L}+)?|yesterday|today|earlier|last\s+\p{L}+|this\s+\p{L}+|that|once|again|a\s+(?:text|message|note|letter|card)))*\s*[,:]";
    let words = r"(?:rules?|motto|advice|tip|slogan|lesson|saying|quote|sign|poster|title|caption|headline|mantra|line|lyrics?|message|text|song|tweet|bio|joke|moral)\s+(?:is|was|are|were|reads?|goes|went|said|says)\s*[,:]";
    // "Tom: I live in York", but not "update:".
    let label = r"^(?:him|her|them|s?he|they|you|my\s+(?:mother|mom|mum|father|dad|sister|brother|son|daughter|wife|husband|partner|girlfriend|boyfriend|friend|grandma|grandpa|aunt|uncle|cousin|boss|colleague|roommate|neighbou?r|ex|therapist|doctor|teacher)|(?-i:[A-Z]\p{Ll}+))\s*:";
    let own_label = r"^(?:\p{L}+\s+){0,2}(?:me|update|note|edit|ps|news|facts?|question|answer|hint|spoiler|warning|confession|disclaimer|disclosure|reminder|correction|also|so|well|look|listen|okay|ok|yes|no|hi|hello|hey|sorry|honestly|truth|secret|plan|goal|status|age|name|job|work|home|city|location|hobbies|likes|dislikes|allergies|food|music|today|tonight|tomorrow|yesterday|first|second|third|background|bio|intro|introduction|info|context|basics|family|pets|health|diet|religion|summary|result|conclusion|problem|issue|reason|example|story|situation|point|important|remember|myself|thing|people)\s*:";
    let pattern = format!(
        r"(?P<own>{own}|{own_label})|(?:\b(?:{noun}|{name}|{pronoun}|one\s+of\s+(?:my|our|his|her|the)\s+\p{{L}}+)|^[\p{{L}}'-]{{2,}})(?:\s+(?:{adverb}\s+)*(?:{speaks}\b|{utters}\b{behind})|'(?:s|re)\s+(?:all\s+|just\s+|basically\s+)?like\s*[,:])|^(?:says|thinks|claims|tells|swears|insists|believes|reckons)\b|\b{words}|,\s+(?:(?:my|our|his|her|the)\s+[\p{{L}}'-]+|(?-i:[A-VX-Z]\p{{Ll}})[\p{{L}}'-]+|{pronoun})\s+(?:{adverb}\s+)*{utters}\s*[.!]*$|{label}|\baccording\s+to\b",
    );
    compiled(&pattern.replace("{adverb}", adverb).replace("{speaks}", speaks).replace("{utters}", utters))
}

/// See [`Grammar::tags`]: whether it is known or was told already, and what is thought of it. Whoever asks whether it is so ("isn't she?", "right?") may
/// not know it, whatever follows.
fn tags() -> Regex {
    let doubts = r"(?:right|correct|true|no|yes|yeah|yep|eh|huh|innit|am\s+i(?:\s+right|\s+wrong)?|(?:is|are|am|was|were|do|does|did|have|has|had|can|could|will|would|should|ain)(?:\s+not|n?['’]?t)?\s+(?:i|he|she|it|we|they|there|you)(?:\s+not)?|(?:is|was)(?:n['’]?t)?\s+(?:it|that|this)\s+(?:really\s+|just\s+|even\s+)?(?:so|right|true|correct|it|real|possible|likely|probable|(?:what|who|where|when|how|why)(?:\s.+)?|tomorrow|today|\p{L}*day|(?:the|my|his|her|our|their|your|its|in|on|at|of|from|by)\s.+))";
    let knows = r"(?:remember(?:ed)?|recall|kn[eo]wn?|see|hea?rd?|notic(?:e|ed)|reali[sz]ed?|forgo?e?t(?:ten)?|guess(?:ed)?|believe|imagine|picture|understand|catch|get|got)";
    let that = r"(?:\s+(?:that|it|this|me|still|yet|already|before|by\s+now|at\s+all|about\s+(?:that|it|him|her|them)|(?:me|my)\s+(?:telling|saying|mentioning)|you|so|to\s+you))*";
    let often = r"(?:\s+(?:still|even|really|not|already|ever|just|actually|never|surely|probably|must|do|did|don['’]?t|didn['’]?t|have|haven['’]?t|had|hadn['’]?t))*";
    let asked = r"(?:(?:do|did|have|had|could|would)(?:\s+not|n['’]?t)?|can(?:not|['’]?t)?|will|won['’]?t)";
    let (judged, very) = (
        r"(?:funny|lovely|nice|cool|great|crazy|weird|odd|strange|sweet|cute|pretty|fun|wild|mad|amazing|impressive|neat|awesome|fancy|unusual|beautiful|fitting|hilarious|silly|sad|exciting|interesting)",
        r"(?:(?:just|so|really|quite|such|too|very|rather|pretty|kind\s+of|sort\s+of|a\s+bit|a\s+little)\s+)*",
    );
    let pattern = format!(
        r"(?P<doubts>(?:(?:\s*[,;]|\s+[-–—]+|[–—])\s*{doubts}(?:\s*,[^?]*)?|[\s,]or\s[^?]*)\s*[?!]*\?[?!\s]*$)|(?:\s*[,;]|\s+[-–—]+|[–—])\s*(?:(?:(?:and|but|so|oh|hey|by\s+the\s+way|btw)[, ]+)?(?:(?:{asked}\s+)?(?:you|u|ya)(?:['’]ve)?{often}\s+{knows}{that}|(?:remember|recall|see){that}|(?:did|have|had)(?:\s+not|n['’]?t)?\s+i{often}\s+(?:tell|told|mention(?:ed)?|sa(?:y|id)|wr[io]te|written){that}|i(?:['’]ve|\s+have)?{often}\s+(?:told|mentioned|said){that}|(?:just\s+so|as)\s+you\s+know|(?:in\s+case|if)\s+you(?:['’](?:d|ve))?\s+(?:were\s+wondering|missed\s+it|wondered|{knows}|did(?:n['’]t|\s+not)\s+{knows}){that}|(?:isn['’]?t|wasn['’]?t|ain['’]?t)\s+(?:it|that|this)\s+{very}(?-i:(?:an?\s+)?\p{{Ll}}+(?:\s+\p{{Ll}}+){{0,2}})|(?:is|was)\s+(?:that|this)\s+{very}(?:(?-i:an?\s+\p{{Ll}}+(?:\s+\p{{Ll}}+)?)|ok(?:ay)?|all\s*right|bad|{judged})|how\s+{judged}\s+is\s+that|don['’]?t\s+you\s+(?:think|find)\s+(?:that['’]s|it['’]s|that|it)\s+{very}(?:an?\s+)?{judged}|who(?:['’]d|\s+would)\s+have\s+thought(?:\s+(?:it|that))?|who\s+knew|(?:an?\s+)?{very}{judged}(?:\s+name)?,?\s+(?:isn['’]?t\s+(?:it|that)|right|huh|eh|no|innit|don['’]?t\s+you\s+think)|ok(?:ay)?|got\s+(?:it|that)|all\s*right|understood)(?:,\s*(?:right|yeah|yes|no|eh|huh|correct|{asked}\s+you|{asked}\s+i|isn['’]?t\s+it))?)\s*[?!]*\?[?!\s]*$"
    );
    compiled(&pattern)
}

/// What is to be kept quiet or in mind comes before what it is about.
fn patterns() -> Vec<Pattern> {
    let tables: [(FactKind, &[Row]); 2] = [(FactKind::Avoid, AVOID), (FactKind::Note, NOTE)];
    let wishes = compile_all(&tables, &[], PARTS).into_iter();
    let facts = brief::first().into_iter().chain(user::patterns()).chain(brief::patterns());
    let changes = changes::TABLES;
    wishes.chain(endings::patterns()).chain(changes.first()).chain(facts).chain(changes.last()).collect()
}

pub(super) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Grammar {
    patterns: patterns(),
    others: others::patterns(),
    naming: others::naming(),
    lists: ListRules {
        stop: compiled(
            r"[.!?;:—(|]|\s-+\s|,?\s+(?:but|because|since|when|while|which|who|so|though|although|until|these\s+days|at\s+the\s+moment|lately|recently|nowadays|right\s+now|anymore|any\s+more)\b|\s+(?:even\s+more|more\s+and\s+more)\b",
        ),
        joint: compiled(r"(?P<last>\s*,\s*(?:and|or|nor)\s+|\s+(?:and|or|nor|&)\s+)|\s*,\s*"),
        by_marks: false,
        after_word: compiled(r"^"),
        item: compiled(r"^[\p{L}\p{N}][\p{L}\p{N}'’-]*(?:\s+[\p{L}\p{N}][\p{L}\p{N}'’-]*){0,3}$"),
        refused: compiled(
            r"^my\s+(?:throat|face|lips?|tongue|skin|eyes|mouth|stomach|body)\b|^(?:then|there|now|not|honestly|sorry|thanks|well)\b|^(?:hate|love|like|enjoy|dislike|prefer|work|live|play|own|drive|study|speak|need|want|go|come|think|feel|know|believe|plan|hope)\s|\b(?:i|i['’]\p{L}+|you|you['’]\p{L}+|he|she|it|it['’]s|we|they|me|him|them|us|that|this|likes|loves|hates|lives|works|says|thinks|wants|goes|went|came|comes|made|makes|said|helps|enjoys|prefers|plays|calls|keeps|takes|needs|feels|gets|got|is|are|am|was|were|has|have|had|do|does|did|don['’]t|will|would|can|could|too|also|well)\b",
        ),
        around: compiled(
            r"^(?:about|of|to)\s+|(?:\s+(?:again|ever|please|either|today|tonight|anymore|right\s+now))+$|\s+(?:to\s+me|a\s+lot|so\s+much|very\s+much|the\s+most|at\s+all)$",
        ),
    },
    openers: compiled(
        r"^(?:\s+|(?:well|so|yeah|yes|yep|no|nope|oh|ah|hm+|um+|ok|okay|hi|hello|hey|hey\s+there|actually|honestly|anyway|by\s+the\s+way|btw|also|and|but|you\s+know|as\s+you\s+know|you\s+see|look|listen|fyi|just\s+so\s+you\s+know|nice\s+to\s+meet\s+you|thing\s+is|the\s+thing\s+is|the\s+truth\s+is|to\s+be\s+honest|in\s+fact|sorry|these\s+days|currently|now|today|yesterday|last\s+(?:week|month|year)|this\s+(?:week|month|year)|please\s+note|as\s+for\s+me|update|good\s+news|bad\s+news|work[- ]?wise|correction|wait|then|later|after\s+that|i\s+meant?(?:\s+to\s+say)?(?:\s+that)?|morning|good\s+(?:morning|evening|afternoon))(?:[,:;.!—-]+\s*|\s+)|[-–—•*(]\s*)",
    ),
    joints: compiled(
        r"(?P<pair>(?:(?-i:\p{Lu})[\p{L}'’-]*|(?:my|our|his|her|their)\s+(?:\p{L}+\s+)?\p{L}+)\s+(?:and|&)\s+(?:(?:his|her|their)\s+)?[\p{L}-]+['’]s\s+(?:(?:\p{L}+|\d+(?:st|nd|rd|th))\s+)?(?:wedding|marriage|funeral|memorial|graduation|christening|baptism|birthday|anniversary|engagement|party|shower|recital)\b)|[,;:—(]\s+|\s+-\s+|\s+(?:and|but|because|so|also)\s+",
    ),
    supposes: compiled(
        r"\b(?:if|wish(?:ed)?|imagine|imagining|suppose|supposing|supposedly|pretend(?:ing)?|let's\s+say|hypothetically|what\s+if|unless|might|maybe|perhaps|would\s+be|wouldn['’]t|could\s+be|joking|kidding|just\s+kidding|dream(?:ed|t)|in\s+(?:my|a|the)\s+(?:dream|story|novel|book|game|movie|film)|in\s+(?:(?:an?|my|our)\s+(?:\p{L}+ly\s+)?(?:ideal|perfect|parallel|different|alternate|alternative|fair|just|dream|imaginary)|another)\s+(?:world|life|universe|reality|timeline)|in\s+(?:minecraft|fortnite|skyrim|roblox|gta|zelda|the\s+sims|animal\s+crossing|stardew\s+valley|d&d|dnd)|on\s+stage|as\s+a\s+joke|for\s+(?:halloween|the\s+(?:role|part|play|show|film|movie))|in\s+my\s+(?:head|mind|imagination|dreams|fantas(?:y|ies))|role-?play|character|sarcasm|not\s+true|as\s+though|as\s+if|almost|never\s+said|translate|quote|lyrics?|jk)\b|\bin\s+(?:an?|the|my|our|this|some|another)\s+(?:\p{L}+\s+)?(?:play|musical|show|series|sketch|comic|campaign|simulation|video|skit|drama)[,:]|\bin\s+(?:the|my|our)\s+(?:\p{L}+\s+)?(?:play|musical|sketch|skit|campaign|simulation)\s*[.!]*$|(?:^|[,;:(]\s+|\b(?:and|but|so)\s+)when\s+i\s+was\b",
    ),
    speech: speech(),
    contrasts: compiled(r"\b(?:but|although|though)\s+(?:actually|still|honestly|really)?,?\s*$"),
    asks_back: compiled(
        r"(?:[,.!]\s*|\s+)(?:and\s+(?:what\s+about\s+|how\s+about\s+)?|what\s+about\s+|how\s+about\s+)(?:you|u|yourself)\s*\?+\s*$|[,.!]?\s+(?:hbu|wbu|wby)\s*\?*\s*$",
    ),
    laughs: compiled(
        r"\b(?:lol+|lmf?ao+|rofl|(?:a?ha){2,}h?|a?hah+|hehe+h?|xd|:'\))(?:[.!]+|\b)|[😂🤣😆😅]+",
    ),
    respelled: compiled(
        r"[’‘´ʼ]|\b(?:im|i m|ive|dont|doesnt|didnt|cant|couldnt|wont|wouldnt|shouldnt|isnt|arent|aint|wasnt|werent|havent|hasnt|hadnt|thats|whats|theres|youre|theyre|weve|youve|hes|shes|its\s+(?:my|not|been)|wanna|gonna|gotta|b-?day|bf|gf|pls|plz|u\s+can|ur|w/o)\b|\bw/",
    ),
    spellings: SPELLINGS,
    corrects: compiled(
        r"(?:^|[,;.—–-]\s*|\s)(?:(?:oh|ah|well|hm+|ugh|oops|actually|sorry|wait|hang\s+on|hold\s+on|no)[,!. ]+){0,3}(?:i\s+meant(?:\s+to\s+say)?|scratch\s+that|correction|make\s+that|or\s+rather|(?P<doubtful>actually,?\s+no|no,?\s+(?:wait|sorry|actually)|wait,?\s+no|my\s+(?:bad|mistake)|oops|nope|i\s+mean))\b[,:;.—–-]*\s*(?:it(?:'s|\s+is|\s+was)\s+|i\s+meant?\s+)?(?:an?\s+)?(?P<value>[\p{L}\p{N}][\p{L}\p{N}'-]*(?:\s+[\p{L}\p{N}][\p{L}\p{N}'-]*){0,2})\s*(?:[.!,].*)?$",
    ),
    introduces: compiled(
        r"^\W*(?:hi|hiya|hello|hey|heya|greetings|good\s+(?:morning|evening|afternoon))\b|\b(?:nice|pleased|good|great|lovely)\s+to\s+meet\s+you\b",
    ),
    not_names: compiled(NOT_NAMES),
    described: at_beginning(DESCRIBED, PARTS),
    not_places: compiled(NOT_PLACES),
    asks: compiled(
        r"^(?:(?:so|and|but|well|hey|ok)[, ]+)?(?:do|does|did|is|are|am|was|were|can|could|would|should|what|who|whose|where|when|why|how|which|have|has|will)\s+(?:i|you|we|he|she|they|it|my|your|the|there|do|does|did|is|are|was|were)\b",
    ),
    tags: tags(),
    empty_values: compiled(
        r"^(?:(?:it|that|this|them|him|her|you|me|us|what|how|when|where|who|which|the\s+(?:way|idea|fact|one|sound|look)|to|to\s+(?:be|think|say|know|ask|see|hear|imagine)|so|not|a\s+lot|much|everything|nothing|something|anything|someone|everyone|people|things?|stuff|one|ones|myself|yours?|mine|these|those|all|here|there|yourself|mr|mrs|ms|dr|sorry|same|well)(?:\s+.*|['’].*)?|it['’].*|that['’].*|you['’].*|your\s+.*)$",
    ),
    reactions: compiled(r"^the\s+(?-i:\p{Ll})"),
    lasting: compiled(
        r"^the\s+(?:sea|ocean|beach|mountains?|rain|snow|sun|cold|heat|outdoors|forest|woods|countryside|theat(?:er|re)|cinema|opera|moon|stars|night|smell|sound|taste|colou?r)\b",
    ),
    own: compiled(r"\b(?:i|i['’]\p{L}+|my|me|mine|we|our|us)\b"),
    first_person: compiled(r"\b(?:my|our|mine|ours|me|us|myself)\b"),
    third_person: &[
        ("my", "their"),
        ("our", "their"),
        ("mine", "theirs"),
        ("ours", "theirs"),
        ("me", "them"),
        ("us", "them"),
        ("myself", "themselves"),
    ],
    around_names: compiled(
        r"^(?:the\s+)?(?:twins\s+)?(?:called|named)\s+|\s*\(.*$|\s+(?:aged\s+)?\d+.*$|\s+(?:now|btw|too|who)\b.*$",
    ),
    unfinished: compiled(
        r"^(?:so\s+|well\s+)?(?:i|we)(?:['’]ve|\s+have)?\s+(?:(?:just|finally|recently)\s+)*moved(?:\s+(?:house|again))?\s*[.!…]+$",
    ),
    employed: ["I work ", ""],
    married: "I'm married to {}",
    having: "I have ",
    relations: RELATIONS,
    language: Language::English,
    user: "The user",
    died: "died",
});
