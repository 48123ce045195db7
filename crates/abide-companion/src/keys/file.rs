//! The key file beside a database: the key itself, or the key sealed with a passphrase. Must not know SQLite.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::error::KeyError;
use super::passphrase::{PASSPHRASE_SALT_BYTES, Passphrase, PassphraseCost, PassphraseKdf};
use super::sealing::{self, NONCE_BYTES, Sealed, TAG_BYTES};
use super::{DatabaseKey, KEY_BYTES};
use crate::private;

/// The version of the file that this program writes.
const VERSION: u32 = 1;
/// Longest file that is read.
const FILE_BYTES_MAX: u64 = 4096;
/// Sealed with every key, so that it opens nothing else.
const PURPOSE: &[u8] = b"abide database key, version 1";

/// How a key file keeps its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyProtection {
    /// There is none yet.
    Missing,
    /// By the file's permissions alone.
    FilePermissions,
    /// By a passphrase, too.
    Passphrase,
}

/// What the file says, as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    abide_key: u32,
    /// Base64 of 32 bytes, where there is no passphrase.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed: Option<SealedKey>,
}

/// XChaCha20-Poly1305 under a key from the passphrase; all texts are base64.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedKey {
    argon2id: PassphraseCost,
    salt: String,
    nonce: String,
    key: String,
    tag: String,
}

/// Where the key of `database` lies: beside it, with `.key` behind its name.
pub fn key_file_path(database: &Path) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(".key");
    name.into()
}

/// How the key of `database` is kept.
///
/// # Errors
/// When there is a key file that can't be read, or is none.
pub fn key_protection(database: &Path) -> Result<KeyProtection, KeyError> {
    Ok(match read(&key_file_path(database))? {
        None => KeyProtection::Missing,
        Some(KeyFile { sealed: Some(_), .. }) => KeyProtection::Passphrase,
        Some(_) => KeyProtection::FilePermissions,
    })
}

/// The key of `database`; a new one, without a passphrase, where neither of them is there yet. Two programs that start together end up
/// with the same.
///
/// # Errors
/// When the key can't be read, is open to others, is locked and `passphrase` is none or not the right one, or is missing beside a
/// database; when the database that was made with it is gone or empty.
pub fn open_or_create_key(database: &Path, passphrase: Option<&Passphrase>) -> Result<DatabaseKey, KeyError> {
    let path = key_file_path(database);
    if let Some(file) = read(&path)? {
        // In this order: who makes the database removes the mark when it has content.
        if !begun_path(database).exists() && !has_content(database) {
            return Err(KeyError::DatabaseGone { database: database.to_owned(), key: path });
        }
        return open(&path, &file, passphrase);
    }
    if has_content(database) {
        return Err(KeyError::Missing { database: database.to_owned(), key: path });
    }
    match create_key(database, None, PassphraseCost::default()) {
        Err(KeyError::Exists { .. }) => open_or_create_key(database, passphrase),
        made => made,
    }
}

/// Makes a key for a `database` that is not there yet, locked with `passphrase` if there is one.
///
/// # Errors
/// When there is a key already, or a database without one; when it can't be written.
pub fn create_key(
    database: &Path,
    passphrase: Option<&Passphrase>,
    cost: PassphraseCost,
) -> Result<DatabaseKey, KeyError> {
    let path = key_file_path(database);
    if !path.exists() && has_content(database) {
        return Err(KeyError::Missing { database: database.to_owned(), key: path });
    }
    let key = DatabaseKey::random()?;
    let written = write(&path, &seal(&key, passphrase, cost)?)?;
    let begun = begun_path(database);
    File::create(&begun).map_err(|source| KeyError::File { path: begun, source })?;
    match written.persist_noclobber(&path) {
        Ok(_) => {
            sync_folder(&path)?;
            Ok(key)
        }
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(KeyError::Exists { path }),
        Err(error) => Err(KeyError::File { path, source: error.error }),
    }
}

/// Says that `database` has been made with its key: from now on it is an error if it is gone. Until then, a key without a database is a first
/// start that was interrupted.
///
/// # Errors
/// When the mark can't be removed.
pub fn database_made(database: &Path) -> Result<(), KeyError> {
    let path = begun_path(database);
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(KeyError::File { path, source }),
        _ => Ok(()),
    }
}

/// Marks that the key is there and the database may not be yet. It is made before the key, so that no key is without one or the other.
fn begun_path(database: &Path) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(".begun");
    name.into()
}

/// Locks the key of `database` with another passphrase, or with none: only the key file is written anew. Copies of the old one still open
/// with the old passphrase.
///
/// # Errors
/// When the key can't be opened with `old`, or the file not be written; it is as it was then.
pub fn change_passphrase(
    database: &Path,
    old: Option<&Passphrase>,
    new: Option<&Passphrase>,
    cost: PassphraseCost,
) -> Result<(), KeyError> {
    let path = key_file_path(database);
    let Some(file) = read(&path)? else {
        return Err(KeyError::Missing { database: database.to_owned(), key: path });
    };
    let key = open(&path, &file, old)?;
    write(&path, &seal(&key, new, cost)?)?
        .persist(&path)
        .map_err(|error| KeyError::File { path: path.clone(), source: error.error })?;
    sync_folder(&path)
}

/// A database of no bytes was made and never written to.
fn has_content(database: &Path) -> bool {
    fs::metadata(database).is_ok_and(|about| about.len() > 0)
}

fn read(path: &Path) -> Result<Option<KeyFile>, KeyError> {
    let problem = |source| KeyError::File { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(problem(error)),
    };
    refuse_exposed(&file, path)?;
    let mut text = Zeroizing::new(Vec::with_capacity(FILE_BYTES_MAX as usize));
    file.take(FILE_BYTES_MAX).read_to_end(&mut text).map_err(problem)?;
    let bad = |detail: String| KeyError::BadFile { path: path.to_owned(), detail };
    let file: KeyFile = serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?;
    if file.abide_key != VERSION {
        return Err(bad(format!("its version is {}, this program knows {VERSION}", file.abide_key)));
    }
    if file.key.is_some() == file.sealed.is_some() {
        return Err(bad("it needs either a key or a sealed one".to_owned()));
    }
    Ok(Some(file))
}

#[cfg(unix)]
fn refuse_exposed(file: &File, path: &Path) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt as _;
    let about = file.metadata().map_err(|source| KeyError::File { path: path.to_owned(), source })?;
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed { path: path.to_owned(), mode });
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_exposed(_: &File, _: &Path) -> Result<(), KeyError> {
    Ok(())
}

fn open(path: &Path, file: &KeyFile, passphrase: Option<&Passphrase>) -> Result<DatabaseKey, KeyError> {
    let bad = |detail: &str| KeyError::BadFile { path: path.to_owned(), detail: detail.to_owned() };
    let Some(sealed) = &file.sealed else {
        let text = file.key.as_deref().unwrap_or_default();
        return decode::<KEY_BYTES>(text)
            .map(DatabaseKey::new)
            .ok_or_else(|| bad("its key has not 32 bytes"));
    };
    let passphrase = passphrase.ok_or_else(|| KeyError::PassphraseNeeded { path: path.to_owned() })?;
    let salt =
        decode::<PASSPHRASE_SALT_BYTES>(&sealed.salt).ok_or_else(|| bad("its salt has not 16 bytes"))?;
    let contents = Sealed {
        nonce: decode::<NONCE_BYTES>(&sealed.nonce).ok_or_else(|| bad("its nonce has not 24 bytes"))?,
        key: decode::<KEY_BYTES>(&sealed.key).ok_or_else(|| bad("its key has not 32 bytes"))?,
        tag: decode::<TAG_BYTES>(&sealed.tag).ok_or_else(|| bad("its tag has not 16 bytes"))?,
    };
    let kdf = PassphraseKdf { cost: sealed.argon2id, salt };
    let key = kdf.open_with(passphrase, |outer| sealing::open(outer, PURPOSE, &contents))?;
    key.map(DatabaseKey).ok_or_else(|| KeyError::WrongPassphrase { path: path.to_owned() })
}

fn decode<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    let bytes = Zeroizing::new(STANDARD.decode(text).ok()?);
    bytes.as_slice().try_into().ok()
}

fn seal(
    key: &DatabaseKey,
    passphrase: Option<&Passphrase>,
    cost: PassphraseCost,
) -> Result<KeyFile, KeyError> {
    let Some(passphrase) = passphrase else {
        return Ok(KeyFile { abide_key: VERSION, key: Some(STANDARD.encode(key.bytes())), sealed: None });
    };
    let kdf = PassphraseKdf::random(cost)?;
    let sealed = sealing::seal(&*kdf.derive(passphrase)?, PURPOSE, key.bytes())?;
    Ok(KeyFile {
        abide_key: VERSION,
        key: None,
        sealed: Some(SealedKey {
            argon2id: cost,
            salt: STANDARD.encode(kdf.salt),
            nonce: STANDARD.encode(sealed.nonce),
            key: STANDARD.encode(sealed.key),
            tag: STANDARD.encode(sealed.tag),
        }),
    })
}

/// Written and on the disk, under a temporary name: for this user alone, as temporary files are.
fn write(path: &Path, file: &KeyFile) -> Result<tempfile::NamedTempFile, KeyError> {
    let written = (|| {
        let text = Zeroizing::new(serde_json::to_vec_pretty(file)?);
        private::make_folder(folder(path))?;
        let mut beside = tempfile::NamedTempFile::new_in(folder(path))?;
        beside.write_all(&text)?;
        beside.write_all(b"\n")?;
        beside.as_file().sync_all()?;
        Ok(beside)
    })();
    written.map_err(|source| KeyError::File { path: path.to_owned(), source })
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A database whose key's name did not reach the disk would be lost.
#[cfg(unix)]
fn sync_folder(path: &Path) -> Result<(), KeyError> {
    let synced = File::open(folder(path)).and_then(|folder| folder.sync_all());
    synced.map_err(|source| KeyError::File { path: path.to_owned(), source })
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> Result<(), KeyError> {
    Ok(())
}
