//! From a folder with a BERT encoder to vectors of texts: weights from safetensors, the tokenizer from `tokenizer.json`.
//!
//! Must not know where models come from, catalogues, HTTP or terminals.
//!
//! It computes on the CPU alone, with the kernels of the decoder: an encoder is small, and so a text's vector is the same to
//! the bit whatever texts are beside it and however many threads there are. Nothing is padded: the rows of several
//! texts stand one after another, and attention knows where each text begins and ends.

mod encoder;
mod error;
mod spec;
#[cfg(test)]
mod tests;
mod text;
mod weights;

use std::{
    fmt,
    path::Path,
    sync::{Mutex, PoisonError},
};

use abide_generation::{Embedder, EmbeddingError, Embeddings};
use abide_kernels::{Isa, KernelError, Kernels};

pub use error::{EmbedderError, EmbedderProblem};
pub use spec::{EncoderSpec, Pooling};

use crate::usable_cores;
use encoder::{Encoder, Pass, Workspace};
use error::At as _;
use text::TextTokenizer;
use weights::WeightFile;

/// File with the weights, beside which all others are looked for.
pub const WEIGHTS_FILE: &str = "model.safetensors";

/// Rows (tokens) that are computed together: enough to use weights well while they are in the processor's caches.
const PASS_ROWS: usize = 512;
/// Texts that are computed together, at most: the keys of each begin in a block of their own.
const PASS_TEXTS: usize = 128;

/// How an embedding model is to be loaded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EmbedderOptions {
    /// What the model is called in its [`Embedder::id`]; the checksum of its weights follows.
    pub name: String,
    /// Tokens of one text that are read, at most; `None`: as `sentence_bert_config.json` says, else as many as it has
    /// positions.
    pub tokens_max: Option<usize>,
    /// Threads of the CPU kernels; `None`: the [`usable_cores`].
    pub threads: Option<usize>,
    /// Instruction set of the CPU kernels; `None`: the best that the CPU has.
    pub isa: Option<Isa>,
}

/// A loaded BERT encoder with its tokenizer.
pub struct BertEmbedder {
    id: String,
    tokenizer: TextTokenizer,
    encoder: Encoder,
    kernels: Kernels,
    /// One text after another computes in it.
    workspace: Mutex<Workspace>,
}

/// What a folder holds, without loading its weights: reads the header of `weights` and the configuration beside it.
///
/// # Errors
/// When a file can't be read, or is not what a BERT encoder needs; the error names it.
pub fn inspect_embedder(weights: &Path, tokens_max: Option<usize>) -> Result<EncoderSpec, EmbedderError> {
    EncoderSpec::read(&WeightFile::open(weights)?, tokens_max)
}

impl BertEmbedder {
    /// Loads the weights from the file `weights` (safetensors), and the tokenizer from `tokenizer.json` beside it.
    ///
    /// # Errors
    /// As [`inspect_embedder`], and when memory is short.
    pub fn open(weights: &Path, options: &EmbedderOptions) -> Result<Self, EmbedderError> {
        let file = WeightFile::open(weights)?;
        let spec = EncoderSpec::read(&file, options.tokens_max)?;
        // Before the weights: what can't be used is said at once.
        let tokenizer = TextTokenizer::open(&weights.with_file_name("tokenizer.json"), &spec)?;
        let threads = options.threads.unwrap_or_else(usable_cores);
        let kernels = Kernels::new(threads, options.isa.unwrap_or_else(Isa::detect));
        let id = format!("{}@sha256:{}", options.name, file.checksum());
        let workspace = Workspace::new(&spec).map_err(EmbedderProblem::Kernel).at(weights)?;
        let encoder = Encoder::load(file, spec, &kernels)?;
        Ok(Self { id, tokenizer, encoder, kernels, workspace: Mutex::new(workspace) })
    }

    /// What it is made of.
    pub fn spec(&self) -> &EncoderSpec {
        self.encoder.spec()
    }

    fn compute(&self, pass: &Pass) -> Result<Vec<Vec<f32>>, EmbeddingError> {
        // A panic leaves nothing behind that the next pass would read before it writes it.
        let mut workspace = self.workspace.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = |error: KernelError| EmbeddingError::Model(error.to_string());
        let vectors = self.encoder.vectors(pass, &self.kernels, &mut workspace).map_err(failed)?;
        if vectors.iter().flatten().any(|value| !value.is_finite()) {
            let problem = "its vector for a text holds values that are no numbers; the weights are damaged";
            return Err(EmbeddingError::Model(problem.to_owned()));
        }
        Ok(vectors)
    }
}

impl Embedder for BertEmbedder {
    fn id(&self) -> &str {
        &self.id
    }

    fn dimensions(&self) -> usize {
        self.encoder.spec().hidden
    }

    fn tokens_max(&self) -> usize {
        self.encoder.spec().tokens_max
    }

    fn embed(&self, texts: &[&str]) -> Result<Embeddings, EmbeddingError> {
        let mut embeddings = Embeddings::default();
        let mut pass = Pass::default();
        for (place, text) in texts.iter().enumerate() {
            let tokens = self.tokenizer.encode(text)?;
            embeddings.tokens += tokens.ids.len();
            embeddings.truncated.extend(tokens.truncated.then_some(place));
            let is_full = pass.rows() + tokens.ids.len() > PASS_ROWS || pass.texts() == PASS_TEXTS;
            if is_full && pass.rows() > 0 {
                embeddings.vectors.extend(self.compute(&pass)?);
                pass.clear();
            }
            pass.add(&tokens.ids, &tokens.types);
        }
        if pass.rows() > 0 {
            embeddings.vectors.extend(self.compute(&pass)?);
        }
        Ok(embeddings)
    }
}

impl fmt::Debug for BertEmbedder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BertEmbedder")
            .field("id", &self.id)
            .field("spec", self.spec())
            .finish_non_exhaustive()
    }
}
