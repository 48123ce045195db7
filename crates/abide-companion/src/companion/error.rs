//! What can go wrong between somebody and their companion.

use abide_generation::{EmbeddingError, GenerationError};
use thiserror::Error;

use super::reconcile::ReconcileError;
use super::reply::Ending;
use crate::archive::ArchiveError;
use crate::persona::PersonaError;
use crate::prompt::PromptError;
use crate::store::{FactId, StoreError};
use crate::summary::SummaryError;
use crate::transcript::MessageId;

/// Why a companion could not do what was asked. What was said before is kept.
#[derive(Debug, Error)]
pub enum CompanionError {
    /// The store can't.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The prompt can't be planned.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// An archive can't be written or taken in.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The model can't, or stopped in the middle; what it said until then is kept as an interrupted reply.
    #[error("{0}; what was said is kept, and can be answered again")]
    Generation(#[from] GenerationError),
    /// The model ended its turn without a word.
    #[error("the model answered nothing; what was said is kept, and can be answered again")]
    EmptyReply(Option<Box<Ending>>),
    /// A reply can't be made as it is asked for; nothing was kept for it.
    #[error(transparent)]
    Options(GenerationError),
    /// The persona can't be as it is.
    #[error(transparent)]
    Persona(#[from] PersonaError),
    /// The embedding model can't.
    #[error(transparent)]
    Embedding(#[from] EmbeddingError),
    /// A model's summary is no good.
    #[error(transparent)]
    Summary(#[from] SummaryError),
    /// What another program sent asks for nothing.
    #[error(transparent)]
    Reconcile(#[from] ReconcileError),
    /// No companion has this name.
    #[error("there is no companion called {0:?}; list the companions, or make one")]
    NoSuchCompanion(String),
    /// Nothing was said.
    #[error("the message is empty; say something")]
    NothingSaid,
    /// A fact without a word.
    #[error("the fact is empty; write what is to be remembered")]
    EmptyFact,
    /// Nothing to answer.
    #[error("there is nothing to answer yet; say something first")]
    NothingToAnswer,
    /// All replies were cut or stopped, so none says how long or how good another would have to be.
    #[error(
        "none of the {replies} replies is whole (they were cut or stopped), so none is chosen to be rehearsed; name some by their numbers"
    )]
    NothingWhole {
        /// How many there are.
        replies: usize,
    },
    /// A fact is to be pinned that holds no more.
    #[error("fact {} was true earlier; fact {} took its place and can be pinned", .fact.0, .newer.0)]
    Superseded {
        /// Which.
        fact: FactId,
        /// What holds now.
        newer: FactId,
    },
    /// The message is no reply.
    #[error("message {} is not the companion's, so there is no other answer in its place", .0.0)]
    NotAReply(MessageId),
    /// A conversation has no message there.
    #[error("the conversation has no {what}")]
    NoPlace {
        /// What there is none of, continuing the sentence.
        what: String,
    },
    /// A stored value is not what this program writes.
    #[error(
        "the stored {what} can't be read ({problem}); it was changed by another program or a newer abide"
    )]
    Stored {
        /// What it is.
        what: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// A setting makes no sense.
    #[error("{setting} can't be {value:?}: {problem}")]
    Setting {
        /// Which.
        setting: &'static str,
        /// Its value.
        value: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// No setting that is chosen by name has this one.
    #[error("there is no setting {0:?}; there are {known}", known = super::settings::Settings::names().join(", "))]
    NoSuchSetting(String),
    /// A part of the program broke off at something that nobody thought of.
    #[error("a part of the program broke off at {place}; what was said is kept, and can be answered again")]
    Broken {
        /// Where in the program.
        place: String,
    },
    /// The thread for a reply can't be started.
    #[error("the reply can't be started: {0}")]
    Thread(std::io::Error),
}

/// A result of a companion's.
pub type CompanionResult<T> = Result<T, CompanionError>;
