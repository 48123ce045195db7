//! Facts by the language model: where it is large enough, quoted, beside what patterns and the user know.

use abide_generation::scripted::ScriptedGenerator;
use serde_json::json;

use super::*;
use crate::store::{FactKind, FactOrigin};

const LARGE: u64 = 4_000_000_000;

/// What a model answers when it is asked for facts; else it goes on with the talk.
fn model_that_finds(
    parameters: u64,
    facts: serde_json::Value,
) -> (Arc<ScriptedGenerator>, Arc<dyn Generator>) {
    let answer = move |request: &GenerationRequest| {
        let text = if request.constraint.is_some() {
            json!({ "facts": facts }).to_string()
        } else {
            "Aye.".to_owned()
        };
        vec![text]
    };
    let model = ScriptedGenerator::answering(answer).describe(|description| {
        description.context_length = 8_192;
        description.parameters = parameters;
    });
    let model = Arc::new(model);
    (Arc::clone(&model), model)
}

fn world() -> World {
    let options =
        CompanionsOptions { facts_by_models_from: Some(3_000_000_000), ..CompanionsOptions::default() };
    World::with(options)
}

fn claim(kind: &str, predicate: &str, value: &str, quote: &str) -> serde_json::Value {
    let text = format!("Jo: {predicate} {value}.");
    json!({"kind": kind, "predicate": predicate, "value": value, "text": text, "quote": quote})
}

#[test]
fn what_a_large_model_finds_is_kept_with_its_source() {
    let world = world();
    let companion = world.mara();
    let claims = json!([
        claim("possession", "sailing boat", "an old ketch", "an old ketch that leaks"),
        claim("place", "home", "Paris", "I never said this"),
    ]);
    let (_, generator) = model_that_finds(LARGE, claims);
    let reply = say(&companion, &generator, "There is an old ketch that leaks, and she is mine.");
    world.companions.flush();
    let facts = companion.facts(true).unwrap();
    let [fact] = facts.as_slice() else { panic!("{facts:?}") };
    assert_eq!((fact.content.value.as_str(), fact.content.origin), ("an old ketch", FactOrigin::Model));
    assert!(fact.content.confidence < 0.7);
    let source = &fact.content.sources[0];
    assert_eq!(Some(source.message), reply.message.content.parent);
    assert_eq!(source.quote.as_deref(), Some("an old ketch that leaks"));
    // Said again, in other words for the predicate, it is the same.
    say(&companion, &generator, "She is still an old ketch that leaks, of course.");
    world.companions.flush();
    assert_eq!(companion.facts(true).unwrap().len(), 1);
    assert_eq!(companion.facts(true).unwrap()[0].content.sources.len(), 2);
}

#[test]
fn a_small_model_is_not_asked() {
    let world = world();
    let companion = world.mara();
    let (model, generator) = model_that_finds(135_000_000, json!([]));
    say(&companion, &generator, "There is an old ketch that leaks, and she is mine.");
    world.companions.flush();
    assert!(model.requests().iter().all(|request| request.constraint.is_none()));
}

#[test]
fn patterns_and_the_user_are_not_overruled_by_a_model() {
    let world = world();
    let companion = world.mara();
    let claims = json!([claim("place", "home", "Brest", "not from Brest at all")]);
    let (_, generator) = model_that_finds(LARGE, claims);
    say(&companion, &generator, "I live in Lyon. I am not from Brest at all.");
    world.companions.flush();
    let homes: Vec<String> = companion
        .facts(true)
        .unwrap()
        .into_iter()
        .filter(|fact| fact.content.kind == FactKind::Place)
        .map(|fact| fact.content.value)
        .collect();
    assert_eq!(homes, ["Lyon"]);
}

#[test]
fn what_was_deleted_does_not_come_back_by_a_model() {
    let world = world();
    let companion = world.mara();
    let claims = json!([claim("possession", "boat", "an old ketch", "an old ketch that leaks")]);
    let (_, generator) = model_that_finds(LARGE, claims);
    say(&companion, &generator, "There is an old ketch that leaks, and she is mine.");
    world.companions.flush();
    companion.delete_fact(companion.facts(true).unwrap()[0].id).unwrap();
    say(&companion, &generator, "I mean an old ketch that leaks, of course.");
    world.companions.flush();
    assert!(companion.facts(true).unwrap().is_empty());
}

#[test]
fn a_program_that_ends_does_not_wait_for_facts_and_finds_them_the_next_time() {
    let world = world();
    let companion = world.mara();
    let claims = json!([claim("possession", "boat", "an old ketch", "an old ketch that leaks")]);
    let (_, generator) = model_that_finds(LARGE, claims);
    say(&companion, &generator, "Good evening to you, Mara.");
    world.companions.flush();
    say(&companion, &generator, "There is an old ketch that leaks, and she is mine.");
    world.companions.finish();
    drop(companion);
    let world = world
        .restart_with(CompanionsOptions { facts_by_models_from: Some(1), ..CompanionsOptions::default() });
    let companion = world.companions.get("Mara").unwrap();
    say(&companion, &generator, "Good night then, old friend.");
    world.companions.flush();
    assert_eq!(companion.facts(true).unwrap().len(), 1);
}
