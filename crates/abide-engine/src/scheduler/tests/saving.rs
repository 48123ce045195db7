//! Saved caches as the scheduler deals with them: when they are written, when they are looked for, and what gives way.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::*;
use crate::saved_cache::{CacheKey, KeyWatch, SavedCacheError, SavedCacheOptions};
use crate::scheduler::{EngineOptions, EngineStartError};

fn saving(folder: &Path) -> EngineOptions {
    let options = SavedCacheOptions::new(folder.into(), CacheKey::new([1; 32]), "m".into(), [2; 32]);
    let saved_caches = Some(SavedCacheOptions { tokens_min: 40, ..options });
    EngineOptions { saved_caches, ..EngineOptions::default() }
}

fn files(folder: &Path) -> usize {
    let folders = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    folders.map(|folder| std::fs::read_dir(folder).unwrap().count()).sum()
}

fn prompt(letter: &str) -> GenerationRequest {
    GenerationRequest { max_tokens: Some(5), ..request(&letter.repeat(300)) }
}

#[test]
fn conversation_is_found_again_after_a_restart() {
    let home = tempfile::tempdir().unwrap();
    let first = engine(ScriptedModel::new(hashed()), saving(home.path()));
    let told = read(first.generate(prompt("a")).unwrap()).unwrap();
    assert_eq!(told.usage.cached_tokens, 0);
    drop(first);
    assert_eq!(files(home.path()), 2, "a stretch and an end");
    let model = ScriptedModel::new(hashed());
    let log = model.log();
    let second = engine(model, saving(home.path()));
    let again = read(second.generate(prompt("a")).unwrap()).unwrap();
    assert_eq!(again.tokens, told.tokens);
    assert_eq!(again.usage.cached_tokens, 300, "all but the last, of 301 with the one that begins");
    assert_eq!(log.lock().unwrap().batches[0][0].1, 1, "one token was computed for the first of the answer");
    drop(second);
    // What memory knows ends within a block; the rest comes from the file.
    let third = engine(ScriptedModel::new(hashed()), saving(home.path()));
    let part = GenerationRequest { max_tokens: Some(3), ..request(&("a".repeat(201) + "b")) };
    assert_eq!(read(third.generate(part).unwrap()).unwrap().usage.cached_tokens, 202);
    let again = read(third.generate(prompt("a")).unwrap()).unwrap();
    assert_eq!((again.tokens, again.usage.cached_tokens), (told.tokens, 300));
}

#[test]
fn where_only_what_asks_for_it_is_saved_nothing_else_is() {
    let home = tempfile::tempdir().unwrap();
    let only_asked = || {
        let mut options = saving(home.path());
        options.saved_caches.as_mut().unwrap().only_asked = true;
        options
    };
    let first = engine(ScriptedModel::new(hashed()), only_asked());
    read(first.generate(prompt("a")).unwrap()).unwrap();
    drop(first);
    assert_eq!(files(home.path()), 0);
    let second = engine(ScriptedModel::new(hashed()), only_asked());
    let asking = || GenerationRequest { save_cache: true, ..prompt("b") };
    read(second.generate(asking()).unwrap()).unwrap();
    // One that still runs at the end is saved, too, if it asked.
    let unheard = second.generate(GenerationRequest { max_tokens: None, ..prompt("c") }).unwrap();
    drop(second);
    drop(unheard);
    assert_eq!(files(home.path()), 2, "a stretch and an end");
    let third = engine(ScriptedModel::new(hashed()), only_asked());
    assert_eq!(read(third.generate(asking()).unwrap()).unwrap().usage.cached_tokens, 300);
}

#[test]
fn saved_prompt_is_loaded_once_for_several_answers() {
    let home = tempfile::tempdir().unwrap();
    let first = engine(ScriptedModel::new(hashed()), saving(home.path()));
    let told = read(first.generate(prompt("a")).unwrap()).unwrap();
    drop(first);
    let model = ScriptedModel::new(hashed());
    let log = model.log();
    let second = engine(model, saving(home.path()));
    let streams: Vec<_> = (0..4).map(|_| second.generate(prompt("a")).unwrap()).collect();
    for stream in streams {
        let again = read(stream).unwrap();
        assert_eq!((again.tokens, again.usage.cached_tokens), (told.tokens.clone(), 300));
    }
    let computed: usize = log.lock().unwrap().batches.iter().flatten().map(|(_, tokens)| tokens).sum();
    assert!(computed <= 4 * 5, "none of the prompt but its last token: {computed}");
}

#[test]
fn what_is_short_is_not_saved() {
    let home = tempfile::tempdir().unwrap();
    let engine = engine(ScriptedModel::new(hashed()), saving(home.path()));
    read(engine.generate(GenerationRequest { max_tokens: Some(5), ..request("short") }).unwrap()).unwrap();
    drop(engine);
    assert_eq!(files(home.path()), 0);
}

#[test]
fn what_was_cancelled_or_cut_off_by_the_end_is_saved() {
    let home = tempfile::tempdir().unwrap();
    let (model, gate) = ScriptedModel::new(hashed()).gated();
    let first = engine(model, saving(home.path()));
    let cancelled = first.generate(prompt("a")).unwrap();
    gate.wait();
    let running = first.generate(GenerationRequest { max_tokens: None, ..prompt("b") }).unwrap();
    gate.open();
    gate.wait();
    drop(cancelled);
    gate.open();
    gate.wait();
    first.request_stop();
    drop((gate, running));
    drop(first);
    let second = engine(ScriptedModel::new(hashed()), saving(home.path()));
    for letter in ["a", "b"] {
        let found = read(second.generate(prompt(letter)).unwrap()).unwrap();
        assert_eq!(found.usage.cached_tokens, 300, "{letter}");
    }
}

/// Nothing is computed twice for the sake of a file, and nobody is turned away: what waits to be saved gives way.
#[test]
fn saving_gives_way_where_the_cache_is_full() {
    let home = tempfile::tempdir().unwrap();
    let model = ScriptedModel::with_cache(hashed(), 80);
    let engine = engine(model, EngineOptions { max_sequences: 1, ..saving(home.path()) });
    let streams: Vec<_> = ["a", "b", "c", "d"].map(|letter| engine.generate(prompt(letter)).unwrap()).into();
    for stream in streams {
        assert_eq!(read(stream).unwrap().tokens.len(), 5);
    }
}

#[test]
fn loading_is_cancelled_and_crowded_like_anything_else() {
    let home = tempfile::tempdir().unwrap();
    let cold = engine(ScriptedModel::new(hashed()), saving(home.path()));
    let letters = ["a", "b", "c", "d"];
    let expected = letters.map(|letter| read(cold.generate(prompt(letter)).unwrap()).unwrap().tokens);
    drop(cold);
    for _ in 0..20 {
        let model = ScriptedModel::with_cache(hashed(), 170);
        let engine = engine(model, EngineOptions { max_sequences: 3, ..saving(home.path()) });
        let streams = letters.map(|letter| engine.generate(prompt(letter)).unwrap());
        for (number, (stream, expected)) in streams.into_iter().zip(&expected).enumerate() {
            if number == 1 {
                drop(stream);
            } else {
                assert_eq!(&read(stream).unwrap().tokens, expected);
            }
        }
    }
}

#[test]
fn forgetting_spares_what_is_being_answered_and_saves_none_of_it() {
    let home = tempfile::tempdir().unwrap();
    let (model, gate) = ScriptedModel::new(hashed()).gated();
    let engine = engine(model, saving(home.path()));
    let running = engine.generate(prompt("a")).unwrap();
    gate.wait();
    let forgotten = std::thread::scope(|scope| {
        let forgetting = scope.spawn(|| engine.forget_caches().unwrap());
        drop(gate);
        forgetting.join().unwrap()
    });
    assert!(forgotten.files <= 2);
    assert_eq!(read(running).unwrap().tokens.len(), 5);
    engine.forget_caches().unwrap();
    drop(engine);
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn an_end_without_time_leaves_no_half_file() {
    let home = tempfile::tempdir().unwrap();
    let mut options = saving(home.path());
    options.saved_caches.as_mut().unwrap().end_time_max = Duration::ZERO;
    let (model, gate) = ScriptedModel::new(hashed()).gated();
    let engine = engine(model, options);
    let running = engine.generate(prompt("a")).unwrap();
    gate.wait();
    engine.request_stop();
    drop((gate, running));
    drop(engine);
    let second = super::engine(ScriptedModel::new(hashed()), saving(home.path()));
    let told = read(second.generate(prompt("a")).unwrap()).unwrap();
    assert_eq!(told.tokens, read(second.generate(prompt("a")).unwrap()).unwrap().tokens);
}

#[test]
fn an_end_without_time_does_not_wait_for_what_is_left() {
    let home = tempfile::tempdir().unwrap();
    let letters = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let mut options =
        EngineOptions { prefill_chunk: 4096, prefill_chunk_shared: 4096, ..saving(home.path()) };
    options.saved_caches.as_mut().unwrap().end_time_max = Duration::ZERO;
    let (model, gate) = ScriptedModel::new(hashed()).gated();
    let engine = engine(model, options);
    let running: Vec<_> = letters.iter().map(|letter| engine.generate(prompt(letter)).unwrap()).collect();
    gate.wait();
    engine.request_stop();
    drop((gate, running));
    drop(engine);
    let saved = files(home.path());
    assert!(saved < letters.len(), "{saved} files were written after the time was up");
}

#[test]
fn with_a_key_that_was_exchanged_nothing_more_is_saved_and_what_is_there_goes() {
    let home = tempfile::tempdir().unwrap();
    let current = Arc::new(AtomicBool::new(true));
    let asked = Arc::clone(&current);
    let mut options = saving(home.path());
    options.saved_caches.as_mut().unwrap().watch =
        Some(KeyWatch::new(move || asked.load(std::sync::atomic::Ordering::SeqCst)));
    let engine = engine(ScriptedModel::new(hashed()), options);
    read(engine.generate(prompt("a")).unwrap()).unwrap();
    engine.forget_caches().unwrap();
    let told = read(engine.generate(prompt("b")).unwrap()).unwrap();
    current.store(false, std::sync::atomic::Ordering::SeqCst);
    let again = read(engine.generate(prompt("c")).unwrap()).unwrap();
    assert_eq!(again.tokens.len(), told.tokens.len());
    drop(engine);
    assert_eq!(files(home.path()), 0);
}

#[test]
fn where_nothing_can_be_saved_the_engine_says_so() {
    let home = tempfile::tempdir().unwrap();
    let kept = try_engine(ScriptedModel::new(hashed()).keeping_its_contents(), saving(home.path()));
    assert!(matches!(kept, Err(EngineStartError::SavedCaches(SavedCacheError::NotSupported))));
    let file = home.path().join("file");
    std::fs::write(&file, "").unwrap();
    let nowhere = try_engine(ScriptedModel::new(hashed()), saving(&file.join("below")));
    assert!(matches!(nowhere, Err(EngineStartError::SavedCaches(SavedCacheError::Io { .. }))));
    let engine = engine(ScriptedModel::new(hashed()), EngineOptions::default());
    assert_eq!(engine.forget_caches().unwrap().files, 0);
}
