//! What Chinese says of what is over: partners who left, deaths, jobs, homes, illnesses; and idioms that sound like it. Must not know what else is said.

use super::PARTS;
use crate::facts::pattern::Special::{Habit, Idiom, Lost, Married, Parted, Plain};
use crate::facts::pattern::{Pattern, Row, compile_all};
use crate::store::FactKind;

/// Parts beside those that all patterns have.
const OWN_PARTS: &[(&str, &str)] = &[
    ("{whom}", r"(?P<who>(?:我家?的?)?[\p{Han}A-Za-z]{1,10}?)"),
    (
        "{lately}",
        r"(?:已经|刚刚|刚|昨天|昨晚|前天|今天|今早|今晚|早上|凌晨|上周|上个?月|上个?星期|去年|前年|终于|还是|正式|最近|就|最后|也|都|半夜)*",
    ),
    ("{apart}", r"(?:分手|离婚|分开|分了|掰了|吹了|闹掰|断了|结束)"),
];

const IDIOMS: &[Row] =
    &[(r"(?:我的?)?前(?:男友|女友|任|夫|妻)[^，。]{0,12}(?:甩了|分手|离开)", "", "", 0, Idiom)];

const HOME: &[Row] = &[
    (
        r"{我}们?{lately}搬家(?:了|啦|咯)?[，,。！!；; ]+{now}(?:我|我们)?{now}(?:住)?(?:在|到了?)\s*{place}{long}{end}",
        "home",
        "{who}住在{value}。",
        85,
        Plain,
    ),
    (
        r"{我}们?{lately}(?:从|离开了?)(?:[\p{Han}]{2,8}?)(?:搬走|搬出来|搬离)(?:了|啦)?[，,。！!；; ]+{now}(?:我|我们)?{now}(?:住)?在\s*{place}{long}{end}",
        "home",
        "{who}住在{value}。",
        85,
        Plain,
    ),
    (r"{我}(?:从小)?(?:在|是在){place}长大(?:的)?{end}", "grew up in", "{who}在{value}长大。", 85, Plain),
];

const WORK: &[Row] = &[
    (
        r"{我}{lately}(?:换|跳)了?(?:个|份)?(?:新)?(?:工作|槽|公司)(?P<value>)(?:了|啦)?{end}",
        "~employment",
        "{who}离开了原来的工作。",
        85,
        Plain,
    ),
    (
        r"(?:公司|老板|他们|单位){lately}(?:把我|将我)(?:裁|辞退|开除|炒)(?P<value>)(?:掉)?(?:了|啦)?{end}",
        "~employment",
        "{who}离开了原来的工作。",
        90,
        Plain,
    ),
];

const HEALTH: &[Row] = &[
    (
        r"{我}{now}(?:已经)?(?:没有|不再有|没){illness}(?:了|啦)+{end}",
        "~condition",
        "{who}不再有{value}。",
        85,
        Plain,
    ),
    (
        r"{我}的?{illness}(?:已经|终于|都)*(?:好了|痊愈了?|治好了){end}",
        "~condition",
        "{who}不再有{value}。",
        85,
        Plain,
    ),
    (
        r"{我}{lately}(?:现在|又|重新|终于|开始|恢复|能|可以)+(?:吃|开)(?P<value>肉|荤|鱼|海鲜|鸡蛋|奶酪)(?:了|啦)+{end}",
        "~diet",
        "{who}又吃{value}了。",
        80,
        Habit,
    ),
    (r"{我}{now}(?:没|没有|不是)(?P<value>怀孕)(?:了)?{end}", "~condition", "{who}没有怀孕。", 85, Plain),
    (
        r"(?:{我}{lately}(?:生了(?:一?个)?(?:宝宝|孩子|儿子|女儿|男孩|女孩|男宝|女宝|娃|双胞胎)|生完(?:孩子|宝宝|娃)?了?|流产了?|小产了?)|(?:我(?:们)?的?)?(?:孩子|宝宝){lately}(?:没保住|没有保住|没了))(?P<value>){end}",
        "~pregnancy",
        "{who}不再怀孕。",
        85,
        Plain,
    ),
];

const PEOPLE: &[Row] = &[
    (
        r"{我}{lately}(?:和|跟|与|同){name}{lately}(?:领证|领了证)?(?:结婚|结了婚|领证)(?:了|啦)*{end}",
        "partner",
        "{who}和{value}结婚了。",
        85,
        Married,
    ),
    (
        r"{我}{lately}(?:和|跟|与|同){name}{lately}(?:订婚|订了婚)(?:了|啦)*{end}",
        "partner",
        "{who}和{value}订婚了。",
        85,
        Plain,
    ),
    (
        r"(?:{我}们?{lately})?(?:跟|和|与|同){whom}{lately}{apart}(?:了|啦)*{long}{end}",
        "~partnership",
        "{who}和伴侣分开了。",
        85,
        Parted,
    ),
    (
        r"(?:{我}们?{lately})?(?:给|让|送|带|把){whom}{lately}(?:去|做|送去|送)*(?:了)?安乐死?(?:了|啦)?{end}",
        "put down",
        "{who}去世了。",
        85,
        Lost,
    ),
];

const OTHERS: &[Row] = &[
    (
        r"(?:现在|已经|早就)*(?:不再是|不是)我(?:的)?(?:男朋友|女朋友|男友|女友|对象|老公|老婆|丈夫|妻子|先生|太太|未婚夫|未婚妻)(?:了|啦)+{end}",
        "~partnership",
        "{who}和伴侣分开了。",
        85,
        Parted,
    ),
    (
        r"{lately}(?:把我甩了|甩了我|(?:跟|和|与)我{lately}(?:提)?(?:分手|离婚|分开|分)(?:了|啦)+|离开我了|不要我了|提了?(?:分手|离婚)(?:了)?){end}",
        "~partnership",
        "{who}和伴侣分开了。",
        85,
        Parted,
    ),
    (
        r"{lately}(?:永远(?:地)?)?(?:走了|没了|去了?(?:喵星|汪星)(?:了)?|回(?:喵星|汪星)(?:了)?|安乐死了?|不在了)(?:[，,。！!…~～\s].*)?$",
        "put down",
        "{who}去世了。",
        85,
        Lost,
    ),
    (
        r"{lately}(?:永远(?:地)?(?:离开|走)了?(?:我们|我|大家)?(?:了)?|不在了|(?:离开了?我们|走了)[，,]?(?:享年|终年).*){end}",
        "died",
        "{who}去世了。",
        85,
        Lost,
    ),
];

fn with_parts(tables: &[(FactKind, &[Row])]) -> Vec<Pattern> {
    compile_all(tables, OWN_PARTS, PARTS)
}

/// What the user says with themselves in front, or nobody.
pub(super) fn patterns() -> Vec<Pattern> {
    with_parts(&[
        (FactKind::Note, IDIOMS),
        (FactKind::Place, HOME),
        (FactKind::Work, WORK),
        (FactKind::Health, HEALTH),
        (FactKind::Person, PEOPLE),
    ])
}

/// What is said from behind the words that name somebody.
pub(super) fn others() -> Vec<Pattern> {
    with_parts(&[(FactKind::Person, OTHERS)])
}
