//! How long a conversation takes to be saved, and to be found again by the next start.
//!
//! ```text
//! cargo bench -p abide-engine --bench saved_cache -- FILE.gguf [TOKENS]
//! ```
//!
//! Without a file it measures nothing. Tokens are drawn at random: what they say makes no difference.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use abide_engine::gguf::GgufFile;
use abide_engine::saved_cache::{CacheKey, SavedCacheOptions};
use abide_engine::text::{ChatTemplate, ModelText, Tokenizer};
use abide_engine::{Engine, EngineOptions, LoadOptions, Model, TokenModel};
use abide_generation::{
    GenerationEvent, GenerationRequest, Generator, ModelDescription, Prompt, Sampling, ThoughtControl,
    Timings, ToolSyntax, Usage,
};

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let Some(path) = arguments.first() else {
        println!("name a GGUF file, and perhaps how many tokens (6000)");
        return;
    };
    let tokens = arguments.get(1).map_or(6000, |tokens| tokens.parse().expect("a number of tokens"));
    let file = Arc::new(GgufFile::open(Path::new(path)).expect("the file opens"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let start = |what: &str| {
        let since = Instant::now();
        let engine = engine(&file, folder.path());
        println!("{what}: the engine starts in {:.0?}", since.elapsed());
        engine
    };
    let cold = start("cold");
    let vocabulary = cold.description().vocabulary as u64;
    let token = |place: u64| (place.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) % vocabulary;
    let mut prompt: Vec<u32> = (1..=tokens).map(|place| token(place) as u32).collect();
    report("cold", answer(&cold, &prompt));
    let since = Instant::now();
    drop(cold);
    println!(
        "the rest is saved in {:.0?} ({:.1} MB in all)",
        since.elapsed(),
        bytes(folder.path()) as f64 / 1e6
    );
    // The next question.
    prompt.extend((0..30).map(|place| token(tokens + 7 + place) as u32));
    for _ in 0..3 {
        let engine = start("loaded");
        report("loaded", answer(&engine, &prompt));
    }
}

fn engine(file: &Arc<GgufFile>, folder: &Path) -> Engine {
    let model = Model::load(Arc::clone(file), &LoadOptions::default()).expect("the model loads");
    let tokenizer = Arc::new(Tokenizer::from_metadata(file.metadata()).expect("there is a tokenizer"));
    let template = ChatTemplate::from_metadata(file.metadata(), None).expect("the template can be read");
    let description = ModelDescription {
        name: "benchmark".to_owned(),
        parameters: 0,
        context_length: model.context_length(),
        context_length_trained: model.context_length(),
        vocabulary: model.vocabulary(),
        has_chat_template: false,
        late_system_messages: false,
        chat_template: None,
        template_notice: None,
        tool_syntax: ToolSyntax::default(),
        thought_marks: None,
        thought_control: ThoughtControl::default(),
    };
    let key = CacheKey::new([7; 32]);
    let saved = SavedCacheOptions::new(folder.to_owned(), key, "benchmark".to_owned(), [0; 32]);
    let options = EngineOptions { saved_caches: Some(saved), ..EngineOptions::default() };
    Engine::new(Box::new(model), Arc::new(ModelText::new(tokenizer, template)), description, options)
        .expect("the engine starts")
}

fn answer(engine: &Engine, prompt: &[u32]) -> (Usage, Timings) {
    let request = GenerationRequest {
        sampling: Sampling::greedy(),
        max_tokens: Some(1),
        ..GenerationRequest::new(Prompt::Tokens(prompt.to_vec()))
    };
    let mut stream = engine.generate(request).expect("accepted");
    while let Some(event) = stream.blocking_next() {
        if let GenerationEvent::Finished { usage, timings, .. } = event.expect("answered") {
            return (usage, timings);
        }
    }
    panic!("an answer has an end")
}

fn report(what: &str, (usage, timings): (Usage, Timings)) {
    let Usage { prompt_tokens, cached_tokens, .. } = usage;
    let first = timings.queued + timings.prefill;
    println!("{what}: first token after {first:.0?}; {cached_tokens} of {prompt_tokens} tokens were saved");
}

fn bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).expect("readable").map(|entry| entry.expect("readable"));
    entries
        .map(|entry| match entry.metadata().expect("readable") {
            about if about.is_dir() => bytes(&entry.path()),
            about => about.len(),
        })
        .sum()
}
