//! The models that are in memory, and how to get others there. Must not know dialects.

use std::sync::Arc;
use std::time::Duration;

use crate::Library;

/// The models that are in memory.
pub struct Registry {
    library: Arc<dyn Library>,
    keep_alive: Duration,
}

impl Registry {
    /// An empty one over `library`. Models stay for `keep_alive` where a request doesn't say.
    pub fn new(library: Arc<dyn Library>, keep_alive: Duration) -> Self {
        Self { library, keep_alive }
    }

    /// Where models come from.
    pub fn library(&self) -> &Arc<dyn Library> {
        &self.library
    }

    /// How long models stay where a request doesn't say.
    pub fn keep_alive(&self) -> Duration {
        self.keep_alive
    }
}
