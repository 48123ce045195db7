//! Inputs of linear layers, quantised once and shared by every matrix that reads them. Knows no matrix.
//!
//! Each 32 values of a token share one `f32` scale. Tokens lie in tiles of [`TILE_TOKENS`]; within a tile, group by
//! group, token beside token, so that a kernel for a full tile finds all it needs at constant distances. Values of 15
//! bits are two planes of bytes or whole words, as the family multiplies them faster.
#![allow(clippy::inline_always)]

use std::ops::Range;

use super::product::token_bytes;
use crate::{
    Gate, Isa, KernelError, Kernels,
    elementwise::{ACTIVATION_COST, SharedGate},
    error::check_length,
    memory::SharedPointer,
    quant::GROUP,
    simd::{LANES, Simd, Task, dispatch, stretch},
};

/// Tokens whose quantised values lie together.
pub(crate) const TILE_TOKENS: usize = 8;

/// The greatest code of 15 bits.
pub(crate) const GREATEST_WORD: f32 = 127.0 * 128.0;

/// How finely activations are quantised, per 32 values with one `f32` scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ActivationPrecision {
    /// To 8 bits (-127..=127): what llama.cpp does, with exact scales. Prompts take half the arithmetic of the other.
    Int8,
    /// To 15 bits (-16256..=16256), multiplied as two planes of 8: practically the exact product. Decoding is as fast,
    /// because memory is its limit.
    #[default]
    Int16,
}

impl ActivationPrecision {
    /// Planes of signed bytes: the second, if there is one, is worth a 128th of the first.
    pub(crate) const fn planes(self) -> usize {
        match self {
            Self::Int8 => 1,
            Self::Int16 => 2,
        }
    }
}

/// What kernels need to know of 32 quantised values of one token, besides the values.
#[derive(Debug, Clone, Copy, Default, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub(crate) struct GroupSums {
    /// What a quantised 1 is worth.
    pub scale: f32,
    /// `scale × sum`.
    pub scaled_sum: f32,
    /// Sum of the 32 quantised values.
    pub sum: i32,
    /// Sum of the first 16.
    pub first_sum: i32,
}

/// Memory for quantised activations, to be used again and again.
#[derive(Debug, Default)]
pub struct ActivationBuffer {
    codes: Vec<i8>,
    sums: Vec<GroupSums>,
}

/// `tokens × columns` inputs of linear layers: as they were, and quantised.
pub struct Activations<'a> {
    source: &'a [f32],
    tokens: usize,
    columns: usize,
    precision: ActivationPrecision,
    /// Whose kernels they lie right for.
    isa: Isa,
    buffer: &'a ActivationBuffer,
}

impl Activations<'_> {
    /// Tokens (rows of the input).
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// Values of each token.
    pub fn columns(&self) -> usize {
        self.columns
    }

    pub(crate) fn source(&self) -> &[f32] {
        self.source
    }

    pub(crate) fn precision(&self) -> ActivationPrecision {
        self.precision
    }

    pub(crate) fn isa(&self) -> Isa {
        self.isa
    }

    /// For each group of a token the sum of the quantised values' magnitudes.
    pub(crate) fn magnitudes(&self, token: usize) -> impl Iterator<Item = i32> {
        let (planes, within) = (self.precision.planes(), token % TILE_TOKENS);
        let (codes, _, width) = self.tile(token - within);
        // SAFETY: the activations were quantised with these instructions.
        let words = planes == 2 && unsafe { dispatch(self.isa, TakesWords) };
        codes.chunks_exact(width * planes * GROUP).map(move |group| {
            let plane = |plane: usize| &group[(plane * width + within) * GROUP..][..GROUP];
            let two = |[low, high]: &[i8; 2]| i16::from_le_bytes([*low as u8, *high as u8]);
            if words {
                let own = &group[2 * within * GROUP..][..2 * GROUP];
                own.as_chunks().0.iter().map(|bytes| i32::from(two(bytes)).abs()).sum()
            } else if planes == 1 {
                plane(0).iter().map(|code| i32::from(*code).abs()).sum()
            } else {
                let whole = |(high, low): (&i8, &i8)| (128 * i32::from(*high) + i32::from(*low)).abs();
                plane(0).iter().zip(plane(1)).map(whole).sum()
            }
        })
    }

    /// Codes and sums of the tile that starts with token `first` (a multiple of [`TILE_TOKENS`]), and its tokens.
    pub(crate) fn tile(&self, first: usize) -> (&[i8], &[GroupSums], usize) {
        let width = TILE_TOKENS.min(self.tokens - first);
        let (codes, sums) = self.tiles(first, width);
        (codes, sums, width)
    }

    /// Codes and sums of the tiles from token `first` on (a multiple of [`TILE_TOKENS`]) that hold so many `tokens`: whole tiles, or the last.
    pub(crate) fn tiles(&self, first: usize, tokens: usize) -> (&[i8], &[GroupSums]) {
        let (groups, buffer) = (self.columns / GROUP, self.buffer);
        let codes = groups * GROUP * self.precision.planes();
        (&buffer.codes[first * codes..][..tokens * codes], &buffer.sums[first * groups..][..tokens * groups])
    }
}

impl Kernels {
    /// Quantises `tokens × columns` values for products with quantised matrices, into memory to be used again.
    ///
    /// # Errors
    /// When `x` is not `tokens × columns` long.
    pub fn quantize<'a>(
        &self,
        buffer: &'a mut ActivationBuffer,
        x: &'a [f32],
        tokens: usize,
        columns: usize,
        precision: ActivationPrecision,
    ) -> Result<Activations<'a>, KernelError> {
        check_length("the activations", x.len(), tokens.checked_mul(columns))?;
        if in_groups(columns) {
            self.fill(buffer, tokens, columns, precision, QUANTIZE_COST, &|range| &x[range]);
        }
        Ok(Activations { source: x, tokens, columns, precision, isa: self.isa(), buffer })
    }

    /// Applies an activation function to `tokens × columns` values, and quantises them while they are in the first-level cache.
    ///
    /// # Errors
    /// When the values are not `tokens × columns`, or the gate's two inputs not equally long.
    pub fn quantize_activated<'a>(
        &self,
        buffer: &'a mut ActivationBuffer,
        gate: Gate<'a>,
        tokens: usize,
        columns: usize,
        precision: ActivationPrecision,
    ) -> Result<Activations<'a>, KernelError> {
        check_length("the activations", gate.values.len(), tokens.checked_mul(columns))?;
        let Gate { activation, values, up } = gate;
        let gate = Gate { activation, values: &mut *values, up };
        if in_groups(columns) {
            let shared = SharedGate::new(gate)?;
            let cost = QUANTIZE_COST + ACTIVATION_COST;
            self.fill(buffer, tokens, columns, precision, cost, &|range| {
                // SAFETY: each range is asked for once.
                unsafe { shared.activate(self.isa(), range) }
            });
        } else {
            self.activate(gate)?;
        }
        Ok(Activations { source: values, tokens, columns, precision, isa: self.isa(), buffer })
    }

    /// Quantises what `values` gives, which is asked once for each range of a token's groups. A value costs as much as `cost` of a sum.
    fn fill<'x>(
        &self,
        buffer: &mut ActivationBuffer,
        tokens: usize,
        columns: usize,
        precision: ActivationPrecision,
        cost: usize,
        values: &(dyn Fn(Range<usize>) -> &'x [f32] + Sync),
    ) {
        let (groups, planes) = (columns / GROUP, precision.planes());
        buffer.codes.resize(buffer.codes.len().max(tokens * columns * planes), 0);
        buffer.sums.resize(buffer.sums.len().max(tokens * groups), GroupSums::default());
        let (codes, sums) = (SharedPointer::new(&mut buffer.codes), SharedPointer::new(&mut buffer.sums));
        // One token is often a few hundred values: not worth waking anybody.
        let parts = if tokens == 1 { (columns / 4096).clamp(1, groups) } else { 1 };
        let quantize = |token: usize, part: usize| {
            let first_tile = token / TILE_TOKENS * TILE_TOKENS;
            let groups_here = part * groups / parts..(part + 1) * groups / parts;
            let first = token * columns;
            let task = QuantizeRow {
                source: values(first + groups_here.start * GROUP..first + groups_here.end * GROUP),
                planes,
                groups: groups_here,
                width: TILE_TOKENS.min(tokens - first_tile),
                token: token - first_tile,
                codes: codes.at(first_tile * columns * planes),
                sums: sums.at(first_tile * groups),
            };
            // SAFETY: the tile's codes and sums lie within the buffers, and those of this token and these groups
            // are written by this chunk alone.
            unsafe { dispatch(self.isa(), task) };
        };
        self.run_ranges(tokens * parts, cost * columns / parts, &|range| {
            range.for_each(|unit| quantize(unit / parts, unit % parts));
        });
    }
}

/// A value costs about as much as so many of a sum.
const QUANTIZE_COST: usize = 3;

/// Whether rows of so many columns are quantised. Only float matrices have others, and they read the source.
fn in_groups(columns: usize) -> bool {
    columns > 0 && columns.is_multiple_of(GROUP)
}

/// Whether a family takes values of 15 bits as words.
struct TakesWords;

impl Task for TakesWords {
    type Output = bool;

    #[inline(always)]
    unsafe fn run<S: Simd>(self) -> bool {
        S::WORDS
    }
}

/// Quantises some groups of one token.
struct QuantizeRow<'a> {
    /// The values of these groups.
    source: &'a [f32],
    planes: usize,
    groups: Range<usize>,
    width: usize,
    token: usize,
    codes: *mut i8,
    sums: *mut GroupSums,
}

impl Task for QuantizeRow<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        for (group, source) in self.groups.zip(self.source.chunks_exact(GROUP)) {
            let place = group * self.width * self.planes * GROUP + self.token * token_bytes::<S>(self.planes);
            // SAFETY: the group's place lies within the tile; `source` has 32 values.
            unsafe {
                let codes = self.codes.add(place);
                let sums = quantize_group::<S>(source.as_ptr(), codes, self.planes, self.width);
                *self.sums.add(group * self.width + self.token) = sums;
            }
        }
    }
}

/// Quantises 32 values to `target`: as words, or the second plane of them (if any) `width` groups further.
///
/// # Safety
/// As [`Simd`]'s; 32 values are read, 32 written for each plane.
#[inline(always)]
pub(crate) unsafe fn quantize_group<S: Simd>(
    source: *const f32,
    target: *mut i8,
    planes: usize,
    width: usize,
) -> GroupSums {
    let greatest_code = if planes == 1 { 127.0 } else { GREATEST_WORD };
    // SAFETY: the caller's promise.
    unsafe {
        let values = [S::load(source), S::load(source.add(LANES))];
        let (values, scale) = stretch::<S>(values, greatest_code);
        let mut sums = [0; 2];
        for (half, value) in values.into_iter().enumerate() {
            let code = S::float_to_int(value);
            sums[half] = S::int_sum(code);
            store_codes::<S>(code, target.add(half * LANES), half, planes, width);
        }
        let sum = sums[0] + sums[1];
        GroupSums { scale, scaled_sum: scale * sum as f32, sum, first_sum: sums[0] }
    }
}

/// Stores 16 codes, the `half`th of a group, at `target`: as words, or the second plane of them (if any) `width` groups further.
///
/// # Safety
/// As [`Simd`]'s; 16 bytes are written for each plane.
#[inline(always)]
pub(crate) unsafe fn store_codes<S: Simd>(
    code: S::Int,
    target: *mut i8,
    half: usize,
    planes: usize,
    width: usize,
) {
    // SAFETY: the caller's promise.
    unsafe {
        if planes == 1 {
            S::int_store_i8(target, code);
        } else if S::WORDS {
            S::int_store_words(target.add(half * LANES).cast(), code);
        } else {
            let high = S::int_shift_right::<7>(S::int_add(code, S::int_splat(64)));
            S::int_store_i8(target, high);
            // Of code - 128 high only the lowest byte is kept, and that is all of it.
            let low = S::int_add(code, S::int_shift_left::<7>(high));
            S::int_store_i8(target.add(width * GROUP), low);
        }
    }
}
