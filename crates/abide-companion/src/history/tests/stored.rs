//! Histories in a companion's transcript.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::json;
use tempfile::TempDir;

use super::{
    shapes::{CHATGPT, SILLYTAVERN},
    *,
};
use crate::{
    archive,
    keys::DatabaseKey,
    spool::SpoolWriter,
    store::{CompanionId, Store},
    transcript::{MessageId, NewMessage, Origin},
};

struct Home {
    _folder: TempDir,
    store: Store,
    companion: CompanionId,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = DatabaseKey::random().unwrap();
        let store = Store::open(&folder.path().join("companions.db"), key).unwrap();
        let companion = store.create_companion("Mira", &json!({})).unwrap().id;
        Self { _folder: folder, store, companion }
    }

    fn bring(&self, text: &str) -> BroughtHome {
        self.try_bring(Source::bytes("x", text.as_bytes().to_vec()), &options(), &mut |_| Ok(())).unwrap()
    }

    fn try_bring(
        &self,
        source: Source,
        options: &ImportOptions,
        observer: &mut dyn Observer,
    ) -> Result<BroughtHome, HistoryError> {
        into_store(source, options, &self.store, self.companion, observer)
    }

    /// Something that is said here.
    fn say(&self, text: &str, time: &str) -> MessageId {
        let head = self.store.head(self.companion).unwrap();
        let new = NewMessage::new(head, Speaker::User, text, time.parse().unwrap());
        self.store.append(self.companion, new).unwrap().id
    }

    fn path(&self) -> Vec<String> {
        let path = self.store.path_tail(self.companion, 100_000).unwrap();
        path.into_iter().map(|message| message.content.text).collect()
    }
}

/// A conversation of ChatGPT's of so many messages.
fn conversation(id: &str, started: u64, count: u64) -> String {
    let nodes: Vec<String> = (0..count)
        .map(|index| {
            let role = if index % 2 == 0 { "user" } else { "assistant" };
            let parent = if index == 0 { "null".to_owned() } else { format!("\"{id}-{}\"", index - 1) };
            format!(
                r#""{id}-{index}": {{"parent": {parent}, "message": {{"author": {{"role": "{role}"}}, "create_time": {},
                "content": {{"content_type": "text", "parts": ["{id} says {index}"]}}}}}}"#,
                started + index
            )
        })
        .collect();
    format!(
        r#"{{"id": "{id}", "title": "{id}", "create_time": {started}, "current_node": "{id}-{}", "mapping": {{{}}}}}"#,
        count - 1,
        nodes.join(",")
    )
}

#[test]
fn conversations_become_one_in_the_order_of_time() {
    let home = Home::new();
    let newest_first = format!("[{},{}]", conversation("late", 2_000, 3), conversation("early", 1_000, 2));
    let brought = home.bring(&newest_first);
    assert_eq!((brought.added, brought.passes), (5, 2));
    assert_eq!(home.path(), ["early says 0", "early says 1", "late says 0", "late says 1", "late says 2"]);
    let first = home.store.message(home.companion, brought.first.unwrap()).unwrap();
    assert_eq!(first.content.time.as_second(), 1_000);
    let Origin::Import(origin) = first.content.origin else { panic!("it was imported") };
    assert!(origin.starts_with("chatgpt/"), "{origin}");
    let record = &home.store.imports(home.companion).unwrap()[0].report;
    assert_eq!(record["added"], 5);
    assert_eq!(record["report"]["total"]["messages"], 5);
}

#[test]
fn who_watches_hears_each_message_once_however_often_it_is_read() {
    let text = format!("[{},{}]", conversation("late", 2_000, 3), conversation("early", 1_000, 2));
    let bytes = text.clone().into_bytes();
    let read_once = Source::Reader {
        name: "x".to_owned(),
        bytes_total: Some(bytes.len() as u64),
        reader: Box::new(std::io::Cursor::new(bytes)),
    };
    for source in [Source::bytes("x", text.clone().into_bytes()), read_once] {
        let mut heard = Vec::new();
        let mut observer = |event: ImportEvent| {
            match event {
                ImportEvent::Conversation(conversation) => heard.push(conversation.title),
                ImportEvent::Message(message) => heard.push(message.text),
                ImportEvent::Doubt(_) => {}
            }
            Ok(())
        };
        let home = Home::new();
        assert_eq!(home.try_bring(source, &options(), &mut observer).unwrap().added, 5);
        let expected =
            ["late", "late says 0", "late says 1", "late says 2", "early", "early says 0", "early says 1"];
        assert_eq!(heard, expected);
    }
}

#[test]
fn branches_stand_beside_the_path() {
    let home = Home::new();
    home.bring(CHATGPT);
    assert_eq!(home.path(), ["[picture: rose.jpg]\nWhat is this?", "A rose.", "Thank you!"]);
    assert_eq!(home.store.message_count(home.companion).unwrap(), 5);
    let first = home.store.path_tail(home.companion, 10).unwrap()[0].id;
    assert_eq!(home.store.children(home.companion, Some(first)).unwrap().len(), 2);
    let brought = home.bring(SILLYTAVERN);
    assert_eq!(brought.added, 5);
    assert_eq!(home.path().len(), 7);
}

#[test]
fn the_same_again_doubles_nothing_and_a_newer_export_adds_what_is_new() {
    let home = Home::new();
    let old = format!("[{},{}]", conversation("a", 1_000, 3), conversation("b", 2_000, 2));
    home.bring(&old);
    let again = home.bring(&old);
    assert_eq!((again.added, again.already_there), (0, 5));
    home.say("here", "2024-05-15T18:00:00Z");
    let newer = format!("[{},{}]", conversation("a", 1_000, 4), conversation("b", 2_000, 2));
    let newer = home.bring(&newer);
    assert_eq!((newer.added, newer.already_there), (1, 5));
    assert_eq!(home.path(), ["a says 0", "a says 1", "a says 2", "a says 3", "b says 0", "b says 1", "here"]);
    for text in [SILLYTAVERN, "You: hi\nMira: hi\nYou: hi\nMira: hi\n"] {
        let first = home.bring(text);
        let second = home.bring(text);
        assert_eq!((second.added, second.already_there), (0, first.added), "{text}");
    }
}

/// A conversation of ChatGPT's: each message with what it follows, the last one shown last.
fn tree(messages: &[(&str, &str)]) -> String {
    let nodes: Vec<String> = messages
        .iter()
        .zip(1..)
        .map(|((text, parent), time)| {
            let role = if text.starts_with('q') { "user" } else { "assistant" };
            let parent = if parent.is_empty() { "null".to_owned() } else { format!("\"{parent}\"") };
            format!(
                r#""{text}": {{"parent": {parent}, "message": {{"author": {{"role": "{role}"}}, "create_time": {},
                "content": {{"content_type": "text", "parts": ["{text}"]}}}}}}"#,
                1_700_000_000 + time
            )
        })
        .collect();
    let last = messages.last().unwrap().0;
    format!(
        r#"[{{"id": "t", "title": "t", "create_time": 1700000000, "current_node": "{last}", "mapping": {{{}}}}}]"#,
        nodes.join(",")
    )
}

const FIRST: [(&str, &str); 4] = [("q1", ""), ("a1", "q1"), ("q2", "a1"), ("a2", "q2")];

#[test]
fn a_branch_of_a_newer_export_stands_where_it_stood() {
    let edited = [&FIRST[..], &[("q2x", "a1"), ("a2x", "q2x")]].concat();
    let regenerated = [&FIRST[..], &[("a2y", "q2"), ("q3", "a2y")]].concat();
    let begun_anew = [&FIRST[..], &[("q1x", ""), ("a1x", "q1x")]].concat();
    for newer in [edited, regenerated, begun_anew] {
        let fresh = Home::new();
        fresh.bring(&tree(&newer));
        let home = Home::new();
        home.bring(&tree(&FIRST));
        let brought = home.bring(&tree(&newer));
        assert_eq!((brought.added, brought.already_there), (2, 4));
        assert_eq!(home.path(), fresh.path(), "{newer:?}");
        let again = home.bring(&tree(&newer));
        assert_eq!((again.added, again.already_there), (0, 6), "{newer:?}");
        home.store.check().unwrap();
        // The same where the two talked on.
        let home = Home::new();
        home.bring(&tree(&FIRST));
        home.say("here", "2024-05-15T18:00:00Z");
        home.bring(&tree(&newer));
        assert_eq!(home.path(), [&fresh.path()[..], &["here".to_owned()]].concat(), "{newer:?}");
        assert_eq!(home.bring(&tree(&newer)).added, 0);
    }
}

#[test]
fn a_branch_stays_beside_where_something_else_stands_between() {
    let home = Home::new();
    home.bring(&tree(&FIRST));
    home.say("here", "2023-11-15T00:00:00Z");
    let later = tree(&[&FIRST[..], &[("q3", "a2")]].concat()).replace("1700000005", "1710000000");
    home.bring(&later);
    let path = ["q1", "a1", "q2", "a2", "here", "q3"];
    assert_eq!(home.path(), path);
    let edited = [&FIRST[..], &[("q3", "a2"), ("q2x", "a1")]].concat();
    let brought = home.bring(&tree(&edited).replace("1700000005", "1710000000"));
    assert_eq!((brought.added, brought.already_there), (1, 5));
    assert_eq!(home.path(), path);
}

#[test]
fn history_comes_before_what_was_said_later() {
    let home = Home::new();
    // Two wordings of a greeting, which go together.
    let first = home.say("greeting", "2024-05-15T17:00:00Z");
    let other =
        NewMessage::new(None, Speaker::Companion, "other greeting", "2024-05-15T17:00:00Z".parse().unwrap());
    home.store.append_aside(home.companion, other).unwrap();
    let window = home.store.open_window(home.companion, None).unwrap();
    home.say("here", "2024-05-15T18:00:00Z");
    home.bring(&format!("[{}]", conversation("b", 2_000_000, 2)));
    home.bring(&format!("[{}]", conversation("a", 1_000_000, 2)));
    home.bring(&format!("[{}]", conversation("new", 1_800_000_000, 2)));
    let expected =
        ["a says 0", "a says 1", "b says 0", "b says 1", "greeting", "here", "new says 0", "new says 1"];
    assert_eq!(home.path(), expected);
    assert_eq!(home.store.siblings(home.companion, first).unwrap().ids.len(), 2);
    assert_eq!(home.store.windows(home.companion).unwrap()[0], window);
    let path = home.store.path_tail(home.companion, 10).unwrap();
    let sittings: Vec<u64> = path.iter().map(|message| message.sitting).collect();
    assert_eq!(sittings, [1, 1, 2, 2, 3, 3, 4, 4]);
    for (id, position) in [(first, 5), (path[7].id, 8)] {
        assert_eq!(home.store.path_position(home.companion, id).unwrap(), Some(position));
    }
    home.store.go_back_to(home.companion, Some(first)).unwrap();
    assert_eq!(home.path().len(), 5);
    home.store.switch_to(home.companion, path[7].id).unwrap();
    assert_eq!(home.path(), expected);
    home.store.check().unwrap();
}

#[test]
fn history_without_times_comes_before_what_was_said_here() {
    let home = Home::new();
    home.say("here", "2024-05-15T17:00:00Z");
    home.bring("You: hi\nMira: hello\n");
    assert_eq!(home.path(), ["hi", "hello", "here"]);
    let now = "2024-05-15T18:00:00Z".parse().unwrap();
    let last = home.store.newest_time(home.companion, None, now).unwrap();
    assert_eq!(last, Some("2024-05-15T17:00:00Z".parse().unwrap()));
}

#[test]
fn what_is_said_while_a_history_comes_in_stays_the_newest() {
    let home = Home::new();
    home.say("before", "2024-05-15T17:00:00Z");
    let text = format!("[{}]", conversation("a", 1_800_000_000, 2_500));
    let source = Source::bytes("x", text.into_bytes());
    let mut said = false;
    let mut observer = Talking { home: &home, said: &mut said };
    home.try_bring(source, &options(), &mut observer).unwrap();
    assert!(said);
    let path = home.path();
    assert_eq!((path.len(), path[0].as_str(), path[1].as_str()), (2_502, "before", "a says 0"));
    assert_eq!(path[2_501], "meanwhile");
}

/// Says something at the first doubtless moment of the reading that writes.
struct Talking<'h> {
    home: &'h Home,
    said: &'h mut bool,
}

impl Observer for Talking<'_> {
    fn event(&mut self, _event: ImportEvent) -> Result<(), HistoryError> {
        Ok(())
    }

    fn progress(&mut self, _progress: Progress) {
        if !*self.said {
            *self.said = true;
            self.home.say("meanwhile", "2027-05-15T18:00:00Z");
        }
    }
}

#[test]
fn what_follows_an_erased_message_is_known_again() {
    let home = Home::new();
    let text = tree(&FIRST);
    home.bring(&text);
    let second = home.store.path_tail(home.companion, 3).unwrap()[0].id;
    home.store.erase_messages(home.companion, &[second]).unwrap();
    let again = home.bring(&text);
    assert_eq!((again.added, again.already_there, again.deleted_before), (0, 3, 1));
    let more = tree(&[&FIRST[..], &[("a1x", "q1")]].concat());
    assert_eq!(home.bring(&more).added, 1);
    assert_eq!(home.bring(&more).added, 0);
}

#[test]
fn an_archive_of_woven_messages_imports_as_the_same() {
    let home = Home::new();
    home.say("here", "2024-05-15T17:00:00Z");
    home.bring(&tree(&FIRST));
    let expected = home.path();
    let write = |store: &Store, companion| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let options = archive::ExportOptions { protection: archive::Protection::Plain, vectors: false };
        archive::export(store, companion, &mut bytes, &options).unwrap();
        bytes.into_inner()
    };
    let bytes = write(&home.store, home.companion);
    let other = Home::new();
    other.store.delete_companion(other.companion).unwrap();
    let options = archive::ImportOptions::default();
    let taken = archive::import(&other.store, std::io::Cursor::new(&bytes), None, &options).unwrap();
    assert_eq!(write(&other.store, taken.id), bytes);
    let path = |store: &Store, companion| store.path_tail(companion, 100).unwrap();
    assert_eq!(path(&other.store, taken.id), path(&home.store, home.companion));
    assert_eq!(expected.len(), 5);
}

#[test]
fn what_was_deleted_stays_deleted() {
    let home = Home::new();
    let text = format!("[{}]", conversation("a", 1_000, 4));
    let brought = home.bring(&text);
    home.store.delete_from(home.companion, brought.last.unwrap()).unwrap();
    let again = home.bring(&text);
    assert_eq!((again.added, again.already_there, again.deleted_before), (0, 3, 1));
}

#[test]
fn what_came_in_sealed_is_read_as_often_as_its_order_asks_for() {
    // The newest conversation first, as in life: it takes two readings.
    let text = format!("[{},{}]", conversation("b", 9_000, 40), conversation("a", 1_000, 40));
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("conversations.json", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(text.as_bytes()).unwrap();
    let archive = archive.finish().unwrap().into_inner();
    let plain = Home::new();
    plain.bring(&text);
    for bytes in [text.into_bytes(), archive] {
        let mut writer = SpoolWriter::new().unwrap();
        writer.write_all(&bytes).unwrap();
        let spool = writer.finish().unwrap();
        let source = Source::Spool { name: "x".to_owned(), spool, bytes: bytes.len() as u64 };
        let home = Home::new();
        let brought = home.try_bring(source, &options(), &mut |_| Ok(())).unwrap();
        assert_eq!((brought.added, brought.passes), (80, 2));
        assert_eq!(home.path(), plain.path());
    }
}

#[test]
fn an_import_that_was_cut_short_goes_on() {
    let home = Home::new();
    let text = format!("[{},{}]", conversation("a", 1_000, 2_500), conversation("b", 9_000, 2_500));
    let source = || Source::bytes("x", text.clone().into_bytes());
    let flag = Arc::new(AtomicBool::new(false));
    let mut stopping = Stopping { flag: flag.clone(), last: 0 };
    let stopped = home.try_bring(source(), &ImportOptions { cancel: Some(flag), ..options() }, &mut stopping);
    assert!(matches!(stopped, Err(HistoryError::Cancelled { .. })), "{stopped:?}");
    let kept = home.store.message_count(home.companion).unwrap();
    assert!(kept > 0 && kept < 5_000, "{kept}");
    assert_eq!(home.path().len() as u64, kept);
    // What came is known, and so is that it is not all.
    let reports = home.store.imports(home.companion).unwrap();
    let [report] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!((&report.report["added"], &report.report["unfinished"]), (&json!(kept), &json!(true)));
    assert_eq!(report.report["stretches"], json!([[1, kept]]));
    assert_eq!(report.report["report"]["total"]["messages"], 5_000);
    let rest = home.bring(&text);
    assert_eq!((rest.added, rest.already_there), (5_000 - kept, kept));
    assert_eq!(rest.added_in(), [(MessageId(kept + 1), MessageId(5_000))]);
    let reports = home.store.imports(home.companion).unwrap();
    assert_eq!((reports.len(), &reports[1].report["unfinished"]), (2, &json!(false)));
    let path = home.path();
    assert_eq!((path.len(), path[2_499].as_str(), path[2_500].as_str()), (5_000, "a says 2499", "b says 0"));
    home.store.check().unwrap();
}

/// Raises the flag in the second reading, the one that writes.
struct Stopping {
    flag: Arc<AtomicBool>,
    last: u64,
}

impl Observer for Stopping {
    fn event(&mut self, _event: ImportEvent) -> Result<(), HistoryError> {
        Ok(())
    }

    fn progress(&mut self, progress: Progress) {
        if progress.bytes_read < self.last {
            self.flag.store(true, Ordering::Relaxed);
        }
        self.last = progress.bytes_read;
    }
}
