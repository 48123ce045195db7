//! Page-aligned, zeroed memory for weights and caches: given lazily by the system, in huge pages where it offers them.

use std::{
    ops::{Deref, DerefMut, Range},
    sync::Arc,
};

use memmap2::{MmapMut, MmapRaw};

use crate::KernelError;

/// Zeroed bytes that start at a page boundary. Pages take memory only once they are written.
pub(crate) struct PageBuffer {
    /// `None` for no bytes at all, which the system refuses to map.
    map: Option<Arc<MmapRaw>>,
    /// Its part of the map, which no other buffer has.
    range: Range<usize>,
}

impl PageBuffer {
    /// `bytes` zeroed bytes in a mapping of their own.
    pub fn zeroed(what: &'static str, bytes: usize) -> Result<Self, KernelError> {
        let map = if bytes == 0 { None } else { Some(map(what, bytes)?) };
        Ok(Self { map, range: 0..bytes })
    }
}

/// Maps that many bytes, in huge pages if the system has them.
fn map(what: &'static str, bytes: usize) -> Result<Arc<MmapRaw>, KernelError> {
    let map = MmapMut::map_anon(bytes)
        .map_err(|error| KernelError::Memory { what, detail: format!("{bytes} bytes: {error}") })?;
    // Refused where the kernel has no huge pages: slower, never wrong.
    #[cfg(target_os = "linux")]
    let _ = map.advise(memmap2::Advice::HugePage);
    Ok(Arc::new(MmapRaw::from(map)))
}

impl Drop for PageBuffer {
    /// The map goes with the last buffer in it; until then, this one's pages are given back.
    fn drop(&mut self) {
        #[cfg(target_os = "linux")]
        if let Some(map) = self.map.as_ref().filter(|map| Arc::strong_count(map) > 1) {
            let advice = memmap2::UncheckedAdvice::DontNeed;
            // SAFETY: these whole pages are this buffer's alone, and nobody borrows it any more. If the system refuses, they stay
            // until the map goes.
            let _ = unsafe { map.unchecked_advise_range(advice, self.range.start, self.range.len()) };
        }
    }
}

impl Deref for PageBuffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let Some(map) = &self.map else { return &[] };
        // SAFETY: the range lies within the map, is no other buffer's, and is written through `&mut self` alone.
        unsafe { std::slice::from_raw_parts(map.as_ptr().add(self.range.start), self.range.len()) }
    }
}

impl DerefMut for PageBuffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        let Some(map) = &self.map else { return &mut [] };
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(map.as_mut_ptr().add(self.range.start), self.range.len()) }
    }
}

/// Where buffers come from that are filled whole, kept together, and read from front to back: weights. They lie beside each other in
/// large mappings, because most matrices of a small model are smaller than a huge page (2 MiB), and alone would get none: on
/// two cores of an AMD EPYC (Zen 3), `SmolLM2`'s layers are multiplied with one token 1.07 (one thread) to 1.15 times (two) as fast.
#[derive(Debug, Default)]
pub(crate) struct Arena(#[cfg(target_os = "linux")] std::sync::Mutex<Option<Region>>);

/// A mapping that is given out from its front to its end.
#[cfg(target_os = "linux")]
#[derive(Debug)]
struct Region {
    map: Arc<MmapRaw>,
    /// Where what was not given out begins: at a page.
    free: usize,
}

impl Arena {
    /// `bytes` zeroed bytes.
    #[cfg(target_os = "linux")]
    pub fn zeroed(&self, what: &'static str, bytes: usize) -> Result<PageBuffer, KernelError> {
        if bytes == 0 {
            return PageBuffer::zeroed(what, bytes);
        }
        let mut current = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(buffer) = current.as_mut().and_then(|region| region.part(bytes)) {
            return Ok(buffer);
        }
        // Pages take memory only once they are written, so a whole region costs no more than the buffer. A system that counts addresses,
        // too, may refuse it.
        let region = Region::new(what, bytes.max(REGION)).or_else(|_| Region::new(what, bytes));
        let region = current.insert(region?);
        region.part(bytes).ok_or_else(|| KernelError::Memory { what, detail: format!("{bytes} bytes") })
    }

    /// `bytes` zeroed bytes.
    #[cfg(not(target_os = "linux"))]
    pub fn zeroed(&self, what: &'static str, bytes: usize) -> Result<PageBuffer, KernelError> {
        PageBuffer::zeroed(what, bytes)
    }
}

/// Bytes that are mapped at a time. The larger, the fewer huge pages are filled in part.
#[cfg(target_os = "linux")]
const REGION: usize = 128 << 20;
/// Bytes of a huge page.
#[cfg(target_os = "linux")]
const HUGE_PAGE: usize = 2 << 20;

#[cfg(target_os = "linux")]
impl Region {
    /// Room for so many bytes, from the start of a huge page on.
    fn new(what: &'static str, bytes: usize) -> Result<Self, KernelError> {
        let map = map(what, bytes.saturating_add(HUGE_PAGE))?;
        let start = map.as_ptr().addr();
        Ok(Self { map, free: start.next_multiple_of(HUGE_PAGE) - start })
    }

    /// The next so many bytes, if there are as many.
    fn part(&mut self, bytes: usize) -> Option<PageBuffer> {
        let end = self.free.checked_add(bytes).filter(|end| *end <= self.map.len())?;
        let range = self.free..end;
        self.free = end.next_multiple_of(page_bytes());
        Some(PageBuffer { map: Some(Arc::clone(&self.map)), range })
    }
}

/// Bytes of a page.
#[cfg(target_os = "linux")]
fn page_bytes() -> usize {
    // SAFETY: asks for a number.
    let bytes = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(bytes).ok().filter(|bytes| bytes.is_power_of_two()).unwrap_or(64 << 10)
}

/// A pointer that chunks of one job share, each writing its own part.
pub(crate) struct SharedPointer<T>(*mut T);

impl<T> SharedPointer<T> {
    pub fn new(slice: &mut [T]) -> Self {
        Self(slice.as_mut_ptr())
    }

    /// The pointer `offset` values on. Valid only within the slice that this was made from.
    pub fn at(&self, offset: usize) -> *mut T {
        self.0.wrapping_add(offset)
    }

    /// `length` values from `offset` on.
    ///
    /// # Safety
    /// They lie within the slice, and no other chunk touches them meanwhile.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn slice(&self, offset: usize, length: usize) -> &mut [T] {
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.0.add(offset), length) }
    }
}

impl<T> Clone for SharedPointer<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for SharedPointer<T> {}

// SAFETY: only a pointer; who dereferences it promises that parts are disjoint.
unsafe impl<T: Send> Send for SharedPointer<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for SharedPointer<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_zeroed_and_apart_from_each_other() {
        let arena = Arena::default();
        let sizes = [1, 4096, 0, 70_000, 5 << 20, 3];
        let mut buffers: Vec<PageBuffer> =
            sizes.iter().map(|bytes| arena.zeroed("a test", *bytes).unwrap()).collect();
        for (number, buffer) in (1..).zip(&mut buffers) {
            assert!(buffer.iter().all(|byte| *byte == 0));
            buffer.fill(number);
        }
        buffers.remove(3);
        for (index, number) in [1, 2, 3, 5, 6].into_iter().enumerate() {
            assert!(buffers[index].iter().all(|byte| *byte == number), "{number}");
        }
        let again = arena.zeroed("a test", 70_000).unwrap();
        assert!(again.iter().all(|byte| *byte == 0));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn small_buffers_share_huge_pages_and_a_larger_one_begins_at_one() {
        let arena = Arena::default();
        let place = |buffer: &PageBuffer| buffer.as_ptr().addr();
        let (one, other) = (arena.zeroed("a test", 5).unwrap(), arena.zeroed("a test", 5).unwrap());
        assert_eq!(place(&one) % HUGE_PAGE, 0);
        assert_eq!(place(&other) - place(&one), page_bytes());
        let large = arena.zeroed("a test", 2 * REGION).unwrap();
        assert_eq!((place(&large) % HUGE_PAGE, large.len()), (0, 2 * REGION));
    }

    #[test]
    fn more_than_there_can_be_is_an_error() {
        for bytes in [usize::MAX, usize::MAX / 2] {
            let failed = Arena::default().zeroed("a test", bytes).err();
            assert!(matches!(failed, Some(KernelError::Memory { .. })), "{failed:?}");
        }
    }
}
