//! What the store promises, one by one.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::{Timestamp, ToSpan as _};
use serde_json::json;
use tempfile::TempDir;

use super::super::*;
use crate::keys::DatabaseKey;
use crate::transcript::{Completeness, MessageId, NewMessage, Speaker};

pub(super) struct Fixture {
    pub(super) folder: TempDir,
    pub(super) key: DatabaseKey,
    pub(super) store: Store,
    pub(super) companion: CompanionId,
}

impl Fixture {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = DatabaseKey::random().unwrap();
        let store = Store::open(&folder.path().join("companions.db"), key.clone()).unwrap();
        let companion = store.create_companion("Ada", &json!({"name": "Ada"})).unwrap().id;
        Self { folder, key, store, companion }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("companions.db")
    }

    pub(super) fn say(&self, parent: Option<MessageId>, text: &str) -> MessageId {
        let speaker =
            if parent.is_none_or(|parent| parent.0 % 2 == 0) { Speaker::User } else { Speaker::Companion };
        self.store.append(self.companion, NewMessage::new(parent, speaker, text, time(0))).unwrap().id
    }

    pub(super) fn path_ids(&self) -> Vec<u64> {
        self.store.path_tail(self.companion, 1000).unwrap().iter().map(|message| message.id.0).collect()
    }
}

pub(super) fn time(minutes: i64) -> Timestamp {
    "2024-05-01T08:00:00Z".parse::<Timestamp>().unwrap() + minutes.minutes()
}

#[test]
fn a_message_is_read_back_as_it_was_given() {
    let it = Fixture::new();
    let first = it.say(None, "Guten Tag, 你好 🌞");
    let read = it.store.message(it.companion, first).unwrap();
    assert_eq!((read.id, read.sitting), (MessageId(1), 1));
    assert_eq!(read.content, NewMessage::new(None, Speaker::User, "Guten Tag, 你好 🌞", time(0)));
    let next = NewMessage::new(Some(first), Speaker::Companion, "x", time(241));
    assert_eq!(it.store.append(it.companion, next).unwrap().sitting, 2, "after more than four hours");
    it.store.check().unwrap();
}

#[test]
fn a_tree_with_its_active_path() {
    let it = Fixture::new();
    let one = it.say(None, "one");
    let two = it.say(Some(one), "two");
    let three = it.say(Some(two), "three");
    let other = it.say(Some(one), "two again");
    assert_eq!(it.path_ids(), [1, 4]);
    let siblings = it.store.siblings(it.companion, two).unwrap();
    assert_eq!((siblings.ids, siblings.index), (vec![two, other], 0));
    assert_eq!(it.store.switch_to(it.companion, two).unwrap(), three);
    assert_eq!(it.path_ids(), [1, 2, 3]);
    it.store.go_back_to(it.companion, Some(one)).unwrap();
    assert_eq!(it.path_ids(), [1]);
    assert_eq!(it.store.switch_to(it.companion, one).unwrap(), three, "there one went last");
    it.store.branch(it.companion, "night", Some(two)).unwrap();
    let night = it.say(Some(two), "night");
    assert_eq!(it.path_ids(), [1, 2, 5]);
    assert_eq!(it.store.switch_branch(it.companion, "main").unwrap(), Some(three));
    assert_eq!(it.store.switch_branch(it.companion, "night").unwrap(), Some(night));
    let edited = it.store.edit(it.companion, one, "one, better", time(9)).unwrap();
    assert_eq!((it.path_ids(), edited.content.text.as_str()), (vec![6], "one, better"));
    assert_eq!(it.store.path_to(it.companion, three, 2).unwrap().len(), 2);
}

#[test]
fn a_number_that_nothing_can_have_is_a_value_that_is_wrong() {
    let it = Fixture::new();
    let beyond = it.store.message(it.companion, MessageId(u64::MAX));
    assert!(matches!(beyond, Err(StoreError::BadValue { .. })), "{beyond:?}");
}

#[test]
fn names_are_taken_in_any_case() {
    let it = Fixture::new();
    let again = it.store.create_companion(" ADA ", &json!({}));
    assert!(matches!(again, Err(StoreError::NameTaken(_))), "{again:?}");
    assert_eq!(it.store.companion_named("ada").unwrap().unwrap().id, it.companion);
    assert!(matches!(it.store.create_companion(" ", &json!({})), Err(StoreError::BadName(_))));
}

#[test]
fn personas_are_kept_in_versions() {
    let it = Fixture::new();
    let calmer = CompanionChange {
        persona: Some(json!({"name": "Ada", "b": 1})),
        note: Some("calmer".to_owned()),
        ..CompanionChange::default()
    };
    it.store.change_companion(it.companion, || StoreResult::Ok((calmer, ()))).unwrap();
    let back = it.store.revert_persona(it.companion, 1).unwrap();
    assert_eq!((back.version, back.reverted_to, back.persona.clone()), (3, Some(1), json!({"name": "Ada"})));
    assert_eq!(it.store.persona(it.companion).unwrap(), back);
    assert_eq!(it.store.persona_versions(it.companion).unwrap().len(), 3);
}

#[test]
fn search_finds_words_of_every_script() {
    let it = Fixture::new();
    let one = it.say(None, "Ma sœur habite à Besançon depuis l'été");
    let two = it.say(Some(one), "我昨天带小狗去公园了");
    it.say(Some(two), "The quick brown fox");
    let found = |text: &str| -> Vec<u64> {
        it.store.search(it.companion, text, 10).unwrap().iter().map(|hit| hit.message.id.0).collect()
    };
    assert_eq!(found("besancon ETE"), [1]);
    assert_eq!(found("小狗"), [2]);
    assert_eq!(found("狗小"), [0; 0]);
    assert_eq!(found("\"quick brown\" fo"), [3]);
    assert_eq!(found("\"brown quick\""), [0; 0]);
    assert_eq!(found(" ?!\" OR NEAR( * "), [0; 0]);
}

#[test]
fn a_wrong_key_and_other_files_are_told_apart() {
    let it = Fixture::new();
    let path = it.path();
    drop(it.store);
    let wrong = Store::open(&path, DatabaseKey::random().unwrap()).err().unwrap();
    assert!(matches!(wrong, StoreError::WrongKey { .. }), "{wrong}");
    let mut bytes = fs::read(&path).unwrap();
    bytes[2000] ^= 1;
    fs::write(&path, bytes).unwrap();
    let damaged = Store::open(&path, it.key.clone()).err().unwrap();
    assert!(matches!(damaged, StoreError::Damaged { .. }), "{damaged}");
    let plain = it.folder.path().join("plain.db");
    rusqlite::Connection::open(&plain).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let refused = Store::open(&plain, it.key).err().unwrap();
    assert!(matches!(refused, StoreError::NotEncrypted { .. }), "{refused}");
}

#[test]
fn damage_behind_the_first_page_is_told() {
    let it = Fixture::new();
    let mut parent = None;
    for number in 0..60 {
        parent = Some(it.say(parent, &format!("{number} {}", "some words ".repeat(30))));
    }
    let path = it.path();
    drop(it.store);
    let mut bytes = fs::read(&path).unwrap();
    let pages = bytes.len() / 4096;
    for page in 1..pages {
        bytes[page * 4096 + 500] ^= 4;
    }
    fs::write(&path, &bytes).unwrap();
    // Whether opening sees it depends on which pages opening reads.
    let error = match Store::open(&path, it.key) {
        Ok(store) => store.check().unwrap_err(),
        Err(error) => error,
    };
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(fs::read(&path).unwrap() == bytes, "nothing was changed");
}

#[test]
fn a_reply_that_was_cut_short_is_kept() {
    let it = Fixture::new();
    let one = it.say(None, "tell me");
    let begun = NewMessage::new(Some(one), Speaker::Companion, "", time(1));
    let reply = it.store.begin_reply(it.companion, begun.clone()).unwrap();
    it.store.grow_reply(reply, "Once upon ").unwrap();
    it.store.grow_reply(reply, "a time").unwrap();
    let other = Store::open(&it.path(), it.key.clone()).unwrap();
    assert_eq!(other.message_count(it.companion).unwrap(), 1, "its writer is alive");
    drop(it.store);
    let recovered = other.recover_replies().unwrap();
    assert_eq!(recovered.len(), 1);
    let message = &recovered[0].1;
    assert_eq!(message.content.text, "Once upon a time");
    assert_eq!(message.content.completeness, Completeness::Interrupted);
    assert_eq!(other.head(it.companion).unwrap(), Some(message.id));
    assert_eq!(other.recover_replies().unwrap(), []);
    let reply = other.begin_reply(it.companion, begun).unwrap();
    let done = other.finish_reply(reply, "The end", Completeness::Complete).unwrap();
    assert_eq!(other.siblings(it.companion, done.id).unwrap().index, 1);
    assert!(matches!(other.grow_reply(reply, "x"), Err(StoreError::Nothing { .. })));
}

#[test]
fn a_fact_that_was_deleted_comes_back_by_hand_alone() {
    let it = Fixture::new();
    let one = it.say(None, "I live in Paris");
    let fact = |value: &str, origin| NewFact {
        kind: FactKind::Place,
        subject: "user".into(),
        predicate: "lives in".into(),
        value: value.into(),
        text: format!("The user lives in {value}."),
        language: Some("en".into()),
        valid_from: Some(time(0)),
        valid_to: None,
        sources: vec![FactSource { message: one, quote: Some(format!("I live in {value}")) }],
        confidence: 0.9,
        pinned: false,
        origin,
    };
    let paris = it.store.add_fact(it.companion, fact("Paris", FactOrigin::Pattern)).unwrap().unwrap();
    let mut lyon = fact("Lyon", FactOrigin::Pattern);
    lyon.valid_from = Some(time(5));
    let lyon = it.store.supersede_facts(it.companion, &[paris.id], lyon).unwrap().unwrap();
    let old = it.store.fact(it.companion, paris.id).unwrap();
    assert_eq!((old.superseded_by, old.content.valid_to), (Some(lyon.id), Some(time(5))));
    let current = FactFilter { current: true, ..FactFilter::default() };
    assert_eq!(it.store.facts(it.companion, current).unwrap(), std::slice::from_ref(&lyon));
    it.store.delete_fact(it.companion, lyon.id).unwrap();
    let old = it.store.fact(it.companion, paris.id).unwrap();
    assert_eq!((old.superseded_by, old.content.valid_to), (None, None), "it holds again");
    assert_eq!(it.store.add_fact(it.companion, fact("lyon", FactOrigin::Model)).unwrap(), None);
    assert!(it.store.add_fact(it.companion, fact("Lyon", FactOrigin::User)).unwrap().is_some());
    assert!(it.store.add_fact(it.companion, fact("Lyon", FactOrigin::Pattern)).unwrap().is_some());
}

#[test]
fn a_fact_that_was_deleted_may_be_told_anew() {
    let it = Fixture::new();
    let before = it.say(None, "I live in Leeds");
    let fact = |source| NewFact {
        kind: FactKind::Place,
        subject: "user".into(),
        predicate: "home".into(),
        value: "Leeds".into(),
        text: "The user lives in Leeds.".into(),
        language: None,
        valid_from: Some(time(0)),
        valid_to: None,
        sources: vec![FactSource { message: source, quote: None }],
        confidence: 0.9,
        pinned: false,
        origin: FactOrigin::Pattern,
    };
    let add = |source| it.store.add_fact(it.companion, fact(source)).unwrap();
    let leeds = add(before).unwrap();
    it.store.delete_fact(it.companion, leeds.id).unwrap();
    assert_eq!(add(before), None, "it was said before it was deleted");
    let now = Timestamp::now() + 1.minute();
    let again = NewMessage::new(Some(before), Speaker::User, "I live in Leeds now", now);
    let again = it.store.append(it.companion, again).unwrap().id;
    assert!(add(again).is_some());
    assert!(add(before).is_some(), "it may be known now");
}

#[cfg(unix)]
#[test]
fn nobody_else_can_look_into_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("share").join("abide");
    let key = DatabaseKey::random().unwrap();
    let store = Store::open(&folder.join("companions.db"), key).unwrap();
    store.create_companion("Ada", &json!({})).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&outer.path().join("share"))), (0o700, 0o700));
    // The database, its WAL and shared memory, and the session's lock.
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() >= 4, "{files:?}");
    assert!(files.iter().all(|file| mode(file) == 0o600), "{files:?}");
}

#[test]
fn the_number_of_the_facts_changes_with_them() {
    let fixture = Fixture::new();
    let (store, companion) = (&fixture.store, fixture.companion);
    let message = fixture.say(None, "I like tea.");
    let mut numbers = vec![store.facts_version(companion).unwrap()];
    let mut changed = |what: &str| {
        numbers.push(store.facts_version(companion).unwrap());
        assert!(numbers[numbers.len() - 1] > numbers[numbers.len() - 2], "{what}");
    };
    let new = NewFact {
        kind: FactKind::Preference,
        subject: "user".to_owned(),
        predicate: "likes".to_owned(),
        value: "tea".to_owned(),
        text: "Ada likes tea.".to_owned(),
        language: None,
        valid_from: None,
        valid_to: None,
        sources: Vec::new(),
        confidence: 0.9,
        pinned: false,
        origin: FactOrigin::Pattern,
    };
    let fact = store.add_fact(companion, new).unwrap().unwrap().id;
    changed("added");
    store.add_fact_source(companion, fact, &FactSource { message, quote: None }).unwrap();
    changed("known from one more message");
    store.pin_fact(companion, fact, true).unwrap();
    changed("pinned");
    store.erase_messages(companion, &[message]).unwrap();
    changed("gone with its message");
}
