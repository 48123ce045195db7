//! What is known of a model without loading it: from the catalogue, or from its file. Must not know HTTP.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use abide_engine::EncoderSpec;
use abide_engine::gguf::GgufFile;
use abide_models::{Entry, InstalledModel, Kind};
use abide_server::{ModelInfo, ModelKind};
use anyhow::Context as _;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::engine;
use crate::library::{LocalModel, Purpose};
use crate::settings::EngineSettings;

/// What stands for a licence or a format that nobody tells.
const UNKNOWN: &str = "unknown";
/// The family of the models that make vectors.
const ENCODER_FAMILY: &str = "bert";
/// Bytes that are hashed at once.
const HASHED_AT_ONCE: usize = 1 << 20;

/// A model of the catalogue that is in the store.
pub fn of_entry(entry: &Entry, local: &LocalModel, installed: &InstalledModel) -> ModelInfo {
    ModelInfo {
        id: installed.id.to_string(),
        name: entry.name.clone(),
        kind: match entry.kind {
            Kind::Chat | Kind::Base => ModelKind::Text,
            Kind::Embedding => ModelKind::Embedding,
        },
        family: entry.family.clone(),
        parameters: entry.parameters,
        quantisation: entry.quantisation.clone(),
        context_length: Some(entry.context as usize),
        size_bytes: installed.size_bytes(),
        path: None,
        sha256: installed.main_file().sha256.to_string(),
        installed: installed_at(installed),
        licence: entry.licence.name.clone(),
        sampling: local.sampling(),
        sampling_advised: local.sampling(),
    }
}

/// A model in the store that the catalogue no longer has.
///
/// # Errors
/// When its file can't be read.
pub fn of_orphan(
    local: &LocalModel,
    installed: &InstalledModel,
    settings: &EngineSettings,
) -> anyhow::Result<ModelInfo> {
    Ok(ModelInfo {
        size_bytes: installed.size_bytes(),
        sha256: installed.main_file().sha256.to_string(),
        installed: installed_at(installed),
        ..of_metadata(local, settings)?
    })
}

/// A model in a file that is not the store's.
///
/// # Errors
/// When the file can't be read or run.
pub fn of_file(local: &LocalModel, settings: &EngineSettings) -> anyhow::Result<ModelInfo> {
    let changed = std::fs::metadata(&local.path).and_then(|metadata| metadata.modified());
    Ok(ModelInfo {
        path: local.absolute_path(),
        sha256: sha256(&local.path).with_context(|| format!("can't read {}", local.path.display()))?,
        installed: changed.unwrap_or(SystemTime::UNIX_EPOCH),
        ..of_metadata(local, settings)?
    })
}

fn of_metadata(local: &LocalModel, settings: &EngineSettings) -> anyhow::Result<ModelInfo> {
    if local.purpose() == Purpose::Vectors {
        return of_weights(local);
    }
    let file = engine::open_file(local)?;
    let inspection = engine::look_at(local, &file, settings)?;
    let text = |key: &str| file.metadata().text(key).ok().flatten().map(str::to_owned);
    Ok(ModelInfo {
        id: local.name.clone(),
        name: text("general.name").unwrap_or_else(|| local.name.clone()),
        kind: ModelKind::Text,
        family: inspection.architecture,
        parameters: inspection.parameters,
        quantisation: main_format(&file),
        context_length: Some(inspection.context_length_trained),
        size_bytes: file.bytes(),
        path: None,
        sha256: String::new(),
        installed: SystemTime::UNIX_EPOCH,
        licence: text("general.license").unwrap_or_else(|| UNKNOWN.to_owned()),
        sampling: local.sampling(),
        sampling_advised: local.sampling(),
    })
}

/// A model that makes vectors, in a folder of its own.
fn of_weights(local: &LocalModel) -> anyhow::Result<ModelInfo> {
    let spec = engine::look_at_embedder(local)?;
    Ok(ModelInfo {
        id: local.name.clone(),
        name: local.name.clone(),
        kind: ModelKind::Embedding,
        family: ENCODER_FAMILY.to_owned(),
        parameters: spec.parameters,
        quantisation: UNKNOWN.to_owned(),
        context_length: Some(spec.tokens_max),
        size_bytes: std::fs::metadata(&local.path).map_or(0, |metadata| metadata.len()),
        path: None,
        sha256: String::new(),
        installed: SystemTime::UNIX_EPOCH,
        licence: UNKNOWN.to_owned(),
        sampling: local.sampling(),
        sampling_advised: local.sampling(),
    })
}

/// What an encoder's files say of it, under the keys that GGUF has for the same.
pub fn of_encoder(spec: &EncoderSpec) -> Map<String, Value> {
    let values = json!({
        "general.architecture": ENCODER_FAMILY,
        "general.parameter_count": spec.parameters,
        "bert.block_count": spec.layers,
        "bert.embedding_length": spec.hidden,
        "bert.feed_forward_length": spec.intermediate,
        "bert.attention.head_count": spec.heads,
        "bert.context_length": spec.tokens_max,
    });
    match values {
        Value::Object(values) => values,
        _ => Map::new(),
    }
}

/// The format of most bytes of a file's tensors.
fn main_format(file: &GgufFile) -> String {
    let mut bytes: BTreeMap<String, u64> = BTreeMap::new();
    for tensor in file.tensors() {
        *bytes.entry(tensor.kind.to_string()).or_default() += tensor.bytes() as u64;
    }
    let most = bytes.into_iter().max_by_key(|(_, bytes)| *bytes);
    most.map(|(format, _)| format).unwrap_or_default()
}

fn installed_at(installed: &InstalledModel) -> SystemTime {
    let since = Duration::from_secs(installed.installed_unix_seconds);
    SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(SystemTime::UNIX_EPOCH)
}

fn sha256(path: &Path) -> io::Result<String> {
    let (mut file, mut hasher) = (File::open(path)?, Sha256::new());
    let mut buffer = vec![0; HASHED_AT_ONCE];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            length => hasher.update(&buffer[..length]),
        }
    }
    Ok(hasher.finalize().iter().fold(String::with_capacity(64), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    }))
}
