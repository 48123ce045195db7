//! Ctrl-C: stops an answer where one is being made, and the program elsewhere.
//!
//! Must not know what is stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::failure::Exit;

/// Whether the person wants the present work to stop. Clones share their state.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// Somebody looks at `requested`, so the program need not end.
    armed: AtomicBool,
    requested: AtomicBool,
}

/// What a Ctrl-C leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The present work is asked to stop.
    StopsWork,
    /// The program ends: nothing to stop, or it did not stop when asked.
    EndsProgram,
}

impl Interrupt {
    /// Takes over Ctrl-C for the rest of the program.
    ///
    /// # Errors
    /// When the system refuses the signal handler.
    pub fn install() -> Result<Self, ctrlc::Error> {
        let interrupt = Self::default();
        let raised = interrupt.clone();
        ctrlc::set_handler(move || {
            if raised.raise() == Effect::EndsProgram {
                std::process::exit(i32::from(Exit::Interrupted.code()));
            }
        })?;
        Ok(interrupt)
    }

    /// What happens at a Ctrl-C.
    pub fn raise(&self) -> Effect {
        let armed = self.0.armed.load(Ordering::SeqCst);
        let again = self.0.requested.swap(true, Ordering::SeqCst);
        if armed && !again { Effect::StopsWork } else { Effect::EndsProgram }
    }

    /// A Ctrl-C for a test to let happen later.
    #[cfg(test)]
    pub fn raising(&self) -> impl FnOnce() + Send + 'static {
        let interrupt = self.clone();
        move || {
            interrupt.raise();
        }
    }

    /// From now until the guard is dropped, Ctrl-C asks the work to stop.
    pub fn arm(&self) -> Armed<'_> {
        self.0.requested.store(false, Ordering::SeqCst);
        self.0.armed.store(true, Ordering::SeqCst);
        Armed(self)
    }
}

/// While it lives, Ctrl-C asks the work to stop instead of ending the program.
pub struct Armed<'a>(&'a Interrupt);

/// How long a Ctrl-C that was typed takes to become known, at most.
const ARRIVES_MAX: Duration = Duration::from_millis(200);

impl Armed<'_> {
    /// Waits for a Ctrl-C that a question saw being typed and that is on its way as a signal still: it is this work's.
    pub fn await_request(&self) {
        let deadline = Instant::now() + ARRIVES_MAX;
        while !self.requested() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Whether the work is asked to stop.
    pub fn requested(&self) -> bool {
        self.0.0.requested.load(Ordering::SeqCst)
    }
}

impl Drop for Armed<'_> {
    fn drop(&mut self) {
        self.0.0.armed.store(false, Ordering::SeqCst);
        self.0.0.requested.store(false, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_stopped_once_and_the_program_when_that_was_not_enough() {
        let interrupt = Interrupt::default();
        let armed = interrupt.arm();
        assert!(!armed.requested());
        assert_eq!(interrupt.raise(), Effect::StopsWork);
        assert!(armed.requested());
        assert_eq!(interrupt.raise(), Effect::EndsProgram);
    }

    #[test]
    fn without_work_the_program_ends() {
        let interrupt = Interrupt::default();
        drop(interrupt.arm());
        assert_eq!(interrupt.raise(), Effect::EndsProgram);
        assert!(!interrupt.arm().requested());
    }
}
