//! One turn: what was said is understood, a prompt is planned, the model answers, the answer is kept while it comes. Must not know
//! how prompts are planned or what handles ask for.

use std::sync::Arc;

use abide_generation::{
    FinishReason, GenerationError, GenerationEvent, GenerationRequest, GenerationStream, Generator, Part,
    Sampling, Thoughts, Timings, Usage,
};
use tokio::sync::mpsc::{self, UnboundedSender};

use super::ahead::AheadWish;
use super::care::{BeforeReply, SentenceVerdict, TurnCare, TurnView};
use super::error::{CompanionError, CompanionResult};
use super::guarded::attempt;
use super::model_facts::{self, FactsWish};
use super::planning::{self, Planned};
use super::reply::{Ending, Finished, Notice, Reply, ReplyEvent};
use super::settings::Settings;
use super::shared::{Shared, write};
use super::turn_lock::TurnGuard;
use super::wait::{Next, next_event};
use super::{ahead, understanding, worker};
use crate::care::{SOFTWARE, notice_due, software_notice};
use crate::language::Language;
use crate::prompt::Opening;
use crate::store::{CompanionId, ReplyId};
use crate::text::sentence::SentenceStream;
use crate::transcript::{Completeness, Message, NewMessage, Speaker};

/// How one reply is made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SayOptions {
    /// How tokens are chosen; `None`: as the companion's settings say, or the default.
    pub sampling: Option<Sampling>,
    /// Most tokens of the reply; `None`: as the companion's settings say.
    pub reply_tokens: Option<usize>,
    /// Instructions for this reply alone, such as another program's system prompt. Never stored as a turn.
    pub instructions: String,
    /// Texts that end the reply; they are not part of it.
    pub stop: Vec<String>,
}

impl SayOptions {
    /// Checks that a reply can be made so, before anything is kept for it.
    pub(super) fn check(&self) -> CompanionResult<()> {
        if let Some(sampling) = &self.sampling {
            sampling.validate().map_err(|error| CompanionError::Options(error.into()))?;
        }
        if self.reply_tokens == Some(0) {
            let problem = "is 0, but a reply has at least one token".to_owned();
            return Err(CompanionError::Options(GenerationError::InvalidRequest {
                field: "max_tokens",
                problem,
            }));
        }
        Ok(())
    }
}

/// How what is answered stands in the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It was said just now.
    New,
    /// It was said and understood before, and got no answer.
    Unanswered,
    /// It has an answer; another one is wanted.
    Answered,
}

/// Bytes of a reply that are kept at a time while it comes: each costs a write to the disk.
const STEP_BYTES: usize = 200;

type Sender = UnboundedSender<CompanionResult<ReplyEvent>>;

/// A turn to be taken.
pub(super) struct Turn {
    pub shared: Arc<Shared>,
    pub companion: CompanionId,
    pub generator: Arc<dyn Generator>,
    pub options: SayOptions,
    /// What is answered.
    pub question: Message,
    /// How it stands there.
    pub standing: Standing,
    pub guard: TurnGuard,
}

impl Turn {
    /// Starts the turn on a thread of its own.
    pub fn start(self) -> CompanionResult<Reply> {
        let (sender, events) = mpsc::unbounded_channel();
        let said = (self.standing != Standing::Answered).then(|| self.question.clone());
        let running = worker::turn_begins(&self.shared);
        let work = move || {
            let ended = attempt(|| self.run(&sender)).transpose();
            // Before anybody can know that the turn is over: whoever lets go of the model then is the last one, and the next turn can begin.
            let Self { generator, guard, .. } = self;
            drop(generator);
            drop(running);
            drop(guard);
            let last = ended.map(|ended| ended.map(|finished| ReplyEvent::Finished(Box::new(finished))));
            let _ = last.map(|last| sender.send(last));
        };
        std::thread::Builder::new()
            .name("abide-turn".to_owned())
            .spawn(work)
            .map_err(CompanionError::Thread)?;
        Ok(Reply::new(said, events))
    }

    /// The whole turn; `None`: the reader has left.
    fn run(&self, sender: &Sender) -> CompanionResult<Option<Finished>> {
        let settings = self.shared.settings(self.companion)?;
        if self.standing == Standing::New {
            for notice in understanding::understand(&self.shared, self.companion, &self.question, &settings) {
                let _ = sender.send(Ok(ReplyEvent::Notice(notice)));
            }
        }
        let setting = Setting::new(self, &settings)?;
        if let Some(notice) = setting.software_notice(&settings) {
            let _ = sender.send(Ok(ReplyEvent::Notice(notice)));
        }
        let before = setting.care().map(|care| care.before_reply(&setting.view())).unwrap_or_default();
        for notice in &before.notices {
            let _ = sender.send(Ok(ReplyEvent::Notice(notice.clone())));
        }
        let mut recorder = Recorder::begin(self)?;
        let outcome = match &before.answer {
            Some(answer) => Ok(recorder.answer(sender, answer)),
            None => self.generate(sender, &settings, &setting, &before, &mut recorder),
        };
        match outcome {
            Ok(end) => self.finish(sender, &setting, recorder, end),
            Err(error) => {
                // What the model said until then is kept; the error is what the reader hears of.
                recorder.keep(self, Completeness::Interrupted)?;
                Err(error)
            }
        }
    }

    fn generate(
        &self,
        sender: &Sender,
        settings: &Settings,
        setting: &Setting<'_>,
        before: &BeforeReply,
        recorder: &mut Recorder,
    ) -> CompanionResult<End> {
        let instructions: Vec<&str> = before
            .instructions
            .iter()
            .map(String::as_str)
            .chain([self.options.instructions.as_str()])
            .filter(|text| !text.trim().is_empty())
            .collect();
        let wish = planning::Request {
            shared: &self.shared,
            companion: self.companion,
            settings,
            question: &self.question,
            generator: &*self.generator,
            reply_tokens: self.options.reply_tokens,
            instructions: instructions.join("\n"),
            aside: false,
        };
        let planned = planning::plan(&wish)?;
        let request = self.request(settings, &planned);
        recorder.planned(&planned)?;
        ahead::ask_for_summary(&wish, &planned.plan, &self.generator)?;
        let _ = sender.send(Ok(ReplyEvent::Planned(Arc::clone(&planned.plan))));
        let stream = self.generator.generate(request)?;
        let opening = planned.plan.opening();
        let mut speech = Speech { turn: self, setting, sender, recorder, opening, sentences: None };
        speech.watch();
        let mut end = speech.hear(stream)?;
        // Which line would have come next is nobody's concern; a text that was asked for is the asker's.
        end.reason = end.reason.map(|reason| match reason {
            FinishReason::StopText(text) if !self.options.stop.contains(&text) => FinishReason::EndOfTurn,
            reason => reason,
        });
        Ok(end)
    }

    fn request(&self, settings: &Settings, planned: &Planned) -> GenerationRequest {
        let own = settings.model.as_ref().and_then(|model| model.sampling.clone());
        let mut sampling = self.options.sampling.clone().or(own).unwrap_or_default();
        // Small models fall into circles, and repeat the persona instead of being it. A greedy request wants its model as it is.
        if sampling.temperature > 0.0 {
            sampling.dry.get_or_insert_default();
        }
        let mut stop = planned.plan.stop_texts(self.generator.description().thought_marks.is_some());
        stop.extend(self.options.stop.iter().cloned());
        GenerationRequest {
            sampling,
            max_tokens: Some(planned.plan.budgets.reply),
            stop,
            // The next prompt begins with most of it, and it grows for years.
            save_cache: true,
            ..GenerationRequest::new(planned.prompt())
        }
    }

    fn finish(
        &self,
        sender: &Sender,
        setting: &Setting<'_>,
        recorder: Recorder,
        end: End,
    ) -> CompanionResult<Option<Finished>> {
        let complete = match end.reason {
            Some(FinishReason::EndOfTurn | FinishReason::StopText(_)) => Completeness::Complete,
            Some(FinishReason::MaxTokens | FinishReason::ContextFull) | None => Completeness::Interrupted,
        };
        let message = recorder.keep(self, complete)?;
        // Without a reason the reader has left; there is nobody to tell.
        let Some(reason) = end.reason else { return Ok(None) };
        let Some(message) = message else {
            let ending = Ending { reason, usage: end.usage, timings: end.timings };
            return Err(CompanionError::EmptyReply(Some(Box::new(ending))));
        };
        for notice in
            setting.care().map(|care| care.after_reply(&setting.view(), &message)).unwrap_or_default()
        {
            let _ = sender.send(Ok(ReplyEvent::Notice(notice)));
        }
        if model_facts::may_look(&self.shared, &*self.generator) {
            let (companion, last) = (self.companion, self.question.id);
            let generator = Arc::clone(&self.generator);
            worker::look_for_facts(&self.shared, FactsWish { companion, last, generator });
        }
        let (companion, generator) = (self.companion, Arc::clone(&self.generator));
        let reply_tokens = self.options.reply_tokens;
        worker::read_ahead(&self.shared, AheadWish { companion, generator, reply_tokens, is_new: false });
        Ok(Some(Finished { message, reason, usage: end.usage, timings: end.timings }))
    }
}

/// How a reply ended.
struct End {
    /// `None`: nobody read any more.
    reason: Option<FinishReason>,
    usage: Usage,
    timings: Timings,
}

impl End {
    fn of(reason: Option<FinishReason>) -> Self {
        Self { reason, usage: Usage::default(), timings: Timings::default() }
    }
}

/// What care sees of a turn.
struct Setting<'t> {
    turn: &'t Turn,
    char_name: String,
    language: String,
    before: Option<Message>,
    now: jiff::Zoned,
}

impl<'t> Setting<'t> {
    fn new(turn: &'t Turn, settings: &Settings) -> CompanionResult<Self> {
        let shared = &turn.shared;
        let persona = shared.persona(turn.companion)?;
        let before = turn.question.content.parent;
        Ok(Self {
            turn,
            char_name: persona.spoken_name().to_owned(),
            language: planning::language(&persona, settings),
            before: before.map(|id| shared.store.message(turn.companion, id)).transpose()?,
            now: shared.local(shared.now(), settings),
        })
    }

    /// The notice that this is software, at the first talk of a day.
    fn software_notice(&self, settings: &Settings) -> Option<Notice> {
        let last = self.before.as_ref().filter(|before| before.content.parent.is_some());
        let last = last.map(|before| before.content.time);
        let due = notice_due(last, self.turn.question.content.time, self.now.time_zone());
        let language = Language::from_tag(&self.language).unwrap_or_default();
        (settings.software_notice && self.turn.standing != Standing::Answered && due)
            .then(|| notice(SOFTWARE, software_notice(&self.char_name, language)))
    }

    fn care(&self) -> Option<&'t dyn TurnCare> {
        self.turn.shared.care.as_deref()
    }

    fn view(&self) -> TurnView<'_> {
        TurnView {
            companion: self.turn.companion,
            char_name: &self.char_name,
            language: &self.language,
            said: &self.turn.question,
            before: self.before.as_ref(),
            now: &self.now,
        }
    }
}

/// Keeps a reply while it comes.
struct Recorder {
    reply: Option<ReplyId>,
    text: String,
    /// Bytes of the text that are in the store.
    stored: usize,
    plan: Option<crate::store::Plan>,
    lore_state: Option<serde_json::Value>,
}

impl Recorder {
    fn begin(turn: &Turn) -> CompanionResult<Self> {
        let mut message =
            NewMessage::new(Some(turn.question.id), Speaker::Companion, String::new(), turn.shared.now());
        message.model = Some(turn.generator.description().name.clone());
        let reply = turn.shared.store.begin_reply(turn.companion, message)?;
        Ok(Self { reply: Some(reply), text: String::new(), stored: 0, plan: None, lore_state: None })
    }

    fn planned(&mut self, planned: &Planned) -> CompanionResult<()> {
        self.lore_state.clone_from(&planned.lore_state);
        self.plan = Some(crate::store::Plan {
            plan: write("plan", &*planned.plan)?,
            messages: planned.plan.messages().into_iter().collect(),
            facts: planned.plan.facts().into_iter().map(crate::store::FactId).collect(),
        });
        Ok(())
    }

    /// Takes what was said. It is stored a few sentences at a time.
    fn grow(&mut self, shared: &Shared, text: &str) -> CompanionResult<()> {
        self.text.push_str(text);
        if let Some(reply) = self.reply.filter(|_| self.text.len() - self.stored >= STEP_BYTES) {
            shared.store.grow_reply(reply, &self.text[self.stored..])?;
            self.stored = self.text.len();
        }
        Ok(())
    }

    /// Words that are not the model's.
    fn answer(&mut self, sender: &Sender, answer: &str) -> End {
        answer.clone_into(&mut self.text);
        let _ = sender.send(Ok(ReplyEvent::Text(answer.to_owned())));
        End::of(Some(FinishReason::EndOfTurn))
    }

    /// Makes the reply a message; none if nothing was said.
    fn keep(mut self, turn: &Turn, completeness: Completeness) -> CompanionResult<Option<Message>> {
        let Some(reply) = self.reply.take() else { return Ok(None) };
        let store = &turn.shared.store;
        let text = self.text.trim();
        if text.is_empty() {
            store.drop_reply(reply)?;
            return Ok(None);
        }
        let message = store.finish_reply(reply, text, completeness)?;
        if let Some(plan) = &self.plan {
            store.set_plan(turn.companion, message.id, plan)?;
        }
        if let Some(state) = &self.lore_state {
            store.set_lorebook_state(turn.companion, message.id, state)?;
        }
        Ok(Some(message))
    }
}

/// Hears the model, and tells the reader and the recorder what it says.
struct Speech<'a> {
    turn: &'a Turn,
    setting: &'a Setting<'a>,
    sender: &'a Sender,
    recorder: &'a mut Recorder,
    opening: Opening,
    /// What is not a whole sentence yet, where care looks at sentences.
    sentences: Option<SentenceStream>,
}

impl Speech<'_> {
    fn watch(&mut self) {
        let watched = self.setting.care().is_some_and(|care| care.watches_sentences(&self.setting.view()));
        self.sentences = watched.then(SentenceStream::default);
    }

    fn hear(&mut self, mut stream: GenerationStream) -> CompanionResult<End> {
        let marks = self.turn.generator.description().thought_marks.clone();
        let mut thoughts = Thoughts::new(marks.clone(), false);
        loop {
            let event = match next_event(&mut stream, self.sender) {
                Next::Event(event) => event?,
                Next::Abandoned => return Ok(End::of(None)),
                Next::Ended => return Err(GenerationError::Stopped.into()),
            };
            let mut parts = Vec::new();
            match event {
                GenerationEvent::Started(report) => {
                    thoughts = Thoughts::new(marks.clone(), report.thought_open);
                    let _ = self.sender.send(Ok(ReplyEvent::Started(report)));
                    continue;
                }
                GenerationEvent::Token(token) => thoughts.push(&token.text, &mut parts),
                GenerationEvent::Finished { reason, usage, timings } => {
                    let cut_off = matches!(reason, FinishReason::MaxTokens | FinishReason::ContextFull);
                    thoughts.finish(cut_off, &mut parts);
                    self.take(parts)?;
                    let held = self.opening.finish();
                    self.take(vec![Part::Text(held)])?;
                    let rest = self.sentences.take().map(SentenceStream::finish).unwrap_or_default();
                    self.sentence(&rest)?;
                    return Ok(End { reason: Some(reason), usage, timings });
                }
            }
            if let Some(reason) = self.take(parts)? {
                return Ok(End::of(Some(reason)));
            }
        }
    }

    /// Takes parts of the answer. A reason: the reply ends here.
    fn take(&mut self, parts: Vec<Part>) -> CompanionResult<Option<FinishReason>> {
        for part in parts {
            let said = match part {
                Part::Thought(text) => {
                    let _ = self.sender.send(Ok(ReplyEvent::Thought(text)));
                    continue;
                }
                Part::Text(text) => self.opening.push(&text),
                Part::Call(_) => continue,
            };
            let Some(sentences) = &mut self.sentences else {
                self.say(&said)?;
                continue;
            };
            for sentence in sentences.push(&said) {
                if let Some(reason) = self.sentence(&sentence)? {
                    return Ok(Some(reason));
                }
            }
        }
        Ok(None)
    }

    fn sentence(&mut self, sentence: &str) -> CompanionResult<Option<FinishReason>> {
        if sentence.is_empty() {
            return Ok(None);
        }
        let care = self.setting.care();
        match care.map(|care| care.on_sentence(&self.setting.view(), sentence)).unwrap_or_default() {
            SentenceVerdict::Say => self.say(sentence)?,
            SentenceVerdict::Replace(text) => self.say(&text)?,
            SentenceVerdict::Stop(text) => {
                self.say(&text)?;
                return Ok(Some(FinishReason::EndOfTurn));
            }
        }
        Ok(None)
    }

    fn say(&mut self, text: &str) -> CompanionResult<()> {
        // Blanks before the first word, and after a name that was taken off, are nobody's.
        let text = if self.recorder.text.is_empty() { text.trim_start() } else { text };
        if text.is_empty() {
            return Ok(());
        }
        self.recorder.grow(&self.turn.shared, text)?;
        let _ = self.sender.send(Ok(ReplyEvent::Text(text.to_owned())));
        Ok(())
    }
}

/// What the program itself has to say.
pub(super) fn notice(kind: &str, text: impl Into<String>) -> Notice {
    Notice { kind: kind.to_owned(), text: text.into() }
}
