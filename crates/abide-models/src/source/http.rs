//! A file over HTTP: short patience for a host that does not answer, and resuming where it broke.
//!
//! Knows URLs, ranges and bytes. What a status means to a person is for the source to say.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use ureq::http::{HeaderMap, Response, StatusCode, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::typestate::WithoutBody;
use ureq::{Agent, Body, RequestBuilder};

use crate::error::{SourceError, StoreError};
use crate::files;
use crate::name::Digest;
use crate::progress::{Meter, PullEvent, Task};

use super::{HubOptions, pause};

/// Read from the network at a time, in bytes.
const CHUNK: usize = 128 << 10;
/// How often a transfer without any progress is tried again.
const ATTEMPTS_MAX: u32 = 5;
/// Longest chain of redirects within a host.
const REDIRECTS_MAX: u32 = 5;
/// How soon a cancelled transfer notices.
const CANCEL_POLL: Duration = Duration::from_millis(50);

/// How long the network may keep us waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    /// For a name and a connection, each.
    pub(crate) connect: Duration,
    /// For an answer to begin, and between two of its bytes.
    pub(crate) idle: Duration,
    /// Before the first retry; doubled each time.
    pub(crate) backoff: Duration,
}

impl Patience {
    /// As it is chosen.
    pub(crate) fn of(options: &HubOptions) -> Self {
        let &HubOptions { connect_timeout, idle_timeout, retry_pause, .. } = options;
        Self { connect: connect_timeout, idle: idle_timeout, backoff: retry_pause }
    }
}

/// An HTTP client for one server.
pub(crate) struct Client {
    following: Agent,
    staying: Agent,
    bearer: Option<String>,
    patience: Patience,
}

/// A failed request: no answer, or one that is no success.
pub(crate) enum RequestError {
    /// Nothing came back.
    NoAnswer(String),
    /// An answer other than success.
    Status(StatusCode, HeaderMap),
    /// Stopped, or the local disk failed.
    Local(SourceError),
}

impl From<StoreError> for RequestError {
    fn from(error: StoreError) -> Self {
        Self::Local(SourceError::Store(error))
    }
}

/// What a server says of a file before it sends it.
pub(crate) struct Described {
    /// What changes when the file does, without quotation marks.
    pub(crate) tag: Option<String>,
    pub(crate) size: Option<u64>,
}

impl Described {
    /// A name for the file on its way here, which is another one if it changes, or lies elsewhere.
    pub(crate) fn key(&self, url: &str) -> String {
        let mut hasher = Sha256::new();
        hasher.update(url);
        hasher.update([0]);
        hasher.update(self.tag.as_deref().unwrap_or_default());
        Digest::from_bytes(hasher.finalize().into()).to_string()[..16].to_owned()
    }
}

/// What to fetch, and how much of it there is.
pub(crate) struct Remote<'a> {
    pub(crate) url: &'a str,
    pub(crate) file: &'a str,
    pub(crate) size: Option<u64>,
}

impl Client {
    /// `https_only` forbids redirects that would drop encryption.
    pub(crate) fn new(bearer: Option<&str>, https_only: bool, patience: Patience) -> Self {
        let config = |redirects| {
            Agent::config_builder()
                .http_status_as_error(false)
                .https_only(https_only)
                .max_redirects(redirects)
                .max_redirects_will_error(false)
                .redirect_auth_headers(ureq::config::RedirectAuthHeaders::SameHost)
                .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
                .user_agent(concat!("abide/", env!("CARGO_PKG_VERSION")))
                .timeout_resolve(Some(patience.connect))
                .timeout_connect(Some(patience.connect))
                .timeout_recv_response(Some(patience.idle))
                .timeout_per_read(Some(patience.idle))
                .build()
                .new_agent()
        };
        let bearer = bearer.map(|token| format!("Bearer {token}"));
        Self { following: config(10), staying: config(0), bearer, patience }
    }

    /// What the server says of a file.
    pub(crate) fn describe(&self, url: &str) -> Result<Described, RequestError> {
        let headers = self.head(url)?;
        let either = |linked: &str, plain: &str| text(&headers, linked).or_else(|| text(&headers, plain));
        let tag = either("x-linked-etag", "etag").map(|tag| tag.trim_start_matches("W/").trim_matches('"'));
        let tag = tag.map(str::to_owned);
        // The content-length of a redirect is that of its own body.
        let is_own = headers.contains_key("x-linked-size") || !headers.contains_key("location");
        let size = either("x-linked-size", "content-length").filter(|_| is_own);
        let size = size.and_then(|size| size.parse().ok());
        Ok(Described { tag, size })
    }

    /// Headers of a URL. Redirects within the host are followed; one that leads elsewhere is an
    /// answer if its own headers describe the file, as those of the hub do.
    fn head(&self, url: &str) -> Result<HeaderMap, RequestError> {
        let mut url = url.to_owned();
        for _ in 0..=REDIRECTS_MAX {
            let response = self.send(self.staying.head(&url))?;
            if !response.status().is_redirection() {
                return succeeded(response).map(|response| response.headers().clone());
            }
            match text(response.headers(), header::LOCATION.as_str()) {
                Some(location) if location.starts_with('/') && !location.starts_with("//") => {
                    url = format!("{}{location}", origin(&url));
                }
                _ if response.headers().contains_key("x-linked-size") => {
                    return Ok(response.headers().clone());
                }
                _ => {
                    return succeeded(self.send(self.following.head(&url))?)
                        .map(|response| response.headers().clone());
                }
            }
        }
        Err(RequestError::NoAnswer(format!("more than {REDIRECTS_MAX} redirects")))
    }

    /// Sends a request as who we are; any answer is a success here.
    fn send(&self, request: RequestBuilder<WithoutBody>) -> Result<Response<Body>, RequestError> {
        // Sizes and ranges are those of the file itself.
        let mut request = request.header(header::ACCEPT_ENCODING, "identity");
        if let Some(bearer) = &self.bearer {
            request = request.header(header::AUTHORIZATION, bearer);
        }
        request.call().map_err(|error| RequestError::NoAnswer(error.to_string()))
    }

    /// Fetches a file to `part`, going on from what is there, and again after each break, as long
    /// as something arrives.
    pub(crate) fn download(
        &self,
        remote: &Remote<'_>,
        part: &Path,
        task: Task<'_>,
    ) -> Result<(), RequestError> {
        let resumed = files::length(part).unwrap_or(0);
        task.tell(PullEvent::Started { file: remote.file, total: remote.size, resumed });
        self.cancellable(task, || {
            let mut attempt = 0;
            loop {
                let before = files::length(part).unwrap_or(0);
                if remote.size == Some(before) {
                    return Ok(());
                }
                let result = self.receive(remote, part, task);
                if task.is_cancelled() {
                    return Err(RequestError::Local(SourceError::Cancelled));
                }
                let reason = match result {
                    Err(RequestError::NoAnswer(reason)) => reason,
                    Err(RequestError::Status(status, _)) if is_passing(status) => {
                        format!("it answered {status}")
                    }
                    result => return result,
                };
                let moved = files::length(part).unwrap_or(0) > before;
                attempt = if moved { 1 } else { attempt + 1 };
                if attempt >= ATTEMPTS_MAX {
                    return Err(RequestError::NoAnswer(reason));
                }
                task.tell(PullEvent::Retrying { reason: &reason });
                if !pause(task, self.patience.backoff * 2_u32.pow(attempt - 1)) {
                    return Err(RequestError::Local(SourceError::Cancelled));
                }
            }
        })
    }

    /// One request, appended to `part`.
    fn receive(&self, remote: &Remote<'_>, part: &Path, task: Task<'_>) -> Result<(), RequestError> {
        let mut file =
            File::options().create(true).append(true).open(part).map_err(StoreError::io("open", part))?;
        let mut done = files::length(part).unwrap_or(0);
        let mut request = self.following.get(remote.url);
        if done > 0 {
            request = request.header(header::RANGE, format!("bytes={done}-"));
        }
        let response = self.send(request)?;
        let continues = response.status() == StatusCode::PARTIAL_CONTENT
            && text(response.headers(), header::CONTENT_RANGE.as_str())
                .is_some_and(|range| range.starts_with(&format!("bytes {done}-")));
        let mut response = if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            file.set_len(0).map_err(StoreError::io("cut", part))?;
            return Err(RequestError::NoAnswer(
                "the file there is shorter than what we have of it".to_owned(),
            ));
        } else {
            succeeded(response)?
        };
        if !continues && done > 0 {
            file.set_len(0).map_err(StoreError::io("cut", part))?;
            done = 0;
        }
        let mut meter = Meter::new(task, remote.size);
        meter.set(done);
        let mut body = response.body_mut().as_reader();
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = match body.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(RequestError::NoAnswer(error.to_string())),
            };
            done += read as u64;
            if remote.size.is_some_and(|size| done > size) {
                file.set_len(0).map_err(StoreError::io("cut", part))?;
                let reason = format!("{} is longer than announced", remote.file);
                return Err(RequestError::Local(SourceError::Content(reason)));
            }
            file.write_all(&chunk[..read]).map_err(StoreError::io("write", part))?;
            if !meter.add(read as u64) {
                return Err(RequestError::Local(SourceError::Cancelled));
            }
        }
        match remote.size {
            Some(size) if done < size => {
                Err(RequestError::NoAnswer(format!("the connection ended after {done} of {size} bytes")))
            }
            _ => Ok(()),
        }
    }

    /// Runs a transfer beside a watcher that closes its connections once the task is cancelled.
    fn cancellable<T>(&self, task: Task<'_>, transfer: impl FnOnce() -> T) -> T {
        let (finished, waiting) = mpsc::channel::<()>();
        let agent = self.following.clone();
        let cancel = task.cancel;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                while waiting.recv_timeout(CANCEL_POLL) == Err(mpsc::RecvTimeoutError::Timeout) {
                    if cancel.load(std::sync::atomic::Ordering::Relaxed) {
                        return agent.shutdown();
                    }
                }
            });
            let result = transfer();
            drop(finished);
            result
        })
    }
}

/// A header as text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether a server that answers so may do better in a moment.
fn is_passing(status: StatusCode) -> bool {
    status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
}

fn succeeded(response: Response<Body>) -> Result<Response<Body>, RequestError> {
    if response.status().is_success() {
        return Ok(response);
    }
    Err(RequestError::Status(response.status(), response.headers().clone()))
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    &url[..end]
}
