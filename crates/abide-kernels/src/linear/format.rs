//! How vectors of codes and scales come out of the packed layout, for each quantised type. Multiplies nothing.
#![allow(clippy::inline_always)]

use crate::{
    BlockType,
    quant::{Form, Planes, ScaleForm},
    simd::{LANES, Lanes, Simd, range},
};

use super::layout::VECTOR;

/// A quantised type known when compiling: a kernel made for it has no branch on it.
pub(crate) trait Format {
    const FORM: Form;
    /// How large the codes are that are multiplied.
    const RANGE: u8 = match (Self::FORM.planes, Self::FORM.table, Self::FORM.offset) {
        (Planes::Byte | Planes::SixTwo, ..) | (_, Some(_), 128) => range::BYTE,
        (Planes::Nibble, None, _) | (Planes::Pair | Planes::PairBit, ..) => range::NIBBLE,
        (Planes::NibblePair, ..) => range::SIX_BITS,
        _ => range::FIVE_BITS,
    };
}

/// The format of the type with that ggml number.
pub(crate) struct Kind<const GGML: u32>;

/// `Q8_0` in parts, the one type that may be.
pub(crate) struct Parted;

impl Format for Parted {
    const FORM: Form = match Kind::<{ BlockType::Q8_0.to_ggml() }>::FORM.in_parts() {
        Some(form) => form,
        None => unreachable!(),
    };
}

macro_rules! formats {
    ($($kind:ident),+) => {
        $(impl Format for Kind<{ BlockType::$kind.to_ggml() }> {
            const FORM: Form = match Form::of(BlockType::$kind) {
                Some(form) => form,
                None => unreachable!(),
            };
        })+
    };
}

formats!(Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, MXFP4);

/// Evaluates `$body` with `$format` standing for the type's [`Format`]; `$floats` for the types that have none.
macro_rules! with_format {
    ($kind:expr, $format:ident => $body:expr, $floats:expr) => {{
        use $crate::{BlockType, linear::format::Kind};
        macro_rules! arm {
            ($name:ident) => {{
                type $format = Kind<{ BlockType::$name.to_ggml() }>;
                $body
            }};
        }
        match $kind {
            BlockType::F32 | BlockType::F16 | BlockType::BF16 => $floats,
            BlockType::Q4_0 => arm!(Q4_0),
            BlockType::Q4_1 => arm!(Q4_1),
            BlockType::Q5_0 => arm!(Q5_0),
            BlockType::Q5_1 => arm!(Q5_1),
            BlockType::Q8_0 => arm!(Q8_0),
            BlockType::Q2_K => arm!(Q2_K),
            BlockType::Q3_K => arm!(Q3_K),
            BlockType::Q4_K => arm!(Q4_K),
            BlockType::Q5_K => arm!(Q5_K),
            BlockType::Q6_K => arm!(Q6_K),
            BlockType::IQ4_NL => arm!(IQ4_NL),
            BlockType::IQ4_XS => arm!(IQ4_XS),
            BlockType::MXFP4 => arm!(MXFP4),
        }
    }};
}
pub(crate) use with_format;

/// Scales and minima of 16 rows for a group of 32 columns: of its first and second half, alike unless the form
/// has scales for 16.
pub(crate) struct GroupScales<L: Lanes> {
    pub scale: [L::Float; 2],
    pub min: [L::Float; 2],
}

/// The unsigned codes of one group: eight vectors of four columns × 16 rows.
///
/// # Safety
/// As [`Simd`]'s; `group` points to the group's planes, `low` to those in another place, if there are any.
#[inline(always)]
pub(crate) unsafe fn unpack<S: Simd, F: Format>(group: *const u8, low: *const u8) -> [S::Bytes; 8] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut codes = match F::FORM.planes {
            Planes::Byte => load_eight::<S>(group),
            Planes::Nibble => nibbles::<S>(load_four::<S>(group)),
            Planes::NibbleBit => {
                let low = nibbles::<S>(load_four::<S>(group));
                merge::<S>(low, bits::<S, 4>(S::bytes_load(group.add(4 * VECTOR))))
            }
            Planes::NibblePair => {
                let low = nibbles::<S>(load_four::<S>(group));
                merge::<S>(low, high_pairs::<S>(load_two::<S>(group.add(4 * VECTOR))))
            }
            Planes::SixTwo => merge::<S>(unpack_upper::<S>(group), pairs::<S>(load_two::<S>(low))),
            Planes::Pair => pairs::<S>(load_two::<S>(group)),
            Planes::PairBit => {
                let high = bits::<S, 2>(S::bytes_load(group.add(2 * VECTOR)));
                merge::<S>(pairs::<S>(load_two::<S>(group)), high)
            }
        };
        if let Some(table) = F::FORM.table {
            // A loop and not `map`, whose closure would be compiled apart, without the family's instructions.
            for codes in &mut codes {
                *codes = S::bytes_lookup(table, *codes);
            }
        }
        codes
    }
}

/// The upper bits of the codes of one group in parts, at their place in the byte; zeros below.
///
/// # Safety
/// As [`Simd`]'s; `group` points to the group's planes.
#[inline(always)]
pub(crate) unsafe fn unpack_upper<S: Simd>(group: *const u8) -> [S::Bytes; 8] {
    const FOUR: u8 = 15 << 2;
    const TWO: u8 = 3 << 6;
    // SAFETY: the caller's promise.
    unsafe {
        let ([a, b, c, d], [p, q]) = (load_four::<S>(group), load_two::<S>(group.add(4 * VECTOR)));
        let middle = [
            S::bytes_and(S::bytes_shift_left::<2>(a), FOUR),
            S::bytes_and(S::bytes_shift_left::<2>(b), FOUR),
            S::bytes_and(S::bytes_shift_left::<2>(c), FOUR),
            S::bytes_and(S::bytes_shift_left::<2>(d), FOUR),
            S::bytes_and(S::bytes_shift_right::<2>(a), FOUR),
            S::bytes_and(S::bytes_shift_right::<2>(b), FOUR),
            S::bytes_and(S::bytes_shift_right::<2>(c), FOUR),
            S::bytes_and(S::bytes_shift_right::<2>(d), FOUR),
        ];
        let upper = [
            S::bytes_and(S::bytes_shift_left::<6>(p), TWO),
            S::bytes_and(S::bytes_shift_left::<6>(q), TWO),
            S::bytes_and(S::bytes_shift_left::<4>(p), TWO),
            S::bytes_and(S::bytes_shift_left::<4>(q), TWO),
            S::bytes_and(S::bytes_shift_left::<2>(p), TWO),
            S::bytes_and(S::bytes_shift_left::<2>(q), TWO),
            S::bytes_and(p, TWO),
            S::bytes_and(q, TWO),
        ];
        merge::<S>(middle, upper)
    }
}

/// # Safety
/// As [`Simd`]'s; two vectors are read, one after the other.
#[inline(always)]
unsafe fn load_two<L: Lanes>(at: *const u8) -> [L::Bytes; 2] {
    // SAFETY: the caller's promise.
    unsafe { [L::bytes_load(at), L::bytes_load(at.add(4 * L::COUNT))] }
}

/// # Safety
/// As [`Simd`]'s; four vectors are read, one after the other.
#[inline(always)]
pub(crate) unsafe fn load_four<L: Lanes>(at: *const u8) -> [L::Bytes; 4] {
    // SAFETY: the caller's promise.
    unsafe {
        let ([a, b], [c, d]) = (load_two::<L>(at), load_two::<L>(at.add(8 * L::COUNT)));
        [a, b, c, d]
    }
}

/// # Safety
/// As [`Simd`]'s; eight vectors are read, one after the other.
#[inline(always)]
pub(crate) unsafe fn load_eight<L: Lanes>(at: *const u8) -> [L::Bytes; 8] {
    // SAFETY: the caller's promise.
    unsafe {
        let ([a, b, c, d], [e, f, g, h]) = (load_four::<L>(at), load_four::<L>(at.add(16 * L::COUNT)));
        [a, b, c, d, e, f, g, h]
    }
}

/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn nibbles<S: Simd>(p: [S::Bytes; 4]) -> [S::Bytes; 8] {
    // SAFETY: the caller's promise.
    unsafe {
        [
            S::bytes_and(p[0], 15),
            S::bytes_and(p[1], 15),
            S::bytes_and(p[2], 15),
            S::bytes_and(p[3], 15),
            S::bytes_and(S::bytes_shift_right::<4>(p[0]), 15),
            S::bytes_and(S::bytes_shift_right::<4>(p[1]), 15),
            S::bytes_and(S::bytes_shift_right::<4>(p[2]), 15),
            S::bytes_and(S::bytes_shift_right::<4>(p[3]), 15),
        ]
    }
}

/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn pairs<S: Simd>(p: [S::Bytes; 2]) -> [S::Bytes; 8] {
    // SAFETY: the caller's promise.
    unsafe {
        [
            S::bytes_and(p[0], 3),
            S::bytes_and(p[1], 3),
            S::bytes_and(S::bytes_shift_right::<2>(p[0]), 3),
            S::bytes_and(S::bytes_shift_right::<2>(p[1]), 3),
            S::bytes_and(S::bytes_shift_right::<4>(p[0]), 3),
            S::bytes_and(S::bytes_shift_right::<4>(p[1]), 3),
            S::bytes_and(S::bytes_shift_right::<6>(p[0]), 3),
            S::bytes_and(S::bytes_shift_right::<6>(p[1]), 3),
        ]
    }
}

/// Pairs of bits at the place of the fifth and sixth.
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn high_pairs<S: Simd>(p: [S::Bytes; 2]) -> [S::Bytes; 8] {
    const MASK: u8 = 3 << 4;
    // SAFETY: the caller's promise.
    unsafe {
        [
            S::bytes_and(S::bytes_shift_left::<4>(p[0]), MASK),
            S::bytes_and(S::bytes_shift_left::<4>(p[1]), MASK),
            S::bytes_and(S::bytes_shift_left::<2>(p[0]), MASK),
            S::bytes_and(S::bytes_shift_left::<2>(p[1]), MASK),
            S::bytes_and(p[0], MASK),
            S::bytes_and(p[1], MASK),
            S::bytes_and(S::bytes_shift_right::<2>(p[0]), MASK),
            S::bytes_and(S::bytes_shift_right::<2>(p[1]), MASK),
        ]
    }
}

/// Single bits at place `AT` (2 or 4).
///
/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn bits<S: Simd, const AT: i32>(p: S::Bytes) -> [S::Bytes; 8] {
    // Bit `quad` moves to place `AT`, by left shifts as long as it stands lower.
    // SAFETY: the caller's promise.
    unsafe {
        let moved = if AT == 4 {
            [
                S::bytes_shift_left::<4>(p),
                S::bytes_shift_left::<3>(p),
                S::bytes_shift_left::<2>(p),
                S::bytes_shift_left::<1>(p),
                p,
                S::bytes_shift_right::<1>(p),
                S::bytes_shift_right::<2>(p),
                S::bytes_shift_right::<3>(p),
            ]
        } else {
            [
                S::bytes_shift_left::<2>(p),
                S::bytes_shift_left::<1>(p),
                p,
                S::bytes_shift_right::<1>(p),
                S::bytes_shift_right::<2>(p),
                S::bytes_shift_right::<3>(p),
                S::bytes_shift_right::<4>(p),
                S::bytes_shift_right::<5>(p),
            ]
        };
        let mut codes = moved;
        for codes in &mut codes {
            *codes = S::bytes_and(*codes, 1 << AT);
        }
        codes
    }
}

/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn merge<S: Simd>(low: [S::Bytes; 8], high: [S::Bytes; 8]) -> [S::Bytes; 8] {
    let mut codes = low;
    for (codes, high) in codes.iter_mut().zip(high) {
        // SAFETY: the caller's promise.
        *codes = unsafe { S::bytes_or(*codes, high) };
    }
    codes
}

/// The scales of group `group` of a tile, in `f32`. Each is an exact product, as [`Form::scale_and_min`] says.
///
/// # Safety
/// As [`Simd`]'s; `tile` points to the tile's scales, and it has such a group.
#[inline(always)]
pub(crate) unsafe fn group_scales<S: Simd, F: Format>(tile: *const u8, group: usize) -> GroupScales<S> {
    let form = F::FORM;
    let (record, part) = (group / form.scales.groups(), group % form.scales.groups());
    // SAFETY: the caller's promise; the record holds 16 lanes of each header and each part.
    unsafe {
        let record = tile.add(record * form.record_bytes());
        let parts = record.add(2 * LANES * form.scales.headers());
        let zero = [S::splat(0.0); 2];
        if form.scales == ScaleForm::Bfloat {
            return GroupScales { scale: [S::load_bf16(record.cast()); 2], min: zero };
        }
        let first = S::load_f16(record.cast());
        let second = if form.scales.has_min() { S::load_f16(record.add(2 * LANES).cast()) } else { first };
        match form.scales {
            ScaleForm::Half | ScaleForm::Bfloat => GroupScales { scale: [first; 2], min: zero },
            ScaleForm::HalfMin => GroupScales { scale: [first; 2], min: [second; 2] },
            ScaleForm::Super32 => GroupScales { scale: [signed::<S>(first, parts, part); 2], min: zero },
            ScaleForm::Super32Min => GroupScales {
                scale: [unsigned::<S>(first, parts, 2 * part); 2],
                min: [unsigned::<S>(minus::<S>(second), parts, 2 * part + 1); 2],
            },
            ScaleForm::Super16 => GroupScales {
                scale: [signed::<S>(first, parts, 2 * part), signed::<S>(first, parts, 2 * part + 1)],
                min: zero,
            },
            ScaleForm::Super16Min => {
                let (scale0, min0) = both_nibbles::<S>(first, minus::<S>(second), parts, 2 * part);
                let (scale1, min1) = both_nibbles::<S>(first, minus::<S>(second), parts, 2 * part + 1);
                GroupScales { scale: [scale0, scale1], min: [min0, min1] }
            }
        }
    }
}

// Functions and not closures: those that are called twice would be compiled apart, without the family's instructions.

/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn minus<S: Simd>(value: S::Float) -> S::Float {
    // SAFETY: arithmetic alone.
    unsafe { S::sub(S::splat(0.0), value) }
}

/// `scale ×` the signed bytes of part `index`.
///
/// # Safety
/// As [`Simd`]'s; there is such a part.
#[inline(always)]
unsafe fn signed<S: Simd>(scale: S::Float, parts: *const u8, index: usize) -> S::Float {
    // SAFETY: the caller's promise.
    unsafe { S::mul(scale, S::int_to_float(S::int_load_i8(parts.add(LANES * index).cast()))) }
}

/// `scale ×` the unsigned bytes of part `index`.
///
/// # Safety
/// As [`Simd`]'s; there is such a part.
#[inline(always)]
unsafe fn unsigned<S: Simd>(scale: S::Float, parts: *const u8, index: usize) -> S::Float {
    // SAFETY: the caller's promise.
    unsafe { S::mul(scale, S::int_to_float(S::int_load_u8(parts.add(LANES * index)))) }
}

/// `scale ×` the low and `min ×` the high nibbles of part `index`.
///
/// # Safety
/// As [`Simd`]'s; there is such a part.
#[inline(always)]
unsafe fn both_nibbles<S: Simd>(
    scale: S::Float,
    min: S::Float,
    parts: *const u8,
    index: usize,
) -> (S::Float, S::Float) {
    // SAFETY: the caller's promise.
    unsafe {
        let both = S::int_load_u8(parts.add(LANES * index));
        let low = S::int_and(both, S::int_splat(15));
        let high = S::int_shift_right::<4>(both);
        (S::mul(scale, S::int_to_float(low)), S::mul(min, S::int_to_float(high)))
    }
}
