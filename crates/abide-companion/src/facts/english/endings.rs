//! What English says of what is over: partners who left, deaths, jobs, homes, illnesses; and idioms that sound like it. Must not know what else is said.

use super::PARTS;
use crate::facts::pattern::Special::{Habit, Idiom, Lost, Parted, Plain, Relation};
use crate::facts::pattern::{Pattern, Row, compile_all};
use crate::store::FactKind;

/// Parts beside those that all patterns have.
const OWN_PARTS: &[(&str, &str)] = &[
    // A name that must be known, or a relation; both may be written small.
    (
        "{whom}",
        r"(?P<who>(?:(?:my|our)\s+)?(?:(?:sweet|poor|old|dear|little|beloved)\s+){0,2}[\p{L}'’-]+(?:\s+[\p{L}'’-]+)??)",
    ),
    ("{Somebody}", r"(?P<value>{Name}|(?-i:\p{Ll})[\p{L}'’-]+)"),
    ("{oh}", r"(?:(?:eh|meh|ugh|argh|so|guess\s+what|tbh|update|anyway|well)[,:!.…]*\s+)?"),
    (
        "{has}",
        r"(?:['’]s|['’]ve|\s+has|\s+have|\s+had)?(?:\s+(?:just|finally|recently|sadly|already|both|officially|apparently))*",
    ),
    // The same behind words that name somebody.
    (
        "{had}",
        r"(?:(?:has|had|['’]s)\s+)?(?:(?:just|finally|recently|sadly|already|officially|apparently)\s+)*",
    ),
    (
        "{apart}",
        r"(?:broke\s+up|broken\s+up|break\s+up|breaking\s+up|split\s+up|split|separated|divorced|called\s+it\s+quits|(?:are|['’]re)\s+(?:over|done|finished|history|divorced|separated|through|no\s+longer\s+together|not\s+together\s+any\s*more)|aren['’]t\s+together\s+any\s*more|got\s+(?:divorced|a\s+divorce))",
    ),
    (
        "{leaves}",
        r"(?:left|leaving|dumped|divorced|ditched|broke\s+up\s+with|broken\s+up\s+with|split\s+up\s+with|split\s+with|walked\s+out\s+on|ended\s+(?:it|things)\s+with|called\s+it\s+off\s+with)\s+me(?:\s+for\s+(?:another|someone|somebody|some|an?|his|her|the|my)\s+[^.!?;,|]{1,60}?)?",
    ),
    ("{turned}", r"(?:(?:it\s+)?(?:turns|turned)\s+out\s+(?:that\s+)?|apparently\s+|in\s+the\s+end\s+)?"),
    ("{eaten}", r"(?:some\s+)?(?P<value>meat|beef|chicken|fish|seafood|eggs|cheese|dairy|milk|butter)"),
    ("{stop}", r"(?:\s*[.!,;:—(|].*|\s*-+\s.*|\s+(?:and|but|because|since|so)\b.*)?\s*$"),
    // No "so I could …".
    ("{kept}", r"(?:\s*[.!…)]*\s*$|\s*[,;:(].*$|\s+[-–—]+\s.*$|\s+(?:because|since)\b.*$)"),
    ("{diets}", r"(?P<value>vegetarian|vegan|pescatarian|veggie|gluten[- ]free|kosher)"),
];

const IDIOMS: &[Row] = &[
    (
        r"(?:(?:i|we|s?he|it)\s+)?(?:was\s+|were\s+|got\s+|am\s+|['’]m\s+)?moved\s+(?:me\s+)?to\s+(?:tears|laughter|action|act|pity|compassion|anger|rage|violence|speak|write|say|silence|bits)\b.*$",
        "",
        "",
        0,
        Idiom,
    ),
    (
        r"{i'm}\s+(?:\p{L}+\s+)?pregnant\s*[.…,-]*\s+with\s+(?:ideas?|meaning|possibilit\p{L}+|anticipation|thoughts?|hope|expectations?|excitement|emotions?|food|pizza|knowledge|wisdom|a\s+food\s+baby)\b.*$",
        "",
        "",
        0,
        Idiom,
    ),
    (r"{i'm}\s+(?:dead|dying|blind|deaf)\s+(?:inside|tired|serious|set|to)\b.*$", "", "", 0, Idiom),
    (r"my\s+ex(?:-?\p{L}+)?{has}\s+{leaves}\b.*$", "", "", 0, Idiom),
];

const HOME: &[Row] = &[
    (
        r"{oh}(?:(?:i|we)(?:['’]ve|\s+have)?\s+)?(?:just\s+|finally\s+|recently\s+)?moved\s+(?:out\s+of|away\s+from|out\s+from)\s+[^,;.|]{2,40}?\s*[,;–—-]\s*(?:and\s+|so\s+|but\s+)?(?:(?:{i'm}|we['’]re|we\s+are|now|living)\s+)+(?:living\s+|based\s+)?in\s+{place}(?:\s+(?:now|these\s+days))?{end}",
        "home",
        "{who} lives in {value}.",
        85,
        Plain,
    ),
    (
        r"{oh}(?:(?:i|we)(?:['’]ve|\s+have)?\s+)?(?:just\s+|finally\s+)?moved\s+(?:out\s+of|away\s+from)\s+(?:the|my|our|his|her|their|that|this|a)\s.*$",
        "",
        "",
        0,
        Idiom,
    ),
    (
        r"{oh}(?:(?:i|we)(?:['’]ve|\s+have)?\s+)?(?:just\s+|finally\s+|recently\s+)?moved\s+(?:out\s+of|away\s+from|out\s+from)\s+{place}{end}",
        "~home",
        "{who} does not live in {value} any more.",
        85,
        Plain,
    ),
    (
        r"(?:i\s+)?(?:mostly\s+|actually\s+|mainly\s+)?(?:grew\s+up|was\s+raised)\s+(?:in|near)\s+{place}{end}",
        "grew up in",
        "{who} grew up in {value}.",
        85,
        Plain,
    ),
];

const WORK: &[Row] = &[
    (
        r"{oh}(?:they|my\s+(?:boss|company|work|job|employer)|work|the\s+(?:company|firm|boss)|[\p{Lu}][\p{L}]+){has}\s+(?:made\s+me\s+redundant|let\s+me\s+go|laid\s+me\s+off|fired\s+me|sacked\s+me|gave\s+me\s+the\s+(?:sack|boot|push)|terminated\s+my\s+contract)(?P<value>)(?:\s+(?:today|yesterday|last|this|on|in|after|because|over|from)\b.*)?{end}",
        "~employment",
        "{who} left their job.",
        90,
        Plain,
    ),
    (
        r"{oh}(?:i(?:['’]ve\s+been|\s+have\s+been|['’]m\s+being|\s+was|\s+just\s+got|\s+got|\s+just\s+been)|just\s+got|been|got)\s+(?:just\s+)?(?:made\s+redundant|laid\s+off|let\s+go|sacked|fired|the\s+sack|given\s+the\s+sack)(?P<value>)(?:\s+(?:today|yesterday|last|this|on|in|from|after|because|over)\b.*)?{end}",
        "~employment",
        "{who} left their job.",
        90,
        Plain,
    ),
    (
        r"i{has}\s+(?:left|quit|walked\s+out\s+of)\s+my\s+job(?P<value>)(?:\s+(?:at|as|in|today|yesterday|last|this|on|after|because)\b.*)?{end}",
        "~employment",
        "{who} left their job.",
        90,
        Plain,
    ),
];

const HEALTH: &[Row] = &[
    (
        r"{oh}{turned}(?:{i'm}\s+(?:not|no\s+longer)|i\s+am\s+not|i\s+was\s+never|i['’]m\s+not\s+even)\s+(?:actually\s+|really\s+|even\s+)?allergic\s+to\s+{value}(?:\s+(?:after\s+all|at\s+all|any\s*more|any\s+longer))*{end}",
        "~allergy",
        "{who} is not allergic to {value}.",
        90,
        Plain,
    ),
    (
        r"{oh}(?:i(?:['’]ve|\s+have)?\s+)?(?:just\s+|finally\s+|kinda\s+|sort\s+of\s+)?(?:gave|given|giving|give)\s+up\s+(?:on\s+)?(?:(?:the|my|that|this|whole)\s+)*(?:being\s+(?:an?\s+)?|going\s+)?{diets}(?:ism)?(?:\s+(?:thing|diet|stuff|lifestyle|experiment|phase|food))?{end}",
        "~diet",
        "{who} is not {value} any more.",
        85,
        Plain,
    ),
    (
        r"{oh}(?:i\s+)?(?:stopped|quit)\s+(?:being\s+)?(?:an?\s+)?{diets}(?:\s+(?:thing|diet))?{end}",
        "~diet",
        "{who} is not {value} any more.",
        85,
        Plain,
    ),
    (
        r"(?:{i'm}\s+back\s+(?:to\s+eating|on)|i(?:['’]ve|\s+have)?\s+(?:(?:just|now|recently|also)\s+)*(?:started\s+(?:eating|to\s+eat)|begun\s+eating|(?:went|gone)\s+back\s+to(?:\s+eating)?))\s+{eaten}(?:\s+(?:again|now))?{stop}",
        "~diet",
        "{who} eats {value} again.",
        80,
        Habit,
    ),
    (
        r"(?:{i'm}\s+eating|i\s+(?:(?:just|now|also)\s+)*(?:do\s+)?eat)\s+{eaten}\s+(?:again|now){stop}",
        "~diet",
        "{who} eats {value} again.",
        80,
        Habit,
    ),
    (
        r"i\s+(?:no\s+longer\s+have|don['’]t\s+(?:really\s+)?(?:have|suffer\s+from)|do\s+not\s+have|don['’]t\s+get)\s+{illness}\s+(?:any\s*more|any\s+longer|now){end}",
        "~condition",
        "{who} does not have {value} any more.",
        85,
        Plain,
    ),
    (
        r"i\s+no\s+longer\s+(?:have|suffer\s+from)\s+{illness}{end}",
        "~condition",
        "{who} does not have {value} any more.",
        85,
        Plain,
    ),
    (
        r"my\s+{illness}\s+(?:is|has)\s+(?:finally\s+|completely\s+|all\s+)?(?:gone|cured|healed|gone\s+away){end}",
        "~condition",
        "{who} does not have {value} any more.",
        85,
        Plain,
    ),
    (
        r"{i'm}\s+(?:not|no\s+longer)\s+(?P<value>pregnant)(?:\s+(?:any\s*more|after\s+all))*{end}",
        "~condition",
        "{who} is not pregnant.",
        85,
        Plain,
    ),
    (
        r"{oh}(?:i|we)(?:['’]ve|\s+have)?\s+(?:just\s+|finally\s+|sadly\s+)?(?:gave\s+birth|given\s+birth|lost\s+(?:the|our|my)\s+(?:baby|pregnancy)|had\s+(?:the|our|my)\s+baby|had\s+a\s+(?:miscarriage|stillbirth)|miscarried)\b(?P<value>)(?:\s+(?:to|in|on|at|last|this|yesterday|today|after|when|two|three|a|an|early|again|earlier|recently)\b.*)?{end}",
        "~pregnancy",
        "{who} is not pregnant any more.",
        85,
        Plain,
    ),
];

const PEOPLE: &[Row] = &[
    (
        r"{Somebody}(?:(?:\s+is|['’]s)\s+no\s+longer|\s+(?:isn['’]t|is\s+not))\s+my\s+(?P<relation>boss|colleague|roommate|flatmate|neighbou?r|best\s+friend|friend|therapist)(?:\s+(?:any\s*more|any\s+longer|now))?{end}",
        "~",
        "{value} is no longer {who}'s {relation}.",
        80,
        Relation,
    ),
    (
        r"my\s+(?:boyfriend|girlfriend|partner|wife|husband|hubby|fianc[ée]e?),?\s+(?P<value>{Name}),?{has}\s+{leaves}{when}",
        "~partnership",
        "{who} and their partner broke up.",
        85,
        Plain,
    ),
    (
        r"{oh}(?:me\s+and|i\s+and|me\s+\+|me\s+&)\s+{whom}{has}\s+{apart}{when}",
        "~partnership",
        "{who} and their partner broke up.",
        85,
        Parted,
    ),
    (
        r"{oh}(?:it['’]s|it\s+is|it\s+was|things\s+are|we['’]re)\s+(?:all\s+|finally\s+|officially\s+|completely\s+)*(?:over|done|finished)\s+(?:with|between\s+me\s+and|between\s+us,?)\s+{whom}{when}",
        "~partnership",
        "{who} and their partner broke up.",
        85,
        Parted,
    ),
    (
        r"{oh}(?:things|it)\s+with\s+{whom}\s+(?:(?:are|is|was|were|has|have)\s+(?:all\s+)?(?:over|done|finished|ended)|ended){when}",
        "~partnership",
        "{who} and their partner broke up.",
        85,
        Parted,
    ),
    (
        r"{oh}(?:i|we){has}\s+(?:(?:broke|broken|split)\s+(?:up\s+)?with|ended\s+(?:it|things)\s+with|dumped|divorced|left|separated\s+from|finished\s+with)\s+{whom}{when}",
        "~partnership",
        "{who} and their partner broke up.",
        85,
        Parted,
    ),
    (
        r"{oh}(?:(?:the|my|our)\s+divorce\s+(?:(?:finally|just|officially|has|is|was|went|came|all)\s+)*(?:through|final(?:i[sz]ed)?|done|official|over|complete)|(?:i|we)(?:['’]ve|\s+have)?\s+(?:just\s+|finally\s+)?signed\s+(?:the|my|our)\s+divorce\s+papers)(?P<value>){when}",
        "~marriage",
        "{who} is divorced.",
        85,
        Plain,
    ),
    (
        r"{oh}(?:i|we)(?:['’]ve|\s+have)?\s+(?:(?:just|finally|sadly|had\s+to|have\s+to)\s+)*(?:put|putting)\s+{whom}\s+(?:to\s+sleep|down)(?:\s+(?:today|yesterday|last|this|on|in|at|because|after)\b.*)?{end}",
        "put down",
        "{who} was put to sleep.",
        85,
        Lost,
    ),
    (
        r"{oh}(?:i|we)(?:['’]ve|\s+have)?\s+(?:had\s+to\s+have|have\s+to\s+have|had)\s+{whom}\s+put\s+(?:to\s+sleep|down)(?:\s.*)?{end}",
        "put down",
        "{who} was put to sleep.",
        85,
        Lost,
    ),
    (
        r"{oh}(?:{i'm}|we['’]re|we\s+are)\s+(?:not\s+(?:with|dating|seeing|married\s+to)\s+{whom}\s+any\s*more){when}",
        "~partnership",
        "{who} and their partner broke up.",
        85,
        Parted,
    ),
    (
        r"{oh}(?:{i'm}|we['’]re|we\s+are)\s+no\s+longer\s+(?:with|dating|seeing|married\s+to)\s+{whom}{when}",
        "~partnership",
        "{who} and their partner broke up.",
        85,
        Parted,
    ),
    (
        r"{oh}(?:had\s+to\s+put|put)\s+{whom}\s+(?:to\s+sleep|down)(?:\s+(?:today|yesterday|last|this|on|in|at|because|after)\b.*)?{end}",
        "put down",
        "{who} was put to sleep.",
        85,
        Lost,
    ),
    (
        r"{oh}(?:i|we){has}\s+lost\s+{whom}(?:\s+to\s+(?:[\p{L}-]+\s+){0,3}?{cause}\b.*)?{death}",
        "lost",
        "{who} died.",
        80,
        Lost,
    ),
    (
        r"{oh}(?P<who>mum|mom|mam|dad|nan|gran|granny|grandma|grandpa|grandad|granddad){has}\s+(?P<value>died|passed\s+away){death}",
        "died",
        "{who} {value}.",
        90,
        Lost,
    ),
    (
        r"{oh}(?P<who>mum|mom|mam|dad|nan|gran|granny|grandma|grandpa|grandad|granddad){has}\s+(?P<value>passed)(?:\s+on)?{death}",
        "passed",
        "{who} died.",
        85,
        Lost,
    ),
];

const THINGS: &[Row] = &[
    // What has a name, an animal above all.
    (
        r"(?:i|we)(?:{has}\s+(?:sold|given\s+away|gave\s+away|got(?:ten)?\s+rid\s+of|re-?homed|donated)|(?:['’]ve|\s+have)?\s+had\s+to\s+(?:sell|give\s+away|get\s+rid\s+of|re-?home|donate))\s+{name}(?:\s+to\s+(?:an?\s+\p{L}+|{heir}))?{given}{stop}",
        "~has",
        "{who} no longer has {value}.",
        80,
        Plain,
    ),
    (
        r"(?:i|we){has}\s+(?:gave|given|gifted)\s+{name}\s+(?:away(?:\s+to\s+[^.!?;,|]{2,30}?)?|to\s+{heir}){given}{kept}",
        "~has",
        "{who} no longer has {value}.",
        80,
        Plain,
    ),
];

const OTHERS: &[Row] = &[
    (
        r"(?:(?:is|['’]s)\s+no\s+longer\s+my\s+{partner}|(?:isn['’]t|is\s+not|['’]s\s+not)\s+my\s+{partner}\s+(?:any\s*more|any\s+longer|now)){when}",
        "~partnership",
        "{who} and their partner broke up.",
        85,
        Parted,
    ),
    (r"{had}{leaves}{when}", "~partnership", "{who} and their partner broke up.", 85, Parted),
    (
        r"\s*(?:and|&)\s+(?:i|me){has}\s+{apart}{when}",
        "~partnership",
        "{who} and their partner broke up.",
        85,
        Parted,
    ),
    (
        r"(?:was|got|had\s+to\s+be|has\s+been)\s+put\s+(?:to\s+sleep|down)(?:\s+(?:today|yesterday|last|this|on|in|at|because|after)\b.*)?{end}",
        "put down",
        "{who} was put to sleep.",
        85,
        Lost,
    ),
    (
        r"(?:crossed|went\s+over|is\s+over)\s+(?:over\s+)?the\s+rainbow\s+bridge\b.*$",
        "put down",
        "{who} died.",
        85,
        Lost,
    ),
    (r"{had}(?P<value>passed)(?:\s+on)?{death}", "passed", "{who} died.", 85, Lost),
    (
        r"(?:did(?:n['’]t|\s+not)\s+make\s+it\s+through\s+(?:the\s+)?(?:night|surgery|operation)|(?:is|['’]s)\s+no\s+longer\s+with\s+us|(?:isn['’]t|is\s+not)\s+with\s+us\s+any\s*more|(?:is|['’]s)\s+dead)(?:\s+now)?{end}",
        "died",
        "{who} died.",
        85,
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
        (FactKind::Possession, THINGS),
    ])
}

/// What is said from behind the words that name somebody.
pub(super) fn others() -> Vec<Pattern> {
    with_parts(&[(FactKind::Person, OTHERS)])
}
