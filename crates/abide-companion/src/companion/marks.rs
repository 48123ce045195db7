//! How far the work in the background has come for each companion, so that each look for what is left begins where the last one ended, however long the
//! conversation. Kept in memory alone: what it says can be found in the store, too. Must not know the work.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::store::CompanionId;
use crate::transcript::MessageId;

/// How far it has come for one companion.
#[derive(Debug, Clone, Default)]
pub(super) struct Mark {
    /// The embedder, and the last message that has a vector of it or needs none.
    pub embedded: Option<(String, MessageId)>,
    /// The embedder, and the version of the facts that all have a vector of it.
    pub facts_embedded: Option<(String, u64)>,
    /// The last message that was looked at for what an import brought.
    pub imported: Option<MessageId>,
}

/// Those of all companions.
#[derive(Debug, Default)]
pub(super) struct Marks(Mutex<HashMap<CompanionId, Mark>>);

impl Marks {
    /// How far it has come.
    pub fn of(&self, companion: CompanionId) -> Mark {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&companion).cloned().unwrap_or_default()
    }

    /// It has come further.
    pub fn set(&self, companion: CompanionId, change: impl FnOnce(&mut Mark)) {
        change(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(companion).or_default());
    }

    /// Begins anew.
    pub fn drop_of(&self, companion: CompanionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&companion);
    }
}
