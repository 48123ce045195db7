//! Topics and texts about them.

use proptest::prelude::*;

use super::*;

const KNOWN: [Named<'static>; 6] = [
    Named { relation: "former partner", name: "Marcus Webb" },
    Named { relation: "sister", name: "Clara" },
    Named { relation: "brother", name: "Will" },
    Named { relation: "friend", name: "Tom" },
    Named { relation: "dog", name: "Rex" },
    Named { relation: "mother", name: "小红" },
];

fn avoided<const COUNT: usize>(topics: [&str; COUNT]) -> Avoided {
    Avoided::new(topics.map(|topic| (topic, None)), &KNOWN)
}

#[test]
fn texts_about_a_topic_are_known_in_any_form() {
    let avoided =
        avoided(["my ex", "the accident", "my father's death", "mon travail", "我爸爸", "那场车祸", " "]);
    let table = [
        ("I saw my ex yesterday", Some("my ex")),
        ("An exam went well", None),
        ("Those ACCIDENTS happen", Some("the accident")),
        ("His mother is kind", None),
        ("When her mother met death", None),
        ("Elle parle de son travail", Some("mon travail")),
        ("On travaille bien", None),
        ("他说爸爸来了", Some("我爸爸")),
        ("车祸以后", Some("那场车祸")),
        ("妈妈来了", None),
        ("", None),
    ];
    for (text, topic) in table {
        assert_eq!(avoided.topic_of(text), topic, "{text}");
    }
    assert!(Avoided::new([(" ", None), ("", None)], &[]).is_empty());
}

#[test]
fn somebody_is_met_by_every_word_and_name_for_them() {
    let met = [
        ("my father", "Jo's dad lives in Hull."),
        ("my dad", "March 1, 2024, Jo: “My father collects old stamps.”"),
        ("my late father", "Dads are like that."),
        ("my dad", "Mon père collectionne les timbres."),
        ("mon père", "Papa aime les timbres."),
        ("mon pere", "Mon père aime les timbres."),
        ("mon père", "用户的爸爸住在杭州。"),
        ("我爸", "我父亲喜欢集邮"),
        ("我的爸爸", "我老爸喜欢集邮"),
        ("我妈妈", "小红住在上海"),
        ("my ex", "Marcus sold our house."),
        ("my ex", "marcus sold our house"),
        ("my ex-husband", "My ex sold our house."),
        ("my cheating ex", "I met Marcus."),
        ("Marcus", "My ex sold our house."),
        ("Rex", "My dog was ill."),
        ("my sister", "Clara was ill."),
        ("ma sœur aînée", "Clara est malade."),
        ("my big brother", "Will sang all night."),
        ("my brother Will", "My brother sang all night."),
        ("my friend Tom", "Tom sang all night."),
        ("my parents", "Mum sang all night."),
        ("my family", "Clara sang all night."),
        ("my sister's wedding", "Clara's wedding was fine."),
        ("my father's death", "Dad died in March."),
        ("la mort de mon père", "Papa est décédé en mars."),
        ("爸爸的去世", "父亲去年过世了"),
        ("my divorce", "We separated in May."),
        ("my son", "My sons are loud."),
        ("狗", "我很喜欢狗"),
        ("我的ex", "My ex is back."),
    ];
    for (topic, text) in met {
        assert_eq!(avoided([topic]).topic_of(text), Some(topic), "{topic}: {text}");
    }
    let not_met = [
        ("my father", "My mother collects old stamps."),
        ("my father", "En mars, mon mari part."),
        ("my cat", "We had a nice chat about the patron."),
        ("my son", "Elle aime son chien."),
        ("my brother", "I will sing all night."),
        ("my brother", "我在墨西哥上班"),
        ("mon mari", "En mars, je pars."),
        ("my friend Tom", "My friend Anna sang all night."),
        ("my best friend", "A friend of theirs sang."),
        ("her mother", "小红住在上海"),
        ("Tom's mother", "小红住在上海"),
        ("la mère d'Anne", "小红住在上海"),
        ("my sister's wedding", "Clara was ill."),
        ("my father's death", "My father collects old stamps."),
        ("my father's death", "The old king died."),
        ("我姐姐", "我妹妹住在上海"),
        ("my horse", "我马上来"),
        ("the accident", "My dad lives in Hull."),
    ];
    for (topic, text) in not_met {
        assert_eq!(avoided([topic]).topic_of(text), None, "{topic}: {text}");
    }
}

#[test]
fn a_fact_is_about_whose_it_is() {
    let fact = |topic, subject| {
        avoided([topic]).topic_of_fact(FactKind::Place, subject, "They live in Hull.").is_some()
    };
    assert!(fact("my dad", "father"));
    assert!(fact("my ex", "Marcus Webb"));
    assert!(!fact("my dad", "mother"));
    assert!(!fact("her dad", "father"));
}

proptest! {
    #[test]
    fn a_topic_is_found_in_its_own_words(topic in "[a-zé]{2,10}( [a-zé]{2,10}){0,2}", before in ".{0,20}") {
        let avoided = avoided([topic.as_str()]);
        let text = format!("{before} {topic}");
        prop_assert!(avoided.topic_of(&text).is_some());
    }

    #[test]
    fn any_topic_and_text_are_taken(topic in ".{0,20}", text in ".{0,40}", kin in "(my |我|mon )?(ex|dad|爸|père|best friend)( .{0,8})?") {
        let _ = avoided([topic.as_str(), kin.as_str()]).topic_of(&text);
    }
}
