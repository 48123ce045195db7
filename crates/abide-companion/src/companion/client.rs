//! A companion behind programs that send their whole list of messages each time. Must not know their dialects.

use std::sync::Arc;

use abide_generation::{Generator, Message as ClientMessage, Prompt};

use super::error::CompanionResult;
use super::handle::Companion;
use super::reconcile::{Known, Reconciled, Wish, reconcile};
use super::reply::Reply;
use super::turn::{SayOptions, Standing};
use super::{planning, understanding};
use crate::transcript::{Message, MessageId, NewMessage, Speaker};

/// Messages of the path that a list is laid over at most.
const PATH_MESSAGES_MAX: usize = 2_000;
/// Messages of the path that are read beyond the list's length, for what lies between.
const PATH_MESSAGES_MORE: usize = 200;

impl Companion {
    /// Tells what a client's list of messages asks for, without doing it.
    ///
    /// # Errors
    /// When the last message is not the user's.
    pub fn reconcile(&self, messages: &[ClientMessage]) -> CompanionResult<Reconciled> {
        let count = messages.len().saturating_add(PATH_MESSAGES_MORE).min(PATH_MESSAGES_MAX);
        let path = self.shared.store.path_tail(self.id, count)?;
        let known: Vec<Known> = path.into_iter().map(known).collect();
        reconcile(&known, messages, self.shared.now(), |after| self.following(after))
    }

    /// Does what a client's list of messages asks for: says what is new in it, or answers again.
    ///
    /// # Errors
    /// Those of [`Self::reconcile`] and [`Companion::say`].
    pub fn say_as_client(
        &self,
        generator: &Arc<dyn Generator>,
        messages: &[ClientMessage],
        options: SayOptions,
    ) -> CompanionResult<Reply> {
        options.check()?;
        let guard = self.turn();
        let Reconciled { wish, instructions } = self.reconcile(messages)?;
        let instructions =
            [instructions, options.instructions].into_iter().filter(|text| !text.trim().is_empty());
        let options = SayOptions { instructions: instructions.collect::<Vec<_>>().join("\n\n"), ..options };
        match wish {
            Wish::Again(question) => {
                let question = self.shared.store.message(self.id, question)?;
                self.shared.store.go_back_to(self.id, Some(question.id))?;
                let is_answered = !self.shared.store.children(self.id, Some(question.id))?.is_empty();
                let standing = if is_answered { Standing::Answered } else { Standing::Unanswered };
                self.answer(generator, question, standing, options, guard)
            }
            Wish::Turn { mut after, before, text, chat } => {
                let settings = self.settings()?;
                for added in before {
                    let mut new = NewMessage::new(after, added.speaker, added.text, self.shared.now());
                    new.chat = (added.speaker == Speaker::User).then_some(chat);
                    let kept = self.shared.store.append(self.id, new)?;
                    understanding::understand(&self.shared, self.id, &kept, &settings);
                    after = Some(kept.id);
                }
                let said = self.keep_said(after, &text, Some(chat))?;
                self.answer(generator, said, Standing::New, options, guard)
            }
        }
    }

    /// The prompt of the reply that a client's list of messages asks for. Nothing is said or kept.
    ///
    /// # Errors
    /// Those of [`Self::reconcile`], and when the prompt can't be planned.
    pub fn prompt_for_client(
        &self,
        generator: &dyn Generator,
        messages: &[ClientMessage],
    ) -> CompanionResult<Prompt> {
        let Reconciled { wish, instructions } = self.reconcile(messages)?;
        let store = &self.shared.store;
        let question = match wish {
            Wish::Again(question) => store.message(self.id, question)?,
            Wish::Turn { after, text, .. } => {
                let last = store.last_message(self.id)?.map_or(0, |last| last.id.0);
                let content = NewMessage::new(after, Speaker::User, text, self.shared.now());
                Message { id: MessageId(last + 1), sitting: 0, content }
            }
        };
        let planned = planning::plan(&planning::Request {
            shared: &self.shared,
            companion: self.id,
            settings: &self.shared.settings(self.id)?,
            question: &question,
            generator,
            reply_tokens: None,
            instructions,
            aside: true,
        })?;
        Ok(planned.prompt())
    }

    fn following(&self, after: Option<MessageId>) -> CompanionResult<Vec<Known>> {
        let children = self.shared.store.children(self.id, after)?;
        let messages = self.shared.store.messages_by_id(self.id, &children)?;
        Ok(messages.into_iter().map(known).collect())
    }
}

fn known(message: Message) -> Known {
    let content = message.content;
    Known {
        id: message.id,
        speaker: content.speaker,
        text: content.text,
        completeness: content.completeness,
        time: content.time,
        chat: content.chat,
    }
}
