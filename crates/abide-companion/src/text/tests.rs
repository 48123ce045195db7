//! What becomes of texts in each language.

use super::*;

fn of(text: &str) -> String {
    terms(text).join(" ")
}

#[test]
fn english_and_french_are_stemmed_without_function_words() {
    assert_eq!(of("What are Anna's two dogs' names?"), "anna two dog name");
    assert_eq!(of("I've been running; she ran. Don't you?"), "run run");
    assert_eq!(of("Les préférées de l’ami d'Élise qu'elle n'a pas oubliées"), "prefer ami elis oubli");
    assert_eq!(of("ＦＵＬＬ width ﬁles"), "full width file");
    assert_eq!(of(""), "");
    assert_eq!(of("''' -- !?"), "");
}

#[test]
fn chinese_and_japanese_become_pairs_and_ideographs() {
    assert_eq!(of("我养了一只猫"), "我养 养了 了一 一只 只猫 养 一 只 猫");
    assert_eq!(of("我 在 的"), "我 在 的");
    assert!(of("猫が好きです").split(' ').any(|term| term == "猫"));
    assert!(of("我在学 Rust").ends_with("rust"));
}

#[test]
fn questions_have_a_form_for_each_language_of_the_memories() {
    let both = question_terms(
        &fold("Quelles étaient mes vacances préférées ?"),
        &[Language::French, Language::English],
    );
    let forms: Vec<&[String]> = both.iter().map(|term| term.forms.as_slice()).collect();
    assert_eq!(forms, [&["vacanc".to_owned()][..], &["prefer".to_owned(), "preferees".to_owned()][..]]);
    let once = question_terms(&fold("dog dogs DOG"), &[]);
    assert_eq!(once.len(), 1);
}

#[test]
fn times_and_persons_are_noticed() {
    for text in ["I saw him yesterday", "in 2019", "la semaine prochaine", "我上周去了北京", "三月"]
    {
        assert!(speaks_of_time(&fold(text)), "{text}");
    }
    assert!(!speaks_of_time(&fold("I like tea, 喜欢喝茶")));
    for (text, person) in [
        ("Where did I put my keys?", Some(Person::First)),
        ("Do you remember my dog?", Some(Person::First)),
        ("Qu'est-ce que j'ai dit ?", Some(Person::First)),
        ("我的猫叫什么？", Some(Person::First)),
        ("What is your favourite book?", Some(Person::Second)),
        ("你的名字是什么？", Some(Person::Second)),
        ("我们去哪里？", None),
        ("Do you remember the trip?", None),
    ] {
        assert_eq!(person_meant(&fold(text)), person, "{text}");
    }
}

#[test]
fn grammar_tells_how_many_things_are_asked_for() {
    let things = [
        ("Where did I park the car?", Things::One),
        ("What is my boss called?", Things::One),
        ("What makes this bus special?", Things::One),
        ("When did I move?", Things::One),
        ("I have seen that.", Things::One),
        ("Which cities did we see?", Things::Several),
        ("What kinds of bread does he bake?", Things::Several),
        ("How many times did I run?", Things::Several),
        ("What are my hobbies?", Things::Several),
        ("Where have I been?", Things::Ever),
        ("What films has she seen?", Things::Ever),
        ("Où ai-je garé la voiture ?", Things::One),
        ("Quels livres ai-je lus ?", Things::Several),
        ("Où suis-je déjà allé ?", Things::Ever),
        ("我的猫叫什么？", Things::One),
        ("我喜欢哪些菜？", Things::Several),
        ("我去过哪里？", Things::Ever),
        ("", Things::One),
    ];
    for (text, expected) in things {
        assert_eq!(things_asked(&fold(text)), expected, "{text}");
    }
}

#[test]
fn time_words_can_be_left_out() {
    let without = |text| without_time_words(&fold(text));
    assert_eq!(without("What did I bake on 3 May, 2023?"), "what did i bake on");
    assert_eq!(without("Qu'ai-je vu en janvier 2024 à Lyon ?"), "qu'ai-je vu en à lyon ?");
    assert_eq!(without("200 eggs in Room 101"), "200 eggs in room 101");
}

#[test]
fn what_asks_is_told_from_what_tells() {
    for (text, expected) in [
        ("", 0.0),
        ("We got a dog.", 0.0),
        ("A dog?", 1.0),
        ("Really?! \"A dog?\"", 1.0),
        ("A dog. A cat?", 0.5),
        ("一只猫？好的呢。", 0.5),
    ] {
        assert_eq!(asking_share(text), expected, "{text}");
    }
}

#[test]
fn tokens_are_estimated_by_script() {
    assert_eq!(estimate_tokens("four words are here"), 5);
    assert_eq!(estimate_tokens("我养了一只猫"), 6);
    assert_eq!(estimate_tokens(""), 0);
}
