//! The summary of what was said before the window. Must not know how summaries are written: that is [`crate::summary`]'s.
//!
//! A summary is of all that was said up to a message, and each is made of the one before it and what was said since; so it costs
//! what is new, however long the conversation. Where the model's is not there yet, sentences are picked out at once.

use super::error::CompanionResult;
use super::path::Older;
use super::shared::Shared;
use super::topics::avoided;
use crate::prompt::{PersonaTexts, SummaryText, Window};
use crate::store::{CompanionId, NewSummary, Summary};
use crate::summary::{self, Line};
use crate::topics::{Avoided, Veil};
use crate::transcript::{Message, MessageId};

/// Messages since the last summary that are read at most; of more (an import), the latest are summarised.
const MESSAGES_MAX: usize = 256;
/// Characters of a summary that is picked out.
const CHARACTERS_MAX: usize = 1_200;
/// What a summary's method is called when sentences were picked out.
const EXTRACTIVE: &str = "extractive";

/// What a summary is to be made of.
pub(super) struct Gap {
    /// The summary of what came before.
    pub before: Option<Summary>,
    /// What was said since, oldest first.
    pub messages: Vec<Message>,
}

impl Gap {
    /// The messages between the last summary and `last`, that one included.
    pub fn up_to(shared: &Shared, companion: CompanionId, last: MessageId) -> CompanionResult<Self> {
        Self::since(shared, companion, last, shared.store.path_summary(companion, last)?)
    }

    /// The messages between the last summary that ends before `last` and `last`: to have that one summarised anew.
    pub fn anew(shared: &Shared, companion: CompanionId, last: MessageId) -> CompanionResult<Self> {
        let parent = shared.store.message(companion, last)?.content.parent;
        let before = parent.map(|parent| shared.store.path_summary(companion, parent)).transpose()?.flatten();
        Self::since(shared, companion, last, before)
    }

    fn since(
        shared: &Shared,
        companion: CompanionId,
        last: MessageId,
        before: Option<Summary>,
    ) -> CompanionResult<Self> {
        let newest = shared.store.message(companion, last)?;
        let end = before.as_ref().map(|summary| summary.content.last);
        let mut messages = Vec::new();
        if end != Some(last) {
            let mut older = Older::than(&shared.store, companion, &newest);
            messages.push(newest);
            while let Some(message) = older.next()?.filter(|message| Some(message.id) != end) {
                if messages.len() == MESSAGES_MAX {
                    break;
                }
                messages.push(message);
            }
            messages.reverse();
        }
        Ok(Self { before, messages })
    }

    /// What was said as lines with names.
    pub fn lines<'m>(&'m self, char_name: &'m str, user_name: &'m str) -> Vec<Line<'m>> {
        let line = |message: &'m Message| Line {
            name: match message.content.speaker {
                crate::transcript::Speaker::User => user_name,
                crate::transcript::Speaker::Companion => char_name,
                crate::transcript::Speaker::Narrator => "",
            },
            text: message.content.text.as_str(),
        };
        self.messages.iter().filter(|message| !message.content.text.is_empty()).map(line).collect()
    }

    /// The summary as it is kept.
    pub fn new_summary(&self, text: String, method: String) -> Option<NewSummary> {
        let last = self.messages.last()?.id;
        let first = self.before.as_ref().map_or(self.messages[0].id, |before| before.content.first);
        // All it may hold was said from `first` to `last`, the summary before it included.
        Some(NewSummary { first, last, text, method, sources: Vec::new() })
    }
}

/// The summary of all that was said before `window`, made now if it has to be.
pub(super) fn for_window(
    shared: &Shared,
    companion: CompanionId,
    window: &Window,
    question: &Message,
    texts: &PersonaTexts,
) -> CompanionResult<Option<SummaryText>> {
    let first = window.turns.first().map_or(question.id, |turn| turn.id);
    let Some(last) = shared.store.message(companion, first)?.content.parent else { return Ok(None) };
    let gap = Gap::up_to(shared, companion, last)?;
    let avoided = avoided(shared, companion)?;
    let shown = |summary: &Summary| shown(summary, &avoided);
    if gap.messages.is_empty() {
        return Ok(gap.before.as_ref().map(shown));
    }
    let before = gap.before.as_ref().map(|summary| summary.content.text.as_str());
    let text = summary::pick(
        before,
        &gap.lines(&texts.char_name, &texts.user_name),
        &texts.language,
        CHARACTERS_MAX,
    );
    if text.is_empty() {
        return Ok(gap.before.as_ref().map(shown));
    }
    let Some(new) = gap.new_summary(text, EXTRACTIVE.to_owned()) else { return Ok(None) };
    Ok(Some(shown(&shared.store.add_summary(companion, new)?)))
}

/// The summary without what is about topics to avoid.
fn shown(summary: &Summary, avoided: &Avoided) -> SummaryText {
    let text = &summary.content.text;
    let veiled = Veil::new(avoided).over(text);
    SummaryText {
        text: veiled.map_or_else(|| text.clone(), |veiled| veiled.left.unwrap_or_default()),
        messages: vec![summary.content.first, summary.content.last],
    }
}
