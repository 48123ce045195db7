//! What is known follows the path: edits, branches and going back change what was said, and so what is known from it.

use super::*;
use crate::transcript::{MessageId, NewMessage, Origin, Speaker};

/// What holds now, sentence by sentence.
fn known(companion: &Companion) -> Vec<String> {
    let mut texts: Vec<String> = companion
        .facts(true)
        .unwrap()
        .into_iter()
        .filter(|fact| fact.content.valid_to.is_none())
        .map(|fact| fact.content.text)
        .collect();
    texts.sort();
    texts
}

/// The message that a reply answers.
fn answered(reply: &Finished) -> MessageId {
    reply.message.content.parent.unwrap()
}

#[test]
fn an_edited_message_is_understood_anew() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model("Aye.");
    say(&companion, &generator, "I live in Leeds.");
    let said = answered(&say(&companion, &generator, "I live in Hull and my sister is called Anna."));
    assert_eq!(known(&companion), ["Jo lives in Hull.", "Jo's sister is called Anna."]);
    companion.edit(said, "I live in Bath and my sister is called Hanna.").unwrap();
    companion.regenerate(&generator, SayOptions::default()).unwrap().blocking_finish().unwrap();
    assert_eq!(known(&companion), ["Jo lives in Bath.", "Jo's sister is called Hanna."]);
    let prompt = last_prompt(&model);
    assert!(prompt.contains("Hanna") && !prompt.contains("Hull") && !prompt.contains("Anna."), "{prompt}");
    // The wording that says nothing withdraws what the other said, and what that ended holds again.
    companion.edit(said, "What a lovely day.").unwrap();
    assert_eq!(known(&companion), ["Jo lives in Leeds."]);
    // And the first wording is as it was.
    companion.go_to(said).unwrap();
    assert_eq!(known(&companion), ["Jo lives in Hull.", "Jo's sister is called Anna."]);
}

#[test]
fn what_is_said_beside_the_path_neither_holds_nor_ends_anything() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model("Aye.");
    say(&companion, &generator, "I live in Hull. I'm allergic to nuts.");
    let moved = answered(&say(&companion, &generator, "I moved to Bath, and I have a cat named Miso."));
    let own = companion.remember("The key is under the mat.", true).unwrap();
    companion.back(1).unwrap();
    say(&companion, &generator, "Good evening.");
    let prompt = last_prompt(&model);
    assert!(prompt.contains("lives in Hull") && prompt.contains("under the mat"), "{prompt}");
    assert!(!prompt.contains("Bath") && !prompt.contains("Miso"), "{prompt}");
    // Here another end, which is none there.
    say(&companion, &generator, "I moved to Oslo. I'm not allergic to nuts anymore.");
    assert!(
        known(&companion).iter().all(|text| !text.contains("Hull") && !text.contains("nuts")),
        "{:?}",
        known(&companion)
    );
    companion.go_to(moved).unwrap();
    let there = known(&companion);
    assert!(
        there.iter().any(|text| text.contains("Bath")) && there.iter().any(|text| text.contains("nuts")),
        "{there:?}"
    );
    assert!(there.iter().all(|text| !text.contains("Oslo") && !text.contains("Hull")), "{there:?}");
    assert!(there.contains(&own.content.text));
    // All of it is listed, and what is beside the path says so.
    let all = companion.facts(false).unwrap();
    let aside: Vec<&str> =
        all.iter().filter(|fact| fact.aside).map(|fact| fact.content.value.as_str()).collect();
    assert_eq!(aside, ["Oslo"]);
}

#[test]
fn branches_know_what_was_said_on_them() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model("Aye.");
    let fork = say(&companion, &generator, "I live in Hull.").message.id;
    say(&companion, &generator, "My birthday is March 3.");
    companion.branch("alt", Some(fork)).unwrap();
    say(&companion, &generator, "Good evening.");
    assert!(!last_prompt(&model).contains("birthday"), "{}", last_prompt(&model));
    say(&companion, &generator, "I moved to Oslo.");
    companion.switch_branch("main").unwrap();
    say(&companion, &generator, "Good evening.");
    let prompt = last_prompt(&model);
    assert!(
        prompt.contains("lives in Hull") && prompt.contains("birthday") && !prompt.contains("Oslo"),
        "{prompt}"
    );
    // What is told on both is known on both.
    companion.switch_branch("alt").unwrap();
    say(&companion, &generator, "My birthday is March 3.");
    assert!(known(&companion).iter().any(|text| text.contains("birthday")), "{:?}", known(&companion));
    companion.switch_branch("main").unwrap();
    assert_eq!(known(&companion).iter().filter(|text| text.contains("birthday")).count(), 1);
}

#[test]
fn what_a_deleted_message_ended_holds_again() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    say(&companion, &generator, "I live in Lyon.");
    let end = answered(&say(&companion, &generator, "I don't live in Lyon anymore."));
    assert_eq!(known(&companion), Vec::<String>::new());
    companion.delete_from(end).unwrap();
    assert_eq!(known(&companion), ["Jo lives in Lyon."]);
}

#[test]
fn an_archive_keeps_what_ends_what() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    say(&companion, &generator, "I live in Hull. I'm allergic to nuts.");
    say(&companion, &generator, "I moved to Bath. I'm not allergic to nuts anymore.");
    let before = known(&companion);
    let file = world.folder.path().join("mara.abide");
    let mut written = std::fs::File::create(&file).unwrap();
    let options =
        crate::archive::ExportOptions { protection: crate::archive::Protection::Plain, vectors: false };
    companion.export(&mut written, &options).unwrap();
    world.companions.delete("mara").unwrap();
    let read = std::fs::File::open(&file).unwrap();
    let companion = world.companions.import(read, None, &crate::archive::ImportOptions::default()).unwrap();
    assert_eq!(known(&companion), before);
    companion.back(1).unwrap();
    assert!(known(&companion).contains(&"Jo lives in Hull.".to_owned()), "{:?}", known(&companion));
}

#[test]
fn a_message_was_said_in_its_own_zone() {
    let world = World::new();
    let companion = world.mara();
    let store = world.companions.store();
    let said = |text: &str, time: &str, offset_seconds| {
        let time: Timestamp = time.parse().unwrap();
        let mut new = NewMessage::new(store.head(companion.id()).unwrap(), Speaker::User, text, time);
        (new.origin, new.offset_seconds) = (Origin::Import("text".to_owned()), offset_seconds);
        store
            .batch(companion.id(), |batch| {
                let id = batch.add(new)?.id;
                batch.set_head(Some(id))
            })
            .unwrap();
        worker::wake(&companion.shared);
        world.companions.flush();
    };
    let birthday = || {
        let facts = companion.facts(true).unwrap();
        facts.into_iter().find(|fact| fact.content.predicate == "birthday").unwrap().content.value
    };
    said("My birthday is tomorrow.", "2026-11-20T07:30:00Z", Some(-8 * 3_600));
    assert_eq!(birthday(), "--11-20");
    // How times are written is no place.
    said("My birthday is tomorrow.", "2026-11-20T07:30:00Z", Some(0));
    assert_eq!(birthday(), "--11-21");
}
