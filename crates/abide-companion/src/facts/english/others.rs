//! What the user says of others in English. Must not know what they say of themselves.

use super::PARTS;
use crate::facts::others::{Naming, OthersTables};
use crate::facts::pattern::Special::{Age, Begins, Birthday, Plain};
use crate::facts::pattern::{Pattern, Row, at_beginning};
use crate::time::compiled;

const HOME: &[Row] = &[
    (
        r"(?:{adverb}lives|{is}\s+(?:living|based))\s+(?:in|near|outside(?:\s+of)?)\s+{place}(?:\s+(?:since|for|with|now)\b.*)?{end}",
        "home",
        "{who} lives in {value}.",
        85,
        Begins,
    ),
    (
        r"(?:has\s+|['’]s\s+)?(?:just\s+|recently\s+)?moved\s+(?:back\s+)?to\s+{place}(?:\s+(?:last|in|on|two|three|a|this|when|with|for|yesterday|\d+)\b.*)?{end}",
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
    (
        r"{adverb}works\s+(?:at|for)\s+(?P<value>(?:an?\s+|the\s+)?[\p{L}\p{N}][^.!?;,|]{1,50}?)(?:\s+(?:as|since|in|now)\s+.*)?{end}",
        "employer",
        "{who} works for {value}.",
        80,
        Begins,
    ),
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
        r"['’]s\s+birthday\s+is\s+(?:on\s+)?(?:the\s+)?(?P<value>[^?!|]{3,40})$",
        "birthday",
        "The birthday of {who} is {date}.",
        90,
        Birthday,
    ),
    (
        r"(?:{is}(?:\s+(?:almost|only))?|(?:has\s+)?(?:just\s+)?turned)\s+(?P<value>\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\p{L}+teen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ]\p{L}+)?)(?:\s+years?\s+old|\s*y/?o)?(?:\s+(?:today|yesterday|last|this|on|in)\b.*)?\s*(?:[.!,;:—(].*|\s(?:and|but)\s.*)?$",
        "age",
        "{who} was {value} years old on {date}.",
        80,
        Age,
    ),
    (
        r"(?:has\s+|['’]s\s+)?(?:just\s+|sadly\s+)?(?P<value>died|passed\s+away)\b.*$",
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
    OthersTables { home: HOME, work: WORK, life: LIFE, health: HEALTH, taste: TASTE }.patterns(PARTS)
}

/// How it is told who is meant.
pub(super) fn naming() -> Naming {
    Naming {
        relation: at_beginning(
            r"(?:my|our)\s+(?:{older}\s+|late\s+|old\s+)?(?P<relation>{relatives}|{pets})(?:,?\s+(?P<name>(?-i:\p{Lu})[\p{L}-]+))?,?(?:\s+(?:who|she|he)\b)?",
            PARTS,
        ),
        pronoun: at_beginning(r"(?:(?P<she>she)|(?P<it>it)|he)\b", PARTS),
        named: "{who}'s {relation} {value}",
        unnamed: "{who}'s {relation}",
        possessives: [""; 2],
        spaced: true,
        first: at_beginning(r"i(?:(?P<am>['’]m|\s+am)\b|['’]\p{L}+|\s)", PARTS),
        first_words: &["I "],
        am_words: &["I'm "],
        relative: at_beginning(r"who\s+", PARTS),
        shared: at_beginning(r"['’]s\s|-|\p{L}|\s+(?:and|or|&)\s", PARTS),
        open: compiled(
            r"\bto\s+(?-i:\p{Ll})|\b(?:will|would|can|could|should|must|may|might|did|does|do|never|let|won['’]t|\p{L}+n['’]t|cannot)\b|['’](?:ll|d)\b",
        ),
    }
}
