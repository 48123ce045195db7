//! Moving in a companion's tree of messages. Must not know prompts.
//!
//! Each waits for the companion's present turn, so that a reply is not put where the user just left.

use super::error::{CompanionError, CompanionResult};
use super::handle::Companion;
use super::{drafted, understanding, worker};
use crate::store::{Branch, Deleted, Siblings, Window};
use crate::transcript::{Message, MessageId, Speaker};

/// Which of the replies (or wordings) beside the last one is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swipe {
    /// The one that was made after it.
    Next,
    /// The one that was made before it.
    Previous,
}

impl Companion {
    /// The last `count` messages of the conversation, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn recent(&self, count: usize) -> CompanionResult<Vec<Message>> {
        Ok(self.shared.store.path_tail(self.id, count)?)
    }

    /// At most `count` messages of the conversation from a position on (the first is 1), oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn messages(&self, position: u64, count: usize) -> CompanionResult<Vec<Message>> {
        Ok(self.shared.store.path_range(self.id, position, count)?)
    }

    /// How many messages the conversation has.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn length(&self) -> CompanionResult<u64> {
        Ok(self.shared.store.path_length(self.id)?)
    }

    /// The last messages of at most `count` lines that the conversation does not lead to, newest first: what was left when the user went back, said something
    /// in other words, or asked for another reply. [`Companion::go_to`] leads there.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn ends_aside(&self, count: usize) -> CompanionResult<Vec<Message>> {
        Ok(self.shared.store.ends_aside(self.id, count)?)
    }

    /// Whether the conversation leads through a message.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn is_on_path(&self, id: MessageId) -> CompanionResult<bool> {
        Ok(self.shared.store.path_position(self.id, id)?.is_some())
    }

    /// How many messages are kept aside: the conversation does not lead through them.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn count_aside(&self) -> CompanionResult<u64> {
        Ok(self.shared.store.count_aside(self.id)?)
    }

    /// When the two talked last, here or elsewhere, as far as it is known.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn last_talk(&self) -> CompanionResult<Option<jiff::Timestamp>> {
        Ok(self.shared.store.newest_time(self.id, None, self.shared.now())?)
    }

    /// One message, on any branch.
    ///
    /// # Errors
    /// When there is none.
    pub fn message(&self, id: MessageId) -> CompanionResult<Message> {
        Ok(self.shared.store.message(self.id, id)?)
    }

    /// The greeting that the conversation begins with, if it begins with one.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn greeting(&self) -> CompanionResult<Option<Message>> {
        let first = self.shared.store.path_range(self.id, 1, 1)?.into_iter().next();
        Ok(first.filter(|message| message.content.speaker == Speaker::Companion))
    }

    /// A message among those in its place.
    ///
    /// # Errors
    /// When there is no such message.
    pub fn siblings(&self, id: MessageId) -> CompanionResult<Siblings> {
        Ok(self.shared.store.siblings(self.id, id)?)
    }

    /// Shows another reply in place of the last one, or, where the user spoke last, another wording of what was said. The conversation goes on to where it
    /// went from there last. `None`: there is no other in that direction; past the last one, [`Companion::regenerate`] makes a reply.
    ///
    /// # Errors
    /// When the conversation has no message.
    pub fn swipe(&self, swipe: Swipe) -> CompanionResult<Option<Message>> {
        let _turn = self.turn();
        let store = &self.shared.store;
        let head = store.head(self.id)?.ok_or(CompanionError::NothingToAnswer)?;
        let speaker = store.message(self.id, head)?.content.speaker;
        let siblings = store.siblings(self.id, head)?;
        let mut index = siblings.index;
        loop {
            let next = match swipe {
                Swipe::Next => Some(index + 1).filter(|&next| next < siblings.ids.len()),
                Swipe::Previous => index.checked_sub(1),
            };
            let Some(next) = next else { return Ok(None) };
            index = next;
            let message = store.message(self.id, siblings.ids[index])?;
            // A message of somebody else's may stand there, too.
            if message.content.speaker == speaker {
                store.switch_to(self.id, message.id)?;
                return Ok(Some(message));
            }
        }
    }

    /// Puts another wording in a message's place; the conversation goes on from there. The old one, and what followed it, are kept aside, for
    /// [`Companion::ends_aside`], and so is what was known from them. The user's own words are understood anew; [`Companion::regenerate`] then
    /// makes an answer.
    ///
    /// # Errors
    /// When there is no such message, or the new wording is empty.
    pub fn edit(&self, id: MessageId, text: &str) -> CompanionResult<Message> {
        if text.trim().is_empty() {
            return Err(CompanionError::NothingSaid);
        }
        let _turn = self.turn();
        let edited = self.shared.store.edit(self.id, id, text, self.shared.now())?;
        understanding::understand(&self.shared, self.id, &edited, &self.settings()?);
        worker::wake(&self.shared);
        Ok(edited)
    }

    /// Begins a branch with a name behind `at`, or behind the last message. The conversation goes on there; the line that was left keeps its
    /// name and end.
    ///
    /// # Errors
    /// When the name is taken, or there is no such message.
    pub fn branch(&self, name: &str, at: Option<MessageId>) -> CompanionResult<()> {
        let _turn = self.turn();
        let at = match at {
            Some(at) => Some(at),
            None => self.shared.store.head(self.id)?,
        };
        Ok(self.shared.store.branch(self.id, name, at)?)
    }

    /// All branches that have names.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn branches(&self) -> CompanionResult<Vec<Branch>> {
        Ok(self.shared.store.branches(self.id)?)
    }

    /// Goes on with another branch.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn switch_branch(&self, name: &str) -> CompanionResult<Option<MessageId>> {
        let _turn = self.turn();
        Ok(self.shared.store.switch_branch(self.id, name)?)
    }

    /// Goes back by so many turns of the user's: each takes what was answered along. What is left is kept beside, and the new end of the
    /// conversation answered.
    ///
    /// # Errors
    /// When there are not so many turns.
    pub fn back(&self, turns: usize) -> CompanionResult<Option<MessageId>> {
        let _turn = self.turn();
        let end = match self.said_back(turns)? {
            Some(said) => said.content.parent,
            None => self.shared.store.head(self.id)?,
        };
        self.shared.store.go_back_to(self.id, end)?;
        Ok(end)
    }

    /// What the user said so many turns back: 1 is the last that they said. `None` for 0.
    ///
    /// # Errors
    /// When there are not so many turns.
    pub fn said_back(&self, turns: usize) -> CompanionResult<Option<Message>> {
        let store = &self.shared.store;
        let mut next = store.head(self.id)?;
        let mut said = None;
        for gone in 0..turns {
            loop {
                let Some(id) = next else {
                    return Err(CompanionError::NoPlace {
                        what: format!("{turns} turns to go back, only {gone}"),
                    });
                };
                let message = store.message(self.id, id)?;
                next = message.content.parent;
                if message.content.speaker == Speaker::User {
                    said = Some(message);
                    break;
                }
            }
        }
        Ok(said)
    }

    /// Ends the conversation at a message (`None`: before the first). What followed is kept beside.
    ///
    /// # Errors
    /// When there is no such message.
    pub fn back_to(&self, id: Option<MessageId>) -> CompanionResult<()> {
        let _turn = self.turn();
        Ok(self.shared.store.go_back_to(self.id, id)?)
    }

    /// Leads the conversation through a message of another branch, and on to where it went from there last.
    ///
    /// # Errors
    /// When there is no such message.
    pub fn go_to(&self, id: MessageId) -> CompanionResult<MessageId> {
        let _turn = self.turn();
        Ok(self.shared.store.switch_to(self.id, id)?)
    }

    /// Deletes a message and all that follow it on every branch, with everything that was made from them. Nothing brings them back.
    ///
    /// # Errors
    /// When there is no such message.
    pub fn delete_from(&self, id: MessageId) -> CompanionResult<Deleted> {
        let (_turn, reply) = self.turn_and_reply()?;
        let plans = drafted::unsay(&self.shared, self.id, &self.shared.store.following(self.id, id)?)?;
        let mut deleted = self.shared.store.delete_from(self.id, id)?;
        deleted.plans += plans;
        let said_meanwhile = reply.filter(|reply| !deleted.messages.contains(reply));
        let deleted = Deleted { said_meanwhile, ..deleted };
        self.forgotten(&deleted);
        Ok(deleted)
    }

    /// Begins a new window: recent turns are taken from here on, persona and memory are the same. Where one begins already and nothing was said in
    /// it, that is the one, by its new title if there is one.
    ///
    /// # Errors
    /// When the title can't be a name, or the database can't be written.
    pub fn new_window(&self, title: Option<&str>) -> CompanionResult<Window> {
        let _turn = self.turn();
        let head = self.shared.store.head(self.id)?;
        let fresh = self.windows()?.pop().filter(|last| last.after == head);
        Ok(match (fresh, title) {
            (Some(fresh), Some(title)) => self.shared.store.rename_window(self.id, fresh.id, title)?,
            (Some(fresh), None) => fresh,
            (None, title) => self.shared.store.open_window(self.id, title)?,
        })
    }

    /// Where the user began anew, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn windows(&self) -> CompanionResult<Vec<Window>> {
        Ok(self.shared.store.windows(self.id)?)
    }
}
