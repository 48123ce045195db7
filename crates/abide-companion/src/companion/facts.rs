//! The facts that stand in a prompt. Must not know how facts are found.

use jiff::Timestamp;

use super::error::CompanionResult;
use super::shared::Shared;
use super::topics::Avoided;
use crate::prompt::{FactText, HeldBack, Window};
use crate::store::{CompanionId, Fact, FactFilter, FactKind};
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
pub(super) fn for_prompt(
    shared: &Shared,
    companion: CompanionId,
    window: &Window,
    now: Timestamp,
) -> CompanionResult<Facts> {
    let mut facts = shared.store.facts(companion, FactFilter { current: true, ..FactFilter::default() })?;
    facts.retain(|fact| {
        fact.content.kind != FactKind::Avoid && fact.content.valid_to.is_none_or(|end| end > now)
    });
    facts.sort_by_key(|fact| (!fact.content.pinned, weight(fact.content.kind), std::cmp::Reverse(fact.id)));
    let avoided = Avoided::of(shared, companion)?;
    let start = window.turns.first().map(|turn| turn.id);
    let mut found = Facts::default();
    for fact in facts {
        match avoided.topic_of(&fact.content.text) {
            Some(topic) => found.held_back.push(HeldBack {
                topic: topic.to_owned(),
                messages: Vec::new(),
                fact: Some(fact.id.0),
                text: fact.content.text,
            }),
            None => found.texts.push(text(fact, start)),
        }
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
