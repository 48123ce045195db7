//! The few vector operations that kernels are made of, over 16 lanes whatever the processor's own width. Kernels are
//! written once against [`Simd`] and compiled once per family. Knows no kernel.
//!
//! `target_feature` does not reach into closures and trait methods, so everything here and in the kernels' bodies is
//! `#[inline(always)]`: it ends up inside `enter` of one family, the one function that has the features.
//!
//! All families give the same bits: a lane's operations are IEEE's, additions and multiplications are fused where the
//! trait says so, and sums over lanes are taken in one fixed order.

#![allow(clippy::inline_always)]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod math;
#[cfg(target_arch = "aarch64")]
mod neon;
mod scalar;

pub(crate) use math::{exp, exp2, finite, magnitudes, sigmoid, stretch, stretching, tanh};

use crate::Isa;

/// Bytes ahead that memory is asked for where it is read in order: it takes a while to come, and processors foresee it only within
/// a page.
pub(crate) const AHEAD: usize = 4 << 10;
/// Lanes of every vector: 16 output rows, 16 positions or 16 neighbouring values.
pub(crate) const LANES: usize = 16;

/// How large the codes of a weight are, which decides how products may be summed in 16 bits.
pub(crate) mod range {
    /// Codes of 0 to 15.
    pub const NIBBLE: u8 = 0;
    /// Codes of 0 to 31.
    pub const FIVE_BITS: u8 = 1;
    /// Codes of 0 to 63.
    pub const SIX_BITS: u8 = 2;
    /// Codes of 0 to 255 that stand for the code minus 128.
    pub const BYTE: u8 = 3;
}

/// What products are made of, over some lanes.
///
/// # Safety
/// As [`Simd`]'s.
#[allow(clippy::missing_safety_doc)]
pub(crate) trait Lanes: Copy + 'static {
    /// How many lanes: [`LANES`], or a part of them.
    const COUNT: usize;

    /// 4 bytes for each lane.
    type Bytes: Copy;
    /// An `i32` for each lane.
    type Int: Copy;
    /// An `f32` for each lane.
    type Float: Copy;

    /// Whether codes of whole bytes are multiplied as what they stand for, the code minus 128.
    const SIGNED_BYTES: bool;

    /// Whether activations of 15 bits lie as whole words, for [`dot_words`](Self::dot_words), and not in two planes of
    /// bytes: for families that multiply words as fast as two bytes.
    const WORDS: bool = false;

    /// Asks for the cache line at `address` ahead of its use. Any address will do.
    #[inline(always)]
    unsafe fn prefetch(_address: *const u8) {}

    /// The same into the second-level cache: for what is used much later. So many more reads can be under way than the first-level
    /// cache waits for.
    #[inline(always)]
    unsafe fn prefetch_far(address: *const u8) {
        // SAFETY: as this method's.
        unsafe { Self::prefetch(address) };
    }

    /// Bytes from memory.
    unsafe fn bytes_load(source: *const u8) -> Self::Bytes;

    /// Adds to each lane of each token's sum the products of the lane's codes with the token's activations: the lane's
    /// four bytes of `codes[i]` with the four signed bytes at `activations + 4 i`; the next token's lie
    /// [`GROUP`](crate::quant::GROUP) bytes further. Families with [`SIGNED_BYTES`](Self::SIGNED_BYTES) take 128 from
    /// each code if `range` is `BYTE`.
    unsafe fn dot<const N: usize, const TOKENS: usize>(
        sums: [Self::Int; TOKENS],
        codes: &[Self::Bytes; N],
        activations: *const i8,
        range: u8,
    ) -> [Self::Int; TOKENS];

    /// The same with activations of two bytes, of families with [`WORDS`](Self::WORDS): a quad's lie in the order 0, 2, 1,
    /// 3, the next token's two [`GROUP`](crate::quant::GROUP)s of bytes further. Nothing is taken from any code.
    unsafe fn dot_words<const N: usize, const TOKENS: usize>(
        _sums: [Self::Int; TOKENS],
        _codes: &[Self::Bytes; N],
        _activations: *const i8,
    ) -> [Self::Int; TOKENS] {
        unreachable!("this family takes activations in planes")
    }

    /// One number in all lanes.
    unsafe fn int_splat(value: i32) -> Self::Int;
    /// Sum.
    unsafe fn int_add(one: Self::Int, other: Self::Int) -> Self::Int;
    /// Each lane × 2^`N`.
    unsafe fn int_shift_left<const N: u32>(value: Self::Int) -> Self::Int;
    /// The nearest `f32`.
    unsafe fn int_to_float(value: Self::Int) -> Self::Float;
    /// One number in all lanes.
    unsafe fn splat(value: f32) -> Self::Float;
    /// Values from memory.
    unsafe fn load(source: *const f32) -> Self::Float;
    /// Values to memory.
    unsafe fn store(target: *mut f32, value: Self::Float);
    /// Product.
    unsafe fn mul(one: Self::Float, other: Self::Float) -> Self::Float;
    /// `one × other + addend`, rounded once.
    unsafe fn mul_add(one: Self::Float, other: Self::Float, addend: Self::Float) -> Self::Float;

    /// The lanes as an array, zeros behind them if there are fewer.
    #[inline(always)]
    unsafe fn to_array(value: Self::Float) -> [f32; LANES] {
        let mut lanes = [0.0; LANES];
        // SAFETY: the array holds 16 values, and there are no more lanes.
        unsafe { Self::store(lanes.as_mut_ptr(), value) };
        lanes
    }

    /// The first `count` lanes (at most all) to memory.
    #[inline(always)]
    unsafe fn store_partial(target: *mut f32, count: usize, value: Self::Float) {
        // SAFETY: `count` values are valid, and there are as many.
        unsafe {
            if count >= Self::COUNT {
                return Self::store(target, value);
            }
            let lanes = Self::to_array(value);
            std::ptr::copy_nonoverlapping(lanes.as_ptr(), target, count);
        }
    }
}

/// One family of vector instructions.
///
/// # Safety
/// Every method may be called only where the family's instructions exist ([`dispatch`] sees to it), and every
/// pointer must be valid for what its method reads or writes. No alignment is asked for.
#[allow(clippy::missing_safety_doc)]
pub(crate) trait Simd: Lanes {
    /// The lanes of one register, where a vector of this family has several. What shares it with many tokens fits into registers then.
    type Register: PartOf<Self>;

    /// Tokens whose sums are in registers beside eight vectors of codes: 4, or all that a product takes.
    const TOKENS: usize;

    /// Vectors that the registers hold, one register left free.
    const VECTORS: usize;

    /// Runs a task as a function of its own. So it has all registers: within a larger one, the compiler keeps sums of
    /// an inner loop in memory for the sake of what lies around it.
    unsafe fn enter<T: Task>(task: T) -> T::Output;
    /// 64 bytes to memory.
    unsafe fn bytes_store(target: *mut u8, value: Self::Bytes);
    /// Each byte and `mask`.
    unsafe fn bytes_and(value: Self::Bytes, mask: u8) -> Self::Bytes;
    /// Each byte of one or the other.
    unsafe fn bytes_or(one: Self::Bytes, other: Self::Bytes) -> Self::Bytes;
    /// Bytes shifted right by `N`; bits of the neighbour may come in at the top, so mask them.
    unsafe fn bytes_shift_right<const N: i32>(value: Self::Bytes) -> Self::Bytes;
    /// Bytes shifted left by `N`; bits of the neighbour may come in at the bottom, so mask them.
    unsafe fn bytes_shift_left<const N: i32>(value: Self::Bytes) -> Self::Bytes;
    /// For each byte (below 16) the entry of the table.
    unsafe fn bytes_lookup(table: &[u8; 16], index: Self::Bytes) -> Self::Bytes;

    /// `sum` and the 64 products of signed bytes at `one` and `other`, four in each lane; which four is the family's choice, so only
    /// the sum over all lanes means something.
    unsafe fn dot_signed(sum: Self::Int, one: *const i8, other: *const i8) -> Self::Int;
    /// Bitwise and.
    unsafe fn int_and(one: Self::Int, other: Self::Int) -> Self::Int;
    /// Each lane shifted right by `N` with its sign.
    unsafe fn int_shift_right<const N: u32>(value: Self::Int) -> Self::Int;
    /// 16 unsigned bytes.
    unsafe fn int_load_u8(source: *const u8) -> Self::Int;
    /// 16 signed bytes.
    unsafe fn int_load_i8(source: *const i8) -> Self::Int;
    /// The lowest byte of each lane.
    unsafe fn int_store_i8(target: *mut i8, value: Self::Int);
    /// The lower 16 bits of each lane, of each four in the order 0, 2, 1, 3: see [`dot_words`](Lanes::dot_words).
    #[inline(always)]
    unsafe fn int_store_words(_target: *mut i16, _value: Self::Int) {
        unreachable!("this family takes activations in planes")
    }
    /// Sum of all lanes.
    unsafe fn int_sum(value: Self::Int) -> i32;
    /// The same bits as a float.
    unsafe fn int_as_float(value: Self::Int) -> Self::Float;

    /// The nearest whole number, ties to even; lanes beyond `i32` give nonsense.
    unsafe fn float_to_int(value: Self::Float) -> Self::Int;
    /// 16 half-precision values.
    unsafe fn load_f16(source: *const u16) -> Self::Float;
    /// 16 values rounded to half precision, ties to even.
    unsafe fn store_f16(target: *mut u16, value: Self::Float);
    /// 16 bfloat16 values.
    unsafe fn load_bf16(source: *const u16) -> Self::Float;
    /// Sum.
    unsafe fn add(one: Self::Float, other: Self::Float) -> Self::Float;
    /// Difference.
    unsafe fn sub(one: Self::Float, other: Self::Float) -> Self::Float;
    /// Quotient.
    unsafe fn div(one: Self::Float, other: Self::Float) -> Self::Float;
    /// The greater; the second if either is no number.
    unsafe fn max(one: Self::Float, other: Self::Float) -> Self::Float;
    /// The lesser; the second if either is no number.
    unsafe fn min(one: Self::Float, other: Self::Float) -> Self::Float;
    /// The nearest whole number, ties to even.
    unsafe fn round(value: Self::Float) -> Self::Float;
    /// Without its sign.
    unsafe fn abs(value: Self::Float) -> Self::Float;
    /// `magnitude` (not negative) with the sign of `sign`.
    unsafe fn with_sign(magnitude: Self::Float, sign: Self::Float) -> Self::Float;
    /// Per lane `yes` where `one < other`, else `no`.
    unsafe fn select_less(
        one: Self::Float,
        other: Self::Float,
        yes: Self::Float,
        no: Self::Float,
    ) -> Self::Float;

    /// Each lane × 2^`power`, a whole number from -126 to 127; others give nonsense. The lane is normal, and so is
    /// the result, or no number.
    #[inline(always)]
    unsafe fn times_two_to(value: Self::Float, power: Self::Float) -> Self::Float {
        // SAFETY: as this method's.
        unsafe {
            let exponent = Self::int_add(Self::float_to_int(power), Self::int_splat(127));
            Self::mul(value, Self::int_as_float(Self::int_shift_left::<23>(exponent)))
        }
    }

    /// Sum of all lanes: halves added to halves.
    #[inline(always)]
    unsafe fn sum(value: Self::Float) -> f32 {
        // SAFETY: as this method's.
        let mut lanes = unsafe { Self::to_array(value) };
        let mut half = LANES / 2;
        while half > 0 {
            for lane in 0..half {
                lanes[lane] += lanes[lane + half];
            }
            half /= 2;
        }
        lanes[0]
    }

    /// The greatest lane.
    #[inline(always)]
    unsafe fn greatest(value: Self::Float) -> f32 {
        // SAFETY: as this method's.
        unsafe { Self::to_array(value) }.into_iter().fold(f32::NEG_INFINITY, f32::max)
    }

    /// The first `count` (at most 16) values from memory, `fill` in the other lanes.
    #[inline(always)]
    unsafe fn load_partial(source: *const f32, count: usize, fill: f32) -> Self::Float {
        let mut lanes = [fill; LANES];
        // SAFETY: `count` values are valid, and fit.
        unsafe {
            std::ptr::copy_nonoverlapping(source, lanes.as_mut_ptr(), count.min(LANES));
            Self::load(lanes.as_ptr())
        }
    }
}

/// Lanes of one register among a family's, or all of them.
///
/// # Safety
/// As [`Simd`]'s.
#[allow(clippy::missing_safety_doc)]
pub(crate) trait PartOf<S: Simd>: Lanes {
    /// The `PART`th part of a vector.
    unsafe fn bytes_of<const PART: usize>(all: S::Bytes) -> Self::Bytes;
    /// The same of floats.
    unsafe fn floats_of<const PART: usize>(all: S::Float) -> Self::Float;
}

impl<S: Simd> PartOf<S> for S {
    #[inline(always)]
    unsafe fn bytes_of<const PART: usize>(all: S::Bytes) -> S::Bytes {
        all
    }
    #[inline(always)]
    unsafe fn floats_of<const PART: usize>(all: S::Float) -> S::Float {
        all
    }
}

/// A kernel's body, to be compiled for each family. Its `run` must be `#[inline(always)]`.
pub(crate) trait Task {
    /// What it returns.
    type Output;
    /// The work.
    ///
    /// # Safety
    /// The processor has the family's instructions; and what the task itself asks for.
    unsafe fn run<S: Simd>(self) -> Self::Output;
}

/// Runs the task with the instructions of that family.
///
/// # Safety
/// What the task itself asks for. The family is one that [`Isa::available`] lists.
pub(crate) unsafe fn dispatch<T: Task>(isa: Isa, task: T) -> T::Output {
    match isa {
        // SAFETY: the caller's promise.
        Isa::Scalar => unsafe { task.run::<scalar::Scalar>() },
        // SAFETY: the caller's promise.
        _ => unsafe { dispatch_wide(isa, task) },
    }
}

/// [`dispatch`] of tasks that several rows or tokens share, which the portable family never runs: it has no registers
/// to keep them in, and would only be slow to compile.
///
/// # Safety
/// As [`dispatch`]'s.
pub(crate) unsafe fn dispatch_wide<T: Task>(isa: Isa, task: T) -> T::Output {
    // SAFETY: the caller's promise.
    unsafe {
        match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => avx2::enter(task),
            #[cfg(target_arch = "x86_64")]
            Isa::AvxVnni => avx2::enter_vnni(task),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512Vnni => avx512::enter(task),
            #[cfg(target_arch = "aarch64")]
            Isa::Neon => neon::enter(task),
            _ => unreachable!("{isa} kernels take one row at a time"),
        }
    }
}
