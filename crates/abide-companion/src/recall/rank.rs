//! The parts of every memory's score, the best few, and whether anything is known at all. Must not know where memories come from.

use std::collections::HashMap;
use std::ops::Range;

use jiff::Timestamp;

use super::document::{Parts, Query, Recalled, Recollection, Role};
use super::index::{RecallIndex, Traits};
use super::lexical::{BLOCK, Lexical, idf};
use super::vectors::{Cosines, QuantizedVector};
use super::weights::Weights;
use super::when::{Bound, emphasis, is_within, nearness};
use crate::language::{Language, head};
use crate::text::{self, Person, QuestionTerm, Things};
use crate::time::{self, AskedTime, Emphasis};

/// Bytes of a question that are read; what is pasted behind it is no question.
pub(super) const QUESTION_BYTES_MAX: usize = 4096;
pub(super) const DAY_SECONDS: f32 = 86_400.0;
/// More than the rounding of a score.
const ROUNDING: f32 = 1e-3;
/// Scored memories that are kept before the worse ones go, at least.
const KEPT_MIN: usize = 1024;
/// Memories that are compared by meaning where cosines of all are only estimated: the best by these estimates.
const COMPARED: usize = 2048;
/// Beside them, those whose meaning alone seems nearest.
const NEAREST: usize = 256;
/// How sure it is that something is known where a time alone was asked for, and something was said then.
const CONFIDENCE_BY_TIME: f32 = 0.8;
/// Share of what words and meaning count where a question has none of its own and what is nearest to a day is asked for.
const WORDLESS: f32 = 0.05;
/// Memories that the assumption of an embedder that knows the language is worth.
const COMMON_PRIOR: f32 = 8.0;

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
    /// Whether it asks for nothing but what was at the times that it names.
    by_time: bool,
    /// Whether it asks for nothing but what was nearest to one of them.
    by_nearness: bool,
    /// How many things are asked for, from 0 for one to 1 for whatever ever was.
    breadth: f32,
    /// Share of terms that are characters, not words: most pairs of them are no word, and so in no memory.
    unspaced: f32,
    /// What a memory must have to be of the time that is asked for, where nothing else is an answer.
    bound: Option<Bound>,
}

/// What speaks for that something is known.
struct Grounds {
    /// See [`Recollection::coverage`].
    coverage: f32,
    /// See [`Recollection::nearest`].
    nearest: Option<f32>,
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
    cosines: Option<Cosines>,
    times: &'a [AskedTime],
    now: Option<i64>,
    factors: Factors,
}

/// Weights that don't differ between memories.
struct Factors {
    words: f32,
    session: f32,
    meaning: f32,
    neighbours: [(isize, f32); 2],
    /// Of hints, weighed against the part of the vectors.
    hints: f32,
    /// To have been said by the one whom the question is about.
    person: f32,
    asking: f32,
}

impl Factors {
    fn new(weights: &Weights, question: &Question, with_vectors: bool) -> Self {
        let (session, hints) =
            if with_vectors { (1.0, 1.0) } else { (weights.session_alone, weights.hints_alone) };
        let content = if question.by_nearness { WORDLESS } else { 1.0 };
        Self {
            words: content * weights.words,
            session: content * weights.session * session,
            meaning: content * weights.meaning,
            neighbours: weights.neighbours.map(|(offset, weight)| (offset, content * weight)),
            hints,
            person: hints * (weights.person + question.breadth * weights.person_ever),
            asking: hints * weights.asking,
        }
    }
}

impl Evidence<'_> {
    /// The slots of what tells of a time that is asked for, though it was said at another: as good as if it had been said then.
    fn told(&self) -> impl Iterator<Item = u32> {
        self.question.bound.iter().flat_map(|bound| bound.told.iter().copied())
    }

    /// What that counts for.
    fn told_part(&self, weights: &Weights) -> f32 {
        weights.date + if self.question.by_time { weights.date_alone } else { 0.0 }
    }

    fn person_part(&self, memory: &Traits) -> f32 {
        let meant = match self.question.about {
            About::Anyone => false,
            About::Speaker(speaker) => memory.speaker == speaker,
            About::Role(role) => memory.role == role,
        };
        if meant { self.factors.person } else { 0.0 }
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
        let eligible = self.eligible(query);
        let question = self.question(query, &eligible);
        let vector = vector.map(QuantizedVector::new);
        let cosines =
            vector.as_ref().and_then(|vector| self.vectors.cosines(&self.kernels, vector, self.slots.len()));
        let silent = self.silent(query);
        let lexical = self.lexical(&question.terms, &silent);
        let now = query.now.map(Timestamp::as_second);
        let factors = Factors::new(&self.weights, &question, cosines.is_some());
        let mut evidence =
            Evidence { question: &question, lexical, cosines, times: &query.times, now, factors };
        let wanted = looked_at(query, &question);
        let compared = vector.and_then(|vector| self.compare(&mut evidence, &vector, &eligible, wanted));
        if let Some(cosines) = &mut evidence.cosines {
            silent.iter().for_each(|slot| cosines.values[*slot as usize] = 0.0);
        }
        let mut recollection = self.judge(&evidence, &eligible, compared.as_deref());
        let in_reach = compared.unwrap_or_else(|| self.in_reach(&evidence, &eligible, wanted));
        recollection.memories = self.best(query, &evidence, in_reach);
        recollection
    }

    /// Where cosines are estimates: compares those memories that may be among the best or the nearest, and the turns beside them. Gives these memories' slots.
    fn compare(
        &self,
        evidence: &mut Evidence<'_>,
        vector: &QuantizedVector,
        eligible: &[bool],
        wanted: usize,
    ) -> Option<Vec<u32>> {
        let cosines = evidence.cosines.as_ref().filter(|cosines| cosines.estimated)?;
        let nearest = best_of(eligible, NEAREST, 0.0, |slots, scores| {
            scores.copy_from_slice(&cosines.values[slots]);
        });
        let mut slots = self.in_reach(evidence, eligible, COMPARED.max(wanted));
        slots.extend(nearest);
        slots.sort_unstable();
        slots.dedup();
        let beside = self.weights.neighbours.map(|(offset, _)| offset);
        let with_beside = slots.iter().flat_map(|slot| {
            let slot = *slot as usize;
            let beside = beside.into_iter().filter_map(move |offset| self.at_offset(slot, offset));
            std::iter::once(slot).chain(beside)
        });
        let mut with_beside: Vec<usize> = with_beside.collect();
        with_beside.sort_unstable();
        with_beside.dedup();
        self.vectors.compare(&self.kernels, vector, &with_beside, evidence.cosines.as_mut()?)?;
        Some(slots)
    }

    /// The slots of what may not be told, in their order.
    fn silent(&self, query: &Query<'_>) -> Vec<u32> {
        let mut slots: Vec<u32> = query.silent.iter().filter_map(|id| self.by_id.get(id)).copied().collect();
        slots.sort_unstable();
        slots
    }

    /// For each slot whether it may be found.
    fn eligible(&self, query: &Query<'_>) -> Vec<bool> {
        let mut eligible = self.findable.clone();
        let languages = self.memory_languages();
        for topic in &query.excluded_topics {
            let terms = text::question_terms(&text::fold(topic), &languages);
            let mut lists = terms.iter().map(|term| self.postings.of_any(&term.forms));
            let Some(having) = lists.next() else { continue };
            let mut having = having.into_owned();
            for list in lists {
                having.retain(|one| list.binary_search_by_key(&one.slot, |other| other.slot).is_ok());
            }
            having.iter().for_each(|posting| eligible[posting.slot as usize] = false);
        }
        for slot in query.skip.union(&query.silent).filter_map(|id| self.by_id.get(id)) {
            eligible[*slot as usize] = false;
        }
        eligible
    }

    /// Whether anything is known: how much of the question one place of the memory has, and how near the nearest memory is. A name that no
    /// speaker has counts as a word (a rare one), so a question about strangers is covered badly. `compared`: whose
    /// cosines are true, where not all are.
    fn judge(&self, evidence: &Evidence<'_>, eligible: &[bool], compared: Option<&[u32]>) -> Recollection {
        let nothing = !eligible.contains(&true);
        let common = self.commonness(evidence, eligible);
        let anywhere = self.grounds(evidence, eligible, compared);
        let odds = match &evidence.question.bound {
            Some(bound) => {
                let of_it = self.bound_to(bound, evidence.times, eligible);
                let known = of_it.contains(&true) && self.has_any_of(&bound.names, &of_it);
                let grounds = self.grounds(evidence, &of_it, compared);
                if known { self.odds(evidence, &grounds, common) } else { f32::NEG_INFINITY }
            }
            None => self.odds(evidence, &anywhere, common),
        };
        let odds = odds.max(self.odds_then(evidence, eligible, compared, common));
        let confidence = if nothing { 0.0 } else { 1.0 / (1.0 + (-odds).exp()) };
        let is_told = || evidence.told().any(|slot| eligible[slot as usize]);
        let by_time = evidence.question.by_time && (self.any_within(evidence.times, eligible) || is_told());
        let confidence = if by_time { confidence.max(CONFIDENCE_BY_TIME) } else { confidence };
        let known = !nothing && (odds >= 0.0 || by_time);
        let Grounds { coverage, nearest } = anywhere;
        Recollection { memories: Vec::new(), known, confidence, coverage, nearest }
    }

    /// How much of the question one place among some memories has, and the nearest of them.
    fn grounds(&self, evidence: &Evidence<'_>, among: &[bool], compared: Option<&[u32]>) -> Grounds {
        let nothing = !among.contains(&true);
        let names = if nothing { 0.0 } else { evidence.question.named as f32 * idf(self.len(), 0) };
        let covered = greatest(&evidence.lexical.covered, among) + names;
        let whole = evidence.lexical.weight + names;
        let coverage = if whole > 0.0 { covered / whole } else { 0.0 };
        let nearest = evidence.cosines.as_ref().map(|cosines| match compared {
            Some(slots) => {
                let slots = slots.iter().map(|slot| *slot as usize).filter(|slot| among[*slot]);
                slots.map(|slot| cosines.values[slot]).fold(0.0, greater)
            }
            None => greatest(&cosines.values, among),
        });
        Grounds { coverage, nearest }
    }

    /// The same of what was said within the times that are asked for. That it was said then speaks for it, the more the less else was.
    fn odds_then(
        &self,
        evidence: &Evidence<'_>,
        eligible: &[bool],
        compared: Option<&[u32]>,
        common: f32,
    ) -> f32 {
        let closed = |time: &&AskedTime| matches!(time.emphasis, Emphasis::Whole | Emphasis::Middle);
        let times: Vec<&AskedTime> = evidence.times.iter().filter(closed).collect();
        if times.is_empty() {
            return f32::NEG_INFINITY;
        }
        let is_then = |(memory, eligible): (&Traits, &bool)| {
            *eligible && times.iter().any(|time| is_within(time, memory.time))
        };
        let then: Vec<bool> = self.traits.iter().zip(eligible).map(is_then).collect();
        let count = |slots: &[bool]| slots.iter().filter(|slot| **slot).count() as f32;
        let share = count(&then) / count(eligible).max(1.0);
        let names = evidence.question.bound.as_ref().map_or(&[][..], |bound| &bound.names);
        if share == 0.0 || !self.has_any_of(names, &then) {
            return f32::NEG_INFINITY;
        }
        let grounds = self.grounds(evidence, &then, compared);
        // By words alone it stands for a share of what is needed: where that is little, any character of the question would do.
        let needed = self.coverage_needed(evidence.question) / self.weights.known_coverage_alone;
        let worth = if grounds.nearest.is_some() { 1.0 } else { needed };
        self.odds(evidence, &grounds, common) + worth * self.weights.known_then * (1.0 - share)
    }

    /// Log odds that something is known.
    fn odds(&self, evidence: &Evidence<'_>, grounds: &Grounds, common: f32) -> f32 {
        if let Some(nearest) = grounds.nearest {
            return self.odds_by_both(grounds.coverage, nearest, common);
        }
        10.0 * (grounds.coverage - self.coverage_needed(evidence.question))
    }

    /// Coverage needed for even odds by words alone.
    fn coverage_needed(&self, question: &Question) -> f32 {
        let (spaced, unspaced) = (self.weights.known_coverage_alone, self.weights.known_coverage_blind);
        (1.0 - question.unspaced) * spaced + question.unspaced * unspaced
    }

    /// Log odds that something is known. The nearest memory tells as much as it is nearer than memories are anyway (`common`): to an embedder that
    /// never read a language, all its texts are near each other, and words decide.
    fn odds_by_both(&self, coverage: f32, nearest: f32, common: f32) -> f32 {
        let weights = &self.weights;
        let (sighted, blind) = (weights.known_sighted, weights.known_blind);
        let sight = ((blind - common) / (blind - sighted)).clamp(0.0, 1.0);
        let both = weights.known_coverage * coverage + weights.known_meaning * (nearest - common)
            - weights.known_threshold;
        let words = weights.known_coverage_words * (coverage - weights.known_coverage_blind);
        sight * both + (1.0 - sight) * words
    }

    /// The mean cosine of memories with the question. Few of them say little of an embedder, so it is taken for one that knows the language until there are more.
    fn commonness(&self, evidence: &Evidence<'_>, eligible: &[bool]) -> f32 {
        let Some(cosines) = &evidence.cosines else { return 0.0 };
        // In f64, so that their order makes no difference.
        let mut sum = f64::from(COMMON_PRIOR * self.weights.known_sighted);
        let mut count = f64::from(COMMON_PRIOR);
        for (slot, (value, eligible)) in cosines.values.iter().zip(eligible).enumerate() {
            if *eligible && self.vectors.has(slot) {
                sum += f64::from(*value);
                count += 1.0;
            }
        }
        (sum / count) as f32
    }

    /// Whether something that may be found was said within one of these times.
    fn any_within(&self, times: &[AskedTime], eligible: &[bool]) -> bool {
        let mut found = self.traits.iter().zip(eligible).filter(|(_, eligible)| **eligible);
        !times.is_empty() && found.any(|(memory, _)| times.iter().any(|time| is_within(time, memory.time)))
    }

    fn best(&self, query: &Query<'_>, evidence: &Evidence<'_>, in_reach: Vec<u32>) -> Vec<Recalled> {
        let mut left = query.token_budget.unwrap_or(usize::MAX);
        let mut best = Vec::new();
        for candidate in self.candidates(evidence, in_reach, looked_at(query, evidence.question)) {
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

    /// The best of some memories, at most `count`, in their order once each has lost something for every better one of its sitting.
    fn candidates(&self, evidence: &Evidence<'_>, in_reach: Vec<u32>, count: usize) -> Vec<Candidate> {
        // Later memories first where scores are equal; slots don't tell, as facts move.
        let id = |candidate: &Candidate| self.slots[candidate.slot as usize].id;
        let order = |one: &Candidate, other: &Candidate| {
            other.score.total_cmp(&one.score).then_with(|| id(other).cmp(&id(one)))
        };
        if count == 0 {
            return Vec::new();
        }
        let candidate =
            |slot| Candidate { score: self.parts(evidence, slot as usize).total(), again: 0.0, slot };
        let mut best: Vec<Candidate> = in_reach.into_iter().map(candidate).collect();
        if best.len() > count {
            best.select_nth_unstable_by(count - 1, order);
            best.truncate(count);
        }
        best.sort_unstable_by(order);
        let each = evidence.question.breadth * evidence.factors.hints * self.weights.sitting_again;
        if each > 0.0 {
            let mut of_sitting: HashMap<u32, f32> = HashMap::new();
            for candidate in &mut best {
                let better = of_sitting.entry(self.session_of[candidate.slot as usize]).or_default();
                candidate.again = *better * each;
                candidate.score -= candidate.again;
                *better += 1.0;
            }
            best.sort_unstable_by(order);
        }
        best
    }

    /// Those that may be among the best `count`: recency, which is dear to work out, can lift the others no higher.
    fn in_reach(&self, evidence: &Evidence<'_>, eligible: &[bool], count: usize) -> Vec<u32> {
        let slack = self.weights.recency.abs() + ROUNDING;
        best_of(eligible, count, slack, |slots, scores| self.lasting_scores(evidence, slots, scores))
    }

    /// The sum of [`Self::lasting_parts`] for each of some slots, but for rounding: part after part, which takes a third of the time.
    fn lasting_scores(&self, evidence: &Evidence<'_>, slots: Range<usize>, scores: &mut [f32]) {
        let (weights, factors) = (&self.weights, &evidence.factors);
        let add = |scores: &mut [f32], values: &[f32], weight: f32| {
            scores.iter_mut().zip(values).for_each(|(score, value)| *score += weight * value);
        };
        scores.fill(0.0);
        add(scores, &evidence.lexical.words[slots.clone()], factors.words);
        if let Some(cosines) = &evidence.cosines {
            add(scores, &cosines.values[slots.clone()], factors.meaning);
            for (offset, weight) in factors.neighbours {
                self.add_from_beside(scores, &slots, offset, weight, |beside| &cosines.values[beside]);
            }
        }
        let sessions = &self.session_of[slots.clone()];
        let traits = &self.traits[slots.clone()];
        for ((score, memory), session) in scores.iter_mut().zip(traits).zip(sessions) {
            let session = evidence.lexical.session.get(*session as usize).unwrap_or(&0.0);
            *score += factors.session * session
                + factors.asking * memory.asking
                + weights.importance * memory.importance;
        }
        if evidence.question.about != About::Anyone {
            let scored = scores.iter_mut().zip(traits);
            scored.for_each(|(score, memory)| *score += evidence.person_part(memory));
        }
        if evidence.question.asks_when || !evidence.times.is_empty() {
            let scored = scores.iter_mut().zip(traits);
            scored.for_each(|(score, memory)| *score += self.time_part(evidence, memory));
        }
        for slot in evidence.told().filter(|slot| slots.contains(&(*slot as usize))) {
            scores[slot as usize - slots.start] += evidence.told_part(weights);
        }
    }

    fn parts(&self, evidence: &Evidence<'_>, slot: usize) -> Parts {
        let mut parts = self.lasting_parts(evidence, slot);
        if let Some(now) = evidence.now {
            let days = (now - self.traits[slot].time).max(0) as f32 / DAY_SECONDS;
            parts.standing += self.weights.recency * (-days / self.weights.recency_half_life_days).exp2();
        }
        parts
    }

    /// All parts but recency.
    fn lasting_parts(&self, evidence: &Evidence<'_>, slot: usize) -> Parts {
        let (weights, factors) = (&self.weights, &evidence.factors);
        let memory = &self.traits[slot];
        let mut parts = Parts {
            words: factors.words * evidence.lexical.words[slot],
            session: factors.session * evidence.lexical.session[self.session_of[slot] as usize],
            time: self.time_part(evidence, memory),
            ..Parts::default()
        };
        if let Some(cosines) = &evidence.cosines {
            let cosines = &cosines.values;
            parts.meaning = factors.meaning * cosines[slot];
            for (offset, weight) in factors.neighbours {
                parts.neighbours +=
                    self.at_offset(slot, offset).map_or(0.0, |neighbour| weight * cosines[neighbour]);
            }
        }
        if evidence.told().any(|told| told as usize == slot) {
            parts.time += evidence.told_part(weights);
        }
        parts.person = evidence.person_part(memory);
        parts.statement = factors.asking * memory.asking;
        parts.standing = weights.importance * memory.importance;
        parts
    }

    /// What was said in a time that is asked for, likelier where that has its emphasis; where nothing else is asked, that decides.
    fn time_part(&self, evidence: &Evidence<'_>, memory: &Traits) -> f32 {
        let asked = evidence.question.asks_when && memory.speaks_of_time;
        let mut part = if asked { self.weights.asks_when } else { 0.0 };
        let [mut told, mut within] = [0.0, 0.0];
        for time in evidence.times {
            let emphasis = emphasis(time, memory.time);
            // What one says of a whole year is less exact than what one says of a day.
            let exact = if time.emphasis == Emphasis::Middle { 1.0 } else { 3.0 };
            told = greater(told, self.weights.date * (nearness(time, memory.time) + exact * emphasis));
            if is_within(time, memory.time) {
                within = greater(within, self.weights.date_alone * (1.0 + 2.0 * emphasis));
            }
        }
        part += told;
        if evidence.question.by_time {
            part += within;
        }
        part
    }

    fn question(&self, query: &Query<'_>, eligible: &[bool]) -> Question {
        let text = head(query.text, QUESTION_BYTES_MAX);
        let (rest, named) = self.without_names(text);
        let folded = text::fold(&rest);
        let by_time = text::asks(&text::fold(text))
            && query.beside_times.as_deref().is_some_and(|beside| {
                text::says_nothing_more(&text::fold(&self.without_names(head(beside, QUESTION_BYTES_MAX)).0))
            });
        // A time that was understood is compared with times; its words would only be missed. Where nothing was said then, somebody may have told of it by
        // its name.
        let searched = if !query.told_of.is_empty() || self.any_within(&query.times, eligible) {
            let matter = query.matter.as_deref().map_or_else(
                || folded.clone(),
                |matter| text::fold(&self.without_names(head(matter, QUESTION_BYTES_MAX)).0),
            );
            text::without_time_words(&matter)
        } else {
            folded.clone()
        };
        let about = match named.as_slice() {
            [one] => About::Speaker(*one),
            [] => match text::person_meant(&folded) {
                Some(Person::First) => About::Role(Role::User),
                Some(Person::Second) => About::Role(Role::Companion),
                None => About::Anyone,
            },
            _ => About::Anyone,
        };
        let bound = self.bound(query, &folded);
        let terms = text::question_terms(&searched, &self.memory_languages());
        let characters = terms.iter().filter(|term| term.forms[0].starts_with(text::is_unspaced)).count();
        Question {
            unspaced: characters as f32 / terms.len().max(1) as f32,
            terms,
            about,
            named: named.len(),
            asks_when: time::asks_when(text),
            by_time,
            by_nearness: by_time && query.times.iter().any(|time| time.emphasis != Emphasis::Whole),
            bound,
            breadth: match text::things_asked(&folded) {
                Things::One => 0.0,
                Things::Several => 0.5,
                Things::Ever => 1.0,
            },
        }
    }

    pub(super) fn memory_languages(&self) -> Vec<Language> {
        self.languages.keys().copied().filter(|language| *language != Language::Chinese).collect()
    }

    /// The text without speakers' names, and the speakers that it names. A name is met as a whole, or by any of its words that is no function word.
    pub(super) fn without_names(&self, text: &str) -> (String, Vec<u32>) {
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

fn greater(most: f32, value: f32) -> f32 {
    if value > most { value } else { most }
}

fn greatest(values: &[f32], eligible: &[bool]) -> f32 {
    values.iter().zip(eligible).filter(|(_, eligible)| **eligible).map(|(value, _)| *value).fold(0.0, greater)
}

/// How many of the best are looked at: some are passed over, those that don't fit the budget, or whose sitting has better ones.
fn looked_at(query: &Query<'_>, question: &Question) -> usize {
    let spare = if query.token_budget.is_some() || question.breadth > 0.0 { 8 } else { 1 };
    query.limit.saturating_mul(spare)
}

/// Of the eligible slots the best `count`, and whatever is within `slack` of them, in no order. `score`: writes the scores of some slots.
fn best_of(
    eligible: &[bool],
    count: usize,
    slack: f32,
    score: impl Fn(Range<usize>, &mut [f32]),
) -> Vec<u32> {
    let mut kept: Vec<(f32, u32)> = Vec::new();
    let mut least = f32::NEG_INFINITY;
    let mut room = count.saturating_mul(8).max(KEPT_MIN);
    let mut scores = [0.0; BLOCK];
    for (block, eligible) in eligible.chunks(BLOCK).enumerate() {
        if !eligible.contains(&true) {
            continue;
        }
        let (first, scores) = (block * BLOCK, &mut scores[..eligible.len()]);
        score(first..first + scores.len(), scores);
        for (at, score) in scores.iter().enumerate() {
            if *score >= least && eligible[at] {
                kept.push((*score, (first + at) as u32));
                if kept.len() == room {
                    least = keep_best(&mut kept, count, slack);
                    room = room.max(2 * kept.len());
                }
            }
        }
    }
    keep_best(&mut kept, count, slack);
    kept.into_iter().map(|(_, slot)| slot).collect()
}

/// Leaves of scored memories the best `count`, and whatever is within `slack` of them; gives the score below which nothing need be added.
fn keep_best(scored: &mut Vec<(f32, u32)>, count: usize, slack: f32) -> f32 {
    if count == 0 || scored.len() <= count {
        return f32::NEG_INFINITY;
    }
    let (_, (last, _), _) = scored.select_nth_unstable_by(count - 1, |one, other| other.0.total_cmp(&one.0));
    let least = *last - slack;
    scored.retain(|(score, _)| *score >= least);
    least
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::recall::{MemoryDocument, MemoryId};

    fn index(memories: &[(u64, String, Option<[f32; 2]>)]) -> RecallIndex {
        let mut index = RecallIndex::default();
        for ((session, text, vector), number) in memories.iter().zip(0..) {
            let id = MemoryId::Message(number);
            index.insert(&MemoryDocument {
                id,
                speaker: if number % 3 == 0 { "Ann" } else { "Bob" },
                role: if number % 3 == 0 { Role::User } else { Role::Companion },
                text,
                time: Timestamp::from_second(number as i64 * 100_000).unwrap(),
                session: Some(*session),
                importance: number as f32 / 50.0,
            });
            if let Some(vector) = vector {
                index.set_vector(id, &QuantizedVector::new(vector)).unwrap();
            }
        }
        index
    }

    proptest! {
        /// What is scored for all memories at once is the sum of what is said of each.
        #[test]
        fn scores_of_all_are_the_sums_of_parts(
            memories in prop::collection::vec((0_u64..4, "([a-c]{2} ){0,6}(in may)?[?]?", prop::option::of(prop::array::uniform2(-1.0_f32..1.0))), 1..40),
            removed in prop::collection::vec(0_u64..40, 0..5),
            question in "(when |what )?(did |does )?(Ann |Bob |my |your )?([a-c]{2} ){0,4}",
            vector in prop::option::of(prop::array::uniform2(-1.0_f32..1.0)),
            timed in any::<bool>(),
            emphasis in prop::sample::select(vec![Emphasis::Whole, Emphasis::Start, Emphasis::Middle, Emphasis::End]),
        ) {
            let mut index = index(&memories);
            removed.iter().for_each(|number| _ = index.remove(MemoryId::Message(*number)));
            let mut query = Query::new(&question, 5);
            query.beside_times = timed.then(String::new);
            let times = Timestamp::UNIX_EPOCH..Timestamp::from_second(900_000).unwrap();
            query.times = if timed { vec![AskedTime { within: times, emphasis }] } else { vec![] };
            let question = index.question(&query, &index.eligible(&query));
            let cosines = vector.and_then(|vector| index.vectors.cosines(&index.kernels, &QuantizedVector::new(&vector), index.slots.len()));
            let factors = Factors::new(&index.weights, &question, cosines.is_some());
            let lexical = index.lexical(&question.terms, &[]);
            let evidence = Evidence { question: &question, lexical, cosines, times: &query.times, now: None, factors };
            let slots = memories.len() / 3..memories.len();
            let mut scores = vec![7.0; slots.len()];
            index.lasting_scores(&evidence, slots.clone(), &mut scores);
            for (slot, score) in slots.zip(scores).filter(|(slot, _)| index.findable[*slot]) {
                let parts = index.lasting_parts(&evidence, slot).total();
                prop_assert!((parts - score).abs() < ROUNDING / 10.0, "{parts} {score}");
            }
        }

        #[test]
        fn the_best_are_kept(values in prop::collection::vec(-9_i8..9, 0..6000), count in 0_usize..40) {
            let eligible: Vec<bool> = (0..values.len()).map(|slot| slot % 5 != 0).collect();
            let mut kept = best_of(&eligible, count, 0.0, |slots, scores| {
                scores.iter_mut().zip(slots).for_each(|(score, slot)| *score = f32::from(values[slot]));
            });
            kept.sort_unstable();
            let mut order: Vec<i8> = values.iter().zip(&eligible).filter(|(_, may)| **may).map(|(value, _)| *value).collect();
            order.sort_unstable_by(|one, other| other.cmp(one));
            let least = if count == 0 { i8::MIN } else { order.get(count - 1).copied().unwrap_or(i8::MIN) };
            let exact: Vec<u32> = (0..values.len()).filter(|slot| eligible[*slot] && values[*slot] >= least).map(|slot| slot as u32).collect();
            prop_assert_eq!(kept, exact);
        }
    }
}
