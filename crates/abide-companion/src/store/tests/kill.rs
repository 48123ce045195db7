//! Programs that are killed at any moment lose nothing that they acknowledged.
//!
//! This test's own program runs again as a child that writes and says what is written. It is killed after a random number of acknowledgements
//! and a random time, and then the database is opened.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _, stdout};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::super::*;
use super::basics::time;
use crate::keys::open_or_create_key;
use crate::transcript::{Completeness, Message, MessageId, NewMessage, Speaker};

/// Tells the child which database is its own.
const DATABASE: &str = "ABIDE_TEST_KILLED_DATABASE";
/// In all; the full number where the program is as fast as people have it.
const KILLS: usize = if cfg!(debug_assertions) { 60 } else { 1000 };
/// That one database sees.
const KILLS_EACH: usize = 15;
const THREADS: usize = 4;

/// What a child said of itself.
#[derive(Default)]
struct Acknowledged {
    messages: Vec<(MessageId, String)>,
    /// The reply in progress.
    growing: Option<String>,
    /// Deleted, or about to be.
    deleting: BTreeSet<u64>,
}

#[test]
fn a_thousand_kills_lose_nothing() {
    let kills: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|number| {
                scope.spawn(move || {
                    let databases = (KILLS / THREADS).div_ceil(KILLS_EACH);
                    (0..databases)
                        .map(|database| kill_with_one_database(number * 1000 + database))
                        .sum::<usize>()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert!(kills >= KILLS, "{kills} kills");
}

fn kill_with_one_database(seed: usize) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("companions.db");
    let key = open_or_create_key(&path, None).unwrap();
    let store = Store::open(&path, key.clone()).unwrap();
    let companion = store.create_companion("Ada", &json!({})).unwrap().id;
    drop(store);
    let mut random = seed as u64 * 0x9e37_79b9 + 1;
    let mut deleted = BTreeSet::new();
    let mut all: Vec<(MessageId, String)> = Vec::new();
    for _ in 0..KILLS_EACH {
        let acknowledged = run_and_kill(&path, &mut random);
        deleted.extend(acknowledged.deleting);
        all.extend(acknowledged.messages);
        let store = Store::open(&path, key.clone()).unwrap();
        store.check().unwrap();
        let kept: Vec<Message> = store.messages(companion).collect::<Result<_, _>>().unwrap();
        for (id, text) in all.iter().filter(|(id, _)| !deleted.contains(&id.0)) {
            let found = kept.iter().find(|message| message.id == *id);
            assert_eq!(found.map(|message| &message.content.text), Some(text), "message {} is lost", id.0);
        }
        if let Some(text) = acknowledged.growing {
            let found = kept.iter().find(|message| message.content.text.starts_with(&text));
            let found = found.unwrap_or_else(|| panic!("the reply {text:?} is lost"));
            assert_ne!(found.content.completeness, Completeness::Erased);
        }
        let head = store.head(companion).unwrap();
        let walked = head.map_or_else(Vec::new, |head| store.path_to(companion, head, usize::MAX).unwrap());
        assert_eq!(
            store.path_tail(companion, 100_000).unwrap(),
            walked,
            "the path is what leads to its head"
        );
    }
    assert!(all.len() > KILLS_EACH, "the children wrote {} messages only", all.len());
    KILLS_EACH
}

fn run_and_kill(path: &Path, random: &mut u64) -> Acknowledged {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::tests::kill::child", "--nocapture", "--test-threads=1"])
        .env(DATABASE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = Acknowledged::default();
    for _ in 0..next(random) % 10 {
        match lines.next() {
            Some(line) => said.take(&line.unwrap()),
            None => break,
        }
    }
    // Not to wait for anything: to be killed in the middle of whatever it is doing.
    thread::sleep(Duration::from_micros(next(random) % 3000));
    child.kill().unwrap();
    lines.for_each(|line| said.take(&line.unwrap()));
    child.wait().unwrap();
    said
}

impl Acknowledged {
    fn take(&mut self, line: &str) {
        // The test runner writes lines of its own, and may have begun this one.
        let Some((_, line)) = line.split_once('@') else { return };
        let mut words = line.splitn(3, ' ');
        let (kind, number, text) = (words.next(), words.next(), words.next());
        // A line that was cut short acknowledges nothing.
        let (Some(kind), Some(number), Some(text)) =
            (kind, number.and_then(|number| number.parse().ok()), text)
        else {
            return;
        };
        let Some(text) = text.strip_suffix('.') else { return };
        match kind {
            "said" => {
                self.growing = None;
                self.messages.push((MessageId(number), text.to_owned()));
            }
            "growing" => self.growing = Some(text.to_owned()),
            "deleting" => drop(self.deleting.insert(number)),
            _ => {}
        }
    }
}

fn next(random: &mut u64) -> u64 {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    *random
}

/// Not a test: what is killed.
#[test]
fn child() {
    let Some(path) = std::env::var_os(DATABASE) else { return };
    let path = Path::new(&path);
    let store = Store::open(path, open_or_create_key(path, None).unwrap()).unwrap();
    let companion = store.companions().unwrap()[0].id;
    for round in 0_u64.. {
        write(&store, companion, round);
    }
}

fn write(store: &Store, companion: CompanionId, round: u64) {
    let head = store.head(companion).unwrap();
    let text = |what: &str| {
        format!("{what} {round} of {} {}", std::process::id(), "word ".repeat(round as usize % 50))
    };
    let new = |parent, speaker, text: String| NewMessage::new(parent, speaker, text.trim_end(), time(0));
    let said = store.append(companion, new(head, Speaker::User, text("question"))).unwrap();
    tell("said", said.id.0, &said.content.text);
    let reply = store.begin_reply(companion, new(Some(said.id), Speaker::Companion, String::new())).unwrap();
    let whole = text("reply").trim_end().to_owned();
    let half = &whole[..whole.len() / 2];
    store.grow_reply(reply, half).unwrap();
    tell("growing", 0, half);
    let reply = store.finish_reply(reply, &whole, Completeness::Complete).unwrap();
    tell("said", reply.id.0, &reply.content.text);
    match round % 4 {
        1 => {
            let again = new(Some(said.id), Speaker::Companion, text("other reply"));
            let again = store.append(companion, again).unwrap();
            tell("said", again.id.0, &again.content.text);
            store.switch_to(companion, reply.id).unwrap();
        }
        3 => {
            tell("deleting", reply.id.0, "");
            store.delete_from(companion, reply.id).unwrap();
        }
        _ => {}
    }
}

fn tell(kind: &str, number: u64, text: &str) {
    let mut out = stdout().lock();
    writeln!(out, "@{kind} {number} {text}.").and_then(|()| out.flush()).unwrap();
}
