//! What a pull tells while it works. Plain data: how it looks is the caller's business.

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// `Advanced` comes at most this often.
const INTERVAL: Duration = Duration::from_millis(50);

/// One step of a pull. `Display` gives a sentence for logs and pipes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PullEvent<'a> {
    /// Another process fetches the same model; we wait for it.
    Waiting,
    /// A source is asked.
    Trying {
        /// The source, as shown to people.
        source: &'a str,
    },
    /// It did not deliver; the next one is asked, if there is one.
    SourceFailed {
        /// The source.
        source: &'a str,
        /// Why.
        reason: &'a str,
    },
    /// The file is already on this machine.
    Found {
        /// The file's name.
        file: &'a str,
        /// Where.
        path: &'a Path,
    },
    /// A file begins to arrive.
    Started {
        /// The file's (or package's) name.
        file: &'a str,
        /// Bytes in all; unknown if the source does not say.
        total: Option<u64>,
        /// Bytes kept from an earlier attempt.
        resumed: u64,
    },
    /// More of it arrived.
    Advanced {
        /// Bytes so far, those of an earlier attempt included.
        done: u64,
        /// Bytes in all.
        total: Option<u64>,
    },
    /// The connection broke and is made again.
    Retrying {
        /// What happened.
        reason: &'a str,
    },
    /// Packages are being unpacked, parts joined.
    Unpacking {
        /// The file that comes out.
        file: &'a str,
        /// How many parts it has.
        parts: usize,
    },
    /// The checksum is computed; `Advanced` follows.
    Verifying {
        /// The file's name.
        file: &'a str,
        /// Bytes in all.
        total: u64,
    },
    /// The model is on disk and complete.
    Installed,
}

impl fmt::Display for PullEvent<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting => formatter.write_str("another process fetches this model; waiting for it"),
            Self::Trying { source } => write!(formatter, "trying {source}"),
            Self::SourceFailed { source, reason } => write!(formatter, "{source}: {reason}"),
            Self::Found { file, path } => write!(formatter, "{file} is already in {}", path.display()),
            Self::Started { file, total, resumed } => {
                write!(formatter, "fetching {file}")?;
                if let Some(total) = total {
                    write!(formatter, ", {total} bytes")?;
                }
                if *resumed > 0 {
                    write!(formatter, ", {resumed} of them from before")?;
                }
                Ok(())
            }
            Self::Advanced { done, total: Some(total) } => write!(formatter, "{done} of {total} bytes"),
            Self::Advanced { done, total: None } => write!(formatter, "{done} bytes"),
            Self::Retrying { reason } => write!(formatter, "{reason}; trying again"),
            Self::Unpacking { file, parts: 1 } => write!(formatter, "unpacking {file}"),
            Self::Unpacking { file, parts } => write!(formatter, "unpacking {file} from {parts} parts"),
            Self::Verifying { file, .. } => write!(formatter, "verifying {file}"),
            Self::Installed => formatter.write_str("installed"),
        }
    }
}

/// The caller's two wires into a long operation: a flag that stops it and an ear that hears of it.
#[derive(Clone, Copy)]
pub(crate) struct Task<'a> {
    pub(crate) cancel: &'a AtomicBool,
    pub(crate) progress: &'a dyn Fn(PullEvent<'_>),
}

impl Task<'_> {
    pub(crate) fn is_cancelled(self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    pub(crate) fn tell(self, event: PullEvent<'_>) {
        (self.progress)(event);
    }
}

/// Counts bytes and tells of them, not more often than a person can read.
pub(crate) struct Meter<'a> {
    task: Task<'a>,
    done: u64,
    total: Option<u64>,
    told: Option<Instant>,
}

impl<'a> Meter<'a> {
    pub(crate) fn new(task: Task<'a>, total: Option<u64>) -> Self {
        Self { task, done: 0, total, told: None }
    }

    /// Sets the bytes done so far. Returns false once the work is cancelled.
    pub(crate) fn set(&mut self, done: u64) -> bool {
        self.done = done;
        if self.told.is_none_or(|told| told.elapsed() >= INTERVAL) || Some(done) == self.total {
            self.told = Some(Instant::now());
            self.task.tell(PullEvent::Advanced { done, total: self.total });
        }
        !self.task.is_cancelled()
    }

    /// Adds to the bytes done. Returns false once the work is cancelled.
    pub(crate) fn add(&mut self, bytes: u64) -> bool {
        self.set(self.done.saturating_add(bytes))
    }
}
