//! English patterns for facts. Must not know other languages.

mod others;
mod user;

use std::sync::LazyLock;

use super::lists::ListRules;
use super::pattern::Special::{Forget, Note, Plain};
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

/// What is to be kept quiet or in mind comes before what it is about.
fn patterns() -> Vec<Pattern> {
    let tables: [(FactKind, &[Row]); 2] = [(FactKind::Avoid, AVOID), (FactKind::Note, NOTE)];
    let wishes = tables.iter().flat_map(|(kind, rows)| compile(*kind, rows, PARTS));
    wishes.chain(user::patterns()).collect()
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
