//! A generator that answers from scripts, for tests of those who use one. Must not know what is tested with it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc;

use crate::schema::Unenforceable;
use crate::{
    Chat, FinishReason, GenerationError, GenerationEvent, GenerationRequest, GenerationStream, Generator,
    Message, ModelDescription, Prompt, PromptReport, Special, ThoughtControl, Timings, TokenEvent,
    TokenLogprob, ToolSyntax, Usage,
};

type Event = Result<GenerationEvent, GenerationError>;

/// Room for the events of an answer by hand; more than any test sends without reading.
const EVENTS_BY_HAND: usize = 1024;

/// A text cut into pieces at characters that chance chose: a reader must make the same of them as of the whole.
pub fn pieces<'a>(text: &'a str, cuts: &[usize]) -> Vec<&'a str> {
    let starts: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
    let mut places = vec![0, text.len()];
    if !starts.is_empty() {
        places.extend(cuts.iter().map(|cut| starts[cut % starts.len()]));
    }
    places.sort_unstable();
    places.windows(2).map(|ends| &text[ends[0]..ends[1]]).collect()
}

/// What happens at one request.
pub struct Script(Kind);

enum Kind {
    Refused(GenerationError),
    Played {
        events: Vec<Event>,
        /// Called once the events are out; the stream then stays open.
        then: Option<Box<dyn FnOnce() + Send>>,
    },
    ByHand(mpsc::Receiver<Event>),
}

impl Script {
    /// An answer of these pieces, one token each.
    pub fn answer(pieces: &[&str]) -> Self {
        Self::ends_with(pieces, FinishReason::EndOfTurn, 0)
    }

    /// An answer with an end of one's choice, before which `dropped` messages were left out.
    pub fn ends_with(pieces: &[&str], reason: FinishReason, dropped: usize) -> Self {
        Self::whole(PromptReport { dropped_messages: dropped, ..report() }, plain(pieces), reason)
    }

    /// An answer to a prompt that ends inside a thought.
    pub fn thinks_first(pieces: &[&str]) -> Self {
        let report = PromptReport { thought_open: true, ..report() };
        Self::whole(report, plain(pieces), FinishReason::EndOfTurn)
    }

    /// An answer of these pieces with the logarithm of each one's probability. The tokens are the pieces' first bytes; the best
    /// candidates of each are itself and `!`, a little less likely.
    pub fn with_logprobs(pieces: &[(&str, f32)]) -> Self {
        let tokens = pieces.iter().map(|&(text, chosen)| {
            let id = usize::from(text.bytes().next().unwrap_or_default());
            let top = vec![(id as u32, chosen), (u32::from(b'!'), chosen - 1.0)];
            token(id, text, Some(TokenLogprob { chosen, top }))
        });
        Self::whole(report(), tokens, FinishReason::EndOfTurn)
    }

    fn whole(
        report: PromptReport,
        tokens: impl ExactSizeIterator<Item = GenerationEvent>,
        reason: FinishReason,
    ) -> Self {
        let end = finished(reason, tokens.len());
        Self::events(std::iter::once(GenerationEvent::Started(report)).chain(tokens).chain([end]).map(Ok))
    }

    /// Exactly these events.
    pub fn events(events: impl IntoIterator<Item = Event>) -> Self {
        Self(Kind::Played { events: events.into_iter().collect(), then: None })
    }

    /// A request that is refused.
    pub fn refused(error: GenerationError) -> Self {
        Self(Kind::Refused(error))
    }

    /// An answer that fails after these pieces.
    pub fn breaks_after(pieces: &[&str], error: GenerationError) -> Self {
        Self::events(begun(pieces).chain([Err(error)]))
    }

    /// An answer whose stream ends without an end.
    pub fn closes_after(pieces: &[&str]) -> Self {
        Self::events(begun(pieces))
    }

    /// An answer that never goes on after these pieces. `then` is called when they were read.
    pub fn hangs_after(pieces: &[&str], then: impl FnOnce() + Send + 'static) -> Self {
        Self(Kind::Played { events: begun(pieces).collect(), then: Some(Box::new(then)) })
    }

    /// An answer that the test makes step by step.
    pub fn by_hand() -> (Self, Hand) {
        let (sender, receiver) = mpsc::channel(EVENTS_BY_HAND);
        (Self(Kind::ByHand(receiver)), Hand { sender, tokens: 0 })
    }
}

fn begun(pieces: &[&str]) -> impl Iterator<Item = Event> {
    std::iter::once(GenerationEvent::Started(report())).chain(plain(pieces)).map(Ok)
}

fn plain(pieces: &[&str]) -> impl ExactSizeIterator<Item = GenerationEvent> {
    pieces.iter().enumerate().map(|(index, text)| token(index, text, None))
}

fn report() -> PromptReport {
    PromptReport { prompt_tokens: 10, cached_tokens: 4, ..PromptReport::default() }
}

fn token(id: usize, text: &str, logprob: Option<TokenLogprob>) -> GenerationEvent {
    GenerationEvent::Token(TokenEvent { id: id as u32, text: text.to_owned(), logprob, withheld: 0 })
}

fn finished(reason: FinishReason, completion_tokens: usize) -> GenerationEvent {
    let usage = Usage {
        prompt_tokens: 10,
        cached_tokens: 4,
        completion_tokens,
        drafted_tokens: 3,
        accepted_tokens: 1,
    };
    let timings = Timings {
        queued: Duration::ZERO,
        prefill: Duration::from_millis(100),
        decode: Duration::from_millis(500),
    };
    GenerationEvent::Finished { reason, usage, timings }
}

/// Makes an answer step by step. Dropping it closes the stream.
pub struct Hand {
    sender: mpsc::Sender<Event>,
    tokens: usize,
}

impl Hand {
    /// The prompt was read.
    pub fn start(&mut self) {
        self.send(Ok(GenerationEvent::Started(report())));
    }

    /// One token.
    pub fn token(&mut self, text: &str) {
        self.send(Ok(token(self.tokens, text, None)));
        self.tokens += 1;
    }

    /// The end of the turn.
    pub fn finish(&mut self) {
        self.send(Ok(finished(FinishReason::EndOfTurn, self.tokens)));
    }

    /// Any event. What is sent after the reader hung up is lost.
    pub fn send(&mut self, event: Event) {
        match self.sender.try_send(event) {
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => {}
            Err(mpsc::error::TrySendError::Full(_)) => {
                panic!("a test sends less than {EVENTS_BY_HAND} events")
            }
        }
    }

    /// Whether the reader hung up.
    pub fn is_hung_up(&self) -> bool {
        self.sender.is_closed()
    }

    /// Completes when the reader hangs up.
    pub async fn hung_up(&self) {
        self.sender.closed().await;
    }
}

/// From a request to the pieces of its answer, one token each.
type Answers = Box<dyn Fn(&GenerationRequest) -> Vec<String> + Send + Sync>;

/// What is wrong with a schema, if anything.
type SchemaCheck = Box<dyn Fn(&Value, Unenforceable) -> Option<String> + Send + Sync>;

/// Plays its scripts in order and remembers what it was asked. Its tokens are bytes.
pub struct ScriptedGenerator {
    description: ModelDescription,
    scripts: Mutex<VecDeque<Script>>,
    answers: Option<Answers>,
    schema_check: Option<SchemaCheck>,
    requests: Mutex<Vec<GenerationRequest>>,
    counted: AtomicUsize,
    open: Mutex<Vec<mpsc::Sender<Event>>>,
}

impl ScriptedGenerator {
    /// A chat model that plays `scripts`.
    pub fn new(scripts: Vec<Script>) -> Self {
        let description = ModelDescription {
            name: "Scripted".to_owned(),
            parameters: 1,
            context_length: 128,
            context_length_trained: 128,
            vocabulary: 256,
            has_chat_template: true,
            late_system_messages: false,
            chat_template: None,
            template_notice: None,
            tool_syntax: ToolSyntax::default(),
            thought_marks: None,
            thought_control: ThoughtControl::default(),
        };
        Self {
            description,
            scripts: Mutex::new(scripts.into()),
            answers: None,
            schema_check: None,
            requests: Mutex::default(),
            counted: AtomicUsize::new(0),
            open: Mutex::default(),
        }
    }

    /// The same as a base model.
    pub fn base_model(scripts: Vec<Script>) -> Self {
        Self::new(scripts).describe(|description| description.has_chat_template = false)
    }

    /// A chat model that answers each request as `answer` says, for as long as it is asked.
    pub fn answering(answer: impl Fn(&GenerationRequest) -> Vec<String> + Send + Sync + 'static) -> Self {
        Self { answers: Some(Box::new(answer)), ..Self::new(Vec::new()) }
    }

    /// The same, but of the schemas that it is asked about those are wrong that `check` finds a problem in.
    #[must_use]
    pub fn checking_schemas(
        self,
        check: impl Fn(&Value, Unenforceable) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self { schema_check: Some(Box::new(check)), ..self }
    }

    /// The same with another description.
    #[must_use]
    pub fn describe(mut self, change: impl FnOnce(&mut ModelDescription)) -> Self {
        change(&mut self.description);
        self
    }

    /// One more script, after those that wait.
    pub fn add(&self, script: Script) {
        self.scripts.lock().unwrap_or_else(PoisonError::into_inner).push_back(script);
    }

    /// What it was asked so far.
    pub fn requests(&self) -> Vec<GenerationRequest> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same, which it forgets.
    pub fn take_requests(&self) -> Vec<GenerationRequest> {
        std::mem::take(&mut self.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tokens that it counted for others since this was asked last.
    pub fn take_counted(&self) -> usize {
        self.counted.swap(0, Ordering::SeqCst)
    }
}

impl Generator for ScriptedGenerator {
    fn description(&self) -> &ModelDescription {
        &self.description
    }

    fn generate(&self, request: GenerationRequest) -> Result<GenerationStream, GenerationError> {
        let script = self.scripts.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let script = script.or_else(|| {
            let pieces = self.answers.as_ref()?(&request);
            Some(Script::answer(&pieces.iter().map(String::as_str).collect::<Vec<_>>()))
        });
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        let (events, then) = match script.expect("a script for each request").0 {
            Kind::Refused(error) => return Err(error),
            Kind::ByHand(receiver) => return Ok(GenerationStream::new(receiver)),
            Kind::Played { events, then } => (events, then),
        };
        let (sender, receiver) = mpsc::channel(events.len().max(1));
        for event in events {
            sender.try_send(event).expect("room for each event");
        }
        if let Some(then) = then {
            self.open.lock().unwrap_or_else(PoisonError::into_inner).push(sender.clone());
            std::thread::spawn(move || {
                wait_until_drained(&sender);
                then();
            });
        }
        Ok(GenerationStream::new(receiver))
    }

    fn check_schema(&self, schema: &Value, unenforceable: Unenforceable) -> Result<(), GenerationError> {
        match self.schema_check.as_ref().and_then(|check| check(schema, unenforceable)) {
            Some(problem) => Err(GenerationError::Constraint { kind: "JSON Schema", problem }),
            None => Ok(()),
        }
    }

    fn tokenize(&self, text: &str, _special: Special) -> Result<Vec<u32>, GenerationError> {
        self.counted.fetch_add(text.len(), Ordering::SeqCst);
        Ok(text.bytes().map(u32::from).collect())
    }

    fn prompt_tokens(&self, prompt: &Prompt) -> Result<Vec<u32>, GenerationError> {
        match prompt {
            Prompt::Tokens(tokens) => Ok(tokens.clone()),
            prompt => self.tokenize(&self.prompt_text(prompt)?, Special::AsText),
        }
    }

    fn detokenize(&self, tokens: &[u32]) -> Result<String, GenerationError> {
        Ok(tokens.iter().map(|&token| token as u8 as char).collect())
    }

    fn token_bytes(&self, token: u32) -> Vec<u8> {
        vec![token as u8]
    }

    fn render(&self, chat: &Chat) -> Result<String, GenerationError> {
        let line = |message: &Message| format!("{}: {}", message.role.as_str(), message.content);
        Ok(chat.messages.iter().map(line).collect::<Vec<_>>().join("\n"))
    }
}

/// Waits until every event was taken from the channel of `sender`.
fn wait_until_drained(sender: &mpsc::Sender<Event>) {
    while sender.capacity() < sender.max_capacity() {
        std::thread::yield_now();
    }
}
