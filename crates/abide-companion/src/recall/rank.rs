//! The parts of every memory's score, the best few, and whether anything is known at all. Must not know where memories come from.

use std::collections::HashMap;
use std::ops::Range;

use jiff::Timestamp;

use super::document::{Parts, Query, Recalled, Recollection, Role};
use super::index::{RecallIndex, Slot};
use super::lexical::{Lexical, idf};
use super::vectors::QuantizedVector;
use super::weights::Weights;
use crate::language::{Language, head};
use crate::text::{self, Person, QuestionTerm, Things};
use crate::time;

/// Bytes of a question that are read; what is pasted behind it is no question.
const QUESTION_BYTES_MAX: usize = 4096;
const DAY_SECONDS: f32 = 86_400.0;
/// More than the rounding of a score.
const ROUNDING: f32 = 1e-3;
/// Days after a time that a question names in which it may still be told of.
const TOLD_AFTER_DAYS: f32 = 10.0;
/// Days before it.
const TOLD_BEFORE_DAYS: f32 = 3.0;

/// Whom a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// Nobody, or several.
    Anyone,
    Speaker(u32),
    Role(Role),
}

/// A question, taken apart.
#[derive(Debug)]
struct Question {
    terms: Vec<QuestionTerm>,
    about: About,
    /// Speakers that it names.
    named: usize,
    asks_when: bool,
    /// How many things are asked for, from 0 for one to 1 for whatever ever was.
    breadth: f32,
}

/// A memory that may be among the best.
struct Candidate {
    score: f32,
    /// What better memories of its sitting take off; in the score already.
    again: f32,
    slot: u32,
}

/// What all parts are made from.
struct Evidence<'a> {
    question: &'a Question,
    lexical: Lexical,
    cosines: Option<Vec<f32>>,
    times: &'a [Range<Timestamp>],
    now: Option<i64>,
}

impl Evidence<'_> {
    /// What hints count, weighed against the part of the vectors.
    fn hints(&self, weights: &Weights) -> f32 {
        if self.cosines.is_none() { weights.hints_alone } else { 1.0 }
    }
}

impl RecallIndex {
    /// The text whose vector stands for the question's meaning: without the speakers' names, which half of all turns would be near to. Give it to
    /// the embedder that the memories' vectors come from (those of their bare texts), and its vector to [`Self::recall`].
    pub fn text_to_embed(&self, text: &str) -> String {
        let text = head(text, QUESTION_BYTES_MAX);
        let without = self.without_names(text).0;
        if without.chars().any(char::is_alphanumeric) { without } else { text.to_owned() }
    }

    /// The memories that matter for a query, and whether anything does. `vector` is that of [`Self::text_to_embed`]; without it, words alone decide.
    pub fn recall(&self, query: &Query<'_>, vector: Option<&[f32]>) -> Recollection {
        let question = self.question(query);
        let cosines = vector.and_then(|vector| {
            self.vectors.cosines(&self.kernels, &QuantizedVector::new(vector), self.slots.len())
        });
        let lexical = self.lexical(&question.terms);
        let now = query.now.map(Timestamp::as_second);
        let evidence = Evidence { question: &question, lexical, cosines, times: &query.times, now };
        let eligible = self.eligible(query);
        let mut recollection = self.judge(&evidence, &eligible);
        recollection.memories = self.best(query, &evidence, eligible);
        recollection
    }

    /// Slots that may be found.
    fn eligible(&self, query: &Query<'_>) -> Vec<u32> {
        let mut excluded: Vec<bool> = self.slots.iter().map(|slot| !slot.alive || slot.hidden).collect();
        let languages = self.memory_languages();
        for topic in &query.excluded_topics {
            let terms = text::question_terms(&text::fold(topic), &languages);
            let mut lists = terms.iter().map(|term| self.postings.of_any(&term.forms));
            let Some(having) = lists.next() else { continue };
            let mut having = having.into_owned();
            for list in lists {
                having.retain(|one| list.binary_search_by_key(&one.slot, |other| other.slot).is_ok());
            }
            having.iter().for_each(|posting| excluded[posting.slot as usize] = true);
        }
        for slot in query.skip.iter().filter_map(|id| self.by_id.get(id)) {
            excluded[*slot as usize] = true;
        }
        excluded.iter().enumerate().filter(|(_, excluded)| !**excluded).map(|(at, _)| at as u32).collect()
    }

    /// Whether anything is known: how much of the question one place of the memory has, and how near the nearest memory is. A name that no
    /// speaker has counts as a word (a rare one), so a question about strangers is covered badly.
    fn judge(&self, evidence: &Evidence<'_>, eligible: &[u32]) -> Recollection {
        let greatest = |values: &[f32]| {
            eligible
                .iter()
                .map(|slot| values[*slot as usize])
                .fold(0.0, |most, value| if value > most { value } else { most })
        };
        let names =
            if eligible.is_empty() { 0.0 } else { evidence.question.named as f32 * idf(self.len(), 0) };
        let covered = greatest(&evidence.lexical.covered) + names;
        let whole = evidence.lexical.weight + names;
        let coverage = if whole > 0.0 { covered / whole } else { 0.0 };
        let nearest = evidence.cosines.as_deref().map(greatest);
        let weights = &self.weights;
        let odds = match nearest {
            Some(nearest) => {
                weights.known_coverage * coverage + weights.known_meaning * nearest - weights.known_threshold
            }
            None => 10.0 * (coverage - weights.known_coverage_alone),
        };
        let known = !eligible.is_empty() && odds >= 0.0;
        let confidence = if eligible.is_empty() { 0.0 } else { 1.0 / (1.0 + (-odds).exp()) };
        Recollection { memories: Vec::new(), known, confidence, coverage, nearest }
    }

    fn best(&self, query: &Query<'_>, evidence: &Evidence<'_>, eligible: Vec<u32>) -> Vec<Recalled> {
        // Some are passed over: those that don't fit the budget, or whose sitting has better ones.
        let spare = if query.token_budget.is_some() || evidence.question.breadth > 0.0 { 8 } else { 1 };
        let mut left = query.token_budget.unwrap_or(usize::MAX);
        let mut best = Vec::new();
        for candidate in self.candidates(evidence, eligible, query.limit.saturating_mul(spare)) {
            let Candidate { score, again, slot } = candidate;
            let memory = &self.slots[slot as usize];
            let tokens = memory.tokens as usize;
            if best.len() == query.limit || tokens > left {
                continue;
            }
            left -= tokens;
            let mut parts = self.parts(evidence, slot as usize);
            parts.session -= again;
            best.push(Recalled { id: memory.id, score, parts, tokens });
        }
        best
    }

    /// The best memories, at most `count`, in their order once each has lost something for every better one of its sitting.
    fn candidates(&self, evidence: &Evidence<'_>, eligible: Vec<u32>, count: usize) -> Vec<Candidate> {
        // Later memories first where scores are equal.
        let order = |one: &Candidate, other: &Candidate| {
            other.score.total_cmp(&one.score).then(other.slot.cmp(&one.slot))
        };
        if count == 0 {
            return Vec::new();
        }
        let candidate =
            |slot| Candidate { score: self.parts(evidence, slot as usize).total(), again: 0.0, slot };
        let mut best: Vec<Candidate> =
            self.in_reach(evidence, eligible, count).into_iter().map(candidate).collect();
        if best.len() > count {
            best.select_nth_unstable_by(count - 1, order);
            best.truncate(count);
        }
        best.sort_unstable_by(order);
        let each = evidence.question.breadth * evidence.hints(&self.weights) * self.weights.sitting_again;
        if each > 0.0 {
            let mut of_sitting: HashMap<u32, f32> = HashMap::new();
            for candidate in &mut best {
                let better = of_sitting.entry(self.slots[candidate.slot as usize].session).or_default();
                candidate.again = *better * each;
                candidate.score -= candidate.again;
                *better += 1.0;
            }
            best.sort_unstable_by(order);
        }
        best
    }

    /// Those of `slots` that may be among the best `count`: recency, which is dear to work out, can lift the others no higher.
    fn in_reach(&self, evidence: &Evidence<'_>, mut slots: Vec<u32>, count: usize) -> Vec<u32> {
        if slots.len() <= count {
            return slots;
        }
        let scores: Vec<f32> =
            slots.iter().map(|slot| self.lasting_parts(evidence, *slot as usize).total()).collect();
        let mut ordered = scores.clone();
        let (_, last, _) = ordered.select_nth_unstable_by(count - 1, |one, other| other.total_cmp(one));
        let least = *last - self.weights.recency.abs() - ROUNDING;
        let mut scores = scores.into_iter();
        slots.retain(|_| scores.next().is_some_and(|score| score >= least));
        slots
    }

    fn parts(&self, evidence: &Evidence<'_>, slot: usize) -> Parts {
        let mut parts = self.lasting_parts(evidence, slot);
        if let Some(now) = evidence.now {
            let days = (now - self.slots[slot].time).max(0) as f32 / DAY_SECONDS;
            parts.standing += self.weights.recency * (-days / self.weights.recency_half_life_days).exp2();
        }
        parts
    }

    /// All parts but recency.
    fn lasting_parts(&self, evidence: &Evidence<'_>, slot: usize) -> Parts {
        let weights = &self.weights;
        let memory = &self.slots[slot];
        let alone = evidence.cosines.is_none();
        let session = if alone { weights.session * weights.session_alone } else { weights.session };
        let hints = evidence.hints(weights);
        let mut parts = Parts {
            words: weights.words * evidence.lexical.words[slot],
            session: session * evidence.lexical.session[memory.session as usize],
            time: self.time_part(evidence, memory),
            ..Parts::default()
        };
        if let Some(cosines) = &evidence.cosines {
            parts.meaning = weights.meaning * cosines[slot];
            let beside = weights.neighbours.iter();
            let near =
                beside.filter_map(|(offset, weight)| Some(weight * cosines[self.at_offset(slot, *offset)?]));
            parts.neighbours = near.sum();
        }
        let meant = match evidence.question.about {
            About::Anyone => false,
            About::Speaker(speaker) => memory.speaker == speaker,
            About::Role(role) => memory.role == role,
        };
        let person = weights.person + evidence.question.breadth * weights.person_ever;
        parts.person = if meant { hints * person } else { 0.0 };
        parts.statement = hints * weights.asking * memory.asking;
        parts.standing = weights.importance * memory.importance;
        parts
    }

    fn time_part(&self, evidence: &Evidence<'_>, memory: &Slot) -> f32 {
        let asked = evidence.question.asks_when && memory.speaks_of_time;
        let nearness = evidence.times.iter().map(|range| nearness(range, memory.time)).fold(0.0, f32::max);
        self.weights.date * nearness + if asked { self.weights.asks_when } else { 0.0 }
    }

    fn question(&self, query: &Query<'_>) -> Question {
        let text = head(query.text, QUESTION_BYTES_MAX);
        let (rest, named) = self.without_names(text);
        let folded = text::fold(&rest);
        // A time that was understood is compared with times; its words would only be missed.
        let searched =
            if query.times.is_empty() { folded.clone() } else { text::without_time_words(&folded) };
        let about = match named.as_slice() {
            [one] => About::Speaker(*one),
            [] => match text::person_meant(&folded) {
                Some(Person::First) => About::Role(Role::User),
                Some(Person::Second) => About::Role(Role::Companion),
                None => About::Anyone,
            },
            _ => About::Anyone,
        };
        Question {
            terms: text::question_terms(&searched, &self.memory_languages()),
            about,
            named: named.len(),
            asks_when: time::asks_when(text),
            breadth: match text::things_asked(&folded) {
                Things::One => 0.0,
                Things::Several => 0.5,
                Things::Ever => 1.0,
            },
        }
    }

    fn memory_languages(&self) -> Vec<Language> {
        self.languages.keys().copied().filter(|language| *language != Language::Chinese).collect()
    }

    /// The text without speakers' names, and the speakers that it names. A name is met as a whole, or by any of its words that is no function word.
    fn without_names(&self, text: &str) -> (String, Vec<u32>) {
        let mut rest = text.to_owned();
        let mut named = Vec::new();
        for (index, speaker) in self.speakers.iter().enumerate() {
            let words = std::iter::once(speaker.as_str()).chain(speaker.split_whitespace());
            let mut met = false;
            for word in words.filter(|word| text::is_name(word)) {
                met |= text::cut_word(&mut rest, word);
            }
            if met {
                named.push(index as u32);
            }
        }
        (rest, named)
    }
}

/// 1 within the range; less the farther it is from it, sooner before it than after: things are told when they are over.
fn nearness(range: &Range<Timestamp>, time: i64) -> f32 {
    let before = (range.start.as_second() - time).max(0) as f32 / DAY_SECONDS;
    let after = (time - range.end.as_second()).max(0) as f32 / DAY_SECONDS;
    (1.0 - before / TOLD_BEFORE_DAYS - after / TOLD_AFTER_DAYS).max(0.0)
}
