//! What Chinese sentences say, and what they only seem to: each table has the fault beside what must be read all the same.

use super::*;

#[test]
fn people_are_called_by_the_word_that_the_user_has_for_them() {
    let text = |message: &str, place: usize| read(message).facts[place].text.clone();
    assert_eq!(text("我妹妹叫小雨，她住在杭州", 1), "Sam的妹妹小雨住在杭州。");
    assert_eq!(text("我弟弟叫小明，他是医生", 1), "Sam的弟弟小明是医生。");
    assert_eq!(text("我外婆叫秀英。她住在杭州", 1), "Sam的外婆秀英住在杭州。");
    assert_eq!(text("我妹妹叫小雨。小雨住在杭州。", 1), "Sam的妹妹小雨住在杭州。");
    assert_eq!(text("Max住在杭州。", 0), "Sam的兄弟Max住在杭州。");
}

#[test]
fn the_words_of_others_are_theirs() {
    nothing(&[
        "我同事跟我讲，我讨厌加班",
        "我老板在群里说：我住在上海",
        "我妈一直念叨，我喜欢孩子",
        "我姐发微信说，我怀孕了",
        "医生告诉我，我对花生过敏",
        "我姐夫是医生，住在上海",
        "我同学是医生，住在上海",
        "我有个表弟在上海工作，喜欢抽烟",
        "在剧里我是医生",
        "在理想的世界里，我住在托斯卡纳",
        "上辈子我是医生",
    ]);
    check(&[
        ("我跟你说过，我住在北京", "home=北京"),
        ("我觉得，我喜欢猫", "likes=猫"),
        ("说实话，我讨厌加班", "dislikes=加班"),
        ("我住在上海，但是我喜欢北京", "home=上海; likes=北京"),
        ("我住在上海，喜欢爬山", "home=上海; likes=爬山"),
    ]);
}

#[test]
fn names_and_places_are_some() {
    nothing(&[
        "我叫外卖了",
        "我叫车了",
        "我叫小明起床",
        "叫我起床",
        "叫我妈妈",
        "我住在医院三天了",
        "我住在网上",
        "我搬到腾讯文档了",
        "我在2010年搬到西班牙，后来又回来了",
        "我准备好了",
        "我准备了晚饭",
        "我想当年真傻",
        "我对他很过敏",
        "我妈是不是护士",
        "我喜欢跟你聊天",
        "我的猫叫得很大声",
        "我学习不好",
    ]);
    check(&[
        ("叫我小张吧", "name=小张"),
        ("叫我小雨就好。", "name=小雨"),
        ("你可以叫我阿杰就行了。", "name=阿杰"),
        ("我叫欧阳娜娜", "name=欧阳娜娜"),
        ("我叫李娜，你呢？", "name=李娜"),
        ("我住在北京三年了", "home=北京"),
        ("我搬去成都了", "home=成都"),
        ("我准备考研", "plan=考研"),
        ("我想当老师", "goal=当老师"),
        ("我对花生很过敏", "allergy=花生"),
    ]);
}

#[test]
fn what_was_wrong_is_put_right() {
    check(&[
        ("我住在上海，不对，是北京", "home=北京"),
        ("我住在上海。说错了，是北京。", "home=北京"),
        ("我对花生其实不过敏", "~allergy=花生"),
        ("我其实对花生不过敏", "~allergy=花生"),
        ("我不是护士了", "~job=护士"),
        ("我不再喜欢咖啡了", "dislikes=咖啡"),
        ("我跟老公离婚了", "~partnership="),
    ]);
}

#[test]
fn people_write_as_they_like() {
    check(&[
        ("我妈是护士", "mother.job=护士"),
        ("我爸今年六十岁", "father.age=60"),
        ("我哥去年搬到深圳了", "Max.home=深圳"),
        ("我姐住在上海", "sister.home=上海"),
        ("俺叫大壮", "name=大壮"),
        ("咱妈是老师", "mother.job=老师"),
        ("我媽媽住在臺北", "mother.home=臺北"),
        ("我對花生過敏", "allergy=花生"),
        ("我喜歡爵士樂", "likes=爵士樂"),
        ("我討厭香菜", "dislikes=香菜"),
        ("我叫陳小明", "name=陳小明"),
        ("今天是我生日", "birthday=--05-09"),
        ("明天是我的生日", "birthday=--05-10"),
        ("我特别讨厌开会哈哈哈", "dislikes=开会"),
        ("我养了一只新猫！它叫豆豆。", "cat=豆豆"),
    ]);
}
