//! The folder: its files by age and size, and deleting them. Knows nothing of what is in a file but its description.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::error::SavedCacheError;
use super::file::PartReader;
use super::key::{CacheKey, Keys, Name};

/// Ending of the files.
const EXTENSION: &str = "kv";
/// Start of the name of a file that is being written.
pub(super) const TEMPORARY_PREFIX: &str = ".new-";
/// After this a file that is being written belongs to a program that was ended meanwhile.
const TEMPORARY_AGE_MAX: Duration = Duration::from_hours(1);

/// A file in the folder.
#[derive(Debug, Clone)]
pub(super) struct FoundFile {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    /// When it was last used.
    pub(super) used: SystemTime,
    /// Whether it is still being written.
    is_temporary: bool,
}

impl FoundFile {
    fn is_left_over(&self) -> bool {
        self.is_temporary && self.used.elapsed().is_ok_and(|age| age > TEMPORARY_AGE_MAX)
    }
}

/// Where a model's files lie.
pub(super) fn model_folder(folder: &Path, model: Name) -> PathBuf {
    folder.join(model.to_string())
}

/// Where a file lies in a model's folder.
pub(super) fn part_path(model_folder: &Path, name: Name) -> PathBuf {
    model_folder.join(format!("{name}.{EXTENSION}"))
}

/// Makes a folder and those above it; the last is for nobody else to look into.
pub(super) fn create(folder: &Path) -> Result<(), SavedCacheError> {
    fs::create_dir_all(folder).map_err(SavedCacheError::io("create the folder", folder))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
            .map_err(SavedCacheError::io("protect the folder", folder))?;
    }
    Ok(())
}

/// The files of one model's folder; none where it is not there.
pub(super) fn files_of(model_folder: &Path) -> Result<Vec<FoundFile>, SavedCacheError> {
    let mut files = Vec::new();
    for path in entries(model_folder)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_temporary = name.starts_with(TEMPORARY_PREFIX);
        let is_ours = is_temporary || path.extension().is_some_and(|extension| extension == EXTENSION);
        // Another program may have deleted it just now.
        let Some(about) = fs::symlink_metadata(&path).ok().filter(|about| is_ours && about.is_file()) else {
            continue;
        };
        let used = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        files.push(FoundFile { bytes: about.len(), used, is_temporary, path });
    }
    Ok(files)
}

/// All files of all models.
pub(super) fn all_files(folder: &Path) -> Result<Vec<FoundFile>, SavedCacheError> {
    let mut files = Vec::new();
    for model in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        files.extend(files_of(&model)?);
    }
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, SavedCacheError> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(entries.flatten().map(|entry| entry.path()).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(SavedCacheError::io("read the folder", folder)(error)),
    }
}

/// Deletes a file; one that is not there is fine.
pub(super) fn delete(path: &Path) -> Result<(), SavedCacheError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(SavedCacheError::io("delete", path)(error))
        }
        _ => Ok(()),
    }
}

/// Marks a file as used, `back` ago, if it is there yet. That it fails only lets the file go too early.
pub(super) fn touch(path: &Path, back: Duration) {
    let now = SystemTime::now();
    let touched = fs::File::options().append(true).open(path);
    let touched = touched.and_then(|file| file.set_modified(now.checked_sub(back).unwrap_or(now)));
    if let Err(error) = touched
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::debug!("can't mark {} as used: {error}", path.display());
    }
}

/// Deletes what was not used for longest until `more` bytes fit below `bytes_max`, and what programs that were ended
/// left half-written. Returns what is gone.
pub(super) fn make_room(folder: &Path, bytes_max: u64, more: u64) -> Result<Vec<PathBuf>, SavedCacheError> {
    let mut files = all_files(folder)?;
    files.sort_by_key(|file| (!file.is_left_over(), file.used));
    let mut bytes: u64 = files.iter().map(|file| file.bytes).sum();
    let mut gone = Vec::new();
    for file in files {
        if bytes.saturating_add(more) <= bytes_max && !file.is_left_over() {
            break;
        }
        if file.is_temporary && !file.is_left_over() {
            continue;
        }
        delete(&file.path)?;
        bytes -= file.bytes;
        gone.push(file.path);
    }
    Ok(gone)
}

/// What is saved of one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedModel {
    /// What the model is called; `None`: files that can't be read, because they are damaged or of another key.
    pub model: Option<String>,
    /// Ends of conversations.
    pub conversations: usize,
    /// Tokens that need not be computed again.
    pub tokens: usize,
    /// Files.
    pub files: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// When one of them was last used.
    pub used: SystemTime,
}

/// What is saved, by model; what was used last comes first. Without the key, only that there is something.
///
/// # Errors
/// When the folder can't be read.
pub fn list(folder: &Path, key: Option<&CacheKey>) -> Result<Vec<SavedModel>, SavedCacheError> {
    let keys = key.map(|key| Arc::new(Keys::new(key)));
    let mut models: Vec<SavedModel> = Vec::new();
    for file in all_files(folder)? {
        let reader = keys.as_ref().and_then(|keys| PartReader::open(&file.path, keys).ok());
        let description = reader.as_ref().map(PartReader::description);
        let model = description.map(|description| description.model.clone());
        let known = models.iter().position(|known| known.model == model);
        let index = known.unwrap_or_else(|| {
            let (conversations, tokens, files, bytes) = (0, 0, 0, 0);
            models.push(SavedModel { model, conversations, tokens, files, bytes, used: file.used });
            models.len() - 1
        });
        let entry = &mut models[index];
        entry.files += 1;
        entry.bytes += file.bytes;
        entry.used = entry.used.max(file.used);
        if let Some(description) = description {
            entry.tokens += description.tokens.len();
            entry.conversations += usize::from(description.is_end);
        }
    }
    models.sort_by_key(|model| std::cmp::Reverse(model.used));
    Ok(models)
}

/// What was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cleared {
    /// Files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// Deletes all that is saved, or (with the key) what is saved of one model.
///
/// # Errors
/// When the folder can't be read, or a file can't be deleted; others are gone then.
pub fn clear(folder: &Path, model: Option<(&str, &CacheKey)>) -> Result<Cleared, SavedCacheError> {
    let model = model.map(|(name, key)| (name, Arc::new(Keys::new(key))));
    let mut cleared = Cleared::default();
    for file in all_files(folder)? {
        let is_meant = model.as_ref().is_none_or(|(name, keys)| {
            PartReader::open(&file.path, keys).is_ok_and(|reader| reader.description().model == *name)
        });
        if is_meant {
            delete(&file.path)?;
            cleared.files += 1;
            cleared.bytes += file.bytes;
        }
    }
    for folder in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        // Fails for one that is not empty, which is what is wanted.
        let _ = fs::remove_dir(folder);
    }
    Ok(cleared)
}
