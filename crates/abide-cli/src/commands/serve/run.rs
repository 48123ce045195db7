//! From a listener to the end: the runtime, signals, and what systemd is told.
//!
//! Must not know settings.

use std::io;
use std::net::TcpListener;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use abide_companion::companion::Companions;
use abide_server::{ApiError, ModelKind, Phase, Server, ServerOptions};
use anyhow::Context as _;

use super::service;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::server_library::ServerLibrary;

/// Threads that carry requests. Models compute on their own.
const THREADS: usize = 2;
/// How long work that can't be cancelled, such as loading a model, may hold up the end.
const LAST_WORK: Duration = Duration::from_secs(5);

/// Loads `models` and serves until a signal ends it.
///
/// # Errors
/// When a model can't be loaded, or the system refuses threads, signals or the listener.
pub fn run(
    library: ServerLibrary,
    companions: Option<Companions>,
    options: ServerOptions,
    listener: TcpListener,
    models: &[String],
    console: &mut Console,
) -> anyhow::Result<Forgot> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()
        .context("can't start the threads of the server")?;
    let server = Server::with_companions(Arc::new(library), companions, options);
    let served = runtime.block_on(serve(&server, listener, models, console));
    // Models go, and save what they keep, before the threads do.
    let forgot = Forgot(server.forgot());
    server.registry.clear();
    drop(server);
    runtime.shutdown_timeout(LAST_WORK);
    served.map(|()| forgot)
}

/// Whether something was to be forgotten meanwhile, so that saved caches must go.
pub struct Forgot(pub bool);

async fn serve(
    server: &Arc<Server>,
    listener: TcpListener,
    models: &[String],
    console: &mut Console,
) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener).context("can't listen")?;
    let address = listener.local_addr().context("can't tell the address")?;
    let mut signals = Signals::new().context("can't listen for signals")?;
    tokio::select! {
        loaded = load(server, models) => loaded?,
        () = signals.next() => return Ok(()),
    }
    console.notice(&format!("listening on http://{address}"));
    service::tell("READY=1");
    let mut serving = pin!(abide_server::serve(Arc::clone(server), listener));
    tokio::select! {
        served = &mut serving => return served.context("can't serve"),
        () = signals.next() => {}
    }
    service::tell("STOPPING=1");
    console.note("stopping once running answers are complete; a second signal stops at once");
    server.enter(Phase::Draining);
    tokio::select! {
        served = &mut serving => served.context("can't serve"),
        () = signals.next() => std::process::exit(i32::from(Exit::Interrupted.code())),
    }
}

/// Loads models beforehand, so that the first request need not wait.
async fn load(server: &Server, models: &[String]) -> anyhow::Result<()> {
    for name in models {
        let kind = server.registry.find(name).await.map_err(failure)?.kind;
        match kind {
            ModelKind::Text => drop(server.registry.generator(name, None).await.map_err(failure)?),
            ModelKind::Embedding => drop(server.registry.embedder(name, None).await.map_err(failure)?),
        }
    }
    Ok(())
}

fn failure(error: ApiError) -> anyhow::Error {
    Failure::new(Exit::Failure, error.message).into()
}

/// The signals that ask for an end.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Completes at the next one.
    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Completes at the next one.
    #[cfg(not(unix))]
    async fn next(&mut self) {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "signals can't be heard");
            std::future::pending().await
        }
    }
}
