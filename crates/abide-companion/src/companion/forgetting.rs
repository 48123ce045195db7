//! What a wish to forget is about, and what is done about it at once: what it names clearly holds no longer. Must not know how wishes are found
//! in texts, or how what was said is deleted.

use std::sync::LazyLock;

use regex::Regex;

use super::error::CompanionResult;
use super::path::Older;
use super::settings::Settings;
use super::shared::Shared;
use super::topics;
use crate::facts::{self, ForgetRequest, Told};
use crate::store::{CompanionId, Fact, FactKind, FactOrigin, NewFact};
use crate::topics::Avoided;
use crate::transcript::{Message, Speaker};

/// What makes a wish one of everything about somebody or something.
static EVERYTHING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:everything|anything|all|whatever|tout|toute)\b|所有|全部|一切|任何|都")
        .expect("the pattern is valid")
});

/// What some words are about.
pub(super) struct About {
    words: Vec<String>,
    topic: Avoided,
    stated: Vec<facts::Fact>,
}

impl About {
    /// `None`: there are no words.
    pub fn new(
        shared: &Shared,
        companion: CompanionId,
        settings: &Settings,
        query: &str,
    ) -> CompanionResult<Option<Self>> {
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        if words.is_empty() {
            return Ok(None);
        }
        let knowledge = shared.knowledge(companion)?;
        let at = shared.local(shared.now(), settings);
        let told = Told { at: &at, user_name: None, anchors: &knowledge.anchors, people: &knowledge.people };
        let stated = facts::extract(query, told).facts;
        Ok(Some(Self { words, topic: topics::about(shared, companion, query)?, stated }))
    }

    /// Whether the words themselves say this: "I love jazz".
    pub fn states(&self, fact: &NewFact) -> bool {
        self.stated.iter().any(|stated| {
            stated.subject == fact.subject
                && stated.predicate == fact.predicate
                && facts::same_value(&stated.value, &fact.value)
        })
    }

    /// Whether a fact has all of the words, is about the same by other words ("my brother"), or is stated.
    pub fn has_to_do_with(&self, fact: &NewFact) -> bool {
        let text = fact.text.to_lowercase();
        self.words.iter().all(|word| text.contains(word.as_str()))
            || self.topic.topic_of_fact(fact.kind, &fact.subject, &fact.text).is_some()
            || self.states(fact)
    }
}

/// Ends the facts that a wish in `message` names clearly, from there on; which they are. It can be taken back: said again, it is known again, and on
/// another path it was never ended. What the user wrote in, pinned or changed by hand is theirs to take out by hand.
pub(super) fn withdraw(
    shared: &Shared,
    companion: CompanionId,
    settings: &Settings,
    message: &Message,
    wish: &ForgetRequest,
) -> CompanionResult<Vec<Fact>> {
    let (knowledge, at) = (shared.knowledge(companion)?, message.content.time);
    let held = knowledge.facts.iter().filter(|fact| {
        let content = &fact.content;
        let own = content.pinned || fact.edited.is_some() || content.origin == FactOrigin::User;
        !own && content.kind != FactKind::Avoid && fact.holds(at)
    });
    let named: Vec<&Fact> = if let Some(about) = About::new(shared, companion, settings, &wish.what)? {
        let (stated, near): (Vec<&Fact>, Vec<&Fact>) = held
            .filter(|fact| about.has_to_do_with(&fact.content))
            .partition(|fact| about.states(&fact.content));
        if !stated.is_empty() {
            stated
        } else if near.len() == 1 || EVERYTHING.is_match(&wish.quote) {
            near
        } else {
            Vec::new()
        }
    } else {
        let last = said_before(shared, companion, message)?;
        held.filter(|fact| {
            let mut sources = fact.content.sources.iter().peekable();
            sources.peek().is_some()
                && sources.all(|source| Some(source.message) == last.as_ref().map(|last| last.id))
        })
        .collect()
    };
    for fact in &named {
        shared.store.end_fact(companion, fact.id, at, message.id)?;
    }
    Ok(named.into_iter().cloned().collect())
}

/// What the user said last before a message.
fn said_before(
    shared: &Shared,
    companion: CompanionId,
    message: &Message,
) -> CompanionResult<Option<Message>> {
    let mut older = Older::than(&shared.store, companion, message);
    while let Some(before) = older.next()? {
        if before.content.speaker == Speaker::User {
            return Ok(Some(before));
        }
    }
    Ok(None)
}
