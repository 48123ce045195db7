//! What happens between matrix products: norms, rotary positions, gates, sums. Each output row depends on its own
//! inputs alone, whatever the number of threads. Must not know layers or families.

mod arithmetic;
mod gate;
mod norm;
mod rope;
#[cfg(test)]
mod tests;

pub(crate) use gate::{ACTIVATION_COST, SharedGate};
pub use gate::{Activation, Gate};
pub use rope::{RopePairing, RopeShape};

use crate::{KernelError, simd::LANES};

/// Whole vectors in `count` values, and what is left over.
#[inline]
fn split(count: usize) -> (usize, usize) {
    (count / LANES * LANES, count % LANES)
}

/// Rows in a slice of rows of that width.
fn rows_of(what: &'static str, length: usize, width: usize) -> Result<usize, KernelError> {
    if width == 0 || !length.is_multiple_of(width) {
        return Err(KernelError::Argument { what, found: length, must: "a whole number of rows" });
    }
    Ok(length / width)
}
