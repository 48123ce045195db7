//! Small models, homes that vanish, and an ear for what a pull tells.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use abide_models::{Catalogue, Digest, Entry, HubOptions, PullEvent, PullOptions, Store};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

/// A store in a temporary folder.
pub struct Home {
    pub store: Store,
    pub directory: TempDir,
}

impl Home {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { store: Store::open(directory.path()).unwrap(), directory }
    }

    /// Names of everything in one of the store's folders, sorted.
    pub fn names(&self, folder: &str) -> Vec<String> {
        names(&self.store.root().join(folder))
    }

    /// Nothing has a final name.
    pub fn assert_empty(&self) {
        assert_eq!(self.names("blobs"), [""; 0]);
        assert_eq!(self.names("manifests"), [""; 0]);
        assert_eq!(self.names("views"), [""; 0]);
    }
}

pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

pub fn sha256(bytes: &[u8]) -> Digest {
    Digest::from_bytes(Sha256::digest(bytes).into())
}

/// Bytes that pass for a GGUF file, different for each seed.
pub fn weights(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut bytes = b"GGUF".to_vec();
    while bytes.len() < length {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bytes.push((state >> 56) as u8);
    }
    bytes
}

/// The only entry of a catalogue with these lines for files and sources.
pub fn entry(id: &str, files: &str, sources: &str) -> Entry {
    let text = format!(
        "default = {id:?}\n[[model]]\nid = {id:?}\nname = \"N\"\nfamily = \"llama\"\nkind = \"chat\"\nparameters = 1\n\
         licence = {{ name = \"MIT\" }}\ncontext = 8\nlanguages = []\ngood_for = \"\"\nquantisation = \"F32\"\n\
         files = [{files}]\nsources = [{sources}]\n"
    );
    Catalogue::parse(&text, "a test").unwrap().default_entry().clone()
}

/// One file of known checksum, from a hub repository `owner/name`.
pub fn hub_entry(id: &str, content: &[u8]) -> Entry {
    let (size, sha256) = (content.len(), sha256(content));
    entry(
        id,
        &format!(r#"{{ name = "m.gguf", size = {size}, sha256 = "{sha256}" }}"#),
        r#"{ hf = "owner/name", file = "m.gguf" }"#,
    )
}

/// A hub that refuses connections at once.
pub fn nowhere() -> HubOptions {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    at(&format!("http://{}", listener.local_addr().unwrap()))
}

/// Options for a hub at this address, with little patience.
pub fn at(endpoint: &str) -> HubOptions {
    HubOptions {
        endpoint: endpoint.to_owned(),
        connect_timeout: Duration::from_secs(5),
        idle_timeout: Duration::from_secs(5),
        retry_pause: Duration::from_millis(1),
        ..HubOptions::default()
    }
}

/// Puts a file into a hub cache as the hub's own tools would.
pub fn put_in_cache(cache: &Path, file: &str, content: &[u8]) {
    let repository = cache.join("models--owner--name");
    let snapshot = repository.join("snapshots/c0ffee");
    fs::create_dir_all(repository.join("refs")).unwrap();
    fs::create_dir_all(&snapshot).unwrap();
    fs::write(repository.join("refs/main"), "c0ffee").unwrap();
    fs::write(snapshot.join(file), content).unwrap();
}

/// Waits until this many bytes of a model have arrived in its partial folder; `check` is to fail if they can't come any more.
pub fn wait_for_bytes(store: &Store, bytes: u64, mut check: impl FnMut()) {
    while store.unfinished().unwrap().first().is_none_or(|unfinished| unfinished.bytes < bytes) {
        check();
        std::thread::yield_now();
    }
}

/// What a pull told, one line each.
#[derive(Default)]
pub struct Ear {
    lines: RefCell<Vec<String>>,
    pub cancel: AtomicBool,
}

impl Ear {
    pub fn hear(&self, event: PullEvent<'_>) {
        self.lines.borrow_mut().push(event.to_string());
    }

    pub fn heard(&self, words: &str) -> bool {
        self.lines.borrow().iter().any(|line| line.contains(words))
    }
}

/// Pulls with everything default but the hub; returns the outcome and what was told.
pub fn pull(
    store: &Store,
    entry: &Entry,
    hub: HubOptions,
) -> (Result<abide_models::InstalledModel, abide_models::PullError>, Ear) {
    let ear = Ear::default();
    let result = store.pull(entry, &options(&ear.cancel, &|event| ear.hear(event), hub));
    (result, ear)
}

pub fn options<'a>(
    cancel: &'a AtomicBool,
    progress: &'a dyn Fn(PullEvent<'_>),
    hub: HubOptions,
) -> PullOptions<'a> {
    PullOptions { offline: false, cancel, progress, hub, python: PathBuf::from("/nonexistent/python3") }
}
