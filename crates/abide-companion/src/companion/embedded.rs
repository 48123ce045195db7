//! How far the embedding model has read what was said and learned. Must not know how vectors are made.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::CompanionResult;
use super::handle::Companion;
use super::worker;

/// How often one looks how far it is.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// How far the embedding model has read. What it has not read yet is found by words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Embedded {
    /// The embedding model; `None`: there is none, and all is found by words.
    pub embedder: Option<String>,
    /// Messages and facts that it has read.
    pub done: u64,
    /// Messages and facts that there are.
    pub all: u64,
}

impl Embedded {
    /// Whether nothing is left to be read.
    pub fn is_complete(&self) -> bool {
        self.done >= self.all
    }
}

impl Companion {
    /// How far the embedding model has read what was said and learned. Opens the model if nobody has yet.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn embedded(&self) -> CompanionResult<Embedded> {
        let Some(embedder) = self.shared.embedder() else { return Ok(Embedded::default()) };
        let (done, all) = self.shared.store.count_vectors(self.id, embedder.id())?;
        Ok(Embedded { embedder: Some(embedder.id().to_owned()), done, all })
    }

    /// The embedding models that there are vectors by: several while one reads anew what another one did.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn embedders(&self) -> CompanionResult<Vec<String>> {
        Ok(self.shared.store.vector_models(self.id)?)
    }

    /// Waits until the embedding model has read all of it, or `cancel` says to leave the rest for later. `progress` is told how far it is.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn embed_all(
        &self,
        cancel: &dyn Fn() -> bool,
        progress: &mut dyn FnMut(&Embedded),
    ) -> CompanionResult<Embedded> {
        worker::wake(&self.shared);
        loop {
            // Asked before it is counted, so that what was done meanwhile is in the count.
            let is_over = worker::is_idle(&self.shared) || cancel();
            let embedded = self.embedded()?;
            progress(&embedded);
            if is_over {
                return Ok(embedded);
            }
            worker::wait_for_change(&self.shared, LOOK_AGAIN);
        }
    }
}
