//! What is otherwise than it was told: when it ended, and what prompts say of it.

use super::*;
use crate::store::Fact;

fn fact(companion: &Companion, value: &str) -> Fact {
    let facts = companion.facts(false).unwrap();
    facts.into_iter().find(|fact| fact.content.value == value).unwrap_or_else(|| panic!("{value} is unknown"))
}

fn day(at: Option<Timestamp>) -> String {
    at.map(|at| at.strftime("%F").to_string()).unwrap_or_default()
}

#[test]
fn an_appointment_that_was_moved_is_told_on_its_new_day_alone() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model("Aye.");
    say(&companion, &generator, "My exam is on March 8.");
    world.later(1);
    let moved = say(&companion, &generator, "Good news: my exam was moved to March 14.");
    let (old, new) = (fact(&companion, "2024-03-08 exam"), fact(&companion, "2024-03-14 exam"));
    assert_eq!((day(old.content.valid_to).as_str(), old.superseded_by), ("2024-03-02", Some(new.id)));
    assert_eq!(
        new.content.sources.iter().map(|source| source.message).collect::<Vec<_>>(),
        [moved.message.content.parent.unwrap()]
    );
    say(&companion, &generator, "Hm.");
    assert!(!last_prompt(&model).contains("“exam” is"));
    world.later(6);
    say(&companion, &generator, "Hm.");
    let prompt = last_prompt(&model);
    assert!(prompt.contains("“exam” is in 6 days, on March 14, 2024"), "{prompt}");
    assert!(!prompt.contains("“exam” is today") && !prompt.contains("“exam” was"), "{prompt}");
}

#[test]
fn an_appointment_that_was_called_off_the_day_before_is_not_near() {
    for (language, told, off, near) in [
        ("en", "My exam is on March 2.", "The exam is cancelled.", "“exam” is"),
        ("fr", "J'ai un examen le 2 mars.", "L'examen est annulé.", "« examen »"),
        ("zh", "我3月2日考试。", "考试取消了。", "“考试”"),
    ] {
        let world = World::new();
        let companion =
            world.companions.create(&Persona { language: language.to_owned(), ..mara() }, None).unwrap();
        let (model, generator) = model("Aye.");
        say(&companion, &generator, told);
        say(&companion, &generator, "Hm.");
        let prompt = last_prompt(&model);
        assert!(prompt.contains(near), "{prompt}");
        say(&companion, &generator, off);
        say(&companion, &generator, "Hm.");
        let prompt = last_prompt(&model);
        assert!(!prompt.contains(near), "{prompt}");
    }
}

#[test]
fn what_was_called_off_and_is_on_again_is_near_again() {
    for (language, told, off, on, near) in [
        (
            "en",
            "My recital is on March 3.",
            "The recital is cancelled.",
            "No, my recital isn't cancelled.",
            "“recital” is",
        ),
        (
            "fr",
            "J'ai une audition le 3 mars.",
            "L'audition est annulée.",
            "L'audition est maintenue.",
            "« audition »",
        ),
        ("zh", "我3月3日有答辩。", "答辩取消了。", "答辩没取消。", "“答辩”"),
    ] {
        let world = World::new();
        let companion =
            world.companions.create(&Persona { language: language.to_owned(), ..mara() }, None).unwrap();
        let (model, generator) = model("Aye.");
        for message in [told, off, "Hm."] {
            say(&companion, &generator, message);
        }
        assert!(!last_prompt(&model).contains(near), "{told}");
        say(&companion, &generator, on);
        say(&companion, &generator, "Hm.");
        let prompt = last_prompt(&model);
        assert!(prompt.contains(near), "{prompt}");
        world.later(4);
        say(&companion, &generator, on);
        let ends = companion.facts(false).unwrap().into_iter().map(|fact| day(fact.content.valid_to));
        assert_eq!(ends.collect::<Vec<_>>(), ["2024-03-01", "2024-03-04"], "{told}");
    }
}

#[test]
fn what_was_just_told_of_is_it_unless_the_reply_speaks_of_something_else() {
    for (reply, ends) in [("Lovely, a Ducati!", true), ("Aye. And your car?", false)] {
        let world = World::new();
        let companion = world.mara();
        let (_, generator) = model(reply);
        say(&companion, &generator, "I have a Ducati.");
        say(&companion, &generator, "I sold it.");
        assert_eq!(fact(&companion, "a Ducati").content.valid_to.is_some(), ends, "{reply}");
    }
}

#[test]
fn a_favourite_ends_when_another_is_told() {
    for (told, now, old) in [
        ("My favourite colour is blue.", "Now it's green.", "blue"),
        ("Ma couleur préférée est le bleu.", "Maintenant c'est le vert.", "le bleu"),
        ("我最喜欢的颜色是蓝色。", "现在是绿色了。", "蓝色"),
        ("My favourite drink is tea.", "These days it's coffee.", "tea"),
    ] {
        let world = World::new();
        let companion = world.mara();
        let (_, generator) = model("Aye.");
        say(&companion, &generator, told);
        world.later(10);
        say(&companion, &generator, now);
        assert_eq!(day(fact(&companion, old).content.valid_to), "2024-03-11", "{told}");
    }
}

#[test]
fn what_ended_ended_at_the_time_that_was_named() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    say(&companion, &generator, "I'm a nurse.");
    say(&companion, &generator, "I own a Honda.");
    world.later(60);
    say(&companion, &generator, "I got laid off last week.");
    say(&companion, &generator, "I sold the Honda yesterday.");
    // It is Tuesday, April 30.
    assert_eq!(day(fact(&companion, "nurse").content.valid_to), "2024-04-21");
    assert_eq!(day(fact(&companion, "a Honda").content.valid_to), "2024-04-29");
}
