//! The engine's handle: checks and tokenises requests on the caller's thread, and owns the worker.
//! Knows nothing of batches.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Instant;

use abide_generation::schema::Unenforceable;
use abide_generation::{
    Chat, GenerationError, GenerationRequest, GenerationStream, Generator, ModelDescription, Prompt,
    PromptReport, Special, StopFilter,
};
use serde_json::Value;
use tokio::sync::mpsc;

use super::answer::{Answer, Place, Places};
use super::prompt::{self, FittedPrompt, Room, fit};
use super::request::{Clock, Limits, Request, Writer, sampling_failed};
use super::saves::Saves;
use super::speculation::Drafter;
use super::thinking::ThinkingLimit;
use super::worker::{Command, Worker};
use super::{EngineOptions, EngineStartError, Speculation, Spelling, TextCodec};
use crate::constraint::{Grammars, Guide};
use crate::sampling::Sampler;
use crate::saved_cache::{Cleared, SavedCacheError};
use crate::token_model::TokenModel;

/// Most candidates whose log-probabilities a request can ask for.
const LOGPROBS_MAX: usize = 128;

/// A [`Generator`] over one model. Dropping it stops its thread within one step and waits for that, and for caches to be
/// saved if they are; answers in flight end with [`GenerationError::Stopped`].
pub struct Engine {
    description: ModelDescription,
    codec: Arc<dyn TextCodec>,
    context_length: usize,
    vocabulary: usize,
    grammars: Grammars,
    places: Places,
    commands: Sender<Command>,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Starts the thread that owns `model`.
    ///
    /// # Errors
    /// When an option is 0 that must not be, guesses are asked for that the model can't be given, caches can't be saved
    /// where they should be, or the system gives no thread.
    pub fn new(
        mut model: Box<dyn TokenModel>,
        codec: Arc<dyn TextCodec>,
        description: ModelDescription,
        mut options: EngineOptions,
    ) -> Result<Self, EngineStartError> {
        options.validate()?;
        if !model.same_in_any_batch() {
            options.speculation = match options.speculation {
                Speculation::Tokens(_) => return Err(EngineStartError::SpeculationUnsound),
                Speculation::Auto | Speculation::Off => Speculation::Off,
            };
        }
        let (context_length, vocabulary) = (model.context_length(), model.vocabulary());
        let grammars = Grammars::new(Arc::clone(&codec), vocabulary);
        let places = Places::new(options.max_sequences, options.max_queue);
        let (commands, receiver) = channel();
        let saved = options.saved_caches.take();
        let saves = saved.map(|saved| Saves::start(&mut *model, saved, commands.clone())).transpose()?;
        let thread = std::thread::Builder::new()
            .name("abide-model".into())
            .spawn(move || Worker::new(model, options, receiver, saves).run())
            .map_err(EngineStartError::Thread)?;
        let thread = Some(thread);
        Ok(Self { description, codec, context_length, vocabulary, grammars, places, commands, thread })
    }

    /// Deletes all saved caches, of other models too, and what this one's cache holds of nobody. What is being answered
    /// goes on, and is not saved.
    ///
    /// # Errors
    /// When a file can't be deleted, or the engine has stopped.
    pub fn forget_caches(&self) -> Result<Cleared, SavedCacheError> {
        let (reply, cleared) = channel();
        self.commands.send(Command::Forget(reply)).map_err(|_| SavedCacheError::Stopped)?;
        cleared.recv().map_err(|_| SavedCacheError::Stopped)?
    }

    /// Lets the thread end after the step that it is in.
    pub(super) fn request_stop(&self) {
        // This fails only if the thread is gone already, which is what is wanted.
        let _ = self.commands.send(Command::Stop);
    }

    /// A request as the worker wants it, and the stream of its answer.
    fn accept(
        &self,
        mut request: GenerationRequest,
        place: Place,
    ) -> Result<(Request, GenerationStream), GenerationError> {
        let arrived = Instant::now();
        check(&request)?;
        let filter = StopFilter::new(std::mem::take(&mut request.stop))?;
        let room = Room {
            context_tokens: self.context_length,
            answer_tokens: request.max_tokens,
            overflow: request.context_overflow,
        };
        let FittedPrompt { tokens, dropped_messages, thought_open } =
            fit(&request.prompt, room, self.vocabulary, self.codec.as_ref())?;
        let prompt_tokens = tokens.len();
        // Room for a start, all tokens, and an end: sending never waits.
        let answer_tokens = request.max_tokens.unwrap_or(usize::MAX).min(self.context_length - prompt_tokens);
        let (events, receiver) = mpsc::channel(answer_tokens + 2);
        let holding = |text: &str| self.codec.tokens_holding(text);
        let report = PromptReport { prompt_tokens, cached_tokens: 0, dropped_messages, thought_open };
        let guide = self.guide(&request, &report, tokens.last().copied())?;
        let thinking = self.thinking(&request, &report)?;
        let sampler = Sampler::new(&request.sampling, self.vocabulary, &tokens, &holding);
        let accepted = Request {
            sampler: sampler.map_err(sampling_failed)?,
            guide,
            thinking,
            codec: Arc::clone(&self.codec),
            writer: Writer {
                decoder: self.codec.decoder(tokens.last().copied()),
                filter,
                ends: (!request.ignore_eos).then(|| Arc::clone(&self.codec)),
                lengths: VecDeque::new(),
            },
            tokens,
            answer: Answer::new(events, place),
            limits: Limits { max_tokens: request.max_tokens, context_length: self.context_length },
            drafter: Drafter::default(),
            drafted: 0,
            accepted: 0,
            loads: 0,
            save_cache: request.save_cache,
            logprobs: request.logprobs,
            report,
            clock: Clock { arrived, prefill: None, first_token: None },
            broken: false,
            span: tracing::info_span!("generate", prompt_tokens),
        };
        Ok((accepted, GenerationStream::new(receiver)))
    }

    /// What keeps the answer to its grammar, if it has one. Thoughts that the prompt opened come first.
    fn guide(
        &self,
        request: &GenerationRequest,
        report: &PromptReport,
        previous: Option<u32>,
    ) -> Result<Option<Guide>, GenerationError> {
        let Some(constraint) = &request.constraint else { return Ok(None) };
        let marks = self.description.thought_marks.as_ref().filter(|_| report.thought_open);
        let close = marks.map(|marks| marks.close.as_str());
        Ok(Some(self.grammars.guide(constraint)?.after(previous, close)))
    }

    /// What ends the answer's thoughts, if they are limited and the model writes any.
    fn thinking(
        &self,
        request: &GenerationRequest,
        report: &PromptReport,
    ) -> Result<Option<ThinkingLimit>, GenerationError> {
        let marks = self.description.thought_marks.as_ref();
        let (Some(marks), Some(most)) = (marks, request.thought_tokens_max) else { return Ok(None) };
        ThinkingLimit::new(marks, most, report.thought_open, self.codec.as_ref()).map(Some)
    }
}

impl Generator for Engine {
    fn description(&self) -> &ModelDescription {
        &self.description
    }

    fn generate(&self, request: GenerationRequest) -> Result<GenerationStream, GenerationError> {
        let place = self.places.take()?;
        let (request, stream) = self.accept(request, place)?;
        match self.commands.send(Command::Generate(Box::new(request))) {
            Ok(()) => Ok(stream),
            Err(_) => Err(GenerationError::Stopped),
        }
    }

    fn has_stopped(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    fn check_schema(&self, schema: &Value, unenforceable: Unenforceable) -> Result<(), GenerationError> {
        self.grammars.check_schema(schema, unenforceable)
    }

    fn tokenize(&self, text: &str, special: Special) -> Result<Vec<u32>, GenerationError> {
        self.codec.encode(text, special)
    }

    fn prompt_tokens(&self, prompt: &Prompt) -> Result<Vec<u32>, GenerationError> {
        Ok(prompt::encode(prompt, &*self.codec)?.tokens)
    }

    fn detokenize(&self, tokens: &[u32]) -> Result<String, GenerationError> {
        self.codec.decode(tokens)
    }

    fn token_bytes(&self, token: u32) -> Vec<u8> {
        match self.codec.spelling(token) {
            Spelling::Text(bytes) => bytes.to_vec(),
            Spelling::Control(_) | Spelling::Nothing => Vec::new(),
        }
    }

    fn render(&self, chat: &Chat) -> Result<String, GenerationError> {
        self.codec.render(chat)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.request_stop();
        // An error would say that the thread panicked, which it reported itself.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Checks what can be checked without the model.
fn check(request: &GenerationRequest) -> Result<(), GenerationError> {
    let invalid = |field, problem| Err(GenerationError::InvalidRequest { field, problem });
    request.sampling.validate()?;
    if request.logprobs.is_some_and(|count| count > LOGPROBS_MAX) {
        return invalid("logprobs", format!("can be {LOGPROBS_MAX} at most"));
    }
    if request.ignore_eos && request.constraint.is_some() {
        return invalid(
            "ignore_eos",
            "can't be combined with a constraint, whose end is the answer's".into(),
        );
    }
    Ok(())
}
