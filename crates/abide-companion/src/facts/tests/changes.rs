//! What is otherwise now: facts that end, or give way to newer ones, whatever the words; and days that return every year.

use super::*;

/// What holds after some messages, one a day.
pub(super) fn after(messages: &[&str]) -> String {
    let mut known: Vec<KnownFact> = Vec::new();
    for (day, message) in messages.iter().enumerate() {
        let at = date(2023, 5, 9 + day as i8).at(14, 5, 0, 0).to_zoned(TimeZone::UTC).unwrap();
        let (anchors, people) = (Anchors::default(), People::new(&known));
        let told = Told { at: &at, user_name: Some("Sam"), anchors: &anchors, people: &people };
        let put_right = day.checked_sub(1).and_then(|before| correction(message, messages[before], told));
        for (wrong, right) in put_right.into_iter().flat_map(|correction| correction.changes) {
            let same = |fact: &KnownFact| (&fact.predicate, &fact.value) == (&wrong.predicate, &wrong.value);
            known.iter_mut().filter(|fact| same(fact)).for_each(|fact| fact.current = false);
            known.extend(right.map(|right| kept(known.len(), &right, true)));
        }
        let read = match day.checked_sub(1) {
            Some(before) => extract_after(message, messages[before], told),
            None => extract(message, told),
        };
        for fact in read.facts {
            let fact = by_known_name(&known, &fact).unwrap_or(fact);
            apply(&mut known, &fact);
        }
    }
    current(&known)
        .iter()
        .map(|(predicate, value)| format!("{predicate}={value}"))
        .collect::<Vec<_>>()
        .join("; ")
}

pub(super) fn check_after(table: &[(&[&str], &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter(|(messages, expected)| after(messages) != *expected)
        .map(|(messages, expected)| {
            format!("{messages:?}\n   is  {:?}\n   not {expected:?}", after(messages))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Whether nothing is left of what was told first, whichever message comes then.
fn ends(first: &str, then: &[&str]) {
    let table: Vec<([&str; 2], &str)> = then.iter().map(|message| ([first, *message], "")).collect();
    check_after(&table.iter().map(|(messages, expected)| (&messages[..], *expected)).collect::<Vec<_>>());
}

#[test]
fn work_ends_in_english() {
    ends(
        "I'm a nurse.",
        &[
            "I quit my job yesterday.",
            "I resigned last week.",
            "I've retired.",
            "I retired in May.",
            "I'm retired now.",
            "I got fired.",
            "I've been laid off.",
            "I lost my job.",
            "I handed in my notice today.",
            "I'm unemployed now.",
            "I don't work anymore.",
            "I left my job at the hospital.",
            "I've just been made redundant.",
            "I'm out of work.",
            "I stopped working.",
            "The hospital let me go.",
            "I took early retirement.",
            "I quit last week.",
            "My contract wasn't renewed.",
            "I'm no longer a nurse.",
            "I'm between jobs.",
            "I gave up my job as a nurse.",
        ],
    );
}

#[test]
fn work_ends_in_french() {
    ends(
        "Je suis infirmière.",
        &[
            "J'ai démissionné hier.",
            "J'ai posé ma démission.",
            "J'ai pris ma retraite.",
            "Je suis à la retraite maintenant.",
            "J'ai été licenciée.",
            "J'ai perdu mon emploi.",
            "Je me suis fait virer.",
            "Je suis au chômage.",
            "Je ne travaille plus.",
            "J'ai quitté mon boulot la semaine dernière.",
            "Je viens de perdre mon travail.",
            "On m'a licenciée.",
            "Je n'ai plus de travail.",
            "J'ai arrêté de travailler.",
            "Mon contrat n'a pas été renouvelé.",
            "Je suis retraitée.",
            "Je ne suis plus infirmière.",
        ],
    );
}

#[test]
fn work_ends_in_chinese() {
    ends(
        "我是护士。",
        &[
            "我昨天辞职了。",
            "我辞职了。",
            "我上周离职了。",
            "我退休了。",
            "我上个月退休了。",
            "我失业了。",
            "我被裁员了。",
            "我被公司开除了。",
            "我昨天被解雇了。",
            "我丢了工作。",
            "我没工作了。",
            "我把工作辞了。",
            "我辞掉了工作。",
            "我已经不上班了。",
            "我三个月前辞了职。",
            "我不干了。",
            "昨天我辞职了。",
            "我不再是护士了。",
            "我五月份辞职了。",
            "我下岗了。",
        ],
    );
}

#[test]
fn work_goes_on_where_something_else_ends() {
    check_after(&[
        (&["I'm a nurse.", "I quit smoking."], "job=nurse"),
        (&["I'm a nurse.", "I lost my keys."], "job=nurse"),
        (&["I'm a nurse.", "I left my phone at work."], "job=nurse"),
        (&["Je suis infirmière.", "J'ai perdu mon sac."], "job=infirmière"),
        (&["Je suis infirmière.", "Je ne travaille plus chez Airbus."], "job=infirmière"),
        (&["我是护士。", "我丢了手机。"], "job=护士"),
        (&["我是护士。", "我今天不上班，在家休息。"], "job=护士"),
    ]);
}

#[test]
fn work_begins_on_a_day() {
    check(&[
        ("I start as a baker on Monday.", "job=baker"),
        ("I'm starting as a baker next week.", "job=baker"),
        ("On Monday I start as a baker.", "job=baker"),
        ("I'll be starting work as a baker in June.", "job=baker"),
        ("From Monday I'll be a baker.", "job=baker"),
        ("I begin my new job as a teacher tomorrow.", "job=teacher"),
        ("I start at Lidl on Monday.", "employer=Lidl"),
        ("I'm starting at the bakery on Monday.", "employer=the bakery"),
        ("I start my new job on Monday.", "plan=2023-05-15 new job"),
        ("My new job starts on Monday.", "plan=2023-05-15 new job"),
        ("Je commence lundi comme boulangère.", "job=boulangère"),
        ("Lundi, je commence comme boulanger.", "job=boulanger"),
        ("Je commence comme boulanger lundi prochain.", "job=boulanger"),
        ("Je commence un nouveau boulot comme serveur demain.", "job=serveur"),
        ("Je commence chez Lidl lundi.", "employer=Lidl"),
        ("Je commence mon nouveau travail lundi.", "plan=2023-05-15 nouveau travail"),
        ("À partir de lundi, je serai infirmière.", "job=infirmière"),
        ("我下周一开始当面包师。", "job=面包师"),
        ("下周一我开始当面包师。", "job=面包师"),
        ("我从下周一起当老师。", "job=老师"),
        ("我明天去华为上班。", "employer=华为"),
        ("我下周一开始新工作。", "plan=2023-05-15 新工作"),
        ("I start to worry on Monday.", ""),
        ("I start at nine.", ""),
        ("我想当老师", "goal=当老师"),
    ]);
    let fact = &read("I start as a baker on Monday.").facts[0];
    assert_eq!(fact.text, "Sam starts as: baker on May 15, 2023.");
    assert_eq!(fact.valid_from, Some("2023-05-15T00:00Z".parse().unwrap()));
    assert_eq!(read("我下周一开始当面包师。").facts[0].text, "Sam将做面包师（2023年5月15日）。");
}

/// Whether the like or dislike that was told first holds no more, whichever message comes then, and the other one where it `is_told`.
fn turns(first: &str, gone: &str, then: &[&str], is_told: bool) {
    let other = if gone == "likes" { "dislikes" } else { "likes" };
    let holds =
        |is: &str, predicate: &str| is.split("; ").any(|fact| fact.split('=').next() == Some(predicate));
    let wrong: Vec<String> = then
        .iter()
        .map(|message| (message, after(&[first, message])))
        .filter(|(_, is)| holds(is, gone) || is_told && !holds(is, other))
        .map(|(message, is)| format!("{first} {message}: {is}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn dislikes_turn_in_english() {
    turns(
        "I hate coriander.",
        "dislikes",
        &[
            "I've come to love coriander.",
            "I love coriander now.",
            "I actually like coriander now.",
            "I've grown to like coriander.",
            "I've learned to love coriander.",
            "I started liking coriander.",
            "I ended up loving coriander.",
            "I've started to enjoy coriander.",
            "Turns out I love coriander.",
            "I now really enjoy eating coriander.",
            "Coriander has grown on me.",
            "I've changed my mind about coriander, I love it now.",
            "I've warmed to coriander.",
        ],
        true,
    );
}

#[test]
fn dislikes_turn_in_french() {
    turns(
        "Je déteste la coriandre.",
        "dislikes",
        &[
            "Finalement j'adore la coriandre.",
            "Finalement, j'aime bien la coriandre.",
            "J'ai fini par aimer la coriandre.",
            "J'ai appris à aimer la coriandre.",
            "Je commence à aimer la coriandre.",
            "Maintenant, j'adore la coriandre.",
            "Désormais j'aime la coriandre.",
            "J'ai pris goût à la coriandre.",
            "Je me suis mise à aimer la coriandre.",
            "En fait, j'adore la coriandre.",
            "J'aime enfin la coriandre.",
        ],
        true,
    );
}

#[test]
fn dislikes_turn_in_chinese() {
    turns(
        "我讨厌香菜。",
        "dislikes",
        &[
            "我现在喜欢香菜了。",
            "我喜欢上香菜了。",
            "我爱上香菜了。",
            "我终于喜欢上了香菜。",
            "我开始喜欢吃香菜了。",
            "我最近喜欢香菜了。",
            "我现在很喜欢香菜。",
            "我现在爱吃香菜了。",
            "我变得喜欢香菜了。",
            "其实我喜欢香菜。",
            "我迷上了香菜。",
        ],
        true,
    );
}

#[test]
fn likes_turn_in_english() {
    turns(
        "I love jazz.",
        "likes",
        &[
            "I hate jazz now.",
            "I don't like jazz anymore.",
            "I've come to hate jazz.",
            "I've gone off jazz.",
            "I've grown tired of jazz.",
            "I no longer like jazz.",
            "I used to love jazz.",
            "I stopped liking jazz.",
            "I can't stand jazz any more.",
            "I've lost interest in jazz.",
        ],
        false,
    );
}

#[test]
fn likes_turn_in_french() {
    turns(
        "J'adore le jazz.",
        "likes",
        &[
            "Je n'aime plus le jazz.",
            "Finalement je déteste le jazz.",
            "Je déteste le jazz maintenant.",
            "J'ai fini par détester le jazz.",
            "Je ne supporte plus le jazz.",
            "Je me suis lassée du jazz.",
            "J'aimais le jazz avant.",
            "Je n'aime plus du tout le jazz.",
            "Désormais je déteste le jazz.",
            "Je commence à détester le jazz.",
        ],
        false,
    );
}

#[test]
fn likes_turn_in_chinese() {
    turns(
        "我喜欢爵士乐。",
        "likes",
        &[
            "我现在讨厌爵士乐了。",
            "我不喜欢爵士乐了。",
            "我不再喜欢爵士乐了。",
            "我开始讨厌爵士乐了。",
            "我听腻了爵士乐。",
            "我现在不喜欢爵士乐了。",
            "我已经受不了爵士乐了。",
            "爵士乐我听腻了。",
            "我越来越讨厌爵士乐。",
            "我以前喜欢爵士乐。",
        ],
        false,
    );
}

#[test]
fn tastes_end_or_stay() {
    check_after(&[
        (&["I hate olives.", "I don't mind olives any more."], ""),
        (&["Je déteste les olives.", "Je ne déteste plus les olives."], ""),
        (&["我讨厌橄榄。", "我不讨厌橄榄了。"], ""),
        (&["I hate olives.", "I love jazz."], "dislikes=olives; likes=jazz"),
        (&["我讨厌香菜。", "我喜欢茶。"], "dislikes=香菜; likes=茶"),
    ]);
}

#[test]
fn counts_and_favourites_change() {
    check_after(&[
        (&["I have two kids.", "I have three kids."], "has=three kids"),
        (&["I have two kids.", "We now have three children."], "has=three children"),
        (&["I have a dog.", "I have two dogs now."], "has=two dogs"),
        (&["I've got two cats.", "I have three cats now."], "has=three cats"),
        (&["I have one sister.", "I have two sisters."], "has=two sisters"),
        (&["I have a brother.", "I have a sister."], "has=a brother; has=a sister"),
        (&["I have a dog.", "I have a cat."], "has=a dog; has=a cat"),
        (&["J'ai deux enfants.", "J'ai trois enfants."], "has=trois enfants"),
        (&["J'ai deux enfants.", "J'ai maintenant trois enfants."], "has=trois enfants"),
        (&["On a un chat.", "On a deux chats maintenant."], "has=deux chats"),
        (&["J'ai un frère.", "J'ai une sœur."], "has=un frère; has=une sœur"),
        (&["我有两个孩子。", "我有三个孩子。"], "has=三个孩子"),
        (&["我有两个孩子。", "我现在有三个孩子了。"], "has=三个孩子"),
        (&["我养了一只猫。", "我现在有两只猫了。"], "has=两只猫"),
        (&["我有一个哥哥。", "我有一个姐姐。"], "has=一个哥哥; has=一个姐姐"),
        (&["My favourite colour is blue.", "My favourite colour is green now."], "favourite colour=green"),
        (&["My favourite colour is blue.", "My new favourite colour is green."], "favourite colour=green"),
        (&["My favourite colour is blue.", "Now it's green."], "favourite colour=green"),
        (&["My favourite color is blue.", "Actually it's green now."], "favourite color=green"),
        (&["My favourite color is blue.", "Green is my favourite colour now."], "favourite colour=Green"),
        (&["My favourite colour was blue but now it's green."], "favourite colour=green"),
        (&["My favourite film is Alien.", "My favourite movie is now Heat."], "favourite movie=Heat"),
        (&["My favourite film is Alien.", "Now it's raining."], "favourite film=Alien"),
        (&["My favourite food is pizza.", "My favourite food has become sushi."], "favourite food=sushi"),
        (
            &["Ma couleur préférée est le bleu.", "Ma couleur préférée est maintenant le vert."],
            "favourite couleur=le vert",
        ),
        (
            &["Ma couleur préférée est le bleu.", "Ma nouvelle couleur préférée est le vert."],
            "favourite couleur=le vert",
        ),
        (&["Ma couleur préférée est le bleu.", "Maintenant c'est le vert."], "favourite couleur=le vert"),
        (
            &["Ma couleur préférée est le bleu.", "Le vert est ma couleur préférée désormais."],
            "favourite couleur=Le vert",
        ),
        (
            &["Mon film préféré est Alien.", "Mon film préféré, c'est maintenant Amélie."],
            "favourite film=Amélie",
        ),
        (&["我最喜欢的颜色是蓝色。", "我现在最喜欢的颜色是绿色。"], "favourite 颜色=绿色"),
        (&["我最喜欢的颜色是蓝色。", "我最喜欢的颜色变成绿色了。"], "favourite 颜色=绿色"),
        (&["我最喜欢的颜色是蓝色。", "现在是绿色了。"], "favourite 颜色=绿色"),
        (&["我最喜欢的颜色是蓝色。", "绿色是我最喜欢的颜色。"], "favourite 颜色=绿色"),
        (&["我最喜欢的电影是英雄。", "我最喜欢的电影现在是活着。"], "favourite 电影=活着"),
    ]);
}

#[test]
fn homes_statuses_and_things_change() {
    check_after(&[
        (&["I live in Leeds.", "I moved to York last week."], "home=York"),
        (&["I live in Leeds.", "I live in York now."], "home=York"),
        (&["I live in Leeds.", "We've just relocated to York."], "home=York"),
        (&["J'habite à Lyon.", "Je vis maintenant à Nantes."], "home=Nantes"),
        (&["J'habite à Lyon.", "J'ai déménagé à Nantes."], "home=Nantes"),
        (&["J'habite à Lyon.", "J'habite désormais à Nantes."], "home=Nantes"),
        (&["J'habite à Lyon.", "Je me suis installée à Nantes."], "home=Nantes"),
        (&["我住在北京。", "我搬到上海了。"], "home=上海"),
        (&["我住在北京。", "我现在住在上海。"], "home=上海"),
        (&["我住在北京。", "我上个月搬去了上海。"], "home=上海"),
        (&["I'm single.", "I'm married."], "relationship status=married"),
        (&["I'm single.", "I got engaged yesterday."], "relationship status=engaged"),
        (&["I'm single.", "I'm in a relationship."], "relationship status=in a relationship"),
        (&["I'm single.", "We got married in June 2019."], "married since=June 2019"),
        (&["I'm single.", "My girlfriend's name is Eva."], "girlfriend=Eva"),
        (&["Je suis célibataire.", "Je me suis mariée."], "relationship status=mariée"),
        (&["Je suis célibataire.", "Je suis en couple."], "relationship status=en couple"),
        (&["Je suis célibataire.", "Mon copain s'appelle Hugo."], "boyfriend=Hugo"),
        (&["我是单身。", "我结婚了。"], "relationship status=结婚"),
        (&["我单身。", "我上个月订婚了。"], "relationship status=订婚"),
        (&["我单身。", "我有女朋友了。"], "relationship status=有女朋友"),
        (&["I drive an old car.", "I sold my car."], ""),
        (&["I bought a car.", "I bought a new car."], "has=a new car"),
        (&["我有一辆车。", "我把车卖了。"], ""),
    ]);
}

#[test]
fn days_of_every_year_are_kept() {
    check(&[
        ("My wedding anniversary is June 3rd.", "anniversary=--06-03 wedding"),
        ("Our wedding anniversary is on the 3rd of June.", "anniversary=--06-03 wedding"),
        ("June 3rd is our wedding anniversary.", "anniversary=--06-03 wedding"),
        ("Our anniversary is June 3rd.", "anniversary=--06-03"),
        ("Our anniversary falls on June 3.", "anniversary=--06-03"),
        ("We got married on June 3rd, 2015.", "anniversary=2015-06-03 wedding"),
        ("It's our wedding anniversary tomorrow.", "anniversary=--05-10 wedding"),
        ("The anniversary of my father's death is March 3.", "anniversary=--03-03 my father's death"),
        ("My name day is June 24.", "yearly=--06-24 name day"),
        ("Every 3rd of June we light a candle.", "yearly=--06-03 we light a candle"),
        ("We light a candle every June 3rd.", "yearly=--06-03 We light a candle"),
        ("Every year on June 3rd we go to the sea.", "yearly=--06-03 we go to the sea"),
        ("We got engaged on May 1st.", "yearly=--05-01 got engaged"),
        ("Notre anniversaire de mariage est le 3 juin.", "anniversary=--06-03 mariage"),
        ("Notre anniversaire de mariage, c'est le 3 juin.", "anniversary=--06-03 mariage"),
        ("Le 3 juin, c'est notre anniversaire de mariage.", "anniversary=--06-03 mariage"),
        ("L'anniversaire de notre rencontre est le 3 juin.", "anniversary=--06-03 rencontre"),
        ("Notre anniversaire de rencontre tombe le 3 juin.", "anniversary=--06-03 rencontre"),
        ("On s'est mariés le 3 juin 2015.", "anniversary=2015-06-03 mariage"),
        ("L'anniversaire de la mort de mon père est le 3 mars.", "anniversary=--03-03 mort de mon père"),
        ("Ma fête est le 24 juin.", "yearly=--06-24 fête"),
        ("Tous les 3 juin, on allume une bougie.", "yearly=--06-03 on allume une bougie"),
        ("Chaque année, le 3 juin, on va à la mer.", "yearly=--06-03 on va à la mer"),
        ("On va à la mer tous les 3 juin.", "yearly=--06-03 On va à la mer"),
        ("我们的结婚纪念日是6月3日。", "anniversary=--06-03 结婚"),
        ("结婚纪念日是六月三号。", "anniversary=--06-03 结婚"),
        ("6月3日是我们的结婚纪念日。", "anniversary=--06-03 结婚"),
        ("我们的纪念日是六月三号。", "anniversary=--06-03"),
        ("我们的恋爱纪念日在六月三号。", "anniversary=--06-03 恋爱"),
        ("我们是2015年6月3日结婚的。", "anniversary=2015-06-03 结婚"),
        ("我爸爸的忌日是三月三号。", "yearly=--03-03 爸爸的忌日"),
        ("三月三号是我爸爸的忌日。", "yearly=--03-03 爸爸的忌日"),
        ("每年6月3日我们都去海边。", "yearly=--06-03 我们都去海边"),
        ("My father died on March 3rd, 2015.", "father.died=died; yearly=2015-03-03 father's death"),
        ("Mon père est mort le 3 mars 2015.", "father.died=mort; yearly=2015-03-03 décès (père)"),
        ("我爸爸2015年3月3日去世了。", "father.died=去世; yearly=2015-03-03 爸爸的忌日"),
        ("My father died last Friday.", "father.died=died"),
        ("We got married in June 2019.", "married since=June 2019"),
        ("I swim every Monday.", ""),
    ]);
    assert_eq!(read("My wedding anniversary is June 3rd.").facts[0].valid_to, None);
    let text = |message: &str| read(message).facts[0].text.clone();
    assert_eq!(text("Our anniversary is June 3rd."), "Sam's anniversary is June 3.");
    assert_eq!(text("Our wedding anniversary is June 3rd."), "Sam's wedding anniversary is June 3.");
    check_after(&[
        (
            &["Our wedding anniversary is June 3rd.", "The anniversary of my father's death is March 3."],
            "anniversary=--06-03 wedding; anniversary=--03-03 my father's death",
        ),
        (
            &["Our wedding anniversary is June 3rd.", "Our wedding anniversary is June 4th."],
            "anniversary=--06-04 wedding",
        ),
    ]);
}

#[test]
fn topics_to_avoid_are_heard() {
    check(&[
        ("I'd rather not hear about my divorce.", "topic=my divorce"),
        ("I would prefer not to hear about my divorce.", "topic=my divorce"),
        ("I don't want to hear another word about my divorce.", "topic=my divorce"),
        ("Please don't remind me of my divorce.", "topic=my divorce"),
        ("I'd rather not go into my divorce.", "topic=my divorce"),
        ("Not another word about my divorce, please.", "topic=my divorce"),
        ("My divorce is off limits.", "topic=My divorce"),
        ("My divorce is a sore subject.", "topic=My divorce"),
        ("I can't bear to hear about my divorce.", "topic=my divorce"),
        ("Please leave my divorce out of this.", "topic=my divorce"),
        ("Enough about my divorce.", "topic=my divorce"),
        ("I'd rather we didn't talk about my divorce.", "topic=my divorce"),
        ("Je préfère ne plus parler de mon divorce.", "topic=mon divorce"),
        ("Je préfère ne pas parler de mon divorce.", "topic=mon divorce"),
        ("Je préférerais ne plus entendre parler de mon divorce.", "topic=mon divorce"),
        ("J'aimerais ne plus parler de mon divorce.", "topic=mon divorce"),
        ("Je préfère éviter de parler de mon divorce.", "topic=mon divorce"),
        ("Je préfère ne plus évoquer mon divorce.", "topic=mon divorce"),
        ("Je préfère ne pas aborder le sujet de mon divorce.", "topic=mon divorce"),
        ("Plus un mot sur mon divorce.", "topic=mon divorce"),
        ("Mon divorce est un sujet tabou.", "topic=Mon divorce"),
        ("Je ne veux plus parler des araignées.", "topic=araignées"),
        ("别跟我提离婚的事。", "topic=离婚"),
        ("别跟我提我的离婚。", "topic=离婚"),
        ("别跟我提工作。", "topic=工作"),
        ("别跟我提蜘蛛", "topic=蜘蛛"),
        ("不要跟我说起离婚的事。", "topic=离婚"),
        ("别再跟我提前男友了。", "topic=前男友"),
        ("离婚的事就别提了。", "topic=离婚"),
        ("我不想再听到离婚的事。", "topic=离婚"),
        ("请不要和我聊我前妻。", "topic=我前妻"),
        ("别提了", ""),
    ]);
    assert!(read("Je ne veux plus parler des araignées.").facts[0].text.ends_with("parler d'araignées."));
}

#[test]
fn birthdays_of_others_are_named_by_every_word_for_them() {
    let at = date(2023, 5, 9).at(14, 5, 0, 0).to_zoned(TimeZone::UTC).unwrap();
    let birthday =
        |subject: &str| Fact { subject: subject.to_owned(), ..fact("birthday", "--03-14", true, 0) };
    let known = [
        kept(0, &birthday("mom"), true),
        kept(1, &fact("sister", "Clara", true, 0), true),
        kept(2, &birthday("Clara"), true),
        kept(3, &fact("appointment", "2023-04-20 final maths exam at 10", true, 0), true),
    ];
    let anchors = anchors(&known, at.date());
    for text in [
        "What did I do before my mom's birthday?",
        "What did I do before my mum's birthday?",
        "before my mother's birthday",
        "avant l'anniversaire de ma mère",
        "avant l'anniv de maman",
        "我妈妈生日之前",
        "before Clara's birthday",
        "before my sister's birthday",
        "avant l'anniversaire de ma sœur",
        "我姐姐生日前",
        "before my exam",
        "before my maths exam",
        "before the final maths exam",
    ] {
        let found = crate::time::parse(text, &at, &anchors);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].kind, crate::time::TimeKind::Before, "{text}");
    }
}

#[test]
fn what_is_given_to_somebody_is_had_no_longer() {
    for (first, then) in [
        (
            "I have a red bike.",
            &[
                "I gave it to my son.",
                "I gave it to my youngest daughter for her birthday.",
                "We donated it to a charity shop last week.",
                "I've passed it on to my niece.",
                "I gave my bike to Tom.",
                "I gave the red bike to my best friend yesterday.",
            ][..],
        ),
        (
            "J'ai un vélo rouge.",
            &[
                "Je l'ai donné à mon fils.",
                "Je l'ai offert à ma nièce hier.",
                "J'ai donné mon vélo à ma voisine.",
            ],
        ),
        ("我有一辆自行车。", &["我把它送给我儿子了。", "我把自行车送给了邻居。", "我把它捐给学校了。"]),
    ] {
        ends(first, then);
    }
    let kept = [
        "I gave it to my son for the weekend.",
        "I gave it to the repair shop.",
        "I lent it to my son.",
        "Did I give it to my son?",
        "I gave it to my sister to fix.",
        "I want to give it to my son.",
    ];
    let table: Vec<([&str; 2], &str)> =
        kept.iter().map(|then| (["I have a red bike.", *then], "has=a red bike")).collect();
    check_after(&table.iter().map(|(messages, expected)| (&messages[..], *expected)).collect::<Vec<_>>());
    check_after(&[
        (&["J'ai un vélo rouge.", "Je l'ai prêté à mon fils."], "has=un vélo rouge"),
        (&["我有一辆自行车。", "我把它借给我儿子了。"], "has=一辆自行车"),
        // What "it" is was not told last.
        (&["I have a red bike.", "I live in Hull.", "I gave it to my son."], "has=a red bike; home=Hull"),
    ]);
}
