//! `abide serve`: the models of this machine behind HTTP.

mod arguments;
mod keys;
mod run;
mod service;

use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::path::{Path, PathBuf};

use abide_companion::companion::Companions;
use abide_server::{Keys, ServerOptions};
use clap::Args;

pub use arguments::ServerOptionsGiven;

use crate::arguments::{EmbedderArguments, GeneratorArguments};
use crate::companions::{self, Recall};
use crate::failure::{self, Exit, Failure};
use crate::library::{Library, Reference};
use crate::output::Console;
use crate::saved_caches::{self, Guard};
use crate::server_library::ServerLibrary;
use crate::settings::{ServerSettings, Settings};

/// Serve models to programs, in the APIs of OpenAI, Ollama and Anthropic
///
/// Listens on this machine alone unless told otherwise. Models are loaded when they are first asked for, and freed when
/// nobody asked for a while. GET / shows what there is to be asked.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide serve
  abide serve qwen3-0.6b --keep-alive forever
  abide serve model.gguf --port 8080 --parallel 4
  abide serve --host 0.0.0.0 --allow-host box.lan --api-key-file keys.txt

Clients use http://127.0.0.1:11435/v1 (OpenAI), or http://127.0.0.1:11435 (Ollama, Anthropic).
SIGTERM and Ctrl-C end it once running answers are complete; a second one ends it at once.")]
pub struct ServeArguments {
    /// Models to load at once: ids (fetched if they are not here) or GGUF files. The first one is the default
    #[arg(value_name = "MODEL")]
    pub models: Vec<String>,
    /// How the server listens, whom it answers, and what it allows.
    #[command(flatten)]
    pub server: ServerOptionsGiven,
    /// What companions' memories are found by.
    #[command(flatten)]
    pub embedder: EmbedderArguments,
    /// How models are loaded.
    #[command(flatten)]
    pub generator: GeneratorArguments,
}

/// Serves until a signal ends it.
///
/// # Errors
/// When the address can't be listened on, a key file can't be read, or a model that was named can't be had.
pub fn execute(
    arguments: &ServeArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let server = &settings.server;
    let addresses = resolve(&server.host, server.port)?;
    let keys = keys::read(
        server,
        !addresses.iter().all(|address| address.ip().is_loopback()),
        &settings.home,
        console,
    )?;
    // Before models are fetched or loaded: a port that is taken is said at once.
    let listener = listen(&addresses, server)?;
    let library = Library::open(settings)?;
    let (names, files) = prepare(&arguments.models, &library, console)?;
    if !server.log_content {
        hide_words_of_panics();
    }
    let (book, guard) = open_companions(server.no_companions, settings, console)?;
    let unseen = book.is_none() && companions::database(settings).exists();
    let mut library = ServerLibrary::new(library, settings, guard, unseen, files, names.first().cloned())?;
    add_files_of(book.as_ref(), &mut library, console)?;
    let run::Forgot(forgot) = run::run(library, book, options(server, keys), listener, &names, console)?;
    if forgot {
        // Models saved what they had computed when they went; what was forgotten must not be in it.
        saved_caches::clear(settings)?;
    }
    Ok(Exit::Success)
}

/// The companions, unless they are not wanted, or can't be opened: models are served all the same, and the person is told. And what guards
/// saved caches.
fn open_companions(
    unwanted: bool,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<(Option<Companions>, Guard)> {
    if unwanted {
        return Ok((None, companions::guard_of_plain(settings, console)?));
    }
    // One that was chosen and can't be had is a mistake, not a reason to do without companions.
    companions::check_embedder(settings, console)?;
    match companions::open_guarding(settings, Recall::MeaningIfHere, console) {
        Ok((book, guard)) => Ok((Some(book), guard)),
        Err(error) => {
            console.notice(&format!(
                "warning: models are served without companions\n{}",
                failure::report(&error).trim_end()
            ));
            // A passphrase that does not open the companions opens no caches either.
            let guard = companions::guard_unasked(settings).unwrap_or(Guard::Locked);
            companions::note_if_locked(settings, &guard, console);
            Ok((None, guard))
        }
    }
}

/// Has the library know the files that companions run on. One that can't be used holds no other up.
fn add_files_of(
    book: Option<&Companions>,
    library: &mut ServerLibrary,
    console: &mut Console,
) -> anyhow::Result<()> {
    let Some(book) = book else { return Ok(()) };
    for companion in book.list().map_err(companions::failed)? {
        let settings = book.by_id(companion.id).and_then(|one| one.settings()).map_err(companions::failed)?;
        let Some(path) = settings.model.and_then(|model| model.path) else { continue };
        if let Err(error) = library.add_file(path.into()) {
            let why = failure::report(&error);
            console.notice(&format!(
                "warning: {} runs on a file that can't be used\n{}",
                companion.name,
                why.trim_end()
            ));
        }
    }
    Ok(())
}

/// The names of the models by which clients know them, and those that are files. What is not here is fetched.
fn prepare(
    models: &[String],
    library: &Library,
    console: &mut Console,
) -> anyhow::Result<(Vec<String>, Vec<PathBuf>)> {
    let (mut names, mut files) = (Vec::new(), Vec::new());
    for model in models {
        let local = library.find(Some(model), console)?;
        if let Reference::File(path) = Reference::parse(model)? {
            files.push(path);
        }
        names.push(local.name);
    }
    Ok((names, files))
}

fn options(settings: &ServerSettings, keys: Keys) -> ServerOptions {
    let mut allowed_hosts = settings.allow_hosts.clone();
    allowed_hosts.push(settings.host.clone());
    ServerOptions {
        keys,
        allowed_hosts,
        allowed_origins: settings.allow_origins.clone(),
        body_bytes_max: settings.body_bytes_max,
        requests_max: settings.requests_max,
        deadline: settings.timeout,
        grace: settings.grace,
        keep_alive: settings.keep_alive,
        models_max: settings.models_max,
        log_content: settings.log_content,
        ..ServerOptions::default()
    }
}

fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, Failure> {
    // As in a URL.
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let resolved = (bare, port).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
    let problem = match resolved {
        Ok(addresses) if !addresses.is_empty() => return Ok(addresses),
        Ok(_) => "no address goes by that name".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(Failure::new(Exit::Usage, format!("can't listen on `{host}`: {problem}"))
        .with_cure("name an address of this machine by --host, such as 127.0.0.1, or 0.0.0.0 for all"))
}

fn listen(addresses: &[SocketAddr], settings: &ServerSettings) -> Result<TcpListener, Failure> {
    let ServerSettings { host, port, .. } = settings;
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Failure, format!("can't listen on {host}, port {port}: {error}")).with_cure(
            "is another server running there? choose another port by --port, or another address by --host",
        )
    };
    let listener = TcpListener::bind(addresses).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

/// A panic's message may quote what somebody said; its place tells enough.
fn hide_words_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a thread panicked; `--log-content` shows the message");
    }));
}

/// Where the key lies that the program made itself.
fn own_key_file(home: &Path) -> PathBuf {
    home.join("api-key")
}
