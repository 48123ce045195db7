//! Page-aligned, zeroed memory for weights and caches: given lazily by the system, in huge pages where it offers them.

use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

use crate::KernelError;

/// Zeroed bytes that start at a page boundary. Pages take memory only once they are written.
pub(crate) struct PageBuffer {
    /// `None` for no bytes at all, which the system refuses to map.
    map: Option<MmapMut>,
}

impl PageBuffer {
    /// `bytes` zeroed bytes. `huge` asks for huge pages, which suits what will be filled whole.
    pub fn zeroed(what: &'static str, bytes: usize, huge: bool) -> Result<Self, KernelError> {
        if bytes == 0 {
            return Ok(Self { map: None });
        }
        let map = MmapMut::map_anon(bytes)
            .map_err(|error| KernelError::Memory { what, detail: format!("{bytes} bytes: {error}") })?;
        #[cfg(target_os = "linux")]
        if huge {
            // Refused where the kernel has no huge pages: slower, never wrong.
            let _ = map.advise(memmap2::Advice::HugePage);
        }
        #[cfg(not(target_os = "linux"))]
        let _ = huge;
        Ok(Self { map: Some(map) })
    }
}

impl Deref for PageBuffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.map.as_deref().unwrap_or_default()
    }
}

impl DerefMut for PageBuffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        self.map.as_deref_mut().unwrap_or_default()
    }
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
