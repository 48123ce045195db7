//! The facts that stand in a prompt. Must not know how facts are found.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashSet;

use super::error::CompanionResult;
use super::planning::Request;
use super::topics::avoided;
use crate::facts::with_name;
use crate::language::Language;
use crate::prompt::{FactText, HeldBack, PromptError, TokenCounter, Window};
use crate::store::{Fact, FactKind, FactOrigin};
use crate::transcript::MessageId;

/// Facts that are named in the plan though there is no room for them; the rest is passed over, so that a plan costs the same however much is
/// known.
const BEYOND_MAX: usize = 16;

/// Facts for a prompt.
#[derive(Default)]
pub(super) struct Facts {
    /// The most important first.
    pub texts: Vec<FactText>,
    /// Those about topics to avoid.
    pub held_back: Vec<HeldBack>,
}

/// What holds now: pinned facts, then who the user is and who is in their life, then the rest, newer ones first.
/// Of those that have no room there, the ones that matter now (`recalled`) stand in the note. `name`: what the prompt calls the user, if anybody
/// said it.
pub(super) fn for_prompt(
    request: &Request<'_>,
    window: &Window,
    recalled: &HashSet<u64>,
    name: Option<&str>,
    (counter, tokens): (&TokenCounter<'_>, usize),
) -> CompanionResult<Facts> {
    let Request { shared, companion, .. } = *request;
    let now = shared.now();
    let knowledge = shared.knowledge(companion)?;
    let start = window.turns.first().map(|turn| turn.id);
    let mut facts: Vec<&Fact> = knowledge
        .facts
        .iter()
        .filter(|fact| fact.content.kind != FactKind::Avoid)
        .filter(|fact| fact.content.valid_to.is_none_or(|end| end > now))
        .collect();
    let said = |fact: &Fact| fact.content.valid_from.unwrap_or(fact.created);
    facts.sort_by_key(|fact| {
        (!fact.content.pinned, weight(fact.content.kind), Reverse(said(fact)), Reverse(fact.id))
    });
    let avoided = avoided(shared, companion)?;
    let mut found = Facts::default();
    let (mut taken, mut beyond) = (0, 0);
    for fact in facts {
        let new = !is_settled(fact, start);
        let wanted = fact.content.pinned || new || recalled.contains(&fact.id.0);
        if beyond >= BEYOND_MAX && !wanted {
            continue;
        }
        if let Some(topic) = avoided.topic_of_fact(&fact.content.subject, &fact.content.text) {
            let (topic, text) = (topic.to_owned(), fact.content.text.clone());
            found.held_back.push(HeldBack { topic, messages: Vec::new(), fact: Some(fact.id.0), text });
            continue;
        }
        let text = named(fact, name);
        // What is new stands in the note, and must not push out what is settled: the prompt's beginning would be another.
        if fact.content.pinned || !new {
            taken += counter.count(&text).map_err(PromptError::from)? + 3;
            beyond += usize::from(taken > tokens);
        }
        found.texts.push(FactText {
            id: fact.id.0,
            text: text.into_owned(),
            pinned: fact.content.pinned,
            settled: !new && (taken <= tokens || !recalled.contains(&fact.id.0)),
            messages: fact.content.sources.iter().map(|source| source.message).collect(),
        });
    }
    Ok(found)
}

/// A fact's sentence, in which the user has the name that the rest of the prompt gives them. What they wrote by hand stays as it is.
fn named<'f>(fact: &'f Fact, name: Option<&str>) -> Cow<'f, str> {
    let by_hand = fact.edited.is_some() || fact.content.origin == FactOrigin::User;
    match name.filter(|_| !by_hand) {
        Some(name) => {
            let language = fact.content.language.as_deref().and_then(Language::from_tag);
            Cow::Owned(with_name(&fact.content.text, name, language.unwrap_or_default()))
        }
        None => Cow::Borrowed(&fact.content.text),
    }
}

/// Whether it was known when the window began. What the user wrote in by hand has no message; it changes seldom.
fn is_settled(fact: &Fact, window_start: Option<MessageId>) -> bool {
    let sources = &fact.content.sources;
    sources.iter().all(|source| window_start.is_none_or(|start| source.message < start))
}

fn weight(kind: FactKind) -> u8 {
    match kind {
        FactKind::Identity => 0,
        FactKind::Person | FactKind::Promise => 1,
        FactKind::Health | FactKind::Date | FactKind::Place | FactKind::Work => 2,
        _ => 3,
    }
}
