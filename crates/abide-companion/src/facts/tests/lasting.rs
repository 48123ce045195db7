//! What ends for a day or an hour alone ends nothing; who is no longer what they were; who married; and words with capitals that are no names.

use super::changes::{after, check_after};
use super::*;

/// What stays of a first message, whichever comes then.
fn stays(first: &str, holds: &str, then: &[&str]) {
    let table: Vec<([&str; 2], &str)> = then.iter().map(|message| ([first, *message], holds)).collect();
    check_after(&table.iter().map(|(messages, expected)| (&messages[..], *expected)).collect::<Vec<_>>());
}

#[test]
fn leaving_for_the_day_ends_no_work() {
    stays(
        "I work for Siemens.",
        "employer=Siemens",
        &[
            "I finished at Siemens at five.",
            "I finished at Siemens early today.",
            "I finished at Siemens and went home.",
            "I left Siemens at ten past six.",
            "I left Siemens yesterday with a cold.",
            "I left Siemens because it rained.",
            "I left Siemens and took the bus.",
            "I left Siemens today.",
            "I stopped working at Siemens at noon.",
            "I stopped working at five.",
            "I stopped working because I was tired.",
            "I don't work today.",
            "I don't work on Fridays.",
            "I'm not working this week.",
            "I'm not working today.",
            "Today I'm no longer working.",
        ],
    );
    stays(
        "I work for Siemens.",
        "",
        &[
            "I left Siemens.",
            "I left Siemens last month.",
            "I left Siemens for Bosch.",
            "I finished at Siemens last week.",
            "I quit Siemens today.",
            "I stopped working for Siemens in March.",
        ],
    );
    stays(
        "Je travaille chez Renault.",
        "employer=Renault",
        &[
            "J'ai quitté Renault à cinq heures.",
            "J'ai quitté Renault hier avec deux sacs.",
            "J'ai quitté Renault en courant.",
            "J'ai arrêté de travailler pour manger.",
            "Je ne travaille plus ce soir.",
            "Je ne travaille plus aujourd'hui.",
            "Je ne travaille plus cette semaine.",
        ],
    );
    stays(
        "Je travaille chez Renault.",
        "",
        &[
            "J'ai quitté Renault.",
            "J'ai quitté Renault le mois dernier.",
            "J'ai quitté Renault pour Peugeot.",
            "Je ne travaille plus chez Renault.",
        ],
    );
    stays(
        "我在百度工作。",
        "employer=百度",
        &["我今天不在百度上班了。", "我下午离开百度了。", "今天我不上班了。", "我晚上不工作了。"],
    );
    stays(
        "我在百度工作。",
        "",
        &["我离开百度了。", "我去年离开了百度。", "我不在百度上班了。", "我不上班了。"],
    );
}

#[test]
fn what_one_does_not_do_on_a_day_one_does_on_others() {
    stays(
        "I'm a baker.",
        "job=baker",
        &[
            "I stopped baking on Sundays.",
            "I stopped baking at nine.",
            "I stopped baking and sat down.",
            "I stopped baking because my hand hurt.",
            "I no longer bake at home.",
            "Today I no longer bake.",
        ],
    );
    stays(
        "I'm a baker.",
        "",
        &["I stopped baking last year.", "I no longer bake for a living.", "I don't bake any more."],
    );
    stays(
        "I play the flute.",
        "plays=flute",
        &[
            "I stopped playing the flute at midnight.",
            "I stopped playing the flute when he came in.",
            "I don't play the flute tonight.",
            "Today I don't play the flute.",
        ],
    );
    stays(
        "I play the flute.",
        "",
        &["I stopped playing the flute.", "I no longer play the flute.", "I gave up the flute."],
    );
    stays(
        "Je joue du violon.",
        "plays=violon",
        &[
            "Ce soir, je ne joue plus de violon.",
            "J'ai arrêté le violon à minuit.",
            "J'ai arrêté de jouer du violon quand il est rentré.",
        ],
    );
    stays("Je joue du violon.", "", &["Je ne joue plus de violon.", "J'ai arrêté le violon."]);
    stays(
        "我是老师。",
        "job=老师",
        &["我今天不教书了。", "我昨天不教课了。", "今晚我不教书了。", "我明天不教书了。"],
    );
    stays("我是老师。", "", &["我不教书了。", "我已经不教书了。"]);
    stays("我会拉小提琴。", "plays=小提琴", &["我今天不拉小提琴了。", "我昨晚不拉小提琴了。"]);
    stays("我会拉小提琴。", "", &["我不拉小提琴了。", "我早就不拉小提琴了。"]);
    stays("我有一辆车。", "has=一辆车", &["我今天没车了。"]);
}

#[test]
fn what_is_eaten_again_ends_the_diets_that_forbid_it() {
    check_after(&[
        (&["I'm vegan.", "I eat fish again."], ""),
        (&["I'm vegan.", "I've started eating cheese again."], ""),
        (&["I'm vegetarian.", "I eat eggs now."], "diet=vegetarian"),
        (&["I'm pescatarian.", "I eat fish again."], "diet=pescatarian"),
        (&["I'm gluten-free.", "I eat meat again."], "diet=gluten-free"),
        (&["I'm coeliac.", "I've started eating meat again."], "diet=coeliac"),
        (&["I'm vegetarian.", "I'm eating meat."], "diet=vegetarian"),
        (&["I'm vegetarian.", "Today I eat meat again."], "diet=vegetarian"),
        (&["Je suis végane.", "Je mange à nouveau du fromage."], ""),
        (&["Je suis végétarienne.", "Je mange à nouveau du fromage."], "diet=végétarienne"),
        (&["Je suis végétarien.", "J'ai recommencé à manger du poisson."], ""),
        (&["我吃素。", "我今天吃肉了。"], "diet=素"),
        (&["我吃素。", "我昨天吃肉了。"], "diet=素"),
        (&["我吃素。", "我中午吃肉了。"], "diet=素"),
        (&["我吃素。", "我又吃鱼了。"], ""),
        (&["我吃清真。", "我又吃肉了。"], "diet=清真"),
    ]);
}

#[test]
fn what_died_when_one_was_young_ends_nothing() {
    check_after(&[
        (&["I have three hens.", "One of my hens died when I was a child."], "has=three hens"),
        (&["I have three hens.", "One of my hens died when I was seven."], "has=three hens"),
        (&["I have three hens.", "One of my hens ran away but came back."], "has=three hens"),
        (&["I have three hens.", "One of my hens died last week."], ""),
        (&["J'ai deux lapins.", "Un de mes lapins est mort quand j'étais petite."], "has=deux lapins"),
        (&["J'ai deux lapins.", "Un de mes lapins s'est échappé mais il est revenu."], "has=deux lapins"),
        (&["J'ai deux lapins.", "Un de mes lapins est mort hier."], ""),
        (&["我有两只兔子。", "我小时候有一只兔子死了。"], "has=两只兔子"),
        (&["我有两只兔子。", "我有一只兔子走丢了，后来找到了。"], "has=两只兔子"),
        (&["I'm a nurse.", "I quit my job when I was 20."], "job=nurse"),
    ]);
}

#[test]
fn what_is_preferred_with_something_is_no_favourite() {
    let tea = "favourite drink=tea; prefers=";
    for (message, value) in [
        ("I prefer wine with dinner.", "wine with dinner"),
        ("I prefer cocoa in winter.", "cocoa in winter"),
        ("I prefer juice for breakfast.", "juice for breakfast"),
    ] {
        check_after(&[(&["My favourite drink is tea.", message], &format!("{tea}{value}"))]);
    }
    check_after(&[
        (&["My favourite food is pizza.", "Now it's Anna who cooks."], "favourite food=pizza"),
        (
            &["My favourite colour is red.", "In fact I prefer green."],
            "favourite colour=green; prefers=green",
        ),
        (
            &["Ma couleur préférée est le bleu.", "En fait, je préfère le rouge."],
            "favourite couleur=le rouge; prefers=le rouge",
        ),
        (
            &["Ma boisson préférée est le thé.", "Finalement, je préfère le cidre."],
            "favourite boisson=le cidre; prefers=le cidre",
        ),
        (
            &["Ma boisson préférée est le thé.", "Je préfère le vin avec le fromage."],
            "favourite boisson=le thé; prefers=le vin avec le fromage",
        ),
        (
            &["Ma boisson préférée est le thé.", "En fait je préfère rester à la maison."],
            "favourite boisson=le thé; prefers=rester à la maison",
        ),
        (&["我最喜欢的颜色是蓝色。", "其实我更喜欢红色。"], "favourite 颜色=红色; prefers=红色"),
        (&["我最喜欢的饮料是茶。", "其实我更喜欢在家。"], "favourite 饮料=茶"),
        (&["我最喜欢的颜色是蓝色。", "其实我更喜欢下雨。"], "favourite 颜色=蓝色; prefers=下雨"),
    ]);
}

#[test]
fn who_is_no_longer_what_they_were() {
    check_after(&[
        (&["Ben is my boyfriend.", "Ben is no longer my boyfriend."], ""),
        (&["Ben is my boyfriend.", "Ben isn't my boyfriend any more."], ""),
        (&["My husband is called Ben.", "Ben's no longer my partner."], ""),
        (&["Ann is my boss.", "Ann is no longer my boss."], ""),
        (&["Paul est mon copain.", "Paul n'est plus mon copain."], ""),
        (&["Paul est mon collègue.", "Paul n'est plus mon collègue."], ""),
        (&["小明是我男朋友。", "小明不是我男朋友了。"], ""),
        (&["小明是我男朋友。", "小明已经不是我男朋友了。"], ""),
        (&["小李是我老板。", "小李不再是我老板了。"], ""),
        // Nobody of them, or somebody else.
        (&["Ben is my boyfriend.", "Tom is no longer my boyfriend."], "boyfriend=Ben"),
        (&["Ben is my boyfriend.", "Ben is no longer my boss."], "boyfriend=Ben"),
        (&["Ben is my boyfriend.", "Is Ben no longer my boyfriend?"], "boyfriend=Ben"),
        (&["Ben is my boyfriend.", "Ben is no longer my age."], "boyfriend=Ben"),
        (&["Paul est mon copain.", "Luc n'est plus mon copain."], "boyfriend=Paul"),
        (&["Paul est mon copain.", "Paul n'est plus mon voisin."], "boyfriend=Paul"),
        (&["小明是我男朋友。", "小王不是我男朋友。"], "boyfriend=小明"),
        (&["小明是我男朋友。", "小明不是我老板了。"], "boyfriend=小明"),
        (&["小明是我男朋友。", "小明从来不是我老板。"], "boyfriend=小明"),
    ]);
}

#[test]
fn favourites_are_favourites_no_more() {
    check_after(&[
        (&["My favourite band is Muse.", "Muse isn't my favourite band any more."], ""),
        (&["My favourite band is Muse.", "Muse is no longer my favourite band."], ""),
        (&["My favourite movie is Alien.", "My favourite film is no longer Alien."], ""),
        (&["Mon groupe préféré est Muse.", "Muse n'est plus mon groupe préféré."], ""),
        (&["我最喜欢的乐队是五月天。", "五月天不再是我最喜欢的乐队了。"], ""),
        (&["我最喜欢的电影是英雄。", "英雄不是我最喜欢的电影了。"], ""),
        (&["My favourite band is Muse.", "Queen is no longer my favourite band."], "favourite band=Muse"),
        (&["My favourite band is Muse.", "Muse is no longer my favourite word."], "favourite band=Muse"),
        (&["My favourite band is Muse.", "My favourite band is not Muse but Queen."], "favourite band=Queen"),
        (&["My favourite band is Muse.", "Is Muse no longer my favourite band?"], "favourite band=Muse"),
        (&["Mon groupe préféré est Muse.", "Queen n'est plus mon groupe préféré."], "favourite groupe=Muse"),
        (&["我最喜欢的乐队是五月天。", "黑豹不是我最喜欢的乐队。"], "favourite 乐队=五月天"),
    ]);
}

#[test]
fn who_marries_becomes_a_wife_or_a_husband() {
    check_after(&[
        (&["Marc is my boyfriend.", "I married Marc."], "husband=Marc"),
        (&["Marc is my boyfriend.", "I married Marc last week."], "husband=Marc"),
        (&["Nora is my girlfriend.", "I got engaged to Nora."], "partner=Nora"),
        (&["Nora est ma copine.", "J'ai épousé Nora."], "wife=Nora"),
        (&["我女朋友叫小雨。", "我和小雨结婚了。"], "wife=小雨"),
        (&["我女朋友叫小雨。", "我和小雨订婚了。"], "partner=小雨"),
        (&["My sister is called Nora.", "I married Nora."], "sister=Nora"),
        (&["Marc is my boyfriend.", "I want to marry Marc."], "boyfriend=Marc"),
        (&["Marc is my boyfriend.", "My sister married Tom."], "boyfriend=Marc"),
        (&["Marc is my boyfriend.", "If I married Marc, I'd move."], "boyfriend=Marc"),
        (&["我女朋友叫小雨。", "我想和小雨结婚。"], "girlfriend=小雨"),
    ]);
    // Behind a wedding, that one is married is told, too.
    for (first, then, is) in [
        ("Nora is my girlfriend.", "Nora and I got married in May.", "wife=Nora"),
        ("Nora is my girlfriend.", "Nora and I got married on May 3.", "wife=Nora"),
        ("Nora est ma copine.", "Nora et moi, on s'est mariés.", "wife=Nora"),
    ] {
        let held = after(&[first, then]);
        assert!(held.contains(is) && !held.contains("girlfriend"), "{then}: {held}");
    }
    let held = after(&["Nora is my girlfriend.", "Nora and I got on well."]);
    assert_eq!(held, "girlfriend=Nora");
}

#[test]
fn a_new_employer_takes_the_place_of_the_old_one() {
    check_after(&[
        (&["我在百度工作。", "我跳槽到腾讯了。"], "employer=腾讯"),
        (&["我在百度工作。", "我去了京东上班。"], "employer=京东"),
        (&["我在百度工作。", "我上个月入职美团了。"], "employer=美团"),
        (&["我在百度工作。", "我去了京东。"], "employer=百度"),
        (&["我在百度工作。", "我今天去了医院上班。"], "employer=百度"),
        (&["我在百度工作。", "我想跳槽到腾讯。"], "employer=百度"),
    ]);
}

#[test]
fn words_with_capitals_that_tell_what_somebody_is_are_no_names() {
    let names = |message: &str| {
        let facts = read(message).facts;
        facts
            .into_iter()
            .filter(|fact| is_relation(&fact.predicate))
            .map(|fact| fact.value)
            .collect::<Vec<_>>()
    };
    for message in [
        "My wife is Diabetic.",
        "My father is Bald.",
        "My sister is Feminist.",
        "My brother is Unreliable.",
        "My mum is Teacher.",
        "My aunt is Librarian.",
        "My dog is Border Collie.",
        "My sister is Miss France.",
        "My son is Transgender.",
        "My partner is Bisexual.",
        "My dad is Part-time.",
        "Ma femme est Dentiste.",
        "Mon mari est Boulanger.",
        "Mon frère est Lyonnais.",
        "Ma mère est Retraitée.",
        "Ma sœur est Balance.",
        "Mon chat est Tigré.",
        "Mon père est Sénateur.",
        "我老婆是Vegan。",
        "我老板是小气鬼。",
        "我老公是小职员。",
        "最难过的是我女儿。",
        "左边是我哥哥。",
        "照片里是我妹妹。",
        "小李从来不是我老板。",
        "小王曾经是我女朋友。",
    ] {
        assert_eq!(names(message), [] as [&str; 0], "{message}");
    }
    for (message, name) in [
        ("My wife is Vera.", "Vera"),
        ("My brother is Ashish.", "Ashish"),
        ("My dog is Prince.", "Prince"),
        ("My sister is called Ginger.", "Ginger"),
        ("My son is Abel.", "Abel"),
        ("Mon mari est Baptiste.", "Baptiste"),
        ("Ma femme est Béatrice.", "Béatrice"),
        ("Mon frère est Julien.", "Julien"),
        ("Ma sœur est Anaïs.", "Anaïs"),
        ("我老婆是Vera。", "Vera"),
        ("我老板是小陈。", "小陈"),
        ("小芳是我妹妹。", "小芳"),
    ] {
        assert_eq!(names(message), [name], "{message}");
    }
    nothing(&["J'ai un Belge dans ma classe.", "J'ai une Italienne dans mon équipe."]);
}

#[test]
fn homes_for_a_time_end_none() {
    stays(
        "I live in Ghent.",
        "home=Ghent",
        &[
            "I live in Delft during term.",
            "I live in Delft when I study.",
            "I live in Delft with my uncle while the roof is mended.",
            "I live in Delft until the summer.",
            "I live in Delft temporarily.",
        ],
    );
    stays(
        "J'habite à Lille.",
        "home=Lille",
        &[
            "En été j'habite à Biarritz.",
            "J'habite à Biarritz quand je travaille.",
            "J'habite à Biarritz le temps des travaux.",
            "J'habite à Biarritz jusqu'en juin.",
            "J'habite à Biarritz provisoirement.",
        ],
    );
    stays(
        "我住在武汉。",
        "home=武汉",
        &["我夏天住在青岛。", "我暂时住在青岛。", "我上学的时候住在青岛。", "放假我住在青岛。"],
    );
    check_after(&[
        (&["I live in Ghent.", "I live in Delft and I love it when it rains."], "home=Delft"),
        (&["I live in Ghent.", "I live in Delft, I work until six."], "home=Delft"),
        (&["J'habite à Lille.", "J'habite à Biarritz et j'adore l'été."], "home=Biarritz; likes=l'été"),
        (&["我住在武汉。", "我住在青岛，喜欢夏天。"], "home=青岛; likes=夏天"),
        (&["I live in Ghent.", "I moved to Delft when I was ill."], "home=Delft"),
    ]);
}

#[test]
fn compounds_and_others_things_are_not_ones_own() {
    check_after(&[
        (&["I have a horse.", "I sold the horse trailer."], "has=a horse"),
        (&["I have a piano.", "We sold the piano stool."], "has=a piano"),
        (&["I own a Kawasaki.", "I sold my cousin's Kawasaki."], "has=a Kawasaki"),
        (&["I have a cat.", "I gave away the cat's basket."], "has=a cat"),
        (&["J'ai un violon.", "J'ai vendu l'étui à violon."], "has=un violon"),
        (&["J'ai une guitare.", "J'ai vendu ma housse de guitare."], "has=une guitare"),
        (&["我有一把吉他。", "我把吉他弦卖了。"], "has=一把吉他"),
        (&["我有一辆车。", "我把车里的音响卖了。"], "has=一辆车"),
        (&["I own a horse.", "I sold my old horse."], ""),
        (&["J'ai une guitare.", "J'ai vendu ma vieille guitare."], ""),
        (&["我有一把吉他。", "我把吉他卖了。"], ""),
    ]);
}
