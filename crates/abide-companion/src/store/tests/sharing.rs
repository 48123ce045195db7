//! Many threads and programs with one database.

use std::collections::BTreeSet;
use std::{fs, thread};

use serde_json::json;

use super::super::*;
use super::basics::{Fixture, time};
use crate::keys::{DatabaseKey, open_or_create_key};
use crate::transcript::{MessageId, NewMessage, Speaker};

const WRITERS: usize = 4;
const MESSAGES: usize = 40;

#[test]
fn what_several_programs_write_at_once_is_all_there() {
    let it = Fixture::new();
    let first = it.say(None, "start");
    let ids: Vec<MessageId> = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (path, key) = (it.path(), it.key.clone());
                scope.spawn(move || {
                    // A store of its own, as another process has it.
                    let store = Store::open(&path, key).unwrap();
                    let companion = store.companions().unwrap()[0].id;
                    let said = (0..MESSAGES).map(|number| {
                        let text = format!("writer {writer}, message {number}");
                        let message = NewMessage::new(Some(first), Speaker::User, text, time(0));
                        let added = store.append(companion, message).unwrap();
                        assert_eq!(store.message(companion, added.id).unwrap(), added);
                        added.id
                    });
                    said.collect::<Vec<_>>()
                })
            })
            .collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), WRITERS * MESSAGES, "each has its own number");
    assert_eq!(it.store.message_count(it.companion).unwrap() as usize, 1 + WRITERS * MESSAGES);
    assert_eq!(it.path_ids().len(), 2);
    it.store.check().unwrap();
}

#[test]
fn programs_that_start_together_make_one_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("companions.db");
    let opened: usize = thread::scope(|scope| {
        let starting: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    let key = open_or_create_key(&path, None).unwrap();
                    Store::open(&path, key).unwrap().companions().unwrap().len()
                })
            })
            .collect();
        starting.into_iter().map(|program| program.join().unwrap()).sum()
    });
    assert_eq!(opened, 0);
}

/// A log that did not reach the disk whole, as when the power goes while it is written.
#[test]
fn a_torn_log_loses_the_newest_alone() {
    let it = Fixture::new();
    let mut parent = None;
    for number in 1..=30 {
        parent = Some(it.say(parent, &format!("message {number}")));
    }
    let database = fs::read(it.path()).unwrap();
    let log = fs::read(it.path().with_extension("db-wal")).unwrap();
    assert!(log.len() > 30 * 4096, "the messages are in the log");
    let mut kept_before = 0;
    for cut in 0..=40 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("companions.db");
        fs::write(&path, &database).unwrap();
        fs::write(path.with_extension("db-wal"), &log[..log.len() * cut / 40]).unwrap();
        let store = Store::open(&path, it.key.clone()).unwrap();
        store.check().unwrap();
        if store.companions().unwrap().is_empty() {
            continue;
        }
        let kept = store.path_tail(it.companion, 99).unwrap();
        for (number, message) in (1..).zip(&kept) {
            assert_eq!(message.content.text, format!("message {number}"));
        }
        assert!(kept.len() >= kept_before);
        kept_before = kept.len();
    }
    assert_eq!(kept_before, 30);
}

#[test]
fn a_backup_is_the_same_database() {
    let it = Fixture::new();
    it.say(None, "keep me");
    let path = it.folder.path().join("it's a copy.db");
    for _ in 0..2 {
        it.store.backup(&path).unwrap();
        let bytes = fs::read(&path).unwrap();
        assert!(!bytes.windows(7).any(|window| window == b"keep me"), "it is encrypted");
        let copy = Store::open(&path, it.key.clone()).unwrap();
        copy.check().unwrap();
        assert_eq!(copy.path_tail(it.companion, 9).unwrap(), it.store.path_tail(it.companion, 9).unwrap());
    }
    assert!(Store::open(&path, DatabaseKey::random().unwrap()).is_err());
}

#[test]
fn settings_are_kept_and_taken_away() {
    let it = Fixture::new();
    let (model, sampler) = (json!({"name": "tiny"}), json!({"temperature": 0.5}));
    it.store.set_setting(it.companion, "model", &model).unwrap();
    it.store.set_setting(it.companion, "sampler", &sampler).unwrap();
    assert_eq!(it.store.settings_of_all("model").unwrap(), [(it.companion, model)]);
    it.store.set_setting(it.companion, "model", &json!(null)).unwrap();
    assert_eq!(it.store.settings(it.companion).unwrap(), [("sampler".to_owned(), sampler)]);
    assert_eq!(it.store.setting(it.companion, "model").unwrap(), None);
}

#[test]
fn a_folder_that_cannot_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("nowhere"), "a file").unwrap();
    let path = folder.path().join("nowhere").join("companions.db");
    let error = Store::open(&path, DatabaseKey::random().unwrap()).err().unwrap();
    assert!(matches!(error, StoreError::File { .. }), "{error}");
    assert!(error.to_string().contains("nowhere"), "{error}");
}

#[test]
fn where_nothing_can_be_written_the_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let cannot_open = || rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(14), None);
    let error = StoreError::from(cannot_open()).at(&folder.path().join("gone").join("companions.db"));
    assert!(matches!(error, StoreError::FolderClosed { .. }), "{error}");
    assert!(error.to_string().contains("gone (entity not found)"), "{error}");
    let error = StoreError::from(cannot_open()).at(&folder.path().join("companions.db"));
    assert!(matches!(error, StoreError::File { .. }), "{error}");
}

#[test]
fn reading_goes_on_while_somebody_writes() {
    let it = Fixture::new();
    it.say(None, "before");
    it.store
        .batch(it.companion, |batch| {
            batch.add(NewMessage::new(Some(MessageId(1)), Speaker::Companion, "not yet", time(0)))?;
            assert_eq!(it.store.message_count(it.companion)?, 1, "what is not committed is not seen");
            Ok(())
        })
        .unwrap();
    assert_eq!(it.store.message_count(it.companion).unwrap(), 2);
    assert_eq!(it.path_ids(), [1]);
}

#[test]
fn a_batch_that_fails_leaves_nothing() {
    let it = Fixture::new();
    let failed = it.store.batch(it.companion, |batch| {
        batch.add(NewMessage::new(None, Speaker::User, "one", time(0)))?;
        batch.add(NewMessage::new(Some(MessageId(9)), Speaker::User, "two", time(0)))
    });
    assert!(matches!(failed, Err(StoreError::NoMessage(MessageId(9)))));
    assert_eq!(it.store.message_count(it.companion).unwrap(), 0);
    assert_eq!(it.say(None, "one"), MessageId(1));
}

#[test]
fn whoever_waits_too_long_is_told_who_is_busy() {
    let it = Fixture::new();
    let other = Store::open(&it.path(), it.key.clone()).unwrap();
    other.connections.maintain(|connection| Ok(connection.busy_timeout(std::time::Duration::ZERO)?)).unwrap();
    let refused = it.store.batch(it.companion, |_| Ok(other.create_companion("Late", &json!({})))).unwrap();
    let error = refused.unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }), "{error}");
}

#[test]
fn windows_begin_recent_turns_anew() {
    let it = Fixture::new();
    assert_eq!(it.store.window_start(it.companion).unwrap(), 1);
    let one = it.say(None, "one");
    let two = it.say(Some(one), "two");
    it.store.open_window(it.companion, None).unwrap();
    assert_eq!(it.store.window_start(it.companion).unwrap(), 3);
    it.say(Some(two), "three");
    assert_eq!(it.store.window_start(it.companion).unwrap(), 3);
    it.store.go_back_to(it.companion, Some(one)).unwrap();
    assert_eq!(it.store.window_start(it.companion).unwrap(), 1, "the window is not on this path");
    assert_eq!(it.store.windows(it.companion).unwrap()[0].after, Some(two));
}

#[test]
fn vectors_of_what_is_there_alone() {
    let it = Fixture::new();
    let one = it.say(None, "one");
    it.say(Some(one), "two");
    let vectors = [
        (VectorOf::Message(one), vec![1]),
        (VectorOf::Message(MessageId(9)), vec![2]),
        (VectorOf::Fact(FactId(1)), vec![3]),
    ];
    it.store.put_vectors(it.companion, "mini", &vectors).unwrap();
    let mut seen = Vec::new();
    it.store.for_each_vector(it.companion, "mini", |of, bytes| seen.push((of, bytes.to_vec()))).unwrap();
    assert_eq!(seen, vectors[..1]);
    let missing = it.store.messages_without_vector(it.companion, "mini", MessageId(0), 9).unwrap();
    assert_eq!(missing.iter().map(|message| message.id.0).collect::<Vec<_>>(), [2]);
    assert_eq!(it.store.messages_without_vector(it.companion, "other", MessageId(0), 9).unwrap().len(), 2);
    assert_eq!(it.store.vector_models(it.companion).unwrap(), ["mini"]);
    it.store.remove_vectors(it.companion, "mini").unwrap();
    assert_eq!(it.store.vector_models(it.companion).unwrap(), [""; 0]);
}
