//! The handle that every kernel is called through: one pool, one family of instructions. Knows no kernel's insides.

use crate::{Isa, memory::Arena, pool::Pool};

/// Numbers to add up that are worth waking another thread for.
const CHUNK_VALUES: usize = 8 << 10;

/// A pool of threads and the family of kernels that they run. Make one per process and share it: two pools fight.
pub struct Kernels {
    pool: Pool,
    isa: Isa,
    weights: Arena,
}

impl Kernels {
    /// `threads` threads in all, the calling one included; 0 is taken as 1, more than [`MAX_THREADS`](crate::MAX_THREADS) as those. If `isa` is none of
    /// [`Isa::available`], the portable kernels serve.
    pub fn new(threads: usize, isa: Isa) -> Self {
        let isa = if Isa::available().contains(&isa) { isa } else { Isa::Scalar };
        Self { pool: Pool::new(threads.max(1)), isa, weights: Arena::default() }
    }

    /// Threads that share the work.
    pub fn threads(&self) -> usize {
        self.pool.threads()
    }

    /// The family of instructions in use.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// Memory for the matrices that these threads read.
    pub(crate) fn weights(&self) -> &Arena {
        &self.weights
    }

    /// Calls `work` once for each of `0..chunks` on all threads, in any order, and returns when all are done. A panic
    /// in a chunk is raised here again. A call from inside a chunk runs on that chunk's thread alone.
    pub fn run(&self, chunks: usize, work: &(dyn Fn(usize) + Sync)) {
        self.pool.run(chunks, work);
    }

    /// Runs `work` on ranges that together are `0..count`, few enough that each is worth it (`size` values each).
    pub(crate) fn run_ranges(
        &self,
        count: usize,
        size: usize,
        work: &(dyn Fn(std::ops::Range<usize>) + Sync),
    ) {
        let per_chunk = (CHUNK_VALUES / size.max(1)).max(1);
        self.run(count.div_ceil(per_chunk), &|chunk| {
            work(chunk * per_chunk..count.min((chunk + 1) * per_chunk));
        });
    }
}

impl std::fmt::Debug for Kernels {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Kernels")
            .field("threads", &self.threads())
            .field("isa", &self.isa)
            .finish_non_exhaustive()
    }
}
