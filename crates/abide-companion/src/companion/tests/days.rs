//! Questions that name days by others: "before my birthday". A diary of seven weeks in each language, a sitting a day.

use jiff::civil::Date;

use super::*;
use crate::language::Language;
use crate::time::describe_date;
use crate::transcript::{NewMessage, Speaker};

/// Who went where and did what, on day after day; a day of these and one of those give each another sentence.
struct Diary {
    language: Language,
    facts: [&'static str; 3],
    done: [&'static str; 16],
    places: [&'static str; 7],
    replies: [&'static str; 5],
    /// On some days, by number from 0, something else.
    on: [(usize, &'static str); 5],
}

const DAYS: usize = 48;

const ENGLISH: Diary = Diary {
    language: Language::English,
    facts: [
        "My birthday is on April 2nd.",
        "My wedding anniversary is March 24.",
        "My driving exam is on March 20.",
    ],
    done: [
        "I repaired the fence",
        "I baked a lemon tart",
        "I ran ten kilometres",
        "I painted the kitchen",
        "I read a novel about whales",
        "I planted garlic",
        "I fixed my bicycle",
        "I watched an old western",
        "I learned a song on the guitar",
        "I cleaned the attic",
        "I wrote three letters",
        "I cooked a lentil soup",
        "I swam forty lengths",
        "I sorted old photographs",
        "I visited a museum",
        "I knitted a scarf",
    ],
    places: [
        "by the river",
        "at home",
        "in the old town",
        "with my neighbour",
        "after work",
        "in the rain",
        "near the station",
    ],
    replies: [
        "That sounds like a full day!",
        "Lovely, and how was it?",
        "I'd have liked to see that.",
        "Well done. Are you tired?",
        "Tell me more tomorrow.",
    ],
    on: [
        (10, "Ana and I went to the harbour."),
        (27, "Ana and I went to the aquarium and saw the jellyfish."),
        (32, "It's my birthday today! We had a big cake and my birthday dinner."),
        (36, "Ana and I went to the opera."),
        (40, "I'm still eating birthday cake, what a birthday that was."),
    ],
};

const FRENCH: Diary = Diary {
    language: Language::French,
    facts: [
        "Mon anniversaire est le 2 avril.",
        "Notre anniversaire de mariage est le 24 mars.",
        "J'ai un examen de conduite le 20 mars.",
    ],
    done: [
        "J'ai réparé la clôture",
        "J'ai fait une tarte au citron",
        "J'ai couru dix kilomètres",
        "J'ai peint la cuisine",
        "J'ai lu un roman sur les baleines",
        "J'ai planté de l'ail",
        "J'ai réparé mon vélo",
        "J'ai regardé un vieux western",
        "J'ai appris une chanson à la guitare",
        "J'ai rangé le grenier",
        "J'ai écrit trois lettres",
        "J'ai cuisiné une soupe de lentilles",
        "J'ai nagé quarante longueurs",
        "J'ai trié de vieilles photos",
        "J'ai visité un musée",
        "J'ai tricoté une écharpe",
    ],
    places: [
        "au bord de la rivière",
        "à la maison",
        "dans la vieille ville",
        "avec mon voisin",
        "après le travail",
        "sous la pluie",
        "près de la gare",
    ],
    replies: [
        "Quelle journée bien remplie !",
        "Super, et c'était comment ?",
        "J'aurais aimé voir ça.",
        "Bravo. Tu es fatigué ?",
        "Raconte-moi la suite demain.",
    ],
    on: [
        (10, "Avec Ana, on est allés au port."),
        (27, "Avec Ana, on est allés à l'aquarium voir les méduses."),
        (32, "C'est mon anniversaire aujourd'hui ! On a mangé un gros gâteau d'anniversaire."),
        (36, "Avec Ana, on est allés à l'opéra."),
        (40, "Je mange encore du gâteau d'anniversaire, quel anniversaire c'était."),
    ],
};

const CHINESE: Diary = Diary {
    language: Language::Chinese,
    facts: ["我的生日是四月二号。", "我们的结婚纪念日是三月二十四号。", "我三月二十号有驾照考试。"],
    done: [
        "我修好了篱笆",
        "我烤了一个柠檬派",
        "我跑了十公里",
        "我给厨房刷了漆",
        "我读了一本讲鲸鱼的小说",
        "我种了大蒜",
        "我修了自行车",
        "我看了一部老西部片",
        "我用吉他学了一首歌",
        "我打扫了阁楼",
        "我写了三封信",
        "我煮了扁豆汤",
        "我游了四十趟",
        "我整理了老照片",
        "我参观了博物馆",
        "我织了一条围巾",
    ],
    places: [
        "，在河边",
        "，在家里",
        "，在老城",
        "，和邻居一起",
        "，下班以后",
        "，外面下着雨",
        "，在车站附近",
    ],
    replies: ["今天真充实！", "真好，感觉怎么样？", "我也想看看。", "辛苦了，累不累？", "明天再跟我讲讲。"],
    on: [
        (10, "我和小安去了港口。"),
        (27, "我和小安去了水族馆看水母。"),
        (32, "今天是我的生日！我们吃了大蛋糕，过了一个开心的生日。"),
        (36, "我和小安去了歌剧院。"),
        (40, "我还在吃生日蛋糕，这个生日真开心。"),
    ],
};

/// A companion that was told all of it, day by day from March 1, 2024; it is April 18 then.
fn told(diary: &Diary) -> (World, Companion) {
    let world = World::new();
    let persona = Persona { language: diary.language.tag().to_owned(), ..mara() };
    let companion = world.companions.create(&persona, None).unwrap();
    let (_, generator) = model("Aye.");
    for fact in diary.facts {
        say(&companion, &generator, fact);
    }
    let store = world.companions.store();
    for day in 0..DAYS {
        let other = diary.on.iter().find(|(on, _)| *on == day).map(|(_, text)| (*text).to_owned());
        let text = other.unwrap_or_else(|| {
            let (done, place) = (diary.done[day % 16], diary.places[day % 7]);
            let blank = if diary.language == Language::Chinese { "" } else { " " };
            format!("{done}{blank}{place}.")
        });
        let time = Timestamp::from_second(BEGINNING_S + day as i64 * 86_400 + 36_000).unwrap();
        let parent = store.head(companion.id()).unwrap();
        let said = store.append(companion.id(), NewMessage::new(parent, Speaker::User, text, time)).unwrap();
        let reply = NewMessage::new(Some(said.id), Speaker::Companion, diary.replies[day % 5], time);
        store.append(companion.id(), reply).unwrap();
    }
    world.later(DAYS as i64);
    (world, companion)
}

/// Whether the best memory for each question is of a day in March and April from one to another, `3-26..4-01`, and something is known.
fn check(diary: &Diary, table: &[(&str, &str)]) {
    let (_world, companion) = told(diary);
    let mut wrong = Vec::new();
    for (question, days) in table {
        let day = |text: &str| {
            let (month, day) = text.split_once('-').unwrap();
            Date::new(2024, month.parse().unwrap(), day.parse().unwrap()).unwrap()
        };
        let (first, last) = days.split_once("..").unwrap_or((days, days));
        let (first, last) = (day(first), day(last));
        let reminded = companion.memories(question, 500).unwrap();
        let best = reminded.memories.first().map(|memory| memory.text.clone()).unwrap_or_default();
        let mut on = first.series(jiff::Span::new().days(1)).take_while(|on| *on <= last);
        let fits = on.any(|on| best.starts_with(&describe_date(on, diary.language)));
        if !fits || !reminded.known {
            wrong.push(format!("{question} ({days}, known {}): {best}", reminded.known));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn english_days_are_found_by_others() {
    check(
        &ENGLISH,
        &[
            ("What did I do before my birthday?", "4-01"),
            ("What was I doing right before my birthday?", "4-01"),
            ("What happened just before my last birthday?", "4-01"),
            ("Do you remember what I did before my birthday?", "4-01"),
            ("what did i get up to before my bday", "4-01"),
            ("Tell me what I did prior to my birthday.", "4-01"),
            ("What kept me busy before my birthday?", "4-01"),
            ("What had I been doing before my birthday came?", "4-01"),
            ("How did I spend my time before my birthday?", "4-01"),
            ("What did we talk about shortly before my birthday?", "4-01"),
            ("Before my birthday, what did I do?", "4-01"),
            ("What was going on in my life before my birthday?", "4-01"),
            ("What was happening in the run-up to my birthday?", "4-01"),
            ("What did I do the day before my birthday?", "4-01"),
            ("What did I do two days before my birthday?", "3-31"),
            ("What did I do a week before my birthday?", "3-26"),
            ("What did I do the week before my birthday?", "3-26..4-01"),
            ("What was I up to in the days before my birthday?", "3-26..4-01"),
            ("What did I do the week leading up to my birthday?", "3-26..4-01"),
            ("What did I do on my birthday?", "4-02"),
            ("What did I do around my birthday?", "3-30..4-05"),
            ("What did I do after my birthday?", "4-03"),
            ("What did I do the day after my birthday?", "4-03"),
            ("What did I do three days after my birthday?", "4-05"),
            ("What happened right after my birthday?", "4-03"),
            ("What have I done since my birthday?", "4-02..4-17"),
            ("What did I do before Easter?", "3-30"),
            ("What did I do the day after Easter?", "4-01"),
            ("What did I do before our anniversary?", "3-23"),
            ("What did I do the day before our wedding anniversary?", "3-23"),
            ("What did I do after our wedding anniversary?", "3-25"),
            ("What did I do before my exam?", "3-19"),
            ("What did I do after my driving exam?", "3-21"),
            ("Where did I go with Ana before my birthday?", "3-28"),
            ("Where did Ana and I go after my birthday?", "4-06"),
            ("Where did I go with Ana before my exam?", "3-11"),
            ("What did I do on the eve of my birthday?", "4-01"),
            ("What did I do the night before the exam?", "3-19"),
            ("What did I do the Saturday before my birthday?", "3-30"),
            ("What did I do the week of my birthday?", "3-31..4-06"),
            ("Where did I go with Ana between March 25 and March 30?", "3-28"),
        ],
    );
}

#[test]
fn french_days_are_found_by_others() {
    check(
        &FRENCH,
        &[
            ("Qu'est-ce que j'ai fait avant mon anniversaire ?", "4-01"),
            ("Qu'ai-je fait avant mon anniversaire ?", "4-01"),
            ("Que s'est-il passé juste avant mon anniversaire ?", "4-01"),
            ("Je faisais quoi avant mon anniv ?", "4-01"),
            ("Raconte-moi ce que j'ai fait avant mon dernier anniversaire.", "4-01"),
            ("Tu te souviens de ce que je faisais avant mon anniversaire ?", "4-01"),
            ("Comment ai-je passé mon temps avant mon anniversaire ?", "4-01"),
            ("De quoi avons-nous parlé peu avant mon anniversaire ?", "4-01"),
            ("Avant mon anniversaire, j'ai fait quoi ?", "4-01"),
            ("Qu'est-ce qui s'est passé avant mon anniversaire ?", "4-01"),
            ("J'étais occupée à quoi avant mon anniversaire ?", "4-01"),
            ("Qu'est-ce que j'ai fait la veille de mon anniversaire ?", "4-01"),
            ("Qu'est-ce que j'ai fait l'avant-veille de mon anniversaire ?", "3-31"),
            ("Qu'est-ce que j'ai fait deux jours avant mon anniversaire ?", "3-31"),
            ("Qu'est-ce que j'ai fait une semaine avant mon anniversaire ?", "3-26"),
            ("Qu'est-ce que j'ai fait la semaine avant mon anniversaire ?", "3-26..4-01"),
            ("Qu'est-ce que j'ai fait la semaine d'avant mon anniversaire ?", "3-26..4-01"),
            ("Qu'est-ce que j'ai fait les jours précédant mon anniversaire ?", "3-26..4-01"),
            ("Qu'est-ce que j'ai fait le jour de mon anniversaire ?", "4-02"),
            ("Qu'est-ce que j'ai fait autour de mon anniversaire ?", "3-30..4-05"),
            ("Qu'est-ce que j'ai fait après mon anniversaire ?", "4-03"),
            ("Qu'est-ce que j'ai fait le lendemain de mon anniversaire ?", "4-03"),
            ("Qu'est-ce que j'ai fait trois jours après mon anniversaire ?", "4-05"),
            ("Qu'est-ce que j'ai fait depuis mon anniversaire ?", "4-02..4-17"),
            ("Qu'est-ce que j'ai fait avant Pâques ?", "3-30"),
            ("Qu'est-ce que j'ai fait le lendemain de Pâques ?", "4-01"),
            ("Qu'est-ce que j'ai fait avant notre anniversaire de mariage ?", "3-23"),
            ("Qu'est-ce que j'ai fait la veille de notre anniversaire de mariage ?", "3-23"),
            ("Qu'est-ce que j'ai fait avant mon examen ?", "3-19"),
            ("Qu'est-ce que j'ai fait après l'examen de conduite ?", "3-21"),
            ("Où suis-je allé avec Ana avant mon anniversaire ?", "3-28"),
            ("Où est-ce qu'on est allés avec Ana après mon anniversaire ?", "4-06"),
            ("Qu'est-ce que j'ai fait le samedi avant mon anniversaire ?", "3-30"),
            ("Qu'est-ce que j'ai fait la semaine de mon anniversaire ?", "4-01..4-07"),
        ],
    );
}

#[test]
fn chinese_days_are_found_by_others() {
    check(
        &CHINESE,
        &[
            ("我生日之前做了什么？", "4-01"),
            ("我生日前做了什么？", "4-01"),
            ("生日之前我干了什么？", "4-01"),
            ("我过生日以前都做了些什么？", "4-01"),
            ("你还记得我生日前在做什么吗？", "4-01"),
            ("我上次生日之前做了什么？", "4-01"),
            ("在我生日到来之前，我做了什么？", "4-01"),
            ("我生日前不久发生了什么？", "4-01"),
            ("我过生日前在忙什么？", "4-01"),
            ("生日前夕我做了什么？", "4-01"),
            ("在我生日之前我都干嘛了？", "4-01"),
            ("我生日前一天做了什么？", "4-01"),
            ("我生日的前一天做了什么？", "4-01"),
            ("我生日前两天做了什么？", "3-31..4-01"),
            ("我生日前一周做了什么？", "3-26..4-01"),
            ("我生日之前的一个星期做了什么？", "3-26..4-01"),
            ("我生日前几天做了什么？", "3-26..4-01"),
            ("我生日那天做了什么？", "4-02"),
            ("我生日当天做了什么？", "4-02"),
            ("我生日前后做了什么？", "3-30..4-05"),
            ("我生日之后做了什么？", "4-03"),
            ("我生日第二天做了什么？", "4-03"),
            ("过完生日以后我做了什么？", "4-03"),
            ("我生日以来做了什么？", "4-02..4-17"),
            ("复活节之前我做了什么？", "3-30"),
            ("我们的结婚纪念日之前我做了什么？", "3-23"),
            ("结婚纪念日前一天我做了什么？", "3-23"),
            ("我考试之前做了什么？", "3-19"),
            ("考试之后我做了什么？", "3-21"),
            ("我生日之前和小安去了哪里？", "3-28"),
            ("我生日之后和小安去了哪里？", "4-06"),
            ("我生日刚过做了什么？", "4-03"),
            ("我考试的第二天做了什么？", "3-21"),
        ],
    );
}

/// What was said a year ago, before a year in which other things were said.
fn a_year_of(language: Language, first: &str, others: [&str; 4]) -> (World, Companion) {
    let world = World::new();
    let persona = Persona { language: language.tag().to_owned(), ..mara() };
    let companion = world.companions.create(&persona, None).unwrap();
    let store = world.companions.store();
    for week in 0..53_i64 {
        let text = if week == 0 { first } else { others[week as usize % 4] };
        let time = Timestamp::from_second(BEGINNING_S + week * 7 * 86_400).unwrap();
        let parent = store.head(companion.id()).unwrap();
        store.append(companion.id(), NewMessage::new(parent, Speaker::User, text, time)).unwrap();
    }
    world.later(365);
    (world, companion)
}

/// Asks for what is known, whose best memory has these words, and for what is not.
fn check_known((_world, companion): (World, Companion), holds: &str, known: &[&str], unknown: &[&str]) {
    let check = |question: &&str, expected: bool| {
        let reminded = companion.memories(question, 500).unwrap();
        let best = reminded.memories.first().map(|memory| memory.text.clone()).unwrap_or_default();
        let fits = reminded.known == expected && (!expected || best.contains(holds));
        (!fits).then(|| format!("{question} known {}: {best}", reminded.known))
    };
    let known = known.iter().filter_map(|question| check(question, true));
    let wrong: Vec<String> =
        known.chain(unknown.iter().filter_map(|question| check(question, false))).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn whatever_there_is_may_be_asked_for() {
    let others = ["I broke my wrist.", "I swam in the lake.", "I read a novel.", "I planted garlic."];
    check_known(
        a_year_of(Language::English, "I bought a new raincoat for the trip.", others),
        "",
        &[
            "Did I buy anything before Halloween?",
            "Did I buy something before Thanksgiving?",
            "When did I break something?",
        ],
        &["Did I paint anything before Halloween?"],
    );
}

#[test]
fn what_was_said_at_a_time_that_is_asked_for_is_known_in_english() {
    let said = a_year_of(
        Language::English,
        "I bought a red bicycle at the market.",
        ["I cooked a soup.", "I swam in the lake.", "I read a novel.", "I planted garlic."],
    );
    check_known(
        said,
        "red bicycle",
        &[
            "What did I buy a year ago?",
            "What did I buy a year ago today?",
            "What did I do exactly a year ago?",
            "On this day last year, what did I buy?",
            "What was it that I bought one year ago to the day?",
            "what had i bought this time last year",
            "Which thing did I buy twelve months ago?",
            "What did I buy on March 1, 2024?",
            "What happened on March 1st 2024?",
            "What did I do on this day a year ago?",
            "Do you know what I bought in early March 2024?",
        ],
        &["What did I paint a year ago?", "Which aunt did I visit exactly a year ago?"],
    );
}

#[test]
fn what_was_said_at_a_time_that_is_asked_for_is_known_in_french() {
    let said = a_year_of(
        Language::French,
        "J'ai acheté un vélo rouge au marché.",
        ["J'ai cuisiné une soupe.", "J'ai nagé dans le lac.", "J'ai lu un roman.", "J'ai planté de l'ail."],
    );
    check_known(
        said,
        "vélo rouge",
        &[
            "Il y a un an jour pour jour, qu'est-ce que j'ai acheté ?",
            "Qu'est-ce que j'ai acheté il y a un an ?",
            "Qu'est-ce que j'ai fait il y a exactement un an ?",
            "Qu'ai-je fait il y a un an jour pour jour ?",
            "Le même jour l'an dernier, j'avais acheté quoi ?",
            "Qu'est-ce que j'ai fait il y a un an aujourd'hui ?",
            "Qu'est-ce que j'ai acheté le 1er mars 2024 ?",
            "Que s'est-il passé le 1er mars 2024 ?",
            "J'ai acheté quoi à la même époque l'an dernier ?",
            "Qu'est-ce que j'ai acheté il y a douze mois ?",
            "Raconte-moi ce que j'ai acheté début mars 2024.",
        ],
        &["Qu'est-ce que j'ai peint il y a un an ?", "Quelle tante ai-je vue il y a exactement un an ?"],
    );
}

#[test]
fn what_was_said_at_a_time_that_is_asked_for_is_known_in_chinese() {
    let said = a_year_of(
        Language::Chinese,
        "我在市场买了一辆红色的自行车。",
        ["我煮了汤。", "我在湖里游泳。", "我读了一本小说。", "我种了大蒜。"],
    );
    check_known(
        said,
        "红色的自行车",
        &[
            "一年前的今天我买了什么？",
            "我一年前买了什么？",
            "去年的今天我做了什么？",
            "去年今天我买了什么？",
            "整整一年前我做了什么？",
            "去年这个时候我买了什么？",
            "一年前的这一天我做了什么？",
            "2024年3月1日我买了什么？",
            "2024年3月1号发生了什么？",
            "十二个月前我买了什么？",
            "我2024年3月初买了什么？",
        ],
        &["一年前我画了什么？"],
    );
}

/// What was said at another time is no answer to what was then.
#[test]
fn a_time_without_what_is_asked_for_knows_nothing() {
    check_known(
        a_year_of(
            Language::English,
            "I met Ana at the harbour.",
            ["I cooked a soup.", "I saw a heron.", "I met my boss.", "I planted garlic."],
        ),
        "Ana",
        &[
            "Did I meet Ana between February and April 2024?",
            "Did I meet Ana from late February to early April?",
            "When did I meet Ana?",
            "Did I meet Ana a year ago?",
        ],
        &[
            "Did I meet Ana between June and August?",
            "Did I see Ana from June through August?",
            "Did I meet Ana in October?",
            "Did I meet Ana last summer?",
            "Did I meet Ana between July 3 and September 10?",
        ],
    );
    check_known(
        a_year_of(
            Language::French,
            "J'ai vu Ana au port.",
            ["J'ai cuisiné une soupe.", "J'ai vu un héron.", "J'ai lu un roman.", "J'ai planté de l'ail."],
        ),
        "Ana",
        &["Ai-je vu Ana entre février et avril 2024 ?", "Est-ce que j'ai vu Ana en mars 2024 ?"],
        &[
            "Ai-je vu Ana entre juin et août ?",
            "Est-ce que j'ai vu Ana de juin à août ?",
            "Ai-je vu Ana du 3 juillet au 10 septembre ?",
            "Est-ce que j'ai vu Ana l'été dernier ?",
        ],
    );
    check_known(
        a_year_of(
            Language::Chinese,
            "我在港口见了小安。",
            ["我煮了汤。", "我在湖里游泳。", "我读了一本小说。", "我种了大蒜。"],
        ),
        "小安",
        &["2024年二月到四月之间我见过小安吗？"],
        &["六月到八月之间我见过小安吗？", "我去年七月和九月之间见过小安吗？", "从六月到八月我见了小安吗？"],
    );
    // What was told of it later, or before.
    check_known(
        a_year_of(Language::English, "In July I met Ana.", ["I read.", "I swam.", "I slept.", "I ran."]),
        "Ana",
        &["Did I meet Ana in July 2023?", "Did I meet Ana between June and July 2023?"],
        &["Did I meet Ana in October?"],
    );
}

#[test]
fn what_was_told_of_a_time_by_its_distance_or_season_is_known_of_it() {
    let others = ["I read.", "I swam.", "I slept.", "I sewed."];
    check_known(
        a_year_of(Language::English, "Six months ago I ran the marathon in Ghent.", others),
        "Ghent",
        &["Where did I run the marathon in September 2023?", "Did I run a marathon in autumn 2023?"],
        &["Where did I run the marathon in December?", "Where did I run the marathon in May 2023?"],
    );
    check_known(
        a_year_of(Language::English, "I'll go bowling with Casper in two weeks.", others),
        "Casper",
        &["Who did I go bowling with in mid-March 2024?"],
        &["Who did I go bowling with in July?"],
    );
    check_known(
        a_year_of(
            Language::French,
            "L'été dernier j'ai perdu ma bague à Nice.",
            ["J'ai lu.", "J'ai nagé.", "J'ai dormi.", "J'ai couru."],
        ),
        "bague",
        &["Qu'est-ce que j'ai perdu à l'été 2023 ?", "Qu'ai-je perdu à Nice en juillet 2023 ?"],
        &["Qu'ai-je perdu en octobre ?"],
    );
    check_known(
        a_year_of(
            Language::Chinese,
            "去年夏天我弄丢了戒指。",
            ["我煮了汤。", "我在湖里游泳。", "我读了书。", "我种了蒜。"],
        ),
        "戒指",
        &["2023年七月我弄丢了什么？"],
        &["十月我弄丢了什么？"],
    );
}

/// Among what was said then, and where nothing was.
#[test]
fn what_was_told_of_a_time_in_other_words_is_known_where_the_time_alone_is_asked_for() {
    let others = ["I read.", "I swam.", "I slept.", "I sewed."];
    check_known(
        a_year_of(Language::English, "Two weeks ago I broke my wrist while skating.", others),
        "wrist",
        &["What did I do on February 16, 2024?", "What happened in mid-February 2024?"],
        &["What did I do on January 5, 2024?"],
    );
    check_known(
        a_year_of(
            Language::French,
            "Il y a deux semaines, ma cousine est venue et a cassé la lampe.",
            ["J'ai lu.", "J'ai nagé.", "J'ai dormi.", "J'ai couru."],
        ),
        "lampe",
        &["Qu'est-ce que j'ai fait le 16 février 2024 ?", "Qui est venu en février 2024 ?"],
        &["Qu'est-ce que j'ai fait le 5 janvier 2024 ?"],
    );
    check_known(
        a_year_of(
            Language::Chinese,
            "两个星期前我摔断了手腕。",
            ["我煮了汤。", "我在湖里游泳。", "我读了书。", "我种了蒜。"],
        ),
        "手腕",
        &["2024年2月16日我做了什么？"],
        &["2024年1月5日我做了什么？"],
    );
    for (language, later, other, holds, question) in [
        (
            Language::English,
            "Last month we drove to Ljubljana in an old van.",
            "I read.",
            "Ljubljana",
            "Where did we go in April 2024?",
        ),
        (
            Language::French,
            "En avril, ma cousine est venue et a cassé la lampe.",
            "J'ai lu.",
            "lampe",
            "Qui est venu chez nous en avril 2024 ?",
        ),
        (Language::Chinese, "上个月我们开车去了海边。", "我读了书。", "海边", "2024年四月我们做了什么？"),
    ] {
        let (world, companion) = a_year_of(language, other, [other; 4]);
        let store = world.companions.store();
        let (parent, may) = (store.head(companion.id()).unwrap(), BEGINNING_S + 80 * 86_400);
        let time = Timestamp::from_second(may).unwrap();
        store.append(companion.id(), NewMessage::new(parent, Speaker::User, later, time)).unwrap();
        check_known((world, companion), holds, &[question], &[]);
    }
}

#[test]
fn days_of_every_year_are_told_when_they_are_near() {
    let near = |language: Language, told: &str, days: i64| {
        let world = World::new();
        let persona = Persona { language: language.tag().to_owned(), ..mara() };
        let companion = world.companions.create(&persona, None).unwrap();
        let (model, generator) = model("Aye.");
        say(&companion, &generator, told);
        world.later(days);
        say(&companion, &generator, "Hm.");
        last_prompt(&model)
    };
    for (language, told, line) in [
        (
            Language::English,
            "My wedding anniversary is March 24.",
            "the wedding anniversary is in 2 days, on March 24, 2026",
        ),
        (Language::English, "Our anniversary is March 24.", "Jo's anniversary is in 2 days"),
        (Language::English, "My name day is March 24.", "“name day” is in 2 days"),
        (Language::English, "Every 24th of March we light a candle.", "“we light a candle” is in 2 days"),
        (
            Language::English,
            "The anniversary of my father's death is March 24.",
            "the anniversary of “my father's death” is in 2 days",
        ),
        (
            Language::French,
            "Notre anniversaire de mariage est le 24 mars.",
            "l'anniversaire de mariage, c'est dans 2 jours",
        ),
        (Language::French, "Ma fête est le 24 mars.", "« fête », c'est dans 2 jours"),
        (
            Language::French,
            "L'anniversaire de notre rencontre est le 24 mars.",
            "l'anniversaire de rencontre, c'est dans 2 jours",
        ),
        (Language::Chinese, "我们的结婚纪念日是三月二十四号。", "结婚纪念日在2天后"),
        (Language::Chinese, "我爸爸的忌日是三月二十四号。", "“爸爸的忌日”在2天后"),
        (Language::English, "My birthday is March 24.", "Jo's birthday is in 2 days"),
    ] {
        // Its first time, and two years later.
        for days in [21, 751] {
            let prompt = near(language, told, days);
            let line = if days == 21 { line.replace("2026", "2024") } else { line.to_owned() };
            assert!(prompt.contains(&line), "{told} after {days} days: {prompt}");
        }
    }
}
