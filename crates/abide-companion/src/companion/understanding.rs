//! What is understood of a message once it is kept: facts, the mood. All of it can be made again, so a failure is logged and holds
//! nothing up. Must not know prompts, and is given the user's own words alone: what was put into a prompt is never understood again.

use jiff::{Timestamp, Zoned};

use super::error::CompanionResult;
use super::reply::Notice;
use super::settings::Settings;
use super::shared::Shared;
use super::turn::notice;
use crate::facts::{self, Change, Fact, KnownFact, Told};
use crate::mood;
use crate::store::{self, CompanionId, FactFilter, FactId, FactOrigin, FactSource, NewFact};
use crate::transcript::{Message, Speaker};

/// Understands one message of the user's; what they might be told of it.
pub(super) fn understand(
    shared: &Shared,
    companion: CompanionId,
    message: &Message,
    settings: &Settings,
) -> Vec<Notice> {
    if message.content.speaker != Speaker::User {
        return Vec::new();
    }
    if settings.moods
        && let Err(error) = keep_mood(shared, companion, message)
    {
        tracing::warn!(%error, %companion, "the mood of a message was not kept");
    }
    let mut notices = Vec::new();
    if settings.find_facts {
        match find_facts(shared, companion, message, settings) {
            Ok(found) => notices = found,
            Err(error) => tracing::warn!(%error, %companion, "no facts were taken from a message"),
        }
    }
    notices
}

/// What is known, in the form in which it is compared.
pub(super) fn known(
    shared: &Shared,
    companion: CompanionId,
    now: Timestamp,
) -> CompanionResult<Vec<KnownFact>> {
    let facts = shared.store.facts(companion, FactFilter { current: true, ..FactFilter::default() })?;
    Ok(facts.into_iter().map(|fact| known_fact(fact, now)).collect())
}

fn known_fact(fact: store::Fact, now: Timestamp) -> KnownFact {
    let content = fact.content;
    KnownFact {
        id: fact.id.0,
        current: content.valid_to.is_none_or(|end| end > now),
        protected: content.pinned || fact.edited.is_some() || content.origin == FactOrigin::User,
        said: content.valid_from.unwrap_or(fact.created),
        subject: content.subject,
        predicate: content.predicate,
        value: content.value,
    }
}

/// What the user is called, if a fact says so.
pub(super) fn told_name(shared: &Shared, companion: CompanionId) -> CompanionResult<Option<String>> {
    let filter = FactFilter {
        current: true,
        subject: Some(facts::USER),
        predicate: Some("name"),
        ..FactFilter::default()
    };
    Ok(shared.store.facts(companion, filter)?.pop().map(|fact| fact.content.value))
}

fn keep_mood(shared: &Shared, companion: CompanionId, message: &Message) -> CompanionResult<()> {
    let Some(reading) = mood::read(&message.content.text) else { return Ok(()) };
    let label = Some(reading.emotion.label().to_owned());
    let mood = store::Mood { message: message.id, valence: reading.valence, label };
    Ok(shared.store.set_mood(companion, &mood)?)
}

fn find_facts(
    shared: &Shared,
    companion: CompanionId,
    message: &Message,
    settings: &Settings,
) -> CompanionResult<Vec<Notice>> {
    let at: Zoned = shared.local(message.content.time, settings);
    let mut existing = known(shared, companion, message.content.time)?;
    let anchors = facts::anchors(&existing);
    let persona = shared.persona(companion)?;
    let name = Some(persona.calls_user.trim().to_owned()).filter(|name| !name.is_empty());
    let name = name.or_else(|| settings.user_name.clone());
    let told = Told { at: &at, user_name: name.as_deref(), anchors: &anchors };
    let extraction = facts::extract(&message.content.text, told);
    let mut notices: Vec<Notice> =
        extraction.forget.iter().map(|wish| notice("forget", wish.what.clone())).collect();
    for fact in &extraction.facts {
        for change in facts::supersede(&existing, fact) {
            if let Change::Flag { .. } = change {
                notices.push(notice("fact_conflict", fact.text.clone()));
            }
            apply(shared, companion, message, fact, &change)?;
        }
        existing = known(shared, companion, message.content.time)?;
    }
    Ok(notices)
}

fn apply(
    shared: &Shared,
    companion: CompanionId,
    message: &Message,
    fact: &Fact,
    change: &Change,
) -> CompanionResult<()> {
    let store = &shared.store;
    let source = FactSource { message: message.id, quote: Some(fact.quote.clone()) };
    match change {
        Change::Add { supersedes } => {
            let new = new_fact(fact, source);
            let Some((first, others)) = supersedes.split_first() else {
                store.add_fact(companion, new)?;
                return Ok(());
            };
            store.supersede_fact(companion, FactId(*first), new)?;
            for other in others {
                store.end_fact(companion, FactId(*other), fact.said)?;
            }
        }
        Change::AddPast { superseded_by } => {
            let newer = store.fact(companion, FactId(*superseded_by))?;
            let end = newer.content.valid_from.unwrap_or(newer.created);
            store.add_fact(companion, NewFact { valid_to: Some(end), ..new_fact(fact, source) })?;
        }
        Change::Known { id } => store.add_fact_source(companion, FactId(*id), &source)?,
        Change::End { id, at } => store.end_fact(companion, FactId(*id), *at)?,
        Change::Flag { .. } => {}
    }
    Ok(())
}

fn new_fact(fact: &Fact, source: FactSource) -> NewFact {
    NewFact {
        kind: fact.kind,
        subject: fact.subject.clone(),
        predicate: fact.predicate.clone(),
        value: fact.value.clone(),
        text: fact.text.clone(),
        language: Some(fact.language.tag().to_owned()),
        valid_from: Some(fact.valid_from.unwrap_or(fact.said)),
        valid_to: fact.valid_to,
        sources: vec![source],
        confidence: fact.confidence,
        pinned: false,
        origin: FactOrigin::Pattern,
    }
}
