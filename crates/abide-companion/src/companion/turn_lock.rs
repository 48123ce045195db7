//! Turns of one companion follow each other, whatever program takes them: a lock whose guard can go to another thread. Must not know what a turn is.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crate::private;

/// Held while a turn is taken.
#[derive(Debug)]
pub(super) struct TurnLock {
    /// An empty file, locked during a turn: the system takes the lock away with the process.
    path: PathBuf,
    taken: Mutex<bool>,
    freed: Condvar,
}

/// Ends the turn when it is dropped. Unlike a mutex's guard it may be dropped on another thread than the one that took it.
#[derive(Debug)]
pub(super) struct TurnGuard {
    lock: Arc<TurnLock>,
    file: Option<File>,
}

impl TurnLock {
    /// A lock that every program shares that names this file.
    pub fn new(path: PathBuf) -> Self {
        Self { path, taken: Mutex::default(), freed: Condvar::new() }
    }

    /// Waits until nobody else's turn is on, here or in another program.
    pub fn take(self: &Arc<Self>) -> TurnGuard {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken {
            taken = self.freed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken = true;
        drop(taken);
        TurnGuard { lock: Arc::clone(self), file: self.locked() }
    }

    /// Whether another program is taking a turn now.
    pub fn is_taken_elsewhere(&self) -> bool {
        // Held meanwhile, so that the lock is not one of ours.
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if *taken {
            return false;
        }
        let file = OpenOptions::new().write(true).open(&self.path);
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }

    /// Some file systems of networks have no locks: turns wait for each other within this program alone there.
    fn locked(&self) -> Option<File> {
        let locked = self.open().and_then(|file| {
            loop {
                match file.lock() {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => return other.map(|()| file),
                }
            }
        });
        locked.inspect_err(|error| tracing::debug!("{} can't be locked: {error}", self.path.display())).ok()
    }

    fn open(&self) -> io::Result<File> {
        match private::make_file(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                OpenOptions::new().write(true).open(&self.path)
            }
            made => made,
        }
    }
}

impl Drop for TurnGuard {
    fn drop(&mut self) {
        // First the file: who is let in here looks whether it is free.
        drop(self.file.take());
        *self.lock.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.lock.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_turn_waits_for_the_first_and_guards_may_travel() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Arc::new(TurnLock::new(folder.path().join("turn")));
        in_order(&lock, &lock);
    }

    #[test]
    fn so_does_one_of_another_program() {
        let folder = tempfile::tempdir().unwrap();
        let [here, there] = [(); 2].map(|()| Arc::new(TurnLock::new(folder.path().join("turn"))));
        assert!(!there.is_taken_elsewhere());
        let guard = here.take();
        assert!(there.is_taken_elsewhere() && !here.is_taken_elsewhere());
        drop(guard);
        assert!(!there.is_taken_elsewhere());
        in_order(&here, &there);
    }

    #[test]
    fn without_a_file_turns_of_one_program_wait_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Arc::new(TurnLock::new(folder.path().join("missing").join("turn")));
        in_order(&lock, &lock);
    }

    fn in_order(lock: &Arc<TurnLock>, other: &Arc<TurnLock>) {
        let first = lock.take();
        let order = Arc::new(Mutex::new(Vec::new()));
        let (waiting, said) = (Arc::clone(other), Arc::clone(&order));
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
