//! How fast this machine reads memory: the bound of decoding, which streams all weights for each token.
#![allow(clippy::inline_always)]

use std::{hint::black_box, time::Instant};

use crate::{
    KernelError, Kernels,
    memory::{PageBuffer, SharedPointer},
    simd::{Simd, Task, dispatch},
};

/// Bytes that a thread takes at a time.
const CHUNK: usize = 1 << 20;
/// The best of so many readings counts: what the machine allows, not what else ran.
const REPEATS: usize = 5;

/// Bytes per second that all threads of `kernels` together read from memory, in order, when they read `bytes` (at least
/// a MiB) over and over. With fewer than a few times what the caches hold, it is these that are measured. Takes as long as reading
/// ten times as much.
///
/// # Errors
/// When so much memory can't be had.
pub fn measure_read_bandwidth(kernels: &Kernels, bytes: usize) -> Result<f64, KernelError> {
    let chunks = bytes.div_ceil(CHUNK).max(1);
    let bytes = chunks.saturating_mul(CHUNK);
    let mut buffer = PageBuffer::zeroed("the measurement of memory bandwidth", bytes)?;
    let pointer = SharedPointer::new(&mut buffer);
    // Written first: pages never written are all the same page of zeros, which the caches hold.
    kernels.run(chunks, &|chunk| {
        // SAFETY: each chunk writes its own part.
        unsafe { pointer.slice(chunk * CHUNK, CHUNK) }.fill(chunk as u8);
    });
    let mut best = f64::INFINITY;
    for _ in 0..REPEATS {
        let start = Instant::now();
        kernels.run(chunks, &|chunk| {
            let part = &buffer[chunk * CHUNK..][..CHUNK];
            // SAFETY: `isa` is available.
            black_box(unsafe { dispatch(kernels.isa(), Read(part)) });
        });
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(bytes as f64 / best)
}

/// Reads every byte, and adds them up in some way so that no read can be left out.
struct Read<'a>(&'a [u8]);

impl Task for Read<'_> {
    type Output = u8;

    #[inline(always)]
    unsafe fn run<S: Simd>(self) -> u8 {
        let mut lines = [0; 64];
        // SAFETY: each load reads 64 bytes of the slice.
        unsafe {
            let mut all = [S::bytes_load(self.0.as_ptr()); 4];
            for four in self.0.chunks_exact(256) {
                for (index, all) in all.iter_mut().enumerate() {
                    *all = S::bytes_or(*all, S::bytes_load(four.as_ptr().add(64 * index)));
                }
            }
            let all = S::bytes_or(S::bytes_or(all[0], all[1]), S::bytes_or(all[2], all[3]));
            S::bytes_store(lines.as_mut_ptr(), all);
        }
        lines.into_iter().fold(0, |all, byte| all | byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Isa;

    #[test]
    fn some_plausible_bandwidth_is_measured() {
        for bytes in [0, 1, 64 << 20] {
            let bandwidth = measure_read_bandwidth(&Kernels::new(2, Isa::detect()), bytes).unwrap();
            assert!((1e8..1e13).contains(&bandwidth), "{bandwidth}");
        }
    }

    #[test]
    fn more_memory_than_there_can_be_is_an_error() {
        let bandwidth = measure_read_bandwidth(&Kernels::new(1, Isa::Scalar), usize::MAX);
        assert!(matches!(bandwidth, Err(KernelError::Memory { .. })), "{bandwidth:?}");
    }
}
