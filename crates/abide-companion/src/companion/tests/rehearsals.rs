//! Another model takes over, or does not.

use super::*;
use crate::transcript::{Completeness, MessageId, NewMessage, Speaker};

#[test]
fn a_model_is_rehearsed_committed_and_taken_back() {
    let world = World::new();
    let companion = world.mara();
    let since = Timestamp::UNIX_EPOCH;
    companion.use_model(ModelUse::named("old", since)).unwrap();
    let (_, old) = model("The gulls sleep, Jo.");
    for turn in 0..15 {
        say(&companion, &old, &format!("How is it, time {turn}?"));
    }
    let length = companion.length().unwrap();
    let (asked, new) = model("The gulls are asleep, Jo.");
    let mut seen = Vec::new();
    let rehearsal = companion
        .rehearse(&new, ModelUse::named("new", since), &RehearsalOptions::default(), &mut |progress| {
            seen.push(progress.done);
            true
        })
        .unwrap();
    assert_eq!(seen, (1..=10).collect::<Vec<_>>());
    assert_eq!(companion.length().unwrap(), length, "nothing of it enters the conversation");
    let turn = &rehearsal.turns[9];
    assert_eq!((turn.old.as_str(), turn.new.as_str()), ("The gulls sleep, Jo.", "The gulls are asleep, Jo."));
    // What was said after a turn is not in its prompt.
    let prompt = last_prompt(&asked);
    assert!(prompt.ends_with(&turn.said), "{prompt}");
    let mean = rehearsal.mean.unwrap();
    assert!(mean.persona.is_some_and(|kept| kept > 0.9), "{mean:?}");
    assert!(mean.similarity > 0.5 && mean.same_language == 1.0, "{mean:?}");

    assert_eq!(companion.settings().unwrap().model.unwrap().name, "old");
    companion.commit_rehearsal().unwrap();
    assert_eq!(companion.settings().unwrap().model.unwrap().name, "new");
    assert_eq!(why_kept(&world, "new"), [KeepReason::RunsOn]);
    assert_eq!(why_kept(&world, "old"), [KeepReason::RanOn]);
    companion.revert_model().unwrap();
    assert_eq!(companion.settings().unwrap().model.unwrap().name, "old");
    assert_eq!(companion.let_models_go().unwrap()[0].name, "new");
    assert_eq!((why_kept(&world, "new"), why_kept(&world, "old")), (vec![], vec![KeepReason::RunsOn]));
}

/// Why a model stays, companion by companion; it is not the default one.
fn why_kept(world: &World, id: &str) -> Vec<KeepReason> {
    let model = ModelNames { id, name: "Shown", is_default: false };
    world.companions.keepers_of(model).unwrap().into_iter().map(|keeper| keeper.reason).collect()
}

#[test]
fn a_model_that_was_never_chosen_stays_for_whoever_answers_on_it() {
    let world = World::new();
    let companion = world.mara();
    let names = |id, name, is_default| {
        let keepers = world.companions.keepers_of(ModelNames { id, name, is_default }).unwrap();
        keepers.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let answers = ["Mara has no model of its own and answers on it"];
    assert_eq!(names("small", "Small 1B", true), answers, "it would answer on the default one");
    assert!(names("small", "Small 1B", false).is_empty());
    let model = ScriptedGenerator::answering(|_| vec!["Aye.".to_owned()])
        .describe(|description| description.name = "Small 1B".to_owned());
    let generator: Arc<dyn Generator> = Arc::new(model);
    say(&companion, &generator, "Good evening.");
    assert_eq!(names("small", "Small 1B", false), answers, "another default does not let it go");
    assert!(names("other", "Other", false).is_empty());
    companion.use_model(ModelUse::named("other", Timestamp::UNIX_EPOCH)).unwrap();
    assert_eq!(names("other", "Other", false), ["Mara runs on it"]);
    assert!(names("small", "Small 1B", true).is_empty(), "it has one of its own now");
}

#[test]
fn a_rehearsal_can_be_dropped_and_keeps_no_words() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye, the secret is safe.");
    let reply = say(&companion, &generator, "Keep my secret.");
    let options = RehearsalOptions { replies: vec![reply.message.id], ..RehearsalOptions::default() };
    let model = ModelUse::named("new", Timestamp::UNIX_EPOCH);
    companion.rehearse(&generator, model, &options, &mut |_| true).unwrap();
    let kept = serde_json::to_string(&companion.open_rehearsal().unwrap().unwrap()).unwrap();
    assert!(!kept.contains("secret"), "{kept}");
    companion.drop_rehearsal().unwrap();
    let error = companion.commit_rehearsal().unwrap_err();
    assert_eq!(error.to_string(), "the conversation has no open rehearsal; rehearse a model first");
    assert!(companion.settings().unwrap().model.is_none());
}

#[test]
fn cut_replies_are_said_to_be_cut() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye, the gulls sleep on the roof.");
    let rehearse = |replies: Vec<MessageId>| {
        let options = RehearsalOptions { replies, ..RehearsalOptions::default() };
        companion.rehearse(&generator, ModelUse::named("new", Timestamp::UNIX_EPOCH), &options, &mut |_| true)
    };
    assert!(matches!(rehearse(Vec::new()), Err(CompanionError::NothingToAnswer)));
    let store = world.companions.store();
    let time = Timestamp::from_second(BEGINNING_S).unwrap();
    let cut = store
        .batch(companion.id(), |batch| {
            let said = NewMessage::new(store.head(companion.id())?, Speaker::User, "How are they?", time);
            let said = batch.add(said)?.id;
            let mut reply = NewMessage::new(Some(said), Speaker::Companion, "Aye, the gulls", time);
            reply.completeness = Completeness::Interrupted;
            let reply = batch.add(reply)?.id;
            batch.set_head(Some(reply))?;
            Ok(reply)
        })
        .unwrap();
    let error = rehearse(Vec::new()).unwrap_err();
    assert!(matches!(error, CompanionError::NothingWhole { replies: 1 }), "{error}");
    assert_eq!(rehearse(vec![cut]).unwrap().turns.len(), 1);
    say(&companion, &generator, "And now?");
    assert_eq!(rehearse(Vec::new()).unwrap().turns.len(), 1);
}
