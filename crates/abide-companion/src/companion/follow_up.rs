//! What a question follows that can't be understood alone. Must not know how memories are found, or what makes a question lean on others.

use std::collections::HashSet;

use super::error::CompanionResult;
use super::planning::Request;
use super::shared::read;
use crate::language::head;
use crate::prompt::{Plan, SectionKind, Window};
use crate::recall::{Recalled, Recollection};
use crate::text::{fold, leans_on_what_was_said};
use crate::transcript::Speaker;

/// Questions that a chain of follow-ups goes back, at most.
const QUESTIONS_MAX: usize = 3;
/// Bytes of a memory that was put in for the question before; what it names stands near its beginning or is the memory's matter.
const RECALLED_BYTES_MAX: usize = 300;

/// The talk that a question leans on.
#[derive(Debug, Clone, Default)]
pub(super) struct SaidBefore {
    /// The user's messages before it, back to one that stands alone, oldest first.
    questions: String,
    /// The best memory that was put in for the last of them; empty where there was none.
    recalled: String,
}

/// What the request's message follows; `None` where it stands alone, or nothing was said before it.
pub(super) fn said_before(request: &Request<'_>, window: &Window) -> CompanionResult<Option<SaidBefore>> {
    if !leans_on_what_was_said(&fold(&request.question.content.text)) {
        return Ok(None);
    }
    let mut questions: Vec<&str> = Vec::new();
    let mut reply = None;
    for turn in window.turns.iter().rev().filter(|turn| turn.id != request.question.id) {
        match turn.speaker {
            Speaker::Companion if questions.is_empty() => reply = reply.or(Some(turn.id)),
            Speaker::User => questions.push(&turn.text),
            Speaker::Companion | Speaker::Narrator => continue,
        }
        let last = questions.last();
        if questions.len() == QUESTIONS_MAX || last.is_some_and(|last| !leans_on_what_was_said(&fold(last))) {
            break;
        }
    }
    if questions.is_empty() {
        return Ok(None);
    }
    questions.reverse();
    let plan = match reply {
        Some(reply) => request.shared.store.plan(request.companion, reply)?,
        None => None,
    };
    let recalled = match plan {
        Some(plan) => best_of(request, &read("plan", plan.plan)?)?,
        None => String::new(),
    };
    Ok(Some(SaidBefore { questions: questions.join(" "), recalled }))
}

/// The words of the best memory of a plan, without when and by whom they were said.
fn best_of(request: &Request<'_>, plan: &Plan) -> CompanionResult<String> {
    let items = plan.section(SectionKind::Memories).into_iter().flat_map(|section| &section.items);
    let score = |item: &crate::prompt::Item| item.scores.get("score").copied().unwrap_or(0.0);
    let Some(best) = items.max_by(|one, other| score(one).total_cmp(&score(other))) else {
        return Ok(String::new());
    };
    let messages = request.shared.store.messages_by_id(request.companion, &best.messages)?;
    let own = messages.iter().filter(|message| message.content.speaker == Speaker::User);
    let words: Vec<&str> = own.map(|message| message.content.text.trim()).collect();
    Ok(head(&words.join(" "), RECALLED_BYTES_MAX).to_owned())
}

impl SaidBefore {
    /// What `look` finds for the question with those before it, and for the question with what was found then: that names who or what is
    /// meant. Whether anything is known is for the questions to tell. `look`: for a text, at the times that another names. Gives what was looked for, too.
    pub fn look(
        &self,
        question: &str,
        look: impl Fn(&str, &str) -> CompanionResult<Recollection>,
    ) -> CompanionResult<(String, Recollection)> {
        let query = format!("{} {question}", self.questions);
        let mut found = look(&query, &query)?;
        if !self.recalled.is_empty() {
            let more = look(&format!("{question} {}", self.recalled), &query)?;
            found.memories = together(found.memories, more.memories);
        }
        Ok((query, found))
    }
}

/// One from each in turn, the better first, none twice: scores of different questions say little to each other.
fn together(one: Vec<Recalled>, other: Vec<Recalled>) -> Vec<Recalled> {
    let (mut one, mut other) = (one.into_iter(), other.into_iter());
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    loop {
        let next = [one.next(), other.next()];
        if next.iter().all(Option::is_none) {
            return all;
        }
        all.extend(next.into_iter().flatten().filter(|memory| seen.insert(memory.id)));
    }
}
