//! Reads and opens the blocks that a prompt wants, on threads of its own. Knows nothing of the cache that they go into.

use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::error::SavedCacheError;
use super::file::PartReader;
use super::folder;
use super::format::Description;
use super::index::{Found, Index};

/// Threads that open one prompt's files: a cipher takes longer than a disk.
const THREADS: usize = 2;
/// Blocks that wait to be taken.
const WAITING_MAX: usize = 8;

/// Files that are being read. Dropping it ends that.
pub(crate) struct Loader {
    blocks: Receiver<Result<Block, SavedCacheError>>,
    missing: usize,
}

/// A block's contents.
pub(crate) struct Block {
    pub(crate) group: usize,
    /// Its index in the sequence.
    pub(crate) index: usize,
    pub(crate) bytes: Vec<u8>,
}

/// What a loader has to say.
pub(crate) enum Loaded {
    /// This arrived.
    Block(Block),
    /// Nothing yet; whoever waits is woken when there is.
    Nothing,
    /// All arrived.
    Done,
    /// Some won't arrive. The file that is to blame is left aside from now on.
    Failed,
}

/// Something that wakes who waits for blocks.
pub(crate) trait Wake: Fn() + Send + Sync {}

impl<F: Fn() + Send + Sync> Wake for F {}

impl Loader {
    /// Begins to read what `found` holds of the blocks that each group misses, and to wake after each.
    pub(crate) fn start(
        index: &Arc<Mutex<Index>>,
        found: &Found,
        missing: &[Range<usize>],
        wake: &Arc<dyn Wake>,
    ) -> Self {
        let (sender, blocks) = sync_channel(WAITING_MAX);
        for thread in 0..THREADS.min(found.parts.len()) {
            let parts = found.parts.iter().enumerate().filter(|(number, _)| number % THREADS == thread);
            let reading = Reading {
                index: Arc::clone(index),
                // The first file is the last to be thrown away.
                parts: parts.map(|(number, part)| (Arc::clone(part), back(number))).collect(),
                missing: missing.to_vec(),
                sender: sender.clone(),
                wake: Arc::clone(wake),
            };
            let spawned =
                std::thread::Builder::new().name("abide-cache-read".into()).spawn(move || reading.run());
            if let Err(error) = spawned {
                // Its part of the blocks won't arrive, which is noticed at the end.
                tracing::warn!(%error, "no thread to read saved caches");
            }
        }
        Self { blocks, missing: missing.iter().map(ExactSizeIterator::len).sum() }
    }

    /// What arrived.
    pub(crate) fn next(&mut self) -> Loaded {
        if self.missing == 0 {
            return Loaded::Done;
        }
        match self.blocks.try_recv() {
            Ok(Ok(block)) => {
                self.missing -= 1;
                Loaded::Block(block)
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "a saved cache is not used");
                Loaded::Failed
            }
            Err(TryRecvError::Empty) => Loaded::Nothing,
            Err(TryRecvError::Disconnected) => {
                tracing::warn!("a saved cache is not used: it lacks blocks");
                Loaded::Failed
            }
        }
    }
}

/// How long before now a conversation's file counts as used, so that its beginning is deleted last.
pub(super) fn back(number: usize) -> Duration {
    Duration::from_millis(number as u64)
}

/// What one thread reads.
struct Reading {
    index: Arc<Mutex<Index>>,
    parts: Vec<(Arc<Description>, Duration)>,
    missing: Vec<Range<usize>>,
    sender: SyncSender<Result<Block, SavedCacheError>>,
    wake: Arc<dyn Wake>,
}

impl Reading {
    fn run(self) {
        for (part, back) in &self.parts {
            if let Err(error) = self.read(part, *back) {
                self.discard(part, &error);
                let _ = self.sender.send(Err(error));
                break;
            }
        }
        let wake = Arc::clone(&self.wake);
        // Before the last waking: it shows that there is no more.
        drop(self);
        wake();
    }

    /// Leaves a file aside from now on, and deletes it if it is of no use to anyone. As long as the index is locked, nobody
    /// plans to write another one of its name.
    fn discard(&self, part: &Arc<Description>, error: &SavedCacheError) {
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        if index.discard(part)
            && error.is_useless()
            && let Err(error) = folder::delete(&index.path(part.name(index.keys())))
        {
            tracing::warn!(%error, "a damaged saved cache stays");
        }
    }

    fn read(&self, part: &Description, back: Duration) -> Result<(), SavedCacheError> {
        let (path, keys) = {
            let index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
            (index.path(part.name(index.keys())), Arc::clone(index.keys()))
        };
        let mut reader = PartReader::open(&path, &keys)?;
        if let Err(mismatch) = reader.description().check(part) {
            return Err(SavedCacheError::Mismatch { path, mismatch });
        }
        let wanted = |group: usize, index: usize| {
            self.missing.get(group).is_some_and(|missing| missing.contains(&index))
        };
        reader.blocks(wanted, |group, index, bytes| {
            let taken = self.sender.send(Ok(Block { group, index, bytes })).is_ok();
            (self.wake)();
            taken
        })?;
        folder::touch(&path, back);
        Ok(())
    }
}
