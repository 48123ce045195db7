//! A model whose logits are a function of the tokens in its cache, and a codec whose tokens are
//! bytes. The cache is the real block manager over a storage of tokens, so a wrong block shows as a
//! wrong answer.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use abide_generation::{
    Chat, GenerationError, Message, ModelDescription, PromptPart, Special, ThoughtControl, ToolSyntax,
};

use crate::batch::RowNeeded;
use crate::cache_contents::{CacheContents, ContentsDescription, GroupContents};
use crate::kv::{BlockManager, CacheLayout, GroupLayout, KvError, SequenceId};
use crate::scheduler::*;
use crate::token_model::*;

pub(super) const END: u32 = 256;
pub(super) const BEGIN: u32 = 257;
pub(super) const VOCABULARY: usize = 258;

/// Logits after tokens.
pub(super) type Script = Box<dyn Fn(&[u32]) -> Result<Vec<f32>, ModelError> + Send>;

/// Logits that depend on every token before them.
pub(super) fn hashed() -> Script {
    Box::new(|tokens| {
        let mut hasher = DefaultHasher::new();
        tokens.hash(&mut hasher);
        let mut state = hasher.finish();
        Ok((0..VOCABULARY).map(|_| (split_mix(&mut state) * 8.0) as f32).collect())
    })
}

/// After a prompt that ends with `|`, the bytes of `answer` and then the end of the turn.
pub(super) fn writes(answer: &'static [u8]) -> Script {
    Box::new(move |tokens| {
        let bar = tokens.iter().position(|token| *token == u32::from(b'|')).expect("the prompt has a bar");
        let next = answer.get(tokens.len() - 1 - bar).map_or(END, |byte| u32::from(*byte));
        Ok(favour(next))
    })
}

/// A text of few letters that goes in circles without being sure of them, and ends at some time.
pub(super) fn babbling() -> Script {
    Box::new(|tokens| {
        let mut hasher = DefaultHasher::new();
        tokens[tokens.len().saturating_sub(2)..].hash(&mut hasher);
        let mut state = hasher.finish();
        let mut logits = vec![-20.0; VOCABULARY];
        let letters = (b'a'..b'g').map(u32::from).chain([END]);
        letters.for_each(|letter| logits[letter as usize] = (split_mix(&mut state) * 10.0) as f32);
        logits[END as usize] -= 6.0;
        Ok(logits)
    })
}

/// Logits under which `token` is by far the best.
pub(super) fn favour(token: u32) -> Vec<f32> {
    let mut logits = vec![0.0; VOCABULARY];
    logits[token as usize] = 20.0;
    logits
}

/// A number from 0 to 1 (Steele et al. 2014).
fn split_mix(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// What happened to a model.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// Tokens of each sequence in each batch.
    pub(super) batches: Vec<Vec<(SequenceId, usize)>>,
    pub(super) starts: usize,
    pub(super) releases: usize,
    pub(super) refusals: usize,
    /// Rows of which only some tokens' logits were asked for.
    pub(super) masked: usize,
    /// Rows of which all were.
    pub(super) whole: usize,
}

/// The test's side of a model that asks before each step. Dropping it lets the model run freely.
pub(super) struct Gate {
    entered: Receiver<()>,
    proceed: Sender<()>,
}

impl Gate {
    /// Waits until the model is in a step.
    pub(super) fn wait(&self) {
        self.entered.recv().expect("the model lives");
    }

    /// Lets it finish that step.
    pub(super) fn open(&self) {
        self.proceed.send(()).expect("the model lives");
    }
}

pub(super) struct ScriptedModel {
    cache: BlockManager,
    storage: Vec<u32>,
    script: Script,
    context_length: usize,
    same_in_any_batch: bool,
    gives_contents: bool,
    log: Arc<Mutex<Log>>,
    gate: Option<(Sender<()>, Receiver<()>)>,
}

const BLOCK: usize = 4;

impl ScriptedModel {
    pub(super) fn new(script: Script) -> Self {
        Self::with_cache(script, 4096)
    }

    pub(super) fn with_cache(script: Script, blocks: usize) -> Self {
        let groups = vec![GroupLayout { window: None, blocks }];
        let cache =
            BlockManager::new(CacheLayout { block_positions: BLOCK, cut_back: DRAFT_TOKENS_MAX, groups })
                .unwrap();
        let storage = vec![u32::MAX; blocks * BLOCK];
        let (log, gate) = (Arc::default(), None);
        let (same_in_any_batch, gives_contents) = (true, true);
        Self { cache, storage, script, context_length: 512, same_in_any_batch, gives_contents, log, gate }
    }

    pub(super) fn keeping_its_contents(self) -> Self {
        Self { gives_contents: false, ..self }
    }

    pub(super) fn context(self, context_length: usize) -> Self {
        Self { context_length, ..self }
    }

    pub(super) fn differing_in_batches(self) -> Self {
        Self { same_in_any_batch: false, ..self }
    }

    pub(super) fn log(&self) -> Arc<Mutex<Log>> {
        Arc::clone(&self.log)
    }

    pub(super) fn gated(self) -> (Self, Gate) {
        let (entered, test_entered) = channel();
        let (test_proceed, proceed) = channel();
        let gate = Gate { entered: test_entered, proceed: test_proceed };
        (Self { gate: Some((entered, proceed)), ..self }, gate)
    }

    /// Reserves places for the whole batch or for none of it.
    fn append(&mut self, batch: &[BatchItem<'_>]) -> Result<(), ModelError> {
        for (index, item) in batch.iter().enumerate() {
            if let Err(error) = self.cache.append(item.sequence, item.tokens) {
                for earlier in &batch[..index] {
                    self.cache.rollback(earlier.sequence)?;
                }
                self.log.lock().unwrap().refusals += 1;
                return Err(error.into());
            }
        }
        Ok(())
    }

    fn write(&mut self, item: &BatchItem<'_>) -> Result<(), KvError> {
        let end = self.cache.length(item.sequence)?;
        let slots = self.cache.slots(item.sequence, 0, end - item.tokens.len()..end)?;
        for (slot, token) in slots.zip(item.tokens) {
            self.storage[slot.block as usize * BLOCK + slot.offset as usize] = *token;
        }
        Ok(())
    }

    fn read(&self, sequence: SequenceId) -> Result<Vec<u32>, KvError> {
        let slots = self.cache.slots(sequence, 0, 0..self.cache.length(sequence)?)?;
        Ok(slots.map(|slot| self.storage[slot.block as usize * BLOCK + slot.offset as usize]).collect())
    }

    fn copy_blocks(&mut self) {
        for copy in self.cache.take_copies() {
            let from = copy.from as usize * BLOCK;
            self.storage.copy_within(from..from + BLOCK, copy.to as usize * BLOCK);
        }
    }

    fn compute(&mut self, batch: &[BatchItem<'_>]) -> Result<Logits, ModelError> {
        self.copy_blocks();
        let mut values = Vec::new();
        for item in batch {
            self.write(item)?;
            let tokens = self.read(item.sequence)?;
            let first = match item.logits {
                LogitsWanted::None => continue,
                LogitsWanted::Last => tokens.len(),
                LogitsWanted::All => tokens.len() + 1 - item.tokens.len(),
            };
            for end in first..=tokens.len() {
                let mut row = (self.script)(&tokens[..end])?;
                let needed = item.needed.row(end - first);
                leave_out(&mut row, needed);
                let mut log = self.log.lock().unwrap();
                log.masked += usize::from(needed.allowed.is_some());
                log.whole += usize::from(needed.allowed.is_none());
                values.extend(row);
            }
        }
        Ok(Logits::new(values, VOCABULARY))
    }
}

/// Makes −∞ whatever is not needed.
fn leave_out(row: &mut [f32], needed: RowNeeded<'_>) {
    if let Some(allowed) = needed.allowed {
        allowed.apply(row);
    }
    if let Some(best) = needed.best {
        let mut sorted = row.to_vec();
        sorted.sort_by(|one, other| other.total_cmp(one));
        let least = sorted.get(best - 1).copied().unwrap_or(f32::NEG_INFINITY);
        row.iter_mut().filter(|logit| **logit < least).for_each(|logit| *logit = f32::NEG_INFINITY);
    }
}

impl TokenModel for ScriptedModel {
    fn vocabulary(&self) -> usize {
        VOCABULARY
    }

    fn context_length(&self) -> usize {
        self.context_length
    }

    fn same_in_any_batch(&self) -> bool {
        self.same_in_any_batch
    }

    fn start(&mut self, tokens: &[u32]) -> Result<(SequenceId, usize), ModelError> {
        self.log.lock().unwrap().starts += 1;
        Ok(self.cache.start(tokens))
    }

    fn length(&self, sequence: SequenceId) -> Result<usize, ModelError> {
        Ok(self.cache.length(sequence)?)
    }

    fn forward(&mut self, batch: &[BatchItem<'_>]) -> Result<Logits, ModelError> {
        self.append(batch)?;
        for item in batch {
            assert!(self.cache.length(item.sequence)? <= self.context_length, "beyond the context");
        }
        let shares = batch.iter().map(|item| (item.sequence, item.tokens.len())).collect();
        self.log.lock().unwrap().batches.push(shares);
        if let Some((entered, proceed)) = &self.gate {
            // When the test has let go of its side, nobody is asked.
            let _ = entered.send(());
            let _ = proceed.recv();
        }
        let logits = self.compute(batch);
        for item in batch {
            match &logits {
                Ok(_) => self.cache.commit(item.sequence)?,
                Err(_) => self.cache.rollback(item.sequence)?,
            }
        }
        logits
    }

    fn truncate(&mut self, sequence: SequenceId, positions: usize) -> Result<usize, ModelError> {
        Ok(self.cache.truncate(sequence, positions)?)
    }

    fn fork(&mut self, sequence: SequenceId) -> Result<SequenceId, ModelError> {
        Ok(self.cache.fork(sequence)?)
    }

    fn release(&mut self, sequence: SequenceId) {
        self.log.lock().unwrap().releases += 1;
        self.cache.release(sequence);
    }

    fn contents(&mut self) -> Option<&mut dyn CacheContents> {
        self.gives_contents.then_some(self as &mut dyn CacheContents)
    }
}

/// A block is its tokens, four bytes each.
impl CacheContents for ScriptedModel {
    fn describe(&self) -> ContentsDescription {
        ContentsDescription {
            spec: "scripted".to_owned(),
            kind: "tokens".to_owned(),
            block_positions: BLOCK,
            groups: vec![GroupContents { window: None, block_bytes: BLOCK * 4 }],
        }
    }

    fn computed(&self, sequence: SequenceId) -> Result<&[u32], ModelError> {
        Ok(&self.cache.tokens(sequence)?[..self.cache.committed(sequence)?])
    }

    fn is_known(&self, sequence: SequenceId, group: usize, index: usize) -> Result<bool, ModelError> {
        Ok(self.cache.known_block(sequence, group, index)?.is_some())
    }

    fn read_block(
        &mut self,
        sequence: SequenceId,
        group: usize,
        index: usize,
    ) -> Result<Option<Vec<u8>>, ModelError> {
        self.copy_blocks();
        let block = self.cache.known_block(sequence, group, index)?;
        let tokens = block.map(|block| &self.storage[block as usize * BLOCK..][..BLOCK]);
        Ok(tokens.map(|tokens| tokens.iter().flat_map(|token| token.to_le_bytes()).collect()))
    }

    fn reserve(&mut self, sequence: SequenceId, tokens: &[u32]) -> Result<Vec<Range<usize>>, ModelError> {
        self.cache.append_known(sequence, tokens)?;
        self.copy_blocks();
        Ok(vec![self.cache.missing(sequence, 0)?])
    }

    fn write_block(
        &mut self,
        sequence: SequenceId,
        group: usize,
        index: usize,
        bytes: &[u8],
    ) -> Result<(), ModelError> {
        let table = self.cache.table(sequence, group)?;
        let block = table.blocks[index - table.first_block] as usize;
        for (token, bytes) in self.storage[block * BLOCK..].iter_mut().zip(bytes.as_chunks().0) {
            *token = u32::from_le_bytes(*bytes);
        }
        Ok(())
    }

    fn commit(&mut self, sequence: SequenceId) -> Result<(), ModelError> {
        Ok(self.cache.commit(sequence)?)
    }

    fn forget(&mut self) {
        self.cache.forget_cached();
    }
}

/// Tokens are bytes, a message is `role:content` on a line.
#[derive(Default)]
pub(in crate::scheduler) struct ByteCodec {
    /// Whether decoding [`FRAGILE`] panics.
    pub(super) fragile: bool,
}

/// The byte at which a fragile codec panics.
pub(super) const FRAGILE: u8 = b'#';

impl TextCodec for ByteCodec {
    fn encode(&self, text: &str, special: Special) -> Result<Vec<u32>, GenerationError> {
        let begin = special.is_added().then_some(BEGIN);
        Ok(begin.into_iter().chain(text.bytes().map(u32::from)).collect())
    }

    fn encode_text(&self, text: &str) -> Result<Vec<u32>, GenerationError> {
        self.encode(text, Special::Parsed)
    }

    fn encode_parts(&self, parts: &[PromptPart]) -> Result<Vec<u32>, GenerationError> {
        let text = |part: &PromptPart| match part {
            PromptPart::Markup(text) | PromptPart::Text(text) => text.clone(),
        };
        self.encode_text(&parts.iter().map(text).collect::<String>())
    }

    fn encode_chat(&self, chat: &Chat) -> Result<ChatTokens, GenerationError> {
        let text = self.render(chat)?;
        Ok(ChatTokens { tokens: self.encode_text(&text)?, thought_open: text.ends_with("(\n|") })
    }

    fn render(&self, chat: &Chat) -> Result<String, GenerationError> {
        let line = |message: &Message| format!("{}:{}\n", message.role.as_str(), message.content);
        Ok(chat.messages.iter().map(line).collect::<String>() + "|")
    }

    fn decode(&self, tokens: &[u32]) -> Result<String, GenerationError> {
        let bytes: Vec<u8> = tokens.iter().filter_map(|token| u8::try_from(*token).ok()).collect();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn decoder(&self, _previous: Option<u32>) -> Box<dyn TextDecoder> {
        Box::new(ByteDecoder { bytes: Vec::new(), fragile: self.fragile })
    }

    fn tokens_holding(&self, text: &str) -> Vec<u32> {
        text.bytes().take((text.len() == 1).into()).map(u32::from).collect()
    }

    fn is_end_of_generation(&self, token: u32) -> bool {
        token == END
    }

    fn encode_within(&self, text: &str) -> Vec<u32> {
        text.bytes().map(u32::from).collect()
    }

    fn spelling(&self, token: u32) -> Spelling<'_> {
        match token {
            END => Spelling::Control("<end>"),
            BEGIN => Spelling::Control("<begin>"),
            _ => BYTES
                .get(token as usize)
                .map_or(Spelling::Nothing, |byte| Spelling::Text(std::slice::from_ref(byte))),
        }
    }

    fn leaves_out_space(&self, _previous: Option<u32>) -> bool {
        false
    }
}

const BYTES: [u8; 256] = {
    let mut bytes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        bytes[byte] = byte as u8;
        byte += 1;
    }
    bytes
};

struct ByteDecoder {
    bytes: Vec<u8>,
    fragile: bool,
}

impl TextDecoder for ByteDecoder {
    fn push(&mut self, token: u32) -> String {
        assert!(!self.fragile || token != u32::from(FRAGILE), "the text is broken");
        self.bytes.extend(u8::try_from(token));
        match std::str::from_utf8(&self.bytes) {
            Err(error) if error.error_len().is_none() => {
                let rest = self.bytes.split_off(error.valid_up_to());
                String::from_utf8(std::mem::replace(&mut self.bytes, rest)).unwrap()
            }
            _ => self.finish(),
        }
    }

    fn finish(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.bytes)).into_owned()
    }
}

/// An engine over `model` with everything else as a test needs it.
pub(super) fn engine(model: ScriptedModel, options: EngineOptions) -> Engine {
    try_engine(model, options).unwrap()
}

pub(super) fn try_engine(model: ScriptedModel, options: EngineOptions) -> Result<Engine, EngineStartError> {
    engine_over(model, ByteCodec::default(), options)
}

pub(super) fn engine_over(
    model: ScriptedModel,
    codec: ByteCodec,
    options: EngineOptions,
) -> Result<Engine, EngineStartError> {
    let description = ModelDescription {
        name: "scripted".into(),
        parameters: 0,
        context_length: model.context_length,
        context_length_trained: model.context_length,
        vocabulary: VOCABULARY,
        has_chat_template: true,
        late_system_messages: false,
        chat_template: None,
        template_notice: None,
        tool_syntax: ToolSyntax::default(),
        thought_marks: None,
        thought_control: ThoughtControl::default(),
    };
    Engine::new(Box::new(model), Arc::new(codec), description, options)
}
