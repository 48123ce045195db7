//! An embedding model that is opened when it is first needed, so that nobody waits for it at the start. Must not know how that is done.

use std::sync::{Arc, LazyLock};

use abide_generation::Embedder;

type Open = Box<dyn FnOnce() -> Option<Arc<dyn Embedder>> + Send>;

/// Where an embedding model comes from. Cheap to clone: all clones are the same.
#[derive(Clone)]
pub struct EmbedderSource(Arc<LazyLock<Option<Arc<dyn Embedder>>, Open>>);

impl EmbedderSource {
    /// One that `open` opens, once, on the thread that needs it first: that of the work in the background, unless a question comes before it. `None`: it
    /// can't be had, and recall goes by words.
    pub fn late(open: impl FnOnce() -> Option<Arc<dyn Embedder>> + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(open))))
    }

    /// The model. Whoever comes while it is opened waits.
    pub fn get(&self) -> Option<Arc<dyn Embedder>> {
        LazyLock::force(&self.0).as_ref().map(Arc::clone)
    }
}

impl From<Arc<dyn Embedder>> for EmbedderSource {
    fn from(embedder: Arc<dyn Embedder>) -> Self {
        Self::late(move || Some(embedder))
    }
}
