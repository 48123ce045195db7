//! What Chinese says of what is otherwise now: work that ended or begins, tastes, counts, favourites; and days that return every year or were moved. Must
//! not know what it was before.

use super::PARTS;
use crate::facts::changes::ChangesTables;
use crate::facts::pattern::Row;
use crate::facts::pattern::Special::{
    Again, Favourite, Habit, Moved, Nth, OnDayOnly, Plain, Relation, Starts, Yearly,
};

/// Parts beside those that all patterns have.
const OWN_PARTS: &[(&str, &str)] = &[
    (
        "{lately}",
        r"(?:已经|刚刚|刚|昨天|昨晚|前天|今天|今早|早上|上午|下午|晚上|终于|还是|正式|最近|现在|就|最后|也|都|早就|其实|不久前|前几天|前阵子|前段时间|大?前年|去年|今年|年初|年底|月初|月底|上个?(?:周[一二三四五六日天末]?|月|星期[一二三四五六日天]?|礼拜[一二三四五六日天]?)|这个?(?:周|月|星期|礼拜)|[0-9一二两三四五六七八九十几半]{1,3}个?(?:天|周|星期|礼拜|月|年)(?:以|之)?前|[0-9一二三四五六七八九十]{1,3}月(?:份|初|底)?(?:[0-9一二三四五六七八九十]{1,3}[日号])?)*",
    ),
    // An appointment by its name, or as "it", which is also left out.
    (
        "{my_event}",
        r"(?:(?:{我}们?的?|那[场个次]|这[场个次])?{event}|(?P<others>{others})|(?P<it>它|这个|那个|))",
    ),
    // What one goes to though it is another's.
    (
        "{others}",
        r"(?:我们?)?[\p{Han}&&[^我们你您的]]{2,8}的(?:婚礼|葬礼|追悼会|毕业典礼|生日会|生日派对|满月酒|演奏会)",
    ),
    ("{done}", r"(?:了|啦|咯|的)*"),
    (
        "{firm}",
        r"(?:[\p{L}\p{N}&&[^的了一]]{1,10}(?:公司|医院|学校|银行|大学|集团|工厂|厂|店|局|馆|社|所|餐厅|超市|酒店|幼儿园|机构|工作室)|(?-i:\p{Lu})[\p{L}\p{N}]{1,16})",
    ),
    (
        "{when_to_come}",
        r"(?:(?:从)?(?:明天|大?后天|(?:这|下|下下)?个?(?:周|星期|礼拜)(?:[一二三四五六日天末])?|下个?月(?:[0-9一二三四五六七八九十]{1,3}[日号])?|明年|[0-9一二三四五六七八九十]{1,3}月(?:[0-9一二三四五六七八九十]{1,3}[日号])?|[0-9一二两三四五六七八九十]{1,2}个?(?:天|周|星期|月)(?:以|之)?后)(?:开始|起)?[，,]?)",
    ),
    (
        "{thing}",
        r"(?P<thing>颜色|食物|菜|书|小说|电影|歌曲|歌|歌手|乐队|季节|月份|动物|运动|球队|游戏|饮料|茶|咖啡|酒|花|城市|国家|餐厅|作家|电视剧|剧|音乐|节日|甜点|水果|蔬菜|乐器|演员|诗人|数字|天气)",
    ),
    (
        "{day_of_month}",
        r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})月(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[日号號]?",
    ),
    ("{falls}", r"(?:是|在|就是|就在)(?:每年)?(?:的)?(?:农历)?"),
    // What is counted.
    (
        "{counted}",
        r"(?:[大小]?)(?:姐姐|妹妹|哥哥|弟弟|兄弟姐妹|兄弟|姐妹|孩子|小孩|娃|儿子|女儿|孙子|孙女|外孙|侄子|侄女|狗狗|小狗|狗|猫咪|小猫|猫|兔子|仓鼠|鹦鹉|鸟|鱼|乌龟|鸡|马|羊|宠物)",
    ),
    ("{adverbs}", r"(?:又|已经|刚刚|刚|都|现在|临时|突然|最后|最终|结果|还是|终于|正式|全部|就)*"),
    ("{heard}", r"(?:(?:听说|据说|刚知道|刚得知|得知|好在|可惜|结果|没想到)[，,]?)?"),
    // Who moves it.
    (
        "{someone}",
        r"(?:我们?|咱们?|他们|学校|老师|公司|医院|医生|教授|老板|领导|单位|航空公司|主办方|那边|对方)",
    ),
    ("{shifted}", r"(?:改期|改|推迟|延迟|延期|延后|推后|后移|提前|顺延|调整|调|挪|换)"),
    (
        "{indefinitely}",
        r"(?:改期|推迟|延迟|延期|延后|推后|提前|顺延)(?:了)?(?:[一两二三四五六七八九十几0-9]{1,2}个?(?:天|周|星期|礼拜|月|年))?",
    ),
    ("{to}", r"(?:到|至|成|为|在|回)(?:了)?(?P<to>[^。！？，,；;.!?|了]{2,20})"),
];

const MOVED: &[Row] = &[
    (
        r"{heard}{my_event}{adverbs}(?:没有?(?:被)?(?:取消|改期|推迟)|不(?:会)?取消|恢复|照常(?:举行|进行|考)?|照旧(?:举行|进行)?|如期(?:举行|进行)?)(?:了|啦)*(?:[，,]?\s*(?:还是|仍然|仍|就)?(?:定?在|到|是)?(?P<to>(?:[0-9一二三四五六七八九十]|[今明后]天|这?下?个?(?:周|星期|礼拜))[^。！？；;|，,]{1,20}?))?{end}",
        "appointment",
        "{who}有安排{date}：{value}。",
        85,
        Again,
    ),
    (
        r"{heard}{my_event}(?:的?(?:时间|日期|日子))?{adverbs}(?:被)?(?:{someone})?{adverbs}(?:{indefinitely}|{shifted}{to})(?:举行|进行|考|再考|再办)?{done}{end}",
        "appointment",
        "{who}有安排{date}：{value}。",
        85,
        Moved,
    ),
    (
        r"{heard}{someone}{adverbs}(?:把|将){my_event}(?:的?(?:时间|日期|日子))?{adverbs}(?:给)?(?:{indefinitely}|{shifted}{to})(?:举行|进行)?{done}{end}",
        "appointment",
        "{who}有安排{date}：{value}。",
        85,
        Moved,
    ),
    (
        r"{heard}{my_event}{adverbs}(?:被)?(?:{someone})?{adverbs}(?:取消|作废|泡汤|黄|吹|不(?:考|办|开|举行|举办|面|做|用去|用考))(?:掉)?(?:了|啦)+{end}",
        "~appointment",
        "{who}不再有安排：{value}。",
        85,
        Plain,
    ),
    (
        r"{heard}{someone}{adverbs}(?:把|将){my_event}{adverbs}(?:给)?(?:取消|推|退)(?:掉)?{done}{end}",
        "~appointment",
        "{who}不再有安排：{value}。",
        85,
        Plain,
    ),
    (
        r"{heard}{我}们?{adverbs}(?:不|不用|不能|没法)(?:再)?(?:去|参加){event}(?:了|啦)+{end}",
        "~appointment",
        "{who}不再有安排：{value}。",
        85,
        Plain,
    ),
    (
        r"{heard}{someone}{adverbs}取消(?:了|掉了?)(?:{我}们?的?|那[场个次]|这[场个次])?{event}{done}{end}",
        "~appointment",
        "{who}不再有安排：{value}。",
        85,
        Plain,
    ),
    (
        r"{我}们?{adverbs}(?:没有?|不用(?:去|参加)?){event}(?:了|啦)+{end}",
        "~appointment",
        "{who}不再有安排：{value}。",
        75,
        Plain,
    ),
];

const WORK: &[Row] = &[
    (
        r"{我}{lately}(?:(?:跳槽|换工作)(?:到|去)(?:了)?|入职(?:了|到了?)?)(?:一家)?{employer}(?:上班|工作|任职)?{done}{end}",
        "employer",
        "{who}在{value}工作。",
        80,
        Plain,
    ),
    (
        r"{我}{lately}(?:去|到|进)了(?:一家)?{employer}(?:上班|工作|任职){done}{end}",
        "employer",
        "{who}在{value}工作。",
        80,
        Habit,
    ),
    (
        r"{我}{lately}不(?:再)?在(?:一家)?(?P<value>[\p{L}\p{N}]{2,14}?)(?:里|那里|那边)?(?:工作|上班|干|任职|做)(?:了|啦)+{end}",
        "~employer",
        "{who}不在{value}工作了。",
        85,
        Habit,
    ),
    (
        r"{我}{lately}(?:离开|离)(?:了)?{employer}{done}{end}",
        "~employer",
        "{who}不在{value}工作了。",
        80,
        Habit,
    ),
    (
        r"{我}{lately}(?:已经|再也)*不(?:再)?(?P<value>教书|教课|开出租|开车|写作|画画)(?:了|啦)+{end}",
        "~job",
        "{who}不再{value}。",
        75,
        Habit,
    ),
    (
        r"{我}(?:已经|现在|都|早就|终于|再也|很久)*(?:不上班|不工作|没(?:有)?工作|不干)(?P<value>)(?:了|啦)+{end}",
        "~employment",
        "{who}离开了原来的工作。",
        85,
        Habit,
    ),
    (
        r"(?:{lately}[，,]?)?{我}们?{lately}(?:从[\p{Han}A-Za-z]{1,12}?)?{lately}(?:辞职|辞了职|离职|离了职|辞去|失业|退休|退了休|下岗|裸辞|辞工|辞了工|提了?(?:离职|辞职)|交了?(?:辞呈|辞职信)|办了?(?:离职|退休)(?:手续)?|被(?:公司|老板|单位|厂里|店里|学校|医院)?(?:裁员|裁掉|裁|解雇|辞退|开除|炒鱿鱼|炒|优化)|丢了?工作|失去了?工作)(?P<value>)(?:掉)?{done}{end}",
        "~employment",
        "{who}离开了原来的工作。",
        90,
        Plain,
    ),
    (
        r"(?:{lately}[，,]?)?{我}{lately}(?:把|将)?(?:原来的|以前的|那份|现在的|之前的)?(?:工作|班){lately}(?:给)?(?:辞|丢|没|弄丢)(?P<value>)(?:掉)?{done}{end}",
        "~employment",
        "{who}离开了原来的工作。",
        90,
        Plain,
    ),
    (
        r"(?:{lately}[，,]?)?{我}{lately}(?:辞|辞掉|丢|丢掉|不做|不干)(?:了)?(?:原来的|以前的|那份|现在的|之前的|我的)?(?:[\p{Han}]{0,4})?(?:工作|班|职务|这行|那份工)(?P<value>){done}{end}",
        "~employment",
        "{who}离开了原来的工作。",
        90,
        Plain,
    ),
    (
        r"(?:{when_to_come}{我}?{when_to_come}?|{我}{when_to_come}|{我}(?:就要|将要|快要|马上要?))(?:就|就要|将|会|要)*(?:开始|正式|去|入职|上任)*(?:去)?(?P<firm>在(?:一家|一所)?{firm})?(?:开始)?(?:当|做|担任|去当|去做|任|入职当)(?:一名|一个|个|一位)?{occupation}{done}{end}",
        "job",
        "{who}将做{value}{date}。",
        80,
        Starts,
    ),
    (
        r"(?:{when_to_come}{我}?|{我}{when_to_come})(?:就|就要|将|会|要)*(?:开始)?(?:去|在|到)(?:一家)?{employer}(?:开始)?(?:上班|工作|入职|报到){done}{end}",
        "employer",
        "{who}将去{value}工作{date}。",
        85,
        Starts,
    ),
    (
        r"(?:{when_to_come}{我}?|{我}{when_to_come})(?:就|就要|将|会|要)*(?:开始|去|上|入职)(?:做|上)?(?:我的|一份|这份)?(?P<value>新工作|新公司|新岗位).*$",
        "plan",
        "{who}将开始{value}{date}。",
        80,
        OnDayOnly,
    ),
    (
        r"{我}的?(?P<value>新工作){when_to_come}(?:开始|就开始|正式开始).*$",
        "plan",
        "{who}将开始{value}{date}。",
        80,
        OnDayOnly,
    ),
];

const PEOPLE: &[Row] = &[
    (
        r"{name}(?:现在|已经|早就)*(?:不再是|不是){我}(?:的)?(?P<relation>老板|同事|室友|邻居|闺蜜|好朋友|朋友)(?:了|啦)+{end}",
        "~",
        "{value}不再是{who}的{relation}。",
        80,
        Relation,
    ),
    (
        r"{name}{lately}是{我}(?:的)?(?P<relation>前男友|前女友|前夫|前妻|前任)(?:了|啦)*{end}",
        "",
        "{who}的{relation}叫{value}。",
        90,
        Relation,
    ),
    (
        r"{我}{lately}没(?:有)?(?:男朋友|女朋友|男友|女友|对象|老公|老婆)(?P<value>)(?:了|啦)+{end}",
        "~partnership",
        "{who}和伴侣分开了。",
        80,
        Plain,
    ),
    (
        r"{我}们?(?:家)?(?:的)?{lately}(?:第?(?P<nth>[二三四五六])个(?P<thing>孩子|儿子|女儿)|老(?P<nth2>[二三四五六]))(?:也|终于|已经|刚|刚刚)*(?:出生|降生|诞生|生下来){done}{end}",
        "has",
        "{who}有{value}。",
        85,
        Nth,
    ),
    (
        r"{我}们?{lately}(?:生|有|迎来)(?:下)?(?:了)?(?:第(?P<nth>[二三四五六])个(?P<thing>孩子|儿子|女儿)|老(?P<nth2>[二三四五六])|(?P<nth3>[二三四五六])胎){done}{end}",
        "has",
        "{who}有{value}。",
        85,
        Nth,
    ),
    // How many are left, nobody says.
    (
        r"{我}们?(?:家)?(?:的)?(?:有)?(?:其中)?(?:的)?一[只条匹头](?P<value>狗狗|小狗|狗|猫咪|小猫|猫|兔子|仓鼠|鹦鹉|鸟|鱼|乌龟|鸡|马|羊){lately}(?:死|去世|走丢|跑丢|安乐死)(?:了|啦)+[。！!…]*\s*$",
        "~has",
        "{who}的{value}少了一只。",
        80,
        Plain,
    ),
];

const PREFERENCE: &[Row] = &[
    (
        r"{我}{lately}(?:真的|已经|实在|是|对)*(?:受够|烦透|腻烦)(?:了)?{value}(?:了|啦)?{end}",
        "~likes",
        "{who}不喜欢{value}了。",
        70,
        Plain,
    ),
    (
        r"{我}{lately}对{value}(?:已经|再也|也|都|完全|彻底)*(?:没|没有|不感|不再感|失去)(?:什么)?(?:兴趣)(?:了|啦)*{end}",
        "~likes",
        "{who}对{value}没有兴趣了。",
        75,
        Plain,
    ),
    (
        r"{我}?(?:现在|目前|如今|最近)?{我}?(?:现在|目前|如今|最近)?(?:的)?最(?:喜欢|爱|喜爱|钟爱)的{thing}(?:现在|目前|已经|如今)*(?:以前是[^，。；]{1,10}[，,]?(?:但|不过)?(?:现在)?是|不(?:再)?是[^，。；]{1,10}(?:了)?[，,]?(?:而是|是)|变成|变为|改成|换成|成了|是)(?:了)?{value}(?:了|啦)?{end}",
        "",
        "{who}最喜欢的{thing}是{value}。",
        95,
        Favourite,
    ),
    (
        r"(?P<value>[^，。！？；,;\s我你他她的]{1,12}?)(?:现在|已经|早就)*(?:不再是|不是){我}(?:现在)?(?:的)?最(?:喜欢|爱|喜爱)的{thing}(?:了|啦)*{end}",
        "~",
        "{who}最喜欢的{thing}不再是{value}。",
        85,
        Favourite,
    ),
    (
        r"{我}(?:现在)?最(?:喜欢|爱|喜爱)的{thing}(?:现在|已经|早就)*(?:不再是|不是)(?P<value>[^，。！？；,;\s]{1,12}?)(?:了|啦)+[。！!]*$",
        "~",
        "{who}最喜欢的{thing}不再是{value}。",
        85,
        Favourite,
    ),
    (
        r"(?P<value>[^，。！？；,;\s我你他她的]{1,12}?)(?:现在)?(?:是|成了|变成了?){我}(?:现在|目前)?(?:的)?最(?:喜欢|爱|喜爱)的{thing}(?:了|啦)?{end}",
        "",
        "{who}最喜欢的{thing}是{value}。",
        85,
        Favourite,
    ),
    (
        r"{我}{lately}(?:开始|变得|渐渐|慢慢|居然|竟然|反而|又|重新|真的|也|很|好|非常|特别|超|挺|还是|越来越|就)*(?:喜欢上|喜欢|爱上|迷上|爱吃|爱喝|爱听|爱看|爱玩)(?:了)?{value}(?:了|啦|呢)?{end}",
        "likes",
        "{who}喜欢{value}。",
        80,
        Plain,
    ),
    (
        r"{我}{lately}(?:一点也|一点|也|再|都)*(?:不再那么|不那么|没那么|没有那么|没以前那么|不再|不|没有以前那么)(?:讨厌|厌恶|反感|怕吃){value}(?:了|啦)?{end}",
        "~dislikes",
        "{who}不讨厌{value}了。",
        80,
        Plain,
    ),
    (
        r"{我}(?:以前|曾经|过去|小时候|之前)(?:很|特别|非常|最|也)*(?:讨厌|不喜欢|不爱吃|不爱喝|受不了){value}{end}",
        "~dislikes",
        "{who}以前不喜欢{value}。",
        75,
        Plain,
    ),
    (
        r"{我}(?:以前|曾经|过去|之前)(?:很|特别|非常|最|也)*(?:喜欢|爱吃|爱喝|爱){value}{end}",
        "~likes",
        "{who}以前喜欢{value}。",
        75,
        Plain,
    ),
    (
        r"{我}{lately}(?:真的|已经|开始|渐渐|慢慢|越来越|变得|反而|又|很|就)*(?:讨厌|厌倦|腻|吃腻|听腻|看腻|玩腻|喝腻|受不了|不喜欢|不爱吃|不爱喝|不爱)(?:了)?{value}(?:了|啦)?{end}",
        "dislikes",
        "{who}不喜欢{value}。",
        80,
        Plain,
    ),
    (
        r"(?P<value>[\p{Han}]{1,8}){我}(?:已经)?(?:吃|听|看|玩|喝)腻(?:了|啦)+{end}",
        "dislikes",
        "{who}不喜欢{value}了。",
        75,
        Plain,
    ),
];

const COUNTS: &[Row] = &[(
    r"{我}(?:们)?{lately}(?:家里?)?{lately}(?:一共|总共|现在)*(?:有|养|养了)(?:了)?(?P<value>(?:[一两二三四五六七八九十]|[0-9]{1,2})(?:个|只|条|位|匹|头)(?:双胞胎)?{counted}(?:(?:、(?:[一两二三四五])(?:个|只|条|位){counted})*(?:和|，|,)(?:[一两二三四五])(?:个|只|条|位){counted})?)(?:了|啦)?{end}",
    "has",
    "{who}有{value}。",
    85,
    Plain,
)];

const STATUS: &[Row] = &[
    (
        r"(?:{lately}[，,]?)?{我}们?{lately}(?:领证|领了证)?(?P<value>结婚|订婚|复婚|再婚|脱单|恋爱){done}{end}",
        "relationship status",
        "{who}：{value}。",
        80,
        Plain,
    ),
    (
        r"{我}{lately}(?:在)?(?P<value>谈恋爱|有对象|有男朋友|有女朋友|有男友|有女友){done}{end}",
        "relationship status",
        "{who}：{value}。",
        80,
        Plain,
    ),
];

const THINGS: &[Row] = &[
    (
        r"{我}们?{lately}(?:把|将)(?:(?P<it>它们?|那个|这个)|(?:我的?|那[辆部台]|原来的|旧)?(?P<value>[\p{L}\p{N}]{1,10}?)){lately}(?:给)?(?:卖|扔|送人|报废|处理)(?:掉)?{done}{end}",
        "~has",
        "{who}不再有{value}。",
        80,
        Plain,
    ),
    (
        r"{我}们?{lately}(?:把|将)(?:(?P<it>它们?|那个|这个)|(?:我的?|那[辆部台]|原来的|旧)?(?P<value>[\p{L}\p{N}&&[^借租还交寄拿递留发带教讲说卖]]{1,10}?)){lately}(?:送给|转送给|送|捐给|转让给|给)(?:了)?(?:我们?|一个|慈善|隔壁)?(?:的)?(?:大|小|老)?(?P<heir>儿子|女儿|弟弟|妹妹|哥哥|姐姐|爸爸?|妈妈?|父亲|母亲|爷爷|奶奶|外公|外婆|阿姨|姨妈|姑姑|姑妈|叔叔|舅舅|舅妈|伯伯|侄子|侄女|外甥|表弟|表妹|表哥|表姐|孩子|朋友|同学|同事|邻居|室友|前任|老公|老婆|丈夫|妻子|机构|博物馆|学校){done}{end}",
        "~has",
        "{who}不再有{value}。",
        80,
        Plain,
    ),
    (
        r"{我}们?{lately}(?:卖|扔)(?:掉)?了(?:(?P<it>它们?|)|(?:我的?|那[辆部台]|原来的|旧)?(?P<value>[\p{L}\p{N}]{1,10}?)){done}{end}",
        "~has",
        "{who}不再有{value}。",
        80,
        Plain,
    ),
    (
        r"{我}们?{lately}没(?:有)?(?:那辆|那台)?(?P<value>{object})(?:了|啦)+{end}",
        "~has",
        "{who}不再有{value}。",
        75,
        Habit,
    ),
    (
        r"(?:{我}们?的?(?P<value>{object})|(?P<bare>{object})|(?P<it>它|)){lately}(?:被)?(?:人)?(?:偷|卖|报废|丢)(?:掉|走)?(?:了|啦)+{end}",
        "~has",
        "{who}不再有{value}。",
        75,
        Plain,
    ),
    (
        r"{我}{lately}(?:已经|再也)*不(?:再)?(?:弹|拉|吹|打|学){instrument}(?:了|啦)+{end}",
        "~plays",
        "{who}不再演奏{value}。",
        80,
        Habit,
    ),
    (
        r"{我}{lately}放弃(?:了)?(?:学)?(?:弹|拉|吹|打)?{instrument}(?:了|啦)*{end}",
        "~plays",
        "{who}不再演奏{value}。",
        80,
        Plain,
    ),
];

const YEARLY: &[Row] = &[
    (
        r"{我}?(?:们)?(?:俩)?(?:的)?(?P<value>结婚|恋爱|相识|订婚|认识|在一起|相恋|入职|戒酒|戒烟)(?:\d*周年)?(?:的)?纪念日{falls}(?P<day>[^？！?|]{2,20})$",
        "anniversary",
        "{who}的{value}纪念日是{date}。",
        90,
        Yearly,
    ),
    (
        r"{我}们(?:俩)?(?:的)?(?:周年)?纪念日(?P<value>){falls}(?P<day>[^？！?|]{2,20})$",
        "anniversary",
        "{who}的纪念日是{date}。",
        85,
        Yearly,
    ),
    (
        r"(?P<day>{day_of_month}|今天|明天|后天)(?:就)?是(?:{我}们?(?:俩)?(?:的)?)?(?P<value>结婚|恋爱|相识|订婚|认识|在一起|相恋)?(?:\d*周年)?(?:的)?纪念日{done}{end}",
        "anniversary",
        "{who}的{value}纪念日是{date}。",
        85,
        Yearly,
    ),
    (
        r"{我}?(?:的)?(?P<value>(?:{relatives})(?:的)?忌日|命名日|(?:{relatives})(?:的)?祭日){falls}(?P<day>[^？！?|]{2,20})$",
        "yearly",
        "{who}的{value}是{date}。",
        90,
        Yearly,
    ),
    (
        r"(?P<day>{day_of_month}|今天|明天|后天)(?:就)?是{我}?(?:的)?(?P<value>(?:{relatives})(?:的)?(?:忌日|祭日)|命名日){done}{end}",
        "yearly",
        "{who}的{value}是{date}。",
        85,
        Yearly,
    ),
    (
        r"{我}们?(?:俩)?(?:是)?(?:在)?(?P<day>(?:[0-9]{4}年)?{day_of_month})(?:那天)?(?:登记|领证)?(?P<value>结婚|结的婚|领证|领的证|办的?婚礼){done}{end}",
        "anniversary",
        "{who}的结婚纪念日是{date}。",
        85,
        Yearly,
    ),
    (
        r"{我}们?(?:俩)?(?:是)?(?:在)?(?P<day>(?:[0-9]{4}年)?{day_of_month})(?:那天)?(?P<value>订婚|订的婚|在一起|认识|相识){done}{end}",
        "yearly",
        "{who}和伴侣在{date}{value}。",
        80,
        Yearly,
    ),
    (
        r"每年(?:的)?(?P<day>{day_of_month})[，,]?(?P<value>(?:我们?|咱们?|全家|大家)[^。！？；!?;|]{2,40}?){end}",
        "yearly",
        "每年{date}，{who}说：{value}。",
        80,
        Yearly,
    ),
    (
        r"(?P<value>(?:我们?|咱们?)(?:全家)?)每年(?:的)?(?P<day>{day_of_month})(?:都|会|要)+[^。！？；!?;|]{2,40}?{end}",
        "yearly",
        "每年{date}是{who}的日子。",
        75,
        Yearly,
    ),
];

pub(super) const TABLES: ChangesTables = ChangesTables {
    yearly: YEARLY,
    moved: MOVED,
    work: WORK,
    people: PEOPLE,
    preference: PREFERENCE,
    things: THINGS,
    status: STATUS,
    counts: COUNTS,
    own: OWN_PARTS,
    shared: PARTS,
};
