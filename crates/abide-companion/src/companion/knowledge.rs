//! What a companion knows of its user, read once and kept until it changes. Must not know how facts are found or told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::error::CompanionResult;
use super::shared::Shared;
use crate::facts::{self, KnownFact, People};
use crate::store::{CompanionId, Fact, FactFilter, FactOrigin};
use crate::time::Anchors;

/// All facts that no newer one took the place of.
pub(super) struct Knowledge {
    /// Another number whenever they have changed.
    pub version: u64,
    /// By number.
    pub facts: Vec<Fact>,
    /// The dates among them that texts may name.
    pub anchors: Anchors,
    /// Those among them who have a name.
    pub people: People,
}

impl Knowledge {
    /// The facts in the form in which they are compared, as they hold at `now`; those told of somebody whose name was learned later are that
    /// name's.
    pub fn known(&self, now: Timestamp) -> Vec<KnownFact> {
        let known = self.facts.iter().map(|fact| known(fact, now));
        let named =
            known.map(|fact| KnownFact { subject: self.people.subject(&fact.subject).to_owned(), ..fact });
        named.collect()
    }
}

fn known(fact: &Fact, now: Timestamp) -> KnownFact {
    let content = &fact.content;
    KnownFact {
        id: fact.id.0,
        current: fact.holds(now),
        protected: content.pinned || fact.edited.is_some() || content.origin == FactOrigin::User,
        said: content.valid_from.unwrap_or(fact.created),
        subject: content.subject.clone(),
        predicate: content.predicate.clone(),
        value: content.value.clone(),
    }
}

/// Whether a fact is of a day that came and went, and ended by that alone: texts may still name it.
fn has_come(fact: &Fact) -> bool {
    let content = &fact.content;
    let date = facts::known_date(&content.subject, &content.predicate, &content.value);
    let date = date.and_then(|date| Date::new(date.year?, date.month, date.day).ok());
    // Wherever on earth the day was.
    let day = date.and_then(|date| date.to_zoned(TimeZone::UTC).ok()).map(|day| day.timestamp() - 14.hours());
    !fact.is_ended && day.is_some_and(|day| content.valid_to.is_some_and(|end| end >= day))
}

/// What is known of those who were asked since the program began. Conversations without end tell many facts, and each turn needs them.
#[derive(Default)]
pub(super) struct AllKnowledge(Mutex<HashMap<CompanionId, Arc<Knowledge>>>);

impl AllKnowledge {
    /// What is known now, whichever program learned it.
    pub fn of(&self, shared: &Shared, companion: CompanionId) -> CompanionResult<Arc<Knowledge>> {
        let version = shared.store.facts_version(companion)?;
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&companion).map(Arc::clone);
        if let Some(kept) = kept.filter(|kept| kept.version == version) {
            return Ok(kept);
        }
        // What is changed between the number and the facts is read again the next time.
        let facts = shared.store.facts(companion, FactFilter { current: true, ..FactFilter::default() })?;
        let now = shared.now();
        let known: Vec<KnownFact> = facts.iter().map(|fact| known(fact, now)).collect();
        let people = People::new(&known);
        let named = facts
            .iter()
            .zip(known)
            .map(|(fact, known)| KnownFact { current: known.current || has_come(fact), ..known });
        let anchors = facts::anchors(&named.collect::<Vec<_>>(), now.to_zoned(TimeZone::UTC).date());
        let read = Arc::new(Knowledge { version, facts, anchors, people });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(companion, Arc::clone(&read));
        Ok(read)
    }

    /// Drops what is kept of one.
    pub fn drop_of(&self, companion: CompanionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&companion);
    }
}
