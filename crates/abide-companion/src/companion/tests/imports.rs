//! What came home from elsewhere: facts out of it, and what is told of it afterwards.

use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, mpsc};

use abide_generation::{Embedder, EmbeddingError, Embeddings};

use super::*;
use crate::history::{HistoryError, ImportEvent, ImportOptions, Observer, Progress, Source};
use crate::store::FactOrigin;
use crate::transcript::MessageId;

struct Nobody;

impl Observer for Nobody {
    fn event(&mut self, _event: ImportEvent) -> Result<(), HistoryError> {
        Ok(())
    }

    fn progress(&mut self, _progress: Progress) {}
}

const HISTORY: &str = r#"{"user_name":"Jo","character_name":"Mara","create_date":"2021-05-01@10h00m00s"}
{"name":"Jo","is_user":true,"send_date":"2021-05-01T10:00:00Z","mes":"I live in Brest. My sister is called Ilse."}
{"name":"Mara","is_user":false,"send_date":"2021-05-01T10:01:00Z","mes":"I live in the lighthouse."}
{"name":"Jo","is_user":true,"send_date":"2022-06-02T10:00:00Z","mes":"I moved. I live in Lyon now."}
not a line of it
"#;

fn bring(companion: &Companion, history: &str) -> crate::history::BroughtHome {
    let source = Source::bytes("chat.jsonl", history.as_bytes().to_vec());
    companion.bring_home(source, &ImportOptions::default(), &mut Nobody).unwrap()
}

fn would_bring(companion: &Companion, history: &str) -> crate::history::BroughtHome {
    let source = Source::bytes("chat.jsonl", history.as_bytes().to_vec());
    companion.would_bring_home(source, &ImportOptions::default(), &mut Nobody).unwrap()
}

#[test]
fn a_history_gives_facts_with_its_times_and_messages() {
    let world = World::new();
    let companion = world.mara();
    let home = bring(&companion, HISTORY);
    assert_eq!(home.added, 3);
    world.companions.flush();
    let facts = companion.facts(true).unwrap();
    let value = |predicate: &str| facts.iter().find(|fact| fact.content.predicate == predicate);
    let lyon = value("home").unwrap();
    assert_eq!(lyon.content.value, "Lyon");
    assert_eq!(lyon.content.origin, FactOrigin::Import);
    assert_eq!(lyon.content.valid_from, Some("2022-06-02T10:00:00Z".parse().unwrap()));
    assert_eq!(lyon.content.sources[0].message, home.last.unwrap());
    assert!(facts.iter().any(|fact| fact.content.value == "Ilse"));
    assert!(facts.iter().all(|fact| !fact.content.text.contains("lighthouse")), "{facts:?}");
    let brest =
        companion.facts(false).unwrap().into_iter().find(|fact| fact.content.value == "Brest").unwrap();
    assert_eq!(brest.content.valid_to, Some("2022-06-02T10:00:00Z".parse().unwrap()));
}

#[test]
fn what_is_newer_here_is_not_overruled_by_what_comes_home() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    say(&companion, &generator, "I live in Nantes.");
    bring(&companion, HISTORY);
    world.companions.flush();
    let homes = |current| -> Vec<String> {
        let facts = companion.facts(current).unwrap().into_iter();
        facts
            .filter(|fact| fact.content.predicate == "home" && (!current || fact.content.valid_to.is_none()))
            .map(|fact| fact.content.value)
            .collect()
    };
    assert_eq!(homes(true), ["Nantes"]);
    assert_eq!(homes(false).len(), 3);
}

#[test]
fn the_search_for_facts_goes_on_after_the_program_ended() {
    let world = World::new();
    let companion = world.mara();
    let lines: Vec<String> = (0..400)
        .map(|line| format!(r#"{{"name":"Jo","is_user":true,"send_date":"2021-05-01T10:00:00Z","mes":"I like plum jam number {line}x."}}"#))
        .collect();
    let head = HISTORY.lines().next().unwrap();
    bring(&companion, &format!("{head}\n{}\n", lines.join("\n")));
    drop(companion);
    let world = world.restart();
    world.companions.flush();
    let companion = world.companions.get("Mara").unwrap();
    assert_eq!(companion.facts(true).unwrap().len(), 400);
    let import = &companion.imports().unwrap()[0];
    assert_eq!((import.facts, import.searched), (400, true));
}

/// Tells of its first call, goes on when it may, and notes with which call a companion's facts are there.
struct Watching {
    calls: AtomicUsize,
    began: mpsc::Sender<()>,
    may_go_on: Mutex<mpsc::Receiver<Companion>>,
    watched: Mutex<Option<Companion>>,
    known_at: Arc<AtomicUsize>,
}

impl Embedder for Watching {
    fn id(&self) -> &'static str {
        "watching"
    }

    fn dimensions(&self) -> usize {
        1
    }

    fn tokens_max(&self) -> usize {
        256
    }

    fn embed(&self, texts: &[&str]) -> Result<Embeddings, EmbeddingError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        if call == 0 {
            self.began.send(()).unwrap();
            *self.watched.lock().unwrap() = Some(self.may_go_on.lock().unwrap().recv().unwrap());
        }
        let watched = self.watched.lock().unwrap();
        let is_known = watched.as_ref().is_some_and(|small| !small.facts(true).unwrap().is_empty());
        if is_known {
            self.known_at.fetch_min(call, Ordering::SeqCst);
        }
        Ok(Embeddings { vectors: vec![vec![1.0]; texts.len()], ..Embeddings::default() })
    }
}

#[test]
fn facts_do_not_wait_until_the_vectors_of_another_history_are_made() {
    let (began, begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let known_at = Arc::new(AtomicUsize::new(usize::MAX));
    let watching = Watching {
        calls: AtomicUsize::new(0),
        began,
        may_go_on: Mutex::new(may_go_on),
        watched: Mutex::default(),
        known_at: Arc::clone(&known_at),
    };
    let world = World::new();
    let large = world.companions.create_silent(&mara(), Some("Large")).unwrap();
    let small = world.companions.create_silent(&mara(), Some("Small")).unwrap();
    let line = r#"{"name":"Jo","is_user":true,"send_date":"2021-05-01T10:00:00Z","mes":"The rain number NUMBER fell."}"#;
    let lines: Vec<String> = (0..800).map(|number| line.replace("NUMBER", &number.to_string())).collect();
    bring(&large, &format!("{}\n{}\n", HISTORY.lines().next().unwrap(), lines.join("\n")));
    world.companions.flush();
    let embedder: Arc<dyn Embedder> = Arc::new(watching);
    world.companions.set_embedder(Some(embedder.into()));
    begun.recv().unwrap();
    bring(&small, HISTORY);
    go_on.send(small.clone()).unwrap();
    world.companions.flush();
    // Of some 100 calls.
    let known_at = known_at.load(Ordering::SeqCst);
    assert!(known_at < 16, "{known_at}");
    let id = small.id();
    assert_eq!(
        world.companions.store().messages_without_vector(id, "watching", MessageId(0), 9).unwrap().len(),
        0
    );
}

#[test]
fn a_report_stays_can_be_noted_and_goes_with_what_it_brought() {
    let world = World::new();
    let companion = world.mara();
    bring(&companion, HISTORY);
    world.companions.flush();
    let imports = companion.imports().unwrap();
    let [import] = imports.as_slice() else { panic!("{imports:?}") };
    assert_eq!((import.id, import.home.added, import.searched), (1, 3, true));
    assert_eq!(import.home.report.total.messages, 3);
    assert_eq!(import.home.report.doubts_total, 1);
    assert!(import.facts >= 2);
    companion.note_import(1, " May is missing ").unwrap();
    assert_eq!(companion.imports().unwrap()[0].note, "May is missing");
    assert!(companion.note_import(2, "x").is_err());
    // It goes along, and comes in with the companion.
    let mut archive = Vec::new();
    let options =
        crate::archive::ExportOptions { protection: crate::archive::Protection::Plain, vectors: false };
    companion.export(&mut archive, &options).unwrap();
    let other = World::new();
    let moved = other
        .companions
        .import(std::io::Cursor::new(archive), None, &crate::archive::ImportOptions::default())
        .unwrap();
    assert_eq!(moved.imports().unwrap()[0].note, "May is missing");
    let gone = companion.forget_import(1).unwrap();
    assert_eq!(gone.messages.len(), 3);
    assert!(companion.facts(false).unwrap().is_empty());
    let left = &companion.imports().unwrap()[0];
    assert!(left.home.report.doubts.is_empty() && left.home.report.conversations.is_empty());
    assert_eq!((left.home.added, left.facts), (3, 0));
    // It does not come in again.
    assert_eq!(bring(&companion, HISTORY).deleted_before, 3);
}

/// Brings another history home while one is being written.
struct Another<'a> {
    companion: &'a Companion,
    done: bool,
}

impl Observer for Another<'_> {
    fn event(&mut self, _event: ImportEvent) -> Result<(), HistoryError> {
        Ok(())
    }

    fn progress(&mut self, _progress: Progress) {
        if !self.done && self.companion.length().unwrap() > 1 {
            self.done = true;
            bring(self.companion, HISTORY);
        }
    }
}

#[test]
fn of_imports_at_the_same_time_each_takes_its_own_along() {
    let world = World::new();
    let companion = world.mara();
    let line = r#"{"name":"Jo","is_user":true,"send_date":"2020-05-01T10:00:00Z","mes":"The rain number NUMBER fell."}"#;
    let lines: Vec<String> = (0..1_200).map(|number| line.replace("NUMBER", &number.to_string())).collect();
    let long = format!("{}\n{}\n", HISTORY.lines().next().unwrap().replace("10h", "09h"), lines.join("\n"));
    let source = Source::bytes("long.jsonl", long.clone().into_bytes());
    let mut another = Another { companion: &companion, done: false };
    let home = companion.bring_home(source, &ImportOptions::default(), &mut another).unwrap();
    assert_eq!((home.added, home.added_in().len()), (1_200, 2));
    world.companions.flush();
    let imports = companion.imports().unwrap();
    assert_eq!(imports.len(), 2);
    let (long, short) = (&imports[0], &imports[1]);
    assert_eq!((long.home.added, short.home.added), (1_200, 3));
    assert!(!long.home.unfinished && short.facts >= 2);
    assert_eq!(long.facts, 0);
    companion.note_import(1, "the rain").unwrap();
    let gone = companion.forget_import(1).unwrap();
    assert_eq!(gone.messages.len(), 1_200);
    let imports = companion.imports().unwrap();
    assert_eq!((imports[0].forgotten, imports[1].forgotten), (true, false));
    assert_eq!((imports[0].note.as_str(), imports[1].facts), ("the rain", short.facts));
    assert_eq!(companion.forget_import(2).unwrap().messages.len(), 3);
}

#[test]
fn a_report_of_an_earlier_version_knows_its_messages() {
    let world = World::new();
    let companion = world.mara();
    bring(&companion, HISTORY);
    let older = serde_json::json!({ "stretches": null, "unfinished": null });
    companion.shared.store.change_import(companion.id(), 1, &older).unwrap();
    assert_eq!(companion.forget_import(1).unwrap().messages.len(), 3);
}

#[test]
fn a_history_that_comes_home_later_is_not_the_last_talk() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model("Aye.");
    say(&companion, &generator, "The harbour froze over.");
    let home = bring(&companion, HISTORY);
    world.later(2);
    say(&companion, &generator, "I am back.");
    let prompt = last_prompt(&model);
    assert!(prompt.contains("The last talk was two days ago."), "{prompt}");
    let at = |words: &str| prompt.rfind(words).unwrap_or_else(|| panic!("{words} in {prompt}"));
    assert!(at("I moved. I live in Lyon now.") < at("The harbour froze over."), "{prompt}");
    assert!(at("The harbour froze over.") < at("I am back."));
    // What was remembered before it came knows of it, too.
    let memories = companion.shared.memories.of(companion.id());
    let memories = memories.lock().unwrap();
    for id in [home.first.unwrap(), home.last.unwrap(), MessageId(1)] {
        assert!(memories.path.contains(id), "{id:?}");
    }
}

#[test]
fn one_who_is_made_for_a_history_begins_with_it() {
    let world = World::new();
    let companion = world.companions.create_silent(&mara(), None).unwrap();
    assert_eq!(companion.length().unwrap(), 0);
    bring(&companion, HISTORY);
    assert_eq!(companion.recent(9).unwrap()[0].content.text, "I live in Brest. My sister is called Ilse.");
    assert_eq!(companion.last_talk().unwrap(), Some("2022-06-02T10:00:00Z".parse().unwrap()));
}

#[test]
fn the_users_own_name_comes_home_where_nobody_said_it() {
    const CHAT: &str = concat!(
        r#"{"user_name": "Bea", "character_name": "Milo"}"#,
        "\n",
        r#"{"name": "Bea", "is_user": true, "send_date": 1700000000000, "mes": "morning"}"#,
        "\n",
        r#"{"name": "Milo", "is_user": false, "send_date": 1700000001000, "mes": "Morning, Bea!"}"#,
    );
    let world = World::new();
    let milo = Persona { name: "Milo".to_owned(), ..Persona::default() };
    let companion = world.companions.create_silent(&milo, None).unwrap();
    let look = would_bring(&companion, CHAT);
    assert_eq!((look.added, look.already_there, companion.length().unwrap()), (2, 0, 0));
    assert_eq!(companion.settings().unwrap().user_name, None);
    let home = bring(&companion, CHAT);
    assert_eq!((home.added, home.user_name.as_deref()), (2, Some("Bea")));
    let (model, generator) = model("Aye.");
    say(&companion, &generator, "What is my name?");
    let prompt = last_prompt(&model);
    assert!(prompt.contains("Bea") && !prompt.contains("the user"), "{prompt}");
    // The same again is nothing new, and what the user chose stays.
    let look = would_bring(&companion, CHAT);
    assert_eq!((look.added, look.already_there), (0, 2));
    let other = world.companions.create_silent(&milo, Some("Other")).unwrap();
    let chosen = other.change_settings(|settings| Ok(settings.user_name.replace("Ada".to_owned())));
    assert_eq!(chosen.unwrap(), None);
    assert_eq!(bring(&other, CHAT).user_name, None);
    other.forget_import(1).unwrap();
    assert_eq!(other.settings().unwrap().user_name.as_deref(), Some("Ada"));
    // What an import told goes with it.
    companion.forget_import(1).unwrap();
    assert_eq!(companion.settings().unwrap().user_name, None);
    assert_eq!(companion.imports().unwrap()[0].home.user_name, None);
    assert!(companion.recent(9).unwrap().iter().all(|message| message.content.name.is_none()));
}
