//! What the user says of others in English. Must not know what they say of themselves.

use super::{PARTS, endings};
use crate::facts::others::{Naming, OthersTables};
use crate::facts::pattern::Special::{Age, Begins, Birthday, Idiom, Named, Plain};
use crate::facts::pattern::{Pattern, Row, at_beginning};
use crate::time::compiled;

const HOME: &[Row] = &[
    (r"(?:had\s+|['’]d\s+)?{moved}\s+{place}{left}", "lived in", "{who} used to live in {value}.", 75, Plain),
    (
        r"(?:{adverb}lives|{is}\s+(?:living|based))\s+(?:in|near|outside(?:\s+of)?)\s+{place}{stay}{end}",
        "home",
        "{who} lives in {value}.",
        85,
        Begins,
    ),
    (
        r"(?:has\s+|['’]s\s+)?{moved}\s+{place}(?:\s+(?:last|in|on|two|three|a|this|when|with|for|yesterday|\d+)\b.*)?{end}",
        "home",
        "{who} moved to {value}.",
        85,
        Begins,
    ),
    (
        r"(?:does\s+not|doesn['’]t|no\s+longer)\s+lives?\s+in\s+{place}(?:\s+(?:anymore|any\s+more|any\s+longer|now))?{end}",
        "~home",
        "{who} does not live in {value} any more.",
        85,
        Plain,
    ),
];

const WORK: &[Row] = &[
    (r"{adverb}works\s+{no_company}", "", "", 0, Idiom),
    (
        r"(?:{adverb}works\s+as|{is}\s+working\s+as|{is})\s+an?\s+{occupation}(?:\s+(?:at|for|in|by|from)\s+.*)?{end}",
        "job",
        "{who} is a {value}.",
        85,
        Begins,
    ),
    (
        r"{adverb}works\s+as\s+an?\s+{value}(?:\s+(?:at|for|in|since)\s+.*)?{end}",
        "job",
        "{who} works as: {value}.",
        80,
        Begins,
    ),
    (r"{adverb}works\s+(?:at|for)\s+{company}{end}", "employer", "{who} works for {value}.", 80, Begins),
    (r"(?:studies|{is}\s+studying)\s+{no_subject}", "", "", 0, Idiom),
    (
        r"(?:studies|{is}\s+studying|majors\s+in)\s+(?P<value>[\p{L}][\p{L}' -]{2,40}?)(?:\s+(?:at|in|for|since)\s+.*)?{end}",
        "studies",
        "{who} studies {value}.",
        75,
        Begins,
    ),
];

const LIFE: &[Row] = &[
    (
        r"(?:['’]s\s+name\s+is|\s*name\s+is|['’]s\s+name['’]s|\s*name['’]s|(?:is|['’]s)\s+(?:called|named)|goes\s+by)\s+{called}{end}",
        "",
        "{who} is called {value}.",
        90,
        Named,
    ),
    (r"(?:{is}(?:\s+(?:almost|only))?|(?:has\s+)?(?:just\s+)?turned)\s+{number}{no_age}", "", "", 0, Idiom),
    (
        r"['’]s\s+birthday\s+is\s+(?:on\s+)?(?:the\s+)?(?P<value>[^?!|]{3,40})$",
        "birthday",
        "The birthday of {who} is {date}.",
        90,
        Birthday,
    ),
    (
        r"(?:{is}(?:\s+(?:almost|only))?|(?:has\s+)?(?:just\s+)?turned)\s+(?P<value>{number})(?:\s+years?\s+old|\s*y/?o)?(?:\s+(?:today|yesterday|last|this|on|in)\b.*)?\s*(?:[.!,;:—(].*|\s(?:and|but)\s.*)?$",
        "age",
        "{who} was {value} years old on {date}.",
        80,
        Age,
    ),
    (
        r"(?:has\s+|['’]s\s+|had\s+)?(?:just\s+|sadly\s+|recently\s+|suddenly\s+|unexpectedly\s+|peacefully\s+|tragically\s+)?(?P<value>died|passed\s+away){death}",
        "died",
        "{who} {value}.",
        90,
        Begins,
    ),
    (
        r"{is}\s+(?P<value>married|divorced|widowed|engaged|single){end}",
        "relationship status",
        "{who} is {value}.",
        75,
        Plain,
    ),
];

const HEALTH: &[Row] = &[
    (
        r"{is}\s+(?:\p{L}+ly\s+|very\s+)?allergic\s+to\s+{value}{end}",
        "allergy",
        "{who} is allergic to {value}.",
        85,
        Plain,
    ),
    (
        r"(?:has|['’]s\s+got|{is}\s+suffering\s+from|was\s+(?:just\s+|recently\s+)?diagnosed\s+with|has\s+been\s+diagnosed\s+with)\s+(?:chronic\s+)?{illness}{end}",
        "condition",
        "{who} has {value}.",
        85,
        Plain,
    ),
    (r"{is}\s+{state}{end}", "condition", "{who} is {value}.", 80, Plain),
    (
        r"{is}\s+(?:an?\s+)?(?P<value>vegetarian|vegan|pescatarian|lactose\s+intolerant|gluten[- ]free|coeliac|celiac|kosher){end}",
        "diet",
        "{who} is {value}.",
        85,
        Plain,
    ),
];

const TASTE: &[Row] = &[
    (
        r"(?:does\s+not|doesn['’]t|no\s+longer)\s+(?:really\s+)?(?:likes?|enjoys?|loves?)\s+{value}(?:\s+(?:anymore|any\s+more|at\s+all|very\s+much|much))?{end}",
        "dislikes",
        "{who} does not like {value}.",
        75,
        Plain,
    ),
    (
        r"{adverb}(?:hates|dislikes|can['’]t\s+stand|cannot\s+stand|detests|loathes)\s+{value}{end}",
        "dislikes",
        "{who} dislikes {value}.",
        75,
        Plain,
    ),
    (
        r"{adverb}(?:loves|likes|enjoys|adores)\s+{value}(?:\s+(?:a\s+lot|so\s+much|very\s+much|the\s+most))?{end}",
        "likes",
        "{who} likes {value}.",
        75,
        Plain,
    ),
];

/// What is said of others, from behind the words that name them.
pub(super) fn patterns() -> Vec<Pattern> {
    let tables = OthersTables { home: HOME, work: WORK, life: LIFE, health: HEALTH, taste: TASTE };
    endings::others().into_iter().chain(tables.patterns(PARTS)).collect()
}

/// How it is told who is meant.
pub(super) fn naming() -> Naming {
    Naming {
        relation: at_beginning(
            r"(?:my|our)\s+(?:{older}\s+|late\s+|old\s+)?(?P<relation>{relatives}|{pets})(?:,?\s+(?P<name>(?-i:\p{Lu})[\p{L}-]+))?,?(?:\s+(?:who|she|he)\b)?",
            PARTS,
        ),
        introduces: at_beginning(
            r"(?:{i've}|we\s+have|we['’]ve|i['’]ve\s+got|(?:i|we)\s+(?:just\s+|finally\s+)?(?:adopted|got|bought))\s+(?:an?|one)\s+(?:[\p{L}-]+\s+){0,2}?(?P<relation>{relatives}|{pets})\b",
            PARTS,
        ),
        pronoun: at_beginning(r"(?:(?P<she>she|her)|(?P<it>its?)|he|his)\b", PARTS),
        named: "{who}'s {relation} {value}",
        unnamed: "{who}'s {relation}",
        possessives: [""; 2],
        spaced: true,
        first: at_beginning(r"i(?:(?P<am>['’]m|\s+am)\b|['’]\p{L}+|\s)", PARTS),
        first_words: &["I "],
        am_words: &["I'm "],
        relative: at_beginning(r"who\s+", PARTS),
        shared: at_beginning(r"['’]s\s|-|\p{L}|\s+(?:and|or|&)\s", PARTS),
        relates: compiled(r"\b(?:who|that|which|whose)\b"),
        open: compiled(
            r"\bto\s+(?-i:\p{Ll})|\b(?:will|would|can|could|should|must|may|might|did|does|do|never|let|won['’]t|\p{L}+n['’]t|cannot)\b|['’](?:ll|d)\b",
        ),
    }
}
