//! The record of one installed model: its files by checksum, and where they came from.
//!
//! Read back as hostile as it would be from the network: sizes bounded, names and digests typed.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::name::{Digest, FileName, ModelId};

/// The layout this version writes.
const VERSION: u32 = 1;
/// Longest manifest that is read, in bytes.
const LENGTH_MAX: u64 = 1 << 20;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) version: u32,
    pub(crate) id: ModelId,
    pub(crate) files: Vec<ManifestFile>,
    /// The source, as shown to people.
    pub(crate) source: String,
    pub(crate) installed_unix_seconds: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ManifestFile {
    pub(crate) name: FileName,
    pub(crate) sha256: Digest,
    pub(crate) size: u64,
}

impl Manifest {
    pub(crate) fn new(id: ModelId, files: Vec<ManifestFile>, source: String) -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self { version: VERSION, id, files, source, installed_unix_seconds: now.as_secs() }
    }

    /// Reads and checks the manifest of a model; `None` if there is none.
    pub(crate) fn read(path: &Path, id: &ModelId) -> Result<Option<Self>, StoreError> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::io("open", path)(error)),
        };
        let mut text = Vec::new();
        file.take(LENGTH_MAX + 1).read_to_end(&mut text).map_err(StoreError::io("read", path))?;
        let manifest = if text.len() as u64 > LENGTH_MAX {
            Err(format!("it is longer than {LENGTH_MAX} bytes"))
        } else {
            serde_json::from_slice(&text).map_err(|error| error.to_string())
        };
        manifest
            .and_then(|manifest: Self| manifest.check(id).map(|()| manifest))
            .map(Some)
            .map_err(|reason| StoreError::Manifest { path: path.to_owned(), reason })
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("plain data with text keys")
    }

    pub(crate) fn names(&self, digest: &Digest) -> bool {
        self.files.iter().any(|file| file.sha256 == *digest)
    }

    fn check(&self, id: &ModelId) -> Result<(), String> {
        if self.version != VERSION {
            return Err(format!("version {} is not {VERSION}", self.version));
        }
        if self.id != *id {
            return Err(format!("it is about {}, not {id}", self.id));
        }
        if self.files.is_empty() {
            return Err("it names no files".to_owned());
        }
        let twice =
            |index: usize, name: &FileName| self.files[..index].iter().any(|other| other.name == *name);
        match self.files.iter().enumerate().find(|(index, file)| twice(*index, &file.name)) {
            Some((_, file)) => Err(format!("it names {} twice", file.name)),
            None => Ok(()),
        }
    }
}
