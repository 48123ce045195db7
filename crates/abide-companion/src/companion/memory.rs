//! What a companion remembers, for its user to see and change. Must not know prompts.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::PoisonError;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::{CompanionError, CompanionResult};
use super::forgetting::About;
use super::handle::Companion;
use super::recalling::Asked;
use super::topics::avoided;
use super::{drafted, planning, understanding, worker};
use crate::recall::{MemoryId, Recollection};
use crate::store::{
    Deleted, Fact, FactEdit, FactFilter, FactId, FactKind, FactOrigin, Mood, NewFact, SearchHit, StoreError,
};
use crate::transcript::{MessageId, Speaker};

/// Longest text that is to be remembered, in bytes.
const REMEMBERED_BYTES_MAX: usize = 2_000;
/// Messages that a search for what is to be forgotten shows at most.
const FORGOTTEN_MESSAGES_MAX: usize = 200;
/// Of those, messages that may have to do with it by other words.
const RELATED_MESSAGES_MAX: usize = 12;
/// Share of the best one's score below which they are not worth a look.
const RELATED_SHARE_MIN: f32 = 0.4;

/// What would go if something were forgotten.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Forgetting {
    /// Facts.
    pub facts: Vec<Fact>,
    /// Messages whose words would go. They keep their place in the conversation, without words.
    pub messages: Vec<SearchHit>,
    /// What the user said that may have to do with it by other words, the likeliest first. It goes only where it is chosen: [`Forgetting::ids`]
    /// are those of the others.
    #[serde(default)]
    pub related: Vec<SearchHit>,
}

/// What it is reminded of.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reminded {
    /// Whether anything relevant is known; in a prompt nothing is put in otherwise.
    pub known: bool,
    /// How sure that is, 0 to 1.
    pub confidence: f32,
    /// The best first.
    pub memories: Vec<Memory>,
    /// Facts that matter, too, the best first.
    pub facts: Vec<Fact>,
    /// The score of each fact, to be compared with those of the memories.
    #[serde(skip)]
    pub fact_scores: Vec<f32>,
    /// Topics about which something is held back, each as often as it is.
    pub held_back: Vec<String>,
}

/// Something that was said before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// When, who and the words, as they would stand in a prompt.
    pub text: String,
    /// The messages: the one that was found, and those beside it.
    pub messages: Vec<MessageId>,
    /// When the first of them was said.
    pub time: Timestamp,
    /// What the score is made of, by name.
    pub scores: BTreeMap<String, f32>,
}

impl Forgetting {
    /// All that has it, as [`Companion::forget`] takes it.
    pub fn ids(&self) -> (Vec<FactId>, Vec<MessageId>) {
        let facts = self.facts.iter().map(|fact| fact.id);
        (facts.collect(), self.messages.iter().map(|hit| hit.message.id).collect())
    }
}

impl Companion {
    /// Has it remember something in the user's own words, in every prompt if it is `pinned`.
    ///
    /// # Errors
    /// When the text is empty or too long.
    pub fn remember(&self, text: &str, pinned: bool) -> CompanionResult<Fact> {
        let text = checked(text)?;
        let new = NewFact {
            kind: FactKind::Note,
            subject: "user".to_owned(),
            predicate: "note".to_owned(),
            value: text.to_owned(),
            text: text.to_owned(),
            language: None,
            valid_from: Some(self.shared.now()),
            valid_to: None,
            sources: Vec::new(),
            confidence: 1.0,
            pinned,
            origin: FactOrigin::User,
        };
        self.add_fact(new)
    }

    /// Keeps a topic that is to be avoided: nothing about it is recalled or put into a prompt, and plans say so.
    ///
    /// # Errors
    /// When the topic is empty.
    pub fn avoid(&self, topic: &str) -> CompanionResult<Fact> {
        let topic = checked(topic)?;
        let new = NewFact {
            kind: FactKind::Avoid,
            subject: "user".to_owned(),
            predicate: "avoid".to_owned(),
            value: topic.to_owned(),
            text: topic.to_owned(),
            language: None,
            valid_from: Some(self.shared.now()),
            valid_to: None,
            sources: Vec::new(),
            confidence: 1.0,
            pinned: false,
            origin: FactOrigin::User,
        };
        self.add_fact(new)
    }

    /// Keeps a fact by the user's hand.
    ///
    /// # Errors
    /// When it can't be kept.
    pub fn add_fact(&self, new: NewFact) -> CompanionResult<Fact> {
        let new = NewFact { origin: FactOrigin::User, ..new };
        let fact = self.shared.store.add_fact(self.id, new)?;
        worker::wake(&self.shared);
        fact.ok_or_else(|| CompanionError::NoPlace {
            what: "room for a fact that was deleted before".to_owned(),
        })
    }

    /// What is known: what holds now alone if `current`, or with what is over and what newer facts took the place of.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn facts(&self, current: bool) -> CompanionResult<Vec<Fact>> {
        let mut facts = self.shared.store.facts(self.id, FactFilter { current, ..FactFilter::default() })?;
        let now = self.shared.now();
        facts.retain(|fact| !current || fact.holds(now));
        Ok(facts)
    }

    /// One fact.
    ///
    /// # Errors
    /// When there is none.
    pub fn fact(&self, id: FactId) -> CompanionResult<Fact> {
        Ok(self.shared.store.fact(self.id, id)?)
    }

    /// Puts a fact into every prompt, or no longer.
    ///
    /// # Errors
    /// When there is none, or it is to be pinned and another took its place.
    pub fn pin_fact(&self, id: FactId, pinned: bool) -> CompanionResult<()> {
        if pinned {
            self.check_current(id)?;
        }
        self.shared.store.pin_fact(self.id, id, pinned)?;
        Ok(())
    }

    /// What another fact took the place of stands in no prompt, pinned or not.
    fn check_current(&self, id: FactId) -> CompanionResult<()> {
        match self.fact(id)?.superseded_by {
            Some(newer) => Err(CompanionError::Superseded { fact: id, newer }),
            None => Ok(()),
        }
    }

    /// Corrects a fact by hand. With another text, and no value, its value is what the text says instead.
    ///
    /// # Errors
    /// When there is none, the new values can't be kept, or it is to be pinned and another took its place.
    pub fn edit_fact(&self, id: FactId, mut edit: FactEdit) -> CompanionResult<Fact> {
        if edit.pinned == Some(true) {
            self.check_current(id)?;
        }
        if let Some(text) = &edit.text {
            let text = checked(text)?.to_owned();
            if edit.value.is_none() {
                let old = self.fact(id)?.content;
                edit.value = Some(match spliced(&old, &text) {
                    Some(value) => value,
                    None => understanding::value_in(&self.shared, self.id, &old, &text)?
                        .unwrap_or_else(|| text.clone()),
                });
            }
            edit.text = Some(text);
        }
        let fact = self.shared.store.edit_fact(self.id, id, edit)?;
        worker::wake(&self.shared);
        Ok(fact)
    }

    /// Deletes a fact. What was said stays: [`Self::forget`] forgets that, too.
    ///
    /// # Errors
    /// When there is none.
    pub fn delete_fact(&self, id: FactId) -> CompanionResult<Deleted> {
        self.forget(&[id], &[])
    }

    /// What would go if everything of this were forgotten: facts with all of the words, those about the same by other words ("my brother"), and those that
    /// `query` states itself ("I love jazz"); and messages with all of the words, on every branch. Beside them, what may have to do with it by other words.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn forgettable(&self, query: &str) -> CompanionResult<Forgetting> {
        let Some(about) = About::new(&self.shared, self.id, &self.settings()?, query)? else {
            return Ok(Forgetting::default());
        };
        let mut facts = self.facts(false)?;
        facts.retain(|fact| about.has_to_do_with(&fact.content));
        let messages = self.shared.store.search(self.id, query, FORGOTTEN_MESSAGES_MAX)?;
        let related = self.related(query, &messages)?;
        Ok(Forgetting { facts, messages, related })
    }

    /// What the user said that may have to do with `query` by other words: what recall finds nearest, and what the user said right behind one of those or
    /// of the `messages` that have the words.
    fn related(&self, query: &str, messages: &[SearchHit]) -> CompanionResult<Vec<SearchHit>> {
        let store = &self.shared.store;
        let found = self.ranked(query, RELATED_MESSAGES_MAX, None).map(|found| found.memories);
        // What has the words can be forgotten without it.
        let found = found.unwrap_or_else(|error| {
            tracing::warn!(%error, companion = %self.id, "what may be meant by other words is not looked for");
            Vec::new()
        });
        let least = found.first().map_or(0.0, |best| best.score) * RELATED_SHARE_MIN;
        let near: Vec<(MessageId, f32)> = found
            .iter()
            .filter(|memory| memory.score >= least)
            .filter_map(|memory| match memory.id {
                MemoryId::Message(id) => Some((MessageId(id), memory.score)),
                MemoryId::Fact(_) => None,
            })
            .collect();
        let hits = messages.iter().map(|hit| (hit.message.id, 0.0));
        let mut related: Vec<SearchHit> = Vec::new();
        for (id, score) in hits.take(RELATED_MESSAGES_MAX).chain(near.iter().copied()) {
            let mut candidates =
                near.iter().any(|near| near.0 == id).then_some(id).into_iter().collect::<Vec<_>>();
            for reply in store.children(self.id, Some(id))? {
                candidates.extend(store.children(self.id, Some(reply))?);
            }
            for message in store.messages_by_id(self.id, &candidates)? {
                let listed = messages.iter().chain(&related).any(|hit| hit.message.id == message.id);
                let said =
                    message.content.speaker == Speaker::User && !message.content.text.trim().is_empty();
                if said && !listed && related.len() < RELATED_MESSAGES_MAX {
                    related.push(SearchHit { message, score: f64::from(score) });
                }
            }
        }
        Ok(related)
    }

    /// What would go with one fact: it, the messages that it is known from, and those that have its value in their words.
    ///
    /// # Errors
    /// When there is no such fact.
    pub fn forgettable_fact(&self, id: FactId) -> CompanionResult<Forgetting> {
        let fact = self.fact(id)?;
        let mut messages = self.shared.store.search(
            self.id,
            &format!("\"{}\"", fact.content.value),
            FORGOTTEN_MESSAGES_MAX,
        )?;
        let sources: Vec<MessageId> = fact.content.sources.iter().map(|source| source.message).collect();
        for message in self.shared.store.messages_by_id(self.id, &sources)? {
            if messages.iter().all(|hit| hit.message.id != message.id) {
                messages.push(SearchHit { message, score: 0.0 });
            }
        }
        Ok(Forgetting { facts: vec![fact], messages, related: Vec::new() })
    }

    /// Forgets facts and the words of messages, such as [`Self::forgettable`] or [`Self::forgettable_fact`] showed, with everything that was made from
    /// them. The messages keep their places in the conversation, without words. Nothing brings it back. A reply that is being made is waited for, and
    /// told of. What a persona has word for word of an import's messages, because it was drafted from them, goes, too.
    ///
    /// # Errors
    /// When one of them is not there (nothing is forgotten then), or the database can't be written.
    pub fn forget(&self, facts: &[FactId], messages: &[MessageId]) -> CompanionResult<Deleted> {
        let store = &self.shared.store;
        let (_turn, reply) = self.turn_and_reply()?;
        facts.iter().try_for_each(|&id| store.fact(self.id, id).map(drop))?;
        messages.iter().try_for_each(|&id| store.message(self.id, id).map(drop))?;
        let said_meanwhile = reply.filter(|reply| !messages.contains(reply));
        let plans = drafted::unsay(&self.shared, self.id, messages)?;
        let mut all = Deleted { plans, said_meanwhile, ..Deleted::default() };
        for &fact in facts {
            match store.delete_fact(self.id, fact) {
                Ok(deleted) => {
                    all.facts.extend(deleted.facts);
                    all.plans += deleted.plans;
                }
                // It went with another one.
                Err(StoreError::Nothing { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let deleted = store.erase_messages(self.id, messages)?;
        all.messages = deleted.messages;
        all.facts.extend(deleted.facts);
        all.summaries += deleted.summaries;
        all.plans += deleted.plans;
        all.final_on_disk = deleted.final_on_disk;
        self.forgotten(&all);
        Ok(all)
    }

    /// When something of it was deleted last, by whichever program: who keeps anything of what was said before asks whether it still may.
    ///
    /// # Errors
    /// When the database can't be read, or the companion is deleted.
    pub fn last_deleted(&self) -> CompanionResult<Option<Timestamp>> {
        Ok(self.shared.store.last_deleted(self.id)?)
    }

    /// What it would be reminded of by these words, within about `tokens` tokens: the nearest, also where nothing relevant is known. Topics to
    /// avoid are held back here as they are in prompts.
    ///
    /// # Errors
    /// When the database can't be read, or the embedding model fails.
    pub fn memories(&self, query: &str, tokens: usize) -> CompanionResult<Reminded> {
        let recalled = self.asked(query, |asked| asked.recall(|_| tokens, true))?;
        let report = recalled.report.as_ref();
        let mut known: HashMap<u64, Fact> =
            self.facts(true)?.into_iter().map(|fact| (fact.id.0, fact)).collect();
        let avoided = avoided(&self.shared, self.id)?;
        let mut held_back: Vec<String> = Vec::new();
        let mut hold_back = |topic: &str| {
            if !held_back.iter().any(|held| held == topic) {
                held_back.push(topic.to_owned());
            }
        };
        recalled.held_back.iter().for_each(|held| hold_back(&held.topic));
        let (mut facts, mut fact_scores) = (Vec::new(), Vec::new());
        for found in &recalled.facts {
            let Some(fact) = known.remove(&found.id) else { continue };
            let content = &fact.content;
            if let Some(topic) = avoided.topic_of_fact(content.kind, &content.subject, &content.text) {
                hold_back(topic);
                continue;
            }
            facts.push(fact);
            fact_scores.push(found.score);
        }
        Ok(Reminded {
            known: report.is_some_and(|report| report.known),
            confidence: report.map_or(0.0, |report| report.confidence),
            facts,
            fact_scores,
            held_back,
            memories: recalled
                .memories
                .into_iter()
                .map(|memory| Memory {
                    text: memory.text,
                    messages: memory.messages,
                    time: memory.time,
                    scores: memory.scores,
                })
                .collect(),
        })
    }

    /// What recall finds at these words, message by message and fact by fact, as it ranks them: at most `limit`, within `token_budget` tokens by its own
    /// estimate. [`Self::memories`] makes lines of it with the turns beside each; this is for whoever judges the ranking.
    ///
    /// # Errors
    /// When the database can't be read, or the embedding model fails.
    pub fn ranked(
        &self,
        query: &str,
        limit: usize,
        token_budget: Option<usize>,
    ) -> CompanionResult<Recollection> {
        self.asked(query, |asked| asked.ranked(limit, token_budget))
    }

    fn asked<T>(
        &self,
        text: &str,
        answer: impl FnOnce(&Asked<'_>) -> CompanionResult<T>,
    ) -> CompanionResult<T> {
        let (persona, settings) = (self.persona()?, self.settings()?);
        let texts = planning::persona_texts(&self.shared, self.id, &persona, &settings)?;
        let now = self.shared.local(self.shared.now(), &settings);
        answer(&Asked {
            shared: &self.shared,
            companion: self.id,
            text,
            timed: text,
            follows: None,
            before: MessageId(u64::MAX),
            shown: HashSet::new(),
            texts: &texts,
            now: &now,
        })
    }

    /// Messages with all of these words, best first, on every branch.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn search(&self, query: &str, limit: usize) -> CompanionResult<Vec<SearchHit>> {
        Ok(self.shared.store.search(self.id, query, limit)?)
    }

    /// The user's moods in a stretch of time, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn mood_timeline(&self, from: Timestamp, to: Timestamp) -> CompanionResult<Vec<(Timestamp, Mood)>> {
        Ok(self.shared.store.moods(self.id, from, to)?)
    }

    /// Forgets all moods. Whether new ones are kept is a setting.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn clear_moods(&self) -> CompanionResult<()> {
        Ok(self.shared.store.clear_moods(self.id)?)
    }

    /// Drops what is in memory of what was deleted.
    pub(super) fn forgotten(&self, deleted: &Deleted) {
        self.shared.knowledge.drop_of(self.id);
        if let Some(memories) = self.shared.memories.loaded(self.id) {
            memories.lock().unwrap_or_else(PoisonError::into_inner).forget(deleted);
        }
    }
}

/// What is to be remembered, without blanks around it.
fn checked(text: &str) -> CompanionResult<&str> {
    let text = text.trim();
    if text.is_empty() {
        return Err(CompanionError::EmptyFact);
    }
    if text.len() > REMEMBERED_BYTES_MAX {
        return Err(CompanionError::Setting {
            setting: "a fact",
            value: text.chars().take(20).collect::<String>() + "…",
            problem: format!(
                "it has {} bytes, at most {REMEMBERED_BYTES_MAX} are kept; say it shorter",
                text.len()
            ),
        });
    }
    Ok(text)
}

/// The value of a fact in another text, where that differs from the fact's own in the value alone.
fn spliced(old: &NewFact, text: &str) -> Option<String> {
    let (before, after) = old.text.split_once(&*old.value).filter(|_| !old.value.is_empty())?;
    let value = text.strip_prefix(before)?.strip_suffix(after)?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}
