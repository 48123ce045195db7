//! Keys and values of one layer in paged blocks. Knows how they lie and how to write them, not what a sequence is.
//!
//! A block holds, for each KV head, first the keys and then the values of its positions. Keys lie in tiles of 16
//! positions, dimension by dimension (16 positions' first dimension, then their second, …), so that a query's scores
//! for 16 positions need no sum across lanes. Values lie position by position, their dimensions filled up to a multiple
//! of 16.
//!
//! As `Q8_0` both lie as weights do that are multiplied with whole numbers. A tile of keys is a tile of 16 rows: four
//! dimensions of each position beside each other, in groups of 32 dimensions, which share a scale. 16 positions' values
//! are columns of rows, which are the dimensions: for each 16 of them four vectors, of four positions each; a position has one scale.
//! Codes are 128 more than what they stand for; scales end the tile.
#![allow(clippy::inline_always)]

use crate::{
    KernelError, Kernels,
    error::check_length,
    memory::{PageBuffer, SharedPointer},
    quant::GROUP,
    simd::{LANES, Simd, Task, dispatch, finite, magnitudes, stretch, stretching},
};

/// Bytes of a group of 32 dimensions of 16 keys as `Q8_0`, without their scales.
pub(super) const KEY_GROUP_BYTES: usize = GROUP * LANES;
/// Bytes of 16 dimensions of 16 positions' values as `Q8_0`.
pub(super) const VALUE_PART_BYTES: usize = LANES * LANES;
/// What is taken from a code of `Q8_0`.
pub(super) const CODE_OFFSET: i32 = 128;
/// The greatest number that a code stands for.
const CODE_MOST: f32 = 127.0;
/// Bytes of the scales of 16 positions.
pub(super) const SCALES_BYTES: usize = LANES * 4;

/// How keys and values are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CacheType {
    /// Single precision: exact.
    F32,
    /// Half precision.
    F16,
    /// 8 bits with one `f32` scale for each 32 dimensions of a key, and one for each value.
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
            CacheType::Q8_0 => self.key_dim.div_ceil(GROUP) * (KEY_GROUP_BYTES + SCALES_BYTES),
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
            CacheType::Q8_0 => SCALES_BYTES,
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
            // SAFETY: the slot lies within the cache.
            unsafe {
                match (self.shape.kind, self.is_key) {
                    (CacheType::Q8_0, true) => self.key_bytes::<S>(source, keys, lane),
                    (CacheType::Q8_0, false) => self.value_bytes::<S>(source, values, lane),
                    (_, true) => self.floats::<S>(source, keys, lane, LANES),
                    (_, false) => {
                        self.floats::<S>(source, values, lane * self.shape.padded_value_dim(), 1);
                    }
                }
            }
        }
    }
}

impl WriteHead<'_> {
    /// Numbers of one position as `F32` or `F16`, the first of them `first` elements from `start`, each `step` from the
    /// one before.
    ///
    /// # Safety
    /// As [`Simd`]'s; those places lie within the cache.
    #[inline(always)]
    unsafe fn floats<S: Simd>(&self, source: &[f32], start: usize, first: usize, step: usize) {
        for (index, part) in source.chunks(GROUP).enumerate() {
            let element = first + index * GROUP * step;
            // SAFETY: the caller's promise.
            unsafe {
                if self.shape.kind == CacheType::F32 {
                    scatter(part, self.data.at(start).cast::<f32>().add(element), step);
                } else {
                    let mut halves = [0_u16; GROUP];
                    to_halves::<S>(part, &mut halves);
                    scatter(&halves[..part.len()], self.data.at(start).cast::<u16>().add(element), step);
                }
            }
        }
    }

    /// One key as `Q8_0`, in the tile at `start`.
    ///
    /// # Safety
    /// As [`Simd`]'s; the tile lies within the cache.
    #[inline(always)]
    unsafe fn key_bytes<S: Simd>(&self, source: &[f32], start: usize, lane: usize) {
        let groups = source.len().div_ceil(GROUP);
        for (group, part) in source.chunks(GROUP).enumerate() {
            let mut codes = [0; GROUP];
            // SAFETY: the caller's promise.
            unsafe {
                let scale = to_bytes::<S>(part, &mut codes);
                let target = self.data.at(start + group * KEY_GROUP_BYTES + 4 * lane);
                for (quad, codes) in codes.as_chunks::<4>().0.iter().enumerate() {
                    target.add(4 * quad * LANES).cast::<[u8; 4]>().write(*codes);
                }
                let scales = start + groups * KEY_GROUP_BYTES + group * SCALES_BYTES;
                self.data.at(scales + 4 * lane).cast::<f32>().write_unaligned(scale);
            }
        }
    }

    /// One value as `Q8_0`, in the tile at `start`.
    ///
    /// # Safety
    /// As [`Simd`]'s; the tile lies within the cache.
    #[inline(always)]
    unsafe fn value_bytes<S: Simd>(&self, source: &[f32], start: usize, lane: usize) {
        let place = lane / 4 * 4 * LANES + lane % 4;
        // SAFETY: the caller's promise.
        unsafe {
            let mut greatest = S::splat(0.0);
            for part in source.chunks(LANES) {
                let values = S::load_partial(part.as_ptr(), part.len(), 0.0);
                greatest = S::max(greatest, magnitudes::<S>(values));
            }
            let (factor, scale) = stretching(S::greatest(greatest), CODE_MOST);
            for (index, part) in source.chunks(LANES).enumerate() {
                let values = S::load_partial(part.as_ptr(), part.len(), 0.0);
                let mut codes = [0; LANES];
                store_codes::<S>(codes.as_mut_ptr(), S::mul(finite::<S>(values), S::splat(factor)));
                scatter(&codes[..part.len()], self.data.at(start + index * VALUE_PART_BYTES + place), 4);
            }
            let scales = start + self.shape.padded_value_dim() / LANES * VALUE_PART_BYTES;
            self.data.at(scales + 4 * lane).cast::<f32>().write_unaligned(scale);
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
unsafe fn to_halves<S: Simd>(source: &[f32], target: &mut [u16; GROUP]) {
    let mut filled = [0.0; GROUP];
    filled[..source.len()].copy_from_slice(source);
    for half in [0, LANES] {
        // SAFETY: both arrays hold 32 values.
        unsafe { S::store_f16(target.as_mut_ptr().add(half), S::load(filled.as_ptr().add(half))) };
    }
}

/// Codes of up to 32 numbers, and what one more of a code is worth.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn to_bytes<S: Simd>(source: &[f32], codes: &mut [u8; GROUP]) -> f32 {
    let mut filled = [0.0; GROUP];
    filled[..source.len()].copy_from_slice(source);
    // SAFETY: both arrays hold 32 values.
    unsafe {
        let values = [S::load(filled.as_ptr()), S::load(filled.as_ptr().add(LANES))];
        let (values, scale) = stretch::<S>(values, CODE_MOST);
        store_codes::<S>(codes.as_mut_ptr(), values[0]);
        store_codes::<S>(codes.as_mut_ptr().add(LANES), values[1]);
        scale
    }
}

/// Codes of 16 numbers from −127 to 127.
///
/// # Safety
/// As [`Simd`]'s; 16 bytes are written.
#[inline(always)]
unsafe fn store_codes<S: Simd>(target: *mut u8, values: S::Float) {
    // SAFETY: the caller's promise.
    unsafe {
        let codes = S::int_add(S::float_to_int(values), S::int_splat(CODE_OFFSET));
        S::int_store_i8(target.cast(), codes);
    }
}
