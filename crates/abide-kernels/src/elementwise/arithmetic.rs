//! Sums and scalings in place. Left to the compiler's own vectors: memory is their limit.

use crate::{KernelError, Kernels, error::check_length, memory::SharedPointer};

impl Kernels {
    /// `x += factor × addend`, value by value.
    ///
    /// # Errors
    /// When they are not equally long.
    pub fn add_scaled(&self, x: &mut [f32], addend: &[f32], factor: f32) -> Result<(), KernelError> {
        check_length("the addend", addend.len(), Some(x.len()))?;
        self.in_place(x, 1, &|first, x| {
            for (value, addend) in x.iter_mut().zip(&addend[first..]) {
                *value += factor * addend;
            }
        });
        Ok(())
    }

    /// `x *= factor`, value by value.
    ///
    /// # Errors
    /// When they are not equally long.
    pub fn multiply(&self, x: &mut [f32], factor: &[f32]) -> Result<(), KernelError> {
        check_length("the factor", factor.len(), Some(x.len()))?;
        self.in_place(x, 1, &|first, x| {
            for (value, factor) in x.iter_mut().zip(&factor[first..]) {
                *value *= factor;
            }
        });
        Ok(())
    }

    /// Adds `bias` to each row of `x`.
    ///
    /// # Errors
    /// When `x` is no whole number of rows as long as `bias`.
    pub fn add_rows(&self, x: &mut [f32], bias: &[f32]) -> Result<(), KernelError> {
        super::rows_of("the length of what a bias is added to", x.len(), bias.len())?;
        self.in_place(x, bias.len(), &|_, x| {
            for row in x.chunks_exact_mut(bias.len()) {
                for (value, bias) in row.iter_mut().zip(bias) {
                    *value += bias;
                }
            }
        });
        Ok(())
    }

    /// Runs `work` on parts of `x` that are whole rows of `width`; it is told where each begins.
    fn in_place(&self, x: &mut [f32], width: usize, work: &(dyn Fn(usize, &mut [f32]) + Sync)) {
        let (rows, pointer) = (x.len() / width, SharedPointer::new(x));
        self.run_ranges(rows, width, &|range| {
            // SAFETY: this range lies within `x` and belongs to this chunk alone.
            let part = unsafe { pointer.slice(range.start * width, range.len() * width) };
            work(range.start * width, part);
        });
    }
}
