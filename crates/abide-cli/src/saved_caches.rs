//! Saved caches of this home folder: where they lie, with which key, and of which weights.
//!
//! The key lies beside them. Where the companions have a passphrase it is sealed under their database's key, so that nobody opens the caches
//! who can't open the database. (Keeping it in the database was the alternative: `run` would have to open that.) A key that is guarded
//! otherwise than it must be now is deleted with all that it opens, which costs time alone. Must not know what is in the caches.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use abide_companion::keys::{DatabaseKey, SEALED_KEY_BYTES};
use abide_engine::gguf::GgufFile;
use abide_engine::saved_cache::{self, CacheKey, Cleared, KeyWatch, SavedCacheOptions};
use abide_models::Digest;
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::companions;
use crate::failure::{Exit, Failure};
use crate::library::LocalModel;
use crate::settings::{SaveCache, Settings};

/// The folder's name inside the home folder.
const FOLDER: &str = "cache";
/// The file with the key, and the one with checksums of weights that are not in the store.
const KEY: &str = "key";
const CHECKSUMS: &str = "checksums.json";
/// Bytes of a key, and what one is sealed for.
const KEY_BYTES: usize = 32;
const PURPOSE: &str = "saved caches";
/// Longest file of checksums that is read, and how many it keeps.
const CHECKSUMS_BYTES_MAX: u64 = 1 << 20;
const CHECKSUMS_MAX: usize = 256;

/// Where saved caches lie.
pub fn folder(settings: &Settings) -> PathBuf {
    settings.home.join(FOLDER)
}

/// What guards the caches' key in this home folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// Its file's permissions, as they guard the database's key.
    Permissions,
    /// The companions' passphrase, which opened this key of their database.
    Database(DatabaseKey),
    /// The companions' passphrase, which was not given: nothing is saved, and nothing that is saved is read.
    Locked,
}

/// How the caches of `local` are saved; `None` unless that was asked for, and may be.
///
/// # Errors
/// When the folder or the key can't be used, or the weights can't be read.
pub fn options(
    local: &LocalModel,
    file: &GgufFile,
    settings: &Settings,
    guard: &Guard,
) -> anyhow::Result<Option<SavedCacheOptions>> {
    let folder = folder(settings);
    drop_unguarded(&folder, guard)?;
    if settings.save_cache == SaveCache::Nothing || *guard == Guard::Locked {
        return Ok(None);
    }
    create(&folder)?;
    let key = key(&folder, guard)?;
    let weights = match &local.checksums {
        Some(checksums) => joined(checksums),
        None => joined(&checksums_of_file(file, settings)?),
    };
    let watch = Some(watch(folder.join(KEY), settings.clone(), guard.clone())?);
    let only_asked = settings.save_cache == SaveCache::Companions;
    let options = SavedCacheOptions::new(folder, key, local.name.clone(), weights);
    Ok(Some(SavedCacheOptions { watch, only_asked, ..options }))
}

/// Tells whether the key's file is still what it is now, and guarded as it must be: the companions may get another passphrase, or all that is saved be
/// deleted, while a server runs. What it would save then, nobody reads; and whoever copied the former key would read it, if that lay bare.
fn watch(file: PathBuf, settings: Settings, guard: Guard) -> anyhow::Result<KeyWatch> {
    let read = |file: &Path| -> io::Result<Digest> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(SEALED_KEY_BYTES + 1));
        File::open(file)?.take(SEALED_KEY_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        Ok(abide_models::checksum_of(&bytes))
    };
    let known = read(&file).with_context(|| format!("can't read {}", file.display()))?;
    Ok(KeyWatch::new(move || {
        let is_guarded = companions::still_guarding(&settings, &guard).is_ok_and(|now| now == guard);
        is_guarded && read(&file).is_ok_and(|now| now == known)
    }))
}

/// The key, if there is one and `guard` opens it.
///
/// # Errors
/// When it can't be read, or is none.
pub fn existing_key(folder: &Path, guard: &Guard) -> anyhow::Result<Option<CacheKey>> {
    let opened = match (read_key(folder)?, guard) {
        (KeyFile::Bare(key), Guard::Permissions) => Some(key),
        (KeyFile::Sealed(bytes), Guard::Database(database)) => database.unseal(PURPOSE, &bytes),
        (KeyFile::Nonsense, _) => {
            let path = folder.join(KEY);
            return Err(Failure::new(Exit::BadFile, format!("{} is no key of this program", path.display()))
                .with_cure(
                    "`abide cache clear` deletes it with all that was saved; the next key is made by itself",
                )
                .into());
        }
        _ => None,
    };
    Ok(opened.map(|key| CacheKey::new(*key)))
}

/// Deletes the key with all that it opens if it is not guarded as it must be now: the companions got a passphrase or lost it, or
/// an earlier version of the program left it bare beside theirs.
///
/// # Errors
/// When it can't be read or deleted.
pub fn drop_unguarded(folder: &Path, guard: &Guard) -> anyhow::Result<()> {
    let fits = match (read_key(folder)?, guard) {
        (KeyFile::Sealed(bytes), Guard::Database(database)) => database.unseal(PURPOSE, &bytes).is_some(),
        (KeyFile::Sealed(_), guard) => *guard == Guard::Locked,
        (KeyFile::Bare(_), guard) => *guard == Guard::Permissions,
        // Nothing that opens anything. Who needs the key says so.
        (KeyFile::Missing | KeyFile::Nonsense, _) => true,
    };
    if fits {
        return Ok(());
    }
    tracing::info!("what was saved is deleted: its key is not guarded as the companions are");
    clear_folder(folder).map(drop)
}

/// What the key's file holds.
enum KeyFile {
    /// There is none.
    Missing,
    /// The key, as it is.
    Bare(Zeroizing<[u8; KEY_BYTES]>),
    /// The key under the database's.
    Sealed(Vec<u8>),
    /// Something else.
    Nonsense,
}

fn read_key(folder: &Path) -> anyhow::Result<KeyFile> {
    let path = folder.join(KEY);
    let mut bytes = Zeroizing::new(Vec::with_capacity(SEALED_KEY_BYTES + 1));
    match File::open(&path) {
        Ok(file) => file.take(SEALED_KEY_BYTES as u64 + 1).read_to_end(&mut bytes),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(KeyFile::Missing);
        }
        Err(error) => Err(error),
    }
    .with_context(|| format!("can't read {}", path.display()))?;
    Ok(match bytes.len() {
        KEY_BYTES => {
            let mut key = Zeroizing::new([0; KEY_BYTES]);
            key.copy_from_slice(&bytes);
            KeyFile::Bare(key)
        }
        SEALED_KEY_BYTES => KeyFile::Sealed(bytes.to_vec()),
        _ => KeyFile::Nonsense,
    })
}

/// Deletes the key: what was encrypted with it is gone, wherever a copy may lie.
///
/// # Errors
/// When it can't be deleted.
fn delete_key(folder: &Path) -> anyhow::Result<()> {
    let path = folder.join(KEY);
    // Its bytes, too, on file systems that write in place. Elsewhere there is no way to it.
    if let Ok(mut file) = File::options().write(true).open(&path) {
        let _ = file.write_all(&[0; KEY_BYTES]).and_then(|()| file.sync_all());
    }
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("can't delete {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Deletes all that is saved, and the key.
///
/// # Errors
/// When something of it can't be deleted.
pub fn clear(settings: &Settings) -> anyhow::Result<Cleared> {
    clear_folder(&folder(settings))
}

fn clear_folder(folder: &Path) -> anyhow::Result<Cleared> {
    // First of all: without it the files are as good as gone.
    delete_key(folder)?;
    saved_cache::clear(folder, None).context("what is saved could not be deleted")
}

/// The key, made if there is none. Two programs that start together end up with the same.
fn key(folder: &Path, guard: &Guard) -> anyhow::Result<CacheKey> {
    if let Some(key) = existing_key(folder, guard)? {
        return Ok(key);
    }
    let mut bytes = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(bytes.as_mut()).context("the system gives no random bytes for a key")?;
    let problem = || format!("can't write a key into {}", folder.display());
    // Readable for this user alone: that is how temporary files are made.
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(problem)?;
    match guard {
        Guard::Database(database) => file.write_all(&database.seal(PURPOSE, &bytes)?),
        _ => file.write_all(bytes.as_slice()),
    }
    .and_then(|()| file.as_file().sync_all())
    .with_context(problem)?;
    match file.persist_noclobber(folder.join(KEY)) {
        Ok(_) => Ok(CacheKey::new(*bytes)),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            existing_key(folder, guard)?.with_context(problem)
        }
        Err(error) => Err(error.error).with_context(problem),
    }
}

fn create(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("can't create the folder {}", folder.display()))
}

/// One checksum for all files of a model.
fn joined(checksums: &[Digest]) -> [u8; 32] {
    match checksums {
        [one] => one.bytes(),
        several => {
            let bytes: Vec<u8> = several.iter().flat_map(Digest::bytes).collect();
            abide_models::checksum_of(&bytes).bytes()
        }
    }
}

/// A checksum that was worked out, and what its file was like then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    file: FileState,
    sha256: Digest,
}

/// What changes when a file does. Nobody can set the time of its last change of state back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileState {
    path: PathBuf,
    bytes: u64,
    modified_nanoseconds: u128,
    /// Device, number and last change of state, where the system has them.
    inode: Option<(u64, u64, i64, i64)>,
}

impl FileState {
    fn read(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        let about = fs::metadata(&path)?;
        let modified = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        #[cfg(unix)]
        let inode = {
            use std::os::unix::fs::MetadataExt as _;
            Some((about.dev(), about.ino(), about.ctime(), about.ctime_nsec()))
        };
        #[cfg(not(unix))]
        let inode = None;
        Ok(Self { path, bytes: about.len(), modified_nanoseconds: modified.as_nanos(), inode })
    }
}

/// The checksums of the files of a model that is not in the store, in their order.
///
/// # Errors
/// When one of them can't be read.
pub fn checksums_of_file(file: &GgufFile, settings: &Settings) -> anyhow::Result<Vec<Digest>> {
    let folder = folder(settings);
    // Only the list of what was read before lies there; without it all is read again.
    let _ = create(&folder);
    file.paths().iter().map(|path| checksum(path, &folder)).collect()
}

/// SHA-256 of weights that are not in the store. All of them are read, once: a file that did not change since is not read
/// again. (A hash of samples would be had at once, and would take two files for the same that differ elsewhere.)
fn checksum(path: &Path, folder: &Path) -> anyhow::Result<Digest> {
    let problem = || format!("can't read {}", path.display());
    let file = FileState::read(path).with_context(problem)?;
    let list = folder.join(CHECKSUMS);
    let mut known = read_known(&list);
    if let Some(known) = known.iter().find(|known| known.file == file) {
        return Ok(known.sha256);
    }
    let sha256 = abide_models::checksum(path).with_context(problem)?;
    if FileState::read(path).with_context(problem)? == file {
        known.retain(|known| known.file.path != file.path);
        known.push(Known { file, sha256 });
        let surplus = known.len().saturating_sub(CHECKSUMS_MAX);
        known.drain(..surplus);
        if let Err(error) = write_known(&list, &known) {
            tracing::warn!("can't write {}: {error}; the weights are read again next time", list.display());
        }
    }
    Ok(sha256)
}

/// Nothing where the list can't be used: it saves time alone.
fn read_known(list: &Path) -> Vec<Known> {
    let mut text = Vec::new();
    let read = File::open(list).and_then(|file| file.take(CHECKSUMS_BYTES_MAX).read_to_end(&mut text));
    read.ok().and_then(|_| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

fn write_known(list: &Path, known: &[Known]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(list.parent().unwrap_or(Path::new(".")))?;
    serde_json::to_writer(&mut file, known)?;
    file.persist(list)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_for_nobody_else() {
        for guard in [Guard::Permissions, Guard::Database(DatabaseKey::new([1; 32]))] {
            let folder = tempfile::tempdir().unwrap();
            assert_eq!(existing_key(folder.path(), &guard).unwrap(), None);
            let made = key(folder.path(), &guard).unwrap();
            assert_eq!(key(folder.path(), &guard).unwrap(), made);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                let mode = fs::metadata(folder.path().join(KEY)).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o600);
            }
            delete_key(folder.path()).unwrap();
            delete_key(folder.path()).unwrap();
            assert_ne!(key(folder.path(), &guard).unwrap(), made);
            for wrong in [&b"short"[..], &[7; 33], &[7; SEALED_KEY_BYTES + 1]] {
                fs::write(folder.path().join(KEY), wrong).unwrap();
                let error = key(folder.path(), &guard).unwrap_err();
                assert_eq!(crate::failure::exit_of(&error), Exit::BadFile);
            }
        }
    }

    #[test]
    fn a_key_that_is_guarded_otherwise_goes_with_all_it_opens() {
        let database = || Guard::Database(DatabaseKey::new([1; 32]));
        let other = || Guard::Database(DatabaseKey::new([2; 32]));
        // Who made the key, who comes then, and whether it stays.
        let cases = [
            (Guard::Permissions, Guard::Permissions, true),
            (Guard::Permissions, database(), false),
            (Guard::Permissions, Guard::Locked, false),
            (database(), database(), true),
            (database(), Guard::Locked, true),
            (database(), Guard::Permissions, false),
            (database(), other(), false),
        ];
        for (made, then, stays) in cases {
            let folder = tempfile::tempdir().unwrap();
            let first = key(folder.path(), &made).unwrap();
            let saved = folder.path().join("model").join("conversation.kv");
            fs::create_dir(saved.parent().unwrap()).unwrap();
            fs::write(&saved, "sealed").unwrap();
            let opens = existing_key(folder.path(), &then).unwrap();
            assert_eq!(opens.is_some(), stays && then != Guard::Locked, "{made:?} {then:?}");
            drop_unguarded(folder.path(), &then).unwrap();
            assert_eq!(
                (folder.path().join(KEY).exists(), saved.exists()),
                (stays, stays),
                "{made:?} {then:?}"
            );
            if then != Guard::Locked {
                assert_eq!(key(folder.path(), &then).unwrap() == first, stays);
            }
        }
    }

    #[test]
    fn a_sealed_key_shows_none_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let guard = Guard::Database(DatabaseKey::new([1; 32]));
        key(folder.path(), &guard).unwrap();
        let KeyFile::Sealed(bytes) = read_key(folder.path()).unwrap() else { panic!("it is sealed") };
        let Guard::Database(database) = guard else { unreachable!("as above") };
        let opened = database.unseal(PURPOSE, &bytes).unwrap();
        assert!(!opened.windows(8).any(|part| bytes.windows(8).any(|written| written == part)));
    }

    #[test]
    fn weights_are_read_again_when_they_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.gguf");
        fs::write(&path, "one").unwrap();
        let first = checksum(&path, folder.path()).unwrap();
        assert_eq!(first, abide_models::checksum(&path).unwrap());
        assert_eq!(read_known(&folder.path().join(CHECKSUMS)).len(), 1);
        assert_eq!(checksum(&path, folder.path()).unwrap(), first);
        fs::write(&path, "other").unwrap();
        assert_ne!(checksum(&path, folder.path()).unwrap(), first);
        assert_eq!(read_known(&folder.path().join(CHECKSUMS)).len(), 1, "one entry for a file");
        fs::write(folder.path().join(CHECKSUMS), "nonsense").unwrap();
        assert_eq!(checksum(&path, folder.path()).unwrap(), abide_models::checksum(&path).unwrap());
    }

    #[test]
    fn several_files_have_one_checksum() {
        let [one, other] = [[1; 32], [2; 32]].map(Digest::from_bytes);
        assert_eq!(joined(&[one]), one.bytes());
        assert_ne!(joined(&[one, other]), joined(&[other, one]));
    }
}
