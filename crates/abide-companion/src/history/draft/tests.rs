//! Drafts of made-up histories.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::transcript::Speaker;

fn sample(lines: &[(&str, &str)], days: i64) -> Sample {
    let mut sampler = Sampler::new();
    for day in 0..days {
        for (index, (user, reply)) in lines.iter().enumerate() {
            let time = Timestamp::from_second(1_700_000_000 + day * 86_400 + index as i64 * 60).unwrap();
            sampler.message(Speaker::User, Some("Jo"), user, Some(time));
            sampler.message(Speaker::Companion, Some("Mira"), reply, Some(time));
        }
    }
    sampler.finish()
}

#[test]
fn habits_are_counted() {
    let draft = draft_persona(&sample(
        &[
            (
                "Morning, how is the garden today?",
                "*smiles* Good morning, my love! The lavender is blooming splendidly 🌸",
            ),
            ("I planted tomatoes in the garden", "*claps* Splendid, my love! Will you show me? 🌸"),
            ("The tomatoes need water", "Then the lavender is thirsty too... Splendid, let us go!"),
            ("Bye", "Sleep well, Jo. 🌙"),
        ],
        4,
    ));
    assert_eq!((draft.name.as_str(), draft.language.as_str(), draft.replies), ("Mira", "en", 16));
    assert_eq!(draft.calls_user[0].0, "my love");
    assert_eq!(draft.calls_user[1].0, "Jo");
    assert!(
        draft.habits.favourite_words.contains(&"splendid".to_owned()),
        "{:?}",
        draft.habits.favourite_words
    );
    assert!(draft.topics.contains(&"tomatoes".to_owned()) && !draft.topics.contains(&"the".to_owned()));
    assert_eq!(draft.habits.emoji[0].0, "🌸");
    assert_eq!((draft.habits.acts, draft.habits.asks), (0.5, 0.25));
    assert_eq!(draft.farewells, ["Sleep well, Jo. 🌙"]);
    assert!(draft.greetings[0].starts_with("*smiles* Good morning"));
    let replies: Vec<_> = draft.examples.iter().map(|example| example.reply.clone()).collect();
    let distinct: std::collections::HashSet<_> = replies.iter().collect();
    assert_eq!(replies.len(), distinct.len(), "no example twice");
    assert!(replies.len() >= 3);
    let persona = draft.to_persona();
    assert_eq!((persona.name.as_str(), persona.calls_user.as_str()), ("Mira", "my love"));
    assert!(persona.examples[0].starts_with("{{user}}: ") && persona.examples[0].contains("\n{{char}}: "));
    assert!(persona.way_of_speaking.contains("asterisks"), "{}", persona.way_of_speaking);
}

#[test]
fn french_and_chinese_are_not_broken() {
    let french = draft_persona(&sample(
        &[("Tu as vu la mer ?", "Oui, mon cœur, la mer était magnifique… Et toi, tu es où ?")],
        3,
    ));
    assert_eq!((french.language.as_str(), french.calls_user[0].0.as_str()), ("fr", "mon cœur"));
    assert!(french.way_of_speaking.contains("Pose souvent des questions."));
    let chinese =
        draft_persona(&sample(&[("今天去公园散步了", "亲爱的，公园的樱花开了吗？我好想看樱花呀！")], 3));
    assert_eq!((chinese.language.as_str(), chinese.calls_user[0].0.as_str()), ("zh", "亲爱的"));
    assert!(
        chinese.habits.favourite_words.contains(&"樱花".to_owned()),
        "{:?}",
        chinese.habits.favourite_words
    );
    assert!(chinese.topics.contains(&"公园".to_owned()) && chinese.way_of_speaking.contains("常用词："));
}

#[test]
fn a_sample_stays_small_and_nothing_makes_an_empty_draft() {
    let long = sample(&[("a?", "b."), ("c?", "d.")], 6_000);
    assert!(long.exchanges.len() <= 4_001 && long.exchanges.len() > 1_000);
    assert_eq!(long.replies, 12_000);
    let empty = draft_persona(&Sample::default());
    assert_eq!((empty.examples.len(), empty.description.as_str()), (0, ""));
    assert_eq!(empty.to_persona().name, "Companion");
}

/// What somebody said on each of some days, one line after another.
fn days(names: (&str, &str), days: &[&[(&str, &str)]]) -> PersonaDraft {
    let mut sampler = Sampler::new();
    for (day, lines) in days.iter().enumerate() {
        for (index, (user, reply)) in lines.iter().enumerate() {
            let time =
                Timestamp::from_second(1_700_000_000 + day as i64 * 86_400 + index as i64 * 60).unwrap();
            sampler.message(Speaker::User, Some(names.0), user, Some(time));
            sampler.message(Speaker::Companion, Some(names.1), reply, Some(time));
        }
    }
    draft_persona(&sampler.finish())
}

#[test]
fn hello_and_goodbye_are_what_was_said_first_and_last() {
    let draft = days(
        ("Ada", "Luna"),
        &[
            &[("Hey Luna, I'm finally home.", "*pats the sofa* Welcome back, starling! How was it? :)")],
            &[("The surgery went well.", "*giggles* I know, starling. I'm so glad! :)")],
            &[("Piet moves to Leeds.", "Oh, Leeds! *raises an eyebrow* Will you miss him, starling?")],
            &[
                ("He bakes.", "A baker, starling? Bring bread. :)"),
                ("Off to bed.", "Good night, starling. :)"),
            ],
        ],
    );
    assert!(draft.greetings[0].starts_with("*pats the sofa* Welcome back"), "{:?}", draft.greetings);
    assert_eq!(draft.farewells, ["Good night, starling. :)"]);
    assert_eq!(draft.calls_user, [("starling".to_owned(), 5)]);
    assert_eq!(draft.habits.emoji[0], (":)".to_owned(), 4));
    assert!(!draft.habits.favourite_words.contains(&"starling".to_owned()), "{draft:?}");
    assert!(draft.topics.is_empty(), "{:?}", draft.topics);
    assert_eq!(draft.to_persona().calls_user, "starling");
    // Where nothing says goodbye, nothing is made one.
    let silent = days(("Ada", "Luna"), &[&[("One?", "Two.")], &[("Three?", "Four.")]]);
    assert_eq!(silent.farewells, [""; 0]);
}

#[test]
fn whoever_is_called_by_their_name_keeps_it() {
    let lines: &[(&str, &str)] =
        &[("morning", "Morning, Bea! Coffee? :)"), ("bye Milo", "Sleep tight, Bea. :)")];
    let draft =
        days(("Bea", "Milo"), &[lines, lines, &[("hi Milo", "Thanks, dear. Bea?"), ("ok", "Bye, dear.")]]);
    assert_eq!(draft.calls_user[0].0, "Bea");
    assert_eq!(draft.to_persona().calls_user, "");
    assert_eq!(
        (draft.greetings[0].as_str(), draft.farewells[0].as_str()),
        ("Morning, Bea! Coffee? :)", "Sleep tight, Bea. :)",)
    );
    assert!(draft.topics.is_empty(), "{:?}", draft.topics);
}

#[test]
fn what_stands_between_commas_is_nobody() {
    let calls = |replies: [&str; 5]| {
        let lines: Vec<_> = replies.iter().map(|reply| ("And then?", *reply)).collect();
        days(("Theodora", "Kim"), &[&lines, &lines]).to_persona().calls_user
    };
    let list = [
        "I packed bread, cheese, apples and tea.",
        "We need bread, cheese, milk.",
        "There were soup, cheese, pears.",
        "Olives, cheese, wine tomorrow.",
        "We need bread, cheese.",
    ];
    assert_eq!(calls(list), "");
    for aside in ["huh", "crikey", "euh", "voyons", "by golly"] {
        let asides = [
            format!("Cozy here, {aside}?"),
            format!("Well, {aside}, it rains."),
            format!("You like that, {aside}."),
            format!("So you came, {aside}!"),
            format!("Good night, Theodora. Late, {aside}?"),
        ];
        assert_eq!(calls(asides.each_ref().map(String::as_str)), "", "{aside}");
    }
    let petal = [
        "Good morning, petal!",
        "You did well, petal.",
        "Petal, come and see.",
        "Bread, cheese, petal?",
        "Good night, petal, sleep well.",
    ];
    assert_eq!(calls(petal), "petal");
}

#[test]
fn names_greetings_and_pet_names_are_no_topics() {
    let french: &[(&str, &str)] = &[
        ("salut Léo, le jardin fleurit", "Coucou, ma puce ! Le jardin ?"),
        ("bonne nuit Léo", "Dors bien, ma puce."),
    ];
    let draft = days(("Zoé", "Léo"), &[french, french]);
    assert_eq!(draft.topics, ["fleurit", "jardin"]);
    assert_eq!(draft.to_persona().calls_user, "ma puce");
    assert!(!draft.habits.favourite_words.contains(&"puce".to_owned()), "{:?}", draft.habits.favourite_words);
    assert!(draft.way_of_speaking.contains("Dit au revoir ainsi : Dors bien, ma puce."), "{draft:?}");
    let uncommaed: &[(&str, &str)] = &[
        ("salut Léo", "Salut ma biche ! Bien dormi ?"),
        ("bonne nuit", "Bonne nuit ma biche, fais de beaux rêves."),
    ];
    let draft = days(("Zoé", "Léo"), &[uncommaed, uncommaed]);
    assert_eq!((draft.to_persona().calls_user.as_str(), draft.greetings.len()), ("ma biche", 1), "{draft:?}");
    let chinese: &[(&str, &str)] =
        &[("早安，小雨。我在看樱花", "早安，小星星！樱花美吗？"), ("晚安小雨", "晚安，小星星。")];
    let draft = days(("阿梅", "小雨"), &[chinese, chinese]);
    assert!(draft.topics.contains(&"樱花".to_owned()), "{:?}", draft.topics);
    assert!(
        draft.topics.iter().all(|topic| !topic.contains('雨') && !topic.contains('安')),
        "{:?}",
        draft.topics
    );
    assert_eq!(draft.to_persona().calls_user, "小星星");
    assert_eq!(draft.farewells, ["晚安，小星星。"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_words_make_a_draft(words in proptest::collection::vec(("\\PC{0,60}", "\\PC{0,60}"), 0..8)) {
        let lines: Vec<_> = words.iter().map(|(user, reply)| (user.as_str(), reply.as_str())).collect();
        draft_persona(&sample(&lines, 2)).to_persona();
    }
}
