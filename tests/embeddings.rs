//! Embeddings by real weights, against vectors worked out in float64 by a program that knows nothing of ours.

use abide_engine::{BertEmbedder, EmbedderOptions};
use abide_generation::Embedder;
use serde::Deserialize;

use crate::support::{MINILM, fixture, real_model};

/// A text, and what `tests/fixtures/embeddings/reference.py` says of it.
#[derive(Deserialize)]
struct Reference {
    text: String,
    tokens: usize,
    truncated: bool,
    vector: Vec<f32>,
}

fn references() -> Vec<Reference> {
    let text = std::fs::read_to_string(fixture("embeddings/all-minilm-l6-v2.json")).expect("readable");
    serde_json::from_str(&text).expect("the reference is as it should be")
}

/// The model; `None` (and a word on stderr) without real weights.
fn minilm(threads: Option<usize>) -> Option<BertEmbedder> {
    let weights = real_model(MINILM)?;
    let options = EmbedderOptions {
        name: "all-minilm-l6-v2".to_owned(),
        tokens_max: Some(256),
        threads,
        ..EmbedderOptions::default()
    };
    Some(BertEmbedder::open(&weights, &options).expect("the model can be loaded"))
}

fn cosine(one: &[f32], other: &[f32]) -> f64 {
    let product = |a: &[f32], b: &[f32]| -> f64 {
        assert_eq!(a.len(), b.len());
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    product(one, other) / (product(one, one) * product(other, other)).sqrt()
}

#[test]
fn vectors_of_minilm_are_those_of_the_reference() {
    let Some(embedder) = minilm(None) else { return };
    assert_eq!((embedder.dimensions(), embedder.tokens_max()), (384, 256));
    for reference in references() {
        let text = &reference.text;
        let found = embedder.embed(&[text]).expect("it has a vector");
        assert_eq!(
            (found.tokens, found.truncated.len() == 1),
            (reference.tokens, reference.truncated),
            "{text:?}"
        );
        let vector = &found.vectors[0];
        let near = cosine(vector, &reference.vector);
        assert!(near > 0.999_999, "{text:?}: cosine {near}");
        // The reference is rounded to five places.
        let apart = vector.iter().zip(&reference.vector).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-5, "{text:?}: {apart} apart");
    }
}

#[test]
fn vectors_of_minilm_are_the_same_to_the_bit_in_any_company_and_on_any_threads() {
    let Some(embedder) = minilm(Some(2)) else { return };
    let references = references();
    let texts: Vec<&str> = references.iter().map(|reference| reference.text.as_str()).collect();
    let together = embedder.embed(&texts).expect("they have vectors");
    let backwards: Vec<&str> = texts.iter().rev().copied().collect();
    let mut backwards = embedder.embed(&backwards).expect("they have vectors").vectors;
    backwards.reverse();
    assert!(together.vectors == backwards);
    let single = minilm(Some(1)).expect("it was there");
    for (text, vector) in texts.iter().zip(&together.vectors) {
        assert!(single.embed(&[text]).expect("it has a vector").vectors[0] == *vector, "{text:?}");
    }
    assert_eq!(together.truncated.len(), references.iter().filter(|reference| reference.truncated).count());
    assert_eq!(single.id(), embedder.id());
}
