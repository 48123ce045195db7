//! A range of memory in which pages of one file are seen at chosen places, each as often as wanted. Knows no format.

use std::{
    fs::File,
    io,
    ops::{Deref, Range},
};

use crate::mapped_file::{MappedFile, Patch};

#[cfg(not(unix))]
use copied as system;
#[cfg(unix)]
use mapped as system;

/// See [`MappedFile::patchwork`].
#[derive(Debug)]
pub(crate) struct Patchwork(system::Pages);

impl Patchwork {
    /// See [`MappedFile::patchwork`].
    pub fn new(file: &File, bytes: usize, patches: &[Patch]) -> io::Result<Self> {
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        for patch in patches {
            let whole = [patch.at, patch.offset, patch.bytes]
                .iter()
                .all(|number| number.is_multiple_of(MappedFile::PATCH_BYTES));
            let inside =
                |start: usize, end: usize| start.checked_add(patch.bytes).is_some_and(|sum| sum <= end);
            if !whole || !inside(patch.at, bytes) || !inside(patch.offset, length) {
                let message = format!("{patch:?} does not fit a file of {length} and a map of {bytes} bytes");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
        }
        if bytes == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a map of no bytes can't be made"));
        }
        Ok(Self(system::Pages::new(file, bytes, patches)?))
    }

    /// See [`MappedFile::release`]; `bytes` is not empty and inside.
    pub fn release(&self, bytes: Range<usize>) {
        self.0.release(bytes);
    }
}

impl Deref for Patchwork {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.bytes()
    }
}

#[cfg(unix)]
mod mapped {
    use std::{fs::File, io, ops::Range, os::fd::AsRawFd, ptr, slice};

    use crate::mapped_file::Patch;

    /// Address space that is ours until dropped.
    #[derive(Debug)]
    pub(super) struct Pages {
        start: *mut libc::c_void,
        bytes: usize,
    }

    // SAFETY: the memory is read-only from when it was made until it is dropped.
    unsafe impl Send for Pages {}
    // SAFETY: as above.
    unsafe impl Sync for Pages {}

    impl Pages {
        pub fn new(file: &File, bytes: usize, patches: &[Patch]) -> io::Result<Self> {
            // SAFETY: asks for fresh addresses anywhere, which takes nothing from anybody.
            let start = unsafe {
                libc::mmap(ptr::null_mut(), bytes, libc::PROT_READ, libc::MAP_PRIVATE | libc::MAP_ANON, -1, 0)
            };
            if start == libc::MAP_FAILED {
                return Err(io::Error::last_os_error());
            }
            let pages = Self { start, bytes };
            for patch in patches {
                // SAFETY: the patch lies inside the range just taken (checked by the caller), which nobody reads yet; the
                // file is long enough and nobody else shortens it.
                let placed = unsafe {
                    libc::mmap(
                        start.byte_add(patch.at),
                        patch.bytes,
                        libc::PROT_READ,
                        libc::MAP_SHARED | libc::MAP_FIXED,
                        file.as_raw_fd(),
                        patch.offset as libc::off_t,
                    )
                };
                if placed == libc::MAP_FAILED {
                    return Err(io::Error::last_os_error());
                }
            }
            Ok(pages)
        }

        pub fn bytes(&self) -> &[u8] {
            // SAFETY: the whole range is mapped for reading until `self` is dropped.
            unsafe { slice::from_raw_parts(self.start.cast(), self.bytes) }
        }

        pub fn release(&self, bytes: Range<usize>) {
            // SAFETY: asks for a number.
            let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
            let Ok(page) = usize::try_from(page) else { return };
            let first = bytes.start / page * page;
            // SAFETY: inside the range, whose pages are the file's or zeros and come back with the same contents. A
            // refused hint changes nothing.
            let _ =
                unsafe { libc::madvise(self.start.byte_add(first), bytes.end - first, libc::MADV_DONTNEED) };
        }
    }

    impl Drop for Pages {
        fn drop(&mut self) {
            // SAFETY: the range is ours, and no reference into it outlives `self`. It can't fail for such a range.
            let _ = unsafe { libc::munmap(self.start, self.bytes) };
        }
    }
}

#[cfg(any(not(unix), test))]
#[cfg_attr(unix, allow(dead_code))]
mod copied {
    use std::{
        fs::File,
        io::{self, Read, Seek, SeekFrom},
        ops::Range,
    };

    use memmap2::MmapMut;

    use crate::mapped_file::Patch;

    /// Memory with the patches copied into it.
    #[derive(Debug)]
    pub(super) struct Pages(MmapMut);

    impl Pages {
        pub fn new(mut file: &File, bytes: usize, patches: &[Patch]) -> io::Result<Self> {
            let mut map = MmapMut::map_anon(bytes)?;
            for patch in patches {
                file.seek(SeekFrom::Start(patch.offset as u64))?;
                file.read_exact(&mut map[patch.at..patch.at + patch.bytes])?;
            }
            Ok(Self(map))
        }

        pub fn bytes(&self) -> &[u8] {
            &self.0
        }

        /// Nothing could bring the bytes back.
        #[allow(clippy::unused_self, reason = "as where pages are mapped")]
        pub fn release(&self, _: Range<usize>) {}
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const UNIT: usize = MappedFile::PATCH_BYTES;

    fn file() -> File {
        let mut file = tempfile::tempfile().unwrap();
        let bytes: Vec<u8> =
            (0..3 * UNIT).map(|index| (index / UNIT * 100 + index % UNIT % 97) as u8).collect();
        file.write_all(&bytes).unwrap();
        file
    }

    const PATCHES: [Patch; 3] = [
        Patch { at: 0, offset: UNIT, bytes: 2 * UNIT },
        Patch { at: 3 * UNIT, offset: 0, bytes: UNIT },
        Patch { at: 4 * UNIT, offset: UNIT, bytes: UNIT },
    ];

    #[test]
    fn parts_are_seen_where_they_were_put() {
        let file = file();
        let map = MappedFile::patchwork(&file, 5 * UNIT + 7, &PATCHES).unwrap();
        let copied = copied::Pages::new(&file, 5 * UNIT + 7, &PATCHES).unwrap();
        drop(file);
        assert_eq!(*map, *copied.bytes());
        assert_eq!((map[0], map[3 * UNIT + 5], map[4 * UNIT + 1]), (100, 5, 101));
        assert_eq!(map[5 * UNIT..], [0; 7]);
        map.release(1..map.len());
        assert_eq!(*map, *copied.bytes());
    }

    #[test]
    fn patches_outside_or_between_pages_are_refused() {
        let file = file();
        for patch in [
            Patch { at: 1, offset: 0, bytes: UNIT },
            Patch { at: UNIT, offset: 0, bytes: 2 * UNIT },
            Patch { at: 0, offset: 3 * UNIT, bytes: UNIT },
            Patch { at: 0, offset: usize::MAX - UNIT + 1, bytes: 2 * UNIT },
        ] {
            assert!(MappedFile::patchwork(&file, 2 * UNIT, &[patch]).is_err(), "{patch:?}");
        }
        assert!(MappedFile::patchwork(&file, 0, &[]).is_err());
    }
}
