//! What the next prompt will begin with, read by the model while the user reads its reply. Must not know what is said next.
//!
//! As long as the window stays where it is, the prompt begins as the last one did, and models keep what they computed of that; what was said last and
//! the reply stood behind a note that is gone, and are read without it. When the window moves, or a model's summary takes the place of one that was
//! picked out, all that follows has to be read anew. So it is asked whether the window would move if the user began to say the last thing again, and if
//! so, it does now, and the prompt is planned.

use std::sync::Arc;

use abide_generation::{GenerationRequest, Generator, Prompt};

use super::error::CompanionResult;
use super::planning;
use super::shared::{Shared, read as from_json};
use super::worker::{self, SummaryWish};
use crate::asking::ask;
use crate::prompt::Plan;
use crate::store::CompanionId;
use crate::transcript::{Message, MessageId, NewMessage, Speaker};

/// Characters of what was said last that stand for what is said next: a long letter is not followed by another, for which the reply to it
/// would have to leave the window.
const QUESTION_CHARACTERS: usize = 200;

/// A prompt whose beginning is to be read.
pub(super) struct AheadWish {
    pub companion: CompanionId,
    pub generator: Arc<dyn Generator>,
    /// What the reply may take, as whoever was answered asked for it: the window is as long as that leaves it.
    pub reply_tokens: Option<usize>,
    /// Whether it begins with other words than the last one even if its window begins with the same.
    pub is_new: bool,
}

/// Has the model read the beginning of the next prompt if it is another than the last one's, or until `stop` says that somebody wants an
/// answer.
pub(super) fn read(shared: &Shared, wish: &AheadWish, stop: &dyn Fn() -> bool) -> CompanionResult<()> {
    let AheadWish { companion, ref generator, reply_tokens, is_new } = *wish;
    let store = &shared.store;
    let Some(reply) = store.head(companion)? else { return Ok(()) };
    let reply = store.message(companion, reply)?;
    let Some(said) = reply.content.parent.filter(|_| reply.content.speaker == Speaker::Companion) else {
        return Ok(());
    };
    let text: String =
        store.message(companion, said)?.content.text.chars().take(QUESTION_CHARACTERS).collect();
    let last = store.last_message(companion)?.map_or(0, |last| last.id.0);
    let content = NewMessage::new(Some(reply.id), Speaker::User, text, shared.now());
    let question = Message { id: MessageId(last + 1), sitting: 0, content };
    let settings = shared.settings(companion)?;
    let request = planning::Request {
        shared,
        companion,
        settings: &settings,
        question: &question,
        generator: &**generator,
        reply_tokens,
        instructions: String::new(),
        aside: true,
    };
    if !is_new && !planning::window_moves(&request)? {
        return read_on(shared, wish, &reply, stop);
    }
    let planned = planning::plan(&request)?;
    if planned.plan.window_moved {
        // What begins with a message that nobody wrote begins no prompt.
        let Some(start) = planned.plan.window_start.filter(|start| *start <= reply.id) else { return Ok(()) };
        planning::keep_start(shared, companion, start)?;
    }
    // It is read anew once the summary is there; who answers before that finds it read as it is now.
    ask_for_summary(&request, &planned.plan, generator)?;
    read_prompt(generator, planned.beginning(), stop)
}

/// Has the model read what the prompt that `reply` answers and the next one begin with.
fn read_on(
    shared: &Shared,
    wish: &AheadWish,
    reply: &Message,
    stop: &dyn Fn() -> bool,
) -> CompanionResult<()> {
    let companion = wish.companion;
    let Some(kept) = shared.store.plan(companion, reply.id)? else { return Ok(()) };
    let plan: Plan = from_json("plan", kept.plan)?;
    let words = |id| shared.store.message(companion, id).ok().map(|message| message.content.text);
    read_prompt(&wish.generator, plan.shared_beginning(&reply.content.text, &words), stop)
}

fn read_prompt(
    generator: &Arc<dyn Generator>,
    prompt: Option<Prompt>,
    stop: &dyn Fn() -> bool,
) -> CompanionResult<()> {
    let Some(prompt) = prompt else { return Ok(()) };
    let request = GenerationRequest { max_tokens: Some(0), ..GenerationRequest::new(prompt) };
    ask(&**generator, request, stop)?;
    Ok(())
}

/// What left the window is summarised by the model, too, when it has time.
pub(super) fn ask_for_summary(
    request: &planning::Request<'_>,
    plan: &Plan,
    generator: &Arc<dyn Generator>,
) -> CompanionResult<()> {
    let planning::Request { shared, companion, settings, reply_tokens, .. } = *request;
    let start = plan.window_start.filter(|_| plan.window_moved && settings.summaries_by_model);
    let Some(start) = start else { return Ok(()) };
    if let Some(last) = shared.store.message(companion, start)?.content.parent {
        let generator = Arc::clone(generator);
        worker::summarise(shared, SummaryWish { companion, last, reply_tokens, generator });
    }
    Ok(())
}
