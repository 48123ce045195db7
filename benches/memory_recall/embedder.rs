//! The embedder that companions have by default. Must not know what is embedded.

use abide_engine::{BertEmbedder, EmbedderOptions};

use crate::fetched;

/// The catalogue's name of it.
const MODEL: &str = "all-minilm-l6-v2";
/// Tokens of a text that it was trained to read.
const TOKENS_MAX: usize = 256;

/// Loads it; fetches it first if it isn't there.
pub fn open() -> Result<BertEmbedder, String> {
    let cure = "measure words alone by --lexical";
    let path = fetched::file(MODEL).map_err(|error| format!("{error}, or {cure}"))?;
    let options = EmbedderOptions {
        name: MODEL.to_owned(),
        tokens_max: Some(TOKENS_MAX),
        ..EmbedderOptions::default()
    };
    BertEmbedder::open(&path, &options).map_err(|error| format!("{}: {error}; {cure}", path.display()))
}
