//! Files mapped into memory, behind a safe face. Not a kernel, but here because this crate is the
//! one home of `unsafe`.

use std::{
    fs::File,
    io,
    ops::{Deref, Range},
    path::Path,
};

use memmap2::Mmap;

use crate::patchwork::Patchwork;

/// A read-only file mapped into memory. Pages are read when touched and shared between processes.
#[derive(Debug)]
pub struct MappedFile {
    map: Map,
}

#[derive(Debug)]
enum Map {
    Whole(Mmap),
    Patchwork(Patchwork),
}

/// A part of a file, and where it is seen in a map made by [`MappedFile::patchwork`]. All three numbers are multiples
/// of [`MappedFile::PATCH_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patch {
    /// Where it begins in the map.
    pub at: usize,
    /// Where it begins in the file.
    pub offset: usize,
    /// How long it is.
    pub bytes: usize,
}

impl MappedFile {
    /// What patches are whole numbers of: a multiple of the page size of every machine, the 64 KiB of some with ARM's cores included.
    pub const PATCH_BYTES: usize = 1 << 16;

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
        Ok(Self { map: Map::Whole(map) })
    }

    /// A map of `bytes` bytes in which parts of `file` are seen, each as often as wanted, and zeros elsewhere. A file of
    /// many gigabytes whose contents repeat takes the memory of one repetition. (Where the system can't map one page
    /// twice at chosen places, the bytes are copied and take the memory of the whole.)
    ///
    /// `file` must belong to the caller alone and stay as it is: a temporary file without a name.
    ///
    /// # Errors
    /// When a patch is no whole number of [`Self::PATCH_BYTES`] or lies outside of the map or the file, or the system
    /// refuses.
    pub fn patchwork(file: &File, bytes: usize, patches: &[Patch]) -> io::Result<Self> {
        Ok(Self { map: Map::Patchwork(Patchwork::new(file, bytes, patches)?) })
    }

    /// Lets the system take back the memory of these bytes, which were read and are not needed soon (weights that were
    /// repacked). They are read from the file again when they are touched again. A hint: nothing happens where the
    /// system has no such call, or for bytes beyond the file.
    pub fn release(&self, bytes: Range<usize>) {
        if bytes.start >= bytes.end || bytes.end > self.len() {
            return;
        }
        match &self.map {
            #[cfg(unix)]
            Map::Whole(map) => {
                // SAFETY: the map is read-only and backed by the file, so pages dropped come back with the same
                // contents.
                let outcome = unsafe {
                    map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, bytes.start, bytes.len())
                };
                // Refused hints change nothing.
                let _ = outcome;
            }
            #[cfg(not(unix))]
            Map::Whole(_) => {}
            Map::Patchwork(map) => map.release(bytes),
        }
    }
}

impl Deref for MappedFile {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.map {
            Map::Whole(map) => map,
            Map::Patchwork(map) => map,
        }
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
