//! Work on somebody's words that may come upon what nobody thought of: a panic ends that piece of work alone, and its message, which may
//! quote the words, is shown to nobody. Must not know what the work is.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use super::error::{CompanionError, CompanionResult};

thread_local! {
    /// How many pieces of guarded work this thread is in.
    static WITHIN: Cell<usize> = const { Cell::new(0) };
    /// Where the last one broke off.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Does the work. A panic is [`CompanionError::Broken`], which names a place of the program and none of the words.
pub(super) fn attempt<T>(work: impl FnOnce() -> CompanionResult<T>) -> CompanionResult<T> {
    hide_words();
    WITHIN.set(WITHIN.get() + 1);
    // What several threads share is behind locks that are taken over, and the store's transactions are whole or nothing.
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    WITHIN.set(WITHIN.get() - 1);
    outcome.unwrap_or_else(|_| {
        let place = PLACE.take().unwrap_or_else(|| "a place that is not known".to_owned());
        Err(CompanionError::Broken { place })
    })
}

/// As [`attempt`]; where the work breaks off, it has nothing to give, which the log says.
pub(super) fn attempt_or_default<T: Default>(
    what: &'static str,
    work: impl FnOnce() -> CompanionResult<T>,
) -> CompanionResult<T> {
    match attempt(work) {
        Err(error @ CompanionError::Broken { .. }) => {
            tracing::error!(%error, what, "a part of the prompt is left out");
            Ok(T::default())
        }
        outcome => outcome,
    }
}

fn hide_words() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if WITHIN.get() == 0 {
                before(panic);
            } else {
                PLACE.set(panic.location().map(ToString::to_string));
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_that_quotes_nothing() {
        let secret = "she said “fine”";
        let error =
            attempt(|| -> CompanionResult<()> { panic!("not a boundary of `{secret}`") }).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("guarded.rs") && !shown.contains("fine"), "{shown}");
        let nothing = attempt_or_default("a list", || -> CompanionResult<Vec<u8>> { panic!("{secret}") });
        assert!(nothing.unwrap().is_empty());
        assert_eq!(attempt(|| Ok(7)).unwrap(), 7);
    }
}
