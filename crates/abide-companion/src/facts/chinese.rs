//! Chinese patterns for facts, in simplified characters and the traditional ones that differ most. Must not know other languages.

mod brief;
mod changes;
mod endings;
mod others;
mod wishes;
mod words;

use std::sync::LazyLock;

use regex::Regex;

use self::wishes::{AVOID, NOTE};
pub(super) use self::words::RELATIONS;
use self::words::{DESCRIBED, NOT_NAMES, NOT_PLACES, PARTS, SPEECH};
use super::lists::ListRules;
use super::pattern::Special::{
    Age, Begins, Birthday, BirthdayNow, Habit, Idiom, OnDay, OnDayOnly, Plain, Relation,
};
use super::pattern::{Grammar, Pattern, Row, anywhere, compile_all, never};
use crate::language::Language;
use crate::store::FactKind;

const IDENTITY: &[Row] = &[
    (
        r"{我}(?:的名字)?(?:叫做|叫|名叫|的名字叫|的名字是)\s*{name}(?:哦|啊|呀|哈|啦)?(?:(?:是|今年|来自|住在).*)?{end}",
        "name",
        "{who}的名字是{value}。",
        95,
        Plain,
    ),
    (
        r"(?:你可以|你就|大家都?|朋友们?都?|同学们?都?|同事们?都?|请|都)?(?:叫|喊)我\s*{name}(?:吧|就好了?|就行了?|就可以了?)?{end}",
        "name",
        "{who}叫{value}。",
        85,
        Plain,
    ),
    (
        r"{我}{now}(?:今年)?(?:已经)?(?P<value>[0-9]{1,3}|[一二三四五六七八九十]{1,4})岁(?:了|啦|半)*{end}",
        "age",
        "{who}在{date}是{value}岁。",
        90,
        Age,
    ),
    (
        r"{我}的?生日(?:是|在)(?:每年)?(?:的)?(?P<value>[^？！?|]{2,30})$",
        "birthday",
        "{who}的生日是{date}。",
        95,
        Birthday,
    ),
    (
        r"(?:就是|是|过)?我的?生日(?:就是|是|在)?(?P<value>今天|明天|后天){end}",
        "birthday",
        "{who}的生日是{date}。",
        90,
        Birthday,
    ),
    (
        r"(?:就)?(?:是|过)?{我}的?(?P<value>生日)(?:了|啦|哦|呢)*{end}",
        "birthday",
        "{who}的生日是{date}。",
        90,
        BirthdayNow,
    ),
    (
        r"(?P<value>今天|明天|后天|[0-9一二三四五六七八九十]{1,3}月[0-9一二三四五六七八九十]{1,3}[日号])(?:就)?(?:是|过)?我的?生日(?:了|啦|哦|呢)*{end}",
        "birthday",
        "{who}的生日是{date}。",
        90,
        Birthday,
    ),
    (
        r"{我}(?:是)?(?:出生于|生于|在)?(?P<value>[0-9零〇一二三四五六七八九十]{2,4}年[^？！?|]{2,14}?[日号])(?:出生|生)?(?:的)?{end}",
        "birthday",
        "{who}的生日是{date}。",
        90,
        Birthday,
    ),
    (
        r"{我}(?:的)?{relation}的?生日(?:是|在)(?P<value>[^？！?|]{2,30})$",
        "birthday",
        "{who}的{relation}的生日是{date}。",
        90,
        Birthday,
    ),
    (r"{我}(?:是)?来自\s*{place}{end}", "origin", "{who}来自{value}。", 85, Plain),
    (r"{我}(?:从小)?(?:在|是在){place}(?:长大|出生)(?:的)?{end}", "origin", "{who}来自{value}。", 85, Plain),
    (
        r"{我}是(?P<value>[\p{Han}&&[^一个個好坏的男女普客你他她这那]]{2,5})人{end}",
        "origin",
        "{who}是{value}人。",
        80,
        Plain,
    ),
    (r"{我}的?老家(?:在|是){place}(?:的|人)?{end}", "origin", "{who}的老家在{value}。", 85, Plain),
    (r"{我}的?母语是{value}{end}", "native language", "{who}的母语是{value}。", 95, Plain),
    (
        r"{我}会(?:说|讲)(?P<value>[\p{Han}]{1,3}(?:语|文|话)(?:和[\p{Han}]{1,3}(?:语|文|话))?){end}",
        "speaks",
        "{who}会说{value}。",
        85,
        Plain,
    ),
    (
        r"{我}{now}(?:是)?(?P<value>单身|离异|离婚|分居|已婚|结婚|订婚)(?:的|了)*{long}{end}",
        "relationship status",
        "{who}：{value}。",
        80,
        Plain,
    ),
];

const HOME: &[Row] = &[
    (
        r"{我}(?:和[\p{Han}]{1,6})?{now}(?:住|居住|定居|生活)在\s*{place}{long}{end}",
        "home",
        "{who}住在{value}。",
        95,
        Begins,
    ),
    (
        r"{我}{now}住(?P<value>[\p{Han}&&[^在得院校不一二三四五六七八九十进过哪单双隔楼宾酒了的着这那家你他她外里下上惯满]][\p{Han}]{1,5}?)(?:这边|那边)?{long}{end}",
        "home",
        "{who}住在{value}。",
        85,
        Begins,
    ),
    (r"{我}{now}(?:们?家(?:住)?在|家住){place}{end}", "home", "{who}住在{value}。", 90, Begins),
    (
        r"{我}们?{now}(?:上个月|去年|今年|上周|前年|昨天|刚)?(?:搬家)?(?:搬到|搬去|搬来|搬到了|搬去了|搬来了|移居到)(?:了)?{place}(?:来|去|住)?{long}{end}",
        "home",
        "{who}搬到了{value}。",
        90,
        Begins,
    ),
    (
        r"{我}(?:已经|现在|早就)*不(?:再)?住(?:在)?{place}(?:了|啦)*{end}",
        "~home",
        "{who}不住在{value}了。",
        95,
        Habit,
    ),
    (
        r"{我}(?:以前|曾经|小时候|之前)住(?:过|在){place}(?:过)?{end}",
        "lived in",
        "{who}以前住在{value}。",
        85,
        Plain,
    ),
];

const WORK: &[Row] = &[
    (r"{我}{now}是(?:一名|一个|一位|个|名)?{occupation}{end}", "job", "{who}是{value}。", 85, Begins),
    (
        r"{我}{now}(?:不再是|不是|不做|不当)(?:一名|一个|个)?{occupation}了{end}",
        "~job",
        "{who}不再是{value}。",
        90,
        Habit,
    ),
    (r"{我}的?(?:工作|职业)是{value}{end}", "job", "{who}的工作是{value}。", 85, Begins),
    (
        r"{我}{now}(?P<firm>在(?:[\p{Han}]{1,8}的)?(?:一家|一所|一个)?{school})?教(?:的是)?(?P<value>(?:小学|初中|中学|高中|大学)?(?:数学|英语|语文|物理|化学|生物|历史|地理|政治|音乐|美术|体育|法语|德语|日语|中文|汉语|舞蹈|瑜伽|钢琴|画画|编程|计算机)){end}",
        "teaches",
        "{who}教{value}。",
        80,
        Begins,
    ),
    (
        r"{我}{now}在(?:一家)?{employer}(?:上班|工作|任职|当[\p{Han}]{1,4}){end}",
        "employer",
        "{who}在{value}工作。",
        80,
        Begins,
    ),
    (r"{我}{now}(?:在)?学习(?:怎么|如何|很|不|完|好|得|了|一下|成绩|压力|效率|任务|的)", "", "", 0, Idiom),
    (r"{我}{now}是学(?P<value>[\p{Han}]{2,8}?)(?:专业)?的{end}", "studies", "{who}学{value}。", 80, Begins),
    (
        r"{我}{now}(?:在(?:学校|大学)?)?(?:学习|攻读|主修|的专业是){value}(?:专业)?{end}",
        "studies",
        "{who}学{value}。",
        75,
        Begins,
    ),
    (
        r"{我}{now}在(?P<value>[\p{Han}]{2,12}(?:大学|学院|中学|学校))(?:读书|上学|念书|学习)?{end}",
        "school",
        "{who}在{value}上学。",
        85,
        Begins,
    ),
];

const PEOPLE: &[Row] = &[
    // What somebody is may also be what they do.
    (
        r"{我}(?:的)?{relation}(?:就)?是\s*(?P<value>[小阿][\p{Han}&&[^学孩偷贩丑说型朋伙子弟]]{1,2}|(?-i:\p{Lu}\p{Ll})[\p{L}]{1,12}){end}",
        "",
        "{who}的{relation}叫{value}。",
        85,
        Relation,
    ),
    (
        r"{我}(?:的)?{relation}(?:的名字)?(?:叫做|叫|名叫|是叫)\s*{name}{end}",
        "",
        "{who}的{relation}叫{value}。",
        95,
        Relation,
    ),
    (
        r"{我}有(?:一?个|一位){relation}(?:，|,)?(?:名字)?叫\s*{name}{end}",
        "",
        "{who}的{relation}叫{value}。",
        95,
        Relation,
    ),
    (
        r"{我}(?:们)?{now}(?:家)?(?:有|养了|养|领养了)(?:一)?(?:只|条|匹|头)[\p{Han}]{0,4}?{pet}(?:，|,)?(?:它)?(?:的)?(?:名字)?叫(?:做)?\s*{name}{end}",
        "",
        "{who}有一只{relation}，叫{value}。",
        95,
        Relation,
    ),
    (
        r"{我}(?:家|们)?(?:的)?{pet}(?:的名字)?(?:叫做|叫|名叫)\s*{name}{end}",
        "",
        "{who}有一只{relation}，叫{value}。",
        95,
        Relation,
    ),
    (
        r"{我}(?:们)?{now}(?:和|跟)?(?:我)?(?:的)?(?:男朋友|女朋友|男友|女友|对象|他|她|老公|老婆|丈夫|妻子|先生|太太)?{now}(?:上个?月|上周|去年|今年|昨天|前天|上个?星期|刚刚|两个?月前|半年前|三年前)?(?:分手|离婚|分居|分开)(?P<value>)(?:了|啦){long}{end}",
        "~partnership",
        "{who}和伴侣分开了。",
        85,
        Plain,
    ),
];

const PREFERENCE: &[Row] = &[
    (
        r"{我}{now}{very}(?:害怕|恐惧)(?P<value>[^。！？，,；;、.!?|的了吗呢\s你他她它我这那不没得自什谁失忘来迟赶出被会有太做去变再][^。！？，,；;.!?|]{0,10}?)(?:了|啦|呢)?{end}",
        "fears",
        "{who}怕{value}。",
        80,
        Plain,
    ),
    (
        r"{我}{now}{very}怕(?P<value>[大小]?(?:蜘蛛|蛇|狗|猫|老鼠|蟑螂|虫子?|毛毛虫|鬼|黑|高|打雷|雷|打针|针|水|血|疼|痛|冷|热|痒|火|鸟|蜜蜂|青蛙|癞蛤蟆|牙医|看牙|坐飞机|飞机|电梯)(?:(?:和|跟|、)[\p{Han}]{1,4})?)(?:了|啦|呢)?{end}",
        "fears",
        "{who}怕{value}。",
        80,
        Plain,
    ),
    (
        r"{我}{now}(?:已经|一点也|一点都|其实|再也)*不(?:再)?(?:害怕|怕){value}(?:了|啦)?{end}",
        "~fears",
        "{who}不怕{value}。",
        80,
        Plain,
    ),
    (
        r"{我}(?:真的|一点都|一点也|从来|现在|已经|早就|其实|特别|很|最|超|超级|非常|真|就是|都|也|再也)*(?:不再喜欢|不再爱|不喜欢|不爱吃|不爱喝|不爱|讨厌|受不了){value}(?:了|啦)?{end}",
        "dislikes",
        "{who}不喜欢{value}。",
        85,
        Plain,
    ),
    (
        r"{我}(?:真的|也|很|好|非常|特别|超级|超|最|一直|其实|挺|还是|比较|真|都|就|从小就?|从小)*(?:喜欢|热爱|爱吃|爱喝|爱看|爱听|爱玩){value}(?:的)?(?:了|啦|呢|呀|啊|哦)?{end}",
        "likes",
        "{who}喜欢{value}。",
        80,
        Plain,
    ),
    (
        r"(?:比起[^，,]{1,12}[，,])?{我}更(?:喜欢|爱){value}{end}",
        "prefers",
        "{who}更喜欢{value}。",
        80,
        Plain,
    ),
];

const HEALTH: &[Row] = &[
    (r"{我}{now}(?:对.{1,20})?(?:不太|不怎么|没怎么)(?:会)?过敏", "", "", 0, Idiom),
    (
        r"{我}{now}对{value}(?:其实|现在|已经|早就|一点|完全|根本|都|也|并|好像)*(?:不|没有?)(?:再|会|怎么)?过敏(?:了|啦|的)?{end}",
        "~allergy",
        "{who}对{value}不过敏。",
        90,
        Plain,
    ),
    (
        r"{我}{now}对{value}(?:严重|有点|有些|很|非常|特别|比较|会|超级|都|也)*过敏(?:的|啊|呢|哦|史)?{end}",
        "allergy",
        "{who}对{value}过敏。",
        95,
        Plain,
    ),
    (
        r"{我}{now}(?:不再|不)(?:是|吃)(?:个)?{diet}(?:了|啦)+{end}",
        "~diet",
        "{who}的饮食不再是：{value}。",
        90,
        Plain,
    ),
    (r"{我}{now}(?:是|吃)(?:个)?{diet}(?:的)?{long}{end}", "diet", "{who}的饮食：{value}。", 90, Plain),
    (
        r"{我}(?:有|得了|患有|确诊了|被诊断出|被诊断为|被确诊){illness}{end}",
        "condition",
        "{who}有{value}。",
        90,
        Plain,
    ),
    (r"{我}{now}(?P<value>怀孕)(?:快)?{long}了{end}", "condition", "{who}{value}了。", 85, Plain),
];

const DATES: &[Row] = &[
    (
        r"{我}?.{0,16}?(?:有(?:一)?(?:个|场|次)?|约了|预约了|要参加|要去)(?P<value>[\p{Han}]{0,6}?(?:面试|考试|会议|手术|演讲|音乐会|演唱会|体检|牙医|婚礼|约会|聚会|比赛|航班|答辩|看病|看牙医|看医生|复查|派对|课)){end}",
        "appointment",
        "{who}有安排{date}：{value}。",
        80,
        OnDayOnly,
    ),
    (
        r"{我}们?的?{event}(?:的?(?:时间|日期|日子))?(?:现在|最后|其实|还是|最终|改)*(?:是|在|定在|安排在|改在).*$",
        "appointment",
        "{who}有安排{date}：{value}。",
        85,
        OnDayOnly,
    ),
];

const PLANS: &[Row] = &[
    (
        r"{我}(?:的?计划(?:有|赶|没|是|被|泡汤|变|得)|{now}(?:打算|准备)(?:睡|出门|吃|下班|上班|走|起床|洗|休息|回家|上床|关灯|去睡|去吃|去洗|去上班))",
        "",
        "",
        0,
        Idiom,
    ),
    // Whoever is ready, or has made supper ready, plans nothing.
    (
        r"{我}{now}(?:打算|计划|准备)(?P<value>[^。！？，,；;、.!?|的了吗呢好着过\s][^。！？，,；;.!?|]{0,40}?){end}",
        "plan",
        "{who}打算{value}{date}。",
        75,
        OnDay,
    ),
    (
        r"{我}{now}(?:想要|想|希望能|希望)(?P<value>(?:学会|学|成为|当[^年时初天然地中下场]|做一?[个名]|去旅行|写一?本|搬到|买房|买车|买一?(?:套|辆|栋|台|部|架|把|艘)|开始|完成|读完|跑|开一?家|戒|减肥|存钱|领养)[^。！？，,；;.!?|]{0,30}?){end}",
        "goal",
        "{who}想{value}。",
        75,
        Plain,
    ),
    (r"{我}的?(?:梦想|目标)是{value}{end}", "goal", "{who}的目标是{value}。", 85, Plain),
    (
        r"{我}(?:跟你|向你)?(?:保证|答应你|发誓|承诺)(?:我)?(?:会|一定)?{value}{end}",
        "promise",
        "{who}答应过{value}{date}。",
        80,
        OnDay,
    ),
];

const THINGS: &[Row] = &[
    (
        r"{我}们?{now}(?:买了|拥有|开的是|有)(?P<value>(?:一|两|[0-9])(?:辆|台|部|把|套|架|本|艘|栋)[^。！？，,；;.!?|]{1,20}?){end}",
        "has",
        "{who}有{value}。",
        70,
        Plain,
    ),
    (r"{我}{now}(?:会)?(?:弹|拉|吹|打){instrument}{end}", "plays", "{who}演奏{value}。", 70, Plain),
];

const BELIEF: &[Row] = &[
    (
        r"{我}(?:是)?(?:信|信仰|信奉)(?P<value>佛教|佛|基督教|天主教|伊斯兰教|道教){end}",
        "religion",
        "{who}信{value}。",
        85,
        Plain,
    ),
    (
        r"{我}是(?:一个|个|一名)?(?P<value>佛教徒|基督徒|天主教徒|穆斯林|无神论者){end}",
        "religion",
        "{who}是{value}。",
        85,
        Plain,
    ),
    (r"{我}(?:坚信|始终相信|一直相信){value}{end}", "believes", "{who}相信{value}。", 65, Plain),
];

/// Tables of what the user wants of the companion.
const WISHES: usize = 2;

fn patterns() -> Vec<Pattern> {
    let tables: [(FactKind, &[Row]); 12] = [
        (FactKind::Avoid, AVOID),
        (FactKind::Note, NOTE),
        (FactKind::Identity, IDENTITY),
        (FactKind::Health, HEALTH),
        (FactKind::Place, HOME),
        (FactKind::Person, PEOPLE),
        (FactKind::Work, WORK),
        (FactKind::Date, DATES),
        (FactKind::Preference, PREFERENCE),
        (FactKind::Goal, PLANS),
        (FactKind::Possession, THINGS),
        (FactKind::Note, BELIEF),
    ];
    let longer = |tables| compile_all(tables, &[], PARTS);
    let (wishes, facts) = tables.split_at(WISHES);
    longer(wishes)
        .into_iter()
        .chain(endings::patterns())
        .chain(brief::first())
        .chain(changes::TABLES.first())
        .chain(longer(facts))
        .chain(brief::patterns())
        .chain(changes::TABLES.last())
        .collect()
}

/// See [`Grammar::tags`]: whether it is known or was told already, and what is thought of it, but not whether it is so (对吧).
fn tags() -> Regex {
    let doubts = r"(?:你说)?(?:不)?(?:对|是|没错|真的|行|应该|没记错|有错)(?:不对|不是)?(?:吧|吗|么|嘛|的吧|的吗)?|(?:还)?是不是(?:这样|真的)?(?:啊|呀)?|不是吗";
    let knows =
        r"(?:记得|知道|听说|忘|看见|看到|看出来|明白|懂|相信|想到|想不到|猜到|听过|了解)(?:过|了|到|的)*";
    let asks = r"(?:吗|吧|么|嘛|不|没有?|呀|啊)?";
    let judged = r"(?:好听|可爱|厉害|有意思|有趣|好玩|好笑|搞笑|神奇|巧|棒|酷|帅|漂亮|美|特别|不错|好看|独特|奇怪|意外|甜|温柔|惊喜)";
    let pattern = format!(
        r"(?P<doubts>(?:(?:\s*[，,；;]|\s*[-–—]+)\s*(?:{doubts})(?:\s*[，,][^？?]*)?|还是[^？?]*)\s*[？?！!]*[？?][？?！!\s]*$)|(?:\s*[，,；;]|\s*[-–—]+)\s*(?:(?:你|您)(?:(?:还|应该|早就?|也|不会|没有?|不|该|肯定|可能|是不是|有没有|大概))*{knows}{asks}|(?:还)?(?:记得|知道|想不到|没想到)(?:了)?(?:吗|吧|么|不)|(?:还)?记不记得|我(?:(?:是不是|有没有|没有?|不是|好像|应该|之前|以前|上次|已经|都|也|早就?))*(?:(?:跟|和|对|给|同|告诉)你)?(?:说|讲|提|告诉|聊)(?:过|了)*你?(?:的|了|这事|这件事|这个)*(?:吗|吧|么|没有?)?|(?:这个?)?(?:名字)?(?:(?:是不是|很|挺|好|真|超|多|还|蛮|够|太|也))*{judged}(?:了|的)?(?:吧|吗|不|么|嘛|呀|啊)?|好吗|好不好|知道了吗)\s*[？?！!]*[？?][？?！!\s]*$"
    );
    anywhere(&pattern)
}

pub(super) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Grammar {
    patterns: patterns(),
    others: others::patterns(),
    naming: others::naming(),
    lists: ListRules {
        stop: anywhere(r"[。！？，,；;.!?：:（(|]"),
        joint: anywhere(r"(?P<last>(?:以及|还有|和|跟|与|或者))|、"),
        by_marks: true,
        after_word: anywhere(r"^我"),
        item: anywhere(r"^[^，。、\s]{1,12}$"),
        refused: anywhere(
            r"^(?:温|缓|柔|平|暖|饱|谦|随|总|共|附)$|^(?:你|他|她|它|这|那|我(?:也|都|不|很|最|喜欢|爱|讨厌|是|在|有|想|会|要|住|叫|对))",
        ),
        around: anywhere(r"^我的|(?:(?:严重|有点)?过敏|的?(?:事情|事|话题)(?:了|啦|吧)?|了|啦|吧)$"),
    },
    openers: anywhere(
        r"^(?:\s+|(?:嗯+|啊|哦|呃|哎|唉|话说|讲真|真的|说真的|对了|其实|那个|你好|嗨|哈喽|是的|不是|好的|说实话|老实说|顺便说一下|顺便|另外|还有|而且|但是|不过|所以|因为|现在|今天|昨天|最近|抱歉|对不起|更正一下|你知道|跟你说)[，,：:！!\s]*|[-–—•*（(]\s*)",
    ),
    joints: anywhere(r"[，,；;：:（(]\s*|(?:而且|但是|不过|所以|因为)"),
    supposes: anywhere(
        r"如果|要是|假如|假设|倘若|的话|想象|假装|也许|可能|或许|大概|似乎|好像|但愿|希望我是|要不是|听说|开玩笑|逗你|梦见|梦到|梦里|做梦|(?:小说|故事|游戏|电影|电视剧|剧本?|话剧|戏|漫画|动漫|书)(?:里|中)|在?(?:理想|完美|平行|另一?个?|虚拟|想象)(?:的|中的)?(?:世界|宇宙|人生|时空)|上辈子|下辈子|前世|来世|角色|扮演|翻译|歌词|差点|小时候我|本来想|才怪|搬[到去来].{1,20}(?:又|就)?(?:搬)?回来了",
    ),
    speech: anywhere(SPEECH),
    contrasts: anywhere(r"(?:但是?|可是|不过|而)[，,]?$"),
    asks_back: anywhere(r"[，,。]?\s*(?:那)?(?:你|您)呢\s*[？?]*\s*$"),
    laughs: anywhere(r"哈{2,}|呵{2,}|嘿{2,}|嘻{2,}|233+|[😂🤣😆😅]+|\b(?:lol|xd|hhh+)\b"),
    respelled: never(),
    spellings: &[],
    corrects: anywhere(
        r"(?:^|[，,。；;…\s])(?:哦|噢|啊|呃|嗯|唉)*(?:不对|不是|错了|说错了|我说错了|打错了|写错了|更正|更正一下|应该是|哦不|不不不?|口误)[，,：:。！!\s]*(?:我)?(?:应该)?(?:是|叫|在|住在|想说的?是)?\s*(?P<value>[\p{L}\p{N}]{1,12}?)(?:才对|才是|了|啦)?\s*[。！!.]*$",
    ),
    introduces: anywhere(r"^\W*(?:你好|您好|嗨|哈喽|hi|hello|大家好)"),
    not_names: anywhere(NOT_NAMES),
    described: anywhere(DESCRIBED),
    not_places: anywhere(NOT_PLACES),
    asks: anywhere(
        r"[吗呢么]\s*[。]?$|^(?:你知道|你记得|我是不是|是不是|为什么|怎么|什么|谁|哪里|哪儿|哪个|多少|几)|是不是|有没有|会不会|是什么[。]?$|哪里[。]?$",
    ),
    tags: tags(),
    empty_values: anywhere(
        r"^(?:.{1,12}[楼层家]|.{0,11}[^阿]里|(?:跟|和|听|看|吃|陪|抱|帮|等|被|给|对|让|与|喝|玩)[你您].*|一个人.*|上了.*|过(?:你|他|她|一|很|几).*|死(?:我|他|她|你|它|人|这|那).*|(?:学|成为|当)(?:你|他|她|我).*|(?:你|我|他|她|它|这|那|什么|谁|怎么|自己|大家|别人|东西|事情|一下|一点|哪里|这里|那里|这样|那样|说|知道|问)(?:们)?(?:的.*|里.*|样.*|个.*|些.*|说.*)?|你.*|的.*)$",
    ),
    reactions: anywhere(r"^$"),
    lasting: anywhere(r"^$"),
    own: anywhere(r"我|咱|俺"),
    first_person: anywhere(r"(?:我们|咱们|我|俺|咱)的?"),
    third_person: &[
        ("我", "自己"),
        ("我的", "自己的"),
        ("俺", "自己"),
        ("俺的", "自己的"),
        ("咱", "自己"),
        ("咱的", "自己的"),
        ("我们", "他们"),
        ("我们的", "他们的"),
        ("我們", "他們"),
        ("我們的", "他們的"),
        ("咱们", "他们"),
        ("咱们的", "他们的"),
    ],
    around_names: anywhere(
        r"^(?:大的|小的|老大|老二|老三|一[个只条]|另外?一[个只条]|还有一[个只条])?(?:的)?(?:名字)?(?:分别|就)?(?:是|叫做|叫)?|（.*$|\(.*$",
    ),
    unfinished: anywhere(r"^我们?(?:最近|刚|刚刚|已经|又)*搬家(?:了|啦)[。！!]*$"),
    employed: ["我", "上班"],
    married: "我和{}结婚了",
    having: "我有",
    relations: RELATIONS,
    language: Language::Chinese,
    user: "用户",
    died: "去世",
});
