//! Small disk operations that everything here shares: hashing, writing beside and renaming, linking,
//! free space. Knows paths and bytes, not models.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::error::StoreError;
use crate::name::Digest;

/// Read and copied at a time, in bytes.
const CHUNK: usize = 1 << 20;

/// SHA-256 and length of a file. `advance` hears of the bytes read so far and stops the work by
/// returning false.
pub(crate) fn hash_file(
    path: &Path,
    mut advance: impl FnMut(u64) -> bool,
) -> Result<(Digest, u64), StoreError> {
    let mut file = File::open(path).map_err(StoreError::io("open", path))?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut done = 0;
    loop {
        let read = match file.read(&mut chunk) {
            Ok(0) => return Ok((Digest::from_bytes(hasher.finalize().into()), done)),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(StoreError::io("read", path)(error)),
        };
        hasher.update(&chunk[..read]);
        done += read as u64;
        if !advance(done) {
            return Err(StoreError::Cancelled);
        }
    }
}

/// SHA-256 of bytes.
pub fn checksum_of(bytes: &[u8]) -> Digest {
    Digest::from_bytes(Sha256::digest(bytes).into())
}

/// SHA-256 of a file that is not in the store.
///
/// # Errors
/// [`StoreError::Io`] if it can't be read.
pub fn checksum(path: &Path) -> Result<Digest, StoreError> {
    hash_file(path, |_| true).map(|(digest, _)| digest)
}

/// Writes a whole file under a temporary name in the same folder, syncs it and renames it.
pub(crate) fn write_beside(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut temporary =
        tempfile::NamedTempFile::new_in(directory).map_err(StoreError::io("write a file in", directory))?;
    temporary.write_all(bytes).map_err(StoreError::io("write", path))?;
    temporary.as_file().sync_all().map_err(StoreError::io("write", path))?;
    temporary
        .persist(path)
        .map_err(|error| StoreError::io("rename a finished file to", path)(error.error))?;
    sync_directory(directory)
}

/// Gives a finished file its final name, in a way that survives a power cut.
pub(crate) fn sync_and_rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    // Windows flushes only what is open for writing; elsewhere a linked file may be someone else's, for reading only.
    let file = File::options().read(true).write(cfg!(windows)).open(from);
    file.and_then(|file| file.sync_all()).map_err(StoreError::io("sync", from))?;
    fs::rename(from, to).map_err(StoreError::io("rename a finished file to", to))?;
    to.parent().map_or(Ok(()), sync_directory)
}

/// Makes renames in a folder durable. Windows has no such call, and needs none.
fn sync_directory(directory: &Path) -> Result<(), StoreError> {
    if cfg!(unix) {
        File::open(directory).and_then(|file| file.sync_all()).map_err(StoreError::io("sync", directory))?;
    }
    Ok(())
}

/// A second name for a file: a hard link, or a copy on file systems that have none.
pub(crate) fn link_or_copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            fs::copy(from, to).map(|_| ()).map_err(StoreError::io("copy a file to", to))
        }
        linked => linked.map_err(StoreError::io("link a file to", to)),
    }
}

/// Creates a folder and those above it.
pub(crate) fn create_directory(path: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(path).map_err(StoreError::io("create the folder", path))
}

/// Deletes a folder with all in it; one that is not there is fine.
pub(crate) fn remove_directory(path: &Path) -> Result<(), StoreError> {
    absent_is_fine(fs::remove_dir_all(path)).map_err(StoreError::io("delete", path))
}

/// Deletes a folder if nothing is in it.
pub(crate) fn remove_if_empty(path: &Path) {
    // Fails for one that is not empty, or not there, which is what is wanted.
    let _ = fs::remove_dir(path);
}

/// Deletes a file; one that is not there is fine.
pub(crate) fn remove_file(path: &Path) -> Result<(), StoreError> {
    absent_is_fine(fs::remove_file(path)).map_err(StoreError::io("delete", path))
}

fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Length of a file in bytes; `None` if there is no such file.
pub(crate) fn length(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|metadata| metadata.len())
}

/// Bytes in all files below a folder; links are not followed.
pub(crate) fn directory_size(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => directory_size(&entry.path()),
            Ok(metadata) if metadata.is_file() => metadata.len(),
            _ => 0,
        })
        .sum()
}

/// Bytes in those files right in a folder whose names are `counted`.
pub(crate) fn directory_size_of(path: &Path, counted: fn(&str) -> bool) -> u64 {
    let Ok(entries) = fs::read_dir(path) else { return 0 };
    let is_counted = |entry: &fs::DirEntry| entry.file_name().to_str().is_some_and(counted);
    entries.flatten().filter(is_counted).filter_map(|entry| length(&entry.path())).sum()
}

/// Bytes free for this user on the disk that holds the path; `None` if the system does not tell.
pub fn free_space(path: &Path) -> Option<u64> {
    let path = path.canonicalize().ok()?;
    let disks = sysinfo::Disks::new_with_refreshed_list().ok()?;
    disks
        .iter()
        .filter(|disk| path.starts_with(disk.mount_point()))
        .max_by_key(|disk| disk.mount_point().components().count())
        .map(sysinfo::Disk::available_space)
}
