//! What people say in the brief forms of chats, and what only looks like it.

use super::*;

fn nothing(sentences: &[&str]) {
    check(&sentences.iter().map(|sentence| (*sentence, "")).collect::<Vec<_>>());
}

#[test]
fn what_one_must_not_eat() {
    check(&[
        ("i can't eat shellfish, comes out in hives everywhere", "allergy=shellfish"),
        ("I can't touch peanuts or my throat closes", "allergy=peanuts"),
        ("I can't eat gluten", "cannot eat=gluten"),
        ("i cant eat dairy or eggs", "cannot eat=dairy; cannot eat=eggs"),
        (
            "I don't have any allergies except shellfish and penicillin",
            "allergy=shellfish; allergy=penicillin",
        ),
        ("i have no allergies apart from cats", "allergy=cats"),
        ("my nut allergy is playing up", "allergy=nut"),
        ("i've been diagnosed with ADHD last week, at 41!", "condition=ADHD"),
        ("I was diagnosed with lupus in March", "condition=lupus"),
        ("the doctor says i have asthma", "condition=asthma"),
        ("I'm 5 months pregnant!!", "condition=pregnant"),
        ("i'm about 20 weeks pregnant", "condition=pregnant"),
        ("i'm a type 1 diabetic", "condition=type 1 diabetic"),
        ("suis allergique aux arachides et au pollen", "allergy=arachides; allergy=pollen"),
        ("je suis diabétique de type 1", "condition=diabétique de type 1"),
        ("je peux pas manger de gluten, je suis cœliaque", "cannot eat=gluten; diet=cœliaque"),
        ("j'ai aucune allergie, sauf aux noix et au pollen", "allergy=noix; allergy=pollen"),
        ("on m'a diagnostiqué un TDAH la semaine dernière", "condition=TDAH"),
        ("le médecin dit que j'ai de l'asthme", "condition=asthme"),
        ("我对花生和海鲜过敏", "allergy=花生; allergy=海鲜"),
        ("我对花生、牛奶跟鸡蛋过敏", "allergy=花生; allergy=牛奶; allergy=鸡蛋"),
        ("我不能吃麸质", "cannot eat=麸质"),
        ("我对温和的药过敏", "allergy=温和的药"),
        ("医生说我有哮喘", "condition=哮喘"),
    ]);
    nothing(&[
        "I can't eat another bite",
        "i can't eat when i'm nervous",
        "my sister can't eat gluten",
        "I don't have any allergies",
        "I have no plans except sleep",
        "I have no allergies but hay fever is a pain",
        "doc thinks it might be asthma",
        "the doctor asked if i have asthma",
        "i'm 5 months late",
        "i'm 20 weeks into the course",
        "je peux pas manger maintenant",
        "le médecin pense que c'est peut-être de l'asthme",
        "我不能吃太多",
        "医生说我可能有哮喘",
    ]);
    let mut known = Vec::new();
    apply(&mut known, &fact("allergy", "peanut", true, 1));
    assert_eq!(apply(&mut known, &fact("allergy", "peanuts", true, 2)), [Change::Known { id: 0 }]);
    apply(&mut known, &fact("allergy", "Peanuts", false, 3));
    assert_eq!(current(&known), []);
}

#[test]
fn home_and_job_in_one_breath() {
    check(&[
        ("i'm Rowan, 34, live in Leeds w/ my gf Priya", "name=Rowan; age=34; home=Leeds; girlfriend=Priya"),
        ("I live in Hull with my brother Tom", "home=Hull; brother=Tom"),
        ("i've been living in Cardiff for two years now", "home=Cardiff"),
        ("I moved to York with my girlfriend Anna last year", "home=York; girlfriend=Anna"),
        ("we're living in Oslo with our brother Tom", "home=Oslo; brother=Tom"),
        ("We've been living in Ghent since 2019", "home=Ghent"),
        ("i've moved. bristol now. it's loud", "home=bristol"),
        ("we moved, York now", "home=York"),
        ("We moved. My brother lives in Rome.", "Max.home=Rome"),
        ("I'm French, 34, and I live in York", "nationality=French; age=34; home=York"),
        ("just moved in with my boyfriend Ed", "boyfriend=Ed"),
        ("work wise im a physio at St James's hospital", "job=physio; employer=St James's hospital"),
        (
            "got a new job btw, project manager at Siemens, start monday",
            "job=project manager; employer=Siemens",
        ),
        ("I work as a nurse at Acme", "job=nurse; employer=Acme"),
        ("I'm a software engineer at Google", "job=software engineer; employer=Google"),
        (
            "je m'appelle Karim et je vis à Lyon depuis 3 ans avec ma femme Inès",
            "name=Karim; home=Lyon; wife=Inès",
        ),
        ("moi c'est Jules, 42 ans, infirmier à Brest", "name=Jules; age=42; job=infirmier"),
        ("je suis instit en CE1", "job=instit en CE1"),
        ("je suis comptable chez Michelin", "job=comptable; employer=Michelin"),
        ("on a emménagé à Toulouse samedi", "home=Toulouse"),
        ("je viens de déménager. maintenant c'est Lille", "home=Lille"),
        ("我在上海当护士", "job=护士"),
        ("我现在在阿里做产品经理", "job=产品经理; employer=阿里"),
        ("找到工作了，在一家绘本馆当店长", "job=店长; employer=绘本馆"),
        ("我搬家了，现在在深圳", "home=深圳"),
        ("我叫林小禾，今年27，住在成都", "name=林小禾; age=27; home=成都"),
        ("je bosse chez Lidl avec mon frère", "employer=Lidl"),
        ("我叫王磊，35岁，在上海做程序员", "name=王磊; age=35; job=程序员"),
    ]);
    nothing(&[
        "i've moved on. over it now",
        "we moved. it was hard",
        "my sister got a new job, nurse at Acme",
        "I broke the news to my brother",
        "i've been living in fear",
        "I've been living in my car",
        "got a new job? nice",
        "je viens de déménager. c'est dur",
        "我在上海出差",
        "我今年27公斤",
        "我姐姐在阿里做产品经理？",
    ]);
}

#[test]
fn family_and_animals_by_their_names() {
    check(&[
        ("Ed is my boyfriend", "boyfriend=Ed"),
        ("Ann's my older sister", "sister=Ann"),
        ("me and Alex are engaged 💍", "partner=Alex"),
        ("Alex and I just got engaged", "partner=Alex"),
        ("I'm engaged to Alex", "partner=Alex"),
        ("i'm married to Tom", "partner=Tom"),
        ("i have a cat named Miso and a dog named Tofu", "cat=Miso; dog=Tofu"),
        ("our cats are Salt and Vinegar", "cat=Salt; cat=Vinegar"),
        ("i've got two brothers, Joe and Liam", "brother=Joe; brother=Liam; has=two brothers, Joe and Liam"),
        ("i'm a single dad to two girls, Ella (4) and Maisie (7)", "daughter=Ella; daughter=Maisie"),
        ("my sisters are called Ann, Bea and Cat", "sister=Ann; sister=Bea; sister=Cat"),
        ("our greyhound Biscuit is asleep", "dog=Biscuit"),
        ("j'ai deux frères, Joe et Liam", "brother=Joe; brother=Liam; has=deux frères"),
        (
            "j'ai un chien qui s'appelle Ulysse et deux chats, Miel et Poivre",
            "dog=Ulysse; cat=Miel; cat=Poivre; has=deux chats",
        ),
        ("ma belle-mère s'appelle Josiane", "mother-in-law=Josiane"),
        ("mon père est mort en 2015 d'un cancer", "father.died=mort"),
        ("Paul est mon mari", "husband=Paul"),
        ("我家狗叫旺财，猫叫咪咪", "dog=旺财; cat=咪咪"),
        ("我女儿叫乐乐，儿子叫天天", "daughter=乐乐; son=天天"),
        ("我有两个女儿，大的叫乐乐，小的叫豆豆", "daughter=乐乐; daughter=豆豆; has=两个女儿"),
    ]);
    nothing(&[
        "Coffee is my best friend",
        "Music is my boyfriend",
        "Ed is my boyfriend's brother",
        "Is Ed my boyfriend?",
        "me and Alex are tired",
        "my sisters are tall and loud",
        "our cats are asleep",
        "I saw a cat named Miso and a dog named Tofu",
        "猫叫春了",
        "狗叫声很大",
    ]);
    check(&[("i have two brothers who fight", "has=two brothers")]);
}

#[test]
fn days_to_come() {
    check(&[
        ("mum's birthday is on july 20th", "mum.birthday=--07-20"),
        ("mum's birthday is tomorrow", "mum.birthday=--05-10"),
        ("my birthday is on the 9th btw", "birthday=--05-09"),
        ("my birthday is on the 3rd", "birthday=--06-03"),
        ("it's my sister Ann's birthday on thursday", "Ann.birthday=--05-11"),
        ("C'est mon anniv le 12 décembre, 30 ans au secours", "birthday=--12-12"),
        ("l'anniversaire de ma sœur Julie est le 14 juin", "Julie.birthday=--06-14"),
        ("l'anniversaire de maman c'est demain", "maman.birthday=--05-10"),
        ("notre anniversaire de mariage est le 4 décembre", "anniversary=--12-04 mariage"),
        ("我妈12月2号生日", "妈.birthday=--12-02"),
        ("明天是我妈生日", "妈.birthday=--05-10"),
        ("12号我生日", "birthday=--05-12"),
        ("12月4日是我们的结婚纪念日", "anniversary=--12-04 结婚"),
        ("三天后要做手术", "appointment=2023-05-12 手术"),
        ("周四下午三点约了皮肤科", "appointment=2023-05-11 皮肤科 下午三点"),
        ("the funeral is on wednesday at 11", "appointment=2023-05-10 funeral at 11"),
        (
            "I've an appointment with the dermatologist on thursday at 3",
            "appointment=2023-05-11 appointment with the dermatologist at 3",
        ),
        (
            "i have a dentist appointment on 3 december at half 9",
            "appointment=2023-12-03 dentist appointment at half 9",
        ),
        ("j'ai rdv chez l'ophtalmo le 4 décembre à 14h", "appointment=2023-12-04 rdv chez l'ophtalmo à 14h"),
        ("l'enterrement est jeudi à 10h", "appointment=2023-05-11 enterrement à 10h"),
        ("next summer we're going to Iceland for two weeks", "plan=Iceland"),
        ("l'été prochain on part en Islande", "plan=Islande"),
    ]);
    nothing(&[
        "the exam is on the table",
        "my birthday is a sad day",
        "mum's birthday is always fun",
        "next summer we're going to the moon",
        "我妈三天后要做手术吗？",
        "three days later he had surgery",
        "the funeral is sad",
    ]);
}

#[test]
fn topics_are_cut_where_they_end() {
    check(&[
        ("don't mention keith to me either, he's been vile to mum", "topic=keith"),
        ("can we not talk about work today", "topic=work"),
        ("don't talk about my boss or my ex today please", "topic=my boss; topic=my ex"),
        ("let's drop the subject of my mother", "topic=my mother"),
        ("please, no more talk about the wedding", "topic=the wedding"),
        ("i don't want to talk about my ex either", "topic=my ex"),
        ("je veux plus qu'on parle d'Hugo stp", "topic=Hugo"),
        ("je ne veux plus qu'on me parle de mon ex", "topic=mon ex"),
        ("on évite de parler du boulot ok ?", "topic=boulot"),
        ("on parle plus de ma mère stp", "topic=ma mère"),
        ("me pose plus de questions sur mon divorce", "topic=mon divorce"),
        ("别再问我离婚的事了", "topic=离婚"),
        ("能不能别老问我工作的事", "topic=工作"),
    ]);
    nothing(&[
        "on parle pas de politique à table",
        "on évite de parler pendant le film",
        "let's drop the subject",
        "别问我为什么",
        "he doesn't mention keith either",
    ]);
}

#[test]
fn sentences_have_their_grammar() {
    let unnamed = |message: &str| {
        let at = date(2023, 5, 9).at(14, 5, 0, 0).to_zoned(TimeZone::UTC).unwrap();
        let (anchors, people) = (Anchors::default(), People::default());
        let told = Told { at: &at, user_name: None, anchors: &anchors, people: &people };
        extract(message, told).facts.last().map(|fact| fact.text.clone()).unwrap_or_default()
    };
    for (message, text) in [
        ("My mum's birthday is on July 20th", "The birthday of the user's mum is July 20."),
        ("I'm an engineer", "The user is an engineer."),
        ("I live in Leeds", "The user lives in Leeds."),
        ("Ma mère habite à Quimper", "La mère de l'utilisateur habite à Quimper."),
        ("Mon oncle Jean habite en Bretagne", "Jean (oncle de l'utilisateur) habite en Bretagne."),
        ("J'habite à Metz", "L'utilisateur habite à Metz."),
        ("Mon boulot est infirmier", "Métier de l'utilisateur : infirmier."),
        ("Je suis allergique aux noix", "L'utilisateur a une allergie : noix."),
        ("Ma couleur préférée est le bleu.", "Couleur que l'utilisateur préfère : le bleu."),
        ("我超喜欢火锅了", "用户喜欢火锅。"),
        ("我不想谈我妈。", "用户不想谈自己的妈。"),
    ] {
        assert_eq!(unnamed(message), text, "{message}");
    }
}
