//! What gives way to what: who is with whom, things, work, pastimes, counts; what doesn't; and when it ended.

use super::changes::check_after;
use super::*;

#[test]
fn partners_become_others() {
    check_after(&[
        (&["Ben is my boyfriend.", "Ben is my ex now."], "former partner=Ben"),
        (&["Tom is my boyfriend.", "Tom is now my ex."], "former partner=Tom"),
        (&["My wife is called Ana.", "Ana is my ex-wife now."], "former partner=Ana"),
        (&["My wife is called Ana.", "My ex-wife Ana came by."], "former partner=Ana"),
        (&["Ben is my boyfriend.", "Ben is my husband now."], "husband=Ben"),
        (&["Ben is my boyfriend.", "Ben is my fiancé now."], "partner=Ben"),
        (&["My husband is called Ben.", "I'm married to Ben."], "husband=Ben"),
        (&["Paul est mon copain.", "Paul est mon ex maintenant."], "former partner=Paul"),
        (&["Paul est mon copain.", "Paul est mon mari maintenant."], "husband=Paul"),
        (&["Léa est ma copine.", "Léa est ma femme maintenant."], "wife=Léa"),
        (&["我男朋友叫小明。", "小明现在是我老公。"], "husband=小明"),
        (&["我男朋友叫小明。", "小明现在是我前男友了。"], "former partner=小明"),
        // Somebody else.
        (&["My wife is called Ana.", "My ex-wife Mia came by."], "wife=Ana; former partner=Mia"),
        (&["Ben is my boyfriend.", "Tom is my ex."], "boyfriend=Ben; former partner=Tom"),
        (&["My wife is called Ana.", "My ex-wife came by."], "wife=Ana"),
    ]);
}

#[test]
fn who_is_single_is_so_until_they_have_somebody() {
    check_after(&[
        (&["I'm single.", "I have a boyfriend."], "relationship status=a boyfriend"),
        (&["I'm single.", "I have a girlfriend now, Mia."], "girlfriend=Mia"),
        (&["I'm single.", "I've got a new partner."], "relationship status=a new partner"),
        (&["Je suis célibataire.", "J'ai une copine."], "relationship status=une copine"),
        (&["Je suis célibataire.", "J'ai enfin un copain."], "relationship status=un copain"),
        (&["I have a boyfriend.", "We broke up."], ""),
        (&["I'm in a relationship.", "We split up last week."], ""),
        (&["I have a girlfriend.", "I no longer have a girlfriend."], ""),
        (&["我有女朋友了。", "我没女朋友了。"], ""),
        (&["I'm single.", "I have a partner for the project."], "relationship status=single"),
        (&["I'm single.", "My sister has a boyfriend."], "relationship status=single"),
    ]);
}

#[test]
fn things_end_by_their_own_names() {
    check_after(&[
        (&["I own a Honda.", "I sold my Honda."], ""),
        (&["I own a Honda.", "I sold the Honda last week."], ""),
        (&["I drive a Golf.", "I sold the Golf."], ""),
        (&["I bought a red Vespa.", "I sold my Vespa."], ""),
        (&["I have a boat.", "I no longer have the boat."], ""),
        (&["I have a piano.", "We gave away the piano."], ""),
        (&["I have a piano.", "I gave the piano away."], ""),
        (&["I have a Honda.", "My Honda was stolen."], ""),
        (&["J'ai une Clio.", "J'ai vendu ma Clio."], ""),
        (&["J'ai une voiture.", "Je n'ai plus de voiture."], ""),
        (&["J'ai une Peugeot.", "J'ai revendu ma Peugeot."], ""),
        (&["我有一辆本田。", "我把本田卖了。"], ""),
        (&["我有一辆摩托车。", "我的摩托车被偷了。"], ""),
        (&["I own a Honda.", "I sold my boat."], "has=a Honda"),
        (&["I own a Honda.", "I sold my brother's Honda."], "has=a Honda"),
        (&["I have a dog.", "I gave away the dog food."], "has=a dog"),
        (&["I have a guitar.", "I sold my guitar amp."], "has=a guitar"),
        (&["I own a car.", "I sold my car's old tyres."], "has=a car"),
        (&["J'ai une Clio.", "J'ai vendu la Clio de mon père."], "has=une Clio"),
        (&["J'ai une Clio.", "J'ai vendu ma Clio rouge."], ""),
        (&["I own a Honda.", "I want to sell my Honda."], "has=a Honda"),
        (&["I own a Honda.", "My brother sold his Honda."], "has=a Honda"),
        (&["我有一辆本田。", "我卖了丰田。"], "has=一辆本田"),
    ]);
}

#[test]
fn work_is_left() {
    check_after(&[
        (&["I work for Acme.", "I left Acme."], ""),
        (&["I work at Hilti.", "I quit Hilti last month."], ""),
        (&["我在华为工作。", "我不在华为工作了。"], ""),
        (&["我在华为工作。", "我已经不在华为工作了。"], ""),
        (&["我在华为工作。", "我离开华为了。"], ""),
        (&["我在腾讯上班。", "我不在腾讯上班了。"], ""),
        (&["Je travaille chez Airbus.", "J'ai quitté Airbus."], ""),
        (&["I'm a teacher.", "I no longer teach."], ""),
        (&["I'm a teacher.", "I don't teach any more."], ""),
        (&["I teach maths.", "I no longer teach."], ""),
        (&["I'm a maths teacher.", "I stopped teaching last year."], ""),
        (&["Je suis professeure.", "Je n'enseigne plus."], ""),
        (&["我是老师。", "我不教书了。"], ""),
        (&["I teach maths.", "I'm a nurse."], "job=nurse"),
        (&["I'm a teacher.", "I teach maths."], "job=teacher; teaches=maths"),
        (&["I work as a plumber at Hilti.", "I start as a teacher on Monday."], "job=teacher"),
        (&["I work for Acme.", "I left Paris."], "employer=Acme"),
        (&["I work for Tesco.", "I left Tesco at nine."], "employer=Tesco"),
        (&["I work for Tesco.", "I left Tesco two months ago."], ""),
        (&["I'm a teacher.", "I no longer teach at weekends."], "job=teacher"),
        (&["I'm a teacher.", "I no longer teach French, only maths."], "job=teacher"),
        (&["I'm a cook.", "I don't cook at home any more."], "job=cook"),
        (&["I'm a nurse.", "I no longer teach."], "job=nurse"),
        (&["I'm a doctor.", "I start as a volunteer on Monday."], "job=doctor"),
        (&["I'm a nurse.", "I start as a volunteer firefighter on Monday."], "job=nurse"),
        (&["Je suis médecin.", "Je commence comme bénévole lundi."], "job=médecin"),
    ]);
}

#[test]
fn pastimes_and_diets_are_given_up() {
    check_after(&[
        (&["I play the cello.", "I gave up the cello."], ""),
        (&["I play the cello.", "I don't play the cello any more."], ""),
        (&["I play the piano.", "I no longer play the piano."], ""),
        (&["I play guitar.", "I've stopped playing the guitar."], ""),
        (&["Je joue du piano.", "J'ai arrêté le piano."], ""),
        (&["Je joue de la guitare.", "Je ne joue plus de guitare."], ""),
        (&["我会弹钢琴。", "我不弹钢琴了。"], ""),
        (&["I play the cello.", "I gave up the piano."], "plays=cello"),
        (&["Je suis végétarien.", "Je remange de la viande."], ""),
        (&["Je suis végétarienne.", "J'ai recommencé à manger de la viande."], ""),
        (&["我吃素。", "我又开始吃肉了。"], ""),
        (&["I'm vegan.", "I've started eating meat again."], ""),
        (&["I'm vegetarian.", "I eat meat now."], ""),
        (&["我吃素。", "我现在吃肉了。"], ""),
        (&["我吃素。", "我妹妹吃肉。"], "diet=素"),
    ]);
}

#[test]
fn counts_go_up_and_down() {
    check_after(&[
        (&["I have two kids.", "We had a third child last month."], "has=three children"),
        (&["I have two kids.", "Our third was born in March."], "has=three children"),
        (&["J'ai deux enfants.", "Notre troisième est né en mars."], "has=trois enfants"),
        (&["我有两个孩子。", "我们第三个孩子出生了。"], "has=三个孩子"),
        (&["我有两个孩子。", "我们生了老三。"], "has=三个孩子"),
        (&["I have two cats.", "One of my cats died."], ""),
        (&["J'ai deux chats.", "Un de mes chats est mort."], ""),
        (&["我有两只猫。", "我有一只猫死了。"], ""),
        (&["I have two cats.", "One of my dogs died."], "has=two cats"),
        (&["I have two kids.", "We had a third meeting."], "has=two kids"),
        (&["I have two kids.", "We're expecting our third."], "has=two kids"),
        (&["I have two cats.", "One of my cats is asleep."], "has=two cats"),
    ]);
}

#[test]
fn tastes_and_favourites_give_way() {
    check_after(&[
        (&["I love jazz.", "I'm sick of jazz."], ""),
        (&["I love jazz.", "I'm so fed up with jazz."], ""),
        (&["J'adore le jazz.", "J'en ai marre du jazz."], ""),
        (&["我喜欢爵士乐。", "我对爵士乐没兴趣了。"], ""),
        (&["I love jazz.", "I'm sick of waiting."], "likes=jazz"),
        (&["My favourite drink is tea.", "These days it's coffee."], "favourite drink=coffee"),
        (&["My favourite animal is the cat."], "favourite animal=the cat"),
        (&["Ma boisson préférée est le thé.", "Ces jours-ci, c'est le café."], "favourite boisson=le café"),
        (
            &["My favourite film is Alien.", "Actually I prefer Heat now."],
            "favourite film=Heat; prefers=Heat",
        ),
        (
            &["Mon film préféré est Alien.", "Maintenant je préfère Heat."],
            "favourite film=Heat; prefers=Heat",
        ),
        (&["我最喜欢的饮料是茶。", "现在是咖啡。"], "favourite 饮料=咖啡"),
        (&["My favourite drink is tea.", "Now it's late."], "favourite drink=tea"),
        (&["My favourite drink is tea.", "Now it's raining."], "favourite drink=tea"),
        (&["My favourite season is summer.", "Now it's winter."], "favourite season=summer"),
        (&["我最喜欢的饮料是茶。", "现在是中国时间三点。"], "favourite 饮料=茶"),
        (&["我最喜欢的饮料是茶。", "现在是晚上。"], "favourite 饮料=茶"),
    ]);
}

#[test]
fn degrees_of_liking_are_no_part_of_what_is_liked() {
    check(&[
        ("I've come to love jazz even more.", "likes=jazz"),
        ("I love jazz more and more.", "likes=jazz"),
        ("I like tea more than coffee.", "prefers=tea"),
        ("J'aime encore plus le jazz.", "likes=le jazz"),
        ("J'aime le thé plus que le café.", "prefers=le thé"),
        ("J'aime le thé moins que le café.", ""),
        ("I don't love coffee as much as I love tea.", ""),
        ("I like coffee less than tea.", ""),
        ("I don't like jazz as much any more.", ""),
        ("J'aime moins le café en été.", ""),
        ("Je n'aime pas autant le café que le thé.", ""),
    ]);
}

#[test]
fn homes_for_some_days_end_none() {
    check_after(&[
        (&["I live in Lyon.", "I live in Oslo during the week."], "home=Lyon"),
        (&["I live in Lyon.", "I live in Nice on weekends."], "home=Lyon"),
        (&["I live in Lyon.", "I live in Nice at weekends."], "home=Lyon"),
        (&["I live in Lyon.", "At the weekend I live in Nice."], "home=Lyon"),
        (&["I live in Lyon.", "During the week, I live in Oslo."], "home=Lyon"),
        (&["I live in Lyon.", "I live in Oslo half the year."], "home=Lyon"),
        (&["I live in Lyon.", "I live in Oslo every other week."], "home=Lyon"),
        (&["J'habite à Lyon.", "J'habite à Oslo en semaine."], "home=Lyon"),
        (&["我住在里昂。", "我周末住在尼斯。"], "home=里昂"),
        (&["I live in Lyon.", "I moved to Nice at the weekend."], "home=Nice"),
        (&["I live in Lyon.", "I live in Nice now."], "home=Nice"),
        (&["J'habite à Lyon.", "J'habite à Nantes depuis l'été dernier."], "home=Nantes"),
    ]);
}

#[test]
fn what_ended_ended_when_it_is_told_to_have() {
    let ended = |message: &str| {
        let facts = read(message).facts;
        facts[0].valid_to.map(|at| at.to_zoned(TimeZone::UTC).strftime("%F").to_string()).unwrap_or_default()
    };
    for (message, day) in [
        ("I got laid off last week.", "2023-04-30"),
        ("I retired in April.", "2023-04-01"),
        ("I quit my job yesterday.", "2023-05-08"),
        ("We broke up in March.", "2023-03-01"),
        ("I sold my car in 2022.", "2022-01-01"),
        ("J'ai démissionné en mars.", "2023-03-01"),
        ("我上个月辞职了。", "2023-04-01"),
        ("I quit my job today.", ""),
        ("I quit my job.", ""),
    ] {
        assert_eq!(ended(message), day, "{message}");
    }
    let job = kept(0, &fact("job", "nurse", true, 0), true);
    let end = Fact { valid_to: Some(Timestamp::from_second(5).unwrap()), ..fact("employment", "", false, 9) };
    assert_eq!(supersede(&[job], &end), [Change::End { id: 0, at: Timestamp::from_second(5).unwrap() }]);
}
