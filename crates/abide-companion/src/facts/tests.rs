//! Tables of sentences with the facts in them, and properties of superseding.

mod brief;
mod changes;
mod chinese;
mod days;
mod ends;
mod english;
mod everyday;
mod french;
mod lasting;
mod moved;
mod others;
mod over;
mod spoken;
mod wishes;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;

fn read(message: &str) -> Extraction {
    let at = date(2023, 5, 9).at(14, 5, 0, 0).to_zoned(TimeZone::UTC).unwrap();
    let (anchors, people) = (Anchors::default(), people());
    extract(message, Told { at: &at, user_name: Some("Sam"), anchors: &anchors, people: &people })
}

/// One brother, two daughters, and a dog.
fn people() -> People {
    let named =
        [("brother", "Max"), ("daughter", "Ida"), ("daughter", "Eve"), ("dog", "Rex"), ("friend", "小美")];
    let facts = named.map(|(relation, name)| kept(0, &fact(relation, name, true, 0), true));
    People::new(&facts)
}

/// `predicate=value` for each fact, `~` before what holds no more, `subject.` before what is another's, and `forget:what`.
fn summary(message: &str) -> String {
    let extraction = read(message);
    let fact = |fact: &Fact| {
        assert!(message.contains(&fact.quote), "{message}: quote {:?}", fact.quote);
        assert!(!fact.text.contains('{') && fact.text.len() < 400, "{}", fact.text);
        let subject = if fact.subject == USER { String::new() } else { format!("{}.", fact.subject) };
        let holds = if fact.holds { "" } else { "~" };
        format!("{holds}{subject}{}={}", fact.predicate, fact.value)
    };
    let forget = |request: &ForgetRequest| format!("forget:{}", request.what);
    extraction
        .facts
        .iter()
        .map(fact)
        .chain(extraction.forget.iter().map(forget))
        .collect::<Vec<_>>()
        .join("; ")
}

fn check(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter(|(message, expected)| summary(message) != *expected)
        .map(|(message, expected)| format!("{message}\n   is  {:?}\n   not {expected:?}", summary(message)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn nothing(sentences: &[&str]) {
    check(&sentences.iter().map(|sentence| (*sentence, "")).collect::<Vec<_>>());
}

#[test]
fn english_facts() {
    check(&[
        ("Hi! My name is Anna.", "name=Anna"),
        ("my name's tom", "name=tom"),
        ("You can call me Ishmael, by the way.", "name=Ishmael"),
        ("I'm 34 years old and I live in Lyon.", "age=34; home=Lyon"),
        ("I turned thirty-four yesterday!", "age=34"),
        ("My birthday is March 14, 1990", "birthday=1990-03-14"),
        ("My birthday is on the 3rd of June.", "birthday=--06-03"),
        ("My mom's birthday is on May 2nd", "mom.birthday=--05-02"),
        ("My pronouns are she/her.", "pronouns=she/her"),
        ("I'm originally from New York.", "origin=New York"),
        ("I'm Canadian.", "nationality=Canadian"),
        ("I live in San Francisco now.", "home=San Francisco"),
        ("I just moved to Berlin last month.", "home=Berlin"),
        ("I don't live in Paris anymore.", "~home=Paris"),
        ("I used to live in Rome.", "lived in=Rome"),
        ("I work as a nurse at the hospital.", "job=nurse"),
        ("I'm a software engineer.", "job=software engineer"),
        ("I work for Acme Corporation.", "employer=Acme Corporation"),
        ("I quit my job today.", "~employment="),
        ("I'm studying marine biology at university", "studies=marine biology"),
        ("My sister's name is Clara.", "sister=Clara"),
        ("My husband Tom is a great cook.", "husband=Tom"),
        ("My little brother is called Max", "brother=Max"),
        ("We broke up last week.", "~partnership="),
        ("I have a dog named Rex.", "dog=Rex"),
        ("My cat is called Whiskers, she's lovely", "cat=Whiskers"),
        ("I have two sisters and a brother.", "has=two sisters and a brother"),
        ("I love jazz.", "likes=jazz"),
        ("Honestly, I really hate olives!", "dislikes=olives"),
        ("I don't like horror movies.", "dislikes=horror movies"),
        ("My favorite color is blue.", "favourite color=blue"),
        ("I'm allergic to peanuts.", "allergy=peanuts"),
        ("I'm a vegetarian, you know.", "diet=vegetarian"),
        ("I have asthma.", "condition=asthma"),
        ("I was diagnosed with type 1 diabetes in March.", "condition=type 1 diabetes"),
        ("I have a dentist appointment on Friday at 10.", "appointment=2023-05-12 dentist appointment at 10"),
        ("My job interview is on May 20.", "appointment=2023-05-20 job interview"),
        ("I'm flying to Japan in June!", "plan=Japan in June"),
        ("I want to learn Spanish.", "goal=learn Spanish"),
        ("My dream is to open a bakery", "goal=open a bakery"),
        ("My dream is to create a safe and loving home.", "goal=create a safe and loving home"),
        ("I love the sea.", "likes=the sea"),
        ("I love pottery - it calms me.", "likes=pottery"),
        ("I'm Buddhist.", "religion=Buddhist"),
        ("Please don't talk about my father anymore.", "topic=my father"),
        ("Never mention the accident again.", "topic=the accident"),
        ("I don't want to talk about work.", "topic=work"),
        ("Don't bring my ex up again please", "topic=my ex"),
        ("Remember that I'm allergic to bees.", "allergy=bees"),
        ("Can you remember that the spare key is under the pot?", "remember=the spare key is under the pot"),
        ("Please forget what I said about Daniel.", "forget:Daniel"),
        ("Forget that.", "forget:"),
        ("Actually, I live in Nice.", "home=Nice"),
    ]);
}

#[test]
fn english_sentences_without_facts() {
    let sentences = [
        "Do you like jazz?",
        "If I were a doctor, I'd be rich.",
        "I wish I lived in Paris.",
        "My friend's name was on the list.",
        "My friend's dog is called Rex.",
        "She said I live in a dream.",
        "He told me \"I live in London\" yesterday.",
        "> I live in Madrid\nThat's what you wrote.",
        "```\nmy name is Bob\n```",
        "`I'm allergic to nuts`",
        "Imagine I'm 90 years old.",
        "I love you.",
        "I love it when you say that.",
        "I like what you said.",
        "I like the idea.",
        "I'm tired.",
        "I'm a bit sad today.",
        "I'm in love.",
        "I'm from the future, just kidding.",
        "Do you remember that I hate olives?",
        "I'm going to bed.",
        "I want to die laughing.",
        "I'm 5 minutes late.",
        "I live in fear.",
        "What's my name?",
        "In my novel, I live in Mordor.",
        "Maybe I have asthma.",
        "Call me later.",
        "My brother is annoying.",
        "I have a meeting sometimes.",
        "I don't know Anna.",
        "They call me names.",
        "When I was a kid I had a dog named Rex.",
        "Let's pretend I'm a pirate.",
        "*I live in a castle far away*",
        "I almost moved to Berlin.",
        "I hate this.",
        "Tell me about your sister Anna.",
        "I live with my parents.",
        "I work from home.",
        "I work as hard as I can.",
        "I'm allergic to mornings lol",
        "I'm 30 minutes away",
        "I'm five feet tall",
        "I'm not a doctor",
        "I'm a doctor's daughter",
        "I moved to the couch",
        "I want to learn how you think",
        "Stop talking about yourself",
        "Don't talk to me like that",
        "Never mention it again",
        "Remember that time we talked about Paris?",
        "Remember to breathe",
        "People call me Mr. Jones",
        "I go by many names",
        "I love the freedom and connection it brings.",
        "I really enjoy the upside-down poses.",
        "Remember that staying positive is very important.",
        "Yeah, I love to.",
        "I speak my mind",
        "I believe you",
    ];
    assert!(sentences.len() >= 25);
    check(&sentences.map(|sentence| (sentence, "")));
}

#[test]
fn french_facts() {
    check(&[
        ("Bonjour, je m'appelle Anna.", "name=Anna"),
        ("Tu peux m’appeler Léo", "name=Léo"),
        ("J'ai 34 ans et j'habite à Lyon.", "age=34; home=Lyon"),
        ("J'ai vingt-deux ans.", "age=22"),
        ("Mon anniversaire est le 14 mars 1990.", "birthday=1990-03-14"),
        ("Mon anniversaire, c'est le 3 juin", "birthday=--06-03"),
        ("Je suis née le 2 mai 1985.", "birthday=1985-05-02"),
        ("L'anniversaire de ma mère est le 1er février.", "mère.birthday=--02-01"),
        ("Je viens de Bretagne.", "origin=Bretagne"),
        ("Je suis belge.", "nationality=belge"),
        ("En ce moment, j'habite à Aix-en-Provence depuis 2019.", "home=Aix-en-Provence"),
        ("J'ai déménagé à Marseille le mois dernier.", "home=Marseille"),
        ("Je n'habite plus à Paris.", "~home=Paris"),
        ("J'habitais à Rome avant.", "lived in=Rome"),
        ("Je travaille comme infirmière à l'hôpital.", "job=infirmière"),
        ("Je suis professeure de maths.", "job=professeure de maths"),
        ("Je travaille chez Airbus.", "employer=Airbus"),
        ("J'ai démissionné hier.", "~employment="),
        ("J'étudie la biologie marine.", "studies=la biologie marine"),
        ("Ma sœur s'appelle Clara.", "sister=Clara"),
        ("Mon mari Thomas est cuisinier.", "husband=Thomas; Thomas.job=cuisinier"),
        ("Mon petit frère s'appelle Max", "brother=Max"),
        ("On s'est séparés la semaine dernière.", "~partnership="),
        ("J'ai un chien qui s'appelle Rex.", "dog=Rex"),
        ("Mon chat s'appelle Moustache", "cat=Moustache"),
        ("J'ai deux sœurs et un frère.", "has=deux sœurs et un frère"),
        ("J'adore le jazz.", "likes=le jazz"),
        ("Je déteste les olives !", "dislikes=les olives"),
        ("Je n'aime pas les films d'horreur.", "dislikes=les films d'horreur"),
        ("J'aime pas du tout le froid", "dislikes=le froid"),
        ("Ma couleur préférée est le bleu.", "favourite couleur=le bleu"),
        ("Je suis allergique aux cacahuètes.", "allergy=cacahuètes"),
        ("Je suis végétarienne.", "diet=végétarienne"),
        ("J'ai de l'asthme.", "condition=asthme"),
        (
            "J'ai rendez-vous chez le dentiste vendredi à 10h.",
            "appointment=2023-05-12 rendez-vous chez le dentiste à 10h",
        ),
        ("Je pars au Japon en juin !", "plan=Japon en juin"),
        ("Je voudrais apprendre l'espagnol.", "goal=apprendre l'espagnol"),
        ("Mon rêve est d'ouvrir une boulangerie", "goal=ouvrir une boulangerie"),
        ("Je suis bouddhiste.", "religion=bouddhiste"),
        ("Ne me parle plus de mon père.", "topic=mon père"),
        ("Ne parle jamais de l'accident, s'il te plaît.", "topic=l'accident"),
        ("Je ne veux plus parler du travail.", "topic=travail"),
        ("Souviens-toi que je suis allergique aux abeilles.", "allergy=abeilles"),
        ("Rappelle-toi que ma clé est sous le pot.", "remember=ma clé est sous le pot"),
        ("Oublie ce que je t'ai dit sur Daniel.", "forget:Daniel"),
        ("Oublie ça.", "forget:"),
    ]);
}

#[test]
fn french_sentences_without_facts() {
    let sentences = [
        "Tu aimes le jazz ?",
        "Si j'étais médecin, je serais riche.",
        "Si seulement j'habitais à Paris.",
        "Le chien de mon ami s'appelle Rex.",
        "Elle a dit que j'habite à Rome.",
        "Il m'a crié « j'habite à Londres » hier.",
        "> J'habite à Madrid\nC'est ce que tu as écrit.",
        "```\nje m'appelle Bob\n```",
        "Imagine que j'ai 90 ans.",
        "Je t'aime.",
        "J'aime ça.",
        "J'aime bien quand tu dis ça.",
        "J'aime ce que tu dis.",
        "Je suis fatiguée.",
        "Je suis un peu triste aujourd'hui.",
        "Je viens de manger.",
        "Je viens de lire ton message.",
        "Est-ce que je suis allergique aux noix ?",
        "Comment je m'appelle ?",
        "Je vais au lit.",
        "J'ai faim.",
        "J'ai un rendez-vous parfois.",
        "J'ai cinq minutes de retard.",
        "Dans mon roman, je vis à Minas Tirith.",
        "J'ai peut-être de l'asthme.",
        "Appelle-moi plus tard.",
        "Mon frère est pénible.",
        "Quand j'étais petite, j'avais un chien qui s'appelait Rex.",
        "J'ai failli déménager à Berlin.",
        "Je déteste ça.",
        "Je plaisante, j'habite à Tokyo.",
        "Parle-moi de ta sœur Anna.",
        "N'oublie pas !",
        "Je travaille pour vivre",
        "Je travaille comme une folle",
        "Je suis allergique au travail mdr",
        "J'habite chez mes parents",
        "Je vis à la campagne",
        "Je ne suis pas médecin",
        "Ne me parle pas comme ça",
        "Je crois que oui",
        "Rappelle-toi que la vie est belle.",
    ];
    assert!(sentences.len() >= 25);
    check(&sentences.map(|sentence| (sentence, "")));
}

#[test]
fn chinese_facts() {
    check(&[
        ("你好，我叫小明。", "name=小明"),
        ("我的名字是李娜", "name=李娜"),
        ("你可以叫我阿杰", "name=阿杰"),
        ("我今年三十四岁，住在上海。", "age=34; home=上海"),
        ("我今年28岁了", "age=28"),
        ("我的生日是1990年3月14日", "birthday=1990-03-14"),
        ("我生日是六月三号。", "birthday=--06-03"),
        ("我妈妈的生日是五月二号", "妈妈.birthday=--05-02"),
        ("我来自四川。", "origin=四川"),
        ("我是东北人。", "origin=东北"),
        ("我住在北京。", "home=北京"),
        ("我现在住在深圳，挺好的。", "home=深圳"),
        ("我上个月搬到了杭州。", "home=杭州"),
        ("我不住在北京了。", "~home=北京"),
        ("我以前住在广州。", "lived in=广州"),
        ("我是一名护士。", "job=护士"),
        ("我是中学老师", "job=中学老师"),
        ("我在华为上班。", "employer=华为"),
        ("我昨天很忙，我辞职了。", "~employment="),
        ("我在北京大学读书", "school=北京大学"),
        ("我姐姐叫小红。", "sister=小红"),
        ("我老公叫王强", "husband=王强"),
        ("我们分手了。", "~partnership="),
        ("我养了一只狗，叫豆豆。", "dog=豆豆"),
        ("我的猫叫咪咪", "cat=咪咪"),
        ("我有两个妹妹和一个哥哥", "has=两个妹妹和一个哥哥"),
        ("我喜欢爵士乐。", "likes=爵士乐"),
        ("我特别喜欢喝茶", "likes=喝茶"),
        ("我不喜欢吃香菜。", "dislikes=吃香菜"),
        ("我讨厌下雨天！", "dislikes=下雨天"),
        ("我最喜欢的颜色是蓝色。", "favourite 颜色=蓝色"),
        ("我对花生过敏。", "allergy=花生"),
        ("我是素食者。", "diet=素食者"),
        ("我有哮喘。", "condition=哮喘"),
        ("我下周五有个面试。", "appointment=2023-05-19 面试"),
        ("我打算六月去日本。", "plan=六月去日本"),
        ("我想学西班牙语。", "goal=学西班牙语"),
        ("我的梦想是开一家面包店", "goal=开一家面包店"),
        ("我信佛。", "religion=佛"),
        ("别再提我爸爸的事了。", "topic=我爸爸"),
        ("以后不要跟我聊那场车祸了", "topic=那场车祸"),
        ("我不想谈工作。", "topic=工作"),
        ("别再提我的前女友了。", "topic=前女友"),
        ("记住我对蜜蜂过敏。", "allergy=蜜蜂"),
        ("请记住，钥匙在花盆下面。", "remember=钥匙在花盆下面"),
        ("忘掉我说过的关于丹尼尔的事", "forget:丹尼尔"),
        ("忘了这件事吧。", "forget:"),
    ]);
}

#[test]
fn chinese_sentences_without_facts() {
    let sentences = [
        "你喜欢爵士乐吗？",
        "如果我是医生，我会很有钱。",
        "要是我住在巴黎就好了。",
        "我朋友的狗叫豆豆。",
        "她说我住在北京。",
        "他写道“我住在伦敦”。",
        "> 我住在马德里\n这是你写的。",
        "```\n我叫小明\n```",
        "假装我九十岁了。",
        "我喜欢你。",
        "我喜欢这样。",
        "我喜欢你说的话。",
        "我很累。",
        "我今天有点难过。",
        "我叫什么名字？",
        "我是谁？",
        "我是不是对花生过敏？",
        "你记得我住在哪里吗？",
        "我去睡觉了。",
        "我叫他过来。",
        "也许我有哮喘。",
        "我哥哥很烦。",
        "小说里我住在月球。",
        "我开玩笑的，我是外星人。",
        "我差点搬到柏林。",
        "我讨厌这样。",
        "小时候我有一只狗叫豆豆。",
        "跟我讲讲你的姐姐。",
        "我知道了。",
        "我想你了。",
        "我想知道为什么。",
        "我叫他过来",
        "我叫醒他",
        "我住在三楼",
        "我住在我妈妈家",
        "我是一个好人",
        "我是个普通人",
        "我在北京工作",
        "我喜欢一个人",
        "记得吃饭",
        "别提了",
        "我不是医生",
    ];
    assert!(sentences.len() >= 25);
    check(&sentences.map(|sentence| (sentence, "")));
}

#[test]
fn sentences_are_written_for_people() {
    let text = |message: &str| read(message).facts[0].text.clone();
    assert_eq!(text("I live in Lyon."), "Sam lives in Lyon.");
    assert_eq!(text("I'm 34 years old."), "Sam was 34 years old on May 9, 2023.");
    assert_eq!(text("My birthday is March 14, 1990"), "Sam's birthday is March 14, 1990.");
    assert_eq!(
        text("I have a dentist appointment on Friday."),
        "Sam has an appointment on May 12, 2023: dentist appointment."
    );
    assert_eq!(text("Mon anniversaire est le 3 juin"), "L'anniversaire de Sam est le 3 juin.");
    assert_eq!(text("我住在北京"), "Sam住在北京。");
    let placed = extract(
        "I live in {who}ville Town.",
        Told {
            at: &date(2023, 5, 9).at(0, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap(),
            user_name: Some("{value}"),
            anchors: &Anchors::default(),
            people: &People::default(),
        },
    );
    assert!(placed.facts.iter().all(|fact| fact.text.starts_with("{value}")));
}

#[test]
fn times_are_kept() {
    let fact = &read("I moved to Lyon last year.").facts[0];
    assert_eq!(fact.valid_from, Some("2022-01-01T00:00Z".parse().unwrap()));
    let fact = &read("I have a dentist appointment on Friday.").facts[0];
    assert_eq!(fact.valid_to, Some("2023-05-13T00:00Z".parse().unwrap()));
}

#[test]
fn dates_become_anchors() {
    let known = known_date(USER, "birthday", "--03-14").unwrap();
    assert_eq!((known.year, known.month, known.day), (None, 3, 14));
    let known = known_date("mom", "birthday", "1960-02-29").unwrap();
    assert_eq!((known.whose.as_deref(), known.year), (Some("mom"), Some(1960)));
    let known = known_date(USER, "appointment", "2023-05-12 dentist appointment").unwrap();
    assert_eq!(known.label, "dentist appointment");
    for value in ["", "--13-01", "2023", "x-y-z", "--05-12 dentist"] {
        assert_eq!(known_date(USER, "appointment", value), None, "{value}");
    }
}

fn fact(predicate: &str, value: &str, holds: bool, said: i64) -> Fact {
    Fact {
        kind: FactKind::Note,
        subject: USER.to_owned(),
        predicate: predicate.to_owned(),
        value: value.to_owned(),
        holds,
        text: String::new(),
        quote: String::new(),
        valid_from: None,
        valid_to: None,
        began_by: None,
        replaces: false,
        said: Timestamp::from_second(said).unwrap(),
        confidence: 1.0,
        language: Language::English,
    }
}

/// Does what a store would do, and says how many facts there are.
fn apply(known: &mut Vec<KnownFact>, new: &Fact) -> Vec<Change> {
    let changes = supersede(known, new);
    for change in &changes {
        match change {
            Change::Add { supersedes } => {
                known
                    .iter_mut()
                    .filter(|fact| supersedes.contains(&fact.id))
                    .for_each(|fact| fact.current = false);
                known.push(kept(known.len(), new, true));
            }
            Change::AddPast { .. } => known.push(kept(known.len(), new, false)),
            Change::End { id, .. } => known[*id as usize].current = false,
            Change::Again { id } => {
                let off = known[*id as usize].clone();
                known.push(KnownFact { id: known.len() as u64, current: true, said: new.said, ..off });
            }
            Change::Known { .. } | Change::Flag { .. } => {}
        }
    }
    changes
}

fn kept(id: usize, new: &Fact, current: bool) -> KnownFact {
    KnownFact {
        id: id as u64,
        subject: new.subject.clone(),
        predicate: new.predicate.clone(),
        value: new.value.clone(),
        current,
        protected: false,
        said: new.said,
    }
}

fn current(known: &[KnownFact]) -> Vec<(&str, &str)> {
    known
        .iter()
        .filter(|fact| fact.current)
        .map(|fact| (fact.predicate.as_str(), fact.value.as_str()))
        .collect()
}

#[test]
fn the_newest_holds() {
    let mut known = Vec::new();
    apply(&mut known, &fact("home", "Lyon", true, 1));
    apply(&mut known, &fact("home", "Nice", true, 2));
    assert_eq!(current(&known), [("home", "Nice")]);
    assert_eq!(apply(&mut known, &fact("home", "nice", true, 3)), [Change::Known { id: 1 }]);
    // An older message that is imported later.
    assert_eq!(apply(&mut known, &fact("home", "Rome", true, 0)), [Change::AddPast { superseded_by: 1 }]);
    apply(&mut known, &fact("home", "Nice", false, 4));
    assert_eq!(current(&known), []);
    assert_eq!(known.len(), 3);
}

#[test]
fn many_likes_hold_until_they_are_disliked() {
    let mut known = Vec::new();
    for (predicate, value) in [("likes", "jazz"), ("likes", "tea"), ("dislikes", "the Jazz")] {
        apply(&mut known, &fact(predicate, value, true, 1));
    }
    assert_eq!(current(&known), [("likes", "tea"), ("dislikes", "the Jazz")]);
}

#[test]
fn what_ends_together_ends_together() {
    let mut known = Vec::new();
    for (predicate, value) in [("job", "nurse"), ("employer", "Acme"), ("home", "Lyon"), ("wife", "Eva")] {
        apply(&mut known, &fact(predicate, value, true, 1));
    }
    apply(&mut known, &fact("employment", "", false, 2));
    assert_eq!(current(&known), [("home", "Lyon"), ("wife", "Eva")]);
    apply(&mut known, &fact("partnership", "", false, 3));
    assert_eq!(current(&known), [("home", "Lyon")]);
    assert_eq!(apply(&mut known, &fact("home", "Oslo", false, 4)), []);
}

#[test]
fn who_is_divorced_has_no_wife() {
    for (status, left) in [("divorced", 1), ("single", 1), ("divorcée", 1), ("离婚", 1), ("married", 2)] {
        let mut known = Vec::new();
        apply(&mut known, &fact("wife", "Eva", true, 1));
        apply(&mut known, &fact("relationship status", status, true, 2));
        assert_eq!(current(&known).len(), left, "{status}");
    }
    // Told of a time before.
    let mut known = Vec::new();
    apply(&mut known, &fact("wife", "Eva", true, 3));
    apply(&mut known, &fact("relationship status", "divorced", true, 2));
    assert_eq!(current(&known).len(), 2);
}

#[test]
fn what_the_user_edited_is_not_overwritten() {
    let mut known = vec![KnownFact { protected: true, ..kept(0, &fact("home", "Lyon", true, 1), true) }];
    assert_eq!(apply(&mut known, &fact("home", "Nice", true, 2)), [Change::Flag { id: 0 }]);
    assert_eq!(apply(&mut known, &fact("home", "Lyon", false, 2)), [Change::Flag { id: 0 }]);
    assert_eq!(current(&known), [("home", "Lyon")]);
}

proptest! {
    #[test]
    fn one_value_of_a_single_predicate_and_nothing_vanishes(
        facts in proptest::collection::vec(
            (prop_oneof!["home", "name", "likes", "dislikes", "job", "favourite color"], "[ab]", any::<bool>(), 0_i64..5),
            0..24,
        ),
    ) {
        let mut known: Vec<KnownFact> = Vec::new();
        for (predicate, value, holds, said) in facts {
            let before: Vec<(u64, String)> = known.iter().map(|fact| (fact.id, fact.value.clone())).collect();
            apply(&mut known, &fact(&predicate, &value, holds, said));
            let after: Vec<(u64, String)> = known.iter().map(|fact| (fact.id, fact.value.clone())).collect();
            prop_assert!(after.starts_with(&before));
            for fact in known.iter().filter(|fact| fact.current && is_single(&fact.predicate)) {
                let same = known.iter().filter(|other| other.current && other.predicate == fact.predicate);
                prop_assert_eq!(same.count(), 1);
            }
            for liked in known.iter().filter(|fact| fact.current && fact.predicate == "likes") {
                let disliked = |other: &&KnownFact| {
                    other.current && other.predicate == "dislikes" && other.value == liked.value
                };
                prop_assert!(!known.iter().any(|other| disliked(&other)));
            }
        }
    }

    #[test]
    fn any_message_is_read(message in prop_oneof![
        ".{0,120}",
        proptest::collection::vec(proptest::sample::select(vec![
            "I live in ", "Lyon", "“", "\"", "```", "> ", "\n", "，", "。", "我叫", "小明", "je m'appelle ", "é", "remember that ",
            "forget ", "?", "{who}", "|", "*", "my birthday is ", "99/99/9999", "I'm ", "999", " years old", "对", "过敏",
        ]), 0..12).prop_map(|pieces| pieces.concat()),
    ]) {
        for fact in read(&message).facts {
            prop_assert!(message.contains(&fact.quote));
            prop_assert!(!fact.text.is_empty());
        }
    }
}

#[test]
fn a_megabyte_is_read_in_bounded_time() {
    read(&"I live in Lyon and my name is Anna, ".repeat(30_000));
    read(&"我叫小明。".repeat(60_000));
    read(&"\"".repeat(1_000_000));
}
