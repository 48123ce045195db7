//! What is deleted is gone: from every table, from the search index, from every page of the file and from the log.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::MAIN_DB;
use serde_json::json;

use super::super::connection::connect;
use super::super::*;
use super::basics::{Fixture, time};
use crate::archive::{ExportOptions, Protection, export};
use crate::keys::DatabaseKey;
use crate::transcript::{Completeness, MessageId, NewMessage, Speaker};

/// Words that are said in what is deleted alone, and beginnings that no other word shares, because the index shortens those.
const SECRETS: [&str; 3] = ["xylographer", "quokkasaurus", "翡翠螳螂"];

impl Fixture {
    /// The messages 1 to 40 in a line. Those from 21 on hold the secrets, in messages and in all that is made from them.
    fn with_secrets(self) -> Self {
        let mut parent = None;
        for number in 1..=40 {
            let secret = if number > 20 { SECRETS.join(" ") } else { "the weather".to_owned() };
            parent =
                Some(self.say(parent, &format!("message {number}: {secret} {}", "and so on ".repeat(40))));
        }
        let aside = NewMessage::new(Some(MessageId(25)), Speaker::Companion, SECRETS.join("!"), time(0));
        self.store.append_aside(self.companion, aside).unwrap();
        let id = self.companion;
        for number in 15..=40 {
            let message = MessageId(number);
            let secret = if number > 20 { SECRETS.join(", ") } else { "rain".to_owned() };
            let fact = fact(&secret, vec![source(number, &secret)]);
            self.store.add_fact(id, fact).unwrap().unwrap();
            let summary = NewSummary {
                first: MessageId(number - 5),
                last: message,
                text: secret.clone(),
                method: "extractive".into(),
                sources: vec![],
            };
            self.store.add_summary(id, summary).unwrap();
            let plan = Plan { plan: json!({ "memory": secret }), messages: vec![message], facts: vec![] };
            self.store.set_plan(id, MessageId(2), &plan).unwrap();
            self.store.set_plan(id, message, &plan).unwrap();
            self.store.set_mood(id, &Mood { message, valence: 0.5, label: Some(secret.clone()) }).unwrap();
            self.store.set_lorebook_state(id, message, &json!({ "seen": secret })).unwrap();
            self.store.put_vectors(id, "mini", &[(VectorOf::Message(message), secret.into_bytes())]).unwrap();
        }
        let begun = NewMessage::new(Some(MessageId(40)), Speaker::Companion, SECRETS.join("-"), time(1));
        self.store.begin_reply(id, begun).unwrap();
        self
    }

    fn pages(&self) -> Vec<u8> {
        let mut connection = connect(&self.path(), &self.key).unwrap();
        connection.serialize(MAIN_DB).unwrap().to_vec()
    }

    /// Fails where a secret is in a table, in a page or in the log.
    fn assert_gone(&self) {
        let pages = self.pages();
        for secret in SECRETS {
            assert_eq!(self.store.probe(secret).unwrap(), [], "{secret}");
            let end = &secret.as_bytes()[3..];
            assert!(!pages.windows(end.len()).any(|window| window == end), "{secret} is in a page");
        }
        // Only that the deletion is done was written since the log was cut off.
        let log = fs::metadata(self.path().with_extension("db-wal")).map_or(0, |about| about.len());
        assert!(log < 3 * 4200, "the log has {log} bytes");
        self.store.check().unwrap();
    }
}

fn source(message: u64, quote: &str) -> FactSource {
    FactSource { message: MessageId(message), quote: Some(quote.to_owned()) }
}

fn fact(value: &str, sources: Vec<FactSource>) -> NewFact {
    NewFact {
        kind: FactKind::Note,
        subject: "user".into(),
        predicate: "said".into(),
        value: value.into(),
        text: format!("The user said {value}."),
        language: None,
        valid_from: None,
        valid_to: None,
        sources,
        confidence: 0.5,
        pinned: false,
        origin: FactOrigin::Pattern,
    }
}

#[test]
fn the_probe_itself_sees_what_is_there() {
    let it = Fixture::new().with_secrets();
    let pages = it.pages();
    for secret in SECRETS {
        let tables = it.store.probe(&secret.to_uppercase()).unwrap();
        let places: Vec<&str> = tables.iter().map(|place| place.table.as_str()).collect();
        for table in [
            "facts",
            "fact_sources",
            "lorebook_states",
            "message_words",
            "messages",
            "moods",
            "plans",
            "reply_pieces",
            "summaries",
            "vectors",
        ] {
            assert!(places.contains(&table), "{table} is not among {places:?}");
        }
        let end = &secret.as_bytes()[3..];
        assert!(pages.windows(end.len()).any(|window| window == end), "{secret} is in no page");
    }
}

#[test]
fn deleting_from_a_message_on_leaves_nothing_of_it() {
    let it = Fixture::new().with_secrets();
    let doomed = it.store.message(it.companion, MessageId(30)).unwrap().content;
    let deleted = it.store.delete_from(it.companion, MessageId(21)).unwrap();
    assert!(deleted.final_on_disk);
    assert_eq!((deleted.messages.len(), deleted.facts.len(), deleted.summaries), (21, 20, 20));
    it.assert_gone();
    assert_eq!(it.path_ids(), (1..=20).collect::<Vec<u64>>());
    assert_eq!(it.store.facts(it.companion, FactFilter::default()).unwrap().len(), 6);
    assert_eq!(it.store.plan(it.companion, MessageId(2)).unwrap(), None, "it held what is gone");
    assert!(it.store.plan(it.companion, MessageId(16)).unwrap().is_some());
    assert!(it.store.was_deleted(it.companion, &doomed).unwrap());
    assert_eq!(it.say(Some(MessageId(20)), "new"), MessageId(42), "numbers are not given again");
}

#[test]
fn erased_messages_keep_their_place() {
    let it = Fixture::new().with_secrets();
    let all: Vec<MessageId> = (21..=41).map(MessageId).collect();
    let deleted = it.store.erase_messages(it.companion, &all).unwrap();
    assert_eq!(deleted.messages, all);
    let reply = it.store.recover_replies().unwrap();
    assert_eq!(reply, [], "its writer is alive");
    it.store.drop_reply(ReplyId(1)).unwrap();
    it.store.delete_from(it.companion, MessageId(41)).unwrap();
    it.assert_gone();
    assert_eq!(it.path_ids().len(), 40);
    let erased = it.store.message(it.companion, MessageId(30)).unwrap().content;
    assert_eq!((erased.text.as_str(), erased.completeness), ("", Completeness::Erased));
    assert_eq!(it.store.erase_messages(it.companion, &all).unwrap().messages, []);
}

#[test]
fn what_was_erased_is_not_taken_out_of_the_index_again() {
    let it = Fixture::new();
    let one = it.say(None, "The parrot whistles.");
    let two = it.say(Some(one), "The dentist hums.");
    it.store.erase_messages(it.companion, &[one, two]).unwrap();
    it.store.delete_from(it.companion, two).unwrap();
    let three = it.say(Some(one), "The ferry is late.");
    assert_eq!(it.store.search(it.companion, "ferry", 9).unwrap().len(), 1);
    it.store.erase_messages(it.companion, &[three]).unwrap();
    it.store.delete_companion(it.companion).unwrap();
}

#[test]
fn a_summary_goes_with_any_message_that_it_is_of() {
    let it = Fixture::new().with_secrets();
    let plan = Plan { plan: json!({"summary": "rain"}), messages: vec![MessageId(17)], facts: vec![] };
    it.store.set_plan(it.companion, MessageId(18), &plan).unwrap();
    let middle = it.store.erase_messages(it.companion, &[MessageId(12)]).unwrap();
    assert_eq!(middle.summaries, 3, "those from 10, 11 and 12 on");
    assert_eq!(it.store.plan(it.companion, MessageId(18)).unwrap(), None, "it held the one that ends at 17");
    // The same on a branch that is not the active one.
    it.store.go_back_to(it.companion, Some(MessageId(13))).unwrap();
    let rest = it.store.erase_messages(it.companion, &[MessageId(14), MessageId(13)]).unwrap();
    assert_eq!(rest.summaries, 2, "those from 13 and 14 on");
}

#[test]
fn a_fact_stays_while_something_else_says_it() {
    let it = Fixture::new();
    let one = it.say(None, "I like tea");
    let two = it.say(Some(one), "as I said, tea");
    let both = it.store.add_fact(it.companion, fact("tea", vec![source(1, "tea"), source(2, "tea")]));
    let both = both.unwrap().unwrap();
    let later = it.store.add_fact(it.companion, fact("green tea", vec![source(2, "tea")])).unwrap().unwrap();
    let deleted = it.store.delete_from(it.companion, two).unwrap();
    assert_eq!(deleted.facts, [later.id]);
    assert_eq!(it.store.fact(it.companion, both.id).unwrap().content.sources, [source(1, "tea")]);
    let again = it.store.add_fact(it.companion, fact("green tea", vec![source(1, "tea")])).unwrap();
    assert!(again.is_some(), "said again, it may be known again");
}

#[test]
fn a_deleted_companion_leaves_nothing() {
    let it = Fixture::new().with_secrets();
    let other = it.store.create_companion("Other", &json!({})).unwrap().id;
    it.store.append(other, NewMessage::new(None, Speaker::User, "still here", time(0))).unwrap();
    it.store.set_setting(it.companion, "note", &json!(SECRETS)).unwrap();
    assert!(it.store.delete_companion(it.companion).unwrap());
    it.assert_gone();
    let pages = it.pages();
    assert!(!pages.windows(11).any(|window| window == b"and so on a"), "nor of what was no secret");
    assert!(matches!(it.store.head(it.companion), Err(StoreError::NoCompanion(_))));
    assert_eq!(it.store.companions().unwrap().len(), 1);
    assert_eq!(it.store.search(other, "still", 9).unwrap().len(), 1);
    let next = it.store.create_companion("Ada", &json!({})).unwrap().id;
    assert_ne!(next, it.companion, "numbers are not given again");
}

#[test]
fn a_deletion_that_was_cut_short_is_finished_by_the_next_program() {
    let it = Fixture::new().with_secrets();
    let reading = connect(&it.path(), &it.key).unwrap();
    reading.execute_batch("BEGIN; SELECT count(*) FROM messages").unwrap();
    reading.busy_timeout(std::time::Duration::ZERO).unwrap();
    it.store
        .connections
        .maintain(|connection| Ok(connection.busy_timeout(std::time::Duration::ZERO)?))
        .unwrap();
    let deleted = it.store.delete_from(it.companion, MessageId(21)).unwrap();
    assert!(!deleted.final_on_disk, "somebody reads what the log holds");
    drop(reading);
    let again = Store::open(&it.path(), it.key.clone()).unwrap();
    assert!(again.finish_deletions().unwrap());
    it.assert_gone();
}

#[test]
fn no_file_holds_what_was_said() {
    let it = Fixture::new().with_secrets();
    let out = it.folder.path().join("ada.abide");
    let cost = crate::keys::PassphraseCost { memory_kib: 8, iterations: 1, lanes: 1 };
    let passphrase = crate::keys::Passphrase::new("p").unwrap();
    let options = ExportOptions { protection: Protection::Passphrase(passphrase, cost), vectors: true };
    export(&it.store, it.companion, File::create(&out).unwrap(), &options).unwrap();
    let looked_at = search_files(it.folder.path());
    for name in ["companions.db", "companions.db-wal", "companions.db-shm", "ada.abide"] {
        assert!(looked_at.iter().any(|found| found == name), "{name} is not among {looked_at:?}");
    }
    drop(it.store);
    search_files(it.folder.path());
}

/// Fails where a file of the folder holds a secret, or a word of the tables (long enough not to come about by chance). Answers their
/// names.
fn search_files(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        for word in SECRETS.into_iter().chain(["weather", "persona_versions", "extractive"]) {
            let word = word.as_bytes();
            assert!(
                !bytes.windows(word.len()).any(|window| window == word),
                "{} holds words",
                path.display()
            );
        }
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    names
}

#[test]
fn companions_see_nothing_of_each_other() {
    let it = Fixture::new().with_secrets();
    let other = it.store.create_companion("Other", &json!({})).unwrap().id;
    let (from, to) = (Timestamp::MIN, Timestamp::MAX);
    assert_eq!(it.store.messages(other).count(), 0);
    assert_eq!(it.store.messages_between(other, from, to, 9).unwrap(), []);
    assert_eq!(it.store.messages_by_id(other, &[MessageId(1)]).unwrap(), []);
    assert_eq!(it.store.path_tail(other, 9).unwrap(), []);
    assert_eq!(it.store.facts(other, FactFilter::default()).unwrap(), []);
    assert_eq!(it.store.search(other, SECRETS[0], 9).unwrap(), []);
    assert_eq!(it.store.summaries(other).unwrap(), []);
    assert_eq!(it.store.moods(other, from, to).unwrap(), []);
    assert_eq!(it.store.plan(other, MessageId(2)).unwrap(), None);
    assert_eq!(it.store.lorebook_state(other, MessageId(40)).unwrap(), None);
    assert_eq!(it.store.messages_without_vector(other, "mini", MessageId(0), 9).unwrap(), []);
    let seen = std::cell::Cell::new(0);
    it.store.for_each_vector(other, "mini", |_, _| seen.set(seen.get() + 1)).unwrap();
    assert_eq!(seen.get(), 0);
    assert!(
        matches!(it.store.erase_messages(other, &[MessageId(1)]), Ok(deleted) if deleted.messages.is_empty())
    );
    assert!(matches!(it.store.delete_from(other, MessageId(1)), Err(StoreError::NoMessage(_))));
    assert!(matches!(it.store.switch_to(other, MessageId(1)), Err(StoreError::NoMessage(_))));
    let reply = NewMessage::new(Some(MessageId(1)), Speaker::User, "x", time(0));
    assert!(matches!(it.store.append(other, reply), Err(StoreError::NoMessage(_))));
    let key = DatabaseKey::random().unwrap();
    assert!(Store::open(&it.path(), key).is_err());
}
