//! What is said of others, of several things at once, and with the subject left out.

use super::*;

#[test]
fn what_is_said_of_others() {
    check(&[
        ("My sister Clara lives in Lisbon.", "sister=Clara; Clara.home=Lisbon"),
        ("My sister's name is Clara and she lives in Lisbon.", "sister=Clara; Clara.home=Lisbon"),
        ("My sister is called Clara. She works as a nurse.", "sister=Clara; Clara.job=nurse"),
        ("My mom's a nurse.", "mother.job=nurse"),
        ("My dad is 64 years old.", "father.age=64"),
        ("My brother moved to Rome last year.", "Max.home=Rome"),
        ("My brother works for Acme.", "Max.employer=Acme"),
        ("Max doesn't live in Rome anymore.", "~Max.home=Rome"),
        ("My daughter Ida turned three.", "daughter=Ida; Ida.age=3"),
        ("My grandmother passed away last year.", "grandmother.died=passed away"),
        ("Rex died yesterday.", "Rex.died=died"),
        ("My son is allergic to peanuts and eggs.", "son.allergy=peanuts; son.allergy=eggs"),
        ("My dad has diabetes.", "father.condition=diabetes"),
        ("My wife loves gardening.", "wife.likes=gardening"),
        (
            "My wife hates olives, capers and anchovies",
            "wife.dislikes=olives; wife.dislikes=capers; wife.dislikes=anchovies",
        ),
        ("My colleague Tom, who lives in Bath, is funny.", "colleague=Tom; Tom.home=Bath"),
        ("Remember that my mother lives in Porto.", "mother.home=Porto"),
        ("Ma sœur Clara habite à Lisbonne.", "sister=Clara; Clara.home=Lisbonne"),
        ("Ma mère est infirmière.", "mother.job=infirmière"),
        ("Mon père a 64 ans.", "father.age=64"),
        ("Mon frère a déménagé à Rome.", "Max.home=Rome"),
        ("Ma grand-mère est décédée l'année dernière.", "grandmother.died=décédée"),
        ("Mon fils est allergique aux noix et aux œufs.", "son.allergy=noix; son.allergy=œufs"),
        ("Ma sœur s'appelle Clara. Elle travaille chez Airbus.", "sister=Clara; Clara.employer=Airbus"),
        ("Ma femme adore le jardinage.", "wife.likes=le jardinage"),
        ("我姐姐住在上海。", "sister.home=上海"),
        ("我姐姐叫小红，她住在上海。", "sister=小红; 小红.home=上海"),
        ("我妈妈是护士。", "mother.job=护士"),
        ("我爸爸今年六十四岁。", "father.age=64"),
        ("我奶奶去年去世了。", "grandmother.died=去世"),
        ("我朋友小美搬到了广州。", "小美.home=广州"),
        ("我儿子对花生过敏。", "son.allergy=花生"),
    ]);
}

#[test]
fn a_subject_that_is_left_out_is_the_one_before() {
    check(&[
        ("I have a son, Leo, who is 7 and loves trains.", "son=Leo; Leo.age=7; Leo.likes=trains"),
        ("My dog is called Luna and is 3.", "dog=Luna; Luna.age=3"),
        ("Rex's birthday is on June 3rd.", "Rex.birthday=--06-03"),
        ("My brother's birthday is on June 3rd.", "brother.birthday=--06-03"),
        ("J'ai un fils de 7 ans qui s'appelle Léo.", "son=Léo"),
        ("Ma sœur aînée s'appelle Inès et ma petite sœur Zoé.", "sister=Inès; sister=Zoé"),
        ("小美的生日是六月三号", "小美.birthday=--06-03"),
        ("我叫李雷，今年二十九岁，住在杭州，是一名兽医。", "name=李雷; age=29; home=杭州; job=兽医"),
        ("My mother was born in 1952 and lives in Porto now.", "mother.home=Porto"),
        (
            "My brother Max, who moved to Canada in 2019, works as an electrician.",
            "brother=Max; Max.home=Canada; Max.job=electrician",
        ),
        ("My cat is 12 years old and hates thunder.", "cat.age=12; cat.dislikes=thunder"),
        ("My sister's called Ida, she's 19 and studies law.", "sister=Ida; Ida.age=19; Ida.studies=law"),
        ("My sister's husband is a doctor and loves golf.", ""),
        ("My wife is pregnant!", "wife.condition=pregnant"),
        ("I live in Lyon and work as a nurse.", "home=Lyon; job=nurse"),
        ("I'm 34 and allergic to nuts.", "age=34; allergy=nuts"),
        ("I love jazz, hate olives and work at Acme.", "likes=jazz; dislikes=olives; employer=Acme"),
        ("I want to move to Berlin and work as a chef.", "goal=move to Berlin and work as a chef"),
        ("I like tea and love coffee.", "likes=tea; likes=coffee"),
        ("I love the hope and love theme.", ""),
        ("I can't cook and live in Lyon.", ""),
        ("J'ai 34 ans et habite à Lyon.", "age=34; home=Lyon"),
        ("Je suis infirmière et allergique aux noix.", "job=infirmière; allergy=noix"),
        ("Ma mère habite à Porto et adore le fado.", "mother.home=Porto; mother.likes=le fado"),
        ("我住在上海，喜欢爬山。", "home=上海; likes=爬山"),
        ("我妈妈住在成都，喜欢打麻将。", "mother.home=成都; mother.likes=打麻将"),
        ("我姐姐和我很像，喜欢爬山。", ""),
        ("我有个妹妹，住在上海。", ""),
        ("我想去北京，住在那里。", ""),
        ("我的狗叫旺财，它喜欢游泳。", "dog=旺财; 旺财.likes=游泳"),
    ]);
}

#[test]
fn whoever_is_not_certain_is_nobody() {
    let nobody_certain = [
        "My friend lives in Paris.",
        "My daughter lives in Paris.",
        "She lives in Paris.",
        "My sister is called Clara? She lives in Paris.",
        "My sister's husband lives in Paris.",
        "My sister-in-law lives in Paris.",
        "My exam is on the table.",
        "My brother is 5 minutes late.",
        "My mom loves me.",
        "Maxine lives in Paris.",
        "Does my mother live in Paris?",
        "If my mother lived in Paris, she'd be happy.",
        "Ma fille habite à Paris.",
        "Elle habite à Paris.",
        "我朋友住在北京。",
        "她住在北京。",
    ];
    check(&nobody_certain.map(|sentence| (sentence, "")));
    assert_eq!(summary("My sister and I live in Paris."), "home=Paris");
    // Another person was told of in between.
    assert_eq!(summary("My sister is called Clara. I met a woman. She lives in Paris."), "sister=Clara");
    assert_eq!(summary("My brother is called Max. She lives in Paris."), "brother=Max");
}

#[test]
fn others_are_named_for_people() {
    let text = |message: &str, place: usize| read(message).facts[place].text.clone();
    assert_eq!(text("My sister Clara lives in Lisbon.", 1), "Sam's sister Clara lives in Lisbon.");
    assert_eq!(text("My mother lives in Lisbon.", 0), "Sam's mother lives in Lisbon.");
    assert_eq!(text("Ma mère habite à Lisbonne.", 0), "La mère de Sam habite à Lisbonne.");
    assert_eq!(text("Ma sœur s'appelle Clara.", 0), "Sam a pour sœur : Clara.");
    assert_eq!(text("I love my sister Clara.", 0), "Sam likes their sister Clara.");
    assert_eq!(text("Never mention my boss.", 0), "Sam doesn't want their boss to be mentioned.");
    assert_eq!(text("我不想谈我爸爸。", 0), "Sam不想谈自己的爸爸。");
    assert_eq!(text("我姐姐住在上海。", 0), "Sam的姐姐住在上海。");
}

#[test]
fn what_was_told_before_the_name_is_the_names() {
    let people = people();
    assert_eq!(people.subject("brother"), "Max");
    for same in ["daughter", "friend", "sister", USER, "Max"] {
        assert_eq!(people.subject(same), same);
    }
}

#[test]
fn several_things_at_once() {
    check(&[
        ("I love jazz, tea and hiking.", "likes=jazz; likes=tea; likes=hiking"),
        (
            "I love jazz, tea, and hiking in the woods, you know",
            "likes=jazz; likes=tea; likes=hiking in the woods",
        ),
        ("I like tea and I live in Lyon.", "likes=tea; home=Lyon"),
        ("I like tea and coffee but not milk.", "likes=tea; likes=coffee"),
        ("I love jazz, honestly.", "likes=jazz"),
        ("I love jazz and my sister hates it.", "likes=jazz"),
        ("I like tea and Tom does too.", "likes=tea"),
        ("I like reading, and my wife likes gardening.", "likes=reading; wife.likes=gardening"),
        ("I'm allergic to peanuts, shellfish and cats.", "allergy=peanuts; allergy=shellfish; allergy=cats"),
        ("I hate olives or capers.", "dislikes=olives; dislikes=capers"),
        ("Never mention my father or my ex again.", "topic=my father; topic=my ex"),
        ("Please don't talk about work and about my boss anymore.", "topic=work; topic=my boss"),
        ("J'adore le jazz, le thé et la randonnée.", "likes=le jazz; likes=le thé; likes=la randonnée"),
        (
            "Je suis allergique aux fruits de mer, au gluten et à la poussière.",
            "allergy=fruits de mer; allergy=gluten; allergy=poussière",
        ),
        ("J'aime lire et cuisiner.", "likes=lire; likes=cuisiner"),
        ("J'aime le thé et j'habite à Lyon.", "likes=le thé; home=Lyon"),
        ("J'aime le jazz et Tom le déteste.", "likes=le jazz"),
        ("Ne me parle plus de mon père ni de mon ex.", "topic=mon père; topic=mon ex"),
        ("我喜欢爵士乐、茶和徒步。", "likes=爵士乐; likes=茶; likes=徒步"),
        ("我喜欢温和的人。", "likes=温和的人"),
        ("我对花生、虾和猫过敏。", "allergy=花生; allergy=虾; allergy=猫"),
        ("别再提我爸爸和我前女友。", "topic=我爸爸; topic=我前女友"),
        ("别再提我爸爸、我前男友了。", "topic=我爸爸; topic=我前男友"),
    ]);
}
