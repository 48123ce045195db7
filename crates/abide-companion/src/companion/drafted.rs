//! What a persona has from an import, taken out of it when that is forgotten: what was drafted holds words that were said. What the user wrote or edited
//! since stays. Must not know how a draft picks and counts.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::error::CompanionResult;
use super::shared::Shared;
use crate::history::drafted::{counted, farewells, one_turn, phrases, topics, without_topics};
use crate::store::CompanionId;
use crate::text::fold;
use crate::transcript::{Message, MessageId, Origin, Speaker};

/// Messages that are read at once.
const READ_AT_ONCE: usize = 256;

/// What stands in a companion's personas and may be from an import; the value tells whether it is from what is to be forgotten.
#[derive(Default)]
struct Traces {
    /// Greetings and farewells.
    phrases: HashMap<String, bool>,
    /// Example dialogues: what the user said, and the reply.
    exchanges: HashMap<(String, String), bool>,
    /// Words that were counted, folded.
    words: HashMap<String, bool>,
}

/// What is to be taken out of each version of a persona.
struct Unsaid {
    traces: Traces,
    /// Greetings that it had before anything was brought home.
    own: HashSet<String>,
    /// The first version that has something of what is forgotten, where nothing is left that its words could have been counted from.
    drafted: Option<Value>,
}

/// Takes out of all versions of the persona what was drafted from messages that are to be forgotten. Answers how many plans of prompts that may hold it
/// went with it.
///
/// # Errors
/// When the database can't be read or written.
pub(super) fn unsay(shared: &Shared, companion: CompanionId, doomed: &[MessageId]) -> CompanionResult<usize> {
    let store = &shared.store;
    let imported = store.imported_between(companion, MessageId(1), MessageId(i64::MAX as u64))?;
    let all: BTreeSet<MessageId> = doomed.iter().copied().collect();
    let (doomed, left): (Vec<MessageId>, Vec<MessageId>) =
        imported.into_iter().partition(|id| all.contains(id));
    if doomed.is_empty() {
        return Ok(0);
    }
    let versions: Vec<Value> =
        store.persona_versions(companion)?.into_iter().map(|version| version.persona).collect();
    let mut traces = Traces::default();
    versions.iter().for_each(|persona| traces.note(persona));
    for ids in doomed.chunks(READ_AT_ONCE) {
        for message in store.messages_by_id(companion, ids)? {
            traces.look_at(shared, companion, &message)?;
        }
    }
    // Who was made for a history was not greeted, and has all from it.
    let first = store.messages_by_id(companion, &[MessageId(1)])?;
    let is_drafted = first.first().is_some_and(|first| matches!(first.content.origin, Origin::Import(_)));
    let own = versions.first().filter(|_| !is_drafted).map(|persona| texts(persona, "greetings"));
    let own = own.into_iter().flatten().map(str::to_owned).collect();
    let mut unsaid = Unsaid { traces, own, drafted: None };
    let drafted = versions.iter().find(|&persona| unsaid.taken_out(persona.clone()).is_some());
    unsaid.drafted = drafted.filter(|_| left.is_empty()).cloned();
    Ok(store.rewrite_personas(companion, |persona| unsaid.taken_out(persona))?)
}

impl Traces {
    fn note(&mut self, persona: &Value) {
        let way = text(persona, "way_of_speaking");
        let phrases = texts(persona, "greetings").chain(farewells(way).map(|(_, phrase)| phrase));
        self.phrases.extend(phrases.map(|phrase| (phrase.to_owned(), false)));
        self.exchanges.extend(texts(persona, "examples").filter_map(exchange).map(|parts| (parts, false)));
        let words = way.lines().flat_map(counted).chain(topics(text(persona, "description")));
        let words = words.chain(Some(text(persona, "calls_user")).filter(|name| !name.is_empty()));
        self.words.extend(words.map(|word| (fold(word), false)));
    }

    fn look_at(&mut self, shared: &Shared, companion: CompanionId, message: &Message) -> CompanionResult<()> {
        let content = &message.content;
        let folded = fold(&content.text);
        for (_, seen) in self.words.iter_mut().filter(|(word, seen)| !**seen && folded.contains(&**word)) {
            *seen = true;
        }
        let is_reply = content.speaker == Speaker::Companion;
        if is_reply {
            for phrase in phrases(&content.text) {
                self.phrases.entry(phrase.to_owned()).and_modify(|seen| *seen = true);
            }
        }
        let words = one_turn(&content.text);
        let has = |(user, reply): &(String, String)| *if is_reply { reply } else { user } == words;
        if !self.exchanges.keys().any(has) {
            return Ok(());
        }
        let store = &shared.store;
        let others = match content.parent {
            Some(parent) if is_reply => vec![parent],
            None if is_reply => Vec::new(),
            _ => store.children(companion, Some(message.id))?,
        };
        for other in store.messages_by_id(companion, &others)? {
            let other = one_turn(&other.content.text);
            let pair = if is_reply { (other, words.clone()) } else { (words.clone(), other) };
            self.exchanges.entry(pair).and_modify(|seen| *seen = true);
        }
        Ok(())
    }

    fn has_phrase(&self, phrase: &str) -> bool {
        self.phrases.get(phrase).is_some_and(|seen| *seen)
    }

    fn has_words<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> bool {
        let mut words = words.into_iter().peekable();
        words.peek().is_some() && words.all(|word| self.words.get(&fold(word)).is_some_and(|seen| *seen))
    }
}

impl Unsaid {
    /// The persona without it; `None` where there is nothing of it.
    fn taken_out(&self, mut persona: Value) -> Option<Value> {
        let before = persona.clone();
        let (traces, fields) = (&self.traces, persona.as_object_mut()?);
        if let Some(greetings) = fields.get_mut("greetings").and_then(Value::as_array_mut) {
            greetings.retain(|greeting| {
                let greeting = greeting.as_str().unwrap_or_default();
                self.own.contains(greeting) || !traces.has_phrase(greeting)
            });
        }
        if let Some(examples) = fields.get_mut("examples").and_then(Value::as_array_mut) {
            examples.retain(|example| {
                let parts = example.as_str().and_then(exchange);
                !parts.is_some_and(|parts| traces.exchanges.get(&parts).is_some_and(|seen| *seen))
            });
        }
        let way = text(&before, "way_of_speaking");
        let mut kept = way.to_owned();
        if let Some((sentence, _)) = farewells(way).find(|(_, phrase)| traces.has_phrase(phrase)) {
            let line = format!("{sentence}\n");
            kept = kept.replace(if kept.contains(&line) { line.as_str() } else { sentence }, "");
        }
        if self.drafted.is_some() {
            let stays = |line: &&str| !traces.has_words(counted(line));
            kept = kept.lines().filter(stays).collect::<Vec<_>>().join("\n");
        }
        if kept.trim_end() != way.trim_end() {
            fields.insert("way_of_speaking".to_owned(), kept.trim_end().into());
        }
        if let Some(drafted) = &self.drafted {
            let is_drafts = |field: &str| before.get(field) == drafted.get(field);
            let description = text(&before, "description");
            if is_drafts("description") && traces.has_words(topics(description)) {
                fields.insert("description".to_owned(), without_topics(description).into());
            }
            if is_drafts("calls_user") && traces.has_words([text(&before, "calls_user")]) {
                fields.remove("calls_user");
            }
        }
        (persona != before).then_some(persona)
    }
}

fn text<'p>(persona: &'p Value, field: &str) -> &'p str {
    persona[field].as_str().unwrap_or_default()
}

fn texts<'p>(persona: &'p Value, field: &str) -> impl Iterator<Item = &'p str> {
    persona[field].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// Both sides of an example dialogue of one exchange.
fn exchange(example: &str) -> Option<(String, String)> {
    let (user, reply) = example.strip_prefix("{{user}}: ")?.split_once("\n{{char}}: ")?;
    Some((user.to_owned(), reply.to_owned()))
}
