//! Work in the background, on one thread: vectors of what was said, summaries by the model. What there is to do is found in the store, so
//! nothing is lost with the program, and nobody waits for it. Must not know turns.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;

use abide_generation::Generator;

use super::background;
use super::shared::Shared;
use crate::store::CompanionId;
use crate::transcript::MessageId;

/// Summaries that wait for a model at most; the oldest wish goes when there are more, because the newest summary has it all.
const SUMMARIES_MAX: usize = 16;

/// A summary that a model is to write.
pub(super) struct SummaryWish {
    pub companion: CompanionId,
    /// The last message that it is of.
    pub last: MessageId,
    pub generator: Arc<dyn Generator>,
}

/// What the thread is told.
#[derive(Default)]
pub(super) struct Board {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Whether there may be something to do in the store.
    woken: bool,
    busy: bool,
    ended: bool,
    summaries: VecDeque<SummaryWish>,
}

impl Board {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }

    /// Whether the thread is to stop between two steps of its work.
    pub fn has_ended(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).ended
    }
}

/// The thread; it ends when this is dropped, at the next step of what it is doing.
pub(super) struct Worker {
    board: Arc<Board>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread, which looks for what was left to do at once.
    pub fn start(shared: &Arc<Shared>) -> Self {
        let board = Arc::clone(&shared.board);
        board.change(|state| state.woken = true);
        let (weak, its) = (Arc::downgrade(shared), Arc::clone(&board));
        let thread =
            std::thread::Builder::new().name("abide-memory".to_owned()).spawn(move || run(&weak, &its));
        if let Err(error) = &thread {
            tracing::warn!(%error, "no thread for the memory's work; recall goes by words alone until the next start");
            board.change(|state| state.ended = true);
        }
        Self { board, thread: thread.ok() }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.board.change(|state| state.ended = true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Says that there may be something to do.
pub(super) fn wake(shared: &Shared) {
    shared.board.change(|state| state.woken = true);
}

/// Asks for a summary by a model.
pub(super) fn summarise(shared: &Shared, wish: SummaryWish) {
    shared.board.change(|state| {
        state.summaries.retain(|other| other.companion != wish.companion);
        state.summaries.push_back(wish);
        while state.summaries.len() > SUMMARIES_MAX {
            state.summaries.pop_front();
        }
    });
}

/// Waits until nothing is left to do.
pub(super) fn flush(shared: &Shared) {
    let board = &shared.board;
    let mut state = board.state.lock().unwrap_or_else(PoisonError::into_inner);
    while !state.ended && (state.busy || state.woken || !state.summaries.is_empty()) {
        state = board.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

fn run(shared: &Weak<Shared>, board: &Board) {
    loop {
        let summary = {
            let mut state = board.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.busy = false;
            board.changed.notify_all();
            while !state.woken && !state.ended && state.summaries.is_empty() {
                state = board.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.ended {
                return;
            }
            state.busy = true;
            state.woken = false;
            state.summaries.pop_front()
        };
        let Some(shared) = shared.upgrade() else { break };
        if let Some(wish) = summary {
            background::summarise(&shared, &wish);
        }
        background::embed(&shared, board);
    }
    board.change(|state| state.ended = true);
}
