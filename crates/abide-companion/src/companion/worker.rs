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
    /// Turns that are on: models write no summaries meanwhile.
    turns: usize,
    summaries: VecDeque<SummaryWish>,
}

impl Board {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }

    /// Between two steps of the work: waits while a turn is on, so that nobody waits for the work. False: the thread is to end.
    pub fn goes_on(&self) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.turns > 0 && !state.ended {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.ended
    }

    /// Whether a model should rather answer somebody.
    pub fn has_turns(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.ended || state.turns > 0
    }
}

impl State {
    fn has_summary_to_write(&self) -> bool {
        self.turns == 0 && !self.summaries.is_empty()
    }
}

/// A turn that is on, until it is dropped.
pub(super) struct RunningTurn(Arc<Board>);

impl Drop for RunningTurn {
    fn drop(&mut self) {
        self.0.change(|state| {
            state.turns -= 1;
            // What was said is to be taken in.
            state.woken = true;
        });
    }
}

/// A turn begins: models write no summaries until it is over.
pub(super) fn turn_begins(shared: &Shared) -> RunningTurn {
    shared.board.change(|state| state.turns += 1);
    RunningTurn(Arc::clone(&shared.board))
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

/// Asks for a summary by a model. Of one companion the newest wish stands: its summary has it all.
pub(super) fn summarise(shared: &Shared, wish: SummaryWish) {
    shared.board.change(|state| {
        if state.summaries.iter().any(|other| other.companion == wish.companion && other.last > wish.last) {
            return;
        }
        state.summaries.retain(|other| other.companion != wish.companion);
        state.summaries.push_back(wish);
        while state.summaries.len() > SUMMARIES_MAX {
            state.summaries.pop_front();
        }
    });
}

/// Waits until no turn is on and nothing is left to do.
pub(super) fn flush(shared: &Shared) {
    let board = &shared.board;
    let mut state = board.state.lock().unwrap_or_else(PoisonError::into_inner);
    while !state.ended && (state.turns > 0 || state.busy || state.woken || !state.summaries.is_empty()) {
        state = board.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

fn run(shared: &Weak<Shared>, board: &Board) {
    loop {
        let summary = {
            let mut state = board.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.busy = false;
            board.changed.notify_all();
            while !state.woken && !state.ended && !state.has_summary_to_write() {
                state = board.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.ended {
                return;
            }
            state.busy = true;
            state.woken = false;
            if state.has_summary_to_write() { state.summaries.pop_front() } else { None }
        };
        let Some(shared) = shared.upgrade() else { break };
        if let Some(wish) = summary
            && !background::summarise(&shared, board, &wish)
        {
            summarise(&shared, wish);
        }
        background::embed(&shared, board);
    }
    board.change(|state| state.ended = true);
}
