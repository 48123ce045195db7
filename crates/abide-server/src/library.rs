//! Where models come from: the port that the program fills in. Must not know stores, engines or HTTP.

use std::sync::{Arc, atomic::AtomicBool};
use std::time::SystemTime;

use abide_companion::companion::ModelUse;
use abide_generation::{Embedder, Generator, Sampling};
use jiff::Timestamp;
use thiserror::Error;

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelKind {
    /// It makes text.
    Text,
    /// It makes vectors.
    Embedding,
}

/// What is known of an installed model without opening it.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelInfo {
    /// What it is called by in requests, for example `smollm2-135m-instruct`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What it is for.
    pub kind: ModelKind,
    /// Family, for example `llama`.
    pub family: String,
    /// Number of parameters.
    pub parameters: u64,
    /// Quantisation as its authors name it, for example `Q4_K_M`.
    pub quantisation: String,
    /// Tokens of context that it was trained for, if known.
    pub context_length: Option<usize>,
    /// Bytes on disk.
    pub size_bytes: u64,
    /// Where its file lies, if it is not in the store. Told to those alone who ask for the settings of a companion that runs on it.
    pub path: Option<String>,
    /// SHA-256 of its (first) file in lower-case hexadecimal digits.
    pub sha256: String,
    /// When it was installed.
    pub installed: SystemTime,
    /// Its licence, as an SPDX expression or a name.
    pub licence: String,
    /// Sampling where a request names none: what its authors advise, with the program's own settings over it.
    pub sampling: Sampling,
    /// What its authors advise over the mild default, alone.
    pub sampling_advised: Sampling,
}

impl ModelInfo {
    /// The model as a companion names it that begins to run on it.
    pub fn as_used(&self) -> ModelUse {
        ModelUse {
            path: self.path.clone(),
            checksum: Some(self.sha256.clone()).filter(|checksum| !checksum.is_empty()),
            sampling: Some(self.sampling_advised.clone()),
            ..ModelUse::named(self.id.clone(), Timestamp::now())
        }
    }
}

/// What is found by looking into an installed model's file.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelDetails {
    /// What is known without that.
    pub info: ModelInfo,
    /// Its chat template, if it has one.
    pub template: Option<String>,
    /// Its metadata; long arrays are left out.
    pub metadata: serde_json::Map<String, serde_json::Value>,
}

/// A model that is in memory.
#[derive(Clone)]
pub enum Loaded {
    /// It makes text. Dropping the last reference frees it.
    Generator(Arc<dyn Generator>),
    /// It makes vectors.
    Embedder(Arc<dyn Embedder>),
}

impl Loaded {
    /// Whether it answers nothing any more, and has to be loaded anew.
    pub fn has_stopped(&self) -> bool {
        match self {
            Self::Generator(model) => model.has_stopped(),
            Self::Embedder(_) => false,
        }
    }

    /// Tokens that it takes at once: of a prompt and its answer, or of a text to embed.
    pub fn context_length(&self) -> usize {
        match self {
            Self::Generator(model) => model.description().context_length,
            Self::Embedder(model) => model.tokens_max(),
        }
    }
}

/// Progress of fetching a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PullStep {
    /// Something to tell the user, such as which source is asked.
    Status(String),
    /// Bytes of a file that are here.
    Bytes {
        /// The file's name.
        file: String,
        /// Its SHA-256, if known beforehand.
        sha256: Option<String>,
        /// Bytes that are here.
        done: u64,
        /// Bytes in all.
        total: u64,
    },
}

/// A size as people read it, rounded so that what is too large is seen to be.
fn size(bytes: u64, round: fn(f64) -> f64) -> String {
    match bytes {
        0..1_000_000_000 => format!("{} MB", round(bytes as f64 / 1e6)),
        _ => format!("{} GB", round(bytes as f64 / 1e7) / 100.0),
    }
}

/// Why a model can't be had. The texts are fit for clients: they name models, never files.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LibraryError {
    /// No model goes by that name.
    #[error("there is no model `{name}`{advice}")]
    Unknown {
        /// The name given.
        name: String,
        /// What may have been meant, as the rest of the sentence.
        advice: String,
    },
    /// It could be fetched, but is not here.
    #[error("the model `{id}` is not installed; fetch it with `abide pull {id}` or POST /api/pull")]
    NotInstalled {
        /// Its id.
        id: String,
    },
    /// Memory is too small for it, even with all others unloaded.
    #[error("the model `{id}` takes {} of memory, and {} are there", size(*needed, f64::ceil), size(*available, f64::floor))]
    TooLarge {
        /// Its id.
        id: String,
        /// Bytes that it takes.
        needed: u64,
        /// Bytes that it could have.
        available: u64,
    },
    /// Its file is damaged, or of a kind that can't be run.
    #[error("the model `{id}` can't be used: {problem}")]
    Unusable {
        /// Its id.
        id: String,
        /// What is wrong.
        problem: String,
    },
    /// Memory is too small for it as things are.
    #[error("memory is too small for the model `{id}` just now")]
    NoRoom {
        /// Its id.
        id: String,
    },
    /// What was asked for is not done here, whoever asks.
    #[error("the model `{id}` {problem}")]
    Refused {
        /// Its id.
        id: String,
        /// Why, going on from its name.
        problem: String,
    },
    /// It is being used.
    #[error("the model `{id}` is in use")]
    InUse {
        /// Its id.
        id: String,
    },
    /// It can't be fetched.
    #[error("the model `{id}` can't be fetched: {problem}")]
    Pull {
        /// Its id.
        id: String,
        /// What is wrong.
        problem: String,
    },
    /// The caller gave up.
    #[error("cancelled")]
    Cancelled,
    /// The store itself can't be used; the details are for the log alone.
    #[error("the store of models can't be used; the server's log says why")]
    Internal {
        /// What happened, with paths.
        details: String,
    },
}

/// The models on this machine. Methods block, some for minutes, and are called on threads made for that.
pub trait Library: Send + Sync + 'static {
    /// Installed models, sorted by id.
    ///
    /// # Errors
    /// When the store can't be read.
    fn list(&self) -> Result<Vec<ModelInfo>, LibraryError>;

    /// The id of the model that is used where a request names none.
    fn default_model(&self) -> String;

    /// The installed model of that name. A name may carry Ollama's tag: `id:latest` is `id`.
    ///
    /// # Errors
    /// When there is none, or it is not installed.
    fn find(&self, name: &str) -> Result<ModelInfo, LibraryError>;

    /// Looks into the file of an installed model.
    ///
    /// # Errors
    /// As [`Self::find`], and when the file can't be used.
    fn details(&self, id: &str) -> Result<ModelDetails, LibraryError>;

    /// Bytes of memory that the model would take, and that are free now.
    ///
    /// # Errors
    /// As [`Self::details`].
    fn memory(&self, id: &str) -> Result<MemoryNeed, LibraryError>;

    /// Loads a model.
    ///
    /// # Errors
    /// As [`Self::details`], and when memory is too small.
    fn load(&self, id: &str) -> Result<Loaded, LibraryError>;

    /// Fetches a model of the catalogue unless it is here. `cancel` ends it soon after it was set.
    ///
    /// # Errors
    /// When there is no such model, the network is forbidden or fails, or it was cancelled.
    fn pull(
        &self,
        name: &str,
        cancel: &AtomicBool,
        progress: &mut dyn FnMut(PullStep),
    ) -> Result<ModelInfo, LibraryError>;

    /// `base` with the program's own settings over it.
    fn sampling(&self, base: Sampling) -> Sampling {
        base
    }

    /// Deletes what is saved of conversations for the next start, where anything is. What can't be deleted is logged.
    fn forget_saved(&self) {}

    /// Removes an installed model from the disk.
    ///
    /// # Errors
    /// As [`Self::find`], and when the disk refuses.
    fn remove(&self, id: &str) -> Result<(), LibraryError>;
}

/// Memory that loading a model takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryNeed {
    /// Bytes that it takes.
    pub needed: u64,
    /// Bytes that are free now.
    pub available: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_told_in_units_that_people_read() {
        for (needed, available, told) in [
            (306_898_176, 102_400_000, "takes 307 MB of memory, and 102 MB are there"),
            (4_123_456_789, 4_120_000_001, "takes 4.13 GB of memory, and 4.12 GB are there"),
        ] {
            let error = LibraryError::TooLarge { id: "a".to_owned(), needed, available };
            assert!(error.to_string().contains(told), "{error}");
        }
    }
}
