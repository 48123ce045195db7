//! One companion: what is asked of it. Must not know how a turn is taken.
//!
//! Its methods block on the disk, some on the companion's present turn; call them where that is allowed.

use std::sync::Arc;

use abide_generation::{Generator, Prompt};
use jiff::SignedDuration;

use super::error::{CompanionError, CompanionResult};
use super::reply::Reply;
use super::settings::{ModelSeen, ModelUse, Settings};
use super::shared::{SETTINGS, Shared, read, write};
use super::turn::{SayOptions, Standing, Turn};
use super::turn_lock::TurnGuard;
use crate::language::Language;
use crate::lorebook::{Lorebook, Merged};
use crate::persona::Persona;
use crate::prompt::{CONTEXT_TOKENS_MIN, Plan};
use crate::store::{self, CompanionId, PersonaVersion};
use crate::transcript::{ClientChat, Message, MessageId, NewMessage, Origin, SITTING_GAP_HOURS, Speaker};

/// Tokens of a context or a reply at most that can be chosen.
const TOKENS_MAX: usize = 10_000_000;

/// What is changed about a companion at once; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// The version of the persona to go back to.
    pub persona_version: Option<u64>,
    /// A new persona, after that.
    pub persona: Option<Persona>,
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

    /// Makes it somebody else, or the same with changes. The earlier versions stay.
    ///
    /// # Errors
    /// When the persona is not valid.
    pub fn edit_persona(&self, persona: &Persona, note: Option<&str>) -> CompanionResult<PersonaVersion> {
        persona.validate()?;
        Ok(self.shared.store.save_persona(self.id, &write("persona", persona)?, note)?)
    }

    /// Changes several things about it: all of them or none.
    ///
    /// # Errors
    /// When one of them makes no sense, the name is taken, or there is no such version.
    pub fn change(&self, changes: &Changes) -> CompanionResult<()> {
        changes.persona.as_ref().map_or(Ok(()), Persona::validate)?;
        changes.settings.as_ref().map_or(Ok(()), Settings::validate)?;
        let persona = changes.persona.as_ref().map(|persona| write("persona", persona)).transpose()?;
        let settings = changes.settings.as_ref().map(|settings| write("settings", settings)).transpose()?;
        let settings: Vec<_> = settings.iter().map(|settings| (SETTINGS, settings)).collect();
        let change = store::CompanionChange {
            revert_to: changes.persona_version,
            persona: persona.as_ref(),
            settings: &settings,
            name: changes.name.as_deref(),
        };
        Ok(self.shared.store.change_companion(self.id, &change)?)
    }

    /// The persona of an earlier version.
    ///
    /// # Errors
    /// When there is no such version.
    pub fn persona_of(&self, version: u64) -> CompanionResult<Persona> {
        read("persona", self.shared.store.persona_version(self.id, version)?.persona)
    }

    /// Puts a lorebook into the persona's: the entries that are not there yet, as a new version of the persona. Nothing is kept where all
    /// were.
    ///
    /// # Errors
    /// When the book is too large beside its own.
    pub fn take_in_lorebook(&self, book: Lorebook) -> CompanionResult<Merged> {
        let before = self.persona()?;
        let mut after = before.clone();
        let merged = after.lorebook.get_or_insert_default().take_in(book);
        if after != before {
            self.edit_persona(&after, Some("a lorebook came in"))?;
        }
        Ok(merged)
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

    /// Chooses otherwise.
    ///
    /// # Errors
    /// When a value makes no sense.
    pub fn set_settings(&self, settings: &Settings) -> CompanionResult<()> {
        settings.validate()?;
        self.shared.set_settings(self.id, settings)
    }

    /// Says which model it runs on. The one before stays named, so that its file stays, until [`Self::let_models_go`].
    ///
    /// # Errors
    /// When the settings can't be kept.
    pub fn use_model(&self, model: ModelUse) -> CompanionResult<()> {
        let mut settings = self.settings()?;
        settings.run_on(model);
        self.shared.set_settings(self.id, &settings)
    }

    /// Says which model the next words go to, as `generator` has loaded it. One that had no model runs on it from now on; of its own, what
    /// was not known yet, or is otherwise now, is kept; a guest changes nothing.
    ///
    /// # Errors
    /// When the settings can't be read or kept.
    pub fn talks_with(&self, generator: &dyn Generator, model: ModelUse) -> CompanionResult<ModelSeen> {
        let before = self.settings()?;
        let (after, seen) = before.talking_with(model.as_loaded(generator));
        if after != before {
            self.shared.set_settings(self.id, &after)?;
        }
        Ok(seen)
    }

    /// No longer names the models that it ran on before, so that their files may be removed. Going back to them is over then.
    ///
    /// # Errors
    /// When the settings can't be kept.
    pub fn let_models_go(&self) -> CompanionResult<Vec<ModelUse>> {
        let mut settings = self.settings()?;
        let gone = std::mem::take(&mut settings.former_models);
        self.shared.set_settings(self.id, &settings)?;
        Ok(gone)
    }
}

/// The persona of a version.
///
/// # Errors
/// When it was not written by this program.
pub fn read_persona(version: &PersonaVersion) -> CompanionResult<Persona> {
    read("persona", version.persona.clone())
}

impl Settings {
    /// Checks that its values make sense.
    ///
    /// # Errors
    /// Names the first one that doesn't.
    pub fn validate(&self) -> CompanionResult<()> {
        if let Some(tokens) = self.context_tokens.filter(|&tokens| tokens < CONTEXT_TOKENS_MIN) {
            return Err(CompanionError::Setting {
                setting: "context_tokens",
                value: tokens.to_string(),
                problem: format!("a companion needs at least {CONTEXT_TOKENS_MIN} tokens of context"),
            });
        }
        if let Some(sampling) = self.model.as_ref().and_then(|model| model.sampling.as_ref()) {
            sampling.validate().map_err(|error| CompanionError::Setting {
                setting: "model.sampling",
                value: error.value.to_string(),
                problem: error.to_string(),
            })?;
        }
        if self.reply_tokens == Some(0) {
            return Err(CompanionError::Setting {
                setting: "reply_tokens",
                value: "0".to_owned(),
                problem: "a reply needs at least one token".to_owned(),
            });
        }
        for (setting, tokens) in
            [("context_tokens", self.context_tokens), ("reply_tokens", self.reply_tokens)]
        {
            if let Some(tokens) = tokens.filter(|&tokens| tokens > TOKENS_MAX) {
                let (value, problem) =
                    (tokens.to_string(), format!("no model reads or says so much; at most {TOKENS_MAX}"));
                return Err(CompanionError::Setting { setting, value, problem });
            }
        }
        if let Some(language) = self.language.as_deref().filter(|tag| Language::from_tag(tag).is_none()) {
            return Err(CompanionError::Setting {
                setting: "language",
                value: language.to_owned(),
                problem: "a prompt's fixed words are there in en, fr and zh; what the companion itself speaks is its persona's language"
                    .to_owned(),
            });
        }
        if let Some(name) = self.time_zone.as_deref() {
            jiff::tz::TimeZone::get(name).map_err(|error| CompanionError::Setting {
                setting: "time_zone",
                value: name.to_owned(),
                problem: format!("{error}; write it like Europe/Paris"),
            })?;
        }
        Ok(())
    }
}
