//! The facts that stand in a prompt. Must not know how facts are found.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::error::CompanionResult;
use super::planning::Request;
use super::recalling::quoted;
use super::topics::avoided;
use crate::facts::with_name;
use crate::language::Language;
use crate::prompt::{FactText, HeldBack, PersonaTexts, PromptError, TokenCounter, Window};
use crate::store::{Fact, FactKind, FactOrigin};
use crate::text::fold;
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
    (name, texts): (Option<&str>, &PersonaTexts),
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
        .filter(|fact| fact.holds(now))
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
        if let Some(topic) =
            avoided.topic_of_fact(fact.content.kind, &fact.content.subject, &fact.content.text)
        {
            let (topic, text) = (topic.to_owned(), fact.content.text.clone());
            found.held_back.push(HeldBack { topic, messages: Vec::new(), fact: Some(fact.id.0), text });
            continue;
        }
        let text = worded(fact, name, texts);
        // What is new stands in the note, and must not push out what is settled: the prompt's beginning would be another.
        if fact.content.pinned || !new {
            taken += counter.count(&text).map_err(PromptError::from)? + 3;
            beyond += usize::from(taken > tokens);
        }
        found.texts.push(FactText {
            id: fact.id.0,
            text,
            pinned: fact.content.pinned,
            settled: !new && (taken <= tokens || !recalled.contains(&fact.id.0)),
            messages: fact.content.sources.iter().map(|source| source.message).collect(),
        });
    }
    Ok(found)
}

/// A fact as it stands in the prompt. The user has the name in it that the rest of the prompt gives them; what they wrote by hand stays as it
/// is, and where they wrote of themselves it stands as their words: "I hate it" is not what the companion hates.
fn worded(fact: &Fact, name: Option<&str>, texts: &PersonaTexts) -> String {
    let text = &fact.content.text;
    if fact.content.origin == FactOrigin::User && is_first_person(text) {
        return quoted(&texts.user_name, text, Language::from_tag(&texts.language).unwrap_or_default());
    }
    let by_hand = fact.edited.is_some() || fact.content.origin == FactOrigin::User;
    match name.filter(|_| !by_hand) {
        Some(name) => {
            let language = fact.content.language.as_deref().and_then(Language::from_tag);
            with_name(text, name, language.unwrap_or_default())
        }
        None => text.clone(),
    }
}

/// Words by which somebody speaks of themselves.
const FIRST_PERSON: [&str; 18] = [
    "i", "im", "ive", "my", "me", "myself", "we", "our", "j", "je", "moi", "mon", "ma", "mes", "m", "nous",
    "notre", "nos",
];
const FIRST_PERSON_CHINESE: [char; 3] = ['我', '俺', '咱'];

/// Whether somebody speaks of themselves. Rather too often than too seldom: a quotation says nothing wrong.
fn is_first_person(text: &str) -> bool {
    let folded = fold(text);
    let mut words = folded.split(|character: char| !character.is_alphanumeric());
    words.any(|word| FIRST_PERSON.contains(&word)) || text.contains(FIRST_PERSON_CHINESE)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_speaks_of_themselves_is_told_from_others() {
        for text in [
            "I hate quinces",
            "My dog is called Biscuit",
            "im allergic to cats",
            "Our house is blue",
            "J'ai un chien",
            "Mon chien s'appelle Biscuit",
            "Je m’appelle Ada",
            "我讨厌榴莲",
            "俺家在山东",
        ] {
            assert!(is_first_person(text), "{text}");
        }
        for text in
            ["Jo lives in Lyon.", "Kim's cat: Mia", "mined coal", "Aime les chats", "住在北京", "", "Myanmar"]
        {
            assert!(!is_first_person(text), "{text}");
        }
    }
}
