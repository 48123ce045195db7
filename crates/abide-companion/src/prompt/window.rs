//! Which recent turns stand in the prompt word for word. Must not know stores or sections.
//!
//! The window grows with each turn until it outgrows its budget; then its older half leaves at once. Letting one turn go for each
//! that comes would keep more words in the prompt and change its beginning each time, so that nothing computed before could
//! be used again.

use abide_generation::GenerationError;

use super::inputs::{Turn, Window};
use super::tokens::TokenCounter;
use crate::transcript::{MessageId, Speaker};

/// The window that ends with `question`. `budget`: its tokens; `overhead`: tokens that the template adds to each turn; `start`:
/// where the window began at the last reply; `older`: the turn before the one asked for last, `None` at the beginning of the
/// conversation. Only as many turns are asked for as fit, and one more.
///
/// # Errors
/// Those of `older`, and of the model's tokenizer.
pub fn choose<E: From<GenerationError>>(
    counter: &TokenCounter<'_>,
    budget: usize,
    overhead: usize,
    start: Option<MessageId>,
    question: Turn,
    mut older: impl FnMut() -> Result<Option<Turn>, E>,
) -> Result<Window, E> {
    let cost = |turn: &Turn| Ok::<_, E>(counter.count(&turn.text)? + overhead);
    let mut costs = vec![cost(&question)?];
    let mut reached_start = start == Some(question.id);
    let mut newest_first = vec![question];
    let mut total = costs[0];
    while total <= budget && !reached_start {
        let Some(turn) = older()? else { return Ok(whole(newest_first)) };
        let tokens = cost(&turn)?;
        reached_start = start == Some(turn.id);
        total += tokens;
        costs.push(tokens);
        newest_first.push(turn);
    }
    if total <= budget {
        return Ok(whole(newest_first));
    }
    let mut kept = 1;
    let mut tokens = costs[0];
    let mut aligned = 1;
    while kept < costs.len() && tokens + costs[kept] <= budget / 2 {
        tokens += costs[kept];
        kept += 1;
        if newest_first[kept - 1].speaker != Speaker::Companion {
            aligned = kept;
        }
    }
    let mut left: Vec<MessageId> = newest_first.drain(aligned..).map(|turn| turn.id).collect();
    left.reverse();
    newest_first.reverse();
    Ok(Window { turns: newest_first, moved: !left.is_empty(), left })
}

fn whole(mut newest_first: Vec<Turn>) -> Window {
    newest_first.reverse();
    Window { turns: newest_first, moved: false, left: Vec::new() }
}
