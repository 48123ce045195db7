//! A generator that answers from a script and a model that counts upwards, for tests.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use abide_engine::kv::{BlockManager, CacheLayout, GroupLayout, SequenceId};
use abide_engine::{BatchItem, Logits, LogitsWanted, ModelError, TokenModel};
use abide_generation::{
    Chat, FinishReason, GenerationError, GenerationEvent, GenerationRequest, GenerationStream, Generator,
    Message, ModelDescription, PromptReport, Special, Timings, TokenEvent, ToolSyntax, Usage,
};
use tokio::sync::mpsc;

use crate::interrupt::Interrupt;

/// What happens at one request.
pub struct Script {
    refusal: Option<GenerationError>,
    events: Vec<Result<GenerationEvent, GenerationError>>,
    /// Raised once the events are out; the stream then stays open.
    hang: Option<Interrupt>,
}

impl Script {
    /// An answer of these pieces, one token each.
    pub fn answer(pieces: &[&str]) -> Self {
        Self::ends_with(pieces, FinishReason::EndOfTurn, 0)
    }

    /// An answer with an end of one's choice, before which `dropped` messages were left out.
    pub fn ends_with(pieces: &[&str], reason: FinishReason, dropped: usize) -> Self {
        let mut script = Self::closes_after(pieces);
        let report = PromptReport {
            prompt_tokens: 10,
            cached_tokens: 4,
            dropped_messages: dropped,
            ..PromptReport::default()
        };
        script.events[0] = Ok(GenerationEvent::Started(report));
        let usage = Usage {
            prompt_tokens: 10,
            cached_tokens: 4,
            completion_tokens: pieces.len(),
            drafted_tokens: 3,
            accepted_tokens: 1,
        };
        let timings = Timings {
            queued: Duration::ZERO,
            prefill: Duration::from_millis(100),
            decode: Duration::from_millis(500),
        };
        script.events.push(Ok(GenerationEvent::Finished { reason, usage, timings }));
        script
    }

    /// A request that is refused.
    pub fn refused(error: GenerationError) -> Self {
        Self { refusal: Some(error), events: Vec::new(), hang: None }
    }

    /// An answer that fails after these pieces.
    pub fn breaks_after(pieces: &[&str], error: GenerationError) -> Self {
        let mut script = Self::closes_after(pieces);
        script.events.push(Err(error));
        script
    }

    /// An answer whose stream ends without an end.
    pub fn closes_after(pieces: &[&str]) -> Self {
        let report = PromptReport { prompt_tokens: 10, cached_tokens: 4, ..PromptReport::default() };
        let tokens = pieces.iter().enumerate().map(|(index, text)| {
            let token = TokenEvent { id: index as u32, text: (*text).to_owned(), logprob: None };
            Ok(GenerationEvent::Token(token))
        });
        let events = std::iter::once(Ok(GenerationEvent::Started(report))).chain(tokens).collect();
        Self { refusal: None, events, hang: None }
    }

    /// An answer that never goes on after these pieces, and a Ctrl-C then.
    pub fn hangs_after(pieces: &[&str], interrupt: Interrupt) -> Self {
        Self { hang: Some(interrupt), ..Self::closes_after(pieces) }
    }
}

/// Plays its scripts in order and remembers what it was asked.
pub struct ScriptedGenerator {
    description: ModelDescription,
    scripts: Mutex<VecDeque<Script>>,
    requests: Mutex<Vec<GenerationRequest>>,
    open: Mutex<Vec<mpsc::Sender<Result<GenerationEvent, GenerationError>>>>,
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
            template_notice: None,
            tool_syntax: ToolSyntax::default(),
            thought_marks: None,
        };
        Self {
            description,
            scripts: Mutex::new(scripts.into()),
            requests: Mutex::default(),
            open: Mutex::default(),
        }
    }

    /// The same as a base model.
    pub fn base_model(scripts: Vec<Script>) -> Self {
        let mut generator = Self::new(scripts);
        generator.description.has_chat_template = false;
        generator
    }

    /// What it was asked so far.
    pub fn requests(&self) -> Vec<GenerationRequest> {
        self.requests.lock().unwrap().clone()
    }
}

impl Generator for ScriptedGenerator {
    fn description(&self) -> &ModelDescription {
        &self.description
    }

    fn generate(&self, request: GenerationRequest) -> Result<GenerationStream, GenerationError> {
        self.requests.lock().unwrap().push(request);
        let script = self.scripts.lock().unwrap().pop_front().expect("a script for each request");
        if let Some(error) = script.refusal {
            return Err(error);
        }
        let (sender, receiver) = mpsc::channel(script.events.len().max(1));
        for event in script.events {
            sender.try_send(event).expect("room for each event");
        }
        if let Some(interrupt) = script.hang {
            self.open.lock().unwrap().push(sender);
            // As a person would: after the events were read.
            std::thread::spawn({
                let open = receiver_is_drained(self.open.lock().unwrap().last().unwrap().clone());
                move || {
                    open();
                    interrupt.raise();
                }
            });
        }
        Ok(GenerationStream::new(receiver))
    }

    fn tokenize(&self, text: &str, _special: Special) -> Result<Vec<u32>, GenerationError> {
        Ok(text.bytes().map(u32::from).collect())
    }

    fn detokenize(&self, tokens: &[u32]) -> Result<String, GenerationError> {
        Ok(tokens.iter().map(|&token| token as u8 as char).collect())
    }

    fn render(&self, chat: &Chat) -> Result<String, GenerationError> {
        let line = |message: &Message| format!("{}: {}", message.role.as_str(), message.content);
        Ok(chat.messages.iter().map(line).collect::<Vec<_>>().join("\n"))
    }
}

/// Waits until every event was taken from the channel of `sender`.
fn receiver_is_drained(
    sender: mpsc::Sender<Result<GenerationEvent, GenerationError>>,
) -> impl FnOnce() + Send + 'static {
    move || {
        while sender.capacity() < sender.max_capacity() {
            std::thread::yield_now();
        }
    }
}

/// A model whose likeliest next token is always the successor of the last one, with a logit of
/// [`ScriptedModel::PEAK`] where all others have 0.
pub struct ScriptedModel {
    ids: BlockManager,
    vocabulary: usize,
    context_length: usize,
    sequences: HashMap<SequenceId, Vec<u32>>,
    /// Of each forward: the length before, and the number of new tokens.
    calls: Vec<(usize, usize)>,
    /// What `start` claims to find in the cache.
    cached: usize,
    granularity: usize,
}

impl ScriptedModel {
    /// Logit of the successor.
    pub const PEAK: f32 = 2.0;

    /// A model of so many tokens and positions.
    pub fn new(vocabulary: usize, context_length: usize) -> Self {
        let groups = vec![GroupLayout { window: None, blocks: 8 }];
        let layout = CacheLayout { block_positions: 1, cut_back: 0, groups };
        let ids = BlockManager::new(layout).expect("the layout is sound");
        let (sequences, calls) = (HashMap::new(), Vec::new());
        Self { ids, vocabulary, context_length, sequences, calls, cached: 0, granularity: 1 }
    }

    /// Lets new sequences find so many tokens in the cache.
    pub fn finds_in_cache(&mut self, cached: usize) {
        self.cached = cached;
    }

    /// Lets sequences be cut to these lengths only.
    pub fn truncates_to_multiples_of(&mut self, granularity: usize) {
        self.granularity = granularity;
    }

    /// Of each forward: the length before, and the number of new tokens.
    pub fn calls(&self) -> Vec<(usize, usize)> {
        self.calls.clone()
    }

    /// Sequences not released.
    pub fn living(&self) -> usize {
        self.sequences.len()
    }
}

impl TokenModel for ScriptedModel {
    fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    fn context_length(&self) -> usize {
        self.context_length
    }

    fn same_in_any_batch(&self) -> bool {
        true
    }

    fn start(&mut self, tokens: &[u32]) -> Result<(SequenceId, usize), ModelError> {
        let (id, _) = self.ids.start(&[]);
        let cached = self.cached.min(tokens.len() - 1);
        self.sequences.insert(id, tokens[..cached].to_vec());
        Ok((id, cached))
    }

    fn length(&self, sequence: SequenceId) -> Result<usize, ModelError> {
        Ok(self.sequences[&sequence].len())
    }

    fn forward(&mut self, batch: &[BatchItem<'_>]) -> Result<Logits, ModelError> {
        let mut values = Vec::new();
        for item in batch {
            let sequence = self.sequences.get_mut(&item.sequence).expect("a living sequence");
            self.calls.push((sequence.len(), item.tokens.len()));
            sequence.extend(item.tokens);
            if sequence.len() > self.context_length {
                let (length, context_length) = (sequence.len(), self.context_length);
                return Err(ModelError::ContextFull { length, context_length });
            }
            let rows = match item.logits {
                LogitsWanted::None => &[][..],
                LogitsWanted::Last => &item.tokens[item.tokens.len() - 1..],
                LogitsWanted::All => item.tokens,
            };
            for &token in rows {
                let successor = (token as usize + 1) % self.vocabulary;
                values.extend((0..self.vocabulary).map(|id| if id == successor { Self::PEAK } else { 0.0 }));
            }
        }
        Ok(Logits::new(values, self.vocabulary))
    }

    fn truncate(&mut self, sequence: SequenceId, positions: usize) -> Result<usize, ModelError> {
        let left = positions - positions % self.granularity;
        self.sequences.get_mut(&sequence).expect("a living sequence").truncate(left);
        Ok(left)
    }

    fn fork(&mut self, sequence: SequenceId) -> Result<SequenceId, ModelError> {
        let (id, _) = self.ids.start(&[]);
        let tokens = self.sequences[&sequence].clone();
        self.sequences.insert(id, tokens);
        Ok(id)
    }

    fn release(&mut self, sequence: SequenceId) {
        self.sequences.remove(&sequence);
    }
}
