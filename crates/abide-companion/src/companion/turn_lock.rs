//! Turns of one companion follow each other: a lock whose guard can go to another thread. Must not know what a turn is.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Held while a turn is taken.
#[derive(Debug, Default)]
pub(super) struct TurnLock {
    taken: Mutex<bool>,
    freed: Condvar,
}

/// Ends the turn when it is dropped. Unlike a mutex's guard it may be dropped on another thread than the one that took it.
#[derive(Debug)]
pub(super) struct TurnGuard(Arc<TurnLock>);

impl TurnLock {
    /// Waits until nobody else's turn is on.
    pub fn take(self: &Arc<Self>) -> TurnGuard {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken {
            taken = self.freed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken = true;
        TurnGuard(Arc::clone(self))
    }
}

impl Drop for TurnGuard {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_turn_waits_for_the_first_and_guards_may_travel() {
        let lock = Arc::new(TurnLock::default());
        let first = lock.take();
        let order = Arc::new(Mutex::new(Vec::new()));
        let (waiting, said) = (Arc::clone(&lock), Arc::clone(&order));
        let second = std::thread::spawn(move || {
            let _turn = waiting.take();
            said.lock().unwrap().push("second");
        });
        let said = Arc::clone(&order);
        std::thread::spawn(move || {
            said.lock().unwrap().push("first");
            drop(first);
        })
        .join()
        .unwrap();
        second.join().unwrap();
        assert_eq!(*order.lock().unwrap(), ["first", "second"]);
    }
}
