//! What English says of what is otherwise now: work that ended or begins, tastes, counts, favourites; and days that return every year or were moved. Must
//! not know what it was before.

use super::PARTS;
use crate::facts::changes::ChangesTables;
use crate::facts::pattern::Row;
use crate::facts::pattern::Special::{
    Again, Favourite, Habit, Idiom, Moved, Nth, OnDayOnly, Plain, Relation, Starts, Yearly,
};

/// Parts beside those that all patterns have.
const OWN_PARTS: &[(&str, &str)] = &[
    (
        "{has}",
        r"(?:['’]ve|\s+have|\s+had)?(?:\s+(?:just|finally|recently|sadly|already|officially|actually|now))*",
    ),
    (
        "{then}",
        r"(?:\s+(?:from|as|at|today|yesterday|last|this|on|in|after|because|for|two|three|four|a|an|early|already|now|recently|ago|since|over|due)\b.*)?",
    ),
    // When something was left that one might also leave in the evening: with it, it is for good; without it, where nothing else is said.
    ("{ended}", r"(?:\s+{for_good}{end}|\s*[.!…)]*\s*$)"),
    (
        "{for_good}",
        r"(?:(?:for\s+good|recently|(?:last|this)\s+(?:week|month|year|spring|summer|autumn|fall|winter|{month})|(?:back\s+)?in\s+(?:{month}|\d{4}|(?:the\s+)?(?:spring|summer|autumn|winter))|on\s+(?:the\s+)?(?:{month}\s+)?\d+(?:st|nd|rd|th)?|(?:an?|two|three|four|five|six|\d+)\s+(?:few\s+)?(?:days|weeks?|months?|years?)\s+ago|after\s+(?:\p{L}+|\d+)\s+years|to\s+(?:start|join|become)|for\s+(?:a\s+new|another|(?-i:\p{Lu})\p{L}*))\b.*?)",
    ),
    // Where a clause about what one does no more ends, and does not go on about when or with whom.
    ("{stop}", r"(?:\s*[.!,;:—(|].*|\s*-+\s.*|\s+(?:and|but|because|since|so)\b.*)?\s*$"),
    (
        "{workplace}",
        r"(?P<value>(?:the\s+)?(?-i:\p{Lu})[\p{L}\p{N}&'’-]+(?:\s+(?-i:\p{Lu})[\p{L}\p{N}&'’-]+){0,3}|the\s+(?:bakery|hospital|school|shop|store|firm|company|office|restaurant|caf[ée]|library|hotel|university|clinic|garage|factory|bank|museum|nursery|supermarket|agency|studio|practice|lab))",
    ),
    ("{post}", r"(?:job|position|post|role|work|career)"),
    // What is also done for a living.
    (
        "{done}",
        r"(?:driv(?:e|ing)|cook(?:ing)?|writ(?:e|ing)|paint(?:ing)?|bak(?:e|ing)|translat(?:e|ing)|farm(?:ing)?|act(?:ing)?|nurs(?:e|ing))",
    ),
    ("{living}", r"(?:professionally|for\s+a\s+living|at\s+all|full[- ]time)"),
    // When, before the clause that says what.
    (
        "{from}",
        r"(?:(?:(?:on|next|this|from|as\s+of|in|starting|starting\s+from)\s+[\p{L}\d]+(?:\s+[\p{L}\d]+){0,3}?|tomorrow),?\s+)?",
    ),
    (
        "{starts}",
        r"(?:i(?:['’]?m|\s+am)?\s+(?:going\s+to\s+)?(?:be\s+)?(?:start|starting|begin|beginning)|i(?:['’]ll|\s+will)\s+(?:be\s+)?(?:start|starting|begin|beginning)|i\s+get\s+to\s+start)",
    ),
    (
        "{come}",
        r"(?:i(?:['’]ve|\s+have)?\s+(?:(?:really|finally|slowly|actually|gradually|since|now|even|also|kind\s+of|sort\s+of)\s+)*(?:(?:come|came)\s+(?:around\s+|round\s+)?to|(?:grown|grew)\s+to|learn(?:ed|t)\s+to|(?:started|begun|began|got|gotten)\s+to|ended\s+up|started|begun|began)|{i'm}\s+(?:starting|beginning|learning|growing)\s+to)\s+(?:(?:really|actually|quite|even)\s+)*",
    ),
    (
        "{since}",
        r"(?:\s+(?:now|after\s+all|these\s+days|a\s+lot|so\s+much|very\s+much|again|(?:even\s+|more\s+and\s+)?more))*",
    ),
    // What is told of by more than its name is a taste only if it is no one's name.
    ("{liked}", r"(?P<value>(?-i:\p{Ll})[^.!?;,|]{0,60}?)"),
    (
        "{thing}",
        r"(?P<thing>colou?r|food|dish|meal|cuisine|snack|book|novel|film|movie|song|band|singer|season|month|animal|sport|team|game|drink|tea|coffee|beer|wine|cheese|flower|place|city|country|restaurant|number|author|writer|poet|show|series|music|genre|holiday|subject|album|artist|painter|dessert|cake|fruit|vegetable|ice\s+cream|instrument|hobby|language|actor|actress|composer|poem|word|day|weather)",
    ),
    ("{whenever}", r"(?:,?\s+(?:(?:19|20)\d\d))?\s*[.!)]*$"),
    (
        "{occasion}",
        r"(?:wedding|marriage|engagement|dating|relationship|dating|first[- ]date|work|sobriety|divorce|adoption|moving|friendship)",
    ),
    ("{falls}", r"(?:\s+is|\s+was|\s+falls|\s+comes)(?:\s+(?:every\s+year|always))?\s+(?:on\s+)?(?:the\s+)?"),
    // What is counted.
    (
        "{counted}",
        r"(?:step-?)?(?:sisters?|brothers?|kids?|children|boys?|girls?|twins|sons?|daughters?|siblings|dogs?|cats?|horses?|rabbits?|hamsters?|grandchildren|grandkids|grandsons?|granddaughters?|parrots?|birds?|fish|chickens?|hens?|goats?|sheep|ponies|pony|pets?|turtles?|guinea\s+pigs?|snakes?|budgies?)",
    ),
    // An appointment: told by its name, as "it", or by the bare word for it.
    ("{my_event}", r"(?:{mine}\s+{event}|(?P<others>{others})|(?P<it>it)|(?P<bare>{events}))"),
    // Of others' none, "the doctor's" being no other.
    (
        "{event}",
        r"(?P<value>(?:{lead}\s+){0,3}?{events}(?:\s+(?:with|at)\s+(?:(?:the|my|our|an?)\s+|dr\.?\s+)?[\p{L}][\p{L}'’-]*)?)",
    ),
    (
        "{lead}",
        r"(?:(?:doctor|dentist|driver|gp|vet|lawyer|optician|hairdresser|surgeon|physio|new\s+year|bachelor|master)['’]s|[\p{L}-]+)",
    ),
    ("{mine}", r"(?:the\s+(?:date|day|time)\s+(?:of|for)\s+)?(?:my|our|the)"),
    (
        "{heard}",
        r"(?:(?:apparently|unfortunately|sadly|luckily|thankfully|fortunately|annoyingly|(?:it\s+)?(?:turns|turned)\s+out(?:\s+that)?|(?:i|we)\s+(?:just\s+)?(?:heard|found\s+out|learn(?:ed|t))(?:\s+that)?),?\s+)?",
    ),
    (
        "{was}",
        r"(?:\s+(?:has|have|had)\s+been|['’]s\s+been|\s+(?:was|were|is|are|got|gets|has\s+to\s+be|had\s+to\s+be|will\s+be|is\s+going\s+to\s+be)|['’]s)(?:\s+(?:just|now|actually|finally|also|officially|being|again))*",
    ),
    (
        "{was_not}",
        r"(?:\s+(?:isn['’]t|wasn['’]t|aren['’]t|hasn['’]t\s+been|(?:is|was|has)\s+(?:not|no\s+longer)(?:\s+been)?)|['’]s\s+(?:not|no\s+longer)(?:\s+been)?)",
    ),
    (
        "{shifted}",
        r"(?:moved(?:\s+(?:up|back|forward|on))?|postponed|re-?scheduled|pushed\s+(?:back|forward|out)|put\s+(?:back|off)|set\s+back|brought\s+forward|shifted|deferred|adjourned)",
    ),
    // Who moves it.
    (
        "{someone}",
        r"(?:i|we|they|the\s+[\p{L}-]+(?:\s+[\p{L}-]+)?|my\s+(?:\p{L}+\s+)?(?:boss|manager|school|university|college|teacher|professor|tutor|doctor|dentist|surgeon|lawyer|company|airline|client))(?:['’]ve|\s+have|\s+has|\s+had(?:\s+to)?)?(?:\s+(?:just|now|actually|finally|also|decided\s+to))*",
    ),
    ("{where}", r"(?:\s+(?:to|in)\s+(?-i:\p{Lu})[\p{L}-]+)?"),
    (
        "{indefinitely}",
        r"\s+(?:by\s+(?:an?|one|two|three|four|five|six|\d+|a\s+few|several|a\s+couple\s+of)\s+(?:days?|weeks?|months?|years?)|indefinitely|again|(?:to|till|until)\s+(?:(?:a\s+)?(?:later|another|a\s+different)(?:\s+(?:date|day|time|week|month))?|further\s+notice))",
    ),
    (
        "{to}",
        r"(?:\s+from\s+[^.!?;|]{2,40}?)?\s+(?P<to>(?:to|until|till|for)\s+[^.!?;,|]{2,60}?(?:,\s+20\d\d)?)",
    ),
    ("{anew}", r"(?:{indefinitely}|{to})?"),
    (
        "{events}",
        r"(?:appointment|interview|exam|test|viva|meeting|flight|surgery|operation|op|presentation|concert|recital|deadline|party|date|check-?up|trial|hearing|race|marathon|audition|scan|wedding|graduation|funeral|memorial|christening|viewing|trip|holiday|vacation|ceremony|competition|tournament|match|game|conference|defen[cs]e|visit|dinner|lunch|reunion|course|class|lesson|practice|training|rehearsal|session|move|delivery)",
    ),
    ("{cancelled}", r"(?:cancell?ed|called\s+off|scrapped|dropped|axed|abandoned)"),
    (
        "{therefore}",
        r"(?:\s+(?:now|today|yesterday|again|last\s|this\s|because\s|due\s|on\s+short|at\s+the\s+last|for\s+good|altogether|completely|after\s+all|any\s*more)\b.*)?",
    ),
    ("{nth}", r"(?P<nth>second|third|fourth|fifth|sixth|seventh|eighth|2nd|3rd|4th|5th|6th|7th|8th)"),
    ("{former}", r"(?P<relation>ex(?:[- ](?:wife|husband|boyfriend|girlfriend|partner|fianc[ée]e?))?)"),
];

const MOVED: &[Row] = &[
    (
        r"{heard}{my_event}(?:(?:\s+is|\s+are|['’]s)(?:\s+(?:now|finally|officially))*\s+(?:back\s+on|on\s+again|on\s+after\s+all|(?:going\s+ahead|happening|taking\s+place)\s+after\s+all)|\s+will\s+(?:go\s+ahead|happen|take\s+place)\s+after\s+all|{was}\s+(?:reinstated|un-?cancell?ed)|{was_not}\s+(?:{cancelled}|off)(?:\s+(?:after\s+all|any\s*more))*)(?:,?\s+(?:it['’]s\s+(?:still\s+)?)?(?P<to>(?:for|on|in|at|next|this|tomorrow|today)\b[^.!?;,|]{2,60}?))?{end}",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        85,
        Again,
    ),
    (
        r"{heard}(?:they|we|i|the\s+[\p{L}-]+(?:\s+[\p{L}-]+)?)\s+(?:didn['’]t|did\s+not|haven['’]t|have\s+not|hasn['’]t|won['’]t)\s+(?:cancel(?:l?ed)?|call(?:ed)?\s+off)\s+{my_event}(?:\s+after\s+all)?{end}",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        80,
        Again,
    ),
    (
        r"{heard}{my_event}{where}{was}\s+{shifted}{anew}{end}",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        85,
        Moved,
    ),
    // What was changed or delayed may be on the same day still.
    (
        r"{heard}{my_event}(?:{was}\s+(?:changed|switched|bumped|delayed|pushed|extended)|(?:\s+has|['’]s)(?:\s+(?:just|now))*\s+(?:moved|shifted|slipped|changed)){to}{end}",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        85,
        Moved,
    ),
    (
        r"{heard}(?:my|our)\s+{event}\s+(?:just\s+|now\s+)?(?:moved|shifted|slipped|changed|moves|is\s+moving){to}{end}",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        80,
        Moved,
    ),
    (
        r"{heard}{someone}\s+(?:moved?|postponed?|re-?scheduled?|shift(?:ed)?|defer(?:red)?|put\s+(?:off|back)|push(?:ed)?\s+back|br(?:ought|ing)\s+forward|moved?\s+(?:up|back|forward))\s+{my_event}{anew}{end}",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        85,
        Moved,
    ),
    (
        r"{heard}{someone}\s+(?:put|push(?:ed)?|br(?:ought|ing)|moved?|pulled)\s+{my_event}\s+(?:off|back|forward|up){anew}{end}",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        85,
        Moved,
    ),
    (
        r"{heard}{someone}\s+(?:changed?|switched|swapped|pushed|bumped)\s+{my_event}{to}{end}",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        85,
        Moved,
    ),
    (
        r"{heard}{my_event}(?:\s+is|['’]s)\s+(?:now|actually|instead)\s+(?P<to>(?:on|in|at|next|this|tomorrow|today|the)\b[^.!?;,|]{0,60}?){end}",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        85,
        Moved,
    ),
    (
        r"{heard}{mine}\s+{event}(?:\s+is\s+(?:no\s+longer|not)|\s+isn['’]t|['’]s\s+(?:no\s+longer|not))\s+(?:on|in|at)\s+[^.!?;,|]{3,30}?[,;]?\s+(?:but(?:\s+(?:now|it['’]s))?|it['’]s(?:\s+now)?|it\s+is(?:\s+now)?)\s+(?P<to>(?:on|in|at|next|this|tomorrow)\b[^.!?;,|]{0,60}?){end}",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        85,
        Moved,
    ),
    (
        r"{heard}{my_event}\s+has\s+a\s+new\s+date\s*[:,–—-]*\s*(?P<to>[^.!?;,|]{3,60}?){end}",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        85,
        Moved,
    ),
    (
        r"(?:the|my|our)\s+new\s+(?:date|day|time)\s+(?:for|of)\s+{mine}\s+{event}\s+is\s+(?P<to>[^.!?;,|]{3,60}?){end}",
        "appointment",
        "{who} has an appointment{date}: {value}.",
        85,
        Moved,
    ),
    (
        r"{heard}{my_event}{where}(?:{was}\s+{cancelled}|(?:\s+is|['’]s)(?:\s+(?:now|all|officially))*\s+(?:off|not\s+happening|not\s+taking\s+place|no\s+longer\s+(?:happening|on|taking\s+place|going\s+ahead))|\s+(?:isn['’]t|is\s+not|won['’]t\s+be|will\s+not\s+be)\s+(?:happening|taking\s+place|going\s+ahead)|(?:\s+has|['’]s)?\s+(?:fell|fallen)\s+through|\s+(?:won['’]t|will\s+not)\s+(?:happen|take\s+place|go\s+ahead)){therefore}{end}",
        "~appointment",
        "{who} no longer has this appointment: {value}.",
        85,
        Plain,
    ),
    (
        r"{heard}{someone}\s+(?:cancel(?:l?ed)?|call(?:ed)?\s+off|scrap(?:ped)?)\s+{my_event}{therefore}{end}",
        "~appointment",
        "{who} no longer has this appointment: {value}.",
        85,
        Plain,
    ),
    (
        r"{heard}{someone}\s+call(?:ed)?\s+{my_event}\s+off{therefore}{end}",
        "~appointment",
        "{who} no longer has this appointment: {value}.",
        85,
        Plain,
    ),
    (
        r"i\s+no\s+longer\s+have\s+(?:an?|my|the|that)\s+{event}{end}",
        "~appointment",
        "{who} no longer has this appointment: {value}.",
        80,
        Plain,
    ),
    (
        r"i\s+(?:no\s+longer|don['’]t|do\s+not)\s+have\s+(?:an?|my|the|that)\s+{event}\s+(?:any\s*more|after\s+all|now){end}",
        "~appointment",
        "{who} no longer has this appointment: {value}.",
        80,
        Plain,
    ),
];

const WORK: &[Row] = &[
    (
        r"i{has}\s+quit(?:\s+work(?:ing)?)?(?P<value>)\s+(?:yesterday|today|(?:last|this|on|in)\s+\p{L}+|from\s.*|a\s+\p{L}+\s+ago|because\s.*){end}",
        "~employment",
        "{who} left their job.",
        80,
        Plain,
    ),
    (
        r"i{has}\s+(?:(?:handed|put|given|gave)\s+in\s+my\s+(?:notice|resignation)|(?:given|gave)\s+(?:in\s+)?(?:my\s+)?notice|(?:lost|quit|left|given\s+up|gave\s+up|walked\s+(?:out\s+of|away\s+from)|resigned\s+from|stepped\s+down\s+from|retired\s+from|packed\s+in)\s+my\s+(?:\p{L}+\s+)?{post}|resigned|retired|(?:taken|took)\s+(?:early\s+)?retirement|gone\s+into\s+(?:early\s+)?retirement)(?P<value>){then}{end}",
        "~employment",
        "{who} left their job.",
        90,
        Plain,
    ),
    (
        r"(?:{i'm}|i\s+was|i{has}\s+been)\s+(?:retired|unemployed|jobless|out\s+of\s+(?:work|a\s+job)|between\s+jobs|made\s+redundant|laid\s+off|let\s+go|fired|sacked|dismissed)(?P<value>){then}{end}",
        "~employment",
        "{who} left their job.",
        85,
        Plain,
    ),
    (
        r"(?:i\s+(?:no\s+longer\s+(?:work|have\s+a\s+job)|(?:don['’]t|do\s+not)\s+(?:work|have\s+a\s+job)\s+(?:any\s*more|any\s+longer|now))|{i'm}\s+(?:no\s+longer\s+(?:working|employed)|not\s+(?:working|employed)\s+(?:any\s*more|any\s+longer)))(?P<value>){stop}",
        "~employment",
        "{who} left their job.",
        80,
        Habit,
    ),
    (
        r"my\s+(?:work\s+)?contract\s+(?:has\s+|just\s+|was\s+|wasn['’]t\s+|is\s+|got\s+)*(?:ended|expired|terminated|renewed|over|up|cancelled)(?P<value>)(?:\s+(?:today|yesterday|last|this|in|on)\b.*)?{end}",
        "~employment",
        "{who} left their job.",
        80,
        Plain,
    ),
    (
        r"the\s+\p{L}+(?:\s+\p{L}+)?(?:\s+has|\s+just|['’]s)*\s+(?:made\s+me\s+redundant|let\s+me\s+go|laid\s+me\s+off|fired\s+me|sacked\s+me)(?P<value>){then}{end}",
        "~employment",
        "{who} left their job.",
        90,
        Plain,
    ),
    (
        r"{from}{starts}\s+(?:(?:my|a|the)\s+(?:new\s+)?{post}\s+|work(?:ing)?\s+|training\s+)?as\s+(?:an?|the)\s+{value}(?:\s+(?:(?P<firm>(?:at|for)\s+(?-i:\p{Lu}).*)|(?:at|for|with|in|on|next|from|tomorrow|this|soon|starting)\b.*))?{end}",
        "job",
        "{who} starts as: {value}{date}.",
        85,
        Starts,
    ),
    (
        r"{from}i(?:['’]ll|\s+will|['’]m|\s+am)\s+(?:going\s+to\s+)?(?:be\s+)?(?:working\s+as\s+)?an?\s+{occupation}(?:\s+(?:at|for|in)\s+[^.!?;,|]{2,30}?)?\s+(?:from|as\s+of|starting|beginning|next|come)\b.*$",
        "job",
        "{who} starts as: {value}{date}.",
        85,
        Starts,
    ),
    (
        r"(?:from|as\s+of|starting)\s+[\p{L}\d]+(?:\s+[\p{L}\d]+){0,3}?,?\s+i(?:['’]ll|\s+will|['’]m|\s+am)\s+(?:be\s+)?(?:working\s+as\s+)?an?\s+{occupation}{end}",
        "job",
        "{who} starts as: {value}{date}.",
        85,
        Starts,
    ),
    (
        r"{from}{starts}\s+(?:(?:my|a|the)\s+(?:new\s+)?{post}\s+|work(?:ing)?\s+)?(?:at|with|for)\s+(?P<value>(?:(?:the|an?)\s+(?:new\s+|local\s+)?(?:\p{L}+\s+){0,2}?(?:bakery|hospital|school|shop|store|firm|company|office|restaurant|caf[ée]|library|hotel|university|clinic|garage|factory|bank|museum|nursery|supermarket|agency|studio|practice|lab)|(?-i:\p{Lu})[\p{L}\p{N}&'’-]+(?:\s+(?-i:\p{Lu})[\p{L}\p{N}&'’-]+){0,3}))(?:\s+(?:on|next|from|tomorrow|this|in|soon)\b.*)?{end}",
        "employer",
        "{who} starts at {value}{date}.",
        85,
        Starts,
    ),
    (
        r"i{has}\s+left\s+(?P<value>(?-i:\p{Lu})[\p{L}\p{N}&'’-]+(?:\s+(?-i:\p{Lu})[\p{L}\p{N}&'’-]+){0,3}){ended}",
        "~employer",
        "{who} does not work for {value} any more.",
        85,
        Habit,
    ),
    (
        r"i{has}\s+(?:quit|resigned\s+from)\s+{workplace}{then}{end}",
        "~employer",
        "{who} does not work for {value} any more.",
        85,
        Plain,
    ),
    // One also stops working for the night.
    (
        r"i{has}\s+stopped\s+working(?P<value>)(?:\s+(?:for\s+good|altogether|last\s+(?:week|month|year)|in\s+(?:{month}|\d{4})))?\s*[.!…)]*\s*$",
        "~employment",
        "{who} left their job.",
        85,
        Habit,
    ),
    (
        r"i{has}\s+stopped\s+working\s+(?:at|for|with)\s+{workplace}{ended}",
        "~employer",
        "{who} does not work for {value} any more.",
        85,
        Habit,
    ),
    (
        r"i{has}\s+finished\s+(?:(?:working\s+)?(?:at|for)|with)\s+{workplace}\s+{for_good}{end}",
        "~employer",
        "{who} does not work for {value} any more.",
        80,
        Plain,
    ),
    (
        r"i\s+no\s+longer\s+(?P<value>teach|{done})(?:\s+{living})?{stop}",
        "~job",
        "{who} does not do this any more: {value}.",
        80,
        Habit,
    ),
    (
        r"i\s+(?:don['’]t|do\s+not)\s+(?P<value>teach|{done})(?:\s+{living})?\s+(?:any\s*more|any\s+longer){stop}",
        "~job",
        "{who} does not do this any more: {value}.",
        75,
        Habit,
    ),
    (
        r"i{has}\s+(?:stopped|quit|given\s+up|gave\s+up)\s+(?P<value>teaching|{done})(?:\s+{living})?{ended}",
        "~job",
        "{who} does not do this any more: {value}.",
        75,
        Habit,
    ),
    (
        r"{from}{starts}\s+(?:my|a)\s+(?P<value>new\s+{post})\b.*$",
        "plan",
        "{who} starts a {value}{date}.",
        80,
        OnDayOnly,
    ),
    (
        r"my\s+(?P<value>new\s+{post})\s+(?:starts|begins)\b.*$",
        "plan",
        "{who} starts a {value}{date}.",
        80,
        OnDayOnly,
    ),
];

const PEOPLE: &[Row] = &[
    (
        r"(?P<value>(?-i:\p{Lu}\p{Ll}[\p{L}'’-]*))(?:\s+is|['’]s)\s+(?:now\s+)?my\s+{former}{end}",
        "",
        "{who}'s {relation} is called {value}.",
        90,
        Relation,
    ),
    (
        r"(?:i\s+(?:no\s+longer|don['’]t|do\s+not)\s+have\s+an?\s+{partner}(?:\s+(?:any\s*more|any\s+longer|now))?)(?P<value>){end}",
        "~partnership",
        "{who} and their partner broke up.",
        80,
        Plain,
    ),
    (
        r"(?:i|we){has}\s+(?:had|got|have|welcomed|adopted)\s+(?:our|my|an?)\s+{nth}\s+(?P<thing>child|kid|baby|son|daughter|boy|girl|dog|cat|horse|rabbit){then}{end}",
        "has",
        "{who} has {value}.",
        85,
        Nth,
    ),
    (
        r"(?:our|my)\s+{nth}(?:\s+(?P<thing>child|kid|baby|son|daughter|boy|girl))?(?:\s+(?:has|was|is|got|just|finally))*\s+(?:been\s+)?born{then}{end}",
        "has",
        "{who} has {value}.",
        85,
        Nth,
    ),
    // How many are left, nobody says.
    (
        r"one\s+of\s+(?:my|our)\s+(?:[\p{Ll}-]+\s+)??(?P<value>dogs|cats|horses|rabbits|hamsters|parrots|birds|chickens|hens|goats|ponies|turtles|guinea\s+pigs|snakes|budgies|fish)(?:\s+(?:has|just|sadly|recently|finally|had\s+to\s+be|was))*\s+(?:(?:died|passed(?:\s+away)?|put\s+(?:to\s+sleep|down)|killed|run\s+over){death}|(?:ran\s+away|gone)(?:\s+(?:yesterday|today|last\s+\p{L}+))?\s*[.!…]*$)",
        "~has",
        "{who} no longer has all of their {value}.",
        80,
        Plain,
    ),
];

const PREFERENCE: &[Row] = &[
    (
        r"(?P<value>[\p{L}\p{N}][\p{L}\p{N}'’-]*(?:\s+[\p{L}\p{N}'’-]+){0,4}?)(?:\s+(?:is|are)|['’]s)\s+no\s+longer\s+my\s+(?:absolute\s+|all-time\s+)*favou?rite\s+{thing}{stop}",
        "~",
        "{who}'s favourite {thing} is not {value} any more.",
        85,
        Favourite,
    ),
    (
        r"(?P<value>[\p{L}\p{N}][\p{L}\p{N}'’-]*(?:\s+[\p{L}\p{N}'’-]+){0,4}?)(?:\s+(?:isn['’]t|aren['’]t|is\s+not|are\s+not)|['’]s\s+not)\s+my\s+(?:absolute\s+|all-time\s+)*favou?rite\s+{thing}\s+(?:any\s*more|any\s+longer|now){stop}",
        "~",
        "{who}'s favourite {thing} is not {value} any more.",
        85,
        Favourite,
    ),
    (
        r"my\s+(?:(?:current|absolute|all-time|present)\s+)*favou?rite\s+{thing}(?:\s+(?:now|these\s+days))?(?:\s+is|['’]s)\s+(?:no\s+longer|not)\s+[^.!?;|]{2,40}?[,;]?\s+(?:it['’]s|it\s+is|but)\s+(?:(?:now|actually|currently)\s+)*{value}(?:\s+(?:now|these\s+days|instead))*{end}",
        "",
        "{who}'s favourite {thing} is {value}.",
        95,
        Favourite,
    ),
    (
        r"my\s+(?:absolute\s+|all-time\s+)*favou?rite\s+{thing}\s+is\s+(?:no\s+longer|not)\s+(?P<value>[\p{L}\p{N}][\p{L}\p{N}'’ -]{0,40}?)(?:\s+(?:any\s*more|any\s+longer))?\s*[.!]*$",
        "~",
        "{who}'s favourite {thing} is not {value} any more.",
        85,
        Favourite,
    ),
    // Of what one likes more or less than something else, it is not told whether one likes it.
    (
        r"(?:i\s+(?:do\s+not|don['’]t|no\s+longer)\s+(?:really\s+|quite\s+)?(?:like|enjoy|love|mind)\s+[^.!?;|]*?\b(?:as\s+much|half\s+as|more\s+than|any\s+more\s+than)\b|i\s+{adverb}(?:love|like|enjoy|adore)\s+[^.!?;,|]*?\s+(?:less\b|as\s+much\s+as\b)).*$",
        "",
        "",
        0,
        Idiom,
    ),
    (
        r"i\s+{adverb}(?:love|like|enjoy|adore)\s+{value}\s+more\s+than\s+(?:anything|everything|ever|words|life)\b.*$",
        "likes",
        "{who} likes {value}.",
        80,
        Plain,
    ),
    (
        r"i\s+{adverb}(?:love|like|enjoy|adore)\s+{value}\s+(?:much\s+|far\s+|a\s+lot\s+|even\s+)?(?:more|better)\s+than\s+.*$",
        "prefers",
        "{who} prefers {value}.",
        80,
        Plain,
    ),
    (
        r"my\s+(?:(?:new|current|absolute|all-time|very|present)\s+)*favou?rite\s+{thing}(?:\s+(?:now|these\s+days))?\s+(?:(?:was|used\s+to\s+be)\s+[^.!?;|]{2,40}?[,;]?\s+(?:and\s+|but\s+)?(?:now\s+|these\s+days\s+)?(?:it['’]s|it\s+is)|has\s+(?:become|changed(?:\s+(?:from\s+[^.!?;|]{2,30}?\s+)?to)?|switched\s+to)|became|changed\s+to|is|['’]s)\s+(?:(?:now|actually|currently)\s+)*{value}(?:\s+(?:now|these\s+days|instead))*{end}",
        "",
        "{who}'s favourite {thing} is {value}.",
        95,
        Favourite,
    ),
    (
        r"(?P<value>[\p{L}\p{N}][\p{L}\p{N}'’-]*(?:\s+[\p{L}\p{N}'’-]+){0,4}?)\s+(?:is|has\s+become)\s+(?:now\s+|actually\s+|probably\s+)*my\s+(?:(?:new|current|absolute|all-time)\s+)*favou?rite\s+{thing}(?:\s+(?:now|these\s+days|of\s+all\s+time|ever))*{end}",
        "",
        "{who}'s favourite {thing} is {value}.",
        85,
        Favourite,
    ),
    (
        r"(?:it\s+turns\s+out\s+(?:that\s+)?|turns\s+out\s+(?:that\s+)?)?{come}(?:love|like|enjoy|adore|appreciate|loving|liking|enjoying|adoring|appreciating)\s+{value}{since}{end}",
        "likes",
        "{who} likes {value}.",
        80,
        Plain,
    ),
    (
        r"(?:it\s+turns\s+out\s+(?:that\s+)?|turns\s+out\s+(?:that\s+)?)i\s+(?:do\s+|actually\s+|really\s+|quite\s+)*(?:love|like|enjoy|adore)\s+{value}{since}{end}",
        "likes",
        "{who} likes {value}.",
        80,
        Plain,
    ),
    (
        r"i{has}\s+(?:warmed\s+(?:up\s+)?to|(?:taken|took)\s+a\s+(?:liking|shine)\s+to|(?:developed|acquired|got|gotten)\s+a\s+taste\s+for|fallen\s+in\s+love\s+with|come\s+(?:around|round)\s+to)\s+{liked}{since}{end}",
        "likes",
        "{who} likes {value}.",
        75,
        Plain,
    ),
    (
        r"(?P<value>[\p{L}][^.!?;,|]{0,40}?)(?:\s+has|['’]s|\s+have)\s+(?:really\s+|kind\s+of\s+|slowly\s+)*grown\s+on\s+me{since}{end}",
        "likes",
        "{who} likes {value}.",
        75,
        Plain,
    ),
    (
        r"i{has}\s+changed\s+my\s+mind\s+(?:about|on)\s+(?P<value>[^.!?;:,|]{2,40}?)\s*[,;:.—-]+\s*(?:and\s+|but\s+)?i\s+(?:now\s+|actually\s+|really\s+|quite\s+)*(?:love|like|enjoy|adore)\s+(?:it|them)\b.*$",
        "likes",
        "{who} likes {value}.",
        80,
        Plain,
    ),
    (
        r"i{has}\s+changed\s+my\s+mind\s+(?:about|on)\s+(?P<value>[^.!?;:,|]{2,40}?)\s*[,;:.—-]+\s*(?:and\s+|but\s+)?i\s+(?:now\s+|actually\s+|really\s+)*(?:hate|dislike|don['’]t\s+like|can['’]t\s+stand)\s+(?:it|them)\b.*$",
        "dislikes",
        "{who} dislikes {value}.",
        80,
        Plain,
    ),
    (
        r"(?:it\s+turns\s+out\s+(?:that\s+)?|turns\s+out\s+(?:that\s+)?)?{come}(?:hate|dislike|detest|loathe|hating|disliking|detesting)\s+{value}{since}{end}",
        "dislikes",
        "{who} dislikes {value}.",
        80,
        Plain,
    ),
    (
        r"i{has}\s+(?:gone\s+off|went\s+off|(?:grown|grew|become|became|got|gotten)\s+(?:tired|sick|weary|bored)\s+of|fallen\s+out\s+of\s+love\s+with|lost\s+(?:my|the)\s+(?:taste|appetite)\s+for|lost\s+interest\s+in)\s+{liked}{since}{end}",
        "dislikes",
        "{who} does not like {value} any more.",
        75,
        Plain,
    ),
    (
        r"{i'm}\s+(?:so\s+|really\s+|just\s+|getting\s+|completely\s+|totally\s+|absolutely\s+)*(?:sick|tired|bored|fed\s+up|over)(?:\s+(?:and\s+tired|to\s+death))?\s+(?:of|with)\s+{liked}{since}{end}",
        "~likes",
        "{who} does not like {value} any more.",
        70,
        Plain,
    ),
    (
        r"{i'm}\s+(?:not|no\s+longer)\s+(?:really\s+|that\s+|so\s+)?(?:into|fond\s+of|crazy\s+about|a\s+(?:big\s+)?fan\s+of)\s+{value}(?:\s+any\s*more)?{since}{end}",
        "~likes",
        "{who} does not like {value} any more.",
        75,
        Plain,
    ),
    (
        r"i\s+(?:no\s+longer|don['’]t|do\s+not|never)\s+(?:hate|dislike|detest|loathe|mind)\s+{value}\s*(?:\s(?:any\s*more|any\s+longer|now))+{end}",
        "~dislikes",
        "{who} does not dislike {value} any more.",
        80,
        Plain,
    ),
    (
        r"i(?:\s+no\s+longer|{has}\s+stopped)\s+(?:hat(?:e|ing)|dislik(?:e|ing)|detest(?:ing)?|loath(?:e|ing)|mind(?:ing)?)\s+{value}{end}",
        "~dislikes",
        "{who} does not dislike {value} any more.",
        80,
        Plain,
    ),
    (
        r"i\s+used\s+to\s+(?:really\s+|absolutely\s+)?(?:hate|dislike|detest|loathe)\s+{value}{end}",
        "~dislikes",
        "{who} used to dislike {value}.",
        75,
        Plain,
    ),
    (
        r"i\s+used\s+to\s+(?:really\s+|absolutely\s+)?(?:love|like|enjoy|adore)\s+{value}{end}",
        "~likes",
        "{who} used to like {value}.",
        75,
        Plain,
    ),
    (
        r"i{has}\s+stopped\s+(?:loving|liking|enjoying)\s+{value}{end}",
        "~likes",
        "{who} does not like {value} any more.",
        80,
        Plain,
    ),
];

const COUNTS: &[Row] = &[(
    r"(?:(?:i|we)(?:\s+(?:now|currently|actually|already|both))*\s+(?:have|['’]ve\s+got|have\s+got)|(?:i|we)['’]ve(?:\s+(?:now|already|just))*(?:\s+got)?)\s+(?:now\s+|actually\s+|got\s+)*(?P<value>(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|no|\d{1,2})\s+(?:{older}\s+|grown-up\s+|adult\s+|small\s+|young\s+|lovely\s+|beautiful\s+)?{counted}(?:(?:[:,]|\s+called|\s+named)\s+{Name}(?:,\s+{Name})*,?\s+(?:and|&)\s+{Name}|(?:\s*,\s*(?:an?|one|two|three|four|\d)\s+{counted})*,?\s+and\s+(?:an?|one|two|three|four|\d)\s+(?:{older}\s+)?{counted})?)(?:\s+(?:now|in\s+total|altogether|in\s+all|already))*{end}",
    "has",
    "{who} has {value}.",
    85,
    Plain,
)];

const STATUS: &[Row] = &[
    (
        r"(?:{i've}|i\s+(?:finally\s+|just\s+)?(?:got|found))\s+(?:now\s+|got\s+)?(?P<value>an?\s+(?:new\s+|lovely\s+|serious\s+)?(?:boyfriend|girlfriend|partner|husband|wife|fianc[ée]e?))(?:\s+(?:now|again|at\s+last|these\s+days))*{end}",
        "relationship status",
        "{who} has {value}.",
        80,
        Plain,
    ),
    (
        r"(?:we(?:['’]ve|\s+have|['’]re|\s+are)?(?:\s+(?:just|finally|recently|now|officially))*\s+(?:got(?:ten)?\s+)?(?P<value>engaged)(?:\s+(?:now|today|yesterday|last|this|on|in|over|at)\b.*)?{end})",
        "relationship status",
        "{who} is {value}.",
        80,
        Plain,
    ),
    // Behind "Alex and" it is told already.
    (
        r"i(?:['’]ve|\s+have)?(?:\s+(?:just|finally|recently))*\s+got(?:ten)?\s+(?P<value>engaged)\s+(?:now|today|yesterday|last|this|on|in|over|at)\b.*$",
        "relationship status",
        "{who} is {value}.",
        80,
        Plain,
    ),
    (
        r"(?:i|we)(?:['’]ve|\s+have)?(?:\s+(?:just|finally|recently))*\s+got(?:ten)?\s+(?P<value>married)(?:\s+(?:again|yesterday|today|(?:(?:last|this|on|over\s+the|at\s+the)\s+(?:past\s+)?(?:week(?:end)?|month|morning|afternoon|night|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|last\s+\p{L}+day|in\s+secret)))*{end}",
        "relationship status",
        "{who} is {value}.",
        80,
        Plain,
    ),
    (
        r"{i'm}\s+(?:now\s+|finally\s+|back\s+)?(?P<value>in\s+a\s+(?:new\s+|serious\s+|happy\s+)?relationship|seeing\s+(?:someone|somebody)|dating\s+(?:someone|somebody)(?:\s+new)?){end}",
        "relationship status",
        "{who} is {value}.",
        80,
        Plain,
    ),
];

const THINGS: &[Row] = &[
    (
        r"(?:i|we){has}\s+(?:sold|scrapped|totall?ed|got\s+rid\s+of|gotten\s+rid\s+of|given\s+away|gave\s+away|traded(?:\s+in)?|part[- ]exchanged|donated|binned)\s+(?:(?:my|our|the)\s+(?P<value>[\p{L}\p{N}][\p{L}\p{N}'’ -]{0,40}?)|(?P<it>it|them))(?:\s+(?:yesterday|today|last|this|on|in|for|because|to|and|a|two|three|when|after|online)\b.*)?{end}",
        "~has",
        "{who} no longer has the {value}.",
        80,
        Plain,
    ),
    (
        r"(?:i|we){has}\s+(?:gave|given|sold|traded|threw|thrown)\s+(?:(?:my|our|the)\s+(?P<value>[\p{L}\p{N}][\p{L}\p{N}'’ -]{0,40}?)|(?P<it>it|them))\s+(?:away|off|in|out){then}{end}",
        "~has",
        "{who} no longer has the {value}.",
        80,
        Plain,
    ),
    (
        r"(?:i|we){has}\s+(?:gave|given|donated|gifted|passed|handed)\s+(?:(?:my|our|the)\s+(?P<value>[\p{L}\p{N}][\p{L}\p{N}'’ -]{0,40}?)|(?P<it>it|them))(?:\s+(?:on|down|over))?\s+to\s+{heir}{given}{end}",
        "~has",
        "{who} no longer has the {value}.",
        80,
        Plain,
    ),
    (
        r"i\s+(?:no\s+longer|don['’]t|do\s+not)\s+(?:have|own|drive|ride)\s+(?:an?|my|our|the|that)\s+(?P<value>(?:{quality}\s+)*(?:{object}|(?-i:\p{Lu})[\p{L}\p{N}-]+))(?:\s+(?:any\s*more|any\s+longer|now))*{end}",
        "~has",
        "{who} no longer has the {value}.",
        75,
        Habit,
    ),
    (
        r"(?:(?:my|our)\s+(?P<value>(?:{quality}\s+)*(?:{object}|(?-i:\p{Lu})[\p{L}\p{N}-]+))|(?P<it>it|they)|the\s+(?P<bare>{object}))(?:\s+(?:was|were|got|has\s+been|have\s+been|is)|['’]s\s+been)(?:\s+(?:just|finally|now))*\s+(?:stolen|sold|scrapped|totall?ed|written\s+off)(?:\s+(?:yesterday|today|overnight|recently|last|this|on|in|at|a|two|three|from\s+(?:the|my|our|outside|in)\s+(?:front|street|garage|drive(?:way)?|house|flat|yard|garden|shed|work(?:place)?|station|car\s+park))\b.*)?{end}",
        "~has",
        "{who} no longer has the {value}.",
        75,
        Plain,
    ),
    (
        r"i{has}\s+(?:given\s+up|gave\s+up|dropped|packed\s+in)\s+(?:playing\s+|learning\s+|practi[cs]ing\s+)?(?:the\s+|my\s+)?{instrument}(?:\s+lessons)?{then}{end}",
        "~plays",
        "{who} does not play any more: {value}.",
        80,
        Plain,
    ),
    // One also stops at midnight.
    (
        r"i{has}\s+(?:quit|stopped)\s+(?:playing\s+|learning\s+|practi[cs]ing\s+)?(?:the\s+|my\s+)?{instrument}(?:\s+lessons)?{ended}",
        "~plays",
        "{who} does not play any more: {value}.",
        80,
        Habit,
    ),
    (
        r"i\s+(?:no\s+longer|don['’]t|do\s+not|never)\s+(?:really\s+)?play\s+(?:the\s+|my\s+)?{instrument}(?:\s+(?:any\s*more|any\s+longer|now|these\s+days))*{stop}",
        "~plays",
        "{who} does not play any more: {value}.",
        80,
        Habit,
    ),
];

const YEARLY: &[Row] = &[
    (
        r"(?:our|my|the)\s+(?:\d{1,3}(?:st|nd|rd|th)\s+)?(?P<value>{occasion})\s+anniversary{falls}(?P<day>[^?!|]{3,40})$",
        "anniversary",
        "{who}'s {value} anniversary is {date}.",
        90,
        Yearly,
    ),
    (
        r"(?:our|my)\s+(?:\d{1,3}(?:st|nd|rd|th)\s+)?anniversary(?P<value>){falls}(?P<day>[^?!|]{3,40})$",
        "anniversary",
        "{who}'s anniversary is {date}.",
        90,
        Yearly,
    ),
    (
        r"(?:the\s+)?anniversary\s+of\s+(?P<value>[\p{L}][^.!?;,|]{2,50}?){falls}(?P<day>[^?!|]{3,40})$",
        "anniversary",
        "The anniversary of {value} ({who}) is {date}.",
        85,
        Yearly,
    ),
    (
        r"(?:it['’]s\s+)?(?:on\s+)?(?P<day>{monthday}|today|tomorrow|(?:next|this)\s+\p{L}+day)\s+(?:is|was|['’]s|marks)\s+(?:also\s+)?(?:our|my)\s+(?P<value>{occasion}|)\s*anniversary(?:\s+with\s+.*)?{end}",
        "anniversary",
        "{who}'s {value} anniversary is {date}.",
        85,
        Yearly,
    ),
    (
        r"(?:it['’]s|it\s+is|today\s+is|today['’]s)\s+(?:our|my)\s+(?:\d{1,3}(?:st|nd|rd|th)\s+)?(?P<value>{occasion}|)\s*anniversary\s*(?P<day>today|tomorrow|(?:on|next|this)\s+[^?!|,]{3,30}){end}",
        "anniversary",
        "{who}'s {value} anniversary is {date}.",
        85,
        Yearly,
    ),
    (
        r"my\s+(?P<value>name[- ]?day|sobriety\s+(?:date|day)|saint['’]s\s+day|adoption\s+day|rebirth\s+day){falls}(?P<day>[^?!|]{3,40})$",
        "yearly",
        "{who}'s {value} is {date}.",
        90,
        Yearly,
    ),
    (
        r"(?:we|my\s+{partner}\s+and\s+i|(?P<spouse>{Name})\s+and\s+i|i)\s+(?P<value>got\s+married|were\s+married|married|tied\s+the\s+knot|(?:had|held)\s+our\s+wedding)\s+(?:on\s+)?(?P<day>{monthday}(?:,?\s+(?:(?:19|20)\d\d))?)\s*(?:[.!)].*)?$",
        "anniversary",
        "{who} got married on {date}.",
        85,
        Yearly,
    ),
    (
        r"(?:we|my\s+{partner}\s+and\s+i)\s+(?P<value>got\s+engaged|got\s+together|started\s+(?:dating|going\s+out)|became\s+a\s+couple|first\s+met|had\s+our\s+first\s+date)\s+(?:on\s+)?(?P<day>{monthday}(?:,?\s+(?:(?:19|20)\d\d))?)\s*(?:[.!)].*)?$",
        "yearly",
        "{who} and their partner {value} on {date}.",
        80,
        Yearly,
    ),
    (
        r"(?:(?:on\s+)?every\s+(?P<day>{monthday})|every\s+year,?\s+on\s+(?P<day2>{monthday})|on\s+(?P<day3>{monthday})\s+(?:of\s+)?(?:every|each)\s+year),?\s+(?P<value>(?:i|we|my\s+\p{L}+)\s+[^.!?;|]{3,80}?){end}",
        "yearly",
        "Every year on {date}, in {who}'s words: {value}.",
        80,
        Yearly,
    ),
    (
        r"(?P<value>(?:i|we|my\s+\p{L}+)\s+[^.!?;|]{3,80}?)\s+(?:(?:on\s+)?every\s+(?P<day>{monthday})|every\s+year\s+on\s+(?P<day2>{monthday})|on\s+(?P<day3>{monthday})\s+(?:every|each)\s+year){end}",
        "yearly",
        "Every year on {date}, in {who}'s words: {value}.",
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
