//! What can be wrong with a call of a kernel: shapes and lengths, never values. Knows no kernel.

use crate::{BlockType, Isa};

/// A call that no kernel can carry out. Nothing was written when one is returned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KernelError {
    /// A slice does not have the length that the other arguments ask for.
    #[error("{what} holds {found} values where {expected} are needed; check the shape given with it")]
    Length {
        /// Which argument.
        what: &'static str,
        /// Values needed.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// A number is outside of what the kernel can do.
    #[error("{what} is {found}, but must be {must}")]
    Argument {
        /// Which argument.
        what: &'static str,
        /// What was given.
        found: usize,
        /// What would be right.
        must: &'static str,
    },
    /// A row of a matrix is no whole number of blocks of its type.
    #[error("rows of {columns} values are not whole blocks of {kind} ({} values each)", kind.block_values())]
    PartialBlock {
        /// The type of the blocks.
        kind: BlockType,
        /// Values in one row.
        columns: usize,
    },
    /// Sizes whose product does not fit this machine's address space, or memory that it does not give.
    #[error("{what} needs more memory than can be had ({detail}); use a smaller size")]
    Memory {
        /// What was to be allocated.
        what: &'static str,
        /// Sizes, or the system's words.
        detail: String,
    },
    /// Activations lie as other kernels want them.
    #[error(
        "activations quantised for {quantised} kernels were given to {here} ones; quantise them with the same"
    )]
    OtherIsa {
        /// Those they were quantised for.
        quantised: Isa,
        /// Those that were called.
        here: Isa,
    },
    /// A unit of the processor was asked for by name that is unknown or not there.
    #[error("{name:?} is not a kernel family of this processor; it has: {available}")]
    UnknownIsa {
        /// What was asked for.
        name: String,
        /// Names that would work here.
        available: String,
    },
}

/// Checks that an argument has the length that it must have.
pub(crate) fn check_length(
    what: &'static str,
    found: usize,
    expected: Option<usize>,
) -> Result<(), KernelError> {
    match expected {
        Some(expected) if expected == found => Ok(()),
        Some(expected) => Err(KernelError::Length { what, expected, found }),
        None => Err(KernelError::Memory { what, detail: "the product of its sizes overflows".into() }),
    }
}
