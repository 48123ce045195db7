//! How the server behaves, resolved: what it listens to is the program's concern, what it allows and limits stands here.
//! Must not know where the values come from.

use std::time::Duration;

use crate::keys::Keys;

/// How the server behaves. [`Default`] is what fits one person on a loopback address.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Who may use it; without keys, everybody who reaches it.
    pub keys: Keys,
    /// Names and addresses, without port, that requests may name as their host beside those of the loopback interface.
    pub allowed_hosts: Vec<String>,
    /// Web origins beside the server's own, such as `https://example.org`, whose pages may use it; `*`: all.
    pub allowed_origins: Vec<String>,
    /// Bytes of a request's body at most.
    pub body_bytes_max: usize,
    /// Bytes of a request's head at most.
    pub head_bytes_max: usize,
    /// How long a client may take to send a request's head, and an idle connection is kept.
    pub head_timeout: Duration,
    /// How long a client may take to send a request's body.
    pub body_timeout: Duration,
    /// How long a client may take nothing of an answer that is ready for it; no longer than [`Self::deadline`] in any case.
    pub write_timeout: Duration,
    /// Connections that are open at once at most; more wait to be accepted.
    pub connections_max: usize,
    /// Requests that are worked on or wait for the model at once at most; more are refused.
    pub requests_max: usize,
    /// Until when an answer must be complete, counted from the request's arrival; `None`: no limit.
    pub deadline: Option<Duration>,
    /// How long running answers may go on once the server was told to stop.
    pub grace: Duration,
    /// How long a model stays in memory after its last answer where a request doesn't say; `Duration::MAX`: for ever.
    pub keep_alive: Duration,
    /// Models in memory at once at most, however much of it there is; 1 or more.
    pub models_max: usize,
    /// Whether prompts and answers may be logged.
    pub log_content: bool,
}

impl ServerOptions {
    /// How long a client may take nothing of its answer: who does not read is not told that the deadline passed, either.
    pub(crate) fn patience(&self) -> Duration {
        self.deadline.map_or(self.write_timeout, |deadline| deadline.min(self.write_timeout))
    }
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            keys: Keys::default(),
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            body_bytes_max: 32 << 20,
            head_bytes_max: 64 << 10,
            head_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_mins(1),
            write_timeout: Duration::from_mins(1),
            connections_max: 512,
            requests_max: 256,
            deadline: None,
            grace: Duration::from_secs(10),
            keep_alive: Duration::from_mins(5),
            models_max: 8,
            log_content: false,
        }
    }
}
