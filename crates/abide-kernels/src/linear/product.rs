//! Products of packed codes with quantised activations, 16 rows at a time. Knows no matrix as a whole and no threads.
//!
//! Few tokens: codes are unpacked in registers and used at once ([`Direct`]). Many: the tile is expanded once to whole
//! bytes and `f32` scales ([`Expand`]), which then serve all tokens ([`multiply_expanded`]). Both end in
//! [`step`], so that a token's result has the same bits whichever way it was computed.
#![allow(clippy::inline_always)]

use crate::{
    quant::GROUP,
    simd::{AHEAD, LANES, Lanes, PartOf, Simd, Task, dispatch, dispatch_wide, range},
};

use super::{
    activations::{GroupSums, TILE_TOKENS},
    format::{Format, GroupScales, group_scales, load_eight, unpack},
    layout::VECTOR,
};

/// What a kernel for expanded tiles is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExpandedForm {
    /// Each 16 columns, not 32, have their own scale.
    pub halves: bool,
    /// There are minima.
    pub has_min: bool,
    /// How large codes are (see [`range`]).
    pub range: u8,
    /// What is taken from each code.
    pub offset: i32,
}

impl ExpandedForm {
    pub const fn of<F: Format>() -> Self {
        Self {
            halves: F::FORM.scales.halves(),
            has_min: F::FORM.scales.has_min(),
            range: F::RANGE,
            offset: F::FORM.offset,
        }
    }

    /// Vectors of 16 `f32` for each group: scales, then minima.
    pub const fn scale_vectors(self) -> usize {
        (1 + self.halves as usize) * (1 + self.has_min as usize)
    }
}

/// Adds to each token's `sum` the products of one group of 32 columns × 16 rows (or 8). The order of operations in here is the
/// order in which every product of the crate is summed.
///
/// # Safety
/// As [`Simd`]'s; the planes' activations and the sums are those of so many tokens.
#[inline(always)]
pub(crate) unsafe fn step<L: Lanes, const TOKENS: usize>(
    form: ExpandedForm,
    codes: &[L::Bytes; 8],
    scales: &GroupScales<L>,
    activations: GroupPlanes,
    sums: *const GroupSums,
    sum: &mut [L::Float; TOKENS],
) {
    let mut totals = [0; TOKENS];
    // SAFETY: the caller's promise.
    unsafe {
        if form.halves {
            let (mut first_totals, mut last_totals) = (totals, totals);
            for token in 0..TOKENS {
                let sums = &*sums.add(token);
                (first_totals[token], last_totals[token]) = (sums.first_sum, sums.sum - sums.first_sum);
            }
            let (low, high) =
                (&[codes[0], codes[1], codes[2], codes[3]], &[codes[4], codes[5], codes[6], codes[7]]);
            let half = LANES * (token_bytes::<L>(activations.planes) / GROUP);
            let second = GroupPlanes { first: activations.first.add(half), ..activations };
            // One half after the other, so that the integer sums of one at a time are in registers.
            let first = dot::<L, 4, TOKENS>(form, low, activations, &first_totals);
            for (token, sum) in sum.iter_mut().enumerate() {
                let scale = L::mul(scales.scale[0], L::splat((*sums.add(token)).scale));
                *sum = L::mul_add(L::int_to_float(first[token]), scale, *sum);
            }
            let last = dot::<L, 4, TOKENS>(form, high, second, &last_totals);
            for (token, sum) in sum.iter_mut().enumerate() {
                let token_scale = (*sums.add(token)).scale;
                let scale = L::mul(scales.scale[1], L::splat(token_scale));
                *sum = L::mul_add(L::int_to_float(last[token]), scale, *sum);
                if form.has_min {
                    let (first, last) = (first_totals[token] as f32, last_totals[token] as f32);
                    *sum = L::mul_add(scales.min[0], L::splat(token_scale * first), *sum);
                    *sum = L::mul_add(scales.min[1], L::splat(token_scale * last), *sum);
                }
            }
        } else {
            for (token, total) in totals.iter_mut().enumerate() {
                *total = (*sums.add(token)).sum;
            }
            let whole = dot::<L, 8, TOKENS>(form, codes, activations, &totals);
            for (token, sum) in sum.iter_mut().enumerate() {
                let sums = &*sums.add(token);
                let scale = L::mul(scales.scale[0], L::splat(sums.scale));
                *sum = L::mul_add(L::int_to_float(whole[token]), scale, *sum);
                if form.has_min {
                    *sum = L::mul_add(scales.min[0], L::splat(sums.scaled_sum), *sum);
                }
            }
        }
    }
}

/// From one token's activations of a group to the next token's.
pub(crate) const fn token_bytes<L: Lanes>(planes: usize) -> usize {
    if L::WORDS { planes * GROUP } else { GROUP }
}

/// One group's activations of some tokens, token beside token.
#[derive(Clone, Copy)]
pub(crate) struct GroupPlanes {
    /// Those of the first plane, or words.
    pub first: *const i8,
    /// 1 or 2.
    pub planes: usize,
    /// Bytes from the first to the second, of families without words.
    pub distance: usize,
}

/// For each token the exact integer sums of (code − offset) × activation, of both planes. `totals` are the activations'
/// sums.
///
/// # Safety
/// As [`step`]'s.
#[inline(always)]
pub(super) unsafe fn dot<L: Lanes, const N: usize, const TOKENS: usize>(
    form: ExpandedForm,
    codes: &[L::Bytes; N],
    activations: GroupPlanes,
    totals: &[i32; TOKENS],
) -> [L::Int; TOKENS] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums = [L::int_splat(0); TOKENS];
        if L::WORDS && activations.planes == 2 {
            if form.offset != 0 {
                for (sum, total) in sums.iter_mut().zip(totals) {
                    *sum = L::int_splat(-form.offset * total);
                }
            }
            return L::dot_words(sums, codes, activations.first);
        }
        if activations.planes == 2 {
            sums = L::dot(sums, codes, activations.first, form.range);
            for sum in &mut sums {
                *sum = L::int_shift_left::<7>(*sum);
            }
        }
        if form.offset != 0 && !(L::SIGNED_BYTES && form.range == range::BYTE) {
            for (sum, total) in sums.iter_mut().zip(totals) {
                *sum = L::int_add(*sum, L::int_splat(-form.offset * total));
            }
        }
        let lowest = activations.first.add((activations.planes - 1) * activations.distance);
        L::dot(sums, codes, lowest, form.range)
    }
}

/// How far it is, in bytes, from what a product with few tokens reads to what it asks memory for meanwhile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Distance {
    pub codes: isize,
    pub low: isize,
    /// 0: they are not asked for. Of those that come one after the other there are so few that the processor foresees them.
    pub scales: isize,
}

impl Distance {
    /// For tiles that are read one after the other.
    pub const ONWARDS: Self = Self { codes: AHEAD as isize, low: AHEAD as isize, scales: 0 };
}

/// Asks for what lies so far from these bytes.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
pub(super) unsafe fn ask_for<S: Simd>(codes: *const u8, distance: isize, bytes: usize) {
    let ahead = codes.wrapping_offset(distance);
    for line in (0..bytes).step_by(VECTOR) {
        // SAFETY: the caller's promise.
        unsafe { S::prefetch(ahead.wrapping_add(line)) };
    }
}

/// A few tokens of an activation tile × some tiles of 16 rows, straight from the packed layout.
pub(crate) struct Direct<'a, F, const PLANES: usize, const TOKENS: usize> {
    pub format: std::marker::PhantomData<F>,
    /// Packed codes, their lower bits (if those lie apart), and scales of the tiles.
    pub codes: *const u8,
    pub low: *const u8,
    pub scales: *const u8,
    pub tiles: usize,
    pub groups: usize,
    /// The activation tile, its tokens, and the first of those that are multiplied.
    pub activations: &'a [i8],
    pub sums: &'a [GroupSums],
    pub width: usize,
    pub first: usize,
    /// How many are multiplied: `TOKENS`, or fewer where these are more than have their sums in registers.
    pub count: usize,
    /// Where the first of these tokens' results go: `rows` of them for all tiles together.
    pub out: *mut f32,
    pub rows: usize,
    /// From one token's first row to the next token's.
    pub stride: usize,
    pub ahead: Distance,
}

impl<F: Format, const PLANES: usize, const TOKENS: usize> Task for Direct<'_, F, PLANES, TOKENS> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        let groups = self.groups;
        // One token alone is its whole tile, which makes distances constants of the machine code.
        let width = if TOKENS == 1 && self.width == 1 { 1 } else { self.width };
        let one_by_one = const { S::TOKENS < TOKENS };
        assert!(self.count == TOKENS || one_by_one && self.count < TOKENS);
        // A vector of a family that takes so many tokens one by one is two registers.
        assert!(!one_by_one || LANES == 2 * S::Register::COUNT);
        assert!(self.first + self.count <= width && self.rows <= self.tiles * LANES);
        assert!(self.sums.len() >= groups * width);
        assert!(self.activations.len() >= groups * GROUP * PLANES * width);
        for tile in 0..self.tiles {
            // SAFETY: the matrix has these tiles; lengths of the activations were checked above.
            unsafe {
                if one_by_one {
                    self.some_rows::<S, S::Register, 0>(tile, width);
                    self.some_rows::<S, S::Register, 1>(tile, width);
                } else {
                    self.some_rows::<S, S, 0>(tile, width);
                }
            }
        }
    }
}

impl<F: Format, const PLANES: usize, const TOKENS: usize> Direct<'_, F, PLANES, TOKENS> {
    /// All tokens × as many rows of a tile as `L` has lanes, the `PART`th such.
    ///
    /// # Safety
    /// As [`Simd`]'s; the matrix has such a tile, and the activation tile `width` tokens.
    #[inline(always)]
    unsafe fn some_rows<S: Simd, L: PartOf<S>, const PART: usize>(&self, tile: usize, width: usize) {
        let form = const { ExpandedForm::of::<F>() };
        let (group_bytes, low_bytes) = (F::FORM.planes.group_bytes(), F::FORM.planes.low_bytes());
        let group_scale_bytes = const { F::FORM.record_bytes() / F::FORM.scales.groups() };
        // SAFETY: the caller's promise.
        unsafe {
            let codes = self.codes.add(tile * self.groups * group_bytes);
            let low = self.low.wrapping_add(tile * self.groups * low_bytes);
            let scales = self.scales.add(tile * F::FORM.tile_scale_bytes(self.groups));
            let mut sum = [L::splat(0.0); TOKENS];
            for group in 0..self.groups {
                let low = low.wrapping_add(group * low_bytes);
                // What is ahead is asked for once.
                if PART == 0 {
                    ask_for::<S>(codes.add(group * group_bytes), self.ahead.codes, group_bytes);
                    ask_for::<S>(low, self.ahead.low, low_bytes);
                    if self.ahead.scales != 0 {
                        ask_for::<S>(scales.add(group * group_scale_bytes), self.ahead.scales, 1);
                    }
                }
                let all_codes = unpack::<S, F>(codes.add(group * group_bytes), low);
                let mut codes = [L::bytes_of::<PART>(all_codes[0]); 8];
                for (codes, all) in codes.iter_mut().zip(all_codes) {
                    *codes = L::bytes_of::<PART>(all);
                }
                let GroupScales { scale, min } = group_scales::<S, F>(scales, group);
                let scales = GroupScales {
                    scale: [L::floats_of::<PART>(scale[0]), L::floats_of::<PART>(scale[1])],
                    min: [L::floats_of::<PART>(min[0]), L::floats_of::<PART>(min[1])],
                };
                let place = group * width * PLANES * GROUP + self.first * token_bytes::<L>(PLANES);
                let activations = GroupPlanes {
                    first: self.activations.as_ptr().add(place),
                    planes: PLANES,
                    distance: width * GROUP,
                };
                let sums = self.sums.as_ptr().add(group * width + self.first);
                if const { S::TOKENS < TOKENS } {
                    // The codes stay in registers, and a token's sum is there in its turn.
                    for (token, sum) in sum.iter_mut().enumerate().take(self.count) {
                        let first = activations.first.add(token * token_bytes::<L>(PLANES));
                        let own = GroupPlanes { first, ..activations };
                        let one = std::array::from_mut(sum);
                        step::<L, 1>(form, &codes, &scales, own, sums.add(token), one);
                    }
                } else {
                    step::<L, TOKENS>(form, &codes, &scales, activations, sums, &mut sum);
                }
            }
            let first = tile * LANES + PART * L::COUNT;
            let rows = self.rows.saturating_sub(first).min(L::COUNT);
            for (token, sum) in sum.into_iter().enumerate().take(self.count) {
                L::store_partial(self.out.add(token * self.stride + first), rows, sum);
            }
        }
    }
}

/// A tile expanded: whole bytes, `f32` scales. Reused from tile to tile.
#[derive(Default)]
pub(crate) struct ExpandedTile {
    /// Those of all groups for a register's rows, then for the next register's: what is read again for other tokens shall still be in the
    /// first-level cache.
    codes: Vec<Line>,
    scales: Vec<Line>,
}

/// 64 bytes at a multiple of 64: one vector.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; VECTOR]);

/// Expands one tile.
pub(crate) struct Expand<'a, F> {
    pub format: std::marker::PhantomData<F>,
    pub codes: *const u8,
    pub low: *const u8,
    pub scales: *const u8,
    pub groups: usize,
    pub target: &'a mut ExpandedTile,
}

impl<F: Format> Task for Expand<'_, F> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        let form = const { ExpandedForm::of::<F>() };
        let vectors = form.scale_vectors();
        self.target.codes.resize(self.groups * 8, Line([0; VECTOR]));
        self.target.scales.resize(self.groups * vectors, Line([0; VECTOR]));
        for group in 0..self.groups {
            // SAFETY: the tile has such a group; the target was made as large.
            unsafe {
                let low = self.low.wrapping_add(group * F::FORM.planes.low_bytes());
                let codes = unpack::<S, F>(self.codes.add(group * F::FORM.planes.group_bytes()), low);
                let target = self.target.codes.as_mut_ptr().cast::<u8>();
                for (index, codes) in codes.into_iter().enumerate() {
                    store_parts::<S>(target, self.groups * 8, group * 8 + index, codes);
                }
                let GroupScales { scale, min } = group_scales::<S, F>(self.scales, group);
                let lines = &mut self.target.scales[group * vectors..][..vectors];
                let halves = 1 + usize::from(form.halves);
                for half in 0..halves {
                    S::store(lines[half].0.as_mut_ptr().cast(), scale[half]);
                    if form.has_min {
                        S::store(lines[halves + half].0.as_mut_ptr().cast(), min[half]);
                    }
                }
            }
        }
    }
}

/// Stores the codes of one vector of `vectors`, each register's rows in their own part of the tile.
///
/// # Safety
/// As [`Simd`]'s; the tile has so many vectors, and this one.
#[inline(always)]
unsafe fn store_parts<S: Simd>(tile: *mut u8, vectors: usize, vector: usize, codes: S::Bytes) {
    // SAFETY: the caller's promise.
    unsafe {
        if const { S::Register::COUNT == LANES } {
            return S::bytes_store(tile.add(vector * VECTOR), codes);
        }
        let mut line = Line([0; VECTOR]);
        S::bytes_store(line.0.as_mut_ptr(), codes);
        let bytes = const { 4 * S::Register::COUNT };
        for (part, rows) in line.0.chunks_exact(bytes).enumerate() {
            let place = tile.add((part * vectors + vector) * bytes);
            std::ptr::copy_nonoverlapping(rows.as_ptr(), place, bytes);
        }
    }
}

/// Some tokens of each of some activation tiles × one expanded tile.
#[derive(Clone, Copy)]
struct Expanded<
    'a,
    const HALVES: bool,
    const MIN: bool,
    const RANGE: u8,
    const PLANES: usize,
    const TOKENS: usize,
> {
    tile: &'a ExpandedTile,
    groups: usize,
    offset: i32,
    activations: *const i8,
    sums: *const GroupSums,
    /// Activation tiles, one after the other.
    tiles: usize,
    /// Tokens of an activation tile, and the first to be used here.
    width: usize,
    first: usize,
    out: OutTile,
    ahead: Ahead,
}

/// Where results go.
#[derive(Clone, Copy)]
pub(crate) struct OutTile {
    /// The first token's first row.
    pub first: *mut f32,
    /// Rows of each token, at most 16.
    pub rows: usize,
    /// From one token's first row to the next token's.
    pub stride: usize,
}

/// What is fetched while a tile is multiplied, so that memory does not wait for arithmetic: the next tile's codes.
#[derive(Clone, Copy)]
pub(crate) struct Ahead {
    /// Where they begin. Never read, so it may lie beyond the matrix.
    pub codes: *const u8,
    /// Bytes of each group; 0 to fetch nothing.
    pub group_bytes: usize,
}

impl<const HALVES: bool, const MIN: bool, const RANGE: u8, const PLANES: usize, const TOKENS: usize> Task
    for Expanded<'_, HALVES, MIN, RANGE, PLANES, TOKENS>
{
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd>(self) {
        for tile in 0..self.tiles {
            // Register by register, and as many tokens as have their sums in registers beside a register's codes.
            for part in 0..LANES / S::Register::COUNT {
                // SAFETY: the makers of this task gave a tile of so many groups, and activations of so many tokens.
                unsafe {
                    if const { S::TOKENS < TOKENS } {
                        for first in (0..TOKENS).step_by(4) {
                            self.some_tokens::<S::Register, 4>(tile, part, first);
                        }
                    } else {
                        self.some_tokens::<S::Register, TOKENS>(tile, part, 0);
                    }
                }
            }
        }
    }
}

impl<const HALVES: bool, const MIN: bool, const RANGE: u8, const PLANES: usize, const TOKENS: usize>
    Expanded<'_, HALVES, MIN, RANGE, PLANES, TOKENS>
{
    /// `SOME` tokens of an activation tile, from the `first` on, × as many rows as `L` has lanes, the `part`th such.
    ///
    /// # Safety
    /// As [`Simd`]'s; the task has such a tile and part, and so many tokens.
    #[inline(always)]
    unsafe fn some_tokens<L: Lanes, const SOME: usize>(&self, tile: usize, part: usize, first: usize) {
        let form = ExpandedForm { halves: HALVES, has_min: MIN, range: RANGE, offset: self.offset };
        let vectors = form.scale_vectors();
        // A full tile's distances are constants of the machine code.
        let width = if TOKENS == TILE_TOKENS { TOKENS } else { self.width };
        let first_row = part * L::COUNT;
        // What is ahead is asked for once.
        let ahead_bytes = if tile + part + first == 0 { self.ahead.group_bytes } else { 0 };
        let out = self.out.first.wrapping_add(tile * width * self.out.stride + first_row);
        // SAFETY: the caller's promise.
        unsafe {
            let mut sum = [L::splat(0.0); SOME];
            let mut codes_at = self.tile.codes.as_ptr().cast::<u8>().add(self.groups * 8 * 4 * first_row);
            let mut scales_at = self.tile.scales.as_ptr().cast::<f32>().add(first_row);
            let first = self.first + first;
            let mut activations = self
                .activations
                .wrapping_add(tile * self.groups * GROUP * width * PLANES + first * token_bytes::<L>(PLANES));
            let mut sums = self.sums.wrapping_add(tile * self.groups * width + first);
            // Where the sums go is asked for before they are there: as many lines at once as there are tokens would hold up the next call.
            for token in first..first + SOME {
                L::prefetch(out.wrapping_add(token * self.out.stride).cast());
            }
            for group in 0..self.groups {
                let ahead = self.ahead.codes.wrapping_add(group * ahead_bytes);
                for line in (0..ahead_bytes).step_by(VECTOR) {
                    L::prefetch(ahead.wrapping_add(line));
                }
                let codes = load_eight::<L>(codes_at);
                let halves = if HALVES { LANES } else { 0 };
                let scale = [L::load(scales_at), L::load(scales_at.add(halves))];
                let min = if MIN {
                    let min_at = scales_at.add(LANES + halves);
                    [L::load(min_at), L::load(min_at.add(halves))]
                } else {
                    scale
                };
                let scales = GroupScales { scale, min };
                let planes = GroupPlanes { first: activations, planes: PLANES, distance: width * GROUP };
                step::<L, SOME>(form, &codes, &scales, planes, sums, &mut sum);
                codes_at = codes_at.add(8 * 4 * L::COUNT);
                scales_at = scales_at.add(vectors * LANES);
                activations = activations.wrapping_add(width * GROUP * PLANES);
                sums = sums.wrapping_add(width);
            }
            let rows = self.out.rows.saturating_sub(first_row).min(L::COUNT);
            for (token, sum) in sum.into_iter().enumerate() {
                L::store_partial(out.wrapping_add((first + token) * self.out.stride), rows, sum);
            }
        }
    }
}

/// Activation tiles of as many tokens each, as [`multiply_expanded`] takes them.
#[derive(Clone, Copy)]
pub(crate) struct TokenTiles<'a> {
    pub activations: &'a [i8],
    pub sums: &'a [GroupSums],
    pub tiles: usize,
    /// Tokens of each.
    pub width: usize,
    pub planes: usize,
}

/// Multiplies an expanded tile with all tokens of some activation tiles.
///
/// # Safety
/// `isa` is available. `out` may be written for each of the tokens.
pub(crate) unsafe fn multiply_expanded(
    isa: crate::Isa,
    form: ExpandedForm,
    tile: &ExpandedTile,
    tokens: TokenTiles<'_>,
    out: OutTile,
    ahead: Ahead,
) {
    let (groups, wide) = (tile.codes.len() / 8, isa.rows_at_once() > 1);
    assert_eq!(tile.scales.len(), groups * form.scale_vectors());
    assert_eq!(tokens.sums.len(), groups * tokens.tiles * tokens.width);
    assert_eq!(tokens.activations.len(), groups * GROUP * tokens.tiles * tokens.width * tokens.planes);
    macro_rules! multiply {
        ($dispatch:ident, $halves:literal, $min:literal, $range:expr, $planes:literal, $tokens:expr, $first:expr) => {{
            let task = Expanded::<$halves, $min, { $range }, $planes, { $tokens }> {
                tile,
                groups,
                offset: form.offset,
                activations: tokens.activations.as_ptr(),
                sums: tokens.sums.as_ptr(),
                tiles: tokens.tiles,
                width: tokens.width,
                first: $first,
                out,
                ahead,
            };
            // SAFETY: lengths were checked above; the rest is the caller's promise.
            unsafe { $dispatch(isa, task) }
        }};
    }
    macro_rules! all_tokens {
        ($halves:literal, $min:literal, $range:expr, $planes:literal) => {{
            let mut first = 0;
            while first < tokens.width {
                first += match tokens.width - first {
                    TILE_TOKENS if wide => {
                        multiply!(dispatch_wide, $halves, $min, $range, $planes, TILE_TOKENS, first);
                        TILE_TOKENS
                    }
                    4.. if wide => {
                        multiply!(dispatch_wide, $halves, $min, $range, $planes, 4, first);
                        4
                    }
                    _ => {
                        multiply!(dispatch, $halves, $min, $range, $planes, 1, first);
                        1
                    }
                };
            }
        }};
    }
    macro_rules! both_planes {
        ($halves:literal, $min:literal, $range:expr) => {
            if tokens.planes == 1 {
                all_tokens!($halves, $min, $range, 1)
            } else {
                all_tokens!($halves, $min, $range, 2)
            }
        };
    }
    match (form.halves, form.has_min, form.range) {
        (false, false, range::NIBBLE) => both_planes!(false, false, range::NIBBLE),
        (false, true, range::NIBBLE) => both_planes!(false, true, range::NIBBLE),
        (false, false, range::BYTE) => both_planes!(false, false, range::BYTE),
        (false, false, _) => both_planes!(false, false, range::FIVE_BITS),
        (false, true, _) => both_planes!(false, true, range::FIVE_BITS),
        (true, true, _) => both_planes!(true, true, range::NIBBLE),
        (true, false, _) => both_planes!(true, false, range::SIX_BITS),
    }
}
