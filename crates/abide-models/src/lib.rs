//! The catalogue of models, their download and checksums, and the store on disk.
//!
//! This crate knows files, names and bytes. It must not know what is inside a model (no candle, no
//! GGUF beyond its first four bytes), and it talks to no terminal: progress goes to a callback,
//! errors are typed, and where the store lies is the caller's decision. The only environment it
//! reads is what Hugging Face's own tools read ([`HubOptions::from_environment`]).
//!
//! ```no_run
//! use std::sync::atomic::AtomicBool;
//! use abide_models::{Catalogue, PullOptions, Store};
//!
//! let catalogue = Catalogue::load(None)?;
//! let store = Store::open("/home/me/.local/share/abide")?;
//! let cancel = AtomicBool::new(false);
//! let model = store.pull(catalogue.default_entry(), &PullOptions::new(&cancel, &|event| eprintln!("{event}")))?;
//! println!("{}", model.main_file().path.display());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod catalogue;
mod entry;
mod error;
mod files;
mod name;
mod progress;
mod pull;
mod shape;
mod source;
mod store;

pub use catalogue::{BUILTIN, Catalogue, edit_distance};
pub use entry::{Entry, ExpectedFile, Kind, Licence, Source, SuggestedSampling, WheelPart};
pub use error::{CatalogueError, PullError, SourceError, SourceFailure, StoreError};
pub use files::{checksum, checksum_of, free_space};
pub use name::{Digest, FileName, ModelId, NameError};
pub use progress::PullEvent;
pub use pull::PullOptions;
pub use shape::{Hyperparameter, Shape};
pub use source::HubOptions;
pub use store::{FileCheck, FileState, InstalledFile, InstalledModel, Listed, Removed, Store, Unfinished};
