//! What all requests share. Must not know routes or dialects.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use abide_companion::companion::Companions;
use tokio::sync::watch;

use crate::companions::{Replies, drop_deleted_replies};
use crate::metrics::Metrics;
use crate::registry::{Registry, RegistryOptions};
use crate::{Library, ServerOptions};

/// A running server: its models, its numbers, and whether it is stopping.
pub struct Server {
    /// How it behaves.
    pub options: ServerOptions,
    /// The models that are in memory, and how to get others there.
    pub registry: Registry,
    /// The companions of this machine; `None`: they can't be opened, or are not wanted.
    pub companions: Option<Companions>,
    /// Replies of companions that are being made, or were lately.
    pub(crate) replies: Replies,
    /// What is counted.
    pub metrics: Metrics,
    forgot: AtomicBool,
    phase: watch::Sender<Phase>,
}

/// How far a server is on its way to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It takes requests.
    Running,
    /// It takes no more requests; those that it has are finished.
    Draining,
    /// Answers end where they are.
    Stopping,
}

impl Server {
    /// A server over `library`, without companions.
    pub fn new(library: Arc<dyn Library>, options: ServerOptions) -> Arc<Self> {
        Self::with_companions(library, None, options)
    }

    /// A server over `library` and `companions`.
    pub fn with_companions(
        library: Arc<dyn Library>,
        companions: Option<Companions>,
        options: ServerOptions,
    ) -> Arc<Self> {
        let metrics = Metrics::default();
        let kept = RegistryOptions {
            keep_alive: options.keep_alive,
            models_max: options.models_max,
            log_content: options.log_content,
        };
        Arc::new(Self {
            registry: Registry::new(library, companions.clone(), kept, metrics.clone()),
            companions,
            replies: Replies::default(),
            forgot: AtomicBool::new(false),
            metrics,
            phase: watch::Sender::new(Phase::Running),
            options,
        })
    }

    /// Something that was said is to be forgotten: the events of replies that may hold it go, and what was computed of it must not stay on the
    /// disk either. Models that are in memory may save it once more when they go, so whoever ends the server looks at [`Self::forgot`]
    /// afterwards.
    pub(crate) async fn forget_caches(&self) {
        self.forgot.store(true, Ordering::Release);
        drop_deleted_replies(self).await;
        self.registry.forget_saved().await;
    }

    /// Whether something was to be forgotten, so that saved caches must go once all models have.
    pub fn forgot(&self) -> bool {
        self.forgot.load(Ordering::Acquire)
    }

    /// How far it is on its way to its end.
    pub fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// Goes on to `phase`; never back.
    pub fn enter(&self, phase: Phase) {
        self.phase.send_if_modified(|now| {
            let later = phase > *now;
            *now = (*now).max(phase);
            later
        });
    }

    /// Completes once `phase` was entered.
    pub fn reaches(&self, phase: Phase) -> impl Future<Output = ()> + Send + 'static {
        let mut receiver = self.phase.subscribe();
        async move {
            // The sender can't go before the server; if it did, there would be nothing to wait for.
            let _ = receiver.wait_for(|now| *now >= phase).await;
        }
    }

    /// Completes when answers must end where they are. Whoever makes an answer waits for this beside the model.
    pub fn stopping(&self) -> impl Future<Output = ()> + Send + 'static {
        self.reaches(Phase::Stopping)
    }
}
