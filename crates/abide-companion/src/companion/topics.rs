//! The topics that a companion's user wants avoided. Must not know how a text is seen to be about one.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::error::CompanionResult;
use super::shared::Shared;
use crate::facts::{self, USER};
use crate::language::Language;
use crate::prompt::Turn;
use crate::store::{CompanionId, Fact, FactKind};
use crate::topics::{Avoided, Named, Veil, Veiled};
use crate::transcript::{MessageId, Speaker};

/// The topics that are to be avoided now.
pub(super) fn avoided(shared: &Shared, companion: CompanionId) -> CompanionResult<Avoided> {
    let now = shared.now();
    let knowledge = shared.knowledge(companion)?;
    let topics = knowledge.facts.iter().filter(|fact| fact.content.kind == FactKind::Avoid);
    let topics: Vec<&Fact> = topics.filter(|fact| fact.holds(now)).collect();
    if topics.is_empty() {
        return Ok(Avoided::default());
    }
    let language = |fact: &Fact| fact.content.language.as_deref().and_then(Language::from_tag);
    let topics = topics.iter().map(|fact| (fact.content.value.as_str(), language(fact)));
    let mut avoided = Avoided::new(topics, &named(&knowledge.facts, now));
    for fact in &knowledge.facts {
        let content = &fact.content;
        let quotes = content.sources.iter().filter_map(|source| source.quote.as_deref());
        avoided.learn(content.kind, &content.subject, &content.text, quotes);
    }
    Ok(avoided)
}

/// One topic that something may be about.
pub(super) fn about(shared: &Shared, companion: CompanionId, what: &str) -> CompanionResult<Avoided> {
    let knowledge = shared.knowledge(companion)?;
    Ok(Avoided::named([(what, None)], &named(&knowledge.facts, shared.now())))
}

/// What of recent turns is about topics to avoid. A reply to what is left out altogether is left out with it; the last turn, which is to be answered,
/// always stays.
pub(super) fn veiled(avoided: &Avoided, turns: &[Turn]) -> BTreeMap<MessageId, Veiled> {
    let mut found = BTreeMap::new();
    if avoided.is_empty() {
        return found;
    }
    let mut veil = Veil::new(avoided);
    let before = turns.split_last().map_or(turns, |(_, before)| before);
    for turn in before {
        let veiled = match turn.speaker {
            Speaker::Companion => veil.over_reply(&turn.text),
            Speaker::User | Speaker::Narrator => veil.over(&turn.text),
        };
        found.extend(veiled.map(|veiled| (turn.id, veiled)));
    }
    found
}

/// Those of the user's life whose names are known; partners of the past, too.
fn named(facts: &[Fact], now: Timestamp) -> Vec<Named<'_>> {
    let mut named = Vec::new();
    for fact in facts.iter().filter(|fact| fact.content.subject == USER && !fact.content.value.is_empty()) {
        let (relation, name) = (fact.content.predicate.as_str(), fact.content.value.as_str());
        if !facts::is_relation(relation) {
            continue;
        }
        named.push(Named { relation, name });
        if !fact.holds(now) && facts::is_partner(relation) {
            named.push(Named { relation: "former partner", name });
        }
    }
    named
}
