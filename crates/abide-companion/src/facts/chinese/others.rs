//! What the user says of others in Chinese. Must not know what they say of themselves.

use super::PARTS;
use crate::facts::others::{Naming, OthersTables};
use crate::facts::pattern::Special::{Age, Begins, Birthday, Plain};
use crate::facts::pattern::{Pattern, Row, at_beginning, never};
use crate::time::compiled;

const HOME: &[Row] = &[
    (r"{now}(?:住|居住|定居|生活)在\s*{place}{end}", "home", "{who}住在{value}。", 85, Begins),
    (
        r"{now}(?:上个月|去年|今年|上周|前年|昨天|刚)?(?:搬到|搬去|搬来)(?:了)?{place}(?:了|住)?{end}",
        "home",
        "{who}搬到了{value}。",
        85,
        Begins,
    ),
    (r"(?:已经|现在)?不(?:再)?住(?:在)?{place}了?{end}", "~home", "{who}不住在{value}了。", 85, Plain),
];

const WORK: &[Row] = &[
    (r"{now}是(?:一名|一个|一位|个|名)?{occupation}{end}", "job", "{who}是{value}。", 85, Begins),
    (
        r"{now}在(?:一家)?{employer}(?:上班|工作|任职|当[\p{Han}]{1,4}){end}",
        "employer",
        "{who}在{value}工作。",
        80,
        Begins,
    ),
];

const LIFE: &[Row] = &[
    (r"的?生日(?:是|在)(?P<value>[^？！?|]{2,30})$", "birthday", "{who}的生日是{date}。", 90, Birthday),
    (
        r"{now}(?:今年)?(?:已经)?(?P<value>[0-9]{1,3}|[一二三四五六七八九十]{1,4})岁(?:了)?{end}",
        "age",
        "{who}在{date}是{value}岁。",
        85,
        Age,
    ),
    (
        r"(?:已经|刚刚|刚|去年|前年|上个月|上周|昨天|今年|在[^，。]{1,10})*(?P<value>去世|过世|病逝)(?:了)?.*$",
        "died",
        "{who}{value}了。",
        90,
        Begins,
    ),
];

const HEALTH: &[Row] = &[
    (r"{now}对{value}(?:严重|有点)?过敏{end}", "allergy", "{who}对{value}过敏。", 85, Plain),
    (
        r"(?:有|得了|患有|确诊了|被诊断出|被诊断为|被确诊){illness}{end}",
        "condition",
        "{who}有{value}。",
        85,
        Plain,
    ),
    (r"{now}(?P<value>怀孕)了{end}", "condition", "{who}{value}了。", 80, Plain),
];

const TASTE: &[Row] = &[
    (
        r"(?:真的|一点都|从来|现在|已经|其实|特别|很|再也)*(?:不喜欢|不爱|讨厌|受不了){value}(?:了)?{end}",
        "dislikes",
        "{who}不喜欢{value}。",
        75,
        Plain,
    ),
    (
        r"(?:真的|也|很|非常|特别|超|最|一直|其实|挺|还是|比较)*(?:喜欢|热爱|爱吃|爱喝|爱看|爱听|爱玩){value}{end}",
        "likes",
        "{who}喜欢{value}。",
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
        relation: at_beginning(r"(?:我|我们)(?:的|家)?(?P<relation>{relatives}|{pets})(?:她|他|它)?", PARTS),
        pronoun: at_beginning(r"(?:(?P<she>她)|(?P<it>它)|他)", PARTS),
        named: "{who}的{relation}{value}",
        unnamed: "{who}的{relation}",
        possessives: [""; 2],
        spaced: false,
        first: at_beginning(r"我(?:[^们的]|$)", PARTS),
        first_words: &["我"],
        am_words: &[],
        introduces: never(),
        relative: at_beginning(r"\z", PARTS),
        shared: at_beginning(r"和|跟|与|的|们", PARTS),
        // "我有个妹妹，住在上海": it is she who lives there.
        relates: never(),
        open: compiled(r"想|要|会|打算|希望|准备|可以|能|应该|有|养|认识|遇|碰|见|找|介绍|听"),
    }
}
