//! Chinese patterns for facts, in simplified characters and the traditional ones that differ most. Must not know other languages.

mod others;

use std::sync::LazyLock;

use super::lists::ListRules;
use super::pattern::Special::{
    Age, Begins, Birthday, Favourite, Forget, Note, OnDay, OnDayOnly, Plain, Relation,
};
use super::pattern::{Grammar, Pattern, Row, compile, never};
use crate::language::Language;
use crate::store::FactKind;
use crate::time::compiled;

const PARTS: &[(&str, &str)] = &[
    ("{end}", r"(?:\s*[。！，,；;、.!（(|].*)?\s*$"),
    ("{value}", r"(?P<value>[^。！？，,；;、.!?|的了吗呢\s][^。！？，,；;.!?|]{0,40}?)"),
    (
        "{name}",
        r"(?P<value>[\p{Han}&&[^他她它你我什这那不了醒来去住停做]][\p{Han}]{0,3}|(?-i:\p{Lu})[\p{L}' -]{1,30}?)",
    ),
    ("{place}", r"(?P<value>[\p{Han}&&[^我你他她它这那]][\p{Han}]{1,11}?|(?-i:\p{Lu})[\p{L} ]{1,30}?)"),
    ("{relation}", r"(?P<relation>{relatives})"),
    (
        "{relatives}",
        r"妈妈|母亲|爸爸|父亲|姐姐|妹妹|哥哥|弟弟|儿子|女儿|妻子|老婆|太太|丈夫|老公|男朋友|女朋友|对象|未婚夫|未婚妻|最好的朋友|好朋友|朋友|闺蜜|奶奶|外婆|姥姥|爷爷|外公|姥爷|阿姨|姑姑|舅舅|叔叔|表哥|表姐|表弟|表妹|堂哥|堂姐|堂弟|堂妹|侄子|侄女|老板|同事|室友|邻居|前男友|前女友",
    ),
    ("{pet}", r"(?P<relation>{pets})"),
    ("{pets}", r"狗狗|小狗|狗|猫咪|小猫|猫|马|兔子|仓鼠|鹦鹉|鸟|鱼|乌龟|豚鼠"),
    (
        "{occupation}",
        r"(?P<value>[\p{Han}]{0,6}(?:老师|教师|护士|医生|工程师|程序员|设计师|律师|学生|大学生|研究生|高中生|作家|画家|音乐家|厨师|服务员|会计|建筑师|科学家|研究员|教授|电工|司机|飞行员|军人|警察|消防员|药剂师|牙医|兽医|农民|记者|摄影师|翻译|图书管理员|经理|秘书|销售员?|心理咨询师|自由职业者|公务员|博士生|面包师|理发师|快递员|幼师|编辑))",
    ),
    (
        "{illness}",
        r"(?P<value>糖尿病|哮喘|抑郁症|焦虑症|双相障碍|多动症|自闭症|癫痫|关节炎|偏头痛|高血压|低血压|失眠症?|癌症|心脏病|胃病|强迫症|耳鸣|红绿色盲|色盲)",
    ),
    (
        "{employer}",
        r"(?P<value>[\p{L}\p{N}]{1,14}(?:公司|医院|学校|银行|大学|集团|工厂|厂|店|局|研究所|事务所|中学|小学|餐厅|超市|酒店)|[a-z][\p{L}\p{N} ]{1,20}?|华为|腾讯|阿里巴巴|阿里|百度|字节跳动|字节|京东|美团|小米|网易)",
    ),
    ("{now}", r"(?:现在|目前|最近|一直|都|也|其实|真的|就|刚|刚刚|已经|才|还)*"),
];

const RELATIONS: &[(&str, &str)] = &[
    ("妈妈", "mother"),
    ("母亲", "mother"),
    ("爸爸", "father"),
    ("父亲", "father"),
    ("姐姐", "sister"),
    ("妹妹", "sister"),
    ("哥哥", "brother"),
    ("弟弟", "brother"),
    ("儿子", "son"),
    ("女儿", "daughter"),
    ("妻子", "wife"),
    ("老婆", "wife"),
    ("太太", "wife"),
    ("丈夫", "husband"),
    ("老公", "husband"),
    ("男朋友", "boyfriend"),
    ("女朋友", "girlfriend"),
    ("对象", "partner"),
    ("未婚夫", "partner"),
    ("未婚妻", "partner"),
    ("最好的朋友", "friend"),
    ("好朋友", "friend"),
    ("朋友", "friend"),
    ("闺蜜", "friend"),
    ("奶奶", "grandmother"),
    ("外婆", "grandmother"),
    ("姥姥", "grandmother"),
    ("爷爷", "grandfather"),
    ("外公", "grandfather"),
    ("姥爷", "grandfather"),
    ("阿姨", "aunt"),
    ("姑姑", "aunt"),
    ("舅舅", "uncle"),
    ("叔叔", "uncle"),
    ("表哥", "cousin"),
    ("表姐", "cousin"),
    ("表弟", "cousin"),
    ("表妹", "cousin"),
    ("堂哥", "cousin"),
    ("堂姐", "cousin"),
    ("堂弟", "cousin"),
    ("堂妹", "cousin"),
    ("侄子", "nephew"),
    ("侄女", "niece"),
    ("老板", "boss"),
    ("同事", "colleague"),
    ("室友", "roommate"),
    ("邻居", "neighbour"),
    ("前男友", "former partner"),
    ("前女友", "former partner"),
    ("狗狗", "dog"),
    ("小狗", "dog"),
    ("狗", "dog"),
    ("猫咪", "cat"),
    ("小猫", "cat"),
    ("猫", "cat"),
    ("马", "horse"),
    ("兔子", "rabbit"),
    ("仓鼠", "hamster"),
    ("鹦鹉", "parrot"),
    ("鸟", "bird"),
    ("鱼", "fish"),
    ("乌龟", "turtle"),
    ("豚鼠", "guinea pig"),
];

const AVOID: &[Row] = &[
    (
        r"(?:请|拜托|以后|千万|求你)*(?:你)?(?:别|不要|不准|不许|不想)(?:再)?(?:跟我|和我|对我|给我)?(?:提起|提到|提及|提|谈论|谈到|谈|聊到|聊|讲|说起|说到)(?:到|起)?(?:关于)?(?:我的)?(?P<value>[^。！？，,；;.!?|了吗呢\s][^。！？，,；;.!?|]{0,40}?)(?:的?(?:事情|事|话题))?(?:了|啦|吧|好吗)?{end}",
        "topic",
        "{who}不想谈{value}。",
        95,
        Plain,
    ),
    (
        r"我(?:真的)?(?:不想|不愿意|不愿)(?:再)?(?:跟你|和你)?(?:提起|提到|提|谈论|谈|聊|听到|听|说起)(?:关于)?(?:我的)?(?P<value>[^。！？，,；;.!?|了吗呢\s][^。！？，,；;.!?|]{0,40}?)(?:的?(?:事情|事|话题))?(?:了|啦)?{end}",
        "topic",
        "{who}不想谈{value}。",
        90,
        Plain,
    ),
    (r"(?:请)?避开{value}(?:的?话题|这个话题){end}", "topic", "{who}不想谈{value}。", 95, Plain),
];

const NOTE: &[Row] = &[
    (
        r"(?:请|你要|你得|一定要|帮我|麻烦你)*(?:记住|记得[，,：:]|记一下|别忘了|不要忘了|不要忘记|别忘记)(?:了)?[，,：:\s]*(?P<value>[^？?]{2,120}?)\s*[。！!]*$",
        "remember",
        "{who}要求记住：{value}。",
        95,
        Note,
    ),
    (
        r"(?:请|你)*(?:忘掉|忘了|忘记)(?:我)?(?:说过的|跟你说的|告诉你的|之前说的)?(?:所有)?(?:关于)(?P<value>[^。！？?，,]{1,40}?)(?:的?(?:事情|事|一切|话))?(?:吧)?\s*[。！]*$",
        "forget",
        "",
        90,
        Forget,
    ),
    (
        r"(?:请|你)*(?:忘掉|忘了|忘记|删掉)(?:这件事|这个|这些|我刚才说的(?:话)?|刚才的话)(?P<value>)(?:吧)?\s*[。！]*$",
        "forget",
        "",
        80,
        Forget,
    ),
];

const IDENTITY: &[Row] = &[
    (
        r"我(?:的名字)?(?:叫做|叫|名叫|的名字叫|的名字是)\s*{name}{end}",
        "name",
        "{who}的名字是{value}。",
        95,
        Plain,
    ),
    (
        r"(?:你可以|大家都|朋友们?都|请)?(?:叫|喊)我\s*(?P<value>[\p{Han}]{2,4}|(?-i:\p{Lu})\p{L}{1,20})(?:吧|就好|就行)?{end}",
        "name",
        "{who}叫{value}。",
        85,
        Plain,
    ),
    (
        r"我{now}(?:今年)?(?:已经)?(?P<value>[0-9]{1,3}|[一二三四五六七八九十]{1,4})岁(?:了)?{end}",
        "age",
        "{who}在{date}是{value}岁。",
        90,
        Age,
    ),
    (
        r"我的?生日(?:是|在)(?:每年)?(?:的)?(?P<value>[^？！?|]{2,30})$",
        "birthday",
        "{who}的生日是{date}。",
        95,
        Birthday,
    ),
    (
        r"我(?:是)?(?:出生于|生于|在)?(?P<value>[0-9零〇一二三四五六七八九十]{2,4}年[^？！?|]{2,14}?[日号])(?:出生|生)?(?:的)?{end}",
        "birthday",
        "{who}的生日是{date}。",
        90,
        Birthday,
    ),
    (
        r"我(?:的)?{relation}的?生日(?:是|在)(?P<value>[^？！?|]{2,30})$",
        "birthday",
        "{who}的{relation}的生日是{date}。",
        90,
        Birthday,
    ),
    (r"我(?:是)?来自\s*{place}{end}", "origin", "{who}来自{value}。", 85, Plain),
    (r"我(?:从小)?(?:在|是在){place}(?:长大|出生)(?:的)?{end}", "origin", "{who}来自{value}。", 85, Plain),
    (
        r"我是(?P<value>[\p{Han}&&[^一个個好坏的男女普客你他她这那]]{2,5})人{end}",
        "origin",
        "{who}是{value}人。",
        80,
        Plain,
    ),
    (r"我的?老家(?:在|是){place}{end}", "origin", "{who}的老家在{value}。", 85, Plain),
    (r"我的?母语是{value}{end}", "native language", "{who}的母语是{value}。", 95, Plain),
    (
        r"我会(?:说|讲)(?P<value>[\p{Han}]{1,3}(?:语|文|话)(?:和[\p{Han}]{1,3}(?:语|文|话))?){end}",
        "speaks",
        "{who}会说{value}。",
        85,
        Plain,
    ),
    (
        r"我{now}(?:是)?(?P<value>单身|离婚|已婚|结婚|订婚)(?:的|了)?{end}",
        "relationship status",
        "{who}：{value}。",
        80,
        Plain,
    ),
];

const HOME: &[Row] = &[
    (
        r"我(?:和[\p{Han}]{1,6})?{now}(?:住|居住|定居|生活)在\s*{place}{end}",
        "home",
        "{who}住在{value}。",
        95,
        Begins,
    ),
    (r"我{now}(?:家在){place}{end}", "home", "{who}住在{value}。", 90, Begins),
    (
        r"(?:我|我们){now}(?:上个月|去年|今年|上周|前年|昨天|刚)?(?:搬到|搬去|搬来|搬到了|搬去了|搬来了|移居到)(?:了)?{place}(?:了|住)?{end}",
        "home",
        "{who}搬到了{value}。",
        90,
        Begins,
    ),
    (r"我(?:已经|现在)?不(?:再)?住(?:在)?{place}了?{end}", "~home", "{who}不住在{value}了。", 95, Plain),
    (
        r"我(?:以前|曾经|小时候|之前)住(?:过|在){place}(?:过)?{end}",
        "lived in",
        "{who}以前住在{value}。",
        85,
        Plain,
    ),
];

const WORK: &[Row] = &[
    (r"我{now}是(?:一名|一个|一位|个|名)?{occupation}{end}", "job", "{who}是{value}。", 85, Begins),
    (r"我的?(?:工作|职业)是{value}{end}", "job", "{who}的工作是{value}。", 85, Begins),
    (
        r"我{now}在(?:一家)?{employer}(?:上班|工作|任职|当[\p{Han}]{1,4}){end}",
        "employer",
        "{who}在{value}工作。",
        80,
        Begins,
    ),
    (
        r"我{now}(?:在(?:学校|大学)?)?(?:学习|攻读|主修|的专业是){value}(?:专业)?{end}",
        "studies",
        "{who}学{value}。",
        75,
        Begins,
    ),
    (
        r"我{now}在(?P<value>[\p{Han}]{2,12}(?:大学|学院|中学|学校))(?:读书|上学|念书|学习)?{end}",
        "school",
        "{who}在{value}上学。",
        85,
        Begins,
    ),
    (
        r"我{now}(?:辞职|离职|失业|退休|被裁员?|被解雇|被炒)(?P<value>)(?:了)?{end}",
        "~employment",
        "{who}离开了原来的工作。",
        90,
        Plain,
    ),
];

const PEOPLE: &[Row] = &[
    (
        r"我(?:的)?{relation}(?:的名字)?(?:叫做|叫|名叫|是叫)\s*{name}{end}",
        "",
        "{who}的{relation}叫{value}。",
        95,
        Relation,
    ),
    (
        r"我有(?:一?个|一位){relation}(?:，|,)?(?:名字)?叫\s*{name}{end}",
        "",
        "{who}的{relation}叫{value}。",
        95,
        Relation,
    ),
    (
        r"我{now}(?:家)?(?:有|养了|养|领养了)(?:一)?(?:只|条|匹|头)[\p{Han}]{0,4}?{pet}(?:，|,)?(?:它)?(?:的)?(?:名字)?叫(?:做)?\s*{name}{end}",
        "",
        "{who}有一只{relation}，叫{value}。",
        95,
        Relation,
    ),
    (
        r"我(?:家|们)?(?:的)?{pet}(?:的名字)?(?:叫做|叫|名叫)\s*{name}{end}",
        "",
        "{who}有一只{relation}，叫{value}。",
        95,
        Relation,
    ),
    (
        r"我(?:家)?有(?P<value>(?:[一两二三四五]|[0-9])(?:个|只|条|位)(?:姐姐|妹妹|哥哥|弟弟|孩子|儿子|女儿|狗|猫|兔子)(?:和(?:[一两二三四五])(?:个|只|条|位)(?:姐姐|妹妹|哥哥|弟弟|孩子|儿子|女儿|狗|猫))?){end}",
        "has",
        "{who}有{value}。",
        85,
        Plain,
    ),
    (
        r"我{now}(?:们|和(?:男朋友|女朋友|他|她|老公|老婆)|跟(?:男朋友|女朋友|他|她))?{now}(?:分手|离婚)(?P<value>)了{end}",
        "~partnership",
        "{who}和伴侣分开了。",
        85,
        Plain,
    ),
];

const PREFERENCE: &[Row] = &[
    (
        r"我最(?:喜欢|爱)的(?P<thing>颜色|食物|菜|书|电影|歌|歌手|乐队|季节|动物|运动|游戏|饮料|茶|花|城市|作家|电视剧|音乐|节日|甜点|水果)是{value}{end}",
        "",
        "{who}最喜欢的{thing}是{value}。",
        95,
        Favourite,
    ),
    (
        r"我(?:真的|一点都|从来|现在|已经|其实|特别|很|再也)*(?:不喜欢|不爱|讨厌|受不了|最讨厌|很讨厌){value}(?:了)?{end}",
        "dislikes",
        "{who}不喜欢{value}。",
        85,
        Plain,
    ),
    (
        r"我(?:真的|也|很|非常|特别|超|最|一直|其实|挺|还是|比较)*(?:喜欢|热爱|爱吃|爱喝|爱看|爱听|爱玩){value}{end}",
        "likes",
        "{who}喜欢{value}。",
        80,
        Plain,
    ),
    (r"(?:比起[^，,]{1,12}[，,])?我更(?:喜欢|爱){value}{end}", "prefers", "{who}更喜欢{value}。", 80, Plain),
];

const HEALTH: &[Row] = &[
    (r"我{now}对{value}(?:严重|有点)?过敏{end}", "allergy", "{who}对{value}过敏。", 95, Plain),
    (
        r"我(?:已经|现在)?对{value}(?:已经)?不(?:再)?过敏(?:了)?{end}",
        "~allergy",
        "{who}对{value}不过敏。",
        90,
        Plain,
    ),
    (
        r"我{now}(?:是|吃)(?:个)?(?P<value>素食者|素|纯素|全素|清真){end}",
        "diet",
        "{who}的饮食：{value}。",
        90,
        Plain,
    ),
    (
        r"我(?:有|得了|患有|确诊了|被诊断出|被诊断为|被确诊){illness}{end}",
        "condition",
        "{who}有{value}。",
        90,
        Plain,
    ),
    (r"我{now}(?P<value>怀孕)了{end}", "condition", "{who}{value}了。", 85, Plain),
];

const DATES: &[Row] = &[
    (
        r"我?.{0,16}?(?:有(?:一)?(?:个|场|次)?|约了|预约了|要参加|要去)(?P<value>[\p{Han}]{0,6}?(?:面试|考试|会议|手术|演讲|音乐会|演唱会|体检|牙医|婚礼|约会|聚会|比赛|航班|答辩|看病|看牙医|看医生|复查)){end}",
        "appointment",
        "{who}有安排{date}：{value}。",
        80,
        OnDayOnly,
    ),
    (
        r"我的?(?P<value>面试|考试|手术|婚礼|航班|答辩|体检|比赛)(?:是|在|定在|安排在).*$",
        "appointment",
        "{who}有安排{date}：{value}。",
        85,
        OnDayOnly,
    ),
    (
        r"我们的?(?P<value>结婚)纪念日(?:是|在).*$",
        "anniversary",
        "{who}的{value}纪念日{date}。",
        85,
        OnDayOnly,
    ),
];

const PLANS: &[Row] = &[
    (r"我{now}(?:打算|计划|准备){value}{end}", "plan", "{who}打算{value}{date}。", 75, OnDay),
    (
        r"我{now}(?:想要|想|希望能|希望)(?P<value>(?:学会|学|成为|当|去旅行|写一?本|搬到|买一?|开始|完成|读完|跑|开一?家|戒|减肥|存钱|领养)[^。！？，,；;.!?|]{0,30}?){end}",
        "goal",
        "{who}想{value}。",
        75,
        Plain,
    ),
    (r"我的?(?:梦想|目标)是{value}{end}", "goal", "{who}的目标是{value}。", 85, Plain),
    (
        r"我(?:跟你|向你)?(?:保证|答应你|发誓|承诺)(?:我)?(?:会|一定)?{value}{end}",
        "promise",
        "{who}答应过{value}{date}。",
        80,
        OnDay,
    ),
];

const THINGS: &[Row] = &[(
    r"我{now}(?:买了|拥有|开的是|有)(?P<value>(?:一|两|[0-9])(?:辆|台|部|把|套|架|本)[^。！？，,；;.!?|]{1,20}?){end}",
    "has",
    "{who}有{value}。",
    70,
    Plain,
)];

const BELIEF: &[Row] = &[
    (
        r"我(?:是)?(?:信|信仰|信奉)(?P<value>佛教|佛|基督教|天主教|伊斯兰教|道教){end}",
        "religion",
        "{who}信{value}。",
        85,
        Plain,
    ),
    (
        r"我是(?:一个|个|一名)?(?P<value>佛教徒|基督徒|天主教徒|穆斯林|无神论者){end}",
        "religion",
        "{who}是{value}。",
        85,
        Plain,
    ),
    (r"我(?:坚信|始终相信|一直相信){value}{end}", "believes", "{who}相信{value}。", 65, Plain),
];

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
    tables.iter().flat_map(|(kind, rows)| compile(*kind, rows, PARTS)).collect()
}

pub(super) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Grammar {
    patterns: patterns(),
    others: others::patterns(),
    naming: others::naming(),
    lists: ListRules {
        stop: compiled(r"[。！？，,；;.!?：:（(|]"),
        joint: compiled(r"(?P<last>(?:以及|还有|和|跟|与|或者))|、"),
        by_marks: true,
        after_word: compiled(r"^我"),
        item: compiled(r"^[^，。、\s]{1,12}$"),
        refused: compiled(
            r"^(?:你|他|她|它|这|那|我(?:也|都|不|很|最|喜欢|爱|讨厌|是|在|有|想|会|要|住|叫|对))",
        ),
        around: compiled(r"^我的|(?:(?:严重|有点)?过敏|的?(?:事情|事|话题)(?:了|啦|吧)?|了|啦|吧)$"),
    },
    openers: compiled(
        r"^(?:\s+|(?:嗯+|啊|哦|对了|其实|那个|你好|嗨|哈喽|是的|不是|好的|说实话|老实说|顺便说一下|顺便|另外|还有|而且|但是|不过|所以|因为|现在|今天|昨天|最近|抱歉|对不起|更正一下|你知道|跟你说)[，,：:！!\s]*|[-–—•*（(]\s*)",
    ),
    joints: compiled(r"[，,；;：:（(]\s*|(?:而且|但是|不过|所以|因为)"),
    supposes: compiled(
        r"如果|要是|假如|假设|倘若|的话|想象|假装|也许|可能|或许|大概|似乎|好像|但愿|希望我是|要不是|[他她]们?说|有人说|朋友说|妈妈说|爸爸说|老板说|医生说|别人说|听说|[他她]觉得|[他她]以为|大家以为|开玩笑|逗你|梦见|梦到|梦里|小说里|故事里|游戏里|电影里|角色|扮演|翻译|歌词|差点|小时候我|本来想|才怪",
    ),
    speech: never(),
    contrasts: compiled(r"(?:但是?|可是|不过|不過)[，,]?$"),
    laughs: never(),
    respelled: never(),
    spellings: &[],
    corrects: never(),
    introduces: never(),
    not_names: never(),
    not_places: never(),
    asks: compiled(
        r"[吗呢么]\s*[。]?$|^(?:你知道|你记得|我是不是|是不是|为什么|怎么|什么|谁|哪里|哪儿|哪个|多少|几)|是什么[。]?$|哪里[。]?$",
    ),
    empty_values: compiled(
        r"^(?:.{1,12}[楼层家里]|一个人.*|(?:你|我|他|她|它|这|那|什么|谁|怎么|自己|大家|别人|东西|事情|一下|一点|哪里|这里|那里|这样|那样|说|知道|问)(?:们)?(?:的.*|里.*|样.*|个.*|些.*|说.*)?|你.*|的.*)$",
    ),
    reactions: compiled(r"^$"),
    lasting: compiled(r"^$"),
    own: compiled(r"我|咱"),
    first_person: compiled(r"我们的?|我的?"),
    third_person: &[("我", "自己"), ("我的", "自己的"), ("我们", "他们"), ("我们的", "他们的")],
    relations: RELATIONS,
    language: Language::Chinese,
    user: "用户",
});
