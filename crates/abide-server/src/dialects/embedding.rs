//! Vectors of texts for every dialect. Must not know how they are written, nor how they are made.

use std::time::Instant;

use abide_generation::{Embedder, Embeddings};
use tokio::task::spawn_blocking;

use crate::metrics::Metrics;
use crate::registry::Lease;
use crate::{ApiError, ErrorKind};

/// The vectors of `texts`, made on a thread of their own.
///
/// # Errors
/// When the model fails.
pub(super) async fn embed(
    model: Lease<dyn Embedder>,
    texts: Vec<String>,
    metrics: &Metrics,
) -> Result<Embeddings, ApiError> {
    let begun = Instant::now();
    let work = spawn_blocking(move || {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        model.embed(&texts)
    });
    let made = work.await.map_err(|_| ApiError::broken_off("embedding"))??;
    metrics.embedded(made.tokens, begun.elapsed());
    Ok(made)
}

/// The error of texts at these places among `count` that are longer than `most`, what the model reads.
pub(super) fn too_long(places: &[usize], count: usize, most: &str) -> ApiError {
    let field = match places.first() {
        Some(place) if count > 1 => format!("input[{place}]"),
        _ => "input".to_owned(),
    };
    let which = match places.len() {
        0 | 1 => format!("`{field}` is"),
        2 => format!("`{field}` and one more of the texts are"),
        more => format!("`{field}` and {} more of the texts are", more - 1),
    };
    let message = format!("{which} longer than {most}; split what is too long");
    ApiError { field: Some(field), ..ApiError::new(ErrorKind::ContextOverflow, message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_too_long_are_named() {
        for (places, count, field, said) in [
            (vec![0], 1, "input", "`input` is longer than it reads"),
            (vec![1], 3, "input[1]", "`input[1]` is longer"),
            (vec![0, 2], 3, "input[0]", "`input[0]` and one more of the texts are longer"),
            (vec![1, 2, 3], 4, "input[1]", "`input[1]` and 2 more of the texts are longer"),
        ] {
            let error = too_long(&places, count, "it reads");
            assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::ContextOverflow, Some(field)));
            assert!(error.message.starts_with(said), "{error}");
        }
    }
}
