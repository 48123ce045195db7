//! Memories for a prompt. Must not know how they are found: that is [`crate::recall`]'s.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{Timestamp, Zoned};

use super::error::CompanionResult;
use super::follow_up::{self, SaidBefore};
use super::knowledge::Knowledge;
use super::memories::{Memories, Names};
use super::planning::Request;
use super::shared::Shared;
use super::topics::avoided;
use crate::language::Language;
use crate::prompt::{Budgets, HeldBack, MemoryText, PersonaTexts, RecallReport, Window};
use crate::recall::{MemoryId, Parts, Query, Recalled as Found, Recollection};
use crate::store::CompanionId;
use crate::text::{asks, fold, is_about_past, question_terms, terms};
use crate::time::{AskedAbout, AskedTime, Emphasis, asked_about, describe_date, told_about};
use crate::topics::{Avoided, Veil};
use crate::transcript::{Message, MessageId, Speaker};

/// Memories that are put into a prompt at most.
const MEMORIES_MAX: usize = 12;
/// Of those found, more than that are looked at: some are of other branches, or come after the question.
const LOOKED_AT: usize = 4 * MEMORIES_MAX;
/// The best memories, which bring the turns beside them along.
const WITH_NEIGHBOURS: usize = 3;
/// Turns before a memory that are read where topics are to be avoided.
const EARLIER: usize = 2;
/// How often it is asked again without what may not be told, so that nothing is known by that alone.
const ASKED_AGAIN_MAX: usize = 3;
/// Share of the best memory's score below which others are not worth their tokens.
const SCORE_SHARE_MIN: f32 = 0.35;
/// Characters of a memory; a longer one is cut.
const MEMORY_CHARACTERS_MAX: usize = 500;

/// A fact that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RecalledFact {
    pub id: u64,
    /// As [`MemoryText::scores`] has it under `score`.
    pub score: f32,
}

/// What was found.
#[derive(Default)]
pub(super) struct Recalled {
    /// The best first.
    pub memories: Vec<MemoryText>,
    /// Facts that matter now, the best first.
    pub facts: Vec<RecalledFact>,
    /// What recall says of it.
    pub report: Option<RecallReport>,
    /// What is about topics to avoid.
    pub held_back: Vec<HeldBack>,
    /// What may not be told of it and would have answered.
    untold: HashSet<MemoryId>,
}

/// Looks for what the message may be about, in what was said before the window.
pub(super) fn recall(
    request: &Request<'_>,
    window: &Window,
    texts: &PersonaTexts,
    budgets: &Budgets,
    now: &Zoned,
) -> CompanionResult<Recalled> {
    let question = &request.question.content.text;
    if !request.settings.recall || question.trim().is_empty() {
        return Ok(Recalled::default());
    }
    let asked = Asked {
        shared: request.shared,
        companion: request.companion,
        text: question,
        timed: question,
        follows: follow_up::said_before(request, window)?,
        before: request.question.id,
        shown: window.turns.iter().map(|turn| turn.id).collect(),
        texts,
        now,
    };
    asked.recall(|asks| budgets.recalled(asks), false)
}

/// What is asked of the memory, and by whom.
pub(super) struct Asked<'a> {
    pub shared: &'a Shared,
    pub companion: CompanionId,
    pub text: &'a str,
    /// In which times are named that it may be about: the text itself, but where words of memories were put to it.
    pub timed: &'a str,
    /// What a text that leans on it follows.
    pub follows: Option<SaidBefore>,
    /// What was said from here on is not looked at.
    pub before: MessageId,
    /// What is before the user's eyes anyway.
    pub shown: HashSet<MessageId>,
    pub texts: &'a PersonaTexts,
    pub now: &'a Zoned,
}

impl Asked<'_> {
    /// What is found, memory by memory, as recall ranks it.
    pub fn ranked(&self, limit: usize, token_budget: Option<usize>) -> CompanionResult<Recollection> {
        let memories = self.memories()?;
        let memories = memories.lock().unwrap_or_else(PoisonError::into_inner);
        look(self, &memories, limit, token_budget, &HashSet::new())
    }

    /// The memories, with all that was said and learned.
    fn memories(&self) -> CompanionResult<Arc<Mutex<Memories>>> {
        let memories = self.shared.memories.of(self.companion);
        let names = Names { companion: self.texts.char_name.clone(), user: self.texts.user_name.clone() };
        memories.lock().unwrap_or_else(PoisonError::into_inner).catch_up(
            self.shared,
            self.companion,
            &names,
        )?;
        Ok(memories)
    }

    /// What is remembered, in so many `tokens` where the text asks something (true) or nothing. `nearest`: also where nothing relevant is known, what is nearest.
    pub fn recall(&self, tokens: impl Fn(bool) -> usize, nearest: bool) -> CompanionResult<Recalled> {
        let folded = fold(self.text);
        let asks = asks(&folded);
        let memories = self.memories()?;
        let memories = memories.lock().unwrap_or_else(PoisonError::into_inner);
        // The budget is the model's own tokens and counted later; by an estimate, twice as many are looked at.
        let budget = Some(tokens(asks).saturating_mul(2));
        let avoided = avoided(self.shared, self.companion)?;
        let knowledge = self.shared.knowledge(self.companion)?;
        let mut recalled = Recalled::default();
        for _ in 0..=ASKED_AGAIN_MAX {
            let (query, Recollection { memories: found, known, confidence, .. }) =
                self.look(&memories, budget, &recalled.untold)?;
            let asks_about_past = asks && is_about_past(&folded);
            let untold = recalled.untold.len();
            recalled.memories.clear();
            recalled.facts.retain(|fact| recalled.untold.contains(&MemoryId::Fact(fact.id)));
            if known || nearest {
                let gather = Gather {
                    asked: self,
                    avoided: &avoided,
                    memories: &memories,
                    knowledge: &knowledge,
                    query: fold(&query),
                };
                let best = found.first().map_or(0.0, |best| best.score);
                let least = if nearest { f32::NEG_INFINITY } else { best * SCORE_SHARE_MIN };
                let found: Vec<Found> = found.into_iter().filter(|memory| memory.score >= least).collect();
                gather.all(&found, &mut recalled)?;
            }
            recalled.report = Some(RecallReport { query, asks, asks_about_past, known, confidence });
            if recalled.untold.len() == untold {
                break;
            }
        }
        Ok(recalled)
    }

    /// What was looked for, and what is found of it where what is `silent` was not said.
    fn look(
        &self,
        memories: &Memories,
        budget: Option<usize>,
        silent: &HashSet<MemoryId>,
    ) -> CompanionResult<(String, Recollection)> {
        let Some(before) = &self.follows else {
            return Ok((self.text.to_owned(), look(self, memories, LOOKED_AT, budget, silent)?));
        };
        before.look(self.text, |text, timed| {
            let Asked { shared, companion, before, texts, now, .. } = *self;
            let shown = self.shown.clone();
            let asked = Asked { shared, companion, text, timed, follows: None, before, shown, texts, now };
            look(&asked, memories, LOOKED_AT, budget, silent)
        })
    }
}

fn look(
    asked: &Asked<'_>,
    memories: &Memories,
    limit: usize,
    token_budget: Option<usize>,
    silent: &HashSet<MemoryId>,
) -> CompanionResult<Recollection> {
    let now = asked.now;
    let AskedAbout { times, beside, matter, only_then } =
        asked_about(asked.timed, now, &asked.shared.knowledge(asked.companion)?.anchors);
    // Words that were put to the question name no times.
    let matter = matter.filter(|_| asked.text == asked.timed);
    let mut skip: HashSet<MemoryId> = asked.shown.iter().map(|id| MemoryId::Message(id.0)).collect();
    skip.insert(MemoryId::Message(asked.before.0));
    let vector = match asked.shared.embedder() {
        Some(embedder) => {
            // The words of a stretch say what a question is like; those of "before my birthday" mislead.
            let shortened =
                matter.as_deref().filter(|_| times.iter().any(|time| time.emphasis != Emphasis::Whole));
            let text = memories.index.text_to_embed(shortened.unwrap_or(asked.text));
            embedder.embed(&[text.as_str()])?.vectors.pop()
        }
        None => None,
    };
    let now = Some(now.timestamp());
    let mut query = Query {
        now,
        times,
        beside_times: beside,
        matter,
        only_then,
        skip,
        silent: silent.clone(),
        token_budget,
        ..Query::new(asked.text, limit)
    };
    query.told_of = told_of(asked, memories.index.telling_of_times(&query), &query.times)?;
    Ok(memories.index.recall(&query, vector.as_deref()))
}

/// Those of some memories that tell of one of these times, by what their words meant when they were said.
fn told_of(
    asked: &Asked<'_>,
    memories: Vec<MemoryId>,
    times: &[AskedTime],
) -> CompanionResult<HashSet<MemoryId>> {
    let messages = memories.into_iter().filter_map(|memory| match memory {
        MemoryId::Message(id) => Some(MessageId(id)),
        MemoryId::Fact(_) => None,
    });
    let messages: Vec<MessageId> = messages.collect();
    if messages.is_empty() {
        return Ok(HashSet::new());
    }
    let knowledge = asked.shared.knowledge(asked.companion)?;
    let tells = |message: &Message| {
        let said = message.content.time.to_zoned(asked.now.time_zone().clone());
        let told = told_about(&message.content.text, &said, &knowledge.anchors);
        let is_of = |told: &Range<Timestamp>| {
            times.iter().any(|time| told.start < time.within.end && time.within.start < told.end)
        };
        told.iter().any(is_of)
    };
    let messages = asked.shared.store.messages_by_id(asked.companion, &messages)?;
    Ok(messages
        .iter()
        .filter(|message| tells(message))
        .map(|message| MemoryId::Message(message.id.0))
        .collect())
}

/// Makes lines of what was found.
struct Gather<'a> {
    asked: &'a Asked<'a>,
    avoided: &'a Avoided,
    memories: &'a Memories,
    knowledge: &'a Knowledge,
    /// What was looked for, folded.
    query: String,
}

impl Gather<'_> {
    fn all(&self, found: &[Found], recalled: &mut Recalled) -> CompanionResult<()> {
        let mut taken = self.asked.shown.clone();
        for memory in found {
            if recalled.memories.len() == MEMORIES_MAX {
                break;
            }
            let id = match memory.id {
                MemoryId::Fact(id) => {
                    recalled.facts.push(RecalledFact { id, score: memory.score });
                    if self.is_avoided_fact(id) {
                        recalled.untold.insert(memory.id);
                    }
                    continue;
                }
                MemoryId::Message(id) => MessageId(id),
            };
            if taken.contains(&id) {
                continue;
            }
            let mut ids = vec![memory.id];
            if recalled.memories.len() < WITH_NEIGHBOURS {
                ids = self.memories.index.neighbours(memory.id, 1, 1);
                ids.push(memory.id);
                ids.sort_unstable();
            }
            let messages = self.messages(&ids, id, &taken)?;
            if messages.is_empty() {
                continue;
            }
            taken.extend(messages.iter().map(|message| message.id));
            let earlier = self.earlier(memory.id, &messages)?;
            self.take(memory, &earlier, messages, recalled);
        }
        Ok(())
    }

    fn is_avoided_fact(&self, id: u64) -> bool {
        let mut facts = self.knowledge.facts.iter().map(|fact| (fact.id.0, &fact.content));
        let found = facts.find(|(known, _)| !self.avoided.is_empty() && *known == id);
        found.is_some_and(|(_, fact)| {
            self.avoided.topic_of_fact(fact.kind, &fact.subject, &fact.text).is_some()
        })
    }

    /// Whether what is left of a message may be what was asked for.
    fn answers(&self, left: &str) -> bool {
        let said: HashSet<String> = terms(left).into_iter().collect();
        let asked = question_terms(&self.query, &[Language::detect(left)]);
        asked.iter().any(|term| term.forms.iter().any(|form| said.contains(form)))
    }

    /// The messages that are on the path to the question; none if `wanted` is not among them.
    fn messages(
        &self,
        ids: &[MemoryId],
        wanted: MessageId,
        taken: &HashSet<MessageId>,
    ) -> CompanionResult<Vec<Message>> {
        let Asked { shared, companion, before, .. } = *self.asked;
        let ids = ids.iter().filter_map(|id| match id {
            MemoryId::Message(id) => Some(MessageId(*id)),
            MemoryId::Fact(_) => None,
        });
        let usable = |id: &MessageId| *id < before && !taken.contains(id) && self.memories.path.contains(*id);
        let on_path: Vec<MessageId> = ids.filter(usable).collect();
        if !on_path.contains(&wanted) {
            return Ok(Vec::new());
        }
        let mut messages = shared.store.messages_by_id(companion, &on_path)?;
        // What was forgotten by another program may still be in this one's index.
        messages.retain(|message| !message.content.text.trim().is_empty());
        Ok(messages)
    }

    /// What was said right before, for whom a pronoun means.
    fn earlier(&self, found: MemoryId, shown: &[Message]) -> CompanionResult<Vec<Message>> {
        if self.avoided.is_empty() {
            return Ok(Vec::new());
        }
        let before =
            self.memories.index.neighbours(found, EARLIER, 0).into_iter().filter_map(|id| match id {
                MemoryId::Message(id) => Some(MessageId(id)),
                MemoryId::Fact(_) => None,
            });
        let ids: Vec<MessageId> =
            before.filter(|id| shown.first().is_none_or(|first| *id < first.id)).collect();
        Ok(self.asked.shared.store.messages_by_id(self.asked.companion, &ids)?)
    }

    /// Makes a line of what was found and the turns beside it, without what is about topics to avoid.
    fn take(&self, memory: &Found, earlier: &[Message], messages: Vec<Message>, recalled: &mut Recalled) {
        let mut veil = Veil::new(self.avoided);
        let mut over = |message: &Message| match message.content.speaker {
            Speaker::Companion => veil.over_reply(&message.content.text),
            Speaker::User | Speaker::Narrator => veil.over(&message.content.text),
        };
        earlier.iter().for_each(|message| _ = over(message));
        let mut shown = Vec::new();
        let mut found_is_hidden = false;
        for mut message in messages {
            let Some(veiled) = over(&message) else {
                shown.push(message);
                continue;
            };
            if !veiled.left.as_deref().is_some_and(|left| self.answers(left)) {
                recalled.untold.insert(MemoryId::Message(message.id.0));
            }
            if !recalled.held_back.iter().any(|held| held.messages == [message.id]) {
                recalled.held_back.push(HeldBack {
                    topic: veiled.topic,
                    messages: vec![message.id],
                    fact: None,
                    text: message.content.text.clone(),
                });
            }
            match veiled.left {
                Some(left) => {
                    message.content.text = left;
                    shown.push(message);
                }
                None => found_is_hidden |= memory.id == MemoryId::Message(message.id.0),
            }
        }
        if found_is_hidden || shown.is_empty() {
            return;
        }
        recalled.memories.push(MemoryText {
            text: self.line(&shown),
            time: shown.first().map_or(Timestamp::UNIX_EPOCH, |message| message.content.time),
            messages: shown.into_iter().map(|message| message.id).collect(),
            scores: scores(memory),
        });
    }

    /// When, who, and the words.
    fn line(&self, messages: &[Message]) -> String {
        let language = Language::from_tag(&self.asked.texts.language).unwrap_or_default();
        let mut line = String::new();
        let mut day = None;
        for message in messages {
            let date = message.content.time.to_zoned(self.asked.now.time_zone().clone()).date();
            if day == Some(date) {
                line.push(' ');
            } else {
                line.push_str(if line.is_empty() { "" } else { " " });
                line.push_str(&describe_date(date, language));
                line.push_str(", ");
                day = Some(date);
            }
            let own = match message.content.speaker {
                Speaker::User => self.asked.texts.user_name.as_str(),
                Speaker::Companion => self.asked.texts.char_name.as_str(),
                Speaker::Narrator => "",
            };
            let name = message.content.name.as_deref().unwrap_or(own);
            let words = shortened(&message.content.text);
            line.push_str(&if name.is_empty() { words } else { quoted(name, &words, language) });
        }
        line
    }
}

/// Somebody's words as theirs.
pub(super) fn quoted(name: &str, words: &str, language: Language) -> String {
    let (open, close) = match language {
        Language::French => ("« ", " »"),
        Language::English | Language::Chinese => ("“", "”"),
    };
    format!("{name}: {open}{words}{close}")
}

fn shortened(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= MEMORY_CHARACTERS_MAX {
        return text;
    }
    text.chars().take(MEMORY_CHARACTERS_MAX).collect::<String>() + "…"
}

fn scores(memory: &Found) -> BTreeMap<String, f32> {
    let Parts { words, session, meaning, neighbours, person, statement, time, standing } = memory.parts;
    let parts = [
        ("score", memory.score),
        ("words", words),
        ("session", session),
        ("meaning", meaning),
        ("neighbours", neighbours),
        ("person", person),
        ("statement", statement),
        ("time", time),
        ("standing", standing),
    ];
    parts
        .into_iter()
        .filter(|(_, value)| *value != 0.0)
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
