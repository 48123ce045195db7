//! A stream of bytes that tells which way the last of them went, whose end is told once nobody waits for an answer any more, and that breaks
//! where the other end takes nothing for too long. Must not know what they mean.

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
    /// How long the other end may take nothing of what is written.
    patience: Duration,
    /// Since it takes no more.
    full: Option<Pin<Box<Sleep>>>,
    /// Since the other end sends nothing more.
    ended: Option<Pin<Box<Sleep>>>,
}

impl<S> Watched<S> {
    /// Tells through `came_in`. The other end may take nothing for as long as `patience` lasts.
    pub(super) fn new(
        stream: S,
        came_in: Arc<AtomicBool>,
        patience: Duration,
        is_over: impl Fn(Ended) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self { stream, came_in, is_over: Box::new(is_over), patience, full: None, ended: None }
    }

    /// The other end sends nothing more: ready when that is to be told, which ends all requests.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let ended = if self.ended.is_none() { Ended::Now } else { Ended::Before };
            if self.full.is_none() && (self.is_over)(ended) {
                return Poll::Ready(());
            }
            let look = self.ended.insert(Box::pin(sleep(LOOK_AGAIN)));
            ready!(look.as_mut().poll(context));
        }
    }

    /// # Errors
    /// [`io::ErrorKind::TimedOut`] when the other end has taken nothing for too long: it would keep its place for ever.
    fn wrote(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_pending() {
            let full = self.full.get_or_insert_with(|| Box::pin(sleep(self.patience)));
            ready!(full.as_mut().poll(context));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        self.full = None;
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
        self.wrote(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.wrote(context, written)
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::{Instant, advance};

    use super::*;

    const PATIENCE: Duration = Duration::from_mins(1);

    fn watched<S>(stream: S) -> Watched<S> {
        Watched::new(stream, Arc::default(), PATIENCE, |_| false)
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_left() {
        let (ours, _theirs) = duplex(4);
        let mut ours = watched(ours);
        let begun = Instant::now();
        let error = ours.write_all(b"more than fits").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(begun.elapsed(), PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_a_little_is_waited_for() {
        let (ours, mut theirs) = duplex(4);
        let mut ours = watched(ours);
        let writing = tokio::spawn(async move { ours.write_all(b"more than fits").await });
        let mut taken = Vec::new();
        while taken.len() < 14 {
            tokio::task::yield_now().await;
            advance(PATIENCE / 2).await;
            taken.push(theirs.read_u8().await.unwrap());
        }
        writing.await.unwrap().unwrap();
        assert_eq!(taken, b"more than fits");
    }
}
