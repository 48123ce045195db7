//! Texts in, vectors out.

use crate::EmbeddingError;

/// The vectors of some texts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Embeddings {
    /// One for each text, in their order, of Euclidean length 1.
    pub vectors: Vec<Vec<f32>>,
    /// Tokens that were read for them.
    pub tokens: usize,
    /// Which texts were longer than the model reads, and were cut, by their place.
    pub truncated: Vec<usize>,
}

/// Something that maps texts to vectors whose cosine tells how near they are in meaning.
pub trait Embedder: Send + Sync {
    /// Names the model and its weights; vectors of different ids must not be compared.
    fn id(&self) -> &str;

    /// Length of every vector.
    fn dimensions(&self) -> usize;

    /// Tokens of one text that the model reads; what lies behind is cut off.
    fn tokens_max(&self) -> usize;

    /// One vector of [`Self::dimensions`] values for each text.
    ///
    /// # Errors
    /// When the model under it fails.
    fn embed(&self, texts: &[&str]) -> Result<Embeddings, EmbeddingError>;
}
