//! Facts by the language model, where it is large enough: from what the user said since it last looked. Must not know when that is done.

use std::sync::Arc;

use abide_generation::Generator;

use super::error::{CompanionError, CompanionResult};
use super::guarded::attempt;
use super::shared::Shared;
use super::understanding::Listener;
use crate::facts::model;
use crate::language::Language;
use crate::store::CompanionId;
use crate::text::stem::words;
use crate::transcript::{Message, MessageId, Origin, Speaker};

/// Where the last message that a model looked at is kept.
const LOOKED_AT: &str = "facts_by_model";
/// Messages of the user's that a model reads at a time, and bytes of each at most.
const MESSAGES_AT_ONCE: usize = 6;
const MESSAGE_BYTES_MAX: usize = 4 << 10;
/// Messages that are looked through at a time.
const CHUNK_MESSAGES: usize = 64;
/// Words without which a message tells nothing.
const WORDS_MIN: usize = 3;

/// A wish that a model look for facts.
#[derive(Clone)]
pub(super) struct FactsWish {
    pub companion: CompanionId,
    /// The message of the user's that was answered last.
    pub last: MessageId,
    pub generator: Arc<dyn Generator>,
}

/// Whether this model is to look for facts.
pub(super) fn may_look(shared: &Shared, generator: &dyn Generator) -> bool {
    let description = generator.description();
    description.has_chat_template
        && shared.facts_by_models_from.is_some_and(|from| description.parameters >= from)
}

/// Has the model look at what the user said since it last did, a few messages at a time. What was said before the first time is left: a long
/// history would keep a model busy for days. False: somebody wants an answer from a model first.
pub(super) fn look(shared: &Shared, wish: &FactsWish, stop: &dyn Fn() -> bool) -> CompanionResult<bool> {
    let companion = wish.companion;
    let settings = shared.settings(companion)?;
    if !settings.find_facts {
        return Ok(true);
    }
    let kept: Option<MessageId> = shared.stored(companion, LOOKED_AT, "mark of the facts by a model")?;
    let mut after = kept.unwrap_or(MessageId(wish.last.0.saturating_sub(1)));
    let listener = Listener::new(shared, companion, &settings)?;
    loop {
        let (messages, end) = said_after(shared, companion, after)?;
        if end == after {
            return Ok(true);
        }
        let mut stopped = false;
        let heard = attempt(|| {
            listener.hear_by_model(&messages, |texts, told| {
            let language = Language::detect(&texts.join("\n"));
            let verified = model::extract(&*wish.generator, texts, told, language, stop)?;
            stopped = verified.is_none();
            let verified = verified.unwrap_or_default();
            if !verified.dropped.is_empty() {
                tracing::debug!(dropped = ?verified.dropped, %companion, "what a model said of the user is not believed");
            }
            Ok(verified.facts)
        })
        });
        match heard {
            // It would break off there again; the next ones may be fine.
            Err(error @ CompanionError::Broken { .. }) => {
                tracing::error!(%error, %companion, "a model looks for no facts in some messages");
            }
            heard => heard?,
        }
        if stopped {
            return Ok(false);
        }
        after = end;
        shared.keep(companion, LOOKED_AT, "mark of the facts by a model", Some(&after))?;
    }
}

/// The next messages of the user's that may tell something, and the last message that was looked through for them.
fn said_after(
    shared: &Shared,
    companion: CompanionId,
    mut after: MessageId,
) -> CompanionResult<(Vec<Message>, MessageId)> {
    let mut said = Vec::new();
    loop {
        let chunk = shared.store.messages_after(companion, after, CHUNK_MESSAGES)?;
        let ended = chunk.len() < CHUNK_MESSAGES;
        for message in chunk {
            after = message.id;
            let content = &message.content;
            let tells = content.speaker == Speaker::User
                && content.origin == Origin::Live
                && content.text.len() <= MESSAGE_BYTES_MAX
                && (words(&content.text).count() >= WORDS_MIN
                    || Language::detect(&content.text) == Language::Chinese);
            if tells {
                said.push(message);
            }
            if said.len() == MESSAGES_AT_ONCE {
                return Ok((said, after));
            }
        }
        if ended {
            return Ok((said, after));
        }
    }
}
