//! A weight matrix in the layout that the kernels stream. Knows how to pack and look up rows, not how to multiply.

use half::{bf16, f16};

use std::{
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering},
};

use crate::{
    BlockType, KernelError, Kernels,
    error::check_length,
    memory::{PageBuffer, SharedPointer},
    quant::{Form, GROUP, block_codes, block_scales},
};

use super::{layout::TILE_ROWS, product::Distance};

/// Bytes that are packed before it is told that they were.
const BAND_BYTES: usize = 8 << 20;

/// What a matrix has of one tile.
#[derive(Clone, Copy)]
pub(crate) struct Tile<'a> {
    /// Codes or values.
    pub codes: &'a [u8],
    /// The codes' lower bits, if they lie apart.
    pub low: &'a [u8],
    pub scales: &'a [u8],
}

/// Weights of a linear layer, `rows` outputs × `columns` inputs, repacked: 16 rows interleaved, see [`crate`].
///
/// The layout is the same for every family of instructions. Rows beyond the last are zero and never shown.
pub struct PackedMatrix {
    kind: BlockType,
    rows: usize,
    columns: usize,
    /// How the codes lie; `None` for floats.
    form: Option<Form>,
    /// Codes of all tiles, or all values of a float matrix.
    codes: PageBuffer,
    /// The codes' lower bits, if the matrix is in parts.
    low: PageBuffer,
    /// Scales of all tiles; empty for floats.
    scales: PageBuffer,
    /// Products that are to be computed whole, because of the last one too little could be left away.
    without_bounds: AtomicUsize,
}

impl PackedMatrix {
    /// Packs the row-major blocks of `kind` in `bytes` with all threads of `kernels`.
    ///
    /// # Errors
    /// When a row is no whole number of blocks, `bytes` is not exactly the matrix, or memory is short.
    pub fn pack(
        kernels: &Kernels,
        kind: BlockType,
        bytes: &[u8],
        rows: usize,
        columns: usize,
    ) -> Result<Self, KernelError> {
        Self::pack_with(kernels, kind, bytes, rows, columns, &|_| ())
    }

    /// [`Self::pack`], telling `packed` which of the bytes won't be read again: so a mapped file need not be in memory
    /// whole beside what is made of it.
    ///
    /// # Errors
    /// As [`Self::pack`].
    pub fn pack_with(
        kernels: &Kernels,
        kind: BlockType,
        bytes: &[u8],
        rows: usize,
        columns: usize,
        packed: &dyn Fn(Range<usize>),
    ) -> Result<Self, KernelError> {
        Self::pack_form(kernels, (kind, Form::of(kind)), bytes, (rows, columns), packed)
    }

    /// [`Self::pack_with`], with the codes' lower bits apart where the type allows it, for [`Kernels::matmul_sought`].
    /// Everything else that is done with it has the same results.
    ///
    /// # Errors
    /// As [`Self::pack`].
    pub fn pack_in_parts(
        kernels: &Kernels,
        kind: BlockType,
        bytes: &[u8],
        rows: usize,
        columns: usize,
        packed: &dyn Fn(Range<usize>),
    ) -> Result<Self, KernelError> {
        let form = Form::of(kind).map(|form| form.in_parts().unwrap_or(form));
        Self::pack_form(kernels, (kind, form), bytes, (rows, columns), packed)
    }

    fn pack_form(
        kernels: &Kernels,
        (kind, form): (BlockType, Option<Form>),
        bytes: &[u8],
        (rows, columns): (usize, usize),
        packed: &dyn Fn(Range<usize>),
    ) -> Result<Self, KernelError> {
        for (what, found) in [("the rows of a matrix", rows), ("the columns of a matrix", columns)] {
            if found == 0 {
                return Err(KernelError::Argument { what, found, must: "at least 1" });
            }
        }
        let row_bytes = kind.bytes_for(columns).ok_or(KernelError::PartialBlock { kind, columns })?;
        check_length("the bytes of the matrix", bytes.len(), row_bytes.checked_mul(rows))?;
        let tiles = rows.div_ceil(TILE_ROWS);
        let groups = columns / GROUP;
        let [tile_codes, tile_low, tile_scales] = match form {
            Some(form) => {
                let low = groups * form.planes.low_bytes();
                [form.tile_code_bytes(groups), low, form.tile_scale_bytes(groups)]
            }
            None => [row_bytes * TILE_ROWS, 0, 0],
        };
        let arena = kernels.weights();
        let mut codes = arena.zeroed("the codes of a packed matrix", tiles * tile_codes)?;
        let mut low = arena.zeroed("the lower codes of a packed matrix", tiles * tile_low)?;
        let mut scales = arena.zeroed("the scales of a packed matrix", tiles * tile_scales)?;
        let (code_pointer, low_pointer) = (SharedPointer::new(&mut codes), SharedPointer::new(&mut low));
        let scale_pointer = SharedPointer::new(&mut scales);
        let band = (BAND_BYTES / (row_bytes * TILE_ROWS)).max(1);
        let pack = |tile: usize| {
            let first = tile * TILE_ROWS;
            let last = rows.min(first + TILE_ROWS);
            let source = &bytes[first * row_bytes..last * row_bytes];
            // SAFETY: a tile's bytes lie within the buffers and belong to this chunk alone.
            let (codes, low, scales) = unsafe {
                (
                    code_pointer.slice(tile * tile_codes, tile_codes),
                    low_pointer.slice(tile * tile_low, tile_low),
                    scale_pointer.slice(tile * tile_scales, tile_scales),
                )
            };
            match form {
                Some(form) => pack_tile((kind, form), (source, row_bytes), codes, low, scales),
                None => interleave_tile(kind.block_bytes(), source, row_bytes, codes),
            }
        };
        for first in (0..tiles).step_by(band) {
            let end = tiles.min(first + band);
            kernels.run(end - first, &|tile| pack(first + tile));
            packed(first * TILE_ROWS * row_bytes..rows.min(end * TILE_ROWS) * row_bytes);
        }
        Ok(Self { kind, rows, columns, form, codes, low, scales, without_bounds: AtomicUsize::new(0) })
    }

    /// Outputs.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Inputs.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The type of the blocks it was packed from.
    pub fn kind(&self) -> BlockType {
        self.kind
    }

    /// Memory that it takes; each product with one token streams all of it.
    pub fn bytes(&self) -> usize {
        self.codes.len() + self.low.len() + self.scales.len()
    }

    /// Whether the codes' lower bits lie apart.
    pub(crate) fn in_parts(&self) -> bool {
        self.low_bits() > 0
    }

    /// All that lie apart.
    pub(crate) fn low_bytes(&self) -> usize {
        self.low.len()
    }

    /// Bytes of a tile.
    pub(crate) fn tile_bytes(&self) -> usize {
        self.bytes() / self.tiles()
    }

    /// From a tile to another.
    pub(crate) fn distance(&self, from: usize, to: usize) -> Distance {
        let tiles = to as isize - from as isize;
        let bytes = |all: &[u8]| (all.len() / self.tiles()) as isize * tiles;
        Distance { codes: bytes(&self.codes), low: bytes(&self.low), scales: bytes(&self.scales) }
    }

    /// Has the next so many products computed whole.
    pub(crate) fn leave_bounds(&self, products: usize) {
        self.without_bounds.store(products, Ordering::Relaxed);
    }

    /// Whether this product is to be computed whole.
    pub(crate) fn leaves_bounds(&self) -> bool {
        let one_less = |products: usize| products.checked_sub(1);
        self.without_bounds.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
    }

    /// Lower bits of each code that lie apart.
    pub(crate) fn low_bits(&self) -> u32 {
        self.form.map_or(0, |form| form.planes.low_bits())
    }

    /// Tiles of 16 rows.
    pub(crate) fn tiles(&self) -> usize {
        self.rows.div_ceil(TILE_ROWS)
    }

    /// Groups of 32 columns.
    pub(crate) fn groups(&self) -> usize {
        self.columns / GROUP
    }

    /// One tile.
    pub(crate) fn tile(&self, tile: usize) -> Tile<'_> {
        self.tiles_of(tile..tile + 1)
    }

    /// Several tiles that follow each other.
    pub(crate) fn tiles_of(&self, tiles: Range<usize>) -> Tile<'_> {
        let part = |all: &'_ [u8]| {
            let bytes = all.len() / self.tiles();
            tiles.start * bytes..tiles.end * bytes
        };
        let (codes, low, scales) = (part(&self.codes), part(&self.low), part(&self.scales));
        Tile { codes: &self.codes[codes], low: &self.low[low], scales: &self.scales[scales] }
    }

    /// The `columns` values of one row, to the bit as [`crate::dequantize`] would give them: an embedding look-up.
    ///
    /// # Errors
    /// When there is no such row, or `out` is not `columns` long.
    pub fn dequantize_row(&self, row: usize, out: &mut [f32]) -> Result<(), KernelError> {
        if row >= self.rows {
            return Err(KernelError::Argument {
                what: "the row to look up",
                found: row,
                must: "below the rows of the matrix",
            });
        }
        check_length("the row's values", out.len(), Some(self.columns))?;
        let Tile { codes, low, scales } = self.tile(row / TILE_ROWS);
        let lane = row % TILE_ROWS;
        let Some(form) = self.form else {
            self.read_floats(codes, lane, out);
            return Ok(());
        };
        let groups_per_record = form.scales.groups();
        for (group, out) in out.chunks_exact_mut(GROUP).enumerate() {
            let record = &scales[group / groups_per_record * form.record_bytes()..];
            let (group_bytes, low_bytes) = (form.planes.group_bytes(), form.planes.low_bytes());
            let low = &low[group * low_bytes..][..low_bytes];
            let codes = form.planes.read_row(&codes[group * group_bytes..][..group_bytes], low, lane);
            form.group_values(&codes, &form.read_scales(record, lane), group % groups_per_record, out);
        }
        Ok(())
    }

    fn read_floats(&self, values: &[u8], lane: usize, out: &mut [f32]) {
        let size = self.kind.block_bytes();
        for (value, column) in out.iter_mut().zip(values.chunks_exact(TILE_ROWS * size)) {
            let bytes = &column[lane * size..][..size];
            *value = match self.kind {
                BlockType::F16 => f16::from_le_bytes([bytes[0], bytes[1]]).to_f32(),
                BlockType::BF16 => bf16::from_le_bytes([bytes[0], bytes[1]]).to_f32(),
                _ => f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]),
            };
        }
    }
}

impl std::fmt::Debug for PackedMatrix {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "PackedMatrix({} {} × {})", self.kind, self.rows, self.columns)
    }
}

/// Packs up to 16 rows of blocks.
fn pack_tile(
    (kind, form): (BlockType, Form),
    (source, row_bytes): (&[u8], usize),
    codes: &mut [u8],
    low: &mut [u8],
    scales: &mut [u8],
) {
    let (group_bytes, low_bytes) = (form.planes.group_bytes(), form.planes.low_bytes());
    let record_bytes = form.record_bytes();
    let groups_per_block = kind.block_values() / GROUP;
    for (lane, row) in source.chunks_exact(row_bytes).enumerate() {
        for (index, block) in row.chunks_exact(kind.block_bytes()).enumerate() {
            let record = &mut scales[index * record_bytes..][..record_bytes];
            form.write_scales(record, lane, &block_scales(kind, block));
            for part in 0..groups_per_block {
                let group = index * groups_per_block + part;
                let low = &mut low[group * low_bytes..][..low_bytes];
                let group = &mut codes[group * group_bytes..][..group_bytes];
                form.planes.write_row(group, low, lane, &block_codes(kind, block, part));
            }
        }
    }
}

/// Puts the values of up to 16 rows beside each other, column by column.
fn interleave_tile(size: usize, source: &[u8], row_bytes: usize, out: &mut [u8]) {
    for (lane, row) in source.chunks_exact(row_bytes).enumerate() {
        for (value, column) in row.chunks_exact(size).zip(out.chunks_exact_mut(TILE_ROWS * size)) {
            column[lane * size..][..size].copy_from_slice(value);
        }
    }
}
