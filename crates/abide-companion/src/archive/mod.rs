//! A companion as one file, whole: the `.abide` archive, out and in, and texts of the conversation for reading. `docs/archive-format.md` describes
//! the format. Must not know SQL: the store gives and takes lines.

mod error;
mod export;
mod format;
mod import;
mod reading;
pub(crate) mod sealed;
#[cfg(test)]
mod tests;

pub use error::ArchiveError;
pub use export::{ExportOptions, Protection, export};
pub(crate) use format::hexadecimal;
pub use format::{FORMAT_VERSION, Manifest, ManifestEntry};
pub use import::{ImportOptions, import, inspect};
pub use reading::{Names, Reach, write_jsonl, write_markdown};
