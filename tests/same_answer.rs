//! The same answer to the bit, with real weights: for any number of threads, alone or in a batch of eight, from a cold or a
//! cached prefix. On the CPU, where this is promised. Skipped unless `ABIDE_TEST_MODELS` names the folder of the weights.

use std::path::Path;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
    mpsc::{Receiver, Sender, channel},
};

use abide_engine::{
    BatchItem, DeviceChoice, Engine, EngineOptions, LoadOptions, Logits, Model, ModelError, TokenModel,
    gguf::GgufFile,
    kv::SequenceId,
    text::{ChatTemplate, ModelText, Tokenizer},
};
use abide_generation::{
    Constraint, GenerationEvent, GenerationRequest, GenerationStream, Generator, ModelDescription, Prompt,
    Sampling, ThoughtControl, ToolSyntax,
};

use serde_json::{Value, json};

use crate::support::{GEMMA, SMOLLM2, real_model};

const SEQUENCES: usize = 8;
/// What all prompts begin with: more than a block of the cache.
const BEGINNING: &str = "The following are short notes on the natural history of the northern islands, written by the \
                         keeper of the lighthouse between one ship and the next. Each note begins with the weather of the \
                         day, goes on with what he saw from the gallery, and ends with a remark about ";
const ENDINGS: [&str; SEQUENCES] = [
    "the seals on the rocks below.",
    "the wind.",
    "a visitor who had come on foot over the ice, and",
    "gulls: there were",
    "his dog",
    "the price of oil and of bread, which",
    "the moon, as it stood that night over the",
    "himself.",
];

/// A model whose first step waits until it is let go, and that counts who takes part in a step.
struct Gated {
    model: Model,
    gate: Option<Receiver<()>>,
    widest: Arc<AtomicUsize>,
}

impl TokenModel for Gated {
    fn vocabulary(&self) -> usize {
        self.model.vocabulary()
    }

    fn context_length(&self) -> usize {
        self.model.context_length()
    }

    fn same_in_any_batch(&self) -> bool {
        self.model.same_in_any_batch()
    }

    fn start(&mut self, tokens: &[u32]) -> Result<(SequenceId, usize), ModelError> {
        self.model.start(tokens)
    }

    fn length(&self, sequence: SequenceId) -> Result<usize, ModelError> {
        self.model.length(sequence)
    }

    fn forward(&mut self, batch: &[BatchItem<'_>]) -> Result<Logits, ModelError> {
        if let Some(gate) = self.gate.take() {
            // It opens when the sender is dropped.
            let _ = gate.recv();
        }
        self.widest.fetch_max(batch.len(), Ordering::Relaxed);
        self.model.forward(batch)
    }

    fn truncate(&mut self, sequence: SequenceId, positions: usize) -> Result<usize, ModelError> {
        self.model.truncate(sequence, positions)
    }

    fn fork(&mut self, sequence: SequenceId) -> Result<SequenceId, ModelError> {
        self.model.fork(sequence)
    }

    fn release(&mut self, sequence: SequenceId) {
        self.model.release(sequence);
    }
}

/// An engine that has computed nothing yet.
struct Fresh {
    engine: Engine,
    /// Its model computes nothing before this is dropped.
    gate: Sender<()>,
    widest: Arc<AtomicUsize>,
}

fn fresh(path: &Path, threads: usize) -> Fresh {
    let file = Arc::new(GgufFile::open(path).expect("the file opens"));
    let options = LoadOptions {
        device: DeviceChoice::Cpu,
        threads: Some(threads),
        context_length: Some(256),
        sequences: SEQUENCES,
        ..LoadOptions::default()
    };
    let tokenizer = Arc::new(Tokenizer::from_metadata(file.metadata()).expect("it has a tokenizer"));
    let template = ChatTemplate::from_metadata(file.metadata(), None).expect("its template is sound");
    let model = Model::load(Arc::clone(&file), &options).expect("it loads");
    let description = ModelDescription {
        name: "real weights".to_owned(),
        parameters: 0,
        context_length: model.context_length(),
        context_length_trained: model.context_length(),
        vocabulary: model.vocabulary(),
        has_chat_template: template.exists(),
        late_system_messages: template.takes_late_system_messages(),
        chat_template: None,
        template_notice: None,
        tool_syntax: ToolSyntax::default(),
        thought_marks: None,
        thought_control: ThoughtControl::default(),
    };
    let (gate, opened) = channel();
    let widest = Arc::new(AtomicUsize::new(0));
    let model = Gated { model, gate: Some(opened), widest: Arc::clone(&widest) };
    let options = EngineOptions { max_sequences: SEQUENCES, ..EngineOptions::default() };
    let text = Arc::new(ModelText::new(tokenizer, template));
    let engine = Engine::new(Box::new(model), text, description, options).expect("the engine starts");
    Fresh { engine, gate, widest }
}

/// Longer than any answer here: words of the model's own, and few to choose from.
fn schema() -> Value {
    let entry = json!({
        "type": "object",
        "properties": {"text": {"type": "string"}, "kind": {"enum": ["bird", "beast"]}},
        "required": ["kind", "text"],
    });
    json!({"type": "array", "items": entry, "minItems": 20})
}

/// Asks the engine for the answer to a prompt, with a seed of its own; every second one has to be of some form.
/// Log-probabilities need all logits, the tokens alone only the best, and those that are allowed.
fn ask(engine: &Engine, index: usize, logprobs: Option<usize>) -> GenerationStream {
    let request = GenerationRequest {
        sampling: Sampling { temperature: 0.9, seed: Some(index as u64), ..Sampling::default() },
        max_tokens: Some(24),
        logprobs,
        constraint: (!index.is_multiple_of(2)).then(|| Constraint::JsonSchema(schema())),
        ignore_eos: index.is_multiple_of(2),
        ..GenerationRequest::new(Prompt::Text(format!("{BEGINNING}{}", ENDINGS[index])))
    };
    engine.generate(request).expect("it is accepted")
}

/// The tokens of an answer with the bits of their log-probabilities, if there are any, and how much of its prompt was
/// cached.
fn read(mut stream: GenerationStream) -> (Vec<(u32, Option<u32>)>, usize) {
    let (mut tokens, mut cached) = (Vec::new(), 0);
    while let Some(event) = stream.blocking_next() {
        match event.expect("it does not fail") {
            GenerationEvent::Started(report) => cached = report.cached_tokens,
            GenerationEvent::Token(token) => {
                tokens.push((token.id, token.logprob.map(|logprob| logprob.chosen.to_bits())));
            }
            GenerationEvent::Finished { .. } => break,
        }
    }
    (tokens, cached)
}

fn check(file: &str) {
    let Some(path) = real_model(file) else { return };
    let alone: Vec<_> = (0..SEQUENCES)
        .map(|index| {
            let Fresh { engine, gate, .. } = fresh(&path, 1);
            drop(gate);
            let (tokens, cached) = read(ask(&engine, index, Some(1)));
            assert_eq!((tokens.len(), cached), (24, 0), "{file}");
            tokens
        })
        .collect();
    for threads in [1, 2, 4] {
        let Fresh { engine, gate, widest } = fresh(&path, threads);
        let streams: Vec<_> = (0..SEQUENCES).map(|index| ask(&engine, index, Some(1))).collect();
        drop(gate);
        for (index, stream) in streams.into_iter().enumerate() {
            assert!(read(stream).0 == alone[index], "{file}, {threads} threads: {index} in the batch");
        }
        assert_eq!(widest.load(Ordering::Relaxed), SEQUENCES, "{file}: all took part in a step");
        for (index, expected) in alone.iter().enumerate() {
            let (tokens, cached) = read(ask(&engine, index, Some(1)));
            assert!(cached >= 32, "{file}: {cached} tokens were cached");
            assert!(tokens == *expected, "{file}, {threads} threads: {index} from a cached prefix");
        }
        let streams: Vec<_> = (0..SEQUENCES).map(|index| ask(&engine, index, None)).collect();
        for (index, stream) in streams.into_iter().enumerate() {
            let expected = alone[index].iter().map(|(id, _)| (*id, None));
            let among_the_best = read(stream).0;
            assert!(
                among_the_best.into_iter().eq(expected),
                "{file}, {threads} threads: {index} among the best"
            );
        }
        for (index, expected) in alone.iter().enumerate().take(4) {
            let expected = expected.iter().map(|(id, _)| (*id, None));
            let found = read(ask(&engine, index, None)).0;
            assert!(found.into_iter().eq(expected), "{file}, {threads} threads: {index} alone");
        }
    }
}

#[test]
fn smollm2_gives_the_same_answer_however_it_is_computed() {
    check(SMOLLM2);
}

#[test]
fn gemma_gives_the_same_answer_however_it_is_computed() {
    check(GEMMA);
}
