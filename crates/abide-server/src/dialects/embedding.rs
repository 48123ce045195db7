//! Vectors of texts for every dialect. Must not know how they are written, nor how they are made.

use abide_generation::{Embedder, Embeddings};
use tokio::task::spawn_blocking;

use crate::ApiError;
use crate::registry::Lease;

/// The vectors of `texts`, made on a thread of their own.
///
/// # Errors
/// When the model fails.
pub(super) async fn embed(model: Lease<dyn Embedder>, texts: Vec<String>) -> Result<Embeddings, ApiError> {
    let work = spawn_blocking(move || {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        model.embed(&texts)
    });
    Ok(work.await.map_err(|_| ApiError::broken_off("embedding"))??)
}

/// So many of the texts that were sent, as a sentence about them begins.
pub(super) fn some_texts(count: usize) -> String {
    match count {
        1 => "one of the texts in `input` is".to_owned(),
        count => format!("{count} of the texts in `input` are"),
    }
}
