//! One companion: what is asked of it. Must not know how a turn is taken.
//!
//! Its methods block on the disk, some on the companion's present turn; call them where that is allowed.

use std::sync::Arc;

use abide_generation::{Generator, Prompt};
use jiff::SignedDuration;

use super::error::{CompanionError, CompanionResult};
use super::reply::Reply;
use super::settings::{ModelSeen, ModelUse, Settings};
use super::shared::{SETTINGS, Shared, read, read_persona, write};
use super::turn::{SayOptions, Standing, Turn};
use super::turn_lock::TurnGuard;
use crate::lorebook::{Lorebook, Merged};
use crate::persona::Persona;
use crate::prompt::Plan;
use crate::store::{self, CompanionId, PersonaVersion};
use crate::transcript::{ClientChat, Message, MessageId, NewMessage, Origin, SITTING_GAP_HOURS, Speaker};

/// What is changed about a companion at once; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// The version of the persona to go back to.
    pub persona_version: Option<u64>,
    /// A new persona, after that.
    pub persona: Option<Persona>,
    /// What its maker says about it.
    pub note: Option<String>,
    /// New settings.
    pub settings: Option<Settings>,
    /// Another name in lists and addresses.
    pub name: Option<String>,
}

/// One companion. Cheap to clone: all clones are the same.
#[derive(Clone)]
pub struct Companion {
    pub(super) shared: Arc<Shared>,
    pub(super) id: CompanionId,
}

impl Companion {
    pub(super) fn new(shared: Arc<Shared>, id: CompanionId) -> Self {
        Self { shared, id }
    }

    /// Its number in this database.
    pub fn id(&self) -> CompanionId {
        self.id
    }

    /// Its name, and since when it is there.
    ///
    /// # Errors
    /// When it was deleted.
    pub fn info(&self) -> CompanionResult<store::Companion> {
        Ok(self.shared.store.companion(self.id)?)
    }

    /// Gives it another name. Its persona keeps its own.
    ///
    /// # Errors
    /// When the name is taken or can't be one.
    pub fn rename(&self, name: &str) -> CompanionResult<()> {
        Ok(self.shared.store.rename_companion(self.id, name)?)
    }

    /// Says something to it. The words are stored before this returns; the reply comes as it is made, and is stored while it does. If another
    /// turn is on, here or in another program, this waits for its end. The same words that were said a while ago and got no answer are not stored twice.
    ///
    /// # Errors
    /// When the words can't be stored. What goes wrong later comes through the reply, and [`Self::retry`] tries again.
    pub fn say(
        &self,
        generator: &Arc<dyn Generator>,
        text: &str,
        options: SayOptions,
    ) -> CompanionResult<Reply> {
        options.check()?;
        let guard = self.turn();
        if let Some(said) = self.unanswered(text)? {
            return self.answer(generator, said, Standing::Unanswered, options, guard);
        }
        let parent = self.shared.store.head(self.id)?;
        let said = self.keep_said(parent, text, None)?;
        self.answer(generator, said, Standing::New, options, guard)
    }

    /// Answers the last message of the user's again: another reply beside the one that is there.
    ///
    /// # Errors
    /// When nothing was said yet.
    pub fn regenerate(&self, generator: &Arc<dyn Generator>, options: SayOptions) -> CompanionResult<Reply> {
        options.check()?;
        let guard = self.turn();
        let question = self.last_said()?;
        self.answer(generator, question, Standing::Answered, options, guard)
    }

    /// Answers the last message of the user's if that did not work out: the model failed, or the program ended. The same as
    /// [`Self::regenerate`].
    ///
    /// # Errors
    /// When nothing was said yet.
    pub fn retry(&self, generator: &Arc<dyn Generator>, options: SayOptions) -> CompanionResult<Reply> {
        self.regenerate(generator, options)
    }

    /// Answers one message of the user's again, wherever it is; the active path leads there.
    ///
    /// # Errors
    /// When there is no such message, or it is not the user's.
    pub fn answer_again(
        &self,
        generator: &Arc<dyn Generator>,
        question: MessageId,
        options: SayOptions,
    ) -> CompanionResult<Reply> {
        options.check()?;
        let guard = self.turn();
        let question = self.shared.store.message(self.id, question)?;
        if question.content.speaker == Speaker::Companion {
            return Err(CompanionError::NothingToAnswer);
        }
        self.shared.store.go_back_to(self.id, Some(question.id))?;
        self.answer(generator, question, Standing::Answered, options, guard)
    }

    /// Whether another program is taking a turn with it now: what is said waits until that is over.
    pub fn is_taken_elsewhere(&self) -> bool {
        self.shared.turn_lock(self.id).is_taken_elsewhere()
    }

    pub(super) fn turn(&self) -> TurnGuard {
        let guard = self.shared.turn_lock(self.id).take();
        // A program may have ended in the middle of its turn; what it heard until then comes before what is said now.
        if let Err(error) = self.shared.store.recover_replies() {
            tracing::warn!(%error, "replies that were left in their middle are not there yet");
        }
        guard
    }

    /// A turn, and the reply that was made while it was waited for: it may speak of what is forgotten then.
    pub(super) fn turn_and_reply(&self) -> CompanionResult<(TurnGuard, Option<MessageId>)> {
        let store = &self.shared.store;
        let before = store.last_message(self.id)?.map(|last| last.id);
        let guard = self.turn();
        let last = store.last_message(self.id)?.filter(|last| Some(last.id) > before);
        let reply = last.filter(|last| last.content.speaker == Speaker::Companion);
        Ok((guard, reply.map(|reply| reply.id)))
    }

    /// The last message, if it is these words, was said here within this sitting, and got no answer: somebody tries again.
    fn unanswered(&self, text: &str) -> CompanionResult<Option<Message>> {
        let Some(last) = self.shared.store.path_tail(self.id, 1)?.pop() else { return Ok(None) };
        let content = &last.content;
        let age = self.shared.now().duration_since(content.time);
        let same = content.speaker == Speaker::User
            && content.origin == Origin::Live
            && content.chat.is_none()
            && content.text.trim() == text.trim()
            && age < SignedDuration::from_hours(SITTING_GAP_HOURS);
        Ok(Some(last).filter(|_| same))
    }

    pub(super) fn keep_said(
        &self,
        parent: Option<MessageId>,
        text: &str,
        chat: Option<ClientChat>,
    ) -> CompanionResult<Message> {
        if text.trim().is_empty() {
            return Err(CompanionError::NothingSaid);
        }
        let new = NewMessage { chat, ..NewMessage::new(parent, Speaker::User, text, self.shared.now()) };
        Ok(self.shared.store.append(self.id, new)?)
    }

    pub(super) fn answer(
        &self,
        generator: &Arc<dyn Generator>,
        question: Message,
        standing: Standing,
        options: SayOptions,
        guard: TurnGuard,
    ) -> CompanionResult<Reply> {
        let turn = Turn {
            shared: Arc::clone(&self.shared),
            companion: self.id,
            generator: Arc::clone(generator),
            options,
            question,
            standing,
            guard,
        };
        turn.start()
    }

    /// The last message of the active path that is not the companion's; the path ends there then.
    fn last_said(&self) -> CompanionResult<Message> {
        let store = &self.shared.store;
        let mut next = store.head(self.id)?;
        while let Some(id) = next {
            let message = store.message(self.id, id)?;
            if message.content.speaker != Speaker::Companion {
                store.go_back_to(self.id, Some(id))?;
                return Ok(message);
            }
            next = message.content.parent;
        }
        Err(CompanionError::NothingToAnswer)
    }

    /// The plan of a reply's prompt: what stood in it, and why. `None` where none was kept (an import), or something in it was deleted since.
    ///
    /// # Errors
    /// When the plan can't be read.
    pub fn why(&self, reply: MessageId) -> CompanionResult<Option<Plan>> {
        self.shared.store.plan(self.id, reply)?.map(|plan| read("plan", plan.plan)).transpose()
    }

    /// The words of a message, for [`Plan::prompt`].
    pub fn words(&self, id: MessageId) -> Option<String> {
        self.shared.store.message(self.id, id).ok().map(|message| message.content.text)
    }

    /// The same plan with the words of its turns, and the prompt that it stands for, made again from the transcript.
    pub fn whole(&self, plan: Plan) -> (Plan, Prompt) {
        let plan = plan.with_words(&|id| self.words(id));
        let prompt = plan.prompt(&|id| self.words(id));
        (plan, prompt)
    }

    /// Who it is now.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn persona(&self) -> CompanionResult<Persona> {
        self.shared.persona(self.id)
    }

    /// Changes several things about it: all of them or none; answers what `changes` does beside them. It is asked while nobody else can change anything: what it
    /// reads of the companion is what is changed, and so nothing that was chosen at the same time is lost. It may read, and must not write. The earlier
    /// versions of the persona stay.
    ///
    /// # Errors
    /// When one of them makes no sense, the name is taken, or there is no such version; and those of `changes`.
    pub fn change<T>(&self, changes: impl FnOnce() -> CompanionResult<(Changes, T)>) -> CompanionResult<T> {
        self.shared.store.change_companion(self.id, || {
            let (Changes { persona_version, persona, note, settings, name }, answer) = changes()?;
            persona.as_ref().map_or(Ok(()), Persona::validate)?;
            if let Some(settings) = &settings {
                settings.validate_beside(&self.settings()?)?;
            }
            let setting = settings.map(|settings| write("settings", &settings)).transpose()?;
            let change = store::CompanionChange {
                revert_to: persona_version,
                persona: persona.map(|persona| write("persona", &persona)).transpose()?,
                note,
                setting: setting.map(|settings| (SETTINGS, settings)),
                name,
            };
            Ok((change, answer))
        })
    }

    /// Changes its settings as [`Self::change`] does, and answers what `change` does.
    ///
    /// # Errors
    /// When a value that is new makes no sense; and those of `change`.
    pub fn change_settings<T>(
        &self,
        change: impl FnOnce(&mut Settings) -> CompanionResult<T>,
    ) -> CompanionResult<T> {
        self.change(|| {
            let before = self.settings()?;
            let mut settings = before.clone();
            let answer = change(&mut settings)?;
            let settings = (settings != before).then_some(settings);
            Ok((Changes { settings, ..Changes::default() }, answer))
        })
    }

    /// The persona of an earlier version.
    ///
    /// # Errors
    /// When there is no such version.
    pub fn persona_of(&self, version: u64) -> CompanionResult<Persona> {
        read_persona(self.shared.store.persona_version(self.id, version)?)
    }

    /// Puts a lorebook into the persona's: the entries that are not there yet, as a new version of the persona. Nothing is kept where all
    /// were.
    ///
    /// # Errors
    /// When the book is too large beside its own.
    pub fn take_in_lorebook(&self, book: Lorebook) -> CompanionResult<Merged> {
        self.change(|| {
            let before = self.persona()?;
            let mut after = before.clone();
            let merged = after.lorebook.get_or_insert_default().take_in(book);
            let note = Some("a lorebook came in".to_owned());
            let persona = (after != before).then_some(after);
            Ok((Changes { persona, note, ..Changes::default() }, merged))
        })
    }

    /// All versions of the persona, oldest first. [`read_persona`] reads one.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn persona_versions(&self) -> CompanionResult<Vec<PersonaVersion>> {
        Ok(self.shared.store.persona_versions(self.id)?)
    }

    /// Goes back to an earlier version of the persona: a new one that is like it.
    ///
    /// # Errors
    /// When there is no such version.
    pub fn revert_persona(&self, version: u64) -> CompanionResult<PersonaVersion> {
        Ok(self.shared.store.revert_persona(self.id, version)?)
    }

    /// What its owner chose for it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn settings(&self) -> CompanionResult<Settings> {
        self.shared.settings(self.id)
    }

    /// Says which model it runs on. The one before stays named, so that its file stays, until [`Self::let_models_go`].
    ///
    /// # Errors
    /// When the settings can't be kept.
    pub fn use_model(&self, model: ModelUse) -> CompanionResult<()> {
        self.change_settings(|settings| {
            settings.run_on(model);
            Ok(())
        })
    }

    /// Says which model the next words go to, as `generator` has loaded it. One that had no model runs on it from now on; of its own, what
    /// was not known yet, or is otherwise now, is kept; a guest changes nothing.
    ///
    /// # Errors
    /// When the settings can't be read or kept.
    pub fn talks_with(&self, generator: &dyn Generator, model: ModelUse) -> CompanionResult<ModelSeen> {
        let model = model.as_loaded(generator);
        // Every turn asks; hardly any changes something.
        let before = self.settings()?;
        let (after, seen) = before.talking_with(model.clone());
        if after == before {
            return Ok(seen);
        }
        self.change_settings(|settings| {
            let (after, seen) = settings.talking_with(model);
            *settings = after;
            Ok(seen)
        })
    }

    /// No longer names the models that it ran on before, so that their files may be removed. Going back to them is over then.
    ///
    /// # Errors
    /// When the settings can't be kept.
    pub fn let_models_go(&self) -> CompanionResult<Vec<ModelUse>> {
        self.change_settings(|settings| Ok(std::mem::take(&mut settings.former_models)))
    }
}
