//! Connections: how many there are, how long they may keep one waiting, and how they end. Must not know routes.

mod peer;
mod unread;
mod watched;

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tower::ServiceExt as _;

use self::unread::{Coming, Unread};
use self::watched::{Ended, Watched};
use crate::app::app;
use crate::guard::LocalAddress;
use crate::limits;
use crate::{Phase, Server};

/// How long answers that were told to end may take to say so.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How often a connection that is to end is looked at: whether anything is still to come of it.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// How long the rest of a body that nobody wanted is waited for before the answer goes: if it is here, others may follow.
const BODY_PAUSE: Duration = Duration::from_millis(20);
/// How long to wait when the system has no sockets left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Answers requests that come in at `listener` until the server enters [`Phase::Draining`]. Then it takes no more, lets answers
/// go on for as long as the options grant them, ends what is left, and returns.
///
/// # Errors
/// When the listener's address can't be told.
pub async fn serve(server: Arc<Server>, listener: TcpListener) -> io::Result<()> {
    listener.local_addr()?;
    let router = app(&server);
    let mut connections = JoinSet::new();
    tokio::select! {
        () = accept(&server, &listener, &router, &mut connections) => {}
        () = server.reaches(Phase::Draining) => {}
    }
    drop(listener);
    if timeout(server.options.grace, all(&mut connections)).await.is_err() {
        tracing::info!("answers that are not complete end now");
        server.enter(Phase::Stopping);
        // What does not end then is dropped with the set.
        let _ = timeout(LAST_WORDS, all(&mut connections)).await;
    }
    server.enter(Phase::Stopping);
    Ok(())
}

async fn all(connections: &mut JoinSet<()>) {
    while connections.join_next().await.is_some() {}
}

async fn accept(
    server: &Arc<Server>,
    listener: &TcpListener,
    router: &Router,
    connections: &mut JoinSet<()>,
) {
    let places = Arc::new(Semaphore::new(server.options.connections_max));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(connection(Arc::clone(server), stream, router.clone(), place));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(server: Arc<Server>, stream: TcpStream, router: Router, _place: OwnedSemaphorePermit) {
    let (Ok(address), Ok(peer)) = (stream.local_addr(), stream.peer_addr()) else { return };
    // Tokens are small, and each must leave at once.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "small packets may be held back");
    }
    let requests = Arc::new(AtomicUsize::new(0));
    let coming = Arc::new(Coming::default());
    let is_over = {
        let (requests, coming) = (Arc::clone(&requests), Arc::clone(&coming));
        move |ended| {
            // A request that nobody has seen yet, or whose body nobody has read, is none in work, and may be complete.
            if requests.load(Ordering::Relaxed) == 0 || coming.is() {
                ended == Ended::Before
            } else {
                peer::has_gone(peer, address)
            }
        }
    };
    let service = service_fn({
        let (requests, coming) = (Arc::clone(&requests), Arc::clone(&coming));
        move |request: hyper::Request<Incoming>| {
            let (head, body) = request.into_parts();
            let mut request = Request::from_parts(head, Body::new(Unread::new(body, Arc::clone(&coming))));
            request.extensions_mut().insert(LocalAddress(address));
            let in_work = InWork::new(&requests);
            let response = router.clone().oneshot(request);
            let coming = Arc::clone(&coming);
            async move {
                let mut response = response.await?;
                if !coming.ends_within(BODY_PAUSE).await {
                    // What still comes is no other request.
                    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, Infallible>(limits::hold(response, in_work))
            }
        }
    });
    let came_in = Arc::new(AtomicBool::new(false));
    let stream = Watched::new(stream, Arc::clone(&came_in), server.options.patience(), is_over);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(server.options.head_timeout)
        .max_header_size(server.options.head_bytes_max)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let draining = server.reaches(Phase::Draining);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = draining => {
            connection.as_mut().graceful_shutdown();
            let mut looks = 0;
            loop {
                let is_idle = requests.load(Ordering::Relaxed) == 0;
                // The last that came is the beginning of a request that would not be taken any more, or a body that is not here yet: one
                // that is has been read when it is looked at again.
                if (is_idle && came_in.load(Ordering::Relaxed)) || (looks > 0 && coming.is()) {
                    return;
                }
                looks += 1;
                if let Ok(ended) = timeout(LOOK_AGAIN, connection.as_mut()).await {
                    break ended;
                }
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

/// A request that is in work until the last byte of its answer was taken.
struct InWork(Arc<AtomicUsize>);

impl InWork {
    fn new(requests: &Arc<AtomicUsize>) -> Self {
        requests.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(requests))
    }
}

impl Drop for InWork {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
