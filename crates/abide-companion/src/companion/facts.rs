//! The facts that stand in a prompt. Must not know how facts are found.

use std::collections::HashSet;

use super::error::CompanionResult;
use super::planning::Request;
use super::topics::avoided;
use crate::prompt::{FactText, HeldBack, PromptError, TokenCounter, Window};
use crate::store::{Fact, FactFilter, FactKind};
use crate::transcript::MessageId;

/// Facts for a prompt.
#[derive(Default)]
pub(super) struct Facts {
    /// The most important first.
    pub texts: Vec<FactText>,
    /// Those about topics to avoid.
    pub held_back: Vec<HeldBack>,
}

/// What holds now: pinned facts, then who the user is and who is in their life, then the rest, newer ones first.
/// Of those that have no room there, the ones that matter now (`recalled`) stand in the note.
pub(super) fn for_prompt(
    request: &Request<'_>,
    window: &Window,
    recalled: &HashSet<u64>,
    counter: &TokenCounter<'_>,
    tokens: usize,
) -> CompanionResult<Facts> {
    let Request { shared, companion, .. } = *request;
    let now = shared.now();
    let mut facts = shared.store.facts(companion, FactFilter { current: true, ..FactFilter::default() })?;
    facts.retain(|fact| {
        fact.content.kind != FactKind::Avoid && fact.content.valid_to.is_none_or(|end| end > now)
    });
    facts.sort_by_key(|fact| (!fact.content.pinned, weight(fact.content.kind), std::cmp::Reverse(fact.id)));
    let avoided = avoided(shared, companion)?;
    let start = window.turns.first().map(|turn| turn.id);
    let mut found = Facts::default();
    let mut taken = 0;
    for fact in facts {
        if let Some(topic) = avoided.topic_of(&fact.content.text) {
            let topic = topic.to_owned();
            let (id, text) = (fact.id.0, fact.content.text);
            found.held_back.push(HeldBack { topic, messages: Vec::new(), fact: Some(id), text });
            continue;
        }
        let mut text = text(fact, start);
        taken += counter.count(&text.text).map_err(PromptError::from)? + 3;
        text.settled &= taken <= tokens || !recalled.contains(&text.id);
        found.texts.push(text);
    }
    Ok(found)
}

fn weight(kind: FactKind) -> u8 {
    match kind {
        FactKind::Identity => 0,
        FactKind::Person | FactKind::Promise => 1,
        FactKind::Health | FactKind::Date | FactKind::Place | FactKind::Work => 2,
        _ => 3,
    }
}

fn text(fact: Fact, window_start: Option<MessageId>) -> FactText {
    let messages: Vec<MessageId> = fact.content.sources.iter().map(|source| source.message).collect();
    // What the user wrote in by hand has no message; it changes seldom.
    let settled = messages.iter().all(|&message| window_start.is_none_or(|start| message < start));
    FactText { id: fact.id.0, text: fact.content.text, pinned: fact.content.pinned, settled, messages }
}
