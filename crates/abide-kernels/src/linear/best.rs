//! Products of which only some outputs matter, as when the next token is chosen among a vocabulary: those of some rows, or
//! the greatest.
//!
//! A tile of which no row is looked at is left out. Where that leaves many tiles, but the greatest outputs are looked at alone:
//! the upper bits of a matrix in parts bound every output from both sides (Hölder: what is left of a row's codes, 0 to 3,
//! is at most 3/2 from its middle, so it moves the output by at most that × the scales × the activations' magnitudes). A
//! tile of which no row reaches the best lower bounds is done with; the others are multiplied whole. What is returned of
//! them has the bits of the whole product, because it comes from the same function.
#![allow(clippy::inline_always)]

use std::{cell::RefCell, marker::PhantomData, ops::Range};

use crate::{
    KernelError, Kernels,
    error::check_length,
    memory::SharedPointer,
    quant::GROUP,
    simd::{LANES, Simd, Task, dispatch, dispatch_wide},
};

use super::{
    ActivationPrecision, Activations, FEW_TOKENS, PackedMatrix, Part,
    activations::{GroupSums, TILE_TOKENS},
    format::{Format, Parted, group_scales, unpack_upper},
    layout::TILE_ROWS,
    passing,
    product::{Distance, ExpandedForm, GroupPlanes, ask_for, dot, token_bytes},
};

/// Tiles in a chunk of those that are multiplied whole: they lie anywhere in memory.
const CHUNK_TILES: usize = 16;

/// Where bounds left so many tiles that they did not pay, so many products are computed whole before the next try: what
/// follows is mostly alike.
const PRODUCTS_WITHOUT_BOUNDS: usize = 7;

/// Where rows of at most one tile in so many are looked at, these tiles are multiplied whole: bounds would take as long.
const TILES_FOR_BOUNDS: usize = 8;

/// Which outputs of a token are looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sought<'a> {
    /// So many of the greatest, and all that equal one of them. `None`: all.
    pub best: Option<usize>,
    /// Those of these rows alone: a bit for each, the first row's is the lowest of the first word. Rows behind the last
    /// word are not looked at. `None`: those of all rows.
    pub among: Option<&'a [u32]>,
}

impl Sought<'_> {
    /// A tile's rows that are looked at, a bit for each.
    fn lanes(&self, tile: usize) -> u16 {
        const { assert!(TILE_ROWS == 16) };
        let Some(words) = self.among else { return u16::MAX };
        words.get(tile / 2).map_or(0, |word| (word >> (tile % 2 * TILE_ROWS)) as u16)
    }

    /// At most so many of `tiles` tiles have to be multiplied.
    fn most_tiles(&self, tiles: usize) -> usize {
        let best = self.best.unwrap_or(tiles).min(tiles);
        match self.among {
            Some(_) if best == tiles => (0..tiles).filter(|tile| self.lanes(*tile) != 0).count(),
            _ => best,
        }
    }
}

/// How a product is computed of which some outputs matter.
enum Way {
    /// All of it.
    Whole,
    /// The tiles that are listed.
    Listed,
    /// Those that bounds leave.
    Bounded,
}

/// Memory for bounds, to be used again.
#[derive(Default)]
struct Scratch {
    /// For each token and group what a scale of 1 can add to, or take from, the output.
    slack: Vec<f32>,
    /// Per token and tile, the greatest upper and lower bound of its rows.
    highest: Vec<f32>,
    surest: Vec<f32>,
    /// The tiles that are multiplied whole.
    tiles: Vec<usize>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Kernels {
    /// [`Self::matmul`] for those who look at some outputs of each token alone, those that `sought` names: they have their
    /// value; any other has its own or −∞. A matrix in parts ([`PackedMatrix::pack_in_parts`]) is read for the most part
    /// then and not whole, and any matrix where few rows are looked at.
    ///
    /// # Errors
    /// As [`Self::matmul`], and when `sought` has not one entry for each token.
    pub fn matmul_sought(
        &self,
        activations: &Activations<'_>,
        matrix: &PackedMatrix,
        sought: &[Sought<'_>],
        out: &mut [f32],
    ) -> Result<(), KernelError> {
        super::check_product(self.isa(), activations, matrix, out)?;
        check_length("what is sought of tokens", sought.len(), Some(activations.tokens()))?;
        SCRATCH.with_borrow_mut(|scratch| match way(matrix, sought, &mut scratch.tiles) {
            Way::Whole => self.matmul(activations, matrix, out),
            Way::Listed => {
                out.fill(f32::NEG_INFINITY);
                let part = Part { matrix, out: SharedPointer::new(out), first_tile: 0 };
                self.multiply_tiles(activations, &part, &scratch.tiles);
                Ok(())
            }
            Way::Bounded => {
                let parts = [Part { matrix, out: SharedPointer::new(out), first_tile: 0 }];
                scratch.slack.clear();
                scratch.slack.extend(slack(activations, matrix));
                self.bound(activations, &parts, sought, scratch);
                choose_tiles(scratch, sought);
                self.multiply_tiles(activations, &parts[0], &scratch.tiles);
                if scratch.tiles.len() * matrix.tile_bytes() > matrix.low_bytes() {
                    matrix.leave_bounds(PRODUCTS_WITHOUT_BOUNDS);
                }
                Ok(())
            }
        })
    }

    /// Multiplies tiles that lie anywhere.
    fn multiply_tiles(&self, activations: &Activations<'_>, part: &Part<'_>, tiles: &[usize]) {
        let tokens = activations.tokens();
        self.run(tiles.len().div_ceil(CHUNK_TILES), &|chunk| {
            let end = tiles.len().min((chunk + 1) * CHUNK_TILES);
            for index in chunk * CHUNK_TILES..end {
                let tile = tiles[index];
                let next = if index + 1 < end { Some(tiles[index + 1]) } else { None };
                let ahead = next.map_or(Distance::ONWARDS, |next| part.matrix.distance(tile, next));
                self.multiply_chunk(activations, part, tile..tile + 1, 0..tokens, ahead);
            }
        });
    }

    /// Bounds each tile for each token, and makes all outputs −∞.
    fn bound(
        &self,
        activations: &Activations<'_>,
        parts: &[Part<'_>; 1],
        sought: &[Sought<'_>],
        scratch: &mut Scratch,
    ) {
        let part = &parts[0];
        let bounds = part.matrix.tiles() * activations.tokens();
        scratch.highest.resize(bounds, 0.0);
        scratch.surest.resize(bounds, 0.0);
        let work = BoundWork {
            activations,
            part,
            sought,
            slack: &scratch.slack,
            highest: SharedPointer::new(&mut scratch.highest),
            surest: SharedPointer::new(&mut scratch.surest),
        };
        let chunks = self.stretches(parts);
        self.run(chunks.len(), &|chunk| {
            let tiles = &chunks[chunk].1;
            match activations.precision() {
                ActivationPrecision::Int8 => self.bound_tiles::<Parted, 1>(&work, tiles),
                ActivationPrecision::Int16 => self.bound_tiles::<Parted, 2>(&work, tiles),
            }
        });
    }

    fn bound_tiles<F: Format, const PLANES: usize>(&self, work: &BoundWork<'_>, tiles: &Range<usize>) {
        let most = self.isa().rows_at_once();
        let tokens = work.activations.tokens();
        for tiles in passing(tiles, tokens, most) {
            let mut token = 0;
            while token < tokens {
                let within = token % TILE_TOKENS;
                token += match (tokens - token).min(TILE_TOKENS - within).min(most) {
                    8.. => self.bound_tokens::<F, PLANES, 8>(work, &tiles, token),
                    4.. => self.bound_tokens::<F, PLANES, 4>(work, &tiles, token),
                    2.. => self.bound_tokens::<F, PLANES, 2>(work, &tiles, token),
                    _ => self.bound_tokens::<F, PLANES, 1>(work, &tiles, token),
                };
            }
        }
    }

    /// Bounds some tiles for `TOKENS` tokens of one activation tile from `token` on, and returns their number.
    fn bound_tokens<F: Format, const PLANES: usize, const TOKENS: usize>(
        &self,
        work: &BoundWork<'_>,
        tiles: &Range<usize>,
        token: usize,
    ) -> usize {
        let (matrix, groups) = (work.part.matrix, work.part.matrix.groups());
        let first = token % TILE_TOKENS;
        let (quantised, sums, width) = work.activations.tile(token - first);
        let tile = matrix.tiles_of(tiles.clone());
        let first_row = tiles.start * TILE_ROWS;
        let place = token * matrix.tiles() + tiles.start;
        let task = Bound::<F, PLANES, TOKENS> {
            format: PhantomData,
            codes: tile.codes.as_ptr(),
            scales: tile.scales.as_ptr(),
            tiles: tiles.len(),
            groups,
            sought: &work.sought[token..token + TOKENS],
            first_tile: tiles.start,
            activations: quantised,
            sums,
            slack: &work.slack[token * groups..][..TOKENS * groups],
            width,
            first,
            highest: work.highest.at(place),
            surest: work.surest.at(place),
            stride: matrix.tiles(),
            out: work.part.out.at(token * matrix.rows() + first_row),
            rows: (tiles.len() * TILE_ROWS).min(matrix.rows() - first_row),
            out_stride: matrix.rows(),
        };
        // SAFETY: `isa` is available; the matrix has these tiles one after the other; these tiles' bounds and rows of
        // these tokens lie within their slices and belong to this chunk alone.
        unsafe {
            match TOKENS {
                1 => dispatch(self.isa(), task),
                _ => dispatch_wide(self.isa(), task),
            }
        };
        TOKENS
    }
}

/// What the chunks of [`Kernels::bound`] share.
struct BoundWork<'a> {
    activations: &'a Activations<'a>,
    part: &'a Part<'a>,
    sought: &'a [Sought<'a>],
    slack: &'a [f32],
    highest: SharedPointer<f32>,
    surest: SharedPointer<f32>,
}

/// What is left of a code without its lower bits is at most this far from both its least and its greatest.
const fn middle(low_bits: u32) -> f32 {
    ((1 << low_bits) - 1) as f32 / 2.0
}

/// For each token and group: how far what a row's upper bits give can be from what all of them give, for a scale of 1.
///
/// 3/2 × the activations' magnitudes, and room for rounding: the two sums together have at most six additions for
/// each group and a few roundings more, on terms of at most 130 × the magnitudes, each rounded to 1 in 2^24 (half an
/// epsilon); the last factor is for the sum of the slack itself.
fn slack(activations: &Activations<'_>, matrix: &PackedMatrix) -> impl Iterator<Item = f32> {
    let groups = matrix.groups();
    let rounding = (4 * groups + 16) as f32 * f32::EPSILON;
    let factor = (middle(matrix.low_bits()) + 130.0 * rounding) * (1.0 + rounding);
    (0..activations.tokens()).flat_map(move |token| {
        let within = token % TILE_TOKENS;
        let (_, sums, width) = activations.tile(token - within);
        let scales = sums.iter().skip(within).step_by(width).map(|sums| sums.scale);
        let magnitudes = activations.magnitudes(token);
        scales.zip(magnitudes).map(move |(scale, magnitude)| factor * scale * magnitude as f32)
    })
}

/// Chooses how to compute a product. The tiles of [`Way::Listed`] are listed then.
fn way(matrix: &PackedMatrix, sought: &[Sought<'_>], listed: &mut Vec<usize>) -> Way {
    let tiles = matrix.tiles();
    if sought.len() > FEW_TOKENS {
        return Way::Whole;
    }
    let open = if sought.iter().all(|sought| sought.among.is_some()) {
        listed.clear();
        listed.extend((0..tiles).filter(|&tile| sought.iter().any(|sought| sought.lanes(tile) != 0)));
        listed.len()
    } else {
        tiles
    };
    if open <= tiles / TILES_FOR_BOUNDS {
        return Way::Listed;
    }
    // With half of the tiles to be multiplied in the end there is nothing to win by bounds.
    let most = sought.iter().map(|sought| sought.most_tiles(tiles)).max().unwrap_or(0);
    if matrix.in_parts() && most.saturating_mul(2) < open && !matrix.leaves_bounds() {
        return Way::Bounded;
    }
    // Nor is there by leaving out a few of them: long stretches are read faster.
    if open.saturating_mul(4) < tiles.saturating_mul(3) { Way::Listed } else { Way::Whole }
}

/// Lists the tiles with a row that may be sought of any token.
fn choose_tiles(scratch: &mut Scratch, sought: &[Sought<'_>]) {
    let Scratch { highest, surest, tiles, .. } = scratch;
    let count = highest.len() / sought.len();
    tiles.clear();
    let bounds = highest.chunks_exact(count).zip(surest.chunks_exact(count));
    for ((highest, surest), sought) in bounds.zip(sought) {
        let least = greatest(surest, sought.best.unwrap_or(count).max(1));
        let reaching = highest.iter().enumerate();
        // What is −∞ needs no product: it is that already.
        let reaching = reaching.filter(|(_, highest)| **highest >= least && **highest > f32::NEG_INFINITY);
        tiles.extend(reaching.map(|(tile, _)| tile));
    }
    if sought.len() > 1 {
        tiles.sort_unstable();
        tiles.dedup();
    }
}

/// The `number`th greatest of values none of which is NaN; −∞ where there are not more.
fn greatest(values: &[f32], number: usize) -> f32 {
    if number >= values.len() {
        return f32::NEG_INFINITY;
    }
    let capacity = (4 * number).max(64);
    let mut kept: Vec<f32> = Vec::with_capacity(capacity);
    let mut floor = f32::NEG_INFINITY;
    for &value in values {
        if value > floor {
            kept.push(value);
            if kept.len() == capacity {
                kept.select_nth_unstable_by(number - 1, |one, other| other.total_cmp(one));
                kept.truncate(number);
                floor = kept[number - 1];
            }
        }
    }
    if kept.len() < number {
        return f32::NEG_INFINITY;
    }
    *kept.select_nth_unstable_by(number - 1, |one, other| other.total_cmp(one)).1
}

/// Bounds of some tiles for a few tokens of an activation tile.
struct Bound<'a, F, const PLANES: usize, const TOKENS: usize> {
    format: PhantomData<F>,
    /// Upper codes, and scales, of the tiles.
    codes: *const u8,
    scales: *const u8,
    tiles: usize,
    groups: usize,
    /// What is sought of these tokens, and the first tile's number.
    sought: &'a [Sought<'a>],
    first_tile: usize,
    /// The activation tile, its tokens, and the first of those that are multiplied.
    activations: &'a [i8],
    sums: &'a [GroupSums],
    /// `TOKENS × groups`.
    slack: &'a [f32],
    width: usize,
    first: usize,
    /// Where the first of these tokens' bounds go, and the distance to the next token's.
    highest: *mut f32,
    surest: *mut f32,
    stride: usize,
    /// Where −∞ goes: `rows` of these tokens for all tiles together.
    out: *mut f32,
    rows: usize,
    out_stride: usize,
}

impl<F: Format, const PLANES: usize, const TOKENS: usize> Task for Bound<'_, F, PLANES, TOKENS> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        let form = const { ExpandedForm::of::<F>() };
        let (group_bytes, groups) = (F::FORM.planes.group_bytes(), self.groups);
        let tile_scale_bytes = F::FORM.tile_scale_bytes(groups);
        let width = if TOKENS == 1 && self.width == 1 { 1 } else { self.width };
        assert!(self.first + TOKENS <= width && self.rows <= self.tiles * LANES);
        assert!(
            self.sought.len() == TOKENS
                && self.sums.len() >= groups * width
                && self.slack.len() == TOKENS * groups
        );
        assert!(self.activations.len() >= groups * GROUP * PLANES * width);
        for tile in 0..self.tiles {
            let first = tile * LANES;
            let rows = self.rows.saturating_sub(first).min(LANES);
            let within = if rows < LANES { !(u16::MAX << rows) } else { u16::MAX };
            let mut lanes = [within; TOKENS];
            for (lanes, sought) in lanes.iter_mut().zip(self.sought) {
                *lanes &= sought.lanes(self.first_tile + tile);
            }
            // SAFETY: the matrix has these tiles and groups; lengths of the activations were checked above.
            unsafe {
                let codes = self.codes.add(tile * groups * group_bytes);
                let scales = self.scales.add(tile * tile_scale_bytes);
                let mut middle = [S::splat(0.0); TOKENS];
                // Not 0, so that products that vanish because they are too small are seen to.
                let mut slack = [S::splat(f32::MIN_POSITIVE); TOKENS];
                let groups_sought = if lanes == [0; TOKENS] { 0 } else { groups };
                for group in 0..groups_sought {
                    ask_for::<S>(codes.add(group * group_bytes), Distance::ONWARDS.codes, group_bytes);
                    let codes = unpack_upper::<S>(codes.add(group * group_bytes));
                    let scale = group_scales::<S, F>(scales, group).scale[0];
                    let place = group * width * PLANES * GROUP + self.first * token_bytes::<S>(PLANES);
                    let activations = self.activations.as_ptr().add(place);
                    let sums = self.sums.as_ptr().add(group * width + self.first);
                    let mut totals = [0; TOKENS];
                    for (token, total) in totals.iter_mut().enumerate() {
                        *total = (*sums.add(token)).sum;
                    }
                    let planes = GroupPlanes { first: activations, planes: PLANES, distance: width * GROUP };
                    let whole = dot::<S, 8, TOKENS>(form, &codes, planes, &totals);
                    for token in 0..TOKENS {
                        let most = *self.slack.get_unchecked(token * groups + group);
                        let sum = Sum { middle: middle[token], slack: slack[token] };
                        let sum = sum.add::<S, F>(scale, whole[token], &*sums.add(token), most);
                        (middle[token], slack[token]) = (sum.middle, sum.slack);
                    }
                }
                for token in 0..TOKENS {
                    let (highest, surest) = bounds::<S>(middle[token], slack[token], lanes[token]);
                    *self.highest.add(token * self.stride + tile) = highest;
                    *self.surest.add(token * self.stride + tile) = surest;
                    let nothing = S::splat(f32::NEG_INFINITY);
                    S::store_partial(self.out.add(token * self.out_stride + first), rows, nothing);
                }
            }
        }
    }
}

/// What is known of 16 rows and one token.
struct Sum<V> {
    /// What the upper codes give, each with the middle of what may be left of it.
    middle: V,
    /// How far that may be from the truth.
    slack: V,
}

impl<V: Copy> Sum<V> {
    /// Adds a group: `dot` of its upper codes with the activations that `sums` is of. For a scale of 1, what is left adds or
    /// takes at most `most`.
    ///
    /// # Safety
    /// As [`Simd`]'s.
    #[inline(always)]
    unsafe fn add<S: Simd<Float = V>, F: Format>(
        self,
        scale: V,
        dot: S::Int,
        sums: &GroupSums,
        most: f32,
    ) -> Self {
        let half = const { middle(F::FORM.planes.low_bits()) };
        // SAFETY: arithmetic.
        unsafe {
            let middle = S::mul_add(S::int_to_float(dot), S::mul(scale, S::splat(sums.scale)), self.middle);
            let middle = S::mul_add(scale, S::splat(half * sums.scaled_sum), middle);
            Self { middle, slack: S::mul_add(S::abs(scale), S::splat(most), self.slack) }
        }
    }
}

/// The greatest upper and the greatest lower bound of some lanes, a bit for each. What is no number has no bounds, so that
/// it is looked at.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn bounds<S: Simd>(middle: S::Float, slack: S::Float, lanes: u16) -> (f32, f32) {
    // SAFETY: arithmetic, and a load of as many values as the array has.
    unsafe {
        let (infinity, nothing) = (S::splat(f32::INFINITY), S::splat(f32::NEG_INFINITY));
        let (high, low) = (S::add(middle, slack), S::sub(middle, slack));
        let mut high = S::select_less(high, infinity, high, infinity);
        let mut low = S::select_less(nothing, low, low, nothing);
        if lanes != u16::MAX {
            let mut inside = [0.0; LANES];
            for (lane, inside) in inside.iter_mut().enumerate() {
                *inside = f32::from(lanes >> lane & 1);
            }
            let (inside, zero) = (S::load(inside.as_ptr()), S::splat(0.0));
            high = S::select_less(zero, inside, high, nothing);
            low = S::select_less(zero, inside, low, nothing);
        }
        (S::greatest(high), S::greatest(low))
    }
}
