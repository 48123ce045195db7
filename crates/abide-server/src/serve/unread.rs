//! Bodies of requests that were answered before they were read. A connection that is closed on a client that still sends takes the
//! answer away from it, so what comes is read and thrown away for a while. Must not know what was asked.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body, Buf, Frame, SizeHint};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::timeout;

/// How long such a body is read.
const TIME_MAX: Duration = Duration::from_secs(30);
/// How long it may bring nothing.
const IDLE_MAX: Duration = Duration::from_secs(5);
/// Bytes of it that are read.
const BYTES_MAX: usize = 1 << 30;

/// A body that is read to its end, be it by nobody.
pub(super) struct Unread<B: Body + Send + Unpin + 'static> {
    /// `None` once it came to its end.
    body: Option<B>,
    coming: Arc<Coming>,
}

/// Whether a connection's current body is still to come.
#[derive(Debug, Default)]
pub(super) struct Coming {
    is: AtomicBool,
    ended: Notify,
}

impl Coming {
    /// Whether it is.
    pub(super) fn is(&self) -> bool {
        self.is.load(Ordering::Relaxed)
    }

    /// Waits until it is not, so long at most; tells whether it came to its end.
    pub(super) async fn ends_within(&self, time: Duration) -> bool {
        let ended = async {
            while self.is() {
                self.ended.notified().await;
            }
        };
        timeout(time, ended).await.is_ok()
    }

    fn end(&self) {
        self.is.store(false, Ordering::Relaxed);
        self.ended.notify_one();
    }
}

impl<B: Body + Send + Unpin + 'static> Unread<B> {
    /// `body`, which is `coming` until it came to its end.
    pub(super) fn new(body: B, coming: Arc<Coming>) -> Self {
        let body = Some(body).filter(|body| !body.is_end_stream());
        coming.is.store(body.is_some(), Ordering::Relaxed);
        Self { body, coming }
    }
}

impl<B: Body + Send + Unpin + 'static> Body for Unread<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(context));
        if !matches!(frame, Some(Ok(_))) {
            self.body = None;
            self.coming.end();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl<B: Body + Send + Unpin + 'static> Drop for Unread<B> {
    fn drop(&mut self) {
        let Some(body) = self.body.take() else { return };
        if body.is_end_stream() {
            self.coming.end();
        } else if let Ok(runtime) = Handle::try_current() {
            let coming = Arc::clone(&self.coming);
            runtime.spawn(timeout(TIME_MAX, Discard { body, coming }.run()));
        }
    }
}

/// What nobody wants.
struct Discard<B> {
    body: B,
    coming: Arc<Coming>,
}

impl<B: Body + Send + Unpin + 'static> Discard<B> {
    async fn run(self) {
        let mut body = pin!(self.body);
        let mut left = BYTES_MAX;
        while let Ok(frame) = timeout(IDLE_MAX, body.frame()).await {
            let Some(Ok(frame)) = frame else {
                self.coming.end();
                return;
            };
            left = left.saturating_sub(frame.data_ref().map_or(0, Buf::remaining));
            if left == 0 {
                return;
            }
        }
    }
}
