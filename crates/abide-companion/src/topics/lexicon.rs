//! The words by which people are named in topics, beside those that facts know. Must not know texts.

use crate::language::Language::{self, Chinese, English, French};

/// Words that say nothing about a topic.
pub(super) const EMPTY: &[&str] = &[
    "my", "the", "a", "an", "our", "his", "her", "their", "your", "of", "and", "or", "to", "in", "on",
    "with", "at", "about", "what", "that", "this", "thing", "things", "stuff", "happened", "whole", "mon",
    "ma", "mes", "le", "la", "les", "de", "du", "des", "un", "une", "et", "ou", "au", "aux", "ce", "cette",
    "son", "sa", "ses", "ton", "ta", "en", "sur", "chose", "choses", "histoire",
];

/// Words that say no more of a topic that has a name of its own: "money problems" are all that is about money.
pub(super) const VAGUE: &[&str] = &[
    "problem",
    "problems",
    "issue",
    "issues",
    "trouble",
    "troubles",
    "worry",
    "worries",
    "situation",
    "matters",
    "concerns",
    "life",
    "loss",
    "losing",
    "stress",
    "pressure",
    "pression",
    "lose",
    "lost",
    "being",
    "getting",
    "having",
    "any",
    "all",
    "anything",
    "everything",
    "related",
    "talk",
    "subject",
    "topic",
    "problème",
    "problèmes",
    "souci",
    "soucis",
    "ennuis",
    "affaires",
    "vie",
    "perte",
    "perdre",
    "perdu",
    "question",
    "questions",
    "sujet",
    "sujets",
    "tout",
    "toute",
    "rapport",
    "avec",
    "état",
];

/// The same behind a Chinese topic.
pub(super) const VAGUE_CHARACTERS: &[&str] = &[
    "问题",
    "情况",
    "状况",
    "方面",
    "话题",
    "事情",
    "的事",
    "上的事",
    "相关",
    "压力",
    "烦恼",
    "問題",
    "情況",
    "狀況",
    "話題",
];

/// Words that say that somebody is the user's own.
pub(super) const OWN: &[&str] = &["my", "our", "mon", "ma", "mes", "notre", "nos"];

/// Words that say that somebody is another's.
pub(super) const OTHERS: &[&str] =
    &["his", "her", "their", "your", "its", "son", "sa", "ses", "leur", "leurs", "ton", "ta", "tes", "votre"];

/// What stands behind a French word for somebody, and describes them.
pub(super) const DESCRIBING: &[&str] = &[
    "aîné",
    "aînée",
    "cadet",
    "cadette",
    "jumeau",
    "jumelle",
    "décédé",
    "décédée",
    "défunt",
    "défunte",
    "biologique",
];

/// What people are called beside the words that facts are found by, with what they are to the user.
pub(super) const FURTHER: &[(Language, &str, &str)] = &[
    (English, "mummy", "mother"),
    (English, "mommy", "mother"),
    (English, "mama", "mother"),
    (English, "momma", "mother"),
    (English, "mam", "mother"),
    (English, "daddy", "father"),
    (English, "papa", "father"),
    (English, "sis", "sister"),
    (English, "hubby", "husband"),
    (English, "granny", "grandmother"),
    (English, "gran", "grandmother"),
    (English, "nana", "grandmother"),
    (English, "granddad", "grandfather"),
    (English, "grandad", "grandfather"),
    (English, "gramps", "grandfather"),
    (English, "auntie", "aunt"),
    (English, "coworker", "colleague"),
    (English, "co-worker", "colleague"),
    (English, "housemate", "roommate"),
    (English, "exes", "former partner"),
    (English, "ex-husband", "former partner"),
    (English, "ex-wife", "former partner"),
    (English, "ex-boyfriend", "former partner"),
    (English, "ex-girlfriend", "former partner"),
    (English, "ex-partner", "former partner"),
    (English, "ex husband", "former partner"),
    (English, "ex wife", "former partner"),
    (English, "ex boyfriend", "former partner"),
    (English, "ex girlfriend", "former partner"),
    (English, "ex partner", "former partner"),
    (English, "former husband", "former partner"),
    (English, "former wife", "former partner"),
    (English, "former partner", "former partner"),
    (French, "époux", "husband"),
    (French, "épouse", "wife"),
    (French, "mec", "boyfriend"),
    (French, "frangin", "brother"),
    (French, "frangine", "sister"),
    (French, "mémé", "grandmother"),
    (French, "mamy", "grandmother"),
    (French, "papy", "grandfather"),
    (French, "pépé", "grandfather"),
    (French, "tata", "aunt"),
    (French, "tatie", "aunt"),
    (French, "tonton", "uncle"),
    (French, "ex-mari", "former partner"),
    (French, "ex-femme", "former partner"),
    (French, "ex-copain", "former partner"),
    (French, "ex-copine", "former partner"),
    (French, "ex-compagnon", "former partner"),
    (French, "ex-compagne", "former partner"),
    (Chinese, "妈", "mother"),
    (Chinese, "爸", "father"),
    (Chinese, "爹", "father"),
    (Chinese, "姐", "sister"),
    (Chinese, "妹", "sister"),
    (Chinese, "哥", "brother"),
    (Chinese, "弟", "brother"),
    (Chinese, "祖母", "grandmother"),
    (Chinese, "外祖母", "grandmother"),
    (Chinese, "祖父", "grandfather"),
    (Chinese, "外祖父", "grandfather"),
    (Chinese, "媳妇", "wife"),
    (Chinese, "男友", "boyfriend"),
    (Chinese, "女友", "girlfriend"),
    (Chinese, "前任", "former partner"),
    (Chinese, "前夫", "former partner"),
    (Chinese, "前妻", "former partner"),
];

/// Words for several at once.
pub(super) const GROUPS: &[(&str, &[&str])] = &[
    ("parents", &["mother", "father"]),
    ("父母", &["mother", "father"]),
    ("爸妈", &["mother", "father"]),
    ("kids", &["son", "daughter"]),
    ("children", &["son", "daughter"]),
    ("enfants", &["son", "daughter"]),
    ("孩子", &["son", "daughter"]),
    ("siblings", &["brother", "sister"]),
    ("grandparents", &["grandmother", "grandfather"]),
    ("grands-parents", &["grandmother", "grandfather"]),
    ("family", FAMILY),
    ("famille", FAMILY),
    ("家人", FAMILY),
    ("家里人", FAMILY),
];

const FAMILY: &[&str] = &[
    "mother",
    "father",
    "sister",
    "brother",
    "son",
    "daughter",
    "grandmother",
    "grandfather",
    "aunt",
    "uncle",
    "cousin",
    "niece",
    "nephew",
];

/// Chinese words that tell apart whom other languages have one word for.
pub(super) const FINER: &[&[&str]] = &[
    &["姐姐", "姐"],
    &["妹妹", "妹"],
    &["哥哥", "哥"],
    &["弟弟", "弟"],
    &["奶奶", "祖母"],
    &["外婆", "姥姥", "外祖母"],
    &["爷爷", "祖父"],
    &["外公", "姥爷", "外祖父"],
    &["阿姨"],
    &["姑姑"],
    &["舅舅"],
    &["叔叔"],
    &["表哥"],
    &["表姐"],
    &["表弟"],
    &["表妹"],
    &["堂哥"],
    &["堂姐"],
    &["堂弟"],
    &["堂妹"],
    &["前男友", "前任"],
    &["前女友", "前任"],
];

/// What must stand before a word for somebody that is one character, which may be part of another word.
pub(super) const BEFORE_ONE_CHARACTER: &str = "我你他她您们的老大二三只匹条头养喂骑遛爱欢恨怕和跟对";

/// Chinese words for animals that are part of many other words: not looked for, unless the topic was said by them.
pub(super) const ORDINARY: &[&str] = &["马", "鱼", "鸟"];

/// Words of one language that mean something else in another.
pub(super) const AMBIGUOUS: &[&str] = &["son", "chat", "chatte", "chats", "patron", "patrons"];

/// Names that are words, too, when they begin with a small letter.
pub(super) const ALSO_WORDS: &[&str] = &[
    "will", "mark", "rose", "grace", "joy", "hope", "faith", "may", "june", "april", "august", "jack",
    "bill", "rob", "pat", "sue", "art", "bob", "dawn", "eve", "guy", "rich", "sky", "summer", "autumn",
    "ivy", "lily", "daisy", "violet", "olive", "ruby", "pearl", "amber", "frank", "drew", "chance", "max",
    "penny", "lucky", "bear", "honey", "pierre", "claire", "blanche", "fleur", "marine", "prune", "rémy",
    "an", "so",
];
