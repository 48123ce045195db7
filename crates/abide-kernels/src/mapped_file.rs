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
}

impl Deref for MappedFile {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map
    }
}
