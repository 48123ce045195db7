//! What a message makes of the facts of the one before it: "sorry, I meant Aldi"; and what "it" may be in it. Must not know how that is told.

use super::{Listener, new_fact};
use crate::companion::error::CompanionResult;
use crate::facts;
use crate::store::{Fact, FactOrigin, FactSource};
use crate::transcript::{Message, Speaker};

/// Messages up to which the user's last one is looked for: theirs now, a reply, and theirs before.
const NEAR: usize = 3;

impl Listener<'_> {
    /// Puts right or takes back the facts of the user's message before this one, if it says so.
    pub(super) fn put_right(&self, message: &Message, origin: FactOrigin) -> CompanionResult<()> {
        let text = &message.content.text;
        if !facts::may_correct(text) {
            return Ok(());
        }
        let (store, companion) = (&self.shared.store, self.companion);
        let path = store.path_to(companion, message.id, NEAR)?;
        let before = path.iter().rev().skip(1).find(|before| before.content.speaker == Speaker::User);
        let Some(before) = before else { return Ok(()) };
        let knowledge = self.shared.knowledge(companion)?;
        let at = self.at(before);
        let told = self.told(&at, &knowledge);
        let Some(correction) = facts::correction(text, &before.content.text, told) else { return Ok(()) };
        for (wrong, right) in correction.changes {
            let is_it = |fact: &&Fact| {
                let content = &fact.content;
                (&content.subject, &content.predicate, &content.value)
                    == (&wrong.subject, &wrong.predicate, &wrong.value)
                    && content.sources.iter().any(|source| source.message == before.id)
                    && !content.pinned
                    && fact.edited.is_none()
            };
            let Some(known) = knowledge.facts.iter().find(is_it) else { continue };
            match right {
                Some(mut right) => {
                    if correction.is_change {
                        right.said = message.content.time;
                    }
                    let source = FactSource { message: message.id, quote: Some(right.quote.clone()) };
                    store.supersede_facts(companion, &[known.id], new_fact(&right, source, origin))?;
                }
                // What was also told in earnest stays.
                None if self.told_elsewhere(known, before)? => {}
                None => store.withdraw_fact(companion, known.id, message.id)?,
            }
        }
        Ok(())
    }

    /// What the user said before this message, if it may go on from that and the reply to it spoke of nothing else.
    pub(super) fn spoken_before(&self, message: &Message) -> CompanionResult<Option<String>> {
        if !facts::may_go_on(&message.content.text) {
            return Ok(None);
        }
        let path = self.shared.store.path_to(self.companion, message.id, NEAR)?;
        let earlier = path.iter().rev().skip(1);
        let mut replies = earlier.clone().take_while(|before| before.content.speaker != Speaker::User);
        let Some(before) = earlier.clone().find(|before| before.content.speaker == Speaker::User) else {
            return Ok(None);
        };
        let before = &before.content.text;
        let elsewhere = replies.any(|reply| facts::changes_the_subject(&reply.content.text, before));
        Ok((!elsewhere).then(|| before.clone()))
    }

    /// Whether the path has another message, too, that a fact is known from.
    fn told_elsewhere(&self, fact: &Fact, message: &Message) -> CompanionResult<bool> {
        for source in fact.content.sources.iter().filter(|source| source.message != message.id) {
            if self.shared.store.path_position(self.companion, source.message)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
