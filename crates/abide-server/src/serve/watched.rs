//! A stream of bytes that tells which way the last of them went, and whose end is told once nobody waits for an answer any more. Must not
//! know what they mean.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// How often it is looked whether one that sends nothing more is still there to read.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// For how long the other end has sent nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Just now: what it sent before may be a request that nobody has seen yet.
    Now,
    /// For longer than it takes to see one.
    Before,
}

/// `stream`, and whether the last bytes came in.
pub(super) struct Watched<S> {
    stream: S,
    came_in: Arc<AtomicBool>,
    /// Whether nobody waits for an answer any more, if the other end sends nothing more: asked with how long it has sent nothing.
    is_over: Box<dyn Fn(Ended) -> bool + Send + Sync>,
    /// Whether it takes no more just now.
    is_full: bool,
    /// Since the other end sends nothing more.
    ended: Option<Pin<Box<Sleep>>>,
}

impl<S> Watched<S> {
    /// Tells through `came_in`.
    pub(super) fn new(
        stream: S,
        came_in: Arc<AtomicBool>,
        is_over: impl Fn(Ended) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self { stream, came_in, is_over: Box::new(is_over), is_full: false, ended: None }
    }

    /// The other end sends nothing more: ready when that is to be told, which ends all requests.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let ended = if self.ended.is_none() { Ended::Now } else { Ended::Before };
            if !self.is_full && (self.is_over)(ended) {
                return Poll::Ready(());
            }
            let look = self.ended.insert(Box::pin(sleep(LOOK_AGAIN)));
            ready!(look.as_mut().poll(context));
        }
    }

    fn wrote(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.is_full = written.is_pending();
        if matches!(written, Poll::Ready(Ok(count)) if count > 0) {
            self.came_in.store(false, Ordering::Relaxed);
        }
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(look) = &mut self.ended {
            ready!(look.as_mut().poll(context));
            ready!(self.poll_end(context));
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        if buffer.filled().len() > before {
            self.came_in.store(true, Ordering::Relaxed);
        } else if read.is_ok() && buffer.remaining() > 0 {
            ready!(self.poll_end(context));
        }
        Poll::Ready(read)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
