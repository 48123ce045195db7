//! What was said within a time that a question names, near it, or of it. Must not know words of times, or what else speaks for a memory.

use std::collections::HashSet;

use super::document::{MemoryId, Query, Role};
use super::index::RecallIndex;
use super::rank::{DAY_SECONDS, QUESTION_BYTES_MAX};
use crate::language::head;
use crate::text::{self, Person, QuestionTerm};
use crate::time::{AskedTime, Emphasis};

/// Days after a time that a question names in which it may still be told of.
const TOLD_AFTER_DAYS: f32 = 10.0;
/// Days before it.
const TOLD_BEFORE_DAYS: f32 = 3.0;
/// Days over which nearness within a stretch falls from 1 to 0, on a scale of logarithms: a day more counts as much as twice the days.
const NEARNESS_DAYS: f32 = 3650.0;

/// Memories that are asked whether they tell of a time, at most.
const TELLING_MAX: usize = 64;
/// Days after a time in which words for an earlier one may mean it.
const TELLING_DAYS: i64 = 200;

/// A question for what was within a time that is over: what was at another is no answer.
#[derive(Debug)]
pub(super) struct Bound {
    /// By which words something told at another time may be of it.
    time: Vec<QuestionTerm>,
    /// What is asked beside it.
    beside: Vec<QuestionTerm>,
    /// Whether that is nothing but what was: "What did I do?"
    whatever: bool,
    /// Names that it asks for.
    pub names: Vec<QuestionTerm>,
    /// What tells of it by a word for another time than its own, such as "two weeks ago".
    pub told: HashSet<u32>,
}

impl RecallIndex {
    /// What a memory must have, where only what was within the times is an answer to a question (folded, without speakers' names).
    pub(super) fn bound(&self, query: &Query<'_>, folded: &str) -> Option<Bound> {
        let matter = query.matter.as_deref().filter(|_| query.only_then)?;
        let matter = self.without_names(head(matter, QUESTION_BYTES_MAX)).0;
        let languages = self.memory_languages();
        let asked = text::fold(&matter);
        let beside = text::question_terms(&asked, &languages);
        let whatever = beside.is_empty() || text::says_nothing_more(&asked);
        let is_of_time = |term: &QuestionTerm| {
            let form = term.forms[0].as_str();
            let one_character = form.starts_with(text::is_unspaced) && form.chars().nth(1).is_none();
            !one_character && !beside.iter().any(|beside| beside.forms[0] == form)
        };
        let time = text::question_terms(folded, &languages).into_iter().filter(is_of_time).collect();
        let names = text::question_terms(&text::fold(&text::names_in(&matter)), &languages);
        let told = query.told_of.iter().filter_map(|id| self.by_id.get(id)).copied().collect();
        Some(Bound { time, beside, whatever, names, told })
    }

    /// Where only what was within the times is an answer to a query: the memories that have most words of what it asks beside them; where it asks for nothing
    /// else, the nearest ones behind them that look back. Whether they tell of these times, their texts say, which are not kept here: see
    /// [`Query::told_of`].
    pub fn telling_of_times(&self, query: &Query<'_>) -> Vec<MemoryId> {
        let Some(bound) = self.bound(query, "") else { return Vec::new() };
        let mut slots: Vec<usize>;
        if bound.whatever {
            let traits = |slot: &usize| &self.traits[*slot];
            let since = |slot: &usize| seconds_since(&query.times, traits(slot).time);
            // "Tell me what you did yesterday" tells nothing of it.
            let role = text::person_meant(&text::fold(head(query.text, QUESTION_BYTES_MAX)));
            let role = role.map(|person| if person == Person::First { Role::User } else { Role::Companion });
            let may_tell = |slot: &usize| {
                let memory = traits(slot);
                self.findable[*slot]
                    && memory.looks_back
                    && role.is_none_or(|role| memory.role == role)
                    && (0..TELLING_DAYS * 86_400).contains(&since(slot))
            };
            slots = (0..self.slots.len()).filter(may_tell).collect();
            slots.sort_by_key(since);
        } else {
            let having = self.having(&bound);
            slots = (0..having.len()).filter(|slot| self.findable[*slot] && having[*slot] > 0).collect();
            slots.sort_by_key(|slot| std::cmp::Reverse(having[*slot]));
        }
        slots.iter().take(TELLING_MAX).map(|slot| self.slots[*slot].id).collect()
    }

    /// Of each slot, how much of what is asked beside the time it has.
    fn having(&self, bound: &Bound) -> Vec<usize> {
        let mut having = vec![0; self.slots.len()];
        for term in &bound.beside {
            self.postings.of_any(&term.forms).iter().for_each(|posting| having[posting.slot as usize] += 1);
        }
        having
    }

    /// Which memories may answer such a question: what was said then or soon after, or names the time or tells of it; and facts that have all words of the question, since they hold
    /// longer than on the day they were told.
    pub(super) fn bound_to(&self, bound: &Bound, times: &[AskedTime], eligible: &[bool]) -> Vec<bool> {
        let is_near = |slot: usize| times.iter().any(|time| nearness(time, self.traits[slot].time) > 0.0);
        let mut of_it: Vec<bool> = (0..eligible.len()).map(|slot| eligible[slot] && is_near(slot)).collect();
        for slot in &bound.told {
            of_it[*slot as usize] |= eligible[*slot as usize];
        }
        for term in &bound.time {
            for posting in self.postings.of_any(&term.forms).iter() {
                of_it[posting.slot as usize] |= eligible[posting.slot as usize];
            }
        }
        for (slot, having) in self.having(bound).into_iter().enumerate() {
            let is_fact = matches!(self.slots[slot].id, MemoryId::Fact(_));
            of_it[slot] |= is_fact && eligible[slot] && having > 0 && having == bound.beside.len();
        }
        of_it
    }

    /// Whether one of some memories has one of these terms, where there are any.
    pub(super) fn has_any_of(&self, terms: &[QuestionTerm], among: &[bool]) -> bool {
        let is_there = |term: &QuestionTerm| {
            self.postings.of_any(&term.forms).iter().any(|posting| among[posting.slot as usize])
        };
        terms.is_empty() || terms.iter().any(is_there)
    }
}

/// Seconds since the end of the latest of these times that was over; less than none where none was.
fn seconds_since(times: &[AskedTime], time: i64) -> i64 {
    let since = times.iter().map(|asked| time - asked.within.end.as_second());
    since.filter(|since| *since >= 0).min().unwrap_or(-1)
}

/// 1 within the time; less the farther it is from it, sooner before it than after: things are told when they are over. What is before or after a day is not
/// what was told on it.
pub(super) fn nearness(asked: &AskedTime, time: i64) -> f32 {
    if matches!(asked.emphasis, Emphasis::Start | Emphasis::End) {
        return if is_within(asked, time) { 1.0 } else { 0.0 };
    }
    let before = (asked.within.start.as_second() - time).max(0) as f32 / DAY_SECONDS;
    let after = (time - asked.within.end.as_second()).max(0) as f32 / DAY_SECONDS;
    (1.0 - before / TOLD_BEFORE_DAYS - after / TOLD_AFTER_DAYS).max(0.0)
}

/// From 0 to 1: how near to what is meant most of a time it was, within it.
pub(super) fn emphasis(asked: &AskedTime, time: i64) -> f32 {
    let (start, end) = (asked.within.start.as_second(), asked.within.end.as_second());
    let centre = match asked.emphasis {
        Emphasis::Whole => return 0.0,
        _ if !is_within(asked, time) => return 0.0,
        Emphasis::Start => start,
        Emphasis::Middle => start.midpoint(end),
        Emphasis::End => end,
    };
    let days = (time - centre).abs() as f32 / DAY_SECONDS;
    (1.0 - days.ln_1p() / NEARNESS_DAYS.ln_1p()).max(0.0)
}

pub(super) fn is_within(asked: &AskedTime, time: i64) -> bool {
    (asked.within.start.as_second()..asked.within.end.as_second()).contains(&time)
}
