//! Texts in, vectors out.

use crate::EmbeddingError;

/// Something that maps texts to vectors whose cosine tells how near they are in meaning.
pub trait Embedder: Send + Sync {
    /// Names the model and its weights; vectors of different ids must not be compared.
    fn id(&self) -> &str;

    /// Length of every vector.
    fn dimensions(&self) -> usize;

    /// One vector of [`Self::dimensions`] values for each text, of Euclidean length 1.
    ///
    /// # Errors
    /// When the model under it fails.
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbeddingError>;
}
