//! What the user says of others in Chinese. Must not know what they say of themselves.

use super::{PARTS, endings};
use crate::facts::others::{Naming, OthersTables};
use crate::facts::pattern::Special::{Age, Begins, Birthday, Named, Plain};
use crate::facts::pattern::{Pattern, Row, anywhere, at_beginning, never};

const HOME: &[Row] = &[
    (r"{now}(?:住|居住|定居|生活)在\s*{place}{long}{end}", "home", "{who}住在{value}。", 85, Begins),
    (
        r"{now}(?:上个月|去年|今年|上周|前年|昨天|刚)?(?:搬到|搬去|搬来)(?:了)?{place}(?:来|去|住)?{long}{end}",
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
    // "笑死了" has another character first.
    (
        r"(?:已经|刚刚|刚|去年|前年|上个月|上周|昨天|今年|今天|早上|昨晚)*(?P<value>死)了{end}",
        "died",
        "{who}{value}了。",
        85,
        Begins,
    ),
    (r"的?(?:名字)?(?:叫做|叫|名叫)\s*{name}{end}", "", "{who}叫{value}。", 90, Named),
    (r"的?生日(?:是|在)(?P<value>[^？！?|]{2,30})$", "birthday", "{who}的生日是{date}。", 90, Birthday),
    (
        r"{now}(?:今年)?(?:已经)?(?P<value>[0-9]{1,3}|[一二三四五六七八九十]{1,4})岁(?:了)?{end}",
        "age",
        "{who}在{date}是{value}岁。",
        85,
        Age,
    ),
    (
        r"(?:已经|刚刚|刚|去年|前年|上个月|上周|昨天|今年|[在因][^，。]{1,10}|(?:[0-9]{4}年)?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})月(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[日号]|[0-9]{4}年)*(?P<value>去世|过世|病逝|离世|逝世|不在人世)(?:了)?.*$",
        "died",
        "{who}{value}了。",
        90,
        Begins,
    ),
];

const HEALTH: &[Row] = &[
    (
        r"{now}对{value}(?:其实|现在|已经|早就|一点|完全|根本|都|也|并)*(?:不|没有?)(?:再|会|怎么)?过敏(?:了|啦|的)?{end}",
        "~allergy",
        "{who}对{value}不过敏。",
        85,
        Plain,
    ),
    (
        r"{now}对{value}(?:严重|有点|有些|很|非常|特别|比较|会|超级|都|也)*过敏(?:的|啊|呢|哦|史)?{end}",
        "allergy",
        "{who}对{value}过敏。",
        85,
        Plain,
    ),
    (
        r"(?:有|得了|患有|确诊了|被诊断出|被诊断为|被确诊){illness}{end}",
        "condition",
        "{who}有{value}。",
        85,
        Plain,
    ),
    (r"{now}(?P<value>怀孕)(?:快)?{long}了{end}", "condition", "{who}{value}了。", 80, Plain),
];

const TASTE: &[Row] = &[
    (
        r"(?:真的|一点都|从来|现在|已经|其实|特别|很|最|再也)*(?:不再喜欢|不喜欢|不爱吃|不爱喝|不爱|讨厌|受不了){value}(?:了)?{end}",
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
    let tables = OthersTables { home: HOME, work: WORK, life: LIFE, health: HEALTH, taste: TASTE };
    endings::others().into_iter().chain(tables.patterns(PARTS)).collect()
}

/// How it is told who is meant.
pub(super) fn naming() -> Naming {
    Naming {
        relation: at_beginning(
            r"(?:我们|咱们|我|咱|俺)(?:的|家)?(?P<relation>{relatives}|{pets})(?:她|他|它)?",
            PARTS,
        ),
        pronoun: at_beginning(r"(?:(?P<she>她)|(?P<it>它)|他)", PARTS),
        named: "{who}的{relation}{value}",
        unnamed: "{who}的{relation}",
        possessives: [""; 2],
        spaced: false,
        // What may be whoever is the user's ("我同学是医生") is not they.
        first: at_beginning(
            r"(?:我|俺|咱)(?:$|[\s，,]|叫|姓|是|在|住|有|没|喜|爱|讨|很|也|都|还|就|最|想|要|会|能|可|不|去|来|从|对|今|现|目|刚|已|一直|其实|真|特|超|挺|比|每|搬|养|做|当|换|跳|辞|离|失|分|学|读|教|用|买|打|准|计|希|觉|知|认为|以前|之前|曾|得了|患|信|吃|喝|玩|看|听|写|说|[0-9一二三四五六七八九十])",
            PARTS,
        ),
        first_words: &["我"],
        am_words: &[],
        introduces: at_beginning(
            r"(?:我们家|我们|我家|我|咱家|俺){now}(?:有|养了|养|领养了|收养了|捡了|买了)(?:一)?(?:个|只|条|位|匹)[\p{Han}]{0,3}?(?P<relation>{relatives}|{pets})",
            PARTS,
        ),
        relative: at_beginning(r"\z", PARTS),
        shared: at_beginning(r"和|跟|与|的|们|妈|爸|俩", PARTS),
        // "我有个妹妹，住在上海": it is she who lives there.
        relates: never(),
        open: anywhere(r"想|要|会|打算|希望|准备|可以|能|应该|有|养|认识|遇|碰|见|找|介绍|听"),
    }
}
