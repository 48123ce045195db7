//! Linear layers: packed weight matrices times quantised (or plain) activations, shared out over threads.
//! Must not know what the outputs are for.

mod activations;
mod best;
mod float;
mod format;
mod layout;
mod packed;
mod product;
#[cfg(test)]
pub(crate) mod test_numbers;
#[cfg(test)]
mod tests;

use std::{cell::RefCell, marker::PhantomData, ops::Range};

pub use activations::{ActivationBuffer, ActivationPrecision, Activations};
pub use best::Sought;
pub use packed::PackedMatrix;

pub(crate) use activations::{GREATEST_WORD, GroupSums, quantize_group, store_codes};
pub(crate) use format::{GroupScales, load_eight, load_four};
pub(crate) use product::{ExpandedForm, GroupPlanes, step, token_bytes};

use crate::{
    Isa, KernelError, Kernels,
    error::check_length,
    memory::SharedPointer,
    simd::{dispatch, dispatch_wide},
};

use activations::TILE_TOKENS;
use float::{FloatTile, float_number};
use format::{Parted, with_format};
use layout::TILE_ROWS;
use packed::Tile;
use product::{Ahead, Direct, Distance, Expand, ExpandedTile, OutTile, TokenTiles, multiply_expanded};

/// Bytes of weights in the smallest chunk of a product with few tokens: enough to be worth an atomic addition.
const LEAST_CHUNK_BYTES: usize = 8 << 10;
/// Bytes of activations that shall stay in a core's second-level cache while tiles of weights pass by.
const TOKEN_BLOCK_BYTES: usize = 384 << 10;

/// Up to so many tokens a product takes about as long as reading its weights.
const FEW_TOKENS: usize = 16;

thread_local! {
    static EXPANDED: RefCell<ExpandedTile> = RefCell::default();
}

/// One matrix of a job, and where its results go.
struct Part<'a> {
    matrix: &'a PackedMatrix,
    out: SharedPointer<f32>,
    /// Tiles of all parts before this one.
    first_tile: usize,
}

impl Kernels {
    /// `out[token × rows + row] = Σ activations[token, column] × matrix[row, column]`.
    ///
    /// # Errors
    /// When the columns of both differ, or `out` is not `tokens × rows` long.
    pub fn matmul(
        &self,
        activations: &Activations<'_>,
        matrix: &PackedMatrix,
        out: &mut [f32],
    ) -> Result<(), KernelError> {
        self.matmul_many(activations, &mut [(matrix, out)])
    }

    /// [`Self::matmul`] with several matrices that read the same activations, as one job of the pool.
    ///
    /// # Errors
    /// As [`Self::matmul`]; nothing is computed if any of them is wrong.
    pub fn matmul_many(
        &self,
        activations: &Activations<'_>,
        products: &mut [(&PackedMatrix, &mut [f32])],
    ) -> Result<(), KernelError> {
        let tokens = activations.tokens();
        for (matrix, out) in products.iter() {
            check_product(self.isa(), activations, matrix, out)?;
        }
        if tokens == 0 {
            return Ok(());
        }
        let mut all_tiles = 0;
        let parts: Vec<Part<'_>> = products
            .iter_mut()
            .map(|(matrix, out)| {
                let first_tile = all_tiles;
                all_tiles += matrix.tiles();
                Part { matrix, out: SharedPointer::new(out), first_tile }
            })
            .collect();
        if tokens <= FEW_TOKENS {
            // Memory is the limit: long stretches, and short ones at the end.
            let chunks = self.stretches(&parts);
            self.run(chunks.len(), &|chunk| {
                let (part, tiles) = &chunks[chunk];
                self.multiply_chunk(activations, &parts[*part], tiles.clone(), 0..tokens, Distance::ONWARDS);
            });
            return Ok(());
        }
        // A tile is work enough. Each thread goes through a region of its own: were neighbouring tiles computed at the
        // same time, threads would write to the same cache lines, and fetch what another one reads next.
        let block = token_block(activations);
        let region = all_tiles.div_ceil(self.threads());
        let turns = region * self.threads();
        self.run(turns * tokens.div_ceil(block), &|chunk| {
            let (turn, first_token) = (chunk % turns, chunk / turns * block);
            let tile = turn % self.threads() * region + turn / self.threads();
            if tile >= all_tiles {
                return;
            }
            let part = &parts[parts.partition_point(|part| part.first_tile <= tile) - 1];
            let tile = tile - part.first_tile;
            self.multiply_chunk(
                activations,
                part,
                tile..tile + 1,
                first_token..tokens.min(first_token + block),
                Distance::ONWARDS,
            );
        });
        Ok(())
    }

    /// Parts and ranges of their tiles, each worth half of a fair share of what is left, so that memory is read in
    /// long stretches and no thread waits long for the last.
    fn stretches(&self, parts: &[Part<'_>]) -> Vec<(usize, Range<usize>)> {
        let mut left: usize = parts.iter().map(|part| part.matrix.bytes()).sum();
        let mut stretches = Vec::with_capacity(32);
        for (index, part) in parts.iter().enumerate() {
            let tiles = part.matrix.tiles();
            let tile_bytes = (part.matrix.bytes() / tiles).max(1);
            let mut first = 0;
            while first < tiles {
                let bytes = (left / (2 * self.threads())).max(LEAST_CHUNK_BYTES);
                let end = tiles.min(first + (bytes / tile_bytes).max(1));
                left = left.saturating_sub((end - first) * tile_bytes);
                stretches.push((index, first..end));
                first = end;
            }
        }
        stretches
    }

    /// Some tiles with some tokens; what is read next lies `ahead`.
    fn multiply_chunk(
        &self,
        activations: &Activations<'_>,
        part: &Part<'_>,
        tiles: Range<usize>,
        tokens: Range<usize>,
        ahead: Distance,
    ) {
        if part.matrix.in_parts() {
            return self.multiply_format::<Parted>(activations, part, tiles, tokens, ahead);
        }
        with_format!(
            part.matrix.kind(),
            F => self.multiply_format::<F>(activations, part, tiles, tokens, ahead),
            for tile in tiles {
                self.multiply_floats(activations, part, tile, tokens.clone());
            }
        );
    }

    fn multiply_format<F: format::Format>(
        &self,
        activations: &Activations<'_>,
        part: &Part<'_>,
        tiles: Range<usize>,
        tokens: Range<usize>,
        ahead: Distance,
    ) {
        if activations.tokens() <= FEW_TOKENS {
            match activations.precision() {
                ActivationPrecision::Int8 => self.multiply_few::<F, 1>(activations, part, &tiles, ahead),
                ActivationPrecision::Int16 => self.multiply_few::<F, 2>(activations, part, &tiles, ahead),
            }
        } else {
            for tile in tiles {
                self.multiply_several::<F>(activations, part, tile, tokens.clone());
            }
        }
    }

    /// All tokens with some tiles, without expanding these.
    fn multiply_few<F: format::Format, const PLANES: usize>(
        &self,
        activations: &Activations<'_>,
        part: &Part<'_>,
        tiles: &Range<usize>,
        ahead: Distance,
    ) {
        let (in_registers, most) = (self.isa().rows_at_once(), self.isa().few_at_once(PLANES));
        for tiles in passing(tiles, activations.tokens(), most) {
            let mut token = 0;
            while token < activations.tokens() {
                let within = token % TILE_TOKENS;
                let left = (activations.tokens() - token).min(TILE_TOKENS - within).min(most);
                let these = token..token + if left > in_registers { left } else { 1 << left.ilog2() };
                match these.len() {
                    5.. => self.multiply_direct::<F, PLANES, 8>(activations, part, &tiles, &these, ahead),
                    4 => self.multiply_direct::<F, PLANES, 4>(activations, part, &tiles, &these, ahead),
                    2.. => self.multiply_direct::<F, PLANES, 2>(activations, part, &tiles, &these, ahead),
                    _ => self.multiply_direct::<F, PLANES, 1>(activations, part, &tiles, &these, ahead),
                }
                token = these.end;
            }
        }
    }

    /// Multiplies some tokens of one activation tile: `TOKENS`, or fewer if that is more than have their sums in registers.
    fn multiply_direct<F: format::Format, const PLANES: usize, const TOKENS: usize>(
        &self,
        activations: &Activations<'_>,
        part: &Part<'_>,
        tiles: &Range<usize>,
        these: &Range<usize>,
        ahead: Distance,
    ) {
        let matrix = part.matrix;
        let first = these.start % TILE_TOKENS;
        let (quantised, sums, width) = activations.tile(these.start - first);
        let tile = matrix.tiles_of(tiles.clone());
        let first_row = tiles.start * TILE_ROWS;
        let task = Direct::<F, PLANES, TOKENS> {
            format: PhantomData,
            codes: tile.codes.as_ptr(),
            low: tile.low.as_ptr(),
            scales: tile.scales.as_ptr(),
            tiles: tiles.len(),
            groups: matrix.groups(),
            activations: quantised,
            sums,
            width,
            first,
            count: these.len(),
            out: part.out.at(these.start * matrix.rows() + first_row),
            rows: (tiles.len() * TILE_ROWS).min(matrix.rows() - first_row),
            stride: matrix.rows(),
            ahead,
        };
        // SAFETY: `isa` is available; the matrix has these tiles one after the other; these rows of these tokens lie
        // within the output and belong to this chunk alone.
        unsafe {
            match TOKENS {
                1 => dispatch(self.isa(), task),
                _ => dispatch_wide(self.isa(), task),
            }
        }
    }

    fn multiply_several<F: format::Format>(
        &self,
        activations: &Activations<'_>,
        part: &Part<'_>,
        tile: usize,
        tokens: Range<usize>,
    ) {
        let matrix = part.matrix;
        let Tile { codes, low, scales } = matrix.tile(tile);
        EXPANDED.with_borrow_mut(|expanded| {
            let task = Expand::<F> {
                format: PhantomData,
                codes: codes.as_ptr(),
                low: low.as_ptr(),
                scales: scales.as_ptr(),
                groups: matrix.groups(),
                target: expanded,
            };
            // SAFETY: `isa` is available; the tile has that many groups.
            unsafe { dispatch(self.isa(), task) };
            let first_row = tile * TILE_ROWS;
            let rows = TILE_ROWS.min(matrix.rows() - first_row);
            let group_bytes = codes.len() / matrix.groups();
            let mut ahead = Ahead { codes: codes.as_ptr_range().end, group_bytes };
            let Range { start: mut first, end } = tokens;
            while first < end {
                // All whole tiles at once, then the rest.
                let width = TILE_TOKENS.min(end - first);
                let tiles = (end - first) / width;
                let (quantised, sums) = activations.tiles(first, tiles * width);
                let planes = activations.precision().planes();
                let these = TokenTiles { activations: quantised, sums, tiles, width, planes };
                let place = part.out.at(first * matrix.rows() + first_row);
                let out = OutTile { first: place, rows, stride: matrix.rows() };
                let form = const { ExpandedForm::of::<F>() };
                // SAFETY: these rows of these tokens lie within the output and belong to this chunk alone.
                unsafe { multiply_expanded(self.isa(), form, expanded, these, out, ahead) };
                first += tiles * width;
                // Once is enough.
                ahead.group_bytes = 0;
            }
        });
    }

    fn multiply_floats(
        &self,
        activations: &Activations<'_>,
        part: &Part<'_>,
        tile: usize,
        tokens: Range<usize>,
    ) {
        match float_number(part.matrix.kind()) {
            1 => self.multiply_float_kind::<1>(activations, part, tile, tokens),
            2 => self.multiply_float_kind::<2>(activations, part, tile, tokens),
            _ => self.multiply_float_kind::<0>(activations, part, tile, tokens),
        }
    }

    fn multiply_float_kind<const KIND: u8>(
        &self,
        activations: &Activations<'_>,
        part: &Part<'_>,
        tile: usize,
        tokens: Range<usize>,
    ) {
        let most = self.isa().rows_at_once();
        let mut first = tokens.start;
        while first < tokens.end {
            first += match most.min(tokens.end - first) {
                8 => self.multiply_float_tokens::<KIND, 8>(activations, part, tile, first),
                4.. => self.multiply_float_tokens::<KIND, 4>(activations, part, tile, first),
                _ => self.multiply_float_tokens::<KIND, 1>(activations, part, tile, first),
            };
        }
    }

    /// Multiplies `TOKENS` tokens from `first` on, and returns their number.
    fn multiply_float_tokens<const KIND: u8, const TOKENS: usize>(
        &self,
        activations: &Activations<'_>,
        part: &Part<'_>,
        tile: usize,
        first: usize,
    ) -> usize {
        let matrix = part.matrix;
        let columns = matrix.columns();
        let first_row = tile * TILE_ROWS;
        let task = FloatTile::<KIND, TOKENS> {
            values: matrix.tile(tile).codes.as_ptr(),
            columns,
            source: activations.source()[first * columns..][..TOKENS * columns].as_ptr(),
            out: part.out.at(first * matrix.rows() + first_row),
            rows: TILE_ROWS.min(matrix.rows() - first_row),
            stride: matrix.rows(),
        };
        // SAFETY: `isa` is available; the tile has `columns` × 16 values and the source `TOKENS` × `columns`; these
        // rows of these tokens lie within the output and belong to this chunk alone.
        unsafe {
            match TOKENS {
                1 => dispatch(self.isa(), task),
                _ => dispatch_wide(self.isa(), task),
            }
        };
        TOKENS
    }
}

/// Tiles in stretches that all `tokens`, `most` at a time, pass through before the next: one by one where the first tokens
/// would otherwise have driven out of the caches what the last ones read.
fn passing(tiles: &Range<usize>, tokens: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    let (end, step) = (tiles.end, if tokens > most { 1 } else { tiles.len().max(1) });
    tiles.clone().step_by(step).map(move |first| first..end.min(first + step))
}

/// Whether shapes and families fit.
fn check_product(
    isa: Isa,
    activations: &Activations<'_>,
    matrix: &PackedMatrix,
    out: &[f32],
) -> Result<(), KernelError> {
    if activations.isa() != isa {
        return Err(KernelError::OtherIsa { quantised: activations.isa(), here: isa });
    }
    check_length("a token's activations", activations.columns(), Some(matrix.columns()))?;
    check_length("the output of a product", out.len(), activations.tokens().checked_mul(matrix.rows()))
}

/// Tokens that one chunk takes: a multiple of [`TILE_TOKENS`].
fn token_block(activations: &Activations<'_>) -> usize {
    let token_bytes = activations.columns() * activations.precision().planes();
    (TOKEN_BLOCK_BYTES / token_bytes.max(1)).clamp(32, 1024) / TILE_TOKENS * TILE_TOKENS
}
