//! A model in use: it stays in memory as long as somebody holds a lease of it. Must not know why it is used.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::books::Books;
use crate::ModelInfo;

/// A model that is in memory and stays there until this is dropped; then its time to live begins.
pub struct Lease<T: ?Sized> {
    // Before `usage`: a model that nobody uses must have no other owner than the registry.
    model: Arc<T>,
    info: ModelInfo,
    /// `None`: the model itself holds a lease of what is in memory.
    _usage: Option<Usage>,
}

impl<T: ?Sized> Lease<T> {
    pub(super) fn new(model: Arc<T>, info: ModelInfo, usage: Usage) -> Self {
        Self { model, info, _usage: Some(usage) }
    }

    /// Of something that is used like a model and holds the lease of the one under it.
    pub(super) fn over(model: Arc<T>, info: ModelInfo) -> Self {
        Self { model, info, _usage: None }
    }

    /// What the library knows of the model.
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }
}

impl<T: ?Sized> Deref for Lease<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.model
    }
}

impl<T: ?Sized> fmt::Debug for Lease<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Lease").field("id", &self.info.id).finish_non_exhaustive()
    }
}

/// One user of a model, from the moment it is asked for, loaded or not.
pub(super) struct Usage {
    books: Arc<Books>,
    id: String,
    serial: u64,
}

impl Usage {
    /// Of an entry for the model `id`, counted by `books` already.
    pub(super) fn new(books: Arc<Books>, id: String, serial: u64) -> Self {
        Self { books, id, serial }
    }
}

impl Drop for Usage {
    fn drop(&mut self) {
        self.books.give_back(&self.id, self.serial);
    }
}
