//! "Forget that …", said in the talk: what it names clearly holds no longer, and can be taken back.

use super::*;
use crate::care::{FORGET, FORGOTTEN, KEPT};

fn known(companion: &Companion) -> Vec<String> {
    let facts = companion.facts(true).unwrap().into_iter();
    let mut texts: Vec<String> = facts.map(|fact| fact.content.text).collect();
    texts.sort();
    texts
}

/// What the program says beside the reply to this.
fn noticed(companion: &Companion, generator: &Arc<dyn Generator>, text: &str) -> Vec<(String, String)> {
    let mut reply = companion.say(generator, text, SayOptions::default()).unwrap();
    let mut noticed = Vec::new();
    while let Some(event) = reply.blocking_next() {
        if let ReplyEvent::Notice(notice) = event.unwrap() {
            noticed.push((notice.kind, notice.text));
        }
    }
    noticed
}

#[test]
fn a_fact_that_a_wish_names_is_known_no_longer() {
    for (told, wish) in [
        ("I love jazz.", "Please forget that I love jazz."),
        ("My sister is called Clara.", "Forget everything about my sister."),
        ("My sister is called Clara.", "Forget what I said about Clara."),
        ("J'habite à Nantes.", "Oublie que j'habite à Nantes."),
        ("我住在杭州。", "忘掉我住在杭州。"),
    ] {
        let world = World::new();
        let companion = world.mara();
        let (model, generator) = model("Aye.");
        say(&companion, &generator, told);
        say(&companion, &generator, "I work as a nurse.");
        assert_eq!(known(&companion).len(), 2, "{told}: {:?}", known(&companion));
        let noticed = noticed(&companion, &generator, wish);
        let gone: Vec<&String> =
            noticed.iter().filter(|(kind, _)| kind == FORGOTTEN).map(|(_, text)| text).collect();
        assert_eq!(gone.len(), 1, "{wish}: {noticed:?}");
        assert_eq!(known(&companion), ["Jo works as: nurse."], "{wish}");
        let recalled = companion.memories(told, 500).unwrap().facts;
        assert!(recalled.iter().all(|fact| fact.holds(Timestamp::MAX)), "{wish}: {recalled:?}");
        assert_eq!(
            companion.facts(false).unwrap().len(),
            2,
            "{wish}: what is over is there where it is asked for"
        );
        say(&companion, &generator, "Good evening.");
        let plan = companion.why(companion.recent(1).unwrap()[0].id).unwrap().unwrap();
        assert_eq!(plan.facts().len(), 1, "{wish}: {}", last_prompt(&model));
        // Said again, it is known again; and before the wish it was never gone.
        say(&companion, &generator, told);
        assert_eq!(known(&companion).len(), 2, "{told}: {:?}", known(&companion));
        companion.back(3).unwrap();
        assert_eq!(known(&companion).len(), 2, "{told}: {:?}", known(&companion));
    }
}

#[test]
fn what_a_wish_may_mean_is_left_for_the_user_to_choose() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    say(&companion, &generator, "My brother Max lives in Rome. My brother Max likes chess.");
    companion.remember("The key is under the mat.", false).unwrap();
    let before = known(&companion);
    for wish in
        ["Forget what I said about my brother.", "Forget what I said about the mat.", "Forget my address."]
    {
        let noticed = noticed(&companion, &generator, wish);
        assert!(noticed.iter().any(|(kind, _)| kind == FORGET), "{wish}: {noticed:?}");
        assert!(noticed.iter().all(|(kind, _)| kind != FORGOTTEN), "{wish}: {noticed:?}");
        assert_eq!(known(&companion), before, "{wish}");
    }
    say(&companion, &generator, "I'm allergic to nuts.");
    noticed(&companion, &generator, "Forget what I just said.");
    assert_eq!(known(&companion), before);
    for other in ["I'll never forget that I love jazz.", "I forget my keys all the time."] {
        let noticed = noticed(&companion, &generator, other);
        assert!(noticed.iter().all(|(kind, _)| kind != FORGOTTEN), "{other}: {noticed:?}");
    }
}

#[test]
fn what_may_be_meant_too_is_offered_beside() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    say(&companion, &generator, "my sister had an affair");
    say(&companion, &generator, "she cried all night about it");
    say(&companion, &generator, "It rains.");
    let found = companion.forgettable("my sister had an affair").unwrap();
    assert_eq!(found.messages.len(), 1, "{found:?}");
    assert!(found.related.iter().any(|hit| hit.message.content.text.contains("cried")), "{found:?}");
    assert!(found.related.iter().all(|hit| hit.message.id != found.messages[0].message.id));
    let (_, messages) = found.ids();
    assert_eq!(messages.len(), 1, "what is perhaps meant goes by choice alone");
}

#[test]
fn what_is_not_learned_because_of_a_pin_is_said() {
    for (told, otherwise, [begins, ends]) in [
        (
            "I live in Ghent.",
            "I moved to Turku.",
            ["Not learned: “", "“Jo lives in Ghent.” stays as it is until you change it in the memory."],
        ),
        ("J'habite à Gand.", "J'ai déménagé à Turku.", ["Non retenu : « ", "le changiez dans la mémoire."]),
        ("我住在杭州。", "我搬到上海了。", ["没有记下：“", "直到您在记忆中修改它。"]),
    ] {
        let world = World::new();
        let companion = world.mara();
        let (_, generator) = model("Aye.");
        say(&companion, &generator, told);
        let before = known(&companion);
        companion.pin_fact(companion.facts(true).unwrap()[0].id, true).unwrap();
        let noticed = noticed(&companion, &generator, otherwise);
        let kept: Vec<&String> =
            noticed.iter().filter(|(kind, _)| kind == KEPT).map(|(_, text)| text).collect();
        assert!(
            matches!(kept[..], [text] if text.starts_with(begins) && text.ends_with(ends)),
            "{otherwise}: {noticed:?}"
        );
        assert_eq!(known(&companion), before, "{otherwise}");
    }
}
