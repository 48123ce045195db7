//! What stands where in an archive. Must not know how it is read or written.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::Section;

/// The version of archives that this program writes, and the newest that it reads.
pub const FORMAT_VERSION: u32 = 1;

pub(super) const FORMAT_NAME: &str = "abide companion";
pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const COMPANION: &str = "companion.json";

/// What an archive says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Always `abide companion`.
    pub format: String,
    /// See [`FORMAT_VERSION`].
    pub version: u32,
    /// What the companion is called.
    pub name: String,
    /// Since when it is there.
    pub created: Timestamp,
    /// All entries but this one, by name.
    pub entries: BTreeMap<String, ManifestEntry>,
}

/// One entry of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestEntry {
    /// Its bytes, unpacked.
    pub bytes: u64,
    /// Its lines.
    pub lines: u64,
    /// Its SHA-256, unpacked, in hexadecimal digits.
    pub sha256: String,
}

/// The entry that a section is in.
pub(super) fn entry_name(section: Section) -> &'static str {
    match section {
        Section::Personas => "personas.jsonl",
        Section::Settings => "settings.jsonl",
        Section::Messages => "transcript.jsonl",
        Section::Branches => "branches.jsonl",
        Section::Choices => "choices.jsonl",
        Section::Windows => "windows.jsonl",
        Section::Facts => "facts.jsonl",
        Section::Summaries => "summaries.jsonl",
        Section::Moods => "moods.jsonl",
        Section::Plans => "plans.jsonl",
        Section::LorebookStates => "lorebook-states.jsonl",
        Section::Tombstones => "tombstones.jsonl",
        Section::Imports => "imports.jsonl",
        Section::Vectors => "vectors.jsonl",
    }
}

/// A checksum as it stands in the manifest.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    bytes.iter().for_each(|byte| text.push_str(&format!("{byte:02x}")));
    text
}
