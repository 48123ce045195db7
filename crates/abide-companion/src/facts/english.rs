//! English patterns for facts. Must not know other languages.

mod others;

use std::sync::LazyLock;

use super::lists::ListRules;
use super::pattern::Special::{
    Age, Begins, Birthday, Favourite, Forget, Note, OnDay, OnDayOnly, Plain, Relation,
};
use super::pattern::{Grammar, Pattern, Row, compile};
use crate::language::Language;
use crate::store::FactKind;
use crate::time::compiled;

/// What stands for `{end}` and the like in the rows.
const PARTS: &[(&str, &str)] = &[
    (
        "{tail}",
        r"(?:\s*[.!,;:—(|].*|\s*-+\s.*|\s+(?:but|because|since|when|while|who|although|until)\b.*)?\s*$",
    ),
    (
        "{end}",
        r"(?:\s*[.!,;:—(|].*|\s*-+\s.*|\s+(?:and|but|because|so|since|when|while|which|who|where|though|although|until|these\s+days|at\s+the\s+moment|lately|recently|nowadays|right\s+now|now|too|as\s+well|anymore|any\s+more|btw|actually|by\s+the\s+way)\b.*)?\s*$",
    ),
    ("{name}", r"(?P<value>(?-i:\p{Lu})[\p{L}'’-]+(?:\s+(?-i:\p{Lu})[\p{L}'’-]+){0,2})"),
    ("{place}", r"(?P<value>(?:the\s+)?(?-i:\p{Lu})[\p{L}'’. -]{1,50}?(?:,\s+(?-i:\p{Lu})[\p{L} ]{1,25}?)?)"),
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
        r"mother|mom|mum|father|dad|sister|brother|son|daughter|wife|husband|partner|girlfriend|boyfriend|fianc[ée]e?|best\s+friend|friend|grandmother|grandma|grandfather|grandpa|aunt|uncle|cousin|niece|nephew|boss|colleague|roommate|flatmate|neighbou?r|ex|therapist",
    ),
    ("{pet}", r"(?P<relation>{pets})"),
    ("{pets}", r"dog|puppy|cat|kitten|horse|rabbit|bunny|hamster|parrot|bird|fish|turtle|guinea\s+pig"),
    (
        "{occupation}",
        r"(?P<value>(?:(?:freelance|senior|junior|software|civil|primary|high|school|night|retired|trainee|head|graphic|web|social|emergency|er|icu|data|electrical|mechanical|elementary|truck|taxi|bus|math|music|english|science|history|art|phd|medical|law|computer|stay-at-home)\s+){0,3}(?:teacher|nurse|doctor|engineer|developer|programmer|designer|lawyer|student|writer|artist|musician|chef|cook|waiter|waitress|accountant|architect|scientist|researcher|professor|electrician|plumber|carpenter|mechanic|driver|pilot|soldier|police\s+officer|firefighter|paramedic|pharmacist|dentist|vet|veterinarian|farmer|gardener|journalist|photographer|translator|librarian|manager|secretary|salesperson|cashier|barista|therapist|psychologist|social\s+worker|consultant|analyst|baker|hairdresser|tailor|painter|sculptor|actor|actress|dancer|singer|composer|mathematician|physicist|chemist|biologist|historian|freelancer|retiree|mom|dad))",
    ),
    (
        "{illness}",
        r"(?P<value>(?:type\s+[12]\s+)?diabetes|asthma|adhd|autism|depression|anxiety|bipolar\s+disorder|ptsd|ocd|epilepsy|arthritis|migraines?|high\s+blood\s+pressure|insomnia|cancer|celiac\s+disease|crohn['’]s(?:\s+disease)?|multiple\s+sclerosis|endometriosis|fibromyalgia|tinnitus|a\s+heart\s+condition)",
    ),
    (
        "{state}",
        r"(?P<value>diabetic|asthmatic|autistic|epileptic|dyslexic|pregnant|colou?r-?blind|deaf|blind|left-handed)",
    ),
    ("{is}", r"(?:is|['’]s)(?:\s+(?:now|currently|actually|also|still|already|just))?"),
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
    ("partner", "partner"),
    ("girlfriend", "girlfriend"),
    ("boyfriend", "boyfriend"),
    ("fiancé", "partner"),
    ("fiancée", "partner"),
    ("fiance", "partner"),
    ("fiancee", "partner"),
    ("best friend", "friend"),
    ("friend", "friend"),
    ("grandmother", "grandmother"),
    ("grandma", "grandmother"),
    ("grandfather", "grandfather"),
    ("grandpa", "grandfather"),
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
];

const AVOID: &[Row] = &[
    (
        r"(?:(?:please|could\s+you|can\s+you|let's|i'?d\s+rather)\s+)*(?:do\s+not|don['’]t|never|not|stop)\s+(?:ever\s+|please\s+)?(?:talk(?:ing)?|speak(?:ing)?|ask(?:ing)?(?:\s+me)?|remind(?:ing)?\s+me)\s+(?:to\s+me\s+)?(?:about|of)\s+{value}(?:\s+(?:anymore|any\s+more|again|ever|please|to\s+me))*{end}",
        "topic",
        "{who} doesn't want to talk about {value}.",
        95,
        Plain,
    ),
    (
        r"(?:(?:please|could\s+you|can\s+you|let's)\s+)*(?:do\s+not|don['’]t|never|stop)\s+(?:ever\s+)?(?:mention(?:ing)?|bring(?:ing)?\s+up)\s+{value}(?:\s+(?:anymore|any\s+more|again|ever|please|to\s+me))*{end}",
        "topic",
        "{who} doesn't want {value} to be mentioned.",
        95,
        Plain,
    ),
    (
        r"(?:please\s+)?(?:do\s+not|don['’]t|never)\s+bring\s+{value}\s+up(?:\s+(?:again|anymore|ever|please))*{end}",
        "topic",
        "{who} doesn't want {value} to be mentioned.",
        95,
        Plain,
    ),
    (
        r"i\s+(?:do\s+not|don['’]t|never)\s+(?:ever\s+)?(?:want|wish)\s+to\s+(?:talk|speak|hear)\s+(?:about|of)\s+{value}(?:\s+(?:anymore|any\s+more|again|ever))*{end}",
        "topic",
        "{who} doesn't want to talk about {value}.",
        90,
        Plain,
    ),
    (
        r"(?:please\s+)?avoid\s+(?:the\s+topic\s+of|the\s+subject\s+of|talking\s+about|mentioning)\s+{value}{end}",
        "topic",
        "{who} doesn't want to talk about {value}.",
        95,
        Plain,
    ),
];

const NOTE: &[Row] = &[
    (
        r"(?:(?:please|can\s+you|could\s+you|will\s+you|i\s+want\s+you\s+to|you\s+should|always)\s+)*(?:remember|keep\s+in\s+mind|don['’]t\s+forget|do\s+not\s+forget|never\s+forget|note|make\s+a\s+note)\s+(?:this\s*:\s*|that\s+|,\s*)(?P<value>[^?]{3,200}?)\s*[.!?]*$",
        "remember",
        "{who} asked to remember: {value}.",
        95,
        Note,
    ),
    (
        r"(?:(?:please|can\s+you|could\s+you)\s+)*remember\s*:\s*(?P<value>[^?]{3,200}?)\s*[.!]*$",
        "remember",
        "{who} asked to remember: {value}.",
        95,
        Note,
    ),
    (
        r"(?:(?:please|can\s+you|could\s+you|just|i\s+want\s+you\s+to)\s+)*forget\s+(?:(?:everything|all|what)\s+(?:that\s+)?(?:i\s+(?:ever\s+)?(?:said|told\s+you)\s+)?(?:about|of)\s+|about\s+|that\s+i\s+(?:said|told\s+you)\s+(?:that\s+|about\s+)?|what\s+i\s+(?:said|told\s+you)\s+(?:about\s+)?)(?P<value>[^?.!,]{2,120}?)\s*[.!?]*$",
        "forget",
        "",
        90,
        Forget,
    ),
    (
        r"(?:(?:please|can\s+you|could\s+you|just)\s+)*(?:forget|delete|erase)\s+(?:that|this|what\s+i\s+(?:just\s+)?said|my\s+last\s+message)(?P<value>)\s*(?:please)?\s*[.!?]*$",
        "forget",
        "",
        80,
        Forget,
    ),
];

const IDENTITY: &[Row] = &[
    (
        r"my\s+(?:first\s+|full\s+|real\s+)?name(?:['’]s|\s+is)\s+(?P<value>(?-i:\p{Lu})[\p{L}'’-]+(?:\s+(?-i:\p{Lu})[\p{L}'’-]+){0,2}|[\p{Ll}'’-]{2,20}){end}",
        "name",
        "{who}'s name is {value}.",
        95,
        Plain,
    ),
    (
        r"(?:(?:you\s+can|please|everyone|people|friends|they\s+all|my\s+friends)\s+)?(?:just\s+)?calls?\s+me\s+{name}{end}",
        "name",
        "{who} is called {value}.",
        85,
        Plain,
    ),
    (r"i\s+go\s+by\s+{name}{end}", "name", "{who} goes by {value}.", 90, Plain),
    (r"{i'm}\s+called\s+{name}{end}", "name", "{who} is called {value}.", 90, Plain),
    (
        r"{i'm}\s+(?P<value>\d{1,3}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ]\p{L}+)?|\p{L}+teen)(?:\s+years?\s+old|\s*y/?o)?\s*(?:[.!,;].*|\s+(?:and|but)\b.*)?$",
        "age",
        "{who} was {value} years old on {date}.",
        85,
        Age,
    ),
    (
        r"i\s+(?:just\s+)?turned\s+(?P<value>\d{1,3}|\p{L}+(?:-\p{L}+)?)(?:\s+(?:today|yesterday|last|this|on|in)\b.*)?{end}",
        "age",
        "{who} was {value} years old on {date}.",
        85,
        Age,
    ),
    (
        r"my\s+(?:birthday|date\s+of\s+birth)(?:['’]s|\s+is)\s+(?:on\s+)?(?:the\s+)?(?P<value>[^?!|]{3,40})$",
        "birthday",
        "{who}'s birthday is {date}.",
        95,
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
    (
        r"{i'm}\s+(?P<value>(?-i:French|German|Italian|Spanish|Chinese|Japanese|Korean|Canadian|American|British|English|Irish|Scottish|Polish|Dutch|Belgian|Swiss|Brazilian|Mexican|Indian|Australian|Russian|Ukrainian|Swedish|Norwegian|Danish|Finnish|Portuguese|Greek|Turkish|Vietnamese|Filipino|Nigerian|Moroccan)){end}",
        "nationality",
        "{who} is {value}.",
        85,
        Plain,
    ),
    (
        r"my\s+(?:native\s+language|mother\s+tongue|first\s+language)\s+is\s+{name}{end}",
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
        r"{i'm}\s+(?P<value>married|divorced|widowed|engaged|single){end}",
        "relationship status",
        "{who} is {value}.",
        80,
        Plain,
    ),
];

const HOME: &[Row] = &[
    (
        r"i\s+{adverb}live\s+(?:in|near|outside(?:\s+of)?)\s+{place}(?:\s+(?:since|for|with|now)\b.*)?{end}",
        "home",
        "{who} lives in {value}.",
        95,
        Begins,
    ),
    (
        r"{i'm}\s+(?:living|based)\s+in\s+{place}(?:\s+(?:since|for|with|now)\b.*)?{end}",
        "home",
        "{who} lives in {value}.",
        90,
        Begins,
    ),
    (
        r"(?:i|we)(?:['’]ve|\s+have)?\s+(?:just\s+|recently\s+)?moved\s+(?:back\s+)?to\s+{place}(?:\s+(?:last|in|on|two|three|a|this|when|with|for|yesterday|\d+)\b.*)?{end}",
        "home",
        "{who} moved to {value}.",
        90,
        Begins,
    ),
    (
        r"i\s+(?:do\s+not|don['’]t|no\s+longer)\s+live\s+in\s+{place}(?:\s+(?:anymore|any\s+more|any\s+longer|now))?{end}",
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
    (
        r"i\s+{adverb}work\s+as\s+(?:an?|the)\s+{value}(?:\s+(?:at|for|in|since)\s+.*)?{end}",
        "job",
        "{who} works as: {value}.",
        90,
        Begins,
    ),
    (
        r"{i'm}\s+an?\s+{occupation}(?:\s+(?:at|for|in|by|from)\s+.*)?{end}",
        "job",
        "{who} is a {value}.",
        85,
        Begins,
    ),
    (
        r"my\s+(?:job|profession|occupation)\s+is\s+(?:an?\s+|being\s+an?\s+)?{value}{end}",
        "job",
        "{who}'s job: {value}.",
        80,
        Begins,
    ),
    (
        r"i\s+{adverb}work\s+(?:at|for)\s+(?P<value>(?:an?\s+|the\s+)?[\p{L}\p{N}][^.!?;,|]{1,50}?)(?:\s+(?:as|since|in|now)\s+.*)?{end}",
        "employer",
        "{who} works for {value}.",
        85,
        Begins,
    ),
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
        r"(?:{i'm}\s+studying|i\s+{adverb}study|i\s+major\s+in|{i'm}\s+majoring\s+in)\s+(?P<value>[\p{L}][\p{L}' -]{2,40}?)(?:\s+(?:at|in|for|since)\s+.*)?{end}",
        "studies",
        "{who} studies {value}.",
        80,
        Begins,
    ),
    (
        r"(?:i\s+go\s+to|i\s+study\s+at|{i'm}\s+(?:a\s+student\s+)?at)\s+(?P<value>(?:the\s+)?[\p{L} ]{0,30}(?:university|college|school|institute)(?:\s+of\s+\p{L}+)?){end}",
        "school",
        "{who} goes to {value}.",
        80,
        Begins,
    ),
    (
        r"(?:i\s+(?:just\s+|finally\s+)?quit\s+my\s+job|i\s+(?:just\s+)?(?:got\s+fired|lost\s+my\s+job|got\s+laid\s+off|resigned|retired)|i\s+(?:no\s+longer|don['’]t)\s+work\s+there)(?P<value>)(?:\s+(?:today|yesterday|last|this|anymore|in|on)\b.*)?{end}",
        "~employment",
        "{who} left their job.",
        90,
        Plain,
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
        r"my\s+(?:{older}\s+)?{relation}(?:['’]s\s+name\s+is|\s+is\s+(?:called|named)|\s+goes\s+by|['’]s\s+called)\s+{name}{end}",
        "",
        "{who}'s {relation} is called {value}.",
        95,
        Relation,
    ),
    (
        r"my\s+(?:{older}\s+)?{relation},?\s+(?P<value>(?-i:\p{Lu}\p{Ll}+)),?(?:\s+(?:is|was|has|lives|works|and|loves|likes|just|who|said|got|came|will)\b.*|\s*[.!,]?.*)?$",
        "",
        "{who}'s {relation} is called {value}.",
        80,
        Relation,
    ),
    (
        r"(?:{i've}|i['’]ve\s+got)\s+an?\s+(?:{older}\s+)?{relation}\s+(?:called|named|whose\s+name\s+is)\s+{name}{end}",
        "",
        "{who}'s {relation} is called {value}.",
        95,
        Relation,
    ),
    (
        r"(?:{i've}|we\s+have|i['’]ve\s+got)\s+an?\s+(?:[\p{L}-]+\s+){0,2}?(?P<relation>{relatives}|{pets}),\s+(?P<value>(?-i:\p{Lu}\p{Ll}+))\s*(?:[,.!].*)?$",
        "",
        "{who}'s {relation} is called {value}.",
        85,
        Relation,
    ),
    (
        r"(?:{i've}|we\s+have|i\s+(?:just\s+)?(?:adopted|got))\s+an?\s+(?:[\p{L}-]+\s+){0,2}?{pet}(?:,)?\s+(?:called|named|whose\s+name\s+is)\s+{name}{end}",
        "",
        "{who} has a {relation} called {value}.",
        95,
        Relation,
    ),
    (
        r"(?:my|our)\s+(?:{older}\s+|old\s+)?{pet}(?:['’]s\s+name\s+is|\s+is\s+(?:called|named)|['’]s\s+called)\s+{name}{end}",
        "",
        "{who}'s {relation} is called {value}.",
        95,
        Relation,
    ),
    (
        r"(?:my|our)\s+(?:{older}\s+|old\s+)?{pet},?\s+(?P<value>(?-i:\p{Lu}\p{Ll}+)),?(?:\s+(?:is|was|has|and|loves|likes|just|got|died|ate|will)\b.*|\s*[.!,]?.*)?$",
        "",
        "{who}'s {relation} is called {value}.",
        80,
        Relation,
    ),
    (
        r"{i've}\s+(?P<value>(?:an?|two|three|four|five|no|\d)\s+(?:{older}\s+)?(?:sisters?|brothers?|kids?|children|sons?|daughters?|siblings|dogs?|cats?|horses?|rabbits?|hamsters?)(?:\s+and\s+(?:an?|two|three|four|\d)\s+(?:sisters?|brothers?|sons?|daughters?|dogs?|cats?))?){end}",
        "has",
        "{who} has {value}.",
        85,
        Plain,
    ),
    (
        r"(?:we|my\s+(?:boyfriend|girlfriend|partner|wife|husband)\s+and\s+i)(?:['’]ve|\s+have)?\s+(?:just\s+)?(?:broke|broken|split)\s+up(?P<value>)(?:\s+.*)?{end}",
        "~partnership",
        "{who} and their partner broke up.",
        85,
        Plain,
    ),
    (
        r"i\s+(?:broke\s+up\s+with|divorced)\s+my\s+(?:boyfriend|girlfriend|partner|wife|husband)(?P<value>)(?:\s+.*)?{end}",
        "~partnership",
        "{who} and their partner broke up.",
        85,
        Plain,
    ),
];

const PREFERENCE: &[Row] = &[
    (
        r"my\s+(?:all-time\s+)?favou?rite\s+(?P<thing>colou?r|food|dish|book|film|movie|song|band|singer|season|animal|sport|game|drink|tea|flower|place|city|number|author|writer|show|series|music|holiday|subject|album|artist|dessert|fruit|ice\s+cream)\s+is\s+{value}{end}",
        "",
        "{who}'s favourite {thing} is {value}.",
        95,
        Favourite,
    ),
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
        r"i\s+{adverb}(?:love|like|enjoy|adore)\s+{value}(?:\s+(?:a\s+lot|so\s+much|very\s+much|the\s+most))?{end}",
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
    (r"i\s+prefer\s+{value}(?:\s+(?:to|over)\s+.*)?{end}", "prefers", "{who} prefers {value}.", 80, Plain),
];

const HEALTH: &[Row] = &[
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
        r"(?:our|my)\s+(?P<value>wedding)\s+anniversary\s+is\s+(?:on\s+)?.*$",
        "anniversary",
        "{who}'s wedding anniversary{date}.",
        85,
        OnDay,
    ),
    (
        r"(?:{i've}|there['’]s)\s+(?:an?|my|the|another)\s+(?P<value>(?:[\p{L}'’-]+\s+){0,3}?(?:appointment|interview|exam|test|meeting|flight|surgery|operation|presentation|concert|recital|deadline|party|date|check-?up|trial|hearing|race|marathon|audition|scan))\b.*$",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        85,
        OnDayOnly,
    ),
    (
        r"my\s+(?P<value>(?:[\p{L}'’-]+\s+){0,2}?(?:appointment|interview|exam|test|meeting|flight|surgery|operation|presentation|concert|recital|deadline|wedding|graduation|audition|check-?up))\s+is\s+(?:on|in|at|next|tomorrow|this)\b.*$",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        85,
        OnDayOnly,
    ),
    (
        r"(?:i|we)\s+got\s+married\s+(?:on|in)\s+(?P<value>.{3,40})$",
        "married since",
        "{who} got married: {value}.",
        85,
        Plain,
    ),
];

const PLANS: &[Row] = &[
    (
        r"{i'm}\s+(?:planning\s+(?:to|on)|thinking\s+of)\s+{value}{tail}",
        "plan",
        "{who} is planning: {value}{date}.",
        75,
        OnDay,
    ),
    (r"i\s+plan\s+(?:to|on)\s+{value}{tail}", "plan", "{who} is planning: {value}{date}.", 75, OnDay),
    (
        r"(?:i['’]?m|i\s+am|we['’]re|we\s+are)\s+(?:going|flying|travell?ing|moving|driving)\s+to\s+(?P<value>(?-i:\p{Lu})[^.!?;|]{2,80}?)\s*[.!]*$",
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

const THINGS: &[Row] = &[(
    r"(?:i\s+(?:own|drive|play\s+the|ride)|(?:i\s+(?:just\s+|finally\s+)?bought))\s+(?P<value>(?:an?|the|my)?\s*[\p{L}\p{N}][^.!?;,|]{1,50}?)(?:\s+(?:yesterday|today|last|this|on|for|in)\b.*)?{end}",
    "has",
    "{who} has: {value}.",
    65,
    Plain,
)];

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
            r"[.!?;:—(|]|\s-+\s|,?\s+(?:but|because|since|when|while|which|who|so|though|although|until|these\s+days|at\s+the\s+moment|lately|recently|nowadays|right\s+now|anymore|any\s+more)\b",
        ),
        joint: compiled(r"(?P<last>\s*,\s*(?:and|or|nor)\s+|\s+(?:and|or|nor|&)\s+)|\s*,\s*"),
        by_marks: false,
        after_word: compiled(r"^"),
        item: compiled(r"^[\p{L}\p{N}][\p{L}\p{N}'’-]*(?:\s+[\p{L}\p{N}][\p{L}\p{N}'’-]*){0,3}$"),
        refused: compiled(
            r"^(?:then|there|now|not|honestly|sorry|thanks|well)\b|^(?:hate|love|like|enjoy|dislike|prefer|work|live|play|own|drive|study|speak|need|want|go|come|think|feel|know|believe|plan|hope)\s|\b(?:i|i['’]\p{L}+|you|you['’]\p{L}+|he|she|it|it['’]s|we|they|me|him|them|us|that|this|likes|loves|hates|lives|works|says|thinks|wants|goes|went|came|comes|made|makes|said|helps|enjoys|prefers|plays|calls|keeps|takes|needs|feels|gets|got|is|are|am|was|were|has|have|had|do|does|did|don['’]t|will|would|can|could|too|also|well)\b",
        ),
        around: compiled(
            r"^(?:about|of|to)\s+|\s+(?:again|ever|please|to\s+me|a\s+lot|so\s+much|very\s+much|the\s+most|at\s+all)$",
        ),
    },
    openers: compiled(
        r"^(?:\s+|(?:well|so|yeah|yes|yep|no|nope|oh|ah|hm+|um+|ok|okay|hi|hello|hey|hey\s+there|actually|honestly|anyway|by\s+the\s+way|btw|also|and|but|you\s+know|as\s+you\s+know|you\s+see|look|listen|fyi|just\s+so\s+you\s+know|nice\s+to\s+meet\s+you|thing\s+is|the\s+thing\s+is|the\s+truth\s+is|to\s+be\s+honest|in\s+fact|sorry|these\s+days|currently|now|today|yesterday|last\s+(?:week|month|year)|this\s+(?:week|month|year)|please\s+note|as\s+for\s+me|update|good\s+news|bad\s+news|correction|wait)(?:[,:;.!—-]+\s*|\s+)|[-–—•*(]\s*)",
    ),
    joints: compiled(r"[,;:—(]\s+|\s+-\s+|\s+(?:and|but|because|so|also)\s+"),
    supposes: compiled(
        r"\b(?:if|wish(?:ed)?|imagine|imagining|suppose|supposing|supposedly|pretend(?:ing)?|let's\s+say|hypothetically|what\s+if|unless|might|maybe|perhaps|would\s+be|wouldn['’]t|could\s+be|(?:s?he|they|you|friend|who|people|someone|somebody|mom|dad|boss|doctor|everyone)\s+(?:said|says|told|tells|thinks?|thought|claims?|asked|asks)|joking|kidding|just\s+kidding|dream(?:ed|t)|in\s+(?:my|a|the)\s+(?:dream|story|novel|book|game|movie|film)|role-?play|character|sarcasm|not\s+true|as\s+though|as\s+if|when\s+i\s+was|almost|never\s+said|translate|quote|lyrics?|lol|haha+|lmao|jk)\b",
    ),
    asks: compiled(
        r"^(?:(?:so|and|but|well|hey|ok)[, ]+)?(?:do|does|did|is|are|am|was|were|can|could|would|should|what|who|whose|where|when|why|how|which|have|has|will)\s+(?:i|you|we|he|she|they|it|my|your|the|there|do|does|did|is|are|was|were)\b",
    ),
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
    relations: RELATIONS,
    language: Language::English,
    user: "The user",
});
