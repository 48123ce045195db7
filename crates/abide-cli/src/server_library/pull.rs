//! Fetching a model for a client of the server. Must not know HTTP.

use std::cell::RefCell;
use std::sync::atomic::AtomicBool;

use abide_models::{Entry, InstalledModel, PullError, PullEvent, PullOptions};
use abide_server::{LibraryError, PullStep};

use crate::library::Library;

/// Fetches the model of `entry` unless it is here.
///
/// # Errors
/// When no source delivers it, or it was cancelled.
pub fn pull(
    library: &Library,
    entry: &Entry,
    cancel: &AtomicBool,
    progress: &mut dyn FnMut(PullStep),
) -> Result<InstalledModel, LibraryError> {
    let watcher = RefCell::new(Watcher { entry, progress, file: String::new() });
    let hear = |event: PullEvent<'_>| watcher.borrow_mut().hear(&event);
    let options = PullOptions { offline: library.offline, ..PullOptions::new(cancel, &hear) };
    library.store.pull(entry, &options).map_err(|error| pull_error(entry, &error))
}

/// Tells a client what happens, without the paths and reasons that are the owner's business.
struct Watcher<'a> {
    entry: &'a Entry,
    progress: &'a mut dyn FnMut(PullStep),
    /// The file that is arriving.
    file: String,
}

impl Watcher<'_> {
    fn hear(&mut self, event: &PullEvent<'_>) {
        tracing::debug!(model = %self.entry.id, "{event}");
        let status = match event {
            PullEvent::Waiting => "waiting for another process that fetches this model".to_owned(),
            PullEvent::Trying { source } => format!("trying {source}"),
            PullEvent::SourceFailed { source, reason } => {
                tracing::warn!(model = %self.entry.id, source, reason, "a source did not deliver");
                format!("{source} did not deliver")
            }
            PullEvent::Found { file, .. } => format!("found {file} on this machine"),
            PullEvent::Started { file, total, resumed } => {
                (*file).clone_into(&mut self.file);
                return self.bytes(*resumed, *total);
            }
            PullEvent::Advanced { done, total } => return self.bytes(*done, *total),
            PullEvent::Retrying { .. } => "the connection broke; trying again".to_owned(),
            PullEvent::Unpacking { file, .. } => format!("unpacking {file}"),
            PullEvent::Verifying { file, total } => {
                (*file).clone_into(&mut self.file);
                (self.progress)(PullStep::Status(format!("verifying {file}")));
                return self.bytes(0, Some(*total));
            }
            PullEvent::Installed => "installed".to_owned(),
            other => other.to_string(),
        };
        (self.progress)(PullStep::Status(status));
    }

    fn bytes(&mut self, done: u64, total: Option<u64>) {
        let expected = self.entry.files.iter().find(|file| file.name.as_str() == self.file);
        let sha256 = expected.and_then(|file| file.sha256.as_ref()).map(ToString::to_string);
        let total = total.or_else(|| expected?.size).unwrap_or(done).max(done);
        (self.progress)(PullStep::Bytes { file: self.file.clone(), sha256, done, total });
    }
}

fn pull_error(entry: &Entry, error: &PullError) -> LibraryError {
    let id = entry.id.to_string();
    let problem = match error {
        PullError::Cancelled => return LibraryError::Cancelled,
        PullError::Store(error) => return super::store_error(&id, error),
        PullError::Offline { .. } => {
            let problem = "can't be fetched: this server was started without the network".to_owned();
            return LibraryError::Refused { id, problem };
        }
        PullError::NoSpace(_) => "the disk has too little room for it".to_owned(),
        PullError::AllSourcesFailed { failures, .. } => {
            let sources: Vec<&str> = failures.iter().map(|failure| failure.source.as_str()).collect();
            format!("no source delivered it ({}); the server's log says why", sources.join(", "))
        }
    };
    tracing::error!(model = id, %error, "the model could not be fetched");
    LibraryError::Pull { id, problem }
}
