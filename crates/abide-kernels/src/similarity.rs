//! How near one vector is to many: dot products of signed bytes, from which a caller with scales makes cosines, and bits that differ, from which
//! it estimates them. Must not know what the vectors stand for. Results are whole numbers and exact, so every family and any number of threads
//! give the same.

use crate::{
    KernelError, Kernels,
    error::check_length,
    memory::SharedPointer,
    simd::{AHEAD, Simd, Task, dispatch},
};

/// Bytes of rows that one chunk takes: enough that a thread is worth waking.
const CHUNK_BYTES: usize = 256 << 10;
/// Bytes that one step multiplies.
const STEP: usize = 64;
/// Longest vector, so that a sum fits 32 bits whatever the values.
const WIDTH_MAX: usize = 1 << 16;

impl Kernels {
    /// The dot product of `query` with each of the rows that lie one after the other in `rows`, each as long as `query`; one
    /// for each row to `out`.
    ///
    /// # Errors
    /// When `query` is empty or longer than 65,536, or `rows` is not `out.len()` rows of its length.
    pub fn dot_rows(&self, query: &[i8], rows: &[i8], out: &mut [i32]) -> Result<(), KernelError> {
        self.for_rows(query, rows, out, |rows, out| {
            // SAFETY: the family is available (`Kernels::new`), and there are as many rows as results.
            unsafe { dispatch(self.isa(), DotRows { query, rows, out }) };
        })
    }

    /// How many bits of `query` differ from those of each of the rows that lie one after the other in `rows`, each as long as `query`; one
    /// number for each row to `out`. Where bits are the signs of a vector's values, the angle to another is about π times the share of
    /// those that differ (Charikar, "Similarity estimation techniques from rounding algorithms", 2002).
    ///
    /// # Errors
    /// When `query` is empty or longer than 65,536 words, or `rows` is not `out.len()` rows of its length.
    pub fn differing_bits(&self, query: &[u64], rows: &[u64], out: &mut [u32]) -> Result<(), KernelError> {
        self.for_rows(query, rows, out, |rows, out| {
            // SAFETY: the family is available (`Kernels::new`).
            unsafe { dispatch(self.isa(), DifferingBits { query, rows, out }) };
        })
    }

    /// Some rows after the other, with the places of their results.
    fn for_rows<T: Sync, R: Send + Sync>(
        &self,
        query: &[T],
        rows: &[T],
        out: &mut [R],
        compare: impl Fn(&[T], &mut [R]) + Sync,
    ) -> Result<(), KernelError> {
        let width = query.len();
        if width == 0 || width > WIDTH_MAX {
            let must = "from 1 to 65,536";
            return Err(KernelError::Argument {
                what: "the length of the vector to compare",
                found: width,
                must,
            });
        }
        check_length("the rows to compare with", rows.len(), out.len().checked_mul(width))?;
        let per_chunk = (CHUNK_BYTES / size_of_val(query)).max(1);
        let (count, target) = (out.len(), SharedPointer::new(out));
        self.run(count.div_ceil(per_chunk), &|chunk| {
            let first = chunk * per_chunk;
            let length = per_chunk.min(count - first);
            // SAFETY: these rows lie within `out` and belong to this chunk alone.
            let out = unsafe { target.slice(first, length) };
            compare(&rows[first * width..(first + length) * width], out);
        });
        Ok(())
    }
}

/// Some rows of bits with one query.
struct DifferingBits<'a> {
    query: &'a [u64],
    rows: &'a [u64],
    out: &'a mut [u32],
}

impl Task for DifferingBits<'_> {
    type Output = ();

    #[inline(always)]
    #[allow(clippy::inline_always)]
    unsafe fn run<S: Simd>(self) {
        for (row, out) in self.rows.chunks_exact(self.query.len()).zip(self.out) {
            *out = row.iter().zip(self.query).map(|(one, other)| (one ^ other).count_ones()).sum();
        }
    }
}

/// Some rows with one query.
struct DotRows<'a> {
    query: &'a [i8],
    rows: &'a [i8],
    out: &'a mut [i32],
}

impl Task for DotRows<'_> {
    type Output = ();

    #[inline(always)]
    #[allow(clippy::inline_always)]
    unsafe fn run<S: Simd>(self) {
        let width = self.query.len();
        let whole = width / STEP * STEP;
        let mut last = [[0_i8; STEP]; 2];
        last[0][..width - whole].copy_from_slice(&self.query[whole..]);
        for (row, out) in self.rows.chunks_exact(width).zip(self.out) {
            // SAFETY: the family is available (caller); `whole` bytes lie in the query and in the row, 64 in each of `last`.
            *out = unsafe {
                let mut sum = S::int_splat(0);
                for at in (0..whole).step_by(STEP) {
                    S::prefetch(row.as_ptr().wrapping_add(at + AHEAD).cast());
                    sum = S::dot_signed(sum, row.as_ptr().add(at), self.query.as_ptr().add(at));
                }
                if whole < width {
                    last[1][..width - whole].copy_from_slice(&row[whole..]);
                    sum = S::dot_signed(sum, last[1].as_ptr(), last[0].as_ptr());
                }
                S::int_sum(sum)
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Isa, linear::test_numbers::Numbers};

    fn bytes(numbers: &mut Numbers, count: usize) -> Vec<i8> {
        (0..count).map(|_| numbers.bits() as i8).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn every_family_gives_the_exact_sum((width, count, seed) in (1_usize..500, 0_usize..60, any::<u64>())) {
            let mut numbers = Numbers(seed);
            let (query, rows) = (bytes(&mut numbers, width), bytes(&mut numbers, width * count));
            let exact: Vec<i32> = rows
                .chunks_exact(width)
                .map(|row| row.iter().zip(&query).map(|(one, other)| i32::from(*one) * i32::from(*other)).sum())
                .collect();
            for isa in Isa::available() {
                let mut out = vec![0; count];
                Kernels::new(2, isa).dot_rows(&query, &rows, &mut out).unwrap();
                prop_assert_eq!(&out, &exact, "{}", isa);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn every_family_counts_the_bits_that_differ((words, count, seed) in (1_usize..20, 0_usize..60, any::<u64>())) {
            let mut numbers = Numbers(seed);
            let mut bits = |count| -> Vec<u64> { (0..count).map(|_| numbers.bits()).collect() };
            let (query, rows) = (bits(words), bits(words * count));
            let of = |row: &[u64]| (0..64 * words).filter(|at| (row[at / 64] ^ query[at / 64]) >> (at % 64) & 1 == 1).count() as u32;
            let exact: Vec<u32> = rows.chunks_exact(words).map(of).collect();
            for isa in Isa::available() {
                let mut out = vec![0; count];
                Kernels::new(2, isa).differing_bits(&query, &rows, &mut out).unwrap();
                prop_assert_eq!(&out, &exact, "{}", isa);
            }
        }
    }

    #[test]
    fn the_greatest_sums_fit_and_chunks_cover_all_rows() {
        let (width, count) = (384, 3000);
        let (query, rows) = (vec![-128_i8; width], vec![-128_i8; width * count]);
        for isa in Isa::available() {
            let mut out = vec![0; count];
            Kernels::new(2, isa).dot_rows(&query, &rows, &mut out).unwrap();
            assert!(out.iter().all(|sum| *sum == 128 * 128 * 384), "{isa}");
            let mut out = vec![0; 60_000];
            Kernels::new(2, isa).differing_bits(&[!0; 6], &vec![0; 360_000], &mut out).unwrap();
            assert!(out.iter().all(|differing| *differing == 384), "{isa}");
        }
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        let kernels = Kernels::new(1, Isa::detect());
        assert!(kernels.dot_rows(&[], &[], &mut []).is_err());
        assert!(kernels.dot_rows(&[1, 2], &[1, 2, 3], &mut [0]).is_err());
        assert!(kernels.dot_rows(&vec![1; WIDTH_MAX + 1], &[], &mut []).is_err());
        assert_eq!(kernels.dot_rows(&[1, 2], &[], &mut []), Ok(()));
        assert!(kernels.differing_bits(&[], &[], &mut []).is_err());
        assert!(kernels.differing_bits(&[1, 2], &[1, 2, 3], &mut [0]).is_err());
    }
}
