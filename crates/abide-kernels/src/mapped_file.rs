//! Files mapped into memory, behind a safe face. Not a kernel, but here because this crate is the
//! one home of `unsafe`.

use std::{fs::File, io, ops::Deref, path::Path};

use memmap2::Mmap;

/// A read-only file mapped into memory. Pages are read when touched and shared between processes.
#[derive(Debug)]
pub struct MappedFile {
    map: Mmap,
}

impl MappedFile {
    /// Maps the whole file at `path`.
    ///
    /// # Errors
    /// When the file can't be opened or mapped.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        // SAFETY: the map is read-only. A file that another program shortens while it is mapped
        // would end this process by SIGBUS; the store never changes a file in place (it writes
        // beside and renames), and a file named by the user carries the same risk in every engine
        // that maps weights.
        let map = unsafe { Mmap::map(&file)? };
        Ok(Self { map })
    }

    /// Lets the system take back the memory of these bytes, which were read and are not needed soon (weights that were
    /// repacked). They are read from the file again when they are touched again. A hint: nothing happens where the
    /// system has no such call, or for bytes beyond the file.
    pub fn release(&self, bytes: std::ops::Range<usize>) {
        #[cfg(unix)]
        if bytes.start < bytes.end && bytes.end <= self.map.len() {
            // SAFETY: the map is read-only and backed by the file, so pages dropped come back with the same contents.
            let outcome = unsafe {
                self.map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, bytes.start, bytes.len())
            };
            // Refused hints change nothing.
            let _ = outcome;
        }
        #[cfg(not(unix))]
        let _ = bytes;
    }
}

impl Deref for MappedFile {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn released_bytes_are_read_again() {
        let map =
            MappedFile::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml").as_path()).unwrap();
        let before = map.to_vec();
        map.release(0..map.len());
        map.release(0..map.len() + 1);
        assert_eq!(*map, before);
    }
}
