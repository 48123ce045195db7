//! How vectors of codes and scales come out of the packed layout, for each quantised type. Multiplies nothing.
#![allow(clippy::inline_always)]

use crate::{
    BlockType,
    quant::{Form, Planes, ScaleForm},
    simd::{LANES, Simd, range},
};

use super::layout::VECTOR;

/// A quantised type known when compiling: a kernel made for it has no branch on it.
pub(crate) trait Format {
    const FORM: Form;
    /// How large the codes are that are multiplied.
    const RANGE: u8 = match (Self::FORM.planes, Self::FORM.table, Self::FORM.offset) {
        (Planes::Byte, ..) | (_, Some(_), 128) => range::BYTE,
        (Planes::Nibble, None, _) => range::NIBBLE,
        _ => range::SIX_BITS,
    };
}

/// The format of the type with that ggml number.
pub(crate) struct Kind<const GGML: u32>;

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
pub(crate) struct GroupScales<S: Simd> {
    pub scale: [S::Float; 2],
    pub min: [S::Float; 2],
}

/// The unsigned codes of one group: eight vectors of four columns × 16 rows.
///
/// # Safety
/// As [`Simd`]'s; `group` points to the group's planes.
#[inline(always)]
pub(crate) unsafe fn unpack<S: Simd, F: Format>(group: *const u8) -> [S::Bytes; 8] {
    // SAFETY: the caller's promise.
    unsafe {
        let plane = |vector: usize| S::bytes_load(group.add(vector * VECTOR));
        let mut codes = match F::FORM.planes {
            Planes::Byte => std::array::from_fn(plane),
            Planes::Nibble => nibbles::<S>([plane(0), plane(1), plane(2), plane(3)]),
            Planes::NibbleBit => {
                let low = nibbles::<S>([plane(0), plane(1), plane(2), plane(3)]);
                merge::<S>(low, bits::<S, 4>(plane(4)))
            }
            Planes::NibblePair => {
                let low = nibbles::<S>([plane(0), plane(1), plane(2), plane(3)]);
                merge::<S>(low, high_pairs::<S>([plane(4), plane(5)]))
            }
            Planes::Pair => pairs::<S>([plane(0), plane(1)]),
            Planes::PairBit => merge::<S>(pairs::<S>([plane(0), plane(1)]), bits::<S, 2>(plane(2))),
        };
        if let Some(table) = F::FORM.table {
            codes = codes.map(|codes| S::bytes_lookup(table, codes));
        }
        codes
    }
}

/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn nibbles<S: Simd>(p: [S::Bytes; 4]) -> [S::Bytes; 8] {
    // SAFETY: the caller's promise.
    unsafe {
        let low = |v| S::bytes_and(v, 15);
        let high = |v| S::bytes_and(S::bytes_shift_right::<4>(v), 15);
        [low(p[0]), low(p[1]), low(p[2]), low(p[3]), high(p[0]), high(p[1]), high(p[2]), high(p[3])]
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
    let mask = 1_u8 << AT;
    // SAFETY: the caller's promise.
    unsafe {
        // Bit `quad` moves to place `AT`, by left shifts as long as it stands lower.
        let quad = |value| S::bytes_and(value, mask);
        if AT == 4 {
            [
                quad(S::bytes_shift_left::<4>(p)),
                quad(S::bytes_shift_left::<3>(p)),
                quad(S::bytes_shift_left::<2>(p)),
                quad(S::bytes_shift_left::<1>(p)),
                quad(p),
                quad(S::bytes_shift_right::<1>(p)),
                quad(S::bytes_shift_right::<2>(p)),
                quad(S::bytes_shift_right::<3>(p)),
            ]
        } else {
            [
                quad(S::bytes_shift_left::<2>(p)),
                quad(S::bytes_shift_left::<1>(p)),
                quad(p),
                quad(S::bytes_shift_right::<1>(p)),
                quad(S::bytes_shift_right::<2>(p)),
                quad(S::bytes_shift_right::<3>(p)),
                quad(S::bytes_shift_right::<4>(p)),
                quad(S::bytes_shift_right::<5>(p)),
            ]
        }
    }
}

/// # Safety
/// As [`Simd`]'s.
#[inline(always)]
unsafe fn merge<S: Simd>(low: [S::Bytes; 8], high: [S::Bytes; 8]) -> [S::Bytes; 8] {
    // SAFETY: the caller's promise.
    std::array::from_fn(|index| unsafe { S::bytes_or(low[index], high[index]) })
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
        let header = |index: usize| S::load_f16(record.add(2 * LANES * index).cast());
        let byte_at = |index: usize| record.add(LANES * (2 * form.scales.headers() + index));
        let signed = |index: usize| S::int_to_float(S::int_load_i8(byte_at(index).cast()));
        let unsigned = |index: usize| S::int_to_float(S::int_load_u8(byte_at(index)));
        let minus = |value| S::sub(S::splat(0.0), value);
        let zero = [S::splat(0.0); 2];
        match form.scales {
            ScaleForm::Half => GroupScales { scale: [header(0); 2], min: zero },
            ScaleForm::HalfMin => GroupScales { scale: [header(0); 2], min: [header(1); 2] },
            ScaleForm::Bfloat => GroupScales { scale: [S::load_bf16(record.cast()); 2], min: zero },
            ScaleForm::Super32 => GroupScales { scale: [S::mul(header(0), signed(part)); 2], min: zero },
            ScaleForm::Super32Min => GroupScales {
                scale: [S::mul(header(0), unsigned(2 * part)); 2],
                min: [S::mul(minus(header(1)), unsigned(2 * part + 1)); 2],
            },
            ScaleForm::Super16 => {
                let scale = [S::mul(header(0), signed(2 * part)), S::mul(header(0), signed(2 * part + 1))];
                GroupScales { scale, min: zero }
            }
            ScaleForm::Super16Min => {
                let both = [S::int_load_u8(byte_at(2 * part)), S::int_load_u8(byte_at(2 * part + 1))];
                let low = both.map(|v| S::int_to_float(S::int_and(v, S::int_splat(15))));
                let high = both.map(|v| S::int_to_float(S::int_shift_right::<4>(v)));
                GroupScales {
                    scale: low.map(|v| S::mul(header(0), v)),
                    min: high.map(|v| S::mul(minus(header(1)), v)),
                }
            }
        }
    }
}
