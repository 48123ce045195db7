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
    keys::DatabaseKey,
    spool::SpoolWriter,
    store::{CompanionId, Store},
    transcript::{NewMessage, Origin},
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
    home.store
        .append(
            home.companion,
            NewMessage::new(
                home.store.head(home.companion).unwrap(),
                Speaker::User,
                "here",
                Timestamp::now(),
            ),
        )
        .unwrap();
    let newer = format!("[{},{}]", conversation("a", 1_000, 4), conversation("b", 2_000, 2));
    let newer = home.bring(&newer);
    assert_eq!((newer.added, newer.already_there), (1, 5));
    assert_eq!(home.path(), ["a says 0", "a says 1", "a says 2", "b says 0", "b says 1", "here", "a says 3"]);
    for text in [SILLYTAVERN, "You: hi\nMira: hi\nYou: hi\nMira: hi\n"] {
        let first = home.bring(text);
        let second = home.bring(text);
        assert_eq!((second.added, second.already_there), (0, first.added), "{text}");
    }
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
    let rest = home.bring(&text);
    assert_eq!((rest.added, rest.already_there), (5_000 - kept, kept));
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
