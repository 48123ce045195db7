//! What the user says of themselves and of theirs in the forms of chats in English, each in one clause. Must not know what longer ones say.

use super::PARTS;
use crate::facts::pattern::Special::{
    Begins, Birthday, Idiom, Married, Moved, Names, OnDayOnly, Opening, Plain, Relation,
};
use crate::facts::pattern::{Pattern, Row, compile_all};
use crate::store::FactKind;

/// Tried before the longer forms, which would take less of them or nothing.
const HEALTH_FIRST: &[Row] = &[(
    r"{i'm}\s+(?:about\s+|almost\s+|nearly\s+|over\s+)?{number}(?:\s+and\s+a\s+half)?\s+(?:months?|weeks?|wks?)\s+(?P<value>pregnant){end}",
    "condition",
    "{who} is {value}.",
    90,
    Plain,
)];

/// Of somebody who is named here, so that what they are to the user is told, too; tried before that alone.
const DATES_FIRST: &[Row] = &[
    (
        r"(?P<also>(?:my|our)\s+(?:{older}\s+|best\s+)?(?:{relatives}|{pets}),?\s+(?P<value>(?-i:\p{Lu}\p{Ll})[\p{L}-]*['’]s\s+{occasion})){takes_place}",
        "appointment",
        "{who} has a date to keep{date}: {value}.",
        80,
        OnDayOnly,
    ),
    (
        r"(?P<value>(?:my|our)\s+(?:{older}\s+|best\s+)?(?:sister|brother|best\s+friend|friend|aunt|uncle|cousin|niece|nephew|boss|colleague|roommate|flatmate|neighbou?r)['’]s\s+{occasion}){takes_place}",
        "appointment",
        "{who} has a date to keep{date}: {value}.",
        80,
        OnDayOnly,
    ),
];

const NAME: &[Row] = &[(
    r"{i'm}\s+{name},\s+\d{2}(?:\s*(?:,|years|yrs|y/?o|and\s|from\s|[.!]|$)).*$",
    "name",
    "{who}'s name is {value}.",
    85,
    Plain,
)];

const PEOPLE_FIRST: &[Row] = &[
    (
        r"(?:{i've}|we\s+have|we['’]ve\s+got|there\s+are|there['’]s)\s+(?P<count>{several})\s+(?:{older}\s+)?{relations}\s*(?:[,:(]|\s-|\s+(?:called|named))\s*{names}$",
        "",
        "{value} is one of {who}'s {relation}.",
        90,
        Names,
    ),
    (
        r"(?:{i've}|we\s+have|we['’]ve\s+got)\s+an?\s+(?:[\p{L}-]+\s+){0,2}?{pet}\s+(?:called|named)\s+{called}\s*,?\s+(?:and|&)\s+(?:also\s+)?(?P<having>(?:an?|{several})\s.*)$",
        "",
        "{who} has a {relation} called {value}.",
        95,
        Relation,
    ),
];

const HOME: &[Row] = &[
    (
        r"(?:i|we)(?:['’]ve|\s+have)\s+(?:always\s+|now\s+|actually\s+|mostly\s+)?been\s+(?:living|based)\s+in\s+{place}{stay}{end}",
        "home",
        "{who} lives in {value}.",
        90,
        Begins,
    ),
    (
        r"(?:i|we)(?:['’]ve|\s+have)?\s+(?:(?:just|finally|recently)\s+)*moved(?:\s+(?:house|again|flat|out))?\s*[.!,;:…–-]+\s*(?:it['’]s\s+|in\s+|we['’]re\s+in\s+|i['’]m\s+in\s+|living\s+in\s+|to\s+)?{place}\s+(?:now|these\s+days){end}",
        "home",
        "{who} lives in {value}.",
        85,
        Begins,
    ),
    // The place is told elsewhere: here it is with whom.
    (
        r"(?:(?:i|we)(?:['’]ve|\s+have)?\s+)?(?:(?:just|finally|recently)\s+)*moved\s+in\s+with\s+(?P<also>my\s.*)$",
        "",
        "",
        0,
        Idiom,
    ),
];

const WORK: &[Row] = &[
    (
        r"i(?:['’]ve|\s+have)?\s+(?:(?:just|finally)\s+)?(?:got|started|landed|found|took)\s+(?:a|my|the)\s+(?:new\s+|first\s+|dream\s+)?job(?:\s+(?:btw|finally|at\s+last))?,?\s+(?:as\s+)?(?:an?\s+)?{occupation}{firm}{end}",
        "job",
        "{who} is a {value}.",
        85,
        Begins,
    ),
    (
        r"(?:(?:just|finally)\s+)?(?:got|started|landed|found)\s+(?:a|my)\s+(?:new\s+|first\s+|dream\s+)?job(?:\s+(?:btw|finally|at\s+last))?,?\s+(?:as\s+)?(?:an?\s+)?{occupation}{firm}{end}",
        "job",
        "{who} is a {value}.",
        80,
        Opening,
    ),
    (
        r"(?:{i'm}|i\s+(?:currently\s+|now\s+)?work|i['’]ve\s+been)\s+working\s+as\s+an?\s+{occupation}{firm}{end}",
        "job",
        "{who} is a {value}.",
        85,
        Begins,
    ),
];

const PEOPLE: &[Row] = &[
    (
        r"(?:coffee|tea|wine|beer|chocolate|music|netflix|google|youtube|sleep|food|pizza|work|football|money|time|silence|nature|karma|jesus|life|love|death|fate|{month}|today|tomorrow|everyone|nobody|someone|who|what|that|this|here|there|he|she|it|one)\s+is\s+my\b.*$",
        "",
        "",
        0,
        Idiom,
    ),
    (
        r"(?P<value>(?-i:\p{Lu}\p{Ll}[\p{L}'’-]*))(?:\s+is|['’]s)\s+my\s+(?:{older}\s+|new\s+)?(?P<relation>mother|mom|mum|father|dad|sister|brother|son|daughter|wife|husband|hubby|girlfriend|boyfriend|fianc[ée]e?|grandmother|grandma|granny|grandfather|grandpa|grandad|aunt|uncle|cousin|niece|nephew|boss|colleague|roommate|flatmate|neighbou?r|{pets}){end}",
        "",
        "{who}'s {relation} is called {value}.",
        90,
        Relation,
    ),
    (r"me\s+and\s+{name}\s+{got}\s+engaged{dated}", "partner", "{who} is engaged to {value}.", 85, Plain),
    (
        r"{name}\s+and\s+(?:i|me)\s+{got}\s+engaged{dated}",
        "partner",
        "{who} is engaged to {value}.",
        85,
        Plain,
    ),
    (
        r"(?:{i'm}\s+(?:now\s+|finally\s+|happily\s+)?|i(?:['’]ve|\s+have)?(?:\s+(?:just|finally|recently))*\s+got(?:ten)?\s+)engaged\s+to\s+{name}{dated}",
        "partner",
        "{who} is engaged to {value}.",
        85,
        Plain,
    ),
    (
        r"(?:{i'm}\s+(?:now\s+|finally\s+|happily\s+)?married\s+to|i(?:['’]ve|\s+have)?(?:\s+(?:just|finally|recently))*\s+(?:got(?:ten)?\s+married\s+to|married))\s+{name}{dated}",
        "partner",
        "{who} is married to {value}.",
        85,
        Married,
    ),
    (r"me\s+and\s+{name}\s+{wed}{dated}", "partner", "{who} is married to {value}.", 85, Married),
    (r"{name}\s+and\s+(?:i|me)\s+{wed}{dated}", "partner", "{who} is married to {value}.", 85, Married),
    (
        r"(?:my|our)\s+(?:{older}\s+)?{relations}(?:\s+are(?:\s+(?:called|named))?|['’]\s+names\s+are|,|\s+called|\s+named)\s+{names}$",
        "",
        "{value} is one of {who}'s {relation}.",
        85,
        Names,
    ),
    (
        r"{i'm}\s+(?:an?\s+|the\s+)?(?:single\s+|proud\s+|new\s+)*(?:dad|daddy|mum|mom|mother|father|parent)\s+(?:to|of)\s+(?:{several}\s+)?(?:[\p{L}-]+\s+)?(?P<relation>girls|daughters)\s*(?:[,:(]|\s-|\s+(?:called|named))\s*{names}$",
        "daughter",
        "{value} is one of {who}'s {relation}.",
        85,
        Names,
    ),
    (
        r"{i'm}\s+(?:an?\s+|the\s+)?(?:single\s+|proud\s+|new\s+)*(?:dad|daddy|mum|mom|mother|father|parent)\s+(?:to|of)\s+(?:{several}\s+)?(?:[\p{L}-]+\s+)?(?P<relation>boys|sons)\s*(?:[,:(]|\s-|\s+(?:called|named))\s*{names}$",
        "son",
        "{value} is one of {who}'s {relation}.",
        85,
        Names,
    ),
];

const HEALTH: &[Row] = &[
    // What makes it more than a taste.
    (
        r"i\s+(?:{adverb})?(?:can['’]t|cannot|can\s+not)\s+(?:eat|have|touch|go\s+near)\s+(?P<value>{food})\b[^|]*\b(?:hives|rash|swell\p{L}*|swollen|epi-?pen|anaphyla\p{L}+|throat|allerg\p{L}+|stop\s+breathing|can['’]t\s+breathe)\b.*$",
        "allergy",
        "{who} is allergic to {value}.",
        90,
        Plain,
    ),
    (
        r"i\s+(?:{adverb})?(?:can['’]t|cannot|can\s+not|mustn['’]t|must\s+not|(?:am|['’]m)\s+not\s+allowed\s+to)\s+eat\s+(?:any\s+)?(?P<value>{food})(?:\s+(?:or|and|nor|&)\s.*)?{end}",
        "cannot eat",
        "{who} cannot eat {value}.",
        85,
        Plain,
    ),
    (
        r"i(?:\s+don['’]t\s+have|\s+do\s+not\s+have|\s+have|['’]ve\s+got|\s+haven['’]t\s+got)\s+(?:any|no)\s+(?:known\s+|other\s+|food\s+|real\s+)*allerg(?:y|ies)\s*,?\s+(?:except|apart\s+from|aside\s+from|besides|other\s+than|save)\s+(?:for\s+|to\s+|that\s+i['’]m\s+allergic\s+to\s+)*{value}{end}",
        "allergy",
        "{who} is allergic to {value}.",
        90,
        Plain,
    ),
    (
        r"(?:(?:because\s+of|due\s+to|thanks\s+to|with|for)\s+)?my\s+(?:severe\s+|bad\s+|stupid\s+|mild\s+)?(?P<value>{food}|pollen|dust|latex|penicillin|bee|wasp|cat|dog)\s+allerg(?:y|ies)\b.*$",
        "allergy",
        "{who} has an allergy: {value}.",
        85,
        Plain,
    ),
    (
        r"i(?:['’]ve|\s+have|\s+was)?\s+(?:(?:just|recently|finally|also)\s+)*(?:been\s+|got\s+|was\s+)?(?:(?:just|recently|finally|also)\s+)*diagnosed\s+(?:with|as\s+having)\s+{illness}(?:\s+(?:in|last|when|at|two|a|this|yesterday|today|after|by|years?|as)\b.*)?{end}",
        "condition",
        "{who} has {value}.",
        90,
        Plain,
    ),
    (
        r"(?:the|my)\s+(?:doc|doctor|gp|consultant|specialist|psychiatrist|cardiologist|neurologist)\s+(?:says?|said|confirmed|told\s+me)\s+(?:that\s+)?(?:i['’]ve\s+got|i\s+have|it['’]s|it\s+is)\s+{illness}{end}",
        "condition",
        "{who} has {value}.",
        85,
        Plain,
    ),
    (
        r"{i'm}\s+(?:an?\s+)?(?P<value>(?:type\s+(?:1|2|one|two)\s+)?diabetic|t[12]\s+diabetic|asthmatic|epileptic){end}",
        "condition",
        "{who} is {value}.",
        90,
        Plain,
    ),
];

const BIRTHDAYS: &[Row] = &[
    (
        r"(?P<relation>mum|mom|dad|nan|gran|granny|grandma|grandpa|grandad)['’]?s\s+(?:\d{1,3}(?:st|nd|rd|th)\s+)?birthday\s+(?:is|was)\s+(?:on\s+)?(?:the\s+)?(?P<value>[^?!|]{3,40})$",
        "birthday",
        "The birthday of {who}'s {relation} is {date}.",
        90,
        Birthday,
    ),
    (
        r"(?:it['’]s|it\s+is|it\s+was|today\s+is|today['’]s)\s+(?:my\s+(?:{older}\s+)?{relation}(?:\s+(?P<named>(?-i:\p{Lu}\p{Ll}+)))?)['’]s\s+(?:\d{1,3}(?:st|nd|rd|th)\s+)?birthday\s*(?P<value>|today|tomorrow|yesterday|(?:on|next|this)\s+[^?!|,]{3,30})\s*(?:[,!.].*)?$",
        "birthday",
        "The birthday of {who}'s {relation} is {date}.",
        90,
        Birthday,
    ),
    (
        r"(?P<value>tomorrow|yesterday|(?:next|this)\s+\p{L}+day|\p{L}+day)\s+(?:is|was)\s+(?:my\s+(?:{older}\s+)?{relation}(?:\s+(?P<named>(?-i:\p{Lu}\p{Ll}+)))?)['’]s\s+(?:\d{1,3}(?:st|nd|rd|th)\s+)?birthday\s*(?:[,!.].*)?$",
        "birthday",
        "The birthday of {who}'s {relation} is {date}.",
        90,
        Birthday,
    ),
    (
        r"my\s+(?:{older}\s+)?{relation}\s+(?P<named>(?-i:\p{Lu}\p{Ll}+))['’]s\s+birthday\s+(?:is|was)\s+(?:on\s+)?(?:the\s+)?(?P<value>[^?!|]{3,40})$",
        "birthday",
        "The birthday of {who}'s {relation} is {date}.",
        90,
        Birthday,
    ),
];

const DATES: &[Row] = &[
    (
        r"(?:the|our|my)\s+(?P<value>(?:[\p{L}'’-]+\s+){0,2}?(?:flight|train|ferry|coach|trip|journey|surgery|operation|interview|exam|meeting|appointment)\s+(?:to|for|from|at|with)\s+(?:(?:the|my|our)\s+)?[\p{L}][\p{L}'’-]*(?:\s+(?-i:\p{Lu})[\p{L}'’-]+)?)(?:\s+(?:is|leaves|departs|takes\s+place)|['’]s)(?:\s+(?:booked|set|scheduled)(?:\s+for)?)?\s+(?:on|in|at|next|tomorrow|this|for|today|\d|{month}|{day})\b.*$",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        80,
        OnDayOnly,
    ),
    (
        r"(?:i\s+(?:have|take|sit)|{i've}|{i'm}\s+(?:having|taking|sitting))\s+(?:(?:an?|my)\s+)?(?P<value>(?:[\p{L}'’-]+\s+){0,2}?(?:surgery|operation|op|chemo|chemotherapy|radiotherapy|biopsy|mri|scan|dialysis|exams?|finals|mid-?terms|test|jury\s+duty))\s+(?:on|in|at|next|tomorrow|this|today|{month}|{day})\b.*$",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        80,
        OnDayOnly,
    ),
    // What one goes to though it is another's.
    (
        r"(?P<value>(?-i:\p{Lu})[\p{L}-]+(?:\s+(?:and|&)\s+(?-i:\p{Lu})[\p{L}-]+)?['’]s\s+{occasion}){takes_place}",
        "appointment",
        "{who} has a date to keep{date}: {value}.",
        80,
        OnDayOnly,
    ),
    (
        r"(?:the|our|my|(?:my\s+)?(?:mum|mom|dad|nan|gran|grandma|grandpa|son|daughter|wife|husband)['’]s)\s+(?P<value>(?:[\p{L}'’-]+\s+){0,2}?(?:funeral|wedding|memorial|christening|graduation|op|operation|surgery|interview|exam|viva|scan|check-?up|appointment|flight|viewing|hearing))(?:\s+is|['’]s)(?:\s+(?:booked|set|scheduled)(?:\s+for)?)?\s+(?:on|in|at|next|tomorrow|this|for|today|\d|{month}|{day})\b.*$",
        "appointment",
        "{who} has a date to keep{date}: {value}.",
        80,
        OnDayOnly,
    ),
    (
        r"{i've}\s+(?:an?|my|the|another)\s+(?P<value>(?:[\p{L}'’-]+\s+){0,2}?(?:class|lesson|practice|training|rehearsal|wedding|funeral|ceremony|conference|match))\s+(?:on|in|at|next|tomorrow|this|today|tonight)\b.*$",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        80,
        OnDayOnly,
    ),
    (
        r"(?:my|our)\s+(?P<value>(?:[\p{L}'’-]+\s+){0,2}?(?:class|lesson|party|concert|test|meeting|race|match|trip|ceremony|conference|rehearsal|training|practice|presentation|graduation|deadline))\s+is\s+(?:on|in|at|next|tomorrow|this)\b.*$",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        80,
        OnDayOnly,
    ),
    (
        r"(?P<it>it)(?:\s+is|['’]s)\s+(?P<to>(?:on|in|next|this|tomorrow)\b[^.!?;,|]{1,60}?)\s+(?:now|instead){end}",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        80,
        Moved,
    ),
];

const PLANS: &[Row] = &[
    (
        r"(?:i|we)(?:['’]ll|\s+will)?\s+(?:fly|sail|leave|set\s+off)(?:\s+(?:out|off|back|home|over))?\s+(?:to|for)\s+(?P<value>{Place})\s+(?:on|next|tomorrow|this|at|early|late|in\s+(?:a|two|three|the)\b|{month}|{day})\b.*$",
        "plan",
        "{who} is planning to go to {value}{date}.",
        75,
        OnDayOnly,
    ),
    (
        r"(?:(?:next|this)\s+(?:spring|summer|autumn|fall|winter|week|month|year|weekend|{month})|in\s+(?:the\s+(?:spring|summer|autumn|fall|winter|new\s+year)|{month})|tomorrow|(?:on|next|this)\s+\p{L}+day),?\s+(?:i['’]?m|i\s+am|we['’]re|we\s+are)\s+(?:going|flying|travell?ing|moving|driving|off)\s+to\s+(?P<value>{Place})(?:\s.*|[,.!].*)?$",
        "plan",
        "{who} is planning to go to {value}{date}.",
        75,
        OnDayOnly,
    ),
];

fn compiled(tables: &[(FactKind, &[Row])]) -> Vec<Pattern> {
    let own = [
        ("{several}", r"(?:an?|two|three|four|five|six|\d)"),
        (
            "{names}",
            r"(?P<value>(?-i:\p{Lu})[^.!?;:|]{1,80}?)(?:\s*[.!?;:—].*|\s+(?:who|which|but|because|so)\b.*)?\s*",
        ),
        (
            "{relations}",
            r"(?P<relation>sisters|brothers|sons|daughters|cousins|aunts|uncles|nieces|nephews|roommates|flatmates|dogs|cats|puppies|kittens|horses|rabbits|hamsters|parrots|birds|fish|turtles)",
        ),
        (
            "{occasion}",
            r"(?:(?:birthday|anniversary|retirement|farewell|housewarming|baby|bridal|leaving|engagement|graduation|\d+(?:st|nd|rd|th))\s+)?(?:wedding|funeral|memorial|graduation|christening|baptism|party|shower|recital)",
        ),
        (
            "{takes_place}",
            r"(?:(?:\s+is|['’]s)(?:\s+(?:booked|set|scheduled)(?:\s+for)?)?\s+(?:on|in|at|next|tomorrow|this|for|\d|{month}|{day})|\s+takes\s+place\s+(?:on|in|next|tomorrow|this))\b.*$",
        ),
        // An end, which may also be a picture.
        ("{closes}", r"(?:\s*[^\p{L}\p{N}\s'’&].*$|{over})"),
        ("{got}", r"(?:are|got|just\s+got|have\s+just\s+got|are\s+(?:now|finally))"),
        (
            "{wed}",
            r"(?:(?:(?:just|finally|have\s+just)\s+)?(?:got(?:ten)?\s+married|married|tied\s+the\s+knot)|are\s+(?:now|finally)\s+married)",
        ),
        ("{dated}", r"(?:{when}|{now}{closes})"),
        ("{firm}", r"(?:\s+(?:(?P<firm>(?:at|for|with)\s+(?-i:\p{Lu}).*)|(?:at|for|in|with|by)\s+.*))?"),
        (
            "{food}",
            r"(?:shell\s?fish|sea\s?food|fish|prawns?|shrimps?|crab|lobster|(?:pea|wal|hazel|cashew\s|tree\s)?nuts?|almonds?|cashews?|gluten|wheat|dairy|lactose|milk|eggs?|soya?|sesame|strawberries|kiwis?|bananas?|mangoe?s?|avocados?|tomatoes|mustard|celery|lupin|sulphites)",
        ),
    ];
    compile_all(tables, &own, PARTS)
}

/// What is tried before the longer forms.
pub(super) fn first() -> Vec<Pattern> {
    compiled(&[
        (FactKind::Health, HEALTH_FIRST),
        (FactKind::Date, DATES_FIRST),
        (FactKind::Person, PEOPLE_FIRST),
    ])
}

/// What is tried after them.
pub(super) fn patterns() -> Vec<Pattern> {
    compiled(&[
        (FactKind::Identity, NAME),
        (FactKind::Identity, BIRTHDAYS),
        (FactKind::Health, HEALTH),
        (FactKind::Place, HOME),
        (FactKind::Work, WORK),
        (FactKind::Person, PEOPLE),
        (FactKind::Date, DATES),
        (FactKind::Goal, PLANS),
    ])
}
