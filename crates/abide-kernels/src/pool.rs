//! One persistent pool of threads for all kernels. Knows chunks of work by number, not what they compute.
//!
//! A job is a number of chunks that the caller and the workers take from one atomic cursor. Workers spin for a short
//! while after each job, because the next one mostly comes within microseconds, and then park. Who wakes late does
//! not hold up the job: it is over when all chunks are done and every worker that *joined* has left.

use std::{
    any::Any,
    cell::{Cell, UnsafeCell},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle, Thread},
    time::{Duration, Instant},
};

/// How long an idle worker spins before it parks: longer than the gaps within a forward pass.
const SPIN_BEFORE_PARK: Duration = Duration::from_micros(200);
/// Spins of the caller between two offers of its processor to others while it waits for the last workers.
const SPINS_BEFORE_YIELD: u32 = 4096;

thread_local! {
    /// Whether this thread is inside a job: a job within a job runs on its own thread alone.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

type Work<'a> = &'a (dyn Fn(usize) + Sync);

/// What one job is. Written by the caller while no worker is joined, read by joined workers.
struct Job {
    work: Option<Work<'static>>,
    chunks: usize,
}

/// The lowest bit of the state says whether workers may join, the next 31 count those joined, the upper 32 number the job.
const OPEN: u64 = 1;
const ONE_JOINED: u64 = 2;
const JOINED_MASK: u64 = 0xffff_fffe;
const ONE_JOB: u64 = 1 << 32;

/// A value on a cache line of its own (pairs of lines are fetched together on x86), so that threads that hammer on it
/// don't slow down those that read its neighbours.
#[repr(align(128))]
struct Apart<T>(T);

impl<T> std::ops::Deref for Apart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

struct Shared {
    state: Apart<AtomicU64>,
    cursor: Apart<AtomicUsize>,
    job: UnsafeCell<Job>,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    stop: AtomicBool,
    parked: Vec<AtomicBool>,
}

// SAFETY: `job` is written only between jobs (no worker joined, the run lock held) and read only by those joined;
// the state's release and acquire order the two. Everything else is atomic or locked.
unsafe impl Sync for Shared {}
// SAFETY: as above.
unsafe impl Send for Shared {}

impl Shared {
    /// Joins the job that is open, if there is one; whether it did.
    fn try_join(&self) -> bool {
        let mut state = self.state.load(Ordering::Acquire);
        while state & OPEN != 0 {
            let joined = state + ONE_JOINED;
            match self.state.compare_exchange_weak(state, joined, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return true,
                Err(now) => state = now,
            }
        }
        false
    }

    /// Takes chunks until none is left. A panic ends the job early and is kept for the caller.
    fn work(&self, work: Work<'_>, chunks: usize) {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            loop {
                let chunk = self.cursor.fetch_add(1, Ordering::Relaxed);
                if chunk >= chunks {
                    break;
                }
                work(chunk);
            }
        }));
        if let Err(payload) = outcome {
            self.cursor.store(chunks, Ordering::Relaxed);
            lock(&self.panic).get_or_insert(payload);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The most threads of a pool: more than any machine has cores, fewer than a system refuses to run.
pub const MAX_THREADS: usize = 1024;

/// The threads. Dropping it ends them.
pub(crate) struct Pool {
    shared: Arc<Shared>,
    workers: Vec<(Thread, Option<JoinHandle<()>>)>,
    running: Mutex<()>,
}

impl Pool {
    /// A pool of `threads` threads, the caller's own among them (so `threads - 1` are started; fewer if the system
    /// refuses to start more, and at most [`MAX_THREADS`] in all).
    pub fn new(threads: usize) -> Self {
        let wanted = threads.clamp(1, MAX_THREADS) - 1;
        let shared = Arc::new(Shared {
            state: Apart(AtomicU64::new(0)),
            cursor: Apart(AtomicUsize::new(0)),
            job: UnsafeCell::new(Job { work: None, chunks: 0 }),
            panic: Mutex::new(None),
            stop: AtomicBool::new(false),
            parked: (0..wanted).map(|_| AtomicBool::new(false)).collect(),
        });
        let workers = (0..wanted)
            .map_while(|index| {
                let shared = Arc::clone(&shared);
                let builder = thread::Builder::new().name(format!("abide-kernel-{index}"));
                let handle = builder.spawn(move || worker(&shared, index)).ok()?;
                Some((handle.thread().clone(), Some(handle)))
            })
            .collect();
        Self { shared, workers, running: Mutex::new(()) }
    }

    /// Threads that work on a job, the caller's included.
    pub fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// Calls `work` once for each of `0..chunks`, in any order, on all threads; returns when all are done.
    /// A panic in a chunk is raised again here, after every thread has left the job.
    pub fn run(&self, chunks: usize, work: Work<'_>) {
        if chunks <= 1 || self.workers.is_empty() || INSIDE.get() {
            (0..chunks).for_each(work);
            return;
        }
        let guard = lock(&self.running);
        self.open(chunks, work);
        INSIDE.set(true);
        self.shared.work(work, chunks);
        INSIDE.set(false);
        self.close();
        let panic = lock(&self.shared.panic).take();
        drop(guard);
        if let Some(payload) = panic {
            resume_unwind(payload);
        }
    }

    fn open(&self, chunks: usize, work: Work<'_>) {
        // SAFETY: only the lifetime changes. `close` returns after the last joined worker has left, and it clears
        // the reference, so nobody uses it longer than this call of `run` lasts.
        let work = unsafe { std::mem::transmute::<Work<'_>, Work<'static>>(work) };
        // SAFETY: the run lock is held and no worker is joined, so nobody else looks at the job.
        unsafe { *self.shared.job.get() = Job { work: Some(work), chunks } };
        self.shared.cursor.store(0, Ordering::Relaxed);
        self.shared.state.fetch_add(ONE_JOB | OPEN, Ordering::SeqCst);
        let helpers = chunks - 1;
        for (parked, (thread, _)) in self.shared.parked.iter().zip(&self.workers).take(helpers) {
            if parked.load(Ordering::SeqCst) {
                thread.unpark();
            }
        }
    }

    fn close(&self) {
        self.shared.state.fetch_and(!OPEN, Ordering::AcqRel);
        let mut spins = 0_u32;
        while self.shared.state.load(Ordering::Acquire) & JOINED_MASK != 0 {
            spins = spins.wrapping_add(1);
            if spins.is_multiple_of(SPINS_BEFORE_YIELD) {
                thread::yield_now();
            } else {
                std::hint::spin_loop();
            }
        }
        // SAFETY: no worker is joined and none can join.
        unsafe { (*self.shared.job.get()).work = None };
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        for (thread, handle) in &mut self.workers {
            thread.unpark();
            if let Some(handle) = handle.take() {
                // A worker catches every panic of its chunks, so there is nothing to report here.
                let _ = handle.join();
            }
        }
    }
}

fn worker(shared: &Shared, index: usize) {
    INSIDE.set(true);
    let mut last = 0;
    while let Some(number) = wait_for_job(shared, index, last) {
        last = number;
        if shared.try_join() {
            // SAFETY: joined, so the job was written before it was opened and stays until this worker leaves.
            let (work, chunks) = unsafe { ((*shared.job.get()).work, (*shared.job.get()).chunks) };
            if let Some(work) = work {
                shared.work(work, chunks);
            }
            shared.state.fetch_sub(ONE_JOINED, Ordering::AcqRel);
        }
    }
}

/// Waits until a job later than `last` was opened, and returns its number; `None` when the pool ends.
fn wait_for_job(shared: &Shared, index: usize, last: u64) -> Option<u64> {
    let ready = || {
        let number = shared.state.load(Ordering::SeqCst) / ONE_JOB;
        (number != last).then_some(number)
    };
    loop {
        let start = Instant::now();
        while start.elapsed() < SPIN_BEFORE_PARK {
            for _ in 0..64 {
                if let Some(number) = ready() {
                    return Some(number);
                }
                std::hint::spin_loop();
            }
            if shared.stop.load(Ordering::Relaxed) {
                return None;
            }
        }
        shared.parked[index].store(true, Ordering::SeqCst);
        // The look after the flag: a job opened before it was set is seen here, one opened later unparks.
        while ready().is_none() && !shared.stop.load(Ordering::SeqCst) {
            thread::park();
        }
        shared.parked[index].store(false, Ordering::SeqCst);
        if shared.stop.load(Ordering::SeqCst) {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chunk_runs_once_over_many_jobs() {
        let pool = Pool::new(4);
        for round in 0..3000 {
            let chunks = round % 17;
            let counts: Vec<AtomicUsize> = (0..chunks).map(|_| AtomicUsize::new(0)).collect();
            pool.run(chunks, &|chunk| {
                counts[chunk].fetch_add(1, Ordering::Relaxed);
            });
            assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) == 1));
        }
    }

    #[test]
    fn a_panic_in_a_chunk_reaches_the_caller_and_the_pool_lives_on() {
        let pool = Pool::new(3);
        for _ in 0..50 {
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                pool.run(64, &|chunk| assert!(chunk != 13, "chunk thirteen"));
            }));
            assert!(outcome.is_err());
            let total = AtomicUsize::new(0);
            pool.run(64, &|chunk| {
                total.fetch_add(chunk, Ordering::Relaxed);
            });
            assert_eq!(total.into_inner(), 63 * 64 / 2);
        }
    }

    #[test]
    fn jobs_of_several_callers_and_jobs_within_jobs_all_finish() {
        let pool = Pool::new(3);
        let total = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        pool.run(8, &|_| {
                            pool.run(4, &|_| {
                                total.fetch_add(1, Ordering::Relaxed);
                            });
                        });
                    }
                });
            }
        });
        assert_eq!(total.into_inner(), 4 * 200 * 8 * 4);
    }

    #[test]
    fn parked_workers_wake_for_the_next_job() {
        let pool = Pool::new(2);
        for _ in 0..20 {
            // Until the worker says that it has parked, not for a guessed time.
            while !pool.shared.parked[0].load(Ordering::SeqCst) {
                thread::yield_now();
            }
            let met = AtomicUsize::new(0);
            // Two chunks that wait for each other: only done if the worker really comes.
            pool.run(2, &|_| {
                met.fetch_add(1, Ordering::SeqCst);
                while met.load(Ordering::SeqCst) < 2 {
                    std::hint::spin_loop();
                }
            });
        }
    }
}
