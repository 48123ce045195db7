//! What is not to be talked of, and what is to be forgotten.

use super::*;

#[test]
fn topics_to_leave_alone() {
    check(&[
        ("Can we please not talk about my mother", "topic=my mother"),
        ("Can we not talk about my weight?", "topic=my weight"),
        ("could you not mention my ex please?", "topic=my ex"),
        ("I dont wanna talk about my weight", "topic=my weight"),
        ("I really don't feel like talking about work", "topic=work"),
        ("I'd rather not talk about my divorce.", "topic=my divorce"),
        ("I'd prefer if we didn't talk about the accident", "topic=the accident"),
        ("let's not talk about politics, ok?", "topic=politics"),
        ("I'm not ready to talk about my dad yet.", "topic=my dad"),
        ("can you stop asking me about my exams?", "topic=my exams"),
        ("dont talk about my brother", "topic=my brother"),
        ("Could we avoid talking about religion?", "topic=religion"),
        ("j'ai pas envie de parler de mon ex", "topic=mon ex"),
        ("Je n'ai vraiment plus envie de parler de mon travail.", "topic=mon travail"),
        ("on va pas parler de mon père stp", "topic=mon père"),
        ("ne parlons plus de ma mère", "topic=ma mère"),
        ("Est-ce qu'on peut éviter de parler de mon poids ?", "topic=mon poids"),
        ("Je préfère ne pas parler de la politique.", "topic=la politique"),
        ("I would rather not discuss my salary", "topic=my salary"),
        ("Je préfère qu'on ne parle pas de politique.", "topic=politique"),
        ("咱们别聊我爸了好吗", "topic=我爸"),
        ("可以不要提我妈吗", "topic=我妈"),
        ("我们不要谈工作了好不好？", "topic=工作"),
        ("能不能不提我前男友？", "topic=我前男友"),
        ("我真的不太想聊我的体重。", "topic=体重"),
        ("别再跟我提考试了", "topic=考试"),
    ]);
}

#[test]
fn topics_that_may_be_talked_of_again() {
    check(&[
        ("We can talk about Fight Club again.", "~topic=Fight Club"),
        ("You can mention my ex now", "~topic=my ex"),
        ("It's ok to talk about my father again.", "~topic=my father"),
        ("I'm ready to talk about the accident now.", "~topic=the accident"),
        ("Let's talk about my dad again.", "~topic=my dad"),
        ("On peut de nouveau parler de mon père.", "~topic=mon père"),
        ("Tu peux reparler de mon ex maintenant.", "~topic=mon ex"),
        ("现在可以聊我爸了", "~topic=我爸"),
    ]);
}

#[test]
fn rules_and_the_words_of_others_are_no_topics() {
    for text in [
        "The first rule is: don't talk about Fight Club.",
        "My sister told me, never talk about politics at dinner.",
        "The sign said: don't talk about prices",
        "My old boss always said, never mention money.",
        "My best advice is: never talk about salaries.",
        "I told my sister, don't talk about my ex.",
        "We don't talk about Bruno.",
        "Not talking about politics helped me.",
        "La première règle est : ne parle jamais du Fight Club.",
        "Ma mère disait toujours : ne parle jamais de politique à table.",
        "第一条规则是：不要谈工资",
        "我妈妈告诉我，别谈钱",
    ] {
        assert_eq!(summary(text), "", "{text}");
    }
}

#[test]
fn wishes_that_something_be_forgotten() {
    check(&[
        ("forget that I love jazz", "forget:I love jazz"),
        ("Please forget I'm vegan.", "forget:I'm vegan"),
        ("forget my address", "forget:my address"),
        ("could you please delete everything about my brother?", "forget:my brother"),
        ("Delete everything you know about my ex.", "forget:my ex"),
        ("Please forget that my sister is ill", "forget:my sister is ill"),
        ("forget I mentioned my boss", "forget:my boss"),
        ("Forget I said anything.", "forget:"),
        ("oublie que j'aime le rose", "forget:j'aime le rose"),
        ("Oublie mon adresse stp", "forget:mon adresse"),
        ("Tu peux effacer tout ce qui concerne mon frère ?", "forget:mon frère"),
        ("oublie que je t'ai parlé de mon ex", "forget:mon ex"),
        ("忘了我喜欢咖啡这件事", "forget:我喜欢咖啡"),
        ("请忘掉我的地址", "forget:地址"),
        ("请忘掉我弟弟", "forget:我弟弟"),
        ("删除关于我弟弟的一切", "forget:我弟弟"),
        ("把我的生日忘掉吧", "forget:生日"),
    ]);
    for text in [
        "I forget my keys all the time.",
        "I forgot my brother's birthday.",
        "You forgot my birthday!",
        "Forget it.",
        "Don't worry, be happy.",
        "J'oublie mes clés tout le temps.",
        "你忘了我的生日",
        "我忘了我的钥匙",
        "忘了我的钥匙",
    ] {
        let forget = read(text).forget;
        assert!(forget.is_empty(), "{text}: {forget:?}");
    }
    check(&[
        ("Don't forget that I'm allergic to bees.", "allergy=bees"),
        ("Oublie pas que je suis allergique aux noix.", ""),
        ("别忘了我对花生过敏", "allergy=花生"),
    ]);
}
