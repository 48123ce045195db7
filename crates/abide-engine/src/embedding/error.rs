//! What can be wrong with an embedding model's files, said so that a person knows what to do about it.

use std::path::{Path, PathBuf};

use abide_kernels::KernelError;
use thiserror::Error;

/// An embedding model that can't be used: which file, and what is wrong with it.
#[derive(Debug, Error)]
#[error("{}: {problem}", path.display())]
pub struct EmbedderError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it; part of this error's message, and therefore not its source.
    pub problem: EmbedderProblem,
}

/// What is wrong with a file.
#[derive(Debug, Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum EmbedderProblem {
    #[error("can't be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("is not a regular file; name a model.safetensors")]
    NotAFile,
    #[error("has {bytes} bytes, but at most {limit} are read of such a file; it is not the model's")]
    TooLarge { bytes: u64, limit: u64 },
    #[error("is not a safetensors file: {reason}; download it again")]
    NotSafetensors { reason: String },
    #[error("has no tensor `{name}`, which a BERT encoder needs; is it another kind of model?")]
    Missing { name: String },
    #[error("stores tensor `{name}` as {kind}; F32, F16 and BF16 are read")]
    Kind { name: String, kind: String },
    #[error("has tensor `{name}` of shape {found:?}, but {expected} is needed")]
    Shape { name: String, found: Vec<usize>, expected: String },
    #[error("claims {found} {what}, but 1 to {limit} can be")]
    Size { what: &'static str, found: usize, limit: usize },
    #[error("can't be understood: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{0}")]
    Setting(String),
    #[error("is no tokenizer that can be used: {0}")]
    Tokenizer(String),
    #[error("can't be loaded: {0}")]
    Kernel(KernelError),
}

/// Says which file a problem is with.
pub(super) trait At<T> {
    /// The same, with the file's path.
    fn at(self, path: &Path) -> Result<T, EmbedderError>;
}

impl<T, P: Into<EmbedderProblem>> At<T> for Result<T, P> {
    fn at(self, path: &Path) -> Result<T, EmbedderError> {
        self.map_err(|problem| EmbedderError { path: path.to_owned(), problem: problem.into() })
    }
}
