//! Another model takes over, or does not.

use std::io::Cursor;

use abide_generation::Sampling;

use super::*;
use crate::archive::{ExportOptions, ImportOptions, Protection};
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

#[test]
fn the_model_is_kept_with_template_and_sampler_and_goes_along_with_an_archive() {
    let (world, elsewhere) = (World::new(), World::new());
    let companion = world.mara();
    let loaded = |template: &'static str| -> Arc<dyn Generator> {
        let model = ScriptedGenerator::answering(|_| vec!["Aye.".to_owned()]);
        Arc::new(model.describe(|description| description.chat_template = Some(template.to_owned())))
    };
    let sampling = Sampling { temperature: 0.7, top_k: 20, ..Sampling::default() };
    let used = ModelUse {
        checksum: Some("ab".repeat(32)),
        sampling: Some(sampling.clone()),
        ..ModelUse::named("small", Timestamp::UNIX_EPOCH)
    };
    let talk = |companion: &Companion, template: &'static str| {
        let generator = loaded(template);
        let seen = companion.talks_with(&*generator, used.clone()).unwrap();
        say(companion, &generator, "Good evening.");
        seen
    };
    assert_eq!(talk(&companion, "{{ messages }}"), ModelSeen::First);
    let kept = companion.settings().unwrap().model.unwrap();
    assert_eq!((kept.checksum.as_ref(), kept.sampling.as_ref()), (used.checksum.as_ref(), Some(&sampling)));
    let digest = "f24189f08c85a1eb19a737306c3a13e85462ee33d964f28108d64a2485fa2171";
    assert_eq!(kept.template.as_deref(), Some(digest));
    assert_eq!(talk(&companion, "{{ messages }}"), ModelSeen::Same);
    assert_eq!(companion.settings().unwrap().model.as_ref(), Some(&kept));

    let archive = |companion: &Companion| {
        let mut bytes = Vec::new();
        let options = ExportOptions { protection: Protection::Plain, vectors: false };
        companion.export(&mut bytes, &options).unwrap();
        bytes
    };
    let bytes = archive(&companion);
    let copy = elsewhere.companions.import(Cursor::new(&bytes), None, &ImportOptions::default()).unwrap();
    assert_eq!(copy.settings().unwrap().model.as_ref(), Some(&kept));
    assert_eq!(archive(&copy), bytes);

    assert_eq!(talk(&copy, "{{ other }}"), ModelSeen::OtherTemplate);
    let changed = copy.settings().unwrap();
    let now = changed.model.unwrap();
    assert!(now.template != kept.template && now.template.is_some() && changed.former_models.is_empty());
    assert_eq!((now.sampling, now.since), (kept.sampling, kept.since));
}

#[test]
fn models_of_older_archives_are_read() {
    let older = serde_json::json!({"model": {"name": "small", "since": "2024-01-01T00:00:00Z"}});
    let settings: Settings = serde_json::from_value(older).unwrap();
    let model = settings.model.unwrap();
    assert_eq!((model.checksum, model.template, model.sampling), (None, None, None));
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
