//! Keys and values of one layer in paged blocks. Knows how they lie and how to write them, not what a sequence is.
//!
//! A block holds, for each KV head, first the keys and then the values of its positions. Keys lie in tiles of 16
//! positions, dimension by dimension (16 positions' first dimension, then their second, …), so that a query's scores
//! for 16 positions need no sum across lanes. Values lie position by position, their dimensions filled up to a multiple
//! of 16. As `Q8_0`, a tile of keys, and 16 positions' values, end with the scales of each 32 dimensions for those
//! positions.
#![allow(clippy::inline_always)]

use crate::{
    KernelError, Kernels,
    error::check_length,
    memory::{PageBuffer, SharedPointer},
    simd::{LANES, Simd, Task, dispatch, stretch},
};

/// Dimensions that share a scale in a `Q8_0` cache.
pub(crate) const SCALE_DIMS: usize = 32;

/// How keys and values are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CacheType {
    /// Single precision: exact.
    F32,
    /// Half precision.
    F16,
    /// 8 bits with one `f32` scale for each 32 dimensions of a position.
    Q8_0,
}

/// Sizes of a [`CacheLayer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheShape {
    /// How keys and values are stored.
    pub kind: CacheType,
    /// Blocks in all.
    pub blocks: usize,
    /// Positions of each block: a multiple of 16.
    pub block_positions: usize,
    /// Heads of keys and values.
    pub kv_heads: usize,
    /// Dimensions of a key.
    pub key_dim: usize,
    /// Dimensions of a value.
    pub value_dim: usize,
}

impl CacheShape {
    /// Bytes of 16 positions' keys.
    pub(crate) fn key_tile_bytes(&self) -> usize {
        match self.kind {
            CacheType::F32 => self.key_dim * LANES * 4,
            CacheType::F16 => self.key_dim * LANES * 2,
            CacheType::Q8_0 => self.key_dim * LANES + self.key_dim.div_ceil(SCALE_DIMS) * LANES * 4,
        }
    }

    /// Dimensions of a value, filled up to whole vectors.
    pub(crate) fn padded_value_dim(&self) -> usize {
        self.value_dim.next_multiple_of(LANES)
    }

    /// Bytes from one position's value to the next.
    pub(crate) fn value_bytes(&self) -> usize {
        match self.kind {
            CacheType::F32 => self.padded_value_dim() * 4,
            CacheType::F16 => self.padded_value_dim() * 2,
            CacheType::Q8_0 => self.padded_value_dim(),
        }
    }

    /// Bytes of 16 positions' values.
    fn value_tile_bytes(&self) -> usize {
        let scales = match self.kind {
            CacheType::Q8_0 => self.value_dim.div_ceil(SCALE_DIMS) * LANES * 4,
            _ => 0,
        };
        LANES * self.value_bytes() + scales
    }

    /// Bytes of one head's keys in a block.
    fn head_key_bytes(&self) -> usize {
        self.block_positions / LANES * self.key_tile_bytes()
    }

    /// Bytes of one head in a block, filled up to whole cache lines.
    fn head_bytes(&self) -> usize {
        let values = self.block_positions / LANES * self.value_tile_bytes();
        (self.head_key_bytes() + values).next_multiple_of(64)
    }

    /// Bytes of one block.
    pub fn block_bytes(&self) -> usize {
        self.kv_heads * self.head_bytes()
    }

    /// Where everything lies.
    pub(crate) fn places(&self) -> Places {
        Places {
            block: self.block_bytes(),
            head: self.head_bytes(),
            head_keys: self.head_key_bytes(),
            key_tile: self.key_tile_bytes(),
            value_tile: self.value_tile_bytes(),
        }
    }

    fn check(&self) -> Result<usize, KernelError> {
        const LIMIT: usize = 1 << 20;
        let sizes = [
            ("the positions of a cache block", self.block_positions),
            ("the KV heads of a cache", self.kv_heads),
            ("the dimensions of a cached key", self.key_dim),
            ("the dimensions of a cached value", self.value_dim),
        ];
        for (what, found) in sizes {
            if found == 0 || found > LIMIT {
                return Err(KernelError::Argument { what, found, must: "1 to 1048576" });
            }
        }
        if !self.block_positions.is_multiple_of(LANES) {
            let what = "the positions of a cache block";
            return Err(KernelError::Argument {
                what,
                found: self.block_positions,
                must: "a multiple of 16",
            });
        }
        // In 128 bits nothing above overflows with those limits; then the bytes must fit this machine.
        let tiles = (self.block_positions / LANES) as u128 * (self.key_dim as u128 + 64) * 64;
        let values = self.block_positions as u128 * (self.value_dim as u128 + 64) * 4;
        let most = (tiles + values + 64) * self.kv_heads as u128 * self.blocks.max(1) as u128;
        if most > isize::MAX as u128 {
            return Err(KernelError::Memory { what: "a KV cache", detail: format!("{self:?}") });
        }
        Ok(self.blocks * self.block_bytes())
    }
}

/// The bytes of a cache's parts, from which places within it are worked out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places {
    block: usize,
    head: usize,
    head_keys: usize,
    key_tile: usize,
    value_tile: usize,
}

impl Places {
    /// Where a tile of 16 positions of a head has its keys, and its values.
    #[inline(always)]
    pub fn of_tile(&self, block: usize, head: usize, tile: usize) -> (usize, usize) {
        let start = block * self.block + head * self.head;
        (start + tile * self.key_tile, start + self.head_keys + tile * self.value_tile)
    }
}

/// Where a token's key and value go: a block, and a position within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheSlot {
    /// The block.
    pub block: u32,
    /// The position within it.
    pub offset: u32,
}

/// Keys and values of one layer. Its memory is taken page by page as it is written.
pub struct CacheLayer {
    shape: CacheShape,
    data: PageBuffer,
}

impl CacheLayer {
    /// An empty cache of that shape.
    ///
    /// # Errors
    /// When the shape is impossible, or so much memory can't be had.
    pub fn new(shape: CacheShape) -> Result<Self, KernelError> {
        let data = PageBuffer::zeroed("a KV cache", shape.check()?)?;
        Ok(Self { shape, data })
    }

    /// Its sizes.
    pub fn shape(&self) -> CacheShape {
        self.shape
    }

    /// Memory that it takes once every block was written.
    pub fn bytes(&self) -> usize {
        self.data.len()
    }

    pub(crate) fn data(&self) -> &[u8] {
        &self.data
    }

    /// The stored bytes of a block, to be saved. They mean something only to a cache of the same shape.
    ///
    /// # Errors
    /// When there is no such block.
    pub fn block(&self, block: u32) -> Result<&[u8], KernelError> {
        let start = self.block_start(block)?;
        Ok(&self.data[start..start + self.shape.block_bytes()])
    }

    /// Puts bytes that [`Self::block`] gave into a block.
    ///
    /// # Errors
    /// When there is no such block, or the bytes are not as many as a block has.
    pub fn set_block(&mut self, block: u32, bytes: &[u8]) -> Result<(), KernelError> {
        let (start, size) = (self.block_start(block)?, self.shape.block_bytes());
        check_length("the bytes of a cache block", bytes.len(), Some(size))?;
        self.data[start..start + size].copy_from_slice(bytes);
        Ok(())
    }

    /// Copies a whole block to another.
    ///
    /// # Errors
    /// When there is no such block.
    pub fn copy_block(&mut self, from: u32, to: u32) -> Result<(), KernelError> {
        let (from, to) = (self.block_start(from)?, self.block_start(to)?);
        let size = self.shape.block_bytes();
        self.data.copy_within(from..from + size, to);
        Ok(())
    }

    fn block_start(&self, block: u32) -> Result<usize, KernelError> {
        let found = block as usize;
        if found >= self.shape.blocks {
            let (what, must) = ("the number of a cache block", "below the blocks of the cache");
            return Err(KernelError::Argument { what, found, must });
        }
        Ok(found * self.shape.block_bytes())
    }
}

impl std::fmt::Debug for CacheLayer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("CacheLayer").field("shape", &self.shape).finish_non_exhaustive()
    }
}

impl Kernels {
    /// Stores keys (`tokens × kv_heads × key_dim`) and values (`tokens × kv_heads × value_dim`), token `i` in `slots[i]`.
    ///
    /// # Errors
    /// When a slice is not as long as `slots` asks for, or a slot lies outside of the cache; nothing is stored then.
    pub fn write_cache(
        &self,
        layer: &mut CacheLayer,
        slots: &[CacheSlot],
        keys: &[f32],
        values: &[f32],
    ) -> Result<(), KernelError> {
        let shape = layer.shape;
        check_length("the keys", keys.len(), slots.len().checked_mul(shape.kv_heads * shape.key_dim))?;
        check_length("the values", values.len(), slots.len().checked_mul(shape.kv_heads * shape.value_dim))?;
        for slot in slots {
            layer.block_start(slot.block)?;
            if slot.offset as usize >= shape.block_positions {
                let (what, found) = ("the position within a cache block", slot.offset as usize);
                return Err(KernelError::Argument { what, found, must: "below the positions of a block" });
            }
        }
        let (places, data) = (shape.places(), SharedPointer::new(&mut layer.data));
        // Heads never share bytes, whatever the slots are, nor do keys and values.
        let write = |part: usize| {
            let (head, is_key) = (part / 2, part.is_multiple_of(2));
            let (source, dims) = if is_key { (keys, shape.key_dim) } else { (values, shape.value_dim) };
            let task = WriteHead { shape, places, head, slots, source, dims, is_key, data };
            // SAFETY: `isa` is available, and all slots were checked.
            unsafe { dispatch(self.isa(), task) };
        };
        // Scattered, a value costs about as much as four of a sum.
        let part_values = 4 * slots.len() * shape.key_dim.max(shape.value_dim);
        self.run_ranges(2 * shape.kv_heads, part_values, &|parts| parts.for_each(write));
        Ok(())
    }
}

/// Writes one head's keys, or values, of all tokens.
struct WriteHead<'a> {
    shape: CacheShape,
    places: Places,
    head: usize,
    slots: &'a [CacheSlot],
    source: &'a [f32],
    dims: usize,
    is_key: bool,
    data: SharedPointer<u8>,
}

impl Task for WriteHead<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        for (token, slot) in self.slots.iter().enumerate() {
            let at = (token * self.shape.kv_heads + self.head) * self.dims;
            let source = &self.source[at..][..self.dims];
            let offset = slot.offset as usize;
            let (tile, lane) = (offset / LANES, offset % LANES);
            let (keys, values) = self.places.of_tile(slot.block as usize, self.head, tile);
            // Where the tile starts, its first element, the distance from one dimension to the next, and its scales.
            let (start, first, step, scales) = if self.is_key {
                (keys, lane, LANES, keys + self.dims * LANES)
            } else {
                let dims = self.shape.padded_value_dim();
                (values, lane * dims, 1, values + LANES * dims)
            };
            for (index, part) in source.chunks(SCALE_DIMS).enumerate() {
                let element = first + index * SCALE_DIMS * step;
                // SAFETY: the slot lies within the cache, and the element within the slot.
                unsafe {
                    match self.shape.kind {
                        CacheType::F32 => scatter(part, self.data.at(start).cast::<f32>().add(element), step),
                        CacheType::F16 => {
                            let mut halves = [0_u16; SCALE_DIMS];
                            to_halves::<S>(part, &mut halves);
                            scatter(
                                &halves[..part.len()],
                                self.data.at(start).cast::<u16>().add(element),
                                step,
                            );
                        }
                        CacheType::Q8_0 => {
                            let (codes, scale) = to_bytes::<S>(part);
                            scatter(
                                &codes[..part.len()],
                                self.data.at(start).cast::<i8>().add(element),
                                step,
                            );
                            self.data
                                .at(scales + 4 * (index * LANES + lane))
                                .cast::<f32>()
                                .write_unaligned(scale);
                        }
                    }
                }
            }
        }
    }
}

/// # Safety
/// `target` may be written at each step.
#[inline(always)]
unsafe fn scatter<T: Copy>(source: &[T], target: *mut T, step: usize) {
    for (index, value) in source.iter().enumerate() {
        // SAFETY: the caller's promise.
        unsafe { target.add(index * step).write_unaligned(*value) };
    }
}

/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn to_halves<S: Simd>(source: &[f32], target: &mut [u16; SCALE_DIMS]) {
    let mut filled = [0.0; SCALE_DIMS];
    filled[..source.len()].copy_from_slice(source);
    for half in [0, LANES] {
        // SAFETY: both arrays hold 32 values.
        unsafe { S::store_f16(target.as_mut_ptr().add(half), S::load(filled.as_ptr().add(half))) };
    }
}

/// Up to 32 values as signed bytes and their scale.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn to_bytes<S: Simd>(source: &[f32]) -> ([i8; SCALE_DIMS], f32) {
    let mut filled = [0.0; SCALE_DIMS];
    filled[..source.len()].copy_from_slice(source);
    let mut codes = [0; SCALE_DIMS];
    // SAFETY: both arrays hold 32 values.
    unsafe {
        let values = [S::load(filled.as_ptr()), S::load(filled.as_ptr().add(LANES))];
        let (values, scale) = stretch::<S>(values, 127.0);
        S::int_store_i8(codes.as_mut_ptr(), S::float_to_int(values[0]));
        S::int_store_i8(codes.as_mut_ptr().add(LANES), S::float_to_int(values[1]));
        (codes, scale)
    }
}
