//! What the user says of themselves in English. Must not know what they say of others.

use super::PARTS;
use crate::facts::pattern::Special::{
    Age, Begins, Birthday, Idiom, Introduction, OnDay, OnDayOnly, Opening, Plain, Relation,
};
use crate::facts::pattern::{Pattern, Row, compile_all};
use crate::store::FactKind;

const IDENTITY: &[Row] = &[
    (
        r"my\s+(?:first\s+|full\s+|real\s+)?name(?:\s+is\s+not|\s+isn['’]t|['’]s\s+not)\s+{Name}\s*[,;]?\s*(?:it['’]s|it\s+is|but)\s+{called}{end}",
        "name",
        "{who}'s name is {value}.",
        95,
        Plain,
    ),
    (
        r"my\s+(?:first\s+|full\s+|real\s+)?name(?:['’]s|\s+is)\s+{called}{end}",
        "name",
        "{who}'s name is {value}.",
        95,
        Plain,
    ),
    (
        r"(?:please|everyone|everybody|people|(?:my\s+|most\s+|all\s+(?:my\s+)?)?friends|they\s+all|my\s+(?:family|colleagues|mates))\s+(?:just\s+|can\s+|always\s+|usually\s+|all\s+|mostly\s+)*calls?\s+me\s+{name}{end}",
        "name",
        "{who} is called {value}.",
        85,
        Plain,
    ),
    (
        r"you\s+can\s+(?:just\s+|also\s+)?call\s+me\s+{called}{end}",
        "name",
        "{who} is called {value}.",
        85,
        Plain,
    ),
    // Within a sentence it may be somebody else who is to call: "the doctor will look at it and call me Monday".
    (r"(?:just\s+)?call\s+me\s+{name}{end}", "name", "{who} is called {value}.", 85, Opening),
    (r"i\s+go\s+by\s+{name}{end}", "name", "{who} goes by {value}.", 90, Plain),
    (r"{i'm}\s+called\s+{name}{end}", "name", "{who} is called {value}.", 90, Plain),
    (r"{i'm}\s+{number}{no_age}", "", "", 0, Idiom),
    (
        r"{i'm}\s+(?P<value>{number})(?:\s+years?\s+old|\s*y/?o)?(?:\s+(?:now|already|today))?\s*(?:[.!,;].*|\s+(?:and|but)\b.*)?$",
        "age",
        "{who} was {value} years old on {date}.",
        85,
        Age,
    ),
    (
        r"{i'm}\s+an?\s+(?P<value>{number})[- ]years?[- ]old\b.*$",
        "age",
        "{who} was {value} years old on {date}.",
        85,
        Age,
    ),
    (
        r"(?:i\s+turn|i['’]ll\s+turn|i\s+will\s+turn|{i'm}\s+turning|i['’]ll\s+be|i\s+will\s+be)\s+{number}\s+(?P<value>today|tomorrow|(?:on\s+)?(?:the\s+)?(?:{month}\s+\d{1,2}|\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?{month})[^?!|]{0,10})$",
        "birthday",
        "{who}'s birthday is {date}.",
        85,
        Birthday,
    ),
    (
        r"i\s+(?:just\s+)?turned\s+(?P<value>\d{1,3}|\p{L}+(?:-\p{L}+)?)(?:\s+(?:today|yesterday|last|this|on|in)\b.*)?{end}",
        "age",
        "{who} was {value} years old on {date}.",
        85,
        Age,
    ),
    (
        r"my\s+(?:birthday|date\s+of\s+birth)(?:['’]s|\s+is|\s+was)\s+(?:on\s+)?(?:the\s+)?(?P<value>[^?!|]{3,40})$",
        "birthday",
        "{who}'s birthday is {date}.",
        95,
        Birthday,
    ),
    (
        r"(?:it['’]s|it\s+is|today\s+is|today['’]s)\s+my\s+(?:\d{1,3}(?:st|nd|rd|th)\s+)?birthday\s*(?P<value>|today|tomorrow|on\s+[^?!|,]{3,30})\s*(?:[,!.].*)?$",
        "birthday",
        "{who}'s birthday is {date}.",
        90,
        Birthday,
    ),
    (
        r"(?P<value>yesterday|tomorrow)\s+(?:is|was)\s+my\s+(?:\d{1,3}(?:st|nd|rd|th)\s+)?birthday\s*(?:[,!.].*)?$",
        "birthday",
        "{who}'s birthday is {date}.",
        90,
        Birthday,
    ),
    (
        r"i\s+was\s+born\s+(?:on\s+)?(?:the\s+)?(?P<value>[^?!|]{3,40})$",
        "birthday",
        "{who} was born on {date}.",
        95,
        Birthday,
    ),
    (
        r"my\s+{relation}(?:['’]s)\s+birthday\s+is\s+(?:on\s+)?(?:the\s+)?(?P<value>[^?!|]{3,40})$",
        "birthday",
        "The birthday of {who}'s {relation} is {date}.",
        90,
        Birthday,
    ),
    (
        r"my\s+pronouns\s+are\s+(?P<value>\p{L}+(?:\s*[/,]\s*\p{L}+){0,3}){end}",
        "pronouns",
        "{who}'s pronouns are {value}.",
        95,
        Plain,
    ),
    (
        r"i\s+use\s+(?P<value>(?:she|he|they|it|xe|ze)/\p{L}+(?:/\p{L}+)?)(?:\s+pronouns)?{end}",
        "pronouns",
        "{who}'s pronouns are {value}.",
        95,
        Plain,
    ),
    (
        r"(?:{i'm}\s+(?:originally\s+)?from|i\s+(?:originally\s+)?come\s+from|i\s+grew\s+up\s+in|i\s+was\s+born\s+(?:and\s+raised\s+)?in)\s+{place}{end}",
        "origin",
        "{who} is from {value}.",
        85,
        Plain,
    ),
    (r"{i'm}\s+{nationality}{end}", "nationality", "{who} is {value}.", 85, Plain),
    (
        r"my\s+(?:native\s+language|mother\s+tongue|first\s+language)\s+is\s+{called}{end}",
        "native language",
        "{who}'s first language is {value}.",
        95,
        Plain,
    ),
    (
        r"i\s+speak\s+(?:fluent\s+)?(?P<value>(?-i:\p{Lu})\p{L}+(?:\s+and\s+(?-i:\p{Lu})\p{L}+)?){end}",
        "speaks",
        "{who} speaks {value}.",
        85,
        Plain,
    ),
    (
        r"{i'm}\s+(?:happily\s+|newly\s+|finally\s+)?(?P<value>married|divorced|separated|widowed|engaged|single)(?:\s+again)?{end}",
        "relationship status",
        "{who} is {value}.",
        80,
        Plain,
    ),
    (
        r"{i'm}\s+(?:no\s+longer|not)\s+(?P<value>married|engaged|single)(?:\s+any\s*more)?{end}",
        "~relationship status",
        "{who} is not {value} any more.",
        80,
        Plain,
    ),
];

/// Tried last: "I'm French" says something else.
const INTRODUCTION: &[Row] = &[
    (r"{i'm}\s+{name}{end}", "name", "{who}'s name is {value}.", 85, Introduction),
    (
        r"{i'm}\s+{called}[,.!]?\s+(?:it['’]s\s+)?(?:so\s+|really\s+)?(?:nice|pleased|good|great|lovely)\s+to\s+meet\s+you\b.*$",
        "name",
        "{who}'s name is {value}.",
        85,
        Introduction,
    ),
];

const HOME: &[Row] = &[
    (
        r"i\s+was\s+wrong\s+(?:about|when\s+i\s+said)\s+(?:that\s+)?(?:i\s+lived?|living|i['’]m\s+living)\s+in\s+[^,;]{2,40}[,;]\s+(?:it['’]s|it\s+is|i\s+(?:now\s+)?live\s+in|i\s+meant)\s+(?:actually\s+|really\s+)?{place}{end}",
        "home",
        "{who} lives in {value}.",
        95,
        Plain,
    ),
    (
        r"(?:i|we)\s+{adverb}live\s+(?:in|near|outside(?:\s+of)?)\s+{place}{stay}{end}",
        "home",
        "{who} lives in {value}.",
        95,
        Begins,
    ),
    (
        r"(?:{i'm}|we['’]re|we\s+are)\s+(?:living|based)\s+in\s+{place}{stay}{end}",
        "home",
        "{who} lives in {value}.",
        90,
        Begins,
    ),
    (
        r"(?:i|we)(?:['’]ve|\s+have|['’]d|\s+had)?\s+{moved}\s+{place}{left}",
        "lived in",
        "{who} used to live in {value}.",
        80,
        Plain,
    ),
    (
        r"(?:i|we)(?:['’]ve|\s+have)?\s+{moved}\s+{place}(?:\s+with\s+(?P<also>(?:my|our)\s.*)|\s+(?:last|in|on|at|over|two|three|a|this|when|with|for|yesterday|\d+)\b.*)?{end}",
        "home",
        "{who} moved to {value}.",
        90,
        Begins,
    ),
    (
        r"(?:i|we)\s+(?:do\s+not|don['’]t|no\s+longer)\s+live\s+in\s+{place}(?:\s+(?:anymore|any\s+more|any\s+longer|now))?{end}",
        "~home",
        "{who} does not live in {value} any more.",
        95,
        Plain,
    ),
    (
        r"i\s+(?:used\s+to\s+live|lived)\s+in\s+{place}(?:\s+(?:for|from|until|when|in|as|before|with)\b.*)?{end}",
        "lived in",
        "{who} used to live in {value}.",
        85,
        Plain,
    ),
];

const WORK: &[Row] = &[
    (r"i\s+{adverb}work\s+{no_company}", "", "", 0, Idiom),
    (
        r"i\s+{adverb}work\s+as\s+(?:an?|the)\s+{value}(?:\s+(?:(?P<firm>(?:at|for)\s+(?-i:\p{Lu}).*)|(?:at|for|in|since)\s+.*))?{end}",
        "job",
        "{who} works as: {value}.",
        90,
        Begins,
    ),
    (
        r"{i'm}\s+an?\s+{occupation}(?:\s+(?:(?P<firm>(?:at|for)\s+(?-i:\p{Lu}).*)|(?:at|for|in|by|from)\s+.*))?{end}",
        "job",
        "{who} is a {value}.",
        85,
        Begins,
    ),
    (
        r"(?:{i'm}\s+no\s+longer|i\s+(?:used\s+to\s+be|stopped\s+being))\s+an?\s+{occupation}(?:\s+(?:at|for|in|by|from)\s+.*)?{end}",
        "~job",
        "{who} is not a {value} any more.",
        85,
        Plain,
    ),
    (
        r"{i'm}\s+not\s+an?\s+{occupation}\s+any\s*more{end}",
        "~job",
        "{who} is not a {value} any more.",
        85,
        Plain,
    ),
    (
        r"i\s+(?:no\s+longer|don['’]t)\s+work\s+as\s+an?\s+{value}(?:\s+any\s*more)?{end}",
        "~job",
        "{who} is not a {value} any more.",
        85,
        Plain,
    ),
    (
        r"my\s+(?:job|profession|occupation)\s+is\s+(?:an?\s+|being\s+an?\s+)?{value}{end}",
        "job",
        "{who}'s job: {value}.",
        80,
        Begins,
    ),
    (
        r"(?:i\s+{adverb}(?:teach|tutor)|{i'm}\s+teaching)\s+(?:at|in|on|for|from|part|full|online|every|here|there|you|him|her|them|us|it|that|this|my|your|his|our|their|myself|people|how|everyone|dogs?|a\s+(?:lesson|man))\b.*$",
        "",
        "",
        0,
        Idiom,
    ),
    (
        r"(?:i\s+{adverb}(?:teach|tutor)|{i'm}\s+teaching)\s+(?P<value>[\p{L}][\p{L}' -]{2,40}?)(?:\s+(?:(?P<firm>(?:at|for)\s+(?:an?\s|the\s|(?-i:\p{Lu})).*)|(?:at|in|to|for|since|on)\s.*))?{end}",
        "teaches",
        "{who} teaches {value}.",
        80,
        Begins,
    ),
    (r"i\s+{adverb}work\s+(?:at|for)\s+{company}{end}", "employer", "{who} works for {value}.", 85, Begins),
    (
        r"i\s+(?:just\s+)?(?:started|got)\s+a\s+(?:new\s+)?job\s+(?:as\s+an?)\s+{value}(?:\s+(?:at|for|in|last|this)\s+.*)?{end}",
        "job",
        "{who} works as: {value}.",
        85,
        Begins,
    ),
    (
        r"i\s+(?:just\s+)?(?:started|got)\s+a\s+(?:new\s+)?job\s+(?:at|with|for)\s+{name}{end}",
        "employer",
        "{who} works for {value}.",
        85,
        Begins,
    ),
    (
        r"i\s+study\s+at\s+(?P<value>(?:the\s+)?[\p{L} ]{0,30}(?:university|college|school|institute)(?:\s+of\s+\p{L}+)?){end}",
        "school",
        "{who} goes to {value}.",
        80,
        Begins,
    ),
    (r"(?:{i'm}\s+studying|i\s+{adverb}study)\s+{no_subject}", "", "", 0, Idiom),
    (
        r"(?:{i'm}\s+studying|i\s+{adverb}study|i\s+major\s+in|{i'm}\s+majoring\s+in)\s+(?P<value>[\p{L}][\p{L}' -]{2,40}?)(?:\s+(?:at|in|for|since)\s+.*)?{end}",
        "studies",
        "{who} studies {value}.",
        80,
        Begins,
    ),
    (
        r"(?:i\s+go\s+to|{i'm}\s+(?:a\s+student\s+)?at)\s+(?P<value>(?:the\s+)?[\p{L} ]{0,30}(?:university|college|school|institute)(?:\s+of\s+\p{L}+)?){end}",
        "school",
        "{who} goes to {value}.",
        80,
        Begins,
    ),
    (
        r"i\s+(?:no\s+longer|don['’]t)\s+work\s+(?:at|for)\s+{value}\s*(?:anymore|any\s+more)?{end}",
        "~employer",
        "{who} does not work for {value} any more.",
        90,
        Plain,
    ),
];

const PEOPLE: &[Row] = &[
    (
        r"(?:my|our)\s+(?:{older}\s+|old\s+)?(?P<relation>{relatives}|{pets})['’]?s\s+name(?:\s+is\s+not|\s+isn['’]t|['’]s\s+not)\s+(?P<wrong>{Name})\s*[,;]?\s*(?:it['’]s|it\s+is|but)\s+{called}{end}",
        "",
        "{who}'s {relation} is called {value}.",
        95,
        Relation,
    ),
    (
        r"(?:my|our)\s+(?:{older}\s+|old\s+)?(?P<relation>{relatives}|{pets})(?:['’]?s\s+name(?:\s+is|['’]s)|\s+is\s+(?:called|named)|\s+goes\s+by|['’]s\s+called)\s+{called}{end}",
        "",
        "{who}'s {relation} is called {value}.",
        95,
        Relation,
    ),
    (
        r"(?:my|our)\s+(?:{older}\s+|old\s+)?(?P<relation>{relatives}|{pets}),\s+(?P<value>(?-i:\p{Lu}\p{Ll}+))(?:,.*|\s+(?:is|was|has|had|lives|works|loves|likes|hates|just|said|says|got|came|will|went|died|ate)\b.*|\s*[.!)]*)$",
        "",
        "{who}'s {relation} is called {value}.",
        80,
        Relation,
    ),
    (
        r"(?:my|our)\s+(?:{older}\s+)?{relation}\s+(?P<value>(?-i:\p{Lu}\p{Ll}+)),?(?:\s+(?:is|was|has|lives|works|and|loves|likes|just|who|said|got|came|will)\b.*|\s*[.!,]?.*)?$",
        "",
        "{who}'s {relation} is called {value}.",
        80,
        Relation,
    ),
    (
        r"(?:{i've}|i['’]ve\s+got)\s+an?\s+(?:{older}\s+)?{relation}\s+(?:called|named|whose\s+name\s+is)\s+{called}{end}",
        "",
        "{who}'s {relation} is called {value}.",
        95,
        Relation,
    ),
    (
        r"(?:{i've}|we\s+have|i['’]ve\s+got)\s+an?\s+(?:[\p{L}-]+\s+){0,2}?(?P<relation>{relatives}|{pets})(?:\s+now)?,\s+(?P<value>(?-i:\p{Lu}\p{Ll}+))\s*(?:[,.!].*)?$",
        "",
        "{who}'s {relation} is called {value}.",
        85,
        Relation,
    ),
    // "My boyfriend is Christian" may say what he is called, or what he believes.
    (
        r"(?:my|our)\s+(?:{older}\s+|old\s+)?(?:{relatives}|{pets})\s+is\s+(?:Christian|Home|Deaf|Mum|Mom|Dad|\p{L}+(?:ian|ish|ese|can|nch)-\p{L}+){end}",
        "",
        "",
        0,
        Idiom,
    ),
    (
        r"(?:my|our)\s+(?:{older}\s+|old\s+|late\s+)?(?P<relation>{relatives}|{pets})\s+is\s+(?:now\s+)?(?P<value>(?-i:\p{Lu}\p{Ll}[\p{L}'’-]*)(?:\s+(?-i:\p{Lu}\p{Ll}[\p{L}'’-]*))?)(?:\s*[.!,;:—(|].*|\s+(?:and|but)\b.*)?\s*$",
        "",
        "{who}'s {relation} is called {value}.",
        85,
        Relation,
    ),
    (
        r"(?:{i've}|we\s+have|i\s+(?:just\s+)?(?:adopted|got))\s+an?\s+(?:[\p{L}-]+\s+){0,2}?{pet}(?:,)?\s+(?:called|named|whose\s+name\s+is)\s+{called}{end}",
        "",
        "{who} has a {relation} called {value}.",
        95,
        Relation,
    ),
    (
        r"(?:my|our)\s+(?:{older}\s+|old\s+)?{pet}\s+(?P<value>(?-i:\p{Lu}\p{Ll}+)),?(?:\s+(?:is|was|has|and|loves|likes|just|got|died|ate|will)\b.*|\s*[.!,]?.*)?$",
        "",
        "{who}'s {relation} is called {value}.",
        80,
        Relation,
    ),
    (
        r"(?:we|my\s+{partner}\s+and\s+i|me\s+and\s+my\s+{partner})(?:(?:['’]ve|\s+have)?(?:\s+(?:just|finally|recently|sadly|both|decided\s+to))*\s+(?:broke|broken|break|split)\s+up|(?:['’]ve|\s+have)?(?:\s+(?:just|finally|recently))*\s+(?:separated|divorced|got\s+divorced|got\s+a\s+divorce|called\s+it\s+quits)|(?:['’]re|\s+are)(?:\s+(?:now|already))*\s+(?:separated|divorced|no\s+longer\s+(?:together|married)|not\s+together\s+any\s*more)|\s+aren['’]t\s+together\s+any\s*more)(?P<value>){when}",
        "~partnership",
        "{who} and their partner broke up.",
        85,
        Plain,
    ),
    (
        r"(?:i(?:['’]ve|\s+have)?(?:\s+(?:just|finally|recently))*\s+(?:broke\s+up\s+with|broken\s+up\s+with|divorced|dumped|left|separated\s+from|split\s+(?:up\s+)?with)\s+my\s+{partner}|i(?:['’]ve|\s+have)?(?:\s+(?:just|finally|recently))*\s+(?:got|gotten)\s+(?:divorced|a\s+divorce)|my\s+{partner}(?:\s+has|['’]s)?(?:\s+(?:just|finally|recently))*\s+(?:left|dumped|divorced|broke\s+up\s+with|broken\s+up\s+with|walked\s+out\s+on)\s+me)(?P<value>)(?:\s+for\s+(?:another|someone|somebody|his|her)\b.*)?{when}",
        "~partnership",
        "{who} and their partner broke up.",
        85,
        Plain,
    ),
    (
        r"i(?:['’]ve|\s+have)?(?:\s+(?:just|finally|recently))*\s+(?:broke\s+up|broken\s+up|split\s+up)\s+with\s+{name}{when}",
        "~partnership",
        "{who} and their partner broke up.",
        85,
        Plain,
    ),
];

const PREFERENCE: &[Row] = &[
    (
        r"i\s+(?:do\s+not|don['’]t|no\s+longer)\s+(?:really\s+)?(?:like|enjoy|love)\s+{value}(?:\s+(?:anymore|any\s+more|at\s+all|very\s+much|much))?{end}",
        "dislikes",
        "{who} does not like {value}.",
        80,
        Plain,
    ),
    (
        r"i\s+{adverb}(?:hate|dislike|can['’]t\s+stand|cannot\s+stand|detest|loathe)\s+{value}{end}",
        "dislikes",
        "{who} dislikes {value}.",
        85,
        Plain,
    ),
    (
        r"i\s+{adverb}(?:love|like|enjoy|adore)\s+{value}(?:\s+(?:a\s+lot|so\s+much|very\s+much|the\s+most|(?:even\s+|more\s+and\s+)?more))?{end}",
        "likes",
        "{who} likes {value}.",
        80,
        Plain,
    ),
    (
        r"{i'm}\s+(?:really\s+|very\s+)?(?:fond\s+of|into|crazy\s+about|a\s+(?:big|huge)\s+fan\s+of)\s+{value}{end}",
        "likes",
        "{who} likes {value}.",
        80,
        Plain,
    ),
    // Of what one may do or be done to now, and not of what one is afraid of always.
    (
        r"{i'm}\s+{adverb}{afraid}\s+of\s+(?P<value>(?:flying|driving|swimming|drowning|falling|dying|choking|being\s+(?:alone|late)|(?:public\s+)?speaking(?:\s+in\s+public)?)){end}",
        "fears",
        "{who} is afraid of {value}.",
        80,
        Plain,
    ),
    (
        r"{i'm}\s+{adverb}{afraid}\s+of\s+(?:\p{L}+ing\b|(?:you|him|her|them|us|me|it|this|that|these|those|what|how|who|where|losing|my|your|his|our|their|nothing|nobody|no\s+one|someone|anything|everything|everyone|tomorrow|today|tonight|the\s+(?:future|truth|answer|results?|test|exam|interview|man|woman|day|next|same|way|consequences|worst|question))\b).*$",
        "",
        "",
        0,
        Idiom,
    ),
    (
        r"(?:(?:i(?:['’]ve|\s+have)\s+(?:always|long)\s+been|{i'm})\s+(?:(?:really|very|so|absolutely|truly|a\s+bit|a\s+little|quite|deathly|always)\s+)*{afraid}\s+of|i['’]?(?:ve|\s+have)(?:\s+got)?\s+an?\s+(?:\p{L}+\s+)?(?:fear|phobia)\s+of)\s+{value}{end}",
        "fears",
        "{who} is afraid of {value}.",
        80,
        Plain,
    ),
    (
        r"{i'm}\s+(?:not|no\s+longer)\s+(?:really\s+|that\s+)?{afraid}\s+of\s+{value}(?:\s+(?:any\s*more|any\s+longer|at\s+all))*{end}",
        "~fears",
        "{who} is not afraid of {value}.",
        80,
        Plain,
    ),
    (r"i\s+prefer\s+{value}(?:\s+(?:to|over)\s+.*)?{end}", "prefers", "{who} prefers {value}.", 80, Plain),
];

const HEALTH: &[Row] = &[
    (
        r"{i'm}\s+(?:\p{L}+ly\s+|very\s+)?allergic\s+to\s+(?:mornings?|mondays?|work(?:ing)?|people|idiots?|stupid\p{L}*|bullshit|exercis\p{L}+|the\s+gym|sports?|commitment|responsib\p{L}+|early|my\s+(?:job|boss|alarm)|clean\p{L}+|cooking|drama|small\s+talk|meetings|losing|liars?|lies|nonsense|maths?|homework|school|housework|chores|fun|being|getting|waking)\b.*$",
        "",
        "",
        0,
        Idiom,
    ),
    (
        r"{i'm}\s+(?:\p{L}+ly\s+|very\s+)?allergic\s+to\s+{value}{end}",
        "allergy",
        "{who} is allergic to {value}.",
        95,
        Plain,
    ),
    (
        r"{i've}\s+an?\s+(?:severe\s+|bad\s+|mild\s+)?(?P<value>[\p{L}]+(?:\s+\p{L}+)?)\s+allergy{end}",
        "allergy",
        "{who} has an allergy: {value}.",
        90,
        Plain,
    ),
    (
        r"{i'm}\s+(?:not\s+allergic|no\s+longer\s+allergic)\s+to\s+{value}{end}",
        "~allergy",
        "{who} is not allergic to {value}.",
        90,
        Plain,
    ),
    (
        r"{i'm}\s+(?:an?\s+)?(?P<value>vegetarian|vegan|pescatarian|lactose\s+intolerant|gluten[- ]free|coeliac|celiac|kosher){end}",
        "diet",
        "{who} is {value}.",
        90,
        Plain,
    ),
    (
        r"{i'm}\s+(?:no\s+longer|not)\s+(?:an?\s+)?(?P<value>vegetarian|vegan|pescatarian|lactose\s+intolerant|gluten[- ]free|coeliac|celiac|kosher)(?:\s+any\s*more)?{end}",
        "~diet",
        "{who} is not {value}.",
        85,
        Plain,
    ),
    (
        r"{i've}\s+(?:been\s+diagnosed\s+with\s+|chronic\s+)?{illness}{end}",
        "condition",
        "{who} has {value}.",
        90,
        Plain,
    ),
    (
        r"i\s+was\s+(?:just\s+|recently\s+)?diagnosed\s+with\s+{value}(?:\s+(?:in|last|when|at|two|a|this)\b.*)?{end}",
        "condition",
        "{who} was diagnosed with {value}.",
        90,
        Plain,
    ),
    (r"{i'm}\s+(?:also\s+)?{state}{end}", "condition", "{who} is {value}.", 90, Plain),
];

const DATES: &[Row] = &[
    (
        r"(?:{i've}|there['’]s)\s+(?:an?|my|the|another)\s+(?P<value>(?:[\p{L}'’-]+\s+){0,3}?(?:appointment|interview|exam|test|meeting|flight|surgery|operation|presentation|concert|recital|deadline|party|date|check-?up|trial|hearing|race|marathon|audition|scan)(?:\s+(?:with|at)\s+(?:(?:the|my|our|an?)\s+|dr\.?\s+)?[\p{L}][\p{L}'’-]*)?)\b.*$",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        85,
        OnDayOnly,
    ),
    (
        r"my\s+(?P<value>(?:[\p{L}'’-]+\s+){0,2}?(?:appointment|interview|exam|test|meeting|flight|surgery|operation|presentation|concert|recital|deadline|wedding|graduation|audition|check-?up))\s+is\s+(?:on|in|at|next|tomorrow|this|{day}|(?:a|one|two|three)\s+weeks?)\b.*$",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        85,
        OnDayOnly,
    ),
    (
        r"(?:i|we)\s+got\s+married\s+(?:(?:on|in)\s+)?(?:the\s+)?(?P<value>(?:\d|{month}|early\s|late\s|spring\b|summer\b|autumn\b|winter\b|last\s+(?:year|month|week|spring|summer|autumn|fall|winter)\b|christmas|valentine|new\s+year)[^?!|]{0,36})$",
        "married since",
        "{who} got married: {value}.",
        85,
        Plain,
    ),
];

const PLANS: &[Row] = &[
    (r"{i'm}\s+planning\s+(?:to|on)\s+{value}{tail}", "plan", "{who} is planning: {value}{date}.", 75, OnDay),
    (
        r"{i'm}\s+thinking\s+(?:of|about)\s+(?P<value>\p{L}{2,}ing\b[^.!?;,|]{0,100}?){tail}",
        "plan",
        "{who} is planning: {value}{date}.",
        75,
        OnDay,
    ),
    (r"i\s+plan\s+(?:to|on)\s+{value}{tail}", "plan", "{who} is planning: {value}{date}.", 75, OnDay),
    (
        r"(?:i['’]?m|i\s+am|we['’]re|we\s+are)\s+(?:going|flying|travell?ing|moving|driving)\s+to\s+(?P<value>(?-i:\p{Lu})[^.!?;|]{2,80}?)(?:\s+on\s+{day}\b[^.!?;|]{0,40})?\s*[.!]*$",
        "plan",
        "{who} is planning to go to {value}{date}.",
        75,
        OnDayOnly,
    ),
    (
        r"(?:i['’]?m|i\s+am|we['’]re|we\s+are)\s+getting\s+(?P<value>married)\b.*$",
        "plan",
        "{who} is getting {value}{date}.",
        75,
        OnDayOnly,
    ),
    (
        r"i(?:\s+{adverb}(?:want|hope|would\s+like)|['’]d\s+(?:really\s+)?(?:like|love))\s+to\s+(?P<value>(?:learn|become|visit|travel|write|move|buy|start|finish|study|run|open|build|quit|get\s+(?:married|fit|better\s+at)|lose|save|adopt)\s+[^.!?;,|]{2,80}?){tail}",
        "goal",
        "{who} wants to {value}.",
        75,
        Plain,
    ),
    (r"my\s+(?:goal|dream)\s+is\s+to\s+{value}{tail}", "goal", "{who}'s goal: to {value}.", 85, Plain),
    (
        r"i\s+promise(?:\s+you)?\s+(?:that\s+)?(?:i['’]ll|i\s+will|to)\s+{value}{tail}",
        "promise",
        "{who} promised to {value}{date}.",
        80,
        OnDay,
    ),
];

const THINGS: &[Row] = &[
    (
        r"(?:i|we)(?:['’]ve(?:\s+got)?|\s+{adverb}have(?:\s+got)?)\s+(?:now\s+|also\s+)?(?P<value>(?:an?|two|three)\s+(?:{quality}\s+)*(?:(?:(?-i:\p{Lu}\p{Ll})[\p{L}-]*\s+)?{object}s?|(?-i:i?\p{Lu}\p{Ll})[\p{L}\p{N}-]*(?:\s+(?-i:\p{Lu}|\d)[\p{L}\p{N}-]*){0,2}))(?:\s+(?:now|as\s+well|with|in|near|by|at|on\s+the|outside|from|since|which|that\s+i)\b.*)?{end}",
        "has",
        "{who} has {value}.",
        65,
        Plain,
    ),
    (
        r"i\s+{adverb}(?:own|drive|ride|bought)\s+an?\s+(?:hard\s+bargain|lot|bit|few|coffee|tea|drink|beer|sandwich|pizza|burger|snack|ticket|round|wave)\b.*$",
        "",
        "",
        0,
        Idiom,
    ),
    (
        r"i\s+{adverb}(?:own|drive|ride)\s+(?P<value>(?:an?|two|three|four|five|\d|my\s+own)\s+(?:[\p{L}\p{N}'’-]+\s+){0,3}?[\p{L}\p{N}'’-]+)(?:\s+(?:to|since|for|in|on|at|from|near|with|every)\b.*)?{end}",
        "has",
        "{who} has: {value}.",
        65,
        Plain,
    ),
    (
        r"i\s+(?:just\s+|finally\s+)?bought\s+(?P<value>(?:an?|two|three|my\s+(?:own|first)|the)\s+[\p{L}\p{N}][^.!?;,|]{1,50}?)(?:\s+(?:yesterday|today|last|this|on|for|in)\b.*)?{end}",
        "has",
        "{who} has: {value}.",
        65,
        Plain,
    ),
    (
        r"i\s+{adverb}play\s+(?:the\s+)?{instrument}(?:\s+(?:in|since|for|on|at|every|with)\b.*)?{end}",
        "plays",
        "{who} plays: {value}.",
        65,
        Plain,
    ),
];

const BELIEF: &[Row] = &[
    (
        r"{i'm}\s+(?:an?\s+)?(?:practi[cs]ing\s+|devout\s+)?(?P<value>christian|catholic|protestant|muslim|jewish|buddhist|hindu|atheist|agnostic|sikh|mormon|quaker){end}",
        "religion",
        "{who} is {value}.",
        85,
        Plain,
    ),
    (
        r"i\s+(?:firmly\s+|really\s+|strongly\s+)believe\s+(?:that\s+)?{value}{end}",
        "believes",
        "{who} believes: {value}.",
        65,
        Plain,
    ),
];

/// What the user says of themselves, the first that fits first.
pub(super) fn patterns() -> Vec<Pattern> {
    let tables: [(FactKind, &[Row]); 11] = [
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
    compile_all(&tables, &[], PARTS)
}
