//! What the user says of themselves and of theirs in the forms of chats in Chinese, each in one clause. Must not know what longer ones say.

use super::PARTS;
use crate::facts::pattern::Special::{
    Age, Begins, Behind, Birthday, Idiom, Names, OnDayOnly, Plain, Relation,
};
use crate::facts::pattern::{Pattern, Row, compile_all};
use crate::store::FactKind;

/// Tried before the longer forms, which would take less of them or nothing.
const PEOPLE_FIRST: &[Row] = &[(
    r"{我}们?(?:家)?{now}(?:有|养了|养)(?P<count>(?:[两三四五六]|[2-6])(?:个|只|条|位)(?:[大小]?)(?P<relation>孩子|女儿|儿子|姐姐|妹妹|哥哥|弟弟|猫咪|小猫|猫|狗狗|小狗|狗|兔子|仓鼠))[，,：:]\s*(?P<value>(?:大的|老大|一[个只条]|分别|名字)?(?:是|叫)[^。！？；!?;|]{1,40})[。！!]*$",
    "",
    "{who}的{relation}之一叫{value}。",
    90,
    Names,
)];

const WORK_FIRST: &[Row] = &[
    (
        r"{我}{now}(?P<firm>在(?:一家|一所|一个)?{firm})(?:做|当|担任|干)(?:一名|一个|个)?{occupation}{end}",
        "job",
        "{who}是{value}。",
        85,
        Begins,
    ),
    (
        r"{我}{now}在[\p{Han}]{2,6}(?:做|当|担任)(?:一名|一个|个)?{occupation}{end}",
        "job",
        "{who}是{value}。",
        85,
        Begins,
    ),
];

const HOME: &[Row] = &[
    (
        r"{我}们?(?:最近|刚|刚刚|已经|又)*搬家(?:了|啦)[，,。！!]*\s*(?:现在|目前|人)?(?:就)?(?:住)?在{place}{long}{end}",
        "home",
        "{who}住在{value}。",
        85,
        Begins,
    ),
    (
        r"{我}(?:和|跟)[\p{Han}、]{1,14}?(?:一起)?(?:住|住在|定居在){place}{long}{end}",
        "home",
        "{who}住在{value}。",
        85,
        Begins,
    ),
];

const WORK: &[Row] = &[
    (
        r"{我}?(?:终于|刚|刚刚)?(?:找到(?:新)?工作|换(?:了)?(?:新)?工作|跳槽|入职)(?:了|啦)[，,]\s*(?:现在)?(?P<firm>在(?:一家|一所)?{firm})(?:做|当|担任){occupation}{end}",
        "job",
        "{who}是{value}。",
        85,
        Begins,
    ),
    (
        r"{我}?(?:终于|刚|刚刚)?(?:找到(?:新)?工作|换(?:了)?(?:新)?工作|跳槽|转行)(?:了|啦)[，,]\s*(?:现在)?(?:是|做|当)(?:一名|一个|个)?{occupation}{end}",
        "job",
        "{who}是{value}。",
        85,
        Begins,
    ),
];

const PEOPLE: &[Row] = &[
    (
        r"{name}(?:现在|已经|就)*是{我}(?:们)?(?:家)?(?:的)?(?P<relation>妈妈|母亲|爸爸|父亲|姐姐|妹妹|哥哥|弟弟|儿子|女儿|妻子|老婆|太太|丈夫|老公|男朋友|女朋友|未婚夫|未婚妻|男友|女友|奶奶|外婆|姥姥|爷爷|外公|姥爷|表哥|表姐|表弟|表妹|堂哥|堂姐|堂弟|堂妹|侄子|侄女|{pets})(?:了|啦)*{end}",
        "",
        "{who}的{relation}叫{value}。",
        90,
        Relation,
    ),
    // Of friends there are so many that only what is clearly a name is one.
    (
        r"(?P<value>[小阿老][\p{Han}]{1,2}|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔汤][\p{Han}]{1,2}|(?-i:\p{Lu})[\p{L}]{1,12})(?:现在|已经|就)*是{我}(?:们)?(?:的)?(?:一个)?(?P<relation>最好的朋友|好朋友|朋友|闺蜜|同事|室友|邻居|老板|对象)(?:了|啦)*{end}",
        "",
        "{who}的{relation}叫{value}。",
        85,
        Relation,
    ),
    (r"{pet}叫(?:声|唤|春|个|起来|得|了|着|醒)", "", "", 0, Idiom),
    (
        r"(?:另一[只条]|还有一[只条])?{pet}(?:的名字)?(?:叫|叫做)\s*(?P<value>[\p{Han}]{2,3}|(?-i:\p{Lu})[\p{L}]{1,12}){end}",
        "",
        "{who}有一只{relation}，叫{value}。",
        90,
        Behind,
    ),
    (
        r"(?P<relation>儿子|女儿|姐姐|妹妹|哥哥|弟弟|老婆|老公)(?:的名字)?叫\s*(?P<value>[\p{Han}&&[^我你他她它起醒]]{2,3}){end}",
        "",
        "{who}的{relation}叫{value}。",
        85,
        Behind,
    ),
    (
        r"(?:和|跟)(?:我)?(?:的)?(?P<relation>男朋友|女朋友|男友|女友|老公|老婆|室友)(?P<value>[阿小][\p{Han}])(?:一起|还有|住).*$",
        "",
        "{who}的{relation}叫{value}。",
        85,
        Behind,
    ),
];

const HEALTH: &[Row] = &[
    (
        r"{我}{now}(?:不能|不可以|没法|没办法)(?:再)?(?:吃|喝|碰)(?P<value>{food})(?:(?:和|或|跟|还有|、).*)?{end}",
        "cannot eat",
        "{who}不能吃{value}。",
        85,
        Plain,
    ),
    (
        r"{我}?(?:没有?(?:什么|别的|其他)?过敏[，,]?(?:除了|就是|只有|只))(?:对)?{value}(?:以外|之外|过敏)?{end}",
        "allergy",
        "{who}对{value}过敏。",
        85,
        Plain,
    ),
    (
        r"(?:医生|大夫)(?:跟我|对我)?(?:说|告诉我|诊断)我?(?:是|得了|有|患有|确诊)(?:轻度|中度|重度|严重)?(?:的)?{illness}{end}",
        "condition",
        "{who}有{value}。",
        85,
        Plain,
    ),
    (
        r"{我}(?:上周|上个?月|去年|今年|昨天|前几天|最近|刚|刚刚|终于)*(?:被)?(?:确诊|诊断)(?:了|为|出|是|得了|患有)+{illness}{end}",
        "condition",
        "{who}有{value}。",
        90,
        Plain,
    ),
];

const AGE: &[Row] = &[(
    r"{我}今年(?:已经)?(?P<value>[0-9]{2}|[二三四五六七八九]十[一二三四五六七八九]?|十[一二三四五六七八九])(?:了|啦)?{end}",
    "age",
    "{who}在{date}是{value}岁。",
    80,
    Age,
)];

const BIRTHDAYS: &[Row] = &[
    (
        r"{我}(?:的)?{relation}(?:的)?(?:是)?(?P<value>{day}|今天|明天|后天)(?:过|的)?生日{end}",
        "birthday",
        "{who}的{relation}的生日是{date}。",
        90,
        Birthday,
    ),
    (
        r"(?P<value>{day}|今天|明天|后天)(?:就)?(?:是|过)?{我}(?:的)?{relation}(?:的)?生日(?:了|啦|哦|呢)*{end}",
        "birthday",
        "{who}的{relation}的生日是{date}。",
        90,
        Birthday,
    ),
    (
        r"(?P<value>{day}|[0-9]{1,2}[日号])(?:就)?(?:是|过)?{我}(?:的)?生日(?:了|啦|哦|呢)*{end}",
        "birthday",
        "{who}的生日是{date}。",
        90,
        Birthday,
    ),
    (
        r"{我}(?:的)?(?:是)?(?P<value>{day})(?:过|的)?生日{end}",
        "birthday",
        "{who}的生日是{date}。",
        90,
        Birthday,
    ),
];

const DATES: &[Row] = &[
    (r"{我}们?{on}{hour}?(?:的)?{event}{end}", "appointment", "{who}有安排{date}：{value}。", 80, OnDayOnly),
    (
        r"{我}?{on}{hour}?{我}?(?:(?:要|得|需要|还要)(?:去)?(?:做|参加)?|[做动]|去做)(?:一?[个场次])?(?P<value>手术|体检|胃镜|肠镜|检查|复查|面试|考试|答辩|比赛|开庭|拔牙|看牙|看牙医|婚礼|葬礼){end}",
        "appointment",
        "{who}有安排{date}：{value}。",
        80,
        OnDayOnly,
    ),
    (
        r"{我}们?{on}{hour}?(?:要|得|会)?(?:去)?(?P<value>看(?:牙医?|医生|病|中医|专家门诊)|考(?:驾照|驾驶证|科目[一二三四]|研|雅思|托福|公务员|[\p{Han}]{1,4}证)){end}",
        "appointment",
        "{who}有安排{date}：{value}。",
        80,
        OnDayOnly,
    ),
    (
        r"{我}?{on}{hour}?{我}?(?:约|预约|挂)(?:了|好了|到了)(?:一?[个场次])?(?P<value>[\p{Han}]{0,5}(?:科|医生|牙医|专家号|门诊|号|面试|体检|心理咨询|理发|美甲|健身教练)){end}",
        "appointment",
        "{who}有安排{date}：{value}。",
        80,
        OnDayOnly,
    ),
    // What one goes to though it is another's.
    (
        r"(?P<value>(?:我们?)?[\p{Han}&&[^我们你您的]]{2,8}的(?:婚礼|葬礼|追悼会|毕业典礼|生日会|生日派对|满月酒|演奏会))(?:是|在|定在|安排在|改在)(?:了)?{on}{hour}?(?:举行|举办)?{end}",
        "appointment",
        "{who}有安排{date}：{value}。",
        80,
        OnDayOnly,
    ),
    (
        r"{event}(?:的?(?:时间|日期|日子))?(?:现在|最后|最终|改)*(?:是|在|定在|安排在|改在)(?:了)?{on}{hour}?{end}",
        "appointment",
        "{who}有安排{date}：{value}。",
        80,
        OnDayOnly,
    ),
];

const PLANS: &[Row] = &[
    (
        r"{我}们?{on}{hour}?(?:要|会|就)?(?:坐飞机(?:去|到|飞)?|飞往|飞去|飞到|飞)(?P<value>[\p{Han}&&[^了机过完走来回行上下]]{2,7}){end}",
        "plan",
        "{who}打算去{value}{date}。",
        75,
        OnDayOnly,
    ),
    (
        r"(?:明年|今年)?(?:春天|夏天|秋天|冬天|暑假|寒假|年底|年初|[0-9一二三四五六七八九十]{1,2}月(?:份)?)?(?:{on})?{我}们?(?:要|打算|准备|计划)(?P<value>去(?:旅行|[\p{Han}&&[^吃睡洗上下你他她它这那]][\p{Han}]{1,5}?)(?:玩|旅行|旅游|度假)?(?:[0-9一二两三四五六七八九十]+(?:天|周|个月))?){end}",
        "plan",
        "{who}打算{value}{date}。",
        75,
        OnDayOnly,
    ),
];

fn compiled(tables: &[(FactKind, &[Row])]) -> Vec<Pattern> {
    let own = [
        (
            "{day}",
            r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})月(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[日号]",
        ),
        (
            "{on}",
            r"(?:(?:[一二两三四五六七八九十]{1,2}|[0-9]{1,2})个?(?:天|周|星期|月)(?:以)?后|大?后天|明天|(?:这|下|下下)?个?(?:周|星期|礼拜)[一二三四五六日天末]|(?:这个?月|下个?月)(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[日号]|(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})月(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[日号]|[0-9]{1,2}[号號](?:[（(，,]?(?:周|星期|礼拜)[一二三四五六日天][）)]?)?)",
        ),
        (
            "{hour}",
            r"(?:(?:上午|下午|早上|晚上|中午)?(?:(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})点(?:半)?)?)",
        ),
        (
            "{firm}",
            r"(?:[\p{L}\p{N}&&[^的了一]]{1,12}(?:公司|医院|学校|银行|大学|集团|工厂|厂|店|局|馆|社|所|餐厅|超市|酒店|幼儿园|机构|工作室)|华为|腾讯|阿里巴巴|阿里|百度|字节跳动|字节|京东|美团|小米|网易|(?-i:\p{Lu})[\p{L}\p{N}]{1,16})",
        ),
        (
            "{food}",
            r"(?:麸质|面筋|小麦|牛奶|奶制品|乳制品|乳糖|海鲜|虾|螃蟹|蟹|鱼|贝类|花生|坚果|核桃|鸡蛋|大豆|黄豆|芒果|草莓|猕猴桃|芝麻)",
        ),
    ];
    compile_all(tables, &own, PARTS)
}

/// What is tried before the longer forms.
pub(super) fn first() -> Vec<Pattern> {
    compiled(&[(FactKind::Person, PEOPLE_FIRST), (FactKind::Work, WORK_FIRST)])
}

/// What is tried after them.
pub(super) fn patterns() -> Vec<Pattern> {
    compiled(&[
        (FactKind::Identity, AGE),
        (FactKind::Identity, BIRTHDAYS),
        (FactKind::Health, HEALTH),
        (FactKind::Place, HOME),
        (FactKind::Work, WORK),
        (FactKind::Person, PEOPLE),
        (FactKind::Date, DATES),
        (FactKind::Goal, PLANS),
    ])
}
