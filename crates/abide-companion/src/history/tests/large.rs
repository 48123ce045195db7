//! Files of any size pass through bounded memory: they are made while they are read.

use std::{
    io::Result as IoResult,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use super::*;

/// An endless reader of records that are made on the way.
struct Made {
    head: &'static str,
    record: fn(u64) -> String,
    tail: &'static str,
    bytes_left: u64,
    next: u64,
    ready: std::io::Cursor<Vec<u8>>,
    /// The most that was ready at once.
    held_max: Arc<AtomicUsize>,
}

impl std::io::Read for Made {
    fn read(&mut self, buffer: &mut [u8]) -> IoResult<usize> {
        let read = self.ready.read(buffer)?;
        if read > 0 {
            return Ok(read);
        }
        let piece = if self.next == 0 {
            self.head.to_owned()
        } else if self.bytes_left > 0 {
            (self.record)(self.next)
        } else if self.tail.is_empty() {
            return Ok(0);
        } else {
            std::mem::take(&mut self.tail).to_owned()
        };
        self.next += 1;
        self.bytes_left = self.bytes_left.saturating_sub(piece.len() as u64);
        self.held_max.fetch_max(piece.len(), Ordering::Relaxed);
        self.ready = std::io::Cursor::new(piece.into_bytes());
        self.ready.read(buffer)
    }
}

fn chatgpt_record(number: u64) -> String {
    let comma = if number == 1 { "" } else { "," };
    let words = "word ".repeat(2_000);
    format!(
        r#"{comma}{{"id":"c{number}","title":"t","create_time":{number},"current_node":"b","mapping":{{
        "a":{{"parent":null,"message":{{"author":{{"role":"user"}},"content":{{"parts":["{words}"]}}}}}},
        "b":{{"parent":"a","message":{{"author":{{"role":"assistant"}},"content":{{"parts":["{words}"]}}}}}}}}}}"#
    )
}

/// Counts, and keeps nothing.
#[derive(Default)]
struct Counting {
    messages: u64,
    text_bytes: u64,
    progress: Vec<u64>,
    cancel_after: Option<(u64, Arc<AtomicBool>)>,
}

impl Observer for Counting {
    fn event(&mut self, event: ImportEvent) -> Result<(), HistoryError> {
        if let ImportEvent::Message(message) = event {
            self.messages += 1;
            self.text_bytes += message.text.len() as u64;
        }
        Ok(())
    }

    fn progress(&mut self, progress: Progress) {
        assert!(progress.bytes_read <= progress.bytes_total);
        if self.progress.last().is_none_or(|last| progress.bytes_read >= last + (1 << 20)) {
            self.progress.push(progress.bytes_read);
        }
        if let Some((after, flag)) = &self.cancel_after
            && progress.bytes_read >= *after
        {
            flag.store(true, Ordering::Relaxed);
        }
    }
}

fn made(bytes: u64) -> (Source, Arc<AtomicUsize>) {
    let held_max = Arc::new(AtomicUsize::new(0));
    let reader = Made {
        head: "[",
        record: chatgpt_record,
        tail: "]",
        bytes_left: bytes,
        next: 0,
        ready: std::io::Cursor::default(),
        held_max: held_max.clone(),
    };
    (Source::Reader { name: "made".to_owned(), reader: Box::new(reader), bytes_total: Some(bytes) }, held_max)
}

/// Set `ABIDE_TEST_HISTORY_BYTES` for more, e.g. 1000000000.
fn size() -> u64 {
    std::env::var("ABIDE_TEST_HISTORY_BYTES").ok().and_then(|bytes| bytes.parse().ok()).unwrap_or(8 << 20)
}

#[test]
fn a_large_export_streams() {
    let (source, held_max) = made(size());
    let options = ImportOptions { record_bytes_max: 64 << 10, ..options() };
    let mut counting = Counting::default();
    let report = import(source, &options, &mut counting).unwrap();
    // Each record had to fit into the limit of 64 KiB, and nothing else is kept of them but counts.
    assert!(held_max.load(Ordering::Relaxed) < 64 << 10);
    assert_eq!(report.doubts_total, 0);
    assert_eq!(counting.messages, 2 * report.total.conversations);
    assert!(report.bytes_read >= size() && counting.text_bytes > size() * 9 / 10);
    assert_eq!(report.conversations.len() as u64 + report.conversations_unlisted, report.total.conversations);
    assert!(report.conversations.len() <= CONVERSATIONS_MAX);
    assert!(counting.progress.len() >= 5, "progress is told on the way");
}

#[test]
fn a_raised_flag_ends_it_in_the_middle() {
    let (source, _) = made(8 << 20);
    let flag = Arc::new(AtomicBool::new(false));
    let options = ImportOptions { cancel: Some(flag.clone()), ..options() };
    let mut counting = Counting { cancel_after: Some((1 << 20, flag)), ..Counting::default() };
    let ended = import(source, &options, &mut counting);
    let Err(HistoryError::Cancelled { bytes_read }) = ended else { panic!("it went on: {ended:?}") };
    assert!((1 << 20..2 << 20).contains(&bytes_read), "{bytes_read}");
    assert!(counting.messages > 0);
}
