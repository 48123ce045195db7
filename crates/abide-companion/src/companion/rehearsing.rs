//! A companion before and after another model takes over. Must not know how answers are compared: that is [`crate::rehearsal`]'s.

use std::sync::Arc;

use abide_generation::{GenerationRequest, Generator, Sampling};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::{CompanionError, CompanionResult};
use super::handle::Companion;
use super::planning;
use super::settings::{ModelUse, Settings};
use crate::asking::ask;
use crate::rehearsal::{Judge, MeanScores, Pair, Rehearsal, RehearsedTurn, TURNS_DEFAULT, pick};
use crate::transcript::{Completeness, Message, MessageId, Speaker};

/// Where the open rehearsal is kept. It holds no words, so that what is forgotten is not in it.
const REHEARSAL: &str = "rehearsal";
/// Messages of the conversation's end from which turns are picked.
const PICKED_FROM: usize = 1_000;

/// What is rehearsed, and how.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RehearsalOptions {
    /// Replies to be made anew; none: [`TURNS_DEFAULT`] typical ones.
    pub replies: Vec<MessageId>,
    /// How tokens are chosen; `None`: as the new model's use says.
    pub sampling: Option<Sampling>,
}

/// How far a rehearsal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RehearsalProgress {
    /// Turns that are answered.
    pub done: usize,
    /// Turns that there are.
    pub all: usize,
}

/// A rehearsal that was neither committed nor dropped yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenRehearsal {
    /// The model that would take over.
    pub model: ModelUse,
    /// When it was rehearsed.
    pub time: Timestamp,
    /// How it compared.
    pub mean: Option<MeanScores>,
}

impl Companion {
    /// Has another model answer turns that were answered before. Nothing of it enters the conversation. The rehearsal stays open until
    /// [`Self::commit_rehearsal`] or [`Self::drop_rehearsal`]. `progress` is told after each turn; false stops there. Blocks the thread.
    ///
    /// # Errors
    /// When there is no answered turn, or a chosen message is no reply. A turn that the model fails at is part of the result.
    pub fn rehearse(
        &self,
        generator: &Arc<dyn Generator>,
        model: ModelUse,
        options: &RehearsalOptions,
        progress: &mut dyn FnMut(RehearsalProgress) -> bool,
    ) -> CompanionResult<Rehearsal> {
        let pairs = self.rehearsed(&options.replies)?;
        if pairs.is_empty() {
            return Err(self.why_nothing_is_rehearsed()?);
        }
        let model = model.as_loaded(&**generator);
        let mut settings = self.settings()?;
        settings.model = Some(model.clone());
        let sampling = options.sampling.clone().or(model.sampling.clone()).unwrap_or_default();
        let judge = self.judge(&settings)?;
        let mut turns = Vec::new();
        for (at, (question, reply)) in pairs.iter().enumerate() {
            turns.push(self.rehearse_turn(&**generator, &settings, &sampling, &judge, question, reply)?);
            if !progress(RehearsalProgress { done: at + 1, all: pairs.len() }) {
                break;
            }
        }
        let rehearsal = Rehearsal::of(self.shared.now(), model.name.clone(), turns);
        let open = OpenRehearsal { model, time: rehearsal.time, mean: rehearsal.mean };
        self.shared.keep(self.id, REHEARSAL, "rehearsal", Some(&open))?;
        Ok(rehearsal)
    }

    /// The rehearsal that was neither committed nor dropped yet.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn open_rehearsal(&self) -> CompanionResult<Option<OpenRehearsal>> {
        self.shared.stored(self.id, REHEARSAL, "rehearsal")
    }

    /// Has the rehearsed model take over. The one before stays named, so that [`Self::revert_model`] can go back to it.
    ///
    /// # Errors
    /// When no rehearsal is open.
    pub fn commit_rehearsal(&self) -> CompanionResult<ModelUse> {
        let open = self.open_rehearsal()?.ok_or_else(none_open)?;
        let model = ModelUse { since: self.shared.now(), ..open.model };
        self.use_model(model.clone())?;
        self.close_rehearsal()?;
        Ok(model)
    }

    /// Lets a rehearsal go; everything stays as it is.
    ///
    /// # Errors
    /// When no rehearsal is open.
    pub fn drop_rehearsal(&self) -> CompanionResult<()> {
        self.open_rehearsal()?.ok_or_else(none_open)?;
        self.close_rehearsal()
    }

    /// Goes back to the model before the present one. The present one stays named, so that this can be taken back, too.
    ///
    /// # Errors
    /// When there was none before.
    pub fn revert_model(&self) -> CompanionResult<ModelUse> {
        self.change_settings(|settings| {
            let before = settings.former_models.pop();
            let before = before
                .ok_or_else(|| CompanionError::NoPlace { what: "model before the present one".to_owned() })?;
            let model = ModelUse { since: self.shared.now(), ..before };
            if let Some(present) = settings.model.replace(model.clone()) {
                settings.former_models.push(present);
            }
            Ok(model)
        })
    }

    fn close_rehearsal(&self) -> CompanionResult<()> {
        self.shared.keep::<OpenRehearsal>(self.id, REHEARSAL, "rehearsal", None)
    }

    /// Replies that were cut are no measure of others; without any reply there is nothing at all.
    fn why_nothing_is_rehearsed(&self) -> CompanionResult<CompanionError> {
        let path = self.shared.store.path_tail(self.id, PICKED_FROM)?;
        let replies = path.windows(2).filter(|pair| is_turn(&pair[0], &pair[1])).count();
        Ok(match replies {
            0 => CompanionError::NothingToAnswer,
            replies => CompanionError::NothingWhole { replies },
        })
    }

    /// The turns to be rehearsed, oldest first: what was said and what was answered.
    fn rehearsed(&self, replies: &[MessageId]) -> CompanionResult<Vec<(Message, Message)>> {
        let store = &self.shared.store;
        let chosen: Vec<(MessageId, MessageId)> = if replies.is_empty() {
            let path = store.path_tail(self.id, PICKED_FROM)?;
            let answered = path.windows(2).filter(|pair| {
                is_turn(&pair[0], &pair[1]) && pair[1].content.completeness == Completeness::Complete
            });
            let pairs: Vec<Pair> = answered.map(|pair| pair_of(&pair[0], &pair[1])).collect();
            pick(&pairs, TURNS_DEFAULT).into_iter().map(|pair| (pair.question, pair.reply)).collect()
        } else {
            let mut chosen = Vec::new();
            for &reply in replies {
                let message = store.message(self.id, reply)?;
                let question =
                    message.content.parent.filter(|_| message.content.speaker == Speaker::Companion);
                chosen.push((question.ok_or(CompanionError::NotAReply(reply))?, reply));
            }
            chosen
        };
        let read =
            |(question, reply)| Ok((store.message(self.id, question)?, store.message(self.id, reply)?));
        chosen.into_iter().map(read).collect()
    }

    fn judge(&self, settings: &Settings) -> CompanionResult<Judge> {
        let persona = self.persona()?;
        let texts = planning::persona_texts(&self.shared, self.id, &persona, settings)?;
        let own = persona.greetings.iter().chain(&texts.examples).map(String::as_str);
        let knowledge = self.shared.knowledge(self.id)?;
        let facts = knowledge.facts.iter().map(|fact| fact.content.value.clone());
        Ok(Judge::new(&texts.user_name, own, facts))
    }

    fn rehearse_turn(
        &self,
        generator: &dyn Generator,
        settings: &Settings,
        sampling: &Sampling,
        judge: &Judge,
        question: &Message,
        reply: &Message,
    ) -> CompanionResult<RehearsedTurn> {
        let mut turn = RehearsedTurn {
            question: question.id,
            reply: reply.id,
            old_model: reply.content.model.clone(),
            said: question.content.text.clone(),
            old: reply.content.text.clone(),
            new: String::new(),
            failure: None,
            scores: None,
        };
        match self.answer_aside(generator, settings, sampling, question) {
            Ok(new) => turn.new = new,
            Err(error) => {
                turn.failure = Some(error.to_string());
                return Ok(turn);
            }
        }
        let embedder = self.shared.embedder();
        let by_vectors = embedder.as_ref().map(|embedder| {
            move |one: &str, other: &str| {
                let vectors = embedder.embed(&[one, other])?.vectors;
                Ok(vectors[0].iter().zip(&vectors[1]).map(|(one, other)| one * other).sum::<f32>())
            }
        });
        let similarity = by_vectors.as_ref().map(|similarity| similarity as _);
        turn.scores = Some(judge.compare(&turn.old, &turn.new, similarity)?);
        Ok(turn)
    }

    /// An answer that is not kept.
    fn answer_aside(
        &self,
        generator: &dyn Generator,
        settings: &Settings,
        sampling: &Sampling,
        question: &Message,
    ) -> CompanionResult<String> {
        let planned = planning::plan(&planning::Request {
            shared: &self.shared,
            companion: self.id,
            settings,
            question,
            generator,
            reply_tokens: None,
            instructions: String::new(),
            aside: true,
        })?;
        let request = GenerationRequest {
            sampling: sampling.clone(),
            max_tokens: Some(planned.plan.budgets.reply),
            stop: planned.plan.stop_texts(generator.description().thought_marks.is_some()),
            ..GenerationRequest::new(planned.prompt())
        };
        let answer = ask(generator, request, &|| false)?.map(|answer| answer.text).unwrap_or_default();
        let mut opening = planned.plan.opening();
        let text = (opening.push(&answer) + &opening.finish()).trim().to_owned();
        if text.is_empty() { Err(CompanionError::EmptyReply(None)) } else { Ok(text) }
    }
}

/// Whether one is an answer to the other, both with words.
fn is_turn(question: &Message, reply: &Message) -> bool {
    let said = |message: &Message| !message.content.text.trim().is_empty();
    question.content.speaker == Speaker::User
        && reply.content.speaker == Speaker::Companion
        && said(question)
        && said(reply)
}

fn none_open() -> CompanionError {
    CompanionError::NoPlace { what: "open rehearsal; rehearse a model first".to_owned() }
}

fn pair_of(question: &Message, reply: &Message) -> Pair {
    Pair {
        question: question.id,
        reply: reply.id,
        reply_characters: reply.content.text.chars().count(),
        asks: question.content.text.trim_end().ends_with(['?', '？']),
    }
}
