//! Facts that are put right, taken back or over, through what users say.

use super::*;

fn values(companion: &Companion, predicate: &str) -> Vec<String> {
    let now = companion.facts(true).unwrap().into_iter();
    now.filter(|fact| fact.content.predicate == predicate && fact.content.valid_to.is_none())
        .map(|fact| fact.content.value)
        .collect()
}

#[test]
fn the_next_message_replaces_or_withdraws_what_was_told() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    let tell = |text: &str| say(&companion, &generator, text);
    tell("i work at Lidl");
    tell("sorry, i meant Aldi");
    assert_eq!(values(&companion, "employer"), ["Aldi"]);
    // Only directly after it.
    tell("the sea is grey");
    tell("*Asda");
    assert_eq!(values(&companion, "employer"), ["Aldi"]);
    tell("i live in Hull");
    world.later(1);
    tell("i live in Dubai");
    assert_eq!(values(&companion, "home"), ["Dubai"]);
    tell("just kidding");
    assert_eq!(values(&companion, "home"), ["Hull"]);
    world.later(1);
    tell("i live in Dubai");
    assert_eq!(values(&companion, "home"), ["Dubai"]);
}

#[test]
fn a_date_is_put_right() {
    for (told, right, predicate, value) in [
        ("My birthday is on 3 May.", "Sorry, I meant 5 May.", "birthday", "--05-05"),
        ("My birthday is on 3 May.", "No wait, it's 5 May.", "birthday", "--05-05"),
        ("My birthday is on 3 May.", "Oops, 5 May.", "birthday", "--05-05"),
        ("Mon anniversaire est le 3 mai.", "Pardon, je voulais dire le 5 mai.", "birthday", "--05-05"),
        ("Mon anniversaire est le 3 mai.", "Non, c'est le 5 mai.", "birthday", "--05-05"),
        ("我的生日是5月3日。", "不好意思，说错了，是5月5日。", "birthday", "--05-05"),
        ("我的生日是5月3日。", "不对，是5月5日。", "birthday", "--05-05"),
    ] {
        let world = World::new();
        let companion = world.mara();
        let (_, generator) = model("Aye.");
        say(&companion, &generator, told);
        say(&companion, &generator, right);
        assert_eq!(values(&companion, predicate), [value], "{told} {right}");
    }
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    say(&companion, &generator, "My exam is on 3 May.");
    say(&companion, &generator, "Sorry, I meant 5 May.");
    let known = companion.facts(true).unwrap().into_iter();
    let exams: Vec<String> = known.map(|fact| fact.content.value).collect();
    assert_eq!(exams, ["2024-05-05 exam"]);
}

/// What is taken back is so where that was said, and not elsewhere; what is ended was true.
#[test]
fn a_joke_is_one_on_the_path_on_which_it_is_called_one() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    let tell = |text: &str| say(&companion, &generator, text).message.content.parent.unwrap();
    let home = || values(&companion, "home");
    tell("i live in Hull");
    world.later(1);
    let joke = tell("i live in Dubai");
    let kidding = tell("just kidding");
    assert_eq!(home(), ["Hull"]);
    companion.regenerate(&generator, SayOptions::default()).unwrap().blocking_finish().unwrap();
    assert_eq!(home(), ["Hull"], "it is said still");
    companion.edit(kidding, "What a storm!").unwrap();
    assert_eq!(home(), ["Dubai"]);
    companion.go_to(kidding).unwrap();
    assert_eq!(home(), ["Hull"]);
    companion.back_to(Some(joke)).unwrap();
    assert_eq!(home(), ["Dubai"]);
    companion.go_to(kidding).unwrap();
    companion.delete_from(kidding).unwrap();
    assert_eq!(home(), ["Dubai"], "nothing says that it was one");
    tell("I don't live in Dubai anymore.");
    assert_eq!(home(), [""; 0], "it was true, and Hull is not home again");
}

/// Told in earnest is what is told elsewhere on the same path.
#[test]
fn a_joke_that_was_told_before_or_on_another_branch() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    let tell = |text: &str| say(&companion, &generator, text).message.id;
    let home = || values(&companion, "home");
    let fork = tell("Good evening.");
    tell("i live in Dubai");
    companion.branch("alt", Some(fork)).unwrap();
    tell("i live in Dubai");
    tell("just kidding");
    assert_eq!(home(), [""; 0]);
    companion.switch_branch("main").unwrap();
    assert_eq!(home(), ["Dubai"], "it is none there");
    tell("i live in Dubai");
    tell("just kidding");
    assert_eq!(home(), ["Dubai"], "told before, too");
}

#[test]
fn a_move_of_long_ago_leaves_the_home_that_was_told() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    say(&companion, &generator, "i live in Leeds");
    world.later(3);
    say(&companion, &generator, "I moved to Spain in 2010.");
    assert_eq!(values(&companion, "home"), ["Leeds"]);
    say(&companion, &generator, "I've been here for ages. I live in Malaga since 2012.");
    assert_eq!(values(&companion, "home"), ["Malaga"]);
    for fact in companion.facts(false).unwrap() {
        let content = fact.content;
        assert!(content.valid_to.is_none_or(|end| Some(end) >= content.valid_from), "{content:?}");
    }
}

#[test]
fn whoever_left_or_died_is_no_more_there() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    let tell = |text: &str| say(&companion, &generator, text);
    tell("My girlfriend is called Priya.");
    tell("I have a dog called Rex.");
    tell("My dad is called Bob and he lives in York.");
    world.later(1);
    tell("priya left me last night");
    tell("and we had to put rex to sleep");
    tell("dad died on friday");
    assert_eq!(values(&companion, "girlfriend"), [""; 0]);
    assert_eq!(values(&companion, "dog"), [""; 0]);
    assert_eq!(values(&companion, "home"), [""; 0]);
    assert_eq!(values(&companion, "died").len(), 2);
    assert_eq!(values(&companion, "father"), ["Bob"]);
}
