//! Hugging Face, or a server that speaks like it: the user's own cache first, then the network.
//!
//! The `hf-hub` crate knows the cache's layout and the token file; the transfer is [`super::http`],
//! because that crate's own clients either have no timeouts and no way to stop (0.5) or fetch a
//! broken file from its beginning and bring some 200 crates along (1.0).

use std::env;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use hf_hub::{Cache, Repo, RepoType};

use super::http::{Client, Patience, Remote, RequestError, text};
use super::{Fetch, Fetched};
use crate::entry::ExpectedFile;
use crate::error::SourceError;
use crate::files;
use crate::name::Digest;
use crate::progress::PullEvent;

/// Where the hub is, unless `HF_ENDPOINT` says otherwise.
const ENDPOINT: &str = "https://huggingface.co";

/// How the names of files on their way here begin, in the partial folder.
const DOWNLOAD_PREFIX: &str = "hub-";

/// Which server is asked, as whom, and with how much patience.
#[derive(Clone, PartialEq, Eq)]
pub struct HubOptions {
    /// The server's address, without a path.
    pub endpoint: String,
    /// A token that may read gated repositories.
    pub token: Option<String>,
    /// A cache of the hub's own tools, from which files are taken without a download.
    pub cache: Option<PathBuf>,
    /// Time to wait for a name and a connection, each.
    pub connect_timeout: Duration,
    /// Time to wait for an answer, and between two parts of it.
    pub idle_timeout: Duration,
    /// Pause before a broken transfer is tried again; doubled each time.
    pub retry_pause: Duration,
}

impl Default for HubOptions {
    /// The public hub, without a token and without a cache.
    fn default() -> Self {
        Self {
            endpoint: ENDPOINT.to_owned(),
            token: None,
            cache: None,
            connect_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(15),
            retry_pause: Duration::from_millis(300),
        }
    }
}

impl fmt::Debug for HubOptions {
    /// Shows whether there is a token, not which.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HubOptions")
            .field("endpoint", &self.endpoint)
            .field("token", &self.token.as_ref().map(|_| "set"))
            .field("cache", &self.cache)
            .field("connect_timeout", &self.connect_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("retry_pause", &self.retry_pause)
            .finish()
    }
}

impl HubOptions {
    /// What the hub's own tools would use: `HF_ENDPOINT`, `HF_TOKEN` or the token file,
    /// `HF_HUB_CACHE`, `HF_HOME` and `XDG_CACHE_HOME`.
    pub fn from_environment() -> Self {
        let variable = |name| env::var(name).ok().filter(|value: &String| !value.trim().is_empty());
        let home = variable("HF_HOME")
            .map(PathBuf::from)
            .or_else(|| variable("XDG_CACHE_HOME").map(|cache| PathBuf::from(cache).join("huggingface")))
            .or_else(|| env::home_dir().map(|home| home.join(".cache").join("huggingface")));
        let token_file = || Cache::new(home.as_ref()?.join("hub")).token();
        Self {
            endpoint: variable("HF_ENDPOINT").unwrap_or_else(|| ENDPOINT.to_owned()),
            token: variable("HF_TOKEN").map(|token| token.trim().to_owned()).or_else(token_file),
            cache: variable("HF_HUB_CACHE").map(PathBuf::from).or_else(|| Some(home.as_ref()?.join("hub"))),
            ..Self::default()
        }
    }
}

/// A file of the repository, and what the hub says about it.
struct Listed<'a> {
    expected: &'a ExpectedFile,
    url: String,
    size: Option<u64>,
    promised: Option<Digest>,
    part: PathBuf,
}

/// Fetches the wanted files.
pub(super) fn fetch(
    fetch: &Fetch<'_>,
    repository: &str,
    revision: &str,
    paths: &[String],
) -> Result<Vec<Option<Fetched>>, SourceError> {
    if fetch.offline {
        return Err(SourceError::Offline);
    }
    let server = Server::new(fetch, repository);
    let listed: Vec<Option<Listed<'_>>> = fetch
        .wanted_files(paths)
        .map(|wanted| wanted.map(|(expected, path)| server.look_up(expected, path, revision)).transpose())
        .collect::<Result<_, _>>()?;
    let missing =
        |file: &Listed<'_>| file.size.unwrap_or(0).saturating_sub(files::length(&file.part).unwrap_or(0));
    fetch.check_space(listed.iter().flatten().map(missing).fold(0, u64::saturating_add))?;
    listed
        .into_iter()
        .map(|file| {
            let Some(file) = file else { return Ok(None) };
            let remote = Remote { url: &file.url, file: file.expected.name.as_str(), size: file.size };
            server.client.download(&remote, &file.part, fetch.task).map_err(|error| {
                server.explain(error, file.expected.name.as_str(), SourceError::Interrupted)
            })?;
            Ok(Some(Fetched { path: file.part, promised: file.promised }))
        })
        .collect()
}

/// Whether a file of that name in the partial folder came through the network.
pub(super) fn is_download(name: &str) -> bool {
    name.starts_with(DOWNLOAD_PREFIX)
}

/// The wanted files out of the hub's own cache, if all of them are there.
pub(super) fn from_cache(
    fetch: &Fetch<'_>,
    repository: &str,
    revision: &str,
    paths: &[String],
) -> Result<Option<Vec<Option<Fetched>>>, SourceError> {
    let Some(cache) = fetch.hub.cache.clone() else { return Ok(None) };
    let repo = Repo::with_revision(repository.to_owned(), RepoType::Model, revision.to_owned());
    let cached = Cache::new(cache).repo(repo);
    let find = |path: &str| {
        let pinned = || Some(cached.pointer_path(revision).join(path)).filter(|path| path.exists());
        // A snapshot links to the blob, which bears the checksum as its name.
        cached.get(path).or_else(pinned)?.canonicalize().ok()
    };
    let found: Vec<_> = fetch
        .wanted_files(paths)
        .map(|wanted| wanted.map(|(expected, path)| Some((expected, find(path)?))))
        .collect();
    if found.iter().any(|file| matches!(file, Some(None))) {
        return Ok(None);
    }
    let take = |(expected, path): (&ExpectedFile, PathBuf)| {
        fetch.task.tell(PullEvent::Found { file: expected.name.as_str(), path: &path });
        let part = fetch.directory.join(format!("cache-{}.part", expected.name));
        files::remove_file(&part)?;
        files::link_or_copy(&path, &part)?;
        let promised = path.file_name().and_then(|name| name.to_str()?.parse().ok());
        Ok(Fetched { path: part, promised })
    };
    found.into_iter().map(|file| file.flatten().map(take).transpose()).collect::<Result<_, _>>().map(Some)
}

/// One repository on the server.
struct Server<'a> {
    client: Client,
    fetch: &'a Fetch<'a>,
    endpoint: &'a str,
    /// The repository's page, and the root of its files' addresses.
    page: String,
}

impl<'a> Server<'a> {
    fn new(fetch: &'a Fetch<'a>, repository: &str) -> Self {
        let HubOptions { endpoint, token, .. } = fetch.hub;
        let endpoint = endpoint.trim_end_matches('/');
        let client = Client::new(token.as_deref(), endpoint.starts_with("https://"), Patience::of(fetch.hub));
        Self { client, fetch, endpoint, page: format!("{endpoint}/{repository}") }
    }

    /// Asks for a file's size and checksum. A file that can't be the expected one is refused here,
    /// before gigabytes of it arrive.
    fn look_up<'f>(
        &self,
        expected: &'f ExpectedFile,
        path: &str,
        revision: &str,
    ) -> Result<Listed<'f>, SourceError> {
        let url = format!("{}/resolve/{}/{path}", self.page, revision.replace('/', "%2F"));
        let described = self
            .client
            .describe(&url)
            .map_err(|error| self.explain(error, path, SourceError::Unreachable))?;
        let size = described.size;
        let promised: Option<Digest> = described.tag.as_ref().and_then(|tag| tag.parse().ok());
        if let (Some(wanted), Some(promised)) = (expected.sha256, promised)
            && wanted != promised
        {
            let reason = format!("{path} has SHA-256 {promised} there, expected {wanted}: not fetched");
            return Err(SourceError::Content(reason));
        }
        if let (Some(wanted), Some(size), false) = (expected.size, size, expected.size_approximate)
            && wanted != size
        {
            return Err(SourceError::Content(format!(
                "{path} has {size} bytes there, expected {wanted}: not fetched"
            )));
        }
        let part = self.fetch.directory.join(format!("{DOWNLOAD_PREFIX}{}.part", described.key(&url)));
        if described.tag.is_none() {
            // What arrived earlier may have been of another file.
            files::remove_file(&part)?;
        }
        Ok(Listed { expected, url, size, promised, part })
    }

    /// Turns an HTTP failure into what a person can act on. `silent` says what no answer means.
    fn explain(&self, error: RequestError, path: &str, silent: fn(String) -> SourceError) -> SourceError {
        let (status, headers) = match error {
            _ if self.fetch.task.is_cancelled() => return SourceError::Cancelled,
            RequestError::Local(error) => return error,
            RequestError::NoAnswer(reason) => return silent(format!("{}: {reason}", self.endpoint)),
            RequestError::Status(status, headers) => (status, headers),
        };
        // The hub answers 401 for a repository that does not exist, too, and says so in a header.
        match (status.as_u16(), text(&headers, "x-error-code")) {
            (_, Some("RepoNotFound")) if self.fetch.hub.token.is_some() => {
                SourceError::NotFound(self.page.clone())
            }
            (_, Some("RevisionNotFound")) => SourceError::NotFound(format!("that revision of {}", self.page)),
            (404 | 410, _) => SourceError::NotFound(path.to_owned()),
            (status @ (401 | 403), _) => SourceError::Gated { status, page: self.page.clone() },
            _ => SourceError::Refused(status.to_string()),
        }
    }
}
