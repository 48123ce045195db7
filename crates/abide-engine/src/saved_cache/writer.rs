//! The thread that writes files, one after another, from blocks that were copied for it. Knows nothing of the cache
//! that they come from.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::KeyWatch;
use super::error::SavedCacheError;
use super::file::PartWriter;
use super::folder::{self, Cleared};
use super::index::{Index, Plan};
use super::key::Name;
use super::loader::{Wake, back};

/// Blocks that wait to be written.
const WAITING_MAX: usize = 4;

/// What the thread is asked for.
pub(crate) enum Job {
    /// Begin a file; an unfinished one is dropped.
    Begin(Plan),
    /// The next block of the file.
    Block(Vec<u8>),
    /// These files, first to last, were used just now.
    Used(Vec<Name>),
    /// These files are of no more use if the one that takes their place was written.
    Supersede {
        /// What is to be deleted.
        names: Vec<Name>,
        /// What holds the same and more.
        by: Name,
    },
    /// Delete all that is saved.
    Forget(Sender<Result<Cleared, SavedCacheError>>),
}

/// The thread's other end. Dropping it waits until what was handed over is written.
pub(crate) struct Writer {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
    hurry: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread. It wakes after each job that it has done.
    pub(crate) fn start(
        index: Arc<Mutex<Index>>,
        folder: PathBuf,
        bytes_max: u64,
        watch: Option<KeyWatch>,
        wake: Arc<dyn Wake>,
    ) -> Result<Self, SavedCacheError> {
        let (jobs, receiver) = sync_channel(WAITING_MAX);
        let hurry = Arc::new(AtomicBool::new(false));
        let hurried = Arc::clone(&hurry);
        let work =
            Work { index, folder, bytes_max, watch, open: None, failed: false, ended: false, hurry: hurried };
        let thread = std::thread::Builder::new()
            .name("abide-cache-write".into())
            .spawn(move || work.run(&receiver, &*wake))
            .map_err(SavedCacheError::Thread)?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), hurry })
    }

    /// Hands a job over, or gives it back if the thread has enough to do. That the thread is gone counts as done.
    pub(crate) fn hand_over(&self, job: Job) -> Result<(), Job> {
        match self.jobs.as_ref().map(|jobs| jobs.try_send(job)) {
            Some(Err(TrySendError::Full(job))) => Err(job),
            _ => Ok(()),
        }
    }

    /// Hands a job over, waiting until the thread takes it.
    pub(crate) fn hand_over_waiting(&self, job: Job) {
        // A thread that is gone said why.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
    }

    /// Leaves what is not written yet unwritten.
    pub(crate) fn give_up(&self) {
        self.hurry.store(true, Ordering::Release);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        // An error would say that the thread panicked, which it reported itself.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// The thread's state.
struct Work {
    index: Arc<Mutex<Index>>,
    folder: PathBuf,
    bytes_max: u64,
    watch: Option<KeyWatch>,
    open: Option<(PartWriter, Plan)>,
    /// Whether the last sequence could not be written: said once.
    failed: bool,
    /// Whether the key is no longer the one to write with.
    ended: bool,
    hurry: Arc<AtomicBool>,
}

impl Work {
    fn run(mut self, jobs: &Receiver<Job>, wake: &dyn Wake) {
        for job in jobs {
            if self.hurry.load(Ordering::Acquire) {
                return;
            }
            let done = match job {
                Job::Begin(plan) => self.begin(plan),
                Job::Block(bytes) => self.add(bytes),
                Job::Used(names) => {
                    let paths = names.iter().map(|name| self.index().path(*name)).enumerate();
                    paths.for_each(|(number, path)| folder::touch(&path, back(number)));
                    Ok(())
                }
                Job::Supersede { by, .. } if !self.index().contains(by) => Ok(()),
                Job::Supersede { names, .. } => names.into_iter().try_for_each(|name| self.delete(name)),
                Job::Forget(reply) => {
                    self.open = None;
                    let cleared = folder::clear(&self.folder, None);
                    self.index().clear();
                    // Whoever asked may be gone.
                    let _ = reply.send(cleared);
                    Ok(())
                }
            };
            if let Err(error) = done {
                self.open = None;
                if !std::mem::replace(&mut self.failed, true) {
                    tracing::warn!(%error, "a conversation's cache can't be saved");
                }
            }
            wake();
        }
    }

    /// Whether files may still be written with the key. Where not, what it opens is deleted.
    fn may_write(&mut self) -> Result<bool, SavedCacheError> {
        if self.ended || self.watch.as_ref().is_none_or(KeyWatch::is_current) {
            return Ok(!self.ended);
        }
        // Whoever forgets something in a chat did it, and need not be told there.
        tracing::info!(
            "nothing more is saved until the next start: the key of what is saved was exchanged or deleted"
        );
        self.ended = true;
        self.open = None;
        let paths = self.index().paths();
        self.index().clear();
        paths.iter().try_for_each(|path| folder::delete(path))?;
        Ok(false)
    }

    fn begin(&mut self, plan: Plan) -> Result<(), SavedCacheError> {
        self.open = None;
        if !self.may_write()? {
            return Ok(());
        }
        let description = &plan.description;
        let gone = folder::make_room(
            &self.folder,
            self.bytes_max,
            description.file_bytes(description.to_bytes().len()),
        )?;
        let (path, keys) = {
            let mut index = self.index();
            index.remove_paths(&gone);
            (index.path(description.name(index.keys())), Arc::clone(index.keys()))
        };
        // `abide cache clear` takes empty folders with it.
        if let Some(own) = path.parent() {
            folder::create(own)?;
        }
        self.open = Some((PartWriter::create(&path, &keys, description)?, plan));
        self.finish()
    }

    fn add(&mut self, bytes: Vec<u8>) -> Result<(), SavedCacheError> {
        // Where there is no file, beginning it failed.
        let Some((writer, _)) = &mut self.open else { return Ok(()) };
        writer.add(bytes)?;
        self.finish()
    }

    /// Finishes the file if it is complete.
    fn finish(&mut self) -> Result<(), SavedCacheError> {
        let is_complete = self.open.as_ref().is_some_and(|(writer, _)| !writer.is_open());
        if is_complete && !self.may_write()? {
            return Ok(());
        }
        if let Some((writer, plan)) = self.open.take_if(|(writer, _)| !writer.is_open()) {
            writer.finish()?;
            self.index().add(plan.description);
            self.failed = false;
            // All that is saved may have been deleted while this was written: then it goes, too.
            self.may_write()?;
        }
        Ok(())
    }

    fn delete(&self, name: Name) -> Result<(), SavedCacheError> {
        let path = {
            let mut index = self.index();
            index.remove(name);
            index.path(name)
        };
        folder::delete(&path)
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
