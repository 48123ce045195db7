//! Work in the background, on one thread: facts of what was brought home, vectors of what was said, summaries and facts by the model, the beginning of the next prompt. What there is to do is found in the store, so
//! nothing is lost with the program, and nobody waits for it. Must not know turns.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use abide_generation::Generator;

use super::ahead::{self, AheadWish};
use super::guarded::attempt;
use super::model_facts::FactsWish;
use super::shared::Shared;
use super::{background, imports};
use crate::store::CompanionId;
use crate::transcript::MessageId;

/// Summaries that wait for a model at most; the oldest wish goes when there are more, because the newest summary has it all.
const SUMMARIES_MAX: usize = 16;

/// A summary that a model is to write.
pub(super) struct SummaryWish {
    pub companion: CompanionId,
    /// The last message that it is of.
    pub last: MessageId,
    /// What replies may take, as in [`AheadWish`].
    pub reply_tokens: Option<usize>,
    pub generator: Arc<dyn Generator>,
}

/// What the thread is told.
#[derive(Default)]
pub(super) struct Board {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
// Each says something of its own.
#[allow(clippy::struct_excessive_bools)]
struct State {
    /// Whether there may be something to do in the store.
    woken: bool,
    /// Whether vectors are still to be made, with which it goes on when nothing is before them.
    embedding: bool,
    busy: bool,
    ended: bool,
    /// Whether the program is about to end: see [`Board::is_leaving`].
    leaving: bool,
    /// Turns that are on: models write no summaries meanwhile.
    turns: usize,
    summaries: VecDeque<SummaryWish>,
    ahead: VecDeque<AheadWish>,
    facts: VecDeque<FactsWish>,
}

/// What is to be done next.
enum Task {
    /// What is found in the store: facts, then vectors.
    Store,
    Summary(SummaryWish),
    Ahead(AheadWish),
    /// Vectors that were left for something else.
    Vectors,
    Facts(FactsWish),
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

    /// Whether the program is about to end: nothing is begun that takes long and is found again at the next start.
    pub fn is_leaving(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.ended || state.leaving
    }

    /// Whether a model should rather answer somebody.
    pub fn has_turns(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.ended || state.turns > 0
    }

    /// Whether something came that goes before vectors: those of a large history take long, and facts and summaries stand in the next prompt,
    /// which is to be read before somebody waits for it.
    pub fn has_news(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.woken || state.turns == 0 && !(state.summaries.is_empty() && state.ahead.is_empty())
    }

    /// The same for facts, which are looked for when nothing else is to be done.
    pub fn has_better_to_do(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.ended || state.leaving || state.turns > 0 || !state.summaries.is_empty()
    }
}

impl State {
    /// What goes next: what is found in the store, because the next question may need it, then summaries, which stand in the next prompt.
    fn take_task(&mut self) -> Option<Task> {
        if std::mem::take(&mut self.woken) {
            // It goes on with the vectors by itself.
            self.embedding = false;
            return Some(Task::Store);
        }
        let free = self.turns == 0;
        let summary = if free { self.summaries.pop_front() } else { None };
        if summary.is_some() {
            return summary.map(Task::Summary);
        }
        let ahead = if free { self.ahead.pop_front() } else { None };
        if ahead.is_some() {
            return ahead.map(Task::Ahead);
        }
        if std::mem::take(&mut self.embedding) {
            return Some(Task::Vectors);
        }
        if free { self.facts.pop_front().map(Task::Facts) } else { None }
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

/// Asks that a model read the beginning of the next prompt, if models do. Of one companion the newest wish stands.
pub(super) fn read_ahead(shared: &Shared, wish: AheadWish) {
    if !shared.reads_ahead {
        return;
    }
    shared.board.change(|state| {
        state.ahead.retain(|other| other.companion != wish.companion);
        if !state.leaving {
            state.ahead.push_back(wish);
        }
    });
}

/// Asks that a model look for facts. Of one companion the newest wish stands: it looks at all since the last time.
pub(super) fn look_for_facts(shared: &Shared, wish: FactsWish) {
    shared.board.change(|state| {
        state.facts.retain(|other| other.companion != wish.companion);
        state.facts.push_back(wish);
    });
}

/// Puts a wish back that was stopped, unless there is a newer one, or the program is about to end.
fn look_again(shared: &Shared, wish: FactsWish) {
    shared.board.change(|state| {
        if !state.leaving && state.facts.iter().all(|other| other.companion != wish.companion) {
            state.facts.push_back(wish);
        }
    });
}

/// Waits until no turn is on and nothing is left to do.
pub(super) fn flush(shared: &Shared) {
    let board = &shared.board;
    let mut state = board.state.lock().unwrap_or_else(PoisonError::into_inner);
    let left = |state: &State| {
        let wishes = !(state.summaries.is_empty() && state.ahead.is_empty() && state.facts.is_empty());
        state.turns > 0 || state.busy || state.woken || state.embedding || wishes
    };
    while !state.ended && left(&state) {
        state = board.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

/// Whether there is nothing to do.
pub(super) fn is_idle(shared: &Shared) -> bool {
    let state = shared.board.state.lock().unwrap_or_else(PoisonError::into_inner);
    state.ended || !(state.busy || state.woken || state.embedding)
}

/// Waits until something changed, or so long.
pub(super) fn wait_for_change(shared: &Shared, most: Duration) {
    let board = &shared.board;
    let state = board.state.lock().unwrap_or_else(PoisonError::into_inner);
    drop(board.changed.wait_timeout(state, most));
}

/// Lets go of what is found again the next time and may take long: see [`Board::is_leaving`].
pub(super) fn leave_facts(shared: &Shared) {
    shared.board.change(|state| {
        state.facts.clear();
        state.ahead.clear();
        state.leaving = true;
    });
}

/// Whoever waits for the thread's work waits no longer once this is dropped, however it came to that.
struct Ending<'a>(&'a Board);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.change(|state| state.ended = true);
    }
}

fn run(shared: &Weak<Shared>, board: &Board) {
    let _ending = Ending(board);
    loop {
        let task = {
            let mut state = board.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.busy = false;
            board.changed.notify_all();
            loop {
                if state.ended {
                    return;
                }
                if let Some(task) = state.take_task() {
                    state.busy = true;
                    break task;
                }
                state = board.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        };
        let Some(shared) = shared.upgrade() else { return };
        // What breaks off is let go of, not begun again: it would break off again, and hold up all that comes after it.
        let done = attempt(|| {
            work(&shared, board, task);
            Ok(())
        });
        if let Err(error) = done {
            tracing::error!(%error, "a piece of the memory's work is left undone");
        }
    }
}

fn work(shared: &Shared, board: &Board, task: Task) {
    match task {
        Task::Store => {
            imports::take_facts(shared, board);
            embed(shared, board);
        }
        Task::Vectors => embed(shared, board),
        Task::Summary(wish) => {
            if background::summarise(shared, board, &wish) {
                let SummaryWish { companion, generator, reply_tokens, .. } = wish;
                read_ahead(shared, AheadWish { companion, generator, reply_tokens, is_new: true });
            } else {
                summarise(shared, wish);
            }
        }
        Task::Ahead(wish) => {
            let stop = || board.has_turns() || board.is_leaving();
            if let Err(error) = ahead::read(shared, &wish, &stop) {
                tracing::debug!(%error, companion = %wish.companion, "the next prompt is read when it is asked for");
            }
        }
        Task::Facts(wish) => {
            if background::look_for_facts(shared, board, &wish) {
                wake(shared);
            } else {
                look_again(shared, wish);
            }
        }
    }
}

/// Makes vectors until all are there, or something else goes first.
fn embed(shared: &Shared, board: &Board) {
    if background::embed(shared, board) {
        board.change(|state| state.embedding = true);
    }
}
